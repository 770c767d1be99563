//! The equations as a sparse matrix over the cells that are not known from the start.

use crate::field::Gf;
use crate::problem::{Problem, Role};

/// Rows are equations, columns are cells; a cell that everybody knows has an empty column.
pub(super) struct System {
    starts: Vec<usize>,
    entries: Vec<(u32, Gf)>,
    unknown: Vec<u32>,
}

impl System {
    pub(super) fn new(problem: &Problem) -> System {
        let known = |cell: u32| problem.roles().get(cell as usize).is_none_or(|role| *role == Role::Open);
        let mut columns: Vec<(u32, u32, Gf)> = Vec::new();
        let mut unknown = Vec::new();
        let mut take_in = |terms: &mut dyn Iterator<Item = (u32, Gf)>| {
            let row = unknown.len() as u32;
            let before = columns.len();
            columns.extend(terms.filter(|(cell, _)| !known(*cell)).map(|(cell, factor)| (cell, row, factor)));
            let there = columns.len() - before;
            if there > 0 {
                unknown.push(there as u32);
            }
        };
        for (parent, children) in problem.each_relation() {
            let parts = children.iter().map(|child| (*child, Gf::MINUS_ONE));
            take_in(&mut std::iter::once((parent, Gf::ONE)).chain(parts));
        }
        for terms in problem.weighted() {
            take_in(&mut terms.iter().map(|(cell, factor)| (*cell, Gf::signed(*factor))));
        }
        columns.sort_unstable_by_key(|(cell, row, _)| (*cell, *row));
        let mut starts = vec![0; problem.len() + 1];
        for (cell, _, _) in &columns {
            if let Some(slot) = starts.get_mut(*cell as usize + 1) {
                *slot += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut starts {
            sum += *slot;
            *slot = sum;
        }
        System { starts, entries: columns.into_iter().map(|(_, row, sign)| (row, sign)).collect(), unknown }
    }

    pub(super) const fn cells(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) const fn rows(&self) -> usize {
        self.unknown.len()
    }

    pub(super) fn unknown_per_row(&self) -> Vec<u32> {
        self.unknown.clone()
    }

    /// The equations that a cell stands in, with its sign.
    pub(super) fn column(&self, cell: u32) -> &[(u32, Gf)] {
        let at = cell as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => self.entries.get(*from..*to).unwrap_or_default(),
            _ => &[],
        }
    }
}
