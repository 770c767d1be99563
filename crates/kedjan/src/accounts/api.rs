//! Accounts and API tokens over the JSON API.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::make::{make_account, make_token};
use super::{Account, AccountDraft, MembershipDraft, Token, TokenDraft};
use crate::app::{self, Cx};
use crate::directory::api::{answer, id_of, parsed};
use crate::directory::paging::Paging;
use crate::http::{Caller, problem};
use crate::refusal::{FieldIssue, Refused};
use crate::store::Sql;
use crate::t;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountAnswer {
    /// Its id.
    pub id: String,
    /// What the person logs in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Whether the person can log in.
    pub active: bool,
    /// Where and as what the person works.
    pub memberships: Vec<MembershipDraft>,
    /// The password to give to the person, shown this once; it must be changed at the first log-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl AccountAnswer {
    fn of(account: Account, password: Option<String>) -> AccountAnswer {
        let memberships = account
            .memberships
            .iter()
            .map(|m| MembershipDraft { unit: m.unit.to_string(), role: m.role.name().to_owned() })
            .collect();
        AccountAnswer {
            id: account.id.to_string(),
            login: account.login,
            name: account.name,
            active: account.active,
            memberships,
            password,
        }
    }
}

/// A page of the authority's accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountList {
    /// The accounts, by name.
    pub accounts: Vec<AccountAnswer>,
    /// Exactly how many there are.
    pub total: i64,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// An API token, without the token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The id of the unit it stands for.
    pub unit: String,
    /// In which role.
    pub role: String,
    /// When it was made.
    pub created_at: String,
    /// When it runs out, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// When it was revoked, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
    /// The token itself, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl TokenAnswer {
    fn of(token: Token, secret: Option<String>) -> TokenAnswer {
        TokenAnswer {
            id: token.id.to_string(),
            name: token.name,
            unit: token.unit.to_string(),
            role: token.role.name().to_owned(),
            created_at: token.created_at.to_string(),
            ends_at: token.ends_at.map(|at| at.to_string()),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
            token: secret,
        }
    }
}

/// A page of the authority's tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenList {
    /// The tokens, newest first.
    pub tokens: Vec<TokenAnswer>,
    /// Exactly how many there are.
    pub total: i64,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What is to be done with a token.
#[derive(Debug, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenChange {
    /// `true` revokes it for good; there is nothing else to change.
    pub revoked: bool,
}

