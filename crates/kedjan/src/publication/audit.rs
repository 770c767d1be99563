//! The last look: reads every table of a year as it is frozen, the new ones with them, finds the sums between their cells
//! by the codes alone, and attacks. It shares nothing with what decided which cells are withheld but the rule.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chain::measure::{divisions, subsets};
use chain::method::Method;
use disclosure::attack::{Contradiction, Finding, Part, Released, Shown};

use super::content::Content;
use super::period::Period;

/// A release's tables.
pub(super) struct Edition<'a> {
    pub period: Period,
    pub tables: Vec<&'a Counted>,
}

/// A table with the counts that it was made of, and what the same cells count now.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub content: Content,
    pub then: Vec<u64>,
    pub now: Vec<u64>,
}

/// Measure, place, time, sex and age as they are written.
type Key<'a> = [&'a str; 5];

const MEASURE: usize = 0;
const PLACE: usize = 1;
const TIME: usize = 2;

/// What a cell is known as: a number for each count that it was released with, and the one with which it is as now. A count
/// that was withheld is another than the same count when it was shown: nobody knows that it has come back.
#[derive(Default)]
struct Known {
    counts: Vec<(u64, bool, u32)>,
    now: Option<u32>,
}

/// Where the parts of a division make up a measure.
#[derive(Default)]
struct AddsUp {
    /// In how many cells there is anything.
    some: usize,
    /// In how many of these it adds up.
    usual: usize,
    /// Whole and parts wherever it does.
    sums: Vec<(u32, Vec<u32>)>,
}

struct Look<'a> {
    board: Released,
    truth: Vec<u64>,
    names: Vec<String>,
    cells: BTreeMap<Key<'a>, Known>,
    /// What is a part of what, by the code: from the tables.
    below: BTreeMap<(usize, &'a str), BTreeSet<&'a str>>,
    /// The codes of time that stand in any table.
    times: BTreeSet<&'a str>,
    measures: BTreeSet<&'a str>,
    told: HashSet<(u32, Vec<u32>)>,
    small: std::ops::Range<u64>,
}

