//! What the command line says, and how it ends.

use std::fmt::Display;
use std::io::Write;

use chain::text::Lang;

use super::AssembleError;
use crate::app::Stop;
use crate::store::StoreError;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It was done, and what was asked for does not hold. What does not is said already.
    #[error("{0}")]
    NotSo(String),
    /// Words or settings that cannot be used.
    #[error("{0}")]
    Words(String),
    /// The machine, the network or the program.
    #[error("{0}")]
    Fault(String),
}

impl Failure {
    /// The exit status.
    pub fn status(&self) -> u8 {
        match self {
            Failure::NotSo(_) => 1,
            Failure::Words(_) => 2,
            Failure::Fault(_) => 3,
        }
    }

    /// A fault with what was being done.
    pub(super) fn while_doing<E: Display>(what: impl Display) -> impl FnOnce(E) -> Failure {
        move |cause| Failure::Fault(format!("{what}: {cause}"))
    }
}

impl From<AssembleError> for Failure {
    fn from(error: AssembleError) -> Failure {
        match error {
            AssembleError::Store(error) => error.into(),
            AssembleError::Policies(error) => Failure::Fault(error.to_string()),
            error => Failure::Words(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::Refused(_) => Failure::Words(format!("the database: {error}")),
            error => Failure::Fault(format!("the database: {error}")),
        }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Failure {
        match stop {
            Stop::Store(error) => error.into(),
            Stop::Refused(refused) => {
                let fields: Vec<String> = refused
                    .issues()
                    .iter()
                    .map(|issue| format!("{}: {}", issue.pointer.trim_start_matches('/'), issue.detail))
                    .collect();
                Failure::Words(if fields.is_empty() { refused.detail(Lang::En) } else { fields.join("\n") })
            }
        }
    }
}

/// Says what was asked for, on standard output.
///
/// # Errors
/// That nobody takes it.
pub fn say(line: impl Display) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Failure::while_doing("standard output"))
}

/// Says a value as JSON, on standard output.
pub(super) fn say_json(value: &serde_json::Value) -> Result<(), Failure> {
    say(format_args!("{value:#}"))
}

/// Says what went wrong, on standard error.
pub(super) fn complain(what: &impl Display) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "{what}");
}
