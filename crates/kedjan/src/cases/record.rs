//! Recording: what happens when somebody begins a case or takes a step in it. One transaction: the step, its clocks, shares,
//! tallies and audit record, or nothing.

use std::sync::Arc;

use chain::case::Recorded;
use chain::decide::{Attempt, Decision, Opening, decide};
use chain::field::{CONSENT, Kind, Values, answer_of_unit, carries_consent};
use chain::method::{CONSENT_TAKEN, Method, Step, WITHDRAWAL};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::share::{self, Handing};
use super::{CaseFile, CaseRow, Share, ShareState, age_band, counted, sql};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::consents::{self, NewConsent};
use crate::directory::{self, Unit};
use crate::people::{self, Contact, NewPerson};
use crate::refusal::{FieldIssue, Refused};
use crate::statistics::tally;
use crate::store::{Sql, StoreError};
use crate::web::format;
use crate::{reference, secrets};

/// A step as someone asks for it.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// The step id.
    pub step: String,
    /// The outcome id.
    pub outcome: String,
    /// When it happened; not said it is now, and for a correction the time of the step that it corrects.
    pub at: Option<Timestamp>,
    /// The answers.
    pub fields: Values,
    /// The number of the step it corrects.
    pub corrects: Option<u32>,
}

/// A case as someone asks for it.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The working method.
    pub method: String,
    /// The person, if anything is known.
    pub person: NewPerson,
    /// The first step.
    pub step: NewStep,
}

/// The key that makes a request the same request, and what the request was.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// The caller's key.
    pub key: String,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
}

impl Idempotency {
    /// A key with the request it stands for.
    pub fn new(key: &str, request: &[u8]) -> Idempotency {
        Idempotency { key: key.to_owned(), digest: Sha256::digest(request).into() }
    }

    /// The case that this very request led to before; refuses the key of another request.
    pub(crate) fn earlier(&self, tx: &mut dyn Sql, cx: &Cx) -> Result<Option<String>, Stop> {
        match sql::replayed(tx, cx.actor.org, cx.actor.id, &self.key)? {
            None => Ok(None),
            Some((digest, code)) if digest == self.digest => Ok(Some(code)),
            Some(_) => Err(Refused::KeyReused.into()),
        }
    }

    pub(crate) fn remember(&self, tx: &mut dyn Sql, cx: &Cx, code: &str, seq: u32) -> Result<(), StoreError> {
        sql::remember(tx, cx, &self.key, &self.digest, code, seq)
    }
}

/// Begins a case with its first step.
pub fn begin(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    wanted: &Begin,
    idempotency: Option<&Idempotency>,
) -> Result<Granted<CaseFile>, Stop> {
    if let Some(idempotency) = idempotency
        && let Some(code) = idempotency.earlier(tx, cx)?
    {
        return access::case(tx, cx, &code, Action::SeeCase);
    }
    access::list(tx, cx, Action::BeginCase, |tx, cx| {
        let unit = directory::own_unit(tx, cx)?;
        let app = cx.app.clone();
        let method = app.library.current(&wanted.method).ok_or_else(|| unknown_method(cx, &wanted.method))?;
        let party = beginning_party(method, &wanted.step.step, &unit);
        let attempt = attempt(&of_unit(method, &wanted.step, &unit), party, unit.id);
        let decision = decide(method, &[], attempt, cx.now).map_err(|refusal| stop(refusal, method, cx))?;
        let age = age_of(&wanted.person, cx);
        let consent = consent_of(cx, &decision, age)?;
        let person = remember(tx, cx, &wanted.person)?;
        let file = start(tx, cx, Start { method, unit: &unit, person, decision, consent, opened_by: None })?;
        if let Some(idempotency) = idempotency {
            idempotency.remember(tx, cx, &file.row.code, 1)?;
        }
        Ok(Seen { object: file.row.code.clone(), people: vec![person], value: file })
    })
}

