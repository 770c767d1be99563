//! What a case is counted under (its month, municipality, sex and age), and how it moves when that turns out to have been
//! otherwise.

use chain::case::{Recorded, State};
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
    let mut lives = None;
    if let Some(sealed) = file.person.as_ref().filter(|_| file.share.as_ref().is_some_and(|own| own.org == row.org)) {
        let facts = sealed.person()?;
        under(&facts, row);
        lives.clone_from(&facts.contact.municipality);
    }
    // A case that is counted where the person lived stays there: where the person lives today is another matter.
    let stood = decision.recorded.corrects.and_then(|seq| standing(&file.history, seq));
    let stood = stood.and_then(|step| municipality_answer(method, step));
    if stood.as_deref() == Some(row.municipality.as_str())
        && lives.as_deref() != Some(row.municipality.as_str())
        && let Some(place) = municipality_answer(method, &decision.recorded)
    {
        row.municipality = place;
    }
    Ok(())
}

/// The step that stands in the place of one that has been corrected, or the step itself.
pub(super) fn standing(history: &[Recorded], seq: u32) -> Option<&Recorded> {
    history.iter().rev().find(|step| step.seq == seq || step.corrects == Some(seq))
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
