//! What a release is protected in: its own cells, those of every release of the same year whatever their scope, and what
//! lies between them, with all sums that hold.
//!
//! A cell that was released with another count than it has now is two cells with a difference between them. So a
//! correction of a few is something to protect like any small count, wherever it could be read off.

use std::collections::{BTreeSet, HashMap, HashSet};

use disclosure::attack::{Finding, Part, Shown};
use disclosure::engine::Unprotectable;
use disclosure::linked::{Linked, Standing};
use disclosure::problem::CellId;
use disclosure::rule::Rule;

use super::counts::Counts;
use super::lattice::Cell;

/// A release that was made before: its cells with what they were, and whether they were shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Earlier {
    pub cells: HashMap<Cell, (u64, bool)>,
}

/// How the cells of a new release may be shown, and what it took.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub shown: HashMap<Cell, Option<u64>>,
    pub rounds: usize,
    /// Cells that were looked at: its own, earlier ones, and what lies between.
    pub cells: usize,
}

/// Why a release must not leave.
#[derive(Clone, Debug)]
pub(super) enum Leak {
    /// Cells that follow from what was published before.
    Before(Vec<Cell>),
    /// Cells that the attacker works out whatever is withheld.
    Falls(Vec<Cell>),
}

struct Web<'a> {
    counts: &'a Counts,
    new: &'a HashSet<Cell>,
    threshold: u64,
    /// What was released of a cell: counts, and whether they were shown.
    before: HashMap<Cell, Vec<(u64, bool)>>,
    linked: Linked,
    cells: Vec<Cell>,
    at: HashMap<(Cell, u64), CellId>,
    told: HashSet<(CellId, Vec<CellId>)>,
}

/// Decides how the new cells may be shown.
pub(super) fn protect(
    counts: &Counts,
    earlier: &[&Earlier],
    new: &HashSet<Cell>,
    threshold: u64,
    examine: &dyn Fn(&[Part]) -> Vec<Finding>,
) -> Result<Outcome, Leak> {
    let mut web = Web {
        counts,
        new,
        threshold,
        before: HashMap::new(),
        linked: Linked::default(),
        cells: Vec::new(),
        at: HashMap::new(),
        told: HashSet::new(),
    };
    for release in earlier {
        web.take_in(release);
    }
    for release in earlier {
        web.sums_then(release);
    }
    web.sums_now();
    let named = |ids: &[CellId]| ids.iter().filter_map(|id| web.cells.get(*id as usize).copied()).collect();
    let rule = Rule { threshold, ..Rule::default() };
    let protected = web.linked.protect(rule, examine).map_err(|Unprotectable(cells)| Leak::Before(named(&cells)))?;
    if !protected.leaks().is_empty() {
        return Err(Leak::Falls(named(protected.leaks())));
    }
    let shown = new.iter().map(|cell| {
        let count = counts.of(*cell);
        let id = web.at.get(&(*cell, count)).and_then(|id| protected.shown().get(*id as usize));
        // What is no part of the web is a zero that is shown.
        (
            *cell,
            match id {
                None => Some(count),
                Some(Shown::Open(count)) => Some(*count),
                Some(_) => None,
            },
        )
    });
    Ok(Outcome { shown: shown.collect(), rounds: protected.protection().rounds, cells: web.linked.len() })
}

