//! The markup of one's own log-in.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use super::{PasskeyForm, level_name, passkey_form};
use crate::login::factors::{Factors, Living};
use crate::t;
use crate::web::form::{self, Field, Input, Posted};
use crate::web::format;
use crate::web::parts::{self, Column, Table, Tone};

/// What one logs in with, and where one is logged in.
pub(in crate::login) struct Overview<'a> {
    pub(in crate::login) lang: Lang,
    pub(in crate::login) factors: &'a Factors,
    /// Whether the browser is at the address of the passkeys.
    pub(in crate::login) passkeys_here: bool,
    /// The address of the passkeys, if there can be any.
    pub(in crate::login) address: Option<&'a str>,
    pub(in crate::login) sessions: &'a [Living],
    pub(in crate::login) now: Timestamp,
}

fn columns(labels: Vec<String>) -> Vec<Column> {
    labels.into_iter().map(|label| Column { label, ..Column::default() }).collect()
}

pub(in crate::login) fn overview(o: &Overview<'_>) -> Markup {
    let lang = o.lang;
    html! {
        h1 { (t!(lang, "security-title")) }
        p.lead { (t!(lang, "security-lead")) }
        (passkeys(o))
        (app(o))
        @if o.factors.any() { (recovery(o)) }
        (sessions(o))
        h2 { (t!(lang, "login-password")) }
        p { a href="/password" { (t!(lang, "login-change-password")) } }
    }
}

fn passkeys(o: &Overview<'_>) -> Markup {
    let lang = o.lang;
    let when = |at: Timestamp| format::datetime(lang, at, o.now);
    let rows = o.factors.passkeys.iter().map(|one| {
        vec![
            html! { (one.name) },
            html! { (when(one.since)) },
            html! { @if let Some(at) = one.used_at { (when(at)) } @else { (t!(lang, "passkey-unused")) } },
            html! {
                form method="post" action={ "/security/passkeys/" (one.id) "/remove" } {
                    (form::button_warning(&t!(lang, "security-remove")))
                }
            },
        ]
    });
    let table = Table {
        caption: t!(lang, "passkeys-title"),
        caption_unseen: true,
        columns: columns(vec![
            t!(lang, "passkey-name"),
            t!(lang, "security-since"),
            t!(lang, "passkey-used"),
            t!(lang, "token-act"),
        ]),
        rows: rows.collect(),
    };
    html! {
        h2 { (t!(lang, "passkeys-title")) }
        p { (t!(lang, "passkeys-lead")) }
        (parts::table(lang, &table))
        @if o.passkeys_here {
            p { a.button.secondary href="/security/passkeys" { (t!(lang, "passkey-new")) } }
        } @else { (elsewhere(lang, o.address)) }
    }
}

/// Why there are no passkeys at this address.
pub(super) fn elsewhere(lang: Lang, address: Option<&str>) -> Markup {
    html! {
        p.hint {
            @match address {
                Some(address) => (t!(lang, "passkeys-elsewhere", address = address)),
                None => (t!(lang, "passkeys-never")),
            }
        }
    }
}

fn app(o: &Overview<'_>) -> Markup {
    let lang = o.lang;
    html! {
        h2 { (t!(lang, "app-title")) }
        @match o.factors.app {
            Some(since) => {
                p { (parts::tag(Tone::Success, &t!(lang, "app-since", at = format::datetime(lang, since, o.now)))) }
                form method="post" action="/security/app/begin" {
                    (form::button_secondary(&t!(lang, "app-again"), None))
                }
                form method="post" action="/security/app/remove" { (form::button_warning(&t!(lang, "app-remove"))) }
            }
            None => {
                p { (t!(lang, "app-lead")) }
                form method="post" action="/security/app/begin" {
                    (form::button_secondary(&t!(lang, "app-new"), None))
                }
            }
        }
    }
}

fn recovery(o: &Overview<'_>) -> Markup {
    let lang = o.lang;
    html! {
        h2 { (t!(lang, "codes-title")) }
        p { (t!(lang, "codes-left", count = o.factors.codes)) }
        form method="post" action="/security/codes" { (form::button_secondary(&t!(lang, "codes-new"), None)) }
    }
}

