//! Processes that are stopped, killed, and never outlive us.
//!
//! Each is started by a shell of its own process group that holds our pipe as its standard input. When we let go of the
//! pipe, or are killed, the shell stops what it started. A kill takes the whole group at once.

use anyhow::{Context, bail};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts the words that follow; when standard input ends, stops them. PostgreSQL stops at once on an interrupt, and a
/// program that has it ignored, because it runs in the background, on the second word. A guest makes a group of its own,
/// and has no use for words. The shell lets go of standard output, so that it closes when the process ends.
const LEASH: &str = r#"how=$1; shift
"$@" </dev/null & server=$!
exec >/dev/null 2>&1
read -r _ || true
if [ "$how" = guest ]; then kill -KILL "-$server" "$server" 2>/dev/null; fi
kill -INT "$server" 2>/dev/null
kill -TERM "$server" 2>/dev/null
wait "$server"
kill -KILL 0"#;

/// How long a process may take to stop when it is asked to.
const FAREWELL: Duration = Duration::from_secs(40);

/// A process and all that it starts in its group.
pub struct Leashed {
    leash: Child,
}

/// Where standard output goes.
pub enum Output<'a> {
    /// To us.
    Piped,
    /// To us, from a guest.
    Guest,
    /// With standard error into a file.
    File(&'a File),
}

impl Leashed {
    /// Starts `command`. Standard error goes to `errors`.
    pub fn start(command: &Command, output: Output<'_>, errors: &File) -> anyhow::Result<Leashed> {
        let mut leash = Command::new("sh");
        let how = if matches!(output, Output::Guest) { "guest" } else { "server" };
        leash.args(["-c", LEASH, "leash", how]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => leash.env(name, value),
                None => leash.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            leash.current_dir(folder);
        }
        let stdout = match output {
            Output::Piped | Output::Guest => Stdio::piped(),
            Output::File(file) => file.try_clone()?.into(),
        };
        leash.process_group(0).stdin(Stdio::piped()).stdout(stdout).stderr(errors.try_clone()?);
        let leash = leash.spawn().with_context(|| format!("{:?} could not be started", command.get_program()))?;
        Ok(Leashed { leash })
    }

    /// Its standard output, once, when it was asked for.
    pub fn output(&mut self) -> Option<ChildStdout> {
        self.leash.stdout.take()
    }

    /// SIGKILL to the whole group, and to the groups that it has made; returns when it is gone.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let own = self.leash.id();
        let mut groups: Vec<String> =
            children(own).into_iter().filter_map(group_of).map(|id| format!("-{id}")).collect();
        groups.push(format!("-{own}"));
        groups.dedup();
        signal("KILL", &groups)?;
        self.leash.wait()?;
        Ok(())
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        drop(self.leash.stdin.take());
        let since = Instant::now();
        while self.leash.try_wait()?.is_none() {
            if since.elapsed() > FAREWELL {
                self.kill()?;
                bail!("a process did not stop when it was asked to");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.leash.try_wait(), Ok(None))
    }
}

impl Drop for Leashed {
    fn drop(&mut self) {
        if self.runs() {
            // It may end by itself in this very moment.
            let _ = self.kill();
        }
    }
}

/// Sends a signal to processes by id; a negative one is a group. Those that are gone already are no fault.
pub fn signal(name: &str, ids: &[String]) -> anyhow::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut command = Command::new("kill");
    command.arg(format!("-{name}")).arg("--").args(ids).stdin(Stdio::null()).stderr(Stdio::null());
    command.status().context("kill could not be run")?;
    Ok(())
}

/// The processes that `parent` has started, by the kernel's account.
pub fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| parent_of(*id) == Some(parent)).collect()
}

fn parent_of(id: u32) -> Option<u32> {
    stat(id, 1)
}

fn group_of(id: u32) -> Option<u32> {
    stat(id, 2)
}

/// A field of the kernel's account of a process, from its state on.
fn stat(id: u32, field: usize) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(field)?.parse().ok()
}

/// Runs a tool to its end and gives what it printed; its complaints when it did not succeed.
pub fn run(command: &mut Command) -> anyhow::Result<String> {
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("{:?}", command.get_program()))?;
    if !done.status.success() {
        bail!(
            "{} did not succeed ({}): {}{}",
            command.get_program().to_string_lossy(),
            done.status,
            String::from_utf8_lossy(&done.stderr).trim(),
            String::from_utf8_lossy(&done.stdout).trim()
        );
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Opens a log for adding to it, and makes the folder it lies in.
pub fn log(path: &Path) -> anyhow::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let file = File::options().create(true).append(true).open(path);
    file.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sleeping() -> Leashed {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 61 & echo on; sleep 61"]);
        let log = log(Path::new("/dev/null")).unwrap();
        Leashed::start(&command, Output::Piped, &log).unwrap()
    }

    #[test]
    fn a_kill_takes_the_whole_group() {
        use std::io::{BufRead, BufReader};
        let mut leashed = sleeping();
        let mut line = String::new();
        BufReader::new(leashed.output().unwrap()).read_line(&mut line).unwrap();
        let id = leashed.leash.id();
        let shell = children(id);
        let below: Vec<u32> = shell.iter().flat_map(|id| children(*id)).collect();
        assert!(leashed.runs() && shell.len() == 1 && !below.is_empty());
        leashed.kill().unwrap();
        let gone = |id: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        let since = Instant::now();
        while !below.iter().all(gone) && since.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(below.iter().all(gone));
    }

    #[test]
    fn what_a_tool_complains_of_is_told() {
        let error = run(Command::new("sh").args(["-c", "echo no >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("no") && error.contains('3'), "{error}");
    }
}