/// Takes a step in a case.
pub fn step(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    code: &str,
    wanted: &NewStep,
    if_match: Option<&str>,
    idempotency: Option<&Idempotency>,
) -> Result<Granted<CaseFile>, Stop> {
    if let Some(idempotency) = idempotency
        && let Some(code) = idempotency.earlier(tx, cx)?
    {
        return access::case(tx, cx, &code, Action::SeeCase);
    }
    let granted = access::case(tx, cx, code, Action::RecordStep)?;
    if wanted.step == CONSENT_TAKEN {
        let detail = crate::t!(cx.lang, "consent-is-no-step");
        return Err(Refused::Fields(vec![FieldIssue { pointer: "/id".into(), detail }]).into());
    }
    let (file, grant) = granted.parted();
    if if_match.is_some_and(|tag| tag != "*" && tag != file.etag()) {
        return Err(Refused::Stale { etag: file.etag() }.into());
    }
    let app = cx.app.clone();
    let method = file.method(&app)?;
    let party = file.own_share()?.party.clone();
    let mut attempt = if method.step(&wanted.step).is_some_and(hangs_on_unit) {
        let unit = directory::own_unit(tx, cx)?;
        attempt(&of_unit(method, wanted, &unit), party, cx.actor.unit)
    } else {
        attempt(wanted, party, cx.actor.unit)
    };
    let carried = carries_over(method, &file.history, wanted);
    if carried {
        attempt.fields.insert(CONSENT.to_owned(), Value::Bool(true));
    }
    let decision = decide(method, &file.history, attempt, cx.now).map_err(|refusal| stop(refusal, method, cx))?;
    // Opened for a consent alone: whose age is asked for nothing else, and most steps carry none.
    let age = match &file.person {
        Some(sealed) if !carried && decision.recorded.fields.contains_key(CONSENT) => {
            sealed.person()?.age_on(format::local(cx.now).date())
        }
        _ => None,
    };
    let consent = if carried { None } else { consent_of(cx, &decision, age)? };
    let after = apply(tx, cx, method, file, decision, consent)?;
    if let Some(idempotency) = idempotency {
        idempotency.remember(tx, cx, code, after.row.steps)?;
    }
    Ok(grant.map(|()| after))
}

/// Records that the consents of a case are withdrawn: with the method's own step for it where the case can take it, else by
/// ending the shares alone. A withdrawal is never refused because of where the case stands.
pub(crate) fn withdrawal(tx: &mut dyn Sql, cx: &mut Cx, mut file: CaseFile) -> Result<(), Stop> {
    let app = cx.app.clone();
    let method = file.method(&app)?;
    if let Some(decision) = by_itself(method, &file, cx, WITHDRAWAL) {
        apply(tx, cx, method, file, decision, None)?;
        return Ok(());
    }
    let stored = file.shares.clone();
    let mut shares = stored.clone();
    share::end_consented(tx, cx, &file, &mut shares)?;
    share::refresh(tx, cx, method, &mut file, &stored, shares)?;
    Ok(())
}

/// Records that a consent came after the step that asked for it, where the method counts such.
pub(crate) fn consent_taken(tx: &mut dyn Sql, cx: &mut Cx, file: CaseFile) -> Result<CaseFile, Stop> {
    let app = cx.app.clone();
    let method = file.method(&app)?;
    match by_itself(method, &file, cx, CONSENT_TAKEN) {
        Some(decision) => apply(tx, cx, method, file, decision, None),
        None => Ok(file),
    }
}

/// A step that the product records by itself, with its first outcome and without answers, if the case can take it.
fn by_itself(method: &Method, file: &CaseFile, cx: &Cx, id: &str) -> Option<Decision> {
    let step = method.step(id)?;
    let attempt = Attempt {
        step: step.id.clone(),
        outcome: step.outcomes.first()?.id.clone(),
        at: None,
        fields: Values::new(),
        party: step.by.clone(),
        unit: cx.actor.unit.to_string(),
        corrects: None,
    };
    decide(method, &file.history, attempt, cx.now).ok()
}

/// The authority's own record of the person: the one it has already under that number, brought up to date, or a new one.
fn remember(tx: &mut dyn Sql, cx: &mut Cx, person: &NewPerson) -> Result<Uuid, Stop> {
    let app = cx.app.clone();
    if let Some(identity) = &person.identity
        && let Some(known) = people::find_by_identity(tx, &app.keyring, cx.actor.org, identity)?
    {
        let before = people::load(tx, &app.keyring, cx.actor.org, known)?;
        let contact = Contact {
            phone: person.contact.phone.clone().or(before.contact.phone),
            email: person.contact.email.clone().or(before.contact.email),
            address: person.contact.address.clone().or(before.contact.address),
            municipality: person.contact.municipality.clone().or(before.contact.municipality),
        };
        let protected = person.protected || before.protected;
        people::update_contact(tx, &app.keyring, cx.actor.org, known, &contact, protected)?;
        return Ok(known);
    }
    let id = cx.id();
    Ok(people::create(tx, &app.keyring, cx.actor.org, person, cx.now, id)?)
}

