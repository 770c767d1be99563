//! The server: the router with what surrounds every answer, listening until it is told to stop, and then finishing what it
//! has begun.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use super::limit::{self, Peer};
use super::{LANG, SECURE_LANG, as_page, problem, routes};
use crate::app::App;
use crate::store::StoreError;
use crate::web::{assets, layout};

/// The largest request that is read.
const LARGEST_BODY: usize = 256 * 1024;
/// How long a request may take to arrive and be answered.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);
/// How long the headers of a request may take to arrive: half-sent requests must not hold the doors.
pub(crate) const LONGEST_HEADERS: Duration = Duration::from_secs(10);
/// How many connections are served at once.
const MOST_CONNECTIONS: usize = 1024;
/// How long open requests get to finish after the word to stop.
const LONGEST_FAREWELL: Duration = Duration::from_secs(20);

/// What every answer carries: nothing but our own, no framing, no sniffing, no telling where one came from, no keeping.
const HEADERS: [(&str, &str); 9] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("cache-control", "no-store"),
];

/// The whole product as one service.
pub fn service(app: Arc<App>) -> Router {
    let pages_and_api = routes::router(&app)
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), limit::strangers));
    Router::new()
        .merge(pages_and_api)
        .with_state(app.clone())
        .merge(assets::router())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST_REQUEST))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app, surround))
}

/// Puts the headers on every answer that has not its own, and remembers a language that was asked for.
async fn surround(State(app): State<Arc<App>>, request: axum::extract::Request, next: Next) -> Response {
    let asked = request
        .uri()
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(super::lang_of));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if let Some(lang) = asked {
        let value = match lang {
            chain::text::Lang::Sv => "sv",
            chain::text::Lang::En => "en",
        };
        let (name, end) = if app.settings.secure() { (SECURE_LANG, "; Secure") } else { (LANG, "") };
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{end}");
        headers.extend(HeaderValue::from_str(&cookie).ok().map(|cookie| (header::SET_COOKIE, cookie)));
    }
    response
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    let error = StoreError::Fault("a handler panicked".into());
    let (status, id) = problem::told(&error);
    as_page(
        status,
        layout::error_page(chain::text::Lang::Sv, &layout::ErrorPage::usual(chain::text::Lang::Sv, status, id)),
    )
}

async fn not_found(request: axum::extract::Request) -> Response {
    let lang = super::api_language(request.headers());
    let refused = crate::refusal::Refused::NotFound;
    if request.uri().path().starts_with("/api/") {
        problem::stop(lang, refused.into())
    } else {
        super::refusal_page(lang, refused.into())
    }
}

/// `200 ok`: the process lives.
pub async fn healthz() -> &'static str {
    "ok"
}

/// `200 ok` when the store can be reached, else 503.
pub async fn readyz(State(app): State<Arc<App>>) -> Response {
    match app.store.ping().await {
        Ok(()) => "ok".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store cannot be reached").into_response(),
    }
}

/// Serves until `stop` is done, then lets what has begun finish.
pub async fn serve(listener: TcpListener, app: Arc<App>, stop: impl Future<Output = ()>) -> std::io::Result<()> {
    let service = service(app);
    let doors = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let farewell = GracefulShutdown::new();
    // HTTP/1 alone: finding out the version has no time limit, and a silent connection would hold its door for ever.
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(LONGEST_HEADERS).max_buf_size(64 * 1024);
    tokio::pin!(stop);
    loop {
        let Ok(door) = doors.clone().acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(cause) => {
                    // Too many open files and the like pass; the listener itself stays.
                    tracing::warn!(%cause, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true);
        let known = service.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            request
        });
        let connection = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(known));
        let connection = farewell.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks off is the caller's matter; what it began is finished all the same.
            let _ = connection.await;
            drop(door);
        });
    }
    drop(listener);
    if tokio::time::timeout(LONGEST_FAREWELL, farewell.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    Ok(())
}
