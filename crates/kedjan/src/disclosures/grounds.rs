//! The grounds, as data that a lawyer can read.

use std::sync::OnceLock;

use chain::text::Lang;
use serde::Deserialize;

/// A text in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    sv: String,
    en: String,
}

impl Words {
    /// In a language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Sv => &self.sv,
            Lang::En => &self.en,
        }
    }
}

/// A ground on which something may leave an authority by somebody's decision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Its id.
    pub id: String,
    /// The paragraph.
    pub paragraph: String,
    /// What it is, in a line.
    pub name: Words,
    /// What it allows.
    pub allows: Words,
    /// From which kinds of authority; empty for all.
    #[serde(default)]
    from: Vec<String>,
    /// The paragraph that says who can use it.
    pub from_by: Words,
    /// To which kinds; empty for all.
    #[serde(default)]
    to: Vec<String>,
    /// The age that the person must be under.
    #[serde(default)]
    pub age_below: Option<u32>,
    /// Whether the paragraph that bids it must be named.
    #[serde(default)]
    pub statute: bool,
    /// Whether a consent must be in force.
    #[serde(default)]
    pub consent: bool,
}

impl Ground {
    /// Whether an authority of this kind can use it.
    #[must_use]
    pub fn is_for(&self, kind: &str) -> bool {
        self.from.is_empty() || self.from.iter().any(|from| from == kind)
    }

    /// Whether it lets anything go to an authority of this kind.
    #[must_use]
    pub fn is_to(&self, kind: &str) -> bool {
        self.to.is_empty() || self.to.iter().any(|to| to == kind)
    }
}

#[derive(Deserialize)]
struct File {
    ground: Vec<Ground>,
}

/// Every ground, in the order of the file.
pub fn grounds() -> &'static [Ground] {
    static ALL: OnceLock<Vec<Ground>> = OnceLock::new();
    // The file is part of the program; a test reads it.
    ALL.get_or_init(|| {
        toml::from_str::<File>(include_str!("../../reference/grounds.toml")).map(|f| f.ground).unwrap_or_default()
    })
}

/// The ground of an id.
pub fn ground(id: &str) -> Option<&'static Ground> {
    grounds().iter().find(|ground| ground.id == id)
}
