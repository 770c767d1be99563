//! Every way in for what others have written, as functions of bytes: `fuzz/targets` has one program for each, and a test
//! runs all of `fuzz/corpus` through them. Built for these two only.
//!
//! Each panics when a promise is broken: what is accepted is printed and read again as the same, and what is refused is
//! told without repeating it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::sync::{Arc, LazyLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use chain::method::{Library, Method, Source};
use chain::text::Lang;
use chain::{Attempt, Limit, check_fields, decide};
use disclosure::cube::Cube;
use disclosure::dimension::Dimension;
use disclosure::mistake::Mistakes;
use disclosure::{csv, release};
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Role;
use crate::accounts::{AccountDraft, TokenDraft, login_normalised};
use crate::app::{Actor, App, Clock, Cx, Stop, Via};
use crate::cases::answer::{BeginBody, TakeBody};
use crate::cases::worklist;
use crate::cli::methods::{self, File};
use crate::consents::NewConsent;
use crate::directory::UnitDraft;
use crate::directory::paging::Paging;
use crate::people::{Identity, NewPersonInput, validate};
use crate::refusal::Refused;
use crate::secrets::{Kek, case_code_normalise, case_code_shown};
use crate::settings::Settings;
use crate::store::{self, Location, Store};
use crate::web::format;
use crate::{accounts, audit, cases, consents, directory, http, reference, statistics};

/// What a target is: it takes bytes, and panics when a promise is broken.
pub type Target = fn(&[u8]);

/// Every target by the name of its folder in `fuzz/corpus`.
pub const TARGETS: [(&str, Target); 15] = [
    ("method", method),
    ("overlay", overlay),
    ("identity", identity),
    ("person", person),
    ("case_number", case_number),
    ("case_body", case_body),
    ("consent", consent),
    ("administration", administration),
    ("query", query),
    ("headers", headers),
    ("settings", settings),
    ("routing", routing),
    ("times", times),
    ("table", table),
    ("package", package),
];

const TODAY: Date = date(2026, 11, 2);
const LANGS: [Lang; 2] = [Lang::Sv, Lang::En];

/// A context on an empty store that nothing is read from: what is checked before the store needs methods, language and time.
fn cx() -> &'static Cx {
    static CX: LazyLock<Cx> = LazyLock::new(|| {
        let folder = std::env::temp_dir().join(format!("kedjan-fuzz-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let location = Location::Sqlite(folder.join("kedjan.db"));
        let store = Store::open(&location, &store::Settings::default()).unwrap();
        let text = "public = \"http://127.0.0.1\"\ndatabase = \"sqlite:unused\"\nkey_file = \"unused\"";
        let settings = Settings::parse("fuzz", text, std::iter::empty()).unwrap();
        let clock = Clock::fixed("2026-11-02T09:00:00Z".parse().unwrap());
        let app = Arc::new(App::assemble(store, &Kek::generate(), settings, clock).unwrap());
        // The open files live on without their names, and nothing is left behind.
        std::fs::remove_dir_all(&folder).unwrap();
        let [org, unit, id] = [1, 2, 3].map(Uuid::from_u128);
        Cx::new(&app, Actor { org, unit, id, role: Role::Officer, via: Via::Api }, Lang::Sv).unwrap()
    });
    &CX
}

/// Runs a check with the bytes as text; what is not UTF-8 is refused before any parser sees it.
fn as_text(data: &[u8], check: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
    }
}

/// No six signs of what was sent that are digits stand in what is told of it: no part of an identity number, no telephone.
fn keeps_to_itself(sent: &[u8], told: &str) {
    let run = |window: &[u8]| window.iter().all(u8::is_ascii_digit);
    for six in told.as_bytes().windows(6).filter(|six| run(six)) {
        assert!(!sent.windows(6).any(|window| window == six), "what was sent is repeated: {told}");
    }
}

fn told(sent: &[u8], refused: &Refused) {
    if let Refused::Malformed { detail } = refused {
        keeps_to_itself(sent, detail);
    }
    for lang in LANGS {
        assert!(!refused.title(lang).is_empty() && !refused.detail(lang).is_empty());
    }
}

