//! The markup of a case: who it is about and where it stands, what is to be done now and by when, and all that has been done.

use chain::text::Lang;
use maud::{Markup, html};

use crate::cases::ShareState;
use crate::cases::view::{CaseView, ShareView, StepView, Waits};
use crate::reference;
use crate::secrets::case_code_shown;
use crate::t;
use crate::web::parts::{self, Tone};
use crate::web::{form, format};

/// The case: who, where it stands, the clocks, what can be done now, and all that has been done.
pub(in crate::cases) fn case(lang: Lang, view: &CaseView, mine: bool, may_correct: bool) -> Markup {
    html! {
        header.case-head {
            p.hint { (view.method_name) " · " (t!(lang, "case-number", number = case_code_shown(&view.code))) }
            h1 { (view.person.name) @if view.person.protected { " " (parts::tag(Tone::Warning, &t!(lang, "person-protected-tag"))) } }
            p.lead { (parts::tag(state_tone(view.state), &state_word(lang, view.state))) " " (view.standing) }
        }
        @if let Some(until) = view.glass_until {
            (parts::banner(Tone::Warning, &t!(lang, "glass-standing", until = format::datetime(lang, until, view.as_of))))
        }
        div.case {
            section.card.now aria-labelledby="next-title" {
                @if let Some(waits) = view.waits { (waiting(lang, view, waits)) }
                @if view.clocks.iter().any(|c| c.stopped_at.is_none()) { (clocks(lang, view)) }
                (next(lang, view))
            }
            (person(lang, view, may_correct))
            (history(lang, view))
            div.beside {
                (consents(lang, view))
                (shares(lang, view))
                (disclosed(lang, view))
                @if view.state == ShareState::Open && view.glass_until.is_none() { (assignment(lang, view, mine)) }
            }
        }
    }
}

fn state_tone(state: ShareState) -> Tone {
    match state {
        ShareState::Open => Tone::Info,
        ShareState::Passed => Tone::Neutral,
        ShareState::Closed => Tone::Success,
        ShareState::Ended => Tone::Warning,
    }
}

fn state_word(lang: Lang, state: ShareState) -> String {
    match state {
        ShareState::Open => t!(lang, "case-open"),
        ShareState::Passed => t!(lang, "case-passed"),
        ShareState::Closed => t!(lang, "case-closed"),
        ShareState::Ended => t!(lang, "case-ended"),
    }
}

fn waiting(lang: Lang, view: &CaseView, waits: Waits) -> Markup {
    match waits {
        Waits::Consent => html! {
            (parts::banner(Tone::Warning, &t!(lang, "case-waits-consent")))
            p { a.button href={ "/cases/" (view.code) "/consent" } { (t!(lang, "consent-take")) } }
        },
        Waits::Receiver => parts::banner(Tone::Danger, &t!(lang, "case-waits-receiver")),
    }
}

fn clocks(lang: Lang, view: &CaseView) -> Markup {
    html! {
        section.clocks aria-labelledby="clocks-title" {
            h2 #clocks-title { (t!(lang, "case-clocks")) }
            ul.rows {
                @for clock in view.clocks.iter().filter(|c| c.stopped_at.is_none()) {
                    li {
                        (parts::clock(lang, &parts::Clock { label: Some(&clock.name), due: clock.due_at, warn: clock.warn_at.unwrap_or(clock.due_at) }, view.as_of))
                        p.hint { (t!(lang, "clock-due", at = format::datetime(lang, clock.due_at, view.as_of))) " " (clock.ground) }
                        @if clock.extended_days > 0 { p.hint { (t!(lang, "clock-extended", days = clock.extended_days)) } }
                    }
                }
            }
        }
    }
}

fn next(lang: Lang, view: &CaseView) -> Markup {
    let (needed, possible): (Vec<_>, Vec<_>) = view.next.iter().partition(|action| !action.optional);
    html! {
        h2 #next-title { (t!(lang, "case-next")) }
        @if view.next.is_empty() { p.hint { (t!(lang, "case-next-none")) } }
        @else {
            div.actions {
                @for action in &needed { (action_link(view, &action.step, &action.name, action.blocked.as_deref(), true)) }
                @for action in &possible { (action_link(view, &action.step, &action.name, action.blocked.as_deref(), false)) }
            }
        }
    }
}

fn action_link(view: &CaseView, step: &str, name: &str, blocked: Option<&str>, needed: bool) -> Markup {
    html! {
        @match blocked {
            Some(why) => p.blocked { strong { (name) } span.sub { (why) } },
            None => a.button .secondary[!needed] href={ "/cases/" (view.code) "/steps/" (step) } { (name) },
        }
    }
}

fn person(lang: Lang, view: &CaseView, may_correct: bool) -> Markup {
    let p = &view.person;
    let place = p.municipality.as_deref().and_then(reference::municipality).map(|m| m.name.to_owned());
    let facts = [
        (t!(lang, "person-identity"), p.identity.clone()),
        (t!(lang, "person-phone"), p.phone.clone()),
        (t!(lang, "person-email"), p.email.clone()),
        (t!(lang, "person-address"), p.address.clone()),
        (t!(lang, "person-municipality"), place),
    ];
    let rows: Vec<parts::SummaryRow> = facts
        .into_iter()
        .filter_map(|(label, value)| Some((label, value?)))
        .map(|(label, value)| parts::SummaryRow { label, value: html! { (value) }, action: None })
        .collect();
    html! {
        section.card.who-is aria-labelledby="person-title" {
            h2 #person-title { (t!(lang, "person-title")) }
            @if p.masked { p { (t!(lang, "person-masked")) } }
            @if rows.is_empty() && !p.masked { p.hint { (t!(lang, "person-nothing-known")) } }
            @else { (parts::summary_list(&rows)) }
            @if may_correct && view.state != ShareState::Ended {
                p { a href={ "/people/" (view.person_id) } { (t!(lang, "person-correct-link")) } }
            }
        }
    }
}

