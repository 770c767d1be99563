//! One run: finds what is past its time, erases what nothing keeps, and leaves a receipt.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chain::retention::{Facts, class, due};
use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::sql::{self, Candidate};
use super::{DueCase, Receipt, RetentionError, Standing, note};
use crate::access::Role;
use crate::app::{self, Actor, App, Chance, Cx, Via};
use crate::backup;
use crate::directory::{self, Authority};
use crate::people::{self, Erased};
use crate::store::{Sql, StoreError};

/// How far ahead of the time that was last seen the clock may be.
const LEAP: SignedDuration = SignedDuration::from_hours(24);
/// How long digests of repeated requests are kept: as long as the shortest class.
const REQUESTS: SignedDuration = SignedDuration::from_hours(5 * 366 * 24);
/// How many people are looked at in one snapshot.
const LOOK: i64 = 200;
/// How many lines of the list are written in one unit of work.
const LISTED: usize = 200;
/// How many people are forgotten in one unit of work.
const BATCH: usize = 25;
/// Under which name the time of the latest run stands.
const MARK: &str = "retention_seen";
/// How often the log is tried to be emptied, a second apart.
const TRIES: u32 = 10;

/// How a run is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only find and list; erase nothing.
    pub dry_run: bool,
    /// The clock has been looked at and is right.
    pub clock_is_right: bool,
    /// Who runs it, for the receipt.
    pub by: String,
}

/// What a run found and did at one authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityRun {
    /// The authority.
    pub org: Uuid,
    /// What it is called.
    pub name: String,
    /// Of the cases that go: how many by which class.
    pub classes: BTreeMap<String, i64>,
    /// How many people go.
    pub people: i64,
    /// Of the cases past their time: how many are held.
    pub held: i64,
    /// How many are still open.
    pub open: i64,
    /// How many belong to people who have another case that is kept.
    pub other: i64,
    /// What was erased; none in a dry run, and none when nothing was.
    pub receipt: Option<Receipt>,
}

/// A person as retention sees them.
struct Assessed {
    person: Uuid,
    /// The cases past their time.
    past: Vec<DueCase>,
    /// Whether the person goes.
    goes: bool,
}

/// Makes a run over every authority.
///
/// # Errors
/// See [`RetentionError`]. What the receipts say is done also when a later part fails.
pub fn run(app: &Arc<App>, options: &Options) -> Result<Vec<AuthorityRun>, RetentionError> {
    let now = app.clock.now();
    let authorities = app.store.read_blocking(directory::sql::authorities)?;
    if !options.clock_is_right {
        let seen = app.store.read_blocking(|tx: &mut dyn Sql| last_seen(tx, &authorities))?;
        if let Some(seen) = seen.filter(|seen| now.duration_since(*seen) > LEAP) {
            return Err(RetentionError::Clock { now, seen });
        }
    }
    let mut done = Vec::new();
    for authority in &authorities {
        done.push(at_authority(app, authority, now, options)?);
    }
    if !options.dry_run {
        finish(app, &authorities, now)?;
    }
    Ok(done)
}

/// The time of the latest run; before the first one, of the latest audit record.
fn last_seen(tx: &mut dyn Sql, authorities: &[Authority]) -> Result<Option<Timestamp>, StoreError> {
    let kept = backup::sql::node(tx, MARK)?.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes);
    if let Some(at) = kept.and_then(|micros| Timestamp::from_microsecond(micros).ok()) {
        return Ok(Some(at));
    }
    let mut latest = None;
    for authority in authorities {
        latest = latest.max(sql::latest_record(tx, authority.id)?);
    }
    Ok(latest)
}

fn at_authority(
    app: &Arc<App>,
    authority: &Authority,
    now: Timestamp,
    options: &Options,
) -> Result<AuthorityRun, RetentionError> {
    let mut run = AuthorityRun { org: authority.id, name: authority.name.clone(), ..AuthorityRun::default() };
    let mut list = Vec::new();
    let mut going = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let page = app.store.read_blocking(|tx: &mut dyn Sql| {
            let people = sql::people_after(tx, authority.id, after, LOOK)?;
            people.iter().map(|person| assess(tx, app, authority, person, now)).collect::<Result<Vec<_>, _>>()
        })?;
        let Some(last) = page.last() else { break };
        after = last.person;
        for assessed in page {
            if assessed.goes {
                going.push(assessed.person);
            }
            if options.dry_run || !assessed.goes {
                list.extend(assessed.past.iter().cloned());
            }
            if options.dry_run && assessed.goes {
                count(&mut run.classes, &assessed.past);
            }
            for case in &assessed.past {
                match case.standing {
                    Standing::Due => {}
                    Standing::Held => run.held += 1,
                    Standing::Open => run.open += 1,
                    Standing::Other => run.other += 1,
                }
            }
        }
    }
    run.people = i64::try_from(going.len()).unwrap_or(i64::MAX);
    if !options.dry_run && !going.is_empty() {
        let receipt = erase(app, authority, &going, now, &options.by)?;
        run.classes.clone_from(&receipt.classes);
        run.people = receipt.people;
        run.receipt = Some(receipt).filter(|receipt| receipt.people > 0);
    }
    keep_list(app, authority.id, list, now)?;
    Ok(run)
}

fn count(classes: &mut BTreeMap<String, i64>, cases: &[DueCase]) {
    for case in cases {
        *classes.entry(case.class.code()).or_default() += 1;
    }
}

