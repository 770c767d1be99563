//! Finding the unit that is to receive a case.

use serde::Serialize;

/// What is known about the receiver that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The kinds of unit that can receive.
    pub kinds: Vec<String>,
    /// The municipality code of the person's residence.
    pub residence: Option<String>,
    /// The county code to fall back on when the residence is not known.
    pub county: String,
    /// The person's age in years.
    pub age: Option<u32>,
    /// The substance it is about.
    pub substance: Option<String>,
}

/// A unit that might receive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidate {
    /// The unit.
    pub unit: String,
    /// Its kind.
    pub kind: String,
    /// The municipality codes it serves.
    pub municipalities: Vec<String>,
    /// The county codes it serves as a whole.
    pub counties: Vec<String>,
    /// The ages it takes, both ends included; none means all.
    pub ages: Option<(u8, u8)>,
    /// The substances it takes; empty means all.
    pub substances: Vec<String>,
    /// Whether it takes cases now.
    pub open: bool,
    /// Whether it takes what nobody else in its counties takes.
    pub fallback: bool,
}

/// The unit that receives, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The unit.
    pub unit: String,
    /// Why this one, the weightiest first.
    pub why: Vec<Reason>,
    /// Whether it was taken only because no other fits.
    pub fallback: bool,
}

/// Why a unit was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// It serves the municipality where the person lives.
    ResidenceMatched,
    /// It serves the whole county where the person lives.
    CountyMatched,
    /// The person's age is within what it takes.
    AgeWithin,
    /// It takes this substance in particular.
    SubstanceMatched,
    /// It takes what nobody else in the county takes.
    CountyFallback {
        /// What no unit fits, or what is not known.
        missing: Missing,
    },
    /// No other unit fits.
    OnlyOne,
}

/// Why the county's fallback had to receive. Ordered by how near another unit came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Missing {
    /// The residence is not known.
    Residence,
    /// No unit serves the residence.
    UnitForResidence,
    /// No unit there takes the age.
    UnitForAge,
    /// No unit there takes the substance.
    UnitForSubstance,
}

/// No unit can receive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no unit can receive: no unit fits, and county {county} has no open unit that takes what others do not")]
pub struct NoReceiver {
    /// The county whose fallback is missing.
    pub county: String,
}

impl Wanted {
    /// The county to look in: that of the residence when it is known.
    fn county_of_residence(&self) -> &str {
        self.residence.as_deref().and_then(|code| code.get(..2)).unwrap_or(&self.county)
    }
}

/// How closely a candidate's area fits. Ordered: the closer, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Area {
    County,
    Municipality,
}

/// How a limit of a candidate fits. Ordered: what was made for the case is better than what takes all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    General,
    Specific,
}

/// A unit that names a county's municipalities serves them, and one that serves the county serves them all.
fn area(wanted: &Wanted, candidate: &Candidate) -> Result<Area, Missing> {
    let Some(residence) = &wanted.residence else { return Err(Missing::Residence) };
    if candidate.municipalities.contains(residence) {
        Ok(Area::Municipality)
    } else if candidate.counties.iter().any(|county| county == wanted.county_of_residence()) {
        Ok(Area::County)
    } else {
        Err(Missing::UnitForResidence)
    }
}

/// A unit for certain ages takes a person of unknown age only as a last resort: it may be the wrong one.
fn age(wanted: &Wanted, candidate: &Candidate) -> Result<Fit, Missing> {
    match (candidate.ages, wanted.age) {
        (None, _) => Ok(Fit::General),
        (Some((min, max)), Some(age)) if (u32::from(min)..=u32::from(max)).contains(&age) => Ok(Fit::Specific),
        (Some(_), _) => Err(Missing::UnitForAge),
    }
}

fn substance(wanted: &Wanted, candidate: &Candidate) -> Result<Fit, Missing> {
    match &wanted.substance {
        _ if candidate.substances.is_empty() => Ok(Fit::General),
        Some(substance) if candidate.substances.contains(substance) => Ok(Fit::Specific),
        _ => Err(Missing::UnitForSubstance),
    }
}

/// Chooses the unit that receives: the most specific that fits, else the county's fallback. A municipality weighs more
/// than a county, then an age of its own, then a substance of its own; among equals the first kind wanted wins, then
/// the first candidate.
///
/// # Errors
/// When none fits and the county has no open fallback.
pub fn route(wanted: &Wanted, candidates: &[Candidate]) -> Result<Choice, NoReceiver> {
    let able: Vec<&Candidate> = candidates.iter().filter(|one| one.open && wanted.kinds.contains(&one.kind)).collect();
    let fits = |one: &Candidate| Ok::<_, Missing>((area(wanted, one)?, age(wanted, one)?, substance(wanted, one)?));
    let rank = |one: &Candidate| wanted.kinds.iter().position(|kind| *kind == one.kind);
    let mut fitting: Vec<_> = able.iter().filter_map(|one| Some((fits(one).ok()?, *one))).collect();
    // The sort is stable, so equals keep the order in which they were given.
    fitting.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| rank(one).cmp(&rank(other))));
    if let Some(((area, age, substance), chosen)) = fitting.first() {
        let mut why = vec![if *area == Area::Municipality { Reason::ResidenceMatched } else { Reason::CountyMatched }];
        why.extend((*age == Fit::Specific).then_some(Reason::AgeWithin));
        why.extend((*substance == Fit::Specific).then_some(Reason::SubstanceMatched));
        why.extend((fitting.len() == 1).then_some(Reason::OnlyOne));
        return Ok(Choice { unit: chosen.unit.clone(), why, fallback: false });
    }
    let missing = able.iter().filter_map(|one| fits(one).err()).max().unwrap_or(match wanted.residence {
        Some(_) => Missing::UnitForResidence,
        None => Missing::Residence,
    });
    fallback(wanted, &able, missing)
}

/// The county's fallback: of the county where the person lives, else of the county where the event was. It takes any
/// age and substance, since nobody may be left without a receiver. It is of a wanted kind: others have no step to take.
fn fallback(wanted: &Wanted, able: &[&Candidate], missing: Missing) -> Result<Choice, NoReceiver> {
    for county in [wanted.county_of_residence(), &wanted.county] {
        let serves = |one: &&&Candidate| {
            one.fallback
                && (one.counties.iter().any(|code| code == county)
                    || one.municipalities.iter().any(|code| code.get(..2) == Some(county)))
        };
        if let Some(chosen) = able.iter().find(serves) {
            let why = vec![Reason::CountyFallback { missing }];
            return Ok(Choice { unit: chosen.unit.clone(), why, fallback: true });
        }
    }
    Err(NoReceiver { county: wanted.county_of_residence().to_owned() })
}
