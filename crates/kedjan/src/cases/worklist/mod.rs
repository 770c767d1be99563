//! The unit's work list: what waits, for whom, how long, overdue first; everything a page shows and exact counts in one go.

mod sql;

use chain::text::Lang;
use jiff::Timestamp;
use uuid::Uuid;

use super::{CaseFile, share};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{App, Cx, Stop};
use crate::people::{self, Clearance, Identity, PersonName};
use crate::refusal::{FieldIssue, Refused};
use crate::secrets;
use crate::store::{Sql, StoreError};
use crate::t;

/// Which part of the unit's work is wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// `open` (default), `overdue`, `passed`, `closed` or `ended`.
    pub state: Option<String>,
    /// Only what the actor has taken on.
    pub mine: bool,
    /// Only one method.
    pub method: Option<String>,
    /// Where the page begins, as the page before said.
    pub cursor: Option<String>,
    /// How many lines, 1 to 100; 50 when not said.
    pub limit: Option<i64>,
}

/// How much work there is; exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The unit has something to do.
    pub open: i64,
    /// Of these, past the limit.
    pub overdue: i64,
    /// Open and taken on by the actor.
    pub mine: i64,
    /// With another party now.
    pub passed: i64,
    /// Closed.
    pub closed: i64,
    /// No longer with the unit: withdrawn, run out, handed on or taken back.
    pub ended: i64,
    /// What the list as filtered holds in all.
    pub listed: i64,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The case number.
    pub code: String,
    /// The method's name.
    pub method: String,
    /// The person's name, masked where it must be.
    pub name: String,
    /// Whether the person has protected identity.
    pub protected: bool,
    /// What the case is to the unit: `open`, `passed`, `closed`.
    pub state: String,
    /// The stage as the unit may see it.
    pub stage: String,
    /// When the case began.
    pub began_at: Timestamp,
    /// Since when the unit has it.
    pub since: Timestamp,
    /// The clock that is due next.
    pub clock: Option<String>,
    /// When to warn for it.
    pub warn_at: Option<Timestamp>,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// The municipality.
    pub municipality: String,
    /// Who at the unit has it.
    pub assignee: Option<Uuid>,
}

/// A page of a unit's work.
#[derive(Clone, Debug)]
pub struct WorkList {
    /// The lines.
    pub lines: Vec<Line>,
    /// How many there are of each.
    pub counts: Counts,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The moment it describes.
    pub as_of: Timestamp,
}

const STATES: [&str; 5] = ["open", "overdue", "passed", "closed", "ended"];

/// A page of a unit's work as it was read in the unit of work, with the names still sealed.
pub struct ListRead {
    rows: Vec<sql::ListRow>,
    key: people::ListKey,
    /// How many there are of each.
    pub counts: Counts,
    next: Option<String>,
    as_of: Timestamp,
}

/// The cursor of a page that begins after a line: by what the list is sorted, and the case's id.
pub(crate) fn cursor((sort_at, case): (i64, Uuid)) -> String {
    format!("{sort_at}.{}", case.simple())
}

/// The line that a cursor stands for.
pub(crate) fn after(cursor: &str) -> Option<(i64, Uuid)> {
    let (sort_at, case) = cursor.split_once('.')?;
    Some((sort_at.parse().ok()?, case.parse().ok()?))
}

/// Reads the actor's unit's work.
pub fn work_list(tx: &mut dyn Sql, cx: &mut Cx, filter: &Filter) -> Result<Granted<ListRead>, Stop> {
    let checked = Checked::of(cx, filter)?;
    access::list(tx, cx, Action::SeeWorkList, |tx, cx| {
        share::end_expired(tx, cx)?;
        let mut rows = sql::list(tx, &checked.wanted(cx))?;
        let more = rows.len() > usize::try_from(checked.limit).unwrap_or(usize::MAX);
        if more {
            rows.pop();
        }
        let next = rows.last().filter(|_| more).map(|row| cursor((row.sort_at, row.case_id)));
        // Of what the unit no longer has it sees the number and why, and nobody's data.
        let people = rows.iter().filter(|row| row.state != "ended").map(|row| row.name.id).collect();
        let key = people::list_key(tx, &cx.app.keyring, cx.actor.org)?;
        let counts = counts(tx, cx, &checked)?;
        Ok(Seen {
            value: ListRead { rows, key, counts, next, as_of: cx.now },
            object: format!("work_list {}", checked.state),
            people,
        })
    })
}

