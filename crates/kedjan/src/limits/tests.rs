//! That work is let through and crawling is not, whatever the clock does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::app::Actor;
use crate::http::tests::{Answer, send};
use crate::refusal::Refused;
use crate::review::Signal;
use crate::testing::{World, in_each_limited, person, refused};

fn second(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

#[test]
fn a_bucket_lets_through_what_it_holds_and_fills_again_with_time() {
    let often = Often::default();
    let allowance = Allowance { at_once: 3, a_second: 2 };
    let now = testkit::clock();
    let ask = |at| often.ask([1; 16], allowance, at);
    assert_eq!([ask(now), ask(now), ask(now)], [None, None, None]);
    assert_eq!((ask(now), ask(now)), (Some(1), Some(1)), "a refusal uses nothing up");
    assert_eq!(ask(now + SignedDuration::from_millis(500)), None);
    assert_eq!(ask(now + SignedDuration::from_millis(500)), Some(1));
    assert_eq!(often.ask([2; 16], allowance, now), None, "another has a bucket of its own");
}

#[test]
fn a_clock_that_moves_back_gives_nothing_and_shuts_nobody_out_for_long() {
    let often = Often::default();
    let allowance = Allowance { at_once: 2, a_second: 1 };
    let now = testkit::clock();
    let ask = |at| often.ask([1; 16], allowance, at);
    assert_eq!([ask(now), ask(now)], [None, None]);
    let back = now - SignedDuration::from_hours(10);
    assert_eq!(ask(back), Some(1), "nothing comes anew");
    assert_eq!(ask(back + second(1)), None, "from there on it does");
    let looks = Looks::default();
    let budget = Budget { hour: 2, day: 3 };
    let look = |nr: u128, at| looks.look(Uuid::nil(), budget, Uuid::from_u128(nr), at);
    assert_eq!([look(1, now), look(2, now)], [None, None]);
    assert_eq!(look(3, back), Some(3600), "they count as of just now");
    assert_eq!(look(3, back + SignedDuration::from_hours(1)), None, "and no longer than others");
}

#[test]
fn made_up_addresses_fill_no_memory_and_share_what_is_left() {
    let often = Often::default();
    let now = testkit::clock();
    let allowance = Allowance { at_once: 1, a_second: 1 };
    let key = |nr: usize| u128::try_from(nr).unwrap().to_be_bytes();
    for nr in 0..often::MOST + 50 {
        often.ask(key(nr), allowance, now);
    }
    assert!(often.len() <= often::MOST + 1, "{}", often.len());
    assert_eq!(
        often.ask(key(often::MOST + 51), allowance, now),
        Some(1),
        "who finds no place is counted with the others"
    );
    assert_eq!(often.ask(key(often::MOST + 51), allowance, now + second(2)), None);
    assert!(often.len() < 10, "buckets that are full again are forgotten: {}", often.len());
}

#[test]
fn whoever_has_an_ipv6_network_is_one_asker() {
    let of = |text: &str| key(Asker::Stranger(Some(text.parse().unwrap())));
    assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.2"), of("192.0.2.1"));
}

#[test]
fn the_budget_counts_different_people_within_an_hour_and_a_day() {
    let looks = Looks::default();
    let budget = Budget { hour: 3, day: 5 };
    let now = testkit::clock();
    let look = |nr: u128, at| looks.look(Uuid::nil(), budget, Uuid::from_u128(nr), at);
    let hours = |n: i64| now + SignedDuration::from_hours(n);
    assert!((1..=3).all(|nr| look(nr, now).is_none()));
    assert!((1..=3).all(|nr| look(nr, now + second(60)).is_none()), "the same people again");
    assert_eq!(look(4, now + second(60)), Some(3600 - 60));
    assert!((4..=5).all(|nr| look(nr, hours(1)).is_none()));
    assert_eq!(look(6, hours(2)), Some(22 * 3600), "the day is full");
    assert_eq!(look(6, hours(24)), None);
    assert_eq!(
        looks.look(Uuid::from_u128(7), budget, Uuid::from_u128(6), now),
        None,
        "another has a budget of their own"
    );
}

fn get(path: &str) -> axum::http::request::Builder {
    Request::builder().uri(path).header(header::HOST, "127.0.0.1")
}

fn until_refused(world: &World, most: i64, request: impl Fn() -> axum::http::request::Builder) -> (i64, Answer) {
    for nr in 0..=most {
        let answer = send(world, request().body(Body::empty()).unwrap());
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return (nr, answer);
        }
    }
    panic!("{most} were answered");
}

