//! Orders on both stores: asked for, made in turn, followed, taken over.

use axum::body::Body;
use axum::http::Request;

use super::*;
use crate::http::tests::send;
use crate::publication::read::{self, Filter};
use crate::publication::tests::made::tally;
use crate::testing::{World, in_each, refused};

fn wish(scope: &str, period: &str, reason: Option<&str>) -> Wish {
    Wish { scope: scope.into(), method: "smadit".into(), period: period.into(), reason: reason.map(str::to_owned) }
}

fn ordered(world: &World, wish: &Wish) -> Result<Order, Stop> {
    let wish = wish.clone();
    world.run(&world.county, move |tx, cx| Ok(order(tx, cx, &wish)?.into_inner()))
}

fn worked(world: &World) -> usize {
    work(&world.app, &AtomicBool::new(false)).unwrap()
}

fn all(world: &World) -> Vec<Order> {
    world.run(&world.county, |tx, cx| Ok(orders(tx, cx, 0, 50)?.into_inner().orders)).unwrap()
}

fn states(world: &World) -> Vec<State> {
    all(world).iter().rev().map(|order| order.state).collect()
}

fn later(world: &World, seconds: i64) {
    world.app.clock.set(world.now() + jiff::SignedDuration::from_secs(seconds));
}

fn counted(world: &World) {
    tally(world, "10", "1080", "2026-08", "suspected", 40);
    tally(world, "10", "1082", "2026-08", "suspected", 12);
}

#[test]
fn what_is_ordered_is_made_in_turn_and_says_what_came_of_it() {
    in_each(|world| {
        counted(world);
        ordered(world, &wish("county:10", "2026-Q3", None)).unwrap();
        later(world, 1);
        ordered(world, &wish("county:10", "2026-07", None)).unwrap();
        assert_eq!(states(world), [State::Waiting, State::Waiting]);
        assert_eq!(worked(world), 2);
        assert_eq!(states(world), [State::Made, State::Refused]);
        let (refused, made) = (&all(world)[0], &all(world)[1]);
        assert!(refused.words.contains("Det finns inget att publicera"), "{}", refused.words);
        assert_eq!(made.release.as_deref(), Some("smadit-county-10-2026-q3-1"));
        later(world, 1);
        ordered(world, &wish("county:10", "2026-Q3", None)).unwrap();
        assert_eq!(worked(world), 1);
        assert_eq!(states(world)[2], State::Already);
        let filter = Filter::default();
        let (_, releases) =
            world.app.store.read_blocking(move |tx: &mut dyn Sql| read::releases(tx, &filter, 10, 0)).unwrap();
        assert_eq!(releases, 1);
    });
}

#[test]
fn what_is_wrong_is_told_at_once_and_what_is_under_way_is_not_ordered_twice() {
    in_each(|world| {
        let stop = ordered(world, &Wish { method: "none".into(), ..wish("county:07", "2026-11", None) }).unwrap_err();
        let issues = refused(stop).issues().to_vec();
        let at: Vec<&str> = issues.iter().map(|issue| issue.pointer.as_str()).collect();
        assert_eq!(at, ["/scope", "/method", "/period"]);
        ordered(world, &wish("county:10", "2026-Q3", None)).unwrap();
        let stop = ordered(world, &wish("county:10", "2026-Q3", Some("Igen"))).unwrap_err();
        assert!(matches!(refused(stop), Refused::Taken { .. }));
        for actor in [&world.officer, &world.receiver, &world.controller] {
            let wish = wish("county:10", "2026-Q2", None);
            let stop = world.run(actor, move |tx, cx| Ok(order(tx, cx, &wish)?.into_inner())).unwrap_err();
            assert!(matches!(refused(stop), Refused::Forbidden));
        }
    });
}

#[test]
fn an_authority_decides_of_its_own_figures_and_the_county_of_those_of_the_county() {
    in_each(|world| {
        let offered = |role| {
            let actor = crate::app::Actor { role, ..world.receiver.clone() };
            world.run(&actor, |tx, cx| Ok(orders(tx, cx, 0, 50)?.into_inner().scopes)).unwrap()
        };
        let own = Scope::Authority(world.receiver.org);
        let found = |scopes: Vec<(Scope, String)>| scopes.into_iter().map(|(scope, _)| scope).collect::<Vec<_>>();
        assert_eq!(found(offered(Role::Coordinator)), std::slice::from_ref(&own));
        assert_eq!(found(offered(Role::County)), [Scope::County("10".into()), own]);
    });
}

