//! Figures made of sums of tallies: pure, and protected together before anybody gets them.

use std::collections::{BTreeMap, BTreeSet};

use chain::clock::Limit;
use chain::measure::{MOST_HOURS, subsets};
use chain::method::{Indicator, Method};

use super::protect::{Counts, Figure, Protected, is_small, protect};
use super::sql::Sum;
use super::{Period, month_key};
use crate::reference;

/// A share of one count in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Both counts may be shown.
    Open {
        /// Above the line.
        part: i64,
        /// Below the line.
        whole: i64,
    },
    /// There is nobody below the line.
    Empty,
    /// Kept back.
    Withheld,
}

impl Share {
    pub(crate) fn of(part: Figure, whole: Figure) -> Share {
        match (part, whole) {
            (_, Figure::Open(0)) => Share::Empty,
            (Figure::Open(part), Figure::Open(whole)) => Share::Open { part, whole },
            _ => Share::Withheld,
        }
    }

    /// The share, from 0 to 1.
    pub fn value(self) -> Option<f64> {
        match self {
            Share::Open { part, whole } => Some(part as f64 / whole as f64),
            Share::Empty | Share::Withheld => None,
        }
    }
}

/// The ages that are shown, each with the bands of the tallies it is made of. They are wider than those of the tallies, so that
/// a county's year has figures to show in them.
pub const AGES: [(&str, &[&str]); 7] = [
    ("0-12", &["0-12"]),
    ("13-17", &["13-14", "15-17"]),
    ("18-24", &["18-19", "20-24"]),
    ("25-44", &["25-34", "35-44"]),
    ("45-64", &["45-64"]),
    ("65-", &["65-"]),
    ("unknown", &["unknown"]),
];

/// The age of [`AGES`] that a band of the tallies belongs to.
fn age_of(band: &str) -> &'static str {
    AGES.iter().find(|(_, bands)| bands.contains(&band)).map_or("unknown", |(age, _)| age)
}

/// One row of a table: what it is for, and its counts by measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// A municipality code (empty when none is known), a month (`2026-11`), an age of [`AGES`], or `woman`,
    /// `man`, `unknown`.
    pub code: String,
    /// In the order of [`Figures::measures`].
    counts: Vec<Figure>,
}

/// How long the parts of a time series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A calendar year.
    Year,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 3] = [Step::Month, Step::Quarter, Step::Year];

    /// The name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Step::Month => "month",
            Step::Quarter => "quarter",
            Step::Year => "year",
        }
    }

    /// The step of a name.
    pub fn from_name(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.name() == name)
    }

    fn months(self) -> usize {
        match self {
            Step::Month => 1,
            Step::Quarter => 3,
            Step::Year => 12,
        }
    }
}

/// Hours from the first, included, to the last, not included; the last band has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The first hour.
    pub from: i64,
    /// The hour it ends before.
    pub to: Option<i64>,
}

/// How long a clock ran until it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The clock's id.
    pub clock: String,
    /// How many cases met it.
    pub met: Figure,
    /// The whole hour in which the middle case met it. Withheld when too few did; none when nobody did.
    pub median: Option<Figure>,
    /// How many met it in each band.
    pub bands: Vec<(Band, Figure)>,
}

/// What may be shown of a method's cases in a period: everything of one page, protected together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The ids of the measures that are shown: the flow's, in order, and then those that indicators need.
    pub measures: Vec<String>,
    /// In all.
    whole: Vec<Figure>,
    /// By municipality: all of the county, and any other that has cases.
    pub places: Vec<Group>,
    /// By the month the case began.
    pub months: Vec<Group>,
    /// By sex.
    pub sexes: Vec<Group>,
    /// By age when the case began, in the bands of [`AGES`].
    pub ages: Vec<Group>,
    /// By clock whose hours are counted.
    pub hours: Vec<Hours>,
}

