#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::queue::{FIRST_LEASE, claim, lease_until};
use super::*;
use crate::access::Policies;
use crate::secrets::{Kek, Keyring};
use crate::settings::{Mail, Security};
use crate::store::{self, Store};
use crate::testing::{World, in_each, person};

/// Keeps what it is given, or refuses.
#[derive(Default)]
struct Box {
    letters: Mutex<Vec<Letter>>,
    refuses: AtomicBool,
}

impl Mailer for Box {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(MailError::Refused(451));
        }
        self.letters.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

impl Box {
    fn refusing() -> Box {
        Box { refuses: AtomicBool::new(true), ..Box::default() }
    }

    fn to(&self) -> Vec<String> {
        self.letters.lock().unwrap().iter().map(|letter| letter.to.clone()).collect()
    }

    fn ids(&self) -> BTreeMap<String, u32> {
        let mut ids = BTreeMap::new();
        for letter in self.letters.lock().unwrap().iter() {
            *ids.entry(letter.id.clone()).or_insert(0) += 1;
        }
        ids
    }
}

fn did(found: u64, sent: u64, failed: u64) -> Round {
    Round { found, sent, failed }
}

#[test]
fn each_rung_is_told_once_when_its_time_has_come() {
    in_each(|world| {
        let code = world.accepted();
        let mails = Box::default();
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 0), "nothing is near");
        world.pass(24);
        assert_eq!(round(&world.app, &mails).unwrap(), did(1, 1, 0));
        assert_eq!(mails.to(), ["enheten@example.se"]);
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 0), "once is enough");
        world.pass(12);
        assert_eq!(round(&world.app, &mails).unwrap(), did(1, 1, 0));
        world.pass(23);
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 0), "the lead has a day");
        world.pass(1);
        assert_eq!(round(&world.app, &mails).unwrap(), did(1, 1, 0));
        assert_eq!(mails.to(), ["enheten@example.se", "chefen@example.se", "ombud@example.se"]);
        world.pass(24 * 30);
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 0), "the ladder has three rungs");
        assert!(mails.ids().values().all(|times| *times == 1));
        let letters = mails.letters.lock().unwrap();
        let shown = case_code_shown(&code);
        for letter in letters.iter() {
            assert!(letter.text.contains(&shown) && letter.text.contains("http://127.0.0.1/"));
            let (swedish, english) = letter.text.split_once("\n--\n").unwrap();
            assert!(swedish.contains("Första kontakt") && english.contains("First contact"));
        }
        assert!(letters[0].text.contains("om 12 h"), "{}", letters[0].text);
        assert!(letters[2].text.contains("för 24 h sedan"), "{}", letters[2].text);
    });
}

#[test]
fn a_job_that_has_slept_tells_every_rung_that_was_missed() {
    in_each(|world| {
        world.accepted();
        world.pass(24 * 7);
        let mails = Box::default();
        assert_eq!(round(&world.app, &mails).unwrap(), did(3, 3, 0));
        assert_eq!(mails.ids().len(), 3);
    });
}

#[test]
fn a_clock_that_has_stopped_tells_nothing() {
    in_each(|world| {
        let code = world.accepted();
        world.pass(25);
        let mails = Box::refusing();
        assert_eq!(round(&world.app, &mails).unwrap(), did(1, 0, 1));
        world.step(&world.receiver, &code, "contact", "booked", json!({ "channel": "phone" })).unwrap();
        mails.refuses.store(false, Ordering::SeqCst);
        world.pass(24 * 3);
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 0), "they were reached");
        assert!(mails.to().is_empty());
        // What was to be sent is dropped, not only passed over.
        let late = world.now() + SignedDuration::from_hours(1000);
        assert!(world.app.store.read_blocking(|tx| sql::waiting(tx, late)).unwrap().is_empty());
    });
}

#[test]
fn a_consent_that_has_run_out_ends_the_reminders_too() {
    in_each(|world| {
        world.accepted();
        world.pass(24 * 366);
        assert_eq!(round(&world.app, &Box::default()).unwrap(), did(0, 0, 0), "the consent held for a year");
    });
}

#[test]
fn a_failed_message_is_tried_again_after_growing_pauses_with_the_same_id() {
    in_each(|world| {
        world.accepted();
        world.pass(24);
        let mails = Box::refusing();
        assert_eq!(round(&world.app, &mails).unwrap(), did(1, 0, 1));
        for pause in [5, 10, 20, 40] {
            let minutes = |n: i64| world.app.clock.set(world.now() + SignedDuration::from_mins(n));
            minutes(pause - 1);
            assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 0), "too early after {pause} minutes");
            minutes(1);
            assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 1), "after {pause} minutes");
        }
        mails.refuses.store(false, Ordering::SeqCst);
        world.pass(6);
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 1, 0));
        assert_eq!(mails.ids().len(), 1);
    });
}

#[test]
fn a_node_that_died_while_sending_leaves_a_lease_that_runs_out() {
    in_each(|world| {
        world.accepted();
        world.pass(24);
        find(&world.app, world.now()).unwrap();
        let died = claim::<Clocks>(&world.app, world.now()).unwrap();
        assert_eq!(died.len(), 1);
        let id = letter_id(&died[0].notice);
        let mails = Box::default();
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 0, 0), "somebody may be sending it");
        world.app.clock.set(world.now() + FIRST_LEASE);
        assert_eq!(round(&world.app, &mails).unwrap(), did(0, 1, 0));
        assert_eq!(mails.ids().into_keys().collect::<Vec<_>>(), [id], "known again by its id");
    });
}

#[test]
fn the_pause_grows_to_some_hours_and_no_further() {
    let now = testkit::clock();
    let pauses: Vec<i64> = (0..10).map(|tries| lease_until(tries, now).duration_since(now).as_mins()).collect();
    assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 320, 320, 320]);
    assert_eq!(lease_until(u32::MAX, now), lease_until(9, now));
}

