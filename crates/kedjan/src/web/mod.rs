//! What every page shares: language, layout, form fields, parts, pictures and static files.

pub mod assets;
pub mod chart;
pub mod form;
pub mod format;
pub mod lang;
pub mod layout;
pub mod parts;
pub mod picture;
pub mod script;

pub use chain::text::Lang;

#[cfg(test)]
mod tests;
