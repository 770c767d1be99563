//! Consents at the pages.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;
use uuid::Uuid;

use super::{NewConsent, page};
use crate::access::{self, Action};
use crate::app::{self, Stop};
use crate::cases::{self, CaseView};
use crate::http::{Visitor, beside_fields};
use crate::refusal::{FieldIssue, Refused};
use crate::secrets;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::PageKind;

/// The language of the text to show.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    script: Option<String>,
}

fn form(visitor: &Visitor, view: &CaseView, asked: &Asked, posted: &Posted) -> Response {
    let script = asked.script.as_deref().unwrap_or("sv");
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let main = page::take(visitor.lang, view, script, posted);
    visitor.framed(status, &t!(visitor.lang, "consent-take"), main, PageKind::Normal, None)
}

/// The words of the consent and a place to sign.
pub async fn take_form(
    visitor: Visitor,
    Path(code): Path<String>,
    axum::extract::Query(asked): axum::extract::Query<Asked>,
) -> Response {
    match cases::http::load(&visitor, &code, Action::TakeConsent).await {
        Ok(view) => form(&visitor, &view, &asked, &Posted::default()),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Takes a consent, and hands over what waited for it.
pub async fn take(
    visitor: Visitor,
    Path(code): Path<String>,
    axum::extract::Query(asked): axum::extract::Query<Asked>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let run = async {
        let number = secrets::case_code_normalise(&code).ok_or(Refused::NotFound)?;
        let missing = || {
            let detail = t!(visitor.lang, "consent-missing");
            Refused::Fields(vec![FieldIssue { pointer: "/signature".into(), detail }])
        };
        let value = written(&posted).ok_or_else(missing)?;
        let new = NewConsent::parse(&value, visitor.lang, "").map_err(Refused::Fields)?.ok_or_else(missing)?;
        app::unit(visitor.cx()?, move |tx, cx| {
            super::give(tx, cx, &number, &new)?;
            Ok(number.clone())
        })
        .await
    };
    match run.await {
        Ok(number) => Redirect::to(&format!("/cases/{number}?done=consent")).into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => match cases::http::load(&visitor, &code, Action::TakeConsent).await {
                Ok(view) => form(&visitor, &view, &asked, &posted),
                Err(stop) => visitor.refuse(stop),
            },
        },
    }
}

/// The consent of the form, with what it is to, until when and by whom.
fn written(posted: &Posted) -> Option<Value> {
    let mut value = cases::http::consent(posted)?;
    let parts = value.as_object_mut()?;
    for name in ["giver", "note", "until", "second_signature"] {
        let text = posted.get(name).trim();
        if !text.is_empty() {
            parts.insert(name.to_owned(), Value::from(text));
        }
    }
    parts.insert("kinds".to_owned(), posted.all("kinds").map(Value::from).collect());
    parts.insert("renew".to_owned(), Value::from(posted.get("renew") == "true"));
    Some(value)
}

/// What withdrawing means, and the button that does it.
pub async fn withdraw_form(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        app::unit(visitor.cx()?, move |tx, cx| {
            let (consent, code) = super::sql::by_id(tx, id)?.ok_or(Refused::NotFound)?;
            access::case(tx, cx, &code, Action::WithdrawConsent)?;
            let kept = super::kept(tx, cx, &consent)?;
            Ok((consent, code, kept))
        })
        .await
    };
    match run.await {
        Ok((consent, code, kept)) => {
            let main = page::withdraw(visitor.lang, &consent, &code, kept.as_ref(), visitor.app.clock.now());
            visitor.page(&t!(visitor.lang, "consent-withdraw"), main)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Withdraws a consent.
pub async fn withdraw(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        let keeps = app::unit(visitor.cx()?, move |tx, cx| {
            let code = super::withdraw(tx, cx, id)?.1.clone();
            // Whoever began the case still has it; the one it was handed to no longer does.
            let file = cases::CaseFile::load(tx, cx, &code)?;
            let keeps = file.and_then(|f| f.share).is_some_and(|share| share.ended.is_none());
            Ok(keeps.then_some(code))
        })
        .await?;
        Ok::<Option<String>, Stop>(keeps)
    };
    match run.await {
        Ok(Some(code)) => Redirect::to(&format!("/cases/{code}?done=withdrawn")).into_response(),
        Ok(None) => Redirect::to("/?done=withdrawn").into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}
