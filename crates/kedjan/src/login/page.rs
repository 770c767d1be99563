//! The markup of logging in.

pub(super) mod security;

use chain::text::Lang;
use maud::{Markup, html};

use super::Level;
use crate::accounts::SHORTEST_PASSWORD;
use crate::t;
use crate::web::assets::asset;
use crate::web::form::{self, Choice, Columns, Field, Input, Posted};

/// A form that a passkey fills in. It is hidden until its script has run, for without it there is nothing to press.
pub(super) struct PasskeyForm<'a> {
    /// `get` or `create`.
    kind: &'static str,
    action: &'a str,
    /// Where the browser is told what is asked of it.
    begin: &'a str,
    next: Option<&'a str>,
    /// What is to be filled in beside.
    fields: Option<Markup>,
    button: &'a str,
}

pub(super) fn passkey_form(lang: Lang, f: &PasskeyForm<'_>) -> Markup {
    html! {
        form method="post" action=(f.action) data-passkey=(f.kind) data-begin=(f.begin) hidden
            data-said-not=(t!(lang, "passkey-not")) data-said-known=(t!(lang, "passkey-known")) {
            @if let Some(next) = f.next { (form::hidden("next", next)) }
            (form::hidden("credential", ""))
            @if let Some(fields) = &f.fields { (fields) }
            (form::button(f.button))
            p.hint role="status" {}
        }
        p.hint data-without-passkey { (t!(lang, "passkey-needs-script")) }
        script src=(asset("passkey.js")) defer {}
    }
}

/// A level in words.
pub(super) fn level_name(lang: Lang, level: Level) -> String {
    match level {
        Level::Password => t!(lang, "level-password"),
        Level::TwoFactors => t!(lang, "level-two-factors"),
        Level::Passkey => t!(lang, "level-passkey"),
    }
}

/// What one can prove oneself with here and now.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    pub(super) passkey: bool,
    /// There are passkeys, and this is not the address they belong to.
    pub(super) passkey_elsewhere: bool,
    /// A code of the app, or a recovery code.
    pub(super) code: bool,
    pub(super) password: bool,
}

/// The second step.
pub(super) fn second(lang: Lang, posted: &Posted, ways: Ways, next: &str) -> Markup {
    let hint = t!(lang, "second-code-hint");
    html! {
        h1 { (t!(lang, "second-title")) }
        (form::error_summary(lang, posted))
        (ways_in(lang, posted, ways, &Ask { action: "/login/second", next, hint: &hint, button: &t!(lang, "login-button"), kept: None }))
        (log_out(lang))
        p.hint { (t!(lang, "second-help")) }
    }
}

/// Who one is, once more.
/// What was sent too late, with where it was sent to: kept in the page that asks for the proof and in nothing else.
pub(super) struct Kept {
    /// The path it was sent to.
    pub to: String,
    /// The form, as the browser wrote it.
    pub form: String,
    /// What is in it.
    pub fields: Vec<(String, String)>,
}

/// After the proof: what was written is still there, and is sent with one press.
pub(super) fn kept(lang: Lang, kept: &Kept, next: &str) -> Markup {
    html! {
        h1 { (t!(lang, "kept-title")) }
        p.lead { (t!(lang, "kept-lead")) }
        form method="post" action=(kept.to) data-guard {
            @for (name, value) in &kept.fields { (form::hidden(name, value)) }
            (form::button(&t!(lang, "kept-send")))
        }
        p { a href=(next) { (t!(lang, "kept-back")) } }
    }
}

pub(super) fn proof(lang: Lang, posted: &Posted, ways: Ways, next: &str, kept: Option<&Kept>) -> Markup {
    let hint = t!(lang, "second-code-hint");
    html! {
        h1 { (t!(lang, "proof-title")) }
        p.lead { (t!(lang, "proof-lead")) }
        (form::error_summary(lang, posted))
        (ways_in(lang, posted, ways, &Ask { action: "/login/proof", next, hint: &hint, button: &t!(lang, "proof-button"), kept }))
        p { a href="/" { (t!(lang, "proof-back")) } }
    }
}

struct Ask<'a> {
    action: &'a str,
    next: &'a str,
    hint: &'a str,
    button: &'a str,
    kept: Option<&'a Kept>,
}

fn kept_fields(kept: Option<&Kept>) -> Markup {
    html! {
        @if let Some(kept) = kept { (form::hidden("kept_to", &kept.to)) (form::hidden("kept", &kept.form)) }
    }
}

