//! All SQL of the tallies.

use crate::cases::CaseRow;
use crate::store::{Sql, StoreError};
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
            &row.county, &row.method, month, measure, bucket, &row.municipality, row.org, row.unit, &row.sex,
            &row.age_band, by
        ],
    )?;
    Ok(())
}
