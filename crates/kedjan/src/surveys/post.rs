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
use crate::reminders::queue::{self, Queue};
use crate::reminders::{Letter as Mail, Mailer, Round as Sent};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format;

/// The hour at which reminders are sent by themselves.
const MORNING: i8 = 8;
/// For how long after a reminder nobody is reminded by hand: who presses twice, or two who run the survey, send one.
const REST: SignedDuration = SignedDuration::from_hours(24);

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
            if one.invited_at.is_none() && one.state == State::NotBegun && one.withdrawn_at.is_none() {
                new += sql::insert_letter(tx, &to(round, &one, Kind::Invite, 0), cx.now)?;
            }
        }
        Ok(new)
    })
}

/// Writes down a reminder to everybody who has been invited and has not handed in or said no, unless they have had one within
/// a day or as many as the round lets them; gives whom.
pub fn remind(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Vec<String>>, Stop> {
    with_round(tx, cx, id, "remind", |tx, cx, round| {
        changeable(cx, round)?;
        let most = most(round);
        let mut whom = Vec::new();
        for one in sql::invitations(tx, round)? {
            let rests = one.reminded_at.is_some_and(|at| cx.now.duration_since(at) < REST);
            if is_to_be_reminded(&one) && !rests && one.reminders < most {
                let nr = sql::next_letter(tx, (round.org, round.id, one.id), Kind::Remind)?;
                sql::insert_letter(tx, &to(round, &one, Kind::Remind, nr), cx.now)?;
                whom.push(one.name);
            }
        }
        Ok(whom)
    })
}

fn to(round: &Round, one: &Invitation, kind: Kind, nr: i64) -> Letter {
    Letter { org: round.org, round: round.id, invitation: one.id, kind, nr }
}

fn most(round: &Round) -> i64 {
    i64::try_from(round.questionnaire.remind.len()).unwrap_or(i64::MAX)
}

fn is_to_be_reminded(one: &Invitation) -> bool {
    one.invited_at.is_some() && one.waits()
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

/// The morning so many days before the last day, by the calendar of Sweden.
fn days_before(round: &Round, days: u32) -> Option<Timestamp> {
    let day = round.last_day.checked_sub(Span::new().try_days(days).ok()?).ok()?;
    let zone = format::local(round.ends_at).time_zone().clone();
    day.at(MORNING, 0, 0, 0).to_zoned(zone).ok().map(|at| at.timestamp())
}

/// Finds what has become due and sends what waits. Waits for the store and the mail server: not for async tasks.
///
/// # Errors
/// The store's. That a letter could not be sent is no error: it is counted and tried again.
pub(crate) fn round(app: &App, mailer: &dyn Mailer) -> Result<Sent, StoreError> {
    let now = app.clock.now();
    let found = app.store.write_blocking(move |tx| find(tx, now))?;
    Ok(Sent { found, ..queue::send_all::<Letters>(app, mailer)? })
}

/// The letters of surveys. One to somebody who has answered or whose link is withdrawn is dropped.
pub(super) struct Letters;

impl Queue for Letters {
    type Waiting = Waiting;
    type Leased = (Waiting, Round, String);

    fn waiting(tx: &mut dyn Sql, now: Timestamp) -> Result<Vec<Waiting>, StoreError> {
        sql::waiting(tx, now)
    }

    fn tries(waiting: &Waiting) -> u32 {
        waiting.tries
    }

    /// The link is made in the same transaction as the lease, so that whoever withdraws the link after that ends this one too.
    fn take(
        tx: &mut dyn Sql,
        waiting: &Waiting,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Self::Leased>, StoreError> {
        let letter = &waiting.letter;
        let round = match sql::round(tx, letter.org, letter.round) {
            // It is leased and not sent, so that it is tried again and no other letter waits for it.
            Err(StoreError::Corrupt(what)) => {
                tracing::error!(round = %letter.round, %what, "a letter of a survey waits, for the survey cannot be read");
                if !sql::lease(tx, letter, now, until)? {
                    sql::drop_letter(tx, letter, now)?;
                }
                return Ok(None);
            }
            round => round?,
        };
        match round {
            Some(round) if sql::lease(tx, letter, now, until)? => {
                let token = links::make(tx, (letter.org, letter.round, letter.invitation), now)?;
                Ok(Some((waiting.clone(), round, token)))
            }
            _ => {
                sql::drop_letter(tx, letter, now)?;
                Ok(None)
            }
        }
    }

    fn letter(app: &App, (waiting, round, token): &Self::Leased, _: Timestamp) -> Option<Mail> {
        Some(mail(app, waiting, round, token))
    }

    fn mark(tx: &mut dyn Sql, (waiting, ..): &Self::Leased, now: Timestamp) -> Result<(), StoreError> {
        sql::mark_sent(tx, &waiting.letter, now)
    }
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
