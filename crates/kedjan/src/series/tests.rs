//! What is promised of the situation picture.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod hiding;
mod reading;

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chain::text::Lang;
use proptest::prelude::*;
use tower::ServiceExt;
use uuid::Uuid;

use super::number::names_somebody;
use super::read::{Mistake, Origin, What};
use super::upload::{Part, parts};
use super::words::is_period;
use super::{Area, Cell, Draft, Reading, Sex, Topic, Unit, is_old, topics};
use crate::access::Role;
use crate::app::{Actor, Stop};
use crate::refusal::Refused;
use crate::testing::{World, in_each, refused};
use crate::web::chart;

const FILE: &str = "indikator;år;område;grupp;kön;värde;enhet;n;källa\n\
    Har använt narkotika någon gång;2021;riket;åk 9;alla;6;procent;;CAN:s skolundersökning 2021\n\
    Har använt narkotika någon gång;2021;Blekinge län;åk 9;alla;5,5;procent;1 400;Länets enkät\n\
    Har använt narkotika någon gång;2021;1082;åk 9;alla;7,5;procent;200;Länets enkät\n\
    Har använt narkotika någon gång;2021;1082;åk 9;flickor;7;procent;100;Länets enkät\n\
    Har använt narkotika någon gång;2021;1082;åk 9;pojkar;8;procent;100;Länets enkät\n\
    Har använt narkotika någon gång;2021;Ronneby;åk 9;alla;25;procent;4;Länets enkät\n";

/// A file that an authority has taken in.
pub(crate) fn taken_in(world: &World, actor: &Actor) -> Uuid {
    static NR: AtomicUsize = AtomicUsize::new(0);
    let name = format!("Skolundersökningen {}", NR.fetch_add(1, Ordering::Relaxed));
    let draft = Draft::read(Lang::Sv, world.now(), &name, Origin::Text, FILE.as_bytes()).unwrap();
    world.run(actor, move |tx, cx| Ok(super::import(tx, cx, "10", &draft, false)?.id)).unwrap()
}

fn read(bytes: &[u8], year: i16) -> Result<Vec<Cell>, Vec<Mistake>> {
    super::read::read(bytes, Origin::Text, year)
}

fn wrong(text: &str) -> Vec<(usize, usize, What)> {
    let mistakes = read(text.as_bytes(), 2026).unwrap_err();
    mistakes.into_iter().map(|Mistake { line, column, what }| (line, column, what)).collect()
}

#[test]
fn a_file_is_read_whatever_its_separator_its_decimals_and_its_letters() {
    let whole = read(FILE.as_bytes(), 2026).unwrap();
    assert_eq!(whole.len(), 6);
    assert_eq!((whole[1].value, whole[1].n, whole[1].area.code()), (Some(5.5), Some(1400), "10"));
    let same = |bytes: &[u8]| assert_eq!(read(bytes, 2026).unwrap(), whole);
    same(format!("\u{feff}{FILE}").as_bytes());
    same(FILE.replace(';', "\t").as_bytes());
    same(FILE.replace("5,5", "5.5").replace("7,5", "7.5").replace(';', ",").as_bytes());
    same(FILE.replace('\n', "\r\n").as_bytes());
    same(FILE.replace(";procent", " %;%").as_bytes());
    let latin: Vec<u8> = FILE.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    assert!(std::str::from_utf8(&latin).is_err(), "these bytes are Windows-1252");
    same(&latin);
    let dash =
        read(b"indikator;\xe5r;omr\xe5de;v\xe4rde;enhet;k\xe4lla\nA \x96 B;2021;riket;1;st;\x93X\x94\n", 2026).unwrap();
    assert_eq!((dash[0].indicator.as_str(), dash[0].source.as_str()), ("A – B", "“X”"));
}

