//! Damage to the files of a stopped installation: a bit turned over in the database or its log, the log deleted, an old
//! database put in the place of the new one. Looked for in the ways an installation has: it is started, and
//! `kedjan store verify`, `kedjan audit verify --against` and `kedjan statistics verify` are run.

use super::course::{Course, Ground, Sum};
use super::journal::Known;
use super::process::run as tool;
use super::site::{Site, with_end};
use super::sql::Database;
use anyhow::{Context, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Turns over `bits` bits in the database and half as many in its log, each in a copy of its own.
pub fn run(ground: &mut Ground, bits: u64) -> anyhow::Result<Vec<Sum>> {
    let folder = ground.folder.join("flips");
    let template = Site::make(&ground.kedjan, &folder.join("county"), None)?;
    let course = Course::begin(template.copy(&folder.join("site"), None)?, &folder.join("outside"), ground.first())?;
    let mut course = worked(ground, course, Duration::from_millis(1500))?;
    let known = course.known();
    // Folded in, so that a copy without a log is whole: what is in the database file lies there.
    course.site.serve()?.stop()?;
    let verdict = course.judged()?;
    let mut rig = Rig { folder, known, course, whole: String::new() };
    let mut in_file = Sum::new("a bit turned over in the database");
    in_file.take(&verdict);
    rig.bits(ground, "", bits, &mut in_file)?;
    // Killed, so that the log holds what the file does not.
    let mut more = worked(ground, rig.course, Duration::from_millis(700))?;
    // Heads are kept as of now, from a copy, so that the log itself is not folded in by looking.
    let copy = more.site.copy(&rig.folder.join("looked-at"), None)?;
    let mut in_log = Sum::new("a bit turned over in the log (-wal)");
    in_log.take(&more.judged_at(&copy)?);
    rig = Rig { known: more.known(), course: more, whole: String::new(), ..rig };
    rig.bits(ground, "-wal", bits.div_ceil(2), &mut in_log)?;
    let mut swapped = Sum::new("the log deleted, an old database put in place");
    let old = rig.folder.join("old.db");
    rig.deleted(&mut swapped)?;
    rig.put_back(&template, &old, &mut swapped)?;
    for sum in [&mut in_file, &mut in_log, &mut swapped] {
        sum.acknowledged = rig.known.acknowledged.len() as u64;
    }
    Ok(vec![in_file, in_log, swapped])
}

/// Lets the writers write for a while and kills the server.
fn worked(ground: &mut Ground, course: Course, least: Duration) -> anyhow::Result<Course> {
    let served = course.site.serve()?;
    let running = course.load(served.address);
    std::thread::sleep(least + ground.chance.millis(0, 300));
    none_wrong(running.stop()?.wrong)?;
    none_wrong(course.settle(served.address)?.wrong)?;
    served.kill()?;
    Ok(course)
}

fn none_wrong(wrong: Vec<String>) -> anyhow::Result<()> {
    wrong.into_iter().next().map_or(Ok(()), |words| bail!(words))
}

struct Rig {
    folder: PathBuf,
    known: Known,
    course: Course,
    /// Everything that the undamaged database holds.
    whole: String,
}

/// How a damage came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing that is stored is another than before.
    Harmless,
    /// The product said that something is wrong.
    ByProduct,
    /// Only the journal outside shows that an acknowledged write is gone or changed.
    ByJournal,
    /// What is stored has changed, and nobody said so.
    Nobody,
}

