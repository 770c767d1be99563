//! One installation under torture: its journal, its judge, and what all of it comes to.

use super::journal::{Journal, Known, Write};
use super::judge::{Judge, Verdict};
use super::site::Site;
use super::sql::{PLANTS, Shows};
use super::writers::{Load, Met, Running};
use anyhow::Context;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

/// An installation, what is known of the writes to it, and who judges it.
pub struct Course {
    /// The installation.
    pub site: Site,
    /// What was sent and acknowledged.
    pub journal: Arc<Journal>,
    /// The time of the next write.
    pub next: Arc<AtomicI64>,
    judge: Judge,
}

impl Course {
    /// Begins on an installation whose server is not running. `outside` is a folder for journal and heads.
    pub fn begin(site: Site, outside: &Path, next: i64) -> anyhow::Result<Course> {
        if outside.exists() {
            std::fs::remove_dir_all(outside)?;
        }
        std::fs::create_dir_all(outside)?;
        let judge = Judge::begin(&site, outside)?;
        let journal = Arc::new(Journal::in_file(&outside.join("journal.txt"))?);
        Ok(Course { site, journal, next: Arc::new(AtomicI64::new(next)), judge })
    }

    /// Lets the writers begin: first with what was not answered before, then with new writes.
    pub fn load(&self, address: SocketAddr) -> Running {
        self.writers(address, self.known().unanswered(), true, Arc::clone(&self.next))
    }

    /// The writers with times from a counter of their own.
    pub fn load_at(&self, address: SocketAddr, next: &Arc<AtomicI64>) -> Running {
        self.writers(address, Vec::new(), true, Arc::clone(next))
    }

    /// Sends again what was not answered, and nothing else.
    pub fn settle(&self, address: SocketAddr) -> anyhow::Result<Met> {
        self.writers(address, self.known().unanswered(), false, Arc::clone(&self.next)).ended()
    }

    fn writers(&self, address: SocketAddr, again: Vec<Write>, fresh: bool, next: Arc<AtomicI64>) -> Running {
        let (tokens, journal) = (self.site.tokens.clone(), Arc::clone(&self.journal));
        Load { address, tokens, journal, next, again, fresh }.start()
    }

    /// What the journal holds.
    pub fn known(&self) -> Known {
        self.journal.known()
    }

    /// Judges the installation as it is now. No writer may be at work.
    pub fn judged(&mut self) -> anyhow::Result<Verdict> {
        self.judge.judge(&self.site, &self.known())
    }

    /// Judges another place with what this one holds.
    pub fn judged_at(&mut self, site: &Site) -> anyhow::Result<Verdict> {
        self.judge.judge(site, &self.known())
    }

    /// Judges a copy that a fault may be in, and learns nothing from it.
    pub fn judged_copy(&self, site: &Site) -> anyhow::Result<Verdict> {
        self.judge.judge_copy(site, &self.known())
    }

    /// Lets the writers go on until a step is acknowledged, into which faults can be planted: on a slow machine the pauses
    /// between kills may be too short for one.
    pub fn one_step(&self, address: SocketAddr, sum: &mut Sum) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(30);
        while acknowledged_step(&self.known()).is_none() && Instant::now() < until {
            let running = self.load(address);
            std::thread::sleep(Duration::from_secs(1));
            sum.met(&running.stop()?);
        }
        Ok(())
    }

    /// Plants each fault in a copy of its own and looks whether the judge finds it. The server must not be running.
    /// `copy` makes a copy of the database and gives it with how it is taken away again.
    pub fn plants(&self, sum: &mut Sum, copy: &mut dyn FnMut() -> anyhow::Result<Site>) -> anyhow::Result<()> {
        let known = self.known();
        let (at, code) =
            acknowledged_step(&known).context("nothing was acknowledged that a fault could be planted in")?;
        let untouched = self.judged_copy(&copy()?)?;
        sum.planted("nothing at all, and nothing is found", untouched.faults().is_empty());
        for plant in PLANTS {
            let site = copy()?;
            let sql = plant.sql.replace("{at}", &at.to_string()).replace("{code}", code);
            site.database.exec(&sql).with_context(|| format!("planting {}", plant.name))?;
            let verdict = self.judged_copy(&site)?;
            sum.planted(plant.name, !verdict.of(plant.shows).is_empty());
        }
        let mut with_more = known.clone();
        with_more.acknowledged.insert(1, code.clone());
        let verdict = self.judge.judge_copy(&copy()?, &with_more)?;
        sum.planted("a journal line of a write that never was", verdict.of(Shows::Lost).len() == 1);
        Ok(())
    }
}

