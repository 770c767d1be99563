//! The methods of an installation together: what one opens, another must have.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{Method, Mistake, openings};

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
    /// Every mistake at once: the same version twice, or an opening that cannot be carried out or has no end.
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
        mistakes.extend(openings::check(&library));
        if mistakes.is_empty() { Ok(library) } else { Err(mistakes) }
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
