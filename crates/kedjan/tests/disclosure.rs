//! `kedjan protect` and `kedjan attack` as they are run: what they write, what they say, and how they end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

/// Four places in two counties by sex; `b k` is small.
const TABLE: &str = "place;sex;n\na;k;20\na;m;30\nb;k;3\nb;m;41\nc;k;22\nc;m;17\nd;k;19\nd;m;0\n";
const PLACES: &str = "child;parent\na;north\nb;north\nc;south\nd;south\nnorth;Total\nsouth;Total\n";

fn kedjan(folder: &Path, words: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kedjan")).args(words.split(' ')).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), TABLE).unwrap();
    std::fs::write(folder.path().join("h.csv"), PLACES).unwrap();
    folder
}

#[test]
fn a_table_is_protected_and_the_attacker_finds_nothing_in_it() {
    let folder = folder();
    let at = folder.path();
    let words = "protect t.csv --hierarchy place=h.csv --count n --out out.csv --detail d.csv --report r.json";
    let (status, _, told) = said(&kedjan(at, words));
    assert_eq!(status, Some(0), "{told}");
    let read = |name: &str| std::fs::read_to_string(at.join(name)).unwrap();
    let public = read("out.csv");
    assert_eq!(public.lines().count(), 1 + 7 * 3);
    assert!(public.starts_with("place;sex;n;status\n") && public.contains("\nb;k;;withheld\n"), "{public}");
    assert!(public.contains("\nd;m;0;open\n") && public.contains("\nTotal;Total;152;open\n"), "{public}");
    assert!(!public.contains("primary"));
    assert!(read("d.csv").contains("\nb;k;3;primary\n"));
    let report: serde_json::Value = serde_json::from_str(&read("r.json")).unwrap();
    assert_eq!((&report["cells"], &report["primary"]), (&21.into(), &1.into()));
    assert_eq!(report["audit"]["verdict"], "holds");
    let (status, told, _) = said(&kedjan(at, "attack out.csv --hierarchy place=h.csv"));
    assert_eq!((status, told.as_str()), (Some(0), "no withheld cell can be worked out\n"));
}

#[test]
fn the_attacker_names_each_cell_that_falls_with_its_value_and_why_and_ends_with_1() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("p.csv"), "sex,n,status\nk,,withheld\nm,7,open\nTotal,9,open\n").unwrap();
    let (status, told, _) = said(&kedjan(at, "attack p.csv"));
    assert_eq!((status, told.as_str()), (Some(1), "sex=k is 2: follows by adding and subtracting published figures\n"));
    // Zeros are shown, so two that make two are one each.
    std::fs::write(at.join("q.csv"), "x,n,status\na,,withheld\nb,,withheld\nc,0,open\nTotal,2,open\n").unwrap();
    let (status, told, _) = said(&kedjan(at, "attack q.csv --json"));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(status, Some(1));
    assert_eq!(told["fallen"].as_array().unwrap().len(), 2);
    assert_eq!((&told["fallen"][0]["cell"], &told["fallen"][0]["value"]), (&"x=a".into(), &1.into()));
    // Another table shows what this one withholds, and another edition has changed by one.
    std::fs::write(at.join("o.csv"), "x,n,status\na,1,open\nTotal,3,open\n").unwrap();
    let (status, told, _) = said(&kedjan(at, "attack q.csv --zeros withheld --also o.csv"));
    assert_eq!(status, Some(1));
    assert!(told.contains("x=a is 1: it is open in another table"), "{told}");
    assert!(told.contains("x=Total is 1: the change between the editions, from 2 to 3"), "{told}");
    std::fs::write(at.join("no.csv"), "x,n,status\na,1,open\nb,1,open\nTotal,3,open\n").unwrap();
    let (status, _, told) = said(&kedjan(at, "attack no.csv"));
    assert!(status == Some(1) && told.contains("contradict"), "{told}");
}

#[test]
fn a_later_edition_keeps_to_the_earlier_and_together_they_betray_nothing() {
    let folder = folder();
    let at = folder.path();
    let words = "protect t.csv --hierarchy place=h.csv --count n --out one.csv";
    assert_eq!(said(&kedjan(at, words)).0, Some(0));
    // What was published stays, what was withheld stays withheld.
    let (status, _, told) =
        said(&kedjan(at, "protect t.csv --hierarchy place=h.csv --count n --fixed one.csv --out two.csv"));
    assert_eq!(status, Some(0), "{told}");
    let read = |name: &str| std::fs::read_to_string(at.join(name)).unwrap();
    assert_eq!(read("one.csv"), read("two.csv"));
    let (status, told, _) = said(&kedjan(at, "attack two.csv --hierarchy place=h.csv --also one.csv"));
    assert_eq!(status, Some(0), "{told}");
    // One who is counted late: refused with each figure that would change, or withheld where one could be subtracted.
    std::fs::write(at.join("t2.csv"), TABLE.replace("a;k;20", "a;k;21")).unwrap();
    let words = "protect t2.csv --hierarchy place=h.csv --count n --fixed one.csv --out three.csv";
    let (status, _, told) = said(&kedjan(at, words));
    assert_eq!(status, Some(2), "{told}");
    assert!(told.contains("one.csv: line 4, column 3: 50 was published, and now it would be 51"), "{told}");
    assert!(!at.join("three.csv").exists());
    let (status, _, told) = said(&kedjan(at, &format!("{words} --revised")));
    assert_eq!(status, Some(0), "{told}");
    assert!(
        read("three.csv").contains("\na;Total;;withheld\n") && read("three.csv").contains("\nTotal;Total;;withheld\n")
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_nothing_is_left() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("bad.csv"), "place;sex;n\na;k;-1\nq;k;2,5\na;k;4\nb;m\n").unwrap();
    std::fs::write(at.join("loop.csv"), "child;parent\nx;y\ny;x\n").unwrap();
    std::fs::write(at.join("out.csv"), "of an earlier run").unwrap();
    let words =
        "protect bad.csv --hierarchy place=h.csv --hierarchy sex=loop.csv --count n --out new.csv --fixed none.csv";
    let (status, out, told) = said(&kedjan(at, words));
    assert_eq!((status, out.as_str()), (Some(2), ""));
    for wrong in [
        "loop.csv: line 3, column 2",
        "bad.csv: line 2, column 3: `-1`",
        "bad.csv: line 3, column 1: `q`",
        "bad.csv: line 3, column 3: `2,5`",
        "bad.csv: line 4: this cell",
        "bad.csv: line 5: 2 fields",
    ] {
        assert!(told.contains(wrong), "{wrong} is not in\n{told}");
    }
    assert!(!at.join("new.csv").exists());
    // A count that everything else gives away cannot be protected, and no table is left where one was.
    std::fs::write(at.join("s.csv"), "x,n\na,3\nb,40\n").unwrap();
    std::fs::write(at.join("f.csv"), "x,n,status\nb,40,open\nTotal,43,open\n").unwrap();
    let (status, _, told) = said(&kedjan(at, "protect s.csv --count n --fixed f.csv --out out.csv"));
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("cannot be protected") && told.contains("x=a"), "{told}");
    assert!(!at.join("out.csv").exists());
    assert_eq!(said(&kedjan(at, "protect s.csv --count n")).0, Some(2));
}
