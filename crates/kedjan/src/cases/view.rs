//! A case as one unit may see it: only the fields its party is let see, worded in its language. Pages and API show this
//! and nothing else.

use std::sync::Arc;

use chain::case::Available;
use chain::clock::Standing;
use chain::field::{Field, Kind};
use chain::method::{CONSENT_TAKEN, Leads, Method, WITHDRAWAL};
use chain::text::Lang;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{CaseFile, Share, ShareState, share, sql, worklist};
use crate::access::{Action, Granted, Relation, Role};
use crate::app::{App, Cx, Stop};
use crate::consents::{self, Consent};
use crate::disclosures::{self, Line};
use crate::people::{self, Clearance, Person, SealedTexts, ShownPerson, StepText};
use crate::reference;
use crate::store::{Sql, StoreError};
use crate::t;

/// A case as one unit may see it.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// The case number.
    pub code: String,
    /// The method.
    pub method: String,
    /// The method's name.
    pub method_name: String,
    /// The version of the method the case began with.
    pub method_version: u32,
    /// The party the unit is in it.
    pub party: String,
    /// What the case is to the unit.
    pub state: ShareState,
    /// Where it stands, in words the unit may know.
    pub standing: String,
    /// When it began.
    pub began_at: Timestamp,
    /// Where it is counted.
    pub municipality: String,
    /// The entity tag.
    pub etag: String,
    /// Who it is about.
    pub person: ShownPerson,
    /// The authority's own id of the person.
    pub person_id: Uuid,
    /// The steps that the unit may see, oldest first.
    pub timeline: Vec<StepView>,
    /// The unit's clocks.
    pub clocks: Vec<ClockView>,
    /// What the unit can do now.
    pub next: Vec<ActionView>,
    /// Who has or has had the case.
    pub shares: Vec<ShareView>,
    /// The consents in it.
    pub consents: Vec<Consent>,
    /// What the looking authority has given out of it.
    pub disclosures: Vec<Line>,
    /// Whether the person is known to be under eighteen.
    pub is_minor: bool,
    /// Until when it is seen because the glass was broken, if that is why.
    pub glass_until: Option<Timestamp>,
    /// Whether the one who looks may note a disclosure.
    pub may_disclose: bool,
    /// Whether a handover waits: for consent, or for a receiver.
    pub waits: Option<Waits>,
    /// The number of the case that opened this one.
    pub opened_by: Option<String>,
    /// The same, where the unit has that case too.
    pub opened_from: Option<String>,
    /// Cases that this one opened and the unit has.
    pub opened: Vec<(String, String)>,
    /// Other cases of the unit about the same person, the latest first: number and name of the method.
    pub same_person: Vec<(String, String)>,
    /// Who at the unit has it.
    pub assignee: Option<Uuid>,
    /// The moment it describes.
    pub as_of: Timestamp,
}

/// What a handover waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// For a consent.
    Consent,
    /// For a unit that can receive.
    Receiver,
}

/// A step as the unit may see it.
#[derive(Clone, Debug)]
pub struct StepView {
    /// Its number.
    pub seq: u32,
    /// The step id.
    pub step: String,
    /// The outcome id.
    pub outcome: String,
    /// The step's name.
    pub name: String,
    /// The outcome's name.
    pub outcome_name: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The unit that took it.
    pub by: String,
    /// Whether the unit that looks took it.
    pub own: bool,
    /// The answers it may see.
    pub fields: Vec<FieldView>,
    /// The number of the step it corrects.
    pub corrects: Option<u32>,
    /// The number of the step that took its place.
    pub corrected_by: Option<u32>,
}

/// An answer in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldView {
    /// The field id.
    pub id: String,
    /// The question.
    pub name: String,
    /// The answer.
    pub value: String,
    /// The answer as data.
    pub data: Value,
}

/// A clock of the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockView {
    /// The clock id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The law or agreement behind it.
    pub ground: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When to warn.
    pub warn_at: Option<Timestamp>,
    /// The last moment in time.
    pub due_at: Timestamp,
    /// When it stopped.
    pub stopped_at: Option<Timestamp>,
    /// How it stands.
    pub standing: Standing,
    /// By how many days it has been prolonged.
    pub extended_days: u32,
}

