//! Retention on both stores: what goes, what stays, and what is left of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::app::Actor;
use crate::http::tests::send;
use crate::people::NewPerson;
use crate::store::Location;
use crate::testing::{World, in_each, person, refused};
use crate::{args, sql as statement};

const YEAR: i64 = 366 * 24;

fn options() -> Options {
    Options { clock_is_right: true, by: "arkivarien".into(), ..Options::default() }
}

fn dry() -> Options {
    Options { dry_run: true, ..options() }
}

fn at(runs: &[AuthorityRun], actor: &Actor) -> AuthorityRun {
    runs.iter().find(|run| run.org == actor.org).unwrap().clone()
}

/// In Karlskrona nobody but the county's fallback receives: the addiction care.
fn from_karlskrona(nr: usize) -> NewPerson {
    let mut person = person(nr);
    person.contact.municipality = Some("1080".into());
    person
}

fn people_left(world: &World, org: Uuid) -> usize {
    world.app.store.read_blocking(|tx: &mut dyn Sql| sql::people_after(tx, org, Uuid::nil(), 100)).unwrap().len()
}

fn sound(world: &World) {
    assert!(crate::statistics::verify_all(&world.app, |_, _| {}).unwrap().is_empty());
    for actor in [&world.officer, &world.receiver, &world.care] {
        let org = actor.org;
        world.app.store.read_blocking(|tx: &mut dyn Sql| audit::verify(tx, org)).unwrap().unwrap();
    }
}

/// The sealed bytes of an authority's people and texts.
/// Words that people have written beside a case: why something was given out, and what a controller noted.
fn words_beside(world: &World, code: &str) {
    let wanted = crate::disclosures::Wanted {
        ground: "osl_10_15a".into(),
        kinds: vec!["event".into()],
        receiver_kind: "region".into(),
        receiver: "Beroendemottagningen".into(),
        words: "Efter samtal med jurist.".into(),
        ..Default::default()
    };
    let code = code.to_owned();
    world.run(&world.officer, move |tx, cx| Ok(crate::disclosures::disclose(tx, cx, &code, &wanted)?.id)).unwrap();
    let controller = &world.police_controller;
    world.view(&world.officer, &world.list(&world.officer, "closed").lines[0].code).unwrap();
    world.run(controller, |tx, cx| Ok(crate::review::draw(tx, cx)?.into_inner())).unwrap();
    world
        .run(controller, |tx, cx| {
            let entry = crate::review::entries(tx, cx, false, 0)?.items[0].id;
            crate::review::decide(tx, cx, entry, "asked", "Frågan är ställd.")?;
            Ok(())
        })
        .unwrap();
}

fn sealed(world: &World, org: Uuid) -> Vec<Vec<u8>> {
    world
        .app
        .store
        .read_blocking(|tx: &mut dyn Sql| {
            let mut all = Vec::new();
            for row in tx.rows(
                statement!(
                    "SELECT key_wrapped, name_sealed, identity_sealed, contact_sealed FROM person WHERE org_id = $1"
                ),
                &args![org],
            )? {
                for at in 0..4 {
                    all.extend(row.get::<Option<Vec<u8>>>(at)?);
                }
            }
            for row in tx.rows(statement!("SELECT sealed FROM step_text WHERE org_id = $1"), &args![org])? {
                all.push(row.get(0)?);
            }
            for row in tx.rows(statement!("SELECT digest FROM person_lookup WHERE org_id = $1"), &args![org])? {
                all.push(row.get(0)?);
            }
            let beside = [
                statement!("SELECT words_sealed FROM disclosure WHERE org_id = $1"),
                statement!("SELECT words_sealed FROM glass WHERE org_id = $1"),
                statement!("SELECT note_sealed FROM review WHERE org_id = $1"),
                statement!("SELECT second_sealed FROM consent WHERE org_id = $1"),
                statement!("SELECT note_sealed FROM consent WHERE org_id = $1"),
            ];
            for statement in beside {
                for row in tx.rows(statement, &args![org])? {
                    all.extend(row.get::<Option<Vec<u8>>>(0)?);
                }
            }
            Ok::<_, StoreError>(all)
        })
        .unwrap()
}

