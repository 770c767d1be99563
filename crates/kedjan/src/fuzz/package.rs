//! Packages of tallies.

use std::sync::LazyLock;

use crate::packages::{Arrived, Envelope, MOST_BYTES};
use crate::secrets::{Kek, Keyring, SigningKey};

use super::{cx, keeps_to_itself};

/// A package. The bytes as they are, and then as what stands after the first lines of a package that is signed as it should be:
/// whoever is trusted can write anything too.
pub fn package(data: &[u8]) {
    static KEY: LazyLock<SigningKey> =
        LazyLock::new(|| SigningKey::generate(&Keyring::new(&Kek::generate())).unwrap().0);
    if let Some(envelope) = Envelope::read(data) {
        // A signature of somebody else's over these bytes is not found by chance.
        assert!(!envelope.holds() || envelope.from != KEY.public());
    }
    let _ = Arrived::read(data, &cx().app.library);
    let me = KEY.public();
    let Some(bytes) = Envelope::sign("kedjan-tallies/1", &me, data, &KEY) else { return };
    assert!(bytes.len() <= MOST_BYTES);
    let envelope = Envelope::read(&bytes).unwrap();
    assert!(envelope.holds());
    let lines = data.iter().filter(|byte| **byte == b'\n').count() + 6;
    match envelope.package() {
        Err(bad) => {
            assert!(!bad.is_empty() && bad.iter().all(|one| one.line <= lines), "{bad:?}");
            keeps_to_itself(data, &format!("{:?}", bad.iter().map(|one| one.expected).collect::<Vec<_>>()));
        }
        Ok(package) => {
            assert_eq!(package.signed(&KEY), bytes, "one package is one file");
            assert!(package.counts.iter().all(|count| count.n > 0));
            assert!(package.counts.is_sorted() && package.reports.is_sorted());
            let _ = Arrived::read(&bytes, &cx().app.library);
        }
    }
}
