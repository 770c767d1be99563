//! Which counts may be shown together on one page, and which are kept back.
//!
//! Everything that is shown at once (the flow, the key figures, the municipalities, the months, women and men) goes through
//! [`protect`] together, so that no picture gives away what a table beside it keeps back. The rule:
//!
//! 1. A count from 1 up to just under the threshold is withheld. Nought is shown.
//! 2. Where everyone in one count is also in another (those who said yes are among those asked), the ones left between them
//!    are a count of people too: when they are from 1 up to just under the threshold, the smaller of the two is withheld.
//! 3. Where rows add up to a total that is shown, withheld rows could be worked out by subtraction: further rows, the
//!    smallest first, are withheld until every withheld count could be any of at least as many values as the threshold.
//!    Where no row is left for that, the measure is withheld whole.
//! 4. A total that is withheld takes all its rows with it, noughts included.
//!
//! Not covered here: comparing pages for different periods or working methods, and what people know from elsewhere.

use std::ops::Range;

/// A count as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// May be shown.
    Open(i64),
    /// Kept back, because it could point at somebody or give away a count that could.
    Withheld,
}

impl Figure {
    /// The count, if it may be shown.
    pub fn open(self) -> Option<i64> {
        match self {
            Figure::Open(n) => Some(n),
            Figure::Withheld => None,
        }
    }
}

/// Counts that are to be shown together.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// In all, by measure.
    pub whole: Vec<i64>,
    /// The ways in which the whole is divided: each has rows, each row a count by measure, and they add up to the whole.
    pub ways: Vec<Vec<Vec<i64>>>,
    /// Pairs of measures: everyone in the second is also in the first.
    pub nested: Vec<(usize, usize)>,
}

/// The same counts as they may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected {
    /// In all, by measure.
    pub whole: Vec<Figure>,
    /// The ways, rows and measures of [`Counts::ways`].
    pub ways: Vec<Vec<Vec<Figure>>>,
}

/// Whether a count is too small to be shown.
pub fn is_small(n: i64, threshold: i64) -> bool {
    (1..threshold).contains(&n)
}

/// Decides what may be shown of counts that are shown together, by the rule of this module.
pub fn protect(counts: &Counts, threshold: i64) -> Protected {
    let mut grid = Grid::of(counts, threshold);
    grid.withhold_small();
    grid.withhold_differences(&counts.nested);
    grid.withhold_rows_of_withheld_totals();
    loop {
        grid.attack();
        let Some((column, at)) = grid.given_away() else { break };
        grid.repair(column, at);
        grid.withhold_rows_of_withheld_totals();
    }
    grid.show_known_noughts();
    grid.into_protected()
}

/// A count with what somebody who reads the page can work out about it.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    n: i64,
    kept: bool,
    /// Nothing more can be done for it.
    settled: bool,
    low: i64,
    high: i64,
}

/// Beyond any count; far enough from the end of the numbers to be added up.
const ENDLESS: i64 = 1 << 40;

/// The counts by measure: each column holds its total first and then the rows of each way.
struct Grid {
    columns: Vec<Vec<Cell>>,
    ways: Vec<Range<usize>>,
    nested: Vec<(usize, usize)>,
    threshold: i64,
}

impl Grid {
    fn of(counts: &Counts, threshold: i64) -> Grid {
        let mut ways = Vec::new();
        let mut length = 1;
        for way in &counts.ways {
            ways.push(length..length + way.len());
            length += way.len();
        }
        let columns: Vec<Vec<Cell>> = counts
            .whole
            .iter()
            .enumerate()
            .map(|(measure, whole)| {
                let rows = counts.ways.iter().flatten().map(|row| row.get(measure).copied().unwrap_or(0));
                std::iter::once(*whole).chain(rows).map(|n| Cell { n, ..Cell::default() }).collect()
            })
            .collect();
        // A pair that the counts themselves contradict tells nobody anything.
        let holds = |(whole, part): &&(usize, usize)| match (columns.get(*whole), columns.get(*part)) {
            (Some(whole), Some(part)) => whole.iter().zip(part).all(|(whole, part)| part.n <= whole.n),
            _ => false,
        };
        let nested = counts.nested.iter().filter(holds).copied().collect();
        Grid { columns, ways, nested, threshold }
    }

    fn cell(&self, column: usize, at: usize) -> Cell {
        self.columns.get(column).and_then(|cells| cells.get(at)).copied().unwrap_or_default()
    }

