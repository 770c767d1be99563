//! That what leaves an authority stands in its register, and that each ground holds its limits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use serde_json::json;

use super::{Wanted, grounds};
use crate::app::Actor;
use crate::http::tests::{Answer, send};
use crate::people::extract::Form;
use crate::refusal::Refused;
use crate::testing::{World, in_each, person, refused};

fn wanted(ground: &str, to: &str) -> Wanted {
    Wanted {
        ground: ground.into(),
        statute: "19 kap. 1 § SoL".into(),
        kinds: vec!["name".into(), "event".into()],
        receiver_kind: to.into(),
        receiver: "Beroendemottagningen".into(),
        words: "Behövs för att vården ska komma i gång.".into(),
    }
}

fn disclosed(world: &World, actor: &Actor, code: &str, wanted: Wanted) -> Result<super::Line, crate::app::Stop> {
    let code = code.to_owned();
    world.run(actor, move |tx, cx| Ok(super::disclose(tx, cx, &code, &wanted)?.into_inner()))
}

fn register(world: &World, controller: &Actor) -> super::Register {
    world.run(controller, |tx, cx| Ok(super::register(tx, cx, 0, super::PAGE)?.into_inner())).unwrap()
}

#[test]
fn the_grounds_are_read_and_each_says_what_it_allows() {
    let all = grounds();
    assert_eq!(all.len(), 8);
    for ground in all {
        for lang in [chain::text::Lang::Sv, chain::text::Lang::En] {
            assert!(
                ground.from_by.get(lang).contains('§') || ground.from_by.get(lang).contains("ections"),
                "{}",
                ground.id
            );
            assert!(ground.name.get(lang).len() > 10 && ground.allows.get(lang).len() > 30, "{}", ground.id);
        }
    }
}

#[test]
fn each_handover_to_another_authority_writes_its_own_line() {
    in_each(|world| {
        let code = world.offer("accepted", json!({ "consent": true, "children": "yes" }), person(0));
        let found = register(world, &world.police_controller);
        assert_eq!(found.all, 2, "the offer on consent and the report for the child by law");
        let by = |ground: &str| found.lines.iter().find(|line| line.ground == ground).unwrap().clone();
        let (consent, law) = (by("consent"), by("law"));
        assert_eq!((consent.code.as_str(), consent.receiver.as_str()), (code.as_str(), "Vuxenenheten Karlshamn"));
        assert!(consent.consent.is_some() && consent.kinds.contains(&"phone".to_owned()));
        assert_eq!((law.receiver_kind.as_str(), law.consent), ("municipal_board", None));
        assert!(law.paragraph.contains("19 kap. 1 §"), "{}", law.paragraph);
        assert_eq!(register(world, &world.controller).all, 0, "nothing has left the social services");
    });
}

#[test]
fn a_disclosure_on_a_ground_is_in_the_register_and_on_the_case() {
    in_each(|world| {
        let code = world.accepted();
        let line = disclosed(world, &world.receiver, &code, wanted("osl_26_9", "region")).unwrap();
        assert_eq!((line.paragraph.as_str(), line.by_step), ("26 kap. 9 § OSL", false));
        let statute = disclosed(world, &world.receiver, &code, wanted("osl_10_28", "region")).unwrap();
        assert_eq!(statute.paragraph, "10 kap. 28 § OSL, 19 kap. 1 § SoL");
        let seen = world.view(&world.receiver, &code).unwrap();
        assert_eq!(seen.disclosures.len(), 2);
        assert_eq!(register(world, &world.controller).all, 2);
        assert!(world.view(&world.officer, &code).unwrap().disclosures.iter().all(|l| l.by_step), "each sees its own");
    });
}

