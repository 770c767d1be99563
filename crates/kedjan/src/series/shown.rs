//! What of the figures may be shown, and how they are put beside each other.
//!
//! A figure is withheld when it is made of fewer answers than the threshold, or when the share, rate or count it says is of
//! fewer people than that, or of all but so few. [`super::hidden`] withholds what would give such a figure away.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::hidden::withheld;
use super::read::Cell;
use super::words::{Area, Sex, Unit, alike};
use crate::statistics::protect::is_small;
use crate::web::chart;

/// A figure with what may be shown of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The figure as it was taken in. Its value is for calculating and never for showing.
    cell: Cell,
    /// What may be shown.
    pub figure: chart::Cell,
}

impl Shown {
    /// Where.
    pub fn area(&self) -> &Area {
        &self.cell.area
    }

    /// When.
    pub fn period(&self) -> &str {
        &self.cell.period
    }

    /// Whom it is about.
    pub fn sex(&self) -> Sex {
        self.cell.sex
    }

    /// Who made it.
    pub fn source(&self) -> &str {
        &self.cell.source
    }

    /// What is to be known of it.
    pub fn note(&self) -> &str {
        &self.cell.note
    }

    /// How many it is made of, where the figure itself is shown.
    pub fn n(&self) -> Option<i64> {
        if self.figure == chart::Cell::Withheld { None } else { self.cell.n }
    }

    /// The value in its own unit, where it is shown.
    pub fn value(&self) -> Option<f64> {
        self.figure.known().and(self.cell.value)
    }
}

/// One measure among one group, over all places and times.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// What is measured.
    pub indicator: String,
    /// Among whom; empty for all.
    pub group: String,
    /// What it is counted in.
    pub unit: Unit,
    /// The figures, by place, time and sex.
    pub cells: Vec<Shown>,
}

impl Topic {
    /// "Har använt narkotika någon gång, åk 9".
    pub fn title(&self) -> String {
        if self.group.is_empty() { self.indicator.clone() } else { format!("{}, {}", self.indicator, self.group) }
    }

    /// The figure of a place, a time and a sex. Of several makers the one whose name comes first.
    pub fn at(&self, area: &Area, period: &str, sex: Sex) -> Option<&Shown> {
        self.cells.iter().find(|shown| shown.area() == area && shown.period() == period && shown.sex() == sex)
    }

    /// The figure as charts have it; missing when there is none.
    pub fn figure(&self, area: &Area, period: &str, sex: Sex) -> chart::Cell {
        self.at(area, period, sex).map_or(chart::Cell::Missing, |shown| shown.figure)
    }

    /// The times there are figures of, in order.
    pub fn periods(&self) -> Vec<String> {
        let all: BTreeSet<&str> = self.cells.iter().map(Shown::period).collect();
        let mut all: Vec<String> = all.into_iter().map(str::to_owned).collect();
        all.sort_by(|one, other| chart::moment(one).partial_cmp(&chart::moment(other)).unwrap_or(Ordering::Equal));
        all
    }

    /// Who made those of the figures that are meant.
    pub fn sources(&self, meant: impl Fn(&Shown) -> bool) -> Vec<String> {
        let all: BTreeSet<&str> = self.cells.iter().filter(|shown| meant(shown)).map(Shown::source).collect();
        all.into_iter().map(str::to_owned).collect()
    }
}

/// Puts figures together by measure and group, and decides what may be shown of them. The later of two figures that say the
/// same thing counts.
pub fn topics(cells: Vec<Cell>, threshold: i64) -> Vec<Topic> {
    type Key = (String, String, Unit, Area, String, String, Sex);
    let key = |cell: &Cell| -> Key {
        let Cell { indicator, group, unit, area, period, source, sex, .. } = cell.clone();
        (indicator, group, unit, area, period, source, sex)
    };
    let cells: BTreeMap<Key, Cell> = cells.into_iter().map(|cell| (key(&cell), cell)).collect();
    let mut measures: BTreeMap<String, Vec<&Cell>> = BTreeMap::new();
    for cell in cells.values() {
        measures.entry(alike(&cell.indicator)).or_default().push(cell);
    }
    let mut shown: BTreeMap<Key, Shown> = BTreeMap::new();
    for cells in measures.into_values() {
        for (cell, kept) in cells.iter().zip(withheld(&cells, threshold)) {
            let figure = match cell.value {
                _ if kept => chart::Cell::Withheld,
                Some(value) => cell.unit.cell(value),
                None => chart::Cell::Missing,
            };
            shown.insert(key(cell), Shown { cell: (*cell).clone(), figure });
        }
    }
    let mut topics: Vec<Topic> = Vec::new();
    for ((indicator, group, unit, ..), shown) in shown {
        match topics.last_mut().filter(|last| (&last.indicator, &last.group, last.unit) == (&indicator, &group, unit)) {
            Some(topic) => topic.cells.push(shown),
            None => topics.push(Topic { indicator, group, unit, cells: vec![shown] }),
        }
    }
    topics
}

/// The people that can be counted back to from a figure: all that it is made of, those that it is about, and the others.
pub(super) fn counted(cell: &Cell) -> [Option<i64>; 3] {
    let per = match cell.unit {
        Unit::Percent => Some(100.0),
        Unit::PerThousand => Some(1_000.0),
        Unit::PerHundredThousand => Some(100_000.0),
        Unit::Count | Unit::Litres | Unit::Index => None,
    };
    match (cell.n, cell.value, per) {
        (Some(n), Some(value), Some(per)) => {
            // A figure that is not nought is of somebody, however it was rounded.
            let people = |part: f64| (n as f64 * part / per).round().max(if part > 0.0 { 1.0 } else { 0.0 }) as i64;
            [Some(n), Some(people(value)), Some(people((per - value).max(0.0)))]
        }
        (n, Some(value), None) if cell.unit == Unit::Count => [n, Some(value.round() as i64), None],
        (n, ..) => [n, None, None],
    }
}

/// Whether so few answered, or so few said it, or so few did not, that somebody could be recognised.
pub(super) fn gives_away(cell: &Cell, threshold: i64) -> bool {
    // A mean of nobody or of few is withheld as well as a share.
    cell.n.is_some_and(|n| n < threshold)
        || counted(cell).into_iter().flatten().any(|people| is_small(people, threshold))
}
