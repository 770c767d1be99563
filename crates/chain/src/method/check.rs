//! What must hold for a method as a whole, once every name in it is known: every step can come to be taken, every case is
//! on somebody's work list and can come to an end, every clock can be met, every consent can be withdrawn.

use std::collections::BTreeSet;

use super::build::Places;
use super::source::{Reading, listed};
use super::ways::Ways;
use super::{
    CONSENT_TAKEN, Clock, Extension, Ground, HandoverRule, Leads, Method, OnRequest, Outcome, Outcomes, Step,
    WITHDRAWAL,
};
use crate::clock::{LONGEST_EXTENSION, Limit};
use crate::field::{Field, Kind};
use crate::measure::Counts;

/// Tells everything that does not hold.
pub(super) fn check(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    let ways = Ways::new(method);
    let reached = ways.reached();
    check_stages(reading, &ways, &reached, places);
    check_steps(reading, method, &reached, places);
    check_recorded_by_itself(reading, method, places);
    check_withdrawal(reading, &ways, places);
    check_closings(reading, method, places);
    check_fields(reading, method, places);
    for (clock, at) in method.clocks.iter().zip(&places.clocks) {
        let found = wrong_clock(&ways, clock);
        found.into_iter().for_each(|(message, proposal)| reading.mistake(*at, message, proposal));
    }
    check_handovers(reading, method, places);
    check_openings(reading, method, places);
}

fn check_stages(reading: &mut Reading<'_>, ways: &Ways<'_>, reached: &BTreeSet<&str>, places: &Places) {
    if ways.method.beginnings().next().is_none() {
        reading.mistake(places.root, "no step begins a case", "write `begins = true` in the first step");
        return;
    }
    let ending = ways.that_end();
    for (stage, at) in ways.method.stages.iter().zip(&places.stages) {
        let id = stage.id.as_str();
        if !reached.contains(id) {
            let proposal = format!("let an outcome lead there with `to = \"{id}\"`, or remove it");
            reading.mistake(*at, format!("no case can come to the stage `{id}`"), proposal);
        } else if let Some((message, proposal)) = wrong_stage(ways, &ending, id) {
            reading.mistake(*at, message, proposal);
        }
    }
}

/// What is wrong with a stage that cases come to.
fn wrong_stage(ways: &Ways<'_>, ending: &BTreeSet<&str>, id: &str) -> Option<(String, String)> {
    if !ways.method.steps_during(id).any(|step| ways.has_it(id, step)) {
        let taken = ways.method.steps_during(id).filter(|step| step.id != CONSENT_TAKEN);
        let parties: BTreeSet<&str> = taken.map(|step| step.by.as_str()).collect();
        let (parties, holders) = (listed(parties.into_iter()), listed(ways.holders(id)));
        return Some((
            format!("a case can come to the stage `{id}` without anybody having it who can take a step there"),
            format!(
                "hand the case over after every outcome that leads there: each step in `{id}` is taken by {parties}, and there can be nobody else there than {holders}"
            ),
        ));
    }
    if !ending.contains(id) {
        let proposal = "let a step that can be taken there by somebody who has the case close the case: one that repeats or comes only once on the way, and that requires nothing";
        return Some((format!("a case in the stage `{id}` cannot always be closed"), proposal.to_owned()));
    }
    if !ways.waits(id) {
        let holders = listed(ways.holders(id));
        return Some((
            format!("a case in the stage `{id}` can be on nobody's work list"),
            format!(
                "let a step of {holders} there not be `optional`, repeat or come only once on the way, and require nothing"
            ),
        ));
    }
    None
}

