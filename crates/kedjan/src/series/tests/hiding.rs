//! Nothing that is withheld in the situation picture follows from what is shown.

use proptest::prelude::*;

use super::super::{Area, Cell, Sex, Sign, Topic, Unit, topics};
use crate::web::chart;

/// A share in a place: how many of how many.
fn share(area: &str, sex: Sex, part: i64, n: i64) -> Cell {
    Cell {
        area: Area::of(area).unwrap(),
        indicator: "A".into(),
        period: "2021".into(),
        group: "åk 9".into(),
        sex,
        unit: Unit::Percent,
        source: "K".into(),
        value: Some(((part * 1000) as f64 / n as f64).round() / 10.0),
        sign: Sign::None,
        n: Some(n),
        note: String::new(),
    }
}

fn count(area: &str, value: i64) -> Cell {
    Cell { unit: Unit::Count, value: Some(value as f64), n: None, ..share(area, Sex::All, 1, 1) }
}

/// The places that are withheld, in the order of their codes.
fn withheld(cells: Vec<Cell>) -> Vec<String> {
    let all: Vec<Topic> = topics(cells, 5);
    let kept = all.iter().flat_map(|topic| &topic.cells).filter(|shown| shown.figure == chart::Cell::Withheld);
    let mut named: Vec<String> =
        kept.map(|shown| format!("{} {} {}", shown.area().code(), shown.period(), shown.sex().name())).collect();
    named.dedup();
    named
}

/// Blekinge's five municipalities and the county together; Sölvesborg has few.
fn blekinge() -> Vec<Cell> {
    let places = [("1060", 7, 118), ("1080", 40, 612), ("1081", 20, 276), ("1082", 17, 301), ("1083", 3, 52)];
    let all = places.iter().fold((0, 0), |sum, place| (sum.0 + place.1, sum.1 + place.2));
    let mut cells: Vec<Cell> = places.iter().map(|(place, part, n)| share(place, Sex::All, *part, *n)).collect();
    cells.push(share("10", Sex::All, all.0, all.1));
    cells
}

#[test]
fn a_municipality_does_not_follow_from_the_county_and_the_others() {
    assert_eq!(withheld(blekinge()), ["1060 2021 all", "1083 2021 all"], "the smallest hides the small one");
    let alone: Vec<Cell> = blekinge().into_iter().filter(|cell| cell.area.code() != "10").collect();
    assert_eq!(withheld(alone), ["1083 2021 all"], "with no county there is nothing to subtract from");
    let counts = |county: i64| {
        withheld(vec![count("1060", 30), count("1080", 80), count("1082", 9), count("1083", 3), count("10", county)])
    };
    assert_eq!(counts(122), ["1082 2021 all", "1083 2021 all"]);
    assert_eq!(counts(140), ["1083 2021 all"], "eighteen others whom nobody names may be anywhere");
    assert_eq!(counts(124), ["1082 2021 all", "1083 2021 all"], "two others are too few to hide among");
}

#[test]
fn neither_another_maker_nor_another_unit_nor_another_spelling_gives_a_figure_away() {
    let county = |change: fn(Cell) -> Cell| {
        let change = |cell: Cell| if cell.area.code() == "10" { change(cell) } else { cell };
        withheld(blekinge().into_iter().map(change).collect())
    };
    let both = ["1060 2021 all", "1083 2021 all"];
    assert_eq!(county(|cell| Cell { source: "Någon annan".into(), ..cell }), both);
    assert_eq!(county(|cell| Cell { indicator: "a".into(), ..cell }), both);
    let again = share("1083", Sex::All, 3, 52);
    let twice = |other: Cell| withheld(blekinge().into_iter().chain([other]).collect());
    assert_eq!(twice(Cell { unit: Unit::PerThousand, value: Some(57.7), ..again.clone() }), both);
    assert_eq!(twice(Cell { source: "Kommunen".into(), n: None, ..again }), both, "said without how many");
}

