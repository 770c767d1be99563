//! What else is withheld, so that nothing withheld can be worked out from the figures around it.
//!
//! A county is its municipalities together, all are women, men and unknown together, a group named "all" is the other
//! groups together, and a year is its quarters or months together. Whoever reads a share and how many it is made of can
//! count back to people and subtract. So the figures of one measure are taken together, whoever made them and whatever
//! they are counted in, and further figures are withheld until two things hold:
//!
//! 1. No withheld figure follows from those that are shown by adding and subtracting ([`engine::protect`]).
//! 2. No withheld count is held between bounds that are closer than the threshold allows, given that nobody is less than none.
//!
//! Sums are believed to hold even where that is not known, since that only withholds more. Where it can be seen that a
//! whole is more than its parts, the rest is somebody that nobody names, and may be anyone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use disclosure::engine;
use disclosure::problem::{Problem, Role};

use super::read::Cell;
use super::shown::{counted, gives_away};
use super::words::{self, Area, Sex, Sign};
use crate::reference;

/// Where a figure stands: place, group, time and sex.
type Spot = [String; AXES];
const AXES: usize = 4;
const AREA: usize = 0;
const GROUP: usize = 1;
const PERIOD: usize = 2;
const SEX: usize = 3;

/// Beyond any count; far enough from the end of the numbers to be added up.
const ENDLESS: i64 = 1 << 42;
/// Bounds only close in, and whoever reads a page gives up long before this many rounds.
const ROUNDS: usize = 64;
/// How many counts a figure can give back: all that it is made of, those that it is about, and those that it is not.
const KINDS: usize = 3;

/// For each figure of one measure whether it is withheld.
pub(super) fn withheld(cells: &[&Cell], threshold: i64) -> Vec<bool> {
    let mut table = Table::of(cells, threshold);
    // With nothing to hide there is nothing to protect.
    if table.points.iter().any(|point| point.kept) {
        table.name_the_rest();
        table.relate();
        loop {
            table.withhold_sexes();
            table.withhold_what_follows();
            if !table.withhold_sexes() && !table.widen() {
                break;
            }
        }
    }
    cells
        .iter()
        .map(|cell| table.at.get(&spot(cell)).and_then(|at| table.points.get(*at)).is_some_and(|p| p.kept))
        .collect()
}

fn spot(cell: &Cell) -> Spot {
    let group = if words::meaning("sex", &cell.group) == Some(Sex::All.name()) {
        String::new()
    } else {
        words::alike(&cell.group)
    };
    [cell.area.code().to_owned(), group, cell.period.clone(), cell.sex.name().to_owned()]
}

/// The coordinate of those of a whole whom no part names.
fn rest_of(whole: &str) -> String {
    format!("{whole}\u{1f}")
}

/// A figure, or those whom none is about.
#[derive(Clone, Debug, Default)]
struct Point {
    kept: bool,
    /// It is in no table.
    unseen: bool,
    /// Nothing more can be done for it.
    settled: bool,
    counts: [Option<i64>; KINDS],
    /// For how many of its coordinates it is a whole.
    rank: usize,
}

impl Point {
    fn is_open(&self) -> bool {
        !self.kept && !self.unseen
    }

    /// The smallest are withheld first, and parts before wholes.
    fn weight(&self) -> (usize, i64) {
        (self.rank, self.counts.iter().flatten().copied().max().unwrap_or(0))
    }
}

/// A whole and its parts along one axis.
struct Line {
    whole: usize,
    parts: Vec<usize>,
}

struct Table {
    at: HashMap<Spot, usize>,
    points: Vec<Point>,
    lines: Vec<Line>,
    /// For each figure the lines that it is in.
    around: Vec<Vec<usize>>,
    threshold: i64,
}

