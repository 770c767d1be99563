//! The situation picture (lägesbild): figures that others have made, such as a school survey, next to our own, and what the
//! actors of a county read out of them together. Figures over many only; nothing here is about one person.

mod hidden;
pub mod http;
mod number;
mod page;
mod picture;
pub mod read;
mod shown;
pub(crate) mod sql;
#[cfg(test)]
pub(crate) mod tests;
mod upload;
mod words;

use chain::text::Lang;
use jiff::{Timestamp, Zoned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use read::{Cell, MOST_BYTES, Origin};
pub use shown::{Topic, topics};
pub use words::{Area, Sex, Sign, Unit};

use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::refusal::{FieldIssue, Refused};
use crate::store::Sql;
use crate::t;
use crate::web::format;

/// The longest name of an import, and the longest text of a reading.
const LONGEST_NAME: usize = 80;
const LONGEST_TEXT: usize = 4000;
/// How many mistakes are told at once; a file with more is wrong as a whole.
const MOST_TOLD: usize = 200;
/// After how many months a picture is old (A14: renewed at least once a year).
const OLD_AFTER: i32 = 12;

fn issue(field: &str, detail: String) -> FieldIssue {
    FieldIssue { pointer: format!("/{field}"), detail }
}

/// A file that can be taken in.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the figures are called: the next file of the same name takes the place of this one.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub digest: String,
    /// The figures.
    pub cells: Vec<Cell>,
}

impl Draft {
    /// Reads a file, or says all that is wrong with it.
    ///
    /// # Errors
    /// [`Refused::Fields`] with every mistake, its line and its column.
    pub fn read(lang: Lang, now: Timestamp, name: &str, origin: Origin, bytes: &[u8]) -> Result<Draft, Refused> {
        let mut issues = Vec::new();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => issues.push(issue("name", t!(lang, "series-name-missing"))),
            1..=LONGEST_NAME => {}
            _ => issues.push(issue("name", t!(lang, "field-too-long", max = LONGEST_NAME))),
        }
        if number::names_somebody(&name) {
            issues.push(issue("name", t!(lang, "series-personal")));
        }
        let mut cells = Vec::new();
        if bytes.is_empty() {
            issues.push(issue("file", t!(lang, "series-file-missing")));
        } else if bytes.len() > MOST_BYTES {
            issues.push(issue("file", t!(lang, "series-file-large", most = MOST_BYTES >> 20)));
        } else {
            match read::read(bytes, origin, format::local(now).year()) {
                Ok(read) => cells = read,
                Err(mistakes) => {
                    issues.extend(mistakes.iter().take(MOST_TOLD).map(|wrong| issue("file", wrong.words(lang))));
                    if mistakes.len() > MOST_TOLD {
                        issues.push(issue("file", t!(lang, "series-more", count = mistakes.len() - MOST_TOLD)));
                    }
                }
            }
        }
        let digest = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if issues.is_empty() { Ok(Draft { name, digest, cells }) } else { Err(Refused::Fields(issues)) }
    }
}

/// A file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Which file of that name, from 1.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// Who took it in, by the name of the account; none from the command line.
    pub by: Option<String>,
    /// SHA-256 of the file.
    pub digest: String,
    /// How many figures it has.
    pub cells: i64,
    /// Whether it counts, or what took its place.
    pub state: State,
    /// When it no longer counted.
    pub ended_at: Option<Timestamp>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Current,
    /// A later file of the same name took its place.
    Replaced,
    /// It was withdrawn.
    Withdrawn,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Current => "current",
            State::Replaced => "replaced",
            State::Withdrawn => "withdrawn",
        }
    }

    fn from_name(name: &str) -> State {
        match name {
            "current" => State::Current,
            "replaced" => State::Replaced,
            _ => State::Withdrawn,
        }
    }
}

/// What was taken in, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The import's id.
    pub id: Uuid,
    /// Which file of its name.
    pub version: i64,
    /// How many figures.
    pub cells: usize,
}

