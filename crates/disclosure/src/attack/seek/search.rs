//! The searches for another table, from quick to exact.

#![allow(clippy::indexing_slicing, reason = "all indices are variables that the part numbers itself")]

use std::collections::HashSet;
use std::ops::Range;

use super::{Seeker, Stuck};
use crate::attack::fast::{Fast, MOST};
use crate::attack::part::Effort;
use crate::attack::proof::Proof;
use crate::attack::rational::{Q, TooBig};
use crate::attack::simplex::{Outcome, Simplex};
use crate::attack::tableau::Tableau;

/// Searches in floating point before the exact one.
const TRIES: u32 = 4;
/// A part that takes more numbers to lay out, 400 MB, is large: it is not laid out, the first searches in it are short, and nothing is
/// searched exactly in all of it. What is not settled is left undecided.
const LARGE: usize = 50_000_000;
/// Pivots in the first search for a cell in a large part.
const SHORT: u32 = 150;
/// How many free cells an exact search among what lies near has.
const NEAR: usize = 2_000;

/// What a search may change, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// All, in floating point.
    All,
    /// The same where a short search did not do: from other tables, and longer.
    Longer,
    /// The free cells that lie near, without rounding anything.
    NearExactly,
    /// All, without rounding anything.
    Exactly,
}

/// Whether there is a table in which a cell is larger, or smaller.
pub(super) enum Other {
    Exists,
    /// There is none, with the proof when it is short.
    Never(Option<Proof>),
}

