//! A person with protected identity goes through the whole chain, and everything that comes out of the product is read: every
//! page and answer of every route to every role, with its headers, every e-mail, every line of the log, every file. Who the
//! person is and where shows nowhere but where [`MAY`] says, with the reason.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::routes::{ROUTES, Verb};
use crate::access::{Action, Relation, Role};
use crate::publication::tests::{made, publish, wish};
use crate::reminders::{self, Letter, MailError, Mailer};
use crate::retention;
use crate::store::Sql;
use crate::testing::{World, in_each};
use crate::{audit, backup, cases, directory, people, surveys};

mod watch;
use watch::{Marks, Watch, logged};

const NAME: &str = "Skyddine Gomstedt";
const PHONE: &str = "070-174 06 31";
const EMAIL: &str = "okand.vag@example.se";
const ADDRESS: &str = "Hemlighetsgatan 17, 374 30 Karlshamn";
const WORDS: &str = "Ring hennes syster efter klockan sjutton";

/// What may show: to whom, where, which of the marks, and why.
type May = (&'static [&'static str], &'static [&'static str], &'static [&'static str], &'static str);

/// The whole list. A line that nothing needs any more fails the test too.
const MAY: &[May] = &[
    (
        &["receiver", "colleague", "reception", "care"],
        &["GET /cases/{code}", "GET /api/v1/cases/{id}", "POST /api/v1/cases/{id}/steps"],
        &["phone"],
        "whoever is to call sees the telephone number (case.protected-contact)",
    ),
    (
        &["reception", "receiver", "colleague"],
        &["GET /cases/{code}", "GET /api/v1/cases/{id}"],
        &["email"],
        "where the authority knows an e-mail address, whoever is to reach the person sees it (case.protected-contact)",
    ),
    (
        &["receiver", "colleague", "care"],
        &["GET /cases/{code}", "GET /api/v1/cases/{id}", "POST /api/v1/cases/{id}/steps"],
        &["words"],
        "how the person is best reached, in the officer's words, to whoever is to reach them (case.protected-contact)",
    ),
    (
        &["officer", "lead"],
        &["GET /cases/{code}", "GET /api/v1/cases/{id}", "POST /api/v1/cases"],
        &["words"],
        "the unit's own words in its own step, which it wrote itself",
    ),
    (
        &["officer"],
        &["POST /begin/{method}"],
        &["name", "number", "phone", "email", "address", "words"],
        "a form that is wrong comes back to the one who typed it as it was typed",
    ),
    (
        &["controller", "police controller"],
        &["POST /extract", "POST /extract/file"],
        &["name", "number", "phone", "email"],
        "all that is kept, taken out for the person by the controller (log.review)",
    ),
    (
        &["police controller"],
        &["POST /extract", "POST /extract/file"],
        &["words"],
        "the officer's own words, where the number leads to the record they stand in (log.review)",
    ),
];

fn marks() -> Marks {
    let pin = testkit::test_pins()[8];
    let (day, short, end) = (&pin[..8], &pin[2..8], &pin[8..]);
    let phone: String = PHONE.chars().filter(char::is_ascii_digit).collect();
    let all = |texts: &[&str]| texts.iter().map(|text| text.to_lowercase()).collect::<Vec<_>>();
    vec![
        ("name", all(&["skyddine", "gomstedt"])),
        ("number", all(&[&pin[2..], &format!("{day}-{end}"), &format!("{short}-{end}"), &format!("{short}+{end}")])),
        ("phone", all(&[PHONE, &phone[1..], "70-174 06 31", "70-174%2006"])),
        ("email", all(&["okand.vag"])),
        ("address", all(&["hemlighetsgatan"])),
        ("words", all(&["klockan sjutton", "klockan%20sjutton", "klockan+sjutton"])),
    ]
}

fn offer(children: &str, municipality: &str) -> Value {
    json!({
        "method": "smadit",
        "person": { "identity": testkit::test_pins()[8], "name": NAME, "phone": PHONE, "email": EMAIL,
            "municipality": municipality, "protected": true },
        "step": { "id": "offer", "outcome": "accepted", "fields": {
            "offence": "drink_driving", "substance": "alcohol", "event_municipality": "1082", "children": children,
            "reach_note": WORDS, "consent": { "how": "spoken" },
        } },
    })
}

