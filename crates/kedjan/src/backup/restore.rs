//! A backup put back in place: checked whole, with the keys of those who have not been forgotten since, and with the
//! withdrawals made since.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chain::text::Lang;
use uuid::Uuid;

use super::keys::{self, PeopleKeys, Withdrawn};
use super::{BackupError, ELSEWHERE, FORMAT, Mark, put_away, sql};
use crate::access::Role;
use crate::app::{self, Actor, App, Clock, Cx, Via};
use crate::audit::{self, Entry};
use crate::cli::AssembleError;
use crate::secrets::{Kek, Keyring};
use crate::settings::Settings;
use crate::store::{self, Location, Sql, Store, ending_with};
use crate::{consents, directory, people, statistics};

/// What has been restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the backup said of itself.
    pub mark: Mark,
    /// How many people there are.
    pub people: i64,
    /// How many of them are forgotten.
    pub forgotten: i64,
    /// How many of those were not yet when the backup was made.
    pub forgotten_since: i64,
    /// How many cases there are.
    pub cases: i64,
    /// How many consents were withdrawn after the backup and have been ended again.
    pub withdrawn_since: i64,
}

/// Puts a backup in the place that the settings name, which must be empty.
///
/// # Errors
/// See [`BackupError`]. The place is then as empty as it was.
pub fn restore(settings: &Settings, clock: Clock, file: &Path) -> Result<Restored, BackupError> {
    let key_file = &settings.key_file;
    let kek = Kek::from_file(key_file).map_err(|cause| AssembleError::Key { path: key_file.clone(), cause })?;
    let keyring = Keyring::new(&kek);
    let keys = keys::read(&keyring, &settings.people_keys)?;
    let withdrawn = keys::read_withdrawn(&keyring, &settings.people_keys)?;
    let target = Target::of(settings)?;
    put_away(&target.part);
    let done = Restoring { settings, clock, kek: &kek, keys, withdrawn }.run(file, &target);
    if done.is_err() || target.server.is_some() {
        put_away(&target.part);
    }
    if let Some(server) = target.server {
        server.close();
    }
    done
}

/// Where the restored store goes.
struct Target {
    /// The file that it is made in and, for SQLite, gets its name from.
    part: PathBuf,
    /// The name, for SQLite.
    path: Option<PathBuf>,
    /// The empty store, for PostgreSQL.
    server: Option<Store>,
}

impl Target {
    fn of(settings: &Settings) -> Result<Target, BackupError> {
        match &settings.database {
            Location::Sqlite(path) => {
                // A log that is left over from another file would be taken for this one's.
                for end in ["", "-wal", "-shm", "-journal"] {
                    let there = ending_with(path, end);
                    if there.exists() {
                        return Err(BackupError::Taken(there.display().to_string()));
                    }
                }
                Ok(Target { part: ending_with(path, ".part"), path: Some(path.clone()), server: None })
            }
            Location::Postgres(_) => {
                let server = Store::open(&settings.database, &store::Settings::default())?;
                if server.row_counts()?.iter().any(|(_, rows)| *rows > 0) {
                    server.close();
                    return Err(BackupError::Taken("a database that is not empty".into()));
                }
                let part = ending_with(&settings.people_keys, ".restoring");
                Ok(Target { part, path: None, server: Some(server) })
            }
        }
    }
}

struct Restoring<'a> {
    settings: &'a Settings,
    clock: Clock,
    kek: &'a Kek,
    keys: PeopleKeys,
    withdrawn: Vec<Withdrawn>,
}