fn attempt(wanted: &NewStep, party: String, unit: Uuid) -> Attempt {
    Attempt {
        step: wanted.step.clone(),
        outcome: wanted.outcome.clone(),
        at: wanted.at,
        fields: wanted.fields.clone(),
        party,
        unit: unit.to_string(),
        corrects: wanted.corrects,
    }
}

/// Whether a correction says nothing of the consent that the step it corrects came with: it stands as it was given.
fn carries_over(method: &Method, history: &[Recorded], wanted: &NewStep) -> bool {
    let stood = wanted.corrects.and_then(|seq| counted::standing(history, seq));
    let asks = |field: &chain::field::Field| field.kind == Kind::Consent && field.is_for(&wanted.outcome);
    stood.is_some_and(|step| step.step == wanted.step && carries_consent(&step.fields))
        && !wanted.fields.contains_key(CONSENT)
        && method.step(&wanted.step).is_some_and(|step| step.fields.iter().any(asks))
}

/// Whether a step has an answer that follows from the kind of unit that takes it.
fn hangs_on_unit(step: &Step) -> bool {
    step.fields.iter().any(|field| match &field.kind {
        Kind::Choice(options) => options.iter().any(|option| !option.units.is_empty()),
        _ => false,
    })
}

/// The step with the answers that follow from the unit that takes it.
fn of_unit(method: &Method, wanted: &NewStep, unit: &Unit) -> NewStep {
    let mut wanted = wanted.clone();
    if let Some(step) = method.step(&wanted.step) {
        answer_of_unit(step, &wanted.outcome, &unit.kind, &mut wanted.fields);
    }
    wanted
}

fn stop(refusal: chain::decide::Refusal, method: &Method, cx: &Cx) -> Stop {
    match Refused::of_step(refusal, method, cx.lang) {
        Ok(refused) => refused.into(),
        Err(fault) => Stop::Store(fault),
    }
}

fn unknown_method(cx: &Cx, tried: &str) -> Refused {
    let known: Vec<&str> = cx.app.library.methods().map(|m| m.id.as_str()).collect();
    Refused::Fields(vec![crate::refusal::FieldIssue {
        pointer: "/method".into(),
        detail: crate::t!(cx.lang, "method-unknown", tried = tried, known = known.join(", ")),
    }])
}

/// As which party the unit begins: the one whose step it is, if the unit is of its kind; else one that it is, so that the
/// core can say whose step it would have been.
fn beginning_party(method: &Method, step: &str, unit: &Unit) -> String {
    let is = |party: &str| method.party(party).is_some_and(|p| p.kinds.contains(&unit.kind));
    match method.step(step) {
        Some(step) if is(&step.by) => step.by.clone(),
        _ => method.parties().iter().find(|p| is(&p.id)).map_or_else(String::new, |p| p.id.clone()),
    }
}

/// The consent that a step carries, checked: also whether somebody of this age can give it here and now.
fn consent_of(cx: &Cx, decision: &Decision, age: Option<u32>) -> Result<Option<NewConsent>, Refused> {
    const AT: &str = "/step/fields/consent";
    let Some(value) = decision.recorded.fields.get(CONSENT) else { return Ok(None) };
    let Some(new) = NewConsent::parse(value, cx.lang, AT).map_err(Refused::Fields)? else { return Ok(None) };
    let new = new.on_the_spot(age, cx.lang);
    let wrong = new.wrong_for(age, format::local(cx.now).date(), cx.lang, AT);
    // The form at the roadside has one place for the consent: what is wrong with its parts is said there.
    let at_the_form = |issue: FieldIssue| FieldIssue { pointer: AT.to_owned(), ..issue };
    if wrong.is_empty() { Ok(Some(new)) } else { Err(Refused::Fields(wrong.into_iter().map(at_the_form).collect())) }
}

/// The age of a person who is being recorded.
fn age_of(person: &NewPerson, cx: &Cx) -> Option<u32> {
    let today = format::local(cx.now).date();
    let by_year = || u32::try_from(i32::from(today.year()) - person.birth_year?).ok();
    person.identity.as_ref().and_then(|identity| identity.age_on(today)).or_else(by_year)
}

/// What a new case begins with.
struct Start<'a> {
    method: &'a Method,
    unit: &'a Unit,
    person: Uuid,
    decision: Decision,
    consent: Option<NewConsent>,
    opened_by: Option<String>,
}

