//! The extract as a file for the person to take along. Its shape is in docs/extract.md.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chain::text::Lang;
use serde_json::{Value, json};

use super::Sex;
use super::extract::Extract;
use crate::secrets::case_code_shown;
use crate::web::format;

/// Which shape it has. A new shape has a new name.
pub const FORMAT: &str = "kedjan-extract/1";

/// The file as an answer. Its name has the day and nothing of the person.
pub(super) fn answer(lang: Lang, x: &Extract) -> Response {
    let name = format!("attachment; filename=\"extract-{}.json\"", format::local(x.made_at).date());
    let mut response = format!("{:#}\n", document(lang, x)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.extend(HeaderValue::from_str(&name).ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    response
}

pub(super) fn document(lang: Lang, x: &Extract) -> Value {
    let shown = x.shown(lang);
    let cases = x.cases.iter().map(|case| {
        let steps = case.steps.iter().map(|step| {
            let answers =
                step.fields.iter().map(|(question, answer)| json!({ "question": question, "answer": answer }));
            json!({ "at": step.at, "what": step.title, "answers": answers.collect::<Value>() })
        });
        json!({ "number": case_code_shown(&case.code), "method": case.method, "steps": steps.collect::<Value>() })
    });
    let consents = x.consents.iter().map(|c| {
        json!({ "given_at": c.given_at, "ends_at": c.ends_at, "withdrawn_at": c.withdrawn_at, "giver": c.giver,
            "how": c.how, "language": c.language, "kinds": c.kinds, "parties": c.parties })
    });
    let disclosures = x.disclosures.iter().map(|line| {
        json!({ "at": line.at, "case": case_code_shown(&line.code), "receiver": line.receiver,
            "receiver_kind": line.receiver_kind, "ground": line.ground, "paragraph": line.paragraph, "kinds": line.kinds })
    });
    let accesses = x
        .accesses
        .iter()
        .map(|(record, unit)| json!({ "at": record.at, "unit": unit, "role": record.role, "what": record.action }));
    json!({
        "format": FORMAT,
        "language": lang,
        "made_at": x.made_at,
        "authority": x.authority,
        "person": {
            "name": x.person.name, "identity": shown.identity, "phone": shown.phone, "email": shown.email,
            "address": shown.address, "municipality": shown.municipality, "sex": shown.sex.map(Sex::code),
            "birth_year": shown.birth_year, "protected": shown.protected,
        },
        "cases": cases.collect::<Value>(),
        "consents": consents.collect::<Value>(),
        "disclosures": disclosures.collect::<Value>(),
        "accesses": { "total": x.accesses_in_all, "items": accesses.collect::<Value>() },
    })
}
