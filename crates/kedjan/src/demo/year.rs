//! The year that was made up: when its chains began, and writing them down in the order in which they happened, each step by
//! the product's own functions, at its own time, by the unit whose step it is.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use chain::text::Lang;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::county::County;
use super::people::{Population, weighted};
use super::story::{By, Event, SCENES, Teller, What};
use super::{share, sql};
use crate::access::{self, Action};
use crate::app::{self, Actor, App, Chance, Cx, Stop};
use crate::cases::{self, CaseFile};
use crate::consents;
use crate::refusal::Refused;
use crate::store::{Sql, StoreError};

/// How many steps are written in one transaction.
const BATCH: usize = 200;

/// What a demo county is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The same seed gives the same county.
    pub seed: u64,
    /// How many chains. The cases about children that they open are beside.
    pub cases: usize,
    /// The year ends when this day begins.
    pub today: Date,
}

impl Recipe {
    /// When the year ends: as this day begins in Sweden.
    pub fn end(&self) -> Result<Timestamp, StoreError> {
        midnight(self.today)
    }

    /// When it began.
    pub fn start(&self) -> Result<Timestamp, StoreError> {
        midnight(self.first_day()?)
    }

    fn first_day(&self) -> Result<Date, StoreError> {
        self.today.checked_sub(Span::new().days(365)).map_err(|_| beyond())
    }

    /// The chance of one of its parts, unrelated to that of the others.
    pub(super) fn chance(&self, part: u64) -> u64 {
        let mut mixed = self.seed ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// When each chain begins, in order; the scenes at the end are not among them.
    pub(super) fn starts(&self) -> Result<Vec<Timestamp>, StoreError> {
        let mut rng = StdRng::seed_from_u64(self.chance(1));
        let first = self.first_day()?;
        let days: Vec<Date> = first.series(Span::new().days(1)).take(365).collect();
        let weights: Vec<u32> = days.iter().map(weight).collect();
        let mut starts = Vec::with_capacity(self.cases);
        for _ in 0..self.cases.saturating_sub(self.scenes()) {
            let day = days.get(weighted(&mut rng, &weights)).copied().unwrap_or(first);
            let hour = weighted(&mut rng, &share::HOURS);
            let seconds = i64::try_from(hour).unwrap_or(0) * 3600 + rng.random_range(0..3600);
            starts.push(midnight(day)?.saturating_add(SignedDuration::from_secs(seconds)).map_err(|_| beyond())?);
        }
        starts.sort_unstable();
        Ok(starts)
    }

    fn scenes(&self) -> usize {
        SCENES.len().min(self.cases)
    }
}

/// How busy a day is.
fn weight(day: &Date) -> u32 {
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    let month = usize::try_from(day.month() - 1).unwrap_or(0);
    share::WEEKDAYS.get(weekday).copied().unwrap_or(1) * share::MONTHS.get(month).copied().unwrap_or(1)
}

fn midnight(day: Date) -> Result<Timestamp, StoreError> {
    let stockholm = TimeZone::get("Europe/Stockholm").map_err(|_| beyond())?;
    Ok(day.to_zoned(stockholm).map_err(|_| beyond())?.timestamp())
}

fn beyond() -> StoreError {
    StoreError::Refused("the day is outside the calendar".into())
}

/// What is known of a chain's cases once they are written.
#[derive(Clone, Debug, Default)]
struct Codes {
    case: Option<String>,
    about_children: Option<String>,
    begun_by: Option<Actor>,
}

/// A chain that has begun and goes on.
struct Going {
    events: Arc<Vec<Event>>,
    codes: Codes,
}

/// Something to write: which chain, and which of its events.
#[derive(Clone)]
struct Task {
    chain: usize,
    events: Arc<Vec<Event>>,
    nr: usize,
}

/// The year as it is written.
pub struct Year<'a> {
    app: &'a Arc<App>,
    county: Arc<County>,
    recipe: Recipe,
    population: Population,
    end: Timestamp,
    /// When each chain begins; the scenes come last.
    starts: Vec<Timestamp>,
    /// What is to happen next, the earliest first: when, which chain, which of its events.
    coming: BinaryHeap<Reverse<(Timestamp, usize, usize)>>,
    going: HashMap<usize, Going>,
}