impl Table {
    fn of(cells: &[&Cell], threshold: i64) -> Table {
        let mut table =
            Table { at: HashMap::new(), points: Vec::new(), lines: Vec::new(), around: Vec::new(), threshold };
        for cell in cells.iter().filter(|cell| cell.sign != Sign::Missing || cell.n.is_some()) {
            let spot = spot(cell);
            let rank = usize::from(cell.sex == Sex::All)
                + 2_usize.saturating_sub(spot[AREA].len() / 2)
                + usize::from(spot[GROUP].is_empty());
            let at = table.add(spot, Point { rank, ..Point::default() });
            let Some(point) = table.points.get_mut(at) else { continue };
            point.kept |= cell.sign == Sign::Withheld || gives_away(cell, threshold);
            for (known, new) in point.counts.iter_mut().zip(counted(cell)) {
                *known = [*known, new].into_iter().flatten().min();
            }
        }
        table
    }

    fn add(&mut self, spot: Spot, point: Point) -> usize {
        let points = &mut self.points;
        *self.at.entry(spot).or_insert_with(|| {
            points.push(point);
            points.len() - 1
        })
    }

    fn point(&self, at: usize) -> Point {
        self.points.get(at).cloned().unwrap_or_default()
    }

    fn count(&self, at: usize, kind: usize) -> Option<i64> {
        self.points.get(at).and_then(|point| point.counts.get(kind).copied().flatten())
    }

    /// The wholes along an axis with their parts, and how many parts there must be for the parts to be all.
    fn along(&self, axis: usize) -> Vec<(Spot, Vec<Spot>, usize)> {
        let mut rows: BTreeMap<Spot, BTreeSet<String>> = BTreeMap::new();
        for spot in self.at.keys() {
            let mut row = spot.clone();
            let there = row.get_mut(axis).map(std::mem::take).unwrap_or_default();
            rows.entry(row).or_default().insert(there);
        }
        let mut found = Vec::new();
        for (row, there) in rows {
            let spot = |coordinate: &str| {
                let mut spot = row.clone();
                if let Some(slot) = spot.get_mut(axis) {
                    coordinate.clone_into(slot);
                }
                spot
            };
            for whole in &there {
                let (parts, needed) = parts(axis, whole, &there);
                if !parts.is_empty() {
                    found.push((spot(whole), parts.into_iter().map(spot).collect(), needed));
                }
            }
        }
        found
    }

    fn numbers(&self, whole: &Spot, parts: &[Spot]) -> Option<Line> {
        let parts = parts.iter().map(|part| self.at.get(part).copied()).collect::<Option<Vec<usize>>>()?;
        Some(Line { whole: *self.at.get(whole)?, parts })
    }

    /// Where a whole is more than its parts there are others.
    fn name_the_rest(&mut self) {
        for axis in 0..AXES {
            for (whole, parts, needed) in self.along(axis) {
                let Some(line) = self.numbers(&whole, &parts) else { continue };
                let left: Vec<Option<i64>> = (0..KINDS)
                    .map(|kind| {
                        let parts = line.parts.iter().map(|part| self.count(*part, kind)).sum::<Option<i64>>()?;
                        Some(self.count(line.whole, kind)? - parts)
                    })
                    .collect();
                // Everybody, or else those that are counted.
                let others = match left.iter().flatten().next() {
                    Some(left) => *left >= self.threshold,
                    None => parts.len() < needed,
                };
                if others {
                    let mut spot = whole;
                    if let Some(slot) = spot.get_mut(axis) {
                        *slot = rest_of(slot);
                    }
                    let mut counts = [None; KINDS];
                    for (slot, left) in counts.iter_mut().zip(left) {
                        *slot = left.filter(|left| *left >= 0);
                    }
                    self.add(spot, Point { unseen: true, counts, ..Point::default() });
                }
            }
        }
    }

    fn relate(&mut self) {
        self.lines = (0..AXES)
            .flat_map(|axis| self.along(axis))
            .filter_map(|(whole, parts, _)| self.numbers(&whole, &parts))
            .collect();
        self.around = vec![Vec::new(); self.points.len()];
        for (nr, line) in self.lines.iter().enumerate() {
            for at in std::iter::once(&line.whole).chain(&line.parts) {
                if let Some(around) = self.around.get_mut(*at) {
                    around.push(nr);
                }
            }
        }
    }

    fn keep(&mut self, at: usize) {
        if let Some(point) = self.points.get_mut(at) {
            point.kept = true;
        }
    }