#[test]
fn women_men_and_all_are_withheld_so_that_none_follows() {
    let mut cells = blekinge();
    for (place, women, men) in [("1060", (3, 59), (4, 59)), ("1082", (8, 150), (9, 151)), ("1083", (0, 26), (3, 26))] {
        cells.push(share(place, Sex::Woman, women.0, women.1));
        cells.push(share(place, Sex::Man, men.0, men.1));
    }
    let named = withheld(cells);
    for kept in ["1060 2021 all", "1060 2021 woman", "1060 2021 man", "1083 2021 all", "1083 2021 woman"] {
        assert!(named.iter().any(|one| one == kept), "{kept} in {named:?}");
    }
    assert!(named.iter().all(|one| !one.starts_with("1082") && !one.starts_with("10 ")), "{named:?}");
}

#[test]
fn when_women_are_withheld_men_are_too_whatever_hid_the_women() {
    let of = |area: &str, women: i64, men: i64| {
        [(Sex::Woman, women), (Sex::Man, men)].map(|(sex, value)| Cell { sex, ..count(area, value) })
    };
    let table = [of("1060", 40, 60), of("1080", 3, 40), of("1082", 100, 50), of("10", 143, 150)];
    let named = withheld(table.concat());
    for place in ["1060", "1080", "1082", "10"] {
        let one = |sex: &str| named.iter().any(|one| one == &format!("{place} 2021 {sex}"));
        assert_eq!(one("woman"), one("man"), "{place}: {named:?}");
    }
    assert!(named.iter().any(|one| one == "1080 2021 man"), "{named:?}");
}

#[test]
fn a_group_a_quarter_and_a_county_do_not_follow_from_the_whole() {
    let group = |name: &str, value: i64| Cell { group: name.into(), ..count("1082", value) };
    let groups = withheld(vec![group("", 30), group("flyktingar", 3), group("övriga", 27)]);
    assert_eq!(groups, ["1082 2021 all"; 1], "the only other group goes too");
    assert_eq!(
        topics(vec![group("alla", 30), group("yngre", 3), group("äldre", 27)], 5)
            .iter()
            .flat_map(|t| &t.cells)
            .filter(|s| s.figure == chart::Cell::Withheld)
            .count(),
        2
    );
    let time = |period: &str, value: i64| Cell { period: period.into(), ..count("1082", value) };
    let year = withheld(vec![
        time("2021", 40),
        time("2021-Q1", 3),
        time("2021-Q2", 10),
        time("2021-Q3", 12),
        time("2021-Q4", 15),
    ]);
    assert_eq!(year, ["1082 2021-Q1 all", "1082 2021-Q2 all"]);
    assert_eq!(withheld(vec![time("2022", 40), time("2021-Q1", 3), time("2021-Q2", 10)]), ["1082 2021-Q1 all"]);
    // Where a county or a quarter is not there, what it is made of is part of the whole.
    let mut counties: Vec<Cell> =
        crate::reference::counties().iter().filter(|one| one.code != "09").map(|one| count(one.code, 25)).collect();
    counties.extend([count("SE", 503), count("0980", 3)]);
    let named = withheld(counties);
    assert_eq!((named.len(), named.iter().any(|one| one == "0980 2021 all")), (2, true), "{named:?}");
    let mut months: Vec<Cell> = (4..=12).map(|month| time(&format!("2021-{month:02}"), 6)).collect();
    months.extend([time("2021", 40 + 23), time("2021-Q1", 12)]);
    months[0].value = Some(3.0);
    let named = withheld(months);
    assert_eq!(
        (named.len(), named.iter().any(|one| one == "2021-04" || one == "1082 2021-04 all")),
        (2, true),
        "{named:?}"
    );
    let nation = [count("SE", 500), count("10", 3)];
    assert_eq!(withheld(nation.to_vec()), ["10 2021 all"], "twenty counties are not there");
}

#[test]
fn a_rate_of_few_is_withheld_whatever_it_is_counted_in() {
    let of = |unit, value, n| {
        let cell = Cell { unit, value: Some(value), n: Some(n), ..share("1082", Sex::All, 1, 1) };
        topics(vec![cell], 5)[0].cells[0].figure == chart::Cell::Withheld
    };
    assert!(of(Unit::PerThousand, 0.1, 32_000), "three of 32 000");
    assert!(of(Unit::PerHundredThousand, 12.5, 32_000), "four of 32 000");
    assert!(of(Unit::PerThousand, 0.01, 32_000), "what is not nought is somebody");
    assert!(!of(Unit::PerThousand, 0.2, 32_000) && !of(Unit::PerHundredThousand, 15.7, 32_000));
    assert!(!of(Unit::PerThousand, 0.0, 32_000), "nought is nobody");
    assert!(!of(Unit::Litres, 0.1, 32_000), "litres are not people");
}

