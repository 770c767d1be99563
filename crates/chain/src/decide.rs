//! Deciding whether a step may be recorded, and what follows from it.

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::case::{Broken, Closed, Recorded, State, effective, effective_with, find, stood_in};
use crate::field::{FieldError, Values, check_fields};
use crate::method::{Ground, Leads, Method, OpensRule};
pub use crate::not_now::NotNow;
use crate::times;

/// A step that someone wants to record.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The step id.
    pub step: String,
    /// The outcome id.
    pub outcome: String,
    /// When it happened. None means now, and for a correction the time of the step that it corrects.
    pub at: Option<Timestamp>,
    /// The answers.
    pub fields: Values,
    /// The party of the method as which the unit acts.
    pub party: String,
    /// The unit.
    pub unit: String,
    /// The `seq` of the step it corrects.
    pub corrects: Option<u32>,
}

/// Why a step was not recorded.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Refusal {
    /// The answers do not hold; all that is wrong at once.
    #[error("{} field(s) cannot be taken as they are", .0.len())]
    Fields(Vec<FieldError>),
    /// The step cannot be taken as the case stands.
    #[error("{0}")]
    NotNow(NotNow),
    /// The history itself does not follow the method.
    #[error("{0}")]
    Broken(Broken),
}

/// A step that may be recorded, and all that follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The step to store.
    pub recorded: Recorded,
    /// The state after it.
    pub state: State,
    /// What is to be handed over because of it.
    pub handovers: Vec<Handover>,
    /// The ids of handovers that a correction took away from whoever has the case by them, also when the same one is to
    /// be made anew to another municipality. To be ended before `handovers` are made.
    pub taken_back: Vec<String>,
    /// Other chains to open because of it.
    pub opens: Vec<Opening>,
    /// The closing, when this step closed the case.
    pub closed: Option<Closed>,
}

/// A case that is to be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handover {
    /// The id of the handover in the method.
    pub id: String,
    /// The party that is to receive.
    pub to: String,
    /// Why it may be handed over.
    pub ground: Ground,
    /// The municipality code to route by, when the step says it.
    pub residence_from: Option<String>,
    /// Whether the unit that hands over lets go of the case.
    pub releases_sender: bool,
}

/// A chain of another method that is to be opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Opening {
    /// The id of the rule in the method.
    pub id: String,
    /// The method to open.
    pub method: String,
    /// Its first step.
    pub step: String,
    /// The outcome of that step.
    pub outcome: String,
    /// The answers that go along.
    pub fields: Values,
    /// Why it is opened.
    pub ground: Ground,
    /// How many are opened, each a case of its own; at least one.
    pub times: u32,
    /// Whether they are about somebody else than this case, who is not known yet.
    pub other_person: bool,
    /// When their first step happened; none means now.
    pub at: Option<Timestamp>,
}

/// Decides whether a step may be recorded.
///
/// # Errors
/// [`Refusal::NotNow`] when the case does not allow it, [`Refusal::Fields`] with every wrong answer,
/// [`Refusal::Broken`] when the history does not follow the method.
pub fn decide(method: &Method, history: &[Recorded], attempt: Attempt, now: Timestamp) -> Result<Decision, Refusal> {
    let (step, outcome) = find(method, &attempt.step, &attempt.outcome).map_err(Refusal::NotNow)?;
    if step.by != attempt.party {
        return Err(Refusal::NotNow(NotNow::WrongParty { tried: attempt.step, by: step.by.clone() }));
    }
    let stood = attempt.corrects.map(|seq| stood_in(history, seq)).unwrap_or_default();
    let at = times::of_attempt(&attempt, stood.last().copied(), now).map_err(Refusal::NotNow)?;
    let checked = check_fields(step, &attempt.outcome, &attempt.fields);
    let (fields, wrong) = match checked {
        Ok(fields) => (fields, Vec::new()),
        Err(wrong) => (attempt.fields, wrong),
    };
    let mut recorded = Recorded {
        seq: history.last().map_or(1, |last| last.seq.saturating_add(1)),
        step: attempt.step,
        outcome: attempt.outcome,
        at,
        recorded_at: now,
        fields,
        by_unit: attempt.unit,
        corrects: attempt.corrects,
    };
    recorded.at = times::to_the_minute(method, history, &recorded);
    // Whether the case allows the step is told before what is wrong in its answers.
    let state = State::fold(method, history.iter().chain(std::iter::once(&recorded)), now)
        .and_then(|state| times::check(method, history, &recorded, &stood).map(|()| state))
        .map_err(|broken| refused(method, history, &recorded, broken, now))?;
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    let (handovers, taken_back) = handovers(method, history, &recorded).map_err(Refusal::Broken)?;
    let opens = openings(method, history, &recorded, &stood).map_err(Refusal::Broken)?;
    let closed = matches!(outcome.leads, Leads::Closes(_)).then(|| state.closed.clone()).flatten();
    Ok(Decision { recorded, state, handovers, taken_back, opens, closed })
}