    /// When one of women, men and unknown is withheld, all three are; whether that withheld anything.
    fn withhold_sexes(&mut self) -> bool {
        let part_of = |spot: &Spot| {
            let mut row = spot.clone();
            let sex = row.get_mut(SEX).map(std::mem::take)?;
            (sex != Sex::All.name()).then_some(row)
        };
        let kept = |at: &usize| self.points.get(*at).is_some_and(|point| point.kept);
        let rows: BTreeSet<Spot> =
            self.at.iter().filter(|(_, at)| kept(at)).filter_map(|(spot, _)| part_of(spot)).collect();
        let all: Vec<usize> = self
            .at
            .iter()
            .filter(|(spot, _)| part_of(spot).is_some_and(|row| rows.contains(&row)))
            .map(|(_, at)| *at)
            .collect();
        let mut changed = false;
        for at in all {
            if let Some(point) = self.points.get_mut(at).filter(|point| point.is_open()) {
                point.kept = true;
                changed = true;
            }
        }
        changed
    }

    fn withhold_what_follows(&mut self) {
        let role = |point: &Point| match (point.unseen, point.kept) {
            (true, _) => Role::Unseen,
            (false, true) => Role::Primary,
            (false, false) => Role::Free,
        };
        let count =
            |point: &Point| point.counts.iter().flatten().max().and_then(|n| u64::try_from(*n).ok()).unwrap_or(0);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut problem = Problem::new(self.points.iter().map(count).collect(), self.points.iter().map(role).collect());
        for line in &self.lines {
            problem.relate(number(line.whole), line.parts.iter().map(|part| number(*part)));
        }
        let mut places: Vec<usize> = (0..self.points.len()).collect();
        places.sort_by_key(|at| self.point(*at).weight());
        let mut order = vec![0; places.len()];
        for (place, at) in (0..).zip(places) {
            if let Some(slot) = order.get_mut(at) {
                *slot = place;
            }
        }
        // Everything may be withheld, so there is always a way; if there were none, nothing would be shown.
        let withheld = engine::protect(&problem, &order, &[]).unwrap_or_else(|_| vec![true; self.points.len()]);
        for (point, withheld) in self.points.iter_mut().zip(withheld) {
            point.kept |= withheld && !point.unseen;
        }
    }

    /// Withholds further figures where bounds are too close; whether there was any.
    fn widen(&mut self) -> bool {
        let mut changed = false;
        for kind in 0..KINDS {
            let bounds = self.bounds(kind);
            for (at, (low, high)) in bounds.into_iter().enumerate() {
                let point = self.point(at);
                let is_somebody = self.count(at, kind).is_some_and(|n| n > 0);
                if point.kept && !point.settled && is_somebody && high - low < self.threshold - 1 {
                    changed = true;
                    match self.cover(at, kind) {
                        Some(other) => self.keep(other),
                        None => self.points.iter_mut().skip(at).take(1).for_each(|point| point.settled = true),
                    }
                }
            }
        }
        changed
    }

    /// Between which bounds each count lies for who reads the figures that are shown.
    fn bounds(&self, kind: usize) -> Vec<(i64, i64)> {
        let known = |point: &Point| point.counts.get(kind).copied().flatten().filter(|_| point.is_open());
        let fixed: Vec<bool> = self.points.iter().map(|point| known(point).is_some()).collect();
        let mut bounds: Vec<(i64, i64)> =
            self.points.iter().map(|point| known(point).map_or((0, ENDLESS), |count| (count, count))).collect();
        for _ in 0..ROUNDS {
            let before = bounds.clone();
            for line in &self.lines {
                let of = |at: &usize| bounds.get(*at).copied().unwrap_or((0, ENDLESS));
                let whole = of(&line.whole);
                let parts: Vec<(usize, (i64, i64))> = line.parts.iter().map(|part| (*part, of(part))).collect();
                let (low, high) = parts.iter().fold((0_i64, 0_i64), |(low, high), (_, part)| {
                    (low.saturating_add(part.0), high.saturating_add(part.1))
                });
                let mut narrow = |at: usize, low: i64, high: i64| {
                    if let (Some(slot), Some(false)) = (bounds.get_mut(at), fixed.get(at)) {
                        *slot = (slot.0.max(low), slot.1.min(high));
                    }
                };
                narrow(line.whole, low, high);
                for (at, part) in parts {
                    let others = (low.saturating_sub(part.0), high.saturating_sub(part.1));
                    narrow(at, whole.0.saturating_sub(others.1), whole.1.saturating_sub(others.0));
                }
            }
            if bounds == before {
                break;
            }
        }
        bounds
    }

