//! The markup of a person.

use chain::text::Lang;
use maud::{Markup, html};

use super::care::Known;
use crate::secrets::case_code_shown;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Input, Posted};
use crate::web::parts::{self, Tone};

/// What is known of a person, with a form to correct it and one to merge.
pub(super) fn person(lang: Lang, known: &Known, posted: &Posted) -> Markup {
    let p = &known.person;
    let text = |key: &Option<String>| key.clone().unwrap_or_default();
    let (phone, email, address, home) = (
        t!(lang, "person-phone"),
        t!(lang, "person-email"),
        t!(lang, "person-address"),
        t!(lang, "person-municipality"),
    );
    let (protected, protected_yes) = (t!(lang, "person-protected-question"), t!(lang, "person-protected-yes"));
    let (other, other_hint) = (t!(lang, "merge-other"), t!(lang, "merge-other-hint"));
    let reason = t!(lang, "merge-reason");
    let (twice, number) = (t!(lang, "merge-recorded-twice"), t!(lang, "merge-number-known"));
    let place = p.municipality.as_deref().and_then(crate::reference::municipality).map_or("", |m| m.name);
    let (lift, lift_hint) = (t!(lang, "person-lift"), t!(lang, "person-lift-hint"));
    let preset = if p.protected { "true" } else { "" };
    html! {
        @for (code, method) in &known.cases {
            p { a href={ "/cases/" (code) } { (t!(lang, "case-back", number = case_code_shown(code))) } " · " (method) }
        }
        h1 { (p.name) }
        @if p.masked { (parts::banner(Tone::Warning, &t!(lang, "person-masked"))) }
        (form::error_summary(lang, posted))
        section aria-labelledby="correct-title" {
            h2 #correct-title { (t!(lang, "person-correct")) }
            @if p.masked { p.hint { (t!(lang, "person-keep-hint")) } }
            form method="post" action={ "/people/" (p.id) } data-guard {
                (form::text(lang, posted, &Field::new("phone", &phone).optional().input(Input::Phone).preset(&text(&p.phone))))
                (form::text(lang, posted, &Field::new("email", &email).optional().input(Input::Email).preset(&text(&p.email))))
                (form::text(lang, posted, &Field::new("address", &address).optional().preset(&text(&p.address))))
                (form::text(lang, posted, &Field::new("municipality", &home).optional().preset(place)))
                (form::checkboxes(lang, posted, &Field::new("protected", &protected).optional().preset(preset), &[Choice::new("true", &protected_yes)], Columns::One))
                @if p.protected {
                    (form::text(lang, posted, &Field::new("who", &lift).hint(&lift_hint).optional()))
                }
                (form::button(&t!(lang, "step-save")))
            }
        }
        section aria-labelledby="merge-title" {
            h2 #merge-title { (t!(lang, "merge-title")) }
            p { (t!(lang, "merge-text")) }
            form method="post" action={ "/people/" (p.id) "/merge" } data-guard {
                (form::text(lang, posted, &Field::new("other", &other).hint(&other_hint)))
                (form::radios(lang, posted, &Field::new("reason", &reason), &[Choice::new("recorded_twice", &twice), Choice::new("number_known", &number)], Columns::One))
                (form::button_secondary(&t!(lang, "merge-send"), None))
            }
        }
    }
}
