//! Units over the JSON API.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use uuid::Uuid;

use super::paging::Paging;
use super::{UnitDraft, UnitFile};
use crate::app::{self, Stop};
use crate::http::{Caller, problem};
use crate::refusal::Refused;

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitAnswer {
    /// Its id.
    pub id: String,
    /// What it is.
    #[serde(flatten)]
    pub unit: UnitDraft,
}

impl UnitAnswer {
    fn of(file: &UnitFile) -> UnitAnswer {
        UnitAnswer { id: file.unit.id.to_string(), unit: UnitDraft::of(&file.unit, &file.receives) }
    }
}

/// A unit in the list, without what it receives.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitRow {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its county, two digits.
    pub county: String,
    /// Its municipality, four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// Whether it takes what no other unit in its county takes.
    pub fallback: bool,
    /// Whether it takes cases.
    pub active: bool,
}

/// A page of the authority's units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitList {
    /// The units, by name.
    pub units: Vec<UnitRow>,
    /// Exactly how many there are.
    pub total: i64,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// The authority's units.
#[utoipa::path(get, path = "/api/v1/units", tag = "administration",
    params(("cursor" = Option<String>, Query, description = "Where the page begins: `next_cursor` of the page before."),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 200; 50 when left out.")),
    responses((status = 200, body = UnitList), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn list(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let run = async {
        let paging = Paging::of_cursor(caller.lang, query.as_deref())?;
        let found =
            app::unit(caller.cx()?, move |tx, cx| Ok(super::units(tx, cx, paging.offset, paging.limit)?.into_inner()))
                .await?;
        let units: Vec<UnitRow> = found
            .units
            .into_iter()
            .map(|u| UnitRow {
                id: u.id.to_string(),
                kind: u.kind,
                name: u.name,
                county: u.county,
                municipality: u.municipality,
                fallback: u.fallback,
                active: u.active,
            })
            .collect();
        let next_cursor = paging.next_cursor(units.len(), found.all);
        Ok(UnitList { units, total: found.all, next_cursor })
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// Makes a unit.
#[utoipa::path(post, path = "/api/v1/units", tag = "administration", request_body = UnitDraft,
    responses((status = 201, body = UnitAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 409, body = problem::Problem), (status = 422, body = problem::Problem),
        (status = 503, body = problem::Problem)))]
pub async fn create(caller: Caller, body: Bytes) -> Response {
    let run = async {
        let draft: UnitDraft = parsed(&body)?;
        app::unit(caller.cx()?, move |tx, cx| Ok(UnitAnswer::of(&*super::create_unit(tx, cx, draft.clone())?))).await
    };
    answer(&caller, StatusCode::CREATED, run.await)
}

/// One unit.
#[utoipa::path(get, path = "/api/v1/units/{id}", tag = "administration",
    params(("id" = String, Path, description = "The unit's id.")),
    responses((status = 200, body = UnitAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 404, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn one(caller: Caller, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        app::unit(caller.cx()?, move |tx, cx| Ok(UnitAnswer::of(&*super::unit(tx, cx, id)?))).await
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// Changes a unit: everything is given anew. Its kind and its county stand.
#[utoipa::path(post, path = "/api/v1/units/{id}", tag = "administration", request_body = UnitDraft,
    params(("id" = String, Path, description = "The unit's id.")),
    responses((status = 200, body = UnitAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 404, body = problem::Problem), (status = 409, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn change(caller: Caller, Path(id): Path<String>, body: Bytes) -> Response {
    let run = async {
        let id = id_of(&id)?;
        let draft: UnitDraft = parsed(&body)?;
        app::unit(caller.cx()?, move |tx, cx| Ok(UnitAnswer::of(&*super::change_unit(tx, cx, id, draft.clone())?)))
            .await
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// Reads a JSON body. What is wrong is told by place and kind, never by what it held.
pub(crate) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Stop> {
    serde_json::from_slice(body).map_err(|e| {
        let what = match e.classify() {
            serde_json::error::Category::Data => "is not of the form that the API's description says",
            _ => "is not JSON",
        };
        Refused::Malformed { detail: format!("The body {what} (line {}, column {}).", e.line(), e.column()) }.into()
    })
}

/// An id of a path; what is no id is nobody's.
pub(crate) fn id_of(text: &str) -> Result<Uuid, Stop> {
    text.parse().map_err(|_| Refused::NotFound.into())
}

/// What was done as JSON, or the problem.
pub(crate) fn answer<T: Serialize>(caller: &Caller, status: StatusCode, done: Result<T, Stop>) -> Response {
    match done {
        Ok(value) => (status, Json(value)).into_response(),
        Err(stop) => problem::stop(caller.lang, stop),
    }
}
