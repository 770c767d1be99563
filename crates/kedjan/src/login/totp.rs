//! Codes from an authenticator app: TOTP (RFC 6238) with SHA-1, six digits and thirty seconds, which every app can do.

use hmac::{Hmac, Mac};
use rand::Rng;
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// How many seconds a code lasts.
const STEP: i64 = 30;
/// How many steps a clock may go wrong, either way.
const SKEW: i64 = 1;
/// How long a secret is, in bytes: as long as the digest (RFC 4226, 4).
pub(super) const SECRET_LEN: usize = 20;

/// What the app and we share; wipes itself.
pub(super) type Secret = Zeroizing<[u8; SECRET_LEN]>;

/// A new secret.
pub(super) fn secret() -> Secret {
    let mut secret = Zeroizing::new([0; SECRET_LEN]);
    rand::rng().fill_bytes(secret.as_mut_slice());
    secret
}

/// A secret from bytes that were kept; none when they are too few or too many.
pub(super) fn secret_of(bytes: &[u8]) -> Option<Secret> {
    bytes.try_into().ok().map(Zeroizing::new)
}

/// The code of a step (RFC 4226, 5.3), shorter than its dynamic truncation by the modulus.
fn number(secret: &[u8; SECRET_LEN], step: i64, modulus: u32) -> u32 {
    // HMAC pads a short key with zeros to its block of 64 bytes.
    let mut block = Zeroizing::new([0u8; 64]);
    block.iter_mut().zip(secret).for_each(|(to, from)| *to = *from);
    let mut mac = <Hmac<Sha1> as hmac::KeyInit>::new((&*block).into());
    mac.update(&step.to_be_bytes());
    let mac: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(mac[19] & 0x0f);
    let four = mac.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
    (u32::from_be_bytes(four) & 0x7fff_ffff) % modulus
}

/// The six digits of a step.
pub(super) fn code(secret: &[u8; SECRET_LEN], step: i64) -> String {
    format!("{:06}", number(secret, step, 1_000_000))
}

/// The step of a time in seconds.
pub(super) fn step(seconds: i64) -> i64 {
    seconds.div_euclid(STEP)
}

/// The step that `typed` is the code of, if it is later than the last one that was taken. `now` is in seconds.
pub(super) fn check(secret: &[u8; SECRET_LEN], typed: &str, now: i64, last: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).take(7).collect();
    if typed.len() != 6 || !typed.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let step = step(now);
    let mut found = None;
    for one in step - SKEW..=step + SKEW {
        let fits = bool::from(code(secret, one).as_bytes().ct_eq(typed.as_bytes()));
        if fits && one > last {
            found = Some(one);
        }
    }
    found
}

/// RFC 4648 without padding: 20 bytes are 32 signs.
pub(super) fn base32(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let sign = |five: u32| SIGNS.get((five & 31) as usize).map_or('A', |sign| char::from(*sign));
    let (mut text, mut held, mut bits) = (String::new(), 0u32, 0u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(sign(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(sign(held << (5 - bits)));
    }
    text
}

/// What an authenticator app reads from the picture.
pub(super) fn otpauth(issuer: &str, account: &str, secret: &[u8; SECRET_LEN]) -> String {
    let safe = |text: &str| -> String {
        text.bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect()
    };
    let (issuer, account, secret) = (safe(issuer), safe(account), base32(secret));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

/// The picture of a text that a phone reads, as an SVG element; none when the text is too long for one.
pub(super) fn picture(text: &str) -> Option<String> {
    use qrcode::render::svg;
    let code = qrcode::QrCode::new(text.as_bytes()).ok()?;
    // Black on white in dark mode too: some phones read nothing else.
    let drawn = code
        .render::<svg::Color>()
        .min_dimensions(240, 240)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build();
    Some(drawn.split_once("?>").map_or(drawn.clone(), |(_, rest)| rest.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    const KEY: &[u8; SECRET_LEN] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_the_standards() {
        // RFC 6238, appendix B (eight digits).
        for (time, eight) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(number(KEY, step(time), 100_000_000), eight, "{time}");
        }
        // RFC 4226, appendix D.
        let six = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (at, code) in (0..).zip(six) {
            assert_eq!(super::code(KEY, at), code);
        }
    }

    #[test]
    fn a_code_holds_a_step_early_or_late_and_never_twice() {
        let (now, at) = (1_111_111_111, step(1_111_111_111));
        for (step, found) in
            [(at - 2, None), (at - 1, Some(at - 1)), (at, Some(at)), (at + 1, Some(at + 1)), (at + 2, None)]
        {
            assert_eq!(check(KEY, &code(KEY, step), now, -1), found);
        }
        assert_eq!(check(KEY, &code(KEY, at), now, at), None);
        assert_eq!(check(KEY, &code(KEY, at - 1), now, at), None, "nor an earlier one after a later one");
        assert_eq!(check(KEY, &code(KEY, at + 1), now, at), Some(at + 1));
        let spaced = format!(" {} {} ", &code(KEY, at)[..3], &code(KEY, at)[3..]);
        assert_eq!(check(KEY, &spaced, now, -1), Some(at));
        for wrong in ["", "05047", "0504711", "05047a", "٠٥٠٤٧١"] {
            assert_eq!(check(KEY, wrong, now, -1), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        for (plain, written) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(plain.as_bytes()), written);
        }
        let text = otpauth("Kedjan", "eva.e@x:1", KEY);
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(
            text,
            format!(
                "otpauth://totp/Kedjan:eva.e%40x%3A1?secret={secret}&issuer=Kedjan&algorithm=SHA1&digits=6&period=30"
            )
        );
        let drawn = picture(&text).unwrap();
        assert!(drawn.starts_with("<svg") && !drawn.contains("style") && !drawn.contains(secret), "{drawn:.200}");
        assert_ne!(*secret_of(KEY).unwrap(), *super::secret());
        assert!(secret_of(&KEY[1..]).is_none());
    }
}