/// Attacks what is published of a year. Gives the names of cells that can be worked out, or about which nothing could be
/// settled; empty when all stand.
///
/// # Errors
/// That the tables contradict each other.
pub(super) fn look(
    editions: &[Edition<'_>],
    method: &Method,
    threshold: u64,
    examine: &dyn Fn(&[Part]) -> Vec<Finding>,
) -> Result<Vec<String>, Contradiction> {
    let codes: Vec<String> = editions.iter().map(|edition| edition.period.code()).collect();
    let mut look = Look {
        board: Released::bare(Vec::new(), true),
        truth: Vec::new(),
        names: Vec::new(),
        cells: BTreeMap::new(),
        below: BTreeMap::new(),
        times: BTreeSet::new(),
        measures: BTreeSet::new(),
        told: HashSet::new(),
        small: 1..threshold,
    };
    let mut keys: Vec<Vec<(Key<'_>, u32)>> = Vec::new();
    for (edition, period) in editions.iter().zip(&codes) {
        let mut own = Vec::new();
        for table in &edition.tables {
            look.take_in(table, period, &mut own);
        }
        keys.push(own);
    }
    for own in &keys {
        let within: BTreeMap<Key<'_>, u32> = own.iter().copied().collect();
        for (key, cell) in &within {
            look.sums(*key, *cell, &|part| within.get(part).copied(), false);
        }
        look.divided(method, &within);
        look.nested(method, &within);
        look.crossed(&within);
    }
    // Between releases sums hold of what is still as it was released.
    let mut latest: BTreeMap<Key<'_>, u32> =
        look.cells.iter().filter_map(|(key, known)| Some((*key, known.now?))).collect();
    look.totals(&mut latest);
    for (key, cell) in &latest {
        look.sums(*key, *cell, &|part| latest.get(part).copied(), true);
    }
    look.divided(method, &latest);
    look.nested(method, &latest);
    look.crossed(&latest);
    look.changes();
    let parts = look.board.parts(Some(&look.truth))?;
    let findings = examine(&parts);
    let mut fallen: Vec<u32> = Vec::new();
    for finding in &findings {
        fallen.extend(finding.fallen.iter().map(|fallen| fallen.cell));
        fallen.extend(&finding.undecided);
        fallen.extend(finding.impossible.then_some(0));
    }
    Ok(fallen.into_iter().filter_map(|cell| look.names.get(cell as usize).cloned()).collect())
}

/// Whether a band of age, such as `13-14`, lies in a wider one.
fn lies_in(band: &str, wider: &str) -> bool {
    let ends = |band: &str| {
        let (from, to) = band.split_once('-')?;
        Some((from.parse::<u8>().ok()?, to.parse::<u8>().ok()?))
    };
    ends(band).zip(ends(wider)).is_some_and(|((from, to), (first, last))| first <= from && to <= last)
}

/// What a month or a quarter is a part of.
fn time_above(code: &str) -> Option<String> {
    let (year, part) = code.split_once('-')?;
    match part.parse::<u8>() {
        Ok(month) => Some(format!("{year}-Q{}", (month.checked_sub(1)? / 3) + 1)),
        Err(_) => Some(year.to_owned()),
    }
}

impl<'a> Look<'a> {
    fn cell(&mut self, name: String, count: u64, shown: Shown) -> u32 {
        self.truth.push(count);
        self.names.push(name);
        self.board.add(shown)
    }

    fn take_in(&mut self, table: &'a Counted, period: &'a str, own: &mut Vec<(Key<'a>, u32)>) {
        let content = &table.content;
        let mut rows: Vec<Key<'a>> = vec![["", "", period, "total", "total"]];
        for dimension in &content.dimensions {
            let at = match dimension.id.as_str() {
                "place" => PLACE,
                "month" | "quarter" => TIME,
                "sex" => 3,
                _ => 4,
            };
            for code in &dimension.codes {
                let above = code.parent.as_deref().filter(|_| at == PLACE);
                let divides =
                    at > TIME && code.code != "total" && dimension.codes.iter().any(|one| one.code == "total");
                let above = above.or(Some("total").filter(|_| divides));
                if let Some(above) = above {
                    self.below.entry((at, above)).or_default().insert(&code.code);
                }
            }
            let with = |row: &Key<'a>, code: &'a str| {
                let mut row = *row;
                if let Some(slot) = row.get_mut(at) {
                    *slot = code;
                }
                row
            };
            rows = rows
                .iter()
                .flat_map(|row| dimension.codes.iter().map(move |code| with(row, &code.code)).collect::<Vec<_>>())
                .collect();
        }
        let measures = content.measures.iter().map(|measure| measure.id.as_str());
        let keys = rows.iter().flat_map(|row| measures.clone().map(move |id| [id, row[1], row[2], row[3], row[4]]));
        for (((key, shown), count), now) in keys.zip(&content.cells).zip(&table.then).zip(&table.now) {
            let known = self.cells.entry(key).or_default();
            let is_same = |(then, open, _): &&(u64, bool, u32)| then == count && *open == shown.is_some();
            let same = known.counts.iter().find(is_same).map(|(.., cell)| *cell);
            // Withheld since it had another count: it may be zero by now.
            let hidden = match known.counts.is_empty() {
                true => Shown::Withheld,
                false if self.small.contains(count) => Shown::Guarded,
                false => Shown::Unseen,
            };
            let cell = same.unwrap_or_else(|| self.cell(key.join(" "), *count, hidden));
            let known = self.cells.entry(key).or_default();
            if same.is_none() {
                known.counts.push((*count, shown.is_some(), cell));
            }
            let was_open = known.counts.iter().any(|(_, open, id)| *open && known.now == Some(*id));
            if count == now {
                known.now = Some(cell);
            } else if shown.is_none() && was_open {
                // It has been withheld since it was shown with the count that it has again.
                known.now = None;
            }
            if let Some(count) = shown {
                self.board.show(cell, Shown::Open(*count));
            }
            own.push((key, cell));
        }
        self.times.extend(own.iter().map(|(key, _)| key[TIME]));
        self.measures.extend(own.iter().map(|(key, _)| key[MEASURE]));
    }

    /// The codes below a code, in each way.
    fn ways(&self, key: &Key<'a>) -> Vec<(usize, Vec<&'a str>)> {
        let mut ways = Vec::new();
        for (at, code) in key.iter().enumerate().skip(PLACE) {
            let below: Vec<&'a str> = match at {
                TIME => self.times.iter().copied().filter(|time| time_above(time).as_deref() == Some(code)).collect(),
                _ => self.below.get(&(at, *code)).into_iter().flatten().copied().collect(),
            };
            let (offices, areas): (Vec<&str>, Vec<&str>) =
                below.into_iter().partition(|code| at == PLACE && code.contains(':'));
            ways.extend([offices, areas].into_iter().filter(|way| !way.is_empty()).map(|way| (at, way)));
        }
        ways
    }

    /// What a cell is made of, as far as it adds up; with the rest that is in no table where that is asked for.
    fn sums(&mut self, key: Key<'a>, cell: u32, of: &dyn Fn(&Key<'a>) -> Option<u32>, with_rest: bool) {
        for (at, below) in self.ways(&key) {
            let part = |code: &&'a str| {
                let mut part = key;
                if let Some(slot) = part.get_mut(at) {
                    *slot = code;
                }
                of(&part)
            };
            let mut parts: Vec<u32> = below.iter().filter_map(part).collect();
            let count = |cell: u32| self.truth.get(cell as usize).copied().unwrap_or_default();
            let sum: u64 = parts.iter().map(|part| count(*part)).sum();
            let whole = count(cell);
            let all = match (at, key[TIME].contains('Q')) {
                (TIME, true) => 3,
                (TIME, false) => 4,
                // Within a release, who is not in it did not report.
                _ if with_rest => below.len(),
                _ => parts.len(),
            };
            let exact = parts.len() == all && sum == whole;
            let offices = at == PLACE && below.iter().all(|code| code.contains(':'));
            // All that have released something are not all that there are.
            let rest_of = parts.len() < all || offices;
            if parts.is_empty() || !(exact || with_rest && rest_of && sum <= whole) {
                continue;
            }
            parts.sort_unstable();
            if !self.told.insert((cell, parts.clone())) {
                continue;
            }
            let there = parts.len();
            if !exact {
                // Where one month or quarter is all that is in no table, it follows; of several nobody knows which. What the
                // authorities that have released nothing make together is nobody's business either while it is small.
                let one = at == TIME && there + 1 == all;
                parts.push(self.rest(key, whole - sum, one || offices));
            }
            self.board.relate(cell, parts);
        }
    }

    /// Adds what is in no table and follows, since all its months or quarters are in some, or all its areas.
    fn totals(&mut self, cells: &mut BTreeMap<Key<'a>, u32>) {
        let mut wholes: BTreeMap<(usize, &'a str), Vec<&'a str>> = BTreeMap::new();
        for time in &self.times {
            let above = time_above(time).and_then(|above| self.times.get(above.as_str()).copied());
            wholes.entry((TIME, time)).or_default().extend(above);
        }
        for ((_, above), codes) in self.below.iter().filter(|((at, _), _)| *at == PLACE) {
            for code in codes.iter().filter(|code| !code.contains(':')) {
                wholes.entry((PLACE, code)).or_default().push(above);
            }
        }
        let with = |key: &Key<'a>, at: usize, code: &'a str| {
            let mut key = *key;
            if let Some(slot) = key.get_mut(at) {
                *slot = code;
            }
            key
        };
        let mut queue: Vec<Key<'a>> = cells.keys().copied().collect();
        while let Some(key) = queue.pop() {
            for (at, code) in [(PLACE, key[PLACE]), (TIME, key[TIME])] {
                for above in wholes.get(&(at, code)).into_iter().flatten() {
                    let whole = with(&key, at, above);
                    if cells.contains_key(&whole) {
                        continue;
                    }
                    let is_whole = |way: &Vec<&'a str>| match (at, above.contains('Q')) {
                        (TIME, true) => way.len() == 3,
                        (TIME, false) => way.len() == 4,
                        _ => way.iter().all(|code| !code.contains(':')),
                    };
                    let ways = self.ways(&whole).into_iter().filter(|(of, way)| *of == at && is_whole(way));
                    let parts = |way: &Vec<&'a str>| {
                        way.iter().map(|code| cells.get(&with(&whole, at, code)).copied()).collect::<Option<Vec<u32>>>()
                    };
                    let Some(parts) = ways.into_iter().find_map(|(_, way)| parts(&way)) else { continue };
                    let count = |part: &u32| self.truth.get(*part as usize).copied().unwrap_or_default();
                    let sum = parts.iter().map(count).sum();
                    let cell = self.rest(whole, sum, true);
                    // Where it was released with another count, by how much it has changed.
                    if let Some(known) = self.cells.get_mut(&whole) {
                        known.counts.push((sum, false, cell));
                    }
                    cells.insert(whole, cell);
                    queue.push(whole);
                }
            }
        }
    }

    /// By how much cells have changed between any two releases.
    fn changes(&mut self) {
        let mut pairs = Vec::new();
        for (key, known) in &self.cells {
            let later = |at: usize| known.counts.iter().skip(at + 1);
            let two = known.counts.iter().enumerate().flat_map(|(at, one)| later(at).map(move |other| (one, other)));
            for ((one, _, cell), (other, _, next)) in two.filter(|(one, other)| one.0 != other.0) {
                let (more, less) = if one > other { (*cell, *next) } else { (*next, *cell) };
                pairs.push((*key, more, less, one.abs_diff(*other)));
            }
        }
        for (key, more, less, by) in pairs {
            let rest = self.rest(key, by, true);
            self.board.relate(more, vec![less, rest]);
        }
    }

    fn rest(&mut self, key: Key<'a>, count: u64, asked: bool) -> u32 {
        let shown = if asked && self.small.contains(&count) { Shown::Guarded } else { Shown::Unseen };
        self.cell(format!("{} (rest)", key.join(" ")), count, shown)
    }

    /// Measures that are divided by others, as the method says it, in each cell in which the others make it up. Where the
    /// method does not say what they divide, it is what they make up in most cells.
    fn divided(&mut self, method: &Method, cells: &BTreeMap<Key<'a>, u32>) {
        let mut told: Vec<(u32, Vec<u32>)> = Vec::new();
        for division in divisions(method) {
            let mut by_whole: BTreeMap<&str, AddsUp> = BTreeMap::new();
            for ([id, place, time, sex, age], cell) in cells {
                let is_part = division.parts.iter().any(|part| part == id);
                if is_part || division.whole.as_deref().is_some_and(|whole| whole != *id) {
                    continue;
                }
                let part = |part: &String| {
                    let part = self.measures.get(part.as_str())?;
                    cells.get(&[*part, *place, *time, *sex, *age]).copied()
                };
                let Some(parts) = division.parts.iter().map(part).collect::<Option<Vec<u32>>>() else { continue };
                let count = |cell: u32| self.truth.get(cell as usize).copied().unwrap_or_default();
                let (whole, sum) = (count(*cell), parts.iter().map(|part| count(*part)).sum::<u64>());
                let found = by_whole.entry(id).or_default();
                found.some += usize::from((whole, sum) != (0, 0));
                if whole == sum {
                    found.usual += usize::from(whole > 0);
                    found.sums.push((*cell, parts));
                }
            }
            for found in by_whole.into_values() {
                if division.whole.is_some() || found.usual * 2 > found.some {
                    told.extend(found.sums);
                }
            }
        }
        for (whole, mut parts) in told {
            parts.sort_unstable();
            if self.told.insert((whole, parts.clone())) {
                self.board.relate(whole, parts);
            }
        }
    }

    /// Where a sex and an age are crossed: everybody else of that sex, everybody else of that age, and who is neither.
    fn crossed(&mut self, cells: &BTreeMap<Key<'a>, u32>) {
        for (key, both) in cells.iter().filter(|([.., sex, age], _)| *sex != "total" && *age != "total") {
            let [measure, place, time, sex, age] = *key;
            let of = |sex: &'a str, age: &'a str| cells.get(&[measure, place, time, sex, age]).copied();
            let Some((of_sex, all)) = of(sex, "total").zip(of("total", "total")) else { continue };
            let bands: Vec<&'a str> = self
                .below
                .get(&(4, "total"))
                .into_iter()
                .flatten()
                .copied()
                .filter(|band| lies_in(band, age))
                .collect();
            let Some(bands) = bands.iter().map(|band| of("total", band)).collect::<Option<Vec<u32>>>() else {
                continue;
            };
            let count = |cell: &u32| self.truth.get(*cell as usize).copied().unwrap_or_default();
            let of_age: u64 = bands.iter().map(count).sum();
            let (both_n, sex_n, all_n) = (count(both), count(&of_sex), count(&all));
            let (Some(other_sex), Some(other_age)) = (all_n.checked_sub(sex_n), all_n.checked_sub(of_age)) else {
                continue;
            };
            let (Some(same_age), Some(same_sex)) = (of_age.checked_sub(both_n), sex_n.checked_sub(both_n)) else {
                continue;
            };
            let Some(neither) = other_age.checked_sub(same_sex) else { continue };
            let mut told = bands.clone();
            told.extend([*both, of_sex]);
            if bands.is_empty() || !self.told.insert((all, told)) {
                continue;
            }
            let mut rest = |n: u64| self.rest(*key, n, true);
            let (age_cell, other_sex, other_age) = (rest(of_age), rest(other_sex), rest(other_age));
            let (same_age, same_sex, neither) = (rest(same_age), rest(same_sex), rest(neither));
            self.board.relate(age_cell, bands);
            self.board.relate(all, vec![age_cell, other_age]);
            self.board.relate(all, vec![of_sex, other_sex]);
            self.board.relate(age_cell, vec![*both, same_age]);
            self.board.relate(of_sex, vec![*both, same_sex]);
            self.board.relate(other_sex, vec![same_age, neither]);
            self.board.relate(other_age, vec![same_sex, neither]);
        }
    }

    /// Those who are in one count and not in another, in each cell in which the other is no more.
    fn nested(&mut self, method: &Method, cells: &BTreeMap<Key<'a>, u32>) {
        let flow =
            method.flow.iter().enumerate().flat_map(|(at, whole)| {
                method.flow.iter().skip(at + 1).map(move |part| (whole.as_str(), part.as_str()))
            });
        let shares = method.indicators().iter().map(|one| (one.denominator.as_str(), one.numerator.as_str()));
        let subsets = subsets(method);
        let subsets = subsets.iter().map(|(whole, part)| (whole.as_str(), part.as_str()));
        for (whole, part) in flow.chain(shares).chain(subsets).collect::<BTreeSet<_>>() {
            let Some(part) = self.measures.get(part).copied() else { continue };
            for (key, more) in cells.iter().filter(|(key, _)| key[MEASURE] == whole) {
                let Some(less) = cells.get(&[part, key[1], key[2], key[3], key[4]]).copied() else { continue };
                let count = |cell: u32| self.truth.get(cell as usize).copied().unwrap_or_default();
                let Some(by) = count(*more).checked_sub(count(less)) else { continue };
                if self.told.insert((*more, vec![less])) {
                    let rest = self.rest(*key, by, true);
                    self.board.relate(*more, vec![less, rest]);
                }
            }
        }
    }
}
