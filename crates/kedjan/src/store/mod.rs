//! The store: SQLite in a file, or PostgreSQL, behind one way in.
//!
//! All that happens in one transaction is one closure, a *unit of work*: [`Store::write`] runs it,
//! commits and only then answers. A unit may be run more than once before it is committed, so it
//! changes nothing but the database. Why it is built so: `docs/adr/0002-store.md`.

mod copy;
mod error;
mod gate;
mod migrations;
mod pool;
mod postgres;
mod seal;
mod sqlite;
mod statement;
mod unit;
mod value;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

pub use copy::{Columns, check_file, ending_with, finish_file, publish};
pub use error::{StoreError, UnitError};
pub use migrations::MIGRATIONS;
pub use seal::register as register_sums;
pub use statement::{Sql, Statement, sql};
pub use value::{FromVal, Row, Val, args};

use unit::{Ticket, Work};

/// Where the store is: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL address, password included.
    Postgres(String),
}

impl FromStr for Location {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(Self::Postgres(text.to_owned())),
            _ => Err(StoreError::Refused("the database is written sqlite:PATH or postgres://USER@HOST/NAME".into())),
        }
    }
}

impl fmt::Debug for Location {
    /// Without the PostgreSQL address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

/// How large the store may grow in memory and connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Connections that read beside the writer (SQLite).
    pub readers: usize,
    /// Connections in all (PostgreSQL).
    pub pool: usize,
    /// The page cache of the writer in MiB (SQLite); each reader has 4.
    pub cache_mb: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { readers: 4, pool: 8, cache_mb: 48 }
    }
}

/// Which database the store is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A SQLite file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// What the store has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Writing units of work that were run and answered, refused ones included.
    pub units: u64,
    /// Commits of writing units. Fewer than `units` where units share a commit.
    pub commits: u64,
    /// The most units that shared one commit.
    pub largest_batch: u64,
    /// How often a unit was run again: after a conflict, a lost connection or a lost batch.
    pub reruns: u64,
}

#[derive(Default)]
struct Counters {
    units: AtomicU64,
    commits: AtomicU64,
    largest_batch: AtomicU64,
    reruns: AtomicU64,
}

impl Counters {
    fn commit(&self, batch: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.largest_batch.fetch_max(batch as u64, Ordering::Relaxed);
    }

    fn figures(&self) -> Figures {
        Figures {
            units: self.units.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            largest_batch: self.largest_batch.load(Ordering::Relaxed),
            reruns: self.reruns.load(Ordering::Relaxed),
        }
    }
}

