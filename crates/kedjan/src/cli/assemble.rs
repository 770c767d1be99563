//! Puts the product together from its settings: the store, the key that fits it, the methods with every version that a case
//! may still follow, and the policies.

use std::path::PathBuf;
use std::sync::Arc;

use chain::method::{Library, Method, Mistake};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::methods::{self, Files};
use super::sql::{self, Kept};
use crate::access::{Policies, PolicyError};
use crate::app::{App, Clock};
use crate::backup;
use crate::limits::Limits;
use crate::packages::api::Places;
use crate::secrets::{Kek, KekError, Keyring};
use crate::settings::Settings;
use crate::store::{self, Store, StoreError};

/// Under which name the store keeps the value that its key is recognised by.
pub(super) const KEY_CHECK: &str = "key_check";

/// Why the product cannot be put together. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// The store.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// The key file.
    #[error("{path}: {cause}", path = path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        cause: KekError,
    },
    /// A key, but not this store's.
    #[error(
        "the key in `key_file` is not the one that this database was made with. Nothing can be read with it: find the \
         right key file (it was made together with the database), or set `database` to the database that this key is for"
    )]
    WrongKey,
    /// A backup, which is restored and not served.
    #[error(
        "the database is a backup: it has no person's key, and knows of nothing that was withdrawn or forgotten after it. \
         Put it in place with `kedjan restore FILE`"
    )]
    Backup,
    /// The folder of method files.
    #[error("{path}: the method files cannot be read ({cause}). Make the folder, or take `methods` out of the settings", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        cause: std::io::Error,
    },
    /// Mistakes in method files, all of them.
    #[error("{}", lines(.0))]
    Methods(Vec<Mistake>),
    /// Method files whose text has changed although their version has not.
    #[error("{}", .0.join("\n"))]
    Changed(Vec<String>),
    /// The policies.
    #[error(transparent)]
    Policies(#[from] PolicyError),
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Opens the installation that the settings describe, on the machine's clock.
///
/// # Errors
/// See [`AssembleError`].
pub fn open(settings: Settings) -> Result<Arc<App>, AssembleError> {
    let kek = Kek::from_file(&settings.key_file)
        .map_err(|cause| AssembleError::Key { path: settings.key_file.clone(), cause })?;
    let store = Store::open(&settings.database, &store::Settings::default())?;
    Ok(Arc::new(App::assemble(store, &kek, settings, Clock::Machine)?))
}

impl App {
    /// Puts the product together on an open store. Waits for the store: not for async tasks.
    ///
    /// # Errors
    /// See [`AssembleError`].
    pub fn assemble(store: Store, kek: &Kek, settings: Settings, clock: Clock) -> Result<App, AssembleError> {
        let policies = Policies::shipped()?;
        let own = own_files(&settings)?;
        let current = parse_all(&methods::arrange(own).map_err(AssembleError::Methods)?)?;
        if store.read_blocking(|tx| backup::sql::node(tx, backup::sql::MARK))?.is_some() {
            return Err(AssembleError::Backup);
        }
        if !kek.matches(&kept_check_value(&store, kek)?) {
            return Err(AssembleError::WrongKey);
        }
        let library = library(&store, &clock, current)?;
        let limits = Limits::new(settings.limits);
        let (keyring, places) = (Keyring::new(kek), Places::default());
        Ok(App { store, library, keyring, policies, settings, limits, places, clock, ordered: Notify::new() })
    }
}

/// The installation's own method files; none when no folder is set.
pub(super) fn own_files(settings: &Settings) -> Result<Vec<methods::File>, AssembleError> {
    match &settings.methods {
        None => Ok(Vec::new()),
        Some(folder) => {
            methods::of_folder(folder).map_err(|cause| AssembleError::Folder { path: folder.clone(), cause })
        }
    }
}

/// Reads all methods; all mistakes of all files at once.
pub(super) fn parse_all(all: &[Files]) -> Result<Vec<(Method, Files)>, AssembleError> {
    let mut sound = Vec::new();
    let mut mistakes = Vec::new();
    for files in all {
        match methods::parse(files) {
            Ok(method) => sound.push((method, files.clone())),
            Err(wrong) => mistakes.extend(wrong),
        }
    }
    if mistakes.is_empty() { Ok(sound) } else { Err(AssembleError::Methods(mistakes)) }
}

/// The value that the store's key is recognised by; this key's own in a store that has none yet.
fn kept_check_value(store: &Store, kek: &Kek) -> Result<Vec<u8>, StoreError> {
    let own = kek.check_value();
    store.write_blocking(move |tx| {
        if let Some(kept) = sql::node(tx, KEY_CHECK)? {
            return Ok(kept);
        }
        sql::insert_node(tx, KEY_CHECK, &own)?;
        Ok(own.to_vec())
    })
}

/// The methods of the files together with every version that the store has taken in before.
fn library(store: &Store, clock: &Clock, current: Vec<(Method, Files)>) -> Result<Library, AssembleError> {
    let now = clock.now();
    let mut methods = Vec::new();
    let mut files = Vec::new();
    for (method, of) in current {
        files.push(kept(&method, &of)?);
        methods.push(method);
    }
    // The same version twice is told with its place before anything is taken in.
    Library::new(methods.clone()).map_err(AssembleError::Methods)?;
    let (older, changed) = store.write_blocking(move |tx| take_in(tx, &files, now))?;
    if !changed.is_empty() {
        return Err(AssembleError::Changed(changed));
    }
    let mut again = Vec::new();
    for file in older {
        let sources: Files = serde_json::from_str(&file.sources)
            .map_err(|e| StoreError::Corrupt(format!("method {} version {}: {e}", file.id, file.version)))?;
        again.push(sources);
    }
    methods.extend(parse_all(&again)?.into_iter().map(|(method, _)| method));
    Library::new(methods).map_err(AssembleError::Methods)
}

/// Takes in what is new; answers the kept files that are not among these, and what has changed without a new version.
fn take_in(
    tx: &mut dyn store::Sql,
    files: &[Kept],
    now: jiff::Timestamp,
) -> Result<(Vec<Kept>, Vec<String>), StoreError> {
    let kept = sql::method_files(tx)?;
    let changed = changed(&kept, files);
    if changed.is_empty() {
        for file in files.iter().filter(|file| !kept.iter().any(|k| k.is_of(file))) {
            sql::insert_method_file(tx, file, now)?;
        }
    }
    Ok((kept.into_iter().filter(|k| !files.iter().any(|file| file.is_of(k))).collect(), changed))
}

/// Which files have another text than the store took in under the same version, in sentences.
pub(super) fn changed(kept: &[Kept], files: &[Kept]) -> Vec<String> {
    files
        .iter()
        .filter(|file| kept.iter().any(|k| k.is_of(file) && k.digest != file.digest))
        .map(|Kept { id, version, .. }| {
            format!(
                "method {id} version {version} has been changed since this database took it in, and cases follow the \
                 version they began with. Give the changed file a version of its own: write `version = {}`",
                version.saturating_add(1),
            )
        })
        .collect()
}

/// A method's files as the store keeps them. The digest is over the texts, so that a file may be moved and renamed.
pub(super) fn kept(method: &Method, files: &Files) -> Result<Kept, StoreError> {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(u64::try_from(file.text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(file.text.as_bytes());
    }
    let sources = serde_json::to_string(files).map_err(|e| StoreError::Fault(format!("a method file as JSON: {e}")))?;
    Ok(Kept { id: method.id.clone(), version: i64::from(method.version), digest: hash.finalize().to_vec(), sources })
}
