//! Reading and writing CSV: comma, semicolon or tab, with or without a byte order mark, with quoted fields.

use crate::mistake::{Found, Mistakes, Wrong};

/// A file that was given: what it is called and what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// As it is to be named in errors.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A row with the line that it begins in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line, from 1.
    pub line: usize,
    /// Its fields, without the spaces around those that are not quoted.
    pub fields: Vec<String>,
}

/// A read file.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub(crate) name: String,
    /// The names of the columns.
    pub header: Vec<String>,
    /// The line of the header.
    pub line: usize,
    /// Rows with as many fields as the header.
    pub rows: Vec<Row>,
    pub(crate) separator: char,
}

impl Sheet {
    /// The position of a column, or a mistake.
    pub(crate) fn column(&self, name: &str, found: &mut Found) -> Option<usize> {
        let at = self.header.iter().position(|there| there == name);
        if at.is_none() {
            let wrong = Wrong::NoColumn { name: name.to_owned(), there: self.header.join(", ") };
            found.add(&self.name, self.line, 0, wrong);
        }
        at
    }
}

const SEPARATORS: [char; 3] = [';', '\t', ','];

/// The text of a file, without its byte order mark.
fn text(source: Source<'_>) -> Result<&str, Mistakes> {
    let mut found = Found::default();
    let bytes = source.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source.bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        found.add(source.name, 1, 0, Wrong::Utf16);
        return found.or(|| "");
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let in_line = before.get(start..).unwrap_or_default();
        let column = SEPARATORS
            .iter()
            .map(|separator| in_line.iter().filter(|byte| char::from(**byte) == *separator).count())
            .max()
            .unwrap_or_default();
        found.add(source.name, line, column + 1, Wrong::NotUtf8);
        found.all()
    })
}

/// Reads any file with a header, of counts or of something else: what can be read, and all that is wrong in its form. `wanted`
/// are names of columns it may have, by which the separator is told.
pub fn sheet(source: Source<'_>, wanted: &[&str]) -> (Option<Sheet>, Mistakes) {
    let mut found = Found::default();
    let sheet = read(source, wanted, &mut found);
    (sheet, found.all())
}

/// Reads a file with a header. `wanted` are columns it must have, by which the separator is told. Rows that are broken are
/// named and left out, so that what is wrong in the others can be named too.
pub(crate) fn read(source: Source<'_>, wanted: &[&str], found: &mut Found) -> Option<Sheet> {
    let text = match text(source) {
        Ok(text) => text,
        Err(wrong) => {
            found.take(wrong);
            return None;
        }
    };
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = separator(first, wanted);
    let mut rows = split(source.name, text, separator, found).into_iter();
    let Some(header) = rows.next() else {
        found.add(source.name, 1, 0, Wrong::Empty);
        return None;
    };
    for (ix, name) in header.fields.iter().enumerate() {
        if name.is_empty() {
            found.add(source.name, header.line, ix + 1, Wrong::Nameless);
        } else if header.fields.iter().take(ix).any(|before| before == name) {
            found.add(source.name, header.line, ix + 1, Wrong::ColumnTwice(name.clone()));
        }
    }
    let expected = header.fields.len();
    let mut good = Vec::new();
    for row in rows {
        if row.fields.len() == expected {
            good.push(row);
        } else {
            found.add(source.name, row.line, 0, Wrong::Fields { expected, found: row.fields.len() });
        }
    }
    Some(Sheet { name: source.name.to_owned(), header: header.fields, line: header.line, rows: good, separator })
}

/// The separator with which the header has the most of the wanted columns, and then the most columns.
fn separator(header: &str, wanted: &[&str]) -> char {
    let mut quiet = Found::default();
    SEPARATORS
        .into_iter()
        .max_by_key(|separator| {
            let rows = split("", header, *separator, &mut quiet);
            let fields = rows.first().map(|row| row.fields.as_slice()).unwrap_or_default();
            let hits = wanted.iter().filter(|name| fields.iter().any(|field| field == *name)).count();
            (hits, fields.len())
        })
        .unwrap_or(',')
}