impl Seeker<'_> {
    /// How far it searches, one after the other: the quickest first.
    pub(super) fn reaches(&self) -> Vec<Reach> {
        match (self.part.effort.quick, self.is_large()) {
            (true, _) => vec![Reach::All],
            (false, true) => vec![Reach::All, Reach::Longer, Reach::NearExactly],
            (false, false) => vec![Reach::All, Reach::Exactly],
        }
    }

    /// Whether the part is large.
    pub(super) const fn is_large(&self) -> bool {
        self.size > LARGE
    }

    /// Searches so far from now on.
    pub(super) fn reach(&mut self, reach: Reach) {
        self.reach = reach;
        if matches!(reach, Reach::All | Reach::Longer | Reach::Exactly) {
            let free = self.free();
            self.roomy = self.loosened(&free);
        }
    }

    /// Searches for a table in which the cell is larger, or smaller, than in the first.
    pub(super) fn other(&mut self, variable: u32, larger: bool) -> Result<Other, Stuck> {
        let at = variable as usize;
        let base = self.base[at];
        if !larger && base <= self.part.least[at] {
            return Ok(Other::Never(None));
        }
        match self.reach {
            Reach::All if self.is_large() => self.in_all(variable, larger, 0..1, SHORT).ok_or(Stuck),
            Reach::All => self.in_all(variable, larger, 0..TRIES, MOST).ok_or(Stuck),
            Reach::Longer => self.in_all(variable, larger, 1..TRIES, MOST).ok_or(Stuck),
            Reach::NearExactly => {
                let near = self.near(variable);
                let start = self.loosened(&near);
                let effort = Effort { pivots: 400, branches: 20, ..self.part.effort };
                // That there is none near by says nothing of further away.
                match self.exactly(self.tableau.only(&near), effort, variable, larger, &start)? {
                    Other::Exists => Ok(Other::Exists),
                    Other::Never(_) => Err(Stuck),
                }
            }
            Reach::Exactly => {
                let start = self.roomy.clone();
                self.exactly(self.tableau.clone(), self.part.effort, variable, larger, &start)
            }
        }
    }

    /// The same in floating point, where all may change.
    fn in_all(&mut self, variable: u32, larger: bool, attempts: Range<u32>, most: u32) -> Option<Other> {
        let all = self.fast.take();
        let mut fast = all.unwrap_or_else(|| Fast::new(&self.tableau, self.is_large(), self.part.effort));
        let mut found = None;
        fast.limit_pivots(most);
        for attempt in attempts {
            // From the first table the ways are shortest and serve again elsewhere; from others there is more room.
            let start = match attempt {
                0 => self.base.clone(),
                1 => self.roomy.clone(),
                _ => self.any_found(),
            };
            if attempt > 0 {
                fast.refresh(&self.tableau);
            }
            found = self.search(&mut fast, variable, larger, &start);
            if found.is_some() {
                break;
            }
        }
        self.fast = Some(fast);
        found
    }

    /// A table in which the cell is larger, or smaller, or a proof that there is none; nothing where neither was found.
    fn search(&mut self, fast: &mut Fast, variable: u32, larger: bool, start: &[i64]) -> Option<Other> {
        let base = self.base[variable as usize];
        fast.reset(&self.tableau, &self.base, start, &self.part.least, &self.fixed);
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

    /// Free cells that a cell hangs on, and those with which they share a bound one that could stop them: the nearest.
    fn near(&mut self, variable: u32) -> Vec<u32> {
        let mut queue: Vec<u32> = self.hangs_on(variable).into_iter().map(|(free, _)| free).collect();
        let mut known: HashSet<u32> = queue.iter().copied().collect();
        let mut column = Vec::new();
        let mut at = 0;
        while let Some(free) = queue.get(at).copied().filter(|_| queue.len() < NEAR) {
            at += 1;
            self.tableau.column(free, &mut column);
            for (bound, _) in &column {
                if self.base[*bound as usize] <= self.part.least[*bound as usize] {
                    let others = self.hangs_on(*bound).into_iter().map(|(free, _)| free);
                    queue.extend(others.filter(|free| known.insert(*free)));
                }
            }
        }
        queue.truncate(NEAR);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::{Finding, Part, Released, Shown};

    /// Three by three, all withheld, with these counts and the sum of each row and column.
    fn square(counts: [u64; 9]) -> Part {
        let mut released = Released::bare(vec![Shown::Withheld; 9], false);
        let mut truth = counts.to_vec();
        for at in 0..3 {
            for cells in [[3 * at, 3 * at + 1, 3 * at + 2], [at, at + 3, at + 6]] {
                let sum = cells.iter().map(|cell| counts[*cell]).sum();
                let parent = released.add(Shown::Open(sum));
                truth.push(sum);
                released.relate(parent, cells.map(|cell| cell as u32).to_vec());
            }
        }
        released.parts(Some(&truth)).unwrap().remove(0)
    }

    fn seeker(part: &Part, size: usize) -> Seeker<'_> {
        let mut seeker = Seeker::new(part, Tableau::solve(part.cells.len(), &part.equations).unwrap());
        seeker.size = size;
        seeker
    }

    #[test]
    fn a_large_part_is_decided_as_a_small_one() {
        for counts in [[2, 0, 0, 0, 2, 0, 0, 0, 2], [5, 0, 0, 0, 0, 3, 0, 4, 0], [0, 0, 0, 0, 7, 1, 0, 2, 0]] {
            let part = square(counts);
            let told = |finding: Finding| {
                assert_eq!(finding.undecided, [0; 0]);
                let fallen: Vec<u32> = finding.fallen.iter().map(|fallen| fallen.cell).collect();
                let stand: Vec<u32> = finding.ranges.iter().map(|(cell, ..)| *cell).collect();
                (fallen, stand)
            };
            assert_eq!(told(seeker(&part, LARGE + 1).run()), told(seeker(&part, 0).run()), "{counts:?}");
        }
    }

    #[test]
    fn each_search_finds_what_there_is() {
        let part = square([2, 0, 0, 0, 2, 0, 0, 0, 2]);
        for (size, reach) in [
            (0, Reach::All),
            (0, Reach::Exactly),
            (LARGE + 1, Reach::All),
            (LARGE + 1, Reach::Longer),
            (LARGE + 1, Reach::NearExactly),
        ] {
            let mut seeker = seeker(&part, size);
            assert!(seeker.begin().unwrap());
            seeker.find_ways();
            seeker.reach(reach);
            for cell in 0..9 {
                assert!(matches!(seeker.other(cell, cell % 4 != 0), Ok(Other::Exists)));
            }
        }
    }
}
