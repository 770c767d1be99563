//! Surveys: a questionnaire is a file (`chain::survey`); a round of it asks those on a list, each by a link to the address of
//! a function, until its last day. Then nothing changes any more: free texts are coded, and results and fact sheet are told.
//!
//! Whoever has the link answers, without logging in, so that a colleague can go on where another left off. Of the link only a
//! digest is kept. The answers are sealed under the key of the authority that asks.

mod answer;
pub mod answering;
pub mod api;
mod coding;
mod export;
mod files;
pub mod http;
mod links;
mod outcome;
mod page;
pub(crate) mod post;
mod sql;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chain::survey::{Asks, Questionnaire, Reconciled};
use chain::text::Lang;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use uuid::Uuid;

use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::reference;
use crate::refusal::{FieldIssue, Refused};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format;

pub use answer::{Filled, Given, by_link, decline_by_link, reopen, save};
pub use coding::{CodeWish, CodingView, code, coding};
pub use export::{
    csv as result_csv, html as sheet_html, markdown as sheet_markdown, respondents_csv, xlsx as result_xlsx,
};
pub use files::{File, parse, shipped};
pub(crate) use links::give_out;
pub use links::{Remade, decline, new_link, print_links, withdraw_link};
pub use outcome::{Outcome, outcome};
pub use post::{invite, remind};

/// The most that one round asks: more than all municipalities.
const MOST: usize = 1_000;
const LONGEST_NAME: usize = 200;

/// A questionnaire that is sent out for a year.
#[derive(Clone, Debug)]
pub struct Round {
    /// The authority that asks.
    pub org: Uuid,
    /// Its id.
    pub id: Uuid,
    /// The questionnaire as it was when the round was opened.
    pub questionnaire: Arc<Questionnaire>,
    /// The year that is asked about.
    pub year: i16,
    /// The last day to answer.
    pub last_day: Date,
    /// When that day is over.
    pub ends_at: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When somebody locked it, if it was not left to the last day.
    pub locked_at: Option<Timestamp>,
}

impl Round {
    /// Its title in a language.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        titled(&self.questionnaire, self.year, lang)
    }

    /// What it is called on the command line and in file names.
    #[must_use]
    pub fn handle(&self) -> String {
        format!("{}-{}", self.questionnaire.id, self.year)
    }

    /// Whether nothing of it can change any more.
    #[must_use]
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_at.is_some() || now >= self.ends_at
    }

    /// When it was or will be locked.
    #[must_use]
    pub fn lock(&self) -> Timestamp {
        self.locked_at.map_or(self.ends_at, |at| at.min(self.ends_at))
    }
}

/// A questionnaire's title for a year.
pub(crate) fn titled(questionnaire: &Questionnaire, year: i16, lang: Lang) -> String {
    questionnaire.name.get(lang).replace("{year}", &year.to_string())
}

/// How far one who is asked has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is saved.
    NotBegun,
    /// Something is saved and not handed in.
    Partly,
    /// Handed in.
    Answered,
    /// Said that they do not answer.
    Declined,
}

impl State {
    /// Every state, in the order in which they are told.
    pub const ALL: [State; 4] = [State::Answered, State::Partly, State::NotBegun, State::Declined];

    /// The name in the store and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::NotBegun => "not_begun",
            State::Partly => "partly",
            State::Answered => "answered",
            State::Declined => "declined",
        }
    }

    fn from_name(name: &str) -> Result<State, StoreError> {
        let found = State::ALL.into_iter().find(|state| state.name() == name);
        found.ok_or_else(|| StoreError::Corrupt("the state of an invitation".into()))
    }

    /// In words.
    #[must_use]
    pub fn words(self, lang: Lang) -> String {
        match self {
            State::NotBegun => t!(lang, "survey-state-not-begun"),
            State::Partly => t!(lang, "survey-state-partly"),
            State::Answered => t!(lang, "survey-state-answered"),
            State::Declined => t!(lang, "survey-state-declined"),
        }
    }
}

