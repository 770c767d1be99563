//! Published tables as files: writing what may leave and what stays inside, and reading what was published.

use std::fmt::Write;

use crate::attack::Shown;
use crate::csv::{self, Source, quoted};
use crate::cube::{Cube, Form, Shape};
use crate::dimension::{Dimension, TOTAL};
use crate::mistake::{Found, Mistakes, Wrong};
use crate::protect::Protected;

/// The name of the column that says whether a cell is open.
pub const STATUS: &str = "status";
/// A published cell.
pub const OPEN: &str = "open";
/// A cell that is not published. It is not said why.
pub const WITHHELD: &str = "withheld";

/// The table as it may be published: every cell of it, `open` with its count or `withheld` without.
pub fn public(cube: &Cube, protected: &Protected) -> String {
    write(cube, |cell| match protected.shown().get(cell)? {
        Shown::Open(count) => Some((Some(*count), OPEN)),
        Shown::Withheld => Some((None, WITHHELD)),
        Shown::Unseen | Shown::Guarded => None,
    })
}

/// The table for those who may know all of it: counts whole, and why each cell is withheld.
pub fn detail(cube: &Cube, protected: &Protected) -> String {
    write(cube, |cell| {
        let count = cube.counts().get(cell).copied();
        match protected.shown().get(cell)? {
            Shown::Open(_) => Some((count, OPEN)),
            Shown::Withheld if protected.is_primary(cell) => Some((count, "primary")),
            Shown::Withheld => Some((count, "secondary")),
            Shown::Unseen | Shown::Guarded => None,
        }
    })
}

