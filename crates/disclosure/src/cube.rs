//! A frequency table with all its margins: every combination of one code from each dimension is a cell.

use std::collections::HashMap;

use crate::csv::{self, MOST, Source};
use crate::dimension::{Dimension, TOTAL};
use crate::mistake::{Found, Mistakes, Wrong};
use crate::problem::{CellId, Problem, Role};

/// The most cells of one table, margins included.
pub const MOST_CELLS: usize = 8_000_000;

/// The shape of a table: its dimensions, and where each cell stands.
#[derive(Clone, Debug)]
pub struct Shape {
    dimensions: Vec<Dimension>,
    strides: Vec<usize>,
    cells: usize,
}

impl Shape {
    /// The shape of these dimensions.
    ///
    /// # Errors
    /// That there would be more than [`MOST_CELLS`] cells.
    pub fn new(file: &str, dimensions: Vec<Dimension>) -> Result<Shape, Mistakes> {
        let mut strides = vec![1_usize; dimensions.len()];
        let mut cells: u128 = 1;
        for (stride, dimension) in strides.iter_mut().zip(&dimensions).rev() {
            *stride = usize::try_from(cells).unwrap_or(usize::MAX);
            cells = cells.saturating_mul(dimension.len() as u128);
        }
        let mut found = Found::default();
        if cells > MOST_CELLS as u128 {
            found.add(file, 1, 0, Wrong::TooManyCells(cells.to_string(), MOST_CELLS));
        }
        let cells = usize::try_from(cells).unwrap_or(usize::MAX);
        found.or(|| Shape { dimensions, strides, cells })
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// How many cells there are.
    pub const fn len(&self) -> usize {
        self.cells
    }

    /// Whether there is no cell.
    pub const fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// The cell of one rank in each dimension.
    pub fn cell(&self, ranks: &[usize]) -> usize {
        ranks.iter().zip(&self.strides).map(|(rank, stride)| rank * stride).sum()
    }

    /// The rank of a cell in each dimension.
    pub fn ranks(&self, cell: usize) -> Vec<usize> {
        let mut rest = cell;
        self.strides
            .iter()
            .map(|stride| {
                let rank = rest.checked_div(*stride).unwrap_or_default();
                rest -= rank * stride;
                rank
            })
            .collect()
    }

    /// The codes of a cell.
    pub fn codes(&self, cell: usize) -> Vec<&str> {
        let ranks = self.ranks(cell).into_iter().zip(&self.dimensions);
        ranks.map(|(rank, dimension)| dimension.codes().get(rank).map(String::as_str).unwrap_or_default()).collect()
    }

    /// Whether a cell is an innermost one.
    pub fn is_innermost(&self, cell: usize) -> bool {
        self.ranks(cell).iter().zip(&self.dimensions).all(|(rank, dimension)| *rank < dimension.innermost())
    }

    /// All cells that hold an innermost cell, itself included.
    pub fn over(&self, ranks: &[usize]) -> Vec<usize> {
        let mut out = vec![0];
        for ((rank, dimension), stride) in ranks.iter().zip(&self.dimensions).zip(&self.strides) {
            let above = dimension.above(*rank);
            out = out.iter().flat_map(|at| above.iter().map(move |rank| at + rank * stride)).collect();
        }
        out
    }

    /// Every equation between the cells, told one by one as parent and children.
    pub fn each_sum(&self, mut tell: impl FnMut(usize, &[usize])) {
        let mut children = Vec::new();
        for (dimension, stride) in self.dimensions.iter().zip(&self.strides) {
            let outer = stride * dimension.len();
            for (sum, parts) in dimension.sums() {
                for base in (0..self.cells).step_by(outer.max(1)) {
                    for inner in 0..*stride {
                        children.clear();
                        children.extend(parts.iter().map(|part| base + inner + part * stride));
                        tell(base + inner + sum * stride, &children);
                    }
                }
            }
        }
    }
}

/// A table with its counts.
#[derive(Clone, Debug)]
pub struct Cube {
    shape: Shape,
    count: String,
    counts: Vec<u64>,
    form: Form,
}

/// How a table is written as CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Between fields.
    pub separator: char,
    /// The column that the count stands in, from 0.
    pub count_at: usize,
}

impl Cube {
    /// A table of innermost cells, by their ranks in each dimension; cells that are not named are zero.
    ///
    /// # Errors
    /// Counts or a total that are too large.
    pub fn of(shape: Shape, count: &str, inner: impl IntoIterator<Item = (Vec<usize>, u64)>) -> Result<Cube, Mistakes> {
        let mut counts = vec![0_u64; shape.len()];
        let mut found = Found::default();
        for (line, (ranks, value)) in (1..).zip(inner) {
            let mut largest = value;
            for cell in shape.over(&ranks) {
                if let Some(slot) = counts.get_mut(cell) {
                    *slot = slot.saturating_add(value);
                    largest = largest.max(*slot);
                }
            }
            if largest > MOST {
                found.add("", line, 0, Wrong::TooLarge(largest.to_string()));
                break;
            }
        }
        let form = Form { separator: ',', count_at: shape.dimensions().len() };
        found.or(|| Cube { shape, count: count.to_owned(), counts, form })
    }