fn stopped(sent: &[u8], stop: &Stop) {
    match stop {
        Stop::Refused(refused) => told(sent, refused),
        Stop::Store(error) => panic!("the store is not asked: {error}"),
    }
}

/// All that a method says, without where it stands in its file.
fn said(method: &Method) -> String {
    let mut parties = method.parties().to_vec();
    parties.sort_by(|a, b| a.id.cmp(&b.id));
    let head = (&method.id, method.version, &method.name, &method.about, method.case_of, method.retention);
    let parts = (method.stages(), method.closings(), method.steps(), method.fields(), method.handovers());
    let more = (method.clocks(), method.opens(), method.measures(), method.indicators(), &method.flow);
    format!("{head:?} {parties:?} {parts:?} {more:?}")
}

fn drawn(method: &Method) {
    for lang in LANGS {
        assert!(!chain::graph::mermaid(method, lang).is_empty());
        assert!(chain::graph::svg(method, lang).trim_end().ends_with("</svg>"));
    }
}

/// A method file.
pub fn method(data: &[u8]) {
    as_text(data, |text| match Method::parse(&[Source { name: "fuzz.toml", text }]) {
        Err(mistakes) => {
            let lines = u32::try_from(text.lines().count()).unwrap().max(1);
            assert!(!mistakes.is_empty());
            for one in &mistakes {
                assert!((1..=lines + 1).contains(&one.line) && one.column >= 1, "{one}");
                assert!(!one.message.is_empty() && !one.proposal.is_empty(), "{one}");
            }
        }
        Ok(method) => {
            let printed = toml::to_string(&toml::from_str::<toml::Table>(text).unwrap()).unwrap();
            let again = Method::parse(&[Source { name: "again.toml", text: &printed }]).unwrap();
            assert_eq!(said(&again), said(&method));
            drawn(&method);
            // It may open what is not there, which is told and no panic.
            assert!(Library::new(vec![method]).is_ok_and(|l| l.methods().count() == 1) || text.contains("opens"));
        }
    });
}

/// A file of an installation's own beside the shipped ones: it builds on one of them, or is a method by itself.
pub fn overlay(data: &[u8]) {
    static SHIPPED: LazyLock<Vec<Method>> =
        LazyLock::new(|| methods::shipped().into_iter().map(|file| methods::parse(&vec![file]).unwrap()).collect());
    as_text(data, |text| {
        let own = File { name: "own.toml".into(), text: text.into() };
        let Ok(all) = methods::arrange(vec![own]) else { return };
        let mut together = SHIPPED.clone();
        for files in all.iter().filter(|files| files.iter().any(|file| file.name == "own.toml")) {
            let kept = serde_json::to_string(files).unwrap();
            assert_eq!(&serde_json::from_str::<methods::Files>(&kept).unwrap(), files);
            match methods::parse(files) {
                Err(mistakes) => assert!(!mistakes.is_empty()),
                Ok(method) => {
                    assert_eq!(methods::parse(files).as_ref(), Ok(&method));
                    drawn(&method);
                    together.push(method);
                }
            }
        }
        if let Ok(library) = Library::new(together) {
            let newest = |id: &str| library.methods().filter(|m| m.id == id).map(|m| m.version).max();
            assert!(library.methods().all(|m| library.current(&m.id).map(|c| c.version) == newest(&m.id)));
        }
    });
}

/// An identity number.
pub fn identity(data: &[u8]) {
    as_text(data, |text| match Identity::parse(text, TODAY) {
        Err(error) => {
            keeps_to_itself(data, &format!("{error} {error:?}"));
            assert!(LANGS.iter().all(|lang| !error.words(*lang).is_empty()));
        }
        Ok(identity) => {
            let (kept, shown) = (identity.canonical(), identity.shown());
            assert_eq!(Identity::parse(&kept, TODAY).as_ref(), Ok(&identity), "what is kept");
            assert_eq!(Identity::parse(&shown, TODAY).as_ref(), Ok(&identity), "what is shown");
            let signs = |text: &str| -> String {
                let number = text.rsplit(':').next().unwrap_or_default();
                number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
            };
            let (given, has) = (signs(text), signs(&kept));
            assert!(has == given || (given.len() == 10 && has.len() == 12 && has.ends_with(&given)), "its own digits");
            assert!(identity.twelve().is_none_or(|twelve| twelve.bytes().all(|b| b.is_ascii_digit())));
            assert!(identity.age_on(TODAY).is_none_or(|age| age <= 230));
            keeps_to_itself(data, &format!("{identity:?}"));
        }
    });
}

