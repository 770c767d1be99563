//! The markup of surveys, for those who run them.

pub(super) mod form;

use std::sync::Arc;

use chain::survey::{Question, QuestionResult, Questionnaire, Reconciled, Told, When, percent};
use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::coding::{CodingView, Text};
use super::export::{figure, reconciled, sheet_body, source};
use super::{File, Invitation, Outcome, Round, RoundView, State};
use crate::t;
use crate::web::form::{self as fields, Choice, Columns, Field, Input, Posted};
use crate::web::format;
use crate::web::parts::{self, Column, Icon, KeyFigure, Link, Table, Tone};

fn column(label: String) -> Column {
    Column { label, ..Column::default() }
}

fn numeric(label: String) -> Column {
    Column { label, numeric: true, ..Column::default() }
}

fn state_of(lang: Lang, round: &Round, now: Timestamp) -> Markup {
    if round.is_locked(now) {
        parts::tag(Tone::Neutral, &t!(lang, "survey-locked"))
    } else {
        parts::tag(Tone::Info, &t!(lang, "survey-open"))
    }
}

/// The rounds and what can be opened.
pub(super) fn list(
    lang: Lang,
    rounds: &[(Round, Reconciled)],
    known: &[(File, Arc<Questionnaire>)],
    now: Timestamp,
) -> Markup {
    let columns = vec![
        column(t!(lang, "survey-column-survey")),
        column(t!(lang, "survey-column-last-day")),
        column(t!(lang, "survey-column-state")),
        numeric(t!(lang, "survey-invited")),
        numeric(t!(lang, "survey-state-answered")),
        numeric(t!(lang, "survey-state-partly")),
        numeric(t!(lang, "survey-state-not-begun")),
        numeric(t!(lang, "survey-state-declined")),
    ];
    let rows = rounds
        .iter()
        .map(|(round, r)| {
            vec![
                html! { a href={ "/surveys/" (round.id) } { (round.title(lang)) } },
                html! { (format::date(lang, round.last_day)) },
                state_of(lang, round, now),
                html! { (r.invited) },
                html! { (r.answered) },
                html! { (r.partly) },
                html! { (r.not_begun) },
                html! { (r.declined) },
            ]
        })
        .collect();
    html! {
        h1 { (t!(lang, "surveys-title")) }
        p.lead { (t!(lang, "surveys-text")) }
        @if rounds.is_empty() { (parts::empty(&t!(lang, "surveys-empty"), &t!(lang, "surveys-empty-text"), None)) }
        (parts::table(lang, &Table { caption: t!(lang, "surveys-title"), caption_unseen: true, columns, rows }))
        h2 { (t!(lang, "survey-new")) }
        ul {
            @for (_, one) in known {
                li { a href={ "/surveys/new?questionnaire=" (one.id) } { (one.name.get(lang).replace("{year}", "").trim()) } }
            }
        }
    }
}

/// The form of a new round.
pub(super) fn new(lang: Lang, posted: &Posted) -> Markup {
    let (year, last_day, to) = (t!(lang, "survey-year"), t!(lang, "survey-last-day"), t!(lang, "survey-to"));
    let (to_hint, day_hint) = (t!(lang, "survey-to-hint"), t!(lang, "survey-last-day-hint"));
    html! {
        p { a href="/surveys" { (t!(lang, "surveys-title")) } }
        h1 { (t!(lang, "survey-new")) }
        p.lead { (t!(lang, "survey-new-text")) }
        (fields::error_summary(lang, posted))
        form method="post" action="/surveys" data-guard {
            (fields::hidden("questionnaire", posted.get("questionnaire")))
            (fields::number(lang, posted, &Field::new("year", &year)))
            (fields::text(lang, posted, &Field::new("last_day", &last_day).hint(&day_hint).input(Input::Date)))
            (fields::text_area(lang, posted, &Field::new("to", &to).hint(&to_hint), 12))
            (fields::button(&t!(lang, "survey-open-it")))
        }
    }
}

