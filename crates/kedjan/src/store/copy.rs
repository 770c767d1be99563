//! Everything that a store holds, table by table and row by row: the one way from a store to another, of either kind.
//!
//! The tables and their columns are read from the migrations, so that new ones come along by themselves.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rusqlite::Connection;

use super::error::StoreError;
use super::migrations::text_for;
use super::statement::{Sql, Statement};
use super::value::Val;
use super::{Kind, MIGRATIONS, Store, sqlite};

/// How many rows are read at a time.
const PAGE: usize = 500;

/// What a column holds, where SQLite has no type of its own for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Bool,
    Uuid,
    Other,
}

/// A table of the schema and the statements that copy it.
struct Table {
    name: String,
    columns: Vec<String>,
    holds: Vec<Holds>,
    /// The places of the key's columns among the columns, in the key's order.
    key: Vec<usize>,
    first: Statement,
    next: Statement,
    insert: Statement,
    count: Statement,
    /// Whether another table, or it itself, refers to it decides the order of the tables.
    refers_to: Vec<String>,
}

/// A row on its way to another store: the names of its columns, and its values, which may be changed.
pub struct Columns<'a> {
    names: &'a [String],
    values: &'a mut [Val],
}

impl Columns<'_> {
    /// The value of a column.
    pub fn get(&self, name: &str) -> Option<&Val> {
        self.names.iter().position(|n| n == name).and_then(|at| self.values.get(at))
    }

    /// Puts another value in a column's place.
    pub fn set(&mut self, name: &str, value: Val) {
        if let Some(slot) = self.names.iter().position(|n| n == name).and_then(|at| self.values.get_mut(at)) {
            *slot = value;
        }
    }
}

/// All tables, each after those that it refers to.
fn tables() -> Result<&'static [Table], StoreError> {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    if let Some(tables) = TABLES.get() {
        return Ok(tables);
    }
    let read = read_tables().map_err(|_| StoreError::Fault("the schema cannot be read from the migrations".into()))?;
    Ok(TABLES.get_or_init(|| read))
}

fn read_tables() -> rusqlite::Result<Vec<Table>> {
    let schema = Connection::open_in_memory()?;
    for (_, text) in MIGRATIONS {
        // With PostgreSQL's names of the types, which SQLite takes and keeps without using them.
        schema.execute_batch(&text_for(Kind::Postgres, text))?;
    }
    let mut listed = schema.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = listed.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut waiting: Vec<Table> =
        names.into_iter().map(|name| table(&schema, name)).collect::<rusqlite::Result<_>>()?;
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let ready = |table: &Table| {
            table.refers_to.iter().all(|to| *to == table.name || ordered.iter().any(|done: &Table| done.name == *to))
        };
        // In a circle of references any order is as good as another: the database then says what it cannot take.
        let at = waiting.iter().position(ready).unwrap_or(0);
        ordered.push(waiting.remove(at));
    }
    Ok(ordered)
}

