//! A unit of work as the engines see it: something that runs, perhaps more than once, and is then
//! told how it ended.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::error::{StoreError, UnitError};
use super::statement::{Sql, Statement};
use super::value::{Row, Val};

/// A closure of a room with its latest result.
pub(super) struct Work<T, E, F> {
    closure: F,
    result: Option<Result<T, E>>,
}

impl<T, E, F> Work<T, E, F>
where
    E: UnitError,
    F: FnMut(&mut dyn Sql) -> Result<T, E>,
{
    pub(super) fn new(closure: F) -> Self {
        Self { closure, result: None }
    }

    /// What the caller gets: the unit's own result, unless the engine says otherwise.
    pub(super) fn finish(self, settled: Result<(), StoreError>) -> Result<T, E> {
        settled?;
        self.result
            .unwrap_or_else(|| Err(E::from(StoreError::Fault("a unit of work was answered before it ran".into()))))
    }
}

/// A unit of work without its types.
pub(super) trait Unit {
    /// Runs the closure and says whether it answered `Ok`. A panic is caught and becomes a fault.
    fn run(&mut self, sql: &mut dyn Sql) -> bool;
}

impl<T, E, F> Unit for Work<T, E, F>
where
    E: UnitError,
    F: FnMut(&mut dyn Sql) -> Result<T, E>,
{
    fn run(&mut self, sql: &mut dyn Sql) -> bool {
        // Whatever a panic leaves half done lies in the closure and in the transaction; the first is
        // not looked at again and the second is rolled back.
        let result = catch_unwind(AssertUnwindSafe(|| (self.closure)(sql))).unwrap_or_else(|_| {
            Err(E::from(StoreError::Fault("a unit of work panicked; nothing of it was stored".into())))
        });
        self.result.insert(result).is_ok()
    }
}

/// A unit that waits in a queue for another thread to run it, and whoever waits for its answer.
pub(super) trait Queued: Unit + Send {
    /// Sends the answer. That nobody waits for it any more does not matter.
    fn answer(self: Box<Self>, settled: Result<(), StoreError>);
}

/// [`Work`] with the way back to its caller.
pub(super) struct Ticket<T, E, F> {
    /// The unit.
    pub(super) work: Work<T, E, F>,
    /// Where the result goes.
    pub(super) reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Unit for Ticket<T, E, F>
where
    E: UnitError,
    F: FnMut(&mut dyn Sql) -> Result<T, E>,
{
    fn run(&mut self, sql: &mut dyn Sql) -> bool {
        self.work.run(sql)
    }
}

impl<T, E, F> Queued for Ticket<T, E, F>
where
    T: Send,
    E: UnitError,
    F: FnMut(&mut dyn Sql) -> Result<T, E> + Send,
{
    fn answer(self: Box<Self>, settled: Result<(), StoreError>) {
        let Self { work, reply } = *self;
        // An error here means that the caller has gone; the unit stands all the same.
        let _ = reply.send(work.finish(settled));
    }
}

/// How a run of a unit ended, before any commit.
pub(super) enum Ran {
    /// Ready to be committed.
    Ready,
    /// To be rolled back. `cause` is the first failure of a statement, if one failed.
    Failed {
        cause: Option<StoreError>,
        /// The unit answered `Ok` although a statement had failed.
        claimed: bool,
    },
}

impl Ran {
    /// What to tell the caller of a unit that was rolled back for good: its own error, or the cause
    /// when the unit swallowed it.
    pub(super) fn settled(self) -> Result<(), StoreError> {
        match self {
            Self::Failed { cause: Some(cause), claimed: true } => Err(cause),
            Self::Ready | Self::Failed { .. } => Ok(()),
        }
    }
}

/// Runs a unit on an engine's raw connection, keeping the rule that nothing follows a failed statement.
pub(super) fn run(unit: &mut dyn Unit, raw: &mut dyn Sql) -> Ran {
    let mut guard = Guard { raw, failed: None };
    let claimed = unit.run(&mut guard);
    match guard.failed {
        None if claimed => Ran::Ready,
        cause => Ran::Failed { cause, claimed },
    }
}

struct Guard<'a> {
    raw: &'a mut dyn Sql,
    failed: Option<StoreError>,
}

impl Guard<'_> {
    fn attempt<R>(
        &mut self,
        statement: &'static Statement,
        args: &[Val],
        run: impl FnOnce(&mut dyn Sql) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        if self.failed.is_some() {
            return Err(statement.fault("an earlier statement of the same unit failed"));
        }
        // PostgreSQL refuses NUL in text and SQLite stores it; SQLite turns NaN into NULL and
        // PostgreSQL stores it.
        let result = if args.iter().any(|arg| matches!(arg, Val::Text(text) if text.contains('\0'))) {
            Err(StoreError::Unstorable)
        } else if args.iter().any(|arg| matches!(arg, Val::Real(real) if real.is_nan())) {
            Err(statement.fault("a parameter is not a number"))
        } else {
            run(self.raw)
        };
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }
}

impl Sql for Guard<'_> {
    fn exec(&mut self, statement: &'static Statement, args: &[Val]) -> Result<u64, StoreError> {
        self.attempt(statement, args, |raw| raw.exec(statement, args))
    }

    fn rows(&mut self, statement: &'static Statement, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        self.attempt(statement, args, |raw| raw.rows(statement, args))
    }
}