    /// Reads a table of innermost cells: one column for each dimension and one for the count. `hierarchies` are the
    /// dimensions that have more than one total.
    ///
    /// # Errors
    /// All that is wrong with the file, with line and column.
    pub fn read(source: Source<'_>, count: &str, hierarchies: Vec<Dimension>) -> Result<Cube, Mistakes> {
        let wanted: Vec<&str> =
            hierarchies.iter().map(|hierarchy| hierarchy.name()).chain(std::iter::once(count)).collect();
        let mut found = Found::default();
        let Some(sheet) = csv::read(source, &wanted, &mut found) else { return Err(found.all()) };
        let count_at = sheet.column(count, &mut found);
        for hierarchy in &hierarchies {
            if !sheet.header.iter().any(|name| name == hierarchy.name() && name != count) {
                found.add(source.name, sheet.line, 0, Wrong::NoSuchDimension(hierarchy.name().to_owned()));
            }
        }
        if sheet.header.len() < 2 && count_at.is_some() {
            found.add(source.name, sheet.line, 0, Wrong::NoDimension);
        }
        if sheet.rows.is_empty() && found.is_empty() {
            found.add(source.name, sheet.line, 0, Wrong::NoRows);
        }
        let dimensions: Vec<(usize, Dimension)> = sheet
            .header
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != count_at)
            .map(|(at, name)| {
                let given = hierarchies.iter().find(|hierarchy| hierarchy.name() == name).cloned();
                let codes = || sheet.rows.iter().filter_map(|row| row.fields.get(at)).filter(|code| !code.is_empty());
                (at, given.unwrap_or_else(|| Dimension::flat(name, codes())))
            })
            .collect();
        let inner = rows(source.name, &sheet, count_at, &dimensions, &mut found);
        let shape = Shape::new(source.name, dimensions.into_iter().map(|(_, dimension)| dimension).collect());
        let made = shape.and_then(|shape| Cube::of(shape, count, inner));
        match made {
            Ok(cube) => {
                let form = Form { separator: sheet.separator, count_at: count_at.unwrap_or_default() };
                found.or(|| Cube { form, ..cube })
            }
            Err(mut more) => {
                for mistake in more.0.iter_mut().filter(|mistake| mistake.place.file.is_empty()) {
                    source.name.clone_into(&mut mistake.place.file);
                    mistake.place.line = sheet.rows.get(mistake.place.line - 1).map_or(sheet.line, |row| row.line);
                    mistake.place.column = count_at.map_or(0, |at| at + 1);
                }
                found.take(more);
                Err(found.all())
            }
        }
    }

    /// Its shape.
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The name of the column of counts.
    pub fn count_name(&self) -> &str {
        &self.count
    }

    /// The count of each cell, margins included.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// How the file was written that it was read from.
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Cells and equations, each cell with the role that is given for it.
    pub fn problem(&self, role: impl Fn(usize, u64) -> Role) -> Problem {
        let roles = self.counts.iter().enumerate().map(|(cell, count)| role(cell, *count)).collect();
        let mut problem = Problem::new(self.counts.clone(), roles);
        // One equation for each sum is enough: its parts are sums of fewer dimensions or innermost, and so on down, so
        // every other equation follows. The shortest makes the least work.
        let mut shortest = vec![usize::MAX; self.counts.len()];
        self.shape.each_sum(|parent, children| {
            if let Some(length) = shortest.get_mut(parent) {
                *length = children.len().min(*length);
            }
        });
        self.shape.each_sum(|parent, children| {
            if let Some(length) = shortest.get_mut(parent)
                && *length == children.len()
            {
                *length = usize::MAX;
                problem.relate(id(parent), children.iter().map(|child| id(*child)));
            }
        });
        problem
    }
}

/// A cell of a shape as a number; shapes are smaller than the number can hold.
fn id(cell: usize) -> CellId {
    CellId::try_from(cell).unwrap_or(CellId::MAX)
}

/// The innermost cells of a sheet.
fn rows(
    file: &str,
    sheet: &csv::Sheet,
    count_at: Option<usize>,
    dimensions: &[(usize, Dimension)],
    found: &mut Found,
) -> Vec<(Vec<usize>, u64)> {
    let mut seen: HashMap<Vec<usize>, usize> = HashMap::new();
    let mut inner = Vec::new();
    for row in &sheet.rows {
        let mut ranks = Vec::with_capacity(dimensions.len());
        for (at, dimension) in dimensions {
            let code = row.fields.get(*at).map(String::as_str).unwrap_or_default();
            let name = || dimension.name().to_owned();
            match dimension.rank(code) {
                _ if code.is_empty() => found.add(file, row.line, at + 1, Wrong::NoCode(name())),
                Some(rank) if rank < dimension.innermost() => ranks.push(rank),
                None if code != TOTAL => {
                    found.add(file, row.line, at + 1, Wrong::UnknownCode { code: code.to_owned(), dimension: name() });
                }
                _ => found.add(file, row.line, at + 1, Wrong::SumCode { code: code.to_owned(), dimension: name() }),
            }
        }
        let value = count_at.and_then(|at| match csv::count(row.fields.get(at)?) {
            Ok(value) => Some(value),
            Err(wrong) => {
                found.add(file, row.line, at + 1, wrong);
                None
            }
        });
        if ranks.len() < dimensions.len() {
            continue;
        }
        if let Some(first) = seen.get(&ranks) {
            found.add(file, row.line, 0, Wrong::CellTwice { first: *first });
            continue;
        }
        seen.insert(ranks.clone(), row.line);
        if let Some(value) = value {
            inner.push((ranks, value));
        }
    }
    inner
}
