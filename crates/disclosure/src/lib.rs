//! Protecting frequency tables before they are published, and attacking what is published.

pub mod cube;
pub mod csv;
pub mod dimension;
pub mod engine;
mod field;
pub mod mistake;
pub mod problem;
