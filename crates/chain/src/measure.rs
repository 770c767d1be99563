//! What a case adds to the figures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::State;
use crate::clock::Limit;
use crate::field::{Choice, Kind, When};
use crate::method::{Measure, Method, OutcomeIx, Outcomes};

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
    /// An effective step with one of these outcomes, and a consent, with it or at another time.
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
        Counts::Consent(outcomes) => state.consented_with(outcomes),
        Counts::Any(_) | Counts::Answer(_) | Counts::Often(..) => state.holds(&measure.id),
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

/// What each measure of a method counts, in words for programs: the same words mean the same count, whatever the measure,
/// its steps and its answers are called by people. The hours of a clock stand under `hours:` and its id. In order.
#[must_use]
pub fn meanings(method: &Method) -> BTreeMap<String, String> {
    let named = |outcomes: &Outcomes| {
        let mut names: Vec<String> = method
            .steps()
            .iter()
            .flat_map(|step| step.outcomes.iter().map(move |outcome| (step, outcome)))
            .filter(|(_, outcome)| outcomes.contains(outcome.ix))
            .map(|(step, outcome)| format!("{}.{}", step.id, outcome.id))
            .collect();
        names.sort_unstable();
        names.join(",")
    };
    let clock = |id: &String| {
        let Some(clock) = method.clock(id) else { return String::new() };
        let limit = match clock.limit {
            Limit::Hours(n) => format!("{n} h"),
            Limit::Days(n) => format!("{n} d"),
            Limit::Months(n) => format!("{n} m"),
            Limit::AtOnce { late_after_hours } => format!("at once, {late_after_hours} h"),
        };
        let asked = clock.on_request.as_ref().map_or_else(String::new, |request| {
            format!(" on {} within {} h", named(&request.asked), request.late_after_hours)
        });
        let longer = clock.extend.as_ref().map_or_else(String::new, |e| format!(" longer by {}", named(&e.after)));
        let again = if clock.restarts { " again" } else { "" };
        format!("{limit} from {}{again} to {}{asked}{longer}", named(&clock.starts), named(&clock.stops))
    };
    let counts = |counts: &Counts| match counts {
        Counts::Any(outcomes) => format!("any {}", named(outcomes)),
        Counts::Often(outcomes, times) => format!("{times} times {}", named(outcomes)),
        Counts::Consent(outcomes) => format!("consent and any {}", named(outcomes)),
        Counts::InTime(clocks) => {
            let mut all: Vec<String> = clocks.iter().map(clock).collect();
            all.sort_unstable();
            format!("in time {}", all.join("; "))
        }
        Counts::Answer(when) => {
            let mut answers = when.is.clone();
            answers.sort_unstable();
            format!("answer {} {}", when.field, answers.join(","))
        }
    };
    let of_measures = method.measures().iter().map(|measure| (measure.id.clone(), counts(&measure.counts)));
    let of_hours = method
        .clocks()
        .iter()
        .filter(|clock| clock.histogram)
        .map(|one| (format!("hours:{}", one.id), format!("hours {}", clock(&one.id))));
    of_measures.chain(of_hours).collect()
}

impl Measure {
    /// The clocks that a measure of what was done in time is about; none for any other.
    #[must_use]
    pub fn clocks(&self) -> &[String] {
        match &self.counts {
            Counts::InTime(clocks) => clocks,
            Counts::Any(_) | Counts::Answer(_) | Counts::Often(..) | Counts::Consent(_) => &[],
        }
    }
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

/// Measures that may divide another between them, so that whoever sees all but one can work out that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// The measure that is divided; none where it is not known which one is, as the parts are the answers to one question.
    pub whole: Option<String>,
    /// Measures of which no case is in two.
    pub parts: Vec<String>,
}

/// How measures may divide each other, as the method is written: by the answers to a question of which one is chosen, and
/// by outcomes that exclude each other. Whether they do is seen in the figures, cell by cell.
#[must_use]
pub fn divisions(method: &Method) -> Vec<Division> {
    let mut found = Vec::new();
    for field in method.fields() {
        let Kind::Choice(options) = &field.kind else { continue };
        let part = |option: &Choice| {
            let is_it = |measure: &&Measure| matches!(&measure.counts, Counts::Answer(when) if when.field == field.id && when.is == [option.id.as_str()]);
            method.measures().iter().find(is_it).map(|measure| measure.id.clone())
        };
        let parts: Option<Vec<String>> = options.iter().map(part).collect();
        let Some(parts) = parts.filter(|parts| parts.len() > 1) else { continue };
        let wholes = answered(method, &field.id);
        found.extend(wholes.iter().map(|whole| Division { whole: Some(whole.clone()), parts: parts.clone() }));
        if wholes.is_empty() {
            found.push(Division { whole: None, parts });
        }
    }
    let by_outcome: Vec<(&Measure, &Outcomes)> = method
        .measures()
        .iter()
        .filter_map(|measure| match &measure.counts {
            Counts::Any(outcomes) => Some((measure, outcomes)),
            Counts::InTime(_) | Counts::Answer(_) | Counts::Often(..) | Counts::Consent(_) => None,
        })
        .collect();
    let share = |one: &Outcomes, other: &Outcomes| one.iter().any(|outcome| other.contains(outcome));
    for (whole, of) in &by_outcome {
        for (at, (one, by_one)) in by_outcome.iter().enumerate() {
            for (other, by_other) in by_outcome.iter().skip(at + 1) {
                let apart = !share(by_one, by_other) && share(of, by_one) && share(of, by_other);
                if apart && one.id != whole.id && other.id != whole.id {
                    let parts = vec![one.id.clone(), other.id.clone()];
                    found.push(Division { whole: Some(whole.id.clone()), parts });
                }
            }
        }
    }
    found
}

/// Whole and part: measures of which each case in the part is in the whole too, since it takes outcomes that all count in the
/// whole. Of two measures that count the same outcomes the first in the file is the whole.
#[must_use]
pub fn subsets(method: &Method) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, whole) in method.measures().iter().enumerate() {
        let Counts::Any(all) = &whole.counts else { continue };
        for (place, part) in method.measures().iter().enumerate() {
            let of = match &part.counts {
                // The same outcomes are the same cases, told once.
                Counts::Any(of) if of == all && place <= at => continue,
                Counts::Any(of) | Counts::Consent(of) => of,
                Counts::Often(of, times) if *times > 0 => of,
                Counts::Often(..) | Counts::InTime(_) | Counts::Answer(_) => continue,
            };
            if of.iter().all(|outcome| all.contains(outcome)) {
                found.push((whole.id.clone(), part.id.clone()));
            }
        }
    }
    found
}

/// The measures of which each case is one that a question is asked in: those that count every outcome it is asked for.
fn answered(method: &Method, field: &str) -> Vec<String> {
    let asked: Vec<OutcomeIx> = method
        .steps()
        .iter()
        .flat_map(|step| step.fields.iter().filter(|one| one.id == field).map(move |one| (step, one)))
        .flat_map(|(step, one)| {
            let is_asked = |id: &String| one.for_outcomes.is_empty() || one.for_outcomes.contains(id);
            step.outcomes.iter().filter(move |outcome| is_asked(&outcome.id)).map(|outcome| outcome.ix)
        })
        .collect();
    let all = |counts: &Counts| matches!(counts, Counts::Any(outcomes) if !asked.is_empty() && asked.iter().all(|ix| outcomes.contains(*ix)));
    method.measures().iter().filter(|measure| all(&measure.counts)).map(|measure| measure.id.clone()).collect()
}
