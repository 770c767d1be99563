//! The first half: which cells must take part, found by Gaussian elimination over the equations.
//!
//! Cells enter from the smallest to the largest. A cell whose column depends on the columns before it closes a circuit: a
//! way to change counts that no published figure would show. Circuits are kept until every protected cell lies in one.

#![allow(
    clippy::indexing_slicing,
    reason = "all indices are rows, cells and basis entries that this file numbers itself"
)]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::system::System;
use crate::field::Gf;

/// A change of cells that no equation notices: cell and amount.
pub(super) type Circuit = Vec<(u32, Gf)>;

struct Entry {
    cell: u32,
    pivot: u32,
    scale: Gf,
    /// The reduced column, one at its pivot.
    column: Vec<(u32, Gf)>,
    /// What was taken away of which older entries.
    taken: Vec<(u32, Gf)>,
}

const NONE: u32 = u32::MAX;

pub(super) struct Grow<'a> {
    system: &'a System,
    entries: Vec<Entry>,
    /// For each row the entry whose pivot it is.
    pivot_of: Vec<u32>,
    /// For each row how many unknown cells are still to come.
    left: Vec<u32>,
    work: Vec<Gf>,
    touched: Vec<u32>,
    in_work: Vec<bool>,
    queue: BinaryHeap<Reverse<u32>>,
    queued: Vec<bool>,
    amounts: Vec<Gf>,
    /// Entries from which a protected cell that is not yet covered can be reached.
    reaches: Vec<bool>,
    uncovered: Vec<bool>,
    open: usize,
    open_at_refresh: usize,
    least: Least,
}