    fn change(&mut self, column: usize, at: usize, change: impl FnOnce(&mut Cell)) {
        if let Some(cell) = self.columns.get_mut(column).and_then(|cells| cells.get_mut(at)) {
            change(cell);
        }
    }

    fn withhold(&mut self, column: usize, at: usize) {
        self.change(column, at, |cell| cell.kept = true);
    }

    fn length(&self) -> usize {
        self.ways.last().map_or(1, |way| way.end)
    }

    /// Rule 1.
    fn withhold_small(&mut self) {
        let threshold = self.threshold;
        for cell in self.columns.iter_mut().flatten() {
            cell.kept = is_small(cell.n, threshold);
        }
    }

    /// Rule 2.
    fn withhold_differences(&mut self, pairs: &[(usize, usize)]) {
        for (whole, part) in pairs {
            for at in 0..self.length() {
                let (whole, smaller) = (self.cell(*whole, at), self.cell(*part, at));
                if !whole.kept && !smaller.kept && is_small((whole.n - smaller.n).abs(), self.threshold) {
                    self.withhold(*part, at);
                }
            }
        }
    }

    /// Rule 4.
    fn withhold_rows_of_withheld_totals(&mut self) {
        for cells in &mut self.columns {
            if cells.first().is_some_and(|whole| whole.kept) {
                for cell in cells {
                    cell.kept = true;
                }
            }
        }
    }

    /// Works out, as a reader can, between which bounds each withheld count lies: from the sums and from who is among whom.
    fn attack(&mut self) {
        for cells in &mut self.columns {
            let whole_kept = cells.first().is_some_and(|whole| whole.kept);
            for (at, cell) in cells.iter_mut().enumerate() {
                (cell.low, cell.high) = match (cell.kept, whole_kept && at > 0) {
                    (false, _) => (cell.n, cell.n),
                    // Noughts are shown, so what is withheld is at least one; not where a whole measure is withheld.
                    (true, false) => (1, ENDLESS),
                    (true, true) => (0, ENDLESS),
                };
            }
        }
        let mut between = vec![vec![(0, ENDLESS); self.length()]; self.nested.len()];
        // Bounds only close in, and whoever reads a page gives up long before this many rounds.
        for _ in 0..64 {
            if !(self.narrow_by_nesting() | self.narrow_by_sums() | self.narrow_by_differences(&mut between)) {
                break;
            }
        }
    }

    /// Those who are in one count and not in the other are counts too, and add up to a total like all others. `between` holds
    /// their bounds, by pair and cell.
    fn narrow_by_differences(&mut self, between: &mut [Vec<(i64, i64)>]) -> bool {
        let mut narrowed = false;
        for ((whole, part), left) in self.nested.clone().into_iter().zip(between) {
            for (at, (low, high)) in left.iter_mut().enumerate() {
                let (above, below) = (self.cell(whole, at), self.cell(part, at));
                (*low, *high) = ((*low).max(above.low - below.high), (*high).min(above.high - below.low));
            }
            for way in self.ways.iter().filter(|way| !way.is_empty()) {
                let rows = left.get(way.clone()).unwrap_or_default().iter();
                let (low, high) =
                    rows.fold((0_i64, 0_i64), |(low, high), row| (low + row.0, high.saturating_add(row.1)));
                let Some(total) = left.first_mut() else { continue };
                *total = (total.0.max(low), total.1.min(high));
                let total = *total;
                for row in left.get_mut(way.clone()).unwrap_or_default() {
                    let others = (low - row.0, high - row.1);
                    *row = (row.0.max(total.0 - others.1), row.1.min(total.1 - others.0));
                }
            }
            for (at, (low, high)) in left.iter().enumerate() {
                let (above, below) = (self.cell(whole, at), self.cell(part, at));
                narrowed |= self.narrow(whole, at, below.low + low, below.high.saturating_add(*high));
                narrowed |= self.narrow(part, at, above.low - high, above.high - low);
            }
        }
        narrowed
    }

    fn narrow(&mut self, column: usize, at: usize, low: i64, high: i64) -> bool {
        let mut narrowed = false;
        self.change(column, at, |cell| {
            narrowed = cell.kept && (low > cell.low || high < cell.high);
            if narrowed {
                (cell.low, cell.high) = (cell.low.max(low), cell.high.min(high));
            }
        });
        narrowed
    }

