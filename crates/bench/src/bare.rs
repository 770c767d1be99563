//! The bare database beside the product: the very statements that the product writes with, with the very values, run by
//! SQLite alone on a copy of the same store.
//!
//! The product records steps in this process and each statement that changes rows is noted on its way. A copy of the store
//! as it was before is then given the same statements by one connection with nothing around it: no reading, no deciding, no
//! keys, no HTTP. Same tables and indexes, same rows and updates, same durability, as many steps in each commit.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, anyhow};
use chain::text::Lang;
use kedjan::app::{self, Actor, App, Cx, Stop};
use kedjan::store::{Row, Sql, Statement, StoreError, Val};
use rusqlite::Connection;

use crate::{own_work, sql};

/// One statement that changes rows, with its values.
#[derive(Clone)]
pub struct Write {
    text: &'static str,
    values: Vec<Val>,
}

/// What one step writes.
pub type Writes = Vec<Write>;

/// How many steps are noted in one transaction.
const TOGETHER: usize = 200;

/// Passes every statement on and notes those that change rows.
struct Noting<'a> {
    inner: &'a mut dyn Sql,
    noted: Writes,
}

impl Noting<'_> {
    fn note(&mut self, statement: &'static Statement, values: &[Val]) {
        if sql::writes(statement.text) {
            self.noted.push(Write { text: statement.text, values: values.to_vec() });
        }
    }
}

impl Sql for Noting<'_> {
    fn exec(&mut self, statement: &'static Statement, args: &[Val]) -> Result<u64, StoreError> {
        self.note(statement, args);
        self.inner.exec(statement, args)
    }

    fn rows(&mut self, statement: &'static Statement, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        self.note(statement, args);
        self.inner.rows(statement, args)
    }
}

/// Records `how_many` contact attempts in turn in the cases of `codes`, and gives what each wrote.
pub fn trace(app: &Arc<App>, actor: &Actor, codes: &[String], how_many: usize) -> anyhow::Result<Vec<Writes>> {
    let mut traced = Vec::with_capacity(how_many);
    let turns: Vec<String> = codes.iter().cycle().take(how_many).cloned().collect();
    for turn in turns.chunks(TOGETHER) {
        let turn = turn.to_vec();
        let cx = Cx::new(app, actor.clone(), Lang::Sv)?;
        let noted = app::unit_blocking(cx, move |tx, cx| turn.iter().map(|code| note(tx, cx, code)).collect());
        let noted: Vec<Writes> = noted.map_err(|stop: Stop| anyhow!("a step was stopped: {stop:?}"))?;
        traced.extend(noted);
    }
    Ok(traced)
}

fn note(tx: &mut dyn Sql, cx: &mut Cx, code: &str) -> Result<Writes, Stop> {
    let mut noting = Noting { inner: tx, noted: Vec::new() };
    own_work::step(&mut noting, cx, code)?;
    Ok(noting.noted)
}

/// What a step writes, in words, such as `INSERT step`.
pub fn told(writes: &[Write]) -> Vec<String> {
    writes.iter().map(|write| sql::what_it_writes(write.text)).collect()
}

/// Runs what was traced on the database at `path`, `per_commit` steps in each commit; gives steps a second.
pub fn replay(path: &Path, traced: &[Writes], per_commit: usize) -> anyhow::Result<f64> {
    let connection = Connection::open(path)?;
    kedjan::store::register_sums(&connection)?;
    let cache = kedjan::store::Settings::default().cache_mb;
    connection.execute_batch(&sql::bare_settings(cache))?;
    let mut statements: Vec<(&'static str, rusqlite::Statement<'_>)> = Vec::new();
    for write in traced.iter().flatten() {
        if !statements.iter().any(|(text, _)| std::ptr::eq(*text, write.text)) {
            statements.push((write.text, connection.prepare(&sql::numbered(write.text))?));
        }
    }
    let (mut begin, mut commit) = (connection.prepare(sql::BEGIN)?, connection.prepare(sql::COMMIT)?);
    let since = Instant::now();
    for together in traced.chunks(per_commit.max(1)) {
        begin.execute([])?;
        for write in together.iter().flatten() {
            let prepared = statements.iter_mut().find(|(text, _)| std::ptr::eq(*text, write.text));
            let (_, statement) = prepared.context("a statement was not prepared")?;
            let mut rows = statement.query(rusqlite::params_from_iter(&write.values))?;
            while rows.next()?.is_some() {}
        }
        commit.execute([])?;
    }
    Ok(traced.len() as f64 / since.elapsed().as_secs_f64())
}

