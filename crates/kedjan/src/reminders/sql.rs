//! All SQL of the reminders. None of it reads a person's data.

use jiff::Timestamp;
use uuid::Uuid;

use super::Rung;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// A reminder: one rung for one clock of one unit's share of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    pub org: Uuid,
    pub unit: Uuid,
    pub case: Uuid,
    pub clock: String,
    pub due_at: Timestamp,
    pub rung: i64,
}

/// A reminder that waits to be sent, with what the message says.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub notice: Notice,
    pub rung: Rung,
    pub tries: u32,
    pub code: String,
    pub method: String,
    pub method_version: u32,
    pub unit: String,
    pub to: String,
}

fn notice(row: &Row) -> Result<Notice, StoreError> {
    Ok(Notice {
        org: row.get(0)?,
        unit: row.get(1)?,
        case: row.get(2)?,
        clock: row.get(3)?,
        due_at: row.get(4)?,
        rung: row.get(5)?,
    })
}

/// Open work whose time to warn has come and whose unit is not told.
pub(super) fn to_warn(tx: &mut dyn Sql, now: Timestamp) -> Result<Vec<Notice>, StoreError> {
    tx.rows(
        sql!(
            "SELECT s.org_id, s.unit_id, s.case_id, s.next_clock, s.sort_at, CAST($2 AS BIGINT)
             FROM share s
             WHERE s.state = 'open' AND s.warn_at <= $1 AND s.next_clock IS NOT NULL AND s.ended_at IS NULL
               AND (s.until IS NULL OR s.until > $1)
               AND NOT EXISTS (SELECT 1 FROM notice n
                               WHERE n.org_id = s.org_id AND n.unit_id = s.unit_id AND n.case_id = s.case_id
                                 AND n.clock = s.next_clock AND n.due_at = s.sort_at AND n.rung = $2)
             ORDER BY s.warn_at LIMIT 500"
        ),
        &args![now, Rung::Unit.number()],
    )?
    .iter()
    .map(notice)
    .collect()
}

/// Open work whose limit passed at a moment or before, where the rung is not told.
pub(super) fn passed(tx: &mut dyn Sql, rung: Rung, at: Timestamp, now: Timestamp) -> Result<Vec<Notice>, StoreError> {
    tx.rows(
        sql!(
            "SELECT s.org_id, s.unit_id, s.case_id, s.next_clock, s.sort_at, CAST($3 AS BIGINT)
             FROM share s
             WHERE s.state = 'open' AND s.sort_at <= $2 AND s.next_clock IS NOT NULL AND s.ended_at IS NULL
               AND (s.until IS NULL OR s.until > $1)
               AND NOT EXISTS (SELECT 1 FROM notice n
                               WHERE n.org_id = s.org_id AND n.unit_id = s.unit_id AND n.case_id = s.case_id
                                 AND n.clock = s.next_clock AND n.due_at = s.sort_at AND n.rung = $3)
             ORDER BY s.sort_at LIMIT 500"
        ),
        &args![now, at, rung.number()],
    )?
    .iter()
    .map(notice)
    .collect()
}

/// Writes a reminder down; 0 when another node was first.
pub(super) fn insert(tx: &mut dyn Sql, n: &Notice) -> Result<u64, StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO notice (org_id, unit_id, case_id, clock, due_at, rung, lease_until, tries)
             VALUES ($1, $2, $3, $4, $5, $6, 0, 0)
             ON CONFLICT (org_id, unit_id, case_id, clock, due_at, rung) DO NOTHING"
        ),
        &args![n.org, n.unit, n.case, &n.clock, n.due_at, n.rung],
    )
}

/// Reminders that nobody has a lease on. Few at a time, so that all are sent before the leases run out.
pub(super) fn waiting(tx: &mut dyn Sql, now: Timestamp) -> Result<Vec<Waiting>, StoreError> {
    tx.rows(
        sql!(
            "SELECT n.org_id, n.unit_id, n.case_id, n.clock, n.due_at, n.rung, n.tries, k.code, k.method,
                    k.method_version, u.name, u.email, u.lead_email, o.ombud_email
             FROM notice n
             JOIN share s ON s.org_id = n.org_id AND s.unit_id = n.unit_id AND s.case_id = n.case_id
             JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             JOIN unit u ON u.org_id = n.org_id AND u.id = n.unit_id
             JOIN authority o ON o.id = n.org_id
             WHERE n.sent_at IS NULL AND n.lease_until <= $1
             ORDER BY n.lease_until LIMIT 4"
        ),
        &args![now],
    )?
    .iter()
    .map(|row| {
        let notice = notice(row)?;
        let rung = Rung::from_number(notice.rung)
            .ok_or_else(|| StoreError::Fault(format!("there is no rung {} of reminders", notice.rung)))?;
        let to = match rung {
            Rung::Unit => 11,
            Rung::Lead => 12,
            Rung::Ombud => 13,
        };
        Ok(Waiting {
            notice,
            rung,
            tries: row.get(6)?,
            code: row.get(7)?,
            method: row.get(8)?,
            method_version: row.get(9)?,
            unit: row.get(10)?,
            to: row.get(to)?,
        })
    })
    .collect()
}

/// Takes a lease, if nobody has one and the clock still runs for the unit.
pub(super) fn lease(tx: &mut dyn Sql, n: &Notice, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
    let changed = tx.exec(
        sql!(
            "UPDATE notice SET lease_until = $8, tries = tries + 1
             WHERE org_id = $1 AND unit_id = $2 AND case_id = $3 AND clock = $4 AND due_at = $5 AND rung = $6
               AND sent_at IS NULL AND lease_until <= $7
               AND EXISTS (SELECT 1 FROM share s
                           WHERE s.org_id = $1 AND s.unit_id = $2 AND s.case_id = $3 AND s.state = 'open'
                             AND s.next_clock = $4 AND s.sort_at = $5 AND s.ended_at IS NULL
                             AND (s.until IS NULL OR s.until > $7))"
        ),
        &args![n.org, n.unit, n.case, &n.clock, n.due_at, n.rung, now, until],
    )?;
    Ok(changed == 1)
}

/// Drops a reminder whose clock no longer runs for the unit, unless somebody is sending it.
pub(super) fn drop_stopped(tx: &mut dyn Sql, n: &Notice, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "DELETE FROM notice
             WHERE org_id = $1 AND unit_id = $2 AND case_id = $3 AND clock = $4 AND due_at = $5 AND rung = $6
               AND sent_at IS NULL AND lease_until <= $7
               AND NOT EXISTS (SELECT 1 FROM share s
                               WHERE s.org_id = $1 AND s.unit_id = $2 AND s.case_id = $3 AND s.state = 'open'
                                 AND s.next_clock = $4 AND s.sort_at = $5 AND s.ended_at IS NULL
                                 AND (s.until IS NULL OR s.until > $7))"
        ),
        &args![n.org, n.unit, n.case, &n.clock, n.due_at, n.rung, now],
    )?;
    Ok(())
}

/// Marks a reminder as sent.
pub(super) fn sent(tx: &mut dyn Sql, n: &Notice, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE notice SET sent_at = $7
             WHERE org_id = $1 AND unit_id = $2 AND case_id = $3 AND clock = $4 AND due_at = $5 AND rung = $6"
        ),
        &args![n.org, n.unit, n.case, &n.clock, n.due_at, n.rung, now],
    )?;
    Ok(())
}