/// Keeps every letter.
#[derive(Default)]
struct Post(std::sync::Mutex<Vec<Letter>>);

impl Mailer for Post {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

/// The cases of the chain.
struct Chain {
    main: String,
    report: String,
    other: String,
}

/// Begins the cases and takes their first steps over the API.
fn begun(watch: &Watch<'_>) -> Chain {
    let world = watch.world;
    let officer = &watch.person("officer");
    let mut with_address = offer("no", "1082");
    with_address["person"]["address"] = json!(ADDRESS);
    let refused = watch.send(officer, "/api/v1/cases", Some(with_address));
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    let main = watch.send(officer, "/api/v1/cases", Some(offer("unknown", "1082")));
    assert_eq!(main.status, StatusCode::CREATED, "{}", main.body);
    let main = main.json();
    let (code, report) = (main["id"].as_str().unwrap().to_owned(), main["opened"][0].as_str().unwrap().to_owned());
    let step = |who: &str, code: &str, body: Value| {
        let answer = watch.send(&watch.person(who), &format!("/api/v1/cases/{code}/steps"), Some(body));
        assert_eq!(answer.status, StatusCode::CREATED, "{who} {}", answer.body);
    };
    step(
        "officer",
        &report,
        json!({ "id": "find_out", "outcome": "children", "fields": { "children_how": ["lives_with"] } }),
    );
    step("receiver", &code, json!({ "id": "contact", "outcome": "no_answer", "fields": { "channel": "phone" } }));
    step("receiver", &code, json!({ "id": "contact", "outcome": "wrong_number", "fields": { "channel": "phone" } }));
    // The next time it is in a municipality where nobody but the addiction care receives.
    let again = watch.send(officer, "/api/v1/cases", Some(offer("no", "1080")));
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
    // And once as nobody knows who: the receiver learns the address before it learns that it is the same person.
    let unknown = people::NewPerson {
        contact: people::Contact { municipality: Some("1082".into()), ..Default::default() },
        ..Default::default()
    };
    let other = world.offer("accepted", json!({ "consent": true }), unknown);
    let theirs = world.view(&world.receiver, &other).unwrap().person_id;
    let known = people::NewPerson {
        contact: people::Contact {
            phone: Some(PHONE.into()),
            email: Some(EMAIL.into()),
            address: Some(ADDRESS.into()),
            municipality: Some("1082".into()),
        },
        ..Default::default()
    };
    world
        .run(&world.receiver, move |tx, cx| {
            people::care::correct(tx, cx, theirs, &known, "")?;
            Ok(())
        })
        .unwrap();
    Chain { main: code, report, other }
}

/// What is done in the log-in of a person at the pages, after the limits have passed.
fn at_the_pages(watch: &Watch<'_>, chain: &Chain) {
    let Chain { main, other, .. } = chain;
    let world = watch.world;
    let kept = world.view(&world.receiver, main).unwrap().person_id;
    let post = |who: &str, path: &str, fields: &[(&str, &str)]| watch.post(&watch.person(who), path, fields);
    let pin = testkit::test_pins()[8];
    let typed = [
        ("identity", pin),
        ("name", NAME),
        ("phone", PHONE),
        ("email", EMAIL),
        ("address", ADDRESS),
        ("protected", "true"),
        ("outcome", "accepted"),
        ("reach_note", WORDS),
    ];
    let wrong = post("officer", "/begin/smadit?step=offer", &typed);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let merged = post("receiver", &format!("/people/{kept}/merge"), &[("other", other), ("reason", "recorded_twice")]);
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.body);
    let lift = post("receiver", &format!("/people/{kept}"), &[("who", testkit::test_pins()[7])]);
    assert_eq!(
        lift.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "who does not know who it is cannot take the protection away"
    );
    assert!(!lift.body.contains(PHONE) && lift.body.contains("href=\"#f-who\""));
    let glass = [("code", main.as_str()), ("cause", "child"), ("words", "En granne ringde jouren om barnen i natt.")];
    assert_eq!(post("youth", "/glass", &glass).status, StatusCode::SEE_OTHER);
    let given = [
        ("ground", "osl_26_9"),
        ("kinds", "name"),
        ("kinds", "event"),
        ("receiver_kind", "region"),
        ("receiver", "Beroendemottagningen"),
        ("words", "Behövs för att vården ska komma i gång."),
    ];
    let given = post("receiver", &format!("/cases/{main}/disclosures"), &given);
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    assert_eq!(post("controller", "/review/draw", &[]).status, StatusCode::SEE_OTHER);
    assert_eq!(post("police controller", "/review/draw", &[]).status, StatusCode::SEE_OTHER);
    for who in ["officer", "receiver", "care", "reception", "youth"] {
        assert!(!post(who, "/find", &[("wanted", NAME)]).body.contains("/cases/"), "{who}: not found by name");
        post(who, "/find", &[("wanted", pin)]);
    }
    for who in ["controller", "police controller"] {
        let extract = post(who, "/extract", &[("identity", pin)]);
        assert_eq!(extract.status, StatusCode::OK);
        assert!(extract.body.contains(NAME));
        let file = post(who, "/extract/file", &[("identity", pin)]);
        assert_eq!(file.json()["person"]["name"], NAME);
        let headers = format!("{:?}", file.headers);
        assert!(!headers.contains("Skyddine") && !headers.contains(&pin[2..]), "{headers}");
    }
}