/// A person, a line for each field of the form in its order, and `protected` on the last.
pub fn person(data: &[u8]) {
    as_text(data, |text| {
        let mut lines = text.split('\n').map(str::to_owned);
        let mut next = || lines.next().unwrap_or_default();
        let input = NewPersonInput {
            identity: next(),
            name: next(),
            phone: next(),
            email: next(),
            address: next(),
            municipality: next(),
            sex: next(),
            birth_year: next(),
            protected: next() == "protected",
        };
        let place = reference::fold(&input.municipality);
        assert_eq!(reference::fold(&place), place, "folding twice is folding once");
        match validate(&input, false, TODAY) {
            Err(issues) => {
                assert!(!issues.is_empty());
                for issue in issues {
                    assert!(LANGS.iter().all(|lang| !issue.words(*lang).is_empty()));
                }
            }
            Ok(person) => {
                let contact = person.contact.clone();
                // A number tells its own year, also one that nobody living has.
                let told = person.identity.as_ref().and_then(Identity::birth_year).is_some();
                let again = NewPersonInput {
                    identity: person.identity.as_ref().map(Identity::canonical).unwrap_or_default(),
                    name: person.name.clone().unwrap_or_default(),
                    phone: contact.phone.unwrap_or_default(),
                    email: contact.email.unwrap_or_default(),
                    address: contact.address.unwrap_or_default(),
                    municipality: contact.municipality.unwrap_or_default(),
                    sex: person.sex.map(|sex| sex.code().to_owned()).unwrap_or_default(),
                    birth_year: person.birth_year.filter(|_| !told).map(|year| year.to_string()).unwrap_or_default(),
                    protected: person.protected,
                };
                assert_eq!(validate(&again, false, TODAY).as_ref(), Ok(&person));
                assert!(!(person.protected && person.contact.address.is_some()));
            }
        }
        let login = login_normalised(text);
        assert_eq!(login_normalised(&login), login);
    });
}

