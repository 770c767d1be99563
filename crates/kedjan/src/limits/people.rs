//! About how many different people: a budget for an hour and for a day.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How many accounts and tokens are remembered before those that are idle are forgotten.
const MOST: usize = 10_000;

/// How many different people within an hour and within a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub hour: usize,
    pub day: usize,
}

/// When each person was first looked at within the day, by who looked.
#[derive(Default)]
pub(super) struct Looks(Mutex<HashMap<Uuid, HashMap<Uuid, Timestamp>>>);

impl Looks {
    pub fn look(&self, who: Uuid, budget: Budget, person: Uuid, now: Timestamp) -> Option<i64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&who) {
            all.retain(|_, seen| seen.values().any(|at| is_within(*at, DAY, now)));
        }
        let seen = all.entry(who).or_default();
        // Most looks are at somebody at hand, and cost no walk through all the others.
        if seen.get(&person).is_some_and(|at| *at <= now && is_within(*at, DAY, now)) {
            return None;
        }
        // After a clock that was moved back, what seems to be of the future was just now.
        seen.values_mut().filter(|at| **at > now).for_each(|at| *at = now);
        seen.retain(|_, at| is_within(*at, DAY, now));
        if seen.contains_key(&person) {
            return None;
        }
        let wait = [(HOUR, budget.hour), (DAY, budget.day)]
            .into_iter()
            .filter_map(|(length, most)| wait(seen, length, most, now))
            .max();
        if wait.is_none() {
            seen.insert(person, now);
        }
        wait
    }
}

fn is_within(at: Timestamp, length: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(at) < length
}

/// Nothing when there is room; else how many seconds until the oldest of those that fill it no longer counts.
fn wait(seen: &HashMap<Uuid, Timestamp>, length: SignedDuration, most: usize, now: Timestamp) -> Option<i64> {
    let mut within: Vec<Timestamp> = seen.values().copied().filter(|at| is_within(*at, length, now)).collect();
    if within.len() < most {
        return None;
    }
    within.sort_unstable();
    let place = within.len().saturating_sub(most);
    let oldest = within.get(place).copied().unwrap_or(now);
    let left = length.saturating_sub(now.duration_since(oldest));
    Some(left.as_secs().saturating_add(i64::from(left.subsec_nanos() > 0)))
}
