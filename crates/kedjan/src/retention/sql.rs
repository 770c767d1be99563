//! All SQL of retention: what is past its time, what is held, and the receipts.

use chain::Recorded;
use jiff::Timestamp;
use uuid::Uuid;

use super::{DueCase, Hold, HoldReason, Receipt, Standing};
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// A person of an authority who has not been forgotten.
pub(super) struct Candidate {
    pub id: Uuid,
    pub birth_year: Option<i32>,
}

pub(super) fn people_after(tx: &mut dyn Sql, org: Uuid, after: Uuid, limit: i64) -> Result<Vec<Candidate>, StoreError> {
    let none: &[u8] = &[];
    tx.rows(
        sql!(
            "SELECT id, birth_year FROM person
             WHERE org_id = $1 AND id > $2 AND merged_into IS NULL AND key_wrapped <> $3 ORDER BY id LIMIT $4"
        ),
        &args![org, after, none, limit],
    )?
    .iter()
    .map(|row| Ok(Candidate { id: row.get(0)?, birth_year: row.get(1)? }))
    .collect()
}

pub(super) fn candidate(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<Candidate>, StoreError> {
    let none: &[u8] = &[];
    tx.opt(
        sql!(
            "SELECT id, birth_year FROM person
             WHERE org_id = $1 AND id = $2 AND merged_into IS NULL AND key_wrapped <> $3"
        ),
        &args![org, id, none],
    )?
    .map(|row| Ok(Candidate { id: row.get(0)?, birth_year: row.get(1)? }))
    .transpose()
}

/// A case as one of a person's authority's units has it.
pub(super) struct CaseOfPerson {
    pub org: Uuid,
    pub id: Uuid,
    pub code: String,
    pub method: String,
    pub method_version: u32,
    pub began_at: Timestamp,
    pub opened: bool,
    /// Whether one of the authority's units has something to do in it.
    pub open: bool,
}

pub(super) fn cases_of(tx: &mut dyn Sql, org: Uuid, person: Uuid) -> Result<Vec<CaseOfPerson>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.org_id, k.id, k.code, k.method, k.method_version, k.began_at, k.opened_by IS NOT NULL AS opened,
                    COUNT(*) FILTER (WHERE s.state = 'open') AS open
             FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             WHERE s.org_id = $1 AND s.person_id = $2
             GROUP BY k.org_id, k.id, k.code, k.method, k.method_version, k.began_at, k.opened_by ORDER BY k.id"
        ),
        &args![org, person],
    )?
    .iter()
    .map(|row| {
        let open: i64 = row.get(7)?;
        Ok(CaseOfPerson {
            org: row.get(0)?,
            id: row.get(1)?,
            code: row.get(2)?,
            method: row.get(3)?,
            method_version: row.get(4)?,
            began_at: row.get(5)?,
            opened: row.get(6)?,
            open: open > 0,
        })
    })
    .collect()
}

/// The steps of a case without their answers, which retention does not ask for.
pub(super) fn steps(tx: &mut dyn Sql, org: Uuid, case: Uuid) -> Result<Vec<Recorded>, StoreError> {
    tx.rows(
        sql!(
            "SELECT seq, step, outcome, at, recorded_at, by_unit, corrects
             FROM step WHERE org_id = $1 AND case_id = $2 ORDER BY seq"
        ),
        &args![org, case],
    )?
    .iter()
    .map(|row| {
        let by_unit: Uuid = row.get(5)?;
        Ok(Recorded {
            seq: row.get(0)?,
            step: row.get(1)?,
            outcome: row.get(2)?,
            at: row.get(3)?,
            recorded_at: row.get(4)?,
            fields: chain::Values::new(),
            by_unit: by_unit.to_string(),
            corrects: row.get(6)?,
        })
    })
    .collect()
}

/// The authority that began a case, and the case, if a unit of the authority has or has had it.
pub(super) fn case_at(tx: &mut dyn Sql, org: Uuid, code: &str) -> Result<Option<(Uuid, Uuid)>, StoreError> {
    tx.opt(
        sql!(
            "SELECT k.org_id, k.id FROM kase k
             WHERE k.code = $2
               AND EXISTS (SELECT 1 FROM share s WHERE s.case_org = k.org_id AND s.case_id = k.id AND s.org_id = $1)"
        ),
        &args![org, code],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .transpose()
}

pub(super) fn insert_hold(tx: &mut dyn Sql, org: Uuid, case: (Uuid, Uuid), hold: &Hold) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO retention_hold (org_id, id, case_org, case_id, code, reason, reference, set_by, set_at, until,
                                         released_by, released_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, NULL)"
        ),
        &args![
            org,
            hold.id,
            case.0,
            case.1,
            &hold.code,
            hold.reason.name(),
            &hold.reference,
            &hold.set_by,
            hold.set_at,
            hold.until
        ],
    )?;
    Ok(())
}

/// Ends the authority's holds of a case, and says how many there were.
pub(super) fn release(tx: &mut dyn Sql, org: Uuid, case: Uuid, by: &str, at: Timestamp) -> Result<u64, StoreError> {
    tx.exec(
        sql!(
            "UPDATE retention_hold SET released_by = $3, released_at = $4
             WHERE org_id = $1 AND case_id = $2 AND released_at IS NULL"
        ),
        &args![org, case, by, at],
    )
}

pub(super) fn is_held(tx: &mut dyn Sql, org: Uuid, case: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let held: i64 = tx
        .one(
            sql!(
                "SELECT COUNT(*) FROM retention_hold
                 WHERE org_id = $1 AND case_id = $2 AND released_at IS NULL AND (until IS NULL OR until > $3)"
            ),
            &args![org, case, now],
        )?
        .get(0)?;
    Ok(held > 0)
}

