//! The markup of disclosures.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Ground, KINDS, Line, PRIVATE, Register, ground, grounds};
use crate::cases::CaseView;
use crate::directory::AUTHORITY_KINDS;
use crate::secrets::case_code_shown;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, Tone};

fn kind(lang: Lang, kind: &str) -> String {
    match kind {
        "name" => t!(lang, "disclosure-kind-name"),
        "phone" => t!(lang, "disclosure-kind-phone"),
        "language" => t!(lang, "disclosure-kind-language"),
        "event" => t!(lang, "disclosure-kind-event"),
        "steps" => t!(lang, "disclosure-kind-steps"),
        "identity" => t!(lang, "disclosure-kind-identity"),
        _ => t!(lang, "disclosure-kind-other"),
    }
}

fn receiver_kind(lang: Lang, kind: &str) -> String {
    match kind {
        "police" => t!(lang, "authority-police"),
        "coast_guard" => t!(lang, "authority-coast-guard"),
        "customs" => t!(lang, "authority-customs"),
        "municipal_board" => t!(lang, "authority-municipal-board"),
        "region" => t!(lang, "authority-region"),
        "county_board" => t!(lang, "authority-county-board"),
        "school_authority" => t!(lang, "authority-school"),
        "private" => t!(lang, "disclosure-to-private"),
        _ => t!(lang, "authority-other"),
    }
}

fn ground_name(lang: Lang, line: &Line) -> String {
    ground(&line.ground).map_or_else(|| t!(lang, "disclosure-by-law"), |ground| ground.name.get(lang).to_owned())
}

/// The form: who, what, on which of the grounds that an authority of the kind `from` can use, and why.
pub(super) fn form(lang: Lang, view: &CaseView, from: &str, posted: &Posted) -> Markup {
    let ground_label = t!(lang, "disclosure-ground");
    let own: Vec<&Ground> = grounds().iter().filter(|ground| ground.is_for(from)).collect();
    let allows: Vec<String> = own.iter().map(|g| format!("{}. {}", g.paragraph, g.allows.get(lang))).collect();
    let choices: Vec<Choice<'_>> = own
        .iter()
        .zip(&allows)
        .map(|(ground, allows)| Choice::new(&ground.id, ground.name.get(lang)).hint(allows))
        .collect();
    let (kinds_label, kinds_words): (String, Vec<String>) =
        (t!(lang, "disclosure-kinds"), KINDS.iter().map(|one| kind(lang, one)).collect());
    let kinds: Vec<Choice<'_>> = KINDS.iter().zip(&kinds_words).map(|(id, words)| Choice::new(id, words)).collect();
    let to_label = t!(lang, "disclosure-receiver-kind");
    let to_ids: Vec<&str> = AUTHORITY_KINDS.iter().copied().chain([PRIVATE]).collect();
    let to_words: Vec<String> = to_ids.iter().map(|one| receiver_kind(lang, one)).collect();
    let to: Vec<Choice<'_>> = to_ids.iter().zip(&to_words).map(|(id, words)| Choice::new(id, words)).collect();
    let (receiver, receiver_hint) = (t!(lang, "disclosure-receiver"), t!(lang, "disclosure-receiver-hint"));
    let (statute, statute_hint) = (t!(lang, "disclosure-statute"), t!(lang, "disclosure-statute-hint"));
    let (words, words_hint) = (t!(lang, "disclosure-words"), t!(lang, "disclosure-words-hint"));
    html! {
        p { a href={ "/cases/" (view.code) } { (t!(lang, "case-back", number = case_code_shown(&view.code))) } }
        h1 { (t!(lang, "disclosure-title")) }
        p.lead { (t!(lang, "disclosure-text")) }
        (form::error_summary(lang, posted))
        form method="post" action={ "/cases/" (view.code) "/disclosures" } data-guard {
            (form::select(lang, posted, &Field::new("receiver_kind", &to_label), &to))
            (form::text(lang, posted, &Field::new("receiver", &receiver).hint(&receiver_hint)))
            (form::checkboxes(lang, posted, &Field::new("kinds", &kinds_label), &kinds, Columns::Two))
            (form::radios(lang, posted, &Field::new("ground", &ground_label), &choices, Columns::One))
            (form::text(lang, posted, &Field::new("statute", &statute).hint(&statute_hint).optional()))
            (form::text_area(lang, posted, &Field::new("words", &words).hint(&words_hint), 4))
            (form::button(&t!(lang, "disclosure-save")))
        }
    }
}

/// What has left the case, for its page.
pub(crate) fn of_case(lang: Lang, lines: &[Line], now: Timestamp) -> Markup {
    html! {
        ul.rows {
            @for line in lines {
                li {
                    p { strong { (line.receiver) } " · " (format::datetime(lang, line.at, now)) }
                    p { (ground_name(lang, line)) span.sub { (line.paragraph) } }
                    p.hint { (kinds(lang, line)) }
                }
            }
        }
    }
}

fn kinds(lang: Lang, line: &Line) -> String {
    line.kinds.iter().map(|one| kind(lang, one)).collect::<Vec<_>>().join(", ")
}

/// The register of the authority.
pub(super) fn register(lang: Lang, register: &Register, offset: i64, page: i64, now: Timestamp) -> Markup {
    let column = |label: String| parts::Column { label, ..parts::Column::default() };
    let columns = vec![
        column(t!(lang, "disclosure-to")),
        column(t!(lang, "disclosure-at")),
        column(t!(lang, "disclosure-case")),
        column(t!(lang, "disclosure-ground")),
        column(t!(lang, "disclosure-kinds")),
    ];
    let rows = register
        .lines
        .iter()
        .map(|line| {
            let by = if line.by_step { t!(lang, "disclosure-by-step") } else { t!(lang, "disclosure-by-person") };
            vec![
                html! { (line.receiver) span.sub { (receiver_kind(lang, &line.receiver_kind)) } },
                html! { (format::datetime(lang, line.at, now)) },
                html! { (case_code_shown(&line.code)) span.sub { (by) } },
                html! { (ground_name(lang, line)) span.sub { (line.paragraph) } },
                html! { (kinds(lang, line)) },
            ]
        })
        .collect();
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let shown = whole(offset) + u64::try_from(register.lines.len()).unwrap_or(0);
    html! {
        h1 { (t!(lang, "disclosures-title")) }
        p.lead { (t!(lang, "disclosures-text")) }
        (parts::banner(Tone::Info, &t!(lang, "disclosures-police")))
        @if register.lines.is_empty() {
            (parts::empty(&t!(lang, "disclosures-empty"), &t!(lang, "disclosures-empty-text"), None))
        } @else {
            (parts::table(lang, &parts::Table { caption: t!(lang, "disclosures-title"), caption_unseen: true, columns, rows }))
            (parts::pager(lang, &parts::Pager {
                first: whole(offset) + 1,
                last: shown,
                all: whole(register.all),
                previous: (offset > 0).then(|| format!("/disclosures?offset={}", (offset - page).max(0))),
                next: (shown < whole(register.all)).then(|| format!("/disclosures?offset={shown}")),
            }))
        }
    }
}