#[test]
fn what_a_stop_cut_off_is_taken_over_when_nothing_is_heard_any_more() {
    in_each(|world| {
        counted(world);
        let order = ordered(world, &wish("county:10", "2026-Q3", None)).unwrap();
        let (taken, tries) = next(&world.app).unwrap().unwrap();
        assert_eq!((taken.id, tries), (order.id, 0));
        assert_eq!(states(world), [State::Working]);
        assert_eq!(worked(world), 0, "somebody is at it");
        later(world, 50);
        let now = world.app.clock.now();
        world.app.store.write_blocking(move |tx: &mut dyn Sql| sql::heard(tx, order.id, now)).unwrap();
        later(world, 50);
        assert_eq!(worked(world), 0, "and is still heard");
        later(world, 11);
        assert_eq!(worked(world), 1);
        assert_eq!(states(world), [State::Made]);
    });
}

#[test]
fn the_page_takes_the_order_and_shows_what_becomes_of_it() {
    in_each(|world| {
        counted(world);
        let session = format!("kedjan={}", world.session(&world.county));
        let get = || {
            let request = Request::builder().uri("/releases").header("cookie", &session);
            send(world, request.body(Body::empty()).unwrap()).body
        };
        assert!(get().contains("Inget är beställt än"));
        let post = |body: &'static str| {
            let request = Request::builder()
                .method("POST")
                .uri("/releases")
                .header("cookie", &session)
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded");
            send(world, request.body(Body::from(body)).unwrap())
        };
        let wrong = post("scope=county%3A10&method=smadit&period=2027&reason=");
        assert_eq!(wrong.status.as_u16(), 422);
        assert!(wrong.body.contains("är inte slut än"), "{}", wrong.body);
        assert_eq!(post("scope=county%3A10&method=smadit&period=2026-Q3&reason=").status.as_u16(), 303);
        let page = get();
        assert!(page.contains("data-live") && page.contains("Väntar på sin tur"), "{page}");
        worked(world);
        let page = get();
        assert!(!page.contains("data-live"), "{page}");
        assert!(page.contains("/figures/smadit-county-10-2026-q3-1"), "{page}");
        assert!(page.contains("SMADIT: Blekinge län, kvartal 3 2026"), "{page}");
    });
}

#[test]
fn what_was_made_before_its_maker_stopped_is_not_made_again() {
    in_each(|world| {
        counted(world);
        ordered(world, &wish("county:10", "2026-Q3", Some("Rättade siffror"))).unwrap();
        let (order, _) = next(&world.app).unwrap().unwrap();
        crate::publication::make(&world.app, &wish("county:10", "2026-Q3", None), Lang::Sv, &|_| {}).unwrap();
        tally(world, "10", "1080", "2026-08", "suspected", 20);
        later(world, 1);
        crate::publication::make(&world.app, &order.wish, Lang::Sv, &|_| {}).unwrap();
        later(world, 61);
        assert_eq!(worked(world), 1);
        let order = &all(world)[0];
        assert_eq!((order.state, order.release.as_deref()), (State::Made, Some("smadit-county-10-2026-q3-2")));
    });
}

#[test]
fn one_that_whoever_takes_it_dies_of_is_given_up_and_the_next_is_made() {
    in_each(|world| {
        counted(world);
        ordered(world, &wish("county:10", "2026-Q2", None)).unwrap();
        later(world, 1);
        ordered(world, &wish("county:10", "2026-Q3", None)).unwrap();
        for tries in 0..3 {
            assert_eq!(next(&world.app).unwrap().map(|(_, before)| before), Some(tries));
            later(world, 61);
        }
        assert_eq!(worked(world), 1);
        assert_eq!(states(world), [State::Refused, State::Made]);
        assert!(all(world)[1].words.contains("Något gick fel"));
    });
}

#[test]
fn whoever_is_told_to_stop_takes_no_more() {
    let world = World::new(testkit::sqlite());
    counted(&world);
    ordered(&world, &wish("county:10", "2026-Q3", None)).unwrap();
    assert_eq!(work(&world.app, &AtomicBool::new(true)).unwrap(), 0);
    assert_eq!(states(&world), [State::Waiting]);
}
