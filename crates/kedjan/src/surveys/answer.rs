//! Answering by link. The link is all that whoever answers has: it leads to one invitation of one round and to nothing else,
//! and after the lock to nothing at all. What does not hold is answered alike, whatever the reason.

use std::collections::BTreeMap;

use chain::survey::{Answers, Respondent, check, plain};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Invitation, Round, State, sql};
use crate::access::Role;
use crate::app::{Actor, Cx, Stop, Via};
use crate::audit::{self, Entry};
use crate::people;
use crate::refusal::{FieldIssue, Refused};
use crate::secrets::{Aad, SealError, token_digest};
use crate::store::{Sql, StoreError};
use crate::t;

/// The most characters that whoever answers can leave about whom to ask.
pub(super) const LONGEST_CONTACT: usize = 200;

/// What is kept of the answers, sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub answers: Answers,
    /// Whom to ask about the answers, if somebody was named. Shown to those who run the survey, and in no sheet or file.
    #[serde(default)]
    pub contact: String,
}

/// An invitation with what is filled in, for whoever has its link.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The round.
    pub round: Round,
    /// The invitation.
    pub invitation: Invitation,
    /// What is saved.
    pub answers: Answers,
    /// Whom to ask about the answers.
    pub contact: String,
}

/// Answers as they are sent.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The version that they follow.
    pub version: i64,
    /// The answers.
    pub answers: Answers,
    /// Whom to ask about them.
    pub contact: String,
    /// Whether they are handed in, rather than saved to go on with.
    pub whole: bool,
}

/// What a link leads to.
///
/// # Errors
/// [`Refused::NotFound`] for a link that does not hold, whatever the reason.
pub fn by_link(tx: &mut dyn Sql, cx: &Cx, token: &str) -> Result<Filled, Stop> {
    let found = match sql::by_link(tx, &token_digest(token))? {
        None => None,
        Some((org, round, invitation)) => match sql::round(tx, org, round)? {
            Some(round) if !round.is_locked(cx.now) => {
                sql::invitation(tx, &round, invitation)?.map(|invitation| (round, invitation))
            }
            _ => None,
        },
    };
    let (round, invitation) = found.ok_or(Refused::NotFound)?;
    let kept = kept(tx, cx, &round, invitation.id)?;
    Ok(Filled { round, invitation, answers: kept.answers, contact: kept.contact })
}

fn aad(org: Uuid, id: Uuid) -> Aad<'static> {
    Aad { table: "survey_invitation", column: "answers_sealed", org, id }
}

pub(super) fn kept(tx: &mut dyn Sql, cx: &Cx, round: &Round, id: Uuid) -> Result<Kept, Stop> {
    match sql::answers(tx, round, id)? {
        None => Ok(Kept::default()),
        Some(sealed) => opened(tx, cx, round, id, &sealed),
    }
}

pub(super) fn opened(tx: &mut dyn Sql, cx: &Cx, round: &Round, id: Uuid, sealed: &[u8]) -> Result<Kept, Stop> {
    let key = people::authority_key(tx, &cx.app.keyring, round.org)?;
    let corrupt = || StoreError::Corrupt("answers to a survey cannot be opened with their key".into());
    let open = key.open(&aad(round.org, id), sealed).map_err(|_: SealError| corrupt())?;
    Ok(serde_json::from_slice(&open).map_err(|_| corrupt())?)
}

fn sealed(tx: &mut dyn Sql, cx: &Cx, round: &Round, id: Uuid, kept: &Kept) -> Result<Vec<u8>, Stop> {
    let key = people::authority_key(tx, &cx.app.keyring, round.org)?;
    let fault = || StoreError::Fault("answers to a survey could not be sealed".into());
    let plain = serde_json::to_vec(kept).map_err(|_| fault())?;
    Ok(key.seal(&aad(round.org, id), &plain).map_err(|_: SealError| fault())?)
}

/// Saves answers, or hands them in. Everything that is wrong is said at once, and then nothing is saved.
///
/// # Errors
/// [`Refused::Stale`] when somebody else has saved since, [`Refused::Fields`] with what is wrong, [`Refused::Decided`] when
/// they are handed in already, and those of [`by_link`].
pub fn save(tx: &mut dyn Sql, cx: &mut Cx, token: &str, given: &Given) -> Result<Filled, Stop> {
    let filled = by_link(tx, cx, token)?;
    let Filled { round, invitation, .. } = &filled;
    fits(invitation, given.version)?;
    let taken = taken(cx, round, given)?;
    let kept = Kept { answers: taken, contact: plain(&given.contact) };
    let state = if given.whole { State::Answered } else { State::Partly };
    put(tx, cx, round, invitation, state, &kept)?;
    if given.whole {
        record(tx, cx, round, invitation, "answer_survey")?;
    }
    by_link(tx, cx, token)
}

/// Whether the answers can be changed as they were seen.
fn fits(invitation: &Invitation, version: i64) -> Result<(), Refused> {
    if invitation.version != version {
        return Err(Refused::Stale { etag: etag(invitation.version) });
    }
    if invitation.state == State::Answered {
        return Err(Refused::Decided);
    }
    Ok(())
}

