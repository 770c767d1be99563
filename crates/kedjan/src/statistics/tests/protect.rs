//! The rule against two attackers of their own: one who solves the sums exactly, and one who tries every table that fits.

use proptest::prelude::*;

use super::super::protect::{Counts, Figure, Protected, is_small, protect};

/// Rows that add up to their whole, divided in up to four ways as pages are (by place, month, sex and age), nested as they
/// come: suspected ⊇ asked ⊇ said yes, and something on the side.
fn counts(ways: usize, most: i64) -> impl Strategy<Value = Counts> {
    let case = ((0_usize..4, 0_usize..3, 0_usize..2, 0_usize..3), 0_usize..4);
    (proptest::collection::vec((case, 0..=most), 0..14), 1_usize..=ways).prop_map(|(groups, ways)| {
        let rows = [4, 3, 2, 3];
        let mut counts = Counts {
            whole: vec![0; 4],
            ways: rows.iter().take(ways).map(|rows| vec![vec![0; 4]; *rows]).collect(),
            nested: vec![(0, 1), (1, 2), (0, 2)],
        };
        for (((place, month, sex, age), depth), n) in groups {
            let mut add = |measure: usize| {
                counts.whole[measure] += n;
                for (way, row) in counts.ways.iter_mut().zip([place, month, sex, age]) {
                    way[row][measure] += n;
                }
            };
            (0..=depth.min(2)).for_each(&mut add);
            if depth == 3 {
                add(3);
            }
        }
        counts
    })
}

/// All cells of a measure, the total first, with the ways as ranges.
fn column<T: Copy>(whole: &[T], ways: &[Vec<Vec<T>>], measure: usize) -> Vec<T> {
    std::iter::once(whole[measure]).chain(ways.iter().flatten().map(|row| row[measure])).collect()
}

/// Whether the sums alone determine a withheld cell: Gaussian elimination over the withheld cells of each measure.
fn solved(counts: &Counts, shown: &Protected) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for measure in 0..counts.whole.len() {
        let figures = column(&shown.whole, &shown.ways, measure);
        let unknown: Vec<usize> = (0..figures.len()).filter(|at| figures[*at] == Figure::Withheld).collect();
        let mut equations: Vec<Vec<f64>> = Vec::new();
        let mut start = 1;
        for way in &counts.ways {
            let coefficient = |at: usize| match at {
                0 => -1.0,
                at if (start..start + way.len()).contains(&at) => 1.0,
                _ => 0.0,
            };
            equations.push(unknown.iter().map(|at| coefficient(*at)).collect());
            start += way.len();
        }
        let mut next = 0;
        for lead in 0..unknown.len() {
            let Some(pivot) = (next..equations.len()).find(|row| equations[*row][lead].abs() > 1e-9) else { continue };
            equations.swap(next, pivot);
            let scale = equations[next][lead];
            equations[next].iter_mut().for_each(|value| *value /= scale);
            let pivot_row = equations[next].clone();
            for (_, equation) in equations.iter_mut().enumerate().filter(|(row, _)| *row != next) {
                let factor = equation[lead];
                if factor.abs() > 1e-9 {
                    equation.iter_mut().zip(&pivot_row).for_each(|(value, pivot)| *value -= factor * pivot);
                }
            }
            next += 1;
        }
        for equation in &equations {
            let terms: Vec<usize> = (0..unknown.len()).filter(|at| equation[*at].abs() > 1e-9).collect();
            if let [only] = terms.as_slice() {
                found.push((measure, unknown[*only]));
            }
        }
    }
    found
}

/// Another table that fits all that is shown and has another value in a withheld cell, searched for by trying.
struct Trying<'a> {
    counts: &'a Counts,
    figures: Vec<Vec<Figure>>,
    values: Vec<Vec<i64>>,
    target: (usize, usize),
    most: i64,
}

impl Trying<'_> {
    /// What a cell can be, given what is filled in before it: the total, the rows of its way, and the measures it is among.
    fn candidates(&self, measure: usize, at: usize) -> Vec<i64> {
        let true_value = column(&self.counts.whole, &self.counts.ways, measure)[at];
        let least = i64::from(at == 0 || self.figures[measure][0] != Figure::Withheld);
        let above = self.counts.nested.iter().filter(|(_, part)| *part == measure);
        let mut most = above.map(|(whole, _)| self.values[*whole][at]).min().unwrap_or(self.most).min(self.most);
        let (mut left, mut last, mut start) = (0, false, 1);
        for way in &self.counts.ways {
            if (start..start + way.len()).contains(&at) {
                let values = &self.values[measure];
                left = values[0] - values[start..at].iter().sum::<i64>();
                most = most.min(left);
            }
            start += way.len();
            last |= at + 1 == start;
        }
        let fits = |n: &i64| {
            *n <= most && (at == 0 || !last || *n == left) && ((measure, at) != self.target || *n != true_value)
        };
        let mut all: Vec<i64> = match self.figures[measure][at] {
            Figure::Open(n) => vec![n],
            Figure::Withheld => (least..=most).collect(),
        };
        all.retain(fits);
        // Near the truth first: that is where another table is found soonest.
        all.sort_by_key(|n| (n - true_value).abs());
        all
    }

    /// Fills in cell after cell, wholes before their parts.
    fn search(&mut self, measure: usize, at: usize) -> bool {
        if measure == self.values.len() {
            return true;
        }
        if at == self.values[measure].len() {
            return self.search(measure + 1, 0);
        }
        for candidate in self.candidates(measure, at) {
            self.values[measure][at] = candidate;
            if self.search(measure, at + 1) {
                return true;
            }
        }
        self.values[measure][at] = 0;
        false
    }
}

