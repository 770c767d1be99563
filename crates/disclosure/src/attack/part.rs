//! One part of what is not known, and what an attacker finds out about it.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::seek::Seeker;
use super::tableau::{Tableau, Unsolved};

/// How a withheld count is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Argument {
    /// By adding and subtracting what is published.
    Sums,
    /// No other whole, non-negative counts fit what is published.
    Whole,
}

impl std::fmt::Display for Argument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Argument::Sums => "follows by adding and subtracting published figures",
            Argument::Whole => "no other whole, non-negative counts fit the published figures",
        })
    }
}

/// A withheld cell whose count can be worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallen {
    /// The cell.
    pub cell: u32,
    /// Its count.
    pub value: u64,
    /// How.
    pub argument: Argument,
    /// What gives it away when it is known together with the least that counts can be: a sum of cells with factors.
    pub because: Vec<(u32, i64)>,
}

/// What came of a part.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// Cells that can be worked out.
    pub fallen: Vec<Fallen>,
    /// Cells about which nothing could be settled within the limits of the search. They count as leaks.
    pub undecided: Vec<u32>,
    /// For each withheld cell that stands, the least and the most it was shown it can be.
    pub ranges: Vec<(u32, u64, u64)>,
    /// That no whole, non-negative counts fit what is published at all.
    pub impossible: bool,
    /// Pairs of withheld cells of which one gives the other away: a sum of both, with factors, is known. Whoever knows that
    /// they are alone in the first, which has a count of 1, works out the second. Found only where the truth is known.
    pub tied: Vec<[(u32, i64); 2]>,
    /// Changes by which cells were shown to be free; they may serve again when the table has changed a little.
    pub moves: Vec<Move>,
}

/// A change of some cells that no published figure notices.
pub type Move = Vec<(u32, i64)>;

/// What is unknown and hangs together.
#[derive(Clone, Debug)]
pub struct Part {
    pub(super) cells: Vec<u32>,
    pub(super) least: Vec<i64>,
    /// Cells of which it is asked whether they fall.
    pub(super) asked: Vec<bool>,
    pub(super) truth: Option<Vec<i64>>,
    pub(super) equations: Vec<(Vec<(u32, i64)>, i64)>,
    pub(super) effort: Effort,
    pub(super) hints: Vec<Move>,
}

/// How far the search goes before it gives up on a cell.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Pivots for one cell.
    pub pivots: u32,
    /// Branches for one cell.
    pub branches: u32,
    /// Whether what floating point does not settle is left undecided.
    pub quick: bool,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { pivots: 20_000, branches: 2_000, quick: false }
    }
}

impl Part {
    pub(super) fn new(truth: bool) -> Part {
        Part {
            cells: Vec::new(),
            least: Vec::new(),
            asked: Vec::new(),
            truth: truth.then(Vec::new),
            equations: Vec::new(),
            effort: Effort::default(),
            hints: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, cell: u32, least: i64, asked: bool, truth: Option<u64>) -> u32 {
        self.cells.push(cell);
        self.least.push(least);
        self.asked.push(asked);
        if let (Some(counts), Some(count)) = (&mut self.truth, truth) {
            counts.push(i64::try_from(count).unwrap_or(i64::MAX));
        }
        (self.cells.len() - 1) as u32
    }

    pub(super) fn equation(&mut self, terms: Vec<(u32, i64)>, value: i64) {
        self.equations.push((terms, value));
    }

    /// The cells of the part.
    pub fn cells(&self) -> &[u32] {
        &self.cells
    }

    /// Searches no further than this.
    pub const fn limit(&mut self, effort: Effort) {
        self.effort = effort;
    }

    /// Changes that may do here too; each is added up before it counts.
    pub fn hint(&mut self, change: Move) {
        self.hints.push(change);
    }

    /// A number that is the same for parts that are the same.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.cells, &self.least, &self.asked, &self.truth, &self.equations).hash(&mut hasher);
        hasher.finish()
    }

    /// Attacks it.
    pub fn examine(&self) -> Finding {
        match Tableau::solve(self.cells.len(), &self.equations) {
            Ok(tableau) => Seeker::new(self, tableau).run(),
            Err(Unsolved::Contradiction) => Finding { impossible: true, ..Finding::default() },
            Err(Unsolved::TooBig) => Finding { undecided: self.asked_cells().collect(), ..Finding::default() },
        }
    }

    pub(super) fn asked_cells(&self) -> impl Iterator<Item = u32> {
        self.cells.iter().zip(&self.asked).filter(|(_, asked)| **asked).map(|(cell, _)| *cell)
    }
}
