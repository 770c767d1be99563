//! A report of concern by the law in force: how long each thing may take, who is told, and each child by itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::method::Ground;
use chain::{Attempt, Contribution, Method, NotNow, Standing, State, contributions};
use common::*;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn days(days: i64) -> SignedDuration {
    hours(24 * days)
}

fn due(state: &State, clock: &str) -> String {
    state.clock(clock).unwrap().due_at.to_string()
}

fn counts(method: &Method, state: &State, id: &str) -> bool {
    contributions(method, state).contains_key(&Contribution::Measure(id.into()))
}

fn first() -> Value {
    json!({ "repeat_report": "no" })
}

/// A report at noon on 12 January, assessed for protection within the hour.
fn assessed<'m>(method: &'m Method, outcome: &str) -> Walk<'m> {
    let mut walk = Walk::new(method);
    walk.take(&format!("report.{outcome}"), json!({ "reporter_category": "school" }));
    walk.wait(hours(1)).take("protection.no_immediate_need", first());
    walk
}

#[test]
fn a_report_is_assessed_at_once_decided_in_14_days_and_answered_in_a_week_when_asked() {
    let concern = concern();
    let mut walk = Walk::new(&concern);
    let decision =
        walk.take("report.sent_asking", json!({ "cause": "parent_substance", "reporter_category": "police" }));
    assert_eq!(decision.handovers[0].ground, Ground::Law("19 kap. 1 § SoL".into()));
    assert_eq!(decision.state.standing(), Standing::Soon, "what is to be done at once is urgent from the start");
    assert_eq!(due(&decision.state, "protection"), (noon() + hours(24)).to_string());
    assert_eq!(due(&decision.state, "decision"), "2026-01-26T23:00:00Z");
    walk.wait(hours(1)).take("protection.no_immediate_need", first());
    let heard = json!({ "child_heard": true, "child_heard_how": ["alone"] });
    let decision = walk.wait(hours(24)).take("decision.not_opened", heard);
    assert_eq!(due(&decision.state, "feedback"), "2026-01-20T23:00:00Z");
    let told = walk.decide(walk.attempt("feedback.given", answers(json!({}))));
    assert_eq!(problems(told), [("told".to_owned(), "missing")]);
    let decision = walk.take("feedback.given", json!({ "told": "not_opened" }));
    assert_eq!(decision.closed.unwrap().closing, "answered");
    for id in [
        "reports",
        "children_reported",
        "by_police",
        "protected_in_time",
        "decided_in_time",
        "child_heard",
        "child_heard_alone",
        "asked",
        "answered",
        "answered_in_time",
    ] {
        assert!(counts(&concern, &decision.state, id), "{id}");
    }
    assert!(!counts(&concern, &decision.state, "opened") && !counts(&concern, &decision.state, "by_school"));
}

#[test]
fn how_the_child_was_heard_is_said_whenever_it_was_heard() {
    let concern = concern();
    let walk = assessed(&concern, "sent");
    let how = |fields: Value| walk.decide(walk.attempt("decision.opened", answers(fields)));
    assert_eq!(problems(how(json!({}))), [("child_heard".to_owned(), "missing")]);
    assert_eq!(problems(how(json!({ "child_heard": true }))), [("child_heard_how".to_owned(), "missing")]);
    assert!(how(json!({ "child_heard": true, "child_heard_how": ["observed", "with_guardian"] })).is_ok());
    assert!(how(json!({ "child_heard": false, "child_not_heard_why": "too_young" })).is_ok());
    let both = how(json!({ "child_heard": false, "child_heard_how": ["alone"] }));
    assert_eq!(problems(both), [("child_heard_how".to_owned(), "not_asked")]);
}

#[test]
fn a_preliminary_assessment_is_prolonged_only_with_days_and_reasons() {
    let concern = concern();
    let mut walk = assessed(&concern, "sent");
    let bare = walk.decide(walk.attempt("extend_assessment.extended", answers(json!({ "extension_days": 7 }))));
    assert_eq!(problems(bare), [("extension_reason".to_owned(), "missing")]);
    let none = json!({ "extension_days": 0, "extension_reason": "Barnet är utomlands." });
    let none = walk.decide(walk.attempt("extend_assessment.extended", answers(none)));
    assert_eq!(problems(none), [("extension_days".to_owned(), "too_small")]);
    let week = json!({ "extension_days": 7, "extension_reason": "Barnet är utomlands." });
    let state = walk.wait(days(3)).take("extend_assessment.extended", week.clone()).state;
    let run = state.clock("decision").unwrap();
    assert_eq!((run.due_at.to_string().as_str(), run.extended_days), ("2026-02-02T23:00:00Z", 7));
    assert_eq!(run.warn_at.unwrap().to_string(), "2026-01-29T23:00:00Z", "the warning moves with it");
    let state = walk.take("extend_assessment.extended", week).state;
    assert_eq!(
        (due(&state, "decision").as_str(), state.clock("decision").unwrap().extended_days),
        ("2026-02-09T23:00:00Z", 14)
    );
    let decided = walk.wait(days(20)).take("decision.not_opened", json!({ "child_heard": false })).state;
    assert!(counts(&concern, &decided, "decided_in_time") && counts(&concern, &decided, "assessment_extended"));
    let mut late = assessed(&concern, "sent");
    let decided = late.wait(days(20)).take("decision.not_opened", json!({ "child_heard": false })).state;
    assert!(!counts(&concern, &decided, "decided_in_time"));
}

