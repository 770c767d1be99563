//! Surveys at the pages of those who run them.

use std::collections::BTreeSet;

use axum::extract::{Form, Path, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Asked, CodeWish, NewRound, Outcome, Remade, RoundView, export, page};
use crate::app::{self, Stop};
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::refusal::{FieldIssue, Refused};
use crate::t;
use crate::web::form::Posted;

fn id_of(id: &str) -> Result<Uuid, Refused> {
    id.parse().map_err(|_| Refused::NotFound)
}

fn asked(query: Option<&str>, name: &str) -> String {
    let pairs = query_pairs(query.unwrap_or_default());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}

/// The rounds, and the questionnaires that a round can be opened with.
pub async fn list(visitor: Visitor) -> Response {
    let run = async {
        app::unit(visitor.cx()?, |tx, cx| Ok((super::rounds(tx, cx)?.into_inner(), super::known(tx, cx)?.into_inner())))
            .await
    };
    match run.await {
        Ok((rounds, known)) => {
            let main = page::list(visitor.lang, &rounds, &known, visitor.app.clock.now());
            visitor.page(&t!(visitor.lang, "surveys-title"), main)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// A form to open a round, with those whom the directory has as the list.
pub async fn new(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = asked(query.as_deref(), "questionnaire");
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| {
            let known = super::known(tx, cx)?.into_inner();
            // Without a choice it is the first: there is always the shipped one.
            let chosen = known.iter().find(|(_, one)| wanted.is_empty() || one.id == wanted);
            let (_, questionnaire) = chosen.cloned().ok_or(Refused::NotFound)?;
            let to = super::proposed(tx, cx, questionnaire.asks)?.into_inner();
            Ok((questionnaire, to))
        })
        .await
    };
    match run.await {
        Ok((questionnaire, to)) => {
            let lines: Vec<String> =
                to.iter().map(|one| format!("{}; {}; {}", one.name, one.email, one.code)).collect();
            let values = vec![
                ("questionnaire".into(), questionnaire.id.clone()),
                ("year".into(), (crate::web::format::local(visitor.app.clock.now()).year() - 1).to_string()),
                ("to".into(), lines.join("\n")),
            ];
            let posted = Posted { values, errors: Vec::new() };
            visitor.page(&t!(visitor.lang, "survey-new"), page::new(visitor.lang, &posted))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Who is asked, a line for each: name, address, code.
fn list_of(text: &str) -> Vec<Asked> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let mut parts = line.split(';').map(|part| part.trim().to_owned());
            let (name, email) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            Asked { name, email, code: parts.next().unwrap_or_default() }
        })
        .collect()
}

/// Opens a round.
pub async fn open(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let lang = visitor.lang;
    let id = posted.get("questionnaire").to_owned();
    let year = posted.get("year").trim().parse().unwrap_or(0);
    let last_day = posted.get("last_day").trim().parse().ok();
    let to = list_of(posted.get("to"));
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| {
            let known = super::known(tx, cx)?.into_inner();
            let wrong = |field: &str, detail: String| {
                Refused::Fields(vec![FieldIssue { pointer: format!("/{field}"), detail }])
            };
            let chosen = known.iter().find(|(_, one)| one.id == id);
            let (file, _) = chosen.cloned().ok_or_else(|| wrong("questionnaire", t!(lang, "survey-none-such")))?;
            let last_day = last_day.ok_or_else(|| wrong("last_day", t!(lang, "survey-last-day-wrong")))?;
            let new = NewRound { file, year, last_day, to: to.clone() };
            Ok(super::open(tx, cx, &new)?.id)
        })
        .await
    };
    match run.await {
        Ok(id) => Redirect::to(&format!("/surveys/{id}?done=opened")).into_response(),
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => visitor.page_again(&t!(lang, "survey-new"), page::new(lang, &posted)),
        },
    }
}

/// A round with everybody on its list.
pub async fn status(visitor: Visitor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    show(&visitor, &id, query.as_deref(), None).await
}

