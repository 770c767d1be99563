//! When a step can have happened, and what clocks make of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::{Attempt, Refusal};
use common::*;
use jiff::Timestamp;
use serde_json::json;

/// Records a contact at a time of its own.
fn contact(walk: &mut Walk<'_>, outcome: &str, at: Timestamp) -> Result<chain::Decision, Refusal> {
    let attempt = walk.attempt(&format!("contact.{outcome}"), answers(json!({ "channel": "phone" })));
    walk.record(Attempt { at: Some(at), ..attempt })
}

#[test]
fn without_a_time_a_step_happens_now_and_a_correction_when_the_corrected_step_did() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    assert_eq!(walk.offer("accepted", json!({})).recorded.at, noon());
    contact(walk.wait(hours(30)), "reached", noon() + hours(20)).unwrap();
    walk.wait(hours(72));
    let decision = walk.correct(2, "contact.reached", answers(json!({ "channel": "letter" }))).unwrap();
    assert_eq!((decision.recorded.at, decision.recorded.recorded_at), (noon() + hours(20), walk.now));
    assert!(decision.state.clock("first_contact").unwrap().met_in_time(), "a corrected answer makes no contact late");
    let decision = walk.correct(1, "offer.accepted", offer(json!({ "substance": "mixed" }))).unwrap();
    assert_eq!(decision.state.clock("first_contact").unwrap().started_at, noon());
    let told = Attempt {
        at: Some(noon() + hours(21)),
        corrects: Some(2),
        ..walk.attempt("contact.reached", answers(json!({ "channel": "letter" })))
    };
    walk.record(told).unwrap();
    let again = walk.correct(2, "contact.reached", answers(json!({ "channel": "visit" }))).unwrap();
    assert_eq!(again.recorded.at, noon() + hours(21), "the time that counts in its place");
}
