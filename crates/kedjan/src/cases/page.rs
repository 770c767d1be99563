//! The markup of cases: the form a case begins with, the work list, the case itself and the form of a step.

use chain::field::{Field as Asked, Kind};
use chain::method::{Method, Step};
use chain::text::Lang;
use maud::{Markup, html};

use super::view::{CaseView, ShareView, StepView, Waits};
use super::{Filter, ShareState, WorkList};
use crate::reference;
use crate::secrets::case_code_shown;
use crate::t;
use crate::web::form::{self, Choice, Columns, Field, Input, Municipality, Posted};
use crate::web::parts::{self, Link, Tone};
use crate::web::{format, script};

/// Every municipality, as the form fields want them.
pub(crate) fn municipalities() -> Vec<Municipality<'static>> {
    reference::municipalities().iter().map(|m| Municipality { code: m.code, name: m.name }).collect()
}

/// One way to begin a case.
pub(super) struct Beginning {
    pub method: String,
    pub name: String,
    pub about: String,
    pub steps: Vec<(String, String)>,
}

/// The choice of what to begin.
pub(super) fn choose(lang: Lang, all: &[Beginning]) -> Markup {
    html! {
        h1 { (t!(lang, "begin-title")) }
        @if all.is_empty() { (parts::empty(&t!(lang, "begin-none-title"), &t!(lang, "begin-none-text"), None)) }
        @for beginning in all {
            section.card {
                h2 { (beginning.name) }
                p { (beginning.about) }
                @for (step, label) in &beginning.steps {
                    p { a.button href={ "/begin/" (beginning.method) "?step=" (step) } { (label) } }
                }
            }
        }
    }
}

/// What the form of a step needs to know.
pub(super) struct StepForm<'a> {
    pub lang: Lang,
    pub method: &'a Method,
    pub step: &'a Step,
    pub posted: &'a Posted,
    /// The county whose municipalities are offered as cards.
    pub county: &'a str,
    /// The unit's own municipality.
    pub municipality: &'a str,
    /// The language of the script and the consent.
    pub script: &'a str,
    /// Outcomes that cannot be recorded yet, with the reason.
    pub blocked: &'a [(String, String)],
}

/// The form that begins a case: for an officer at the roadside large, short, and with the words to read aloud.
pub(super) fn begin(f: &StepForm<'_>, key: &str) -> Markup {
    let lang = f.lang;
    let action = format!("/begin/{}?step={}&script={}", f.method.id, f.step.id, f.script);
    let link = |code: &str| format!("/begin/{}?step={}&script={code}", f.method.id, f.step.id);
    let speaks = f.step.fields.iter().any(|field| field.kind == Kind::Consent);
    html! {
        h1 { (f.step.action.get(lang)) }
        (form::error_summary(lang, f.posted))
        @if speaks { (script::script(lang, f.script, link)) }
        form method="post" action=(action) data-guard {
            (form::hidden("key", key))
            (step_fields(f))
            (person_fields(f))
            (when_fields(lang, f.posted))
            (form::button(&t!(lang, "begin-send")))
        }
        (form::municipality_list(&municipalities()))
    }
}

/// The form of a step in a case.
pub(super) fn step(f: &StepForm<'_>, view: &CaseView, key: &str) -> Markup {
    let lang = f.lang;
    html! {
        p { a href={ "/cases/" (view.code) } { (t!(lang, "case-back", number = case_code_shown(&view.code))) } }
        h1 { (f.step.action.get(lang)) }
        p.lead { (view.person.name) " · " (view.standing) }
        (form::error_summary(lang, f.posted))
        form method="post" action={ "/cases/" (view.code) "/steps/" (f.step.id) } data-guard {
            (form::hidden("key", key))
            (form::hidden("etag", &view.etag))
            (step_fields(f))
            (when_fields(lang, f.posted))
            (form::button(&t!(lang, "step-save")))
        }
        (form::municipality_list(&municipalities()))
    }
}

