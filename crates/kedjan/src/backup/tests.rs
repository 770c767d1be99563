//! The drill: a backup taken while others write, restored to an empty place of either kind, with all that has happened since.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::app::{Actor, Clock, Cx, unit_blocking};
use crate::audit;
use crate::cases::CaseView;
use crate::refusal::Refused;
use crate::retention::{self, Options};
use crate::secrets::Kek;
use crate::settings::Settings;
use crate::testing::{World, in_each, person, refused};
use crate::{args, sql as statement};

const YEARS: i64 = 5 * 366 * 24;

fn view(app: &Arc<App>, actor: &Actor, code: &str) -> Result<CaseView, Stop> {
    let code = code.to_owned();
    let cx = Cx::new(app, actor.clone(), chain::text::Lang::Sv).unwrap();
    unit_blocking(cx, move |tx, cx| {
        let file = crate::access::case(tx, cx, &code, crate::access::Action::SeeCase)?;
        crate::cases::look(tx, cx, file)
    })?
    .view()
}

/// The settings of an empty place beside the world's key.
fn place(world: &World, url: &str) -> Settings {
    Settings { database: url.parse().unwrap(), ..world.app.settings.clone() }
}

fn opened(settings: Settings, clock: Clock) -> Arc<App> {
    let kek = Kek::from_file(&settings.key_file).unwrap();
    let store = Store::open(&settings.database, &store::Settings::default()).unwrap();
    Arc::new(App::assemble(store, &kek, settings, clock).unwrap())
}

fn file(world: &World, name: &str) -> PathBuf {
    world.folder.path().join(name)
}

fn wrapped_keys(world: &World) -> Vec<Vec<u8>> {
    let all = world.app.store.read_blocking(sql::keys).unwrap();
    all.into_iter().map(|(_, key)| key).collect()
}

fn holds_bytes(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// A backup of a world with one case that is long over, one in which a consent will be withdrawn, and others, taken while an
/// officer goes on; and after it the first person forgotten and the consent withdrawn.
struct Drill {
    old: String,
    withdrawn: String,
    others: Vec<String>,
    backup: PathBuf,
    mark: Mark,
}

fn drill(world: &World) -> Drill {
    let old = world.offer("declined", json!({}), person(0));
    world.pass(YEARS);
    let withdrawn = world.offer("accepted", json!({ "consent": true }), person(1));
    let others: Vec<String> =
        (2..6).map(|at| world.offer("accepted", json!({ "consent": true }), person(at))).collect();
    let keys = wrapped_keys(world);
    let backup_file = file(world, "backup.db");
    let going = AtomicBool::new(true);
    let mark = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut at = 6;
            while going.load(Ordering::SeqCst) {
                world.offer("declined", json!({}), person(6 + at % 6));
                at += 1;
            }
        });
        let mark = backup(&world.app, &backup_file);
        going.store(false, Ordering::SeqCst);
        writer.join().unwrap();
        mark.unwrap()
    });
    assert_eq!(std::fs::metadata(&backup_file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(&world.app.settings.people_keys).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = std::fs::read(&backup_file).unwrap();
    assert!(keys.len() > 5 && keys.iter().all(|key| !holds_bytes(&bytes, key)), "no person's key is in the backup");
    let left: Vec<_> = std::fs::read_dir(world.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".part")), "{left:?}");

    let consent = world.view(&world.officer, &withdrawn).unwrap().consents[0].id;
    world.run(&world.officer, move |tx, cx| Ok(crate::consents::withdraw(tx, cx, consent)?.into_inner())).unwrap();
    let options = Options { clock_is_right: true, by: "arkivarien".into(), ..Options::default() };
    let runs = retention::run(&world.app, &options).unwrap();
    assert_eq!(runs.iter().map(|run| run.people).sum::<i64>(), 1, "{runs:?}");
    Drill { old, withdrawn, others, backup: backup_file, mark }
}

