//! What an account can prove itself with, besides its password: passkeys, an authenticator app, recovery codes. All here
//! works in the transaction of a unit and leaves its record in it.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::passkeys::{Passkeys, Refusal, Shown};
use super::{Level, NewSession, record, sql, totp};
use crate::app::{Cx, Stop};
use crate::people::{self, PeopleError};
use crate::refusal::Refused;
use crate::secrets::{self, Aad, AuthorityKey};
use crate::store::{Sql, StoreError};

/// How long a question to a browser or an app waits for its answer.
const WAIT: SignedDuration = SignedDuration::from_mins(10);
/// How many questions wait at once at most, so that nobody fills the store with them.
const MOST_WAITING: i64 = 10_000;
/// How many recovery codes are given.
pub(super) const RECOVERY_CODES: usize = 10;
/// The most passkeys of an account.
pub(super) const MOST_PASSKEYS: usize = 20;

/// A passkey of an account.
#[derive(Clone, Debug)]
pub(crate) struct KnownPasskey {
    pub(super) id: Uuid,
    pub(super) credential: Vec<u8>,
    pub(super) name: String,
    pub(super) since: Timestamp,
    pub(super) used_at: Option<Timestamp>,
}

/// A session of an account, as its holder sees it.
#[derive(Clone, Debug)]
pub(crate) struct Living {
    pub(super) id: Uuid,
    pub(super) browser: String,
    pub(super) level: Level,
    pub(super) half: bool,
    pub(super) since: Timestamp,
    pub(super) seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub(super) own: bool,
}

/// What an account has, and what is demanded of it.
#[derive(Clone, Debug)]
pub(super) struct Factors {
    pub(super) passkeys: Vec<KnownPasskey>,
    /// Since when there is an app.
    pub(super) app: Option<Timestamp>,
    /// How many recovery codes are left.
    pub(super) codes: i64,
    pub(super) demanded: Level,
}

impl Factors {
    /// Whether there is a second factor.
    pub(super) fn any(&self) -> bool {
        self.app.is_some() || !self.passkeys.is_empty()
    }

    /// Whether a log-in that has reached a level still lacks its second step.
    pub(super) fn lacks(&self, reached: Level) -> bool {
        reached < self.demanded || (reached == Level::Password && self.any())
    }

    /// Whether somebody who has reached a level may set up a factor. With a password alone only where there is none yet:
    /// else a stolen password would be enough to add one's own.
    pub(super) fn may_set_up(&self, reached: Level) -> bool {
        reached > Level::Password || !self.any()
    }

    /// Whether a code of the app counts: not in the place of a passkey that is demanded and there, for a code can be given
    /// away on a false page.
    pub(super) fn takes_app(&self) -> bool {
        self.app.is_some() && (self.demanded < Level::Passkey || self.passkeys.is_empty())
    }

    /// Whether what is demanded can still be reached without one of the factors.
    fn enough(demanded: Level, app: bool, passkeys: usize) -> bool {
        match demanded {
            Level::Password => true,
            Level::TwoFactors => app || passkeys > 0,
            Level::Passkey => passkeys > 0,
        }
    }
}

/// How a code was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    App,
    RecoveryCode,
    Passkey,
    Password,
}

impl Proof {
    /// As the audit record has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Proof::App => "app",
            Proof::RecoveryCode => "recovery_code",
            Proof::Passkey => "passkey",
            Proof::Password => "password",
        }
    }

    /// The level it gives to somebody who has given the password.
    pub(super) fn level(self) -> Level {
        match self {
            Proof::Password => Level::Password,
            Proof::App | Proof::RecoveryCode => Level::TwoFactors,
            Proof::Passkey => Level::Passkey,
        }
    }
}

