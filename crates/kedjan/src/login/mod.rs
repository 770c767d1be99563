//! Logging in: who a session or an API token stands for, asked anew at every request, so that whoever is shut out is out at
//! once. Only digests of tokens are stored.
//!
//! A password is enough where nobody demands more and the account has no second factor. Otherwise it begins a session that
//! is *half*: good for the second step, or for setting one up, and for nothing else.

mod factors;
pub mod first;
pub mod http;
mod page;
mod passkeys;
pub mod rule;
pub mod second;
pub mod security;
pub(crate) mod sql;
#[cfg(test)]
pub(crate) mod tests;
mod throttle;
mod totp;

use std::sync::Arc;

use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};

use uuid::Uuid;

use crate::app::{Actor, App, Cx, Stop};
use crate::audit::{self, Entry};
use crate::secrets;
use crate::store::{Sql, StoreError};

pub(crate) use factors::remove_all;
pub(crate) use passkeys::{Passkeys, QUIET};

/// How long a session lives without a request.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long a session lives at most.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// How long a half session lives: enough to find the phone, or to set up a second factor.
pub const HALF: SignedDuration = SignedDuration::from_mins(15);
/// For how long a proof is fresh: what demands one asks again after that.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// How often at most it is written down that a session is in use.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// How sure a log-in is, from least to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A password.
    #[default]
    Password,
    /// A password and a code, from an app or one of the recovery codes.
    TwoFactors,
    /// A passkey, which asks for a finger, a face or a code of its own, and cannot be shown to the wrong address.
    Passkey,
}

impl Level {
    /// Every level, from least to most.
    pub const ALL: [Level; 3] = [Level::Password, Level::TwoFactors, Level::Passkey];

    /// The name in the store and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Password => "password",
            Level::TwoFactors => "two_factors",
            Level::Passkey => "passkey",
        }
    }

    /// The level of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// A person who is logged in, at one unit in one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// As whom the guard knows the person.
    pub actor: Actor,
    /// The person's name.
    pub name: String,
    /// The unit's name.
    pub unit_name: String,
    /// What the unit is: one of [`crate::directory::UNIT_KINDS`].
    pub unit_kind: String,
    /// The authority's name.
    pub authority_name: String,
    /// The unit's county, two digits.
    pub county: String,
    /// The unit's municipality, four digits; empty when it has none.
    pub municipality: String,
    /// The language the person has chosen for good.
    pub lang: Option<Lang>,
    /// The session's own id: what it is known by on pages and in the log.
    pub id: Uuid,
    /// The level it has reached.
    pub level: Level,
    /// Whether the second step is still to be taken. Such a session opens no page but those of the second step.
    pub half: bool,
    /// When the person last proved who it is.
    pub proved_at: Timestamp,
}

impl Session {
    /// Whether the last proof is fresh enough for what demands one.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        // The clocks of several nodes differ a little, so a proof may seem to be of the next moment.
        now.duration_since(self.proved_at).abs() < FRESH
    }
}

/// Who the session of a cookie is; nobody when it has ended, was idle too long, or the account or its place at the unit is
/// no more, or the second step is still to be taken.
///
/// # Errors
/// The store's.
pub async fn by_session(app: &Arc<App>, token: &str) -> Result<Option<Session>, StoreError> {
    Ok(whole_or_half(app, token).await?.filter(|session| !session.half))
}

/// The same, half sessions too.
pub(crate) async fn whole_or_half(app: &Arc<App>, token: &str) -> Result<Option<Session>, StoreError> {
    let now = app.clock.now();
    let digest = secrets::token_digest(token);
    let Some((session, seen_at)) = app.store.glance(move |tx| sql::session(tx, &digest, now)).await? else {
        return Ok(None);
    };
    if now.duration_since(seen_at) >= SEEN_EVERY {
        app.store.write(move |tx| sql::seen(tx, &digest, now)).await?;
    }
    Ok(Some(session))
}

/// Who an API token stands for; nobody when it is unknown, revoked or has run out.
///
/// # Errors
/// The store's.
pub async fn by_token(app: &Arc<App>, token: &str) -> Result<Option<Actor>, StoreError> {
    let now = app.clock.now();
    let digest = secrets::token_digest(token);
    app.store.glance(move |tx| sql::token(tx, &digest, now)).await
}

/// A new session of an account, in the place it works.
#[derive(Clone)]
pub(crate) struct NewSession {
    digest: [u8; 32],
    id: Uuid,
    actor: Actor,
    level: Level,
    half: bool,
    browser: String,
    now: Timestamp,
}

impl NewSession {
    /// A whole one that was begun with a password.
    pub(crate) fn new(token: &str, actor: &Actor, now: Timestamp) -> NewSession {
        NewSession {
            digest: secrets::token_digest(token),
            id: Uuid::new_v4(),
            actor: actor.clone(),
            level: Level::Password,
            half: false,
            browser: String::new(),
            now,
        }
    }

    /// The same, half.
    #[cfg(test)]
    pub(crate) fn half(self, half: bool) -> NewSession {
        NewSession { half, ..self }
    }

    fn ends_at(&self) -> Timestamp {
        let life = if self.half { HALF } else { ABSOLUTE };
        self.now.checked_add(life).unwrap_or(self.now)
    }
}

/// Writes down what happened at the log-in.
fn record(tx: &mut dyn Sql, cx: &Cx, action: &str, object: &str, allowed: bool, policy: &str) -> Result<(), Stop> {
    let entry = Entry { action, object, relation: "none", allowed, policy, people: &[], detail: "" };
    audit::append(tx, cx.now, &cx.actor, &entry)?;
    Ok(())
}

/// Since when a session must have been seen to live at `now`.
fn idle_since(now: Timestamp) -> Timestamp {
    now.checked_sub(IDLE).unwrap_or(Timestamp::MIN)
}