/// How many have come how far, as parts of the whole.
pub(super) fn tally(lang: Lang, r: Reconciled) -> Markup {
    let part = |label: String, n: u32| KeyFigure {
        label,
        value: n.to_string(),
        definition: figure(lang, n, r.invited),
        source: String::new(),
        download: None,
    };
    html! {
        p { (t!(lang, "survey-sum", invited = r.invited, answered = r.answered, partly = r.partly, waiting = r.not_begun, declined = r.declined)) }
        div.grid {
            (parts::key_figure(&part(State::Answered.words(lang), r.answered)))
            (parts::key_figure(&part(State::Partly.words(lang), r.partly)))
            (parts::key_figure(&part(State::NotBegun.words(lang), r.not_begun)))
            (parts::key_figure(&part(State::Declined.words(lang), r.declined)))
        }
    }
}

fn act(round: &Round, name: &str, button: Markup) -> Markup {
    html! { form method="post" action={ "/surveys/" (round.id) } { (fields::hidden("act", name)) (button) } }
}

/// A round with everybody on its list.
pub(super) fn status(lang: Lang, view: &RoundView, now: Timestamp, mails: bool, link: Option<&str>) -> Markup {
    let round = &view.round;
    let locked = round.is_locked(now);
    html! {
        p { a href="/surveys" { (t!(lang, "surveys-title")) } }
        h1 { (round.title(lang)) }
        p { (state_of(lang, round, now)) " " (t!(lang, "survey-until", day = format::date(lang, round.last_day))) }
        @if let Some(link) = link {
            div.banner.success role="status" {
                (parts::icon(Icon::Info))
                div { p { (t!(lang, "survey-link-shown")) } p { a href=(link) { (link) } } }
            }
        }
        (tally(lang, view.reconciled))
        @if view.round.questionnaire.protect && !locked { p.hint { (t!(lang, "survey-is-open-protected")) } }
        p.actions {
            @if locked || !view.round.questionnaire.protect {
                a.button.secondary href={ "/surveys/" (round.id) "/results" } { (t!(lang, "survey-results")) }
                a.button.secondary href={ "/surveys/" (round.id) "/sheet" } { (t!(lang, "survey-sheet")) }
            }
            @if locked { a.button.secondary href={ "/surveys/" (round.id) "/coding" } { (t!(lang, "survey-coding")) } }
        }
        @if !locked {
            @if view.waiting > 0 { p { (t!(lang, "survey-waiting", n = view.waiting)) } }
            @if mails {
                (act(round, "invite", fields::button(&t!(lang, "survey-invite"))))
                (act(round, "remind", fields::button_secondary(&t!(lang, "survey-remind"), None)))
                p.hint { (t!(lang, "survey-remind-hint", most = round.questionnaire.remind.len())) }
            } @else { p.hint { (t!(lang, "survey-no-mail")) } }
        }
        h2 { (t!(lang, "survey-list")) }
        (people(lang, view, now, locked))
        @if !locked {
            (fields::details(&t!(lang, "survey-lock"), &html! {
                p { (t!(lang, "survey-lock-text")) }
                (act(round, "lock", fields::button_warning(&t!(lang, "survey-lock-it"))))
            }, false))
        }
    }
}

fn people(lang: Lang, view: &RoundView, now: Timestamp, locked: bool) -> Markup {
    let mut columns = vec![
        column(t!(lang, "survey-column-organisation")),
        column(t!(lang, "survey-column-state")),
        column(t!(lang, "survey-column-address")),
        column(t!(lang, "survey-column-invited")),
        numeric(t!(lang, "survey-column-reminders")),
    ];
    if !locked {
        columns.push(column(t!(lang, "survey-column-do")));
    }
    let rows = view.invitations.iter().map(|one| row(lang, view, one, now, locked)).collect();
    parts::table(lang, &Table { caption: t!(lang, "survey-list"), caption_unseen: true, columns, rows })
}

