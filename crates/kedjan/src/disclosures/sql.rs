//! All SQL of the register of disclosures.

use uuid::Uuid;

use super::Line;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

pub(super) fn insert(
    tx: &mut dyn Sql,
    org: Uuid,
    case: (Uuid, Uuid),
    l: &Line,
    words: Option<&[u8]>,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO disclosure (org_id, id, at, case_org, case_id, code, person_id, ground, paragraph, consent_id,
                                     kinds, receiver_kind, receiver, by_unit, by_account, by_step, words_sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
        ),
        &args![
            org,
            l.id,
            l.at,
            case.0,
            case.1,
            &l.code,
            l.person,
            &l.ground,
            &l.paragraph,
            l.consent,
            l.kinds.join(","),
            &l.receiver_kind,
            &l.receiver,
            l.by_unit,
            l.by_account,
            l.by_step,
            words
        ],
    )?;
    tx.exec(
        sql!(
            "INSERT INTO disclosure_count (org_id, n) VALUES ($1, 1)
             ON CONFLICT (org_id) DO UPDATE SET n = disclosure_count.n + 1"
        ),
        &args![org],
    )?;
    Ok(())
}

fn line(row: &Row) -> Result<Line, StoreError> {
    let kinds: String = row.get(7)?;
    Ok(Line {
        id: row.get(0)?,
        at: row.get(1)?,
        code: row.get(2)?,
        person: row.get(3)?,
        ground: row.get(4)?,
        paragraph: row.get(5)?,
        consent: row.get(6)?,
        kinds: kinds.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned).collect(),
        receiver_kind: row.get(8)?,
        receiver: row.get(9)?,
        by_unit: row.get(10)?,
        by_account: row.get(11)?,
        by_step: row.get(12)?,
    })
}

pub(super) fn of_case(tx: &mut dyn Sql, org: Uuid, case: Uuid) -> Result<Vec<Line>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, at, code, person_id, ground, paragraph, consent_id, kinds, receiver_kind, receiver, by_unit,
                    by_account, by_step
             FROM disclosure WHERE org_id = $1 AND case_id = $2 ORDER BY at, id"
        ),
        &args![org, case],
    )?
    .iter()
    .map(line)
    .collect()
}

/// What has left the authority about a person, the oldest first.
pub(crate) fn of_person(tx: &mut dyn Sql, org: Uuid, person: Uuid) -> Result<Vec<Line>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, at, code, person_id, ground, paragraph, consent_id, kinds, receiver_kind, receiver, by_unit,
                    by_account, by_step
             FROM disclosure WHERE org_id = $1 AND person_id = $2 ORDER BY at, id"
        ),
        &args![org, person],
    )?
    .iter()
    .map(line)
    .collect()
}

pub(super) fn page(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Line>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, at, code, person_id, ground, paragraph, consent_id, kinds, receiver_kind, receiver, by_unit,
                    by_account, by_step
             FROM disclosure WHERE org_id = $1 ORDER BY at DESC, id DESC LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(line)
    .collect()
}

/// A line with its words as they are sealed; a handover has none.
type Sealed = (Line, Option<Vec<u8>>);

/// One line, with its words.
pub(super) fn by_id(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<Sealed>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, at, code, person_id, ground, paragraph, consent_id, kinds, receiver_kind, receiver, by_unit,
                    by_account, by_step, words_sealed
             FROM disclosure WHERE org_id = $1 AND id = $2"
        ),
        &args![org, id],
    )?
    .map(|row| Ok((line(&row)?, row.get(13)?)))
    .transpose()
}

/// How many lines the register has, kept with each.
pub(super) fn count(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.opt(sql!("SELECT n FROM disclosure_count WHERE org_id = $1"), &args![org])?.map_or(Ok(0), |row| row.get(0))
}