#[test]
fn all_that_is_wrong_is_said_at_once_with_its_line_and_column() {
    let text = "indikator;år;område;grupp;kön;värde;enhet;n;källa\n\
        A;2021;Karlshamm;;;1;procent;;K\n\
        A;21;riket;;flicka eller pojke;-3;procent;x1;K\n\
        A;2022;riket;;;101;procent;;K\n\
        A;2031;riket;;;ett;procnt;;\n\
        A;2022;114;;;5 %;antal;2,5;K\n\
        A;2022;riket;;;50,5;antal;;K\n\
        B;2022;riket;åk 9;;1;procent;9;K\n\
        b;2022;SE;ÅK 9;alla;2;%;9;K\n\
        A;2022;riket;kort\n\
        ;;;;;;;;\n\
        Svar av NUMBER;2022;riket;;;1;procent;;K\n";
    let text = &text.replace("NUMBER", testkit::test_pins()[0]);
    let meant = |text: &str| Some(text.to_owned());
    assert_eq!(
        wrong(text),
        vec![
            (2, 3, What::NoArea(meant("Karlshamn"))),
            (3, 2, What::NoPeriod),
            (3, 5, What::NoSex),
            (3, 6, What::Negative),
            (3, 8, What::NoNumber),
            (4, 6, What::Above),
            (5, 2, What::Future),
            (5, 6, What::NoNumber),
            (5, 7, What::NoUnit(meant("procent"))),
            (5, 9, What::Empty(super::read::Column::Source)),
            (6, 3, What::NoArea(meant("0114 Upplands Väsby"))),
            (6, 6, What::PercentSign),
            (6, 8, What::NotWhole),
            (7, 6, What::NotWhole),
            (9, 0, What::Twice(8)),
            (10, 0, What::Form(disclosure::mistake::Wrong::Fields { expected: 9, found: 4 })),
            (12, 1, What::Personal),
        ]
    );
    let said = Draft::read(Lang::Sv, testkit::clock(), "X", Origin::Text, text.as_bytes()).unwrap_err();
    assert_eq!(said.issues().len(), 17);
    assert_eq!(said.issues()[0].detail, "Rad 2, kolumn 3: Området finns inte. Menas Karlshamn?");
    assert!(
        said.issues().iter().all(|issue| !issue.detail.contains(testkit::test_pins()[0])),
        "a mistake never says a number again"
    );
}

#[test]
fn columns_that_are_missing_strange_or_twice_are_named() {
    use super::read::Column;
    let found = wrong("indikator;område;vrde;enhet;enhet;källa;x\n");
    assert!(found.contains(&(1, 3, What::Strange("vrde".into(), Some(Column::Value)))), "{found:?}");
    assert!(
        matches!(found.iter().find(|one| one.1 == 7), Some((1, 7, What::Strange(name, _))) if name == "x"),
        "{found:?}"
    );
    assert!(
        found.contains(&(1, 0, What::NoColumn(Column::Period)))
            && found.contains(&(1, 0, What::NoColumn(Column::Value)))
    );
    assert_eq!(wrong(""), vec![(1, 0, What::Form(disclosure::mistake::Wrong::Empty))]);
    assert_eq!(read(b"\xff\xfea", 2026).unwrap_err()[0].what, What::Form(disclosure::mistake::Wrong::Utf16));
    assert_eq!(read(b"PK\x03\x04\x00", 2026).unwrap_err()[0].what, What::NoText);
    assert_eq!(read(b"a;b\n\x81;1\n", 2026).unwrap_err()[0], Mistake { line: 2, column: 0, what: What::NoText });
    assert_eq!(wrong("indikator;år;område;värde;enhet;källa\n")[0].2, What::Form(disclosure::mistake::Wrong::NoRows));
}

#[test]
fn places_and_times_are_known_as_people_write_them() {
    for (text, code) in [
        ("riket", "SE"),
        ("Hela landet", "SE"),
        ("10", "10"),
        ("10 Blekinge län", "10"),
        ("Blekinge", "10"),
        ("Västra Götaland", "14"),
        ("Kalmar", "0880"),
        ("Kalmar län", "08"),
        ("Karlshamns kommun", "1082"),
        ("1082 Karlshamn", "1082"),
        ("0114", "0114"),
    ] {
        assert_eq!(Area::of(text).map(|area| area.code().to_owned()), Some(code.to_owned()), "{text}");
    }
    assert_eq!(Area::of("99"), None);
    for area in crate::reference::counties().iter().map(|county| county.code).chain(["SE", "1082"]) {
        let area = Area::of(area).unwrap();
        assert_eq!(Area::of(&area.written()), Some(area.clone()), "what is written is read again");
    }
    for (text, period) in [
        ("2021", "2021"),
        ("2021/22", "2021/22"),
        ("2021-2022", "2021/22"),
        ("2021/2022", "2021/22"),
        ("2021-03", "2021-03"),
        ("2012-13", "2012/13"),
        ("2021 kv 2", "2021-Q2"),
        ("2021-Q4", "2021-Q4"),
        ("2021K1", "2021-Q1"),
    ] {
        assert_eq!(is_period(text).map(|(_, period)| period), Some(period.to_owned()), "{text}");
    }
    for text in ["21", "1850", "2021-13", "2021/24", "2021-Q5", "2021 mars", "åååå"] {
        assert_eq!(is_period(text), None, "{text}");
    }
}

