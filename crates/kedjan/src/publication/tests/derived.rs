//! What follows from cells that are in no table: who is in a measure and not in a part of it, the sum of what was released
//! in parts, and what lies between any two versions.

use super::made::counted;
use super::parts::{found_when_shown, released, table_of};
use crate::app::Actor;
use crate::statistics::Figure;
use crate::testing::{World, in_each};

/// Cases of a desk in the county, by month.
fn add(world: &World, desk: &Actor, months: &[(&str, i64)]) {
    for (month, n) in months {
        counted(world, "smadit", (desk.org, desk.unit), ["10", "1080", month, "suspected", "man", "25-34"], *n);
    }
}

fn figure(world: &World, id: &str, codes: &[&str]) -> Figure {
    let name = if codes.len() == 1 { "measures" } else { "months" };
    table_of(world, id, name).figure(codes, "suspected")
}

/// Whether the last look finds who is left in a place and a time, when everything but small counts had been shown.
fn finds_rest(world: &World, method: &str, of: &str) -> bool {
    let found = found_when_shown(world, method, "");
    found.iter().any(|cell| cell.starts_with(of) && cell.ends_with("(rest)"))
}

#[test]
fn who_is_in_a_measure_and_not_in_one_that_takes_some_of_its_outcomes_does_not_follow() {
    let pairs = [
        ("smadit", "tried", "reached"),
        ("smadit", "suspected", "not_asked"),
        ("smadit", "offered", "declined"),
        ("lob", "tried", "reached"),
        ("concern", "protected", "acted"),
        ("concern", "finished", "followed_up"),
        ("concern", "children_reported", "reports"),
    ];
    for (method, whole, part) in pairs {
        let world = World::new(testkit::sqlite());
        let desk = (world.officer.org, world.officer.unit);
        for (place, more, less) in [("1080", 12, 10), ("1081", 60, 20), ("1082", 70, 30)] {
            for (measure, n) in [(whole, more), (part, less)] {
                counted(&world, method, desk, ["10", place, "2025-02", measure, "man", "15-17"], n);
            }
        }
        let id = released(&world, method, "county:10", "2025-Q1", None);
        let table = table_of(&world, &id, "measures");
        let both = [whole, part].map(|measure| table.figure(&["1080"], measure));
        assert!(both.contains(&Figure::Withheld), "{method}: {whole} and {part} are {both:?} and say two");
        assert!(finds_rest(&world, method, &format!("{whole} 1080 2025-Q1")), "{method}: {whole} less {part}");
    }
}

#[test]
fn a_count_does_not_follow_from_others_when_an_older_version_says_by_how_few_it_has_changed() {
    in_each(|world| {
        add(world, &world.officer, &[("2025-01", 40), ("2025-02", 20), ("2025-03", 50)]);
        let first = released(world, "smadit", "county:10", "2025-02", None);
        add(world, &world.officer, &[("2025-02", 10)]);
        let second = released(world, "smadit", "county:10", "2025-02", Some("Tio till"));
        add(world, &world.officer, &[("2025-02", -8)]);
        let third = released(world, "smadit", "county:10", "2025-02", Some("Åtta färre"));
        let versions = [first, second, third].map(|id| figure(world, &id, &["10"]));
        assert_eq!(versions, [Figure::Open(20), Figure::Open(30), Figure::Withheld]);
        let id = released(world, "smadit", "county:10", "2025-Q1", None);
        let others = [
            figure(world, &id, &["10"]),
            figure(world, &id, &["10", "2025-01"]),
            figure(world, &id, &["10", "2025-03"]),
        ];
        assert!(others.contains(&Figure::Withheld), "{others:?} say that 20 has become 22");
        assert!(finds_rest(world, "smadit", "suspected 10 2025-02"));
    });
}

#[test]
fn a_sum_of_a_count_that_was_withheld_since_it_changed_by_few_is_released_with_one_more_withheld() {
    in_each(|world| {
        add(world, &world.officer, &[("2025-01", 40), ("2025-02", 80), ("2025-03", 50)]);
        released(world, "smadit", "county:10", "2025-02", None);
        add(world, &world.officer, &[("2025-02", 2)]);
        let second = released(world, "smadit", "county:10", "2025-02", Some("Två till"));
        assert_eq!(figure(world, &second, &["10"]), Figure::Withheld);
        let id = released(world, "smadit", "county:10", "2025-Q1", None);
        let shown = [
            figure(world, &id, &["10"]),
            figure(world, &id, &["10", "2025-01"]),
            figure(world, &id, &["10", "2025-03"]),
        ];
        assert!(shown.iter().any(|one| *one != Figure::Withheld), "{shown:?}");
    });
}

