//! The ways a case can go through the stages of a method, and who has it on the way.

use std::collections::{BTreeMap, BTreeSet};

use super::{CONSENT_TAKEN, Leads, Method, Outcome, Outcomes, Step, WITHDRAWAL};

/// The ways a case can go.
pub(super) struct Ways<'m> {
    pub(super) method: &'m Method,
    /// By stage, the parties that have the case there whichever way it came.
    holders: BTreeMap<&'m str, BTreeSet<&'m str>>,
}

impl<'m> Ways<'m> {
    pub(super) fn new(method: &'m Method) -> Self {
        Self { method, holders: holders(method) }
    }

    /// All stages on the way from some, themselves included.
    pub(super) fn onward(&self, from: impl IntoIterator<Item = &'m str>) -> BTreeSet<&'m str> {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = from.into_iter().collect();
        while let Some(stage) = next.pop() {
            if reached.insert(stage) {
                next.extend(self.method.moves(Some(stage)).filter_map(|(_, outcome)| target(outcome)));
            }
        }
        reached
    }

    pub(super) fn reached(&self) -> BTreeSet<&'m str> {
        self.onward(self.method.moves(None).filter_map(|(_, outcome)| target(outcome)))
    }

    /// The parties that have the case in a stage, whichever way it came there.
    pub(super) fn holders(&self, stage: &str) -> impl Iterator<Item = &'m str> + Clone {
        self.holders.get(stage).into_iter().flatten().copied()
    }

    /// Whether a step in a stage is one that a party that has the case there can take.
    pub(super) fn has_it(&self, stage: &str, step: &Step) -> bool {
        step.id != CONSENT_TAKEN && self.holders(stage).any(|party| party == step.by)
    }

    /// Whether the step is there to be taken whenever its stage holds: nothing is required first, and it repeats or
    /// cannot have been taken before.
    pub(super) fn is_always_there(&self, step: &'m Step) -> bool {
        let stays = step.outcomes.iter().any(|outcome| outcome.leads == Leads::Stays);
        let comes_back = || {
            let after = self.onward(step.outcomes.iter().filter_map(target));
            step.during.iter().any(|stage| after.contains(stage.as_str()))
        };
        step.requires.is_empty() && (step.repeats || (!stays && !comes_back()))
    }

    /// Whether a case in the stage stands on a work list: somebody who has it has something to do that can be done.
    pub(super) fn waits(&self, stage: &str) -> bool {
        let open = |outcome: &Outcome| outcome.can_be_in(stage) && outcome.requires.is_empty();
        let waits = |step: &&'m Step| !step.optional && self.has_it(stage, step) && step.outcomes.iter().any(open);
        self.method.steps_during(stage).filter(waits).any(|step| self.is_always_there(step))
    }

    /// The stages from which somebody who has the case can always bring it to an end.
    pub(super) fn that_end(&self) -> BTreeSet<&'m str> {
        let mut ending: BTreeSet<&str> = BTreeSet::new();
        let there = self.method.steps.iter().filter(|step| self.is_always_there(step));
        let sure: Vec<(&Step, &Outcome)> = there
            .flat_map(|step| step.outcomes.iter().map(move |outcome| (step, outcome)))
            .filter(|(_, outcome)| outcome.requires.is_empty())
            .collect();
        loop {
            let before = ending.len();
            for (step, outcome) in &sure {
                let ends = match &outcome.leads {
                    Leads::Closes(_) => true,
                    Leads::To(stage) => ending.contains(stage.as_str()),
                    Leads::Stays => false,
                };
                if ends {
                    let stages = outcome.during.iter().map(String::as_str);
                    ending.extend(stages.filter(|stage| self.has_it(stage, step)));
                }
            }
            if ending.len() == before {
                return ending;
            }
        }
    }

    /// The stages in which a case can be right after some outcomes.
    pub(super) fn right_after(&self, outcomes: &Outcomes) -> BTreeSet<&'m str> {
        let all = self.method.steps.iter().flat_map(|step| &step.outcomes);
        all.filter(|outcome| outcomes.contains(outcome.ix))
            .flat_map(|outcome| match &outcome.leads {
                Leads::To(stage) => vec![stage.as_str()],
                Leads::Stays => outcome.during.iter().map(String::as_str).collect(),
                Leads::Closes(_) => Vec::new(),
            })
            .collect()
    }
}

/// The stage an outcome leads to.
fn target(outcome: &Outcome) -> Option<&str> {
    match &outcome.leads {
        Leads::To(stage) => Some(stage),
        Leads::Closes(_) | Leads::Stays => None,
    }
}

/// By stage, the parties that have a case there whichever way it came: at first whoever can begin it, then those who are
/// left of the ways in, until nothing changes. A handover that waits for its consent counts: the case waits with it.
fn holders(method: &Method) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut holders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    loop {
        let before = holders.clone();
        for (step, outcome) in method.moves(None) {
            if let Some(stage) = target(outcome) {
                comes_to(&mut holders, stage, after(method, step, outcome, BTreeSet::new()));
            }
        }
        for (from, there) in &before {
            for (step, outcome) in method.moves(Some(from)).filter(|(_, outcome)| !closes(outcome)) {
                let stage = target(outcome).unwrap_or(from);
                comes_to(&mut holders, stage, after(method, step, outcome, there.clone()));
            }
        }
        if holders == before {
            return holders;
        }
    }
}

fn closes(outcome: &Outcome) -> bool {
    matches!(outcome.leads, Leads::Closes(_))
}

/// Keeps of the parties that have a case in a stage those that have it on one more way in.
fn comes_to<'m>(holders: &mut BTreeMap<&'m str, BTreeSet<&'m str>>, stage: &'m str, have: BTreeSet<&'m str>) {
    match holders.get_mut(stage) {
        Some(known) => known.retain(|party| have.contains(party)),
        None => drop(holders.insert(stage, have)),
    }
}

/// The parties that have a case after a step: those that had it, whoever took the step, and those it is handed to.
fn after<'m>(method: &'m Method, step: &'m Step, outcome: &Outcome, mut have: BTreeSet<&'m str>) -> BTreeSet<&'m str> {
    // These are recorded for their party, whoever heard it.
    if ![WITHDRAWAL, CONSENT_TAKEN].contains(&step.id.as_str()) {
        have.insert(&step.by);
    }
    let called_for = || method.handovers.iter().filter(|rule| rule.after.contains(outcome.ix));
    if called_for().any(|rule| rule.releases && rule.to != step.by) {
        have.remove(step.by.as_str());
    }
    have.extend(called_for().map(|rule| rule.to.as_str()));
    have
}
