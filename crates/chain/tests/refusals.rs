//! Steps that are refused, and steps that are put right.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::{Attempt, Contribution, Lang, NotNow, Recorded, Refusal, State, Values, change, contributions, effective};
use common::*;
use jiff::SignedDuration;
use serde_json::json;

#[test]
fn each_refusal_says_what_was_tried_what_holds_and_what_can_be_done() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    let none = Values::new;
    let mut seen = vec![
        not_now(walk.decide(walk.attempt("contact.reached", none()))),
        not_now(walk.decide(walk.attempt("contat.reached", none()))),
        not_now(walk.decide(walk.attempt("offer.maybe", none()))),
        not_now(walk.decide(Attempt { party: "receiver".into(), ..walk.attempt("offer.accepted", none()) })),
    ];
    let late = Attempt {
        at: Some(walk.now + SignedDuration::from_secs(301)),
        ..walk.attempt("offer.accepted", offer(json!({})))
    };
    seen.push(not_now(walk.decide(late)));
    let long_ago =
        Attempt { at: Some(noon() - hours(365 * 24 + 1)), ..walk.attempt("offer.accepted", offer(json!({}))) };
    seen.push(not_now(walk.decide(long_ago)));
    walk.offer("undecided", json!({}));
    seen.push(not_now(walk.decide(walk.attempt("offer.accepted", offer(json!({}))))));
    seen.push(not_now(walk.decide(walk.attempt("talk.held", none()))));
    seen.push(not_now(walk.decide(walk.attempt("answer.never_asked", none()))));
    seen.push(not_now(walk.decide(Attempt { at: Some(noon() - hours(1)), ..walk.attempt("answer.declined", none()) })));
    seen.push(not_now(walk.correct(9, "offer.declined", offer(json!({})))));
    seen.push(not_now(walk.correct(1, "answer.declined", none())));
    walk.wait(hours(2)).take("answer.accepted", json!({}));
    let before = Attempt { at: Some(noon() + hours(1)), ..walk.attempt("contact.reached", none()) };
    seen.push(not_now(walk.decide(before)));
    seen.push(not_now(walk.correct(1, "offer.declined", offer(json!({})))));
    seen.push(NotNow::WithOthers { tried: "offer".into() });
    seen.push(NotNow::AlreadyTaken { tried: "answer".into(), possible: vec!["contact".into()] });
    walk.take("close.other", json!({}));
    seen.push(not_now(walk.decide(walk.attempt("contact.reached", none()))));
    let codes: Vec<&str> = seen.iter().map(NotNow::code).collect();
    assert_eq!(
        codes,
        [
            "not_begun",
            "unknown_step",
            "unknown_outcome",
            "wrong_party",
            "at_in_future",
            "at_too_long_ago",
            "already_begun",
            "wrong_stage",
            "needs_more",
            "at_before_begin",
            "nothing_to_correct",
            "nothing_to_correct",
            "at_before_stage",
            "correction_breaks_chain",
            "with_others",
            "already_taken",
            "case_closed",
        ]
    );
    for refusal in seen {
        assert_eq!(serde_json::to_value(&refusal).unwrap()["code"], refusal.code());
        for lang in [Lang::Sv, Lang::En] {
            let sentence = refusal.sentence(&smadit, lang);
            assert!(sentence.ends_with('.') || sentence.ends_with('?'), "{sentence}");
            assert!(sentence.matches(['.', '?']).count() >= 2 || sentence.contains(':'), "says what to do: {sentence}");
        }
    }
}

#[test]
fn a_step_outside_its_stage_names_what_is_possible() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    let refused = not_now(walk.decide(walk.attempt("talk.held", Values::new())));
    let NotNow::WrongStage { tried, stage, possible } = &refused else { panic!("{refused:?}") };
    assert_eq!((tried.as_str(), stage.as_str()), ("talk", "to_contact"));
    assert_eq!(possible[..3], ["receive", "reroute", "contact"]);
    assert!(!possible.contains(tried));
    let sentence = refused.sentence(&smadit, Lang::Sv);
    assert!(sentence.starts_with("”Första samtal” hör inte till läget ”Ska kontaktas”"), "{sentence}");
    let refused = not_now(walk.decide(walk.attempt("close.talk_only", Values::new())));
    assert_eq!(refused.code(), "wrong_stage", "an outcome can belong to fewer stages than its step");
    let close = state(&walk).available(&smadit, "receiver").into_iter().find(|one| one.step == "close").unwrap();
    assert!(!close.outcomes.iter().any(|one| one.id == "talk_only"));
}

