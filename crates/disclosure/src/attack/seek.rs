//! Two tables for each cell: the attacker tries to find, beside one table that fits what is published, another in which
//! the cell differs. A table counts only after it has been added up. Where none exists the cell has fallen.

#![allow(clippy::indexing_slicing, reason = "all indices are variables that the part numbers itself")]

use std::collections::{HashMap, HashSet};

use super::fast::Fast;
use super::part::{Argument, Effort, Fallen, Finding, Move, Part};
use super::proof::Proof;
use super::rational::{Q, TooBig};
use super::simplex::{Outcome, Simplex};
use super::tableau::Tableau;

pub(super) struct Seeker<'a> {
    part: &'a Part,
    tableau: Tableau,
    /// The search in floating point over all of the part, once it was needed, and whether the part is small enough for it.
    fast: Option<Fast>,
    is_small: bool,
    /// Whether it searches for as long as it takes.
    patient: bool,
    /// The equations that each cell stands in, with its sign.
    stands_in: Vec<Vec<(u32, i64)>>,
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
/// How many free cells a search among what lies near has, one search after the other: in floating point, and exactly.
const NEAR: [usize; 2] = [60, 400];
const NEAR_EXACTLY: usize = 2_000;

/// By how much cells change.
type Change = Vec<(u32, i64)>;