/// Women and men of a place: how many of how many.
type Counted = ((i64, i64), (i64, i64));

/// Whether a withheld place of a table of places and sexes can be calculated: what is unknown is eliminated modulo a prime.
fn calculable(kept: &[bool]) -> bool {
    const PRIME: i64 = 1_000_003;
    let places = kept.len() / 3;
    // All is women and men in each place, and the first place is the others for each sex.
    let mut rows: Vec<Vec<i64>> = Vec::new();
    let mut equation = |whole: usize, parts: Vec<usize>| {
        let mut row = vec![0; kept.len()];
        row[whole] = 1;
        parts.iter().for_each(|part| row[*part] = PRIME - 1);
        (0..row.len()).filter(|at| !kept[*at]).for_each(|at| row[at] = 0);
        rows.push(row);
    };
    (0..places).for_each(|place| equation(place * 3, vec![place * 3 + 1, place * 3 + 2]));
    (0..3).for_each(|sex| equation(sex, (1..places).map(|place| place * 3 + sex).collect()));
    let inverse = |n: i64| {
        (0..PRIME.ilog2() + 1)
            .fold((1, n), |(power, square), bit| {
                let power = if (PRIME - 2) >> bit & 1 == 1 { power * square % PRIME } else { power };
                (power, square * square % PRIME)
            })
            .0
    };
    let mut done = 0;
    for column in 0..kept.len() {
        let Some(at) = (done..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
        rows.swap(done, at);
        let by = inverse(rows[done][column]);
        rows[done].iter_mut().for_each(|n| *n = *n * by % PRIME);
        let pivot = rows[done].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != done) {
            let factor = row[column];
            row.iter_mut().zip(&pivot).for_each(|(n, p)| *n = (*n + (PRIME - factor) * p) % PRIME);
        }
        done += 1;
    }
    rows.iter().any(|row| row.iter().filter(|n| **n != 0).count() == 1)
}

proptest! {
    #[test]
    fn no_table_gives_a_withheld_figure_away(together in any::<bool>(), parts in proptest::collection::vec(((0_i64..14, 14_i64..90), (0_i64..14, 14_i64..90)), 2..6)) {
        let codes = ["10", "1060", "1080", "1081", "1082", "1083"];
        let sum = |of: fn(&Counted) -> i64| parts.iter().map(of).sum::<i64>();
        let county = ((sum(|p| p.0.0), sum(|p| p.0.1)), (sum(|p| p.1.0), sum(|p| p.1.1)));
        let mut cells = Vec::new();
        for (code, (women, men)) in codes.iter().zip(std::iter::once(&county).chain(&parts)) {
            if together {
                cells.push(share(code, Sex::All, women.0 + men.0, women.1 + men.1));
            }
            cells.push(share(code, Sex::Woman, women.0, women.1));
            cells.push(share(code, Sex::Man, men.0, men.1));
        }
        // Without a sum that holds for people there is nothing to see here: percentages have one decimal.
        let all = topics(cells.clone(), 5);
        let kept: Vec<bool> = cells
            .iter()
            .map(|cell| all[0].figure(&cell.area, "2021", cell.sex) == chart::Cell::Withheld)
            .collect();
        for (cell, kept) in cells.iter().zip(&kept) {
            let part = (cell.n.unwrap() as f64 * cell.value.unwrap() / 100.0).round() as i64;
            prop_assert!(*kept || part == 0 || part >= 5, "{} {:?}", cell.area.code(), cell.sex);
        }
        prop_assert!(!together || !calculable(&kept), "{kept:?}");
        let each = if together { 3 } else { 2 };
        for place in kept.chunks(each) {
            prop_assert_eq!(place[each - 2], place[each - 1], "women and men: {:?}", &kept);
        }
    }
}

#[test]
fn the_attack_of_these_tests_sees_a_figure_that_follows() {
    // One municipality is withheld alone; then with another; then the women of one with the men of another.
    let kept = |at: &[usize]| (0..12).map(|one| at.contains(&one)).collect::<Vec<bool>>();
    assert!(calculable(&kept(&[3])) && calculable(&kept(&[4, 8])));
    assert!(!calculable(&kept(&[4, 5, 7, 8])));
}
