//! The methods of an installation together: what one opens, another must have.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::source::listed;
use super::{Method, Mistake, OpensRule};
use crate::nearest::nearest;

/// Where a method and its `opens` stand, as mistakes to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) version: Mistake,
    pub(super) opens: Vec<Mistake>,
}

/// The methods of an installation, checked against each other.
#[derive(Debug, Clone, Default)]
pub struct Library {
    methods: BTreeMap<(String, u32), Method>,
}

impl Library {
    /// Puts methods together.
    ///
    /// # Errors
    /// Every mistake at once: the same version twice, or a chain that opens what does not exist.
    pub fn new(methods: Vec<Method>) -> Result<Self, Vec<Mistake>> {
        let mut library = Self::default();
        let mut mistakes = Vec::new();
        for method in methods {
            let key = (method.id.clone(), method.version);
            let free = library.current(&method.id).map_or(1, |newest| newest.version.saturating_add(1));
            match library.methods.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(method);
                }
                Entry::Occupied(_) => mistakes.push(Mistake {
                    message: format!("there are two `{}` of version {}", method.id, method.version),
                    proposal: format!("write `version = {free}`"),
                    ..method.places.version.clone()
                }),
            }
        }
        for method in library.methods.values() {
            for (rule, place) in method.opens.iter().zip(&method.places.opens) {
                for (message, proposal) in library.wrong_opening(method, rule) {
                    mistakes.push(Mistake { message, proposal, ..place.clone() });
                }
            }
        }
        if mistakes.is_empty() { Ok(library) } else { Err(mistakes) }
    }

    /// What is wrong with an opening, as messages with proposals.
    fn wrong_opening(&self, from: &Method, rule: &OpensRule) -> Vec<(String, String)> {
        let Some(other) = self.current(&rule.method) else {
            return vec![no_such("method", &rule.method, self.methods.keys().map(|(id, _)| id.as_str()))];
        };
        let Some(step) = other.step(&rule.step) else {
            let steps = other.steps.iter().filter(|step| step.begins).map(|step| step.id.as_str());
            return vec![no_such(&format!("step of `{}`", other.id), &rule.step, steps)];
        };
        let mut wrong = Vec::new();
        if !step.begins {
            let proposal = format!("open with {}", listed(other.beginnings().map(|step| step.id.as_str())));
            wrong.push((format!("`{}` does not begin a case of `{}`", step.id, other.id), proposal));
        }
        let Some(outcome) = step.outcome(&rule.outcome) else {
            let outcomes = step.outcomes.iter().map(|outcome| outcome.id.as_str());
            wrong.push(no_such(&format!("outcome of `{}.{}`", other.id, step.id), &rule.outcome, outcomes));
            return wrong;
        };
        for copied in &rule.copy {
            match (step.field(copied), from.field(copied)) {
                (None, _) => {
                    let fields = step.fields.iter().map(|field| field.id.as_str());
                    wrong.push(no_such(&format!("field of `{}.{}`", other.id, step.id), copied, fields));
                }
                (Some(there), Some(here)) if there.kind != here.kind => {
                    let proposal = format!("give `{copied}` the same kind, limits and options in both methods");
                    wrong.push((format!("`{copied}` of `{}` takes other answers than here", other.id), proposal));
                }
                _ => {}
            }
        }
        let asked = |field: &&crate::field::Field| {
            field.required && field.default.is_none() && field.when.is_none() && field.is_for(&outcome.id)
        };
        for field in step.fields.iter().filter(asked).filter(|field| !rule.copy.contains(&field.id)) {
            let proposal = format!("add `{}` to `copy`, or let it have a default there", field.id);
            wrong.push((format!("`{}.{}` needs an answer to `{}`", other.id, step.id, field.id), proposal));
        }
        wrong
    }

    /// A method in one version.
    #[must_use]
    pub fn get(&self, id: &str, version: u32) -> Option<&Method> {
        self.methods.get(&(id.to_owned(), version))
    }

    /// The newest version of a method: new cases begin with it.
    #[must_use]
    pub fn current(&self, id: &str) -> Option<&Method> {
        self.methods.range((id.to_owned(), 0)..=(id.to_owned(), u32::MAX)).next_back().map(|(_, method)| method)
    }

    /// All methods, by id and version.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.methods.values()
    }
}

fn no_such<'c>(what: &str, name: &str, there_are: impl Iterator<Item = &'c str> + Clone) -> (String, String) {
    let proposal = nearest(name, there_are.clone())
        .map_or_else(|| format!("there are {}", listed(there_are)), |near| format!("did you mean `{near}`?"));
    (format!("there is no {what} `{name}`"), proposal)
}