/// A step that the unit can take now.
#[derive(Clone, Debug)]
pub struct ActionView {
    /// The step id.
    pub step: String,
    /// What the button says.
    pub name: String,
    /// Its outcomes, with the reason where one cannot be recorded yet.
    pub outcomes: Vec<(String, String, Option<String>)>,
    /// Why nothing of it can be recorded yet.
    pub blocked: Option<String>,
    /// Whether it waits for nobody: may be done, need not.
    pub optional: bool,
    /// The questions of the step.
    pub questions: Vec<QuestionView>,
}

/// A question of a step that can be taken now.
#[derive(Clone, Debug)]
pub struct QuestionView {
    /// The field id.
    pub id: String,
    /// The question.
    pub name: String,
    /// What kind of answer it takes.
    pub kind: &'static str,
    /// Whether an answer is needed.
    pub required: bool,
    /// The outcomes it is asked with; all when empty.
    pub for_outcomes: Vec<String>,
    /// The answers to choose among.
    pub options: Vec<String>,
}

impl QuestionView {
    fn of(field: &Field, lang: Lang) -> QuestionView {
        let (kind, options) = match &field.kind {
            Kind::Choice(options) => ("choice", options.as_slice()),
            Kind::Several(options) => ("several", options.as_slice()),
            Kind::YesNo => ("yes_no", [].as_slice()),
            Kind::Number { .. } => ("number", [].as_slice()),
            Kind::Time => ("time", [].as_slice()),
            Kind::Municipality => ("municipality", [].as_slice()),
            Kind::Text { .. } => ("text", [].as_slice()),
            Kind::Consent => ("consent", [].as_slice()),
        };
        QuestionView {
            id: field.id.clone(),
            name: field.name.get(lang).to_owned(),
            kind,
            required: field.required,
            for_outcomes: field.for_outcomes.clone(),
            options: options.iter().map(|option| option.id.clone()).collect(),
        }
    }
}

/// A unit that has or has had the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareView {
    /// The unit.
    pub unit: String,
    /// How it is reached.
    pub phone: String,
    /// As which party.
    pub party: String,
    /// On which ground.
    pub ground: String,
    /// Why this unit was chosen.
    pub why: Vec<String>,
    /// Whether it was the county's fallback.
    pub fallback: bool,
    /// Since when.
    pub since: Timestamp,
    /// When and why it ended.
    pub ended: Option<(Timestamp, String)>,
}

/// All that a view of a granted case is made of, as it was read in the unit of work. What identifies is still sealed:
/// opening and wording take time, and the store's one writer need not wait for them.
pub struct Look {
    app: Arc<App>,
    role: Role,
    lang: Lang,
    now: Timestamp,
    file: CaseFile,
    own: Share,
    texts: SealedTexts,
    consents: Vec<Consent>,
    disclosures: Vec<Line>,
    opened: Vec<(String, String)>,
    same_person: Vec<(String, String)>,
    opened_from: Option<String>,
}

/// Reads what the view of a granted case is made of.
pub fn look(tx: &mut dyn Sql, cx: &Cx, file: Granted<CaseFile>) -> Result<Look, Stop> {
    let own = file.own_share()?.clone();
    Ok(Look {
        app: Arc::clone(&cx.app),
        role: cx.actor.role,
        lang: cx.lang,
        now: cx.now,
        texts: people::read_texts(tx, own.org, own.case)?,
        consents: consents::of_case(tx, &file)?,
        disclosures: disclosures::of_case(tx, cx, &file)?,
        opened: sql::opened_by(tx, &file.row.code, own.org, own.unit)?,
        same_person: worklist::of_person(tx, cx, own.person)?,
        opened_from: opened_from(tx, &file, &own)?,
        file: file.into_inner(),
        own,
    })
}