#[test]
fn an_old_backup_is_restored_without_who_was_forgotten_and_what_was_withdrawn_after_it() {
    in_each(|world| {
        let drill = drill(world);
        for target in testkit::databases() {
            let settings = place(world, &target.url);
            let done = restore(&settings, world.app.clock.clone(), &drill.backup).unwrap();
            assert_eq!((done.forgotten, done.forgotten_since, done.withdrawn_since), (1, 1, 1), "{}", target.name);
            assert_eq!(done.mark, drill.mark);
            let app = opened(settings.clone(), world.app.clock.clone());
            for code in &drill.others {
                for actor in [&world.officer, &world.receiver] {
                    assert_eq!(view(&app, actor, code).unwrap().person.name, "Kim Testsson");
                }
            }
            let gone = refused(view(&app, &world.officer, &drill.old).unwrap_err());
            assert!(matches!(gone, Refused::NotFound), "{gone:?}");
            let ended = refused(view(&app, &world.receiver, &drill.withdrawn).unwrap_err());
            assert!(matches!(ended, Refused::NotFound), "{ended:?}");
            let seen = view(&app, &world.officer, &drill.withdrawn).unwrap();
            assert!(seen.consents[0].withdrawn_at.is_some() && seen.waits.is_some());
            for head in &drill.mark.heads {
                let held = app.store.read_blocking(|tx: &mut dyn Sql| audit::verify(tx, head.org)).unwrap().unwrap();
                assert!(held.seq > head.records, "the restore itself is in the log");
            }
            assert!(crate::statistics::verify_all(&app, |_, _| {}).unwrap().is_empty());
            // It goes on from there, and a backup of it can be restored again.
            let again = file(world, &format!("again-{}.db", target.name));
            backup(&app, &again).unwrap();
            app.store.clone().close();
            let taken = restore(&settings, world.app.clock.clone(), &drill.backup).unwrap_err();
            assert!(matches!(taken, BackupError::Taken(_)), "{taken}");
            let back = testkit::sqlite();
            let done = restore(&place(world, &back.url), world.app.clock.clone(), &again).unwrap();
            assert_eq!((done.forgotten, done.forgotten_since, done.withdrawn_since), (1, 0, 0));
        }
    });
}

#[test]
fn without_the_newest_copy_of_the_keys_nothing_is_restored() {
    in_each(|world| {
        world.accepted();
        backup(&world.app, &file(world, "first.db")).unwrap();
        let copy = world.app.settings.people_keys.clone();
        let older = std::fs::read(&copy).unwrap();
        backup(&world.app, &file(world, "second.db")).unwrap();
        let newest = std::fs::read(&copy).unwrap();
        let target = testkit::sqlite();
        let settings = place(world, &target.url);
        let tried = |name: &str| {
            let error = restore(&settings, world.app.clock.clone(), &file(world, name)).unwrap_err();
            let path = target.url.trim_start_matches("sqlite:");
            assert!(!Path::new(path).exists() && !Path::new(&format!("{path}.part")).exists(), "nothing is left");
            error
        };
        std::fs::write(&copy, &older).unwrap();
        assert!(matches!(tried("second.db"), BackupError::OldKeys { copy: 1, needed: 2 }));
        std::fs::write(&copy, &newest[..newest.len() - 1]).unwrap();
        assert!(matches!(tried("second.db"), BackupError::Keys(KeysError::Unopenable(_))));
        std::fs::remove_file(&copy).unwrap();
        let sentence = tried("second.db").to_string();
        assert!(sentence.contains("no copy of the people's keys") && sentence.contains("people_keys"), "{sentence}");
        std::fs::write(&copy, &newest).unwrap();
        std::fs::remove_file(ending_with(&copy, ".withdrawn")).unwrap();
        assert!(matches!(tried("second.db"), BackupError::Keys(KeysError::NoWithdrawn(_))));
    });
}

