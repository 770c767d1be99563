//! What an answer that is open to everybody is known by, so that nobody has to be sent the same again.

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chain::text::Lang;

use super::content::digest;
use crate::web::lang;

/// The `ETag` of an answer that changes when something is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    value: String,
    lang: Lang,
}

impl Tag {
    /// The tag of what is made of these words by this program, in a language.
    pub fn of(words: &[&str], lang: Lang) -> Tag {
        let whole = format!("{}\n{}\n{}", env!("CARGO_PKG_VERSION"), lang::code(lang), words.join("\n"));
        Tag::exactly(digest(whole).get(..32).unwrap_or_default(), lang)
    }

    /// This tag.
    pub(super) fn exactly(value: &str, lang: Lang) -> Tag {
        Tag { value: format!("\"{value}\""), lang }
    }

    /// Whether the asker has the same already.
    pub fn is_kept(&self, headers: &HeaderMap) -> bool {
        let kept = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        kept.is_some_and(|kept| kept.split(',').any(|one| one.trim().trim_start_matches("W/") == self.value))
    }

    /// The headers of the answer: it may be kept, and is asked about each time.
    pub fn headers(&self) -> [(HeaderName, String); 4] {
        self.kept_for("no-cache")
    }

    /// The headers of the answer, with how long it may be kept.
    pub(super) fn kept_for(&self, how_long: &str) -> [(HeaderName, String); 4] {
        [
            (header::ETAG, self.value.clone()),
            (header::CACHE_CONTROL, how_long.to_owned()),
            (header::VARY, "accept, accept-language, cookie".to_owned()),
            (header::CONTENT_LANGUAGE, lang::code(self.lang).to_owned()),
        ]
    }

    /// That it is what the asker has.
    pub fn unchanged(&self) -> Response {
        (StatusCode::NOT_MODIFIED, self.headers()).into_response()
    }
}
