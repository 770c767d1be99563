//! Invitations and reminders by e-mail.
//!
//! A letter is written down first and sent by the job that also sends the other reminders: it is leased, a link is made for it,
//! and it is marked when the mail server has taken it. Who dies in between leaves a lease that runs out, and then it is sent
//! again with a link of its own. A letter goes to the address of a function and names the survey, the last day and the link.

use chain::text::Lang;
use jiff::{SignedDuration, Span, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Invitation, Round, State, changeable, links, sql, with_round};
use crate::access::Granted;
use crate::app::{App, Cx, Stop};
use crate::reminders::{Letter as Mail, MailError, Mailer};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format;

/// How long a letter is leased at the first try. Each try after it waits twice as long as the one before.
const FIRST_LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How often the pause is doubled: it ends at some five hours.
const DOUBLINGS: u32 = 6;

/// Why a letter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody is asked.
    Invite,
    /// The last day comes near and nothing is handed in.
    Remind,
    /// The link was made anew.
    Again,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Invite => "invite",
            Kind::Remind => "remind",
            Kind::Again => "again",
        }
    }

    pub(super) fn from_name(name: &str) -> Result<Kind, StoreError> {
        [Kind::Invite, Kind::Remind, Kind::Again]
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| StoreError::Corrupt("the kind of a letter".into()))
    }
}

/// A letter to one who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub org: Uuid,
    pub round: Uuid,
    pub invitation: Uuid,
    pub kind: Kind,
    pub nr: i64,
}

/// A letter that waits to be sent.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub letter: Letter,
    pub tries: u32,
    pub to: String,
    pub asked: String,
    pub by: String,
}

