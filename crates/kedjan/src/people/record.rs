//! An authority's record of a person: made, found, read, changed, handed on, merged and forgotten.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::sql::{self, ConsentRow, MergeRow, PersonRow};
use super::texts::{SealedTexts, StepText, bring_texts};
use super::{Clearance, Contact, Copied, Identity, IdentityKind, NewPerson, PeopleError, Person, PersonName, Sex};
use crate::reference::fold;
use crate::secrets::{Aad, AuthorityKey, Keyring, PersonKey, SealError};
use crate::store::Sql;

/// Kinds of look-up digests.
const BY_IDENTITY: &str = "identity";
const BY_NAME: &str = "name";
/// How many parts of a name are compared.
const NAME_PARTS: usize = 6;
/// Merges are followed this far; a chain grows by one only when a kept record is itself merged.
const MERGES_FOLLOWED: usize = 64;
const NO_IDENTITY: &str = "none";

/// Contact details as they are sealed, in one piece.
#[derive(Serialize, Deserialize)]
struct Sealed {
    phone: Option<String>,
    email: Option<String>,
    address: Option<String>,
}

/// A record with its key open.
struct Record {
    row: PersonRow,
    key: PersonKey,
    authority: AuthorityKey,
}

/// The key of an authority.
///
/// # Errors
/// [`PeopleError::Unknown`] and the store's.
pub(crate) fn authority(tx: &mut dyn Sql, keyring: &Keyring, org: Uuid) -> Result<AuthorityKey, PeopleError> {
    keyring.authority(org, || sql::authority_key(tx, org))
}

fn aad(column: &'static str, org: Uuid, id: Uuid) -> Aad<'static> {
    Aad { table: "person", column, org, id }
}

/// A record as it was read, still sealed. Reading needs the store and its one writer; opening needs only time, and can be
/// done when the unit of work is over.
#[derive(Clone)]
pub(crate) struct SealedPerson {
    org: Uuid,
    row: PersonRow,
    authority: AuthorityKey,
}

/// Reads the record that stands for this id: the kept one, if it was merged.
///
/// # Errors
/// [`PeopleError::Unknown`] and the store's.
pub(crate) fn read(tx: &mut dyn Sql, keyring: &Keyring, org: Uuid, id: Uuid) -> Result<SealedPerson, PeopleError> {
    let mut id = id;
    for _ in 0..MERGES_FOLLOWED {
        let row = sql::person(tx, org, id)?.ok_or(PeopleError::Unknown)?;
        match row.merged_into {
            Some(kept) => id = kept,
            None => return Ok(SealedPerson { org, row, authority: authority(tx, keyring, org)? }),
        }
    }
    Err(PeopleError::Unknown)
}

impl std::fmt::Debug for SealedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedPerson({})", self.row.id)
    }
}

impl SealedPerson {
    fn record(self) -> Result<Record, SealError> {
        let key = self.authority.person_key(self.row.id, &self.row.key_wrapped)?;
        Ok(Record { row: self.row, key, authority: self.authority })
    }

    /// The person in clear.
    ///
    /// # Errors
    /// As [`SealedPerson::open`].
    pub(crate) fn person(&self) -> Result<Person, PeopleError> {
        self.clone().record()?.person(self.org)
    }

    /// Whether the person has protected personal data.
    pub(crate) fn is_protected(&self) -> bool {
        self.row.protected
    }

    /// The person in clear, with the free texts that were read of them.
    ///
    /// # Errors
    /// [`SealError::Destroyed`] when the person has been forgotten, and the keys'.
    pub(crate) fn open(&self, texts: &SealedTexts) -> Result<(Person, Vec<StepText>), PeopleError> {
        let org = self.org;
        let record = self.clone().record()?;
        Ok((record.person(org)?, texts.open(org, &record.key)?))
    }
}

fn open_record(tx: &mut dyn Sql, keyring: &Keyring, org: Uuid, id: Uuid) -> Result<Record, PeopleError> {
    Ok(read(tx, keyring, org, id)?.record()?)
}

impl Record {
    fn open(&self, column: &'static str, org: Uuid, sealed: Option<&[u8]>) -> Result<Option<String>, SealError> {
        sealed.map(|sealed| self.key.open_text(&aad(column, org, self.row.id), sealed)).transpose()
    }