    fn narrow_by_nesting(&mut self) -> bool {
        let mut narrowed = false;
        for (whole, part) in self.nested.clone() {
            for at in 0..self.length() {
                let (above, below) = (self.cell(whole, at), self.cell(part, at));
                narrowed |= self.narrow(part, at, below.low, above.high);
                narrowed |= self.narrow(whole, at, below.low, above.high);
            }
        }
        narrowed
    }

    fn narrow_by_sums(&mut self) -> bool {
        let mut narrowed = false;
        for column in 0..self.columns.len() {
            for way in self.ways.clone() {
                let sum = |grid: &Grid, bound: fn(Cell) -> i64| -> i64 {
                    way.clone().map(|at| bound(grid.cell(column, at))).fold(0, i64::saturating_add)
                };
                let (low, high) = (sum(self, |cell| cell.low), sum(self, |cell| cell.high));
                if !way.is_empty() {
                    narrowed |= self.narrow(column, 0, low, high);
                }
                let whole = self.cell(column, 0);
                for at in way.clone() {
                    let cell = self.cell(column, at);
                    let (others_low, others_high) = (low - cell.low, high - cell.high);
                    narrowed |= self.narrow(column, at, whole.low - others_high, whole.high - others_low);
                }
            }
        }
        narrowed
    }

    /// A withheld count about which too much can be worked out.
    fn given_away(&self) -> Option<(usize, usize)> {
        self.columns.iter().enumerate().find_map(|(column, cells)| {
            let at = cells.iter().position(|cell| {
                cell.kept && !cell.settled && cell.n > 0 && cell.high - cell.low < self.threshold - 1
            })?;
            Some((column, at))
        })
    }

    /// Rule 3.
    fn repair(&mut self, column: usize, at: usize) {
        let way = self.ways.iter().find(|way| way.contains(&at)).cloned();
        if let Some(way) = way
            && !self.cell(column, 0).kept
        {
            let next =
                way.filter(|row| self.is_worth_withholding(column, *row)).min_by_key(|row| self.cell(column, *row).n);
            self.withhold(column, next.unwrap_or(0));
            return;
        }
        // Nothing is added up here any more: what gives it away are open counts that it lies between.
        let parts = self.nested.iter().filter(|(whole, _)| *whole == column).map(|(_, part)| *part);
        let wholes = self.nested.iter().filter(|(_, part)| *part == column).map(|(whole, _)| *whole);
        let is_open = |other: &usize| !self.cell(*other, at).kept && self.cell(*other, at).n > 0;
        let binding = parts
            .filter(is_open)
            .max_by_key(|part| self.cell(*part, at).n)
            .or_else(|| wholes.filter(is_open).min_by_key(|whole| self.cell(*whole, at).n));
        match binding {
            Some(other) => self.withhold(other, at),
            None => self.change(column, at, |cell| cell.settled = true),
        }
    }

    /// Whether withholding a shown row leaves the reader unsure of it: it is not held fast by shown counts above and below.
    fn is_worth_withholding(&self, column: usize, at: usize) -> bool {
        let cell = self.cell(column, at);
        let low =
            self.nested.iter().filter(|(whole, _)| *whole == column).map(|(_, part)| self.cell(*part, at).low).max();
        let high =
            self.nested.iter().filter(|(_, part)| *part == column).map(|(whole, _)| self.cell(*whole, at).high).min();
        !cell.kept && cell.n > 0 && high.unwrap_or(ENDLESS) - low.unwrap_or(1).max(1) >= self.threshold - 1
    }

    /// A nought within a nought that is shown is no secret.
    fn show_known_noughts(&mut self) {
        for (whole, part) in self.nested.clone() {
            for at in 1..self.length() {
                let above = self.cell(whole, at);
                if !above.kept && above.n == 0 {
                    self.change(part, at, |cell| cell.kept &= cell.n != 0);
                }
            }
        }
    }

    fn into_protected(self) -> Protected {
        let figure = |column: usize, at: usize| {
            let cell = self.cell(column, at);
            if cell.kept { Figure::Withheld } else { Figure::Open(cell.n) }
        };
        let row = |at: usize| (0..self.columns.len()).map(|column| figure(column, at)).collect::<Vec<_>>();
        Protected { whole: row(0), ways: self.ways.iter().map(|way| way.clone().map(row).collect()).collect() }
    }
}