fn row(lang: Lang, view: &RoundView, one: &Invitation, now: Timestamp, locked: bool) -> Vec<Markup> {
    let tone = match one.state {
        State::Answered => Tone::Success,
        State::Partly => Tone::Info,
        State::NotBegun | State::Declined => Tone::Neutral,
    };
    let mut cells = vec![
        html! { (one.name) @if !one.code.is_empty() { span.sub { (one.code) } } },
        html! {
            (parts::tag(tone, &one.state.words(lang)))
            @if let Some(at) = one.submitted_at.or(one.changed_at) { span.sub { (format::datetime(lang, at, now)) } }
        },
        html! {
            (one.email)
            @if let Some(contact) = view.contacts.get(&one.id) { span.sub { (t!(lang, "survey-contact", contact = contact)) } }
        },
        html! {
            @match one.invited_at { Some(at) => (format::datetime(lang, at, now)), None => (t!(lang, "survey-not-invited")) }
            @if one.withdrawn_at.is_some() { span.sub { (t!(lang, "survey-withdrawn")) } }
        },
        html! {
            (one.reminders)
            @if let Some(at) = one.reminded_at { span.sub { (t!(lang, "survey-reminded-at", at = format::datetime(lang, at, now))) } }
        },
    ];
    if !locked {
        cells.push(fields::details(&t!(lang, "survey-do"), &actions(lang, &view.round, one), false));
    }
    cells
}

fn actions(lang: Lang, round: &Round, one: &Invitation) -> Markup {
    let button = |name: &str, label: String| {
        html! {
            form method="post" action={ "/surveys/" (round.id) } {
                (fields::hidden("act", name))
                (fields::hidden("invitation", &one.id.to_string()))
                button.button.secondary type="submit" { (label) span.unseen { " – " (one.name) } }
            }
        }
    };
    html! {
        (button("again", t!(lang, "survey-again")))
        (button("withdraw", t!(lang, "survey-withdraw")))
        @if [State::NotBegun, State::Partly].contains(&one.state) { (button("decline", t!(lang, "survey-decline"))) }
    }
}

/// The free texts of a question with the codes of each.
pub(super) fn coding(lang: Lang, view: &CodingView, now: Timestamp) -> Markup {
    let id = view.round.id;
    let tabs: Vec<parts::Tab> = view
        .questions
        .iter()
        .map(|(question, _, open)| parts::Tab {
            label: question.name.get(lang).to_owned(),
            count: u64::try_from(*open).ok(),
            href: format!("/surveys/{id}/coding?question={}", question.id),
            current: question.id == view.question.id,
        })
        .collect();
    let open = view.texts.iter().filter(|text| text.codes.is_empty()).count();
    html! {
        p { a href={ "/surveys/" (id) } { (view.round.title(lang)) } }
        h1 { (t!(lang, "survey-coding")) }
        p.lead { (t!(lang, "survey-coding-text")) }
        (parts::tabs(lang, &t!(lang, "survey-coding-tabs"), &tabs))
        h2 { (view.question.name.get(lang)) }
        p { (t!(lang, "survey-coding-left", open = open, all = view.texts.len())) }
        @for (text, nr) in view.texts.iter().zip(1_usize..) { (one_text(lang, view, text, nr, now)) }
    }
}

