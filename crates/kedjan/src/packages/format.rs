//! The file of a package, byte for byte: what is signed is what is read, and one package can be written in one way only.
//!
//! Lines of words with one space between them and `\n` after each, in this order:
//!
//! ```text
//! kedjan-tallies/1
//! from PUBLIC-KEY                 whose it is
//! to PUBLIC-KEY                   for whom it is, and nobody else
//! rest BYTES SHA-256              what comes after these first five lines
//! sign SIGNATURE                  the sender's, over the four lines above
//! seq N                           rises for each package of a month
//! made 2026-12-03T09:00:00Z
//! period 2026-11                  the month the cases began in
//! replaces SEQ REASON             left out in the first of a month
//! method ID VERSION DIGEST        the method files the counts are made by
//! measure METHOD ID DIGEST        what each measure that is counted counts
//! reports 1082                    a municipality that reports, also when it has nothing to count
//! tally COUNTY METHOD MEASURE BUCKET MUNICIPALITY SEX AGES N
//! end ROWS SUM
//! ```
//!
//! The signature stands first: a receiver knows who has sent it, and how much there is, before it reads any more. Every later
//! version keeps these five lines. There is no place in it for a unit, a case, a person or words of anybody's own.

use std::fmt::Write;
use std::str::SplitN;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Count, Key, MeasureLine, MethodLine, Package, Reason};
use crate::secrets::{PublicKey, SIGNATURE_LEN, SigningKey};
use crate::statistics;

/// The version that is written.
pub const FORMAT: &str = "kedjan-tallies/1";
/// What is signed says that it is this and nothing else.
const DOMAIN: &str = "kedjan package of tallies";
/// The most bytes that are read.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// The most counts that a package has.
pub const MOST_ROWS: usize = 1_000_000;
/// The largest count; there are fewer people.
const MOST_COUNTED: i64 = 1_000_000_000;
/// How many lines are said to be wrong at most.
const MOST_FAULTS: usize = 20;
/// The lines that tell whose a package is and how much there is of it, with the signature.
const HEAD_LINES: usize = 5;
/// How many bytes they have at most.
pub const LONGEST_HEAD: usize = 512;

/// The outside of a package: whose it is, for whom, and the signature. Nothing of it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The first line.
    pub format: &'a str,
    /// Whose it says it is.
    pub from: PublicKey,
    /// For whom.
    pub to: PublicKey,
    /// How many bytes it says that the file has.
    pub length: usize,
    /// What the signature is of: the lines before it.
    signed: &'a [u8],
    signature: [u8; SIGNATURE_LEN],
    /// What the signature says of what comes after it.
    rest: Rest,
    /// What comes after it, or as much as there is.
    inside: &'a [u8],
}

/// What is signed of what is inside: how many bytes, and their SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rest {
    bytes: usize,
    digest: String,
}

impl Rest {
    fn of(inside: &[u8]) -> Rest {
        let digest = digest(inside).iter().map(|byte| format!("{byte:02x}")).collect();
        Rest { bytes: inside.len(), digest }
    }
}

/// A line that cannot be read, without what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// From 1.
    pub line: usize,
    /// What it should have been.
    pub expected: Expected,
}

/// What a line should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A line of the format, in its place.
    Line,
    /// A count that is more than nought.
    Positive,
    /// A count that has not been given already, after those before it in order.
    Once,
    /// The number of rows and their sum.
    End,
    /// The one way in which it is written.
    OneWay,
}

