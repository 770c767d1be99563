//! What of the figures may be shown, and how they are put beside each other.
//!
//! A figure is withheld when it is made of fewer answers than the threshold, or when the share or count it says is of fewer
//! people than that, or of all but so few. When one of women, men and unknown is withheld, all three are: they would follow
//! from each other. A figure for all is shown all the same when it is large enough itself.

use std::collections::{BTreeMap, BTreeSet};

use super::read::Cell;
use super::words::{Area, Sex, Sign, Unit};
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
        all.into_iter().map(str::to_owned).collect()
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
    type Place = (Area, String, String);
    type Places = BTreeMap<Place, BTreeMap<Sex, Cell>>;
    let mut by: BTreeMap<(String, String, Unit), Places> = BTreeMap::new();
    for cell in cells {
        let topic = by.entry((cell.indicator.clone(), cell.group.clone(), cell.unit)).or_default();
        let place = topic.entry((cell.area.clone(), cell.period.clone(), cell.source.clone())).or_default();
        place.insert(cell.sex, cell);
    }
    by.into_iter()
        .map(|((indicator, group, unit), places)| {
            let cells = places.into_values().flat_map(|sexes| decided(sexes, threshold)).collect();
            Topic { indicator, group, unit, cells }
        })
        .collect()
}

fn decided(sexes: BTreeMap<Sex, Cell>, threshold: i64) -> Vec<Shown> {
    let keeps_back = |cell: &Cell| cell.sign == Sign::Withheld || gives_away(cell, threshold);
    let parts_kept = sexes.values().filter(|cell| cell.sex != Sex::All).any(keeps_back);
    sexes
        .into_values()
        .map(|cell| {
            let kept = if cell.sex == Sex::All { keeps_back(&cell) } else { parts_kept };
            let figure = match cell.value {
                _ if kept => chart::Cell::Withheld,
                Some(value) => cell.unit.cell(value),
                None => chart::Cell::Missing,
            };
            Shown { cell, figure }
        })
        .collect()
}

/// Whether so few answered, or so few said it, or so few did not, that somebody could be recognised.
fn gives_away(cell: &Cell, threshold: i64) -> bool {
    let few = |n: f64| is_small(n.round() as i64, threshold);
    match (cell.n, cell.value, cell.unit) {
        // A mean of nobody or of few is withheld as well as a share.
        (Some(n), _, _) if n < threshold => true,
        (Some(n), Some(value), Unit::Percent) => {
            few(n as f64 * value / 100.0) || few(n as f64 * (100.0 - value) / 100.0)
        }
        (_, Some(value), Unit::Count) => few(value),
        _ => false,
    }
}
