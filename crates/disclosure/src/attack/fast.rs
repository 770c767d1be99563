//! The same search as [`super::simplex`], in floating point: ten times as quick, and trusted in nothing. A table that it
//! finds is added up in whole numbers, and a proof that it gives is checked in exact fractions, before either counts.

#![allow(clippy::indexing_slicing, reason = "all indices are variables, rows and columns that the part numbers itself")]

use super::cells::Cells;
use super::part::Effort;
use super::rational::Q;
use super::simplex::Outcome;
use super::tableau::Tableau;

/// Smaller differences are none.
const TINY: f64 = 1e-7;

#[derive(Clone, Copy)]
enum Place {
    /// It does not change.
    Nowhere,
    Row,
    Column(usize),
}

pub(super) struct Fast {
    /// Bound variables by free ones.
    cells: Cells,
    rows: Vec<u32>,
    columns: Vec<u32>,
    place: Vec<Place>,
    /// What everything is told in relation to, so that the numbers are small.
    origin: Vec<i64>,
    point: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    effort: Effort,
    /// Pivots in one search at most.
    most: u32,
    /// Pivots in this search, and since the numbers were last exact.
    pivots: u32,
    since_fresh: u32,
    slope: Vec<f64>,
    proof: Vec<(u32, Q)>,
}

struct Step {
    column: usize,
    up: bool,
    length: f64,
    stop: Option<usize>,
    whole: bool,
}

/// Pivots after which the numbers are taken from the exact ones again.
const FRESH_FOR: u32 = 4_000;
/// Pivots in one search after which it is left to the exact one.
pub(super) const MOST: u32 = 1_000;
/// How many steps that get somewhere are looked at before one that is not whole is taken.
const TRIED: usize = 6;

impl Fast {
    /// Over all free cells; where `sparse`, without laying out what is nothing.
    pub(super) fn new(exact: &Tableau, sparse: bool, effort: Effort) -> Fast {
        let size = exact.variables();
        let mut fast = Fast {
            cells: Cells::new(sparse),
            rows: Vec::new(),
            columns: Vec::new(),
            place: vec![Place::Nowhere; size],
            origin: vec![0; size],
            point: vec![0.0; size],
            lower: vec![0.0; size],
            upper: vec![f64::INFINITY; size],
            effort,
            most: MOST,
            pivots: 0,
            since_fresh: 0,
            slope: Vec::new(),
            proof: Vec::new(),
        };
        fast.refresh(exact);
        fast
    }

    /// How many numbers lay out all of a tableau.
    pub(super) fn size(exact: &Tableau) -> usize {
        let bound = exact.bound().count();
        (exact.variables() - bound).saturating_mul(bound)
    }

    /// Takes the numbers from the exact ones.
    pub(super) fn refresh(&mut self, exact: &Tableau) {
        self.columns.clear();
        self.columns.extend((0..exact.variables() as u32).filter(|variable| exact.is_free(*variable)));
        for (column, variable) in self.columns.iter().enumerate() {
            self.place[*variable as usize] = Place::Column(column);
        }
        self.cells.clear(self.columns.len());
        self.rows.clear();
        for (variable, line) in exact.bound().filter(|(_, line)| !line.terms.is_empty()) {
            self.place[variable as usize] = Place::Row;
            self.rows.push(variable);
            let terms = line.terms.iter().filter_map(|(free, amount)| match self.place[*free as usize] {
                Place::Column(column) => Some((column, amount.to_f64())),
                _ => None,
            });
            self.cells.push(terms);
        }
        self.since_fresh = 0;
        self.slope = vec![0.0; self.columns.len()];
    }

    /// Gives each search up after so many pivots from now on.
    pub(super) const fn limit_pivots(&mut self, most: u32) {
        self.most = most;
    }

    /// A known table, and what each cell can be at least and at most; both in relation to `origin`, a table that fits.
    pub(super) fn reset(&mut self, exact: &Tableau, origin: &[i64], table: &[i64], least: &[i64], fixed: &[bool]) {
        if self.since_fresh > FRESH_FOR || self.cells.are_many() {
            self.refresh(exact);
        }
        self.pivots = 0;
        self.origin.clear();
        self.origin.extend_from_slice(origin);
        for at in 0..self.point.len() {
            self.point[at] = (table[at] - origin[at]) as f64;
            self.lower[at] = if fixed[at] { self.point[at] } else { (least[at] - origin[at]) as f64 };
            self.upper[at] = if fixed[at] { self.point[at] } else { f64::INFINITY };
        }
    }

