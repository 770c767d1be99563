//! Every component and every kind of page, written to `target/samples` to be looked at, and held to what all pages promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::path::Path;

use chain::text::Lang;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};

use crate::web::form::{self, Choice, Columns, Field, Input, Municipality, Posted};
use crate::web::layout::{self, ErrorPage, NavItem, Notice, Page, PageKind, Viewer};
use crate::web::parts::{
    self, Clock, Column, Icon, KeyFigure, Link, Order, Pager, StepState, SummaryRow, Tab, Table, TimelineStep, Tone,
};
use crate::web::picture::{self, FigureKind, FlowNode, Picture, Point, Value};
use crate::web::script;

const LONG: &str =
    "Socialtjänstförvaltningensverksamhetsområdesgemensammamottagningsenhetförmissbruksochberoendefrågor";

fn now() -> Timestamp {
    "2026-11-23T14:04:00Z".parse().unwrap()
}

fn viewer(unit: &str) -> Viewer {
    let nav = [
        ("Arbetslista", "/", true),
        ("Ny händelse", "/new", false),
        ("Statistik", "/statistics", false),
        ("Samtycken", "/consents", false),
    ];
    Viewer {
        name: "Kim Mottagare".into(),
        unit: unit.into(),
        authority: "Socialnämnden, Karlskrona kommun".into(),
        role: "Mottagare".into(),
        nav: nav.map(|(label, href, current)| NavItem { href: href.into(), label: label.into(), current }).into(),
        demo: true,
    }
}

fn framed(lang: Lang, kind: PageKind, viewer: Option<&Viewer>, notice: Option<Notice>, main: Markup) -> String {
    layout::page(&Page { lang, title: "Prov".into(), viewer, path: "/prov?tab=mine", main, kind, notice }).into_string()
}

fn clock(due: i64, warn: i64, label: Option<&str>) -> Markup {
    let (due, warn) = (now() + due.minutes(), now() + warn.minutes());
    parts::clock(Lang::Sv, &Clock { label, due, warn }, now())
}

fn work_list(rows: usize) -> Markup {
    let columns =
        [("Person", false, true), ("Väntar på", false, false), ("Frist", false, true), ("Försök", true, false)];
    let row = |at: usize| {
        let due = [-2900, -130, 95, 320, 1800][at.min(4)] + at as i64;
        vec![
            html! { a href="#" { @if at == 3 { (LONG) } @else { "Person " (at + 1) } } },
            html! { @if at.is_multiple_of(3) { "Första kontakten" } @else { "Nytt försök att nå personen" } },
            clock(due, due - 120, None),
            html! { (at % 4) },
        ]
    };
    html! {
        h1 { "Mottagningen" }
        p.lead { (rows) " personer väntar på svar. Två är över tiden." }
        (parts::tabs(Lang::Sv, "Urval", &[("Mina", 4), ("Enhetens", rows as u64), ("Öppna", 1312), ("Över tiden", 2)]
            .map(|(label, count)| Tab { label: label.into(), count: Some(count), href: "#".into(), current: label == "Enhetens" })))
        (parts::table(Lang::Sv, &Table {
            caption: "Ärenden som väntar".into(),
            caption_unseen: true,
            columns: columns.map(|(label, numeric, sort)| Column {
                label: label.into(), numeric, sort: sort.then(|| "#".into()), order: (label == "Frist").then_some(Order::Ascending),
            }).into(),
            rows: (0..rows).map(row).collect(),
        }))
        (parts::pager(Lang::Sv, &Pager { first: 1, last: rows as u64, all: 1312, previous: None, next: Some("#".into()) }))
    }
}

