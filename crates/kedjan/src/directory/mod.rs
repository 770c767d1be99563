//! The directory: authorities, their units, what each unit receives, and finding the unit that is to receive a case.
//!
//! A unit is a function, never a person: a function address, opening hours, and a lead and an ombud above it by function.

pub mod api;
mod draft;
pub mod http;
mod keep;
mod page;
pub(crate) mod paging;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use uuid::Uuid;

use crate::app::Cx;
use crate::store::{Sql, StoreError};

pub use draft::{AuthorityDraft, NewAuthority, ReceivesDraft, UnitDraft, substances};
pub use keep::{
    Tried, UnitFile, Units, Wish, authority, change_authority, change_unit, create_authority, create_unit, try_route,
    unit, units,
};

/// An authority: the tenant. Secrecy holds between authorities and between independent branches of one (8 kap. 1-2 §§ OSL).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its id.
    pub id: Uuid,
    /// What it is: one of [`AUTHORITY_KINDS`].
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its county, if it has one.
    pub county: Option<String>,
    /// Its municipality, if it has one.
    pub municipality: Option<String>,
    /// The named ombud of the organisation.
    pub ombud: String,
    /// Where the ombud is reached.
    pub ombud_email: String,
}

/// A unit of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its authority.
    pub org: Uuid,
    /// Its id.
    pub id: Uuid,
    /// What it is: one of [`UNIT_KINDS`], which the methods' parties name.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The county it works in.
    pub county: String,
    /// The municipality it works in, if one.
    pub municipality: Option<String>,
    /// Its function address.
    pub email: String,
    /// The function address of who leads it: the next rung of the ladder.
    pub lead_email: String,
    /// Its telephone number.
    pub phone: String,
    /// When it is open, in words.
    pub opening_hours: String,
    /// Whether it takes what no other unit in its county takes.
    pub fallback: bool,
    /// Whether it takes cases.
    pub active: bool,
}

/// What a unit receives: residence × age × substance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receives {
    /// A municipality (four digits) or a whole county (two).
    pub place: String,
    /// Youngest age, included.
    pub age_from: Option<i64>,
    /// Oldest age, included.
    pub age_to: Option<i64>,
    /// Substances of the method's list; none means all.
    pub substances: Vec<String>,
}

/// What an authority can be.
pub const AUTHORITY_KINDS: [&str; 8] =
    ["police", "coast_guard", "customs", "municipal_board", "region", "county_board", "school_authority", "other"];

/// What a unit can be; the parties of the methods say which kinds they are.
pub const UNIT_KINDS: [&str; 15] = [
    "police",
    "coast_guard",
    "customs",
    "social_services",
    "addiction_care",
    "concern_reception",
    "school",
    "preschool",
    "health_care",
    "dental_care",
    "probation",
    "other_authority",
    "coordination",
    "county_board",
    "administration",
];

/// The actor's own unit.
pub fn own_unit(tx: &mut dyn Sql, cx: &Cx) -> Result<Unit, StoreError> {
    sql::unit(tx, cx.actor.org, cx.actor.unit)?
        .ok_or_else(|| StoreError::Fault("the actor's unit does not exist".into()))
}
