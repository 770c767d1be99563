//! Packages over the network. No token: the signature in the package says whose it is.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chain::text::Lang;
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

use super::format::{LONGEST_HEAD, MOST_BYTES};
use super::take::Arrived;
use super::{Taken, head, sql, take};
use crate::access::Role;
use crate::app::{self, Actor, App, Cx, Stop, Via};
use crate::http::{Anybody, problem};
use crate::refusal::Refused;
use crate::store::Sql;

/// How many packages are read at once: each may be large.
static ROOM: Semaphore = Semaphore::const_new(2);
/// When to come again when there is no room, in seconds.
const LATER: i64 = 10;

/// What became of a package.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenAnswer {
    /// What the sender is called here.
    pub node: String,
    /// The month, `2026-11`.
    pub period: String,
    /// Its number.
    pub seq: i64,
    /// Whether it had been taken before, so that nothing was done now.
    pub again: bool,
    /// `stands`, or `replaced` when a later one has taken its place.
    pub fate: &'static str,
    /// Whether it came late.
    pub late: bool,
    /// The number of the one it took the place of.
    pub replaces: Option<i64>,
    /// How many municipalities report in it.
    pub municipalities: i64,
    /// How many counts it has.
    pub counts: i64,
    /// Their sum.
    pub total: i64,
    /// How much that differs from what it took the place of.
    pub difference: i64,
}

impl From<Taken> for TakenAnswer {
    fn from(Taken { node, trace, again }: Taken) -> TakenAnswer {
        TakenAnswer {
            node,
            period: trace.period,
            seq: trace.seq,
            again,
            fate: trace.fate.name(),
            late: trace.late,
            replaces: trace.replaces,
            municipalities: trace.municipalities,
            counts: trace.row_count,
            total: trace.total,
            difference: trace.difference,
        }
    }
}

/// Takes a package of tallies from a node that is trusted. The body is the file as it is.
#[utoipa::path(post, path = "/api/v1/packages", tag = "packages", security(()),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Taken.", body = TakenAnswer),
        (status = 200, description = "Taken already; nothing was done.", body = TakenAnswer),
        (status = 422, description = "Nothing of it was taken; `errors` says all that is wrong.", body = problem::Problem),
        (status = 429, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn post(anybody: Anybody, body: Body) -> Response {
    let lang = anybody.lang;
    match taken(&anybody.app, lang, body).await {
        Ok(taken) => {
            let status = if taken.again { StatusCode::OK } else { StatusCode::CREATED };
            (status, Json(TakenAnswer::from(taken))).into_response()
        }
        Err(stop) => problem::stop(lang, stop),
    }
}

async fn taken(app: &Arc<App>, lang: Lang, body: Body) -> Result<Taken, Stop> {
    let Ok(_room) = ROOM.try_acquire() else { return Err(Refused::TooFast { seconds: LATER }.into()) };
    let bytes = received(app, body).await?;
    let library = app.clone();
    let arrived = tokio::task::spawn_blocking(move || Arrived::read(&bytes, &library.library))
        .await
        .map_err(|_| crate::store::StoreError::Fault("reading a package panicked".into()))?;
    let nobody = Actor { org: Uuid::nil(), unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Api };
    let cx = Cx::new(app, nobody, lang)?;
    app::unit(cx, move |tx: &mut dyn Sql, cx: &mut Cx| take(tx, cx, &arrived)).await
}

/// The body, which is not read on when it comes from nobody known, or is more than a package can be.
async fn received(app: &Arc<App>, mut body: Body) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let mut known = false;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refused::Malformed { detail: "the body broke off".into() })?;
        let Ok(data) = frame.into_data() else { continue };
        bytes.extend_from_slice(&data);
        if !known && bytes.len() >= LONGEST_HEAD {
            let from = head(&bytes).map(|(from, _)| from);
            known = match from {
                None => false,
                Some(from) => app.store.read(move |tx| sql::by_key(tx, &from)).await?.is_some(),
            };
            if !known {
                break;
            }
        }
        if bytes.len() > MOST_BYTES {
            break;
        }
    }
    Ok(bytes)
}