impl<'a> Grow<'a> {
    /// `least` are cells whose counts are the least they can be: any sum of them, once known, gives each of them away.
    pub(super) fn new(system: &'a System, protected: &[u32], least: &[u32]) -> Grow<'a> {
        let mut uncovered = vec![false; system.cells()];
        for cell in protected {
            uncovered[*cell as usize] = true;
        }
        Grow {
            system,
            entries: Vec::new(),
            pivot_of: vec![NONE; system.rows()],
            left: system.unknown_per_row(),
            work: vec![Gf::ZERO; system.rows()],
            touched: Vec::new(),
            in_work: vec![false; system.rows()],
            queue: BinaryHeap::new(),
            queued: Vec::new(),
            amounts: Vec::new(),
            reaches: Vec::new(),
            uncovered,
            open: protected.len(),
            open_at_refresh: protected.len(),
            least: Least::new(system.cells(), least),
        }
    }

    /// The circuits that cover every protected cell, or the cells that none covers.
    pub(super) fn run(mut self, order: &[u32]) -> Result<Vec<Circuit>, Vec<u32>> {
        let mut kept = Vec::new();
        for cell in order {
            if self.open == 0 && self.least.is_full() {
                break;
            }
            for (row, _) in self.system.column(*cell) {
                self.left[*row as usize] -= 1;
            }
            let taken = self.reduce(*cell);
            if self.touched.iter().any(|row| !self.work[*row as usize].is_zero()) {
                self.enter(*cell, taken);
            } else if let Some(circuit) = self.close(*cell, &taken) {
                kept.push(circuit);
            }
            self.clear();
        }
        if self.open > 0 {
            return Err((0..).zip(&self.uncovered).filter(|(_, open)| **open).map(|(cell, _)| cell).collect());
        }
        Ok(kept)
    }

    fn touch(&mut self, row: u32) {
        if !self.in_work[row as usize] {
            self.in_work[row as usize] = true;
            self.touched.push(row);
        }
        let entry = self.pivot_of[row as usize];
        if entry != NONE && !self.queued[entry as usize] {
            self.queued[entry as usize] = true;
            self.queue.push(Reverse(entry));
        }
    }

    /// Takes the older entries out of a column, always the oldest first: an entry's column has only pivots of younger
    /// ones, so each is taken out once. Any other order repeats work without bound.
    fn reduce(&mut self, cell: u32) -> Vec<(u32, Gf)> {
        let mut taken = Vec::new();
        for (row, sign) in self.system.column(cell) {
            self.work[*row as usize] = self.work[*row as usize].add(*sign);
            self.touch(*row);
        }
        while let Some(Reverse(at)) = self.queue.pop() {
            self.queued[at as usize] = false;
            let amount = self.work[self.entries[at as usize].pivot as usize];
            if amount.is_zero() {
                continue;
            }
            let column = std::mem::take(&mut self.entries[at as usize].column);
            for (row, value) in &column {
                self.work[*row as usize] = self.work[*row as usize].sub(amount.mul(*value));
                self.touch(*row);
            }
            self.entries[at as usize].column = column;
            // The entry itself was queued again by its own pivot, where nothing is left.
            taken.push((at, amount));
        }
        taken
    }

    fn clear(&mut self) {
        for row in self.touched.drain(..) {
            self.work[row as usize] = Gf::ZERO;
            self.in_work[row as usize] = false;
        }
    }

    /// A column that is independent of those before becomes an entry, with the emptiest of its rows as pivot.
    fn enter(&mut self, cell: u32, taken: Vec<(u32, Gf)>) {
        let mut rows: Vec<u32> =
            self.touched.iter().copied().filter(|row| !self.work[*row as usize].is_zero()).collect();
        rows.sort_unstable();
        let Some(pivot) = rows.iter().copied().min_by_key(|row| self.left[*row as usize]) else { return };
        let scale = self.work[pivot as usize].inverse();
        let column = rows.iter().map(|row| (*row, self.work[*row as usize].mul(scale))).collect();
        let reaches = self.wanted(cell) || taken.iter().any(|(at, _)| self.reaches[*at as usize]);
        self.pivot_of[pivot as usize] = self.entries.len() as u32;
        self.entries.push(Entry { cell, pivot, scale, column, taken });
        self.reaches.push(reaches);
        self.queued.push(false);
        self.amounts.push(Gf::ZERO);
    }

    /// The circuit of a dependent column, when it covers something that is not yet covered.
    fn close(&mut self, cell: u32, taken: &[(u32, Gf)]) -> Option<Circuit> {
        let itself = self.wanted(cell);
        if !itself && !taken.iter().any(|(at, _)| self.reaches[*at as usize]) {
            return None;
        }
        if !itself && !self.expand(cell, taken, true).iter().any(|(cell, _)| self.wanted(*cell)) {
            return None;
        }
        let circuit = self.expand(cell, taken, false);
        let new = self.least.take_in(&circuit);
        if !new && !circuit.iter().any(|(cell, _)| self.uncovered[*cell as usize]) {
            return None;
        }
        for (cell, _) in &circuit {
            if std::mem::take(&mut self.uncovered[*cell as usize]) {
                self.open -= 1;
            }
        }
        if new && self.least.is_full() {
            self.refresh();
        }
        if self.open * 20 < self.open_at_refresh * 19 {
            self.refresh();
        }
        Some(circuit)
    }

    /// Whether a circuit with this cell may be worth keeping.
    fn wanted(&self, cell: u32) -> bool {
        self.uncovered[cell as usize] || (!self.least.is_full() && self.least.has(cell))
    }

    fn refresh(&mut self) {
        self.open_at_refresh = self.open;
        for at in 0..self.entries.len() {
            let entry = &self.entries[at];
            self.reaches[at] = self.wanted(entry.cell) || entry.taken.iter().any(|(at, _)| self.reaches[*at as usize]);
        }
    }

    /// The change of cells that makes the column of `cell` vanish. With `seeking`, only the part through entries that
    /// reach something uncovered, whose amounts are the same.
    fn expand(&mut self, cell: u32, taken: &[(u32, Gf)], seeking: bool) -> Circuit {
        let mut circuit = vec![(cell, Gf::ONE)];
        let mut queue: BinaryHeap<u32> = BinaryHeap::new();
        let add = |at: u32, amount: Gf, amounts: &mut [Gf], queued: &mut [bool], queue: &mut BinaryHeap<u32>| {
            amounts[at as usize] = amounts[at as usize].add(amount);
            if !queued[at as usize] {
                queued[at as usize] = true;
                queue.push(at);
            }
        };
        for (at, amount) in taken {
            if !seeking || self.reaches[*at as usize] {
                add(*at, amount.neg(), &mut self.amounts, &mut self.queued, &mut queue);
            }
        }
        // The youngest first: what an entry was made of is older than itself.
        while let Some(at) = queue.pop() {
            self.queued[at as usize] = false;
            let amount = std::mem::take(&mut self.amounts[at as usize]).mul(self.entries[at as usize].scale);
            if amount.is_zero() {
                continue;
            }
            let entry = &self.entries[at as usize];
            circuit.push((entry.cell, amount));
            for (older, share) in &entry.taken {
                if !seeking || self.reaches[*older as usize] {
                    add(*older, amount.mul(*share).neg(), &mut self.amounts, &mut self.queued, &mut queue);
                }
            }
        }
        circuit
    }
}

/// The kept circuits' parts on cells at their least, in echelon form: as long as they are of full rank, no such cell can
/// be told from the others.
struct Least {
    at_least: Vec<bool>,
    count: usize,
    pivots: HashMap<u32, BTreeMap<u32, Gf>>,
}

impl Least {
    fn new(cells: usize, least: &[u32]) -> Least {
        let mut at_least = vec![false; cells];
        for cell in least {
            at_least[*cell as usize] = true;
        }
        Least { at_least, count: least.len(), pivots: HashMap::new() }
    }

    fn is_full(&self) -> bool {
        self.pivots.len() == self.count
    }

    fn has(&self, cell: u32) -> bool {
        self.at_least[cell as usize]
    }

    /// Whether the circuit adds to the rank.
    fn take_in(&mut self, circuit: &Circuit) -> bool {
        if self.is_full() {
            return false;
        }
        let mut row: BTreeMap<u32, Gf> = circuit.iter().copied().filter(|(cell, _)| self.has(*cell)).collect();
        // A pivot's row has no cells before it, so going upwards meets each once.
        let mut from = 0;
        while let Some((cell, amount)) = row.range(from..).next().map(|(cell, amount)| (*cell, *amount)) {
            let Some(pivot) = self.pivots.get(&cell) else {
                let inverse = amount.inverse();
                let scaled = row.split_off(&cell).into_iter().map(|(at, value)| (at, value.mul(inverse))).collect();
                self.pivots.insert(cell, scaled);
                return true;
            };
            for (at, value) in pivot {
                let slot = row.entry(*at).or_default();
                *slot = slot.sub(amount.mul(*value));
                if slot.is_zero() {
                    row.remove(at);
                }
            }
            from = cell + 1;
        }
        false
    }
}
