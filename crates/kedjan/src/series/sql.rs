//! All SQL of the situation picture.

use jiff::Timestamp;
use uuid::Uuid;

use super::read::Cell;
use super::words::{Area, Sex, Sign, Unit};
use super::{Draft, Import, Reading, State, Taken};
use crate::app::Cx;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// The last version of a name in a county, whether it counts, and its digest.
pub(super) fn last(
    tx: &mut dyn Sql,
    org: Uuid,
    county: &str,
    name: &str,
) -> Result<Option<(i64, State, String)>, StoreError> {
    tx.opt(
        sql!(
            "SELECT version, state, digest FROM series_import WHERE org_id = $1 AND county = $2 AND name = $3
             ORDER BY version DESC LIMIT 1"
        ),
        &args![org, county, name],
    )?
    .map(|row| Ok((row.get(0)?, State::from_name(&row.get::<String>(1)?), row.get(2)?)))
    .transpose()
}

/// The file of a name that counts in a county no longer does.
pub(super) fn end_current(tx: &mut dyn Sql, cx: &Cx, county: &str, name: &str) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE series_import SET state = 'replaced', ended_at = $4, ended_by = $5
             WHERE org_id = $1 AND county = $2 AND name = $3 AND state = 'current'"
        ),
        &args![cx.actor.org, county, name, cx.now, cx.actor.id],
    )?;
    Ok(())
}

pub(super) fn insert(tx: &mut dyn Sql, cx: &Cx, county: &str, draft: &Draft, taken: &Taken) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO series_import (org_id, id, county, name, version, at, by_unit, by_account, via, digest, cells, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'current')"
        ),
        &args![
            cx.actor.org,
            taken.id,
            county,
            &draft.name,
            taken.version,
            cx.now,
            cx.actor.unit,
            cx.actor.id,
            cx.actor.via.name(),
            &draft.digest,
            i64::try_from(taken.cells).unwrap_or(i64::MAX)
        ],
    )?;
    Ok(())
}

pub(super) fn insert_cell(tx: &mut dyn Sql, org: Uuid, import: Uuid, c: &Cell) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO series_cell (org_id, import_id, area, indicator, period, grp, sex, unit, source, value, sign, n, note)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &args![
            org,
            import,
            c.area.code(),
            &c.indicator,
            &c.period,
            &c.group,
            c.sex.name(),
            c.unit.name(),
            &c.source,
            c.value,
            c.sign.name(),
            c.n,
            &c.note
        ],
    )?;
    Ok(())
}

pub(super) fn state(tx: &mut dyn Sql, org: Uuid, county: &str, id: Uuid) -> Result<Option<State>, StoreError> {
    tx.opt(
        sql!("SELECT state FROM series_import WHERE org_id = $1 AND id = $2 AND county = $3"),
        &args![org, id, county],
    )?
    .map(|row| Ok(State::from_name(&row.get::<String>(0)?)))
    .transpose()
}

pub(super) fn withdraw(tx: &mut dyn Sql, cx: &Cx, county: &str, id: Uuid) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE series_import SET state = $4, ended_at = $5, ended_by = $6
             WHERE org_id = $1 AND id = $2 AND county = $3 AND state = 'current'"
        ),
        &args![cx.actor.org, id, county, State::Withdrawn.name(), cx.now, cx.actor.id],
    )?;
    Ok(())
}

/// The authority's files for a county, the latest first.
pub(super) fn imports(
    tx: &mut dyn Sql,
    org: Uuid,
    county: &str,
    offset: i64,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    tx.rows(
        sql!(
            "SELECT i.id, i.name, i.version, i.at, a.name, i.digest, i.cells, i.state, i.ended_at
             FROM series_import i LEFT JOIN account a ON a.org_id = i.org_id AND a.id = i.by_account
             WHERE i.org_id = $1 AND i.county = $2 ORDER BY i.at DESC, i.id DESC LIMIT $4 OFFSET $3"
        ),
        &args![org, county, offset, limit],
    )?
    .iter()
    .map(|row| {
        Ok(Import {
            id: row.get(0)?,
            name: row.get(1)?,
            version: row.get(2)?,
            at: row.get(3)?,
            by: row.get(4)?,
            digest: row.get(5)?,
            cells: row.get(6)?,
            state: State::from_name(&row.get::<String>(7)?),
            ended_at: row.get(8)?,
        })
    })
    .collect()
}