/// How many writing transactions the log of the SQLite store at `path` has seen: the change counter that SQLite keeps in the
/// header of its write-ahead log's index (`iChange`, bytes 8 to 12), which any process may read.
pub fn commits(path: &Path) -> anyhow::Result<u32> {
    let mut index = path.as_os_str().to_owned();
    index.push("-shm");
    let mut counter = [0; 4];
    File::open(&index).context("the store is not open")?.read_exact_at(&mut counter, 8)?;
    Ok(u32::from_ne_bytes(counter))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::ground::{Site, copy_file};
    use kedjan::demo::{self, Recipe};
    use kedjan::secrets::{self, Kek};

    /// A small county in a folder, opened, with its receiver and the cases to call in.
    fn county(folder: &Path) -> (Site, Arc<App>, Actor, Vec<String>) {
        Kek::create_file(&folder.join("kedjan.key")).unwrap();
        let site = Site::at(folder, None, Default::default()).unwrap();
        let app = site.open().unwrap();
        let recipe = Recipe { seed: 1, cases: 240, today: "2026-11-23".parse().unwrap() };
        let log_ins = demo::make(&app, recipe, |_| ()).unwrap();
        let tokens = log_ins.into_iter().map(|log_in| (log_in.role.name().to_owned(), log_in.token)).collect();
        let site = Site::at(folder, None, tokens).unwrap();
        let actor = site.actor(&app, "receiver").unwrap();
        let digest = secrets::token_digest(site.token("receiver").unwrap());
        let codes = app.store.read_blocking(|tx| sql::to_contact(tx, &digest)).unwrap();
        (site, app, actor, codes)
    }

    /// What the figures in docs/performance.md speak of. When a step comes to write something else, this list and the
    /// document's change with it.
    const A_STEP_WRITES: [&str; 5] =
        ["UPDATE audit_head", "INSERT audit", "INSERT audit_person", "UPDATE kase", "INSERT step"];
    /// What it writes where the clock for the next attempt begins anew, where it is the first or second attempt, which are
    /// counted, and where the clock is what is due next.
    const AND_MOSTLY: [&str; 3] = ["INSERT clock", "INSERT tally", "UPDATE share"];

    #[test]
    fn a_contact_attempt_writes_these_rows_and_the_bare_database_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (site, app, actor, codes) = county(folder.path());
        let bare = folder.path().join("bare.db");
        app.store.clone().close();
        drop(app);
        copy_file(&site.database(), &bare).unwrap();
        let app = site.open().unwrap();
        let traced = trace(&app, &actor, &codes, 3).unwrap();
        app.store.clone().close();
        assert_eq!(traced.len(), 3);
        for step in traced.iter().map(|writes| told(writes)) {
            let (always, mostly) = step.split_at(A_STEP_WRITES.len());
            assert_eq!(always, A_STEP_WRITES);
            assert!(mostly.iter().all(|one| AND_MOSTLY.contains(&one.as_str())), "{mostly:?}");
        }
        replay(&bare, &traced, 2).unwrap();
        for table in ["step", "audit", "audit_person", "tally", "share", "clock", "kase"] {
            let count = |path: &Path| {
                let count = format!("SELECT count(*) FROM {table}");
                Connection::open(path).unwrap().query_row(&count, [], |row| row.get::<_, i64>(0)).unwrap()
            };
            assert_eq!(count(&bare), count(&site.database()), "{table}");
        }
    }

    #[test]
    fn the_logs_index_counts_the_commits_that_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(&sql::bare_settings(1)).unwrap();
        connection.execute_batch("CREATE TABLE a (b)").unwrap();
        let before = commits(&path).unwrap();
        for _ in 0..5 {
            connection.execute_batch("BEGIN; INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); COMMIT").unwrap();
            connection.query_row("SELECT count(*) FROM a", [], |row| row.get::<_, i64>(0)).unwrap();
        }
        assert_eq!(commits(&path).unwrap() - before, 5);
    }

    #[test]
    fn a_replay_writes_what_was_traced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE a (b, c)").unwrap();
        let (insert, update) = ("INSERT INTO a (c, b) VALUES ($2, $1)", "UPDATE a SET c = c + 1 RETURNING c");
        let step = |nr: i64| {
            let insert = Write { text: insert, values: vec![Val::Int(nr), Val::Int(0)] };
            vec![insert, Write { text: update, values: Vec::new() }]
        };
        let rate = replay(&path, &[step(1), step(2), step(3)], 2).unwrap();
        assert!(rate > 0.0);
        let found: String = connection
            .query_row("SELECT group_concat(b || ':' || c, ' ') FROM (SELECT b, c FROM a ORDER BY b)", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(found, "1:3 2:2 3:1");
    }
}
