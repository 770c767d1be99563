//! Exact fractions of 64-bit numbers. What does not fit is told, never rounded.

use std::cmp::Ordering;

/// A number has outgrown 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooBig;

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Q {
    n: i64,
    d: i64,
}

const fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

const fn small_gcd(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Q {
    pub(super) const ZERO: Q = Q { n: 0, d: 1 };
    pub(super) const ONE: Q = Q { n: 1, d: 1 };

    pub(super) const fn whole(n: i64) -> Q {
        Q { n, d: 1 }
    }

    fn of(n: i128, d: i128) -> Result<Q, TooBig> {
        // Nearly all numbers are small, and 64 bits are divided many times faster.
        if let (Ok(n), Ok(d)) = (i64::try_from(n), i64::try_from(d))
            && n > i64::MIN
            && d > i64::MIN
        {
            let g = small_gcd(n.unsigned_abs(), d.unsigned_abs()).max(1) as i64;
            return Ok(if d < 0 { Q { n: -n / g, d: -d / g } } else { Q { n: n / g, d: d / g } });
        }
        let g = gcd(n.unsigned_abs(), d.unsigned_abs()).max(1) as i128;
        let sign = if d < 0 { -1 } else { 1 };
        match (i64::try_from(sign * n / g), i64::try_from(sign * d / g)) {
            (Ok(n), Ok(d)) if n != i64::MIN => Ok(Q { n, d }),
            _ => Err(TooBig),
        }
    }

    /// The simplest fraction near a number, with a denominator of at most a few hundred.
    pub(super) fn near(value: f64) -> Q {
        for d in 1..=360_i64 {
            let n = value * d as f64;
            if (n - n.round()).abs() < 1e-6 && n.abs() < 1e15 {
                return Q::of(n.round() as i128, d as i128).unwrap_or(Q::ZERO);
            }
        }
        Q::ZERO
    }

    pub(super) fn to_f64(self) -> f64 {
        self.n as f64 / self.d as f64
    }

    pub(super) const fn is_zero(self) -> bool {
        self.n == 0
    }

    pub(super) const fn is_whole(self) -> bool {
        self.d == 1
    }

    pub(super) const fn denominator(self) -> i64 {
        self.d
    }

    pub(super) const fn sign(self) -> i64 {
        self.n.signum()
    }

    /// The largest whole number that is not larger.
    pub(super) const fn floor(self) -> i64 {
        self.n.div_euclid(self.d)
    }

    pub(super) const fn neg(self) -> Q {
        Q { n: -self.n, d: self.d }
    }

    pub(super) fn add(self, other: Q) -> Result<Q, TooBig> {
        if self.d == 1 && other.d == 1 {
            return self.n.checked_add(other.n).filter(|n| *n != i64::MIN).map(Q::whole).ok_or(TooBig);
        }
        let (a, b, c, d) = (self.n as i128, self.d as i128, other.n as i128, other.d as i128);
        Q::of(a * d + c * b, b * d)
    }

    pub(super) fn sub(self, other: Q) -> Result<Q, TooBig> {
        self.add(other.neg())
    }

    pub(super) fn mul(self, other: Q) -> Result<Q, TooBig> {
        if self.d == 1 && other.d == 1 {
            return self.n.checked_mul(other.n).filter(|n| *n != i64::MIN).map(Q::whole).ok_or(TooBig);
        }
        Q::of(self.n as i128 * other.n as i128, self.d as i128 * other.d as i128)
    }

    /// The quotient. Nobody divides by zero here; if somebody did, it would be told as too big.
    pub(super) fn div(self, other: Q) -> Result<Q, TooBig> {
        if other.n == 0 {
            return Err(TooBig);
        }
        if other.d == 1 && (other.n == 1 || other.n == -1) {
            return Ok(Q { n: self.n * other.n, d: self.d });
        }
        Q::of(self.n as i128 * other.d as i128, self.d as i128 * other.n as i128)
    }
}

impl PartialOrd for Q {
    fn partial_cmp(&self, other: &Q) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Q {
    fn cmp(&self, other: &Q) -> Ordering {
        if self.d == other.d {
            return self.n.cmp(&other.n);
        }
        (self.n as i128 * other.d as i128).cmp(&(other.n as i128 * self.d as i128))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(n: i128, d: i128) -> Q {
        Q::of(n, d).unwrap()
    }

    #[test]
    fn fractions_are_exact_and_what_does_not_fit_is_told() {
        assert_eq!(q(1, 3).add(q(1, 6)), Ok(q(1, 2)));
        assert_eq!(q(1, 3).sub(q(1, 3)), Ok(Q::ZERO));
        assert_eq!(q(-3, 2).floor(), -2);
        assert_eq!(q(3, -2), q(-3, 2));
        assert_eq!(q(2, 3).div(q(-4, 9)), Ok(q(-3, 2)));
        assert_eq!(Q::whole(5).div(Q::whole(-1)), Ok(Q::whole(-5)));
        assert!(q(1, 3) < q(1, 2) && q(-1, 2) < q(-1, 3));
        assert_eq!(Q::whole(i64::MAX).add(Q::ONE), Err(TooBig));
        assert_eq!(Q::whole(i64::MAX).mul(Q::whole(2)), Err(TooBig));
        assert_eq!(q(1, i64::MAX as i128).mul(q(1, 3)), Err(TooBig));
        assert_eq!(Q::ONE.div(Q::ZERO), Err(TooBig));
    }
}
