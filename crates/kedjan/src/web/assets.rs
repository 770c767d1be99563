//! Static files, carried in the binary and served under names that change with their content.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    /// The first 12 hexadecimal digits of the content's SHA-256.
    hash: String,
}

macro_rules! assets {
    ($($name:literal: $kind:literal),* $(,)?) => {
        [$(Asset::new($name, $kind, include_bytes!(concat!("../../assets/", $name)))),*]
    };
}

static ASSETS: LazyLock<[Asset; 10]> = LazyLock::new(|| {
    assets![
        "kedjan.css": "text/css; charset=utf-8",
        "desk.css": "text/css; charset=utf-8",
        "chart.css": "text/css; charset=utf-8",
        "font.css": "text/css; charset=utf-8",
        "enhance.js": "text/javascript; charset=utf-8",
        "passkey.js": "text/javascript; charset=utf-8",
        "follow.js": "text/javascript; charset=utf-8",
        "icon.svg": "image/svg+xml",
        "source-sans-3-v5.3.0-latin.woff2": "font/woff2",
        "source-sans-3-v5.3.0-latin-ext.woff2": "font/woff2",
    ]
});

impl Asset {
    fn new(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let mut hash = String::with_capacity(12);
        for byte in Sha256::digest(bytes).iter().take(6) {
            let _ = write!(hash, "{byte:02x}");
        }
        Self { name, kind, bytes, hash }
    }
}

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The address of a static file; it changes when the file does, so that browsers may keep it for ever.
#[must_use]
pub fn asset(name: &str) -> String {
    match find(name) {
        Some(asset) => format!("/assets/{}?v={}", asset.name, asset.hash),
        None => format!("/assets/{name}"),
    }
}

/// The routes `/assets/{name}` and `/favicon.ico`, which browsers ask for by themselves where they show a file that is no page.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let icon = |headers| serve(Path("icon.svg".to_owned()), headers);
    Router::new().route("/assets/{name}", get(serve)).route("/favicon.ico", get(icon))
}

/// Answers with a static file, 304 when the browser has it, 404 when there is none of that name.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = find(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{}\"", asset.hash);
    let kept = headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let common = [
        (ETAG, tag),
        (CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if kept {
        (StatusCode::NOT_MODIFIED, common).into_response()
    } else {
        (common, [(CONTENT_TYPE, asset.kind)], asset.bytes).into_response()
    }
}