impl<'a> Year<'a> {
    /// A year of a county that is written.
    pub fn new(app: &'a Arc<App>, county: Arc<County>, recipe: Recipe) -> Result<Year<'a>, StoreError> {
        let end = recipe.end()?;
        let population = Population::new(recipe.seed, recipe.first_day()?, recipe.cases);
        let mut starts = recipe.starts()?;
        for (_, hours, _) in SCENES.iter().take(recipe.scenes()) {
            starts.push(end.saturating_sub(SignedDuration::from_hours(*hours)).map_err(|_| beyond())?);
        }
        Ok(Year { app, county, recipe, population, end, starts, coming: BinaryHeap::new(), going: HashMap::new() })
    }

    /// Writes it all; tells how many chains have begun after each transaction.
    pub fn write(mut self, mut progress: impl FnMut(usize)) -> Result<(), Stop> {
        let ordinary = self.starts.len() - self.recipe.scenes();
        for chain in ordinary..self.starts.len() {
            self.tell(chain);
        }
        let (mut next, mut batch_nr) = (0, 0_u64);
        loop {
            let batch = self.batch(&mut next, ordinary);
            if batch.is_empty() {
                return Ok(());
            }
            batch_nr += 1;
            self.write_batch(batch, batch_nr)?;
            progress(next);
        }
    }

    /// The next things that happen, in order.
    fn batch(&mut self, next: &mut usize, ordinary: usize) -> Vec<Task> {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let start = self.starts.get(*next).copied().filter(|_| *next < ordinary);
            match (start, self.coming.peek()) {
                (Some(start), coming) if coming.is_none_or(|Reverse((at, _, _))| start <= *at) => {
                    self.tell(*next);
                    *next += 1;
                }
                (_, Some(_)) => {
                    let Some(Reverse((_, chain, nr))) = self.coming.pop() else { break };
                    let Some(going) = self.going.get(&chain) else { continue };
                    batch.push(Task { chain, events: going.events.clone(), nr });
                    if let Some(event) = going.events.get(nr + 1) {
                        self.coming.push(Reverse((event.at, chain, nr + 1)));
                    }
                }
                (None | Some(_), None) => break,
            }
        }
        batch
    }

    /// Decides a chain's story, as far as the year goes.
    fn tell(&mut self, chain: usize) {
        let Some(at) = self.starts.get(chain).copied() else { return };
        let rng = StdRng::seed_from_u64(self.recipe.chance(1000 + chain as u64));
        let mut teller = Teller { population: &self.population, rng };
        let scene = chain.checked_sub(self.starts.len() - self.recipe.scenes()).and_then(|nr| SCENES.get(nr));
        let mut events = match scene {
            Some((scene, _, municipality)) => teller.scene(*scene, at, municipality),
            None => teller.ordinary(at),
        };
        events.retain(|event| event.at < self.end);
        // Stable: what happens in the same moment stays in the order of the story.
        events.sort_by_key(|event| event.at);
        if let Some(first) = events.first() {
            self.coming.push(Reverse((first.at, chain, 0)));
            self.going.insert(chain, Going { events: Arc::new(events), codes: Codes::default() });
        }
    }

    fn write_batch(&mut self, batch: Vec<Task>, batch_nr: u64) -> Result<(), Stop> {
        let Some(first) = batch.first().and_then(|task| task.events.get(task.nr)) else { return Ok(()) };
        let Some(actor) = self.county.stations.first().and_then(|station| station.actor(0)) else { return Ok(()) };
        let cx = Cx {
            app: self.app.clone(),
            actor,
            now: first.at,
            lang: Lang::Sv,
            chance: Chance::seeded(self.recipe.chance(batch_nr).rotate_left(17)),
        };
        let known: HashMap<usize, Codes> =
            batch.iter().filter_map(|task| Some((task.chain, self.going.get(&task.chain)?.codes.clone()))).collect();
        let county = self.county.clone();
        let ended: Vec<usize> =
            batch.iter().filter(|task| task.nr + 1 == task.events.len()).map(|task| task.chain).collect();
        let codes = app::unit_blocking(cx, move |tx, cx| {
            let mut codes = known.clone();
            for task in &batch {
                let (Some(event), Some(codes)) = (task.events.get(task.nr), codes.get_mut(&task.chain)) else {
                    continue;
                };
                cx.now = event.at;
                happen(tx, cx, &county, task.chain, event, codes).map_err(|stop| told(stop, event))?;
            }
            Ok(codes)
        })?;
        for (chain, codes) in codes {
            if let Some(going) = self.going.get_mut(&chain) {
                going.codes = codes;
            }
        }
        for chain in ended {
            self.going.remove(&chain);
        }
        Ok(())
    }
}

