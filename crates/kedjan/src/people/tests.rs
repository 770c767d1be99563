//! The records on both stores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::sync::Arc;

use chain::text::Lang;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::secrets::{Aad, Kek, Keyring};
use crate::store::{MIGRATIONS, Settings, Sql, Statement, Store, StoreError, args, sql};

const POLICE: Uuid = Uuid::from_u128(0xa1);
const SOCIAL: Uuid = Uuid::from_u128(0xa2);
const UNIT: Uuid = Uuid::from_u128(0xb1);
const CLERK: Uuid = Uuid::from_u128(0xc1);

/// A store with two authorities, the police and the social services.
struct World {
    store: Store,
    keyring: Arc<Keyring>,
    _database: testkit::Database,
}

fn worlds() -> Vec<World> {
    testkit::databases().into_iter().map(World::new).collect()
}

impl World {
    fn new(database: testkit::Database) -> Self {
        let store = Store::open(&database.url.parse().unwrap(), &Settings::default()).unwrap();
        let world = Self { store, keyring: Arc::new(Keyring::new(&Kek::generate())), _database: database };
        for (org, name) in [(POLICE, "Polisregion Syd"), (SOCIAL, "Socialnämnden")] {
            world.run(move |tx, keyring| {
                let statement = sql!(
                    "INSERT INTO authority (id, kind, name, ombud, ombud_email, key_wrapped, created_at) VALUES ($1, 'any', $2, '', '', $3, 0)"
                );
                tx.exec(statement, &args![org, name, keyring.new_authority_key(org)?])?;
                Ok(())
            }).unwrap();
        }
        world
    }

    fn run<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn Sql, &Keyring) -> Result<T, PeopleError> + Send + 'static,
    ) -> Result<T, PeopleError> {
        let keyring = Arc::clone(&self.keyring);
        self.store.write_blocking(move |tx| work(tx, &keyring))
    }

    fn create(&self, org: Uuid, id: u128, person: &NewPerson) -> Result<Uuid, PeopleError> {
        let person = person.clone();
        self.run(move |tx, keyring| create(tx, keyring, org, &person, testkit::clock(), Uuid::from_u128(id)))
    }

    /// The name as a list has it.
    fn name(&self, org: Uuid, id: Uuid) -> PersonName {
        self.run(move |tx, keyring| {
            let row = sql::person(tx, org, id)?.unwrap();
            let sealed = SealedName {
                id: row.id,
                key_wrapped: row.key_wrapped,
                name_sealed: row.name_sealed,
                protected: row.protected,
            };
            list_key(tx, keyring, org)?.open(&sealed)
        })
        .unwrap()
    }

    fn load(&self, org: Uuid, id: Uuid) -> Result<Person, PeopleError> {
        self.run(move |tx, keyring| load(tx, keyring, org, id))
    }

    fn by_identity(&self, org: Uuid, number: &'static str) -> Option<Uuid> {
        self.run(move |tx, keyring| find_by_identity(tx, keyring, org, &identity(number))).unwrap()
    }

    fn by_name(&self, org: Uuid, name: &'static str, clearance: Clearance) -> Vec<Uuid> {
        self.run(move |tx, keyring| find_by_name(tx, keyring, org, name, clearance, 10)).unwrap()
    }

    fn copy(&self, id: Uuid, copied: Copied, new_id: u128) -> Uuid {
        let new_id = Uuid::from_u128(new_id);
        self.run(move |tx, keyring| copy_to(tx, keyring, (POLICE, id), SOCIAL, copied, testkit::clock(), new_id))
            .unwrap()
    }

    fn merge(&self, kept: Uuid, merged: Uuid) -> Result<(), PeopleError> {
        let one = Merge { kept, merged, by: CLERK, reason: MergeReason::RecordedTwice };
        self.run(move |tx, keyring| merge(tx, keyring, POLICE, one, testkit::clock()))
    }

    /// A case of the police's about a person, which the police see.
    fn case(&self, id: u128, person: Uuid) -> Uuid {
        let case = Uuid::from_u128(id);
        self.run(move |tx, _| {
            let made = sql!(
                "INSERT INTO kase (org_id, id, code, unit_id, method, method_version, stage, began_at, steps, version, county, municipality, sex, age_band) \
                 VALUES ($1, $2, $3, $4, 'smadit', 1, 'open', 0, 1, 1, '10', '1080', '', '')"
            );
            tx.exec(made, &args![POLICE, case, case.to_string(), UNIT])?;
            let seen = sql!(
                "INSERT INTO share (org_id, unit_id, case_id, case_org, person_id, method, party, relation, ground, state, sort_at, since, routing) \
                 VALUES ($1, $2, $3, $1, $4, 'smadit', 'detector', 'made', 'own', 'open', 0, 0, '')"
            );
            tx.exec(seen, &args![POLICE, UNIT, case, person])?;
            Ok(())
        }).unwrap();
        case
    }

    fn seal_text(&self, person: Uuid, case_id: Uuid, seq: u32, text: &'static str) -> Result<(), PeopleError> {
        self.run(move |tx, keyring| {
            seal_text(tx, keyring, (POLICE, person), TextPlace { case_id, seq, field: "note" }, text)
        })
    }

    fn open_text(&self, person: Uuid, case_id: Uuid, seq: u32) -> Result<Option<String>, PeopleError> {
        let all = self.run(move |tx, keyring| open_texts(tx, keyring, (POLICE, person), case_id))?;
        Ok(all.into_iter().find(|text| text.seq == seq && text.field == "note").map(|text| text.text))
    }

    /// Everything that stands in the store, as bytes.
    fn dump(&self) -> Vec<Vec<u8>> {
        let tables: Vec<&str> = MIGRATIONS
            .iter()
            .flat_map(|(_, sql)| sql.split("CREATE TABLE ").skip(1))
            .map(|rest| rest.split([' ', '(']).next().unwrap())
            .collect();
        assert!(tables.len() > 15 && tables.contains(&"person"));
        let mut all = Vec::new();
        for table in tables {
            let text = Box::leak(format!("SELECT * FROM {table}").into_boxed_str());
            let statement: &'static Statement = Box::leak(Box::new(Statement::new(text, file!(), line!())));
            let rows = self.store.read_blocking::<_, StoreError, _>(|tx| tx.rows(statement, &[])).unwrap();
            for row in rows {
                for ix in 0..row.width() {
                    all.extend(row.get::<String>(ix).map(String::into_bytes).or_else(|_| row.get::<Vec<u8>>(ix)));
                }
            }
        }
        all
    }
}

