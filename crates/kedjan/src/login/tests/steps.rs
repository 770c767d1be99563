//! The second step, the level that is demanded, fresh proofs, sessions, and the first run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use super::*;
use crate::login::{first, rule, totp};
use crate::testing::refused;

const STEP: SignedDuration = SignedDuration::from_secs(30);

impl House {
    /// What the app that has this secret shows now.
    pub(super) fn code(&self, secret: &str) -> String {
        let mut bits = String::new();
        for sign in secret.chars().filter(|sign| !sign.is_whitespace()) {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(sign).unwrap();
            bits.push_str(&format!("{value:05b}"));
        }
        let bytes: Vec<u8> = bits
            .as_bytes()
            .chunks(8)
            .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
            .collect();
        totp::code(&totp::secret_of(&bytes).unwrap(), totp::step(self.now().as_second()))
    }

    /// Connects an app to the account of a session, and gives its secret and the answer with the recovery codes.
    pub(super) fn connect(&self, token: &str) -> (String, Answer) {
        assert_eq!(self.post("/security/app/begin", token, &[]).location(), "/security/app");
        let page = self.get("/security/app", token);
        assert!(page.body.contains("<svg") && page.body.contains("role=\"img\""), "{}", page.body);
        let secret = page.secret();
        let wrong = self.post("/security/app", token, &[("code", "000000")]);
        assert_eq!((wrong.status, wrong.secret()), (StatusCode::UNPROCESSABLE_ENTITY, secret.clone()));
        let done = self.post("/security/app", token, &[("code", &self.code(&secret))]);
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        (secret, done)
    }

    /// A name of its own: what is guessed is remembered by the whole process.
    fn somebody(&self) -> (String, Uuid) {
        let login = format!("prov-{}", Uuid::new_v4().simple());
        let id = self.account(&login, &[(self.desk, "receiver")], false);
        (login, id)
    }

    fn password(&self, login: &str) -> Answer {
        self.post("/login", "", &[("login", login), ("password", PASSWORD), ("next", "/find")])
    }

    fn demand(&self, level: Level) -> Result<(), Stop> {
        self.keep(move |tx, cx| rule::set_rule(tx, cx, level).map(drop))
    }
}

#[test]
fn with_an_app_the_password_is_half_of_a_log_in_and_no_code_works_twice() {
    for house in houses() {
        let (login, id) = house.somebody();
        let (secret, done) = house.connect(&house.log_in(id, house.desk, Role::Receiver));
        assert_eq!(done.secrets().len(), 10, "the recovery codes are shown");
        let half = house.password(&login);
        assert_eq!((half.status, half.location()), (StatusCode::SEE_OTHER, "/login/second?next=/find"));
        let token = half.token();
        assert_eq!(house.session(&token), None);
        for path in ["/find", "/security", "/security/app", "/security/passkeys", "/login/proof", "/unit"] {
            let away = house.get(path, &token);
            assert!(away.status == StatusCode::SEE_OTHER && away.location().starts_with("/login/second"), "{path}");
        }
        assert_eq!(house.post("/security/app/begin", &token, &[]).location(), "/login/second", "no new app either");
        let second = |token: &str, code: &str| house.post("/login/second", token, &[("code", code), ("next", "/find")]);
        let used = second(&token, &house.code(&secret));
        assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY, "the code that connected the app is used");
        assert!(used.cookie().is_none() && used.body.contains("name=\"code\""));
        house.pass(STEP);
        let code = house.code(&secret);
        let whole = second(&token, &code);
        assert_eq!((whole.status, whole.location()), (StatusCode::SEE_OTHER, "/find"), "{}", whole.body);
        assert_ne!(whole.token(), token, "the half session's token lets nobody in");
        assert_eq!(house.get("/login/second", &token).location(), "/login?next=/login/second");
        let session = house.session(&whole.token()).unwrap();
        assert_eq!((session.level, session.half, session.actor.id), (Level::TwoFactors, false, id));
        let again = house.password(&login).token();
        assert_eq!(
            second(&again, &code).status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "nor anybody else with the same code"
        );
        let log = house.log();
        for entry in ["add_app allow", "new_recovery_codes allow", "second_factor allow", "second_factor_failed deny"] {
            assert!(log.contains(&entry.to_owned()), "{entry} in {log:?}");
        }
    }
}

