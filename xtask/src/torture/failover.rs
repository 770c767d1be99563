//! PostgreSQL itself is killed, all its processes, and started again or replaced by its promoted standby. The product's
//! server is never restarted: it has to find its way back.

use super::course::{Course, Ground, Sum};
use super::kills::pause;
use super::pg::Cluster;
use super::site::{Served, Site};
use super::writers::Running;
use anyhow::bail;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long writers may stay without an acknowledgement after PostgreSQL is back.
const OUTAGE: Duration = Duration::from_secs(30);
/// The standby is made anew after each promotion, which takes the most time.
const PROMOTED_OF: u64 = 3;

/// PostgreSQL killed `wanted` times, a third of them with promotion; then the planted fault.
pub fn run(ground: &mut Ground, wanted: u64) -> anyhow::Result<Vec<Sum>> {
    let promotions = wanted.div_ceil(PROMOTED_OF);
    let folder = ground.folder.join("postgres");
    Ok(vec![
        kills(ground, &folder.join("kills"), wanted - promotions)?,
        promoted(ground, &folder.join("promoted"), promotions)?,
    ])
}

fn begin(ground: &Ground, cluster: &Cluster, folder: &Path) -> anyhow::Result<Course> {
    cluster.create("site", None)?;
    let site = Site::make(&ground.kedjan, &folder.join("site"), Some(&cluster.url("site")))?;
    Course::begin(site, &folder.join("outside"), ground.first())
}

/// Waits until something new is acknowledged; gives how long that took.
pub fn goes_on(course: &Course, served: &mut Served) -> anyhow::Result<Duration> {
    let (since, before) = (Instant::now(), course.journal.count());
    while course.journal.count() <= before + 5 {
        if since.elapsed() > OUTAGE {
            bail!("nothing was acknowledged for {} s after it was possible again", OUTAGE.as_secs());
        }
        if !served.runs() {
            bail!("the server has ended");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(since.elapsed())
}

fn judged(course: &mut Course, sum: &mut Sum, running: Running, served: &Served) -> anyhow::Result<bool> {
    sum.met(&running.stop()?);
    sum.met(&course.settle(served.address)?);
    let verdict = course.judged()?;
    let well = sum.take(&verdict);
    sum.progress(course, &format!("going on after at most {} ms", sum.slowest.as_millis()));
    Ok(well)
}

fn kills(ground: &mut Ground, folder: &Path, wanted: u64) -> anyhow::Result<Sum> {
    let mut sum = Sum::new("PostgreSQL killed and started again");
    if wanted == 0 {
        return Ok(sum);
    }
    let mut cluster = Cluster::start(&folder.join("postgres.log"))?;
    let mut course = begin(ground, &cluster, folder)?;
    let mut served = course.site.serve()?;
    while sum.events < wanted {
        let running = course.load(served.address);
        pause(ground);
        cluster.kill(0)?;
        sum.events += 1;
        cluster.again()?;
        sum.ready(goes_on(&course, &mut served)?);
        if !judged(&mut course, &mut sum, running, &served)? {
            break;
        }
    }
    served.stop()?;
    sum.acknowledged += course.journal.count() as u64;
    Ok(sum)
}

fn promoted(ground: &mut Ground, folder: &Path, wanted: u64) -> anyhow::Result<Sum> {
    let mut sum = Sum::new("PostgreSQL killed and its standby promoted");
    let mut cluster = Cluster::start(&folder.join("postgres.log"))?;
    let mut course = begin(ground, &cluster, folder)?;
    while sum.events < wanted {
        cluster.standby(true)?;
        course.site.move_to(cluster.url("site"))?;
        let mut served = course.site.serve()?;
        let running = course.load(served.address);
        pause(ground);
        cluster.fail_over()?;
        sum.events += 1;
        sum.ready(goes_on(&course, &mut served)?);
        let well = judged(&mut course, &mut sum, running, &served)?;
        served.stop()?;
        if !well {
            break;
        }
    }
    sum.acknowledged += course.journal.count() as u64;
    // A standby that commits do not wait for, and that was behind: what was acknowledged meanwhile is gone, and is missed.
    cluster.standby(false)?;
    cluster.stop_standby()?;
    course.site.move_to(cluster.url("site"))?;
    let served = course.site.serve()?;
    let running = course.load(served.address);
    pause(ground);
    // Judged once more, so that the heads outside are of what is about to be lost.
    judged(&mut course, &mut sum, running, &served)?;
    cluster.kill(0)?;
    served.kill()?;
    cluster.start_standby()?;
    cluster.promote()?;
    let site = course.site.copy(&folder.join("site-behind"), Some(&cluster.url("site")))?;
    let verdict = course.judged_copy(&site)?;
    sum.planted("a standby that commits did not wait for", !verdict.lost.is_empty() && !verdict.chain.is_empty());
    Ok(sum)
}
