//! Counting requests at the door: strangers by their address before anything is looked up, everybody else when it is known who
//! they are.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{api_language, cookie, language, problem, refusal_page, session_cookie};
use crate::app::App;
use crate::limits::Asker;
use crate::refusal::Refused;

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// That a request has been counted: it passes several places that ask who it is.
#[derive(Clone, Copy)]
struct Counted;

/// The address that a request comes from: with so many proxies in front as the settings say, the one that the outermost of
/// them saw, which each of them wrote last in `X-Forwarded-For`. What stands before that anybody can have written.
pub(crate) fn address(headers: &HeaderMap, peer: Option<IpAddr>, proxies: usize) -> Option<IpAddr> {
    let Some(place) = proxies.checked_sub(1) else { return peer };
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let written = lines.iter().flat_map(|line| line.split(',')).map(str::trim).rev().nth(place);
    written.and_then(|text| text.parse().ok()).or(peer)
}

fn stranger(headers: &HeaderMap, peer: Option<Peer>, app: &App) -> Asker {
    Asker::Stranger(address(headers, peer.map(|peer| peer.0), app.settings.proxies))
}

/// Counts who is logged in to an account, or has a token; without one the address, where that has not been counted.
pub(super) fn count(app: &App, parts: &mut Parts, known: Option<Asker>) -> Result<(), Refused> {
    if parts.extensions.get::<Counted>().is_some() {
        return Ok(());
    }
    parts.extensions.insert(Counted);
    let asker = known.unwrap_or_else(|| stranger(&parts.headers, parts.extensions.get::<Peer>().copied(), app));
    match app.limits.ask(asker, app.clock.now()) {
        None => Ok(()),
        Some(seconds) => Err(Refused::TooFast { seconds }),
    }
}

/// Stands before every page and the API: who shows neither cookie nor token is counted by address.
pub(super) async fn strangers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let shows =
        parts.headers.contains_key(header::AUTHORIZATION) || cookie(&parts.headers, session_cookie(&app)).is_some();
    let free = ["/healthz", "/readyz"].contains(&parts.uri.path());
    if !shows
        && !free
        && let Err(refused) = count(&app, &mut parts, None)
    {
        return if parts.uri.path().starts_with("/api/") {
            problem::stop(api_language(&parts.headers), refused.into()).into_response()
        } else {
            refusal_page(language(&parts, None), refused.into())
        };
    }
    next.run(Request::from_parts(parts, body)).await
}
