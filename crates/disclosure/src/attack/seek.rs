//! Two tables for each cell: the attacker tries to find, beside one table that fits what is published, another in which
//! the cell differs. A table counts only after it has been added up. Where none exists the cell has fallen.

#![allow(clippy::indexing_slicing, reason = "all indices are variables that the part numbers itself")]

mod search;
mod walk;

use std::collections::HashMap;

use self::search::{Other, Reach};
use super::fast::Fast;
use super::part::{Argument, Fallen, Finding, Move, Part};
use super::proof::Proof;
use super::rational::{Q, TooBig};
use super::simplex::{Outcome, Simplex};
use super::tableau::Tableau;

pub(super) struct Seeker<'a> {
    part: &'a Part,
    tableau: Tableau,
    /// The search in floating point over all of the part, once it was needed, and how many numbers it has room for.
    fast: Option<Fast>,
    size: usize,
    /// How far it searches.
    reach: Reach,
    /// The equations that each cell stands in, with its sign.
    stands_in: Vec<Vec<(u32, i64)>>,
    /// The first table that fits.
    base: Vec<i64>,
    /// The least and the most of each cell in all tables that were found.
    least: Vec<i64>,
    most: Vec<i64>,
    moves: Vec<Move>,
    /// Steps from table to table.
    ways: Vec<Change>,
    /// Some of the tables, to begin from, and one in which few cells are at their least.
    found: Vec<Vec<i64>>,
    roomy: Vec<i64>,
    /// How the cells that have fallen follow, and from what.
    down: Vec<Option<Why>>,
    /// Cells that are proved to be what they are in the first table.
    fixed: Vec<bool>,
    chance: u64,
}

/// How many found tables are kept to begin from.
const KEPT: usize = 12;
/// By how much cells change.
type Change = Vec<(u32, i64)>;

/// How a cell follows, and from what sum of cells.
type Why = (Argument, Vec<(u32, i64)>);

