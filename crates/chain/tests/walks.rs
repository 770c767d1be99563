//! Random ways through every shipped method: whatever is tried, what must always hold does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use chain::method::Step;
use chain::{Attempt, Contribution, Field, Kind, Method, Refusal, Standing, State, Values, change, contributions};
use common::*;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

fn shipped() -> Vec<Method> {
    vec![smadit(), method(&[SMADIT, BLEKINGE]), concern(), lob()]
}

/// Numbers to choose by, one after the other.
struct Dice<'d> {
    rolls: std::iter::Cycle<std::slice::Iter<'d, u32>>,
}

impl<'d> Dice<'d> {
    fn new(rolls: &'d [u32]) -> Self {
        Self { rolls: rolls.iter().cycle() }
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(*self.rolls.next().unwrap()).unwrap() % end.max(1)
    }
}

/// An answer that the field takes.
fn answer(field: &Field, dice: &mut Dice<'_>) -> Value {
    match &field.kind {
        Kind::Choice(options) => json!(options[dice.below(options.len())].id),
        Kind::Several(options) => json!([options[dice.below(options.len())].id]),
        Kind::YesNo => json!(dice.below(2) == 0),
        Kind::Number { min, max, .. } => json!(if dice.below(2) == 0 { min.unwrap_or(0) } else { max.unwrap_or(9) }),
        Kind::Time => json!("2026-01-12T12:00:00+01:00"),
        Kind::Municipality => json!(["1080", "1280", "0180"][dice.below(3)]),
        Kind::Text { max } => json!("å".repeat(usize::try_from(*max).unwrap())),
        Kind::Consent => json!({ "scope": "contact" }),
    }
}

/// Answers that the step takes with the outcome.
fn answers_for(step: &Step, outcome: &str, dice: &mut Dice<'_>) -> Values {
    let mut values = Values::new();
    for field in &step.fields {
        let asked = field.is_for(outcome) && field.when.as_ref().is_none_or(|when| when.holds(&values));
        if asked && (field.required || dice.below(2) == 0) {
            values.insert(field.id.clone(), answer(field, dice));
        } else if asked && let Some(default) = &field.default {
            values.insert(field.id.clone(), default.clone());
        }
    }
    values
}

/// All that can be recorded now, as `step.outcome`.
fn possible(method: &Method, state: &State) -> Vec<String> {
    let parties = method.parties().iter();
    let available = parties.flat_map(|party| state.available(method, &party.id));
    available
        .flat_map(|one| {
            let step = one.step;
            one.outcomes.into_iter().filter(|one| one.blocked.is_none()).map(move |one| format!("{step}.{}", one.id))
        })
        .collect()
}

/// What must hold in every state that a case can come to.
fn must_hold(method: &Method, state: &State) {
    let waits = method.parties().iter().any(|party| state.waits_for(method, &party.id));
    if state.closed.is_some() {
        assert_eq!(state.open_clocks().count(), 0, "no clock runs after the end");
        assert!(!waits && possible(method, state).is_empty(), "nothing is left to do after the end");
        assert_eq!(state.standing(), Standing::Calm);
    } else {
        assert!(waits, "an open case waits for somebody");
    }
    on_ground(method, state);
    for run in &state.clocks {
        assert!(run.due_at > run.started_at && run.warn_at.is_none_or(|warn| warn <= run.due_at));
    }
}

/// No time runs on request that nobody has asked for, and none is longer than somebody has said with reasons.
fn on_ground(method: &Method, state: &State) {
    if method.id != "concern" {
        return;
    }
    let asked = [("report", Some("sent_asking")), ("received", Some("asking")), ("ask", None)];
    let asked = asked.iter().any(|(step, outcome)| state.count(method, step, *outcome) > 0);
    for clock in ["feedback", "feedback_ongoing"] {
        assert!(asked || state.clock(clock).is_none(), "{clock} runs without a request");
    }
    for (clock, step) in [("decision", "extend_assessment"), ("inquiry", "extend_inquiry")] {
        let days = state.clock(clock).map_or(0, |run| run.extended_days);
        assert_eq!(days > 0, state.count(method, step, None) > 0, "{clock} is prolonged by {step} alone");
    }
}

