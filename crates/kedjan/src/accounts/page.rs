//! The markup of accounts and API tokens.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Accounts, Token, Tokens};
use crate::http::role_name;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Input, Posted};
use crate::web::format;
use crate::web::parts::{self, Column, Pager, Table, Tone};

/// A unit to choose: its id and name.
pub(super) type UnitChoice = (String, String);

fn columns<const N: usize>(labels: [String; N]) -> Vec<Column> {
    labels.into_iter().map(|label| Column { label, ..Column::default() }).collect()
}

/// The authority's accounts.
pub(super) fn accounts(lang: Lang, accounts: &Accounts, pager: &Pager) -> Markup {
    let rows = accounts
        .accounts
        .iter()
        .map(|account| {
            vec![
                html! { a href={ "/admin/accounts/" (account.id) } { (account.name) } },
                html! { (account.login) },
                html! { @for m in &account.memberships { p { (m.unit_name) " – " (role_name(lang, m.role)) } } },
                html! {
                    @if account.active { (parts::tag(Tone::Success, &t!(lang, "account-is-active"))) }
                    @else { (parts::tag(Tone::Neutral, &t!(lang, "account-is-closed"))) }
                },
            ]
        })
        .collect();
    let labels =
        [t!(lang, "account-name"), t!(lang, "login-name"), t!(lang, "account-places"), t!(lang, "account-state")];
    let table = Table { caption: t!(lang, "accounts-title"), caption_unseen: true, columns: columns(labels), rows };
    html! {
        h1 { (t!(lang, "accounts-title")) }
        p.lead { (t!(lang, "accounts-lead")) }
        p {
            a.button href="/admin/accounts/new" { (t!(lang, "account-new")) } " "
            a.button.secondary href="/admin/tokens" { (t!(lang, "tokens-title")) }
        }
        (parts::table(lang, &table))
        (parts::pager(lang, pager))
    }
}

/// An account's form.
pub(super) struct AccountForm<'a> {
    pub(super) lang: Lang,
    pub(super) posted: &'a Posted,
    pub(super) id: Option<&'a str>,
    pub(super) places: usize,
    pub(super) units: &'a [UnitChoice],
    pub(super) roles: &'a [(&'static str, String)],
}

/// An account, new or to be changed.
pub(super) fn account(f: &AccountForm<'_>) -> Markup {
    let (lang, posted) = (f.lang, f.posted);
    let action = f.id.map_or_else(|| "/admin/accounts".to_owned(), |id| format!("/admin/accounts/{id}"));
    let hint = t!(lang, "account-login-hint");
    let words = t!(lang, "account-active-words");
    let active = [Choice::new("yes", &words)];
    html! {
        p { a href="/admin/accounts" { (t!(lang, "accounts-back")) } }
        h1 { @if f.id.is_some() { (t!(lang, "account-change")) } @else { (t!(lang, "account-new")) } }
        (form::error_summary(lang, posted))
        form method="post" action=(action) {
            (form::text(lang, posted, &Field::new("name", &t!(lang, "account-name"))))
            (form::text(lang, posted, &Field::new("login", &t!(lang, "login-name")).hint(&hint).input(Input::Code)))
            h2 { (t!(lang, "account-places")) }
            p { (t!(lang, "account-places-lead")) }
            @for at in 0..f.places { (place(f, at)) }
            (form::checkboxes(lang, posted, &Field::new("active", &t!(lang, "account-active")).hint(&t!(lang, "account-active-hint")).optional(), &active, Columns::One))
            (form::button(&t!(lang, "admin-save")))
        }
        @if let Some(id) = f.id {
            h2 { (t!(lang, "account-password")) }
            p { (t!(lang, "account-password-text")) }
            form method="post" action={ "/admin/accounts/" (id) "/password" } {
                (form::button_secondary(&t!(lang, "account-password-button"), None))
            }
            h2 { (t!(lang, "account-factors")) }
            p { (t!(lang, "account-factors-text")) }
            form method="post" action={ "/admin/accounts/" (id) "/factors" } {
                (form::button_warning(&t!(lang, "account-factors-button")))
            }
        }
    }
}

fn place(f: &AccountForm<'_>, at: usize) -> Markup {
    let lang = f.lang;
    let (unit, role) = (format!("unit-{at}"), format!("role-{at}"));
    html! {
        fieldset.card {
            legend { (t!(lang, "account-place", nr = at + 1)) }
            (unit_select(lang, f.posted, &unit, f.units, at > 0))
            (role_select(lang, f.posted, &role, f.roles, at > 0))
        }
    }
}

