//! Making a package: what this installation counts itself for its own municipalities, and what it has taken from others, in one
//! file for one receiver.

use std::collections::{BTreeMap, BTreeSet};

use chain::method::Library;
use chain::text::Lang;
use jiff::civil::Date;

use super::check::{self, Fault};
use super::node::Own;
use super::{Count, Fate, Key, MeasureLine, MethodLine, Package, Reason, Trace, format, highest, sql};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::reference;
use crate::refusal::{FieldIssue, Refused};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format::local;

/// A package as it is to be sent.
#[derive(Clone, Debug)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// What is kept of it.
    pub trace: Trace,
}

fn issue(field: &str, detail: String) -> FieldIssue {
    FieldIssue { pointer: format!("/{field}"), detail }
}

/// Makes a package of a month for a node, and keeps a trace of it.
///
/// Own counts in a municipality that another node has reported are in it only when whoever keeps this node says so, and then in
/// the county without a municipality.
///
/// # Errors
/// What keeps it from being made, all at once: it would be refused by the receiver.
pub fn make(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    to: &str,
    period: Date,
    reason: Option<Reason>,
    beside_own: bool,
) -> Result<Granted<Made>, Stop> {
    let to = to.to_owned();
    access::list(tx, cx, Action::ManageDirectory, move |tx, cx| {
        let mut issues = Vec::new();
        let own = sql::own(tx)?;
        if own.is_none() {
            issues.push(issue("node", t!(cx.lang, "node-none-yet")));
        }
        let receiver = sql::by_name(tx, &to)?;
        match &receiver {
            None => issues.push(issue("to", t!(cx.lang, "node-unknown"))),
            Some(node) if node.ended_at.is_some() => issues.push(issue("to", t!(cx.lang, "package-receiver-ended"))),
            Some(_) => {}
        }
        if period.last_of_month() >= local(cx.now).date() {
            issues.push(issue("period", t!(cx.lang, "package-period")));
        }
        let (Some(own), Some(receiver), true) = (own, receiver, issues.is_empty()) else {
            return Err(Refused::Fields(issues).into());
        };
        let month = format::month(period);
        let earlier = sql::latest(tx, receiver.id, &month, true, highest(cx.now))?;
        let replaces = match (&earlier, reason) {
            (Some(earlier), Some(reason)) => Some((earlier.seq, reason)),
            (Some(_), None) => {
                return Err(Refused::Fields(vec![issue("reason", t!(cx.lang, "package-reason-needed"))]).into());
            }
            (None, _) => None,
        };
        // By the clock too, so that a store that was put back from a backup goes on above what it has sent.
        let seq = cx.now.as_second().max(earlier.as_ref().map_or(1, |trace| trace.seq.saturating_add(1)));
        let (reports, counts) = counted(tx, cx, &own, &month, beside_own)?;
        if reports.is_empty() && earlier.is_none() {
            return Err(Refused::Fields(vec![issue("node", t!(cx.lang, "package-nobody-reports"))]).into());
        }
        let package = Package {
            from: own.node.key,
            to: receiver.key,
            seq,
            made_at: cx.now,
            period,
            replaces,
            methods: methods(tx)?,
            measures: declared(&cx.app.library, &counts),
            reports: reports.into_iter().collect(),
            counts: counts.into_iter().map(|(key, n)| Count { key, n }).collect(),
        };
        let faults = check::by_itself(&package, &cx.app.library);
        if !faults.is_empty() {
            let issues = faults.iter().map(|fault| issue("counts", words_here(cx.lang, fault))).collect();
            return Err(Refused::Fields(issues).into());
        }
        let bytes = package.signed(&own.signing_key(cx)?);
        let mut trace = trace(cx, &package, &bytes);
        trace.peer = Some(receiver.id);
        trace.difference = trace.total - earlier.map_or(0, |earlier| earlier.total);
        sql::insert_trace(tx, &trace)?;
        let object = format!("package {month} {seq} to {}, {} counts", receiver.name, trace.row_count);
        Ok(Seen { value: Made { bytes, trace }, object, people: Vec::new() })
    })
}

