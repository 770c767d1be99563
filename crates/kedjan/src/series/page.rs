//! The markup of the situation picture. Everything in it may be shown.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::picture::{Own, Picture};
use super::words::{Area, Sex};
use super::{Import, Reading, State, Topic};
use crate::http::percent;
use crate::reference;
use crate::t;
use crate::web::chart::{self, Cell, Line, Row, Tile, Time, Told};
use crate::web::form::{self, Choice, Columns, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, Column, Link, Pager, Table, Tone};
use crate::web::picture::FigureKind;

/// The picture, and for those who keep it a form for the joint reading.
pub(super) fn situation(lang: Lang, picture: &Picture, posted: &Posted, keeps: bool, now: Timestamp) -> Markup {
    let name = picture.area.name(lang);
    html! {
        h1 { (t!(lang, "situation-title")) }
        p.lead { (name) }
        (form::error_summary(lang, posted))
        @match picture.renewed {
            Some((at, old)) => {
                p { (t!(lang, "situation-renewed", day = format::date(lang, format::local(at).date()))) }
                @if old { (parts::banner(Tone::Warning, &t!(lang, "situation-old"))) }
            },
            None => (parts::empty(&t!(lang, "situation-empty-title"), &t!(lang, "situation-empty-text"), None)),
        }
        @if keeps { p.actions { a.button.secondary href="/situation/imports" { (t!(lang, "situation-to-imports")) } } }
        (chooser(lang, picture))
        @for (nr, topic) in picture.topics.iter().enumerate() { (drawn_topic(lang, picture, nr, topic)) }
        @if !picture.topics.is_empty() { p.hint { (t!(lang, "situation-protected", threshold = picture.threshold)) } }
        h2 { (t!(lang, "situation-own")) }
        @if picture.own.is_empty() { p { (t!(lang, "situation-own-none")) } }
        @for own in &picture.own { (drawn_own(lang, own)) }
        (reading(lang, picture, posted, keeps, now))
    }
}

fn chooser(lang: Lang, picture: &Picture) -> Markup {
    let areas: Vec<(String, String)> =
        picture.areas.iter().map(|area| (area.code().to_owned(), area.name(lang))).collect();
    let areas: Vec<Choice<'_>> = areas.iter().map(|(code, name)| Choice::new(code, name)).collect();
    let indicators: Vec<Choice<'_>> = picture.indicators.iter().map(|name| Choice::new(name, name)).collect();
    let mut posted = Posted { values: vec![("area".into(), picture.area.code().to_owned())], errors: Vec::new() };
    posted.values.extend(picture.chosen.iter().map(|name| ("indicator".to_owned(), name.clone())));
    let content = html! {
        form method="get" action="/situation" {
            (form::select(lang, &posted, &Field::new("area", &t!(lang, "situation-area")), &areas))
            @if !indicators.is_empty() {
                (form::checkboxes(lang, &posted, &Field::new("indicator", &t!(lang, "situation-indicators")).optional(), &indicators, Columns::Two))
            }
            (form::button(&t!(lang, "situation-show")))
        }
    };
    form::details(&t!(lang, "situation-choose"), &content, false)
}

/// The address of the picture of a place, with the same measures.
fn href(path: &str, area: &Area, indicators: &[String]) -> String {
    let mut href = format!("{path}?area={}", area.code());
    for name in indicators {
        href.push_str(&format!("&indicator={}", percent(name)));
    }
    href
}

/// The place, its county and the nation, each once.
fn compared(picture: &Picture) -> Vec<Area> {
    let mut areas = vec![picture.area.clone()];
    for other in [picture.county.clone(), Area::nation()] {
        if !areas.contains(&other) {
            areas.push(other);
        }
    }
    areas
}

