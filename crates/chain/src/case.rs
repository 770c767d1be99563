//! A case as its recorded steps make it: the stage, the clocks, what can be done next.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Standing;
use crate::decide::NotNow;
use crate::field::Values;
use crate::method::Method;

/// A step as it was recorded. Never changed: a correction is a new one that points at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The place in the history, from 1.
    pub seq: u32,
    /// The step id.
    pub step: String,
    /// The outcome id.
    pub outcome: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// The answers.
    pub fields: Values,
    /// The unit that took the step.
    pub by_unit: String,
    /// The `seq` of the step whose place it takes.
    pub corrects: Option<u32>,
}

/// A history that does not follow its method.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("step {at_seq} of the history does not follow the method: {why}")]
pub struct Broken {
    /// The first step that does not follow.
    pub at_seq: u32,
    /// Why not.
    pub why: NotNow,
}

/// How and when a case was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// The closing id.
    pub closing: String,
    /// When the closing step happened.
    pub at: Timestamp,
}

/// A clock that a step started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockRun {
    /// The clock id.
    pub clock: String,
    /// The party that must act.
    pub party: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When to warn.
    pub warn_at: Option<Timestamp>,
    /// The last moment in time.
    pub due_at: Timestamp,
    /// When it stopped.
    pub stopped_at: Option<Timestamp>,
    /// Whether what it waits for was done; `false` when it runs, and when only the closing of the case stopped it.
    pub met: bool,
}

impl ClockRun {
    /// Whether it runs and its limit has passed.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.standing(now) == Standing::Late
    }

    /// How it stands; a stopped clock is calm.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.stopped_at.is_some() {
            Standing::Calm
        } else if now > self.due_at {
            Standing::Late
        } else if self.warn_at.is_some_and(|warn| now >= warn) {
            Standing::Soon
        } else {
            Standing::Calm
        }
    }
}

/// A step that a party can turn to now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Available {
    /// The step id.
    pub step: String,
    /// Its outcomes.
    pub outcomes: Vec<AvailableOutcome>,
    /// Why no outcome of it can be recorded yet.
    pub blocked: Option<NotNow>,
}

/// An outcome of a step that a party can turn to now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AvailableOutcome {
    /// The outcome id.
    pub id: String,
    /// Why it cannot be recorded yet.
    pub blocked: Option<NotNow>,
}

/// What the effective steps of a case amount to at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The moment it describes.
    pub as_of: Timestamp,
    /// The stage id; none before the first step, and none when the first step closed the case.
    pub stage: Option<String>,
    /// How it was closed.
    pub closed: Option<Closed>,
    /// The clocks that have started, one run of each: the latest.
    pub clocks: Vec<ClockRun>,
}

impl State {
    /// Folds a history into a state.
    ///
    /// # Errors
    /// The first effective step that does not follow the method.
    pub fn replay(method: &Method, history: &[Recorded], now: Timestamp) -> Result<Self, Broken> {
        let _ = (method, history, now);
        unimplemented!()
    }

    /// The clocks that run.
    pub fn open_clocks(&self) -> impl Iterator<Item = &ClockRun> {
        self.clocks.iter().filter(|run| run.stopped_at.is_none())
    }

    /// The worst standing of its running clocks at the moment it describes.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.open_clocks().map(|run| run.standing(self.as_of)).max().unwrap_or(Standing::Calm)
    }

    /// How many effective steps have this step id and, when given, this outcome.
    #[must_use]
    pub fn count(&self, method: &Method, step: &str, outcome: Option<&str>) -> u32 {
        let _ = (method, step, outcome);
        unimplemented!()
    }

    /// The steps a party can turn to now, in the order of the method.
    #[must_use]
    pub fn available(&self, method: &Method, party: &str) -> Vec<Available> {
        let _ = (method, party);
        unimplemented!()
    }

    /// Whether the open case waits for the party: a step of it that is not optional can be taken.
    #[must_use]
    pub fn waits_for(&self, method: &Method, party: &str) -> bool {
        let _ = (method, party);
        unimplemented!()
    }
}
