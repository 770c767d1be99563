//! People as one authority knows them: who they are, how they are reached, and what may be shown of them.
//!
//! Each authority has its own record of a person, sealed under its own key for that person. What identifies is sealed field
//! by field; equality is looked up by keyed digests that are unrelated between authorities.

pub mod care;
pub mod extract;
pub mod extract_file;
pub mod extract_page;
mod forget;
pub mod http;
mod identity;
mod input;
mod page;
mod record;
mod sql;
#[cfg(test)]
mod tests;
mod texts;

use std::fmt;

use chain::text::Lang;
use uuid::Uuid;

use crate::secrets::SealError;
use crate::store::{StoreError, UnitError};
use crate::t;

pub(crate) use forget::{Erased, forget};
pub use identity::{Identity, IdentityError, IdentityKind, Sex};
pub use input::{IssueKind, NewPersonInput, PersonIssue, validate};
pub(crate) use record::authority as authority_key;
pub(crate) use record::{
    ListKey, SealedName, SealedPerson, copy_to, create, find_by_identity, find_by_name, key, list_key, load, merge,
    read, update_contact,
};
pub use record::{Merge, MergeReason};
pub(crate) use texts::{SealedTexts, open_texts, read_texts, seal_text};
pub use texts::{StepText, TextPlace};

/// How a person is reached.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Phone number as it was written.
    pub phone: Option<String>,
    /// E-mail address as it was written.
    pub email: Option<String>,
    /// Postal address. Never stored for a person with protected personal data.
    pub address: Option<String>,
    /// Municipality code.
    pub municipality: Option<String>,
}

/// A person to be recorded, checked by [`validate`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// Identity number, if one is known.
    pub identity: Option<Identity>,
    /// Name, or a working name, if one is known.
    pub name: Option<String>,
    /// How the person is reached.
    pub contact: Contact,
    /// Sex, as the number or the person says.
    pub sex: Option<Sex>,
    /// Year of birth, as the number or the person says.
    pub birth_year: Option<i32>,
    /// Whether the person has protected personal data (skyddade personuppgifter).
    pub protected: bool,
}

/// A person as an authority knows them, in clear. Only for the program's own use: what is shown is a [`ShownPerson`].
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The record's id. After a merge it is the kept record's, whichever was asked for.
    pub id: Uuid,
    /// The authority whose record it is.
    pub org: Uuid,
    /// Identity number.
    pub identity: Option<Identity>,
    /// Name.
    pub name: Option<String>,
    /// How the person is reached.
    pub contact: Contact,
    /// Sex.
    pub sex: Option<Sex>,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// Whether the person has protected personal data.
    pub protected: bool,
}

/// The part of a person that a list needs.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName {
    /// The record's id; after a merge the kept record's.
    pub id: Uuid,
    /// Name.
    pub name: Option<String>,
    /// Whether the person has protected personal data.
    pub protected: bool,
}

macro_rules! prints_no_person {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
prints_no_person!(Contact NewPerson NewPersonInput Person PersonName ShownPerson StepText);

/// Whether a reader may see who a person with protected personal data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clearance {
    /// Not: such people are shown without what identifies them.
    Ordinary,
    /// Yes.
    Protected,
}

impl Clearance {
    fn sees(self, protected: bool) -> bool {
        !protected || self == Self::Protected
    }
}

/// What may be shown of a person, made only by [`Person::shown`]: the one place where protected data is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownPerson {
    /// The record's id.
    pub id: Uuid,
    /// The name, or words that stand for it.
    pub name: String,
    /// Identity number, `YYYYMMDD-NNNN`.
    pub identity: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Municipality code.
    pub municipality: Option<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// Whether the person has protected personal data, which is always said.
    pub protected: bool,
    /// Whether something was left out because of it.
    pub masked: bool,
}

impl Person {
    /// What a reader with this clearance may be shown.
    #[must_use]
    pub fn shown(&self, clearance: Clearance, lang: Lang) -> ShownPerson {
        let masked = !clearance.sees(self.protected);
        let unless_masked = |value: &Option<String>| if masked { None } else { value.clone() };
        ShownPerson {
            id: self.id,
            name: shown_name(self.name.as_deref(), masked, lang),
            identity: unless_masked(&self.identity.as_ref().map(Identity::shown)),
            phone: unless_masked(&self.contact.phone),
            email: unless_masked(&self.contact.email),
            address: unless_masked(&self.contact.address),
            municipality: unless_masked(&self.contact.municipality),
            sex: if masked { None } else { self.sex },
            birth_year: if masked { None } else { self.birth_year },
            protected: self.protected,
            masked,
        }
    }

    /// The age on a day: exact from the identity number, else by the year of birth alone, which may be one too many.
    #[must_use]
    pub fn age_on(&self, day: jiff::civil::Date) -> Option<u32> {
        let by_year = || u32::try_from(i32::from(day.year()) - self.birth_year?).ok();
        self.identity.as_ref().and_then(|identity| identity.age_on(day)).or_else(by_year)
    }
}

impl PersonName {
    /// The name as a reader with this clearance may see it.
    #[must_use]
    pub fn shown(&self, clearance: Clearance, lang: Lang) -> String {
        shown_name(self.name.as_deref(), !clearance.sees(self.protected), lang)
    }
}

fn shown_name(name: Option<&str>, masked: bool, lang: Lang) -> String {
    match name {
        _ if masked => t!(lang, "person-protected"),
        Some(name) => name.to_owned(),
        None => t!(lang, "person-without-name"),
    }
}

/// Which kinds of data go with a person who is handed over to another authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// The name.
    pub name: bool,
    /// The identity number, with the sex and year of birth.
    pub identity: bool,
    /// The phone number, and the municipality, which decides who receives.
    pub phone: bool,
    /// E-mail and postal address.
    pub addresses: bool,
}

/// Why something could not be done with a person's record. Carries nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// The store's own.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored does not open, or has been forgotten.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The authority has no such person.
    #[error("the authority has no such person")]
    Unknown,
    /// The authority has a person with this identity number already: this record.
    #[error("the authority has a person with this identity number already")]
    IdentityTaken(Uuid),
    /// A record can't be merged with itself, nor one that is merged already.
    #[error("the records are one already")]
    OneAlready,
    /// Two different personnummer are two people.
    #[error("the records have different personal identity numbers, so they are about two people")]
    TwoPeople,
}

impl UnitError for PeopleError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
