//! The questions of a method file: what they take, and in which steps and when they are asked.

use serde_json::Value;

use super::Outcome;
use super::build::Build;
use super::source::{At, Named, Node, Raw, Table};
use crate::field::{CONSENT, Choice, Field, Kind, When};

const KINDS: [&str; 8] = ["choice", "several", "yes_no", "number", "time", "municipality", "text", "consent"];

/// Reads a field. `seen_by` is left empty when the file leaves it to the step.
pub(super) fn read(build: &mut Build<'_, '_, '_>, table: &Table) -> Field {
    let id = build.reading.id(table, "a field");
    let what = format!("the field `{id}`");
    build.reading.keys(
        table,
        &what,
        &[
            "id",
            "name",
            "hint",
            "kind",
            "options",
            "min",
            "max",
            "unit",
            "required",
            "for_outcomes",
            "when",
            "seen_by",
            "default",
        ],
    );
    let name = build.reading.need_text(table, &what, "name");
    let hint = build.reading.text(table, &what, "hint");
    let kind = kind(build, table, &what);
    if kind == Kind::Consent && id != CONSENT {
        let message = format!("{what} is of the kind `consent`, which only `{CONSENT}` is read as");
        build.reading.mistake(table.at, message, format!("write `id = \"{CONSENT}\"`"));
    }
    let required = build.reading.boolean(table, "required");
    let for_outcomes = build.reading.strings(table, "for_outcomes").into_iter().map(|(id, _)| id).collect();
    let when = when(build, table, &what);
    let seen_by = build.parties_in(table, "seen_by");
    wrong_units(build, table, &what, &kind, when.is_some());
    let mut field = Field { id, name, hint, kind, required, for_outcomes, when, seen_by, default: None };
    if let Some(node) = table.get("default") {
        let value = value_of(node);
        if value.as_ref().is_some_and(|value| field.problem_with(value).is_none()) {
            field.default = value;
        } else {
            build.reading.mistake(
                node.at,
                format!("the default of {what} is no answer to it"),
                "give one of the answers it takes",
            );
        }
    }
    field
}

/// An answer that follows from the unit belongs to a choice of one, and hangs on nothing else.
fn wrong_units(build: &mut Build<'_, '_, '_>, table: &Table, what: &str, kind: &Kind, depends: bool) {
    let (Kind::Choice(options) | Kind::Several(options)) = kind else { return };
    if options.iter().all(|option| option.units.is_empty()) {
        return;
    }
    if matches!(kind, Kind::Several(_)) {
        let message = format!("{what} takes several answers, and `units` is for one");
        build.reading.mistake(table.at, message, "write `kind = \"choice\"`, or remove `units`");
    }
    if depends {
        let message = format!("{what} is asked after another answer, but the kind of unit answers it by itself");
        build.reading.mistake(table.at, message, "remove `when`, or `units`");
    }
}

fn kind(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> Kind {
    let given = build.reading.need_string(table, what, "kind", "\"choice\"");
    if let Some(given) = &given {
        build.reading.known("kind of field", given, KINDS.into_iter());
    }
    let kind = given.as_ref().map_or("", |(kind, _)| kind);
    let only = |build: &mut Build<'_, '_, '_>, key: &str, kinds: &[&str]| {
        if let Some(node) = table.get(key).filter(|_| !kinds.contains(&kind) && KINDS.contains(&kind)) {
            build.reading.mistake(node.at, format!("{what} is of the kind `{kind}` and has no `{key}`"), "remove it");
        }
    };
    only(build, "options", &["choice", "several"]);
    only(build, "min", &["number"]);
    only(build, "max", &["number", "text"]);
    only(build, "unit", &["number"]);
    match kind {
        "choice" => Kind::Choice(options(build, table, what)),
        "several" => Kind::Several(options(build, table, what)),
        "number" => {
            let (min, max) = (build.reading.integer(table, "min"), build.reading.integer(table, "max"));
            if min.zip(max).is_some_and(|(min, max)| min > max) {
                build.reading.mistake(
                    table.at,
                    format!("{what} takes no number: its `min` is above its `max`"),
                    "change one of them",
                );
            }
            Kind::Number { min, max, unit: build.reading.text(table, what, "unit") }
        }
        "time" => Kind::Time,
        "municipality" => Kind::Municipality,
        "text" => {
            let max = build.reading.natural(table, "max");
            if let Some(node) = table.get("max").filter(|_| max == Some(0)) {
                let message = format!("{what} takes no text: its `max` is 0");
                build.reading.mistake(node.at, message, "write `max = 1` or more");
            }
            Kind::Text { max: max.unwrap_or(500) }
        }
        "consent" => Kind::Consent,
        _ => Kind::YesNo,
    }
}

