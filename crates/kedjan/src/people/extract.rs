//! What an authority keeps about a person, and who has seen it: for the person who asks (art. 15 of the data protection
//! regulation; for health care also 8 kap. 5 § PDL). Taken out by the controller, read through by a human being before it is
//! given, since some of it may be secret even for the one it is about (12 kap. 3 § OSL).

use jiff::Timestamp;
use uuid::Uuid;

use super::{Clearance, Identity, Person, find_by_identity, load, open_texts};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::audit::{self, Record};
use crate::cases::{self, Kept};
use crate::consents::{self, Consent};
use crate::directory;
use crate::disclosures::{self, Line};
use crate::store::Sql;

/// How many accesses the page shows; how many there are is said exactly.
pub const SHOWN: i64 = 500;
/// How many of them the file has.
const IN_FILE: i64 = 10_000;

/// As what it is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A page, to read and print.
    Page,
    /// A file, for the person to take along.
    File,
}

impl Form {
    fn accesses(self) -> i64 {
        match self {
            Form::Page => SHOWN,
            Form::File => IN_FILE,
        }
    }

    /// What the audit record says was taken out.
    fn object(self) -> String {
        match self {
            Form::Page => "extract".into(),
            Form::File => "extract file".into(),
        }
    }
}

/// All that the authority keeps about a person.
pub struct Extract {
    /// The authority's name.
    pub authority: String,
    /// The person.
    pub person: Person,
    /// Their cases.
    pub cases: Vec<Kept>,
    /// The consents that the authority has taken.
    pub consents: Vec<Consent>,
    /// What has left the authority.
    pub disclosures: Vec<Line>,
    /// Who has seen or changed it, the newest first, with the unit's name.
    pub accesses: Vec<(Record, String)>,
    /// How often in all; exact.
    pub accesses_in_all: i64,
    /// When it was taken out.
    pub made_at: Timestamp,
}

/// Takes out all that the actor's authority keeps about the person with a number; nobody when it keeps none.
pub fn extract(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    identity: &Identity,
    form: Form,
) -> Result<Granted<Option<Extract>>, Stop> {
    access::list(tx, cx, Action::ExtractPerson, |tx, cx| {
        let org = cx.actor.org;
        let Some(id) = find_by_identity(tx, &cx.app.keyring, org, identity)? else {
            return Ok(Seen { value: None, object: form.object(), people: Vec::new() });
        };
        let person = load(tx, &cx.app.keyring, org, id)?;
        let mut kept = cases::kept_of(tx, cx, person.id)?;
        for case in &mut kept {
            let texts = open_texts(tx, &cx.app.keyring, (org, person.id), case.id)?;
            case.add_texts(&texts);
        }
        let mut given = Vec::new();
        for case in &kept {
            given.extend(consents::taken_in(tx, org, (case.org, case.id))?);
        }
        let (records, accesses_in_all) = audit::of_person(tx, org, person.id, i64::MAX, form.accesses())?;
        let mut accesses = Vec::with_capacity(records.len());
        let mut names: Vec<(Uuid, String)> = Vec::new();
        for record in records {
            let known = names.iter().find(|(unit, _)| *unit == record.unit).map(|(_, name)| name.clone());
            let name = match known {
                Some(name) => name,
                None => {
                    let name = directory::sql::unit(tx, org, record.unit)?.map_or_else(String::new, |unit| unit.name);
                    names.push((record.unit, name.clone()));
                    name
                }
            };
            accesses.push((record, name));
        }
        let extract = Extract {
            authority: directory::sql::authority(tx, org)?.map_or_else(String::new, |a| a.name),
            cases: kept,
            consents: given,
            disclosures: disclosures::sql::of_person(tx, org, person.id)?,
            accesses,
            accesses_in_all,
            made_at: cx.now,
            person,
        };
        let people = vec![extract.person.id];
        Ok(Seen { value: Some(extract), object: form.object(), people })
    })
}

impl Extract {
    /// The person with nothing masked: it is for the person.
    pub(super) fn shown(&self, lang: chain::text::Lang) -> super::ShownPerson {
        self.person.shown(Clearance::Protected, lang)
    }
}