/// What of a person is past its time at an authority, and whether nothing keeps the rest.
fn assess(
    tx: &mut dyn Sql,
    app: &App,
    authority: &Authority,
    person: &Candidate,
    now: Timestamp,
) -> Result<Assessed, StoreError> {
    let mut past = Vec::new();
    let cases = sql::cases_of(tx, authority.id, person.id)?;
    for case in &cases {
        let history = sql::steps(tx, case.org, case.id)?;
        let Some(method) = app.library.get(&case.method, case.method_version) else { continue };
        let class = class(method, Facts { history: &history, health_care: authority.kind == "region" });
        let last_note = history.iter().map(|step| step.recorded_at).max().unwrap_or(case.began_at);
        // A case that another opened is about the person of that one, whose year of birth is not the child's.
        let birth_year = person.birth_year.filter(|_| method.is_about_child() && !case.opened);
        let Some(due_at) = due(class, case.began_at, last_note, birth_year).filter(|at| *at <= now) else { continue };
        let standing = if sql::is_held(tx, authority.id, case.id, now)? {
            Standing::Held
        } else if case.open {
            Standing::Open
        } else {
            Standing::Due
        };
        let (code, method) = (case.code.clone(), case.method.clone());
        past.push(DueCase { case: case.id, code, method, class, last_note, due_at, standing });
    }
    // Somebody without any case is not known to be past anything.
    let goes = !cases.is_empty() && past.len() == cases.len() && past.iter().all(|c| c.standing == Standing::Due);
    if !goes {
        for case in past.iter_mut().filter(|case| case.standing == Standing::Due) {
            case.standing = Standing::Other;
        }
    }
    Ok(Assessed { person: person.id, past, goes })
}

fn console(org: Uuid) -> Actor {
    Actor { org, unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Console }
}

/// Forgets people in portions, each in one unit of work with its audit record and the receipt as it then stands. Each person
/// is looked at once more in that unit: what has come since the list was made keeps them.
fn erase(
    app: &Arc<App>,
    authority: &Authority,
    going: &[Uuid],
    now: Timestamp,
    by: &str,
) -> Result<Receipt, RetentionError> {
    let mut receipt = Receipt {
        id: Chance::system()?.id(now),
        at: now,
        by: by.to_owned(),
        classes: BTreeMap::new(),
        people: 0,
        cases: 0,
        texts: 0,
        consents: 0,
        lookups: 0,
        digest: Vec::new(),
    };
    for batch in going.chunks(BATCH) {
        let (before, batch, authority) = (receipt.clone(), batch.to_vec(), authority.clone());
        let mut cx = Cx::new(app, console(authority.id), Lang::En)?;
        // One run is of one moment, however long it takes.
        cx.now = now;
        receipt = app::unit_blocking(cx, move |tx, cx| {
            let mut receipt = before.clone();
            let mut erased = Erased::after(&receipt.digest);
            let mut gone = Vec::new();
            for person in &batch {
                let Some(person) = sql::candidate(tx, authority.id, *person)? else { continue };
                let assessed = assess(tx, &cx.app, &authority, &person, now)?;
                if assessed.goes {
                    people::forget(tx, authority.id, person.id, &mut erased)?;
                    count(&mut receipt.classes, &assessed.past);
                    receipt.cases += i64::try_from(assessed.past.len()).unwrap_or(0);
                    gone.push(person.id);
                }
            }
            if gone.is_empty() {
                return Ok(receipt);
            }
            receipt.people += erased.people;
            receipt.texts += erased.texts;
            receipt.consents += erased.consents;
            receipt.lookups += erased.lookups;
            receipt.digest = erased.digest();
            sql::put_receipt(tx, authority.id, &receipt)?;
            note(tx, cx, "retention", &receipt.id.to_string(), &gone, &format!("forgotten {}", gone.len()))?;
            Ok(receipt)
        })?;
    }
    Ok(receipt)
}

/// Keeps what is past its time and stays, for the page, in portions.
fn keep_list(app: &App, org: Uuid, list: Vec<DueCase>, now: Timestamp) -> Result<(), StoreError> {
    app.store.write_blocking(move |tx: &mut dyn Sql| sql::clear_due(tx, org, now))?;
    for portion in list.chunks(LISTED) {
        let portion = portion.to_vec();
        app.store.write_blocking(move |tx: &mut dyn Sql| {
            portion.iter().try_for_each(|case| sql::insert_due(tx, org, case))
        })?;
    }
    Ok(())
}

/// What comes after erasing: the copy of the people's keys without those that are gone, and nothing left in file or log.
fn finish(app: &Arc<App>, authorities: &[Authority], now: Timestamp) -> Result<(), RetentionError> {
    let orgs: Vec<Uuid> = authorities.iter().map(|authority| authority.id).collect();
    let before = now.saturating_sub(REQUESTS).unwrap_or(Timestamp::MIN);
    app.store.write_blocking(move |tx: &mut dyn Sql| {
        for org in &orgs {
            sql::delete_requests(tx, *org, before)?;
        }
        backup::sql::put_node(tx, MARK, &now.as_microsecond().to_be_bytes())
    })?;
    backup::hold(app)?.renew(app)?;
    for _ in 0..TRIES {
        match app.store.settle_erasure() {
            Err(StoreError::Busy) => std::thread::sleep(Duration::from_secs(1)),
            settled => return Ok(settled?),
        }
    }
    Err(RetentionError::Unsettled)
}
