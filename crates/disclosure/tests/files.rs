//! Tables as files: what is written is read again, and everything that is wrong is said at once with its place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use disclosure::attack::{self, Shown};
use disclosure::csv::Source;
use disclosure::cube::Cube;
use disclosure::dimension::Dimension;
use disclosure::protect::{Plan, protect};
use disclosure::release;
use disclosure::rule::Rule;
use proptest::prelude::*;

fn source<'a>(name: &'a str, text: &'a str) -> Source<'a> {
    Source { name, bytes: text.as_bytes() }
}

fn said(mistakes: disclosure::mistake::Mistakes) -> Vec<String> {
    mistakes.0.iter().map(ToString::to_string).collect()
}

const TABLE: &str = "\u{feff}place;n;sex\r\na;10;k\r\na;3;m\r\nb;8;k\r\nb;9,0;m\r\n\"å;ä\";7;k\r\n\"å;ä\";6;m\r\n";

#[test]
fn a_table_that_is_published_is_read_as_it_was_written() {
    let cube = Cube::read(source("t.csv", TABLE), "n", Vec::new()).unwrap();
    let protected = protect(&cube, &Plan::default(), Rule::default(), &attack::one_by_one).unwrap();
    let text = release::public(&cube, &protected);
    assert!(text.starts_with("place;n;sex;status\na;;k;withheld\n"), "{text}");
    assert!(text.contains("\na;;m;withheld\n") && text.contains("\n\"å;ä\";"), "{text}");
    assert!(text.contains("Total;43;Total;open"), "{text}");
    assert!(!text.contains("primary") && !text.contains("secondary"));
    let read = release::read(source("out.csv", &text), "n", cube.shape().dimensions()).unwrap();
    assert_eq!(release::together(cube.shape(), &[read]).shown, protected.shown());
    let (dimensions, count) = release::dimensions(&[source("out.csv", &text)], None, Vec::new()).unwrap();
    assert_eq!((dimensions.len(), count.as_str()), (2, "n"));
    let detail = release::detail(&cube, &protected);
    assert!(detail.contains("\na;3;m;primary\n") && detail.contains(";secondary\n"), "{detail}");
}

#[test]
fn everything_wrong_in_a_table_is_said_at_once() {
    let places = Dimension::read("place", source("h.csv", "a,x\nb,x\nx,All\n")).unwrap();
    let text = "place,sex,n\na,k,-1\nb,k,2.5\nq,k,3\nx,k,3\na,k,4\nb,,1\na,m,many\na,m,1\nb,Total,1\n";
    let wrong = Cube::read(source("t.csv", text), "n", vec![places.clone()]).unwrap_err();
    assert_eq!(
        said(wrong),
        [
            "t.csv: line 2, column 3: `-1` is negative; a count is 0 or more",
            "t.csv: line 3, column 3: `2.5` is not a whole number; this is for counts, which are whole",
            "t.csv: line 4, column 1: `q` is not in the hierarchy of `place`",
            "t.csv: line 5, column 1: `x` is a sum in `place`; the table is to have the innermost cells only",
            "t.csv: line 6: this cell stands already in line 2",
            "t.csv: line 7, column 2: the code of `sex` is empty",
            "t.csv: line 8, column 3: `many` is no count; write digits only, without spaces",
            "t.csv: line 9: this cell stands already in line 8",
            "t.csv: line 10, column 2: `Total` is a sum in `sex`; the table is to have the innermost cells only",
        ]
    );
    let wrong = Cube::read(source("t.csv", "where,number\na,1\n"), "n", vec![places]).unwrap_err();
    assert_eq!(
        said(wrong),
        [
            "t.csv: line 1: there is no column `n`; there are: where, number",
            "t.csv: line 1: the table has no dimension `place`"
        ]
    );
    let large = "a,n\nx,900000000000000\ny,900000000000000\n";
    assert_eq!(
        said(Cube::read(source("t.csv", large), "n", Vec::new()).unwrap_err()),
        ["t.csv: line 3, column 2: `1800000000000000` is more than can be counted here (10^15)"]
    );
}

#[test]
fn everything_wrong_in_a_published_table_is_said_at_once() {
    let cube = Cube::read(source("t.csv", TABLE), "n", Vec::new()).unwrap();
    let text = "place,sex,n,status,more\na,k,3,withheld,\na,m,,open,\nb,q,,withheld,\nb,k,5,secret,\nb,m,5,open,\nb,m,5,open,\n";
    let wrong = release::read(source("p.csv", text), "n", cube.shape().dimensions()).unwrap_err();
    assert_eq!(
        said(wrong),
        [
            "p.csv: line 1, column 5: the table has no dimension `more`",
            "p.csv: line 2, column 3: the cell is withheld and has a count",
            "p.csv: line 3, column 3: the count is empty; write 0 where there was none",
            "p.csv: line 4, column 2: `q` is not in the hierarchy of `sex`",
            "p.csv: line 5, column 4: `secret` is no status; it should be `open` or `withheld`",
            "p.csv: line 7: this cell stands already in line 6",
        ]
    );
}

#[test]
fn tables_over_each_other_show_what_one_withholds_and_another_does_not() {
    let cube = Cube::read(source("t.csv", TABLE), "n", Vec::new()).unwrap();
    let read = |text: &str| release::read(source("p.csv", text), "n", cube.shape().dimensions()).unwrap();
    // A table without one of the dimensions stands at its total.
    let tables =
        [read("place,sex,n,status\na,Total,,withheld\na,k,10,open\n"), read("place,n,status\na,13,open\nb,17,open\n")];
    let together = release::together(cube.shape(), &tables);
    assert_eq!(together.betrayed.len(), 1);
    assert_eq!(together.betrayed[0].1, 13);
    assert!(together.changed.is_empty());
    assert_eq!(together.shown.iter().filter(|shown| matches!(shown, Shown::Open(_))).count(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_file_holds_it_is_read_or_refused_with_reasons(
        lines in proptest::collection::vec("[ab,;\t\"\r 0-9-]{0,12}", 0..6),
        raw in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let text = format!("a,b,n\n{}", lines.join("\n"));
        for bytes in [text.as_bytes(), raw.as_slice()] {
            let source = Source { name: "f", bytes };
            let dimension = Dimension::read("a", source);
            let table = Cube::read(source, "n", dimension.clone().into_iter().collect());
            let dimensions = [Dimension::flat("a", ["x"]), Dimension::flat("b", ["x"])];
            let published = release::read(source, "n", &dimensions).map(|_| ());
            for wrong in [dimension.err(), table.err(), published.err()].into_iter().flatten() {
                prop_assert!(!wrong.0.is_empty());
                prop_assert!(wrong.0.iter().all(|mistake| mistake.place.file == "f" && mistake.place.line > 0));
            }
        }
    }
}
