//! The register of disclosures: what left the authority to whom, when, on which ground, by whose decision (the grounds of
//! 10 kap., 25 kap. and 26 kap. OSL). Handovers of the methods write their lines themselves; everything else is decided and
//! written by a person. Nothing here sends anything: the register says what somebody has decided to give.

pub mod api;
mod grounds;
pub mod http;
pub(crate) mod page;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use uuid::Uuid;

use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::cases::{CaseFile, Idempotency, Share};
use crate::consents;
use crate::directory;
use crate::people;
use crate::refusal::{FieldIssue, Refused};
use crate::secrets::Aad;
use crate::store::{Sql, StoreError};
use crate::t;

pub use grounds::{Ground, ground, grounds};

/// Which kinds of authority can be written as receivers besides those of the directory.
pub const PRIVATE: &str = "private";
/// How many lines a page of the register has.
pub const PAGE: i64 = 50;
/// What can be given, in the order of the form.
pub const KINDS: [&str; 6] = ["name", "phone", "language", "event", "steps", "other"];
const LONGEST: usize = 2000;
const LONGEST_NAME: usize = 200;

/// A line of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// The case number.
    pub code: String,
    /// The authority's own record of the person.
    pub person: Uuid,
    /// Which ground: an id of [`grounds`], or `law` for a handover on a paragraph.
    pub ground: String,
    /// The paragraph.
    pub paragraph: String,
    /// The consent, where it rests on one.
    pub consent: Option<Uuid>,
    /// What was given: of [`KINDS`].
    pub kinds: Vec<String>,
    /// What the receiver is: a kind of authority, or `private`.
    pub receiver_kind: String,
    /// Who received: a unit or an authority, never a person.
    pub receiver: String,
    /// The unit that gave.
    pub by_unit: Uuid,
    /// The account that decided.
    pub by_account: Uuid,
    /// Whether a step of a method did it, rather than a decision of its own.
    pub by_step: bool,
}

/// A disclosure that somebody has decided on.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of [`grounds`].
    pub ground: String,
    /// The paragraph that bids it, where the ground needs one.
    pub statute: String,
    /// What was given.
    pub kinds: Vec<String>,
    /// A kind of authority.
    pub receiver_kind: String,
    /// The authority or unit that received.
    pub receiver: String,
    /// What was given and why, in words.
    pub words: String,
}

/// Writes the line of a handover, as the step that made it is recorded.
pub(crate) fn of_handover(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    file: &CaseFile,
    own: &Share,
    to: &Share,
    kinds: Vec<String>,
) -> Result<(), StoreError> {
    if own.org == to.org {
        return Ok(());
    }
    let by_consent = to.consent.is_some();
    let line = Line {
        id: cx.id(),
        at: cx.now,
        code: file.row.code.clone(),
        person: own.person,
        ground: if by_consent { "consent" } else { "law" }.to_owned(),
        paragraph: if by_consent {
            ground("consent").map_or("", |g| g.paragraph.as_str()).to_owned()
        } else {
            to.ground.clone()
        },
        consent: to.consent,
        kinds,
        receiver_kind: directory::sql::authority(tx, to.org)?.map_or_else(String::new, |a| a.kind),
        receiver: to.unit_name.clone(),
        by_unit: cx.actor.unit,
        by_account: cx.actor.id,
        by_step: true,
    };
    sql::insert(tx, own.org, (file.row.org, file.row.id), &line, None)
}

/// Writes a disclosure that the actor has decided on, in a case that the unit has. Everything that is wrong at once.
pub fn disclose(tx: &mut dyn Sql, cx: &mut Cx, code: &str, wanted: &Wanted) -> Result<Granted<Line>, Stop> {
    let granted = access::case(tx, cx, code, Action::Disclose)?;
    let own = granted.own_share()?.clone();
    let authority = directory::sql::authority(tx, own.org)?.ok_or(Refused::NotFound)?;
    let person = people::load(tx, &cx.app.keyring, own.org, own.person)?;
    let age = person.age_on(crate::web::format::local(cx.now).date());
    let given = consents::of_case(tx, &granted)?;
    let consent = given.iter().rfind(|c| c.holds(cx.now)).map(|c| c.id);
    let found = ground(&wanted.ground);
    let issues = wrong(cx, wanted, found, &authority.kind, age, consent.is_some());
    let Some(found) = found.filter(|_| issues.is_empty()) else { return Err(Refused::Fields(issues).into()) };
    let paragraph =
        if found.statute { format!("{}, {}", found.paragraph, wanted.statute.trim()) } else { found.paragraph.clone() };
    let line = Line {
        id: cx.id(),
        at: cx.now,
        code: granted.row.code.clone(),
        person: own.person,
        ground: found.id.clone(),
        paragraph,
        consent: consent.filter(|_| found.consent),
        kinds: KINDS.iter().filter(|kind| wanted.kinds.iter().any(|k| k == *kind)).map(|k| (*k).to_owned()).collect(),
        receiver_kind: wanted.receiver_kind.clone(),
        receiver: wanted.receiver.trim().to_owned(),
        by_unit: cx.actor.unit,
        by_account: cx.actor.id,
        by_step: false,
    };
    let key = people::key(tx, &cx.app.keyring, own.org, own.person)?;
    let sealed = key
        .seal(&aad(own.org, line.id), wanted.words.trim().as_bytes())
        .map_err(|_| StoreError::Fault("the words of a disclosure could not be sealed".into()))?;
    sql::insert(tx, own.org, (granted.row.org, granted.row.id), &line, Some(&sealed))?;
    Ok(granted.map(|_| line))
}