impl<'a> Seeker<'a> {
    pub(super) fn new(part: &'a Part, tableau: Tableau) -> Seeker<'a> {
        let none = Vec::new();
        let size = part.cells.len();
        let mut stands_in = vec![Vec::new(); size];
        for (at, (terms, _)) in (0..).zip(&part.equations) {
            for (variable, sign) in terms {
                stands_in[*variable as usize].push((at, *sign));
            }
        }
        Seeker {
            part,
            size: Fast::size(&tableau),
            tableau,
            fast: None,
            reach: Reach::All,
            stands_in,
            base: none.clone(),
            least: none.clone(),
            most: none,
            moves: Vec::new(),
            ways: Vec::new(),
            found: Vec::new(),
            roomy: Vec::new(),
            down: vec![None; size],
            fixed: vec![false; size],
            chance: 88_172_645_463_325_252,
        }
    }

    pub(super) fn run(mut self) -> Finding {
        match self.begin() {
            Ok(true) => {}
            Ok(false) => return Finding { impossible: true, ..Finding::default() },
            Err(Stuck) => return Finding { undecided: self.part.asked_cells().collect(), ..Finding::default() },
        }
        for variable in 0..self.part.cells.len() as u32 {
            if self.tableau.line(variable).is_some_and(|line| line.terms.is_empty()) {
                self.fixed[variable as usize] = true;
                self.down[variable as usize] = Some((Argument::Sums, Vec::new()));
            }
        }
        self.find_ways();
        self.try_ways();
        self.walk();
        // The long searches come last: what the short ones found for others settles most of what they did not settle.
        for reach in self.reaches() {
            let open: Vec<u32> = (0..self.part.cells.len() as u32).filter(|variable| self.is_open(*variable)).collect();
            if open.is_empty() {
                break;
            }
            self.reach(reach);
            for variable in open {
                if self.is_open(variable) {
                    self.seek(variable);
                }
            }
        }
        self.conclude()
    }

    fn conclude(mut self) -> Finding {
        let mut finding = Finding::default();
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        for at in (0..self.part.cells.len()).filter(|at| self.part.asked[*at]) {
            let cell = self.part.cells[at];
            if self.settled(at as u32) {
                finding.ranges.push((cell, count(self.least[at]), count(self.most[at])));
            } else if let Some((argument, because)) = self.down[at].take() {
                finding.fallen.push(Fallen { cell, value: count(self.base[at]), argument, because });
            } else {
                finding.undecided.push(cell);
            }
        }
        finding.tied = self.tied();
        finding.moves = self.moves;
        finding
    }

    /// Cells that can only change together, one of which is a person alone.
    fn tied(&self) -> Vec<[(u32, i64); 2]> {
        // By how they depend on the free cells but for a factor, which is told with each.
        type Ties = HashMap<Vec<(u32, Q)>, Vec<(usize, Q)>>;
        let mut groups = Ties::new();
        if self.part.truth.is_none() {
            return Vec::new();
        }
        for at in 0..self.part.cells.len() {
            let terms = match self.tableau.line(at as u32) {
                Some(line) => line.terms.clone(),
                None => vec![(at as u32, Q::ONE)],
            };
            let Some((_, first)) = terms.first().copied() else { continue };
            let scaled: Result<Vec<(u32, Q)>, TooBig> =
                terms.iter().map(|(variable, amount)| Ok((*variable, amount.div(first)?))).collect();
            if let (Ok(scaled), true) = (scaled, self.part.asked[at]) {
                groups.entry(scaled).or_default().push((at, first));
            }
        }
        let mut tied = Vec::new();
        for group in groups.into_values() {
            for (one, by) in group.iter().filter(|(at, _)| self.base[*at] == 1) {
                for (other, share) in group.iter().filter(|(at, _)| at != one) {
                    // The first changes by `by` when the second changes by `share`.
                    let common = by.denominator().saturating_mul(share.denominator());
                    let (Ok(by), Ok(share)) = (by.mul(Q::whole(common)), share.mul(Q::whole(common))) else { continue };
                    tied.push([(self.part.cells[*one], share.floor()), (self.part.cells[*other], -by.floor())]);
                }
            }
        }
        tied.sort_unstable();
        tied
    }

    /// The first table: the true one, or one that is searched for.
    fn begin(&mut self) -> Result<bool, Stuck> {
        if let Some(truth) = &self.part.truth {
            let fits = self.fits(truth);
            if fits {
                self.take(truth.clone());
            }
            return Ok(fits);
        }
        let mut fast = Fast::new(&self.tableau, self.is_large(), self.part.effort);
        fast.start_low(&self.tableau, &self.part.least);
        if let (Outcome::Whole(table), _) = fast.whole()
            && self.fits(&table)
        {
            self.take(table);
            return Ok(true);
        }
        self.fast = Some(fast);
        let mut exact = Simplex::new(self.tableau.clone(), &self.part.least, self.part.effort);
        exact.start_low().map_err(|TooBig| Stuck)?;
        match exact.whole()? {
            Outcome::Whole(table) if self.fits(&table) => {
                self.take(table);
                Ok(true)
            }
            Outcome::Whole(_) | Outcome::GaveUp => Err(Stuck),
            Outcome::None => Ok(false),
        }
    }

    /// Whether a table adds up and no count is below what it can be.
    fn fits(&self, table: &[i64]) -> bool {
        table.iter().zip(&self.part.least).all(|(count, least)| count >= least)
            && self.part.equations.iter().all(|(terms, value)| {
                let part = |(variable, sign): &(u32, i64)| i128::from(*sign) * i128::from(table[*variable as usize]);
                terms.iter().map(part).sum::<i128>() == i128::from(*value)
            })
    }

    fn take(&mut self, table: Vec<i64>) {
        if self.base.is_empty() {
            self.base.clone_from(&table);
            self.least.clone_from(&table);
            self.most.clone_from(&table);
        } else if self.new_in(&table) {
            let change: Change = (0..).zip(table.iter().zip(&self.base).map(|(now, then)| now - then)).collect();
            self.keep_move(change.into_iter());
        }
        for (at, count) in (0..).zip(&table) {
            self.seen_as(at, *count);
        }
        self.remember(table);
    }

    fn remember(&mut self, table: Vec<i64>) {
        if self.found.len() == KEPT {
            self.found.remove(1);
        }
        self.found.push(table);
    }

    fn settled(&self, variable: u32) -> bool {
        self.least[variable as usize] < self.most[variable as usize]
    }

    fn chance(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance
    }

    fn free(&self) -> Vec<u32> {
        (0..self.part.cells.len() as u32).filter(|variable| self.tableau.is_free(*variable)).collect()
    }

    /// Whether a table would settle a cell that is not settled yet.
    fn new_in(&self, table: &[i64]) -> bool {
        (0..table.len()).any(|at| self.part.asked[at] && self.least[at] == self.most[at] && table[at] != self.base[at])
    }

    /// Whether it is asked what a cell is, and not yet known.
    fn is_open(&self, variable: u32) -> bool {
        let at = variable as usize;
        self.part.asked[at] && !self.settled(variable) && self.down[at].is_none()
    }

    /// Searches for a table in which the cell is another, or for proof that there is none.
    fn seek(&mut self, variable: u32) {
        let above = match self.other(variable, true) {
            Ok(Other::Exists) => return,
            other => other,
        };
        if let (Ok(Other::Never(above)), Ok(Other::Never(below))) = (above, self.other(variable, false)) {
            self.fixed[variable as usize] = true;
            self.fell_too(above.as_ref());
            self.fell_too(below.as_ref());
            // What keeps a cell from falling may be nothing but that it is a sum itself; what keeps it from rising is
            // what gives it away.
            let because = above.or(below).map(|proof| self.in_cells(&proof)).unwrap_or_default();
            self.down[variable as usize] = Some((Argument::Whole, because));
        }
    }

    fn in_cells(&self, proof: &Proof) -> Vec<(u32, i64)> {
        proof.sum.iter().map(|(variable, factor)| (self.part.cells[*variable as usize], *factor)).collect()
    }

    /// When a cell cannot change, what its proof rests on cannot either: each is at its least, and to rise it would have
    /// to take from the cell.
    fn fell_too(&mut self, proof: Option<&Proof>) {
        let Some(proof) = proof.filter(|proof| proof.tight) else { return };
        let because = self.in_cells(proof);
        for (variable, _) in &proof.sum {
            let at = *variable as usize;
            if !self.fixed[at] {
                self.fixed[at] = true;
                self.down[at].get_or_insert((Argument::Whole, because.clone()));
            }
        }
    }
}

/// The search has come to its limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stuck;

impl From<TooBig> for Stuck {
    fn from(TooBig: TooBig) -> Stuck {
        Stuck
    }
}
