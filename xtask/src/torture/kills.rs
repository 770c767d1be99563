//! The server is killed, by SIGKILL to its process group, while the writers write; sometimes once more while it starts.

use super::course::{Course, Ground, Sum};
use super::pg::Cluster;
use super::site::Site;

/// After so many events a fresh county takes over, so that judging stays quick.
const COURSE: u64 = 40;
/// Every so many kills the server is killed once more while it starts.
const EARLY: u64 = 5;

/// Kills on SQLite, `wanted` times, then the planted faults.
pub fn sqlite(ground: &mut Ground, wanted: u64) -> anyhow::Result<Sum> {
    let mut sum = Sum::new("kills of the server, SQLite");
    let folder = ground.folder.join("kills-sqlite");
    let template = Site::make(&ground.kedjan, &folder.join("county"), None)?;
    while sum.events < wanted && sum.faults.is_empty() {
        let mut course =
            Course::begin(template.copy(&folder.join("site"), None)?, &folder.join("outside"), ground.first())?;
        let last = on(ground, &mut course, &mut sum, wanted)?;
        if last {
            course.plants(&mut sum, &mut || course.site.copy(&folder.join("copy"), None))?;
        }
    }
    Ok(sum)
}

/// The same on PostgreSQL.
pub fn postgres(ground: &mut Ground, wanted: u64) -> anyhow::Result<Sum> {
    let mut sum = Sum::new("kills of the server, PostgreSQL");
    let folder = ground.folder.join("kills-postgres");
    let cluster = Cluster::start(&folder.join("postgres.log"))?;
    cluster.create("county", None)?;
    let template = Site::make(&ground.kedjan, &folder.join("county"), Some(&cluster.url("county")))?;
    while sum.events < wanted && sum.faults.is_empty() {
        cluster.create("site", Some("county"))?;
        let site = template.copy(&folder.join("site"), Some(&cluster.url("site")))?;
        let mut course = Course::begin(site, &folder.join("outside"), ground.first())?;
        let last = on(ground, &mut course, &mut sum, wanted)?;
        if last {
            course.plants(&mut sum, &mut || {
                cluster.create("copy", Some("site"))?;
                course.site.copy(&folder.join("copy"), Some(&cluster.url("copy")))
            })?;
        }
    }
    Ok(sum)
}

/// One county's rounds. Afterwards the server is stopped. Gives whether all that is wanted is done.
fn on(ground: &mut Ground, course: &mut Course, sum: &mut Sum, wanted: u64) -> anyhow::Result<bool> {
    let mut served = course.site.serve()?;
    for round in 1..=COURSE {
        let running = course.load(served.address);
        std::thread::sleep(ground.chance.millis(60, 450));
        served.kill()?;
        sum.met(&running.stop()?);
        sum.events += 1;
        if round % EARLY == 0 {
            course.site.start_and_kill(ground.chance.millis(2, 120))?;
            sum.events += 1;
        }
        served = course.site.serve()?;
        sum.ready(served.ready_in);
        let verdict = course.judged()?;
        let well = sum.take(&verdict);
        sum.progress(course, &format!("again after {} ms", served.ready_in.as_millis()));
        if !well || sum.events >= wanted {
            break;
        }
    }
    course.one_step(served.address, sum)?;
    sum.met(&course.settle(served.address)?);
    served.stop()?;
    let verdict = course.judged()?;
    if sum.faults.is_empty() {
        sum.take(&verdict);
    }
    sum.acknowledged += verdict.acknowledged as u64;
    let left = course.known().unanswered().len();
    if left > 0 {
        sum.faults.push(format!("{left} writes were never answered"));
    }
    Ok(sum.events >= wanted && sum.faults.is_empty())
}

/// A pause in which writers write.
pub fn pause(ground: &mut Ground) {
    std::thread::sleep(ground.chance.millis(150, 600));
}
