//! The machine's clock is moved under the running server: an hour back, ten years ahead, and right again.

use super::course::{Course, Ground, Sum};
use super::kills::pause;
use super::site::Site;
use super::sql;
use crate::tools;
use anyhow::Context;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

/// Ten years in microseconds, as `faketime` counts them.
const TEN_YEARS: i64 = 10 * 365 * 24 * 3600 * 1_000_000;

/// Moves the clock there and back, `rounds` times.
pub fn run(ground: &mut Ground, rounds: u64) -> anyhow::Result<Sum> {
    let mut sum = Sum::new("the clock moved: -1 h, +10 years, and back");
    let folder = ground.folder.join("clock");
    let template = Site::make(&ground.kedjan, &folder.join("county"), None)?;
    for _ in 0..rounds {
        let site = template.copy(&folder.join("site"), None)?;
        let mut course = Course::begin(site, &folder.join("outside"), ground.first())?;
        once(ground, &mut course, &folder, &mut sum)?;
        sum.acknowledged += course.journal.count() as u64;
    }
    Ok(sum)
}

fn once(ground: &mut Ground, course: &mut Course, folder: &Path, sum: &mut Sum) -> anyhow::Result<()> {
    let hand = folder.join("clock.txt");
    let set = |offset: &str| std::fs::write(&hand, format!("{offset}\n")).context("the clock cannot be moved");
    set("+0")?;
    let library = tools::faketime_library().context("libfaketime is not installed")?;
    let env = [
        ("LD_PRELOAD", library.to_string_lossy().into_owned()),
        ("FAKETIME_TIMESTAMP_FILE", hand.to_string_lossy().into_owned()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
    ];
    let served = course.site.serve_with(&env)?;
    let ahead = Arc::new(AtomicI64::new(ground.first() + TEN_YEARS));
    for (offset, far) in [("+0", false), ("-1h", false), ("+0", false), ("+3650d", true), ("+0", false)] {
        if !far {
            let running = course.load(served.address);
            pause(ground);
            // Moved while they write; by the hour, so that what they have begun to tell can still have happened.
            set(offset)?;
            pause(ground);
            sum.met(&running.stop()?);
        } else {
            // What is ten years old begins no case, so these writers have times of their own.
            set(offset)?;
            let running = course.load_at(served.address, &ahead);
            pause(ground);
            sum.met(&running.stop()?);
        }
        sum.events += 1;
        let verdict = course.judged()?;
        sum.take(&verdict);
        sum.progress(course, &format!("the clock at {offset}"));
        if far {
            let latest = course.site.database.rows(sql::LATEST)?;
            let latest: i64 = latest.first().and_then(|row| row.first()?.parse().ok()).unwrap_or_default();
            sum.planted("the server's records carry the moved clock", latest > ground.now + TEN_YEARS / 2);
            set("+0")?;
        }
    }
    sum.met(&course.settle(served.address)?);
    served.stop()
}
