//! Consent: what lets one authority hand a person's data to another (10 kap. 1 § and 12 kap. 2 § OSL).
//!
//! A consent names who gives it, which parties of the method may have which kinds of data, for what and until when. The exact
//! text that was shown is kept, and the signature, sealed under the person's key. Withdrawn means that access ends at once.

pub mod api;
pub mod http;
mod page;
pub(crate) mod sql;

use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, Action, Granted};
use crate::app::{Cx, Stop};
use crate::cases::{self, CaseFile, CaseRow};
use crate::people;
use crate::refusal::{FieldIssue, Refused};
use crate::secrets::Aad;
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::script;

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
    /// `self` or `guardian`.
    pub giver: String,
    /// `signed`, `spoken` or `paper`.
    pub how: String,
    /// The language it was given in.
    pub language: String,
    /// The parties of the method that may have the data.
    pub parties: Vec<String>,
    /// `name`, `phone`, `language`, `event`.
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
}

impl Consent {
    /// Whether it is in force.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && now < self.ends_at
    }
}

/// A consent that is being given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConsent {
    /// `self` or `guardian`.
    pub giver: String,
    /// `signed`, `spoken` or `paper`.
    pub how: String,
    /// The language of the text that was shown or read.
    pub language: String,
    /// The strokes of the signature, as the signature pad writes them.
    pub signature: Option<String>,
}

/// The ways a consent can be given.
pub const HOW: [&str; 3] = ["signed", "spoken", "paper"];
/// Who can give it.
pub const GIVERS: [&str; 2] = ["self", "guardian"];
const LONGEST_SIGNATURE: usize = 60_000;

impl NewConsent {
    /// Reads a consent from an answer: `true` and `"spoken"` are the short forms, an object the long one.
    pub fn parse(value: &Value, lang: Lang, pointer: &str) -> Result<Option<NewConsent>, Vec<FieldIssue>> {
        let mut issues = Vec::new();
        let issue = |part: &str, detail: String| FieldIssue { pointer: format!("{pointer}{part}"), detail };
        let plain =
            |how: &str| NewConsent { giver: "self".into(), how: how.into(), language: "sv".into(), signature: None };
        let new = match value {
            Value::Null | Value::Bool(false) => return Ok(None),
            Value::Bool(true) => plain("spoken"),
            Value::String(how) => plain(how),
            Value::Object(parts) => {
                let text = |name: &str, otherwise: &str| {
                    parts.get(name).map_or(Some(otherwise.to_owned()), |v| v.as_str().map(str::to_owned))
                };
                for name in parts.keys() {
                    if !["giver", "how", "language", "signature"].contains(&name.as_str()) {
                        issues.push(issue(&format!("/{name}"), t!(lang, "field-unknown")));
                    }
                }
                NewConsent {
                    giver: text("giver", "self").unwrap_or_default(),
                    how: text("how", "spoken").unwrap_or_default(),
                    language: text("language", "sv").unwrap_or_default(),
                    signature: text("signature", "").filter(|s| !s.is_empty()),
                }
            }
            _ => {
                issues.push(issue("", t!(lang, "field-wrong-type", expected = "object")));
                return Err(issues);
            }
        };
        if !HOW.contains(&new.how.as_str()) {
            issues.push(issue("/how", t!(lang, "field-not-an-option", options = HOW.join(", "))));
        }
        if !GIVERS.contains(&new.giver.as_str()) {
            issues.push(issue("/giver", t!(lang, "field-not-an-option", options = GIVERS.join(", "))));
        }
        if script::find(&new.language).is_none() {
            let options: Vec<&str> = script::all().iter().map(|s| s.code.as_str()).collect();
            issues.push(issue("/language", t!(lang, "field-not-an-option", options = options.join(", "))));
        }
        match (&new.signature, new.how.as_str()) {
            (None, "signed") => issues.push(issue("/signature", t!(lang, "field-missing"))),
            (Some(strokes), _) if strokes.len() > LONGEST_SIGNATURE => {
                issues.push(issue("/signature", t!(lang, "field-too-long", max = LONGEST_SIGNATURE)));
            }
            (Some(strokes), _) if !is_path(strokes) => {
                issues.push(issue("/signature", t!(lang, "consent-signature-unreadable")));
            }
            _ => {}
        }
        if issues.is_empty() { Ok(Some(new)) } else { Err(issues) }
    }
}

/// Whether the text is nothing but moves and lines of an SVG path.
fn is_path(strokes: &str) -> bool {
    strokes.starts_with('M') && strokes.chars().all(|c| c.is_ascii_digit() || "ML ,.-".contains(c))
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
        kinds: vec!["name".into(), "phone".into(), "language".into(), "event".into()],
        purpose: "offer_of_support".into(),
        given_at: cx.now,
        taken_by: cx.actor.id,
        ends_at: cx.now.saturating_add(HOLDS).unwrap_or(Timestamp::MAX),
        withdrawn_at: None,
    };
    let shown = script::find(&new.language).map_or("", |s| s.consent.as_str());
    let key = people::key(tx, &cx.app.keyring, consent.org, person)?;
    let seal = |column: &str, text: &str| {
        key.seal(&Aad { table: "consent", column, org: consent.org, id: consent.id }, text.as_bytes())
            .map_err(|_| StoreError::Fault("a consent could not be sealed".into()))
    };
    let sealed = sql::Sealed {
        text: seal("text_sealed", shown)?,
        signature: new.signature.as_deref().map(|strokes| seal("signature_sealed", strokes)).transpose()?,
        consent,
    };
    sql::insert(tx, &sealed)?;
    Ok(sealed.consent)
}

/// Takes a consent for a case that waits for one, and hands over what waited.
pub fn give(tx: &mut dyn Sql, cx: &mut Cx, code: &str, new: &NewConsent) -> Result<Granted<(Consent, CaseFile)>, Stop> {
    let granted = access::case(tx, cx, code, Action::TakeConsent)?;
    let file = CaseFile::clone(&granted);
    let person = file.own_share()?.person;
    if of_case(tx, &file)?.iter().any(|known| known.holds(cx.now)) {
        return Err(Refused::ConsentStands.into());
    }
    let parties = cases::consent_parties(cx, &file)?;
    let consent = store(tx, cx, &file.row, person, parties, new)?;
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

/// The exact text a consent was given to, and the strokes of its signature; only for the authority that took it.
pub fn kept(tx: &mut dyn Sql, cx: &Cx, consent: &Consent) -> Result<Option<(String, Option<String>)>, Stop> {
    if consent.org != cx.actor.org {
        return Ok(None);
    }
    let Some((text, signature)) = sql::sealed_parts(tx, consent.org, consent.id)? else { return Ok(None) };
    let key = people::key(tx, &cx.app.keyring, consent.org, consent.person)?;
    let open = |column: &str, sealed: &[u8]| {
        key.open_text(&Aad { table: "consent", column, org: consent.org, id: consent.id }, sealed)
            .map_err(|_| StoreError::Corrupt("a consent cannot be opened with its key".into()))
    };
    let signature = signature.map(|sealed| open("signature_sealed", &sealed)).transpose()?;
    Ok(Some((open("text_sealed", &text)?, signature)))
}
