//! `cargo xtask bench`: builds the product and its bench as they are shipped, and runs the bench.

use crate::servers::{self, Durable};
use crate::tools::{self, Need};
use anyhow::{Context, bail};
use std::path::Path;
use std::process::Command;

/// What is measured.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many chains the county has that is measured on.
    #[arg(long, default_value_t = 300_000)]
    cases: u64,
    /// A short run that shows that the bench itself works; its figures are not held against the goals.
    #[arg(long)]
    short: bool,
    /// Measures on a PostgreSQL of its own too, where nothing is promised.
    #[arg(long)]
    postgres: bool,
}

/// Builds, measures, and says whether every goal was met.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<bool> {
    let built = Command::new("cargo")
        .args(["build", "--release", "--locked", "--package", "kedjan", "--package", "bench"])
        .current_dir(root)
        .status()
        .context("cargo could not be run")?;
    if !built.success() {
        bail!("the product could not be built");
    }
    let target = root.join("target");
    let programs = target.join("release");
    let mut bench = Command::new(programs.join("kedjan-bench"));
    bench.args(["--cases", &arguments.cases.to_string()]).arg("--kedjan").arg(programs.join("kedjan"));
    bench.arg("--out").arg(target.join("bench"));
    if arguments.short {
        bench.arg("--short");
    }
    let mut server = None;
    if arguments.postgres {
        let logs = target.join("xtask");
        std::fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
        tools::bring(&[Need::Postgres], &logs.join("tools.log"))?;
        let started = server.insert(servers::postgres(&logs.join("postgres-bench.log"), Durable::Yes)?);
        let url = started.env.first().map(|(_, url)| url.as_str()).context("PostgreSQL has no address")?;
        bench.args(["--postgres", url]);
    }
    let status = bench.status().context("the bench could not be run")?;
    drop(server);
    match status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => bail!("the bench did not finish ({status})"),
    }
}
