//! Consent: what lets one authority hand a person's data to another (10 kap. 1 § and 12 kap. 2 § OSL).
//!
//! A consent names who gives it, which parties of the method may have which kinds of data, for what and until when. The exact
//! text that was shown is kept, and the signature, sealed under the person's key. Withdrawn means that access ends at once.

pub mod api;
mod given;
pub mod http;
mod page;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::access::{self, Action, Granted};
use crate::app::{Cx, Stop};
use crate::cases::{self, CaseFile, CaseRow};
use crate::people;
use crate::refusal::Refused;
use crate::secrets::Aad;
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::{format, script};

pub use given::{ADULT, GIVERS, HOW, KINDS, MATURE, NewConsent};

/// How long a consent holds when nobody withdraws it. The text that is read aloud says so.
pub const HOLDS: SignedDuration = SignedDuration::from_hours(365 * 24);

/// A consent as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The authority that took it.
    pub org: Uuid,
    /// Its id.
    pub id: Uuid,
    /// The authority of the case.
    pub case_org: Uuid,
    /// The case.
    pub case: Uuid,
    /// The person, as the authority that took it knows them.
    pub person: Uuid,
    /// One of [`GIVERS`].
    pub giver: String,
    /// One of [`HOW`].
    pub how: String,
    /// The language it was given in.
    pub language: String,
    /// The parties of the method that may have the data.
    pub parties: Vec<String>,
    /// Some of [`KINDS`].
    pub kinds: Vec<String>,
    /// What for.
    pub purpose: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// Who took it.
    pub taken_by: Uuid,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// The consent that has taken its place.
    pub replaced_by: Option<Uuid>,
}

impl Consent {
    /// Whether it is in force.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && self.replaced_by.is_none() && now < self.ends_at
    }
}

/// Takes a consent in a case that is being made or has been granted. The caller hands over what waited for it.
pub(crate) fn store(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    row: &CaseRow,
    person: Uuid,
    parties: Vec<String>,
    new: &NewConsent,
) -> Result<Consent, Stop> {
    let consent = Consent {
        org: cx.actor.org,
        id: cx.id(),
        case_org: row.org,
        case: row.id,
        person,
        giver: new.giver.clone(),
        how: new.how.clone(),
        language: new.language.clone(),
        parties,
        kinds: new.kinds.clone(),
        purpose: "offer_of_support".into(),
        given_at: cx.now,
        taken_by: cx.actor.id,
        ends_at: ends_at(cx, new),
        withdrawn_at: None,
        replaced_by: None,
    };
    let shown = text(cx, new, consent.ends_at);
    let key = people::key(tx, &cx.app.keyring, consent.org, person)?;
    let seal = |column: &str, text: &str| {
        key.seal(&Aad { table: "consent", column, org: consent.org, id: consent.id }, text.as_bytes())
            .map_err(|_| StoreError::Fault("a consent could not be sealed".into()))
    };
    let sealed = sql::Sealed {
        text: seal("text_sealed", &shown)?,
        signature: new.signature.as_deref().map(|strokes| seal("signature_sealed", strokes)).transpose()?,
        second: new.second_signature.as_deref().map(|strokes| seal("second_sealed", strokes)).transpose()?,
        note: new.note.as_deref().map(|note| seal("note_sealed", note)).transpose()?,
        consent,
    };
    sql::insert(tx, &sealed)?;
    Ok(sealed.consent)
}

/// When a new consent ends: with its last day, a year from now at most.
fn ends_at(cx: &Cx, new: &NewConsent) -> Timestamp {
    let most = cx.now.saturating_add(HOLDS).unwrap_or(Timestamp::MAX);
    let last = new.until.and_then(|day| day.tomorrow().ok()?.to_zoned(format::local(cx.now).time_zone().clone()).ok());
    last.map_or(most, |end| end.timestamp().min(most))
}

/// The text that is kept: what was read or signed, and what it was to, from whom and until when, as the form said.
pub(crate) fn text(cx: &Cx, new: &NewConsent, ends_at: Timestamp) -> String {
    let words = script::find(&new.language).map_or("", |s| s.words_for(&new.giver));
    let kinds: Vec<String> = new.kinds.iter().map(|kind| given::kind(cx.lang, kind)).collect();
    let last = format::local(ends_at.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(ends_at)).date();
    let scope = t!(cx.lang, "consent-scope", kinds = kinds.join(", "), until = format::date(cx.lang, last));
    format!("{}\n{scope}\n{}", words.trim_end(), given::giver(cx.lang, &new.giver))
}

