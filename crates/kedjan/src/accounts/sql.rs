//! All SQL of accounts, their places at units, and API tokens.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Account, Credentials, Membership, Token};
use crate::access::Role;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.get(0)?,
        login: row.get(1)?,
        name: row.get(2)?,
        active: row.get(3)?,
        password_once: row.get(4)?,
        memberships: Vec::new(),
    })
}

fn role(row: &Row, ix: usize) -> Result<Role, StoreError> {
    let name: String = row.get(ix)?;
    Role::from_name(&name).ok_or_else(|| StoreError::Fault("a stored role is none of the house".into()))
}

pub(crate) fn accounts(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Account>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT id, login, name, active, password_once FROM account
             WHERE org_id = $1 ORDER BY name, id LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?;
    rows.iter()
        .map(|row| {
            let mut one = account(row)?;
            one.memberships = memberships(tx, org, one.id)?;
            Ok(one)
        })
        .collect()
}

pub(crate) fn count_accounts(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM account WHERE org_id = $1"), &args![org])?.get(0)
}

pub(crate) fn account_by_id(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<Account>, StoreError> {
    let found = tx.opt(
        sql!("SELECT id, login, name, active, password_once FROM account WHERE org_id = $1 AND id = $2"),
        &args![org, id],
    )?;
    let Some(row) = found else { return Ok(None) };
    let mut one = account(&row)?;
    one.memberships = memberships(tx, org, id)?;
    Ok(Some(one))
}

/// The places an account has, by the unit's name and the role.
pub(crate) fn memberships(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<Vec<Membership>, StoreError> {
    tx.rows(
        sql!(
            "SELECT m.unit_id, u.name, m.role FROM membership m
             JOIN unit u ON u.org_id = m.org_id AND u.id = m.unit_id
             WHERE m.org_id = $1 AND m.account_id = $2 ORDER BY u.name, m.role"
        ),
        &args![org, account],
    )?
    .iter()
    .map(|row| Ok(Membership { unit: row.get(0)?, unit_name: row.get(1)?, role: role(row, 2)? }))
    .collect()
}

/// What log-in needs of an account.
pub(crate) fn credentials(tx: &mut dyn Sql, login: &str) -> Result<Option<Credentials>, StoreError> {
    let found = tx.opt(
        sql!("SELECT org_id, id, password_hash, password_once, active FROM account WHERE login = $1"),
        &args![login],
    )?;
    let Some(row) = found else { return Ok(None) };
    let (org, id) = (row.get(0)?, row.get(1)?);
    Ok(Some(Credentials {
        org,
        id,
        password_hash: row.get(2)?,
        password_once: row.get(3)?,
        active: row.get(4)?,
        memberships: memberships(tx, org, id)?,
    }))
}

/// The authority and id of a log-in name.
pub(crate) fn by_login(tx: &mut dyn Sql, login: &str) -> Result<Option<(Uuid, Uuid)>, StoreError> {
    tx.opt(sql!("SELECT org_id, id FROM account WHERE login = $1"), &args![login])?
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .transpose()
}

pub(crate) fn insert_account(
    tx: &mut dyn Sql,
    org: Uuid,
    a: &Account,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO account (org_id, id, login, name, password_hash, password_once, active, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &args![org, a.id, &a.login, &a.name, password_hash, a.password_once, a.active, now],
    )?;
    Ok(())
}

pub(crate) fn update_account(tx: &mut dyn Sql, org: Uuid, a: &Account) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE account SET name = $3, active = $4, login = $5 WHERE org_id = $1 AND id = $2"),
        &args![org, a.id, &a.name, a.active, &a.login],
    )?;
    Ok(())
}

pub(crate) fn set_password(
    tx: &mut dyn Sql,
    org: Uuid,
    account: Uuid,
    password_hash: &str,
    once: bool,
) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE account SET password_hash = $3, password_once = $4 WHERE org_id = $1 AND id = $2"),
        &args![org, account, password_hash, once],
    )?;
    Ok(())
}

pub(crate) fn set_lang(tx: &mut dyn Sql, org: Uuid, account: Uuid, lang: &str) -> Result<(), StoreError> {
    tx.exec(sql!("UPDATE account SET lang = $3 WHERE org_id = $1 AND id = $2"), &args![org, account, lang])?;
    Ok(())
}

pub(crate) fn replace_memberships(
    tx: &mut dyn Sql,
    org: Uuid,
    account: Uuid,
    all: &[Membership],
) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM membership WHERE org_id = $1 AND account_id = $2"), &args![org, account])?;
    for one in all {
        tx.exec(
            sql!("INSERT INTO membership (org_id, account_id, unit_id, role) VALUES ($1, $2, $3, $4)"),
            &args![org, account, one.unit, one.role.name()],
        )?;
    }
    Ok(())
}

/// How many active accounts of the authority can keep it.
pub(crate) fn count_admins(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.one(
        sql!(
            "SELECT COUNT(DISTINCT a.id) FROM account a
             JOIN membership m ON m.org_id = a.org_id AND m.account_id = a.id
             WHERE a.org_id = $1 AND a.active AND m.role = 'admin'"
        ),
        &args![org],
    )?
    .get(0)
}

pub(crate) fn end_sessions(tx: &mut dyn Sql, org: Uuid, account: Uuid) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM session WHERE org_id = $1 AND account_id = $2"), &args![org, account])?;
    Ok(())
}

fn token(row: &Row) -> Result<Token, StoreError> {
    Ok(Token {
        id: row.get(0)?,
        name: row.get(1)?,
        unit: row.get(2)?,
        unit_name: row.get(3)?,
        role: role(row, 4)?,
        created_at: row.get(5)?,
        ends_at: row.get(6)?,
        revoked_at: row.get(7)?,
    })
}

pub(crate) fn tokens(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Token>, StoreError> {
    tx.rows(
        sql!(
            "SELECT t.id, t.name, t.unit_id, u.name, t.role, t.created_at, t.ends_at, t.revoked_at
             FROM api_token t JOIN unit u ON u.org_id = t.org_id AND u.id = t.unit_id
             WHERE t.org_id = $1 ORDER BY t.id DESC LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(token)
    .collect()
}

pub(crate) fn count_tokens(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM api_token WHERE org_id = $1"), &args![org])?.get(0)
}

pub(crate) fn token_by_id(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<Token>, StoreError> {
    tx.opt(
        sql!(
            "SELECT t.id, t.name, t.unit_id, u.name, t.role, t.created_at, t.ends_at, t.revoked_at
             FROM api_token t JOIN unit u ON u.org_id = t.org_id AND u.id = t.unit_id
             WHERE t.org_id = $1 AND t.id = $2"
        ),
        &args![org, id],
    )?
    .map(|row| token(&row))
    .transpose()
}

pub(crate) fn insert_token(tx: &mut dyn Sql, org: Uuid, t: &Token, digest: &[u8]) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO api_token (token_hash, org_id, id, unit_id, role, name, created_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &args![digest, org, t.id, t.unit, t.role.name(), &t.name, t.created_at, t.ends_at],
    )?;
    Ok(())
}

pub(crate) fn revoke_token(tx: &mut dyn Sql, org: Uuid, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE api_token SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL"),
        &args![org, id, now],
    )?;
    Ok(())
}