#[test]
fn what_looks_like_an_identity_number_is_seen() {
    let whole = testkit::test_pins()[0];
    let (day, last) = whole.split_at(8);
    let short = &day[2..];
    let coordination = format!("{}{}-{last}", &day[2..6], day[6..8].parse::<u8>().unwrap() + 60);
    for text in [
        whole.to_owned(),
        format!("{day}-{last}"),
        format!("född {short}+{last}."),
        format!("{short}{last}"),
        coordination,
    ] {
        assert!(names_somebody(&text), "a number is not seen");
    }
    for text in ["2021", "n = 12 345", "2019-2020", "070-174 06 05", "9999999999", "dnr 2021-12345"] {
        assert!(!names_somebody(text), "{text}");
    }
}

fn cell(area: &str, sex: Sex, value: f64, n: Option<i64>, unit: Unit) -> Cell {
    Cell {
        area: Area::of(area).unwrap(),
        indicator: "A".into(),
        period: "2021".into(),
        group: String::new(),
        sex,
        unit,
        source: "K".into(),
        value: Some(value),
        sign: super::Sign::None,
        n,
        note: String::new(),
    }
}

fn figures(cells: Vec<Cell>) -> Vec<chart::Cell> {
    let topics: Vec<Topic> = topics(cells, 5);
    topics[0].cells.iter().map(|shown| shown.figure).collect()
}

#[test]
fn a_figure_of_few_is_withheld_and_takes_the_other_sex_with_it() {
    use chart::Cell::{Known, Withheld};
    let of = |value, n, unit| figures(vec![cell("1082", Sex::All, value, n, unit)])[0];
    assert_eq!(of(25.0, Some(4), Unit::Percent), Withheld, "four answered");
    assert_eq!(of(2.0, Some(100), Unit::Percent), Withheld, "two of a hundred");
    assert_eq!(of(98.0, Some(100), Unit::Percent), Withheld, "all but two of a hundred");
    assert_eq!(of(5.0, Some(100), Unit::Percent), Known(0.05));
    assert_eq!(of(0.0, Some(100), Unit::Percent), Known(0.0), "nought is nobody");
    assert_eq!(of(2.0, None, Unit::Percent), Known(0.02), "published without n");
    assert_eq!(of(3.0, None, Unit::Count), Withheld);
    assert_eq!(of(5.0, None, Unit::Count), Known(5.0));
    assert_eq!(of(7.5, Some(4), Unit::Index), Withheld);
    let sexes = vec![
        cell("1082", Sex::All, 10.0, Some(100), Unit::Percent),
        cell("1082", Sex::Woman, 16.0, Some(50), Unit::Percent),
        cell("1082", Sex::Man, 4.0, Some(50), Unit::Percent),
    ];
    assert_eq!(figures(sexes), [Known(0.1), Withheld, Withheld], "the women follow from all and the men");
    let shown = topics(vec![cell("1082", Sex::All, 25.0, Some(4), Unit::Percent)], 5);
    assert_eq!((shown[0].cells[0].n(), shown[0].cells[0].value()), (None, None));
    assert!(super::page::csv(&shown).contains(";alla;..;procent;;K;"), "{}", super::page::csv(&shown));
}

#[test]
fn what_is_downloaded_can_be_taken_in_again() {
    let before = read(FILE.as_bytes(), 2026).unwrap();
    let mut open: Vec<Cell> = before.into_iter().filter(|cell| cell.n != Some(4)).collect();
    // Three decimals, which could be thousands elsewhere.
    open.push(cell("1081", Sex::All, 9.125, None, Unit::Litres));
    let written = super::page::csv(&topics(open.clone(), 5));
    let mut again = read(written.as_bytes(), 2026).unwrap();
    let key = |cell: &Cell| (cell.area.clone(), cell.sex);
    again.sort_by_key(key);
    open.sort_by_key(key);
    assert_eq!(again, open);
}