fn one_text(lang: Lang, view: &CodingView, text: &Text, nr: usize, now: Timestamp) -> Markup {
    let values = text.codes.iter().map(|code| ("codes".to_owned(), code.clone())).collect();
    let posted = Posted { values, errors: Vec::new() };
    let was = text.codes.iter().cloned().collect::<Vec<_>>().join(",");
    html! {
        section.card {
            h3 {
                (t!(lang, "survey-text-nr", nr = nr)) " "
                @if text.codes.is_empty() { (parts::tag(Tone::Warning, &t!(lang, "survey-uncoded"))) }
            }
            p.words { (text.text) }
            form method="post" action={ "/surveys/" (view.round.id) "/coding" } {
                (fields::hidden("question", &view.question.id))
                (fields::hidden("invitation", &text.id.to_string()))
                (fields::hidden("was", &was))
                fieldset {
                    legend { (t!(lang, "survey-codes")) span.unseen { " " (t!(lang, "survey-text-nr", nr = nr)) } }
                    div.cards.two {
                        @for (choice, at) in view.question.choices().iter().zip(0_usize..) {
                            @let id = format!("t{nr}-{at}");
                            label.choice for=(id) {
                                input id=(id) type="checkbox" name="codes" value=(choice.id)
                                    checked[posted.all("codes").any(|one| one == choice.id)];
                                span { (choice.name.get(lang)) }
                            }
                        }
                    }
                }
                @if let Some((at, who)) = &text.coded {
                    p.hint {
                        (t!(lang, "survey-coded-at", at = format::datetime(lang, *at, now)))
                        @if let Some(who) = who { " " (t!(lang, "survey-coded-by", who = who)) }
                    }
                }
                button.button.secondary type="submit" { (t!(lang, "survey-code-it")) span.unseen { " " (t!(lang, "survey-text-nr", nr = nr)) } }
            }
        }
    }
}

/// A questionnaire without texts to code.
pub(super) fn nothing_to_code(lang: Lang, id: &str) -> Markup {
    let back = Link { href: format!("/surveys/{id}"), label: t!(lang, "survey-back") };
    html! {
        h1 { (t!(lang, "survey-coding")) }
        (parts::empty(&t!(lang, "survey-nothing-to-code"), &t!(lang, "survey-nothing-to-code-text"), Some(&back)))
    }
}

/// What the figures of a question are, in a sentence.
pub(super) fn definition(lang: Lang, questionnaire: &Questionnaire, question: &Question) -> String {
    let part = questionnaire.parts.iter().find(|part| part.id == question.part).and_then(|part| part.when.as_ref());
    let mut text = t!(lang, "survey-definition", question = question.name.get(lang));
    for when in [part, question.when.as_ref()].into_iter().flatten() {
        text.push(' ');
        text.push_str(&condition(lang, questionnaire, when));
    }
    text
}

/// "Ställs till dem som svarat ”Ja” på ”…”."
pub(super) fn condition(lang: Lang, questionnaire: &Questionnaire, when: &When) -> String {
    let Some(other) = questionnaire.question(&when.question) else { return String::new() };
    let named = |id: &String| other.choices().iter().find(|one| one.id == *id).map(|one| one.name.get(lang).to_owned());
    let answers: Vec<String> = when.is.iter().filter_map(named).collect();
    t!(lang, "survey-asked-when", question = other.name.get(lang), answers = answers.join(", "))
}

/// What came of a round, in figures.
pub(super) fn results(lang: Lang, outcome: &Outcome) -> Markup {
    let round = &outcome.round;
    let id = round.id;
    html! {
        p { a href={ "/surveys/" (id) } { (round.title(lang)) } }
        h1 { (t!(lang, "survey-results")) " – " (round.title(lang)) }
        @if !outcome.locked { (parts::banner(Tone::Info, &t!(lang, "survey-preliminary"))) }
        (tally(lang, outcome.reconciled))
        (indicators(lang, outcome))
        p.actions {
            a.button.secondary href={ "/surveys/" (id) "/sheet" } { (t!(lang, "survey-sheet")) }
            a.download href={ "/surveys/" (id) "/results.csv" } { (parts::icon(Icon::Download)) "CSV" }
            a.download href={ "/surveys/" (id) "/results.xlsx" } { (parts::icon(Icon::Download)) "XLSX" }
            @if outcome.respondents.is_some() {
                a.download href={ "/surveys/" (id) "/answers.csv" } { (parts::icon(Icon::Download)) (t!(lang, "survey-answers-file")) }
            }
        }
        @for part in &round.questionnaire.parts {
            h2 { (part.name.get(lang)) }
            @for (question, result) in round.questionnaire.questions.iter().zip(&outcome.results.questions).filter(|(one, _)| one.part == part.id) {
                (question_result(lang, &round.questionnaire, question, result))
            }
        }
        p.hint { (source(lang, outcome)) }
    }
}

