//! All SQL of sessions, of what people prove themselves with, and of looking up API tokens.

use jiff::Timestamp;
use uuid::Uuid;

use super::factors::{KnownPasskey, Living};
use super::{Level, NewSession, Session, idle_since};
use crate::access::Role;
use crate::app::{Actor, Via};
use crate::http::lang_of;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// A session that lives at `now`, and when it was last seen.
pub(super) fn session(
    tx: &mut dyn Sql,
    digest: &[u8],
    now: Timestamp,
) -> Result<Option<(Session, Timestamp)>, StoreError> {
    let found = tx.opt(
        sql!(
            "SELECT s.org_id, s.unit_id, s.account_id, s.role, a.name, u.name, u.kind, o.name, u.county, a.lang, s.seen_at,
                    COALESCE(u.municipality, ''), s.id, s.level, s.half, s.proved_at
             FROM session s
             JOIN account a ON a.org_id = s.org_id AND a.id = s.account_id
             JOIN membership m ON m.org_id = s.org_id AND m.account_id = s.account_id AND m.unit_id = s.unit_id
                              AND m.role = s.role
             JOIN unit u ON u.org_id = s.org_id AND u.id = s.unit_id
             JOIN authority o ON o.id = s.org_id
             WHERE s.token_hash = $1 AND s.ends_at > $2 AND s.seen_at > $3 AND a.active"
        ),
        &args![digest, now, idle_since(now)],
    )?;
    let Some(row) = found else { return Ok(None) };
    let lang: Option<String> = row.get(9)?;
    let session = Session {
        actor: actor(&row, Via::Page)?,
        name: row.get(4)?,
        unit_name: row.get(5)?,
        unit_kind: row.get(6)?,
        authority_name: row.get(7)?,
        county: row.get(8)?,
        municipality: row.get(11)?,
        lang: lang.as_deref().and_then(lang_of),
        id: row.get(12)?,
        level: level(&row, 13)?,
        half: row.get(14)?,
        proved_at: row.get(15)?,
    };
    Ok(Some((session, row.get(10)?)))
}

pub(super) fn seen(tx: &mut dyn Sql, digest: &[u8], now: Timestamp) -> Result<(), StoreError> {
    tx.exec(sql!("UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2"), &args![digest, now])?;
    Ok(())
}

/// Begins a session; the account's sessions that are over go at the same time.
pub(crate) fn begin(tx: &mut dyn Sql, new: &NewSession) -> Result<(), StoreError> {
    let a = &new.actor;
    tx.exec(
        sql!("DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND (ends_at <= $3 OR seen_at <= $4)"),
        &args![a.org, a.id, new.now, idle_since(new.now)],
    )?;
    tx.exec(
        sql!(
            "INSERT INTO session (token_hash, org_id, account_id, id, unit_id, role, level, half, proved_at, browser, created_at,
                                  seen_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $9, $11)"
        ),
        &args![
            new.digest.as_slice(),
            a.org,
            a.id,
            new.id,
            a.unit,
            a.role.name(),
            new.level.name(),
            new.half,
            new.now,
            &new.browser,
            new.ends_at()
        ],
    )?;
    Ok(())
}

/// Moves a session to another place of its account.
pub(super) fn move_to(tx: &mut dyn Sql, digest: &[u8], actor: &Actor) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE session SET unit_id = $2, role = $3 WHERE token_hash = $1 AND account_id = $4"),
        &args![digest, actor.unit, actor.role.name(), actor.id],
    )?;
    Ok(())
}

pub(super) fn end(tx: &mut dyn Sql, digest: &[u8]) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM session WHERE token_hash = $1"), &args![digest])?;
    Ok(())
}

/// The person proved anew who it is.
pub(super) fn proved(tx: &mut dyn Sql, digest: &[u8], now: Timestamp) -> Result<(), StoreError> {
    tx.exec(sql!("UPDATE session SET proved_at = $2 WHERE token_hash = $1"), &args![digest, now])?;
    Ok(())
}

/// The sessions of an account that live at `now`, newest first; `own` is the digest of the one that asks.
pub(super) fn living(
    tx: &mut dyn Sql,
    (org, account): (Uuid, Uuid),
    own: &[u8],
    now: Timestamp,
) -> Result<Vec<Living>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, browser, level, half, created_at, seen_at, token_hash FROM session
             WHERE org_id = $1 AND account_id = $2 AND ends_at > $3 AND seen_at > $4 ORDER BY created_at DESC, id"
        ),
        &args![org, account, now, idle_since(now)],
    )?
    .iter()
    .map(|row| {
        let digest: Vec<u8> = row.get(6)?;
        Ok(Living {
            id: row.get(0)?,
            browser: row.get(1)?,
            level: level(row, 2)?,
            half: row.get(3)?,
            since: row.get(4)?,
            seen_at: row.get(5)?,
            own: digest == own,
        })
    })
    .collect()
}

