//! All SQL of the tallies.

use jiff::Timestamp;
use uuid::Uuid;

use crate::cases::CaseRow;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// Adds to one tally of a case's combination.
pub(super) fn add(
    tx: &mut dyn Sql,
    row: &CaseRow,
    month: &str,
    measure: &str,
    bucket: i64,
    by: i64,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO tally (county, method, month, measure, bucket, municipality, org_id, unit_id, sex, age_band, n)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (county, method, month, measure, bucket, municipality, org_id, unit_id, sex, age_band)
             DO UPDATE SET n = tally.n + excluded.n"
        ),
        &args![
            &row.county,
            &row.method,
            month,
            measure,
            bucket,
            &row.municipality,
            row.org,
            row.unit,
            &row.sex,
            &row.age_band,
            by
        ],
    )?;
    Ok(())
}

/// A sum of tallies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    pub measure: String,
    pub bucket: i64,
    pub municipality: String,
    pub month: String,
    pub sex: String,
    pub age_band: String,
    pub n: i64,
}

fn sum(row: &Row) -> Result<Sum, StoreError> {
    Ok(Sum {
        measure: row.get(0)?,
        bucket: row.get(1)?,
        municipality: row.get(2)?,
        month: row.get(3)?,
        sex: row.get(4)?,
        age_band: row.get(5)?,
        n: row.get(6)?,
    })
}

/// A county's sums: the installation's own tallies and those it has taken from other nodes, together.
pub(crate) fn of_county(
    tx: &mut dyn Sql,
    county: &str,
    method: &str,
    from: &str,
    to: &str,
) -> Result<Vec<Sum>, StoreError> {
    tx.rows(
        sql!(
            "SELECT measure, bucket, municipality, month, sex, age_band, CAST(SUM(n) AS BIGINT)
             FROM (SELECT measure, bucket, municipality, month, sex, age_band, n
                   FROM tally WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4
                   UNION ALL
                   SELECT measure, bucket, municipality, month, sex, age_band, n
                   FROM tally_taken WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4) AS counted
             GROUP BY measure, bucket, municipality, month, sex, age_band"
        ),
        &args![county, method, from, to],
    )?
    .iter()
    .map(sum)
    .collect()
}

/// A county's sums by measure alone, own tallies and taken ones together, without the hours of clocks. The country is read county
/// by county: each is one range of either table's key.
pub(crate) fn county_totals(
    tx: &mut dyn Sql,
    county: &str,
    method: &str,
    from: &str,
    to: &str,
) -> Result<Vec<(String, i64)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT measure, CAST(SUM(n) AS BIGINT)
             FROM (SELECT measure, n
                   FROM tally WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4
                   UNION ALL
                   SELECT measure, n
                   FROM tally_taken WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4) AS counted
             WHERE measure NOT LIKE 'hours:%' GROUP BY measure"
        ),
        &args![county, method, from, to],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

pub(super) fn of_unit(
    tx: &mut dyn Sql,
    org: Uuid,
    unit: Uuid,
    method: &str,
    from: &str,
    to: &str,
) -> Result<Vec<Sum>, StoreError> {
    tx.rows(
        sql!(
            "SELECT measure, bucket, municipality, month, sex, age_band, CAST(SUM(n) AS BIGINT)
             FROM tally WHERE org_id = $1 AND unit_id = $2 AND method = $3 AND month >= $4 AND month <= $5
             GROUP BY measure, bucket, municipality, month, sex, age_band"
        ),
        &args![org, unit, method, from, to],
    )?
    .iter()
    .map(sum)
    .collect()
}

/// What verification needs of a case: what it is counted under, and nothing about whom.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub org: Uuid,
    pub id: Uuid,
    pub code: String,
    pub unit: Uuid,
    pub method: String,
    pub method_version: u32,
    pub began_at: Timestamp,
    pub county: String,
    pub municipality: String,
    pub sex: String,
    pub age_band: String,
}

/// The next cases of the whole store, in the order of their keys.
pub(super) fn cases_after(tx: &mut dyn Sql, after: (Uuid, Uuid), limit: i64) -> Result<Vec<Counted>, StoreError> {
    tx.rows(
        sql!(
            "SELECT org_id, id, code, unit_id, method, method_version, began_at, county, municipality, sex, age_band
             FROM kase WHERE (org_id, id) > ($1, $2) ORDER BY org_id, id LIMIT $3"
        ),
        &args![after.0, after.1, limit],
    )?
    .iter()
    .map(|row| {
        Ok(Counted {
            org: row.get(0)?,
            id: row.get(1)?,
            code: row.get(2)?,
            unit: row.get(3)?,
            method: row.get(4)?,
            method_version: row.get(5)?,
            began_at: row.get(6)?,
            county: row.get(7)?,
            municipality: row.get(8)?,
            sex: row.get(9)?,
            age_band: row.get(10)?,
        })
    })
    .collect()
}

pub(super) fn count_cases(tx: &mut dyn Sql) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM kase -- scan: verification reads every case"), &[])?.get(0)
}

/// A recorded step as it lies in the store, its answers still as text.
#[derive(Clone, Debug)]
pub(super) struct StepRow {
    pub case: (Uuid, Uuid),
    pub seq: u32,
    pub step: String,
    pub outcome: String,
    pub at: Timestamp,
    pub recorded_at: Timestamp,
    pub by_unit: Uuid,
    pub fields: String,
    pub corrects: Option<u32>,
}

/// The steps of all cases from one key to another, both included.
pub(super) fn steps_between(
    tx: &mut dyn Sql,
    first: (Uuid, Uuid),
    last: (Uuid, Uuid),
) -> Result<Vec<StepRow>, StoreError> {
    tx.rows(
        sql!(
            "SELECT org_id, case_id, seq, step, outcome, at, recorded_at, by_unit, fields, corrects
             FROM step WHERE (org_id, case_id) >= ($1, $2) AND (org_id, case_id) <= ($3, $4)
             ORDER BY org_id, case_id, seq"
        ),
        &args![first.0, first.1, last.0, last.1],
    )?
    .iter()
    .map(|row| {
        Ok(StepRow {
            case: (row.get(0)?, row.get(1)?),
            seq: row.get(2)?,
            step: row.get(3)?,
            outcome: row.get(4)?,
            at: row.get(5)?,
            recorded_at: row.get(6)?,
            by_unit: row.get(7)?,
            fields: row.get(8)?,
            corrects: row.get(9)?,
        })
    })
    .collect()
}

/// One tally with all that it is kept under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub county: String,
    pub method: String,
    pub month: String,
    pub measure: String,
    pub bucket: i64,
    pub municipality: String,
    pub org: Uuid,
    pub unit: Uuid,
    pub sex: String,
    pub age_band: String,
}

/// Every tally that is not nought.
pub(super) fn all(tx: &mut dyn Sql) -> Result<Vec<(Key, i64)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT county, method, month, measure, bucket, municipality, org_id, unit_id, sex, age_band, n
             FROM tally WHERE n <> 0 -- scan: verification compares every tally"
        ),
        &[],
    )?
    .iter()
    .map(|row| {
        let key = Key {
            county: row.get(0)?,
            method: row.get(1)?,
            month: row.get(2)?,
            measure: row.get(3)?,
            bucket: row.get(4)?,
            municipality: row.get(5)?,
            org: row.get(6)?,
            unit: row.get(7)?,
            sex: row.get(8)?,
            age_band: row.get(9)?,
        };
        Ok((key, row.get(10)?))
    })
    .collect()
}