fn sessions(o: &Overview<'_>) -> Markup {
    let lang = o.lang;
    let when = |at: Timestamp| format::datetime(lang, at, o.now);
    let rows = o.sessions.iter().map(|one| {
        vec![
            html! {
                @if one.browser.is_empty() { (t!(lang, "session-unknown")) } @else { (one.browser) }
                @if one.own { " " (parts::tag(Tone::Info, &t!(lang, "session-own"))) }
            },
            html! { (when(one.since)) },
            html! { (when(one.seen_at)) },
            html! { @if one.half { (t!(lang, "session-half")) } @else { (level_name(lang, one.level)) } },
            html! {
                @if !one.own {
                    form method="post" action={ "/security/sessions/" (one.id) "/end" } {
                        (form::button_warning(&t!(lang, "session-end")))
                    }
                }
            },
        ]
    });
    let table = Table {
        caption: t!(lang, "sessions-title"),
        caption_unseen: true,
        columns: columns(vec![
            t!(lang, "session-where"),
            t!(lang, "security-since"),
            t!(lang, "session-seen"),
            t!(lang, "session-level"),
            t!(lang, "token-act"),
        ]),
        rows: rows.collect(),
    };
    html! {
        h2 { (t!(lang, "sessions-title")) }
        p { (t!(lang, "sessions-lead")) }
        (parts::table(lang, &table))
        @if o.sessions.len() > 1 {
            form method="post" action="/security/others/end" { (form::button_warning(&t!(lang, "session-end-others"))) }
        }
    }
}

/// A new passkey and its name.
pub(in crate::login) fn new_passkey(lang: Lang, posted: &Posted, back: &str) -> Markup {
    let hint = t!(lang, "passkey-name-hint");
    let name = html! { (form::text(lang, posted, &Field::new("name", &t!(lang, "passkey-name")).hint(&hint))) };
    html! {
        p { a href=(back) { (t!(lang, "security-back")) } }
        h1 { (t!(lang, "passkey-new")) }
        p.lead { (t!(lang, "passkey-new-lead")) }
        (form::error_summary(lang, posted))
        (passkey_form(lang, &PasskeyForm {
            kind: "create", action: "/security/passkeys", begin: "/security/passkeys/begin", next: None,
            fields: Some(name), button: &t!(lang, "passkey-new"),
        }))
    }
}

/// A new app: the picture it reads, the same as text, and its first code.
pub(in crate::login) struct NewApp<'a> {
    pub(in crate::login) lang: Lang,
    pub(in crate::login) posted: &'a Posted,
    pub(in crate::login) picture: Option<String>,
    pub(in crate::login) secret: &'a str,
    pub(in crate::login) back: &'a str,
}

pub(in crate::login) fn new_app(f: &NewApp<'_>) -> Markup {
    let lang = f.lang;
    let hint = t!(lang, "app-code-hint");
    html! {
        p { a href=(f.back) { (t!(lang, "security-back")) } }
        h1 { (t!(lang, "app-new")) }
        (form::error_summary(lang, f.posted))
        ol {
            li { (t!(lang, "app-step-install")) }
            li { (t!(lang, "app-step-scan")) }
            li { (t!(lang, "app-step-code")) }
        }
        @if let Some(picture) = &f.picture {
            div.qr role="img" aria-label=(t!(lang, "app-picture")) { (PreEscaped(picture)) }
        }
        p { (t!(lang, "app-by-hand")) " " code { (grouped(f.secret)) } }
        form method="post" action="/security/app" {
            (form::text(lang, f.posted, &Field::new("code", &t!(lang, "second-code")).hint(&hint).input(Input::Code)))
            (form::button(&t!(lang, "app-confirm")))
        }
    }
}

/// Four signs at a time, as one reads them off.
fn grouped(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Recovery codes, shown once.
pub(in crate::login) fn codes(lang: Lang, codes: &[String], on: &str) -> Markup {
    html! {
        h1 { (t!(lang, "codes-title")) }
        p.lead { (t!(lang, "codes-lead")) }
        ul.codes { @for one in codes { li { code { (one) } } } }
        p { (t!(lang, "secret-once")) }
        p { a.button href=(on) { (t!(lang, "codes-saved")) } }
    }
}
