//! Slows down guessing: few wrong passwords or codes for each log-in name, and few in all, in the memory of this process.
//! Who goes on guessing waits longer each time. A name that is nobody's is closed just as one that is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::secrets;

/// For how long wrong ones are counted together, and for how long a name is closed the first time.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// How many wrong ones a log-in name may have in that time.
const MOST_OF_ONE: u32 = 10;
/// How many there may be in all: what guessing over many names runs into.
const MOST_OF_ALL: u32 = 1000;
/// How many log-in names are remembered, so that made-up names cannot fill the memory.
const MOST_NAMES: usize = 10_000;
/// How often the wait doubles: 5 minutes become 160. A code of six digits, of which three hold at a time, is then guessed
/// in a year of trying day and night with a chance of one in ten.
const MOST_DOUBLINGS: u32 = 5;
/// For how long it is remembered that a name was closed.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// Wrong ones of the last time.
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
    /// How often it was closed before.
    closed: u32,
}

impl Window {
    /// How long it lasts: longer the oftener it was full.
    fn length(self) -> SignedDuration {
        let full = self.wrong >= MOST_OF_ONE;
        let doublings = if full { self.closed.min(MOST_DOUBLINGS) } else { 0 };
        WINDOW.checked_mul(1_i32.checked_shl(doublings).unwrap_or(1)).unwrap_or(WINDOW)
    }

    fn is_over(self, now: Timestamp) -> bool {
        now < self.since || now.duration_since(self.since) >= self.length()
    }

    fn is_forgotten(self, now: Timestamp) -> bool {
        now < self.since || now.duration_since(self.since) >= MEMORY
    }

    fn count(self, now: Timestamp) -> u32 {
        if self.is_over(now) { 0 } else { self.wrong }
    }

    fn add(&mut self, now: Timestamp) {
        if self.is_forgotten(now) {
            *self = Window { since: now, ..Window::default() };
        } else if self.is_over(now) {
            let closed = self.closed.saturating_add(u32::from(self.wrong >= MOST_OF_ONE));
            *self = Window { since: now, wrong: 0, closed };
        }
        self.wrong = self.wrong.saturating_add(1);
    }

    /// How long it still lasts, in minutes, begun ones too.
    fn minutes_left(self, now: Timestamp) -> i64 {
        let left = self.length().saturating_sub(now.duration_since(self.since)).as_secs();
        (left.saturating_add(59) / 60).max(1)
    }
}

impl Throttle {
    /// For how many minutes nothing may be tried for the log-in name; nothing when it may be tried now.
    pub(super) fn closed(&self, login: &str, now: Timestamp) -> Option<i64> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let own = seen.by_login.get(&secrets::token_digest(login)).copied().unwrap_or_default();
        if own.count(now) >= MOST_OF_ONE {
            return Some(own.minutes_left(now));
        }
        // Of all together only the first length is kept to: nobody is to shut out everybody for hours.
        let all = Window { closed: 0, ..seen.all };
        (all.count(now) >= MOST_OF_ALL).then(|| all.minutes_left(now))
    }

    /// A wrong one was tried.
    pub(super) fn wrong(&self, login: &str, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.all.closed = 0;
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

    /// The right one was given.
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
            assert_eq!(throttle.closed("a", now), None);
            throttle.wrong("a", now);
        }
        assert_eq!(throttle.closed("a", now), Some(5));
        assert_eq!(throttle.closed("b", now), None);
        assert_eq!(throttle.closed("a", now + WINDOW - SignedDuration::from_secs(1)), Some(1));
        assert_eq!(throttle.closed("a", now + WINDOW), None);
    }

    #[test]
    fn who_goes_on_guessing_waits_longer_each_time_and_is_let_in_by_the_right_one() {
        let throttle = Throttle::default();
        let mut now = testkit::clock();
        for wait in [5, 10, 20, 40, 80, 160, 160] {
            for _ in 0..MOST_OF_ONE {
                assert_eq!(throttle.closed("a", now), None, "{wait}");
                throttle.wrong("a", now);
            }
            assert_eq!(throttle.closed("a", now), Some(wait));
            now += SignedDuration::from_mins(wait);
        }
        assert_eq!(throttle.closed("a", now), None);
        throttle.right("a");
        for _ in 0..MOST_OF_ONE {
            throttle.wrong("a", now);
        }
        assert_eq!(throttle.closed("a", now), Some(5));
        // After a day it is forgotten.
        now += MEMORY;
        for _ in 0..MOST_OF_ONE {
            throttle.wrong("a", now);
        }
        assert_eq!(throttle.closed("a", now), Some(5));
    }

    #[test]
    fn the_right_password_forgets_the_wrong_ones() {
        let throttle = Throttle::default();
        let now = testkit::clock();
        for _ in 0..MOST_OF_ONE {
            throttle.wrong("a", now);
        }
        throttle.right("a");
        assert_eq!(throttle.closed("a", now), None);
    }

    #[test]
    fn many_names_run_into_the_limit_for_all() {
        let throttle = Throttle::default();
        let now = testkit::clock();
        for nr in 0..MOST_OF_ALL {
            throttle.wrong(&nr.to_string(), now);
        }
        assert!(throttle.closed("another", now).is_some());
        assert_eq!(throttle.closed("another", now + WINDOW), None);
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
