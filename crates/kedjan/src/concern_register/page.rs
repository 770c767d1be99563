//! The markup of the register.

use chain::text::Lang;
use maud::{Markup, html};

use super::files::{place, sign, source};
use super::{ALL, Register, Row, Table, YEARS};
use crate::reference;
use crate::statistics::{Figure, Share};
use crate::t;
use crate::web::form::{self, Choice, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, Column, Tone};

/// The page when what was asked for cannot be.
pub(super) fn again(lang: Lang, posted: &Posted) -> Markup {
    html! {
        h1 { (t!(lang, "register-title")) }
        @for error in &posted.errors { (parts::banner(Tone::Danger, &error.message)) }
        p { a href="/reports-of-concern" { (t!(lang, "register-this-year")) } }
    }
}

/// The register of a year; who reported is shown for one county or for all.
pub(super) fn register(lang: Lang, register: &Register, this: i16, county: &str) -> Markup {
    let file = |end: &str| format!("/reports-of-concern/figures.{end}?year={}", register.year);
    html! {
        h1 { (t!(lang, "register-title")) }
        p.lead { (t!(lang, "register-lead")) }
        (chooser(lang, register, this, county))
        (reporting(lang, register))
        @match &register.table {
            None => (parts::empty(&t!(lang, "register-not-shown"), &t!(lang, "register-not-shown-text"), None)),
            Some(table) if table.rows.is_empty() => {
                (parts::empty(&t!(lang, "register-none"), &t!(lang, "register-none-text"), None))
            }
            Some(table) => {
                (categories(lang, table, chosen(table, county)))
                (counties(lang, register, table))
                (definitions(lang, table))
                p { (t!(lang, "register-withheld")) }
                p { (t!(lang, "register-preliminary")) }
                p {
                    a.download href=(file("csv")) { (t!(lang, "register-csv")) } " "
                    a.download href=(file("xlsx")) { (t!(lang, "register-xlsx")) } " "
                    a.download href=(file("json")) { (t!(lang, "register-json")) }
                }
                p.source { (source(lang, register)) }
            }
        }
    }
}

/// The choice of year, and of the county that who reported is shown for.
fn chooser(lang: Lang, register: &Register, this: i16, county: &str) -> Markup {
    let rows = register.table.as_ref().map(|table| table.rows.as_slice()).unwrap_or_default();
    let county = rows.iter().find(|row| row.code == county).map_or(ALL, |row| row.code.as_str());
    let values = [("year", register.year.to_string()), ("county", county.to_owned())];
    let values = values.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let posted = Posted { values, errors: Vec::new() };
    let years: Vec<String> = (0..YEARS).map(|back| (this - back).to_string()).collect();
    let years: Vec<Choice<'_>> = years.iter().map(|year| Choice::new(year, year)).collect();
    let names: Vec<(&str, String)> = rows.iter().rev().map(|row| (row.code.as_str(), place(lang, &row.code))).collect();
    let counties: Vec<Choice<'_>> = names.iter().map(|(code, name)| Choice::new(code, name)).collect();
    html! {
        form method="get" action="/reports-of-concern" {
            (form::select(lang, &posted, &Field::new("year", &t!(lang, "register-year")), &years))
            @if counties.len() > 2 {
                (form::select(lang, &posted, &Field::new("county", &t!(lang, "register-county")), &counties))
            }
            (form::button(&t!(lang, "register-show")))
        }
    }
}

/// Who has not reported stands above the figures: a county that is half there must not look small.
fn reporting(lang: Lang, register: &Register) -> Markup {
    let missing = &register.reporting.missing;
    let names: Vec<&str> = missing.keys().filter_map(|code| Some(reference::municipality(code)?.name)).collect();
    html! {
        @if !missing.is_empty() {
            (parts::banner(Tone::Warning, &t!(lang, "register-missing", reported = register.reporting.whole(),
                all = register.reporting.expected.len())))
            details {
                summary { (t!(lang, "register-who-missing", count = names.len())) }
                p { (names.join(", ")) }
            }
        }
    }
}

fn count(lang: Lang, figure: Figure) -> String {
    figure.open().map_or_else(|| "..".to_owned(), |n| format::number(lang, n))
}

