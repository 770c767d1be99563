//! Accounts and tokens on both stores, at the pages and over the API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::access::Role;
use crate::app::Stop;
use crate::login::tests::{Answer, House, PASSWORD, account_draft, houses};
use crate::refusal::Refused;

fn pointers(stop: Stop) -> Vec<String> {
    match stop {
        Stop::Refused(refused) => refused.issues().iter().map(|issue| issue.pointer.clone()).collect(),
        Stop::Store(error) => panic!("{error}"),
    }
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

fn admin(house: &House) -> String {
    house.log_in(house.admin, house.office, Role::Admin)
}

#[test]
fn everything_that_is_wrong_with_an_account_is_said_at_once() {
    for house in houses() {
        let draft = AccountDraft {
            login: "å".into(),
            name: " ".into(),
            active: true,
            memberships: vec![MembershipDraft { unit: Uuid::new_v4().to_string(), role: "boss".into() }],
        };
        let stop = house.keep(move |tx, cx| create_account(tx, cx, &draft, "", true).map(drop)).unwrap_err();
        assert_eq!(pointers(stop), ["/login", "/name", "/memberships/0/unit", "/memberships/0/role"]);
        let none = account_draft("eva", &[]);
        let stop = house.keep(move |tx, cx| create_account(tx, cx, &none, "", true).map(drop)).unwrap_err();
        assert_eq!(pointers(stop), ["/memberships"]);
    }
}

#[test]
fn a_log_in_name_is_one_persons_only() {
    for house in houses() {
        house.account("eva", &[(house.desk, "receiver")], false);
        let draft = account_draft(" EVA ", &[(house.desk, "care")]);
        let stop = house.keep(move |tx, cx| create_account(tx, cx, &draft, "", true).map(drop)).unwrap_err();
        assert!(matches!(stop, Stop::Refused(refused) if matches!(*refused, Refused::Taken { .. })));
    }
}

#[test]
fn the_last_administrator_stays() {
    for house in houses() {
        let (id, office, desk) = (house.admin, house.office, house.desk);
        let closed = AccountDraft { active: false, ..account_draft("admin", &[(office, "admin")]) };
        let without = account_draft("admin", &[(desk, "receiver")]);
        for (draft, pointer) in [(closed.clone(), "/active"), (without, "/memberships")] {
            let stop = house.keep(move |tx, cx| change_account(tx, cx, id, &draft).map(drop)).unwrap_err();
            assert_eq!(pointers(stop), [pointer]);
        }
        house.account("till", &[(office, "admin")], false);
        house.keep(move |tx, cx| change_account(tx, cx, id, &closed).map(drop)).unwrap();
    }
}

#[test]
fn an_account_is_made_at_the_pages_and_its_password_shown_once() {
    for house in houses() {
        let token = admin(&house);
        let page = house.get("/admin/accounts/new", &token);
        assert!(page.status == StatusCode::OK && page.body.contains("Vuxenenheten"));
        let desk = house.desk.to_string();
        let wrong = house.post(
            "/admin/accounts",
            &token,
            &[("name", "Eva Ek"), ("login", "!"), ("active", "yes"), ("unit-1", &desk), ("role-1", "")],
        );
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        // What was filled in is still there, and what is wrong is tied to its own field.
        assert!(wrong.body.contains("value=\"Eva Ek\"") && wrong.body.contains("href=\"#f-role-1\""), "{}", wrong.body);
        assert!(wrong.body.contains("href=\"#f-login\"") && !wrong.body.contains("href=\"#f-unit-1\""));
        let made = house.post(
            "/admin/accounts",
            &token,
            &[("name", "Eva Ek"), ("login", "eva"), ("active", "yes"), ("unit-0", &desk), ("role-0", "receiver")],
        );
        assert_eq!(made.status, StatusCode::OK);
        let password = made.secret();
        let list = house.get("/admin/accounts", &token);
        assert!(list.body.contains("Eva Ek") && list.body.contains("1–2 av 2") && !list.body.contains(&password));
        let first = house.post("/login", "", &[("login", "eva"), ("password", &password)]);
        assert!(first.status == StatusCode::OK && first.body.contains("action=\"/password\""));
    }
}

#[test]
fn an_account_is_changed_and_given_a_new_password_at_the_pages() {
    for house in houses() {
        let token = admin(&house);
        let id = house.account("eva", &[(house.desk, "receiver")], false);
        let path = format!("/admin/accounts/{id}");
        let page = house.get(&path, &token);
        assert!(page.body.contains("value=\"eva\"") && page.body.contains(&format!("action=\"{path}/password\"")));
        let session = house.log_in(id, house.desk, Role::Receiver);
        let given = house.post(&format!("{path}/password"), &token, &[]);
        assert_eq!(given.status, StatusCode::OK);
        assert_eq!(house.get("/unit", &session).status, StatusCode::SEE_OTHER, "its sessions end");
        let old = house.post("/login", "", &[("login", "eva"), ("password", PASSWORD)]);
        assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
        let office = house.office.to_string();
        let changed = house.post(
            &path,
            &token,
            &[("name", "Eva Alm"), ("login", "eva"), ("unit-0", &office), ("role-0", "lead")],
        );
        assert_eq!((changed.status, changed.location()), (StatusCode::SEE_OTHER, "/admin/accounts?saved"));
        let list = house.get("/admin/accounts?saved", &token).body;
        assert!(list.contains("Eva Alm") && list.contains("Stängt") && list.contains("Ändringen är sparad"));
    }
}

#[test]
fn a_token_is_made_shown_once_and_revoked_at_the_pages() {
    for house in houses() {
        let session = admin(&house);
        let office = house.office.to_string();
        let wrong =
            house.post("/admin/tokens", &session, &[("name", ""), ("unit", &office), ("role", "x"), ("days", "x")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["name", "role", "days"] {
            assert!(wrong.body.contains(&format!("href=\"#f-{field}\"")), "{field}");
        }
        let values = [("name", "Prov"), ("unit", office.as_str()), ("role", "admin"), ("days", "30")];
        let secret = house.post("/admin/tokens", &session, &values).secret();
        assert_eq!(house.call("/api/v1/units", &secret, None).status, StatusCode::OK);
        let list = house.get("/admin/tokens", &session).body;
        assert!(list.contains("Prov") && !list.contains(&secret));
        let revoke =
            list.split("action=\"").find(|part| part.contains("/revoke\"")).unwrap().split('"').next().unwrap();
        assert_eq!(house.post(revoke, &session, &[]).status, StatusCode::SEE_OTHER);
        assert_eq!(house.call("/api/v1/units", &secret, None).status, StatusCode::UNAUTHORIZED);
        assert!(house.get("/admin/tokens", &session).body.contains("Återkallad"));
    }
}

#[test]
fn nobody_but_an_administrator_comes_in_and_the_attempt_is_recorded() {
    for house in houses() {
        let id = house.account("eva", &[(house.desk, "receiver")], false);
        let session = house.log_in(id, house.desk, Role::Receiver);
        let (_, token) = house.api_token("receiver", None);
        for path in [
            "/admin/units",
            "/admin/units/new",
            "/admin/authority",
            "/admin/routing",
            "/admin/accounts",
            "/admin/accounts/new",
            "/admin/tokens",
        ] {
            assert_eq!(house.get(path, &session).status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(house.get(path, "").status, StatusCode::SEE_OTHER, "{path}");
        }
        for path in ["/api/v1/units", "/api/v1/accounts", "/api/v1/tokens"] {
            assert_eq!(house.call(path, &token, None).status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(house.call(path, "", None).status, StatusCode::UNAUTHORIZED, "{path}");
        }
        let made = json!({ "login": "ny", "name": "Ny", "memberships": [{ "unit": house.desk.to_string(), "role": "admin" }] });
        assert_eq!(house.call("/api/v1/accounts", &token, Some(&made.to_string())).status, StatusCode::FORBIDDEN);
        assert!(house.log().iter().filter(|entry| entry.ends_with(" deny")).count() >= 11);
    }
}

#[test]
fn accounts_are_kept_over_the_api() {
    for house in houses() {
        let (_, token) = house.api_token("admin", None);
        let body = json!({ "login": "eva", "name": "Eva", "memberships": [{ "unit": house.desk.to_string(), "role": "receiver" }] });
        let made = house.call("/api/v1/accounts", &token, Some(&body.to_string()));
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let made = json_of(&made);
        assert!(made["password"].as_str().unwrap().len() == 19 && made["active"] == true);
        let path = format!("/api/v1/accounts/{}", made["id"].as_str().unwrap());
        let one = json_of(&house.call(&path, &token, None));
        assert_eq!((one["login"].as_str(), one.get("password")), (Some("eva"), None));
        let again = house.call("/api/v1/accounts", &token, Some(&body.to_string()));
        assert_eq!((again.status, json_of(&again)["type"].as_str()), (StatusCode::CONFLICT, Some("/problems/taken")));
        let mut closed = body.clone();
        closed["active"] = false.into();
        assert_eq!(json_of(&house.call(&path, &token, Some(&closed.to_string())))["active"], false);
        let wrong = house.call(&path, &token, Some(&json!({ "login": "", "name": "", "memberships": [] }).to_string()));
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(json_of(&wrong)["errors"].as_array().unwrap().len(), 3);

        let first = json_of(&house.call("/api/v1/accounts?limit=1", &token, None));
        assert_eq!((first["total"].as_i64(), first["accounts"].as_array().unwrap().len()), (Some(2), 1));
        let next = first["next_cursor"].as_str().unwrap();
        let second = json_of(&house.call(&format!("/api/v1/accounts?limit=1&cursor={next}"), &token, None));
        assert!(second.get("next_cursor").is_none() && second["accounts"] != first["accounts"]);
        let wrong = house.call("/api/v1/accounts?limit=0&cursor=x", &token, None);
        assert_eq!(json_of(&wrong)["errors"].as_array().unwrap().len(), 2);
        assert_eq!(house.call("/api/v1/accounts/x", &token, None).status, StatusCode::NOT_FOUND);
        let unread = house.call("/api/v1/accounts", &token, Some("{\"login\": \"hemlig"));
        assert!(unread.status == StatusCode::BAD_REQUEST && !unread.body.contains("hemlig"));
        let unread = house.call("/api/v1/accounts", &token, Some("{\"hemlig\": 1}"));
        assert!(unread.status == StatusCode::BAD_REQUEST && !unread.body.contains("hemlig"), "{}", unread.body);
    }
}

#[test]
fn tokens_are_kept_over_the_api() {
    for house in houses() {
        let (_, token) = house.api_token("admin", None);
        let body = json!({ "name": "Prov", "unit": house.desk.to_string(), "role": "receiver", "days": 3 });
        let made = house.call("/api/v1/tokens", &token, Some(&body.to_string()));
        assert_eq!(made.status, StatusCode::CREATED);
        let made = json_of(&made);
        let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
        let one = json_of(&house.call(&path, &token, None));
        assert_eq!((one["ends_at"].as_str(), one.get("token")), (Some("2026-11-05T09:00:00Z"), None));
        let kept = house.call(&path, &token, Some("{\"revoked\": false}"));
        assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
        let revoked = house.call(&path, &token, Some("{\"revoked\": true}"));
        assert_eq!(json_of(&revoked)["revoked_at"].as_str(), Some("2026-11-02T09:00:00Z"));
        let list = json_of(&house.call("/api/v1/tokens", &token, None));
        assert_eq!((list["total"].as_i64(), list["tokens"].as_array().unwrap().len()), (Some(2), 2));
        let wrong = json!({ "name": "", "unit": "x", "role": "x", "days": 0 });
        let wrong = house.call("/api/v1/tokens", &token, Some(&wrong.to_string()));
        assert_eq!(json_of(&wrong)["errors"].as_array().unwrap().len(), 4);
        for days in [i64::MAX, -1, 3661] {
            let wrong = json!({ "name": "x", "unit": house.desk.to_string(), "role": "care", "days": days });
            let wrong = house.call("/api/v1/tokens", &token, Some(&wrong.to_string()));
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
        }
    }
}

#[test]
fn another_authority_s_accounts_and_units_do_not_exist() {
    for house in houses() {
        let (_, token) = house.api_token("admin", None);
        let other = house.other_authority();
        let body =
            json!({ "login": "x1", "name": "X", "memberships": [{ "unit": other.unit.to_string(), "role": "admin" }] });
        let wrong = house.call("/api/v1/accounts", &token, Some(&body.to_string()));
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for path in [format!("/api/v1/accounts/{}", other.account), format!("/api/v1/units/{}", other.unit)] {
            assert_eq!(house.call(&path, &token, None).status, StatusCode::NOT_FOUND, "{path}");
        }
        let taken = account_draft("frammande", &[(house.desk, "care")]);
        let account = other.account;
        let stop = house.keep(move |tx, cx| change_account(tx, cx, account, &taken).map(drop)).unwrap_err();
        assert!(matches!(stop, Stop::Refused(refused) if matches!(*refused, Refused::NotFound)));
        let stop = house.keep(move |tx, cx| new_password(tx, cx, account, "").map(drop)).unwrap_err();
        assert!(matches!(stop, Stop::Refused(refused) if matches!(*refused, Refused::NotFound)));
        assert!(!house.get("/admin/accounts", &admin(&house)).body.contains("frammande"));
    }
}

proptest! {
    #[test]
    fn passwords_to_give_out_are_easy_to_read_and_differ(seed: u64) {
        use rand::SeedableRng;
        let mut rng = rand::rngs::StdRng::seed_from_u64(seed);
        let (one, two) = (password_to_give_out(&mut rng), password_to_give_out(&mut rng));
        prop_assert_ne!(&one, &two);
        prop_assert_eq!(one.len(), 19);
        let readable = one.bytes().enumerate().all(|(at, b)| match at % 5 {
            4 => b == b'-',
            _ => b.is_ascii_alphanumeric() && !b"01ilo".contains(&b),
        });
        prop_assert!(readable, "{}", one);
    }
}
