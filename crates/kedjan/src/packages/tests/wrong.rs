//! What is refused: of a wrong package nothing is taken, and a trace of it stays.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use proptest::prelude::*;

use super::super::format;
use super::*;
use crate::http::tests::send;
use crate::secrets::{Kek, Keyring, SigningKey};

/// A right package that was made at an installation, and the key to sign it anew with something wrong in it.
pub(super) fn opened(world: &World) -> (Package, SigningKey, Vec<u8>) {
    let bytes = made(world, "Blekinge", None).unwrap().bytes;
    let package = Envelope::read(&bytes).unwrap().package().unwrap();
    let key = world.run(&admin(world), |tx, cx| Ok(sql::own(tx)?.unwrap().signing_key(cx)?)).unwrap();
    (package, key, bytes)
}

#[test]
fn each_thing_that_is_wrong_is_said_at_once_and_nothing_is_taken() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (right, key, _) = opened(&karlshamn);
        let signed = |change: &dyn Fn(&mut Package)| {
            let mut package = right.clone();
            change(&mut package);
            package.signed(&key)
        };
        let refused = |change: &dyn Fn(&mut Package)| faults(taking(&county, &signed(change)));
        assert_eq!(refused(&|p| p.period = date(2026, 12, 1)), ["period"]);
        assert_eq!(refused(&|p| p.reports = vec!["1080".into()]), ["places"], "another's municipality");
        assert_eq!(refused(&|p| p.reports = vec!["1099".into()]), ["places"], "no municipality");
        assert_eq!(
            refused(&|p| p.counts.iter_mut().for_each(|c| c.key.county = "11".into())),
            ["places"],
            "another county"
        );
        assert_eq!(refused(&|p| p.measures[0].digest = "0".repeat(32)), ["meaning"]);
        assert_eq!(refused(&|p| p.measures.retain(|m| m.id != "offered")), ["meaning"], "counted and not declared");
        let known = super::super::check::measures(&county.app.library);
        let more = known.into_iter().find(|line| !right.measures.contains(line)).unwrap();
        let uncounted = refused(&|p| {
            p.measures.push(more.clone());
            p.measures.sort();
        });
        assert_eq!(uncounted, ["uncounted"], "declared and not counted");
        assert_eq!(refused(&|p| p.counts.iter_mut().for_each(|c| c.key.sex = "kim".into())), ["unknown"]);
        assert_eq!(refused(&|p| p.counts[0].n = -1), ["line"]);
        assert_eq!(refused(&|p| p.counts[0].n = 0), ["line"]);
        assert_eq!(refused(&|p| p.counts.insert(0, p.counts[0].clone())), ["line"]);
        assert_eq!(refused(&|p| p.counts.swap(0, 1)), ["line"]);
        assert_eq!(
            refused(&|p| p.counts.iter_mut().filter(|c| c.key.measure == "accepted").for_each(|c| c.n = 99)),
            ["nested"]
        );
        let many = refused(&|p| {
            p.period = date(2027, 1, 1);
            p.reports = vec!["0114".into()];
            p.measures[0].digest = "1".repeat(32);
        });
        assert_eq!(many, ["period", "places", "meaning"], "all at once");
        assert!(sums(&county).is_empty() && reported(&county).is_empty());
        let kept = traces(&county);
        assert!(kept.iter().all(|trace| trace.fate == Fate::Refused && trace.row_count == 0 && trace.peer.is_some()));
        assert!(kept.len() >= 13 && kept.iter().any(|trace| trace.why == "period places meaning"));
        // And the right one is taken after all of them.
        assert!(!taking(&county, &right.signed(&key)).unwrap().again);
    });
}

#[test]
fn a_package_of_a_stranger_for_somebody_else_or_of_one_who_is_trusted_no_longer_is_refused() {
    sites::<3>(|worlds| {
        let (karlshamn, ronneby, county) = self::county()(worlds);
        let (right, key, bytes) = opened(&karlshamn);
        let (stranger, _) = SigningKey::generate(&Keyring::new(&Kek::generate())).unwrap();
        assert_eq!(faults(taking(&county, &right.signed(&stranger))), ["signature"], "signed by another than it says");
        let mut package = right.clone();
        package.from = stranger.public();
        assert_eq!(faults(taking(&county, &package.signed(&stranger))), ["sender"]);
        assert_eq!(faults(taking(&ronneby, &bytes)), ["sender", "audience"]);
        let mut package = right.clone();
        package.to = stranger.public();
        assert_eq!(faults(taking(&county, &package.signed(&key))), ["audience"]);
        assert_eq!(faults(taking(&county, b"nothing of the kind\n")), ["not_a_package"]);
        let newer = Envelope::sign("kedjan-tallies/2", &right.to, b"in another way\n", &key).unwrap();
        assert_eq!(faults(taking(&county, &newer)), ["format"]);
        county.run(&admin(&county), |tx, cx| distrust(tx, cx, "Karlshamn").map(drop)).unwrap();
        assert_eq!(faults(taking(&county, &bytes)), ["sender"]);
        assert!(sums(&county).is_empty());
    });
}

