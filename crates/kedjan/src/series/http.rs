//! The situation picture at the pages, and the files it is made of.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Form, Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chain::text::Lang;
use jiff::Timestamp;

use super::number::names_somebody;
use super::picture::{self, Asked, Picture};
use super::upload::parts;
use super::{Area, Draft, Origin, Reading, page, sql};
use crate::access::{self, Action, Seen};
use crate::app::{self, Stop};
use crate::directory;
use crate::directory::paging::Paging;
use crate::http::{Visitor, beside_fields, percent, query_pairs};
use crate::refusal::Refused;
use crate::store::StoreError;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::PageKind;

fn asked(query: Option<&str>) -> Asked {
    let mut asked = Asked::default();
    for (name, value) in query_pairs(query.unwrap_or_default()) {
        match name.as_str() {
            "area" => asked.area = value,
            "indicator" if !value.is_empty() => asked.indicators.push(value),
            _ => {}
        }
    }
    asked
}

async fn read(visitor: &Visitor, asked: Asked) -> Result<Picture, Stop> {
    app::unit(visitor.cx()?, move |tx, cx| picture::picture(tx, cx, &asked)).await
}

fn shown(visitor: &Visitor, picture: &Picture, posted: &Posted) -> Response {
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let keeps = visitor.may(Action::KeepSituation);
    let main = page::situation(visitor.lang, picture, posted, keeps, visitor.app.clock.now());
    visitor.framed(status, &t!(visitor.lang, "situation-title"), main, PageKind::Normal, None)
}

/// The picture of the county or of one of its municipalities.
pub async fn situation(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    match read(&visitor, asked(query.as_deref())).await {
        Ok(picture) => shown(&visitor, &picture, &Posted::default()),
        Err(stop) => visitor.refuse(stop),
    }
}

/// The figures of the chosen indicators, for all places of the county, as the file that they could be taken in from.
pub async fn csv(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    match read(&visitor, asked(query.as_deref())).await {
        Ok(picture) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"lagesbild.csv\""),
            ];
            (headers, page::csv(&picture.topics)).into_response()
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Writes a new version of the joint reading.
pub async fn write_reading(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let text = |name: &str| posted.get(name).to_owned();
    let reading = Reading {
        version: text("version").parse().unwrap_or(0),
        problem: text("problem"),
        priorities: text("priorities"),
        goals: text("goals"),
        ..Reading::default()
    };
    let code = text("area");
    let run = async {
        let code = code.clone();
        app::unit(visitor.cx()?, move |tx, cx| {
            let unit = directory::own_unit(tx, cx)?;
            let of_county = code.get(..2) == Some(unit.county.as_str());
            let area = Area::of(&code).filter(|_| of_county).or_else(|| Area::county(&unit.county));
            let area = area.ok_or(Refused::NotFound)?;
            super::write(tx, cx, &unit.county, &area, &reading)?;
            Ok(())
        })
        .await
    };
    match run.await {
        Ok(()) => Redirect::to(&format!("/situation?area={}#reading", percent(&code))).into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => match read(&visitor, Asked { area: code, ..Asked::default() }).await {
                Ok(picture) => shown(&visitor, &picture, &posted),
                Err(stop) => visitor.refuse(stop),
            },
        },
    }
}

