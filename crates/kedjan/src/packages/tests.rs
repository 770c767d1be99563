//! Packages from municipality to county to nation, on installations of their own, and everything that is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod aside;
mod demo;
mod places;
mod wrong;

use std::collections::BTreeMap;

use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::access::Role;
use crate::app::{Actor, Stop, Via};
use crate::refusal::Refused;
use crate::statistics;
use crate::testing::{World, person, refused};

/// The month of the cases that the tests make, which is that of the fixed clock.
const MONTH: Date = date(2026, 11, 1);

/// Installations of their own on databases of the same kind.
fn sites<const N: usize>(test: impl Fn([World; N])) {
    let mut all: Vec<_> = (0..N).map(|_| testkit::databases().into_iter()).collect();
    loop {
        let databases: Vec<_> = all.iter_mut().filter_map(Iterator::next).collect();
        let Ok(worlds) = <[World; N]>::try_from(databases.into_iter().map(World::new).collect::<Vec<_>>()) else {
            break;
        };
        test(worlds);
    }
}

fn admin(world: &World) -> Actor {
    Actor { role: Role::Admin, via: Via::Console, ..world.county.clone() }
}

/// Makes an installation a node that reports for these municipalities itself.
fn node(world: &World, name: &str, places: &[&str]) -> Node {
    let draft = draft(name, None, places);
    world.run(&admin(world), move |tx, cx| Ok(set_own(tx, cx, &draft, false)?.into_inner())).unwrap()
}

fn draft(name: &str, key: Option<&Node>, places: &[&str]) -> NodeDraft {
    NodeDraft {
        name: name.into(),
        key: key.map(|node| node.key.to_string()).unwrap_or_default(),
        places: places.iter().map(|code| (*code).to_owned()).collect(),
        nation: false,
    }
}

fn trusting(world: &World, other: &Node, places: &[&str]) -> Result<Node, Stop> {
    let draft = draft(&other.name, Some(other), places);
    world.run(&admin(world), move |tx, cx| Ok(trust(tx, cx, &draft)?.into_inner()))
}

fn made(world: &World, to: &str, reason: Option<Reason>) -> Result<Made, Stop> {
    let to = to.to_owned();
    world.run(&admin(world), move |tx, cx| Ok(make(tx, cx, &to, MONTH, reason, false)?.into_inner()))
}

fn taking(world: &World, bytes: &[u8]) -> Result<Taken, Stop> {
    let arrived = Arrived::read(bytes, &world.app.library);
    world.run(&admin(world), move |tx, cx| take(tx, cx, &arrived, false))
}

/// The fields of all that was wrong, each with its sentence.
fn fields<T>(done: Result<T, Stop>) -> Vec<(String, String)> {
    match refused(done.map(drop).unwrap_err()) {
        Refused::Fields(issues) => issues.into_iter().map(|one| (one.pointer, one.detail)).collect(),
        other => panic!("{other:?}"),
    }
}

/// The names of all that was wrong.
fn faults(done: Result<Taken, Stop>) -> Vec<String> {
    match refused(done.map(drop).unwrap_err()) {
        Refused::Package(issues) => issues.iter().map(|one| one.pointer.trim_start_matches('/').to_owned()).collect(),
        other => panic!("{other:?}"),
    }
}

/// A case of somebody who lives in a municipality.
fn case(world: &World, outcome: &str, municipality: &str) -> String {
    let mut who = person(0);
    who.contact.municipality = Some(municipality.to_owned());
    let consent = if outcome == "accepted" { json!({ "consent": true }) } else { json!({}) };
    world.offer(outcome, consent, who)
}

/// The county's sums by measure and municipality, as its pages read them.
fn sums(world: &World) -> BTreeMap<(String, String), i64> {
    let mut sums = BTreeMap::new();
    let read = world.app.store.read_blocking(|tx| statistics::sql::of_county(tx, "10", "smadit", "2026-01", "2026-12"));
    for sum in read.unwrap() {
        *sums.entry((sum.measure.clone(), sum.municipality.clone())).or_default() += sum.n;
    }
    sums
}

fn by_measure(sums: &BTreeMap<(String, String), i64>) -> BTreeMap<String, i64> {
    let mut all = BTreeMap::new();
    for ((measure, _), n) in sums {
        *all.entry(measure.clone()).or_default() += n;
    }
    all
}

fn traces(world: &World) -> Vec<Trace> {
    let read = world.app.store.read_blocking(|tx| sql::traces(tx, 0, 100)).unwrap();
    read.into_iter().map(|(trace, _)| trace).collect()
}

fn reported(world: &World) -> Vec<String> {
    let read = world.app.store.read_blocking(|tx| sql::reported(tx, "2026-11")).unwrap();
    read.into_iter().map(|(municipality, _)| municipality).collect()
}

/// The month is over.
fn next_month(worlds: &[World]) {
    for world in worlds {
        world.app.clock.set("2026-12-03T09:00:00Z".parse().unwrap());
    }
}