    /// The figure whose withholding leaves this one more room: a part beside it where the fewest are unknown, or the whole.
    fn cover(&self, at: usize, kind: usize) -> Option<usize> {
        let is_open = |at: &usize| self.points.get(*at).is_some_and(Point::is_open);
        let unknown = |line: &&Line| -> i64 {
            let others = line.parts.iter().filter(|part| **part != at && !is_open(part));
            others.map(|part| self.count(*part, kind).unwrap_or(ENDLESS)).fold(0, i64::saturating_add)
        };
        let around = self.around.get(at).into_iter().flatten();
        let mut around: Vec<&Line> = around.filter_map(|nr| self.lines.get(*nr)).collect();
        around.sort_by_key(unknown);
        around.into_iter().find_map(|line| {
            let open = line.parts.iter().filter(|part| is_open(part));
            // One of nobody hides nobody.
            let best = open.min_by_key(|part| (self.count(**part, kind) == Some(0), self.point(**part).weight()));
            best.copied().or_else(|| Some(line.whole).filter(is_open))
        })
    }
}

/// The parts of a whole among the coordinates there are, and how many there must be to be all.
fn parts<'a>(axis: usize, whole: &str, there: &'a BTreeSet<String>) -> (Vec<&'a str>, usize) {
    let all = || there.iter().map(String::as_str).filter(|one| *one != whole);
    let rest = rest_of(whole);
    let within = |is_part: &dyn Fn(&str) -> bool| -> Vec<&'a str> {
        all().filter(|one| *one == rest || (!one.ends_with('\u{1f}') && is_part(one))).collect()
    };
    // The largest parts, and what those are made of that are not there.
    let first =
        |large: Vec<&'a str>, needed: usize, small: Vec<&'a str>, small_needed: usize, of: fn(&str) -> String| {
            if large.iter().all(|one| *one == rest) {
                return (small, small_needed);
            }
            let lone = small.into_iter().filter(|one| *one != rest && !large.contains(&of(one).as_str()));
            let lone: Vec<&'a str> = lone.collect();
            (large.into_iter().chain(lone).collect(), needed)
        };
    match axis {
        AREA if whole == Area::nation().code() => first(
            within(&|one| one.len() == 2),
            reference::counties().len(),
            within(&|one| one.len() == 4),
            reference::municipalities().len(),
            |municipality| municipality.chars().take(2).collect(),
        ),
        AREA if whole.len() == 2 => (within(&|one| one.len() == 4 && one.starts_with(whole)), 0),
        GROUP if whole.is_empty() => (within(&|_| true), 0),
        SEX if whole == Sex::All.name() => (within(&|_| true), 0),
        PERIOD if whole.len() == 4 => {
            let of_year = |one: &str| one.len() > 5 && one.starts_with(whole) && one.get(4..5) == Some("-");
            let is_quarter = |one: &str| one.get(5..6) == Some("Q");
            first(
                within(&|one| of_year(one) && is_quarter(one)),
                4,
                within(&|one| of_year(one) && !is_quarter(one)),
                12,
                quarter_of,
            )
        }
        PERIOD => (within(&|one| one.get(5..6) != Some("Q") && quarter_of(one) == whole), 3),
        _ => (Vec::new(), 0),
    }
}

/// The quarter that a month is in, as periods are written.
fn quarter_of(month: &str) -> String {
    let parted = month.split_once('-').and_then(|(year, month)| Some((year, month.parse::<u8>().ok()?)));
    parted.map(|(year, month)| format!("{year}-Q{}", month.div_ceil(3))).unwrap_or_default()
}
