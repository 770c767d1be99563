//! Signatures by which installations know each other: Ed25519 (RFC 8032), as `ring` has it.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Keyring, SealError};

const KEY_LEN: usize = 32;
/// How many bytes a signature has.
pub const SIGNATURE_LEN: usize = 64;
/// What the private key is sealed for, so that nothing else opens as one.
const PURPOSE: &str = "signing key";

/// The public key that signatures of an installation are verified with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; KEY_LEN]);

impl PublicKey {
    /// The key of 32 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<PublicKey> {
        Some(PublicKey(bytes.try_into().ok()?))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What two people read to each other to be sure that they have the same key: eight groups of four signs.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest: String = Sha256::digest(self.0).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        digest.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }

    /// Whether the signature is this key's over these bytes in this domain.
    #[must_use]
    pub fn verifies(&self, domain: &str, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(&message(domain, bytes), signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = ();

    fn from_str(text: &str) -> Result<PublicKey, ()> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(drop)?;
        PublicKey::from_slice(&bytes).ok_or(())
    }
}

/// The private key of this installation.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// A new key, and the same sealed for storing.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn generate(keyring: &Keyring) -> Result<(SigningKey, Vec<u8>), SealError> {
        let mut seed = Zeroizing::new([0_u8; KEY_LEN]);
        rand::rng().fill_bytes(seed.as_mut_slice());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| SealError::Unopenable)?;
        Ok((SigningKey(pair), keyring.seal_copy(PURPOSE, seed.as_slice())?))
    }

    /// The key from its sealed form.
    ///
    /// # Errors
    /// If it was sealed under another key of an installation, or is of another public key than the one it stands beside.
    pub fn open(keyring: &Keyring, sealed: &[u8], public: &PublicKey) -> Result<SigningKey, SealError> {
        let seed = keyring.open_copy(PURPOSE, sealed)?;
        let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, public.bytes());
        pair.map(SigningKey).map_err(|_| SealError::Unopenable)
    }

    /// Its public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; KEY_LEN];
        bytes.iter_mut().zip(self.0.public_key().as_ref()).for_each(|(to, from)| *to = *from);
        PublicKey(bytes)
    }

    /// Signs these bytes in a domain: what is signed in one says nothing in another.
    #[must_use]
    pub fn sign(&self, domain: &str, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(&message(domain, bytes)).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The digest of the bytes, after the domain and a zero that no domain has.
fn message(domain: &str, bytes: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(domain.len() + 33);
    message.extend_from_slice(domain.as_bytes());
    message.push(0);
    message.extend_from_slice(&Sha256::digest(bytes));
    message
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::secrets::Kek;

    #[test]
    fn a_signature_holds_for_its_key_its_bytes_and_its_domain_alone() {
        let keyring = Keyring::new(&Kek::generate());
        let (key, sealed) = SigningKey::generate(&keyring).unwrap();
        let (other, _) = SigningKey::generate(&keyring).unwrap();
        let signature = SigningKey::open(&keyring, &sealed, &key.public()).unwrap().sign("one", b"what is signed");
        assert_eq!(signature.len(), SIGNATURE_LEN);
        assert!(key.public().verifies("one", b"what is signed", &signature));
        assert!(!key.public().verifies("two", b"what is signed", &signature));
        assert!(!key.public().verifies("one", b"what is said", &signature));
        assert!(!other.public().verifies("one", b"what is signed", &signature));
    }

    #[test]
    fn the_private_key_opens_with_its_installation_and_beside_its_public_key_alone_and_prints_nothing() {
        let keyring = Keyring::new(&Kek::generate());
        let (key, sealed) = SigningKey::generate(&keyring).unwrap();
        let (other, _) = SigningKey::generate(&keyring).unwrap();
        assert!(SigningKey::open(&Keyring::new(&Kek::generate()), &sealed, &key.public()).is_err());
        assert!(SigningKey::open(&keyring, &sealed, &other.public()).is_err());
        assert_eq!(format!("{key:?}"), "SigningKey(…)");
    }

    #[test]
    fn a_public_key_is_read_as_it_is_written_and_its_fingerprint_can_be_read_aloud() {
        let (key, _) = SigningKey::generate(&Keyring::new(&Kek::generate())).unwrap();
        let public = key.public();
        assert_eq!(public.to_string().parse(), Ok(public));
        assert!(PublicKey::from_str("short").is_err());
        let groups: Vec<String> = public.fingerprint().split(' ').map(str::to_owned).collect();
        assert!(groups.len() == 8 && groups.iter().all(|group| group.len() == 4));
    }
}