fn offer_form(posted: &Posted) -> Markup {
    let near = [
        ("1081", "Ronneby"),
        ("1080", "Karlskrona"),
        ("1082", "Karlshamn"),
        ("1060", "Olofström"),
        ("1083", "Sölvesborg"),
    ]
    .map(|(code, name)| Municipality { code, name });
    let lang = Lang::Sv;
    html! {
        h1 { "Nytt erbjudande" }
        (form::error_summary(lang, posted))
        form method="post" {
            (form::radios(lang, posted, &Field::new("answer", "Vad svarade personen?"), &[
                Choice::new("yes", "Ja").hint("Vill bli kontaktad"),
                Choice::new("no", "Nej"),
                Choice::new("later", "Vet inte än").hint("Frågan lämnas öppen i 14 dygn"),
                Choice::new("not_asked", "Frågan ställdes inte"),
            ], Columns::Two))
            (form::radios(lang, posted, &Field::new("reason", "Varför ställdes inte frågan?").when("answer", "not_asked"), &[
                Choice::new("medical", "Sjukdom eller skada"), Choice::new("language", "Språket"),
            ], Columns::Many))
            (form::text(lang, posted, &Field::new("phone", "Telefonnummer").hint("Numret som personen helst vill bli uppringd på.").input(Input::Phone)))
            (form::date_time(lang, posted, &Field::new("at", "När frågades personen?").preset("2026-11-23T15:04")))
            (form::municipality(lang, posted, &Field::new("residence", "Var bor personen?"), &near))
            (form::municipality_list(&near))
            (form::checkboxes(lang, posted, &Field::new("children_how", "Hur vet ni om barn?").optional(), &[
                Choice::new("vehicle", "Barn i fordonet"), Choice::new("home", "Bor med barn"),
            ], Columns::Two))
            (form::signature(lang, posted, &Field::new("signature", "Underskrift").optional()))
            (form::button("Spara erbjudandet"))
            (form::button_secondary("Spara och skriv mer", Some(("then", "more"))))
        }
    }
}

fn fields(posted: &Posted) -> Markup {
    let lang = Lang::Sv;
    html! {
        h1 { "Fält" }
        (form::error_summary(lang, posted))
        form method="post" {
            (form::text(lang, posted, &Field::new("name", "Namn")))
            (form::text(lang, posted, &Field::new("mail", "E-post").input(Input::Email).optional()))
            (form::text(lang, posted, &Field::new("number", "Personnummer").hint("Tolv siffror. Lämna tomt om det inte är känt.").input(Input::IdentityNumber).optional()))
            (form::text(lang, posted, &Field::new("day", "Dag").input(Input::Date)))
            (form::text(lang, posted, &Field::new("account", "Konto").input(Input::Account)))
            (form::text(lang, posted, &Field::new("code", "Engångskod").input(Input::Code)))
            (form::password(lang, posted, &Field::new("password", "Lösenord"), false))
            (form::number(lang, posted, &Field::new("children", "Antal barn")))
            (form::select(lang, posted, &Field::new("unit", "Enhet"), &[Choice::new("a", "Mottagningen"), Choice::new("b", LONG)]))
            (form::municipality(lang, posted, &Field::new("place", "Kommun"), &[]))
            (form::text_area(lang, posted, &Field::new("note", "Anteckning").optional(), 5))
            (form::hidden("version", "3"))
            (form::details("Vad händer med uppgifterna?", &html! { p { "De gallras efter fem år." } }, false))
            (form::button("Spara")) (form::button_warning("Ta bort kontot"))
        }
    }
}

fn case_page() -> Markup {
    let step = |title: &str, hours: i64, state: StepState, fields: &[(&str, &str)]| TimelineStep {
        title: title.into(),
        who: "Ingripandeenheten, Polismyndigheten".into(),
        at: now() - hours.hours(),
        state,
        fields: fields.iter().map(|(question, answer)| ((*question).into(), (*answer).into())).collect(),
    };
    html! {
        h1 { "Erbjudande om kontakt" }
        p { (parts::tag(Tone::Success, "Ja till kontakt")) " " (parts::tag(Tone::Warning, "Väntar på kontakt")) " " (parts::tag(Tone::Danger, "Barn berörs"))
            " " (parts::tag(Tone::Info, "Överlämnat")) " " (parts::tag(Tone::Neutral, "Avslutat")) }
        p { (clock(-2900, -9000, Some("Första kontakten"))) " " (clock(95, -10, Some("Orosanmälan"))) " " (clock(1800, 720, Some("Nytt försök"))) }
        (parts::summary_list(&[("Telefon", "Visas för dig därför att personen har samtyckt", Some("Ändra")), ("Mottagare", LONG, None), ("Språk", "Arabiska, tolk behövs", Some("Ändra"))]
            .map(|(label, value, act)| SummaryRow { label: label.into(), value: html! { (value) }, action: act.map(|act| Link { href: "#".into(), label: act.into() }) })))
        h2 { "Vad som har hänt" }
        (parts::timeline(Lang::Sv, &[
            step("Försökte nå personen – inget svar", 2, StepState::Holds, &[("Kanal", "Telefon"), ("Anteckning", "Ringer igen i morgon.")]),
            step("Erbjöds kontakt – ja", 26, StepState::Correction, &[("Medel", "Alkohol"), ("Barn", "Ja, bor med barn")]),
            step("Erbjöds kontakt – vet inte än", 27, StepState::Corrected { reason: "fel svar kryssades i.".into() }, &[("Medel", "Alkohol")]),
        ], now()))
        (parts::card("Samtycke", &html! { p { "Ges av personen själv och gäller till 23 februari 2027." } p { a href="#" { "Visa samtycket" } } }))
    }
}