/// Nothing in the demo county should ever be refused: if it is, the year or the method is wrong, and nothing of the
/// transaction may stay.
fn told(stop: Stop, event: &Event) -> Stop {
    match stop {
        Stop::Refused(refused) => {
            let what = match &event.what {
                What::Begin(begin) => format!("{}.{}", begin.step.step, begin.step.outcome),
                What::Step(step) => format!("{}.{}", step.step, step.outcome),
                What::Assign => "assign".to_owned(),
                What::Consent(_) => "consent".to_owned(),
                What::Withdraw => "withdraw".to_owned(),
            };
            Stop::Store(StoreError::Fault(format!("the demo county's {what} was refused: {}", because(&refused))))
        }
        stop => stop,
    }
}

/// Lets one thing happen, by whoever's it is.
fn happen(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    county: &County,
    chain: usize,
    event: &Event,
    codes: &mut Codes,
) -> Result<(), Stop> {
    let code = if event.about_children { codes.about_children.clone() } else { codes.case.clone() };
    let actor = match event.by {
        By::Kind("police", municipality) => county.police(municipality).and_then(|s| s.actor(chain)),
        By::Kind(kind, municipality) => county.find(kind, Some(municipality)).and_then(|s| s.actor(chain)),
        By::Beginner => codes.begun_by.clone(),
        By::Party(party) => match &code {
            Some(code) => {
                sql::holder(tx, code, party)?.and_then(|unit| county.station(unit)).and_then(|s| s.actor(chain))
            }
            None => None,
        },
    };
    // Nobody has it: the handover waits for its consent, or the consent is withdrawn.
    let Some(actor) = actor else { return Ok(()) };
    cx.actor = actor;
    match (&event.what, code) {
        (What::Begin(begin), _) => {
            let file = cases::begin(tx, cx, begin, None)?;
            let is_about_child = file.method(&cx.app)?.is_about_child();
            let own = is_about_child.then(|| file.row.code.clone());
            codes.about_children = sql::opened(tx, &file.row.code)?.or(own);
            codes.case = Some(file.row.code.clone());
            codes.begun_by = Some(cx.actor.clone());
        }
        (What::Step(step), Some(code)) => {
            cases::step(tx, cx, &code, step, None, None)?;
        }
        (What::Assign, Some(code)) => {
            let to = cx.actor.id;
            cases::assign(tx, cx, &code, Some(to))?;
        }
        (What::Consent(consent), Some(code)) => {
            consents::give(tx, cx, &code, consent)?;
        }
        (What::Withdraw, Some(code)) => withdraw(tx, cx, &code)?,
        (_, None) => {}
    }
    Ok(())
}

fn withdraw(tx: &mut dyn Sql, cx: &mut Cx, code: &str) -> Result<(), Stop> {
    let file: CaseFile = access::case(tx, cx, code, Action::SeeCase)?.into_inner();
    if let Some(consent) = consents::of_case(tx, &file)?.last() {
        consents::withdraw(tx, cx, consent.id)?;
    }
    Ok(())
}

/// Why something was refused, without what it holds.
fn because(refused: &Refused) -> String {
    match refused {
        Refused::Fields(issues) => {
            let fields: Vec<&str> = issues.iter().map(|issue| issue.pointer.as_str()).collect();
            format!("fields {}", fields.join(", "))
        }
        Refused::NotNow { code, .. } => (*code).to_owned(),
        other => other.name().to_owned(),
    }
}
