//! Units of work: what is stored, what is not, and who sees it.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::store::{MIGRATIONS, UnitError};

#[test]
fn an_error_rolls_back_its_own_unit_alone() {
    for Opened { store, database } in stores() {
        store.write_blocking(|sql| add(sql, 1, "one")).unwrap();
        let refused: Result<(), _> = store.write_blocking(|sql| {
            add(sql, 2, "two")?;
            Err(StoreError::Fault("the unit's own".into()))
        });
        assert_eq!(refused, Err(StoreError::Fault("the unit's own".into())), "{}", database.name);
        store.write_blocking(|sql| add(sql, 3, "three")).unwrap();
        assert_eq!(ids(&store), [1, 3], "{}", database.name);
    }
}

#[test]
fn what_is_whole_is_told_as_whole_and_every_table_is_looked_at() {
    for database in testkit::databases() {
        let store = open(&database, MIGRATIONS).unwrap();
        let mut looked_at = Vec::new();
        assert_eq!(store.verify(|what| looked_at.push(what.to_owned())), Ok(Vec::new()), "{}", database.name);
        for table in ["person", "kase", "step", "consent", "share", "membership"] {
            assert!(looked_at.iter().any(|what| what == table), "{}: {table} not in {looked_at:?}", database.name);
        }
    }
}

/// A room's own error goes through the store unharmed.
#[derive(Debug, PartialEq)]
enum Room {
    Refusal(u8),
    Store(StoreError),
}

impl From<StoreError> for Room {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl UnitError for Room {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Refusal(_) => None,
            Self::Store(error) => Some(error),
        }
    }
}

#[test]
fn a_room_gets_its_own_error_back() {
    for Opened { store, database: _database } in stores() {
        let refused: Result<(), Room> = store.write_blocking(|_| Err(Room::Refusal(7)));
        assert_eq!(refused, Err(Room::Refusal(7)));
        let refused: Result<(), Room> = store.write_blocking(|sql| {
            add(sql, 1, "one")?;
            add(sql, 1, "again").map_err(|_| Room::Refusal(8))?;
            Ok(())
        });
        assert_eq!(refused, Err(Room::Refusal(8)));
        assert!(ids(&store).is_empty());
    }
}

#[test]
fn a_panic_rolls_back_its_own_unit_and_the_store_goes_on() {
    for Opened { store, database } in stores() {
        let panicked = store.write_blocking(|sql| -> Result<(), StoreError> {
            add(sql, 1, "one")?;
            panic!("a planted fault");
        });
        assert!(matches!(&panicked, Err(StoreError::Fault(text)) if text.contains("panicked")), "{}", database.name);
        let panicked = store.read_blocking(|_| -> Result<(), StoreError> { panic!("a planted fault") });
        assert!(matches!(panicked, Err(StoreError::Fault(_))));
        store.write_blocking(|sql| add(sql, 2, "two")).unwrap();
        assert_eq!(ids(&store), [2], "{}", database.name);
    }
}

#[test]
fn a_unit_cannot_swallow_a_failed_statement() {
    for Opened { store, database } in stores() {
        store.write_blocking(|sql| add(sql, 1, "one")).unwrap();
        let claimed = store.write_blocking(|sql| {
            add(sql, 2, "two")?;
            let _ = add(sql, 1, "taken");
            assert!(matches!(add(sql, 3, "three"), Err(StoreError::Fault(_))));
            Ok::<_, StoreError>(())
        });
        assert_eq!(claimed, Err(StoreError::Unique { constraint: "thing(id)".into() }), "{}", database.name);
        assert_eq!(ids(&store), [1], "{}", database.name);
    }
}

#[test]
fn units_that_wait_share_a_commit() {
    for Opened { store, database } in stores() {
        let before = store.figures();
        let writers = 16;
        let start = Arc::new(Barrier::new(writers));
        thread::scope(|scope| {
            for writer in 0..writers {
                let (store, start) = (store.clone(), Arc::clone(&start));
                scope.spawn(move || {
                    start.wait();
                    for nr in 0..20 {
                        let id = (writer * 100 + nr) as i64;
                        store.write_blocking(move |sql| add(sql, id, &id.to_string())).unwrap();
                    }
                });
            }
        });
        assert_eq!(ids(&store).len(), writers * 20, "{}", database.name);
        let after = store.figures();
        assert_eq!(after.units - before.units, 320);
        if database.name == "sqlite" {
            assert!(after.commits - before.commits < 320, "{after:?}");
            assert!(after.largest_batch > 1, "{after:?}");
        } else {
            assert_eq!(after.commits - before.commits, 320, "{after:?}");
        }
    }
}