impl Envelope<'_> {
    /// Takes the outside of a package apart; `None` while its first lines have not all come, or when they are something else.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Envelope<'_>> {
        let ends = bytes.iter().take(LONGEST_HEAD).enumerate().filter(|(_, byte)| **byte == b'\n');
        let (end, _) = ends.map(|(at, byte)| (at + 1, byte)).nth(HEAD_LINES - 1)?;
        let (head, inside) = bytes.split_at_checked(end)?;
        let text = std::str::from_utf8(head).ok()?;
        let mut lines = text.split('\n');
        let format = lines.next()?;
        let from: PublicKey = lines.next()?.strip_prefix("from ")?.parse().ok()?;
        let to: PublicKey = lines.next()?.strip_prefix("to ")?.parse().ok()?;
        let (length, digest) = two(lines.next()?.strip_prefix("rest ")?)?;
        let rest = Rest { bytes: length.parse().ok()?, digest: hex(digest, 64)? };
        let last = lines.next()?;
        let signature = URL_SAFE_NO_PAD.decode(last.strip_prefix("sign ")?).ok()?.try_into().ok()?;
        let signed = head.get(..end.checked_sub(last.len() + 1)?)?;
        let one_way = to_sign(format, &from, &to, &rest).as_bytes() == signed;
        let length = rest.bytes.checked_add(end)?;
        one_way.then_some(Envelope { format, from, to, length, signed, signature, rest, inside })
    }

    /// Whether the one it says it is from has signed it. It can be asked before more than the first lines have come.
    #[must_use]
    pub fn signed(&self) -> bool {
        self.from.verifies(DOMAIN, self.signed, &self.signature)
    }

    /// Whether less has come than was signed.
    #[must_use]
    pub fn cut(&self) -> bool {
        self.inside.len() < self.rest.bytes
    }

    /// Whether the one it says it is from has signed every byte of it.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.signed() && self.rest == Rest::of(self.inside)
    }

    /// Puts under a signature anything that could stand in a package; none when it is too large.
    #[cfg(any(test, fuzzing))]
    #[must_use]
    pub fn sign(format: &str, to: &PublicKey, inside: &[u8], key: &SigningKey) -> Option<Vec<u8>> {
        (inside.len() < MOST_BYTES / 2).then(|| with_signature(format, &key.public(), to, inside, key))
    }

    /// Reads what is in it.
    ///
    /// # Errors
    /// The lines that cannot be read, the first twenty of them.
    pub fn package(&self) -> Result<Package, Vec<BadLine>> {
        let bad = |line, expected| vec![BadLine { line, expected }];
        let text = std::str::from_utf8(self.inside).map_err(|error| {
            let before = self.inside.get(..error.valid_up_to()).unwrap_or_default();
            bad(before.iter().filter(|byte| **byte == b'\n').count() + 1 + HEAD_LINES, Expected::Line)
        })?;
        let package = Reading::new(text).package(self)?;
        // One package, one file: otherwise the same counts could come with another digest.
        let written = package.text();
        if written != text {
            let same = written.lines().zip(text.lines()).take_while(|(one, other)| one == other).count();
            // An end of a line that is missing is that of the last.
            let line = (same + 1).min(text.lines().count().max(1));
            return Err(bad(line + HEAD_LINES, Expected::OneWay));
        }
        Ok(package)
    }
}

impl Package {
    /// The file, signed.
    #[must_use]
    pub fn signed(&self, key: &SigningKey) -> Vec<u8> {
        with_signature(FORMAT, &self.from, &self.to, self.text().as_bytes(), key)
    }

    /// What is inside.
    fn text(&self) -> String {
        let mut text = String::with_capacity(256 + self.counts.len() * 64);
        let mut line = |args: std::fmt::Arguments<'_>| {
            let _ = text.write_fmt(args);
            text.push('\n');
        };
        line(format_args!("seq {}", self.seq));
        line(format_args!("made {}", self.made_at));
        line(format_args!("period {}", self.month()));
        if let Some((seq, reason)) = self.replaces {
            line(format_args!("replaces {seq} {}", reason.name()));
        }
        for method in &self.methods {
            line(format_args!("method {} {} {}", method.id, method.version, method.digest));
        }
        for measure in &self.measures {
            line(format_args!("measure {} {} {}", measure.method, measure.id, measure.digest));
        }
        for municipality in &self.reports {
            line(format_args!("reports {municipality}"));
        }
        for Count { key, n } in &self.counts {
            let place = if key.municipality.is_empty() { "-" } else { &key.municipality };
            line(format_args!(
                "tally {} {} {} {} {place} {} {} {n}",
                key.county, key.method, key.measure, key.bucket, key.sex, key.age_band
            ));
        }
        line(format_args!("end {} {}", self.counts.len(), self.total()));
        text
    }
}

/// What is signed: the first lines, which say how much comes after them and what.
fn to_sign(format: &str, from: &PublicKey, to: &PublicKey, rest: &Rest) -> String {
    format!("{format}\nfrom {from}\nto {to}\nrest {} {}\n", rest.bytes, rest.digest)
}

/// Puts the first lines before what is inside.
fn with_signature(format: &str, from: &PublicKey, to: &PublicKey, inside: &[u8], key: &SigningKey) -> Vec<u8> {
    let head = to_sign(format, from, to, &Rest::of(inside));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(DOMAIN, head.as_bytes()));
    [head.as_bytes(), format!("sign {signature}\n").as_bytes(), inside].concat()
}

/// The lines of a package, one after another.
struct Reading<'a> {
    /// The lines that are left, each with its number in the file.
    lines: std::iter::Peekable<std::iter::Zip<std::ops::RangeFrom<usize>, std::str::Split<'a, char>>>,
    bad: Vec<BadLine>,
}

