//! What an administrator writes about a unit or an authority, and everything that is wrong with it at once.

use std::collections::BTreeSet;

use chain::field::Kind;
use chain::text::Lang;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AUTHORITY_KINDS, Authority, Receives, UNIT_KINDS, Unit};
use crate::app::App;
use crate::reference as places;
use crate::refusal::FieldIssue;
use crate::t;

/// The longest text that is kept of a name, an address or opening hours.
const LONGEST: usize = 200;

/// A unit as an administrator describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitDraft {
    /// What it is: `police`, `coast_guard`, `customs`, `social_services`, `addiction_care`, `concern_reception`, `school`,
    /// `preschool`, `health_care`, `dental_care`, `probation`, `other_authority`, `coordination`, `county_board` or
    /// `administration`. Stands from the beginning.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The county it works in, two digits. Stands from the beginning.
    pub county: String,
    /// The municipality it works in, four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// Its function address.
    #[serde(default)]
    pub email: String,
    /// The function address of who leads it.
    #[serde(default)]
    pub lead_email: String,
    /// Its telephone number.
    #[serde(default)]
    pub phone: String,
    /// When it is open, in words.
    #[serde(default)]
    pub opening_hours: String,
    /// Whether it takes what no other unit in its county takes.
    #[serde(default)]
    pub fallback: bool,
    /// Whether it takes cases.
    #[serde(default = "yes")]
    pub active: bool,
    /// What it receives; each row on its own is enough.
    #[serde(default)]
    pub receives: Vec<ReceivesDraft>,
}

fn yes() -> bool {
    true
}

/// One row of what a unit receives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivesDraft {
    /// A municipality (four digits) or a county (two digits), where the person lives.
    pub place: String,
    /// Youngest age, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_from: Option<i64>,
    /// Oldest age, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_to: Option<i64>,
    /// Substances; none means all.
    #[serde(default)]
    pub substances: Vec<String>,
}

/// What may be changed of an authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityDraft {
    /// Its name.
    pub name: String,
    /// Its named ombud.
    pub ombud: String,
    /// Where the ombud is reached.
    pub ombud_email: String,
}

/// An authority that is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAuthority {
    /// What it is: one of [`AUTHORITY_KINDS`].
    pub kind: String,
    /// Its county, if it has one.
    pub county: Option<String>,
    /// Its municipality, if it has one.
    pub municipality: Option<String>,
    /// The rest.
    pub draft: AuthorityDraft,
}

/// The substances that the methods in force ask for, each with its words.
pub fn substances(app: &App, lang: Lang) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let options =
        app.library.methods().filter_map(|method| method.field("substance")).flat_map(|field| match &field.kind {
            Kind::Choice(options) => options.as_slice(),
            _ => &[],
        });
    options
        .filter(|option| seen.insert(option.id.clone()))
        .map(|option| (option.id.clone(), option.name.get(lang).to_owned()))
        .collect()
}

/// What is wrong, as it is found.
pub(crate) struct Wrong {
    lang: Lang,
    pub(crate) issues: Vec<FieldIssue>,
}

impl Wrong {
    pub(super) fn new(lang: Lang) -> Wrong {
        Wrong { lang, issues: Vec::new() }
    }

    pub(super) fn add(&mut self, pointer: impl Into<String>, detail: String) {
        self.issues.push(FieldIssue { pointer: pointer.into(), detail });
    }

    /// A text that must be there, on one line and not too long.
    fn line(&mut self, pointer: &str, text: &str, needed: bool) {
        if needed && text.trim().is_empty() {
            self.add(pointer, t!(self.lang, "directory-missing"));
        } else if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            self.add(pointer, t!(self.lang, "directory-long", most = LONGEST));
        }
    }

    fn address(&mut self, pointer: &str, text: &str, needed: bool) {
        if text.trim().is_empty() {
            if needed {
                self.add(pointer, t!(self.lang, "directory-missing"));
            }
        } else if !is_address(text.trim()) {
            self.add(pointer, t!(self.lang, "directory-email"));
        }
    }

    fn one_of(&mut self, pointer: &str, text: &str, all: &[&str]) {
        if !all.contains(&text) {
            self.add(pointer, t!(self.lang, "directory-one-of", options = all.join(", ")));
        }
    }
}

/// Whether a text has the form of an e-mail address, for a function and in ASCII.
fn is_address(text: &str) -> bool {
    let part = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_graphic() && !b"@<>,;:\"()[]\\".contains(&b));
    text.len() <= LONGEST
        && text.split_once('@').is_some_and(|(name, domain)| {
            part(name) && part(domain) && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
        })
}