/// The change that comes of a step of a free cell.
fn change(free: u32, column: &[(u32, Q)], step: i64) -> Change {
    let bound = column.iter().map(|(bound, amount)| (*bound, step * amount.floor()));
    std::iter::once((free, step)).chain(bound).collect()
}

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
            is_small: Fast::can_hold(&tableau),
            tableau,
            fast: None,
            patient: false,
            stands_in,
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
        let mut verdicts: Vec<Option<Verdict>> =
            (0..self.part.cells.len() as u32).map(|variable| self.verdict(variable)).collect();
        // The long searches come last: what the short ones found for others settles most of what they did not settle.
        self.patient = !self.part.effort.quick;
        for (variable, verdict) in (0..).zip(&mut verdicts) {
            if self.patient && matches!(verdict, Some(Verdict::Undecided)) {
                *verdict = self.verdict(variable);
            }
        }
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
        if self.is_small {
            let mut fast = Fast::new(&self.tableau, self.free(), self.part.effort);
            fast.start_low(&self.tableau, &self.part.least);
            if let (Outcome::Whole(table), _) = fast.whole()
                && self.fits(&table)
            {
                self.take(table);
                return Ok(true);
            }
            self.fast = Some(fast);
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

    /// Tries what did before, and the same the other way.
    fn hints(&mut self) {
        let place = |(cell, amount): &(u32, i64)| Some((self.part.cells.binary_search(cell).ok()? as u32, *amount));
        let known: Vec<Change> =
            self.part.hints.iter().filter_map(|hint| hint.iter().map(place).collect::<Option<Change>>()).collect();
        for change in known {
            self.try_both_ways(&change);
        }
    }

    /// Tries one step of each free cell up and down, the bound ones following.
    fn columns(&mut self) {
        let mut column = Vec::new();
        for free in self.free() {
            self.tableau.column(free, &mut column);
            if column.iter().all(|(_, amount)| amount.is_whole()) {
                self.try_both_ways(&change(free, &column, 1));
            }
        }
    }

    /// Tries a change of the first table, and the same the other way.
    fn try_both_ways(&mut self, change: &Change) {
        for way in [1, -1] {
            let other: Change = change.iter().map(|(at, by)| (*at, by * way)).collect();
            let news = other.iter().any(|(at, by)| *by != 0 && self.part.asked[*at as usize] && !self.settled(*at));
            let possible = |(at, by): &(u32, i64)| self.base[*at as usize] + by >= self.part.least[*at as usize];
            if news && other.iter().all(possible) && self.goes_unnoticed(&other) {
                for (at, by) in &other {
                    self.seen_as(*at, self.base[*at as usize] + by);
                }
                self.keep_move(&other);
            }
        }
    }

    /// Whether no equation notices a change.
    fn goes_unnoticed(&self, change: &Change) -> bool {
        let mut sums: HashMap<u32, i128> = HashMap::new();
        for (at, by) in change {
            for (equation, sign) in &self.stands_in[*at as usize] {
                *sums.entry(*equation).or_default() += i128::from(*sign) * i128::from(*by);
            }
        }
        sums.into_values().all(|sum| sum == 0)
    }

    /// A cell has this count in a table that fits.
    fn seen_as(&mut self, at: u32, count: i64) {
        let at = at as usize;
        self.least[at] = self.least[at].min(count);
        self.most[at] = self.most[at].max(count);
    }

    fn keep_move(&mut self, change: &Change) {
        let changes = change.iter().filter(|(_, by)| *by != 0);
        self.moves.push(changes.map(|(at, by)| (self.part.cells[*at as usize], *by)).collect());
    }

    fn free(&self) -> Vec<u32> {
        (0..self.part.cells.len() as u32).filter(|variable| self.tableau.is_free(*variable)).collect()
    }

    /// Whether a table would settle a cell that is not settled yet.
    fn new_in(&self, table: &[i64]) -> bool {
        (0..table.len()).any(|at| self.part.asked[at] && self.least[at] == self.most[at] && table[at] != self.base[at])
    }

    /// Walks from table to table by random steps, as long as it settles cells. Each step is added up, so that where it leads
    /// fits as what it came from did.
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
                let change = change(*free, &column, self.step(&table, *free, &column));
                if change.iter().all(|(_, by)| *by == 0) {
                    continue;
                }
                if !self.goes_unnoticed(&change) {
                    return;
                }
                let new = change.iter().any(|(at, by)| *by != 0 && self.part.asked[*at as usize] && !self.settled(*at));
                for (at, by) in &change {
                    table[*at as usize] += by;
                    self.seen_as(*at, table[*at as usize]);
                }
                if new {
                    self.keep_move(&change);
                    news = true;
                }
            }
            if news {
                self.remember(table.clone());
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
        if !self.patient {
            let found = if self.is_small { self.in_all(variable, larger) } else { self.near_by(variable, larger) };
            return found.ok_or(Stuck);
        }
        let start = self.any_found();
        self.exactly(self.tableau.clone(), self.part.effort, variable, larger, &start)
    }

    /// The same in floating point, where all may change.
    fn in_all(&mut self, variable: u32, larger: bool) -> Option<Other> {
        let all = self.fast.take();
        let mut fast = all.unwrap_or_else(|| Fast::new(&self.tableau, self.free(), self.part.effort));
        // From the first table the ways are shortest and serve again elsewhere; from others there is more room.
        let mut found = None;
        for attempt in 0..TRIES {
            let start = if attempt == 0 { self.base.clone() } else { self.any_found() };
            if attempt > 0 {
                fast.refresh(&self.tableau);
            }
            found = self.search(&mut fast, variable, larger, start);
            if found.is_some() {
                break;
            }
        }
        self.fast = Some(fast);
        found
    }

    /// The same among what lies near. What is found or proved there holds in all.
    fn near_by(&mut self, variable: u32, larger: bool) -> Option<Other> {
        let quick = self.part.effort.quick;
        for most in NEAR.into_iter().take(if quick { 1 } else { NEAR.len() }) {
            let near = self.near(variable, most);
            let mut fast = Fast::new(&self.tableau, near, self.part.effort);
            let found = self.search(&mut fast, variable, larger, self.base.clone());
            if found.is_some() {
                return found;
            }
        }
        if quick {
            return None;
        }
        let near = self.near(variable, NEAR_EXACTLY);
        let start = self.any_found();
        let effort = Effort { pivots: 400, branches: 20, ..self.part.effort };
        let found = self.exactly(self.tableau.only(&near), effort, variable, larger, &start);
        found.ok().filter(|other| matches!(other, Other::Exists))
    }

    /// A table in which the cell is larger, or smaller, or a proof that there is none; nothing where neither was found.
    fn search(&mut self, fast: &mut Fast, variable: u32, larger: bool, start: Vec<i64>) -> Option<Other> {
        let base = self.base[variable as usize];
        fast.reset(&self.tableau, &self.base, &start, &self.part.least, &self.fixed);
        fast.limit(variable, if larger { base + 1 } else { base - 1 }, larger);
        match fast.whole() {
            (Outcome::Whole(table), _) if self.is_other(&table, variable, larger) => {
                self.take(table);
                Some(Other::Exists)
            }
            (Outcome::None, Some(slopes)) => self.proved(variable, larger, &slopes),
            _ => None,
        }
    }

    /// Whether a table fits in which the cell is larger, or smaller, than in the first.
    fn is_other(&self, table: &[i64], variable: u32, larger: bool) -> bool {
        let (now, base) = (table[variable as usize], self.base[variable as usize]);
        (if larger { now > base } else { now < base }) && self.fits(table)
    }

    fn proved(&self, variable: u32, larger: bool, slopes: &[(u32, Q)]) -> Option<Other> {
        let known = (self.base.as_slice(), self.part.least.as_slice(), self.fixed.as_slice());
        Proof::check(&self.tableau, variable, larger, slopes, known).map(|proof| Other::Never(Some(proof)))
    }

    /// The free cells that a cell hangs on.
    fn hangs_on(&self, variable: u32) -> Vec<(u32, Q)> {
        self.tableau.line(variable).map_or_else(|| vec![(variable, Q::ONE)], |line| line.terms.clone())
    }

    /// Free cells that a cell hangs on, and those with which they share a bound one that could stop them: the nearest, no
    /// more than so many.
    fn near(&mut self, variable: u32, most: usize) -> Vec<u32> {
        let mut queue: Vec<u32> = self.hangs_on(variable).into_iter().map(|(free, _)| free).collect();
        let mut known: HashSet<u32> = queue.iter().copied().collect();
        let mut column = Vec::new();
        let mut at = 0;
        while let Some(free) = queue.get(at).copied().filter(|_| queue.len() < most) {
            at += 1;
            self.tableau.column(free, &mut column);
            for (bound, _) in &column {
                if self.base[*bound as usize] <= self.part.least[*bound as usize] {
                    let others = self.hangs_on(*bound).into_iter().map(|(free, _)| free);
                    queue.extend(others.filter(|free| known.insert(*free)));
                }
            }
        }
        queue.truncate(most);
        queue.sort_unstable();
        queue
    }

    fn any_found(&mut self) -> Vec<i64> {
        let pick = self.chance() % (self.found.len() as u64).max(1);
        self.found.get(pick as usize).unwrap_or(&self.base).clone()
    }

    /// The same, without rounding anything.
    fn exactly(
        &mut self,
        tableau: Tableau,
        effort: Effort,
        variable: u32,
        larger: bool,
        start: &[i64],
    ) -> Result<Other, Stuck> {
        let base = self.base[variable as usize];
        let mut exact = Simplex::new(tableau, &self.part.least, effort);
        exact.reset(&self.part.least, start);
        for fixed in (0..).zip(&self.fixed).filter(|(_, fixed)| **fixed).map(|(at, _)| at) {
            exact.hold(fixed);
        }
        exact.bind(variable).map_err(|TooBig| Stuck)?;
        let limited = if larger { exact.at_least(variable, base + 1) } else { exact.at_most(variable, base - 1) };
        limited.map_err(|TooBig| Stuck)?;
        match exact.whole()? {
            Outcome::Whole(table) if self.is_other(&table, variable, larger) => {
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
