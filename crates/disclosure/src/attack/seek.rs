//! Two tables for each cell: the attacker tries to find, beside one table that fits what is published, another in which
//! the cell differs. A table counts only after it has been added up. Where none exists the cell has fallen.

#![allow(clippy::indexing_slicing, reason = "all indices are variables that the part numbers itself")]

use std::collections::HashMap;

use super::fast::Fast;
use super::part::{Argument, Fallen, Finding, Move, Part};
use super::proof::Proof;
use super::rational::{Q, TooBig};
use super::simplex::{Outcome, Simplex};
use super::tableau::Tableau;

pub(super) struct Seeker<'a> {
    part: &'a Part,
    tableau: Tableau,
    fast: Fast,
    /// The first table that fits.
    base: Vec<i64>,
    /// The least and the most of each cell in all tables that were found.
    least: Vec<i64>,
    most: Vec<i64>,
    moves: Vec<Move>,
    /// Some of the tables, to begin from.
    found: Vec<Vec<i64>>,
    /// Cells that were found to have fallen together with others.
    down: Vec<Option<Verdict>>,
    /// Cells that are proved to be what they are in the first table.
    fixed: Vec<bool>,
    chance: u64,
}

/// What is known of a cell in the end.
#[derive(Clone)]
enum Verdict {
    Stands,
    Falls(Argument, Vec<(u32, i64)>),
    Undecided,
}

/// How many found tables are kept to begin from.
const KEPT: usize = 12;
/// Searches in floating point before the exact one.
const TRIES: u32 = 4;
/// Sweeps of the walk, at least and at most.
const SWEEPS: usize = 40;

impl<'a> Seeker<'a> {
    pub(super) fn new(part: &'a Part, tableau: Tableau) -> Seeker<'a> {
        let fast = Fast::new(&tableau, part.effort);
        let none = Vec::new();
        let size = part.cells.len();
        Seeker {
            part,
            tableau,
            fast,
            base: none.clone(),
            least: none.clone(),
            most: none,
            moves: Vec::new(),
            found: Vec::new(),
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
                self.down[variable as usize] = Some(Verdict::Falls(Argument::Sums, Vec::new()));
            }
        }
        self.hints();
        self.columns();
        self.walk();
        let verdicts = (0..self.part.cells.len() as u32).map(|variable| self.verdict(variable)).collect();
        self.conclude(verdicts)
    }

