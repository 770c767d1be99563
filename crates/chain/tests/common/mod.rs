//! The shipped methods, and short ways to walk through them.
#![allow(dead_code, reason = "each test binary uses its part")]

use chain::{Attempt, Decision, Method, NotNow, Recorded, Refusal, Source, State, Values, decide};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub const SMADIT: Source<'_> = Source { name: "smadit.toml", text: include_str!("../../../../methods/smadit.toml") };
pub const CONCERN: Source<'_> = Source { name: "concern.toml", text: include_str!("../../../../methods/concern.toml") };
pub const LOB: Source<'_> = Source { name: "lob.toml", text: include_str!("../../../../methods/lob.toml") };
pub const BLEKINGE: Source<'_> =
    Source { name: "blekinge-24h.toml", text: include_str!("../../../../methods/examples/blekinge-24h.toml") };

/// Parses sources that must hold.
pub fn method(sources: &[Source<'_>]) -> Method {
    Method::parse(sources)
        .unwrap_or_else(|found| panic!("{}", found.iter().map(|one| format!("{one}\n")).collect::<String>()))
}

pub fn smadit() -> Method {
    method(&[SMADIT])
}

pub fn concern() -> Method {
    method(&[CONCERN])
}

pub fn lob() -> Method {
    method(&[LOB])
}

/// Noon on a Monday in winter.
pub fn noon() -> Timestamp {
    "2026-01-12T12:00:00+01:00".parse().unwrap()
}

pub fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// The answers of an object.
pub fn answers(object: Value) -> Values {
    object.as_object().cloned().unwrap_or_default()
}

/// The answers that an offer needs, with these besides.
pub fn offer(more: Value) -> Values {
    let mut all = answers(json!({
        "offence": "drink_driving", "substance": "alcohol", "event_municipality": "1080", "children": "no",
    }));
    all.extend(answers(more));
    all
}

/// A case under way: its history and the clock on the wall.
pub struct Walk<'m> {
    pub method: &'m Method,
    pub history: Vec<Recorded>,
    pub now: Timestamp,
}

impl<'m> Walk<'m> {
    pub fn new(method: &'m Method) -> Self {
        Self { method, history: Vec::new(), now: noon() }
    }

    /// Lets time pass.
    pub fn wait(&mut self, by: SignedDuration) -> &mut Self {
        self.now += by;
        self
    }

    /// An attempt at `step.outcome` as the party whose step it is, without a time: now, or that of what it corrects.
    pub fn attempt(&self, what: &str, fields: Values) -> Attempt {
        let (step, outcome) = what.split_once('.').unwrap();
        let party = self.method.step(step).map_or("nobody", |step| &step.by).to_owned();
        Attempt {
            step: step.to_owned(),
            outcome: outcome.to_owned(),
            at: None,
            fields,
            party,
            unit: "unit".to_owned(),
            corrects: None,
        }
    }

    pub fn decide(&self, attempt: Attempt) -> Result<Decision, Refusal> {
        decide(self.method, &self.history, attempt, self.now)
    }

    /// Records an attempt if it is allowed.
    pub fn record(&mut self, attempt: Attempt) -> Result<Decision, Refusal> {
        let decision = self.decide(attempt)?;
        self.history.push(decision.recorded.clone());
        Ok(decision)
    }

    /// Records what must be allowed.
    pub fn take(&mut self, what: &str, fields: Value) -> Decision {
        let attempt = self.attempt(what, answers(fields));
        self.record(attempt).unwrap_or_else(|refusal| panic!("{what}: {refusal:?}"))
    }

    /// Records an offer with its usual answers.
    pub fn offer(&mut self, outcome: &str, more: Value) -> Decision {
        let attempt = self.attempt(&format!("offer.{outcome}"), offer(more));
        self.record(attempt).unwrap_or_else(|refusal| panic!("{outcome}: {refusal:?}"))
    }

    /// Corrects a step.
    pub fn correct(&mut self, seq: u32, what: &str, fields: Values) -> Result<Decision, Refusal> {
        let attempt = Attempt { corrects: Some(seq), ..self.attempt(what, fields) };
        self.record(attempt)
    }
}

/// Why a step was refused as the case stands.
pub fn not_now<T: std::fmt::Debug>(result: Result<T, Refusal>) -> NotNow {
    match result {
        Err(Refusal::NotNow(not_now)) => not_now,
        other => panic!("{other:?}"),
    }
}

/// The fields that were refused, with the names of what is wrong.
pub fn problems<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Vec<(String, &'static str)> {
    match result {
        Err(Refusal::Fields(errors)) => errors.into_iter().map(|one| (one.field, one.problem.code())).collect(),
        other => panic!("{other:?}"),
    }
}

/// The state of a case now.
pub fn state(walk: &Walk<'_>) -> State {
    State::replay(walk.method, &walk.history, walk.now).unwrap()
}
