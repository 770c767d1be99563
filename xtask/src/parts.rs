//! `cargo xtask test`: the parts in order, one line each, the output of a part only when it fails.

use crate::servers::{self, Durable, Server};
use crate::tools::{self, Need};
use anyhow::{Context, bail};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What begins so in a part's log is shown though all is well.
pub const WORTH_KNOWING: &str = "worth knowing: ";
/// Lines of a failed part's log that are shown.
const SHOWN: usize = 200;

/// One part of the tests: commands that run one after the other until one fails.
struct Part {
    name: &'static str,
    title: &'static str,
    needs: &'static [Need],
    /// Each a command line in words; `xtask` is this program.
    commands: &'static [&'static str],
    /// After so many minutes it is stopped and has failed.
    minutes: u64,
}

const PARTS: &[Part] = &[
    Part { name: "format", title: "formatting", needs: &[], commands: &["cargo fmt --all --check"], minutes: 2 },
    Part { name: "tidy", title: "the walls of the house", needs: &[], commands: &["xtask tidy"], minutes: 5 },
    Part {
        name: "clippy",
        title: "lints",
        needs: &[],
        commands: &["cargo clippy --workspace --all-targets --locked -- -D warnings"],
        minutes: 20,
    },
    Part {
        name: "deny",
        title: "what is built in is allowed to be",
        needs: &[],
        commands: &["xtask deny"],
        minutes: 15,
    },
    Part {
        name: "tests",
        title: "unit, store and product tests, both databases",
        needs: &[Need::Postgres, Need::Smtp],
        commands: &["cargo nextest run --workspace --locked --no-fail-fast --config-file xtask/nextest.toml"],
        minutes: 30,
    },
    Part {
        name: "doc",
        title: "examples in the documentation",
        needs: &[],
        commands: &["cargo test --workspace --locked --doc"],
        minutes: 10,
    },
    Part {
        name: "instruments",
        title: "the browser's instruments see planted faults",
        needs: &[Need::Node, Need::Chromium],
        commands: &["node tests/browser/instruments.mjs"],
        minutes: 5,
    },
    Part {
        name: "browser",
        title: "the chain, accessibility, keyboard and no-script in the browser",
        needs: &[Need::Node, Need::Chromium],
        commands: &["cargo build --locked --package kedjan", "node tests/browser/run.mjs"],
        minutes: 15,
    },
    Part {
        name: "api",
        title: "requests made from the API's description",
        needs: &[Need::Node, Need::Venv],
        commands: &["cargo build --locked --package kedjan", "node tests/api/run.mjs"],
        minutes: 10,
    },
    Part {
        name: "torture",
        title: "kills and power cuts lose nothing, and planted faults are seen",
        needs: &[Need::Postgres, Need::Sqlite],
        commands: &["xtask torture --short"],
        minutes: 10,
    },
];

/// Stands in for nextest where that is not installed.
const WITHOUT_NEXTEST: &str = "cargo test --workspace --locked --no-fail-fast --lib --bins --tests";

/// How many tests passed and failed.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Counts {
    passed: u64,
    failed: u64,
}

/// Where everything is, and what the parts share.
struct Run {
    root: PathBuf,
    logs: PathBuf,
    servers: Vec<Server>,
}

/// Runs the parts, all or those named in `only`, and says whether everything passed.
pub fn run(root: &Path, only: &[String], keep_going: bool) -> anyhow::Result<bool> {
    if let Some(unknown) = only.iter().find(|name| !PARTS.iter().any(|part| part.name == name.as_str())) {
        bail!(
            "there is no part `{unknown}`; the parts are {}",
            PARTS.iter().map(|p| p.name).collect::<Vec<_>>().join(", ")
        );
    }
    let chosen: Vec<&Part> =
        PARTS.iter().filter(|p| only.is_empty() || only.iter().any(|name| name == p.name)).collect();
    let mut run = Run { root: root.to_owned(), logs: root.join("target/xtask"), servers: Vec::new() };
    std::fs::create_dir_all(&run.logs).with_context(|| format!("cannot make {}", run.logs.display()))?;
    let mut sum = Counts::default();
    let (mut left, total) = (chosen.as_slice(), chosen.len() + 1);
    // What is missing is said first, before minutes have gone by.
    let mut good = line(1, total, "tools and servers", || run.prepare(&chosen).map(|()| None), &mut sum);
    while let (Some((part, rest)), true) = (left.split_first(), good || keep_going) {
        left = rest;
        good &= line(total - rest.len(), total, part.title, || run.part(part).map(Some), &mut sum);
    }
    if !left.is_empty() {
        println!("not run: {}", left.iter().map(|part| part.name).collect::<Vec<_>>().join(", "));
    }
    drop(run);
    println!("{} passed, {} failed", sum.passed, sum.failed);
    Ok(good)
}

