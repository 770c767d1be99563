//! Disclosures at the pages.

use axum::extract::{Form, Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{PAGE, Wanted, page};
use crate::access::Action;
use crate::app;
use crate::cases::{self, CaseView};
use crate::directory;
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::refusal::Refused;
use crate::secrets;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::PageKind;

async fn shown(visitor: &Visitor, view: &CaseView, posted: &Posted) -> Response {
    let org = visitor.session.actor.org;
    let authority = match visitor.app.store.read(move |tx| directory::sql::authority(tx, org)).await {
        Ok(authority) => authority,
        Err(fault) => return visitor.refuse(fault.into()),
    };
    let kind = authority.map_or_else(String::new, |authority| authority.kind);
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let main = page::form(visitor.lang, view, &kind, posted);
    visitor.framed(status, &t!(visitor.lang, "disclosure-title"), main, PageKind::Normal, None)
}

/// The form, with what each ground allows.
pub async fn form(visitor: Visitor, Path(code): Path<String>) -> Response {
    match cases::http::load(&visitor, &code, Action::Disclose).await {
        Ok(view) => shown(&visitor, &view, &Posted::default()).await,
        Err(stop) => visitor.refuse(stop),
    }
}

/// Writes a disclosure into the register.
pub async fn disclose(
    visitor: Visitor,
    Path(code): Path<String>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let text = |name: &str| posted.get(name).to_owned();
    let wanted = Wanted {
        ground: text("ground"),
        statute: text("statute"),
        kinds: posted.all("kinds").map(str::to_owned).collect(),
        receiver_kind: text("receiver_kind"),
        receiver: text("receiver"),
        words: text("words"),
    };
    let run = async {
        let number = secrets::case_code_normalise(&code).ok_or(Refused::NotFound)?;
        app::unit(visitor.cx()?, move |tx, cx| {
            super::disclose(tx, cx, &number, &wanted)?;
            Ok(number.clone())
        })
        .await
    };
    match run.await {
        Ok(number) => Redirect::to(&format!("/cases/{number}?done=disclosed")).into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => match cases::http::load(&visitor, &code, Action::Disclose).await {
                Ok(view) => shown(&visitor, &view, &posted).await,
                Err(stop) => visitor.refuse(stop),
            },
        },
    }
}

/// The authority's register.
pub async fn register(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let offset = query_pairs(query.as_deref().unwrap_or_default())
        .into_iter()
        .find(|(name, _)| name == "offset")
        .and_then(|(_, value)| value.parse::<i64>().ok())
        .unwrap_or(0)
        .clamp(0, 1_000_000_000);
    let run =
        async { app::unit(visitor.cx()?, move |tx, cx| Ok(super::register(tx, cx, offset, PAGE)?.into_inner())).await };
    match run.await {
        Ok(register) => {
            let main = page::register(visitor.lang, &register, offset, PAGE, visitor.app.clock.now());
            visitor.page(&t!(visitor.lang, "disclosures-title"), main)
        }
        Err(stop) => visitor.refuse(stop),
    }
}