/// The outcome and the questions of a step. A consent comes last, because it is read and signed when all else is said.
fn step_fields(f: &StepForm<'_>) -> Markup {
    let lang = f.lang;
    let choices: Vec<Choice<'_>> = f
        .step
        .outcomes
        .iter()
        .map(|outcome| {
            let choice = Choice::new(&outcome.id, outcome.name.get(lang));
            match f.blocked.iter().find(|(id, _)| *id == outcome.id) {
                Some((_, why)) => choice.hint(why),
                None => choice,
            }
        })
        .collect();
    let label = t!(lang, "step-outcome");
    let single = f.step.outcomes.len() == 1;
    let preset = if single { f.step.outcomes.first().map_or("", |o| o.id.as_str()) } else { "" };
    let (consents, others): (Vec<&Asked>, Vec<&Asked>) =
        f.step.fields.iter().partition(|field| field.kind == Kind::Consent);
    html! {
        @if single { (form::hidden("outcome", preset)) }
        @else { (form::radios(lang, f.posted, &Field::new("outcome", &label), &choices, Columns::Two)) }
        @for field in others { (asked(f, field)) }
        @for field in consents { (consent(f, field)) }
    }
}

/// A question of the method as a field.
fn asked(f: &StepForm<'_>, asked: &Asked) -> Markup {
    let lang = f.lang;
    let whens = whens(asked);
    let default = asked.default.as_ref().and_then(|v| v.as_str()).unwrap_or_default();
    let mut field = Field::new(&asked.id, asked.name.get(lang)).preset(default);
    if let Some(hint) = &asked.hint {
        field = field.hint(hint.get(lang));
    }
    if !asked.required {
        field = field.optional();
    }
    if let Some((name, values)) = &whens {
        field = field.when(name, values);
    }
    match &asked.kind {
        Kind::Choice(options) | Kind::Several(options) => {
            let choices: Vec<Choice<'_>> = options
                .iter()
                .map(|option| {
                    let choice = Choice::new(&option.id, option.name.get(lang));
                    option.hint.as_ref().map_or(choice, |hint| Choice::new(&option.id, option.name.get(lang)).hint(hint.get(lang)))
                })
                .collect();
            let columns = if options.len() <= 3 { Columns::Many } else { Columns::Two };
            match asked.kind {
                Kind::Several(_) => form::checkboxes(lang, f.posted, &field, &choices, Columns::Two),
                _ if options.len() > 8 => form::select(lang, f.posted, &field, &choices),
                _ => form::radios(lang, f.posted, &field, &choices, columns),
            }
        }
        Kind::YesNo => {
            let (yes, no) = (t!(lang, "yes"), t!(lang, "no"));
            let choices = [Choice::new("true", &yes), Choice::new("false", &no)];
            form::radios(lang, f.posted, &field, &choices, Columns::Many)
        }
        Kind::Number { .. } => form::number(lang, f.posted, &field),
        Kind::Time => form::date_time(lang, f.posted, &field),
        Kind::Municipality => {
            let near = near(f.county);
            form::municipality(lang, f.posted, &field.preset(f.municipality), &near)
        }
        Kind::Text { max } if *max > 150 => form::text_area(lang, f.posted, &field, 3),
        Kind::Text { .. } => form::text(lang, f.posted, &field),
        Kind::Consent => html! {},
    }
}

fn near(county: &str) -> Vec<Municipality<'static>> {
    let all: Vec<Municipality<'static>> =
        municipalities().into_iter().filter(|m| !county.is_empty() && m.code.starts_with(county)).collect();
    if all.len() > 8 { Vec::new() } else { all }
}

/// When a question is asked: with these outcomes, or with these answers to another.
fn whens(asked: &Asked) -> Option<(String, String)> {
    if !asked.for_outcomes.is_empty() {
        return Some(("outcome".to_owned(), asked.for_outcomes.join(",")));
    }
    asked.when.as_ref().map(|when| (when.field.clone(), when.is.join(",")))
}

/// The consent: the words in the person's language, and the person's name under them.
fn consent(f: &StepForm<'_>, asked: &Asked) -> Markup {
    let lang = f.lang;
    let outcomes = asked.for_outcomes.join(",");
    let label = t!(lang, "consent-sign");
    let field = Field::new("signature", &label).optional();
    html! {
        section.consent data-when={ "outcome=" (outcomes) } aria-labelledby="consent-title" {
            h2 #consent-title { (asked.name.get(lang)) }
            @if let Some(hint) = &asked.hint { p.hint { (hint.get(lang)) } }
            (script::consent(lang, f.script))
            (form::hidden("consent_language", f.script))
            (form::signature(lang, f.posted, &field))
        }
    }
}

