//! Looking after what is known of a person: correcting it, and saying that two records are the same person.

use uuid::Uuid;

use super::{Clearance, Contact, Identity, Merge, MergeReason, NewPerson, Person, ShownPerson};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::cases;
use crate::reference::fold;
use crate::refusal::{FieldIssue, Refused};
use crate::store::Sql;
use crate::t;
use crate::web::format;

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

/// Puts new contact details in place of the old. Of a person with protected identity the one who corrects does not see all
/// that stands, so what is left empty stays; and the protection is taken away only by somebody who knows who it is:
/// `who` has to be the person's number or, where none is known, the name.
pub fn correct(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, new: &NewPerson, who: &str) -> Result<Granted<()>, Stop> {
    access::list(tx, cx, Action::CorrectPerson, |tx, cx| {
        let known = known(tx, cx, id)?;
        let app = cx.app.clone();
        let mut contact = new.contact.clone();
        if known.person.protected {
            let person = super::load(tx, &app.keyring, cx.actor.org, known.person.id)?;
            if !new.protected && !is_known(&person, who, cx) {
                let detail = t!(cx.lang, "person-lift-wrong");
                return Err(Refused::Fields(vec![FieldIssue { pointer: "/who".into(), detail }]).into());
            }
            let old = person.contact;
            contact = Contact {
                phone: contact.phone.or(old.phone),
                email: contact.email.or(old.email),
                address: contact.address.or(old.address),
                municipality: contact.municipality.or(old.municipality),
            };
        }
        super::update_contact(tx, &app.keyring, cx.actor.org, known.person.id, &contact, new.protected)?;
        Ok(Seen { value: (), object: "person".into(), people: vec![known.person.id] })
    })
}

/// Whether what was written says who the person is.
fn is_known(person: &Person, who: &str, cx: &Cx) -> bool {
    match (&person.identity, &person.name) {
        (Some(own), _) => Identity::parse(who, format::local(cx.now).date()).is_ok_and(|written| written == *own),
        (None, Some(name)) => fold(name) == fold(who),
        (None, None) => false,
    }
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
        cases::recount(tx, cx, cx.actor.org, known.person.id)?;
        Ok(Seen { value: known.person.id, object: "merge".into(), people: vec![known.person.id, merged] })
    })
}
