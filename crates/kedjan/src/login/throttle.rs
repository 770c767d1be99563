//! Slows down guessing: few wrong passwords for each log-in name, and few in all, in the memory of this process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::secrets;

/// For how long wrong passwords are remembered.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// How many wrong passwords a log-in name may have in that time.
const MOST_OF_ONE: u32 = 10;
/// How many there may be in all: what guessing over many names runs into.
const MOST_OF_ALL: u32 = 1000;
/// How many log-in names are remembered, so that made-up names cannot fill the memory.
const MOST_NAMES: usize = 10_000;

/// Wrong passwords of the last minutes.
#[derive(Default)]
pub(super) struct Throttle {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    // By digest: a log-in name may be a person's name.
    by_login: HashMap<[u8; 32], Window>,
    all: Window,
}

#[derive(Clone, Copy, Default)]
struct Window {
    since: Timestamp,
    wrong: u32,
}

impl Window {
    fn is_over(self, now: Timestamp) -> bool {
        now < self.since || now.duration_since(self.since) >= WINDOW
    }

    fn count(self, now: Timestamp) -> u32 {
        if self.is_over(now) { 0 } else { self.wrong }
    }

    fn add(&mut self, now: Timestamp) {
        if self.is_over(now) {
            *self = Window { since: now, wrong: 0 };
        }
        self.wrong = self.wrong.saturating_add(1);
    }
}

impl Throttle {
    /// Whether a password may be tried for the log-in name now.
    pub(super) fn is_open(&self, login: &str, now: Timestamp) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let own = seen.by_login.get(&secrets::token_digest(login)).map_or(0, |window| window.count(now));
        own < MOST_OF_ONE && seen.all.count(now) < MOST_OF_ALL
    }

    /// A wrong password was tried.
    pub(super) fn wrong(&self, login: &str, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.all.add(now);
        if seen.by_login.len() >= MOST_NAMES {
            seen.by_login.retain(|_, window| !window.is_over(now));
        }
        let digest = secrets::token_digest(login);
        // With every place taken by fresh guesses, the limit for all of them together is near.
        if seen.by_login.len() < MOST_NAMES || seen.by_login.contains_key(&digest) {
            seen.by_login.entry(digest).or_default().add(now);
        }
    }

    /// The right password was given.
    pub(super) fn right(&self, login: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.by_login.remove(&secrets::token_digest(login));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_name_is_closed_after_ten_wrong_and_opens_again() {
        let throttle = Throttle::default();
        let now = testkit::clock();
        for _ in 0..MOST_OF_ONE {
            assert!(throttle.is_open("a", now));
            throttle.wrong("a", now);
        }
        assert!(!throttle.is_open("a", now));
        assert!(throttle.is_open("b", now));
        assert!(!throttle.is_open("a", now + WINDOW - SignedDuration::from_secs(1)));
        assert!(throttle.is_open("a", now + WINDOW));
    }

    #[test]
    fn the_right_password_forgets_the_wrong_ones() {
        let throttle = Throttle::default();
        let now = testkit::clock();
        for _ in 0..MOST_OF_ONE {
            throttle.wrong("a", now);
        }
        throttle.right("a");
        assert!(throttle.is_open("a", now));
    }

    #[test]
    fn many_names_run_into_the_limit_for_all() {
        let throttle = Throttle::default();
        let now = testkit::clock();
        for nr in 0..MOST_OF_ALL {
            throttle.wrong(&nr.to_string(), now);
        }
        assert!(!throttle.is_open("another", now));
        assert!(throttle.is_open("another", now + WINDOW));
    }

    #[test]
    fn made_up_names_do_not_fill_the_memory() {
        let throttle = Throttle::default();
        let now = testkit::clock();
        for nr in 0..MOST_NAMES + 50 {
            throttle.wrong(&nr.to_string(), now);
        }
        assert!(throttle.seen.lock().unwrap().by_login.len() <= MOST_NAMES);
        throttle.wrong("late", now + WINDOW);
        assert_eq!(throttle.seen.lock().unwrap().by_login.len(), 1);
    }
}
