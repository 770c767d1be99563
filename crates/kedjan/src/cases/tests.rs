//! The chain through the product's own functions, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use jiff::SignedDuration;
use serde_json::json;

use super::ShareState;
use super::view::Waits;
use crate::consents::{self, NewConsent};
use crate::people::NewPerson;
use crate::refusal::Refused;
use crate::testing::{self, World, in_each, offer, person, refused};

mod children;
mod held;

fn spoken() -> NewConsent {
    NewConsent::spoken("sv")
}

#[test]
fn a_yes_with_consent_is_on_the_right_units_list_at_once_and_its_clock_runs() {
    in_each(|world| {
        let code = world.accepted();
        let list = world.list(&world.receiver, "open");
        assert_eq!(list.counts.open, 1);
        assert_eq!(list.lines[0].code, code);
        assert_eq!(list.lines[0].name, "Kim Testsson");
        assert_eq!(list.lines[0].due_at, Some(world.now() + SignedDuration::from_hours(36)));
        // The one who gave the offer has nothing more to do, and sees that it is handed over.
        assert_eq!(world.list(&world.officer, "open").counts, super::Counts { passed: 1, ..Default::default() });
        let seen = world.view(&world.officer, &code).unwrap();
        assert_eq!(seen.standing, "Överlämnat");
        assert!(seen.clocks.is_empty(), "the receiver's clock is the receiver's");
        // Others have nothing.
        for other in [&world.ronneby, &world.care, &world.youth] {
            assert_eq!(world.list(other, "open").counts, super::Counts::default());
            assert!(matches!(refused(world.view(other, &code).unwrap_err()), Refused::NotFound));
        }
    });
}

#[test]
fn the_chain_goes_from_the_roadside_to_support_and_the_officer_learns_only_that_it_was_received() {
    in_each(|world| {
        let code = world.accepted();
        let r = &world.receiver;
        world.step(r, &code, "receive", "received", json!({})).unwrap();
        world.pass(5);
        world.step(r, &code, "contact", "no_answer", json!({ "channel": "phone", "note": "Ingen svarade" })).unwrap();
        world.pass(20);
        world.step(r, &code, "contact", "reached", json!({ "channel": "phone" })).unwrap();
        world.pass(72);
        world.step(r, &code, "talk", "held", json!({})).unwrap();
        world.step(r, &code, "support", "started", json!({ "support_kind": "counselling" })).unwrap_or_else(|stop| {
            panic!("support could not start: {:?}", refused(stop));
        });
        world.step(r, &code, "finish", "completed", json!({})).unwrap();
        assert_eq!(world.list(r, "closed").counts.closed, 1);
        let own = world.view(r, &code).unwrap();
        assert_eq!(own.state, ShareState::Closed);
        assert_eq!(own.timeline.len(), 7);
        let note = own.timeline.iter().flat_map(|s| &s.fields).find(|f| f.id == "note").unwrap();
        assert_eq!(note.value, "Ingen svarade");
        let officer = world.view(&world.officer, &code).unwrap();
        let seen: Vec<&str> = officer.timeline.iter().map(|s| s.step.as_str()).collect();
        assert_eq!(seen, ["offer", "receive"], "no contact, no talk, no support is shown to the police");
        assert_eq!(officer.state, ShareState::Passed, "not even that it is closed");
        assert_eq!(officer.standing, "Överlämnat");
    });
}

#[test]
fn a_yes_without_consent_waits_with_the_officer_and_goes_on_when_the_consent_is_given() {
    in_each(|world| {
        let code = world.offer("accepted", json!({}), person(0));
        assert_eq!(world.list(&world.officer, "open").counts.open, 1);
        assert_eq!(world.view(&world.officer, &code).unwrap().waits, Some(Waits::Consent));
        assert_eq!(world.list(&world.receiver, "open").counts.open, 0);
        let began = world.now();
        world.pass(2);
        let number = code.clone();
        world.run(&world.officer, move |tx, cx| Ok(consents::give(tx, cx, &number, &spoken())?.into_inner())).unwrap();
        assert_eq!(world.list(&world.officer, "open").counts.open, 0);
        let line = &world.list(&world.receiver, "open").lines[0];
        assert_eq!(line.due_at, Some(began + SignedDuration::from_hours(36)), "the clock runs from the yes");
    });
}

