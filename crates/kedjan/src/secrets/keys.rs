//! The envelope of keys, and what is sealed under them with XChaCha20-Poly1305.

use std::collections::HashMap;
use std::fmt;
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

const FILE_PREFIX: &str = "kedjan-key-1:";
const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;
/// First byte of everything sealed, so that another cipher can be told apart one day.
const SEALED_VERSION: u8 = 1;

/// Why a key file can't be used. Never says anything of what the file holds.
#[derive(Debug, thiserror::Error)]
pub enum KekError {
    /// The file could not be opened, read or made.
    #[error("the key file can't be used: {0}")]
    File(#[from] std::io::Error),
    /// Others than the owner may read or write the file.
    #[error("the key file is open to others than its owner; set its mode to 0600")]
    Mode,
    /// It is no key file of this kind.
    #[error("the file is no key file; it should hold one line that begins with {FILE_PREFIX}")]
    Form,
}

/// Why something sealed could not be opened. Carries no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Another key, another row, or changed bytes.
    #[error("sealed data does not open with the keys of this installation, or has been changed")]
    Unopenable,
    /// The key is gone, as retention demands.
    #[error("the key has been destroyed, so the data can't be read any more")]
    Destroyed,
}

/// 32 bytes that wipe themselves and print nothing.
struct Secret(Zeroizing<[u8; KEY_LEN]>);

impl Secret {
    fn random() -> Self {
        let mut bytes = Zeroizing::new([0u8; KEY_LEN]);
        rand::rng().fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0u8; KEY_LEN]);
        if bytes.len() != KEY_LEN {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    /// A key for one use, so that no two uses share a key.
    fn derive(&self, purpose: &str, of: &[u8]) -> Self {
        let mut key = Zeroizing::new([0u8; KEY_LEN]);
        key.copy_from_slice(hmac(&self.0, &[purpose.as_bytes(), of]).as_slice());
        Self(key)
    }

    fn seal(&self, aad: &Aad<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0u8; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: &aad.bytes() };
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let boxed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Unopenable)?;
        let mut out = Vec::with_capacity(1 + NONCE_LEN + boxed.len());
        out.push(SEALED_VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&boxed);
        Ok(out)
    }

    fn open(&self, aad: &Aad<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError::Unopenable)?;
        let (nonce, boxed) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Unopenable)?;
        if version != SEALED_VERSION {
            return Err(SealError::Unopenable);
        }
        let payload = Payload { msg: boxed, aad: &aad.bytes() };
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let plain = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Unopenable)?;
        Ok(Zeroizing::new(plain))
    }
}

