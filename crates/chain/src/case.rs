//! A case as its recorded steps make it: the stage, the clocks, what can be done next.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::{Limit, Standing, days_later};
use crate::decide::NotNow;
use crate::field::{Values, carries_consent};
use crate::measure::Counts;
use crate::method::{CONSENT_TAKEN, Clock, Leads, Method, OnRequest, Outcome, OutcomeIx, Outcomes, Requirement, Step};
use crate::nearest::nearest;

/// A step as it was recorded. Never changed: a correction is a new one that points at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The place in the history, from 1.
    pub seq: u32,
    /// The step id.
    pub step: String,
    /// The outcome id.
    pub outcome: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// The answers.
    pub fields: Values,
    /// The unit that took the step.
    pub by_unit: String,
    /// The `seq` of the step whose place it takes.
    pub corrects: Option<u32>,
}

/// A history that does not follow its method.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("step {at_seq} of the history does not follow the method: {why}")]
pub struct Broken {
    /// The first step that does not follow.
    pub at_seq: u32,
    /// Why not.
    pub why: NotNow,
}

/// How and when a case was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// The closing id.
    pub closing: String,
    /// When the closing step happened.
    pub at: Timestamp,
}

/// A clock that a step started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockRun {
    /// The clock id.
    pub clock: String,
    /// The party that must act.
    pub party: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When to warn.
    pub warn_at: Option<Timestamp>,
    /// The last moment in time.
    pub due_at: Timestamp,
    /// When it stopped.
    pub stopped_at: Option<Timestamp>,
    /// Whether what it waits for was done; `false` while it runs, and when only the closing of the case stopped it.
    pub met: bool,
    /// By how many days it has been prolonged; `warn_at` and `due_at` are the later ones.
    pub extended_days: u32,
}

impl ClockRun {
    fn start(clock: &Clock, at: Timestamp) -> Self {
        let warn_at = match clock.limit {
            // What is to be done at once is urgent from the start.
            Limit::AtOnce { .. } => Some(at),
            _ => clock.warn.map(|warn| warn.due(at)),
        };
        Self {
            clock: clock.id.clone(),
            party: clock.party.clone(),
            started_at: at,
            warn_at,
            due_at: clock.limit.due(at),
            stopped_at: None,
            met: false,
            extended_days: 0,
        }
    }

    /// The run of a clock that waits for a request. Asked for within the limit it runs from what starts it; later than
    /// that it is to be done at once.
    fn start_on_request(clock: &Clock, request: &OnRequest, started: Timestamp, asked: Timestamp) -> Self {
        let due = match clock.limit {
            Limit::AtOnce { .. } => None,
            limit => Some(limit.due(started)).filter(|due| asked <= *due),
        };
        if due.is_some() {
            return Self::start(clock, started);
        }
        let at = started.max(asked);
        let at_once = Limit::AtOnce { late_after_hours: request.late_after_hours };
        Self { warn_at: Some(at), due_at: at_once.due(at), ..Self::start(clock, at) }
    }

    fn extend(&mut self, days: u32) {
        self.extended_days = self.extended_days.saturating_add(days);
        self.due_at = days_later(self.due_at, days);
        self.warn_at = self.warn_at.map(|warn| days_later(warn, days));
    }

    /// Whether it runs and its limit has passed.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.standing(now) == Standing::Late
    }

    /// How it stands; a stopped clock is calm.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.stopped_at.is_some() {
            Standing::Calm
        } else if now > self.due_at {
            Standing::Late
        } else if self.warn_at.is_some_and(|warn| now >= warn) {
            Standing::Soon
        } else {
            Standing::Calm
        }
    }

    /// Whether what it waits for was done within the limit. A stop before the start is a time that cannot be, and is
    /// in no time: histories from before times were looked at can have one.
    #[must_use]
    pub fn met_in_time(&self) -> bool {
        self.met && self.stopped_at.is_some_and(|stopped| (self.started_at..=self.due_at).contains(&stopped))
    }
}

