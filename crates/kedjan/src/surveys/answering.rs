//! Answering by link, at the page. No log-in: the link is what lets in. Works without scripts.

use axum::extract::{Form, Path, RawQuery};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chain::survey::{Answer, Answers, Kind, Questionnaire, plain};
use chain::text::Lang;
use maud::Markup;
use uuid::Uuid;

use super::answer::{by_link, etag, stranger};
use super::page::form::{self, Differing, Since};
use super::{Filled, Given, State};
use crate::app::{self, Cx, Stop};
use crate::http::{Guest, as_page, beside_fields, query_pairs, refusal_page};
use crate::refusal::Refused;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::{self, ErrorPage, Notice, Page, PageKind};
use crate::web::parts::Tone;

fn cx(guest: &Guest) -> Result<Cx, Stop> {
    Ok(Cx::new(&guest.app, stranger(Uuid::nil(), Uuid::nil()), guest.lang)?)
}

async fn found(guest: &Guest, token: &str) -> Result<Filled, Stop> {
    let (cx, token) = (cx(guest)?, token.to_owned());
    guest.app.store.read(move |tx| by_link(tx, &cx, &token)).await
}

/// The form, or the receipt when the answers are handed in.
pub async fn show(guest: Guest, Path(token): Path<String>, RawQuery(query): RawQuery) -> Response {
    match found(&guest, &token).await {
        Ok(filled) => {
            let saved = query_pairs(query.as_deref().unwrap_or_default()).iter().any(|(key, _)| key == "saved");
            let notice = saved.then(|| (Tone::Success, t!(guest.lang, "answer-saved")));
            let main = match filled.invitation.state {
                State::Answered | State::Declined => form::receipt(guest.lang, &filled, guest.app.clock.now(), None),
                State::NotBegun | State::Partly => {
                    form::form(guest.lang, &filled, &posted_of(&filled), guest.app.clock.now(), &Since::Nothing)
                }
            };
            framed(&guest, StatusCode::OK, &filled, main, notice)
        }
        Err(stop) => refused(guest.lang, stop, None),
    }
}

/// Saves, hands in, opens again or says no, by the button that was pressed.
pub async fn send(guest: Guest, Path(token): Path<String>, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let (sent, of, act) = (posted.clone(), token.clone(), posted.get("act").to_owned());
    let run = async {
        app::unit(cx(&guest)?, move |tx, cx| {
            let filled = by_link(tx, cx, &of)?;
            let version = sent.get("version").parse().unwrap_or(-1);
            match sent.get("act") {
                "reopen" => super::reopen(tx, cx, &of, version),
                "decline" => super::decline_by_link(tx, cx, &of, version),
                act => {
                    let answers = answers_of(&filled.round.questionnaire, &sent);
                    let contact = sent.get("contact").to_owned();
                    let given = Given { version, answers, contact, whole: act == "submit" };
                    super::save(tx, cx, &of, &given)
                }
            }
        })
        .await
    };
    match run.await {
        // Who had typed something when it turned out to be handed in goes on with it: it is not saved unseen.
        Ok(filled) if act == "reopen" && is_typed(&posted) => {
            let since = Since::Opened(differing(&filled, &posted));
            let main = form::form(guest.lang, &filled, &posted, guest.app.clock.now(), &since);
            framed(&guest, StatusCode::OK, &filled, main, None)
        }
        Ok(_) => {
            let end = if act == "draft" { "?saved" } else { "" };
            Redirect::to(&format!("/answer/{token}{end}")).into_response()
        }
        Err(stop) => {
            let is_stale =
                matches!(&stop, Stop::Refused(why) if matches!(**why, Refused::Stale { .. } | Refused::Decided));
            match beside_fields(&mut posted, stop) {
                None => again(&guest, &token, &posted, false).await,
                Some(_) if is_stale => again(&guest, &token, &posted, true).await,
                Some(stop) => refused(guest.lang, stop, Some(&posted)),
            }
        }
    }
}

/// The form as it was sent, with what is wrong with it, or with what somebody else has done meanwhile.
async fn again(guest: &Guest, token: &str, posted: &Posted, is_stale: bool) -> Response {
    match found(guest, token).await {
        Ok(filled) => {
            let since = if is_stale { happened(&filled, posted) } else { since(&filled, posted) };
            let status = match since {
                Since::Nothing => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::PRECONDITION_FAILED,
            };
            // A button beside the form sends nothing of the form: what is saved stands there, not emptiness.
            let shown = if is_typed(posted) { posted } else { &posted_of(&filled) };
            framed(guest, status, &filled, form::form(guest.lang, &filled, shown, guest.app.clock.now(), &since), None)
        }
        Err(stop) => refused(guest.lang, stop, Some(posted)),
    }
}

