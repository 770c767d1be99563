//! The SQL of cases: the case, its steps and clocks, and who shares it.

use chain::case::Recorded;
use jiff::Timestamp;
use uuid::Uuid;

use super::{CaseRow, Ended, Share, ShareState};
use crate::app::{Actor, Cx};
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

pub(super) fn by_code(tx: &mut dyn Sql, code: &str) -> Result<Option<CaseRow>, StoreError> {
    tx.opt(
        sql!(
            "SELECT org_id, id, code, unit_id, method, method_version, stage, began_at, closed_at, closing, steps,
                    version, opened_by, county, municipality, sex, age_band
             FROM kase WHERE code = $1"
        ),
        &args![code],
    )?
    .map(|mut row| case_row(&mut row))
    .transpose()
}

fn case_row(row: &mut Row) -> Result<CaseRow, StoreError> {
    Ok(CaseRow {
        org: row.take(0)?,
        id: row.take(1)?,
        code: row.take(2)?,
        unit: row.take(3)?,
        method: row.take(4)?,
        method_version: row.take(5)?,
        stage: row.take(6)?,
        began_at: row.take(7)?,
        closed_at: row.take(8)?,
        closing: row.take(9)?,
        steps: row.take(10)?,
        version: row.take(11)?,
        opened_by: row.take(12)?,
        county: row.take(13)?,
        municipality: row.take(14)?,
        sex: row.take(15)?,
        age_band: row.take(16)?,
    })
}

pub(super) fn insert_case(tx: &mut dyn Sql, c: &CaseRow) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO kase (org_id, id, code, unit_id, method, method_version, stage, began_at, closed_at, closing,
                               steps, version, opened_by, county, municipality, sex, age_band)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
        ),
        &args![
            c.org,
            c.id,
            &c.code,
            c.unit,
            &c.method,
            c.method_version,
            &c.stage,
            c.began_at,
            c.closed_at,
            c.closing.clone(),
            c.steps,
            c.version,
            c.opened_by.clone(),
            &c.county,
            &c.municipality,
            &c.sex,
            &c.age_band
        ],
    )?;
    Ok(())
}

/// Moves the case on, if nobody else has since it was read.
pub(super) fn update_case(tx: &mut dyn Sql, c: &CaseRow, read_version: i64) -> Result<bool, StoreError> {
    let changed = tx.exec(
        sql!(
            "UPDATE kase SET stage = $3, closed_at = $4, closing = $5, steps = $6, version = $7
             WHERE org_id = $1 AND id = $2 AND version = $8"
        ),
        &args![c.org, c.id, &c.stage, c.closed_at, c.closing.clone(), c.steps, c.version, read_version],
    )?;
    Ok(changed == 1)
}

/// Puts a case under another month, municipality, sex or age.
pub(super) fn count_under(tx: &mut dyn Sql, c: &CaseRow) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE kase SET began_at = $3, municipality = $4, sex = $5, age_band = $6 WHERE org_id = $1 AND id = $2"),
        &args![c.org, c.id, c.began_at, &c.municipality, &c.sex, &c.age_band],
    )?;
    Ok(())
}

/// The cases that an authority has begun about a person.
pub(super) fn begun_about(tx: &mut dyn Sql, org: Uuid, person: Uuid) -> Result<Vec<CaseRow>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.org_id, k.id, k.code, k.unit_id, k.method, k.method_version, k.stage, k.began_at, k.closed_at,
                    k.closing, k.steps, k.version, k.opened_by, k.county, k.municipality, k.sex, k.age_band
             FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             WHERE s.org_id = $1 AND s.person_id = $2 AND s.relation = 'made'"
        ),
        &args![org, person],
    )?
    .into_iter()
    .map(|mut row| case_row(&mut row))
    .collect()
}

pub(super) fn steps(tx: &mut dyn Sql, org: Uuid, case: Uuid) -> Result<Vec<Recorded>, StoreError> {
    tx.rows(
        sql!(
            "SELECT seq, step, outcome, at, recorded_at, by_unit, fields, corrects
             FROM step WHERE org_id = $1 AND case_id = $2 ORDER BY seq"
        ),
        &args![org, case],
    )?
    .into_iter()
    .map(|mut row| {
        let (seq, by_unit, fields): (u32, Uuid, String) = (row.take(0)?, row.take(5)?, row.take(6)?);
        Ok(Recorded {
            seq,
            step: row.take(1)?,
            outcome: row.take(2)?,
            at: row.take(3)?,
            recorded_at: row.take(4)?,
            fields: serde_json::from_str(&fields)
                .map_err(|_| StoreError::Fault(format!("the fields of step {seq} are not JSON")))?,
            by_unit: by_unit.to_string(),
            corrects: row.take(7)?,
        })
    })
    .collect()
}