#[test]
fn a_withdrawn_consent_ends_access_in_that_instant() {
    in_each(|world| {
        let code = world.accepted();
        let consent = world.view(&world.receiver, &code).unwrap().consents[0].clone();
        let id = consent.id;
        world.run(&world.receiver, move |tx, cx| Ok(consents::withdraw(tx, cx, id)?.into_inner())).unwrap();
        assert!(matches!(refused(world.view(&world.receiver, &code).unwrap_err()), Refused::NotFound));
        assert!(matches!(
            refused(
                world.step(&world.receiver, &code, "contact", "reached", json!({ "channel": "phone" })).unwrap_err()
            ),
            Refused::NotFound
        ));
        let list = world.list(&world.receiver, "open");
        assert_eq!((list.counts.open, list.lines.len()), (0, 0));
        let officer = world.view(&world.officer, &code).unwrap();
        assert_eq!(officer.standing, "Samtycket togs tillbaka");
        // Once is enough.
        let again = world.run(&world.officer, move |tx, cx| Ok(consents::withdraw(tx, cx, id)?.into_inner()));
        assert!(matches!(refused(again.unwrap_err()), Refused::ConsentOver));
    });
}

#[test]
fn a_consent_that_has_run_out_ends_access_and_leaves_the_list() {
    in_each(|world| {
        let code = world.accepted();
        world.pass(366 * 24);
        let list = world.list(&world.receiver, "open");
        assert_eq!((list.counts.open, list.lines.len()), (0, 0));
        assert!(matches!(refused(world.view(&world.receiver, &code).unwrap_err()), Refused::NotFound));
    });
}

#[test]
fn rerouting_to_the_home_municipality_keeps_the_first_start_and_lets_go() {
    in_each(|world| {
        let code = world.accepted();
        let due = world.list(&world.receiver, "open").lines[0].due_at;
        world.pass(10);
        let fields = json!({ "new_municipality": "1081", "reroute_reason": "lives_elsewhere" });
        world.step(&world.receiver, &code, "reroute", "moved_on", fields).unwrap();
        assert_eq!(world.list(&world.receiver, "open").counts.open, 0);
        assert!(matches!(refused(world.view(&world.receiver, &code).unwrap_err()), Refused::NotFound));
        let list = world.list(&world.ronneby, "open");
        assert_eq!(list.lines[0].due_at, due, "the clock began with the yes and goes on");
        assert_eq!(list.lines[0].name, "Kim Testsson");
    });
}

#[test]
fn the_child_question_opens_a_report_at_once_whatever_was_answered_otherwise() {
    in_each(|world| {
        for outcome in ["declined", "undecided"] {
            let extra = json!({ "children": "yes", "children_count": 2, "children_how": ["lives_with"], "children_note": "Två barn hemma" });
            let code = world.offer(outcome, extra, person(1));
            let officer = world.view(&world.officer, &code).unwrap();
            assert_eq!(officer.opened.len(), 1, "{outcome}");
            let report = &officer.opened[0].0;
            let reception = world.view(&world.reception, report).unwrap();
            assert_eq!(reception.method, "concern");
            assert_eq!(
                reception.shares.iter().find(|s| s.unit == "Mottagningen Karlshamn").unwrap().ground,
                "19 kap. 1 § SoL"
            );
            assert!(reception.clocks.iter().any(|c| c.stopped_at.is_none()), "at once is a clock too");
            assert!(reception.timeline[0].fields.iter().any(|f| f.value == "Två barn hemma"));
            // The adult's answer and the offer stay with those who have the offer.
            assert!(matches!(refused(world.view(&world.reception, &code).unwrap_err()), Refused::NotFound));
        }
        assert_eq!(world.list(&world.reception, "open").counts.open, 2);
    });
}

#[test]
fn an_unknown_answer_to_the_child_question_stays_with_the_officer_until_it_is_found_out() {
    in_each(|world| {
        let code = world.offer("declined", json!({ "children": "unknown" }), person(2));
        let report = world.view(&world.officer, &code).unwrap().opened[0].0.clone();
        assert_eq!(world.list(&world.officer, "open").lines[0].code, report);
        assert_eq!(world.list(&world.reception, "open").counts.open, 0);
        let next = world.view(&world.officer, &report).unwrap().next;
        assert!(next.iter().any(|a| a.step == "find_out"), "{:?}", next.iter().map(|a| &a.step).collect::<Vec<_>>());
    });
}