    fn name(&self, org: Uuid) -> Result<Option<String>, SealError> {
        self.open("name_sealed", org, self.row.name_sealed.as_deref())
    }

    fn person(&self, org: Uuid) -> Result<Person, PeopleError> {
        let row = &self.row;
        let identity = self.open("identity_sealed", org, row.identity_sealed.as_deref())?;
        // It was checked when it was recorded; what day it is no longer matters.
        let identity =
            identity.map(|text| Identity::parse(&text, jiff::civil::Date::MAX).map_err(|_| SealError::Unopenable));
        let sealed = self.open("contact_sealed", org, row.contact_sealed.as_deref())?.map(Zeroizing::new);
        let sealed: Option<Sealed> =
            sealed.map(|json| serde_json::from_str(&json).map_err(|_| SealError::Unopenable)).transpose()?;
        let Sealed { phone, email, address } = sealed.unwrap_or(Sealed { phone: None, email: None, address: None });
        Ok(Person {
            id: row.id,
            org,
            identity: identity.transpose()?,
            name: self.name(org)?,
            contact: Contact { phone, email, address, municipality: row.municipality.clone() },
            sex: row.sex.as_deref().and_then(Sex::from_code),
            birth_year: row.birth_year,
            protected: row.protected,
        })
    }

    /// Seals what is known of the person into the row. The address of a protected person is left out here, so that it is
    /// stored on no way.
    fn fill(&mut self, org: Uuid, person: &NewPerson) -> Result<(), SealError> {
        let id = self.row.id;
        let seal = |column, text: &Option<String>| {
            text.as_ref().map(|text| self.key.seal(&aad(column, org, id), text.as_bytes())).transpose()
        };
        let Contact { phone, email, address, municipality } = &person.contact;
        let address = address.clone().filter(|_| !person.protected);
        let contact = Sealed { phone: phone.clone(), email: email.clone(), address };
        let something = contact.phone.is_some() || contact.email.is_some() || contact.address.is_some();
        let contact =
            something.then(|| serde_json::to_string(&contact).map_err(|_| SealError::Unopenable)).transpose()?;
        let identity_sealed = seal("identity_sealed", &person.identity.as_ref().map(Identity::canonical))?;
        let name_sealed = seal("name_sealed", &person.name)?;
        let contact_sealed = seal("contact_sealed", &contact)?;
        self.row = PersonRow {
            id,
            key_wrapped: std::mem::take(&mut self.row.key_wrapped),
            identity_sealed,
            name_sealed,
            contact_sealed,
            identity_kind: person.identity.as_ref().map_or(NO_IDENTITY, |identity| identity.kind().code()).to_owned(),
            birth_year: person.birth_year,
            sex: person.sex.map(|sex| sex.code().to_owned()),
            municipality: municipality.clone(),
            protected: person.protected,
            merged_into: None,
        };
        Ok(())
    }

    fn insert_lookups(&self, tx: &mut dyn Sql, org: Uuid, person: &NewPerson) -> Result<(), PeopleError> {
        if let Some(identity) = &person.identity {
            let digest = identity_digest(&self.authority, identity);
            sql::insert_lookup(tx, org, BY_IDENTITY, &digest, self.row.id)?;
        }
        for digest in person.name.iter().flat_map(|name| name_digests(&self.authority, name)) {
            sql::insert_lookup(tx, org, BY_NAME, &digest, self.row.id)?;
        }
        Ok(())
    }

    /// Stores a changed person over what stands.
    fn store(&mut self, tx: &mut dyn Sql, org: Uuid, person: &NewPerson) -> Result<(), PeopleError> {
        self.fill(org, person)?;
        sql::update_person(tx, org, &self.row)?;
        self.insert_lookups(tx, org, person)
    }
}

fn identity_digest(authority: &AuthorityKey, identity: &Identity) -> [u8; 16] {
    authority.digest(BY_IDENTITY, identity.canonical().as_bytes())
}

