//! The markup of the log review.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

use super::{DECISIONS, Entries, Entry, Opened};
use crate::audit::Record;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, Tone};

fn signal(lang: Lang, name: &str) -> String {
    match name {
        "glass" => t!(lang, "signal-glass"),
        "own_name" => t!(lang, "signal-own-name"),
        "neighbours" => t!(lang, "signal-neighbours"),
        "nothing_done" => t!(lang, "signal-nothing-done"),
        "night" => t!(lang, "signal-night"),
        "people" => t!(lang, "signal-people"),
        "denied" => t!(lang, "signal-denied"),
        _ => t!(lang, "signal-chance"),
    }
}

fn decision(lang: Lang, name: &str) -> String {
    match name {
        "right" => t!(lang, "review-right"),
        "asked" => t!(lang, "review-asked"),
        _ => t!(lang, "review-wrong"),
    }
}

fn tone(name: &str) -> Tone {
    match name {
        "right" => Tone::Success,
        "asked" => Tone::Warning,
        _ => Tone::Danger,
    }
}

/// Who looked; a key of another system has no name.
fn who(lang: Lang, entry: &Entry) -> String {
    if entry.actor_name.is_empty() { t!(lang, "review-token") } else { entry.actor_name.clone() }
}

/// What waits, or what has been decided.
pub(super) fn list(lang: Lang, entries: &Entries, decided: bool, offset: i64, page: i64, now: Timestamp) -> Markup {
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let all = if decided { entries.decided } else { entries.open };
    let tabs = [
        (t!(lang, "review-open"), "/review", !decided, entries.open),
        (t!(lang, "review-decided"), "/review?decided=true", decided, entries.decided),
    ];
    let tabs: Vec<parts::Tab> = tabs
        .into_iter()
        .map(|(label, href, current, count)| parts::Tab {
            label,
            href: href.into(),
            current,
            count: Some(whole(count)),
        })
        .collect();
    let last = entries.drawn_at.map_or_else(
        || t!(lang, "review-never-drawn"),
        |at| t!(lang, "review-drawn-at", at = format::datetime(lang, at, now)),
    );
    let word = if decided { "decided=true&" } else { "" };
    let shown = whole(offset) + u64::try_from(entries.items.len()).unwrap_or(0);
    html! {
        h1 { (t!(lang, "review-title")) }
        p.lead { (t!(lang, "review-text")) }
        form method="post" action="/review/draw" {
            p.hint { (last) }
            (form::button_secondary(&t!(lang, "review-draw"), None))
        }
        (parts::tabs(lang, &t!(lang, "review-title"), &tabs))
        @if entries.items.is_empty() {
            (parts::empty(&t!(lang, "review-empty"), &t!(lang, "review-empty-text"), None))
        } @else {
            (table(lang, &entries.items, decided, now))
            (parts::pager(lang, &parts::Pager {
                first: whole(offset) + 1,
                last: shown,
                all: whole(all),
                previous: (offset > 0).then(|| format!("/review?{word}offset={}", (offset - page).max(0))),
                next: (shown < whole(all)).then(|| format!("/review?{word}offset={shown}")),
            }))
        }
    }
}

fn table(lang: Lang, items: &[Entry], decided: bool, now: Timestamp) -> Markup {
    let column = |label: String| parts::Column { label, ..parts::Column::default() };
    let fourth = if decided { t!(lang, "review-decision") } else { t!(lang, "review-reviewer") };
    let columns = vec![
        column(t!(lang, "review-who")),
        column(t!(lang, "review-at")),
        column(t!(lang, "review-why")),
        column(fourth),
    ];
    let rows = items
        .iter()
        .map(|entry| {
            vec![
                html! { a href={ "/review/" (entry.id) } { (who(lang, entry)) span.sub { (entry.unit_name) } } },
                html! { (format::datetime(lang, entry.at, now)) },
                html! { (signal(lang, &entry.signal)) },
                match &entry.decision {
                    Some(name) => parts::tag(tone(name), &decision(lang, name)),
                    None if entry.reviewer_name.is_empty() => html! { (t!(lang, "review-anybody")) },
                    None => html! { (entry.reviewer_name) },
                },
            ]
        })
        .collect();
    parts::table(lang, &parts::Table { caption: t!(lang, "review-title"), caption_unseen: true, columns, rows })
}

/// One look, what surrounds it, and the decision.
pub(super) fn entry(lang: Lang, opened: &Opened, posted: &Posted, me: Uuid, now: Timestamp) -> Markup {
    let Opened { entry, record, reason, around, note } = opened;
    let row = |label: String, value: Markup| parts::SummaryRow { label, value, action: None };
    let mut rows = vec![
        row(t!(lang, "review-who"), html! { (who(lang, entry)) span.sub { (entry.unit_name) " · " (record.role) } }),
        row(t!(lang, "review-at"), html! { (format::datetime(lang, entry.at, now)) }),
        row(t!(lang, "review-what"), html! { code { (record.action) } " " (record.object) }),
        row(t!(lang, "review-relation"), html! { (record.relation) " · " (record.policy) }),
        row(t!(lang, "review-why"), html! { (signal(lang, &entry.signal)) }),
    ];
    if let Some((cause, words)) = reason {
        rows.push(row(t!(lang, "glass-cause"), html! { (crate::glass::page::cause(lang, cause)) }));
        rows.push(row(t!(lang, "glass-words"), html! { (words) }));
    }
    html! {
        p { a href="/review" { (t!(lang, "review-back")) } }
        h1 { (t!(lang, "review-one-title")) }
        (form::error_summary(lang, posted))
        section.card { (parts::summary_list(&rows)) }
        section aria-labelledby="around-title" {
            h2 #around-title { (t!(lang, "review-around")) }
            @if around.is_empty() { p.hint { (t!(lang, "review-around-none")) } } @else { (records(lang, around, now)) }
        }
        @match &entry.decision {
            Some(name) => section.card aria-labelledby="decided-title" {
                h2 #decided-title { (t!(lang, "review-decision")) }
                p { (parts::tag(tone(name), &decision(lang, name)))
                    @if let Some(at) = entry.decided_at { " " (format::datetime(lang, at, now)) } }
                @if let Some(note) = note { p { (note) } }
            },
            None if entry.actor == me => (parts::banner(Tone::Warning, &t!(lang, "review-own"))),
            None => (decide(lang, entry, posted)),
        }
    }
}

fn records(lang: Lang, records: &[Record], now: Timestamp) -> Markup {
    html! {
        ul.rows {
            @for record in records {
                li { (format::datetime(lang, record.at, now)) " · " code { (record.action) } " " (record.object) }
            }
        }
    }
}

fn decide(lang: Lang, entry: &Entry, posted: &Posted) -> Markup {
    let (label, note, hint) = (t!(lang, "review-decision"), t!(lang, "review-note"), t!(lang, "review-note-hint"));
    let words: Vec<String> = DECISIONS.iter().map(|name| decision(lang, name)).collect();
    let hints = [t!(lang, "review-right-hint"), t!(lang, "review-asked-hint"), t!(lang, "review-wrong-hint")];
    let choices: Vec<Choice<'_>> = DECISIONS
        .iter()
        .zip(words.iter().zip(&hints))
        .map(|(name, (words, hint))| Choice::new(name, words).hint(hint))
        .collect();
    html! {
        form method="post" action={ "/review/" (entry.id) } data-guard {
            (form::radios(lang, posted, &Field::new("decision", &label), &choices, Columns::One))
            (form::text_area(lang, posted, &Field::new("note", &note).hint(&hint).optional(), 4))
            (form::button(&t!(lang, "review-save")))
        }
    }
}
