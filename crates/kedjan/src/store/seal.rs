//! A sum over each row, which SQLite makes whenever the row is written and keeps beside it. SQLite has no checksums of its
//! pages, so a disk that turns a bit over in a row is noticed by nobody: the sum no longer fits the row.
//!
//! PostgreSQL has checksums of its pages and gets no such column.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// Where a migration asks for the sum of a table: a line of its own among the columns.
const TOKEN: &str = "  {seal}\n";
/// The function that makes the sum, as the schema names it.
const FUNCTION: &str = "row_seal";

/// A migration's text for SQLite, with the sum over the columns that stand before the token; for others without it.
pub(super) fn spelled_out(template: &str, with_sums: bool) -> String {
    let mut out = String::with_capacity(template.len());
    let mut columns: Vec<&str> = Vec::new();
    for line in template.split_inclusive('\n') {
        if line.starts_with("CREATE TABLE") {
            columns.clear();
        }
        if line == TOKEN {
            if with_sums {
                let list = columns.join(", ");
                out.push_str(&format!("  seal INTEGER NOT NULL GENERATED ALWAYS AS ({FUNCTION}({list})) STORED,\n"));
            }
            continue;
        }
        if let Some((name, _)) = line.strip_prefix("  ").and_then(|rest| rest.split_once(" {")) {
            columns.push(name);
        }
        out.push_str(line);
    }
    out
}

/// Lets a connection of one's own write tables whose rows carry sums, and hold the sums against the rows.
///
/// # Errors
/// SQLite's, which has none for it but want of memory.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection
        .create_scalar_function(FUNCTION, -1, flags, |values| Ok(sum((0..values.len()).map(|nr| values.get_raw(nr)))))
}

/// The first eight bytes of SHA-256 over the values, each with its kind and its length before it.
fn sum<'v>(values: impl Iterator<Item = ValueRef<'v>>) -> i64 {
    let mut hash = Sha256::new();
    let mut part = |kind: u8, bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let [a, b, c, d] = length.to_be_bytes();
        hash.update([kind, a, b, c, d]);
        hash.update(bytes);
    };
    for value in values {
        match value {
            ValueRef::Null => part(0, &[]),
            ValueRef::Integer(number) => part(1, &number.to_be_bytes()),
            ValueRef::Real(number) => part(2, &number.to_bits().to_be_bytes()),
            ValueRef::Text(bytes) => part(3, bytes),
            ValueRef::Blob(bytes) => part(4, bytes),
        }
    }
    let whole: [u8; 32] = hash.finalize().into();
    whole.first_chunk().map_or(0, |first: &[u8; 8]| i64::from_be_bytes(*first))
}

/// How many of the broken rows of one table are named.
const NAMED: usize = 20;

/// The rows whose sum does not fit, told by table and key; `progress` hears the name of each table. A key holds ids, digests,
/// numbers and the names of clocks, and nothing about a person.
pub(super) fn broken(connection: &Connection, mut progress: impl FnMut(&str)) -> rusqlite::Result<Vec<String>> {
    let mut listed = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let tables: Vec<(String, String)> =
        listed.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let mut told = Vec::new();
    for (table, made_by) in tables {
        let Some((_, rest)) = made_by.split_once(&format!("{FUNCTION}(")) else { continue };
        let Some((columns, _)) = rest.split_once(')') else { continue };
        progress(&table);
        let mut keyed = connection.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?;
        let key: Vec<String> = keyed.query_map([&table], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let shown = key.iter().map(|column| shown(column)).collect::<Vec<_>>().join(" || ' ' || ");
        let mut found =
            connection.prepare(&format!("SELECT {shown} FROM {table} WHERE seal IS NOT {FUNCTION}({columns})"))?;
        let rows: Vec<String> = found.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        told.extend(rows.iter().take(NAMED).map(|key| format!("table {table}, row {key}: not as it was written")));
        if rows.len() > NAMED {
            told.push(format!("table {table}: {} rows more are not as they were written", rows.len() - NAMED));
        }
    }
    Ok(told)
}

/// A column of a key as text, whatever it holds.
fn shown(column: &str) -> String {
    format!("CASE typeof({column}) WHEN 'blob' THEN lower(hex({column})) ELSE CAST({column} AS TEXT) END")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TABLE: &str =
        "CREATE TABLE thing (\n  id {int} NOT NULL,\n  name {text},\n  {seal}\n  PRIMARY KEY (id)\n) {strict};\n";

    #[test]
    fn every_column_of_the_table_is_in_its_sum_and_postgresql_has_none() {
        let made =
            spelled_out(&format!("{}{TABLE}", TABLE.replace("thing", "other").replace("  name {text},\n", "")), true);
        assert!(made.contains("AS (row_seal(id)) STORED"), "{made}");
        assert!(made.contains("AS (row_seal(id, name)) STORED"), "{made}");
        assert!(!spelled_out(TABLE, false).contains("seal"));
    }

    #[test]
    fn no_two_rows_of_different_values_look_alike() {
        use ValueRef::{Blob, Integer, Null, Text};
        let rows: [&[ValueRef<'_>]; 7] = [
            &[Null, Text(b"a")],
            &[Text(b""), Text(b"a")],
            &[Text(b"a"), Null],
            &[Blob(b"a"), Null],
            &[Integer(0), Null],
            &[Text(b"ab")],
            &[Text(b"a"), Text(b"b")],
        ];
        let sums: std::collections::BTreeSet<i64> = rows.iter().map(|row| sum(row.iter().copied())).collect();
        assert_eq!(sums.len(), rows.len());
    }

    #[test]
    fn a_row_that_was_changed_behind_the_databases_back_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let open = || {
            let connection = Connection::open(&path).unwrap();
            register(&connection).unwrap();
            connection
        };
        let text = spelled_out(TABLE, true)
            .replace("{int}", "INTEGER")
            .replace("{text}", "TEXT")
            .replace("{strict}", "STRICT");
        let connection = open();
        connection.execute_batch(&text).unwrap();
        connection.execute_batch("INSERT INTO thing (id, name) VALUES (1, 'kept'), (2, 'turned'), (3, NULL)").unwrap();
        connection.execute_batch("UPDATE thing SET name = 'set' WHERE id = 3").unwrap();
        assert_eq!(broken(&connection, |_| ()).unwrap(), Vec::<String>::new());
        connection.close().unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.windows(6).position(|window| window == b"turned").unwrap();
        *bytes.get_mut(at).unwrap() ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(broken(&open(), |_| ()).unwrap(), ["table thing, row 2: not as it was written"]);
    }
}
