//! What must hold where a method opens a chain of another: the chain can be begun there whatever was answered here, and
//! does not open itself without end. Nobody's step may be refused for what only the files can make right.

use serde_json::Value;

use super::source::listed;
use super::{Library, Method, Mistake, OpensRule, Outcome, Step};
use crate::field::{Field, Values, When};
use crate::nearest::nearest;

/// What is wrong with the openings of all methods.
pub(super) fn check(library: &Library) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for method in library.methods() {
        for (rule, place) in method.opens.iter().zip(&method.places.opens) {
            let mut wrong = match Opening::find(library, method, rule) {
                Ok(opening) => opening.wrong(),
                Err(missing) => missing,
            };
            if comes_back(library, rule) {
                let message =
                    format!("`{}` opens `{}.{}`, which opens it again without end", rule.id, rule.method, rule.step);
                let proposal = "change `after`, `when` or `copy` here or there, so that not every case opens the next";
                wrong.push((message, proposal.to_owned()));
            }
            let at_place = |(message, proposal)| Mistake { message, proposal, ..place.clone() };
            mistakes.extend(wrong.into_iter().map(at_place));
        }
    }
    mistakes
}

/// Whether the chain that a rule opens leads, by the rules that can fire there, to the same rule again. Chains are opened
/// in the newest version, so that a rule of an older one is not come back to.
fn comes_back(library: &Library, rule: &OpensRule) -> bool {
    let mut seen: Vec<&OpensRule> = Vec::new();
    let mut next = fired_by(library, rule);
    while let Some(one) = next.pop() {
        if std::ptr::eq(one, rule) {
            return true;
        }
        if !seen.iter().any(|known| std::ptr::eq(*known, one)) {
            seen.push(one);
            next.extend(fired_by(library, one));
        }
    }
    false
}

/// The rules that can fire at the step that a rule opens, with what it passes on.
fn fired_by<'l>(library: &'l Library, rule: &OpensRule) -> Vec<&'l OpensRule> {
    let Some(other) = library.current(&rule.method) else { return Vec::new() };
    let Some((step, outcome)) = other.outcome(&rule.step, &rule.outcome) else { return Vec::new() };
    let fires = |one: &&OpensRule| {
        one.after.as_ref().is_none_or(|after| after.contains(outcome.ix))
            && one.when.as_ref().is_none_or(|when| may_hold(when, rule, step, outcome))
    };
    other.opens.iter().filter(fires).collect()
}

/// Whether a condition on an answer of the opened step can hold: the answer is copied, or is there by its default.
fn may_hold(when: &When, rule: &OpensRule, step: &Step, outcome: &Outcome) -> bool {
    let Some(field) = step.field(&when.field).filter(|field| field.is_for(&outcome.id)) else { return false };
    rule.copy.contains(&when.field) || holds_by_default(when, field)
}

fn holds_by_default(when: &When, field: &Field) -> bool {
    let answer = |default: &Value| Values::from_iter([(field.id.clone(), default.clone())]);
    field.default.as_ref().is_some_and(|default| when.holds(&answer(default)))
}

/// Whether a condition holds whenever another does.
fn follows_from(when: &When, other: &When) -> bool {
    when.field == other.field && other.is.iter().all(|answer| when.is.contains(answer))
}

/// A rule with the steps at which it can fire, each with its outcomes, and what it opens.
struct Opening<'l> {
    from: &'l Method,
    rule: &'l OpensRule,
    openers: Vec<(&'l Step, Vec<&'l Outcome>)>,
    other: &'l Method,
    step: &'l Step,
    outcome: &'l Outcome,
}

