//! A table of a release as it is frozen: one text with everything in it that is needed to read it.

use chain::method::Method;
use chain::text::{Lang, Text};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::counts::Counts;
use super::lattice::{AGES, Place, SEXES, YOUNG, YOUNG_CODE};
use super::period::Period;
use super::plan::{Axis, Draft};
use crate::reference;
use crate::store::StoreError;
use crate::t;
use crate::web::format;

/// The same words in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// In Swedish.
    pub sv: String,
    /// In English.
    pub en: String,
}

impl Words {
    pub(super) fn of(words: impl Fn(Lang) -> String) -> Words {
        Words { sv: words(Lang::Sv), en: words(Lang::En) }
    }

    fn text(text: &Text) -> Words {
        Words::of(|lang| text.get(lang).to_owned())
    }

    /// In a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Sv => &self.sv,
            Lang::En => &self.en,
        }
    }
}

/// A code of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// As it is written in the data.
    pub code: String,
    /// As people read it.
    pub name: Words,
    /// The code that it is a part of, where the dimension has such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A dimension beside the measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// `place`, `month`, `quarter`, `sex` or `age`.
    pub id: String,
    /// Its codes in order.
    pub codes: Vec<Code>,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Words,
    /// What exactly is counted.
    pub definition: Words,
}

/// A share of one measure in another, which follows from the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Words,
    /// What exactly it says.
    pub definition: Words,
    /// The measure above the line.
    pub numerator: String,
    /// The measure below the line.
    pub denominator: String,
    /// The goal, in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
}

/// A frozen table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// `measures`, `sexes`, `ages`, `young_women`, `quarters` or `months`.
    pub name: String,
    /// The dimensions beside the measures, the slowest first.
    pub dimensions: Vec<Dimension>,
    /// What is counted; the last and quickest dimension of the cells.
    pub measures: Vec<Measure>,
    /// Shares that follow.
    pub indicators: Vec<Indicator>,
    /// The measures of the method's flow, from everybody who was found to those who got where it leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flow: Vec<String>,
    /// The counts; nothing where one is withheld.
    pub cells: Vec<Option<u64>>,
}

impl Content {
    /// A table with its words, its cells still to come.
    pub(super) fn of(draft: &Draft, method: &Method, counts: &Counts, names: &Names, period: Period) -> Content {
        let dimensions = draft.axes.iter().map(|(axis, codes)| Dimension {
            id: axis.name().to_owned(),
            codes: codes.iter().filter_map(|code| named(*axis, *code, counts, names, period)).collect(),
        });
        let measures = method.measures().iter().map(|measure| Measure {
            id: measure.id.clone(),
            name: Words::text(&measure.name),
            definition: Words::text(&measure.definition),
        });
        let indicators = method.indicators().iter().map(|indicator| Indicator {
            id: indicator.id.clone(),
            name: Words::text(&indicator.name),
            definition: Words::text(&indicator.definition),
            numerator: indicator.numerator.clone(),
            denominator: indicator.denominator.clone(),
            target: indicator.target,
        });
        Content {
            name: draft.name.to_owned(),
            dimensions: dimensions.collect(),
            measures: measures.collect(),
            indicators: indicators.collect(),
            flow: method.flow.clone(),
            cells: Vec::new(),
        }
    }

    pub(super) fn to_json(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Fault(format!("a table as JSON: {error}")))
    }

    pub(super) fn from_json(text: &str) -> Result<Content, StoreError> {
        serde_json::from_str(text).map_err(|error| StoreError::Corrupt(format!("a released table: {error}")))
    }
}

/// SHA-256 of a text, in hexadecimal digits.
pub(super) fn digest(text: impl AsRef<[u8]>) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names of authorities and units, which are told in their own releases.
pub(super) type Names = std::collections::HashMap<uuid::Uuid, String>;

fn named(axis: Axis, code: u32, counts: &Counts, names: &Names, period: Period) -> Option<Code> {
    let listed = |codes: &[&str]| codes.get(code as usize).map(|code| (*code).to_owned());
    let plain = |code: String, name: Words| Some(Code { code, name, parent: None });
    match axis {
        Axis::Place => {
            let place = counts.lattice.places.get(code)?;
            let parent = place.parent().map(|parent| parent.code());
            Some(Code { code: place.code(), name: Words::of(|lang| place_name(lang, place, names)), parent })
        }
        Axis::Month => {
            let date = jiff::civil::Date::new(period.year, i8::try_from(code.checked_sub(4)?).ok()?, 1).ok()?;
            plain(format!("{:04}-{:02}", date.year(), date.month()), Words::of(|lang| format::month(lang, date)))
        }
        Axis::Quarter => {
            let quarter = Period { part: super::period::Part::Quarter(u8::try_from(code).ok()?), ..period };
            plain(quarter.code(), Words::of(|lang| quarter.words(lang)))
        }
        Axis::Sex => plain(listed(&SEXES)?, Words::of(|lang| sex_name(lang, code))),
        Axis::Age if code == u32::from(YOUNG) => {
            plain(YOUNG_CODE.to_owned(), Words::of(|lang| band_name(lang, YOUNG_CODE)))
        }
        Axis::Age => plain(listed(&AGES)?, Words::of(|lang| age_name(lang, code))),
    }
}

fn place_name(lang: Lang, place: &Place, names: &Names) -> String {
    let county = |code: &str| reference::county(code).map_or_else(|| code.to_owned(), |county| county.name.to_owned());
    let name = |id: &uuid::Uuid| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    match place {
        Place::Nation => t!(lang, "publication-nation"),
        Place::County(code) => county(code),
        Place::Municipality(of, code) => match reference::municipality(code) {
            Some(place) => place.name.to_owned(),
            None => t!(lang, "publication-elsewhere", county = county(of)),
        },
        Place::Authority(org, of) => t!(lang, "publication-branch", authority = name(org), county = county(of)),
        Place::Unit(_, _, unit) => name(unit),
    }
}

fn sex_name(lang: Lang, code: u32) -> String {
    match code {
        0 => t!(lang, "publication-everybody"),
        1 => t!(lang, "figures-women"),
        2 => t!(lang, "figures-men"),
        _ => t!(lang, "figures-unknown"),
    }
}

fn age_name(lang: Lang, code: u32) -> String {
    match AGES.get(code as usize) {
        Some(&"total") => t!(lang, "publication-all-ages"),
        Some(&"unknown") | None => t!(lang, "figures-unknown"),
        Some(band) => band_name(lang, band),
    }
}

fn band_name(lang: Lang, band: &str) -> String {
    match band.split_once('-') {
        Some((from, "")) => t!(lang, "publication-age-over", from = from),
        Some((from, to)) => t!(lang, "publication-age", from = from, to = to),
        None => band.to_owned(),
    }
}
