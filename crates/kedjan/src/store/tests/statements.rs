//! Every statement of the program, on both databases: it can be prepared, means the same, and does
//! not walk through a big table.

use ::postgres::types::Type;
use ::postgres::{Client, NoTls};
use rusqlite::Connection;

use super::source::statements;
use super::*;
use crate::store::MIGRATIONS;

/// The tables that grow with the years.
const BIG_TABLES: [&str; 16] = [
    "kase",
    "step",
    "step_text",
    "clock",
    "share",
    "person",
    "consent",
    "audit",
    "tally",
    "tally_taken",
    "idempotency",
    "notice",
    "session",
    "publication",
    "publication_table",
    "publication_ledger",
];

/// A statement with this comment may walk through a big table; the reason stands after it.
const MARKER: &str = "-- scan:";

/// What both databases can give, and the store can read.
const TYPES: [Type; 9] =
    [Type::INT8, Type::INT4, Type::INT2, Type::FLOAT8, Type::TEXT, Type::VARCHAR, Type::BYTEA, Type::BOOL, Type::UUID];

struct Both {
    sqlite: Connection,
    postgres: Client,
    _databases: (Database, Database),
}

fn both(migrations: &[(&str, &str)]) -> Both {
    let (file, server) = (testkit::sqlite(), testkit::postgres());
    open(&file, migrations).unwrap().close();
    open(&server, migrations).unwrap().close();
    let sqlite = Connection::open(file.url.trim_start_matches("sqlite:")).unwrap();
    crate::store::register_sums(&sqlite).unwrap();
    let mut postgres = Client::connect(&server.url, NoTls).unwrap();
    postgres
        .batch_execute(
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan",
        )
        .unwrap();
    Both { sqlite, postgres, _databases: (file, server) }
}

/// What is wrong with a statement, if anything.
fn differs(both: &mut Both, statement: &Statement) -> Option<String> {
    let lite = match both.sqlite.prepare(statement.sqlite_text()) {
        Ok(prepared) => prepared,
        Err(error) => return Some(format!("SQLite: {error}")),
    };
    let server = match both.postgres.prepare(statement.text) {
        Ok(prepared) => prepared,
        Err(error) => {
            let cause = error.as_db_error().map_or(error.to_string(), |cause| cause.message().to_owned());
            return Some(format!("PostgreSQL: {cause}"));
        }
    };
    let names: Vec<_> = server.columns().iter().map(|column| column.name().to_owned()).collect();
    let here: Vec<_> = lite.column_names().map(str::to_owned).collect();
    // An expression without AS has a name of each database's own making; columns are read by number.
    let named = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if here.len() != names.len() || here.iter().zip(&names).any(|(here, there)| named(here) && here != there) {
        return Some(format!("columns {here:?} on SQLite, {names:?} on PostgreSQL"));
    }
    if lite.parameter_count() != server.params().len() {
        return Some(format!(
            "{} parameters on SQLite, {} on PostgreSQL",
            lite.parameter_count(),
            server.params().len()
        ));
    }
    let odd = server.columns().iter().find(|column| !TYPES.contains(column.type_()));
    odd.map(|column| format!("column {} is {} on PostgreSQL; cast it", column.name(), column.type_()))
}

/// The walks through big tables that the databases would take for a statement.
fn walks(both: &mut Both, statement: &Statement) -> Vec<String> {
    let mut found = Vec::new();
    let mut plan = both.sqlite.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sqlite_text())).unwrap();
    for nr in 1..=plan.parameter_count() {
        plan.raw_bind_parameter(nr, rusqlite::types::Null).unwrap();
    }
    let mut rows = plan.raw_query();
    while let Some(row) = rows.next().unwrap() {
        let detail: String = row.get(3).unwrap();
        if let Some(name) = detail.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next())
            && is_big(name, statement.text)
        {
            found.push(format!("SQLite: {detail}"));
        }
    }
    drop(rows);
    let params = both.postgres.prepare(statement.text).unwrap().params().len();
    let nulls = if params == 0 { String::new() } else { format!("({})", vec!["NULL"; params].join(", ")) };
    // A line comment at the end of the statement would swallow what follows on its line.
    both.postgres.batch_execute(&format!("PREPARE walked AS {}\n", statement.text)).unwrap();
    let lines: Vec<String> = both
        .postgres
        .query(&format!("EXPLAIN EXECUTE walked{nulls}"), &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    both.postgres.batch_execute("DEALLOCATE walked").unwrap();
    for (nr, line) in lines.iter().enumerate() {
        let Some((how, table)) = line.split_once(" on ") else { continue };
        let table = table.split(' ').next().unwrap_or_default();
        // Conditions stand under their node and before the next one.
        let own = lines[nr + 1..].iter().take_while(|line| !line.contains("->"));
        let conditioned = own.into_iter().any(|line| line.contains("Index Cond:"));
        let through = how.contains("Seq Scan") || (how.contains("Index") && !how.contains("Bitmap") && !conditioned);
        if through && BIG_TABLES.contains(&table) {
            found.push(format!("PostgreSQL: {}", line.trim()));
        }
    }
    found
}

