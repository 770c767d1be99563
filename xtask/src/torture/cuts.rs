//! Power cuts: the server runs on a machine of its own, a user-mode Linux whose kernel is killed. What it had not written to
//! its disk is gone, as when the power goes.
//!
//! The disk is an image with ext4. After a cut a copy of it is repaired by `e2fsck` and judged on the host; the guest starts
//! again on the image itself, which its own kernel repairs.

use super::course::{Course, Ground, Sum};
use super::process::{Leashed, Output, log, run as tool};
use super::site::Site;
use crate::tools::system_program;
use anyhow::{Context, bail};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// After so many cuts a fresh county on a fresh image takes over.
const COURSE: u64 = 25;
/// How long a guest may take until its server answers.
const BOOT: Duration = Duration::from_secs(90);
/// How often the planted fault is given the chance to be found.
const PLANTED: u64 = 3;
/// The size of the disk.
const DISK: &str = "128M";
const SHIM: &str = include_str!("sync_shim.c");

/// Cuts the power `wanted` times; then, with commits that are not synced, until it is found.
pub fn run(ground: &mut Ground, wanted: u64) -> anyhow::Result<Sum> {
    let mut sum = Sum::new("power cuts, SQLite");
    let folder = ground.folder.join("cuts");
    let template = Site::make(&ground.kedjan, &folder.join("county"), None)?;
    while sum.events < wanted && sum.faults.is_empty() {
        let mut rig = Rig::begin(ground, &template, &folder, None)?;
        for _ in 0..COURSE.min(wanted - sum.events) {
            let faulty = rig.cut(ground, &mut sum)?;
            if faulty {
                break;
            }
        }
        sum.acknowledged += rig.course.journal.count() as u64;
    }
    let shim = shim(&folder)?;
    let mut planted = Sum::new("power cuts with commits that are not synced (planted)");
    let mut rig = Rig::begin(ground, &template, &folder, Some(shim))?;
    while planted.events < PLANTED && planted.lost == 0 {
        rig.cut(ground, &mut planted)?;
    }
    let found = format!(
        "commits not synced (synchronous=NORMAL): {} lost after {} cuts, {} acknowledged",
        planted.lost,
        planted.events,
        rig.course.journal.count()
    );
    sum.planted(&found, planted.lost > 0);
    Ok(sum)
}

/// Builds the planted fault.
fn shim(folder: &Path) -> anyhow::Result<PathBuf> {
    let (source, library) = (folder.join("sync_shim.c"), folder.join("sync_shim.so"));
    std::fs::write(&source, SHIM)?;
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(&source).arg("-ldl");
    tool(&mut compile).context("building the planted fault")?;
    Ok(library)
}

/// A guest machine with its disk.
struct Rig {
    folder: PathBuf,
    image: PathBuf,
    /// Where the guest mounts its disk. On the host the settings lie there from which the disk was made.
    mount: PathBuf,
    preload: Option<PathBuf>,
    course: Course,
    boots: u64,
}

/// What the console says beside the journal.
enum Said {
    Up(Duration),
    Wrong(String),
    Ended(String),
}

impl Rig {
    fn begin(ground: &Ground, template: &Site, folder: &Path, preload: Option<PathBuf>) -> anyhow::Result<Rig> {
        let (mount, image) = (folder.join("disk"), folder.join("disk.img"));
        let site = template.copy(&mount, None)?;
        let course = Course::begin(site, &folder.join("outside"), ground.first())?;
        if image.exists() {
            std::fs::remove_file(&image)?;
        }
        let mut make = Command::new(system_program("mkfs.ext4"));
        tool(make.args(["-q", "-d"]).arg(&mount).arg(&image).arg(DISK))?;
        Ok(Rig { folder: folder.to_owned(), image, mount, preload, course, boots: 0 })
    }

    /// Boots, lets the writers write, cuts the power, judges. Gives whether something was wrong.
    fn cut(&mut self, ground: &mut Ground, sum: &mut Sum) -> anyhow::Result<bool> {
        let mut guest = self.boot()?;
        let (sender, said) = channel();
        let journal = Arc::clone(&self.course.journal);
        let output = guest.output().context("the guest has no console")?;
        let reader = std::thread::spawn(move || listen(output, &sender, |line| journal.take_in(line)));
        let up = loop {
            match said.recv_timeout(BOOT) {
                Ok(Said::Up(took)) => break took,
                Ok(Said::Wrong(words)) => sum.faults.push(words),
                Ok(Said::Ended(words)) => bail!("the guest did not come up: {words}"),
                Err(_) => bail!("the guest's server did not answer within {} s", BOOT.as_secs()),
            }
        };
        std::thread::sleep(ground.chance.millis(400, 2200));
        guest.kill()?;
        reader.join().map_err(|_| anyhow::anyhow!("the console's reader panicked"))??;
        sum.events += 1;
        sum.ready(up);
        sum.faults.extend(wrongs(&said));
        let faults = sum.faults.len();
        let site = self.repaired_copy()?;
        // At rest, since the heads that are kept must be those of the disk: a server on the copy writes records of its own.
        let verdict = self.course.judged_at(&site)?;
        sum.take(&verdict);
        site.serve().context("after a power cut")?.kill()?;
        sum.take_again(&self.course.judged_copy(&site)?);
        sum.progress(&self.course, &format!("up in the guest after {} ms", up.as_millis()));
        Ok(sum.faults.len() > faults)
    }

