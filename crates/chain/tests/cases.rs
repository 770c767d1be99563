//! Cases of the shipped methods, step by step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::{
    Attempt, Contribution, Ground, Lang, Library, Method, NotNow, Problem, Source, Standing, State, Values,
    contributions,
};
use common::*;
use jiff::SignedDuration;
use serde_json::json;

#[test]
fn the_shipped_methods_hold_together() {
    let library = Library::new(vec![smadit(), method(&[SMADIT, BLEKINGE]), concern(), lob()]).unwrap();
    assert_eq!(library.methods().count(), 4);
    assert_eq!(library.current("smadit").unwrap().version, 1001);
    assert_eq!(library.get("smadit", 1).unwrap().clock("first_contact").unwrap().limit, chain::Limit::Hours(36));
    assert!(library.current("sip").is_none());
}

#[test]
fn a_yes_is_handed_over_on_consent_and_starts_the_clock() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    let decision = walk.offer("accepted", json!({ "consent": { "scope": "contact" }, "reach_note": "Efter fem." }));
    assert_eq!(decision.state.stage.as_deref(), Some("to_contact"));
    assert_eq!(decision.closed, None);
    let [handover] = &decision.handovers[..] else { panic!("{:?}", decision.handovers) };
    assert_eq!((handover.to.as_str(), &handover.ground), ("receiver", &Ground::Consent));
    assert!(!handover.releases_sender && handover.residence_from.is_none());
    let clocks: Vec<_> = decision.state.open_clocks().collect();
    assert_eq!(clocks.len(), 1);
    assert_eq!((clocks[0].clock.as_str(), clocks[0].party.as_str()), ("first_contact", "receiver"));
    assert_eq!(clocks[0].due_at, noon() + hours(36));
    assert_eq!(clocks[0].standing(noon() + hours(23)), Standing::Calm);
    assert_eq!(clocks[0].standing(noon() + hours(24)), Standing::Soon);
    assert_eq!(clocks[0].standing(noon() + hours(36)), Standing::Soon);
    assert!(clocks[0].is_overdue(noon() + hours(36) + SignedDuration::from_secs(1)));
    assert_eq!(decision.recorded.fields["language"], "sv", "the default is filled in");
    assert!(decision.state.waits_for(&smadit, "receiver") && !decision.state.waits_for(&smadit, "detector"));
}

#[test]
fn a_no_stays_with_the_detector_and_closes() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    let decision = walk.offer("declined", json!({ "declined_info": ["leaflet", "probation"] }));
    assert_eq!(decision.closed.unwrap().closing, "declined");
    assert!(decision.handovers.is_empty() && decision.opens.is_empty());
    assert_eq!(decision.state.open_clocks().count(), 0);
    assert!(decision.state.available(&smadit, "detector").is_empty());
    assert!(!decision.state.waits_for(&smadit, "detector"));
    let refused = not_now(walk.decide(walk.attempt("answer.accepted", Values::new())));
    assert_eq!(refused, NotNow::CaseClosed { tried: "answer".into(), closing: "declined".into() });
    let refused = not_now(walk.decide(walk.attempt("offer.accepted", offer(json!({})))));
    assert_eq!(refused, NotNow::AlreadyBegun { tried: "offer".into(), possible: vec![] });
}

#[test]
fn children_open_a_report_whatever_the_answer_and_the_consent() {
    let smadit = smadit();
    for outcome in ["accepted", "declined", "undecided"] {
        let mut walk = Walk::new(&smadit);
        let known = json!({ "children": "yes", "children_how": ["in_vehicle"], "children_count": 2 });
        let opens = walk.offer(outcome, known).opens;
        assert_eq!(opens.len(), 1, "{outcome}");
        assert_eq!(
            (opens[0].method.as_str(), opens[0].step.as_str(), opens[0].outcome.as_str()),
            ("concern", "report", "sent")
        );
        assert_eq!(opens[0].ground, Ground::Law("19 kap. 1 § SoL".into()));
        let copied = json!({ "event_municipality": "1080", "children_how": ["in_vehicle"], "children_count": 2 });
        assert_eq!(opens[0].fields, answers(copied));
        let opens = Walk::new(&smadit).offer(outcome, json!({ "children": "unknown" })).opens;
        assert_eq!((opens[0].step.as_str(), opens[0].outcome.as_str()), ("question", "unresolved"), "{outcome}");
        assert!(Walk::new(&smadit).offer(outcome, json!({})).opens.is_empty(), "{outcome}");
    }
}

