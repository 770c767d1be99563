//! What is PostgreSQL's own: connections that break, units that collide, addresses.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use ::postgres::{Client, NoTls};

use super::*;

fn terminate(database: &Database, backend: i32) {
    let mut other = Client::connect(&database.url, NoTls).unwrap();
    other.query_one("SELECT pg_terminate_backend($1)", &[&backend]).unwrap();
}

#[test]
fn a_backend_killed_before_the_commit_is_replaced_and_the_unit_stored_once() {
    let Opened { store, database } = opened(testkit::postgres());
    let database = Arc::new(Mutex::new(database));
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, server) = (Arc::clone(&runs), Arc::clone(&database));
    store
        .write_blocking(move |sql| {
            let backend: i32 = sql.one(q!("SELECT pg_backend_pid() AS pid"), &[])?.get(0)?;
            add(sql, 1, "one")?;
            if counted.fetch_add(1, Ordering::Relaxed) == 0 {
                terminate(&server.lock().unwrap(), backend);
            }
            add(sql, 2, "two")
        })
        .unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert_eq!(ids(&store), [1, 2]);
}

#[test]
fn a_commit_without_an_answer_is_not_run_again() {
    let Opened { store, database } = opened(testkit::postgres());
    let database = Arc::new(Mutex::new(database));
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, server) = (Arc::clone(&runs), Arc::clone(&database));
    let lost = store.write_blocking(move |sql| {
        counted.fetch_add(1, Ordering::Relaxed);
        let backend: i32 = sql.one(q!("SELECT pg_backend_pid() AS pid"), &[])?.get(0)?;
        add(sql, 1, "one")?;
        terminate(&server.lock().unwrap(), backend);
        Ok::<_, StoreError>(())
    });
    assert!(matches!(&lost, Err(StoreError::Unavailable(text)) if text.contains("commit")), "{lost:?}");
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    // Whichever way it went, the store goes on.
    assert_eq!(store.write_blocking(|sql| add(sql, 2, "two")), Ok(1));
}

#[test]
fn idle_connections_that_were_killed_are_not_noticed_by_anyone() {
    let Opened { store, database } = opened(testkit::postgres());
    store.write_blocking(|sql| add(sql, 1, "one")).unwrap();
    let mut other = Client::connect(&database.url, NoTls).unwrap();
    let killed = other
        .query_one("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", &[])
        .unwrap();
    assert!(killed.get::<_, i64>(0) > 0);
    assert_eq!(store.write_blocking(|sql| add(sql, 2, "two")), Ok(1));
    assert_eq!(ids(&store), [1, 2]);
}

#[test]
fn a_server_that_is_not_there_is_an_outage() {
    let nowhere: Location = "postgres://nobody:hidden@127.0.0.1:1/none".parse().unwrap();
    let error = Store::open(&nowhere, &Settings::default()).unwrap_err();
    assert!(error.is_outage(), "{error}");
    assert!(!format!("{error} {nowhere:?}").contains("hidden"));
}

#[test]
fn tls_that_cannot_be_given_is_refused_and_so_is_a_careless_server() {
    let Opened { store: _store, database } = opened(testkit::postgres());
    for (query, part) in [("sslmode=require", "TLS"), ("options=-c%20synchronous_commit%3Doff", "synchronous_commit")] {
        let location: Location = format!("{}?{query}", database.url).parse().unwrap();
        let refused = Store::open(&location, &Settings::default()).err();
        assert!(matches!(&refused, Some(StoreError::Refused(text)) if text.contains(part)), "{refused:?}");
    }
}

#[test]
fn a_lock_that_is_held_too_long_is_busy() {
    let Opened { store, database } = opened(testkit::postgres());
    let mut other = Client::connect(&database.url, NoTls).unwrap();
    other.batch_execute("BEGIN; LOCK TABLE thing IN ACCESS EXCLUSIVE MODE").unwrap();
    assert_eq!(store.write_blocking(|sql| add(sql, 1, "one")), Err(StoreError::Busy));
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(store.write_blocking(|sql| add(sql, 1, "one")), Ok(1));
}

#[test]
fn a_pool_of_one_serves_many() {
    let database = testkit::postgres();
    let location: Location = database.url.parse().unwrap();
    let settings = Settings { pool: 1, ..Settings::default() };
    let store = Store::open_with(&location, &settings, TINY).unwrap();
    std::thread::scope(|scope| {
        for id in 0..12 {
            let store = &store;
            scope.spawn(move || store.write_blocking(move |sql| add(sql, id, &id.to_string())).unwrap());
        }
    });
    assert_eq!(ids(&store).len(), 12);
}

#[test]
fn addresses_are_read_and_written_without_secrets() {
    assert_eq!("sqlite:/var/lib/kedjan.db".parse(), Ok(Location::Sqlite("/var/lib/kedjan.db".into())));
    assert!(matches!("postgresql://a@b/c".parse(), Ok(Location::Postgres(_))));
    for wrong in ["", "sqlite:", "kedjan.db", "postgres:a", "mysql://a@b/c"] {
        assert!(matches!(wrong.parse::<Location>(), Err(StoreError::Refused(_))), "{wrong}");
    }
    let settings = Settings::default();
    assert!(matches!(
        Store::open(&Location::Postgres("postgres://a b:c/d".into()), &settings),
        Err(StoreError::Refused(_) | StoreError::Unavailable(_))
    ));
}
