//! Letters that wait to be sent, of whatever kind. Each is leased, sent, and marked when the mail server has taken it. Who dies in
//! between leaves a lease that runs out, and then it is sent again.

use jiff::{SignedDuration, Timestamp};

use super::{Letter, MailError, Mailer, Round};
use crate::app::App;
use crate::store::{Sql, StoreError};

/// How long a letter is leased at the first try. Each try after it waits twice as long as the one before.
pub(super) const FIRST_LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How often the pause is doubled: it ends at some five hours.
const DOUBLINGS: u32 = 6;

/// A kind of letters that wait.
pub(crate) trait Queue {
    /// One that waits.
    type Waiting: Send + Sync + 'static;
    /// One that is leased.
    type Leased: Clone + Send + 'static;

    /// Some that nobody has a lease on: few at a time, so that all are sent before the leases run out.
    fn waiting(tx: &mut dyn Sql, now: Timestamp) -> Result<Vec<Self::Waiting>, StoreError>;
    /// How often it has been tried.
    fn tries(waiting: &Self::Waiting) -> u32;
    /// Leases one, or drops it when there is no reason for it any more; nothing when another has it.
    fn take(
        tx: &mut dyn Sql,
        waiting: &Self::Waiting,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Self::Leased>, StoreError>;
    /// The letter itself; nothing when it cannot be written.
    fn letter(app: &App, leased: &Self::Leased, now: Timestamp) -> Option<Letter>;
    /// Marks one as sent.
    fn mark(tx: &mut dyn Sql, leased: &Self::Leased, now: Timestamp) -> Result<(), StoreError>;
}

/// Sends what waits. Waits for the store and the mail server: not for async tasks.
///
/// # Errors
/// The store's. That a letter could not be sent is no error: it is counted and tried again.
pub(crate) fn send_all<Q: Queue>(app: &App, mailer: &dyn Mailer) -> Result<Round, StoreError> {
    let mut done = Round::default();
    loop {
        // Anew each time: sending takes its time, and a lease counts from when it is taken.
        let now = app.clock.now();
        let claimed = claim::<Q>(app, now)?;
        if claimed.is_empty() {
            return Ok(done);
        }
        let mut left = claimed.len() as u64;
        for leased in claimed {
            let sent = Q::letter(app, &leased, now).ok_or(MailError::Method).and_then(|letter| mailer.send(&letter));
            match sent {
                Ok(()) => {
                    app.store.write_blocking(move |tx| Q::mark(tx, &leased, now))?;
                    done.sent += 1;
                }
                Err(cause) => {
                    tracing::warn!(%cause, "a letter could not be sent");
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
pub(crate) fn claim<Q: Queue>(app: &App, now: Timestamp) -> Result<Vec<Q::Leased>, StoreError> {
    loop {
        let waiting = app.store.read_blocking(|tx| Q::waiting(tx, now))?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let claimed = app.store.write_blocking(move |tx| {
            let mut claimed = Vec::new();
            for one in &waiting {
                claimed.extend(Q::take(tx, one, now, lease_until(Q::tries(one), now))?);
            }
            Ok::<_, StoreError>(claimed)
        })?;
        // Where others took or dropped them all there may be more.
        if !claimed.is_empty() {
            return Ok(claimed);
        }
    }
}

/// Until when a letter is leased, which is also when it is tried again if it does not get away.
pub(super) fn lease_until(tries: u32, now: Timestamp) -> Timestamp {
    let pause = FIRST_LEASE.saturating_mul(1 << tries.min(DOUBLINGS));
    now.saturating_add(pause).unwrap_or(Timestamp::MAX)
}
