//! All SQL of the log review.

use jiff::Timestamp;
use uuid::Uuid;

use super::Entry;
use super::signals::Look;
use crate::app::Cx;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// A look that is put up for review.
pub(super) struct Drawn {
    pub id: Uuid,
    pub seq: i64,
    pub at: Timestamp,
    pub actor: Uuid,
    pub unit: Uuid,
    pub signal: &'static str,
    pub person: Uuid,
    pub glass: Option<Uuid>,
    pub reviewer: Option<Uuid>,
}

/// Puts a look up once for each signal.
pub(super) fn insert(tx: &mut dyn Sql, org: Uuid, d: &Drawn, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO review (org_id, id, seq, at, actor, unit_id, signal, person_id, glass_id, reviewer, drawn_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (org_id, seq, signal) DO NOTHING"
        ),
        &args![org, d.id, d.seq, d.at, d.actor, d.unit, d.signal, d.person, d.glass, d.reviewer, now],
    )?;
    Ok(())
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.get(0)?,
        seq: row.get(1)?,
        at: row.get(2)?,
        actor: row.get(3)?,
        actor_name: row.get(4)?,
        unit_name: row.get(5)?,
        signal: row.get(6)?,
        person: row.get(7)?,
        glass: row.get(8)?,
        reviewer: row.get(9)?,
        reviewer_name: row.get(10)?,
        decision: row.get(11)?,
        decided_at: row.get(12)?,
    })
}

