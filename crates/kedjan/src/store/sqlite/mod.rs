//! SQLite: a writer thread, a few readers, and a checkpointer that keeps the log short.

mod connection;
mod writer;

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, ThreadId};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::StoreError;
use super::migrations;
use super::pool::Pool;
use super::seal;
use super::statement::Sql;
use super::unit::{Queued, Ran, Unit, run};
use super::{Counters, Kind, Settings, Statement};
use connection::{Raw, meaning};
use writer::Writer;

/// "KEDD", so that no other program's file is taken for ours.
const APPLICATION_ID: i64 = 0x4B45_4444;
/// Earlier versions can damage the file when a checkpoint meets a write (the WAL-reset fault).
const OLDEST: i32 = 3_051_003;
/// The page cache of each reader, in MiB.
const READER_CACHE: u32 = 4;
/// How many may glance at once. Nobody else waits for these connections, so whoever glances waits for glances alone.
const GLANCES: usize = 2;

/// An open SQLite store.
pub(super) struct Sqlite {
    path: PathBuf,
    writer: Writer,
    readers: Pool<Connection>,
    glances: Pool<Connection>,
    checkpointer: Checkpointer,
}

impl Sqlite {
    pub(super) fn open(
        path: &Path,
        settings: &Settings,
        migrations: &[(&str, &str)],
        counters: Arc<Counters>,
    ) -> Result<Self, StoreError> {
        if rusqlite::version_number() < OLDEST {
            return Err(StoreError::Refused(format!(
                "SQLite {} can damage the file; 3.51.3 or later is needed",
                rusqlite::version()
            )));
        }
        create(path)?;
        let cache = settings.cache_mb;
        let mut connection = connection::open(path, cache, false)?;
        prepare_schema(&mut connection, migrations)?;
        let again = path.to_owned();
        let writer = Writer::start(connection, move || connection::open(&again, cache, false), counters)?;
        let checkpointer = Checkpointer::start(path)?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            readers: Pool::new(settings.readers),
            glances: Pool::new(GLANCES),
            checkpointer,
        })
    }

    pub(super) fn enqueue(&self, unit: Box<dyn Queued>) {
        self.writer.enqueue(unit);
    }

    /// Runs a reading unit on one snapshot.
    pub(super) fn read(&self, unit: &mut dyn Unit) -> Result<(), StoreError> {
        self.read_on(&self.readers, unit)
    }

    /// Runs a reading unit that is over in microseconds.
    pub(super) fn glance(&self, unit: &mut dyn Unit) -> Result<(), StoreError> {
        self.read_on(&self.glances, unit)
    }

    fn read_on(&self, pool: &Pool<Connection>, unit: &mut dyn Unit) -> Result<(), StoreError> {
        let mut lease = pool.lease(|| connection::open(&self.path, READER_CACHE, true))?;
        let (settled, usable) = {
            let connection = lease.get()?;
            if let Err(error) = connection.execute_batch("BEGIN") {
                lease.discard();
                return Err(meaning(&error));
            }
            let ran = run(unit, &mut Raw { connection, reading: true });
            let broken =
                matches!(&ran, Ran::Failed { cause: Some(StoreError::Unavailable(_) | StoreError::Corrupt(_)), .. });
            (ran.settled(), connection.execute_batch("ROLLBACK").is_ok() && !broken)
        };
        if !usable {
            lease.discard();
        }
        settled
    }

    /// Moves the whole log into the file and cuts it to nothing.
    pub(super) fn truncate_log(&self) -> Result<(), StoreError> {
        let connection = connection::open(&self.path, 1, false)?;
        let blocked = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        if blocked.map_err(|error| meaning(&error))? { Err(StoreError::Busy) } else { Ok(()) }
    }

    /// What does not hold, of all that is committed now.
    pub(super) fn verify(&self, progress: impl FnMut(&str)) -> Result<Vec<String>, StoreError> {
        let connection = connection::open(&self.path, READER_CACHE, true)?;
        connection.execute_batch("BEGIN").map_err(|error| meaning(&error))?;
        looked_through(&connection, progress).or_else(|error| match meaning(&error) {
            StoreError::Corrupt(cause) => Ok(vec![cause]),
            other => Err(other),
        })
    }

    /// Finishes what waits and closes every connection.
    pub(super) fn stop(&self) {
        self.writer.stop();
        self.checkpointer.stop();
        self.readers.close();
        self.glances.close();
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Makes sure that the file is there, ours alone, and on a disk of this machine.
fn create(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder =
        folder.canonicalize().map_err(|_| StoreError::Refused("the folder of the database does not exist".into()))?;
    if let Ok(mounts) = fs::read_to_string("/proc/self/mountinfo")
        && let Some(kind) = network_file_system(&mounts, &folder)
    {
        return Err(StoreError::Refused(format!(
            "the file is on a network file system ({kind}), where SQLite's locks do not hold"
        )));
    }
    match private(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(outage(&error)),
    }
}

/// A new file that only its owner can read.
fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn outage(error: &std::io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
        ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        kind => StoreError::Unavailable(format!("the file could not be written: {kind}")),
    }
}

