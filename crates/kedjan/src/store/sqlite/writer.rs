//! The writer: one thread, one connection, one commit for all who wait.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
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
/// No further unit joins a batch that has been open this long: those in it are waiting for their answer.
const GATHERING: Duration = Duration::from_millis(50);

/// The way to the writer thread.
pub(super) struct Writer {
    queue: Mutex<Option<SyncSender<Box<dyn Queued>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. `open` gives it a connection, at first and after each I/O error.
    pub(super) fn start(
        connection: Connection,
        open: impl Fn() -> Result<Connection, StoreError> + Send + 'static,
        counters: Arc<Counters>,
    ) -> Result<Self, StoreError> {
        let (queue, waiting) = sync_channel(QUEUE);
        let mut desk = Desk { connection: Some(connection), open, waiting, counters };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                while let Ok(first) = desk.waiting.recv() {
                    desk.batch(first, BATCH);
                }
            })
            .map_err(|_| StoreError::Unavailable("the system has no thread left".into()))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
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

    /// Takes no more, finishes what waits, ends the thread.
    pub(super) fn stop(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        join(&self.thread);
    }
}

struct Desk<O> {
    connection: Option<Connection>,
    open: O,
    waiting: Receiver<Box<dyn Queued>>,
    counters: Arc<Counters>,
}

/// Why a whole batch was not committed.
struct Lost {
    cause: StoreError,
    /// Whether the units may run again. Not when the commit itself met an I/O error, for then they
    /// may be on disk already, and not when it would only fail the same way.
    retry: bool,
}

impl<O: Fn() -> Result<Connection, StoreError>> Desk<O> {
    /// Runs `first` and, up to `most`, those who come while it runs; commits once; answers each.
    fn batch(&mut self, first: Box<dyn Queued>, most: usize) {
        let mut units = vec![(first, Ran::Ready)];
        match self.transact(&mut units, most) {
            Ok(()) => {
                for (unit, ran) in units {
                    self.answer(unit, ran.settled());
                }
            }
            Err(Lost { cause, retry }) if !retry || most == 1 || units.len() == 1 => {
                for (unit, ran) in units {
                    // A unit that had been refused by then keeps its own answer.
                    let settled = if matches!(ran, Ran::Ready) { Err(cause.clone()) } else { ran.settled() };
                    self.answer(unit, settled);
                }
            }
            // SQLite took everybody's work back for the sake of one. Each gets one more try, alone.
            Err(_) => {
                self.counters.reruns.fetch_add(units.len() as u64, std::sync::atomic::Ordering::Relaxed);
                for (unit, _) in units {
                    self.batch(unit, 1);
                }
            }
        }
    }

    fn answer(&self, unit: Box<dyn Queued>, settled: Result<(), StoreError>) {
        self.counters.units.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        unit.answer(settled);
    }

    fn transact(&mut self, units: &mut Vec<(Box<dyn Queued>, Ran)>, most: usize) -> Result<(), Lost> {
        let known = |cause| Lost { cause, retry: true };
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => (self.open)().map_err(known)?,
        };
        let result = self.transact_on(&connection, units, most);
        // After an I/O error a connection may believe that pages are on disk which are not: it is
        // closed, and the next one reads anew what really is there.
        let usable = match &result {
            Ok(()) => true,
            Err(lost) => {
                !is_broken(&lost.cause) && (connection.is_autocommit() || say(&connection, "ROLLBACK").is_ok())
            }
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
    ) -> Result<(), Lost> {
        let known = |cause| Lost { cause, retry: true };
        let began = Instant::now();
        if let Err(cause) = say(connection, "BEGIN IMMEDIATE") {
            // Whoever waits in the queue would only wait for the same lock again.
            units.extend(self.waiting.try_iter().take(most.saturating_sub(units.len())).map(|unit| (unit, Ran::Ready)));
            return Err(Lost { cause, retry: false });
        }
        let mut next = 0;
        while let Some((unit, ran)) = units.get_mut(next) {
            *ran = run_alone(connection, unit.as_mut()).map_err(known)?;
            next += 1;
            if next < most && began.elapsed() < GATHERING {
                units.extend(self.waiting.try_recv().ok().map(|unit| (unit, Ran::Ready)));
            }
        }
        say(connection, "COMMIT").map_err(|cause| Lost { retry: !is_broken(&cause), cause })?;
        let stored = units.iter().filter(|(_, ran)| matches!(ran, Ran::Ready)).count();
        if stored > 0 {
            self.counters.commit(stored);
        }
        Ok(())
    }
}

/// Runs one unit in a savepoint of its own. An error means that the whole transaction is lost.
fn run_alone(connection: &Connection, unit: &mut dyn Queued) -> Result<Ran, StoreError> {
    say(connection, "SAVEPOINT unit")?;
    let ran = run(unit, &mut Raw { connection, reading: false });
    if let Ran::Failed { cause: Some(cause), .. } = &ran
        && (connection.is_autocommit() || is_broken(cause))
    {
        return Err(cause.clone());
    }
    if connection.is_autocommit() {
        return Err(StoreError::Fault("a unit of work ended its own transaction".into()));
    }
    if matches!(ran, Ran::Failed { .. }) {
        say(connection, "ROLLBACK TO unit")?;
    }
    say(connection, "RELEASE unit")?;
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
