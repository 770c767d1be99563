//! Surveys over the JSON API: how far they have come, and what came of them.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Outcome, Round, export};
use crate::app;
use crate::http::{Caller, problem};
use crate::refusal::Refused;

/// A round of a questionnaire.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyRow {
    /// Its id.
    pub id: String,
    /// The questionnaire.
    pub questionnaire: String,
    /// The questionnaire's version.
    pub version: u32,
    /// The year that is asked about.
    pub year: i16,
    /// The title, in the language of the answer.
    pub title: String,
    /// The last day to answer.
    pub last_day: String,
    /// Whether nothing of it can change any more.
    pub locked: bool,
    /// When it was or will be locked.
    #[schema(value_type = String, format = DateTime)]
    pub locks_at: Timestamp,
    /// How many have come how far.
    pub invitations: Invitations,
}

/// How many have come how far: the parts are the whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitations {
    /// Everybody on the list.
    pub invited: u32,
    /// Who have handed in.
    pub answered: u32,
    /// Who have begun, and not handed in.
    pub partly: u32,
    /// Who have not begun.
    pub not_begun: u32,
    /// Who have said that they do not answer.
    pub declined: u32,
}

/// The rounds of an authority.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyList {
    /// The rounds, the newest year first.
    pub items: Vec<SurveyRow>,
}

/// What came of a round.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyAnswer {
    /// The round.
    #[serde(flatten)]
    pub survey: SurveyRow,
    /// By question.
    pub questions: Vec<SurveyQuestion>,
    /// The fact sheet's sentences, in the language of the answer.
    pub sheet: Vec<SurveySection>,
}

/// What was answered to a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyQuestion {
    /// The question.
    pub id: String,
    /// As people read it.
    pub name: String,
    /// Whether its counts are withheld, since they would betray a small number.
    pub withheld: bool,
    /// How many were asked it.
    pub asked: Option<u32>,
    /// How many answered it.
    pub answered: Option<u32>,
    /// How many free texts have no code.
    pub uncoded: Option<u32>,
    /// How many gave each answer, or were coded with each code.
    pub answers: Vec<SurveyCount>,
}

/// The count of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveyCount {
    /// The option or code.
    pub id: String,
    /// As people read it.
    pub name: String,
    /// How many.
    pub n: u32,
}

/// A section of the fact sheet.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurveySection {
    /// The heading.
    pub name: String,
    /// Its sentences.
    pub sentences: Vec<String>,
}

fn row(caller: &Caller, round: &Round, r: chain::survey::Reconciled) -> SurveyRow {
    SurveyRow {
        id: round.id.to_string(),
        questionnaire: round.questionnaire.id.clone(),
        version: round.questionnaire.version,
        year: round.year,
        title: round.title(caller.lang),
        last_day: round.last_day.to_string(),
        locked: round.is_locked(caller.app.clock.now()),
        locks_at: round.lock(),
        invitations: Invitations {
            invited: r.invited,
            answered: r.answered,
            partly: r.partly,
            not_begun: r.not_begun,
            declined: r.declined,
        },
    }
}

/// The rounds of the token's authority.
#[utoipa::path(get, path = "/api/v1/surveys", tag = "surveys",
    responses((status = 200, body = SurveyList), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 503, body = problem::Problem)))]
pub async fn list(caller: Caller) -> Response {
    let run = async { app::unit(caller.cx()?, |tx, cx| Ok(super::rounds(tx, cx)?.into_inner())).await };
    match run.await {
        Ok(rounds) => {
            let items = rounds.iter().map(|(round, counted)| row(&caller, round, *counted)).collect();
            Json(SurveyList { items }).into_response()
        }
        Err(stop) => problem::stop(caller.lang, stop),
    }
}

/// What came of a round.
#[utoipa::path(get, path = "/api/v1/surveys/{id}", tag = "surveys",
    params(("id" = String, Path, description = "The round's id.")),
    responses((status = 200, body = SurveyAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 404, body = problem::Problem), (status = 409, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn one(caller: Caller, Path(id): Path<String>) -> Response {
    let run = async {
        let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        app::unit(caller.cx()?, move |tx, cx| Ok(super::outcome(tx, cx, id, "results")?.into_inner())).await
    };
    match run.await {
        Ok(outcome) => Json(told(&caller, &outcome)).into_response(),
        Err(stop) => problem::stop(caller.lang, stop),
    }
}

fn told(caller: &Caller, outcome: &Outcome) -> SurveyAnswer {
    let lang = caller.lang;
    let questions = outcome.round.questionnaire.questions.iter().zip(&outcome.results.questions);
    SurveyAnswer {
        survey: row(caller, &outcome.round, outcome.reconciled),
        questions: questions
            .map(|(question, result)| {
                let open = |n: u32| (!result.withheld).then_some(n);
                let counted = question.choices().iter().zip(&result.rows).filter(|_| !result.withheld);
                SurveyQuestion {
                    id: question.id.clone(),
                    name: question.name.get(lang).to_owned(),
                    withheld: result.withheld,
                    asked: open(result.asked),
                    answered: open(result.answered),
                    uncoded: open(result.uncoded),
                    answers: counted
                        .map(|(choice, row)| SurveyCount {
                            id: choice.id.clone(),
                            name: choice.name.get(lang).to_owned(),
                            n: row.n,
                        })
                        .collect(),
                }
            })
            .collect(),
        sheet: outcome
            .sheet(lang)
            .iter()
            .map(|section| SurveySection {
                name: section.name.clone(),
                sentences: section.sentences.iter().flat_map(|(_, one)| sentences(lang, one)).collect(),
            })
            .collect(),
    }
}

fn sentences(lang: chain::text::Lang, told: &chain::survey::Told) -> Vec<String> {
    let line = export::line(lang, told);
    std::iter::once(line.text).chain(line.bullets).collect()
}
