//! When a step can have happened.

use jiff::{SignedDuration, Timestamp};

use crate::case::{Broken, Recorded, effective, effective_with};
use crate::decide::Attempt;
use crate::method::{Leads, Method};
use crate::not_now::NotNow;

/// How far the clock of who records may be ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Times are told to the minute, so what is told of the minute of another step need not lie before it.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How long before it is written down the first step of a case can have happened: a year. Our own choice, which neither
/// law nor agreement states: older events belong to no offer that can still be made, and are slips in the year.
const OLDEST_BEGINNING: SignedDuration = SignedDuration::from_hours(365 * 24);

/// A time that a case which is written down at a moment can begin at: the given one, or the earliest there is.
pub(crate) fn no_older(at: Timestamp, written_down: Timestamp) -> Timestamp {
    written_down.checked_sub(OLDEST_BEGINNING).map_or(at, |earliest| at.max(earliest))
}

/// The time of an attempt: the one that was given, that of the step it corrects, or now. A time a little ahead is now,
/// so that nothing that follows at once lies before it.
pub(crate) fn of_attempt(attempt: &Attempt, replaced: Option<&Recorded>, now: Timestamp) -> Result<Timestamp, NotNow> {
    let Some(at) = attempt.at else { return Ok(replaced.map_or(now, |one| one.at)) };
    if now.checked_add(CLOCK_SKEW).is_ok_and(|latest| at > latest) {
        return Err(NotNow::AtInFuture { tried: attempt.step.clone(), at, now });
    }
    Ok(at.min(now))
}

/// When a case came to the stage where it stands.
#[derive(Clone, Copy)]
struct Arrival<'m> {
    stage: &'m str,
    at: Timestamp,
}

/// The effective steps, each with the arrival at the stage in which it is taken; the first has none.
fn arrivals<'h, 'm>(method: &'m Method, steps: Vec<&'h Recorded>) -> Vec<(&'h Recorded, Option<Arrival<'m>>)> {
    let mut here: Option<Arrival<'m>> = None;
    let and_arrival = |step: &'h Recorded| {
        let before = here;
        if let Some((_, outcome)) = method.outcome(&step.step, &step.outcome)
            && let Leads::To(stage) = &outcome.leads
            && before.is_none_or(|before| before.stage != stage)
        {
            here = Some(Arrival { stage, at: step.at });
        }
        (step, before)
    };
    steps.into_iter().map(and_arrival).collect()
}

/// The steps that are said to have happened before their arrival, with the refusal for it.
fn too_early(method: &Method, steps: Vec<&Recorded>) -> Vec<Broken> {
    let early = |(step, arrival): (&Recorded, Option<Arrival<'_>>)| {
        let Arrival { stage, at: since } = arrival.filter(|arrival| step.at < arrival.at)?;
        let why = NotNow::AtBeforeStage { tried: step.step.clone(), at: step.at, stage: stage.to_owned(), since };
        Some(Broken { at_seq: step.seq, why })
    };
    arrivals(method, steps).into_iter().filter_map(early).collect()
}

/// The time of a step, moved to its arrival when it is told of the same minute.
pub(crate) fn to_the_minute(method: &Method, history: &[Recorded], recorded: &Recorded) -> Timestamp {
    let Ok(steps) = effective_with(history, recorded) else { return recorded.at };
    let own = arrivals(method, steps).into_iter().find(|(step, _)| step.seq == recorded.seq);
    let since = own.and_then(|(_, arrival)| arrival).map(|arrival| arrival.at);
    since.filter(|since| since.duration_since(recorded.at) < MINUTE).map_or(recorded.at, |since| since.max(recorded.at))
}

/// Refuses a step whose time cannot be, and one that makes the time of a later step such. A time that a correction leaves
/// as it was is not judged: histories from before times were looked at can still be corrected in everything else.
///
/// # Errors
/// The first step whose time cannot be.
pub(crate) fn check(
    method: &Method,
    history: &[Recorded],
    recorded: &Recorded,
    stood: &[&Recorded],
) -> Result<(), Broken> {
    let same_time = stood.last().is_some_and(|one| one.at == recorded.at);
    let written_down = stood.first().map_or(recorded.recorded_at, |one| one.recorded_at);
    let begins = method.step(&recorded.step).is_some_and(|step| step.begins);
    if begins
        && !same_time
        && let Ok(earliest) = written_down.checked_sub(OLDEST_BEGINNING)
        && recorded.at < earliest
    {
        let why = NotNow::AtTooLongAgo { tried: recorded.step.clone(), at: recorded.at, earliest };
        return Err(Broken { at_seq: recorded.seq, why });
    }
    let before = too_early(method, effective(history)?);
    let is_new = |broken: &Broken| {
        if broken.at_seq == recorded.seq { !same_time } else { !before.iter().any(|one| one.at_seq == broken.at_seq) }
    };
    too_early(method, effective_with(history, recorded)?).into_iter().find(is_new).map_or(Ok(()), Err)
}
