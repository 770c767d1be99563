//! The way in: every route as nobody, as one without the right and as one with it; the API as its description says; and what
//! every answer carries.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::routes::{Audited, Proof, ROUTES, Verb};
use super::server;
use crate::access::{Action, Relation, Role};
use crate::app::Actor;
use crate::testing::{World, in_each};

mod let_in;
mod protected;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }
}

/// Sends one request to the whole service.
pub(crate) fn send(world: &World, request: Request<Body>) -> Answer {
    sent(&world.app, request)
}

fn sent(app: &std::sync::Arc<crate::app::App>, request: Request<Body>) -> Answer {
    let service = server::service(app.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = service.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    })
}

fn api(world: &World, token: Option<&str>, verb: &str, path: &str, body: Option<Value>) -> Answer {
    api_with(world, token, verb, path, body, &[])
}

fn api_with(
    world: &World,
    token: Option<&str>,
    verb: &str,
    path: &str,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(verb).uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(world, request.body(body.map_or_else(Body::empty, |b| Body::from(b.to_string()))).unwrap())
}

fn offer() -> Value {
    json!({
        "method": "smadit",
        "person": { "identity": testkit::test_pins()[0], "name": "Kim Testsson", "phone": "070-174 06 05", "municipality": "1082" },
        "step": { "id": "offer", "outcome": "accepted", "fields": {
            "offence": "drink_driving", "substance": "alcohol", "event_municipality": "1082", "children": "no",
            "consent": { "how": "spoken" },
        } },
    })
}

/// A path of the table with something in the place of its parameters.
fn filled(path: &str) -> String {
    let unknown = uuid::Uuid::nil().to_string();
    path.replace("{code}", "BBBBBBBBBB")
        .replace("{method}", "smadit")
        .replace("{step}", "contact")
        .replace("{table}", "flow")
        .replace("{token}", "none")
        .replace("{id}", if path.contains("/cases/") { "BBBBBBBBBB" } else { &unknown })
}

fn request(verb: Verb, path: &str, headers: &[(&str, String)]) -> Request<Body> {
    let mut request = Request::builder()
        .method(if verb == Verb::Get { "GET" } else { "POST" })
        .uri(filled(path))
        .header(header::HOST, "127.0.0.1")
        .header("sec-fetch-site", "same-origin");
    let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
    if verb == Verb::Post {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let body = if verb == Verb::Post && path.starts_with("/api/") { "{}" } else { "" };
    request.body(Body::from(body)).unwrap()
}

/// The pages of the log-in that are there for who is not logged in.
const FOR_NOBODY: [&str; 6] =
    ["/login", "/password", "/login/passkey", "/login/passkey/begin", "/first/{token}", "/answer/{token}"];

#[test]
fn nobody_gets_past_the_log_in_on_any_route_that_is_not_open() {
    in_each(|world| {
        for route in ROUTES {
            let answer = send(world, request(route.verb, route.path, &[]));
            match route.audited {
                // What there is not is not found, by anybody.
                Audited::Open if route.path.contains('{') => {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", route.path);
                }
                Audited::Open => assert_eq!(answer.status, StatusCode::OK, "{}", route.path),
                Audited::LogIn if FOR_NOBODY.contains(&route.path) => {
                    assert!(!answer.status.is_server_error(), "{}", answer.body);
                }
                Audited::Signed => assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body),
                _ if route.path.starts_with("/api/") => {
                    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{:?} {}", route.verb, route.path);
                    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
                }
                _ => {
                    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?} {}", route.verb, route.path);
                    assert!(answer.headers[header::LOCATION].to_str().unwrap().starts_with("/login"), "{}", route.path);
                }
            }
        }
    });
}

