//! All SQL of the directory: authorities, units and what they receive.

use chain::route::Candidate;
use uuid::Uuid;

use super::{Authority, Receives, Unit};
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

fn unit_row(row: &Row) -> Result<Unit, StoreError> {
    Ok(Unit {
        org: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        name: row.get(3)?,
        county: row.get(4)?,
        municipality: row.get(5)?,
        email: row.get(6)?,
        lead_email: row.get(7)?,
        phone: row.get(8)?,
        opening_hours: row.get(9)?,
        fallback: row.get(10)?,
        active: row.get(11)?,
    })
}

pub(crate) fn unit(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<Unit>, StoreError> {
    tx.opt(
        sql!(
            "SELECT org_id, id, kind, name, county, municipality, email, lead_email, phone, opening_hours, fallback,
                    active
             FROM unit WHERE org_id = $1 AND id = $2"
        ),
        &args![org, id],
    )?
    .map(|row| unit_row(&row))
    .transpose()
}

/// The unit of an id alone, for following a routing choice and for tokens.
pub(crate) fn unit_by_id(tx: &mut dyn Sql, id: Uuid) -> Result<Option<Unit>, StoreError> {
    tx.opt(
        sql!(
            "SELECT org_id, id, kind, name, county, municipality, email, lead_email, phone, opening_hours, fallback,
                    active
             FROM unit WHERE id = $1"
        ),
        &args![id],
    )?
    .map(|row| unit_row(&row))
    .transpose()
}

pub(crate) fn insert_unit(tx: &mut dyn Sql, u: &Unit, now: jiff::Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO unit (org_id, id, kind, name, county, municipality, email, lead_email, phone, opening_hours,
                               fallback, active, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &args![
            u.org,
            u.id,
            &u.kind,
            &u.name,
            &u.county,
            u.municipality.clone(),
            &u.email,
            &u.lead_email,
            &u.phone,
            &u.opening_hours,
            u.fallback,
            u.active,
            now
        ],
    )?;
    Ok(())
}

pub(crate) fn update_unit(tx: &mut dyn Sql, u: &Unit) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE unit SET name = $3, email = $4, lead_email = $5, phone = $6, opening_hours = $7, fallback = $8,
                             active = $9, municipality = $10
             WHERE org_id = $1 AND id = $2"
        ),
        &args![
            u.org,
            u.id,
            &u.name,
            &u.email,
            &u.lead_email,
            &u.phone,
            &u.opening_hours,
            u.fallback,
            u.active,
            u.municipality.clone()
        ],
    )?;
    Ok(())
}

pub(crate) fn units(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Unit>, StoreError> {
    tx.rows(
        sql!(
            "SELECT org_id, id, kind, name, county, municipality, email, lead_email, phone, opening_hours, fallback,
                    active
             FROM unit WHERE org_id = $1 ORDER BY name LIMIT $3 OFFSET $2"
        ),
        &args![org, offset, limit],
    )?
    .iter()
    .map(unit_row)
    .collect()
}

pub(crate) fn count_units(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM unit WHERE org_id = $1"), &args![org])?.get(0)
}

/// Whether another unit of the authority than `but` has the name.
pub(crate) fn unit_name_taken(tx: &mut dyn Sql, org: Uuid, name: &str, but: Uuid) -> Result<bool, StoreError> {
    let found =
        tx.opt(sql!("SELECT id FROM unit WHERE org_id = $1 AND name = $2 AND id <> $3"), &args![org, name, but])?;
    Ok(found.is_some())
}

/// Whether another authority than `but` has the name.
pub(crate) fn authority_name_taken(tx: &mut dyn Sql, name: &str, but: Uuid) -> Result<bool, StoreError> {
    Ok(tx.opt(sql!("SELECT id FROM authority WHERE name = $1 AND id <> $2"), &args![name, but])?.is_some())
}

/// Counties where units receive from somewhere, and whether an active one of them takes what the others do not.
pub(crate) fn counties_with_units(tx: &mut dyn Sql) -> Result<Vec<(String, bool)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT SUBSTR(r.place, 1, 2), MAX(CASE WHEN u.fallback AND LENGTH(r.place) = 2 THEN 1 ELSE 0 END) = 1
             FROM unit_receives r JOIN unit u ON u.org_id = r.org_id AND u.id = r.unit_id
             WHERE u.active GROUP BY SUBSTR(r.place, 1, 2) ORDER BY 1
             -- scan: every unit is looked at, for the check of an installation"
        ),
        &[],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

