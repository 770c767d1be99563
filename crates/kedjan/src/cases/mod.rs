//! Cases: a chain of recorded steps by different authorities about one person and one event.

pub mod answer;
pub mod api;
mod counted;
pub mod http;
mod kept;
mod page;
mod record;
mod share;
pub(crate) mod sql;
#[cfg(test)]
mod tests;
mod view;
pub(crate) mod worklist;

use std::sync::Arc;

use chain::case::{Recorded, State};
use chain::method::Method;
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) use counted::recount;
pub(crate) use kept::kept_of;
pub use kept::{Kept, KeptStep};
pub use record::{Begin, Idempotency, NewStep, begin, step};
pub(crate) use record::{consent_taken, withdrawal};
pub use share::{assign, hand_over_pending};
pub(crate) use share::{consent_parties, end_resting_on, renewed};
pub use view::{ActionView, CaseView, ClockView, FieldView, Look, ShareView, StepView, look};
pub(crate) use worklist::of_person;
pub use worklist::{Counts, Filter, Line, ListRead, WorkList, find, work_list};

use crate::access::Relation;
use crate::app::{App, Cx, Stop};
use crate::glass;
use crate::people::{self, SealedPerson};
use crate::store::{Sql, StoreError};

/// The case as it lies in the store.
#[derive(Clone, Debug)]
pub struct CaseRow {
    /// The authority that began it.
    pub org: Uuid,
    /// Its id inside.
    pub id: Uuid,
    /// Its number: ten characters with a check character, the only name it has outside.
    pub code: String,
    /// The unit that began it.
    pub unit: Uuid,
    /// The working method.
    pub method: String,
    /// The version it began with, and keeps.
    pub method_version: u32,
    /// The stage id; empty when the first step closed it.
    pub stage: String,
    /// When its first step happened.
    pub began_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How.
    pub closing: Option<String>,
    /// How many steps are recorded.
    pub steps: u32,
    /// Goes up with every change; its `ETag`.
    pub version: i64,
    /// The number of the case that opened it.
    pub opened_by: Option<String>,
    /// The county it is counted in.
    pub county: String,
    /// The municipality it is counted in.
    pub municipality: String,
    /// `woman`, `man` or `unknown`.
    pub sex: String,
    /// The age band it is counted in.
    pub age_band: String,
}

/// What a unit's share is to the unit right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareState {
    /// The unit has something to do.
    Open,
    /// The case goes on with another.
    Passed,
    /// The case is closed.
    Closed,
    /// The unit no longer has the case.
    Ended,
}

impl ShareState {
    /// The name in the store and the API.
    pub fn name(self) -> &'static str {
        match self {
            ShareState::Open => "open",
            ShareState::Passed => "passed",
            ShareState::Closed => "closed",
            ShareState::Ended => "ended",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<ShareState> {
        [ShareState::Open, ShareState::Passed, ShareState::Closed, ShareState::Ended]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// When and why a unit's right to a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// `withdrawn`, `expired` or `handed_on`.
    pub why: String,
}

/// A unit's right to see a case, with its ground and end; also the unit's work item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The unit's authority.
    pub org: Uuid,
    /// The unit.
    pub unit: Uuid,
    /// What it is called.
    pub unit_name: String,
    /// How it is reached.
    pub unit_phone: String,
    /// The case.
    pub case: Uuid,
    /// The authority that began the case.
    pub case_org: Uuid,
    /// The unit's authority's own record of the person.
    pub person: Uuid,
    /// As which party of the method.
    pub party: String,
    /// How the unit got it: `made`, `consent` or `law`.
    pub relation: String,
    /// The paragraph, or `consent`, or `made`.
    pub ground: String,
    /// What it is to the unit now.
    pub state: ShareState,
    /// Where it stands in the list, see the schema.
    pub sort_at: i64,
    /// The clock that is due next.
    pub next_clock: Option<String>,
    /// When to warn for it.
    pub warn_at: Option<Timestamp>,
    /// Who at the unit has taken it on.
    pub assignee: Option<Uuid>,
    /// Since when.
    pub since: Timestamp,
    /// Until when at most (the consent's end).
    pub until: Option<Timestamp>,
    /// Whether it is over.
    pub ended: Option<Ended>,
    /// The consent it rests on.
    pub consent: Option<Uuid>,
    /// Why this unit was chosen, as JSON.
    pub routing: String,
    /// The method, for the lists.
    pub method: String,
}

impl Share {
    /// How the unit stands to the case at a moment.
    pub fn relation_at(&self, now: Timestamp) -> Relation {
        if self.ended.is_some() || self.until.is_some_and(|until| until <= now) {
            Relation::Ended
        } else {
            Relation::from_name(&self.relation)
        }
    }
}

/// A case with its history, as one unit stands to it. What the guard gives out.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The case.
    pub row: CaseRow,
    /// Its recorded steps.
    pub history: Vec<Recorded>,
    /// What they amount to now.
    pub state: State,
    /// The share of the unit that looks; none for a stranger.
    pub share: Option<Share>,
    /// Every share of it.
    shares: Vec<Share>,
    /// The looking authority's own record of the person, still sealed; none for a stranger.
    person: Option<Arc<SealedPerson>>,
}

