//! Migrations: run once, in order, whole or not at all.

use super::*;
use crate::store::{Kind, MIGRATIONS, migrations::text_for};

const FIRST: (&str, &str) = ("first", "CREATE TABLE a (id {int} PRIMARY KEY) {strict};");
const SECOND: (&str, &str) =
    ("second", "CREATE TABLE b (id {int} PRIMARY KEY) {strict};\nCREATE INDEX b_id ON b (id);");

#[test]
fn each_runs_once_and_in_order() {
    for database in testkit::databases() {
        open(&database, &[FIRST]).unwrap().close();
        open(&database, &[FIRST, SECOND]).unwrap().close();
        let store = open(&database, &[FIRST, SECOND]).unwrap();
        let run: Vec<(i64, String)> = store
            .read_blocking(|sql| {
                let rows = sql.rows(q!("SELECT version, name FROM schema_migration ORDER BY version"), &[])?;
                rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, StoreError>>()
            })
            .unwrap();
        assert_eq!(run, [(1, "first".to_owned()), (2, "second".to_owned())], "{}", database.name);
        assert_eq!(store.read_blocking(|sql| count(sql, q!("SELECT count(*) AS n FROM b"))), Ok(0));
        let year_2020 = 1_577_836_800_000_000;
        let at = store.read_blocking(|sql| count(sql, q!("SELECT min(at) AS at FROM schema_migration"))).unwrap();
        assert!((year_2020..year_2020 * 3).contains(&at), "{}: {at} is no time in microseconds", database.name);
    }
}

#[test]
fn a_changed_one_is_refused_by_name() {
    for database in testkit::databases() {
        open(&database, &[FIRST, SECOND]).unwrap().close();
        let changed = ("second", "CREATE TABLE b (id {int} PRIMARY KEY, more {text}) {strict};");
        let refused = open(&database, &[FIRST, changed]).err();
        assert_eq!(refused, Some(StoreError::ChangedMigration { name: "second".into() }), "{}", database.name);
        let renamed = ("zeroth", FIRST.1);
        assert_eq!(
            open(&database, &[renamed, SECOND]).err(),
            Some(StoreError::ChangedMigration { name: "zeroth".into() })
        );
    }
}

#[test]
fn a_newer_schema_is_refused() {
    for database in testkit::databases() {
        open(&database, &[FIRST, SECOND]).unwrap().close();
        let refused = open(&database, &[FIRST]).err();
        assert_eq!(refused, Some(StoreError::NewerSchema { found: 2, known: 1 }), "{}", database.name);
    }
}

#[test]
fn one_that_fails_leaves_nothing_behind() {
    for database in testkit::databases() {
        let broken = ("broken", "CREATE TABLE c (id {int} PRIMARY KEY) {strict};\nCREATE TABLE c (id {int});");
        let refused = open(&database, &[FIRST, broken]).err();
        assert!(matches!(&refused, Some(StoreError::Fault(text)) if text.contains("migration broken")), "{refused:?}");
        // The good one went with it: all of an upgrade or nothing.
        let store = open(&database, &[]).unwrap();
        assert!(store.read_blocking(|sql| sql.rows(q!("SELECT id FROM a"), &[])).is_err(), "{}", database.name);
    }
}

#[test]
fn nodes_that_start_together_migrate_once() {
    for database in testkit::databases() {
        std::thread::scope(|scope| {
            let nodes: Vec<_> = (0..4).map(|_| scope.spawn(|| open(&database, TINY).map(drop))).collect();
            for node in nodes {
                assert_eq!(node.join().unwrap(), Ok(()), "{}", database.name);
            }
        });
    }
}

#[test]
fn the_real_schema_stands_on_both() {
    for database in testkit::databases() {
        open(&database, MIGRATIONS).unwrap().close();
        open(&database, MIGRATIONS).unwrap().close();
    }
}

#[test]
fn every_token_has_a_type_on_both() {
    let all = "{int} {real} {text} {bool} {bytes} {uuid} {strict} {now}";
    for kind in [Kind::Sqlite, Kind::Postgres] {
        assert!(!text_for(kind, all).contains('{'));
        for (name, text) in MIGRATIONS {
            assert!(!text_for(kind, text).contains('{'), "{name} has a token without a meaning");
        }
    }
}
