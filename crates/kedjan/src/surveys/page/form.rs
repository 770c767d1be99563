//! The markup of a questionnaire for whoever answers it.

use chain::survey::{Answer, Kind, Part, Question, When};
use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::answer::saved_at;
use super::super::export::answer as answer_words;
use super::super::{Filled, State};
use super::{columns, condition};
use crate::t;
use crate::web::form::{self as fields, Choice, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, SummaryRow, Tone};

/// What has happened between that the page was opened and that something was sent from it.
pub(in crate::surveys) enum Since {
    /// Nothing.
    Nothing,
    /// Somebody else has changed something, and this was typed and is not saved.
    Saved(Differing),
    /// What had been handed in was opened again by whoever had typed this, and it is not saved yet.
    Opened(Differing),
    /// Somebody else has changed something, and a button did nothing.
    Button,
}

/// What two have filled in differently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::surveys) struct Differing {
    /// The questions.
    pub questions: Vec<String>,
    /// Whether it is whom to ask.
    pub contact: bool,
}

/// The questionnaire to fill in, with what was typed or is saved.
pub(in crate::surveys) fn form(lang: Lang, filled: &Filled, posted: &Posted, now: Timestamp, since: &Since) -> Markup {
    if [State::Answered, State::Declined].contains(&filled.invitation.state) {
        // What was typed is shown, and goes along with the button that opens the answers again.
        return match since {
            Since::Saved(differing) | Since::Opened(differing) => html! {
                (parts::banner(Tone::Warning, &t!(lang, "answer-handed-in-meanwhile")))
                (typed(lang, filled, posted, differing))
                (receipt(lang, filled, now, Some(posted)))
            },
            Since::Nothing | Since::Button => html! {
                (parts::banner(Tone::Warning, &t!(lang, "answer-button-meanwhile")))
                (receipt(lang, filled, now, None))
            },
        };
    }
    let questionnaire = &filled.round.questionnaire;
    html! {
        h1 { (filled.round.title(lang)) }
        p.lead { (questionnaire.about.get(lang)) }
        p { strong { (filled.invitation.name) } " · " (t!(lang, "answer-until", day = format::date(lang, filled.round.last_day))) }
        p.hint { (t!(lang, "answer-how")) }
        p { @if questionnaire.protect { (t!(lang, "answer-protected")) } @else { (t!(lang, "answer-unprotected")) } }
        @if let Some(at) = filled.invitation.changed_at { p.hint { (t!(lang, "answer-saved-at", at = format::datetime(lang, at, now))) } }
        (meanwhile(lang, filled, since, now))
        (fields::error_summary(lang, posted))
        form method="post" action="?" {
            (fields::hidden("version", &filled.invitation.version.to_string()))
            @for part in &questionnaire.parts { (part_of(lang, filled, part, posted)) }
            (contact(lang, posted))
            p.actions {
                button.button type="submit" name="act" value="submit" { (t!(lang, "answer-submit")) }
                (fields::button_secondary(&t!(lang, "answer-draft"), Some(("act", "draft"))))
            }
        }
        (fields::details(&t!(lang, "answer-decline"), &html! {
            p { (t!(lang, "answer-decline-text")) }
            (act(filled, "decline", &t!(lang, "answer-decline-it"), None))
        }, false))
    }
}

fn act(filled: &Filled, name: &str, label: &str, typed: Option<&Posted>) -> Markup {
    html! {
        form method="post" action="?" {
            (fields::hidden("act", name))
            (fields::hidden("version", &filled.invitation.version.to_string()))
            @for (name, value) in typed.iter().flat_map(|typed| &typed.values).filter(|(name, _)| is_field(name)) {
                (fields::hidden(name, value))
            }
            (fields::button_secondary(label, None))
        }
    }
}

