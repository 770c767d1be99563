//! What is read from the tallies, and that they are what the cases say.

use super::super::protect::Figure;
use super::super::sql::{self, Sum};
use super::super::{AGES, Asked, Figures, Period, Report, Scope, Share, Step, Wish, month_of, report, verify_all};
use super::{in_role, twenty};
use crate::access::{Action, Role};
use crate::audit;
use crate::refusal::Refused;
use crate::testing::{World, in_each, person, refused};
use chain::text::Lang;
use serde_json::json;

fn read(world: &World, scope: Scope, wish: Wish) -> Report {
    let actor = match scope {
        Scope::County => world.county.clone(),
        Scope::Own => world.officer.clone(),
    };
    world.run(&actor, move |tx, cx| report(tx, cx, scope, "flow", &wish)).unwrap()
}

#[test]
fn figures_are_what_the_cases_say() {
    in_each(|world| {
        twenty(world, 20);
        let figures = read(world, Scope::County, Wish::default()).figures;
        let flow: Vec<Figure> =
            ["suspected", "offered", "accepted", "reached", "talk"].map(|id| figures.count(id)).into();
        assert_eq!(flow, [20, 20, 12, 7, 0].map(Figure::Open));
        let method = world.app.library.current("smadit").unwrap();
        let share = |id: &str| figures.share(method.indicator(id).unwrap());
        assert_eq!(share("acceptance"), Share::Open { part: 12, whole: 20 });
        assert_eq!(share("contact_in_time"), Share::Open { part: 7, whole: 12 });
        assert_eq!(share("children_known"), Share::Open { part: 20, whole: 20 });
        let hours = &figures.hours[0];
        assert_eq!(
            (hours.clock.as_str(), hours.met, hours.median),
            ("first_contact", Figure::Open(7), Some(Figure::Open(20)))
        );
        let karlshamn = figures.places.iter().find(|place| place.code == "1082").unwrap();
        assert_eq!(figures.count_in(karlshamn, "suspected"), Figure::Open(20));
        let ronneby = figures.places.iter().find(|place| place.code == "1081").unwrap();
        assert_eq!(figures.share_in(ronneby, method.indicator("acceptance").unwrap()), Share::Empty);
        assert_eq!(figures.months.len(), 12);
        assert_eq!(figures.count_in(figures.months.last().unwrap(), "accepted"), Figure::Open(12));
    });
}

#[test]
fn a_unit_sees_its_own_cases_and_no_others() {
    in_each(|world| {
        twenty(world, 1);
        let begin = crate::testing::offer("declined", json!({}), person(2));
        for _ in 0..6 {
            let begin = begin.clone();
            world
                .run(&world.other_officer, move |tx, cx| crate::cases::begin(tx, cx, &begin, None).map(|_| ()))
                .unwrap();
        }
        assert_eq!(read(world, Scope::Own, Wish::default()).figures.count("suspected"), Figure::Open(20));
        assert_eq!(read(world, Scope::County, Wish::default()).figures.count("suspected"), Figure::Open(26));
        let other =
            world.run(&world.other_officer, |tx, cx| report(tx, cx, Scope::Own, "flow", &Wish::default())).unwrap();
        assert_eq!(other.figures.count("suspected"), Figure::Open(6));
        assert_eq!(other.about, "LPO Karlskrona");
    });
}

#[test]
fn another_period_has_other_cases() {
    in_each(|world| {
        twenty(world, 1);
        let year = Wish { from: Some("2025-01".into()), to: Some("2025-12".into()), ..Wish::default() };
        assert!(read(world, Scope::County, year).figures.is_empty());
    });
}

#[test]
fn few_are_not_shown() {
    in_each(|world| {
        for _ in 0..4 {
            world.accepted();
        }
        let report = read(world, Scope::County, Wish::default());
        assert_eq!(report.figures.count("suspected"), Figure::Withheld);
        assert!(!report.figures.is_empty());
        assert!(
            report.figures.months.iter().all(|month| report.figures.count_in(month, "suspected") == Figure::Withheld)
        );
    });
}

