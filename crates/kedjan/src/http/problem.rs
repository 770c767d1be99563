//! Refusals and outages for programs: `application/problem+json` (RFC 9457) with a stable `type` and a sentence.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chain::text::Lang;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Stop;
use crate::refusal::Refused;
use crate::store::StoreError;
use crate::t;

/// What is answered when something was not done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable name: `/problems/fields`, `/problems/not-now`, `/problems/stale`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What it means and what to do now.
    pub detail: String,
    /// Which of the reasons why a step cannot be taken now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Every wrong field at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// Leads to the cause in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// A wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer into the request (RFC 6901), or `/name` of a query parameter.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// A refusal or outage as an answer.
pub fn stop(lang: Lang, stop: Stop) -> Response {
    match stop {
        Stop::Refused(refused) => refused_answer(lang, &refused),
        Stop::Store(error) => {
            let (status, instance) = told(&error);
            let (kind, title, detail) = match status {
                503 => ("unavailable", t!(lang, "error-503-title"), t!(lang, "error-503-now")),
                _ => ("fault", t!(lang, "error-500-title"), t!(lang, "error-500-now")),
            };
            let mut response = answer(&Problem {
                kind: format!("/problems/{kind}"),
                title,
                status,
                detail,
                code: None,
                errors: Vec::new(),
                instance,
            });
            if status == 503 {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
            }
            response
        }
    }
}

fn refused_answer(lang: Lang, refused: &Refused) -> Response {
    let errors = refused
        .issues()
        .iter()
        .map(|issue| ProblemField { pointer: issue.pointer.clone(), detail: issue.detail.clone() })
        .collect();
    let code = match refused {
        Refused::NotNow { code, .. } => Some((*code).to_owned()),
        _ => None,
    };
    let mut response = answer(&Problem {
        kind: format!("/problems/{}", refused.name()),
        title: refused.title(lang),
        status: refused.status(),
        detail: refused.detail(lang),
        code,
        errors,
        instance: None,
    });
    if let Some(seconds) = refused.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    match refused {
        Refused::NotLoggedIn => {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Refused::Stale { etag } => {
            if let Ok(value) = HeaderValue::from_str(etag) {
                response.headers_mut().insert(header::ETAG, value);
            }
        }
        _ => {}
    }
    response
}

/// A problem as an answer.
pub fn answer(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// What is told of a fault of the store: 503 for what passes, 500 with a reference for what does not. The cause goes to the
/// log under the reference and never to the one who asked.
pub fn told(error: &StoreError) -> (u16, Option<String>) {
    if error.is_outage() {
        tracing::warn!(cause = %error, "the store cannot serve");
        return (503, None);
    }
    if *error == StoreError::Unstorable {
        return (400, None);
    }
    let id = uuid::Uuid::new_v4().simple().to_string();
    let id = id.get(..12).unwrap_or(&id).to_owned();
    tracing::error!(reference = %id, cause = %error, "fault");
    (500, Some(id))
}
