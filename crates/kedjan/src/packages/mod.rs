//! From municipality to county to nation: installations of their own, each a node, send each other packages of tallies, and
//! nothing else. Why it is built so, and on which ground: `docs/adr/0015-packages-of-tallies.md`.

pub mod api;
mod check;
mod format;
pub mod http;
mod make;
mod node;
mod page;
mod reporting;
pub(crate) mod sql;
mod take;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

pub use check::Fault;
pub use format::{BadLine, Envelope, Expected, MOST_BYTES};
pub use make::{Made, make};
pub use node::{Node, NodeDraft, Nodes, distrust, nodes, set_own, trust};
pub use reporting::{Reporting, reporting};
pub use take::{Arrived, Taken, set_aside, take, verify};

use crate::reference;
use crate::secrets::PublicKey;

/// How far above the clock the number of a package may be, in seconds. Numbers go by the sender's clock; one that is far ahead
/// would stand in the way of all that come after it.
const AHEAD: i64 = 24 * 60 * 60;

/// The highest number that a package can have now.
fn highest(now: Timestamp) -> i64 {
    now.as_second().saturating_add(AHEAD)
}

/// Why a package takes the place of an earlier one of the same month. A list and not words of anybody's own, which could say
/// something of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The cases of the month have gone on since.
    Outcomes,
    /// More municipalities have reported, or fewer.
    Reports,
    /// What was sent was wrong.
    Correction,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 3] = [Reason::Outcomes, Reason::Reports, Reason::Correction];

    /// The name in the file, the store and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Reason::Outcomes => "outcomes",
            Reason::Reports => "reports",
            Reason::Correction => "correction",
        }
    }

    /// The reason of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// A method file that counts were made by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MethodLine {
    /// The method.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its texts, in hexadecimal.
    pub digest: String,
}

/// What a measure counts, by the digest of its meaning ([`chain::meanings`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeasureLine {
    /// The method.
    pub method: String,
    /// The measure, or `hours:` and a clock.
    pub id: String,
    /// The first half of the SHA-256 of its meaning, in hexadecimal.
    pub digest: String,
}

/// What a count is of. Nothing below the municipality.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The county, two digits.
    pub county: String,
    /// The method.
    pub method: String,
    /// The measure, or `hours:` and a clock.
    pub measure: String,
    /// Whole hours for the hours of a clock, else 0.
    pub bucket: i64,
    /// The municipality, four digits; empty for one that does not report here, or is not known.
    pub municipality: String,
    /// `woman`, `man` or `unknown`.
    pub sex: String,
    /// The band of ages.
    pub age_band: String,
}

/// A count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// What of.
    pub key: Key,
    /// How many cases.
    pub n: i64,
}

/// What a package says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Whose it is.
    pub from: PublicKey,
    /// For whom.
    pub to: PublicKey,
    /// Rises for each package of a month from one node to another.
    pub seq: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// The first day of the month that the cases began in.
    pub period: Date,
    /// The earlier package that it takes the place of, and why.
    pub replaces: Option<(i64, Reason)>,
    /// The method files of the sender, in order.
    pub methods: Vec<MethodLine>,
    /// What their measures count, in order.
    pub measures: Vec<MeasureLine>,
    /// The municipalities that report, in order.
    pub reports: Vec<String>,
    /// The counts, in order; none is nought.
    pub counts: Vec<Count>,
}

impl Package {
    /// The month as the tallies have it.
    #[must_use]
    pub fn month(&self) -> String {
        format::month(self.period)
    }

    /// The sum of all counts.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.counts.iter().map(|count| count.n).sum()
    }
}

/// The municipalities that a node reports for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The whole country.
    pub nation: bool,
    /// Counties (two digits) and municipalities (four).
    pub codes: BTreeSet<String>,
}

impl Places {
    /// Whether a municipality is among them.
    #[must_use]
    pub fn cover(&self, municipality: &str) -> bool {
        self.nation
            || self.codes.contains(municipality)
            || municipality.get(..2).is_some_and(|county| self.codes.contains(county))
    }

    /// Whether any municipality of a county is among them.
    #[must_use]
    pub fn touch(&self, county: &str) -> bool {
        self.nation || self.codes.iter().any(|code| code.get(..2) == Some(county))
    }

    /// The municipalities by code.
    pub fn municipalities(&self) -> impl Iterator<Item = &'static reference::Municipality> {
        reference::municipalities().iter().filter(|one| self.cover(one.code))
    }

    /// Whether some municipality is among both.
    #[must_use]
    pub fn meet(&self, other: &Places) -> bool {
        self.municipalities().any(|one| other.cover(one.code))
    }
}

/// What became of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was made here and is for another node.
    Sent,
    /// It was taken, and its counts are the node's of the month.
    Stands,
    /// It was taken, and a later one has taken its place.
    Replaced,
    /// It was taken, and somebody who keeps this node has set it aside: its counts are not here any longer.
    SetAside,
    /// Nothing of it was taken.
    Refused,
}

impl Fate {
    /// The name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Fate::Sent => "sent",
            Fate::Stands => "stands",
            Fate::Replaced => "replaced",
            Fate::SetAside => "set_aside",
            Fate::Refused => "refused",
        }
    }

    fn from_name(name: &str) -> Option<Fate> {
        [Fate::Sent, Fate::Stands, Fate::Replaced, Fate::SetAside, Fate::Refused]
            .into_iter()
            .find(|fate| fate.name() == name)
    }
}

/// The trace of a package: all that is kept of it beside its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its id here.
    pub id: Uuid,
    /// The node it came from or is for; none when nobody known has signed it.
    pub peer: Option<Uuid>,
    /// When it was made, taken or refused here.
    pub at: Timestamp,
    /// The month; empty when it could not be read.
    pub period: String,
    /// Its number; 0 when it could not be read.
    pub seq: i64,
    /// The number of the one it takes the place of.
    pub replaces: Option<i64>,
    /// Why it takes its place, a [`Reason`]; empty when it does not.
    pub reason: String,
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
    /// What became of it.
    pub fate: Fate,
    /// The names of what was wrong, with spaces between.
    pub why: String,
    /// Whether it came late.
    pub late: bool,
    /// How many municipalities report in it.
    pub municipalities: i64,
    /// How many counts it has.
    pub row_count: i64,
    /// Their sum.
    pub total: i64,
    /// How much the sum differs from that of what it took the place of.
    pub difference: i64,
}