impl Look {
    /// Opens and words what was read.
    ///
    /// # Errors
    /// [`Refused::NotFound`](crate::refusal::Refused::NotFound) when the person has been forgotten, and the keys'.
    pub fn view(self) -> Result<CaseView, Stop> {
        let Look { app, role, lang, now, file, own, texts, consents, disclosures, opened, same_person, opened_from } =
            self;
        let method = file.method(&app)?;
        let sealed = file.person.as_ref().ok_or(crate::refusal::Refused::NotFound)?;
        let (person, texts) = sealed.open(&texts)?;
        let glass = file.relation(now) == Relation::Glass;
        let lens = Lens { app: &app, method, file: &file, own: &own, lang, now };
        let contact = lens.sees_contact(role);
        let mut told: Vec<&str> = opened.iter().map(|(code, _)| code.as_str()).collect();
        told.extend(opened_from.as_deref().into_iter().chain([file.row.code.as_str()]));
        Ok(CaseView {
            code: file.row.code.clone(),
            method: method.id.clone(),
            method_name: method.name.get(lang).to_owned(),
            method_version: method.version,
            party: own.party.clone(),
            state: own.state,
            standing: standing(method, &own.party, &file.row.stage, file.row.closing.as_deref(), lang),
            began_at: file.row.began_at,
            municipality: file.row.municipality.clone(),
            etag: file.etag(),
            person: lens.person(&person, contact),
            person_id: own.person,
            timeline: lens.timeline(&texts, contact || file.relation(now) == Relation::Made),
            clocks: lens.clocks(),
            next: if glass { Vec::new() } else { lens.next() },
            disclosures,
            is_minor: person.age_on(crate::web::format::local(now).date()).is_some_and(|age| age < consents::ADULT),
            glass_until: own.until.filter(|_| glass),
            may_disclose: app.policies.decide(Action::Disclose, role, file.relation(now), file.protected()).allowed,
            waits: waits(method, &file, &consents, now)?,
            shares: lens.shares(),
            consents,
            opened_by: file.row.opened_by.clone(),
            same_person: beside(same_person, &told),
            opened_from,
            opened,
            assignee: own.assignee,
            as_of: now,
        })
    }
}

/// The case that opened this one, where the unit that looks has it too.
fn opened_from(tx: &mut dyn Sql, file: &CaseFile, own: &Share) -> Result<Option<String>, StoreError> {
    let Some(code) = &file.row.opened_by else { return Ok(None) };
    let Some(from) = sql::by_code(tx, code)? else { return Ok(None) };
    let has = |share: &Share| share.org == own.org && share.unit == own.unit && share.ended.is_none();
    Ok(sql::shares(tx, from.org, from.id)?.iter().any(has).then(|| code.clone()))
}

/// The cases of a person without the one that is looked at, those it has opened and the one that opened it, which are told of
/// by themselves.
fn beside(all: Vec<(String, String)>, told: &[&str]) -> Vec<(String, String)> {
    all.into_iter().filter(|(code, _)| !told.contains(&code.as_str())).collect()
}

/// Through which a case is looked at: one unit, in one language, at one moment.
struct Lens<'a> {
    app: &'a App,
    method: &'a Method,
    file: &'a CaseFile,
    own: &'a Share,
    lang: Lang,
    now: Timestamp,
}