#[test]
fn a_refusal_stays_with_the_authority_that_gave_the_offer() {
    in_each(|world| {
        let code = world.offer("declined", json!({}), person(3));
        assert_eq!(world.view(&world.officer, &code).unwrap().shares.len(), 1);
        for other in [&world.receiver, &world.care, &world.other_officer] {
            assert!(matches!(refused(world.view(other, &code).unwrap_err()), Refused::NotFound));
        }
    });
}

#[test]
fn the_young_go_to_the_unit_for_the_young_and_the_unplaced_to_the_countys_fallback() {
    in_each(|world| {
        let today = crate::web::format::local(testkit::clock()).date();
        let young = (0..testkit::test_pins().len())
            .map(person)
            .find(|p| p.identity.as_ref().and_then(|i| i.age_on(today)).is_some_and(|age| (15..=20).contains(&age)));
        if let Some(young) = young {
            let code = world.offer("accepted", json!({ "consent": true }), young);
            assert!(world.view(&world.youth, &code).is_ok());
            assert!(world.view(&world.receiver, &code).is_err());
        } else {
            panic!("no official test number of the list is of the right age");
        }
        let mut far = person(0);
        far.contact.municipality = Some("2584".into());
        let code = world.offer("accepted", json!({ "consent": true }), far);
        let seen = world.view(&world.care, &code).unwrap();
        let share = seen.shares.iter().find(|s| s.unit == "Beroendemottagningen").unwrap();
        assert!(share.fallback, "a fallback is shown as such");
        assert!(!share.why.is_empty());
    });
}

#[test]
fn the_same_key_twice_is_the_same_step_once_and_another_request_under_it_is_refused() {
    in_each(|world| {
        let begin = offer("accepted", json!({ "consent": true }), person(0));
        let key = super::Idempotency::new("nyckel-1", b"the request");
        let send = |begin: &super::Begin, key: &super::Idempotency| {
            let (begin, key) = (begin.clone(), key.clone());
            world.run(&world.officer, move |tx, cx| Ok(super::begin(tx, cx, &begin, Some(&key))?.row.code.clone()))
        };
        let first = send(&begin, &key).unwrap();
        assert_eq!(send(&begin, &key).unwrap(), first);
        assert_eq!(world.list(&world.receiver, "open").counts.open, 1);
        let other = super::Idempotency::new("nyckel-1", b"another request");
        assert!(matches!(refused(send(&begin, &other).unwrap_err()), Refused::KeyReused));
    });
}

#[test]
fn a_stale_change_is_refused_and_changes_nothing() {
    in_each(|world| {
        let code = world.accepted();
        let etag = world.view(&world.receiver, &code).unwrap().etag;
        world.step(&world.receiver, &code, "contact", "no_answer", json!({ "channel": "phone" })).unwrap();
        let (number, new) = (code.clone(), testing::new_step("contact", "reached", json!({ "channel": "phone" })));
        let stale = world.run(&world.receiver, move |tx, cx| {
            super::step(tx, cx, &number, &new, Some(&etag), None)?;
            Ok(())
        });
        assert!(matches!(refused(stale.unwrap_err()), Refused::Stale { .. }));
        assert_eq!(world.view(&world.receiver, &code).unwrap().timeline.len(), 2);
    });
}

