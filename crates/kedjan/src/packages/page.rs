//! The markup of nodes and packages.

use chain::text::Lang;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

use super::http::Summary;
use super::{Fate, Node, Places, Reason, Reporting, Trace, format};
use crate::reference;
use crate::t;
use crate::web::form::{self, Choice, Field, Posted};
use crate::web::format as words;
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

fn framed(h: &Heading<'_>, content: &Markup) -> Markup {
    let (lang, s) = (h.lang, h.summary);
    let tab = |label: String, count: Option<i64>, href: &str| Tab {
        label,
        count: count.map(whole),
        href: href.to_owned(),
        current: h.path == href,
    };
    let tabs = [
        tab(t!(lang, "nodes-tab-nodes"), Some(s.nodes), "/nodes"),
        tab(t!(lang, "nodes-tab-packages"), Some(s.packages), "/nodes/packages"),
        tab(t!(lang, "nodes-tab-missing"), None, "/nodes/missing"),
    ];
    html! {
        h1 { (t!(lang, "nodes-title")) }
        p.lead { (t!(lang, "nodes-lead")) }
        @match &s.own {
            None => (parts::banner(Tone::Info, &t!(lang, "node-none-yet"))),
            Some(own) => (parts::card(&own.name, &html! {
                p { (t!(lang, "nodes-own-reports", places = place_words(lang, &own.places))) }
                p { (t!(lang, "nodes-key")) " " code { (own.key) } }
                p { (t!(lang, "nodes-fingerprint")) " " code { (own.key.fingerprint()) } }
            })),
        }
        (parts::tabs(lang, &t!(lang, "nodes-tabs"), &tabs))
        (content)
    }
}

fn place_words(lang: Lang, places: &Places) -> String {
    if places.nation {
        return t!(lang, "nodes-nation");
    }
    let name = |code: &String| {
        let county = reference::county(code).map(|one| one.name);
        county.or(reference::municipality(code).map(|one| one.name)).unwrap_or(code).to_owned()
    };
    let names: Vec<String> = places.codes.iter().map(name).collect();
    if names.is_empty() { t!(lang, "nodes-nothing") } else { names.join(", ") }
}

fn table(lang: Lang, caption: String, columns: &[(String, bool)], rows: Vec<Vec<Markup>>) -> Markup {
    let columns = columns
        .iter()
        .map(|(label, numeric)| Column { label: label.clone(), numeric: *numeric, ..Column::default() })
        .collect();
    parts::table(lang, &Table { caption, caption_unseen: true, columns, rows })
}

/// The nodes that are known.
pub(super) fn nodes(h: &Heading<'_>, nodes: &[Node], pager: &Pager) -> Markup {
    let lang = h.lang;
    let rows = nodes
        .iter()
        .map(|node| {
            vec![
                html! { (node.name) },
                html! { (place_words(lang, &node.places)) },
                html! { code { (node.key.fingerprint()) } },
                html! { (words::datetime(lang, node.since, h.now)) },
                html! {
                    @match node.ended_at {
                        None => (parts::tag(Tone::Success, &t!(lang, "nodes-trusted"))),
                        Some(at) => {
                            (parts::tag(Tone::Neutral, &t!(lang, "nodes-ended"))) " "
                            (words::datetime(lang, at, h.now))
                        }
                    }
                },
            ]
        })
        .collect();
    let columns = [
        (t!(lang, "nodes-name"), false),
        (t!(lang, "nodes-reports"), false),
        (t!(lang, "nodes-fingerprint"), false),
        (t!(lang, "nodes-since"), false),
        (t!(lang, "nodes-state"), false),
    ];
    let content = if nodes.is_empty() {
        parts::empty(&t!(lang, "nodes-none"), &t!(lang, "nodes-none-text"), None)
    } else {
        html! { (table(lang, t!(lang, "nodes-tab-nodes"), &columns, rows)) (parts::pager(lang, pager)) }
    };
    framed(h, &content)
}

fn fate(lang: Lang, fate: Fate) -> (Tone, String) {
    match fate {
        Fate::Sent => (Tone::Info, t!(lang, "packages-sent")),
        Fate::Stands => (Tone::Success, t!(lang, "packages-stands")),
        Fate::Replaced => (Tone::Neutral, t!(lang, "packages-replaced")),
        Fate::SetAside => (Tone::Neutral, t!(lang, "packages-set-aside")),
        Fate::Refused => (Tone::Danger, t!(lang, "packages-refused")),
    }
}

fn reason(lang: Lang, name: &str) -> String {
    match Reason::from_name(name) {
        Some(Reason::Outcomes) => t!(lang, "packages-reason-outcomes"),
        Some(Reason::Reports) => t!(lang, "packages-reason-reports"),
        Some(Reason::Correction) => t!(lang, "packages-reason-correction"),
        None => String::new(),
    }
}