/// What stands around a chart of a topic. `id` is the chart's, `sources` who made the figures in it.
fn told(lang: Lang, picture: &Picture, id: String, topic: &Topic, title: String, sources: &[String]) -> Told {
    let only = std::slice::from_ref(&topic.indicator);
    Told {
        id,
        title,
        definition: topic.unit.words(lang),
        source: t!(lang, "situation-source", sources = sources.join("; ")),
        files: vec![Link {
            href: href("/situation/series.csv", &picture.area, only),
            label: t!(lang, "figures-download"),
        }],
        kind: topic.unit.kind(),
    }
}

fn drawn_topic(lang: Lang, picture: &Picture, nr: usize, topic: &Topic) -> Markup {
    html! {
        section id={ "topic-" (nr) } {
            h2 { (topic.title()) }
            div.panels {
                (over_time(lang, picture, nr, topic))
                (by_sex(lang, picture, nr, topic))
                (by_place(lang, picture, nr, topic))
            }
            (form::details(&t!(lang, "situation-all", title = topic.title()), &all(lang, picture, topic), false))
        }
    }
}

/// The place beside the county and the nation in the only year there is.
fn at_one_time(lang: Lang, told: &mut Told, topic: &Topic, period: &str, lines: &[Line]) -> Markup {
    told.title = t!(lang, "situation-at", year = period);
    let row = |line: &Line| Row { name: line.name.clone(), cells: line.cells.clone(), made_of: None };
    let rows: Vec<Row> = lines.iter().map(row).collect();
    chart::bars(lang, told, &t!(lang, "situation-place"), &[topic.unit.words(lang)], &rows)
}

/// The place beside the county and the nation, year by year; women and men where nobody has counted them together.
fn over_time(lang: Lang, picture: &Picture, nr: usize, topic: &Topic) -> Markup {
    let periods = topic.periods();
    let line = |name: String, area: &Area, sex: Sex| Line {
        name,
        cells: periods.iter().map(|period| topic.figure(area, period, sex)).collect(),
    };
    let has = |line: &Line| line.cells.iter().any(|cell| *cell != Cell::Missing);
    let mut lines: Vec<Line> =
        compared(picture).iter().map(|area| line(area.name(lang), area, Sex::All)).filter(has).collect();
    if lines.is_empty() {
        lines = [Sex::Woman, Sex::Man]
            .map(|sex| line(sex.words(lang), &picture.area, sex))
            .into_iter()
            .filter(has)
            .collect();
    }
    if lines.is_empty() {
        return html! { p { (t!(lang, "situation-no-figures", area = picture.area.name(lang))) } };
    }
    let areas = compared(picture);
    let sources = topic.sources(|shown| areas.contains(shown.area()));
    let title = t!(lang, "situation-over-time");
    let mut told = told(lang, picture, format!("topic-{nr}-time"), topic, title, &sources);
    if let Some(answers) = answers(lang, picture, topic) {
        told.source = format!("{} {answers}", told.source);
    }
    match periods.as_slice() {
        [period] => at_one_time(lang, &mut told, topic, period, &lines),
        _ => chart::lines(lang, &told, &t!(lang, "situation-year"), &Time::coded(periods), &lines),
    }
}

/// How many the latest figure of each place is made of.
fn answers(lang: Lang, picture: &Picture, topic: &Topic) -> Option<String> {
    let periods = topic.periods();
    let mut said = Vec::new();
    for area in compared(picture) {
        let latest = periods.iter().rev().find_map(|period| topic.at(&area, period, Sex::All));
        if let Some((shown, n)) = latest.and_then(|shown| Some((shown, shown.n()?))) {
            said.push(t!(
                lang,
                "situation-n",
                area = area.name(lang),
                year = shown.period(),
                n = format::number(lang, n)
            ));
        }
    }
    (!said.is_empty()).then(|| format!("{}.", said.join("; ")))
}