pub(crate) fn insert_authority(
    tx: &mut dyn Sql,
    a: &Authority,
    key_wrapped: &[u8],
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO authority (id, kind, name, county, municipality, ombud, ombud_email, key_wrapped, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &args![
            a.id,
            &a.kind,
            &a.name,
            a.county.clone(),
            a.municipality.clone(),
            &a.ombud,
            &a.ombud_email,
            key_wrapped,
            now
        ],
    )?;
    Ok(())
}

pub(crate) fn update_authority(tx: &mut dyn Sql, a: &Authority) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE authority SET name = $2, ombud = $3, ombud_email = $4 WHERE id = $1"),
        &args![a.id, &a.name, &a.ombud, &a.ombud_email],
    )?;
    Ok(())
}

fn authority_row(row: &Row) -> Result<Authority, StoreError> {
    Ok(Authority {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        county: row.get(3)?,
        municipality: row.get(4)?,
        ombud: row.get(5)?,
        ombud_email: row.get(6)?,
    })
}

pub(crate) fn authority(tx: &mut dyn Sql, id: Uuid) -> Result<Option<Authority>, StoreError> {
    tx.opt(
        sql!("SELECT id, kind, name, county, municipality, ombud, ombud_email FROM authority WHERE id = $1"),
        &args![id],
    )?
    .map(|row| authority_row(&row))
    .transpose()
}

pub(crate) fn authorities(tx: &mut dyn Sql) -> Result<Vec<Authority>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, kind, name, county, municipality, ombud, ombud_email FROM authority ORDER BY name
             -- scan: a small table, listed whole"
        ),
        &[],
    )?
    .iter()
    .map(authority_row)
    .collect()
}

pub(crate) fn receives(tx: &mut dyn Sql, org: Uuid, unit: Uuid) -> Result<Vec<Receives>, StoreError> {
    tx.rows(
        sql!(
            "SELECT place, age_from, age_to, substances FROM unit_receives
             WHERE org_id = $1 AND unit_id = $2 ORDER BY place, nr"
        ),
        &args![org, unit],
    )?
    .iter()
    .map(|row| {
        let substances: String = row.get(3)?;
        Ok(Receives { place: row.get(0)?, age_from: row.get(1)?, age_to: row.get(2)?, substances: split(&substances) })
    })
    .collect()
}

pub(crate) fn replace_receives(tx: &mut dyn Sql, org: Uuid, unit: Uuid, all: &[Receives]) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM unit_receives WHERE org_id = $1 AND unit_id = $2"), &args![org, unit])?;
    for (nr, r) in (0_i64..).zip(all) {
        tx.exec(
            sql!(
                "INSERT INTO unit_receives (org_id, unit_id, place, nr, age_from, age_to, substances)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)"
            ),
            &args![org, unit, &r.place, nr, r.age_from, r.age_to, r.substances.join(",")],
        )?;
    }
    Ok(())
}

/// Every unit that receives from a municipality or its county, and the county's fallbacks: what routing chooses among.
pub(crate) fn candidates(tx: &mut dyn Sql, municipality: &str, county: &str) -> Result<Vec<Candidate>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT u.id, u.kind, r.place, r.age_from, r.age_to, r.substances, u.active, u.fallback
             FROM unit_receives r JOIN unit u ON u.org_id = r.org_id AND u.id = r.unit_id
             WHERE r.place IN ($1, $2) ORDER BY u.name, r.place, r.nr"
        ),
        &args![municipality, county],
    )?;
    rows.iter()
        .map(|row| {
            let unit: Uuid = row.get(0)?;
            let place: String = row.get(2)?;
            let from: Option<i64> = row.get(3)?;
            let to: Option<i64> = row.get(4)?;
            let substances: String = row.get(5)?;
            let in_county = place.len() == 2;
            let ages = (from.is_some() || to.is_some()).then(|| (age(from, 0), age(to, u8::MAX)));
            Ok(Candidate {
                unit: unit.to_string(),
                kind: row.get(1)?,
                municipalities: if in_county { Vec::new() } else { vec![place.clone()] },
                counties: if in_county { vec![place] } else { Vec::new() },
                ages,
                substances: split(&substances),
                open: row.get(6)?,
                fallback: row.get(7)?,
            })
        })
        .collect()
}

fn age(value: Option<i64>, otherwise: u8) -> u8 {
    value.and_then(|v| u8::try_from(v).ok()).unwrap_or(otherwise)
}

fn split(list: &str) -> Vec<String> {
    list.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