#[test]
fn who_may_not_see_the_county_is_refused_and_it_is_recorded() {
    in_each(|world| {
        let stop = world
            .run(&world.officer, |tx, cx| report(tx, cx, Scope::County, "flow", &Wish::default()).map(drop))
            .unwrap_err();
        assert!(matches!(refused(stop), Refused::Forbidden));
        let lead = in_role(&world.officer, Role::Lead);
        world.run(&lead, |tx, cx| report(tx, cx, Scope::County, "flow", &Wish::default()).map(drop)).unwrap();
        let verdict = world.run(&world.officer, |tx, cx| Ok(audit::verify(tx, cx.actor.org)?)).unwrap();
        assert_eq!(verdict.unwrap().seq, 2);
        assert!(Scope::County.action() == Action::SeeCounty && Scope::Own.action() == Action::SeeFeedback);
    });
}

#[test]
fn all_that_is_wrong_with_a_wish_is_said_at_once() {
    let world = World::new(testkit::sqlite());
    let cx = world.cx(&world.county);
    let wrong = |wish: Wish| -> Vec<String> {
        Asked::of(&cx, &wish).unwrap_err().issues().iter().map(|issue| issue.pointer.clone()).collect()
    };
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(
        wrong(Wish { method: said("x"), from: said("2026-13"), to: said("i går"), indicator: None }),
        ["/method", "/from", "/to"]
    );
    assert_eq!(wrong(Wish { from: said("2026-05"), to: said("2026-04"), ..Wish::default() }), ["/to"]);
    assert_eq!(wrong(Wish { from: said("1990-01"), to: said("2026-04"), ..Wish::default() }), ["/to"]);
    assert_eq!(wrong(Wish { indicator: said("x"), ..Wish::default() }), ["/indicator"]);
    let asked = Asked::of(&cx, &Wish { method: said(" "), ..Wish::default() }).unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.period.from(), asked.period.to()),
        ("smadit", "2025-12".into(), "2026-11".into())
    );
    let asked = Asked::of(&cx, &Wish { to: said("2025-03"), ..Wish::default() }).unwrap();
    assert_eq!((asked.period.from(), asked.period.to()), ("2024-04".into(), "2025-03".into()));
}

#[test]
fn periods_are_said_as_people_say_them() {
    let period = |from: &str, to: &str| Period::new(month_of(from).unwrap(), month_of(to).unwrap()).unwrap();
    assert_eq!(period("2026-01", "2026-12").words(Lang::Sv), "2026");
    assert_eq!(period("2025-12", "2026-11").words(Lang::Sv), "december 2025–november 2026");
    assert_eq!(period("2026-02", "2026-02").words(Lang::En), "February 2026");
    for text in ["", "2026", "2026-1", "2026-00", "26-01", "+026-01", "2026-01-01", "２０２６-01"] {
        assert_eq!(month_of(text), None, "{text}");
    }
}

fn hours(counts: &[(i64, i64)]) -> Vec<Sum> {
    counts
        .iter()
        .map(|(bucket, n)| Sum {
            measure: "hours:first_contact".into(),
            bucket: *bucket,
            municipality: "1082".into(),
            month: "2026-11".into(),
            sex: "man".into(),
            age_band: "25-34".into(),
            n: *n,
        })
        .collect()
}

#[test]
fn the_median_is_the_hour_of_the_middle_case() {
    let world = World::new(testkit::sqlite());
    let method = world.app.library.current("smadit").unwrap();
    let period = Period::latest(world.now());
    let of = |counts: &[(i64, i64)]| Figures::of(method, "10", &period, &hours(counts), 5).hours[0].clone();
    assert_eq!(of(&[(1, 2), (10, 1), (30, 2)]).median, Some(Figure::Open(10)));
    assert_eq!(of(&[(30, 3), (1, 3)]).median, Some(Figure::Open(1)));
    assert_eq!(of(&[(1, 2), (10, 0), (30, 2)]).median, Some(Figure::Withheld));
    assert_eq!(of(&[]).median, None);
    // Two were late: neither their band nor those in time, from which they follow, may be shown.
    assert!(of(&[(1, 50), (40, 2)]).bands.iter().all(|(_, figure)| *figure == Figure::Withheld));
    let shown: Vec<Figure> = of(&[(1, 50), (20, 9), (40, 6)]).bands.into_iter().map(|(_, figure)| figure).collect();
    assert_eq!(shown, [50, 0, 9, 0, 6, 0, 0, 0, 0].map(Figure::Open));
}

