//! `cargo xtask fuzz`: throws input at every parser, led by what it covers, and says how often and what broke.
//!
//! libFuzzer comes with the crate `libfuzzer-sys` and is built by the C++ compiler of the machine; the compiler of the
//! project gives the coverage, by flags that are stable. What is found lies under `target/fuzz` and is not committed:
//! a fuzzer that is led well makes numbers that are somebody's.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Every edge counts, and what is compared is told to the fuzzer.
const FLAGS: &[&str] = &[
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// The target with a fault in it: run by name only, and good when the fault is found.
const PLANTED: &str = "planted";
/// Nothing that is sent needs more memory (MiB) or time (seconds).
const LIMITS: [&str; 2] = ["-rss_limit_mb=512", "-timeout=10"];

/// What is fuzzed.
#[derive(clap::Args)]
pub struct Arguments {
    /// Minutes for each target.
    #[arg(long, default_value_t = 1)]
    minutes: u64,
    /// Runs only this target; may be given several times. `planted` has a fault that has to be found.
    #[arg(long, value_name = "TARGET")]
    only: Vec<String>,
}

/// How it went with one target.
struct Done {
    seconds: u64,
    executions: u64,
    corpus: usize,
    crashed: bool,
}

/// Builds the targets, runs each in turn, and says whether all held.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<bool> {
    let all = targets(root)?;
    if let Some(unknown) = arguments.only.iter().find(|name| !all.contains(name)) {
        bail!("there is no target `{unknown}`; the targets are {}", all.join(", "));
    }
    let is_chosen = |name: &&String| {
        if arguments.only.is_empty() { *name != PLANTED } else { arguments.only.contains(name) }
    };
    let chosen: Vec<&String> = all.iter().filter(is_chosen).collect();
    let out = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("fuzz");
    let programs = build(root, &out, &chosen)?;
    println!("{:<16}{:>8}{:>14}{:>8}{:>9}", "target", "minutes", "executions", "corpus", "crashes");
    let mut good = true;
    for name in chosen {
        let done = fuzz(root, &out, &programs.join(name), name, Duration::from_secs(arguments.minutes * 60))?;
        let (whole, tenth) = (done.seconds / 60, done.seconds % 60 / 6);
        let crashes = u8::from(done.crashed);
        println!("{name:<16}{:>8}{:>14}{:>8}{crashes:>9}", format!("{whole}.{tenth}"), done.executions, done.corpus);
        let is_planted = name == PLANTED;
        if done.crashed {
            println!("  the input: {}", out.join("crashes").join(name).display());
        }
        good &= done.crashed == is_planted;
    }
    Ok(good)
}

/// The names of the programs in `fuzz/targets`.
fn targets(root: &Path) -> anyhow::Result<Vec<String>> {
    let folder = root.join("fuzz/targets");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Builds the chosen targets and says where they lie. The flags hold for what is built for the machine by its name, and so
/// not for what runs while building.
fn build(root: &Path, out: &Path, chosen: &[&String]) -> anyhow::Result<PathBuf> {
    let said = Command::new("rustc").arg("-vV").output().context("rustc could not be run")?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no machine")?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--target", host]).arg("--target-dir").arg(out);
    for name in chosen {
        cargo.args(["--bin", name]);
    }
    cargo.current_dir(root.join("fuzz")).env_remove("CARGO_ENCODED_RUSTFLAGS").env("RUSTFLAGS", FLAGS.join(" "));
    if !cargo.status().context("cargo could not be run")?.success() {
        bail!("the targets could not be built; libFuzzer needs a C++ compiler (c++)");
    }
    Ok(out.join(host).join("debug"))
}

fn fuzz(root: &Path, out: &Path, program: &Path, name: &str, time: Duration) -> anyhow::Result<Done> {
    let (grown, crashes) = (out.join("corpus").join(name), out.join("crashes").join(name));
    for folder in [&grown, &crashes] {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut command = Command::new(program);
    command.arg(format!("-max_total_time={}", time.as_secs())).args(LIMITS).arg("-print_final_stats=1");
    command.arg(format!("-artifact_prefix={}/", crashes.display())).arg(&grown);
    let seeds = root.join("fuzz/corpus").join(name);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    let began = Instant::now();
    let ended = command.output().with_context(|| format!("{} could not be run", program.display()))?;
    let seconds = began.elapsed().as_secs();
    let told = String::from_utf8_lossy(&ended.stderr);
    std::fs::write(out.join(format!("{name}.log")), told.as_bytes()).context("the log could not be written")?;
    let executions = executed(&told).with_context(|| format!("{name} says nothing of what it did: {told}"))?;
    let corpus = std::fs::read_dir(&grown).map_or(0, Iterator::count);
    Ok(Done { seconds, executions, corpus, crashed: !ended.status.success() })
}

/// How many inputs libFuzzer says that it has tried.
fn executed(told: &str) -> Option<u64> {
    told.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_says_is_counted_and_silence_is_not_taken_for_a_run() {
        let told = "#2 INITED cov: 1\nstat::number_of_executed_units: 1048576\nstat::average_exec_per_sec:     17\n";
        assert_eq!(executed(told), Some(1_048_576));
        assert_eq!(executed("the program could not start"), None);
    }
}
