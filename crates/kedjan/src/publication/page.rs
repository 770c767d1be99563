//! The markup of releases. Everything in it is public.

use chain::text::Lang;
use maud::{Markup, html};

use super::files;
use super::http::Form;
use super::read::{Release, Table};
use super::words::dimension_title;
use crate::statistics::table::{self, Cell, Series, Unit};
use crate::t;
use crate::web::form;
use crate::web::format;
use crate::web::parts::{self, Column, Icon, Pager, SummaryRow};

/// "SMADIT: Blekinge län, kvartal 3 2026".
pub(super) fn title(lang: Lang, release: &Release) -> String {
    let name = release.marks.method_name.get(lang);
    format!("{name}: {}, {}", release.about(lang), release.period.words(lang))
}

fn number(lang: Lang, count: u64) -> String {
    format::number(lang, i64::try_from(count).unwrap_or(i64::MAX))
}

fn day(lang: Lang, release: &Release) -> String {
    format::date(lang, format::local(release.made_at).date())
}

pub(super) fn list(lang: Lang, title: &str, releases: &[Release], pager: &Pager) -> Markup {
    let column = |label: String, numeric: bool| Column { label, numeric, ..Column::default() };
    let row = |release: &Release| {
        vec![
            html! { a href=(format!("/figures/{}", release.id)) { (self::title(lang, release)) } },
            html! { (release.version) },
            html! { (day(lang, release)) },
            html! { (number(lang, release.sizes().0)) },
        ]
    };
    html! {
        h1 { (title) }
        p.lead { (t!(lang, "publication-lead")) }
        p { a href="/nation" { (t!(lang, "publication-to-nation")) } }
        @if releases.is_empty() {
            (parts::empty(&t!(lang, "publication-empty-title"), &t!(lang, "publication-empty-text"), None))
        } @else {
            (parts::table(lang, &parts::Table {
                caption: title.to_owned(),
                caption_unseen: true,
                columns: vec![
                    column(t!(lang, "publication-column-release"), false),
                    column(t!(lang, "publication-column-version"), true),
                    column(t!(lang, "publication-column-made"), false),
                    column(t!(lang, "publication-column-cells"), true),
                ],
                rows: releases.iter().map(row).collect(),
            }))
            (parts::pager(lang, pager))
        }
        p { a.download href="/figures/catalog.ttl" { (parts::icon(Icon::Download)) (t!(lang, "publication-catalogue-link")) } }
    }
}

pub(super) fn release(lang: Lang, release: &Release, tables: &[Table], versions: &[Release]) -> Markup {
    let newer = versions.first().filter(|newest| newest.version > release.version);
    let note = files::note(release, lang);
    html! {
        h1 { (title(lang, release)) }
        @if let Some(newer) = newer {
            p.lead {
                (t!(lang, "publication-replaced")) " "
                a href=(format!("/figures/{}", newer.id)) { (t!(lang, "publication-version", version = i64::from(newer.version))) }
            }
        }
        @if let Some(reason) = &release.marks.reason {
            p { strong { (t!(lang, "publication-reason")) } " " (reason) }
        }
        (headline(lang, release, tables))
        (downloads(lang, release, tables))
        h2 { (t!(lang, "publication-how")) }
        p { (note) }
        (marks(lang, release))
        (definitions(lang, tables))
        (reporters(lang, release))
        (others(lang, release, versions))
        p.source { (files::source(release, lang)) }
    }
}

/// The counts and shares of the whole that the release is about: the first place of its first table.
fn headline(lang: Lang, release: &Release, tables: &[Table]) -> Markup {
    let Some(table) = tables.first() else { return html! {} };
    let sheet = files::sheet(release, table, lang);
    let place =
        sheet.keys().first().and_then(|key| key.first().map(|(_, name)| (*name).to_owned())).unwrap_or_default();
    let written = |cell: &Cell, unit: Unit| match (cell, cell.sign()) {
        (Cell::Known(value), _) if unit == Unit::Percent => format::percent(lang, value / 100.0),
        (Cell::Known(value), _) => format::number(lang, *value as i64),
        (_, sign) => sign.unwrap_or_default().to_owned(),
    };
    let cells = sheet.rows.first().map(Vec::as_slice).unwrap_or_default();
    let row = |(series, cell): (&Series, &Cell)| {
        vec![
            html! { (series.name) },
            html! { (table::unit_name(lang, series.unit)) },
            html! { (written(cell, series.unit)) },
        ]
    };
    let rows = sheet.series.iter().zip(cells).map(row).collect();
    let column = |label: String, numeric: bool| Column { label, numeric, ..Column::default() };
    let columns = vec![
        column(t!(lang, "figures-column-measure"), false),
        column(t!(lang, "figures-column-unit"), false),
        column(place.clone(), true),
    ];
    html! {
        h2 { (place) }
        (parts::table(lang, &parts::Table { caption: sheet.title.clone(), caption_unseen: true, columns, rows }))
    }
}

