//! Room for a cell that falls only because counts are whole: the cheapest exchange of people between a few innermost
//! cells that changes it and leaves all counts possible. Withholding what the exchange changes makes a second table.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, HashSet};

use crate::cube::Shape;
use crate::dimension::Dimension;
use crate::problem::{CellId, Problem};

/// What an exchange may do to a cell: nothing, or at a cost (0 when it is withheld already).
pub(crate) type Cost<'a> = &'a dyn Fn(usize, i64) -> Option<f64>;

/// Most other codes that are tried in a dimension, and most codes under a sum.
const OTHERS: usize = 40;
const UNDER: usize = 8;

/// The cells of the cheapest exchange that changes `cell`, or nothing when none is possible.
pub(crate) fn find(shape: &Shape, cell: usize, cost: Cost<'_>) -> Vec<usize> {
    let ranks = shape.ranks(cell);
    let mut search = Search { shape, cost, best: f64::INFINITY, cells: Vec::new() };
    let mut ways: Vec<Vec<(usize, Option<usize>)>> = Vec::new();
    for (rank, dimension) in ranks.iter().zip(shape.dimensions()) {
        ways.push(exchanges(dimension, *rank));
    }
    search.go(&ways, &mut Vec::new());
    search.cells
}

/// An innermost code under the cell's own, and another that is not, with which to exchange, or none: then the change
/// goes on to the sums of the dimension.
fn exchanges(dimension: &Dimension, rank: usize) -> Vec<(usize, Option<usize>)> {
    let leaves = 0..dimension.innermost();
    let under: Vec<usize> = leaves.clone().filter(|leaf| dimension.above(*leaf).contains(&rank)).collect();
    let mut out = Vec::new();
    for own in under.iter().copied().take(UNDER) {
        out.push((own, None));
        // Those that share the most sums with it disturb the fewest.
        let shared =
            |leaf: &usize| dimension.above(*leaf).iter().filter(|sum| dimension.above(own).contains(sum)).count();
        let mut others: Vec<usize> = leaves.clone().filter(|leaf| !under.contains(leaf)).collect();
        others.sort_by_key(|leaf| std::cmp::Reverse(shared(leaf)));
        out.extend(others.into_iter().take(OTHERS).map(|other| (own, Some(other))));
    }
    out
}

struct Search<'a> {
    shape: &'a Shape,
    cost: Cost<'a>,
    best: f64,
    cells: Vec<usize>,
}

impl Search<'_> {
    fn go(&mut self, ways: &[Vec<(usize, Option<usize>)>], chosen: &mut Vec<(usize, Option<usize>)>) {
        let Some((here, rest)) = ways.split_first() else { return self.weigh(chosen) };
        for way in here {
            chosen.push(*way);
            self.go(rest, chosen);
            chosen.pop();
        }
    }

    fn weigh(&mut self, chosen: &[(usize, Option<usize>)]) {
        // Every corner of the exchange with its sign.
        let mut corners: Vec<(Vec<usize>, i64)> = vec![(Vec::new(), 1)];
        for (own, other) in chosen {
            let mut next = Vec::with_capacity(corners.len() * 2);
            for (ranks, sign) in corners {
                let with = |rank: usize| ranks.iter().copied().chain(std::iter::once(rank)).collect::<Vec<_>>();
                next.push((with(*own), sign));
                next.extend(other.map(|other| (with(other), -sign)));
            }
            corners = next;
        }
        let mut change: BTreeMap<usize, i64> = BTreeMap::new();
        for (ranks, sign) in &corners {
            for cell in self.shape.over(ranks) {
                *change.entry(cell).or_default() += sign;
            }
        }
        change.retain(|_, amount| *amount != 0);
        for way in [1, -1] {
            let mut sum = 0.0;
            let possible = change.iter().all(|(cell, amount)| match (self.cost)(*cell, way * amount) {
                Some(cost) => {
                    sum += cost;
                    sum < self.best
                }
                None => false,
            });
            if possible {
                self.best = sum;
                self.cells = change.keys().copied().collect();
            }
        }
    }
}

/// The sums around each cell, where they were told one by one and no shape says how cells lie to one another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    sums: Vec<Vec<(CellId, i64)>>,
    of: Vec<Vec<usize>>,
}

/// How many half-made exchanges are looked at, how many ways on from each, and how many cells one may change.
const LOOKED_AT: usize = 3_000;
const WAYS: usize = 12;
const CHANGED: usize = 60;

/// An exchange under way: what it changes, and which sums do not hold yet, by how much.
#[derive(Clone, Debug, PartialEq)]
struct Draft {
    weight: f64,
    cost: f64,
    change: BTreeMap<CellId, i64>,
    off: BTreeMap<usize, i64>,
}