#[test]
fn too_many_requests_are_answered_with_when_to_come_again_in_plain_words() {
    in_each_limited(|world| {
        let (token, session) = (world.token(&world.receiver), world.session(&world.receiver));
        let bearer = || get("/api/v1/me").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let (nr, answer) = until_refused(world, 1000, bearer);
        assert_eq!(nr, TOKEN.at_once);
        assert_eq!(answer.headers[header::RETRY_AFTER], "1");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.json()["type"], "/problems/too-many-requests");
        assert!(answer.json()["detail"].as_str().unwrap().contains("Vänta"), "{}", answer.body);

        let page = || get("/unit").header(header::COOKIE, format!("kedjan={session}"));
        let (nr, answer) = until_refused(world, 200, page);
        assert_eq!(nr, ACCOUNT.at_once);
        assert!(answer.headers.contains_key(header::RETRY_AFTER) && answer.body.contains("<h1>Det gick för fort</h1>"));
        world.app.clock.set(world.now() + second(1));
        assert_eq!(send(world, page().body(Body::empty()).unwrap()).status, StatusCode::OK);

        let (nr, answer) = until_refused(world, 400, || get("/login?lang=en"));
        assert_eq!(nr, ADDRESS.at_once);
        assert!(answer.body.contains("<h1>That was too fast</h1>"), "{}", answer.body);
        // A cookie or a token that is nobody's makes nobody known.
        for stranger in
            [get("/").header(header::COOKIE, "kedjan=x"), get("/api/v1/me").header(header::AUTHORIZATION, "Bearer x")]
        {
            assert_eq!(send(world, stranger.body(Body::empty()).unwrap()).status, StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(send(world, bearer().body(Body::empty()).unwrap()).status, StatusCode::OK, "who is known goes on");
        for free in ["/healthz", "/assets/enhance.js"] {
            let answer = send(world, get(free).body(Body::empty()).unwrap());
            assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{free}");
        }
    });
}

#[test]
fn who_opens_too_many_people_is_stopped_goes_on_with_those_at_hand_and_is_seen_by_the_review() {
    in_each_limited(|world| {
        let codes: Vec<String> = (0..=ACCOUNT_PEOPLE.hour)
            .map(|_| {
                let nobody = crate::people::NewPerson { identity: None, ..person(0) };
                world.offer("accepted", json!({ "consent": true }), nobody)
            })
            .collect();
        let worker = Actor { id: uuid::Uuid::new_v4(), ..world.receiver.clone() };
        for code in &codes[..ACCOUNT_PEOPLE.hour] {
            world.view(&worker, code).unwrap();
        }
        let last = &codes[ACCOUNT_PEOPLE.hour];
        match refused(world.view(&worker, last).unwrap_err()) {
            Refused::TooManyPeople { seconds } => assert_eq!(seconds, 3600),
            other => panic!("{other:?}"),
        }
        world.view(&worker, &codes[0]).unwrap();
        world.view(&world.receiver, last).unwrap();
        world.run(&world.controller, |tx, cx| Ok(crate::review::draw(tx, cx)?.into_inner())).unwrap();
        let found =
            world.run(&world.controller, |tx, cx| Ok(crate::review::entries(tx, cx, false, 0)?.into_inner())).unwrap();
        let drawn: Vec<_> = found.items.iter().filter(|entry| entry.signal == Signal::People.name()).collect();
        assert_eq!((drawn.len(), drawn[0].actor), (1, worker.id));
        world.app.clock.set(world.now() + second(3599));
        assert!(world.view(&worker, last).is_err());
        world.app.clock.set(world.now() + second(1));
        world.view(&worker, last).unwrap();
    });
}

#[test]
fn an_address_is_the_one_the_nearest_proxies_saw_and_never_what_a_stranger_writes() {
    in_each_limited(|world| {
        let from = |forwarded: &str| get("/login").header("x-forwarded-for", forwarded);
        // No proxy is set: what is written there is nothing.
        for nr in 0..ADDRESS.at_once {
            let answer = send(world, from(&format!("192.0.2.{}", nr % 250)).body(Body::empty()).unwrap());
            assert_eq!(answer.status, StatusCode::OK);
        }
        let one_more = send(world, from("198.51.100.9").body(Body::empty()).unwrap());
        assert_eq!(one_more.status, StatusCode::TOO_MANY_REQUESTS);
    });
    let headers = |values: &[&str]| {
        let mut all = axum::http::HeaderMap::new();
        for value in values {
            all.append("x-forwarded-for", value.parse().unwrap());
        }
        all
    };
    let peer: std::net::IpAddr = "127.0.0.1".parse().unwrap();
    let seen = |values: &[&str], proxies| {
        crate::http::limit::address(&headers(values), Some(peer), proxies).unwrap().to_string()
    };
    assert_eq!(seen(&["203.0.113.7, 198.51.100.1"], 0), "127.0.0.1");
    assert_eq!(seen(&["203.0.113.7, 198.51.100.1"], 1), "198.51.100.1");
    assert_eq!(seen(&["203.0.113.7", "198.51.100.1"], 2), "203.0.113.7");
    assert_eq!(seen(&["made up, 198.51.100.1"], 2), "127.0.0.1", "what is no address is not taken");
    assert_eq!(seen(&[], 1), "127.0.0.1");
}