/// Two municipalities and the county that takes their packages, with some cases.
fn county() -> impl Fn([World; 3]) -> (World, World, World) {
    |[karlshamn, ronneby, county]| {
        let k = node(&karlshamn, "Karlshamn", &["1082"]);
        let r = node(&ronneby, "Ronneby", &["1081"]);
        let c = node(&county, "Blekinge", &[]);
        for world in [&karlshamn, &ronneby] {
            trusting(world, &c, &[]).unwrap();
        }
        trusting(&county, &k, &["1082"]).unwrap();
        trusting(&county, &r, &["1081"]).unwrap();
        for _ in 0..3 {
            case(&karlshamn, "accepted", "1082");
        }
        case(&karlshamn, "declined", "1082");
        case(&ronneby, "accepted", "1081");
        case(&ronneby, "declined", "1081");
        let worlds = [karlshamn, ronneby, county];
        next_month(&worlds);
        let [karlshamn, ronneby, county] = worlds;
        (karlshamn, ronneby, county)
    }
}

#[test]
fn sums_at_the_nation_are_those_of_the_municipalities_and_say_who_reported() {
    sites::<4>(|[karlshamn, ronneby, county, nation]| {
        // Somebody stopped in Karlshamn lives in Sölvesborg, which does not report at this node.
        case(&karlshamn, "accepted", "1083");
        let (karlshamn, ronneby, county) = self::county()([karlshamn, ronneby, county]);
        nation.app.clock.set(county.now());
        let n = node(&nation, "Riket", &[]);
        let c = county.run(&admin(&county), |tx, cx| Ok(nodes(tx, cx)?.into_inner().own.unwrap())).unwrap();
        trusting(&county, &n, &[]).unwrap();
        trusting(&nation, &c, &["10"]).unwrap();

        for world in [&karlshamn, &ronneby] {
            let package = made(world, "Blekinge", None).unwrap();
            assert!(!taking(&county, &package.bytes).unwrap().again);
        }
        let package = made(&county, "Riket", None).unwrap();
        let taken = taking(&nation, &package.bytes).unwrap();
        assert_eq!((taken.node.as_str(), taken.trace.municipalities, taken.trace.late), ("Blekinge", 2, false));
        assert_eq!(reported(&nation), ["1081", "1082"]);

        let (here, there) = (sums(&nation), [sums(&karlshamn), sums(&ronneby)]);
        let mut municipalities: BTreeMap<String, i64> = BTreeMap::new();
        for (measure, n) in there.iter().flat_map(by_measure) {
            *municipalities.entry(measure).or_default() += n;
        }
        assert_eq!(by_measure(&here), municipalities);
        assert!(municipalities.values().sum::<i64>() > 7, "there is something to count");
        assert_eq!(here, sums(&county));
        let offers = |place: &str| here.get(&("offered".to_owned(), place.to_owned())).copied();
        assert_eq!([offers("1082"), offers("1081"), offers("")], [Some(4), Some(2), Some(1)]);
        assert_eq!(offers("1083"), None, "who does not report has no row of its own");
    });
}

#[test]
fn a_later_package_takes_the_place_of_the_earlier_one_whole_and_leaves_a_trace() {
    sites::<3>(|worlds| {
        let (karlshamn, ronneby, county) = self::county()(worlds);
        let first = made(&karlshamn, "Blekinge", None).unwrap();
        taking(&county, &first.bytes).unwrap();
        taking(&county, &made(&ronneby, "Blekinge", None).unwrap().bytes).unwrap();
        // Nobody makes a second one without saying why.
        assert!(matches!(refused(made(&karlshamn, "Blekinge", None).unwrap_err()), Refused::Fields(_)));

        let code = karlshamn.list(&karlshamn.receiver, "open").lines[0].code.clone();
        karlshamn.step(&karlshamn.receiver, &code, "contact", "reached", json!({ "channel": "phone" })).unwrap();
        let second = made(&karlshamn, "Blekinge", Some(Reason::Outcomes)).unwrap();
        assert_eq!(second.trace.replaces, Some(first.trace.seq));
        let taken = taking(&county, &second.bytes).unwrap();
        assert_eq!((taken.trace.replaces, taken.trace.reason.as_str()), (Some(first.trace.seq), "outcomes"));
        assert_eq!(taken.trace.difference, second.trace.total - first.trace.total);
        assert!(taken.trace.difference > 0);

        let reached = |world: &World| sums(world).get(&("reached".to_owned(), "1082".to_owned())).copied();
        assert_eq!((reached(&county), reached(&karlshamn)), (Some(1), Some(1)));
        let offers: i64 = sums(&county).iter().filter(|((m, _), _)| m == "offered").map(|(_, n)| n).sum();
        assert_eq!(offers, 6, "nothing is counted twice");
        assert_eq!(verify(&county.app).unwrap(), [""; 0]);
        let lost = county.app.store.write_blocking(|tx| {
            tx.exec(crate::sql!("DELETE FROM tally_taken WHERE county = '10' AND method = $1"), &crate::args!["smadit"])
        });
        assert!(lost.unwrap() > 0);
        let wrong = verify(&county.app).unwrap();
        assert!(wrong.iter().any(|line| line.starts_with("2026-11 of Ronneby: the package says")), "{wrong:?}");
        let fates = traces(&county).into_iter().map(|trace| (trace.seq, trace.fate)).collect::<Vec<_>>();
        assert!(fates.len() == 3 && fates.contains(&(first.trace.seq, Fate::Replaced)), "{fates:?}");
        assert!(fates.contains(&(second.trace.seq, Fate::Stands)), "{fates:?}");
        let log = county.app.store.read_blocking({
            let org = county.county.org;
            move |tx| crate::audit::page(tx, org, 1, 100)
        });
        let log = log.unwrap();
        let record = log.iter().rfind(|record| record.action == "take_package").unwrap();
        assert!(record.detail.contains("difference") && record.detail.contains("replaces"), "{}", record.detail);
    });
}