pub(super) fn count_imports(tx: &mut dyn Sql, org: Uuid, county: &str) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM series_import WHERE org_id = $1 AND county = $2"), &args![org, county])?.get(0)
}

/// When the figures that count in a county were last renewed.
pub(super) fn renewed(tx: &mut dyn Sql, county: &str) -> Result<Option<Timestamp>, StoreError> {
    tx.one(sql!("SELECT MAX(at) FROM series_import WHERE county = $1 AND state = 'current'"), &args![county])?.get(0)
}

fn cell(row: &Row) -> Result<Cell, StoreError> {
    let stored = |what: &str| StoreError::Corrupt(format!("a figure of a series has no {what}"));
    let area: String = row.get(0)?;
    Ok(Cell {
        area: Area::of(&area).ok_or_else(|| stored("place"))?,
        indicator: row.get(1)?,
        period: row.get(2)?,
        group: row.get(3)?,
        sex: Sex::from_name(&row.get::<String>(4)?),
        unit: Unit::of_meaning(&row.get::<String>(5)?).ok_or_else(|| stored("unit"))?,
        source: row.get(6)?,
        value: row.get(7)?,
        sign: Sign::from_name(&row.get::<String>(8)?),
        n: row.get(9)?,
        note: row.get(10)?,
    })
}

/// The figures that count in a county: its own, its municipalities' and the nation's, the latest taken in last.
pub(super) fn cells(tx: &mut dyn Sql, county: &str) -> Result<Vec<Cell>, StoreError> {
    tx.rows(
        sql!(
            "SELECT c.area, c.indicator, c.period, c.grp, c.sex, c.unit, c.source, c.value, c.sign, c.n, c.note
             FROM series_import i JOIN series_cell c ON c.org_id = i.org_id AND c.import_id = i.id
             WHERE i.county = $1 AND i.state = 'current'
             ORDER BY i.at, i.id, c.area, c.indicator, c.period"
        ),
        &args![county],
    )?
    .iter()
    .map(cell)
    .collect()
}

/// The latest joint reading of an area.
pub(super) fn reading(tx: &mut dyn Sql, county: &str, area: &str) -> Result<Option<Reading>, StoreError> {
    tx.opt(
        sql!(
            "SELECT r.version, r.at, a.name, o.name, r.problem, r.priorities, r.goals
             FROM series_reading r JOIN authority o ON o.id = r.org_id
             LEFT JOIN account a ON a.org_id = r.org_id AND a.id = r.by_account
             WHERE r.county = $1 AND r.area = $2 ORDER BY r.version DESC LIMIT 1"
        ),
        &args![county, area],
    )?
    .map(|row| {
        let (who, whose): (Option<String>, String) = (row.get(2)?, row.get(3)?);
        Ok(Reading {
            version: row.get(0)?,
            at: Some(row.get(1)?),
            by: Some((who.unwrap_or_default(), whose)),
            problem: row.get(4)?,
            priorities: row.get(5)?,
            goals: row.get(6)?,
        })
    })
    .transpose()
}

pub(super) fn insert_reading(
    tx: &mut dyn Sql,
    cx: &Cx,
    county: &str,
    area: &str,
    reading: &Reading,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO series_reading (county, area, version, org_id, at, by_unit, by_account, problem, priorities, goals)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &args![
            county,
            area,
            reading.version + 1,
            cx.actor.org,
            cx.now,
            cx.actor.unit,
            cx.actor.id,
            reading.problem.trim(),
            reading.priorities.trim(),
            reading.goals.trim()
        ],
    )?;
    Ok(())
}
