//! Sessions, tokens and the log-in pages on both stores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod keys;
mod steps;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use chain::text::Lang;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt;
use uuid::Uuid;

use super::*;
use crate::access::Role;
use crate::accounts::{self, AccountDraft, MembershipDraft, TokenDraft};
use crate::app::{Clock, Cx, Stop, Via, unit_blocking};
use crate::audit;
use crate::directory::{self, AuthorityDraft, NewAuthority, UnitDraft};
use crate::http::server;
use crate::secrets::Kek;
use crate::settings::Settings;
use crate::store::{self, Sql, Store};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "hjortron på myren";

/// An authority with two units and an administrator, and the whole product around it.
pub(crate) struct House {
    pub(crate) app: Arc<App>,
    pub(crate) org: Uuid,
    pub(crate) desk: Uuid,
    pub(crate) office: Uuid,
    pub(crate) admin: Uuid,
    hash: String,
    runtime: tokio::runtime::Runtime,
    _database: testkit::Database,
}

/// Another authority's unit and account.
pub(crate) struct Other {
    pub(crate) unit: Uuid,
    pub(crate) account: Uuid,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The text of every `code` of the page.
    fn secrets(&self) -> Vec<String> {
        self.body.split("<code>").skip(1).filter_map(|rest| rest.split("</code>").next()).map(str::to_owned).collect()
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    fn cookie(&self) -> Option<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        cookies.map(|value| value.to_str().unwrap()).find(|value| value.starts_with("kedjan=")).map(str::to_owned)
    }

    fn token(&self) -> String {
        let cookie = self.cookie().expect("a session");
        cookie.split([';', '=']).nth(1).unwrap().to_owned()
    }

    /// The text that stands in the page's `code`, such as a secret shown once.
    pub(crate) fn secret(&self) -> String {
        self.body.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).expect("a secret").to_owned()
    }
}

pub(crate) fn houses() -> impl Iterator<Item = House> {
    testkit::databases().into_iter().map(|database| House::new(database, "http://127.0.0.1"))
}

impl House {
    fn new(database: testkit::Database, public: &str) -> House {
        let location: store::Location = database.url.parse().unwrap();
        let store = Store::open(&location, &store::Settings::default()).unwrap();
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            public: public.into(),
            database: location,
            key_file: "unused".into(),
            people_keys: "unused.people".into(),
            methods: None,
            mail: None,
            log: "error".into(),
            demo: false,
            threshold: 5,
            proxies: 0,
            limits: false,
            late_days: 30,
            publisher: None,
            contact: None,
        };
        let clock = Clock::fixed(testkit::clock());
        let app = Arc::new(App::assemble(store, &Kek::generate(), settings, clock).unwrap());
        let actor =
            Actor { org: Uuid::nil(), unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Console };
        let hash = crate::secrets::hash_password(PASSWORD).unwrap();
        let kept = hash.clone();
        let cx = Cx::new(&app, actor, Lang::Sv).unwrap();
        let (org, desk, office, admin) = unit_blocking(cx, move |tx, cx| {
            let draft = AuthorityDraft { name: "Socialnämnden".into(), ..AuthorityDraft::default() };
            let new =
                NewAuthority { kind: "municipal_board".into(), county: Some("10".into()), municipality: None, draft };
            let org = directory::create_authority(tx, cx, &new)?;
            let desk = directory::create_unit(tx, cx, unit_draft("Vuxenenheten", "social_services"))?.unit.id;
            let office = directory::create_unit(tx, cx, unit_draft("Kansliet", "administration"))?.unit.id;
            let draft = account_draft("admin", &[(office, "admin")]);
            let admin = accounts::create_account(tx, cx, &draft, &kept, false)?.id;
            Ok((org, desk, office, admin))
        })
        .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        House { app, org, desk, office, admin, hash, runtime, _database: database }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    fn pass(&self, time: SignedDuration) {
        self.app.clock.set(self.now() + time);
    }

