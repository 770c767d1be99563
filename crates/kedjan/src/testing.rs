//! A small world for the tests of the rooms: a county's worth of units on a store of each kind, with a clock that stands still.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;

use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Role;
use crate::accounts::{Account, Membership, Token};
use crate::app::{Actor, App, Clock, Cx, Stop, Via, unit_blocking};
use crate::audit;
use crate::cases::{Begin, NewStep};
use crate::directory::{self, Authority, Receives, Unit};
use crate::people::{Identity, NewPerson};
use crate::refusal::Refused;
use crate::secrets::Kek;
use crate::settings::Settings;
use crate::store::{self, Sql, Store};

/// The units and who acts for them.
pub struct World {
    pub app: Arc<App>,
    /// Police in Karlshamn.
    pub officer: Actor,
    /// Another unit of the same police authority.
    pub other_officer: Actor,
    /// Social services in Karlshamn.
    pub receiver: Actor,
    /// Social services in Ronneby, another authority.
    pub ronneby: Actor,
    /// Social services in Karlshamn for those under 21.
    pub youth: Actor,
    /// The region's addiction care, the county's fallback.
    pub care: Actor,
    /// Where reports of concern are received in Karlshamn; the same authority as `receiver`.
    pub reception: Actor,
    /// The county administrative board.
    pub county: Actor,
    /// Reads the log of the social services of Karlshamn.
    pub controller: Actor,
    /// Reads the log of the police.
    pub police_controller: Actor,
    /// Where its key file and the copies of the people's keys are.
    pub folder: tempfile::TempDir,
    _database: testkit::Database,
}

/// Runs a test in a fresh world on each database.
pub fn in_each(test: impl Fn(&World)) {
    for database in testkit::databases() {
        test(&World::new(database));
    }
}

/// The product on an empty store, with its key file in a folder.
pub fn installed(database: &testkit::Database, folder: &std::path::Path, limits: bool) -> Arc<App> {
    let location = database.url.parse().unwrap();
    let store = Store::open(&location, &store::Settings::default()).unwrap();
    let kek = Kek::create_file(&folder.join("kedjan.key")).unwrap();
    let settings = Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        public: "http://127.0.0.1".into(),
        database: location,
        key_file: folder.join("kedjan.key"),
        people_keys: folder.join("kedjan.key.people"),
        methods: None,
        mail: None,
        log: "error".into(),
        demo: true,
        threshold: 5,
        proxies: 0,
        limits,
        late_days: 30,
        publisher: None,
        contact: None,
    };
    Arc::new(App::assemble(store, &kek, settings, Clock::fixed(testkit::clock())).unwrap())
}

/// The same with limits on how much is asked.
pub fn in_each_limited(test: impl Fn(&World)) {
    for database in testkit::databases() {
        test(&World::with(database, true));
    }
}

fn place(place: &str, from: Option<i64>, to: Option<i64>) -> Receives {
    Receives { place: place.into(), age_from: from, age_to: to, substances: Vec::new() }
}

impl World {
    pub fn new(database: testkit::Database) -> World {
        World::with(database, false)
    }