/// Ends one session of an account; whether there was one.
pub(super) fn end_one(tx: &mut dyn Sql, org: Uuid, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let ended = tx.exec(
        sql!("DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND id = $3"),
        &args![org, account, id],
    )?;
    Ok(ended > 0)
}

/// Ends every session of an account but one.
pub(super) fn end_others(tx: &mut dyn Sql, org: Uuid, account: Uuid, but: &[u8]) -> Result<(), StoreError> {
    tx.exec(
        sql!("DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND token_hash <> $3"),
        &args![org, account, but],
    )?;
    Ok(())
}

/// The levels that an account's authority and the account itself demand.
pub(super) fn demanded(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<Level, StoreError> {
    let row = tx.one(
        sql!(
            "SELECT o.log_in_level, a.log_in_level FROM account a JOIN authority o ON o.id = a.org_id
             WHERE a.org_id = $1 AND a.id = $2"
        ),
        &args![org, account],
    )?;
    Ok(level(&row, 0)?.max(level(&row, 1)?))
}

pub(super) fn rule(tx: &mut dyn Sql, org: Uuid) -> Result<Option<Level>, StoreError> {
    tx.opt(sql!("SELECT log_in_level FROM authority WHERE id = $1"), &args![org])?.map(|row| level(&row, 0)).transpose()
}

pub(super) fn set_rule(tx: &mut dyn Sql, org: Uuid, to: Level) -> Result<(), StoreError> {
    tx.exec(sql!("UPDATE authority SET log_in_level = $2 WHERE id = $1"), &args![org, to.name()])?;
    Ok(())
}

/// Makes every session of the authority that has not reached a level half: its next page is the second step. As long as
/// other half ones they live until `until`.
pub(super) fn lower(tx: &mut dyn Sql, org: Uuid, below: Level, until: Timestamp) -> Result<u64, StoreError> {
    let mut lower = Level::ALL.into_iter().filter(|level| *level < below).map(Level::name);
    let Some(first) = lower.next() else { return Ok(0) };
    let second = lower.next().unwrap_or(first);
    tx.exec(
        sql!(
            "UPDATE session SET half = $5, ends_at = CASE WHEN ends_at > $4 THEN $4 ELSE ends_at END
             WHERE org_id = $1 AND (level = $2 OR level = $3)"
        ),
        &args![org, first, second, until, true],
    )
}

/// What the account itself demands, whatever its authority does.
pub(super) fn set_own_rule(tx: &mut dyn Sql, org: Uuid, account: Uuid, to: Level) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE account SET log_in_level = $3 WHERE org_id = $1 AND id = $2"),
        &args![org, account, to.name()],
    )?;
    Ok(())
}