fn aad(org: Uuid, id: Uuid) -> Aad<'static> {
    Aad { table: "disclosure", column: "words_sealed", org, id }
}

/// All that keeps a disclosure from being made.
fn wrong(
    cx: &Cx,
    wanted: &Wanted,
    found: Option<&Ground>,
    from: &str,
    age: Option<u32>,
    has_consent: bool,
) -> Vec<FieldIssue> {
    let mut issues = Vec::new();
    let mut issue = |field: &str, detail: String| issues.push(FieldIssue { pointer: format!("/{field}"), detail });
    match found {
        None => issue("ground", t!(cx.lang, "disclosure-ground-missing")),
        Some(ground) => {
            if !ground.is_for(from) {
                issue("ground", t!(cx.lang, "disclosure-not-from-here", paragraph = ground.from_by.get(cx.lang)));
            }
            if !wanted.receiver_kind.is_empty() && !ground.is_to(&wanted.receiver_kind) {
                issue("receiver_kind", t!(cx.lang, "disclosure-not-to-there"));
            }
            if let Some(below) = ground.age_below
                && age.is_some_and(|age| age >= below)
            {
                issue("ground", t!(cx.lang, "disclosure-too-old", below = below));
            }
            if ground.consent && !has_consent {
                issue("ground", t!(cx.lang, "disclosure-no-consent"));
            }
            if ground.statute && wanted.statute.trim().is_empty() {
                issue("statute", t!(cx.lang, "disclosure-statute-missing"));
            }
        }
    }
    if wanted.statute.chars().count() > LONGEST_NAME {
        issue("statute", t!(cx.lang, "field-too-long", max = LONGEST_NAME));
    }
    if !wanted.kinds.iter().any(|kind| KINDS.contains(&kind.as_str())) {
        issue("kinds", t!(cx.lang, "disclosure-kinds-missing"));
    }
    if !directory::AUTHORITY_KINDS.contains(&wanted.receiver_kind.as_str()) && wanted.receiver_kind != PRIVATE {
        issue("receiver_kind", t!(cx.lang, "field-missing"));
    }
    match wanted.receiver.trim().chars().count() {
        0 => issue("receiver", t!(cx.lang, "field-missing")),
        1..=LONGEST_NAME => {}
        _ => issue("receiver", t!(cx.lang, "field-too-long", max = LONGEST_NAME)),
    }
    match wanted.words.trim().chars().count() {
        0 => issue("words", t!(cx.lang, "field-missing")),
        1..=LONGEST => {}
        _ => issue("words", t!(cx.lang, "field-too-long", max = LONGEST)),
    }
    issues
}

/// The line that a request of a program stands for: the one it made before, or a new one.
pub fn disclose_once(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    code: &str,
    wanted: &Wanted,
    idempotency: Option<&Idempotency>,
) -> Result<Line, Stop> {
    if let Some(idempotency) = idempotency
        && let Some(made) = idempotency.earlier(tx, cx)?
    {
        access::case(tx, cx, code, Action::Disclose)?;
        let id = made.parse().map_err(|_| StoreError::Corrupt("the id of a disclosure".into()))?;
        return Ok(sql::by_id(tx, cx.actor.org, id)?.ok_or(Refused::NotFound)?.0);
    }
    let line = disclose(tx, cx, code, wanted)?.into_inner();
    if let Some(idempotency) = idempotency {
        idempotency.remember(tx, cx, &line.id.to_string(), 0)?;
    }
    Ok(line)
}

/// One line of the register, with what was given and why in words; of a person with protected identity without them, since
/// they may say who it is.
pub fn one(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<(Line, Option<String>)>, Stop> {
    access::list(tx, cx, Action::SeeDisclosures, |tx, cx| {
        let org = cx.actor.org;
        let (line, sealed) = sql::by_id(tx, org, id)?.ok_or(Refused::NotFound)?;
        let person = people::read(tx, &cx.app.keyring, org, line.person)?;
        let words = match sealed.filter(|_| !person.is_protected()) {
            None => None,
            Some(sealed) => {
                let key = people::key(tx, &cx.app.keyring, org, line.person)?;
                let open = key.open_text(&aad(org, line.id), &sealed);
                Some(open.map_err(|_| StoreError::Corrupt("a disclosure cannot be opened with its key".into()))?)
            }
        };
        let people = vec![line.person];
        Ok(Seen { value: (line, words), object: "disclosures".into(), people })
    })
}

/// The lines of a granted case that the looking authority wrote.
pub(crate) fn of_case(tx: &mut dyn Sql, cx: &Cx, file: &CaseFile) -> Result<Vec<Line>, StoreError> {
    sql::of_case(tx, cx.actor.org, file.row.id)
}

/// A page of the register.
#[derive(Clone, Debug)]
pub struct Register {
    /// The lines, the newest first.
    pub lines: Vec<Line>,
    /// How many there are in all; exact.
    pub all: i64,
}

/// The authority's register, from a place on.
pub fn register(tx: &mut dyn Sql, cx: &mut Cx, offset: i64, limit: i64) -> Result<Granted<Register>, Stop> {
    access::list(tx, cx, Action::SeeDisclosures, |tx, cx| {
        let lines = sql::page(tx, cx.actor.org, offset, limit)?;
        let mut people: Vec<Uuid> = lines.iter().map(|line| line.person).collect();
        people.sort_unstable();
        people.dedup();
        let value = Register { all: sql::count(tx, cx.actor.org)?, lines };
        Ok(Seen { value, object: "disclosures".into(), people })
    })
}
