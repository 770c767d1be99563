//! The markup of logging in.

use chain::text::Lang;
use maud::{Markup, html};

use crate::accounts::SHORTEST_PASSWORD;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Input, Posted};

/// Log-in name and password.
pub(super) fn log_in(lang: Lang, posted: &Posted, next: &str) -> Markup {
    html! {
        h1 { (t!(lang, "login-title")) }
        (form::error_summary(lang, posted))
        form method="post" action="/login" {
            (form::hidden("next", next))
            (form::text(lang, posted, &Field::new("login", &t!(lang, "login-name")).input(Input::Account)))
            (form::password(lang, posted, &Field::new("password", &t!(lang, "login-password")), false))
            (form::button(&t!(lang, "login-button")))
        }
        p { a href="/password" { (t!(lang, "login-change-password")) } }
        p.hint { (t!(lang, "login-help")) }
    }
}

/// A new password; `once` when the one just given was given out by somebody.
pub(super) fn password(lang: Lang, posted: &Posted, once: bool) -> Markup {
    let hint = t!(lang, "password-hint", least = SHORTEST_PASSWORD);
    html! {
        h1 { (t!(lang, "password-title")) }
        @if once { p.lead { (t!(lang, "password-once")) } }
        (form::error_summary(lang, posted))
        form method="post" action="/password" {
            (form::text(lang, posted, &Field::new("login", &t!(lang, "login-name")).input(Input::Account)))
            (form::password(lang, posted, &Field::new("password", &t!(lang, "password-now")), false))
            (form::password(lang, posted, &Field::new("new", &t!(lang, "password-new")).hint(&hint), true))
            (form::password(lang, posted, &Field::new("again", &t!(lang, "password-again")), true))
            (form::button(&t!(lang, "password-button")))
        }
        p { a href="/login" { (t!(lang, "password-back")) } }
    }
}

/// A place where the person works.
pub(super) struct Place {
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) role: String,
    pub(super) current: bool,
}

/// Where the person works now.
pub(super) fn places(lang: Lang, posted: &Posted, places: &[Place], next: &str) -> Markup {
    let choices: Vec<Choice<'_>> =
        places.iter().map(|place| Choice::new(&place.value, &place.unit).hint(&place.role)).collect();
    let current = places.iter().find(|place| place.current).map_or("", |place| place.value.as_str());
    let label = t!(lang, "place-label");
    let hint = t!(lang, "place-hint");
    let field = Field::new("place", &label).hint(&hint).preset(current);
    html! {
        h1 { (t!(lang, "place-title")) }
        (form::error_summary(lang, posted))
        form method="post" action="/unit" {
            (form::hidden("next", next))
            (form::radios(lang, posted, &field, &choices, Columns::One))
            (form::button(&t!(lang, "place-button")))
        }
    }
}
