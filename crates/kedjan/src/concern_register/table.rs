//! The register's table, made and protected: pure, and fed with totals by county wherever they come from.
//!
//! Everything that stands in the register is one table to whoever attacks it: each count of each county, the country, and what
//! follows from them. A count that is a part of another leaves a rest, and a rest of three people is as telling as a count of
//! three, so the rests are cells too.

use std::collections::BTreeMap;

use chain::method::{Indicator, Measure, Method};
use disclosure::attack::{Finding, Part, Shown};
use disclosure::cube::{Cube, Shape};
use disclosure::dimension::Dimension;
use disclosure::protect::{Link, Plan, Side, protect};
use disclosure::rule::Rule;

use crate::statistics::{Figure, Share};

/// The method whose cases the register counts.
pub const METHOD: &str = "concern";
/// What the measures of who reported begin with.
const BY: &str = "by_";
/// The counts that are shown beside who reported, in order.
const COUNTS: [&str; 9] = [
    "reports",
    "children_reported",
    "decided",
    "decided_in_time",
    "opened",
    "finished",
    "finished_in_time",
    "measures",
    "repeat_reports",
];
/// The shares that are shown, in order.
const SHARES: [&str; 5] = ["decision_in_time", "opened_rate", "inquiry_in_time", "measures_rate", "repeat_rate"];
/// Which count is a part of which; the whole first. What follows from two of them stands here too. How many further children
/// there were beside the first of each report is no figure of its own: they are counted among the children, and that somebody
/// had a brother or sister in the report says nothing of what became of it.
const PARTS: [(&str, &str); 9] = [
    ("children_reported", "decided"),
    ("children_reported", "decided_in_time"),
    ("children_reported", "repeat_known"),
    ("decided", "decided_in_time"),
    ("decided", "opened"),
    ("opened", "finished"),
    ("finished", "finished_in_time"),
    ("finished", "measures"),
    ("repeat_known", "repeat_reports"),
];
/// The code of the sum over all counties.
pub const ALL: &str = disclosure::dimension::TOTAL;

/// A county's totals by measure, as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw {
    /// The county's code.
    pub county: &'static str,
    /// The count of each measure; what is not there is nought.
    pub counts: BTreeMap<String, i64>,
}

impl Raw {
    fn count(&self, measure: &str) -> i64 {
        self.counts.get(measure).copied().unwrap_or(0)
    }
}

/// The register as it may be shown.
#[derive(Clone, Debug)]
pub struct Table {
    /// The measures of who reported, in the method's order.
    pub categories: Vec<Measure>,
    /// The other measures, in order.
    pub counts: Vec<Measure>,
    /// The shares, in order.
    pub shares: Vec<Indicator>,
    /// A row for each county, and last one for all of them ([`ALL`]).
    pub rows: Vec<Row>,
}

/// A county, or all of them.
#[derive(Clone, Debug)]
pub struct Row {
    /// The county's code, or [`ALL`].
    pub code: String,
    counts: BTreeMap<String, Figure>,
}

impl Row {
    /// A count.
    #[must_use]
    pub fn count(&self, measure: &str) -> Figure {
        self.counts.get(measure).copied().unwrap_or(Figure::Withheld)
    }

    /// What a table would look like where one measure alone is withheld, for a test of the attack on it.
    #[cfg(test)]
    pub fn open_all_but(&mut self, withheld: &str, raw: &[Raw]) {
        for (measure, figure) in self.counts.iter_mut().filter(|(measure, _)| *measure != withheld) {
            let of = raw.iter().filter(|one| self.code == ALL || one.county == self.code);
            *figure = Figure::Open(of.map(|one| one.count(measure)).sum());
        }
    }

    /// A share.
    #[must_use]
    pub fn share(&self, indicator: &Indicator) -> Share {
        Share::of(self.count(&indicator.numerator), self.count(&indicator.denominator))
    }
}

impl Table {
    /// The row of a county, or of all.
    #[must_use]
    pub fn row(&self, code: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.code == code)
    }
}

/// A whole that is divided into some measures and a rest.
struct Split<'m> {
    whole: &'m str,
    parts: Vec<&'m str>,
}

impl Split<'_> {
    fn rest(&self, raw: &Raw) -> i64 {
        raw.count(self.whole) - self.parts.iter().map(|part| raw.count(part)).sum::<i64>()
    }
}

/// A measure where it stands in a split: the same measure in two of them is two codes of the same count.
fn code(measure: &str, split: usize) -> String {
    format!("{measure} {split}")
}

