//! The national view: counties and municipalities side by side, on a map, over time, by sex and age. It reads frozen releases
//! and nothing else, so everything in it is public, and stays as it is until a new version is released.

pub mod http;
mod page;
#[cfg(test)]
mod tests;

use crate::publication::read::{self, Newest, Release, Table};
use crate::publication::{Code, Indicator, Part, Period, Scope, Words};
use crate::reference;
use crate::store::{Sql, StoreError};

/// The code of the nation in tables.
const NATION: &str = "00";
/// The codes that stand for all sexes and all ages.
const TOTAL: &str = "total";
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
    /// The release's id.
    pub release: String,
    pub period: Period,
    pub table: Table,
}

/// What is shown of the nation, or of one of its counties.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The release that is shown.
    pub release: Release,
    /// The methods that have national releases: id and name.
    pub methods: Vec<(String, Words)>,
    /// The periods of the method that are released, the latest first.
    pub periods: Vec<Period>,
    /// The nation's or a county's code.
    pub whole: Code,
    /// The counties, or the municipalities of the county.
    pub parts: Vec<Code>,
    /// The indicator that is mapped.
    pub indicator: Indicator,
    /// Counts by place.
    pub measures: Table,
    /// By nation or county and sex, for a year.
    pub sexes: Option<Table>,
    /// By nation or county and age, for a year.
    pub ages: Option<Table>,
    /// Girls and women from 13 to 19 by nation or county, in the years that are released, in order.
    pub young: Vec<Point>,
    /// The same measures in the periods of the same length, in order.
    pub series: Vec<Point>,
}

/// Reads the view; nothing when there is no national release.
pub(crate) fn view(tx: &mut dyn Sql, wish: &Wish) -> Result<Option<View>, StoreError> {
    let all = read::newest(tx, &Scope::Nation)?;
    let mut latest: Vec<&Newest> = Vec::new();
    let mut by_day: Vec<&Newest> = all.iter().collect();
    by_day.sort_by_key(|one| std::cmp::Reverse(one.made_at));
    for one in by_day {
        if latest.iter().all(|known| known.method != one.method) {
            latest.push(one);
        }
    }
    let Some(method) = latest.iter().find(|one| one.method == wish.method).or(latest.first()) else {
        return Ok(None);
    };
    let periods: Vec<&Newest> = all.iter().filter(|one| one.method == method.method).collect();
    let asked = Period::parse(&wish.period);
    let usual = periods.iter().find(|one| one.period.part == Part::Year).or(periods.first());
    let Some(shown) = periods.iter().find(|one| Some(one.period) == asked).or(usual) else { return Ok(None) };
    let Some(release) = read::release(tx, &shown.id)? else { return Ok(None) };
    let mut methods = Vec::new();
    for one in &latest {
        let named = read::release(tx, &one.id)?.map(|release| release.marks.method_name);
        methods.extend(named.map(|name| (one.method.clone(), name)));
    }
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
    let young = series(tx, &periods, "young_women", Part::Year)?;
    let series = series(tx, &periods, "measures", release.period.part)?;
    let periods = periods.iter().map(|one| one.period).collect();
    Ok(Some(View { release, methods, periods, whole, parts, indicator, measures, sexes, ages, young, series }))
}

/// A table in the periods of a length, in order of time.
fn series(tx: &mut dyn Sql, periods: &[&Newest], table: &str, part: Part) -> Result<Vec<Point>, StoreError> {
    let length = |part: Part| match part {
        Part::Year => 12,
        Part::Quarter(_) => 3,
        Part::Month(_) => 1,
    };
    let mut points = Vec::new();
    for release in periods.iter().filter(|one| length(one.period.part) == length(part)).take(MOST_PERIODS) {
        if let Some(table) = read::table(tx, &release.id, table)? {
            points.push(Point { release: release.id.clone(), period: release.period, table });
        }
    }
    points.reverse();
    Ok(points)
}

/// Who has reported, of those that a view could show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reported {
    /// Municipalities.
    pub municipalities: i64,
    /// How many municipalities there are.
    pub of: i64,
    /// Counties with such a municipality.
    pub counties: i64,
    /// How many counties there are.
    pub of_counties: i64,
}

impl View {
    /// The first measure: what everything begins with.
    fn first(&self) -> Option<&crate::publication::Measure> {
        self.measures.content.measures.first()
    }

    /// The municipalities of the place that have reported.
    fn reporters(&self) -> impl Iterator<Item = &Code> {
        let is_within = |code: &&Code| self.is_nation() || code.parent.as_deref() == Some(self.whole.code.as_str());
        self.release.marks.reporters.iter().filter(is_within)
    }

    /// How many have reported.
    fn reported(&self) -> Reported {
        let is_within = |county: &str| self.is_nation() || county == self.whole.code;
        let counties: std::collections::BTreeSet<&str> =
            self.reporters().filter_map(|code| code.parent.as_deref()).collect();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Reported {
            municipalities: number(self.reporters().count()),
            of: number(reference::municipalities().iter().filter(|place| is_within(place.county)).count()),
            counties: number(counties.len()),
            of_counties: number(reference::counties().iter().filter(|county| is_within(county.code)).count()),
        }
    }

    fn is_nation(&self) -> bool {
        self.whole.code == NATION
    }
}