#[test]
fn a_picture_is_old_after_twelve_months_and_not_before() {
    let at = |text: &str| text.parse().unwrap();
    assert!(!is_old(at("2025-11-26T12:00:00Z"), at("2026-11-26T12:00:00Z")));
    assert!(is_old(at("2025-11-26T12:00:00Z"), at("2026-11-27T12:00:00Z")));
    assert!(!is_old(at("2026-01-01T12:00:00Z"), at("2026-11-27T12:00:00Z")));
    assert!(is_old(at("2024-12-31T12:00:00Z"), at("2026-01-01T12:00:00Z")));
}

#[test]
fn a_form_with_a_file_is_taken_apart_and_nothing_else_is() {
    let body = b"--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nCAN\r\n--X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\na;b\r\n1;2\r\n\r\n--X--\r\n";
    let kind = "multipart/form-data; boundary=X";
    assert_eq!(
        parts(kind, body).unwrap(),
        [Part { name: "name", bytes: b"CAN" }, Part { name: "file", bytes: b"a;b\r\n1;2\r\n" }]
    );
    assert_eq!(parts("multipart/form-data; boundary=\"X\"", body).unwrap().len(), 2);
    assert_eq!(parts("text/plain; boundary=X", body), None);
    assert_eq!(parts("multipart/form-data", body), None);
    assert_eq!(parts("multipart/form-data; boundary=Y", body), None);
    for end in 0..body.len() - 4 {
        assert_eq!(parts(kind, &body[..end]), None, "cut off after {end} bytes");
    }
}

proptest! {
    #[test]
    fn whatever_is_sent_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "[a-zåäö0-9;,.\"\n%-]{0,300}") {
        for body in [&bytes[..], text.as_bytes()] {
            if let Err(mistakes) = read(body, 2026) {
                prop_assert!(!mistakes.is_empty());
                prop_assert!(mistakes.iter().all(|mistake| mistake.line > 0 && !mistake.words(Lang::Sv).is_empty()));
            }
            let _ = parts("multipart/form-data; boundary=X", body);
        }
    }
}

fn import(world: &World, actor: &Actor, name: &str, text: &str, only_try: bool) -> Result<i64, Stop> {
    let draft = Draft::read(Lang::Sv, world.now(), name, Origin::Text, text.as_bytes()).map_err(Stop::from)?;
    world.run(actor, move |tx, cx| Ok(super::import(tx, cx, "10", &draft, only_try)?.version))
}

fn imports(world: &World, actor: &Actor) -> Vec<super::Import> {
    let org = actor.org;
    world.app.store.read_blocking(move |tx| super::sql::imports(tx, org, "10", 0, 50)).unwrap()
}

fn counted(world: &World) -> usize {
    world.app.store.read_blocking(|tx| super::sql::cells(tx, "10")).unwrap().len()
}

#[test]
fn a_new_file_takes_the_place_of_the_last_and_both_leave_a_trace() {
    in_each(|world| {
        assert_eq!(import(world, &world.county, "Enkäten", FILE, true).unwrap(), 1);
        assert!(imports(world, &world.county).is_empty(), "a trial changes nothing");
        assert_eq!(import(world, &world.county, "Enkäten", FILE, false).unwrap(), 1);
        assert_eq!(counted(world), 6);
        let again = import(world, &world.county, "Enkäten", FILE, false).unwrap_err();
        assert!(matches!(refused(again), Refused::Taken { .. }));
        world.pass(1);
        assert_eq!(import(world, &world.county, "Enkäten", &FILE.replace(";6;", ";6,5;"), false).unwrap(), 2);
        assert_eq!(counted(world), 6, "the first no longer counts");
        let all = imports(world, &world.county);
        assert_eq!(
            all.iter().map(|one| (one.version, one.state)).collect::<Vec<_>>(),
            [(2, super::State::Current), (1, super::State::Replaced)]
        );
        assert!(all[1].ended_at == Some(world.now()) && all[0].digest.len() == 64 && all[0].digest != all[1].digest);
        let id = all[0].id;
        world.run(&world.county, move |tx, cx| super::withdraw(tx, cx, "10", id).map(|_| ())).unwrap();
        assert_eq!(counted(world), 0);
        let twice = world.run(&world.county, move |tx, cx| super::withdraw(tx, cx, "10", id).map(|_| ())).unwrap_err();
        assert!(matches!(refused(twice), Refused::Decided));
        let stranger = Actor { role: Role::Coordinator, ..world.ronneby.clone() };
        let of_others = world.run(&stranger, move |tx, cx| super::withdraw(tx, cx, "10", id).map(|_| ())).unwrap_err();
        assert!(matches!(refused(of_others), Refused::NotFound));
        assert_eq!(import(world, &world.county, "Enkäten", FILE, false).unwrap(), 3, "a version is never used again");
        assert!(matches!(refused(import(world, &world.officer, "X", FILE, false).unwrap_err()), Refused::Forbidden));
        let org = world.county.org;
        let log = world.app.store.read_blocking(move |tx| crate::audit::page(tx, org, 1, 50)).unwrap();
        assert!(log.iter().filter(|record| record.action == "keep_situation").count() >= 5);
    });
}

