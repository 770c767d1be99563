//! The authority, its units and a try-out of routing, at the pages of an administrator.

use axum::extract::{Form, Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};

use super::api::id_of;
use super::page::{self, TryForm, UnitForm};
use super::paging::Paging;
use super::{AuthorityDraft, ReceivesDraft, UnitDraft, Wish};
use crate::app::{self, Stop};
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::login::rule;
use crate::reference as places;
use crate::t;
use crate::web::form::{Issue, Posted};

/// How many rows of what a unit receives a form can hold.
const MOST_ROWS: usize = 100;
/// How many empty rows there are to fill in.
const EMPTY_ROWS: usize = 3;

/// The authority's units.
pub async fn units(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let paging = Paging::of_page(query.as_deref());
    let run = async {
        let found =
            app::unit(visitor.cx()?, move |tx, cx| Ok(super::units(tx, cx, paging.offset, paging.limit)?.into_inner()));
        found.await
    };
    match run.await {
        Ok(found) => {
            let pager = paging.pager("/admin/units", found.units.len(), found.all);
            let main = page::units(visitor.lang, &found, &pager);
            let title = t!(visitor.lang, "units-title");
            visitor.page_with(&title, main, saved(&visitor, query.as_deref()))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// A form for a new unit.
pub async fn new_unit(visitor: Visitor) -> Response {
    let run = async {
        // The guard is asked before the form is shown, and not only when it comes back.
        app::unit(visitor.cx()?, |tx, cx| Ok(super::authority(tx, cx)?.into_inner())).await
    };
    match run.await {
        Ok(authority) => {
            let county = authority.county.unwrap_or_else(|| visitor.session.county.clone());
            let posted = posted_of(&UnitDraft { county, active: true, ..UnitDraft::default() });
            visitor.page(&t!(visitor.lang, "unit-new"), unit_page(&visitor, &posted, None))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Makes a unit.
pub async fn create_unit(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let posted = Posted { values, errors: Vec::new() };
    let (draft, rows) = draft_of(&posted);
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::create_unit(tx, cx, draft.clone())?.into_inner())).await
    };
    let done = run.await.map(drop);
    unit_done(&visitor, posted, &rows, None, done)
}

/// One unit, to be changed.
pub async fn unit(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::unit(tx, cx, id)?.into_inner())).await
    };
    match run.await {
        Ok(file) => {
            let posted = posted_of(&UnitDraft::of(&file.unit, &file.receives));
            visitor.page(&t!(visitor.lang, "unit-change"), unit_page(&visitor, &posted, Some(&id)))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Changes a unit.
pub async fn change_unit(
    visitor: Visitor,
    Path(id): Path<String>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let posted = Posted { values, errors: Vec::new() };
    let (draft, rows) = draft_of(&posted);
    let run = async {
        let id = id_of(&id)?;
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::change_unit(tx, cx, id, draft.clone())?.into_inner())).await
    };
    let done = run.await.map(drop);
    unit_done(&visitor, posted, &rows, Some(&id), done)
}

fn unit_done(
    visitor: &Visitor,
    mut posted: Posted,
    rows: &[usize],
    id: Option<&str>,
    done: Result<(), Stop>,
) -> Response {
    let Err(stop) = done else { return Redirect::to("/admin/units?saved").into_response() };
    if let Some(stop) = beside_rows(&mut posted, stop, rows) {
        return visitor.refuse(stop);
    }
    let title = if id.is_some() { t!(visitor.lang, "unit-change") } else { t!(visitor.lang, "unit-new") };
    visitor.page_again(&title, unit_page(visitor, &posted, id))
}

fn unit_page(visitor: &Visitor, posted: &Posted, id: Option<&str>) -> maud::Markup {
    let filled = (0..MOST_ROWS).filter(|at| row_of(posted, *at).is_some()).max().map_or(0, |at| at + 1);
    let substances = super::substances(&visitor.app, visitor.lang);
    let rows = filled.saturating_add(EMPTY_ROWS).min(MOST_ROWS);
    page::unit(&UnitForm { lang: visitor.lang, posted, id, rows, substances: &substances })
}

/// A form filled in with a draft.
fn posted_of(draft: &UnitDraft) -> Posted {
    let mut values: Vec<(String, String)> = vec![
        ("kind".into(), draft.kind.clone()),
        ("name".into(), draft.name.clone()),
        ("county".into(), draft.county.clone()),
        ("municipality".into(), place_name(draft.municipality.as_deref().unwrap_or_default())),
        ("email".into(), draft.email.clone()),
        ("lead_email".into(), draft.lead_email.clone()),
        ("phone".into(), draft.phone.clone()),
        ("opening_hours".into(), draft.opening_hours.clone()),
    ];
    for (name, on) in [("fallback", draft.fallback), ("active", draft.active)] {
        if on {
            values.push((name.into(), "yes".into()));
        }
    }
    for (at, row) in draft.receives.iter().enumerate() {
        values.push((format!("place-{at}"), place_name(&row.place)));
        for (name, age) in [("age_from", row.age_from), ("age_to", row.age_to)] {
            values.push((format!("{name}-{at}"), age.map(|age| age.to_string()).unwrap_or_default()));
        }
        values.extend(row.substances.iter().map(|one| (format!("substances-{at}"), one.clone())));
    }
    Posted { values, errors: Vec::new() }
}

/// The draft of a form, and which row of the form each row of the draft is.
fn draft_of(posted: &Posted) -> (UnitDraft, Vec<usize>) {
    let text = |name: &str| posted.get(name).to_owned();
    let (rows, receives) = (0..MOST_ROWS).filter_map(|at| Some((at, row_of(posted, at)?))).unzip();
    let draft = UnitDraft {
        kind: text("kind"),
        name: text("name"),
        county: text("county"),
        municipality: Some(place_code(posted.get("municipality"))).filter(|code| !code.is_empty()),
        email: text("email"),
        lead_email: text("lead_email"),
        phone: text("phone"),
        opening_hours: text("opening_hours"),
        fallback: posted.get("fallback") == "yes",
        active: posted.get("active") == "yes",
        receives,
    };
    (draft, rows)
}

/// One row of a form, if anything is filled in.
fn row_of(posted: &Posted, at: usize) -> Option<ReceivesDraft> {
    let get = |name: &str| posted.get(&format!("{name}-{at}")).trim().to_owned();
    // What is no number is refused as an age that nobody has.
    let age = |name: &str| Some(get(name)).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap_or(-1));
    let row = ReceivesDraft {
        place: place_code(&get("place")),
        age_from: age("age_from"),
        age_to: age("age_to"),
        substances: posted.all(&format!("substances-{at}")).map(str::to_owned).collect(),
    };
    (row != ReceivesDraft::default()).then_some(row)
}