/// What is kept of a package that was sent.
fn trace(cx: &mut Cx, package: &Package, bytes: &[u8]) -> Trace {
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Trace {
        id: cx.id(),
        peer: None,
        at: cx.now,
        period: package.month(),
        seq: package.seq,
        replaces: package.replaces.map(|(seq, _)| seq),
        reason: package.replaces.map_or_else(String::new, |(_, reason)| reason.name().to_owned()),
        digest: format::digest(bytes),
        fate: Fate::Sent,
        why: String::new(),
        late: false,
        municipalities: whole(package.reports.len()),
        row_count: whole(package.counts.len()),
        total: package.total(),
        difference: 0,
    }
}

/// What is wrong with own counts, as it is told where they were made: the receiver's words are for a sender.
fn words_here(lang: Lang, fault: &Fault) -> String {
    match fault {
        Fault::Meaning(names) => t!(lang, "package-here-meaning", names = check::some(names)),
        fault => t!(lang, "package-here-wrong", wrong = fault.words(lang)),
    }
}

/// What the measures count that there are counts of.
fn declared(library: &Library, counts: &BTreeMap<Key, i64>) -> Vec<MeasureLine> {
    let counted: BTreeSet<(&str, &str)> =
        counts.keys().map(|key| (key.method.as_str(), key.measure.as_str())).collect();
    let all = check::measures(library).into_iter();
    all.filter(|line| counted.contains(&(line.method.as_str(), line.id.as_str()))).collect()
}

fn methods(tx: &mut dyn Sql) -> Result<Vec<MethodLine>, StoreError> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let all = sql::methods(tx)?;
    Ok(all.into_iter().map(|(id, version, digest)| MethodLine { id, version, digest: hex(&digest) }).collect())
}

/// Who reports for a month, and the counts: the own ones and those taken.
///
/// An own case that is counted in a municipality that does not report here (somebody lives elsewhere, something happened across
/// the border) is counted in the county without a municipality: who reports a municipality is one.
fn counted(
    tx: &mut dyn Sql,
    cx: &Cx,
    own: &Own,
    month: &str,
    beside_own: bool,
) -> Result<(BTreeSet<String>, BTreeMap<Key, i64>), Stop> {
    let taken: BTreeSet<String> = sql::reported(tx, month)?.into_iter().map(|(municipality, _)| municipality).collect();
    let places = &own.node.places;
    let methods: BTreeSet<&str> = cx.app.library.methods().map(|method| method.id.as_str()).collect();
    let mut counts: BTreeMap<Key, i64> = BTreeMap::new();
    let (mut outside, mut both) = (BTreeSet::new(), BTreeSet::new());
    for county in reference::counties() {
        for method in &methods {
            for Count { mut key, n } in sql::own_counts(tx, county.code, method, month)? {
                if !places.touch(county.code) {
                    outside.insert(county.code.to_owned());
                }
                let of_county = key.municipality.get(..2) == Some(county.code);
                if of_county && !beside_own && taken.contains(&key.municipality) {
                    both.insert(key.municipality.clone());
                }
                if !(of_county && places.cover(&key.municipality)) {
                    key.municipality.clear();
                }
                *counts.entry(key).or_default() += n;
            }
            for Count { key, n } in sql::taken_counts(tx, county.code, method, month)? {
                *counts.entry(key).or_default() += n;
            }
        }
    }
    let some = |codes: BTreeSet<String>| check::some(&codes.into_iter().collect::<Vec<_>>());
    let mut issues = Vec::new();
    if !outside.is_empty() {
        issues.push(issue("places", t!(cx.lang, "package-here-outside", codes = some(outside))));
    }
    if !both.is_empty() {
        issues.push(issue("places", t!(cx.lang, "package-here-both", codes = some(both))));
    }
    if !issues.is_empty() {
        return Err(Refused::Fields(issues).into());
    }
    counts.retain(|_, n| *n != 0);
    let reports = taken.into_iter().chain(places.municipalities().map(|one| one.code.to_owned())).collect();
    Ok((reports, counts))
}
