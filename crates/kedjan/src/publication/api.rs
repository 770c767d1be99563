//! Releases over the JSON API: open, without a token.

use axum::Json;
use axum::extract::{Path, RawQuery};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::http::{Form, answer, table as read_table};
use super::read::{self, Filter, Release};
use super::{Period, Scope, files};
use crate::app::Stop;
use crate::directory::paging::Paging;
use crate::http::{Guest, problem, query_pairs};
use crate::refusal::{FieldIssue, Refused};
use crate::statistics::api::{accepted, not_acceptable};
use crate::store::Sql;
use crate::t;

/// A page of releases.
#[derive(Debug, Serialize, ToSchema)]
pub struct Releases {
    /// The releases, the newest first, each with its marks: how it was made and protected, who reported, its tables.
    #[schema(value_type = Vec<Object>)]
    releases: Vec<serde_json::Value>,
    /// Exactly how many there are.
    count: u64,
    /// What to ask for next; none at the end.
    next: Option<String>,
}

fn filter(guest: &Guest, query: &str) -> Result<Filter, Refused> {
    let mut filter = Filter::default();
    let mut issues = Vec::new();
    for (name, value) in query_pairs(query) {
        let mut wrong = |detail: String| issues.push(FieldIssue { pointer: format!("/{name}"), detail });
        match name.as_str() {
            "method" => filter.method = Some(value),
            "scope" => match Scope::from_code(&value) {
                Some(scope) => filter.scope = Some(scope),
                None => wrong(t!(guest.lang, "publication-wrong-scope")),
            },
            "period" => match Period::parse(&value) {
                Some(period) => filter.period = Some(period),
                None => wrong(t!(guest.lang, "publication-wrong-period")),
            },
            _ => {}
        }
    }
    if issues.is_empty() { Ok(filter) } else { Err(Refused::Fields(issues)) }
}

/// The releases, the newest first.
#[utoipa::path(get, path = "/api/v1/releases", tag = "releases", security(()),
    params(("method" = Option<String>, Query, description = "The working method."),
        ("scope" = Option<String>, Query, description = "`nation`, `county:10` or `authority:ID`."),
        ("period" = Option<String>, Query, description = "`2026`, `2026-Q4` or `2026-11`."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from `next`."),
        ("limit" = Option<i64>, Query, description = "How many at most, 1 to 200; 50 when not said.")),
    responses((status = 200, body = Releases), (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn list(guest: Guest, RawQuery(query): RawQuery) -> Response {
    let lang = guest.lang;
    let asked = Paging::of_cursor(lang, query.as_deref())
        .and_then(|paging| Ok((paging, filter(&guest, query.as_deref().unwrap_or_default())?)));
    let (paging, filter) = match asked {
        Ok(asked) => asked,
        Err(stop) => return problem::stop(lang, stop),
    };
    let (limit, offset) = (u32::try_from(paging.limit).unwrap_or(0), u32::try_from(paging.offset).unwrap_or(0));
    let read = guest.app.store.read(move |tx: &mut dyn Sql| read::releases(tx, &filter, limit, offset));
    match read.await {
        Ok((releases, count)) => Json(Releases {
            next: paging.next_cursor(releases.len(), i64::try_from(count).unwrap_or(i64::MAX)),
            releases: releases.iter().map(|release: &Release| files::marks(release)).collect(),
            count,
        })
        .into_response(),
        Err(error) => problem::stop(lang, Stop::Store(error)),
    }
}

/// A table of a release.
#[utoipa::path(get, path = "/api/v1/releases/{id}/{table}", tag = "releases", security(()),
    params(("id" = String, Path, description = "The release."),
        ("table" = String, Path, description = "measures, sexes, ages, quarters or months: those that the release's marks name.")),
    responses((status = 200, description = "JSON-stat 2.0; by `Accept` also CSV, a workbook or a PX file. A withheld value is null with the status `..`, in files `..`. It never changes: the `ETag` is of its digest.",
            content((serde_json::Value = "application/json"), (String = "text/csv"),
                (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-pcaxis"))),
        (status = 304, description = "It is what the asker has."),
        (status = 404, body = problem::Problem), (status = 406, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn table(guest: Guest, Path((id, table)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let lang = guest.lang;
    let Some(wanted) = accepted(&headers) else { return not_acceptable(lang) };
    let form = wanted.map_or(Form::Json, Form::File);
    let read = guest.app.store.read(move |tx: &mut dyn Sql| read_table(tx, &id, &table));
    match read.await {
        Ok(Some((release, table))) => answer(&release, &table, form, lang, &headers)
            .unwrap_or_else(|fault| problem::stop(lang, Stop::Store(fault))),
        Ok(None) => problem::stop(lang, Refused::NotFound.into()),
        Err(error) => problem::stop(lang, Stop::Store(error)),
    }
}
