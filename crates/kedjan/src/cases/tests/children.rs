//! Reports of concern and custodies through the product: what one opens in the other, each child by itself, and what the
//! reporter learns.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::Actor;
use crate::cases::{Begin, CaseView};
use crate::people::NewPerson;
use crate::refusal::Refused;
use crate::testing::{World, in_each, new_step, person, refused};

fn begin(
    world: &World,
    by: &Actor,
    method: &str,
    (step, outcome): (&str, &str),
    fields: Value,
    who: NewPerson,
) -> String {
    let begin = Begin { method: method.into(), person: who, step: new_step(step, outcome, fields) };
    world.run(by, move |tx, cx| Ok(crate::cases::begin(tx, cx, &begin, None)?.row.code.clone())).unwrap()
}

fn custody(world: &World, more: &Value) -> String {
    let mut fields = json!({
        "event_municipality": "1082", "reason": "helpless", "substance": "alcohol", "under_18": false, "children": "no",
    });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    begin(world, &world.officer, "lob", ("custody", "taken"), fields, person(0))
}

fn report(world: &World, outcome: &str, more: &Value) -> String {
    let mut fields = json!({ "event_municipality": "1082" });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    begin(world, &world.officer, "concern", ("report", outcome), fields, person(0))
}

fn assessed(world: &World, code: &str) {
    world.step(&world.reception, code, "protection", "no_immediate_need", json!({ "repeat_report": "no" })).unwrap();
}

fn due(view: &CaseView, clock: &str) -> Option<String> {
    view.clocks.iter().find(|c| c.id == clock && c.stopped_at.is_none()).map(|c| c.due_at.to_string())
}

fn value<'a>(view: &'a CaseView, field: &str) -> Option<&'a str> {
    view.timeline.iter().flat_map(|step| &step.fields).find(|f| f.id == field).map(|f| f.value.as_str())
}

#[test]
fn a_custody_reports_the_young_and_the_children_at_once_and_hands_over_on_consent_alone() {
    in_each(|world| {
        let code = custody(world, &json!({ "under_18": true, "children": "yes", "children_count": 1 }));
        assert_eq!(world.view(&world.officer, &code).unwrap().opened.len(), 2);
        assert_eq!(world.list(&world.reception, "open").counts.open, 2);
        let code = custody(world, &json!({}));
        world.pass(6);
        world.step(&world.officer, &code, "release", "home", json!({})).unwrap();
        assert_eq!(world.list(&world.receiver, "open").counts.open, 0, "the custody itself is told to nobody");
        let yes = json!({ "social_services_told": "with_consent", "consent": true });
        world.step(&world.officer, &code, "offer", "accepted", yes).unwrap();
        let seen = world.view(&world.receiver, &code).unwrap();
        let steps: Vec<&str> = seen.timeline.iter().map(|step| step.step.as_str()).collect();
        assert_eq!(steps, ["offer"], "what happened in custody stays with the police");
        assert_eq!(value(&seen, "social_services_told"), None);
        world.step(&world.receiver, &code, "contact", "booked", json!({ "channel": "phone" })).unwrap();
        world.step(&world.receiver, &code, "talk", "held", json!({ "led_to": "advice" })).unwrap();
        assert_eq!(world.list(&world.receiver, "closed").counts.closed, 1);
        assert!(crate::statistics::verify_all(&world.app, |_, _| {}).unwrap().is_empty());
    });
}

#[test]
fn who_reports_is_known_by_the_unit_and_cannot_be_said_otherwise() {
    in_each(|world| {
        let code = report(world, "sent", &json!({ "reporter_category": "private" }));
        let seen = world.view(&world.reception, &code).unwrap();
        assert_eq!(value(&seen, "reporter_category"), Some("Polismyndigheten eller Säkerhetspolisen"));
        let question = world.offer("declined", json!({ "children": "unknown" }), person(1));
        let question = world.view(&world.officer, &question).unwrap().opened[0].0.clone();
        let next = world.view(&world.officer, &question).unwrap().next;
        let asked: Vec<&str> = next[0].questions.iter().map(|q| q.id.as_str()).collect();
        assert!(asked.contains(&"cause") && !asked.contains(&"reporter_category"), "{asked:?}");
        world.step(&world.officer, &question, "find_out", "children", json!({ "children_count": 1 })).unwrap();
        let seen = world.view(&world.reception, &question).unwrap();
        assert_eq!(value(&seen, "reporter_category"), Some("Polismyndigheten eller Säkerhetspolisen"));
        // Where reports come in, it is asked.
        let fields = json!({ "reporter_category": "anonymous" });
        let code = begin(world, &world.reception, "concern", ("received", "taken_in"), fields, person(2));
        let seen = world.view(&world.reception, &code).unwrap();
        assert_eq!(value(&seen, "reporter_category"), Some("Okänd anmälare"));
        let bare =
            Begin { method: "concern".into(), person: person(3), step: new_step("received", "taken_in", json!({})) };
        let refused = refused(
            world
                .run(&world.reception, move |tx, cx| Ok(crate::cases::begin(tx, cx, &bare, None)?.row.code.clone()))
                .unwrap_err(),
        );
        assert!(matches!(refused, Refused::Fields(_)));
    });
}

