//! Taking a package: every check in order, and then the whole of it in one transaction, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use chain::method::Library;
use jiff::{Span, Timestamp};
use uuid::Uuid;

use super::check::{self, Fault};
use super::format::{self, BadLine, Envelope, FORMAT, MOST_BYTES};
use super::node::{Node, Own};
use super::{Fate, Package, Trace, sql};
use crate::app::{Actor, App, Cx, Stop, Via};
use crate::audit::{self, Entry};
use crate::reference;
use crate::refusal::Refused;
use crate::secrets::PublicKey;
use crate::store::{Sql, StoreError};
use crate::web::format::local;

/// How many traces of what nobody known had signed are kept.
const STRANGERS: i64 = 500;
/// The ground in the audit record: it is the signature that lets a package in, and no role.
const POLICY: &str = "package.signature";

/// A file as it came, read as far as can be without the store.
#[derive(Clone, Debug)]
pub struct Arrived {
    digest: Vec<u8>,
    too_large: bool,
    /// Whose its first lines say it is, also when the rest of it has not been read.
    claims: Option<PublicKey>,
    outside: Option<Outside>,
}

#[derive(Clone, Debug)]
struct Outside {
    from: PublicKey,
    to: PublicKey,
    holds: bool,
    /// What is in it, when the format is known.
    inside: Option<Result<Package, Vec<BadLine>>>,
    /// What is wrong with it by itself.
    faults: Vec<Fault>,
}

impl Arrived {
    /// Reads a file.
    #[must_use]
    pub fn read(bytes: &[u8], library: &Library) -> Arrived {
        let too_large = bytes.len() > MOST_BYTES;
        let outside = if too_large { None } else { Envelope::read(bytes) }.map(|envelope| {
            let holds = envelope.holds();
            // What is inside is not looked at before the signature has been.
            let inside = (holds && envelope.format == FORMAT).then(|| envelope.package());
            let faults = match &inside {
                Some(Ok(package)) => check::by_itself(package, library),
                _ => Vec::new(),
            };
            Outside { from: envelope.from, to: envelope.to, holds, inside, faults }
        });
        let claims = format::head(bytes).map(|(from, _)| from);
        Arrived { digest: format::digest(bytes), too_large, claims, outside }
    }

    /// The month and the number, by which several files are put in order.
    #[must_use]
    pub fn place(&self) -> Option<(String, i64)> {
        let package = self.outside.as_ref()?.inside.as_ref()?.as_ref().ok()?;
        Some((package.month(), package.seq))
    }
}

/// A package that was taken, now or before.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The sender.
    pub node: String,
    /// What is kept of it.
    pub trace: Trace,
    /// Whether it had been taken before, so that nothing was done now.
    pub again: bool,
}

