//! What charts promise: nothing breaks out of them, what is kept back is never drawn as nought, and picture and table say the
//! same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::reference::Spot;
use crate::web::parts::Pager;

fn told(kind: FigureKind) -> Told {
    Told {
        id: "c".into(),
        title: "Titel".into(),
        definition: "Så många av hundra.".into(),
        source: "Källan, 2026".into(),
        files: vec![Link { href: "/f.csv?a=1&b=2".into(), label: "Hämta som CSV".into() }],
        kind,
    }
}

fn line(name: &str, cells: &[Cell]) -> Line {
    Line { name: name.into(), cells: cells.to_vec() }
}

fn named(all: &[&str]) -> Vec<String> {
    all.iter().map(|&name| name.to_owned()).collect()
}

fn times(all: &[&str]) -> Vec<Time> {
    Time::coded(named(all))
}

fn tile(name: &str, at: (u8, u8), cell: Cell) -> Tile {
    let spot = (at.0 > 0).then_some(Spot { row: at.0, column: at.1 });
    Tile { name: name.into(), spot, href: "/x?a=1&b=2#c".into(), cell, made_of: None }
}

fn compared(name: &str, cells: &[Cell]) -> Compared {
    let cells = cells.iter().map(|cell| (*cell, None)).collect();
    Compared { code: name.to_lowercase(), name: name.into(), href: None, cells }
}

fn heads(ids: &[&str]) -> Vec<Head> {
    let head = |id: &&str| Head {
        id: (*id).into(),
        name: format!("Mått {id}"),
        definition: format!("Vad {id} är."),
        kind: FigureKind::Count,
    };
    ids.iter().map(head).collect()
}

fn drawn_side(rows: &[Compared], heads: &[Head], sort: &Sort) -> String {
    let told = told(FigureKind::Count);
    let all = Side {
        told: &told,
        label: "Kommun".into(),
        heads,
        wholes: &[compared("Hela länet", &[Cell::Known(70.0), Cell::Known(7.0)])],
        rows,
        sort,
        base: "/county/side-by-side?method=smadit".into(),
        pager: Pager { first: 1, last: 3, all: 3, previous: None, next: None },
    };
    side(Lang::Sv, &all).into_string()
}

#[test]
fn a_withheld_point_is_a_gap_that_is_told_and_never_nought() {
    let cells = [Cell::Known(10.0), Cell::Withheld, Cell::Known(20.0), Cell::Missing];
    let drawn = lines(
        Lang::Sv,
        &told(FigureKind::Count),
        "År",
        &times(&["2021", "2022", "2023", "2024"]),
        &[line("Länet", &cells)],
    )
    .into_string();
    assert!(drawn.contains("d=\"M0.00 50.00M66.67 0.00\""), "the line is broken: {drawn}");
    assert_eq!(drawn.matches("class=\"mark\"").count(), 2, "a mark for each figure that is shown");
    assert_eq!(drawn.matches("class=\"withheld\"").count(), 1);
    for wanted in
        ["<title id=\"c-title\">Titel</title>", "En siffra visas inte.", "Länet: 10 (2021), 20 (2023).", "role=\"img\""]
    {
        assert!(drawn.contains(wanted), "{wanted} in {drawn}");
    }
    let table = drawn.split("<table").nth(1).unwrap();
    let cell = |time: &str| {
        let row = table.split("<tr").find(|row| row.contains(&format!(">{time}</th>"))).unwrap();
        row.split("<td").nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    assert_eq!(["2021", "2022", "2023", "2024"].map(cell), ["10", "..", "20", "–"]);
}

#[test]
fn names_at_the_ends_of_lines_do_not_lie_on_each_other() {
    let same = |name| line(name, &[Cell::Known(5.0), Cell::Known(9.0)]);
    let all = [same("Länet"), same("Riket"), same("Karlskrona"), same("Ronneby")];
    let drawn = lines(Lang::Sv, &told(FigureKind::Count), "År", &times(&["2021", "2022"]), &all).into_string();
    let mut heights: Vec<f64> = drawn
        .split("class=\"tip ")
        .skip(1)
        .map(|end| end.split(" y=\"").nth(1).unwrap().split('%').next().unwrap().parse().unwrap())
        .collect();
    heights.sort_by(f64::total_cmp);
    assert_eq!(heights.len(), 4);
    assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= 8.99), "{heights:?}");
    assert!(heights.iter().all(|height| (0.0..=100.0).contains(height)), "{heights:?}");
    for style in 1..=4 {
        assert!(drawn.contains(&format!("<g class=\"line-{style}\">")), "each has a mark and a dash of its own");
    }
}

