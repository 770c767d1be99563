//! The national view at its pages, open to anybody.

use axum::extract::RawQuery;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::{View, Wish, page};
use crate::app::Stop;
use crate::http::{Guest, query_pairs, refusal_page};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::{self, Page, PageKind};

fn posted(query: Option<&str>) -> Posted {
    Posted { values: query_pairs(query.unwrap_or_default()), errors: Vec::new() }
}

async fn read(guest: &Guest, posted: &Posted) -> Result<Option<View>, Stop> {
    let said = |name: &str| posted.get(name).to_owned();
    let wish =
        Wish { method: said("method"), period: said("period"), indicator: said("indicator"), county: said("county") };
    let read = guest.app.store.read(move |tx: &mut dyn Sql| -> Result<_, StoreError> { super::view(tx, &wish) });
    Ok(read.await?)
}

/// The nation, or one of its counties.
pub async fn nation(guest: Guest, RawQuery(query): RawQuery) -> Response {
    let posted = posted(query.as_deref());
    match read(&guest, &posted).await {
        Ok(view) => {
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
            (StatusCode::OK, Html(layout::page(&page).into_string())).into_response()
        }
        Err(stop) => refusal_page(guest.lang, stop),
    }
}

/// The table that is shown, as text for a spreadsheet.
pub async fn csv(guest: Guest, RawQuery(query): RawQuery) -> Response {
    match read(&guest, &posted(query.as_deref())).await {
        Ok(view) => {
            let name = view.as_ref().map_or("nation", |view| view.release.id.as_str());
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
            ];
            (headers, page::csv(guest.lang, view.as_ref())).into_response()
        }
        Err(stop) => refusal_page(guest.lang, stop),
    }
}
