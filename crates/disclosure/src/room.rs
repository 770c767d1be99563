//! Room for a cell that falls only because counts are whole: the cheapest exchange of people between a few innermost
//! cells that changes it and leaves all counts possible. Withholding what the exchange changes makes a second table.

use std::collections::BTreeMap;

use crate::cube::Shape;
use crate::dimension::Dimension;

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
