//! The cells that figures are made of, and which are sums of which: places, times, women and men, ages, and measures.

use std::collections::HashMap;

use uuid::Uuid;

/// The codes of sex in tables, the sum first.
pub(super) const SEXES: [&str; 4] = ["total", "woman", "man", "unknown"];
/// The bands of age in tables, the sum first.
pub(super) const AGES: [&str; 11] =
    ["total", "0-12", "13-14", "15-17", "18-19", "20-24", "25-34", "35-44", "45-64", "65-", "unknown"];
/// The place of girls and women from 13 to 19 among the ages, beyond the bands that it is made of; it is counted of women alone.
pub(super) const YOUNG: u8 = 11;
/// The bands from 13 to 19.
pub(super) const YOUNG_BANDS: std::ops::RangeInclusive<u8> = 2..=4;
/// Its code in tables.
pub(super) const YOUNG_CODE: &str = "13-19";
/// The place of women among the sexes.
pub(super) const WOMEN: u8 = 1;
/// The place in time of the whole year; then come four quarters and twelve months.
pub(super) const YEAR: u8 = 0;

/// The place in time of a quarter, from 1.
pub(super) const fn quarter(nr: u8) -> u8 {
    nr
}

/// The place in time of a month, from 1.
pub(super) const fn month(nr: u8) -> u8 {
    4 + nr
}

/// One count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Cell {
    /// A measure's place in the method; beyond them, who is in one measure and not in another.
    pub measure: u16,
    pub place: u32,
    pub time: u8,
    pub sex: u8,
    pub age: u8,
}

/// Where cases are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    Nation,
    County(String),
    /// County and municipality; cases of people from elsewhere or nobody knows where have the code `10XX`.
    Municipality(String, String),
    /// What an authority began in a county, and a unit of it.
    Authority(Uuid, String),
    Unit(Uuid, String, Uuid),
}

impl Place {
    /// The code in tables; counties and municipalities have Statistics Sweden's, and so has the nation.
    pub(super) fn code(&self) -> String {
        match self {
            Place::Nation => "00".to_owned(),
            Place::County(code) | Place::Municipality(_, code) => code.clone(),
            Place::Authority(id, county) | Place::Unit(_, county, id) => format!("{id}:{county}"),
        }
    }

    /// What it is a part of.
    pub(super) fn parent(&self) -> Option<Place> {
        match self {
            Place::Nation => None,
            Place::County(_) => Some(Place::Nation),
            Place::Municipality(county, _) | Place::Authority(_, county) => Some(Place::County(county.clone())),
            Place::Unit(org, county, _) => Some(Place::Authority(*org, county.clone())),
        }
    }

    /// The place of a code and its parent's code, as tables have them.
    pub(super) fn from_codes(code: &str, parent: Option<&str>) -> Option<Place> {
        let branch = |code: &str| {
            let (org, county) = code.split_once(':')?;
            Some((org.parse::<Uuid>().ok()?, county.to_owned()))
        };
        if let Some((id, county)) = branch(code) {
            return Some(match parent.and_then(branch) {
                Some((org, _)) => Place::Unit(org, county, id),
                None => Place::Authority(id, county),
            });
        }
        match code.len() {
            2 if code == "00" => Some(Place::Nation),
            2 => Some(Place::County(code.to_owned())),
            4 => Some(Place::Municipality(code.get(..2)?.to_owned(), code.to_owned())),
            _ => None,
        }
    }

    /// Whether women and men, and ages, are counted there.
    const fn has_people(&self) -> bool {
        matches!(self, Place::Nation | Place::County(_))
    }
}

/// Places by number, each with what it is made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    list: Vec<Place>,
    at: HashMap<Place, u32>,
    parents: Vec<Option<u32>>,
    /// Municipalities or counties; and beside them authorities, or units.
    parts: Vec<[Vec<u32>; 2]>,
}

