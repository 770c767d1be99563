//! The demo county: Blekinge's authorities and their units, with an account at each and one log-in for each role.

use jiff::Timestamp;
use uuid::Uuid;

use super::{names, sql};
use crate::access::Role;
use crate::app::{Actor, App, Chance, Via};
use crate::audit;
use crate::directory::{Authority, Receives, Unit, sql as directory};
use crate::secrets;
use crate::store::{Sql, StoreError};

/// Blekinge's code.
pub const COUNTY: &str = "10";
/// The roles that have a log-in and a token, in the order in which they are told.
pub const ROLES: [Role; 10] = [
    Role::Officer,
    Role::Lead,
    Role::Receiver,
    Role::Care,
    Role::Reception,
    Role::School,
    Role::Coordinator,
    Role::County,
    Role::Controller,
    Role::Admin,
];
/// The municipalities with their weights among the county's events: an assumption about how many people they have.
pub const MUNICIPALITIES: [(&str, &str, u32); 5] = [
    ("1060", "Olofström", 8),
    ("1080", "Karlskrona", 41),
    ("1081", "Ronneby", 19),
    ("1082", "Karlshamn", 21),
    ("1083", "Sölvesborg", 11),
];

/// A unit with its actors.
#[derive(Clone, Debug)]
pub struct Station {
    /// The unit.
    pub unit: Unit,
    /// What it receives.
    pub receives: Vec<Receives>,
    /// Who works there: accounts with names that say what they are, not who.
    pub accounts: Vec<Account>,
}

/// Somebody who can log in, or who has only worked here in the year that was made up.
#[derive(Clone, Debug)]
pub struct Account {
    /// Id.
    pub id: Uuid,
    /// What is typed at the log-in.
    pub login: String,
    /// What is shown.
    pub name: String,
    /// In which role.
    pub role: Role,
}

/// The whole county.
#[derive(Clone, Debug, Default)]
pub struct County {
    /// The authorities.
    pub authorities: Vec<Authority>,
    /// All units.
    pub stations: Vec<Station>,
}

/// What a role's log-in is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogIn {
    /// Role and log-in name.
    pub role: Role,
    /// The password.
    pub password: String,
    /// The API token.
    pub token: String,
}

impl County {
    /// The county of a seed: the same seed gives the same ids.
    pub fn new(chance: &mut Chance, since: Timestamp) -> County {
        Builder { county: County::default(), chance, since, nr: 0 }.build()
    }

    /// The unit of an id.
    pub fn station(&self, unit: Uuid) -> Option<&Station> {
        self.stations.iter().find(|s| s.unit.id == unit)
    }

    /// The unit of a kind in a municipality, or anywhere.
    pub fn find(&self, kind: &str, municipality: Option<&str>) -> Option<&Station> {
        self.stations.iter().find(|s| {
            s.unit.kind == kind && municipality.is_none_or(|code| s.unit.municipality.as_deref() == Some(code))
        })
    }

    /// The police unit that works in a municipality.
    pub fn police(&self, municipality: &str) -> Option<&Station> {
        let area = if ["1080", "1081"].contains(&municipality) { "1080" } else { "1082" };
        self.find("police", Some(area))
    }

    /// Writes authorities, units and accounts. Only accounts with a password among `log_ins` can log in.
    pub fn write(
        &self,
        tx: &mut dyn Sql,
        app: &App,
        log_ins: &[(LogIn, String)],
        since: Timestamp,
    ) -> Result<(), StoreError> {
        for authority in &self.authorities {
            let key = app
                .keyring
                .new_authority_key(authority.id)
                .map_err(|e| StoreError::Fault(format!("a key for an authority could not be made: {e}")))?;
            directory::insert_authority(tx, authority, &key, since)?;
            audit::begin(tx, authority.id)?;
        }
        for station in &self.stations {
            directory::insert_unit(tx, &station.unit, since)?;
            directory::replace_receives(tx, station.unit.org, station.unit.id, &station.receives)?;
            for account in &station.accounts {
                let log_in = log_ins.iter().find(|(log_in, _)| log_in.role.name() == account.login);
                // No password fits this: who only worked in the year that was made up can't log in.
                let hash = log_in.map_or("-", |(_, hash)| hash.as_str());
                sql::insert_account(tx, &station.unit, account, hash, since)?;
                if let Some((log_in, _)) = log_in {
                    sql::insert_token(tx, &station.unit, account, &secrets::token_digest(&log_in.token), since)?;
                }
            }
        }
        Ok(())
    }
}

impl Station {
    /// Somebody at the unit who does its work.
    pub fn actor(&self, nr: usize) -> Option<Actor> {
        let working: Vec<&Account> = self.accounts.iter().filter(|a| a.role != Role::Lead).collect();
        let account = working.get(nr % working.len().max(1))?;
        Some(Actor { org: self.unit.org, unit: self.unit.id, id: account.id, role: account.role, via: Via::Page })
    }
}