/// Why a package was refused, in a few words.
fn why(lang: Lang, name: &str) -> String {
    match name {
        "too_large" => t!(lang, "packages-why-too-large"),
        "not_a_package" | "line" => t!(lang, "packages-why-unreadable"),
        "sender" => t!(lang, "packages-why-sender"),
        "audience" => t!(lang, "packages-why-audience"),
        "signature" => t!(lang, "packages-why-signature"),
        "format" => t!(lang, "packages-why-format"),
        "sequence" => t!(lang, "packages-why-sequence"),
        "ahead" => t!(lang, "packages-why-ahead"),
        "set_aside" => t!(lang, "packages-why-set-aside"),
        "period" => t!(lang, "packages-why-period"),
        "places" => t!(lang, "packages-why-places"),
        "own_reports" | "own_too" | "other_too" => t!(lang, "packages-why-two"),
        "meaning" => t!(lang, "packages-why-meaning"),
        "uncounted" => t!(lang, "packages-why-uncounted"),
        _ => t!(lang, "packages-why-counts"),
    }
}

/// What was sent, taken and refused.
pub(super) fn packages(h: &Heading<'_>, packages: &[(Trace, Option<String>)], pager: &Pager) -> Markup {
    let lang = h.lang;
    let rows = packages.iter().map(|(trace, node)| package(h, trace, node.as_deref())).collect();
    let columns = [
        (t!(lang, "packages-node"), false),
        (t!(lang, "packages-period"), false),
        (t!(lang, "packages-at"), false),
        (t!(lang, "packages-fate"), false),
        (t!(lang, "packages-municipalities"), true),
        (t!(lang, "packages-counts"), true),
        (t!(lang, "packages-sum"), true),
        (t!(lang, "packages-digest"), false),
    ];
    let content = if packages.is_empty() {
        parts::empty(&t!(lang, "packages-none"), &t!(lang, "packages-none-text"), None)
    } else {
        html! { (table(lang, t!(lang, "nodes-tab-packages"), &columns, rows)) (parts::pager(lang, pager)) }
    };
    framed(h, &content)
}

fn package(h: &Heading<'_>, trace: &Trace, node: Option<&str>) -> Vec<Markup> {
    let lang = h.lang;
    let (tone, named) = fate(lang, trace.fate);
    let refused = trace.fate == Fate::Refused;
    let n = |n: i64| html! { @if !refused { (words::number(lang, n)) } };
    let short: String = trace.digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    vec![
        html! { @match node { Some(name) => (name), None => (t!(lang, "packages-nobody")) } },
        html! { @if !trace.period.is_empty() { (trace.period) " " span.hint { (trace.seq) } } },
        html! { (words::datetime(lang, trace.at, h.now)) },
        html! {
            (parts::tag(tone, &named))
            @if trace.late { " " (parts::tag(Tone::Warning, &t!(lang, "packages-late"))) }
            @if refused {
                ul { @for one in trace.why.split(' ') { li { (why(lang, one)) } } }
            }
            @if trace.replaces.is_some() {
                p.hint {
                    (t!(lang, "packages-replaces", difference = signed(lang, trace.difference))) " "
                    (reason(lang, &trace.reason))
                }
            }
        },
        n(trace.municipalities),
        n(trace.row_count),
        n(trace.total),
        html! { code { (short) } },
    ]
}

/// "+12" or "−3": a difference says its direction.
fn signed(lang: Lang, n: i64) -> String {
    let sign = if n > 0 { "+" } else { "" };
    format!("{sign}{}", words::number(lang, n))
}

/// Who has not reported for a month.
pub(super) fn missing(h: &Heading<'_>, month: Date, months: &[Date], found: &Reporting) -> Markup {
    let lang = h.lang;
    let counties = reference::counties().iter().filter_map(|county| {
        let own = found.of_county(county.code);
        (!own.missing.is_empty()).then(|| {
            let names: Vec<&str> =
                own.missing.keys().filter_map(|code| Some(reference::municipality(code)?.name)).collect();
            vec![
                html! { (county.name) },
                html! { (t!(lang, "nodes-reported-of", reported = own.whole(), all = own.expected.len())) },
                html! { (names.join(", ")) },
            ]
        })
    });
    let rows: Vec<Vec<Markup>> = counties.collect();
    let columns = [
        (t!(lang, "nodes-county"), false),
        (t!(lang, "nodes-reported"), false),
        (t!(lang, "nodes-not-reported"), false),
    ];
    let posted = Posted { values: vec![("period".to_owned(), format::month(month))], errors: Vec::new() };
    let names: Vec<(String, String)> =
        months.iter().map(|one| (format::month(*one), words::month(lang, *one))).collect();
    let choices: Vec<Choice<'_>> = names.iter().map(|(id, name)| Choice::new(id, name)).collect();
    let content = html! {
        form method="get" action="/nodes/missing" {
            (form::select(lang, &posted, &Field::new("period", &t!(lang, "nodes-month")), &choices))
            (form::button(&t!(lang, "nodes-show")))
        }
        p {
            (t!(lang, "nodes-missing-summary", month = words::month(lang, month), reported = found.whole(),
                all = found.expected.len()))
        }
        @if found.expected.is_empty() {
            (parts::empty(&t!(lang, "nodes-none"), &t!(lang, "nodes-none-text"), None))
        } @else if found.months == 0 {
            (parts::empty(&t!(lang, "nodes-month-open"), &t!(lang, "nodes-month-open-text"), None))
        } @else if rows.is_empty() {
            (parts::empty(&t!(lang, "nodes-all-reported"), &t!(lang, "nodes-all-reported-text"), None))
        } @else {
            (table(lang, t!(lang, "nodes-not-reported"), &columns, rows))
        }
    };
    framed(h, &content)
}