fn history(lang: Lang, view: &CaseView) -> Markup {
    let steps: Vec<parts::TimelineStep> =
        view.timeline.iter().rev().map(|step| timeline_step(lang, step, view)).collect();
    html! {
        section.card.history aria-labelledby="history-title" {
            h2 #history-title { (t!(lang, "case-history")) }
            (parts::timeline(lang, &steps, view.as_of))
            @if let Some(code) = &view.opened_from {
                p { a href={ "/cases/" (code) } { (t!(lang, "case-from", number = case_code_shown(code))) } }
            }
            @for (code, _) in &view.opened {
                p { a href={ "/cases/" (code) } { (t!(lang, "case-opened", number = case_code_shown(code))) } }
            }
            @if !view.same_person.is_empty() {
                h3 { (t!(lang, "case-same-person")) }
                ul.rows {
                    @for (code, method) in &view.same_person {
                        li { a href={ "/cases/" (code) } { (method) " " (case_code_shown(code)) } }
                    }
                }
            }
        }
    }
}

fn timeline_step(lang: Lang, step: &StepView, view: &CaseView) -> parts::TimelineStep {
    let recorded = |seq: u32| view.timeline.iter().find(|s| s.seq == seq).map_or(view.as_of, |s| s.recorded_at);
    parts::TimelineStep {
        title: format!("{} – {}", step.name, step.outcome_name),
        who: step.by.clone(),
        at: step.at,
        state: match (step.corrected_by, step.corrects) {
            (Some(by), _) => parts::StepState::Corrected {
                reason: t!(lang, "case-corrected", at = format::datetime(lang, recorded(by), view.as_of)),
            },
            (None, Some(_)) => parts::StepState::Correction,
            (None, None) => parts::StepState::Holds,
        },
        fields: step.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect(),
    }
}

fn consents(lang: Lang, view: &CaseView) -> Markup {
    html! {
        @if !view.consents.is_empty() {
            section.card aria-labelledby="consents-title" {
                h2 #consents-title { (t!(lang, "consents-title")) }
                ul.rows {
                    @for consent in &view.consents {
                        li {
                            p {
                                @if consent.withdrawn_at.is_some() { (parts::tag(Tone::Warning, &t!(lang, "consent-withdrawn"))) }
                                @else if consent.replaced_by.is_some() { (parts::tag(Tone::Neutral, &t!(lang, "consent-replaced"))) }
                                @else if consent.holds(view.as_of) { (parts::tag(Tone::Success, &t!(lang, "consent-active"))) }
                                @else { (parts::tag(Tone::Neutral, &t!(lang, "consent-expired"))) }
                                span.sub { (t!(lang, "consent-given", at = format::datetime(lang, consent.given_at, view.as_of), until = format::date(lang, format::local(consent.ends_at).date()))) }
                            }
                            @if let Some(at) = consent.withdrawn_at { p { (t!(lang, "consent-withdrawn-at", at = format::datetime(lang, at, view.as_of))) } }
                            @if consent.holds(view.as_of) {
                                p { a href={ "/consents/" (consent.id) "/withdraw" } { (t!(lang, "consent-withdraw")) }
                                    " · " a href={ "/cases/" (view.code) "/consent" } { (t!(lang, "consent-renew")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn shares(lang: Lang, view: &CaseView) -> Markup {
    html! {
        section.card aria-labelledby="shares-title" {
            h2 #shares-title { (t!(lang, "shares-title")) }
            ul.rows { @for share in &view.shares { (share_item(lang, share, view)) } }
        }
    }
}

fn disclosed(lang: Lang, view: &CaseView) -> Markup {
    html! {
        @if view.may_disclose || !view.disclosures.is_empty() {
            section.card aria-labelledby="disclosed-title" {
                h2 #disclosed-title { (t!(lang, "case-disclosures")) }
                (crate::disclosures::page::of_case(lang, &view.disclosures, view.as_of))
                @if view.may_disclose {
                    p { a href={ "/cases/" (view.code) "/disclosures" } { (t!(lang, "case-disclose")) } }
                }
            }
        }
    }
}

fn share_item(lang: Lang, share: &ShareView, view: &CaseView) -> Markup {
    html! {
        li {
            h3 { (share.unit) }
            p { (share.party) " · " (share.ground) " · " (t!(lang, "share-since", at = format::datetime(lang, share.since, view.as_of))) }
            @if !share.phone.is_empty() { p { (t!(lang, "share-phone", phone = share.phone.as_str())) } }
            @if share.fallback { (parts::banner(Tone::Warning, &t!(lang, "share-fallback"))) }
            @if !share.why.is_empty() { p.hint { (t!(lang, "share-why")) " " (share.why.join("; ")) "." } }
            @if let Some((at, why)) = &share.ended { p { (why) " " (format::datetime(lang, *at, view.as_of)) } }
        }
    }
}

fn assignment(lang: Lang, view: &CaseView, mine: bool) -> Markup {
    html! {
        section.card aria-labelledby="assign-title" {
            h2 #assign-title { (t!(lang, "assign-title")) }
            p {
                @if mine { (t!(lang, "assign-mine")) }
                @else if view.assignee.is_some() { (t!(lang, "assign-other")) }
                @else { (t!(lang, "assign-nobody")) }
            }
            form method="post" action={ "/cases/" (view.code) "/assign" } {
                @if mine { (form::button_secondary(&t!(lang, "assign-release"), Some(("to", "nobody")))) }
                @else { (form::button_secondary(&t!(lang, "assign-take"), Some(("to", "me")))) }
            }
        }
    }
}