    /// Does something as the administrator.
    pub(crate) fn keep<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Sql, &mut Cx) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        unit_blocking(Cx::new(&self.app, self.actor(Role::Admin), Lang::Sv).unwrap(), work)
    }

    pub(crate) fn actor(&self, role: Role) -> Actor {
        Actor { org: self.org, unit: self.office, id: self.admin, role, via: Via::Page }
    }

    /// An account with the usual password.
    pub(crate) fn account(&self, login: &str, places: &[(Uuid, &str)], once: bool) -> Uuid {
        let (draft, hash) = (account_draft(login, places), self.hash.clone());
        self.keep(move |tx, cx| Ok(accounts::create_account(tx, cx, &draft, &hash, once)?.id)).unwrap()
    }

    fn change(&self, id: Uuid, draft: AccountDraft) {
        self.keep(move |tx, cx| accounts::change_account(tx, cx, id, &draft).map(drop)).unwrap();
    }

    fn session(&self, token: &str) -> Option<Session> {
        self.runtime.block_on(by_session(&self.app, token)).unwrap()
    }

    /// A session as log-in makes it.
    pub(crate) fn log_in(&self, account: Uuid, unit: Uuid, role: Role) -> String {
        let token = secrets::token();
        let actor = Actor { org: self.org, unit, id: account, role, via: Via::Page };
        let session = NewSession::new(&token, &actor, self.now());
        self.app.store.write_blocking(move |tx| sql::begin(tx, &session)).unwrap();
        token
    }

    fn send(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = server::service(self.app.clone()).oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
        })
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, format!("kedjan={token}"));
        self.send(request.body(Body::empty()).unwrap())
    }

    pub(crate) fn post(&self, path: &str, token: &str, values: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, format!("kedjan={token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(encoded(values))).unwrap())
    }

    /// A request of a program; a body makes it a POST.
    pub(crate) fn call(&self, path: &str, token: &str, body: Option<&str>) -> Answer {
        let request = if body.is_some() { Request::post(path) } else { Request::get(path) };
        let request = request
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap())
    }

    /// An API token of the authority.
    pub(crate) fn api_token(&self, role: &str, days: Option<i64>) -> (Uuid, String) {
        let secret = secrets::token();
        let draft = TokenDraft { name: "Prov".into(), unit: self.office.to_string(), role: role.into(), days };
        let kept = secret.clone();
        let id = self.keep(move |tx, cx| Ok(accounts::create_token(tx, cx, &draft, &kept)?.id)).unwrap();
        (id, secret)
    }

    /// Another authority with a unit and an administrator.
    pub(crate) fn other_authority(&self) -> Other {
        let mut console = self.actor(Role::Admin);
        console.via = Via::Console;
        let hash = self.hash.clone();
        unit_blocking(Cx::new(&self.app, console, Lang::Sv).unwrap(), move |tx, cx| {
            let draft = AuthorityDraft { name: "Regionen".into(), ..AuthorityDraft::default() };
            let new = NewAuthority { kind: "region".into(), county: Some("10".into()), municipality: None, draft };
            directory::create_authority(tx, cx, &new)?;
            let unit = directory::create_unit(tx, cx, unit_draft("Mottagningen", "addiction_care"))?.unit.id;
            let draft = account_draft("frammande", &[(unit, "admin")]);
            let account = accounts::create_account(tx, cx, &draft, &hash, false)?.id;
            Ok(Other { unit, account })
        })
        .unwrap()
    }

    /// The actions in the authority's log, which must hold.
    pub(crate) fn log(&self) -> Vec<String> {
        let org = self.org;
        self.app
            .store
            .read_blocking(|tx| {
                assert!(audit::verify(tx, org)?.is_ok());
                audit::page(tx, org, 1, 1000)
            })
            .unwrap()
            .into_iter()
            .map(|record| format!("{} {}", record.action, record.decision))
            .collect()
    }
}

pub(crate) fn unit_draft(name: &str, kind: &str) -> UnitDraft {
    UnitDraft {
        kind: kind.into(),
        name: name.into(),
        county: "10".into(),
        email: "enheten@example.se".into(),
        lead_email: "ledningen@example.se".into(),
        active: true,
        ..UnitDraft::default()
    }
}

pub(crate) fn account_draft(login: &str, places: &[(Uuid, &str)]) -> AccountDraft {
    let memberships =
        places.iter().map(|(unit, role)| MembershipDraft { unit: unit.to_string(), role: (*role).into() }).collect();
    AccountDraft { login: login.into(), name: format!("Test {login}"), active: true, memberships }
}