/// HMAC-SHA-256 over parts that each carry their length, so that no two lists of parts are the same message.
fn hmac(key: &[u8; KEY_LEN], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a short key with zeros to its block of 64 bytes.
    let mut block = Zeroizing::new([0u8; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new((&*block).into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn first_half(long: [u8; 32]) -> [u8; 16] {
    let mut short = [0u8; 16];
    short.iter_mut().zip(long).for_each(|(to, from)| *to = from);
    short
}

/// The place a sealed value belongs to. Sealed bytes moved to another row or column don't open.
#[derive(Debug, Clone, Copy)]
pub struct Aad<'a> {
    /// Table name.
    pub table: &'a str,
    /// Column, with whatever else than `id` tells the row apart.
    pub column: &'a str,
    /// The authority whose row it is.
    pub org: Uuid,
    /// The row.
    pub id: Uuid,
}

impl Aad<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.table.len() + self.column.len() + 32);
        for text in [self.table, self.column] {
            out.extend_from_slice(&(text.len() as u64).to_be_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        out.extend_from_slice(self.org.as_bytes());
        out.extend_from_slice(self.id.as_bytes());
        out
    }
}

/// The key of the installation, kept in a file beside the configuration and never in the database.
pub struct Kek(Secret);

impl Kek {
    /// A new random key.
    #[must_use]
    pub fn generate() -> Self {
        Self(Secret::random())
    }

    /// Makes a new key and writes it to a file that only the owner can read.
    ///
    /// # Errors
    /// If the file exists already or can't be written.
    pub fn create_file(path: &Path) -> Result<Self, KekError> {
        let kek = Self::generate();
        let mut line = Zeroizing::new(FILE_PREFIX.to_owned());
        URL_SAFE_NO_PAD.encode_string(kek.0.0.as_slice(), &mut line);
        line.push('\n');
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        Ok(kek)
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// If the file can't be read, is open to others, or holds no key.
    pub fn from_file(path: &Path) -> Result<Self, KekError> {
        let file = std::fs::File::open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(KekError::Mode);
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
        file.take(1024).read_to_end(&mut bytes)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| KekError::Form)?;
        let body = text.trim_end().strip_prefix(FILE_PREFIX).ok_or(KekError::Form)?;
        let key = Zeroizing::new(URL_SAFE_NO_PAD.decode(body).map_err(|_| KekError::Form)?);
        Secret::from_slice(&key).map(Self).ok_or(KekError::Form)
    }

    /// A value to keep in the database, by which the wrong key is recognised at start. It tells nothing of the key.
    #[must_use]
    pub fn check_value(&self) -> [u8; 16] {
        first_half(hmac(&self.0.0, &[b"kedjan check value"]))
    }

    /// Whether a kept check value is this key's.
    #[must_use]
    pub fn matches(&self, check_value: &[u8]) -> bool {
        self.check_value().as_slice().ct_eq(check_value).into()
    }
}

/// The keys in use: the installation's, and the authorities' as they are needed.
pub struct Keyring {
    wrapping: Secret,
    authorities: RwLock<HashMap<Uuid, AuthorityKey>>,
}

impl Keyring {
    /// A keyring that opens what this key has wrapped.
    #[must_use]
    pub fn new(kek: &Kek) -> Self {
        Self { wrapping: kek.0.derive("kedjan wrap authority", &[]), authorities: RwLock::default() }
    }

    /// Seals a file of the installation that stands beside its store, for one purpose.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal_copy(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.wrapping.derive("kedjan copy", purpose.as_bytes()).seal(&copy_aad(), plain)
    }

    /// Opens a file that was sealed for this purpose.
    ///
    /// # Errors
    /// If it was sealed under another key or for another purpose, or has been changed.
    pub fn open_copy(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.wrapping.derive("kedjan copy", purpose.as_bytes()).open(&copy_aad(), sealed)
    }

    /// A new key for an authority, wrapped for storing in `authority.key_wrapped`.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn new_authority_key(&self, org: Uuid) -> Result<Vec<u8>, SealError> {
        // A unit of work that rolled back may have left a key that was never stored: it must not be used again.
        self.authorities.write().unwrap_or_else(PoisonError::into_inner).remove(&org);
        self.wrapping.seal(&authority_aad(org), Secret::random().0.as_slice())
    }

    /// An authority's key; `load` fetches the wrapped key when it is not at hand.
    ///
    /// # Errors
    /// What `load` answers, or that the wrapped key does not open.
    pub fn authority<E: From<SealError>>(
        &self,
        org: Uuid,
        load: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<AuthorityKey, E> {
        if let Some(key) = self.authorities.read().unwrap_or_else(PoisonError::into_inner).get(&org) {
            return Ok(key.clone());
        }
        let plain = self.wrapping.open(&authority_aad(org), &load()?)?;
        let secret = Secret::from_slice(&plain).ok_or(SealError::Unopenable)?;
        let key = AuthorityKey { org, secret: std::sync::Arc::new(secret) };
        self.authorities.write().unwrap_or_else(PoisonError::into_inner).insert(org, key.clone());
        Ok(key)
    }
}

fn authority_aad(org: Uuid) -> Aad<'static> {
    Aad { table: "authority", column: "key_wrapped", org, id: org }
}

fn copy_aad() -> Aad<'static> {
    Aad { table: "file", column: "whole", org: Uuid::nil(), id: Uuid::nil() }
}

/// One authority's key: wraps its people's keys and makes its look-up digests.
#[derive(Clone)]
pub struct AuthorityKey {
    org: Uuid,
    secret: std::sync::Arc<Secret>,
}