impl Figures {
    /// Makes the figures of `method` from sums over `period`, protected.
    pub(super) fn of(method: &Method, county: &str, period: &Period, sums: &[Sum], threshold: i64) -> Figures {
        let measures = shown_measures(method);
        let places = places(county, sums);
        let months: Vec<String> = period.months().map(month_key).collect();
        let sexes = ["woman", "man", "unknown"].map(str::to_owned).to_vec();
        let ages = AGES.map(|(age, _)| age.to_owned()).to_vec();
        let way = |codes: &[String], code: fn(&Sum) -> &str| -> Vec<Vec<i64>> {
            let mut by: BTreeMap<(&str, &str), i64> = BTreeMap::new();
            for sum in sums {
                *by.entry((code(sum), &sum.measure)).or_default() += sum.n;
            }
            let row = |group: &String| {
                measures
                    .iter()
                    .map(|measure| by.get(&(group.as_str(), measure.as_str())).copied().unwrap_or(0))
                    .collect()
            };
            codes.iter().map(row).collect()
        };
        let ways = vec![
            way(&places, |sum| &sum.municipality),
            way(&months, |sum| &sum.month),
            way(&sexes, |sum| &sum.sex),
            way(&ages, |sum| age_of(&sum.age_band)),
        ];
        let count = |measure: &String| sums.iter().filter(|sum| sum.measure == *measure).map(|sum| sum.n).sum();
        let counts = Counts { whole: measures.iter().map(count).collect(), ways, nested: nested(method, &measures) };
        let Protected { whole, ways } = protect(&counts, threshold);
        let mut ways = ways.into_iter();
        let mut groups = |codes: Vec<String>| -> Vec<Group> {
            codes
                .into_iter()
                .zip(ways.next().unwrap_or_default())
                .map(|(code, counts)| Group { code, counts })
                .collect()
        };
        let (places, months, sexes, ages) = (groups(places), groups(months), groups(sexes), groups(ages));
        let kept: BTreeSet<i64> =
            counts.whole.iter().zip(&whole).filter(|(_, figure)| figure.open().is_none()).map(|(n, _)| *n).collect();
        let hours = method
            .clocks()
            .iter()
            .filter(|clock| clock.histogram)
            .map(|clock| hours(&clock.id, clock.limit, sums, &kept, threshold))
            .collect();
        Figures { measures, whole, places, months, sexes, ages, hours }
    }

    /// The months put together into quarters or years, as many as are whole within the period. What is put together is what
    /// may be shown: one withheld month withholds its quarter, so that no other way of looking gives it away.
    pub fn rolled(&self, step: Step) -> Vec<Group> {
        let of = |month: &str| -> Option<String> {
            let (year, nr) = month.split_once('-')?;
            match step {
                Step::Month => Some(month.to_owned()),
                Step::Quarter => Some(format!("{year}-Q{}", (nr.parse::<u8>().ok()?.checked_sub(1)?) / 3 + 1)),
                Step::Year => Some(year.to_owned()),
            }
        };
        let mut rolled: Vec<(Group, usize)> = Vec::new();
        for (code, month) in self.months.iter().filter_map(|month| Some((of(&month.code)?, month))) {
            match rolled.last_mut().filter(|(group, _)| group.code == code) {
                Some((group, months)) => {
                    *months += 1;
                    for (sum, count) in group.counts.iter_mut().zip(&month.counts) {
                        *sum = match (*sum, *count) {
                            (Figure::Open(one), Figure::Open(other)) => Figure::Open(one + other),
                            _ => Figure::Withheld,
                        };
                    }
                }
                None => rolled.push((Group { code, counts: month.counts.clone() }, 1)),
            }
        }
        rolled.into_iter().filter(|(_, months)| *months == step.months()).map(|(group, _)| group).collect()
    }

    /// A measure's count in all.
    pub fn count(&self, measure: &str) -> Figure {
        self.figure(&self.whole, measure)
    }

    /// A measure's count in a row.
    pub fn count_in(&self, group: &Group, measure: &str) -> Figure {
        self.figure(&group.counts, measure)
    }

    /// An indicator's share in all.
    pub fn share(&self, indicator: &Indicator) -> Share {
        Share::of(self.count(&indicator.numerator), self.count(&indicator.denominator))
    }

    /// An indicator's share in a row.
    pub fn share_in(&self, group: &Group, indicator: &Indicator) -> Share {
        Share::of(self.count_in(group, &indicator.numerator), self.count_in(group, &indicator.denominator))
    }

    /// Whether there is no case at all.
    pub fn is_empty(&self) -> bool {
        self.whole.iter().all(|figure| *figure == Figure::Open(0))
    }

    /// A measure that is not shown is withheld.
    fn figure(&self, counts: &[Figure], measure: &str) -> Figure {
        let at = self.measures.iter().position(|id| id == measure);
        at.and_then(|at| counts.get(at)).copied().unwrap_or(Figure::Withheld)
    }
}

fn shown_measures(method: &Method) -> Vec<String> {
    let mut measures = method.flow.clone();
    for indicator in method.indicators() {
        for id in [&indicator.denominator, &indicator.numerator] {
            if !measures.contains(id) {
                measures.push(id.clone());
            }
        }
    }
    measures
}

/// Who is among whom: each step of the flow among those before it, what is above an indicator's line among what is below,
/// and whatever follows from these.
fn nested(method: &Method, measures: &[String]) -> Vec<(usize, usize)> {
    followed(stated(method, measures))
}

/// The same, and with what takes outcomes that all count in another measure. For releases, that anybody may take away and
/// compare; the pages that are logged would show little of a county's flow with it.
pub(crate) fn nested_by_outcomes(method: &Method, measures: &[String]) -> Vec<(usize, usize)> {
    let at = |id: &String| measures.iter().position(|measure| measure == id);
    let mut pairs = stated(method, measures);
    pairs.extend(subsets(method).iter().filter_map(|(whole, part)| at(whole).zip(at(part))));
    followed(pairs)
}