/// The indicator that the survey gives: how many answered, and the shares that the questionnaire names.
fn indicators(lang: Lang, outcome: &Outcome) -> Markup {
    let Some(indicator) = &outcome.round.questionnaire.indicator else { return html! {} };
    let r = outcome.reconciled;
    let mut figures = vec![KeyFigure {
        label: t!(lang, "survey-answered-share"),
        value: t!(lang, "survey-percent", percent = percent(r.answered, r.invited)),
        definition: figure(lang, r.answered, r.invited),
        source: t!(lang, "survey-definition-answered"),
        download: None,
    }];
    for (_, told) in outcome.sheet(lang).iter().flat_map(|section| &section.sentences) {
        if let Told::Counted { indicator: Some(label), n: Some(n), of, base, .. } = told {
            figures.push(KeyFigure {
                label: label.clone(),
                value: t!(lang, "survey-percent", percent = percent(*n, *of)),
                definition: figure(lang, *n, *of),
                source: t!(lang, "survey-base", base = base, of = *of),
                download: None,
            });
        }
    }
    html! {
        h2 { (t!(lang, "survey-indicator", indicator = indicator)) }
        div.grid { @for figure in &figures { (parts::key_figure(figure)) } }
    }
}

fn question_result(lang: Lang, questionnaire: &Questionnaire, question: &Question, result: &QuestionResult) -> Markup {
    let columns = vec![
        column(t!(lang, "survey-column-answer")),
        numeric(t!(lang, "survey-column-n")),
        numeric(t!(lang, "survey-column-share")),
    ];
    let counted = |label: String, n: u32| {
        vec![
            html! { (label) },
            html! { (n) },
            html! { (t!(lang, "survey-percent", percent = percent(n, result.asked))) },
        ]
    };
    let mut rows: Vec<Vec<Markup>> = question
        .choices()
        .iter()
        .zip(&result.rows)
        .map(|(choice, row)| counted(choice.name.get(lang).to_owned(), row.n))
        .collect();
    if !question.has_options() {
        rows.push(counted(t!(lang, "survey-answered-question"), result.answered));
    }
    if result.uncoded > 0 {
        rows.push(counted(t!(lang, "survey-uncoded"), result.uncoded));
    }
    rows.push(counted(t!(lang, "survey-no-answer"), result.asked - result.answered));
    if let Some(number) = result.number {
        let plain = |label: String, n: i64| vec![html! { (label) }, html! { (n) }, html! { "." }];
        rows.push(plain(t!(lang, "survey-number-sum"), number.sum));
        if let Some((least, most)) = number.ends {
            rows.push(plain(t!(lang, "survey-number-least"), least));
            rows.push(plain(t!(lang, "survey-number-most"), most));
        }
    }
    html! {
        section.card {
            h3 { (question.name.get(lang)) }
            p.hint { (definition(lang, questionnaire, question)) }
            @if result.withheld {
                p { (t!(lang, "survey-withheld")) }
            } @else {
                p { (t!(lang, "survey-asked", asked = result.asked, answered = result.answered)) }
                (parts::table(lang, &Table { caption: question.name.get(lang).to_owned(), caption_unseen: true, columns, rows }))
            }
        }
    }
}

/// The fact sheet as a page.
pub(super) fn sheet(lang: Lang, outcome: &Outcome) -> Markup {
    html! {
        p.filters { a href={ "/surveys/" (outcome.round.id) } { (outcome.round.title(lang)) } }
        h1 { (outcome.round.title(lang)) }
        p.lead { (reconciled(lang, outcome)) }
        @if !outcome.locked { (parts::banner(Tone::Info, &t!(lang, "survey-preliminary"))) }
        (sheet_body(lang, outcome))
    }
}

/// How choices stand: short ones abreast.
pub(super) fn columns(choices: &[Choice<'_>]) -> Columns {
    match choices.iter().map(|one| one.label.chars().count()).max().unwrap_or(0) {
        0..=12 => Columns::Many,
        13..=34 => Columns::Two,
        _ => Columns::One,
    }
}