/// Women and men in the place, the latest year that has them.
fn by_sex(lang: Lang, picture: &Picture, nr: usize, topic: &Topic) -> Markup {
    let figure = |period: &str, sex: Sex| topic.figure(&picture.area, period, sex);
    let periods = topic.periods();
    let parts = [Sex::Woman, Sex::Man];
    let latest = periods.iter().rev().find(|period| parts.iter().any(|sex| figure(period, *sex) != Cell::Missing));
    let Some(period) = latest else { return html! {} };
    let sexes = [Sex::All, Sex::Woman, Sex::Man, Sex::Unknown];
    let rows: Vec<Row> = sexes
        .into_iter()
        .filter(|sex| figure(period, *sex) != Cell::Missing)
        .map(|sex| Row {
            name: sex.words(lang),
            cells: vec![figure(period, sex)],
            made_of: topic
                .at(&picture.area, period, sex)
                .and_then(|shown| shown.n())
                .map(|n| t!(lang, "situation-of", n = format::number(lang, n))),
        })
        .collect();
    let title = t!(lang, "situation-by-sex", area = picture.area.name(lang), year = period.as_str());
    let sources = topic.sources(|shown| *shown.area() == picture.area && shown.period() == period);
    let told = told(lang, picture, format!("topic-{nr}-sex"), topic, title, &sources);
    chart::bars(lang, &told, &t!(lang, "situation-sex"), &[topic.unit.words(lang)], &rows)
}

/// The county's municipalities, the latest year that at least two of them have.
fn by_place(lang: Lang, picture: &Picture, nr: usize, topic: &Topic) -> Markup {
    let places: Vec<&Area> = picture.areas.iter().filter(|area| **area != picture.county).collect();
    let figure = |area: &Area, period: &str| topic.figure(area, period, Sex::All);
    let periods = topic.periods();
    let has_two =
        |period: &&String| places.iter().filter(|area| figure(area, period) != Cell::Missing).nth(1).is_some();
    let Some(period) = periods.iter().rev().find(has_two) else { return html! {} };
    let tiles: Vec<Tile> = places
        .iter()
        .map(|area| Tile {
            name: area.name(lang),
            spot: reference::spot(area.code()),
            href: format!("{}#topic-{nr}", href("/situation", area, &picture.chosen)),
            cell: figure(area, period),
            made_of: None,
        })
        .collect();
    let title = t!(lang, "situation-by-place", year = period.as_str());
    let sources = topic.sources(|shown| places.contains(&shown.area()) && shown.period() == period);
    let told = told(lang, picture, format!("topic-{nr}-place"), topic, title, &sources);
    chart::tiles(lang, &told, &t!(lang, "situation-place"), &topic.unit.words(lang), &tiles)
}

/// Every figure of the place, the county and the nation with what it is made of and who made it.
fn all(lang: Lang, picture: &Picture, topic: &Topic) -> Markup {
    let areas = compared(picture);
    let text = |label: String| Column { label, ..Column::default() };
    let number = |label: String| Column { label, numeric: true, ..Column::default() };
    let mut shown: Vec<_> = topic.cells.iter().filter(|shown| areas.contains(shown.area())).collect();
    shown.sort_by_key(|shown| {
        let area = areas.iter().position(|area| area == shown.area());
        (std::cmp::Reverse(shown.period()), area, shown.sex())
    });
    let rows = shown.into_iter().map(|shown| {
        vec![
            html! { (shown.period()) },
            html! { (shown.area().name(lang)) },
            html! { (shown.sex().words(lang)) },
            html! { (chart::written(lang, topic.unit.kind(), shown.figure)) },
            html! { (shown.n().map_or_else(|| "–".to_owned(), |n| format::number(lang, n))) },
            html! { (shown.source()) @if !shown.note().is_empty() { span.sub { (shown.note()) } } },
        ]
    });
    let table = Table {
        caption: topic.title(),
        caption_unseen: true,
        columns: vec![
            text(t!(lang, "situation-year")),
            text(t!(lang, "situation-place")),
            text(t!(lang, "situation-sex")),
            number(topic.unit.words(lang)),
            number(t!(lang, "situation-answers")),
            text(t!(lang, "situation-source-column")),
        ],
        rows: rows.collect(),
    };
    parts::table(lang, &table)
}

