//! Retention (gallring): what falls due by which rule, what is held, what has been erased, and the receipts of it.
//!
//! Each authority keeps its own papers (its record of the person, its texts, the consents it took) by its own class, so a
//! person can be forgotten at one authority and not at another. Cases, steps and figures stay, without anybody in them.

pub mod http;
mod page;
mod run;
mod sql;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chain::retention::Class;
use jiff::Timestamp;
use uuid::Uuid;

use crate::app::{Cx, Stop};
use crate::audit::{self, Entry};
use crate::backup::KeysError;
use crate::refusal::Refused;
use crate::store::{Sql, StoreError};

pub use run::{AuthorityRun, Options, run};

/// Why a run was not made, or not finished. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The clock may have gone wrong.
    #[error(
        "the clock says {now}, more than 24 hours after {seen}, when it was last known to be right. A clock that has jumped \
         ahead would erase too early. See what time it is, and if the clock is right say --clock-is-right"
    )]
    Clock {
        /// What time it is said to be.
        now: Timestamp,
        /// The latest time that was seen before.
        seen: Timestamp,
    },
    /// The store.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// The copy of the people's keys could not be written anew.
    #[error(
        "what the receipts say has been erased, but the copy of the people's keys still has the keys of those who are \
         forgotten: {0}. Then run it again"
    )]
    Keys(#[from] KeysError),
    /// The log beside the file could not be emptied.
    #[error(
        "what the receipts say has been erased, but somebody still read an older state, so that its bytes may stand in the \
         log beside the file. Run it again when less is going on"
    )]
    Unsettled,
}

impl From<Stop> for RetentionError {
    fn from(stop: Stop) -> RetentionError {
        match stop {
            Stop::Store(error) => error.into(),
            Stop::Refused(_) => StoreError::Fault("a retention run was refused by a rule for people".into()).into(),
        }
    }
}

/// How a case that is past its time stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It goes at the next run.
    Due,
    /// A hold keeps it.
    Held,
    /// Somebody at the authority still has something to do in it.
    Open,
    /// The person has another case at the authority that is kept.
    Other,
}

impl Standing {
    const ALL: [Standing; 4] = [Standing::Due, Standing::Held, Standing::Open, Standing::Other];

    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Due => "due",
            Standing::Held => "held",
            Standing::Open => "open",
            Standing::Other => "other",
        }
    }

    /// The standing of a name.
    pub fn from_name(name: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.name() == name)
    }
}

/// A case past its time at an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueCase {
    /// The case.
    pub case: Uuid,
    /// Its number.
    pub code: String,
    /// Its method.
    pub method: String,
    /// By which class.
    pub class: Class,
    /// When the last note was made in it.
    pub last_note: Timestamp,
    /// Since when it may be erased.
    pub due_at: Timestamp,
    /// How it stands.
    pub standing: Standing,
}

/// Why a case is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldReason {
    /// The authority has decided to keep it (bevarandebeslut).
    Preserve,
    /// The law or a court forbids erasing it (rättslig spärr).
    Legal,
}

impl HoldReason {
    /// Both.
    pub const ALL: [HoldReason; 2] = [HoldReason::Preserve, HoldReason::Legal];

    /// The name in the store and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            HoldReason::Preserve => "preserve",
            HoldReason::Legal => "legal",
        }
    }

    /// The reason of a name.
    pub fn from_name(name: &str) -> Option<HoldReason> {
        HoldReason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// A decision that a case may not be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: Uuid,
    /// The case's number.
    pub code: String,
    /// Why.
    pub reason: HoldReason,
    /// The decision's own number.
    pub reference: String,
    /// Who decided.
    pub set_by: String,
    /// When.
    pub set_at: Timestamp,
    /// Until when; without end when not said.
    pub until: Option<Timestamp>,
    /// When it was released.
    pub released_at: Option<Timestamp>,
}

impl Hold {
    /// Whether it keeps its case.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.released_at.is_none() && self.until.is_none_or(|until| until > now)
    }
}

/// What a run erased at an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its id, which the audit records name.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// How many cases by which class.
    pub classes: BTreeMap<String, i64>,
    /// How many records of people; merged ones count each.
    pub people: i64,
    /// How many cases have nobody any more.
    pub cases: i64,
    /// How many free texts.
    pub texts: i64,
    /// How many consents lost their text and signature.
    pub consents: i64,
    /// How many look-up rows.
    pub lookups: i64,
    /// SHA-256 over the sealed bytes that were erased, in order.
    pub digest: Vec<u8>,
}

/// What is to be held.
#[derive(Clone, Debug)]
pub struct NewHold {
    /// The case's number.
    pub code: String,
    /// Why.
    pub reason: HoldReason,
    /// The decision's own number.
    pub reference: String,
    /// Who decided.
    pub by: String,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// Holds a case at the actor's authority, and records it.
///
/// # Errors
/// [`Refused::NotFound`] when no unit of the authority has had the case.
pub fn hold(tx: &mut dyn Sql, cx: &mut Cx, new: &NewHold) -> Result<Hold, Stop> {
    let Some(case) = sql::case_at(tx, cx.actor.org, &new.code)? else { return Err(Refused::NotFound.into()) };
    let hold = Hold {
        id: cx.id(),
        code: new.code.clone(),
        reason: new.reason,
        reference: new.reference.clone(),
        set_by: new.by.clone(),
        set_at: cx.now,
        until: new.until,
        released_at: None,
    };
    sql::insert_hold(tx, cx.actor.org, case, &hold)?;
    note(tx, cx, "retention_hold", &new.code, &[], new.reason.name())?;
    Ok(hold)
}

/// Releases every hold of a case at the actor's authority, and records it. Answers how many there were.
///
/// # Errors
/// As [`hold`].
pub fn release(tx: &mut dyn Sql, cx: &mut Cx, code: &str, by: &str) -> Result<u64, Stop> {
    let Some((_, case)) = sql::case_at(tx, cx.actor.org, code)? else { return Err(Refused::NotFound.into()) };
    let released = sql::release(tx, cx.actor.org, case, by, cx.now)?;
    if released > 0 {
        note(tx, cx, "retention_release", code, &[], "")?;
    }
    Ok(released)
}

fn note(
    tx: &mut dyn Sql,
    cx: &Cx,
    action: &str,
    object: &str,
    people: &[Uuid],
    detail: &str,
) -> Result<(), StoreError> {
    let entry = Entry { action, object, relation: "none", allowed: true, policy: "retention", people, detail };
    audit::append(tx, cx.now, &cx.actor, &entry).map(drop)
}
