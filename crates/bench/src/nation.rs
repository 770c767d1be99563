//! Ten years of a nation as tallies: 420 000 reports of concern and 30 000 SMADIT events a year over the 290 municipalities.
//!
//! The tallies are written in bulk, as they would lie after ten years on one installation; the shares by which they are
//! made are made up, and the same each time. What is measured: whether a step costs more with them than without, how long it
//! takes to release a year of the nation, and to read any table of it.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use kedjan::cases::AGE_BANDS;
use kedjan::reference;
use rusqlite::Connection;

use crate::figure::{Figure, Goal, Times};
use crate::ground::{self, Site};
use crate::load::{self, Call};
use crate::{own_work, size, sql};

/// The last year that is counted whole, and how many there are.
const LAST: i64 = 2025;
/// How many years of tallies there are.
pub const YEARS: i64 = 10;
const SECOND: Duration = Duration::from_secs(1);
/// How many steps are timed in a row before it is the other store's turn.
const TURN: usize = 25;
/// The most hours that are counted one by one.
const HOURS: u64 = 240;

/// A kind of case: how many in a year, and of whom.
struct Kind {
    method: &'static str,
    in_a_year: u64,
    /// How many of a thousand are counted in a measure, of those in the measure before it by this name.
    measures: &'static [(&'static str, &'static str, u64)],
    /// One of these holds, by its weight.
    one_of: &'static [(&'static str, u64)],
    /// Weights of [`AGE_BANDS`].
    ages: [u64; 10],
    women: u64,
    /// A clock whose hours are counted, of those in a measure.
    hours: (&'static str, &'static str),
}

const CONCERN: Kind = Kind {
    method: "concern",
    in_a_year: 420_000,
    measures: &[
        ("reports", "", 1000),
        ("children_reported", "", 1000),
        ("repeat_known", "", 930),
        ("repeat_reports", "repeat_known", 420),
        ("protected", "", 995),
        ("protected_in_time", "protected", 940),
        ("acted", "protected", 40),
        ("decided", "protected", 990),
        ("decided_in_time", "decided", 920),
        ("assessment_extended", "decided", 4),
        ("opened", "decided", 390),
        ("child_heard", "decided", 510),
        ("child_heard_alone", "child_heard", 370),
        ("meeting_offered", "decided", 440),
        ("finished", "opened", 960),
        ("finished_in_time", "finished", 840),
        ("inquiry_extended", "opened", 130),
        ("measures", "finished", 480),
        ("followed_up", "finished", 30),
        ("asked", "", 300),
        ("answered", "", 340),
        ("answered_in_time", "asked", 870),
    ],
    one_of: &[
        ("by_police", 260),
        ("by_school", 170),
        ("by_preschool", 30),
        ("by_health_care", 150),
        ("by_dental_care", 20),
        ("by_social_services", 120),
        ("by_private", 110),
        ("by_anonymous", 70),
        ("by_other_authority", 30),
        ("by_other_professional", 20),
        ("by_probation", 8),
        ("by_disability_services", 6),
        ("by_coast_guard", 1),
        ("by_customs", 2),
        ("by_county_board", 1),
        ("by_guard", 2),
    ],
    ages: [660, 130, 200, 5, 0, 0, 0, 0, 0, 5],
    women: 450,
    hours: ("hours:protection", "protected"),
};

const SMADIT: Kind = Kind {
    method: "smadit",
    in_a_year: 30_000,
    measures: &[
        ("suspected", "", 1000),
        ("offered", "suspected", 930),
        ("not_asked", "suspected", 70),
        ("accepted", "offered", 430),
        ("declined", "offered", 560),
        ("consented", "accepted", 970),
        ("consent_withdrawn", "consented", 20),
        ("tried", "accepted", 980),
        ("tried_again", "tried", 410),
        ("reached", "tried", 850),
        ("in_time", "reached", 810),
        ("talk", "reached", 700),
        ("screened", "talk", 640),
        ("started", "talk", 720),
        ("completed", "started", 500),
        ("child_settled", "suspected", 950),
        ("child_yes", "child_settled", 280),
    ],
    one_of: &[("", 1)],
    ages: [0, 1, 15, 44, 130, 260, 220, 290, 35, 5],
    women: 130,
    hours: ("hours:first_contact", "reached"),
};

