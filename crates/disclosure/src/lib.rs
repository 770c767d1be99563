//! Protecting frequency tables before they are published, and attacking what is published.
//!
//! A table of counts over people withholds its small counts, and as few others as it takes so that nobody can work the
//! small ones out. [`protect::protect`] decides which; [`attack`] tries to break what was decided, with other means, and
//! nothing is publishable before it has failed. The crate is pure: no files, no clock, no chance, no threads of its own.
//! Whoever calls it reads and writes, and may share the attacker's work out over threads.

pub mod attack;
pub mod csv;
pub mod cube;
pub mod dimension;
pub mod engine;
mod field;
pub mod keys;
pub mod ledger;
pub mod linked;
pub mod made;
pub mod mistake;
pub mod problem;
pub mod protect;
pub mod release;
pub mod repair;
mod room;
pub mod rule;
