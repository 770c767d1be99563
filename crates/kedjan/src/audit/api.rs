//! The audit chain over the JSON API: who has seen a person's data.

use axum::Json;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Record;
use crate::access::{self, Action, Seen};
use crate::app;
use crate::http::{Caller, problem, query_pairs};
use crate::refusal::{FieldIssue, Refused};
use crate::t;

/// Who has seen or changed a person's data, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessesAnswer {
    /// The records.
    pub items: Vec<AccessAnswer>,
    /// How many there are in all; exact.
    pub total: i64,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// One look or change.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessAnswer {
    /// Its place in the authority's chain.
    pub seq: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The account or token.
    pub actor: String,
    /// The unit it acted for.
    pub unit: String,
    /// In which role.
    pub role: String,
    /// `page`, `api` or `console`.
    pub via: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// How the unit stood to it.
    pub relation: String,
    /// `allow` or `deny`.
    pub decision: String,
    /// The policy that decided.
    pub policy: String,
}

const MOST: i64 = 100;

/// Who has seen or changed a person's data in the token's authority.
#[utoipa::path(get, path = "/api/v1/people/{id}/accesses", tag = "people",
    params(("id" = String, Path, description = "The authority's own id of the person."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: `next_cursor` of the page before."),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 100; 50 when left out.")),
    responses((status = 200, body = AccessesAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 404, body = problem::Problem), (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn accesses(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let lang = caller.lang;
    let run = async {
        let person: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
        let (before, limit) = window(lang, query.as_deref().unwrap_or_default())?;
        app::unit(caller.cx()?, move |tx, cx| {
            let seen = access::list(tx, cx, Action::SeeAccesses, |tx, cx| {
                let (mut records, total) = super::of_person(tx, cx.actor.org, person, before, limit + 1)?;
                if total == 0 {
                    return Err(Refused::NotFound.into());
                }
                let more = i64::try_from(records.len()).is_ok_and(|n| n > limit);
                if more {
                    records.pop();
                }
                let next = records.last().filter(|_| more).map(|last| last.seq.to_string());
                Ok(Seen { value: (records, total, next), object: "accesses".into(), people: vec![person] })
            })?;
            Ok(seen.into_inner())
        })
        .await
    };
    match run.await {
        Ok((records, total, next)) => {
            Json(AccessesAnswer { items: records.iter().map(AccessAnswer::of).collect(), total, next_cursor: next })
                .into_response()
        }
        Err(stop) => problem::stop(lang, stop),
    }
}

pub(crate) fn window(lang: chain::text::Lang, query: &str) -> Result<(i64, i64), Refused> {
    let (mut before, mut limit, mut issues) = (i64::MAX, 50, Vec::new());
    for (name, value) in query_pairs(query) {
        let detail = match (name.as_str(), value.parse::<i64>()) {
            ("cursor", Ok(seq)) => {
                before = seq;
                continue;
            }
            ("limit", Ok(n)) if (1..=MOST).contains(&n) => {
                limit = n;
                continue;
            }
            ("cursor", Err(_)) => t!(lang, "field-cursor"),
            ("limit", _) => t!(lang, "field-limit"),
            _ => t!(lang, "field-unknown"),
        };
        issues.push(FieldIssue { pointer: format!("/{name}"), detail });
    }
    if issues.is_empty() { Ok((before, limit)) } else { Err(Refused::Fields(issues)) }
}

impl AccessAnswer {
    fn of(record: &Record) -> AccessAnswer {
        AccessAnswer {
            seq: record.seq,
            at: record.at,
            actor: record.actor.to_string(),
            unit: record.unit.to_string(),
            role: record.role.clone(),
            via: record.via.clone(),
            action: record.action.clone(),
            object: record.object.clone(),
            relation: record.relation.clone(),
            decision: record.decision.clone(),
            policy: record.policy.clone(),
        }
    }
}