/// A share with how many it is of: 84,5 % (n = 271).
fn share(lang: Lang, share: Share) -> Markup {
    html! {
        @match share {
            Share::Open { whole, .. } => {
                (share.value().map(|value| format::percent(lang, value)).unwrap_or_default())
                " " span.hint { "n\u{a0}=\u{a0}" (format::number(lang, whole)) }
            }
            Share::Empty | Share::Withheld => (sign(share)),
        }
    }
}

fn columns(heads: Vec<(String, bool)>) -> Vec<Column> {
    heads.into_iter().map(|(label, numeric)| Column { label, numeric, ..Column::default() }).collect()
}

/// The row that who reported is shown for: the county's, if one was chosen or there is but one, else that of all.
fn chosen<'t>(table: &'t Table, county: &str) -> Option<&'t Row> {
    let alone = table.rows.first().filter(|_| table.rows.len() == 2);
    alone.or_else(|| table.row(county)).or_else(|| table.rows.last())
}

/// Who reported, by the categories of the law.
fn categories(lang: Lang, table: &Table, row: Option<&Row>) -> Markup {
    let Some(row) = row else { return html! {} };
    let reports = row.count("reports");
    let rows = table
        .categories
        .iter()
        .map(|measure| {
            let n = row.count(&measure.id);
            vec![
                html! { (measure.name.get(lang)) },
                html! { (count(lang, n)) },
                html! {
                    @match Share::of(n, reports).value() {
                        Some(value) => (format::percent(lang, value)),
                        None => (sign(Share::of(n, reports))),
                    }
                },
            ]
        })
        .collect();
    let heads = columns(vec![
        (t!(lang, "register-reporter"), false),
        (t!(lang, "register-unit-count"), true),
        (t!(lang, "register-of-reports"), true),
    ]);
    html! {
        h2 { (t!(lang, "register-by", place = place(lang, &row.code))) }
        p { (t!(lang, "register-reports", reports = count(lang, reports), children = count(lang, row.count("children_reported")))) }
        (parts::table(lang, &parts::Table {
            caption: t!(lang, "register-by", place = place(lang, &row.code)), caption_unseen: true, columns: heads, rows,
        }))
    }
}

/// The counties side by side.
fn counties(lang: Lang, register: &Register, table: &Table) -> Markup {
    let mut heads = vec![
        (t!(lang, "register-column-county"), false),
        (t!(lang, "register-column-reported"), true),
        (t!(lang, "register-column-reports"), true),
        (t!(lang, "register-column-children"), true),
    ];
    heads.extend(table.shares.iter().map(|indicator| (indicator.name.get(lang).to_owned(), true)));
    // One county alone is all there is.
    let shown = if table.rows.len() > 2 { table.rows.len() } else { 1 };
    let rows = table
        .rows
        .iter()
        .take(shown)
        .map(|row| {
            let of = if row.code == ALL { register.reporting.clone() } else { register.reporting.of_county(&row.code) };
            let mut cells = vec![
                html! { (place(lang, &row.code)) },
                html! {
                    @if of.expected.is_empty() { "–" }
                    @else { (t!(lang, "register-reported-of", reported = of.whole(), all = of.expected.len())) }
                },
                html! { (count(lang, row.count("reports"))) },
                html! { (count(lang, row.count("children_reported"))) },
            ];
            cells.extend(table.shares.iter().map(|indicator| share(lang, row.share(indicator))));
            cells
        })
        .collect();
    let caption = t!(lang, "register-counties");
    html! {
        h2 { (caption) }
        (parts::table(lang, &parts::Table { caption: caption.clone(), caption_unseen: true, columns: columns(heads), rows }))
    }
}

/// What each figure is, in a sentence.
fn definitions(lang: Lang, table: &Table) -> Markup {
    html! {
        details {
            summary { (t!(lang, "register-definitions")) }
            dl {
                @for measure in table.counts.iter().chain(&table.categories) {
                    dt { (measure.name.get(lang)) } dd { (measure.definition.get(lang)) }
                }
                @for indicator in &table.shares {
                    dt { (indicator.name.get(lang)) " (%)" } dd { (indicator.definition.get(lang)) }
                }
            }
        }
    }
}
