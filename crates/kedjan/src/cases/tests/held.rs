//! A case is never out of everybody's hands, and a withdrawal is never refused.

use jiff::SignedDuration;
use serde_json::json;

use super::spoken;
use crate::consents::{self, HOLDS};
use crate::people::Identity;
use crate::refusal::Refused;
use crate::testing::{World, in_each, offer, person, refused};

fn outlive_the_consent(world: &World) {
    world.app.clock.set(world.now() + HOLDS + SignedDuration::from_mins(1));
}

#[test]
fn a_case_whose_consent_has_run_out_waits_for_a_new_one_with_who_made_it() {
    in_each(|world| {
        let code = world.accepted();
        outlive_the_consent(world);
        assert_eq!(world.list(&world.receiver, "open").counts.open, 0);
        assert!(matches!(refused(world.view(&world.receiver, &code).unwrap_err()), Refused::NotFound));
        let line = &world.list(&world.officer, "open").lines[0];
        assert_eq!(line.code, code, "the one who made it has it on the list again");
        let number = code.clone();
        world
            .run(&world.officer, move |tx, cx| {
                consents::give(tx, cx, &number, &spoken())?;
                Ok(())
            })
            .unwrap();
        assert_eq!(world.list(&world.receiver, "open").counts.open, 1);
        world.step(&world.receiver, &code, "contact", "no_answer", json!({ "channel": "phone" })).unwrap();
    });
}

#[test]
fn a_consent_is_withdrawn_also_where_the_method_has_no_step_for_it() {
    in_each(|world| {
        let code = world.offer("undecided", json!({}), person(1));
        let number = code.clone();
        let id = world.run(&world.officer, move |tx, cx| Ok(consents::give(tx, cx, &number, &spoken())?.0.id)).unwrap();
        world
            .run(&world.officer, move |tx, cx| {
                consents::withdraw(tx, cx, id)?;
                Ok(())
            })
            .unwrap();
        assert!(world.view(&world.officer, &code).unwrap().consents[0].withdrawn_at.is_some());
        world.step(&world.officer, &code, "answer", "accepted", json!({})).unwrap();
        assert_eq!(world.list(&world.receiver, "open").counts.open, 0, "nothing is handed over on a withdrawn consent");
    });
}

#[test]
fn where_a_childs_report_goes_does_not_hang_on_the_age_of_the_adult() {
    in_each(|world| {
        let (org, unit) = (world.reception.org, world.reception.unit);
        let young_only = crate::directory::Receives {
            place: "1082".into(),
            age_from: Some(0),
            age_to: Some(17),
            substances: Vec::new(),
        };
        let everywhere =
            crate::directory::Receives { place: "10".into(), age_from: None, age_to: None, substances: Vec::new() };
        world
            .app
            .store
            .write_blocking(move |tx| {
                crate::directory::sql::replace_receives(tx, org, unit, &[young_only.clone(), everywhere.clone()])
            })
            .unwrap();
        let today = crate::web::format::local(testkit::clock()).date();
        let adult = (0..testkit::test_pins().len())
            .map(person)
            .find(|p| p.identity.as_ref().and_then(|i: &Identity| i.age_on(today)).is_some_and(|age| age > 30))
            .unwrap();
        let begin = offer("declined", json!({ "children": "yes" }), adult);
        let code = world
            .run(&world.officer, move |tx, cx| Ok(crate::cases::begin(tx, cx, &begin, None)?.row.code.clone()))
            .unwrap();
        let report = world.view(&world.officer, &code).unwrap().opened[0].0.clone();
        let share = world
            .view(&world.reception, &report)
            .unwrap()
            .shares
            .into_iter()
            .find(|s| s.unit == "Mottagningen Karlshamn")
            .unwrap();
        assert!(!share.fallback, "{:?}", share.why);
    });
}