#[test]
fn a_line_with_one_point_tells_it_once() {
    let all = [line("Länet", &[Cell::Missing, Cell::Known(7.0)]), line("Riket", &[Cell::Known(3.0), Cell::Known(9.0)])];
    let drawn = lines(Lang::Sv, &told(FigureKind::Count), "År", &times(&["2021", "2022"]), &all).into_string();
    assert!(drawn.contains("Länet: 7 (2022). Riket: 3 (2021), 9 (2022)."), "{drawn}");
}

#[test]
fn a_map_says_name_and_figure_and_tells_withheld_from_missing() {
    let all = [
        tile("Karlskrona", (1, 4), Cell::Known(0.9)),
        tile("Olofström", (1, 1), Cell::Withheld),
        tile("Ronneby", (1, 3), Cell::Known(0.41)),
        tile("Sölvesborg", (2, 1), Cell::Missing),
        tile("Okänt", (0, 0), Cell::Known(0.5)),
    ];
    let drawn = tiles(Lang::Sv, &told(FigureKind::Share), "Kommun", "Andel ja", &all).into_string();
    let tile_of = |name: &str| {
        drawn
            .split("<a class=\"tile ")
            .find(|tile| tile.contains(&format!("class=\"name\">{name}<")))
            .unwrap()
            .to_owned()
    };
    for (name, step, value) in [
        ("Karlskrona", "step-5", "90\u{a0}%"),
        ("Ronneby", "step-1", "41\u{a0}%"),
        ("Olofström", "withheld", ".."),
        ("Sölvesborg", "missing", "–"),
    ] {
        let tile = tile_of(name);
        assert!(tile.starts_with(step), "{name}: {tile}");
        assert!(tile.split("</a>").next().unwrap().contains(&format!(">{value}<")), "{name}: {tile}");
    }
    for (name, said) in [("Olofström", "visas inte, för få personer"), ("Sölvesborg", "inga uppgifter")] {
        let spoken = format!("class=\"unseen\">{said}<");
        assert!(tile_of(name).split("</a>").next().unwrap().contains(&spoken), "{name}");
    }
    let order: Vec<usize> = ["Olofström", "Ronneby", "Karlskrona", "Sölvesborg"]
        .iter()
        .map(|name| drawn.find(&format!(">{name}<")).unwrap())
        .collect();
    assert!(order.is_sorted(), "the keyboard goes as the eye does");
    assert!(
        drawn.contains("row-1 column-4")
            && drawn.contains("Utan plats på kartan")
            && drawn.contains("href=\"/x?a=1&amp;b=2#c\"")
    );
    assert!(drawn.contains("41\u{a0}% till under 51\u{a0}%"), "the legend says what the colours are: {drawn}");
}

#[test]
fn a_tile_has_the_colour_that_the_legend_says_of_the_figure_it_shows() {
    let all = [
        tile("A", (1, 1), Cell::Known(0.41)),
        tile("B", (1, 2), Cell::Known(0.5096)),
        tile("C", (1, 3), Cell::Known(0.9)),
    ];
    let drawn = tiles(Lang::Sv, &told(FigureKind::Share), "Kommun", "Andel ja", &all).into_string();
    assert!(drawn.contains("41\u{a0}% till under 51\u{a0}%"), "{drawn}");
    let shown = drawn.split("<a class=\"tile ").nth(2).unwrap();
    assert!(shown.starts_with("step-2") && shown.contains(">51\u{a0}%<"), "51 is not under 51: {shown}");
}

#[test]
fn a_map_of_one_figure_or_none_has_a_legend_that_holds() {
    let one =
        tiles(Lang::Sv, &told(FigureKind::Count), "Län", "Fall", &[tile("A", (1, 1), Cell::Known(7.0))]).into_string();
    assert_eq!(one.matches("swatch step-").count(), 1);
    let none =
        tiles(Lang::Sv, &told(FigureKind::Count), "Län", "Fall", &[tile("A", (1, 1), Cell::Withheld)]).into_string();
    assert_eq!(none.matches("swatch step-").count(), 0);
    assert!(!none.contains("NaN") && !none.contains("inf"));
}