/// One who is asked, without the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// The code of its county or municipality; empty for others.
    pub code: String,
    /// The organisation.
    pub name: String,
    /// The address of its function.
    pub email: String,
    /// How far it has come.
    pub state: State,
    /// Raised by every change of the answers.
    pub version: i64,
    /// When the invitation was sent, or the link was given out.
    pub invited_at: Option<Timestamp>,
    /// When the answers were last saved.
    pub changed_at: Option<Timestamp>,
    /// When they were handed in.
    pub submitted_at: Option<Timestamp>,
    /// How many reminders have been sent or wait to be.
    pub reminders: i64,
    /// When the latest of them was written down.
    pub reminded_at: Option<Timestamp>,
    /// Since when the link is withdrawn, until a new one is made.
    pub withdrawn_at: Option<Timestamp>,
}

impl Invitation {
    /// Whether it can still be answered and has not been, so that a letter or link may be of use.
    fn waits(&self) -> bool {
        [State::NotBegun, State::Partly].contains(&self.state) && self.withdrawn_at.is_none()
    }
}

/// One to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The code of the county or municipality; may be left out.
    pub code: String,
    /// The organisation.
    pub name: String,
    /// The address of its function.
    pub email: String,
}

/// A round to be opened.
#[derive(Clone, Debug)]
pub struct NewRound {
    /// The questionnaire's file.
    pub file: File,
    /// The year that is asked about.
    pub year: i16,
    /// The last day to answer.
    pub last_day: Date,
    /// Who is asked.
    pub to: Vec<Asked>,
}

/// A round with everybody on its list.
#[derive(Clone, Debug)]
pub struct RoundView {
    /// The round.
    pub round: Round,
    /// How many have come how far.
    pub reconciled: Reconciled,
    /// Who is asked, in the order of the list.
    pub invitations: Vec<Invitation>,
    /// Whom to ask about the answers, of those who have said.
    pub contacts: BTreeMap<Uuid, String>,
    /// How many letters wait to be sent.
    pub waiting: i64,
}

/// Opens a round: nothing is sent yet.
///
/// # Errors
/// [`Refused::Fields`] with all that is wrong, and [`Refused::Taken`] when the questionnaire has a round of that year.
pub fn open(tx: &mut dyn Sql, cx: &mut Cx, new: &NewRound) -> Result<Granted<Round>, Stop> {
    access::list(tx, cx, Action::RunSurveys, |tx, cx| {
        let questionnaire = parse(&new.file).map_err(|mistakes| {
            let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            issue("questionnaire", told.join(" "))
        })?;
        let issues = wrong(cx, new, questionnaire.asks);
        if !issues.is_empty() {
            return Err(Refused::Fields(issues).into());
        }
        if sql::round_of_year(tx, cx.actor.org, &questionnaire.id, new.year)?.is_some() {
            let what = FieldIssue { pointer: "/year".into(), detail: t!(cx.lang, "survey-year-taken") };
            return Err(Refused::Taken { what }.into());
        }
        let round = Round {
            org: cx.actor.org,
            id: cx.id(),
            questionnaire,
            year: new.year,
            last_day: new.last_day,
            ends_at: end_of(new.last_day)?,
            opened_at: cx.now,
            locked_at: None,
        };
        sql::insert_round(tx, &round, &new.file.text, cx.actor.id)?;
        for (asked, nr) in new.to.iter().zip(1..) {
            let id = cx.id();
            let (code, name) = (asked.code.trim().to_owned(), asked.name.trim().to_owned());
            let asked = Asked { code, name, email: asked.email.trim().to_owned() };
            sql::insert_invitation(tx, &round, id, nr, &asked)?;
        }
        let object = format!("survey:{}", round.handle());
        Ok(Seen { value: round, object, people: Vec::new() })
    })
}

