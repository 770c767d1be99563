//! Consent in full: who can give it, to what, until when, renewed, withdrawn in that instant, and kept as it was shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use uuid::Uuid;

use super::{Consent, NewConsent};
use crate::people::NewPerson;
use crate::refusal::Refused;
use crate::testing::{World, in_each, offer, person, refused};

/// Somebody of about this age without a number.
fn aged(years: i32) -> NewPerson {
    let this_year = i32::from(crate::web::format::local(testkit::clock()).year());
    NewPerson { birth_year: Some(this_year - years), identity: None, ..person(0) }
}

fn give(world: &World, code: &str, new: NewConsent) -> Result<Consent, crate::app::Stop> {
    let code = code.to_owned();
    world.run(&world.officer, move |tx, cx| Ok(super::give(tx, cx, &code, &new)?.0.clone()))
}

fn at(stop: crate::app::Stop) -> Vec<String> {
    match refused(stop) {
        Refused::Fields(issues) => issues.into_iter().map(|issue| issue.pointer).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_can_consent_goes_by_age_and_maturity() {
    in_each(|world| {
        let waits = |age| world.offer("accepted", json!({}), aged(age));
        let by = |giver: &str, note: Option<&str>| NewConsent {
            giver: giver.into(),
            note: note.map(str::to_owned),
            ..NewConsent::spoken("sv")
        };
        let (adult, youth, child) = (waits(30), waits(16), waits(12));
        assert_eq!(at(give(world, &adult, by("guardian", Some("x"))).unwrap_err()), ["/giver"]);
        assert_eq!(at(give(world, &youth, by("child", None)).unwrap_err()), ["/note"]);
        assert_eq!(at(give(world, &child, by("child", Some("mogen"))).unwrap_err()), ["/giver"]);
        assert_eq!(at(give(world, &child, by("guardian", None)).unwrap_err()), ["/note"]);
        give(world, &adult, by("self", None)).unwrap();
        give(world, &youth, by("child", Some("Förstår och kan berätta vad det innebär."))).unwrap();
        assert_eq!(give(world, &child, by("guardians", None)).unwrap().giver, "guardians");
    });
}

#[test]
fn who_is_young_says_yes_to_words_for_the_young_and_those_are_kept() {
    in_each(|world| {
        let code = world.offer("accepted", json!({}), aged(16));
        let form = |script: &str| {
            let request = axum::http::Request::builder()
                .uri(format!("/cases/{code}/consent?script={script}"))
                .header("cookie", format!("kedjan={}", world.session(&world.officer)));
            crate::http::tests::send(world, request.body(axum::body::Body::empty()).unwrap()).body
        };
        let shown = form("sv");
        assert!(shown.contains("När den unga själv samtycker") && shown.contains("Du bestämmer själv"), "{shown}");
        assert!(form("en").contains("You decide for yourself"));
        assert!(!form("ar").contains("data-when=\"giver=child\"><h2"), "a language without them has the adult's words");
        let new = NewConsent { giver: "child".into(), note: Some("Förstår.".into()), ..NewConsent::spoken("sv") };
        let given = give(world, &code, new).unwrap();
        let kept = world.run(&world.officer, move |tx, cx| super::kept(tx, cx, &given)).unwrap().unwrap();
        let words = kept.text.lines().filter(|line| shown.contains(*line)).count();
        assert!(
            kept.text.starts_with("Vi vill fråga dig om en sak.") && words >= 6,
            "what is kept is what was shown: {}",
            kept.text
        );
        assert!(!kept.text.contains("Jag är vuxen"));
        let by = NewConsent { giver: "guardians".into(), renews: true, ..NewConsent::spoken("sv") };
        let given = give(world, &code, by).unwrap();
        let kept = world.run(&world.officer, move |tx, cx| super::kept(tx, cx, &given)).unwrap().unwrap();
        assert!(kept.text.starts_with("Jag är vuxen"));
    });
}

#[test]
fn at_the_roadside_a_youth_is_judged_on_the_spot_and_a_child_waits_for_the_guardians() {
    in_each(|world| {
        let youth = world.offer("accepted", json!({ "consent": true }), aged(16));
        assert_eq!(world.view(&world.officer, &youth).unwrap().consents[0].giver, "child");
        let begin = offer("accepted", json!({ "consent": true }), aged(12));
        let refusal =
            world.run(&world.officer, move |tx, cx| Ok(crate::cases::begin(tx, cx, &begin, None)?.row.code.clone()));
        assert_eq!(at(refusal.unwrap_err()), ["/step/fields/consent"]);
        assert_eq!(world.list(&world.officer, "passed").counts.passed, 1, "nothing of it was recorded");
    });
}

#[test]
fn a_partial_consent_hands_over_what_it_names_and_no_more() {
    in_each(|world| {
        let code = world.offer("accepted", json!({}), person(0));
        let part = NewConsent { kinds: vec!["phone".into()], ..NewConsent::spoken("sv") };
        give(world, &code, part).unwrap();
        let seen = world.view(&world.receiver, &code).unwrap();
        assert_eq!(seen.person.phone.as_deref(), Some("070-174 06 05"));
        assert!(!seen.person.name.contains("Kim") && seen.person.identity.is_none());
        assert_eq!(seen.consents[0].kinds, ["phone"]);
    });
}

#[test]
fn a_consent_ends_with_its_last_day_and_a_year_ahead_at_most() {
    in_each(|world| {
        let code = world.offer("accepted", json!({}), person(0));
        let today = crate::web::format::local(world.now()).date();
        let until = |days: i32| NewConsent {
            until: Some(today.saturating_add(jiff::Span::new().days(days))),
            ..NewConsent::spoken("sv")
        };
        for wrong in [-1, 367] {
            assert_eq!(at(give(world, &code, until(wrong)).unwrap_err()), ["/until"]);
        }
        let given = give(world, &code, until(2)).unwrap();
        assert_eq!(crate::web::format::local(given.ends_at).date(), today.saturating_add(jiff::Span::new().days(3)));
        assert!(world.view(&world.receiver, &code).is_ok());
        world.pass(24 * 3 + 13);
        assert!(matches!(refused(world.view(&world.receiver, &code).unwrap_err()), Refused::NotFound));
    });
}

#[test]
fn a_renewed_consent_takes_the_place_of_the_one_in_force_and_the_receiver_goes_on() {
    in_each(|world| {
        let code = world.accepted();
        let again = NewConsent { renews: false, ..NewConsent::spoken("sv") };
        assert!(matches!(refused(give(world, &code, again).unwrap_err()), Refused::ConsentStands));
        world.pass(24 * 300);
        let renewed = give(world, &code, NewConsent { renews: true, ..NewConsent::spoken("sv") }).unwrap();
        world.pass(24 * 100);
        let seen = world.view(&world.receiver, &code).unwrap();
        let standing: Vec<Uuid> = seen.consents.iter().filter(|c| c.holds(world.now())).map(|c| c.id).collect();
        assert_eq!(standing, [renewed.id]);
        assert_eq!(seen.consents[0].replaced_by, Some(renewed.id));
    });
}

#[test]
fn the_text_that_was_shown_is_kept_with_its_scope_and_opens_for_the_one_who_took_it_alone() {
    in_each(|world| {
        let code = world.offer("accepted", json!({}), aged(16));
        let strokes = "M10 10L20 20";
        let new = NewConsent {
            giver: "guardians".into(),
            how: "signed".into(),
            signature: Some(strokes.into()),
            second_signature: Some("M1 1L2 2".into()),
            kinds: vec!["name".into(), "phone".into()],
            ..NewConsent::spoken("sv")
        };
        let consent = give(world, &code, new.clone()).unwrap();
        let (taken, shown) = (consent.clone(), new.clone());
        let (kept, text) = world
            .run(&world.officer, move |tx, cx| {
                Ok((super::kept(tx, cx, &taken)?.unwrap(), super::text(cx, &shown, taken.ends_at)))
            })
            .unwrap();
        assert_eq!(kept.text, text, "what is kept is what was shown");
        assert!(kept.text.contains("Namn, Telefonnummer") && kept.text.contains("Båda vårdnadshavarna"));
        assert_eq!(kept.signatures, [strokes, "M1 1L2 2"]);
        let elsewhere = world.run(&world.receiver, move |tx, cx| Ok(super::kept(tx, cx, &consent)?.is_none())).unwrap();
        assert!(elsewhere);
    });
}

#[test]
fn the_other_party_sees_that_a_consent_was_withdrawn_and_nobodys_data() {
    in_each(|world| {
        let code = world.accepted();
        let consent = world.view(&world.officer, &code).unwrap().consents[0].id;
        world
            .run(&world.officer, move |tx, cx| {
                super::withdraw(tx, cx, consent)?;
                Ok(())
            })
            .unwrap();
        let list = world.list(&world.receiver, "ended");
        assert_eq!((list.counts.ended, list.counts.listed), (1, 1));
        let line = &list.lines[0];
        assert_eq!((line.code.as_str(), line.name.contains("Kim")), (code.as_str(), false));
        assert!(line.stage.contains("amtyck"), "{}", line.stage);
    });
}

/// Readers race the one who withdraws: no look that begins after the withdrawal has been answered finds anything.
#[test]
fn no_look_that_begins_after_a_withdrawal_finds_anything() {
    in_each(|world| {
        for _ in 0..5 {
            let code = world.accepted();
            let consent = world.view(&world.officer, &code).unwrap().consents[0].id;
            let withdrawn = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let readers: Vec<_> = (0..4)
                    .map(|_| {
                        let (code, withdrawn) = (&code, &withdrawn);
                        scope.spawn(move || {
                            let (mut before, mut late) = (0, 0);
                            for _ in 0..200 {
                                let was_withdrawn = withdrawn.load(Ordering::SeqCst);
                                let found = world.view(&world.receiver, code).is_ok();
                                match (was_withdrawn, found) {
                                    (true, true) => late += 1,
                                    (true, false) => break,
                                    (false, _) => before += usize::from(found),
                                }
                            }
                            (before, late)
                        })
                    })
                    .collect();
                std::thread::sleep(std::time::Duration::from_millis(10));
                world
                    .run(&world.receiver, move |tx, cx| {
                        super::withdraw(tx, cx, consent)?;
                        Ok(())
                    })
                    .unwrap();
                withdrawn.store(true, Ordering::SeqCst);
                for reader in readers {
                    assert_eq!(reader.join().unwrap().1, 0, "a look after the withdrawal");
                }
            });
        }
    });
}
