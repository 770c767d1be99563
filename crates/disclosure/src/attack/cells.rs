//! How bound variables depend on free ones, in floating point: a row for each bound one, a column for each free one. Laid out
//! whole where that is small, which is quickest; else only what is not nothing is kept.

#![allow(clippy::indexing_slicing, reason = "all indices are rows and columns that this file numbers itself")]

/// What is smaller is nothing.
const NOTHING: f64 = 1e-9;
/// By how many times as many numbers as at first they are too many.
const FULLER: usize = 6;

pub(super) enum Cells {
    Whole(Whole),
    Sparse(Sparse),
}

/// Row by row, each of the same width.
pub(super) struct Whole {
    cells: Vec<f64>,
    width: usize,
    line: Vec<f64>,
}

/// Columns and what stands in them, in order.
type Row = Vec<(u32, f64)>;

/// Of each row what is not nothing, and of each column in which rows that is.
pub(super) struct Sparse {
    rows: Vec<Row>,
    stands: Vec<Vec<u32>>,
    /// How many numbers there are, and how many there were when all had been told.
    numbers: usize,
    told: usize,
}

impl Cells {
    pub(super) fn new(sparse: bool) -> Cells {
        if sparse {
            Cells::Sparse(Sparse { rows: Vec::new(), stands: Vec::new(), numbers: 0, told: 0 })
        } else {
            Cells::Whole(Whole { cells: Vec::new(), width: 0, line: Vec::new() })
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self, width: usize) {
        match self {
            Cells::Whole(whole) => {
                whole.width = width;
                whole.cells.clear();
                whole.line = vec![0.0; width];
            }
            Cells::Sparse(sparse) => {
                sparse.rows.clear();
                sparse.stands.iter_mut().for_each(Vec::clear);
                sparse.stands.resize(width, Vec::new());
                sparse.numbers = 0;
                sparse.told = 0;
            }
        }
    }

    /// Adds a row, told by columns and what stands in them.
    pub(super) fn push(&mut self, row: impl Iterator<Item = (usize, f64)>) {
        match self {
            Cells::Whole(whole) => {
                let from = whole.cells.len();
                whole.cells.resize(from + whole.width, 0.0);
                for (column, amount) in row {
                    whole.cells[from + column] = amount;
                }
            }
            Cells::Sparse(sparse) => sparse.push(row.map(|(column, amount)| (column as u32, amount)).collect()),
        }
    }

    /// Whether there have come to be so many numbers that they are better told anew.
    pub(super) const fn are_many(&self) -> bool {
        match self {
            Cells::Whole(_) => false,
            Cells::Sparse(sparse) => sparse.numbers > sparse.told.saturating_mul(FULLER),
        }
    }

    /// What stands in a row, by column.
    pub(super) fn row(&self, row: usize, mut each: impl FnMut(usize, f64)) {
        match self {
            Cells::Whole(whole) => whole.row(row).iter().enumerate().for_each(|(column, amount)| each(column, *amount)),
            Cells::Sparse(sparse) => {
                sparse.rows[row].iter().for_each(|(column, amount)| each(*column as usize, *amount))
            }
        }
    }

    /// What stands in a column, by row; each once, in no order that counts.
    pub(super) fn column(&self, column: usize, mut each: impl FnMut(usize, f64)) {
        match self {
            Cells::Whole(whole) => {
                for (row, amount) in whole.cells.iter().skip(column).step_by(whole.width.max(1)).enumerate() {
                    if *amount != 0.0 {
                        each(row, *amount);
                    }
                }
            }
            Cells::Sparse(sparse) => sparse.column(column).for_each(|(row, amount)| each(row, amount)),
        }
    }

    /// Keeps those columns, each with whether it rises, in which no row stops it. `bounds` tells whether a row can neither fall
    /// nor rise; what stands in a row counts when it is no less than `least`.
    pub(super) fn keep_unstopped(
        &self,
        columns: &mut Vec<(usize, bool)>,
        least: f64,
        bounds: impl Fn(usize) -> (bool, bool),
    ) {
        let stops = |(low, high): (bool, bool), amount: f64, up: bool| {
            let rising = (amount > 0.0) == up;
            amount.abs() > least && ((low && !rising) || (high && rising))
        };
        match self {
            Cells::Whole(whole) => {
                for (row, cells) in whole.cells.chunks_exact(whole.width.max(1)).enumerate() {
                    let bound = bounds(row);
                    if bound == (false, false) {
                        continue;
                    }
                    columns.retain(|(column, up)| !stops(bound, cells[*column], *up));
                    if columns.is_empty() {
                        break;
                    }
                }
            }
            Cells::Sparse(sparse) => columns.retain(|(column, up)| {
                !sparse.column(*column).any(|(row, amount)| amount.abs() > least && stops(bounds(row), amount, *up))
            }),
        }
    }

    /// Exchanges what a row and a column stand for.
    pub(super) fn pivot(&mut self, row: usize, column: usize) {
        match self {
            Cells::Whole(whole) => whole.pivot(row, column),
            Cells::Sparse(sparse) => sparse.pivot(row, column),
        }
    }
}

impl Whole {
    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    fn pivot(&mut self, row: usize, column: usize) {
        let width = self.width;
        let amount = self.cells[row * width + column];
        let mut line = std::mem::take(&mut self.line);
        for (to, from) in line.iter_mut().zip(self.row(row)) {
            *to = snap(-from / amount);
        }
        line[column] = 1.0 / amount;
        for (other, cells) in self.cells.chunks_exact_mut(width.max(1)).enumerate() {
            let factor = cells[column];
            if factor == 0.0 || other == row {
                continue;
            }
            cells[column] = 0.0;
            for (to, from) in cells.iter_mut().zip(&line) {
                let sum = *to + factor * from;
                *to = if sum.abs() < NOTHING { 0.0 } else { sum };
            }
        }
        self.cells[row * width..(row + 1) * width].copy_from_slice(&line);
        self.line = line;
    }
}

impl Sparse {
    fn push(&mut self, mut cells: Row) {
        cells.sort_unstable_by_key(|(column, _)| *column);
        for (column, _) in &cells {
            self.stands[*column as usize].push(self.rows.len() as u32);
        }
        self.numbers += cells.len();
        self.told = self.numbers;
        self.rows.push(cells);
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        let cells = &self.rows[row];
        cells.binary_search_by_key(&(column as u32), |(column, _)| *column).map_or(0.0, |place| cells[place].1)
    }

    fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + use<'_> {
        self.stands[column].iter().map(move |row| (*row as usize, self.at(*row as usize, column)))
    }

    fn pivot(&mut self, row: usize, column: usize) {
        let amount = self.at(row, column);
        let mut line = std::mem::take(&mut self.rows[row]);
        for (here, from) in &mut line {
            *from = if *here as usize == column { 1.0 / amount } else { snap(-*from / amount) };
        }
        let mut sum = Row::new();
        for other in std::mem::take(&mut self.stands[column]) {
            if other as usize == row {
                self.stands[column].push(other);
                continue;
            }
            let factor = self.at(other as usize, column);
            let old = std::mem::take(&mut self.rows[other as usize]);
            self.add(other, &old, factor, &line, column, &mut sum);
            self.numbers = self.numbers + sum.len() - old.len();
            self.rows[other as usize] = std::mem::replace(&mut sum, old);
        }
        self.rows[row] = line;
    }

    /// A row with so many times a line added, the column in which it had that factor told anew.
    fn add(&mut self, row: u32, old: &Row, factor: f64, line: &Row, column: usize, sum: &mut Row) {
        sum.clear();
        let mut old = old.iter().copied().filter(|(here, _)| *here as usize != column).peekable();
        for (here, from) in line.iter().copied() {
            while let Some(before) = old.next_if(|(before, _)| *before < here) {
                sum.push(before);
            }
            let before = old.next_if(|(before, _)| *before == here).map(|(_, before)| before);
            let after = before.unwrap_or_default() + factor * from;
            let (stood, stands) = (before.is_some(), after.abs() >= NOTHING);
            if stands {
                sum.push((here, after));
            }
            if stands && !stood {
                self.stands[here as usize].push(row);
            } else if stood && !stands {
                let list = &mut self.stands[here as usize];
                if let Some(place) = list.iter().position(|one| *one == row) {
                    list.swap_remove(place);
                }
            }
        }
        sum.extend(old);
    }
}

fn snap(value: f64) -> f64 {
    let whole = value.round();
    if (value - whole).abs() < NOTHING { whole } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of it, row by row.
    fn all(cells: &Cells, rows: usize, width: usize) -> Vec<Vec<f64>> {
        let mut out = vec![vec![0.0; width]; rows];
        for (row, line) in out.iter_mut().enumerate() {
            cells.row(row, |column, amount| line[column] = amount);
        }
        let mut by_column = vec![vec![0.0; width]; rows];
        (0..width).for_each(|column| {
            cells.column(column, |row, amount| {
                assert!(amount != 0.0, "nothing stands nowhere");
                by_column[row][column] += amount;
            });
        });
        assert_eq!(out, by_column, "each stands once in its row and once in its column");
        out
    }

    #[test]
    fn both_ways_to_keep_them_come_to_the_same() {
        let rows = [vec![(0, 1.0), (2, -1.0)], vec![(2, 2.0), (1, 1.0)], vec![(0, -1.0), (1, 1.0), (3, 1.0)]];
        let mut both = [Cells::new(false), Cells::new(true)];
        for cells in &mut both {
            cells.clear(4);
            rows.iter().for_each(|row| cells.push(row.iter().copied()));
        }
        for (row, column) in [(0, 2), (1, 1), (2, 3), (0, 0), (1, 0)] {
            assert!(
                all(&both[0], 3, 4)[row][column].abs() > NOTHING,
                "nothing is exchanged for what it does not hang on"
            );
            both.iter_mut().for_each(|cells| cells.pivot(row, column));
            let [whole, sparse] = &both;
            assert_eq!(all(whole, 3, 4), all(sparse, 3, 4), "after {row}, {column}");
            for bounds in [(true, false), (false, true), (true, true), (false, false)] {
                let kept = both.each_ref().map(|cells| {
                    let mut columns: Vec<(usize, bool)> = (0..4).flat_map(|at| [(at, true), (at, false)]).collect();
                    cells.keep_unstopped(&mut columns, 1e-7, |row| if row == 1 { (false, false) } else { bounds });
                    columns
                });
                assert_eq!(kept[0], kept[1]);
                assert_eq!(kept[0].len() == 8, bounds == (false, false));
            }
        }
    }
}
