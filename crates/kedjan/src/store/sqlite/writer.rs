//! The writer: one thread, one connection, one commit for all who wait.

use std::cell::Cell;
use std::sync::mpsc::{Receiver, SendError, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::super::error::StoreError;
use super::super::unit::{Queued, Ran, run};
use super::super::{Counters, stopped};
use super::connection::{Raw, meaning};
use super::join;

/// How many units may wait; whoever comes then is told that the store is busy.
const QUEUE: usize = 1024;
/// How many units share a commit at most.
const BATCH: usize = 128;
/// How much longer a batch is gathered than its commit takes. While one batch is answered the next is under way, so that
/// neither those who ask nor the writer wait for each other; a slow disk is given larger batches.
const BESIDE_COMMIT: u32 = 3;
/// A batch is gathered no shorter and no longer than this: those in it are waiting for their answer.
const GATHERING: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// A batch with no more units than this is answered by the writer itself: waking another thread would take as long.
const FEW: usize = 2;

/// The way to the writer thread.
pub(super) struct Writer {
    queue: Mutex<Option<SyncSender<Box<dyn Queued>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    answers: Mutex<Option<JoinHandle<()>>>,
}

/// A unit that is done for, with how it ended.
type Settled = (Box<dyn Queued>, Result<(), StoreError>);

impl Writer {
    /// Starts the thread. `open` gives it a connection, at first and after each I/O error.
    pub(super) fn start(
        connection: Connection,
        open: impl Fn() -> Result<Connection, StoreError> + Send + 'static,
        counters: Arc<Counters>,
    ) -> Result<Self, StoreError> {
        let (queue, waiting) = sync_channel(QUEUE);
        let (done, settled) = channel::<Vec<Settled>>();
        let answers = start("store-answers", move || settled.into_iter().for_each(tell))?;
        let commit = Cell::new(GATHERING.0);
        let mut desk = Desk { connection: Some(connection), open, waiting, done, counters, commit };
        let thread = start("store-writer", move || {
            while let Ok(first) = desk.waiting.recv() {
                desk.batch(first, BATCH);
            }
        })?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            answers: Mutex::new(Some(answers)),
        })
    }

    /// Puts a unit in the queue, or answers it at once when there is no room.
    pub(super) fn enqueue(&self, unit: Box<dyn Queued>) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = match queue.as_ref().map(|queue| queue.try_send(unit)) {
            Some(Ok(())) | None => return,
            Some(Err(TrySendError::Full(unit))) => (unit, StoreError::Busy),
            Some(Err(TrySendError::Disconnected(unit))) => (unit, stopped()),
        };
        drop(queue);
        refused.0.answer(Err(refused.1));
    }

    /// Takes no more, finishes what waits, ends the threads.
    pub(super) fn stop(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        join(&self.thread);
        join(&self.answers);
    }
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let started = std::thread::Builder::new().name(name.into()).spawn(run);
    started.map_err(|_| StoreError::Unavailable("the system has no thread left".into()))
}

fn tell(settled: Vec<Settled>) {
    settled.into_iter().for_each(|(unit, settled)| unit.answer(settled));
}

struct Desk<O> {
    connection: Option<Connection>,
    open: O,
    waiting: Receiver<Box<dyn Queued>>,
    /// The way to the thread that wakes those who wait, one after another, while the next batch runs.
    done: Sender<Vec<Settled>>,
    counters: Arc<Counters>,
    /// How long a commit takes, of late.
    commit: Cell<Duration>,
}

/// Why a whole batch was not committed.
enum Lost {
    /// A unit failed that had no savepoint, and with it went what the others had done.
    Unguarded,
    /// All of it failed.
    All {
        cause: StoreError,
        /// Whether the units may run again. Not when the commit itself met an I/O error, for then they
        /// may be on disk already, and not when it would only fail the same way.
        retry: bool,
    },
}

impl<O: Fn() -> Result<Connection, StoreError>> Desk<O> {
    /// Runs `first` and, up to `most`, those who come while it runs; commits once; answers each.
    ///
    /// At first without savepoints: nearly all units succeed, and a savepoint makes SQLite copy every page that a unit
    /// changes. When one fails they all run again, each in a savepoint of its own.
    fn batch(&mut self, first: Box<dyn Queued>, most: usize) {
        let mut units = vec![(first, Ran::Ready)];
        let mut done = self.transact(&mut units, most, false);
        if matches!(done, Err(Lost::Unguarded)) && units.len() > 1 {
            self.again(&units);
            done = self.transact(&mut units, most, true);
        }
        match done {
            Ok(()) | Err(Lost::Unguarded) => {
                self.answer(units.into_iter().map(|(unit, ran)| (unit, ran.settled())).collect());
            }
            // SQLite took everybody's work back for the sake of one. Each gets one more try, alone.
            Err(Lost::All { retry: true, .. }) if most > 1 && units.len() > 1 => {
                self.again(&units);
                units.into_iter().for_each(|(unit, _)| self.batch(unit, 1));
            }
            Err(Lost::All { cause, .. }) => {
                // A unit that had been refused by then keeps its own answer.
                let settled = |ran| if matches!(ran, Ran::Ready) { Err(cause.clone()) } else { ran.settled() };
                self.answer(units.into_iter().map(|(unit, ran)| (unit, settled(ran))).collect());
            }
        }
    }

