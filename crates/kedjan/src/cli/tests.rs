//! Putting an installation together on both stores, and saying all that is wrong with one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::net::TcpListener;
use std::path::Path;

use super::check::wrong_with;
use super::methods::File;
use super::units::rows_of;
use super::*;
use crate::app::Clock;
use crate::directory::ReceivesDraft;
use crate::secrets::Kek;
use crate::settings::{Mail, Security};
use crate::store::{self, Location, Store};

const SMADIT: &str = include_str!("../../../../methods/smadit.toml");

fn settings(database: Location, folder: &Path) -> Settings {
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        public: "http://127.0.0.1".into(),
        database,
        key_file: folder.join("kedjan.key"),
        people_keys: folder.join("kedjan.key.people"),
        methods: Some(folder.join("methods")),
        mail: None,
        log: "error".into(),
        demo: false,
        threshold: 5,
        proxies: 0,
        limits: false,
        late_days: 30,
        publisher: None,
        contact: None,
    }
}

/// A folder with a key and an empty folder of methods, and an empty database.
struct Place {
    settings: Settings,
    kek: Kek,
    folder: tempfile::TempDir,
    _database: testkit::Database,
}

fn places() -> impl Iterator<Item = Place> {
    testkit::databases().into_iter().map(|database| {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(database.url.parse().unwrap(), folder.path());
        std::fs::create_dir(folder.path().join("methods")).unwrap();
        let kek = Kek::create_file(&settings.key_file).unwrap();
        Place { settings, kek, folder, _database: database }
    })
}

impl Place {
    fn assemble(&self, kek: &Kek) -> Result<App, AssembleError> {
        let store = Store::open(&self.settings.database, &store::Settings::default()).unwrap();
        App::assemble(store, kek, self.settings.clone(), Clock::fixed(testkit::clock()))
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join("methods").join(name), text).unwrap();
    }

    fn versions(&self) -> Vec<u32> {
        let app = self.assemble(&self.kek).unwrap();
        app.library.methods().filter(|method| method.id == "smadit").map(|method| method.version).collect()
    }
}

#[test]
fn only_the_key_that_the_database_was_made_with_opens_it() {
    for place in places() {
        place.assemble(&place.kek).unwrap();
        place.assemble(&place.kek).unwrap();
        assert!(matches!(place.assemble(&Kek::generate()), Err(AssembleError::WrongKey)));
        // The wrong key has not taken the right one's place.
        place.assemble(&place.kek).unwrap();
    }
}

#[test]
fn what_builds_on_a_shipped_method_is_taken_in_beside_it_and_stays() {
    for place in places() {
        let shipped = place.versions();
        assert_eq!(shipped.len(), 1);
        let over = include_str!("../../../../methods/examples/blekinge-24h.toml");
        place.write("own.toml", over);
        let app = place.assemble(&place.kek).unwrap();
        let own = app.library.current("smadit").unwrap().version;
        assert!(own > shipped[0]);
        drop(app);
        // Renamed it is the same; gone from the folder it is still there for the cases that follow it.
        std::fs::rename(place.folder.path().join("methods/own.toml"), place.folder.path().join("methods/b.toml"))
            .unwrap();
        assert_eq!(place.versions(), [shipped[0], own]);
        std::fs::remove_file(place.folder.path().join("methods/b.toml")).unwrap();
        assert_eq!(place.versions(), [shipped[0], own]);
    }
}

#[test]
fn a_changed_method_needs_a_version_of_its_own() {
    for place in places() {
        let over = "builds_on = \"smadit\"\nversion = 1001\nabout = { sv = \"Som hos oss.\", en = \"As with us.\" }\n";
        place.write("own.toml", over);
        place.assemble(&place.kek).unwrap();
        place.write("own.toml", &over.replace("hos oss", "i länet"));
        let Err(AssembleError::Changed(sentences)) = place.assemble(&place.kek) else { panic!("it was taken in") };
        assert!(sentences.len() == 1 && sentences[0].contains("smadit version 1001"), "{sentences:?}");
        assert!(sentences[0].contains("write `version = 1002`"));
        assert_eq!(wrong_with(&place.settings), sentences);
        place.write("own.toml", &over.replace("hos oss", "i länet").replace("1001", "1002"));
        assert_eq!(place.versions().len(), 3);
    }
}