/// Takes text apart into rows; empty lines are left out, and spaces around a field that is not quoted.
fn split(file: &str, text: &str, separator: char, found: &mut Found) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = Row { line: 1, fields: Vec::new() };
    let mut line = 1;
    let mut field = String::new();
    let mut quoted = Quote::No;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match (quoted, c) {
            (Quote::In(at), '"') => {
                quoted = if chars.next_if_eq(&'"').is_some() { push('"', &mut field, at) } else { Quote::After }
            }
            (Quote::In(_), c) => field.push(c),
            (_, '\n') => {
                end_field(&mut field, &mut quoted, &mut row);
                end_row(&mut row, &mut rows, line);
            }
            (_, '\r') if matches!(chars.peek(), Some('\n') | None) => {}
            (_, c) if c == separator => end_field(&mut field, &mut quoted, &mut row),
            (Quote::No, '"') if field.trim().is_empty() => {
                field.clear();
                quoted = Quote::In(line);
            }
            (Quote::After, c) if c.is_whitespace() => {}
            (Quote::After, c) => {
                found.add(file, line, row.fields.len() + 1, Wrong::AfterQuote);
                field.push(c);
                quoted = Quote::No;
            }
            (Quote::No, c) => field.push(c),
        }
    }
    if let Quote::In(at) = quoted {
        found.add(file, at, row.fields.len() + 1, Wrong::OpenQuote);
    }
    end_field(&mut field, &mut quoted, &mut row);
    end_row(&mut row, &mut rows, line);
    rows
}

#[derive(Clone, Copy)]
enum Quote {
    No,
    /// Inside a field that was opened in this line.
    In(usize),
    After,
}

fn push(c: char, field: &mut String, at: usize) -> Quote {
    field.push(c);
    Quote::In(at)
}

fn end_field(field: &mut String, quoted: &mut Quote, row: &mut Row) {
    let whole = std::mem::take(field);
    let kept = match quoted {
        Quote::No => whole.trim().to_owned(),
        _ => whole,
    };
    row.fields.push(kept);
    *quoted = Quote::No;
}

fn end_row(row: &mut Row, rows: &mut Vec<Row>, next: usize) {
    let done = std::mem::replace(row, Row { line: next, fields: Vec::new() });
    if done.fields.iter().any(|field| !field.is_empty()) {
        rows.push(done);
    }
}

/// The largest count that is calculated with.
pub const MOST: u64 = 1_000_000_000_000_000;

/// A count as it may be written: digits, perhaps with a decimal part of zeros.
pub(crate) fn count(written: &str) -> Result<u64, Wrong> {
    let written = written.trim();
    if written.is_empty() {
        return Err(Wrong::NoCount);
    }
    let (negative, digits) = match written.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, written.strip_prefix('+').unwrap_or(written)),
    };
    let (whole, part) = digits.split_once([',', '.']).unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) {
        return Err(Wrong::NoNumber(written.to_owned()));
    }
    let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
    if negative && !(is_zero(whole) && is_zero(part)) {
        return Err(Wrong::Negative(written.to_owned()));
    }
    if !is_zero(part) {
        return Err(Wrong::NotWhole(written.to_owned()));
    }
    match whole.parse::<u64>() {
        Ok(value) if value <= MOST => Ok(value),
        _ => Err(Wrong::TooLarge(written.to_owned())),
    }
}

