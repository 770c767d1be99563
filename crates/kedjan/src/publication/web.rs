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
use super::lattice::{Cell, Place, WOMEN, YOUNG, YOUNG_BANDS};

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
    /// What later releases will show; it is decided with the rest as if it were released now, and not told.
    later: &'a HashSet<Cell>,
    threshold: u64,
    /// What was released of a cell: counts, and whether they were shown.
    before: HashMap<Cell, Vec<(u64, bool)>>,
    linked: Linked,
    cells: Vec<Cell>,
    /// By count, and by whether it is one that was withheld or is: a count that was shown and comes back after it was
    /// withheld is another secret than the one that everybody knows.
    at: HashMap<(Cell, u64, bool), CellId>,
    /// Who is in a cell and not in another, by the two.
    rests: HashMap<(CellId, CellId), CellId>,
    told: HashSet<(CellId, Vec<CellId>)>,
    /// Of which cells it has been told who else is young or a woman.
    crossed: HashSet<Vec<Option<CellId>>>,
}

/// A count, and what stands for it unless it is a zero that everybody knows.
type Known = (u64, Option<CellId>);

/// Decides how the new cells may be shown, so that those that come later can stand beside them.
pub(super) fn protect(
    counts: &Counts,
    earlier: &[&Earlier],
    (new, later): (&HashSet<Cell>, &HashSet<Cell>),
    threshold: u64,
    examine: &dyn Fn(&[Part]) -> Vec<Finding>,
) -> Result<Outcome, Leak> {
    let mut web = Web {
        counts,
        new,
        later,
        threshold,
        before: HashMap::new(),
        linked: Linked::default(),
        cells: Vec::new(),
        at: HashMap::new(),
        rests: HashMap::new(),
        told: HashSet::new(),
        crossed: HashSet::new(),
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
        let id = web.node(*cell, count).and_then(|id| protected.shown().get(id as usize));
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
        id
    }

    /// Whether anything that was released of the cell was withheld. From then on it is.
    fn was_withheld(&self, cell: Cell) -> bool {
        self.before.get(&cell).is_some_and(|before| before.iter().any(|(_, open)| !open))
    }

    /// What stands for a cell as it is now.
    fn node(&self, cell: Cell, count: u64) -> Option<CellId> {
        self.at.get(&(cell, count, self.was_withheld(cell))).copied()
    }

    /// What stands for a cell as it was released with a count.
    fn then(&self, cell: Cell, count: u64, open: bool) -> Option<CellId> {
        self.at.get(&(cell, count, !open)).copied()
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
            let changed = !known.is_empty();
            known.push((*count, *open));
            let is_known_zero = *count == 0 && *open;
            if !is_known_zero && self.then(*cell, *count, *open).is_none() {
                let standing = match (open, changed) {
                    (true, _) => Standing::Before(Shown::Open(*count)),
                    // It was withheld for what it had been.
                    (false, true) => Standing::Held,
                    (false, false) => Standing::Before(Shown::Withheld),
                };
                let id = self.add(*cell, *count, standing);
                self.at.insert((*cell, *count, !open), id);
            }
        }
    }

    /// The sums within a release as it was.
    fn sums_then(&mut self, release: &Earlier) {
        let mut cells: Vec<Cell> = release.cells.keys().copied().collect();
        cells.sort_unstable();
        let of = |cell: &Cell| release.cells.get(cell).copied();
        for cell in cells {
            let Some((count, open)) = of(&cell) else { continue };
            for way in self.ways(cell) {
                // Who did not report is not in the table.
                let there: Vec<(Cell, (u64, bool))> =
                    way.into_iter().filter_map(|part| Some((part, of(&part)?))).collect();
                let sum: u64 = there.iter().map(|(_, (count, _))| count).sum();
                if there.is_empty() || sum != count {
                    continue;
                }
                let parts = there.iter().filter_map(|(part, (count, open))| self.then(*part, *count, *open)).collect();
                if let Some(whole) = self.then(cell, count, open) {
                    self.relate(whole, parts);
                }
            }
            for (nr, (whole, part)) in self.pairs(cell.measure) {
                let part = Cell { measure: part, ..cell };
                let Some((less, shown)) = of(&part).filter(|(less, _)| whole == cell.measure && *less <= count) else {
                    continue;
                };
                let (more, fewer) = (self.then(cell, count, open), self.then(part, less, shown));
                self.difference((more, count), (fewer, less), Cell { measure: nr, ..cell });
            }
            let known = |cell: Cell| of(&cell).map(|(count, open)| (count, self.then(cell, count, open)));
            if let Some(known) = crossing(cell, &known) {
                self.cross(cell, &known);
            }
        }
    }

    /// What follows from the women from 13 to 19 beside the women, the bands of age and all: who else is that young, who else
    /// is a woman, who is neither, and who is not that young.
    fn cross(&mut self, cell: Cell, known: &Crossing) {
        let Crossing { all: (all, all_id), women: (women, women_id), both: (both, both_id), bands } = known;
        let mut ids = vec![*all_id, *women_id, *both_id];
        ids.extend(bands.iter().map(|(_, id)| *id));
        let young: u64 = bands.iter().map(|(count, _)| count).sum();
        let no_woman = all.saturating_sub(*women);
        let (Some(young_no_woman), Some(other_women)) = (young.checked_sub(*both), women.checked_sub(*both)) else {
            return;
        };
        let (Some(others), true) = (no_woman.checked_sub(young_no_woman), self.crossed.insert(ids)) else { return };
        let mut rest = |count: u64| self.add(cell, count, Standing::Between);
        let older = rest(other_women + others);
        let (young, young_no_woman, other_women) = (rest(young), rest(young_no_woman), rest(other_women));
        let (no_woman, others) = (rest(no_woman), rest(others));
        self.relate(young, bands.iter().filter_map(|(_, id)| *id).collect());
        self.relate(young, both_id.iter().copied().chain([young_no_woman]).collect());
        self.relate(no_woman, vec![young_no_woman, others]);
        self.relate(older, vec![other_women, others]);
        if let Some(women) = women_id {
            self.relate(*women, both_id.iter().copied().chain([other_women]).collect());
        }
        if let Some(all) = all_id {
            self.relate(*all, women_id.iter().copied().chain([no_woman]).collect());
            self.relate(*all, vec![young, older]);
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

    /// Who is in the whole and not in the part, by what stands for both and how many they are.
    fn difference(&mut self, whole: (Option<CellId>, u64), part: (Option<CellId>, u64), between: Cell) {
        let ((Some(id), count), (Some(less_id), less)) = (whole, part) else { return };
        if less == 0 || less > count {
            return;
        }
        let rest = match self.rests.get(&(id, less_id)) {
            Some(rest) => *rest,
            None => {
                let rest = self.add(between, count - less, Standing::Between);
                self.rests.insert((id, less_id), rest);
                rest
            }
        };
        self.relate(id, vec![less_id, rest]);
    }

    /// The sums between cells as they are now, as far as anything was or is released on both sides.
    fn sums_now(&mut self) {
        let lattice = &self.counts.lattice;
        let released: HashSet<Cell> = self.before.keys().chain(self.new).chain(self.later).copied().collect();
        let mut above: BTreeSet<Cell> = released.iter().copied().collect();
        let mut queue: Vec<Cell> = released.iter().copied().collect();
        while let Some(cell) = queue.pop() {
            queue.extend(lattice.wholes(cell).into_iter().filter(|whole| above.insert(*whole)));
        }
        let mut reach = Reach {
            counts: self.counts,
            released: &released,
            above: &above,
            follows: HashMap::new(),
            below: HashMap::new(),
        };
        let mut touched: BTreeSet<Cell> = self.new.iter().chain(self.later).copied().collect();
        let mut sums: Vec<(Cell, Vec<Cell>)> = Vec::new();
        for cell in &above {
            if !reach.is_below(*cell) {
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
            let count = |measure: u16| self.counts.of(Cell { measure, ..*cell });
            let here = |measure: u16| touched.contains(&Cell { measure, ..*cell });
            for (whole, parts) in lattice.divided.iter().filter(|(whole, _)| *whole == cell.measure) {
                let adds_up = parts.iter().map(|part| count(*part)).sum::<u64>() == count(*whole);
                if adds_up && parts.iter().all(|part| here(*part)) {
                    let parts = parts.iter().map(|part| Cell { measure: *part, ..*cell }).collect();
                    sums.push((Cell { measure: *whole, ..*cell }, parts));
                }
            }
            for (between, (_, part)) in self.pairs(cell.measure) {
                let part = Cell { measure: part, ..*cell };
                if touched.contains(&part) {
                    let more = (self.now(*cell), self.counts.of(*cell));
                    let fewer = (self.now(part), self.counts.of(part));
                    self.difference(more, fewer, Cell { measure: between, ..*cell });
                }
            }
        }
        for cell in touched.iter().filter(|cell| (cell.sex, cell.age) == (WOMEN, YOUNG)) {
            let known = |cell: Cell| {
                let count = self.counts.of(cell);
                touched.contains(&cell).then(|| (count, self.node(cell, count)))
            };
            if let Some(known) = crossing(*cell, &known) {
                self.cross(*cell, &known);
            }
        }
        for (whole, parts) in sums {
            let Some(id) = self.now(whole) else { continue };
            self.offices_not_out(whole, id, &parts);
            let parts = parts.into_iter().filter_map(|part| self.now(part)).collect();
            self.relate(id, parts);
        }
        touched.extend(self.before.keys());
        for cell in touched {
            self.versions(cell);
        }
    }

    /// By how much a cell differs between any two of its versions, and as it is now.
    fn versions(&mut self, cell: Cell) {
        let now = self.counts.of(cell);
        let then = self.before.get(&cell).into_iter().flatten();
        let mut known: Vec<(u64, CellId)> =
            then.filter_map(|(count, open)| Some((*count, self.then(cell, *count, *open)?))).collect();
        known.extend(self.node(cell, now).map(|id| (now, id)));
        known.sort_unstable();
        for (at, (less, part)) in known.iter().enumerate() {
            for (more, whole) in known.iter().skip(at + 1).filter(|(more, _)| more > less) {
                // From a zero the difference is the whole count.
                self.difference((Some(*whole), *more), (Some(*part), *less), cell);
            }
        }
    }

    /// What all authorities of a county that have released nothing yet make together, and all units of an authority: whoever
    /// takes those that have away from the whole has it.
    fn offices_not_out(&mut self, whole: Cell, id: CellId, parts: &[Cell]) {
        let is_office = |cell: &Cell| {
            matches!(self.counts.lattice.places.get(cell.place), Some(Place::Authority(..) | Place::Unit(..)))
        };
        if !parts.first().is_some_and(|part| part.place != whole.place && is_office(part)) {
            return;
        }
        let (out, others): (Vec<Cell>, Vec<Cell>) = parts.iter().copied().partition(|cell| self.is_out(*cell));
        let left: u64 = others.iter().map(|cell| self.counts.of(*cell)).sum();
        let others: Vec<CellId> = others.into_iter().filter_map(|cell| self.now(cell)).collect();
        if out.is_empty() || others.len() < 2 {
            return;
        }
        let mut there: Vec<CellId> = out.into_iter().filter_map(|cell| self.now(cell)).collect();
        let rest = self.add(whole, left, Standing::Between);
        self.relate(rest, others);
        there.push(rest);
        self.relate(id, there);
    }

    /// Whether a cell has been released as it is now, itself or in all of its months or quarters.
    fn is_out(&self, cell: Cell) -> bool {
        let (count, withheld) = (self.counts.of(cell), self.was_withheld(cell));
        let said = |(then, open): &(u64, bool)| *then == count && *open != withheld;
        if self.new.contains(&cell) || self.before.get(&cell).is_some_and(|before| before.iter().any(said)) {
            return true;
        }
        let times = self.counts.lattice.times(cell);
        let there = || times.iter().filter(|time| self.counts.of(**time) > 0);
        there().next().is_some() && there().all(|time| self.is_out(*time))
    }

    /// The cell as it is now; none for a zero.
    fn now(&mut self, cell: Cell) -> Option<CellId> {
        let count = self.counts.of(cell);
        if let Some(id) = self.node(cell, count) {
            return Some(id);
        }
        let before = self.before.get(&cell).cloned().unwrap_or_default();
        let withheld = self.was_withheld(cell);
        // A zero that is in no table yet may be shown in one later, so it is reckoned with as if everybody knew it.
        if count == 0 && !withheld && (before.is_empty() || before.contains(&(0, true))) {
            return None;
        }
        let few = |(then, _): &(u64, bool)| (1..self.threshold).contains(&then.abs_diff(count));
        let standing = match self.new.contains(&cell) || self.later.contains(&cell) {
            false => Standing::Later,
            true if withheld || before.iter().any(few) => Standing::Held,
            true if count == 0 => return None,
            true => Standing::New,
        };
        let id = self.add(cell, count, standing);
        self.at.insert((cell, count, withheld), id);
        Some(id)
    }
}

/// Women from 13 to 19 in a place, and what they are counted among: all of it, its women, and its bands of age from 13 to 19.
struct Crossing {
    all: Known,
    women: Known,
    both: Known,
    bands: Vec<Known>,
}

/// What is known around a count of women from 13 to 19; nothing around any other, or where some of it is in no table.
fn crossing(cell: Cell, known: &dyn Fn(Cell) -> Option<Known>) -> Option<Crossing> {
    if (cell.sex, cell.age) != (WOMEN, YOUNG) {
        return None;
    }
    let of = |sex: u8, age: u8| known(Cell { sex, age, ..cell });
    let bands = YOUNG_BANDS.map(|age| of(0, age)).collect::<Option<Vec<Known>>>()?;
    Some(Crossing { all: of(0, 0)?, women: of(WOMEN, 0)?, both: of(WOMEN, YOUNG)?, bands })
}

/// Which cells are within reach of what is released.
struct Reach<'a> {
    counts: &'a Counts,
    released: &'a HashSet<Cell>,
    /// What is released and what it is a part of.
    above: &'a BTreeSet<Cell>,
    follows: HashMap<Cell, bool>,
    below: HashMap<Cell, bool>,
}

impl Reach<'_> {
    /// Whether a cell, or one that it is a part of, is released or follows from what is.
    fn is_below(&mut self, cell: Cell) -> bool {
        if let Some(known) = self.below.get(&cell) {
            return *known;
        }
        let is = self.follows(cell) || self.counts.lattice.wholes(cell).into_iter().any(|whole| self.is_below(whole));
        self.below.insert(cell, is);
        is
    }

    /// Whether a cell is released, or all parts in one of the ways in which it is a sum are or follow in their turn. A zero
    /// is reckoned with as if everybody knew it.
    fn follows(&mut self, cell: Cell) -> bool {
        if self.released.contains(&cell) {
            return true;
        }
        if !self.above.contains(&cell) {
            return false;
        }
        if let Some(known) = self.follows.get(&cell) {
            return *known;
        }
        let is = self.counts.lattice.parts(cell).iter().any(|way| {
            let there: Vec<Cell> = way.iter().copied().filter(|part| self.counts.of(*part) > 0).collect();
            !there.is_empty() && there.into_iter().all(|part| self.follows(part))
        });
        self.follows.insert(cell, is);
        is
    }
}