/// What the product records by itself it records with the first outcome and without answers.
fn check_recorded_by_itself(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    let by_itself = |step: &Step| [WITHDRAWAL, CONSENT_TAKEN].contains(&step.id.as_str());
    for (step, at) in method.steps.iter().zip(&places.steps).filter(|(step, _)| by_itself(step)) {
        let Some(outcome) = step.outcomes.first() else { continue };
        if step.id == CONSENT_TAKEN && outcome.leads != Leads::Stays {
            let message = format!("the step `{CONSENT_TAKEN}` leads somewhere");
            reading.mistake(
                *at,
                message,
                "let it have `repeats = true` and lead nowhere: the product records it at any time",
            );
        }
        for field in step.fields.iter().filter(|field| field.is_for(&outcome.id)) {
            if field.required && field.default.is_none() {
                let message = format!("the step `{}` needs an answer to `{}`", step.id, field.id);
                let proposal =
                    "take it from `fields`, or let it not be required: the product records it without answers";
                reading.mistake(*at, message, proposal);
            }
        }
    }
}

/// The step of a withdrawn consent must be there whenever a consent can be in force: from the first handover on consent on.
fn check_withdrawal(reading: &mut Reading<'_>, ways: &Ways<'_>, places: &Places) {
    let steps = ways.method.steps.iter().zip(&places.steps);
    let Some((step, at)) = steps.into_iter().find(|(step, _)| step.id == WITHDRAWAL) else { return };
    let Some(outcome) = step.outcomes.first() else { return };
    if !ways.is_always_there(step) || !outcome.requires.is_empty() {
        let message = format!("the step `{WITHDRAWAL}` cannot be taken whenever a consent is in force");
        let proposal = "remove `requires`, and let it close the case or have `repeats = true`";
        reading.mistake(*at, message, proposal);
    }
    let on_consent = ways.method.handovers.iter().filter(|rule| rule.ground == Ground::Consent);
    let after: BTreeSet<&str> = on_consent.flat_map(|rule| ways.right_after(&rule.after)).collect();
    for stage in ways.onward(after).into_iter().filter(|stage| !outcome.can_be_in(stage)) {
        let message =
            format!("the step `{WITHDRAWAL}` cannot be taken in the stage `{stage}`, where a consent can be in force");
        let proposal = format!("add `{stage}` to its `during`, and to that of its first outcome");
        reading.mistake(*at, message, proposal);
    }
}

fn check_steps(reading: &mut Reading<'_>, method: &Method, reached: &BTreeSet<&str>, places: &Places) {
    for (step, at) in method.steps.iter().zip(&places.steps) {
        if !step.begins && !step.during.iter().any(|stage| reached.contains(stage.as_str())) {
            let proposal = format!("name a stage that cases come to in `during`: {}", listed(reached.iter().copied()));
            reading.mistake(*at, format!("the step `{}` can never be taken", step.id), proposal);
        }
    }
}

fn check_closings(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    let outcomes = || method.steps.iter().flat_map(|step| &step.outcomes);
    for (closing, at) in method.closings.iter().zip(&places.closings) {
        if !outcomes().any(|outcome| outcome.leads == Leads::Closes(closing.id.clone())) {
            let proposal = format!("let an outcome have `closes = \"{}\"`, or remove it", closing.id);
            reading.mistake(*at, format!("no case can end as `{}`", closing.id), proposal);
        }
    }
}

fn check_fields(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    for (field, at) in method.fields.iter().zip(&places.fields) {
        let asking: Vec<&Step> = method.steps.iter().filter(|step| step.field(&field.id).is_some()).collect();
        if asking.is_empty() {
            let proposal = format!("add `{}` to `fields` of a step, or remove it", field.id);
            reading.mistake(*at, format!("no step asks `{}`", field.id), proposal);
        }
        for outcome in &field.for_outcomes {
            if !asking.is_empty() && !asking.iter().any(|step| step.outcome(outcome).is_some()) {
                let there_are = asking.iter().flat_map(|step| step.outcomes.iter().map(|one| one.id.as_str()));
                let proposal = format!("name outcomes of the steps that ask it: {}", listed(there_are));
                reading.mistake(
                    *at,
                    format!("`{}` is for `{outcome}`, which no step that asks it has", field.id),
                    proposal,
                );
            }
        }
    }
    for measure in &method.measures {
        let Counts::InTime(clocks) = &measure.counts else { continue };
        let all = method.clocks.iter().zip(&places.clocks);
        for (clock, at) in all.filter(|(clock, _)| clock.restarts && clocks.contains(&clock.id)) {
            let message = format!(
                "the measure `{}` asks whether `{}` was met in time, but `{}` restarts",
                measure.id, clock.id, clock.id
            );
            reading.mistake(*at, message, "measure a clock that does not restart");
        }
    }
}