/// Puts the county together, one authority at a time.
struct Builder<'a> {
    county: County,
    chance: &'a mut Chance,
    since: Timestamp,
    nr: u32,
}

/// A unit to be made.
struct NewUnit<'a> {
    kind: &'a str,
    name: String,
    municipality: Option<&'a str>,
    /// The part of its addresses before the @.
    address: String,
    hours: &'a str,
    receives: Vec<Receives>,
    accounts: Vec<(String, String, Role)>,
}

const OFFICE_HOURS: &str = "Måndag–fredag 8–16.30";
const ALWAYS: &str = "Dygnet runt";

impl Builder<'_> {
    fn build(mut self) -> County {
        for (code, name, _) in MUNICIPALITIES {
            self.municipality(code, name);
        }
        self.region();
        self.detectors();
        self.county_level();
        self.county
    }

    fn authority(&mut self, kind: &str, name: &str, municipality: Option<&str>, address: &str, ombud: &str) -> Uuid {
        let id = self.chance.id(self.since);
        self.county.authorities.push(Authority {
            id,
            kind: kind.into(),
            name: name.into(),
            county: Some(COUNTY.into()),
            municipality: municipality.map(str::to_owned),
            ombud: ombud.into(),
            ombud_email: format!("smadit-ombud.{address}@example.se"),
        });
        id
    }

    fn unit(&mut self, org: Uuid, new: NewUnit<'_>) {
        let id = self.chance.id(self.since);
        self.nr += 1;
        let unit = Unit {
            org,
            id,
            kind: new.kind.into(),
            name: new.name,
            county: COUNTY.into(),
            municipality: new.municipality.map(str::to_owned),
            email: format!("{}@example.se", new.address),
            lead_email: format!("{}.chef@example.se", new.address),
            phone: names::landline(self.nr),
            opening_hours: new.hours.into(),
            fallback: new.receives.iter().any(|r| r.place == COUNTY),
            active: true,
        };
        let mut accounts = Vec::new();
        for (login, name, role) in new.accounts {
            accounts.push(Account { id: self.chance.id(self.since), login, name, role });
        }
        self.county.stations.push(Station { unit, receives: new.receives, accounts });
    }

    fn municipality(&mut self, code: &str, name: &str) {
        let slug = slug(name);
        let here = code == "1082";
        let board = format!("Socialnämnden i {name}");
        let org = self.authority("municipal_board", &board, Some(code), &slug, &format!("Ombud för SMADIT, {name}"));
        self.unit(
            org,
            NewUnit {
                kind: "social_services",
                name: format!("Socialtjänsten {name}, vuxenenheten"),
                municipality: Some(code),
                address: format!("vuxenenheten.{slug}"),
                hours: OFFICE_HOURS,
                receives: vec![receives(code, Some(18), &["alcohol", "unknown"])],
                accounts: staff(here.then_some(Role::Receiver), Role::Receiver, "Socialsekreterare", &slug, name),
            },
        );
        self.unit(
            org,
            NewUnit {
                kind: "concern_reception",
                name: format!("Mottagningen barn och unga, {name}"),
                municipality: Some(code),
                address: format!("barn-och-unga.{slug}"),
                hours: "Måndag–fredag 8–16.30, annan tid socialjouren",
                // The largest municipality takes the children nobody knows the home of.
                receives: [receives(code, None, &[])]
                    .into_iter()
                    .chain((code == "1080").then(|| receives(COUNTY, None, &[])))
                    .collect(),
                accounts: staff(
                    here.then_some(Role::Reception),
                    Role::Reception,
                    "Handläggare barn och unga",
                    &slug,
                    name,
                ),
            },
        );
        if here {
            self.administration(org, code, &slug);
            self.school_and_coordination(code);
        }
    }

    /// Those who keep the social board's units and read its log.
    fn administration(&mut self, org: Uuid, code: &str, slug: &str) {
        self.unit(
            org,
            NewUnit {
                kind: "administration",
                name: "Förvaltningskontoret, Karlshamn".into(),
                municipality: Some(code),
                address: format!("forvaltning.{slug}"),
                hours: OFFICE_HOURS,
                receives: Vec::new(),
                accounts: vec![
                    ("controller".into(), "Sekretessgranskare, Karlshamn".into(), Role::Controller),
                    ("admin".into(), "Systemförvaltare, Karlshamn".into(), Role::Admin),
                ],
            },
        );
    }

    /// The municipality's school and its coordinator, each an authority of its own.
    fn school_and_coordination(&mut self, code: &str) {
        let school = self.authority(
            "school_authority",
            "Utbildningsnämnden i Karlshamn",
            Some(code),
            "skola.karlshamn",
            "Ombud för skolan, Karlshamn",
        );
        self.unit(
            school,
            NewUnit {
                kind: "school",
                name: "Exempelskolan, elevhälsan".into(),
                municipality: Some(code),
                address: "elevhalsan.exempelskolan".into(),
                hours: "Skoldagar 8–16",
                receives: Vec::new(),
                accounts: vec![("school".into(), "Kurator, Exempelskolan".into(), Role::School)],
            },
        );
        let executive = self.authority(
            "municipal_board",
            "Kommunstyrelsen i Karlshamn",
            Some(code),
            "kommunstyrelsen.karlshamn",
            "Ombud för samordning, Karlshamn",
        );
        self.unit(
            executive,
            NewUnit {
                kind: "coordination",
                name: "Kommunal ANDTS-samordning, Karlshamn".into(),
                municipality: Some(code),
                address: "andts.karlshamn".into(),
                hours: OFFICE_HOURS,
                receives: Vec::new(),
                accounts: vec![("coordinator".into(), "ANDTS-samordnare, Karlshamn".into(), Role::Coordinator)],
            },
        );
    }

    fn region(&mut self) {
        let org = self.authority(
            "region",
            "Region Blekinge, beroendevården",
            None,
            "beroende",
            "Ombud för SMADIT, Region Blekinge",
        );
        self.unit(
            org,
            NewUnit {
                kind: "addiction_care",
                name: "Beroendemottagningen, Region Blekinge".into(),
                municipality: None,
                address: "beroendemottagningen".into(),
                hours: "Måndag–fredag 7.45–16.30, tillnyktring dygnet runt",
                receives: MUNICIPALITIES
                    .iter()
                    .map(|(code, _, _)| receives(code, Some(18), &["narcotics", "medicines", "mixed"]))
                    .chain([receives(COUNTY, None, &[])])
                    .collect(),
                accounts: staff(Some(Role::Care), Role::Care, "Behandlare", "region", "Beroendemottagningen"),
            },
        );
    }

    fn detectors(&mut self) {
        let police =
            self.authority("police", "Polismyndigheten", None, "polisen", "Ombud för SMADIT, Polismyndigheten");
        for (code, name) in [("1082", "Karlshamn"), ("1080", "Karlskrona")] {
            let slug = slug(name);
            let mut accounts = staff(
                (code == "1082").then_some(Role::Officer),
                Role::Officer,
                "Patrull",
                &format!("lpo-{slug}"),
                name,
            );
            if code == "1082" {
                accounts.push(("lead".into(), "Gruppchef, lokalpolisområde Karlshamn".into(), Role::Lead));
            }
            self.unit(
                police,
                NewUnit {
                    kind: "police",
                    name: format!("Lokalpolisområde {name}"),
                    municipality: Some(code),
                    address: format!("lpo.{slug}"),
                    hours: ALWAYS,
                    receives: Vec::new(),
                    accounts,
                },
            );
        }
        for (kind, authority, unit, code, slug, who) in [
            ("coast_guard", "Kustbevakningen", "Kustbevakningen Karlskrona", "1080", "kustbevakningen", "Kustbevakare"),
            ("customs", "Tullverket", "Tullverket Karlshamn", "1082", "tullverket", "Tulltjänsteman"),
        ] {
            let org = self.authority(kind, authority, None, slug, &format!("Ombud för SMADIT, {authority}"));
            self.unit(
                org,
                NewUnit {
                    kind,
                    name: unit.into(),
                    municipality: Some(code),
                    address: slug.into(),
                    hours: ALWAYS,
                    receives: Vec::new(),
                    accounts: staff(None, Role::Officer, who, slug, unit),
                },
            );
        }
    }

    fn county_level(&mut self) {
        let org = self.authority(
            "county_board",
            "Länsstyrelsen Blekinge",
            None,
            "lansstyrelsen",
            "Länssamordnare ANDTS, Länsstyrelsen Blekinge",
        );
        self.unit(
            org,
            NewUnit {
                kind: "county_board",
                name: "ANDTS-samordningen, Länsstyrelsen Blekinge".into(),
                municipality: None,
                address: "andts.lansstyrelsen".into(),
                hours: OFFICE_HOURS,
                receives: Vec::new(),
                accounts: vec![("county".into(), "Länssamordnare, Länsstyrelsen Blekinge".into(), Role::County)],
            },
        );
    }
}

fn receives(place: &str, age_from: Option<i64>, substances: &[&str]) -> Receives {
    Receives {
        place: place.into(),
        age_from,
        age_to: None,
        substances: substances.iter().map(|s| (*s).to_owned()).collect(),
    }
}

/// Two who work at a unit; the first has the demo log-in of a role where there is one.
fn staff(demo: Option<Role>, role: Role, title: &str, slug: &str, place: &str) -> Vec<(String, String, Role)> {
    (1..=2)
        .map(|nr| {
            let login = match demo {
                Some(demo) if nr == 1 => demo.name().to_owned(),
                _ => format!("{}-{slug}-{nr}", role.name()),
            };
            (login, format!("{title} {nr}, {place}"), role)
        })
        .collect()
}

fn slug(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|c| match c {
            'å' | 'ä' => 'a',
            'ö' => 'o',
            c => c,
        })
        .collect()
}
