//! The clocks of a method file: how long a thing may take, who must act, and what starts, stops and prolongs it.

use super::build::{Build, Kind};
use super::source::Table;
use super::{Clock, Extension, OnRequest};
use crate::clock::{DEFAULT_LATE_AFTER, Limit};

const KEYS: [&str; 13] = [
    "id",
    "name",
    "party",
    "limit",
    "late_after",
    "warn",
    "ground",
    "starts",
    "stops",
    "restarts",
    "histogram",
    "extend",
    "on_request",
];

/// Reads a clock.
pub(super) fn read(build: &mut Build<'_, '_, '_>, table: &Table) -> Clock {
    let id = build.reading.id(table, "a clock");
    let what = format!("the clock `{id}`");
    build.reading.keys(table, &what, &KEYS);
    let late_after = late_after(build, table, &what);
    let on_request = table
        .get("on_request")
        .is_some()
        .then(|| OnRequest { asked: build.need_patterns(table, &what, "on_request"), late_after_hours: late_after });
    Clock {
        name: build.reading.need_text(table, &what, "name"),
        party: build.need_known(table, &what, "party", Kind::Party),
        limit: limit(build, table, &what, late_after, on_request.is_some()),
        warn: duration(build, table, "warn"),
        ground: build.reading.need_text(table, &what, "ground"),
        restarts: build.reading.boolean(table, "restarts"),
        histogram: build.reading.boolean(table, "histogram"),
        starts: build.need_patterns(table, &what, "starts"),
        stops: build.need_patterns(table, &what, "stops"),
        extend: extend(build, table, &what),
        on_request,
        id,
    }
}

/// After how many hours what is to be done at once is late.
fn late_after(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> u32 {
    match duration(build, table, "late_after") {
        Some(Limit::Hours(hours)) => hours,
        Some(_) => {
            let proposal = "write `late_after = \"24 h\"`";
            build.reading.mistake(table.at, format!("`late_after` of {what} must be in hours"), proposal);
            DEFAULT_LATE_AFTER
        }
        None => DEFAULT_LATE_AFTER,
    }
}

fn limit(build: &mut Build<'_, '_, '_>, table: &Table, what: &str, late_after_hours: u32, on_request: bool) -> Limit {
    let none = Limit::AtOnce { late_after_hours };
    if build.reading.need_string(table, what, "limit", "\"36 h\"").is_some_and(|(text, _)| text == "at once") {
        return none;
    }
    if let Some(node) = table.get("late_after").filter(|_| !on_request) {
        let proposal = "remove it, or write `limit = \"at once\"`";
        build.reading.mistake(node.at, format!("{what} has `late_after` but is not \"at once\""), proposal);
    }
    duration(build, table, "limit").unwrap_or(none)
}

fn duration(build: &mut Build<'_, '_, '_>, table: &Table, key: &str) -> Option<Limit> {
    let (text, at) = build.reading.string(table, key)?;
    let parsed = Limit::parse(&text);
    if parsed.is_none() {
        let proposal =
            "write hours, days or months such as \"36 h\", \"14 d\" or \"4 months\"; only `limit` may be \"at once\"";
        build.reading.mistake(at, format!("`{text}` is no length of time"), proposal);
    }
    parsed
}

/// `extend = { after, days, reason }`, if it is there.
fn extend(build: &mut Build<'_, '_, '_>, table: &Table, what: &str) -> Option<Extension> {
    let example = "{ after = [\"step.outcome\"], days = \"…\", reason = \"…\" }";
    let inner = build.reading.inner(table, "extend", example)?;
    let what = format!("`extend` of {what}");
    build.reading.keys(inner, &what, &["after", "days", "reason"]);
    let mut field = |key: &str| {
        let named = build.reading.need_string(inner, &what, key, "\"…\"")?;
        build.known_field(&named).then_some(named.0)
    };
    let (days, reason) = (field("days"), field("reason"));
    let after = build.need_patterns(inner, &what, "after");
    Some(Extension { days: days?, reason: reason?, after })
}
