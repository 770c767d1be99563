//! What must hold of a package before anything of it is taken: pure, and everything that is wrong is told at once.

use std::collections::{BTreeMap, BTreeSet};

use chain::method::{Library, Method};
use chain::text::Lang;
use sha2::{Digest, Sha256};

use super::format::{BadLine, Expected, MOST_BYTES};
use super::{Key, MeasureLine, Package, Places};
use crate::cases::AGE_BANDS;
use crate::refusal::FieldIssue;
use crate::t;

/// How many of a kind are named.
const NAMED: usize = 10;

/// Why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This installation has no key pair yet.
    NoNode,
    /// It has more bytes than are read.
    TooLarge,
    /// It is no package at all.
    NotOne,
    /// Nobody who is trusted has the key that it says it is from.
    Sender,
    /// It is for somebody else.
    Audience,
    /// The signature is not the sender's over these bytes.
    Signature,
    /// A version of the format that is not known.
    Format,
    /// A line that cannot be read.
    Line(BadLine),
    /// A package of the month with the same number or a higher one has been taken.
    Sequence(i64),
    /// Its number is far ahead of the clock.
    Ahead,
    /// It was taken once, and set aside here.
    SetAside,
    /// The month is not over.
    Period,
    /// Municipalities and counties that the sender may not report for.
    Places(Vec<String>),
    /// Municipalities that this installation reports for itself, which no answer of its keeper changes.
    OwnReports(Vec<String>),
    /// Other municipalities that this installation has counts of itself.
    OwnToo(Vec<String>),
    /// Municipalities that another node has reported for.
    OtherToo(String, Vec<String>),
    /// Methods and measures that are not known, or count something else here.
    Meaning(Vec<String>),
    /// Measures that are declared, and nothing is counted of.
    Uncounted(Vec<String>),
    /// Counts of sexes, ages or hours that there are none of.
    Unknown(Vec<String>),
    /// A count that is larger than the one it is a part of: the part and the whole.
    Nested(Vec<(String, String)>),
}

impl Fault {
    /// The stable name, which the trace keeps.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Fault::NoNode => "no_node",
            Fault::TooLarge => "too_large",
            Fault::NotOne => "not_a_package",
            Fault::Sender => "sender",
            Fault::Audience => "audience",
            Fault::Signature => "signature",
            Fault::Format => "format",
            Fault::Line(_) => "line",
            Fault::Sequence(_) => "sequence",
            Fault::Ahead => "ahead",
            Fault::SetAside => "set_aside",
            Fault::Period => "period",
            Fault::Places(_) => "places",
            Fault::OwnReports(_) => "own_reports",
            Fault::OwnToo(_) => "own_too",
            Fault::OtherToo(..) => "other_too",
            Fault::Meaning(_) => "meaning",
            Fault::Uncounted(_) => "uncounted",
            Fault::Unknown(_) => "unknown",
            Fault::Nested(_) => "nested",
        }
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Fault::NoNode => t!(lang, "package-no-node"),
            Fault::TooLarge => t!(lang, "package-too-large", most = MOST_BYTES / 1024 / 1024),
            Fault::NotOne => t!(lang, "package-not-one"),
            Fault::Sender => t!(lang, "package-sender"),
            Fault::Audience => t!(lang, "package-audience"),
            Fault::Signature => t!(lang, "package-signature"),
            Fault::Format => t!(lang, "package-format", known = super::format::FORMAT),
            Fault::Line(BadLine { line, expected }) => {
                let line = *line;
                match expected {
                    Expected::Line => t!(lang, "package-line", line = line),
                    Expected::Positive => t!(lang, "package-line-positive", line = line),
                    Expected::Once => t!(lang, "package-line-once", line = line),
                    Expected::End => t!(lang, "package-line-end"),
                    Expected::OneWay => t!(lang, "package-line-one-way", line = line),
                }
            }
            Fault::Sequence(taken) => t!(lang, "package-sequence", taken = *taken),
            Fault::Ahead => t!(lang, "package-ahead"),
            Fault::SetAside => t!(lang, "package-set-aside"),
            Fault::Period => t!(lang, "package-period"),
            Fault::Places(codes) => t!(lang, "package-places", codes = some(codes)),
            Fault::OwnReports(codes) => t!(lang, "package-own-reports", codes = some(codes)),
            Fault::OwnToo(codes) => t!(lang, "package-own-too", codes = some(codes)),
            Fault::OtherToo(node, codes) => t!(lang, "package-other-too", node = node.as_str(), codes = some(codes)),
            Fault::Meaning(names) => t!(lang, "package-meaning", names = some(names)),
            Fault::Uncounted(names) => t!(lang, "package-uncounted", names = some(names)),
            Fault::Unknown(names) => t!(lang, "package-unknown", names = some(names)),
            Fault::Nested(pairs) => {
                let pairs: Vec<String> = pairs.iter().map(|(part, whole)| format!("{part} > {whole}")).collect();
                t!(lang, "package-nested", pairs = some(&pairs))
            }
        }
    }

    /// The fault as a program gets it.
    #[must_use]
    pub fn issue(&self, lang: Lang) -> FieldIssue {
        FieldIssue { pointer: format!("/{}", self.name()), detail: self.words(lang) }
    }
}

/// The first of many, and how many there are.
pub(super) fn some(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMED).cloned().collect();
    if names.len() > NAMED {
        shown.push(format!("… ({})", names.len()));
    }
    shown.join(", ")
}

