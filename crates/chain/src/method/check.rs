//! What must hold for a method as a whole, once every name in it is known: every step can come to be taken, every case
//! can come to an end, every clock can be stopped.

use std::collections::BTreeSet;

use super::build::Places;
use super::source::{Reading, listed};
use super::{Clock, Leads, Method, Outcome, Outcomes, Step};
use crate::clock::Limit;
use crate::measure::Counts;

/// Tells everything that does not hold.
pub(super) fn check(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    let ways = Ways { method };
    let reached = ways.reached();
    check_stages(reading, &ways, &reached, places);
    check_steps(reading, method, &reached, places);
    check_closings(reading, method, places);
    check_fields(reading, method, places);
    for (clock, at) in method.clocks.iter().zip(&places.clocks) {
        let found = wrong_clock(&ways, clock);
        found.into_iter().for_each(|(message, proposal)| reading.mistake(*at, message, proposal));
    }
    check_handovers(reading, method, places);
    check_openings(reading, method, places);
}

/// The ways a case can go.
struct Ways<'m> {
    method: &'m Method,
}

impl<'m> Ways<'m> {
    /// All stages on the way from some, themselves included.
    fn onward(&self, from: impl IntoIterator<Item = &'m str>) -> BTreeSet<&'m str> {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = from.into_iter().collect();
        while let Some(stage) = next.pop() {
            if reached.insert(stage) {
                next.extend(self.method.moves(Some(stage)).filter_map(|(_, outcome)| target(outcome)));
            }
        }
        reached
    }

    fn reached(&self) -> BTreeSet<&'m str> {
        self.onward(self.method.moves(None).filter_map(|(_, outcome)| target(outcome)))
    }

    /// Whether the step is there to be taken whenever its stage holds: nothing is required first, and it repeats or
    /// cannot have been taken before.
    fn is_always_there(&self, step: &'m Step) -> bool {
        let stays = step.outcomes.iter().any(|outcome| outcome.leads == Leads::Stays);
        let comes_back = || {
            let after = self.onward(step.outcomes.iter().filter_map(target));
            step.during.iter().any(|stage| after.contains(stage.as_str()))
        };
        step.requires.is_empty() && (step.repeats || (!stays && !comes_back()))
    }

    /// The stages from which a case can always be brought to an end.
    fn that_end(&self) -> BTreeSet<&'m str> {
        let mut ending: BTreeSet<&str> = BTreeSet::new();
        let sure: Vec<&Outcome> = self
            .method
            .steps
            .iter()
            .filter(|step| self.is_always_there(step))
            .flat_map(|step| &step.outcomes)
            .filter(|outcome| outcome.requires.is_empty())
            .collect();
        loop {
            let before = ending.len();
            for outcome in &sure {
                let ends = match &outcome.leads {
                    Leads::Closes(_) => true,
                    Leads::To(stage) => ending.contains(stage.as_str()),
                    Leads::Stays => false,
                };
                if ends {
                    ending.extend(outcome.during.iter().map(String::as_str));
                }
            }
            if ending.len() == before {
                return ending;
            }
        }
    }

    /// The stages in which a case can be right after some outcomes.
    fn right_after(&self, outcomes: &Outcomes) -> BTreeSet<&'m str> {
        let all = self.method.steps.iter().flat_map(|step| &step.outcomes);
        all.filter(|outcome| outcomes.contains(outcome.ix))
            .flat_map(|outcome| match &outcome.leads {
                Leads::To(stage) => vec![stage.as_str()],
                Leads::Stays => outcome.during.iter().map(String::as_str).collect(),
                Leads::Closes(_) => Vec::new(),
            })
            .collect()
    }
}

/// The stage an outcome leads to.
fn target(outcome: &Outcome) -> Option<&str> {
    match &outcome.leads {
        Leads::To(stage) => Some(stage),
        Leads::Closes(_) | Leads::Stays => None,
    }
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
        } else if !ending.contains(id) {
            let message = format!("a case in the stage `{id}` cannot always be closed");
            let proposal = "let a step that can be taken there close the case: one that repeats or comes only once on the way, and that requires nothing";
            reading.mistake(*at, message, proposal);
        }
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
        if let Counts::InTime(id) = &measure.counts
            && let Some((clock, at)) = method.clocks.iter().zip(&places.clocks).find(|(clock, _)| clock.id == *id)
            && clock.restarts
        {
            let message =
                format!("the measure `{}` asks whether `{id}` was met in time, but `{id}` restarts", measure.id);
            reading.mistake(*at, message, "measure a clock that does not restart");
        }
    }
}

/// What is wrong with a clock, as messages with proposals.
fn wrong_clock(ways: &Ways<'_>, clock: &Clock) -> Vec<(String, String)> {
    let id = &clock.id;
    let mut wrong = Vec::new();
    let running = ways.onward(ways.right_after(&clock.starts));
    let can_stop = ways.method.steps.iter().flat_map(|step| &step.outcomes).any(|outcome| {
        clock.stops.contains(outcome.ix) && outcome.during.iter().any(|stage| running.contains(stage.as_str()))
    });
    if !can_stop {
        let proposal = "name in `stops` an outcome that can come after the start";
        wrong.push((format!("the clock `{id}` can never be stopped"), proposal.to_owned()));
    }
    if !clock.restarts && clock.starts.iter().any(|ix| clock.stops.contains(ix)) {
        let proposal = "take the outcome out of `starts` or `stops`, or write `restarts = true`";
        wrong.push((format!("the same outcome both starts and stops the clock `{id}`"), proposal.to_owned()));
    }
    if clock.histogram && clock.restarts {
        let proposal = "remove `histogram` or `restarts`";
        wrong.push((format!("the hours of the clock `{id}` cannot be counted, as it restarts"), proposal.to_owned()));
    }
    if let Some(warn) = clock.warn {
        let at_once = matches!(clock.limit, Limit::AtOnce { .. });
        if at_once || warn.rough_hours() >= clock.limit.rough_hours() {
            let proposal = if at_once {
                "remove `warn`: what is to be done at once is urgent from the start"
            } else {
                "make `warn` shorter than `limit`"
            };
            wrong.push((format!("the clock `{id}` never warns before it is late"), proposal.to_owned()));
        }
    }
    wrong
}

fn check_handovers(reading: &mut Reading<'_>, method: &Method, places: &Places) {
    for (rule, at) in method.handovers.iter().zip(&places.handovers) {
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
            let asked = step.field(field).is_some_and(|field| field.kind == crate::field::Kind::Municipality);
            if !asked {
                let message =
                    format!("`{}` routes by `{field}`, but `{}` asks no municipality of that name", rule.id, step.id);
                reading.mistake(
                    *at,
                    message,
                    format!("add `{field}` to `fields` of `{}`, with `kind = \"municipality\"`", step.id),
                );
            }
        }
    }
}

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
        for copied in &rule.copy {
            if !opening.is_empty() && !opening.iter().any(|step| step.field(copied).is_some()) {
                let message = format!("`{}` copies `{copied}`, which the step that opens does not ask", rule.id);
                reading.mistake(*at, message, "copy fields of the step that opens");
            }
        }
    }
}
