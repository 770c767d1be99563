//! Reminders: tells by e-mail that a case's clock is near its limit or past it.
//!
//! A ladder of three rungs. The unit's function address is told when the time to warn has come, whoever leads the unit when
//! the limit has passed, and the authority's ombud a day after that: long enough for the lead to act, and the same for
//! every clock, because to wait as long again as the limit would leave a limit of fourteen days silent for two weeks more.
//!
//! The job reads no personal data: it sees the case's number, its method and its clock, and the addresses of functions.
//! Nobody is looked at, so it writes no audit record, and a message has nothing to give away.
//!
//! Each rung of each clock is told once, however many nodes run: a row in `notice` is leased before the message is sent, and
//! marked when it is. Who dies in between leaves a lease that runs out, and the message is sent again with the same
//! `Message-ID`, by which mail systems know it.

mod mail;
pub(crate) mod queue;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::secrets::case_code_shown;
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format;

pub use mail::{Letter, MailError, Mailer, Smtp};
use queue::Queue;
use sql::{Notice, Waiting};

/// How long after the limit the ombud is told.
const OMBUD_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How often the job looks.
const EVERY: Duration = Duration::from_secs(60);

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// The unit, when the time to warn has come.
    Unit,
    /// Whoever leads it, when the limit has passed.
    Lead,
    /// The authority's ombud, a day later.
    Ombud,
}

impl Rung {
    const ALL: [Rung; 3] = [Rung::Unit, Rung::Lead, Rung::Ombud];

    /// As the store has it.
    fn number(self) -> i64 {
        match self {
            Rung::Unit => 1,
            Rung::Lead => 2,
            Rung::Ombud => 3,
        }
    }

    fn from_number(number: i64) -> Option<Rung> {
        Rung::ALL.into_iter().find(|rung| rung.number() == number)
    }
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Reminders that had become due since the round before.
    pub found: u64,
    /// Messages that the mail server took.
    pub sent: u64,
    /// Messages that it did not take, to be tried again.
    pub failed: u64,
}

