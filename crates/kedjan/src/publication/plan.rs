//! Which tables a release has. Crossings are few, and fewest for municipalities: each one more would withhold more of all.
//!
//! No three things are crossed pairwise (a county by women and men, the same by age, and women and men by age), so nothing
//! follows from counts in crossings that are in no table. Crossing all three is what protecting a nation's year takes longest
//! for, and little of it could be shown of a county. The one count that is asked for in such a crossing, women from 13 to 19,
//! is shown with what follows from it: who else is that young, who else is a woman, and all others.

use std::collections::HashSet;

use super::counts::{Counts, elsewhere};
use super::lattice::{AGES, Cell, Place, SEXES, WOMEN, YEAR, YOUNG, month, quarter};
use super::period::{Part, Period, Scope};

/// A dimension of a table beside the measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Place,
    Month,
    Quarter,
    Sex,
    Age,
}

impl Axis {
    /// Its name in tables.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Axis::Place => "place",
            Axis::Month => "month",
            Axis::Quarter => "quarter",
            Axis::Sex => "sex",
            Axis::Age => "age",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Axis> {
        [Axis::Place, Axis::Month, Axis::Quarter, Axis::Sex, Axis::Age].into_iter().find(|axis| axis.name() == name)
    }
}

/// A table to be made: for each of its dimensions what the codes stand for, as numbers of the lattice.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub name: &'static str,
    pub time: u8,
    pub axes: Vec<(Axis, Vec<u32>)>,
}

impl Draft {
    /// Its cells, the last dimension and then the measures the quickest.
    pub(super) fn cells(&self, measures: usize) -> Vec<Cell> {
        let mut cells = vec![Cell { measure: 0, place: 0, time: self.time, sex: 0, age: 0 }];
        for (axis, codes) in &self.axes {
            cells = cells.iter().flat_map(|cell| codes.iter().map(move |code| at(*cell, *axis, *code))).collect();
        }
        let measures = 0..u16::try_from(measures).unwrap_or(u16::MAX);
        cells.iter().flat_map(|cell| measures.clone().map(move |measure| Cell { measure, ..*cell })).collect()
    }
}

pub(super) fn at(cell: Cell, axis: Axis, code: u32) -> Cell {
    let small = u8::try_from(code).unwrap_or_default();
    match axis {
        Axis::Place => Cell { place: code, ..cell },
        Axis::Month | Axis::Quarter => Cell { time: small, ..cell },
        Axis::Sex => Cell { sex: small, ..cell },
        Axis::Age => Cell { age: small, ..cell },
    }
}

/// The place in time of a period.
pub(super) const fn time(period: Period) -> u8 {
    match period.part {
        Part::Year => YEAR,
        Part::Quarter(nr) => quarter(nr),
        Part::Month(nr) => month(nr),
    }
}

/// The code of a place in time.
pub(super) fn time_code(period: Period, time: u8) -> String {
    let part = match time {
        YEAR => Part::Year,
        1..=4 => Part::Quarter(time),
        _ => Part::Month(time - 4),
    };
    Period { part, ..period }.code()
}

/// The tables of a release; none when nothing was counted within its scope.
pub(super) fn tables(counts: &mut Counts, scope: &Scope, period: Period) -> Vec<Draft> {
    let (whole, parts) = places(counts, scope);
    if whole.is_empty() {
        return Vec::new();
    }
    let all: Vec<u32> = whole.iter().chain(&parts).copied().collect();
    let own = time(period);
    let draft = |name, axes| Draft { name, time: own, axes };
    let count = |codes: &[&str]| (0..).take(codes.len()).collect::<Vec<u32>>();
    let (first, last) = period.months();
    let months = || (first..=last).map(|nr| u32::from(month(nr))).collect::<Vec<u32>>();
    let is_authority = matches!(scope, Scope::Authority(_));
    match period.part {
        // Months of municipalities are so few that little of them could be shown, for much withheld in all that holds them.
        Part::Month(_) if !is_authority => vec![draft("measures", vec![(Axis::Place, whole)])],
        Part::Month(_) => vec![draft("measures", vec![(Axis::Place, all)])],
        Part::Quarter(_) => vec![
            draft("measures", vec![(Axis::Place, all)]),
            draft("months", vec![(Axis::Place, whole), (Axis::Month, months())]),
        ],
        Part::Year => {
            let quarters = (1..=4).map(|nr| u32::from(quarter(nr))).collect();
            let mut tables = vec![draft("measures", vec![(Axis::Place, all)])];
            if !is_authority {
                tables.push(draft("sexes", vec![(Axis::Place, whole.clone()), (Axis::Sex, count(&SEXES))]));
                tables.push(draft("ages", vec![(Axis::Place, whole.clone()), (Axis::Age, count(&AGES))]));
                let young = vec![
                    (Axis::Place, whole.clone()),
                    (Axis::Sex, vec![u32::from(WOMEN)]),
                    (Axis::Age, vec![u32::from(YOUNG)]),
                ];
                tables.push(draft("young_women", young));
            }
            tables.push(draft("quarters", vec![(Axis::Place, whole.clone()), (Axis::Quarter, quarters)]));
            tables.push(draft("months", vec![(Axis::Place, whole), (Axis::Month, months())]));
            tables
        }
    }
}