#[test]
fn what_is_opened_can_be_recorded_in_the_other_method() {
    let (smadit, concern) = (smadit(), concern());
    for children in ["yes", "unknown"] {
        let opening = Walk::new(&smadit).offer("declined", json!({ "children": children })).opens.remove(0);
        let mut walk = Walk::new(&concern);
        let (step, mut fields) = (concern.step(&opening.step).unwrap(), opening.fields);
        chain::answer_of_unit(step, &opening.outcome, "police", &mut fields);
        assert_eq!(fields.get("reporter_category").is_some(), children == "yes");
        let attempt = walk.attempt(&format!("{}.{}", opening.step, opening.outcome), fields);
        let decision = walk.record(attempt).unwrap();
        assert_eq!(decision.handovers.len(), usize::from(children == "yes"));
    }
}

#[test]
fn all_wrong_answers_are_told_at_once_and_none_is_repeated() {
    let smadit = smadit();
    let walk = Walk::new(&smadit);
    let fields = json!({
        "offence": "speeding", "substance": 7, "event_municipality": "108", "place": "x".repeat(121),
        "declined_info": ["leaflet"], "children_count": 3, "childre": "yes", "interpreter": "ja", "consent": 7,
    });
    let wrong = problems(walk.decide(walk.attempt("offer.accepted", answers(fields))));
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(field, code)| (field.as_str(), *code)).collect();
    assert_eq!(
        wrong,
        [
            ("offence", "not_an_option"),
            ("substance", "wrong_type"),
            ("event_municipality", "not_a_municipality"),
            ("place", "too_long"),
            ("declined_info", "not_asked"),
            ("interpreter", "wrong_type"),
            ("consent", "wrong_type"),
            ("children", "missing"),
            ("childre", "unknown"),
        ]
    );
}

#[test]
fn fields_are_asked_by_outcome_and_answer() {
    let smadit = smadit();
    let walk = Walk::new(&smadit);
    let tried = |what: &str, more| walk.decide(walk.attempt(what, offer(more)));
    assert_eq!(problems(tried("offer.not_asked", json!({}))), [("not_asked_reason".to_owned(), "missing")]);
    assert!(tried("offer.not_asked", json!({ "not_asked_reason": "fled" })).is_ok());
    assert_eq!(problems(tried("offer.accepted", json!({ "not_asked_reason": "fled" })))[0].1, "not_asked");
    let no_children = tried("offer.accepted", json!({ "children_count": 1 }));
    assert_eq!(problems(no_children), [("children_count".to_owned(), "not_asked")]);
    for (count, code) in
        [(json!(0), "too_small"), (json!(21), "too_large"), (json!(1.5), "wrong_type"), (json!("2"), "wrong_type")]
    {
        let wrong = problems(tried("offer.accepted", json!({ "children": "yes", "children_count": count })));
        assert_eq!(wrong, [("children_count".to_owned(), code)]);
    }
    let twice = tried("offer.accepted", json!({ "children": "yes", "children_how": ["guardian", "guardian"] }));
    assert_eq!(problems(twice), [("children_how".to_owned(), "twice")]);
    let blank = tried("offer.accepted", json!({ "reach_note": "  ", "place": null, "children_how": [] })).unwrap();
    for left_out in ["reach_note", "place", "children_how"] {
        assert!(!blank.recorded.fields.contains_key(left_out), "{left_out}");
    }
}

#[test]
fn a_wrong_answer_gives_one_message_whatever_depends_on_it() {
    let when = "unit = { sv = \"barn\", en = \"children\" }\nwhen = { field = \"children\", is = [\"yes\"] }";
    let deeper = "when = { field = \"children_how\", is = [\"guardian\"] }";
    let method = changed(when, deeper);
    let walk = Walk::new(&method);
    let fields = offer(json!({ "children": "maybe", "children_how": ["guardian"], "children_count": 2 }));
    let wrong = problems(walk.decide(walk.attempt("offer.declined", fields)));
    assert_eq!(wrong, [("children".to_owned(), "not_an_option")]);
}

#[test]
fn a_consent_begins_no_case() {
    for method in [smadit(), lob()] {
        let walk = Walk::new(&method);
        let refused = not_now(walk.decide(walk.attempt("consent.given", Values::new())));
        assert!(matches!(refused, NotNow::NotBegun { .. }), "{}: {refused:?}", method.id);
    }
}

