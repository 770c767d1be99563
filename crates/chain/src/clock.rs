//! Limits in time: how long something may take, and when it is due.

use jiff::Timestamp;
use serde::Serialize;

/// How long a thing may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Limit {
    /// Elapsed hours, whatever the wall clock does in between.
    Hours(u32),
    /// Calendar days in Sweden after the day of the start; the last day counts to its end.
    Days(u32),
    /// Calendar months in Sweden; ends with the last day.
    Months(u32),
    /// Without delay: open at once, and shown as late after some hours.
    AtOnce {
        /// Elapsed hours after which it is shown as late.
        late_after_hours: u32,
    },
}

/// How a running clock stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// There is time.
    Calm,
    /// The time for a warning has come.
    Soon,
    /// The limit has passed.
    Late,
}

impl Limit {
    /// The moment by which the thing must be done when it began at `start`.
    #[must_use]
    pub fn due(self, start: Timestamp) -> Timestamp {
        let _ = start;
        unimplemented!()
    }
}