/// The digests of a name's parts, the longest parts first as they are the rarest.
fn name_digests(authority: &AuthorityKey, name: &str) -> Vec<[u8; 16]> {
    let folded = Zeroizing::new(fold(name));
    let mut parts: Vec<&str> = folded.split(' ').filter(|part| !part.is_empty()).collect();
    parts.sort_unstable_by_key(|part| (std::cmp::Reverse(part.len()), *part));
    parts.dedup();
    parts.iter().map(|part| authority.digest(BY_NAME, part.as_bytes())).collect()
}

impl Person {
    pub(super) fn into_new(self) -> NewPerson {
        let Self { identity, name, contact, sex, birth_year, protected, .. } = self;
        NewPerson { identity, name, contact, sex, birth_year, protected }
    }
}

/// Records a person under a new key of their own, with the id given.
///
/// # Errors
/// [`PeopleError::IdentityTaken`] when the authority has the identity number already.
pub(crate) fn create(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    org: Uuid,
    person: &NewPerson,
    now: Timestamp,
    id: Uuid,
) -> Result<Uuid, PeopleError> {
    if let Some(identity) = &person.identity
        && let Some(taken) = find_by_identity(tx, keyring, org, identity)?
    {
        return Err(PeopleError::IdentityTaken(taken));
    }
    let authority = authority(tx, keyring, org)?;
    let (key, key_wrapped) = authority.new_person_key(id)?;
    let row = PersonRow {
        id,
        key_wrapped,
        identity_sealed: None,
        name_sealed: None,
        contact_sealed: None,
        identity_kind: NO_IDENTITY.to_owned(),
        birth_year: None,
        sex: None,
        municipality: None,
        protected: false,
        merged_into: None,
    };
    let mut record = Record { row, key, authority };
    record.fill(org, person)?;
    sql::insert_person(tx, org, &record.row, now)?;
    record.insert_lookups(tx, org, person)?;
    Ok(id)
}

/// The authority's person with this identity number; of merged records the kept one.
///
/// # Errors
/// The store's and the keys'.
pub(crate) fn find_by_identity(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    org: Uuid,
    identity: &Identity,
) -> Result<Option<Uuid>, PeopleError> {
    let digest = identity_digest(&authority(tx, keyring, org)?, identity);
    // A merge gives the look-up rows to the kept record, so what is found is never a merged one.
    Ok(sql::by_digest(tx, org, BY_IDENTITY, &digest)?)
}

/// The authority's people whose names hold every part of `name` (the six longest of it), the first recorded first. Without
/// clearance nobody with protected personal data is found: that they are known here is protected too.
///
/// # Errors
/// The store's and the keys'.
pub(crate) fn find_by_name(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    org: Uuid,
    name: &str,
    clearance: Clearance,
    limit: u32,
) -> Result<Vec<Uuid>, PeopleError> {
    let digests = name_digests(&authority(tx, keyring, org)?, name);
    let Some(&first) = digests.first() else {
        return Ok(Vec::new());
    };
    let mut six = [first; NAME_PARTS];
    six.iter_mut().zip(digests).for_each(|(to, digest)| *to = digest);
    Ok(sql::by_names(tx, org, &six, clearance.sees(true), limit)?)
}

/// A person in clear; of a merged record the kept one.
///
/// # Errors
/// [`PeopleError::Unknown`], and [`SealError::Destroyed`] when the person has been forgotten.
pub(crate) fn load(tx: &mut dyn Sql, keyring: &Keyring, org: Uuid, id: Uuid) -> Result<Person, PeopleError> {
    open_record(tx, keyring, org, id)?.person(org)
}

/// What a list shows of a person, still sealed: the columns of `person` that it is read from.
pub(crate) struct SealedName {
    /// The record; of a merged one the list has the kept one.
    pub(crate) id: Uuid,
    /// Its wrapped key.
    pub(crate) key_wrapped: Vec<u8>,
    /// The name, if there is one.
    pub(crate) name_sealed: Option<Vec<u8>>,
    /// Whether the person has protected personal data.
    pub(crate) protected: bool,
}

/// The key that the names of a list open with, read once for the whole list.
pub(crate) struct ListKey(Uuid, AuthorityKey);

/// Reads what the authority's lists open with.
///
/// # Errors
/// The store's and the keys'.
pub(crate) fn list_key(tx: &mut dyn Sql, keyring: &Keyring, org: Uuid) -> Result<ListKey, PeopleError> {
    Ok(ListKey(org, authority(tx, keyring, org)?))
}