/// What to do about a clock that runs on.
const STOPPABLE: &str = "name in `stops` an outcome that can come after the start";

/// What is wrong with a clock, as messages with proposals.
fn wrong_clock(ways: &Ways<'_>, clock: &Clock) -> Vec<(String, String)> {
    let id = &clock.id;
    let mut wrong = Vec::new();
    let outcomes = || ways.method.steps.iter().flat_map(|step| step.outcomes.iter().map(move |one| (step, one)));
    // A start that closes the case stops the clock itself.
    let starts = outcomes().filter(|(_, one)| clock.starts.contains(one.ix) && !matches!(one.leads, Leads::Closes(_)));
    let starts: Vec<_> = starts.collect();
    if starts.is_empty() {
        wrong.push((format!("the clock `{id}` can never be stopped"), STOPPABLE.to_owned()));
    }
    for (step, start) in starts {
        let running = ways.onward(ways.right_after(&Outcomes::new(vec![start.ix])));
        if !can_stop(ways, clock, &running) {
            let message = format!("the clock `{id}`, started by `{}.{}`, can never be stopped", step.id, start.id);
            wrong.push((message, STOPPABLE.to_owned()));
        }
    }
    let stopping: BTreeSet<&str> =
        outcomes().filter(|(_, one)| clock.stops.contains(one.ix)).map(|(step, _)| step.by.as_str()).collect();
    if !stopping.contains(clock.party.as_str()) {
        let message = format!("the clock `{id}` is for `{}`, who takes no step that stops it", clock.party);
        wrong.push((message, format!("let `party` be who can stop it: {}", listed(stopping.into_iter()))));
    }
    if !clock.restarts && clock.starts.iter().any(|ix| clock.stops.contains(ix)) {
        let proposal = "take the outcome out of `starts` or `stops`, or write `restarts = true`";
        wrong.push((format!("the same outcome both starts and stops the clock `{id}`"), proposal.to_owned()));
    }
    if clock.histogram && clock.restarts {
        let proposal = "remove `histogram` or `restarts`";
        wrong.push((format!("the hours of the clock `{id}` cannot be counted, as it restarts"), proposal.to_owned()));
    }
    if clock.histogram && (clock.extend.is_some() || clock.on_request.is_some()) {
        // The hours are shown on either side of the limit, and in time is counted by the limit that held.
        let message =
            format!("the hours of the clock `{id}` cannot be counted, as its limit is not the same in each case");
        wrong.push((message, "remove `histogram`, or `extend` and `on_request`".to_owned()));
    }
    if let Some(extend) = &clock.extend {
        wrong.extend(wrong_extension(ways, clock, extend));
    }
    if let Some(request) = &clock.on_request {
        wrong.extend(wrong_request(ways, clock, request));
    }
    if let Some(warn) = clock.warn {
        let at_once = matches!(clock.limit, Limit::AtOnce { .. });
        if at_once || !warn.is_surely_before(clock.limit) {
            let proposal = if at_once {
                "remove `warn`: what is to be done at once is urgent from the start"
            } else {
                "make `warn` shorter than `limit`"
            };
            wrong.push((format!("the clock `{id}` does not always warn before it is late"), proposal.to_owned()));
        }
    }
    wrong
}