impl<'a> Reading<'a> {
    fn new(text: &'a str) -> Reading<'a> {
        let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        Reading { lines: (HEAD_LINES + 1..).zip(lines).peekable(), bad: Vec::new() }
    }

    fn wrong(&mut self, line: usize, expected: Expected) {
        self.bad.push(BadLine { line, expected });
    }

    /// The rest of the next line, when it begins with this word.
    fn next(&mut self, word: &str) -> Option<(usize, &'a str)> {
        let (at, line) = *self.lines.peek()?;
        let rest = line.strip_prefix(word)?.strip_prefix(' ')?;
        self.lines.next();
        Some((at, rest))
    }

    /// A line that has to be there.
    fn one<T>(&mut self, word: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let at = self.lines.peek().map_or(0, |(at, _)| *at);
        let value = self.next(word).and_then(|(_, rest)| read(rest));
        if value.is_none() {
            self.wrong(at, Expected::Line);
        }
        value
    }

    /// Any number of lines, in rising order.
    fn several<T: Ord>(&mut self, word: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut all: Vec<T> = Vec::new();
        while self.bad.len() < MOST_FAULTS
            && all.len() < MOST_ROWS
            && let Some((line, rest)) = self.next(word)
        {
            match read(rest) {
                None => self.wrong(line, Expected::Line),
                Some(one) if all.last().is_some_and(|last| *last >= one) => self.wrong(line, Expected::Once),
                Some(one) => all.push(one),
            }
        }
        all
    }

    fn package(mut self, envelope: &Envelope<'_>) -> Result<Package, Vec<BadLine>> {
        let seq = self.one("seq", |text| text.parse::<i64>().ok().filter(|n| *n > 0));
        let made_at = self.one("made", |text| text.parse::<Timestamp>().ok());
        let period = self.one("period", statistics::month_of);
        let replaces = match self.next("replaces") {
            None => None,
            Some((line, rest)) => {
                let read = two(rest).and_then(|(seq, reason)| Some((seq.parse().ok()?, Reason::from_name(reason)?)));
                if read.is_none() {
                    self.wrong(line, Expected::Line);
                }
                read
            }
        };
        let methods = self.several("method", method);
        let measures = self.several("measure", measure);
        let reports = self.several("reports", |text| digits(text, 4).then(|| text.to_owned()));
        let counts = self.counts();
        if self.bad.len() >= MOST_FAULTS {
            return Err(self.bad);
        }
        let end = self.one("end", |text| {
            let (rows, sum) = two(text)?;
            Some((rows.parse::<usize>().ok()?, sum.parse::<i64>().ok()?))
        });
        if let Some((at, _)) = self.lines.next() {
            self.wrong(at, Expected::Line);
        }
        let (Some(seq), Some(made_at), Some(period), Some((rows, sum)), true) =
            (seq, made_at, period, end, self.bad.is_empty())
        else {
            return Err(self.bad);
        };
        let (from, to) = (envelope.from, envelope.to);
        let package = Package { from, to, seq, made_at, period, replaces, methods, measures, reports, counts };
        if rows != package.counts.len() || sum != package.total() {
            return Err(vec![BadLine { line: 0, expected: Expected::End }]);
        }
        Ok(package)
    }

    fn counts(&mut self) -> Vec<Count> {
        let mut all: Vec<Count> = Vec::new();
        while self.bad.len() < MOST_FAULTS
            && all.len() < MOST_ROWS
            && let Some((line, rest)) = self.next("tally")
        {
            match tally(rest) {
                None => self.wrong(line, Expected::Line),
                Some(one) if one.n <= 0 => self.wrong(line, Expected::Positive),
                Some(one) if all.last().is_some_and(|last| last.key >= one.key) => self.wrong(line, Expected::Once),
                Some(one) => all.push(one),
            }
        }
        all
    }
}

fn two(text: &str) -> Option<(&str, &str)> {
    text.split_once(' ').filter(|(_, rest)| !rest.contains(' '))
}

/// A name of the data: letters, digits and a few signs, and never words.
fn name(text: &str) -> Option<String> {
    let sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_:-.".contains(&byte);
    ((1..=64).contains(&text.len()) && text.bytes().all(sign)).then(|| text.to_owned())
}

fn digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn hex(text: &str, length: usize) -> Option<String> {
    let sign = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == length && text.bytes().all(sign)).then(|| text.to_owned())
}

fn method(text: &str) -> Option<MethodLine> {
    let mut words = text.splitn(3, ' ');
    let (id, version, digest) = (words.next()?, words.next()?, words.next()?);
    Some(MethodLine { id: name(id)?, version: version.parse().ok()?, digest: hex(digest, 64)? })
}

fn measure(text: &str) -> Option<MeasureLine> {
    let mut words = text.splitn(3, ' ');
    let (method, id, digest) = (words.next()?, words.next()?, words.next()?);
    Some(MeasureLine { method: name(method)?, id: name(id)?, digest: hex(digest, 32)? })
}

fn tally(text: &str) -> Option<Count> {
    let mut words = text.splitn(8, ' ');
    let word = |words: &mut SplitN<'_, char>| words.next().and_then(name);
    let county = words.next().filter(|code| digits(code, 2))?.to_owned();
    let method = word(&mut words)?;
    let measure = word(&mut words)?;
    let bucket = words.next()?.parse::<i64>().ok().filter(|n| *n >= 0)?;
    let municipality = match words.next()? {
        "-" => String::new(),
        code => digits(code, 4).then(|| code.to_owned())?,
    };
    let (sex, age_band) = (word(&mut words)?, word(&mut words)?);
    let n = words.next()?.parse().ok().filter(|n: &i64| n.abs() <= MOST_COUNTED)?;
    Some(Count { key: Key { county, method, measure, bucket, municipality, sex, age_band }, n })
}

/// The digest of a whole file, by which it is known again.
#[must_use]
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).to_vec()
}

/// A month from its first day.
#[must_use]
pub fn month(period: Date) -> String {
    statistics::month_key(period)
}
