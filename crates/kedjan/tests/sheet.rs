//! Tables that come as workbooks: read like any other, and a workbook that unpacks to more than a table can be is stopped.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rust_xlsxwriter::Workbook;

const ROWS: [(&str, &str, u32); 6] =
    [("a", "k", 10), ("a", "m", 3), ("b", "k", 8), ("b", "m", 9), ("å, ä;ö", "k", 7), ("å, ä;ö", "m", 6)];

fn protect(table: &Path, out: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kedjan"));
    command.arg("protect").arg(table).args(["--count", "n", "--out"]).arg(out);
    command.output().unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_workbook_is_protected_like_the_same_table_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let (book, text) = (folder.path().join("t.xlsx"), folder.path().join("t.csv"));
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (head, column) in ["place", "sex", "n"].iter().zip(0..) {
        sheet.write(0, column, *head).unwrap();
    }
    let mut lines = String::from("place,sex,n\n");
    for ((place, sex, n), row) in ROWS.iter().zip(1..) {
        sheet.write(row, 0, *place).unwrap().write(row, 1, *sex).unwrap().write(row, 2, *n).unwrap();
        lines.push_str(&format!("\"{place}\",{sex},{n}\n"));
    }
    workbook.save(&book).unwrap();
    std::fs::write(&text, lines).unwrap();
    let (one, other) = (folder.path().join("one.csv"), folder.path().join("other.csv"));
    for (table, out) in [(&book, &one), (&text, &other)] {
        let done = protect(table, out);
        assert!(done.status.success(), "{}", complained(&done));
    }
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&other).unwrap());
    std::fs::write(&book, "no workbook").unwrap();
    let none = protect(&book, &folder.path().join("none.csv"));
    assert_eq!(none.status.code(), Some(2));
    assert!(complained(&none).contains("t.xlsx: is no workbook that can be read"), "{}", complained(&none));
    assert!(!folder.path().join("none.csv").exists());
}

#[test]
fn what_is_wrong_in_a_workbook_is_told_with_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("t.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "place").unwrap().write(0, 1, "n").unwrap();
    sheet.write(1, 0, "a").unwrap().write(1, 1, 2.5).unwrap();
    sheet.write(2, 0, "b").unwrap().write(2, 1, -1).unwrap();
    workbook.save(&book).unwrap();
    let wrong = complained(&protect(&book, &folder.path().join("out.csv")));
    assert!(wrong.contains("line 2, column 2") && wrong.contains("line 3, column 2"), "{wrong}");
}

#[test]
fn rows_of_a_workbook_are_as_wide_as_its_first_and_numbers_are_as_they_show() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("t.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (head, column) in ["a", "b", "c"].iter().zip(0..) {
        sheet.write(0, column, *head).unwrap();
    }
    let grey = rust_xlsxwriter::Format::new().set_bold();
    sheet.write(1, 0, 0.1 + 0.2).unwrap();
    sheet.write(2, 1, 1.234).unwrap().write_blank(2, 5, &grey).unwrap();
    sheet.write(3, 0, 2021).unwrap().write(3, 2, 33.333_333_333_333_336).unwrap();
    sheet.write_blank(4, 4, &grey).unwrap();
    workbook.save(&book).unwrap();
    let read = Command::new(env!("CARGO_BIN_EXE_kedjan")).args(["read-sheet", "--"]).arg(&book).output().unwrap();
    let text = String::from_utf8(read.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines, ["a,b,c", "0.3,,", ",1.2340,", "2021,,33.3333333333333"], "{text}");
}

/// A file of one entry that is `a` over and over when unpacked: raw deflate with a fixed code, in which thirteen bytes are
/// eight times "258 more of the last letter".
fn packed(times: usize) -> (Vec<u8>, u64) {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut code = |value: u16, length: u8| bits.extend((0..length).rev().map(|at| value >> at & 1 == 1));
    code(0x30 + u16::from(b'a'), 8);
    for _ in 0..8 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    let bytes = |bits: &[bool]| -> Vec<u8> {
        bits.chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |all, (at, bit)| all | u8::from(*bit) << at))
            .collect()
    };
    // The head takes eleven bits; from there on the same 104 bits come again and again, so bytes 2 to 14 do.
    let again: Vec<bool> = bits[11..].iter().cycle().take(104 * 3).copied().collect();
    let whole = bytes(&[&bits[..11], &again[..]].concat());
    let mut out = whole[..2].to_vec();
    for _ in 0..times {
        out.extend_from_slice(&whole[2..15]);
    }
    (out, 1 + times as u64 * 8 * 258)
}

/// A zip archive of these entries: name, packed bytes, length unpacked. `packed` false means that it is stored as it is.
fn zip(entries: &[(&str, &[u8], u64, bool)]) -> Vec<u8> {
    let (mut out, mut listed) = (Vec::new(), Vec::new());
    for (name, bytes, length, packed) in entries {
        let method: u16 = if *packed { 8 } else { 0 };
        let mut fields = Vec::new();
        fields.extend_from_slice(&20_u16.to_le_bytes());
        fields.extend_from_slice(&0_u16.to_le_bytes());
        fields.extend_from_slice(&method.to_le_bytes());
        fields.extend_from_slice(&[0; 8]);
        fields.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
        fields.extend_from_slice(&u32::try_from(*length).unwrap_or(u32::MAX).to_le_bytes());
        fields.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        let at = u32::try_from(out.len()).unwrap();
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&fields);
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        listed.extend_from_slice(b"PK\x01\x02\x14\0");
        listed.extend_from_slice(&fields);
        listed.extend_from_slice(&[0; 12]);
        listed.extend_from_slice(&at.to_le_bytes());
        listed.extend_from_slice(name.as_bytes());
    }
    let (at, length) = (u32::try_from(out.len()).unwrap(), u32::try_from(listed.len()).unwrap());
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    out.extend_from_slice(&listed);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

#[test]
fn a_workbook_that_unpacks_to_gigabytes_is_stopped_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
        Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" \
        Target=\"sharedStrings.xml\"/></Relationships>";
    let root = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
        Target=\"xl/workbook.xml\"/></Relationships>";
    let book = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
        xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
        <sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
    // Thirteen megabytes that are two gigabytes: one name that never ends.
    let (bomb, length) = packed(1_000_000);
    assert!(bomb.len() < 14 << 20 && length > 2_000_000_000, "{} {length}", bomb.len());
    for place in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"] {
        let stored = |text: &'static str| (text.as_bytes(), text.len() as u64, false);
        let (a, b, c) = (stored(relations), stored(book), stored(root));
        let archive = zip(&[
            ("_rels/.rels", c.0, c.1, c.2),
            ("xl/_rels/workbook.xml.rels", a.0, a.1, a.2),
            ("xl/workbook.xml", b.0, b.1, b.2),
            (place, &bomb, length, true),
        ]);
        let path = folder.path().join("bomb.xlsx");
        std::fs::write(&path, archive).unwrap();
        let (since, out) = (Instant::now(), folder.path().join("out.csv"));
        let done = protect(&path, &out);
        assert_eq!(done.status.code(), Some(2), "{place}: {}", complained(&done));
        assert!(since.elapsed() < Duration::from_secs(120));
        assert!(complained(&done).contains("bomb.xlsx: it takes more memory or time"), "{}", complained(&done));
        assert!(!out.exists());
    }
}