fn withheld(counts: &Counts, shown: &Protected) -> Vec<(usize, usize, i64)> {
    (0..counts.whole.len())
        .flat_map(|measure| {
            let values = column(&counts.whole, &counts.ways, measure);
            let figures = column(&shown.whole, &shown.ways, measure);
            (0..values.len())
                .filter(move |at| figures[*at] == Figure::Withheld)
                .map(move |at| (measure, at, values[at]))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_shown_is_true_and_never_small(counts in counts(4, 9)) {
        let shown = protect(&counts, 5);
        for measure in 0..4 {
            let values = column(&counts.whole, &counts.ways, measure);
            for (value, figure) in values.iter().zip(column(&shown.whole, &shown.ways, measure)) {
                if let Figure::Open(n) = figure {
                    prop_assert_eq!(n, *value);
                    prop_assert!(!is_small(n, 5));
                }
            }
        }
        for (whole, part) in &counts.nested {
            let above = column(&shown.whole, &shown.ways, *whole);
            let below = column(&shown.whole, &shown.ways, *part);
            for pair in above.iter().zip(below) {
                if let (Figure::Open(above), Figure::Open(below)) = pair {
                    prop_assert!(!is_small(above - below, 5));
                }
            }
        }
    }

    #[test]
    fn no_withheld_count_follows_from_the_sums(counts in counts(4, 9)) {
        let shown = protect(&counts, 5);
        prop_assert_eq!(solved(&counts, &shown), vec![]);
    }

    #[test]
    fn what_is_large_everywhere_is_shown_whole(extra in proptest::collection::vec(20_i64..90, 4)) {
        let rows: Vec<Vec<i64>> = extra.iter().map(|n| vec![n * 4, n * 3, n * 2, *n]).collect();
        let whole = (0..4).map(|m| rows.iter().map(|row| row[m]).sum()).collect();
        let counts = Counts { whole, ways: vec![rows], nested: vec![(0, 1), (1, 2), (0, 2)] };
        prop_assert_eq!(withheld(&counts, &protect(&counts, 5)), vec![]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_withheld_count_could_be_another(counts in counts(1, 4)) {
        could_be_another(&counts)?;
    }
}

/// Those who are asked and do not say yes add up too: found by chance, and once let a withheld count be worked out.
#[test]
fn what_lies_between_two_counts_gives_nothing_away() {
    let rows = vec![vec![3, 3, 0, 0], vec![2, 2, 2, 0], vec![2, 2, 2, 0], vec![1, 0, 0, 0]];
    let counts = Counts { whole: vec![8, 7, 4, 0], ways: vec![rows], nested: vec![(0, 1), (1, 2), (0, 2)] };
    could_be_another(&counts).unwrap();
}

fn could_be_another(counts: &Counts) -> Result<(), proptest::test_runner::TestCaseError> {
    let shown = protect(counts, 3);
    for (measure, at, value) in withheld(counts, &shown) {
        // A nought is withheld only along with its whole measure, and may be guessed.
        if value == 0 {
            continue;
        }
        let length = column(&counts.whole, &counts.ways, 0).len();
        let mut trying = Trying {
            counts,
            figures: (0..4).map(|m| column(&shown.whole, &shown.ways, m)).collect(),
            values: vec![vec![0; length]; 4],
            target: (measure, at),
            most: counts.whole[0].max(counts.whole[3]) + 4,
        };
        prop_assert!(trying.search(0, 0), "measure {measure}, cell {at} is given away in {shown:?}");
    }
    Ok(())
}

#[test]
fn a_single_small_row_takes_the_next_smallest_with_it() {
    let counts = Counts { whole: vec![122], ways: vec![vec![vec![3], vec![40], vec![9], vec![70]]], nested: vec![] };
    let shown = protect(&counts, 5);
    let row = |n| vec![Figure::Open(n)];
    let kept = vec![Figure::Withheld];
    assert_eq!(shown.whole, row(122));
    assert_eq!(shown.ways, vec![vec![kept.clone(), row(40), kept, row(70)]]);
}

#[test]
fn a_few_left_out_are_not_read_off_the_difference() {
    let counts = Counts { whole: vec![100, 98, 60], ways: vec![], nested: vec![(0, 1), (1, 2), (0, 2)] };
    assert_eq!(protect(&counts, 5).whole, vec![Figure::Open(100), Figure::Withheld, Figure::Open(60)]);
}

#[test]
fn nought_is_shown_and_nobody_is_a_full_share_away() {
    let counts = Counts {
        whole: vec![20, 20, 0],
        ways: vec![vec![vec![20, 20, 0], vec![0, 0, 0]]],
        nested: vec![(0, 1), (0, 2)],
    };
    assert!(withheld(&counts, &protect(&counts, 5)).is_empty());
}

#[test]
fn a_total_that_is_withheld_takes_its_rows_with_it() {
    let counts =
        Counts { whole: vec![50, 3], ways: vec![vec![vec![30, 3], vec![20, 0], vec![0, 0]]], nested: vec![(0, 1)] };
    let shown = protect(&counts, 5);
    let second: Vec<Figure> = column(&shown.whole, &shown.ways, 1);
    assert_eq!(second, vec![Figure::Withheld, Figure::Withheld, Figure::Withheld, Figure::Open(0)]);
}