impl Places {
    /// The number of a place, which is taken in with all above it.
    pub(super) fn number(&mut self, place: &Place) -> u32 {
        if let Some(number) = self.at.get(place) {
            return *number;
        }
        let parent = place.parent().map(|parent| self.number(&parent));
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(place.clone());
        self.at.insert(place.clone(), number);
        self.parents.push(parent);
        self.parts.push([Vec::new(), Vec::new()]);
        let way = usize::from(matches!(place, Place::Authority(..) | Place::Unit(..)));
        let whole = parent.and_then(|parent| self.parts.get_mut(parent as usize));
        if let Some(parts) = whole.and_then(|ways| ways.get_mut(way)) {
            parts.push(number);
        }
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&Place> {
        self.list.get(number as usize)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (u32, &Place)> {
        (0..).zip(&self.list)
    }
}

/// Which cells there are, and which are sums of which.
#[derive(Clone, Debug, Default)]
pub(super) struct Lattice {
    pub places: Places,
    /// Measure ids in the method's order.
    pub measures: Vec<String>,
    /// Whole and part: as the method says it, everyone in the second is also in the first.
    pub nested: Vec<(u16, u16)>,
    /// Whole and parts: the parts divide the whole.
    pub divided: Vec<(u16, Vec<u16>)>,
}

impl Lattice {
    /// Whether a cell is counted at all: what is crossed with what is limited, so that figures are not divided until
    /// nothing of them can be shown.
    pub(super) fn is_counted(&self, cell: Cell) -> bool {
        let Some(place) = self.places.get(cell.place) else { return false };
        match (cell.sex, cell.age) {
            (0, 0) => true,
            (0, YOUNG) => false,
            (0, _) | (_, 0) | (WOMEN, YOUNG) => cell.time == YEAR && place.has_people(),
            _ => false,
        }
    }

    /// The ways in which a cell is a sum of others.
    pub(super) fn parts(&self, cell: Cell) -> Vec<Vec<Cell>> {
        let mut ways: Vec<Vec<Cell>> = Vec::new();
        for parts in self.places.parts.get(cell.place as usize).into_iter().flatten() {
            ways.push(parts.iter().map(|place| Cell { place: *place, ..cell }).collect());
        }
        ways.push(self.times(cell));
        if cell.sex == 0 {
            ways.push((1..SEXES.len() as u8).map(|sex| Cell { sex, ..cell }).collect());
        }
        if cell.age == 0 {
            ways.push((1..AGES.len() as u8).map(|age| Cell { age, ..cell }).collect());
        }
        ways.retain(|way| way.first().is_some_and(|part| self.is_counted(*part)));
        ways
    }

    /// The quarters of a year and the months of a quarter.
    pub(super) fn times(&self, cell: Cell) -> Vec<Cell> {
        let times = match cell.time {
            YEAR => quarter(1)..quarter(5),
            1..=4 => month(cell.time * 3 - 2)..month(cell.time * 3 + 1),
            _ => 0..0,
        };
        times.map(|time| Cell { time, ..cell }).filter(|part| self.is_counted(*part)).collect()
    }

    /// The cells that a cell is a part of.
    pub(super) fn wholes(&self, cell: Cell) -> Vec<Cell> {
        let mut out = Vec::new();
        let place = self.places.parents.get(cell.place as usize).copied().flatten();
        out.extend(place.map(|place| Cell { place, ..cell }));
        match cell.time {
            YEAR => {}
            1..=4 => out.push(Cell { time: YEAR, ..cell }),
            time => out.push(Cell { time: quarter((time - 5) / 3 + 1), ..cell }),
        }
        out.extend((cell.sex > 0).then_some(Cell { sex: 0, ..cell }));
        out.extend((cell.age > 0).then_some(Cell { age: 0, ..cell }));
        out.retain(|whole| self.is_counted(*whole));
        out
    }

    /// Who is in the whole of a pair and not in its part, as a measure of its own.
    pub(super) fn between(&self, pair: usize) -> u16 {
        u16::try_from(self.measures.len() + pair).unwrap_or(u16::MAX)
    }
}
