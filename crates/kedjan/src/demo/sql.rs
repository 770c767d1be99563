//! All SQL of the demo county: accounts and tokens as they are handed out, and who has a case.

use jiff::Timestamp;
use uuid::Uuid;

use super::county::Account;
use crate::directory::Unit;
use crate::store::{Sql, StoreError};
use crate::{args, sql};

pub(super) fn insert_account(
    tx: &mut dyn Sql,
    unit: &Unit,
    account: &Account,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO account (org_id, id, login, name, password_hash, password_once, lang, active, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &args![unit.org, account.id, &account.login, &account.name, password_hash, false, None::<String>, true, now],
    )?;
    tx.exec(
        sql!("INSERT INTO membership (org_id, account_id, unit_id, role) VALUES ($1, $2, $3, $4)"),
        &args![unit.org, account.id, unit.id, account.role.name()],
    )?;
    Ok(())
}

/// The token that stands for the same role at the same unit as an account; its id is the account's.
pub(super) fn insert_token(
    tx: &mut dyn Sql,
    unit: &Unit,
    account: &Account,
    digest: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO api_token (token_hash, org_id, id, unit_id, role, name, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &args![digest, unit.org, account.id, unit.id, account.role.name(), format!("demo {}", account.login), now],
    )?;
    Ok(())
}

pub(super) fn count_authorities(tx: &mut dyn Sql) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM authority"), &[])?.get(0)
}

/// The unit that has a case as a party of its method.
pub(super) fn holder(tx: &mut dyn Sql, code: &str, party: &str) -> Result<Option<Uuid>, StoreError> {
    tx.opt(
        sql!(
            "SELECT s.unit_id FROM kase k JOIN share s ON s.case_org = k.org_id AND s.case_id = k.id
             WHERE k.code = $1 AND s.party = $2 AND s.ended_at IS NULL ORDER BY s.since LIMIT 1"
        ),
        &args![code, party],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The number of the case that a case opened.
pub(super) fn opened(tx: &mut dyn Sql, code: &str) -> Result<Option<String>, StoreError> {
    tx.opt(sql!("SELECT code FROM kase WHERE opened_by = $1"), &args![code])?.map(|row| row.get(0)).transpose()
}
