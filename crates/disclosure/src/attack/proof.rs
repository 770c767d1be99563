//! The proof that a cell cannot be larger, or smaller: a sum of cells that is known, with every other cell in it at its
//! least. It is checked in exact fractions against the equations, whoever found it.

#![allow(clippy::indexing_slicing, reason = "all indices are variables that the part numbers itself")]

use super::rational::{Q, TooBig};
use super::tableau::Tableau;

#[derive(Clone, Debug)]
pub(super) struct Proof {
    /// The known sum: variables with whole factors, the cell itself first.
    pub(super) sum: Vec<(u32, i64)>,
    /// That it leaves the cell no room at all, not only less than one.
    pub(super) tight: bool,
}

/// The first table, the least of each cell, and which cells are proved to be as in the first table.
type Known<'a> = (&'a [i64], &'a [i64], &'a [bool]);

impl Proof {
    /// Checks that `variable` changes as the slopes say: more of a variable with a slope is that much more, or less, of
    /// this one. `None` when that is not so, or does not prove anything.
    pub(super) fn check(
        tableau: &Tableau,
        variable: u32,
        larger: bool,
        slopes: &[(u32, Q)],
        known: Known<'_>,
    ) -> Option<Proof> {
        Proof::of(tableau, variable, larger, slopes, known).ok().flatten()
    }

    fn of(
        tableau: &Tableau,
        variable: u32,
        larger: bool,
        slopes: &[(u32, Q)],
        (base, least, fixed): Known<'_>,
    ) -> Result<Option<Proof>, TooBig> {
        let mut terms = vec![(variable, Q::ONE)];
        for (other, slope) in slopes.iter().filter(|(other, _)| *other != variable) {
            terms.push((*other, if larger { slope.neg() } else { *slope }));
        }
        let sum = tableau.sum(&terms)?;
        if !sum.terms.is_empty() {
            return Ok(None);
        }
        // The cell is the known sum without the others, and those that are not fixed only push it further.
        let mut end = sum.constant();
        for (other, factor) in terms.iter().skip(1) {
            let at = *other as usize;
            let pushes = if larger { factor.sign() >= 0 } else { factor.sign() <= 0 };
            if !fixed[at] && !pushes {
                return Ok(None);
            }
            let from = if fixed[at] { base[at] } else { least[at] };
            end = end.sub(factor.mul(Q::whole(from))?)?;
        }
        let here = base[variable as usize];
        let closed = if larger { end < Q::whole(here + 1) } else { end > Q::whole(here - 1) };
        if !closed {
            return Ok(None);
        }
        let mut common = 1_i64;
        for (_, factor) in &terms {
            common = common.checked_mul(factor.denominator() / gcd(common, factor.denominator())).ok_or(TooBig)?;
        }
        let mut whole = Vec::with_capacity(terms.len());
        for (other, factor) in &terms {
            whole.push((*other, factor.mul(Q::whole(common))?.floor()));
        }
        Ok(Some(Proof { sum: whole, tight: end == Q::whole(here) }))
    }
}

const fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs()
}