/// The limits that the statutes set, tried from the wrong authority, to the wrong receiver, about too old a person, without
/// consent, without paragraph, by those who may not.
#[test]
fn a_ground_is_refused_where_its_limits_end() {
    in_each(|world| {
        let code = world.offer("declined", json!({}), person(3));
        let at = |actor: &Actor, code: &str, wanted: Wanted| match refused(
            disclosed(world, actor, code, wanted).unwrap_err(),
        ) {
            Refused::Fields(issues) => issues.into_iter().map(|i| i.pointer).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(at(&world.officer, &code, wanted("osl_26_9", "region")), ["/ground"], "not from the police");
        assert_eq!(at(&world.officer, &code, wanted("consent", "region")), ["/ground"], "no consent in force");
        let nothing = Wanted::default();
        let all = ["/ground", "/kinds", "/receiver_kind", "/receiver", "/words"];
        assert_eq!(at(&world.officer, &code, nothing), all, "all at once");
        let handed = world.accepted();
        assert_eq!(
            at(&world.receiver, &handed, wanted("osl_26_9", "police")),
            ["/receiver_kind"],
            "never to the police on it"
        );
        let bare = Wanted { statute: " ".into(), ..wanted("osl_10_28", "region") };
        assert_eq!(at(&world.receiver, &handed, bare), ["/statute"]);
        let stranger = disclosed(world, &world.ronneby, &handed, wanted("osl_26_9", "region"));
        assert!(matches!(refused(stranger.unwrap_err()), Refused::NotFound));
        assert_eq!(register(world, &world.controller).all, 0, "nothing was half done");
    });
}

#[test]
fn the_young_at_risk_have_a_ground_that_ends_at_twenty_one() {
    in_each(|world| {
        let today = crate::web::format::local(testkit::clock()).date();
        let old = (0..testkit::test_pins().len())
            .map(person)
            .find(|p| p.identity.as_ref().and_then(|i| i.age_on(today)).is_some_and(|age| age >= 21))
            .unwrap();
        // The report for a child goes by law with the identity number, so the reception knows the age.
        let code = world.offer("declined", json!({ "children": "yes" }), old);
        let report = world.view(&world.officer, &code).unwrap().opened[0].0.clone();
        match refused(disclosed(world, &world.reception, &report, wanted("osl_10_18a", "police")).unwrap_err()) {
            Refused::Fields(issues) => assert!(issues[0].detail.contains("21"), "{issues:?}"),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn the_extract_holds_all_that_is_kept_and_who_has_seen_it_and_is_for_the_controller_alone() {
    in_each(|world| {
        let code = world.accepted();
        world.view(&world.officer, &code).unwrap();
        let identity = person(0).identity.unwrap();
        let asked = identity.clone();
        let found = world
            .run(&world.police_controller, move |tx, cx| {
                Ok(crate::people::extract::extract(tx, cx, &asked, Form::Page)?.into_inner())
            })
            .unwrap()
            .unwrap();
        assert_eq!(found.person.name.as_deref(), Some("Kim Testsson"));
        assert_eq!((found.cases.len(), found.cases[0].code.as_str()), (1, code.as_str()));
        let answers: Vec<&str> =
            found.cases[0].steps.iter().flat_map(|step| &step.fields).map(|(_, answer)| answer.as_str()).collect();
        assert!(!answers.is_empty() && answers.iter().all(|answer| !["true", "false"].contains(answer)), "{answers:?}");
        assert_eq!((found.consents.len(), found.disclosures.len()), (1, 1));
        assert_eq!(found.accesses_in_all, 2, "the beginning and the look");
        assert_eq!(found.accesses[0].1, "LPO Karlshamn");
        let asked = identity.clone();
        let again = world
            .run(&world.police_controller, move |tx, cx| {
                Ok(crate::people::extract::extract(tx, cx, &asked, Form::Page)?.into_inner())
            })
            .unwrap()
            .unwrap();
        assert_eq!(again.accesses_in_all, 3, "the extract itself has been seen");
        let worker = world.run(&world.officer, move |tx, cx| {
            crate::people::extract::extract(tx, cx, &identity, Form::Page)?;
            Ok(())
        });
        assert!(matches!(refused(worker.unwrap_err()), Refused::Forbidden));
    });
}

#[test]
fn the_form_shows_the_grounds_of_the_own_kind_of_authority_and_the_api_refuses_the_others() {
    in_each(|world| {
        let code = world.accepted();
        let form = |actor: &Actor| {
            let request = axum::http::Request::builder()
                .uri(format!("/cases/{code}/disclosures"))
                .header("cookie", format!("kedjan={}", world.session(actor)));
            send(world, request.body(axum::body::Body::empty()).unwrap()).body
        };
        let shown = |body: &str| -> Vec<&str> {
            grounds().iter().map(|g| g.id.as_str()).filter(|id| body.contains(&format!("value=\"{id}\""))).collect()
        };
        assert_eq!(shown(&form(&world.officer)), ["consent", "osl_10_15a", "osl_10_28"]);
        let social = ["consent", "osl_26_9", "osl_10_15a", "osl_10_18a", "osl_10_28", "harm_test"];
        assert_eq!(shown(&form(&world.receiver)), social);
        let answer = sent(world, &world.token(&world.officer), &code, "osl_26_9", None);
        assert_eq!(answer.status.as_u16(), 422);
        let problem = answer.json();
        assert_eq!(problem["errors"][0]["pointer"], "/ground");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("26 kap. 9 § OSL"), "{problem}");
    });
}

fn sent(world: &World, token: &str, code: &str, ground: &str, key: Option<&str>) -> Answer {
    let body = json!({ "case": code, "ground": ground, "kinds": ["event"], "receiver_kind": "region",
        "receiver": "Beroendemottagningen", "words": "Behövs för att vården ska komma i gång." });
    let mut request = axum::http::Request::builder()
        .method("POST")
        .uri("/api/v1/disclosures")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    send(world, request.body(axum::body::Body::from(body.to_string())).unwrap())
}

#[test]
fn the_register_is_written_listed_and_read_over_the_api() {
    in_each(|world| {
        let code = world.accepted();
        // An `Idempotency-Key` belongs to the token that sent it.
        let token = world.token(&world.receiver);
        let made = sent(world, &token, &code, "osl_26_9", Some("k-1"));
        assert_eq!(made.status.as_u16(), 201, "{}", made.body);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(made.headers["location"], format!("/api/v1/disclosures/{id}").as_str());
        assert_eq!(sent(world, &token, &code, "osl_26_9", Some("k-1")).json()["id"], id.as_str(), "once");
        assert_eq!(sent(world, &token, &code, "osl_10_15a", Some("k-1")).status.as_u16(), 422, "another request");
        world.pass(1);
        let second = sent(world, &token, &code, "osl_10_15a", None).json();
        let read = |actor: &Actor, path: &str| {
            let request = axum::http::Request::builder()
                .uri(path)
                .header("authorization", format!("Bearer {}", world.token(actor)));
            send(world, request.body(axum::body::Body::empty()).unwrap())
        };
        let list = read(&world.controller, "/api/v1/disclosures?limit=1").json();
        assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(2), &second["id"]));
        let next = list["next_cursor"].as_str().unwrap();
        let list = read(&world.controller, &format!("/api/v1/disclosures?limit=1&cursor={next}")).json();
        assert_eq!((&list["items"][0]["id"], &list["next_cursor"]), (&json!(id), &json!(null)));
        let one = read(&world.controller, &format!("/api/v1/disclosures/{id}")).json();
        assert_eq!(one["words"], "Behövs för att vården ska komma i gång.");
        assert_eq!(read(&world.police_controller, &format!("/api/v1/disclosures/{id}")).status.as_u16(), 404);
        assert_eq!(read(&world.receiver, "/api/v1/disclosures").status.as_u16(), 403);
        assert_eq!(sent(world, &world.token(&world.ronneby), &code, "osl_26_9", None).status.as_u16(), 404);
    });
}

#[test]
fn the_extract_is_a_file_too_of_the_shape_that_is_written_and_leaves_a_record_of_its_own() {
    in_each(|world| {
        let code = world.accepted();
        let pin = testkit::test_pins()[0];
        let post = |path: &str| {
            let request = axum::http::Request::builder()
                .method("POST")
                .uri(path)
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("cookie", format!("kedjan={}", world.session(&world.police_controller)));
            send(world, request.body(axum::body::Body::from(format!("identity={pin}"))).unwrap())
        };
        let page = post("/extract");
        assert!(page.body.contains("action=\"/extract/file\""), "the page leads to the file");
        let file = post("/extract/file");
        assert_eq!(file.headers["content-type"], "application/json");
        assert_eq!(file.headers["content-disposition"], "attachment; filename=\"extract-2026-11-02.json\"");
        assert_eq!(file.headers["cache-control"], "no-store");
        let file = file.json();
        assert_eq!((&file["format"], &file["person"]["name"]), (&json!("kedjan-extract/1"), &json!("Kim Testsson")));
        assert_eq!(file["cases"][0]["number"], crate::secrets::case_code_shown(&code));
        assert_eq!(file["accesses"]["items"][0]["what"], "extract_person", "the page before the file");
        // Every name in the file is in its description.
        let description = include_str!("../../../../docs/extract.md");
        let mut left = vec![&file];
        while let Some(part) = left.pop() {
            match part {
                serde_json::Value::Object(parts) => {
                    for (name, part) in parts {
                        assert!(description.contains(&format!("`{name}")), "{name}");
                        left.push(part);
                    }
                }
                serde_json::Value::Array(parts) => left.extend(parts),
                _ => {}
            }
        }
        let org = world.officer.org;
        let records = world.app.store.read_blocking(move |tx| crate::audit::page(tx, org, 1, 100)).unwrap();
        let objects: Vec<&str> = records.iter().map(|record| record.object.as_str()).collect();
        assert_eq!(
            objects.iter().filter(|object| object.starts_with("extract")).collect::<Vec<_>>(),
            [&"extract", &"extract file"]
        );
    });
}