fn encoded(values: &[(&str, &str)]) -> String {
    let part = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    values.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}

#[test]
fn a_session_says_who_it_is() {
    for house in houses() {
        let token = house.log_in(house.admin, house.office, Role::Admin);
        let session = house.session(&token).unwrap();
        assert_eq!(session.actor, house.actor(Role::Admin));
        assert_eq!(
            (session.name.as_str(), session.unit_name.as_str(), session.unit_kind.as_str()),
            ("Test admin", "Kansliet", "administration")
        );
        assert_eq!((session.authority_name.as_str(), session.county.as_str()), ("Socialnämnden", "10"));
        assert_eq!(house.session("nobody's"), None);
        assert_eq!(house.session(""), None);
    }
}

#[test]
fn a_session_ends_when_idle_and_is_kept_by_use() {
    for house in houses() {
        let token = house.log_in(house.admin, house.office, Role::Admin);
        for _ in 0..4 {
            house.pass(IDLE - SignedDuration::from_secs(1));
            assert!(house.session(&token).is_some());
        }
        house.pass(IDLE);
        assert_eq!(house.session(&token), None);
    }
}

#[test]
fn a_session_ends_after_its_longest_life_however_much_it_is_used() {
    for house in houses() {
        let token = house.log_in(house.admin, house.office, Role::Admin);
        let steps = ABSOLUTE.as_mins() / 20;
        for _ in 0..steps - 1 {
            house.pass(SignedDuration::from_mins(20));
            assert!(house.session(&token).is_some());
        }
        house.pass(SignedDuration::from_mins(20));
        assert_eq!(house.session(&token), None);
    }
}

#[test]
fn use_is_written_down_once_a_minute_at_most() {
    for house in houses() {
        let token = house.log_in(house.admin, house.office, Role::Admin);
        let before = house.app.store.figures().units;
        for _ in 0..5 {
            house.pass(SignedDuration::from_secs(11));
            assert!(house.session(&token).is_some());
        }
        assert_eq!(house.app.store.figures().units, before);
        house.pass(SignedDuration::from_secs(11));
        assert!(house.session(&token).is_some());
        assert_eq!(house.app.store.figures().units, before + 1);
    }
}

#[test]
fn whoever_is_shut_out_is_out_with_the_next_request() {
    for house in houses() {
        let id = house.account("eva", &[(house.desk, "receiver"), (house.office, "lead")], false);
        let (there, here) = (house.log_in(id, house.desk, Role::Receiver), house.log_in(id, house.office, Role::Lead));
        assert!(house.session(&there).is_some() && house.session(&here).is_some());
        house.change(id, account_draft("eva", &[(house.office, "lead")]));
        assert_eq!(house.session(&there), None);
        assert!(house.session(&here).is_some());
        house.change(id, AccountDraft { active: false, ..account_draft("eva", &[(house.office, "lead")]) });
        assert_eq!(house.session(&here), None);
        // It is the look-up that shuts out, whether or not anybody has put the session away.
        let late = house.log_in(id, house.office, Role::Lead);
        assert_eq!(house.session(&late), None);
        // Opened again, the old session stays ended.
        house.change(id, account_draft("eva", &[(house.office, "lead")]));
        assert_eq!(house.session(&here), None);
    }
}

#[test]
fn a_token_stands_for_its_unit_until_it_ends_or_is_revoked() {
    for house in houses() {
        let look = |token: &str| house.runtime.block_on(by_token(&house.app, token)).unwrap();
        let (id, token) = house.api_token("admin", None);
        let (_, short) = house.api_token("receiver", Some(2));
        let found = look(&token).unwrap();
        assert_eq!(found, Actor { id, via: Via::Api, ..house.actor(Role::Admin) });
        assert_eq!(look("nobody's"), None);
        house.pass(SignedDuration::from_hours(48) - SignedDuration::from_secs(1));
        assert_eq!(look(&short).unwrap().role, Role::Receiver);
        house.pass(SignedDuration::from_secs(1));
        assert_eq!(look(&short), None);
        house.keep(move |tx, cx| accounts::revoke_token(tx, cx, id).map(drop)).unwrap();
        assert_eq!(look(&token), None);
    }
}