impl Eq for Draft {}

impl PartialOrd for Draft {
    fn partial_cmp(&self, other: &Draft) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Draft {
    /// The cheapest is the greatest, as a heap gives the greatest first.
    fn cmp(&self, other: &Draft) -> Ordering {
        other.weight.total_cmp(&self.weight)
    }
}

impl Around {
    pub(crate) fn of(problem: &Problem) -> Around {
        let mut around = Around { sums: Vec::new(), of: vec![Vec::new(); problem.len()] };
        for (parent, children) in problem.each_relation() {
            let terms: Vec<(CellId, i64)> =
                std::iter::once((parent, 1)).chain(children.iter().map(|child| (*child, -1))).collect();
            for (cell, _) in &terms {
                if let Some(list) = around.of.get_mut(*cell as usize) {
                    list.push(around.sums.len());
                }
            }
            around.sums.push(terms);
        }
        around
    }

    /// The cells of the cheapest exchange found that changes `cell`, or nothing when none was: sum after sum is put right
    /// by changing one more cell, the cheapest drafts first.
    pub(crate) fn find(&self, cell: CellId, cost: Cost<'_>) -> Vec<usize> {
        let empty = Draft { weight: 0.0, cost: 0.0, change: BTreeMap::new(), off: BTreeMap::new() };
        let mut drafts: BinaryHeap<Draft> =
            [1, -1].iter().filter_map(|by| self.changed(&empty, cell, *by, cost)).collect();
        for _ in 0..LOOKED_AT {
            let Some(draft) = drafts.pop() else { break };
            let Some((sum, by)) = draft.off.first_key_value() else {
                return draft.change.keys().map(|cell| *cell as usize).collect();
            };
            let terms = self.sums.get(*sum).map(Vec::as_slice).unwrap_or_default();
            let further = terms.iter().filter_map(|(cell, factor)| self.changed(&draft, *cell, -by * factor, cost));
            let mut ways: Vec<Draft> = further.collect();
            ways.sort_by(|one, other| other.cmp(one));
            drafts.extend(ways.into_iter().take(WAYS));
        }
        Vec::new()
    }

    /// The cells nearest to one, by how many sums lie between, that are wanted: no more than so many.
    pub(crate) fn nearest(&self, cell: CellId, wanted: &dyn Fn(usize) -> bool, most: usize) -> Vec<usize> {
        let mut queue = vec![cell];
        let mut known: HashSet<CellId> = HashSet::from([cell]);
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(here) = queue.get(at).copied().filter(|_| found.len() < most) {
            at += 1;
            for sum in self.of.get(here as usize).into_iter().flatten() {
                for (other, _) in self.sums.get(*sum).into_iter().flatten() {
                    if known.insert(*other) {
                        queue.push(*other);
                        found.extend(Some(*other as usize).filter(|other| wanted(*other)));
                    }
                }
            }
        }
        found.truncate(most);
        found
    }

    fn changed(&self, draft: &Draft, cell: CellId, by: i64, cost: Cost<'_>) -> Option<Draft> {
        if draft.change.contains_key(&cell) || draft.change.len() >= CHANGED {
            return None;
        }
        let mut next = draft.clone();
        next.cost += cost(cell as usize, by)?;
        next.change.insert(cell, by);
        for sum in self.of.get(cell as usize).into_iter().flatten() {
            let factor = self.sums.get(*sum)?.iter().find(|(one, _)| *one == cell)?.1;
            let off = next.off.entry(*sum).or_default();
            *off += by * factor;
            if *off == 0 {
                next.off.remove(sum);
            }
        }
        // What is far from done is worth less than what nearly is.
        next.weight = next.cost + 0.5 * next.off.len() as f64 + 0.01 * next.change.len() as f64;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Role;

    /// Three sums in a row, each with a cell of the next: 0 = 1 + 2, 2 = 3 + 4, 4 = 5 + 6.
    #[test]
    fn what_is_nearest_comes_first_and_no_more_than_asked_for() {
        let mut problem = Problem::new(vec![9, 1, 8, 2, 6, 3, 3], vec![Role::Free; 7]);
        problem.relate(0, [1, 2]);
        problem.relate(2, [3, 4]);
        problem.relate(4, [5, 6]);
        let around = Around::of(&problem);
        let odd = |cell: usize| cell % 2 == 1;
        assert_eq!(around.nearest(0, &odd, 2), [1, 3]);
        assert_eq!(around.nearest(0, &odd, 9), [1, 3, 5]);
        assert_eq!(around.nearest(0, &|_| false, 9), Vec::<usize>::new());
    }
}