fn issue(field: &str, detail: String) -> Refused {
    Refused::Fields(vec![FieldIssue { pointer: format!("/{field}"), detail }])
}

/// When a day is over in Sweden.
fn end_of(day: Date) -> Result<Timestamp, StoreError> {
    let wrong = |_| StoreError::Fault("a day beyond the calendar".into());
    let zone = TimeZone::get("Europe/Stockholm").map_err(wrong)?;
    Ok(day.tomorrow().and_then(|next| next.to_zoned(zone)).map_err(wrong)?.timestamp())
}

/// All that keeps a round from being opened.
fn wrong(cx: &Cx, new: &NewRound, asks: Asks) -> Vec<FieldIssue> {
    let lang = cx.lang;
    let mut issues = Vec::new();
    let mut issue = |field: &str, detail: String| issues.push(FieldIssue { pointer: format!("/{field}"), detail });
    let today = format::local(cx.now).date();
    if !(2000..=today.year()).contains(&new.year) {
        issue("year", t!(lang, "survey-year-wrong", last = today.year().to_string()));
    }
    let latest = today.checked_add(Span::new().days(366)).unwrap_or(today);
    if new.last_day < today || new.last_day > latest {
        issue("last_day", t!(lang, "survey-last-day-wrong"));
    }
    if new.to.is_empty() {
        issue("to", t!(lang, "survey-to-missing"));
    }
    if new.to.len() > MOST {
        issue("to", t!(lang, "survey-to-many", most = MOST));
    }
    let (mut names, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for (asked, row) in new.to.iter().zip(1_i64..).take(MOST) {
        let Asked { code, name, email } = asked;
        let (code, name, email) = (code.trim(), name.trim(), email.trim());
        let length = name.chars().count();
        if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
            issue("to", t!(lang, "survey-to-name", row = row, max = LONGEST_NAME));
        } else if !names.insert(name.to_lowercase()) {
            issue("to", t!(lang, "survey-to-twice", row = row, name = name));
        }
        if email.len() > LONGEST_NAME || email.parse::<lettre::Address>().is_err() {
            issue("to", t!(lang, "survey-to-email", row = row));
        }
        let known = match asks {
            Asks::Counties => reference::county(code).is_some(),
            Asks::Municipalities => reference::municipality(code).is_some(),
            Asks::List => true,
        };
        if !code.is_empty() && (!known || code.len() > 40 || code.chars().any(char::is_control)) {
            issue("to", t!(lang, "survey-to-code", row = row));
        } else if !code.is_empty() && !codes.insert(code.to_owned()) {
            issue("to", t!(lang, "survey-to-code-twice", row = row));
        }
    }
    issues
}

/// The rounds of the authority with how many have come how far, the newest first.
pub fn rounds(tx: &mut dyn Sql, cx: &mut Cx) -> Result<Granted<Vec<(Round, Reconciled)>>, Stop> {
    access::list(tx, cx, Action::RunSurveys, |tx, cx| {
        let mut value = Vec::new();
        for round in sql::rounds(tx, cx.actor.org)? {
            let reconciled = sql::reconciled(tx, &round)?;
            value.push((round, reconciled));
        }
        Ok(Seen { value, object: "surveys".into(), people: Vec::new() })
    })
}

/// A questionnaire with its file.
pub type Known = (File, Arc<Questionnaire>);

/// The questionnaires that a round can be opened with: the shipped ones and those of earlier rounds, the latest version of each.
pub fn known(tx: &mut dyn Sql, cx: &mut Cx) -> Result<Granted<Vec<Known>>, Stop> {
    access::list(tx, cx, Action::RunSurveys, |tx, cx| {
        let mut value: Vec<Known> = Vec::new();
        for file in shipped().into_iter().chain(sql::sources(tx, cx.actor.org)?) {
            let Ok(read) = parse(&file) else { continue };
            match value.iter_mut().find(|(_, one)| one.id == read.id) {
                Some(one) if one.1.version < read.version => *one = (file, read),
                Some(_) => {}
                None => value.push((file, read)),
            }
        }
        Ok(Seen { value, object: "surveys".into(), people: Vec::new() })
    })
}