#[test]
fn a_recovery_code_lets_in_once_and_new_ones_take_the_place_of_the_old() {
    for house in houses() {
        let (login, id) = house.somebody();
        let token = house.log_in(id, house.desk, Role::Receiver);
        let codes = house.connect(&token).1.secrets();
        let with = |code: &str| house.post("/login/second", &house.password(&login).token(), &[("code", code)]);
        assert_eq!(with(&codes[0].to_uppercase().replace('-', " ")).status, StatusCode::SEE_OTHER);
        assert_eq!(with(&codes[0]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(house.get("/security", &token).body.contains("Du har 9 koder kvar"));
        let new = house.post("/security/codes", &token, &[]).secrets();
        assert_eq!(new.len(), 10);
        assert_eq!(with(&codes[1]).status, StatusCode::UNPROCESSABLE_ENTITY);
        let in_again = with(&new[1]);
        assert_eq!(house.session(&in_again.token()).unwrap().level, Level::TwoFactors);
        // Another account's code is none.
        let (other, other_id) = house.somebody();
        house.connect(&house.log_in(other_id, house.desk, Role::Receiver));
        let half = house.password(&other).token();
        assert_eq!(house.post("/login/second", &half, &[("code", &new[2])]).status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[test]
fn guessing_codes_is_slowed_down_whichever_session_tries() {
    for house in houses() {
        let (login, id) = house.somebody();
        let (secret, _) = house.connect(&house.log_in(id, house.desk, Role::Receiver));
        house.pass(STEP);
        for _ in 0..10 {
            let half = house.password(&login).token();
            let wrong = house.post("/login/second", &half, &[("code", "000000")]);
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let half = house.password(&login).token();
        let right = house.post("/login/second", &half, &[("code", &house.code(&secret))]);
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
        house.pass(SignedDuration::from_mins(5));
        let right = house.post("/login/second", &half, &[("code", &house.code(&secret))]);
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
    }
}

#[test]
fn a_half_session_does_not_live_long() {
    for house in houses() {
        let (login, id) = house.somebody();
        let (secret, _) = house.connect(&house.log_in(id, house.desk, Role::Receiver));
        let half = house.password(&login).token();
        house.pass(HALF);
        let late = house.post("/login/second", &half, &[("code", &house.code(&secret))]);
        assert_eq!((late.status, late.location()), (StatusCode::SEE_OTHER, "/login"));
    }
}

#[test]
fn whoever_is_below_what_the_authority_demands_is_led_to_it_before_anything_else() {
    for house in houses() {
        let (login, id) = house.somebody();
        let before = house.log_in(id, house.desk, Role::Receiver);
        house.demand(Level::TwoFactors).unwrap();
        assert_eq!(house.session(&before), None, "it holds at once");
        assert!(house.get("/find", &before).location().starts_with("/login/second"), "and leads to the step");
        let half = house.password(&login);
        assert_eq!(half.location(), "/login/second?next=/find");
        let token = half.token();
        let page = house.get("/login/second", &token);
        assert!(page.body.contains("action=\"/security/app/begin\""), "{}", page.body);
        assert!(house.get("/find", &token).location().starts_with("/login/second"));
        let (_, done) = house.connect(&token);
        let whole = done.token();
        assert_eq!(house.session(&whole).unwrap().level, Level::TwoFactors);
        assert_eq!(house.session(&token), None);
        assert_eq!(house.get("/find", &whole).status, StatusCode::OK);
        // What is demanded cannot be taken away again.
        let kept = house.post("/security/app/remove", &whole, &[]);
        assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.body);
        house.demand(Level::TwoFactors).unwrap();
        assert!(house.session(&whole).is_some(), "who has reached it is not disturbed");
        house.demand(Level::Password).unwrap();
        assert_eq!(house.post("/security/app/remove", &whole, &[]).location(), "/security?saved");
        assert_eq!(house.password(&login).location(), "/find");
        let log = house.log();
        assert!(log.contains(&"remove_app allow".to_owned()), "{log:?}");
    }
}

#[test]
fn passkeys_are_not_demanded_where_there_can_be_none() {
    for house in houses() {
        let refused = refused(house.demand(Level::Passkey).unwrap_err());
        assert_eq!(refused.issues()[0].pointer, "/log_in");
        let admin = house.log_in(house.admin, house.office, Role::Admin);
        let page = house.get("/admin/authority", &admin);
        assert!(page.body.contains("value=\"two_factors\"") && !page.body.contains("value=\"passkey\""));
        let unknown = house.post("/admin/authority/log-in", &admin, &[("log_in", "sms")]);
        assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
        let set = house.post("/admin/authority/log-in", &admin, &[("log_in", "two_factors")]);
        assert_eq!(set.location(), "/admin/authority?saved");
        let now = house.keep(|tx, cx| Ok(rule::rule(tx, cx)?.into_inner())).unwrap();
        assert_eq!(now, Level::TwoFactors);
    }
}

#[test]
fn what_is_sensitive_asks_anew_who_one_is_after_five_minutes_and_goes_on_to_where_one_was() {
    for house in houses() {
        let (token_id, secret) = house.api_token("admin", None);
        let (login, id) = house.somebody();
        house.change(id, account_draft(&login, &[(house.office, "admin")]));
        let admin = house.password(&login).token();
        assert_eq!(house.get("/admin/accounts/new?a=b", &admin).status, StatusCode::OK, "a log-in is fresh");
        house.pass(FRESH);
        assert_eq!(house.get("/admin/units", &admin).status, StatusCode::OK, "what is not sensitive goes on");
        let away = house.get("/admin/accounts/new?a=b", &admin);
        assert_eq!(away.location(), "/login/proof?next=/admin/accounts/new%3Fa%3Db");
        for (path, form) in [
            (format!("/admin/tokens/{token_id}/revoke"), "/admin/tokens".to_owned()),
            (format!("/admin/accounts/{id}/password"), format!("/admin/accounts/{id}")),
        ] {
            let asked = house.post(&path, &admin, &[]);
            assert_eq!(asked.status, StatusCode::FORBIDDEN);
            assert!(asked.body.contains("action=\"/login/proof\""), "{}", asked.body);
            assert!(asked.body.contains(&format!("name=\"next\" value=\"{form}\"")), "{}", asked.body);
        }
        assert_eq!(house.call("/api/v1/me", &secret, None).status, StatusCode::OK, "nothing was revoked");
        let prove = |values: &[(&str, &str)]| house.post("/login/proof", &admin, values);
        assert!(house.get("/login/proof", &admin).body.contains("name=\"password\""), "nothing stronger is there");
        let next = ("next", "/admin/accounts/new?a=b");
        assert_eq!(prove(&[("password", "fel"), next]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(prove(&[("password", PASSWORD), next]).location(), "/admin/accounts/new?a=b");
        assert_eq!(house.get("/admin/accounts/new?a=b", &admin).status, StatusCode::OK);
        // What was typed into a form that came too late is still there after the proof, and in no address.
        house.pass(FRESH);
        let draft = [("login", "olle.ny"), ("name", "Olle & Nils \"Nisse\""), ("place", "x"), ("place", "y")];
        let late = house.post("/admin/accounts", &admin, &draft);
        assert_eq!((late.status, late.headers.get(header::LOCATION)), (StatusCode::FORBIDDEN, None));
        let kept = encoded(&draft);
        let keeps = [("kept_to", "/admin/accounts"), ("kept", kept.as_str()), ("next", "/admin/accounts/new")];
        assert!(late.body.contains("name=\"kept_to\" value=\"/admin/accounts\""), "{}", late.body);
        let wrong = [&keeps[..], &[("password", "fel")]].concat();
        assert!(prove(&wrong).body.contains("name=\"kept\""), "a slip of the finger loses nothing");
        let right = [&keeps[..], &[("password", PASSWORD)]].concat();
        let again = prove(&right);
        assert_eq!(again.status, StatusCode::OK);
        assert!(
            again.body.contains("action=\"/admin/accounts\"") && again.body.contains("value=\"olle.ny\""),
            "{}",
            again.body
        );
        assert!(
            again.body.contains("Olle &amp; Nils &quot;Nisse&quot;")
                && again.body.matches("name=\"place\"").count() == 2
        );
        assert!(again.headers.get(header::SET_COOKIE).is_none());
        // It leads nowhere but to what demands a proof, and never to what one logs in with.
        for to in ["https://elsewhere.example/x", "/logout", "/security/codes", "/admin/accounts/../x"] {
            let away = [("kept_to", to), ("kept", "a=b"), ("password", PASSWORD)];
            assert_eq!(prove(&away).status, StatusCode::SEE_OTHER, "{to}");
        }
        // With an app the password proves nothing any more.
        let app = house.connect(&admin).0;
        house.pass(FRESH);
        assert!(!house.get("/login/proof", &admin).body.contains("name=\"password\""));
        assert_eq!(prove(&[("password", PASSWORD)]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(prove(&[("code", &house.code(&app)), next]).location(), next.1);
        assert_eq!(house.post(&format!("/admin/tokens/{token_id}/revoke"), &admin, &[]).status, StatusCode::SEE_OTHER);
        assert_eq!(house.call("/api/v1/me", &secret, None).status, StatusCode::UNAUTHORIZED);
        let log = house.log();
        assert!(
            log.contains(&"step_up allow".to_owned()) && log.contains(&"step_up_failed deny".to_owned()),
            "{log:?}"
        );
    }
}

#[test]
fn one_sees_ones_sessions_and_ends_them() {
    for house in houses() {
        let (login, id) = house.somebody();
        let request = Request::post("/login")
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let body = encoded(&[("login", &login), ("password", PASSWORD)]);
        let here = house.send(request.body(Body::from(body)).unwrap()).token();
        let there = house.password(&login).token();
        let third = house.password(&login).token();
        let page = house.get("/security", &here);
        assert!(page.body.contains("Firefox, Linux") && page.body.matches("/end\"").count() == 3, "{}", page.body);
        let theirs = house.session(&there).unwrap().id;
        assert_eq!(house.post(&format!("/security/sessions/{theirs}/end"), &here, &[]).location(), "/security?saved");
        assert_eq!(house.session(&there), None);
        assert!(house.session(&third).is_some());
        assert_eq!(house.post("/security/others/end", &here, &[]).location(), "/security?saved");
        assert_eq!(house.session(&third), None);
        assert!(house.session(&here).is_some());
        // Nobody ends another's.
        let other = house.log_in(house.admin, house.office, Role::Admin);
        let own = house.session(&here).unwrap();
        assert_eq!(
            house.post(&format!("/security/sessions/{}/end", own.id), &other, &[]).status,
            StatusCode::NOT_FOUND
        );
        assert!(house.session(&here).is_some());
        assert_eq!(house.log().iter().filter(|entry| *entry == "end_session allow").count(), 2);
        assert_eq!(own.actor.id, id);
    }
}

#[test]
fn a_token_is_no_session_and_a_session_is_no_token() {
    for house in houses() {
        let (_, api) = house.api_token("admin", None);
        let session = house.log_in(house.admin, house.office, Role::Admin);
        for path in ["/admin/units", "/security", "/login/proof", "/login/second"] {
            assert!(house.get(path, &api).location().starts_with("/login?next="), "{path}");
        }
        assert_eq!(house.session(&api), None);
        assert_eq!(house.call("/api/v1/me", &api, None).status, StatusCode::OK);
        assert_eq!(house.call("/api/v1/me", &session, None).status, StatusCode::UNAUTHORIZED);
        // A program's request with a session's cookie is nobody's.
        assert_eq!(house.get("/api/v1/me", &session).status, StatusCode::UNAUTHORIZED);
        assert_eq!(house.get("/api/v1/me", &api).status, StatusCode::UNAUTHORIZED);
    }
}

#[test]
fn who_has_lost_everything_is_let_in_by_the_administrator_of_the_same_authority() {
    for house in houses() {
        let (login, id) = house.somebody();
        let token = house.log_in(id, house.desk, Role::Receiver);
        let codes = house.connect(&token).1.secrets();
        let admin = house.log_in(house.admin, house.office, Role::Admin);
        assert_eq!(
            house.post(&format!("/admin/accounts/{id}/factors"), &admin, &[]).location(),
            "/admin/accounts?saved"
        );
        assert_eq!(house.session(&token), None);
        assert_eq!(house.password(&login).location(), "/find");
        let other = house.other_authority();
        let path = format!("/admin/accounts/{}/factors", other.account);
        assert_eq!(house.post(&path, &admin, &[]).status, StatusCode::NOT_FOUND);
        // The old recovery codes are gone with the app they came with.
        house.connect(&house.log_in(id, house.desk, Role::Receiver));
        let half = house.password(&login).token();
        assert_eq!(house.post("/login/second", &half, &[("code", &codes[0])]).status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[test]
fn the_secret_of_an_app_and_the_recovery_codes_stand_nowhere_in_clear() {
    for house in houses() {
        let (_, id) = house.somebody();
        let (secret, done) = house.connect(&house.log_in(id, house.desk, Role::Receiver));
        let org = house.org;
        let (sealed, ..) = house.app.store.read_blocking(|tx| sql::app(tx, org, id)).unwrap().unwrap();
        let text = String::from_utf8_lossy(&sealed).into_owned();
        assert!(sealed.len() > 20 + 24 && !text.contains(&secret.replace(' ', "")));
        let plain = done.secrets()[0].replace('-', "");
        let taken = house.app.store.write_blocking(move |tx| sql::take_recovery_code(tx, org, id, plain.as_bytes()));
        assert!(!taken.unwrap());
        assert!(house.log().iter().all(|entry| !entry.contains(&secret)));
    }
}

#[test]
fn the_first_administrator_comes_in_by_a_link_that_works_once_and_must_have_a_second_step() {
    for house in houses() {
        let (unit, token, late) = (house.office, secrets::token(), secrets::token());
        let path = format!("/first/{token}");
        let kept = (token.clone(), late.clone());
        house
            .keep(move |tx, cx| {
                first::invite(tx, cx, unit, &kept.0)?;
                first::invite(tx, cx, unit, &kept.1)
            })
            .unwrap();
        assert_eq!(house.get("/first/none", "").status, StatusCode::NOT_FOUND);
        assert_eq!(house.get(&path, "").status, StatusCode::OK);
        let login = format!("forst-{}", Uuid::new_v4().simple());
        let own = "blåbär i skogen";
        let make = |login: &str, new: &str, again: &str| {
            house.post(&path, "", &[("name", "Eva"), ("login", login), ("new", new), ("again", again)])
        };
        for (login, new, again) in
            [("e", own, own), ("admin", own, own), (&login, "kort", "kort"), (&login, own, "annat")]
        {
            let wrong = make(login, new, again);
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.cookie().is_none() && wrong.body.contains("Eva") && !wrong.body.contains(own));
        }
        let made = make(&login, own, own);
        assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/login/second"), "{}", made.body);
        assert_eq!(house.session(&made.token()), None);
        assert_eq!(make("annan", own, own).status, StatusCode::NOT_FOUND, "the link is used up");
        // Leaving now and coming back with the password leads to the same place.
        let back = house.post("/login", "", &[("login", &login), ("password", own)]);
        assert_eq!(back.location(), "/login/second");
        let whole = house.connect(&back.token()).1.token();
        assert_eq!(house.session(&whole).unwrap().actor.role, Role::Admin);
        assert_eq!(house.get("/admin/accounts", &whole).status, StatusCode::OK);
        house.pass(first::LINK);
        assert_eq!(house.get(&format!("/first/{late}"), "").status, StatusCode::NOT_FOUND);
        let log = house.log();
        assert!(log.contains(&"first_run allow".to_owned()), "{log:?}");
    }
}