pub(super) fn open(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    tx.rows(
        sql!(
            "SELECT r.id, r.seq, r.at, r.actor, COALESCE(a.name, ''), COALESCE(u.name, ''), r.signal, r.person_id,
                    r.glass_id, r.reviewer, COALESCE(c.name, ''), r.decision, r.decided_at
             FROM review r
             LEFT JOIN account a ON a.org_id = r.org_id AND a.id = r.actor
             LEFT JOIN unit u ON u.org_id = r.org_id AND u.id = r.unit_id
             LEFT JOIN account c ON c.org_id = r.org_id AND c.id = r.reviewer
             WHERE r.org_id = $1 AND r.decision IS NULL ORDER BY r.at, r.id LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(entry)
    .collect()
}

pub(super) fn decided(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    tx.rows(
        sql!(
            "SELECT r.id, r.seq, r.at, r.actor, COALESCE(a.name, ''), COALESCE(u.name, ''), r.signal, r.person_id,
                    r.glass_id, r.reviewer, COALESCE(c.name, ''), r.decision, r.decided_at
             FROM review r
             LEFT JOIN account a ON a.org_id = r.org_id AND a.id = r.actor
             LEFT JOIN unit u ON u.org_id = r.org_id AND u.id = r.unit_id
             LEFT JOIN account c ON c.org_id = r.org_id AND c.id = r.reviewer
             WHERE r.org_id = $1 AND r.decision IS NOT NULL ORDER BY r.decided_at DESC, r.id DESC LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(entry)
    .collect()
}

/// How many wait and how many are decided.
pub(super) fn counts(tx: &mut dyn Sql, org: Uuid) -> Result<(i64, i64), StoreError> {
    let open = tx.one(sql!("SELECT COUNT(*) FROM review WHERE org_id = $1 AND decision IS NULL"), &args![org])?;
    let done = tx.one(sql!("SELECT COUNT(*) FROM review WHERE org_id = $1 AND decision IS NOT NULL"), &args![org])?;
    Ok((open.get(0)?, done.get(0)?))
}

/// An entry with its note, still sealed.
pub(super) type Noted = (Entry, Option<Vec<u8>>);

/// One entry.
pub(super) fn by_id(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<Noted>, StoreError> {
    tx.opt(
        sql!(
            "SELECT r.id, r.seq, r.at, r.actor, COALESCE(a.name, ''), COALESCE(u.name, ''), r.signal, r.person_id,
                    r.glass_id, r.reviewer, COALESCE(c.name, ''), r.decision, r.decided_at, r.note_sealed
             FROM review r
             LEFT JOIN account a ON a.org_id = r.org_id AND a.id = r.actor
             LEFT JOIN unit u ON u.org_id = r.org_id AND u.id = r.unit_id
             LEFT JOIN account c ON c.org_id = r.org_id AND c.id = r.reviewer
             WHERE r.org_id = $1 AND r.id = $2"
        ),
        &args![org, id],
    )?
    .map(|row| Ok((entry(&row)?, row.get(13)?)))
    .transpose()
}

/// Decides once.
pub(super) fn decide(
    tx: &mut dyn Sql,
    cx: &Cx,
    id: Uuid,
    decision: &str,
    note: Option<&[u8]>,
) -> Result<bool, StoreError> {
    let changed = tx.exec(
        sql!(
            "UPDATE review SET decision = $3, note_sealed = $4, decided_at = $5, decided_by = $6
             WHERE org_id = $1 AND id = $2 AND decision IS NULL"
        ),
        &args![cx.actor.org, id, decision, note, cx.now, cx.actor.id],
    )?;
    Ok(changed == 1)
}

/// The controller of the authority with the fewest entries that wait.
pub(super) fn least_busy(tx: &mut dyn Sql, org: Uuid) -> Result<Option<Uuid>, StoreError> {
    let found = tx.rows(
        sql!(
            "SELECT m.account_id,
                    (SELECT COUNT(*) FROM review r WHERE r.org_id = m.org_id AND r.decision IS NULL
                                                        AND r.reviewer = m.account_id) AS waits
             FROM membership m JOIN account a ON a.org_id = m.org_id AND a.id = m.account_id
             WHERE m.org_id = $1 AND m.role = 'controller' AND a.active
             ORDER BY waits, m.account_id LIMIT 1"
        ),
        &args![org],
    )?;
    found.first().map(|row| row.get(0)).transpose()
}

/// Every authority, for the round that draws from the logs.
pub(crate) fn authorities(tx: &mut dyn Sql) -> Result<Vec<Uuid>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id FROM authority ORDER BY id
             -- scan: every authority is asked once in a while"
        ),
        &[],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// How far the log has been drawn from, and when.
pub(super) fn mark(tx: &mut dyn Sql, org: Uuid) -> Result<Option<(i64, Timestamp)>, StoreError> {
    tx.opt(sql!("SELECT seq, drawn_at FROM review_mark WHERE org_id = $1"), &args![org])?
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .transpose()
}

pub(super) fn set_mark(tx: &mut dyn Sql, org: Uuid, seq: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO review_mark (org_id, seq, drawn_at) VALUES ($1, $2, $3)
             ON CONFLICT (org_id) DO UPDATE SET seq = excluded.seq, drawn_at = excluded.drawn_at"
        ),
        &args![org, seq, now],
    )?;
    Ok(())
}

/// The records of the log from a place on, each with the first person it was about.
pub(super) fn looks(tx: &mut dyn Sql, org: Uuid, from: i64, limit: i64) -> Result<Vec<Look>, StoreError> {
    tx.rows(
        sql!(
            "SELECT a.seq, a.at, a.actor, a.unit_id, a.role, a.action, a.object, a.decision, a.policy,
                    (SELECT p.person_id FROM audit_person p WHERE p.org_id = a.org_id AND p.seq = a.seq
                     ORDER BY p.person_id LIMIT 1)
             FROM audit a WHERE a.org_id = $1 AND a.seq >= $2 ORDER BY a.seq LIMIT $3"
        ),
        &args![org, from, limit],
    )?
    .iter()
    .map(|row| {
        let decision: String = row.get(7)?;
        Ok(Look {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            unit: row.get(3)?,
            role: row.get(4)?,
            action: row.get(5)?,
            object: row.get(6)?,
            allowed: decision == "allow",
            policy: row.get(8)?,
            person: row.get(9)?,
        })
    })
    .collect()
}

pub(super) fn account_name(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<String>, StoreError> {
    tx.opt(sql!("SELECT name FROM account WHERE org_id = $1 AND id = $2"), &args![org, id])?
        .map(|row| row.get(0))
        .transpose()
}
