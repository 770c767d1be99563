//! All SQL of broken glasses.

use jiff::Timestamp;
use uuid::Uuid;

use super::Broken;
use crate::app::Cx;
use crate::store::{Sql, StoreError};
use crate::{args, sql};

/// A case that some unit of the authority has now: its authority, its id and the own record of the person.
pub(super) fn case_of(tx: &mut dyn Sql, org: Uuid, code: &str) -> Result<Option<(Uuid, Uuid, Uuid)>, StoreError> {
    let found = tx.rows(
        sql!(
            "SELECT k.org_id, k.id, s.person_id
             -- CROSS: SQLite takes the tables in this order and does not walk through all the authority has.
             FROM kase k CROSS JOIN share s
             WHERE k.code = $1 AND s.case_org = k.org_id AND s.case_id = k.id AND s.org_id = $2 AND s.state <> 'ended'
             ORDER BY s.since LIMIT 1"
        ),
        &args![code, org],
    )?;
    found.first().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

pub(super) fn insert(tx: &mut dyn Sql, cx: &Cx, b: &Broken, sealed: &[u8]) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO glass (org_id, id, case_org, case_id, code, person_id, unit_id, account_id, cause, words_sealed,
                                opened_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &args![
            cx.actor.org,
            b.id,
            b.case_org,
            b.case_id,
            &b.code,
            b.person,
            cx.actor.unit,
            cx.actor.id,
            &b.cause,
            sealed,
            b.opened_at,
            b.ends_at
        ],
    )?;
    Ok(())
}

/// Until when the glass to a case stands open for an account.
pub(crate) fn open_until(
    tx: &mut dyn Sql,
    org: Uuid,
    account: Uuid,
    case: Uuid,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let row = tx.one(
        sql!("SELECT MAX(ends_at) FROM glass WHERE org_id = $1 AND account_id = $2 AND case_id = $3 AND ends_at > $4"),
        &args![org, account, case, now],
    )?;
    row.get(0)
}

/// The cause, whose case it was, and the sealed words of a broken glass.
pub(super) fn words(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<(String, Uuid, Vec<u8>)>, StoreError> {
    tx.opt(sql!("SELECT cause, person_id, words_sealed FROM glass WHERE org_id = $1 AND id = $2"), &args![org, id])?
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .transpose()
}