#[test]
fn a_wrong_step_says_what_holds_and_all_wrong_fields_are_said_at_once() {
    in_each(|world| {
        let code = world.accepted();
        let not_yet = refused(world.step(&world.receiver, &code, "finish", "completed", json!({})).unwrap_err());
        assert!(matches!(not_yet, Refused::NotNow { code: "wrong_stage", .. }), "{not_yet:?}");
        let alien = refused(world.step(&world.officer, &code, "contact", "reached", json!({})).unwrap_err());
        assert!(matches!(alien, Refused::NotNow { code: "wrong_party", .. }), "{alien:?}");
        let begin = offer(
            "accepted",
            json!({ "offence": "x", "substance": 3, "event_municipality": "99999", "children": "perhaps", "colour": 1 }),
            NewPerson::default(),
        );
        let wrong = world.run(&world.officer, move |tx, cx| Ok(super::begin(tx, cx, &begin, None)?.row.code.clone()));
        match refused(wrong.unwrap_err()) {
            Refused::Fields(issues) => {
                let at: Vec<&str> = issues.iter().map(|i| i.pointer.as_str()).collect();
                for field in ["offence", "substance", "event_municipality", "children", "colour"] {
                    assert!(at.contains(&format!("/step/fields/{field}").as_str()), "{field} in {at:?}");
                }
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(world.list(&world.officer, "passed").counts.passed, 1, "nothing was half done");
    });
}

#[test]
fn a_person_with_protected_identity_is_masked_in_list_and_case_and_still_reachable() {
    in_each(|world| {
        let protected = NewPerson { protected: true, ..person(4) };
        let code = world.offer("accepted", json!({ "consent": true }), protected);
        let line = &world.list(&world.receiver, "open").lines[0];
        assert!(line.protected);
        assert_eq!(line.name, "Skyddade personuppgifter");
        let seen = world.view(&world.receiver, &code).unwrap().person;
        assert_eq!(
            (seen.name.as_str(), seen.identity.as_deref(), seen.municipality.as_deref()),
            ("Skyddade personuppgifter", None, None)
        );
        assert_eq!(seen.phone.as_deref(), Some("070-174 06 05"), "the one who is to call sees how");
        assert_eq!(world.view(&world.officer, &code).unwrap().person.phone, None);
    });
}

#[test]
fn protection_is_taken_away_only_by_who_knows_who_it_is_and_what_is_left_empty_stays() {
    in_each(|world| {
        let code = world.offer("accepted", json!({ "consent": true }), NewPerson { protected: true, ..person(4) });
        let id = world.view(&world.receiver, &code).unwrap().person_id;
        let correct = |protected: bool, who: &'static str| {
            let new = NewPerson { protected, ..NewPerson::default() };
            world.run(&world.receiver, move |tx, cx| {
                crate::people::care::correct(tx, cx, id, &new, who)?;
                Ok(())
            })
        };
        let name = || world.view(&world.receiver, &code).unwrap().person.name;
        correct(true, "").unwrap();
        let seen = world.view(&world.receiver, &code).unwrap().person;
        assert_eq!(seen.phone.as_deref(), Some("070-174 06 05"), "a blank does not take the number away");
        for who in ["", "Kim", testkit::test_pins()[4]] {
            assert!(matches!(refused(correct(false, who).unwrap_err()), Refused::Fields(_)), "{who}");
        }
        assert_eq!(name(), "Skyddade personuppgifter");
        // A handover on consent gives no number, so the name is what the receiver knows.
        correct(false, "kim  testsson").unwrap();
        assert_eq!(name(), "Kim Testsson");
    });
}

#[test]
fn every_look_is_in_the_chain_of_the_authority_that_looked_and_the_chain_holds() {
    in_each(|world| {
        let code = world.accepted();
        let count = |world: &World, org| {
            world
                .app
                .store
                .read_blocking(move |tx| Ok::<_, crate::store::StoreError>(crate::audit::head(tx, org)?.unwrap().seq))
                .unwrap()
        };
        let before = count(world, world.receiver.org);
        let _ = world.list(&world.receiver, "open");
        let seen = world.view(&world.receiver, &code).unwrap();
        assert!(world.view(&world.reception, &code).is_err());
        assert_eq!(count(world, world.receiver.org), before + 3, "the list, the case and the refusal");
        let (org, id) = (world.receiver.org, seen.person_id);
        let (records, total) =
            world.app.store.read_blocking(move |tx| crate::audit::of_person(tx, org, id, i64::MAX, 10)).unwrap();
        assert_eq!(total, 2, "on the list and in the case");
        assert_eq!(records[0].action, "see_case");
        for org in [world.receiver.org, world.officer.org] {
            let verdict = world.app.store.read_blocking(move |tx| crate::audit::verify(tx, org)).unwrap();
            assert!(verdict.is_ok(), "{verdict:?}");
        }
    });
}

#[test]
fn mine_is_what_i_have_taken_on() {
    in_each(|world| {
        let code = world.accepted();
        let (number, me) = (code.clone(), world.receiver.id);
        world.run(&world.receiver, move |tx, cx| Ok(super::assign(tx, cx, &number, Some(me))?.etag())).unwrap();
        let filter = super::Filter { mine: true, ..Default::default() };
        let list = world.listed(&world.receiver, filter);
        assert_eq!((list.lines.len(), list.counts.mine, list.counts.listed), (1, 1, 1));
    });
}

#[test]
fn lists_are_paged_and_counted_exactly() {
    in_each(|world| {
        for _ in 0..7 {
            world.accepted();
        }
        world.pass(37);
        world.accepted();
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let filter = super::Filter { cursor, limit: Some(3), ..Default::default() };
            let page = world.listed(&world.receiver, filter);
            assert_eq!((page.counts.open, page.counts.overdue), (8, 7));
            seen.extend(page.lines.into_iter().map(|line| line.code));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((all, seen.len()), (8, 8), "each once");
        assert_eq!(world.list(&world.receiver, "overdue").lines.len(), 7);
    });
}

#[test]
fn a_correction_is_a_new_step_and_takes_back_what_it_corrects() {
    in_each(|world| {
        let code = world.accepted();
        world.step(&world.receiver, &code, "contact", "declined", json!({ "channel": "phone" })).unwrap();
        assert_eq!(world.view(&world.receiver, &code).unwrap().state, ShareState::Closed);
        let (number, mut new) = (code.clone(), testing::new_step("contact", "reached", json!({ "channel": "phone" })));
        new.corrects = Some(2);
        world.run(&world.receiver, move |tx, cx| Ok(super::step(tx, cx, &number, &new, None, None)?.etag())).unwrap();
        let seen = world.view(&world.receiver, &code).unwrap();
        assert_eq!((seen.state, seen.timeline.len()), (ShareState::Open, 3));
        assert_eq!(seen.timeline[1].corrected_by, Some(3));
        let differences = crate::statistics::verify_all(&world.app, |_, _| {}).unwrap();
        assert!(differences.is_empty(), "{differences:?}");
    });
}

#[test]
fn a_corrected_yes_takes_the_case_back_from_the_one_it_was_handed_to() {
    in_each(|world| {
        let code = world.accepted();
        let begin = offer("declined", json!({}), person(0));
        let (number, mut new) = (code.clone(), begin.step);
        new.corrects = Some(1);
        world.run(&world.officer, move |tx, cx| Ok(super::step(tx, cx, &number, &new, None, None)?.etag())).unwrap();
        assert!(matches!(refused(world.view(&world.receiver, &code).unwrap_err()), Refused::NotFound));
        let list = world.list(&world.receiver, "open");
        assert_eq!((list.counts.open, list.lines.len()), (0, 0));
        assert_eq!(world.list(&world.officer, "closed").counts.closed, 1);
    });
}

#[test]
fn a_case_that_comes_back_to_an_authority_is_read_there_as_before() {
    in_each(|world| {
        let extra = json!({ "consent": true, "reach_note": "Efter klockan 17" });
        let code = world.offer("accepted", extra, person(0));
        let to = |place: &str| json!({ "new_municipality": place, "reroute_reason": "lives_elsewhere" });
        world.step(&world.receiver, &code, "reroute", "moved_on", to("1081")).unwrap();
        world
            .step(&world.ronneby, &code, "contact", "no_answer", json!({ "channel": "phone", "note": "Flyttat hem" }))
            .unwrap();
        world.step(&world.ronneby, &code, "reroute", "moved_on", to("1082")).unwrap();
        let seen = world.view(&world.receiver, &code).unwrap();
        let texts: Vec<&str> = seen.timeline.iter().flat_map(|s| &s.fields).map(|f| f.value.as_str()).collect();
        assert!(texts.contains(&"Efter klockan 17") && texts.contains(&"Flyttat hem"), "{texts:?}");
    });
}

#[test]
fn what_is_wrong_in_a_body_is_told_by_what_was_expected_and_never_by_what_it_held() {
    use super::answer::StepBody;
    let pin = testkit::test_pins()[0];
    let told = |part: serde_json::Value| {
        let mut body = serde_json::json!({ "id": "offer", "outcome": "accepted" });
        body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        match super::api::parse::<StepBody>(body.to_string().as_bytes()) {
            Err(Refused::Malformed { detail }) => detail,
            other => panic!("{other:?}"),
        }
    };
    let said = told(serde_json::json!({ "corrects": "seven" }));
    assert!(said.ends_with(": expected u32"), "{said}");
    for part in [
        serde_json::json!({ "corrects": format!("expected {pin}") }),
        serde_json::json!({ "corrects": format!(", expected {pin}") }),
        serde_json::json!({ "at": format!(", expected {pin}") }),
        serde_json::json!({ format!("x`, expected {pin}"): 1 }),
        serde_json::json!({ "id": "a", "fields": format!("expected {pin} at line") }),
    ] {
        let said = told(part);
        assert!(!said.contains(pin) && said.starts_with("line 1, column "), "{said}");
    }
}
