//! The figures: the rule of what is shown, what is read, the pages, the API and the check against the cases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod histories;
mod made;
mod pages;
mod protect;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::json;
use tower::ServiceExt;

use crate::access::Role;
use crate::app::Actor;
use crate::testing::{World, person};

/// Twenty people were asked in Karlshamn: twelve said yes and seven of them were reached, all after `hours` hours.
fn twenty(world: &World, hours: i64) {
    let codes: Vec<String> = (0..12).map(|_| world.offer("accepted", json!({ "consent": true }), person(0))).collect();
    for _ in 0..8 {
        world.offer("declined", json!({}), person(1));
    }
    world.pass(hours);
    for code in codes.iter().take(7) {
        world.step(&world.receiver, code, "contact", "reached", json!({ "channel": "phone" })).unwrap();
    }
}

/// Somebody in another role at the unit.
fn in_role(actor: &Actor, role: Role) -> Actor {
    Actor { role, ..actor.clone() }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

fn send(world: &World, request: Request<Body>) -> Answer {
    let service = crate::http::server::service(world.app.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    })
}

/// A page as somebody who is logged in.
fn page(world: &World, session: &str, path: &str) -> Answer {
    let cookie = format!("{}={session}", crate::http::session_cookie(&world.app));
    send(world, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap())
}

/// The API as a token.
fn api(world: &World, token: &str, path: &str, accept: &str) -> Answer {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT, accept)
        .body(Body::empty())
        .unwrap();
    send(world, request)
}