fn statistics() -> Markup {
    let figure = |label: &str, value: &str| KeyFigure {
        label: label.into(),
        value: value.into(),
        definition: "Andel misstänkta som fick frågan om de vill bli kontaktade.".into(),
        source: "Källa: Kedjan, januari–oktober 2026. Skyddad mot röjande.".into(),
        download: Some(Link { href: "#".into(), label: "Hämta som XLSX".into() }),
    };
    let picture = |id: &str, title: &str, kind| Picture {
        id: id.into(),
        title: title.into(),
        description: "Karlskrona är störst. Olofström visas inte.".into(),
        label: "Kommun".into(),
        figure: "Erbjudanden".into(),
        kind,
    };
    let points = [("Karlskrona", 184.0), ("Ronneby", 92.0), ("Karlshamn", 101.0), ("Sölvesborg", 48.0), (LONG, 12.0)];
    let mut points: Vec<Point> =
        points.map(|(label, value)| Point { label: label.into(), value: Value::Known(value) }).into();
    points.push(Point { label: "Olofström".into(), value: Value::Withheld });
    let months = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt"];
    let months: Vec<Point> = months
        .iter()
        .enumerate()
        .map(|(at, label)| Point {
            label: (*label).into(),
            value: if at == 6 { Value::Withheld } else { Value::Known(0.5 + at as f64 * 0.04) },
        })
        .collect();
    let nodes = [
        ("Misstänkta", Some(442.0), "fick inte frågan"),
        ("Fick frågan", Some(437.0), "tackade nej eller ville tänka"),
        ("Tackade ja", Some(166.0), "gick inte att nå"),
        ("Nåddes", Some(121.0), "ville inte träffas"),
        ("Samtal", None, "behövde inget mer"),
        ("Började stöd", Some(38.0), ""),
    ];
    let nodes = nodes.map(|(label, value, lost)| FlowNode {
        label: label.into(),
        value: value.map_or(Value::Withheld, Value::Known),
        lost: Some(lost.into()),
    });
    html! {
        h1 { "Så går det i Blekinge" }
        div.grid { (parts::key_figure(&figure("Fick frågan", "98,9 %"))) (parts::key_figure(&figure("Tackade ja", "38 %"))) (parts::key_figure(&figure("Nåddes inom 36 timmar", ".."))) }
        (parts::card("Från misstanke till stöd", &picture::flow(Lang::Sv, &picture("flow", "Vägen genom kedjan", FigureKind::Count), &nodes)))
        (parts::card("Kommunerna", &picture::bars(Lang::Sv, &picture("bars", "Erbjudanden per kommun", FigureKind::Count), &points)))
        (parts::card("Månaderna", &picture::curve(Lang::Sv, &picture("curve", "Andel som tackade ja", FigureKind::Share), &months)))
        (parts::card("Tomt", &picture::bars(Lang::Sv, &picture("none", "Utan siffror", FigureKind::Decimal), &[])))
        (parts::progress(Lang::Sv, "Årsrapporten sätts ihop", 1240, 5120))
        (parts::banner(Tone::Info, "Siffror under 5 visas inte.")) (parts::banner(Tone::Warning, "Oktober är inte komplett."))
        (parts::banner(Tone::Danger, "Rapporten gick inte att sätta ihop.")) (parts::banner(Tone::Neutral, "Inget nytt sedan i går."))
        (parts::empty("Inget väntar", "När någon tackar ja till kontakt syns det här.", Some(&Link { href: "#".into(), label: "Visa avslutade".into() })))
        p { (parts::icon(Icon::Download)) "Hämta" }
    }
}

