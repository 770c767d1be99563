//! What others' files may look like, and what is never read as something else.

use chain::text::Lang;

use super::super::read::{Column, Mistake, Origin, What, read};
use super::super::{Cell, Draft};

const HEAD: &str = "indikator;år;område;värde;enhet;n;källa";

fn of(text: &str) -> Result<Vec<Cell>, Vec<(usize, usize, What)>> {
    let placed = |mistakes: Vec<Mistake>| mistakes.into_iter().map(|one| (one.line, one.column, one.what)).collect();
    read(text.as_bytes(), Origin::Text, 2026).map_err(placed)
}

fn value(text: &str, unit: &str) -> Result<Option<f64>, What> {
    of(&format!("{HEAD}\nA;2021;riket;{text};{unit};;K\n")).map(|cells| cells[0].value).map_err(|all| {
        assert_eq!((all.len(), all[0].0, all[0].1), (1, 2, 4), "{text}");
        all[0].2.clone()
    })
}

#[test]
fn thousands_are_parted_by_any_space_and_never_taken_for_decimals() {
    for space in [" ", "\u{a0}", "\u{202f}", "\u{2009}"] {
        assert_eq!(value(&format!("1{space}400"), "antal"), Ok(Some(1400.0)));
        assert_eq!(value(&format!("12{space}345{space}678"), "antal"), Ok(Some(12_345_678.0)));
        assert_eq!(value(&format!("1{space}400,5"), "liter"), Ok(Some(1400.5)));
    }
    for (text, unit, number) in [
        ("1400", "antal", 1400.0),
        ("12,0", "antal", 12.0),
        ("0,125", "liter", 0.125),
        ("9,1250", "liter", 9.125),
        ("5,125", "procent", 5.125),
    ] {
        assert_eq!(value(text, unit), Ok(Some(number)), "{text} {unit}");
    }
    for text in ["1.400", "1,400", "12.000", "140,000"] {
        assert_eq!(value(text, "antal"), Err(What::Ambiguous), "{text}");
        assert_eq!(value(text, "per 100000"), Err(What::Ambiguous), "{text}");
    }
    for text in ["1 2", "12 34", "1 4000", "1400 000", "1.400.000", "1,400.5", "1.400,5", "1  400", "1e5", "+5"] {
        assert_eq!(value(text, "antal"), Err(What::NoNumber), "{text}");
    }
    let n = |text: &str| of(&format!("{HEAD}\nA;2021;riket;5;procent;{text};K\n")).map(|cells| cells[0].n);
    assert_eq!(n("1\u{202f}400"), Ok(Some(1400)));
    assert_eq!(n("1.000"), Err(vec![(2, 6, What::Ambiguous)]), "neither one nor a thousand");
}

#[test]
fn a_column_of_counties_is_read_as_counties() {
    let places =
        |text: &str| of(text).map(|cells| cells.iter().map(|cell| cell.area.code().to_owned()).collect::<Vec<_>>());
    let county = "indikator;år;län;värde;enhet;källa\nA;2021;Kalmar;5;procent;K\nA;2021;10;5;procent;K\nA;2021;Stockholms län;5;procent;K\nA;2021;riket;5;procent;K\n";
    assert_eq!(places(county).unwrap(), ["08", "10", "01", "SE"]);
    assert_eq!(places(&county.replace(";län;", ";kommun;").replace("Stockholms län", "1082")).unwrap()[0], "0880");
    let both = "indikator;år;län;kommun;värde;enhet;källa\nA;2021;Kalmar;Kalmar;5;procent;K\nA;2021;Kalmar;;5;procent;K\nA;2021;;Karlshamn;5;procent;K\n";
    assert_eq!(places(both).unwrap(), ["0880", "08", "1082"]);
    let wrong = "indikator;år;län;kommun;värde;enhet;källa\nA;2021;Kalmar;Karlshamn;5;procent;K\nA;2021;1082;;5;procent;K\nA;2021;8;;5;procent;K\nA;2021;;;5;procent;K\n";
    assert_eq!(
        places(wrong).unwrap_err(),
        [
            (2, 4, What::OtherCounty),
            (3, 3, What::NoCounty(None)),
            (4, 3, What::NoCounty(Some("08 Kalmar län".into()))),
            (5, 3, What::Empty(Column::County)),
        ]
    );
    let twice = "indikator;år;område;län;värde;enhet;källa\nA;2021;riket;riket;5;procent;K\n";
    assert!(matches!(places(twice).unwrap_err()[..], [(1, 4, What::Form(_))]));
    assert_eq!(
        places("indikator;år;värde;enhet;källa\nA;2021;5;procent;K\n").unwrap_err(),
        [(1, 0, What::NoColumn(Column::Area))]
    );
}

