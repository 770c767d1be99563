//! What draws a look out of the log besides chance.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

use crate::limits::PEOPLE_POLICY;
use crate::web::format;

/// Why a look was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// A glass was broken: always drawn.
    Glass,
    /// The person bears the surname of the one who looked.
    OwnName,
    /// The one who looked has looked at several people who live on the same street.
    Neighbours,
    /// Many cases opened in a day, and no step taken in any of them.
    NothingDone,
    /// In the night, by somebody whose work is in the day.
    Night,
    /// Opened more different people than the budget for an hour or a day has.
    People,
    /// Tried again and again to open what is not theirs.
    Denied,
    /// Drawn by chance.
    Chance,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Signal; 8] = [
        Signal::Glass,
        Signal::OwnName,
        Signal::Neighbours,
        Signal::NothingDone,
        Signal::Night,
        Signal::People,
        Signal::Denied,
        Signal::Chance,
    ];

    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Signal::Glass => "glass",
            Signal::OwnName => "own_name",
            Signal::Neighbours => "neighbours",
            Signal::NothingDone => "nothing_done",
            Signal::Night => "night",
            Signal::People => "people",
            Signal::Denied => "denied",
            Signal::Chance => "chance",
        }
    }
}

/// How many cases somebody opens in a day without doing anything in them before it is a signal.
const MANY_OPENED: usize = 12;
/// How many people of the same street before it is a signal.
const MANY_NEIGHBOURS: usize = 3;
/// How many refused attempts in a day before it is a signal.
const MANY_DENIED: usize = 5;
/// The hours of the night, in local time: from the first, before the second.
const NIGHT: (i8, i8) = (22, 6);

/// A look, as the signals see it.
#[derive(Clone, Debug)]
pub struct Look {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The account.
    pub actor: Uuid,
    /// The unit it acted for.
    pub unit: Uuid,
    /// In which role.
    pub role: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// Whether it was allowed.
    pub allowed: bool,
    /// The ground of the decision.
    pub policy: String,
    /// The person it was about; nobody when it was refused, and the first of several.
    pub person: Option<Uuid>,
}

/// What is known of a person for the signals: folded, so that spelling does not hide what is equal.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The last part of the name.
    pub surname: Option<String>,
    /// The street without its number, with the place.
    pub street: Option<String>,
}

/// The looks that signals draw, each with its signal. `surnames` has the last part of each account's name, folded.
pub fn drawn(looks: &[Look], surnames: &BTreeMap<Uuid, String>, facts: &BTreeMap<Uuid, Facts>) -> Vec<(i64, Signal)> {
    let opens = |look: &&Look| look.allowed && look.action == "see_case";
    let mut all = BTreeSet::new();
    for look in looks.iter().filter(opens) {
        let about = look.person.and_then(|person| facts.get(&person));
        let same = surnames.get(&look.actor).zip(about.and_then(|f| f.surname.as_ref()));
        if same.is_some_and(|(own, other)| own == other) {
            all.insert((look.seq, Signal::OwnName));
        }
        if look.role != "officer" && is_night(look.at) {
            all.insert((look.seq, Signal::Night));
        }
    }
    all.extend(nothing_done(looks));
    all.extend(neighbours(looks, facts));
    all.extend(budget(looks));
    all.extend(denied(looks));
    all.into_iter().collect()
}

fn is_night(at: Timestamp) -> bool {
    let hour = format::local(at).hour();
    hour >= NIGHT.0 || hour < NIGHT.1
}

fn day(at: Timestamp) -> jiff::civil::Date {
    format::local(at).date()
}

/// The last look of each account's day on which it opened many cases and did nothing in any.
fn nothing_done(looks: &[Look]) -> Vec<(i64, Signal)> {
    let mut days: BTreeMap<_, (BTreeSet<&str>, bool, i64)> = BTreeMap::new();
    for look in looks.iter().filter(|look| look.allowed) {
        let (opened, did, last) = days.entry((look.actor, day(look.at))).or_default();
        match look.action.as_str() {
            "see_case" => {
                opened.insert(&look.object);
                *last = look.seq;
            }
            "record_step" | "begin_case" | "take_consent" | "withdraw_consent" | "disclose" => *did = true,
            _ => {}
        }
    }
    let many = days.into_values().filter(|(opened, did, _)| opened.len() >= MANY_OPENED && !did);
    many.map(|(_, _, last)| (last, Signal::NothingDone)).collect()
}

/// Each account's last look at somebody of a street where it has looked at several.
fn neighbours(looks: &[Look], facts: &BTreeMap<Uuid, Facts>) -> Vec<(i64, Signal)> {
    let mut streets: BTreeMap<_, (BTreeSet<Uuid>, i64)> = BTreeMap::new();
    for look in looks.iter().filter(|look| look.allowed && look.action == "see_case") {
        let Some(person) = look.person else { continue };
        let Some(street) = facts.get(&person).and_then(|f| f.street.as_ref()) else { continue };
        let (people, last) = streets.entry((look.actor, street)).or_default();
        people.insert(person);
        *last = look.seq;
    }
    let many = streets.into_values().filter(|(people, _)| people.len() >= MANY_NEIGHBOURS);
    many.map(|(_, last)| (last, Signal::Neighbours)).collect()
}

/// The first of each account's day at which the budget was met.
fn budget(looks: &[Look]) -> Vec<(i64, Signal)> {
    let mut days = BTreeMap::new();
    for look in looks.iter().filter(|look| is_budget(look)) {
        days.entry((look.actor, day(look.at))).or_insert(look.seq);
    }
    days.into_values().map(|first| (first, Signal::People)).collect()
}

fn is_budget(look: &Look) -> bool {
    !look.allowed && look.policy == PEOPLE_POLICY
}

/// The last refused attempt of each account's day that had many.
fn denied(looks: &[Look]) -> Vec<(i64, Signal)> {
    let mut days: BTreeMap<_, (usize, i64)> = BTreeMap::new();
    for look in looks.iter().filter(|look| !look.allowed && !is_budget(look)) {
        let (count, last) = days.entry((look.actor, day(look.at))).or_default();
        *count += 1;
        *last = look.seq;
    }
    days.into_values().filter(|(count, _)| *count >= MANY_DENIED).map(|(_, last)| (last, Signal::Denied)).collect()
}