/// Makes and protects the table; `None` when the attacker could not be kept from it, and then nothing is shown.
pub fn make(method: &Method, raw: &[Raw], threshold: u64, examine: &dyn Fn(&[Part]) -> Vec<Finding>) -> Option<Table> {
    let categories: Vec<Measure> = method.measures().iter().filter(|m| m.id.starts_with(BY)).cloned().collect();
    let counts: Vec<Measure> = COUNTS.iter().filter_map(|id| method.measure(id)).cloned().collect();
    let shares: Vec<Indicator> = SHARES.iter().filter_map(|id| method.indicator(id)).cloned().collect();
    let by: Vec<&str> = categories.iter().map(|measure| measure.id.as_str()).collect();
    let mut splits = vec![Split { whole: "reports", parts: by }];
    splits.extend(PARTS.iter().map(|(whole, part)| Split { whole, parts: vec![part] }));
    // What is no part of the other in some county is known by nobody to be one.
    splits.retain(|split| raw.iter().all(|county| split.rest(county) >= 0));
    let rows = if raw.is_empty() { Vec::new() } else { protected(raw, &splits, threshold, examine)? };
    Some(Table { categories, counts, shares, rows })
}

fn protected(
    raw: &[Raw],
    splits: &[Split<'_>],
    threshold: u64,
    examine: &dyn Fn(&[Part]) -> Vec<Finding>,
) -> Option<Vec<Row>> {
    let (inner, links) = codes(splits, raw);
    let counties = Dimension::flat("county", raw.iter().map(|one| one.county));
    let pairs: Vec<(&str, &str)> = links.iter().map(|(child, parent)| (child.as_str(), parent.as_str())).collect();
    let measures = Dimension::of_links("measure", &pairs).ok()?;
    let shape = Shape::new("register", vec![counties.clone(), measures.clone()]).ok()?;
    let ranked = inner.iter().filter_map(|(county, measure, n)| {
        Some((vec![counties.rank(county)?, measures.rank(measure)?], u64::try_from(*n).ok()?))
    });
    let cube = Cube::of(shape, "n", ranked).ok()?;
    let cell = |county: usize, code: &str| Some(cube.shape().cell(&[county, measures.rank(code)?]));
    // What all measures make together is no figure.
    let top = measures.top();
    let tables = (0..cube.shape().len()).map(|at| cube.shape().ranks(at).get(1) != Some(&top)).collect();
    let mut same: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (at, split) in splits.iter().enumerate() {
        for measure in std::iter::once(&split.whole).chain(&split.parts) {
            same.entry(*measure).or_default().push(code(measure, at));
        }
    }
    let mut equal = Vec::new();
    for county in 0..counties.len() {
        for pair in same.values().flat_map(|codes| codes.windows(2)) {
            let [one, other] = pair else { continue };
            let (one, other) = (cell(county, one)?, cell(county, other)?);
            equal.push(Link { whole: vec![Side::Now(one)], parts: vec![Side::Now(other)] });
        }
    }
    let plan = Plan { tables, earlier: Vec::new(), links: equal };
    let done = protect(&cube, &plan, Rule { threshold, ..Rule::default() }, examine).ok()?;
    if !done.leaks().is_empty() {
        return None;
    }
    let shown = |county: usize, codes: &Vec<String>| {
        // The same count is open where each of its codes is.
        codes.iter().try_fold(0, |_, code| match done.shown().get(cell(county, code)?)? {
            Shown::Open(n) => i64::try_from(*n).ok(),
            Shown::Withheld | Shown::Unseen | Shown::Guarded => None,
        })
    };
    let row = |county: usize, code: &String| Row {
        code: code.clone(),
        counts: same
            .iter()
            .map(|(measure, codes)| {
                ((*measure).to_owned(), shown(county, codes).map_or(Figure::Withheld, Figure::Open))
            })
            .collect(),
    };
    Some(counties.codes().iter().enumerate().map(|(county, code)| row(county, code)).collect())
}

type Inner = Vec<(&'static str, String, i64)>;
type Links = Vec<(String, String)>;

/// The innermost counts by county and code, and which code is a part of which.
fn codes(splits: &[Split<'_>], raw: &[Raw]) -> (Inner, Links) {
    let (mut inner, mut links) = (Vec::new(), Vec::new());
    for (at, split) in splits.iter().enumerate() {
        let (whole, rest) = (code(split.whole, at), code("rest", at));
        links.push((whole.clone(), "all".to_owned()));
        links.push((rest.clone(), whole.clone()));
        links.extend(split.parts.iter().map(|part| (code(part, at), whole.clone())));
        for county in raw {
            inner.push((county.county, rest.clone(), split.rest(county)));
            inner.extend(split.parts.iter().map(|part| (county.county, code(part, at), county.count(part))));
        }
    }
    (inner, links)
}
