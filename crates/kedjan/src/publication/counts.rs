//! What has been counted, summed into every cell that releases are made of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chain::measure::divisions;
use chain::method::Method;
use jiff::ToSpan;

use super::lattice::{AGES, Cell, Lattice, Place, SEXES, WOMEN, YEAR, YOUNG, YOUNG_BANDS, month, quarter};
use super::period::Period;
use super::sql::{self, Sum};
use crate::reference;
use crate::statistics::figures::nested_by_outcomes;
use crate::store::{Sql, StoreError};

/// A calendar year of a method, as it is counted now.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub lattice: Lattice,
    n: HashMap<Cell, u64>,
    /// By county, the municipalities in which anything was counted in the twelve months that end with the period.
    pub reporting: BTreeMap<String, BTreeSet<String>>,
}

impl Counts {
    /// Reads the year that a period is in.
    pub(super) fn read(tx: &mut dyn Sql, method: &Method, period: Period) -> Result<Counts, StoreError> {
        let lattice = Lattice {
            measures: method.measures().iter().map(|measure| measure.id.clone()).collect(),
            ..Lattice::default()
        };
        let mut counts = Counts { lattice, ..Counts::default() };
        let at: HashMap<String, u16> = counts.lattice.measures.iter().cloned().zip(0..).collect();
        let key = |day: jiff::civil::Date| format!("{:04}-{:02}", day.year(), day.month());
        let to = key(period.last_day());
        let since = period.last_day().first_of_month().checked_sub(11.months()).map(key).unwrap_or_else(|_| to.clone());
        let year = format!("{:04}", period.year);
        for county in reference::counties() {
            let known = sql::counted_in(tx, county.code, &method.id, &since, &to)?;
            let known: BTreeSet<String> = known.into_iter().map(|code| within(county.code, &code)).collect();
            if !known.is_empty() {
                counts.reporting.insert(county.code.to_owned(), known);
            }
            let sums = sql::sums(tx, county.code, &method.id, &format!("{year}-01"), &format!("{year}-12"))?;
            for sum in &sums {
                if let Some(measure) = at.get(&sum.measure) {
                    counts.take_in(county.code, *measure, sum);
                }
            }
        }
        counts.relate(method);
        Ok(counts)
    }

    fn take_in(&mut self, county: &str, measure: u16, sum: &Sum) {
        let nr = sum.month.get(5..).and_then(|month| month.parse::<u8>().ok()).filter(|nr| (1..=12).contains(nr));
        let (Some(nr), Ok(n)) = (nr, u64::try_from(sum.n)) else { return };
        if n == 0 {
            return;
        }
        let places = &mut self.lattice.places;
        let own = places.number(&Place::Municipality(county.to_owned(), within(county, &sum.municipality)));
        let whole = [places.number(&Place::County(county.to_owned())), places.number(&Place::Nation)];
        let desk = [
            places.number(&Place::Authority(sum.org, county.to_owned())),
            places.number(&Place::Unit(sum.org, county.to_owned(), sum.unit)),
        ];
        let sex = code(&SEXES, &sum.sex);
        let age = code(&AGES, &sum.age_band);
        let mut add = |place: u32, time: u8, sex: u8, age: u8| {
            *self.n.entry(Cell { measure, place, time, sex, age }).or_default() += n;
        };
        for place in whole.into_iter().chain(desk).chain([own]) {
            for time in [YEAR, quarter((nr - 1) / 3 + 1), month(nr)] {
                add(place, time, 0, 0);
            }
        }
        for place in whole {
            add(place, YEAR, sex, 0);
            add(place, YEAR, 0, age);
            if sex == WOMEN && YOUNG_BANDS.contains(&age) {
                add(place, YEAR, WOMEN, YOUNG);
            }
        }
    }

    /// Which measures are among which and divide which, as the method says it. Whether it is so is held against the counts
    /// of each cell: a single case that was recorded otherwise changes nothing for the rest of the country.
    fn relate(&mut self, method: &Method) {
        let measures = &self.lattice.measures;
        let number = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        let nested = nested_by_outcomes(method, measures)
            .into_iter()
            .map(|(whole, part)| (number(whole), number(part)))
            .collect();
        let at = |id: &String| measures.iter().position(|measure| measure == id).map(number);
        let mut divided: BTreeSet<(u16, Vec<u16>)> = BTreeSet::new();
        for division in divisions(method) {
            let Some(parts) = division.parts.iter().map(at).collect::<Option<Vec<u16>>>() else { continue };
            let wholes = match &division.whole {
                Some(whole) => at(whole).into_iter().collect(),
                None => self.usual_wholes(&parts),
            };
            divided.extend(wholes.into_iter().map(|whole| (whole, parts.clone())));
        }
        self.lattice.nested = nested;
        self.lattice.divided = divided.into_iter().collect();
    }

    /// The measures that the parts make up in more than half of the cells in which there is anything, where the method does
    /// not say which one they divide.
    fn usual_wholes(&self, parts: &[u16]) -> Vec<u16> {
        let cells: BTreeSet<Cell> = self.n.keys().map(|cell| Cell { measure: 0, ..*cell }).collect();
        let of = |cell: &Cell, measure: u16| self.of(Cell { measure, ..*cell });
        let sums: Vec<(Cell, u64)> =
            cells.iter().map(|cell| (*cell, parts.iter().map(|part| of(cell, *part)).sum())).collect();
        let usual = |whole: &u16| {
            let counts = || sums.iter().map(|(cell, sum)| (of(cell, *whole), *sum)).filter(|pair| *pair != (0, 0));
            let same = counts().filter(|(count, sum)| count == sum).count();
            same * 2 > counts().count()
        };
        let measures = 0..u16::try_from(self.lattice.measures.len()).unwrap_or(u16::MAX);
        measures.filter(|whole| !parts.contains(whole)).filter(usual).collect()
    }

    /// The count of a cell; of who is in one measure and not in another by subtraction.
    pub(super) fn of(&self, cell: Cell) -> u64 {
        match usize::from(cell.measure).checked_sub(self.lattice.measures.len()) {
            None => self.n.get(&cell).copied().unwrap_or_default(),
            Some(pair) => {
                let Some((whole, part)) = self.lattice.nested.get(pair) else { return 0 };
                self.of(Cell { measure: *whole, ..cell }).saturating_sub(self.of(Cell { measure: *part, ..cell }))
            }
        }
    }
}

/// The municipality that a case is counted in within a county: its own, or the one for all others.
fn within(county: &str, municipality: &str) -> String {
    match reference::municipality(municipality) {
        Some(place) if place.county == county => place.code.to_owned(),
        _ => elsewhere(county),
    }
}

/// The code for cases of a county about people from elsewhere, or nobody knows from where.
pub(super) fn elsewhere(county: &str) -> String {
    format!("{county}XX")
}

fn code(codes: &[&str], wanted: &str) -> u8 {
    let at = codes.iter().skip(1).position(|code| *code == wanted).map_or(codes.len() - 1, |at| at + 1);
    u8::try_from(at).unwrap_or_default()
}
