//! What can go wrong in the store, in sentences that never hold a value of a row.

use thiserror::Error;

/// An error of the store. No variant carries a value of a row, a connection address or a password:
/// statements are named by file and line, columns by number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Others hold what this unit needs, or too many wait. Trying again later may succeed.
    #[error("the store is busy; try again in a moment")]
    Busy,
    /// A row with the same key exists. `constraint` is `table(column, column)` on both databases,
    /// or the name of the index where the index is over an expression.
    #[error("a row with the same key already exists: {constraint}")]
    Unique {
        /// The key that was taken, as `table(column, column)`.
        constraint: String,
    },
    /// The row points at one that does not exist, or is pointed at by others.
    #[error("a row refers to another one that does not exist, or is still referred to")]
    ForeignKey,
    /// The disk (or its quota) is full. Nothing of the unit was stored.
    #[error("the disk of the store is full; nothing was stored")]
    Full,
    /// The store can be read but not written.
    #[error("the store can only be read, not written")]
    ReadOnly,
    /// The store does not answer, or its answer to a commit was lost (the unit may then be stored or not).
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The store's own structure is damaged.
    #[error("the store is damaged: {0}; restore the latest backup that verifies")]
    Corrupt(String),
    /// The store was last opened by a newer program.
    #[error("the store has schema {found}, this program knows up to {known}; use the newer program")]
    NewerSchema {
        /// The schema version in the store.
        found: i64,
        /// The highest schema version this program knows.
        known: i64,
    },
    /// A migration that has been run does not have the text it had then.
    #[error(
        "migration {name} has been changed since it was run; use the program that the store was made with, or its successor"
    )]
    ChangedMigration {
        /// The name of the migration in this program.
        name: String,
    },
    /// A text was sent that holds the character NUL, which PostgreSQL cannot keep and nobody writes.
    #[error("a text holds a character that cannot be kept (NUL)")]
    Unstorable,
    /// The store, its file or its settings are not such that data would be safe.
    #[error("the store is refused: {0}")]
    Refused(String),
    /// A fault in the program: a statement that does not hold, or a unit of work that panicked.
    #[error("fault in the program: {0}")]
    Fault(String),
}

impl StoreError {
    /// True when the fault lies outside the program and passes: answer 503 and say when to come back.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Busy | Self::Full | Self::ReadOnly | Self::Unavailable(_) | Self::Refused(_))
    }
}

/// The error of a unit of work: the room's own refusals, and those of the store.
pub trait UnitError: From<StoreError> + Send + 'static {
    /// The store's error, when that is what this is; one place can then answer 503 for every room.
    fn store(&self) -> Option<&StoreError>;
}

impl UnitError for StoreError {
    fn store(&self) -> Option<&StoreError> {
        Some(self)
    }
}