/// A step that was acknowledged: its time and the case that it was answered with.
fn acknowledged_step(known: &Known) -> Option<(&i64, &String)> {
    known.acknowledged.iter().find(|(at, _)| known.sent.get(*at).is_some_and(|write| write.line().contains("step")))
}

/// What an instrument found over all its rounds.
pub struct Sum {
    /// What was done.
    pub what: String,
    /// How often.
    pub events: u64,
    /// Writes acknowledged.
    pub acknowledged: u64,
    /// Of them lost.
    pub lost: u64,
    /// Stored more than once, or never sent.
    pub doubled: u64,
    /// The longest that the server took to answer again.
    pub slowest: Duration,
    /// Planted faults, and whether each was found.
    pub plants: Vec<(String, bool)>,
    /// Everything that should not be.
    pub faults: Vec<String>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

impl Sum {
    /// Nothing done yet.
    pub fn new(what: impl Into<String>) -> Sum {
        Sum {
            what: what.into(),
            events: 0,
            acknowledged: 0,
            lost: 0,
            doubled: 0,
            slowest: Duration::ZERO,
            plants: Vec::new(),
            faults: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Takes a verdict in; true when all is well. What is acknowledged is counted at the end of a course.
    pub fn take(&mut self, verdict: &Verdict) -> bool {
        self.lost += verdict.lost.len() as u64;
        self.doubled += verdict.doubled.len() as u64;
        let faults = verdict.faults();
        let well = faults.is_empty();
        self.faults.extend(faults.into_iter().map(|fault| format!("event {}: {fault}", self.events)));
        well
    }

    /// Takes in what is wrong when the same event is judged a second time: what is lost is counted once.
    pub fn take_again(&mut self, verdict: &Verdict) {
        let faults = verdict.faults();
        self.faults.extend(faults.into_iter().map(|fault| format!("event {}, served again: {fault}", self.events)));
    }

    /// Takes in what the writers met with.
    pub fn met(&mut self, met: &Met) {
        self.faults.extend(met.wrong.iter().cloned());
    }

    /// How long the server took to answer again.
    pub fn ready(&mut self, took: Duration) {
        self.slowest = self.slowest.max(took);
    }

    /// A planted fault, and whether it was found.
    pub fn planted(&mut self, name: &str, found: bool) {
        self.plants.push((name.to_owned(), found));
        println!("  planted: {name}: {}", if found { "found" } else { "NOT FOUND" });
    }

    /// Whether everything held and every planted fault was found.
    pub fn well(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.faults.is_empty() && self.plants.iter().all(|(_, found)| *found)
    }

    /// A line of progress.
    pub fn progress(&self, course: &Course, last: &str) {
        let acknowledged = self.acknowledged + course.journal.count() as u64;
        let Sum { what, events, lost, doubled, .. } = self;
        println!("  {what}: {events} done, {acknowledged} acknowledged, {lost} lost, {doubled} doubled; {last}");
    }

    /// One line of the table.
    pub fn line(&self) -> String {
        let found = self.plants.iter().filter(|(_, found)| *found).count();
        let mut line = format!(
            "{}: {} events, {} acknowledged, {} lost, {} doubled, planted faults found {found} of {}",
            self.what,
            self.events,
            self.acknowledged,
            self.lost,
            self.doubled,
            self.plants.len()
        );
        if self.slowest > Duration::ZERO {
            line.push_str(&format!(", answering again within {} ms", self.slowest.as_millis()));
        }
        line.push_str(if self.well() { "" } else { " - DOES NOT HOLD" });
        line
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        json!({ "what": self.what, "events": self.events, "acknowledged": self.acknowledged, "lost": self.lost,
            "doubled": self.doubled, "slowest_ms": self.slowest.as_millis() as u64, "well": self.well(),
            "planted": self.plants.iter().map(|(name, found)| json!({ "fault": name, "found": found })).collect::<Vec<_>>(),
            "faults": self.faults, "notes": self.notes })
    }
}

/// What all instruments stand on.
pub struct Ground {
    /// The program under test.
    pub kedjan: PathBuf,
    /// Where everything of the run lies.
    pub folder: PathBuf,
    /// Microseconds UTC at the beginning of the run.
    pub now: i64,
    /// Where chance comes from.
    pub chance: Chance,
}

impl Ground {
    /// Two hours ago, so that the clock can be moved back by one and the writes still lie in the past.
    pub fn first(&self) -> i64 {
        self.now - 2 * 3600 * 1_000_000
    }
}

/// Chance that can be had again by its seed (xorshift).
pub struct Chance(pub u64);

impl Chance {
    /// A number from `low` up to and without `high`.
    pub fn within(&mut self, low: u64, high: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + self.0 % (high - low).max(1)
    }

    /// Milliseconds.
    pub fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.within(low, high))
    }
}