impl Lens<'_> {
    /// Whether the one who looks is to reach a person with protected identity.
    fn sees_contact(&self, role: Role) -> bool {
        let relation = self.file.relation(self.now);
        self.app.policies.decide(Action::SeeProtectedContact, role, relation, self.file.protected()).allowed
    }

    /// What the unit may see of the person: with protected identity nothing that identifies, and the way the person has
    /// asked to be reached only for the one who is to reach them.
    fn person(&self, person: &Person, contact: bool) -> ShownPerson {
        let mut shown = person.shown(Clearance::Ordinary, self.lang);
        if shown.masked && contact {
            shown.phone.clone_from(&person.contact.phone);
            shown.email.clone_from(&person.contact.email);
        }
        shown
    }

    /// The steps. What somebody wrote in words may say who and where a person with protected identity is: it shows to who
    /// wrote it and to who is to reach the person (`words`), and to others it is only said that there is something.
    fn timeline(&self, texts: &[StepText], words: bool) -> Vec<StepView> {
        let Lens { method, file, own, lang, .. } = *self;
        let hides_words = file.protected() && !words;
        let mut all = Vec::new();
        for row in &file.history {
            let Some(step) = method.step(&row.step) else { continue };
            let by: Option<Uuid> = row.by_unit.parse().ok();
            let is_own = by == Some(own.unit);
            if !is_own && !step.seen_by.contains(&own.party) {
                continue;
            }
            let mut fields = Vec::new();
            // A consent is shown where it is kept.
            let shown = step.fields.iter().filter(|field| field.kind != Kind::Consent);
            for field in shown.filter(|field| is_own || field.seen_by.contains(&own.party)) {
                let data = match texts.iter().find(|text| text.seq == row.seq && text.field == field.id) {
                    Some(text) => Some(Value::from(text.text.clone())),
                    None => row.fields.get(&field.id).cloned(),
                };
                if let Some(data) = data {
                    if hides_words && matches!(field.kind, Kind::Text { .. }) {
                        let (id, name) = (field.id.clone(), field.name.get(lang).to_owned());
                        fields.push(FieldView { id, name, value: t!(lang, "field-protected"), data: Value::Null });
                        continue;
                    }
                    fields.push(FieldView {
                        id: field.id.clone(),
                        name: field.name.get(lang).to_owned(),
                        value: worded(field, &data, lang, self.now),
                        data,
                    });
                }
            }
            let outcome = step.outcomes.iter().find(|o| o.id == row.outcome);
            all.push(StepView {
                seq: row.seq,
                step: row.step.clone(),
                outcome: row.outcome.clone(),
                name: step.name.get(lang).to_owned(),
                outcome_name: outcome.map_or_else(String::new, |o| o.name.get(lang).to_owned()),
                at: row.at,
                recorded_at: row.recorded_at,
                by: file.shares.iter().find(|s| Some(s.unit) == by).map_or_else(String::new, |s| s.unit_name.clone()),
                own: is_own,
                fields,
                corrects: row.corrects,
                corrected_by: file.history.iter().find(|s| s.corrects == Some(row.seq)).map(|s| s.seq),
            });
        }
        all
    }

    fn clocks(&self) -> Vec<ClockView> {
        let own = self.file.state.clocks.iter().filter(|run| run.party == self.own.party);
        own.filter_map(|run| {
            let clock = self.method.clock(&run.clock)?;
            Some(ClockView {
                id: clock.id.clone(),
                name: clock.name.get(self.lang).to_owned(),
                ground: clock.ground.get(self.lang).to_owned(),
                started_at: run.started_at,
                warn_at: run.warn_at,
                due_at: run.due_at,
                stopped_at: run.stopped_at,
                standing: run.standing(self.now),
                extended_days: run.extended_days,
            })
        })
        .collect()
    }

    fn next(&self) -> Vec<ActionView> {
        self.file
            .state
            .available(self.method, &self.own.party)
            .into_iter()
            .filter(|available| ![WITHDRAWAL, CONSENT_TAKEN].contains(&available.step.as_str()))
            .filter_map(|available| action(self.method, available, self.lang))
            .collect()
    }

    fn shares(&self) -> Vec<ShareView> {
        let Lens { own, lang, .. } = *self;
        // Who else has the case is known to the one who began it and to the one who has it, not to one who let go of it.
        let known = self.file.shares.iter().filter(|share| own.ended.is_none() || share.unit == own.unit);
        known
            .map(|share| {
                let routing: Value = serde_json::from_str(&share.routing).unwrap_or_default();
                ShareView {
                    unit: share.unit_name.clone(),
                    phone: share.unit_phone.clone(),
                    party: self.method.party(&share.party).map_or_else(String::new, |p| p.name.get(lang).to_owned()),
                    ground: match share.ground.as_str() {
                        "made" => t!(lang, "ground-made"),
                        "consent" => t!(lang, "ground-consent"),
                        "glass" => t!(lang, "ground-glass"),
                        law => law.to_owned(),
                    },
                    why: reasons(&routing, lang),
                    fallback: routing.get("fallback").and_then(Value::as_bool).unwrap_or(false),
                    since: share.since,
                    ended: share.ended.as_ref().map(|ended| (ended.at, why_ended(&ended.why, lang))),
                }
            })
            .collect()
    }
}

pub(super) fn why_ended(why: &str, lang: Lang) -> String {
    match why {
        "withdrawn" => t!(lang, "share-withdrawn"),
        "expired" => t!(lang, "share-expired"),
        "corrected" => t!(lang, "share-corrected"),
        _ => t!(lang, "share-handed-on"),
    }
}

