//! The markup of orders.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Order, State};
use crate::publication::{Period, Scope};
use crate::t;
use crate::web::assets::asset;
use crate::web::form::{self as fields, Choice, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, Column, Pager, Table, Tone};

/// What can be ordered: values and their words.
pub(super) struct Offer {
    pub scopes: Vec<(String, String)>,
    pub methods: Vec<(String, String)>,
    pub periods: Vec<(String, String)>,
}

fn words<'a>(offered: &'a [(String, String)], value: &'a str) -> &'a str {
    offered.iter().find(|(one, _)| one == value).map_or(value, |(_, words)| words)
}

/// "SMADIT: Blekinge län, kvartal 3 2026".
fn title(lang: Lang, order: &Order, offer: &Offer) -> String {
    let wish = &order.wish;
    let period = Period::parse(&wish.period).map_or_else(|| wish.period.clone(), |period| period.words(lang));
    // Somebody of the county may have ordered what this one cannot.
    let county = Scope::from_code(&wish.scope).and_then(|scope| match scope {
        Scope::County(code) => crate::reference::county(&code).map(|county| county.name),
        _ => None,
    });
    let about = county.unwrap_or_else(|| words(&offer.scopes, &wish.scope));
    format!("{}: {about}, {period}", words(&offer.methods, &wish.method))
}

fn state(lang: Lang, state: State) -> Markup {
    let (tone, words) = match state {
        State::Waiting => (Tone::Neutral, t!(lang, "orders-waiting")),
        State::Working => (Tone::Info, t!(lang, "orders-working")),
        State::Made => (Tone::Success, t!(lang, "orders-made")),
        State::Already => (Tone::Neutral, t!(lang, "orders-there")),
        State::Refused => (Tone::Warning, t!(lang, "orders-refused")),
    };
    parts::tag(tone, &words)
}

pub(super) fn list(
    lang: Lang,
    orders: &[Order],
    pager: &Pager,
    offer: &Offer,
    posted: &Posted,
    now: Timestamp,
) -> Markup {
    let undone = orders.iter().any(|order| !order.state.is_done());
    html! {
        h1 { (t!(lang, "orders-title")) }
        p.lead { (t!(lang, "orders-lead")) }
        (form(lang, offer, posted))
        h2 { (t!(lang, "orders-ordered")) }
        script src=(asset("follow.js")) defer {}
        div #orders data-live[undone] {
            @if undone {
                p { (t!(lang, "orders-follow")) " " a href="/releases" { (t!(lang, "orders-again")) } }
            }
            @if orders.is_empty() {
                (parts::empty(&t!(lang, "orders-empty-title"), &t!(lang, "orders-empty-text"), None))
            } @else {
                (table(lang, orders, offer, now))
                (parts::pager(lang, pager))
            }
        }
        p { a href="/figures" { (t!(lang, "orders-to-figures")) } }
    }
}

fn form(lang: Lang, offer: &Offer, posted: &Posted) -> Markup {
    let (scope, method, period) = (t!(lang, "orders-scope"), t!(lang, "orders-method"), t!(lang, "orders-period"));
    let (reason, period_hint) = (t!(lang, "orders-reason"), t!(lang, "orders-period-hint"));
    let reason_hint = t!(lang, "orders-reason-hint");
    let first = offer.scopes.first().map_or("", |(value, _)| value);
    html! {
        (fields::error_summary(lang, posted))
        form method="post" action="/releases" {
            (fields::select(lang, posted, &Field::new("scope", &scope).preset(first), &choice(&offer.scopes)))
            (fields::select(lang, posted, &Field::new("method", &method), &choice(&offer.methods)))
            (fields::select(lang, posted, &Field::new("period", &period).hint(&period_hint), &choice(&offer.periods)))
            (fields::text(lang, posted, &Field::new("reason", &reason).hint(&reason_hint).optional()))
            (fields::button(&t!(lang, "orders-order")))
        }
    }
}

fn choice(offered: &[(String, String)]) -> Vec<Choice<'_>> {
    offered.iter().map(|(value, words)| Choice::new(value, words)).collect()
}

fn table(lang: Lang, orders: &[Order], offer: &Offer, now: Timestamp) -> Markup {
    let column = |label: String| Column { label, ..Column::default() };
    let row = |order: &Order| {
        let what = title(lang, order, offer);
        vec![
            match &order.release {
                Some(release) => html! { a href=(format!("/figures/{release}")) { (what) } },
                None => html! { (what) },
            },
            html! { div { (state(lang, order.state)) @if !order.words.is_empty() { " " (order.words) } } },
            html! { (format::datetime(lang, order.ordered_at, now)) },
            html! { (order.by.as_deref().unwrap_or_default()) },
        ]
    };
    parts::table(
        lang,
        &Table {
            caption: t!(lang, "orders-ordered"),
            caption_unseen: true,
            columns: vec![
                column(t!(lang, "orders-column-release")),
                column(t!(lang, "orders-column-state")),
                column(t!(lang, "orders-column-when")),
                column(t!(lang, "orders-column-by")),
            ],
            rows: orders.iter().map(row).collect(),
        },
    )
}
