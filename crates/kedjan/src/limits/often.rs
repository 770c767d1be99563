//! How often: a bucket of requests for each asker, which fills again with time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// How many askers are remembered, so that made-up addresses cannot fill the memory: some hundred kilobytes.
pub(super) const MOST: usize = 20_000;
/// Where everybody is counted together for whom there is no place.
const TOGETHER: [u8; 16] = [0xff; 16];
const MICROS: i64 = 1_000_000;

/// How many requests at once, and how many a second come anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    pub at_once: i64,
    pub a_second: i64,
}

impl Allowance {
    /// How long a request takes to come anew, in microseconds.
    fn each(self) -> i64 {
        MICROS / self.a_second.max(1)
    }
}

/// What is used of an allowance, in microseconds until all of it has come anew.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    used: i64,
    at: i64,
}

impl Bucket {
    /// What is still used at a moment. A clock that has been moved back gives nothing and takes nothing.
    fn used_at(self, micros: i64) -> i64 {
        self.used.saturating_sub(micros.saturating_sub(self.at).max(0)).max(0)
    }
}

/// The buckets.
#[derive(Default)]
pub(super) struct Often(Mutex<HashMap<[u8; 16], Bucket>>);

impl Often {
    pub fn ask(&self, key: [u8; 16], allowance: Allowance, now: Timestamp) -> Option<i64> {
        let micros = now.as_microsecond();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&key) {
            all.retain(|_, bucket| bucket.used_at(micros) > 0);
        }
        let has_place = all.len() < MOST || all.contains_key(&key);
        let bucket = all.entry(if has_place { key } else { TOGETHER }).or_default();
        let (used, whole) = (bucket.used_at(micros), allowance.at_once.saturating_mul(allowance.each()));
        let after = used.saturating_add(allowance.each());
        bucket.at = micros;
        if after > whole {
            bucket.used = used;
            let wait = after.saturating_sub(whole);
            return Some(wait.saturating_add(MICROS - 1) / MICROS);
        }
        bucket.used = after;
        None
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