/// Cells of later releases that take up what this one shows, with what has been counted so far: of a month the municipalities
/// in its quarter, and of both women and men and ages in the year. Were no more counted they would have to stand beside it, and
/// a total that is out leaves them no choice when it is hardly more than there are groups to divide it between.
pub(super) fn to_come(counts: &mut Counts, scope: &Scope, period: Period, measures: usize) -> HashSet<Cell> {
    let of = |part: Part| Period { part, ..period };
    let mut drafts = Vec::new();
    if let Part::Month(nr) = period.part {
        drafts.extend(tables(counts, scope, of(Part::Quarter(nr.saturating_sub(1) / 3 + 1))));
    }
    if period.part != Part::Year {
        drafts.extend(tables(counts, scope, of(Part::Year)));
    }
    let shown: HashSet<Cell> = drafts.iter().flat_map(|draft| draft.cells(measures)).collect();
    let mut cells = HashSet::new();
    for whole in &shown {
        for way in counts.lattice.parts(*whole) {
            let is_divided = |part: &Cell| match whole.time {
                YEAR => part.sex != whole.sex || part.age != whole.age,
                _ => part.place != whole.place,
            };
            let some = way.iter().filter(|part| counts.of(**part) > 0).count() as u64;
            if way.iter().all(|part| is_divided(part) && shown.contains(part)) && counts.of(*whole) < 2 * some {
                cells.insert(*whole);
                cells.extend(way);
            }
        }
    }
    cells
}

/// The places that months and ages are shown for, and those below them.
fn places(counts: &mut Counts, scope: &Scope) -> (Vec<u32>, Vec<u32>) {
    let known = counts.reporting.clone();
    let places = &mut counts.lattice.places;
    let of_county = |county: &String, places: &mut super::lattice::Places| {
        let whole = places.number(&Place::County(county.clone()));
        let mut codes: Vec<String> = known.get(county).into_iter().flatten().cloned().collect();
        // There are always others, or might be: without their row the sum would tell that there are none.
        codes.retain(|code| *code != elsewhere(county));
        codes.push(elsewhere(county));
        let parts = codes.into_iter().map(|code| places.number(&Place::Municipality(county.clone(), code)));
        (whole, parts.collect::<Vec<u32>>())
    };
    match scope {
        Scope::Nation => {
            let mut whole = vec![places.number(&Place::Nation)];
            let mut parts = Vec::new();
            for county in known.keys() {
                let (county, below) = of_county(county, places);
                whole.push(county);
                parts.extend(below);
            }
            if known.is_empty() { (Vec::new(), parts) } else { (whole, parts) }
        }
        Scope::County(county) if known.contains_key(county) => {
            let (whole, parts) = of_county(county, places);
            (vec![whole], parts)
        }
        Scope::County(_) => (Vec::new(), Vec::new()),
        Scope::Authority(org) => {
            let mine = |place: &Place| matches!(place, Place::Authority(own, _) | Place::Unit(own, ..) if own == org);
            let mut mine: Vec<(Place, u32)> =
                places.all().filter(|(_, place)| mine(place)).map(|(nr, place)| (place.clone(), nr)).collect();
            mine.sort();
            let (units, branches): (Vec<_>, Vec<_>) =
                mine.into_iter().partition(|(place, _)| matches!(place, Place::Unit(..)));
            let numbers = |list: Vec<(Place, u32)>| list.into_iter().map(|(_, nr)| nr).collect();
            (numbers(branches), numbers(units))
        }
    }
}