/// A step's own work in a store without tallies, and in one with ten years of a nation's.
pub fn steps(kedjan: &Path, out: &Path, rounds: usize) -> anyhow::Result<[Times; 2]> {
    let without = size::bring(kedjan, out, 3_000)?;
    let with = bring(kedjan, out)?;
    let sites = [without.copy(&out.join("run-without"))?, with.copy(&out.join("run-with"))?];
    let mut opened = Vec::new();
    for site in &sites {
        let app = site.open()?;
        let digest = kedjan::secrets::token_digest(site.token("receiver")?);
        let codes = app.store.read_blocking(|tx| sql::to_contact(tx, &digest))?;
        anyhow::ensure!(!codes.is_empty(), "the receiver has no case to take a step in");
        opened.push((site.actor(&app, "receiver")?, app, Arc::new(codes)));
    }
    // The first and the second attempt in a case are counted, further ones are not.
    let counted = opened.iter().map(|(_, _, codes)| 2 * codes.len()).min().unwrap_or_default();
    let rounds = rounds.min(counted.saturating_sub(TURN));
    let mut samples: [Vec<Duration>; 2] = Default::default();
    for turn in 0..=rounds / TURN {
        for ((receiver, app, codes), samples) in opened.iter().zip(&mut samples) {
            let codes = Arc::clone(codes);
            let work = Arc::new(move |tx: &mut dyn kedjan::store::Sql, cx: &mut kedjan::app::Cx, round: usize| {
                own_work::step(tx, cx, codes.get(round % codes.len().max(1)).map_or("", String::as_str))
            });
            for round in turn * TURN..(turn + 1) * TURN {
                let took = own_work::once(app, receiver, round, &work)?;
                // The first turn fills the caches of both.
                if turn > 0 {
                    samples.push(took);
                }
            }
        }
    }
    for (_, app, _) in opened {
        app.store.clone().close();
    }
    for folder in ["run-without", "run-with"] {
        std::fs::remove_dir_all(out.join(folder))?;
    }
    Ok(samples.map(Times::new))
}

/// What releasing the nation's last year costs, and reading what was released: as anybody does, from the running server.
pub fn published(kedjan: &Path, out: &Path) -> anyhow::Result<Vec<Figure>> {
    let files = out.join("run-nation");
    let site = bring(kedjan, out)?.copy(&files)?;
    let mut figures = Vec::new();
    for kind in [&CONCERN, &SMADIT] {
        let took = release(kedjan, &site, &files, kind.method, &LAST.to_string())?;
        let took = took.with_context(|| format!("the nation's {LAST} was refused, {}", kind.method))?;
        let name = format!("releasing the nation's year with attack and repair, {}", kind.method);
        figures.push(Figure::new(name, took.as_secs_f64(), "s"));
    }
    for kind in [&CONCERN, &SMADIT] {
        figures.extend(in_turn(kedjan, &site, &files, kind.method)?);
    }
    let server = site.serve(kedjan)?;
    let token: Arc<str> = site.token("county")?.into();
    let asked = |path: String| {
        let (token, shape) = (Arc::clone(&token), load::Shape { users: 1, warm: SECOND, window: 3 * SECOND });
        let met = load::run(server.address, shape, move |_, _| Call {
            body: None,
            path: path.clone(),
            token: Arc::clone(&token),
        })?;
        anyhow::ensure!(met.times.len() > 0, "a table of the nation took longer than {} s", shape.window.as_secs());
        Ok(met.times)
    };
    let (mut slowest, mut which) = (Duration::ZERO, String::new());
    for kind in [&CONCERN, &SMADIT] {
        let release = format!("/figures/{}-nation-{LAST}-1", kind.method);
        for table in ["measures", "sexes", "ages", "young_women", "quarters", "months"] {
            let took = asked(format!("{release}/{table}.json"))?.percentile(95);
            if took > slowest {
                (slowest, which) = (took, format!("{}, {table}", kind.method));
            }
        }
    }
    figures.push(
        Figure::millis(format!("a table of the nation's year, the slowest ({which}), p95"), slowest)
            .with_goal(Goal::AtMost(100.0)),
    );
    let year = asked(format!("/figures/{}-nation-{LAST}-1/measures.csv", CONCERN.method))?.percentile(95);
    let named = "the year's indicators of 290 municipalities as a file, p95";
    figures.push(Figure::new(named, year.as_secs_f64(), "s").with_goal(Goal::AtMost(1.0)));
    server.stop()?;
    std::fs::remove_dir_all(files)?;
    Ok(figures)
}

