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

/// Why the county's fallback had to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

/// Chooses the unit that receives: the most specific that fits, else the county's fallback.
///
/// # Errors
/// When none fits and the county has no fallback.
pub fn route(wanted: &Wanted, candidates: &[Candidate]) -> Result<Choice, NoReceiver> {
    let _ = (wanted, candidates);
    unimplemented!()
}
