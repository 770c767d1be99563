//! The program itself: set up, served, administered and stopped, as whoever runs it does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

fn kedjan(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kedjan"));
    // Nothing of this environment is a setting; the PostgreSQL of tests may be one that forgets.
    command.env_clear().args(words).stdin(Stdio::null());
    command.envs(std::env::var_os("KEDJAN_TEST_UNSAFE").map(|value| ("KEDJAN_TEST_UNSAFE", value)));
    command
}

fn run(words: &[&str]) -> Output {
    kedjan(words).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An installation in a folder that goes away.
struct Installation {
    config: PathBuf,
    password: String,
    folder: tempfile::TempDir,
}

impl Installation {
    fn new(database: Option<&str>) -> Installation {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("kedjan");
        let mut words = vec!["init", "--dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0", "--county", "10"];
        words.extend(["--login", "admin"]);
        words.extend(database.iter().flat_map(|url| ["--database", url]));
        let done = run(&words);
        assert!(done.status.success(), "{}", complained(&done));
        let told = said(&done);
        let password = told.lines().find_map(|line| line.strip_prefix("password ")).expect("a password").to_owned();
        Installation { config: dir.join("kedjan.toml"), password, folder }
    }

    /// A command with this installation's settings.
    fn run(&self, words: &[&str]) -> Output {
        let mut all = words.to_vec();
        all.extend(["--config", self.config.to_str().unwrap()]);
        run(&all)
    }

    fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", complained(&output));
        said(&output)
    }

    fn serve(&self) -> Served {
        self.serve_logging_to(Stdio::piped())
    }

    fn serve_logging_to(&self, log: Stdio) -> Served {
        let mut child = kedjan(&["serve", "--config", self.config.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready http://").expect("ready").to_owned();
        Served { child, address }
    }
}

struct Served {
    child: Child,
    address: String,
}

impl Served {
    /// Asks it to stop, waits until it has, and gives what it logged.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let mut log = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut log).unwrap();
        }
        assert_eq!(status.code(), Some(0), "{log}");
        log
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Stopped already when all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request; nothing when the server is gone before it has answered.
fn ask(address: &str, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    (!answer.is_empty()).then_some(answer)
}

fn get(address: &str, path: &str) -> String {
    ask(address, &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")).unwrap()
}

fn post(address: &str, path: &str, head: &str, body: &str) -> Option<String> {
    let length = body.len();
    ask(
        address,
        &format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}"
        ),
    )
}

#[test]
fn an_installation_is_set_up_served_and_stopped() {
    let postgres = testkit::postgres();
    for database in [None, Some(postgres.url.as_str())] {
        let installation = Installation::new(database);
        assert_eq!(installation.done(&["check"]), "all is well\n");
        let served = installation.serve();
        assert!(get(&served.address, "/healthz").ends_with("\r\n\r\nok"));
        assert!(get(&served.address, "/readyz").starts_with("HTTP/1.1 200"));
        assert!(get(&served.address, "/").contains("location: /login"));
        let form = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin";
        let body = format!("login=admin&password={}", installation.password);
        let first = post(&served.address, "/login", form, &body).unwrap();
        assert!(first.starts_with("HTTP/1.1 200") && first.contains("action=\"/password\""), "{first}");
        let own = "hj%C3%B6rtron+i+skogen";
        let body = format!("login=admin&password={}&new={own}&again={own}", installation.password);
        let changed = post(&served.address, "/password", form, &body).unwrap();
        assert!(changed.starts_with("HTTP/1.1 303") && changed.contains("set-cookie: kedjan="), "{changed}");
        let log = served.stop();
        for line in log.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
        }
        assert!(log.contains("\"stopped\"") && !log.contains("admin") && !log.contains(&installation.password));
        let verified = installation.done(&["audit", "verify"]);
        assert!(verified.contains("holds"), "{verified}");
    }
}

