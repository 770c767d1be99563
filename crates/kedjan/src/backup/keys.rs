//! The one copy of the people's keys, outside the store and its backups, and beside it which consents have been withdrawn.
//!
//! A backup holds no person's key. Restoring one takes the keys from here, where they are as they were at the latest backup
//! or retention run: whoever has been forgotten since then has none. Both files are sealed under the installation's key.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sql;
use crate::app::App;
use crate::secrets::Keyring;
use crate::store::{Sql, StoreError, ending_with};

/// How the copy of the keys begins, in clear.
const KEYS: &[u8] = b"kedjan-people-1\n";
/// How the list of what was withdrawn begins, in clear.
const WITHDRAWN: &[u8] = b"kedjan-withdrawn-1\n";

/// Why the copy of the people's keys cannot be used or made. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// It is not there.
    #[error(
        "{path}: there is no copy of the people's keys here, and without it nobody in the backup could be told from \
         somebody who has been forgotten. Put the newest copy there (it is written at every backup and every retention \
         run), or say with `people_keys` where it is",
        path = .0.display()
    )]
    Missing(PathBuf),
    /// The list of withdrawn consents is not there.
    #[error(
        "{path}: there is no list of withdrawn consents here, and without it consents that were withdrawn after the backup \
         would come back in force. It stands beside the copy of the people's keys: put the newest one there",
        path = .0.display()
    )]
    NoWithdrawn(PathBuf),
    /// It is there, but not as it was written, or under another key.
    #[error(
        "{path}: the file does not open with the key in `key_file`, or has been changed. Put the newest copy there that was \
         written with this key",
        path = .0.display()
    )]
    Unopenable(PathBuf),
    /// The file system.
    #[error("{path}: {cause}. The people's keys are kept there: see that the folder exists and can be written", path = .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What it said.
        cause: std::io::Error,
    },
    /// The store that the keys are read from.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}

/// A person's wrapped key, with whose it is.
pub(super) type WrappedKey = ((Uuid, Uuid), Vec<u8>);

/// The people's keys as they were copied.
pub(super) struct PeopleKeys {
    /// Goes up with every copy, so that an older one is told from a newer.
    pub(super) nr: i64,
    /// The wrapped keys, by authority and person.
    pub(super) keys: HashMap<(Uuid, Uuid), Vec<u8>>,
}

/// A consent that has been withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Withdrawn {
    pub(super) consent: Uuid,
    pub(super) at: Timestamp,
    pub(super) by: Uuid,
}

/// Nobody else writes the copies while this is held: an older state could else be written over a newer one.
pub(crate) struct Held {
    path: PathBuf,
    _lock: File,
}

/// Waits until nobody else writes the copies.
pub(crate) fn hold(app: &App) -> Result<Held, KeysError> {
    let path = app.settings.people_keys.clone();
    let lock = ending_with(&path, ".lock");
    let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock);
    let file = opened.and_then(|file| file.lock().map(|()| file)).map_err(at(&lock))?;
    Ok(Held { path, _lock: file })
}

impl Held {
    /// Writes the copies anew from what the store holds now.
    pub(crate) fn renew(&self, app: &App) -> Result<(), KeysError> {
        let nr = self.next(app)?;
        let keys = app.store.read_blocking(sql::keys)?;
        self.write(app, nr, &keys)
    }

    /// The number of the next copy.
    pub(super) fn next(&self, app: &App) -> Result<i64, StoreError> {
        app.store.write_blocking(|tx: &mut dyn Sql| sql::next_copy(tx))
    }

    /// Writes the copies with these keys.
    pub(super) fn write(&self, app: &App, nr: i64, keys: &[WrappedKey]) -> Result<(), KeysError> {
        let mut plain = Vec::with_capacity(16 + keys.len() * 128);
        plain.extend_from_slice(&nr.to_be_bytes());
        for ((org, person), key) in keys {
            plain.extend_from_slice(org.as_bytes());
            plain.extend_from_slice(person.as_bytes());
            plain.extend_from_slice(&u16::try_from(key.len()).unwrap_or(0).to_be_bytes());
            plain.extend_from_slice(key);
        }
        write_withdrawn(app, &self.path)?;
        seal_to(&app.keyring, &self.path, KEYS, &plain)
    }
}

