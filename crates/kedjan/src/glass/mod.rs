//! Breaking the glass: looking at a case of the own authority that the unit does not have, because somebody may be in danger
//! while the unit that has it is closed. It takes a reason, lasts some hours, shows and changes nothing, and is always
//! reviewed. Never over the border of the authority: secrecy holds there (8 kap. 1-2 §§ OSL).

pub mod http;
pub(crate) mod page;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::people;
use crate::refusal::{FieldIssue, Refused};
use crate::review;
use crate::secrets::Aad;
use crate::store::{Sql, StoreError};
use crate::t;

/// How long a broken glass stays open: a night's watch does not outlast its shift on one reason.
pub const LASTS: SignedDuration = SignedDuration::from_hours(4);
/// Why somebody may need to look, in the order of the form.
pub const CAUSES: [&str; 4] = ["child", "life", "on_call", "other"];
/// How few and how many characters the reason may have.
const SHORTEST: usize = 15;
const LONGEST: usize = 1000;

/// A glass that is to be broken.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The case number.
    pub code: String,
    /// One of [`CAUSES`].
    pub cause: String,
    /// Why, in words.
    pub words: String,
}

/// A glass as it was broken.
pub struct Broken {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_org: Uuid,
    /// See `case_org`.
    pub case_id: Uuid,
    /// The case number.
    pub code: String,
    /// The authority's own record of the person.
    pub person: Uuid,
    /// One of [`CAUSES`].
    pub cause: String,
    /// When.
    pub opened_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
}

impl Wanted {
    /// Everything that is wrong with it.
    fn checked(mut self, cx: &Cx) -> Result<Wanted, Refused> {
        let mut issues = Vec::new();
        let mut issue = |field: &str, detail: String| issues.push(FieldIssue { pointer: format!("/{field}"), detail });
        match crate::secrets::case_code_normalise(&self.code) {
            Some(code) => self.code = code,
            None => issue("code", t!(cx.lang, "consent-no-case")),
        }
        if !CAUSES.contains(&self.cause.as_str()) {
            issue("cause", t!(cx.lang, "glass-cause-missing"));
        }
        self.words = self.words.trim().to_owned();
        match self.words.chars().count() {
            0..SHORTEST => issue("words", t!(cx.lang, "glass-words-short", least = SHORTEST)),
            SHORTEST..=LONGEST => {}
            _ => issue("words", t!(cx.lang, "field-too-long", max = LONGEST)),
        }
        if issues.is_empty() { Ok(self) } else { Err(Refused::Fields(issues)) }
    }
}

/// Breaks the glass to a case that another unit of the actor's authority has. A case that the authority does not have is not
/// found, and the attempt is in the log all the same.
pub fn break_glass(tx: &mut dyn Sql, cx: &mut Cx, wanted: Wanted) -> Result<Granted<Broken>, Stop> {
    let wanted = wanted.checked(cx)?;
    let granted = access::list(tx, cx, Action::BreakGlass, |tx, cx| {
        let Some((case_org, case_id, person)) = sql::case_of(tx, cx.actor.org, &wanted.code)? else {
            return Ok(Seen { value: None, object: "unknown".into(), people: Vec::new() });
        };
        let broken = Broken {
            id: cx.id(),
            case_org,
            case_id,
            code: wanted.code.clone(),
            person,
            cause: wanted.cause.clone(),
            opened_at: cx.now,
            ends_at: cx.now.saturating_add(LASTS).unwrap_or(Timestamp::MAX),
        };
        let key = people::key(tx, &cx.app.keyring, cx.actor.org, person)?;
        let sealed = key
            .seal(&aad(cx.actor.org, broken.id), wanted.words.as_bytes())
            .map_err(|_| StoreError::Fault("a reason could not be sealed".into()))?;
        sql::insert(tx, cx, &broken, &sealed)?;
        Ok(Seen { object: wanted.code.clone(), people: vec![person], value: Some(broken) })
    })?;
    let (broken, grant) = granted.parted();
    let broken = broken.ok_or(Refused::NotFound)?;
    review::of_glass(tx, cx, &broken)?;
    Ok(grant.map(|()| broken))
}

fn aad(org: Uuid, id: Uuid) -> Aad<'static> {
    Aad { table: "glass", column: "words_sealed", org, id }
}

/// The reason somebody gave, for the one who reviews it.
pub(crate) fn reason(tx: &mut dyn Sql, cx: &Cx, id: Uuid) -> Result<Option<(String, String)>, Stop> {
    let Some((cause, person, sealed)) = sql::words(tx, cx.actor.org, id)? else { return Ok(None) };
    let key = people::key(tx, &cx.app.keyring, cx.actor.org, person)?;
    let words = key
        .open_text(&aad(cx.actor.org, id), &sealed)
        .map_err(|_| StoreError::Corrupt("a reason cannot be opened with its key".into()))?;
    Ok(Some((cause, words)))
}
