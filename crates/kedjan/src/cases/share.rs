//! Who has a case: handing it over, letting go of it, and what it is to each unit now.

use chain::case::State;
use chain::decide::Handover;
use chain::method::{Ground, Method, RouteBy};
use chain::route::{Candidate, Wanted, route};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use uuid::Uuid;

use super::view::sees_closing;
use super::{CaseFile, Ended, Share, ShareState, sql};
use crate::access::{self, Action, Granted, Relation};
use crate::app::{Cx, Stop};
use crate::consents::{self, Consent};
use crate::directory;
use crate::disclosures;
use crate::people::{self, Copied, TextPlace};
use crate::store::{Sql, StoreError};

/// Where an open case stands in a list when nothing is due: after everything that is.
const NOTHING_DUE: i64 = 9_000_000_000_000_000;

/// A case that a unit hands over.
pub(super) struct Handing<'a> {
    pub method: &'a Method,
    pub file: &'a CaseFile,
    /// The share of the unit that hands over.
    pub own: &'a Share,
    /// The free texts of the step that is being recorded.
    pub texts: &'a [(String, String)],
}

/// The parties that a consent in this method lets have the case: all that a handover on consent goes to.
pub(super) fn consent_parties_of(method: &Method) -> Vec<String> {
    let mut parties: Vec<String> =
        method.handovers().iter().filter(|rule| rule.ground == Ground::Consent).map(|rule| rule.to.clone()).collect();
    parties.sort_unstable();
    parties.dedup();
    parties
}

/// The parties that a consent in a granted case is for.
pub(crate) fn consent_parties(cx: &Cx, file: &CaseFile) -> Result<Vec<String>, StoreError> {
    Ok(consent_parties_of(file.method(&cx.app)?))
}

/// Seals the free texts of the step that is being recorded, one copy for each authority that may read them.
pub(super) fn seal_texts(tx: &mut dyn Sql, cx: &mut Cx, handing: &Handing<'_>, shares: &[Share]) -> Result<(), Stop> {
    let Some(last) = handing.file.history.last() else { return Ok(()) };
    let mut sealed_for: Vec<Uuid> = Vec::new();
    for share in shares.iter().filter(|share| share.ended.is_none()) {
        if sealed_for.contains(&share.org) {
            continue;
        }
        for (field, text) in handing.texts {
            if share.unit == handing.own.unit || may_see(handing.method, &last.step, field, &share.party) {
                let place = TextPlace { case_id: share.case, seq: last.seq, field };
                people::seal_text(tx, &cx.app.keyring, (share.org, share.person), place, text)?;
            }
        }
        sealed_for.push(share.org);
    }
    Ok(())
}

/// Whether a party may see a field of a step.
pub(super) fn may_see(method: &Method, step: &str, field: &str, party: &str) -> bool {
    method
        .step(step)
        .and_then(|s| s.fields.iter().find(|f| f.id == field))
        .is_some_and(|f| f.seen_by.iter().any(|p| p == party))
}

/// Hands the case over as the method says, where the ground is there. A handover on consent waits until there is one, and
/// one that finds no receiver waits for the unit that has the case: it is never lost.
pub(super) fn hand_over(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    handing: &Handing<'_>,
    handovers: &[Handover],
    shares: &mut Vec<Share>,
) -> Result<(), Stop> {
    for handover in handovers {
        let (relation, ground, consent) = match &handover.ground {
            Ground::Law(law) => ("law", law.clone(), None),
            Ground::Consent => {
                let given = consents::of_case(tx, handing.file)?;
                match given.into_iter().rfind(|c| c.holds(cx.now) && c.parties.contains(&handover.to)) {
                    Some(consent) => ("consent", "consent".to_owned(), Some(consent)),
                    None => continue,
                }
            }
        };
        let handed = Handed { handover, relation, ground: &ground, consent: consent.as_ref() };
        let Some(share) = receiver(tx, cx, handing, &handed, shares)? else {
            continue;
        };
        let kinds = if relation == "law" {
            ["name", "phone", "identity", "language", "event", "steps"].map(str::to_owned).to_vec()
        } else {
            consent.as_ref().map(|c| c.kinds.clone()).unwrap_or_default()
        };
        disclosures::of_handover(tx, cx, handing.file, handing.own, &share, kinds)?;
        if handover.releases_sender && share.unit != handing.own.unit {
            for own in shares.iter_mut().filter(|s| s.unit == handing.own.unit) {
                own.ended = Some(Ended { at: cx.now, why: "handed_on".into() });
            }
        }
        shares.retain(|s| s.unit != share.unit);
        shares.push(share);
    }
    Ok(())
}