/// Another node of the same installation.
fn node(world: &World) -> App {
    App {
        store: Store::open(&world.app.settings.database, &store::Settings::default()).unwrap(),
        library: world.app.library.clone(),
        keyring: Keyring::new(&Kek::generate()),
        policies: Policies::shipped().unwrap(),
        settings: world.app.settings.clone(),
        limits: crate::limits::Limits::new(true),
        places: crate::packages::api::Places::default(),
        clock: world.app.clock.clone(),
        ordered: tokio::sync::Notify::new(),
    }
}

#[test]
fn several_nodes_on_one_database_send_each_message_once() {
    let world = World::new(testkit::postgres());
    for _ in 0..12 {
        world.accepted();
    }
    world.pass(24 * 4);
    let mails = Box::default();
    let nodes: Vec<App> = (0..4).map(|_| node(&world)).collect();
    let rounds: Vec<Round> = std::thread::scope(|scope| {
        let running: Vec<_> = nodes.iter().map(|node| scope.spawn(|| round(node, &mails).unwrap())).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let ids = mails.ids();
    assert_eq!(ids.len(), 36, "three rungs of twelve cases");
    assert!(ids.values().all(|times| *times == 1), "{ids:?}");
    assert_eq!(rounds.iter().map(|r| r.sent).sum::<u64>(), 36);
    assert_eq!(rounds.iter().map(|r| r.found).sum::<u64>(), 36);
}

/// The mails in a Maildir.
fn delivered(folder: &Path) -> Vec<String> {
    ["new", "cur"]
        .iter()
        .filter_map(|part| std::fs::read_dir(folder.join(part)).ok())
        .flatten()
        .map(|entry| String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned())
        .collect()
}

/// The text of a mail as its reader sees it: quoted-printable or base64 undone.
fn readable(mail: &str) -> String {
    let (head, body) =
        mail.replace("\r\n", "\n").split_once("\n\n").map(|(h, b)| (h.to_owned(), b.to_owned())).unwrap();
    let body = if head.to_lowercase().contains("transfer-encoding: base64") {
        use base64::Engine;
        let packed: String = body.split_whitespace().collect();
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(packed).unwrap()).unwrap()
    } else if head.to_lowercase().contains("quoted-printable") {
        let joined = body.replace("=\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            if *first == b'=' {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
                rest = &after[2..];
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        String::from_utf8(bytes).unwrap()
    } else {
        body
    };
    format!("{head}\n\n{body}")
}

#[test]
fn a_real_mail_server_gets_each_message_once_and_nothing_of_the_person() {
    let (address, folder) = match (std::env::var("KEDJAN_TEST_SMTP"), std::env::var("KEDJAN_TEST_SMTP_DIR")) {
        (Ok(address), Ok(folder)) => (address, folder),
        _ => panic!("KEDJAN_TEST_SMTP is not set: run `cargo xtask test`, it starts a mail server"),
    };
    let (host, port) = address.rsplit_once(':').unwrap();
    let mail = Mail {
        host: host.to_owned(),
        port: port.parse().unwrap(),
        security: Security::None,
        user: None,
        password_file: None,
        from: "kedjan@example.se".into(),
    };
    in_each(|world| {
        let code = world.accepted();
        world.pass(37);
        let smtp = Smtp::new(&mail).unwrap();
        assert_eq!(round(&world.app, &smtp).unwrap(), did(2, 2, 0));
        assert_eq!(round(&world.app, &smtp).unwrap(), did(0, 0, 0));
        let shown = case_code_shown(&code);
        let mine: Vec<String> = delivered(Path::new(&folder))
            .iter()
            .map(|mail| readable(mail))
            .filter(|mail| mail.contains(&shown))
            .collect();
        assert_eq!(mine.len(), 2);
        let seeded = person(0);
        let number = seeded.identity.as_ref().unwrap().twelve().unwrap().to_owned();
        let name = seeded.name.unwrap();
        for mail in &mine {
            assert!(mail.contains("Auto-Submitted: auto-generated") && mail.contains("@example.se>"), "{mail}");
            let digits: String = mail.chars().filter(char::is_ascii_digit).collect();
            assert!(!digits.contains(&number) && !digits.contains(&number[2..]), "an identity number");
            for part in name.split(' ').chain([seeded.contact.phone.as_deref().unwrap()]) {
                assert!(!mail.contains(part), "a name or a telephone number");
            }
        }
        assert_eq!(mine.iter().filter(|m| m.contains("To: enheten@example.se")).count(), 1);
        assert_eq!(mine.iter().filter(|m| m.contains("To: chefen@example.se")).count(), 1);
    });
}

#[test]
fn a_mail_server_that_is_not_there_is_told_without_addresses() {
    let settings = Mail {
        host: "127.0.0.1".into(),
        port: 1,
        security: Security::None,
        user: None,
        password_file: None,
        from: "kedjan@example.se".into(),
    };
    let letter = Letter { to: "enheten@example.se".into(), id: "a".into(), subject: "x".into(), text: "x".into() };
    assert_eq!(Smtp::new(&settings).unwrap().send(&letter), Err(MailError::Unreachable));
    assert_eq!(Smtp::new(&settings).unwrap().send(&Letter { to: "ingen".into(), ..letter }), Err(MailError::Address));
    assert_eq!(Smtp::new(&Mail { from: "ingen".into(), ..settings.clone() }).err(), Some(MailError::Address));
    let missing = Mail { user: Some("u".into()), password_file: Some("/nowhere/at/all".into()), ..settings };
    assert_eq!(Smtp::new(&missing).err(), Some(MailError::Password));
}