impl ListRead {
    /// Opens and words what was read, in a language.
    ///
    /// # Errors
    /// The keys', and a method that is not loaded.
    pub fn worded(self, app: &App, lang: Lang) -> Result<WorkList, Stop> {
        let ListRead { rows, key, counts, next, as_of } = self;
        let lines = rows
            .iter()
            .map(|row| match &row.ended_why {
                Some(why) => Ok(ended(app, lang, row, why)),
                None => line(app, lang, row, &key.open(&row.name)?),
            })
            .collect::<Result<Vec<_>, Stop>>()?;
        Ok(WorkList { lines, counts, next, as_of })
    }
}

/// A filter that holds.
struct Checked {
    state: String,
    mine: bool,
    method: Option<String>,
    after: (i64, Uuid),
    limit: i64,
}

impl Checked {
    fn of(cx: &Cx, filter: &Filter) -> Result<Checked, Refused> {
        let mut issues = Vec::new();
        let mut issue = |field: &str, detail: String| {
            issues.push(FieldIssue { pointer: format!("/{field}"), detail });
        };
        let state = filter.state.clone().unwrap_or_else(|| "open".into());
        if !STATES.contains(&state.as_str()) {
            issue("state", t!(cx.lang, "field-not-an-option", options = STATES.join(", ")));
        }
        if let Some(method) = &filter.method
            && cx.app.library.current(method).is_none()
        {
            let known: Vec<&str> = cx.app.library.methods().map(|m| m.id.as_str()).collect();
            issue("method", t!(cx.lang, "field-not-an-option", options = known.join(", ")));
        }
        let limit = filter.limit.unwrap_or(50);
        if !(1..=100).contains(&limit) {
            issue("limit", t!(cx.lang, "field-limit"));
        }
        let after = match filter.cursor.as_deref() {
            None => Some((i64::MIN, Uuid::nil())),
            Some(text) => after(text),
        };
        if after.is_none() {
            issue("cursor", t!(cx.lang, "field-cursor"));
        }
        match after {
            Some(after) if issues.is_empty() => {
                Ok(Checked { state, mine: filter.mine, method: filter.method.clone(), after, limit })
            }
            _ => Err(Refused::Fields(issues)),
        }
    }

    fn wanted(&self, cx: &Cx) -> sql::ListWanted<'_> {
        let overdue = self.state == "overdue";
        sql::ListWanted {
            org: cx.actor.org,
            unit: cx.actor.unit,
            state: if overdue { "open" } else { &self.state },
            method: self.method.as_deref(),
            mine: self.mine.then_some(cx.actor.id),
            before: if overdue { cx.now.as_microsecond() } else { i64::MAX },
            after: self.after,
            limit: self.limit + 1,
        }
    }
}

fn counts(tx: &mut dyn Sql, cx: &Cx, checked: &Checked) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for (method, state, n) in sql::work_counts(tx, cx.actor.org, cx.actor.unit)? {
        if checked.method.as_ref().is_some_and(|wanted| *wanted != method) {
            continue;
        }
        match state.as_str() {
            "open" => counts.open += n,
            "passed" => counts.passed += n,
            "closed" => counts.closed += n,
            "ended" => counts.ended += n,
            _ => {}
        }
    }
    counts.overdue = sql::count_overdue(tx, cx.actor.org, cx.actor.unit, checked.method.as_deref(), cx.now)?;
    let state = if checked.mine { checked.wanted(cx).state } else { "open" };
    let mine = sql::count_mine(tx, cx, checked.method.as_deref(), state)?;
    counts.mine = mine.open;
    counts.listed = match (checked.mine, checked.state.as_str()) {
        (true, "overdue") => mine.overdue,
        (true, "open") => mine.open,
        (true, "passed") => mine.passed,
        (true, "ended") => mine.ended,
        (true, _) => mine.closed,
        (false, "overdue") => counts.overdue,
        (false, "open") => counts.open,
        (false, "passed") => counts.passed,
        (false, "ended") => counts.ended,
        (false, _) => counts.closed,
    };
    Ok(counts)
}