fn table(schema: &Connection, name: String) -> rusqlite::Result<Table> {
    let mut columns = Vec::new();
    let mut holds = Vec::new();
    let mut key = Vec::new();
    let mut info = schema.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let mut rows = info.query([&name])?;
    while let Some(row) = rows.next()? {
        let (column, kind, place): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if place > 0 {
            key.push((place, columns.len()));
        }
        holds.push(match kind.as_str() {
            "BOOLEAN" => Holds::Bool,
            "UUID" => Holds::Uuid,
            _ => Holds::Other,
        });
        columns.push(column);
    }
    key.sort_unstable();
    let key: Vec<usize> = key.into_iter().map(|(_, at)| at).collect();
    let mut referred = schema.prepare("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)")?;
    let refers_to = referred.query_map([&name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let list = columns.join(", ");
    let numbered = |count: usize| (1..=count).map(|nr| format!("${nr}")).collect::<Vec<_>>().join(", ");
    let ordered = key.iter().filter_map(|at| columns.get(*at)).cloned().collect::<Vec<_>>().join(", ");
    let (after, values) = (numbered(key.len()), numbered(columns.len()));
    Ok(Table {
        first: made(format!("SELECT {list} FROM {name} ORDER BY {ordered} LIMIT {PAGE}")),
        next: made(format!("SELECT {list} FROM {name} WHERE ({ordered}) > ({after}) ORDER BY {ordered} LIMIT {PAGE}")),
        insert: made(format!("INSERT INTO {name} ({list}) VALUES ({values})")),
        count: made(format!("SELECT COUNT(*) FROM {name}")),
        name,
        columns,
        holds,
        key,
        refers_to,
    })
}

/// A statement of names that the schema has: made once for each process, and never of anything that comes from outside.
fn made(text: String) -> Statement {
    Statement::new(text.leak(), file!(), line!())
}

impl Holds {
    fn fit(self, value: Val) -> Val {
        match (self, value) {
            (Holds::Bool, Val::Int(bit)) => Val::Bool(bit != 0),
            (Holds::Uuid, Val::Blob(bytes)) => uuid::Uuid::from_slice(&bytes).map_or(Val::Blob(bytes), Val::Uuid),
            (_, value) => value,
        }
    }
}

fn copy_table(
    table: &'static Table,
    from: &mut dyn Sql,
    into: &mut dyn Sql,
    fit: &mut dyn FnMut(&str, &mut Columns<'_>),
) -> Result<i64, StoreError> {
    let mut copied = 0;
    let mut last: Option<Vec<Val>> = None;
    loop {
        let rows = match &last {
            None => from.rows(&table.first, &[])?,
            Some(key) => from.rows(&table.next, key)?,
        };
        let found = rows.len();
        for row in rows {
            let mut values: Vec<Val> =
                row.into_values().into_iter().zip(&table.holds).map(|(value, holds)| holds.fit(value)).collect();
            last = Some(table.key.iter().filter_map(|at| values.get(*at)).cloned().collect());
            fit(&table.name, &mut Columns { names: &table.columns, values: &mut values });
            into.exec(&table.insert, &values)?;
            copied += 1;
        }
        if found < PAGE {
            return Ok(copied);
        }
    }
}

impl Store {
    /// Copies everything, as it stands in one snapshot, into another store that is empty, in one transaction there. `fit`
    /// sees each row with the name of its table before it is written. Answers how many rows each table has got.
    ///
    /// # Errors
    /// Those of both stores. Nothing is left in the other one.
    pub fn copy_into(
        &self,
        target: &Store,
        mut fit: impl FnMut(&str, &mut Columns<'_>) + Send + 'static,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let tables = tables()?;
        let source = self.clone();
        target.write_blocking(move |into: &mut dyn Sql| {
            let mut begun = false;
            source.read_blocking(|from: &mut dyn Sql| {
                if std::mem::replace(&mut begun, true) {
                    // What was read before it is in the other store already.
                    return Err(StoreError::Unavailable("the connection was lost while everything was copied".into()));
                }
                let copied = tables.iter().map(|t| Ok((t.name.clone(), copy_table(t, from, into, &mut fit)?)));
                copied.collect::<Result<Vec<_>, StoreError>>()
            })
        })
    }

    /// Reads every row of every table, so that the database finds what it can no longer read.
    pub(super) fn read_every_row(&self, mut progress: impl FnMut(&str)) -> Result<Vec<String>, StoreError> {
        let mut told = Vec::new();
        for table in tables()? {
            progress(&table.name);
            let mut last: Option<Vec<Val>> = None;
            loop {
                let rows = self.read_blocking(|sql: &mut dyn Sql| match &last {
                    None => sql.rows(&table.first, &[]),
                    Some(key) => sql.rows(&table.next, key),
                });
                let rows = match rows {
                    Ok(rows) => rows,
                    Err(StoreError::Corrupt(cause) | StoreError::Fault(cause)) => {
                        told.push(format!("table {}: {cause}", table.name));
                        break;
                    }
                    Err(other) => return Err(other),
                };
                let found = rows.len();
                last = rows.into_iter().last().map(|row| {
                    let values: Vec<Val> =
                        row.into_values().into_iter().zip(&table.holds).map(|(v, holds)| holds.fit(v)).collect();
                    table.key.iter().filter_map(|at| values.get(*at)).cloned().collect()
                });
                if found < PAGE {
                    break;
                }
            }
        }
        Ok(told)
    }

    /// How many rows each table has.
    ///
    /// # Errors
    /// The store's.
    pub fn row_counts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let tables = tables()?;
        self.read_blocking(|sql: &mut dyn Sql| {
            tables.iter().map(|table| Ok((table.name.clone(), sql.one(&table.count, &[])?.get(0)?))).collect()
        })
    }
}

/// Makes one file of a store on SQLite that has been closed: without a log beside it, and on disk.
///
/// # Errors
/// The outages.
pub fn finish_file(path: &Path) -> Result<(), StoreError> {
    sqlite::finish_file(path)
}

/// Checks a SQLite file of ours whole: every page and index, and what refers to what.
///
/// # Errors
/// [`StoreError::Refused`] for a file that is not ours and [`StoreError::Corrupt`] for one that does not hold.
pub fn check_file(path: &Path) -> Result<(), StoreError> {
    sqlite::check_file(path)
}

/// Gives a finished file its name, whole or not at all, and never in the place of another.
///
/// # Errors
/// [`StoreError::Refused`] when there is a file of that name, and the outages.
pub fn publish(part: &Path, path: &Path) -> Result<(), StoreError> {
    sqlite::publish(part, path)
}

/// The path with more at its end: `kedjan.db` and `-wal` are `kedjan.db-wal`.
#[must_use]
pub fn ending_with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
