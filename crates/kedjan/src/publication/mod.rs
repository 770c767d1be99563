//! Releases: figures that are frozen, versioned and protected together with every release of the same year, so that no
//! edition contradicts or betrays another. What is read stands in [`read`].

pub mod api;
mod audit;
mod catalogue;
mod content;
mod counts;
pub mod files;
pub mod http;
mod lattice;
mod make;
mod page;
mod period;
mod plan;
pub mod read;
mod share;
mod sql;
mod web;
mod words;

#[cfg(test)]
pub(crate) mod tests;

pub use content::{Code, Content, Dimension, Indicator, Measure, Words};
pub use http::Tag;
pub use make::{Made, NOT_SO, Progress, Wish, faults, make};
pub use period::{Part, Period, Scope};
pub use share::shared_out;