/// What has happened meanwhile, and what is saved of what differs.
fn meanwhile(lang: Lang, filled: &Filled, since: &Since, now: Timestamp) -> Markup {
    let at = filled.invitation.changed_at.map(|at| format::datetime(lang, at, now)).unwrap_or_default();
    let (tone, what, heading, differing) = match since {
        Since::Nothing => return html! {},
        Since::Button => return parts::banner(Tone::Warning, &t!(lang, "answer-button-meanwhile")),
        Since::Saved(differing) => {
            (Tone::Danger, t!(lang, "answer-meanwhile", at = at), t!(lang, "answer-meanwhile-theirs"), differing)
        }
        Since::Opened(differing) => {
            (Tone::Warning, t!(lang, "answer-opened"), t!(lang, "answer-opened-saved"), differing)
        }
    };
    let contact = differing.contact.then_some(filled.contact.as_str());
    let rows = rows(lang, filled, &differing.questions, contact, |question| {
        filled.answers.get(&question.id).map(|one| answer_words(question, one, lang))
    });
    html! {
        (parts::banner(tone, &what))
        @if !rows.is_empty() { h2 { (heading) } (parts::summary_list(&rows)) }
    }
}

/// What was typed and is not saved.
fn typed(lang: Lang, filled: &Filled, posted: &Posted, differing: &Differing) -> Markup {
    let contact = differing.contact.then(|| posted.get("contact").trim());
    let rows = rows(lang, filled, &differing.questions, contact, |question| {
        let sent: Vec<String> =
            posted.all(&format!("q-{}", question.id)).filter(|one| !one.is_empty()).map(str::to_owned).collect();
        match sent.as_slice() {
            [] => None,
            [one] => Some(answer_words(question, &Answer::Text(one.clone()), lang)),
            _ => Some(answer_words(question, &Answer::Several(sent), lang)),
        }
    });
    html! {
        @if !rows.is_empty() { h2 { (t!(lang, "answer-typed")) } (parts::summary_list(&rows)) }
    }
}

/// What was written in a form whose questions are not known any longer, in the order of the form; nothing when nothing was.
pub(in crate::surveys) fn lost(lang: Lang, posted: &Posted) -> Option<Markup> {
    // What was chosen among options is not shown: without its question it says nothing, and it is soon chosen again.
    let is_id = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let written = posted.values.iter().filter(|(name, _)| is_field(name)).map(|(_, text)| text.trim());
    let written: Vec<&str> = written.filter(|text| !is_id(text)).collect();
    (!written.is_empty()).then(|| {
        html! {
            h2 { (t!(lang, "answer-typed")) }
            p { (t!(lang, "answer-link-typed")) }
            @for text in written { p { span.words { (text) } } }
        }
    })
}

fn rows(
    lang: Lang,
    filled: &Filled,
    questions: &[String],
    contact: Option<&str>,
    words: impl Fn(&Question) -> Option<String>,
) -> Vec<SummaryRow> {
    let row = |label: String, value: Option<String>| {
        let value = value.filter(|one| !one.is_empty()).unwrap_or_else(|| t!(lang, "answer-none"));
        SummaryRow { label, value: html! { span.words { (value) } }, action: None }
    };
    let asked = filled.round.questionnaire.questions.iter().filter(|one| questions.contains(&one.id));
    asked
        .map(|question| row(question.name.get(lang).to_owned(), words(question)))
        .chain(contact.map(|contact| row(t!(lang, "answer-contact"), Some(contact.to_owned()))))
        .collect()
}

/// Whether a field of a sent form is one that is filled in.
pub(in crate::surveys) fn is_field(name: &str) -> bool {
    name == "contact" || name.starts_with("q-")
}

fn part_of(lang: Lang, filled: &Filled, part: &Part, posted: &Posted) -> Markup {
    let questionnaire = &filled.round.questionnaire;
    html! {
        section data-when=[part.when.as_ref().map(when)] {
            h2 { (part.name.get(lang)) }
            @if let Some(about) = &part.about { p { (about.get(lang)) } }
            @if let Some(when) = &part.when { noscript { p.hint { (condition(lang, questionnaire, when)) } } }
            @for question in questionnaire.questions_of(&part.id) {
                @if let Some(when) = &question.when { noscript { p.hint { (condition(lang, questionnaire, when)) } } }
                (asked(lang, question, posted))
            }
        }
    }
}

