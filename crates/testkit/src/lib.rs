//! What Kedjan's tests share: empty stores on both databases, official test numbers, a fixed clock.
//!
//! Everything here panics when it can't do its work: a test without its store has to fail.

#![allow(clippy::expect_used, clippy::panic)]

use jiff::Timestamp;
use postgres::{Client, NoTls};
use tempfile::TempDir;
use uuid::Uuid;

/// The environment variable with the address of a PostgreSQL server where databases may be made,
/// such as `postgres://postgres@127.0.0.1:5432/postgres`.
pub const POSTGRES: &str = "KEDJAN_TEST_POSTGRES";

/// A fresh, empty database that goes away with the value.
#[derive(Debug)]
pub struct Database {
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    /// What a store is opened with: `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Goes away when it is dropped, after the store in it.
    _folder: Option<TempDir>,
    /// The server and the name of the database to drop on it.
    on: Option<(String, String)>,
}

/// A fresh database of each kind, so that a test can say `for database in testkit::databases()`.
///
/// # Panics
/// When PostgreSQL is not there: a test that quietly ran on one database only would prove half.
#[must_use]
pub fn databases() -> Vec<Database> {
    vec![sqlite(), postgres()]
}

/// A fresh SQLite file in a folder of its own.
///
/// # Panics
/// When no folder can be made.
#[must_use]
pub fn sqlite() -> Database {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let url = format!("sqlite:{}", folder.path().join("kedjan.db").display());
    Database { name: "sqlite", url, _folder: Some(folder), on: None }
}

/// A fresh PostgreSQL database on the server that [`POSTGRES`] names.
///
/// # Panics
/// When the variable is missing or the server does not answer.
#[must_use]
pub fn postgres() -> Database {
    let server = std::env::var(POSTGRES)
        .unwrap_or_else(|_| panic!("{POSTGRES} is not set: run `cargo xtask test`, it starts PostgreSQL"));
    let database = format!("kedjan_test_{}", Uuid::new_v4().simple());
    // Text sorts by its bytes, as in SQLite.
    on_server(
        &server,
        &format!("CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"),
    );
    let (rest, query) =
        server.split_once('?').map_or((server.as_str(), String::new()), |(rest, query)| (rest, format!("?{query}")));
    let (address, _) = rest.rsplit_once('/').expect("the address of the server ends in /DATABASE");
    let url = format!("{address}/{database}{query}");
    Database { name: "postgres", url, _folder: None, on: Some((server, database)) }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, database)) = &self.on {
            on_server(server, &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
        }
    }
}

/// Runs one statement on the server, on a thread of its own: the client may not wait on a thread
/// that runs async tasks, and tests do.
fn on_server(server: &str, statement: &str) {
    let done = std::thread::scope(|scope| {
        let work = scope.spawn(|| Client::connect(server, NoTls)?.batch_execute(statement));
        work.join().expect("the thread does not panic")
    });
    match done {
        // A second panic while a failed test unwinds would hide the first.
        Err(error) if !std::thread::panicking() => panic!("PostgreSQL for tests ({POSTGRES}) does not answer: {error}"),
        _ => {}
    }
}

/// The time of every test: Monday 2 November 2026 at 10:00 in Stockholm.
///
/// # Panics
/// Never: the text is a time.
#[must_use]
pub fn clock() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().expect("a time")
}

/// Official test numbers of Skatteverket (no living person has one), oldest first: twelve
/// personnummer and then three samordningsnummer.
#[must_use]
pub fn test_pins() -> &'static [&'static str] {
    &[
        "194603213424",
        "197809162386",
        "198204032398",
        "198510082392",
        "198904042390",
        "199304072383",
        "199703062399",
        "200102042397",
        "200503092389",
        "200907222384",
        "201301222384",
        "201905232391",
        "192210762395",
        "198909882394",
        "202301672396",
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn numbers_have_the_right_check_digit() {
        for pin in test_pins() {
            let sum: u32 = pin[2..]
                .bytes()
                .enumerate()
                .map(|(place, digit)| {
                    let doubled = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
                    doubled / 10 + doubled % 10
                })
                .sum();
            assert_eq!((pin.len(), sum % 10), (12, 0), "{pin}");
        }
    }

    #[test]
    fn each_database_is_its_own_and_goes_away() {
        let (first, second) = (postgres(), postgres());
        assert_ne!(first.url, second.url);
        Client::connect(&first.url, NoTls).unwrap().batch_execute("CREATE TABLE only_here (id BIGINT)").unwrap();
        assert!(Client::connect(&second.url, NoTls).unwrap().batch_execute("SELECT id FROM only_here").is_err());
        let url = first.url.clone();
        drop(first);
        assert!(Client::connect(&url, NoTls).is_err());

        let file = sqlite();
        let folder = std::path::Path::new(file.url.trim_start_matches("sqlite:")).parent().unwrap().to_owned();
        assert!(folder.is_dir());
        drop(file);
        assert!(!folder.exists());
    }

    #[test]
    fn the_clock_is_a_monday_morning() {
        let there = clock().in_tz("Europe/Stockholm").unwrap();
        assert_eq!((there.weekday(), there.hour()), (jiff::civil::Weekday::Monday, 10));
    }
}