/// The refusal for a history that does not go on with a step, as the party whose step it is may know it.
fn refused(method: &Method, history: &[Recorded], recorded: &Recorded, broken: Broken, now: Timestamp) -> Refusal {
    let party = method.step(&recorded.step).map_or("", |step| &step.by);
    let why = broken.why.for_party(method, party);
    if broken.at_seq == recorded.seq {
        return Refusal::NotNow(why);
    }
    if let Err(already) = State::replay(method, history, now) {
        return Refusal::Broken(already);
    }
    let later = history.iter().find(|one| one.seq == broken.at_seq).and_then(|one| method.step(&one.step));
    if later.is_some_and(|step| step.seen_by.iter().any(|one| one == party)) {
        Refusal::NotNow(NotNow::CorrectionBreaksChain { at_seq: broken.at_seq, why: Box::new(why) })
    } else {
        Refusal::NotNow(NotNow::WithOthers { tried: recorded.step.clone() })
    }
}

/// What is to be handed over because of a step, and which handovers a correction takes back: those of a party for which
/// the latest is another than before. Who has a case by a later handover keeps it when an earlier one is corrected.
fn handovers(
    method: &Method,
    history: &[Recorded],
    recorded: &Recorded,
) -> Result<(Vec<Handover>, Vec<String>), Broken> {
    if recorded.corrects.is_none() {
        return Ok((handed_over(method, recorded), Vec::new()));
    }
    let before = latest(method, &effective(history)?);
    let after = latest(method, &effective_with(history, recorded)?);
    let differs = |one: &&Handover| {
        let to = |all: &[Handover]| all.iter().filter(|other| other.to == one.to).cloned().collect::<Vec<_>>();
        to(&before) != to(&after)
    };
    let taken_back = before.iter().filter(differs).map(|one| one.id.clone()).collect();
    Ok((after.iter().filter(differs).cloned().collect(), taken_back))
}

/// The handovers by which each party should have the case: those of the latest effective step that calls for any to it.
/// One that waits for its ground is among them: whether it has been carried out is for the product to know.
///
/// # Errors
/// The first correction that points at nothing.
pub fn called_for(method: &Method, history: &[Recorded]) -> Result<Vec<Handover>, Broken> {
    Ok(latest(method, &effective(history)?))
}

fn latest(method: &Method, steps: &[&Recorded]) -> Vec<Handover> {
    let mut latest: Vec<Handover> = Vec::new();
    for step in steps {
        let called_for = handed_over(method, step);
        latest.retain(|earlier| !called_for.iter().any(|one| one.to == earlier.to));
        latest.extend(called_for);
    }
    latest
}

fn handed_over(method: &Method, recorded: &Recorded) -> Vec<Handover> {
    let Some((_, outcome)) = method.outcome(&recorded.step, &recorded.outcome) else { return Vec::new() };
    let rules = method.handovers().iter().filter(|rule| rule.after.contains(outcome.ix));
    rules
        .map(|rule| Handover {
            id: rule.id.clone(),
            to: rule.to.clone(),
            ground: rule.ground.clone(),
            residence_from: rule
                .residence_from
                .as_ref()
                .and_then(|field| recorded.fields.get(field)?.as_str())
                .map(str::to_owned),
            releases_sender: rule.releases,
        })
        .collect()
}

/// The chains to open because of a step. What any step that stood in its place has opened is not opened again, and
/// stays: a report that has been sent cannot be unsent. Of what is opened several times a correction opens what is lacking.
fn openings(
    method: &Method,
    history: &[Recorded],
    recorded: &Recorded,
    stood: &[&Recorded],
) -> Result<Vec<Opening>, Broken> {
    let mut openings = Vec::new();
    for rule in method.opens().iter().filter(|rule| opens(method, rule, recorded)) {
        let before = stood.iter().filter(|one| opens(method, rule, one)).map(|one| times_of(rule, one)).max();
        let times = times_of(rule, recorded).saturating_sub(before.unwrap_or_default());
        if times == 0 {
            continue;
        }
        let copied = rule.copy.iter().filter_map(|field| Some((field.clone(), recorded.fields.get(field)?.clone())));
        openings.push(Opening {
            id: rule.id.clone(),
            method: rule.method.clone(),
            step: rule.step.clone(),
            outcome: rule.outcome.clone(),
            fields: copied.collect(),
            ground: rule.ground.clone(),
            times,
            other_person: rule.other_person,
            at: since(method, rule, history, recorded)?,
        });
    }
    Ok(openings)
}

/// How many chains a rule opens because of a step for which it holds.
fn times_of(rule: &OpensRule, recorded: &Recorded) -> u32 {
    let said = rule.each.as_ref().and_then(|field| recorded.fields.get(field)?.as_u64());
    said.map_or(1, |times| u32::try_from(times).unwrap_or(u32::MAX))
}

/// When what is opened began: with the latest of the steps that the rule names, but never longer back than a case can begin.
fn since(
    method: &Method,
    rule: &OpensRule,
    history: &[Recorded],
    recorded: &Recorded,
) -> Result<Option<Timestamp>, Broken> {
    let Some(since) = &rule.since else { return Ok(None) };
    let named = |step: &&&Recorded| {
        method.outcome(&step.step, &step.outcome).is_some_and(|(_, outcome)| since.contains(outcome.ix))
    };
    let at = effective_with(history, recorded)?.iter().filter(named).map(|step| step.at).max();
    Ok(at.map(|at| times::no_older(at, recorded.recorded_at)))
}

fn opens(method: &Method, rule: &OpensRule, recorded: &Recorded) -> bool {
    let outcome = method.outcome(&recorded.step, &recorded.outcome);
    outcome.is_some_and(|(_, outcome)| rule.after.as_ref().is_none_or(|after| after.contains(outcome.ix)))
        && rule.when.as_ref().is_none_or(|when| when.holds(&recorded.fields))
}
