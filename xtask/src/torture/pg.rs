//! PostgreSQL servers of our own that keep what they acknowledge: started, killed whole, copied to a standby, promoted.

use super::process::{self, Leashed, Output, log, run};
use super::sql::Database;
use crate::tools;
use anyhow::{Context, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start, to follow, to be promoted.
const PATIENCE: Duration = Duration::from_secs(60);

/// One server, and after [`Cluster::standby`] a second that follows it.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    log: PathBuf,
    /// The one that takes writes first.
    nodes: Vec<Node>,
    made: usize,
}

struct Node {
    data: PathBuf,
    port: u16,
    process: Option<Leashed>,
}

impl Cluster {
    /// A fresh server on a free port of loopback.
    pub fn start(log_file: &Path) -> anyhow::Result<Cluster> {
        let programs = tools::postgres_folder().context("PostgreSQL is not installed")?;
        // Short enough a path, and open to other users on the way.
        let folder = std::env::temp_dir().join(format!("kedjan-torture-{}-{}", std::process::id(), free_port()?));
        std::fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut cluster = Cluster { programs, folder, log: log_file.to_owned(), nodes: Vec::new(), made: 0 };
        if tools::is_root() {
            run(Command::new("chown").arg("postgres:").arg(&cluster.folder))?;
        }
        let data = cluster.new_data();
        let mut init = cluster.as_server("initdb");
        init.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"]);
        run(init.arg("--pgdata").arg(&data))?;
        cluster.nodes.push(Node { data, port: free_port()?, process: None });
        cluster.up(0)?;
        Ok(cluster)
    }

    fn new_data(&mut self) -> PathBuf {
        self.made += 1;
        self.folder.join(format!("data-{}", self.made))
    }

    /// A program of PostgreSQL as the user it insists on.
    fn as_server(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if tools::is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.folder);
        command
    }

    fn node(&self, ix: usize) -> anyhow::Result<&Node> {
        self.nodes.get(ix).context("there is no such server")
    }

    fn up(&mut self, ix: usize) -> anyhow::Result<()> {
        let (data, port) = { (self.node(ix)?.data.clone(), self.node(ix)?.port) };
        let mut command = self.as_server("postgres");
        command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
        for setting in ["unix_socket_directories=", "max_connections=60"] {
            command.args(["-c", setting]);
        }
        let file = log(&self.log)?;
        let process = Leashed::start(&command, Output::File(&file), &file)?;
        let node = self.nodes.get_mut(ix).context("there is no such server")?;
        node.process = Some(process);
        self.answers(port)
    }

    fn answers(&self, port: u16) -> anyhow::Result<()> {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let mut ready = Command::new(self.programs.join("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]).stdin(Stdio::null());
            if ready.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        bail!("PostgreSQL did not start, see {}", self.log.display())
    }

    /// The address of a database, on whichever server takes writes.
    pub fn url(&self, database: &str) -> String {
        let hosts: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let choice = if hosts.len() > 1 { "?target_session_attrs=read-write" } else { "" };
        format!("postgres://postgres@{}/{database}{choice}", hosts.join(","))
    }

    fn own(&self, ix: usize) -> anyhow::Result<Database> {
        Ok(Database::Postgres(format!("postgres://postgres@127.0.0.1:{}/postgres", self.node(ix)?.port)))
    }

    /// A new database in the place of one of the same name, empty or the copy of another that nobody uses now.
    pub fn create(&self, name: &str, of: Option<&str>) -> anyhow::Result<()> {
        let own = self.own(0)?;
        own.exec(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        let template = of.map(|of| format!(" TEMPLATE {of}")).unwrap_or_default();
        own.exec(&format!("CREATE DATABASE {name}{template}"))
    }

    /// SIGKILL to the server and every process it has started; returns when none is left. That none is left matters:
    /// one that lives on would keep the data, the next server would not start, and the judge would read nothing.
    pub fn kill(&mut self, ix: usize) -> anyhow::Result<()> {
        let node = self.nodes.get_mut(ix).context("there is no such server")?;
        let file = std::fs::read_to_string(node.data.join("postmaster.pid"))?;
        let parent: u32 = file.lines().next().unwrap_or_default().trim().parse()?;
        // Stopped, so that it starts nothing while its children are counted.
        process::signal("STOP", &[parent.to_string()])?;
        let mut all = process::children(parent);
        all.push(parent);
        process::signal("KILL", &all.iter().map(u32::to_string).collect::<Vec<_>>())?;
        // Its parent has to take note of its end: what nobody has taken note of still looks alive to the next server.
        if let Some(mut leash) = node.process.take() {
            leash.stop()?;
        }
        let since = Instant::now();
        while all.iter().any(|id| lives(*id)) {
            if since.elapsed() > PATIENCE {
                bail!("processes of PostgreSQL outlived SIGKILL");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Starts the first server again after a kill.
    pub fn again(&mut self) -> anyhow::Result<()> {
        self.up(0)
    }

    /// Adds a second server that follows the first. With `waits` a commit is answered only when the second has it too.
    pub fn standby(&mut self, waits: bool) -> anyhow::Result<()> {
        let data = self.new_data();
        let from = format!("postgres://postgres@127.0.0.1:{}/postgres", self.node(0)?.port);
        let mut copy = self.as_server("pg_basebackup");
        run(copy.args(["-d", &from, "-R", "-X", "stream", "-c", "fast", "-D"]).arg(&data))?;
        // What the first one waits for would be asked of the second too once it is promoted, and it has nobody to wait for.
        let auto = data.join("postgresql.auto.conf");
        let kept = std::fs::read_to_string(&auto)?;
        let kept: Vec<&str> = kept.lines().filter(|line| !line.starts_with("synchronous_standby_names")).collect();
        std::fs::write(&auto, kept.join("\n") + "\n")?;
        self.nodes.truncate(1);
        self.nodes.push(Node { data, port: free_port()?, process: None });
        self.up(1)?;
        let names = if waits { "*" } else { "" };
        let own = self.own(0)?;
        own.exec(&format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'"))?;
        own.exec("SELECT pg_reload_conf()")?;
        let (since, wanted) = (Instant::now(), if waits { "sync" } else { "async" });
        while own.rows("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")? != [[wanted]] {
            if since.elapsed() > PATIENCE {
                bail!("the standby does not follow, see {}", self.log.display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Stops the second server in good order.
    pub fn stop_standby(&mut self) -> anyhow::Result<()> {
        match self.nodes.get_mut(1).and_then(|node| node.process.take()) {
            Some(mut process) => process.stop(),
            None => Ok(()),
        }
    }

    /// Starts the second server again.
    pub fn start_standby(&mut self) -> anyhow::Result<()> {
        self.up(1)
    }

    /// Kills the first server and lets the second take its place.
    pub fn fail_over(&mut self) -> anyhow::Result<()> {
        self.kill(0)?;
        self.promote()
    }

    /// Lets the second server take the place of the first, which is dead.
    pub fn promote(&mut self) -> anyhow::Result<()> {
        let data = self.node(1)?.data.clone();
        let mut promote = self.as_server("pg_ctl");
        run(promote.args(["promote", "-w", "-t", "60", "-D"]).arg(data))?;
        let old = self.nodes.remove(0);
        std::fs::remove_dir_all(&old.data).with_context(|| format!("cannot remove {}", old.data.display()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in self.nodes.iter_mut().rev() {
            // Nothing of it is wanted any more.
            let _ = node.process.take().map(|mut process| process.stop());
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Whether a process is there and not only its name.
fn lives(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