#[test]
fn an_identity_number_is_refused_wherever_it_stands_and_is_never_said_again() {
    let number = testkit::test_pins()[0];
    let (day, last) = number.split_at(8);
    let forms = [
        number.to_owned(),
        format!("{day}-{last}"),
        format!("{}-{last}", &day[2..]),
        format!("{}{last}", &day[2..]),
        format!("{day} {last}"),
        format!("{} {last}", &day[2..]),
        format!("{day}.{last}"),
        format!("{day},{last}"),
    ];
    for (nr, form) in forms.iter().enumerate() {
        for (line, column, text) in [
            (2, 4, format!("{HEAD}\nA;2021;riket;{form};antal;;K\n")),
            (2, 6, format!("{HEAD}\nA;2021;riket;5;procent;{form};K\n")),
            (1, 8, format!("{HEAD};{form}\nA;2021;riket;5;procent;;K;x\n")),
        ] {
            let found = of(&text).unwrap_err();
            assert_eq!(found, [(line, column, What::Personal)], "form {nr}");
        }
        let twice = format!("{HEAD};{form};{form}\nA;2021;riket;5;procent;;K;x;y\n");
        for lang in [Lang::Sv, Lang::En] {
            let said = Draft::read(lang, testkit::clock(), form, Origin::Text, twice.as_bytes()).unwrap_err();
            assert!(said.issues().iter().all(|issue| !issue.detail.contains(last)), "form {nr} is said again");
        }
    }
    assert_eq!(value("0,1201151234", "procent"), Ok(Some(0.120_115_123_4)), "decimals are nobody");
}

#[test]
fn what_says_that_it_is_utf_8_is_not_read_as_something_else() {
    let mut bytes = format!("\u{feff}{HEAD}\nA;2021;riket;5;procent;;K\nB;2021;riket;5;procent;;K").into_bytes();
    assert_eq!(read(&bytes, Origin::Text, 2026).unwrap().len(), 2);
    bytes.push(0xe5);
    assert_eq!(read(&bytes, Origin::Text, 2026).unwrap_err(), [Mistake { line: 3, column: 0, what: What::NoText }]);
}

#[test]
fn a_share_that_a_workbook_shows_as_per_cent_is_not_taken_for_a_hundredth_of_it() {
    let book = |value: &str, unit: &str| {
        let text = format!("{HEAD}\nA;2021;riket;{value};{unit};;K\n");
        read(text.as_bytes(), Origin::Workbook, 2026).map(|cells| cells[0].value).map_err(|all| all[0].what.clone())
    };
    assert_eq!(book("0.055", "procent"), Err(What::ShareInBook));
    assert_eq!(book("1", "procent"), Err(What::ShareInBook), "a hundred per cent is 1");
    assert_eq!(book("5.5", "procent"), Ok(Some(5.5)));
    assert_eq!(book("0", "procent"), Ok(Some(0.0)));
    assert_eq!(book("0.055", "liter"), Ok(Some(0.055)));
    assert_eq!(value("0,055", "procent"), Ok(Some(0.055)), "a file of text says what it says");
}

#[test]
fn signs_part_groups_that_are_otherwise_the_same() {
    let text = "indikator;år;område;grupp;värde;enhet;källa\nA;2021;riket;< 18 år;5;procent;K\nA;2021;riket;> 18 år;6;procent;K\n";
    assert_eq!(of(text).unwrap().len(), 2);
    assert_eq!(of(&text.replace('>', "<")).unwrap_err(), [(3, 0, What::Twice(2))]);
}