#[test]
fn mistakes_of_all_method_files_are_said_at_once() {
    for place in places() {
        place.write("a.toml", "builds_on = \"smadit\"\nversion = \"x\"\n");
        place.write("b.toml", "id = \"\n");
        place.write("note.txt", "not a method");
        let Err(AssembleError::Methods(mistakes)) = place.assemble(&place.kek) else { panic!("it was taken in") };
        for file in ["a.toml", "b.toml"] {
            assert!(mistakes.iter().any(|mistake| mistake.file.ends_with(file)), "{file}: {mistakes:?}");
        }
    }
}

#[test]
fn files_are_put_after_what_they_build_on() {
    let file = |name: &str, text: &str| File { name: name.into(), text: text.into() };
    let shipped = methods::shipped().len();
    let over = file("o.toml", "builds_on = \"smadit\"");
    let all = methods::arrange(vec![over.clone()]).unwrap();
    assert_eq!((all.len(), all[shipped].len(), &all[shipped][1]), (shipped + 1, 2, &over));
    let wrong = methods::arrange(vec![file("o.toml", "builds_on = \"sip\"")]).unwrap_err();
    assert!(wrong.len() == 1 && wrong[0].to_string().contains("smadit, concern, lob"), "{wrong:?}");
    // The same id and version takes the place of the shipped one when it is checked, and is two when it is used.
    let same = file("s.toml", SMADIT);
    assert_eq!(methods::arrange_instead(vec![same.clone()]).unwrap().len(), shipped);
    assert_eq!(methods::arrange(vec![same]).unwrap().len(), shipped + 1);
}

#[test]
fn all_that_is_wrong_with_an_installation_is_said_at_once() {
    for place in places() {
        place.assemble(&place.kek).unwrap();
        assert_eq!(wrong_with(&place.settings), Vec::<String>::new());
        place.write("own.toml", "builds_on = \"sip\"\n");
        let other = place.folder.path().join("other.key");
        Kek::create_file(&other).unwrap();
        let closed = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let mail = Mail {
            host: "127.0.0.1".into(),
            port: closed,
            security: Security::None,
            user: None,
            password_file: Some(place.folder.path().join("none")),
            from: "kedjan@example.se".into(),
        };
        let settings = Settings { key_file: other, mail: Some(mail), ..place.settings.clone() };
        let wrong = wrong_with(&settings);
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        for (said, part) in
            wrong.iter().zip(["there is no method `sip`", "not the one", "mail password", "cannot be reached"])
        {
            assert!(said.contains(part), "{said}");
        }
        let settings =
            Settings { key_file: "/nowhere".into(), methods: Some("/nowhere".into()), ..place.settings.clone() };
        assert_eq!(wrong_with(&settings).len(), 2);
    }
}

#[test]
fn rows_are_read_as_they_are_written() {
    let row = |place: &str, from, to, substances: &[&str]| ReceivesDraft {
        place: place.into(),
        age_from: from,
        age_to: to,
        substances: substances.iter().map(|one| (*one).to_owned()).collect(),
    };
    for (text, meant) in [
        ("1082", row("1082", None, None, &[])),
        ("10:18-", row("10", Some(18), None, &[])),
        ("10:-20", row("10", None, Some(20), &[])),
        ("10:18-20:alcohol,mixed", row("10", Some(18), Some(20), &["alcohol", "mixed"])),
        ("10::alcohol", row("10", None, None, &["alcohol"])),
    ] {
        assert_eq!(rows_of(&[text.to_owned()]).unwrap(), [meant], "{text}");
    }
    for wrong in ["10:18", "10:x-", "10:1-2-3"] {
        assert!(matches!(rows_of(&[wrong.to_owned()]), Err(Failure::Words(said)) if said.contains(wrong)), "{wrong}");
    }
}