fn drawn_own(lang: Lang, own: &Own) -> Markup {
    let told = Told {
        id: format!("own-{}", own.method),
        title: own.name.clone(),
        definition: t!(lang, "situation-own-text"),
        source: own.source.clone(),
        files: vec![Link {
            href: format!("/county/figures.csv?method={}&table=municipalities", own.method),
            label: t!(lang, "figures-download"),
        }],
        kind: FigureKind::Share,
    };
    let row = |row: &super::picture::OwnRow| Row {
        name: row.name.clone(),
        cells: vec![row.figure],
        made_of: row.made_of.map(|(part, whole)| t!(lang, "figures-part-of", part = part, whole = whole)),
    };
    let rows: Vec<Row> = own.rows.iter().map(row).collect();
    let definitions = html! { dl { @for row in &own.rows { div { dt { (row.name) } dd { (row.definition) } } } } };
    html! {
        (chart::bars(lang, &told, &t!(lang, "situation-measure"), &[t!(lang, "series-percent")], &rows))
        (form::details(&t!(lang, "situation-own-definitions", method = own.name.as_str()), &definitions, false))
    }
}

/// What was read out of the figures together, and a form to write it anew.
fn reading(lang: Lang, picture: &Picture, posted: &Posted, keeps: bool, now: Timestamp) -> Markup {
    let reading = &picture.reading;
    let parts = [
        ("problem", t!(lang, "situation-problem"), &reading.problem),
        ("priorities", t!(lang, "situation-priorities"), &reading.priorities),
        ("goals", t!(lang, "situation-goals"), &reading.goals),
    ];
    html! {
        section #reading {
            h2 { (t!(lang, "situation-reading", area = picture.area.name(lang))) }
            @if reading.version == 0 {
                p { (t!(lang, "situation-reading-none")) }
            } @else {
                @for (_, title, text) in &parts {
                    @if !text.is_empty() {
                        h3 { (title) }
                        @for line in text.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
                    }
                }
                p.meta { (written_by(lang, reading, now)) }
            }
            @if keeps {
                @let form = html! {
                    form method="post" action="/situation/reading" {
                        (form::hidden("area", picture.area.code()))
                        (form::hidden("version", &reading.version.to_string()))
                        p.hint { (t!(lang, "situation-reading-hint")) }
                        @for (name, title, text) in &parts {
                            (form::text_area(lang, posted, &Field::new(name, title).optional().preset(text), 5))
                        }
                        (form::button(&t!(lang, "situation-reading-save")))
                    }
                };
                (form::details(&t!(lang, "situation-reading-write"), &form, !posted.errors.is_empty()))
            }
        }
    }
}

fn written_by(lang: Lang, reading: &Reading, now: Timestamp) -> String {
    let when = reading.at.map(|at| format::datetime(lang, at, now)).unwrap_or_default();
    let (who, whose) = reading.by.clone().unwrap_or_default();
    t!(lang, "situation-reading-by", version = reading.version, when = when, who = who, authority = whose)
}

