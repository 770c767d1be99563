//! Arithmetic modulo the prime 2^61 - 1: exact for whole numbers as long as no true value happens to be a multiple of
//! the prime, which the small numbers of a frequency table's relations are not.

/// The prime 2^61 - 1.
const P: u64 = (1 << 61) - 1;

/// A number modulo 2^61 - 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Gf(u64);

impl Gf {
    pub const ZERO: Gf = Gf(0);
    pub const ONE: Gf = Gf(1);
    pub const MINUS_ONE: Gf = Gf(P - 1);

    /// Any number, reduced.
    pub const fn new(value: u64) -> Gf {
        Gf(value % P)
    }

    pub const fn signed(value: i64) -> Gf {
        let size = Gf::new(value.unsigned_abs());
        if value < 0 { size.neg() } else { size }
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub const fn value(self) -> u64 {
        self.0
    }

    /// The sign of the fraction with the smallest numerator and denominator that this can be; 0 for zero.
    pub const fn sign(self) -> i8 {
        if self.0 == 0 {
            return 0;
        }
        if self.0 < 1 << 31 {
            return 1;
        }
        if self.0 > P - (1 << 31) {
            return -1;
        }
        // The Euclidean algorithm down to a small remainder: remainder = factor * value modulo P.
        let (mut before, mut now) = (P as i128, self.0 as i128);
        let (mut factor_before, mut factor) = (0_i128, 1_i128);
        while now >= 1 << 30 {
            let times = before / now;
            (before, now) = (now, before - times * now);
            (factor_before, factor) = (factor, factor_before - times * factor);
        }
        if factor < 0 { -1 } else { 1 }
    }

    pub const fn add(self, other: Gf) -> Gf {
        let sum = self.0 + other.0;
        Gf(if sum >= P { sum - P } else { sum })
    }

    pub const fn neg(self) -> Gf {
        Gf(if self.0 == 0 { 0 } else { P - self.0 })
    }

    pub const fn sub(self, other: Gf) -> Gf {
        self.add(other.neg())
    }

    pub const fn mul(self, other: Gf) -> Gf {
        // 2^61 = 1 modulo P, so the upper part of the product is added to the lower.
        let wide = (self.0 as u128) * (other.0 as u128);
        let sum = ((wide as u64) & P) + ((wide >> 61) as u64);
        Gf(if sum >= P { sum - P } else { sum })
    }

    /// The inverse; of zero, zero.
    pub const fn inverse(self) -> Gf {
        if self.0 == 1 || self.0 == P - 1 {
            return self;
        }
        // Fermat: a^(P-2).
        let mut left = P - 2;
        let mut base = self;
        let mut out = Gf::ONE;
        while left > 0 {
            if left & 1 == 1 {
                out = out.mul(base);
            }
            base = base.mul(base);
            left >>= 1;
        }
        out
    }
}

/// A stream of numbers that looks like chance and is the same each time (SplitMix64).
#[derive(Clone, Debug)]
pub struct Stream(u64);

impl Stream {
    pub const fn new(seed: u64) -> Stream {
        Stream(seed)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of the field that is not zero.
    pub const fn field(&mut self) -> Gf {
        loop {
            let value = Gf::new(self.next());
            if !value.is_zero() {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_fractions_have_their_sign() {
        for (n, d) in [(1, 2), (3, 7), (5, 1), (1, 1000)] {
            let value = Gf::new(n).mul(Gf::new(d).inverse());
            assert_eq!((value.sign(), value.neg().sign()), (1, -1), "{n}/{d}");
        }
        assert_eq!(Gf::ZERO.sign(), 0);
        assert_eq!(Gf::signed(-3).sign(), -1);
    }

    #[test]
    fn each_number_but_zero_has_its_inverse_and_its_negative() {
        let mut stream = Stream::new(1);
        for _ in 0..1000 {
            let a = stream.field();
            assert_eq!(a.mul(a.inverse()), Gf::ONE);
            assert_eq!(a.add(a.neg()), Gf::ZERO);
            assert_eq!(a.sub(Gf::ONE).add(Gf::ONE), a);
        }
        assert_eq!(Gf::ZERO.inverse(), Gf::ZERO);
        assert_eq!(Gf::MINUS_ONE.mul(Gf::MINUS_ONE), Gf::ONE);
        assert_eq!(Gf::new(P), Gf::ZERO);
    }
}