/// Stores a step that the actor has taken, as what party.
pub(super) fn insert_step(
    tx: &mut dyn Sql,
    case: &CaseRow,
    by: &Actor,
    party: &str,
    s: &Recorded,
) -> Result<(), StoreError> {
    let fields = serde_json::to_string(&s.fields)
        .map_err(|_| StoreError::Fault(format!("the fields of step {} are no JSON", s.seq)))?;
    tx.exec(
        sql!(
            "INSERT INTO step (org_id, case_id, seq, step, outcome, at, recorded_at, by_org, by_unit, by_actor, party,
                               fields, corrects)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &args![
            case.org,
            case.id,
            s.seq,
            &s.step,
            &s.outcome,
            s.at,
            s.recorded_at,
            by.org,
            by.unit,
            by.id,
            party,
            fields,
            s.corrects
        ],
    )?;
    Ok(())
}

pub(super) fn upsert_clock(
    tx: &mut dyn Sql,
    org: Uuid,
    case: Uuid,
    run: &chain::case::ClockRun,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO clock (org_id, case_id, clock, started_at, warn_at, due_at, stopped_at, party)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (org_id, case_id, clock, started_at)
             DO UPDATE SET warn_at = excluded.warn_at, due_at = excluded.due_at, stopped_at = excluded.stopped_at"
        ),
        &args![org, case, &run.clock, run.started_at, run.warn_at, run.due_at, run.stopped_at, &run.party],
    )?;
    Ok(())
}

/// A clock run that a correction has taken away.
pub(super) fn delete_clock(
    tx: &mut dyn Sql,
    org: Uuid,
    case: Uuid,
    clock: &str,
    started_at: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!("DELETE FROM clock WHERE org_id = $1 AND case_id = $2 AND clock = $3 AND started_at = $4"),
        &args![org, case, clock, started_at],
    )?;
    Ok(())
}

fn share_row(row: &mut Row) -> Result<Share, StoreError> {
    let state: String = row.take(8)?;
    let ended_at: Option<Timestamp> = row.take(15)?;
    let ended_why: Option<String> = row.take(16)?;
    Ok(Share {
        org: row.take(0)?,
        unit: row.take(1)?,
        unit_name: row.take(20)?,
        unit_phone: row.take(21)?,
        case: row.take(2)?,
        case_org: row.take(3)?,
        person: row.take(4)?,
        party: row.take(5)?,
        relation: row.take(6)?,
        ground: row.take(7)?,
        state: ShareState::from_name(&state)
            .ok_or_else(|| StoreError::Fault(format!("a share has the unknown state `{state}`")))?,
        sort_at: row.take(9)?,
        next_clock: row.take(10)?,
        warn_at: row.take(11)?,
        assignee: row.take(12)?,
        since: row.take(13)?,
        until: row.take(14)?,
        ended: match (ended_at, ended_why) {
            (Some(at), Some(why)) => Some(Ended { at, why }),
            (None, None) => None,
            _ => return Err(StoreError::Fault("a share is half ended".into())),
        },
        consent: row.take(17)?,
        routing: row.take(18)?,
        method: row.take(19)?,
    })
}

/// Every share of a case, with what its unit is called.
pub(super) fn shares(tx: &mut dyn Sql, case_org: Uuid, case: Uuid) -> Result<Vec<Share>, StoreError> {
    tx.rows(
        sql!(
            "SELECT s.org_id, s.unit_id, s.case_id, s.case_org, s.person_id, s.party, s.relation, s.ground, s.state,
                    s.sort_at, s.next_clock, s.warn_at, s.assignee, s.since, s.until, s.ended_at, s.ended_why,
                    s.consent_id, s.routing, s.method, u.name, u.phone
             FROM share s JOIN unit u ON u.org_id = s.org_id AND u.id = s.unit_id
             WHERE s.case_org = $1 AND s.case_id = $2 ORDER BY s.since, s.unit_id"
        ),
        &args![case_org, case],
    )?
    .into_iter()
    .map(|mut row| share_row(&mut row))
    .collect()
}

