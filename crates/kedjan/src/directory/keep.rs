//! Keeping authorities and units: each change decided by the guard and recorded with it.

use chain::route::{Choice, Reason, Wanted, route};
use uuid::Uuid;

use super::draft::{AuthorityDraft, NewAuthority, UnitDraft, Wrong};
use super::{Authority, Receives, Unit, sql};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::audit::{self, Entry};
use crate::refusal::{FieldIssue, Refused};
use crate::store::Sql;
use crate::t;

/// A page of the authority's units.
#[derive(Clone, Debug)]
pub struct Units {
    /// The units, by name.
    pub units: Vec<Unit>,
    /// How many there are in all.
    pub all: i64,
}

/// A unit with what it receives.
#[derive(Clone, Debug)]
pub struct UnitFile {
    /// The unit.
    pub unit: Unit,
    /// What it receives.
    pub receives: Vec<Receives>,
}

/// The authority's units from number `offset` on.
///
/// # Errors
/// The guard's refusal, and the store's.
pub fn units(tx: &mut dyn Sql, cx: &mut Cx, offset: i64, limit: i64) -> Result<Granted<Units>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        let units = sql::units(tx, cx.actor.org, offset, limit)?;
        let all = sql::count_units(tx, cx.actor.org)?;
        Ok(seen("units".into(), Units { units, all }))
    })
}

/// One unit of the authority.
///
/// # Errors
/// [`Refused::NotFound`] for one that is not the authority's, the guard's refusal, and the store's.
pub fn unit(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<UnitFile>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        let Some(unit) = sql::unit(tx, cx.actor.org, id)? else { return Err(Refused::NotFound.into()) };
        let receives = sql::receives(tx, cx.actor.org, id)?;
        Ok(seen(format!("unit:{id}"), UnitFile { unit, receives }))
    })
}

/// Makes a unit of the authority.
///
/// # Errors
/// Every wrong field, the guard's refusal, and the store's.
pub fn create_unit(tx: &mut dyn Sql, cx: &mut Cx, draft: UnitDraft) -> Result<Granted<UnitFile>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        let id = cx.id();
        check_unit(tx, cx, &draft, id)?;
        let (unit, receives) = draft.into_unit(cx.actor.org, id);
        sql::insert_unit(tx, &unit, cx.now)?;
        sql::replace_receives(tx, unit.org, id, &receives)?;
        Ok(seen(format!("unit:{id}"), UnitFile { unit, receives }))
    })
}

/// Changes a unit of the authority. What it is and its county stand: cases have come to it as such.
///
/// # Errors
/// Every wrong field, [`Refused::NotFound`], the guard's refusal, and the store's.
pub fn change_unit(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, draft: UnitDraft) -> Result<Granted<UnitFile>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        let Some(before) = sql::unit(tx, cx.actor.org, id)? else { return Err(Refused::NotFound.into()) };
        let draft = UnitDraft { kind: before.kind, county: before.county, ..draft };
        check_unit(tx, cx, &draft, id)?;
        let (unit, receives) = draft.into_unit(cx.actor.org, id);
        sql::update_unit(tx, &unit)?;
        sql::replace_receives(tx, unit.org, id, &receives)?;
        Ok(seen(format!("unit:{id}"), UnitFile { unit, receives }))
    })
}

fn check_unit(tx: &mut dyn Sql, cx: &Cx, draft: &UnitDraft, id: Uuid) -> Result<(), Stop> {
    let wrong = draft.wrong(&cx.app, cx.lang);
    let taken = sql::unit_name_taken(tx, cx.actor.org, draft.name.trim(), id)?;
    settle(wrong, taken.then(|| t!(cx.lang, "directory-unit-taken")))
}

/// All that is wrong, or the name alone when it is only taken.
fn settle(wrong: Wrong, name_taken: Option<String>) -> Result<(), Stop> {
    let mut issues = wrong.issues;
    let taken = name_taken.map(|detail| FieldIssue { pointer: "/name".into(), detail });
    match taken {
        Some(what) if issues.is_empty() => Err(Refused::Taken { what }.into()),
        taken => {
            issues.extend(taken);
            if issues.is_empty() { Ok(()) } else { Err(Refused::Fields(issues).into()) }
        }
    }
}

