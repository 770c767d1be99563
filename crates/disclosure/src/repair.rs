//! Protecting until the attacker finds nothing: engine, attack, and what the attack taught the engine.
//!
//! When a protected cell falls, the attacker gives the sum that gave it away: known from the published figures, and at
//! its least, so that each of its cells is at its least too. That sum becomes something to protect as if it were a small
//! cell, and the engine runs again. So no cell is withheld for a danger that is not there. A withheld cell that need not
//! be protected and falls anyway is published: it tells nobody anything new.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::attack::{Effort, Finding, Move, Part, Released, Shown};
use crate::cube::Shape;
use crate::engine::{self, Unprotectable};
use crate::problem::{CellId, Problem, Role};
use crate::room::{self, Around};

/// How parts are examined; each is independent of the others.
pub type Examine<'a> = &'a dyn Fn(&[Part]) -> Vec<Finding>;

/// What was decided and what the attacker says of it.
#[derive(Clone, Debug)]
pub struct Protection {
    /// Which cells are withheld.
    pub withheld: Vec<bool>,
    /// Protected cells that fall whatever is done. When there are any, nothing may be published.
    pub leaks: Vec<CellId>,
    /// What was withheld by equations alone, before the first attack.
    pub at_first: usize,
    /// How many times the attacker sent it back.
    pub rounds: usize,
    /// Small cells that somebody who knows that they are alone in another cell can work out. None unless asked for.
    pub told_to_one: Vec<CellId>,
    /// Withheld cells and the least and the most that they were shown they can be.
    pub ranges: Vec<(CellId, u64, u64)>,
}

/// How often the attacker sends a table back before it is given up.
const ROUNDS: usize = 80;
/// Rounds in which sums are guarded; after them room is made for one cell after another, which always comes to an end.
const GUARDING: usize = 25;
/// For how many cells of a part room is made at once. What falls together often stands together.
const AT_ONCE: usize = 3;

/// How many cells near to one that falls are withheld where no exchange is found.
const NEAREST: usize = 4;
/// When more than so many cells of a part fall, where sums were told one by one, room is made for all of them at once, with one
/// cell near to each where no exchange is found: guarding their sums alone would take round after round.
const MANY: usize = 500;

/// How many cells are examined at most to publish again what is not needed.
const PRUNING: usize = 300_000;

fn set(withheld: &mut [bool], cell: CellId, to: bool) {
    if let Some(slot) = withheld.get_mut(cell as usize) {
        *slot = to;
    }
}

struct Loop<'a> {
    problem: Problem,
    /// None where the sums were told one by one.
    shape: Option<&'a Shape>,
    around: Around,
    order: &'a [u32],
    board: Released,
    examine: Examine<'a>,
    /// The sums that are guarded.
    known: HashSet<Vec<(CellId, i64)>>,
    /// Cells that cannot be less than they are.
    least: Vec<CellId>,
    /// What was found out about parts, by fingerprint and by whether it was a quick look.
    findings: HashMap<(u64, bool), Finding>,
    /// Changes that did once.
    moves: BTreeSet<Move>,
    /// How many cells were examined anew the last time.
    work: usize,
    /// Whether the last look taught anything that changes what is withheld.
    learned: bool,
    /// Whether people who are alone in a cell are reckoned with.
    alone: bool,
}

/// Protects `problem`, whose sums `board` knows in its own way; cells have the same numbers in both.
///
/// # Errors
/// Protected cells that follow from what has to be published.
pub fn secure(
    problem: &Problem,
    shape: Option<&Shape>,
    order: &[u32],
    board: &Released,
    alone: bool,
    examine: Examine<'_>,
) -> Result<Protection, Unprotectable> {
    let mut state = Loop::new(problem.clone(), shape, order, board.clone(), alone, examine);
    let mut withheld = state.protect()?;
    let at_first = withheld.iter().filter(|withheld| **withheld).count();
    let mut rounds = 0;
    loop {
        let last = rounds + 1 >= ROUNDS;
        let quick = state.attack(&withheld, true);
        state.learned = false;
        // What a quick look has to say of what cannot be mended is no reason to go round again.
        if last || !state.learn_quickly(&quick, &withheld, rounds) || !state.learned {
            let findings = state.attack(&withheld, false);
            let leaks = state.learn(&findings, &withheld, rounds);
            if leaks.is_empty() {
                let withheld = state.prune(withheld);
                return Ok(state.finish(withheld, at_first, rounds));
            }
            // Where nothing more can be done the next round would be the same as this one.
            if last || !state.learned {
                return Ok(Protection {
                    withheld,
                    leaks,
                    at_first,
                    rounds,
                    told_to_one: Vec::new(),
                    ranges: Vec::new(),
                });
            }
        }
        withheld = state.protect()?;
        rounds += 1;
    }
}