/// The open store. Clones share it; it closes with the last one, or with [`Store::close`].
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    counters: Arc<Counters>,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store, makes sure that it keeps what it acknowledges, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a database that is not ours or would not keep data safe,
    /// [`StoreError::NewerSchema`] and [`StoreError::ChangedMigration`] for a schema that does not
    /// fit, and the outages.
    pub fn open(location: &Location, settings: &Settings) -> Result<Self, StoreError> {
        Self::open_with(location, settings, MIGRATIONS)
    }

    fn open_with(location: &Location, settings: &Settings, migrations: &[(&str, &str)]) -> Result<Self, StoreError> {
        let counters = Arc::new(Counters::default());
        // On a thread of its own, because the PostgreSQL client may not connect on one that runs tasks.
        let engine = on_own_thread(|| match location {
            Location::Sqlite(path) => {
                let sqlite = sqlite::Sqlite::open(path, settings, migrations, Arc::clone(&counters))?;
                Ok(Engine::Sqlite(Arc::new(sqlite)))
            }
            Location::Postgres(address) => {
                let postgres = postgres::Postgres::open(address, settings, migrations, Arc::clone(&counters))?;
                Ok(Engine::Postgres(Arc::new(postgres)))
            }
        })?;
        Ok(Self { engine, counters })
    }

    /// Runs a unit of work that may change the store, and commits it. An `Err` rolls back this unit
    /// alone. Once the first poll has handed the unit over, dropping the future does not stop it.
    ///
    /// # Errors
    /// The unit's own, and the store's: see [`StoreError`].
    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
        F: FnMut(&mut dyn Sql) -> Result<T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => enqueue(sqlite, unit).await.unwrap_or_else(|_| Err(stopped().into())),
            Engine::Postgres(_) => self.hop(move |store| store.write_blocking(unit)).await,
        }
    }

    /// [`Store::write`] for threads that may wait: the command line and jobs. Not for async tasks.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
        F: FnMut(&mut dyn Sql) -> Result<T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => enqueue(sqlite, unit).blocking_recv().unwrap_or_else(|_| Err(stopped().into())),
            Engine::Postgres(postgres) => {
                let mut work = Work::new(unit);
                let settled = postgres.write(&mut work);
                work.finish(settled)
            }
        }
    }

    /// Runs a unit of work that only reads, on one snapshot, for what needs no audit record.
    ///
    /// # Errors
    /// The unit's own, the store's, and [`StoreError::Fault`] when it tries to write.
    pub async fn read<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
        F: FnMut(&mut dyn Sql) -> Result<T, E> + Send + 'static,
    {
        self.hop(move |store| store.read_blocking(unit)).await
    }

    /// [`Store::read`] for a look-up by key in a small table, such as whom a session stands for. On SQLite it is done at
    /// once where it is asked for: to hand it to another thread and back takes longer than it takes itself.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn glance<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
        F: FnMut(&mut dyn Sql) -> Result<T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let mut work = Work::new(unit);
                let settled = sqlite.glance(&mut work);
                work.finish(settled)
            }
            Engine::Postgres(_) => self.read(unit).await,
        }
    }

    /// [`Store::read`] for threads that may wait. Not for async tasks.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        E: UnitError,
        F: FnMut(&mut dyn Sql) -> Result<T, E>,
    {
        let mut work = Work::new(unit);
        let settled = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(&mut work),
            Engine::Postgres(postgres) => postgres.read(&mut work),
        };
        work.finish(settled)
    }

    /// Which database this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.engine {
            Engine::Sqlite(_) => Kind::Sqlite,
            Engine::Postgres(_) => Kind::Postgres,
        }
    }

    /// What the store has done since it was opened.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.counters.figures()
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// Whatever keeps it from answering.
    pub async fn ping(&self) -> Result<(), StoreError> {
        static PING: Statement = Statement::new("SELECT 1", file!(), line!());
        self.read(|sql| sql.one(&PING, &[]).map(drop)).await
    }

    /// Has the database let go of what has been erased. On SQLite the log beside the file is emptied, so that it is in neither.
    /// On PostgreSQL the erased rows are vacuumed, so that no statement finds them; the server's own files and log may hold
    /// their bytes until it writes over them, which is nothing that a client can hasten.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when a reader still looks at an older state; try again later.
    pub fn settle_erasure(&self) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.truncate_log(),
            Engine::Postgres(postgres) => on_own_thread(|| postgres.vacuum()),
        }
    }

    /// Looks at every page, row and index, at what refers to what, and at whether each row is as it was written; tells what
    /// does not hold, empty when all does. `progress` hears what is being looked at. PostgreSQL looks after its pages itself:
    /// there every row is read, which its checksums are held against where it has them.
    ///
    /// # Errors
    /// Whatever keeps it from looking.
    pub fn verify(&self, progress: impl FnMut(&str) + Send) -> Result<Vec<String>, StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.verify(progress),
            Engine::Postgres(_) => self.read_every_row(progress),
        }
    }

    /// Finishes what waits and closes the store for all its clones.
    pub fn close(self) {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.stop(),
            Engine::Postgres(postgres) => postgres.stop(),
        }
    }

    async fn hop<T, E>(&self, run: impl FnOnce(&Self) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || run(&store)).await.unwrap_or_else(|_| Err(stopped().into()))
    }
}

fn enqueue<T, E, F>(sqlite: &sqlite::Sqlite, unit: F) -> oneshot::Receiver<Result<T, E>>
where
    T: Send + 'static,
    E: UnitError,
    F: FnMut(&mut dyn Sql) -> Result<T, E> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    sqlite.enqueue(Box::new(Ticket { work: Work::new(unit), reply }));
    answer
}

fn stopped() -> StoreError {
    StoreError::Unavailable("it is closing".into())
}

/// Runs `work` on a thread of its own and waits for it.
fn on_own_thread<T: Send>(work: impl FnOnce() -> Result<T, StoreError> + Send) -> Result<T, StoreError> {
    std::thread::scope(|scope| {
        scope.spawn(work).join().unwrap_or_else(|_| Err(StoreError::Fault("a thread of the store panicked".into())))
    })
}
