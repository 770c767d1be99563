//! One SQLite connection: how it is opened, how statements run on it, what its errors mean.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, config::DbConfig, ffi};

use super::super::error::StoreError;
use super::super::seal;
use super::super::statement::{Sql, Statement};
use super::super::value::{Row, Val};

/// How often a connection looks again for a lock that another holds, a millisecond apart. SQLite's own pauses grow to a
/// tenth of a second, and the checkpoint that begins the log anew is over in less.
const LOOKS_FOR_LOCK: i32 = 5_000;

fn wait_for_lock(looked: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    looked < LOOKS_FOR_LOCK
}

/// The size that the log is cut down to when it starts over: far above what it grows to while readers are short.
const LOG_LIMIT: u64 = 256 << 20;

/// Opens the existing file at `path` with a page cache of `cache_mb` MiB and makes sure of the
/// settings that data safety rests on.
pub(super) fn open(path: &Path, cache_mb: u32, query_only: bool) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|error| meaning(&error))?;
    configure(&mut connection, cache_mb, query_only).map_err(|error| meaning(&error))?;
    let text = |pragma| {
        connection.pragma_query_value(None, pragma, |row| row.get::<_, String>(0)).map_err(|error| meaning(&error))
    };
    let int = |pragma| {
        connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(|error| meaning(&error))
    };
    // With any lower setting a power cut loses what has been acknowledged.
    if text("journal_mode")? != "wal" || int("synchronous")? != 2 {
        return Err(StoreError::Refused(
            "SQLite does not accept write-ahead logging with full synchronisation here".into(),
        ));
    }
    Ok(connection)
}

fn configure(connection: &mut Connection, cache_mb: u32, query_only: bool) -> rusqlite::Result<()> {
    connection.busy_handler(Some(wait_for_lock))?;
    seal::register(connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // A statement is planned once, not anew for each value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    keep_log(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What retention erases is overwritten in the file.
    connection.pragma_update(None, "secure_delete", true)?;
    // No rows in files under /tmp.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // The checkpointer does this beside the writer, so that no unit waits for it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT as i64)?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_mb) * 1024)?;
    connection.pragma_update(None, "query_only", query_only)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// Turns write-ahead logging on, which a new file does not have. SQLite wants the file alone for that and asks the busy handler
/// nothing, so that whoever starts beside another has to look again by itself.
fn keep_log(connection: &Connection) -> rusqlite::Result<()> {
    let mut looked = 0;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && wait_for_lock(looked) => {
                looked += 1;
            }
            settled => return settled,
        }
    }
}

/// Runs statements on a connection that is inside a transaction.
pub(super) struct Raw<'c> {
    pub(super) connection: &'c Connection,
    /// The unit may only read.
    pub(super) reading: bool,
}

impl Raw<'_> {
    fn prepared<R>(
        &self,
        statement: &'static Statement,
        run: impl FnOnce(&mut rusqlite::Statement<'_>) -> Result<R, rusqlite::Error>,
    ) -> Result<R, StoreError> {
        let result =
            self.connection.prepare_cached(statement.sqlite_text()).and_then(|mut prepared| run(&mut prepared));
        result.map_err(|error| match meaning(&error) {
            StoreError::ReadOnly if self.reading => statement.fault("a reading unit of work tried to write"),
            StoreError::Fault(cause) => statement.fault(cause),
            other => other,
        })
    }
}

impl Sql for Raw<'_> {
    fn exec(&mut self, statement: &'static Statement, args: &[Val]) -> Result<u64, StoreError> {
        self.prepared(statement, |prepared| prepared.execute(rusqlite::params_from_iter(args)))
            .map(|count| count as u64)
    }

    fn rows(&mut self, statement: &'static Statement, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        self.prepared(statement, |prepared| {
            let width = prepared.column_count();
            let mut found = prepared.query(rusqlite::params_from_iter(args))?;
            let mut rows = Vec::new();
            while let Some(row) = found.next()? {
                let values = (0..width).map(|ix| value(row.get_ref(ix)?)).collect::<Result<_, _>>()?;
                rows.push(Row::new(values, statement));
            }
            Ok(rows)
        })
    }
}

fn value(found: ValueRef<'_>) -> Result<Val, rusqlite::Error> {
    Ok(match found {
        ValueRef::Null => Val::Null,
        ValueRef::Integer(v) => Val::Int(v),
        ValueRef::Real(v) => Val::Real(v),
        ValueRef::Text(bytes) => {
            Val::Text(std::str::from_utf8(bytes).map_err(|error| rusqlite::Error::Utf8Error(0, error))?.to_owned())
        }
        ValueRef::Blob(bytes) => Val::Blob(bytes.to_vec()),
    })
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Real(v) => ValueRef::Real(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Blob(v) => ValueRef::Blob(v),
            Self::Bool(v) => ValueRef::Integer(i64::from(*v)),
            Self::Uuid(v) => ValueRef::Blob(v.as_bytes()),
        }))
    }
}

/// What an error of SQLite means for those who use the store. SQLite's own sentences are passed on
/// only where they speak of the schema or the statement's text, never of a value.
pub(super) fn meaning(error: &rusqlite::Error) -> StoreError {
    let Some(cause) = error.sqlite_error() else {
        return StoreError::Fault(match error {
            rusqlite::Error::InvalidParameterCount(given, wanted) => {
                format!("{given} parameters given, {wanted} wanted")
            }
            rusqlite::Error::ExecuteReturnedResults => "it gives rows, but was run as one that does not".into(),
            rusqlite::Error::Utf8Error(..) => "a text in the store is not UTF-8".into(),
            _ => "SQLite's driver refused it".into(),
        });
    };
    let sentence = match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.as_str(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.as_str(),
        _ => "",
    };
    match cause.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::ConstraintViolation => match cause.extended_code {
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_ROWID => {
                StoreError::Unique { constraint: key(sentence) }
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::ForeignKey,
            _ => StoreError::Fault(format!("a rule of the table refused the row: {sentence}")),
        },
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::ReadOnly => StoreError::ReadOnly,
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::OutOfMemory => {
            StoreError::Unavailable(format!("the file or its disk failed (SQLite code {})", cause.extended_code))
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            StoreError::Corrupt(format!("SQLite finds the file broken (code {})", cause.extended_code))
        }
        _ if matches!(error, rusqlite::Error::SqlInputError { .. }) => StoreError::Fault(sentence.to_owned()),
        _ => StoreError::Fault(format!("SQLite refused it (code {})", cause.extended_code)),
    }
}

/// `UNIQUE constraint failed: t.a, t.b` as `t(a, b)`, and `… index 'name'` as `name`.
fn key(sentence: &str) -> String {
    let names = sentence.rsplit_once("failed: ").map_or(sentence, |(_, names)| names);
    if let Some(index) = names.strip_prefix("index ") {
        return index.trim_matches('\'').to_owned();
    }
    let table = names.split_once('.').map_or(names, |(table, _)| table);
    let columns: Vec<_> =
        names.split(", ").map(|name| name.rsplit_once('.').map_or(name, |(_, column)| column)).collect();
    format!("{table}({})", columns.join(", "))
}
