//! Tables that share cells, told cell by cell and sum by sum: for figures of which no single crossing of dimensions holds
//! all, such as a month and its year, a county and its authorities, a part of the cases and all of them.

use crate::attack::{Finding, Part, Released, Shown};
use crate::engine::Unprotectable;
use crate::problem::{CellId, Problem, Role};
use crate::protect::Protected;
use crate::repair;
use crate::rule::Rule;

/// What a cell is to the edition that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is published now for the first time.
    New,
    /// It was shown in this way before, with this count, and so it stays.
    Before(Shown),
    /// It is withheld now because it has changed since it was shown or withheld. Nobody is told by that that it is not zero,
    /// and unless it is small it may become known.
    Held,
    /// It is in no table yet and may be in one later. When it is small it must not follow, even from somebody who will
    /// be told by then that it is not zero.
    Later,
    /// It is in no table and never will be, such as those who are in a count and not in a part of it. When it is small it
    /// must not follow.
    Between,
}

/// Cells and the sums that everybody knows to hold between them.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    counts: Vec<u64>,
    standings: Vec<Standing>,
    sums: Vec<(CellId, Vec<CellId>)>,
}

impl Linked {
    /// Adds a cell and gives its number.
    pub fn cell(&mut self, count: u64, standing: Standing) -> CellId {
        self.counts.push(count);
        self.standings.push(standing);
        CellId::try_from(self.counts.len() - 1).unwrap_or(CellId::MAX)
    }

    /// Adds that a cell is the sum of others.
    pub fn sum(&mut self, whole: CellId, parts: Vec<CellId>) {
        self.sums.push((whole, parts));
    }

    /// How many cells.
    pub const fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Decides which cells are withheld. What comes back shows what is in no table as unseen.
    ///
    /// # Errors
    /// Cells that follow from what was published before.
    pub fn protect(&self, rule: Rule, examine: &dyn Fn(&[Part]) -> Vec<Finding>) -> Result<Protected, Unprotectable> {
        let cells = self.standings.iter().zip(&self.counts);
        let roles: Vec<Role> = cells
            .map(|(standing, count)| match standing {
                Standing::New => rule.role(*count),
                Standing::Before(Shown::Open(_)) => Role::Open,
                Standing::Before(Shown::Withheld) if *count > 0 || !rule.zeros_open() => Role::Kept,
                Standing::Before(Shown::Unseen) => Role::Unseen,
                // What it was when it was withheld is another cell, and so is what lies between.
                Standing::Held if !rule.is_small(*count) => Role::Unseen,
                Standing::Before(_) | Standing::Held => Role::Secret,
                Standing::Later if rule.is_small(*count) => Role::Kept,
                Standing::Between if rule.is_small(*count) => Role::Secret,
                Standing::Later | Standing::Between => Role::Unseen,
            })
            .collect();
        let mut problem = Problem::new(self.counts.clone(), roles.clone());
        let mut board = Released::bare(vec![Shown::Unseen; roles.len()], rule.zeros_open());
        for (whole, parts) in &self.sums {
            problem.relate(*whole, parts.iter().copied());
            board.relate(*whole, parts.clone());
        }
        let protection = repair::secure(&problem, None, &self.order(), &board, rule.alone, examine)?;
        let shown =
            (self.standings.iter().zip(&self.counts)).zip(&protection.withheld).map(|((standing, count), withheld)| {
                match standing {
                    Standing::Later | Standing::Between => Shown::Unseen,
                    Standing::Before(shown) => *shown,
                    Standing::Held => Shown::Withheld,
                    Standing::New if *withheld => Shown::Withheld,
                    Standing::New => Shown::Open(*count),
                }
            });
        Ok(Protected { shown: shown.collect(), roles, protection, changed: 0 })
    }

    /// The larger a cell the sooner it is published, and of equal ones the sums before their parts.
    fn order(&self) -> Vec<u32> {
        let mut wholes = vec![0_u32; self.counts.len()];
        for (whole, _) in &self.sums {
            if let Some(slot) = wholes.get_mut(*whole as usize) {
                *slot += 1;
            }
        }
        let key = |cell: usize| (self.counts.get(cell).copied(), wholes.get(cell).copied(), std::cmp::Reverse(cell));
        let mut cells: Vec<usize> = (0..self.counts.len()).collect();
        cells.sort_by_key(|cell| key(*cell));
        let mut out = vec![0; cells.len()];
        for (place, cell) in (0..).zip(cells) {
            if let Some(slot) = out.get_mut(cell) {
                *slot = place;
            }
        }
        out
    }
}