fn unit_select(lang: Lang, posted: &Posted, name: &str, units: &[UnitChoice], optional: bool) -> Markup {
    let choices: Vec<Choice<'_>> = units.iter().map(|(id, name)| Choice::new(id, name)).collect();
    let label = t!(lang, "account-unit");
    let field = Field::new(name, &label);
    form::select(lang, posted, &if optional { field.optional() } else { field }, &choices)
}

fn role_select(lang: Lang, posted: &Posted, name: &str, roles: &[(&str, String)], optional: bool) -> Markup {
    let choices: Vec<Choice<'_>> = roles.iter().map(|(id, words)| Choice::new(id, words)).collect();
    let label = t!(lang, "account-role");
    let field = Field::new(name, &label);
    form::select(lang, posted, &if optional { field.optional() } else { field }, &choices)
}

/// A secret that is shown once.
pub(super) struct Given<'a> {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) secret: &'a str,
    pub(super) back: &'a str,
}

/// A password or token, shown once.
pub(super) fn given(lang: Lang, given: &Given<'_>) -> Markup {
    html! {
        h1 { (given.title) }
        p.lead { (given.text) }
        p.reference { code { (given.secret) } }
        (parts::banner(Tone::Warning, &t!(lang, "secret-once")))
        p { a.button href=(given.back) { (t!(lang, "secret-done")) } }
    }
}

/// The tokens and a form for a new one.
pub(super) struct TokenList<'a> {
    pub(super) lang: Lang,
    pub(super) posted: &'a Posted,
    pub(super) tokens: &'a Tokens,
    pub(super) pager: &'a Pager,
    pub(super) units: &'a [UnitChoice],
    pub(super) roles: &'a [(&'static str, String)],
    pub(super) now: Timestamp,
}

/// The authority's API tokens.
pub(super) fn tokens(f: &TokenList<'_>) -> Markup {
    let lang = f.lang;
    let hint = t!(lang, "token-days-hint");
    let name = t!(lang, "token-name-hint");
    let labels = [
        t!(lang, "token-name"),
        t!(lang, "account-unit"),
        t!(lang, "account-role"),
        t!(lang, "token-state"),
        t!(lang, "token-act"),
    ];
    let rows = f.tokens.tokens.iter().map(|token| token_row(f, token)).collect();
    let table = Table { caption: t!(lang, "tokens-title"), caption_unseen: true, columns: columns(labels), rows };
    html! {
        p { a href="/admin/accounts" { (t!(lang, "accounts-back")) } }
        h1 { (t!(lang, "tokens-title")) }
        p.lead { (t!(lang, "tokens-lead")) }
        (form::error_summary(lang, f.posted))
        (parts::table(lang, &table))
        (parts::pager(lang, f.pager))
        h2 { (t!(lang, "token-new")) }
        form method="post" action="/admin/tokens" {
            (form::text(lang, f.posted, &Field::new("name", &t!(lang, "token-name")).hint(&name)))
            (unit_select(lang, f.posted, "unit", f.units, false))
            (role_select(lang, f.posted, "role", f.roles, false))
            (form::number(lang, f.posted, &Field::new("days", &t!(lang, "token-days-label")).hint(&hint).optional()))
            (form::button(&t!(lang, "token-new")))
        }
    }
}

fn token_row(f: &TokenList<'_>, token: &Token) -> Vec<Markup> {
    let lang = f.lang;
    let over = token.ends_at.is_some_and(|end| end <= f.now);
    let state = match (token.revoked_at, token.ends_at) {
        (Some(at), _) => parts::tag(Tone::Neutral, &t!(lang, "token-revoked", at = format::datetime(lang, at, f.now))),
        (None, Some(end)) if over => {
            parts::tag(Tone::Neutral, &t!(lang, "token-over", at = format::datetime(lang, end, f.now)))
        }
        (None, Some(end)) => {
            parts::tag(Tone::Success, &t!(lang, "token-until", at = format::datetime(lang, end, f.now)))
        }
        (None, None) => parts::tag(Tone::Success, &t!(lang, "token-holds")),
    };
    vec![
        html! { (token.name) },
        html! { (token.unit_name) },
        html! { (role_name(lang, token.role)) },
        state,
        html! {
            @if token.revoked_at.is_none() && !over {
                form method="post" action={ "/admin/tokens/" (token.id) "/revoke" } {
                    (form::button_warning(&t!(lang, "token-revoke")))
                }
            }
        },
    ]
}
