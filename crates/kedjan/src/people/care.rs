//! Looking after what is known of a person: correcting it, and saying that two records are the same person.

use uuid::Uuid;

use super::{Clearance, Contact, Merge, MergeReason, NewPerson, ShownPerson};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::cases;
use crate::refusal::Refused;
use crate::store::Sql;

/// A person whom the unit has a case about, with the numbers of those cases.
pub struct Known {
    /// What may be shown.
    pub person: ShownPerson,
    /// Case number and method.
    pub cases: Vec<(String, String)>,
}

/// The person, if the actor's unit has a case about them; a stranger's person is not found.
fn known(tx: &mut dyn Sql, cx: &Cx, id: Uuid) -> Result<Known, Stop> {
    let person = super::load(tx, &cx.app.keyring, cx.actor.org, id)?;
    let cases: Vec<(String, String)> = cases::of_person(tx, cx, person.id)?;
    if cases.is_empty() {
        return Err(Refused::NotFound.into());
    }
    Ok(Known { person: person.shown(Clearance::Ordinary, cx.lang), cases })
}

/// What is known of a person.
pub fn look(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Known>, Stop> {
    access::list(tx, cx, Action::CorrectPerson, |tx, cx| {
        let value = known(tx, cx, id)?;
        Ok(Seen { people: vec![value.person.id], object: "person".into(), value })
    })
}

/// Puts new contact details in place of the old.
pub fn correct(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, new: &NewPerson) -> Result<Granted<()>, Stop> {
    access::list(tx, cx, Action::CorrectPerson, |tx, cx| {
        let known = known(tx, cx, id)?;
        let app = cx.app.clone();
        let contact = Contact { ..new.contact.clone() };
        super::update_contact(tx, &app.keyring, cx.actor.org, known.person.id, &contact, new.protected)?;
        Ok(Seen { value: (), object: "person".into(), people: vec![known.person.id] })
    })
}

/// Makes the record of another of the unit's cases the same person as this one. This one stays; the trace says who, when, why.
pub fn merge(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    kept: Uuid,
    other_case: &str,
    reason: MergeReason,
) -> Result<Granted<Uuid>, Stop> {
    let other = access::case(tx, cx, other_case, Action::SeeCase)?;
    let merged = other.own_share()?.person;
    access::list(tx, cx, Action::MergePeople, |tx, cx| {
        let known = known(tx, cx, kept)?;
        let app = cx.app.clone();
        let merge = Merge { kept: known.person.id, merged, by: cx.actor.id, reason };
        super::merge(tx, &app.keyring, cx.actor.org, merge, cx.now)?;
        Ok(Seen { value: known.person.id, object: "merge".into(), people: vec![known.person.id, merged] })
    })
}