/// One line of progress around `work`. What fails without a test of its own counts as one failure.
fn line(
    number: usize,
    total: usize,
    title: &str,
    work: impl FnOnce() -> anyhow::Result<Option<Done>>,
    sum: &mut Counts,
) -> bool {
    print!("[{number}/{total}] {title} … ");
    // A closed output is no reason to stop testing.
    let _ = std::io::stdout().flush();
    let since = Instant::now();
    let done = work();
    let seconds = since.elapsed().as_secs();
    let done = match done {
        Ok(done) => done.unwrap_or_default(),
        Err(error) => Done { trouble: Some(format!("{error:#}")), ..Done::default() },
    };
    let Done { counts, trouble, notes } = done;
    let good = trouble.is_none() && counts.failed == 0;
    sum.passed += counts.passed;
    sum.failed += if good { 0 } else { counts.failed.max(1) };
    println!("{} {seconds} s", if good { "ok" } else { "FAILED" });
    notes.iter().for_each(|note| println!("      {note}"));
    if let Some(trouble) = trouble {
        println!("{trouble}");
    }
    good
}

/// How a part ended: its counts, what to show when it did not succeed, and what it wants to be known though it did.
#[derive(Default)]
struct Done {
    counts: Counts,
    trouble: Option<String>,
    notes: Vec<String>,
}

impl Run {
    /// Brings the tools of the chosen parts and starts the servers they talk to.
    fn prepare(&mut self, chosen: &[&Part]) -> anyhow::Result<()> {
        let mut needs: Vec<Need> = Vec::new();
        for need in chosen.iter().flat_map(|part| part.needs) {
            if !needs.contains(need) {
                needs.push(*need);
            }
        }
        tools::bring(&needs, &self.logs.join("tools.log"))?;
        if needs.contains(&Need::Node) {
            tools::bring_packages(&self.root.join("tests/browser"), &self.logs.join("npm.log"))?;
        }
        if needs.contains(&Need::Venv) {
            tools::bring_schemathesis(&self.logs, &self.logs.join("pip.log"))?;
        }
        if needs.contains(&Need::Postgres) {
            self.servers.push(servers::postgres(&self.logs.join("postgres.log"), Durable::No)?);
        }
        if needs.contains(&Need::Smtp) {
            self.servers.push(servers::smtp(&self.root, &self.logs.join("smtp.log"))?);
        }
        Ok(())
    }

    fn part(&self, part: &Part) -> anyhow::Result<Done> {
        let log = self.logs.join(format!("{}.log", part.name));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let until = Instant::now() + Duration::from_secs(part.minutes * 60);
        let mut trouble = None;
        for command in part.commands {
            if let Some(reason) = self.command(command, &file, until)? {
                trouble = Some(reason);
                break;
            }
        }
        let text = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
        let trouble = trouble.map(|reason| {
            let lines: Vec<&str> = text.lines().collect();
            let tail = lines.get(lines.len().saturating_sub(SHOWN)..).unwrap_or_default().join("\n");
            format!("{tail}\n{reason}; all of its output is in target/xtask/{}.log", part.name)
        });
        let notes = text.lines().filter(|line| line.starts_with(WORTH_KNOWING)).map(str::to_owned).collect();
        Ok(Done { counts: counts(&text), trouble, notes })
    }

    /// Runs one command line and gives the reason when it did not succeed.
    fn command(&self, words: &str, log: &File, until: Instant) -> anyhow::Result<Option<String>> {
        let nextest = words.starts_with("cargo nextest") && !self.has_nextest();
        let words = if nextest { WITHOUT_NEXTEST } else { words };
        let mut command = self.prepared(words)?;
        command.stdout(log.try_clone()?).stderr(log.try_clone()?);
        let mut child = command.spawn().with_context(|| format!("`{words}` could not be run"))?;
        Ok(match wait(&mut child, until)? {
            Some(status) if status.success() => None,
            Some(status) => Some(format!("`{words}` did not succeed ({status})")),
            None => Some(format!("`{words}` took too long and was stopped")),
        })
    }

    fn has_nextest(&self) -> bool {
        let asked = self
            .prepared("cargo nextest --version")
            .map(|mut c| c.stdout(Stdio::null()).stderr(Stdio::null()).status());
        asked.is_ok_and(|status| status.is_ok_and(|s| s.success()))
    }

