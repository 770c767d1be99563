//! Cases over the JSON API.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chain::text::Lang;
use serde::Deserialize;

use super::answer::{BeginBody, CaseAnswer, ListAnswer, PersonBody, StepBody, TakeBody, listed};
use super::{Begin, Filter, Idempotency, Look, NewStep};
use crate::access::{self, Action};
use crate::app::{self, Cx, Stop};
use crate::http::{Caller, problem};
use crate::people::{NewPerson, NewPersonInput, validate};
use crate::refusal::{FieldIssue, Refused};
use crate::t;

/// Begins a case with its first step.
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = BeginBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request is the same step once.")),
    responses((status = 201, body = CaseAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 409, body = problem::Problem), (status = 413, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn begin(caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    let lang = caller.lang;
    let run = async {
        let wanted: BeginBody = parse(&body)?;
        let cx = caller.cx()?;
        let begin = checked(&cx, wanted)?;
        let idempotency = idempotency(&headers, "begin", &body)?;
        app::unit(cx, move |tx, cx| {
            let file = super::begin(tx, cx, &begin, idempotency.as_ref())?;
            super::look(tx, cx, file)
        })
        .await
        .and_then(shown)
    };
    created(lang, run.await)
}

/// Records a step.
#[utoipa::path(post, path = "/api/v1/cases/{id}/steps", tag = "cases", request_body = TakeBody,
    params(("id" = String, Path, description = "The case number."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request is the same step once."),
        ("If-Match" = Option<String>, Header, description = "The ETag of the case as it was read; a stale one answers 412.")),
    responses((status = 201, body = CaseAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 404, body = problem::Problem), (status = 409, body = problem::Problem),
        (status = 412, body = problem::Problem), (status = 413, body = problem::Problem), (status = 422, body = problem::Problem),
        (status = 503, body = problem::Problem)))]
pub async fn step(caller: Caller, Path(code): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let lang = caller.lang;
    let run = async {
        let code = number(&code)?;
        let wanted = match parse::<TakeBody>(&body)? {
            TakeBody::Wrapped { step } | TakeBody::Bare(step) => new_step(step),
        };
        let idempotency = idempotency(&headers, &code, &body)?;
        let if_match = header_text(&headers, header::IF_MATCH.as_str())?;
        app::unit(caller.cx()?, move |tx, cx| {
            let file = super::step(tx, cx, &code, &wanted, if_match.as_deref(), idempotency.as_ref())?;
            super::look(tx, cx, file)
        })
        .await
        .and_then(shown)
    };
    created(lang, run.await)
}

/// One case as the unit may see it.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases",
    params(("id" = String, Path, description = "The case number.")),
    responses((status = 200, body = CaseAnswer, headers(("ETag" = String))), (status = 304, description = "Unchanged since `If-None-Match`."),
        (status = 401, body = problem::Problem), (status = 404, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn case(caller: Caller, Path(code): Path<String>) -> Response {
    let lang = caller.lang;
    let run = async {
        let code = number(&code)?;
        app::unit(caller.cx()?, move |tx, cx| {
            let file = access::case(tx, cx, &code, Action::SeeCase)?;
            super::look(tx, cx, file)
        })
        .await
        .and_then(shown)
    };
    match run.await {
        Ok(shown) => answer(StatusCode::OK, &shown),
        Err(stop) => problem::stop(lang, stop),
    }
}

/// The unit's work list.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases",
    params(("unit" = Option<String>, Query, description = "The unit: the token's own."),
        ("state" = Option<String>, Query, description = "`open` (default), `overdue`, `passed`, `closed` or `ended`."),
        ("mine" = Option<bool>, Query, description = "Only what the caller has taken on."),
        ("method" = Option<String>, Query, description = "Only one method."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: `next_cursor` of the page before."),
        ("limit" = Option<i64>, Query, description = "How many lines, 1 to 100; 50 when left out.")),
    responses((status = 200, body = ListAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn list(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let lang = caller.lang;
    let run = async {
        let cx = caller.cx()?;
        let filter = filter(&cx, query.as_deref().unwrap_or_default())?;
        let read = app::unit(cx, move |tx, cx| Ok(super::work_list(tx, cx, &filter)?.into_inner())).await?;
        read.worded(&caller.app, lang)
    };
    match run.await {
        Ok(list) => Json(listed(&list)).into_response(),
        Err(stop) => problem::stop(lang, stop),
    }
}

/// What is sent back of a case.
struct Shown {
    answer: CaseAnswer,
    etag: String,
}

fn shown(look: Look) -> Result<Shown, Stop> {
    let view = look.view()?;
    Ok(Shown { etag: view.etag.clone(), answer: CaseAnswer::of(view) })
}

fn answer(status: StatusCode, shown: &Shown) -> Response {
    let mut response = (status, Json(&shown.answer)).into_response();
    if let Ok(etag) = HeaderValue::from_str(&shown.etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

fn created(lang: Lang, done: Result<Shown, Stop>) -> Response {
    match done {
        Ok(shown) => {
            let mut response = answer(StatusCode::CREATED, &shown);
            if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/cases/{}", shown.answer.id)) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            response
        }
        Err(stop) => problem::stop(lang, stop),
    }
}

/// Reads a JSON body; what is wrong with its shape is said with line and column, never with what it holds.
pub(crate) fn parse<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|e| {
        let words = e.to_string();
        // Serde quotes what was sent; only what was expected, or the name of what is missing, is ours to repeat.
        let shape = match (expected(&words), words.strip_prefix("missing field `")) {
            (_, Some(rest)) => format!("`{}` is missing", rest.split('`').next().unwrap_or_default()),
            (Some(expected), None) if e.is_data() => format!("expected {expected}"),
            _ if e.is_data() => "not of the shape that the description gives".to_owned(),
            _ => "not JSON".to_owned(),
        };
        Refused::Malformed { detail: format!("line {}, column {}: {shape}", e.line(), e.column()) }
    })
}

/// What Serde expected, out of its own sentences: all that they quote of what was sent stands before their last part. A
/// sentence of another making, such as that of a time, may quote anything anywhere and gives nothing.
fn expected(words: &str) -> Option<&str> {
    const OURS: [&str; 5] =
        ["invalid type: ", "invalid value: ", "invalid length ", "unknown field `", "unknown variant `"];
    let (_, rest) = words.rsplit_once(", expected ").filter(|_| OURS.iter().any(|begin| words.starts_with(begin)))?;
    rest.split(" at line").next()
}

/// The case number of a path; what cannot be one is not found.
pub(crate) fn number(text: &str) -> Result<String, Refused> {
    crate::secrets::case_code_normalise(text).ok_or(Refused::NotFound)
}

pub(crate) fn header_text(headers: &HeaderMap, name: &str) -> Result<Option<String>, Refused> {
    match headers.get(name) {
        None => Ok(None),
        Some(value) => value
            .to_str()
            .map(|text| Some(text.trim().to_owned()))
            .map_err(|_| Refused::Malformed { detail: format!("{name} is not plain text") }),
    }
}

/// The `Idempotency-Key` of a request: 1 to 128 visible characters.
pub(crate) fn idempotency(headers: &HeaderMap, what: &str, body: &[u8]) -> Result<Option<Idempotency>, Refused> {
    match header_text(headers, "idempotency-key")? {
        None => Ok(None),
        Some(key) if (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            let request = [what.as_bytes(), b"\n", body].concat();
            Ok(Some(Idempotency::new(&key, &request)))
        }
        Some(_) => Err(Refused::Malformed { detail: "Idempotency-Key takes 1 to 128 visible ASCII characters".into() }),
    }
}

/// Checks a new case: unit and person together, so that all that is wrong outside the step is said at once.
pub(crate) fn checked(cx: &Cx, wanted: BeginBody) -> Result<Begin, Refused> {
    let mut issues = Vec::new();
    if wanted.unit.as_ref().is_some_and(|unit| unit.parse() != Ok(cx.actor.unit)) {
        issues.push(FieldIssue { pointer: "/unit".into(), detail: t!(cx.lang, "field-own-unit") });
    }
    let person = person(cx, wanted.person.unwrap_or_default()).unwrap_or_else(|wrong| {
        issues.extend(wrong);
        NewPerson::default()
    });
    if issues.is_empty() {
        Ok(Begin { method: wanted.method, person, step: new_step(wanted.step) })
    } else {
        Err(Refused::Fields(issues))
    }
}

fn person(cx: &Cx, body: PersonBody) -> Result<NewPerson, Vec<FieldIssue>> {
    let input = NewPersonInput {
        identity: body.identity.unwrap_or_default(),
        name: body.name.unwrap_or_default(),
        phone: body.phone.unwrap_or_default(),
        email: body.email.unwrap_or_default(),
        address: body.address.unwrap_or_default(),
        municipality: body.municipality.unwrap_or_default(),
        sex: body.sex.unwrap_or_default(),
        birth_year: body.birth_year.map(|year| year.to_string()).unwrap_or_default(),
        protected: body.protected,
    };
    let today = crate::web::format::local(cx.now).date();
    validate(&input, cx.app.settings.demo, today).map_err(|issues| {
        issues
            .into_iter()
            .map(|issue| FieldIssue { pointer: format!("/person/{}", issue.field), detail: issue.words(cx.lang) })
            .collect()
    })
}

fn new_step(body: StepBody) -> NewStep {
    NewStep { step: body.id, outcome: body.outcome, at: body.at, fields: body.fields, corrects: body.corrects }
}

pub(crate) fn filter(cx: &Cx, query: &str) -> Result<Filter, Refused> {
    let mut filter = Filter::default();
    let mut issues = Vec::new();
    let mut issue = |name: &str, detail: String| issues.push(FieldIssue { pointer: format!("/{name}"), detail });
    for (name, value) in crate::http::query_pairs(query) {
        match name.as_str() {
            "unit" if value.is_empty() || value.parse() == Ok(cx.actor.unit) => {}
            "unit" => issue("unit", t!(cx.lang, "field-own-unit")),
            "state" if value.is_empty() => {}
            "state" => filter.state = Some(value),
            "mine" => match value.as_str() {
                "" | "false" | "0" => filter.mine = false,
                "true" | "1" => filter.mine = true,
                _ => issue("mine", t!(cx.lang, "field-wrong-type", expected = "boolean")),
            },
            "method" if value.is_empty() => {}
            "method" => filter.method = Some(value),
            "cursor" if value.is_empty() => {}
            "cursor" => filter.cursor = Some(value),
            "limit" => match value.parse() {
                Ok(limit) => filter.limit = Some(limit),
                Err(_) => issue("limit", t!(cx.lang, "field-limit")),
            },
            other => issue(other, t!(cx.lang, "field-unknown")),
        }
    }
    if issues.is_empty() { Ok(filter) } else { Err(Refused::Fields(issues)) }
}
