//! What is SQLite's own: the file, its locks, its disk, its copies.

use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::*;
use crate::store::sqlite::network_file_system;

fn path(database: &Database) -> PathBuf {
    database.url.trim_start_matches("sqlite:").into()
}

#[test]
fn the_file_is_ours_private_and_safe() {
    let Opened { store, database } = opened(testkit::sqlite());
    store.write_blocking(|sql| add(sql, 1, "one")).unwrap();
    for end in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{}{end}", path(&database).display())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{end}");
    }
    let settings = |sql: &mut dyn Sql| {
        let asked = [
            q!("PRAGMA synchronous"),
            q!("PRAGMA foreign_keys"),
            q!("PRAGMA secure_delete"),
            q!("PRAGMA temp_store"),
            q!("PRAGMA wal_autocheckpoint"),
            q!("PRAGMA application_id"),
        ];
        asked.iter().map(|pragma| count(sql, pragma)).collect::<Result<Vec<_>, StoreError>>()
    };
    assert_eq!(store.write_blocking(settings).unwrap(), [2, 1, 1, 2, 0, 0x4B45_4444]);
    assert_eq!(store.read_blocking(settings).unwrap(), [2, 1, 1, 2, 0, 0x4B45_4444]);
}

#[test]
fn what_is_not_ours_is_refused() {
    let database = testkit::sqlite();
    Connection::open(path(&database)).unwrap().execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
    assert!(matches!(open(&database, TINY), Err(StoreError::Refused(_))));

    let database = testkit::sqlite();
    std::fs::write(path(&database), "this is a letter and no database, long enough to be looked at as one").unwrap();
    assert!(matches!(open(&database, TINY), Err(StoreError::Corrupt(_))));

    let mut database = testkit::sqlite();
    database.url = database.url.replace("kedjan.db", "no/such/folder/kedjan.db");
    assert!(matches!(open(&database, TINY), Err(StoreError::Refused(_))));
}

#[test]
fn network_file_systems_are_told_from_local_ones() {
    let mounts = "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                  30 21 0:40 / /srv rw,relatime shared:1 - nfs4 host:/export rw\n\
                  31 30 8:2 / /srv/my\\040disk rw - xfs /dev/sdb1 rw\n";
    assert_eq!(network_file_system(mounts, Path::new("/var/lib")), None);
    assert_eq!(network_file_system(mounts, Path::new("/srv/kedjan")), Some("nfs4"));
    assert_eq!(network_file_system(mounts, Path::new("/srvelse")), None);
    assert_eq!(network_file_system(mounts, Path::new("/srv/my disk/kedjan")), None);
}

#[test]
fn a_lock_of_another_process_is_waited_for_and_then_busy() {
    let Opened { store, database } = opened(testkit::sqlite());
    let other = Connection::open(path(&database)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let waits = scope.spawn(|| store.write_blocking(|sql| add(sql, 1, "one")));
        thread::sleep(Duration::from_millis(200));
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(waits.join().unwrap(), Ok(1));
    });
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    assert_eq!(store.write_blocking(|sql| add(sql, 2, "two")), Err(StoreError::Busy));
    assert!(began.elapsed() >= Duration::from_secs(4));
    // Readers never wait for a writer.
    assert_eq!(ids(&store), [1]);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(store.write_blocking(|sql| add(sql, 3, "three")), Ok(1));
}

#[test]
fn a_full_disk_fails_those_who_need_room_and_nobody_else() {
    let Opened { store, database: _database } = opened(testkit::sqlite());
    store
        .write_blocking(|sql| {
            add(sql, 0, "zero")?;
            let pages = count(sql, q!("PRAGMA page_count"))?;
            assert!(pages < 60);
            sql.rows(q!("PRAGMA max_page_count = 60"), &[])
        })
        .unwrap();
    let (running, started) = channel();
    thread::scope(|scope| {
        let slow = scope.spawn(|| {
            store.write_blocking(move |sql| {
                let _ = running.send(());
                thread::sleep(Duration::from_millis(25));
                add(sql, 1, "one")
            })
        });
        started.recv().unwrap();
        let large = scope.spawn(|| store.write_blocking(|sql| add(sql, 2, &"x".repeat(1 << 20))));
        let swallowed = scope.spawn(|| {
            store.write_blocking(|sql| {
                let _ = add(sql, 4, &"x".repeat(1 << 20));
                Ok::<_, StoreError>(())
            })
        });
        let small = scope.spawn(|| store.write_blocking(|sql| add(sql, 3, "three")));
        assert_eq!(slow.join().unwrap(), Ok(1));
        assert_eq!(large.join().unwrap(), Err(StoreError::Full));
        assert_eq!(swallowed.join().unwrap(), Err(StoreError::Full));
        assert_eq!(small.join().unwrap(), Ok(1));
    });
    assert_eq!(ids(&store), [0, 1, 3]);
    // Room again, and the same connection goes on.
    store.write_blocking(|sql| sql.rows(q!("PRAGMA max_page_count = 100000"), &[])).unwrap();
    assert_eq!(store.write_blocking(|sql| add(sql, 2, &"x".repeat(1 << 20))), Ok(1));
}