#[test]
fn bars_in_groups_keep_what_is_withheld_apart_from_nought() {
    let rows = [
        Row { name: "Kvinnor".into(), cells: vec![Cell::Known(0.0), Cell::Withheld], made_of: Some("0 av 12".into()) },
        Row { name: "Män".into(), cells: vec![Cell::Known(8.0), Cell::Known(10.0)], made_of: None },
    ];
    let drawn = bars(Lang::Sv, &told(FigureKind::Count), "Kön", &named(&["Ja", "Nej"]), &rows).into_string();
    assert_eq!(drawn.matches("class=\"kept\"").count(), 1);
    assert_eq!(drawn.matches("<rect width=\"0%\"").count(), 1);
    assert!(drawn.contains("<rect width=\"100%\"") && drawn.contains("0 av 12") && drawn.contains(">Nej<"));
}

#[test]
fn the_table_side_by_side_sorts_by_a_link_and_puts_what_is_not_shown_last_both_ways() {
    let heads = heads(&["a", "b"]);
    let rows = || {
        vec![
            compared("Östra", &[Cell::Withheld, Cell::Known(1.0)]),
            compared("Ängel", &[Cell::Known(3.0), Cell::Known(2.0)]),
            compared("Åmål", &[Cell::Known(30.0), Cell::Missing]),
            compared("Borås", &[Cell::Missing, Cell::Known(3.0)]),
        ]
    };
    let order = |sort: &Sort| sorted(rows(), &heads, sort).into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(order(&Sort::of("", "", &heads)), ["Borås", "Åmål", "Ängel", "Östra"], "as Swedish sorts names");
    assert_eq!(order(&Sort::of("name", "desc", &heads)), ["Östra", "Ängel", "Åmål", "Borås"]);
    assert_eq!(order(&Sort::of("a", "desc", &heads)), ["Åmål", "Ängel", "Borås", "Östra"]);
    assert_eq!(order(&Sort::of("a", "asc", &heads)), ["Ängel", "Åmål", "Borås", "Östra"]);
    assert_eq!(Sort::of("<script>", "desc", &heads).by, "name");

    let sort = Sort::of("a", "desc", &heads);
    let drawn = drawn_side(&sorted(rows(), &heads, &sort), &heads, &sort);
    assert_eq!(drawn.matches("aria-sort=\"descending\"").count(), 1);
    assert!(drawn.contains("href=\"/county/side-by-side?method=smadit&amp;sort=a&amp;dir=asc#c\""), "{drawn}");
    assert!(drawn.contains("sort=b&amp;dir=desc") && drawn.contains("sort=name&amp;dir=asc"));
    assert!(
        drawn.contains("href=\"#c-definition-1\"")
            && drawn.contains("id=\"c-definition-1\"")
            && drawn.contains("Vad b är.")
    );
    assert!(drawn.find("Hela länet").unwrap() < drawn.find("Åmål").unwrap(), "the whole stands first");
    assert!(drawn.contains("id=\"c-åmål\"") && drawn.contains("Två punkter (..)"));
    assert!(drawn.contains("1–3 av 3"));
}

#[test]
fn the_top_of_a_scale_fits_small_shares_and_large_counts() {
    for (largest, kind, top) in [
        (0.02, FigureKind::Share, 0.05),
        (0.06, FigureKind::Share, 0.1),
        (0.15, FigureKind::Share, 0.2),
        (0.87, FigureKind::Share, 1.0),
        (0.0, FigureKind::Share, 0.05),
        (0.0, FigureKind::Count, 2.0),
        (1.0, FigureKind::Count, 2.0),
        (5.0, FigureKind::Count, 6.0),
        (21.0, FigureKind::Count, 50.0),
        (21.0, FigureKind::Decimal, 50.0),
        (f64::INFINITY, FigureKind::Decimal, 1.0),
    ] {
        assert!((ceiling(largest, kind) - top).abs() < 1e-9, "{largest} {kind:?} {}", ceiling(largest, kind));
    }
}