fn stated(method: &Method, measures: &[String]) -> BTreeSet<(usize, usize)> {
    let at = |id: &String| measures.iter().position(|measure| measure == id);
    let mut pairs = BTreeSet::new();
    for (place, whole) in method.flow.iter().enumerate() {
        for part in method.flow.iter().skip(place + 1) {
            pairs.extend(at(whole).zip(at(part)));
        }
    }
    for indicator in method.indicators() {
        pairs.extend(at(&indicator.denominator).zip(at(&indicator.numerator)));
    }
    pairs
}

fn followed(mut pairs: BTreeSet<(usize, usize)>) -> Vec<(usize, usize)> {
    loop {
        let further: Vec<(usize, usize)> = pairs
            .iter()
            .flat_map(|(whole, middle)| {
                pairs.iter().filter(move |(other, _)| other == middle).map(move |(_, part)| (*whole, *part))
            })
            .filter(|pair| pair.0 != pair.1 && !pairs.contains(pair))
            .collect();
        if further.is_empty() {
            return pairs.into_iter().collect();
        }
        pairs.extend(further);
    }
}

/// The county's municipalities by name, then those outside it that have cases, and last what is not known.
fn places(county: &str, sums: &[Sum]) -> Vec<String> {
    let mut places: Vec<String> = reference::municipalities()
        .iter()
        .filter(|place| place.county == county)
        .map(|place| place.code.to_owned())
        .collect();
    let others: BTreeSet<&String> =
        sums.iter().map(|sum| &sum.municipality).filter(|code| !places.contains(code)).collect();
    let (unknown, others): (Vec<&String>, Vec<&String>) = others.into_iter().partition(|code| code.is_empty());
    places.extend(others.into_iter().chain(unknown).cloned());
    places
}

/// Where the bands begin, in hours; a clock's own limit is added, so that a band never holds both what was in time and not.
const EDGES: [i64; 9] = [0, 6, 12, 24, 36, 48, 72, 120, 240];

/// The median and the bands of a clock.
///
/// What was met in time is also an indicator's measure, so the bands up to the limit add up to a figure shown elsewhere, and
/// so do the others. Each side is therefore protected as a table of its own, and all bands are withheld when a side is
/// small or would give away a total that is `kept` back.
fn hours(clock: &str, limit: Limit, sums: &[Sum], kept: &BTreeSet<i64>, threshold: i64) -> Hours {
    let measure = format!("hours:{clock}");
    let mut buckets: BTreeMap<i64, i64> = BTreeMap::new();
    for sum in sums.iter().filter(|sum| sum.measure == measure) {
        *buckets.entry(sum.bucket).or_default() += sum.n;
    }
    let limit = match limit {
        Limit::Hours(hours) | Limit::AtOnce { late_after_hours: hours } => i64::from(hours),
        Limit::Days(days) => i64::from(days) * 24,
        Limit::Months(_) => i64::from(MOST_HOURS),
    };
    let mut edges: BTreeSet<i64> = EDGES.into();
    edges.insert(limit.min(i64::from(MOST_HOURS)));
    let starts: Vec<i64> = edges.iter().copied().collect();
    let bands: Vec<Band> =
        starts.iter().enumerate().map(|(at, from)| Band { from: *from, to: starts.get(at + 1).copied() }).collect();
    let within = |band: &Band| -> i64 {
        buckets
            .iter()
            .filter(|(hour, _)| **hour >= band.from && band.to.is_none_or(|to| **hour < to))
            .map(|(_, n)| n)
            .sum()
    };
    let sides: [Vec<i64>; 2] =
        [true, false].map(|in_time| bands.iter().filter(|band| (band.from < limit) == in_time).map(within).collect());
    let met: i64 = buckets.values().sum();
    let gives_away = |n: i64| is_small(n, threshold) || kept.contains(&n);
    let side = |rows: &Vec<i64>| rows.iter().sum::<i64>();
    let shown: Vec<Figure> = if gives_away(met) || sides.iter().map(side).any(gives_away) {
        vec![Figure::Withheld; bands.len()]
    } else {
        let protected = sides.iter().flat_map(|rows| {
            let ways = vec![rows.iter().map(|n| vec![*n]).collect()];
            let counts = Counts { whole: vec![side(rows)], ways, nested: Vec::new() };
            protect(&counts, threshold).ways.into_iter().flatten().flatten().collect::<Vec<_>>()
        });
        protected.collect()
    };
    Hours {
        clock: clock.to_owned(),
        met: if gives_away(met) { Figure::Withheld } else { Figure::Open(met) },
        median: median(&buckets, met)
            .map(|hour| if is_small(met, threshold) { Figure::Withheld } else { Figure::Open(hour) }),
        bands: bands.into_iter().zip(shown).collect(),
    }
}

/// The bucket in which the middle case lies; the lower one of two.
fn median(buckets: &BTreeMap<i64, i64>, met: i64) -> Option<i64> {
    let mut before = 0;
    buckets.iter().filter(|(_, n)| **n > 0).find_map(|(hour, n)| {
        before += n;
        (2 * before >= met).then_some(*hour)
    })
}