/// The kind of network file system that `folder` lies on, if it does, by the lines of `mountinfo`.
pub(super) fn network_file_system<'m>(mounts: &'m str, folder: &Path) -> Option<&'m str> {
    const NETWORK: [&str; 11] =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "fuse.sshfs", "fuse.glusterfs"];
    let mounted = mounts.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        let point = place.split(' ').nth(4)?.replace("\\040", " ");
        let depth = folder.starts_with(&point).then(|| Path::new(&point).components().count())?;
        Some((depth, kind.split(' ').next()?))
    });
    // Of equally deep ones the last lies on top.
    mounted.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind).filter(|kind| NETWORK.contains(kind))
}

/// Makes one file of a closed store, without a log beside it, and has it on disk.
pub(super) fn finish_file(path: &Path) -> Result<(), StoreError> {
    let connection = connection::open(path, READER_CACHE, false)?;
    connection.pragma_update(None, "journal_mode", "DELETE").map_err(|error| meaning(&error))?;
    connection.close().map_err(|(_, error)| meaning(&error))?;
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| outage(&error))
}

/// Looks at every page, row and index of a file, and at what refers to what.
pub(super) fn check_file(path: &Path) -> Result<(), StoreError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|e| meaning(&e))?;
    seal::register(&connection).map_err(|e| meaning(&e))?;
    let mark: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(|e| meaning(&e))?;
    if mark != APPLICATION_ID {
        return Err(StoreError::Refused("the file is not one of Kedjan's".into()));
    }
    match looked_through(&connection, |_| ()).map_err(|e| meaning(&e))?.into_iter().next() {
        None => Ok(()),
        Some(fault) => Err(StoreError::Corrupt(format!("the file does not hold: {fault}"))),
    }
}

/// What does not hold in a database, by SQLite's own checks and by the sums over its rows.
fn looked_through(connection: &Connection, mut progress: impl FnMut(&str)) -> rusqlite::Result<Vec<String>> {
    progress("pages and indexes");
    // SQLite names tables, indexes, pages and rows by their numbers, and no value.
    let mut check = connection.prepare("PRAGMA integrity_check")?;
    let mut told: Vec<String> = check.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    told.retain(|line| line != "ok");
    progress("what refers to what");
    let mut astray = connection.prepare("SELECT \"table\", COUNT(*) FROM pragma_foreign_key_check GROUP BY 1")?;
    let mut rows = astray.query([])?;
    while let Some(row) = rows.next()? {
        let (table, count): (String, i64) = (row.get(0)?, row.get(1)?);
        told.push(format!("table {table}: {count} rows refer to others which are not there"));
    }
    told.extend(seal::broken(connection, progress)?);
    Ok(told)
}

/// Gives a finished file its name, whole or not at all, and never in the place of another.
pub(super) fn publish(part: &Path, path: &Path) -> Result<(), StoreError> {
    let done = (|| {
        File::open(part)?.sync_all()?;
        // Unlike a rename, a link never takes the place of a file that came meanwhile.
        fs::hard_link(part, path)?;
        fs::remove_file(part)?;
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
            _ => File::open(".")?.sync_all(),
        }
    })();
    done.map_err(|error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => StoreError::Refused("the file already exists; nothing is overwritten".into()),
        _ => outage(&error),
    })
}

