//! Backups: one SQLite file of everything but the people's keys, from a store of either kind, and back into one.
//!
//! Why the keys stand apart, and what a restore replays: `docs/adr/0012-backups-forget.md`.

mod keys;
mod restore;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::{App, Stop};
use crate::audit::BrokenChain;
use crate::cli::AssembleError;
use crate::store::{self, Columns, FromVal, Kind, Location, Sql, Store, StoreError, Val, ending_with};

pub use keys::KeysError;
pub(crate) use keys::hold;
pub use restore::{Restored, restore};

/// How often the running product looks whether a consent has been withdrawn.
const EVERY: Duration = Duration::from_secs(10);
/// What stands in a backup in the place of a person's key that is elsewhere. A destroyed key is empty.
const ELSEWHERE: &[u8] = &[0];
/// The form of backups that this program writes.
const FORMAT: u32 = 1;

/// Why a backup was not made or not restored. Every sentence says what holds or what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// The copy of the people's keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The installation could not be put together on what was restored.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// A file system.
    #[error("{path}: {cause}", path = .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What it said.
        cause: std::io::Error,
    },
    /// Something is there already.
    #[error("{0} exists already, and nothing is written over. Name another, or move it away")]
    Taken(String),
    /// A file of ours, but no backup.
    #[error("{path}: the file is no backup made by `kedjan backup`", path = .0.display())]
    NoBackup(PathBuf),
    /// Not all of it is there.
    #[error("the backup is not whole: the table {table} has {found} rows and should have {noted}. Take another backup")]
    Incomplete {
        /// Which table.
        table: String,
        /// How many rows it had when it was made.
        noted: i64,
        /// How many it has.
        found: i64,
    },
    /// An audit chain does not hold, or ends elsewhere than it did.
    #[error("the log of {authority} in the backup does not hold: {why}. Take another backup")]
    Chain {
        /// Whose.
        authority: String,
        /// What is wrong.
        why: String,
    },
    /// The figures are not what the cases say.
    #[error("{0} figures in the backup are not equal to its cases. Take another backup")]
    Tallies(usize),
    /// The copy of the people's keys is older than the backup.
    #[error(
        "the copy of the people's keys is older than the backup (number {copy}, and the backup needs {needed} or later): \
         people would be taken for forgotten. Put the newest copy there"
    )]
    OldKeys {
        /// The copy's number.
        copy: i64,
        /// The least that the backup needs.
        needed: i64,
    },
}

impl BackupError {
    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
        move |cause| BackupError::File { path: path.to_owned(), cause }
    }
}

impl From<Stop> for BackupError {
    fn from(stop: Stop) -> BackupError {
        match stop {
            Stop::Store(error) => error.into(),
            Stop::Refused(_) => StoreError::Fault("a restore was refused by a rule for people".into()).into(),
        }
    }
}

impl BackupError {
    fn broken(authority: &str, at: &BrokenChain) -> BackupError {
        BackupError::Chain { authority: authority.to_owned(), why: at.to_string() }
    }
}

/// The end of an authority's audit chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// The authority.
    pub org: Uuid,
    /// What it is called.
    pub name: String,
    /// How many records.
    pub records: i64,
    /// The last digest, in hexadecimal.
    pub digest: String,
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    format: u32,
    /// When it was made.
    pub at: Timestamp,
    /// From which kind of store: `sqlite` or `postgres`.
    pub from: String,
    /// The number of the copy of the people's keys that was written with it.
    pub keys_nr: i64,
    /// How many rows each table has.
    pub rows: Vec<(String, i64)>,
    /// Where the audit chains end.
    pub heads: Vec<ChainHead>,
}

impl Mark {
    /// How many rows a table has.
    pub fn rows_of(&self, table: &str) -> i64 {
        self.rows.iter().find(|(name, _)| name == table).map_or(0, |(_, rows)| *rows)
    }
}

/// What is set aside of the rows while they are copied.
#[derive(Default)]
struct Aside {
    keys: Vec<keys::WrappedKey>,
    names: Vec<(Uuid, String)>,
    heads: Vec<(Uuid, i64, Vec<u8>)>,
}

