//! The markup of consents.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::Consent;
use crate::cases::CaseView;
use crate::secrets::case_code_shown;
use crate::t;
use crate::web::form::{self, Field, Posted};
use crate::web::{format, script};

/// The words of the consent in the person's language, and a place to sign.
pub(super) fn take(lang: Lang, view: &CaseView, code: &str, posted: &Posted) -> Markup {
    let path = format!("/cases/{}/consent", view.code);
    let label = t!(lang, "consent-sign");
    html! {
        p { a href={ "/cases/" (view.code) } { (t!(lang, "case-back", number = case_code_shown(&view.code))) } }
        h1 { (t!(lang, "consent-take")) }
        p.lead { (view.person.name) }
        (form::error_summary(lang, posted))
        (languages(lang, &path, code))
        form method="post" action={ (path) "?script=" (code) } data-guard {
            section.consent { (script::consent(lang, code)) (form::signature(lang, posted, &Field::new("signature", &label))) }
            (form::button(&t!(lang, "consent-save")))
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
pub(super) fn withdraw(
    lang: Lang,
    consent: &Consent,
    case: &str,
    kept: Option<&(String, Option<String>)>,
    now: Timestamp,
) -> Markup {
    html! {
        p { a href={ "/cases/" (case) } { (t!(lang, "case-back", number = case_code_shown(case))) } }
        h1 { (t!(lang, "consent-withdraw")) }
        p.lead { (t!(lang, "consent-withdraw-means")) }
        p { (t!(lang, "consent-given", at = format::datetime(lang, consent.given_at, now), until = format::date(lang, format::local(consent.ends_at).date()))) }
        @if let Some((text, signature)) = kept {
            section.consent aria-labelledby="kept-title" {
                h2 #kept-title { (t!(lang, "consent-kept")) }
                blockquote lang=(consent.language) { @for line in text.lines() { p { (line) } } }
                @if let Some(strokes) = signature {
                    svg.signature viewBox="0 0 640 240" role="img" aria-label=(t!(lang, "consent-sign")) {
                        path d=(strokes) fill="none" stroke="currentColor" stroke-width="3" {}
                    }
                }
            }
        }
        @if consent.holds(now) {
            form method="post" action={ "/consents/" (consent.id) "/withdraw" } data-guard {
                (form::button_warning(&t!(lang, "consent-withdraw-now")))
            }
        }
    }
}
