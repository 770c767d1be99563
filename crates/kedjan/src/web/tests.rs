//! What pages promise: words in both languages, times and numbers as people write them, fields tied to their words,
//! files that may be kept, colours that can be told apart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chain::text::Lang;
use http_body_util::BodyExt;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use tower::ServiceExt;

use super::form::{self, Choice, Columns, Field, Municipality, Posted};
use super::layout::{self, ErrorPage, Page, PageKind};
use super::parts::Urgency;
use super::picture::{self, FigureKind, FlowNode, Picture, Point, Value};
use super::{assets, format, lang, script};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Message and variables, as `.ftl` text declares them.
fn declared(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}', '\t'])
            && let Some((name, _)) = line.split_once('=')
        {
            current = name.trim().to_owned();
            assert!(out.insert(current.clone(), BTreeSet::new()).is_none(), "{current} is there twice");
        }
        for (place, _) in line.match_indices('$') {
            let name = line[place + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            out.get_mut(&current).unwrap().insert(name);
        }
    }
    out
}

/// Message, variables and file of every `t!` in a piece of code.
fn used(code: &str, file: &str, out: &mut Vec<(String, BTreeSet<String>, String)>) {
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (start, _) in code.match_indices("t!(") {
        if code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let (mut depth, mut quoted, mut parts, mut previous) = (0_usize, false, vec![String::new()], ' ');
        for c in code[start + 3..].chars() {
            let quote = c == '"' && previous != '\\';
            quoted ^= quote;
            match c {
                '(' | '[' | '{' if !quoted => depth += 1,
                ')' | ']' | '}' if !quoted && depth == 0 => break,
                ')' | ']' | '}' if !quoted => depth -= 1,
                ',' if !quoted && depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                _ => {}
            }
            parts.last_mut().unwrap().push(c);
            previous = c;
        }
        let Some(key) = parts.get(1).and_then(|part| part.trim().strip_prefix('"')?.strip_suffix('"')) else {
            continue;
        };
        let vars =
            parts[2..].iter().filter_map(|part| part.split_once('=')).map(|(name, _)| name.trim().to_owned()).collect();
        out.push((key.to_owned(), vars, file.to_owned()));
    }
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, visit) } else { visit(&path) }
    }
}

