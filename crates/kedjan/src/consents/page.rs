//! The markup of consents.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Consent, KINDS, KeptWords, given};
use crate::cases::CaseView;
use crate::secrets::case_code_shown;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Input, Posted};
use crate::web::lang::code as code_of;
use crate::web::parts::{self, Tone};
use crate::web::{format, script};

/// The words of the consent in the person's language, what it is to and until when, who gives it, and a place to sign.
pub(super) fn take(lang: Lang, view: &CaseView, code: &str, posted: &Posted) -> Markup {
    let path = format!("/cases/{}/consent", view.code);
    let label = t!(lang, "consent-sign");
    let two_texts = view.is_minor && script::is_for_the_young(lang, code);
    let standing = view.consents.iter().find(|consent| consent.holds(view.as_of));
    html! {
        p { a href={ "/cases/" (view.code) } { (t!(lang, "case-back", number = case_code_shown(&view.code))) } }
        h1 { (if standing.is_some() { t!(lang, "consent-renew") } else { t!(lang, "consent-take") }) }
        p.lead { (view.person.name) }
        @if let Some(old) = standing {
            (parts::banner(Tone::Info, &t!(lang, "consent-renews", until = format::date(lang, format::local(old.ends_at).date()))))
        }
        (form::error_summary(lang, posted))
        (languages(lang, &path, code))
        form method="post" action={ (path) "?script=" (code) } data-guard {
            @if standing.is_some() { (form::hidden("renew", "true")) }
            section.consent {
                @if view.is_minor {
                    (givers(lang, view, posted))
                    (script::childs_consent(lang, code, Some("giver=child")))
                }
                // Sent along whichever of the two texts is shown.
                (form::hidden("consent_language", script::find(code).map_or_else(|| code_of(lang), |script| &script.code)))
                div data-when=[two_texts.then_some("giver=guardian,guardians")] { (script::consent(lang, code)) }
                (scope(lang, posted))
                (form::signature(lang, posted, &Field::new("signature", &label)))
                @if view.is_minor {
                    (form::signature(lang, posted, &Field::new("second_signature", &t!(lang, "consent-second")).when("giver", "guardians")))
                }
            }
            (form::button(&t!(lang, "consent-save")))
        }
    }
}

/// What it is to, and until when; all of it and a year where nothing else is chosen.
fn scope(lang: Lang, posted: &Posted) -> Markup {
    let (label, until, hint) = (t!(lang, "consent-kinds"), t!(lang, "consent-until"), t!(lang, "consent-until-hint"));
    let words: Vec<String> = KINDS.iter().map(|kind| given::kind(lang, kind)).collect();
    let choices: Vec<Choice<'_>> = KINDS.iter().zip(&words).map(|(kind, words)| Choice::new(kind, words)).collect();
    // A form that nobody has filled in has all of them ticked.
    let all = Posted {
        values: KINDS.iter().map(|kind| ("kinds".to_owned(), (*kind).to_owned())).collect(),
        errors: Vec::new(),
    };
    let chosen = if posted.values.is_empty() { &all } else { posted };
    html! {
        (form::checkboxes(lang, chosen, &Field::new("kinds", &label), &choices, Columns::Two))
        (form::text(lang, posted, &Field::new("until", &until).hint(&hint).optional().input(Input::Date)))
    }
}

/// Who gives it: asked only about somebody who is not an adult.
fn givers(lang: Lang, view: &CaseView, posted: &Posted) -> Markup {
    let (label, note, hint) = (t!(lang, "consent-giver"), t!(lang, "consent-note"), t!(lang, "consent-note-hint"));
    let givers = ["child", "guardian", "guardians"];
    let words: Vec<String> = givers.iter().map(|one| given::giver(lang, one)).collect();
    let choices: Vec<Choice<'_>> = givers.iter().zip(&words).map(|(one, words)| Choice::new(one, words)).collect();
    html! {
        @if view.is_minor {
            (form::radios(lang, posted, &Field::new("giver", &label), &choices, Columns::One))
            (form::text_area(lang, posted, &Field::new("note", &note).hint(&hint).optional().when("giver", "child,guardian"), 2))
        }
    }
}

fn languages(lang: Lang, path: &str, code: &str) -> Markup {
    html! {
        nav aria-label=(t!(lang, "consent-languages")) {
            ul.languages {
                @for script in script::all() {
                    li {
                        a href={ (path) "?script=" (script.code) } lang=(script.code) dir=[script.rtl.then_some("rtl")]
                            aria-current=[(script.code == code).then_some("true")] { (script.name) }
                    }
                }
            }
        }
    }
}

/// What withdrawing means, what was signed, and the button that does it.
pub(super) fn withdraw(lang: Lang, consent: &Consent, case: &str, kept: Option<&KeptWords>, now: Timestamp) -> Markup {
    html! {
        p { a href={ "/cases/" (case) } { (t!(lang, "case-back", number = case_code_shown(case))) } }
        h1 { (t!(lang, "consent-withdraw")) }
        p.lead { (t!(lang, "consent-withdraw-means")) }
        p { (t!(lang, "consent-given", at = format::datetime(lang, consent.given_at, now), until = format::date(lang, format::local(consent.ends_at).date()))) }
        @if let Some(kept) = kept {
            section.consent aria-labelledby="kept-title" {
                h2 #kept-title { (t!(lang, "consent-kept")) }
                blockquote lang=(consent.language) { @for line in kept.text.lines() { p { (line) } } }
                @for strokes in &kept.signatures {
                    svg.signature viewBox="0 0 640 240" role="img" aria-label=(t!(lang, "consent-sign")) {
                        path d=(strokes) fill="none" stroke="currentColor" stroke-width="3" {}
                    }
                }
                @if let Some(note) = &kept.note { p { (t!(lang, "consent-note")) " " (note) } }
            }
        }
        @if consent.holds(now) {
            form method="post" action={ "/consents/" (consent.id) "/withdraw" } data-guard {
                (form::button_warning(&t!(lang, "consent-withdraw-now")))
            }
        }
    }
}