fn identity(number: &str) -> Identity {
    Identity::parse(number, date(2026, 11, 2)).unwrap()
}

fn pin(at: usize) -> &'static str {
    testkit::test_pins()[at]
}

fn asa() -> NewPerson {
    NewPerson {
        identity: Some(identity(pin(1))),
        name: Some("Åsa Maria Testström-Öberg".into()),
        contact: Contact {
            phone: Some("070-174 06 05".into()),
            email: Some("asa@example.se".into()),
            address: Some("Provgatan 17\n371 00 Karlskrona".into()),
            municipality: Some("1080".into()),
        },
        sex: Some(Sex::Woman),
        birth_year: Some(1978),
        protected: false,
    }
}

fn nameless(name: &str) -> NewPerson {
    NewPerson { name: Some(name.into()), ..NewPerson::default() }
}

#[test]
fn a_person_is_read_back_as_recorded_and_only_by_the_authority() {
    for world in worlds() {
        let id = world.create(POLICE, 1, &asa()).unwrap();
        let person = world.load(POLICE, id).unwrap();
        assert_eq!((person.id, person.org), (id, POLICE));
        assert!(person.into_new() == asa());
        let name = world.name(POLICE, id);
        assert_eq!(name.shown(Clearance::Ordinary, Lang::Sv), "Åsa Maria Testström-Öberg");
        assert_eq!(world.by_identity(POLICE, pin(1)), Some(id));
        assert_eq!(world.by_identity(POLICE, pin(2)), None);
        assert_eq!(world.by_identity(SOCIAL, pin(1)), None);
        assert_eq!(world.load(SOCIAL, id), Err(PeopleError::Unknown));
        assert_eq!(world.load(POLICE, CLERK), Err(PeopleError::Unknown));
        assert_eq!(world.load(CLERK, id), Err(PeopleError::Unknown));
        assert_eq!(world.create(POLICE, 2, &asa()), Err(PeopleError::IdentityTaken(id)));
        assert!(world.create(SOCIAL, 2, &asa()).is_ok());

        let nobody = world.create(POLICE, 3, &NewPerson::default()).unwrap();
        let unknown = world.load(POLICE, nobody).unwrap();
        assert!(unknown.clone().into_new() == NewPerson::default());
        assert_eq!(unknown.shown(Clearance::Ordinary, Lang::Sv).name, "Namn saknas");
    }
}

