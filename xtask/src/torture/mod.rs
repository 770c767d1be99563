//! `cargo xtask torture`: whether the product loses or doubles anything that it has acknowledged, whatever happens to it.
//!
//! How it is judged, and what it cannot see: `docs/reliability.md`.

mod client;
mod clock;
mod course;
mod cuts;
mod disk;
mod failover;
mod flips;
mod guest;
mod journal;
mod judge;
mod kills;
mod pg;
mod process;
mod site;
mod sql;
mod writers;

use crate::tools::{self, Need};
use anyhow::{Context, bail};
use course::{Chance, Ground, Sum};
pub use guest::Arguments as GuestArguments;
pub use guest::run as guest;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    /// How often the server is killed on each store. PostgreSQL itself is killed a tenth as often.
    #[arg(long, default_value_t = 300)]
    kills: u64,
    /// How often the power is cut.
    #[arg(long, default_value_t = 100)]
    cuts: u64,
    /// Only this instrument; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// A few kills on both stores, two power cuts where a guest can be had, and the planted faults.
    #[arg(long)]
    short: bool,
    /// The `kedjan` program; built as it is shipped when not said, or as in the tests for a short run.
    #[arg(long)]
    kedjan: Option<PathBuf>,
    /// Where chance begins; shown by every run.
    #[arg(long)]
    seed: Option<u64>,
}

/// The instruments: name, what they need, whether they mount disks.
const INSTRUMENTS: &[(&str, &[Need], bool)] = &[
    ("kills-sqlite", &[Need::Sqlite], false),
    ("kills-postgres", &[Need::Sqlite, Need::Postgres], false),
    ("postgres", &[Need::Sqlite, Need::Postgres], false),
    ("cuts", &[Need::Sqlite, Need::Uml], false),
    ("disk", &[Need::Sqlite, Need::Uml], true),
    ("clock", &[Need::Sqlite, Need::Faketime], false),
    ("flips", &[Need::Sqlite], false),
];
/// Those of a short run.
const SHORT: &[&str] = &["kills-sqlite", "kills-postgres", "postgres", "cuts"];

/// Runs the instruments, prints the table, and says whether everything held.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<bool> {
    let since = Instant::now();
    let known: Vec<&str> = INSTRUMENTS.iter().map(|(name, ..)| *name).collect();
    if let Some(unknown) = arguments.only.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no instrument `{unknown}`; they are {}", known.join(", "));
    }
    let folder = root.join("target/torture");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let now: i64 = process::run(Command::new("date").arg("+%s%6N"))?.trim().parse()?;
    let seed = arguments.seed.unwrap_or(now.unsigned_abs());
    let kedjan = match &arguments.kedjan {
        Some(path) => std::path::absolute(path)?,
        None => program(root, arguments.short)?,
    };
    println!("seed {seed}");
    let mut ground = Ground { kedjan, folder: folder.clone(), now, chance: Chance(seed.max(1)) };
    let (mut sums, mut left_out) = (Vec::new(), Vec::new());
    for (name, needs, mounts) in INSTRUMENTS {
        let chosen =
            if arguments.only.is_empty() { !arguments.short || SHORT.contains(name) } else { named(arguments, name) };
        if !chosen {
            continue;
        }
        if let Err(why) = ready(needs, *mounts, &folder) {
            // A short run goes without a guest where none can be had, and says so.
            if arguments.short && *name == "cuts" {
                left_out.push(format!("{name} left out: {why:#}"));
                continue;
            }
            return Err(why);
        }
        println!("{name}");
        let own = instrument(name, &mut ground, arguments).with_context(|| (*name).to_owned())?;
        write(&folder.join("results.jsonl"), seed, &own)?;
        sums.extend(own);
    }
    println!();
    sums.iter().for_each(|sum| println!("{}", sum.line()));
    left_out.iter().for_each(|line| println!("{line}"));
    for sum in sums.iter().filter(|sum| !sum.well()) {
        sum.faults.iter().for_each(|fault| println!("{}: {fault}", sum.what));
        sum.plants.iter().filter(|(_, found)| !found).for_each(|(name, _)| println!("{}: not found: {name}", sum.what));
    }
    let (held, all) = (sums.iter().filter(|sum| sum.well()).count(), sums.len());
    println!("{} s", since.elapsed().as_secs());
    println!("{held} passed, {} failed", all - held);
    Ok(held == all)
}

fn named(arguments: &Arguments, name: &str) -> bool {
    arguments.only.iter().any(|only| only == name)
}

fn instrument(name: &str, ground: &mut Ground, arguments: &Arguments) -> anyhow::Result<Vec<Sum>> {
    let short = arguments.short;
    let kills = if short { 5 } else { arguments.kills };
    Ok(match name {
        "kills-sqlite" => vec![kills::sqlite(ground, kills)?],
        "kills-postgres" => vec![kills::postgres(ground, kills)?],
        "postgres" => failover::run(ground, if short { 2 } else { kills.div_ceil(10) })?,
        "cuts" => vec![cuts::run(ground, if short { 2 } else { arguments.cuts })?],
        "disk" => disk::run(ground, 4)?,
        "clock" => vec![clock::run(ground, 3)?],
        _ => flips::run(ground, 100)?,
    })
}

/// Brings what an instrument needs.
fn ready(needs: &[Need], mounts: bool, folder: &Path) -> anyhow::Result<()> {
    if mounts && !tools::is_root() {
        bail!(
            "Disks are mounted for this instrument, which only root may do. Run it as root, or leave it out with --only"
        );
    }
    tools::bring(needs, &folder.join("tools.log"))
}

/// The program as it is shipped, or as in the tests for a short run, built.
fn program(root: &Path, short: bool) -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe().context("this program cannot be found")?;
    let debug = this.parent().context("this program has no folder")?;
    let mut build = Command::new("cargo");
    build.args(["build", "--locked", "--package", "kedjan"]).args((!short).then_some("--release")).current_dir(root);
    if !build.status().context("cargo could not be run")?.success() {
        bail!("the product could not be built");
    }
    Ok(if short { debug.join("kedjan") } else { debug.with_file_name("release").join("kedjan") })
}

/// Adds the results to a file, so that a long run can be made in pieces.
fn write(path: &Path, seed: u64, sums: &[Sum]) -> anyhow::Result<()> {
    let mut file = process::log(path)?;
    for sum in sums {
        let mut line = sum.json();
        if let Some(object) = line.as_object_mut() {
            object.insert("seed".into(), seed.into());
        }
        writeln!(file, "{line}")?;
    }
    Ok(())
}
