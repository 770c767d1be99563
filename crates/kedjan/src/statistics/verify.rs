//! Whether the tallies are what the cases say: every case is followed anew by its own method version and counted again.

use std::collections::BTreeMap;
use std::fmt;

use chain::case::{Recorded, State};
use chain::measure::contributions;
use jiff::Timestamp;
use uuid::Uuid;

use super::sql::{self, Counted, Key, StepRow};
use super::tally;
use crate::app::{App, Stop};
use crate::store::{Sql, StoreError};

/// How many cases are read at a time.
const PAGE: i64 = 500;

/// A tally that is not what the cases say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which one, without anything about a person: county, method, month, measure, municipality and unit.
    pub tally: String,
    /// What the cases say.
    pub cases: i64,
    /// What is kept.
    pub kept: i64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the cases say {}, the tally says {}", self.tally, self.cases, self.kept)
    }
}

/// Rebuilds every tally from the cases, on one snapshot of the store, and compares; empty when all hold. `progress` hears
/// how many cases are read, and of how many.
///
/// # Errors
/// The store's, and a fault that names the case when a history does not follow its method.
pub fn verify_all(app: &App, mut progress: impl FnMut(u64, u64)) -> Result<Vec<Difference>, Stop> {
    let now = app.clock.now();
    let differences = app.store.read_blocking(|tx: &mut dyn Sql| {
        let all = u64::try_from(sql::count_cases(tx)?).unwrap_or(0);
        let mut tallies: BTreeMap<Key, (i64, i64)> = BTreeMap::new();
        let mut after = (Uuid::nil(), Uuid::nil());
        let mut read = 0;
        progress(read, all);
        loop {
            let page = sql::cases_after(tx, after, PAGE)?;
            let (Some(first), Some(last)) = (page.first(), page.last()) else { break };
            let last = (last.org, last.id);
            let mut steps = sql::steps_between(tx, (first.org, first.id), last)?.into_iter().peekable();
            for case in &page {
                let mut history = Vec::new();
                while let Some(step) = steps.next_if(|step| step.case == (case.org, case.id)) {
                    history.push(recorded(step)?);
                }
                count(app, case, &history, now, &mut tallies)?;
            }
            read += u64::try_from(page.len()).unwrap_or(0);
            progress(read, all);
            after = last;
        }
        for (key, kept) in sql::all(tx)? {
            tallies.entry(key).or_default().1 += kept;
        }
        Ok::<_, StoreError>(tallies.into_iter().filter(|(_, (cases, kept))| cases != kept).map(difference).collect())
    })?;
    Ok(differences)
}

fn recorded(step: StepRow) -> Result<Recorded, StoreError> {
    Ok(Recorded {
        seq: step.seq,
        fields: serde_json::from_str(&step.fields)
            .map_err(|_| StoreError::Fault(format!("the fields of step {} are not JSON", step.seq)))?,
        step: step.step,
        outcome: step.outcome,
        at: step.at,
        recorded_at: step.recorded_at,
        by_unit: step.by_unit.to_string(),
        corrects: step.corrects,
    })
}

fn count(
    app: &App,
    case: &Counted,
    history: &[Recorded],
    now: Timestamp,
    tallies: &mut BTreeMap<Key, (i64, i64)>,
) -> Result<(), StoreError> {
    let method = app.library.get(&case.method, case.method_version).ok_or_else(|| {
        StoreError::Fault(format!(
            "case {} follows {} version {}, which is not loaded",
            case.code, case.method, case.method_version
        ))
    })?;
    let state = State::replay(method, history, now)
        .map_err(|broken| StoreError::Fault(format!("case {}: {broken}", case.code)))?;
    for (contribution, by) in contributions(method, &state) {
        let (measure, bucket) = tally::key(&contribution);
        let key = Key {
            county: case.county.clone(),
            method: case.method.clone(),
            month: tally::month(case.began_at),
            measure,
            bucket,
            municipality: case.municipality.clone(),
            org: case.org,
            unit: case.unit,
            sex: case.sex.clone(),
            age_band: case.age_band.clone(),
        };
        tallies.entry(key).or_default().0 += by;
    }
    Ok(())
}

fn difference((key, (cases, kept)): (Key, (i64, i64))) -> Difference {
    let bucket = if key.bucket == 0 { String::new() } else { format!(" {} h", key.bucket) };
    let tally = format!(
        "{} {} {} {}{bucket}, municipality {}, unit {}",
        key.county, key.method, key.month, key.measure, key.municipality, key.unit
    );
    Difference { tally, cases, kept }
}