impl UnitDraft {
    /// The draft of a unit that is there.
    pub fn of(unit: &Unit, receives: &[Receives]) -> UnitDraft {
        UnitDraft {
            kind: unit.kind.clone(),
            name: unit.name.clone(),
            county: unit.county.clone(),
            municipality: unit.municipality.clone(),
            email: unit.email.clone(),
            lead_email: unit.lead_email.clone(),
            phone: unit.phone.clone(),
            opening_hours: unit.opening_hours.clone(),
            fallback: unit.fallback,
            active: unit.active,
            receives: receives
                .iter()
                .map(|r| ReceivesDraft {
                    place: r.place.clone(),
                    age_from: r.age_from,
                    age_to: r.age_to,
                    substances: r.substances.clone(),
                })
                .collect(),
        }
    }

    /// Everything that is wrong with it in itself.
    pub(crate) fn wrong(&self, app: &App, lang: Lang) -> Wrong {
        let mut wrong = Wrong::new(lang);
        wrong.one_of("/kind", &self.kind, &UNIT_KINDS);
        wrong.line("/name", &self.name, true);
        if places::county(&self.county).is_none() {
            wrong.add("/county", t!(lang, "directory-county"));
        }
        if let Some(code) = &self.municipality
            && places::municipality(code).is_none_or(|m| m.county != self.county)
        {
            wrong.add("/municipality", t!(lang, "directory-municipality"));
        }
        // Reminders go to function addresses; only a unit that handles no cases can be without.
        let handles_cases = self.kind != "administration";
        wrong.address("/email", &self.email, handles_cases);
        wrong.address("/lead_email", &self.lead_email, handles_cases);
        wrong.line("/phone", &self.phone, false);
        wrong.line("/opening_hours", &self.opening_hours, false);
        let known: Vec<String> = substances(app, lang).into_iter().map(|(id, _)| id).collect();
        for (at, row) in self.receives.iter().enumerate() {
            row.wrong(&format!("/receives/{at}"), &known, &mut wrong);
        }
        if self.fallback && !self.receives.iter().any(|row| row.place == self.county) {
            wrong.add("/fallback", t!(lang, "directory-fallback"));
        }
        wrong
    }

    /// The unit and what it receives, trimmed.
    pub(super) fn into_unit(self, org: uuid::Uuid, id: uuid::Uuid) -> (Unit, Vec<Receives>) {
        let trimmed = |text: String| text.trim().to_owned();
        let receives = self
            .receives
            .into_iter()
            .map(|r| Receives { place: r.place, age_from: r.age_from, age_to: r.age_to, substances: r.substances })
            .collect();
        let unit = Unit {
            org,
            id,
            kind: self.kind,
            name: trimmed(self.name),
            county: self.county,
            municipality: self.municipality,
            email: trimmed(self.email),
            lead_email: trimmed(self.lead_email),
            phone: trimmed(self.phone),
            opening_hours: trimmed(self.opening_hours),
            fallback: self.fallback,
            active: self.active,
        };
        (unit, receives)
    }
}

impl ReceivesDraft {
    fn wrong(&self, pointer: &str, substances: &[String], wrong: &mut Wrong) {
        let lang = wrong.lang;
        if places::county(&self.place).is_none() && places::municipality(&self.place).is_none() {
            wrong.add(format!("{pointer}/place"), t!(lang, "directory-place"));
        }
        for (name, age) in [("age_from", self.age_from), ("age_to", self.age_to)] {
            if age.is_some_and(|age| !(0..=120).contains(&age)) {
                wrong.add(format!("{pointer}/{name}"), t!(lang, "directory-age"));
            }
        }
        if let (Some(from), Some(to)) = (self.age_from, self.age_to)
            && from > to
        {
            wrong.add(format!("{pointer}/age_to"), t!(lang, "directory-ages"));
        }
        if self.substances.iter().any(|one| !substances.contains(one)) {
            let options = substances.join(", ");
            wrong.add(format!("{pointer}/substances"), t!(lang, "directory-one-of", options = options));
        }
    }
}

impl AuthorityDraft {
    /// The draft of an authority that is there.
    pub fn of(authority: &Authority) -> AuthorityDraft {
        AuthorityDraft {
            name: authority.name.clone(),
            ombud: authority.ombud.clone(),
            ombud_email: authority.ombud_email.clone(),
        }
    }

    pub(super) fn wrong(&self, lang: Lang) -> Wrong {
        let mut wrong = Wrong::new(lang);
        wrong.line("/name", &self.name, true);
        wrong.line("/ombud", &self.ombud, false);
        wrong.address("/ombud_email", &self.ombud_email, !self.ombud.trim().is_empty());
        wrong
    }
}

impl NewAuthority {
    pub(super) fn wrong(&self, lang: Lang) -> Wrong {
        let mut wrong = self.draft.wrong(lang);
        wrong.one_of("/kind", &self.kind, &AUTHORITY_KINDS);
        if self.county.as_deref().is_some_and(|code| places::county(code).is_none()) {
            wrong.add("/county", t!(lang, "directory-county"));
        }
        if self.municipality.as_deref().is_some_and(|code| places::municipality(code).is_none()) {
            wrong.add("/municipality", t!(lang, "directory-municipality"));
        }
        wrong
    }
}