#[test]
fn a_municipality_is_reported_by_one_node_alone() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        // The county has a case of its own that is counted in Karlshamn, from the month before it was over.
        county.app.clock.set("2026-11-20T09:00:00Z".parse().unwrap());
        case(&county, "accepted", "1082");
        county.app.clock.set("2026-12-03T09:00:00Z".parse().unwrap());
        let (_, _, bytes) = opened(&karlshamn);
        assert_eq!(faults(taking(&county, &bytes)), ["own_too"]);
        assert!(traces(&county).iter().all(|trace| trace.why == "own_too"));
        let own = county.run(&admin(&county), |tx, cx| Ok(nodes(tx, cx)?.into_inner().own.unwrap())).unwrap();
        // Neither can two nodes be trusted for it.
        let other =
            Node { name: "Annan".into(), key: SigningKey::generate(&county.app.keyring).unwrap().0.public(), ..own };
        assert!(matches!(refused(trusting(&county, &other, &["10"]).unwrap_err()), Refused::Fields(_)));
        assert!(trusting(&county, &other, &["1080"]).is_ok());
    });
}

#[test]
fn every_flipped_lost_or_added_byte_is_seen() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (_, _, bytes) = opened(&karlshamn);
        assert!(Envelope::read(&bytes).unwrap().holds());
        let stands = |bytes: &[u8]| Envelope::read(bytes).is_some_and(|envelope| envelope.holds());
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            assert!(!stands(&changed), "byte {at}");
        }
        assert!((0..bytes.len()).step_by(7).all(|end| !stands(&bytes[..end])));
        assert!([b"\n".as_slice(), b" ", b"x\n"].iter().all(|more| !stands(&[&bytes, *more].concat())));
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 4;
        assert_eq!(faults(taking(&county, &changed)), ["signature"]);
        assert!(sums(&county).is_empty());
    });
}

fn post(world: &World, bytes: &[u8]) -> crate::http::tests::Answer {
    send(world, Request::post("/api/v1/packages").body(Body::from(bytes.to_vec())).unwrap())
}

#[test]
fn over_the_network_a_package_is_taken_by_its_signature_and_told_as_taken_the_second_time() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (right, _, bytes) = opened(&karlshamn);
        let taken = post(&county, &bytes);
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
        assert_eq!(taken.json()["counts"], right.counts.len());
        let again = post(&county, &bytes);
        assert_eq!((again.status, again.json()["again"].as_bool()), (StatusCode::OK, Some(true)));
        let (stranger, _) = SigningKey::generate(&Keyring::new(&Kek::generate())).unwrap();
        let log = |world: &World| {
            let org = world.county.org;
            world.app.store.read_blocking(move |tx| crate::audit::head(tx, org)).unwrap().unwrap().seq
        };
        let before = log(&county);
        let mut package = right;
        package.from = stranger.public();
        let refused = post(&county, &package.signed(&stranger));
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json()["type"], "/problems/package");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/sender");
        assert_eq!(log(&county), before, "a stranger does not make the log grow");
        assert!(traces(&county).iter().any(|trace| trace.fate == Fate::Refused && trace.peer.is_none()));
    });
}

#[test]
fn what_is_refused_again_and_again_is_told_each_time_and_kept_once() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (right, key, _) = opened(&karlshamn);
        let wrong = |seq: i64| {
            let mut package = right.clone();
            package.seq += seq;
            package.reports = vec!["1080".into()];
            package.signed(&key)
        };
        let log = || {
            let org = county.county.org;
            county.app.store.read_blocking(move |tx| crate::audit::head(tx, org)).unwrap().unwrap().seq
        };
        let before = log();
        for _ in 0..3 {
            let refused = post(&county, &wrong(0));
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(refused.json()["errors"][0]["pointer"], "/places");
        }
        assert_eq!((traces(&county).len(), log() - before), (1, 1));
        // Neither do ever new ones fill the log: a day's worth of them is kept.
        for seq in 1..=102 {
            assert_eq!(post(&county, &wrong(seq)).status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!((traces(&county).len(), log() - before), (100, 100));
        let later = county.now().checked_add(jiff::SignedDuration::from_hours(25)).unwrap();
        county.app.clock.set(later);
        post(&county, &wrong(103));
        assert_eq!(log() - before, 101);
        assert_eq!(
            post(&county, &right.signed(&key)).status,
            StatusCode::CREATED,
            "the right one is taken all the same"
        );
    });
}

