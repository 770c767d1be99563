//! Tokens that nobody can guess, and case codes that people can read aloud.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};

/// 256 random bits as text that is safe in a header, a cookie and a URL.
#[must_use]
pub fn token() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a token: SHA-256 is enough, as the token can't be guessed.
#[must_use]
pub fn token_digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// 23 signs that are hard to mistake for each other and spell no words: no vowels, and none of 0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B
/// in both forms. 23 is a prime, which is what lets one check character catch every single error and every swap.
const CODE_SIGNS: &[u8; 23] = b"23456789CDFHJKMNPQRTVWX";
const CODE_LEN: usize = 10;

/// The weighted sum of a code's signs modulo 23: zero when the check character is right. The weights 10, 9, … 1 differ and
/// none is a multiple of 23, so one wrong sign or two swapped ones always change the sum.
fn code_sum(values: impl Iterator<Item = usize>) -> usize {
    values.zip((1..=CODE_LEN).rev()).map(|(value, weight)| value * weight).sum::<usize>() % CODE_SIGNS.len()
}

/// A new case code: nine random signs (some 40 bits) and a check character. Carries no time and no order.
pub fn case_code(rng: &mut (impl Rng + ?Sized)) -> String {
    let mut values = [0usize; CODE_LEN];
    for value in values.iter_mut().take(CODE_LEN - 1) {
        *value = rng.random_range(0..CODE_SIGNS.len());
    }
    let check = (CODE_SIGNS.len() - code_sum(values.into_iter())) % CODE_SIGNS.len();
    values.iter_mut().skip(CODE_LEN - 1).for_each(|last| *last = check);
    values.into_iter().filter_map(|value| CODE_SIGNS.get(value)).map(|&sign| char::from(sign)).collect()
}

/// A case code as it is stored, from how people write it: lower case, spaces and hyphens are accepted. `None` when it is no
/// case code, which includes a wrong check character.
#[must_use]
pub fn case_code_normalise(text: &str) -> Option<String> {
    let code: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .take(CODE_LEN + 1)
        .collect();
    let values: Option<Vec<usize>> =
        code.bytes().map(|byte| CODE_SIGNS.iter().position(|&sign| sign == byte)).collect();
    let values = values.filter(|values| values.len() == CODE_LEN)?;
    (code_sum(values.into_iter()) == 0).then_some(code)
}

/// A stored case code as it is shown: XXXXX-XXXXX.
#[must_use]
pub fn case_code_shown(code: &str) -> String {
    match code.split_at_checked(CODE_LEN / 2) {
        Some((first, second)) if !second.is_empty() => format!("{first}-{second}"),
        _ => code.to_owned(),
    }
}

/// The signs of a recovery code: 32 that are hard to mistake for each other, so that a byte's five bits choose one evenly.
const RECOVERY_SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
const RECOVERY_LEN: usize = 12;

/// A new recovery code as it is shown: three groups of four signs, 60 random bits.
#[must_use]
pub fn recovery_code() -> String {
    let mut bytes = [0u8; RECOVERY_LEN];
    rand::rng().fill_bytes(&mut bytes);
    let mut shown = String::with_capacity(RECOVERY_LEN + 2);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            shown.push('-');
        }
        shown.extend(RECOVERY_SIGNS.get(usize::from(byte & 31)).map(|sign| char::from(*sign)));
    }
    shown
}

/// A recovery code as it is compared, from how people write it; `None` when it has not the form of one.
#[must_use]
pub fn recovery_code_normalise(text: &str) -> Option<String> {
    let code: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .take(RECOVERY_LEN + 1)
        .collect();
    (code.len() == RECOVERY_LEN && code.bytes().all(|byte| RECOVERY_SIGNS.contains(&byte))).then_some(code)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn code_of(seed: u64) -> String {
        case_code(&mut StdRng::seed_from_u64(seed))
    }

    #[test]
    fn tokens_are_256_bits_and_differ() {
        let (one, two) = (token(), token());
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).unwrap().len(), 32);
        assert_ne!(one, two);
        assert_ne!(token_digest(&one), token_digest(&two));
    }

    #[test]
    fn codes_are_read_as_people_write_them() {
        let code = code_of(7);
        let shown = case_code_shown(&code);
        assert_eq!(shown.len(), 11);
        assert_eq!(shown.as_bytes()[5], b'-');
        for written in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', " "),
            format!(" {code} "),
            format!("{}\u{a0}", shown),
        ] {
            assert_eq!(case_code_normalise(&written).as_deref(), Some(code.as_str()), "{written}");
        }
        for wrong in ["", "-", "XXXXX", "åäöåäöåäöå", &code[..9], &format!("{code}2"), &"2".repeat(5000)] {
            assert_eq!(case_code_normalise(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let shown = recovery_code();
        assert_eq!((shown.len(), shown.matches('-').count()), (14, 2));
        let plain = shown.replace('-', "");
        for written in [shown.clone(), shown.to_uppercase(), plain.clone(), format!(" {} ", shown.replace('-', " "))] {
            assert_eq!(recovery_code_normalise(&written), Some(plain.clone()), "{written}");
        }
        for wrong in ["", "123456", &plain[1..], &format!("{plain}a"), "iiiiiiiiiiii", "åäöåäö"] {
            assert_eq!(recovery_code_normalise(wrong), None, "{wrong}");
        }
        assert_ne!(recovery_code(), recovery_code());
    }

    #[test]
    fn the_same_seed_gives_the_same_code_and_signs_are_even() {
        assert_eq!(code_of(1), code_of(1));
        let mut seen = std::collections::BTreeMap::new();
        for seed in 0..2300 {
            for sign in code_of(seed).chars() {
                *seen.entry(sign).or_insert(0) += 1;
            }
        }
        assert_eq!(seen.len(), 23);
        assert!(seen.values().all(|n| (800..1200).contains(n)), "{seen:?}");
    }

    proptest! {
        #[test]
        fn one_wrong_sign_is_caught(seed: u64, at in 0..CODE_LEN, sign in 0..CODE_SIGNS.len()) {
            let code = code_of(seed);
            let mut bytes = code.clone().into_bytes();
            prop_assume!(bytes[at] != CODE_SIGNS[sign]);
            bytes[at] = CODE_SIGNS[sign];
            prop_assert_eq!(case_code_normalise(&String::from_utf8(bytes).unwrap()), None);
            prop_assert_eq!(case_code_normalise(&code), Some(code));
        }

        #[test]
        fn two_swapped_signs_are_caught(seed: u64, a in 0..CODE_LEN, b in 0..CODE_LEN) {
            let mut bytes = code_of(seed).into_bytes();
            prop_assume!(bytes[a] != bytes[b]);
            bytes.swap(a, b);
            prop_assert_eq!(case_code_normalise(&String::from_utf8(bytes).unwrap()), None);
        }

        #[test]
        fn any_text_is_survived(text in "\\PC*") {
            if let Some(code) = case_code_normalise(&text) {
                prop_assert_eq!(case_code_normalise(&case_code_shown(&code)), Some(code));
            }
            let _ = case_code_shown(&text);
        }
    }
}