impl CaseRow {
    /// Whether both are counted under the same month, municipality, sex and age.
    pub(crate) fn is_counted_as(&self, other: &CaseRow) -> bool {
        self.began_at == other.began_at
            && self.municipality == other.municipality
            && self.sex == other.sex
            && self.age_band == other.age_band
    }
}

impl CaseFile {
    /// Loads a case by its number, with the share of the actor's unit. For the guard only.
    pub(crate) fn load(tx: &mut dyn Sql, cx: &Cx, code: &str) -> Result<Option<CaseFile>, Stop> {
        let Some(row) = sql::by_code(tx, code)? else { return Ok(None) };
        let shares = sql::shares(tx, row.org, row.id)?;
        let own = shares.iter().find(|s| s.unit == cx.actor.unit && s.org == cx.actor.org).cloned();
        let share = match own {
            Some(own) => Some(own),
            None => through_glass(tx, cx, &shares)?,
        };
        let person = match &share {
            Some(share) => Some(Arc::new(people::read(tx, &cx.app.keyring, share.org, share.person)?)),
            None => None,
        };
        let history = sql::steps(tx, row.org, row.id)?;
        let method = method_of(&cx.app, &row)?;
        let state = State::replay(method, &history, cx.now)
            .map_err(|broken| StoreError::Fault(format!("case {}: {broken}", row.code)))?;
        Ok(Some(CaseFile { row, history, state, share, shares, person }))
    }

    /// How the unit that looks stands to the case.
    pub(crate) fn relation(&self, now: Timestamp) -> Relation {
        self.share.as_ref().map_or(Relation::None, |share| share.relation_at(now))
    }

    /// Whether the looking authority's own record of the person says protected identity.
    pub(crate) fn protected(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.is_protected())
    }

    /// The looking authority's own record of the person.
    pub(crate) fn person(&self) -> Option<Uuid> {
        self.share.as_ref().map(|share| share.person)
    }

    /// The method version the case began with.
    pub fn method<'a>(&self, app: &'a App) -> Result<&'a Method, StoreError> {
        method_of(app, &self.row)
    }

    /// The share of the unit that looks.
    pub(crate) fn own_share(&self) -> Result<&Share, StoreError> {
        self.share
            .as_ref()
            .ok_or_else(|| StoreError::Fault(format!("case {} was granted without a share", self.row.code)))
    }

    /// The entity tag: changes with every change of the case.
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.row.version)
    }
}

/// The share of another unit of the actor's authority, seen through a broken glass while it stands open.
fn through_glass(tx: &mut dyn Sql, cx: &Cx, shares: &[Share]) -> Result<Option<Share>, StoreError> {
    let Some(share) = shares.iter().find(|s| s.org == cx.actor.org && s.ended.is_none()) else { return Ok(None) };
    let until = glass::sql::open_until(tx, cx.actor.org, cx.actor.id, share.case, cx.now)?;
    Ok(until.map(|until| Share {
        relation: Relation::Glass.name().to_owned(),
        until: Some(share.until.map_or(until, |own| own.min(until))),
        ..share.clone()
    }))
}

fn method_of<'a>(app: &'a App, row: &CaseRow) -> Result<&'a Method, StoreError> {
    app.library.get(&row.method, row.method_version).ok_or_else(|| {
        StoreError::Fault(format!(
            "case {} follows {} version {}, which is not loaded",
            row.code, row.method, row.method_version
        ))
    })
}

/// The bands that ages are counted in, and what stands for an age that nobody knows.
pub const AGE_BANDS: [&str; 10] =
    ["0-12", "13-14", "15-17", "18-19", "20-24", "25-34", "35-44", "45-64", "65-", "unknown"];

/// The band of an age. Their edges are those that figures and law ask for: children up to 12, the young from
/// 13 to 19, 15 for a consent of one's own, 18, and 20.
pub fn age_band(age: Option<u32>) -> &'static str {
    match age {
        None => "unknown",
        Some(0..=12) => "0-12",
        Some(13..=14) => "13-14",
        Some(15..=17) => "15-17",
        Some(18..=19) => "18-19",
        Some(20..=24) => "20-24",
        Some(25..=34) => "25-34",
        Some(35..=44) => "35-44",
        Some(45..=64) => "45-64",
        Some(_) => "65-",
    }
}
