//! Finding a table within bounds: the simplex method in exact fractions, and branching until all counts are whole.
//!
//! There is no aim but to lessen what is out of bounds. When that cannot be lessened further and is not nothing, no
//! table exists: a proof, since no number is rounded. Free cells may stand anywhere within their bounds, so the search
//! can begin at any table.

#![allow(clippy::indexing_slicing, reason = "all indices are variables that the part numbers itself")]

use super::part::Effort;
use super::rational::{Q, TooBig};
use super::seek::Stuck;
use super::tableau::Tableau;

/// What a search for a table of whole counts came to.
pub(super) enum Outcome {
    Whole(Vec<i64>),
    None,
    GaveUp,
}

pub(super) struct Simplex {
    tableau: Tableau,
    point: Vec<Q>,
    lower: Vec<Q>,
    upper: Vec<Option<Q>>,
    /// How fast what is out of bounds lessens with each free variable.
    slope: Vec<Q>,
    /// Free variables that cannot rise, or fall, because something is at its bound.
    stopped: Vec<(bool, bool)>,
    effort: Effort,
    pivots: u32,
}

/// How many steps that get somewhere are looked at before one that is not whole is taken.
const TRIED: usize = 8;

/// A step that can be taken: which free variable, up or down, how far, what stops it.
struct Step {
    free: u32,
    up: bool,
    length: Q,
    stop: Option<u32>,
    whole: bool,
}

impl Simplex {
    pub(super) fn new(tableau: Tableau, least: &[i64], effort: Effort) -> Simplex {
        let size = tableau.variables();
        let lower: Vec<Q> = least.iter().map(|least| Q::whole(*least)).collect();
        Simplex {
            tableau,
            point: vec![Q::ZERO; size],
            lower,
            upper: vec![None; size],
            slope: vec![Q::ZERO; size],
            stopped: vec![(false, false); size],
            effort,
            pivots: 0,
        }
    }

    /// All free cells at their least.
    pub(super) fn start_low(&mut self) -> Result<(), TooBig> {
        self.pivots = 0;
        for at in 0..self.point.len() {
            self.point[at] = self.lower[at];
        }
        for (bound, line) in self.tableau.bound() {
            let mut value = line.constant();
            for (free, amount) in &line.terms {
                value = value.add(amount.mul(self.lower[*free as usize])?)?;
            }
            self.point[bound as usize] = value;
        }
        Ok(())
    }

    /// A known table, and no bounds but the first.
    pub(super) fn reset(&mut self, least: &[i64], table: &[i64]) {
        self.pivots = 0;
        for at in 0..self.point.len() {
            self.point[at] = Q::whole(table[at]);
            self.lower[at] = Q::whole(least[at]);
            self.upper[at] = None;
        }
    }

    pub(super) fn at_least(&mut self, variable: u32, value: i64) -> Result<(), TooBig> {
        self.lower[variable as usize] = Q::whole(value);
        self.bring_in(variable)
    }

    pub(super) fn at_most(&mut self, variable: u32, value: i64) -> Result<(), TooBig> {
        self.upper[variable as usize] = Some(Q::whole(value));
        self.bring_in(variable)
    }

    /// Makes a variable a bound one, where it depends on any other, so that it alone is out of bounds when it is limited.
    pub(super) fn bind(&mut self, variable: u32) -> Result<(), TooBig> {
        if self.tableau.is_free(variable) {
            let mut column = Vec::new();
            self.tableau.column(variable, &mut column);
            let unit = |amount: &Q| amount.is_whole() && amount.floor().abs() == 1;
            if let Some((other, _)) = column.iter().min_by_key(|(other, amount)| (!unit(amount), *other)) {
                return self.tableau.pivot(*other, variable);
            }
        }
        Ok(())
    }

    /// Holds a variable where it is.
    pub(super) fn hold(&mut self, variable: u32) {
        let at = variable as usize;
        self.lower[at] = self.point[at];
        self.upper[at] = Some(self.point[at]);
    }

    /// A free variable is always within its bounds; the bound ones follow it.
    fn bring_in(&mut self, variable: u32) -> Result<(), TooBig> {
        let at = variable as usize;
        if !self.tableau.is_free(variable) {
            return Ok(());
        }
        let mut to = self.point[at].max(self.lower[at]);
        if let Some(upper) = self.upper[at] {
            to = to.min(upper);
        }
        let by = to.sub(self.point[at])?;
        if by.is_zero() { Ok(()) } else { self.shift(variable, by) }
    }

    fn shift(&mut self, free: u32, by: Q) -> Result<(), TooBig> {
        let mut column = Vec::new();
        self.tableau.column(free, &mut column);
        self.point[free as usize] = self.point[free as usize].add(by)?;
        for (bound, amount) in column {
            self.point[bound as usize] = self.point[bound as usize].add(amount.mul(by)?)?;
        }
        Ok(())
    }

    /// Below its bounds: 1, above them: -1, within: 0.
    fn outside(&self, variable: u32) -> i64 {
        let at = variable as usize;
        if self.point[at] < self.lower[at] {
            1
        } else if self.upper[at].is_some_and(|upper| self.point[at] > upper) {
            -1
        } else {
            0
        }
    }

    /// Brings every variable into its bounds; false when there is no such point.
    fn feasible(&mut self) -> Result<bool, Stuck> {
        loop {
            self.pivots += 1;
            if self.pivots > self.effort.pivots {
                return Err(Stuck);
            }
            let mut used: Vec<u32> = Vec::new();
            let mut any = false;
            for (variable, line) in self.tableau.bound() {
                let want = self.outside(variable);
                if want == 0 {
                    continue;
                }
                any = true;
                for (free, amount) in &line.terms {
                    let slope = &mut self.slope[*free as usize];
                    *slope = slope.add(amount.mul(Q::whole(want))?)?;
                    used.push(*free);
                }
            }
            if !any {
                return Ok(true);
            }
            used.sort_unstable();
            used.dedup();
            let step = self.choose(&used);
            for free in used {
                self.slope[free as usize] = Q::ZERO;
            }
            let Some(step) = step? else { return Ok(false) };
            self.make(&step)?;
        }
    }