/// Sends reminders each minute until `stop` is done. Returns at once where no mail is set.
pub async fn run(app: Arc<App>, stop: impl Future<Output = ()>) {
    let Some(settings) = &app.settings.mail else { return };
    let mailer = match Smtp::new(settings) {
        Ok(mailer) => Arc::new(mailer),
        Err(cause) => {
            tracing::error!(%cause, "reminders cannot be sent");
            return;
        }
    };
    tokio::pin!(stop);
    loop {
        let (own, by) = (app.clone(), mailer.clone());
        match tokio::task::spawn_blocking(move || both(&own, by.as_ref())).await {
            Ok(Ok(Round { found: 0, sent: 0, failed: 0 })) => {}
            Ok(Ok(Round { found, sent, failed })) => tracing::info!(found, sent, failed, "reminders"),
            Ok(Err(cause)) => tracing::error!(%cause, "reminders could not be looked for"),
            Err(_) => tracing::error!("the round of reminders panicked"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = &mut stop => return,
        }
    }
}

/// A round of the reminders of clocks, and one of the letters of surveys.
fn both(app: &App, mailer: &dyn Mailer) -> Result<Round, StoreError> {
    let clocks = round(app, mailer)?;
    let surveys = crate::surveys::post::round(app, mailer)?;
    Ok(Round {
        found: clocks.found + surveys.found,
        sent: clocks.sent + surveys.sent,
        failed: clocks.failed + surveys.failed,
    })
}

/// Finds what has become due and sends what waits. Waits for the store and the mail server: not for async tasks.
///
/// # Errors
/// The store's. That a message could not be sent is no error: it is counted and tried again.
pub fn round(app: &App, mailer: &dyn Mailer) -> Result<Round, StoreError> {
    let found = find(app, app.clock.now())?;
    Ok(Round { found, ..queue::send_all::<Clocks>(app, mailer)? })
}

/// The reminders of clocks, as letters that wait. One whose clock no longer runs is dropped.
struct Clocks;

impl Queue for Clocks {
    type Waiting = Waiting;
    type Leased = Waiting;

    fn waiting(tx: &mut dyn Sql, now: Timestamp) -> Result<Vec<Waiting>, StoreError> {
        sql::waiting(tx, now)
    }

    fn tries(waiting: &Waiting) -> u32 {
        waiting.tries
    }

    fn take(
        tx: &mut dyn Sql,
        waiting: &Waiting,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Waiting>, StoreError> {
        if sql::lease(tx, &waiting.notice, now, until)? {
            return Ok(Some(waiting.clone()));
        }
        sql::drop_stopped(tx, &waiting.notice, now)?;
        Ok(None)
    }

    fn letter(app: &App, waiting: &Waiting, now: Timestamp) -> Option<Letter> {
        letter(app, waiting, now)
    }

    fn mark(tx: &mut dyn Sql, waiting: &Waiting, now: Timestamp) -> Result<(), StoreError> {
        sql::sent(tx, &waiting.notice, now)
    }
}

/// Writes down what has become due and was not written down before.
fn find(app: &App, now: Timestamp) -> Result<u64, StoreError> {
    let passed_for = |rung| match rung {
        Rung::Ombud => now.saturating_sub(OMBUD_AFTER).unwrap_or(Timestamp::MIN),
        Rung::Unit | Rung::Lead => now,
    };
    let mut found = 0;
    for rung in Rung::ALL {
        let due = app.store.read_blocking(|tx| match rung {
            Rung::Unit => sql::to_warn(tx, now),
            Rung::Lead | Rung::Ombud => sql::passed(tx, rung, passed_for(rung), now),
        })?;
        if !due.is_empty() {
            found += app.store.write_blocking(move |tx| {
                let mut new = 0;
                for notice in &due {
                    new += sql::insert(tx, notice)?;
                }
                Ok::<u64, StoreError>(new)
            })?;
        }
    }
    Ok(found)
}

/// The message: that a case waits, which, for what and how long. Nothing of whom it is about.
fn letter(app: &App, waiting: &Waiting, now: Timestamp) -> Option<Letter> {
    let method = app.library.get(&waiting.method, waiting.method_version)?;
    let clock = method.clock(&waiting.notice.clock)?;
    let part = |lang: Lang| {
        let due = waiting.notice.due_at;
        let there = format::local(due);
        let mark = if lang == Lang::Sv { '.' } else { ':' };
        let when = t!(
            lang,
            "mail-when",
            date = format::date(lang, there.date()),
            time = format!("{:02}{mark}{:02}", there.hour(), there.minute()),
        );
        let apart = format::duration(lang, now.duration_since(due).as_secs().abs());
        let code = case_code_shown(&waiting.code);
        let name = clock.name.get(lang);
        let what = if due < now {
            t!(lang, "mail-past", clock = name, code = code, unit = &waiting.unit, when = when, late = apart)
        } else {
            t!(lang, "mail-near", clock = name, code = code, unit = &waiting.unit, when = when, left = apart)
        };
        let why = match waiting.rung {
            Rung::Unit => t!(lang, "mail-why-unit"),
            Rung::Lead => t!(lang, "mail-why-lead"),
            Rung::Ombud => t!(lang, "mail-why-ombud"),
        };
        let log_in = t!(lang, "mail-log-in", link = format!("{}/", app.settings.public.trim_end_matches('/')));
        format!("{what}\n\n{log_in}\n\n{why} {}", t!(lang, "mail-quiet"))
    };
    Some(Letter {
        to: waiting.to.clone(),
        id: letter_id(&waiting.notice),
        subject: format!("{} / {}", t!(Lang::Sv, "mail-subject"), t!(Lang::En, "mail-subject")),
        text: format!("{}\n\n--\n\n{}\n", part(Lang::Sv), part(Lang::En)),
    })
}

/// The same for the same reminder, whoever sends it and however often; it tells nothing of it.
fn letter_id(notice: &Notice) -> String {
    let mut hash = Sha256::new();
    for id in [notice.org, notice.unit, notice.case] {
        hash.update(id.as_bytes());
    }
    hash.update(notice.due_at.as_microsecond().to_be_bytes());
    hash.update(notice.rung.to_be_bytes());
    hash.update(notice.clock.as_bytes());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
