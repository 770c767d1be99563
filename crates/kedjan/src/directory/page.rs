//! The markup of units, the authority and the try-out of routing.

use chain::route::{Missing, Reason};
use chain::text::Lang;
use maud::{Markup, html};

use super::http::place_name;
use super::{Tried, UNIT_KINDS, Units};
use crate::reference as places;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Input, Municipality, Posted};
use crate::web::parts::{self, Column, Pager, Table, Tone};

/// What a unit is, in words.
pub(crate) fn unit_kind(lang: Lang, kind: &str) -> String {
    match kind {
        "police" => t!(lang, "unit-kind-police"),
        "coast_guard" => t!(lang, "unit-kind-coast-guard"),
        "customs" => t!(lang, "unit-kind-customs"),
        "social_services" => t!(lang, "unit-kind-social-services"),
        "addiction_care" => t!(lang, "unit-kind-addiction-care"),
        "concern_reception" => t!(lang, "unit-kind-concern-reception"),
        "school" => t!(lang, "unit-kind-school"),
        "preschool" => t!(lang, "unit-kind-preschool"),
        "health_care" => t!(lang, "unit-kind-health-care"),
        "dental_care" => t!(lang, "unit-kind-dental-care"),
        "probation" => t!(lang, "unit-kind-probation"),
        "other_authority" => t!(lang, "unit-kind-other-authority"),
        "coordination" => t!(lang, "unit-kind-coordination"),
        "county_board" => t!(lang, "unit-kind-county-board"),
        "administration" => t!(lang, "unit-kind-administration"),
        other => other.to_owned(),
    }
}

/// The authority's units.
pub(super) fn units(lang: Lang, units: &Units, pager: &Pager) -> Markup {
    let columns = [t!(lang, "unit-name"), t!(lang, "unit-kind"), t!(lang, "unit-place"), t!(lang, "unit-state")];
    let rows = units
        .units
        .iter()
        .map(|unit| {
            let place = unit.municipality.as_deref().unwrap_or(&unit.county);
            vec![
                html! { a href={ "/admin/units/" (unit.id) } { (unit.name) } },
                html! { (unit_kind(lang, &unit.kind)) },
                html! { (place_name(place)) },
                html! {
                    @if unit.active { (parts::tag(Tone::Success, &t!(lang, "unit-open"))) }
                    @else { (parts::tag(Tone::Neutral, &t!(lang, "unit-closed"))) }
                    @if unit.fallback { " " (parts::tag(Tone::Info, &t!(lang, "unit-is-fallback"))) }
                },
            ]
        })
        .collect();
    let table = Table {
        caption: t!(lang, "units-title"),
        caption_unseen: true,
        columns: columns.into_iter().map(|label| Column { label, ..Column::default() }).collect(),
        rows,
    };
    html! {
        h1 { (t!(lang, "units-title")) }
        p.lead { (t!(lang, "units-lead")) }
        p {
            a.button href="/admin/units/new" { (t!(lang, "unit-new")) } " "
            a.button.secondary href="/admin/routing" { (t!(lang, "routing-title")) } " "
            a.button.secondary href="/admin/authority" { (t!(lang, "authority-title")) }
        }
        (parts::table(lang, &table))
        (parts::pager(lang, pager))
    }
}

/// A unit's form.
pub(super) struct UnitForm<'a> {
    pub(super) lang: Lang,
    pub(super) posted: &'a Posted,
    pub(super) id: Option<&'a str>,
    pub(super) rows: usize,
    pub(super) substances: &'a [(String, String)],
}

/// A unit, new or to be changed.
pub(super) fn unit(f: &UnitForm<'_>) -> Markup {
    let lang = f.lang;
    let action = f.id.map_or_else(|| "/admin/units".to_owned(), |id| format!("/admin/units/{id}"));
    html! {
        p { a href="/admin/units" { (t!(lang, "units-back")) } }
        h1 { @if f.id.is_some() { (t!(lang, "unit-change")) } @else { (t!(lang, "unit-new")) } }
        (form::error_summary(lang, f.posted))
        form method="post" action=(action) {
            (about(f))
            (reached(f))
            h2 { (t!(lang, "unit-receives")) }
            p { (t!(lang, "unit-receives-lead")) }
            @for at in 0..f.rows { (row(f, at)) }
            p.hint { (t!(lang, "unit-receives-more")) }
            (yes(lang, f.posted, "fallback", &t!(lang, "unit-fallback"), &t!(lang, "unit-fallback-words"), &t!(lang, "unit-fallback-hint")))
            (yes(lang, f.posted, "active", &t!(lang, "unit-active"), &t!(lang, "unit-active-words"), &t!(lang, "unit-active-hint")))
            (form::button(&t!(lang, "admin-save")))
        }
        (place_list())
    }
}

