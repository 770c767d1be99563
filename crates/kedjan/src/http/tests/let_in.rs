//! Every route tried by one who has the right, and by a stranger with the same role at another authority. A route that is in
//! neither list of this file fails the test: the list of untried routes is empty.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use uuid::Uuid;

use super::super::routes::{Audited, ROUTES, Route, Verb};
use super::send;
use crate::access::{Action, Role};
use crate::app::Actor;
use crate::testing::{World, in_each};

/// What the routes' parameters are filled with.
struct Objects {
    case: String,
    consent: Uuid,
    person: Uuid,
    unit: Uuid,
    account: Uuid,
    token: Uuid,
    entry: Uuid,
    line: Uuid,
    import: Uuid,
    survey: Uuid,
}

fn objects(world: &World) -> Objects {
    let case = world.accepted();
    let seen = world.view(&world.receiver, &case).unwrap();
    let (org, unit) = (world.receiver.org, world.receiver.unit);
    world.token(&world.receiver);
    world.session(&world.receiver);
    world.run(&world.controller, |tx, cx| Ok(crate::review::draw(tx, cx)?.into_inner())).unwrap();
    let entries =
        world.run(&world.controller, |tx, cx| Ok(crate::review::entries(tx, cx, false, 0)?.into_inner())).unwrap();
    let given = crate::disclosures::Wanted {
        ground: "osl_26_9".into(),
        kinds: vec!["event".into()],
        receiver_kind: "region".into(),
        receiver: "Beroendemottagningen".into(),
        words: "Behövs för att vården ska komma i gång.".into(),
        ..Default::default()
    };
    let of = case.clone();
    let line =
        world.run(&world.receiver, move |tx, cx| Ok(crate::disclosures::disclose(tx, cx, &of, &given)?.id)).unwrap();
    let one = |statement: &'static crate::store::Statement| {
        world.app.store.read_blocking(move |tx| tx.one(statement, &crate::args![org])?.get::<Uuid>(0)).unwrap()
    };
    let import = crate::series::tests::taken_in(world, &world.county);
    Objects {
        case,
        consent: seen.consents[0].id,
        person: seen.person_id,
        unit,
        account: one(crate::sql!("SELECT id FROM account WHERE org_id = $1 ORDER BY id LIMIT 1")),
        token: one(crate::sql!("SELECT id FROM api_token WHERE org_id = $1 ORDER BY id LIMIT 1")),
        entry: entries.items[0].id,
        line,
        import,
        survey: crate::surveys::tests::a_round(world),
    }
}

/// Who has the right to an action, and a stranger of the same role.
fn who(world: &World, action: Action) -> (Actor, Actor) {
    let at = |actor: &Actor, role| Actor { role, ..actor.clone() };
    match action {
        Action::SeeFeedback => (world.officer.clone(), at(&world.ronneby, Role::Officer)),
        Action::SeeCounty
        | Action::SeeSituation
        | Action::KeepSituation
        | Action::RunSurveys
        | Action::ReleaseFigures => (world.county.clone(), at(&world.ronneby, Role::County)),
        Action::ManageDirectory | Action::ManageAccounts | Action::ManageTokens => {
            (at(&world.receiver, Role::Admin), at(&world.ronneby, Role::Admin))
        }
        Action::SeeAccesses
        | Action::VerifyAudit
        | Action::SeeDisclosures
        | Action::SeeRetention
        | Action::ReviewLog
        | Action::ExtractPerson => (world.controller.clone(), at(&world.ronneby, Role::Controller)),
        Action::BeginCase => (world.officer.clone(), world.ronneby.clone()),
        _ => (world.receiver.clone(), world.ronneby.clone()),
    }
}

fn filled(route: &Route, o: &Objects) -> String {
    let id = match route.path {
        path if path.contains("/cases/") => o.case.clone(),
        path if path.contains("/consents/") => o.consent.to_string(),
        path if path.contains("/people/") => o.person.to_string(),
        path if path.contains("/units/") => o.unit.to_string(),
        path if path.contains("/accounts/") => o.account.to_string(),
        path if path.contains("/tokens/") => o.token.to_string(),
        path if path.contains("/disclosures/{id}") => o.line.to_string(),
        path if path.contains("/imports/") => o.import.to_string(),
        path if path.contains("/review/") => o.entry.to_string(),
        path if path.contains("/surveys/") => o.survey.to_string(),
        _ => String::new(),
    };
    let filled = route
        .path
        .replace("{code}", &o.case)
        .replace("{id}", &id)
        .replace("{method}", "smadit")
        .replace("{step}", "contact")
        .replace("{table}", "flow");
    assert!(
        !filled.contains('{') && !filled.contains("//"),
        "{} is not tried: say here with what it is filled",
        route.path
    );
    filled
}

fn ask(world: &World, route: &Route, path: &str, actor: &Actor) -> (StatusCode, String, String) {
    let api = path.starts_with("/api/");
    let mut request = Request::builder()
        .method(if route.verb == Verb::Get { "GET" } else { "POST" })
        .uri(path)
        .header(header::HOST, "127.0.0.1")
        .header("sec-fetch-site", "same-origin");
    request = if api {
        request.header(header::AUTHORIZATION, format!("Bearer {}", world.token(actor)))
    } else {
        request.header(header::COOKIE, format!("kedjan={}", world.session(actor)))
    };
    if route.verb == Verb::Post {
        request = request
            .header(header::CONTENT_TYPE, if api { "application/json" } else { "application/x-www-form-urlencoded" });
    }
    let body = if api && route.verb == Verb::Post { "{}" } else { "" };
    let answer = send(world, request.body(Body::from(body)).unwrap());
    let to = answer.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    (answer.status, to, answer.body)
}

/// The routes whose parameter is an object of somebody.
fn is_about_an_object(path: &str) -> bool {
    path.contains("{code}") || path.contains("{id}")
}

#[test]
fn every_route_lets_in_the_one_who_has_the_right_and_shows_a_stranger_nothing() {
    in_each(|world| {
        let mut tried = BTreeMap::new();
        for route in ROUTES {
            let action = match route.audited {
                Audited::Guarded(action) | Audited::Form(action) => action,
                // Open to anybody, log-in, what a token says of itself, and what a signature lets in: `nobody_gets_past…` and the
                // tests of the log-in and the packages.
                Audited::Open | Audited::LogIn | Audited::Token | Audited::Signed => continue,
            };
            // Each route has a world's objects of its own, because some of them are gone when it has been.
            let o = objects(world);
            let path = filled(route, &o);
            let (insider, stranger) = who(world, action);
            if is_about_an_object(route.path) {
                let (status, to, body) = ask(world, route, &path, &stranger);
                let at = format!("{:?} {} as a stranger: {status} {to} {body}", route.verb, route.path);
                // A form that is wrong in itself is refused before anything is looked for, to all alike.
                let shut = [StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST];
                assert!(shut.contains(&status), "{at}");
                assert!(!body.contains("Kim Testsson") && !body.contains("070-174"), "{at}");
            }
            let (status, to, body) = ask(world, route, &path, &insider);
            let at = format!("{:?} {}: {status} {to} {body}", route.verb, route.path);
            let shut_out = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
            assert!(!status.is_server_error() && !shut_out.contains(&status) && !to.starts_with("/login"), "{at}");
            tried.insert((format!("{:?}", route.verb), route.path), status.as_u16());
        }
        let asked = ROUTES.iter().filter(|r| matches!(r.audited, Audited::Guarded(_) | Audited::Form(_))).count();
        assert_eq!(tried.len(), asked, "the list of untried routes is empty");
    });
}
