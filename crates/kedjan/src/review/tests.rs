//! That looks which stand out are drawn, that each is decided once with words, and never by the one who looked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::signals::{Facts, Look, Signal, drawn};
use crate::app::Actor;
use crate::glass::{self, Wanted};
use crate::refusal::Refused;
use crate::testing::{World, in_each, refused};

fn draw(world: &World) -> super::Drawn {
    world.run(&world.controller, |tx, cx| Ok(super::draw(tx, cx)?.into_inner())).unwrap()
}

fn waiting(world: &World) -> super::Entries {
    world.run(&world.controller, |tx, cx| Ok(super::entries(tx, cx, false, 0)?.into_inner())).unwrap()
}

fn decide(
    world: &World,
    actor: &Actor,
    id: Uuid,
    decision: &'static str,
    note: &'static str,
) -> Result<(), crate::app::Stop> {
    world.run(actor, move |tx, cx| {
        super::decide(tx, cx, id, decision, note)?;
        Ok(())
    })
}

#[test]
fn a_broken_glass_is_always_put_up_with_its_reason() {
    in_each(|world| {
        let code = world.accepted();
        let words = "Jouren fick ett samtal från skolan om barnet.";
        let wanted = Wanted { code, cause: "on_call".into(), words: words.into() };
        world.run(&world.youth, move |tx, cx| Ok(glass::break_glass(tx, cx, wanted.clone())?.id)).unwrap();
        let entries = waiting(world);
        assert_eq!((entries.open, entries.items[0].signal.as_str()), (1, "glass"));
        let id = entries.items[0].id;
        let opened = world.run(&world.controller, move |tx, cx| Ok(super::entry(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!(opened.reason, Some(("on_call".to_owned(), words.to_owned())));
        assert_eq!((opened.record.action.as_str(), opened.record.actor), ("break_glass", world.youth.id));
    });
}

#[test]
fn chance_draws_among_what_was_opened_and_nothing_is_drawn_twice() {
    in_each(|world| {
        for _ in 0..4 {
            let code = world.accepted();
            world.view(&world.receiver, &code).unwrap();
            world.view(&world.officer, &code).unwrap();
        }
        let first = draw(world);
        assert!(first.read >= 4 && first.drawn >= 3 && !first.more, "{first:?}");
        assert_eq!(waiting(world).open, first.drawn);
        assert_eq!(draw(world).drawn, 0, "what was drawn is drawn once");
        assert!(super::round(&world.app).unwrap() > 0, "the other authorities' time has come");
        assert_eq!(super::round(&world.app).unwrap(), 0, "and not again the same week");
    });
}

#[test]
fn a_decision_is_made_once_with_words_and_never_by_the_one_who_looked() {
    in_each(|world| {
        let code = world.accepted();
        world.view(&world.receiver, &code).unwrap();
        draw(world);
        let id = waiting(world).items[0].id;
        match refused(decide(world, &world.controller, id, "wrong", " ").unwrap_err()) {
            Refused::Fields(issues) => assert_eq!(issues[0].pointer, "/note"),
            other => panic!("{other:?}"),
        }
        let looker = Actor { id: world.receiver.id, ..world.controller.clone() };
        assert!(matches!(refused(decide(world, &looker, id, "right", "").unwrap_err()), Refused::Forbidden));
        decide(world, &world.controller, id, "wrong", "Chefen är underrättad.").unwrap();
        let again = refused(decide(world, &world.controller, id, "right", "").unwrap_err());
        assert!(matches!(again, Refused::Decided));
        let opened = world.run(&world.controller, move |tx, cx| Ok(super::entry(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!(opened.note.as_deref(), Some("Chefen är underrättad."));
        assert_eq!(opened.entry.decision.as_deref(), Some("wrong"));
        let elsewhere = world.run(&world.police_controller, move |tx, cx| Ok(super::entry(tx, cx, id)?.into_inner()));
        assert!(matches!(elsewhere.map(|_| ()).map_err(refused), Err(Refused::NotFound)));
    });
}

/// Each pattern planted among ordinary looks is drawn, and the ordinary looks are not.
#[test]
fn each_planted_pattern_is_drawn_and_ordinary_work_is_not() {
    let noon: Timestamp = "2026-11-23T11:00:00Z".parse().unwrap();
    let ids: Vec<Uuid> = (1..=200).map(Uuid::from_u128).collect();
    let mut facts = BTreeMap::new();
    for (nr, person) in ids.iter().enumerate().take(100) {
        facts.insert(*person, Facts { surname: Some(format!("namn{nr}")), street: Some(format!("gatan {nr}")) });
    }
    let mut seq = 0;
    let mut look = |actor: Uuid, person: usize, action: &str, allowed: bool, at: Timestamp| {
        seq += 1;
        Look {
            seq,
            at,
            actor,
            unit: ids[0],
            role: "receiver".into(),
            action: action.into(),
            object: format!("CASE{person}"),
            allowed,
            policy: String::new(),
            person: allowed.then(|| ids[person]),
        }
    };
    let mut looks = Vec::new();
    // Ordinary: ten workers who each open eight cases and do something.
    for (nr, worker) in ids[150..160].iter().enumerate() {
        looks.extend((0..8).map(|person| look(*worker, nr * 8 + person, "see_case", true, noon)).collect::<Vec<_>>());
        looks.push(look(*worker, nr * 8, "record_step", true, noon));
    }
    assert!(drawn(&looks, &BTreeMap::new(), &facts).is_empty());

    let (own, idle, night, curious, neighbour) = (ids[170], ids[171], ids[172], ids[173], ids[174]);
    facts.insert(ids[101], Facts { surname: Some("testsson".into()), street: None });
    for person in &ids[110..113] {
        facts.insert(*person, Facts { surname: None, street: Some("storgatan karlshamn".into()) });
    }
    looks.push(look(own, 101, "see_case", true, noon));
    looks.extend((0..12).map(|person| look(idle, person, "see_case", true, noon)).collect::<Vec<_>>());
    looks.push(look(night, 5, "see_case", true, noon + SignedDuration::from_hours(12)));
    looks.extend((0..5).map(|person| look(curious, person, "see_case", false, noon)).collect::<Vec<_>>());
    looks.extend((110..113).map(|person| look(neighbour, person, "see_case", true, noon)).collect::<Vec<_>>());
    let surnames = BTreeMap::from([(own, "testsson".to_owned()), (idle, "testsson".to_owned())]);
    let mut found: Vec<Signal> = drawn(&looks, &surnames, &facts).into_iter().map(|(_, signal)| signal).collect();
    found.sort();
    assert_eq!(found, [Signal::OwnName, Signal::Neighbours, Signal::NothingDone, Signal::Night, Signal::Denied]);
}
