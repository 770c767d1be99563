//! Packages over the network. No token: the signature in the package says whose it is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chain::text::Lang;
use http_body_util::BodyExt;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::format::{Envelope, LONGEST_HEAD, MOST_BYTES};
use super::take::Arrived;
use super::{Taken, sql, take};
use crate::access::Role;
use crate::app::{self, Actor, App, Cx, Stop, Via};
use crate::http::{Anybody, problem};
use crate::refusal::Refused;
use crate::secrets::PublicKey;
use crate::store::{Sql, StoreError};

/// How many packages are read at once: each may be large.
const PLACES: usize = 8;
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
    // The place is kept until the package has been taken.
    let (bytes, _place) = received(app, body).await?;
    let library = app.clone();
    let arrived = tokio::task::spawn_blocking(move || Arrived::read(&bytes, &library.library))
        .await
        .map_err(|_| StoreError::Fault("reading a package panicked".into()))?;
    let nobody = Actor { org: Uuid::nil(), unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Api };
    let cx = Cx::new(app, nobody, lang)?;
    app::unit(cx, move |tx: &mut dyn Sql, cx: &mut Cx| take(tx, cx, &arrived, false)).await
}

/// The body, and the place where it is read. What is not signed by somebody trusted, for this node, gets no place and is not read
/// on after its first lines; neither is more than the first lines say.
async fn received(app: &Arc<App>, mut body: Body) -> Result<(Vec<u8>, Option<Place>), Stop> {
    let (mut bytes, mut most) = (Vec::new(), LONGEST_HEAD);
    let mut place = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refused::Malformed { detail: "the body broke off".into() })?;
        let Ok(data) = frame.into_data() else { continue };
        bytes.extend_from_slice(&data);
        if place.is_none()
            && let Some(envelope) = Envelope::read(&bytes)
        {
            if !welcome(app, &envelope).await? {
                break;
            }
            place = Some(Place::of(app, envelope.from)?);
            most = envelope.length;
        }
        if bytes.len() > most {
            break;
        }
    }
    Ok((bytes, place))
}

/// Whether the rest of a package is worth reading.
async fn welcome(app: &Arc<App>, envelope: &Envelope<'_>) -> Result<bool, StoreError> {
    if envelope.length > MOST_BYTES || !envelope.signed() {
        return Ok(false);
    }
    let (from, to) = (envelope.from, envelope.to);
    let known = move |tx: &mut dyn Sql| {
        let here = sql::own(tx)?.is_some_and(|own| own.node.key == to);
        Ok::<bool, StoreError>(here && sql::trusted(tx, &from)?.is_some())
    };
    app.store.read(known).await
}

/// Whose packages are being read: one of each sender, so that none can hold all places.
#[derive(Debug, Default)]
pub struct Places(Mutex<Vec<PublicKey>>);

impl Places {
    fn senders(&self) -> MutexGuard<'_, Vec<PublicKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place where a package is read, held by one that its sender has signed.
struct Place {
    app: Arc<App>,
    sender: PublicKey,
}

impl Place {
    /// The sender's place, when it has none yet and there is room.
    fn of(app: &Arc<App>, sender: PublicKey) -> Result<Place, Refused> {
        let mut read = app.places.senders();
        if read.len() >= PLACES || read.contains(&sender) {
            return Err(Refused::TooFast { seconds: LATER });
        }
        read.push(sender);
        Ok(Place { app: app.clone(), sender })
    }
}

/// How many packages are being read.
#[cfg(test)]
pub(super) fn being_read(app: &App) -> usize {
    app.places.senders().len()
}

impl Drop for Place {
    fn drop(&mut self) {
        self.app.places.senders().retain(|sender| *sender != self.sender);
    }
}