impl AuthorityKey {
    /// A new key for a person, and the same wrapped for storing in `person.key_wrapped`.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn new_person_key(&self, person: Uuid) -> Result<(PersonKey, Vec<u8>), SealError> {
        let key = Secret::random();
        let wrapped = self.wrapping().seal(&self.person_aad(person), key.0.as_slice())?;
        Ok((PersonKey(key), wrapped))
    }

    /// A person's key from its wrapped form.
    ///
    /// # Errors
    /// If it does not open, or has been destroyed (an empty wrapped key).
    pub fn person_key(&self, person: Uuid, wrapped: &[u8]) -> Result<PersonKey, SealError> {
        if wrapped.is_empty() {
            return Err(SealError::Destroyed);
        }
        let plain = self.wrapping().open(&self.person_aad(person), wrapped)?;
        Secret::from_slice(&plain).map(PersonKey).ok_or(SealError::Unopenable)
    }

    /// A keyed hash for looking up what is equal. Keyed by authority and kind, so that the same person in two
    /// authorities, or the same word in two kinds, has unrelated digests.
    #[must_use]
    pub fn digest(&self, kind: &str, normalised: &[u8]) -> [u8; 16] {
        first_half(hmac(&self.secret.derive("kedjan digest", kind.as_bytes()).0, &[normalised]))
    }

    /// Seals a value of the authority's own, which is nobody's record, for the place it will stand in.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal(&self, aad: &Aad<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.own().seal(aad, plain)
    }

    /// Opens what [`AuthorityKey::seal`] sealed for this place.
    ///
    /// # Errors
    /// If it was sealed under another key or for another place, or has been changed.
    pub fn open(&self, aad: &Aad<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.own().open(aad, sealed)
    }

    fn own(&self) -> Secret {
        self.secret.derive("kedjan seal own", &[])
    }

    fn wrapping(&self) -> Secret {
        self.secret.derive("kedjan wrap person", &[])
    }

    fn person_aad(&self, person: Uuid) -> Aad<'static> {
        Aad { table: "person", column: "key_wrapped", org: self.org, id: person }
    }
}

/// One person's key at one authority.
pub struct PersonKey(Secret);

impl PersonKey {
    /// Seals a value for the place it will stand in.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal(&self, aad: &Aad<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.seal(aad, plain)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// If it was sealed under another key or for another place, or has been changed.
    pub fn open(&self, aad: &Aad<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.0.open(aad, sealed)
    }

    /// Opens what was sealed for this place, as text.
    ///
    /// # Errors
    /// As [`PersonKey::open`], and if it is no text.
    pub fn open_text(&self, aad: &Aad<'_>, sealed: &[u8]) -> Result<String, SealError> {
        let plain = self.open(aad, sealed)?;
        std::str::from_utf8(&plain).map(str::to_owned).map_err(|_| SealError::Unopenable)
    }
}

