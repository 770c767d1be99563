//! The second half: publishing again what need not be withheld, the largest first.
//!
//! The kept circuits span the ways in which withheld cells can change unnoticed. A cell that is published fixes one of
//! them; a protected cell falls with it when its coefficients are proportional to that cell's. Two random sums of the
//! coefficients tell proportional rows by their quotient; the odds that two others agree are about cells squared in 2^61.

#![allow(clippy::indexing_slicing, reason = "all indices are cells and circuits that this file numbers itself")]

use std::collections::HashMap;

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
}

fn quotient((one, two): (Gf, Gf)) -> u64 {
    one.mul(two.inverse()).value()
}

impl Shrink {
    pub(super) fn new(cells: usize, circuits: &[Circuit], protected: &[u32]) -> Shrink {
        let mut shrink = Shrink {
            rows: vec![Vec::new(); cells],
            members: vec![Vec::new(); circuits.len()],
            sums: vec![(Gf::ZERO, Gf::ZERO); cells],
            protected: vec![false; cells],
            quotients: HashMap::new(),
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
            if self.quotients.contains_key(&quotient(self.sums[cell as usize])) {
                withheld.push(cell);
            } else {
                self.publish(cell);
            }
        }
        withheld
    }

    /// Takes one circuit out with which the cell could change, so that none is left with a part in it.
    fn publish(&mut self, cell: u32) {
        let row = std::mem::take(&mut self.rows[cell as usize]);
        let Some((pivot, pivot_at)) = row.iter().copied().min_by_key(|(at, _)| self.members[*at as usize].len()) else {
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
