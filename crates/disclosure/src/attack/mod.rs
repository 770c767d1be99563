//! The attacker: tries to work out withheld cells from what is published.
//!
//! It shares nothing with the protector but the table's shape: it finds the sums by itself, and calculates in exact
//! fractions where the protector calculates modulo a prime. A cell stands when two tables of whole, non-negative counts
//! have been found that both fit everything published and differ in it; each is checked by adding up. A cell falls when
//! it is proved that there is no second one. What can be neither within the limits of the search counts as fallen
//! wherever something is to be published.

mod board;
mod cells;
mod fast;
mod part;
mod proof;
mod rational;
mod seek;
mod simplex;
mod tableau;

pub use board::{Contradiction, Released, Shown};
pub use part::{Argument, Effort, Fallen, Finding, Move, Part};

/// Examines parts one after another. Parts have nothing in common, so a caller with threads may share them out.
pub fn one_by_one(parts: &[Part]) -> Vec<Finding> {
    parts.iter().map(Part::examine).collect()
}
