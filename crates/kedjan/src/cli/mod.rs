//! The command line: set-up, serving, checking and administration.

mod assemble;
pub mod methods;
mod sql;

pub use assemble::{AssembleError, open};
