//! Log review: systematic and recurring control of who has looked at whom (4 kap. 3 § PDL, 10 § SoLPUL). Chance draws some
//! looks, signals draw others, and every broken glass is drawn; a named controller decides on each and says why.
//!
//! Chance alone finds next to nothing; signals alone tell those who look what to avoid. So both are used.

mod draw;
pub mod http;
pub(crate) mod page;
mod signals;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use uuid::Uuid;

use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::audit;
use crate::glass::{self, Broken};
use crate::people;
use crate::refusal::{FieldIssue, Refused};
use crate::secrets::Aad;
use crate::store::{Sql, StoreError};
use crate::t;

pub use draw::{Drawn, draw, round, run};
pub use signals::Signal;

/// What a controller can decide about a look.
pub const DECISIONS: [&str; 3] = ["right", "asked", "wrong"];
/// The longest note, in characters.
const LONGEST_NOTE: usize = 2000;
/// How many entries a page has.
pub const PAGE: i64 = 50;

/// A look that is to be reviewed, or has been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// The record of the authority's audit chain.
    pub seq: i64,
    /// When the look was.
    pub at: Timestamp,
    /// The account that looked.
    pub actor: Uuid,
    /// Its name; empty for a token.
    pub actor_name: String,
    /// The unit's name.
    pub unit_name: String,
    /// Why it was drawn.
    pub signal: String,
    /// Whom it was about: the authority's own record.
    pub person: Uuid,
    /// The broken glass, if that is what it is.
    pub glass: Option<Uuid>,
    /// The controller who is to review it.
    pub reviewer: Option<Uuid>,
    /// That controller's name.
    pub reviewer_name: String,
    /// One of [`DECISIONS`], once there is one.
    pub decision: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// A page of entries, with exact counts.
#[derive(Clone, Debug)]
pub struct Entries {
    /// The entries.
    pub items: Vec<Entry>,
    /// How many wait.
    pub open: i64,
    /// How many are decided.
    pub decided: i64,
    /// When the log was last drawn from.
    pub drawn_at: Option<Timestamp>,
}

/// An entry with what is needed to decide on it.
pub struct Opened {
    /// The entry.
    pub entry: Entry,
    /// The record it is about.
    pub record: audit::Record,
    /// The cause and the words of a broken glass.
    pub reason: Option<(String, String)>,
    /// What the same account did with the same person's data within a day: the records around it.
    pub around: Vec<audit::Record>,
    /// The note, once there is one.
    pub note: Option<String>,
}

/// Puts a broken glass up for review: always, with a named controller where there is one.
pub(crate) fn of_glass(tx: &mut dyn Sql, cx: &mut Cx, broken: &Broken) -> Result<(), Stop> {
    let seq = audit::head(tx, cx.actor.org)?.map_or(0, |head| head.seq);
    let drawn = sql::Drawn {
        id: cx.id(),
        seq,
        at: cx.now,
        actor: cx.actor.id,
        unit: cx.actor.unit,
        signal: Signal::Glass.name(),
        person: broken.person,
        glass: Some(broken.id),
        reviewer: sql::least_busy(tx, cx.actor.org)?,
    };
    Ok(sql::insert(tx, cx.actor.org, &drawn, cx.now)?)
}

/// The entries that wait (`decided` false, the oldest first) or have been decided (the newest first), from a place on.
pub fn entries(tx: &mut dyn Sql, cx: &mut Cx, decided: bool, offset: i64) -> Result<Granted<Entries>, Stop> {
    access::list(tx, cx, Action::ReviewLog, |tx, cx| {
        let org = cx.actor.org;
        let items = if decided { sql::decided(tx, org, offset, PAGE)? } else { sql::open(tx, org, offset, PAGE)? };
        let (open, done) = sql::counts(tx, org)?;
        let value = Entries { items, open, decided: done, drawn_at: sql::mark(tx, org)?.map(|(_, at)| at) };
        Ok(Seen { value, object: "review".into(), people: Vec::new() })
    })
}

/// One entry, opened to be decided on.
pub fn entry(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Opened>, Stop> {
    access::list(tx, cx, Action::ReviewLog, |tx, cx| {
        let org = cx.actor.org;
        let (entry, note) = sql::by_id(tx, org, id)?.ok_or(Refused::NotFound)?;
        let record = audit::page(tx, org, entry.seq, 1)?.into_iter().next().ok_or(Refused::NotFound)?;
        let reason = match entry.glass {
            Some(broken) => glass::reason(tx, cx, broken)?,
            None => None,
        };
        let (near, _) = audit::of_person(tx, org, entry.person, entry.seq.saturating_add(200), 50)?;
        let day = jiff::SignedDuration::from_hours(24);
        let around = near
            .into_iter()
            .filter(|r| r.actor == entry.actor && r.seq != entry.seq && r.at.duration_since(entry.at).abs() <= day)
            .collect();
        let note = match note {
            Some(sealed) => {
                let key = people::key(tx, &cx.app.keyring, org, entry.person)?;
                let open = key.open_text(&aad(org, id), &sealed);
                Some(open.map_err(|_| StoreError::Corrupt("a note cannot be opened with its key".into()))?)
            }
            None => None,
        };
        let people = vec![entry.person];
        Ok(Seen { value: Opened { entry, record, reason, around, note }, object: "review".into(), people })
    })
}

/// Decides on an entry. A look that was wrong, or that is asked about, needs words.
pub fn decide(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, decision: &str, note: &str) -> Result<Granted<()>, Stop> {
    let mut issues = Vec::new();
    let mut issue = |field: &str, detail: String| issues.push(FieldIssue { pointer: format!("/{field}"), detail });
    if !DECISIONS.contains(&decision) {
        issue("decision", t!(cx.lang, "review-decision-missing"));
    }
    let note = note.trim();
    if note.is_empty() && decision != "right" {
        issue("note", t!(cx.lang, "review-note-missing"));
    }
    if note.chars().count() > LONGEST_NOTE {
        issue("note", t!(cx.lang, "field-too-long", max = LONGEST_NOTE));
    }
    if !issues.is_empty() {
        return Err(Refused::Fields(issues).into());
    }
    access::list(tx, cx, Action::ReviewLog, |tx, cx| {
        let org = cx.actor.org;
        let (entry, _) = sql::by_id(tx, org, id)?.ok_or(Refused::NotFound)?;
        if entry.actor == cx.actor.id {
            // Nobody reviews their own looks.
            return Err(Refused::Forbidden.into());
        }
        let key = people::key(tx, &cx.app.keyring, org, entry.person)?;
        let sealed = (!note.is_empty())
            .then(|| key.seal(&aad(org, id), note.as_bytes()))
            .transpose()
            .map_err(|_| StoreError::Fault("a note could not be sealed".into()))?;
        if !sql::decide(tx, cx, id, decision, sealed.as_deref())? {
            return Err(Refused::Decided.into());
        }
        Ok(Seen { value: (), object: "review".into(), people: vec![entry.person] })
    })
}

fn aad(org: Uuid, id: Uuid) -> Aad<'static> {
    Aad { table: "review", column: "note_sealed", org, id }
}