fn when(when: &When) -> String {
    format!("q-{}={}", when.question, when.is.join(","))
}

fn asked(lang: Lang, question: &Question, posted: &Posted) -> Markup {
    let name = format!("q-{}", question.id);
    let hint = match (&question.kind, &question.hint) {
        (Kind::Words { max, .. }, Some(hint)) => {
            Some(format!("{} {}", hint.get(lang), t!(lang, "answer-room", max = *max)))
        }
        (Kind::Words { max, .. }, None) => Some(t!(lang, "answer-room", max = *max)),
        (_, hint) => hint.as_ref().map(|hint| hint.get(lang).to_owned()),
    };
    let mut field = Field::new(&name, question.name.get(lang));
    if let Some(hint) = &hint {
        field = field.hint(hint);
    }
    if !question.required {
        field = field.optional();
    }
    let on = question.when.as_ref().map(|when| (format!("q-{}", when.question), when.is.join(",")));
    if let Some((other, values)) = &on {
        field = field.when(other, values);
    }
    let choices: Vec<Choice<'_>> =
        question.choices().iter().map(|one| Choice::new(&one.id, one.name.get(lang))).collect();
    match &question.kind {
        Kind::YesNo(_) | Kind::One(_) => fields::radios(lang, posted, &field, &choices, columns(&choices)),
        Kind::Several(_) => fields::checkboxes(lang, posted, &field, &choices, columns(&choices)),
        Kind::Number { .. } => fields::number(lang, posted, &field),
        Kind::Words { long: false, .. } => fields::text(lang, posted, &field),
        Kind::Words { long: true, .. } => fields::text_area(lang, posted, &field, 5),
    }
}

fn contact(lang: Lang, posted: &Posted) -> Markup {
    let (label, hint) = (t!(lang, "answer-contact"), t!(lang, "answer-contact-hint"));
    html! {
        section {
            h2 { (t!(lang, "answer-contact-title")) }
            (fields::text(lang, posted, &Field::new("contact", &label).hint(&hint).optional()))
        }
    }
}

/// What was handed in, to be kept or printed, or that nobody answers. What somebody has typed meanwhile goes along when the
/// answers are opened again.
pub(in crate::surveys) fn receipt(lang: Lang, filled: &Filled, now: Timestamp, typed: Option<&Posted>) -> Markup {
    let questionnaire = &filled.round.questionnaire;
    let declined = filled.invitation.state == State::Declined;
    let at = saved_at(&filled.invitation).map(|at| format::datetime(lang, at, now)).unwrap_or_default();
    html! {
        h1 { @if declined { (t!(lang, "answer-declined")) } @else { (t!(lang, "answer-thanks")) } }
        p.lead { (filled.round.title(lang)) " · " (filled.invitation.name) }
        @if declined {
            p { (t!(lang, "answer-declined-text", at = at)) }
        } @else {
            p { (t!(lang, "answer-thanks-text", at = at, day = format::date(lang, filled.round.last_day))) }
            p.hint { (t!(lang, "answer-print")) }
        }
        @match typed {
            Some(typed) => (act(filled, "reopen", &t!(lang, "answer-reopen-typed"), Some(typed))),
            None => (act(filled, "reopen", &t!(lang, "answer-reopen"), None)),
        }
        @if !declined {
            @for part in &questionnaire.parts {
                @let rows = answered(lang, filled, part);
                @if !rows.is_empty() { h2 { (part.name.get(lang)) } (parts::summary_list(&rows)) }
            }
        }
    }
}

fn answered(lang: Lang, filled: &Filled, part: &Part) -> Vec<SummaryRow> {
    let questionnaire = &filled.round.questionnaire;
    questionnaire
        .questions_of(&part.id)
        .filter(|question| questionnaire.is_asked(question, &filled.answers))
        .map(|question| {
            let answer = filled.answers.get(&question.id);
            let value = answer.map_or_else(|| t!(lang, "answer-none"), |one| answer_words(question, one, lang));
            SummaryRow {
                label: question.name.get(lang).to_owned(),
                value: html! { span.words { (value) } },
                action: None,
            }
        })
        .collect()
}
