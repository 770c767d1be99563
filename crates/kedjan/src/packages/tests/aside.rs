//! Ways out: numbers of clocks that were wrong, and municipalities that the wrong node holds.

use super::wrong::opened;
use super::*;

fn aside(world: &World, name: &str) -> Result<Trace, Stop> {
    let name = name.to_owned();
    world.run(&admin(world), move |tx, cx| Ok(set_aside(tx, cx, &name, MONTH)?.into_inner()))
}

fn beside_own(world: &World, bytes: &[u8]) -> Result<Taken, Stop> {
    let arrived = Arrived::read(bytes, &world.app.library);
    world.run(&admin(world), move |tx, cx| take(tx, cx, &arrived, true))
}

#[test]
fn a_number_far_ahead_of_the_clock_is_refused_and_stands_in_nobody_s_way() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (right, key, _) = opened(&karlshamn);
        let numbered = |seq: i64| {
            let mut package = right.clone();
            package.seq = seq;
            package.signed(&key)
        };
        let now = county.now();
        assert_eq!(faults(taking(&county, &numbered(i64::MAX))), ["ahead"]);
        assert_eq!(faults(taking(&county, &numbered(now.as_second() + 24 * 3600 + 1))), ["ahead"]);
        // While the clock here was wrong, one was taken. The next one with a right number takes its place.
        county.app.clock.set("2031-01-01T09:00:00Z".parse().unwrap());
        assert!(!taking(&county, &numbered(now.as_second() + 2 * 365 * 24 * 3600)).unwrap().again);
        county.app.clock.set(now);
        let taken = taking(&county, &numbered(now.as_second() + 3600)).unwrap();
        assert_eq!(taken.trace.replaces, Some(now.as_second() + 2 * 365 * 24 * 3600));
        assert_eq!(faults(taking(&county, &numbered(now.as_second()))), ["sequence"]);
        assert_eq!(verify(&county.app).unwrap(), [""; 0]);
    });
}

#[test]
fn a_node_whose_clock_was_wrong_goes_on_by_the_right_one() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let now = karlshamn.now();
        karlshamn.app.clock.set("2031-01-01T09:00:00Z".parse().unwrap());
        let wrong = made(&karlshamn, "Blekinge", None).unwrap();
        assert_eq!(faults(taking(&county, &wrong.bytes)), ["ahead"]);
        karlshamn.app.clock.set(now);
        let right = made(&karlshamn, "Blekinge", None).unwrap();
        assert_eq!((right.trace.seq, right.trace.replaces), (now.as_second(), None));
        taking(&county, &right.bytes).unwrap();
    });
}

#[test]
fn what_the_wrong_node_has_reported_is_set_aside_with_a_trace_and_the_municipality_is_free() {
    sites::<3>(|worlds| {
        let (karlshamn, ronneby, county) = self::county()(worlds);
        let held = made(&karlshamn, "Blekinge", None).unwrap();
        taking(&county, &held.bytes).unwrap();
        // The municipalities have agreed that Ronneby reports for both.
        let nodes = |world: &World| world.run(&admin(world), |tx, cx| Ok(nodes(tx, cx)?.into_inner())).unwrap();
        let (k, r) = (nodes(&karlshamn).own.unwrap(), nodes(&ronneby).own.unwrap());
        trusting(&county, &k, &[]).unwrap();
        trusting(&county, &r, &["1081", "1082"]).unwrap();
        node(&ronneby, "Ronneby", &["1081", "1082"]);
        let both = made(&ronneby, "Blekinge", None).unwrap();
        assert_eq!(faults(taking(&county, &both.bytes)), ["other_too"]);

        assert_eq!(fields(aside(&county, "Ronneby"))[0].0, "/period", "nothing of it stands");
        assert_eq!(fields(aside(&county, "Ingen"))[0].0, "/node");
        assert_eq!(aside(&county, "Karlshamn").unwrap().seq, held.trace.seq);
        assert!(sums(&county).is_empty() && reported(&county).is_empty());
        taking(&county, &both.bytes).unwrap();
        assert_eq!(reported(&county), ["1081", "1082"]);
        // What was set aside does not come back by itself.
        assert_eq!(faults(taking(&county, &held.bytes)), ["set_aside"]);
        assert_eq!(verify(&county.app).unwrap(), [""; 0]);
        assert!(traces(&county).iter().any(|trace| trace.fate == Fate::SetAside && trace.digest == held.trace.digest));
        let org = county.county.org;
        let log = county.app.store.read_blocking(move |tx| crate::audit::page(tx, org, 1, 100)).unwrap();
        assert!(log.iter().any(|record| record.object.contains("of Karlshamn set aside")));
    });
}