    /// The step to take. One that gets somewhere, and rather by whole counts; else the first in order, which together with
    /// the first that stops it keeps the search from going in circles (Bland's rule).
    fn choose(&mut self, used: &[u32]) -> Result<Option<Step>, TooBig> {
        self.find_stopped();
        let mut still: Option<(u32, bool)> = None;
        let mut broken: Option<Step> = None;
        let mut column = Vec::new();
        let mut tried = 0;
        for free in used {
            let at = *free as usize;
            let up = match self.slope[at].sign() {
                1 if self.upper[at].is_none_or(|upper| self.point[at] < upper) => true,
                -1 if self.point[at] > self.lower[at] => false,
                _ => continue,
            };
            let (no_up, no_down) = self.stopped[at];
            if (up && no_up) || (!up && no_down) {
                still.get_or_insert((*free, up));
            } else if tried < TRIED {
                self.tableau.column(*free, &mut column);
                let step = self.length(*free, up, &column)?;
                if step.whole {
                    return Ok(Some(step));
                }
                broken.get_or_insert(step);
                tried += 1;
            }
        }
        match (broken, still) {
            (Some(step), _) => Ok(Some(step)),
            (None, Some((free, up))) => {
                self.tableau.column(free, &mut column);
                self.length(free, up, &column).map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    /// One look at the lines of all bound variables that are at a bound says which free ones cannot move, and where to.
    fn find_stopped(&mut self) {
        self.stopped.fill((false, false));
        for (variable, line) in self.tableau.bound() {
            let at = variable as usize;
            let (low, high) = (self.point[at] == self.lower[at], self.upper[at] == Some(self.point[at]));
            if !low && !high {
                continue;
            }
            for (free, amount) in &line.terms {
                let rising = amount.sign() > 0;
                let stopped = &mut self.stopped[*free as usize];
                stopped.0 |= (low && !rising) || (high && rising);
                stopped.1 |= (low && rising) || (high && !rising);
            }
        }
    }

    /// How far a free variable can go until something comes to a bound.
    fn length(&self, free: u32, up: bool, column: &[(u32, Q)]) -> Result<Step, TooBig> {
        let at = free as usize;
        let own = if up {
            self.upper[at].map(|upper| upper.sub(self.point[at])).transpose()?
        } else {
            Some(self.point[at].sub(self.lower[at])?)
        };
        let mut step = Step { free, up, length: Q::ZERO, stop: None, whole: true };
        let mut least: Option<Q> = own;
        for (bound, amount) in column {
            step.whole &= amount.is_whole();
            let rising = (amount.sign() > 0) == up;
            let here = *bound as usize;
            let target = match (self.outside(*bound), rising) {
                (1, true) => Some(self.lower[here]),
                (-1, false) => self.upper[here],
                (0, true) => self.upper[here],
                (0, false) => Some(self.lower[here]),
                _ => None,
            };
            let Some(target) = target else { continue };
            let way = target.sub(self.point[here])?.div(*amount)?;
            let way = if up { way } else { way.neg() };
            let nearer = match least {
                None => true,
                Some(least) => way < least || (way == least && step.stop.is_some_and(|stop| *bound < stop)),
            };
            if nearer {
                least = Some(way);
                step.stop = Some(*bound);
            }
        }
        step.length = least.unwrap_or(Q::ZERO);
        step.whole &= step.length.is_whole();
        Ok(step)
    }

    fn make(&mut self, step: &Step) -> Result<(), TooBig> {
        if !step.length.is_zero() {
            let by = if step.up { step.length } else { step.length.neg() };
            self.shift(step.free, by)?;
        }
        match step.stop {
            Some(stop) => self.tableau.pivot(stop, step.free),
            None => Ok(()),
        }
    }

    /// A table of whole counts within the bounds: branches on a cell that is not whole until all are.
    pub(super) fn whole(&mut self) -> Result<Outcome, Stuck> {
        // Each open branch: the cell, its bounds before, and the other side that is still to be tried.
        let mut open: Vec<(u32, Q, Option<Q>, Option<i64>)> = Vec::new();
        let mut branches = 0;
        loop {
            if self.feasible()? {
                let Some(cell) = self.broken() else {
                    return Ok(Outcome::Whole(self.point.iter().map(|count| count.floor()).collect()));
                };
                branches += 1;
                if branches > self.effort.branches {
                    return Ok(Outcome::GaveUp);
                }
                let (lower, upper) = (self.lower[cell as usize], self.upper[cell as usize]);
                let floor = self.point[cell as usize].floor();
                open.push((cell, lower, upper, Some(floor + 1)));
                self.at_most(cell, floor)?;
                continue;
            }
            loop {
                let Some((cell, lower, upper, other)) = open.pop() else { return Ok(Outcome::None) };
                self.lower[cell as usize] = lower;
                self.upper[cell as usize] = upper;
                if let Some(other) = other {
                    open.push((cell, lower, upper, None));
                    self.at_least(cell, other)?;
                    break;
                }
            }
        }
    }

    /// A cell that is not whole, the one nearest to being so.
    fn broken(&self) -> Option<u32> {
        (0..)
            .zip(&self.point)
            .filter(|(_, count)| !count.is_whole())
            .min_by_key(|(_, count)| count.denominator())
            .map(|(at, _)| at)
    }
}