/// Marks a new file as ours, refuses another program's, and runs the migrations.
fn prepare_schema(connection: &mut Connection, migrations: &[(&str, &str)]) -> Result<(), StoreError> {
    static TABLES: Statement = Statement::new("SELECT count(*) FROM sqlite_schema", file!(), line!());
    static MARK: Statement = Statement::new("PRAGMA application_id", file!(), line!());

    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| meaning(&error))?;
    let mut raw = Raw { connection: &transaction, reading: false };
    let run = |raw: &mut Raw<'_>, text: &str| raw.connection.execute_batch(text).map_err(|error| meaning(&error));
    let mark: i64 = raw.one(&MARK, &[])?.get(0)?;
    if mark != APPLICATION_ID {
        if mark != 0 || raw.one(&TABLES, &[])?.get::<i64>(0)? != 0 {
            return Err(StoreError::Refused("the file is a database, but not one of Kedjan's".into()));
        }
        run(&mut raw, &format!("PRAGMA application_id = {APPLICATION_ID}"))?;
    }
    run(&mut raw, &migrations::text_for(Kind::Sqlite, migrations::TABLE))?;
    migrations::migrate(&mut raw, Kind::Sqlite, migrations, run)?;
    transaction.commit().map_err(|error| meaning(&error))
}

/// Moves what is committed from the log into the file, each second in which the log has grown.
struct Checkpointer {
    /// Dropping it ends the thread.
    life: Mutex<Option<Sender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Checkpointer {
    fn start(path: &Path) -> Result<Self, StoreError> {
        let (life, end) = channel::<()>();
        let connection = connection::open(path, 1, false)?;
        // A checkpoint that begins the log anew holds the writer up while it waits for readers.
        connection.busy_timeout(Duration::from_millis(200)).map_err(|error| meaning(&error))?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let thread = std::thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn(move || {
                let mut seen = None;
                while end.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                    let now = fs::metadata(&log)
                        .ok()
                        .map(|log| (log.len(), log.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
                    if now != seen {
                        seen = now;
                        checkpoint(&connection);
                    }
                }
            })
            .map_err(|_| StoreError::Unavailable("the system has no thread left".into()))?;
        Ok(Self { life: Mutex::new(Some(life)), thread: Mutex::new(Some(thread)) })
    }

    fn stop(&self) {
        drop(self.life.lock().unwrap_or_else(PoisonError::into_inner).take());
        join(&self.thread);
    }
}

/// How many pages the log may hold before it is begun anew: the longer it is, the longer a look for a page in it takes.
const LOG_PAGES: i64 = 8_000;
/// How many pages may be left for the checkpoint that begins it anew: it holds the writer up for as long as it copies them.
const FEW_PAGES: i64 = 500;

fn checkpoint(connection: &Connection) {
    let mut done = move_log(connection);
    if matches!(done, Ok((held, _)) if held > LOG_PAGES) {
        // The writer has gone on meanwhile. What it has added is moved too, until so little is left that it can wait.
        for _ in 0..8 {
            if !matches!(done, Ok((_, left)) if left > FEW_PAGES) {
                break;
            }
            done = move_log(connection);
        }
        // From its beginning, and not cut off: blocks that the file has already are written to faster than new ones.
        done = done.and_then(|_| connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok((0, 0))));
    }
    if let Err(error) = done {
        // Nothing is lost: the log keeps it, and the next second tries again.
        tracing::warn!(error = %meaning(&error), "the log of the store could not be moved into its file");
    }
}

/// Moves what is in the log into the file beside the writer, and gives how many pages it holds and how many of them are left.
fn move_log(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let held: i64 = row.get(1)?;
        Ok((held, held - row.get::<_, i64>(2)?))
    })
}

/// Waits for a thread to end, unless it is the one that asks.
fn join(thread: &Mutex<Option<JoinHandle<()>>>) {
    let handle = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
    let own: ThreadId = std::thread::current().id();
    if let Some(handle) = handle.filter(|handle| handle.thread().id() != own) {
        // A thread that panicked has ended too.
        let _ = handle.join();
    }
}
