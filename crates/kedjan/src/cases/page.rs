//! The markup of cases: the form a case begins with, the work list, the case itself and the form of a step.

use chain::field::{Field as Asked, Kind};
use chain::method::{Method, Step};
use chain::text::Lang;
use maud::{Markup, html};

mod case;

pub(super) use case::case;

use super::view::CaseView;
use super::{Filter, WorkList};
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
                div.actions {
                    @for (step, label) in &beginning.steps {
                        a.button href={ "/begin/" (beginning.method) "?step=" (step) } { (label) }
                    }
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
            (outcomes(f))
            // Where somebody waits by the road, only what must be known is open; the rest can be left shut.
            @let (later, now): (Vec<&Asked>, Vec<&Asked>) = questions(f).partition(|field| speaks && may_wait(field));
            @for field in now { (asked(f, field)) }
            (person_fields(f))
            @for field in consents(f) { (consent(f, field)) }
            @if !later.is_empty() {
                (form::details(&t!(lang, "begin-more"), &html! { @for field in &later { (asked(f, field)) } }, f.posted.refuses(&later.iter().map(|field| field.id.as_str()).collect::<Vec<_>>())))
            }
            (when_fields(lang, f.posted))
            (form::button(&t!(lang, "begin-send")))
        }
        // The county's own only: all of Sweden would weigh a fifth of what the page may. Any other is typed in full.
        (form::municipality_list(&of_county(f.county)))
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
            (outcomes(f))
            @for field in questions(f) { (asked(f, field)) }
            @for field in consents(f) { (consent(f, field)) }
            (when_fields(lang, f.posted))
            (form::button(&t!(lang, "step-save")))
        }
        (form::municipality_list(&municipalities()))
    }
}

/// The questions of a step, without its consents.
fn questions<'a>(f: &StepForm<'a>) -> impl Iterator<Item = &'a Asked> {
    f.step.fields.iter().filter(|field| field.kind != Kind::Consent && f.method.asks(f.step, field))
}

/// The consents of a step. They come last, because they are read and signed when all else is said.
fn consents<'a>(f: &StepForm<'a>) -> impl Iterator<Item = &'a Asked> {
    f.step.fields.iter().filter(|field| field.kind == Kind::Consent)
}

/// A question that may be left empty whatever the answers to the others are.
fn may_wait(asked: &Asked) -> bool {
    !asked.required && asked.when.is_none() && asked.for_outcomes.is_empty()
}

/// How the step went.
fn outcomes(f: &StepForm<'_>) -> Markup {
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
    html! {
        @if single { (form::hidden("outcome", preset)) }
        @else { (form::radios(lang, f.posted, &Field::new("outcome", &label), &choices, abreast(&choices))) }
    }
}

