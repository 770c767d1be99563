//! What an attacker begins with: the figures as released, and the sums that everybody knows to hold between them.
//!
//! The sums are found here from the codes alone, in another way than the protector's: for each sum the largest other
//! codes that fill it without overlapping.

use std::collections::HashMap;

use super::part::Part;
use crate::cube::Shape;
use crate::dimension::Dimension;

/// A cell as the public sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Its count stands there.
    Open(u64),
    /// It is withheld. Where zeros are open, everybody knows that it is not zero.
    Withheld,
    /// It is in no table.
    Unseen,
    /// Nobody may work it out, and nobody knows that it is not zero: in no table, or withheld since an edition in which it
    /// had another count.
    Guarded,
}

/// Released figures with the sums between them.
#[derive(Clone, Debug)]
pub struct Released {
    shown: Vec<Shown>,
    zeros_open: bool,
    equations: Vec<(u32, Vec<u32>)>,
}

/// Released figures that contradict each other at this sum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cell {cell} is {sum} as released, and its parts make {parts}")]
pub struct Contradiction {
    /// The cell that is a sum.
    pub cell: u32,
    /// As released.
    pub sum: u64,
    /// As its parts make; the least they can make when some are withheld.
    pub parts: u64,
}

impl Released {
    /// All cells of a shape as they are shown.
    pub fn new(shape: &Shape, shown: Vec<Shown>, zeros_open: bool) -> Released {
        let mut equations = Vec::new();
        let size = shape.len();
        let mut stride = size;
        for dimension in shape.dimensions() {
            let outer = stride;
            stride = stride.checked_div(dimension.len()).unwrap_or(1).max(1);
            for (sum, parts) in fillings(dimension) {
                for base in (0..size).step_by(outer.max(1)) {
                    for at in base..base + stride {
                        let cell = |rank: usize| u32::try_from(at + rank * stride).unwrap_or(u32::MAX);
                        equations.push((cell(sum), parts.iter().map(|part| cell(*part)).collect()));
                    }
                }
            }
        }
        Released { shown, zeros_open, equations }
    }

    /// Cells without a shape; the sums between them are told one by one.
    pub const fn bare(shown: Vec<Shown>, zeros_open: bool) -> Released {
        Released { shown, zeros_open, equations: Vec::new() }
    }