impl ListKey {
    /// The name in clear. A forgotten person has none, and is no fault in a list.
    ///
    /// # Errors
    /// The keys'.
    pub(crate) fn open(&self, sealed: &SealedName) -> Result<PersonName, PeopleError> {
        let Self(org, authority) = self;
        let SealedName { id, key_wrapped, name_sealed, protected } = sealed;
        let name = match (authority.person_key(*id, key_wrapped), name_sealed) {
            (Err(SealError::Destroyed), _) => return Ok(PersonName { id: *id, name: None, protected: false }),
            (key, None) => key.map(|_| None)?,
            (key, Some(sealed)) => Some(key?.open_text(&aad("name_sealed", *org, *id), sealed)?),
        };
        Ok(PersonName { id: *id, name, protected: *protected })
    }
}

/// The key that a person's data in other tables is sealed under, such as a consent's text.
///
/// # Errors
/// As [`load`].
pub(crate) fn key(tx: &mut dyn Sql, keyring: &Keyring, org: Uuid, id: Uuid) -> Result<PersonKey, PeopleError> {
    Ok(open_record(tx, keyring, org, id)?.key)
}

/// Puts new contact details in place of the old, and says whether the person has protected personal data. A person who gets
/// it loses the stored address at once.
///
/// # Errors
/// As [`load`].
pub(crate) fn update_contact(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    org: Uuid,
    id: Uuid,
    contact: &Contact,
    protected: bool,
) -> Result<(), PeopleError> {
    let mut record = open_record(tx, keyring, org, id)?;
    let person = NewPerson { contact: contact.clone(), protected, ..record.person(org)?.into_new() };
    record.store(tx, org, &person)
}

/// The receiving authority's own record of a person who is handed over: the one it has with the same identity number, or a
/// new one with the id given, under the receiver's keys. Only the kinds in `copied` go over. What comes with the handover is
/// newer, so its contact details replace the receiver's; the receiver's own name and number stay. Protection always goes over.
///
/// # Errors
/// As [`load`], at either authority.
pub(crate) fn copy_to(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    (from_org, id): (Uuid, Uuid),
    to_org: Uuid,
    copied: Copied,
    now: Timestamp,
    new_id: Uuid,
) -> Result<Uuid, PeopleError> {
    let from = load(tx, keyring, from_org, id)?;
    if from_org == to_org {
        return Ok(from.id);
    }
    let handed = NewPerson {
        name: from.name.filter(|_| copied.name),
        sex: from.sex.filter(|_| copied.identity),
        birth_year: from.birth_year.filter(|_| copied.identity),
        identity: from.identity.filter(|_| copied.identity),
        contact: Contact {
            phone: from.contact.phone.filter(|_| copied.phone),
            municipality: from.contact.municipality.filter(|_| copied.phone),
            email: from.contact.email.filter(|_| copied.addresses),
            address: from.contact.address.filter(|_| copied.addresses),
        },
        protected: from.protected,
    };
    let known = match &handed.identity {
        Some(identity) => find_by_identity(tx, keyring, to_org, identity)?,
        None => None,
    };
    let Some(known) = known else {
        return create(tx, keyring, to_org, &handed, now, new_id);
    };
    let mut record = open_record(tx, keyring, to_org, known)?;
    let own = record.person(to_org)?.into_new();
    record.store(tx, to_org, &join(handed, own, Prefer::FirstContact))?;
    Ok(known)
}

/// Whose contact details win when two records are joined.
enum Prefer {
    FirstContact,
    SecondContact,
}

/// One person of two: the second's name, number, sex and year, and what it lacks from the first.
fn join(first: NewPerson, second: NewPerson, prefer: Prefer) -> NewPerson {
    let (newer, older) = match prefer {
        Prefer::FirstContact => (first.contact, second.contact),
        Prefer::SecondContact => (second.contact, first.contact),
    };
    NewPerson {
        identity: second.identity.or(first.identity),
        name: second.name.or(first.name),
        contact: Contact {
            phone: newer.phone.or(older.phone),
            email: newer.email.or(older.email),
            address: newer.address.or(older.address),
            municipality: newer.municipality.or(older.municipality),
        },
        sex: second.sex.or(first.sex),
        birth_year: second.birth_year.or(first.birth_year),
        protected: first.protected || second.protected,
    }
}