/// A case number.
pub fn case_number(data: &[u8]) {
    as_text(data, |text| {
        let shown = case_code_shown(text);
        assert_eq!(shown.replace('-', ""), text.replace('-', ""));
        match case_code_normalise(text) {
            None => assert!(cases::api::number(text).is_err()),
            Some(code) => {
                assert_eq!(case_code_normalise(&code).as_ref(), Some(&code));
                assert_eq!(case_code_normalise(&case_code_shown(&code)).as_ref(), Some(&code));
                assert_eq!(cases::api::number(text).unwrap(), code);
                assert!(code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
            }
        }
    });
}

/// A new case or a step as JSON, and what the method says of it.
pub fn case_body(data: &[u8]) {
    if let Err(refused) = cases::api::parse::<TakeBody>(data) {
        told(data, &refused);
    }
    let begin = cases::api::parse::<BeginBody>(data).and_then(|body| cases::api::checked(cx(), body));
    let begin = match begin {
        Err(refused) => return told(data, &refused),
        Ok(begin) => begin,
    };
    let Some(method) = cx().app.library.current(&begin.method) else { return };
    let attempt = Attempt {
        party: method.step(&begin.step.step).map(|step| step.by.clone()).unwrap_or_default(),
        step: begin.step.step,
        outcome: begin.step.outcome,
        at: begin.step.at,
        fields: begin.step.fields,
        unit: cx().actor.unit.to_string(),
        corrects: begin.step.corrects,
    };
    let Ok(decision) = decide(method, &[], attempt, cx().now) else { return };
    let recorded = decision.recorded;
    let step = method.step(&recorded.step).expect("a step that was taken is the method's");
    assert_eq!(check_fields(step, &recorded.outcome, &recorded.fields).as_ref(), Ok(&recorded.fields));
    let kept = serde_json::to_string(&recorded).unwrap();
    let again: chain::Recorded = serde_json::from_str(&kept).unwrap();
    assert_eq!(again, recorded);
    assert_eq!(chain::State::replay(method, &[again], cx().now).as_ref(), Ok(&decision.state));
}

/// A consent: as an answer of a step, and as the body of a request.
pub fn consent(data: &[u8]) {
    if let Err(refused) = cases::api::parse::<consents::api::ConsentBody>(data) {
        told(data, &refused);
    }
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    match NewConsent::parse(&value, Lang::Sv, "/consent") {
        Err(issues) => assert!(issues.iter().all(|i| i.pointer.starts_with("/consent")) && !issues.is_empty()),
        Ok(None) => assert!(matches!(value, Value::Null | Value::Bool(false))),
        Ok(Some(new)) => {
            let printed = json!({
                "giver": new.giver, "how": new.how, "language": new.language, "signature": new.signature,
                "second_signature": new.second_signature, "note": new.note, "kinds": new.kinds,
                "until": new.until, "renew": new.renews,
            });
            assert_eq!(NewConsent::parse(&printed, Lang::En, "").as_ref(), Ok(&Some(new.clone())));
            for age in [None, Some(0), Some(14), Some(15), Some(17), Some(18), Some(u32::MAX)] {
                let wrong = new.wrong_for(age, TODAY, Lang::Sv, "");
                assert!(age != Some(14) || new.giver.starts_with("guardian") || !wrong.is_empty(), "alone below 15");
            }
        }
    }
}

/// Units, accounts and tokens as JSON.
pub fn administration(data: &[u8]) {
    match directory::api::parsed::<UnitDraft>(data) {
        Err(stop) => stopped(data, &stop),
        Ok(draft) => {
            let printed = serde_json::to_vec(&draft).unwrap();
            assert_eq!(directory::api::parsed::<UnitDraft>(&printed).unwrap(), draft);
            for lang in LANGS {
                let issues = draft.wrong(&cx().app, lang).issues;
                assert!(issues.iter().all(|issue| issue.pointer.starts_with('/') && !issue.detail.is_empty()));
            }
        }
    }
    match directory::api::parsed::<AccountDraft>(data) {
        Err(stop) => stopped(data, &stop),
        Ok(draft) => {
            let printed = json!({
                "login": draft.login, "name": draft.name, "active": draft.active, "memberships": draft.memberships,
            });
            assert_eq!(serde_json::from_value::<AccountDraft>(printed).unwrap(), draft);
            let login = login_normalised(&draft.login);
            assert_eq!(login_normalised(&login), login);
        }
    }
    match directory::api::parsed::<TokenDraft>(data) {
        Err(stop) => stopped(data, &stop),
        Ok(draft) => {
            let printed = json!({ "name": draft.name, "unit": draft.unit, "role": draft.role, "days": draft.days });
            assert_eq!(serde_json::from_value::<TokenDraft>(printed).unwrap(), draft);
        }
    }
    if let Err(stop) = directory::api::parsed::<accounts::api::TokenChange>(data) {
        stopped(data, &stop);
    }
    as_text(data, |text| {
        if let Ok(id) = directory::api::id_of(text) {
            assert_eq!(directory::api::id_of(&id.to_string()).unwrap(), id);
        }
    });
}

/// The query of an address: lists, cursors, figures, the log.
pub fn query(data: &[u8]) {
    as_text(data, |text| {
        let pairs = http::query_pairs(text);
        let encoded: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", http::percent(name), http::percent(value))).collect();
        assert_eq!(http::query_pairs(&encoded.join("&")), pairs, "encoded and decoded");
        match cases::api::filter(cx(), text) {
            Err(refused) => told(data, &refused),
            Ok(filter) => {
                let place = filter.cursor.as_deref().and_then(worklist::after);
                assert_eq!(place.and_then(|place| worklist::after(&worklist::cursor(place))), place, "a cursor");
            }
        }
        let next = crate::login::http::next_of(&pairs);
        assert!(
            next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']),
            "our own"
        );
        let (_, from) = cases::http::list_asked(text);
        assert!(from.checked_add(100).is_some(), "the numbers of the lines");
        let page = Paging::of_page(Some(text));
        assert!(page.offset >= 0 && page.limit > 0);
        let _ = page.pager("/x", 1, i64::MAX);
        match Paging::of_cursor(Lang::Sv, Some(text)) {
            Err(stop) => stopped(data, &stop),
            Ok(paging) => {
                let next = paging.next_cursor(usize::try_from(paging.limit).unwrap(), i64::MAX).unwrap();
                let again = format!("cursor={}&limit={}", paging.offset, paging.limit);
                assert_eq!(Paging::of_cursor(Lang::Sv, Some(&again)).unwrap(), paging);
                assert_eq!(next.parse::<i64>().unwrap(), paging.offset + paging.limit);
            }
        }
        match audit::api::window(Lang::Sv, text) {
            Err(refused) => told(data, &refused),
            Ok((_, limit)) => assert!((1..=1000).contains(&limit)),
        }
        let head = i64::try_from(text.len()).unwrap();
        let (from, last) = audit::http::window(Some(text), head);
        assert!(from >= 1 && last <= head && last - from < 1000);
        let said = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let (method, from, to, indicator) = (said("method"), said("from"), said("to"), said("indicator"));
        match statistics::Asked::of(cx(), &statistics::Wish { method, from, to, indicator }) {
            Err(refused) => told(data, &refused),
            Ok(asked) => {
                let (from, to) = (asked.period.from(), asked.period.to());
                assert!(from <= to);
                let (method, indicator) = (Some(asked.method), asked.indicator);
                let wish = statistics::Wish { method, from: Some(from), to: Some(to), indicator };
                assert_eq!(statistics::Asked::of(cx(), &wish).unwrap().period, asked.period);
            }
        }
    });
}

/// Headers: a line each for `Idempotency-Key`, `If-Match`, `Accept-Language` and `Cookie`.
pub fn headers(data: &[u8]) {
    let names = [HeaderName::from_static("idempotency-key"), header::IF_MATCH, header::ACCEPT_LANGUAGE, header::COOKIE];
    let mut map = HeaderMap::new();
    for (name, line) in names.iter().zip(data.split(|b| *b == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            map.insert(name, value);
        }
    }
    match cases::api::idempotency(&map, "POST /api/v1/cases", data) {
        Err(refused) => told(data, &refused),
        Ok(None) => assert!(!map.contains_key(&names[0])),
        Ok(Some(key)) => {
            assert!((1..=128).contains(&key.key.len()) && key.key.bytes().all(|b| b.is_ascii_graphic()));
            map.insert(&names[0], HeaderValue::from_str(&key.key).unwrap());
            let again = cases::api::idempotency(&map, "POST /api/v1/cases", data).unwrap().unwrap();
            assert_eq!((again.key, again.digest), (key.key, key.digest));
        }
    }
    if let Err(refused) = cases::api::header_text(&map, "if-match") {
        told(data, &refused);
    }
    let _ = http::api_language(&map);
    if let Some(value) = http::cookie(&map, "kedjan") {
        assert!(!value.contains(';'));
    }
}

/// A settings file.
pub fn settings(data: &[u8]) {
    as_text(data, |text| match Settings::parse("fuzz.toml", text, std::iter::empty()) {
        Err(wrong) => assert!(!wrong.is_empty() && wrong.iter().all(|one| !one.proposal.is_empty())),
        Ok(settings) => {
            let printed = printed(&settings);
            let again = Settings::parse("again.toml", &printed, std::iter::empty()).unwrap();
            assert_eq!(format!("{again:?}"), format!("{settings:?}"));
            assert!(again.database == settings.database);
            let page: axum::http::Uri = format!("{}/log", settings.public).parse().unwrap();
            assert_eq!(page.path(), "/log", "links follow from it");
            assert!(settings.secure() || settings.public.starts_with("http://"));
        }
    });
}

fn printed(settings: &Settings) -> String {
    let path = |path: &std::path::Path| toml::Value::from(path.to_str().unwrap());
    let mut table = toml::Table::new();
    let mut put = |name: &str, value: toml::Value| table.insert(name.to_owned(), value);
    put("listen", settings.listen.to_string().into());
    put("public", settings.public.clone().into());
    let database = match &settings.database {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(address) => address.clone(),
    };
    put("database", database.into());
    put("key_file", path(&settings.key_file));
    if let Some(methods) = &settings.methods {
        put("methods", path(methods));
    }
    put("log", settings.log.clone().into());
    put("demo", settings.demo.into());
    put("threshold", settings.threshold.into());
    put("proxies", i64::try_from(settings.proxies).unwrap_or(0).into());
    put("limits", settings.limits.into());
    put("late_days", settings.late_days.into());
    if let Some(mail) = &settings.mail {
        let mut own = toml::Table::new();
        own.insert("host".into(), mail.host.clone().into());
        own.insert("port".into(), i64::from(mail.port).into());
        own.insert("security".into(), format!("{:?}", mail.security).to_lowercase().into());
        own.insert("from".into(), mail.from.clone().into());
        own.extend(mail.user.clone().map(|user| ("user".into(), user.into())));
        own.extend(mail.password_file.as_deref().map(|file| ("password_file".into(), path(file))));
        put("mail", own.into());
    }
    toml::to_string(&table).unwrap()
}

/// Times and limits: a field of a form, and a limit of a method.
pub fn times(data: &[u8]) {
    as_text(data, |text| {
        if let Some(at) = format::from_field(text) {
            let shown = format::field_value(at);
            let again = format::from_field(&shown).expect("what is shown can be sent again");
            assert_eq!(format::field_value(again), shown);
            for lang in LANGS {
                assert!(!format::datetime(lang, at, cx().now).is_empty());
                assert!(!format::duration_left(lang, at, cx().now).is_empty());
            }
        }
        if let Some(limit) = Limit::parse(text) {
            assert!(limit.due(cx().now) >= cx().now);
            let (number, unit) = match limit {
                Limit::Hours(n) => (n, "h"),
                Limit::Days(n) => (n, "d"),
                Limit::Months(n) => (n, "months"),
                Limit::AtOnce { .. } => panic!("`at once` is not read here"),
            };
            assert_eq!(Limit::parse(&format!("{number} {unit}")), Some(limit));
        }
    });
}

mod package;
mod routing;
#[cfg(test)]
mod tests;

pub use package::package;
pub use routing::routing;

/// A table of counts with, after a line `---`, the hierarchy of its dimension `place`; and the same as a published table.
pub fn table(data: &[u8]) {
    let parted = data.windows(5).position(|bytes| bytes == b"\n---\n");
    let (table, hierarchy) = parted.map_or((data, None), |at| (&data[..=at], Some(&data[at + 5..])));
    let source = |name, bytes| csv::Source { name, bytes };
    let read = hierarchy.map(|bytes| Dimension::read("place", source("h.csv", bytes)));
    if let Some(Err(wrong)) = &read {
        refused_in("h.csv", wrong);
    }
    let dimensions: Vec<Dimension> = read.and_then(Result::ok).into_iter().collect();
    let dimensions = match Cube::read(source("t.csv", table), "n", dimensions.clone()) {
        Err(wrong) => {
            refused_in("t.csv", &wrong);
            dimensions
        }
        Ok(cube) => {
            let count = |cell: &usize| cube.counts()[*cell];
            cube.shape().each_sum(|whole, parts| assert_eq!(count(&whole), parts.iter().map(count).sum::<u64>()));
            cube.shape().dimensions().to_vec()
        }
    };
    if let Err(wrong) = release::read(source("p.csv", table), "n", &dimensions) {
        refused_in("p.csv", &wrong);
    }
}

/// Everything that is wrong is told with the file and a place in it.
fn refused_in(file: &str, wrong: &Mistakes) {
    assert!(!wrong.0.is_empty());
    assert!(wrong.0.iter().all(|one| one.place.file == file && one.to_string().starts_with(file)));
}
