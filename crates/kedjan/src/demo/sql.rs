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
    tx.one(sql!("SELECT COUNT(*) FROM authority -- scan: a small table"), &[])?.get(0)
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

/// The number of the first case that a case opened.
pub(super) fn opened(tx: &mut dyn Sql, code: &str) -> Result<Option<String>, StoreError> {
    tx.opt(sql!("SELECT code FROM kase WHERE opened_by = $1 ORDER BY id LIMIT 1"), &args![code])?
        .map(|row| row.get(0))
        .transpose()
}

/// A digest of everything that the seed decides: people's ids and what is counted of them, cases, steps, clocks, shares and
/// consents. Not what is sealed, hashed or handed out, which differs each time.
#[cfg(test)]
pub(super) fn digest(tx: &mut dyn Sql) -> Result<Vec<u8>, StoreError> {
    use sha2::{Digest, Sha256};

    let mut hash = Sha256::new();
    let all = [
        tx.rows(
            sql!(
                "SELECT org_id, id, identity_kind, birth_year, sex, municipality, protected, created_at
                 FROM person ORDER BY org_id, id -- scan: a test reads all"
            ),
            &[],
        )?,
        tx.rows(
            sql!(
                "SELECT org_id, id, code, unit_id, method, stage, began_at, closed_at, closing, steps, opened_by,
                        municipality, sex, age_band
                 FROM kase ORDER BY org_id, id -- scan: a test reads all"
            ),
            &[],
        )?,
        tx.rows(
            sql!(
                "SELECT org_id, case_id, seq, step, outcome, at, recorded_at, by_unit, by_actor, fields
                 FROM step ORDER BY org_id, case_id, seq -- scan: a test reads all"
            ),
            &[],
        )?,
        tx.rows(
            sql!(
                "SELECT org_id, case_id, clock, started_at, due_at, stopped_at
                 FROM clock ORDER BY org_id, case_id, clock, started_at -- scan: a test reads all"
            ),
            &[],
        )?,
        tx.rows(
            sql!(
                "SELECT org_id, unit_id, case_id, person_id, state, sort_at, assignee, since, ended_at, ground
                 FROM share ORDER BY org_id, unit_id, case_id -- scan: a test reads all"
            ),
            &[],
        )?,
        tx.rows(
            sql!(
                "SELECT org_id, id, case_id, how, given_at, withdrawn_at FROM consent
                 ORDER BY org_id, id -- scan: a test reads all"
            ),
            &[],
        )?,
    ];
    for row in all.iter().flatten() {
        for ix in 0..row.width() {
            let (number, text, id) =
                (row.get::<Option<i64>>(ix), row.get::<Option<String>>(ix), row.get::<Option<Uuid>>(ix));
            let yes = row.get::<Option<bool>>(ix);
            match (id, number, text, yes) {
                (Ok(Some(id)), ..) => hash.update(id.as_bytes()),
                (_, _, Ok(Some(text)), _) => hash.update(text.as_bytes()),
                (_, _, _, Ok(Some(yes))) => hash.update(i64::from(yes).to_be_bytes()),
                (_, Ok(Some(number)), ..) => hash.update(number.to_be_bytes()),
                _ => hash.update([0]),
            }
            hash.update([0xFF]);
        }
    }
    Ok(hash.finalize().to_vec())
}

/// Every authority's record of everybody.
#[cfg(test)]
pub(super) fn everybody(tx: &mut dyn Sql) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    tx.rows(sql!("SELECT org_id, id FROM person ORDER BY org_id, id -- scan: a test reads all"), &[])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}
