//! The disk is full, stalls, or becomes read-only, under the writers. Where it can go on afterwards, the service has to,
//! without being restarted.

use super::client::{Client, Request};
use super::course::{Course, Ground, Sum};
use super::failover::goes_on;
use super::kills::pause;
use super::process::run as tool;
use super::site::{Served, Site};
use crate::tools::system_program;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What is left when the disk is filled up.
const LEFT: u64 = 4 << 20;
/// How much is taken at a time.
const PIECE: u64 = 8 << 20;

/// Each of the three, `rounds` times.
pub fn run(ground: &mut Ground, rounds: u64) -> anyhow::Result<Vec<Sum>> {
    let folder = ground.folder.join("disk");
    let template = Site::make(&ground.kedjan, &folder.join("county"), None)?;
    let mut sums = Vec::new();
    for trouble in [Trouble::Full, Trouble::Stalled, Trouble::ReadOnly] {
        let mut sum = Sum::new(trouble.name());
        for round in 0..rounds {
            let disk = Disk::make(&folder.join("disk"), trouble, round)?;
            once(ground, &template, &folder, trouble, &disk, &mut sum)?;
        }
        sums.push(sum);
    }
    Ok(sums)
}

/// What happens to a disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Full,
    Stalled,
    ReadOnly,
}

impl Trouble {
    fn name(self) -> &'static str {
        match self {
            Trouble::Full => "disk full, then room again",
            Trouble::Stalled => "disk stalled, then going on",
            Trouble::ReadOnly => "disk read-only after an error of the file system",
        }
    }
}

fn once(
    ground: &mut Ground,
    template: &Site,
    folder: &Path,
    trouble: Trouble,
    disk: &Disk,
    sum: &mut Sum,
) -> anyhow::Result<()> {
    let mut course =
        Course::begin(template.copy(&disk.mount.join("site"), None)?, &folder.join("outside"), ground.first())?;
    // The copy itself is no write of the product's: it is on the disk before anything happens to that.
    tool(Command::new("sync").arg("-f").arg(&disk.mount))?;
    let mut served = course.site.serve()?;
    let mut running = course.load(served.address);
    pause(ground);
    if trouble == Trouble::ReadOnly {
        // Between writes: a file system that fails in the middle of a sync may say that it is done, and nobody above can know.
        sum.met(&running.stop()?);
        disk.begin(trouble)?;
        running = course.load(served.address);
    } else {
        disk.begin(trouble)?;
    }
    quiet(&course)?;
    std::thread::sleep(Duration::from_millis(500));
    sum.events += 1;
    during(&course, &mut served, trouble, sum);
    if trouble == Trouble::ReadOnly {
        sum.met(&running.stop()?);
        served.stop()?;
        disk.repair()?;
        served = course.site.serve()?;
        sum.ready(served.ready_in);
    } else {
        disk.end(trouble)?;
        sum.ready(goes_on(&course, &mut served)?);
        let met = running.stop()?;
        sum.met(&met);
        sum.notes.push(format!("answers: {:?}, unanswered {}", met.statuses, met.unanswered));
    }
    sum.met(&course.settle(served.address)?);
    let verdict = course.judged()?;
    sum.take(&verdict);
    served.stop()?;
    sum.progress(&course, &format!("going on after at most {} ms", sum.slowest.as_millis()));
    sum.acknowledged += verdict.acknowledged as u64;
    Ok(())
}

/// Waits until nothing is acknowledged any more.
fn quiet(course: &Course) -> anyhow::Result<()> {
    let (began, mut since, mut count) = (Instant::now(), Instant::now(), course.journal.count());
    while since.elapsed() < Duration::from_millis(700) {
        std::thread::sleep(Duration::from_millis(20));
        let now = course.journal.count();
        if now != count {
            (since, count) = (Instant::now(), now);
        }
        if began.elapsed() > Duration::from_secs(60) {
            bail!("writes are acknowledged although the disk takes none");
        }
    }
    Ok(())
}