impl<'l> Opening<'l> {
    /// Finds what a rule names, or tells what there is instead.
    fn find(library: &'l Library, from: &'l Method, rule: &'l OpensRule) -> Result<Self, Vec<(String, String)>> {
        let Some(other) = library.current(&rule.method) else {
            let ids = library.methods().map(|method| method.id.as_str());
            return Err(vec![no_such("method", &rule.method, &ids.collect::<Vec<_>>())]);
        };
        let beginnings: Vec<&str> = other.beginnings().map(|step| step.id.as_str()).collect();
        let Some(step) = other.step(&rule.step) else {
            return Err(vec![no_such(&format!("step of `{}`", other.id), &rule.step, &beginnings)]);
        };
        if !step.begins {
            let proposal = format!("open with {}", listed(beginnings.into_iter()));
            return Err(vec![(format!("`{}` does not begin a case of `{}`", step.id, other.id), proposal)]);
        }
        let Some(outcome) = step.outcome(&rule.outcome) else {
            let outcomes: Vec<&str> = step.outcomes.iter().map(|outcome| outcome.id.as_str()).collect();
            return Err(vec![no_such(&format!("outcome of `{}.{}`", other.id, step.id), &rule.outcome, &outcomes)]);
        };
        let can_fire = |step: &'l Step, outcome: &Outcome| {
            let asked = |when: &When| step.field(&when.field).is_some_and(|field| field.is_for(&outcome.id));
            rule.after.as_ref().is_none_or(|after| after.contains(outcome.ix)) && rule.when.as_ref().is_none_or(asked)
        };
        let firing =
            |step: &'l Step| (step, step.outcomes.iter().filter(|one| can_fire(step, one)).collect::<Vec<_>>());
        let openers = from.steps.iter().map(firing).filter(|(_, outcomes)| !outcomes.is_empty()).collect();
        Ok(Self { from, rule, openers, other, step, outcome })
    }

    /// The step that is opened, for messages.
    fn opened(&self) -> String {
        format!("{}.{}", self.other.id, self.step.id)
    }

    /// What is wrong, as messages with proposals.
    fn wrong(&self) -> Vec<(String, String)> {
        let mut wrong = self.wrong_kinds();
        wrong.extend(self.rule.copy.iter().filter_map(|copied| self.wrong_copy(copied)));
        let may_hold = |when: &When| may_hold(when, self.rule, self.step, self.outcome);
        let needed = |field: &&Field| {
            field.required
                && field.default.is_none()
                && field.is_for(&self.outcome.id)
                && field.when.as_ref().is_none_or(may_hold)
        };
        wrong.extend(self.step.fields.iter().filter(needed).filter_map(|field| self.unanswered(field)));
        wrong
    }

    /// The kinds of unit that can take a step that opens, but not the one that is opened.
    fn wrong_kinds(&self) -> Vec<(String, String)> {
        let Some(beginning) = self.other.party(&self.step.by) else { return Vec::new() };
        let opens = |id: &str| self.openers.iter().any(|(step, _)| step.by == id);
        let mut wrong = Vec::new();
        for party in self.from.parties.iter().filter(|party| opens(&party.id)) {
            for kind in party.kinds.iter().filter(|kind| !beginning.kinds.contains(kind)) {
                let (here, there, other) = (&party.id, &beginning.id, &self.other.id);
                wrong.push((
                    format!("`{here}` can be of the kind `{kind}`, which cannot begin `{other}` as `{there}`"),
                    format!("add `{kind}` to `kinds` of `{there}` in `{other}`, or take it from those of `{here}`"),
                ));
            }
        }
        wrong
    }

    /// Why an answer cannot be copied.
    fn wrong_copy(&self, copied: &str) -> Option<(String, String)> {
        let opened = self.opened();
        let Some(there) = self.step.field(copied) else {
            let fields: Vec<&str> = self.step.fields.iter().map(|field| field.id.as_str()).collect();
            return Some(no_such(&format!("field of `{opened}`"), copied, &fields));
        };
        if self.from.field(copied).is_some_and(|here| here.kind != there.kind) {
            let proposal = format!("give `{copied}` the same kind, limits and options in both methods");
            return Some((format!("`{copied}` of `{}` takes other answers than here", self.other.id), proposal));
        }
        if !there.is_for(&self.outcome.id) {
            let message = format!("`{opened}` does not ask `{copied}` with the outcome `{}`", self.outcome.id);
            return Some((message, format!("take `{copied}` from `copy`, or let it be asked there")));
        }
        let when = there.when.as_ref()?;
        let mut here = self.openers.iter().filter_map(|(step, _)| step.field(copied));
        if here.all(|here| self.is_asked_there(here, when)) {
            return None;
        }
        let depends_on = &when.field;
        Some((
            format!("`{opened}` asks `{copied}` only after certain answers to `{depends_on}`, which need not be given"),
            format!("copy `{depends_on}` too, and ask `{copied}` here only after the same answers"),
        ))
    }

    /// Whether a condition in the opened step holds whenever the answer that is copied has been given here.
    fn is_asked_there(&self, here: &Field, when: &When) -> bool {
        if self.rule.copy.contains(&when.field) {
            [&here.when, &self.rule.when].into_iter().flatten().any(|known| follows_from(when, known))
        } else {
            self.step.field(&when.field).is_some_and(|field| holds_by_default(when, field))
        }
    }

    /// Why an answer that the opened step needs may be missing.
    fn unanswered(&self, there: &Field) -> Option<(String, String)> {
        let (id, opened) = (&there.id, self.opened());
        let kinds = |step: &Step| self.from.party(&step.by).map(|party| party.kinds.as_slice()).unwrap_or_default();
        if self.openers.iter().flat_map(|(step, _)| kinds(step)).all(|kind| there.answer_of_unit(kind).is_some()) {
            return None;
        }
        if !self.rule.copy.contains(id) {
            let proposal = format!("add `{id}` to `copy`, or let it have a default there");
            return Some((format!("`{opened}` needs an answer to `{id}`"), proposal));
        }
        let (opener, _) = self.openers.iter().find(|(step, outcomes)| !self.is_answered(step, outcomes, there))?;
        let message = format!("`{id}` may be left unanswered in `{}`, and `{opened}` needs it", opener.id);
        let proposal = "let it be required here, or not there, and be asked here whenever it is needed there";
        Some((message, proposal.to_owned()))
    }

    /// Whether a step has an answer to a field whenever it opens a step that needs one.
    fn is_answered(&self, step: &Step, outcomes: &[&Outcome], there: &Field) -> bool {
        let Some(here) = step.field(&there.id) else { return false };
        if self.rule.when.as_ref().is_some_and(|when| when.field == here.id) {
            return true;
        }
        // The condition there is one on the answer here, unless a default there can take its place.
        let of_here = |when: &&When| {
            let by_default = self.step.field(&when.field).is_some_and(|field| holds_by_default(when, field));
            self.rule.copy.contains(&when.field) && !by_default
        };
        let asked = |when: &When| {
            let mut known = self.rule.when.iter().chain(there.when.as_ref().filter(of_here));
            known.any(|known| follows_from(when, known))
        };
        (here.required || here.default.is_some())
            && outcomes.iter().all(|outcome| here.is_for(&outcome.id))
            && here.when.as_ref().is_none_or(asked)
    }
}

fn no_such(what: &str, name: &str, there_are: &[&str]) -> (String, String) {
    let there_are = there_are.iter().copied();
    let proposal = nearest(name, there_are.clone())
        .map_or_else(|| format!("there are {}", listed(there_are)), |near| format!("did you mean `{near}`?"));
    (format!("there is no {what} `{name}`"), proposal)
}