#[test]
fn the_scale_of_counts_names_whole_numbers_alone() {
    for largest in 0..60 {
        let drawn = lines(
            Lang::Sv,
            &told(FigureKind::Count),
            "År",
            &times(&["2021", "2022"]),
            &[line("Länet", &[Cell::Known(0.0), Cell::Known(f64::from(largest))])],
        )
        .into_string();
        let scale = drawn.split("class=\"scale\"").nth(1).unwrap().split("</p>").next().unwrap();
        let ticks: Vec<i32> =
            scale.split("<span>").skip(1).map(|tick| tick.split('<').next().unwrap().parse().unwrap()).collect();
        assert!(ticks[0] == ticks[1] * 2 && ticks[2] == 0 && ticks[0] >= largest, "{largest}: {ticks:?}");
    }
}

#[test]
fn times_lie_as_far_apart_as_they_are() {
    let at = |all: &[&str]| times(all).iter().map(|time| (time.at * 100.0).round() / 100.0).collect::<Vec<_>>();
    assert_eq!(at(&["2010", "2020", "2021"]), [2010.5, 2020.5, 2021.5]);
    assert_eq!(at(&["2021-03", "2021-Q2", "2021", "2021/22"]), [2021.21, 2021.38, 2021.5, 2022.0]);
    assert_eq!(at(&["2021-Q1", "2021-Q5"]), [0.0, 1.0], "no codes: step by step");
    assert_eq!(at(&["2021", "åååå"]), [0.0, 1.0]);
    let cells = [Cell::Known(1.0), Cell::Known(1.0), Cell::Known(2.0)];
    let all = times(&["2010", "2020", "2021"]);
    let drawn = lines(Lang::Sv, &told(FigureKind::Count), "År", &all, &[line("Länet", &cells)]).into_string();
    assert!(drawn.contains("d=\"M0.00 50.00L90.91 50.00L100.00 0.00\""), "{drawn}");
    let under: Vec<&str> = drawn
        .split("<text class=\"time\"")
        .skip(1)
        .map(|text| text.split('>').nth(1).unwrap().split('<').next().unwrap())
        .collect();
    assert_eq!(under, ["2010", "2021"], "names that would lie on each other are left out");
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Withheld), Just(Cell::Missing), proptest::num::f64::ANY.prop_map(Cell::Known)]
}

/// The charts of these figures, with a name wherever one can be given.
fn drawn(kind: FigureKind, cells: &[Cell], name: &str) -> [String; 3] {
    let told = Told { title: name.to_owned(), ..told(kind) };
    let at = |nr: usize| (u8::try_from(nr + 1).unwrap(), 1);
    let mapped: Vec<Tile> = cells.iter().enumerate().map(|(nr, cell)| tile(name, at(nr), *cell)).collect();
    let rows = [Row { name: name.to_owned(), cells: cells.to_vec(), made_of: Some(name.to_owned()) }];
    let names: Vec<String> = cells.iter().map(|_| name.to_owned()).collect();
    let years: Vec<String> = (0..cells.len()).map(|nr| (2000 + nr).to_string()).collect();
    [
        lines(Lang::Sv, &told, name, &Time::coded(years), &[line(name, cells)]),
        tiles(Lang::Sv, &told, name, name, &mapped),
        bars(Lang::Sv, &told, name, &names, &rows),
    ]
    .map(|drawn| drawn.into_string())
}

proptest! {
    #[test]
    fn no_value_and_no_name_breaks_a_chart(cells in proptest::collection::vec(any_cell(), 0..9), name in any::<String>()) {
        for kind in [FigureKind::Count, FigureKind::Share, FigureKind::Decimal] {
            for (named, plain) in drawn(kind, &cells, &name).iter().zip(drawn(kind, &cells, "x")) {
                prop_assert!(!plain.contains("NaN") && !plain.contains("inf%"), "{}", plain);
                prop_assert_eq!(named.matches('<').count(), plain.matches('<').count(), "a name is never markup");
                // What is in the picture is in the table too, as it is written.
                for cell in &cells {
                    prop_assert!(plain.contains(&written(Lang::Sv, kind, *cell)));
                }
            }
        }
    }
}