/// Takes a file in for a county; an earlier one of the same name from the same authority for that county is replaced and kept
/// as a trace. With
/// `only_try` nothing is written but the audit record.
///
/// # Errors
/// [`Refused::Taken`] when the very same file counts already; who may not is refused.
pub fn import(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    county: &str,
    draft: &Draft,
    only_try: bool,
) -> Result<Granted<Taken>, Stop> {
    access::list(tx, cx, Action::KeepSituation, |tx, cx| {
        let before = sql::last(tx, cx.actor.org, county, &draft.name)?;
        if let Some((_, State::Current, digest)) = &before
            && *digest == draft.digest
        {
            return Err(Refused::Taken { what: issue("file", t!(cx.lang, "series-same-file")) }.into());
        }
        let taken =
            Taken { id: cx.id(), version: before.map_or(1, |(version, ..)| version + 1), cells: draft.cells.len() };
        let mut object = "series tried".to_owned();
        if !only_try {
            sql::end_current(tx, cx, county, &draft.name)?;
            sql::insert(tx, cx, county, draft, &taken)?;
            for cell in &draft.cells {
                sql::insert_cell(tx, cx.actor.org, taken.id, cell)?;
            }
            object = format!("series {}", taken.id);
        }
        Ok(Seen { value: taken, object, people: Vec::new() })
    })
}

/// Withdraws a file of a county: its figures no longer count, and its trace stays.
///
/// # Errors
/// [`Refused::NotFound`] for one that the authority does not have there, [`Refused::Decided`] for one that no longer counts.
pub fn withdraw(tx: &mut dyn Sql, cx: &mut Cx, county: &str, id: Uuid) -> Result<Granted<()>, Stop> {
    let done = access::list(tx, cx, Action::KeepSituation, |tx, cx| {
        let state = sql::state(tx, cx.actor.org, county, id)?;
        if state == Some(State::Current) {
            sql::withdraw(tx, cx, county, id)?;
        }
        let object = if state.is_some() { format!("series {id} withdrawn") } else { "unknown".to_owned() };
        Ok(Seen { value: state, object, people: Vec::new() })
    })?;
    match *done {
        None => Err(Refused::NotFound.into()),
        Some(State::Current) => Ok(done.map(|_| ())),
        Some(State::Replaced | State::Withdrawn) => Err(Refused::Decided.into()),
    }
}

/// What the actors read out of the figures together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Which writing, from 1; 0 when nothing has been written.
    pub version: i64,
    /// When.
    pub at: Option<Timestamp>,
    /// Who wrote it, and for which authority.
    pub by: Option<(String, String)>,
    /// The problem picture.
    pub problem: String,
    /// Whom and where to begin with.
    pub priorities: String,
    /// Goals and measures.
    pub goals: String,
}

/// Writes a new version of the joint reading of an area. `reading.version` is the one that was read.
///
/// # Errors
/// [`Refused::Fields`] for texts that are empty, too long or name somebody, and when somebody else has written meanwhile.
pub fn write(tx: &mut dyn Sql, cx: &mut Cx, county: &str, area: &Area, reading: &Reading) -> Result<Granted<()>, Stop> {
    let mut issues = Vec::new();
    let texts = [("problem", &reading.problem), ("priorities", &reading.priorities), ("goals", &reading.goals)];
    if texts.iter().all(|(_, text)| text.trim().is_empty()) {
        issues.push(issue("problem", t!(cx.lang, "situation-reading-empty")));
    }
    for (field, text) in texts {
        if text.chars().count() > LONGEST_TEXT {
            issues.push(issue(field, t!(cx.lang, "field-too-long", max = LONGEST_TEXT)));
        }
        if number::names_somebody(text) {
            issues.push(issue(field, t!(cx.lang, "series-personal")));
        }
    }
    if !issues.is_empty() {
        return Err(Refused::Fields(issues).into());
    }
    access::list(tx, cx, Action::KeepSituation, |tx, cx| {
        let now = sql::reading(tx, county, area.code())?.map_or(0, |now| now.version);
        if now != reading.version {
            return Err(Refused::Fields(vec![issue("problem", t!(cx.lang, "situation-reading-stale"))]).into());
        }
        sql::insert_reading(tx, cx, county, area.code(), reading)?;
        Ok(Seen { value: (), object: format!("situation {} reading {}", area.code(), now + 1), people: Vec::new() })
    })
}

/// Whether figures that were renewed at a moment are too old to be a picture of now.
fn is_old(renewed: Timestamp, now: Timestamp) -> bool {
    let months = |zoned: &Zoned| i32::from(zoned.year()) * 12 + i32::from(zoned.month());
    let (renewed, now) = (format::local(renewed), format::local(now));
    let passed = months(&now) - months(&renewed);
    passed > OLD_AFTER || (passed == OLD_AFTER && now.day() > renewed.day())
}