#[test]
fn after_it_was_set_aside_a_node_s_older_packages_are_refused_and_a_new_one_is_taken() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let first = made(&karlshamn, "Blekinge", None).unwrap();
        let second = made(&karlshamn, "Blekinge", Some(Reason::Correction)).unwrap();
        taking(&county, &second.bytes).unwrap();
        aside(&county, "Karlshamn").unwrap();
        assert_eq!(faults(taking(&county, &first.bytes)), ["sequence"]);
        let third = made(&karlshamn, "Blekinge", Some(Reason::Correction)).unwrap();
        let taken = taking(&county, &third.bytes).unwrap();
        assert_eq!((taken.trace.replaces, taken.trace.difference), (None, third.trace.total));
    });
}

#[test]
fn own_cases_in_a_municipality_of_another_node_are_counted_beside_it_when_somebody_says_so() {
    sites::<4>(|[karlshamn, ronneby, county, nation]| {
        let (karlshamn, _, county) = self::county()([karlshamn, ronneby, county]);
        let month_over = county.now();
        county.app.clock.set("2026-11-20T09:00:00Z".parse().unwrap());
        case(&county, "accepted", "1082");
        county.app.clock.set(month_over);
        nation.app.clock.set(month_over);
        let package = made(&karlshamn, "Blekinge", None).unwrap();
        assert_eq!(faults(taking(&county, &package.bytes)), ["own_too"]);
        assert!(!beside_own(&county, &package.bytes).unwrap().again);
        let offers = |world: &World, place: &str| sums(world).get(&("offered".to_owned(), place.to_owned())).copied();
        assert_eq!(offers(&county, "1082"), Some(5));

        // Further up they stand in the county without a municipality.
        let n = node(&nation, "Riket", &[]);
        let c = node(&county, "Blekinge", &["1060"]);
        trusting(&county, &n, &[]).unwrap();
        trusting(&nation, &c, &["10"]).unwrap();
        assert!(fields(made(&county, "Riket", None))[0].1.contains("--beside-own"));
        let make = county.run(&admin(&county), |tx, cx| Ok(make(tx, cx, "Riket", MONTH, None, true)?.into_inner()));
        taking(&nation, &make.unwrap().bytes).unwrap();
        assert_eq!([offers(&nation, "1082"), offers(&nation, "")], [Some(4), Some(1)]);

        // What a node says that it reports itself is never another's too.
        let mut own = county.run(&admin(&county), |tx, _| Ok(sql::own(tx)?.unwrap().node)).unwrap();
        own.places.codes = ["1082".to_owned()].into();
        let sealed = county.run(&admin(&county), |tx, _| Ok(sql::own(tx)?.unwrap().sealed)).unwrap();
        county.app.store.write_blocking(move |tx| sql::put(tx, &own, true, Some(&sealed))).unwrap();
        let again = made(&karlshamn, "Blekinge", Some(Reason::Outcomes)).unwrap();
        let Refused::Package(issues) = refused(beside_own(&county, &again.bytes).map(drop).unwrap_err()) else {
            panic!("it is refused as a package")
        };
        assert_eq!(issues[0].pointer, "/own_reports");
        assert!(issues.len() == 1 && !issues[0].detail.contains("--beside-own"), "{}", issues[0].detail);
        assert_eq!(faults(taking(&county, &again.bytes)), ["own_reports"], "and not its counts beside that");
    });
}
