//! Values go in and come out the same on both databases, and no error shows one.

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::store::{FromVal, Val};

type Every = (Option<i64>, Option<f64>, Option<String>, Option<Vec<u8>>, Option<bool>, Option<Uuid>, Option<Timestamp>);

fn every() -> impl Strategy<Value = Every> {
    let finite = any::<f64>().prop_filter("SQLite has no NaN", |real| !real.is_nan());
    let text = ".{0,40}".prop_map(|text: String| text.replace('\0', ""));
    let time =
        (-60_000_000_000_000_000_i64..60_000_000_000_000_000).prop_map(|at| Timestamp::from_microsecond(at).unwrap());
    (
        any::<Option<i64>>(),
        proptest::option::of(finite),
        proptest::option::of(text),
        any::<Option<Vec<u8>>>(),
        any::<Option<bool>>(),
        proptest::option::of(any::<u128>().prop_map(Uuid::from_u128)),
        proptest::option::of(time),
    )
}

fn round_trip(store: &Store, (i, r, t, b, f, u, at): Every) -> Every {
    let given = args![i, r, t, b, f, u, at];
    store
        .write_blocking(move |sql| {
            let row = sql.one(
                q!("INSERT INTO every (i, r, t, b, f, u, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING i, r, t, b, f, u, at"),
                &given,
            )?;
            Ok::<_, StoreError>((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
        })
        .unwrap()
}

#[test]
fn every_value_comes_back_as_it_was() {
    for Opened { store, database: _database } in stores() {
        let nothing: Every = (None, None, None, None, None, None, None);
        assert_eq!(round_trip(&store, nothing.clone()), nothing);
        let edges: Every = (
            Some(i64::MIN),
            Some(f64::MIN_POSITIVE),
            Some("Åsa, ÖÄ 🙂 'citat' \"\\".into()),
            Some(vec![]),
            Some(false),
            Some(Uuid::max()),
            Some(testkit::clock()),
        );
        assert_eq!(round_trip(&store, edges.clone()), edges);
        let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(value in every())| {
            prop_assert_eq!(round_trip(&store, value.clone()), value);
        });
    }
}

#[test]
fn parameters_are_numbered_not_counted() {
    for Opened { store, database } in stores() {
        let (amount, name): (i64, String) = store
            .write_blocking(|sql| {
                add(sql, 5, "five")?;
                assert_eq!(
                    sql.exec(q!("UPDATE thing SET name = $2, amount = $3 WHERE id = $1"), &args![5, "fem", 9])?,
                    1
                );
                let row =
                    sql.one(q!("SELECT amount, name FROM thing WHERE name = $2 AND id = $1"), &args![5, "fem"])?;
                Ok::<_, StoreError>((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!((amount, name.as_str()), (9, "fem"), "{}", database.name);
    }
}

#[test]
fn only_parameters_are_rewritten_for_sqlite() {
    assert_eq!(q!("SELECT '$.a', $12, '$x$' WHERE a = $1").sqlite_text(), "SELECT '$.a', ?12, '$x$' WHERE a = ?1");
}

#[test]
fn a_wrong_type_is_told_by_place_and_never_by_value() {
    for Opened { store, database } in stores() {
        let row = store
            .write_blocking(|sql| {
                add(sql, 5, "Astrid Hemlig")?;
                sql.one(q!("SELECT name FROM thing WHERE id = 5"), &[])
            })
            .unwrap();
        let error = row.get::<i64>(0).unwrap_err().to_string();
        assert!(error.contains("values.rs:") && error.contains("column 0") && error.contains("found text"), "{error}");
        assert!(!format!("{error} {row:?}").contains("Astrid"), "{}", database.name);
        assert!(row.get::<String>(1).unwrap_err().to_string().contains("no such column"));
        assert_eq!(row.width(), 1);
    }
}

#[test]
fn no_error_quotes_a_value() {
    for Opened { store, database } in stores() {
        store.write_blocking(|sql| add(sql, 1, "Astrid Hemlig")).unwrap();
        let errors = [
            store.write_blocking(|sql| add(sql, 2, "Astrid Hemlig")).unwrap_err(),
            store
                .write_blocking(|sql| sql.exec(q!("UPDATE thing SET amount = $1"), &args!["Astrid Hemlig"]))
                .unwrap_err(),
            store
                .write_blocking(|sql| {
                    sql.exec(q!("UPDATE thing SET name = NULL WHERE name = $1"), &args!["Astrid Hemlig"])
                })
                .unwrap_err(),
            store
                .write_blocking(|sql| sql.rows(q!("SELECT id FROM thing WHERE name = $1"), &args!["Astrid\0Hemlig"]))
                .unwrap_err(),
        ];
        for error in errors {
            assert!(!format!("{error} {error:?}").contains("Astrid"), "{}: {error}", database.name);
        }
    }
}

#[test]
fn wrong_calls_are_faults_with_their_place() {
    for Opened { store, database } in stores() {
        store.write_blocking(|sql| add(sql, 1, "one").and_then(|_| add(sql, 2, "two"))).unwrap();
        type Wrong = fn(&mut dyn Sql) -> Result<(), StoreError>;
        let wrong: [(&str, Wrong); 8] = [
            ("too few", |sql| sql.exec(q!("DELETE FROM thing WHERE id = $1"), &[]).map(drop)),
            ("too many", |sql| sql.rows(q!("SELECT id FROM thing"), &args![1]).map(drop)),
            ("rows", |sql| sql.exec(q!("SELECT id FROM thing"), &[]).map(drop)),
            ("none", |sql| sql.one(q!("SELECT id FROM thing WHERE id = 9"), &[]).map(drop)),
            ("several", |sql| sql.opt(q!("SELECT id FROM thing"), &[]).map(drop)),
            ("no table", |sql| sql.rows(q!("SELECT id FROM nowhere"), &[]).map(drop)),
            ("no number", |sql| sql.exec(q!("UPDATE every SET r = $1"), &args![f64::NAN]).map(drop)),
            ("null", |sql| sql.exec(q!("INSERT INTO thing (id, amount) VALUES (3, 1)"), &[]).map(drop)),
        ];
        for (name, wrong) in wrong {
            let error = store.write_blocking(wrong).unwrap_err();
            assert!(
                matches!(&error, StoreError::Fault(text) if text.contains("values.rs:")),
                "{} {name}: {error:?}",
                database.name
            );
        }
        let nul =
            store.write_blocking(|sql| sql.rows(q!("SELECT id FROM thing WHERE name = $1"), &args!["a\0b"]).map(drop));
        assert_eq!(nul, Err(StoreError::Unstorable), "what was sent is at fault, not the program");
        assert_eq!(ids(&store), [1, 2]);
    }
}

#[test]
fn numbers_out_of_range_are_refused() {
    assert_eq!(u32::from_val(&Val::Int(-1)), None);
    assert_eq!(u16::from_val(&Val::Int(65_536)), None);
    assert_eq!(bool::from_val(&Val::Int(2)), None);
    assert_eq!(Timestamp::from_val(&Val::Int(i64::MAX)), None);
    assert_eq!(Uuid::from_val(&Val::Blob(vec![1; 15])), None);
    assert_eq!(i64::from_val(&Val::Null), None);
    assert_eq!(Option::<i64>::from_val(&Val::Text("1".into())), None);
}
