//! The attacker that tries every table: slow, simple, and right.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeSet;

use disclosure::attack::Shown;
use disclosure::cube::{Cube, Shape};
use disclosure::dimension::Dimension;
use proptest::prelude::*;

/// How far an innermost cell is tried that nothing published bounds.
const MOST: u64 = 6;

/// The values that each cell has in any table of whole, non-negative counts that fits what is shown.
pub struct Ground {
    values: Vec<BTreeSet<u64>>,
}

impl Ground {
    pub fn of(shape: &Shape, shown: &[Shown], zeros_open: bool) -> Ground {
        let inner: Vec<Vec<usize>> = (0..shape.len())
            .filter(|cell| shape.is_innermost(*cell))
            .map(|cell| shape.over(&shape.ranks(cell)))
            .collect();
        // For each cell the last innermost cell in it: after that one its sum is done.
        let mut last = vec![0; shape.len()];
        for (at, over) in inner.iter().enumerate() {
            for cell in over {
                last[*cell] = at;
            }
        }
        let mut ground = Ground { values: vec![BTreeSet::new(); shape.len()] };
        let mut sums = vec![0_u64; shape.len()];
        ground.go(0, &inner, &last, shown, zeros_open, &mut sums);
        assert!(ground.values.iter().all(|values| !values.is_empty()), "no table fits, not even the true one");
        ground
    }

    fn go(
        &mut self,
        at: usize,
        inner: &[Vec<usize>],
        last: &[usize],
        shown: &[Shown],
        zeros_open: bool,
        sums: &mut [u64],
    ) {
        let Some(over) = inner.get(at) else {
            for (values, sum) in self.values.iter_mut().zip(sums.iter()) {
                values.insert(*sum);
            }
            return;
        };
        // No cell above may come over what it is; what nothing bounds is small in these tests.
        let most = over.iter().filter_map(|cell| match shown[*cell] {
            Shown::Open(count) => Some(count.saturating_sub(sums[*cell])),
            _ => None,
        });
        let most = most.min().unwrap_or(MOST);
        for value in 0..=most {
            for cell in over {
                sums[*cell] += value;
            }
            let fits = over.iter().all(|cell| {
                last[*cell] != at
                    || match shown[*cell] {
                        Shown::Open(count) => sums[*cell] == count,
                        Shown::Withheld => !zeros_open || sums[*cell] > 0,
                        Shown::Unseen | Shown::Guarded => true,
                    }
            });
            if fits {
                self.go(at + 1, inner, last, shown, zeros_open, sums);
            }
            for cell in over {
                sums[*cell] -= value;
            }
        }
    }

    pub fn can_differ(&self, cell: usize) -> bool {
        self.values[cell].len() > 1
    }

    pub fn reaches(&self, cell: usize, value: u64) -> bool {
        // Beyond what the enumeration goes to, anything is believed.
        self.values[cell].contains(&value) || value > MOST
    }
}

fn dimension(name: &'static str) -> impl Strategy<Value = Dimension> {
    let links: Vec<Vec<(&str, &str)>> = vec![
        vec![("a", "Total"), ("b", "Total")],
        vec![("a", "Total"), ("b", "Total"), ("c", "Total")],
        vec![("a", "x"), ("b", "x"), ("c", "Total"), ("x", "Total")],
        // A sum of one.
        vec![("a", "x"), ("x", "Total"), ("b", "Total"), ("c", "Total")],
        // Groupings that are not nested.
        vec![
            ("a", "x"),
            ("b", "x"),
            ("c", "y"),
            ("x", "Total"),
            ("y", "Total"),
            ("a", "u"),
            ("b", "v"),
            ("c", "v"),
            ("u", "Total"),
            ("v", "Total"),
        ],
    ];
    proptest::sample::select(links).prop_map(move |links| Dimension::of_links(name, &links).unwrap())
}

/// A cube of up to six innermost cells with small counts.
pub fn small_cube() -> impl Strategy<Value = Cube> {
    (dimension("one"), proptest::collection::vec(prop_oneof![Just(0_u64), 0_u64..3, 0_u64..5], 6)).prop_map(
        |(one, counts)| {
            let two = Dimension::flat("two", ["k", "m"]);
            let shape = Shape::new("", vec![one, two]).unwrap();
            let inner: Vec<Vec<usize>> =
                (0..shape.len()).filter(|cell| shape.is_innermost(*cell)).map(|cell| shape.ranks(cell)).collect();
            Cube::of(shape, "n", inner.into_iter().zip(counts)).unwrap()
        },
    )
}

/// A cube of three dimensions of which two tables of two dimensions are published.
pub fn small_plan() -> impl Strategy<Value = (Cube, Vec<bool>)> {
    (proptest::collection::vec(0_u64..3, 8), 0..3_usize).prop_map(|(counts, left_out)| {
        let two = |name: &str| Dimension::flat(name, ["a", "b"]);
        let shape = Shape::new("", vec![two("one"), two("two"), two("three")]).unwrap();
        let inner: Vec<Vec<usize>> =
            (0..shape.len()).filter(|cell| shape.is_innermost(*cell)).map(|cell| shape.ranks(cell)).collect();
        let tables = (0..shape.len())
            .map(|cell| {
                let ranks = shape.ranks(cell);
                // Tables one x two, one x three and two x three, of which one is left out.
                (0..3).any(|total| total != left_out && ranks[total] == 2)
            })
            .collect();
        (Cube::of(shape, "n", inner.into_iter().zip(counts)).unwrap(), tables)
    })
}
