//! Figures at the pages: the county's, and the unit's own.

use axum::extract::RawQuery;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chain::method::Method;
use chain::text::Lang;

use super::page::{self, Choices, Page, View};
use super::{Kind, Period, Report, Scope, Step, Table, Wish, px, table, xlsx};
use crate::app::{self, Stop};
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::store::StoreError;
use crate::t;
use crate::web::form::Posted;
use crate::web::format;

/// The county's figures.
pub async fn county(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    page(visitor, Scope::County, View::Overview, query.as_deref()).await
}

/// The county's municipalities in a table of all indicators.
pub async fn county_side(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    page(visitor, Scope::County, View::Side, query.as_deref()).await
}

/// The county's municipalities on a map.
pub async fn county_map(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    page(visitor, Scope::County, View::Map, query.as_deref()).await
}

/// The county's figures as text for a spreadsheet.
pub async fn county_csv(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::County, File::Csv, query.as_deref()).await
}

/// The county's figures as a workbook.
pub async fn county_xlsx(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::County, File::Xlsx, query.as_deref()).await
}

/// One of the county's tables for a statistics program.
pub async fn county_px(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::County, File::Px, query.as_deref()).await
}

/// The unit's own figures.
pub async fn feedback(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    page(visitor, Scope::Own, View::Overview, query.as_deref()).await
}

/// The unit's own figures as text for a spreadsheet.
pub async fn feedback_csv(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::Own, File::Csv, query.as_deref()).await
}

/// The unit's own figures as a workbook.
pub async fn feedback_xlsx(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::Own, File::Xlsx, query.as_deref()).await
}

/// One of the unit's own tables for a statistics program.
pub async fn feedback_px(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    file(visitor, Scope::Own, File::Px, query.as_deref()).await
}

/// A file that figures can be had as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    /// Text with semicolons, as spreadsheets set to Swedish read it. Any number of tables.
    Csv,
    /// A workbook with a sheet for each table and one of definitions.
    Xlsx,
    /// For PxWeb and statistics programs. One table.
    Px,
}

impl File {
    /// The media type. PX has none that is registered.
    pub fn media_type(self) -> &'static str {
        match self {
            File::Csv => "text/csv",
            File::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            File::Px => "application/x-pcaxis",
        }
    }

    pub(crate) fn end(self) -> &'static str {
        match self {
            File::Csv => "csv",
            File::Xlsx => "xlsx",
            File::Px => "px",
        }
    }
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

async fn page(visitor: Visitor, scope: Scope, view: View, query: Option<&str>) -> Response {
    let lang = visitor.lang;
    let mut posted = posted(query);
    let title = title(lang, scope);
    match read(&visitor, scope, wish(&posted)).await {
        Ok(report) => {
            let Some(method) = visitor.app.library.current(&report.asked.method) else {
                return visitor.refuse(unloaded(&report));
            };
            let choices = choices(&visitor, scope, view, &report.asked.method);
            let step = Step::from_name(posted.get("step")).unwrap_or(Step::Month);
            let kept = ["sort", "dir", "page"].map(|name| (name, posted.get(name).to_owned()));
            posted.values = [
                ("method", report.asked.method.clone()),
                ("from", report.asked.period.from()),
                ("to", report.asked.period.to()),
                ("indicator", report.asked.indicator.clone().unwrap_or_default()),
                ("step", step.name().to_owned()),
            ]
            .into_iter()
            .chain(kept)
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
            let all = Page { lang, title: &title, report: &report, method, choices: &choices, posted: &posted, step };
            let shown = match view {
                View::Overview => page::overview(&all),
                View::Side => page::side(&all),
                View::Map => page::map(&all),
            };
            visitor.page(&title, page::page(&all, &shown))
        }
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => {
                let choices = choices(&visitor, scope, view, posted.get("method"));
                visitor.page_again(&title, page::again(lang, &title, &choices, &posted))
            }
        },
    }
}

async fn file(visitor: Visitor, scope: Scope, file: File, query: Option<&str>) -> Response {
    let posted = posted(query);
    let kinds = match (Kind::from_name(posted.get("table")), file) {
        (Some(kind), _) => vec![kind],
        (None, File::Px) => vec![Kind::Indicators],
        (None, _) => Kind::ALL.to_vec(),
    };
    match read(&visitor, scope, wish(&posted)).await {
        Ok(report) => match visitor.app.library.current(&report.asked.method) {
            Some(method) => match answer(file, &report, method, &kinds, visitor.lang) {
                Ok(answer) => answer,
                Err(fault) => visitor.refuse(fault.into()),
            },
            None => visitor.refuse(unloaded(&report)),
        },
        Err(stop) => visitor.refuse(stop),
    }
}

fn unloaded(report: &Report) -> Stop {
    Stop::Store(StoreError::Fault(format!("method {} is not loaded", report.asked.method)))
}

/// Tables as a file with a name that says what it holds; of several tables a PX file has the first.
pub(super) fn answer(
    file: File,
    report: &Report,
    method: &Method,
    kinds: &[Kind],
    lang: Lang,
) -> Result<Response, StoreError> {
    let tables: Vec<Table> = kinds.iter().map(|kind| Table::of(report, method, *kind, lang)).collect();
    let about = report.about(method, lang);
    let (body, charset) = match file {
        File::Csv => (table::csv(&tables, report, lang).into_bytes(), "; charset=utf-8"),
        File::Xlsx => (xlsx::xlsx(&tables, &about, lang)?, ""),
        File::Px => {
            let one = tables.first().map(|table| px::px(table, &about, lang));
            (one.unwrap_or_default().into_bytes(), "; charset=utf-8")
        }
    };
    let asked = &report.asked;
    let which = match kinds {
        [one] => format!("-{}", one.name()),
        _ => String::new(),
    };
    let name = format!("{}{which}-{}-{}.{}", asked.method, asked.period.from(), asked.period.to(), file.end());
    let headers = [
        (header::CONTENT_TYPE, format!("{}{charset}", file.media_type())),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, body).into_response())
}

fn choices(visitor: &Visitor, scope: Scope, view: View, method: &str) -> Choices {
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
    Choices { path: path(scope), view, methods, indicators, periods }
}
