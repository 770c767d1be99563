//! Authorities, units and routing on both stores, at the pages and over the API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use axum::http::StatusCode;
use chain::text::Lang;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::http::{place_code, place_name};
use super::paging::Paging;
use super::*;
use crate::access::Role;
use crate::app::Stop;
use crate::login::tests::{House, houses, unit_draft};
use crate::refusal::Refused;

fn pointers(stop: Stop) -> Vec<String> {
    match stop {
        Stop::Refused(refused) => refused.issues().iter().map(|issue| issue.pointer.clone()).collect(),
        Stop::Store(error) => panic!("{error}"),
    }
}

fn admin(house: &House) -> String {
    house.log_in(house.admin, house.office, Role::Admin)
}

fn row(place: &str, age_from: Option<i64>, age_to: Option<i64>, substances: &[&str]) -> ReceivesDraft {
    let substances = substances.iter().map(|one| (*one).to_owned()).collect();
    ReceivesDraft { place: place.into(), age_from, age_to, substances }
}

#[test]
fn a_unit_is_kept_as_it_was_described() {
    for house in houses() {
        let draft = UnitDraft {
            municipality: Some("1082".into()),
            phone: "0454-000 00".into(),
            opening_hours: "Vardagar 8–16".into(),
            fallback: true,
            receives: vec![row("10", None, None, &[]), row("1082", Some(18), None, &["alcohol", "mixed"])],
            ..unit_draft("Mottagningen", "addiction_care")
        };
        let made = draft.clone();
        let file = house.keep(move |tx, cx| Ok(create_unit(tx, cx, made.clone())?.into_inner())).unwrap();
        let id = file.unit.id;
        let file = house.keep(move |tx, cx| Ok(unit(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!(UnitDraft::of(&file.unit, &file.receives), draft);
        // Its kind and county stand, whatever is written.
        let changed = UnitDraft { kind: "police".into(), county: "01".into(), name: "Ny".into(), ..draft.clone() };
        house.keep(move |tx, cx| change_unit(tx, cx, id, changed.clone()).map(drop)).unwrap();
        let file = house.keep(move |tx, cx| Ok(unit(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!(UnitDraft::of(&file.unit, &file.receives), UnitDraft { name: "Ny".into(), ..draft });
    }
}

#[test]
fn everything_that_is_wrong_with_a_unit_is_said_at_once() {
    for house in houses() {
        let draft = UnitDraft {
            kind: "bank".into(),
            name: "a\nb".into(),
            county: "99".into(),
            municipality: Some("1082".into()),
            email: "någon@example.se".into(),
            lead_email: String::new(),
            phone: "0".repeat(201),
            fallback: true,
            receives: vec![row("1", Some(-1), Some(121), &["te"]), row("10", Some(20), Some(10), &[])],
            ..UnitDraft::default()
        };
        let stop = house.keep(move |tx, cx| create_unit(tx, cx, draft.clone()).map(drop)).unwrap_err();
        assert_eq!(
            pointers(stop),
            [
                "/kind",
                "/name",
                "/county",
                "/municipality",
                "/email",
                "/lead_email",
                "/phone",
                "/receives/0/place",
                "/receives/0/age_from",
                "/receives/0/age_to",
                "/receives/0/substances",
                "/receives/1/age_to",
                "/fallback"
            ]
        );
        let taken = unit_draft(" Vuxenenheten ", "social_services");
        let stop = house.keep(move |tx, cx| create_unit(tx, cx, taken.clone()).map(drop)).unwrap_err();
        assert!(matches!(&stop, Stop::Refused(refused) if matches!(**refused, Refused::Taken { .. })));
        let both = UnitDraft { email: String::new(), ..unit_draft("Vuxenenheten", "social_services") };
        let stop = house.keep(move |tx, cx| create_unit(tx, cx, both.clone()).map(drop)).unwrap_err();
        assert_eq!(pointers(stop), ["/email", "/name"]);
        // A unit may keep its own name, and one that handles no cases needs no address.
        let desk = house.desk;
        let same = unit_draft("Vuxenenheten", "social_services");
        house.keep(move |tx, cx| change_unit(tx, cx, desk, same.clone()).map(drop)).unwrap();
        let plain =
            UnitDraft { email: String::new(), lead_email: String::new(), ..unit_draft("Arkivet", "administration") };
        house.keep(move |tx, cx| create_unit(tx, cx, plain.clone()).map(drop)).unwrap();
    }
}

#[test]
fn a_unit_is_made_and_changed_at_the_pages() {
    for house in houses() {
        let token = admin(&house);
        assert!(house.get("/admin/units/new", &token).body.contains("name=\"place-2\""));
        let mut values = vec![
            ("name", "Beroendemottagningen"),
            ("kind", "addiction_care"),
            ("county", "10"),
            ("municipality", "Karlshamn"),
            ("email", "m@example.se"),
            ("lead_email", "c@example.se"),
            ("active", "yes"),
            ("fallback", "yes"),
            ("place-0", "Blekinge län"),
            ("place-2", "Atlantis"),
            ("age_from-2", "arton"),
            ("substances-0", "alcohol"),
        ];
        let wrong = house.post("/admin/units", &token, &values);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in ["href=\"#f-place-2\"", "href=\"#f-age_from-2\"", "value=\"Atlantis\"", "value=\"Blekinge län\""] {
            assert!(wrong.body.contains(part), "{part}");
        }
        assert!(!wrong.body.contains("#f-place-0"));
        values.retain(|(name, _)| !name.ends_with("-2"));
        let made = house.post("/admin/units", &token, &values);
        assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/admin/units?saved"), "{}", made.body);
        let list = house.get("/admin/units?saved", &token).body;
        assert!(list.contains("Ändringen är sparad") && list.contains("1–3 av 3") && list.contains("Länets reserv"));
        let path = list.split("href=\"").find(|part| part.contains(">Beroendemottagningen<")).unwrap();
        let path = path.split('"').next().unwrap();
        let page = house.get(path, &token).body;
        assert!(page.contains("value=\"Blekinge län\"") && page.contains("value=\"Karlshamn\""), "{page}");
        assert!(page.contains("name=\"place-3\"") && !page.contains("name=\"place-4\""));
        values.retain(|(name, _)| *name != "fallback" && *name != "active");
        assert_eq!(house.post(path, &token, &values).status, StatusCode::SEE_OTHER);
        let list = house.get("/admin/units", &token).body;
        assert!(list.contains("Stängd") && !list.contains("Länets reserv"));
        assert_eq!(house.get(&format!("/admin/units/{}", Uuid::new_v4()), &token).status, StatusCode::NOT_FOUND);
    }
}

#[test]
fn the_authority_s_ombud_is_kept_at_the_pages() {
    for house in houses() {
        let token = admin(&house);
        assert!(house.get("/admin/authority", &token).body.contains("value=\"Socialnämnden\""));
        let wrong =
            house.post("/admin/authority", &token, &[("name", ""), ("ombud", "Ombud för SMADIT"), ("ombud_email", "")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("#f-name") && wrong.body.contains("#f-ombud_email"));
        let values =
            [("name", "Socialnämnden i K"), ("ombud", "Ombud för SMADIT"), ("ombud_email", "ombud@example.se")];
        assert_eq!(house.post("/admin/authority", &token, &values).status, StatusCode::SEE_OTHER);
        let page = house.get("/admin/authority?saved", &token).body;
        assert!(page.contains("Ombud för SMADIT") && page.contains("Ändringen är sparad"));
        house.other_authority();
        let taken = house.post("/admin/authority", &token, &[("name", "Regionen"), ("ombud", ""), ("ombud_email", "")]);
        assert!(taken.status == StatusCode::UNPROCESSABLE_ENTITY && taken.body.contains("#f-name"));
    }
}

#[test]
fn routing_is_tried_by_the_rule_that_cases_follow() {
    for house in houses() {
        let token = admin(&house);
        let ask = |municipality: &str, age: &str| {
            let values =
                [("party", "smadit:receiver"), ("municipality", municipality), ("age", age), ("substance", "alcohol")];
            house.post("/admin/routing", &token, &values)
        };
        assert!(ask("Karlshamn", "30").body.contains("Ingen enhet kan ta emot"));
        let desk = house.desk;
        let young = UnitDraft {
            receives: vec![row("1082", None, Some(20), &[])],
            ..unit_draft("Vuxenenheten", "social_services")
        };
        house.keep(move |tx, cx| change_unit(tx, cx, desk, young.clone()).map(drop)).unwrap();
        let other = UnitDraft {
            fallback: true,
            receives: vec![row("10", Some(70), None, &[])],
            ..unit_draft("Reserven", "addiction_care")
        };
        house.keep(move |tx, cx| create_unit(tx, cx, other.clone()).map(drop)).unwrap();
        let found = ask("1082", "17").body;
        assert!(found.contains("Vuxenenheten") && found.contains("Åldern ligger inom"), "{found}");
        let found = ask("Karlshamn", "30").body;
        assert!(found.contains("Reserven") && found.contains("länets reserv tar emot"), "{found}");
        let wrong = house.post("/admin/routing", &token, &[("party", "x"), ("municipality", "Atlantis"), ("age", "x")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["party", "municipality", "age"] {
            assert!(wrong.body.contains(&format!("#f-{field}\"")), "{field}");
        }
        assert_eq!(house.get("/admin/routing", &token).status, StatusCode::OK);
    }
}

#[test]
fn units_are_kept_over_the_api() {
    for house in houses() {
        let (_, token) = house.api_token("admin", None);
        let body = json!({ "kind": "school", "name": "Skolan", "county": "10", "email": "s@example.se",
            "lead_email": "r@example.se", "receives": [{ "place": "1082", "age_to": 19 }] });
        let made = house.call("/api/v1/units", &token, Some(&body.to_string()));
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let made: Value = serde_json::from_str(&made.body).unwrap();
        assert!(made["active"] == true && made["receives"][0]["age_to"] == 19);
        let path = format!("/api/v1/units/{}", made["id"].as_str().unwrap());
        let one: Value = serde_json::from_str(&house.call(&path, &token, None).body).unwrap();
        assert_eq!(one, made);
        let mut renamed = body.clone();
        renamed["name"] = "Gymnasiet".into();
        let changed: Value = serde_json::from_str(&house.call(&path, &token, Some(&renamed.to_string())).body).unwrap();
        assert_eq!((changed["name"].as_str(), &changed["id"]), (Some("Gymnasiet"), &made["id"]));
        let list: Value = serde_json::from_str(&house.call("/api/v1/units?limit=2", &token, None).body).unwrap();
        assert_eq!((list["total"].as_i64(), list["next_cursor"].as_str()), (Some(3), Some("2")));
        let wrong = house.call("/api/v1/units", &token, Some("{\"kind\":\"x\",\"name\":\"\",\"county\":\"\"}"));
        let wrong: Value = serde_json::from_str(&wrong.body).unwrap();
        assert_eq!((wrong["type"].as_str(), wrong["errors"].as_array().unwrap().len()), (Some("/problems/fields"), 5));
        assert!(house.log().iter().any(|entry| entry == "manage_directory allow"));
    }
}

#[test]
fn counties_without_a_receiver_for_the_rest_are_found() {
    for house in houses() {
        let look = |house: &House| house.app.store.read_blocking(sql::counties_with_units).unwrap();
        assert_eq!(look(&house), []);
        let desk = house.desk;
        let narrow =
            UnitDraft { receives: vec![row("1082", None, None, &[])], ..unit_draft("Vuxenenheten", "social_services") };
        house.keep(move |tx, cx| change_unit(tx, cx, desk, narrow.clone()).map(drop)).unwrap();
        assert_eq!(look(&house), [("10".to_owned(), false)]);
        let whole = UnitDraft {
            fallback: true,
            receives: vec![row("10", None, None, &[])],
            ..unit_draft("R", "addiction_care")
        };
        let id = house.keep(move |tx, cx| Ok(create_unit(tx, cx, whole.clone())?.unit.id)).unwrap();
        assert_eq!(look(&house), [("10".to_owned(), true)]);
        let closed = UnitDraft { active: false, ..unit_draft("R", "addiction_care") };
        house.keep(move |tx, cx| change_unit(tx, cx, id, closed.clone()).map(drop)).unwrap();
        assert_eq!(look(&house), [("10".to_owned(), false)]);
    }
}

#[test]
fn lists_say_exactly_where_one_is() {
    let first = Paging::of_page(None).pager("/x", 50, 120);
    assert_eq!(
        (first.first, first.last, first.all, first.previous, first.next.as_deref()),
        (1, 50, 120, None, Some("/x?page=2"))
    );
    let last = Paging::of_page(Some("page=3")).pager("/x", 20, 120);
    assert_eq!((last.first, last.last, last.previous.as_deref(), last.next), (101, 120, Some("/x?page=2"), None));
    let none = Paging::of_page(Some("page=0")).pager("/x", 0, 0);
    assert_eq!((none.first, none.last, none.next), (0, 0, None));
    assert_eq!(Paging::of_cursor(Lang::En, Some("cursor=50&limit=10")).unwrap(), Paging { offset: 50, limit: 10 });
    assert_eq!(Paging { offset: 50, limit: 10 }.next_cursor(10, 61).as_deref(), Some("60"));
    assert_eq!(Paging { offset: 50, limit: 10 }.next_cursor(10, 60), None);
}

proptest! {
    #[test]
    fn any_query_is_survived(query in "\\PC{0,60}", page in -5i64..i64::MAX) {
        let _ = Paging::of_page(Some(&query));
        let _ = Paging::of_page(Some(&format!("page={page}"))).pager("/x", 0, 5);
        let _ = Paging::of_cursor(Lang::Sv, Some(&query));
        let _ = place_code(&query);
    }

    #[test]
    fn a_place_is_found_again_by_its_name(at in 0usize..290) {
        let place = crate::reference::municipalities()[at];
        prop_assert_eq!(place_code(&place_name(place.code)), place.code);
        let county = crate::reference::counties()[at % 21];
        prop_assert_eq!(place_code(&place_name(county.code)), county.code);
    }
}