/// A field as it is written: quoted when it has to be.
pub(crate) fn quoted(field: &str, separator: char) -> String {
    let bare = !field.contains(['"', '\n', '\r']) && !field.contains(separator) && field.trim() == field;
    if bare && !field.is_empty() { field.to_owned() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str, wanted: &[&str]) -> Result<Sheet, Mistakes> {
        bytes("t.csv", text.as_bytes(), wanted)
    }

    fn bytes(name: &str, bytes: &[u8], wanted: &[&str]) -> Result<Sheet, Mistakes> {
        let mut found = Found::default();
        let sheet = read(Source { name, bytes }, wanted, &mut found);
        found.or(|| sheet.unwrap())
    }

    #[test]
    fn the_separator_is_told_by_the_columns_that_are_wanted() {
        for (text, separator) in
            [("a;n,x;n\n1;2;3\n", ';'), ("a\tn\n1\t2\n", '\t'), ("\u{feff}a,n\n1,2\n", ','), ("a;n\r\n1;2\r\n", ';')]
        {
            let read = good(text, &["n"]).unwrap();
            assert_eq!(read.separator, separator, "{text:?}");
            assert_eq!(read.header.first().unwrap(), "a");
            assert_eq!(read.rows[0].line, 2);
        }
    }

    #[test]
    fn quoted_fields_may_hold_separators_quotes_and_line_breaks() {
        let read = good("\"a\";\"n;m\"\n\"x \"\"y\"\"\";\"1\n2\"\n\nz ; 3\n", &["a"]).unwrap();
        assert_eq!(read.header, ["a", "n;m"]);
        assert_eq!(read.rows[0].fields, ["x \"y\"", "1\n2"]);
        assert_eq!(read.rows[1], Row { line: 5, fields: vec!["z".into(), "3".into()] });
    }

    #[test]
    fn a_count_is_digits_and_nothing_broken_negative_or_with_a_part_is_one() {
        for (written, value) in [("0", 0), (" 12 ", 12), ("5,0", 5), ("5.00", 5), ("+7", 7), ("-0", 0)] {
            assert_eq!(count(written), Ok(value), "{written}");
        }
        let text = |text: &str| text.to_owned();
        assert_eq!(count(""), Err(Wrong::NoCount));
        assert_eq!(count("-3"), Err(Wrong::Negative(text("-3"))));
        assert_eq!(count("\u{2212}3"), Err(Wrong::Negative(text("\u{2212}3"))));
        assert_eq!(count("2,5"), Err(Wrong::NotWhole(text("2,5"))));
        for broken in ["1 234", "1e3", "NA", "..", "5,", ",5", "1,234,5", "٣"] {
            assert_eq!(count(broken), Err(Wrong::NoNumber(text(broken))), "{broken}");
        }
        assert_eq!(count("99999999999999999999"), Err(Wrong::TooLarge(text("99999999999999999999"))));
    }

    #[test]
    fn all_that_is_wrong_in_the_form_of_a_file_is_said_at_once_with_its_place() {
        let wrong = good("a,a,\n1,2\n1,2,3,4\n\"x\"y,2,3\n1,2,\"open\n", &[]).unwrap_err();
        let said: Vec<String> = wrong.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "t.csv: line 4, column 1: there is text after the closing quotation mark; write a quotation mark inside a field twice",
                "t.csv: line 5, column 3: a quotation mark is opened here and never closed",
                "t.csv: line 1, column 2: there are two columns `a`",
                "t.csv: line 1, column 3: the column has no name",
                "t.csv: line 2: 2 fields, but the first line names 3",
                "t.csv: line 3: 4 fields, but the first line names 3",
            ]
        );
        for (text, wrong) in [
            (&b"a,b\n1,\xff\n"[..], Wrong::NotUtf8),
            (b"\xff\xfea\0", Wrong::Utf16),
            (b"", Wrong::Empty),
            (b"\n \n", Wrong::Empty),
        ] {
            let all = bytes("t", text, &[]).unwrap_err().0;
            assert_eq!(all.len(), 1);
            assert_eq!(all[0].what, wrong);
        }
        assert_eq!(
            bytes("t", b"a,b\n1,\xff\n", &[]).unwrap_err().to_string(),
            "t: line 2, column 2: these bytes are no UTF-8 text; save the file as UTF-8"
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        for field in ["plain", "a;b", "say \"x\"", "two\nlines", " space ", ""] {
            let text = format!("h;k\n{};1\n", quoted(field, ';'));
            let read = good(&text, &["k"]).unwrap();
            assert_eq!(read.rows[0].fields[0], field);
        }
    }
}