fn start(tx: &mut dyn Sql, cx: &mut Cx, s: Start<'_>) -> Result<CaseFile, Stop> {
    let sealed = Arc::new(people::read(tx, &cx.app.keyring, cx.actor.org, s.person)?);
    let facts = sealed.person()?;
    let event_place = municipality_answer(s.method, &s.decision.recorded);
    let residence = facts.contact.municipality.clone().filter(|m| m.starts_with(&s.unit.county));
    let today = s.decision.recorded.at.to_zoned(TimeZone::UTC).date();
    let party = s.decision_party();
    let row = CaseRow {
        org: cx.actor.org,
        id: cx.id(),
        code: secrets::case_code(cx.chance.rng()),
        unit: s.unit.id,
        method: s.method.id.clone(),
        method_version: s.method.version,
        stage: String::new(),
        began_at: s.decision.recorded.at,
        closed_at: None,
        closing: None,
        steps: 0,
        version: 0,
        opened_by: s.opened_by,
        county: s.unit.county.clone(),
        municipality: residence.or(event_place).or(s.unit.municipality.clone()).unwrap_or_default(),
        sex: facts.sex.map_or("unknown", people::Sex::code).to_owned(),
        age_band: age_band(facts.age_on(today)).to_owned(),
    };
    let own = Share {
        org: row.org,
        unit: row.unit,
        unit_name: s.unit.name.clone(),
        unit_phone: s.unit.phone.clone(),
        case: row.id,
        case_org: row.org,
        person: s.person,
        party,
        relation: "made".into(),
        ground: "made".into(),
        state: ShareState::Open,
        sort_at: 0,
        next_clock: None,
        warn_at: None,
        assignee: None,
        since: cx.now,
        until: None,
        ended: None,
        consent: None,
        routing: "{}".into(),
        method: row.method.clone(),
    };
    sql::insert_case(tx, &row)?;
    let before = CaseFile {
        row,
        history: Vec::new(),
        state: chain::case::State::replay(s.method, &[], cx.now)
            .map_err(|broken| StoreError::Fault(broken.to_string()))?,
        share: Some(own),
        shares: Vec::new(),
        person: Some(sealed),
    };
    apply(tx, cx, s.method, before, s.decision, s.consent)
}

impl Start<'_> {
    fn decision_party(&self) -> String {
        self.method.step(&self.decision.recorded.step).map_or_else(String::new, |step| step.by.clone())
    }
}

/// The municipality where it happened, where the step asks for one.
pub(super) fn municipality_answer(method: &Method, recorded: &Recorded) -> Option<String> {
    let step = method.step(&recorded.step)?;
    step.fields
        .iter()
        .find(|field| field.kind == Kind::Municipality)
        .and_then(|field| recorded.fields.get(&field.id))
        .and_then(|value| value.as_str())
        .filter(|code| reference::municipality(code).is_some())
        .map(str::to_owned)
}

/// Stores a decided step with all that follows from it.
fn apply(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    method: &Method,
    before: CaseFile,
    decision: Decision,
    consent: Option<NewConsent>,
) -> Result<CaseFile, Stop> {
    let own = before.own_share()?.clone();
    let read_version = before.row.version;
    let (clear, texts) = part_texts(method, &decision);
    let mut row = before.row.clone();
    row.stage = decision.state.stage.clone().unwrap_or_default();
    row.closed_at = decision.state.closed.as_ref().map(|c| c.at);
    row.closing = decision.state.closed.as_ref().map(|c| c.closing.clone());
    row.steps = decision.recorded.seq;
    row.version = read_version + 1;
    counted::as_corrected(method, &before, &decision, &mut row)?;
    if !sql::update_case(tx, &row, read_version)? {
        return Err(StoreError::Busy.into());
    }
    // From here on the step holds what the store holds of it: no free text, and of a consent only that there is one.
    let recorded = Recorded { fields: clear, ..decision.recorded };
    sql::insert_step(tx, &row, &cx.actor, &own.party, &recorded)?;
    store_clocks(tx, &row, &before.state, &decision.state)?;
    if !row.is_counted_as(&before.row) {
        sql::count_under(tx, &row)?;
    }
    tally::move_on(tx, method, (&before.row, &before.state), (&row, &decision.state))?;

    let stored = before.shares.clone();
    let mut file = CaseFile { row, state: decision.state, ..before };
    file.history.push(recorded);
    if let Some(new) = &consent {
        let parties = share::consent_parties_of(method);
        consents::store(tx, cx, &file.row, own.person, parties, new)?;
    }
    let handing = Handing { method, file: &file, own: &own, texts: &texts };
    let mut shares = if stored.is_empty() { vec![own.clone()] } else { stored.clone() };
    if file.history.last().is_some_and(|step| step.step == WITHDRAWAL) {
        share::end_consented(tx, cx, &file, &mut shares)?;
    }
    share::take_back(method, cx.now, &decision.taken_back, &mut shares);
    share::seal_texts(tx, cx, &handing, &shares)?;
    share::hand_over(tx, cx, &handing, &decision.handovers, &mut shares)?;
    share::refresh(tx, cx, method, &mut file, &stored, shares)?;
    for opening in &decision.opens {
        open(tx, cx, opening, &own, &file.row.code)?;
    }
    Ok(file)
}