/// The actor's own authority.
///
/// # Errors
/// The guard's refusal, and the store's.
pub fn authority(tx: &mut dyn Sql, cx: &mut Cx) -> Result<Granted<Authority>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        let Some(found) = sql::authority(tx, cx.actor.org)? else { return Err(Refused::NotFound.into()) };
        Ok(seen("authority".into(), found))
    })
}

/// Changes the name and the ombud of the actor's own authority.
///
/// # Errors
/// Every wrong field, the guard's refusal, and the store's.
pub fn change_authority(tx: &mut dyn Sql, cx: &mut Cx, draft: AuthorityDraft) -> Result<Granted<()>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        let taken = sql::authority_name_taken(tx, draft.name.trim(), cx.actor.org)?;
        settle(draft.wrong(cx.lang), taken.then(|| t!(cx.lang, "directory-authority-taken")))?;
        let Some(mut changed) = sql::authority(tx, cx.actor.org)? else { return Err(Refused::NotFound.into()) };
        changed.name = draft.name.trim().to_owned();
        changed.ombud = draft.ombud.trim().to_owned();
        changed.ombud_email = draft.ombud_email.trim().to_owned();
        sql::update_authority(tx, &changed)?;
        Ok(seen("authority".into(), ()))
    })
}

/// Makes an authority with its key and its audit chain, and gives its id. For the command line and set-up alone: whoever has
/// the machine makes tenants, no tenant makes another. The actor of the context becomes one of the new authority's.
///
/// # Errors
/// Every wrong field, and the store's.
pub fn create_authority(tx: &mut dyn Sql, cx: &mut Cx, new: &NewAuthority) -> Result<Uuid, Stop> {
    let id = cx.id();
    let taken = sql::authority_name_taken(tx, new.draft.name.trim(), id)?;
    settle(new.wrong(cx.lang), taken.then(|| t!(cx.lang, "directory-authority-taken")))?;
    let made = Authority {
        id,
        kind: new.kind.clone(),
        name: new.draft.name.trim().to_owned(),
        county: new.county.clone(),
        municipality: new.municipality.clone(),
        ombud: new.draft.ombud.trim().to_owned(),
        ombud_email: new.draft.ombud_email.trim().to_owned(),
    };
    let key = cx.app.keyring.new_authority_key(id).map_err(crate::people::PeopleError::Seal)?;
    sql::insert_authority(tx, &made, &key, cx.now)?;
    audit::begin(tx, id)?;
    cx.actor.org = id;
    let entry = Entry {
        action: "create_authority",
        object: "authority",
        relation: "none",
        allowed: true,
        policy: "console",
        people: &[],
        detail: "",
    };
    audit::append(tx, cx.now, &cx.actor, &entry)?;
    Ok(id)
}

/// A made-up person for whom a receiver is looked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The kinds of unit that can receive.
    pub kinds: Vec<String>,
    /// Where the person lives, four digits.
    pub municipality: String,
    /// The age, if known.
    pub age: Option<u32>,
    /// The substance, if known.
    pub substance: Option<String>,
}

/// Where the made-up person would be received.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The unit, with its authority's name, and why it; nobody when no unit and no fallback fits.
    pub found: Option<(Unit, String, Vec<Reason>)>,
}

/// Tries where a person would be received, by the very rule that cases follow.
///
/// # Errors
/// The guard's refusal, and the store's.
pub fn try_route(tx: &mut dyn Sql, cx: &mut Cx, wish: Wish) -> Result<Granted<Tried>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, _| {
        let county = wish.municipality.get(..2).unwrap_or_default().to_owned();
        let candidates = sql::candidates(tx, &wish.municipality, &county)?;
        let wanted = Wanted {
            kinds: wish.kinds,
            residence: Some(wish.municipality),
            county,
            age: wish.age,
            substance: wish.substance,
        };
        let found = match route(&wanted, &candidates) {
            Err(_) => None,
            Ok(Choice { unit, why, .. }) => {
                let id: Option<Uuid> = unit.parse().ok();
                let unit = id.map(|id| sql::unit_by_id(tx, id)).transpose()?.flatten();
                match unit {
                    None => None,
                    Some(unit) => {
                        let name = sql::authority(tx, unit.org)?.map(|a| a.name).unwrap_or_default();
                        Some((unit, name, why))
                    }
                }
            }
        };
        Ok(seen("routing".into(), Tried { found }))
    })
}

fn seen<T>(object: String, value: T) -> Seen<T> {
    Seen { value, object, people: Vec::new() }
}