/// Whether `name` in a plan is a big table or stands for one.
fn is_big(name: &str, text: &str) -> bool {
    let words: Vec<_> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    BIG_TABLES.contains(&name)
        || words.windows(2).any(|pair| BIG_TABLES.contains(&pair[0]) && pair[1] == name)
        || words
            .windows(3)
            .any(|three| BIG_TABLES.contains(&three[0]) && three[1].eq_ignore_ascii_case("as") && three[2] == name)
}

#[test]
fn every_statement_means_the_same_on_both() {
    let mut both = both(MIGRATIONS);
    let faults: Vec<_> = statements()
        .into_iter()
        .filter_map(|statement| {
            differs(&mut both, statement).map(|fault| format!("{}:{}: {fault}", statement.file, statement.line))
        })
        .collect();
    assert!(faults.is_empty(), "{} statements:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn no_statement_walks_through_a_big_table() {
    let mut both = both(MIGRATIONS);
    let mut faults = Vec::new();
    for statement in statements() {
        // The other test tells of those that cannot be prepared.
        if differs(&mut both, statement).is_some() {
            continue;
        }
        let place = format!("{}:{}", statement.file, statement.line);
        match statement.text.split_once(MARKER) {
            Some((_, reason)) => println!("excepted {place}: {}", reason.lines().next().unwrap_or_default().trim()),
            None => faults.extend(walks(&mut both, statement).into_iter().map(|walk| format!("{place}: {walk}"))),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_tests_of_all_statements_can_fail() {
    const BIG: &[(&str, &str)] = &[(
        "big",
        "CREATE TABLE kase (id {int} PRIMARY KEY, unit {int} NOT NULL, state {int} NOT NULL, note {text}) {strict};
         CREATE INDEX kase_unit ON kase (unit, state);",
    )];
    let mut both = both(BIG);
    for (part, statement) in [
        ("SQLite", q!("SELECT now() AS n")),
        ("PostgreSQL", q!("SELECT id FROM kase WHERE id IS ?1")),
        ("columns", q!("SELECT id AS Number FROM kase")),
        ("cast", q!("SELECT sum(id) AS total FROM kase")),
    ] {
        let fault = differs(&mut both, statement).unwrap_or_default();
        assert!(fault.contains(part), "{part}: {fault}");
    }
    for statement in [q!("SELECT id FROM kase WHERE unit = $1"), q!("UPDATE kase SET state = $2 WHERE id = $1")] {
        assert_eq!((differs(&mut both, statement), walks(&mut both, statement)), (None, vec![]));
    }
    for statement in [
        q!("SELECT id FROM kase WHERE note = $1"),
        q!("SELECT k.id FROM kase k WHERE k.note = $1"),
        q!("SELECT k.id FROM kase AS k ORDER BY k.note"),
        q!("SELECT state FROM kase ORDER BY unit"),
        q!("DELETE FROM kase WHERE note = $1"),
    ] {
        let walks = walks(&mut both, statement).join("\n");
        assert!(walks.contains("SQLite") && walks.contains("PostgreSQL"), "{}: {walks}", statement.text);
    }
    // Through the whole of an index by its second column: PostgreSQL's plan does not tell, SQLite's does.
    assert!(!walks(&mut both, q!("SELECT id FROM kase WHERE state = $1")).is_empty());
}
