//! Figures at the pages: the county's, and the unit's own.

use axum::extract::RawQuery;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chain::text::Lang;

use super::page::{self, Choices};
use super::{Kind, Period, Report, Scope, Table, Wish, table};
use crate::app::{self, Stop};
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::store::StoreError;
use crate::t;
use crate::web::form::Posted;
use crate::web::format;

/// The county's figures.
pub async fn county(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    page(visitor, Scope::County, query.as_deref()).await
}

/// The county's figures as a file.
pub async fn county_csv(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::County, query.as_deref()).await
}

/// The unit's own figures.
pub async fn feedback(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    page(visitor, Scope::Own, query.as_deref()).await
}

/// The unit's own figures as a file.
pub async fn feedback_csv(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::Own, query.as_deref()).await
}

fn path(scope: Scope) -> &'static str {
    match scope {
        Scope::County => "/county",
        Scope::Own => "/feedback",
    }
}

fn title(lang: Lang, scope: Scope) -> String {
    match scope {
        Scope::County => t!(lang, "county-title"),
        Scope::Own => t!(lang, "feedback-title"),
    }
}

fn posted(query: Option<&str>) -> Posted {
    Posted { values: query_pairs(query.unwrap_or_default()), errors: Vec::new() }
}

fn wish(posted: &Posted) -> Wish {
    let said = |name: &str| Some(posted.get(name).to_owned());
    Wish { method: said("method"), from: said("from"), to: said("to"), indicator: said("indicator") }
}

async fn read(visitor: &Visitor, scope: Scope, wish: Wish) -> Result<Report, Stop> {
    let table = path(scope).trim_start_matches('/');
    app::unit(visitor.cx()?, move |tx, cx| super::report(tx, cx, scope, table, &wish)).await
}

async fn page(visitor: Visitor, scope: Scope, query: Option<&str>) -> Response {
    let lang = visitor.lang;
    let mut posted = posted(query);
    let title = title(lang, scope);
    match read(&visitor, scope, wish(&posted)).await {
        Ok(report) => {
            let Some(method) = visitor.app.library.current(&report.asked.method) else {
                return visitor.refuse(unloaded(&report));
            };
            let choices = choices(&visitor, scope, &report.asked.method);
            posted.values = [
                ("method", report.asked.method.clone()),
                ("from", report.asked.period.from()),
                ("to", report.asked.period.to()),
                ("indicator", report.asked.indicator.clone().unwrap_or_default()),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec();
            visitor.page(&title, page::report(lang, &title, &report, method, &choices, &posted))
        }
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => {
                let choices = choices(&visitor, scope, posted.get("method"));
                visitor.page_again(&title, page::again(lang, &title, &choices, &posted))
            }
        },
    }
}

async fn file(visitor: Visitor, scope: Scope, query: Option<&str>) -> Response {
    let posted = posted(query);
    let kinds = Kind::from_name(posted.get("table")).map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    match read(&visitor, scope, wish(&posted)).await {
        Ok(report) => match visitor.app.library.current(&report.asked.method) {
            Some(method) => {
                let tables: Vec<Table> =
                    kinds.iter().map(|kind| Table::of(&report, method, *kind, visitor.lang)).collect();
                csv_answer(&report, &tables, visitor.lang)
            }
            None => visitor.refuse(unloaded(&report)),
        },
        Err(stop) => visitor.refuse(stop),
    }
}

fn unloaded(report: &Report) -> Stop {
    Stop::Store(StoreError::Fault(format!("method {} is not loaded", report.asked.method)))
}

/// Tables as a CSV file with a name that says what it holds.
pub(super) fn csv_answer(report: &Report, tables: &[Table], lang: Lang) -> Response {
    let asked = &report.asked;
    let name = format!("{}-{}-{}.csv", asked.method, asked.period.from(), asked.period.to());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, table::csv(tables, report, lang)).into_response()
}

fn choices(visitor: &Visitor, scope: Scope, method: &str) -> Choices {
    let lang = visitor.lang;
    let library = &visitor.app.library;
    let mut methods: Vec<(String, String)> =
        library.methods().filter(|m| !m.flow.is_empty()).map(|m| (m.id.clone(), m.name.get(lang).to_owned())).collect();
    methods.dedup_by(|one, other| one.0 == other.0);
    let indicators = library
        .current(method)
        .map_or(&[][..], |method| method.indicators())
        .iter()
        .map(|indicator| (indicator.id.clone(), indicator.name.get(lang).to_owned()))
        .collect();
    let now = visitor.app.clock.now();
    let year = format::local(now).date().year();
    let mut periods = vec![(Period::latest(now), t!(lang, "figures-latest"))];
    periods.extend((0..3).filter_map(|back| {
        let period = Period::year(year - back)?;
        Some((period, period.words(lang)))
    }));
    Choices { path: path(scope), methods, indicators, periods }
}
