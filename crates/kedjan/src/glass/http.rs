//! Breaking the glass at the pages.

use axum::extract::{Form, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Wanted, page};
use crate::access::Action;
use crate::app;
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::refusal::Refused;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::PageKind;

fn shown(visitor: &Visitor, posted: &Posted) -> Response {
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let main = page::glass(visitor.lang, posted);
    visitor.framed(status, &t!(visitor.lang, "glass-title"), main, PageKind::Normal, None)
}

/// The form, which says what it means before anything is asked.
pub async fn form(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    if !visitor.may(Action::BreakGlass) {
        return visitor.refuse(Refused::Forbidden.into());
    }
    let code = query_pairs(query.as_deref().unwrap_or_default()).into_iter().find(|(name, _)| name == "code");
    shown(&visitor, &Posted { values: code.into_iter().collect(), errors: Vec::new() })
}

/// Breaks it, and shows the case.
pub async fn break_glass(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let text = |name: &str| posted.get(name).to_owned();
    let wanted = Wanted { code: text("code"), cause: text("cause"), words: text("words") };
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::break_glass(tx, cx, wanted.clone())?.code.clone())).await
    };
    match run.await {
        Ok(code) => Redirect::to(&format!("/cases/{code}")).into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => shown(&visitor, &posted),
        },
    }
}