#[test]
fn what_prolonged_a_time_is_taken_back_with_its_correction() {
    let concern = concern();
    let mut walk = assessed(&concern, "sent");
    let asked = |days: u32| answers(json!({ "extension_days": days, "extension_reason": "Sjukdom." }));
    let attempt = walk.attempt("extend_assessment.extended", asked(70));
    let seq = walk.record(attempt).unwrap().recorded.seq;
    let state = walk.correct(seq, "extend_assessment.extended", asked(7)).unwrap().state;
    assert_eq!(
        (due(&state, "decision").as_str(), state.clock("decision").unwrap().extended_days),
        ("2026-02-02T23:00:00Z", 7)
    );
}

#[test]
fn an_inquiry_has_four_months_is_prolonged_for_a_time_and_may_be_followed_up_for_six() {
    let concern = concern();
    let mut walk = assessed(&concern, "sent");
    let state = walk.take("decision.opened", json!({ "child_heard": false })).state;
    assert_eq!((state.stage.as_deref(), due(&state, "inquiry").as_str()), (Some("inquiry"), "2026-05-12T22:00:00Z"));
    assert_eq!(state.clock("inform").unwrap().warn_at, Some(walk.now), "those concerned are told at once");
    walk.take("inform.told", json!({}));
    let more = json!({ "extension_days": 30, "extension_reason": "Barnets hälsa utreds." });
    let state = walk.wait(days(100)).take("extend_inquiry.extended", more).state;
    assert_eq!(due(&state, "inquiry"), "2026-06-11T22:00:00Z");
    let state = walk.wait(days(40)).take("inquiry.follow_up", json!({})).state;
    assert!(counts(&concern, &state, "finished_in_time") && counts(&concern, &state, "inquiry_extended"));
    assert_eq!(due(&state, "follow_up"), "2026-12-01T23:00:00Z");
    let ended = walk.wait(days(90)).take("follow_up.ended", json!({}));
    assert_eq!((ended.closed.unwrap().closing.as_str(), ended.state.open_clocks().count()), ("followed_up", 0));
    let mut walk = assessed(&concern, "sent");
    walk.take("decision.opened", json!({ "child_heard": false }));
    let ended = walk.wait(days(30)).take("inquiry.measures", json!({ "measure_kinds": ["contact_person"] }));
    assert!(counts(&concern, &ended.state, "measures") && ended.state.open_clocks().count() == 0);
}

#[test]
fn nobody_is_answered_within_a_time_without_having_asked() {
    let concern = concern();
    for outcome in ["decision.not_opened", "decision.already_ongoing", "decision.opened"] {
        let mut walk = assessed(&concern, "sent");
        let state = walk.take(outcome, json!({ "child_heard": false })).state;
        assert!(state.clock("feedback").is_none() && state.clock("feedback_ongoing").is_none(), "{outcome}");
    }
}

#[test]
fn a_request_within_the_week_is_due_with_the_week_and_a_later_one_at_once() {
    let concern = concern();
    let asked_after = |days: SignedDuration| {
        let mut walk = assessed(&concern, "sent");
        walk.take("decision.opened", json!({ "child_heard": false }));
        let state = walk.wait(days).take("ask.asked", json!({})).state;
        let run = state.clock("feedback").unwrap().clone();
        (run.started_at, run.due_at, run.warn_at, walk)
    };
    let decided = noon() + hours(1);
    let (started, due_at, _, mut walk) = asked_after(days(3));
    assert_eq!((started, due_at.to_string().as_str()), (decided, "2026-01-19T23:00:00Z"));
    let told = walk.wait(hours(1)).take("feedback_opened.given", json!({})).state;
    assert!(told.closed.is_none() && counts(&concern, &told, "answered_in_time"), "the inquiry goes on");
    let (started, due_at, warn_at, mut walk) = asked_after(days(30));
    let asked = decided + days(30);
    assert_eq!((started, due_at, warn_at), (asked, asked + hours(24), Some(asked)));
    let told = walk.wait(hours(25)).take("feedback_opened.unsuitable", json!({})).state;
    assert!(counts(&concern, &told, "asked") && !counts(&concern, &told, "answered_in_time"));
}

#[test]
fn a_reporter_who_has_been_told_already_waits_for_nothing_by_asking() {
    let concern = concern();
    let mut walk = assessed(&concern, "sent");
    walk.take("decision.opened", json!({ "child_heard": false }));
    walk.take("feedback_opened.given", json!({}));
    let state = walk.wait(days(2)).take("ask.asked", json!({})).state;
    assert!(state.clock("feedback").is_none());
}