#[test]
fn the_same_name_in_another_county_is_another_file() {
    in_each(|world| {
        let take = |county: &'static str, text: &str| {
            let draft = Draft::read(Lang::Sv, world.now(), "Enkäten", Origin::Text, text.as_bytes()).unwrap();
            world
                .run(&world.county, move |tx, cx| Ok(super::import(tx, cx, county, &draft, false)?.into_inner()))
                .unwrap()
        };
        assert_eq!(take("10", FILE).version, 1);
        let other = take("07", &FILE.replace(";6;", ";6,5;"));
        assert_eq!(other.version, 1, "it takes nobody's place");
        assert_eq!(take("07", FILE).version, 2, "the file that counts in Blekinge is new in Kronoberg");
        let org = world.county.org;
        let files = world.app.store.read_blocking(move |tx| super::sql::count_imports(tx, org, "10")).unwrap();
        assert_eq!((files, imports(world, &world.county).len(), counted(world)), (1, 1, 6));
        let id = other.id;
        let here = world.run(&world.county, move |tx, cx| super::withdraw(tx, cx, "10", id).map(|_| ())).unwrap_err();
        assert!(matches!(refused(here), Refused::NotFound), "of another county");
    });
}

#[test]
fn nothing_of_a_wrong_file_is_taken_in() {
    let world = World::new(testkit::sqlite());
    let wrong = FILE.replace("Ronneby", "Ronnebyy");
    assert!(import(&world, &world.county, "Enkäten", &wrong, false).is_err());
    assert_eq!((counted(&world), imports(&world, &world.county).len()), (0, 0));
}

#[test]
fn a_reading_is_written_in_versions_and_never_over_somebody_else_s() {
    in_each(|world| {
        let write = |version: i64, problem: &str| {
            let reading = Reading { version, problem: problem.to_owned(), ..Reading::default() };
            world.run(&world.county, move |tx, cx| {
                super::write(tx, cx, "10", &Area::of("1082").unwrap(), &reading).map(|_| ())
            })
        };
        write(0, "Fler provar i åk 9.").unwrap();
        assert!(
            matches!(refused(write(0, "Något annat.").unwrap_err()), Refused::Fields(_)),
            "somebody has written meanwhile"
        );
        write(1, "Fler provar i åk 9 och i gy 2.").unwrap();
        assert!(matches!(refused(write(2, " ").unwrap_err()), Refused::Fields(_)));
        assert!(matches!(
            refused(write(2, &format!("Elev {}", testkit::test_pins()[0])).unwrap_err()),
            Refused::Fields(_)
        ));
        let now = world.app.store.read_blocking(|tx| super::sql::reading(tx, "10", "1082")).unwrap().unwrap();
        assert_eq!((now.version, now.problem.as_str()), (2, "Fler provar i åk 9 och i gy 2."));
        assert_eq!(now.by.unwrap().1, "Länsstyrelsen i Blekinge");
    });
}

fn send(world: &World, request: Request<Body>) -> (StatusCode, String) {
    let service = crate::http::server::service(world.app.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let to = parts.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
        (parts.status, format!("{to}{}", String::from_utf8(body.to_vec()).unwrap()))
    })
}

fn page(world: &World, actor: &Actor, path: &str) -> (StatusCode, String) {
    let cookie = format!("{}={}", crate::http::session_cookie(&world.app), world.session(actor));
    send(world, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap())
}

fn upload(world: &World, actor: &Actor, name: &str, file: &[u8], more: &str) -> (StatusCode, String) {
    let cookie = format!("{}={}", crate::http::session_cookie(&world.app), world.session(actor));
    let mut body = format!("--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n{name}\r\n{more}--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n").into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--X--\r\n");
    let request = Request::post("/situation/imports")
        .header(header::COOKIE, cookie)
        .header(header::HOST, "127.0.0.1")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
    send(world, request.body(Body::from(body)).unwrap())
}