/// Every table with what it crosses and its files.
fn downloads(lang: Lang, release: &Release, tables: &[Table]) -> Markup {
    let row = |table: &Table| {
        let content = &table.content;
        let names: Vec<String> =
            content.dimensions.iter().map(|dimension| dimension_title(lang, &dimension.id)).collect();
        let file = |form: Form| {
            let href = format!("/figures/{}/{}.{}", release.id, content.name, form.end());
            html! { a.download href=(href) { (form.end().to_uppercase()) } " " }
        };
        vec![
            html! { (table.title(lang)) },
            html! { (names.join(" × ")) },
            html! { (number(lang, content.cells.len() as u64)) },
            html! { @for form in Form::ALL { (file(form)) } },
        ]
    };
    let column = |label: String, numeric: bool| Column { label, numeric, ..Column::default() };
    let title = t!(lang, "publication-tables");
    let columns = vec![
        column(t!(lang, "figures-column-table"), false),
        column(t!(lang, "publication-column-by"), false),
        column(t!(lang, "publication-column-cells"), true),
        column(t!(lang, "publication-column-files"), false),
    ];
    html! {
        h2 { (title) }
        (parts::table(lang, &parts::Table { caption: title.clone(), caption_unseen: true, columns, rows: tables.iter().map(row).collect() }))
    }
}

/// How it was made and protected.
fn marks(lang: Lang, release: &Release) -> Markup {
    let marks = &release.marks;
    let (cells, withheld) = release.sizes();
    let row = |label: String, value: String| SummaryRow { label, value: html! { (value) }, action: None };
    let frozen = format!("release{}", super::files::FROZEN);
    let checksum = html! {
        (t!(lang, "publication-digest-of", digest = release.digest.as_str())) " "
        a.download href=(format!("/figures/{}/{frozen}", release.id)) { (frozen) }
    };
    parts::summary_list(&[
        row(t!(lang, "publication-column-version"), release.version.to_string()),
        row(t!(lang, "publication-column-made"), day(lang, release)),
        row(
            t!(lang, "publication-cells"),
            t!(lang, "publication-cells-of", cells = number(lang, cells), withheld = number(lang, withheld)),
        ),
        row(
            t!(lang, "publication-attacker"),
            t!(
                lang,
                "publication-attacker-text",
                cells = number(lang, marks.attacker.cells),
                kept = marks.kept_to as i64
            ),
        ),
        row(
            t!(lang, "publication-method-file"),
            t!(
                lang,
                "publication-method-version",
                method = marks.method_name.get(lang),
                version = i64::from(marks.method_version),
                program = marks.program.as_str()
            ),
        ),
        SummaryRow { label: t!(lang, "publication-digest"), value: checksum, action: None },
    ])
}

fn definitions(lang: Lang, tables: &[Table]) -> Markup {
    let Some(table) = tables.first() else { return html! {} };
    let content = &table.content;
    let list = html! {
        dl {
            @for measure in &content.measures {
                div { dt { (measure.name.get(lang)) } dd { (measure.definition.get(lang)) } }
            }
            @for indicator in &content.indicators {
                div { dt { (indicator.name.get(lang)) } dd { (indicator.definition.get(lang)) } }
            }
        }
    };
    form::details(&t!(lang, "publication-definitions"), &list, false)
}

fn reporters(lang: Lang, release: &Release) -> Markup {
    let reporters = &release.marks.reporters;
    let list = html! {
        p { (t!(lang, "publication-reporters-text")) }
        ul { @for one in reporters { li { (one.name.get(lang)) } } }
    };
    let label = t!(lang, "publication-reporters", count = reporters.len() as i64);
    html! { @if !reporters.is_empty() { (form::details(&label, &list, false)) } }
}

fn others(lang: Lang, release: &Release, versions: &[Release]) -> Markup {
    let others: Vec<&Release> = versions.iter().filter(|one| one.id != release.id).collect();
    html! {
        @if !others.is_empty() {
            h2 { (t!(lang, "publication-versions")) }
            ul {
                @for one in others {
                    li {
                        a href=(format!("/figures/{}", one.id)) { (t!(lang, "publication-version", version = i64::from(one.version))) }
                        ", " (day(lang, one))
                    }
                }
            }
        }
    }
}