fn about(f: &UnitForm<'_>) -> Markup {
    let (lang, posted) = (f.lang, f.posted);
    let kinds: Vec<(&str, String)> = UNIT_KINDS.iter().map(|kind| (*kind, unit_kind(lang, kind))).collect();
    let kinds: Vec<Choice<'_>> = kinds.iter().map(|(kind, words)| Choice::new(kind, words)).collect();
    let counties: Vec<Choice<'_>> = places::counties().iter().map(|c| Choice::new(c.code, c.name)).collect();
    html! {
        (form::text(lang, posted, &Field::new("name", &t!(lang, "unit-name"))))
        @if f.id.is_some() {
            // What a unit is and where stands: cases have come to it as such.
            (parts::summary_list(&[
                fact(t!(lang, "unit-kind"), unit_kind(lang, posted.get("kind"))),
                fact(t!(lang, "unit-county"), place_name(posted.get("county"))),
            ]))
            (form::hidden("kind", posted.get("kind")))
            (form::hidden("county", posted.get("county")))
        } @else {
            (form::select(lang, posted, &Field::new("kind", &t!(lang, "unit-kind")).hint(&t!(lang, "unit-kind-hint")), &kinds))
            (form::select(lang, posted, &Field::new("county", &t!(lang, "unit-county")), &counties))
        }
        (form::municipality(lang, posted, &Field::new("municipality", &t!(lang, "unit-municipality")).optional(), &[]))
    }
}

fn fact(label: String, value: String) -> parts::SummaryRow {
    parts::SummaryRow { label, value: html! { (value) }, action: None }
}

fn reached(f: &UnitForm<'_>) -> Markup {
    let (lang, posted) = (f.lang, f.posted);
    let hint = t!(lang, "unit-email-hint");
    let lead = t!(lang, "unit-lead-email-hint");
    html! {
        h2 { (t!(lang, "unit-reached")) }
        (form::text(lang, posted, &Field::new("email", &t!(lang, "unit-email")).hint(&hint).input(Input::Email)))
        (form::text(lang, posted, &Field::new("lead_email", &t!(lang, "unit-lead-email")).hint(&lead).input(Input::Email)))
        (form::text(lang, posted, &Field::new("phone", &t!(lang, "unit-phone")).optional().input(Input::Phone)))
        (form::text(lang, posted, &Field::new("opening_hours", &t!(lang, "unit-hours")).optional()))
    }
}

fn row(f: &UnitForm<'_>, at: usize) -> Markup {
    let (lang, posted) = (f.lang, f.posted);
    let name = |part: &str| format!("{part}-{at}");
    let (place, from, to, list) = (name("place"), name("age_from"), name("age_to"), name("substances"));
    let choices: Vec<Choice<'_>> = f.substances.iter().map(|(id, words)| Choice::new(id, words)).collect();
    html! {
        fieldset.card {
            legend { (t!(lang, "unit-row", nr = at + 1)) }
            (form::municipality(lang, posted, &Field::new(&place, &t!(lang, "unit-row-place")).optional(), &[]))
            (form::number(lang, posted, &Field::new(&from, &t!(lang, "unit-row-from")).optional()))
            (form::number(lang, posted, &Field::new(&to, &t!(lang, "unit-row-to")).optional()))
            (form::checkboxes(lang, posted, &Field::new(&list, &t!(lang, "unit-row-substances")).hint(&t!(lang, "unit-row-all")).optional(), &choices, Columns::Many))
        }
    }
}

fn yes(lang: Lang, posted: &Posted, name: &str, label: &str, words: &str, hint: &str) -> Markup {
    let choices = [Choice::new("yes", words)];
    form::checkboxes(lang, posted, &Field::new(name, label).hint(hint).optional(), &choices, Columns::One)
}