impl Rig {
    fn bits(&mut self, ground: &mut Ground, end: &str, bits: u64, sum: &mut Sum) -> anyhow::Result<()> {
        let untouched = self.copy()?;
        let (found, _) = self.look(&untouched)?;
        sum.planted("nothing turned over, and nothing is found", found == Found::Harmless || self.whole.is_empty());
        self.whole = dump(&untouched)?;
        let mut counts = [0_u64; 4];
        for _ in 0..bits {
            let site = self.copy()?;
            let path = with_end(&site.folder.join("kedjan.db"), end);
            let mut bytes = fs::read(&path)?;
            let place = ground.chance.within(0, bytes.len() as u64) as usize;
            let bit = ground.chance.within(0, 8);
            *bytes.get_mut(place).context("an empty file")? ^= 1 << bit;
            fs::write(&path, bytes)?;
            let (found, words) = self.look(&site)?;
            sum.events += 1;
            if let Some(count) = counts.get_mut(found as usize) {
                *count += 1;
            }
            let how = ["nothing changed", "found", "found only by the journal outside", "CHANGED AND NOT FOUND"];
            let how = how.get(found as usize).copied().unwrap_or_default();
            println!("  {}: byte {place}, bit {bit}: {how} {words}", sum.what);
        }
        let [harmless, product, journal, nobody] = counts;
        sum.notes.push(format!(
            "{bits} bits: {harmless} changed nothing that is stored, {product} found by the product, {journal} only by the \
             journal outside, {nobody} changed something and were found by nobody"
        ));
        println!("  {}: {}", sum.what, sum.notes.join("; "));
        Ok(())
    }

    /// What the product says of a damaged copy, and what the journal does.
    fn look(&self, site: &Site) -> anyhow::Result<(Found, String)> {
        match site.serve() {
            Ok(served) => served.stop()?,
            Err(_) => return Ok((Found::ByProduct, "(it does not start)".into())),
        }
        if let Err(said) = site.run(&["store", "verify"]) {
            return Ok((Found::ByProduct, format!("({said:.160})")));
        }
        let Ok(verdict) = self.course.judged_copy(site) else {
            let said = site.run(&["audit", "verify"]).is_err() || site.run(&["statistics", "verify"]).is_err();
            let found = if said { Found::ByProduct } else { Found::ByJournal };
            return Ok((found, "(rows that cannot be read)".into()));
        };
        if !verdict.chain.is_empty() || !verdict.tallies.is_empty() {
            return Ok((Found::ByProduct, String::new()));
        }
        if let Some(fault) = verdict.faults().first() {
            return Ok((Found::ByJournal, format!("({fault:.120})")));
        }
        let same = self.whole.is_empty() || dump(site).is_ok_and(|now| now == self.whole);
        Ok((if same { Found::Harmless } else { Found::Nobody }, String::new()))
    }

    fn copy(&self) -> anyhow::Result<Site> {
        self.course.site.copy(&self.folder.join("copy"), None)
    }

    fn deleted(&self, sum: &mut Sum) -> anyhow::Result<()> {
        let site = self.copy()?;
        let log = with_end(&site.folder.join("kedjan.db"), "-wal");
        let size = fs::metadata(&log)?.len();
        fs::remove_file(&log)?;
        let (found, _) = self.look(&site)?;
        sum.events += 1;
        sum.planted(&format!("the log of {size} bytes deleted"), found == Found::ByProduct);
        Ok(())
    }

    fn put_back(&self, template: &Site, old: &Path, sum: &mut Sum) -> anyhow::Result<()> {
        let site = self.copy()?;
        let Database::Sqlite(first) = &template.database else { bail!("not a file") };
        let log = with_end(&site.folder.join("kedjan.db"), "-wal");
        if log.exists() {
            fs::remove_file(log)?;
        }
        fs::copy(first, old)?;
        fs::copy(old, site.folder.join("kedjan.db"))?;
        let alone = site.run(&["audit", "verify"]).is_ok();
        let (found, _) = self.look(&site)?;
        sum.events += 1;
        sum.planted("an old database put in place, whose own chains hold", alone && found == Found::ByProduct);
        Ok(())
    }
}

/// Everything that a database holds, as text.
fn dump(site: &Site) -> anyhow::Result<String> {
    let Database::Sqlite(path) = &site.database else { bail!("not a file") };
    // What a start and a look leave behind is no damage.
    let text = tool(Command::new("sqlite3").args(["-readonly", "-batch"]).arg(path).arg(".dump"))?;
    Ok(text)
}
