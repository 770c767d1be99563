//! The national view at its pages, open to anybody.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::{View, Wish, page};
use crate::app::Stop;
use crate::http::{Guest, query_pairs, refusal_page};
use crate::publication::{self, Tag};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::{self, Page, PageKind};

fn posted(query: Option<&str>) -> Posted {
    Posted { values: query_pairs(query.unwrap_or_default()), errors: Vec::new() }
}

/// The view, unless it is what the asker has, with its tag.
async fn read(guest: &Guest, posted: &Posted, headers: &HeaderMap) -> Result<(Tag, Option<Option<View>>), Stop> {
    let said = |name: &str| posted.get(name).to_owned();
    let wish =
        Wish { method: said("method"), period: said("period"), indicator: said("indicator"), county: said("county") };
    let (lang, headers) = (guest.lang, headers.clone());
    let read = guest.app.store.read(move |tx: &mut dyn Sql| -> Result<_, StoreError> {
        // The address is a part of what is asked for, so the releases and the language are all that can differ.
        let tag = Tag::of(&["nation", &publication::read::state(tx)?], lang);
        let view = if tag.is_kept(&headers) { None } else { Some(super::view(tx, &wish)?) };
        Ok((tag, view))
    });
    Ok(read.await?)
}

/// The nation, or one of its counties.
pub async fn nation(guest: Guest, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let posted = posted(query.as_deref());
    match read(&guest, &posted, &headers).await {
        Ok((tag, None)) => tag.unchanged(),
        Ok((tag, Some(view))) => {
            let title = t!(guest.lang, "nation-title");
            let main = page::nation(guest.lang, view.as_ref(), &posted);
            let page = Page {
                lang: guest.lang,
                title,
                viewer: None,
                path: &guest.path,
                main,
                kind: PageKind::Plain,
                notice: None,
            };
            (StatusCode::OK, tag.headers(), Html(layout::page(&page).into_string())).into_response()
        }
        Err(stop) => refusal_page(guest.lang, stop),
    }
}

/// The table that is shown, as text for a spreadsheet.
pub async fn csv(guest: Guest, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match read(&guest, &posted(query.as_deref()), &headers).await {
        Ok((tag, None)) => tag.unchanged(),
        Ok((tag, Some(view))) => {
            let name = view.as_ref().map_or("nation", |view| view.release.id.as_str());
            let own = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
            ];
            (tag.headers(), own, page::csv(guest.lang, view.as_ref())).into_response()
        }
        Err(stop) => refusal_page(guest.lang, stop),
    }
}