#[test]
fn where_an_inquiry_is_under_way_already_the_reporter_is_told_at_once() {
    let concern = concern();
    let mut walk = assessed(&concern, "sent_asking");
    let state = walk.take("decision.already_ongoing", json!({ "child_heard": false })).state;
    let run = state.clock("feedback_ongoing").unwrap();
    assert_eq!((run.started_at, run.due_at), (walk.now, walk.now + hours(24)));
    assert!(state.clock("feedback").is_none());
    let told = walk.wait(hours(2)).take("feedback.given", json!({ "told": "already_ongoing" })).state;
    assert!(counts(&concern, &told, "answered_in_time"));
}

#[test]
fn each_further_child_gets_a_case_of_its_own_with_the_times_of_the_report() {
    let concern = concern();
    let mut walk = Walk::new(&concern);
    walk.take("report.sent", json!({ "reporter_category": "school", "children_count": 3 }));
    let more = json!({ "more_children": 2, "event_municipality": "1082" });
    let decision = walk.wait(hours(5)).take("siblings.begun", more);
    let [opening] = &decision.opens[..] else { panic!("{:?}", decision.opens) };
    assert_eq!((opening.times, opening.other_person, opening.at), (2, true, Some(noon())));
    let mut child = Walk::new(&concern);
    child.wait(hours(5));
    let attempt = Attempt { at: opening.at, ..child.attempt("sibling.begun", opening.fields.clone()) };
    let state = child.record(attempt).unwrap().state;
    assert_eq!(due(&state, "decision"), "2026-01-26T23:00:00Z");
    assert!(counts(&concern, &state, "children_reported") && !counts(&concern, &state, "reports"));
    // A correction opens what is lacking, and unmakes none.
    let seq = decision.recorded.seq;
    let lacking = walk.correct(seq, "siblings.begun", answers(json!({ "more_children": 5 }))).unwrap();
    assert_eq!(lacking.opens[0].times, 3);
    let fewer = walk.correct(seq, "siblings.begun", answers(json!({ "more_children": 1 }))).unwrap();
    assert!(fewer.opens.is_empty());
}

#[test]
fn a_case_opened_late_begins_no_longer_back_than_a_case_can() {
    let concern = concern();
    let mut walk = Walk::new(&concern);
    walk.take("report.sent", json!({ "reporter_category": "school" }));
    let decision = walk.wait(days(500)).take("siblings.begun", json!({ "more_children": 1 }));
    let at: Timestamp = decision.opens[0].at.unwrap();
    let mut child = Walk::new(&concern);
    child.wait(days(500));
    let attempt = Attempt { at: Some(at), ..child.attempt("sibling.begun", answers(json!({}))) };
    assert!(at > noon() && child.record(attempt).is_ok());
}

#[test]
fn who_reported_follows_from_the_unit_or_is_asked_where_reports_come_in() {
    let concern = concern();
    let category = |step: &str, outcome: &str, kind: &str| {
        let mut given = answers(json!({ "reporter_category": "private" }));
        chain::answer_of_unit(concern.step(step).unwrap(), outcome, kind, &mut given);
        given["reporter_category"].as_str().unwrap().to_owned()
    };
    for kind in &concern.party("reporter").unwrap().kinds {
        assert_ne!(category("report", "sent", kind), "private", "{kind} has a category");
    }
    assert_eq!(category("find_out", "children", "addiction_care"), "health_care");
    assert_eq!(category("received", "taken_in", "concern_reception"), "private", "the reception says who it was");
}

#[test]
fn a_report_from_outside_goes_the_same_way() {
    let concern = concern();
    let mut walk = Walk::new(&concern);
    let begun = walk.take("received.taken_in", json!({ "reporter_category": "anonymous" }));
    assert!(begun.handovers.is_empty() && begun.state.waits_for(&concern, "reception"));
    let known = json!({ "repeat_report": "within_year", "protected_how": ["relative"] });
    let state = walk.wait(hours(2)).take("protection.acted", known).state;
    for id in ["reports", "by_anonymous", "acted", "repeat_reports", "repeat_known"] {
        assert!(counts(&concern, &state, id), "{id}");
    }
}

#[test]
fn a_reporter_who_may_ask_learns_nothing_of_where_the_case_stands() {
    let concern = concern();
    let mut walk = assessed(&concern, "sent");
    walk.take("decision.opened", json!({ "child_heard": false }));
    let refused = not_now(walk.decide(walk.attempt("find_out.no_children", answers(json!({})))));
    assert_eq!(refused, NotNow::WithOthers { tried: "find_out".into() });
    assert!(!state(&walk).waits_for(&concern, "reporter"));
}

#[test]
fn whoever_reported_makes_up_the_reports_and_the_children_that_were_reported() {
    let method = concern();
    let divisions = chain::measure::divisions(&method);
    let of_reports: Vec<_> = divisions.iter().filter(|one| one.parts.iter().any(|part| part == "by_police")).collect();
    let wholes: Vec<_> = of_reports.iter().map(|one| one.whole.as_deref()).collect();
    assert_eq!(wholes, [Some("reports"), Some("children_reported")]);
    assert!(of_reports.iter().all(|one| one.parts.len() == 16));
}
