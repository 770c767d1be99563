//! What is read aloud when help is offered, and what a consent says, in the languages people speak.

use std::sync::LazyLock;

use chain::text::Lang;
use maud::{Markup, html};
use serde::Deserialize;

use super::{form, lang, parts};
use crate::t;

/// The offer and the consent in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptText {
    /// The language's code, as HTML's `lang` wants it.
    pub code: String,
    /// What the language calls itself.
    pub name: String,
    /// Whether it is written from right to left.
    pub rtl: bool,
    /// Whether a translator has signed it; if not it is a working translation and the page says so.
    pub reviewed: bool,
    /// What is read aloud when help is offered, one paragraph a line.
    pub offer: String,
    /// What an adult consents to, one paragraph a line.
    pub consent: String,
    /// What somebody under eighteen consents to who decides themselves. A language without it has the adult's words for them too.
    #[serde(default)]
    pub child: Option<String>,
}

impl ScriptText {
    /// The words that whoever gives the consent says yes to: these are shown, and these are kept.
    #[must_use]
    pub fn words_for(&self, giver: &str) -> &str {
        match &self.child {
            Some(child) if giver == CHILD => child,
            _ => &self.consent,
        }
    }
}

/// Who gives a consent that is worded for the young.
const CHILD: &str = "child";

macro_rules! scripts {
    ($($code:literal),* $(,)?) => {
        &[$(($code, include_str!(concat!("../../locales/script/", $code, ".toml")))),*]
    };
}

/// Swedish and English first: they are the reference.
const FILES: &[(&str, &str)] = scripts!["sv", "en", "fi", "ar", "fa", "so", "pl", "es", "uk", "ru", "ro", "sq", "bs"];

static SCRIPTS: LazyLock<Vec<ScriptText>> =
    LazyLock::new(|| FILES.iter().filter_map(|(_, text)| toml::from_str(text).ok()).collect());

/// Every language there is, Swedish and English first.
#[must_use]
pub fn all() -> &'static [ScriptText] {
    &SCRIPTS
}

/// The texts of a language.
#[must_use]
pub fn find(code: &str) -> Option<&'static ScriptText> {
    all().iter().find(|script| script.code == code)
}

/// The script to read aloud, with a choice of language: links without JavaScript, at once with it.
///
/// `chosen` is the language code to show, `link` gives the address of this page with another one.
#[must_use]
pub fn script(lang: Lang, chosen: &str, link: impl Fn(&str) -> String) -> Markup {
    let chosen = find(chosen).or_else(|| find(lang::code(lang)));
    html! {
        section.script aria-labelledby="script-title" {
            h2 #script-title { (t!(lang, "script-title")) }
            p.hint { (t!(lang, "script-hint")) }
            @let (near, others): (Vec<_>, Vec<_>) = all().iter().partition(|script| {
                matches!(script.code.as_str(), "sv" | "en") || chosen.is_some_and(|chosen| chosen.code == script.code)
            });
            (languages(&near, chosen, &link))
            details { summary { (t!(lang, "script-others")) } (languages(&others, chosen, &link)) }
            @if let Some(script) = chosen {
                details open { summary { (t!(lang, "script-text")) } (spoken(lang, script, &script.offer)) }
            }
        }
    }
}

fn languages(scripts: &[&ScriptText], chosen: Option<&ScriptText>, link: &impl Fn(&str) -> String) -> Markup {
    html! {
        ul.languages {
            @for script in scripts {
                li {
                    a href=(link(&script.code)) lang=(script.code) dir=[script.rtl.then_some("rtl")]
                        aria-current=[chosen.filter(|chosen| chosen.code == script.code).map(|_| "true")] { (script.name) }
                }
            }
        }
    }
}

/// The consent in a language, to read and to sign, with the language it is given in to send along.
#[must_use]
pub fn consent(lang: Lang, code: &str) -> Markup {
    html! {
        @if let Some(script) = find(code).or_else(|| find(lang::code(lang))) {
            div.words { (form::hidden("consent_language", &script.code)) (spoken(lang, script, &script.consent)) }
        }
    }
}

/// Whether a language, or the page's own in the place of one that there is not, has words for the young.
#[must_use]
pub fn is_for_the_young(lang: Lang, code: &str) -> bool {
    find(code).or_else(|| find(lang::code(lang))).is_some_and(|script| script.child.is_some())
}

/// The words for somebody under eighteen who decides themselves, below those for adults: shown when the form says so (`when`),
/// or to open where the age is not known yet. Nothing in a language that has no such words.
#[must_use]
pub fn childs_consent(lang: Lang, code: &str, when: Option<&str>) -> Markup {
    let child = find(code).or_else(|| find(lang::code(lang))).and_then(|script| Some((script, script.child.as_ref()?)));
    html! {
        @if let Some((script, words)) = child {
            @if let Some(when) = when {
                section.words data-when=(when) {
                    h2 { (t!(lang, "consent-for-child")) }
                    (spoken(lang, script, words))
                }
            } @else {
                details { summary { (t!(lang, "consent-for-child")) } (spoken(lang, script, words)) }
            }
        }
    }
}

fn spoken(lang: Lang, script: &ScriptText, text: &str) -> Markup {
    html! {
        @if !script.reviewed { p.hint { (parts::icon(parts::Icon::Info)) (t!(lang, "script-unreviewed")) } }
        blockquote lang=(script.code) dir=(if script.rtl { "rtl" } else { "ltr" }) {
            @for paragraph in text.lines().filter(|line| !line.trim().is_empty()) { p { (paragraph) } }
        }
    }
}
