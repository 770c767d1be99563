//! The public rule: which counts are small.

use crate::problem::Role;

/// Whether zeros are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zeros {
    /// Every zero is published. Everybody knows then that a withheld count is at least 1.
    Open,
    /// Zeros are withheld like small counts.
    Withheld,
}

/// The rule by which cells are primary. It is told together with the figures, so the attacker knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Counts from 1 to one below this are small.
    pub threshold: u64,
    /// What becomes of zeros.
    pub zeros: Zeros,
    /// Whether somebody who knows that they are alone in a cell must not learn a small count about others by subtracting
    /// themselves.
    pub alone: bool,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule { threshold: 5, zeros: Zeros::Open, alone: false }
    }
}

impl Rule {
    /// Whether zeros are shown.
    pub const fn zeros_open(&self) -> bool {
        matches!(self.zeros, Zeros::Open)
    }

    /// Whether a count is small.
    pub const fn is_small(&self, count: u64) -> bool {
        count < self.threshold && (count > 0 || !self.zeros_open())
    }

    /// The role of a cell with this count that is published for the first time.
    pub const fn role(&self, count: u64) -> Role {
        if self.is_small(count) {
            Role::Primary
        } else if count == 0 {
            Role::Open
        } else {
            Role::Free
        }
    }
}