/// Every GET route to everybody, with every object that its parameter can be.
fn walk(watch: &Watch<'_>, chain: &Chain) {
    let world = watch.world;
    made::tally(world, "10", "1080", "2026-08", "suspected", 40);
    publish(world, &wish("county:10", "2026-Q3", None)).unwrap();
    let objects = objects(world, chain);
    for person in watch.people() {
        for route in ROUTES.iter().filter(|route| route.verb == Verb::Get) {
            for path in objects.fill(world, route.path) {
                watch.get(person, route.path, &path);
            }
        }
    }
    let all = ROUTES.iter().filter(|route| route.verb == Verb::Get).count();
    assert_eq!(watch.routes_answered(), all, "the list of routes that were not read is empty");
}

/// A release, which is open to all.
const RELEASE: &str = "smadit-county-10-2026-q3-1";

struct Objects {
    codes: Vec<String>,
    consents: Vec<Uuid>,
    people: Vec<Uuid>,
    entries: Vec<Uuid>,
    lines: Vec<Uuid>,
    surveys: Vec<Uuid>,
    rest: Vec<Uuid>,
}

fn objects(world: &World, chain: &Chain) -> Objects {
    let mut codes = vec![chain.main.clone(), chain.report.clone(), chain.other.clone()];
    codes.extend(world.list(&world.care, "open").lines.into_iter().map(|line| line.code));
    let views: Vec<cases::CaseView> = [&world.officer, &world.receiver, &world.reception, &world.care]
        .into_iter()
        .flat_map(|actor| codes.iter().filter_map(|code| world.view(actor, code).ok()))
        .collect();
    let mut consents: Vec<Uuid> = views.iter().flat_map(|view| view.consents.iter().map(|c| c.id)).collect();
    consents.sort_unstable();
    consents.dedup();
    let mut people: Vec<Uuid> = views.iter().map(|view| view.person_id).collect();
    people.sort_unstable();
    people.dedup();
    assert!(people.len() >= 3 && consents.len() >= 2, "the chain is there: {people:?} {consents:?}");
    let mut entries = Vec::new();
    let lines: Vec<Uuid> = views.iter().flat_map(|view| view.disclosures.iter().map(|line| line.id)).collect();
    assert!(lines.len() >= 2);
    for controller in [&world.controller, &world.police_controller] {
        let found = world.run(controller, |tx, cx| Ok(crate::review::entries(tx, cx, false, 0)?.into_inner())).unwrap();
        entries.extend(found.items.iter().map(|entry| entry.id));
    }
    assert!(!entries.is_empty());
    let one = |statement: &'static crate::store::Statement, org: Uuid| {
        let read = move |tx: &mut dyn Sql| tx.one(statement, &crate::args![org])?.get::<Uuid>(0);
        world.app.store.read_blocking(read).unwrap()
    };
    let org = world.receiver.org;
    let rest = vec![
        world.receiver.unit,
        one(crate::sql!("SELECT id FROM account WHERE org_id = $1 ORDER BY id LIMIT 1"), org),
        one(crate::sql!("SELECT id FROM api_token WHERE org_id = $1 ORDER BY id LIMIT 1"), org),
    ];
    Objects { codes, consents, people, entries, lines, surveys: vec![surveys::tests::a_round(world)], rest }
}