/// Whether the case can be brought to an end within so many steps.
fn can_end(walk: &Walk<'_>, steps: u32) -> bool {
    let now = state(walk);
    now.closed.is_some()
        || (steps > 0
            && possible(walk.method, &now).iter().any(|what| {
                let mut on = Walk { method: walk.method, history: walk.history.clone(), now: walk.now };
                let (step, outcome) = what.split_once('.').unwrap();
                let fields = answers_for(walk.method.step(step).unwrap(), outcome, &mut Dice::new(&[0]));
                let attempt = on.attempt(what, fields);
                on.record(attempt).is_ok() && can_end(&on, steps - 1)
            }))
}

/// Adds a change to a sum.
fn add(sum: &mut BTreeMap<Contribution, i64>, by: &BTreeMap<Contribution, i64>) {
    for (one, by) in by {
        *sum.entry(one.clone()).or_default() += by;
    }
    sum.retain(|_, count| *count != 0);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("yes")),
        Just(json!("1080")),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,3}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn legal_walks_keep_the_rules(rolls in prop::collection::vec(any::<u32>(), 8..120), length in 1usize..16) {
        for method in shipped() {
            let mut dice = Dice::new(&rolls);
            let mut walk = Walk::new(&method);
            let mut sum = BTreeMap::new();
            let mut before = state(&walk);
            for _ in 0..length {
                let all = possible(&method, &before);
                if all.is_empty() {
                    break;
                }
                let what = all[dice.below(all.len())].clone();
                let (step, outcome) = what.split_once('.').unwrap();
                let fields = answers_for(method.step(step).unwrap(), outcome, &mut dice);
                walk.wait(SignedDuration::from_mins(i64::try_from(dice.below(4000)).unwrap()));
                let attempt = walk.attempt(&what, fields.clone());
                let decision = walk.record(attempt).map_err(|refusal| format!("{what} is available: {refusal:?}")).unwrap();
                prop_assert_eq!(&decision.recorded.fields, &fields);
                prop_assert_eq!(&decision.state, &state(&walk), "replay gives what was decided");
                prop_assert_eq!(decision.closed.is_some(), decision.state.closed.is_some());
                must_hold(&method, &decision.state);
                add(&mut sum, &change(&contributions(&method, &before), &contributions(&method, &decision.state)));
                before = decision.state;
            }
            prop_assert_eq!(&sum, &contributions(&method, &before), "the changes add up to what the case amounts to");
            prop_assert!(can_end(&walk, 4), "{} cannot be ended: {:?}", method.id, walk.history);
        }
    }

    #[test]
    fn corrections_keep_the_rules(rolls in prop::collection::vec(any::<u32>(), 8..120), length in 2usize..12) {
        for method in shipped() {
            let mut dice = Dice::new(&rolls);
            let mut walk = Walk::new(&method);
            let mut sum = BTreeMap::new();
            let mut before = state(&walk);
            for _ in 0..length {
                let all = possible(&method, &before);
                let corrected = walk.history.get(dice.below(walk.history.len() * 2)).map(|one| (one.seq, one.step.clone()));
                let (what, corrects) = match corrected {
                    Some((seq, step)) => {
                        let outcomes = &method.step(&step).unwrap().outcomes;
                        (format!("{step}.{}", outcomes[dice.below(outcomes.len())].id), Some(seq))
                    }
                    None if all.is_empty() => break,
                    None => (all[dice.below(all.len())].clone(), None),
                };
                let (step, outcome) = what.split_once('.').unwrap();
                let fields = answers_for(method.step(step).unwrap(), outcome, &mut dice);
                let attempt = Attempt { corrects, ..walk.attempt(&what, fields) };
                let places = chain::effective(&walk.history).unwrap().len();
                match walk.record(attempt) {
                    Ok(decision) => {
                        let more = usize::from(corrects.is_none());
                        prop_assert_eq!(chain::effective(&walk.history).unwrap().len(), places + more);
                        prop_assert_eq!(&decision.state, &state(&walk));
                        must_hold(&method, &decision.state);
                        add(&mut sum, &change(&contributions(&method, &before), &contributions(&method, &decision.state)));
                        before = decision.state;
                    }
                    Err(refusal) => {
                        prop_assert!(corrects.is_some() && matches!(refusal, Refusal::NotNow(_)), "{refusal:?}");
                        prop_assert_eq!(&state(&walk), &before, "a refusal changes nothing");
                    }
                }
            }
            prop_assert_eq!(&sum, &contributions(&method, &before));
        }
    }

    #[test]
    fn whatever_is_tried_is_decided_or_refused(
        rolls in prop::collection::vec(any::<u32>(), 8..40),
        length in 0usize..6,
        names in ("[a-z_.]{0,10}", "[a-z_.]{0,10}", "[a-z]{0,8}"),
        given in prop::collection::vec((any::<u32>(), "[a-z_]{1,8}", any_json()), 0..8),
        corrects in prop::option::of(any::<u32>()),
        seconds in -400_000i64..400_000,
    ) {
        for method in shipped() {
            let mut dice = Dice::new(&rolls);
            let mut walk = Walk::new(&method);
            for _ in 0..length {
                let all = possible(&method, &state(&walk));
                let Some(what) = all.get(dice.below(all.len())).cloned() else { break };
                let (step, outcome) = what.split_once('.').unwrap();
                let fields = answers_for(method.step(step).unwrap(), outcome, &mut dice);
                let attempt = walk.attempt(&what, fields);
                walk.record(attempt).unwrap();
            }
            let all: Vec<String> = method.steps().iter()
                .flat_map(|step| step.outcomes.iter().map(move |one| format!("{}.{}", step.id, one.id))).collect();
            let ids: Vec<&str> = method.fields().iter().map(|field| field.id.as_str()).collect();
            // Half of the attempts have names that exist, so that the answers are looked at too.
            let fields: Values = given.iter().map(|(roll, name, value)| {
                let known = ids[usize::try_from(*roll).unwrap() % ids.len()];
                (if roll % 3 == 0 { name.clone() } else { known.to_owned() }, value.clone())
            }).collect();
            let mut attempt = walk.attempt(&all[dice.below(all.len())], fields);
            if dice.below(4) == 0 {
                (attempt.step, attempt.outcome, attempt.party) = names.clone();
            }
            attempt.corrects = corrects.map(|seq| seq % 8);
            attempt.at = Some(walk.now + SignedDuration::from_secs(seconds));
            match walk.record(attempt) {
                Ok(decision) => must_hold(&method, &decision.state),
                Err(Refusal::NotNow(why)) => {
                    prop_assert!(!why.sentence(&method, chain::Lang::Sv).is_empty() && !why.to_string().is_empty());
                }
                Err(Refusal::Fields(wrong)) => prop_assert!(!wrong.is_empty()),
                Err(Refusal::Broken(broken)) => prop_assert!(false, "the history was sound: {broken}"),
            }
        }
    }

    #[test]
    fn any_history_is_followed_or_told_as_broken(
        steps in prop::collection::vec((any::<u32>(), any::<u32>(), prop::option::of(0u32..6), -100_000i64..100_000), 0..8),
    ) {
        let method = smadit();
        let history: Vec<chain::Recorded> = steps.iter().zip(1..).map(|((step, outcome, corrects, seconds), seq)| {
            let step = &method.steps()[usize::try_from(*step).unwrap() % method.steps().len()];
            let outcome = &step.outcomes[usize::try_from(*outcome).unwrap() % step.outcomes.len()];
            let at = noon() + SignedDuration::from_secs(*seconds);
            chain::Recorded {
                seq, step: step.id.clone(), outcome: outcome.id.clone(), at, recorded_at: at, fields: Values::new(),
                by_unit: "unit".into(), corrects: *corrects,
            }
        }).collect();
        if let Ok(state) = State::replay(&method, &history, noon()) && state.began.is_some() {
            must_hold(&method, &state);
        }
    }
}

/// Every outcome of every method can come to be recorded by some way through it.
#[test]
fn every_outcome_can_be_recorded() {
    for method in shipped() {
        let outcomes = method.steps().iter().map(|step| step.outcomes.len()).sum::<usize>();
        let mut recorded = BTreeSet::new();
        // Ways that have come to the same stage, with the same choices, in as many steps, go on alike.
        let mut seen = BTreeSet::new();
        let mut ways = vec![Walk::new(&method)];
        while let Some(walk) = ways.pop() {
            let now = state(&walk);
            let all = possible(&method, &now);
            if walk.history.len() > 6 || !seen.insert((now.stage, all.clone(), walk.history.len())) {
                continue;
            }
            for what in all {
                let mut on = Walk { method: &method, history: walk.history.clone(), now: walk.now };
                let (step, outcome) = what.split_once('.').unwrap();
                let fields = answers_for(method.step(step).unwrap(), outcome, &mut Dice::new(&[1]));
                let attempt = on.attempt(&what, fields);
                on.record(attempt).unwrap();
                recorded.insert(what);
                ways.push(on);
            }
        }
        assert_eq!(recorded.len(), outcomes, "{}: {recorded:?}", method.id);
    }
}