#[test]
fn one_logs_in_sees_the_house_and_logs_out() {
    for house in houses() {
        let away = house.get("/admin/units", "");
        assert_eq!((away.status, away.location()), (StatusCode::SEE_OTHER, "/login?next=/admin/units"));
        let page = house.get("/login?next=/admin/units", "");
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("value=\"/admin/units\""), "{}", page.body);

        let done = house.post("/login", "", &[("login", " Admin "), ("password", PASSWORD), ("next", "/admin/units")]);
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/admin/units"), "{}", done.body);
        let cookie = done.cookie().unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
        let token = done.token();
        let units = house.get("/admin/units", &token);
        assert_eq!(units.status, StatusCode::OK);
        assert!(units.body.contains("Vuxenenheten") && units.body.contains("Test admin"));
        assert_eq!(house.get("/login", &token).status, StatusCode::SEE_OTHER);

        let out = house.post("/logout", &token, &[]);
        assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/login"));
        assert!(out.cookie().unwrap().contains("Max-Age=0"));
        assert!(out.headers.contains_key("clear-site-data"));
        assert_eq!(house.session(&token), None);
        assert_eq!(house.get("/admin/units", &token).status, StatusCode::SEE_OTHER);
        assert_eq!(house.post("/logout", "", &[]).status, StatusCode::SEE_OTHER);
        let log = house.log();
        assert!(log.contains(&"log_in allow".to_owned()) && log.contains(&"log_out allow".to_owned()), "{log:?}");
    }
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    for house in houses() {
        house.account("per", &[(house.desk, "receiver")], false);
        let id = house.account("stangd", &[(house.desk, "receiver")], false);
        house.change(id, AccountDraft { active: false, ..account_draft("stangd", &[(house.desk, "receiver")]) });
        let answers: Vec<String> = [("per", "fel"), ("ingen", PASSWORD), ("stangd", PASSWORD), ("per", "")]
            .into_iter()
            .map(|(login, password)| {
                let answer = house.post("/login", "", &[("login", login), ("password", password)]);
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(answer.cookie().is_none());
                answer.body.replace(&format!("value=\"{login}\""), "value=\"\"")
            })
            .collect();
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(!answers[0].contains("fel\""));
        assert_eq!(house.log().iter().filter(|entry| *entry == "log_in_failed deny").count(), 2);
    }
}