/// Does something with a round of the authority, granted and recorded.
fn with_round<T>(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    id: Uuid,
    what: &str,
    work: impl FnOnce(&mut dyn Sql, &mut Cx, &Round) -> Result<T, Stop>,
) -> Result<Granted<T>, Stop> {
    access::list(tx, cx, Action::RunSurveys, |tx, cx| {
        let round = sql::round(tx, cx.actor.org, id)?.ok_or(Refused::NotFound)?;
        let value = work(tx, cx, &round)?;
        Ok(Seen { value, object: format!("survey:{}:{what}", round.handle()), people: Vec::new() })
    })
}

/// Refuses a form that does not say what is wanted. The guard decides all the same, so that a stranger learns nothing; nobody has
/// looked at anything, and nothing is recorded as if.
fn unclear(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<()>, Stop> {
    with_round(tx, cx, id, "unclear", |_, cx, _| {
        Err(Refused::Malformed { detail: t!(cx.lang, "survey-act-unknown") }.into())
    })
}

/// A round with everybody on its list.
pub fn round(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<RoundView>, Stop> {
    with_round(tx, cx, id, "status", |tx, cx, round| {
        Ok(RoundView {
            contacts: answer::contacts(tx, cx, round)?,
            reconciled: sql::reconciled(tx, round)?,
            invitations: sql::invitations(tx, round)?,
            waiting: sql::waiting_of(tx, round)?,
            round: round.clone(),
        })
    })
}

/// The round of a name such as `county_boards-2025`, or of an id.
pub fn find(tx: &mut dyn Sql, cx: &Cx, named: &str) -> Result<Option<Uuid>, StoreError> {
    if let Ok(id) = named.parse() {
        return Ok(Some(id));
    }
    let parts = named.rsplit_once('-').and_then(|(id, year)| Some((id, year.parse::<i16>().ok()?)));
    let Some((questionnaire, year)) = parts else { return Ok(None) };
    sql::round_of_year(tx, cx.actor.org, questionnaire, year)
}

/// Locks a round before its last day is over.
pub fn lock(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<()>, Stop> {
    with_round(tx, cx, id, "lock", |tx, cx, round| {
        changeable(cx, round)?;
        Ok(sql::lock(tx, round, cx.now)?)
    })
}

/// Refuses what is done with a round that is locked.
fn changeable(cx: &Cx, round: &Round) -> Result<(), Refused> {
    if round.is_locked(cx.now) {
        return Err(Refused::NotNow { code: "survey_locked", sentence: t!(cx.lang, "survey-is-locked") });
    }
    Ok(())
}

/// Refuses what waits until a round is locked.
fn settled(cx: &Cx, round: &Round) -> Result<(), Refused> {
    if !round.is_locked(cx.now) {
        return Err(Refused::NotNow { code: "survey_open", sentence: t!(cx.lang, "survey-is-open") });
    }
    Ok(())
}

/// Who a questionnaire asks by itself: the units of the directory that stand for a county or municipality, by name and function
/// address. Whoever opens a round sees the list and changes it.
pub fn proposed(tx: &mut dyn Sql, cx: &mut Cx, asks: Asks) -> Result<Granted<Vec<Asked>>, Stop> {
    access::list(tx, cx, Action::RunSurveys, |tx, _| {
        let value = match asks {
            Asks::Counties => sql::of_kind(tx, "county_board")?,
            Asks::Municipalities => sql::of_kind(tx, "coordination")?,
            Asks::List => Vec::new(),
        };
        Ok(Seen { value, object: "surveys".into(), people: Vec::new() })
    })
}