/// What page of files to show above which form, and what was just done.
async fn files(visitor: &Visitor, query: Option<&str>, posted: &Posted, notice: Option<String>) -> Response {
    let paging = Paging::of_page(query);
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| {
            let seen = access::list(tx, cx, Action::KeepSituation, |tx, cx| {
                let county = directory::own_unit(tx, cx)?.county;
                let all = sql::count_imports(tx, cx.actor.org, &county)?;
                let rows = sql::imports(tx, cx.actor.org, &county, paging.offset, paging.limit)?;
                Ok(Seen { value: (all, rows), object: "series".into(), people: Vec::new() })
            })?;
            Ok(seen.into_inner())
        })
        .await
    };
    match run.await {
        Ok((all, rows)) => {
            let pager = paging.pager("/situation/imports", rows.len(), all);
            let main = page::imports(visitor.lang, &rows, &pager, posted, visitor.app.clock.now());
            let title = t!(visitor.lang, "series-title");
            if posted.errors.is_empty() {
                visitor.page_with(&title, main, notice)
            } else {
                visitor.page_again(&title, main)
            }
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// The authority's files, and a form for a new one.
pub async fn imports(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let lang = visitor.lang;
    let notice = match query_pairs(query.as_deref().unwrap_or_default()).iter().find(|(name, _)| name == "done") {
        Some((_, done)) if done == "taken" => Some(t!(lang, "series-done")),
        Some((_, done)) if done == "withdrawn" => Some(t!(lang, "series-withdrawn-done")),
        _ => None,
    };
    files(&visitor, query.as_deref(), &Posted::default(), notice).await
}

/// Takes a file in, or tries whether it could be.
pub async fn import(visitor: Visitor, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    let lang = visitor.lang;
    if !visitor.may(Action::KeepSituation) {
        // The refusal leaves its record; the file is not looked at.
        return files(&visitor, None, &Posted::default(), None).await;
    }
    let mut posted = Posted::default();
    let Ok(body) = body else {
        posted.refuse("file", t!(lang, "series-file-large", most = super::MOST_BYTES >> 20));
        return files(&visitor, None, &posted, None).await;
    };
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let now = visitor.app.clock.now();
    // A large file takes its time, which others do not wait for.
    let read = tokio::task::spawn_blocking(move || Sent::read(lang, now, &kind, &body)).await;
    let Ok(Sent { name, only_try, draft }) = read else {
        return visitor.refuse(StoreError::Fault("reading figures panicked".into()).into());
    };
    // What looks like a personal identity number is not sent back either.
    if !names_somebody(&name) {
        posted.values.push(("name".to_owned(), name));
    }
    let done = match draft {
        Ok(draft) => take(&visitor, draft, only_try).await,
        Err(refused) => Err(refused.into()),
    };
    match done {
        Ok(cells) if only_try => files(&visitor, None, &posted, Some(t!(lang, "series-tried", count = cells))).await,
        Ok(_) => Redirect::to("/situation/imports?done=taken").into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => files(&visitor, None, &posted, None).await,
        },
    }
}

/// What a form sent: the name, whether it is only to be tried, and the file as far as it can be read.
struct Sent {
    name: String,
    only_try: bool,
    draft: Result<Draft, Refused>,
}

impl Sent {
    fn read(lang: Lang, now: Timestamp, kind: &str, body: &[u8]) -> Sent {
        let sent = parts(kind, body).unwrap_or_default();
        let field = |name: &str| sent.iter().find(|part| part.name == name);
        let name = field("name").and_then(|part| std::str::from_utf8(part.bytes).ok()).unwrap_or_default();
        let bytes = field("file").map(|part| part.bytes).unwrap_or_default();
        let draft = Draft::read(lang, now, name, Origin::Text, bytes);
        Sent { name: name.to_owned(), only_try: field("try").is_some(), draft }
    }
}

async fn take(visitor: &Visitor, draft: Draft, only_try: bool) -> Result<usize, Stop> {
    app::unit(visitor.cx()?, move |tx, cx| {
        let unit = directory::own_unit(tx, cx)?;
        Ok(super::import(tx, cx, &unit.county, &draft, only_try)?.cells)
    })
    .await
}

/// Withdraws a file.
pub async fn withdraw(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id.parse().map_err(|_| Refused::NotFound)?;
        app::unit(visitor.cx()?, move |tx, cx| {
            let unit = directory::own_unit(tx, cx)?;
            super::withdraw(tx, cx, &unit.county, id)?;
            Ok(())
        })
        .await
    };
    match run.await {
        Ok(()) => Redirect::to("/situation/imports?done=withdrawn").into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}
