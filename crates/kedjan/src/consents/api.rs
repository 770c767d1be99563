//! Consents over the JSON API.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Consent, NewConsent};
use crate::app::{self, Stop};
use crate::cases::answer::ConsentAnswer;
use crate::cases::api::{number, parse};
use crate::http::{Caller, problem};
use crate::refusal::{FieldIssue, Refused};
use crate::t;

/// A consent as a program sends one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentBody {
    /// The case number.
    pub case: String,
    /// `self` (default), `child` (from 15, judged mature enough), `guardian` or `guardians`.
    #[serde(default)]
    pub giver: Option<String>,
    /// `signed`, `spoken` (default) or `paper`.
    #[serde(default)]
    pub how: Option<String>,
    /// The language of the text that was shown or read; `sv` when left out.
    #[serde(default)]
    pub language: Option<String>,
    /// The strokes of a signature on the screen: an SVG path of moves and lines within 640 × 240.
    #[serde(default)]
    pub signature: Option<String>,
    /// The other guardian's.
    #[serde(default)]
    pub second_signature: Option<String>,
    /// Why a child was judged mature enough, or why one guardian was enough.
    #[serde(default)]
    pub note: Option<String>,
    /// What it is to: some of `name`, `phone`, `language`, `event`; all when left out.
    #[serde(default)]
    pub kinds: Option<Vec<String>>,
    /// The last day, a year ahead at most; a year when left out.
    #[serde(default)]
    pub until: Option<String>,
    /// Whether it takes the place of one that is in force; without it such a one answers 409.
    #[serde(default)]
    pub renew: bool,
}

/// A consent that was given or withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenAnswer {
    /// The case number.
    pub case: String,
    /// The consent.
    #[serde(flatten)]
    pub consent: ConsentAnswer,
}

/// Takes a consent in a case. What has waited for it is handed over at once.
#[utoipa::path(post, path = "/api/v1/consents", tag = "consents", request_body = ConsentBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Taken and ignored: a case has one consent in force, and a second one answers 409.")),
    responses((status = 201, body = GivenAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 404, body = problem::Problem), (status = 409, body = problem::Problem),
        (status = 413, body = problem::Problem), (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn give(caller: Caller, _headers: HeaderMap, body: Bytes) -> Response {
    let lang = caller.lang;
    let run = async {
        let body: ConsentBody = parse(&body)?;
        let code = number(&body.case).map_err(|_| {
            Refused::Fields(vec![FieldIssue { pointer: "/case".into(), detail: t!(lang, "consent-no-case") }])
        })?;
        let texts = [
            ("giver", body.giver),
            ("how", body.how),
            ("language", body.language),
            ("signature", body.signature),
            ("second_signature", body.second_signature),
            ("note", body.note),
            ("until", body.until),
        ];
        let texts = texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))));
        let kinds = body.kinds.map(|kinds| ("kinds".to_owned(), Value::from(kinds)));
        let renew = ("renew".to_owned(), Value::from(body.renew));
        let parts: Map<String, Value> = texts.chain(kinds).chain([renew]).collect();
        let new =
            NewConsent::parse(&Value::Object(parts), lang, "").map_err(Refused::Fields)?.ok_or(Refused::NotFound)?;
        app::unit(caller.cx()?, move |tx, cx| {
            let given = super::give(tx, cx, &code, &new)?;
            Ok(answer(&given.0, &code, cx.now))
        })
        .await
    };
    told(lang, StatusCode::CREATED, run.await)
}

/// Withdraws a consent. Access that rests on it ends in that instant.
#[utoipa::path(post, path = "/api/v1/consents/{id}/withdraw", tag = "consents",
    params(("id" = String, Path, description = "The consent.")),
    responses((status = 200, body = GivenAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 404, body = problem::Problem), (status = 409, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn withdraw(caller: Caller, Path(id): Path<String>) -> Response {
    let lang = caller.lang;
    let run = async {
        let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        app::unit(caller.cx()?, move |tx, cx| {
            let withdrawn = super::withdraw(tx, cx, id)?;
            Ok(answer(&withdrawn.0, &withdrawn.1, cx.now))
        })
        .await
    };
    told(lang, StatusCode::OK, run.await)
}

fn answer(consent: &Consent, code: &str, now: jiff::Timestamp) -> GivenAnswer {
    GivenAnswer { case: code.to_owned(), consent: ConsentAnswer::of(consent, now) }
}

fn told(lang: chain::text::Lang, status: StatusCode, done: Result<GivenAnswer, Stop>) -> Response {
    match done {
        Ok(answer) => (status, Json(answer)).into_response(),
        Err(stop) => problem::stop(lang, stop),
    }
}
