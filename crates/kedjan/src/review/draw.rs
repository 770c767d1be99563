//! Drawing from the log: what signals point at, and some by chance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use uuid::Uuid;

use super::signals::{Facts, Look, Signal, drawn};
use super::sql;
use crate::access::{self, Action, Granted, Role, Seen};
use crate::app::{self, Actor, App, Cx, Stop, Via};
use crate::people;
use crate::reference::fold;
use crate::store::{Sql, StoreError};

/// How often the log of an authority is drawn from at least.
const EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How often the house looks whether it is time.
const LOOKS: Duration = Duration::from_secs(3600);
/// How many records are read at most in one unit of work.
const MOST: i64 = 5_000;
/// Of how many opened cases one is drawn by chance.
const ONE_OF: u64 = 50;
/// How many are drawn by chance at least, where there are so many.
const AT_LEAST: usize = 3;

/// Whether it is time to draw again.
fn due(tx: &mut dyn Sql, org: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    Ok(sql::mark(tx, org)?.is_none_or(|(_, at)| now.duration_since(at) >= EVERY))
}

/// What a draw did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// How many records were read.
    pub read: i64,
    /// How many were put up for review.
    pub drawn: i64,
    /// Whether there is more to read.
    pub more: bool,
}

/// Draws from the log of every authority whose time has come, once an hour, until `stop` is done: control is systematic and
/// recurring, and does not wait for somebody to remember it.
pub async fn run(app: Arc<App>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let own = app.clone();
        match tokio::task::spawn_blocking(move || round(&own)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(drawn)) => tracing::info!(drawn, "log review"),
            Ok(Err(stopped)) => tracing::error!(cause = ?stopped, "the logs could not be drawn from"),
            Err(_) => tracing::error!("the round of the log review panicked"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOKS) => {}
            () = &mut stop => return,
        }
    }
}

/// One round over all authorities; gives how many looks were put up for review.
///
/// # Errors
/// The store's.
pub fn round(app: &Arc<App>) -> Result<i64, Stop> {
    let now = app.clock.now();
    let due: Vec<Uuid> = app.store.read_blocking(|tx| {
        let mut all = Vec::new();
        for org in sql::authorities(tx)? {
            if due(tx, org, now)? {
                all.push(org);
            }
        }
        Ok::<_, StoreError>(all)
    })?;
    let mut drawn = 0;
    for org in due {
        // The house itself, as the log says: no account, in the role whose work this is.
        let house = Actor { org, unit: Uuid::nil(), id: Uuid::nil(), role: Role::Controller, via: Via::Console };
        loop {
            let cx = Cx::new(app, house.clone(), Lang::Sv)?;
            let done = app::unit_blocking(cx, |tx, cx| Ok(draw(tx, cx)?.into_inner()))?;
            drawn += done.drawn;
            if !done.more {
                break;
            }
        }
    }
    Ok(drawn)
}

/// Reads what has come to the actor's authority's log since the last draw and puts up for review what signals point at and
/// what chance picks. A long log is drawn from in several units of work.
pub fn draw(tx: &mut dyn Sql, cx: &mut Cx) -> Result<Granted<Drawn>, Stop> {
    access::list(tx, cx, Action::ReviewLog, |tx, cx| {
        let org = cx.actor.org;
        let from = sql::mark(tx, org)?.map_or(1, |(seq, _)| seq + 1);
        let looks = sql::looks(tx, org, from, MOST)?;
        let last = looks.last().map_or(from - 1, |look| look.seq);
        let read = last - from + 1;
        let chosen = chosen(tx, cx, &looks)?;
        let mut count = 0;
        for (seq, signal) in chosen {
            let Some(look) = looks.iter().find(|look| look.seq == seq) else { continue };
            // A refused attempt shows nobody; it is drawn with the person of the latest look of the same account.
            let before = || looks.iter().rfind(|l| l.actor == look.actor && l.person.is_some()).and_then(|l| l.person);
            let Some(person) = look.person.or_else(before) else { continue };
            let drawn = sql::Drawn {
                id: cx.id(),
                seq,
                at: look.at,
                actor: look.actor,
                unit: look.unit,
                signal: signal.name(),
                person,
                glass: None,
                reviewer: sql::least_busy(tx, org)?,
            };
            sql::insert(tx, org, &drawn, cx.now)?;
            count += 1;
        }
        sql::set_mark(tx, org, last, cx.now)?;
        let value = Drawn { read, drawn: count, more: read == MOST };
        Ok(Seen { value, object: "review".into(), people: Vec::new() })
    })
}

/// The records to draw: by signals, and by chance among opened cases.
fn chosen(tx: &mut dyn Sql, cx: &mut Cx, looks: &[Look]) -> Result<Vec<(i64, Signal)>, Stop> {
    let accounts: BTreeSet<Uuid> = looks.iter().map(|look| look.actor).collect();
    let mut surnames = BTreeMap::new();
    for account in accounts {
        if let Some(name) = sql::account_name(tx, cx.actor.org, account)? {
            surnames.extend(last_part(&name).map(|surname| (account, surname)));
        }
    }
    let opened = || looks.iter().filter(|look| look.allowed && look.action == "see_case");
    let mut facts = BTreeMap::new();
    for person in opened().filter_map(|look| look.person).collect::<BTreeSet<_>>() {
        facts.insert(person, facts_of(tx, cx, person)?);
    }
    let mut all: BTreeSet<(i64, Signal)> = drawn(looks, &surnames, &facts).into_iter().collect();
    let mut left: Vec<i64> = opened().map(|look| look.seq).collect();
    let wanted = (left.len() / usize::try_from(ONE_OF).unwrap_or(1)).max(AT_LEAST).min(left.len());
    for _ in 0..wanted {
        let place = usize::try_from(cx.chance.rng().next_u64()).unwrap_or(0) % left.len().max(1);
        all.insert((left.swap_remove(place), Signal::Chance));
    }
    Ok(all.into_iter().collect())
}

/// A person who has been forgotten has no facts any more.
fn facts_of(tx: &mut dyn Sql, cx: &Cx, person: Uuid) -> Result<Facts, Stop> {
    match people::load(tx, &cx.app.keyring, cx.actor.org, person) {
        Ok(person) => Ok(Facts {
            surname: person.name.as_deref().and_then(last_part),
            street: person.contact.address.as_deref().map(street),
        }),
        Err(people::PeopleError::Store(fault)) => Err(fault.into()),
        Err(_) => Ok(Facts::default()),
    }
}

/// The last part of a name, folded.
fn last_part(name: &str) -> Option<String> {
    fold(name).split(' ').rfind(|part| !part.is_empty()).map(str::to_owned)
}

/// An address without its numbers: neighbours have the same.
fn street(address: &str) -> String {
    fold(address).split(' ').filter(|part| part.chars().all(char::is_alphabetic)).collect::<Vec<_>>().join(" ")
}