/// Ends the shares of handovers whose reason a correction took away, before new ones are made.
pub(super) fn take_back(method: &Method, now: Timestamp, taken_back: &[String], shares: &mut [Share]) {
    let parties: Vec<&str> =
        method.handovers().iter().filter(|rule| taken_back.contains(&rule.id)).map(|rule| rule.to.as_str()).collect();
    for share in shares.iter_mut().filter(|s| s.relation != "made" && s.ended.is_none()) {
        if parties.contains(&share.party.as_str()) {
            share.ended = Some(Ended { at: now, why: "corrected".into() });
        }
    }
}

/// A handover with the ground it is made on.
struct Handed<'a> {
    handover: &'a Handover,
    relation: &'a str,
    ground: &'a str,
    consent: Option<&'a Consent>,
}

/// Finds the unit that receives, copies what it needs of the person to its authority, and makes its share.
fn receiver(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    handing: &Handing<'_>,
    handed: &Handed<'_>,
    shares: &[Share],
) -> Result<Option<Share>, Stop> {
    let Handed { handover, relation, ground, consent } = handed;
    let row = &handing.file.row;
    let facts = people::load(tx, &cx.app.keyring, handing.own.org, handing.own.person)?;
    let residence = handover.residence_from.clone().or_else(|| facts.contact.municipality.clone());
    let place = residence.clone().unwrap_or_else(|| row.municipality.clone());
    let county = place.get(..2).filter(|c| !c.is_empty()).unwrap_or(&row.county).to_owned();
    let party = handing.method.party(&handover.to);
    let wanted = Wanted {
        kinds: party.map(|party| party.kinds.clone()).unwrap_or_default(),
        residence: Some(place.clone()).filter(|p| !p.is_empty()),
        county: county.clone(),
        age: facts.age_on(cx.now.to_zoned(TimeZone::UTC).date()),
        substance: answer(handing.file, "substance"),
    };
    let by = party.map(|party| party.route_by.as_slice()).unwrap_or_default();
    let mut candidates = candidates(tx, by, &place, &county)?;
    let mut choice = route(&wanted, &candidates);
    if choice.is_err() && county != row.county {
        // The home county has nobody here: the county where it happened takes it, and passes it on by hand.
        candidates = self::candidates(tx, by, "", &row.county)?;
        choice = route(&Wanted { county: row.county.clone(), ..wanted }, &candidates);
    }
    let Ok(choice) = choice else { return Ok(None) };
    let Some(unit) = choice.unit.parse().ok().map(|id| directory::sql::unit_by_id(tx, id)).transpose()?.flatten()
    else {
        return Ok(None);
    };
    // An authority that has or has had the case has its own record of the person, and its texts are sealed under that.
    let known = shares.iter().find(|share| share.org == unit.org).map(|share| share.person);
    let person = if let Some(known) = known {
        known
    } else {
        // A consent is for what its text says: the name or the telephone number, and nothing else that identifies.
        let by_law = consent.is_none();
        let to = |kind: &str| consent.is_none_or(|c| c.kinds.iter().any(|one| one == kind));
        let copied = Copied { name: to("name"), phone: to("phone"), identity: by_law, addresses: by_law };
        let new_id = cx.id();
        people::copy_to(tx, &cx.app.keyring, (handing.own.org, handing.own.person), unit.org, copied, cx.now, new_id)?
    };
    copy_texts(tx, cx, handing, &handover.to, unit.org, person)?;
    Ok(Some(Share {
        org: unit.org,
        unit: unit.id,
        unit_name: unit.name,
        unit_phone: unit.phone,
        case: row.id,
        case_org: row.org,
        person,
        party: handover.to.clone(),
        relation: (*relation).to_owned(),
        ground: (*ground).to_owned(),
        state: ShareState::Open,
        sort_at: NOTHING_DUE,
        next_clock: None,
        warn_at: None,
        assignee: None,
        since: cx.now,
        until: consent.map(|c| c.ends_at),
        ended: None,
        consent: consent.map(|c| c.id),
        routing: json!({ "why": choice.why, "fallback": choice.fallback, "residence_known": residence.is_some() })
            .to_string(),
        method: row.method.clone(),
    }))
}

/// The units that might receive, with the limits that the method routes the party by and no others: where a child's report
/// goes must not hang on the age of the adult.
fn candidates(tx: &mut dyn Sql, by: &[RouteBy], place: &str, county: &str) -> Result<Vec<Candidate>, StoreError> {
    let mut all = directory::sql::candidates(tx, place, county)?;
    for candidate in &mut all {
        if !by.contains(&RouteBy::Age) {
            candidate.ages = None;
        }
        if !by.contains(&RouteBy::Substance) {
            candidate.substances.clear();
        }
    }
    Ok(all)
}

/// The latest answer to a question, whoever gave it.
fn answer(file: &CaseFile, field: &str) -> Option<String> {
    file.history
        .iter()
        .rev()
        .find_map(|step| step.fields.get(field))
        .and_then(|value| value.as_str())
        .map(str::to_owned)
}