/// Where a case stands, in words the party may know: a stage that is somebody else's inner matter has an outside name, and a
/// closing that the party may not see is not told.
pub(super) fn standing(method: &Method, party: &str, stage: &str, closing: Option<&str>, lang: Lang) -> String {
    if let Some(closing) = closing {
        return if sees_closing(method, party, closing) {
            method.closing(closing).map_or_else(String::new, |c| c.name.get(lang).to_owned())
        } else {
            t!(lang, "case-handed-over")
        };
    }
    let Some(stage) = method.stage(stage) else { return String::new() };
    let inside = method.steps().iter().any(|s| s.by == party && !s.optional && s.during.contains(&stage.id));
    match &stage.outside {
        Some(outside) if !inside => outside.get(lang).to_owned(),
        _ => stage.name.get(lang).to_owned(),
    }
}

/// Whether a party may know how the case was closed: some step that closes it so is shown to it.
pub(super) fn sees_closing(method: &Method, party: &str, closing: &str) -> bool {
    method.steps().iter().any(|step| {
        step.seen_by.iter().any(|p| p == party)
            && step.outcomes.iter().any(|o| matches!(&o.leads, Leads::Closes(id) if id == closing))
    })
}

/// An answer in words.
pub(super) fn worded(field: &Field, data: &Value, lang: Lang, now: Timestamp) -> String {
    let option = |options: &[chain::field::Choice], id: &str| {
        options.iter().find(|o| o.id == id).map_or_else(|| id.to_owned(), |o| o.name.get(lang).to_owned())
    };
    match (&field.kind, data) {
        (Kind::Choice(options), Value::String(id)) => option(options, id),
        (Kind::Several(options), Value::Array(ids)) => {
            ids.iter().filter_map(Value::as_str).map(|id| option(options, id)).collect::<Vec<_>>().join(", ")
        }
        (Kind::YesNo, Value::Bool(true)) => t!(lang, "yes"),
        (Kind::YesNo, Value::Bool(false)) => t!(lang, "no"),
        (Kind::Municipality, Value::String(code)) => {
            reference::municipality(code).map_or_else(|| code.clone(), |m| m.name.to_owned())
        }
        (Kind::Time, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |at| crate::web::format::datetime(lang, at, now))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

fn action(method: &Method, available: Available, lang: Lang) -> Option<ActionView> {
    let step = method.step(&available.step)?;
    let outcomes = available
        .outcomes
        .iter()
        .filter_map(|o| {
            let outcome = step.outcomes.iter().find(|known| known.id == o.id)?;
            let blocked = o.blocked.as_ref().map(|why| why.sentence(method, lang));
            Some((outcome.id.clone(), outcome.name.get(lang).to_owned(), blocked))
        })
        .collect();
    Some(ActionView {
        step: step.id.clone(),
        name: step.action.get(lang).to_owned(),
        outcomes,
        blocked: available.blocked.map(|why| why.sentence(method, lang)),
        optional: step.optional,
        questions: step
            .fields
            .iter()
            .filter(|field| method.asks(step, field))
            .map(|field| QuestionView::of(field, lang))
            .collect(),
    })
}

fn waits(method: &Method, file: &CaseFile, consents: &[Consent], now: Timestamp) -> Result<Option<Waits>, StoreError> {
    let waiting = share::waiting(method, file, &file.shares, now)?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let needs_consent = waiting.iter().any(|handover| handover.ground == chain::Ground::Consent);
    let has_consent = consents.iter().any(|c| c.holds(now));
    Ok(Some(if needs_consent && !has_consent { Waits::Consent } else { Waits::Receiver }))
}

/// Why a unit was chosen, in words.
fn reasons(routing: &Value, lang: Lang) -> Vec<String> {
    let Some(why) = routing.get("why").and_then(Value::as_array) else { return Vec::new() };
    why.iter()
        .map(|reason| match (reason.as_str(), reason.get("CountyFallback").and_then(|f| f.get("missing"))) {
            (Some("ResidenceMatched"), _) => t!(lang, "routed-residence"),
            (Some("CountyMatched"), _) => t!(lang, "routed-county"),
            (Some("AgeWithin"), _) => t!(lang, "routed-age"),
            (Some("SubstanceMatched"), _) => t!(lang, "routed-substance"),
            (_, Some(missing)) => match missing.as_str() {
                Some("Residence") => t!(lang, "routed-fallback-residence"),
                Some("UnitForAge") => t!(lang, "routed-fallback-age"),
                Some("UnitForSubstance") => t!(lang, "routed-fallback-substance"),
                _ => t!(lang, "routed-fallback-unit"),
            },
            _ => t!(lang, "routed-only"),
        })
        .collect()
}
