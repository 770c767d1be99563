//! The second half: publishing again what need not be withheld, the largest first.
//!
//! The kept circuits span the ways in which withheld cells can change unnoticed. A cell that is published fixes one of
//! them; a protected cell falls with it when its coefficients are proportional to that cell's. Two random sums of the
//! coefficients tell proportional rows by their quotient; the odds that two others agree are about cells squared in 2^61.

#![allow(clippy::indexing_slicing, reason = "all indices are cells and circuits that this file numbers itself")]

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::grow::Circuit;
use crate::field::{Gf, Stream};

type Coefficients = Vec<(u32, Gf)>;

pub(super) struct Shrink {
    /// For each cell its coefficients in the circuits, by circuit.
    rows: Vec<Coefficients>,
    /// For each circuit the cells that have had a part in it; some may have none any more.
    members: Vec<Vec<u32>>,
    sums: Vec<(Gf, Gf)>,
    protected: Vec<bool>,
    /// How many protected cells have each quotient.
    quotients: HashMap<u64, u32>,
    /// Circuits of which each has one cell at its least for itself.
    own: Vec<bool>,
}

fn quotient((one, two): (Gf, Gf)) -> u64 {
    one.mul(two.inverse()).value()
}

impl Shrink {
    pub(super) fn new(cells: usize, circuits: &[Circuit], protected: &[u32], least: &[u32]) -> Shrink {
        let (circuits, own) = single_out(cells, circuits, least);
        let mut shrink = Shrink {
            rows: vec![Vec::new(); cells],
            members: vec![Vec::new(); circuits.len()],
            sums: vec![(Gf::ZERO, Gf::ZERO); cells],
            protected: vec![false; cells],
            quotients: HashMap::new(),
            own,
        };
        let mut stream = Stream::new(0x6b65_646a_616e);
        for (at, circuit) in circuits.iter().enumerate() {
            let (one, two) = (stream.field(), stream.field());
            for (cell, amount) in circuit {
                let cell_at = *cell as usize;
                shrink.rows[cell_at].push((at as u32, *amount));
                shrink.members[at].push(*cell);
                let sum = shrink.sums[cell_at];
                shrink.sums[cell_at] = (sum.0.add(amount.mul(one)), sum.1.add(amount.mul(two)));
            }
        }
        for cell in protected {
            shrink.protected[*cell as usize] = true;
            *shrink.quotients.entry(quotient(shrink.sums[*cell as usize])).or_default() += 1;
        }
        shrink
    }

    /// Goes through the cells, the largest first, and gives those that stay withheld.
    pub(super) fn run(mut self, largest_first: impl Iterator<Item = u32>, never: &[bool]) -> Vec<u32> {
        let mut withheld = Vec::new();
        for cell in largest_first {
            if self.rows[cell as usize].is_empty() {
                continue;
            }
            if never[cell as usize] {
                continue;
            }
            if self.quotients.contains_key(&quotient(self.sums[cell as usize])) || self.sums_least(cell) {
                withheld.push(cell);
            } else {
                self.publish(cell);
            }
        }
        withheld
    }

    /// Whether the cell is known to be a sum of cells at their least, and so gives each of them away. With different signs
    /// it says only how they differ.
    fn sums_least(&self, cell: u32) -> bool {
        let row = &self.rows[cell as usize];
        let all = |sign| row.iter().all(|(at, amount)| self.own[*at as usize] && amount.sign() == sign);
        all(1) || all(-1)
    }

    /// Takes one circuit out with which the cell could change, so that none is left with a part in it.
    fn publish(&mut self, cell: u32) {
        let row = std::mem::take(&mut self.rows[cell as usize]);
        let rank = |at: &u32| (self.own[*at as usize], self.members[*at as usize].len());
        let Some((pivot, pivot_at)) = row.iter().copied().min_by_key(|(at, _)| rank(at)) else {
            return;
        };
        let sum = std::mem::take(&mut self.sums[cell as usize]);
        let inverse = pivot_at.inverse();
        for other in std::mem::take(&mut self.members[pivot as usize]) {
            let at = other as usize;
            let Ok(place) = self.rows[at].binary_search_by_key(&pivot, |(circuit, _)| *circuit) else { continue };
            let factor = self.rows[at][place].1.mul(inverse);
            let before = self.sums[at];
            let after = (before.0.sub(factor.mul(sum.0)), before.1.sub(factor.mul(sum.1)));
            self.sums[at] = after;
            if self.protected[at] {
                self.count(quotient(before), quotient(after));
            }
            self.take_away(other, factor, &row);
        }
    }