/// A case that the unit no longer has.
fn ended(app: &App, lang: Lang, row: &sql::ListRow, why: &str) -> Line {
    let method = app.library.current(&row.method);
    Line {
        code: row.code.clone(),
        method: method.map_or_else(String::new, |m| m.name.get(lang).to_owned()),
        name: t!(lang, "line-ended-name"),
        protected: false,
        state: row.state.clone(),
        stage: super::view::why_ended(why, lang),
        began_at: row.began_at,
        since: row.since,
        clock: None,
        warn_at: None,
        due_at: None,
        municipality: String::new(),
        assignee: row.assignee,
    }
}

fn line(app: &App, lang: Lang, row: &sql::ListRow, name: &PersonName) -> Result<Line, Stop> {
    let method = app
        .library
        .get(&row.method, row.method_version)
        .ok_or_else(|| StoreError::Fault(format!("method {} {} is not loaded", row.method, row.method_version)))?;
    let open = row.state == "open";
    let stage = super::view::standing(method, &row.party, &row.stage, row.closing.as_deref(), lang);
    Ok(Line {
        code: row.code.clone(),
        method: method.name.get(lang).to_owned(),
        name: name.shown(Clearance::Ordinary, lang),
        protected: name.protected,
        state: row.state.clone(),
        stage,
        began_at: row.began_at,
        since: row.since,
        clock: row.next_clock.as_deref().and_then(|id| method.clock(id)).map(|clock| clock.name.get(lang).to_owned()),
        warn_at: row.warn_at,
        due_at: (open && row.next_clock.is_some()).then(|| Timestamp::from_microsecond(row.sort_at).ok()).flatten(),
        municipality: crate::reference::municipality(&row.municipality).map_or_else(String::new, |m| m.name.to_owned()),
        assignee: row.assignee,
    })
}

/// A case that was found: its number, its method and when it began.
pub type Found = (String, String, Timestamp);

/// Finds the unit's cases by case number, identity number or name; nothing else can be searched on (15 § förordningen
/// 2001:637). What is looked for is never kept.
pub fn find(tx: &mut dyn Sql, cx: &mut Cx, wanted: &str) -> Result<Granted<Vec<Found>>, Stop> {
    access::list(tx, cx, Action::SearchPeople, |tx, cx| {
        let mut found = Vec::new();
        let mut seen: Vec<Uuid> = Vec::new();
        if let Some(code) = secrets::case_code_normalise(wanted)
            && let Some(file) = CaseFile::load(tx, cx, &code)?
            && let Some(share) = &file.share
            && share.relation_at(cx.now) != access::Relation::Ended
        {
            seen.push(share.person);
            found.push((file.row.code.clone(), file.row.method.clone(), file.row.began_at));
        } else {
            for person in people_of(tx, cx, wanted)? {
                let cases = sql::of_person(tx, cx.actor.org, cx.actor.unit, person)?;
                if !cases.is_empty() {
                    seen.push(person);
                    found.extend(cases);
                }
            }
        }
        Ok(Seen { value: found, object: "search".into(), people: seen })
    })
}

/// The authority's people of an identity number or a name.
fn people_of(tx: &mut dyn Sql, cx: &Cx, wanted: &str) -> Result<Vec<Uuid>, Stop> {
    const MOST: u32 = 50;
    let keyring = &cx.app.keyring;
    let today = crate::web::format::local(cx.now).date();
    if let Ok(identity) = Identity::parse(wanted, today) {
        return Ok(people::find_by_identity(tx, keyring, cx.actor.org, &identity)?.into_iter().collect());
    }
    Ok(people::find_by_name(tx, keyring, cx.actor.org, wanted, Clearance::Ordinary, MOST)?)
}

/// The numbers and methods of the unit's cases about a person.
pub(crate) fn of_person(tx: &mut dyn Sql, cx: &Cx, person: Uuid) -> Result<Vec<(String, String)>, StoreError> {
    let cases = sql::of_person(tx, cx.actor.org, cx.actor.unit, person)?;
    let name = |id: &str| cx.app.library.current(id).map_or_else(|| id.to_owned(), |m| m.name.get(cx.lang).to_owned());
    Ok(cases.into_iter().map(|(code, method, _)| (code, name(&method))).collect())
}
