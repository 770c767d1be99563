//! The steps of a method file, what they need first, and how they can turn out.

use super::build::{Build, Kind, no_duplicates};
use super::source::Table;
use super::{Leads, Outcome, OutcomeIx, Outcomes, Requirement, Step, fields};
use crate::field::Field;

const KEYS: [&str; 12] = [
    "id", "name", "action", "by", "begins", "during", "optional", "repeats", "seen_by", "fields", "requires", "outcome",
];

/// Reads a step. `next` is the number of its first outcome, and is moved on to that of the next step.
pub(super) fn step(build: &mut Build<'_, '_, '_>, table: &Table, all: &[Field], next: &mut u32) -> Step {
    build.places.steps.push(table.at);
    let id = build.reading.id(table, "a step");
    let what = format!("the step `{id}`");
    build.reading.keys(table, &what, &KEYS);
    build.reading.list_of_tables(table, "outcome");
    no_duplicates(build.reading, &table.tables("outcome"), "outcome");
    let name = build.reading.need_text(table, &what, "name");
    let action = build.reading.text(table, &what, "action").unwrap_or_else(|| name.clone());
    let by = build.need_known(table, &what, "by", Kind::Party);
    let begins = build.reading.boolean(table, "begins");
    let during = during(build, table, &what, begins);
    let optional = build.reading.boolean(table, "optional");
    let repeats = build.reading.boolean(table, "repeats");
    if begins && repeats {
        build.reading.mistake(table.at, format!("{what} begins a case and cannot repeat"), "remove `repeats`");
    }
    let mut seen_by = build.parties_in(table, "seen_by");
    if seen_by.is_empty() {
        seen_by.push(by.clone());
    }
    let requires = requires(build, table, &what);
    let mut outcomes = Vec::new();
    for inner in table.tables("outcome") {
        let ix = OutcomeIx(*next);
        *next = next.saturating_add(1);
        outcomes.push(Outcome { ix, ..outcome(build, inner, &id, &during, repeats) });
    }
    if outcomes.is_empty() {
        build.reading.mistake(table.at, format!("{what} has no outcome"), "add a `[[step.outcome]]` under it");
    }
    if begins && (!requires.is_empty() || outcomes.iter().any(|one| !one.requires.is_empty())) {
        let message = format!("{what} begins a case and can require nothing before it");
        build.reading.mistake(table.at, message, "remove `requires` of the step and of its outcomes");
    }
    for stage in during.iter().filter(|stage| !outcomes.iter().any(|one| one.can_be_in(stage))) {
        let proposal = format!("take `{stage}` from `during` of the step, or add it to that of an outcome");
        build.reading.mistake(table.at, format!("{what} has no outcome in the stage `{stage}`"), proposal);
    }
    let fields = fields::of_step(build, table, &what, all, &seen_by, &outcomes);
    Step { id, name, action, by, begins, during, optional, repeats, seen_by, fields, requires, outcomes }
}

fn during(build: &mut Build<'_, '_, '_>, table: &Table, what: &str, begins: bool) -> Vec<String> {
    let named = build.reading.strings(table, "during");
    let proposal =
        "write `begins = true` for a step that begins a case, or `during = [\"…\"]` with the stages it belongs to";
    if named.is_empty() && !begins {
        build.reading.mistake(table.at, format!("{what} belongs to no stage"), proposal);
    }
    if !named.is_empty() && begins {
        build.reading.mistake(table.at, format!("{what} both begins a case and belongs to a stage"), proposal);
    }
    named.into_iter().filter(|one| build.known_stage(one)).map(|(stage, _)| stage).collect()
}

fn requires(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> Vec<Requirement> {
    build.reading.list_of_tables(table, "requires");
    let what = format!("`requires` of {what}");
    let mut found = Vec::new();
    for inner in table.tables("requires") {
        build.reading.keys(inner, &what, &["step", "outcome", "at_least"]);
        let outcome = build.reading.string(inner, "outcome").map(|(id, _)| id);
        let at_least = build.reading.natural(inner, "at_least").unwrap_or(1);
        if let Some((step, at)) = build.reading.need_string(inner, &what, "step", "\"…\"") {
            let pattern = format!("{step}.{}", outcome.as_deref().unwrap_or("*"));
            let among = Outcomes::new(build.pattern(&(pattern, at)));
            found.push(Requirement { step, outcome, at_least, among });
        }
    }
    found
}

fn outcome(build: &mut Build<'_, '_, '_>, table: &Table, step: &str, step_during: &[String], repeats: bool) -> Outcome {
    build.places.outcomes.push(table.at);
    let id = build.reading.id(table, &format!("an outcome of `{step}`"));
    let what = format!("the outcome `{step}.{id}`");
    build.reading.keys(table, &what, &["id", "name", "to", "closes", "stays", "during", "requires"]);
    let name = build.reading.need_text(table, &what, "name");
    let stays = build.reading.boolean(table, "stays");
    let leads = leads(build, table, &what);
    if leads.is_none() && step_during.is_empty() {
        let proposal = "add `to = \"…\"` with the stage where the case begins, or `closes = \"…\"`";
        build.reading.mistake(table.at, format!("{what} begins a case and leads nowhere"), proposal);
    } else if leads.is_none() && !repeats && !stays {
        let proposal =
            "add `to = \"…\"` or `closes = \"…\"`, or say `stays = true`, or let the step have `repeats = true`";
        build.reading.mistake(table.at, format!("{what} neither leads on nor closes"), proposal);
    }
    if leads.is_some() && stays {
        build.reading.mistake(table.at, format!("{what} says both that it stays and where it leads"), "remove `stays`");
    }
    let mut during = Vec::new();
    for named in build.reading.strings(table, "during") {
        build.reading.known(&format!("stage of `{step}`:"), &named, step_during.iter().map(String::as_str));
        during.push(named.0);
    }
    if during.is_empty() {
        during = step_during.to_vec();
    }
    let requires = requires(build, table, &what);
    Outcome { id, name, leads: leads.unwrap_or(Leads::Stays), during, requires, ix: OutcomeIx(0) }
}

/// Where an outcome leads, when it says so.
fn leads(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> Option<Leads> {
    match (build.reading.string(table, "to"), build.reading.string(table, "closes")) {
        (Some(_), Some((closing, _))) => {
            let message = format!("{what} both leads to a stage and closes");
            build.reading.mistake(table.at, message, "keep `to` or `closes`");
            Some(Leads::Closes(closing))
        }
        (Some(stage), None) => {
            build.known_stage(&stage);
            Some(Leads::To(stage.0))
        }
        (None, Some(closing)) => {
            build.known_closing(&closing);
            Some(Leads::Closes(closing.0))
        }
        (None, None) => None,
    }
}