    /// With limits on how much is asked, or without: tests ask faster than anybody.
    fn with(database: testkit::Database, limits: bool) -> World {
        let folder = tempfile::tempdir().unwrap();
        let app = installed(&database, folder.path(), limits);
        let police = authority(&app, "police", "Polismyndigheten");
        let karlshamn = authority(&app, "municipal_board", "Socialnämnden i Karlshamn");
        let ronneby = authority(&app, "municipal_board", "Socialnämnden i Ronneby");
        let region = authority(&app, "region", "Region Blekinge");
        let board = authority(&app, "county_board", "Länsstyrelsen i Blekinge");
        let unit = |org, kind: &str, name: &str, role, fallback, receives: &[Receives]| {
            actor(&app, org, kind, name, role, fallback, receives)
        };
        let officer = unit(police, "police", "LPO Karlshamn", Role::Officer, false, &[]);
        let other_officer = unit(police, "police", "LPO Karlskrona", Role::Officer, false, &[]);
        let receiver = unit(
            karlshamn,
            "social_services",
            "Vuxenenheten Karlshamn",
            Role::Receiver,
            false,
            &[place("1082", None, None)],
        );
        let youth = unit(
            karlshamn,
            "social_services",
            "Ungdomsenheten Karlshamn",
            Role::Receiver,
            false,
            &[place("1082", None, Some(20))],
        );
        let reception = unit(
            karlshamn,
            "concern_reception",
            "Mottagningen Karlshamn",
            Role::Reception,
            true,
            &[place("1082", None, None), place("10", None, None)],
        );
        let ronneby = unit(
            ronneby,
            "social_services",
            "Vuxenenheten Ronneby",
            Role::Receiver,
            false,
            &[place("1081", None, None)],
        );
        let care = unit(region, "addiction_care", "Beroendemottagningen", Role::Care, true, &[place("10", None, None)]);
        let county = unit(board, "county_board", "Samordningen", Role::County, false, &[]);
        let controller = Actor { role: Role::Controller, id: Uuid::new_v4(), ..receiver.clone() };
        let police_controller = Actor { role: Role::Controller, id: Uuid::new_v4(), ..officer.clone() };
        World {
            app,
            officer,
            other_officer,
            receiver,
            ronneby,
            youth,
            care,
            reception,
            county,
            controller,
            police_controller,
            folder,
            _database: database,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Lets hours pass.
    pub fn pass(&self, hours: i64) {
        self.app.clock.set(self.now() + SignedDuration::from_hours(hours));
    }

    pub fn cx(&self, actor: &Actor) -> Cx {
        Cx::new(&self.app, actor.clone(), Lang::Sv).unwrap()
    }

    /// One unit of work as somebody.
    pub fn run<T: Send + 'static>(
        &self,
        actor: &Actor,
        work: impl FnMut(&mut dyn Sql, &mut Cx) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        unit_blocking(self.cx(actor), work)
    }

    /// Begins a SMADIT case with a yes and a spoken consent, and gives its number.
    pub fn accepted(&self) -> String {
        self.offer("accepted", json!({ "consent": true }), person(0))
    }

    /// Begins a SMADIT case as the officer.
    pub fn offer(&self, outcome: &str, extra: Value, person: NewPerson) -> String {
        let begin = offer(outcome, extra, person);
        self.run(&self.officer, move |tx, cx| Ok(crate::cases::begin(tx, cx, &begin, None)?.row.code.clone())).unwrap()
    }

    /// Takes a step as somebody.
    pub fn step(&self, actor: &Actor, code: &str, step: &str, outcome: &str, fields: Value) -> Result<(), Stop> {
        let new = new_step(step, outcome, fields);
        let code = code.to_owned();
        self.run(actor, move |tx, cx| {
            crate::cases::step(tx, cx, &code, &new, None, None)?;
            Ok(())
        })
    }

    /// The case as somebody may see it.
    pub fn view(&self, actor: &Actor, code: &str) -> Result<crate::cases::CaseView, Stop> {
        let code = code.to_owned();
        self.run(actor, move |tx, cx| {
            let file = crate::access::case(tx, cx, &code, crate::access::Action::SeeCase)?;
            crate::cases::look(tx, cx, file)
        })?
        .view()
    }

    /// Somebody's unit's open work.
    pub fn list(&self, actor: &Actor, state: &str) -> crate::cases::WorkList {
        self.listed(actor, crate::cases::Filter { state: Some(state.into()), ..Default::default() })
    }

    /// Somebody's unit's work by a filter.
    pub fn listed(&self, actor: &Actor, filter: crate::cases::Filter) -> crate::cases::WorkList {
        let read = self.run(actor, move |tx, cx| Ok(crate::cases::work_list(tx, cx, &filter)?.into_inner())).unwrap();
        read.worded(&self.app, Lang::Sv).unwrap()
    }
}

impl World {
    /// A log-in of somebody: the session's token, for the cookie.
    pub fn session(&self, actor: &Actor) -> String {
        self.session_that_is(actor, false)
    }

    /// A log-in whose second step is still to be taken.
    pub fn half_session(&self, actor: &Actor) -> String {
        self.session_that_is(actor, true)
    }