macro_rules! prints_nothing {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
prints_nothing!(Kek Keyring AuthorityKey PersonKey);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    const ORG: Uuid = Uuid::from_u128(1);
    const PERSON: Uuid = Uuid::from_u128(2);
    const NAME: Aad<'static> = Aad { table: "person", column: "name_sealed", org: ORG, id: PERSON };

    fn authority(keyring: &Keyring, org: Uuid, wrapped: &[u8]) -> Result<AuthorityKey, SealError> {
        keyring.authority(org, || Ok(wrapped.to_vec()))
    }

    fn some_authority() -> AuthorityKey {
        let keyring = Keyring::new(&Kek::generate());
        let wrapped = keyring.new_authority_key(ORG).unwrap();
        authority(&keyring, ORG, &wrapped).unwrap()
    }

    #[test]
    fn a_key_file_is_read_back_and_only_by_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kedjan.key");
        let kek = Kek::create_file(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = Kek::from_file(&path).unwrap();
        assert!(read.matches(&kek.check_value()));
        assert!(matches!(Kek::create_file(&path), Err(KekError::File(_))), "an existing key is never written over");
        assert!(Kek::from_file(&path).unwrap().matches(&kek.check_value()));

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Kek::from_file(&path), Err(KekError::Mode)));
        assert!(matches!(Kek::from_file(&folder.path().join("none")), Err(KekError::File(_))));
    }

    #[test]
    fn what_is_no_key_file_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        for (nr, text) in
            ["", "kedjan-key-1:", "kedjan-key-1:aGVtbGlndA", "hemligt", "kedjan-key-2:hemligt"].iter().enumerate()
        {
            let path = folder.path().join(nr.to_string());
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
            let error = Kek::from_file(&path).unwrap_err();
            assert!(matches!(error, KekError::Form), "{text}");
            assert!(!error.to_string().contains("hemligt"));
        }
    }

    #[test]
    fn another_key_is_recognised_and_opens_nothing() {
        let (one, other) = (Kek::generate(), Kek::generate());
        assert!(one.matches(&one.check_value()));
        assert!(!one.matches(&other.check_value()));
        assert!(!one.matches(&[]));
        let wrapped = Keyring::new(&one).new_authority_key(ORG).unwrap();
        assert!(authority(&Keyring::new(&one), ORG, &wrapped).is_ok());
        assert_eq!(authority(&Keyring::new(&other), ORG, &wrapped).unwrap_err(), SealError::Unopenable);
        assert_eq!(authority(&Keyring::new(&one), PERSON, &wrapped).unwrap_err(), SealError::Unopenable);
    }

    #[test]
    fn an_authority_key_is_loaded_once_and_anew_after_it_is_made_anew() {
        let keyring = Keyring::new(&Kek::generate());
        let never_stored = keyring.new_authority_key(ORG).unwrap();
        let first = authority(&keyring, ORG, &never_stored).unwrap();
        let cached = keyring.authority(ORG, || -> Result<Vec<u8>, SealError> { panic!("loaded twice") }).unwrap();
        assert_eq!(first.digest("name", b"a"), cached.digest("name", b"a"));
        let stored = keyring.new_authority_key(ORG).unwrap();
        assert_ne!(authority(&keyring, ORG, &stored).unwrap().digest("name", b"a"), first.digest("name", b"a"));
    }

    #[test]
    fn sealed_bytes_open_only_in_their_place() {
        let authority = some_authority();
        let (key, wrapped) = authority.new_person_key(PERSON).unwrap();
        let sealed = key.seal(&NAME, "Åsa".as_bytes()).unwrap();
        let key = authority.person_key(PERSON, &wrapped).unwrap();
        assert_eq!(key.open_text(&NAME, &sealed).unwrap(), "Åsa");
        for other in [
            Aad { table: "kase", ..NAME },
            Aad { column: "contact_sealed", ..NAME },
            Aad { org: PERSON, ..NAME },
            Aad { id: ORG, ..NAME },
            Aad { table: "personname_", column: "sealed", ..NAME },
        ] {
            assert_eq!(key.open(&other, &sealed).unwrap_err(), SealError::Unopenable, "{other:?}");
        }
        let (stranger, _) = authority.new_person_key(PERSON).unwrap();
        assert_eq!(stranger.open(&NAME, &sealed).unwrap_err(), SealError::Unopenable);
        assert_eq!(authority.person_key(ORG, &wrapped).unwrap_err(), SealError::Unopenable);
        assert_eq!(authority.person_key(PERSON, &[]).unwrap_err(), SealError::Destroyed);
        assert_eq!(some_authority().person_key(PERSON, &wrapped).unwrap_err(), SealError::Unopenable);
        let no_text = key.seal(&NAME, &[0xff]).unwrap();
        assert_eq!(key.open_text(&NAME, &no_text).unwrap_err(), SealError::Unopenable);
    }

    #[test]
    fn what_an_authority_seals_for_itself_opens_only_with_its_key_and_in_its_place() {
        let (one, other) = (some_authority(), some_authority());
        let place = Aad { table: "authenticator_app", column: "secret_sealed", org: ORG, id: PERSON };
        let sealed = one.seal(&place, b"secret").unwrap();
        assert_eq!(one.open(&place, &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(one.open(&Aad { id: ORG, ..place }, &sealed).unwrap_err(), SealError::Unopenable);
        assert_eq!(other.open(&place, &sealed).unwrap_err(), SealError::Unopenable);
        assert_eq!(one.person_key(PERSON, &sealed).unwrap_err(), SealError::Unopenable);
    }

    #[test]
    fn digests_of_authorities_and_kinds_have_nothing_in_common() {
        let (one, other) = (some_authority(), some_authority());
        assert_eq!(one.digest("name", b"asa"), one.digest("name", b"asa"));
        let all = [
            one.digest("name", b"asa"),
            one.digest("name", b"asb"),
            one.digest("identity", b"asa"),
            other.digest("name", b"asa"),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn keys_print_nothing() {
        let kek = Kek::generate();
        let (key, _) = some_authority().new_person_key(PERSON).unwrap();
        assert_eq!(format!("{kek:?} {:?} {key:?}", Keyring::new(&kek)), "Kek(…) Keyring(…) PersonKey(…)");
    }

    proptest! {
        #[test]
        fn what_is_sealed_comes_back_and_differs_each_time(plain: Vec<u8>) {
            let (key, _) = some_authority().new_person_key(PERSON).unwrap();
            let (one, two) = (key.seal(&NAME, &plain).unwrap(), key.seal(&NAME, &plain).unwrap());
            prop_assert_ne!(&one, &two);
            prop_assert_eq!(&*key.open(&NAME, &one).unwrap(), &plain);
        }

        #[test]
        fn a_changed_or_cut_byte_is_noticed(plain: Vec<u8>, at: prop::sample::Index, bit in 0u8..8) {
            let (key, _) = some_authority().new_person_key(PERSON).unwrap();
            let mut sealed = key.seal(&NAME, &plain).unwrap();
            let at = at.index(sealed.len());
            prop_assert_eq!(key.open(&NAME, &sealed[..at]).unwrap_err(), SealError::Unopenable);
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(key.open(&NAME, &sealed).unwrap_err(), SealError::Unopenable);
        }
    }
}