/// Why two records are one. Not free text, since that might name the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeReason {
    /// The same person was recorded twice.
    RecordedTwice,
    /// Somebody recorded without a number, or with a reserve or coordination number, has got another.
    NumberKnown,
}

impl MergeReason {
    /// The word that is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::RecordedTwice => "recorded_twice",
            Self::NumberKnown => "number_known",
        }
    }
}

/// Which records become one, and the trace of it.
#[derive(Debug, Clone, Copy)]
pub struct Merge {
    /// The record that stays.
    pub kept: Uuid,
    /// The record that from now on stands for the kept one.
    pub merged: Uuid,
    /// The account that did it.
    pub by: Uuid,
    /// Why.
    pub reason: MergeReason,
}

/// Makes two records of one authority one. The kept record gets what it lacks, and the weightier identity number; cases,
/// consents and texts come under its key. The merged record stays as it was, with a trace, and stands for the kept one.
///
/// # Errors
/// [`PeopleError::TwoPeople`] for different personnummer, [`PeopleError::OneAlready`], [`PeopleError::Unknown`].
pub(crate) fn merge(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    org: Uuid,
    merge: Merge,
    now: Timestamp,
) -> Result<(), PeopleError> {
    let Merge { kept, merged, by, reason } = merge;
    let mut to = open_record(tx, keyring, org, kept)?;
    let from = open_record(tx, keyring, org, merged)?;
    if to.row.id != kept || from.row.id != merged || kept == merged {
        return Err(PeopleError::OneAlready);
    }
    let (mut own, mut other) = (to.person(org)?.into_new(), from.person(org)?.into_new());
    if weight(&own) == 3 && weight(&other) == 3 && own.identity != other.identity {
        return Err(PeopleError::TwoPeople);
    }
    if weight(&other) > weight(&own) {
        // Sex and year of birth go with the number that tells them.
        std::mem::swap(&mut own.identity, &mut other.identity);
        std::mem::swap(&mut own.sex, &mut other.sex);
        std::mem::swap(&mut own.birth_year, &mut other.birth_year);
    }
    for case in sql::cases_of(tx, org, merged)? {
        bring_texts(tx, org, case.1, &from.key, &to.key)?;
        bring_consents(tx, org, case, &from, &to)?;
    }
    sql::move_shares(tx, org, merged, kept)?;
    sql::move_lookups(tx, org, merged, kept)?;
    to.store(tx, org, &join(other, own, Prefer::SecondContact))?;
    let trace = MergeRow { kept, merged, by, reason: reason.code(), at: now };
    Ok(sql::insert_merge(tx, org, &trace)?)
}

/// How much an identity number says of who somebody is.
fn weight(person: &NewPerson) -> u8 {
    match person.identity.as_ref().map(Identity::kind) {
        Some(IdentityKind::Personnummer) => 3,
        Some(IdentityKind::Samordningsnummer) => 2,
        Some(IdentityKind::Reserve) => 1,
        None => 0,
    }
}

fn bring_consents(
    tx: &mut dyn Sql,
    org: Uuid,
    case: (Uuid, Uuid),
    from: &Record,
    to: &Record,
) -> Result<(), PeopleError> {
    for consent in sql::consents_of(tx, org, case, from.row.id)? {
        let reseal = |column: &'static str, sealed: &[u8]| {
            let aad = Aad { table: "consent", column, org, id: consent.id };
            to.key.seal(&aad, &from.key.open(&aad, sealed)?)
        };
        let text_sealed = reseal("text_sealed", &consent.text_sealed)?;
        let part =
            |column, sealed: &Option<Vec<u8>>| sealed.as_deref().map(|sealed| reseal(column, sealed)).transpose();
        let moved = ConsentRow {
            id: consent.id,
            text_sealed,
            signature_sealed: part("signature_sealed", &consent.signature_sealed)?,
            second_sealed: part("second_sealed", &consent.second_sealed)?,
            note_sealed: part("note_sealed", &consent.note_sealed)?,
        };
        sql::move_consent(tx, org, &moved, to.row.id)?;
    }
    Ok(())
}