fn sums(cases: &[(&str, &str, i64)]) -> Vec<Sum> {
    let sum = |(month, age, n): &(&str, &str, i64)| Sum {
        measure: "suspected".into(),
        bucket: 0,
        municipality: "1082".into(),
        month: (*month).into(),
        sex: "man".into(),
        age_band: (*age).into(),
        n: *n,
    };
    cases.iter().map(sum).collect()
}

#[test]
fn ages_are_put_together_and_protected_with_the_rest_of_the_page() {
    let world = World::new(testkit::sqlite());
    let method = world.app.library.current("smadit").unwrap();
    let period = Period::latest(world.now());
    let of = |cases: &[(&str, &str, i64)]| {
        let figures = Figures::of(method, "10", &period, &sums(cases), 5);
        AGES.map(|(age, _)| {
            let group = figures.ages.iter().find(|group| group.code == age).unwrap();
            figures.count_in(group, "suspected")
        })
    };
    let month = "2026-11";
    let shown = of(&[(month, "18-19", 6), (month, "20-24", 7), (month, "25-34", 30), (month, "unknown", 9)]);
    assert_eq!(shown, [0, 0, 13, 30, 0, 0, 9].map(Figure::Open));
    let few = of(&[(month, "18-19", 2), (month, "25-34", 30), (month, "45-64", 40)]);
    assert_eq!(few[2], Figure::Withheld);
    assert_eq!(few.iter().filter(|figure| **figure == Figure::Withheld).count(), 2, "it cannot be worked out: {few:?}");
    let bands: Vec<&str> = AGES.iter().flat_map(|(_, bands)| bands.iter().copied()).collect();
    for age in (0..120).map(Some).chain([None]) {
        let band = crate::cases::age_band(age);
        assert_eq!(bands.iter().filter(|one| **one == band).count(), 1, "{age:?} is in one age: {band}");
    }
}

#[test]
fn a_withheld_month_withholds_its_quarter_and_its_year() {
    let world = World::new(testkit::sqlite());
    let method = world.app.library.current("smadit").unwrap();
    let period = Period::new(month_of("2025-11").unwrap(), month_of("2026-12").unwrap()).unwrap();
    let cases = [
        ("2026-01", "25-34", 10),
        ("2026-02", "25-34", 12),
        ("2026-05", "25-34", 2),
        ("2026-10", "25-34", 20),
        ("2026-11", "25-34", 30),
    ];
    let figures = Figures::of(method, "10", &period, &sums(&cases), 5);
    let rolled = |step: Step| -> Vec<(String, Figure)> {
        figures.rolled(step).iter().map(|group| (group.code.clone(), figures.count_in(group, "suspected"))).collect()
    };
    assert_eq!(figures.rolled(Step::Month), figures.months);
    let quarters = rolled(Step::Quarter);
    let codes: Vec<&str> = quarters.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"], "only whole ones");
    assert_eq!(quarters[1].1, Figure::Withheld);
    assert_eq!(quarters[3].1, Figure::Open(50));
    let withheld =
        figures.months.iter().filter(|month| figures.count_in(month, "suspected") == Figure::Withheld).count();
    assert!(withheld >= 2, "the second month that is withheld withholds its quarter too");
    assert_eq!(rolled(Step::Year), [("2026".to_owned(), Figure::Withheld)]);
}

#[test]
fn the_tallies_are_checked_against_the_cases() {
    in_each(|world| {
        twenty(world, 40);
        let code = world.accepted();
        world.step(&world.receiver, &code, "contact", "no_answer", json!({ "channel": "phone" })).unwrap();
        let mut heard = Vec::new();
        assert_eq!(verify_all(&world.app, |done, all| heard.push((done, all))).unwrap(), []);
        assert_eq!(heard, [(0, 21), (21, 21)]);
        world
            .run(&world.officer, move |tx, cx| {
                let row = crate::access::case(tx, cx, &code, Action::SeeCase)?.row.clone();
                sql::add(tx, &row, "2026-11", "accepted", 0, -1)?;
                Ok(sql::add(tx, &row, "2026-10", "reached", 0, 3)?)
            })
            .unwrap();
        let found = verify_all(&world.app, |_, _| {}).unwrap();
        let pairs: Vec<(i64, i64)> = found.iter().map(|one| (one.cases, one.kept)).collect();
        assert_eq!(pairs, [(0, 3), (13, 12)], "{found:?}");
        assert!(found[1].to_string().contains("10 smadit 2026-11 accepted, municipality 1082"));
    });
}
