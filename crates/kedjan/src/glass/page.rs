//! The markup of breaking the glass.

use chain::text::Lang;
use maud::{Markup, html};

use super::{CAUSES, LASTS};
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Posted};
use crate::web::parts::{self, Tone};

/// A cause in words.
pub(crate) fn cause(lang: Lang, cause: &str) -> String {
    match cause {
        "child" => t!(lang, "glass-cause-child"),
        "life" => t!(lang, "glass-cause-life"),
        "on_call" => t!(lang, "glass-cause-on-call"),
        _ => t!(lang, "glass-cause-other"),
    }
}

/// What it means, and the form.
pub(super) fn glass(lang: Lang, posted: &Posted) -> Markup {
    let (code, code_hint) = (t!(lang, "glass-code"), t!(lang, "glass-code-hint"));
    let (words, words_hint) = (t!(lang, "glass-words"), t!(lang, "glass-words-hint"));
    let label = t!(lang, "glass-cause");
    let causes: Vec<String> = CAUSES.iter().map(|one| cause(lang, one)).collect();
    let choices: Vec<Choice<'_>> = CAUSES.iter().zip(&causes).map(|(id, words)| Choice::new(id, words)).collect();
    html! {
        h1 { (t!(lang, "glass-title")) }
        p.lead { (t!(lang, "glass-means")) }
        (parts::banner(Tone::Warning, &t!(lang, "glass-reviewed", hours = LASTS.as_hours())))
        (form::error_summary(lang, posted))
        form method="post" action="/glass" data-guard {
            (form::text(lang, posted, &Field::new("code", &code).hint(&code_hint)))
            (form::radios(lang, posted, &Field::new("cause", &label), &choices, Columns::One))
            (form::text_area(lang, posted, &Field::new("words", &words).hint(&words_hint), 4))
            (form::button_warning(&t!(lang, "glass-open")))
        }
    }
}