#[test]
fn people_are_found_by_all_parts_of_a_name_however_it_is_spelt() {
    for world in worlds() {
        let asa = world.create(POLICE, 1, &asa()).unwrap();
        let other = world.create(POLICE, 2, &nameless("ÅSA Öberg")).unwrap();
        world.create(SOCIAL, 3, &nameless("Åsa Öberg")).unwrap();
        for (query, found) in [
            ("åsa", vec![asa, other]),
            ("  ÖBERG   A\u{30a}sa", vec![asa, other]),
            ("Maria Åsa", vec![asa]),
            ("åsa maria testström öberg åsa", vec![asa]),
            ("Åsa Maria Testström Öberg Okänd", vec![]),
            ("Asa", vec![]),
            ("Åsa M", vec![]),
            ("", vec![]),
            (" - ", vec![]),
        ] {
            assert_eq!(world.by_name(POLICE, query, Clearance::Ordinary), found, "{query}");
        }
        let one = world.run(|tx, keyring| find_by_name(tx, keyring, POLICE, "åsa", Clearance::Ordinary, 1)).unwrap();
        assert_eq!(one, [asa]);
    }
}

#[test]
fn a_protected_person_is_masked_not_found_by_name_and_has_no_address() {
    for world in worlds() {
        let id = world.create(POLICE, 1, &NewPerson { protected: true, ..asa() }).unwrap();
        let person = world.load(POLICE, id).unwrap();
        assert_eq!(person.contact.address, None);
        let masked = person.shown(Clearance::Ordinary, Lang::Sv);
        let nothing = ShownPerson {
            id,
            name: "Skyddade personuppgifter".into(),
            identity: None,
            phone: None,
            email: None,
            address: None,
            municipality: None,
            sex: None,
            birth_year: None,
            protected: true,
            masked: true,
        };
        assert!(masked == nothing);
        let clear = person.shown(Clearance::Protected, Lang::En);
        assert_eq!((clear.name.as_str(), clear.masked, clear.protected), ("Åsa Maria Testström-Öberg", false, true));
        assert_eq!(clear.identity, Some(identity(pin(1)).shown()));
        let name = world.name(POLICE, id);
        assert_eq!(name.shown(Clearance::Ordinary, Lang::En), "Protected personal data");

        assert_eq!(world.by_name(POLICE, "Åsa", Clearance::Ordinary), Vec::<Uuid>::new());
        assert_eq!(world.by_name(POLICE, "Åsa", Clearance::Protected), [id]);
        assert_eq!(world.by_identity(POLICE, pin(1)), Some(id));
    }
}

#[test]
fn contact_is_replaced_and_protection_takes_the_address_away() {
    for world in worlds() {
        let id = world.create(POLICE, 1, &asa()).unwrap();
        let moved = Contact {
            phone: None,
            address: Some("Nygatan 2".into()),
            municipality: Some("1081".into()),
            ..asa().contact
        };
        let change = |contact: Contact, protected| {
            world.run(move |tx, keyring| update_contact(tx, keyring, POLICE, id, &contact, protected)).unwrap();
            world.load(POLICE, id).unwrap()
        };
        let person = change(moved.clone(), false);
        assert!(person.into_new() == NewPerson { contact: moved.clone(), ..asa() });
        let person = change(moved.clone(), true);
        assert!(person.protected && person.contact.address.is_none());
        assert_eq!(person.contact.municipality.as_deref(), Some("1081"));
        let person = change(Contact::default(), false);
        assert!(person.into_new() == NewPerson { contact: Contact::default(), ..asa() });
    }
}

#[test]
fn only_the_agreed_kinds_are_handed_over() {
    for world in worlds() {
        let id = world.create(POLICE, 1, &asa()).unwrap();
        let none = Copied { name: false, identity: false, phone: false, addresses: false };
        let copied = |copied, new_id| world.load(SOCIAL, world.copy(id, copied, new_id)).unwrap().into_new();
        assert!(copied(none, 10) == NewPerson::default());
        assert!(copied(Copied { name: true, ..none }, 11) == NewPerson { name: asa().name, ..NewPerson::default() });
        assert!(
            copied(Copied { phone: true, addresses: true, ..none }, 12)
                == NewPerson { contact: asa().contact, ..NewPerson::default() }
        );
        assert_eq!(world.by_identity(SOCIAL, pin(1)), None);
        assert!(
            copied(Copied { identity: true, ..none }, 13)
                == NewPerson { name: None, contact: Contact::default(), ..asa() }
        );
        assert_eq!(world.by_identity(SOCIAL, pin(1)), Some(Uuid::from_u128(13)));
        let own = world.run(move |tx, keyring| {
            copy_to(tx, keyring, (POLICE, id), POLICE, none, testkit::clock(), Uuid::from_u128(14))
        });
        assert_eq!(own, Ok(id));
    }
}