/// Releasing as it goes in life, each month and each quarter when it has ended, and then the year: how long the slowest month or
/// quarter takes that is made, how long the year, and how many are refused. A refusal is safe, and a cost.
fn in_turn(kedjan: &Path, site: &Site, files: &Path, method: &str) -> anyhow::Result<Vec<Figure>> {
    let year = LAST - 1;
    let quarters = (1..=12).flat_map(|month| {
        let quarter = (month % 3 == 0).then(|| format!("{year}-Q{}", month / 3));
        std::iter::once(format!("{year}-{month:02}")).chain(quarter)
    });
    let (mut slowest, mut refused) = (Duration::ZERO, 0);
    for period in quarters {
        match release(kedjan, site, files, method, &period)? {
            Some(took) => slowest = slowest.max(took),
            None => {
                println!("refused: {method}, {period}");
                refused += 1;
            }
        }
    }
    let mut figures = vec![Figure::new(
        format!("releasing a nation's months and quarters in turn, {method}, the slowest"),
        slowest.as_secs_f64(),
        "s",
    )];
    match release(kedjan, site, files, method, &year.to_string())? {
        Some(took) => {
            figures.push(Figure::new(format!("and then their year, {method}"), took.as_secs_f64(), "s"));
        }
        None => refused += 1,
    }
    figures.push(Figure::new(format!("of these 17 releases refused, {method}"), f64::from(refused), ""));
    Ok(figures)
}

/// How long the command takes to release a period of the nation; none when it is refused.
fn release(kedjan: &Path, site: &Site, files: &Path, method: &str, period: &str) -> anyhow::Result<Option<Duration>> {
    let since = Instant::now();
    let mut publish = Command::new(kedjan);
    publish.args(["statistics", "publish", "--nation", "--method", method, "--period", period]);
    publish.arg("--out").arg(files.join(format!("{method}-{period}")));
    publish.args(["--config", &site.config]).stdout(Stdio::null());
    Ok(publish.status()?.success().then(|| since.elapsed()))
}

/// The store with ten years of tallies in `out`, made if it is not there: otherwise as the small one of [`size`].
pub fn bring(kedjan: &Path, out: &Path) -> anyhow::Result<Site> {
    let folder = out.join("nation");
    if let Some(tokens) = ground::kept(&folder) {
        return Site::at(&folder, None, tokens);
    }
    let site = size::bring(kedjan, out, 3_000)?.copy(&folder)?;
    println!("counting {YEARS} years of a nation …");
    let mut connection = Connection::open(site.database())?;
    kedjan::store::register_sums(&connection)?;
    connection.execute_batch(sql::BULK_SETTINGS)?;
    let mut rows = 0;
    for kind in [&CONCERN, &SMADIT] {
        for year in LAST - YEARS + 1..=LAST {
            rows += write(&mut connection, kind, year)?;
        }
    }
    connection.execute_batch(sql::BULK_DONE)?;
    println!("{rows} tallies");
    ground::mark(&folder, &site.tokens)?;
    Ok(site)
}

/// Where and of whom, by place in the reference data and in the lists, and what: a measure, or an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    place: u16,
    month: u8,
    measure: u8,
    hour: u8,
    sex: u8,
    age: u8,
}

