//! The machine that is measured on: what it has, and how quickly its disk makes a write durable.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::figure::{Figure, Times};

/// How much is written before each sync: one page of the database.
const PAGE: [u8; 4096] = [7; 4096];

/// The machine in words, one fact a line.
pub fn facts() -> Vec<String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| after_colon(&text, "model name"));
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    vec![
        format!("cores      {cores}"),
        format!("processor  {}", processor.unwrap_or_else(|| "unknown".into())),
        format!("memory     {} MB", memory_kb().unwrap_or(0) / 1024),
        format!("kernel     {}", kernel.trim()),
        format!("compiler   {}", rustc.unwrap_or_else(|| "unknown".into())),
        format!("sqlite     {}", rusqlite::version()),
    ]
}

fn memory_kb() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    after_colon(&text, "MemTotal")?.split(' ').next()?.parse().ok()
}

/// What stands after the colon on the first line that begins with `name`.
pub fn after_colon(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// How many times a second one writer can write a page at the end of a file in `folder` and wait until it is durable, and
/// how long one such wait takes: the floor under every durable answer.
pub fn sync_rate(folder: &Path, window: Duration) -> anyhow::Result<Vec<Figure>> {
    let path = folder.join("sync-rate");
    let mut file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let (since, mut samples) = (Instant::now(), Vec::new());
    while since.elapsed() < window {
        let one = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        samples.push(one.elapsed());
    }
    let seconds = since.elapsed().as_secs_f64();
    fs::remove_file(&path)?;
    let times = Times::new(samples);
    Ok(vec![
        Figure::new("disk: durable writes of a page", times.len() as f64 / seconds, "1/s"),
        Figure::millis("disk: a durable write of a page, median", times.percentile(50)),
        Figure::millis("disk: a durable write of a page, p99", times.percentile(99)),
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_fact_is_read_from_its_own_line() {
        let text = "VmPeak:\t  9 kB\nVmHWM:\t   1234 kB\nVmRSS:\t  77 kB\n";
        assert_eq!(after_colon(text, "VmHWM").unwrap(), "1234 kB");
        assert_eq!(after_colon(text, "VmSwap"), None);
    }

    #[test]
    fn the_disk_is_written_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let figures = sync_rate(folder.path(), Duration::from_millis(20)).unwrap();
        assert!(figures.iter().all(|figure| figure.value > 0.0), "{figures:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