/// Writes down invitations to everybody who has none and has not begun; gives how many.
pub fn invite(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<u64>, Stop> {
    with_round(tx, cx, id, "invite", |tx, cx, round| {
        changeable(cx, round)?;
        let mut new = 0;
        for one in sql::invitations(tx, round)? {
            if one.invited_at.is_none() && one.state == State::NotBegun {
                new += sql::insert_letter(tx, &to(round, &one, Kind::Invite, 0), cx.now)?;
            }
        }
        Ok(new)
    })
}

/// Writes down a reminder to everybody who has been invited and has not handed in or said no, unless they have had as many as
/// the round lets them; gives how many.
pub fn remind(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<u64>, Stop> {
    with_round(tx, cx, id, "remind", |tx, cx, round| {
        changeable(cx, round)?;
        let most = most(round);
        let mut new = 0;
        for one in sql::invitations(tx, round)? {
            if is_to_be_reminded(&one) && one.reminders < most {
                new += sql::insert_letter(tx, &to(round, &one, Kind::Remind, one.reminders), cx.now)?;
            }
        }
        Ok(new)
    })
}

fn to(round: &Round, one: &Invitation, kind: Kind, nr: i64) -> Letter {
    Letter { org: round.org, round: round.id, invitation: one.id, kind, nr }
}

fn most(round: &Round) -> i64 {
    i64::try_from(round.questionnaire.remind.len()).unwrap_or(i64::MAX)
}

fn is_to_be_reminded(one: &Invitation) -> bool {
    one.invited_at.is_some() && [State::NotBegun, State::Partly].contains(&one.state)
}

/// Writes down the reminders that have become due, for those who were invited before that.
pub(super) fn find(tx: &mut dyn Sql, now: Timestamp) -> Result<u64, StoreError> {
    let mut found = 0;
    for round in sql::open_rounds(tx, now)? {
        let days = round.questionnaire.remind.iter();
        let due: Vec<Timestamp> = days.filter_map(|days| days_before(&round, *days)).filter(|at| *at <= now).collect();
        let Some(latest) = due.last() else { continue };
        let reached = i64::try_from(due.len()).unwrap_or(i64::MAX);
        for one in sql::invitations(tx, &round)? {
            // One who was invited after a reminder's time does not get it, nor one who has had it by hand.
            if is_to_be_reminded(&one) && one.invited_at < Some(*latest) && one.reminders < reached {
                found += sql::insert_letter(tx, &to(&round, &one, Kind::Remind, reached - 1), now)?;
            }
        }
    }
    Ok(found)
}

/// The moment so many days before the last day is over, by the calendar.
fn days_before(round: &Round, days: u32) -> Option<Timestamp> {
    format::local(round.ends_at).checked_sub(Span::new().try_days(days).ok()?).ok().map(|at| at.timestamp())
}

/// What a look for letters did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub found: u64,
    pub sent: u64,
    pub failed: u64,
}

/// Finds what has become due and sends what waits. Waits for the store and the mail server: not for async tasks.
///
/// # Errors
/// The store's. That a letter could not be sent is no error: it is counted and tried again.
pub(crate) fn round(app: &App, mailer: &dyn Mailer) -> Result<Sent, StoreError> {
    let now = app.clock.now();
    let mut done = Sent { found: app.store.write_blocking(move |tx| find(tx, now))?, ..Sent::default() };
    loop {
        let now = app.clock.now();
        let claimed = claim(app, now)?;
        if claimed.is_empty() {
            return Ok(done);
        }
        let mut left = claimed.len() as u64;
        for (waiting, round) in claimed {
            let of = (waiting.letter.org, waiting.letter.round, waiting.letter.invitation);
            let token = app.store.write_blocking(move |tx| links::make(tx, of, now))?;
            match mailer.send(&mail(app, &waiting, &round, &token)) {
                Ok(()) => {
                    let letter = waiting.letter.clone();
                    app.store.write_blocking(move |tx| sql::mark_sent(tx, &letter, now))?;
                    done.sent += 1;
                }
                Err(cause) => {
                    tracing::warn!(%cause, tries = waiting.tries + 1, "a letter of a survey could not be sent");
                    if cause == MailError::Unreachable {
                        // It will not be reached for the others either.
                        done.failed += left;
                        return Ok(done);
                    }
                    done.failed += 1;
                }
            }
            left -= 1;
        }
    }
}

/// Leases letters that wait, and drops those that there is no reason for any more.
fn claim(app: &App, now: Timestamp) -> Result<Vec<(Waiting, Round)>, StoreError> {
    loop {
        let waiting = app.store.read_blocking(|tx| sql::waiting(tx, now))?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let claimed = app.store.write_blocking(move |tx| {
            let mut claimed = Vec::new();
            for one in &waiting {
                let round = sql::round(tx, one.letter.org, one.letter.round)?;
                match round {
                    Some(round) if sql::lease(tx, &one.letter, now, lease_until(one.tries, now))? => {
                        claimed.push((one.clone(), round));
                    }
                    _ => sql::drop_letter(tx, &one.letter, now)?,
                }
            }
            Ok::<_, StoreError>(claimed)
        })?;
        // Where others took or dropped them all there may be more.
        if !claimed.is_empty() {
            return Ok(claimed);
        }
    }
}

fn lease_until(tries: u32, now: Timestamp) -> Timestamp {
    let pause = FIRST_LEASE.saturating_mul(1 << tries.min(DOUBLINGS));
    now.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

/// The letter, in both languages: who asks, what, until when, and the link.
fn mail(app: &App, waiting: &Waiting, round: &Round, token: &str) -> Mail {
    let link = links::address(app, token);
    let part = |lang: Lang| {
        let (survey, day) = (round.title(lang), format::date(lang, round.last_day));
        let what = match waiting.letter.kind {
            Kind::Invite | Kind::Again => {
                t!(lang, "survey-mail-invite", by = &waiting.by, asked = &waiting.asked, survey = survey, day = day)
            }
            Kind::Remind => {
                t!(lang, "survey-mail-remind", by = &waiting.by, asked = &waiting.asked, survey = survey, day = day)
            }
        };
        let answer = t!(lang, "survey-mail-link", link = &link);
        format!("{what}\n\n{answer}\n\n{}", t!(lang, "survey-mail-how"))
    };
    let subject = |lang: Lang| match waiting.letter.kind {
        Kind::Remind => t!(lang, "survey-mail-subject-remind", survey = round.title(lang)),
        Kind::Invite | Kind::Again => t!(lang, "survey-mail-subject", survey = round.title(lang)),
    };
    Mail {
        to: waiting.to.clone(),
        id: mail_id(&waiting.letter),
        subject: format!("{} / {}", subject(Lang::Sv), subject(Lang::En)),
        text: format!("{}\n\n--\n\n{}\n", part(Lang::Sv), part(Lang::En)),
    }
}

/// The same for the same letter, whoever sends it and however often; it tells nothing of it.
fn mail_id(letter: &Letter) -> String {
    let mut hash = Sha256::new();
    for id in [letter.org, letter.round, letter.invitation] {
        hash.update(id.as_bytes());
    }
    hash.update(letter.kind.name().as_bytes());
    hash.update(letter.nr.to_be_bytes());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