/// The code of the place that is meant: a county by its name or code, or a municipality; else the words as they are.
pub(super) fn place_code(text: &str) -> String {
    let text = text.trim();
    let lower = text.to_lowercase();
    let county = places::counties().iter().find(|county| {
        let name = county.name.to_lowercase();
        county.code == text || name == lower
    });
    match county {
        Some(county) => county.code.to_owned(),
        None => places::find_municipality(text).map_or_else(|| text.to_owned(), |place| place.code.to_owned()),
    }
}

/// The name of the place with this code; the words themselves when they are no code.
pub(super) fn place_name(code: &str) -> String {
    let county = places::county(code).map(|county| county.name);
    county.or_else(|| places::municipality(code).map(|place| place.name)).unwrap_or(code).to_owned()
}

/// Puts wrong fields beside the fields of the form; those of the rows beside their row.
fn beside_rows(posted: &mut Posted, stop: Stop, rows: &[usize]) -> Option<Stop> {
    let Stop::Refused(refused) = &stop else { return Some(stop) };
    if refused.issues().is_empty() {
        return Some(stop);
    }
    for issue in refused.issues() {
        let parts: Vec<&str> = issue.pointer.split('/').skip(1).collect();
        let field = match parts.as_slice() {
            ["receives", nr, name] => {
                let row = nr.parse::<usize>().ok().and_then(|nr| rows.get(nr)).copied().unwrap_or_default();
                format!("{name}-{row}")
            }
            other => other.last().copied().unwrap_or_default().to_owned(),
        };
        posted.errors.push(Issue { field, message: issue.detail.clone() });
    }
    None
}