/// A step that a party can turn to now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Available {
    /// The step id.
    pub step: String,
    /// Its outcomes.
    pub outcomes: Vec<AvailableOutcome>,
    /// Why no outcome of it can be recorded yet.
    pub blocked: Option<NotNow>,
}

/// An outcome of a step that a party can turn to now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AvailableOutcome {
    /// The outcome id.
    pub id: String,
    /// Why it cannot be recorded yet.
    pub blocked: Option<NotNow>,
}

/// What the effective steps of a case amount to at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The moment it describes.
    pub as_of: Timestamp,
    /// When the first step happened; none before it.
    pub began: Option<Timestamp>,
    /// The stage id; none before the first step, and none when the first step closed the case.
    pub stage: Option<String>,
    /// How it was closed.
    pub closed: Option<Closed>,
    /// The clocks that have started, one run of each: the latest.
    pub clocks: Vec<ClockRun>,
    /// The clocks on request of which only one half has come, or that were settled before anybody asked.
    halves: Vec<Half>,
    /// How often each outcome has been recorded, by its number.
    counts: Vec<u32>,
    /// The measures that hold because of a step.
    measures: Vec<String>,
    /// Whether a step has carried a consent, or one has been taken since.
    consented: bool,
}

/// What has come of a clock that runs on request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Half {
    clock: String,
    started: Option<Timestamp>,
    asked: Option<Timestamp>,
    /// What would have been asked for was done before anybody did.
    settled: bool,
}

/// A place in the chain: the step that counts there, and the numbers of all that have stood there.
struct Place<'h> {
    seqs: Vec<u32>,
    now: &'h Recorded,
}

fn places<'h>(history: impl Iterator<Item = &'h Recorded>) -> Result<Vec<Place<'h>>, Broken> {
    let mut places: Vec<Place<'h>> = Vec::with_capacity(history.size_hint().0);
    for recorded in history {
        let Some(corrected) = recorded.corrects else {
            places.push(Place { seqs: vec![recorded.seq], now: recorded });
            continue;
        };
        let place = places.iter_mut().find(|place| place.seqs.contains(&corrected) && place.now.step == recorded.step);
        let Some(place) = place else {
            let why = NotNow::NothingToCorrect { tried: recorded.step.clone(), seq: corrected };
            return Err(Broken { at_seq: recorded.seq, why });
        };
        place.seqs.push(recorded.seq);
        place.now = recorded;
    }
    Ok(places)
}

/// The steps that count: of each that was corrected, the latest correction, in the place of the first.
///
/// # Errors
/// The first correction that points at nothing, or at a step of another kind.
pub fn effective(history: &[Recorded]) -> Result<Vec<&Recorded>, Broken> {
    Ok(places(history.iter())?.into_iter().map(|place| place.now).collect())
}

/// The steps that count once another is recorded.
pub(crate) fn effective_with<'h>(history: &'h [Recorded], next: &'h Recorded) -> Result<Vec<&'h Recorded>, Broken> {
    Ok(places(history.iter().chain(std::iter::once(next)))?.into_iter().map(|place| place.now).collect())
}

/// The steps that have stood in the place where the one with this number was recorded, in order; the last one counts.
pub(crate) fn stood_in(history: &[Recorded], seq: u32) -> Vec<&Recorded> {
    let places = places(history.iter()).unwrap_or_default();
    let place = places.into_iter().find(|place| place.seqs.contains(&seq));
    place.map(|place| history.iter().filter(|one| place.seqs.contains(&one.seq)).collect()).unwrap_or_default()
}

impl State {
    /// Folds a history into a state.
    ///
    /// # Errors
    /// The first effective step that does not follow the method.
    pub fn replay(method: &Method, history: &[Recorded], now: Timestamp) -> Result<Self, Broken> {
        Self::fold(method, history.iter(), now)
    }

