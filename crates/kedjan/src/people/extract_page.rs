//! The extract at the pages: the form, and what is printed.

use axum::extract::Form as Sent;
use axum::http::StatusCode;
use axum::response::Response;
use chain::text::Lang;
use maud::{Markup, html};

use super::extract::{Extract, Form, SHOWN, extract};
use super::extract_file;
use super::{Identity, IdentityError, IssueKind, PersonIssue};
use crate::access::Action;
use crate::app;
use crate::cases::Kept;
use crate::consents::Consent;
use crate::http::{Visitor, role_name};
use crate::refusal::Refused;
use crate::secrets::case_code_shown;
use crate::t;
use crate::web::form::{self, Field, Input, Posted};
use crate::web::format;
use crate::web::layout::PageKind;
use crate::web::parts::{self, Tone};

fn ask(visitor: &Visitor, posted: &Posted) -> Response {
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let lang = visitor.lang;
    let label = t!(lang, "extract-identity");
    let main = html! {
        h1 { (t!(lang, "extract-title")) }
        p.lead { (t!(lang, "extract-text")) }
        (form::error_summary(lang, posted))
        form method="post" action="/extract" {
            (form::text(lang, posted, &Field::new("identity", &label).input(Input::IdentityNumber)))
            (form::button(&t!(lang, "extract-show")))
        }
    };
    visitor.framed(status, &t!(lang, "extract-title"), main, PageKind::Normal, None)
}

/// Asks for the number.
pub async fn form(visitor: Visitor) -> Response {
    if visitor.may(Action::ExtractPerson) {
        ask(&visitor, &Posted::default())
    } else {
        visitor.refuse(Refused::Forbidden.into())
    }
}

/// Shows what there is. The number is neither in an address nor in the log.
pub async fn show(visitor: Visitor, Sent(values): Sent<Vec<(String, String)>>) -> Response {
    taken_out(visitor, values, Form::Page).await
}

/// Gives what there is as a file.
pub async fn file(visitor: Visitor, Sent(values): Sent<Vec<(String, String)>>) -> Response {
    taken_out(visitor, values, Form::File).await
}