#[test]
fn a_backup_that_is_not_whole_is_refused_and_overwrites_nothing() {
    let world = World::new(testkit::sqlite());
    world.accepted();
    let sound = file(&world, "sound.db");
    backup(&world.app, &sound).unwrap();
    assert!(matches!(backup(&world.app, &sound), Err(BackupError::Taken(_))));
    let target = testkit::sqlite();
    let settings = place(&world, &target.url);
    let path = PathBuf::from(target.url.trim_start_matches("sqlite:"));
    let with = |change: &str| {
        let broken = file(&world, "broken.db");
        let _ = std::fs::remove_file(&broken);
        std::fs::copy(&sound, &broken).unwrap();
        let connection = Connection::open(&broken).unwrap();
        crate::store::register_sums(&connection).unwrap();
        connection.execute_batch(change).unwrap();
        restore(&settings, world.app.clock.clone(), &broken).unwrap_err()
    };
    assert!(matches!(with("UPDATE audit SET detail = 'x' WHERE seq = 1"), BackupError::Chain { .. }));
    assert!(matches!(with("DELETE FROM step_text; DELETE FROM clock"), BackupError::Incomplete { .. }));
    assert!(matches!(with("UPDATE tally SET n = n + 1"), BackupError::Tallies(_)));
    assert!(matches!(with("DELETE FROM node WHERE name = 'backup'"), BackupError::NoBackup(_)));
    assert!(matches!(
        with("UPDATE audit_head SET seq = 0, digest = zeroblob(32); DELETE FROM audit; DELETE FROM audit_person"),
        BackupError::Incomplete { .. }
    ));
    assert!(matches!(
        with("PRAGMA foreign_keys = OFF; UPDATE share SET case_id = zeroblob(16)"),
        BackupError::Store(_)
    ));
    std::fs::write(file(&world, "other.db"), "something else").unwrap();
    assert!(restore(&settings, world.app.clock.clone(), &file(&world, "other.db")).is_err());
    // A log left behind by another file would be taken for the new one's.
    std::fs::write(ending_with(&path, "-wal"), "left").unwrap();
    assert!(matches!(restore(&settings, world.app.clock.clone(), &sound), Err(BackupError::Taken(_))));
    std::fs::remove_file(ending_with(&path, "-wal")).unwrap();
    assert!(!path.exists());
    restore(&settings, world.app.clock.clone(), &sound).unwrap();
}

#[test]
fn a_backup_is_restored_and_never_served() {
    let world = World::new(testkit::sqlite());
    world.accepted();
    let made = file(&world, "backup.db");
    backup(&world.app, &made).unwrap();
    let settings = place(&world, &format!("sqlite:{}", made.display()));
    let kek = Kek::from_file(&settings.key_file).unwrap();
    let store = Store::open(&settings.database, &store::Settings::default()).unwrap();
    let refused = App::assemble(store, &kek, settings, world.app.clock.clone()).err().unwrap();
    assert!(matches!(refused, AssembleError::Backup), "{refused}");
}

#[test]
fn the_list_of_withdrawals_is_written_when_there_is_a_new_one() {
    in_each(|world| {
        let code = world.accepted();
        let path = world.app.settings.people_keys.clone();
        let listed = || keys::read_withdrawn(&world.app.keyring, &path).unwrap().len();
        let seen = look(&world.app, None).unwrap();
        assert_eq!(listed(), 0);
        let before = std::fs::metadata(ending_with(&path, ".withdrawn")).unwrap().modified().unwrap();
        let seen = look(&world.app, seen).unwrap();
        assert_eq!(std::fs::metadata(ending_with(&path, ".withdrawn")).unwrap().modified().unwrap(), before);
        let consent = world.view(&world.officer, &code).unwrap().consents[0].id;
        world.run(&world.officer, move |tx, cx| Ok(crate::consents::withdraw(tx, cx, consent)?.into_inner())).unwrap();
        look(&world.app, seen).unwrap();
        assert_eq!(listed(), 1);
        // When the consent would be over anyhow it need not be remembered.
        world.pass(366 * 24);
        look(&world.app, None).unwrap();
        assert_eq!(listed(), 0);
    });
}

#[test]
fn every_table_of_the_schema_is_copied_with_all_its_rows() {
    in_each(|world| {
        world.accepted();
        let made = file(world, "backup.db");
        let mark = backup(&world.app, &made).unwrap();
        let counts = world.app.store.row_counts().unwrap();
        assert_eq!(mark.rows, counts);
        let there: i64 = world
            .app
            .store
            .read_blocking(|tx: &mut dyn Sql| {
                tx.one(statement!("SELECT COUNT(*) FROM audit WHERE seq > $1"), &args![0_i64])?.get(0)
            })
            .unwrap();
        assert!(there > 0 && mark.rows_of("audit") == there);
        let listed: i64 = Connection::open(&made)
            .unwrap()
            .query_row(
                "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migration'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(i64::try_from(mark.rows.len()).unwrap(), listed);
    });
}
