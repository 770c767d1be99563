//! All SQL of the audit chain.

use uuid::Uuid;

use super::{Head, Record};
use crate::store::{Sql, StoreError};
use crate::{args, sql};

pub(super) fn insert_head(tx: &mut dyn Sql, org: Uuid, zero: &[u8]) -> Result<(), StoreError> {
    tx.exec(sql!("INSERT INTO audit_head (org_id, seq, digest) VALUES ($1, 0, $2)"), &args![org, zero])?;
    Ok(())
}

/// Moves the end of the chain on by one record, if it is still where it was read: two nodes can't take the same place.
pub(super) fn advance_head(tx: &mut dyn Sql, org: Uuid, to: &Head) -> Result<bool, StoreError> {
    let moved = tx.exec(
        sql!("UPDATE audit_head SET seq = $2, digest = $3 WHERE org_id = $1 AND seq = $2 - 1"),
        &args![org, to.seq, to.digest.as_slice()],
    )?;
    Ok(moved == 1)
}

pub(super) fn head(tx: &mut dyn Sql, org: Uuid) -> Result<Option<Head>, StoreError> {
    tx.opt(sql!("SELECT seq, digest FROM audit_head WHERE org_id = $1"), &args![org])?
        .map(|row| Ok(Head { seq: row.get(0)?, digest: row.get(1)? }))
        .transpose()
}

pub(super) fn insert(tx: &mut dyn Sql, org: Uuid, r: &Record) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO audit (org_id, seq, at, actor, unit_id, role, via, action, object, relation, decision,
                                policy, people, detail, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &args![
            org,
            r.seq,
            r.at,
            r.actor,
            r.unit,
            &r.role,
            &r.via,
            &r.action,
            &r.object,
            &r.relation,
            &r.decision,
            &r.policy,
            r.people,
            &r.detail,
            r.digest.as_slice()
        ],
    )?;
    Ok(())
}

pub(super) fn insert_person(tx: &mut dyn Sql, org: Uuid, person: Uuid, seq: i64) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO audit_person (org_id, person_id, seq) VALUES ($1, $2, $3)
             ON CONFLICT (org_id, person_id, seq) DO NOTHING"
        ),
        &args![org, person, seq],
    )?;
    Ok(())
}

pub(super) fn page(tx: &mut dyn Sql, org: Uuid, from: i64, limit: i64) -> Result<Vec<Record>, StoreError> {
    tx.rows(
        sql!(
            "SELECT seq, at, actor, unit_id, role, via, action, object, relation, decision, policy, people, detail,
                    digest
             FROM audit WHERE org_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3"
        ),
        &args![org, from, limit],
    )?
    .iter()
    .map(Record::read)
    .collect()
}

pub(super) fn people(tx: &mut dyn Sql, org: Uuid, seq: i64) -> Result<Vec<Uuid>, StoreError> {
    tx.rows(
        sql!("SELECT person_id FROM audit_person WHERE org_id = $1 AND seq = $2 ORDER BY person_id"),
        &args![org, seq],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

pub(super) fn of_person(
    tx: &mut dyn Sql,
    org: Uuid,
    person: Uuid,
    before: i64,
    limit: i64,
) -> Result<Vec<Record>, StoreError> {
    tx.rows(
        sql!(
            "SELECT a.seq, a.at, a.actor, a.unit_id, a.role, a.via, a.action, a.object, a.relation, a.decision,
                    a.policy, a.people, a.detail, a.digest
             FROM audit_person p JOIN audit a ON a.org_id = p.org_id AND a.seq = p.seq
             WHERE p.org_id = $1 AND p.person_id = $2 AND p.seq < $3
             ORDER BY p.seq DESC LIMIT $4"
        ),
        &args![org, person, before, limit],
    )?
    .iter()
    .map(Record::read)
    .collect()
}

pub(super) fn count_of_person(tx: &mut dyn Sql, org: Uuid, person: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM audit_person WHERE org_id = $1 AND person_id = $2"), &args![org, person])?.get(0)
}