/// Where the list of withdrawn consents is.
fn withdrawn_beside(path: &Path) -> PathBuf {
    ending_with(path, ".withdrawn")
}

/// Writes anew which consents have been withdrawn whose time is not over: what is over is in force in no backup.
pub(super) fn write_withdrawn(app: &App, people_keys: &Path) -> Result<(), KeysError> {
    let since = app.clock.now().saturating_sub(crate::consents::HOLDS).unwrap_or(Timestamp::MIN);
    let all = app.store.read_blocking(|tx: &mut dyn Sql| sql::withdrawn_since(tx, since))?;
    let plain = serde_json::to_vec(&all).map_err(|_| StoreError::Fault("withdrawn consents as JSON".into()))?;
    seal_to(&app.keyring, &withdrawn_beside(people_keys), WITHDRAWN, &plain)
}

/// Reads the copy of the people's keys.
pub(super) fn read(keyring: &Keyring, path: &Path) -> Result<PeopleKeys, KeysError> {
    let plain = open_from(keyring, path, KEYS, KeysError::Missing)?;
    parse(&plain).ok_or_else(|| KeysError::Unopenable(path.to_owned()))
}

fn parse(plain: &[u8]) -> Option<PeopleKeys> {
    let (nr, mut rest) = plain.split_first_chunk::<8>()?;
    let mut keys = HashMap::new();
    while !rest.is_empty() {
        let (org, after) = rest.split_first_chunk::<16>()?;
        let (person, after) = after.split_first_chunk::<16>()?;
        let (length, after) = after.split_first_chunk::<2>()?;
        let (key, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        keys.insert((Uuid::from_bytes(*org), Uuid::from_bytes(*person)), key.to_vec());
        rest = after;
    }
    Some(PeopleKeys { nr: i64::from_be_bytes(*nr), keys })
}

/// Reads which consents have been withdrawn.
pub(super) fn read_withdrawn(keyring: &Keyring, people_keys: &Path) -> Result<Vec<Withdrawn>, KeysError> {
    let path = withdrawn_beside(people_keys);
    let plain = open_from(keyring, &path, WITHDRAWN, KeysError::NoWithdrawn)?;
    serde_json::from_slice(&plain).map_err(|_| KeysError::Unopenable(path))
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> KeysError {
    move |cause| KeysError::File { path: path.to_owned(), cause }
}

fn open_from(
    keyring: &Keyring,
    path: &Path,
    head: &[u8],
    missing: impl FnOnce(PathBuf) -> KeysError,
) -> Result<zeroize::Zeroizing<Vec<u8>>, KeysError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Err(missing(path.to_owned())),
        Err(cause) => return Err(at(path)(cause)),
    };
    let purpose = String::from_utf8_lossy(head);
    bytes
        .strip_prefix(head)
        .and_then(|sealed| keyring.open_copy(&purpose, sealed).ok())
        .ok_or_else(|| KeysError::Unopenable(path.to_owned()))
}

/// Writes a sealed file whole or not at all, for its owner alone, and has it on disk.
fn seal_to(keyring: &Keyring, path: &Path, head: &[u8], plain: &[u8]) -> Result<(), KeysError> {
    let sealed = keyring
        .seal_copy(&String::from_utf8_lossy(head), plain)
        .map_err(|_| StoreError::Fault("the copy of the people's keys could not be sealed".into()))?;
    let part = ending_with(path, ".part");
    let written = (|| {
        let _ = fs::remove_file(&part);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        file.write_all(head)?;
        file.write_all(&sealed)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    })();
    written.map_err(at(path))
}