/// Opens chains because of a step in this one: the concern for a child, whatever was answered otherwise, or a case for each
/// of several children.
fn open(tx: &mut dyn Sql, cx: &mut Cx, opening: &Opening, own: &Share, from: &str) -> Result<(), Stop> {
    let unit = directory::own_unit(tx, cx)?;
    let app = cx.app.clone();
    let method = app
        .library
        .current(&opening.method)
        .ok_or_else(|| StoreError::Fault(format!("the method {} is not loaded", opening.method)))?;
    let wanted = NewStep {
        step: opening.step.clone(),
        outcome: opening.outcome.clone(),
        at: opening.at,
        fields: opening.fields.clone(),
        corrects: None,
    };
    let party = beginning_party(method, &wanted.step, &unit);
    let wanted = of_unit(method, &wanted, &unit);
    // A chain that cannot be opened is the method files' fault, and takes the step that opens it back with it.
    let decision = decide(method, &[], attempt(&wanted, party, unit.id), cx.now)
        .map_err(|refusal| StoreError::Fault(format!("{} cannot open {}: {refusal}", own.method, opening.method)))?;
    for _ in 0..opening.times {
        let person = if opening.other_person { somebody_near(tx, cx, own)? } else { own.person };
        let (decision, opened_by) = (decision.clone(), Some(from.to_owned()));
        start(tx, cx, Start { method, unit: &unit, person, decision, consent: None, opened_by })?;
    }
    Ok(())
}

/// A new record of somebody who is not known yet, near the person of a share: with the same municipality, and the same
/// protection until somebody says otherwise.
fn somebody_near(tx: &mut dyn Sql, cx: &mut Cx, own: &Share) -> Result<Uuid, Stop> {
    let near = people::load(tx, &cx.app.keyring, own.org, own.person)?;
    let contact = Contact { municipality: near.contact.municipality, ..Contact::default() };
    let new = NewPerson { contact, protected: near.protected, ..NewPerson::default() };
    let id = cx.id();
    Ok(people::create(tx, &cx.app.clone().keyring, cx.actor.org, &new, cx.now, id)?)
}

/// Parts what a step says into what may stand in clear and the free texts, which are sealed; a consent goes to its own room.
fn part_texts(method: &Method, decision: &Decision) -> (Values, Vec<(String, String)>) {
    let mut clear = Values::new();
    let mut texts = Vec::new();
    let step = method.step(&decision.recorded.step);
    for (id, value) in &decision.recorded.fields {
        let kind = step.and_then(|s| s.fields.iter().find(|f| &f.id == id)).map(|f| &f.kind);
        match (kind, value.as_str()) {
            // That there is one is counted, so it stands with the step.
            (Some(Kind::Consent), _) if carries_consent(&decision.recorded.fields) => {
                clear.insert(id.clone(), Value::Bool(true));
            }
            (Some(Kind::Consent), _) => {}
            (Some(Kind::Text { .. }), Some(text)) => texts.push((id.clone(), text.to_owned())),
            _ => {
                clear.insert(id.clone(), value.clone());
            }
        }
    }
    (clear, texts)
}

fn store_clocks(
    tx: &mut dyn Sql,
    row: &CaseRow,
    before: &chain::case::State,
    after: &chain::case::State,
) -> Result<(), StoreError> {
    for run in &after.clocks {
        if !before.clocks.contains(run) {
            sql::upsert_clock(tx, row.org, row.id, run)?;
        }
    }
    for gone in &before.clocks {
        if !after.clocks.iter().any(|run| run.clock == gone.clock) {
            sql::delete_clock(tx, row.org, row.id, &gone.clock, gone.started_at)?;
        }
    }
    Ok(())
}