/// Gives the receiving authority its own copies of the free texts that it may read.
fn copy_texts(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    handing: &Handing<'_>,
    party: &str,
    to_org: Uuid,
    to_person: Uuid,
) -> Result<(), Stop> {
    if to_org == handing.own.org {
        return Ok(());
    }
    let case_id = handing.own.case;
    let there = people::open_texts(tx, &cx.app.keyring, (to_org, to_person), case_id)?;
    for held in people::open_texts(tx, &cx.app.keyring, (handing.own.org, handing.own.person), case_id)? {
        let step = handing.file.history.iter().find(|step| step.seq == held.seq);
        let is_there = there.iter().any(|text| text.seq == held.seq && text.field == held.field);
        if !is_there && step.is_some_and(|step| may_see(handing.method, &step.step, &held.field, party)) {
            let place = TextPlace { case_id, seq: held.seq, field: &held.field };
            people::seal_text(tx, &cx.app.keyring, (to_org, to_person), place, &held.text)?;
        }
    }
    Ok(())
}

/// The handovers that wait: the party should have the case, and nobody of that party has it any more. A consent that has
/// run out, or a correction that found no new receiver, makes the case wait again: it is never out of everybody's hands.
pub(super) fn waiting(
    method: &Method,
    file: &CaseFile,
    shares: &[Share],
    now: Timestamp,
) -> Result<Vec<Handover>, StoreError> {
    if file.state.closed.is_some() {
        return Ok(Vec::new());
    }
    let called_for =
        chain::called_for(method, &file.history).map_err(|broken| StoreError::Fault(broken.to_string()))?;
    let has = |party: &str| shares.iter().any(|s| s.party == party && s.relation_at(now) != Relation::Ended);
    let mut waiting: Vec<Handover> = Vec::new();
    for handover in called_for.into_iter().filter(|handover| !has(&handover.to)) {
        // Of several to the same party the last is the one that stands.
        waiting.retain(|earlier| earlier.to != handover.to);
        waiting.push(handover);
    }
    Ok(waiting)
}

/// Hands over what has waited for its ground, in a granted case.
pub fn hand_over_pending(tx: &mut dyn Sql, cx: &mut Cx, mut file: CaseFile) -> Result<CaseFile, Stop> {
    let app = cx.app.clone();
    let method = file.method(&app)?;
    let own = file.own_share()?.clone();
    let stored = file.shares.clone();
    let mut waiting = waiting(method, &file, &stored, cx.now)?;
    for handover in &mut waiting {
        // Whoever sent the case on to another of its own party lets go of it; whoever only gives the ground does not.
        handover.releases_sender &= own.party == handover.to;
    }
    let mut shares = stored.clone();
    let read_version = file.row.version;
    file.row.version += 1;
    if !sql::update_case(tx, &file.row, read_version)? {
        return Err(StoreError::Busy.into());
    }
    let handing = Handing { method, file: &file, own: &own, texts: &[] };
    hand_over(tx, cx, &handing, &waiting, &mut shares)?;
    refresh(tx, cx, method, &mut file, &stored, shares)?;
    Ok(file)
}

/// Lets the shares that rest on earlier consents rest on the one that has taken their place.
pub(crate) fn renewed(
    tx: &mut dyn Sql,
    cx: &Cx,
    mut file: CaseFile,
    old: &[Consent],
    new: &Consent,
) -> Result<CaseFile, Stop> {
    let method = file.method(&cx.app)?;
    let stored = file.shares.clone();
    let mut shares = stored.clone();
    for share in shares.iter_mut().filter(|s| s.ended.is_none()) {
        if share.consent.is_some_and(|id| old.iter().any(|consent| consent.id == id))
            && new.parties.contains(&share.party)
        {
            share.consent = Some(new.id);
            share.until = Some(new.ends_at);
        }
    }
    refresh(tx, cx, method, &mut file, &stored, shares)?;
    Ok(file)
}

/// Withdraws every consent of the case that is in force and ends the shares that rest on them.
pub(super) fn end_consented(
    tx: &mut dyn Sql,
    cx: &Cx,
    file: &CaseFile,
    shares: &mut [Share],
) -> Result<(), StoreError> {
    let withdrawn = consents::withdraw_all(tx, cx, file)?;
    for share in shares.iter_mut().filter(|s| s.consent.is_some_and(|id| withdrawn.contains(&id)) && s.ended.is_none())
    {
        share.ended = Some(Ended { at: cx.now, why: "withdrawn".into() });
    }
    Ok(())
}

