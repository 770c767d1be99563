//! Taking a package: every check in order, and then the whole of it in one transaction, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use chain::method::Library;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use uuid::Uuid;

use super::check::{self, Fault};
use super::format::{self, BadLine, Envelope, FORMAT, MOST_BYTES};
use super::node::{Node, Own};
use super::{Fate, Package, Trace, highest, sql};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Actor, App, Cx, Stop, Via};
use crate::audit::{self, Entry};
use crate::refusal::{FieldIssue, Refused};
use crate::secrets::PublicKey;
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format::local;

/// How many traces of what nobody known had signed are kept.
const STRANGERS: i64 = 500;
/// How many refused packages of a node are kept in a day, of those that came over the network.
const MOST_REFUSED: i64 = 100;
/// The ground in the audit record: it is the signature that lets a package in, and no role.
const POLICY: &str = "package.signature";

/// A file as it came, read as far as can be without the store.
#[derive(Clone, Debug)]
pub struct Arrived {
    digest: Vec<u8>,
    too_large: bool,
    outside: Option<Outside>,
}

#[derive(Clone, Debug)]
struct Outside {
    from: PublicKey,
    to: PublicKey,
    /// Whether the sender has signed the first lines.
    signed: bool,
    rest: Rest,
}

/// What came after the first lines.
#[derive(Clone, Debug)]
enum Rest {
    /// Not all of it.
    Cut,
    /// Something that the sender has not signed.
    Other,
    /// What the sender has signed: what is in it, when the format is known, and what is wrong with it by itself.
    Whole(Option<Box<Result<Package, Vec<BadLine>>>>, Vec<Fault>),
}

impl Arrived {
    /// Reads a file.
    #[must_use]
    pub fn read(bytes: &[u8], library: &Library) -> Arrived {
        let envelope = Envelope::read(bytes);
        let too_large = bytes.len().max(envelope.as_ref().map_or(0, |envelope| envelope.length)) > MOST_BYTES;
        let outside = envelope.map(|envelope| {
            let rest = if too_large || envelope.cut() {
                Rest::Cut
            } else if !envelope.holds() {
                Rest::Other
            } else {
                // What is inside is not looked at before the signature has been.
                let inside = (envelope.format == FORMAT).then(|| Box::new(envelope.package()));
                let faults = match inside.as_deref() {
                    Some(Ok(package)) => check::by_itself(package, library),
                    _ => Vec::new(),
                };
                Rest::Whole(inside, faults)
            };
            Outside { from: envelope.from, to: envelope.to, signed: envelope.signed(), rest }
        });
        Arrived { digest: format::digest(bytes), too_large, outside }
    }

    /// What is in it, when all of it is signed and can be read.
    fn package(&self) -> Option<&Package> {
        match &self.outside.as_ref()?.rest {
            Rest::Whole(Some(read), _) => read.as_ref().as_ref().ok(),
            _ => None,
        }
    }

