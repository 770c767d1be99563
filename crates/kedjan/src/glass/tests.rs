//! That a broken glass shows for a while what the authority has, changes nothing, and is always asked about.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use serde_json::json;

use super::Wanted;
use crate::app::Actor;
use crate::refusal::Refused;
use crate::testing::{World, in_each, refused};

const WORDS: &str = "En granne ringde jouren om barnen i natt.";

fn wanted(code: &str) -> Wanted {
    Wanted { code: code.to_owned(), cause: "child".into(), words: WORDS.into() }
}

fn broken(world: &World, actor: &Actor, wanted: Wanted) -> Result<uuid::Uuid, crate::app::Stop> {
    world.run(actor, move |tx, cx| Ok(super::break_glass(tx, cx, wanted.clone())?.id))
}

#[test]
fn a_broken_glass_shows_the_case_for_some_hours_and_changes_nothing() {
    in_each(|world| {
        let code = world.accepted();
        assert!(matches!(refused(world.view(&world.youth, &code).unwrap_err()), Refused::NotFound));
        broken(world, &world.youth, wanted(&code)).unwrap();
        let seen = world.view(&world.youth, &code).unwrap();
        assert_eq!(seen.person.name, "Kim Testsson");
        assert_eq!(seen.glass_until, Some(world.now() + super::LASTS));
        assert!(seen.next.is_empty() && !seen.may_disclose, "to look is all");
        let step = world.step(&world.youth, &code, "contact", "no_answer", json!({ "channel": "phone" }));
        assert!(matches!(refused(step.unwrap_err()), Refused::Forbidden));
        let colleague = Actor { id: uuid::Uuid::new_v4(), ..world.youth.clone() };
        assert!(world.view(&colleague, &code).is_err(), "it is broken for one person");
        world.pass(5);
        assert!(matches!(refused(world.view(&world.youth, &code).unwrap_err()), Refused::NotFound));
    });
}

#[test]
fn no_glass_is_broken_over_the_border_of_the_authority_and_the_attempt_is_in_the_log() {
    in_each(|world| {
        let code = world.accepted();
        let records = |org| world.app.store.read_blocking(move |tx| crate::audit::page(tx, org, 1, 1000)).unwrap();
        let before = records(world.ronneby.org).len();
        assert!(matches!(refused(broken(world, &world.ronneby, wanted(&code)).unwrap_err()), Refused::NotFound));
        assert!(matches!(refused(world.view(&world.ronneby, &code).unwrap_err()), Refused::NotFound));
        let after = records(world.ronneby.org);
        assert_eq!(after.len(), before + 2);
        assert_eq!((after[before].action.as_str(), after[before].object.as_str()), ("break_glass", "unknown"));
        assert!(matches!(refused(broken(world, &world.officer, wanted(&code)).unwrap_err()), Refused::Forbidden));
    });
}

#[test]
fn all_that_is_wrong_with_a_reason_is_said_at_once() {
    in_each(|world| {
        let wrong = Wanted { code: "x".into(), cause: "curious".into(), words: "kort".into() };
        match refused(broken(world, &world.youth, wrong).unwrap_err()) {
            Refused::Fields(issues) => {
                let at: Vec<&str> = issues.iter().map(|i| i.pointer.as_str()).collect();
                assert_eq!(at, ["/code", "/cause", "/words"]);
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_withdrawn_consent_ends_what_a_broken_glass_shows_too() {
    in_each(|world| {
        let code = world.accepted();
        broken(world, &world.youth, wanted(&code)).unwrap();
        let consent = world.view(&world.receiver, &code).unwrap().consents[0].id;
        world
            .run(&world.receiver, move |tx, cx| {
                crate::consents::withdraw(tx, cx, consent)?;
                Ok(())
            })
            .unwrap();
        assert!(matches!(refused(world.view(&world.youth, &code).unwrap_err()), Refused::NotFound));
    });
}
