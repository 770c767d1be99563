//! Identity numbers that the Swedish Tax Agency has set aside for tests. Demonstrations accept no others.

use std::sync::LazyLock;

use crate::people::Identity;

static NUMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../reference/test-identities.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

static SORTED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut sorted = NUMBERS.clone();
    sorted.sort_unstable();
    sorted
});

/// The test numbers that ship with the program, twelve digits each: 3,000 personnummer, then 100 samordningsnummer.
#[must_use]
pub fn official_test_numbers() -> &'static [&'static str] {
    &NUMBERS
}

/// Whether this is one of the shipped test numbers.
#[must_use]
pub fn is_official_test_number(identity: &Identity) -> bool {
    identity.twelve().is_some_and(|digits| SORTED.binary_search(&digits).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::people::IdentityKind;
    use jiff::civil::date;

    #[test]
    fn every_test_number_is_a_sound_identity_and_no_other_is_one_of_them() {
        let today = date(2026, 11, 23);
        let mut kinds = [0, 0];
        for number in official_test_numbers() {
            let identity = Identity::parse(number, today).expect("an official test number");
            assert!(is_official_test_number(&identity));
            match identity.kind() {
                IdentityKind::Personnummer => kinds[0] += 1,
                IdentityKind::Samordningsnummer => kinds[1] += 1,
                IdentityKind::Reserve => panic!("a test number was read as a reserve number"),
            }
        }
        assert_eq!(kinds, [3000, 100]);
        let reserve = Identity::parse("R:12345", today).unwrap();
        assert!(!is_official_test_number(&reserve));
    }
}
