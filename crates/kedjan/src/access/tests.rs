//! The policies themselves, and that the guard's refusals leave their record.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Action, Policies, Relation, Role};
use crate::refusal::Refused;
use crate::testing::{in_each, refused};

#[test]
fn the_shipped_policies_hold_against_their_schema() {
    Policies::shipped().unwrap();
}

#[test]
fn a_policy_that_names_what_does_not_exist_is_refused_with_the_reason() {
    let schema = include_str!("../../../../policies/kedjan.cedarschema");
    let wrong =
        "@id(\"x\") permit (principal, action == Action::\"see_case\", resource) when { resource.colour == \"red\" };";
    let Err(error) = Policies::parse(schema, wrong) else { panic!("the policy was taken") };
    assert!(error.to_string().contains("colour"), "{error}");
    let nameless = "permit (principal, action == Action::\"see_case\", resource);";
    assert!(Policies::parse(schema, nameless).is_err(), "a policy needs a name, which the record keeps as the ground");
}

/// The rules of the field, written by hand and not drawn from the policies: who may open a case at all.
#[test]
fn only_who_made_a_case_or_was_handed_it_on_a_ground_in_force_opens_it() {
    let policies = Policies::shipped().unwrap();
    let works = [Role::Officer, Role::Lead, Role::Receiver, Role::Care, Role::Reception, Role::School];
    for role in Role::ALL {
        for relation in
            [Relation::Made, Relation::Consent, Relation::Law, Relation::Glass, Relation::Ended, Relation::None]
        {
            let wanted = match relation {
                Relation::Ended | Relation::None => false,
                Relation::Glass => [Role::Receiver, Role::Care, Role::Reception].contains(&role),
                _ => works.contains(&role),
            };
            for protected in [false, true] {
                let decision = policies.decide(Action::SeeCase, role, relation, protected);
                assert_eq!(decision.allowed, wanted, "{role:?} {relation:?}");
            }
        }
    }
}

#[test]
fn figures_log_and_house_are_for_those_whose_work_it_is() {
    let policies = Policies::shipped().unwrap();
    let may = |action| -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| policies.decide(action, *role, Relation::None, false).allowed).collect()
    };
    assert_eq!(may(Action::SeeCounty), [Role::Lead, Role::Coordinator, Role::County]);
    assert_eq!(may(Action::SeeFeedback), [Role::Officer, Role::Lead]);
    assert_eq!(may(Action::VerifyAudit), [Role::Controller]);
    assert_eq!(may(Action::SeeRetention), [Role::Controller]);
    assert_eq!(may(Action::SeeAccesses), [Role::Controller]);
    assert_eq!(may(Action::ManageDirectory), [Role::Admin]);
    assert_eq!(may(Action::SearchPeople), [Role::Officer, Role::Receiver, Role::Care, Role::Reception]);
}

#[test]
fn each_action_is_decided_by_a_policy_for_somebody() {
    let policies = Policies::shipped().unwrap();
    for action in Action::ALL {
        let somebody = Role::ALL.into_iter().any(|role| {
            [Relation::Made, Relation::Consent, Relation::None]
                .into_iter()
                .any(|relation| policies.decide(action, role, relation, true).allowed)
        });
        assert!(somebody, "nobody may {}", action.name());
    }
}

#[test]
fn what_is_seen_but_not_allowed_answers_403_and_what_is_not_seen_404_and_both_are_recorded() {
    in_each(|world| {
        let code = world.accepted();
        let lead = crate::app::Actor { role: Role::Lead, ..world.officer.clone() };
        let records = |org| world.app.store.read_blocking(move |tx| crate::audit::page(tx, org, 1, 1000)).unwrap();
        let take = |actor: &crate::app::Actor, code: &str| {
            refused(world.step(actor, code, "answer", "accepted", serde_json::json!({})).unwrap_err())
        };
        assert!(matches!(take(&lead, &code), Refused::Forbidden));
        assert!(matches!(take(&world.other_officer, &code), Refused::NotFound));
        assert!(matches!(take(&world.officer, "BBBBBBBBBB"), Refused::NotFound));
        let denied: Vec<(String, String)> = records(world.officer.org)
            .into_iter()
            .filter(|r| r.decision == "deny")
            .map(|r| (r.relation, r.object))
            .collect();
        let wanted = [("made", code.as_str()), ("none", code.as_str()), ("none", "unknown")];
        assert_eq!(denied, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    });
}

/// The table that is reviewed. When a policy has changed: `cargo run -- access > policies/matrix.txt`, and read the difference.
#[test]
fn the_matrix_in_the_repository_is_what_the_policies_say() {
    let reviewed = include_str!("../../../../policies/matrix.txt");
    let decided = super::matrix(&Policies::shipped().unwrap());
    for (line, (one, other)) in reviewed.lines().zip(decided.lines()).enumerate() {
        assert_eq!(one, other, "policies/matrix.txt, line {}", line + 1);
    }
    assert_eq!(reviewed, decided);
}

/// Each situation of the matrix, brought about for real, is to the guard what the matrix says.
#[test]
fn the_situations_of_the_matrix_are_what_the_guard_finds() {
    in_each(|world| {
        let code = world.offer(
            "accepted",
            serde_json::json!({ "consent": true, "children": "yes" }),
            crate::testing::person(0),
        );
        let report = world.view(&world.officer, &code).unwrap().opened[0].0.clone();
        let stands = |actor: &crate::app::Actor, code: &str| {
            let code = code.to_owned();
            world
                .run(actor, move |tx, cx| {
                    let file = crate::cases::CaseFile::load(tx, cx, &code)?;
                    Ok(file.map_or(Relation::None, |file| file.relation(cx.now)))
                })
                .unwrap()
        };
        assert_eq!(stands(&world.officer, &code), Relation::Made);
        assert_eq!(stands(&world.receiver, &code), Relation::Consent);
        assert_eq!(stands(&world.reception, &report), Relation::Law);
        for (who, actor) in [("same authority", &world.youth), ("other", &world.ronneby), ("county", &world.county)] {
            assert_eq!(stands(actor, &code), Relation::None, "{who}");
        }
        let wanted = crate::glass::Wanted {
            code: code.clone(),
            cause: "life".into(),
            words: "Någon ringde om fara för livet.".into(),
        };
        world.run(&world.youth, move |tx, cx| Ok(crate::glass::break_glass(tx, cx, wanted.clone())?.id)).unwrap();
        assert_eq!(stands(&world.youth, &code), Relation::Glass);
        let consent = world.view(&world.receiver, &code).unwrap().consents[0].id;
        world
            .run(&world.receiver, move |tx, cx| {
                crate::consents::withdraw(tx, cx, consent)?;
                Ok(())
            })
            .unwrap();
        assert_eq!(stands(&world.receiver, &code), Relation::Ended);
        let situations: Vec<Relation> = super::SITUATIONS.iter().map(|(_, relation)| *relation).collect();
        for relation in
            [Relation::Made, Relation::Consent, Relation::Law, Relation::Glass, Relation::Ended, Relation::None]
        {
            assert!(situations.contains(&relation), "{relation:?}");
        }
    });
}
