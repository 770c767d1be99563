//! What a case adds to the figures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::State;
use crate::field::When;
use crate::method::{Method, Outcomes};

/// What makes a measure 1 in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Counts {
    /// An effective step with one of these outcomes.
    Any(Outcomes),
    /// One of the clocks with these ids was met within its limit.
    InTime(Vec<String>),
    /// An effective step with such an answer.
    Answer(When),
    /// At least so many effective steps with one of these outcomes.
    Often(Outcomes, u32),
    /// A consent: with an effective step, or later by one of these outcomes.
    Consent(Outcomes),
}

/// Something a case adds to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Contribution {
    /// The measure with this id.
    Measure(String),
    /// A clock that was met after so many hours.
    Hours {
        /// The clock id.
        clock: String,
        /// Whole elapsed hours, at most [`MOST_HOURS`].
        bucket: u16,
    },
}

/// The last bucket of hours; it holds all that took longer.
pub const MOST_HOURS: u16 = 240;

/// What a case adds to the figures as it stands: 1 for each measure that holds, and 1 in the bucket of each clock that
/// was met and whose hours are counted.
#[must_use]
pub fn contributions(method: &Method, state: &State) -> BTreeMap<Contribution, i64> {
    let measures = method.measures().iter().filter(|measure| match &measure.counts {
        Counts::InTime(clocks) => clocks.iter().any(|clock| state.clock(clock).is_some_and(|run| run.met_in_time())),
        Counts::Any(_) | Counts::Answer(_) | Counts::Often(..) | Counts::Consent(_) => state.holds(&measure.id),
    });
    let hours = method.clocks().iter().filter(|clock| clock.histogram).filter_map(|clock| {
        let run = state.clock(&clock.id).filter(|run| run.met)?;
        // A stop before the start took no hours that could be counted.
        let stopped = run.stopped_at.filter(|stopped| *stopped >= run.started_at)?;
        let elapsed = stopped.duration_since(run.started_at).as_hours();
        let bucket = u16::try_from(elapsed).unwrap_or(MOST_HOURS).min(MOST_HOURS);
        Some(Contribution::Hours { clock: clock.id.clone(), bucket })
    });
    measures.map(|measure| Contribution::Measure(measure.id.clone())).chain(hours).map(|one| (one, 1)).collect()
}

/// What changes between two states of a case; only what differs. A correction is so taken back exactly.
#[must_use]
pub fn change(
    before: &BTreeMap<Contribution, i64>,
    after: &BTreeMap<Contribution, i64>,
) -> BTreeMap<Contribution, i64> {
    let mut change = after.clone();
    for (contribution, was) in before {
        *change.entry(contribution.clone()).or_default() -= was;
    }
    change.retain(|_, by| *by != 0);
    change
}