#[test]
fn what_is_too_large_or_sent_too_often_is_refused_whoever_it_says_it_is_from() {
    crate::testing::in_each_limited(|world| {
        node(world, "Länet", &[]);
        let large = Arrived::read(&vec![b'x'; MOST_BYTES + 1], &world.app.library);
        assert_eq!(faults(world.run(&admin(world), move |tx, cx| take(tx, cx, &large, false))), ["too_large"]);
        let ask = || {
            let request = Request::post("/api/v1/packages").header("authorization", "Bearer of nothing");
            send(world, request.body(Body::from("nothing")).unwrap()).status
        };
        let refused = (0..400).map(|_| ask()).take_while(|status| *status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert!((200..400).contains(&refused), "{refused}");
        assert_eq!(ask(), StatusCode::TOO_MANY_REQUESTS);
    });
}

fn word() -> impl Strategy<Value = String> {
    "[a-z][a-z_]{0,11}"
}

fn counts() -> impl Strategy<Value = Vec<Count>> {
    let place = prop_oneof![Just(String::new()), "[0-9]{4}"];
    let key = ("[0-9]{2}", word(), word(), 0_i64..300, place, word(), word());
    let count =
        (key, 1_i64..1_000_000).prop_map(|((county, method, measure, bucket, municipality, sex, age_band), n)| Count {
            key: Key { county, method, measure, bucket, municipality, sex, age_band },
            n,
        });
    prop::collection::vec(count, 0..40).prop_map(|mut all| {
        all.sort();
        all.dedup_by(|one, other| one.key == other.key);
        all
    })
}

/// What is inside a package with one value written in another way, in each way that there is, and the line that it stands in.
fn spellings(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let numbers = |line: &str| match line.split(' ').next() {
        Some("seq" | "replaces") => vec![1],
        Some("method") => vec![2],
        Some("tally") => vec![4, 8],
        Some("end") => vec![1, 2],
        _ => Vec::new(),
    };
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate().skip(5) {
        let mut put = |line: String| {
            let changed = [&lines[5..at].concat(), line.as_str(), &lines[at + 1..].concat()].concat();
            all.push((at + 1, changed));
        };
        for (number, sign) in numbers(line).into_iter().flat_map(|number| [(number, "0"), (number, "+")]) {
            let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            words[number].insert_str(0, sign);
            put(words.join(" "));
        }
        if line.starts_with("made ") {
            put(line.replace('Z', ".000Z"));
            put(line.replace('Z', "+00:00"));
            put(line.replace('T', "t"));
        }
        if at + 1 == lines.len() {
            put(line.trim_end().to_owned());
        }
    }
    all
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_and_in_one_way_only(counts in counts(), seq in 1_i64..i64::MAX, at in 0..100_usize) {
        let (key, _) = SigningKey::generate(&Keyring::new(&Kek::generate())).unwrap();
        let package = Package {
            from: key.public(),
            to: key.public(),
            seq,
            made_at: "2026-12-03T09:00:00Z".parse().unwrap(),
            period: MONTH,
            replaces: (seq % 2 == 0).then_some((seq / 2 + 1, Reason::ALL[(seq % 3) as usize])),
            methods: vec![MethodLine { id: "smadit".into(), version: 1, digest: "a".repeat(64) }],
            measures: vec![MeasureLine { method: "smadit".into(), id: "offers".into(), digest: "b".repeat(32) }],
            reports: vec!["1081".into(), "1082".into()],
            counts,
        };
        let bytes = package.signed(&key);
        let read = Envelope::read(&bytes).unwrap();
        prop_assert!(read.holds());
        prop_assert_eq!(read.package(), Ok(package));
        // The same in other signs, signed all the same: it can be read, and is refused for its spelling alone.
        let text = String::from_utf8(bytes).unwrap();
        let spellings = spellings(&text);
        let (line, other) = &spellings[at % spellings.len()];
        let other = Envelope::sign(format::FORMAT, &key.public(), other.as_bytes(), &key).unwrap();
        let bad = BadLine { line: *line, expected: Expected::OneWay };
        prop_assert_eq!(Envelope::read(&other).unwrap().package(), Err(vec![bad]));
    }
}