/// What is wrong with how a clock is prolonged: by whom, by how much and why must always be known.
fn wrong_extension(ways: &Ways<'_>, clock: &Clock, extend: &Extension) -> Vec<(String, String)> {
    let id = &clock.id;
    let mut wrong = Vec::new();
    let running = ways.onward(ways.right_after(&clock.starts));
    for step in &ways.method.steps {
        let outcomes: Vec<&Outcome> = step.outcomes.iter().filter(|one| extend.after.contains(one.ix)).collect();
        if outcomes.is_empty() {
            continue;
        }
        if !outcomes.iter().any(|one| one.during.iter().any(|stage| running.contains(stage.as_str()))) {
            let message = format!("`{}` can never prolong the clock `{id}`: it does not run then", step.id);
            wrong.push((message, "name in `after` an outcome that can come while the clock runs".to_owned()));
        }
        let always = |field: &Field| is_always_answered(field, &outcomes);
        let days = |field: &Field| match field.kind {
            Kind::Number { min, max, .. } => {
                min.is_some_and(|min| min >= 1) && max.is_some_and(|max| max <= LONGEST_EXTENSION)
            }
            _ => false,
        };
        if !step.field(&extend.days).is_some_and(|field| days(field) && always(field)) {
            let message = format!("`{}` prolongs the clock `{id}` without always saying by how many days", step.id);
            let proposal = format!(
                "let it ask `{}` with `kind = \"number\"`, `min = 1`, a `max` of at most {LONGEST_EXTENSION} and `required = true`",
                extend.days
            );
            wrong.push((message, proposal));
        }
        if !step.field(&extend.reason).is_some_and(always) {
            let message = format!("`{}` prolongs the clock `{id}` without always saying why", step.id);
            wrong.push((message, format!("let it ask `{}` with `required = true`", extend.reason)));
        }
    }
    if extend.after.iter().any(|ix| clock.starts.contains(ix) || clock.stops.contains(ix)) {
        let message = format!("the same outcome prolongs the clock `{id}` and starts or stops it");
        wrong.push((message, "take the outcome out of `starts`, `stops` or `extend`".to_owned()));
    }
    wrong
}

/// What is wrong with a clock that waits for a request.
fn wrong_request(ways: &Ways<'_>, clock: &Clock, request: &OnRequest) -> Vec<(String, String)> {
    let id = &clock.id;
    let mut wrong = Vec::new();
    if clock.restarts {
        let proposal = "remove `restarts` or `on_request`";
        wrong.push((format!("the clock `{id}` runs on request and cannot restart"), proposal.to_owned()));
    }
    if request.asked.iter().any(|ix| clock.stops.contains(ix)) {
        let proposal = "take the outcome out of `stops` or `on_request`";
        wrong.push((format!("the same outcome asks for the clock `{id}` and stops it"), proposal.to_owned()));
    }
    for (step, asking) in ways.method.steps.iter().flat_map(|step| step.outcomes.iter().map(move |one| (step, one))) {
        let lasts = request.asked.contains(asking.ix) && !matches!(asking.leads, Leads::Closes(_));
        let after = ways.onward(ways.right_after(&Outcomes::new(vec![asking.ix])));
        if lasts && !can_stop(ways, clock, &after) {
            let message = format!("the clock `{id}`, asked for by `{}.{}`, can never be stopped", step.id, asking.id);
            wrong.push((message, STOPPABLE.to_owned()));
        }
    }
    wrong
}

/// Whether an outcome that stops a clock can come in one of some stages.
fn can_stop(ways: &Ways<'_>, clock: &Clock, stages: &BTreeSet<&str>) -> bool {
    let mut outcomes = ways.method.steps.iter().flat_map(|step| &step.outcomes);
    outcomes.any(|one| clock.stops.contains(one.ix) && one.during.iter().any(|stage| stages.contains(stage.as_str())))
}

/// Whether a field has an answer whenever its step has one of these outcomes.
fn is_always_answered(field: &Field, outcomes: &[&Outcome]) -> bool {
    (field.required || field.default.is_some())
        && field.when.is_none()
        && outcomes.iter().all(|outcome| field.is_for(&outcome.id))
}

/// Nothing goes to a unit of these kinds because a case has come to some point: what a law-enforcing authority is given, a
/// human being decides on a ground of its own (10 kap. 15 a, 18 a and 23-24 §§ OSL, 2025:170).
const LAW_ENFORCING: [&str; 3] = ["police", "coast_guard", "customs"];

