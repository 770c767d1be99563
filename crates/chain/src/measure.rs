//! What a case adds to the figures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::State;
use crate::method::Method;

/// Something a case adds to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Contribution {
    /// The measure with this id.
    Measure(String),
    /// A clock that was met after so many hours.
    Hours {
        /// The clock id.
        clock: String,
        /// Whole elapsed hours, at most [`MOST_HOURS`].
        bucket: u16,
    },
}

/// The last bucket of hours; it holds all that took longer.
pub const MOST_HOURS: u16 = 240;

/// What a case adds to the figures as it stands.
#[must_use]
pub fn contributions(method: &Method, state: &State) -> BTreeMap<Contribution, i64> {
    let _ = (method, state);
    unimplemented!()
}

/// What changes between two states of a case; only what differs.
#[must_use]
pub fn change(
    before: &BTreeMap<Contribution, i64>,
    after: &BTreeMap<Contribution, i64>,
) -> BTreeMap<Contribution, i64> {
    let _ = (before, after);
    unimplemented!()
}