#[test]
fn each_further_child_has_a_case_with_the_report_s_times_and_a_person_of_its_own() {
    in_each(|world| {
        let code = report(world, "sent", &json!({ "children_count": 3 }));
        let first = world.view(&world.reception, &code).unwrap();
        world.pass(3);
        let more = json!({ "more_children": 2, "event_municipality": "1082" });
        world.step(&world.reception, &code, "siblings", "begun", more).unwrap();
        let after = world.view(&world.reception, &code).unwrap();
        assert_eq!(after.opened.len(), 2);
        assert_eq!(world.list(&world.reception, "open").counts.open, 3);
        let mut people = vec![first.person_id];
        for (child, _) in &after.opened {
            let seen = world.view(&world.reception, child).unwrap();
            for clock in ["protection", "decision"] {
                assert_eq!(due(&seen, clock), due(&first, clock), "{clock}");
            }
            assert_eq!((seen.person.identity.as_deref(), seen.opened_from.as_deref()), (None, Some(code.as_str())));
            assert!(seen.same_person.is_empty());
            assert!(matches!(refused(world.view(&world.officer, child).unwrap_err()), Refused::NotFound));
            people.push(seen.person_id);
        }
        people.sort_unstable();
        people.dedup();
        assert_eq!(people.len(), 3, "each child is somebody else");
        assert!(crate::statistics::verify_all(&world.app, |_, _| {}).unwrap().is_empty());
    });
}

#[test]
fn a_repeated_report_is_seen_beside_the_earlier_ones() {
    in_each(|world| {
        let first = report(world, "sent", &json!({}));
        world.pass(24 * 30);
        let second = report(world, "sent", &json!({}));
        let seen = world.view(&world.reception, &second).unwrap();
        assert_eq!(seen.same_person, [(first, "Orosanmälan".to_owned())]);
        let other = report_about(world, 4);
        assert!(world.view(&world.reception, &other).unwrap().same_person.is_empty());
    });
}

fn report_about(world: &World, who: usize) -> String {
    let fields = json!({ "event_municipality": "1082" });
    begin(world, &world.officer, "concern", ("report", "sent"), fields, person(who))
}

#[test]
fn a_time_is_prolonged_with_its_reason_and_moves_on_the_list() {
    in_each(|world| {
        let code = report(world, "sent", &json!({}));
        assessed(world, &code);
        let before = world.view(&world.reception, &code).unwrap();
        let listed = world.list(&world.reception, "open").lines[0].due_at.unwrap();
        world.pass(24 * 12);
        let longer = json!({ "extension_days": 14, "extension_reason": "Familjen är bortrest." });
        world.step(&world.reception, &code, "extend_assessment", "extended", longer).unwrap();
        let after = world.view(&world.reception, &code).unwrap();
        let clock = |view: &CaseView| view.clocks.iter().find(|c| c.id == "decision").cloned().unwrap();
        assert_eq!((clock(&before).extended_days, clock(&after).extended_days), (0, 14));
        let moved = world.list(&world.reception, "open").lines[0].due_at.unwrap();
        assert_eq!(moved, clock(&after).due_at);
        assert!(moved >= listed + SignedDuration::from_hours(24 * 14 - 1), "an hour may go with summer time");
        world.pass(24 * 10);
        assert_eq!(world.list(&world.reception, "overdue").counts.overdue, 0, "within the longer time");
        world.pass(24 * 8);
        assert_eq!(world.list(&world.reception, "overdue").counts.overdue, 1);
    });
}

#[test]
fn the_reporter_may_ask_at_any_time_and_learns_no_more_than_the_feedback() {
    in_each(|world| {
        let code = report(world, "sent", &json!({}));
        assessed(world, &code);
        world.step(&world.reception, &code, "decision", "opened", json!({ "child_heard": false })).unwrap();
        assert_eq!(due(&world.view(&world.reception, &code).unwrap(), "feedback"), None, "nobody has asked");
        let seen = world.view(&world.officer, &code).unwrap();
        assert_eq!((seen.standing.as_str(), seen.timeline.len(), seen.clocks.len()), ("Anmält", 1, 0));
        world.pass(24 * 10);
        world.step(&world.officer, &code, "ask", "asked", json!({})).unwrap();
        let wanted = world.now() + SignedDuration::from_hours(24);
        assert_eq!(due(&world.view(&world.reception, &code).unwrap(), "feedback"), Some(wanted.to_string()));
        world.step(&world.reception, &code, "feedback_opened", "given", json!({})).unwrap();
        let seen = world.view(&world.officer, &code).unwrap();
        let steps: Vec<&str> = seen.timeline.iter().map(|step| step.step.as_str()).collect();
        assert_eq!((seen.standing.as_str(), steps), ("Anmält", vec!["report", "ask", "feedback_opened"]));
        world
            .step(&world.reception, &code, "inquiry", "measures", json!({ "measure_kinds": ["contact_person"] }))
            .unwrap();
        let seen = world.view(&world.officer, &code).unwrap();
        assert!(!seen.standing.contains("insats") && seen.timeline.len() == 3, "{}", seen.standing);
    });
}