/// Takes a consent for a case that waits for one, and hands over what waited.
pub fn give(tx: &mut dyn Sql, cx: &mut Cx, code: &str, new: &NewConsent) -> Result<Granted<(Consent, CaseFile)>, Stop> {
    let granted = access::case(tx, cx, code, Action::TakeConsent)?;
    let file = CaseFile::clone(&granted);
    let person = file.own_share()?.person;
    let standing: Vec<Consent> = of_case(tx, &file)?.into_iter().filter(|known| known.holds(cx.now)).collect();
    if !standing.is_empty() && !new.renews {
        return Err(Refused::ConsentStands.into());
    }
    let today = format::local(cx.now).date();
    let age = people::load(tx, &cx.app.keyring, cx.actor.org, person)?.age_on(today);
    let wrong = new.wrong_for(age, today, cx.lang, "");
    if !wrong.is_empty() {
        return Err(Refused::Fields(wrong).into());
    }
    let parties = cases::consent_parties(cx, &file)?;
    let consent = store(tx, cx, &file.row, person, parties, new)?;
    for old in &standing {
        sql::replace(tx, old.org, old.id, consent.id)?;
    }
    let file = if standing.is_empty() {
        cases::consent_taken(tx, cx, file)?
    } else {
        cases::renewed(tx, cx, file, &standing, &consent)?
    };
    let after = cases::hand_over_pending(tx, cx, file)?;
    Ok(granted.map(|_| (consent, after)))
}

/// Withdraws a consent: every share that rests on it ends in this transaction, so that a look begun after it finds nothing.
pub fn withdraw(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<(Consent, String)>, Stop> {
    let Some((consent, code)) = sql::by_id(tx, id)? else {
        return Err(Refused::NotFound.into());
    };
    let granted = access::case(tx, cx, &code, Action::WithdrawConsent)?;
    if !consent.holds(cx.now) {
        return Err(Refused::ConsentOver.into());
    }
    cases::withdrawal(tx, cx, CaseFile::clone(&granted))?;
    let withdrawn = Consent { withdrawn_at: Some(cx.now), ..consent };
    Ok(granted.map(|file| (withdrawn, file.row.code)))
}

/// Marks every consent of a case that is in force as withdrawn, and gives their ids.
pub(crate) fn withdraw_all(tx: &mut dyn Sql, cx: &Cx, file: &CaseFile) -> Result<Vec<Uuid>, StoreError> {
    let mut withdrawn = Vec::new();
    for consent in of_case(tx, file)?.iter().filter(|c| c.holds(cx.now)) {
        if sql::withdraw(tx, consent.org, consent.id, cx.now, cx.actor.id)? {
            withdrawn.push(consent.id);
        }
    }
    Ok(withdrawn)
}

/// Ends again a consent that was withdrawn after the store's backup was made, with every share that rests on it. Answers
/// whether there was something to end.
///
/// # Errors
/// The store's.
pub(crate) fn withdraw_again(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, at: Timestamp, by: Uuid) -> Result<bool, Stop> {
    let Some((consent, code)) = sql::by_id(tx, id)? else { return Ok(false) };
    if !sql::withdraw(tx, consent.org, id, at, by)? {
        return Ok(false);
    }
    cases::end_resting_on(tx, cx, &code, id, at)?;
    Ok(true)
}

/// The consents of a case that the actor has been granted.
pub fn of_case(tx: &mut dyn Sql, file: &CaseFile) -> Result<Vec<Consent>, StoreError> {
    sql::of_case(tx, file.row.org, file.row.id)
}

/// The consents that an authority has taken in a case.
pub(crate) fn taken_in(tx: &mut dyn Sql, org: Uuid, case: (Uuid, Uuid)) -> Result<Vec<Consent>, StoreError> {
    Ok(sql::of_case(tx, case.0, case.1)?.into_iter().filter(|consent| consent.org == org).collect())
}

/// What is kept of how a consent was given.
pub struct KeptWords {
    /// The exact text.
    pub text: String,
    /// The strokes of the signatures: the giver's, and the other guardian's.
    pub signatures: Vec<String>,
    /// Why a child was mature enough, or one guardian enough.
    pub note: Option<String>,
}

/// The exact text a consent was given to, with its signatures; only for the authority that took it.
pub fn kept(tx: &mut dyn Sql, cx: &Cx, consent: &Consent) -> Result<Option<KeptWords>, Stop> {
    if consent.org != cx.actor.org {
        return Ok(None);
    }
    let Some(sealed) = sql::sealed_parts(tx, consent.org, consent.id)? else { return Ok(None) };
    let key = people::key(tx, &cx.app.keyring, consent.org, consent.person)?;
    let open = |column: &'static str, sealed: &[u8]| {
        key.open_text(&Aad { table: "consent", column, org: consent.org, id: consent.id }, sealed)
            .map_err(|_| StoreError::Corrupt("a consent cannot be opened with its key".into()))
    };
    let mut signatures = Vec::new();
    for (column, strokes) in [("signature_sealed", &sealed.signature), ("second_sealed", &sealed.second)] {
        if let Some(strokes) = strokes {
            signatures.push(open(column, strokes)?);
        }
    }
    let note = sealed.note.as_deref().map(|note| open("note_sealed", note)).transpose()?;
    Ok(Some(KeptWords { text: open("text_sealed", &sealed.text)?, signatures, note }))
}
