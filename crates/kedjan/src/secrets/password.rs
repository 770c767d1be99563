//! Passwords, hashed with Argon2id.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Memory in KiB (19 MiB), passes and lanes: the first choice of OWASP's password storage advice.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password could not be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct PasswordError;

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password with a fresh salt to a PHC string. Takes some 20 ms and 19 MiB: never on an async thread.
///
/// # Errors
/// If the hasher refuses (a password of four gigabytes, no memory).
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    let hash = hasher()?.hash_password(password.as_bytes()).map_err(|_| PasswordError)?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed; false too when the hash is unreadable.
#[must_use]
pub fn verify_password(password: &str, hash: &str) -> bool {
    let (Ok(hasher), Ok(hash)) = (hasher(), PasswordHash::new(hash)) else {
        return false;
    };
    hasher.verify_password(password.as_bytes(), &hash).is_ok()
}

/// The same work as [`verify_password`] for an account that isn't there, so that the time tells nothing. Always false.
#[must_use]
pub fn verify_dummy(password: &str) -> bool {
    static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_password(&super::token()).ok());
    let _ = NOBODY.as_deref().is_some_and(|hash| verify_password(password, hash));
    false
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use std::time::Instant;

    #[test]
    fn only_the_right_password_fits() {
        let hash = hash_password("hjortron på myren").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("hjortron på myren", &hash));
        assert!(!verify_password("hjortron på myren ", &hash));
        assert!(!verify_password("", &hash));
        assert_ne!(hash, hash_password("hjortron på myren").unwrap());
    }

    #[test]
    fn a_broken_hash_fits_nothing() {
        for broken in ["", "x", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ"] {
            assert!(!verify_password("", broken));
        }
    }

    #[test]
    fn an_unknown_account_costs_as_much_as_a_known_one() {
        let hash = hash_password("a").unwrap();
        assert!(!verify_dummy("warm up"));
        let fastest = |work: &dyn Fn() -> bool| {
            (0..3)
                .map(|_| {
                    let t = Instant::now();
                    work();
                    t.elapsed()
                })
                .min()
                .unwrap()
        };
        let known = fastest(&|| verify_password("b", &hash));
        let unknown = fastest(&|| verify_dummy("b"));
        assert!(unknown * 3 > known, "unknown {unknown:?}, known {known:?}");
    }
}
