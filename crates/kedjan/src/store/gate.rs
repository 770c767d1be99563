//! Lets units run side by side, and one that has collided run alone.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long anyone waits here. After that a unit goes in all the same: the gate saves reruns, it is
/// the database that keeps units apart.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where writing units go in. A unit that collided and simply tried again would meet the next
/// newcomers, and under load never get through.
#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    inside: usize,
    /// One is inside alone or waits for the others to leave; newcomers wait for it.
    alone: bool,
}

impl Gate {
    /// Goes in beside others.
    pub(super) fn enter(&self) -> Pass<'_> {
        let mut state = self.wait(|state| !state.alone);
        state.inside += 1;
        Pass { gate: self, alone: false }
    }

    /// Goes in when nobody else is inside.
    pub(super) fn enter_alone(&self) -> Pass<'_> {
        let mut state = self.wait(|state| !state.alone);
        state.alone = true;
        drop(state);
        let mut state = self.wait(|state| state.inside == 0);
        state.inside += 1;
        Pass { gate: self, alone: true }
    }

    fn wait(&self, open: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let until = Instant::now() + PATIENCE;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if open(&state) || left.is_zero() {
                return state;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Being inside; dropping it is leaving.
pub(super) struct Pass<'g> {
    gate: &'g Gate,
    alone: bool,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.inside = state.inside.saturating_sub(1);
        if self.alone {
            state.alone = false;
        }
        drop(state);
        self.gate.changed.notify_all();
    }
}
