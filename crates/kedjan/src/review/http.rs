//! The log review at the pages.

use axum::extract::{Form, Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::{Opened, PAGE, page};
use crate::app::{self, Stop};
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::refusal::Refused;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::PageKind;

/// What waits to be reviewed, or what has been decided.
pub async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let (mut decided, mut offset, mut drawn) = (false, 0_i64, None);
    for (name, value) in query_pairs(query.as_deref().unwrap_or_default()) {
        match name.as_str() {
            "decided" => decided = value == "true",
            "offset" => offset = value.parse().unwrap_or(0).clamp(0, 1_000_000_000),
            "drawn" => drawn = value.parse::<u64>().ok(),
            _ => {}
        }
    }
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::entries(tx, cx, decided, offset)?.into_inner())).await
    };
    match run.await {
        Ok(entries) => {
            let now = visitor.app.clock.now();
            let main = page::list(visitor.lang, &entries, decided, offset, PAGE, now);
            let said = drawn.map(|count| t!(visitor.lang, "review-drawn", count = count));
            visitor.page_with(&t!(visitor.lang, "review-title"), main, said)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Draws from the log what has come since the last time.
pub async fn draw(visitor: Visitor) -> Response {
    let run = async {
        let mut all = 0;
        loop {
            let done = app::unit(visitor.cx()?, |tx, cx| Ok(super::draw(tx, cx)?.into_inner())).await?;
            all += done.drawn;
            if !done.more {
                return Ok::<_, Stop>(all);
            }
        }
    };
    match run.await {
        Ok(count) => Redirect::to(&format!("/review?drawn={count}")).into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}

async fn load(visitor: &Visitor, id: &str) -> Result<Opened, Stop> {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    app::unit(visitor.cx()?, move |tx, cx| Ok(super::entry(tx, cx, id)?.into_inner())).await
}

fn shown(visitor: &Visitor, opened: &Opened, posted: &Posted) -> Response {
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let main = page::entry(visitor.lang, opened, posted, visitor.session.actor.id, visitor.app.clock.now());
    visitor.framed(status, &t!(visitor.lang, "review-one-title"), main, PageKind::Normal, None)
}

/// One look, with what is needed to decide on it.
pub async fn entry(visitor: Visitor, Path(id): Path<String>) -> Response {
    match load(&visitor, &id).await {
        Ok(opened) => shown(&visitor, &opened, &Posted::default()),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Decides on it.
pub async fn decide(visitor: Visitor, Path(id): Path<String>, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let (decision, note) = (posted.get("decision").to_owned(), posted.get("note").to_owned());
    let run = async {
        let entry: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        app::unit(visitor.cx()?, move |tx, cx| {
            super::decide(tx, cx, entry, &decision, &note)?;
            Ok(())
        })
        .await
    };
    match run.await {
        Ok(()) => Redirect::to("/review").into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => match load(&visitor, &id).await {
                Ok(opened) => shown(&visitor, &opened, &posted),
                Err(stop) => visitor.refuse(stop),
            },
        },
    }
}
