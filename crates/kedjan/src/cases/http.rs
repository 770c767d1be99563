//! Cases at the pages.

use std::sync::Arc;

use axum::extract::{Form, Path, Query, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chain::field::{Field, Kind, Values};
use chain::method::Step;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::page::{self, Beginning, StepForm};
use super::view::CaseView;
use super::{Begin, Filter, Idempotency, NewStep};
use crate::access::{self, Action};
use crate::app::{self, Cx, Stop};
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::people::{NewPerson, NewPersonInput, validate};
use crate::refusal::{FieldIssue, Refused};
use crate::secrets;
use crate::t;
use crate::web::form::{self, Posted};
use crate::web::format;
use crate::web::layout::{Notice, PageKind};
use crate::web::parts::Tone;

/// What part of the list a query asks for, and how many lines the pages before have shown.
pub(crate) fn list_asked(query: &str) -> (Filter, u64) {
    let mut filter = Filter::default();
    let mut from = 0;
    for (name, value) in query_pairs(query) {
        match name.as_str() {
            "state" => filter.state = Some(value),
            "mine" => filter.mine = value == "true",
            "method" => filter.method = Some(value),
            "cursor" => filter.cursor = Some(value),
            "from" => from = value.parse().unwrap_or(0).min(1_000_000_000),
            _ => {}
        }
    }
    (filter, from)
}

/// The front page: the unit's work list, or what else the role comes for.
pub async fn front(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    for (action, place) in
        [(Action::SeeCounty, "/county"), (Action::ManageDirectory, "/admin/units"), (Action::VerifyAudit, "/log")]
    {
        if !visitor.may(Action::SeeWorkList) && visitor.may(action) {
            return Redirect::to(place).into_response();
        }
    }
    let (filter, from) = list_asked(query.as_deref().unwrap_or_default());
    let wanted = filter.clone();
    let run = async {
        let read = app::unit(visitor.cx()?, move |tx, cx| Ok(super::work_list(tx, cx, &wanted)?.into_inner())).await?;
        read.worded(&visitor.app, visitor.lang)
    };
    match run.await {
        Ok(list) => {
            let methods = methods(&visitor);
            let main = page::work_list(visitor.lang, &list, &filter, &methods, from);
            visitor.page(&t!(visitor.lang, "list-title"), main)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// The methods that the visitor's kind of unit has a part in: id and name.
fn methods(visitor: &Visitor) -> Vec<(String, String)> {
    visitor
        .app
        .library
        .methods()
        .filter(|m| m.parties().iter().any(|p| p.kinds.contains(&visitor.session.unit_kind)))
        .map(|m| (m.id.clone(), m.name.get(visitor.lang).to_owned()))
        .collect()
}

/// What a unit of this kind can begin.
fn beginnings(visitor: &Visitor) -> Vec<Beginning> {
    let mut all = Vec::new();
    for method in visitor.app.library.methods() {
        let steps: Vec<(String, String)> = method
            .beginnings()
            .filter(|step| method.party(&step.by).is_some_and(|p| p.kinds.contains(&visitor.session.unit_kind)))
            .map(|step| (step.id.clone(), step.action.get(visitor.lang).to_owned()))
            .collect();
        if !steps.is_empty() {
            all.push(Beginning {
                method: method.id.clone(),
                name: method.name.get(visitor.lang).to_owned(),
                about: method.about.get(visitor.lang).to_owned(),
                steps,
            });
        }
    }
    all
}

/// The choice of what to begin.
pub async fn choose(visitor: Visitor) -> Response {
    if !visitor.may(Action::BeginCase) {
        return visitor.refuse(Refused::Forbidden.into());
    }
    visitor.page(&t!(visitor.lang, "begin-title"), page::choose(visitor.lang, &beginnings(&visitor)))
}

/// Which form and in which language of the script.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    step: Option<String>,
    script: Option<String>,
}

/// The form that begins a case; empty, or as it came back.
fn begin_page(
    visitor: &Visitor,
    method: &str,
    asked: &Asked,
    posted: &Posted,
    key: &str,
) -> Option<(StatusCode, Response)> {
    let method = visitor.app.library.current(method)?;
    let kind = &visitor.session.unit_kind;
    let mut steps = method.beginnings().filter(|step| method.party(&step.by).is_some_and(|p| p.kinds.contains(kind)));
    let step = match &asked.step {
        Some(id) => steps.find(|step| step.id == *id)?,
        None => steps.next()?,
    };
    let script = asked.script.as_deref().filter(|code| crate::web::script::find(code).is_some()).unwrap_or("sv");
    let form = StepForm {
        lang: visitor.lang,
        method,
        step,
        posted,
        county: &visitor.session.county,
        municipality: &visitor.session.municipality,
        script,
        blocked: &[],
    };
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = step.action.get(visitor.lang).to_owned();
    let main = page::begin(&form, key);
    Some((status, visitor.framed(status, &title, main, PageKind::Roadside, None)))
}

/// The form that begins a case.
pub async fn begin_form(visitor: Visitor, Path(method): Path<String>, Query(asked): Query<Asked>) -> Response {
    if !visitor.may(Action::BeginCase) {
        return visitor.refuse(Refused::Forbidden.into());
    }
    match begin_page(&visitor, &method, &asked, &Posted::default(), &secrets::token()) {
        Some((_, page)) => page,
        None => visitor.refuse(Refused::NotFound.into()),
    }
}

/// Begins a case from the form. The form's own key makes a second press the same step.
pub async fn begin(
    visitor: Visitor,
    Path(method): Path<String>,
    Query(asked): Query<Asked>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let Some(found) = visitor.app.library.current(&method) else {
        return visitor.refuse(Refused::NotFound.into());
    };
    let Some(step) = asked.step.as_deref().map_or_else(|| found.beginnings().next(), |id| found.step(id)).cloned()
    else {
        return visitor.refuse(Refused::NotFound.into());
    };
    let key = posted.get("key").to_owned();
    let run = async {
        let cx = visitor.cx()?;
        let person = person(&cx, &posted);
        let read = new_step(&cx, &step, &posted);
        let (person, step) = match (person, read) {
            (Ok(person), Ok(step)) => (person, step),
            (person, step) => {
                let issues = step.err().into_iter().chain(person.err()).flatten().collect();
                return Err(Stop::from(Refused::Fields(issues)));
            }
        };
        let begin = Begin { method, person, step };
        let idempotency = idempotency(&posted);
        app::unit(cx, move |tx, cx| Ok(super::begin(tx, cx, &begin, idempotency.as_ref())?.into_inner().row.code)).await
    };
    match run.await {
        Ok(code) => Redirect::to(&format!("/cases/{code}?done=begun")).into_response(),
        Err(stop) => {
            if let Some(stop) = not_about_fields(&mut posted, stop) {
                return visitor.refuse(stop);
            }
            match begin_page(&visitor, &found.id, &asked, &posted, &key) {
                Some((_, page)) => page,
                None => visitor.refuse(Refused::NotFound.into()),
            }
        }
    }
}

/// Puts what is wrong into the form where it can be mended there; gives back what cannot.
fn not_about_fields(posted: &mut Posted, stop: Stop) -> Option<Stop> {
    match beside_fields(posted, stop) {
        Some(Stop::Refused(refused)) if matches!(*refused, Refused::NotNow { .. }) => {
            if let Refused::NotNow { sentence, .. } = &*refused {
                posted.refuse("outcome", sentence.clone());
            }
            None
        }
        other => other,
    }
}

fn idempotency(posted: &Posted) -> Option<Idempotency> {
    let key = posted.get("key");
    let body = posted.values.iter().fold(String::new(), |all, (name, value)| format!("{all}{name}={value}\n"));
    (!key.is_empty() && key.len() <= 128).then(|| Idempotency::new(key, body.as_bytes()))
}

fn person(cx: &Cx, posted: &Posted) -> Result<NewPerson, Vec<FieldIssue>> {
    let text = |name: &str| posted.get(name).trim().to_owned();
    let input = NewPersonInput {
        identity: text("identity"),
        name: text("name"),
        phone: text("phone"),
        email: text("email"),
        address: text("address"),
        municipality: text("municipality"),
        sex: String::new(),
        birth_year: String::new(),
        protected: posted.get("protected") == "true",
    };
    validate(&input, cx.app.settings.demo, format::local(cx.now).date()).map_err(|issues| {
        issues
            .into_iter()
            .map(|issue| FieldIssue { pointer: format!("/person/{}", issue.field), detail: issue.words(cx.lang) })
            .collect()
    })
}

/// Reads the step out of a form; what cannot be read as its kind of answer is said, all of it.
fn new_step(cx: &Cx, step: &Step, posted: &Posted) -> Result<NewStep, Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let outcome = posted.get("outcome").to_owned();
    if outcome.is_empty() {
        issues.push(FieldIssue { pointer: "/step/outcome".into(), detail: t!(cx.lang, "step-outcome-missing") });
    }
    let mut fields = Values::new();
    for field in &step.fields {
        match value(cx, field, posted) {
            Ok(Some(value)) => {
                fields.insert(field.id.clone(), value);
            }
            Ok(None) => {}
            Err(detail) => issues.push(FieldIssue { pointer: format!("/step/fields/{}", field.id), detail }),
        }
    }
    // Without JavaScript every question stands in the form: an answer that does not belong to the chosen outcome was
    // never asked for.
    for field in step.fields.iter().filter(|f| !f.for_outcomes.is_empty() && !f.for_outcomes.contains(&outcome)) {
        fields.remove(&field.id);
    }
    let at = match posted.get("at") {
        "" => None,
        text => match format::from_field(text) {
            Some(at) => Some(at),
            None => {
                issues.push(FieldIssue { pointer: "/step/at".into(), detail: t!(cx.lang, "field-not-a-time") });
                None
            }
        },
    };
    // What is missing in the answers is found by the core; without an outcome it cannot be asked, so it is asked here.
    if outcome.is_empty() {
        for field in step.fields.iter().filter(|f| f.required && f.for_outcomes.is_empty() && f.when.is_none()) {
            if !fields.contains_key(&field.id) {
                let pointer = format!("/step/fields/{}", field.id);
                issues.push(FieldIssue { pointer, detail: t!(cx.lang, "field-missing") });
            }
        }
    }
    if issues.is_empty() {
        Ok(NewStep { step: step.id.clone(), outcome, at, fields, corrects: None })
    } else {
        Err(issues)
    }
}

/// A form's answer as the core's value.
fn value(cx: &Cx, field: &Field, posted: &Posted) -> Result<Option<Value>, String> {
    let text = posted.get(&field.id).trim();
    match &field.kind {
        Kind::Consent => Ok(consent(posted)),
        Kind::Several(_) => {
            let all: Vec<Value> = posted.all(&field.id).filter(|v| !v.is_empty()).map(Value::from).collect();
            Ok((!all.is_empty()).then_some(Value::Array(all)))
        }
        _ if text.is_empty() => Ok(None),
        Kind::YesNo => match text {
            "true" => Ok(Some(Value::Bool(true))),
            "false" => Ok(Some(Value::Bool(false))),
            _ => Err(t!(cx.lang, "field-wrong-type", expected = "boolean")),
        },
        Kind::Number { .. } => match text.replace([' ', '\u{a0}'], "").parse::<i64>() {
            Ok(number) => Ok(Some(Value::from(number))),
            Err(_) => Err(t!(cx.lang, "field-wrong-type", expected = "integer")),
        },
        Kind::Time => match format::from_field(text) {
            Some(at) => Ok(Some(Value::from(at.to_string()))),
            None => Err(t!(cx.lang, "field-not-a-time")),
        },
        Kind::Municipality => match form::municipality_code(posted, &field.id, &page::municipalities()) {
            Some(code) => Ok(Some(Value::from(code))),
            None => Err(t!(cx.lang, "field-not-a-municipality")),
        },
        Kind::Choice(_) | Kind::Text { .. } => Ok(Some(Value::from(text))),
    }
}

/// The consent of a form: signed on the screen, or spoken.
pub(crate) fn consent(posted: &Posted) -> Option<Value> {
    let strokes = posted.get("signature");
    let language = match posted.get("consent_language") {
        "" => "sv",
        code => code,
    };
    if !strokes.is_empty() {
        Some(json!({ "how": "signed", "language": language, "signature": strokes }))
    } else if posted.get("signature_spoken") == "yes" {
        Some(json!({ "how": "spoken", "language": language }))
    } else {
        None
    }
}

/// What was just done, said above the case.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// One case.
pub async fn case(visitor: Visitor, Path(code): Path<String>, Query(done): Query<Done>) -> Response {
    match load(&visitor, &code, Action::SeeCase).await {
        Ok(view) => {
            let notice = done.done.as_deref().and_then(|done| said(&visitor, &view, done));
            let mine = view.assignee == Some(visitor.session.actor.id);
            let main = page::case(visitor.lang, &view, mine, visitor.may(Action::CorrectPerson));
            let title = t!(visitor.lang, "case-number", number = secrets::case_code_shown(&view.code));
            visitor.framed(StatusCode::OK, &title, main, PageKind::Normal, notice)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

pub(crate) async fn load(visitor: &Visitor, code: &str, action: Action) -> Result<CaseView, Stop> {
    let code = secrets::case_code_normalise(code).ok_or(Refused::NotFound)?;
    app::unit(visitor.cx()?, move |tx, cx| {
        let file = access::case(tx, cx, &code, action)?;
        super::look(tx, cx, file)
    })
    .await?
    .view()
}

fn said(visitor: &Visitor, view: &CaseView, done: &str) -> Option<Notice> {
    let lang = visitor.lang;
    let receiver = view.shares.iter().find(|share| share.unit != visitor.session.unit_name && share.ended.is_none());
    let text = match (done, receiver) {
        ("begun", Some(share)) => t!(lang, "done-handed-over", unit = share.unit.as_str()),
        ("begun", None) => t!(lang, "done-begun"),
        ("step", _) => t!(lang, "done-step"),
        ("consent", Some(share)) => t!(lang, "done-handed-over", unit = share.unit.as_str()),
        ("consent", None) => t!(lang, "done-consent"),
        ("withdrawn", _) => t!(lang, "done-withdrawn"),
        ("merged", _) => t!(lang, "done-merged"),
        ("assigned", _) => t!(lang, "done-assigned"),
        ("disclosed", _) => t!(lang, "done-disclosed"),
        _ => return None,
    };
    Some(Notice { tone: Tone::Success, text })
}

/// The page of a step's form.
fn step_page(visitor: &Visitor, view: &CaseView, step: &str, posted: &Posted, key: &str) -> Option<Response> {
    let method = visitor.app.library.get(&view.method, view.method_version)?;
    let action = view.next.iter().find(|action| action.step == step)?;
    let step = method.step(step)?;
    let blocked: Vec<(String, String)> =
        action.outcomes.iter().filter_map(|(id, _, why)| Some((id.clone(), why.clone()?))).collect();
    let form = StepForm {
        lang: visitor.lang,
        method,
        step,
        posted,
        county: &visitor.session.county,
        municipality: "",
        script: "sv",
        blocked: &blocked,
    };
    let status = if posted.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = step.action.get(visitor.lang).to_owned();
    Some(visitor.framed(status, &title, page::step(&form, view, key), PageKind::Normal, None))
}

/// The form of a step.
pub async fn step_form(visitor: Visitor, Path((code, step)): Path<(String, String)>) -> Response {
    match load(&visitor, &code, Action::RecordStep).await {
        Ok(view) => match step_page(&visitor, &view, &step, &Posted::default(), &secrets::token()) {
            Some(page) => page,
            None => visitor.refuse(not_possible(&visitor, &view, &step)),
        },
        Err(stop) => visitor.refuse(stop),
    }
}

/// The refusal of a step that cannot be taken now, in the core's own words.
fn not_possible(visitor: &Visitor, view: &CaseView, step: &str) -> Stop {
    let Some(method) = visitor.app.library.get(&view.method, view.method_version) else {
        return Refused::NotFound.into();
    };
    if method.step(step).is_none() {
        return Refused::NotFound.into();
    }
    let possible: Vec<&str> = view.next.iter().map(|action| action.name.as_str()).collect();
    let sentence = if possible.is_empty() {
        t!(visitor.lang, "step-nothing-now", standing = view.standing.as_str())
    } else {
        t!(visitor.lang, "step-not-now", standing = view.standing.as_str(), possible = possible.join(", "))
    };
    Refused::NotNow { code: "wrong_stage", sentence }.into()
}

/// Records a step from its form.
pub async fn step(
    visitor: Visitor,
    Path((code, step)): Path<(String, String)>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let Some(number) = secrets::case_code_normalise(&code) else {
        return visitor.refuse(Refused::NotFound.into());
    };
    let run = async {
        let cx = visitor.cx()?;
        let wanted = posted.clone();
        let step = step.clone();
        app::unit(cx, move |tx, cx| {
            let app = Arc::clone(&cx.app);
            let file = access::case(tx, cx, &number, Action::RecordStep)?;
            let step = file.method(&app)?.step(&step).ok_or(Refused::NotFound)?;
            let new = new_step(cx, step, &wanted).map_err(Refused::Fields)?;
            let etag = Some(wanted.get("etag")).filter(|tag| !tag.is_empty());
            super::step(tx, cx, &number, &new, etag, idempotency(&wanted).as_ref())?;
            Ok(number.clone())
        })
        .await
    };
    match run.await {
        Ok(number) => Redirect::to(&format!("/cases/{number}?done=step")).into_response(),
        Err(stop) => {
            if let Some(stop) = not_about_fields(&mut posted, stop) {
                return visitor.refuse(stop);
            }
            match load(&visitor, &code, Action::RecordStep).await {
                Ok(view) => {
                    let key = posted.get("key").to_owned();
                    match step_page(&visitor, &view, &step, &posted, &key) {
                        Some(page) => page,
                        None => visitor.refuse(not_possible(&visitor, &view, &step)),
                    }
                }
                Err(stop) => visitor.refuse(stop),
            }
        }
    }
}

/// Takes a case on, or lets go of it.
pub async fn assign(visitor: Visitor, Path(code): Path<String>, Form(values): Form<Vec<(String, String)>>) -> Response {
    let posted = Posted { values, errors: Vec::new() };
    let to = (posted.get("to") == "me").then_some(visitor.session.actor.id);
    let run = async {
        let number = secrets::case_code_normalise(&code).ok_or(Refused::NotFound)?;
        app::unit(visitor.cx()?, move |tx, cx| {
            super::assign(tx, cx, &number, to)?;
            Ok(number.clone())
        })
        .await
    };
    match run.await {
        Ok(number) => Redirect::to(&format!("/cases/{number}?done=assigned")).into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}

/// The search.
pub async fn find_form(visitor: Visitor) -> Response {
    if !visitor.may(Action::SearchPeople) {
        return visitor.refuse(Refused::Forbidden.into());
    }
    visitor.page(
        &t!(visitor.lang, "find-title"),
        page::find(visitor.lang, &Posted::default(), None, visitor.may(Action::BreakGlass)),
    )
}

/// Looks for a person's cases. What was looked for is neither in an address nor shown again.
pub async fn find(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let wanted = posted.get("wanted").trim().to_owned();
    if wanted.is_empty() {
        posted.refuse("wanted", t!(visitor.lang, "field-missing"));
        return visitor.page_again(
            &t!(visitor.lang, "find-title"),
            page::find(visitor.lang, &posted, None, visitor.may(Action::BreakGlass)),
        );
    }
    let run = async { app::unit(visitor.cx()?, move |tx, cx| Ok(super::find(tx, cx, &wanted)?.into_inner())).await };
    match run.await {
        Ok(found) => {
            let now = visitor.app.clock.now();
            let lines: Vec<(String, String, String)> = found
                .into_iter()
                .map(|(code, method, began)| (code, worded(&visitor, &method), day(&visitor, began, now)))
                .collect();
            let main = page::find(visitor.lang, &Posted::default(), Some(&lines), visitor.may(Action::BreakGlass));
            visitor.page(&t!(visitor.lang, "find-title"), main)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

fn worded(visitor: &Visitor, method: &str) -> String {
    visitor.app.library.current(method).map_or_else(String::new, |m| m.name.get(visitor.lang).to_owned())
}

fn day(visitor: &Visitor, at: Timestamp, now: Timestamp) -> String {
    format::datetime(visitor.lang, at, now)
}