#[test]
fn a_receiver_who_knows_the_person_keeps_its_record_and_gets_the_new_contact() {
    let all = Copied { name: true, identity: true, phone: true, addresses: true };
    for world in worlds() {
        let known = NewPerson {
            name: Some("Åsa Tidigare".into()),
            contact: Contact {
                phone: Some("08-465 004 00".into()),
                email: Some("gammal@example.se".into()),
                address: None,
                municipality: None,
            },
            ..asa()
        };
        let known = world.create(SOCIAL, 20, &known).unwrap();
        let handed = NewPerson { contact: Contact { email: None, ..asa().contact }, protected: true, ..asa() };
        let id = world.create(POLICE, 1, &handed).unwrap();
        assert_eq!(world.copy(id, all, 21), known);
        let person = world.load(SOCIAL, known).unwrap();
        assert_eq!(person.name.as_deref(), Some("Åsa Tidigare"));
        assert_eq!(person.contact.phone.as_deref(), Some("070-174 06 05"));
        assert_eq!(person.contact.email.as_deref(), Some("gammal@example.se"));
        assert!(person.protected && person.contact.address.is_none());
        assert_eq!(world.load(SOCIAL, Uuid::from_u128(21)), Err(PeopleError::Unknown));
        assert_eq!(world.copy(id, all, 22), known, "the same handover twice is one person");
    }
}

#[test]
fn two_authorities_share_neither_key_nor_digest() {
    for world in worlds() {
        let id = world.create(POLICE, 1, &asa()).unwrap();
        let theirs = world.copy(id, Copied { name: true, identity: true, phone: true, addresses: true }, 2);
        let digests = world.run(|tx, _| {
            let rows = tx.rows(sql!("SELECT org_id, digest FROM person_lookup ORDER BY org_id, digest"), &[])?;
            rows.iter()
                .map(|row| Ok((row.get::<Uuid>(0)?, row.get::<Vec<u8>>(1)?)))
                .collect::<Result<Vec<_>, PeopleError>>()
        });
        let (mine, others): (Vec<_>, Vec<_>) = digests.unwrap().into_iter().partition(|(org, _)| *org == POLICE);
        assert_eq!((mine.len(), others.len()), (5, 5));
        let set = |rows: Vec<(Uuid, Vec<u8>)>| rows.into_iter().map(|(_, digest)| digest).collect::<BTreeSet<_>>();
        assert!(set(mine).is_disjoint(&set(others)));
        let crossed = world.run(move |tx, keyring| {
            let sealed = key(tx, keyring, POLICE, id)?.seal(&Aad { table: "t", column: "c", org: POLICE, id }, b"x")?;
            Ok(key(tx, keyring, SOCIAL, theirs)?
                .open(&Aad { table: "t", column: "c", org: POLICE, id }, &sealed)?
                .len())
        });
        assert_eq!(crossed, Err(PeopleError::Seal(SealError::Unopenable)));
    }
}