#[test]
fn a_consent_may_come_in_its_short_forms() {
    let smadit = smadit();
    let walk = Walk::new(&smadit);
    for consent in [json!(true), json!("verbal"), json!({ "scope": "contact" })] {
        let decision = walk.decide(walk.attempt("offer.accepted", offer(json!({ "consent": consent })))).unwrap();
        assert_eq!(decision.recorded.fields["consent"], consent);
    }
    let refused = walk.decide(walk.attempt("offer.declined", offer(json!({ "consent": true }))));
    assert_eq!(problems(refused), [("consent".to_owned(), "not_asked")]);
}

#[test]
fn repeated_attempts_are_needed_before_giving_up() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    for have in 0..3 {
        let refused = not_now(walk.decide(walk.attempt("close.never_reached", Values::new())));
        let needs =
            NotNow::NeedsMore { tried: "close.never_reached".into(), step: "contact".into(), at_least: 3, have };
        assert_eq!(refused, needs);
        let close = state(&walk).available(&smadit, "receiver").into_iter().find(|one| one.step == "close").unwrap();
        assert_eq!(close.blocked, None, "other outcomes of closing are free");
        assert_eq!(close.outcomes.iter().find(|one| one.id == "never_reached").unwrap().blocked, Some(needs));
        walk.wait(hours(5)).take("contact.no_answer", json!({ "channel": "phone" }));
    }
    assert_eq!(state(&walk).count(&smadit, "contact", None), 3);
    assert_eq!(state(&walk).count(&smadit, "contact", Some("reached")), 0);
    assert_eq!(walk.take("close.never_reached", json!({})).closed.unwrap().closing, "never_reached");
}

#[test]
fn the_clock_of_attempts_restarts_and_the_first_start_of_contact_is_kept() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    walk.wait(hours(2)).take("contact.no_answer", json!({ "channel": "phone" }));
    walk.wait(hours(3)).take("contact.wrong_number", json!({ "channel": "phone" }));
    assert_eq!(state(&walk).clock("next_attempt").unwrap().started_at, noon() + hours(5));
    let moved = json!({ "new_municipality": "1081", "reroute_reason": "lives_elsewhere" });
    let decision = walk.wait(hours(1)).take("reroute.moved_on", moved);
    let [handover] = &decision.handovers[..] else { panic!("{:?}", decision.handovers) };
    assert_eq!(handover.residence_from.as_deref(), Some("1081"));
    assert!(handover.releases_sender);
    let run = decision.state.clock("first_contact").unwrap();
    assert_eq!((run.started_at, run.stopped_at), (noon(), None));
    let decision = walk.wait(hours(4)).take("contact.reached", json!({ "channel": "phone" }));
    assert_eq!(decision.state.open_clocks().count(), 0);
    let counted = contributions(&smadit, &decision.state);
    assert_eq!(counted[&Contribution::Hours { clock: "first_contact".into(), bucket: 10 }], 1);
    assert_eq!(counted[&Contribution::Measure("in_time".into())], 1);
}

#[test]
fn whoever_a_case_is_sent_on_to_has_a_time_for_the_contact_of_its_own() {
    for (method, limit) in [(smadit(), 36), (method(&[SMADIT, BLEKINGE]), 24)] {
        let mut walk = Walk::new(&method);
        walk.offer("accepted", json!({}));
        walk.wait(hours(2)).take("contact.reached", json!({ "channel": "phone" }));
        let reached = contributions(&method, &state(&walk));
        let moved = json!({ "new_municipality": "1081", "reroute_reason": "lives_elsewhere" });
        let sent_on = walk.wait(hours(50)).take("reroute.moved_on", moved.clone()).state;
        let open: Vec<_> = sent_on.open_clocks().collect();
        let [run] = &open[..] else { panic!("{open:?}") };
        assert_eq!((run.clock.as_str(), run.party.as_str()), ("contact_after_move", "receiver"));
        assert_eq!((run.started_at, run.due_at), (noon() + hours(52), noon() + hours(52 + limit)));
        assert!(run.warn_at.is_some_and(|warn| warn < run.due_at));
        let again = walk.wait(hours(1)).take("reroute.moved_on", moved).state;
        assert_eq!(
            again.clock("contact_after_move").unwrap().started_at,
            noon() + hours(53),
            "each receiver has its own"
        );
        let state = walk.wait(hours(3)).take("contact.booked", json!({ "channel": "phone" })).state;
        assert_eq!(state.open_clocks().count(), 0);
        let counted = contributions(&method, &state);
        let more: Vec<_> = counted.keys().filter(|one| !reached.contains_key(one)).collect();
        let expected = ["moved", "tried_again"].map(|id| Contribution::Measure(id.into()));
        assert_eq!(more, expected.iter().collect::<Vec<_>>(), "no second first contact is counted by it");
    }
}