#[test]
fn a_failed_unit_leaves_those_in_the_same_commit_alone() {
    let Opened { store, database: _database } = opened(testkit::sqlite());
    let (running, started) = channel();
    let slow = {
        let store = store.clone();
        thread::spawn(move || {
            store.write_blocking(move |sql| {
                let _ = running.send(());
                thread::sleep(Duration::from_millis(20));
                add(sql, 1, "one")
            })
        })
    };
    started.recv().unwrap();
    thread::scope(|scope| {
        let others: Vec<_> = (2..10)
            .map(|id| {
                let store = &store;
                scope.spawn(move || {
                    store.write_blocking(move |sql| {
                        add(sql, id, &id.to_string())?;
                        if id % 2 == 0 { Err(StoreError::Fault("even".into())) } else { Ok(()) }
                    })
                })
            })
            .collect();
        let done = others.into_iter().map(|other| other.join().unwrap()).filter(Result::is_ok).count();
        assert_eq!(done, 4);
    });
    slow.join().unwrap().unwrap();
    assert_eq!(ids(&store), [1, 3, 5, 7, 9]);
    assert!(store.figures().largest_batch > 1);
}

#[test]
fn unique_keys_and_references_have_the_same_names_on_both() {
    for Opened { store, database } in stores() {
        store
            .write_blocking(|sql| {
                add(sql, 1, "one")?;
                sql.exec(q!("INSERT INTO part (thing, nr) VALUES (1, 1)"), &[])
            })
            .unwrap();
        let unique = |constraint: &str| Err(StoreError::Unique { constraint: constraint.into() });
        assert_eq!(store.write_blocking(|sql| add(sql, 1, "new")), unique("thing(id)"), "{}", database.name);
        assert_eq!(store.write_blocking(|sql| add(sql, 2, "one")), unique("thing(name)"), "{}", database.name);
        let part = store.write_blocking(|sql| sql.exec(q!("INSERT INTO part (thing, nr) VALUES (1, 1)"), &[]));
        assert_eq!(part, unique("part(thing, nr)"), "{}", database.name);
        let nowhere = store.write_blocking(|sql| sql.exec(q!("INSERT INTO part (thing, nr) VALUES (7, 1)"), &[]));
        assert_eq!(nowhere, Err(StoreError::ForeignKey), "{}", database.name);
        let needed = store.write_blocking(|sql| sql.exec(q!("DELETE FROM thing WHERE id = 1"), &[]));
        assert_eq!(needed, Err(StoreError::ForeignKey), "{}", database.name);
    }
}

#[test]
fn a_reading_unit_sees_one_snapshot() {
    for Opened { store, database } in stores() {
        let other = store.clone();
        let (before, after) = store
            .read_blocking(move |sql| {
                let things = q!("SELECT count(*) AS n FROM thing");
                let before = count(sql, things)?;
                other.write_blocking(|sql| add(sql, 1, "one"))?;
                Ok::<_, StoreError>((before, count(sql, things)?))
            })
            .unwrap();
        assert_eq!((before, after), (0, 0), "{}", database.name);
        assert_eq!(ids(&store), [1], "{}", database.name);
    }
}

#[test]
fn a_reading_unit_cannot_write() {
    for Opened { store, database } in stores() {
        let tried = store.read_blocking(|sql| add(sql, 1, "one"));
        assert!(
            matches!(&tried, Err(StoreError::Fault(text)) if text.contains("tried to write")),
            "{}: {tried:?}",
            database.name
        );
        store.write_blocking(|sql| add(sql, 2, "two")).unwrap();
        assert_eq!(ids(&store), [2]);
    }
}

