//! Figures over many.

pub(crate) mod sql;
pub(crate) mod tally;