#[test]
fn guessing_is_slowed_down() {
    for house in houses() {
        // A name of its own: what is guessed is remembered by the whole process.
        let login = format!("gissad-{}", Uuid::new_v4().simple());
        house.account(&login, &[(house.desk, "receiver")], false);
        for _ in 0..10 {
            let answer = house.post("/login", "", &[("login", &login), ("password", "fel")]);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let right = [("login", login.as_str()), ("password", PASSWORD)];
        assert_eq!(house.post("/login", "", &right).status, StatusCode::TOO_MANY_REQUESTS);
        house.pass(SignedDuration::from_mins(5));
        assert_eq!(house.post("/login", "", &right).status, StatusCode::SEE_OTHER);
    }
}

#[test]
fn one_goes_on_to_our_own_pages_only() {
    for house in houses() {
        let id = house.account("nils", &[(house.desk, "receiver")], false);
        for (next, to) in [
            ("/find", "/find"),
            ("/?tab=mine", "/?tab=mine"),
            ("", "/"),
            ("https://example.org", "/"),
            ("//example.org", "/"),
            ("/\\example.org", "/"),
            ("/\t/example.org", "/"),
            ("/login", "/"),
            ("/logout", "/"),
            ("find", "/"),
        ] {
            let done = house.post("/login", "", &[("login", "nils"), ("password", PASSWORD), ("next", next)]);
            assert_eq!(done.location(), to, "{next}");
        }
        let sessions = house.log_in(id, house.desk, Role::Receiver);
        assert!(house.session(&sessions).is_some());
    }
}

#[test]
fn one_with_several_places_chooses_and_moves() {
    for house in houses() {
        house.account("lisa", &[(house.desk, "receiver"), (house.office, "admin")], false);
        let done = house.post("/login", "", &[("login", "lisa"), ("password", PASSWORD), ("next", "/find")]);
        assert_eq!(done.location(), "/unit?next=/find");
        let token = done.token();
        let page = house.get("/unit?next=/find", &token);
        assert!(page.body.contains("Vuxenenheten") && page.body.contains("Kansliet"));
        for (unit, role) in [(house.desk, Role::Receiver), (house.office, Role::Admin)] {
            let place = format!("{unit}:{}", role.name());
            let moved = house.post("/unit", &token, &[("place", &place), ("next", "/find")]);
            assert_eq!((moved.status, moved.location()), (StatusCode::SEE_OTHER, "/find"));
            let actor = house.session(&token).unwrap().actor;
            assert_eq!((actor.unit, actor.role), (unit, role));
        }
        // A place that is not one's own is none.
        let wrong = house.post("/unit", &token, &[("place", &format!("{}:controller", house.desk))]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(house.session(&token).unwrap().actor.role, Role::Admin);
        assert!(house.log().contains(&"choose_unit allow".to_owned()));
    }
}

#[test]
fn a_password_given_out_only_lets_one_choose_ones_own() {
    for house in houses() {
        let id = house.account("ny", &[(house.desk, "receiver")], true);
        house.change(
            id,
            AccountDraft { name: "Gunborg Ekelund".into(), ..account_draft("ny", &[(house.desk, "receiver")]) },
        );
        let first = house.post("/login", "", &[("login", "ny"), ("password", PASSWORD)]);
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.cookie().is_none() && first.body.contains("action=\"/password\""));
        let change = |new: &str, again: &str, old: &str| {
            house.post("/password", "", &[("login", "ny"), ("password", old), ("new", new), ("again", again)])
        };
        let own = "blåbär i skogen";
        for (new, again, old, why) in [
            ("kort", "kort", PASSWORD, "short"),
            (own, "något annat", PASSWORD, "differs"),
            (PASSWORD, PASSWORD, PASSWORD, "same"),
            (own, own, "fel", "wrong"),
            ("Sommaren2026!", "Sommaren2026!", PASSWORD, "common"),
            ("Gunborg-Ekelund1", "Gunborg-Ekelund1", PASSWORD, "own name"),
        ] {
            let refused = change(new, again, old);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
            assert!(refused.cookie().is_none() && !refused.body.contains(own), "{why}");
        }
        let done = change(own, own, PASSWORD);
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/"));
        assert!(house.session(&done.token()).is_some());
        let again = house.post("/login", "", &[("login", "ny"), ("password", own)]);
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let old = house.post("/login", "", &[("login", "ny"), ("password", PASSWORD)]);
        assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[test]
fn a_new_password_ends_every_session() {
    for house in houses() {
        let before = house.log_in(house.admin, house.office, Role::Admin);
        let own = "blåbär i skogen";
        let values = [("login", "admin"), ("password", PASSWORD), ("new", own), ("again", own)];
        let done = house.post("/password", "", &values);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(house.session(&before), None);
        assert!(house.session(&done.token()).is_some());
    }
}

#[test]
fn cookies_of_a_protected_address_are_bound_to_it() {
    let house = House::new(testkit::sqlite(), "https://kedjan.example.se");
    let done = house.post("/login", "", &[("login", "admin"), ("password", PASSWORD)]);
    let cookies: Vec<&str> =
        done.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    assert!(
        cookies.iter().any(|c| c.starts_with("__Host-kedjan=") && c.contains("; Path=/;") && c.ends_with("; Secure")),
        "{cookies:?}"
    );
    let lang = house.get("/login?lang=en", "");
    let lang = lang.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(lang.starts_with("__Host-lang=en; Path=/;") && lang.ends_with("; HttpOnly; Secure"), "{lang}");
    let request = Request::get("/login").header(header::COOKIE, "__Host-lang=en").body(Body::empty()).unwrap();
    assert!(house.send(request).body.contains("<html lang=\"en\""));
}

#[test]
fn a_language_that_was_chosen_goes_along_with_the_person() {
    for house in houses() {
        let request = Request::post("/login")
            .header(header::COOKIE, "lang=en")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let body = encoded(&[("login", "admin"), ("password", PASSWORD)]);
        let done = house.send(request.body(Body::from(body)).unwrap());
        assert_eq!(house.session(&done.token()).unwrap().lang, Some(Lang::En));
        let elsewhere = house.log_in(house.admin, house.office, Role::Admin);
        assert!(house.get("/admin/units", &elsewhere).body.contains("<html lang=\"en\""));
    }
}