/// Takes a package. A right one takes the place of the sender's earlier one of the month; of a wrong one nothing is taken, and a
/// trace of it stays.
///
/// # Errors
/// [`Refused::Package`] with all that is wrong.
pub fn take(tx: &mut dyn Sql, cx: &mut Cx, arrived: &Arrived) -> Result<Taken, Stop> {
    let Some(own) = sql::own(tx)? else { return Err(told(cx, &[Fault::NoNode])) };
    let mut faults = Vec::new();
    let (outside, sender) = match &arrived.outside {
        None => {
            let known = match &arrived.claims {
                Some(key) => sql::by_key(tx, key)?.is_some_and(|node| node.ended_at.is_none()),
                None => true,
            };
            faults.push(match (arrived.too_large, known) {
                (true, _) => Fault::TooLarge,
                (false, true) => Fault::NotOne,
                (false, false) => Fault::Sender,
            });
            (None, None)
        }
        Some(outside) => {
            let sender = sql::by_key(tx, &outside.from)?.filter(|node| node.ended_at.is_none());
            if sender.is_none() {
                faults.push(Fault::Sender);
            }
            if outside.to != own.node.key {
                faults.push(Fault::Audience);
            }
            if !outside.holds {
                faults.push(Fault::Signature);
            }
            (Some(outside), sender)
        }
    };
    let signed = outside.is_some_and(|outside| outside.holds);
    let (Some(outside), Some(sender), true) = (outside, sender.clone(), faults.is_empty()) else {
        // A name that anybody can write in a file is not the sender's doing.
        return refuse(tx, cx, &own, sender.filter(|_| signed).as_ref(), arrived, &faults);
    };
    if let Some(trace) = sql::taken_with(tx, &arrived.digest)? {
        return Ok(Taken { node: sender.name, trace, again: true });
    }
    let package = match &outside.inside {
        None => return refuse(tx, cx, &own, Some(&sender), arrived, &[Fault::Format]),
        Some(Err(lines)) => {
            let faults: Vec<Fault> = lines.iter().map(|line| Fault::Line(*line)).collect();
            return refuse(tx, cx, &own, Some(&sender), arrived, &faults);
        }
        Some(Ok(package)) => package,
    };
    let faults = against_store(tx, cx, &own, &sender, package)?;
    let faults: Vec<Fault> = faults.into_iter().chain(outside.faults.iter().cloned()).collect();
    if !faults.is_empty() {
        return refuse(tx, cx, &own, Some(&sender), arrived, &faults);
    }
    let trace = put(tx, cx, &sender, package, &arrived.digest)?;
    let detail = format!(
        "{} counts, sum {}, difference {}, municipalities {}, replaces {}{}, sha256 {}",
        trace.row_count,
        trace.total,
        trace.difference,
        trace.municipalities,
        trace.replaces.map_or_else(|| "nothing".to_owned(), |seq| seq.to_string()),
        if trace.late { ", late" } else { "" },
        hex(&trace.digest)
    );
    let object = format!("package {} {} of {}", trace.period, trace.seq, sender.name);
    record(tx, cx, &own, Some(&sender), &object, true, &detail)?;
    Ok(Taken { node: sender.name, trace, again: false })
}

/// Holds what was taken against the packages that stand, by their sums; gives what is not equal, in words.
///
/// # Errors
/// The store's.
pub fn verify(app: &App) -> Result<Vec<String>, StoreError> {
    app.store.read_blocking(|tx: &mut dyn Sql| {
        let mut wrong = Vec::new();
        for (peer, name, period, total) in sql::standing(tx)? {
            let kept = sql::total_of(tx, peer, &period)?;
            if kept != total {
                wrong.push(format!("{period} of {name}: the package says {total}, what was taken makes {kept}"));
            }
        }
        Ok(wrong)
    })
}

/// What must hold of a package beside what the store knows.
fn against_store(
    tx: &mut dyn Sql,
    cx: &Cx,
    own: &Own,
    sender: &Node,
    package: &Package,
) -> Result<Vec<Fault>, StoreError> {
    let month = package.month();
    let mut faults = Vec::new();
    if let Some(latest) = sql::latest(tx, sender.id, &month, false)?
        && latest.seq >= package.seq
    {
        faults.push(Fault::Sequence(latest.seq));
    }
    if package.period.last_of_month() >= local(cx.now).date() {
        faults.push(Fault::Period);
    }
    let outside = check::outside(package, &sender.places);
    if !outside.is_empty() {
        faults.push(Fault::Places(outside));
    }
    let mine = own_municipalities(tx, cx, own, &month)?;
    let too: Vec<String> = package.reports.iter().filter(|code| mine.contains(*code)).cloned().collect();
    if !too.is_empty() {
        faults.push(Fault::OwnToo(too));
    }
    let mut others: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for (municipality, peer) in sql::reported(tx, &month)? {
        if peer != sender.id && package.reports.binary_search(&municipality).is_ok() {
            others.entry(peer).or_default().push(municipality);
        }
    }
    for (peer, codes) in others {
        faults.push(Fault::OtherToo(sql::name_of(tx, peer)?.unwrap_or_default(), codes));
    }
    Ok(faults)
}

/// The municipalities that this installation reports for itself, or has counts of in a month.
fn own_municipalities(tx: &mut dyn Sql, cx: &Cx, own: &Own, month: &str) -> Result<BTreeSet<String>, StoreError> {
    let mut mine: BTreeSet<String> = own.node.places.municipalities().map(|one| one.code.to_owned()).collect();
    let methods: BTreeSet<&str> = cx.app.library.methods().map(|method| method.id.as_str()).collect();
    for county in reference::counties() {
        for method in &methods {
            mine.extend(
                sql::own_counts(tx, county.code, method, month)?.into_iter().map(|count| count.key.municipality),
            );
        }
    }
    Ok(mine)
}