#[test]
fn each_authority_forgets_by_its_own_class_and_figures_and_logs_still_hold() {
    in_each(|world| {
        let code = world.offer("accepted", json!({ "consent": true }), from_karlskrona(0));
        world.step(&world.care, &code, "contact", "declined", json!({ "channel": "phone" })).unwrap();
        let figures = figures(world);
        world.pass(4 * YEAR);
        let runs = retention_of(world, &dry());
        assert!(runs.iter().all(|run| run.people == 0 && run.classes.is_empty()), "{runs:?}");
        world.pass(2 * YEAR);
        let runs = retention_of(world, &dry());
        let (police, region) = (at(&runs, &world.officer), at(&runs, &world.care));
        assert_eq!((police.people, police.classes.get("years_5"), police.receipt), (1, Some(&1), None));
        assert_eq!(region.people, 0);
        // A dry run erases nothing.
        assert_eq!(world.view(&world.officer, &code).unwrap().person.name, "Kim Testsson");

        let runs = retention_of(world, &options());
        let receipt = at(&runs, &world.officer).receipt.unwrap();
        assert_eq!((receipt.people, receipt.cases, receipt.consents, receipt.by.as_str()), (1, 1, 1, "arkivarien"));
        assert!(receipt.lookups >= 3 && receipt.digest.len() == 32);
        assert!(matches!(refused(world.view(&world.officer, &code).unwrap_err()), Refused::NotFound));
        assert_eq!(people_left(world, world.care.org), 1, "a health record is kept for ten years");
        let recorded = world
            .app
            .store
            .read_blocking(|tx: &mut dyn Sql| {
                let head = audit::head(tx, world.officer.org)?.unwrap();
                audit::page(tx, world.officer.org, 1, head.seq)
            })
            .unwrap();
        let erasure = recorded.iter().find(|record| record.action == "retention").unwrap();
        assert_eq!((erasure.object.clone(), erasure.people), (receipt.id.to_string(), 1));
        sound(world);
        assert_eq!(figures, self::figures(world));

        world.pass(5 * YEAR);
        let runs = retention_of(world, &options());
        assert_eq!(at(&runs, &world.care).classes.get("journal_10"), Some(&1));
        assert!(at(&runs, &world.officer).receipt.is_none(), "nobody is forgotten twice");
        assert_eq!(people_left(world, world.care.org), 0);
        sound(world);
    });
}

fn retention_of(world: &World, options: &Options) -> Vec<AuthorityRun> {
    run(&world.app, options).unwrap()
}

fn figures(world: &World) -> i64 {
    world
        .app
        .store
        .read_blocking(|tx: &mut dyn Sql| {
            tx.one(statement!("SELECT CAST(SUM(n) AS BIGINT) FROM tally WHERE n > $1"), &args![0_i64])?.get(0)
        })
        .unwrap()
}

#[test]
fn a_hold_an_open_case_and_a_newer_case_keep_a_person() {
    in_each(|world| {
        let held = world.offer("declined", json!({}), person(0));
        let open = world.offer("accepted", json!({ "consent": true }), person(1));
        let older = world.offer("declined", json!({}), person(2));
        world.pass(6 * YEAR);
        world.offer("declined", json!({}), person(2));
        let new = NewHold {
            code: held.clone(),
            reason: HoldReason::Legal,
            reference: "Dnr 2026-17".into(),
            by: "Kammarrätten".into(),
            until: Some(world.now() + jiff::SignedDuration::from_hours(24)),
        };
        world.run(&world.officer, move |tx, cx| hold(tx, cx, &new)).unwrap();
        let police = at(&retention_of(world, &options()), &world.officer);
        // The officer's own case is handed over, so nothing is left to do in it there; the receiver's is open.
        assert_eq!((police.held, police.other), (1, 1), "{police:?}");
        assert_eq!(at(&retention_of(world, &options()), &world.receiver).open, 1);
        assert_eq!(people_left(world, world.receiver.org), 1);
        world.view(&world.officer, &held).unwrap();
        world.view(&world.officer, &older).unwrap();
        let listed = world.app.store.read_blocking(|tx: &mut dyn Sql| sql::due(tx, world.receiver.org, 0, 10)).unwrap();
        assert_eq!((listed[0].code.clone(), listed[0].standing), (open, Standing::Open));

        let (code, stranger) = (held.clone(), held.clone());
        let none = world.run(&world.ronneby, move |tx, cx| release(tx, cx, &stranger, "x"));
        assert!(matches!(refused(none.unwrap_err()), Refused::NotFound), "not an authority that has had the case");
        let released = world.run(&world.officer, move |tx, cx| release(tx, cx, &code, "Kammarrätten")).unwrap();
        assert_eq!(released, 1);
        assert_eq!(at(&retention_of(world, &options()), &world.officer).people, 1);
        assert!(world.view(&world.officer, &held).is_err());
        sound(world);
    });
}

#[test]
fn a_hold_that_has_run_out_keeps_nobody() {
    in_each(|world| {
        let code = world.offer("declined", json!({}), person(0));
        world.pass(6 * YEAR);
        let new = NewHold {
            code,
            reason: HoldReason::Preserve,
            reference: "Dnr 1".into(),
            by: "Nämnden".into(),
            until: Some(world.now() + jiff::SignedDuration::from_hours(2)),
        };
        world.run(&world.officer, move |tx, cx| hold(tx, cx, &new)).unwrap();
        assert_eq!(at(&retention_of(world, &options()), &world.officer).people, 0);
        world.pass(3);
        assert_eq!(at(&retention_of(world, &options()), &world.officer).people, 1);
    });
}