fn options(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> Vec<Choice> {
    build.reading.list_of_tables(table, "options");
    let mut options: Vec<Choice> = Vec::new();
    for option in table.tables("options") {
        let id = build.reading.id(option, &format!("an option of {what}"));
        let of = format!("the option `{id}` of {what}");
        build.reading.keys(option, &of, &["id", "name", "hint", "units"]);
        if options.iter().any(|other| other.id == id) {
            build.reading.mistake(option.at, format!("{what} has two options `{id}`"), "give one of them another id");
        }
        let name = build.reading.need_text(option, &of, "name");
        let hint = build.reading.text(option, &of, "hint");
        let units: Vec<String> = build.reading.strings(option, "units").into_iter().map(|(kind, _)| kind).collect();
        if let Some(kind) = units.iter().find(|kind| options.iter().any(|other| other.units.contains(kind))) {
            let message = format!("two options of {what} are the answer for units of the kind `{kind}`");
            build.reading.mistake(option.at, message, format!("take `{kind}` from `units` of one of them"));
        }
        options.push(Choice { id, name, hint, units });
    }
    if options.is_empty() {
        let proposal = "add `options = [{ id = \"…\", name = { sv = \"…\", en = \"…\" } }]`";
        build.reading.mistake(table.at, format!("{what} has no options"), proposal);
    }
    options
}

/// `when = { field, is }`, if it is there.
pub(super) fn when(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> Option<When> {
    let inner = build.reading.inner(table, "when", "{ field = \"…\", is = [\"…\"] }")?;
    build.reading.keys(inner, &format!("`when` of {what}"), &["field", "is"]);
    condition(build, inner, &format!("`when` of {what}"))
}

/// The `field` and `is` of a table, checked against the answers the field takes.
pub(super) fn condition(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> Option<When> {
    let field = build.reading.need_string(table, what, "field", "\"…\"").filter(|named| build.known_field(named))?;
    let Some(answers) = answers(build, &field.0) else {
        let message = format!("{what} looks at `{}`, which has no fixed answers", field.0);
        build.reading.mistake(field.1, message, "name a field of the kind choice, several or yes_no");
        return None;
    };
    let is = is(build, table);
    if is.is_empty() {
        build.reading.mistake(table.at, format!("{what} does not say for which answers"), "add `is = [\"…\"]`");
    }
    for answer in &is {
        build.reading.known(&format!("answer to `{}`:", field.0), answer, answers.iter().map(String::as_str));
    }
    Some(When { field: field.0, is: is.into_iter().map(|(answer, _)| answer).collect() })
}

/// The answers of `is`; a boolean stands for itself.
fn is(build: &mut Build<'_, '_, '_>, table: &Table) -> Vec<Named> {
    match table.get("is").map(|node| (&node.value, node.at)) {
        Some((Raw::Bool(yes), at)) => vec![(yes.to_string(), at)],
        Some((Raw::List(items), _)) if items.iter().all(|item| matches!(item.value, Raw::Bool(_))) => items
            .iter()
            .filter_map(|item| match item.value {
                Raw::Bool(yes) => Some((yes.to_string(), item.at)),
                _ => None,
            })
            .collect(),
        _ => build.reading.strings(table, "is"),
    }
}

/// The fixed answers of a field as the file gives them.
fn answers(build: &Build<'_, '_, '_>, field: &str) -> Option<Vec<String>> {
    let table = build.root.tables("field").into_iter().find(|table| table.id() == Some(field))?;
    match table.get("kind").map(|node| &node.value) {
        Some(Raw::Text(kind)) if kind == "yes_no" => Some(vec!["true".to_owned(), "false".to_owned()]),
        Some(Raw::Text(kind)) if kind == "choice" || kind == "several" => {
            Some(table.tables("options").into_iter().filter_map(Table::id).map(str::to_owned).collect())
        }
        _ => None,
    }
}

fn value_of(node: &Node) -> Option<Value> {
    match &node.value {
        Raw::Text(text) => Some(Value::from(text.clone())),
        Raw::Int(number) => Some(Value::from(*number)),
        Raw::Bool(yes) => Some(Value::from(*yes)),
        Raw::List(items) => items.iter().map(value_of).collect::<Option<Vec<_>>>().map(Value::from),
        Raw::Table(_) | Raw::Other(_) => None,
    }
}

/// The fields of a step, each as this step asks it.
pub(super) fn of_step(
    build: &mut Build<'_, '_, '_>,
    table: &Table,
    what: &str,
    all: &[Field],
    seen_by: &[String],
    outcomes: &[Outcome],
) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for named in build.reading.strings(table, "fields") {
        if !build.known_field(&named) {
            continue;
        }
        let (id, at) = named;
        if fields.iter().any(|field| field.id == id) {
            build.reading.mistake(at, format!("{what} asks `{id}` twice"), "remove one of them");
            continue;
        }
        let Some(mut field) = all.iter().find(|field| field.id == id).cloned() else { continue };
        check_in_step(build, at, what, &field, &fields, seen_by);
        if field.seen_by.is_empty() {
            field.seen_by = seen_by.to_vec();
        }
        if !outcomes.is_empty() && !field.for_outcomes.is_empty() && !outcomes.iter().any(|one| field.is_for(&one.id)) {
            let proposal =
                "name an outcome of the step in `for_outcomes` of the field, or take the field out of the step";
            build.reading.mistake(
                at,
                format!("{what} never asks `{id}`: it has none of the outcomes it is for"),
                proposal,
            );
        }
        fields.push(field);
    }
    fields
}

fn check_in_step(
    build: &mut Build<'_, '_, '_>,
    at: At,
    what: &str,
    field: &Field,
    before: &[Field],
    seen_by: &[String],
) {
    if let Some(when) = &field.when
        && !before.iter().any(|one| one.id == when.field)
    {
        let message = format!("{what} asks `{}` before or without `{}`, on which it depends", field.id, when.field);
        build.reading.mistake(at, message, format!("put `{}` before `{}` in `fields`", when.field, field.id));
    }
    if let Some(party) = field.seen_by.iter().find(|party| !seen_by.contains(party)) {
        let message = format!("`{}` is to be seen by `{party}`, who cannot see {what}", field.id);
        build.reading.mistake(
            at,
            message,
            format!("add `{party}` to `seen_by` of {what}, or take it from the field's"),
        );
    }
}