fn write(cube: &Cube, cell: impl Fn(usize) -> Option<(Option<u64>, &'static str)>) -> String {
    let Form { separator, count_at } = cube.form();
    let shape = cube.shape();
    let mut header: Vec<String> =
        shape.dimensions().iter().map(|dimension| quoted(dimension.name(), separator)).collect();
    header.insert(count_at.min(header.len()), quoted(cube.count_name(), separator));
    header.push(STATUS.to_owned());
    let between = separator.to_string();
    let mut out = header.join(&between);
    out.push('\n');
    for at in 0..shape.len() {
        let Some((count, status)) = cell(at) else { continue };
        let mut fields: Vec<String> = shape.codes(at).into_iter().map(|code| quoted(code, separator)).collect();
        fields.insert(count_at.min(fields.len()), count.map(|count| count.to_string()).unwrap_or_default());
        fields.push(status.to_owned());
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", fields.join(&between));
    }
    out
}

/// A published table that was read.
#[derive(Clone, Debug)]
pub struct Published {
    /// The file's name.
    pub file: String,
    /// The column of counts, from 1.
    pub count_column: usize,
    /// Cells with their codes, the line they stand in, and how they are shown.
    pub cells: Vec<(Vec<usize>, usize, Shown)>,
}

/// Reads a published table whose dimensions are known; a dimension that the file does not have is taken at its top.
///
/// # Errors
/// All that is wrong with the file, with line and column.
pub fn read(source: Source<'_>, count: &str, dimensions: &[Dimension]) -> Result<Published, Mistakes> {
    let mut found = Found::default();
    let Some(sheet) = csv::read(source, &[count, STATUS], &mut found) else { return Err(found.all()) };
    let (count_at, status_at) = (sheet.column(count, &mut found), sheet.column(STATUS, &mut found));
    for (at, name) in sheet.header.iter().enumerate() {
        let is_known = Some(at) == count_at || Some(at) == status_at;
        if !is_known && !dimensions.iter().any(|dimension| dimension.name() == name) {
            found.add(source.name, sheet.line, at + 1, Wrong::NoSuchDimension(name.clone()));
        }
    }
    let columns: Vec<Option<usize>> =
        dimensions.iter().map(|dimension| sheet.header.iter().position(|name| name == dimension.name())).collect();
    let mut first: std::collections::HashMap<Vec<usize>, usize> = std::collections::HashMap::new();
    let mut cells = Vec::new();
    for row in &sheet.rows {
        let field = |at: usize| row.fields.get(at).map(String::as_str).unwrap_or_default();
        let mut ranks = Vec::with_capacity(dimensions.len());
        for (dimension, column) in dimensions.iter().zip(&columns) {
            let Some(at) = column else {
                ranks.push(dimension.top());
                continue;
            };
            match dimension.rank(field(*at)) {
                Some(rank) => ranks.push(rank),
                None => {
                    let (code, dimension) = (field(*at).to_owned(), dimension.name().to_owned());
                    found.add(source.name, row.line, at + 1, Wrong::UnknownCode { code, dimension });
                }
            }
        }
        let (Some(count_at), Some(status_at)) = (count_at, status_at) else { continue };
        let shown = match (field(status_at), field(count_at)) {
            (WITHHELD, "") => Ok(Shown::Withheld),
            (WITHHELD, _) => Err((count_at, Wrong::WithheldWithCount)),
            (OPEN, written) => csv::count(written).map(Shown::Open).map_err(|wrong| (count_at, wrong)),
            (other, _) => Err((status_at, Wrong::NoStatus(other.to_owned()))),
        };
        match shown {
            Err((at, wrong)) => found.add(source.name, row.line, at + 1, wrong),
            Ok(_) if ranks.len() < dimensions.len() => {}
            Ok(shown) => match first.get(&ranks) {
                Some(line) => found.add(source.name, row.line, 0, Wrong::CellTwice { first: *line }),
                None => {
                    first.insert(ranks.clone(), row.line);
                    cells.push((ranks, row.line, shown));
                }
            },
        }
    }
    let count_column = count_at.map_or(0, |at| at + 1);
    found.or(|| Published { file: source.name.to_owned(), count_column, cells })
}

impl Published {
    /// Holds what was published against a table.
    ///
    /// # Errors
    /// Every cell that has another count now, with its place.
    pub fn agrees(&self, cube: &Cube) -> Result<(), Mistakes> {
        let mut found = Found::default();
        for (ranks, line, shown) in &self.cells {
            let now = cube.counts().get(cube.shape().cell(ranks)).copied().unwrap_or_default();
            if let Shown::Open(before) = *shown
                && before != now
            {
                found.add(&self.file, *line, self.count_column, Wrong::Changed { before, now });
            }
        }
        found.or(|| ())
    }
}

/// The dimensions of published tables that come without their own hierarchies, and the name of the column of counts.
///
/// # Errors
/// Files that are no published tables.
pub fn dimensions(
    sources: &[Source<'_>],
    count: Option<&str>,
    hierarchies: Vec<Dimension>,
) -> Result<(Vec<Dimension>, String), Mistakes> {
    let mut found = Found::default();
    let mut names: Vec<(String, Vec<String>)> = Vec::new();
    let mut count_name = count.map(str::to_owned);
    for source in sources {
        let Some(sheet) = csv::read(*source, &[STATUS], &mut found) else { continue };
        let Some(status_at) = sheet.column(STATUS, &mut found) else { continue };
        if count_name.is_none() {
            count_name = count_column(&sheet, status_at);
        }
        for (at, name) in sheet.header.iter().enumerate() {
            if at == status_at || Some(name) == count_name.as_ref() {
                continue;
            }
            let place = names.iter().position(|(there, _)| there == name).unwrap_or_else(|| {
                names.push((name.clone(), Vec::new()));
                names.len() - 1
            });
            let codes = sheet.rows.iter().filter_map(|row| row.fields.get(at)).filter(|code| *code != TOTAL);
            if let Some((_, all)) = names.get_mut(place) {
                all.extend(codes.cloned());
            }
        }
    }
    let dimensions = names
        .into_iter()
        .map(|(name, codes)| {
            let given = hierarchies.iter().find(|hierarchy| hierarchy.name() == name).cloned();
            given.unwrap_or_else(|| Dimension::flat(name, codes))
        })
        .collect();
    found.or(|| (dimensions, count_name.unwrap_or_else(|| "count".to_owned())))
}

/// The column that has a number in every open row and nothing in every withheld one; the last such.
fn count_column(sheet: &csv::Sheet, status_at: usize) -> Option<String> {
    let fits = |at: usize| {
        sheet.rows.iter().all(|row| {
            let field = row.fields.get(at).map(String::as_str).unwrap_or_default();
            let open = row.fields.get(status_at).is_some_and(|status| status == OPEN);
            if open { csv::count(field).is_ok() } else { field.is_empty() }
        })
    };
    let at = (0..sheet.header.len()).rev().find(|at| *at != status_at && fits(*at))?;
    sheet.header.get(at).cloned()
}

/// How several published tables show each cell of a shape together. What one of them shows is shown.
#[derive(Clone, Debug)]
pub struct Together {
    /// Each cell of the shape.
    pub shown: Vec<Shown>,
    /// Cells that are withheld in one table and open in another.
    pub betrayed: Vec<(usize, u64)>,
    /// Cells that are open with different counts: where, one count, the other.
    pub changed: Vec<(usize, u64, u64)>,
}

/// Puts published tables over each other.
pub fn together(shape: &Shape, tables: &[Published]) -> Together {
    let mut together = Together { shown: vec![Shown::Unseen; shape.len()], betrayed: Vec::new(), changed: Vec::new() };
    for (ranks, _, shown) in tables.iter().flat_map(|table| &table.cells) {
        let cell = shape.cell(ranks);
        let Some(slot) = together.shown.get_mut(cell) else { continue };
        match (*slot, *shown) {
            (Shown::Open(one), Shown::Open(other)) if one != other => together.changed.push((cell, one, other)),
            (Shown::Open(count), Shown::Withheld) | (Shown::Withheld, Shown::Open(count)) => {
                *slot = Shown::Open(count);
                together.betrayed.push((cell, count));
            }
            (Shown::Unseen, shown) => *slot = shown,
            _ => {}
        }
    }
    together
}