/// Name and document of every sample.
fn samples() -> Vec<(&'static str, String)> {
    let unit = viewer("Mottagningen vuxen");
    let long = viewer(LONG);
    let blank = Posted::default();
    let mut wrong = Posted {
        values: vec![
            ("answer".into(), "later".into()),
            ("phone".into(), "12".into()),
            ("residence".into(), "Malm".into()),
        ],
        errors: vec![],
    };
    wrong.refuse("phone", "Skriv hela telefonnumret, med riktnummer.");
    wrong.refuse("residence", "Ingen kommun heter så. Välj ur listan.");
    let done = Notice { tone: Tone::Success, text: "Sparat. Mottagaren ser ärendet nu.".into() };
    let road = |posted: &Posted, code: &str| html! { (offer_form(posted)) (script::script(Lang::Sv, code, |code| format!("?script={code}#script-title"))) (script::consent(Lang::Sv, code)) };
    let mut out = vec![
        ("list", framed(Lang::Sv, PageKind::Normal, Some(&unit), Some(done), work_list(7))),
        ("list-long", framed(Lang::En, PageKind::Normal, Some(&long), None, work_list(200))),
        ("roadside", framed(Lang::Sv, PageKind::Roadside, Some(&unit), None, road(&blank, "sv"))),
        ("roadside-error", framed(Lang::Sv, PageKind::Roadside, Some(&unit), None, road(&wrong, "ar"))),
        ("fields", framed(Lang::Sv, PageKind::Normal, Some(&unit), None, fields(&blank))),
        ("case", framed(Lang::Sv, PageKind::Normal, Some(&unit), None, case_page())),
        ("statistics", framed(Lang::Sv, PageKind::Normal, Some(&unit), None, statistics())),
    ];
    for (name, status) in [
        ("e400", 400),
        ("e403", 403),
        ("e404", 404),
        ("e409", 409),
        ("e412", 412),
        ("e413", 413),
        ("e429", 429),
        ("e500", 500),
        ("e503", 503),
    ] {
        let id = (status == 500).then(|| "7KQ2-M9TD-4X".to_owned());
        out.push((name, layout::error_page(Lang::Sv, &ErrorPage::usual(Lang::Sv, status, id)).into_string()));
    }
    out
}

#[test]
fn samples_are_written_and_keep_what_every_page_promises() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = root.join("../../target/samples");
    std::fs::create_dir_all(out.join("assets")).unwrap();
    for file in std::fs::read_dir(root.join("assets")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), out.join("assets").join(file.file_name())).unwrap();
    }
    for (name, document) in samples() {
        std::fs::write(out.join(format!("{name}.html")), &document).unwrap();
        assert!(!document.contains("style=\""), "{name}: the content policy allows no inline style");
        assert!(!document.contains("onclick") && !document.contains("<script>"), "{name}: nor inline script");
        assert_eq!(document.matches("<h1").count(), 1, "{name}: one main heading");
        assert!(
            document.contains("href=\"#main\"") && document.contains("id=\"main\""),
            "{name}: a way past the header"
        );
        let ids: Vec<&str> = attributes(&document, " id=\"").collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{name}: each id once");
        for target in attributes(&document, " for=\"")
            .chain(attributes(&document, "aria-describedby=\"").flat_map(str::split_whitespace))
            .chain(attributes(&document, "aria-labelledby=\""))
            .chain(attributes(&document, " list=\"").filter(|_| name.starts_with("road")))
        {
            assert!(ids.contains(&target), "{name}: nothing has the id {target}");
        }
    }
}

fn attributes<'a>(document: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    document.match_indices(start).filter_map(move |(at, _)| document[at + start.len()..].split('"').next())
}

#[test]
fn the_roadside_page_with_all_it_needs_is_at_most_40_kb() {
    let near: Vec<(String, String)> =
        (0..290).map(|at| (format!("{:04}", 100 + at), "Karlskrona".to_owned())).collect();
    let all: Vec<Municipality<'_>> = near.iter().map(|(code, name)| Municipality { code, name }).collect();
    let (_, page) = samples().into_iter().find(|(name, _)| *name == "roadside").unwrap();
    let assets: usize = attributes(&page, "\"/assets/")
        .filter_map(|address| address.split('?').next())
        .map(|name| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name)).unwrap().len())
        .sum();
    let size = page.len() + form::municipality_list(&all).into_string().len() + assets;
    assert!(assets > 10_000, "the style and the script are counted");
    assert!(size <= 40_000, "{size} bytes");
}
