//! Deciding whether a step may be recorded, and what follows from it.

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::case::{Closed, Recorded, State};
use crate::field::{FieldError, Values};
use crate::method::{Ground, Method};
use crate::text::Lang;

/// A step that someone wants to record.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The step id.
    pub step: String,
    /// The outcome id.
    pub outcome: String,
    /// When it happened.
    pub at: Timestamp,
    /// The answers.
    pub fields: Values,
    /// The party of the method as which the unit acts.
    pub party: String,
    /// The unit.
    pub unit: String,
    /// The `seq` of the step it corrects.
    pub corrects: Option<u32>,
}

/// Why a step was not recorded.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Refusal {
    /// The answers do not hold; all that is wrong at once.
    #[error("{} field(s) cannot be taken as they are", .0.len())]
    Fields(Vec<FieldError>),
    /// The step cannot be taken as the case stands.
    #[error("{0}")]
    NotNow(NotNow),
    /// The history itself does not follow the method.
    #[error("{0}")]
    Broken(crate::case::Broken),
}

/// Why a step cannot be taken as the case stands: what was tried, what holds, what can be done.
#[derive(Debug, Clone, PartialEq, Error, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotNow {
    /// The case is closed.
    #[error("`{tried}` cannot be recorded: the case was closed ({closing})")]
    CaseClosed {
        /// The step.
        tried: String,
        /// The closing.
        closing: String,
    },
    /// The step belongs to another stage.
    #[error("`{tried}` cannot be recorded in the stage `{stage}`; possible now: {}", .possible.join(", "))]
    WrongStage {
        /// The step.
        tried: String,
        /// The stage that holds.
        stage: String,
        /// The steps that can be taken.
        possible: Vec<String>,
    },
    /// The step belongs to another party.
    #[error("`{tried}` is a step of `{by}`")]
    WrongParty {
        /// The step.
        tried: String,
        /// The party that takes it.
        by: String,
    },
    /// The method has no such step.
    #[error("there is no step `{tried}`")]
    UnknownStep {
        /// The step.
        tried: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// The step has no such outcome.
    #[error("`{step}` has no outcome `{tried}`; it has {}", .possible.join(", "))]
    UnknownOutcome {
        /// The step.
        step: String,
        /// The outcome.
        tried: String,
        /// The outcomes it has.
        possible: Vec<String>,
    },
    /// Something must have been done more often first.
    #[error("`{tried}` needs `{step}` at least {at_least} time(s) before; it has {have}")]
    NeedsMore {
        /// The step, or `step.outcome`.
        tried: String,
        /// The step, or `step.outcome`, that is needed.
        step: String,
        /// How often it is needed.
        at_least: u32,
        /// How often it has been done.
        have: u32,
    },
    /// The step is taken once in a case and has been.
    #[error("`{tried}` is recorded once in a case, and has been")]
    AlreadyTaken {
        /// The step.
        tried: String,
        /// The steps that can be taken.
        possible: Vec<String>,
    },
    /// The case has begun, and the step begins one.
    #[error("`{tried}` begins a case, and this one has begun")]
    AlreadyBegun {
        /// The step.
        tried: String,
        /// The steps that can be taken.
        possible: Vec<String>,
    },
    /// The case has not begun.
    #[error("`{tried}` cannot begin a case; begin with {}", .begin_with.join(", "))]
    NotBegun {
        /// The step.
        tried: String,
        /// The steps that begin one.
        begin_with: Vec<String>,
    },
    /// The step is said to happen in the future.
    #[error("`{tried}` is said to happen in the future")]
    AtInFuture {
        /// The step.
        tried: String,
        /// The time that was given.
        at: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// The step is said to have happened before the case began.
    #[error("`{tried}` is said to have happened before the case began")]
    AtBeforeBegin {
        /// The step.
        tried: String,
        /// The time that was given.
        at: Timestamp,
        /// When the case began.
        begin: Timestamp,
    },
    /// There is no such step to correct.
    #[error("there is no `{tried}` numbered {seq} to correct")]
    NothingToCorrect {
        /// The step.
        tried: String,
        /// The number that was to be corrected.
        seq: u32,
    },
    /// A later step would no longer follow.
    #[error("with this correction step {at_seq} would no longer follow: {why}")]
    CorrectionBreaksChain {
        /// The step that would not follow.
        at_seq: u32,
        /// Why not.
        why: Box<NotNow>,
    },
}

impl NotNow {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        unimplemented!()
    }

    /// What was tried, what holds now and what can be done, as a sentence or two for people.
    #[must_use]
    pub fn sentence(&self, method: &Method, lang: Lang) -> String {
        let _ = (method, lang);
        unimplemented!()
    }
}

/// A step that may be recorded, and all that follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The step to store.
    pub recorded: Recorded,
    /// The state after it.
    pub state: State,
    /// What is to be handed over because of it.
    pub handovers: Vec<Handover>,
    /// The ids of handovers whose reason a correction took away.
    pub taken_back: Vec<String>,
    /// Other chains to open because of it.
    pub opens: Vec<Opening>,
    /// The closing, when this step closed the case.
    pub closed: Option<Closed>,
}

/// A case that is to be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handover {
    /// The id of the handover in the method.
    pub id: String,
    /// The party that is to receive.
    pub to: String,
    /// Why it may be handed over.
    pub ground: Ground,
    /// The municipality code to route by, when the step says it.
    pub residence_from: Option<String>,
    /// Whether the unit that hands over lets go of the case.
    pub releases_sender: bool,
}

/// A chain of another method that is to be opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Opening {
    /// The id of the rule in the method.
    pub id: String,
    /// The method to open.
    pub method: String,
    /// Its first step.
    pub step: String,
    /// The outcome of that step.
    pub outcome: String,
    /// The answers that go along.
    pub fields: Values,
    /// Why it is opened.
    pub ground: Ground,
}

/// Decides whether a step may be recorded.
///
/// # Errors
/// [`Refusal::NotNow`] when the case does not allow it, [`Refusal::Fields`] with every wrong answer,
/// [`Refusal::Broken`] when the history does not follow the method.
pub fn decide(method: &Method, history: &[Recorded], attempt: Attempt, now: Timestamp) -> Result<Decision, Refusal> {
    let _ = (method, history, attempt, now);
    unimplemented!()
}