fn ways_in(lang: Lang, posted: &Posted, ways: Ways, ask: &Ask<'_>) -> Markup {
    html! {
        @if ways.passkey {
            (passkey_form(lang, &PasskeyForm {
                kind: "get", action: ask.action, begin: "/login/second/begin", next: Some(ask.next), fields: Some(kept_fields(ask.kept)),
                button: &t!(lang, "passkey-use"),
            }))
        }
        @if ways.passkey_elsewhere { p.hint { (t!(lang, "passkey-elsewhere")) } }
        @if ways.code || ways.password {
            form method="post" action=(ask.action) {
                (form::hidden("next", ask.next))
                (kept_fields(ask.kept))
                @if ways.code {
                    (form::text(lang, posted, &Field::new("code", &t!(lang, "second-code")).hint(ask.hint).input(Input::Code)))
                } @else {
                    (form::password(lang, posted, &Field::new("password", &t!(lang, "login-password")), false))
                }
                (form::button(ask.button))
            }
        }
    }
}

fn log_out(lang: Lang) -> Markup {
    html! { form method="post" action="/logout" { (form::button_secondary(&t!(lang, "second-other"), None)) } }
}

/// What is offered to somebody who has no second step yet and must have one.
pub(super) struct SetUp<'a> {
    pub(super) app: bool,
    pub(super) passkey: bool,
    /// The address of the passkeys, if there can be any.
    pub(super) address: Option<&'a str>,
}

/// Setting up the second step.
pub(super) fn set_up(lang: Lang, s: &SetUp<'_>) -> Markup {
    html! {
        h1 { (t!(lang, "setup-title")) }
        p.lead { (t!(lang, "setup-lead")) }
        h2 { (t!(lang, "passkeys-title")) }
        p { (t!(lang, "passkeys-lead")) }
        @if s.passkey {
            p { a.button.secondary href="/security/passkeys" { (t!(lang, "passkey-new")) } }
        } @else { (security::elsewhere(lang, s.address)) }
        @if s.app {
            h2 { (t!(lang, "app-title")) }
            p { (t!(lang, "app-lead")) }
            form method="post" action="/security/app/begin" { (form::button_secondary(&t!(lang, "app-new"), None)) }
        }
        (log_out(lang))
    }
}

/// The account of the first administrator.
pub(super) fn first(lang: Lang, posted: &Posted, token: &str) -> Markup {
    let hint = t!(lang, "password-hint", least = SHORTEST_PASSWORD);
    let login = t!(lang, "account-login-hint");
    html! {
        h1 { (t!(lang, "first-title")) }
        p.lead { (t!(lang, "first-lead")) }
        (form::error_summary(lang, posted))
        form method="post" action={ "/first/" (token) } {
            (form::text(lang, posted, &Field::new("name", &t!(lang, "account-name"))))
            (form::text(lang, posted, &Field::new("login", &t!(lang, "login-name")).hint(&login).input(Input::Account)))
            (form::password(lang, posted, &Field::new("new", &t!(lang, "login-password")).hint(&hint), true))
            (form::password(lang, posted, &Field::new("again", &t!(lang, "first-again")), true))
            (form::button(&t!(lang, "first-button")))
        }
    }
}

/// The level that the authority demands.
pub(super) fn rule(lang: Lang, now: Level, passkeys: bool) -> Markup {
    let words: Vec<(Level, String)> = Level::ALL
        .into_iter()
        .filter(|level| passkeys || *level < Level::Passkey)
        .map(|level| (level, level_name(lang, level)))
        .collect();
    let choices: Vec<Choice<'_>> = words.iter().map(|(level, words)| Choice::new(level.name(), words)).collect();
    let label = t!(lang, "rule-label");
    let hint = t!(lang, "rule-hint");
    let field = Field::new("log_in", &label).hint(&hint).preset(now.name());
    html! {
        h2 { (t!(lang, "rule-title")) }
        form method="post" action="/admin/authority/log-in" {
            (form::radios(lang, &Posted::default(), &field, &choices, Columns::One))
            (form::button_secondary(&t!(lang, "rule-save"), None))
        }
        @if !passkeys { p.hint { (t!(lang, "passkeys-never")) } }
    }
}

/// Log-in name and password, and a passkey where there can be one.
pub(super) fn log_in(lang: Lang, posted: &Posted, next: &str, passkeys: bool) -> Markup {
    html! {
        h1 { (t!(lang, "login-title")) }
        (form::error_summary(lang, posted))
        form method="post" action="/login" {
            (form::hidden("next", next))
            (form::text(lang, posted, &Field::new("login", &t!(lang, "login-name")).input(Input::Account)))
            (form::password(lang, posted, &Field::new("password", &t!(lang, "login-password")), false))
            (form::button(&t!(lang, "login-button")))
        }
        @if passkeys {
            (passkey_form(lang, &PasskeyForm {
                kind: "get", action: "/login/passkey", begin: "/login/passkey/begin", next: Some(next), fields: None,
                button: &t!(lang, "passkey-use"),
            }))
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