/// Who the person is and how they are reached. Nothing is required: there may be no number and no name.
fn person_fields(f: &StepForm<'_>) -> Markup {
    let lang = f.lang;
    let (identity, identity_hint) = (t!(lang, "person-identity"), t!(lang, "person-identity-hint"));
    let (name, name_hint) = (t!(lang, "person-name"), t!(lang, "person-name-hint"));
    let phone = t!(lang, "person-phone");
    let (home, home_hint) = (t!(lang, "person-municipality"), t!(lang, "person-municipality-hint"));
    let email = t!(lang, "person-email");
    let address = t!(lang, "person-address");
    let (protected, protected_yes) = (t!(lang, "person-protected-question"), t!(lang, "person-protected-yes"));
    let more = html! {
        (form::text(lang, f.posted, &Field::new("email", &email).optional().input(Input::Email)))
        (form::text(lang, f.posted, &Field::new("address", &address).optional()))
        (form::checkboxes(lang, f.posted, &Field::new("protected", &protected).optional(), &[Choice::new("true", &protected_yes)], Columns::One))
    };
    html! {
        fieldset.person {
            legend { h2 { (t!(lang, "person-title")) } }
            (form::text(lang, f.posted, &Field::new("identity", &identity).hint(&identity_hint).optional().input(Input::IdentityNumber)))
            (form::text(lang, f.posted, &Field::new("name", &name).hint(&name_hint).optional()))
            (form::text(lang, f.posted, &Field::new("phone", &phone).optional().input(Input::Phone)))
            (form::text(lang, f.posted, &Field::new("municipality", &home).hint(&home_hint).optional()))
            (form::details(&t!(lang, "person-more"), &more))
        }
    }
}

fn when_fields(lang: Lang, posted: &Posted) -> Markup {
    let (label, hint) = (t!(lang, "step-at"), t!(lang, "step-at-hint"));
    let field = Field::new("at", &label).hint(&hint).optional();
    form::details(&t!(lang, "step-at-other"), &form::date_time(lang, posted, &field))
}

/// The work list.
pub(super) fn work_list(lang: Lang, list: &WorkList, filter: &Filter, methods: &[(String, String)], from: u64) -> Markup {
    let state = filter.state.as_deref().unwrap_or("open");
    let href = |state: &str, mine: bool| {
        let mut href = format!("/?state={state}");
        if mine {
            href.push_str("&mine=true");
        }
        if let Some(method) = &filter.method {
            href.push_str(&format!("&method={method}"));
        }
        href
    };
    let tab = |label: String, count: i64, name: &str, mine: bool| parts::Tab {
        label,
        count: u64::try_from(count).ok(),
        href: href(name, mine),
        current: state == name && filter.mine == mine,
    };
    let c = &list.counts;
    let tabs = [
        tab(t!(lang, "list-open"), c.open, "open", false),
        tab(t!(lang, "list-overdue"), c.overdue, "overdue", false),
        tab(t!(lang, "list-mine"), c.mine, "open", true),
        tab(t!(lang, "list-passed"), c.passed, "passed", false),
        tab(t!(lang, "list-closed"), c.closed, "closed", false),
    ];
    let shown = u64::try_from(list.lines.len()).unwrap_or(0);
    let next = list.next.as_ref().map(|cursor| {
        format!("{}&cursor={cursor}&from={}", href(state, filter.mine), from + shown)
    });
    html! {
        h1 { (t!(lang, "list-title")) }
        (parts::tabs(lang, &t!(lang, "list-tabs"), &tabs))
        @if methods.len() > 1 { (method_links(lang, filter, methods, state)) }
        @if list.lines.is_empty() { (nothing(lang, state, filter.mine)) }
        @else {
            (parts::table(lang, &list_table(lang, list, state)))
            (parts::pager(lang, &parts::Pager {
                first: from + 1,
                last: from + shown,
                all: u64::try_from(c.listed).unwrap_or(0),
                previous: (from > 0).then(|| href(state, filter.mine)),
                next,
            }))
        }
    }
}

fn method_links(lang: Lang, filter: &Filter, methods: &[(String, String)], state: &str) -> Markup {
    let mine = if filter.mine { "&mine=true" } else { "" };
    html! {
        nav.filters aria-label=(t!(lang, "list-methods")) {
            a href={ "/?state=" (state) (mine) } aria-current=[filter.method.is_none().then_some("true")] { (t!(lang, "list-all-methods")) }
            @for (id, name) in methods {
                " " a href={ "/?state=" (state) (mine) "&method=" (id) }
                    aria-current=[(filter.method.as_ref() == Some(id)).then_some("true")] { (name) }
            }
        }
    }
}

