//! The first run: a one-time link, printed on the console, with which the first administrator makes an account of their own.
//! So no password is ever printed.

use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use chain::text::Lang;
use jiff::SignedDuration;
use uuid::Uuid;

use super::http::{check_new_password, framed, hashing, new_session, with_cookie};
use super::{Level, NewSession, factors, page, record, sql};
use crate::access::Role;
use crate::accounts::{self, AccountDraft, MembershipDraft};
use crate::app::{self, Actor, Cx, Stop, Via};
use crate::http::{Guest, beside_fields, refusal_page};
use crate::refusal::Refused;
use crate::secrets;
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::form::Posted;

/// For how long the link holds.
pub const LINK: SignedDuration = SignedDuration::from_hours(24);

/// Keeps a one-time link to an administrator's account at a unit of the actor's authority. Of the token only the digest is
/// kept.
///
/// # Errors
/// The store's.
pub fn invite(tx: &mut dyn Sql, cx: &Cx, unit: Uuid, token: &str) -> Result<(), Stop> {
    let ends_at = cx.now.checked_add(LINK).unwrap_or(cx.now);
    sql::insert_first_run(tx, &secrets::token_digest(token), cx.actor.org, unit, ends_at)?;
    record(tx, cx, "invite_first_admin", &format!("unit:{unit}"), true, "console")
}

/// The page of the link, for whoever has it.
pub async fn form(guest: Guest, Path(token): Path<String>) -> Response {
    let (digest, now) = (secrets::token_digest(&token), guest.app.clock.now());
    match guest.app.store.read(move |tx| sql::first_run(tx, &digest, now)).await {
        Ok(Some(_)) => first_page(&guest, StatusCode::OK, &Posted::default(), &token),
        Ok(None) => over(guest.lang),
        Err(error) => refusal_page(guest.lang, error.into()),
    }
}

fn first_page(guest: &Guest, status: StatusCode, posted: &Posted, token: &str) -> Response {
    framed(guest, status, &t!(guest.lang, "first-title"), page::first(guest.lang, posted, token))
}

fn over(lang: Lang) -> Response {
    refusal_page(lang, Refused::NotFound.into())
}

/// Makes the account and uses up the link; goes on to the second factor, which such an account must have.
pub async fn make(
    guest: Guest,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let lang = guest.lang;
    let login = accounts::login_normalised(posted.get("login"));
    let name = posted.get("name").to_owned();
    check_new_password(lang, &mut posted, &login, &[&name]);
    let done = async {
        let (digest, now) = (secrets::token_digest(&token), guest.app.clock.now());
        // Nobody without the link has a password hashed.
        if guest.app.store.read(move |tx| sql::first_run(tx, &digest, now)).await?.is_none() {
            return Err(Refused::NotFound.into());
        }
        if !posted.errors.is_empty() {
            return Ok(None);
        }
        let new = posted.get("new").to_owned();
        let hash =
            hashing(move || secrets::hash_password(&new)).await?.map_err(|e| StoreError::Fault(e.to_string()))?;
        let actor = Actor { org: Uuid::nil(), unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Page };
        let (cookie, session) = new_session(&guest, &headers, &actor, Level::Password);
        let (name, cx) = (posted.get("name").to_owned(), Cx::new(&guest.app, actor, lang)?);
        app::unit(cx, move |tx, cx| account(tx, cx, &digest, (&login, &name, &hash), &session)).await?;
        Ok::<_, Stop>(Some(cookie))
    };
    match done.await {
        Ok(Some(cookie)) => with_cookie(Redirect::to("/login/second").into_response(), &guest.app, &cookie, ""),
        Ok(None) => first_page(&guest, StatusCode::UNPROCESSABLE_ENTITY, &posted, &token),
        Err(stop) => match beside_fields(&mut posted, stop) {
            None => first_page(&guest, StatusCode::UNPROCESSABLE_ENTITY, &posted, &token),
            Some(stop) => refusal_page(lang, stop),
        },
    }
}

fn account(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    digest: &[u8],
    (login, name, hash): (&str, &str, &str),
    session: &NewSession,
) -> Result<(), Stop> {
    let Some((org, unit)) = sql::first_run(tx, digest, cx.now)? else { return Err(Refused::NotFound.into()) };
    cx.actor = Actor { org, unit, ..cx.actor.clone() };
    let place = MembershipDraft { unit: unit.to_string(), role: Role::Admin.name().into() };
    let draft = AccountDraft { login: login.into(), name: name.into(), active: true, memberships: vec![place] };
    let id = accounts::create_account(tx, cx, &draft, hash, false)?.id;
    if !sql::take_first_run(tx, digest)? {
        return Err(StoreError::Fault("a one-time link was used twice at once".into()).into());
    }
    sql::set_own_rule(tx, org, id, Level::TwoFactors)?;
    cx.actor.id = id;
    factors::begin(tx, cx, None, &NewSession { actor: cx.actor.clone(), ..session.clone() })?;
    record(tx, cx, "first_run", &format!("account:{id}"), true, "link")
}