impl Objects {
    /// The paths of a route. What it is to be filled with has to be said here for a new kind of parameter.
    fn fill(&self, world: &World, route: &str) -> Vec<String> {
        let ids: Vec<String> = match route {
            _ if route.contains("/cases/") => self.codes.clone(),
            _ if route.contains("/consents/") => self.consents.iter().map(Uuid::to_string).collect(),
            _ if route.contains("/people/") => self.people.iter().map(Uuid::to_string).collect(),
            _ if route.contains("/disclosures/{id}") => self.lines.iter().map(Uuid::to_string).collect(),
            _ if route.contains("/surveys/") => self.surveys.iter().map(Uuid::to_string).collect(),
            _ if route.contains("/releases/") => vec![RELEASE.to_owned()],
            _ if route.contains("/review/") => self.entries.iter().map(Uuid::to_string).collect(),
            _ => self.rest.iter().map(Uuid::to_string).collect(),
        };
        let mut paths = vec![route.to_owned()];
        let mut put = |name: &str, values: &[String]| {
            if route.contains(name) {
                paths =
                    paths.iter().flat_map(|path| values.iter().map(move |value| path.replace(name, value))).collect();
            }
        };
        let texts = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        put("{code}", &ids);
        put("{id}", &ids);
        put("{method}", &texts(&["smadit", "concern", "lob"]));
        let steps =
            ["smadit", "concern", "lob"].iter().filter_map(|id| world.app.library.current(id)).flat_map(|m| m.steps());
        put("{step}", &steps.map(|step| step.id.clone()).collect::<Vec<_>>());
        put("{table}", &texts(&["flow", "indicators", "municipalities", "months", "sexes", "ages", "hours"]));
        put("{release}", &texts(&[RELEASE]));
        put("{file}", &texts(&["measures.csv"]));
        put("{token}", &texts(&["none"]));
        assert!(paths.iter().all(|path| !path.contains('{')), "{route} is not read: say here with what it is filled");
        let queries: &[&str] = match route {
            "/" | "/api/v1/cases" => {
                &["", "?state=overdue", "?state=passed", "?state=closed", "?state=ended", "?mine=true"]
            }
            "/review" => &["", "?decided=true"],
            "/begin/{method}" => {
                &["", "?step=offer", "?step=report", "?step=question", "?step=received", "?step=custody"]
            }
            "/county" | "/feedback" => &["", "?method=concern", "?method=lob"],
            "/cases/{code}" => &["", "?lang=en", "?done=step"],
            _ => &[""],
        };
        paths.iter().flat_map(|path| queries.iter().map(move |query| format!("{path}{query}"))).collect()
    }
}