#[test]
fn the_picture_shows_others_figures_beside_our_own_with_source_and_n_and_withholds_the_few() {
    in_each(|world| {
        assert!(page(world, &world.county, "/situation").1.contains("Inga uppgifter är inlästa än"));
        taken_in(world, &world.county);
        let (status, body) = page(world, &world.county, "/situation?area=1082");
        assert_eq!(status, StatusCode::OK);
        let today = crate::web::format::local(world.now()).date();
        let renewed = format!("Senast uppdaterad {}.", crate::web::format::date(Lang::Sv, today));
        for wanted in [
            "Har använt narkotika någon gång, åk 9",
            "Källa: CAN:s skolundersökning 2021; Länets enkät.",
            "Karlshamn 2021: n = 200; Blekinge län 2021: n = 1\u{a0}400.",
            renewed.as_str(),
            "7,5\u{a0}%",
            "Karlshamn 2021, kvinnor och män",
            "Länets kommuner 2021",
            "Kedjans egna siffror",
            "/situation/series.csv?area=1082&amp;indicator=Har%20anv%C3%A4nt",
        ] {
            assert!(body.contains(wanted), "{wanted} in {body}");
        }
        let ronneby = body.split("class=\"name\">Ronneby<").nth(1).unwrap().split("</a>").next().unwrap();
        assert!(ronneby.contains(">..<") && !body.contains("25\u{a0}%"), "four answered in Ronneby: {ronneby}");
        let (_, csv) = page(world, &world.county, "/situation/series.csv");
        assert!(
            csv.contains(";1082 Karlshamn;åk 9;alla;7,5;procent;200;Länets enkät;")
                && csv.contains(";1081 Ronneby;åk 9;alla;..;"),
            "{csv}"
        );
        let lead = Actor { role: Role::Lead, ..world.officer.clone() };
        let (status, body) = page(world, &lead, "/situation");
        assert!(status == StatusCode::OK && !body.contains("/situation/imports"), "a lead looks and keeps nothing");
        assert_eq!(page(world, &lead, "/situation/imports").0, StatusCode::FORBIDDEN);
        assert_eq!(page(world, &world.officer, "/situation").0, StatusCode::FORBIDDEN);
        world.pass(24 * 400);
        assert!(page(world, &world.county, "/situation").1.contains("äldre än 12 månader"));
    });
}

#[test]
fn a_file_is_taken_in_at_the_page_tried_and_refused_with_all_that_is_wrong() {
    in_each(|world| {
        let tried = upload(
            world,
            &world.county,
            "CAN",
            FILE.as_bytes(),
            "--X\r\nContent-Disposition: form-data; name=\"try\"\r\n\r\n1\r\n",
        );
        assert!(tried.0 == StatusCode::OK && tried.1.contains("Filen går att läsa in: 6 uppgifter."), "{}", tried.1);
        assert_eq!(counted(world), 0);
        let (status, to) = upload(world, &world.county, "CAN", FILE.as_bytes(), "");
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/situation/imports?done=taken"));
        let (_, list) = page(world, &world.county, "/situation/imports?done=taken");
        assert!(list.contains("Statistiken är inläst") && list.contains("Testare") && list.contains("version 1"));
        let (status, body) = upload(world, &world.county, "<b>", FILE.replace("riket", "rik").as_bytes(), "");
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            body.contains("Rad 2, kolumn 3: Området finns inte.") && body.contains("value=\"&lt;b&gt;\""),
            "{body}"
        );
        let number = testkit::test_pins()[0];
        let (status, body) = upload(world, &world.county, number, FILE.as_bytes(), "");
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && !body.contains(number), "a number is sent back");
        let large = vec![b'a'; super::MOST_BYTES + 1];
        let (status, body) = upload(world, &world.county, "CAN", &large, "");
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("för stor"), "{status} {body}");
        let larger = vec![b'a'; super::MOST_BYTES + 200 * 1024];
        let (status, body) = upload(world, &world.county, "CAN", &larger, "");
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("för stor"), "{status}");
        assert_eq!(upload(world, &world.officer, "CAN", FILE.as_bytes(), "").0, StatusCode::FORBIDDEN);
        assert_eq!(counted(world), 6);
    });
}
