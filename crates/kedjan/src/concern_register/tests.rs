//! The register: that its figures are the totals, that nothing small can be worked out of it, and who may see it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chain::method::Library;
use disclosure::attack::one_by_one;
use proptest::prelude::*;

use super::*;
use crate::access::Role;
use crate::app::Actor;
use crate::http::tests::{Answer, send};
use crate::statistics::{Figure, Share};
use crate::testing::{World, in_each};

fn library() -> Library {
    let all = crate::cli::methods::shipped();
    Library::new(all.into_iter().map(|file| crate::cli::methods::parse(&vec![file]).unwrap()).collect()).unwrap()
}

fn raw(county: &'static str, counts: &[(&str, i64)]) -> Raw {
    Raw { county, counts: counts.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect() }
}

/// A county with this many reports by police and school, and what follows in even parts.
fn usual(county: &'static str, police: i64, school: i64) -> Raw {
    let n = police + school;
    raw(
        county,
        &[
            ("by_police", police),
            ("by_school", school),
            ("reports", n),
            ("children_reported", n + 10),
            ("decided", n),
            ("decided_in_time", n - 20),
            ("opened", n / 2),
            ("finished", n / 2 - 10),
            ("finished_in_time", n / 4),
            ("measures", n / 4),
            ("repeat_known", n - 10),
            ("repeat_reports", n / 3),
        ],
    )
}

#[test]
fn large_counts_are_shown_as_they_are_with_their_shares() {
    let library = library();
    let method = library.current(METHOD).unwrap();
    let table = make(method, &[usual("10", 100, 60), usual("25", 300, 200)], 5, &one_by_one).unwrap();
    assert_eq!(table.categories.len(), 16, "the categories of the law");
    let all = table.row(ALL).unwrap();
    assert_eq!((all.count("reports"), all.count("by_police")), (Figure::Open(660), Figure::Open(400)));
    let share = |id: &str| all.share(table.shares.iter().find(|one| one.id == id).unwrap());
    assert_eq!(share("decision_in_time"), Share::Open { part: 620, whole: 680 });
    assert_eq!(share("opened_rate"), Share::Open { part: 330, whole: 660 });
    assert_eq!(share("inquiry_in_time"), Share::Open { part: 165, whole: 310 });
    assert_eq!(share("repeat_rate"), Share::Open { part: 219, whole: 640 });
    assert_eq!(table.row("10").unwrap().count("by_customs"), Figure::Open(0));
}

#[test]
fn a_small_count_and_a_small_rest_are_withheld_with_what_would_give_them_away() {
    let library = library();
    let method = library.current(METHOD).unwrap();
    let mut one = usual("10", 100, 60);
    one.counts.insert("by_customs".into(), 3);
    one.counts.insert("reports".into(), 163);
    // All but two were decided in time.
    one.counts.insert("decided_in_time".into(), 158);
    let table = make(method, &[one, usual("25", 300, 200), usual("14", 90, 80)], 5, &one_by_one).unwrap();
    let row = table.row("10").unwrap();
    assert_eq!(row.count("by_customs"), Figure::Withheld);
    assert_eq!(table.row(ALL).unwrap().count("by_customs"), Figure::Withheld, "the others have none");
    assert!(row.count("decided_in_time") == Figure::Withheld || row.count("decided") == Figure::Withheld);
    assert_eq!(table.row("25").unwrap().count("by_police"), Figure::Open(300));
}

/// Whether whoever sees the table can work out a small count by adding and subtracting: an attack of its own, over the sums that
/// a reader sees, by bounds that are drawn tighter until nothing changes.
fn falls(table: &Table, raw: &[Raw], threshold: i64) -> Option<String> {
    let true_count = |code: &str, measure: &str| -> i64 {
        raw.iter()
            .filter(|one| code == ALL || one.county == code)
            .map(|one| one.counts.get(measure).copied().unwrap_or(0))
            .sum()
    };
    let measures: Vec<String> =
        table.categories.iter().chain(&table.counts).map(|measure| measure.id.clone()).collect();
    let mut bounds: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for row in &table.rows {
        for measure in &measures {
            let known = match row.count(measure) {
                Figure::Open(n) => {
                    assert_eq!(n, true_count(&row.code, measure), "what is shown is true");
                    assert!(!(1..threshold).contains(&n), "{} {measure} is small and shown", row.code);
                    (n, n)
                }
                Figure::Withheld => (1, i64::MAX / 1000),
            };
            bounds.insert((row.code.clone(), measure.clone()), known);
        }
    }
    let counties: Vec<&str> = raw.iter().map(|one| one.county).collect();
    type Place = (String, String);
    let mut sums: Vec<(Place, Vec<Place>)> = Vec::new();
    for measure in &measures {
        let parts = counties.iter().map(|code| ((*code).to_owned(), measure.clone())).collect();
        sums.push(((ALL.to_owned(), measure.clone()), parts));
    }
    // Who reported makes up the reports of each row, and a part is no larger than its whole.
    let by: Vec<&String> = measures.iter().filter(|id| id.starts_with("by_")).collect();
    for row in &table.rows {
        let cell = |measure: &str| (row.code.clone(), measure.to_owned());
        sums.push((cell("reports"), by.iter().map(|id| cell(id)).collect()));
    }
    let inside = [
        ("children_reported", "decided"),
        ("decided", "decided_in_time"),
        ("decided", "opened"),
        ("opened", "finished"),
        ("finished", "finished_in_time"),
        ("finished", "measures"),
    ];
    for _ in 0..60 {
        for row in &table.rows {
            for (whole, part) in inside {
                let (whole, part) = ((row.code.clone(), whole.to_owned()), (row.code.clone(), part.to_owned()));
                let (w, p) = (bounds[&whole], bounds[&part]);
                bounds.insert(whole, (w.0.max(p.0), w.1));
                bounds.insert(part, (p.0, p.1.min(w.1)));
            }
        }
        for (whole, parts) in &sums {
            let (least, most) = parts.iter().fold((0_i64, 0_i64), |(least, most), part| {
                (least.saturating_add(bounds[part].0), most.saturating_add(bounds[part].1))
            });
            let now = bounds[whole];
            let now = (now.0.max(least), now.1.min(most));
            bounds.insert(whole.clone(), now);
            for part in parts {
                let (low, high) = bounds[part];
                let others = (least - low, most.saturating_sub(high));
                bounds.insert(part.clone(), (low.max(now.0 - others.1), high.min(now.1 - others.0)));
            }
        }
    }
    bounds.iter().find_map(|((code, measure), (low, high))| {
        let small = (1..threshold).contains(&true_count(code, measure));
        (small && low == high).then(|| format!("{code} {measure} is {low}"))
    })
}