/// Writes a year of a kind and gives how many tallies it came to.
fn write(connection: &mut Connection, kind: &Kind, year: i64) -> anyhow::Result<usize> {
    let mut tallies: Vec<(Key, u32)> = counted(kind, year).into_iter().collect();
    let places = reference::municipalities();
    let names: Vec<&str> =
        kind.measures.iter().map(|(name, ..)| *name).chain(kind.one_of.iter().map(|one| one.0)).collect();
    let name = |key: &Key| names.get(usize::from(key.measure)).copied().unwrap_or(kind.hours.0);
    // In the order of the table, as nothing else would be quick: the places are in the order of their codes.
    let county = |key: &Key| places.get(usize::from(key.place)).map_or("", |place| place.county);
    tallies.sort_unstable_by_key(|(key, _)| (county(key), key.month, name(key), key.hour, *key));
    let all = connection.transaction()?;
    {
        let mut insert = all.prepare(sql::TALLY)?;
        for (key, n) in &tallies {
            let place = places.get(usize::from(key.place)).context("a municipality")?;
            let month = format!("{year}-{:02}", key.month);
            let code: i64 = place.code.parse()?;
            let sex = ["woman", "man", "unknown"].get(usize::from(key.sex)).copied().unwrap_or_default();
            let age = AGE_BANDS.get(usize::from(key.age)).copied().unwrap_or_default();
            let row = (place.county, kind.method, month, name(key), i64::from(key.hour), place.code, code, sex, age, n);
            insert.execute(row)?;
        }
    }
    all.commit()?;
    Ok(tallies.len())
}

fn counted(kind: &Kind, year: i64) -> HashMap<Key, u32> {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ year.unsigned_abs());
    // The largest municipality has some seven in a hundred, the smallest one in a thousand.
    let places: Vec<u64> =
        (0..reference::municipalities().len() as u64).map(|rank| 1_000_000 / (rank * 97 % 290 + 3)).collect();
    let one_of: Vec<u64> = kind.one_of.iter().map(|(_, weight)| *weight).collect();
    let mut tallies = HashMap::new();
    for _ in 0..kind.in_a_year {
        let place = chance.among(&places) as u16;
        let (month, sex) = (1 + chance.below(12) as u8, u8::from(chance.below(1000) >= kind.women));
        let key = Key { place, month, measure: 0, hour: 0, sex, age: chance.among(&kind.ages) as u8 };
        let mut add = |measure: usize, hour: u64| {
            *tallies.entry(Key { measure: measure as u8, hour: hour as u8, ..key }).or_default() += 1;
        };
        let mut holds: Vec<&str> = vec![""];
        for (at, (measure, within, of_thousand)) in kind.measures.iter().enumerate() {
            if holds.contains(within) && chance.below(1000) < *of_thousand {
                holds.push(measure);
                add(at, 0);
            }
        }
        if one_of.len() > 1 {
            add(kind.measures.len() + chance.among(&one_of), 0);
        }
        if holds.contains(&kind.hours.1) {
            // Most within a day, some within ten.
            let hour = chance.below(24).min(chance.below(24))
                + if chance.below(10) == 0 { chance.below(HOURS - 24) } else { 0 };
            add(kind.measures.len() + kind.one_of.len(), hour);
        }
    }
    tallies
}

/// Chance that is the same each time (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// A place in a list, by weight.
    fn among(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum::<u64>().max(1));
        for (at, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                None => return at,
                Some(rest) => left = rest,
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_as_many_as_it_says_and_parts_lie_within_their_wholes() {
        let kind = Kind { in_a_year: 2_000, ..CONCERN };
        let tallies = counted(&kind, 2025);
        let of = |name: &str| {
            let names = kind.measures.iter().map(|one| one.0).chain(kind.one_of.iter().map(|one| one.0));
            let at = names.into_iter().position(|one| one == name).unwrap_or(usize::MAX);
            tallies.iter().filter(|(key, _)| usize::from(key.measure) == at).map(|(_, n)| u64::from(*n)).sum::<u64>()
        };
        assert_eq!(of("reports"), 2_000);
        assert!(of("opened") < of("decided") && of("decided") < of("protected"));
        assert_eq!(kind.one_of.iter().map(|one| of(one.0)).sum::<u64>(), 2_000);
        assert_eq!(counted(&kind, 2025), tallies, "the same each time");
    }
}