    /// All free cells at their least, and the bound ones as they follow.
    pub(super) fn start_low(&mut self, exact: &Tableau, least: &[i64]) {
        self.refresh(exact);
        self.pivots = 0;
        self.origin.fill(0);
        self.upper.fill(f64::INFINITY);
        for ((lower, point), least) in self.lower.iter_mut().zip(&mut self.point).zip(least) {
            *lower = *least as f64;
            *point = *lower;
        }
        for (variable, line) in exact.bound() {
            let sum: f64 = line.terms.iter().map(|(free, amount)| amount.to_f64() * self.lower[*free as usize]).sum();
            self.point[variable as usize] = line.constant().to_f64() + sum;
        }
    }

    /// Makes a variable a bound one, where it depends on any other.
    fn bind(&mut self, variable: u32) {
        let Place::Column(column) = self.place[variable as usize] else { return };
        let mut best: Option<(f64, usize)> = None;
        self.cells.column(column, |row, amount| {
            let far = (amount.abs() - 1.0).abs();
            let better = best.is_none_or(|(least, at)| far.total_cmp(&least).then(row.cmp(&at)).is_lt());
            if amount.abs() > TINY && better {
                best = Some((far, row));
            }
        });
        if let Some((_, row)) = best {
            self.pivot(row, column);
        }
    }

    /// Limits a variable that is to be searched for on this side of a value; it alone is then out of bounds.
    pub(super) fn limit(&mut self, variable: u32, value: i64, from_below: bool) {
        self.bind(variable);
        let value = (value - self.origin[variable as usize]) as f64;
        if from_below {
            self.lower[variable as usize] = value;
        } else {
            self.upper[variable as usize] = value;
        }
        self.bring_in(variable);
    }

    fn bring_in(&mut self, variable: u32) {
        let at = variable as usize;
        if let Place::Column(column) = self.place[at] {
            let to = self.point[at].max(self.lower[at]).min(self.upper[at]);
            self.shift(column, to - self.point[at]);
        }
    }

    fn shift(&mut self, column: usize, by: f64) {
        if by == 0.0 {
            return;
        }
        self.point[self.columns[column] as usize] += by;
        self.cells.column(column, |row, amount| {
            let point = &mut self.point[self.rows[row] as usize];
            *point += amount * by;
            if (*point - point.round()).abs() < TINY {
                *point = point.round();
            }
        });
    }

    fn pivot(&mut self, row: usize, column: usize) {
        self.since_fresh += 1;
        self.cells.pivot(row, column);
        let (bound, free) = (self.rows[row], self.columns[column]);
        self.rows[row] = free;
        self.columns[column] = bound;
        self.place[free as usize] = Place::Row;
        self.place[bound as usize] = Place::Column(column);
    }

    /// Below its bounds: 1, above them: -1, within: 0.
    fn outside(&self, variable: u32) -> i8 {
        let at = variable as usize;
        if self.point[at] < self.lower[at] - TINY {
            1
        } else if self.point[at] > self.upper[at] + TINY {
            -1
        } else {
            0
        }
    }

    /// Brings every variable into its bounds; `None` when it came to its limit.
    fn feasible(&mut self) -> Option<bool> {
        loop {
            self.pivots += 1;
            if self.pivots > self.effort.pivots.min(self.most) {
                return None;
            }
            self.slope.fill(0.0);
            let mut any = false;
            for row in 0..self.rows.len() {
                let want = f64::from(self.outside(self.rows[row]));
                if want != 0.0 {
                    any = true;
                    self.cells.row(row, |column, amount| self.slope[column] += want * amount);
                }
            }
            if !any {
                return Some(true);
            }
            let Some(step) = self.choose() else {
                self.keep_proof();
                return Some(false);
            };
            let by = if step.up { step.length } else { -step.length };
            self.shift(step.column, by);
            if let Some(row) = step.stop {
                self.pivot(row, step.column);
            }
        }
    }

    fn keep_proof(&mut self) {
        self.proof.clear();
        for (column, slope) in self.slope.iter().enumerate() {
            if slope.abs() > TINY {
                self.proof.push((self.columns[column], Q::near(*slope)));
            }
        }
    }