impl Restoring<'_> {
    fn run(self, file: &Path, target: &Target) -> Result<Restored, BackupError> {
        copy_file(file, &target.part)?;
        store::check_file(&target.part)?;
        let location = Location::Sqlite(target.part.clone());
        let store = Store::open(&location, &store::Settings::default())?;
        let mark = self.marked(&store, file)?;
        let forgotten_since = self.give_keys(&store)?;
        let settings = Settings { database: location, ..self.settings.clone() };
        let app = Arc::new(App::assemble(store, self.kek, settings, self.clock.clone())?);
        check(&app, &mark)?;
        let withdrawn_since = self.replay(&app)?;
        note(&app, &mark, forgotten_since, withdrawn_since)?;
        let (people, forgotten, cases) = app.store.read_blocking(sql::counts)?;
        if let Some(server) = &target.server {
            app.store.copy_into(server, |_, _| {})?;
        }
        app.store.clone().close();
        if let Some(path) = &target.path {
            store::finish_file(&target.part)?;
            store::publish(&target.part, path)?;
        }
        Ok(Restored { mark, people, forgotten, forgotten_since, cases, withdrawn_since })
    }

    /// The mark of the backup, when all is there that it says; the file is no backup any more after it.
    fn marked(&self, store: &Store, file: &Path) -> Result<Mark, BackupError> {
        let found = store.read_blocking(|tx: &mut dyn Sql| sql::node(tx, sql::MARK))?;
        let mark: Option<Mark> = found.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let Some(mark) = mark.filter(|mark| mark.format == FORMAT) else {
            return Err(BackupError::NoBackup(file.to_owned()));
        };
        for (table, found) in store.row_counts()? {
            let noted = mark.rows_of(&table);
            // The table `node` has got the mark itself.
            if table != "node" && noted != found {
                return Err(BackupError::Incomplete { table, noted, found });
            }
        }
        if self.keys.nr < mark.keys_nr {
            return Err(BackupError::OldKeys { copy: self.keys.nr, needed: mark.keys_nr });
        }
        let nr = self.keys.nr;
        store.write_blocking(move |tx: &mut dyn Sql| {
            sql::delete_mark(tx)?;
            sql::delete_sessions(tx)?;
            sql::delete_survey_links(tx)?;
            sql::set_copy(tx, nr)
        })?;
        Ok(mark)
    }

    /// Gives everybody their key from the copy; whoever has none there has been forgotten, and is so here too. Answers how
    /// many have been forgotten since the backup.
    fn give_keys(&self, store: &Store) -> Result<i64, BackupError> {
        let mut after = (Uuid::nil(), Uuid::nil());
        let mut since = 0;
        loop {
            let page = store.read_blocking(|tx: &mut dyn Sql| sql::people_after(tx, after))?;
            let Some(last) = page.last() else { return Ok(since) };
            after = last.id;
            let keyed: Vec<_> = page.iter().filter_map(|p| Some((p.id, self.keys.keys.get(&p.id).cloned()?))).collect();
            let gone: Vec<(Uuid, Uuid)> =
                page.iter().map(|p| p.id).filter(|id| !self.keys.keys.contains_key(id)).collect();
            since += page.iter().map(|p| i64::from(gone.contains(&p.id) && p.key == ELSEWHERE)).sum::<i64>();
            store.write_blocking(move |tx: &mut dyn Sql| {
                for (id, key) in &keyed {
                    sql::set_key(tx, *id, key)?;
                }
                gone.iter().try_for_each(|(org, id)| people::forget(tx, *org, *id, &mut people::Erased::default()))
            })?;
        }
    }

    /// Ends again what was withdrawn after the backup.
    fn replay(&self, app: &Arc<App>) -> Result<i64, BackupError> {
        let mut again = 0;
        for Withdrawn { consent, at, by } in self.withdrawn.clone() {
            let cx = Cx::new(app, console(Uuid::nil()), Lang::En)?;
            let ended = app::unit_blocking(cx, move |tx, cx| consents::withdraw_again(tx, cx, consent, at, by))?;
            again += i64::from(ended);
        }
        Ok(again)
    }
}

fn console(org: Uuid) -> Actor {
    Actor { org, unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Console }
}

/// Copies the file to a new one that is its owner's alone. The backup itself is never opened for writing.
fn copy_file(file: &Path, part: &Path) -> Result<(), BackupError> {
    let mut from = fs::File::open(file).map_err(BackupError::file(file))?;
    let mut to =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(part).map_err(BackupError::file(part))?;
    std::io::copy(&mut from, &mut to).map_err(BackupError::file(part))?;
    Ok(())
}

/// Whether every chain holds and ends where the mark says, and whether the figures are what the cases say.
fn check(app: &Arc<App>, mark: &Mark) -> Result<(), BackupError> {
    for authority in app.store.read_blocking(directory::sql::authorities)? {
        let held = app.store.read_blocking(|tx: &mut dyn Sql| audit::verify(tx, authority.id))?;
        let head = held.map_err(|at| BackupError::broken(&authority.name, &at))?;
        let digest = super::hex(&head.digest);
        if !mark.heads.iter().any(|h| h.org == authority.id && h.records == head.seq && h.digest == digest) {
            let why = "it does not end where it did when the backup was made".to_owned();
            return Err(BackupError::Chain { authority: authority.name, why });
        }
    }
    match statistics::verify_all(app, |_, _| {})?.len() {
        0 => Ok(()),
        differences => Err(BackupError::Tallies(differences)),
    }
}

/// Writes into each authority's chain that what follows stands on a backup.
fn note(app: &Arc<App>, mark: &Mark, forgotten: i64, withdrawn: i64) -> Result<(), BackupError> {
    let detail = format!("backup of {}, forgotten since {forgotten}, withdrawn since {withdrawn}", mark.at);
    for authority in app.store.read_blocking(directory::sql::authorities)? {
        let (now, detail) = (app.clock.now(), detail.clone());
        app.store.write_blocking(move |tx: &mut dyn Sql| {
            let entry = Entry {
                action: "restore",
                object: "store",
                relation: "none",
                allowed: true,
                policy: "console",
                people: &[],
                detail: &detail,
            };
            audit::append(tx, now, &console(authority.id), &entry).map(drop)
        })?;
    }
    Ok(())
}