/// The authority and its ombud.
pub async fn authority(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let run = async {
        let found = app::unit(visitor.cx()?, |tx, cx| Ok(super::authority(tx, cx)?.into_inner())).await?;
        Ok((found, rule::form(&visitor).await?))
    };
    match run.await {
        Ok((found, log_in_rule)) => {
            let draft = AuthorityDraft::of(&found);
            let values = vec![
                ("name".to_owned(), draft.name),
                ("ombud".to_owned(), draft.ombud),
                ("ombud_email".to_owned(), draft.ombud_email),
            ];
            let main = page::authority(visitor.lang, &Posted { values, errors: Vec::new() }, &log_in_rule);
            visitor.page_with(&t!(visitor.lang, "authority-title"), main, saved(&visitor, query.as_deref()))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Changes the authority and its ombud.
pub async fn change_authority(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let text = |name: &str| posted.get(name).to_owned();
    let draft = AuthorityDraft { name: text("name"), ombud: text("ombud"), ombud_email: text("ombud_email") };
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| super::change_authority(tx, cx, draft.clone()).map(drop)).await
    };
    let Err(stop) = run.await else { return Redirect::to("/admin/authority?saved").into_response() };
    match beside_fields(&mut posted, stop) {
        Some(stop) => visitor.refuse(stop),
        None => match rule::form(&visitor).await {
            Ok(log_in_rule) => {
                let main = page::authority(visitor.lang, &posted, &log_in_rule);
                visitor.page_again(&t!(visitor.lang, "authority-title"), main)
            }
            Err(stop) => visitor.refuse(stop),
        },
    }
}

/// Where somebody would be received: the questions.
pub async fn routing(visitor: Visitor) -> Response {
    let run = async { app::unit(visitor.cx()?, |tx, cx| Ok(super::authority(tx, cx)?.into_inner())).await };
    match run.await {
        Ok(_) => {
            let main = routing_page(&visitor, &Posted::default(), None);
            visitor.page(&t!(visitor.lang, "routing-title"), main)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Where somebody would be received: the answer.
pub async fn try_routing(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let title = t!(visitor.lang, "routing-title");
    let party = parties(&visitor).into_iter().find(|(value, ..)| value == posted.get("party"));
    let municipality = place_code(posted.get("municipality"));
    let age = posted.get("age").trim().to_owned();
    if party.is_none() {
        posted.refuse("party", t!(visitor.lang, "routing-party-missing"));
    }
    if places::municipality(&municipality).is_none() {
        posted.refuse("municipality", t!(visitor.lang, "directory-municipality-unknown"));
    }
    if !age.is_empty() && !age.parse::<u32>().is_ok_and(|age| age <= 120) {
        posted.refuse("age", t!(visitor.lang, "directory-age"));
    }
    let (Some((_, _, kinds)), true) = (party, posted.errors.is_empty()) else {
        return visitor.page_again(&title, routing_page(&visitor, &posted, None));
    };
    let substance = Some(posted.get("substance").to_owned()).filter(|one| !one.is_empty());
    let wish = Wish { kinds, municipality, age: age.parse().ok(), substance };
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::try_route(tx, cx, wish.clone())?.into_inner())).await
    };
    match run.await {
        Ok(tried) => visitor.page(&title, routing_page(&visitor, &posted, Some(&tried))),
        Err(stop) => visitor.refuse(stop),
    }
}

fn routing_page(visitor: &Visitor, posted: &Posted, tried: Option<&super::Tried>) -> maud::Markup {
    let parties: Vec<(String, String)> = parties(visitor).into_iter().map(|(value, label, _)| (value, label)).collect();
    let substances = super::substances(&visitor.app, visitor.lang);
    page::routing(&TryForm { lang: visitor.lang, posted, parties: &parties, substances: &substances, tried })
}

/// The receiving parties of the methods in force: value, words, kinds of unit.
fn parties(visitor: &Visitor) -> Vec<(String, String, Vec<String>)> {
    let library = &visitor.app.library;
    library
        .methods()
        .filter(|method| library.current(&method.id).is_some_and(|newest| newest.version == method.version))
        .flat_map(|method| {
            method.parties().iter().filter(|party| !party.route_by.is_empty()).map(|party| {
                let words = format!("{} – {}", method.name.get(visitor.lang), party.name.get(visitor.lang));
                (format!("{}:{}", method.id, party.id), words, party.kinds.clone())
            })
        })
        .collect()
}

/// What is said after something was saved.
pub(crate) fn saved(visitor: &Visitor, query: Option<&str>) -> Option<String> {
    let said = query_pairs(query.unwrap_or_default()).iter().any(|(name, _)| name == "saved");
    said.then(|| t!(visitor.lang, "admin-saved"))
}