    fn prepared(&self, words: &str) -> anyhow::Result<Command> {
        let mut words = words.split(' ');
        let program = words.next().unwrap_or_default();
        let this = std::env::current_exe().context("this program cannot be found")?;
        let mut command = if program == "xtask" { Command::new(&this) } else { Command::new(program) };
        command.args(words).current_dir(&self.root).stdin(Stdio::null());
        command.env("CARGO_TERM_COLOR", "never").env("CARGO_TERM_PROGRESS_WHEN", "never").env("NO_COLOR", "1");
        // What `cargo run` says of xtask would make build scripts that look at it run again.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|head| name.starts_with(head))
            {
                command.env_remove(&name);
            }
        }
        if let Some(folder) = this.parent() {
            command.env("KEDJAN_TEST_BIN", folder.join("kedjan"));
        }
        command.env("KEDJAN_TEST_SCHEMATHESIS", tools::schemathesis(&self.logs));
        if let Some(chromium) = tools::chromium() {
            command.env("KEDJAN_TEST_CHROMIUM", chromium);
        }
        command.envs(
            self.servers.iter().flat_map(|server| server.env.iter().map(|(name, value)| (*name, value.as_str()))),
        );
        Ok(command)
    }
}

/// Waits for the child. After `until` it is asked to end, a little later made to: then there is no status.
fn wait(child: &mut Child, until: Instant) -> anyhow::Result<Option<ExitStatus>> {
    let mut asked = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((!asked).then_some(status));
        }
        if Instant::now() > until + Duration::from_secs(10) {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        if !asked && Instant::now() > until {
            asked = true;
            Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The number that stands before `word`, as in `12 passed`.
fn before(line: &str, word: &str) -> Option<u64> {
    line.split_once(word)?.0.trim_end().rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Counts the tests of a log: the results of cargo test (several), of nextest, and of our browser scripts. What a failed test
/// has said, nextest repeats further in: the result that stands there is counted in its summary.
fn counts(log: &str) -> Counts {
    let mut sum = Counts::default();
    for whole in log.lines() {
        let line = whole.trim();
        let plain =
            line.starts_with(|c: char| c.is_ascii_digit()) && line.ends_with("failed") && line.contains(" passed, ");
        if plain || whole.starts_with("test result:") || line.starts_with("Summary [") {
            sum.passed += before(line, "passed").unwrap_or(0);
            sum.failed += ["failed", "timed out"].iter().filter_map(|word| before(line, word)).sum::<u64>();
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_kind_of_result_is_counted() {
        let of = |passed, failed| Counts { passed, failed };
        assert_eq!(
            counts(
                "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured\ntest result: FAILED. 4 passed; 2 failed;"
            ),
            of(7, 2)
        );
        assert_eq!(counts("     Summary [   1.2s] 12 tests run: 12 passed, 0 skipped"), of(12, 0));
        assert_eq!(
            counts(" Summary [ 1s] 9/12 tests run: 5 passed (1 slow), 3 failed, 1 timed out, 0 skipped"),
            of(5, 4)
        );
        let repeated = "    test result: FAILED. 0 passed; 1 failed; 0 ignored\n     Summary [ 1s] 2 tests run: 1 passed, 1 failed";
        assert_eq!(counts(repeated), of(1, 1));
        assert_eq!(counts("ok  a page\n31 passed, 1 failed"), of(31, 1));
        assert_eq!(counts("a text with 7 passed, 1 failed in it"), of(0, 0));
    }

    #[test]
    fn a_part_that_fails_without_tests_counts_as_one_failure() {
        let mut sum = Counts::default();
        assert!(!line(1, 1, "x", || Ok(Some(Done { trouble: Some("no".into()), ..Done::default() })), &mut sum));
        assert!(!line(1, 1, "x", || bail!("no"), &mut sum));
        assert!(!line(
            1,
            1,
            "x",
            || Ok(Some(Done { counts: Counts { passed: 2, failed: 3 }, ..Done::default() })),
            &mut sum
        ));
        assert!(line(
            1,
            1,
            "x",
            || Ok(Some(Done { counts: Counts { passed: 1, failed: 0 }, ..Done::default() })),
            &mut sum
        ));
        assert_eq!(sum, Counts { passed: 3, failed: 5 });
    }

    #[test]
    fn what_takes_too_long_is_stopped() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let since = Instant::now();
        assert_eq!(wait(&mut child, since + Duration::from_millis(100)).unwrap(), None);
        assert!(since.elapsed() < Duration::from_secs(9));
        let mut child = Command::new("false").spawn().unwrap();
        assert!(!wait(&mut child, since + Duration::from_secs(60)).unwrap().unwrap().success());
    }

    #[test]
    fn an_unknown_part_is_named() {
        let error = run(Path::new("."), &["brwser".to_owned()], false).unwrap_err().to_string();
        assert!(error.contains("brwser") && error.contains("browser"), "{error}");
    }
}
