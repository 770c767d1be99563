//! From table to table by steps that are known to go unnoticed: cheap, and it settles most cells.

#![allow(clippy::indexing_slicing, reason = "all indices are variables that the part numbers itself")]

use std::collections::HashMap;

use super::{Change, Seeker};
use crate::attack::rational::Q;

/// Sweeps of the walk at most, and after how many without news it ends.
const SWEEPS: usize = 40;
const IDLE: usize = 6;
/// Sweeps in which a table with more room is looked for.
const LOOSENING: usize = 60;
/// The furthest that one step goes.
const FURTHEST: i64 = 3;

/// The change that comes of one step of a free cell.
fn change(free: u32, column: &[(u32, Q)]) -> Change {
    let bound = column.iter().map(|(bound, amount)| (*bound, amount.floor()));
    std::iter::once((free, 1)).chain(bound).collect()
}

impl Seeker<'_> {
    /// Finds a step for each free cell, the bound ones following. They are added up here, once: where they lead fits, as what
    /// they came from did.
    pub(super) fn find_ways(&mut self) {
        let mut column = Vec::new();
        self.ways = vec![Change::new(); self.part.cells.len()];
        for free in self.free() {
            self.tableau.column(free, &mut column);
            let way = change(free, &column);
            if column.iter().all(|(_, amount)| amount.is_whole()) && self.goes_unnoticed(&way) {
                self.ways[free as usize] = way;
            }
        }
    }

    /// Tries what did before, and each step once, from the first table, there and back.
    pub(super) fn try_ways(&mut self) {
        let place = |(cell, amount): &(u32, i64)| Some((self.part.cells.binary_search(cell).ok()? as u32, *amount));
        let known: Vec<Change> =
            self.part.hints.iter().filter_map(|hint| hint.iter().map(place).collect::<Option<Change>>()).collect();
        for way in known {
            if self.has_news(&way) && self.goes_unnoticed(&way) {
                self.try_both_ways(&way);
            }
        }
        let ways = std::mem::take(&mut self.ways);
        for way in &ways {
            self.try_both_ways(way);
        }
        self.ways = ways;
    }

    fn try_both_ways(&mut self, way: &Change) {
        for by in [1, -1] {
            let possible =
                |(at, amount): &(u32, i64)| self.base[*at as usize] + by * amount >= self.part.least[*at as usize];
            if self.has_news(way) && way.iter().all(possible) {
                for (at, amount) in way {
                    self.seen_as(*at, self.base[*at as usize] + by * amount);
                }
                self.keep_move(way.iter().map(|(at, amount)| (*at, by * amount)));
            }
        }
    }

    /// Whether no equation notices a change.
    fn goes_unnoticed(&self, change: &Change) -> bool {
        let mut sums: HashMap<u32, i128> = HashMap::new();
        for (at, by) in change {
            for (equation, sign) in &self.stands_in[*at as usize] {
                *sums.entry(*equation).or_default() += i128::from(*sign) * i128::from(*by);
            }
        }
        sums.into_values().all(|sum| sum == 0)
    }

    /// Whether a change is of a cell that is not settled yet.
    fn has_news(&self, way: &Change) -> bool {
        way.iter().any(|(at, by)| *by != 0 && self.part.asked[*at as usize] && !self.settled(*at))
    }

    /// A cell has this count in a table that fits.
    pub(super) fn seen_as(&mut self, at: u32, count: i64) {
        let at = at as usize;
        self.least[at] = self.least[at].min(count);
        self.most[at] = self.most[at].max(count);
    }

    pub(super) fn keep_move(&mut self, change: impl Iterator<Item = (u32, i64)>) {
        let changes = change.filter(|(_, by)| *by != 0).map(|(at, by)| (self.part.cells[at as usize], by));
        self.moves.push(changes.collect());
    }

    /// Takes a step in a table; true when it settles a cell.
    fn go(&mut self, table: &mut [i64], way: &Change, by: i64) -> bool {
        let news = self.has_news(way);
        for (at, amount) in way {
            table[*at as usize] += by * amount;
            self.seen_as(*at, table[*at as usize]);
        }
        if news {
            self.keep_move(way.iter().map(|(at, amount)| (*at, by * amount)));
        }
        news
    }

    /// Walks by random steps, as long as it settles cells.
    pub(super) fn walk(&mut self) {
        let ways = std::mem::take(&mut self.ways);
        let mut order = self.free();
        let mut table = self.base.clone();
        let mut idle = 0;
        for _ in 0..SWEEPS {
            for at in (1..order.len()).rev() {
                let other = (self.chance() % (at as u64 + 1)) as usize;
                order.swap(at, other);
            }
            let mut news = false;
            for free in &order {
                let way = &ways[*free as usize];
                let by = self.step(&table, way);
                if by != 0 {
                    news |= self.go(&mut table, way, by);
                }
            }
            if news {
                self.remember(table.clone());
            }
            idle = if news { 0 } else { idle + 1 };
            if idle == IDLE {
                break;
            }
        }
        self.ways = ways;
    }

    /// How often to take a way, within what the counts allow, by chance.
    fn step(&mut self, table: &[i64], way: &Change) -> i64 {
        let (mut down, mut up) = (FURTHEST, FURTHEST);
        for (at, amount) in way {
            let room = (table[*at as usize] - self.part.least[*at as usize]) / amount.abs().max(1);
            if *amount > 0 {
                down = down.min(room);
            } else if *amount < 0 {
                up = up.min(room);
            }
        }
        let width = (up + down + 1).unsigned_abs();
        (self.chance() % width.max(1)) as i64 - down
    }

    /// A table in which fewer cells are at their least, by steps of these free cells. From there a search has more room: it
    /// meets fewer cells that stop it.
    pub(super) fn loosened(&mut self, free: &[u32]) -> Vec<i64> {
        let ways = std::mem::take(&mut self.ways);
        let mut table = self.base.clone();
        for _ in 0..LOOSENING * free.len() {
            let pick = free[(self.chance() % free.len() as u64) as usize];
            let way = &ways[pick as usize];
            let by = if self.chance().is_multiple_of(2) { 1 } else { -1 };
            if self.tighter(&table, way, by).is_some_and(|more| more <= 0) {
                self.go(&mut table, way, by);
            }
        }
        self.ways = ways;
        table
    }

    /// How many more cells are at their least after a step; nothing where it is not possible.
    fn tighter(&self, table: &[i64], way: &Change, by: i64) -> Option<i64> {
        let mut more = 0;
        for (at, amount) in way {
            let room = table[*at as usize] - self.part.least[*at as usize];
            let after = room + by * amount;
            if after < 0 {
                return None;
            }
            more += i64::from(after == 0) - i64::from(room == 0);
        }
        Some(more)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Seeker;
    use crate::attack::tableau::Tableau;
    use crate::attack::{Released, Shown};

    /// Three by three, all withheld; each row and each column has two, all on the diagonal.
    fn diagonal() -> (Released, Vec<u64>) {
        let mut released = Released::bare(vec![Shown::Withheld; 9], false);
        for at in 0..3 {
            let (row, column) = (released.add(Shown::Open(2)), released.add(Shown::Open(2)));
            released.relate(row, (0..3).map(|other| 3 * at + other).collect());
            released.relate(column, (0..3).map(|other| 3 * other + at).collect());
        }
        (released, vec![2, 0, 0, 0, 2, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2])
    }

    #[test]
    fn a_table_with_more_room_fits_as_well_and_has_fewer_cells_at_their_least() {
        let (released, truth) = diagonal();
        let parts = released.parts(Some(&truth)).unwrap();
        let [part] = parts.as_slice() else { panic!("what is withheld hangs together") };
        let tableau = Tableau::solve(part.cells.len(), &part.equations).unwrap();
        let mut seeker = Seeker::new(part, tableau);
        assert!(seeker.begin().is_ok());
        seeker.find_ways();
        let free = seeker.free();
        let roomy = seeker.loosened(&free);
        assert!(seeker.fits(&roomy));
        let at_least = |table: &[i64]| table.iter().filter(|count| **count == 0).count();
        assert_eq!(at_least(&seeker.base), 6);
        assert!(at_least(&roomy) <= 3, "{roomy:?}");
        // Among no cells that may change, it stays where it is.
        assert_eq!(seeker.loosened(&[]), seeker.base);
    }
}