/// For each route and each role: whether the answer is the one that the policies say, from outside.
#[test]
fn each_route_refuses_every_role_that_the_policies_do_not_let_in() {
    in_each(|world| {
        for role in Role::ALL {
            let actor = Actor { role, ..world.receiver.clone() };
            let (session, token) = (world.session(&actor), world.token(&actor));
            for route in ROUTES {
                let (Audited::Guarded(action) | Audited::Form(action)) = route.audited else { continue };
                let page = !route.path.starts_with("/api/");
                let header = if page {
                    (header::COOKIE.as_str(), format!("kedjan={session}"))
                } else {
                    (header::AUTHORIZATION.as_str(), format!("Bearer {token}"))
                };
                let answer = send(world, request(route.verb, route.path, &[header]));
                let at = format!("{role:?} {:?} {}: {} {}", route.verb, route.path, answer.status, answer.body);
                assert!(!answer.status.is_server_error(), "{at}");
                let may = world.app.policies.decide(action, role, Relation::None, false).allowed;
                if route.path == "/" && answer.status == StatusCode::SEE_OTHER {
                    continue; // roles without a work list are shown to what they come for
                }
                if action.is_about_case() {
                    // A case that does not exist looks the same as one that may not be seen.
                    assert!(!answer.status.is_success(), "{at}");
                } else if may {
                    assert_ne!(answer.status, StatusCode::FORBIDDEN, "{at}");
                } else {
                    let shut = [
                        StatusCode::FORBIDDEN,
                        StatusCode::NOT_FOUND,
                        StatusCode::BAD_REQUEST,
                        StatusCode::UNPROCESSABLE_ENTITY,
                    ];
                    assert!(shut.contains(&answer.status), "{at}");
                }
            }
        }
    });
}

/// Whoever finds a browser that somebody left open must not be able to make accounts, tokens or keys with it.
#[test]
fn what_is_sensitive_demands_a_fresh_proof_and_names_the_page_of_its_form() {
    for route in ROUTES {
        let page = !route.path.starts_with("/api/");
        let sensitive = match route.audited {
            Audited::Guarded(Action::ManageAccounts | Action::ManageTokens | Action::MergePeople) => true,
            // What is published cannot be taken back.
            Audited::Guarded(Action::ReleaseFigures) => true,
            _ if route.path.starts_with("/admin/authority") => true,
            // To end the owner's other sessions too: whoever found a browser open could shut the owner out.
            Audited::LogIn => route.path.starts_with("/security/"),
            _ => false,
        };
        let demands = matches!(route.proof, Proof::Fresh(_));
        if page && route.verb == Verb::Post {
            assert_eq!(demands, sensitive, "{}", route.path);
        }
        assert!(page || !demands, "a token cannot prove anything anew: {}", route.path);
        if let Proof::Fresh(form) = route.proof {
            assert!(ROUTES.iter().any(|one| one.verb == Verb::Get && one.path == form), "{}: {form}", route.path);
        }
    }
}

#[test]
fn a_half_session_gets_nowhere_but_to_its_second_step() {
    in_each(|world| {
        let session = world.half_session(&world.receiver);
        for route in ROUTES.iter().filter(|route| !route.path.starts_with("/api/") && route.audited != Audited::Open) {
            if FOR_NOBODY.contains(&route.path) || route.path == "/logout" || route.path.starts_with("/login/second") {
                continue;
            }
            let answer = send(world, request(route.verb, route.path, &[("cookie", format!("kedjan={session}"))]));
            let at = format!("{:?} {} {}", route.verb, route.path, answer.status);
            // Setting up a first second step is a part of it: those pages lead on to one another.
            let set_up = ["/security/app", "/security/app/begin", "/security/passkeys", "/security/passkeys/begin"];
            if set_up.contains(&route.path) {
                continue;
            }
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{at}");
            assert!(answer.headers[header::LOCATION].to_str().unwrap().starts_with("/login/second"), "{at}");
        }
    });
}

#[test]
fn the_description_names_every_route_of_the_api_and_no_other() {
    let described = serde_json::to_value(super::openapi::document()).unwrap();
    let mut said: Vec<String> = Vec::new();
    for (path, verbs) in described["paths"].as_object().unwrap() {
        for verb in verbs.as_object().unwrap().keys().filter(|v| ["get", "post"].contains(&v.as_str())) {
            said.push(format!("{verb} {path}"));
        }
    }
    let mut there: Vec<String> = ROUTES
        .iter()
        .filter(|r| r.path.starts_with("/api/"))
        .map(|r| format!("{} {}", if r.verb == Verb::Get { "get" } else { "post" }, r.path))
        .collect();
    said.sort();
    there.sort();
    assert_eq!(said, there);
}