#[test]
fn many_writers_of_one_row_all_get_through() {
    for Opened { store, database } in stores() {
        store.write_blocking(|sql| add(sql, 1, "head")).unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        store
                            .write_blocking(|sql| {
                                let seen: i64 = sql.one(q!("SELECT amount FROM thing WHERE id = 1"), &[])?.get(0)?;
                                sql.exec(q!("UPDATE thing SET amount = $1 WHERE id = 1"), &args![seen + 1])
                            })
                            .unwrap();
                    }
                });
            }
        });
        let amount: i64 =
            store.read_blocking(|sql| sql.one(q!("SELECT amount FROM thing WHERE id = 1"), &[])?.get(0)).unwrap();
        assert_eq!(amount, 200, "{}: {:?}", database.name, store.figures());
    }
}

#[test]
fn look_then_act_is_atomic_across_rows() {
    // Two rows, of which one has to stay: each unit looks at both and takes away its own. Under
    // snapshot isolation alone both would go (write skew).
    for Opened { store, database } in stores() {
        for round in 0..20 {
            let (a, b) = (round * 2 + 1, round * 2 + 2);
            store
                .write_blocking(move |sql| add(sql, a, &a.to_string()).and_then(|_| add(sql, b, &b.to_string())))
                .unwrap();
            let start = Barrier::new(2);
            thread::scope(|scope| {
                for own in [a, b] {
                    let (store, start) = (&store, &start);
                    scope.spawn(move || {
                        start.wait();
                        store
                            .write_blocking(move |sql| {
                                let both = q!("SELECT id FROM thing WHERE id IN ($1, $2)");
                                let left = sql.rows(both, &args![a, b])?.len();
                                thread::sleep(Duration::from_millis(2));
                                if left == 2 {
                                    sql.exec(q!("DELETE FROM thing WHERE id = $1"), &args![own])
                                } else {
                                    Ok(0)
                                }
                            })
                            .unwrap();
                    });
                }
            });
            let left = ids(&store).into_iter().filter(|id| [a, b].contains(id)).count();
            assert_eq!(left, 1, "{} round {round}", database.name);
        }
    }
}

#[tokio::test]
async fn a_dropped_future_does_not_stop_its_unit() {
    for Opened { store, database } in stores() {
        let (running, started) = channel();
        let unit = store.write(move |sql| {
            let _ = running.send(());
            thread::sleep(Duration::from_millis(100));
            add(sql, 1, "one")
        });
        let gave_up = tokio::time::timeout(Duration::from_millis(30), unit).await;
        assert!(gave_up.is_err(), "{}", database.name);
        started.recv().unwrap();
        let until = Instant::now() + Duration::from_secs(5);
        let things = q!("SELECT count(*) AS n FROM thing");
        while store.read(|sql| count(sql, things)).await.unwrap() == 0 {
            assert!(Instant::now() < until, "{}", database.name);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn the_async_ways_give_what_the_waiting_ones_give() {
    for Opened { store, database } in stores() {
        store.ping().await.unwrap();
        assert_eq!(store.write(|sql| add(sql, 1, "one")).await, Ok(1));
        let again = store.write(|sql| add(sql, 1, "one")).await;
        assert!(matches!(again, Err(StoreError::Unique { .. })), "{}", database.name);
        let name: String = store.read(|sql| sql.one(q!("SELECT name FROM thing"), &[])?.get(0)).await.unwrap();
        assert_eq!(name, "one");
        assert!(matches!(store.read(|sql| add(sql, 2, "two")).await, Err(StoreError::Fault(_))));
        // Opening, closing and dropping work on threads that run tasks, too.
        let other = open(&database, TINY).unwrap();
        other.clone().close();
        assert!(matches!(other.ping().await, Err(StoreError::Unavailable(_))), "{}", database.name);
        assert!(
            matches!(other.write(|sql| add(sql, 3, "three")).await, Err(StoreError::Unavailable(_))),
            "{}",
            database.name
        );
    }
}

#[test]
fn closing_finishes_what_waits() {
    for Opened { store, database } in stores() {
        let (running, started) = channel();
        let unit = {
            let store = store.clone();
            thread::spawn(move || {
                store.write_blocking(move |sql| {
                    let _ = running.send(());
                    thread::sleep(Duration::from_millis(50));
                    add(sql, 1, "one")
                })
            })
        };
        started.recv().unwrap();
        store.close();
        assert_eq!(unit.join().unwrap(), Ok(1), "{}", database.name);
        assert_eq!(ids(&open(&database, TINY).unwrap()), [1], "{}", database.name);
    }
}
