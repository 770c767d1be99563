//! All SQL of sessions and of looking up API tokens.

use jiff::Timestamp;
use uuid::Uuid;

use super::{NewSession, Session, idle_since};
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
                    COALESCE(u.municipality, '')
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
            "INSERT INTO session (token_hash, org_id, account_id, unit_id, role, created_at, seen_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"
        ),
        &args![new.digest.as_slice(), a.org, a.id, a.unit, a.role.name(), new.now, new.ends_at],
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