async fn show(visitor: &Visitor, id: &str, query: Option<&str>, link: Option<&str>) -> Response {
    let run = async {
        let id = id_of(id)?;
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::round(tx, cx, id)?.into_inner())).await
    };
    match run.await {
        Ok(view) => {
            let main =
                page::status(visitor.lang, &view, visitor.app.clock.now(), visitor.app.settings.mail.is_some(), link);
            visitor.page_with(&view.round.title(visitor.lang), main, done(visitor, query, &view))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// What was done, said on the page that comes after it.
fn done(visitor: &Visitor, query: Option<&str>, view: &RoundView) -> Option<String> {
    let lang = visitor.lang;
    let n = asked(query, "n").parse::<i64>().unwrap_or(0);
    match asked(query, "done").as_str() {
        "opened" => Some(t!(lang, "survey-done-opened")),
        "invite" => Some(t!(lang, "survey-done-invite", n = n)),
        "remind" => {
            // Those who were reminded at that moment; the address names nobody.
            let at = asked(query, "at").parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
            let whom = view.invitations.iter().filter(|one| at.is_some() && one.reminded_at == at);
            let names: Vec<&str> = whom.map(|one| one.name.as_str()).collect();
            Some(match names.len() {
                0 => t!(lang, "survey-done-remind-none"),
                n => t!(lang, "survey-done-remind", n = n, names = names.join(", ")),
            })
        }
        "lock" => Some(t!(lang, "survey-done-lock")),
        "again" => Some(t!(lang, "survey-done-again")),
        "withdraw" => Some(t!(lang, "survey-done-withdraw")),
        "decline" => Some(t!(lang, "survey-done-decline")),
        _ => None,
    }
}

/// Something is done with a round, or with one who is asked.
pub async fn act(visitor: Visitor, Path(id): Path<String>, Form(values): Form<Vec<(String, String)>>) -> Response {
    let posted = Posted { values, errors: Vec::new() };
    let act = posted.get("act").to_owned();
    let whom = posted.get("invitation").to_owned();
    let (round, what) = (id_of(&id), act.clone());
    let run = async {
        let round = round?;
        app::unit(visitor.cx()?, move |tx, cx| {
            let one = || id_of(&whom);
            let (n, link) = match what.as_str() {
                "invite" => (super::invite(tx, cx, round)?.into_inner(), None),
                "remind" => (super::remind(tx, cx, round)?.into_inner().len() as u64, None),
                "lock" => (super::lock(tx, cx, round).map(|_| 0)?, None),
                "withdraw" => (super::withdraw_link(tx, cx, round, one()?).map(|_| 0)?, None),
                "decline" => (super::decline(tx, cx, round, one()?).map(|_| 0)?, None),
                "again" => (0, Some(super::new_link(tx, cx, round, one()?)?.into_inner())),
                _ => (super::unclear(tx, cx, round).map(|_| 0)?, None),
            };
            Ok((n, cx.now, link))
        })
        .await
    };
    match run.await {
        Ok((_, _, Some(Remade::Shown(link)))) => show(&visitor, &id, None, Some(&link)).await,
        Ok((n, at, _)) => {
            let at = at.as_microsecond();
            Redirect::to(&format!("/surveys/{id}?done={act}&n={n}&at={at}")).into_response()
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// The free texts of a question, to be coded.
pub async fn coding(visitor: Visitor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let question = asked(query.as_deref(), "question");
    let saved = (asked(query.as_deref(), "done") == "coded").then(|| t!(visitor.lang, "survey-done-coded"));
    let run = async {
        let id = id_of(&id)?;
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::coding(tx, cx, id, &question)?.into_inner())).await
    };
    match run.await {
        Ok(Some(view)) => {
            let main = page::coding(visitor.lang, &view, visitor.app.clock.now());
            visitor.page_with(&t!(visitor.lang, "survey-coding"), main, saved)
        }
        Ok(None) => visitor.page(&t!(visitor.lang, "survey-coding"), page::nothing_to_code(visitor.lang, &id)),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Codes a text.
pub async fn code(visitor: Visitor, Path(id): Path<String>, Form(values): Form<Vec<(String, String)>>) -> Response {
    let posted = Posted { values, errors: Vec::new() };
    let set = |text: &str| text.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>();
    let question = posted.get("question").to_owned();
    let whom = posted.get("invitation").to_owned();
    let codes: BTreeSet<String> = posted.all("codes").filter(|one| !one.is_empty()).map(str::to_owned).collect();
    let was = set(posted.get("was"));
    let of = question.clone();
    let run = async {
        let round = id_of(&id)?;
        app::unit(visitor.cx()?, move |tx, cx| {
            let Ok(id) = whom.parse() else { return super::unclear(tx, cx, round).map(drop) };
            let wish = CodeWish { id, question: of.clone(), codes: codes.clone(), was: was.clone() };
            super::code(tx, cx, round, &wish).map(drop)
        })
        .await
    };
    match run.await {
        Ok(()) => {
            let to = format!("/surveys/{id}/coding?question={}&done=coded", crate::http::percent(&question));
            Redirect::to(&to).into_response()
        }
        Err(stop) => visitor.refuse(stop),
    }
}

async fn counted(visitor: &Visitor, id: &str, what: &'static str) -> Result<Outcome, Stop> {
    let id = id_of(id)?;
    app::unit(visitor.cx()?, move |tx, cx| Ok(super::outcome(tx, cx, id, what)?.into_inner())).await
}

/// What came of a round, in figures.
pub async fn results(visitor: Visitor, Path(id): Path<String>) -> Response {
    match counted(&visitor, &id, "results").await {
        Ok(outcome) => visitor.page(&outcome.round.title(visitor.lang), page::results(visitor.lang, &outcome)),
        Err(stop) => visitor.refuse(stop),
    }
}

/// The fact sheet.
pub async fn sheet(visitor: Visitor, Path(id): Path<String>) -> Response {
    match counted(&visitor, &id, "sheet").await {
        Ok(outcome) => visitor.page(&outcome.round.title(visitor.lang), page::sheet(visitor.lang, &outcome)),
        Err(stop) => visitor.refuse(stop),
    }
}

fn file(name: &str, media_type: &str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}

/// The results as text for a spreadsheet.
pub async fn results_csv(visitor: Visitor, Path(id): Path<String>) -> Response {
    match counted(&visitor, &id, "results").await {
        Ok(outcome) => {
            let name = format!("{}.csv", outcome.round.handle());
            file(&name, "text/csv; charset=utf-8", export::csv(&outcome, visitor.lang).into_bytes())
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// The results as a workbook.
pub async fn results_xlsx(visitor: Visitor, Path(id): Path<String>) -> Response {
    let made = counted(&visitor, &id, "results").await.and_then(|outcome| {
        let name = format!("{}.xlsx", outcome.round.handle());
        Ok((name, export::xlsx(&outcome, visitor.lang)?))
    });
    match made {
        Ok((name, body)) => file(&name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body),
        Err(stop) => visitor.refuse(stop),
    }
}

/// The answers of each who answered.
pub async fn answers_csv(visitor: Visitor, Path(id): Path<String>) -> Response {
    match counted(&visitor, &id, "answers").await {
        Ok(outcome) => match export::respondents_csv(&outcome, visitor.lang) {
            Some(text) => {
                let name = format!("{}-{}.csv", outcome.round.handle(), t!(visitor.lang, "survey-file-answers"));
                file(&name, "text/csv; charset=utf-8", text.into_bytes())
            }
            None => visitor.refuse(protected(&visitor)),
        },
        Err(stop) => visitor.refuse(stop),
    }
}

fn protected(visitor: &Visitor) -> Stop {
    Refused::NotNow { code: "survey_protected", sentence: t!(visitor.lang, "survey-answers-protected") }.into()
}
