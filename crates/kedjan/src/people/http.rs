//! People at the pages: correcting contact details and merging two records of one person.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::care::Known;
use super::{MergeReason, NewPersonInput, care, page, validate};
use crate::app;
use crate::http::{Visitor, beside_fields};
use crate::refusal::{FieldIssue, Refused};
use crate::secrets;
use crate::t;
use crate::web::form::Posted;
use crate::web::format;
use crate::web::layout::PageKind;

async fn load(visitor: &Visitor, id: &str) -> Result<Known, app::Stop> {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    app::unit(visitor.cx()?, move |tx, cx| Ok(care::look(tx, cx, id)?.into_inner())).await
}

fn again(visitor: &Visitor, known: &Known, posted: &Posted) -> Response {
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let main = page::person(visitor.lang, known, posted);
    visitor.framed(status, &t!(visitor.lang, "person-title"), main, PageKind::Normal, None)
}

/// What is known of a person, to correct.
pub async fn person(visitor: Visitor, Path(id): Path<String>) -> Response {
    match load(&visitor, &id).await {
        Ok(known) => again(&visitor, &known, &Posted::default()),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Corrects contact details.
pub async fn correct(visitor: Visitor, Path(id): Path<String>, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let run = async {
        let cx = visitor.cx()?;
        let number: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        let text = |name: &str| posted.get(name).trim().to_owned();
        let input = NewPersonInput {
            phone: text("phone"),
            email: text("email"),
            address: text("address"),
            municipality: text("municipality"),
            protected: posted.get("protected") == "true",
            ..NewPersonInput::default()
        };
        let new = validate(&input, cx.app.settings.demo, format::local(cx.now).date()).map_err(|issues| {
            Refused::Fields(
                issues
                    .into_iter()
                    .map(|i| FieldIssue { pointer: format!("/{}", i.field), detail: i.words(visitor.lang) })
                    .collect(),
            )
        })?;
        let who = posted.get("who").trim().to_owned();
        app::unit(cx, move |tx, cx| {
            care::correct(tx, cx, number, &new, &who)?;
            Ok(care::look(tx, cx, number)?.cases.first().map(|(code, _)| code.clone()))
        })
        .await
    };
    match run.await {
        Ok(code) => Redirect::to(&format!("/cases/{}?done=step", code.unwrap_or_default())).into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => match load(&visitor, &id).await {
                Ok(known) => again(&visitor, &known, &posted),
                Err(stop) => visitor.refuse(stop),
            },
        },
    }
}

/// Merges the person of another case into this one.
pub async fn merge(visitor: Visitor, Path(id): Path<String>, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let run = async {
        let kept: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        let wrong =
            |field: &str, detail: String| Refused::Fields(vec![FieldIssue { pointer: format!("/{field}"), detail }]);
        let other = secrets::case_code_normalise(posted.get("other"))
            .ok_or_else(|| wrong("other", t!(visitor.lang, "consent-no-case")))?;
        let reason = [MergeReason::RecordedTwice, MergeReason::NumberKnown]
            .into_iter()
            .find(|reason| reason.code() == posted.get("reason"))
            .ok_or_else(|| wrong("reason", t!(visitor.lang, "field-missing")))?;
        app::unit(visitor.cx()?, move |tx, cx| {
            care::merge(tx, cx, kept, &other, reason)?;
            Ok(other.clone())
        })
        .await
    };
    match run.await {
        Ok(code) => Redirect::to(&format!("/cases/{code}?done=merged")).into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => match load(&visitor, &id).await {
                Ok(known) => again(&visitor, &known, &posted),
                Err(stop) => visitor.refuse(stop),
            },
        },
    }
}