#[test]
fn a_unit_that_ends_its_own_transaction_is_a_fault_and_takes_nobody_with_it() {
    let Opened { store, database: _database } = opened(testkit::sqlite());
    let (running, started) = channel();
    thread::scope(|scope| {
        let slow = scope.spawn(|| {
            store.write_blocking(move |sql| {
                let _ = running.send(());
                thread::sleep(Duration::from_millis(25));
                add(sql, 1, "one")
            })
        });
        started.recv().unwrap();
        let rogue =
            scope.spawn(|| store.write_blocking(|sql| add(sql, 2, "two").and_then(|_| sql.exec(q!("ROLLBACK"), &[]))));
        let after = scope.spawn(|| store.write_blocking(|sql| add(sql, 3, "three")));
        assert_eq!(slow.join().unwrap(), Ok(1));
        assert!(matches!(rogue.join().unwrap(), Err(StoreError::Fault(_))));
        assert_eq!(after.join().unwrap(), Ok(1));
    });
    // The slow one was rolled back with the rogue and run again.
    assert_eq!(ids(&store), [1, 3]);
    assert!(store.figures().reruns > 0);
}

#[test]
fn the_log_is_moved_into_the_file_while_the_store_is_open() {
    let Opened { store, database } = opened(testkit::sqlite());
    store.write_blocking(|sql| add(sql, 1, &"x".repeat(1 << 20))).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while std::fs::metadata(path(&database)).unwrap().len() < 1 << 20 {
        assert!(Instant::now() < until, "nothing came into the file");
        thread::sleep(Duration::from_millis(50));
    }
    store.close();
    assert!(!path(&database).with_file_name("kedjan.db-wal").exists(), "the last to close leaves one file");
}

#[test]
fn the_log_begins_anew_under_a_load_that_never_pauses() {
    let Opened { store, database } = opened(testkit::sqlite());
    let log = path(&database).with_file_name("kedjan.db-wal");
    let (mut written, mut begun_anew, mut salt) = (0_u64, 0, None);
    let until = Instant::now() + Duration::from_secs(20);
    // The salt in the log's head changes each time it begins anew.
    while begun_anew < 2 {
        assert!(Instant::now() < until, "begun anew {begun_anew} times in {written} bytes");
        let id = i64::try_from(written).unwrap();
        store.write_blocking(move |sql| add(sql, id, &format!("{id:060000}"))).unwrap();
        written += 60_000;
        let mut head = [0; 24];
        std::fs::File::open(&log).unwrap().read_exact_at(&mut head, 0).unwrap();
        let now = Some(head[16..].to_vec());
        begun_anew += u32::from(salt.is_some() && now != salt);
        salt = now;
    }
}

#[test]
fn what_is_erased_leaves_the_file_and_its_log() {
    let Opened { store, database } = opened(testkit::sqlite());
    let mark = b"a mark to look for in the bytes";
    let found = || {
        let log = path(&database).with_file_name("kedjan.db-wal");
        let bytes = [std::fs::read(path(&database)).unwrap(), std::fs::read(log).unwrap()].concat();
        bytes.windows(mark.len()).any(|window| window == mark)
    };
    store.write_blocking(|sql| add(sql, 1, "a mark to look for in the bytes")).unwrap();
    assert!(found());
    store.write_blocking(|sql| sql.exec(q!("DELETE FROM thing WHERE id = 1"), &[])).unwrap();
    store.settle_erasure().unwrap();
    assert!(!found());
}

#[test]
fn damage_is_told_as_damage() {
    let Opened { store, database } = opened(testkit::sqlite());
    store
        .write_blocking(|sql| {
            (0..2000).try_for_each(|id| add(sql, id, &format!("a thing with the number {id}")).map(drop))
        })
        .unwrap();
    store.close();
    let mut bytes = std::fs::read(path(&database)).unwrap();
    let half = bytes.len() / 4096 / 2 * 4096;
    bytes[half..].fill(0xff);
    std::fs::write(path(&database), bytes).unwrap();
    let read = open(&database, TINY)
        .and_then(|store| store.read_blocking(|sql| sql.rows(q!("SELECT id, name, amount FROM thing"), &[])));
    assert!(matches!(&read, Err(StoreError::Corrupt(_))), "{:?}", read.err());
}

#[test]
fn a_store_waits_for_another_that_makes_the_same_new_file_its_own() {
    let database = testkit::sqlite();
    let other = Connection::open(path(&database)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let opening = scope.spawn(|| open(&database, TINY).map(drop));
        thread::sleep(Duration::from_millis(300));
        assert!(!opening.is_finished(), "it has to wait");
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(opening.join().unwrap(), Ok(()));
    });
}