#[test]
fn a_correction_takes_the_place_and_is_counted_back_exactly() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({ "children": "yes", "children_count": 1 }));
    let before = contributions(&smadit, &state(&walk));
    let decision = walk.wait(hours(1)).correct(1, "offer.declined", offer(json!({ "children": "unknown" }))).unwrap();
    assert_eq!(decision.taken_back, ["to_receiver"]);
    assert_eq!(decision.closed.as_ref().unwrap().closing, "declined");
    assert_eq!(decision.opens.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["child_question"]);
    let measure = |id: &str| Contribution::Measure(id.into());
    let by = change(&before, &contributions(&smadit, &decision.state));
    let expected = [("accepted", -1), ("declined", 1), ("child_yes", -1), ("child_settled", -1), ("child_unknown", 1)];
    assert_eq!(by, expected.into_iter().map(|(id, by)| (measure(id), by)).collect());
    // A correction of the correction, pointing at either, stands in the same place.
    let again = walk.correct(2, "offer.accepted", offer(json!({ "children": "yes" }))).unwrap();
    assert_eq!(again.recorded.seq, 3);
    assert_eq!(again.handovers.len(), 1);
    assert_eq!(again.state.stage.as_deref(), Some("to_contact"));
    let counting = effective(&walk.history).unwrap();
    assert_eq!(counting.iter().map(|one| one.seq).collect::<Vec<_>>(), [3]);
    assert_eq!(walk.history.len(), 3, "what was recorded stays recorded");
}

#[test]
fn a_correction_that_changes_nothing_of_it_hands_over_and_opens_nothing_again() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({ "children": "yes" }));
    let decision = walk.correct(1, "offer.accepted", offer(json!({ "children": "yes", "children_count": 2 }))).unwrap();
    assert!(decision.handovers.is_empty() && decision.taken_back.is_empty() && decision.opens.is_empty());
}

#[test]
fn what_any_step_in_the_place_has_opened_is_not_opened_again() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    let ids = |decision: chain::Decision| decision.opens.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(walk.offer("accepted", json!({ "children": "yes" }))), ["child_report"]);
    for (children, opened) in
        [("no", &[][..]), ("yes", &[]), ("unknown", &["child_question"]), ("no", &[]), ("unknown", &[]), ("yes", &[])]
    {
        let decision = walk.correct(1, "offer.accepted", offer(json!({ "children": children }))).unwrap();
        assert_eq!(ids(decision), opened, "{children}");
    }
}

#[test]
fn a_corrected_municipality_is_handed_over_anew() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    let to = |code: &str| answers(json!({ "new_municipality": code, "reroute_reason": "lives_elsewhere" }));
    let attempt = walk.attempt("reroute.moved_on", to("1081"));
    walk.record(attempt).unwrap();
    let decision = walk.correct(2, "reroute.moved_on", to("1082")).unwrap();
    assert_eq!(decision.taken_back, ["to_next_receiver"]);
    assert_eq!(decision.handovers[0].residence_from.as_deref(), Some("1082"));
}

#[test]
fn a_correction_of_an_older_handover_leaves_the_case_with_its_holder() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    let to = |code: &str| answers(json!({ "new_municipality": code, "reroute_reason": "lives_elsewhere" }));
    for code in ["1081", "1082"] {
        walk.record(walk.attempt("reroute.moved_on", to(code))).unwrap();
    }
    let decision = walk.correct(2, "reroute.moved_on", to("1083")).unwrap();
    assert!(decision.taken_back.is_empty() && decision.handovers.is_empty(), "the later one says who has it");
    let decision = walk.correct(3, "reroute.moved_on", to("1060")).unwrap();
    assert_eq!(decision.taken_back, ["to_next_receiver"]);
    let [handover] = &decision.handovers[..] else { panic!("{:?}", decision.handovers) };
    assert_eq!(handover.residence_from.as_deref(), Some("1060"));
    let decision = walk.correct(1, "offer.accepted", offer(json!({ "substance": "mixed" }))).unwrap();
    assert!(decision.taken_back.is_empty() && decision.handovers.is_empty());
    // What is not a correction is always handed over, to the same municipality too.
    let again = walk.record(walk.attempt("reroute.moved_on", to("1060"))).unwrap();
    assert_eq!((again.handovers.len(), again.taken_back.len()), (1, 0));
    let called_for = chain::called_for(&smadit, &walk.history).unwrap();
    let [latest] = &called_for[..] else { panic!("of each party the latest: {called_for:?}") };
    assert_eq!((latest.id.as_str(), latest.residence_from.as_deref()), ("to_next_receiver", Some("1060")));
}

