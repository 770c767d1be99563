//! When a step can have happened, and what clocks make of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::{Attempt, Contribution, Lang, NotNow, Recorded, Refusal, State, contributions};
use common::*;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
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

#[test]
fn a_time_a_little_ahead_is_stored_as_now_so_that_the_next_step_can_follow() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    let ahead = Some(walk.now + SignedDuration::from_mins(5));
    let attempt = Attempt { at: ahead, ..walk.attempt("offer.accepted", offer(json!({}))) };
    assert_eq!(walk.record(attempt).unwrap().recorded.at, walk.now);
    assert_eq!(walk.take("withdrawal.withdrawn", json!({})).closed.unwrap().closing, "withdrawn");
}

/// An offer on the 12th, a yes on the 20th.
fn a_yes_after_a_week<'m>(method: &'m chain::Method) -> Walk<'m> {
    let mut walk = Walk::new(method);
    walk.offer("undecided", json!({}));
    walk.wait(hours(192)).take("answer.accepted", json!({}));
    walk.wait(hours(96));
    walk
}

#[test]
fn a_step_cannot_have_happened_before_the_case_came_to_its_stage() {
    let smadit = smadit();
    let mut walk = a_yes_after_a_week(&smadit);
    let yes = noon() + hours(192);
    let refused = not_now(contact(&mut walk, "reached", noon() + hours(24)));
    let NotNow::AtBeforeStage { tried, at, stage, since } = &refused else { panic!("{refused:?}") };
    assert_eq!((tried.as_str(), *at, stage.as_str(), *since), ("contact", noon() + hours(24), "to_contact", yes));
    let sentence = refused.sentence(&smadit, Lang::Sv);
    assert_eq!(
        sentence,
        "Tiden för ”Kontaktförsök”, 2026-01-13 12:00, är före 2026-01-20 12:00, då ärendet kom till läget ”Ska \
         kontaktas”. Ange en senare tid, eller rätta tiden i steget som förde ärendet dit."
    );
    assert!(
        refused.sentence(&smadit, Lang::En).starts_with("The time of “Contact attempt”, 2026-01-13 12:00, is before")
    );
    assert_eq!(not_now(contact(&mut walk, "reached", noon() - hours(1))).code(), "at_before_begin");
    // What changed no stage may be noted late, in any order.
    contact(&mut walk, "no_answer", yes + hours(30)).unwrap();
    contact(&mut walk, "wrong_number", yes + hours(20)).unwrap();
    assert!(contact(&mut walk, "reached", yes).unwrap().state.clock("first_contact").unwrap().met_in_time());
    // A correction has the place of what it corrects: only what lies before that place binds it.
    let earlier = Attempt {
        at: Some(yes + hours(1)),
        corrects: Some(3),
        ..walk.attempt("contact.no_answer", answers(json!({ "channel": "phone" })))
    };
    walk.record(earlier).unwrap();
    let too_early = Attempt {
        at: Some(yes - hours(1)),
        corrects: Some(3),
        ..walk.attempt("contact.no_answer", answers(json!({ "channel": "phone" })))
    };
    assert_eq!(not_now(walk.record(too_early)).code(), "at_before_stage");
}

#[test]
fn a_correction_cannot_move_a_step_past_what_happened_in_the_stage_it_led_to() {
    let smadit = smadit();
    let mut walk = a_yes_after_a_week(&smadit);
    let yes = noon() + hours(192);
    contact(&mut walk, "booked", yes + hours(10)).unwrap();
    walk.take("talk.no_show", json!({}));
    let booked = walk.attempt("contact.booked", answers(json!({ "channel": "phone" })));
    let late = Attempt { at: Some(walk.now), corrects: Some(3), ..booked.clone() };
    walk.record(late).unwrap();
    walk.wait(hours(1)).take("talk.held", json!({}));
    let refused = not_now(walk.decide(Attempt { at: Some(walk.now), corrects: Some(3), ..booked }));
    let NotNow::CorrectionBreaksChain { at_seq: 4, why } = refused else { panic!("{refused:?}") };
    assert_eq!(why.code(), "at_before_stage");
    // The detector does not learn when the receiver did what.
    let answer = walk.attempt("answer.accepted", answers(json!({})));
    let refused = not_now(walk.decide(Attempt { at: Some(yes + hours(97)), corrects: Some(2), ..answer }));
    assert_eq!(refused, NotNow::WithOthers { tried: "answer".into() });
}

#[test]
fn a_time_told_to_the_minute_is_not_before_a_step_in_that_minute() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.wait(SignedDuration::from_secs(30)).offer("undecided", json!({}));
    let minute = Attempt { at: Some(noon()), ..walk.attempt("answer.accepted", answers(json!({}))) };
    assert_eq!(walk.record(minute).unwrap().recorded.at, noon() + SignedDuration::from_secs(30));
    let before = walk.now - SignedDuration::from_secs(60);
    assert_eq!(not_now(contact(&mut walk, "reached", before)).code(), "at_before_begin");
}