/// The digest of what a measure counts.
pub(super) fn meaning(words: &str) -> String {
    Sha256::digest(words.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What the measures of all methods count, in all their versions.
pub(super) fn measures(library: &Library) -> BTreeSet<MeasureLine> {
    let of = |method: &Method| {
        let id = method.id.clone();
        chain::meanings(method).into_iter().map(move |(measure, words)| MeasureLine {
            method: id.clone(),
            id: measure,
            digest: meaning(&words),
        })
    };
    library.methods().flat_map(of).collect()
}

/// What can be said of a package by itself: its counts against its own list of who reports, the methods and one another.
pub(super) fn by_itself(package: &Package, library: &Library) -> Vec<Fault> {
    let mut faults = Vec::new();
    let known = measures(library);
    let declared: BTreeSet<(&str, &str)> =
        package.measures.iter().map(|m| (m.method.as_str(), m.id.as_str())).collect();
    let mut strange: BTreeSet<String> = package
        .measures
        .iter()
        .filter(|line| !known.contains(line))
        .map(|line| format!("{}.{}", line.method, line.id))
        .collect();
    let counted: BTreeSet<(&str, &str)> =
        package.counts.iter().map(|count| (count.key.method.as_str(), count.key.measure.as_str())).collect();
    let named = |(method, measure): &(&str, &str)| format!("{method}.{measure}");
    strange.extend(counted.difference(&declared).map(named));
    if !strange.is_empty() {
        faults.push(Fault::Meaning(strange.into_iter().collect()));
    }
    let uncounted: Vec<String> = declared.difference(&counted).map(named).collect();
    if !uncounted.is_empty() {
        faults.push(Fault::Uncounted(uncounted));
    }
    let unknown: BTreeSet<String> = package.counts.iter().filter_map(|count| odd(&count.key)).collect();
    if !unknown.is_empty() {
        faults.push(Fault::Unknown(unknown.into_iter().collect()));
    }
    let nested = nested(package, library);
    if !nested.is_empty() {
        faults.push(Fault::Nested(nested.into_iter().collect()));
    }
    faults
}

/// What of a count there is none of, if anything.
fn odd(key: &Key) -> Option<String> {
    let hours = key.measure.starts_with("hours:");
    if !["woman", "man", "unknown"].contains(&key.sex.as_str()) {
        Some(key.sex.clone())
    } else if !AGE_BANDS.contains(&key.age_band.as_str()) {
        Some(key.age_band.clone())
    } else if key.bucket > if hours { i64::from(chain::measure::MOST_HOURS) } else { 0 } {
        Some(format!("{} {}", key.measure, key.bucket))
    } else {
        None
    }
}

/// Counts that are larger than what they are a part of: what stands above an indicator's line than what stands below it, and
/// the hours of a clock than those for whom it ran.
fn nested(package: &Package, library: &Library) -> BTreeSet<(String, String)> {
    type Group<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);
    let mut groups: BTreeMap<Group<'_>, BTreeMap<&str, i64>> = BTreeMap::new();
    for count in &package.counts {
        let key = &count.key;
        let group = (
            key.method.as_str(),
            key.county.as_str(),
            key.municipality.as_str(),
            key.sex.as_str(),
            key.age_band.as_str(),
        );
        *groups.entry(group).or_default().entry(key.measure.as_str()).or_default() += count.n;
    }
    let mut parts: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for method in library.methods() {
        // A pair that only one version has is not asked of the others: which made a count is not known.
        let of = pairs(method);
        parts.entry(method.id.as_str()).and_modify(|all| all.retain(|pair| of.contains(pair))).or_insert(of);
    }
    let mut wrong = BTreeSet::new();
    for ((method, ..), counts) in &groups {
        let n = |measure: &String| counts.get(measure.as_str()).copied().unwrap_or(0);
        for (part, whole) in parts.get(method).into_iter().flatten().filter(|(part, whole)| n(part) > n(whole)) {
            wrong.insert((format!("{method}.{part}"), format!("{method}.{whole}")));
        }
    }
    wrong
}

/// Part and whole, as the indicators of a method have them.
fn pairs(method: &Method) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for indicator in method.indicators() {
        pairs.push((indicator.numerator.clone(), indicator.denominator.clone()));
        let clocks = method.measure(&indicator.numerator).map(chain::method::Measure::clocks).unwrap_or_default();
        if let [clock] = clocks
            && method.clock(clock).is_some_and(|clock| clock.histogram)
        {
            pairs.push((format!("hours:{clock}"), indicator.denominator.clone()));
        }
    }
    pairs
}

/// The municipalities and counties of a package that its sender may not report for, or that are said in no list of it.
pub(super) fn outside(package: &Package, places: &Places) -> Vec<String> {
    let mut outside: BTreeSet<String> = package.reports.iter().filter(|code| !places.cover(code)).cloned().collect();
    let said: BTreeSet<&str> = package.reports.iter().map(String::as_str).collect();
    let counties: BTreeSet<&str> = package.reports.iter().filter_map(|code| code.get(..2)).collect();
    for count in &package.counts {
        let key = &count.key;
        if !counties.contains(key.county.as_str()) {
            outside.insert(key.county.clone());
        }
        let own = key.municipality.get(..2) == Some(key.county.as_str());
        let known = key.municipality.is_empty() || (own && said.contains(key.municipality.as_str()));
        if !known {
            outside.insert(key.municipality.clone());
        }
    }
    outside.extend(package.reports.iter().filter(|code| crate::reference::municipality(code).is_none()).cloned());
    outside.into_iter().collect()
}
