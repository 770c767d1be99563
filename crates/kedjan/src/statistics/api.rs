//! Figures over the JSON API.

use axum::Json;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chain::text::Lang;

use super::http::File;
use super::{Kind, Scope, Table, Wish, http};
use crate::app::{self, Stop};
use crate::http::{Caller, problem, query_pairs};
use crate::refusal::{FieldIssue, Refused};
use crate::store::StoreError;
use crate::t;

/// How figures can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    JsonStat,
    File(File),
}

/// A table of the county's figures, or with `unit=own` of the unit's own.
#[utoipa::path(get, path = "/api/v1/statistics/{table}", tag = "statistics",
    params(("table" = String, Path, description = "flow, indicators, municipalities, months, sexes, ages or hours."),
        ("method" = Option<String>, Query, description = "The working method; smadit when not said."),
        ("from" = Option<String>, Query, description = "The first month, YYYY-MM; the twelve months that end now when not said."),
        ("to" = Option<String>, Query, description = "The last month, YYYY-MM."),
        ("unit" = Option<String>, Query, description = "`own` for the cases that the token's own unit began.")),
    responses((status = 200, description = "JSON-stat 2.0; by `Accept` also CSV, a workbook or a PX file. A withheld value is null with the status `..`, in files `..`.",
            content((serde_json::Value = "application/json"), (String = "text/csv"),
                (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-pcaxis"))),
        (status = 401, body = problem::Problem), (status = 403, body = problem::Problem), (status = 404, body = problem::Problem),
        (status = 406, body = problem::Problem), (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn table(
    caller: Caller,
    Path(table): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = caller.lang;
    let Some(form) = form(&headers) else { return not_acceptable(lang) };
    let run = async {
        let kind = Kind::from_name(&table).ok_or(Refused::NotFound)?;
        let (scope, wish) = wish(lang, query.as_deref().unwrap_or_default())?;
        app::unit(caller.cx()?, move |tx, cx| super::report(tx, cx, scope, kind.name(), &wish))
            .await
            .map(|report| (kind, report))
    };
    let (kind, report) = match run.await {
        Ok(read) => read,
        Err(stop) => return problem::stop(lang, stop),
    };
    let Some(method) = caller.app.library.current(&report.asked.method) else {
        let fault = StoreError::Fault(format!("method {} is not loaded", report.asked.method));
        return problem::stop(lang, Stop::Store(fault));
    };
    match form {
        Form::JsonStat => {
            Json(Table::of(&report, method, kind, lang).json_stat(&report.about(method, lang), lang)).into_response()
        }
        Form::File(file) => http::answer(file, &report, method, &[kind], lang)
            .unwrap_or_else(|fault| problem::stop(lang, Stop::Store(fault))),
    }
}

fn wish(lang: Lang, query: &str) -> Result<(Scope, Wish), Refused> {
    let mut wish = Wish::default();
    let mut scope = Scope::County;
    for (name, value) in query_pairs(query) {
        match (name.as_str(), value.as_str()) {
            ("method", _) => wish.method = Some(value),
            ("from", _) => wish.from = Some(value),
            ("to", _) => wish.to = Some(value),
            ("unit", "own") => scope = Scope::Own,
            ("unit", _) => {
                let detail = t!(lang, "figures-unit-own");
                return Err(Refused::Fields(vec![FieldIssue { pointer: "/unit".into(), detail }]));
            }
            _ => {}
        }
    }
    Ok((scope, wish))
}

/// The file that is asked for in `Accept`; none for JSON-stat, and nothing at all where there is no such form.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<Option<File>> {
    Some(match form(headers)? {
        Form::JsonStat => None,
        Form::File(file) => Some(file),
    })
}

/// The first form in `Accept` that there is; JSON-stat when nothing is asked for.
fn form(headers: &HeaderMap) -> Option<Form> {
    let Some(accept) = headers.get(header::ACCEPT) else { return Some(Form::JsonStat) };
    accept.to_str().ok()?.split(',').find_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused =
            parts.any(|part| matches!(part.replace(' ', "").as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        match kind.as_str() {
            _ if refused => None,
            "application/json" | "application/*" | "*/*" => Some(Form::JsonStat),
            "text/*" => Some(Form::File(File::Csv)),
            other => [File::Csv, File::Xlsx, File::Px].into_iter().find(|f| f.media_type() == other).map(Form::File),
        }
    })
}

pub(crate) fn not_acceptable(lang: Lang) -> Response {
    problem::answer(&problem::Problem {
        kind: "/problems/not-acceptable".into(),
        title: t!(lang, "figures-form-title"),
        status: 406,
        detail: t!(lang, "figures-form-text"),
        code: None,
        errors: Vec::new(),
        instance: None,
    })
}