    pub(crate) fn fold<'h>(
        method: &Method,
        history: impl Iterator<Item = &'h Recorded>,
        now: Timestamp,
    ) -> Result<Self, Broken> {
        let mut state = Self {
            as_of: now,
            began: None,
            stage: None,
            closed: None,
            clocks: Vec::new(),
            halves: Vec::new(),
            counts: vec![0; method.outcome_count()],
            measures: Vec::new(),
            consented: false,
        };
        for place in places(history)? {
            state.follow(method, place.now).map_err(|why| Broken { at_seq: place.now.seq, why })?;
        }
        Ok(state)
    }

    /// Takes one step further, or tells why it does not follow.
    fn follow(&mut self, method: &Method, recorded: &Recorded) -> Result<(), NotNow> {
        let (step, outcome) = find(method, &recorded.step, &recorded.outcome)?;
        self.consented |= step.id == CONSENT_TAKEN || carries_consent(&recorded.fields);
        if step.id == CONSENT_TAKEN && self.began.is_some() {
            // It is there whatever becomes of the steps before it.
            return Ok(());
        }
        self.allows(method, step, outcome)?;
        let began = *self.began.get_or_insert(recorded.at);
        if recorded.at < began {
            return Err(NotNow::AtBeforeBegin { tried: step.id.clone(), at: recorded.at, begin: began });
        }
        if let Some(count) = usize::try_from(outcome.ix.0).ok().and_then(|ix| self.counts.get_mut(ix)) {
            *count = count.saturating_add(1);
        }
        for clock in method.clocks() {
            self.tick(clock, outcome.ix, recorded);
        }
        match &outcome.leads {
            Leads::To(stage) => self.stage = Some(stage.clone()),
            Leads::Closes(closing) => {
                self.closed = Some(Closed { closing: closing.clone(), at: recorded.at });
                for run in self.clocks.iter_mut().filter(|run| run.stopped_at.is_none()) {
                    run.stopped_at = Some(recorded.at);
                }
            }
            Leads::Stays => {}
        }
        for measure in method.measures() {
            let counts = match &measure.counts {
                Counts::Any(outcomes) => outcomes.contains(outcome.ix),
                Counts::Answer(when) => when.holds(&recorded.fields),
                Counts::Often(outcomes, times) => {
                    outcomes.contains(outcome.ix)
                        && outcomes.iter().map(|ix| self.counted(ix)).fold(0, u32::saturating_add) >= *times
                }
                Counts::InTime(_) | Counts::Consent(_) => false,
            };
            if counts && !self.holds(&measure.id) {
                self.measures.push(measure.id.clone());
            }
        }
        Ok(())
    }

    /// Starts, stops or prolongs a clock. A restarting clock counts from its latest start, which a step that is noted late
    /// does not set back; any other from its first, even when the case is handed on and the same thing is asked for again.
    fn tick(&mut self, clock: &Clock, ix: OutcomeIx, recorded: &Recorded) {
        let at = recorded.at;
        let run = self.clocks.iter_mut().find(|run| run.clock == clock.id);
        match run {
            None => match &clock.on_request {
                Some(request) => self.tick_half(clock, request, ix, at),
                None if clock.starts.contains(ix) => self.clocks.push(ClockRun::start(clock, at)),
                None => {}
            },
            Some(run) if clock.restarts && clock.starts.contains(ix) => {
                *run = ClockRun::start(clock, at.max(run.started_at));
            }
            Some(run) if run.stopped_at.is_none() && clock.stops.contains(ix) => {
                run.stopped_at = Some(at);
                run.met = true;
            }
            Some(run) if run.stopped_at.is_none() => {
                let extend = clock.extend.as_ref().filter(|extend| extend.after.contains(ix));
                let days = extend.and_then(|extend| recorded.fields.get(&extend.days)?.as_u64());
                if let Some(days) = days.and_then(|days| u32::try_from(days).ok()) {
                    run.extend(days);
                }
            }
            Some(_) => {}
        }
    }

    /// Takes note of a clock's start or of the request for it, and starts it when both are there.
    fn tick_half(&mut self, clock: &Clock, request: &OnRequest, ix: OutcomeIx, at: Timestamp) {
        let (starts, asks) = (clock.starts.contains(ix), request.asked.contains(ix));
        let known = self.halves.iter().position(|half| half.clock == clock.id);
        let mut half = match known {
            Some(place) => self.halves.remove(place),
            None if starts || asks => Half { clock: clock.id.clone(), started: None, asked: None, settled: false },
            None => return,
        };
        half.started = half.started.or(starts.then_some(at));
        half.asked = half.asked.or(asks.then_some(at));
        half.settled |= half.started.is_some() && clock.stops.contains(ix);
        match (half.started, half.asked) {
            (Some(started), Some(asked)) if !half.settled => {
                self.clocks.push(ClockRun::start_on_request(clock, request, started, asked));
            }
            _ => self.halves.push(half),
        }
    }

    /// Whether the case allows a step with an outcome as it stands.
    pub(crate) fn allows(&self, method: &Method, step: &Step, outcome: &Outcome) -> Result<(), NotNow> {
        self.allows_step(method, step)?;
        if let Some(stage) = self.stage.as_ref().filter(|stage| !outcome.can_be_in(stage)) {
            let tried = format!("{}.{}", step.id, outcome.id);
            return Err(NotNow::WrongStage { tried, stage: stage.clone(), possible: self.possible(method) });
        }
        self.has_done(&step.id, &step.requires)?;
        if outcome.requires.is_empty() {
            return Ok(());
        }
        self.has_done(&format!("{}.{}", step.id, outcome.id), &outcome.requires)
    }

    /// Whether the step belongs here, whatever it turns out to be.
    fn allows_step(&self, method: &Method, step: &Step) -> Result<(), NotNow> {
        let tried = step.id.clone();
        match (&self.closed, &self.stage) {
            _ if step.begins && self.began.is_none() => Ok(()),
            _ if step.begins => Err(NotNow::AlreadyBegun { tried, possible: self.possible(method) }),
            (Some(closed), _) => Err(NotNow::CaseClosed { tried, closing: closed.closing.clone() }),
            (None, None) => {
                let begin_with = method.beginnings().map(|step| step.id.clone()).collect();
                Err(NotNow::NotBegun { tried, begin_with })
            }
            (None, Some(stage)) if !step.during.contains(stage) => {
                Err(NotNow::WrongStage { tried, stage: stage.clone(), possible: self.possible(method) })
            }
            (None, Some(_)) if self.is_spent(step) => {
                Err(NotNow::AlreadyTaken { tried, possible: self.possible(method) })
            }
            (None, Some(_)) => Ok(()),
        }
    }

    fn has_done(&self, tried: &str, requires: &[Requirement]) -> Result<(), NotNow> {
        for needed in requires {
            let have = needed.among.iter().map(|ix| self.counted(ix)).fold(0, u32::saturating_add);
            if have < needed.at_least {
                let step =
                    needed.outcome.as_ref().map_or_else(|| needed.step.clone(), |id| format!("{}.{id}", needed.step));
                return Err(NotNow::NeedsMore { tried: tried.to_owned(), step, at_least: needed.at_least, have });
            }
        }
        Ok(())
    }

    /// Whether a step that is taken once has been taken.
    fn is_spent(&self, step: &Step) -> bool {
        !step.repeats && step.outcomes.iter().any(|outcome| self.counted(outcome.ix) > 0)
    }

    /// The steps that anyone can take as the case stands.
    fn possible(&self, method: &Method) -> Vec<String> {
        let Some(stage) = self.stage.as_ref().filter(|_| self.closed.is_none()) else { return Vec::new() };
        method.steps_during(stage).filter(|step| !self.is_spent(step)).map(|step| step.id.clone()).collect()
    }

    fn counted(&self, ix: OutcomeIx) -> u32 {
        usize::try_from(ix.0).ok().and_then(|ix| self.counts.get(ix)).copied().unwrap_or_default()
    }

    /// The clocks that run.
    pub fn open_clocks(&self) -> impl Iterator<Item = &ClockRun> {
        self.clocks.iter().filter(|run| run.stopped_at.is_none())
    }

    /// The latest run of a clock, if it has started.
    #[must_use]
    pub fn clock(&self, id: &str) -> Option<&ClockRun> {
        self.clocks.iter().find(|run| run.clock == id)
    }

    /// The worst standing of its running clocks at the moment it describes.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.open_clocks().map(|run| run.standing(self.as_of)).max().unwrap_or(Standing::Calm)
    }

    /// How many effective steps have this step id and, when given, this outcome.
    #[must_use]
    pub fn count(&self, method: &Method, step: &str, outcome: Option<&str>) -> u32 {
        let outcomes = method.step(step).map_or(&[][..], |step| &step.outcomes);
        let counted = outcomes.iter().filter(|one| outcome.is_none_or(|id| one.id == id));
        counted.map(|one| self.counted(one.ix)).fold(0, u32::saturating_add)
    }

    /// Whether there is a consent and a step with one of these outcomes, whichever came first.
    pub(crate) fn consented_with(&self, outcomes: &Outcomes) -> bool {
        self.consented && outcomes.iter().any(|ix| self.counted(ix) > 0)
    }

    /// Whether a step has made the measure with this id 1.
    pub(crate) fn holds(&self, measure: &str) -> bool {
        self.measures.iter().any(|one| one == measure)
    }

    /// The steps a party can turn to now, in the order of the method. Before the first step: those that begin a case.
    #[must_use]
    pub fn available(&self, method: &Method, party: &str) -> Vec<Available> {
        let mine = method.steps().iter().filter(|step| step.by == party);
        mine.filter(|step| self.allows_step(method, step).is_ok())
            .map(|step| {
                let here = |one: &&Outcome| self.stage.as_ref().is_none_or(|stage| one.can_be_in(stage));
                let outcomes: Vec<AvailableOutcome> = step
                    .outcomes
                    .iter()
                    .filter(here)
                    .map(|one| AvailableOutcome { id: one.id.clone(), blocked: self.allows(method, step, one).err() })
                    .collect();
                let all_blocked = outcomes.iter().all(|one| one.blocked.is_some());
                let blocked = outcomes.first().filter(|_| all_blocked).and_then(|one| one.blocked.clone());
                Available { step: step.id.clone(), outcomes, blocked }
            })
            .collect()
    }

    /// Whether the open case waits for the party: a step of it that is not optional can be taken.
    #[must_use]
    pub fn waits_for(&self, method: &Method, party: &str) -> bool {
        let Some(stage) = self.stage.as_ref().filter(|_| self.closed.is_none()) else { return false };
        method.steps_during(stage).any(|step| {
            step.by == party
                && !step.optional
                && step.outcomes.iter().any(|outcome| self.allows(method, step, outcome).is_ok())
        })
    }
}

/// The step and outcome with these names, or what there is instead.
pub(crate) fn find<'m>(method: &'m Method, step: &str, outcome: &str) -> Result<(&'m Step, &'m Outcome), NotNow> {
    if let Some(found) = method.outcome(step, outcome) {
        return Ok(found);
    }
    let Some(found) = method.step(step) else {
        let near = nearest(step, method.steps().iter().map(|step| step.id.as_str())).map(str::to_owned);
        return Err(NotNow::UnknownStep { tried: step.to_owned(), nearest: near });
    };
    let possible = found.outcomes.iter().map(|outcome| outcome.id.clone()).collect();
    Err(NotNow::UnknownOutcome { step: step.to_owned(), tried: outcome.to_owned(), possible })
}