    fn again(&self, units: &[(Box<dyn Queued>, Ran)]) {
        self.counters.reruns.fetch_add(units.len() as u64, std::sync::atomic::Ordering::Relaxed);
    }

    fn answer(&self, settled: Vec<Settled>) {
        self.counters.units.fetch_add(settled.len() as u64, std::sync::atomic::Ordering::Relaxed);
        if settled.len() <= FEW {
            tell(settled);
        } else if let Err(SendError(settled)) = self.done.send(settled) {
            tell(settled);
        }
    }

    fn transact(&mut self, units: &mut Vec<(Box<dyn Queued>, Ran)>, most: usize, guarded: bool) -> Result<(), Lost> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => (self.open)().map_err(|cause| Lost::All { cause, retry: true })?,
        };
        let result = self.transact_on(&connection, units, most, guarded);
        // After an I/O error a connection may believe that pages are on disk which are not: it is
        // closed, and the next one reads anew what really is there.
        let usable = match &result {
            Ok(()) => true,
            Err(Lost::All { cause, .. }) if is_broken(cause) => false,
            Err(_) => connection.is_autocommit() || say(&connection, "ROLLBACK").is_ok(),
        };
        if usable {
            self.connection = Some(connection);
        }
        result
    }

    fn transact_on(
        &self,
        connection: &Connection,
        units: &mut Vec<(Box<dyn Queued>, Ran)>,
        most: usize,
        guarded: bool,
    ) -> Result<(), Lost> {
        // Counted from when the first unit has run: whoever has waited for a slow one is not made to wait for the next commit.
        let mut began = Instant::now();
        let gathering = (self.commit.get() * BESIDE_COMMIT).clamp(GATHERING.0, GATHERING.1);
        if let Err(cause) = say(connection, "BEGIN IMMEDIATE") {
            // Whoever waits in the queue would only wait for the same lock again.
            units.extend(self.waiting.try_iter().take(most.saturating_sub(units.len())).map(|unit| (unit, Ran::Ready)));
            return Err(Lost::All { cause, retry: false });
        }
        let mut next = 0;
        while let Some((unit, ran)) = units.get_mut(next) {
            *ran = run_in(connection, unit.as_mut(), guarded).map_err(|cause| Lost::All { cause, retry: true })?;
            if !guarded && matches!(ran, Ran::Failed { .. }) {
                return Err(Lost::Unguarded);
            }
            next += 1;
            if next == 1 {
                began = Instant::now();
            }
            if next == units.len() && next < most && began.elapsed() < gathering {
                units.extend(self.waiting.try_recv().ok().map(|unit| (unit, Ran::Ready)));
            }
        }
        let committing = Instant::now();
        say(connection, "COMMIT").map_err(|cause| Lost::All { retry: !is_broken(&cause), cause })?;
        self.commit.set((self.commit.get() * 3 + committing.elapsed()) / 4);
        let stored = units.iter().filter(|(_, ran)| matches!(ran, Ran::Ready)).count();
        if stored > 0 {
            self.counters.commit(stored);
        }
        Ok(())
    }
}

/// Runs one unit, in a savepoint of its own or in that of the transaction. An error means that all of it is lost.
fn run_in(connection: &Connection, unit: &mut dyn Queued, guarded: bool) -> Result<Ran, StoreError> {
    if guarded {
        say(connection, "SAVEPOINT unit")?;
    }
    let ran = run(unit, &mut Raw { connection, reading: false });
    if let Ran::Failed { cause: Some(cause), .. } = &ran
        && (connection.is_autocommit() || is_broken(cause))
    {
        return Err(cause.clone());
    }
    if connection.is_autocommit() {
        return Err(StoreError::Fault("a unit of work ended its own transaction".into()));
    }
    if guarded {
        if matches!(ran, Ran::Failed { .. }) {
            say(connection, "ROLLBACK TO unit")?;
        }
        say(connection, "RELEASE unit")?;
    }
    Ok(ran)
}

/// After such an error the connection itself can no longer be trusted.
fn is_broken(cause: &StoreError) -> bool {
    matches!(cause, StoreError::Unavailable(_) | StoreError::Corrupt(_))
}

fn say(connection: &Connection, words: &str) -> Result<(), StoreError> {
    let done = connection.prepare_cached(words).and_then(|mut prepared| prepared.execute([]));
    done.map(drop).map_err(|error| meaning(&error))
}
