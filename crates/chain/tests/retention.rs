//! How long papers are kept, by class.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

mod common;

use chain::Recorded;
use chain::retention::{Class, Facts, class, due};
use common::{concern, smadit};
use jiff::Timestamp;

fn step(seq: u32, step: &str, outcome: &str, corrects: Option<u32>) -> Recorded {
    Recorded {
        seq,
        step: step.into(),
        outcome: outcome.into(),
        at: common::noon(),
        recorded_at: common::noon(),
        fields: chain::Values::new(),
        by_unit: "u".into(),
        corrects,
    }
}

fn of(history: &[Recorded], health_care: bool) -> Class {
    let method = if history[0].step == "offer" { smadit() } else { concern() };
    class(&method, Facts { history, health_care })
}

fn day(text: &str) -> Timestamp {
    format!("{text}T12:00:00+01:00").parse().unwrap()
}

#[test]
fn the_class_follows_who_keeps_the_papers_and_what_was_decided() {
    let offer = [step(1, "offer", "accepted", None)];
    assert_eq!(of(&offer, false), Class::Years(5));
    assert_eq!(of(&offer, true), Class::Journal(10));
    let mut report = vec![step(1, "report", "sent", None), step(2, "decision", "not_opened", None)];
    assert_eq!(of(&report, false), Class::Years(5));
    report.push(step(3, "decision", "opened", Some(2)));
    assert_eq!(of(&report, false), Class::ChildThirty);
    // What was corrected away does not count.
    report.push(step(4, "decision", "not_opened", Some(2)));
    assert_eq!(of(&report, false), Class::Years(5));
    // A history that does not hold together is not thrown away.
    report.push(step(5, "decision", "opened", Some(77)));
    assert_eq!(of(&report, false), Class::Kept);
}

#[test]
fn papers_fall_due_the_day_after_the_years_have_passed() {
    let last = day("2026-01-12");
    let at = |class, birth| due(class, day("2025-12-30"), last, birth).map(|at| at.to_string());
    assert_eq!(at(Class::Years(5), None).unwrap(), "2031-01-12T23:00:00Z");
    assert_eq!(at(Class::Journal(10), Some(1980)).unwrap(), "2036-01-12T23:00:00Z");
    assert_eq!(at(Class::Kept, None), None);
    // 29 February has no five years later; the 28th has.
    let leap = due(Class::Years(5), day("2028-02-01"), day("2028-02-29"), None).unwrap();
    assert_eq!(leap.to_string(), "2033-02-28T23:00:00Z");
}

#[test]
fn a_child_s_papers_are_kept_until_the_year_after_thirty_and_never_too_short_a_time() {
    let at = |birth| due(Class::ChildThirty, day("2026-03-01"), day("2026-04-01"), birth).unwrap().to_string();
    assert_eq!(at(Some(2010)), "2040-12-31T23:00:00Z");
    assert_eq!(at(None), "2057-12-31T23:00:00Z", "as if born the year after");
    assert_eq!(at(Some(1980)), "2057-12-31T23:00:00Z", "an adult's year is not the child's");
    let late = due(Class::ChildThirty, day("2026-03-01"), day("2045-01-01"), Some(2010)).unwrap();
    assert_eq!(late.to_string(), "2045-01-01T23:00:00Z", "not before the last note");
}

#[test]
fn a_class_is_known_by_its_name() {
    for one in [Class::Years(5), Class::ChildThirty, Class::Journal(12), Class::Kept] {
        assert_eq!(Class::from_code(&one.code()), Some(one));
    }
    assert_eq!(Class::from_code("years_x"), None);
}