#[test]
fn merged_records_are_one_with_all_that_belonged_to_both() {
    for world in worlds() {
        let kept = world
            .create(
                POLICE,
                1,
                &NewPerson {
                    contact: Contact { phone: Some("0455-30 30 00".into()), ..Contact::default() },
                    ..nameless("Okänd Kvinna")
                },
            )
            .unwrap();
        let merged = world.create(POLICE, 2, &asa()).unwrap();
        let (first, second) = (world.case(31, kept), world.case(32, merged));
        world.seal_text(kept, first, 1, "lugn").unwrap();
        world.seal_text(merged, second, 1, "orolig").unwrap();
        world.run(move |tx, keyring| consent(tx, keyring, merged, second)).unwrap();

        world.merge(kept, merged).unwrap();
        for id in [kept, merged] {
            let person = world.load(POLICE, id).unwrap();
            assert_eq!((person.id, person.name.as_deref()), (kept, Some("Okänd Kvinna")));
            let expected = Contact { phone: Some("0455-30 30 00".into()), ..asa().contact };
            assert!(person.into_new() == NewPerson { name: Some("Okänd Kvinna".into()), contact: expected, ..asa() });
            assert_eq!(world.open_text(id, first, 1).unwrap().as_deref(), Some("lugn"));
            assert_eq!(world.open_text(id, second, 1).unwrap().as_deref(), Some("orolig"));
        }
        assert_eq!(world.by_identity(POLICE, pin(1)), Some(kept));
        assert_eq!(world.by_name(POLICE, "Testström", Clearance::Ordinary), [kept]);
        assert_eq!(world.by_name(POLICE, "okänd", Clearance::Ordinary), [kept]);
        let (owner, text, signature) = world
            .run(move |tx, keyring| {
                let row = tx.one(sql!("SELECT person_id, text_sealed, signature_sealed FROM consent"), &[])?;
                let (key, id) = (key(tx, keyring, POLICE, kept)?, Uuid::from_u128(41));
                let open = |column, sealed: Vec<u8>| {
                    key.open_text(&Aad { table: "consent", column, org: POLICE, id }, &sealed)
                };
                Ok((row.get::<Uuid>(0)?, open("text_sealed", row.get(1)?)?, open("signature_sealed", row.get(2)?)?))
            })
            .unwrap();
        assert_eq!((owner, text.as_str(), signature.as_str()), (kept, "jag samtycker", "M0 0L9 9"));
        let trace = world.run(|tx, _| {
            let row = tx.one(sql!("SELECT merged_id, kept_id, by_account, reason, (SELECT COUNT(*) FROM share WHERE person_id = $1) FROM person_merge"), &args![Uuid::from_u128(1)])?;
            Ok((row.get::<Uuid>(0)?, row.get::<Uuid>(1)?, row.get::<Uuid>(2)?, row.get::<String>(3)?, row.get::<i64>(4)?))
        });
        assert_eq!(trace.unwrap(), (merged, kept, CLERK, "recorded_twice".to_owned(), 2));

        assert_eq!(world.merge(kept, merged), Err(PeopleError::OneAlready));
        assert_eq!(world.merge(merged, kept), Err(PeopleError::OneAlready));
        assert_eq!(world.merge(kept, kept), Err(PeopleError::OneAlready));
        assert_eq!(world.merge(kept, CLERK), Err(PeopleError::Unknown));
        let third = world.create(POLICE, 3, &nameless("Åsa")).unwrap();
        world.merge(third, kept).unwrap();
        assert_eq!(world.load(POLICE, merged).unwrap().id, third);
        assert_eq!(world.open_text(merged, second, 1).unwrap().as_deref(), Some("orolig"));
    }
}

fn consent(tx: &mut dyn Sql, keyring: &Keyring, person: Uuid, case: Uuid) -> Result<(), PeopleError> {
    let (key, id) = (key(tx, keyring, POLICE, person)?, Uuid::from_u128(41));
    let seal = |column, text: &str| key.seal(&Aad { table: "consent", column, org: POLICE, id }, text.as_bytes());
    let statement = sql!(
        "INSERT INTO consent (org_id, id, case_org, case_id, person_id, giver, how, language, parties, kinds, purpose, text_sealed, signature_sealed, given_at, taken_by, ends_at) \
         VALUES ($1, $2, $1, $3, $4, 'self', 'signed', 'sv', '', '', '', $5, $6, 0, $7, 1)"
    );
    tx.exec(
        statement,
        &args![
            POLICE,
            id,
            case,
            person,
            seal("text_sealed", "jag samtycker")?,
            seal("signature_sealed", "M0 0L9 9")?,
            CLERK
        ],
    )?;
    Ok(())
}

#[test]
fn the_weightier_number_stays_and_two_personnummer_are_two_people() {
    for world in worlds() {
        let coordination = NewPerson { identity: Some(identity(pin(12))), ..nameless("Karin") };
        let kept = world.create(POLICE, 1, &coordination).unwrap();
        let merged = world.create(POLICE, 2, &asa()).unwrap();
        world.merge(kept, merged).unwrap();
        let person = world.load(POLICE, kept).unwrap();
        assert_eq!(person.identity, asa().identity);
        assert_eq!((person.sex, person.birth_year), (Some(Sex::Woman), Some(1978)));
        assert_eq!(world.by_identity(POLICE, pin(12)), Some(kept));

        let another =
            world.create(POLICE, 3, &NewPerson { identity: Some(identity(pin(2))), ..nameless("Olle") }).unwrap();
        assert_eq!(world.merge(kept, another), Err(PeopleError::TwoPeople));
        assert_eq!(world.load(POLICE, another).unwrap().id, another);
    }
}

