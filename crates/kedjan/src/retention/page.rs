//! The markup of retention. No name stands in it: cases are named by their number.

use chain::method::Library;
use chain::retention::Class;
use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::http::Summary;
use super::{DueCase, Hold, HoldReason, Receipt, Standing};
use crate::t;
use crate::web::format;
use crate::web::parts::{self, Column, Pager, Tab, Table, Tone};

/// What every part of the page has at its top.
pub(super) struct Heading<'a> {
    pub(super) lang: Lang,
    pub(super) now: Timestamp,
    pub(super) path: &'a str,
    pub(super) summary: &'a Summary,
}

fn whole(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// A class in words.
fn class_words(lang: Lang, class: Class) -> String {
    match class {
        Class::Years(years) => t!(lang, "retention-class-years", years = years),
        Class::ChildThirty => t!(lang, "retention-class-child"),
        Class::Journal(years) => t!(lang, "retention-class-journal", years = years),
        Class::Kept => t!(lang, "retention-class-kept"),
    }
}

fn standing_words(lang: Lang, standing: Standing) -> (Tone, String) {
    match standing {
        Standing::Due => (Tone::Info, t!(lang, "retention-standing-due")),
        Standing::Held => (Tone::Neutral, t!(lang, "retention-standing-held")),
        Standing::Open => (Tone::Warning, t!(lang, "retention-standing-open")),
        Standing::Other => (Tone::Neutral, t!(lang, "retention-standing-other")),
    }
}

fn framed(h: &Heading<'_>, content: &Markup, pager: &Pager) -> Markup {
    let (lang, s) = (h.lang, h.summary);
    let tab = |label: String, count: i64, href: &str| Tab {
        label,
        count: Some(whole(count)),
        href: href.to_owned(),
        current: h.path == href,
    };
    let tabs = [
        tab(t!(lang, "retention-tab-due"), s.past(), "/retention"),
        tab(t!(lang, "retention-tab-holds"), s.holds, "/retention/holds"),
        tab(t!(lang, "retention-tab-receipts"), s.receipts, "/retention/receipts"),
    ];
    html! {
        h1 { (t!(lang, "retention-title")) }
        p.lead { (t!(lang, "retention-lead")) }
        details {
            summary { (t!(lang, "retention-rules")) }
            ul {
                li { (t!(lang, "retention-rule-years")) }
                li { (t!(lang, "retention-rule-child")) }
                li { (t!(lang, "retention-rule-journal")) }
                li { (t!(lang, "retention-rule-log")) }
                li { (t!(lang, "retention-rule-kept")) }
                li { (t!(lang, "retention-rule-person")) }
            }
        }
        (parts::tabs(lang, &t!(lang, "retention-tabs"), &tabs))
        (content)
        (parts::pager(lang, pager))
    }
}

fn table(lang: Lang, caption: String, columns: Vec<String>, rows: Vec<Vec<Markup>>) -> Markup {
    let columns = columns.into_iter().map(|label| Column { label, ..Column::default() }).collect();
    parts::table(lang, &Table { caption, caption_unseen: true, columns, rows })
}

fn day(h: &Heading<'_>, at: Timestamp) -> String {
    format::date(h.lang, format::local(at).date())
}

/// What is past its time.
pub(super) fn due(h: &Heading<'_>, library: &Library, cases: &[DueCase], pager: &Pager) -> Markup {
    let lang = h.lang;
    let method = |id: &str| library.current(id).map_or_else(|| id.to_owned(), |m| m.name.get(lang).to_owned());
    let rows = cases
        .iter()
        .map(|case| {
            let (tone, words) = standing_words(lang, case.standing);
            vec![
                html! { code { (crate::secrets::case_code_shown(&case.code)) } },
                html! { (method(&case.method)) },
                html! { (class_words(lang, case.class)) },
                html! { (day(h, case.last_note)) },
                html! { (day(h, case.due_at)) },
                html! { (parts::tag(tone, &words)) },
            ]
        })
        .collect();
    let columns = vec![
        t!(lang, "retention-case"),
        t!(lang, "retention-method"),
        t!(lang, "retention-class"),
        t!(lang, "retention-last-note"),
        t!(lang, "retention-due-at"),
        t!(lang, "retention-standing"),
    ];
    let content = match h.summary.listed_at {
        None => parts::empty(&t!(lang, "retention-never"), &t!(lang, "retention-never-text"), None),
        Some(at) => html! {
            p { (t!(lang, "retention-listed", at = format::datetime(lang, at, h.now))) }
            ul {
                @for (standing, count) in &h.summary.counts {
                    li { (standing_words(lang, *standing).1) ": " strong { (format::number(lang, *count)) } }
                }
            }
            @if cases.is_empty() {
                (parts::empty(&t!(lang, "retention-none"), &t!(lang, "retention-none-text"), None))
            } @else {
                (table(lang, t!(lang, "retention-tab-due"), columns, rows))
            }
        },
    };
    framed(h, &content, pager)
}

/// What is held.
pub(super) fn holds(h: &Heading<'_>, _: &Library, holds: &[Hold], pager: &Pager) -> Markup {
    let lang = h.lang;
    let reason = |reason: HoldReason| match reason {
        HoldReason::Preserve => t!(lang, "retention-reason-preserve"),
        HoldReason::Legal => t!(lang, "retention-reason-legal"),
    };
    let rows = holds
        .iter()
        .map(|hold| {
            let (tone, words) = match hold.released_at {
                _ if hold.holds(h.now) => (Tone::Info, t!(lang, "retention-hold-on")),
                Some(_) => (Tone::Neutral, t!(lang, "retention-hold-released")),
                None => (Tone::Neutral, t!(lang, "retention-hold-over")),
            };
            vec![
                html! { code { (crate::secrets::case_code_shown(&hold.code)) } },
                html! { (reason(hold.reason)) " " span.hint { (hold.reference) } },
                html! { (hold.set_by) },
                html! { (day(h, hold.set_at)) },
                html! { @match hold.until { Some(at) => (day(h, at)), None => (t!(lang, "retention-without-end")) } },
                html! { (parts::tag(tone, &words)) },
            ]
        })
        .collect();
    let columns = vec![
        t!(lang, "retention-case"),
        t!(lang, "retention-reason"),
        t!(lang, "retention-by"),
        t!(lang, "retention-since"),
        t!(lang, "retention-until"),
        t!(lang, "retention-standing"),
    ];
    let content = if holds.is_empty() {
        parts::empty(&t!(lang, "retention-no-holds"), &t!(lang, "retention-no-holds-text"), None)
    } else {
        table(lang, t!(lang, "retention-tab-holds"), columns, rows)
    };
    framed(h, &content, pager)
}

/// What has been erased.
pub(super) fn receipts(h: &Heading<'_>, _: &Library, receipts: &[Receipt], pager: &Pager) -> Markup {
    let lang = h.lang;
    let rows = receipts
        .iter()
        .map(|r| {
            vec![
                html! { (format::datetime(lang, r.at, h.now)) br; code { (r.id) } },
                html! { (r.by) },
                html! {
                    ul {
                        @for (code, count) in &r.classes {
                            li {
                                @if let Some(class) = Class::from_code(code) { (class_words(lang, class)) } @else { (code) }
                                ": " (format::number(lang, *count))
                            }
                        }
                    }
                },
                html! {
                    (t!(lang, "retention-erased", people = r.people, cases = r.cases, texts = r.texts,
                        consents = r.consents, lookups = r.lookups))
                },
                html! { code { (hex(&r.digest)) } },
            ]
        })
        .collect();
    let columns = vec![
        t!(lang, "retention-receipt"),
        t!(lang, "retention-by"),
        t!(lang, "retention-class"),
        t!(lang, "retention-what"),
        t!(lang, "retention-digest"),
    ];
    let content = if receipts.is_empty() {
        parts::empty(&t!(lang, "retention-no-receipts"), &t!(lang, "retention-no-receipts-text"), None)
    } else {
        table(lang, t!(lang, "retention-tab-receipts"), columns, rows)
    };
    framed(h, &content, pager)
}

/// A digest in groups of eight, so that it can break and be compared by eye.
fn hex(bytes: &[u8]) -> String {
    let groups = bytes.chunks(4).map(|four| four.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}