#[test]
fn the_same_package_again_is_taken_already_and_an_older_number_is_refused() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let first = made(&karlshamn, "Blekinge", None).unwrap();
        let second = made(&karlshamn, "Blekinge", Some(Reason::Correction)).unwrap();
        taking(&county, &second.bytes).unwrap();
        let before = sums(&county);
        let again = taking(&county, &second.bytes).unwrap();
        assert!(again.again && again.trace.fate == Fate::Stands);
        // The first one never came. Now it is older than what stands.
        assert_eq!(faults(taking(&county, &first.bytes)), ["sequence"]);
        assert_eq!(sums(&county), before);
        assert_eq!(traces(&county).len(), 2, "one that was taken and one that was refused");
    });
}

#[test]
fn a_package_that_comes_long_after_its_month_is_taken_and_marked() {
    sites::<3>(|worlds| {
        let (karlshamn, ronneby, county) = self::county()(worlds);
        let early = made(&karlshamn, "Blekinge", None).unwrap();
        county.app.clock.set("2026-12-30T12:00:00Z".parse().unwrap());
        assert!(!taking(&county, &early.bytes).unwrap().trace.late, "thirty days after the last of November");
        county.app.clock.set("2026-12-31T12:00:00Z".parse().unwrap());
        let late = taking(&county, &made(&ronneby, "Blekinge", None).unwrap().bytes).unwrap();
        assert!(late.trace.late);
        assert_eq!(reported(&county), ["1081", "1082"]);
    });
}

#[test]
fn what_keeps_a_package_from_being_made_is_said_to_whoever_makes_it() {
    sites::<2>(|[karlshamn, county]| {
        let c = node(&county, "Blekinge", &[]);
        node(&karlshamn, "Karlshamn", &[]);
        trusting(&karlshamn, &c, &[]).unwrap();
        assert_eq!(fields(made(&karlshamn, "Blekinge", None))[0].0, "/period", "the month is not over");
        case(&karlshamn, "accepted", "1082");
        next_month(std::slice::from_ref(&karlshamn));
        let said = |wrong: Vec<(String, String)>, field: &str, words: &str| {
            assert_eq!(wrong.len(), 1, "{wrong:?}");
            assert!(wrong[0].0 == field && wrong[0].1.contains(words), "{wrong:?}");
        };
        said(fields(made(&karlshamn, "Ingen", None)), "/to", "ingen nod med det namnet");
        said(fields(made(&karlshamn, "Blekinge", None)), "/places", "egna ärenden i län 10");
        let october = |to: &str| {
            let to = to.to_owned();
            karlshamn.run(&admin(&karlshamn), move |tx, cx| {
                Ok(make(tx, cx, &to, date(2026, 10, 1), None, false)?.into_inner())
            })
        };
        said(fields(october("Blekinge")), "/node", "redovisar inte själv för någon");
        karlshamn.run(&admin(&karlshamn), |tx, cx| distrust(tx, cx, "Blekinge").map(drop)).unwrap();
        said(fields(october("Blekinge")), "/to", "litar inte längre");
        // An installation cannot take another's name.
        let named = draft("Blekinge", None, &["1082"]);
        let named = karlshamn.run(&admin(&karlshamn), move |tx, cx| Ok(set_own(tx, cx, &named, false)?.into_inner()));
        said(fields(named), "/name", "heter redan så");
    });
}

#[test]
fn a_municipality_with_nothing_to_count_has_reported() {
    sites::<3>(|[karlshamn, ronneby, county]| {
        let (karlshamn, _, county) = self::county()([ronneby, karlshamn, county]);
        // The month before: no case at all.
        let october = karlshamn
            .run(
                &admin(&karlshamn),
                |tx, cx| Ok(make(tx, cx, "Blekinge", date(2026, 10, 1), None, false)?.into_inner()),
            )
            .unwrap();
        assert_eq!((october.trace.row_count, october.trace.municipalities), (0, 1));
        taking(&county, &october.bytes).unwrap();
        let read = county.app.store.read_blocking(|tx| sql::reported(tx, "2026-10")).unwrap();
        assert_eq!(read.len(), 1);
    });
}