#[test]
fn the_word_to_stop_loses_nothing_that_was_acknowledged() {
    let postgres = testkit::postgres();
    for database in [None, Some(postgres.url.as_str())] {
        let installation = Installation::new(database);
        let token =
            installation.done(&["token", "add", "--name", "Prov", "--unit", "Administration", "--role", "admin"]);
        let token = token.lines().find_map(|line| line.strip_prefix("token ")).unwrap().to_owned();
        let served = installation.serve();
        let head = format!("authorization: Bearer {token}\r\ncontent-type: application/json");
        let acknowledged = AtomicUsize::new(0);
        let (address, head, count) = (served.address.clone(), &head, &acknowledged);
        let (log, kept) = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let address = &address;
                    scope.spawn(move || {
                        let mut kept = Vec::new();
                        for nr in 0.. {
                            let name = format!("Enhet {writer}-{nr}");
                            let body = format!("{{\"kind\":\"administration\",\"name\":\"{name}\",\"county\":\"10\"}}");
                            match post(address, "/api/v1/units", head, &body) {
                                Some(answer) if answer.starts_with("HTTP/1.1 201") => {
                                    kept.push(name);
                                    count.fetch_add(1, Ordering::SeqCst);
                                }
                                // Told with the server's log, which says why.
                                Some(answer) => return Err(answer),
                                None => break,
                            }
                        }
                        Ok(kept)
                    })
                })
                .collect();
            while acknowledged.load(Ordering::SeqCst) < 40 && !writers.iter().all(|writer| writer.is_finished()) {
                std::thread::sleep(Duration::from_millis(5));
            }
            let log = served.stop();
            let kept = writers.into_iter().map(|writer| writer.join().unwrap());
            let kept: Result<Vec<Vec<String>>, String> = kept.collect();
            let kept = kept.unwrap_or_else(|answer| panic!("{answer}\n{log}"));
            (log, kept.into_iter().flatten().collect::<Vec<_>>())
        });
        assert!(kept.len() >= 40 && log.contains("\"stopped\""));
        let units: Value = serde_json::from_str(&installation.done(&["unit", "list", "--json"])).unwrap();
        let names: Vec<&str> = units["units"].as_array().unwrap().iter().map(|u| u["name"].as_str().unwrap()).collect();
        for name in &kept {
            assert!(names.contains(&name.as_str()), "{name} was acknowledged and is gone");
        }
        installation.done(&["audit", "verify"]);
    }
}

#[test]
fn without_a_log_in_name_a_one_time_link_leads_to_the_first_account() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("kedjan");
    let done = run(&["init", "--dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0", "--county", "10"]);
    assert!(done.status.success(), "{}", complained(&done));
    let told = said(&done);
    assert!(!told.contains("password "), "{told}");
    let link = told.lines().find_map(|line| line.strip_prefix("link http://127.0.0.1:0")).expect("a link").to_owned();
    let installation = Installation { config: dir.join("kedjan.toml"), password: String::new(), folder };
    let served = installation.serve();
    assert!(get(&served.address, &link).starts_with("HTTP/1.1 200"));
    let form = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin";
    let own = "hj%C3%B6rtron+i+skogen";
    let body = format!("name=Eva&login=eva&new={own}&again={own}");
    let made = post(&served.address, &link, form, &body).unwrap();
    assert!(made.starts_with("HTTP/1.1 303") && made.contains("location: /login/second"), "{made}");
    assert!(post(&served.address, &link, form, &body).unwrap().starts_with("HTTP/1.1 404"));
    let log = served.stop();
    assert!(!log.contains(link.rsplit('/').next().unwrap()), "{log}");
    assert!(installation.done(&["user", "list"]).starts_with("eva\tEva\tactive\tadmin at Administration"));
    installation.done(&["user", "reset", "eva"]);
    installation.done(&["authority", "set", "--log-in", "two_factors"]);
    let unknown = installation.run(&["authority", "set", "--log-in", "sms"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", complained(&unknown));
    let unreachable = installation.run(&["authority", "set", "--log-in", "passkey"]);
    assert_eq!(unreachable.status.code(), Some(2), "{}", complained(&unreachable));
}

#[test]
fn a_store_is_copied_while_it_is_served_and_put_in_an_empty_place() {
    let postgres = testkit::postgres();
    for database in [None, Some(postgres.url.as_str())] {
        let i = Installation::new(database);
        let file = i.folder.path().join("backup.db");
        let file = file.to_str().unwrap();
        let served = i.serve();
        let told = i.done(&["backup", file]);
        assert!(told.contains("people 0, cases 0") && told.contains("records, head "), "{told}");
        let head = told.split("head ").nth(1).unwrap().trim();
        assert_eq!(i.run(&["backup", file]).status.code(), Some(2), "nothing is written over");
        let taken = i.run(&["restore", file]);
        assert!(taken.status.code() == Some(2) && complained(&taken).contains("nothing is written over"));
        served.stop();
        let elsewhere = |words: &[&str]| {
            let url = format!("sqlite:{}", i.folder.path().join("empty.db").display());
            let mut all = words.to_vec();
            all.extend(["--config", i.config.to_str().unwrap()]);
            let output = kedjan(&all).env("KEDJAN_DATABASE", url).output().unwrap();
            assert!(output.status.success(), "{words:?}: {}", complained(&output));
            said(&output)
        };
        let told = elsewhere(&["restore", file]);
        assert!(
            told.contains(head) && told.contains("the logs hold, and the figures are equal to the cases"),
            "{told}"
        );
        assert_eq!(elsewhere(&["check"]), "all is well\n");
        assert!(elsewhere(&["audit", "verify"]).contains("holds"));
        let told = elsewhere(&["retention", "run", "--dry-run"]);
        assert!(told.contains("would be forgotten 0 people, with 0 cases"), "{told}");
        let told: Value = serde_json::from_str(&elsewhere(&["retention", "run", "--json"])).unwrap();
        assert_eq!(told["authorities"][0]["people"], 0);
        let hold = ["retention", "hold", "AAAAAAAAAA", "--reason", "legal", "--reference", "Dnr 1", "--by", "Arkivet"];
        assert_eq!(i.run(&hold).status.code(), Some(2), "no case number");
    }
}

#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let installation = Installation::new(None);
    // Whatever is written there meets a full disk.
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let served = installation.serve_logging_to(full.into());
    std::thread::sleep(Duration::from_millis(200));
    assert!(get(&served.address, "/readyz").starts_with("HTTP/1.1 200"));
    // A table that is gone is a fault, which is logged before it is answered.
    let database = installation.config.with_file_name("kedjan.db");
    let change = rusqlite::Connection::open(&database).unwrap();
    change.execute_batch("DROP TABLE session").unwrap();
    drop(change);
    let head = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: kedjan=0123456789\r\n\r\n";
    let answer = ask(&served.address, head).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 500") || answer.starts_with("HTTP/1.1 303"), "{answer}");
    served.stop();
}