#[test]
fn an_inquiry_keeps_a_child_s_papers_until_thirty() {
    in_each(|world| {
        let code = world.offer(
            "declined",
            json!({ "children": "yes", "children_how": ["guardian"], "children_count": 1 }),
            person(0),
        );
        let concern = world.view(&world.officer, &code).unwrap().opened[0].0.clone();
        world
            .step(&world.reception, &concern, "protection", "no_immediate_need", json!({ "repeat_report": "no" }))
            .unwrap();
        world.step(&world.reception, &concern, "decision", "opened", json!({ "child_heard": false })).unwrap();
        world.step(&world.reception, &concern, "feedback_opened", "given", json!({})).unwrap();
        world.step(&world.reception, &concern, "inquiry", "no_measures", json!({})).unwrap();
        world.pass(29 * YEAR);
        let run_before = at(&retention_of(world, &options()), &world.reception);
        assert_eq!(run_before.people, 0, "{run_before:?}");
        world.pass(3 * YEAR);
        let done = at(&retention_of(world, &options()), &world.reception);
        assert_eq!(done.classes.get("child_30"), Some(&1), "{done:?}");
    });
}

#[test]
fn nothing_of_who_was_forgotten_is_left_in_the_database() {
    in_each(|world| {
        for nr in 0..4 {
            world.offer("declined", json!({ "place": "Vid avfarten mot hamnen" }), person(nr));
        }
        words_beside(world, &world.list(&world.officer, "closed").lines[0].code);
        let before = sealed(world, world.officer.org);
        assert!(before.len() >= 4 * 5 + 2, "{}", before.len());
        let in_file = |wanted: &[u8]| {
            let Location::Sqlite(path) = &world.app.settings.database else { return false };
            let mut bytes = std::fs::read(path).unwrap();
            bytes.extend(std::fs::read(crate::store::ending_with(path, "-wal")).unwrap());
            bytes.windows(wanted.len()).any(|window| window == wanted)
        };
        if matches!(world.app.settings.database, Location::Sqlite(_)) {
            assert!(before.iter().all(|bytes| in_file(bytes)), "the search finds what is there");
        }
        world.pass(6 * YEAR);
        assert_eq!(at(&retention_of(world, &options()), &world.officer).people, 4);
        let after = sealed(world, world.officer.org);
        assert!(after.iter().all(Vec::is_empty), "only empty keys are left");
        assert!(!before.iter().any(|bytes| in_file(bytes)), "the file and its log hold none of it");
        sound(world);
    });
}

#[test]
fn a_clock_that_has_jumped_ahead_erases_nothing() {
    in_each(|world| {
        let code = world.offer("declined", json!({}), person(0));
        world.pass(6 * YEAR);
        let careful = Options { clock_is_right: false, ..options() };
        let refused = run(&world.app, &careful).unwrap_err();
        assert!(refused.to_string().contains("--clock-is-right"), "{refused}");
        world.view(&world.officer, &code).unwrap();
        run(&world.app, &options()).unwrap();
        world.pass(23);
        run(&world.app, &careful).unwrap();
        world.pass(25);
        assert!(matches!(run(&world.app, &careful), Err(RetentionError::Clock { .. })));
    });
}

#[test]
fn the_controller_sees_what_is_past_its_time_held_and_erased_and_no_name() {
    in_each(|world| {
        let held = world.offer("declined", json!({}), person(0));
        world.offer("declined", json!({}), person(1));
        world.pass(6 * YEAR);
        let code = held.clone();
        let new = NewHold {
            code,
            reason: HoldReason::Preserve,
            reference: "Dnr 4711".into(),
            by: "Arkivarien".into(),
            until: None,
        };
        world.run(&world.officer, move |tx, cx| hold(tx, cx, &new)).unwrap();
        let cookie = format!("kedjan={}", world.session(&world.police_controller));
        let get = |path: &str| {
            let request = Request::builder().uri(path).header("cookie", &cookie).body(Body::empty()).unwrap();
            let answer = send(world, request);
            assert_eq!(answer.status, 200, "{path}");
            assert!(!answer.body.contains("Testsson"), "{path}");
            answer.body
        };
        assert!(get("/retention").contains("Ingen gallring har körts än"));
        retention_of(world, &dry());
        let shown = crate::secrets::case_code_shown(&held);
        let page = get("/retention");
        assert!(page.contains(&shown) && page.contains("Gallras nästa gång") && page.contains("Hålls kvar"), "{page}");
        retention_of(world, &options());
        assert!(!get("/retention").contains("Gallras nästa gång</span>"));
        let holds = get("/retention/holds");
        assert!(holds.contains("Dnr 4711") && holds.contains("Bevarandebeslut") && holds.contains(&shown));
        let receipts = get("/retention/receipts?lang=en");
        assert!(receipts.contains("People: 1. Cases: 1.") && receipts.contains("arkivarien"), "{receipts}");
    });
}