#[test]
fn a_sum_that_follows_from_its_released_parts_is_reckoned_with_though_it_is_in_no_table() {
    in_each(|world| {
        add(world, &world.officer, &[("2025-01", 14), ("2025-02", 14), ("2025-03", 16)]);
        add(world, &world.care, &[("2025-01", 2), ("2025-02", 2)]);
        for month in ["2025-01", "2025-02", "2025-03"] {
            let id = released(world, "smadit", "county:10", month, None);
            assert_eq!(figure(world, &id, &["10"]), Figure::Open(16));
        }
        let police = world.officer.org;
        let id = released(world, "smadit", &format!("authority:{police}"), "2025-Q1", None);
        let of_quarter = figure(world, &id, &[&format!("{police}:10")]);
        assert_eq!(of_quarter, Figure::Withheld, "48 less 44 are the four of the other");
        assert!(finds_rest(world, "smadit", "suspected 10 2025-Q1"));
    });
}

#[test]
fn an_authority_that_has_released_the_months_has_released_the_quarter() {
    in_each(|world| {
        add(world, &world.officer, &[("2025-01", 15), ("2025-02", 15), ("2025-03", 15)]);
        add(world, &world.care, &[("2025-01", 2)]);
        add(world, &world.ronneby, &[("2025-02", 1)]);
        let police = world.officer.org;
        for month in ["2025-01", "2025-02", "2025-03"] {
            let id = released(world, "smadit", &format!("authority:{police}"), month, None);
            assert_eq!(figure(world, &id, &[&format!("{police}:10")]), Figure::Open(15));
        }
        let id = released(world, "smadit", "county:10", "2025-Q1", None);
        assert_eq!(figure(world, &id, &["10"]), Figure::Withheld, "48 less 45 are the three of the others");
        assert!(finds_rest(world, "smadit", "suspected 10 2025-Q1"));
    });
}

#[test]
fn the_last_look_sees_that_one_month_of_a_unit_follows_though_others_have_released_that_month() {
    let world = World::new(testkit::sqlite());
    add(&world, &world.officer, &[("2025-01", 20), ("2025-02", 20), ("2025-03", 3)]);
    let scope = format!("authority:{}", world.officer.org);
    for period in ["2025-01", "2025-02", "2025-Q1"] {
        released(&world, "smadit", &scope, period, None);
    }
    assert!(finds_rest(&world, "smadit", &format!("suspected {}:10 2025-Q1", world.officer.unit)));
}

/// Fourteen from 15 to 17, of whom twelve are women: the two others are told by nobody, as none are younger or older.
#[test]
fn who_else_is_as_young_does_not_follow_from_the_women_from_13_to_19() {
    let world = World::new(testkit::sqlite());
    let desk = (world.officer.org, world.officer.unit);
    for (sex, age, n) in [("woman", "15-17", 12), ("man", "15-17", 2), ("woman", "25-34", 80), ("man", "25-34", 90)] {
        counted(&world, "smadit", desk, ["10", "1080", "2025-02", "suspected", sex, age], n);
    }
    let id = released(&world, "smadit", "county:10", "2025", None);
    let of = |table: &str, codes: &[&str]| table_of(&world, &id, table).figure(codes, "suspected");
    let both = [of("young_women", &["10", "woman", "13-19"]), of("ages", &["10", "15-17"])];
    assert!(both.contains(&Figure::Withheld), "{both:?} say two");
    assert!(finds_rest(&world, "smadit", "suspected 10 2025 woman 13-19"));
}

#[test]
fn women_from_13_to_19_are_those_of_three_bands() {
    let world = World::new(testkit::sqlite());
    let desk = (world.officer.org, world.officer.unit);
    for age in ["0-12", "13-14", "15-17", "18-19", "20-24"] {
        for (sex, n) in [("woman", 7), ("man", 30), ("unknown", 11)] {
            counted(&world, "concern", desk, ["10", "1080", "2025-02", "reports", sex, age], n);
        }
    }
    let id = released(&world, "concern", "county:10", "2025", None);
    let young = table_of(&world, &id, "young_women");
    assert_eq!(young.figure(&["10", "woman", "13-19"], "reports"), Figure::Open(21));
    assert_eq!(young.figure(&["10", "woman", "13-19"], "opened"), Figure::Open(0));
}