    fn session_that_is(&self, actor: &Actor, half: bool) -> String {
        let token = crate::secrets::token();
        let account = Account {
            id: Uuid::new_v4(),
            login: Uuid::new_v4().simple().to_string(),
            name: "Testare".into(),
            active: true,
            password_once: false,
            memberships: Vec::new(),
        };
        let place = Membership { unit: actor.unit, unit_name: String::new(), role: actor.role };
        let actor = Actor { id: account.id, ..actor.clone() };
        let now = self.now();
        let new = crate::login::NewSession::new(&token, &actor, now).half(half);
        self.app
            .store
            .write_blocking(move |tx| {
                crate::accounts::sql::insert_account(tx, actor.org, &account, "-", now)?;
                crate::accounts::sql::replace_memberships(tx, actor.org, account.id, std::slice::from_ref(&place))?;
                crate::login::sql::begin(tx, &new)
            })
            .unwrap();
        token
    }

    /// A token that stands for somebody's unit in their role.
    pub fn token(&self, actor: &Actor) -> String {
        let secret = crate::secrets::token();
        let digest = crate::secrets::token_digest(&secret);
        let token = Token {
            id: Uuid::new_v4(),
            name: "test".into(),
            unit: actor.unit,
            unit_name: String::new(),
            role: actor.role,
            created_at: self.now(),
            ends_at: None,
            revoked_at: None,
        };
        let org = actor.org;
        self.app.store.write_blocking(move |tx| crate::accounts::sql::insert_token(tx, org, &token, &digest)).unwrap();
        secret
    }
}

/// The refusal inside a stop.
pub fn refused(stop: Stop) -> Refused {
    match stop {
        Stop::Refused(refused) => *refused,
        Stop::Store(error) => panic!("the store: {error}"),
    }
}

/// A person with the official test number at `at`.
pub fn person(at: usize) -> NewPerson {
    let today = crate::web::format::local(testkit::clock()).date();
    NewPerson {
        identity: Some(Identity::parse(testkit::test_pins()[at], today).unwrap()),
        name: Some("Kim Testsson".into()),
        contact: crate::people::Contact {
            phone: Some("070-174 06 05".into()),
            municipality: Some("1082".into()),
            ..Default::default()
        },
        ..NewPerson::default()
    }
}

/// An offer with the usual answers.
pub fn offer(outcome: &str, extra: Value, person: NewPerson) -> Begin {
    let mut fields = json!({
        "offence": "drink_driving", "substance": "alcohol", "event_municipality": "1082", "children": "no",
    });
    for (name, value) in extra.as_object().unwrap() {
        fields[name] = value.clone();
    }
    Begin { method: "smadit".into(), person, step: new_step("offer", outcome, fields) }
}

pub fn new_step(step: &str, outcome: &str, fields: Value) -> NewStep {
    NewStep {
        step: step.into(),
        outcome: outcome.into(),
        at: None,
        fields: fields.as_object().cloned().unwrap_or_default(),
        corrects: None,
    }
}

fn authority(app: &Arc<App>, kind: &str, name: &str) -> Uuid {
    let id = Uuid::new_v4();
    let key = app.keyring.new_authority_key(id).unwrap();
    let authority = Authority {
        id,
        kind: kind.into(),
        name: name.into(),
        county: Some("10".into()),
        municipality: None,
        ombud: "Ombud".into(),
        ombud_email: "ombud@example.se".into(),
    };
    let now = app.clock.now();
    app.store
        .write_blocking(move |tx| {
            directory::sql::insert_authority(tx, &authority, &key, now)?;
            audit::begin(tx, id)
        })
        .unwrap();
    id
}

fn actor(
    app: &Arc<App>,
    org: Uuid,
    kind: &str,
    name: &str,
    role: Role,
    fallback: bool,
    receives: &[Receives],
) -> Actor {
    let unit = Unit {
        org,
        id: Uuid::new_v4(),
        kind: kind.into(),
        name: name.into(),
        county: "10".into(),
        municipality: Some("1082".into()),
        email: "enheten@example.se".into(),
        lead_email: "chefen@example.se".into(),
        phone: "0454-000 00".into(),
        opening_hours: "Alla dagar".into(),
        fallback,
        active: true,
    };
    let (now, id) = (app.clock.now(), unit.id);
    let receives = receives.to_vec();
    app.store
        .write_blocking(move |tx| {
            directory::sql::insert_unit(tx, &unit, now)?;
            directory::sql::replace_receives(tx, unit.org, unit.id, &receives)
        })
        .unwrap();
    Actor { org, unit: id, id: Uuid::new_v4(), role, via: Via::Page }
}