#[test]
fn every_message_is_in_both_languages_with_the_variables_the_code_gives_and_none_is_unused() {
    let mut uses = vec![];
    walk(&root().join("src"), &mut |path| {
        if path.extension().is_some_and(|end| end == "rs")
            && !path.ends_with("tests.rs")
            && !path.iter().any(|part| part == "tests")
        {
            used(&std::fs::read_to_string(path).unwrap(), &path.file_name().unwrap().to_string_lossy(), &mut uses);
        }
    });
    assert!(uses.len() > 60, "the code's uses are found: {}", uses.len());
    let both = |lang: &str| {
        let mut all = String::new();
        walk(&root().join("locales").join(lang), &mut |path| {
            all.push_str(&std::fs::read_to_string(path).unwrap());
            all.push('\n');
        });
        declared(&all)
    };
    let (sv, en) = (both("sv"), both("en"));
    let mut wrong = vec![];
    for (key, vars) in &sv {
        match en.get(key) {
            None => wrong.push(format!("{key} is not in English")),
            Some(other) if other != vars => wrong.push(format!("{key} has {vars:?} in Swedish, {other:?} in English")),
            Some(_) => {}
        }
    }
    wrong.extend(en.keys().filter(|key| !sv.contains_key(*key)).map(|key| format!("{key} is not in Swedish")));
    for (key, vars, file) in &uses {
        match sv.get(key) {
            None => wrong.push(format!("{file} asks for {key}, which is in no file")),
            Some(known) if known != vars => wrong.push(format!("{file} gives {key} {vars:?}, it has {known:?}")),
            Some(_) => {}
        }
    }
    wrong.extend(
        sv.keys().filter(|key| !uses.iter().any(|used| &used.0 == *key)).map(|key| format!("{key} is not used")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_words_is_read_and_sound() {
    let mut on_disk: Vec<String> = vec![];
    walk(&root().join("locales/sv"), &mut |path| {
        on_disk.push(path.file_stem().unwrap().to_string_lossy().into_owned())
    });
    on_disk.sort();
    let mut read: Vec<String> = lang::FILES.iter().map(|(name, _, _)| (*name).to_owned()).collect();
    read.sort();
    assert_eq!(on_disk, read);
    for (name, sv, en) in lang::FILES {
        for source in [sv, en] {
            let errors = fluent_bundle::FluentResource::try_new((*source).to_owned()).err().map(|(_, errors)| errors);
            assert!(errors.is_none(), "{name}: {errors:?}");
        }
    }
}

#[test]
fn the_scanner_of_uses_sees_what_the_compiler_sees() {
    let mut found = vec![];
    used(
        r#"let x = t!(lang, "a"); t!(f(a, b), "b-c", count = list(1, 2).len(), who = "x, y = z"); format!("q");"#,
        "f",
        &mut found,
    );
    let names: Vec<_> = found
        .iter()
        .map(|(key, vars, _)| (key.as_str(), vars.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    assert_eq!(names, [("a", vec![]), ("b-c", vec!["count", "who"])]);
}

#[test]
fn messages_speak_their_language() {
    assert_eq!(crate::t!(Lang::Sv, "pager-rows", first = 1, last = 50, all = 12_345), "1–50 av 12\u{a0}345");
    assert_eq!(crate::t!(Lang::En, "pager-rows", first = 1, last = 50, all = 12_345), "1–50 of 12,345");
    assert_eq!(crate::t!(Lang::En, "form-errors", count = 1), "One thing needs to be put right");
    assert_eq!(lang::message(Lang::Sv, "no-such-message", &[]), "no-such-message");
}

#[test]
fn times_are_said_as_people_say_them() {
    let now = at("2026-11-23T14:04:00Z");
    for (moment, sv, en) in [
        ("2026-11-23T14:04:00Z", "i dag 15.04", "today 15:04"),
        ("2026-11-22T23:30:00Z", "i dag 00.30", "today 00:30"),
        ("2026-11-22T22:59:00Z", "i går 23.59", "yesterday 23:59"),
        ("2026-11-24T05:05:00Z", "i morgon 06.05", "tomorrow 06:05"),
        ("2026-11-16T14:04:00Z", "måndag 16 november 15.04", "Monday 16 November 15:04"),
        ("2025-07-01T10:00:00Z", "tisdag 1 juli 2025 12.00", "Tuesday 1 July 2025 12:00"),
    ] {
        assert_eq!(format::datetime(Lang::Sv, at(moment), now), sv);
        assert_eq!(format::datetime(Lang::En, at(moment), now), en);
    }
    assert_eq!(format::date(Lang::Sv, jiff::civil::date(2026, 2, 3)), "3 februari 2026");
    assert_eq!(format::month(Lang::En, jiff::civil::date(2026, 2, 3)), "February 2026");
}

#[test]
fn what_is_left_is_said_in_two_units_at_most() {
    let now = at("2026-11-23T14:04:00Z");
    for (minutes, sv, en) in [
        (320, "5 h 20 min kvar", "5 h 20 min left"),
        (0, "under 1 min kvar", "under 1 min left"),
        (60, "1 h kvar", "1 h left"),
        (48 * 60, "2 dygn kvar", "2 days left"),
        (51 * 60 + 5, "2 dygn 3 h kvar", "2 days 3 h left"),
        (-2 * 24 * 60, "2 dygn över tiden", "2 days overdue"),
        (-45, "45 min över tiden", "45 min overdue"),
    ] {
        assert_eq!(format::duration_left(Lang::Sv, now + minutes.minutes(), now), sv);
        assert_eq!(format::duration_left(Lang::En, now + minutes.minutes(), now), en);
    }
    // Thirty-six hours are thirty-six hours, also over the night when the clock goes back.
    let before = at("2026-10-24T20:00:00Z");
    assert_eq!(format::duration_left(Lang::Sv, before + 36.hours(), before), "36 h kvar");
    assert_eq!(format::datetime(Lang::Sv, before + 36.hours(), before), "måndag 26 oktober 09.00");
}

#[test]
fn a_clock_is_late_only_when_its_time_is_over() {
    let (due, warn) = (at("2026-11-23T14:00:00Z"), at("2026-11-23T12:00:00Z"));
    assert_eq!(Urgency::at(due, warn, at("2026-11-23T11:59:59Z")), Urgency::Calm);
    assert_eq!(Urgency::at(due, warn, warn), Urgency::Soon);
    assert_eq!(Urgency::at(due, warn, due), Urgency::Soon);
    assert_eq!(Urgency::at(due, warn, at("2026-11-23T14:00:01Z")), Urgency::Late);
}

#[test]
fn numbers_are_written_as_the_language_writes_them() {
    assert_eq!(format::number(Lang::Sv, 1_234_567), "1\u{a0}234\u{a0}567");
    assert_eq!(format::number(Lang::Sv, -999), "−999");
    assert_eq!(format::decimal(Lang::Sv, 1234.56, 1), "1\u{a0}234,6");
    assert_eq!(format::decimal(Lang::En, -0.04, 1), "0.0");
    assert_eq!(format::decimal(Lang::Sv, f64::NAN, 1), "–");
    assert_eq!(format::percent(Lang::Sv, 0.845), "84,5\u{a0}%");
    assert_eq!(format::percent(Lang::En, 1.0), "100%");
}

#[test]
fn a_year_that_no_field_can_show_is_not_read() {
    assert_eq!(format::from_field("-000203-03-28T10:00"), None);
    assert_eq!(format::from_field("0000-12-31T10:00"), None);
    let first = format::from_field("0001-01-01T10:00").unwrap();
    assert_eq!(format::field_value(first), "0001-01-01T10:00");
}

proptest! {
    #[test]
    fn a_number_keeps_its_digits(value in any::<i64>()) {
        for lang in [Lang::Sv, Lang::En] {
            let digits: String = format::number(lang, value).chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits, value.unsigned_abs().to_string());
        }
    }

    #[test]
    fn a_moment_comes_back_from_its_field_to_the_minute(seconds in 0_i64..4_000_000_000) {
        let moment = Timestamp::from_second(seconds).unwrap();
        let back = format::from_field(&format::field_value(moment)).unwrap();
        let lost = moment.as_second() - back.as_second();
        // In the hour that comes twice the earlier is meant.
        prop_assert!((0..60).contains(&lost) || (3600..3660).contains(&lost), "{}", lost);
    }

    #[test]
    fn nothing_that_is_typed_breaks_out_of_its_field(value in any::<String>()) {
        let posted = Posted { values: vec![("note".into(), value.clone())], errors: vec![] };
        let field = form::text(Lang::Sv, &posted, &Field::new("note", "Anteckning")).into_string();
        prop_assert_eq!(field.matches('<').count(), 5, "{}", field);
        let none = form::municipality_code(&posted, "note", &[]);
        prop_assert_eq!(none, None);
    }

    #[test]
    fn no_value_breaks_a_picture(values in proptest::collection::vec(proptest::option::of(proptest::num::f64::ANY), 0..20)) {
        let points: Vec<Point> = values.iter().map(|value| Point { label: "x".into(), value: value.map_or(Value::Withheld, Value::Known) }).collect();
        let nodes: Vec<FlowNode> = points.iter().map(|point| FlowNode { label: "x".into(), value: point.value, lost: Some("y".into()) }).collect();
        let picture = Picture { id: "p".into(), title: "T".into(), description: "D".into(), label: "L".into(), figure: "F".into(), kind: FigureKind::Count };
        for drawn in [picture::bars(Lang::Sv, &picture, &points), picture::curve(Lang::Sv, &picture, &points), picture::flow(Lang::Sv, &picture, &nodes)] {
            let drawn = drawn.into_string();
            prop_assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{}", drawn);
        }
    }
}

#[test]
fn a_withheld_figure_can_be_worked_out_neither_from_a_bar_nor_from_the_flow() {
    let picture = Picture {
        id: "p".into(),
        title: "T".into(),
        description: "D".into(),
        label: "L".into(),
        figure: "F".into(),
        kind: FigureKind::Count,
    };
    let node = |value| FlowNode { label: "steg".into(), value, lost: Some("slutade".into()) };
    let drawn = picture::flow(Lang::Sv, &picture, &[node(Value::Known(10.0)), node(Value::Withheld)]).into_string();
    assert!(drawn.contains("<strong>..</strong> slutade"), "what left is as secret as what stayed");
    assert!(drawn.contains(&crate::t!(Lang::Sv, "picture-withheld")));
    let wide = drawn.matches("class=\"kept\"").count();
    assert_eq!(wide, 2, "both bands beside it are drawn as kept back");
}

#[test]
fn a_field_is_tied_to_its_label_hint_and_error() {
    let mut posted = Posted { values: vec![("phone".into(), "12".into())], errors: vec![] };
    posted.refuse("phone", "Skriv hela numret.");
    let field = Field::new("phone", "Telefon").hint("Med riktnummer.").when("answer", "yes,later");
    let markup = form::text(Lang::Sv, &posted, &field).into_string();
    for part in [
        "<label for=\"f-phone\">",
        "id=\"f-phone\"",
        "aria-describedby=\"f-phone-hint f-phone-error\"",
        "aria-invalid=\"true\"",
        "id=\"f-phone-hint\"",
        "id=\"f-phone-error\"",
        "value=\"12\"",
        "data-when=\"answer=yes,later\"",
    ] {
        assert!(markup.contains(part), "{part} in {markup}");
    }
    let summary = form::error_summary(Lang::Sv, &posted).into_string();
    assert!(summary.contains("role=\"alert\"") && summary.contains("href=\"#f-phone\""));
    assert_eq!(form::error_summary(Lang::Sv, &Posted::default()).into_string(), "");
}

#[test]
fn a_preset_is_a_first_answer_and_never_overrides_a_sent_one() {
    let choices = [Choice::new("a", "A"), Choice::new("b", "B")];
    let field = Field::new("x", "X").preset("a");
    let checked = |posted: &Posted| {
        form::radios(Lang::Sv, posted, &field, &choices, Columns::One).into_string().matches("checked").count()
    };
    assert_eq!(checked(&Posted::default()), 1);
    assert_eq!(checked(&Posted { values: vec![("y".into(), "1".into())], errors: vec![] }), 0);
    let text = form::text(Lang::Sv, &Posted { values: vec![("x".into(), String::new())], errors: vec![] }, &field)
        .into_string();
    assert!(text.contains("value=\"\""), "an emptied field stays empty: {text}");
    let sent_without = Posted { values: vec![("y".into(), "1".into())], errors: vec![] };
    assert!(form::text(Lang::Sv, &sent_without, &field).into_string().contains("value=\"\""), "so does one not sent");
    let word = form::password(
        Lang::Sv,
        &Posted { values: vec![("x".into(), "hemligt".into())], errors: vec![] },
        &field,
        false,
    );
    assert!(!word.into_string().contains("hemligt"), "a password is never sent back");
}

#[test]
fn a_municipality_is_known_by_card_name_or_code() {
    let all = [
        Municipality { code: "1080", name: "Karlskrona" },
        Municipality { code: "1380", name: "Halmstad" },
        Municipality { code: "1488", name: "Trollhättan" },
    ];
    let sent = |values: &[&str]| Posted {
        values: values.iter().map(|value| ("home".to_owned(), (*value).to_owned())).collect(),
        errors: vec![],
    };
    for (values, code) in [
        (&["1080"][..], Some("1080")),
        (&["", "TROLLHÄTTAN"], Some("1488")),
        (&["", " Halmstad kommun "], Some("1380")),
        (&["1080", ""], Some("1080")),
        (&["", "Malm"], None),
        (&[""], None),
        (&[], None),
    ] {
        assert_eq!(form::municipality_code(&sent(values), "home", &all), code, "{values:?}");
    }
}

#[test]
fn the_language_switch_keeps_the_page_and_leads_nowhere_else() {
    let link = |lang, path: &str| {
        let page = Page {
            lang,
            title: "T".into(),
            viewer: None,
            path,
            main: maud::html! { h1 { "T" } },
            kind: PageKind::Plain,
            notice: None,
        };
        let text = layout::page(&page).into_string();
        text.split("class=\"language\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&")
    };
    assert_eq!(link(Lang::Sv, "/cases?state=open&lang=sv"), "/cases?state=open&lang=en");
    assert_eq!(link(Lang::En, "/"), "/?lang=sv");
    assert_eq!(link(Lang::Sv, "//evil.example/x"), "/?lang=en");
    assert_eq!(link(Lang::Sv, "/\\evil.example"), "/?lang=en");
}

#[test]
fn every_error_has_its_own_words_in_both_languages() {
    for lang in [Lang::Sv, Lang::En] {
        let mut titles = BTreeSet::new();
        for status in [400, 403, 404, 409, 412, 413, 429, 500, 503] {
            let error = ErrorPage::usual(lang, status, Some("7KQ2".into()));
            let page = layout::error_page(lang, &error).into_string();
            assert!(page.contains(&error.now) && page.contains("7KQ2") && page.contains(&status.to_string()));
            assert!(titles.insert(error.title.clone()), "{} is said of two errors", error.title);
        }
    }
}

#[test]
fn every_script_says_what_whom_why_how_long_and_that_no_is_an_answer() {
    let mut files = 0;
    walk(&root().join("locales/script"), &mut |_| files += 1);
    assert_eq!(script::all().len(), files, "each file is read");
    let mut codes = BTreeSet::new();
    for script in script::all() {
        let code = &script.code;
        assert!(codes.insert(code.clone()) && !script.name.is_empty());
        assert_eq!(script.offer.trim().lines().count(), 6, "{code}: the offer has the reference's six parts");
        assert_eq!(script.consent.trim().lines().count(), 6, "{code}: so has the consent");
        assert!(script.consent.contains("12"), "{code}: how long it holds");
        assert_eq!(script.child.is_some(), script.reviewed, "{code}: words for the young are in the reference");
        let child = script.words_for("child");
        assert_eq!(child.trim().lines().count(), 6, "{code}: and say the same six things");
        assert!(child.contains("12") && script.words_for("guardian") == script.consent, "{code}");
        let longest = child.split(['.', '?', ':']).map(|sentence| sentence.split_whitespace().count()).max().unwrap();
        assert!(!script.reviewed || longest <= 27, "{code}: a sentence of {longest} words is hard at thirteen");
        assert_eq!(script.reviewed, ["sv", "en"].contains(&code.as_str()), "{code}: only the reference is reviewed");
        let first = script.offer.chars().find(|c| c.is_alphabetic()).unwrap();
        assert_eq!(script.rtl, ('\u{590}'..'\u{8ff}').contains(&first), "{code}: the direction of its letters");
    }
    let page = script::script(Lang::Sv, "ar", |code| format!("?script={code}")).into_string();
    assert!(page.contains("dir=\"rtl\"") && page.contains(&crate::t!(Lang::Sv, "script-unreviewed")));
    assert!(
        !script::script(Lang::Sv, "sv", |_| String::new())
            .into_string()
            .contains(&crate::t!(Lang::Sv, "script-unreviewed"))
    );
    assert_eq!(script::consent(Lang::En, "xx").into_string(), script::consent(Lang::En, "en").into_string());
}

async fn fetch(address: &str, tag: Option<&str>) -> axum::response::Response {
    let mut request = Request::get(address);
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    assets::router::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn files_may_be_kept_for_ever_because_their_address_changes_with_them() {
    let address = assets::asset("kedjan.css");
    let answer = fetch(&address, None).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    assert!(address.ends_with(&format!("?v={}", tag.trim_matches('"'))));
    assert_eq!(
        answer.into_body().collect().await.unwrap().to_bytes(),
        std::fs::read(root().join("assets/kedjan.css")).unwrap()
    );
    assert_eq!(fetch(&address, Some(&tag)).await.status(), StatusCode::NOT_MODIFIED);
    let icon = fetch("/favicon.ico", None).await;
    assert_eq!((icon.status(), &icon.headers()["content-type"]), (StatusCode::OK, &"image/svg+xml".parse().unwrap()));
    assert_eq!(fetch("/assets/..%2fCargo.toml", None).await.status(), StatusCode::NOT_FOUND);
    for font in std::fs::read_to_string(root().join("assets/font.css")).unwrap().split("url(").skip(1) {
        let name = font.split(')').next().unwrap();
        assert_eq!(fetch(&format!("/assets/{name}"), None).await.status(), StatusCode::OK, "{name}");
    }
}

#[test]
fn the_ticking_clock_says_the_same_words_as_the_page() {
    let code = std::fs::read_to_string(root().join("assets/enhance.js")).unwrap();
    for lang in [Lang::Sv, Lang::En] {
        for words in [
            crate::t!(lang, "time-left", span = ""),
            crate::t!(lang, "time-over", span = ""),
            crate::t!(lang, "time-under-a-minute"),
        ] {
            assert!(code.contains(&format!("\"{}\"", words.trim())), "{words}");
        }
    }
    assert!(
        !code.contains("localStorage") && !code.contains("innerHTML"),
        "nothing is kept in the browser, nothing is run from text"
    );
}

/// Light and dark tokens of the style sheets: those of all pages, and those of charts.
fn tokens() -> [BTreeMap<String, String>; 2] {
    let mut all = [BTreeMap::new(), BTreeMap::new()];
    for file in ["assets/kedjan.css", "assets/chart.css"] {
        let css = std::fs::read_to_string(root().join(file)).unwrap();
        let roots = css.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap());
        for (theme, root) in all.iter_mut().zip(roots) {
            let pairs = root.split(';').filter_map(|pair| pair.trim().strip_prefix("--")?.split_once(':'));
            theme.extend(pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())));
        }
    }
    all
}

/// The contrast between two colours, as WCAG 2 defines it.
fn contrast(one: &str, other: &str) -> f64 {
    let light = |colour: &str| {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (one, other) = (light(one) + 0.05, light(other) + 0.05);
    if one > other { one / other } else { other / one }
}

#[test]
fn every_text_stands_out_from_its_ground_in_light_and_dark() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
    let text = [
        ("text", "page surface sunken tint"),
        ("muted", "page surface sunken tint"),
        ("accent", "page surface tint"),
        ("accent-strong", "page surface tint"),
        ("on-accent", "accent accent-strong"),
        ("on-head", "head"),
        ("info", "info-bg"),
        ("success", "success-bg"),
        ("warning", "warning-bg"),
        ("danger", "danger-bg page surface"),
        ("surface", "danger"),
        ("on-step-1", "step-1"),
        ("on-step-2", "step-2"),
        ("on-step-3", "step-3"),
        ("on-step-4", "step-4"),
        ("on-step-5", "step-5"),
        // The names at the ends of lines.
        ("warning", "page"),
        ("info", "page"),
    ];
    // Edges of fields, focus and drawn figures need three to one.
    let drawn = [("edge", "page surface"), ("focus", "page surface"), ("accent", "page surface sunken")];
    for (theme, tokens) in ["light", "dark"].iter().zip(tokens()) {
        for (pairs, least) in [(&text[..], 4.5), (&drawn[..], 3.0)] {
            for (front, grounds) in pairs {
                for ground in grounds.split(' ') {
                    let found = contrast(&tokens[*front], &tokens[ground]);
                    assert!(found >= least, "{theme}: {front} on {ground} is {found:.2}");
                }
            }
        }
    }
}