fn some_county(code: &'static str) -> impl Strategy<Value = Raw> {
    let by = prop::collection::vec(prop_oneof![3 => 0_i64..8, 1 => 0_i64..200], 16);
    (by, 0_i64..9, prop::collection::vec(0.0_f64..1.0, 8)).prop_map(move |(by, siblings, parts)| {
        let library = library();
        let names = library.current(METHOD).unwrap().measures().to_vec();
        let mut counts: BTreeMap<String, i64> =
            names.iter().filter(|m| m.id.starts_with("by_")).map(|m| m.id.clone()).zip(by).collect();
        let reports: i64 = counts.values().sum();
        let part = |n: i64, at: usize| (n as f64 * parts[at]) as i64;
        let children = reports + siblings;
        let decided = part(children, 0);
        let (in_time, opened) = (part(decided, 1), part(decided, 2));
        let finished = part(opened, 3);
        let known = part(children, 4);
        for (id, n) in [
            ("reports", reports),
            ("children_reported", children),
            ("decided", decided),
            ("decided_in_time", in_time),
            ("opened", opened),
            ("finished", finished),
            ("finished_in_time", part(finished, 5)),
            ("measures", part(finished, 6)),
            ("repeat_known", known),
            ("repeat_reports", part(known, 7)),
        ] {
            counts.insert(id.into(), n);
        }
        Raw { county: code, counts }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn nobody_works_out_a_small_count(a in some_county("10"), b in some_county("14"), c in some_county("25")) {
        let library = library();
        let raw = [a, b, c];
        let table = make(library.current(METHOD).unwrap(), &raw, 5, &one_by_one);
        prop_assert!(table.is_some(), "it can be protected");
        prop_assert_eq!(falls(&table.unwrap(), &raw, 5), None);
    }
}

/// The attack of the test sees what it should: with one small count shown by mistake it falls.
#[test]
fn the_attack_sees_a_count_that_was_left_open_to_subtraction() {
    let library = library();
    let mut one = usual("10", 100, 60);
    one.counts.insert("by_customs".into(), 3);
    one.counts.insert("reports".into(), 163);
    let raw = [one, usual("25", 300, 200)];
    let mut table = make(library.current(METHOD).unwrap(), &raw, 5, &one_by_one).unwrap();
    assert_eq!(falls(&table, &raw, 5), None);
    for row in &mut table.rows {
        row.open_all_but("by_customs", &raw);
    }
    assert_eq!(falls(&table, &raw, 5).as_deref(), Some("10 by_customs is 3"));
}

#[test]
fn the_whole_country_is_protected() {
    let library = library();
    let raw: Vec<Raw> = crate::reference::counties()
        .iter()
        .zip(1_i64..)
        .map(|(county, at)| {
            let mut one = usual(county.code, 400 + 37 * at, 300 + 23 * at);
            let more = ["customs", "coast_guard", "probation", "dental_care", "guard", "county_board", "anonymous"];
            let counts: Vec<i64> = (1..).map(|nr| (at * 7 + nr * 3) % 11).take(more.len()).collect();
            for (name, n) in more.iter().zip(&counts) {
                one.counts.insert(format!("by_{name}"), *n);
            }
            let sum: i64 = counts.iter().sum();
            for (id, by) in [("reports", sum), ("children_reported", sum + at % 4), ("decided_in_time", 18 + at % 3)] {
                *one.counts.get_mut(id).unwrap() += by;
            }
            one
        })
        .collect();
    let table = make(library.current(METHOD).unwrap(), &raw, 5, &crate::publication::shared_out).unwrap();
    assert_eq!(table.rows.len(), 22);
    assert_eq!(falls(&table, &raw, 5), None);
    let open = |row: &Row| matches!(row.count("reports"), Figure::Open(_));
    assert!(table.rows.iter().filter(|row| open(row)).count() >= 11, "most is shown");
}

fn page(world: &World, actor: &Actor, path: &str) -> Answer {
    let cookie = format!("kedjan={}", world.session(actor));
    send(world, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap())
}

#[test]
fn the_register_is_for_those_who_see_the_county_s_figures_as_a_page_and_as_files() {
    in_each(|world| {
        for path in ["", "?lang=en", "?year=2025&county=10", "/figures.csv", "/figures.xlsx", "/figures.json"] {
            let path = format!("/reports-of-concern{path}");
            assert_eq!(page(world, &world.county, &path).status, StatusCode::OK, "{path}");
            let officer = Actor { role: Role::Officer, ..world.officer.clone() };
            assert_eq!(page(world, &officer, &path).status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(
            page(world, &world.county, "/reports-of-concern?year=1999").status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    });
}
