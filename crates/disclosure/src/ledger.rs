//! The ledger of editions: every cell that was ever released, so that a later edition keeps to it.
//!
//! What was published stays published, what was withheld stays withheld. Who reported belongs to what a cell is: the
//! county's total over twelve municipalities and its total over thirteen are two cells, and the ledger knows by how much
//! they differ, which is the thirteenth. It holds true counts, so it never leaves the house.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::attack::Shown;
use crate::cube::{Cube, Shape};
use crate::dimension::Dimension;
use crate::protect::{Link, Plan, Side};

/// What makes a cell the same in two editions: its codes, sums of everything left out, and who reported what is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// Dimension and code.
    pub codes: BTreeMap<String, String>,
    /// The innermost codes of the reporting dimension that are in the cell.
    pub reporters: BTreeSet<String>,
}

/// A released cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which cell.
    pub identity: Identity,
    /// The edition in which it was released first.
    pub edition: String,
    /// Its count at that time, published or not.
    pub count: u64,
    /// Whether the count was published.
    pub open: bool,
}

/// A release that would contradict or betray an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Betrayal {
    /// A cell that was withheld would be published.
    #[error("{cell} was withheld in {edition} and would be published")]
    Opened {
        /// The cell.
        cell: String,
        /// Where it was withheld.
        edition: String,
    },
    /// A cell that was published would be published with another count.
    #[error("{cell} was published as {before} in {edition} and would be {now}")]
    Changed {
        /// The cell.
        cell: String,
        /// Where it was published.
        edition: String,
        /// As it was published.
        before: u64,
        /// As it would be.
        now: u64,
    },
}

/// Every cell that was released.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: BTreeMap<Identity, Entry>,
}

/// Who reports in an edition: the dimension, and its innermost codes that have reported.
#[derive(Clone, Debug)]
pub struct Reporting<'a> {
    /// The dimension whose innermost codes report.
    pub dimension: &'a str,
    /// Those that have.
    pub reporters: BTreeSet<&'a str>,
}

impl Ledger {
    /// A ledger of entries that were kept.
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Ledger {
        Ledger { entries: entries.into_iter().map(|entry| (entry.identity.clone(), entry)).collect() }
    }

    /// The entries, to be kept.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// What an edition of this cube has to keep to.
    pub fn plan(&self, cube: &Cube, reporting: &Reporting<'_>) -> Plan {
        let shape = cube.shape();
        let mut plan = Plan::default();
        let mut now: BTreeMap<BTreeMap<String, String>, (usize, BTreeSet<String>)> = BTreeMap::new();
        for cell in 0..shape.len() {
            let identity = identity(shape, cell, reporting);
            if let Some(entry) = self.entries.get(&identity) {
                plan.earlier.push((cell, shown(entry)));
            }
            now.insert(identity.codes, (cell, identity.reporters));
        }
        for entry in self.entries.values() {
            let Some((cell, reporters)) = now.get(&entry.identity.codes) else { continue };
            if *reporters == entry.identity.reporters {
                continue;
            }
            let before = &entry.identity.reporters;
            let mut parts = vec![Side::Before(shown(entry), entry.count)];
            let mut whole = vec![Side::Now(*cell)];
            for joined in reporters.difference(before) {
                parts.extend(replace(shape, *cell, reporting.dimension, joined).map(Side::Now));
            }
            for left in before.difference(reporters) {
                whole.extend(self.of_reporter(&entry.identity, reporting.dimension, left));
            }
            plan.links.push(Link { whole, parts });
        }
        plan
    }

    /// The released cell of one reporter in the place of a sum over several.
    fn of_reporter(&self, identity: &Identity, dimension: &str, reporter: &str) -> Option<Side> {
        let mut codes = identity.codes.clone();
        codes.insert(dimension.to_owned(), reporter.to_owned());
        let one = Identity { codes, reporters: BTreeSet::from([reporter.to_owned()]) };
        self.entries.get(&one).map(|entry| Side::Before(shown(entry), entry.count))
    }

    /// Takes an edition in, or nothing of it.
    ///
    /// # Errors
    /// Every cell by which it would contradict or betray an earlier one.
    pub fn record(
        &mut self,
        edition: &str,
        cube: &Cube,
        released: &[Shown],
        reporting: &Reporting<'_>,
    ) -> Result<(), Vec<Betrayal>> {
        let mut wrong = Vec::new();
        let mut new = Vec::new();
        for (cell, (now, count)) in released.iter().zip(cube.counts()).enumerate() {
            if *now == Shown::Unseen {
                continue;
            }
            let identity = identity(cube.shape(), cell, reporting);
            let named = || cube.shape().codes(cell).join(" ");
            match (self.entries.get(&identity), now) {
                (None, now) => {
                    let open = matches!(now, Shown::Open(_));
                    new.push(Entry { identity, edition: edition.to_owned(), count: *count, open });
                }
                (Some(entry), Shown::Open(_)) if !entry.open => {
                    wrong.push(Betrayal::Opened { cell: named(), edition: entry.edition.clone() });
                }
                (Some(entry), Shown::Open(now)) if entry.count != *now => wrong.push(Betrayal::Changed {
                    cell: named(),
                    edition: entry.edition.clone(),
                    before: entry.count,
                    now: *now,
                }),
                _ => {}
            }
        }
        if wrong.is_empty() {
            self.entries.extend(new.into_iter().map(|entry| (entry.identity.clone(), entry)));
            Ok(())
        } else {
            Err(wrong)
        }
    }
}

const fn shown(entry: &Entry) -> Shown {
    if entry.open { Shown::Open(entry.count) } else { Shown::Withheld }
}

fn identity(shape: &Shape, cell: usize, reporting: &Reporting<'_>) -> Identity {
    let ranks = shape.ranks(cell);
    let mut codes = BTreeMap::new();
    let mut reporters = BTreeSet::new();
    for (dimension, rank) in shape.dimensions().iter().zip(ranks) {
        if rank != dimension.top() {
            codes.insert(dimension.name().to_owned(), code(dimension, rank).to_owned());
        }
        if dimension.name() == reporting.dimension {
            let inside = (0..dimension.innermost()).filter(|leaf| dimension.above(*leaf).contains(&rank));
            let names = inside.map(|leaf| code(dimension, leaf)).filter(|name| reporting.reporters.contains(name));
            reporters.extend(names.map(str::to_owned));
        }
    }
    Identity { codes, reporters }
}

fn code(dimension: &Dimension, rank: usize) -> &str {
    dimension.codes().get(rank).map(String::as_str).unwrap_or_default()
}

/// The cell with another code in one dimension.
fn replace(shape: &Shape, cell: usize, name: &str, code: &str) -> Option<usize> {
    let mut ranks = shape.ranks(cell);
    for (rank, dimension) in ranks.iter_mut().zip(shape.dimensions()) {
        if dimension.name() == name {
            *rank = dimension.rank(code)?;
        }
    }
    Some(shape.cell(&ranks))
}
