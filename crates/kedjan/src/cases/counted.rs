//! What a case is counted under (its month, municipality, sex and age), and how it moves when that turns out to have been
//! otherwise.

use chain::case::State;
use chain::decide::Decision;
use chain::method::Method;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::record::municipality_answer;
use super::{CaseFile, CaseRow, age_band, method_of, sql};
use crate::app::{Cx, Stop};
use crate::people::{self, Person};
use crate::statistics::tally;
use crate::store::{Sql, StoreError};

/// Moves the row to where a corrected first step has it: another time, another municipality where it happened.
pub(super) fn as_corrected(
    method: &Method,
    file: &CaseFile,
    decision: &Decision,
    row: &mut CaseRow,
) -> Result<(), Stop> {
    let begins = method.step(&decision.recorded.step).is_some_and(|step| step.begins);
    if !begins || decision.recorded.corrects.is_none() {
        return Ok(());
    }
    row.began_at = decision.state.began.unwrap_or(row.began_at);
    let known = file.person.as_ref().filter(|_| file.share.as_ref().is_some_and(|share| share.org == row.org));
    let facts = known.map(|sealed| sealed.person()).transpose()?;
    if let Some(facts) = &facts {
        under(facts, row);
    }
    let residence = facts.and_then(|facts| facts.contact.municipality).filter(|code| code.starts_with(&row.county));
    if let Some(place) = residence.or(municipality_answer(method, decision)) {
        row.municipality = place;
    }
    Ok(())
}

/// Counts the cases that an authority has begun about a person under what is known of the person now.
pub(crate) fn recount(tx: &mut dyn Sql, cx: &Cx, org: Uuid, person: Uuid) -> Result<(), Stop> {
    let facts = people::load(tx, &cx.app.keyring, org, person)?;
    for row in sql::begun_about(tx, org, person)? {
        let mut new = row.clone();
        under(&facts, &mut new);
        if !new.is_counted_as(&row) {
            let method = method_of(&cx.app, &row)?;
            let state = State::replay(method, &sql::steps(tx, row.org, row.id)?, cx.now)
                .map_err(|broken| StoreError::Fault(format!("case {}: {broken}", row.code)))?;
            tally::move_on(tx, method, (&row, &state), (&new, &state))?;
            sql::count_under(tx, &new)?;
        }
    }
    Ok(())
}

fn under(facts: &Person, row: &mut CaseRow) {
    facts.sex.map_or("unknown", people::Sex::code).clone_into(&mut row.sex);
    age_band(facts.age_on(row.began_at.to_zoned(TimeZone::UTC).date())).clone_into(&mut row.age_band);
}
