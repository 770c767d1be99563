//! Tests of the store, each on both databases unless it is about one of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod migrations;
mod on_postgres;
mod on_sqlite;
mod source;
mod statements;
mod units;
mod values;

use testkit::Database;

use super::{Location, Settings, Sql, Statement, Store, StoreError, args};

/// A statement of a test: not looked for by the tests of the program's own statements.
macro_rules! q {
    ($text:literal) => {{
        static STATEMENT: $crate::store::Statement = $crate::store::Statement::new($text, file!(), line!());
        &STATEMENT
    }};
}
use q;

/// The tables of these tests.
const TINY: &[(&str, &str)] = &[(
    "tiny",
    "CREATE TABLE thing (id {int} PRIMARY KEY, name {text} NOT NULL, amount {int} NOT NULL) {strict};
     CREATE UNIQUE INDEX thing_name ON thing (name);
     CREATE TABLE part (thing {int} NOT NULL REFERENCES thing (id), nr {int} NOT NULL, PRIMARY KEY (thing, nr)) {strict};
     CREATE TABLE every (i {int}, r {real}, t {text}, b {bytes}, f {bool}, u {uuid}, at {int}) {strict};",
)];

/// An open store and the database that it is on, dropped in this order.
struct Opened {
    store: Store,
    database: Database,
}

fn open(database: &Database, migrations: &[(&str, &str)]) -> Result<Store, StoreError> {
    let location: Location = database.url.parse().unwrap();
    Store::open_with(&location, &Settings::default(), migrations)
}

fn opened(database: Database) -> Opened {
    Opened { store: open(&database, TINY).unwrap_or_else(|error| panic!("{}: {error}", database.name)), database }
}

fn stores() -> Vec<Opened> {
    testkit::databases().into_iter().map(opened).collect()
}

fn add(sql: &mut dyn Sql, id: i64, name: &str) -> Result<u64, StoreError> {
    sql.exec(q!("INSERT INTO thing (id, name, amount) VALUES ($1, $2, 0)"), &args![id, name])
}

fn ids(store: &Store) -> Vec<i64> {
    store
        .read_blocking(|sql| {
            let rows = sql.rows(q!("SELECT id FROM thing ORDER BY id"), &[])?;
            rows.iter().map(|row| row.get(0)).collect::<Result<_, StoreError>>()
        })
        .unwrap()
}

/// The row count of a table in words that both databases understand.
fn count(sql: &mut dyn Sql, statement: &'static Statement) -> Result<i64, StoreError> {
    sql.one(statement, &[])?.get(0)
}