/// The authority's accounts.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "administration",
    params(("cursor" = Option<String>, Query, description = "Where the page begins: `next_cursor` of the page before."),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 200; 50 when left out.")),
    responses((status = 200, body = AccountList), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn list(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let run = async {
        let paging = Paging::of_cursor(caller.lang, query.as_deref())?;
        let work =
            move |tx: &mut dyn Sql, cx: &mut Cx| Ok(super::accounts(tx, cx, paging.offset, paging.limit)?.into_inner());
        let found = app::unit(caller.cx()?, work).await?;
        let next_cursor = paging.next_cursor(found.accounts.len(), found.all);
        let accounts = found.accounts.into_iter().map(|a| AccountAnswer::of(a, None)).collect();
        Ok(AccountList { accounts, total: found.all, next_cursor })
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// Makes an account; its password to give out is in the answer, once.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "administration", request_body = AccountDraft,
    responses((status = 201, body = AccountAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 409, body = problem::Problem), (status = 422, body = problem::Problem),
        (status = 503, body = problem::Problem)))]
pub async fn create(caller: Caller, body: Bytes) -> Response {
    let run = async {
        let draft: AccountDraft = parsed(&body)?;
        let (account, password) = make_account(caller.cx()?, draft).await?;
        Ok(AccountAnswer::of(account, Some(password)))
    };
    answer(&caller, StatusCode::CREATED, run.await)
}

/// One account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "administration",
    params(("id" = String, Path, description = "The account's id.")),
    responses((status = 200, body = AccountAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 404, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn one(caller: Caller, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        let found = app::unit(caller.cx()?, move |tx, cx| Ok(super::account(tx, cx, id)?.into_inner())).await?;
        Ok(AccountAnswer::of(found, None))
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// Changes an account: everything is given anew. Its password stands.
#[utoipa::path(post, path = "/api/v1/accounts/{id}", tag = "administration", request_body = AccountDraft,
    params(("id" = String, Path, description = "The account's id.")),
    responses((status = 200, body = AccountAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 404, body = problem::Problem), (status = 409, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn change(caller: Caller, Path(id): Path<String>, body: Bytes) -> Response {
    let run = async {
        let id = id_of(&id)?;
        let draft: AccountDraft = parsed(&body)?;
        let work = move |tx: &mut dyn Sql, cx: &mut Cx| Ok(super::change_account(tx, cx, id, &draft)?.into_inner());
        Ok(AccountAnswer::of(app::unit(caller.cx()?, work).await?, None))
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// The authority's API tokens.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "administration",
    params(("cursor" = Option<String>, Query, description = "Where the page begins: `next_cursor` of the page before."),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 200; 50 when left out.")),
    responses((status = 200, body = TokenList), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn tokens(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let run = async {
        let paging = Paging::of_cursor(caller.lang, query.as_deref())?;
        let work =
            move |tx: &mut dyn Sql, cx: &mut Cx| Ok(super::tokens(tx, cx, paging.offset, paging.limit)?.into_inner());
        let found = app::unit(caller.cx()?, work).await?;
        let next_cursor = paging.next_cursor(found.tokens.len(), found.all);
        let tokens = found.tokens.into_iter().map(|t| TokenAnswer::of(t, None)).collect();
        Ok(TokenList { tokens, total: found.all, next_cursor })
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// Makes an API token; the token itself is in the answer, once.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "administration", request_body = TokenDraft,
    responses((status = 201, body = TokenAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 422, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn create_token(caller: Caller, body: Bytes) -> Response {
    let run = async {
        let draft: TokenDraft = parsed(&body)?;
        let (token, secret) = make_token(caller.cx()?, draft).await?;
        Ok(TokenAnswer::of(token, Some(secret)))
    };
    answer(&caller, StatusCode::CREATED, run.await)
}

/// One API token.
#[utoipa::path(get, path = "/api/v1/tokens/{id}", tag = "administration",
    params(("id" = String, Path, description = "The token's id.")),
    responses((status = 200, body = TokenAnswer), (status = 401, body = problem::Problem), (status = 403, body = problem::Problem),
        (status = 404, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn token(caller: Caller, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        let found = app::unit(caller.cx()?, move |tx, cx| Ok(super::token(tx, cx, id)?.into_inner())).await?;
        Ok(TokenAnswer::of(found, None))
    };
    answer(&caller, StatusCode::OK, run.await)
}

/// Revokes an API token.
#[utoipa::path(post, path = "/api/v1/tokens/{id}", tag = "administration", request_body = TokenChange,
    params(("id" = String, Path, description = "The token's id.")),
    responses((status = 200, body = TokenAnswer), (status = 400, body = problem::Problem), (status = 401, body = problem::Problem),
        (status = 403, body = problem::Problem), (status = 404, body = problem::Problem), (status = 422, body = problem::Problem),
        (status = 503, body = problem::Problem)))]
pub async fn change_token(caller: Caller, Path(id): Path<String>, body: Bytes) -> Response {
    let run = async {
        let id = id_of(&id)?;
        let change: TokenChange = parsed(&body)?;
        if !change.revoked {
            let detail = t!(caller.lang, "token-only-revoke");
            return Err(Refused::Fields(vec![FieldIssue { pointer: "/revoked".into(), detail }]).into());
        }
        let found = app::unit(caller.cx()?, move |tx, cx| Ok(super::revoke_token(tx, cx, id)?.into_inner())).await?;
        Ok(TokenAnswer::of(found, None))
    };
    answer(&caller, StatusCode::OK, run.await)
}
