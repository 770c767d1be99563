//! The product as its users meet it: the `kedjan` program, started as a process of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::machine::after_colon;

/// A running `kedjan`.
pub struct Server {
    child: Child,
    /// Held open: a program whose output is closed may stop.
    _output: BufReader<ChildStdout>,
    /// Where it answers.
    pub address: SocketAddr,
    /// From its start until it said that it answers.
    pub started_in: Duration,
    /// What it said of its tokens before: role and token.
    pub tokens: HashMap<String, String>,
}

/// What a server process has had in memory.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// The most there ever was, in MB.
    pub peak: f64,
    /// What there is now, in MB.
    pub resident: f64,
}

impl Server {
    /// Starts `kedjan` with `words` and waits until it says `ready`.
    pub fn start(kedjan: &Path, words: &[&str]) -> anyhow::Result<Server> {
        let since = Instant::now();
        let mut command = Command::new(kedjan);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{} could not be started", kedjan.display()))?;
        let stdout = child.stdout.take().context("the server has no standard output")?;
        let (mut output, mut tokens, mut line) = (BufReader::new(stdout), HashMap::new(), String::new());
        loop {
            line.clear();
            if output.read_line(&mut line)? == 0 {
                let status = child.wait()?;
                bail!("kedjan {} ended before it was ready ({status})", words.join(" "));
            }
            let mut parts = line.split_whitespace();
            match (parts.next(), parts.next(), parts.next()) {
                (Some("token"), Some(role), Some(token)) => {
                    tokens.insert(role.to_owned(), token.to_owned());
                }
                (Some("ready"), Some(url), _) => {
                    let started_in = since.elapsed();
                    let address = url.trim_start_matches("http://").trim_end_matches('/').parse();
                    let address = address.with_context(|| format!("{url} is no address"))?;
                    return Ok(Server { child, _output: output, address, started_in, tokens });
                }
                _ => {}
            }
        }
    }

    /// What the process has in memory, by the kernel's account.
    pub fn memory(&self) -> anyhow::Result<Memory> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let of = |name: &str| -> anyhow::Result<f64> {
            let value = after_colon(&text, name).with_context(|| format!("the kernel gives no {name}"))?;
            let kb: f64 = value.trim_end_matches("kB").trim().parse()?;
            Ok(kb / 1024.0)
        };
        Ok(Memory { peak: of("VmHWM")?, resident: of("VmRSS")? })
    }

    /// Tells it to stop and waits until it has.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.terminate();
        self.child.wait()?;
        Ok(())
    }

    fn terminate(&self) {
        // A process that has ended already needs no word.
        let _ = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.terminate();
            let _ = self.child.wait();
        }
    }
}