#[test]
fn a_case_begins_with_something_of_the_last_year() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    let year = hours(365 * 24);
    let begin = |walk: &Walk<'_>, at| Attempt { at: Some(at), ..walk.attempt("offer.accepted", offer(json!({}))) };
    for at in [noon() - year - SignedDuration::from_secs(1), "1026-01-12T12:00:00Z".parse().unwrap(), Timestamp::MIN] {
        let refused = not_now(walk.decide(begin(&walk, at)));
        assert_eq!(refused, NotNow::AtTooLongAgo { tried: "offer".into(), at, earliest: noon() - year });
    }
    assert_eq!(
        not_now(walk.decide(begin(&walk, noon() - year - hours(1)))).sentence(&smadit, Lang::Sv),
        "Tiden för ”Erbjudande”, 2025-01-12 11:00, ligger mer än ett år tillbaka. Ett ärende kan börja med det som \
         hänt sedan 2025-01-12 12:00. Kontrollera årtalet och ange när det hände."
    );
    let first = begin(&walk, noon() - year);
    walk.record(first).unwrap();
    // Long afterwards a correction is still measured by when the step was first written down.
    walk.wait(hours(1000)).correct(1, "offer.accepted", offer(json!({ "substance": "mixed" }))).unwrap();
    let moved = Attempt { corrects: Some(1), ..begin(&walk, noon() - year + hours(1)) };
    walk.record(moved).unwrap();
    let moved = Attempt { corrects: Some(1), ..begin(&walk, noon() - year - hours(1)) };
    assert_eq!(not_now(walk.record(moved)).code(), "at_too_long_ago");
}

/// What no case can have come to since times are looked at: a yes on the 20th, and the contact a week before it.
fn an_old_history<'m>(method: &'m chain::Method) -> Walk<'m> {
    let mut walk = a_yes_after_a_week(method);
    contact(&mut walk, "reached", noon() + hours(192)).unwrap();
    walk.history[2].at = noon() + hours(24);
    walk
}

#[test]
fn old_histories_stay_readable_and_their_answers_can_be_corrected() {
    let smadit = smadit();
    let mut walk = an_old_history(&smadit);
    assert_eq!(state(&walk).stage.as_deref(), Some("in_contact"));
    walk.correct(1, "offer.undecided", offer(json!({ "substance": "mixed" }))).unwrap();
    walk.correct(3, "contact.reached", answers(json!({ "channel": "letter" }))).unwrap();
    walk.take("talk.held", json!({}));
    walk.history[0].at = "1026-01-12T12:00:00Z".parse().unwrap();
    walk.history[3].at = walk.history[0].at;
    walk.correct(1, "offer.undecided", offer(json!({ "substance": "alcohol" }))).unwrap();
}

#[test]
fn a_stop_before_its_start_is_met_in_no_time() {
    let smadit = smadit();
    let state = state(&an_old_history(&smadit));
    let run = state.clock("first_contact").unwrap();
    assert!(run.met && !run.met_in_time());
    let counted = contributions(&smadit, &state);
    assert!(counted.contains_key(&Contribution::Measure("reached".into())));
    assert!(!counted.contains_key(&Contribution::Measure("in_time".into())));
    assert!(
        !counted.keys().any(|one| matches!(one, Contribution::Hours { .. })),
        "it took no hours that could be counted"
    );
}

#[test]
fn a_restarting_clock_never_goes_back() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    walk.wait(hours(30));
    contact(&mut walk, "no_answer", noon() + hours(20)).unwrap();
    let state = contact(&mut walk, "wrong_number", noon() + hours(4)).unwrap().state;
    let run = state.clock("next_attempt").unwrap();
    assert_eq!(
        (run.started_at, run.due_at),
        (noon() + hours(20), noon() + hours(44)),
        "noted late, and not the latest"
    );
    let state = contact(&mut walk, "no_answer", noon() + hours(29)).unwrap().state;
    assert_eq!(state.clock("next_attempt").unwrap().started_at, noon() + hours(29));
}

/// Whether a history tells of a step in a stage before the case had come there.
fn tells_of_a_step_before_its_stage(method: &chain::Method, history: &[Recorded]) -> bool {
    let steps = chain::effective(history).unwrap();
    let stage_after = |count: usize| {
        let so_far: Vec<Recorded> =
            steps[..count].iter().map(|one| Recorded { corrects: None, ..(*one).clone() }).collect();
        State::replay(method, &so_far, noon()).unwrap().stage
    };
    let mut since = steps[0].at;
    let mut before = None;
    (1..=steps.len()).any(|count| {
        let at = steps[count - 1].at;
        let early = at < since;
        let stage = stage_after(count);
        if stage != before {
            since = at;
        }
        before = stage;
        early
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_times_are_told_no_step_is_taken_in_a_stage_before_the_case_came_there(
        tries in prop::collection::vec((any::<prop::sample::Index>(), -5i64..40, 0u32..6), 1..14),
    ) {
        let smadit = smadit();
        let mut walk = Walk::new(&smadit);
        walk.offer("undecided", json!({}));
        let moves = ["offer.undecided", "answer.accepted", "contact.no_answer", "contact.reached", "contact.booked",
            "receive.received", "talk.no_show", "talk.held", "support.planned", "support.started", "finish.completed"];
        for (which, back, corrects) in tries {
            walk.wait(hours(10));
            let corrects = walk.history.iter().find(|one| one.seq == corrects).map(|one| (one.seq, format!("{}.{}", one.step, one.outcome)));
            let what = corrects.as_ref().map_or_else(|| (*which.get(&moves)).to_owned(), |(_, what)| what.clone());
            let fields = match what.split('.').next() {
                Some("offer") => offer(json!({})),
                Some("contact") => answers(json!({ "channel": "phone" })),
                Some("support") => answers(json!({ "support_kind": "sip" })),
                _ => answers(json!({})),
            };
            let at = Some(walk.now - hours(back));
            let attempt = Attempt { at, corrects: corrects.map(|(seq, _)| seq), ..walk.attempt(&what, fields) };
            let _ = walk.record(attempt);
            prop_assert!(walk.history.iter().all(|one| one.at <= one.recorded_at));
            prop_assert!(!tells_of_a_step_before_its_stage(&smadit, &walk.history), "{:?}", walk.history);
        }
    }
}