#[test]
fn the_chain_over_the_api_answers_as_described() {
    in_each(|world| {
        let (officer, receiver) = (world.token(&world.officer), world.token(&world.receiver));
        let begun = api(world, Some(&officer), "POST", "/api/v1/cases", Some(offer()));
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
        let case = begun.json();
        let id = case["id"].as_str().unwrap();
        assert_eq!(begun.headers[header::LOCATION], format!("/api/v1/cases/{id}"));
        assert_eq!(case["consents"][0]["state"], "active");

        let list = api(world, Some(&receiver), "GET", "/api/v1/cases?state=open&limit=10", None).json();
        assert_eq!(
            (&list["items"][0]["id"], &list["counts"]["open"], &list["counts"]["total"]),
            (&json!(id), &json!(1), &json!(1))
        );

        let seen = api(world, Some(&receiver), "GET", &format!("/api/v1/cases/{id}"), None);
        let etag = seen.headers[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(seen.json()["clocks"][0]["id"], "first_contact");
        assert!(seen.json()["next"].as_array().unwrap().iter().any(|n| n["id"] == "contact"));

        let contact = json!({ "id": "contact", "outcome": "no_answer", "fields": { "channel": "phone" } });
        let path = format!("/api/v1/cases/{id}/steps");
        let key = [("if-match", etag.as_str()), ("idempotency-key", "k-1")];
        let first = api_with(world, Some(&receiver), "POST", &path, Some(contact.clone()), &key);
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        // The same key again is the same step once, even though the tag is stale by now.
        let again = api_with(world, Some(&receiver), "POST", &path, Some(contact.clone()), &key);
        assert_eq!(again.status, StatusCode::CREATED);
        assert_eq!(again.json()["steps"].as_array().unwrap().len(), 2);
        let stale = api_with(world, Some(&receiver), "POST", &path, Some(contact.clone()), &[("if-match", &etag)]);
        assert_eq!(
            (stale.status, stale.json()["type"].clone()),
            (StatusCode::PRECONDITION_FAILED, json!("/problems/stale"))
        );
        assert_ne!(stale.headers[header::ETAG], etag.as_str());

        let consent = case["consents"][0]["id"].as_str().unwrap();
        let withdrawn = api(world, Some(&receiver), "POST", &format!("/api/v1/consents/{consent}/withdraw"), None);
        assert_eq!((withdrawn.status, &withdrawn.json()["state"]), (StatusCode::OK, &json!("withdrawn")));
        let gone = api(world, Some(&receiver), "GET", &format!("/api/v1/cases/{id}"), None);
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn who_has_seen_a_person_is_told_to_the_controller_of_that_authority_only() {
    in_each(|world| {
        let code = world.accepted();
        let person = world.view(&world.receiver, &code).unwrap().person_id;
        let path = format!("/api/v1/people/{person}/accesses?limit=1");
        let own = api(world, Some(&world.token(&world.controller)), "GET", &path, None);
        assert_eq!(own.status, StatusCode::OK, "{}", own.body);
        assert_eq!(
            (own.json()["items"][0]["action"].clone(), own.json()["total"].clone()),
            (json!("see_case"), json!(1))
        );
        let other = api(world, Some(&world.token(&world.police_controller)), "GET", &path, None);
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let worker = api(world, Some(&world.token(&world.receiver)), "GET", &path, None);
        assert_eq!(worker.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn what_cannot_be_read_is_refused_in_words_and_changes_nothing() {
    in_each(|world| {
        let token = world.token(&world.officer);
        let post = |body: &str, kind: &str| {
            send(
                world,
                Request::builder()
                    .method("POST")
                    .uri("/api/v1/cases")
                    .header("authorization", format!("Bearer {token}"))
                    .header("content-type", kind)
                    .body(Body::from(body.to_owned()))
                    .unwrap(),
            )
        };
        let broken = post("{\"method\": ", "application/json");
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);
        assert_eq!(broken.headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(broken.json()["detail"].as_str().unwrap().contains("line 1"), "{}", broken.body);
        for (body, said) in [
            ("{\"method\": 198001011234}", "expected a string"),
            ("{\"method\": \"smadit\"}", "`step` is missing"),
            ("{\"Anna Andersson\": 1}", "expected one of"),
        ] {
            let answer = post(body, "application/json");
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert!(answer.body.contains(said), "{}", answer.body);
            assert!(!answer.body.contains("198001011234") && !answer.body.contains("Anna"), "{}", answer.body);
        }
        let huge = post(&format!("{{\"method\": \"{}\"}}", "x".repeat(400_000)), "application/json");
        assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", huge.body);
        let mut all_wrong = offer();
        all_wrong["person"] = json!({ "identity": "198001011234", "phone": "ring mig", "municipality": "Atlantis" });
        all_wrong["unit"] = json!("nobody");
        let wrong = api(world, Some(&token), "POST", "/api/v1/cases", Some(all_wrong));
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let pointers: Vec<String> = wrong.json()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["pointer"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(pointers, ["/unit", "/person/identity", "/person/phone", "/person/municipality"]);
        assert!(!wrong.body.contains("198001011234"), "what was typed is not sent back in an error");
        assert_eq!(world.list(&world.officer, "passed").counts, crate::cases::Counts::default());
    });
}

#[test]
fn a_text_that_cannot_be_kept_is_the_senders_fault_and_changes_nothing() {
    in_each(|world| {
        let token = world.token(&world.officer);
        let mut begun = offer();
        begun["step"]["fields"]["reach_note"] = json!("a\0b");
        begun["person"]["name"] = json!("Kim\0Testsson");
        let answer = api(world, Some(&token), "POST", "/api/v1/cases", Some(begun));
        assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.body);
        assert_eq!(world.list(&world.officer, "passed").counts, crate::cases::Counts::default());
        let form = |path: &str, body: &str| {
            let request = Request::builder()
                .method("POST")
                .uri(path)
                .header("sec-fetch-site", "same-origin")
                .header(header::COOKIE, format!("kedjan={}", world.session(&world.receiver)))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            send(world, request.body(Body::from(body.to_owned())).unwrap())
        };
        for (path, body) in
            [("/find", "wanted=a%00b"), ("/login", "user=a%00b&password=c%00d"), ("/glass", "code=%00&words=%00")]
        {
            let answer = form(path, body);
            assert!(!answer.status.is_server_error(), "{path}: {} {}", answer.status, answer.body);
        }
    });
}

/// Markup in every text that somebody can write comes back as text, wherever it is shown.
#[test]
fn markup_in_any_text_is_shown_as_text() {
    const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
    in_each(|world| {
        let token = world.token(&world.officer);
        let mut begun = offer();
        begun["person"]["name"] = json!(MARKUP);
        begun["person"]["address"] = json!(MARKUP);
        begun["step"]["fields"]["reach_note"] = json!(MARKUP);
        begun["step"]["fields"]["children"] = json!("yes");
        begun["step"]["fields"]["children_note"] = json!(MARKUP);
        let case = api(world, Some(&token), "POST", "/api/v1/cases", Some(begun)).json();
        let code = case["id"].as_str().unwrap().to_owned();
        let wanted = crate::disclosures::Wanted {
            ground: "harm_test".into(),
            kinds: vec!["name".into()],
            receiver_kind: "region".into(),
            receiver: MARKUP.into(),
            words: MARKUP.into(),
            ..Default::default()
        };
        let number = code.clone();
        world
            .run(&world.receiver, move |tx, cx| Ok(crate::disclosures::disclose(tx, cx, &number, &wanted)?.id))
            .unwrap();
        let glass = crate::glass::Wanted { code: code.clone(), cause: "life".into(), words: MARKUP.into() };
        world.run(&world.youth, move |tx, cx| Ok(crate::glass::break_glass(tx, cx, glass.clone())?.id)).unwrap();
        let review =
            world.run(&world.controller, |tx, cx| Ok(crate::review::entries(tx, cx, false, 0)?.items[0].id)).unwrap();
        let report = case["opened"][0].as_str().unwrap().to_owned();
        let pages = [
            (&world.officer, format!("/cases/{code}")),
            (&world.receiver, format!("/cases/{code}")),
            (&world.receiver, "/".to_owned()),
            (&world.reception, format!("/cases/{report}")),
            (&world.controller, "/disclosures".to_owned()),
            (&world.controller, format!("/review/{review}")),
        ];
        let mut shown = 0;
        for (who, path) in pages {
            let answer =
                send(world, request(Verb::Get, &path, &[("cookie", format!("kedjan={}", world.session(who)))]));
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(!answer.body.contains("<script>alert") && !answer.body.contains("<img src=x"), "{path}");
            shown += answer.body.matches("&lt;script&gt;alert(1)").count();
        }
        assert!(shown >= 6, "the texts are shown: {shown}");
    });
}

#[test]
fn a_form_from_another_site_is_refused() {
    in_each(|world| {
        let session = world.session(&world.officer);
        let post = |site: &str| {
            let request = Request::builder()
                .method("POST")
                .uri("/begin/smadit?step=offer")
                .header(header::HOST, "127.0.0.1")
                .header("sec-fetch-site", site)
                .header(header::COOKIE, format!("kedjan={session}"))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            send(world, request.body(Body::from("outcome=declined")).unwrap()).status
        };
        assert_eq!(post("cross-site"), StatusCode::FORBIDDEN);
        assert_eq!(post("same-origin"), StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn every_answer_carries_the_headers_that_keep_it_to_itself() {
    in_each(|world| {
        for path in ["/", "/login", "/nowhere", "/api/v1/cases", "/api/v1/openapi.json", "/healthz"] {
            let answer = send(world, Request::builder().uri(path).body(Body::empty()).unwrap());
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
            assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
        }
    });
}

#[test]
fn the_roadside_form_keeps_what_was_typed_and_says_all_that_is_wrong() {
    in_each(|world| {
        let session = world.session(&world.officer);
        let request = Request::builder()
            .method("POST")
            .uri("/begin/smadit?step=offer")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("kedjan={session}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = "outcome=accepted&offence=drink_driving&name=%C3%85sa+Testsson&phone=ring+mig&identity=12&children=&event_municipality=1082";
        let answer = send(world, request.body(Body::from(body)).unwrap());
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in ["Åsa Testsson", "ring mig"] {
            assert!(answer.body.contains(kept), "{kept}");
        }
        for field in ["identity", "phone"] {
            assert!(answer.body.contains(&format!("href=\"#f-{field}\"")), "{field} is in the summary");
        }
    });
}

#[test]
fn a_full_disk_is_said_plainly_and_nothing_that_was_acknowledged_is_lost() {
    let world = World::new(testkit::sqlite());
    let code = world.accepted();
    let session = world.session(&world.officer);
    let token = world.token(&world.officer);
    let limit = |statement: &'static crate::store::Statement| {
        world.app.store.write_blocking(move |tx: &mut dyn crate::store::Sql| tx.rows(statement, &[])).unwrap();
    };
    limit(crate::sql!("PRAGMA max_page_count = 1"));
    // Large enough that the pages at hand cannot hold it.
    let mut large = offer();
    large["step"]["fields"]["reach_note"] = json!("x".repeat(300));
    let refused: Vec<Answer> = (0..300)
        .map(|_| api(&world, Some(&token), "POST", "/api/v1/cases", Some(large.clone())))
        .skip_while(|answer| answer.status == StatusCode::CREATED)
        .take(2)
        .collect();
    assert_eq!(refused.len(), 2, "the disk was full");
    for answer in &refused {
        assert_eq!(
            (answer.status, &answer.json()["type"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("/problems/unavailable"))
        );
        assert!(answer.headers.contains_key(header::RETRY_AFTER));
    }
    // A look writes little, so some still find room; the first that does not is refused.
    let page = (0..500)
        .map(|_| {
            send(&world, request(Verb::Get, &format!("/cases/{code}"), &[("cookie", format!("kedjan={session}"))]))
        })
        .find(|page| page.status != StatusCode::OK)
        .expect("the disk was full");
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "a look that cannot be recorded is not given");
    assert!(page.body.contains("<h1>") && !page.body.contains("Kim Testsson"));
    limit(crate::sql!("PRAGMA max_page_count = 1000000"));
    assert!(world.view(&world.receiver, &code).is_ok(), "works again without a restart");
    let org = world.officer.org;
    assert!(world.app.store.read_blocking(move |tx| crate::audit::verify(tx, org)).unwrap().is_ok());
}

#[test]
fn a_lost_database_is_said_plainly() {
    let world = World::new(testkit::postgres());
    let (session, token) = (world.session(&world.officer), world.token(&world.officer));
    let app = world.app.clone();
    drop(world);
    let page = sent(&app, request(Verb::Get, "/", &[("cookie", format!("kedjan={session}"))]));
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("<h1>"), "{}", page.body);
    let answer = sent(&app, request(Verb::Get, "/api/v1/cases", &[("authorization", format!("Bearer {token}"))]));
    assert_eq!(
        (answer.status, &answer.json()["type"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("/problems/unavailable"))
    );
    assert_eq!(sent(&app, request(Verb::Get, "/readyz", &[])).status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(sent(&app, request(Verb::Get, "/healthz", &[])).status, StatusCode::OK);
}

#[test]
fn connections_that_are_silent_or_half_sent_are_closed_and_others_are_served() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new(testkit::sqlite());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let app = world.app.clone();
        let server = tokio::spawn(server::serve(listener, app, async { drop(stopped.await) }));
        let mut held = Vec::new();
        for sent in ["", "P", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "] {
            for _ in 0..100 {
                let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
                connection.write_all(sent.as_bytes()).await.unwrap();
                held.push(connection);
            }
        }
        let mut other = tokio::net::TcpStream::connect(address).await.unwrap();
        other.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        other.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let all_closed = async {
            for connection in &mut held {
                let mut rest = Vec::new();
                let _ = connection.read_to_end(&mut rest).await;
            }
        };
        let limit = server::LONGEST_HEADERS + std::time::Duration::from_secs(5);
        assert!(tokio::time::timeout(limit, all_closed).await.is_ok(), "some are held open");
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
    });
}