#[test]
fn a_handover_that_is_taken_back_leaves_the_case_to_the_one_before_it() {
    let kept =
        "[[step.outcome]]\nid = \"kept\"\nname = { sv = \"Behållet\", en = \"Kept\" }\n\n[[step]]\nid = \"contact\"";
    let text = common::SMADIT.text.replacen("[[step]]\nid = \"contact\"", kept, 1);
    let method = common::method(&[chain::Source { name: "changed.toml", text: &text }]);
    let mut walk = Walk::new(&method);
    walk.offer("accepted", json!({}));
    let to = answers(json!({ "new_municipality": "1081", "reroute_reason": "lives_elsewhere" }));
    walk.record(walk.attempt("reroute.moved_on", to.clone())).unwrap();
    let decision = walk.correct(2, "reroute.kept", to).unwrap();
    assert_eq!(decision.taken_back, ["to_next_receiver"]);
    assert_eq!(decision.handovers.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["to_receiver"]);
}

#[test]
fn a_refusal_tells_the_detector_nothing_of_what_happens_at_the_receiver() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    let with_others = |tried: &str| NotNow::WithOthers { tried: tried.into() };
    let mut refusals = Vec::new();
    for (what, fields) in
        [("contact.reached", json!({ "channel": "phone" })), ("talk.held", json!({})), ("support.declined", json!({}))]
    {
        walk.take(what, fields);
        let answered = not_now(walk.decide(walk.attempt("answer.declined", Values::new())));
        let again = not_now(walk.decide(walk.attempt("offer.accepted", offer(json!({})))));
        let undone = not_now(walk.correct(1, "offer.declined", offer(json!({}))));
        refusals.push((answered, again, undone));
    }
    assert_eq!(state(&walk).closed.unwrap().closing, "talk_only");
    assert_eq!(refusals[0].0, with_others("answer"));
    assert_eq!(refusals[0].2, with_others("offer"));
    assert_eq!(refusals[0].1, NotNow::AlreadyBegun { tried: "offer".into(), possible: vec![] });
    assert_eq!((&refusals[0], &refusals[0]), (&refusals[1], &refusals[2]), "open or closed, it looks the same");
    let receiver = not_now(walk.decide(walk.attempt("talk.held", Values::new())));
    assert_eq!(receiver.code(), "case_closed", "the receiver sees its own end");
    assert!(
        walk.correct(1, "offer.accepted", offer(json!({ "substance": "mixed" }))).is_ok(),
        "a slip can be put right"
    );
}

#[test]
fn a_closed_case_can_be_corrected_open_again_and_the_first_time_moved_back() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    walk.wait(hours(2)).take("contact.declined", json!({ "channel": "phone" }));
    assert!(state(&walk).closed.is_some());
    let decision = walk.correct(2, "contact.no_answer", answers(json!({ "channel": "phone" }))).unwrap();
    assert_eq!((decision.closed, decision.state.closed), (None, None));
    let earlier =
        Attempt { at: Some(noon() - hours(3)), corrects: Some(1), ..walk.attempt("offer.accepted", offer(json!({}))) };
    let decision = walk.record(earlier).unwrap();
    assert_eq!(decision.state.clock("first_contact").unwrap().started_at, noon() - hours(3));
    walk.wait(SignedDuration::from_mins(1));
    let later = Attempt { at: Some(walk.now), corrects: Some(1), ..walk.attempt("offer.accepted", offer(json!({}))) };
    let refused = not_now(walk.decide(later));
    assert_eq!(refused, NotNow::WithOthers { tried: "offer".into() }, "the receiver's step would be before the first");
}

#[test]
fn a_correction_that_undoes_what_a_later_step_needed_is_refused() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("not_asked", json!({ "not_asked_reason": "medical" }));
    walk.take("answer.never_asked", json!({}));
    let refused = not_now(walk.correct(1, "offer.undecided", offer(json!({}))));
    let NotNow::CorrectionBreaksChain { at_seq: 2, why } = refused else { panic!("{refused:?}") };
    assert_eq!(why.code(), "needs_more");
}

#[test]
fn a_history_that_does_not_follow_is_told_as_broken() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    walk.take("contact.reached", json!({ "channel": "phone" }));
    let broken: Vec<Recorded> = walk.history[1..].to_vec();
    let found = State::replay(&smadit, &broken, walk.now).unwrap_err();
    assert_eq!((found.at_seq, found.why.code()), (2, "not_begun"));
    walk.history.remove(0);
    let refused = walk.decide(walk.attempt("contact.reached", answers(json!({ "channel": "phone" }))));
    assert!(matches!(refused, Err(Refusal::Broken(found)) if found.at_seq == 2));
}