/// What has happened since the page was opened that a form was sent from. Also when it was refused for something else: whoever
/// mends that goes on from the version that is shown here.
pub(super) fn since(filled: &Filled, posted: &Posted) -> Since {
    if posted.get("version").parse() == Ok(filled.invitation.version) {
        return Since::Nothing;
    }
    happened(filled, posted)
}

fn happened(filled: &Filled, posted: &Posted) -> Since {
    if is_typed(posted) { Since::Saved(differing(filled, posted)) } else { Since::Button }
}

/// Whether the form itself was sent, and not a button beside it.
fn is_typed(posted: &Posted) -> bool {
    posted.values.iter().any(|(name, _)| form::is_field(name))
}

/// What two have filled in differently.
fn differing(filled: &Filled, posted: &Posted) -> Differing {
    let questionnaire = &filled.round.questionnaire;
    let mine = answers_of(questionnaire, posted);
    let ids = questionnaire.questions.iter().map(|question| &question.id);
    Differing {
        questions: ids.filter(|id| mine.get(*id) != filled.answers.get(*id)).cloned().collect(),
        contact: plain(posted.get("contact")) != filled.contact,
    }
}

/// The answers in a form. What is no number is kept as text, so that it is refused as such.
fn answers_of(questionnaire: &Questionnaire, posted: &Posted) -> Answers {
    let mut answers = Answers::new();
    for question in &questionnaire.questions {
        let name = format!("q-{}", question.id);
        let answer = match &question.kind {
            Kind::Several(_) => {
                let all: Vec<String> = posted.all(&name).filter(|one| !one.is_empty()).map(str::to_owned).collect();
                if all.is_empty() { None } else { Some(Answer::Several(all)) }
            }
            Kind::Number { .. } => {
                let text: String = posted.get(&name).chars().filter(|c| !c.is_whitespace()).collect();
                let number = text.parse().ok().map(Answer::Number);
                number.or_else(|| (!text.is_empty()).then_some(Answer::Text(text)))
            }
            _ => Some(plain(posted.get(&name))).filter(|text| !text.is_empty()).map(Answer::Text),
        };
        if let Some(answer) = answer {
            answers.insert(question.id.clone(), answer);
        }
    }
    answers
}

/// The form as it is saved.
fn posted_of(filled: &Filled) -> Posted {
    let mut values = vec![("contact".to_owned(), filled.contact.clone())];
    for (id, answer) in &filled.answers {
        let name = format!("q-{id}");
        match answer {
            Answer::Text(text) => values.push((name, text.clone())),
            Answer::Number(number) => values.push((name, number.to_string())),
            Answer::Several(all) => values.extend(all.iter().map(|one| (name.clone(), one.clone()))),
        }
    }
    Posted { values, errors: Vec::new() }
}

fn framed(
    guest: &Guest,
    status: StatusCode,
    filled: &Filled,
    main: Markup,
    notice: Option<(Tone, String)>,
) -> Response {
    let page = Page {
        lang: guest.lang,
        title: filled.round.title(guest.lang),
        viewer: None,
        path: &guest.path,
        main,
        kind: PageKind::Plain,
        notice: notice.map(|(tone, text)| Notice { tone, text }),
    };
    let mut response = (status, Html(layout::page(&page).into_string())).into_response();
    let tag = HeaderValue::from_str(&etag(filled.invitation.version)).ok();
    response.headers_mut().extend(tag.map(|tag| (header::ETAG, tag)));
    response
}

/// A link that does not hold is answered in one way, whatever the reason. What had been written comes back: it tells nobody more
/// than they sent, and is lost otherwise when the link has ended meanwhile.
fn refused(lang: Lang, stop: Stop, posted: Option<&Posted>) -> Response {
    match stop {
        Stop::Refused(why) if matches!(*why, Refused::NotFound) => {
            let page = ErrorPage {
                status: 404,
                title: t!(lang, "answer-link-title"),
                what: t!(lang, "answer-link-what"),
                now: t!(lang, "answer-link-now"),
                id: None,
                typed: posted.and_then(|posted| form::lost(lang, posted)),
            };
            as_page(404, layout::error_page(lang, &page))
        }
        stop => refusal_page(lang, stop),
    }
}