#[test]
fn an_installation_is_never_written_over() {
    let installation = Installation::new(None);
    let dir = installation.config.parent().unwrap();
    let before = std::fs::read_to_string(&installation.config).unwrap();
    let again = run(&["init", "--dir", dir.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2));
    assert!(complained(&again).contains("exists already"));
    assert_eq!(std::fs::read_to_string(&installation.config).unwrap(), before);
    // A database that is in use is not taken either, and what was begun is put away again.
    let other = installation.folder.path().join("other");
    let url = format!("sqlite:{}", dir.join("kedjan.db").display());
    let taken = run(&["init", "--dir", other.to_str().unwrap(), "--database", &url]);
    assert_eq!(taken.status.code(), Some(2), "{}", complained(&taken));
    assert!(!other.join("kedjan.key").exists() && !other.join("kedjan.toml").exists());
    installation.done(&["check"]);
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn settings_and_key_are_their_owner_s_alone() {
    let installation = Installation::new(None);
    let dir = installation.config.parent().unwrap();
    assert_eq!((mode(dir), mode(&installation.config), mode(&dir.join("kedjan.key"))), (0o700, 0o600, 0o600));
}

#[test]
fn accounts_units_and_tokens_are_kept_at_the_command_line() {
    let i = Installation::new(None);
    let unit = i.done(&[
        "unit",
        "add",
        "--kind",
        "social_services",
        "--name",
        "Vuxenenheten",
        "--county",
        "10",
        "--email",
        "v@example.se",
        "--lead-email",
        "c@example.se",
        "--receives",
        "1082:18-:alcohol,mixed",
        "--receives",
        "1081",
    ]);
    assert!(unit.starts_with("id "));
    assert_eq!(i.done(&["unit", "receives", "Vuxenenheten"]), "1081\n1082:18-:alcohol,mixed\n");
    let wrong = i.run(&["check"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&wrong).contains("Blekinge län") && said(&wrong).contains("--fallback true"));
    i.done(&["unit", "receives", "Vuxenenheten", "10", "1082:-20"]);
    i.done(&["unit", "set", "Vuxenenheten", "--fallback", "true", "--phone", "0454-000 00"]);
    i.done(&["check"]);
    let user =
        i.done(&["user", "add", "--login", "Eva", "--name", "Eva Ek", "--unit", "Vuxenenheten", "--role", "receiver"]);
    assert!(user.starts_with("login eva\npassword "));
    i.done(&["user", "role", "eva", "--unit", "Vuxenenheten", "--role", "lead"]);
    i.done(&["user", "role", "eva", "--unit", "Vuxenenheten", "--role", "receiver", "--remove"]);
    i.done(&["user", "deactivate", "eva"]);
    let list = i.done(&["user", "list"]);
    assert!(list.contains("eva\tEva Ek\tinactive\tlead at Vuxenenheten\n"), "{list}");
    assert!(i.done(&["user", "password", "eva"]).starts_with("password "));
    let last = i.run(&["user", "deactivate", "admin"]);
    assert_eq!(last.status.code(), Some(2), "the last administrator stays");
    let token =
        i.done(&["token", "add", "--name", "Prov", "--unit", "Vuxenenheten", "--role", "receiver", "--days", "9"]);
    let id = token.lines().find_map(|line| line.strip_prefix("id ")).unwrap();
    i.done(&["token", "revoke", id]);
    let tokens: Value = serde_json::from_str(&i.done(&["token", "list", "--json"])).unwrap();
    assert!(tokens["total"] == 1 && tokens["tokens"][0]["revoked_at"].is_string());
    i.done(&["authority", "add", "--name", "Regionen", "--kind", "region", "--county", "10"]);
    assert_eq!(i.done(&["authority", "list"]).lines().count(), 2);
    let which = i.run(&["unit", "list"]);
    assert!(which.status.code() == Some(2) && complained(&which).contains("Regionen"));
    assert!(i.done(&["unit", "list", "--authority", "Regionen"]).is_empty());
}

#[test]
fn the_log_is_verified_and_taken_out_at_the_command_line() {
    let i = Installation::new(None);
    let out = i.folder.path().join("log.json");
    i.done(&["audit", "verify", "--out", out.to_str().unwrap()]);
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let records = kept["logs"][0]["records"].as_u64().unwrap();
    assert!(kept["logs"][0]["holds"] == true && records >= 3);
    let exported = i.done(&["audit", "export"]);
    assert_eq!(exported.lines().count() as u64, records);
    let first: Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
    assert_eq!((first["seq"].as_u64(), first["via"].as_str()), (Some(1), Some("console")));
    let database = i.config.with_file_name("kedjan.db");
    let change = rusqlite::Connection::open(&database).unwrap();
    assert_eq!(change.execute("UPDATE audit SET detail = 'x' WHERE seq = 2", []).unwrap(), 1);
    drop(change);
    let broken = i.run(&["audit", "verify"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(said(&broken).contains("the chain breaks at record 2"), "{}", said(&broken));
}

#[test]
fn a_bit_that_turned_over_in_a_row_is_found() {
    let i = Installation::new(None);
    assert_eq!(i.done(&["store", "verify"]), "every row is as it was written\n");
    let database = i.config.with_file_name("kedjan.db");
    let mut bytes = std::fs::read(&database).unwrap();
    // In no index: SQLite's own checks see nothing.
    let at = bytes.windows(9).position(|window| window == b"$argon2id").unwrap();
    bytes[at] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    let found = i.run(&["store", "verify"]);
    assert_eq!(found.status.code(), Some(1), "{}", complained(&found));
    assert!(said(&found).starts_with("table account, row "), "{}", said(&found));
    assert!(said(&found).ends_with(": not as it was written\n"), "{}", said(&found));
}

#[test]
fn a_log_that_was_cut_off_or_put_back_shows_against_the_head_kept_elsewhere() {
    let i = Installation::new(None);
    let database = i.config.with_file_name("kedjan.db");
    let old = i.folder.path().join("old.db");
    std::fs::copy(&database, &old).unwrap();
    i.done(&["user", "add", "--login", "eva", "--name", "Eva Ek", "--unit", "Administration", "--role", "lead"]);
    let kept = i.folder.path().join("kept.json");
    let kept = kept.to_str().unwrap();
    i.done(&["audit", "verify", "--out", kept]);
    i.done(&["user", "deactivate", "eva"]);
    i.done(&["audit", "verify", "--against", kept]);
    let change = rusqlite::Connection::open(&database).unwrap();
    change
        .execute_batch(
            "DELETE FROM audit WHERE seq > 3;
             UPDATE audit_head SET seq = 3, digest = (SELECT digest FROM audit WHERE seq = 3)",
        )
        .unwrap();
    drop(change);
    i.done(&["audit", "verify"]);
    let cut = i.run(&["audit", "verify", "--against", kept]);
    assert_eq!(cut.status.code(), Some(1));
    assert!(said(&cut).contains("shorter than its kept head says"), "{}", said(&cut));
    std::fs::copy(&old, &database).unwrap();
    i.done(&["user", "add", "--login", "bo", "--name", "Bo Ek", "--unit", "Administration", "--role", "lead"]);
    i.done(&["user", "deactivate", "bo"]);
    i.done(&["audit", "verify"]);
    let other = i.run(&["audit", "verify", "--against", kept]);
    assert_eq!(other.status.code(), Some(1));
    assert!(said(&other).contains("another than the one whose head was kept"), "{}", said(&other));
    let unreadable = i.run(&["audit", "verify", "--against", database.to_str().unwrap()]);
    assert_eq!(unreadable.status.code(), Some(2), "{}", complained(&unreadable));
}

#[test]
fn methods_are_listed_shown_drawn_and_checked() {
    assert!(said(&run(&["method", "list"])).lines().any(|line| line.starts_with("smadit\t")));
    assert!(said(&run(&["method", "show", "smadit", "--lang", "en"])).contains("(offer)"));
    assert!(said(&run(&["method", "graph", "smadit"])).starts_with("<svg "));
    assert!(said(&run(&["method", "graph", "smadit", "--format", "mermaid"])).starts_with("stateDiagram"));
    assert_eq!(run(&["method", "show", "nothing"]).status.code(), Some(2));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../methods");
    for file in ["smadit.toml", "concern.toml", "lob.toml", "examples/blekinge-24h.toml"] {
        let done = run(&["method", "check", root.join(file).to_str().unwrap()]);
        assert!(done.status.success(), "{file}: {}", said(&done));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.toml");
    std::fs::write(&file, "builds_on = \"smadti\"\nversion = 1001\n").unwrap();
    let wrong = run(&["method", "check", file.to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&wrong).contains("wrong.toml:1:1: there is no method `smadti`"), "{}", said(&wrong));
}

#[test]
fn wrong_words_and_settings_end_with_two() {
    for words in [&["nothing"][..], &["user"], &["serve", "--config", "/nowhere"], &["method", "check", "/nowhere"]] {
        let done = run(words);
        assert_eq!(done.status.code(), Some(2), "{words:?}");
        assert!(done.stdout.is_empty() && !done.stderr.is_empty(), "{words:?}");
    }
    let i = Installation::new(None);
    let text = std::fs::read_to_string(&i.config).unwrap();
    std::fs::write(&i.config, text.replace("log = \"info\"", "log = \"loud\"\nthreshhold = 1")).unwrap();
    let done = i.run(&["serve"]);
    assert_eq!(done.status.code(), Some(2));
    let lines = complained(&done);
    assert!(lines.contains("`log` is not error") && lines.contains("did you mean `threshold`?"), "{lines}");
    let check = i.run(&["check"]);
    assert!(check.status.code() == Some(1) && said(&check).lines().count() == 2);
}

#[test]
fn what_cannot_be_released_is_said_and_nothing_is_written() {
    let place = Installation::new(None);
    let out = place.folder.path().join("out");
    let publish = |words: &[&str]| {
        let mut all = vec!["statistics", "publish", "--out", out.to_str().unwrap()];
        all.extend(words);
        place.run(&all)
    };
    let nothing = publish(&["--period", "2020-Q1", "--county", "10"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(complained(&nothing).contains("There is nothing to release"), "{}", complained(&nothing));
    let wrong = publish(&["--period", "2020-Q9", "--county", "99"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        complained(&wrong).contains("scope: ") && complained(&wrong).contains("period: "),
        "{}",
        complained(&wrong)
    );
    let later = publish(&["--period", "2999", "--nation"]);
    assert_eq!(later.status.code(), Some(2));
    assert!(complained(&later).contains("It can be released from 1 January 3000"), "{}", complained(&later));
    assert_eq!(publish(&["--period", "2020"]).status.code(), Some(1), "with nothing said it is of all cases");
    let both = publish(&["--period", "2020", "--nation", "--county", "10"]);
    assert_eq!(both.status.code(), Some(2), "it cannot be of two");
    assert!(!out.exists());
}
