//! Custody for intoxication: care, release and the offer that follows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::method::Ground;
use chain::{Contribution, Method, State, Values, contributions};
use common::*;
use serde_json::{Value, json};

fn custody(more: Value) -> Values {
    let mut all = answers(json!({
        "event_municipality": "1080", "reason": "helpless", "substance": "alcohol", "under_18": false, "children": "no",
    }));
    all.extend(answers(more));
    all
}

fn taken<'m>(method: &'m Method, more: Value) -> Walk<'m> {
    let mut walk = Walk::new(method);
    let attempt = walk.attempt("custody.taken", custody(more));
    walk.record(attempt).unwrap();
    walk
}

fn counts(method: &Method, state: &State, id: &str) -> bool {
    contributions(method, state).contains_key(&Contribution::Measure(id.into()))
}

#[test]
fn whoever_is_under_18_and_every_child_is_reported_at_once() {
    let lob = lob();
    let opened = |more: Value| {
        let walk = Walk::new(&lob);
        let decision = walk.decide(walk.attempt("custody.taken", custody(more))).unwrap();
        decision.opens.into_iter().map(|one| (one.id, one.step, one.ground)).collect::<Vec<_>>()
    };
    let law = || Ground::Law("19 kap. 1 § SoL".into());
    let one = |id: &str, step: &str| vec![(id.to_owned(), step.to_owned(), law())];
    assert_eq!(opened(json!({})), []);
    assert_eq!(opened(json!({ "under_18": true })), one("minor_report", "report"));
    assert_eq!(opened(json!({ "children": "yes", "children_count": 2 })), one("child_report", "report"));
    assert_eq!(opened(json!({ "children": "unknown" })), one("child_question", "question"));
    assert_eq!(opened(json!({ "under_18": true, "children": "unknown" })).len(), 2);
}

#[test]
fn a_custody_is_tried_at_once_and_ends_within_eight_hours() {
    let lob = lob();
    let mut walk = taken(&lob, json!({}));
    let now = state(&walk);
    assert_eq!(now.clock("superior").unwrap().due_at, noon() + hours(2));
    assert_eq!(now.clock("release").unwrap().due_at, noon() + hours(8));
    walk.wait(hours(1)).take("superior.upheld", json!({}));
    walk.take("health.doctor_needed", json!({}));
    assert_eq!(state(&walk).clock("doctor").unwrap().due_at, noon() + hours(3));
    walk.wait(hours(1)).take("health.examined", json!({ "assessed_by": "ambulance" }));
    let now = walk.wait(hours(4)).take("release.home", json!({})).state;
    let open: Vec<&str> = now.open_clocks().map(|run| run.clock.as_str()).collect();
    assert_eq!(open, ["offer"]);
    for id in ["taken", "in_care", "ended", "ended_in_time"] {
        assert!(counts(&lob, &now, id), "{id}");
    }
    assert!(contributions(&lob, &now).contains_key(&Contribution::Hours { clock: "release".into(), bucket: 6 }));
    let mut long = taken(&lob, json!({}));
    let now = long.wait(hours(9)).take("release.guardian", json!({})).state;
    assert!(counts(&lob, &now, "ended") && !counts(&lob, &now, "ended_in_time"));
}

#[test]
fn a_custody_that_the_superior_ends_stands_no_longer() {
    let lob = lob();
    let mut walk = taken(&lob, json!({}));
    let now = walk.wait(hours(1)).take("superior.ended", json!({})).state;
    assert_eq!((now.stage.as_deref(), counts(&lob, &now, "ended_in_time")), (Some("to_offer"), true));
    assert!(now.waits_for(&lob, "police") && !now.waits_for(&lob, "receiver"));
}

#[test]
fn a_yes_goes_over_on_consent_and_a_no_stays_with_the_police() {
    let lob = lob();
    let mut walk = taken(&lob, json!({}));
    walk.wait(hours(6)).take("release.home", json!({}));
    let told = |how: &str| json!({ "social_services_told": how, "advice": ["leaflet"] });
    let no = walk.decide(walk.attempt("offer.declined", answers(told("no")))).unwrap();
    assert!(no.handovers.is_empty() && no.closed.is_some());
    let mut consents = answers(told("with_consent"));
    consents.insert("consent".into(), json!(true));
    let attempt = walk.attempt("offer.accepted", consents);
    let yes = walk.record(attempt).unwrap();
    assert_eq!((yes.handovers[0].to.as_str(), &yes.handovers[0].ground), ("receiver", &Ground::Consent));
    walk.wait(hours(20)).take("contact.reached", json!({ "channel": "phone" }));
    let held = json!({ "known_before": false, "led_to": "more_talks" });
    let now = walk.wait(hours(48)).take("talk.held", held).state;
    for id in ["offered", "accepted", "told", "reached", "in_time", "talk", "support"] {
        assert!(counts(&lob, &now, id), "{id}");
    }
    assert_eq!(now.closed.unwrap().closing, "talk_held");
}

#[test]
fn the_receiver_sees_nothing_of_the_custody() {
    let lob = lob();
    for step in ["custody", "superior", "health", "release"] {
        assert!(!lob.step(step).unwrap().seen_by.contains(&"receiver".to_owned()), "{step}");
    }
    let seen = |field: &str| lob.step("offer").unwrap().field(field).unwrap().seen_by.contains(&"receiver".to_owned());
    assert!(seen("reach_note") && !seen("advice") && !seen("not_asked_reason"));
}
