//! The people of the demo county: official test numbers, each with a made-up name that goes with it.

use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::county::{COUNTY, MUNICIPALITIES};
use super::{names, share};
use crate::people::{Contact, Identity, NewPerson, Sex};
use crate::reference;

/// How often one test number is used on average before people are recorded without a number instead.
const EVENTS_PER_NUMBER: f64 = 4.0;
/// Municipalities near by where people who live outside the county live.
const ELSEWHERE: [&str; 6] = ["1290", "1256", "0834", "0880", "1281", "0780"];

/// The grown-up among the official test numbers.
pub struct Population {
    seed: u64,
    year: i32,
    women: Vec<Identity>,
    men: Vec<Identity>,
    without_number: f64,
}

impl Population {
    /// Everybody between 18 and 85 on a day, for a county with so many chains.
    pub fn new(seed: u64, on: Date, chains: usize) -> Population {
        let adults = |sex: Sex| -> Vec<Identity> {
            reference::official_test_numbers()
                .iter()
                .filter_map(|number| Identity::parse(number, on).ok())
                .filter(|identity| identity.sex() == Some(sex))
                .filter(|identity| identity.age_on(on).is_some_and(|age| (18..=85).contains(&age)))
                .collect()
        };
        let (women, men) = (adults(Sex::Woman), adults(Sex::Man));
        // Men are met more often, so their numbers run out first.
        let enough = men.len() as f64 * EVENTS_PER_NUMBER / (chains.max(1) as f64 * share::MEN.value);
        let without_number = share::WITHOUT_NUMBER.value.max(1.0 - enough.min(1.0));
        Population { seed, year: i32::from(on.year()), women, men, without_number }
    }

    /// Somebody. The same number is always the same person: name, home and telephone follow from it.
    pub fn somebody(&self, rng: &mut StdRng) -> NewPerson {
        let sex = if share::MEN.falls(rng) { Sex::Man } else { Sex::Woman };
        let numbered = match sex {
            Sex::Man => &self.men,
            Sex::Woman => &self.women,
        };
        if numbered.is_empty() || rng.random_bool(self.without_number) {
            let year = rng.random_range(1950..=2005);
            return person(rng, sex, None, Some(year));
        }
        let nr = rng.random_range(0..numbered.len());
        let identity = numbered.get(nr).cloned();
        let own = self.seed.wrapping_mul(31).wrapping_add(nr as u64 * 2 + u64::from(sex == Sex::Man));
        let year = identity.as_ref().and_then(Identity::birth_year);
        person(&mut StdRng::seed_from_u64(own), sex, identity, year)
    }

    /// Somebody between 15 and 17, who has no number: those of the young are kept for their own cases.
    pub fn somebody_young(&self, rng: &mut StdRng) -> NewPerson {
        let sex = if share::MEN.falls(rng) { Sex::Man } else { Sex::Woman };
        let year = self.year - rng.random_range(15..=16);
        person(rng, sex, None, Some(year))
    }

    /// Somebody who lives in a municipality.
    pub fn somebody_of(&self, rng: &mut StdRng, municipality: &str) -> NewPerson {
        let mut found = self.somebody(rng);
        for _ in 0..200 {
            if found.contact.municipality.as_deref() == Some(municipality) {
                break;
            }
            found = self.somebody(rng);
        }
        found
    }
}

fn person(rng: &mut StdRng, sex: Sex, identity: Option<Identity>, birth_year: Option<i32>) -> NewPerson {
    let first = one_of(rng, if sex == Sex::Man { names::MEN } else { names::WOMEN });
    let last = one_of(rng, names::SURNAMES);
    let protected = share::PROTECTED.falls(rng);
    let municipality = if share::LIVES_ELSEWHERE.falls(rng) { one_of(rng, &ELSEWHERE) } else { municipality(rng) };
    let address = format!("{} {}", one_of(rng, names::STREETS), rng.random_range(1..=80));
    let town = reference::municipality(municipality).map_or("", |m| m.name);
    NewPerson {
        identity,
        name: Some(format!("{first} {last}")),
        contact: Contact {
            phone: Some(names::mobile(rng.random_range(0..95))),
            email: None,
            address: (!protected && share::ADDRESS_KNOWN.falls(rng)).then(|| format!("{address}, {town}")),
            municipality: Some(municipality.to_owned()),
        },
        sex: Some(sex),
        birth_year,
        protected,
    }
}

/// One of the county's municipalities, the larger the oftener.
pub fn municipality(rng: &mut StdRng) -> &'static str {
    let weights: Vec<u32> = MUNICIPALITIES.iter().map(|(_, _, weight)| *weight).collect();
    MUNICIPALITIES.get(weighted(rng, &weights)).map_or("1080", |(code, _, _)| code)
}

/// Whether a municipality is in the county.
pub fn in_county(municipality: &str) -> bool {
    municipality.starts_with(COUNTY)
}

/// The place of one of the weights, the heavier the oftener.
pub fn weighted(rng: &mut StdRng, weights: &[u32]) -> usize {
    let mut left = rng.random_range(0..weights.iter().sum::<u32>().max(1));
    for (place, weight) in weights.iter().enumerate() {
        if left < *weight {
            return place;
        }
        left -= weight;
    }
    0
}

/// One of them.
pub fn one_of<'a>(rng: &mut StdRng, all: &[&'a str]) -> &'a str {
    all.get(rng.random_range(0..all.len().max(1))).copied().unwrap_or_default()
}