    /// Adds a cell that is not of the shape, and gives its number.
    pub fn add(&mut self, shown: Shown) -> u32 {
        self.shown.push(shown);
        u32::try_from(self.shown.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds that a cell is the sum of others.
    pub fn relate(&mut self, sum: u32, parts: Vec<u32>) {
        self.equations.push((sum, parts));
    }

    /// The cells.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Whether everybody knows that no withheld count is zero.
    pub const fn zeros_open(&self) -> bool {
        self.zeros_open
    }

    /// Shows a cell in another way.
    pub fn show(&mut self, cell: u32, shown: Shown) {
        if let Some(slot) = self.shown.get_mut(cell as usize) {
            *slot = shown;
        }
    }

    fn of(&self, cell: u32) -> Shown {
        self.shown.get(cell as usize).copied().unwrap_or(Shown::Unseen)
    }

    /// The smallest a withheld or unseen cell can be.
    fn least(&self, cell: u32) -> i64 {
        match self.of(cell) {
            Shown::Open(count) => i64::try_from(count).unwrap_or(i64::MAX),
            Shown::Withheld => i64::from(self.zeros_open),
            Shown::Unseen | Shown::Guarded => 0,
        }
    }

    /// Divides what is not known into parts that have no equation in common. With the true counts the search begins at
    /// them; without, it finds a table that fits by itself.
    ///
    /// # Errors
    /// That what is released does not add up.
    pub fn parts(&self, truth: Option<&[u64]>) -> Result<Vec<Part>, Contradiction> {
        let mut group: Vec<u32> = (0..).take(self.shown.len()).collect();
        let mut open: Vec<(Vec<(u32, i64)>, i64)> = Vec::new();
        for (sum, parts) in &self.equations {
            let mut terms = Vec::new();
            // Wide enough for any number of the largest counts.
            let mut value = 0_i128;
            for (cell, sign) in std::iter::once((*sum, 1)).chain(parts.iter().map(|part| (*part, -1))) {
                match self.of(cell) {
                    Shown::Open(count) => value -= i128::from(sign) * i128::from(count),
                    _ => terms.push((cell, sign)),
                }
            }
            if terms.is_empty() && value != 0 {
                return Err(self.contradiction(*sum, parts));
            }
            for pair in terms.windows(2) {
                if let [(a, _), (b, _)] = pair {
                    join(&mut group, *a, *b);
                }
            }
            if !terms.is_empty() {
                open.push((terms, i64::try_from(value).unwrap_or(i64::MAX / 4)));
            }
        }
        Ok(self.divide(&mut group, open, truth))
    }

    fn contradiction(&self, cell: u32, parts: &[u32]) -> Contradiction {
        let as_count = |value: i64| u64::try_from(value).unwrap_or_default();
        let made = parts.iter().map(|part| as_count(self.least(*part))).fold(0, u64::saturating_add);
        Contradiction { cell, sum: as_count(self.least(cell)), parts: made }
    }

    fn divide(&self, group: &mut [u32], open: Vec<(Vec<(u32, i64)>, i64)>, truth: Option<&[u64]>) -> Vec<Part> {
        let mut part_of: HashMap<u32, usize> = HashMap::new();
        let mut parts: Vec<Part> = Vec::new();
        let mut local: Vec<u32> = vec![0; self.shown.len()];
        for (cell, shown) in (0..).zip(&self.shown) {
            if matches!(shown, Shown::Open(_)) {
                continue;
            }
            let root = root(group, cell);
            let at = *part_of.entry(root).or_insert_with(|| {
                parts.push(Part::new(truth.is_some()));
                parts.len() - 1
            });
            let (Some(part), Some(slot)) = (parts.get_mut(at), local.get_mut(cell as usize)) else { continue };
            let true_count = truth.and_then(|counts| counts.get(cell as usize)).copied();
            let asked = matches!(shown, Shown::Withheld | Shown::Guarded);
            *slot = part.add(cell, self.least(cell), asked, true_count);
        }
        for (mut terms, value) in open {
            let Some((first, _)) = terms.first() else { continue };
            let at = part_of.get(&root(group, *first)).copied();
            for (cell, _) in &mut terms {
                *cell = local.get(*cell as usize).copied().unwrap_or_default();
            }
            if let Some(part) = at.and_then(|at| parts.get_mut(at)) {
                part.equation(terms, value);
            }
        }
        parts
    }
}

fn root(group: &mut [u32], cell: u32) -> u32 {
    let mut at = cell;
    while let Some(next) = group.get(at as usize).copied() {
        if next == at {
            break;
        }
        // Halving the way for whoever comes after.
        let over = group.get(next as usize).copied().unwrap_or(next);
        if let Some(slot) = group.get_mut(at as usize) {
            *slot = over;
        }
        at = over;
    }
    at
}

fn join(group: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(group, a), root(group, b));
    if let Some(slot) = group.get_mut(a.max(b) as usize) {
        *slot = a.min(b);
    }
}

/// For each sum of a dimension other codes that make it up: the largest that fit, without overlapping.
fn fillings(dimension: &Dimension) -> Vec<(usize, Vec<usize>)> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); dimension.len()];
    for leaf in 0..dimension.innermost() {
        for code in dimension.above(leaf) {
            if let Some(list) = below.get_mut(*code) {
                list.push(leaf);
            }
        }
    }
    let mut largest: Vec<usize> = (0..dimension.len()).collect();
    let size = |code: usize| below.get(code).map_or(0, Vec::len);
    // Of codes with the same people the later is made of the earlier; innermost codes come first of all.
    largest.sort_by_key(|code| (std::cmp::Reverse(size(*code)), std::cmp::Reverse(*code)));
    let mut out = Vec::new();
    for (place, sum) in largest.iter().enumerate() {
        let mut missing: std::collections::HashSet<usize> = below.get(*sum).into_iter().flatten().copied().collect();
        if *sum < dimension.innermost() || missing.is_empty() {
            continue;
        }
        let mut parts = Vec::new();
        for code in largest.iter().skip(place + 1) {
            let leaves = below.get(*code).map(Vec::as_slice).unwrap_or_default();
            if !leaves.is_empty() && leaves.iter().all(|leaf| missing.contains(leaf)) {
                for leaf in leaves {
                    missing.remove(leaf);
                }
                parts.push(*code);
            }
        }
        out.push((*sum, parts));
    }
    out
}