/// The process has to live and say so, and nobody may be shown anything that cannot be recorded.
fn during(course: &Course, served: &mut Served, trouble: Trouble, sum: &mut Sum) {
    if !served.runs() {
        sum.faults.push("the server has ended".into());
    }
    let asked = |path: &str, token: &str| {
        Client::new(served.address).ask(&Request { body: None, path, token, key: "" }).map(|answer| answer.status)
    };
    match asked("/healthz", "") {
        Ok(200) => {}
        other => sum.faults.push(format!("/healthz: {other:?}")),
    }
    // On a stalled disk the answer comes when the disk does.
    if trouble != Trouble::Stalled {
        match asked("/api/v1/cases", &course.site.tokens.receiver) {
            Ok(503) => {}
            // A full disk may have room for one small record where there is none for many.
            Ok(200) if trouble == Trouble::Full => {}
            other => sum.faults.push(format!("a look that cannot be recorded was answered {other:?}")),
        }
    }
}

/// A disk of its own, mounted.
struct Disk {
    mount: PathBuf,
    image: PathBuf,
}

impl Disk {
    /// A memory file system for the first full disk, else ext4 in an image.
    fn make(folder: &Path, trouble: Trouble, round: u64) -> anyhow::Result<Disk> {
        let disk = Disk { mount: folder.join("mount"), image: folder.join("image") };
        std::fs::create_dir_all(&disk.mount)?;
        if trouble == Trouble::Full && round.is_multiple_of(2) {
            tool(Command::new("mount").args(["-t", "tmpfs", "-o", "size=256m", "none"]).arg(&disk.mount))?;
            return Ok(disk);
        }
        if disk.image.exists() {
            std::fs::remove_file(&disk.image)?;
        }
        tool(Command::new(system_program("mkfs.ext4")).args(["-q", "-m", "0"]).arg(&disk.image).arg("256M"))?;
        disk.mounted()?;
        Ok(disk)
    }

    fn mounted(&self) -> anyhow::Result<()> {
        let mut mount = Command::new("mount");
        tool(mount.args(["-o", "loop,errors=remount-ro"]).arg(&self.image).arg(&self.mount)).map(|_| ())
    }

    fn begin(&self, trouble: Trouble) -> anyhow::Result<()> {
        match trouble {
            // In pieces, while the writers take from the same room.
            Trouble::Full => {
                let mut size = 0_u64;
                while self.free()? > LEFT {
                    size += PIECE;
                    let mut fill = Command::new("fallocate");
                    if tool(fill.args(["-l", &size.to_string()]).arg(self.ballast())).is_err() {
                        break;
                    }
                }
                Ok(())
            }
            Trouble::Stalled => tool(Command::new("fsfreeze").arg("-f").arg(&self.mount)).map(|_| ()),
            Trouble::ReadOnly => {
                let device = tool(Command::new("findmnt").args(["-no", "SOURCE"]).arg(&self.mount))?;
                let name = device.trim().rsplit('/').next().unwrap_or_default();
                std::fs::write(format!("/sys/fs/ext4/{name}/trigger_fs_error"), "tortured")
                    .context("the kernel takes no error by hand")
            }
        }
    }

    fn end(&self, trouble: Trouble) -> anyhow::Result<()> {
        match trouble {
            Trouble::Full => Ok(std::fs::remove_file(self.ballast())?),
            Trouble::Stalled => tool(Command::new("fsfreeze").arg("-u").arg(&self.mount)).map(|_| ()),
            Trouble::ReadOnly => bail!("it cannot be written to again before it is repaired"),
        }
    }

    /// What whoever keeps the machine does: unmount, check, mount.
    fn repair(&self) -> anyhow::Result<()> {
        tool(Command::new("umount").arg(&self.mount))?;
        let check = Command::new(system_program("e2fsck")).arg("-fy").arg(&self.image).stdin(Stdio::null()).output()?;
        if !matches!(check.status.code(), Some(0 | 1)) {
            bail!("the file system could not be repaired");
        }
        self.mounted()
    }

    fn free(&self) -> anyhow::Result<u64> {
        let free = tool(Command::new("df").args(["--output=avail", "-B1"]).arg(&self.mount))?;
        Ok(free.lines().nth(1).unwrap_or_default().trim().parse()?)
    }

    fn ballast(&self) -> PathBuf {
        self.mount.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A frozen one cannot be unmounted; one that is not frozen says so.
        let silent = |command: &mut Command| {
            let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        };
        silent(Command::new("fsfreeze").arg("-u").arg(&self.mount));
        silent(Command::new("umount").arg("-l").arg(&self.mount));
    }
}
