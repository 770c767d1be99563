//! The open pages: what Kedjan is, and how accessible it is (13 § lagen 2018:1937).

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

use super::Guest;
use crate::t;
use crate::web::layout::{self, Page, PageKind};

pub(crate) fn open(guest: &Guest, title: &str, main: Markup) -> Response {
    let page = Page {
        lang: guest.lang,
        title: title.to_owned(),
        viewer: None,
        path: &guest.path,
        main,
        kind: PageKind::Plain,
        notice: None,
    };
    (StatusCode::OK, Html(layout::page(&page).into_string())).into_response()
}

/// What Kedjan is and what becomes of what is written in it.
pub async fn about(guest: Guest) -> Response {
    let lang = guest.lang;
    let title = t!(lang, "about-title");
    let main = html! {
        h1 { (title) }
        p.lead { (t!(lang, "about-lead")) }
        h2 { (t!(lang, "about-data-title")) }
        p { (t!(lang, "about-data-text")) }
        p { (t!(lang, "about-log-text")) }
        h2 { (t!(lang, "about-rights-title")) }
        p { (t!(lang, "about-rights-text")) }
    };
    open(&guest, &title, main)
}

/// The accessibility statement.
pub async fn accessibility(guest: Guest) -> Response {
    let lang = guest.lang;
    let title = t!(lang, "accessibility-title");
    let main = html! {
        h1 { (title) }
        p.lead { (t!(lang, "accessibility-lead")) }
        h2 { (t!(lang, "accessibility-how-title")) }
        p { (t!(lang, "accessibility-how-text")) }
        h2 { (t!(lang, "accessibility-lacks-title")) }
        p { (t!(lang, "accessibility-lacks-text")) }
        h2 { (t!(lang, "accessibility-tell-title")) }
        p { (t!(lang, "accessibility-tell-text")) }
    };
    open(&guest, &title, main)
}
