//! The guard: loads, decides and writes the audit record in one step, and only then gives out what was asked for.

use std::ops::Deref;

use uuid::Uuid;

use super::{Action, Decision};
use crate::app::{Cx, Stop};
use crate::audit::{self, Entry};
use crate::cases::CaseFile;
use crate::limits::PEOPLE_POLICY;
use crate::refusal::Refused;
use crate::store::{Sql, StoreError};

/// Proof that the actor may have what is inside, and that the audit record of it is written in this transaction.
/// Only this module can make one.
#[derive(Debug)]
pub struct Granted<T> {
    inner: T,
}

impl<T> Deref for Granted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> Granted<T> {
    /// Carries the grant over to what was made of the object (the case after the step).
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Granted<U> {
        Granted { inner: make(self.inner) }
    }

    /// The object by itself, with the proof to put on what is made of it.
    pub(crate) fn parted(self) -> (T, Granted<()>) {
        (self.inner, Granted { inner: () })
    }

    /// The object, without its proof: for answering, when nothing more is to be done with it.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

/// How the actor's unit stands to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The unit began it.
    Made,
    /// It was handed over with a consent that is in force.
    Consent,
    /// It was handed over on a paragraph.
    Law,
    /// The actor has broken the glass, and its time is not over.
    Glass,
    /// It was handed over, and no longer is: consent withdrawn or run out, or handed on.
    Ended,
    /// Nothing ties the unit to it. Also what a desk is decided with.
    None,
}

impl Relation {
    /// The name in the store, the policies and the audit record.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Made => "made",
            Relation::Consent => "consent",
            Relation::Law => "law",
            Relation::Glass => "glass",
            Relation::Ended => "ended",
            Relation::None => "none",
        }
    }

    /// The relation of a stored name; anything else is none.
    pub fn from_name(name: &str) -> Relation {
        [Relation::Made, Relation::Consent, Relation::Law, Relation::Glass, Relation::Ended]
            .into_iter()
            .find(|r| r.name() == name)
            .unwrap_or(Relation::None)
    }
}

/// Loads a case by its code and decides whether the actor may do `action` with it.
///
/// What may not be known to exist is answered as what does not exist ([`Refused::NotFound`], 404); what is seen but not
/// allowed is [`Refused::Forbidden`] (403). Both leave a record.
pub fn case(tx: &mut dyn Sql, cx: &Cx, code: &str, action: Action) -> Result<Granted<CaseFile>, Stop> {
    let found = CaseFile::load(tx, cx, code)?;
    let (relation, protected, person) = match &found {
        Some(file) => (file.relation(cx.now), file.protected(), file.person()),
        None => (Relation::None, false, None),
    };
    let decision = cx.app.policies.decide(action, cx.actor.role, relation, protected);
    let (decision, wait) = within_budget(cx, decision, person);
    let people: Vec<Uuid> = if decision.allowed { person.into_iter().collect() } else { Vec::new() };
    let object = if found.is_some() { code } else { "unknown" };
    record(tx, cx, action, object, relation, &decision, &people, "")?;
    if let Some(seconds) = wait {
        return Err(Refused::TooManyPeople { seconds }.into());
    }
    match found {
        Some(file) if decision.allowed => Ok(Granted { inner: file }),
        Some(_) if cx.app.policies.decide(Action::SeeCase, cx.actor.role, relation, protected).allowed => {
            Err(Refused::Forbidden.into())
        }
        _ => Err(Refused::NotFound.into()),
    }
}

/// Whether the person still fits what the actor may look at within an hour and a day; if not, a refusal that says so in the
/// log, and how long to wait.
fn within_budget(cx: &Cx, decision: Decision, person: Option<Uuid>) -> (Decision, Option<i64>) {
    let Some(person) = person.filter(|_| decision.allowed) else { return (decision, None) };
    match cx.app.limits.look(&cx.actor, person, cx.now) {
        None => (decision, None),
        wait => (Decision { allowed: false, policy: PEOPLE_POLICY.into() }, wait),
    }
}

/// What a room found when it did what was asked at a desk, for the audit record.
pub struct Seen<T> {
    /// What was found or made.
    pub value: T,
    /// What it was about: a case code, a table; never a name.
    pub object: String,
    /// Whose data it holds.
    pub people: Vec<Uuid>,
}

/// Decides whether the actor may do `action` at the unit's own desk, does it, and records it with whose data it concerned.
pub fn list<T>(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    action: Action,
    work: impl FnOnce(&mut dyn Sql, &mut Cx) -> Result<Seen<T>, Stop>,
) -> Result<Granted<T>, Stop> {
    let decision = cx.app.policies.decide(action, cx.actor.role, Relation::None, false);
    if !decision.allowed {
        record(tx, cx, action, "-", Relation::None, &decision, &[], "")?;
        return Err(Refused::Forbidden.into());
    }
    let seen = work(tx, cx)?;
    record(tx, cx, action, &seen.object, Relation::None, &decision, &seen.people, "")?;
    Ok(Granted { inner: seen.value })
}

/// Decides whether the actor may do `action` at the unit's own desk, where nobody's data is concerned.
pub fn desk(tx: &mut dyn Sql, cx: &mut Cx, action: Action, object: &str) -> Result<Granted<()>, Stop> {
    let object = object.to_owned();
    list(tx, cx, action, |_, _| Ok(Seen { value: (), object, people: Vec::new() }))
}

#[allow(clippy::too_many_arguments)] // the parts of one audit record
fn record(
    tx: &mut dyn Sql,
    cx: &Cx,
    action: Action,
    object: &str,
    relation: Relation,
    decision: &Decision,
    people: &[Uuid],
    detail: &str,
) -> Result<(), StoreError> {
    let entry = Entry {
        action: action.name(),
        object,
        relation: relation.name(),
        allowed: decision.allowed,
        policy: &decision.policy,
        people,
        detail,
    };
    audit::append(tx, cx.now, &cx.actor, &entry)?;
    Ok(())
}