    fn count(&mut self, before: u64, after: u64) {
        if let Some(count) = self.quotients.get_mut(&before) {
            *count -= 1;
            if *count == 0 {
                self.quotients.remove(&before);
            }
        }
        *self.quotients.entry(after).or_default() += 1;
    }

    /// Takes `factor` times `row` away from the coefficients of a cell; both are in the order of the circuits.
    fn take_away(&mut self, cell: u32, factor: Gf, row: &Coefficients) {
        let own = std::mem::take(&mut self.rows[cell as usize]);
        let mut merged = Vec::with_capacity(own.len() + row.len());
        let mut own = own.into_iter().peekable();
        for (circuit, amount) in row {
            while let Some(mine) = own.next_if(|(at, _)| at < circuit) {
                merged.push(mine);
            }
            let taken = amount.mul(factor);
            match own.next_if(|(at, _)| at == circuit) {
                Some((_, mine)) => {
                    let left = mine.sub(taken);
                    if !left.is_zero() {
                        merged.push((*circuit, left));
                    }
                }
                None => {
                    merged.push((*circuit, taken.neg()));
                    self.members[*circuit as usize].push(cell);
                }
            }
        }
        merged.extend(own);
        self.rows[cell as usize] = merged;
    }
}

/// Combines the circuits so that each cell at its least has one of its own, as far as they can be told apart: in that
/// circuit it has a part of one, and in no other it has any. Says which circuits these are.
fn single_out(cells: usize, circuits: &[Circuit], least: &[u32]) -> (Vec<Circuit>, Vec<bool>) {
    if least.is_empty() {
        return (circuits.to_vec(), vec![false; circuits.len()]);
    }
    let mut at_least = vec![false; cells];
    for cell in least {
        at_least[*cell as usize] = true;
    }
    // For each such cell the circuit that is its own, and the circuits it may have a part in.
    let mut owner: HashMap<u32, usize> = HashMap::new();
    let mut done: Vec<BTreeMap<u32, Gf>> = Vec::new();
    let mut parts: HashMap<u32, Vec<usize>> = HashMap::new();
    for circuit in circuits {
        let mut now: BTreeMap<u32, Gf> = circuit.iter().copied().collect();
        let owned: Vec<(usize, Gf)> =
            circuit.iter().filter_map(|(cell, amount)| Some((*owner.get(cell)?, *amount))).collect();
        for (at, amount) in owned {
            combine(&mut now, amount, &done[at], |_| ());
        }
        let place = done.len();
        let free = now.iter().filter(|(cell, _)| at_least[**cell as usize]);
        let pick =
            free.min_by_key(|(cell, _)| parts.get(cell).map_or(0, Vec::len)).map(|(cell, amount)| (*cell, *amount));
        if let Some((cell, amount)) = pick {
            let inverse = amount.inverse();
            for value in now.values_mut() {
                *value = value.mul(inverse);
            }
            for at in parts.remove(&cell).unwrap_or_default() {
                let share = done[at].get(&cell).copied().unwrap_or_default();
                if !share.is_zero() {
                    combine(&mut done[at], share, &now, |new| {
                        if at_least[new as usize] {
                            parts.entry(new).or_default().push(at);
                        }
                    });
                }
            }
            owner.insert(cell, place);
        }
        for cell in now.keys().filter(|cell| at_least[**cell as usize]) {
            parts.entry(*cell).or_default().push(place);
        }
        done.push(now);
    }
    let mut own = vec![false; done.len()];
    for at in owner.into_values() {
        own[at] = true;
    }
    (done.into_iter().map(|circuit| circuit.into_iter().collect()).collect(), own)
}

/// Takes `factor` times `other` away, and names cells that were not there.
fn combine(circuit: &mut BTreeMap<u32, Gf>, factor: Gf, other: &BTreeMap<u32, Gf>, mut new: impl FnMut(u32)) {
    for (cell, value) in other {
        let taken = value.mul(factor);
        match circuit.entry(*cell) {
            Entry::Vacant(slot) => {
                slot.insert(taken.neg());
                new(*cell);
            }
            Entry::Occupied(mut slot) => {
                let left = slot.get().sub(taken);
                if left.is_zero() {
                    slot.remove();
                } else {
                    slot.insert(left);
                }
            }
        }
    }
}