fn check_handovers(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    for (rule, at) in method.handovers.iter().zip(&places.handovers) {
        let kinds = method.party(&rule.to).map(|party| party.kinds.as_slice()).unwrap_or_default();
        if let Some(kind) = kinds.iter().find(|kind| LAW_ENFORCING.contains(&kind.as_str())) {
            let message = format!("`{}` hands over to `{}`, which can be of the kind `{kind}`", rule.id, rule.to);
            let proposal = "nothing goes to a law-enforcing authority by itself: hand over to another party".to_owned();
            reading.mistake(*at, message, proposal);
        }
        if !method.steps.iter().any(|step| step.by == rule.to && !step.begins) {
            let message = format!("`{}` hands over to `{}`, who has nothing to do in the chain", rule.id, rule.to);
            reading.mistake(
                *at,
                message,
                format!("let a step be taken `by = \"{}\"`, or hand over to another", rule.to),
            );
        }
        let Some(field) = &rule.residence_from else { continue };
        let senders = |step: &&Step| step.outcomes.iter().any(|outcome| rule.after.contains(outcome.ix));
        for step in method.steps.iter().filter(senders) {
            let asked = step.field(field).filter(|field| field.kind == Kind::Municipality);
            if asked.is_none() {
                let message =
                    format!("`{}` routes by `{field}`, but `{}` asks no municipality of that name", rule.id, step.id);
                reading.mistake(
                    *at,
                    message,
                    format!("add `{field}` to `fields` of `{}`, with `kind = \"municipality\"`", step.id),
                );
            }
            if asked.is_some_and(|field| !is_answered(field, step, rule)) {
                let message =
                    format!("`{}` routes by `{field}`, which may be left unanswered in `{}`", rule.id, step.id);
                let proposal =
                    "write `required = true` in the field, and ask it with every outcome of `after`, without `when`";
                reading.mistake(*at, message, proposal);
            }
        }
    }
}

/// Whether a field of a step has an answer whenever the step hands over.
fn is_answered(field: &Field, step: &Step, rule: &HandoverRule) -> bool {
    let outcomes: Vec<&Outcome> = step.outcomes.iter().filter(|outcome| rule.after.contains(outcome.ix)).collect();
    is_always_answered(field, &outcomes)
}

/// The most cases that one step opens by one rule.
const MOST_OPENED: i64 = 50;

fn check_openings(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    for (rule, at) in method.opens.iter().zip(&places.opens) {
        let opening = method.steps.iter().filter(|step| {
            let asks = rule.when.as_ref().is_none_or(|when| step.field(&when.field).is_some());
            let ends = rule.after.as_ref().is_none_or(|after| step.outcomes.iter().any(|one| after.contains(one.ix)));
            asks && ends
        });
        let opening: Vec<&Step> = opening.collect();
        if opening.is_empty() {
            let message =
                format!("`{}` never opens: no step has both the outcome of `after` and the field of `when`", rule.id);
            reading.mistake(*at, message, "change `after` or `when` so that they belong to the same step");
        }
        if let Some(each) = &rule.each {
            let counts = |field: &Field| match field.kind {
                Kind::Number { min, max, .. } => {
                    min.is_some_and(|min| min >= 1) && max.is_some_and(|max| max <= MOST_OPENED)
                }
                _ => false,
            };
            if !opening.iter().all(|step| step.field(each).is_some_and(counts)) {
                let message = format!("`{}` opens one for `{each}`, which does not say how many", rule.id);
                let proposal = format!(
                    "let the step that opens ask `{each}` with `kind = \"number\"`, `min = 1` and a `max` of at most {MOST_OPENED}"
                );
                reading.mistake(*at, message, proposal);
            }
        }
        for copied in &rule.copy {
            if !opening.is_empty() && !opening.iter().any(|step| step.field(copied).is_some()) {
                let message = format!("`{}` copies `{copied}`, which the step that opens does not ask", rule.id);
                reading.mistake(*at, message, "copy fields of the step that opens");
            }
        }
    }
}