    fn conclude(self, verdicts: Vec<Option<Verdict>>) -> Finding {
        let mut finding = Finding::default();
        for (at, verdict) in verdicts.into_iter().enumerate() {
            let cell = self.part.cells[at];
            let count = |value: i64| u64::try_from(value).unwrap_or_default();
            match verdict {
                None => {}
                Some(Verdict::Stands) => finding.ranges.push((cell, count(self.least[at]), count(self.most[at]))),
                Some(Verdict::Falls(argument, because)) => {
                    finding.fallen.push(Fallen { cell, value: count(self.base[at]), argument, because });
                }
                Some(Verdict::Undecided) => finding.undecided.push(cell),
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
        self.fast.start_low(&self.tableau, &self.part.least);
        if let (Outcome::Whole(table), _) = self.fast.whole()
            && self.fits(&table)
        {
            self.take(table);
            return Ok(true);
        }
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
        if !self.base.is_empty() && self.new_in(&table) {
            let changes = table.iter().zip(&self.base).zip(&self.part.cells).filter(|((now, base), _)| now != base);
            self.moves.push(changes.map(|((now, base), cell)| (*cell, now - base)).collect());
        }
        if self.base.is_empty() {
            self.base.clone_from(&table);
            self.least.clone_from(&table);
            self.most.clone_from(&table);
        }
        for (at, count) in table.iter().enumerate() {
            self.least[at] = self.least[at].min(*count);
            self.most[at] = self.most[at].max(*count);
        }
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

    /// Tries what did before, and the same the other way.
    fn hints(&mut self) {
        for hint in &self.part.hints {
            for way in [1, -1] {
                let mut table = self.base.clone();
                let known = hint.iter().all(|(cell, amount)| match self.part.cells.binary_search(cell) {
                    Ok(at) => {
                        table[at] += way * amount;
                        true
                    }
                    Err(_) => false,
                });
                if known && self.new_in(&table) && self.fits(&table) {
                    self.take(table);
                }
            }
        }
    }

    /// Tries one step of each free cell up and down, the bound ones following.
    fn columns(&mut self) {
        let mut column = Vec::new();
        for free in self.free() {
            self.tableau.column(free, &mut column);
            if !column.iter().all(|(_, amount)| amount.is_whole()) {
                continue;
            }
            for step in [1, -1] {
                let mut table = self.base.clone();
                self.move_by(&mut table, free, &column, step);
                if self.new_in(&table) && self.fits(&table) {
                    self.take(table);
                }
            }
        }
    }

    fn free(&self) -> Vec<u32> {
        (0..self.part.cells.len() as u32).filter(|variable| self.tableau.is_free(*variable)).collect()
    }

    fn move_by(&self, table: &mut [i64], free: u32, column: &[(u32, Q)], step: i64) {
        table[free as usize] += step;
        for (bound, amount) in column {
            table[*bound as usize] += step * amount.floor();
        }
    }

    /// Whether a table would settle a cell that is not settled yet.
    fn new_in(&self, table: &[i64]) -> bool {
        (0..table.len()).any(|at| self.part.asked[at] && self.least[at] == self.most[at] && table[at] != self.base[at])
    }

    /// Walks from table to table by random steps, as long as it settles cells.
    fn walk(&mut self) {
        let mut order = self.free();
        let mut table = self.base.clone();
        let mut column = Vec::new();
        let mut idle = 0;
        for _ in 0..SWEEPS {
            for at in (1..order.len()).rev() {
                let other = (self.chance() % (at as u64 + 1)) as usize;
                order.swap(at, other);
            }
            let mut news = false;
            for free in &order {
                self.tableau.column(*free, &mut column);
                if !column.iter().all(|(_, amount)| amount.is_whole()) {
                    continue;
                }
                let step = self.step(&table, *free, &column);
                if step != 0 {
                    self.move_by(&mut table, *free, &column, step);
                    let changed = |at: u32| !self.settled(at) && table[at as usize] != self.base[at as usize];
                    if changed(*free) || column.iter().any(|(bound, _)| changed(*bound)) {
                        if !self.fits(&table) {
                            return;
                        }
                        self.take(table.clone());
                        news = true;
                    }
                }
            }
            idle = if news { 0 } else { idle + 1 };
            if idle == 6 {
                return;
            }
        }
    }

    /// A step within what the counts allow, by chance.
    fn step(&mut self, table: &[i64], free: u32, column: &[(u32, Q)]) -> i64 {
        let slack = |at: u32| table[at as usize] - self.part.least[at as usize];
        let (mut down, mut up) = (slack(free).min(3), 3);
        for (bound, amount) in column {
            let amount = amount.floor();
            let room = slack(*bound) / amount.abs().max(1);
            if amount > 0 {
                down = down.min(room);
            } else {
                up = up.min(room);
            }
        }
        let width = (up + down + 1).unsigned_abs();
        (self.chance() % width.max(1)) as i64 - down
    }

    fn verdict(&mut self, variable: u32) -> Option<Verdict> {
        let at = variable as usize;
        if !self.part.asked[at] {
            return None;
        }
        if self.settled(variable) {
            return Some(Verdict::Stands);
        }
        if let Some(known) = &self.down[at] {
            return Some(known.clone());
        }
        let above = match self.other(variable, true) {
            Ok(Other::Exists) => return Some(Verdict::Stands),
            other => other,
        };
        Some(match (above, self.other(variable, false)) {
            (_, Ok(Other::Exists)) => Verdict::Stands,
            (Ok(Other::Never(above)), Ok(Other::Never(below))) => {
                self.fixed[at] = true;
                self.fell_too(above.as_ref());
                self.fell_too(below.as_ref());
                // What keeps a cell from falling may be nothing but that it is a sum itself; what keeps it from rising is
                // what gives it away.
                let because = above.or(below).map(|proof| self.in_cells(&proof)).unwrap_or_default();
                Verdict::Falls(Argument::Whole, because)
            }
            _ => Verdict::Undecided,
        })
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
                self.down[at].get_or_insert(Verdict::Falls(Argument::Whole, because.clone()));
            }
        }
    }

    /// Searches for a table in which the cell is larger, or smaller, than in the first.
    fn other(&mut self, variable: u32, larger: bool) -> Result<Other, Stuck> {
        let at = variable as usize;
        let base = self.base[at];
        if !larger && base <= self.part.least[at] {
            return Ok(Other::Never(None));
        }
        // From the first table the ways are shortest and serve again elsewhere; from others there is more room.
        for attempt in 0..TRIES {
            let start = if attempt == 0 { self.base.clone() } else { self.any_found() };
            if attempt > 0 {
                self.fast.refresh(&self.tableau);
            }
            self.fast.reset(&self.tableau, &self.base, &start, &self.part.least, &self.fixed);
            self.fast.limit(variable, if larger { base + 1 } else { base - 1 }, larger);
            match self.fast.whole() {
                (Outcome::Whole(table), _) if self.fits(&table) => {
                    self.take(table);
                    return Ok(Other::Exists);
                }
                (Outcome::None, Some(slopes)) => {
                    let known = (self.base.as_slice(), self.part.least.as_slice(), self.fixed.as_slice());
                    if let Some(proof) = Proof::check(&self.tableau, variable, larger, &slopes, known) {
                        return Ok(Other::Never(Some(proof)));
                    }
                }
                _ => {}
            }
        }
        if self.part.effort.quick {
            return Err(Stuck);
        }
        let start = self.any_found();
        self.exactly(variable, larger, &start)
    }

    fn any_found(&mut self) -> Vec<i64> {
        let pick = self.chance() % (self.found.len() as u64).max(1);
        self.found.get(pick as usize).unwrap_or(&self.base).clone()
    }

    /// The same, without rounding anything.
    fn exactly(&mut self, variable: u32, larger: bool, start: &[i64]) -> Result<Other, Stuck> {
        let base = self.base[variable as usize];
        let mut exact = Simplex::new(self.tableau.clone(), &self.part.least, self.part.effort);
        exact.reset(&self.part.least, start);
        for fixed in (0..).zip(&self.fixed).filter(|(_, fixed)| **fixed).map(|(at, _)| at) {
            exact.hold(fixed);
        }
        exact.bind(variable).map_err(|TooBig| Stuck)?;
        let limited = if larger { exact.at_least(variable, base + 1) } else { exact.at_most(variable, base - 1) };
        limited.map_err(|TooBig| Stuck)?;
        match exact.whole()? {
            Outcome::Whole(table) if self.fits(&table) => {
                self.take(table);
                Ok(Other::Exists)
            }
            Outcome::None => Ok(Other::Never(None)),
            Outcome::Whole(_) | Outcome::GaveUp => Err(Stuck),
        }
    }
}

/// Whether there is a table in which a cell is larger, or smaller.
enum Other {
    Exists,
    /// There is none, with the proof when it is short.
    Never(Option<Proof>),
}

/// The search has come to its limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stuck;

impl From<TooBig> for Stuck {
    fn from(TooBig: TooBig) -> Stuck {
        Stuck
    }
}