fn nothing(lang: Lang, state: &str, mine: bool) -> Markup {
    let (title, text) = match (state, mine) {
        (_, true) => (t!(lang, "list-empty-mine-title"), t!(lang, "list-empty-mine-text")),
        ("overdue", _) => (t!(lang, "list-empty-overdue-title"), t!(lang, "list-empty-overdue-text")),
        ("open", _) => (t!(lang, "list-empty-open-title"), t!(lang, "list-empty-open-text")),
        _ => (t!(lang, "list-empty-title"), t!(lang, "list-empty-text")),
    };
    parts::empty(&title, &text, None)
}

fn list_table(lang: Lang, list: &WorkList, state: &str) -> parts::Table {
    let column = |label: String| parts::Column { label, numeric: false, sort: None, order: None };
    let open = matches!(state, "open" | "overdue");
    let mut columns = vec![column(t!(lang, "list-person")), column(t!(lang, "list-standing"))];
    if open {
        columns.push(column(t!(lang, "list-due")));
    }
    columns.push(column(t!(lang, "list-since")));
    columns.push(column(t!(lang, "list-municipality")));
    let rows = list
        .lines
        .iter()
        .map(|line| {
            let mut cells = vec![
                html! {
                    a href={ "/cases/" (line.code) } { (line.name) }
                    @if line.protected { " " (parts::tag(Tone::Warning, &t!(lang, "person-protected-tag"))) }
                    br; span.hint { (line.method) " · " (case_code_shown(&line.code)) }
                },
                html! { (line.stage) },
            ];
            if open {
                cells.push(match line.due_at {
                    Some(due) => html! {
                        (parts::clock(lang, &parts::Clock { label: line.clock.as_deref(), due, warn: line.warn_at.unwrap_or(due) }, list.as_of))
                    },
                    None => html! { span.hint { (t!(lang, "list-no-clock")) } },
                });
            }
            cells.push(html! { (format::datetime(lang, line.since, list.as_of)) });
            cells.push(html! { (line.municipality) });
            cells
        })
        .collect();
    parts::Table { caption: t!(lang, "list-caption"), caption_unseen: true, columns, rows }
}

/// The case: who, where it stands, the clocks, what can be done now, and all that has been done.
pub(super) fn case(lang: Lang, view: &CaseView, mine: bool, may_correct: bool) -> Markup {
    html! {
        div.case {
            header.case-head {
                p.hint { (view.method_name) " · " (t!(lang, "case-number", number = case_code_shown(&view.code))) }
                h1 { (view.person.name) @if view.person.protected { " " (parts::tag(Tone::Warning, &t!(lang, "person-protected-tag"))) } }
                p.lead { (parts::tag(state_tone(view.state), &state_word(lang, view.state))) " " (view.standing) }
            }
            @if let Some(waits) = view.waits { (waiting(lang, view, waits)) }
            @if view.clocks.iter().any(|c| c.stopped_at.is_none()) { (clocks(lang, view)) }
            (next(lang, view))
            (person(lang, view, may_correct))
            (history(lang, view))
            (consents(lang, view))
            (shares(lang, view))
            @if view.state == ShareState::Open { (assignment(lang, view, mine)) }
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
            ul {
                @for clock in view.clocks.iter().filter(|c| c.stopped_at.is_none()) {
                    li {
                        (parts::clock(lang, &parts::Clock { label: Some(&clock.name), due: clock.due_at, warn: clock.warn_at.unwrap_or(clock.due_at) }, view.as_of))
                        p.hint { (t!(lang, "clock-due", at = format::datetime(lang, clock.due_at, view.as_of))) " " (clock.ground) }
                    }
                }
            }
        }
    }
}

fn next(lang: Lang, view: &CaseView) -> Markup {
    let (needed, possible): (Vec<_>, Vec<_>) = view.next.iter().partition(|action| !action.optional);
    html! {
        @if !view.next.is_empty() {
            section.next aria-labelledby="next-title" {
                h2 #next-title { (t!(lang, "case-next")) }
                div.actions {
                    @for action in &needed { (action_link(view, &action.step, &action.name, action.blocked.as_deref(), true)) }
                    @for action in &possible { (action_link(view, &action.step, &action.name, action.blocked.as_deref(), false)) }
                }
            }
        }
    }
}

