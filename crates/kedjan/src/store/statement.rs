//! Statements: one text for both databases, known by its place in the source.

use std::sync::OnceLock;

use super::error::StoreError;
use super::value::{Row, Val};

/// A statement with its place in the source. Written with [`sql!`](crate::sql), never put together
/// at run time: what a user sends can only ever be a parameter.
#[derive(Debug)]
pub struct Statement {
    /// The text as written, with parameters `$1`, `$2`, …
    pub text: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    sqlite: OnceLock<String>,
}

impl Statement {
    /// A statement at a place in the source. Use [`sql!`](crate::sql), which knows the place.
    #[must_use]
    pub const fn new(text: &'static str, file: &'static str, line: u32) -> Self {
        Self { text, file, line, sqlite: OnceLock::new() }
    }

    /// The text for SQLite: `$1` becomes `?1`. SQLite numbers `$2 … $1` by first appearance, so
    /// without this the values of such a statement would silently change places.
    pub(super) fn sqlite_text(&self) -> &str {
        self.sqlite.get_or_init(|| {
            let mut out = String::with_capacity(self.text.len());
            let mut chars = self.text.chars().peekable();
            while let Some(c) = chars.next() {
                // Only before a digit: JSON paths hold `$` too.
                let parameter = c == '$' && chars.peek().is_some_and(char::is_ascii_digit);
                out.push(if parameter { '?' } else { c });
            }
            out
        })
    }

    /// The fault of this statement, for developers: place and cause, no values.
    pub(super) fn fault(&self, cause: impl std::fmt::Display) -> StoreError {
        StoreError::Fault(format!("the statement at {}:{}: {cause}", self.file, self.line))
    }
}

/// A statement with its place: `sql!("SELECT name FROM unit WHERE id = $1")` is a `&'static Statement`.
///
/// It takes nothing but a literal, so that the tests find every statement of the program in its
/// source, prepare it on both databases and ask both how they would run it.
#[macro_export]
macro_rules! sql {
    ($text:literal $(,)?) => {{
        static STATEMENT: $crate::store::Statement = $crate::store::Statement::new($text, file!(), line!());
        &STATEMENT
    }};
}
pub use crate::sql;

/// An open unit of work: all that a room sees of the database.
///
/// After a statement has failed the unit can only end: whatever follows is refused, and the unit is
/// rolled back even if it answers `Ok`. PostgreSQL works so by itself and SQLite is made to, so that
/// no unit passes on one and is lost on the other. Where a row may already be there, say
/// `ON CONFLICT`.
pub trait Sql {
    /// Runs a statement that gives no rows and returns how many rows it changed.
    ///
    /// # Errors
    /// The database's, and [`StoreError::Fault`] for a statement that gives rows.
    fn exec(&mut self, statement: &'static Statement, args: &[Val]) -> Result<u64, StoreError>;

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    /// The database's.
    fn rows(&mut self, statement: &'static Statement, args: &[Val]) -> Result<Vec<Row>, StoreError>;

    /// The row of a statement that gives at most one.
    ///
    /// # Errors
    /// The database's, and [`StoreError::Fault`] when there are several rows.
    fn opt(&mut self, statement: &'static Statement, args: &[Val]) -> Result<Option<Row>, StoreError> {
        let mut rows = self.rows(statement, args)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            several => Err(statement.fault(format_args!("expected at most one row, found {several}"))),
        }
    }

    /// The row of a statement that gives exactly one.
    ///
    /// # Errors
    /// The database's, and [`StoreError::Fault`] when there is no row or several.
    fn one(&mut self, statement: &'static Statement, args: &[Val]) -> Result<Row, StoreError> {
        self.opt(statement, args)?.ok_or_else(|| statement.fault("expected a row, found none"))
    }
}
