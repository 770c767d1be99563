//! The servers that tests talk to, each on a leash: it ends when we do, however we end.
//!
//! The leash is the server's standard input, a pipe that only we hold. When we let go of it, or are killed, the pipe
//! closes, and the process at its other end stops the server it started, by its id, and takes its files away.

use crate::tools;
use anyhow::{Context, bail};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts the words that follow as a server; when standard input ends, stops it and removes the folder. Interrupt is
/// PostgreSQL's fast shutdown; a program without a handler of its own has it ignored in the background, so terminate too.
const LEASH: &str = r#"folder=$1; shift
"$@" </dev/null & server=$!
read -r _ || true
kill -INT "$server" 2>/dev/null
kill -TERM "$server" 2>/dev/null
wait "$server"
rm -rf -- "$folder""#;

/// A running server with the settings by which tests find it.
pub struct Server {
    leash: Child,
    /// Environment variables for the tests.
    pub env: Vec<(&'static str, String)>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.leash.stdin.take());
        // The server's own status says nothing about the tests.
        let _ = self.leash.wait();
    }
}

/// A folder of our own in the machine's temporary folder: short enough a path, and open to other users on the way.
fn own_folder(name: &str) -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("kedjan-{name}-{}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

fn run(command: &mut Command, log: &File) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?).status()?;
    if !status.success() {
        bail!("{} did not succeed", command.get_program().to_string_lossy());
    }
    Ok(())
}

/// Whether what a database server acknowledges is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durable {
    /// It is, as in use: for measuring.
    Yes,
    /// It need not be, because nothing has to survive: for tests, and quicker.
    No,
}

/// A fresh PostgreSQL on loopback, on a free port, with nothing in it. When it writes without waiting for the disk,
/// `KEDJAN_TEST_UNSAFE` tells the product so.
pub fn postgres(log: &Path, durable: Durable) -> anyhow::Result<Server> {
    let programs = tools::postgres_folder().context("PostgreSQL is not installed")?;
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let folder = own_folder("postgres")?;
    let root = tools::is_root();
    // PostgreSQL refuses to run as root; Debian's package makes the user postgres.
    let as_server = |program: &Path| -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        if root {
            words.extend(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"].map(str::to_owned));
        }
        words.push(program.to_string_lossy().into_owned());
        words
    };
    if root {
        run(Command::new("chown").arg("postgres:").arg(&folder), &file)?;
    }
    let data = folder.join("data");
    let words = as_server(&programs.join("initdb"));
    let (program, first) = words.split_first().context("no program")?;
    let settings =
        ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"];
    run(Command::new(program).args(first).args(settings).arg("--pgdata").arg(&data).current_dir(&folder), &file)
        .with_context(|| format!("initdb, see {}", log.display()))?;
    for _ in 0..5 {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("sh");
        command
            .args(["-c", LEASH, "leash"])
            .arg(&folder)
            .args(as_server(&programs.join("postgres")))
            .arg("-D")
            .arg(&data);
        command.args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
        let quick: &[&str] = if durable == Durable::No { &["fsync=off", "full_page_writes=off"] } else { &[] };
        for setting in ["unix_socket_directories=", "max_connections=200"].iter().chain(quick) {
            command.args(["-c", setting]);
        }
        // Of its own process group: an interrupt at the terminal reaches us, and the server stops in good order.
        command
            .process_group(0)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(file.try_clone()?)
            .stderr(file.try_clone()?);
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut env = vec![("KEDJAN_TEST_POSTGRES", url)];
        if durable == Durable::No {
            env.push(("KEDJAN_TEST_UNSAFE", "1".to_owned()));
        }
        let server = Server { leash: command.spawn()?, env };
        if postgres_answers(&programs, port) {
            return Ok(server);
        }
    }
    bail!("PostgreSQL did not start, see {}", log.display())
}

/// Waits until the server takes connections, at most 20 seconds.
fn postgres_answers(programs: &Path, port: u16) -> bool {
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(20) {
        let mut ready = Command::new(programs.join("pg_isready"));
        ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]).stdin(Stdio::null());
        if TcpStream::connect(("127.0.0.1", port)).is_ok() && ready.status().is_ok_and(|status| status.success()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// An SMTP server on loopback whose mails land in a Maildir.
pub fn smtp(root: &Path, log: &Path) -> anyhow::Result<Server> {
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let folder = own_folder("mail")?;
    let mut command = Command::new(tools::PYTHON);
    command.arg("-B").arg(root.join("tests/smtp/server.py")).arg(&folder).process_group(0);
    let mut leash = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(file).spawn()?;
    let mut line = String::new();
    if let Some(out) = leash.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    let mut server = Server { leash, env: Vec::new() };
    let Some(address) = line.trim().strip_prefix("ready ") else {
        bail!("the SMTP server did not start, see {}", log.display());
    };
    let mails = folder.join("mails").to_string_lossy().into_owned();
    server.env = vec![("KEDJAN_TEST_SMTP", address.to_owned()), ("KEDJAN_TEST_SMTP_DIR", mails)];
    Ok(server)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn letting_go_of_the_leash_stops_the_server_and_removes_its_folder() {
        let folder = own_folder("leash").unwrap();
        let mut command = Command::new("sh");
        let written = folder.join("pid");
        let inner = format!("echo $$ > '{}'; trap 'exit 0' TERM; while :; do sleep 0.05; done", written.display());
        command.args(["-c", LEASH, "leash"]).arg(&folder).args(["sh", "-c", &inner]).stdin(Stdio::piped());
        let server = Server { leash: command.process_group(0).spawn().unwrap(), env: Vec::new() };
        let since = Instant::now();
        let pid = loop {
            let pid = std::fs::read_to_string(&written).unwrap_or_default();
            if pid.ends_with('\n') {
                break pid;
            }
            assert!(since.elapsed() < Duration::from_secs(5), "the server did not start");
        };
        let process = PathBuf::from(format!("/proc/{}", pid.trim()));
        assert!(process.exists());
        drop(server);
        assert!(!process.exists());
        assert!(!folder.exists());
    }
}