    fn choose(&mut self) -> Option<Step> {
        let mut candidates: Vec<(usize, bool)> = (0..self.columns.len())
            .filter_map(|column| {
                let at = self.columns[column] as usize;
                let slope = self.slope[column];
                let up = slope > TINY && self.point[at] < self.upper[at] - TINY;
                let down = slope < -TINY && self.point[at] > self.lower[at] + TINY;
                (up || down).then_some((column, up))
            })
            .collect();
        // For when nothing gets anywhere: another each time, lest it goes in circles.
        let still = candidates.iter().copied().min_by_key(|(column, _)| mixed(self.columns[*column], self.pivots))?;
        self.cells.keep_unstopped(&mut candidates, TINY, |row| {
            let variable = self.rows[row];
            let at = variable as usize;
            let (low, high) = (self.point[at] <= self.lower[at] + TINY, self.point[at] >= self.upper[at] - TINY);
            if (low || high) && self.outside(variable) == 0 { (low, high) } else { (false, false) }
        });
        let mut best: Option<Step> = None;
        for (column, up) in candidates.into_iter().take(TRIED) {
            let step = self.length(column, up);
            if step.whole {
                return Some(step);
            }
            best.get_or_insert(step);
        }
        Some(best.unwrap_or_else(|| self.length(still.0, still.1)))
    }

    /// How far a free variable can go until something comes to a bound.
    fn length(&self, column: usize, up: bool) -> Step {
        let at = self.columns[column] as usize;
        let own = if up { self.upper[at] - self.point[at] } else { self.point[at] - self.lower[at] };
        let mut step = Step { column, up, length: own, stop: None, whole: true };
        self.cells.column(column, |row, amount| {
            if amount.abs() <= TINY {
                return;
            }
            let variable = self.rows[row];
            step.whole &= (amount - amount.round()).abs() < TINY;
            let here = variable as usize;
            let rising = (amount > 0.0) == up;
            let target = match (self.outside(variable), rising) {
                (1, true) | (0, false) => self.lower[here],
                (-1, false) | (0, true) => self.upper[here],
                _ => return,
            };
            let way = ((target - self.point[here]) / amount.abs()).abs();
            let nearer = way < step.length - TINY;
            let same = way < step.length + TINY && step.stop.is_some_and(|stop| variable < self.rows[stop]);
            if nearer || same {
                step.length = if nearer { way } else { way.min(step.length) };
                step.stop = Some(row);
            }
        });
        if !step.length.is_finite() {
            // Nothing stops it: one step is as good as any.
            step.length = 1.0;
        }
        step.whole &= (step.length - step.length.round()).abs() < TINY;
        step
    }

    /// A table of whole counts within the bounds, and the slopes that prove there is none when that took no branching.
    pub(super) fn whole(&mut self) -> (Outcome, Option<Vec<(u32, Q)>>) {
        let mut open: Vec<(u32, f64, f64, Option<f64>)> = Vec::new();
        let mut branches = 0;
        loop {
            match self.feasible() {
                None => return (Outcome::GaveUp, None),
                Some(true) => {
                    let Some(cell) = self.broken() else {
                        return (Outcome::Whole(self.table()), None);
                    };
                    branches += 1;
                    if branches > self.effort.branches {
                        return (Outcome::GaveUp, None);
                    }
                    let (lower, upper) = (self.lower[cell as usize], self.upper[cell as usize]);
                    let floor = self.point[cell as usize].floor();
                    open.push((cell, lower, upper, Some(floor + 1.0)));
                    self.upper[cell as usize] = floor;
                    self.bring_in(cell);
                    continue;
                }
                Some(false) => {}
            }
            loop {
                let Some((cell, lower, upper, other)) = open.pop() else {
                    return (Outcome::None, (branches == 0).then(|| self.proof.clone()));
                };
                self.lower[cell as usize] = lower;
                self.upper[cell as usize] = upper;
                if let Some(other) = other {
                    open.push((cell, lower, upper, None));
                    self.lower[cell as usize] = other;
                    self.bring_in(cell);
                    break;
                }
            }
        }
    }

    fn table(&self) -> Vec<i64> {
        self.point.iter().zip(&self.origin).map(|(count, origin)| origin + count.round() as i64).collect()
    }

    fn broken(&self) -> Option<u32> {
        let broken = (0..).zip(&self.point).filter(|(_, count)| (**count - count.round()).abs() > TINY * 10.0);
        broken.min_by_key(|(_, count)| Q::near(**count - count.floor()).denominator()).map(|(at, _)| at)
    }
}

/// An order of the variables that is another for each number.
fn mixed(variable: u32, number: u32) -> u64 {
    let odd = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (u64::from(variable) + 1).wrapping_mul(odd) >> 20
}
