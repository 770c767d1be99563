//! Logging in: who a session or an API token stands for, asked anew at every request, so that whoever is shut out is out at
//! once. Only digests of tokens are stored.

pub mod http;
mod page;
pub(crate) mod sql;
#[cfg(test)]
pub(crate) mod tests;
mod throttle;

use std::sync::Arc;

use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};

use crate::app::{Actor, App};
use crate::secrets;
use crate::store::StoreError;

/// How long a session lives without a request.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long a session lives at most.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// How often at most it is written down that a session is in use.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

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
}

/// Who the session of a cookie is; nobody when it has ended, was idle too long, or the account or its place at the unit is
/// no more.
///
/// # Errors
/// The store's.
pub async fn by_session(app: &Arc<App>, token: &str) -> Result<Option<Session>, StoreError> {
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
pub(crate) struct NewSession {
    digest: [u8; 32],
    actor: Actor,
    now: Timestamp,
    ends_at: Timestamp,
}

impl NewSession {
    pub(crate) fn new(token: &str, actor: &Actor, now: Timestamp) -> NewSession {
        let ends_at = now.checked_add(ABSOLUTE).unwrap_or(now);
        NewSession { digest: secrets::token_digest(token), actor: actor.clone(), now, ends_at }
    }
}

/// Since when a session must have been seen to live at `now`.
fn idle_since(now: Timestamp) -> Timestamp {
    now.checked_sub(IDLE).unwrap_or(Timestamp::MIN)
}