#[test]
fn texts_are_opened_by_their_place_and_person() {
    for world in worlds() {
        let asa = world.create(POLICE, 1, &asa()).unwrap();
        let olle = world.create(POLICE, 2, &nameless("Olle")).unwrap();
        let case = world.case(31, asa);
        assert_eq!(world.open_text(asa, case, 1), Ok(None));
        world.seal_text(asa, case, 1, "första").unwrap();
        world.seal_text(asa, case, 2, "andra").unwrap();
        assert_eq!(world.open_text(asa, case, 2).unwrap().as_deref(), Some("andra"));
        assert_eq!(world.open_text(olle, case, 2), Err(PeopleError::Seal(SealError::Unopenable)));
        assert!(matches!(world.seal_text(asa, case, 1, "igen"), Err(PeopleError::Store(StoreError::Unique { .. }))));
        let all = world.run(move |tx, keyring| open_texts(tx, keyring, (POLICE, asa), case)).unwrap();
        let all: Vec<_> = all.iter().map(|text| (text.seq, text.field.as_str(), text.text.as_str())).collect();
        assert_eq!(all, [(1, "note", "första"), (2, "note", "andra")]);
        let moved = "UPDATE step_text SET sealed = (SELECT sealed FROM step_text WHERE seq = 2) WHERE seq = 1";
        let statement: &'static Statement = Box::leak(Box::new(Statement::new(moved, file!(), line!())));
        world.run(move |tx, _| Ok(tx.exec(statement, &[])?)).unwrap();
        assert_eq!(world.open_text(asa, case, 1), Err(PeopleError::Seal(SealError::Unopenable)));
    }
}

#[test]
fn another_installation_key_opens_nothing() {
    for mut world in worlds() {
        let id = world.create(POLICE, 1, &asa()).unwrap();
        world.keyring = Arc::new(Keyring::new(&Kek::generate()));
        assert_eq!(world.load(POLICE, id), Err(PeopleError::Seal(SealError::Unopenable)));
    }
}

#[test]
fn the_same_number_at_the_same_time_is_one_person() {
    for world in worlds() {
        let made: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|nr| {
                    let world = &world;
                    scope.spawn(move || world.create(POLICE, 100 + nr, &asa()))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let ids: Vec<_> = made.iter().filter_map(|made| made.as_ref().ok()).collect();
        assert_eq!(ids.len(), 1, "{made:?}");
        assert!(
            made.iter().all(|one| one.is_ok() || matches!(one, Err(PeopleError::IdentityTaken(id)) if id == ids[0])),
            "{made:?}"
        );
    }
}

#[test]
fn nothing_of_a_person_stands_in_clear_in_any_table() {
    let all = Copied { name: true, identity: true, phone: true, addresses: true };
    for world in worlds() {
        let id = world.create(POLICE, 1, &asa()).unwrap();
        let twice = world
            .create(POLICE, 2, &NewPerson { identity: Some(identity("R:4711x")), ..nameless("Testström Reservsson") })
            .unwrap();
        let case = world.case(31, id);
        world.seal_text(id, case, 1, "hemlig anteckning").unwrap();
        world.run(move |tx, keyring| consent(tx, keyring, id, case)).unwrap();
        world.copy(id, all, 3);
        world.merge(id, twice).unwrap();
        world.run(move |tx, keyring| update_contact(tx, keyring, POLICE, id, &asa().contact, false)).unwrap();
        let dump = world.dump();
        let holds = |canary: &str| {
            let canary = canary.to_lowercase();
            dump.iter().any(|value| String::from_utf8_lossy(value).to_lowercase().contains(&canary))
        };
        assert!(holds("Polisregion") && holds("1080"), "the dump is whole");
        let number = pin(1);
        for canary in [
            number,
            &number[2..],
            &number[8..],
            "Åsa",
            "Maria",
            "Testström",
            "Öberg",
            "Reservsson",
            "4711x",
            "174 06 05",
            "1740605",
            "example",
            "Provgatan",
            "hemlig",
            "samtycker",
            "M0 0L9 9",
        ] {
            assert!(!holds(canary), "{} of {}", canary.len(), world._database.name);
        }
    }
}