fn hold(row: &Row) -> Result<Hold, StoreError> {
    let reason: String = row.get(2)?;
    Ok(Hold {
        id: row.get(0)?,
        code: row.get(1)?,
        reason: HoldReason::from_name(&reason)
            .ok_or_else(|| StoreError::Fault(format!("a hold has the unknown reason `{reason}`")))?,
        reference: row.get(3)?,
        set_by: row.get(4)?,
        set_at: row.get(5)?,
        until: row.get(6)?,
        released_at: row.get(7)?,
    })
}

/// The authority's holds, those in force first, then the latest first.
pub(super) fn holds(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Hold>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, code, reason, reference, set_by, set_at, until, released_at FROM retention_hold
             WHERE org_id = $1 ORDER BY COALESCE(released_at, 0), set_at DESC, id LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(hold)
    .collect()
}

pub(super) fn count_holds(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM retention_hold WHERE org_id = $1"), &args![org])?.get(0)
}

pub(super) fn clear_due(tx: &mut dyn Sql, org: Uuid, at: Timestamp) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM retention_due WHERE org_id = $1"), &args![org])?;
    tx.exec(
        sql!(
            "INSERT INTO retention_run (org_id, at) VALUES ($1, $2) ON CONFLICT (org_id) DO UPDATE SET at = excluded.at"
        ),
        &args![org, at],
    )?;
    Ok(())
}

pub(super) fn insert_due(tx: &mut dyn Sql, org: Uuid, case: &DueCase) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO retention_due (org_id, due_at, case_id, code, method, class, last_note, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, due_at, case_id) DO NOTHING"
        ),
        &args![
            org,
            case.due_at,
            case.case,
            &case.code,
            &case.method,
            case.class.code(),
            case.last_note,
            case.standing.name()
        ],
    )?;
    Ok(())
}

pub(super) fn due(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<DueCase>, StoreError> {
    tx.rows(
        sql!(
            "SELECT due_at, case_id, code, method, class, last_note, state FROM retention_due
             WHERE org_id = $1 ORDER BY due_at, case_id LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(|row| {
        let (class, standing): (String, String) = (row.get(4)?, row.get(6)?);
        let unknown = || StoreError::Fault("a case past its time has an unknown class or standing".into());
        Ok(DueCase {
            due_at: row.get(0)?,
            case: row.get(1)?,
            code: row.get(2)?,
            method: row.get(3)?,
            class: chain::retention::Class::from_code(&class).ok_or_else(unknown)?,
            last_note: row.get(5)?,
            standing: Standing::from_name(&standing).ok_or_else(unknown)?,
        })
    })
    .collect()
}

/// How many cases stand how in the authority's list.
pub(super) fn count_due(tx: &mut dyn Sql, org: Uuid) -> Result<Vec<(String, i64)>, StoreError> {
    tx.rows(sql!("SELECT state, COUNT(*) FROM retention_due WHERE org_id = $1 GROUP BY state"), &args![org])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// When the authority's list was made.
pub(super) fn listed_at(tx: &mut dyn Sql, org: Uuid) -> Result<Option<Timestamp>, StoreError> {
    tx.opt(sql!("SELECT at FROM retention_run WHERE org_id = $1"), &args![org])?.map(|row| row.get(0)).transpose()
}

pub(super) fn put_receipt(tx: &mut dyn Sql, org: Uuid, r: &Receipt) -> Result<(), StoreError> {
    let classes = serde_json::to_string(&r.classes)
        .map_err(|_| StoreError::Fault("the classes of a receipt are no JSON".into()))?;
    tx.exec(
        sql!(
            "INSERT INTO retention_receipt (org_id, id, at, by_whom, classes, people, cases, texts, consents, lookups, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (org_id, id)
             DO UPDATE SET classes = excluded.classes, people = excluded.people, cases = excluded.cases,
                           texts = excluded.texts, consents = excluded.consents, lookups = excluded.lookups,
                           digest = excluded.digest"
        ),
        &args![
            org,
            r.id,
            r.at,
            &r.by,
            classes,
            r.people,
            r.cases,
            r.texts,
            r.consents,
            r.lookups,
            r.digest.as_slice()
        ],
    )?;
    Ok(())
}

pub(super) fn receipts(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Receipt>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, at, by_whom, classes, people, cases, texts, consents, lookups, digest FROM retention_receipt
             WHERE org_id = $1 ORDER BY at DESC, id DESC LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(|row| {
        let classes: String = row.get(3)?;
        Ok(Receipt {
            id: row.get(0)?,
            at: row.get(1)?,
            by: row.get(2)?,
            classes: serde_json::from_str(&classes)
                .map_err(|_| StoreError::Fault("the classes of a receipt are not JSON".into()))?,
            people: row.get(4)?,
            cases: row.get(5)?,
            texts: row.get(6)?,
            consents: row.get(7)?,
            lookups: row.get(8)?,
            digest: row.get(9)?,
        })
    })
    .collect()
}

pub(super) fn count_receipts(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM retention_receipt WHERE org_id = $1"), &args![org])?.get(0)
}

/// The time of the latest record of the authority's audit chain.
pub(super) fn latest_record(tx: &mut dyn Sql, org: Uuid) -> Result<Option<Timestamp>, StoreError> {
    tx.opt(
        sql!("SELECT a.at FROM audit_head h JOIN audit a ON a.org_id = h.org_id AND a.seq = h.seq WHERE h.org_id = $1"),
        &args![org],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Lets go of keys of repeated requests, which hold a digest of what was sent, from before a time.
pub(super) fn delete_requests(tx: &mut dyn Sql, org: Uuid, before: Timestamp) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM idempotency WHERE org_id = $1 AND at < $2"), &args![org, before])?;
    Ok(())
}