/// Short answers stand beside each other also on a phone.
fn abreast(choices: &[Choice<'_>]) -> Columns {
    let short = |choice: &Choice<'_>| {
        choice.hint.is_none()
            && choice.label.chars().count() <= 22
            && choice.label.split_whitespace().all(|word| word.chars().count() <= 11)
    };
    if choices.iter().all(short) { Columns::Many } else { Columns::Two }
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
    let control = match &asked.kind {
        Kind::Choice(options) | Kind::Several(options) => {
            let choices: Vec<Choice<'_>> = options
                .iter()
                .map(|option| {
                    let choice = Choice::new(&option.id, option.name.get(lang));
                    option
                        .hint
                        .as_ref()
                        .map_or(choice, |hint| Choice::new(&option.id, option.name.get(lang)).hint(hint.get(lang)))
                })
                .collect();
            match asked.kind {
                Kind::Several(_) => form::checkboxes(lang, f.posted, &field, &choices, abreast(&choices)),
                _ if options.len() > 8 => form::select(lang, f.posted, &field, &choices),
                _ => form::radios(lang, f.posted, &field, &choices, abreast(&choices)),
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
    };
    html! { (only_when(f, asked)) (control) }
}

/// Without scripts every question is shown: then this says which answer it belongs to.
fn only_when(f: &StepForm<'_>, asked: &Asked) -> Markup {
    let lang = f.lang;
    let (yes, no) = (t!(lang, "yes"), t!(lang, "no"));
    let answers: Vec<&str> = match &asked.when {
        _ if !asked.for_outcomes.is_empty() => {
            f.step.outcomes.iter().filter(|o| asked.for_outcomes.contains(&o.id)).map(|o| o.name.get(lang)).collect()
        }
        Some(when) => match f.step.fields.iter().find(|field| field.id == when.field).map(|field| &field.kind) {
            Some(Kind::Choice(options) | Kind::Several(options)) => {
                options.iter().filter(|o| when.is.contains(&o.id)).map(|o| o.name.get(lang)).collect()
            }
            Some(Kind::YesNo) => [("true", &yes), ("false", &no)]
                .iter()
                .filter(|(is, _)| when.is.contains(&(*is).to_owned()))
                .map(|(_, word)| word.as_str())
                .collect(),
            _ => Vec::new(),
        },
        None => Vec::new(),
    };
    html! {
        @if !answers.is_empty() { noscript { p.only { (t!(lang, "step-only-when", answers = answers.join(" / "))) } } }
    }
}

fn of_county(county: &str) -> Vec<Municipality<'static>> {
    municipalities().into_iter().filter(|m| !county.is_empty() && m.code.starts_with(county)).collect()
}

/// The municipalities that are offered as cards: the county's own, where they are few.
fn near(county: &str) -> Vec<Municipality<'static>> {
    let all = of_county(county);
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
    html! {
        (only_when(f, asked))
        section.consent data-when={ "outcome=" (outcomes) } aria-labelledby="consent-title" {
            h2 #consent-title { (asked.name.get(lang)) }
            @if let Some(hint) = &asked.hint { p.hint { (hint.get(lang)) } }
            (script::consent(lang, f.script))
            (script::childs_consent(lang, f.script, None))
            (form::signature(lang, f.posted, &Field::new("signature", &label)))
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
        (form::text(lang, f.posted, &Field::new("email", &email).input(Input::Email)))
        (form::text(lang, f.posted, &Field::new("address", &address)))
        (form::checkboxes(lang, f.posted, &Field::new("protected", &protected), &[Choice::new("true", &protected_yes)], Columns::One))
    };
    html! {
        fieldset.person {
            legend { h2 { (t!(lang, "person-title")) } }
            p.hint { (t!(lang, "person-voluntary")) }
            (form::text(lang, f.posted, &Field::new("identity", &identity).hint(&identity_hint).input(Input::IdentityNumber)))
            (form::text(lang, f.posted, &Field::new("name", &name).hint(&name_hint)))
            (form::text(lang, f.posted, &Field::new("phone", &phone).input(Input::Phone)))
            (form::text(lang, f.posted, &Field::new("municipality", &home).hint(&home_hint)))
            (form::details(&t!(lang, "person-more"), &more, f.posted.refuses(&["email", "address", "protected"])))
        }
    }
}

fn when_fields(lang: Lang, posted: &Posted) -> Markup {
    let (label, hint) = (t!(lang, "step-at"), t!(lang, "step-at-hint"));
    let field = Field::new("at", &label).hint(&hint);
    form::details(&t!(lang, "step-at-other"), &form::date_time(lang, posted, &field), posted.refuses(&["at"]))
}

/// The work list.
pub(super) fn work_list(
    lang: Lang,
    list: &WorkList,
    filter: &Filter,
    methods: &[(String, String)],
    from: u64,
) -> Markup {
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
        tab(t!(lang, "list-ended"), c.ended, "ended", false),
    ];
    let shown = u64::try_from(list.lines.len()).unwrap_or(0);
    let next =
        list.next.as_ref().map(|cursor| format!("{}&cursor={cursor}&from={}", href(state, filter.mine), from + shown));
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
                    @if line.state == "ended" { (case_code_shown(&line.code)) span.sub { (line.name) } }
                    @else { a href={ "/cases/" (line.code) } { (line.name) } }
                    @if line.protected { " " (parts::tag(Tone::Warning, &t!(lang, "person-protected-tag"))) }
                    span.sub { (line.method) " · " (case_code_shown(&line.code)) }
                },
                html! { (line.stage) },
            ];
            if open {
                cells.push(match line.due_at {
                    Some(due) => html! {
                        (parts::clock(lang, &parts::Clock { label: None, due, warn: line.warn_at.unwrap_or(due) }, list.as_of))
                        @if let Some(name) = &line.clock { " " span.sub { (name) } }
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

/// The search: by name, identity number or case number, never in an address.
pub(super) fn find(lang: Lang, posted: &Posted, found: Option<&[(String, String, String)]>, may_break: bool) -> Markup {
    let (label, hint) = (t!(lang, "find-label"), t!(lang, "find-hint"));
    html! {
        h1 { (t!(lang, "find-title")) }
        (form::error_summary(lang, posted))
        form method="post" action="/find" {
            (form::text(lang, posted, &Field::new("wanted", &label).hint(&hint)))
            (form::button(&t!(lang, "find-send")))
        }
        @if may_break { p { a href="/glass" { (t!(lang, "glass-link")) } } }
        @if let Some(found) = found {
            section aria-labelledby="found-title" {
                h2 #found-title { (t!(lang, "find-found", count = found.len())) }
                @if found.is_empty() {
                    (parts::empty(&t!(lang, "find-none-title"), &t!(lang, "find-none-text"), Some(&Link { href: "/".into(), label: t!(lang, "nav-work-list") })))
                }
                @else {
                    ul.card.rows { @for (code, method, began) in found {
                        li { a href={ "/cases/" (code) } { (case_code_shown(code)) } span.sub { (method) " · " (began) } }
                    } }
                }
            }
        }
    }
}