async fn taken_out(visitor: Visitor, values: Vec<(String, String)>, form: Form) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let today = format::local(visitor.app.clock.now()).date();
    let parsed: Result<Identity, IdentityError> = Identity::parse(posted.get("identity"), today);
    let identity = match parsed {
        Ok(identity) => identity,
        Err(wrong) => {
            let issue = PersonIssue { field: "identity", kind: IssueKind::Identity(wrong) };
            posted.refuse("identity", issue.words(visitor.lang));
            return ask(&visitor, &posted);
        }
    };
    let run =
        async { app::unit(visitor.cx()?, move |tx, cx| Ok(extract(tx, cx, &identity, form)?.into_inner())).await };
    match run.await {
        Ok(Some(found)) if form == Form::File => extract_file::answer(visitor.lang, &found),
        Ok(Some(found)) => visitor.page(&t!(visitor.lang, "extract-of"), page(visitor.lang, &found)),
        Ok(None) => {
            posted.refuse("identity", t!(visitor.lang, "extract-nobody"));
            ask(&visitor, &posted)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

fn page(lang: Lang, x: &Extract) -> Markup {
    let at = |when| format::datetime(lang, when, x.made_at);
    html! {
        h1 { (t!(lang, "extract-of")) }
        p.lead { (t!(lang, "extract-made", at = at(x.made_at), authority = x.authority.as_str())) }
        (parts::banner(Tone::Warning, &t!(lang, "extract-check")))
        p.hint { (t!(lang, "extract-print")) }
        @if let Some(number) = x.shown(lang).identity {
            form method="post" action="/extract/file" {
                input type="hidden" name="identity" value=(number);
                p.hint { (t!(lang, "extract-file-text")) }
                (form::button_secondary(&t!(lang, "extract-file"), None))
            }
        }
        (person(lang, x))
        section.card aria-labelledby="cases-title" {
            h2 #cases-title { (t!(lang, "extract-cases")) }
            @if x.cases.is_empty() { p { (t!(lang, "extract-no-cases")) } }
            @for case in &x.cases { (kept(lang, x, case)) }
        }
        section.card aria-labelledby="given-title" {
            h2 #given-title { (t!(lang, "extract-consents")) }
            @if x.consents.is_empty() { p { (t!(lang, "extract-nothing")) } }
            ul.rows { @for consent in &x.consents { li { (given(lang, x, consent)) } } }
        }
        section.card aria-labelledby="left-title" {
            h2 #left-title { (t!(lang, "extract-disclosures")) }
            @if x.disclosures.is_empty() { p { (t!(lang, "extract-nothing")) } }
            @else { (crate::disclosures::page::of_case(lang, &x.disclosures, x.made_at)) }
        }
        section.card aria-labelledby="accesses-title" {
            h2 #accesses-title { (t!(lang, "extract-accesses")) }
            p { (t!(lang, "extract-accesses-text", authority = x.authority.as_str())) }
            p { (t!(lang, "extract-accesses-all", count = x.accesses_in_all))
                @if x.accesses_in_all > SHOWN { " " (t!(lang, "extract-accesses-shown", count = SHOWN)) } }
            (accesses(lang, x))
        }
    }
}

fn person(lang: Lang, x: &Extract) -> Markup {
    let shown = x.shown(lang);
    let place = shown.municipality.as_deref().and_then(crate::reference::municipality).map(|m| m.name.to_owned());
    let facts = [
        (t!(lang, "person-name"), Some(shown.name.clone())),
        (t!(lang, "person-identity"), shown.identity.clone()),
        (t!(lang, "person-phone"), shown.phone.clone()),
        (t!(lang, "person-email"), shown.email.clone()),
        (t!(lang, "person-address"), shown.address.clone()),
        (t!(lang, "person-municipality"), place),
    ];
    let rows: Vec<parts::SummaryRow> = facts
        .into_iter()
        .filter_map(|(label, value)| Some(parts::SummaryRow { label, value: html! { (value?) }, action: None }))
        .collect();
    html! {
        section.card aria-labelledby="about-title" {
            h2 #about-title { (t!(lang, "extract-person")) }
            (parts::summary_list(&rows))
        }
    }
}

fn kept(lang: Lang, x: &Extract, case: &Kept) -> Markup {
    html! {
        h3 { (t!(lang, "extract-steps", method = case.method.as_str(), number = case_code_shown(&case.code))) }
        ul.rows {
            @for step in &case.steps {
                li {
                    p { strong { (step.title) } " · " (format::datetime(lang, step.at, x.made_at)) }
                    @for (name, value) in &step.fields { p { (name) ": " (value) } }
                }
            }
        }
    }
}

fn given(lang: Lang, x: &Extract, consent: &Consent) -> Markup {
    let until = format::date(lang, format::local(consent.ends_at).date());
    html! {
        p { (t!(lang, "consent-given", at = format::datetime(lang, consent.given_at, x.made_at), until = until)) }
        @if let Some(at) = consent.withdrawn_at {
            p { (t!(lang, "consent-withdrawn-at", at = format::datetime(lang, at, x.made_at))) }
        }
    }
}

fn accesses(lang: Lang, x: &Extract) -> Markup {
    let column = |label: String| parts::Column { label, ..parts::Column::default() };
    let columns = vec![column(t!(lang, "review-at")), column(t!(lang, "review-who")), column(t!(lang, "review-what"))];
    let rows = x
        .accesses
        .iter()
        .map(|(record, unit)| {
            let role =
                crate::access::Role::from_name(&record.role).map_or_else(String::new, |role| role_name(lang, role));
            vec![
                html! { (format::datetime(lang, record.at, x.made_at)) },
                html! { (unit) span.sub { (role) } },
                html! { (act(lang, &record.action)) },
            ]
        })
        .collect();
    parts::table(lang, &parts::Table { caption: t!(lang, "extract-accesses"), caption_unseen: true, columns, rows })
}

/// What was done, in words for the person.
fn act(lang: Lang, action: &str) -> String {
    match action {
        "see_case" => t!(lang, "access-see_case"),
        "record_step" => t!(lang, "access-record_step"),
        "begin_case" => t!(lang, "access-begin_case"),
        "see_work_list" => t!(lang, "access-see_work_list"),
        "search_people" => t!(lang, "access-search_people"),
        "correct_person" => t!(lang, "access-correct_person"),
        "merge_people" => t!(lang, "access-merge_people"),
        "take_consent" => t!(lang, "access-take_consent"),
        "withdraw_consent" => t!(lang, "access-withdraw_consent"),
        "assign_case" => t!(lang, "access-assign_case"),
        "disclose" => t!(lang, "access-disclose"),
        "break_glass" => t!(lang, "access-break_glass"),
        _ => t!(lang, "access-other"),
    }
}