pub(super) fn of(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<Factors, StoreError> {
    Ok(Factors {
        passkeys: sql::passkeys(tx, org, account)?,
        app: sql::app(tx, org, account)?.map(|(_, _, since)| since),
        codes: sql::count_recovery_codes(tx, org, account)?,
        demanded: sql::demanded(tx, org, account)?,
    })
}

/// Begins a session in the place of the one before, and says whether it is half.
pub(super) fn begin(
    tx: &mut dyn Sql,
    cx: &Cx,
    before: Option<&[u8; 32]>,
    new: &NewSession,
) -> Result<bool, StoreError> {
    let half = of(tx, cx.actor.org, cx.actor.id)?.lacks(new.level);
    if let Some(before) = before {
        sql::end(tx, before)?;
    }
    sql::begin(tx, &NewSession { half, ..new.clone() })?;
    Ok(half)
}

/// Keeps a question until it is answered.
pub(super) fn ask(tx: &mut dyn Sql, cx: &Cx, bound_to: (&[u8], &'static str), state: &[u8]) -> Result<(), Stop> {
    Ok(ask_at(tx, cx.now, bound_to, state)?)
}

/// The same, of somebody who is not logged in.
pub(super) fn ask_at(
    tx: &mut dyn Sql,
    now: Timestamp,
    bound_to: (&[u8], &'static str),
    state: &[u8],
) -> Result<(), StoreError> {
    if sql::count_ceremonies(tx, now)? >= MOST_WAITING {
        return Err(StoreError::Unavailable("too many log-ins wait for their answer".into()));
    }
    let ends_at = now.checked_add(WAIT).unwrap_or(now);
    sql::begin_ceremony(tx, bound_to, state, now, ends_at)
}

/// What was kept of a question; it is answered once, whatever the answer.
pub(super) fn answered(
    tx: &mut dyn Sql,
    cx: &Cx,
    bound_to: &[u8],
    kind: &'static str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let state = sql::ceremony(tx, bound_to, kind, cx.now)?;
    sql::end_ceremony(tx, bound_to, kind)?;
    Ok(state)
}

/// Whether what was typed is a code of the account's app, or one of its recovery codes. Either is taken by it.
pub(super) fn code(tx: &mut dyn Sql, cx: &Cx, typed: &str) -> Result<Option<Proof>, Stop> {
    let (org, account) = (cx.actor.org, cx.actor.id);
    if of(tx, org, account)?.takes_app()
        && let Some((sealed, last, _)) = sql::app(tx, org, account)?
    {
        let secret = opened(tx, cx, &sealed)?;
        if let Some(step) = totp::check(&secret, typed, cx.now.as_second(), last)
            && sql::take_step(tx, org, account, step)?
        {
            return Ok(Some(Proof::App));
        }
    }
    let Some(plain) = secrets::recovery_code_normalise(typed) else { return Ok(None) };
    let digest = recovery_digest(&key(tx, cx)?, account, &plain);
    Ok(sql::take_recovery_code(tx, org, account, &digest)?.then_some(Proof::RecoveryCode))
}

/// Whether an answer shows a passkey of the actor's account, which the question was bound to.
pub(super) fn passkey(
    tx: &mut dyn Sql,
    cx: &Cx,
    passkeys: &Passkeys,
    (bound_to, kind): (&[u8], &'static str),
    answer: &str,
) -> Result<Result<Proof, Refusal>, Stop> {
    let owner = (cx.actor.org, cx.actor.id);
    let state = answered(tx, cx, bound_to, kind)?.and_then(|state| String::from_utf8(state).ok());
    let (Some(state), Some(shown)) = (state, Shown::read(answer)) else { return Ok(Err(Refusal::No)) };
    let Some((id, kept)) = sql::public_data(tx, owner, shown.credential())? else { return Ok(Err(Refusal::No)) };
    let mut known = serde_json::from_str(&kept)
        .map_err(|_| StoreError::Corrupt("a passkey's public data cannot be read".into()))?;
    if let Err(refusal) = passkeys.verify(&shown, &state, &mut known) {
        return Ok(Err(refusal));
    }
    sql::passkey_used(tx, owner, id, &text(&known)?, cx.now)?;
    Ok(Ok(Proof::Passkey))
}

fn text(passkey: &webauthn_rs::prelude::Passkey) -> Result<String, StoreError> {
    serde_json::to_string(passkey).map_err(|e| StoreError::Fault(format!("passkeys: {e}")))
}

/// Keeps the passkey of an answer. Gives whether it was kept: not when the answer does not hold.
pub(super) fn add_passkey(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    passkeys: &Passkeys,
    bound_to: &[u8],
    (answer, name): (&str, &str),
) -> Result<bool, Stop> {
    let owner = (cx.actor.org, cx.actor.id);
    let state = answered(tx, cx, bound_to, NEW_PASSKEY)?.and_then(|state| String::from_utf8(state).ok());
    let Some(state) = state else { return Ok(false) };
    let Ok(new) = passkeys.take_new(answer, &state) else { return Ok(false) };
    let credential: Vec<u8> = new.cred_id().to_vec();
    if sql::passkey_taken(tx, &credential)? {
        return Ok(false);
    }
    let known = KnownPasskey { id: cx.id(), credential, name: name.to_owned(), since: cx.now, used_at: None };
    sql::insert_passkey(tx, owner, &known, &text(&new)?)?;
    record(tx, cx, "add_passkey", &format!("passkey:{}", known.id), true, "passkey")?;
    Ok(true)
}

/// The kinds of questions.
pub(super) const NEW_PASSKEY: &str = "new_passkey";
pub(super) const PASSKEY: &str = "passkey";
pub(super) const NEW_APP: &str = "new_app";

/// Makes the secret of a new app and keeps it until its first code is given.
pub(super) fn begin_app(tx: &mut dyn Sql, cx: &Cx, bound_to: &[u8], secret: &totp::Secret) -> Result<(), Stop> {
    let sealed = key(tx, cx)?.seal(&aad(cx), secret.as_slice()).map_err(PeopleError::Seal)?;
    ask(tx, cx, (bound_to, NEW_APP), &sealed)
}

/// The secret of a new app that waits for its first code.
pub(super) fn waiting_app(tx: &mut dyn Sql, cx: &Cx, bound_to: &[u8]) -> Result<Option<totp::Secret>, Stop> {
    let sealed = sql::ceremony(tx, bound_to, NEW_APP, cx.now)?;
    sealed.map(|sealed| opened(tx, cx, &sealed)).transpose()
}

/// Keeps the app that waits when the code is its own. Gives whether it was kept.
pub(super) fn add_app(tx: &mut dyn Sql, cx: &Cx, bound_to: &[u8], typed: &str) -> Result<bool, Stop> {
    let owner = (cx.actor.org, cx.actor.id);
    let Some(secret) = waiting_app(tx, cx, bound_to)? else { return Ok(false) };
    let Some(step) = totp::check(&secret, typed, cx.now.as_second(), -1) else { return Ok(false) };
    sql::end_ceremony(tx, bound_to, NEW_APP)?;
    let sealed = key(tx, cx)?.seal(&aad(cx), secret.as_slice()).map_err(PeopleError::Seal)?;
    sql::remove_app(tx, owner.0, owner.1)?;
    sql::insert_app(tx, owner, &sealed, step, cx.now)?;
    record(tx, cx, "add_app", "authenticator_app", true, "app")?;
    Ok(true)
}

/// Gives an account recovery codes in the place of those it has.
pub(super) fn new_codes(tx: &mut dyn Sql, cx: &Cx, codes: &[String]) -> Result<(), Stop> {
    let key = key(tx, cx)?;
    let digests: Vec<[u8; 16]> = codes
        .iter()
        .filter_map(|code| secrets::recovery_code_normalise(code))
        .map(|plain| recovery_digest(&key, cx.actor.id, &plain))
        .collect();
    sql::replace_recovery_codes(tx, cx.actor.org, cx.actor.id, &digests)?;
    record(tx, cx, "new_recovery_codes", "recovery_codes", true, "own")
}

/// Takes a passkey away, unless what is demanded could not be reached without it.
pub(super) fn remove_passkey(tx: &mut dyn Sql, cx: &Cx, id: Uuid) -> Result<(), Stop> {
    let (org, account) = (cx.actor.org, cx.actor.id);
    let there = of(tx, org, account)?;
    if !there.passkeys.iter().any(|one| one.id == id) {
        return Err(Refused::NotFound.into());
    }
    let left = there.passkeys.len() - 1;
    keep_enough(&there, there.app.is_some(), left)?;
    sql::remove_passkey(tx, org, account, id)?;
    record(tx, cx, "remove_passkey", &format!("passkey:{id}"), true, "own")?;
    last_gone(tx, cx, there.app.is_some() || left > 0)
}

/// Takes the app away, unless what is demanded could not be reached without it.
pub(super) fn remove_app(tx: &mut dyn Sql, cx: &Cx) -> Result<(), Stop> {
    let (org, account) = (cx.actor.org, cx.actor.id);
    let there = of(tx, org, account)?;
    if there.app.is_none() {
        return Err(Refused::NotFound.into());
    }
    keep_enough(&there, false, there.passkeys.len())?;
    sql::remove_app(tx, org, account)?;
    record(tx, cx, "remove_app", "authenticator_app", true, "own")?;
    last_gone(tx, cx, !there.passkeys.is_empty())
}

fn keep_enough(there: &Factors, app: bool, passkeys: usize) -> Result<(), Stop> {
    if Factors::enough(there.demanded, app, passkeys) { Ok(()) } else { Err(Refused::FactorNeeded.into()) }
}

/// Recovery codes without anything to recover would be passwords of their own.
fn last_gone(tx: &mut dyn Sql, cx: &Cx, any: bool) -> Result<(), Stop> {
    if !any {
        sql::replace_recovery_codes(tx, cx.actor.org, cx.actor.id, &[])?;
    }
    Ok(())
}

/// Takes everything but the password away from an account, and ends its sessions: for somebody who has lost it all.
pub(crate) fn remove_all(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<(), StoreError> {
    sql::remove_passkeys(tx, org, account)?;
    sql::remove_app(tx, org, account)?;
    sql::replace_recovery_codes(tx, org, account, &[])?;
    crate::accounts::sql::end_sessions(tx, org, account)
}

fn key(tx: &mut dyn Sql, cx: &Cx) -> Result<AuthorityKey, Stop> {
    Ok(people::authority_key(tx, &cx.app.keyring, cx.actor.org)?)
}

fn opened(tx: &mut dyn Sql, cx: &Cx, sealed: &[u8]) -> Result<totp::Secret, Stop> {
    let plain: Zeroizing<Vec<u8>> = key(tx, cx)?.open(&aad(cx), sealed).map_err(PeopleError::Seal)?;
    totp::secret_of(&plain).ok_or_else(|| StoreError::Corrupt("an app's secret has the wrong length".into()).into())
}

fn aad(cx: &Cx) -> Aad<'static> {
    Aad { table: "authenticator_app", column: "secret_sealed", org: cx.actor.org, id: cx.actor.id }
}

/// Bound to the account, so that a digest that is moved to another account opens nothing.
fn recovery_digest(key: &AuthorityKey, account: Uuid, plain: &str) -> [u8; 16] {
    key.digest("recovery code", &[account.as_bytes().as_slice(), plain.as_bytes()].concat())
}