/// Stores a share as it is now; a unit that is handed the same case again gets its old row back.
pub(super) fn put_share(tx: &mut dyn Sql, s: &Share) -> Result<(), StoreError> {
    let (ended_at, ended_why) = match &s.ended {
        Some(ended) => (Some(ended.at), Some(ended.why.clone())),
        None => (None, None),
    };
    tx.exec(
        sql!(
            "INSERT INTO share (org_id, unit_id, case_id, case_org, person_id, party, relation, ground, state, sort_at,
                                next_clock, warn_at, assignee, since, until, ended_at, ended_why, consent_id, routing,
                                method)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             ON CONFLICT (org_id, unit_id, case_id)
             DO UPDATE SET person_id = excluded.person_id, party = excluded.party, relation = excluded.relation,
                           ground = excluded.ground, state = excluded.state, sort_at = excluded.sort_at,
                           next_clock = excluded.next_clock, warn_at = excluded.warn_at,
                           assignee = excluded.assignee, since = excluded.since, until = excluded.until,
                           ended_at = excluded.ended_at, ended_why = excluded.ended_why,
                           consent_id = excluded.consent_id, routing = excluded.routing"
        ),
        &args![
            s.org,
            s.unit,
            s.case,
            s.case_org,
            s.person,
            &s.party,
            &s.relation,
            &s.ground,
            s.state.name(),
            s.sort_at,
            s.next_clock.clone(),
            s.warn_at,
            s.assignee,
            s.since,
            s.until,
            ended_at,
            ended_why,
            s.consent,
            &s.routing,
            &s.method
        ],
    )?;
    Ok(())
}

/// Stores when a unit's share is due, where nothing else of it has changed: with each call, so it writes what the lists are
/// sorted by and leaves alone the rest of what they are found by.
pub(super) fn reschedule_share(tx: &mut dyn Sql, s: &Share) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE share SET sort_at = $4, next_clock = $5, warn_at = $6
             WHERE org_id = $1 AND unit_id = $2 AND case_id = $3"
        ),
        &args![s.org, s.unit, s.case, s.sort_at, s.next_clock.clone(), s.warn_at],
    )?;
    Ok(())
}

pub(super) fn count_work(
    tx: &mut dyn Sql,
    org: Uuid,
    unit: Uuid,
    method: &str,
    state: &str,
    by: i64,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO work_count (org_id, unit_id, method, state, n) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (org_id, unit_id, method, state) DO UPDATE SET n = work_count.n + excluded.n"
        ),
        &args![org, unit, method, state, by],
    )?;
    Ok(())
}

/// The numbers of cases that a unit had by a consent that has run out.
pub(super) fn expired(tx: &mut dyn Sql, org: Uuid, unit: Uuid, now: Timestamp) -> Result<Vec<String>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.code FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             WHERE s.org_id = $1 AND s.unit_id = $2 AND s.until IS NOT NULL AND s.until <= $3 AND s.state <> 'ended'"
        ),
        &args![org, unit, now],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// A case that some unit of an authority has or has had, as what party.
pub(super) struct Held {
    pub org: Uuid,
    pub id: Uuid,
    pub code: String,
    pub method: String,
    pub method_version: u32,
    pub party: String,
}

/// Every case about a person that some unit of the authority has or has had.
pub(super) fn held(tx: &mut dyn Sql, org: Uuid, person: Uuid) -> Result<Vec<Held>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.org_id, k.id, k.code, k.method, k.method_version, s.party
             FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             WHERE s.org_id = $1 AND s.person_id = $2 ORDER BY k.began_at, k.id, s.since"
        ),
        &args![org, person],
    )?
    .iter()
    .map(|row| {
        Ok(Held {
            org: row.get(0)?,
            id: row.get(1)?,
            code: row.get(2)?,
            method: row.get(3)?,
            method_version: row.get(4)?,
            party: row.get(5)?,
        })
    })
    .collect()
}

/// What the same key from the same caller did before: the request's digest and the case.
pub(super) fn replayed(
    tx: &mut dyn Sql,
    org: Uuid,
    actor: Uuid,
    key: &str,
) -> Result<Option<(Vec<u8>, String)>, StoreError> {
    tx.opt(
        sql!("SELECT request_digest, code FROM idempotency WHERE org_id = $1 AND actor = $2 AND idem_key = $3"),
        &args![org, actor, key],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .transpose()
}

pub(super) fn remember(
    tx: &mut dyn Sql,
    cx: &Cx,
    key: &str,
    digest: &[u8],
    code: &str,
    seq: u32,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO idempotency (org_id, actor, idem_key, request_digest, code, seq, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &args![cx.actor.org, cx.actor.id, key, digest, code, seq, cx.now],
    )?;
    Ok(())
}

/// The cases that a case opened and the unit has: number and method.
pub(super) fn opened_by(
    tx: &mut dyn Sql,
    code: &str,
    org: Uuid,
    unit: Uuid,
) -> Result<Vec<(String, String)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.code, k.method
             -- CROSS: SQLite takes the tables in this order and does not walk through all the unit has.
             FROM kase k CROSS JOIN share s
             WHERE k.opened_by = $1 AND s.case_org = k.org_id AND s.case_id = k.id AND s.org_id = $2 AND s.unit_id = $3
             ORDER BY k.began_at"
        ),
        &args![code, org, unit],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}