    fn boot(&mut self) -> anyhow::Result<Leashed> {
        self.boots += 1;
        let known = self.course.known();
        let next = known.sent.keys().max().map_or(self.course.next.load(Ordering::SeqCst), |at| at + 1);
        let again = self.folder.join("again.txt");
        let lines: String = known.unanswered().iter().map(|write| write.line() + "\n").collect();
        std::fs::write(&again, lines)?;
        let this = std::env::current_exe().context("this program cannot be found")?;
        let site = &self.course.site;
        let preload = self.preload.as_ref().map(|path| format!(" --preload {}", path.display())).unwrap_or_default();
        let mount = self.mount.display();
        let script = format!(
            "#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nmount -t proc proc /proc\nmount -t sysfs sys /sys\n\
             ip link set lo up || ifconfig lo up\nmount -t ext4 /dev/ubda {mount} &&\n\
             {} torture-guest --kedjan {} --folder {mount} --tokens {} {} --again {} --next {next}{preload} 2>&1\n\
             echo \"ended $?\"\nsleep 600\n",
            this.display(),
            site.kedjan.display(),
            site.tokens.officer,
            site.tokens.receiver,
            again.display(),
        );
        let init = self.folder.join("init.sh");
        std::fs::write(&init, script)?;
        tool(Command::new("chmod").arg("700").arg(&init))?;
        let mut command = Command::new("linux.uml");
        command.args(["mem=384M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "loglevel=0", "quiet"]);
        command.arg(format!("init={}", init.display())).arg(format!("ubd0={}", self.image.display()));
        command.arg(format!("uml_dir={}", self.folder.join("uml").display()));
        command.args(["con=null", "con0=null,fd:1"]);
        Leashed::start(&command, Output::Guest, &log(&self.folder.join("guest.log"))?)
    }

    /// The installation as it is on the disk now, on the host: the image is copied, repaired, and its files taken out.
    fn repaired_copy(&self) -> anyhow::Result<Site> {
        let (image, folder) = (self.folder.join("copy.img"), self.folder.join("copy"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir(&folder)?;
        tool(Command::new("cp").arg("--sparse=always").arg(&self.image).arg(&image))?;
        let mut check = Command::new(system_program("e2fsck"));
        let done = check.arg("-fy").arg(&image).stdin(Stdio::null()).output().context("e2fsck")?;
        // 1: something was repaired, as the journal always is.
        if !matches!(done.status.code(), Some(0 | 1)) {
            bail!("the file system did not survive: {}", String::from_utf8_lossy(&done.stdout));
        }
        let mut take = Command::new(system_program("debugfs"));
        tool(take.arg("-R").arg(format!("rdump / {}", folder.display())).arg(&image))?;
        self.course.site.moved(&folder)
    }
}

/// Takes the journal in and passes on what else the console says, until it ends.
fn listen(
    output: ChildStdout,
    sender: &Sender<Said>,
    take_in: impl Fn(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut lines = BufReader::new(output).split(b'\n');
    let mut last = Vec::new();
    while let Some(Ok(line)) = lines.next() {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        let said = match text.split_once(' ') {
            Some(("up", millis)) => Some(Said::Up(Duration::from_millis(millis.parse().unwrap_or_default()))),
            Some(("wrong", words)) => Some(Said::Wrong(words.to_owned())),
            Some(("ended", _)) => Some(Said::Ended(last.join("\n"))),
            Some(("sent" | "ack" | "refused", _)) => {
                take_in(text)?;
                None
            }
            _ => {
                last.push(text.to_owned());
                None
            }
        };
        if let Some(said) = said {
            // Nobody listens any more once the power is cut.
            let _ = sender.send(said);
        }
    }
    Ok(())
}

fn wrongs(said: &Receiver<Said>) -> Vec<String> {
    let words = said.try_iter().filter_map(|said| match said {
        Said::Wrong(words) => Some(words),
        Said::Up(_) | Said::Ended(_) => None,
    });
    words.collect()
}