pub(super) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The answers that are taken, or all that is wrong with them, in the words of the questionnaire.
fn taken(cx: &Cx, round: &Round, given: &Given) -> Result<Answers, Refused> {
    let mut issues = Vec::new();
    let answers = check(&round.questionnaire, &given.answers, given.whole).unwrap_or_else(|wrong| {
        for one in wrong {
            let question = round.questionnaire.question(&one.question).map_or("", |q| q.name.get(cx.lang));
            let detail = format!("{question} {}", one.problem.sentence(cx.lang));
            issues.push(FieldIssue { pointer: format!("/q-{}", one.question), detail });
        }
        Answers::new()
    });
    if given.contact.trim().chars().count() > LONGEST_CONTACT {
        issues.push(FieldIssue {
            pointer: "/contact".into(),
            detail: t!(cx.lang, "field-too-long", max = LONGEST_CONTACT),
        });
    }
    if issues.is_empty() { Ok(answers) } else { Err(Refused::Fields(issues)) }
}

pub(super) fn put(
    tx: &mut dyn Sql,
    cx: &Cx,
    round: &Round,
    invitation: &Invitation,
    state: State,
    kept: &Kept,
) -> Result<(), Stop> {
    let sealed = sealed(tx, cx, round, invitation.id, kept)?;
    if sql::change(tx, round, invitation.id, invitation.version, state, Some(&sealed), cx.now)? {
        return Ok(());
    }
    Err(StoreError::Busy.into())
}

/// Opens handed-in answers, or a no, to be changed.
///
/// # Errors
/// Those of [`save`].
pub fn reopen(tx: &mut dyn Sql, cx: &mut Cx, token: &str, version: i64) -> Result<Filled, Stop> {
    let filled = by_link(tx, cx, token)?;
    let Filled { round, invitation, answers, contact } = &filled;
    if invitation.version != version {
        return Err(Refused::Stale { etag: etag(invitation.version) }.into());
    }
    if [State::Answered, State::Declined].contains(&invitation.state) {
        let state = if answers.is_empty() { State::NotBegun } else { State::Partly };
        let kept = Kept { answers: answers.clone(), contact: contact.clone() };
        put(tx, cx, round, invitation, state, &kept)?;
        record(tx, cx, round, invitation, "reopen_survey")?;
    }
    by_link(tx, cx, token)
}

/// Says that those who are asked do not answer. What is saved is kept until the lock, and counted nowhere.
///
/// # Errors
/// Those of [`save`].
pub fn decline_by_link(tx: &mut dyn Sql, cx: &mut Cx, token: &str, version: i64) -> Result<Filled, Stop> {
    let filled = by_link(tx, cx, token)?;
    let Filled { round, invitation, answers, contact } = &filled;
    fits(invitation, version)?;
    put(tx, cx, round, invitation, State::Declined, &Kept { answers: answers.clone(), contact: contact.clone() })?;
    record(tx, cx, round, invitation, "decline_survey")?;
    by_link(tx, cx, token)
}

/// The record in the chain of the authority that asks. Nobody is logged in: the invitation stands for whoever has its link, in
/// the role that asked.
fn record(tx: &mut dyn Sql, cx: &Cx, round: &Round, invitation: &Invitation, action: &str) -> Result<(), Stop> {
    let actor = stranger(round.org, invitation.id);
    let object = format!("survey:{}", round.handle());
    let entry =
        Entry { action, object: &object, relation: "none", allowed: true, policy: "link", people: &[], detail: "" };
    audit::append(tx, cx.now, &actor, &entry)?;
    Ok(())
}

pub(super) fn stranger(org: Uuid, invitation: Uuid) -> Actor {
    Actor { org, unit: Uuid::nil(), id: invitation, role: Role::County, via: Via::Page }
}

/// Everybody who has handed in, with answers and codes.
pub(super) struct HandedIn {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub respondent: Respondent,
}

pub(super) fn handed_in(tx: &mut dyn Sql, cx: &Cx, round: &Round) -> Result<Vec<HandedIn>, Stop> {
    let codes = sql::codes(tx, round)?;
    let mut all = Vec::new();
    for (id, code, name, sealed) in sql::handed_in(tx, round)? {
        let answers = opened(tx, cx, round, id, &sealed)?.answers;
        let codes = codes.iter().find(|(of, _)| *of == id).map(|(_, codes)| codes.clone()).unwrap_or_default();
        all.push(HandedIn { id, code, name, respondent: Respondent { answers, codes } });
    }
    Ok(all)
}

/// Whom to ask about the answers, of those who have said.
pub(super) fn contacts(tx: &mut dyn Sql, cx: &Cx, round: &Round) -> Result<BTreeMap<Uuid, String>, Stop> {
    let mut contacts = BTreeMap::new();
    for (id, sealed) in sql::filled_in(tx, round)? {
        let contact = opened(tx, cx, round, id, &sealed)?.contact;
        if !contact.is_empty() {
            contacts.insert(id, contact);
        }
    }
    Ok(contacts)
}

/// When answers were last saved, for a page that says so.
pub(super) fn saved_at(invitation: &Invitation) -> Option<Timestamp> {
    invitation.submitted_at.or(invitation.changed_at)
}
