//! The tallies: how many cases, changed in the step's own transaction by exactly what the step changed, so that figures are
//! read and never counted, and so that a correction takes back what it corrects.

use std::collections::BTreeMap;

use chain::case::State;
use chain::measure::{Contribution, change, contributions};
use chain::method::Method;
use jiff::Timestamp;

use super::sql;
use crate::cases::CaseRow;
use crate::store::{Sql, StoreError};

/// Moves the tallies on from a case as it was to the case as it is, both what it adds and what it is counted under.
pub(crate) fn move_on(
    tx: &mut dyn Sql,
    method: &Method,
    (was, before): (&CaseRow, &State),
    (row, after): (&CaseRow, &State),
) -> Result<(), StoreError> {
    let (before, after) = (contributions(method, before), contributions(method, after));
    if row.is_counted_as(was) {
        return add(tx, row, change(&before, &after));
    }
    add(tx, was, change(&before, &BTreeMap::new()))?;
    add(tx, row, after)
}

fn add(tx: &mut dyn Sql, row: &CaseRow, changes: BTreeMap<Contribution, i64>) -> Result<(), StoreError> {
    let month = month(row.began_at);
    for (contribution, by) in changes {
        let (measure, bucket) = key(&contribution);
        sql::add(tx, row, &month, &measure, bucket, by)?;
    }
    Ok(())
}

/// The measure and bucket that a contribution is kept under.
pub(super) fn key(contribution: &Contribution) -> (String, i64) {
    match contribution {
        Contribution::Measure(id) => (id.clone(), 0),
        Contribution::Hours { clock, bucket } => (format!("hours:{clock}"), i64::from(*bucket)),
    }
}

/// The month a case is counted in: the one it began in, as clocks show in Sweden.
pub(super) fn month(began_at: Timestamp) -> String {
    super::month_key(crate::web::format::local(began_at).date())
}
