//! The order in which cells are published: the largest first, as the best peer does it.
//!
//! The measure is count + 1, and where that is equal how much of the table's larger cells a cell shares people with
//! (the `CandidatesDefault` of GaussSuppression: count + 1 plus 0.99 times the normalised X'X(count + 1)).

use crate::cube::Cube;

/// For each cell its place in the order; larger places are published first.
pub fn order(cube: &Cube) -> Vec<u32> {
    let shape = cube.shape();
    let counts = cube.counts();
    let inner: Vec<usize> = (0..counts.len()).filter(|cell| shape.is_innermost(*cell)).collect();
    let mut tie = vec![0_f64; counts.len()];
    for cell in inner {
        let over = shape.over(&shape.ranks(cell));
        let shared: u64 = over.iter().filter_map(|at| counts.get(*at)).map(|count| count + 1).sum();
        for at in over {
            if let Some(slot) = tie.get_mut(at) {
                // Below 2^53 for every table that can be read, so exact enough to order by.
                *slot += shared as f64;
            }
        }
    }
    let most = tie.iter().copied().fold(1.0, f64::max);
    let key: Vec<f64> = counts.iter().zip(&tie).map(|(count, tie)| *count as f64 + 1.0 + 0.99 * tie / most).collect();
    let places = listed(cube);
    let mut cells: Vec<usize> = (0..counts.len()).collect();
    let of = |list: &[f64], at: usize| list.get(at).copied().unwrap_or_default();
    cells.sort_by(|a, b| of(&key, *a).total_cmp(&of(&key, *b)).then_with(|| places.get(*b).cmp(&places.get(*a))));
    let mut out = vec![0; counts.len()];
    for (place, cell) in (0..).zip(cells) {
        if let Some(slot) = out.get_mut(cell) {
            *slot = place;
        }
    }
    out
}

/// For each cell its place in a list with totals first and codes by the alphabet, the first dimension slowest.
fn listed(cube: &Cube) -> Vec<usize> {
    let shape = cube.shape();
    let within: Vec<Vec<usize>> = shape
        .dimensions()
        .iter()
        .map(|dimension| {
            let mut ranks: Vec<usize> = (0..dimension.len()).collect();
            ranks.sort_by_key(|rank| (*rank != dimension.top(), dimension.codes().get(*rank)));
            let mut place = vec![0; ranks.len()];
            for (at, rank) in ranks.into_iter().enumerate() {
                if let Some(slot) = place.get_mut(rank) {
                    *slot = at;
                }
            }
            place
        })
        .collect();
    (0..shape.len())
        .map(|cell| {
            let ranks = shape.ranks(cell);
            let places = ranks.iter().zip(&within).map(|(rank, places)| (places.get(*rank), places.len()));
            places.fold(0, |all, (place, size)| all * size + place.copied().unwrap_or_default())
        })
        .collect()
}