#[test]
fn a_restarting_clock_runs_anew_after_it_was_stopped() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    walk.take("contact.no_answer", json!({ "channel": "phone" }));
    walk.wait(hours(1)).take("contact.booked", json!({ "channel": "phone" }));
    assert!(state(&walk).clock("next_attempt").unwrap().met);
    let state = walk.wait(hours(48)).take("talk.no_show", json!({})).state;
    let run = state.clock("next_attempt").unwrap();
    assert_eq!((run.started_at, run.stopped_at, run.met), (noon() + hours(49), None, false));
}

/// SMADIT with something changed in its file.
fn changed(find: &str, put: &str) -> Method {
    assert!(SMADIT.text.contains(find), "{find}");
    method(&[Source { name: "changed.toml", text: &SMADIT.text.replacen(find, put, 1) }])
}

#[test]
fn a_clock_that_does_not_restart_counts_from_its_first_start() {
    let both = "starts = [\"offer.accepted\", \"answer.accepted\"]";
    let also_rerouted = "starts = [\"offer.accepted\", \"answer.accepted\", \"reroute.moved_on\"]";
    let method = changed(both, also_rerouted);
    let mut walk = Walk::new(&method);
    walk.offer("accepted", json!({}));
    let moved = json!({ "new_municipality": "1081", "reroute_reason": "lives_elsewhere" });
    let state = walk.wait(hours(9)).take("reroute.moved_on", moved).state;
    assert_eq!(state.clock("first_contact").unwrap().started_at, noon());
}

#[test]
fn a_clock_that_stops_at_its_limit_is_met_in_time() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    let on_time = walk.wait(hours(36)).take("contact.reached", json!({ "channel": "phone" })).state;
    assert!(on_time.clock("first_contact").unwrap().met_in_time());
    walk.wait(SignedDuration::from_secs(1));
    let late = Attempt {
        at: Some(walk.now),
        corrects: Some(2),
        ..walk.attempt("contact.reached", answers(json!({ "channel": "phone" })))
    };
    assert!(!walk.record(late).unwrap().state.clock("first_contact").unwrap().met_in_time());
}

#[test]
fn an_optional_step_does_not_keep_a_case_on_the_work_list() {
    let receive = "by = \"receiver\"\nduring = [\"to_contact\"]\noptional = true";
    let method = changed(receive, &receive.replacen("receiver", "detector", 1));
    let mut walk = Walk::new(&method);
    let state = walk.offer("accepted", json!({})).state;
    assert!(!state.waits_for(&method, "detector"));
    assert!(state.available(&method, "detector").iter().any(|one| one.step == "receive"), "it can still be taken");
}

#[test]
fn a_step_that_does_not_repeat_is_taken_once() {
    let repeats = "optional = true\nrepeats = true\nseen_by = [\"detector\", \"receiver\"]\n\n[[step.outcome]]\nid = \"received\"";
    let once =
        "optional = true\nseen_by = [\"detector\", \"receiver\"]\n\n[[step.outcome]]\nstays = true\nid = \"received\"";
    let method = changed(repeats, once);
    let mut walk = Walk::new(&method);
    walk.offer("accepted", json!({}));
    walk.take("receive.received", json!({}));
    let refused = not_now(walk.decide(walk.attempt("receive.received", Values::new())));
    let NotNow::AlreadyTaken { tried, possible } = refused else { panic!("{refused:?}") };
    assert_eq!(tried, "receive");
    assert!(possible.contains(&"contact".to_owned()) && !possible.contains(&tried), "{possible:?}");
    assert!(!state(&walk).available(&method, "receiver").iter().any(|one| one.step == "receive"));
}

#[test]
fn closing_stops_a_clock_without_meeting_it() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    let state = walk.wait(hours(1)).take("close.moved", json!({})).state;
    let run = state.clock("first_contact").unwrap();
    assert_eq!((run.stopped_at, run.met, run.met_in_time()), (Some(noon() + hours(1)), false, false));
    let counted = contributions(&smadit, &state);
    assert!(!counted.contains_key(&Contribution::Measure("in_time".into())));
    assert!(!counted.keys().any(|one| matches!(one, Contribution::Hours { .. })));
}

#[test]
fn late_contact_is_reached_and_not_in_time_and_the_last_bucket_holds_the_rest() {
    let smadit = smadit();
    let mut walk = Walk::new(&smadit);
    walk.offer("accepted", json!({}));
    let state = walk.wait(hours(1000)).take("contact.reached", json!({ "channel": "letter" })).state;
    let counted = contributions(&smadit, &state);
    assert!(counted.contains_key(&Contribution::Measure("reached".into())));
    assert!(!counted.contains_key(&Contribution::Measure("in_time".into())));
    assert!(counted.contains_key(&Contribution::Hours { clock: "first_contact".into(), bucket: 240 }));
}

