//! The chain as a picture.

use crate::method::Method;
use crate::text::Lang;

/// The chain as a Mermaid state diagram.
#[must_use]
pub fn mermaid(method: &Method, lang: Lang) -> String {
    let _ = (method, lang);
    unimplemented!()
}

/// The chain as an SVG picture that follows the colour of the text around it.
#[must_use]
pub fn svg(method: &Method, lang: Lang) -> String {
    let _ = (method, lang);
    unimplemented!()
}