impl Aside {
    /// Takes a person's key out of a row and notes what the mark needs.
    fn fit(&mut self, table: &str, row: &mut Columns<'_>) {
        match table {
            "person" => {
                let key: Vec<u8> = read(row, "key_wrapped").unwrap_or_default();
                if let (Some(org), Some(id), false) = (read(row, "org_id"), read(row, "id"), key.is_empty()) {
                    self.keys.push(((org, id), key));
                    row.set("key_wrapped", Val::from(ELSEWHERE));
                }
            }
            "authority" => self.names.extend(read(row, "id").zip(read(row, "name"))),
            "audit_head" => {
                if let (Some(org), Some(seq), Some(digest)) =
                    (read(row, "org_id"), read(row, "seq"), read(row, "digest"))
                {
                    self.heads.push((org, seq, digest));
                }
            }
            _ => {}
        }
    }

    fn heads(&self) -> Vec<ChainHead> {
        let name = |org: Uuid| self.names.iter().find(|(id, _)| *id == org).map_or("?", |(_, name)| name.as_str());
        let head = |(org, records, digest): &(Uuid, i64, Vec<u8>)| ChainHead {
            org: *org,
            name: name(*org).to_owned(),
            records: *records,
            digest: hex(digest),
        };
        self.heads.iter().map(head).collect()
    }
}

fn read<T: FromVal>(row: &Columns<'_>, column: &str) -> Option<T> {
    row.get(column).and_then(T::from_val)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Copies the whole store, as it is at one moment, to a new file, while others go on. The people's keys go to their own copy
/// and never into the file. The file has its name only when it is whole and on disk, and is its owner's alone.
///
/// # Errors
/// See [`BackupError`]. What was begun is put away.
pub fn backup(app: &App, path: &Path) -> Result<Mark, BackupError> {
    if path.exists() {
        return Err(BackupError::Taken(path.display().to_string()));
    }
    let part = ending_with(path, ".part");
    put_away(&part);
    let made = fill(app, &part).and_then(|mark| Ok(store::publish(&part, path).map(|()| mark)?));
    if made.is_err() {
        put_away(&part);
    }
    made
}

fn fill(app: &App, part: &Path) -> Result<Mark, BackupError> {
    let held = keys::hold(app)?;
    let nr = held.next(app)?;
    let copy = Store::open(&Location::Sqlite(part.to_owned()), &store::Settings::default())?;
    let aside = Arc::new(Mutex::new(Aside::default()));
    let seen = aside.clone();
    let at = app.clock.now();
    let rows = app.store.copy_into(&copy, move |table, row| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).fit(table, row);
    })?;
    let aside = std::mem::take(&mut *aside.lock().unwrap_or_else(PoisonError::into_inner));
    let from = if app.store.kind() == Kind::Sqlite { "sqlite" } else { "postgres" };
    let mark = Mark { format: FORMAT, at, from: from.into(), keys_nr: nr, rows, heads: aside.heads() };
    let written = serde_json::to_vec(&mark).map_err(|_| StoreError::Fault("the mark of a backup as JSON".into()))?;
    copy.write_blocking(move |tx: &mut dyn Sql| sql::put_node(tx, sql::MARK, &written))?;
    copy.close();
    store::finish_file(part)?;
    // First the keys and then the file: a backup that can be seen can be restored.
    held.write(app, nr, &aside.keys)?;
    Ok(mark)
}

/// Removes an unfinished file with what stands beside it.
fn put_away(part: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        // What is not there need not be removed, and a rest that stays is told by the next try.
        let _ = fs::remove_file(ending_with(part, end));
    }
}

/// Keeps the list of withdrawn consents up to date beside the running product until `stop` is done, so that a restore knows
/// of a withdrawal although no backup was made after it.
pub async fn watch(app: Arc<App>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut known = None;
    loop {
        let own = app.clone();
        let looked = tokio::task::spawn_blocking(move || look(&own, known)).await;
        match looked {
            Ok(Ok(now)) => known = now,
            Ok(Err(cause)) => tracing::error!(%cause, "the list of withdrawn consents could not be kept"),
            Err(_) => tracing::error!("the keeping of withdrawn consents panicked"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = &mut stop => return,
        }
    }
}

/// How many consents have been withdrawn, and when the latest.
type Seen = (i64, Option<Timestamp>);

/// Writes the list when something has been withdrawn since it was last looked.
fn look(app: &App, known: Option<Seen>) -> Result<Option<Seen>, KeysError> {
    let since = app.clock.now().saturating_sub(crate::consents::HOLDS).unwrap_or(Timestamp::MIN);
    let now = app.store.read_blocking(|tx: &mut dyn Sql| sql::count_withdrawn(tx, since))?;
    if known != Some(now) {
        let held = keys::hold(app)?;
        keys::write_withdrawn(app, &app.settings.people_keys)?;
        drop(held);
    }
    Ok(Some(now))
}