#[test]
fn before_the_first_step_those_that_begin_are_there() {
    let concern = concern();
    let state = State::replay(&concern, &[], noon()).unwrap();
    let begin = state.available(&concern, "reporter");
    assert_eq!(begin.iter().map(|one| one.step.as_str()).collect::<Vec<_>>(), ["question", "report"]);
    let begin = state.available(&concern, "reception");
    assert_eq!(begin.iter().map(|one| one.step.as_str()).collect::<Vec<_>>(), ["received", "sibling"]);
    assert_eq!((state.stage.as_deref(), state.standing()), (None, Standing::Calm));
}

#[test]
fn the_reporter_sees_the_answer_and_nothing_else_of_the_reception() {
    let concern = concern();
    let seen = |step: &str| concern.step(step).unwrap().seen_by.contains(&"reporter".to_owned());
    assert_eq!((seen("protection"), seen("decision"), seen("inquiry")), (false, false, false));
    assert!(seen("feedback") && seen("feedback_opened"));
    for stage in ["to_assess", "pre_assessment", "inquiry", "follow_up", "to_answer_reporter"] {
        assert!(concern.stage(stage).unwrap().outside.is_some(), "{stage}");
    }
}

#[test]
fn the_receiver_sees_neither_the_offence_nor_the_children() {
    let smadit = smadit();
    for field in &smadit.step("offer").unwrap().fields {
        let detector_only = ["offence", "place", "not_asked_reason", "declined_info"].contains(&field.id.as_str())
            || field.id.starts_with("children");
        assert_eq!(field.seen_by.contains(&"receiver".to_owned()), !detector_only, "{}", field.id);
    }
}

#[test]
fn the_county_variant_asks_one_more_and_waits_24_hours() {
    let variant = method(&[SMADIT, BLEKINGE]);
    let clock = variant.clock("first_contact").unwrap();
    assert_eq!((clock.limit, clock.warn), (chain::Limit::Hours(24), Some(chain::Limit::Hours(12))));
    assert_eq!(clock.name.sv, "Första kontakt");
    assert!(clock.histogram);
    assert_eq!(variant.party("receiver").unwrap().kinds[0], "addiction_care");
    let mut walk = Walk::new(&variant);
    let decision = walk.offer("accepted", json!({ "sobering_up": true }));
    assert_eq!(decision.state.clock("first_contact").unwrap().due_at, noon() + hours(24));
    let (smadit, base) = (smadit(), Values::from_iter([("sobering_up".to_owned(), json!(true))]));
    let walk = Walk::new(&smadit);
    let wrong = problems(walk.decide(walk.attempt("offer.accepted", {
        let mut all = offer(json!({}));
        all.extend(base);
        all
    })));
    assert_eq!(wrong, [("sobering_up".to_owned(), "unknown")]);
}

#[test]
fn every_end_of_the_core_process_exists() {
    let smadit = smadit();
    for closing in [
        "declined",
        "lapsed",
        "never_asked",
        "never_reached",
        "declined_later",
        "already_in_care",
        "talk_only",
        "moved",
        "deceased",
        "other",
        "completed",
        "ended_early",
        "referred",
    ] {
        assert!(smadit.closing(closing).is_some(), "{closing}");
    }
    assert_eq!(smadit.flow, ["suspected", "offered", "accepted", "reached", "talk", "started"]);
}

#[test]
fn problems_have_sentences_in_both_languages() {
    for problem in [
        Problem::Missing,
        Problem::NotAsked,
        Problem::Unknown { nearest: None },
        Problem::Unknown { nearest: Some("channel".into()) },
        Problem::WrongType { expected: "integer" },
        Problem::NotAnOption { options: vec!["a".into(), "b".into()] },
        Problem::Twice,
        Problem::NotWithOthers { name: chain::text::Text { sv: "Inga".into(), en: "None".into() } },
        Problem::TooSmall { min: 1 },
        Problem::TooLarge { max: 20 },
        Problem::TooLong { max: 120 },
        Problem::NotATime,
        Problem::NotAMunicipality,
    ] {
        let (sv, en) = (problem.sentence(Lang::Sv), problem.sentence(Lang::En));
        assert!(sv != en && sv.ends_with(['.', '?']) && en.ends_with(['.', '?']), "{sv} {en}");
    }
}