/// The names that place fields suggest: counties first, then municipalities.
fn place_list() -> Markup {
    let counties = places::counties().iter().map(|c| Municipality { code: c.code, name: c.name });
    let municipalities = places::municipalities().iter().map(|m| Municipality { code: m.code, name: m.name });
    let all: Vec<Municipality<'_>> = counties.chain(municipalities).collect();
    form::municipality_list(&all)
}

/// The authority and its ombud.
pub(super) fn authority(lang: Lang, posted: &Posted, log_in_rule: &Markup) -> Markup {
    let hint = t!(lang, "authority-ombud-hint");
    html! {
        p { a href="/admin/units" { (t!(lang, "units-back")) } }
        h1 { (t!(lang, "authority-title")) }
        (form::error_summary(lang, posted))
        form method="post" action="/admin/authority" {
            (form::text(lang, posted, &Field::new("name", &t!(lang, "authority-name"))))
            (form::text(lang, posted, &Field::new("ombud", &t!(lang, "authority-ombud")).hint(&hint).optional()))
            (form::text(lang, posted, &Field::new("ombud_email", &t!(lang, "authority-ombud-email")).optional().input(Input::Email)))
            (form::button(&t!(lang, "admin-save")))
        }
        (log_in_rule)
    }
}

/// The try-out of routing.
pub(super) struct TryForm<'a> {
    pub(super) lang: Lang,
    pub(super) posted: &'a Posted,
    pub(super) parties: &'a [(String, String)],
    pub(super) substances: &'a [(String, String)],
    pub(super) tried: Option<&'a Tried>,
}

/// Where somebody would be received, and why there.
pub(super) fn routing(f: &TryForm<'_>) -> Markup {
    let (lang, posted) = (f.lang, f.posted);
    let parties: Vec<Choice<'_>> = f.parties.iter().map(|(id, words)| Choice::new(id, words)).collect();
    let substances: Vec<Choice<'_>> = f.substances.iter().map(|(id, words)| Choice::new(id, words)).collect();
    html! {
        p { a href="/admin/units" { (t!(lang, "units-back")) } }
        h1 { (t!(lang, "routing-title")) }
        p.lead { (t!(lang, "routing-lead")) }
        (form::error_summary(lang, posted))
        @if let Some(tried) = f.tried { (answer(lang, tried)) }
        form method="post" action="/admin/routing" {
            (form::select(lang, posted, &Field::new("party", &t!(lang, "routing-party")), &parties))
            (form::municipality(lang, posted, &Field::new("municipality", &t!(lang, "routing-municipality")), &[]))
            (form::number(lang, posted, &Field::new("age", &t!(lang, "routing-age")).optional()))
            (form::select(lang, posted, &Field::new("substance", &t!(lang, "routing-substance")).optional(), &substances))
            (form::button(&t!(lang, "routing-button")))
        }
        (place_list())
    }
}

fn answer(lang: Lang, tried: &Tried) -> Markup {
    match &tried.found {
        None => parts::banner(Tone::Danger, &t!(lang, "routing-nobody")),
        Some((unit, authority, why)) => parts::card(
            &t!(lang, "routing-found"),
            &html! {
                p { strong { (unit.name) } ", " (authority) }
                p { (t!(lang, "routing-why")) }
                ul { @for reason in why { li { (reason_words(lang, reason)) } } }
            },
        ),
    }
}

fn reason_words(lang: Lang, reason: &Reason) -> String {
    match reason {
        Reason::ResidenceMatched => t!(lang, "reason-residence"),
        Reason::CountyMatched => t!(lang, "reason-county"),
        Reason::AgeWithin => t!(lang, "reason-age"),
        Reason::SubstanceMatched => t!(lang, "reason-substance"),
        Reason::OnlyOne => t!(lang, "reason-only"),
        Reason::CountyFallback { missing } => match missing {
            Missing::Residence => t!(lang, "reason-fallback-residence"),
            Missing::UnitForResidence => t!(lang, "reason-fallback-place"),
            Missing::UnitForAge => t!(lang, "reason-fallback-age"),
            Missing::UnitForSubstance => t!(lang, "reason-fallback-substance"),
        },
    }
}
