//! The register of disclosures over the JSON API.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Line, Wanted};
use crate::app::{self, Stop};
use crate::cases::api::{idempotency, number, parse};
use crate::directory::paging::Paging;
use crate::http::{Caller, problem};
use crate::refusal::{FieldIssue, Refused};
use crate::t;

/// A disclosure that somebody has decided on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureBody {
    /// The case number.
    pub case: String,
    /// The ground, by its id in `reference/grounds.toml`: one that the token's own kind of authority can use.
    pub ground: String,
    /// The paragraph that bids it, where the ground needs one.
    #[serde(default)]
    pub statute: String,
    /// What was given: of `name`, `phone`, `language`, `event`, `steps`, `other`.
    pub kinds: Vec<String>,
    /// What the receiver is: a kind of authority, or `private`.
    pub receiver_kind: String,
    /// The authority or unit that received.
    pub receiver: String,
    /// What was given and why, in words.
    pub words: String,
}

/// A line of the register.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisclosureRow {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The case number.
    pub case: String,
    /// The authority's own id of the person.
    pub person: String,
    /// The ground; `law` for a handover on a paragraph.
    pub ground: String,
    /// The paragraph.
    pub paragraph: String,
    /// The consent, where it rests on one.
    pub consent: Option<String>,
    /// What was given.
    pub kinds: Vec<String>,
    /// What the receiver is.
    pub receiver_kind: String,
    /// Who received: a unit or an authority.
    pub receiver: String,
    /// The unit that gave.
    pub by_unit: String,
    /// The account or token that decided.
    pub by: String,
    /// Whether a step of a method did it, rather than a decision of its own.
    pub by_step: bool,
}

/// One line with its words.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisclosureAnswer {
    /// The line.
    #[serde(flatten)]
    pub line: DisclosureRow,
    /// What was given and why. None for a handover, and for a person with protected identity.
    pub words: Option<String>,
}

/// A page of the register.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisclosureList {
    /// The lines, the newest first.
    pub items: Vec<DisclosureRow>,
    /// Exactly how many there are.
    pub total: i64,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
}

impl DisclosureRow {
    fn of(line: Line) -> DisclosureRow {
        DisclosureRow {
            id: line.id.to_string(),
            at: line.at,
            case: line.code,
            person: line.person.to_string(),
            ground: line.ground,
            paragraph: line.paragraph,
            consent: line.consent.map(|id| id.to_string()),
            kinds: line.kinds,
            receiver_kind: line.receiver_kind,
            receiver: line.receiver,
            by_unit: line.by_unit.to_string(),
            by: line.by_account.to_string(),
            by_step: line.by_step,
        }
    }
}

/// What has left the token's authority.
#[utoipa::path(get, path = "/api/v1/disclosures", tag = "disclosures",
    params(("cursor" = Option<String>, Query, description = "Where the page begins: `next_cursor` of the page before."),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 200; 50 when left out.")),
    responses((status = 200, body = DisclosureList), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn list(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let run = async {
        let paging = Paging::of_cursor(caller.lang, query.as_deref())?;
        let found = app::unit(caller.cx()?, move |tx, cx| {
            Ok(super::register(tx, cx, paging.offset, paging.limit)?.into_inner())
        })
        .await?;
        let next_cursor = paging.next_cursor(found.lines.len(), found.all);
        Ok(DisclosureList {
            items: found.lines.into_iter().map(DisclosureRow::of).collect(),
            total: found.all,
            next_cursor,
        })
    };
    told(&caller, run.await)
}

/// One line of the register.
#[utoipa::path(get, path = "/api/v1/disclosures/{id}", tag = "disclosures",
    params(("id" = String, Path, description = "The line's id.")),
    responses((status = 200, body = DisclosureAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 404, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn one(caller: Caller, Path(id): Path<String>) -> Response {
    let run = async {
        let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        let (line, words) = app::unit(caller.cx()?, move |tx, cx| Ok(super::one(tx, cx, id)?.into_inner())).await?;
        Ok(DisclosureAnswer { line: DisclosureRow::of(line), words })
    };
    told(&caller, run.await)
}

/// Writes a disclosure that a human being has decided on into the register. Nothing is sent.
#[utoipa::path(post, path = "/api/v1/disclosures", tag = "disclosures", request_body = DisclosureBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters: the same key with the same request is the same line once.")),
    responses((status = 201, body = DisclosureRow), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 404, body = problem::Problem), (status = 413, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn disclose(caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    let lang = caller.lang;
    let run = async {
        let sent: DisclosureBody = parse(&body)?;
        let key = idempotency(&headers, "disclose", &body)?;
        let code = number(&sent.case).map_err(|_| {
            Refused::Fields(vec![FieldIssue { pointer: "/case".into(), detail: t!(lang, "consent-no-case") }])
        })?;
        let wanted = Wanted {
            ground: sent.ground,
            statute: sent.statute,
            kinds: sent.kinds,
            receiver_kind: sent.receiver_kind,
            receiver: sent.receiver,
            words: sent.words,
        };
        let made =
            app::unit(caller.cx()?, move |tx, cx| super::disclose_once(tx, cx, &code, &wanted, key.as_ref())).await?;
        Ok(DisclosureRow::of(made))
    };
    match run.await {
        Ok(row) => {
            let place = HeaderValue::from_str(&format!("/api/v1/disclosures/{}", row.id));
            let mut response = (StatusCode::CREATED, Json(row)).into_response();
            response.headers_mut().extend(place.ok().map(|place| (header::LOCATION, place)));
            response
        }
        Err(stop) => problem::stop(lang, stop),
    }
}

fn told<T: Serialize>(caller: &Caller, done: Result<T, Stop>) -> Response {
    match done {
        Ok(answer) => Json(answer).into_response(),
        Err(stop) => problem::stop(caller.lang, stop),
    }
}