fn action_link(view: &CaseView, step: &str, name: &str, blocked: Option<&str>, needed: bool) -> Markup {
    html! {
        @match blocked {
            Some(why) => p.blocked { (name) span.hint { " – " (why) } },
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
        section aria-labelledby="person-title" {
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
    let steps: Vec<parts::TimelineStep> = view.timeline.iter().rev().map(|step| timeline_step(lang, step, view)).collect();
    html! {
        section aria-labelledby="history-title" {
            h2 #history-title { (t!(lang, "case-history")) }
            (parts::timeline(lang, &steps, view.as_of))
            @for (code, _) in &view.opened {
                p { a href={ "/cases/" (code) } { (t!(lang, "case-opened", number = case_code_shown(code))) } }
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
            section aria-labelledby="consents-title" {
                h2 #consents-title { (t!(lang, "consents-title")) }
                ul.plain {
                    @for consent in &view.consents {
                        li.card {
                            p {
                                @if consent.withdrawn_at.is_some() { (parts::tag(Tone::Warning, &t!(lang, "consent-withdrawn"))) }
                                @else if consent.holds(view.as_of) { (parts::tag(Tone::Success, &t!(lang, "consent-active"))) }
                                @else { (parts::tag(Tone::Neutral, &t!(lang, "consent-expired"))) }
                                " "
                                (t!(lang, "consent-given", at = format::datetime(lang, consent.given_at, view.as_of), until = format::date(lang, format::local(consent.ends_at).date())))
                            }
                            @if let Some(at) = consent.withdrawn_at { p { (t!(lang, "consent-withdrawn-at", at = format::datetime(lang, at, view.as_of))) } }
                            @if consent.holds(view.as_of) {
                                p { a.button.secondary href={ "/consents/" (consent.id) "/withdraw" } { (t!(lang, "consent-withdraw")) } }
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
        section aria-labelledby="shares-title" {
            h2 #shares-title { (t!(lang, "shares-title")) }
            ul.plain { @for share in &view.shares { (share_item(lang, share, view)) } }
        }
    }
}

fn share_item(lang: Lang, share: &ShareView, view: &CaseView) -> Markup {
    html! {
        li.card {
            h3 { (share.unit) }
            p { (share.party) " · " (share.ground) " · " (t!(lang, "share-since", at = format::datetime(lang, share.since, view.as_of))) }
            @if !share.phone.is_empty() { p.hint { (t!(lang, "share-phone", phone = share.phone.as_str())) } }
            @if share.fallback { (parts::banner(Tone::Warning, &t!(lang, "share-fallback"))) }
            @if !share.why.is_empty() { p.hint { (t!(lang, "share-why")) " " (share.why.join("; ")) "." } }
            @if let Some((at, why)) = &share.ended { p { (why) " " (format::datetime(lang, *at, view.as_of)) } }
        }
    }
}

fn assignment(lang: Lang, view: &CaseView, mine: bool) -> Markup {
    html! {
        section aria-labelledby="assign-title" {
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

/// The search: by name, identity number or case number, never in an address.
pub(super) fn find(lang: Lang, posted: &Posted, found: Option<&[(String, String, String)]>) -> Markup {
    let (label, hint) = (t!(lang, "find-label"), t!(lang, "find-hint"));
    html! {
        h1 { (t!(lang, "find-title")) }
        (form::error_summary(lang, posted))
        form method="post" action="/find" {
            (form::text(lang, posted, &Field::new("wanted", &label).hint(&hint)))
            (form::button(&t!(lang, "find-send")))
        }
        @if let Some(found) = found {
            section aria-labelledby="found-title" {
                h2 #found-title { (t!(lang, "find-found", count = found.len())) }
                @if found.is_empty() {
                    (parts::empty(&t!(lang, "find-none-title"), &t!(lang, "find-none-text"), Some(&Link { href: "/".into(), label: t!(lang, "nav-work-list") })))
                }
                ul { @for (code, method, began) in found {
                    li { a href={ "/cases/" (code) } { (case_code_shown(code)) } " · " (method) " · " (began) }
                } }
            }
        }
    }
}