impl<'a> Loop<'a> {
    fn new(
        problem: Problem,
        shape: Option<&'a Shape>,
        order: &'a [u32],
        board: Released,
        alone: bool,
        examine: Examine<'a>,
    ) -> Loop<'a> {
        let mut new = Loop {
            around: shape.map_or_else(|| Around::of(&problem), |_| Around::default()),
            problem,
            shape,
            order,
            board,
            examine,
            known: HashSet::new(),
            least: Vec::new(),
            findings: HashMap::new(),
            moves: BTreeSet::new(),
            work: 0,
            learned: false,
            alone,
        };
        new.least = new.at_least();
        new
    }

    /// Innermost protected cells whose counts are the least they can be. A sum of them gives each of them away.
    fn at_least(&self) -> Vec<CellId> {
        let least = u64::from(self.board.zeros_open());
        let mut is_sum = vec![false; self.problem.len()];
        for (parent, _) in self.problem.each_relation() {
            if let Some(slot) = is_sum.get_mut(parent as usize) {
                *slot = true;
            }
        }
        let cells = (0..).zip(self.problem.roles()).zip(self.problem.counts()).zip(is_sum);
        cells
            .filter(|(((_, role), count), is_sum)| **role == Role::Primary && **count == least && !is_sum)
            .map(|(((cell, _), _), _)| cell)
            .collect()
    }

    fn role(&self, cell: CellId) -> Role {
        self.problem.roles().get(cell as usize).copied().unwrap_or(Role::Unseen)
    }

    /// The engine; a sum that cannot be kept unknown is given up, since the attacker says whether that does harm.
    fn protect(&mut self) -> Result<Vec<bool>, Unprotectable> {
        loop {
            match engine::protect(&self.problem, self.order, &self.least) {
                Err(Unprotectable(cells)) if cells.iter().all(|cell| self.role(*cell) == Role::Guard) => {
                    for cell in cells {
                        self.problem.set_role(cell, Role::Unseen);
                    }
                }
                Err(Unprotectable(mut cells)) => {
                    cells.retain(|cell| self.role(*cell) != Role::Guard);
                    return Err(Unprotectable(cells));
                }
                Ok(withheld) => return Ok(withheld),
            }
        }
    }

    fn attack(&mut self, withheld: &[bool], quick: bool) -> Vec<Finding> {
        let cells = u32::try_from(self.board.shown().len()).unwrap_or(u32::MAX);
        for cell in 0..cells {
            let at = cell as usize;
            let count = self.problem.counts().get(at).copied().unwrap_or_default();
            let shown = match self.role(cell) {
                Role::Unseen | Role::Guard => Shown::Unseen,
                Role::Secret => Shown::Guarded,
                _ if withheld.get(at).copied().unwrap_or_default() => Shown::Withheld,
                _ => Shown::Open(count),
            };
            self.board.show(cell, shown);
        }
        let counts = self.problem.counts().get(..cells as usize).unwrap_or_default();
        let Ok(parts) = self.board.parts(Some(counts)) else {
            // The table itself does not add up; nothing that is said of it can be trusted.
            return vec![Finding { impossible: true, ..Finding::default() }];
        };
        self.examine_new(parts, quick)
    }

    /// Examines parts that were not examined before, with what did elsewhere as a hint.
    fn examine_new(&mut self, mut parts: Vec<Part>, quick: bool) -> Vec<Finding> {
        let prints: Vec<u64> = parts.iter().map(Part::fingerprint).collect();
        let mut part_of: HashMap<CellId, usize> = HashMap::new();
        for (at, part) in parts.iter_mut().enumerate() {
            part.limit(Effort { quick, ..Effort::default() });
            part_of.extend(part.cells().iter().map(|cell| (*cell, at)));
        }
        for change in &self.moves {
            let at = change.first().and_then(|(cell, _)| part_of.get(cell));
            if let Some(part) = at.and_then(|at| parts.get_mut(*at)) {
                part.hint(change.clone());
            }
        }
        let known = |print: &u64| self.findings.contains_key(&(*print, quick));
        let (new, places): (Vec<Part>, Vec<u64>) = parts
            .into_iter()
            .zip(&prints)
            .filter(|(_, print)| !known(print))
            .map(|(part, print)| (part, *print))
            .unzip();
        self.work = new.iter().map(|part| part.cells().len()).sum();
        for (mut finding, print) in (self.examine)(&new).into_iter().zip(places) {
            self.moves.extend(std::mem::take(&mut finding.moves));
            self.findings.insert((print, quick), finding);
        }
        prints.iter().filter_map(|print| self.findings.get(&(*print, quick)).cloned()).collect()
    }

    /// Takes in what fell at a quick look; true when the table has to go back for it.
    fn learn_quickly(&mut self, findings: &[Finding], withheld: &[bool], round: usize) -> bool {
        let certain: Vec<Finding> =
            findings.iter().map(|finding| Finding { undecided: Vec::new(), ..finding.clone() }).collect();
        !self.learn(&certain, withheld, round).is_empty()
    }

    /// Takes in what fell, and gives the cells for which the table has to go back.
    fn learn(&mut self, findings: &[Finding], withheld: &[bool], round: usize) -> Vec<CellId> {
        let mut back = Vec::new();
        for finding in findings {
            let fallen = finding.fallen.iter().map(|fallen| fallen.cell);
            let mut wanted: Vec<CellId> = fallen.filter(|cell| self.role(*cell).protected()).collect();
            wanted.extend(&finding.undecided);
            wanted.extend(finding.impossible.then_some(0));
            let guarded = !wanted.is_empty() && round < GUARDING && self.guard(finding);
            if wanted.len() > MANY && self.shape.is_none() {
                self.make_rooms(&wanted, withheld);
            } else if !guarded {
                let mut made = false;
                for (nr, cell) in wanted.iter().enumerate() {
                    if nr >= AT_ONCE && made {
                        break;
                    }
                    made |= self.make_room(*cell, withheld);
                }
            }
            back.extend(wanted);
            if self.alone {
                back.extend(self.untie(finding));
            }
        }
        back
    }

    /// Guards what people who are alone in a cell would learn of others. What cannot be kept from them is given up once
    /// it has been tried.
    fn untie(&mut self, finding: &Finding) -> Vec<CellId> {
        let mut back = Vec::new();
        for pair in &finding.tied {
            let [(one, _), (other, _)] = pair;
            let sum = pair.to_vec();
            let same_person = self.holds(*other, *one) || self.holds(*one, *other);
            if self.role(*other) == Role::Primary && !same_person && self.known.insert(sum.clone()) {
                self.problem.guard(&sum);
                self.learned = true;
                back.push(*other);
            }
        }
        back
    }

    /// Whether one cell holds everybody of another.
    fn holds(&self, large: CellId, small: CellId) -> bool {
        let Some(shape) = self.shape else { return false };
        let (large, small) = (shape.ranks(large as usize), shape.ranks(small as usize));
        shape.dimensions().iter().zip(large.iter().zip(small)).all(|(dimension, (large, small))| {
            (0..dimension.innermost()).all(|leaf| {
                let above = dimension.above(leaf);
                !above.contains(&small) || above.contains(large)
            })
        })
    }

    /// Guards the sums that give cells away; false when none of them is new.
    fn guard(&mut self, finding: &Finding) -> bool {
        let mut new: Vec<Vec<(CellId, i64)>> = Vec::new();
        for fallen in finding.fallen.iter().filter(|fallen| fallen.because.len() > 1) {
            let mut sum = fallen.because.clone();
            sum.sort_unstable();
            if !self.known.contains(&sum) {
                new.push(sum);
            }
        }
        for sum in &new {
            if self.known.insert(sum.clone()) {
                self.problem.guard(sum);
            }
        }
        self.learned |= !new.is_empty();
        !new.is_empty()
    }

    /// The cells of the cheapest exchange of people that would change this one; none where none is found.
    fn exchange(&self, cell: CellId, withheld: &[bool]) -> Vec<usize> {
        let least = i64::from(self.board.zeros_open());
        let cost = |at: usize, change: i64| {
            let count = i64::try_from(self.problem.counts().get(at).copied()?).ok()?;
            let hidden = withheld.get(at).copied().unwrap_or_default();
            match self.problem.roles().get(at)? {
                Role::Open => None,
                Role::Unseen | Role::Guard | Role::Secret => (count + change >= 0).then_some(0.0),
                _ if count + change < least => None,
                _ if hidden => Some(0.0),
                _ => Some(1.0 + (1.0 + count as f64).ln()),
            }
        };
        match self.shape {
            Some(shape) => room::find(shape, cell as usize, &cost),
            None => self.around.find(cell, &cost),
        }
    }

    /// The nearest cells that can be withheld and are not.
    fn nearest(&self, cell: CellId, withheld: &[bool], most: usize) -> Vec<usize> {
        self.around.nearest(cell, &|other| self.is_shown(other, withheld), most)
    }

    fn is_shown(&self, cell: usize, withheld: &[bool]) -> bool {
        let hidden = withheld.get(cell).copied().unwrap_or_default();
        !hidden && self.problem.roles().get(cell) == Some(&Role::Free)
    }

    /// Withholds what the cheapest exchange of people changes that would change this cell; where none is found, what is nearest
    /// to it. False when that is nothing more.
    fn make_room(&mut self, cell: CellId, withheld: &[bool]) -> bool {
        let mut cells = self.exchange(cell, withheld);
        if !cells.iter().any(|other| self.is_shown(*other, withheld)) {
            cells = self.nearest(cell, withheld, NEAREST);
        }
        cells.retain(|other| self.is_shown(*other, withheld));
        self.hide(&cells);
        !cells.is_empty()
    }

    /// The same for many cells, each with what was withheld for those before it. An exchange makes room for all that it changes.
    fn make_rooms(&mut self, wanted: &[CellId], withheld: &[bool]) {
        let mut withheld = withheld.to_vec();
        let mut settled: HashSet<usize> = HashSet::new();
        for cell in wanted {
            if settled.contains(&(*cell as usize)) {
                continue;
            }
            let mut cells = self.exchange(*cell, &withheld);
            settled.extend(&cells);
            if cells.is_empty() {
                cells = self.nearest(*cell, &withheld, 1);
            }
            cells.retain(|other| self.problem.roles().get(*other) == Some(&Role::Free));
            self.hide(&cells);
            for other in cells {
                if let Some(hidden) = withheld.get_mut(other) {
                    *hidden = true;
                }
            }
        }
    }

    fn hide(&mut self, cells: &[usize]) {
        for cell in cells {
            self.problem.set_role(CellId::try_from(*cell).unwrap_or(CellId::MAX), Role::Hidden);
        }
        self.learned |= !cells.is_empty();
    }

    fn harms(&self, findings: &[Finding]) -> bool {
        findings
            .iter()
            .any(|finding| finding.impossible || finding.fallen.iter().any(|fallen| self.role(fallen.cell).protected()))
    }

    /// Publishes again what turned out not to be needed, the largest first. Equations alone say which cells come into
    /// question; the attacker decides.
    fn prune(&mut self, mut withheld: Vec<bool>) -> Vec<bool> {
        withheld.truncate(self.board.shown().len());
        if self.alone {
            return withheld;
        }
        let mut plain = self.problem.clone();
        for (cell, hidden) in (0..).zip(&withheld) {
            match self.role(cell) {
                Role::Free if !hidden => plain.set_role(cell, Role::Open),
                Role::Hidden => plain.set_role(cell, Role::Free),
                _ => {}
            }
        }
        for cell in (0..).skip(withheld.len()).take(self.problem.len() - withheld.len()) {
            plain.set_role(cell, Role::Unseen);
        }
        let Ok(needed) = engine::protect(&plain, self.order, &[]) else { return withheld };
        let spare = |cell: &CellId| {
            let at = *cell as usize;
            withheld.get(at).copied().unwrap_or_default()
                && !needed.get(at).copied().unwrap_or_default()
                && matches!(self.role(*cell), Role::Free | Role::Hidden)
        };
        let mut spares: Vec<CellId> = (0..).take(withheld.len()).filter(spare).collect();
        spares.sort_by_key(|cell| std::cmp::Reverse(self.order.get(*cell as usize).copied()));
        let mut work = 0;
        for cell in spares {
            if work > PRUNING {
                break;
            }
            set(&mut withheld, cell, false);
            let quick = self.attack(&withheld, true);
            let unsure = |finding: &Finding| !finding.undecided.is_empty();
            let mut harm = self.harms(&quick);
            if !harm && quick.iter().any(unsure) {
                let findings = self.attack(&withheld, false);
                harm = self.harms(&findings) || findings.iter().any(unsure);
            }
            work += self.work;
            if harm {
                set(&mut withheld, cell, true);
            }
        }
        withheld
    }

    /// Publishes what falls without any protected cell falling with it, and holds that against the attacker once more.
    fn finish(&mut self, mut withheld: Vec<bool>, at_first: usize, rounds: usize) -> Protection {
        let findings = self.attack(&withheld, false);
        let mut opened = false;
        for fallen in findings.iter().flat_map(|finding| &finding.fallen) {
            if !self.role(fallen.cell).protected() {
                set(&mut withheld, fallen.cell, false);
                opened = true;
            }
        }
        let again = if opened { self.attack(&withheld, false) } else { findings };
        let mut leaks: Vec<CellId> = Vec::new();
        for finding in &again {
            leaks.extend(finding.fallen.iter().map(|fallen| fallen.cell));
            leaks.extend(&finding.undecided);
            leaks.extend(finding.impossible.then_some(0));
        }
        let told = |pair: &[(CellId, i64); 2]| {
            let [(one, _), (other, _)] = *pair;
            let apart = !self.holds(other, one) && !self.holds(one, other);
            (apart && self.role(other) == Role::Primary).then_some(other)
        };
        let mut told_to_one: Vec<CellId> = Vec::new();
        if self.alone {
            told_to_one.extend(again.iter().flat_map(|finding| &finding.tied).filter_map(told));
            told_to_one.sort_unstable();
            told_to_one.dedup();
        }
        let ranges = again.into_iter().flat_map(|finding| finding.ranges).collect();
        Protection { withheld, leaks, at_first, rounds, told_to_one, ranges }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::one_by_one;

    /// Two small cells and a large one with their sum, and a small one and a large one with theirs; the sums are published.
    #[test]
    fn room_is_made_for_many_at_once_and_only_where_there_is_none() {
        let mut problem = Problem::new(vec![12, 1, 2, 9, 8, 1, 7], vec![Role::Free; 7]);
        problem.relate(0, [1, 2, 3]);
        problem.relate(4, [5, 6]);
        for (cell, role) in
            [(0, Role::Open), (1, Role::Primary), (2, Role::Primary), (5, Role::Primary), (4, Role::Open)]
        {
            problem.set_role(cell, role);
        }
        let board = Released::bare(vec![Shown::Unseen; 7], true);
        let mut state = Loop::new(problem, None, &[], board, false, &one_by_one);
        state.make_rooms(&[1, 2, 5], &[false, true, true, false, false, true, false]);
        assert!(state.learned);
        // The two small ones of the first sum can change together; the one of the second needs what is beside it.
        assert_eq!((state.role(3), state.role(6)), (Role::Free, Role::Hidden));
    }
}
