//! A small pool of connections for threads that may wait.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::StoreError;

/// How long a thread waits for a connection before the store counts as busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// At most `most` connections, opened when first needed.
pub(super) struct Pool<C> {
    state: Mutex<State<C>>,
    returned: Condvar,
    most: usize,
}

struct State<C> {
    idle: Vec<C>,
    open: usize,
    closed: bool,
}

impl<C> Pool<C> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            state: Mutex::new(State { idle: Vec::new(), open: 0, closed: false }),
            returned: Condvar::new(),
            most: most.max(1),
        }
    }

    // A poisoned lock is taken all the same: nothing in here can be left half done.
    fn state(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection, opened with `open` when none is idle and there is room for one more.
    pub(super) fn lease(&self, open: impl FnOnce() -> Result<C, StoreError>) -> Result<Lease<'_, C>, StoreError> {
        let until = Instant::now() + PATIENCE;
        let mut state = self.state();
        loop {
            if state.closed {
                return Err(super::stopped());
            }
            if let Some(connection) = state.idle.pop() {
                return Ok(Lease { pool: self, connection: Some(connection) });
            }
            if state.open < self.most {
                state.open += 1;
                drop(state);
                // The lease exists before the connection does, so that a failure gives the place back.
                let mut lease = Lease { pool: self, connection: None };
                lease.connection = Some(open()?);
                return Ok(lease);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            state = self.returned.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Lends no more, and hands over the idle connections so that the caller closes them where it can.
    pub(super) fn close(&self) -> Vec<C> {
        let mut state = self.state();
        state.closed = true;
        self.returned.notify_all();
        std::mem::take(&mut state.idle)
    }
}

/// A connection that goes back to its pool.
pub(super) struct Lease<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
}

impl<C> Lease<'_, C> {
    /// The connection, unless it has been given up.
    pub(super) fn get(&mut self) -> Result<&mut C, StoreError> {
        self.connection.as_mut().ok_or_else(|| StoreError::Unavailable("the connection was given up".into()))
    }

    /// Closes the connection instead of giving it back.
    pub(super) fn discard(mut self) {
        self.connection = None;
    }
}

impl<C> Drop for Lease<'_, C> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        match self.connection.take() {
            Some(connection) if !state.closed => state.idle.push(connection),
            _ => state.open = state.open.saturating_sub(1),
        }
        drop(state);
        self.pool.returned.notify_one();
    }
}