    /// The month and the number, by which several files are put in order.
    #[must_use]
    pub fn place(&self) -> Option<(String, i64)> {
        self.package().map(|package| (package.month(), package.seq))
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
/// Beside own counts it is taken only when whoever keeps this node says so: the cases that were counted here in the package's
/// municipalities are then others than those it counts, and both are counted.
///
/// # Errors
/// [`Refused::Package`] with all that is wrong.
pub fn take(tx: &mut dyn Sql, cx: &mut Cx, arrived: &Arrived, beside_own: bool) -> Result<Taken, Stop> {
    let Some(own) = sql::own(tx)? else { return Err(told(cx, &[Fault::NoNode])) };
    let Some(outside) = &arrived.outside else {
        let fault = if arrived.too_large { Fault::TooLarge } else { Fault::NotOne };
        return refuse(tx, cx, &own, None, arrived, &[fault]);
    };
    // Asked in the transaction that takes it: who is trusted no longer by now is refused, whatever was known when it began to come.
    let sender = sql::trusted(tx, &outside.from)?;
    let (inside, by_itself) = match envelope(&own, sender.is_some(), arrived.too_large, outside) {
        Ok(inside) => inside,
        Err(faults) => {
            // A name that anybody can write in a file is not the sender's doing.
            let signed = matches!(outside.rest, Rest::Whole(..));
            return refuse(tx, cx, &own, sender.filter(|_| signed).as_ref(), arrived, &faults);
        }
    };
    let Some(sender) = sender else { return refuse(tx, cx, &own, None, arrived, &[Fault::Sender]) };
    if let Some(trace) = sql::taken_with(tx, &arrived.digest)? {
        if trace.fate == Fate::SetAside {
            return refuse(tx, cx, &own, Some(&sender), arrived, &[Fault::SetAside]);
        }
        return Ok(Taken { node: sender.name, trace, again: true });
    }
    let package = match inside {
        None => return refuse(tx, cx, &own, Some(&sender), arrived, &[Fault::Format]),
        Some(Err(lines)) => {
            let faults: Vec<Fault> = lines.iter().map(|line| Fault::Line(*line)).collect();
            return refuse(tx, cx, &own, Some(&sender), arrived, &faults);
        }
        Some(Ok(package)) => package,
    };
    let faults = against_store(tx, cx, &own, &sender, package, beside_own)?;
    let faults: Vec<Fault> = faults.into_iter().chain(by_itself.iter().cloned()).collect();
    if !faults.is_empty() {
        return refuse(tx, cx, &own, Some(&sender), arrived, &faults);
    }
    let trace = put(tx, cx, &sender, package, &arrived.digest)?;
    let detail = format!(
        "{} counts, sum {}, difference {}, municipalities {}, replaces {}{}{}, sha256 {}",
        trace.row_count,
        trace.total,
        trace.difference,
        trace.municipalities,
        trace.replaces.map_or_else(|| "nothing".to_owned(), |seq| seq.to_string()),
        if trace.late { ", late" } else { "" },
        if beside_own { ", beside own counts" } else { "" },
        hex(&trace.digest)
    );
    let object = format!("package {} {} of {}", trace.period, trace.seq, sender.name);
    record(tx, cx, &own, Some(&sender), &object, true, &detail)?;
    Ok(Taken { node: sender.name, trace, again: false })
}

/// What is inside a package and what is wrong with it by itself; or all that is wrong with its outside.
type Inside<'a> = (Option<&'a Result<Package, Vec<BadLine>>>, &'a [Fault]);

fn envelope<'a>(own: &Own, known: bool, too_large: bool, outside: &'a Outside) -> Result<Inside<'a>, Vec<Fault>> {
    let wrong = [
        (!known, Fault::Sender),
        (outside.to != own.node.key, Fault::Audience),
        (!outside.signed || matches!(outside.rest, Rest::Other), Fault::Signature),
        (too_large, Fault::TooLarge),
    ];
    let faults: Vec<Fault> = wrong.into_iter().filter(|(wrong, _)| *wrong).map(|(_, fault)| fault).collect();
    match &outside.rest {
        _ if !faults.is_empty() => Err(faults),
        Rest::Whole(inside, by_itself) => Ok((inside.as_deref(), by_itself)),
        Rest::Cut | Rest::Other => Err(vec![Fault::NotOne]),
    }
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

/// Sets a node's package of a month aside: its counts are taken away and its municipalities are free for another node, its trace
/// stays, and the same file is not taken again. The way out when a municipality is held by a node that should not report it, or
/// does not send any longer.
///
/// # Errors
/// When there is no such node, or nothing of it for the month.
pub fn set_aside(tx: &mut dyn Sql, cx: &mut Cx, name: &str, period: Date) -> Result<Granted<Trace>, Stop> {
    let name = name.to_owned();
    access::list(tx, cx, Action::ManageDirectory, move |tx, cx| {
        let wrong = |field: &str, detail| Refused::Fields(vec![FieldIssue { pointer: format!("/{field}"), detail }]);
        let Some(node) = sql::by_name(tx, &name)? else {
            return Err(wrong("node", t!(cx.lang, "node-unknown")).into());
        };
        let month = format::month(period);
        let Some(mut trace) = sql::stands(tx, node.id, &month)? else {
            return Err(wrong("period", t!(cx.lang, "package-none-stands")).into());
        };
        sql::clear(tx, node.id, &month, Fate::SetAside)?;
        trace.fate = Fate::SetAside;
        let object = format!("package {month} {} of {} set aside, sum {}", trace.seq, node.name, trace.total);
        Ok(Seen { value: trace, object, people: Vec::new() })
    })
}

/// What must hold of a package beside what the store knows.
fn against_store(
    tx: &mut dyn Sql,
    cx: &Cx,
    own: &Own,
    sender: &Node,
    package: &Package,
    beside_own: bool,
) -> Result<Vec<Fault>, StoreError> {
    let month = package.month();
    let mut faults = Vec::new();
    let highest = highest(cx.now);
    if package.seq > highest {
        faults.push(Fault::Ahead);
    } else if let Some(latest) = sql::latest(tx, sender.id, &month, false, highest)?
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
    let mine: BTreeSet<&str> = own.node.places.municipalities().map(|one| one.code).collect();
    let (own_reports, rest): (Vec<String>, Vec<String>) =
        package.reports.iter().cloned().partition(|code| mine.contains(code.as_str()));
    if !own_reports.is_empty() {
        faults.push(Fault::OwnReports(own_reports));
    }
    let too = if beside_own { Vec::new() } else { own_too(tx, cx, &month, rest)? };
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

/// Those of some municipalities that this installation has counts of in the month.
fn own_too(tx: &mut dyn Sql, cx: &Cx, month: &str, reports: Vec<String>) -> Result<Vec<String>, StoreError> {
    let methods: BTreeSet<&str> = cx.app.library.methods().map(|method| method.id.as_str()).collect();
    // A package counts a municipality under its own county and no other.
    let counties: BTreeSet<&str> = reports.iter().filter_map(|code| code.get(..2)).collect();
    let mut mine: BTreeSet<String> = BTreeSet::new();
    for county in counties {
        for method in &methods {
            mine.extend(sql::own_municipalities(tx, county, method, month)?);
        }
    }
    Ok(reports.into_iter().filter(|code| mine.contains(code)).collect())
}

/// Puts the whole of a package in the place of the sender's earlier one.
fn put(tx: &mut dyn Sql, cx: &mut Cx, sender: &Node, package: &Package, digest: &[u8]) -> Result<Trace, StoreError> {
    let month = package.month();
    let before = sql::total_of(tx, sender.id, &month)?;
    let earlier = sql::stands(tx, sender.id, &month)?;
    sql::clear(tx, sender.id, &month, Fate::Replaced)?;
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
    let (period, seq) = match (sender, arrived.package()) {
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
    // What is sent again and again is told again and again, and kept once. Neither may a node make the log grow without end; what
    // the console was given is somebody's act.
    let console = cx.actor.via == Via::Console;
    let again = sql::refused_before(tx, &arrived.digest, &why)?;
    let day_ago = cx.now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let too_many = match sender {
        Some(node) if !console => sql::refused_since(tx, node.id, day_ago)? >= MOST_REFUSED,
        _ => false,
    };
    let kept = !again && !too_many;
    if kept {
        sql::insert_trace(tx, &trace)?;
    }
    if kept && sender.is_none() {
        sql::prune_strangers(tx, STRANGERS)?;
    }
    if console || (kept && sender.is_some()) {
        let whose = sender.map_or("nobody known", |node| node.name.as_str());
        let detail = format!("{why}, sha256 {}", hex(&trace.digest));
        record(tx, cx, own, sender, &format!("package of {whose}"), false, &detail)?;
    } else {
        tracing::warn!(why, sha256 = %hex(&trace.digest), "a package was refused, and no record kept of it");
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
