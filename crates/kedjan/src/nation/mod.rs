//! The national view: counties and municipalities side by side, on a map, over time, by sex and age. It reads frozen releases
//! and nothing else, so everything in it is public, and stays as it is until a new version is released.

pub mod http;
mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::publication::read::{self, Filter, Release, Table};
use crate::publication::{Code, Indicator, Part, Period, Scope};
use crate::statistics::{Figure, Share};
use crate::store::{Sql, StoreError};

/// The code of the nation in tables.
const NATION: &str = "00";
/// The codes that stand for all sexes and all ages.
const TOTAL: &str = "total";
/// How many releases are looked at for what can be chosen.
const MOST_RELEASES: u32 = 200;
/// How many periods a time series has at most.
const MOST_PERIODS: usize = 24;

/// What is asked for, as it was written; what is not said or not there is chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub method: String,
    pub period: String,
    pub indicator: String,
    pub county: String,
}

/// A point of a time series: a period and the table of its newest version.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub period: Period,
    pub table: Table,
}

/// What is shown of the nation, or of one of its counties.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The release that is shown.
    pub release: Release,
    /// The methods that have national releases: id and name.
    pub methods: Vec<Release>,
    /// The newest version for each period of the method, the latest first.
    pub periods: Vec<Release>,
    /// The nation's or a county's code.
    pub whole: Code,
    /// The counties, or the municipalities of the county.
    pub parts: Vec<Code>,
    /// The indicator that is mapped.
    pub indicator: Indicator,
    /// Counts by place.
    pub measures: Table,
    /// By place and sex, for a year.
    pub sexes: Option<Table>,
    /// By nation or county and age, for a year.
    pub ages: Option<Table>,
    /// The same measures in the periods of the same length, in order.
    pub series: Vec<Point>,
}

/// Reads the view; nothing when there is no national release.
pub(crate) fn view(tx: &mut dyn Sql, wish: &Wish) -> Result<Option<View>, StoreError> {
    let filter = Filter { scope: Some(Scope::Nation), ..Filter::default() };
    let (all, _) = read::releases(tx, &filter, MOST_RELEASES, 0)?;
    let mut methods: Vec<Release> = Vec::new();
    for release in &all {
        if methods.iter().all(|one| one.method != release.method) {
            methods.push(release.clone());
        }
    }
    let Some(method) = methods.iter().find(|one| one.method == wish.method).or(methods.first()) else {
        return Ok(None);
    };
    let periods = newest(&all, &method.method);
    let asked = Period::parse(&wish.period);
    let usual = periods.iter().find(|one| one.period.part == Part::Year).or(periods.first());
    let Some(release) = periods.iter().find(|one| Some(one.period) == asked).or(usual).cloned() else {
        return Ok(None);
    };
    let Some(measures) = read::table(tx, &release.id, "measures")? else { return Ok(None) };
    let places = measures.codes("place");
    let county = places.iter().find(|code| code.code == wish.county && code.parent.as_deref() == Some(NATION));
    let Some(whole) = county.or_else(|| places.iter().find(|code| code.code == NATION)).cloned() else {
        return Ok(None);
    };
    let parts = places.iter().filter(|code| code.parent.as_deref() == Some(whole.code.as_str())).cloned().collect();
    let indicators = &measures.content.indicators;
    let Some(indicator) = indicators.iter().find(|one| one.id == wish.indicator).or(indicators.first()).cloned() else {
        return Ok(None);
    };
    let mut optional = |name: &str| if release.has(name) { read::table(tx, &release.id, name) } else { Ok(None) };
    let (sexes, ages) = (optional("sexes")?, optional("ages")?);
    let series = series(tx, &periods, release.period.part)?;
    Ok(Some(View { release, methods, periods, whole, parts, indicator, measures, sexes, ages, series }))
}

/// The newest version for each period of a method, the latest period first.
fn newest(all: &[Release], method: &str) -> Vec<Release> {
    let mut by: BTreeMap<(jiff::civil::Date, String), Release> = BTreeMap::new();
    for release in all.iter().filter(|one| one.method == method) {
        let key = (release.period.last_day(), release.period.code());
        match by.get(&key) {
            Some(there) if there.version >= release.version => {}
            _ => drop(by.insert(key, release.clone())),
        }
    }
    by.into_values().rev().collect()
}

/// The periods that are as long as the one shown, in order of time.
fn series(tx: &mut dyn Sql, periods: &[Release], part: Part) -> Result<Vec<Point>, StoreError> {
    let length = |part: Part| match part {
        Part::Year => 12,
        Part::Quarter(_) => 3,
        Part::Month(_) => 1,
    };
    let mut points = Vec::new();
    for release in periods.iter().filter(|one| length(one.period.part) == length(part)).take(MOST_PERIODS) {
        if let Some(table) = read::table(tx, &release.id, "measures")? {
            points.push(Point { period: release.period, table });
        }
    }
    points.reverse();
    Ok(points)
}

impl View {
    /// A count in a place.
    fn count(&self, place: &str, measure: &str) -> Figure {
        self.measures.figure(&[place], measure)
    }

    /// The first measure: what everything begins with.
    fn first(&self) -> Option<&crate::publication::Measure> {
        self.measures.content.measures.first()
    }

    /// An indicator's share in a place.
    fn share(&self, place: &str, indicator: &Indicator) -> Share {
        self.measures.share(&[place], indicator)
    }
}
