//! Charts of figures: lines over time, a map of tiles, bars in groups, a table of many measures. Pure: typed values in, markup
//! out, and no script needed. Each stands with what it measures in a sentence, its table, its files and its source, and a
//! figure that is kept back is never drawn as nought.

mod bars;
mod lines;
mod side;
#[cfg(test)]
mod tests;
mod tiles;

use chain::text::Lang;
use maud::{Markup, html};

pub use bars::{Row, bars};
pub use lines::{Line, Time, lines, moment};
pub use side::{Compared, Head, Side, Sort, paged, side, sorted};
pub use tiles::{Tile, tiles};

use super::parts::{self, Column, Icon, Link, Table};
use super::picture::{self, FigureKind};
use super::{format, lang};
use crate::t;

/// A figure in a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// It may be shown.
    Known(f64),
    /// Kept back, because it could point at somebody.
    Withheld,
    /// There is none.
    Missing,
}

impl Cell {
    /// The figure, if there is one that may be shown.
    #[must_use]
    pub fn known(self) -> Option<f64> {
        match self {
            Cell::Known(value) if value.is_finite() => Some(value.max(0.0)),
            Cell::Known(_) | Cell::Withheld | Cell::Missing => None,
        }
    }

    fn is_withheld(self) -> bool {
        self == Cell::Withheld
    }
}

/// What every chart has around it.
#[derive(Debug, Clone)]
pub struct Told {
    /// A name for it on the page: letters, digits and hyphens.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What is measured, in a sentence.
    pub definition: String,
    /// Where the figures come from, and when they were taken out.
    pub source: String,
    /// The same figures as files.
    pub files: Vec<Link>,
    /// What the figures are.
    pub kind: FigureKind,
}

/// A figure as it is written: two dots where it is kept back, a dash where there is none.
#[must_use]
pub fn written(lang: Lang, kind: FigureKind, cell: Cell) -> String {
    match (cell.known(), cell) {
        (Some(value), _) => picture::written(lang, kind, picture::Value::Known(value)),
        (None, Cell::Withheld) => "..".to_owned(),
        (None, _) => "–".to_owned(),
    }
}

/// A chart with its words, its table, its files and its source. `about` is what somebody who does not see it is told.
fn frame(lang: Lang, told: &Told, withheld: bool, drawn: &Markup, table: &Table) -> Markup {
    let id = &told.id;
    html! {
        figure.picture.chart id=(id) lang=(lang::code(lang)) {
            figcaption { strong { (told.title) } p { (told.definition) } }
            @if table.rows.is_empty() {
                p.hint { (t!(lang, "picture-empty")) }
            } @else {
                (drawn)
                @if withheld { p.hint { (t!(lang, "chart-withheld")) } }
                details { summary { (t!(lang, "picture-table")) span.unseen { ": " (told.title) } } div { (parts::table(lang, table)) } }
                (files(told))
            }
            p.source { (told.source) }
        }
    }
}

/// The same figures as files, each said to be of what.
#[must_use]
pub fn files(told: &Told) -> Markup {
    html! {
        @if !told.files.is_empty() {
            ul.files {
                @for file in &told.files {
                    li { a.download href=(file.href) { (parts::icon(Icon::Download)) (file.label) span.unseen { ": " (told.title) } } }
                }
            }
        }
    }
}

/// A table of names and one column for each of several series, or of one.
fn table(lang: Lang, told: &Told, label: &str, series: &[String], rows: Vec<(String, Vec<Cell>)>) -> Table {
    let numeric = |name: &String| Column { label: name.clone(), numeric: true, ..Column::default() };
    let mut columns = vec![Column { label: label.to_owned(), ..Column::default() }];
    columns.extend(series.iter().map(numeric));
    let row = |(name, cells): (String, Vec<Cell>)| {
        let mut row = vec![html! { (name) }];
        row.extend(cells.into_iter().map(|cell| html! { (written(lang, told.kind, cell)) }));
        row
    };
    Table { caption: told.title.clone(), caption_unseen: true, columns, rows: rows.into_iter().map(row).collect() }
}

/// How many hundredths of the whole, never more than all of it.
fn share(value: f64, whole: f64) -> f64 {
    if whole > 0.0 { (value / whole * 1000.0).round() / 10.0 } else { 0.0 }.clamp(0.0, 100.0)
}

/// A place along a side, in hundredths.
fn along(hundredths: f64) -> String {
    format!("{hundredths:.2}%")
}

/// The top of a scale that holds the largest value: 1, 2 or 5 times a power of ten; for shares in whole per cent, at most all;
/// for counts even, so that half of it is a count too.
fn ceiling(largest: f64, kind: FigureKind) -> f64 {
    if !largest.is_finite() {
        return 1.0;
    }
    let nice = |largest: f64| {
        let largest = largest.max(1.0);
        let power = 10_f64.powf(largest.log10().floor());
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|top| *top >= largest).unwrap_or(largest)
    };
    match kind {
        FigureKind::Share => (nice((largest * 100.0).max(5.0)) / 100.0).min(1.0).max(largest),
        FigureKind::Count => (nice(largest) / 2.0).ceil() * 2.0,
        FigureKind::Decimal => nice(largest),
    }
}

/// A number between the whole ones of a legend: "10".
fn bound(lang: Lang, kind: FigureKind, value: f64) -> String {
    match kind {
        FigureKind::Share => format::percent(lang, value / 100.0),
        FigureKind::Count | FigureKind::Decimal => format::decimal(lang, value, 0),
    }
}
