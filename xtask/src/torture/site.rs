//! The installation that is tortured: a demo county with made-up people, made and served by the product itself.

use super::process::{Leashed, Output, log, run};
use super::sql::Database;
use super::writers::Tokens;
use anyhow::{Context, bail};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How many chains the county has before the writers come.
const CASES: &str = "30";
/// How long the server may take until it answers.
const START: Duration = Duration::from_secs(60);

/// An installation in a folder.
pub struct Site {
    /// The program.
    pub kedjan: PathBuf,
    /// Where its settings, key and log are.
    pub folder: PathBuf,
    /// Where its data is.
    pub database: Database,
    /// Who writes.
    pub tokens: Tokens,
}

/// A server at work.
pub struct Served {
    process: Leashed,
    /// Held open: a program whose output is closed may stop.
    _output: std::sync::mpsc::Receiver<String>,
    /// Where it answers.
    pub address: SocketAddr,
    /// From its start until it said that it answers.
    pub ready_in: Duration,
}

impl Site {
    /// Makes a county in a new folder, in a file there or in an empty PostgreSQL database.
    pub fn make(kedjan: &Path, folder: &Path, postgres: Option<&str>) -> anyhow::Result<Site> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        let dir = folder.to_string_lossy().into_owned();
        let mut command = Command::new(kedjan);
        command.args(["demo", "--listen", "127.0.0.1:0", "--cases", CASES, "--dir", &dir]);
        command.args(postgres.iter().flat_map(|url| ["--database", url]));
        clean(&mut command);
        let errors = log(&folder.with_extension("log"))?;
        let mut process = Leashed::start(&command, Output::Piped, &errors)?;
        let (lines, output) = until_ready(&mut process)?;
        process.stop()?;
        drop(output);
        let token = |role: &str| {
            let head = format!("token {role} ");
            lines
                .iter()
                .find_map(|line| line.strip_prefix(&head))
                .map(str::to_owned)
                .with_context(|| format!("no {head}"))
        };
        let tokens = Tokens { officer: token("officer")?, receiver: token("receiver")? };
        let database = match postgres {
            None => Database::Sqlite(folder.join("kedjan.db")),
            Some(url) => Database::Postgres(url.to_owned()),
        };
        let site = Site { kedjan: kedjan.to_owned(), folder: folder.to_owned(), database, tokens };
        site.configure()?;
        Ok(site)
    }

    /// The same installation on another PostgreSQL database, or on a copy of its file.
    pub fn copy(&self, folder: &Path, postgres: Option<&str>) -> anyhow::Result<Site> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let database = match (&self.database, postgres) {
            (_, Some(url)) => Database::Postgres(url.to_owned()),
            (Database::Postgres(url), None) => Database::Postgres(url.clone()),
            (Database::Sqlite(path), None) => {
                let copy = folder.join("kedjan.db");
                for end in ["", "-wal"] {
                    let from = with_end(path, end);
                    if from.exists() {
                        fs::copy(&from, with_end(&copy, end))?;
                    }
                }
                Database::Sqlite(copy)
            }
        };
        fs::copy(self.folder.join("kedjan.key"), folder.join("kedjan.key"))?;
        let site =
            Site { kedjan: self.kedjan.clone(), folder: folder.to_owned(), database, tokens: self.tokens.clone() };
        site.configure()?;
        Ok(site)
    }

    /// Lets the installation use another address.
    pub fn move_to(&mut self, postgres: String) -> anyhow::Result<()> {
        self.database = Database::Postgres(postgres);
        self.configure()
    }

    /// An installation whose files lie in `folder` now, as a copy from another machine would.
    pub fn moved(&self, folder: &Path) -> anyhow::Result<Site> {
        let site = Site {
            kedjan: self.kedjan.clone(),
            folder: folder.to_owned(),
            database: Database::Sqlite(folder.join("kedjan.db")),
            tokens: self.tokens.clone(),
        };
        site.configure()?;
        Ok(site)
    }

    /// Writes the settings file.
    fn configure(&self) -> anyhow::Result<()> {
        let database = match &self.database {
            Database::Sqlite(path) => format!("sqlite:{}", path.display()),
            Database::Postgres(url) => url.clone(),
        };
        let key = self.folder.join("kedjan.key");
        let text = format!(
            "listen = \"127.0.0.1:0\"\npublic = \"http://127.0.0.1\"\ndatabase = \"{database}\"\nkey_file = \"{}\"\n\
             log = \"warn\"\ndemo = true\nlimits = false\n",
            key.display()
        );
        Ok(fs::write(self.config(), text)?)
    }

    /// The settings file.
    pub fn config(&self) -> PathBuf {
        self.folder.join("kedjan.toml")
    }

    /// The server on it, with more in its environment.
    pub fn serve_with(&self, env: &[(&str, String)]) -> anyhow::Result<Served> {
        let since = Instant::now();
        let mut command = self.command(&["serve"]);
        command.envs(env.iter().map(|(name, value)| (name, value)));
        let errors = log(&self.folder.join("server.log"))?;
        let mut process = Leashed::start(&command, Output::Piped, &errors)?;
        let (lines, output) = until_ready(&mut process)
            .with_context(|| format!("the server did not come up, see {}", self.folder.join("server.log").display()))?;
        let address = lines.iter().find_map(|line| line.strip_prefix("ready http://")?.parse().ok());
        let address = address.context("the server said no address")?;
        Ok(Served { process, _output: output, address, ready_in: since.elapsed() })
    }

    /// The server on it.
    pub fn serve(&self) -> anyhow::Result<Served> {
        self.serve_with(&[])
    }

    /// Starts the server and kills it after `after`, whatever it is doing then.
    pub fn start_and_kill(&self, after: Duration) -> anyhow::Result<()> {
        let errors = log(&self.folder.join("server.log"))?;
        let mut process = Leashed::start(&self.command(&["serve"]), Output::File(&errors), &errors)?;
        std::thread::sleep(after);
        process.kill()
    }

    /// A command of the product on this installation.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.kedjan);
        command.args(words).arg("--config").arg(self.config());
        clean(&mut command);
        command
    }

    /// Runs a command of the product; an error holds what it printed.
    pub fn run(&self, words: &[&str]) -> anyhow::Result<String> {
        run(&mut self.command(words))
    }
}

/// Nothing of the caller's environment is a setting.
fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KEDJAN_") {
            command.env_remove(name);
        }
    }
}

impl Served {
    /// SIGKILL to its process group.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill()
    }

    /// The word to stop.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.process.stop()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.process.runs()
    }
}

/// Reads lines until one says `ready`, and goes on reading in a thread.
fn until_ready(process: &mut Leashed) -> anyhow::Result<(Vec<String>, std::sync::mpsc::Receiver<String>)> {
    let output = process.output().context("no standard output")?;
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let (since, mut said) = (Instant::now(), Vec::new());
    loop {
        match lines.recv_timeout(START.saturating_sub(since.elapsed())) {
            Ok(line) => {
                let ready = line.starts_with("ready ");
                said.push(line);
                if ready {
                    return Ok((said, lines));
                }
            }
            Err(RecvTimeoutError::Timeout) => bail!("it did not say that it is ready within {} s", START.as_secs()),
            Err(RecvTimeoutError::Disconnected) => bail!("it ended before it was ready"),
        }
    }
}

/// `kedjan.db` with `-wal` and the like.
pub fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