/// The name of an account and of its authority: what its password must not be made of.
pub(super) fn own_names(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<(String, String), StoreError> {
    let row = tx.one(
        sql!(
            "SELECT a.name, o.name FROM account a JOIN authority o ON o.id = a.org_id WHERE a.org_id = $1 AND a.id = $2"
        ),
        &args![org, account],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// The log-in name and the name of an account.
pub(super) fn names(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<(String, String), StoreError> {
    let row = tx.one(sql!("SELECT login, name FROM account WHERE org_id = $1 AND id = $2"), &args![org, account])?;
    Ok((row.get(0)?, row.get(1)?))
}

/// The hash of an account's password.
pub(super) fn password_hash(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<String, StoreError> {
    tx.one(sql!("SELECT password_hash FROM account WHERE org_id = $1 AND id = $2"), &args![org, account])?.get(0)
}

/// The account whose passkey this is, with its log-in name; nothing when the account has no such passkey or is shut out.
pub(super) fn login_of_passkey(
    tx: &mut dyn Sql,
    account: Uuid,
    credential: &[u8],
) -> Result<Option<String>, StoreError> {
    tx.opt(
        sql!(
            "SELECT a.login FROM passkey p JOIN account a ON a.org_id = p.org_id AND a.id = p.account_id
             WHERE p.credential_id = $1 AND p.account_id = $2 AND a.active"
        ),
        &args![credential, account],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The passkeys of an account, oldest first.
pub(super) fn passkeys(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<Vec<KnownPasskey>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, credential_id, name, created_at, used_at FROM passkey
             WHERE org_id = $1 AND account_id = $2 ORDER BY created_at, id"
        ),
        &args![org, account],
    )?
    .iter()
    .map(|row| {
        Ok(KnownPasskey {
            id: row.get(0)?,
            credential: row.get(1)?,
            name: row.get(2)?,
            since: row.get(3)?,
            used_at: row.get(4)?,
        })
    })
    .collect()
}

/// What is kept of one passkey: its id and its public data.
pub(super) fn public_data(
    tx: &mut dyn Sql,
    (org, account): (Uuid, Uuid),
    credential: &[u8],
) -> Result<Option<(Uuid, String)>, StoreError> {
    tx.opt(
        sql!("SELECT id, public_data FROM passkey WHERE credential_id = $3 AND org_id = $1 AND account_id = $2"),
        &args![org, account, credential],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .transpose()
}

/// Whether any account has the passkey.
pub(super) fn passkey_taken(tx: &mut dyn Sql, credential: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.opt(sql!("SELECT id FROM passkey WHERE credential_id = $1"), &args![credential])?.is_some())
}

pub(super) fn insert_passkey(
    tx: &mut dyn Sql,
    (org, account): (Uuid, Uuid),
    new: &KnownPasskey,
    public_data: &str,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO passkey (org_id, account_id, id, credential_id, public_data, name, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &args![org, account, new.id, new.credential.as_slice(), public_data, &new.name, new.since],
    )?;
    Ok(())
}

/// A passkey was used: its counter stands in its public data.
pub(super) fn passkey_used(
    tx: &mut dyn Sql,
    (org, account): (Uuid, Uuid),
    id: Uuid,
    public_data: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE passkey SET public_data = $4, used_at = $5 WHERE org_id = $1 AND account_id = $2 AND id = $3"),
        &args![org, account, id, public_data, now],
    )?;
    Ok(())
}

/// Takes a passkey away; whether there was one.
pub(super) fn remove_passkey(tx: &mut dyn Sql, org: Uuid, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let gone = tx.exec(
        sql!("DELETE FROM passkey WHERE org_id = $1 AND account_id = $2 AND id = $3"),
        &args![org, account, id],
    )?;
    Ok(gone > 0)
}

pub(super) fn remove_passkeys(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM passkey WHERE org_id = $1 AND account_id = $2"), &args![org, account])?;
    Ok(())
}

/// The sealed secret of an account's authenticator app, the last step that was taken, and since when it is there.
pub(super) fn app(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<Option<(Vec<u8>, i64, Timestamp)>, StoreError> {
    tx.opt(
        sql!(
            "SELECT secret_sealed, last_step, created_at FROM authenticator_app WHERE org_id = $1 AND account_id = $2"
        ),
        &args![org, account],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .transpose()
}

pub(super) fn insert_app(
    tx: &mut dyn Sql,
    (org, account): (Uuid, Uuid),
    sealed: &[u8],
    step: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO authenticator_app (org_id, account_id, secret_sealed, last_step, created_at)
             VALUES ($1, $2, $3, $4, $5)"
        ),
        &args![org, account, sealed, step, now],
    )?;
    Ok(())
}

/// Takes the code of a step; only one of those who try at once gets it.
pub(super) fn take_step(tx: &mut dyn Sql, org: Uuid, account: Uuid, step: i64) -> Result<bool, StoreError> {
    let taken = tx.exec(
        sql!("UPDATE authenticator_app SET last_step = $3 WHERE org_id = $1 AND account_id = $2 AND last_step < $3"),
        &args![org, account, step],
    )?;
    Ok(taken == 1)
}

/// Takes the app away; whether there was one.
pub(super) fn remove_app(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<bool, StoreError> {
    let gone =
        tx.exec(sql!("DELETE FROM authenticator_app WHERE org_id = $1 AND account_id = $2"), &args![org, account])?;
    Ok(gone > 0)
}

/// How many recovery codes are left.
pub(super) fn count_recovery_codes(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM recovery_code WHERE org_id = $1 AND account_id = $2"), &args![org, account])?
        .get(0)
}

/// Puts new recovery codes in the place of those there are.
pub(super) fn replace_recovery_codes(
    tx: &mut dyn Sql,
    org: Uuid,
    account: Uuid,
    digests: &[[u8; 16]],
) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM recovery_code WHERE org_id = $1 AND account_id = $2"), &args![org, account])?;
    for digest in digests {
        tx.exec(
            sql!("INSERT INTO recovery_code (org_id, account_id, digest) VALUES ($1, $2, $3)"),
            &args![org, account, digest.as_slice()],
        )?;
    }
    Ok(())
}

/// Takes a recovery code; only one of those who try at once gets it.
pub(super) fn take_recovery_code(
    tx: &mut dyn Sql,
    org: Uuid,
    account: Uuid,
    digest: &[u8],
) -> Result<bool, StoreError> {
    let taken = tx.exec(
        sql!("DELETE FROM recovery_code WHERE org_id = $1 AND account_id = $2 AND digest = $3"),
        &args![org, account, digest],
    )?;
    Ok(taken == 1)
}

/// How many questions wait for an answer at `now`.
pub(super) fn count_ceremonies(tx: &mut dyn Sql, now: Timestamp) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM log_in_ceremony WHERE ends_at > $1"), &args![now])?.get(0)
}

/// Keeps a question until it is answered, in the place of one like it. Those that were never answered go.
pub(super) fn begin_ceremony(
    tx: &mut dyn Sql,
    (bound_to, kind): (&[u8], &str),
    state: &[u8],
    now: Timestamp,
    ends_at: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM log_in_ceremony WHERE ends_at <= $1"), &args![now])?;
    tx.exec(sql!("DELETE FROM log_in_ceremony WHERE bound_to = $1 AND kind = $2"), &args![bound_to, kind])?;
    tx.exec(
        sql!("INSERT INTO log_in_ceremony (bound_to, kind, state, ends_at) VALUES ($1, $2, $3, $4)"),
        &args![bound_to, kind, state, ends_at],
    )?;
    Ok(())
}

/// What was kept of a question that may still be answered.
pub(super) fn ceremony(
    tx: &mut dyn Sql,
    bound_to: &[u8],
    kind: &str,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    tx.opt(
        sql!("SELECT state FROM log_in_ceremony WHERE bound_to = $1 AND kind = $2 AND ends_at > $3"),
        &args![bound_to, kind, now],
    )?
    .map(|row| row.get(0))
    .transpose()
}

pub(super) fn end_ceremony(tx: &mut dyn Sql, bound_to: &[u8], kind: &str) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM log_in_ceremony WHERE bound_to = $1 AND kind = $2"), &args![bound_to, kind])?;
    Ok(())
}

/// Keeps a one-time link.
pub(super) fn insert_first_run(
    tx: &mut dyn Sql,
    digest: &[u8],
    org: Uuid,
    unit: Uuid,
    ends_at: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!("INSERT INTO first_run (token_hash, org_id, unit_id, ends_at) VALUES ($1, $2, $3, $4)"),
        &args![digest, org, unit, ends_at],
    )?;
    Ok(())
}

/// The authority and unit of a one-time link that holds at `now`.
pub(super) fn first_run(tx: &mut dyn Sql, digest: &[u8], now: Timestamp) -> Result<Option<(Uuid, Uuid)>, StoreError> {
    tx.opt(sql!("SELECT org_id, unit_id FROM first_run WHERE token_hash = $1 AND ends_at > $2"), &args![digest, now])?
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .transpose()
}

/// Uses up a one-time link; only one of those who try at once gets it.
pub(super) fn take_first_run(tx: &mut dyn Sql, digest: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.exec(sql!("DELETE FROM first_run WHERE token_hash = $1"), &args![digest])? == 1)
}

fn level(row: &Row, ix: usize) -> Result<Level, StoreError> {
    let name: String = row.get(ix)?;
    Level::from_name(&name).ok_or_else(|| StoreError::Fault("a stored level is none of the house".into()))
}

/// Whom a token that holds at `now` stands for.
pub(super) fn token(tx: &mut dyn Sql, digest: &[u8], now: Timestamp) -> Result<Option<Actor>, StoreError> {
    tx.opt(
        sql!(
            "SELECT org_id, unit_id, id, role FROM api_token
             WHERE token_hash = $1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > $2)"
        ),
        &args![digest, now],
    )?
    .map(|row| actor(&row, Via::Api))
    .transpose()
}

/// The actor of a row that begins with authority, unit, account or token, and role.
fn actor(row: &Row, via: Via) -> Result<Actor, StoreError> {
    let role: String = row.get(3)?;
    let role = Role::from_name(&role).ok_or_else(|| StoreError::Fault("a stored role is none of the house".into()))?;
    let id: Uuid = row.get(2)?;
    Ok(Actor { org: row.get(0)?, unit: row.get(1)?, id, role, via })
}