/// The authority's files with what became of them, and the form for a new one.
pub(super) fn imports(lang: Lang, rows: &[Import], pager: &Pager, posted: &Posted, now: Timestamp) -> Markup {
    let text = |label: String| Column { label, ..Column::default() };
    let table = Table {
        caption: t!(lang, "series-files"),
        caption_unseen: true,
        columns: vec![
            text(t!(lang, "series-name")),
            text(t!(lang, "series-state")),
            text(t!(lang, "series-when")),
            Column { label: t!(lang, "series-cells"), numeric: true, ..Column::default() },
            text(t!(lang, "series-do")),
        ],
        rows: rows.iter().map(|import| imported(lang, import, now)).collect(),
    };
    html! {
        h1 { (t!(lang, "series-title")) }
        p { a href="/situation" { (t!(lang, "series-to-situation")) } }
        (form::error_summary(lang, posted))
        form method="post" action="/situation/imports" enctype="multipart/form-data" {
            (form::text(lang, posted, &Field::new("name", &t!(lang, "series-name-label")).hint(&t!(lang, "series-name-hint"))))
            div.field .wrong[posted.refuses(&["file"])] {
                label for="f-file" { (t!(lang, "series-file-label")) }
                p.hint #f-file-hint { (t!(lang, "series-file-hint", most = super::MOST_BYTES >> 20)) }
                input #f-file name="file" type="file" accept=".csv,.txt,.tsv,text/csv" aria-describedby="f-file-hint";
            }
            div.actions {
                (form::button(&t!(lang, "series-take")))
                (form::button_secondary(&t!(lang, "series-try"), Some(("try", "1"))))
            }
        }
        (form::details(&t!(lang, "series-columns"), &columns(lang), false))
        h2 { (t!(lang, "series-files")) }
        @if rows.is_empty() { p { (t!(lang, "series-none")) } } @else { (parts::table(lang, &table)) (parts::pager(lang, pager)) }
    }
}

/// What a file is to look like.
fn columns(lang: Lang) -> Markup {
    html! {
        p { (t!(lang, "series-columns-text")) }
        pre.sample tabindex="0" role="region" aria-label=(t!(lang, "series-columns")) { (include_str!("../../reference/series-example.csv")) }
        p { (t!(lang, "series-columns-signs")) }
    }
}

fn imported(lang: Lang, import: &Import, now: Timestamp) -> Vec<Markup> {
    let state = match import.state {
        State::Current => parts::tag(Tone::Success, &t!(lang, "series-state-current")),
        State::Replaced => parts::tag(Tone::Neutral, &t!(lang, "series-state-replaced")),
        State::Withdrawn => parts::tag(Tone::Neutral, &t!(lang, "series-state-withdrawn")),
    };
    let who = import.by.clone().unwrap_or_else(|| t!(lang, "series-by-console"));
    vec![
        html! { (import.name) span.sub { (t!(lang, "series-version", version = import.version)) } },
        html! { (state) @if let Some(at) = import.ended_at { span.sub { (format::datetime(lang, at, now)) } } },
        html! {
            (format::datetime(lang, import.at, now)) span.sub { (who) }
            span.sub title=(import.digest) { "SHA-256 " (import.digest.get(..12).unwrap_or(&import.digest)) "…" }
        },
        html! { (format::number(lang, import.cells)) },
        html! {
            @if import.state == State::Current {
                form method="post" action={ "/situation/imports/" (import.id) "/withdraw" } {
                    button.button.warning type="submit" { (t!(lang, "series-withdraw")) span.unseen { " " (import.name) } }
                }
            }
        },
    ]
}

/// A value with a decimal comma, and never with three decimals, which could be thousands.
fn written_value(value: f64) -> String {
    let text = value.to_string().replace('.', ",");
    let is_three = text.split_once(',').is_some_and(|(_, decimals)| decimals.len() == 3);
    if is_three { format!("{text}0") } else { text }
}

/// The figures as a file of the form that they can be taken in from: UTF-8 with a byte order mark, semicolons, decimal commas.
pub(super) fn csv(topics: &[Topic]) -> String {
    let mut out = String::from("\u{feff}");
    crate::statistics::write_line(&mut out, &super::read::header());
    for topic in topics {
        for shown in &topic.cells {
            let value = match (shown.value(), shown.figure) {
                (Some(value), _) => written_value(value),
                (None, Cell::Withheld) => "..".to_owned(),
                (None, _) => ".".to_owned(),
            };
            let fields = [
                topic.indicator.as_str(),
                shown.period(),
                &shown.area().written(),
                &topic.group,
                shown.sex().written(),
                &value,
                topic.unit.written(),
                &shown.n().map_or_else(String::new, |n| n.to_string()),
                shown.source(),
                shown.note(),
            ];
            crate::statistics::write_line(&mut out, &fields.map(str::to_owned));
        }
    }
    out
}