/// What the command line and the jobs give out: letters, lists, the log's export, the backup.
fn files(watch: &Watch<'_>, letters: &Post) {
    let world = watch.world;
    let letters = letters.0.lock().unwrap();
    assert!(letters.len() >= 3, "past the limit everybody has been told: {}", letters.len());
    for letter in letters.iter() {
        watch.read("e-mail", "reminders", &format!("{} {} {} {}", letter.to, letter.id, letter.subject, letter.text));
    }
    let authorities = world.app.store.read_blocking(directory::sql::authorities).unwrap();
    for authority in authorities {
        let org = authority.id;
        let records = world.app.store.read_blocking(move |tx| audit::page(tx, org, 1, 100_000)).unwrap();
        watch.read("export", "audit", &format!("{records:?}"));
    }
    let dry = retention::Options { dry_run: true, clock_is_right: true, by: "arkivarien".into() };
    watch.read("export", "retention", &format!("{:?}", retention::run(&world.app, &dry).unwrap()));
    let path = world.folder.path().join(format!("{}.backup", Uuid::new_v4()));
    let mark = backup::backup(&world.app, &path).unwrap();
    watch.read("export", "backup", &format!("{mark:?}"));
    watch.read("export", "backup", &String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
}

/// The list of places, the matrix and what was found agree with each other.
fn judge(watch: &Watch<'_>) {
    let (mut used, mut leaks) = (BTreeSet::new(), Vec::new());
    for (who, place, mark) in watch.found() {
        let line = MAY.iter().position(|(whos, places, marks, _)| {
            whos.contains(&who) && places.contains(&place.as_str()) && marks.contains(&mark)
        });
        match line {
            Some(line) => _ = used.insert((line, who, mark)),
            None => leaks.push(format!("the {mark} of a person with protected identity shows to {who} at {place}")),
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    for (nr, (whos, _, marks, why)) in MAY.iter().enumerate() {
        for who in *whos {
            for mark in *marks {
                assert!(
                    used.contains(&(nr, who, mark)),
                    "{who} is not shown the {mark} any more: take it away ({why})"
                );
            }
        }
    }
    let world = watch.world;
    let may = |role, action, relation| world.app.policies.decide(action, role, relation, true).allowed;
    for person in watch.people() {
        let told = |rule: &str| MAY.iter().any(|(whos, _, _, why)| why.contains(rule) && whos.contains(&person.who));
        let contact =
            [Relation::Consent, Relation::Law].iter().any(|r| may(person.actor.role, Action::SeeProtectedContact, *r));
        if told("(case.protected-contact)") {
            assert!(contact, "the policies do not let {} see the contact", person.who);
        }
        if told("(log.review)") {
            assert!(may(person.actor.role, Action::ExtractPerson, Relation::None), "{}", person.who);
        }
    }
    for role in Role::ALL {
        let listed = |rule: &str| {
            let mut all = watch.people().iter().filter(|person| person.actor.role == role);
            all.any(|person| MAY.iter().any(|(whos, _, _, why)| why.contains(rule) && whos.contains(&person.who)))
        };
        for relation in
            [Relation::Made, Relation::Consent, Relation::Law, Relation::Glass, Relation::Ended, Relation::None]
        {
            if may(role, Action::SeeProtectedContact, relation) {
                assert!(listed("(case.protected-contact)"), "the list does not have {role:?}, and the policies do");
                assert!([Relation::Consent, Relation::Law].contains(&relation), "{role:?} {relation:?}");
            }
        }
        assert_eq!(may(role, Action::ExtractPerson, Relation::None), listed("(log.review)"), "{role:?}");
    }
}

#[test]
fn nothing_of_a_person_with_protected_identity_comes_out_but_where_the_list_says() {
    in_each(|world| {
        let watch = Watch::new(world, marks());
        let chain = begun(&watch);
        let letters = Post::default();
        world.pass(24 * 9);
        reminders::round(&world.app, &letters).unwrap();
        watch.log_in();
        at_the_pages(&watch, &chain);
        walk(&watch, &chain);
        files(&watch, &letters);
        watch.read("log", "every line", &logged());
        judge(&watch);
        // Years later: what is erased leaves a receipt, and that tells nothing either.
        world.pass(24 * 366 * 12);
        let run = retention::Options { dry_run: false, clock_is_right: true, by: "arkivarien".into() };
        watch.read("export", "retention", &format!("{:?}", retention::run(&world.app, &run).unwrap()));
        watch.log_in();
        for page in ["/retention", "/retention/holds", "/retention/receipts", "/log", "/disclosures", "/review"] {
            watch.get(&watch.person("controller"), page, page);
        }
        watch.read("log", "every line", &logged());
        judge(&watch);
        assert!(watch.answers() > 1000, "{}", watch.answers());
    });
}

#[test]
fn the_watch_sees_each_mark_however_it_is_written() {
    in_each(|world| {
        let watch = Watch::new(world, marks());
        let pin = testkit::test_pins()[8];
        for text in [
            format!("<p>{NAME}</p>"),
            format!("{}-{}", &pin[2..8], &pin[8..]),
            format!("/find?wanted={pin}"),
            "{\"phone\":\"+46 70-174 06 31\"}".to_owned(),
            format!("to: {EMAIL}"),
            ADDRESS.to_uppercase(),
        ] {
            let before = watch.found().len();
            watch.read("x", &text, &text);
            assert_eq!(watch.found().len(), before + 1, "{text}");
        }
        tracing::warn!(name = NAME, "planted");
        assert!(logged().contains(NAME), "the log is read");
        watch::forget_log();
    });
}