impl Web<'_> {
    fn add(&mut self, cell: Cell, count: u64, standing: Standing) -> CellId {
        let id = self.linked.cell(count, standing);
        self.cells.push(cell);
        self.at.insert((cell, count), id);
        id
    }

    fn relate(&mut self, whole: CellId, mut parts: Vec<CellId>) {
        parts.sort_unstable();
        if self.told.insert((whole, parts.clone())) {
            self.linked.sum(whole, parts);
        }
    }

    fn take_in(&mut self, release: &Earlier) {
        let mut cells: Vec<(&Cell, &(u64, bool))> = release.cells.iter().collect();
        cells.sort_unstable();
        for (cell, (count, open)) in cells {
            let known = self.before.entry(*cell).or_default();
            if known.contains(&(*count, *open)) {
                continue;
            }
            let changed = known.iter().any(|(then, _)| then != count);
            known.push((*count, *open));
            let is_known_zero = *count == 0 && *open;
            if !is_known_zero && !self.at.contains_key(&(*cell, *count)) {
                let standing = match (open, changed) {
                    (true, _) => Standing::Before(Shown::Open(*count)),
                    // It was withheld for what it had been.
                    (false, true) => Standing::Held,
                    (false, false) => Standing::Before(Shown::Withheld),
                };
                self.add(*cell, *count, standing);
            }
        }
    }

    /// The sums within a release as it was.
    fn sums_then(&mut self, release: &Earlier) {
        let mut cells: Vec<Cell> = release.cells.keys().copied().collect();
        cells.sort_unstable();
        let of = |cell: &Cell| release.cells.get(cell).copied();
        for cell in cells {
            let Some((count, _)) = of(&cell) else { continue };
            for way in self.ways(cell) {
                // Who did not report is not in the table.
                let there: Vec<(Cell, (u64, bool))> =
                    way.into_iter().filter_map(|part| Some((part, of(&part)?))).collect();
                let sum: u64 = there.iter().map(|(_, (count, _))| count).sum();
                if there.is_empty() || sum != count {
                    continue;
                }
                let parts =
                    there.iter().filter_map(|(part, (count, _))| self.at.get(&(*part, *count)).copied()).collect();
                if let Some(whole) = self.at.get(&(cell, count)).copied() {
                    self.relate(whole, parts);
                }
            }
            for (nr, (whole, part)) in self.pairs(cell.measure) {
                let part = Cell { measure: part, ..cell };
                let Some((less, _)) = of(&part).filter(|(less, _)| whole == cell.measure && *less <= count) else {
                    continue;
                };
                self.difference(cell, count, part, less, nr);
            }
        }
    }

    /// The ways in which a cell is a sum, of places, times and groups of people, and of measures.
    fn ways(&self, cell: Cell) -> Vec<Vec<Cell>> {
        let mut ways = self.counts.lattice.parts(cell);
        let divided = self.counts.lattice.divided.iter().filter(|(whole, _)| *whole == cell.measure);
        ways.extend(divided.map(|(_, parts)| parts.iter().map(|measure| Cell { measure: *measure, ..cell }).collect()));
        ways
    }

    fn pairs(&self, whole: u16) -> Vec<(u16, (u16, u16))> {
        let nested = self.counts.lattice.nested.iter().enumerate().filter(|(_, pair)| pair.0 == whole);
        nested.map(|(nr, pair)| (self.counts.lattice.between(nr), *pair)).collect()
    }

    /// Who is in the whole and not in the part.
    fn difference(&mut self, whole: Cell, count: u64, part: Cell, less: u64, between: u16) {
        let Some(id) = self.at.get(&(whole, count)).copied() else { return };
        if less == 0 {
            return;
        }
        let mut parts: Vec<CellId> = self.at.get(&(part, less)).copied().into_iter().collect();
        let rest = Cell { measure: between, ..whole };
        let left = count - less;
        let known = self.at.get(&(rest, left)).copied();
        parts.push(known.unwrap_or_else(|| self.add(rest, left, Standing::Between)));
        self.relate(id, parts);
    }

    /// The sums between cells as they are now, as far as anything was or is released on both sides.
    fn sums_now(&mut self) {
        let lattice = &self.counts.lattice;
        let released: HashSet<Cell> = self.before.keys().chain(self.new).copied().collect();
        let mut above: BTreeSet<Cell> = released.iter().copied().collect();
        let mut queue: Vec<Cell> = released.iter().copied().collect();
        while let Some(cell) = queue.pop() {
            queue.extend(lattice.wholes(cell).into_iter().filter(|whole| above.insert(*whole)));
        }
        let mut below: HashMap<Cell, bool> = HashMap::new();
        let mut touched: BTreeSet<Cell> = self.new.iter().copied().collect();
        let mut sums: Vec<(Cell, Vec<Cell>)> = Vec::new();
        for cell in &above {
            if !is_below(lattice, *cell, &released, &mut below) {
                continue;
            }
            for way in lattice.parts(*cell) {
                if way.iter().any(|part| above.contains(part)) {
                    touched.insert(*cell);
                    touched.extend(&way);
                    sums.push((*cell, way));
                }
            }
        }
        for cell in &touched {
            self.now(*cell);
        }
        for cell in &touched {
            let here = |measure: u16| touched.contains(&Cell { measure, ..*cell });
            for (whole, parts) in lattice.divided.iter().filter(|(whole, _)| *whole == cell.measure) {
                if parts.iter().all(|part| here(*part)) {
                    let parts = parts.iter().map(|part| Cell { measure: *part, ..*cell }).collect();
                    sums.push((Cell { measure: *whole, ..*cell }, parts));
                }
            }
            for (between, (_, part)) in self.pairs(cell.measure) {
                let part = Cell { measure: part, ..*cell };
                if touched.contains(&part) {
                    self.difference(*cell, self.counts.of(*cell), part, self.counts.of(part), between);
                }
            }
        }
        for (whole, parts) in sums {
            if let Some(whole) = self.now(whole) {
                let parts = parts.into_iter().filter_map(|part| self.now(part)).collect();
                self.relate(whole, parts);
            }
        }
    }

    /// The cell as it is now; none for a zero.
    fn now(&mut self, cell: Cell) -> Option<CellId> {
        let count = self.counts.of(cell);
        if let Some(id) = self.at.get(&(cell, count)) {
            return Some(*id);
        }
        let before = self.before.get(&cell).cloned().unwrap_or_default();
        // A zero that is in no table yet may be shown in one later, so it is reckoned with as if everybody knew it.
        if count == 0 && (before.is_empty() || before.contains(&(0, true))) {
            return None;
        }
        let few = |(then, _): &(u64, bool)| (1..self.threshold).contains(&then.abs_diff(count));
        let standing = match self.new.contains(&cell) {
            false => Standing::Later,
            true if before.iter().any(|(_, open)| !open) || before.iter().any(few) => Standing::Held,
            true if count == 0 => return None,
            true => Standing::New,
        };
        let id = self.add(cell, count, standing);
        for (then, _) in before {
            // From a zero that was shown the difference is the whole count.
            let Some(other) = self.at.get(&(cell, then)).copied().filter(|_| then != count) else { continue };
            let by = self.linked.cell(then.abs_diff(count), Standing::Between);
            self.cells.push(cell);
            let (more, less) = if then > count { (other, id) } else { (id, other) };
            self.relate(more, vec![less, by]);
        }
        Some(id)
    }
}

/// Whether a cell or one that it is a part of was or is released.
fn is_below(
    lattice: &super::lattice::Lattice,
    cell: Cell,
    released: &HashSet<Cell>,
    known: &mut HashMap<Cell, bool>,
) -> bool {
    if let Some(known) = known.get(&cell) {
        return *known;
    }
    let is = released.contains(&cell)
        || lattice.wholes(cell).into_iter().any(|whole| is_below(lattice, whole, released, known));
    known.insert(cell, is);
    is
}