/// Puts the whole of a package in the place of the sender's earlier one.
fn put(tx: &mut dyn Sql, cx: &mut Cx, sender: &Node, package: &Package, digest: &[u8]) -> Result<Trace, StoreError> {
    let month = package.month();
    let before = sql::total_of(tx, sender.id, &month)?;
    let earlier = sql::latest(tx, sender.id, &month, false)?;
    sql::clear(tx, sender.id, &month)?;
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let trace = Trace {
        id: cx.id(),
        peer: Some(sender.id),
        at: cx.now,
        period: month.clone(),
        seq: package.seq,
        replaces: earlier.map(|trace| trace.seq),
        reason: package.replaces.map_or_else(String::new, |(_, reason)| reason.name().to_owned()),
        digest: digest.to_vec(),
        fate: Fate::Stands,
        why: String::new(),
        late: is_late(cx.now, package, cx.app.settings.late_days),
        municipalities: whole(package.reports.len()),
        row_count: whole(package.counts.len()),
        total: package.total(),
        difference: package.total() - before,
    };
    sql::insert_trace(tx, &trace)?;
    for municipality in &package.reports {
        sql::insert_place(tx, &month, municipality, sender.id, trace.id)?;
    }
    sql::insert_counts(tx, sender.id, &month, &package.counts)?;
    Ok(trace)
}

/// Whether a package comes more than so many days after the end of its month.
fn is_late(now: Timestamp, package: &Package, days: i64) -> bool {
    let last = package.period.last_of_month().checked_add(Span::new().days(days));
    last.is_ok_and(|last| local(now).date() > last)
}

/// Keeps a trace of a package of which nothing is taken, and says all that is wrong.
fn refuse(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    own: &Own,
    sender: Option<&Node>,
    arrived: &Arrived,
    faults: &[Fault],
) -> Result<Taken, Stop> {
    let mut why: Vec<&str> = faults.iter().map(Fault::name).collect();
    why.dedup();
    let why = why.join(" ");
    // What is in it is believed as far as its sender is known.
    let inside = arrived.outside.as_ref().and_then(|outside| outside.inside.as_ref()?.as_ref().ok());
    let (period, seq) = match (sender, inside) {
        (Some(_), Some(package)) => (package.month(), package.seq),
        _ => (String::new(), 0),
    };
    let trace = Trace {
        id: cx.id(),
        peer: sender.map(|node| node.id),
        at: cx.now,
        period,
        seq,
        replaces: None,
        reason: String::new(),
        digest: arrived.digest.clone(),
        fate: Fate::Refused,
        why: why.clone(),
        late: false,
        municipalities: 0,
        row_count: 0,
        total: 0,
        difference: 0,
    };
    sql::insert_trace(tx, &trace)?;
    if sender.is_none() {
        sql::prune_strangers(tx, STRANGERS)?;
    }
    // A stranger on the network must not make the log grow; what the console was given is somebody's act.
    if sender.is_some() || cx.actor.via == Via::Console {
        let whose = sender.map_or("nobody known", |node| node.name.as_str());
        let detail = format!("{why}, sha256 {}", hex(&trace.digest));
        record(tx, cx, own, sender, &format!("package of {whose}"), false, &detail)?;
    } else {
        tracing::warn!(why, sha256 = %hex(&trace.digest), "a package that nobody known has signed was refused");
    }
    Err(told(cx, faults))
}

fn told(cx: &Cx, faults: &[Fault]) -> Stop {
    Refused::Package(faults.iter().map(|fault| fault.issue(cx.lang)).collect()).into()
}

/// Writes the record in the log of the authority that keeps this node.
fn record(
    tx: &mut dyn Sql,
    cx: &Cx,
    own: &Own,
    sender: Option<&Node>,
    object: &str,
    allowed: bool,
    detail: &str,
) -> Result<(), StoreError> {
    let id = match (cx.actor.via, sender) {
        (Via::Console, _) | (_, None) => cx.actor.id,
        (_, Some(node)) => node.id,
    };
    let actor = Actor { org: own.node.org, id, ..cx.actor.clone() };
    let entry =
        Entry { action: "take_package", object, relation: "none", allowed, policy: POLICY, people: &[], detail };
    audit::append(tx, cx.now, &actor, &entry)?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