/// Says who at the unit has the case.
pub fn assign(tx: &mut dyn Sql, cx: &mut Cx, code: &str, to: Option<Uuid>) -> Result<Granted<CaseFile>, Stop> {
    let granted = access::case(tx, cx, code, Action::AssignCase)?;
    let mut share = granted.own_share()?.clone();
    share.assignee = to;
    sql::put_share(tx, &share)?;
    Ok(granted.map(|file| CaseFile { share: Some(share), ..file }))
}

/// Ends the unit's shares whose consent has run out, so that its list and counts say what holds now, and so that the case
/// waits again with the one who made it.
pub(super) fn end_expired(tx: &mut dyn Sql, cx: &Cx) -> Result<(), Stop> {
    for code in sql::expired(tx, cx.actor.org, cx.actor.unit, cx.now)? {
        let Some(mut file) = CaseFile::load(tx, cx, &code)? else { continue };
        let method = file.method(&cx.app)?;
        let stored = file.shares.clone();
        let mut shares = stored.clone();
        for share in shares.iter_mut().filter(|s| s.ended.is_none()) {
            if let Some(until) = share.until.filter(|until| *until <= cx.now) {
                share.ended = Some(Ended { at: until, why: "expired".into() });
            }
        }
        refresh(tx, cx, method, &mut file, &stored, shares)?;
    }
    Ok(())
}

/// Ends the shares of a case that rest on a consent which is known to be withdrawn, so that the case waits again with the one
/// who made it.
pub(crate) fn end_resting_on(tx: &mut dyn Sql, cx: &Cx, code: &str, consent: Uuid, at: Timestamp) -> Result<(), Stop> {
    let Some(mut file) = CaseFile::load(tx, cx, code)? else { return Ok(()) };
    let method = file.method(&cx.app)?;
    let stored = file.shares.clone();
    let mut shares = stored.clone();
    for share in shares.iter_mut().filter(|s| s.ended.is_none() && s.consent == Some(consent)) {
        share.ended = Some(Ended { at, why: "withdrawn".into() });
    }
    Ok(refresh(tx, cx, method, &mut file, &stored, shares)?)
}

/// Brings every share of a case in line with its state, and the counts with the shares. `stored` is what the store holds.
pub(super) fn refresh(
    tx: &mut dyn Sql,
    cx: &Cx,
    method: &Method,
    file: &mut CaseFile,
    stored: &[Share],
    mut shares: Vec<Share>,
) -> Result<(), StoreError> {
    let pending = !waiting(method, file, &shares, cx.now)?.is_empty();
    for share in &mut shares {
        let before = stored.iter().find(|s| s.unit == share.unit);
        stand(share, method, &file.state, pending, cx.now);
        match before {
            Some(before) if before == share => {}
            Some(before) if is_rescheduled(before, share) => sql::reschedule_share(tx, share)?,
            _ => {
                count(tx, share, before.map(|s| s.state), share.state)?;
                sql::put_share(tx, share)?;
            }
        }
    }
    file.share = shares.iter().find(|s| s.unit == cx.actor.unit && s.org == cx.actor.org).cloned();
    file.shares = shares;
    Ok(())
}

/// Whether nothing of a share has changed but when it is due.
fn is_rescheduled(before: &Share, after: &Share) -> bool {
    let Share { sort_at, next_clock, warn_at, .. } = after.clone();
    Share { sort_at, next_clock, warn_at, ..before.clone() } == *after
}

/// What the case is to the unit now, and where it stands in the unit's list.
fn stand(share: &mut Share, method: &Method, state: &State, pending: bool, now: Timestamp) {
    let waits = state.waits_for(method, &share.party) || (pending && share.relation == "made");
    share.next_clock = None;
    share.warn_at = None;
    if let Some(ended) = &share.ended {
        share.state = ShareState::Ended;
        share.sort_at = -ended.at.as_microsecond();
    } else if let Some(closed) = state.closed.as_ref().filter(|c| sees_closing(method, &share.party, &c.closing)) {
        share.state = ShareState::Closed;
        share.sort_at = -closed.at.as_microsecond();
    } else if waits {
        share.state = ShareState::Open;
        share.sort_at = NOTHING_DUE;
        let next = state.open_clocks().filter(|run| run.party == share.party).min_by_key(|run| run.due_at);
        if let Some(run) = next {
            share.sort_at = run.due_at.as_microsecond();
            share.next_clock = Some(run.clock.clone());
            share.warn_at = run.warn_at;
        }
    } else if share.state != ShareState::Passed {
        share.state = ShareState::Passed;
        share.sort_at = -now.as_microsecond();
    }
}

fn count(tx: &mut dyn Sql, share: &Share, from: Option<ShareState>, to: ShareState) -> Result<(), StoreError> {
    if from == Some(to) {
        return Ok(());
    }
    if let Some(from) = from {
        sql::count_work(tx, share.org, share.unit, &share.method, from.name(), -1)?;
    }
    sql::count_work(tx, share.org, share.unit, &share.method, to.name(), 1)
}
