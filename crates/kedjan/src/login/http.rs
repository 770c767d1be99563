//! Logging in and out at the pages.

use std::sync::{Arc, LazyLock};

use axum::extract::{Form, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::page::{self, Place};
use super::throttle::Throttle;
use super::{NewSession, by_session, sql};
use crate::access::Role;
use crate::accounts::{self, Credentials, LONGEST_PASSWORD, Membership, SHORTEST_PASSWORD, login_normalised};
use crate::app::{self, Actor, App, Cx, Stop, Via};
use crate::audit::{self, Entry};
use crate::http::{Guest, Visitor, cookie, lang_of, query_pairs, refusal_page, role_name, session_cookie};
use crate::secrets;
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::{self, Page, PageKind};
use maud::Markup;

/// How many passwords are hashed at once: each takes 19 MiB and a whole core.
static HASHING: Semaphore = Semaphore::const_new(2);
static THROTTLE: LazyLock<Throttle> = LazyLock::new(Throttle::default);

/// Runs what hashes a password on a thread that may wait, few at a time.
pub(crate) async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    let gone = |_| StoreError::Unavailable("it is closing".into());
    let _place = HASHING.acquire().await.map_err(|_| StoreError::Unavailable("it is closing".into()))?;
    tokio::task::spawn_blocking(work).await.map_err(gone)
}

/// The log-in page.
pub async fn form(guest: Guest, RawQuery(query): RawQuery) -> Response {
    let next = next_of(&query_pairs(query.as_deref().unwrap_or_default()));
    if guest.session.is_some() {
        return Redirect::to(&next).into_response();
    }
    let posted = Posted::default();
    framed(&guest, StatusCode::OK, &t!(guest.lang, "login-title"), page::log_in(guest.lang, &posted, &next))
}

/// Logs in, or says that name and password do not fit, in the same words and time whether the name exists or not.
pub async fn log_in(guest: Guest, headers: HeaderMap, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let next = next_of(&posted.values);
    let (login, password) = (login_normalised(posted.get("login")), posted.get("password").to_owned());
    let account = match verify(&guest, &login, password).await {
        Err(stop) => return refusal_page(guest.lang, stop),
        Ok(Verified::Wait) => {
            posted.refuse("login", t!(guest.lang, "login-wait"));
            let main = page::log_in(guest.lang, &posted, &next);
            return framed(&guest, StatusCode::TOO_MANY_REQUESTS, &t!(guest.lang, "login-title"), main);
        }
        Ok(Verified::Wrong) => {
            posted.refuse("login", t!(guest.lang, "login-wrong"));
            let main = page::log_in(guest.lang, &posted, &next);
            return framed(&guest, StatusCode::UNPROCESSABLE_ENTITY, &t!(guest.lang, "login-title"), main);
        }
        Ok(Verified::Right(account)) => account,
    };
    if account.password_once {
        let kept = Posted { values: vec![("login".into(), login)], errors: Vec::new() };
        let main = page::password(guest.lang, &kept, true);
        return framed(&guest, StatusCode::OK, &t!(guest.lang, "password-title"), main);
    }
    let several = account.memberships.len() > 1;
    let target = if several { choosing(&next) } else { next };
    begin(&guest, &headers, account.actor(), "log_in", None, &target).await
}

/// The page where one says where one works now, on the way to another. A path that would have to be encoded to stand in a
/// query is not worth it: the work list is one click away.
fn choosing(next: &str) -> String {
    let plain = next.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(&b));
    if plain && next != "/" { format!("/unit?next={next}") } else { "/unit".to_owned() }
}

enum Verified {
    Right(KnownAccount),
    Wrong,
    Wait,
}

/// An account whose password was right.
struct KnownAccount {
    org: Uuid,
    id: Uuid,
    password_once: bool,
    memberships: Vec<Membership>,
    first: (Uuid, Role),
}

impl KnownAccount {
    /// An account that can log in: active and with a place to work.
    fn of(c: Credentials) -> Option<KnownAccount> {
        let first = c.memberships.first().map(|m| (m.unit, m.role)).filter(|_| c.active)?;
        Some(KnownAccount { org: c.org, id: c.id, password_once: c.password_once, memberships: c.memberships, first })
    }

    fn actor(&self) -> Actor {
        Actor { org: self.org, unit: self.first.0, id: self.id, role: self.first.1, via: Via::Page }
    }
}

async fn verify(guest: &Guest, login: &str, password: String) -> Result<Verified, Stop> {
    let now = guest.app.clock.now();
    if !THROTTLE.is_open(login, now) {
        return Ok(Verified::Wait);
    }
    let name = login.to_owned();
    let found = guest.app.store.read(move |tx| accounts::sql::credentials(tx, &name)).await?;
    let hash = found.as_ref().map(|c| c.password_hash.clone());
    let fits = hashing(move || match hash {
        Some(hash) => secrets::verify_password(&password, &hash),
        None => secrets::verify_dummy(&password),
    })
    .await?;
    match found.and_then(KnownAccount::of) {
        Some(account) if fits => {
            THROTTLE.right(login);
            Ok(Verified::Right(account))
        }
        known => {
            THROTTLE.wrong(login, now);
            if let Some(account) = known {
                let cx = Cx::new(&guest.app, account.actor(), guest.lang)?;
                app::unit(cx, |tx, cx| record(tx, cx, "log_in_failed", false)).await?;
            }
            Ok(Verified::Wrong)
        }
    }
}

/// Begins a session, with a new password first where there is one, and goes on to a page of ours.
async fn begin(
    guest: &Guest,
    headers: &HeaderMap,
    actor: Actor,
    action: &'static str,
    new_hash: Option<String>,
    target: &str,
) -> Response {
    let token = secrets::token();
    let before = cookie(headers, session_cookie(&guest.app)).map(secrets::token_digest);
    // The language chosen in this browser becomes the person's own, in every browser.
    let lang = cookie(headers, "lang").and_then(lang_of).map(crate::web::lang::code);
    let session = NewSession::new(&token, &actor, guest.app.clock.now());
    let cx = match Cx::new(&guest.app, actor, guest.lang) {
        Ok(cx) => cx,
        Err(error) => return refusal_page(guest.lang, error.into()),
    };
    let begun = app::unit(cx, move |tx, cx| {
        if let Some(hash) = &new_hash {
            accounts::sql::set_password(tx, cx.actor.org, cx.actor.id, hash, false)?;
            accounts::sql::end_sessions(tx, cx.actor.org, cx.actor.id)?;
        }
        if let Some(before) = &before {
            sql::end(tx, before)?;
        }
        if let Some(lang) = lang {
            accounts::sql::set_lang(tx, cx.actor.org, cx.actor.id, lang)?;
        }
        sql::begin(tx, &session)?;
        record(tx, cx, action, true)
    })
    .await;
    match begun {
        Ok(()) => with_cookie(Redirect::to(target).into_response(), &guest.app, &token, ""),
        Err(stop) => refusal_page(guest.lang, stop),
    }
}

/// The page where a person with several places says where they work now.
pub async fn choose(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let next = next_of(&query_pairs(query.as_deref().unwrap_or_default()));
    match places(&visitor).await {
        Ok(all) => {
            visitor.page(&t!(visitor.lang, "place-title"), place_page(&visitor, &Posted::default(), &all, &next))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Moves the session to another of the account's places.
pub async fn move_to(visitor: Visitor, headers: HeaderMap, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let next = next_of(&posted.values);
    let all = match places(&visitor).await {
        Ok(all) => all,
        Err(stop) => return visitor.refuse(stop),
    };
    let Some(chosen) = all.iter().find(|m| place_value(m) == posted.get("place")) else {
        posted.refuse("place", t!(visitor.lang, "place-choose"));
        return visitor.page_again(&t!(visitor.lang, "place-title"), place_page(&visitor, &posted, &all, &next));
    };
    let actor = Actor { unit: chosen.unit, role: chosen.role, ..visitor.session.actor.clone() };
    let digest = cookie(&headers, session_cookie(&visitor.app)).map(secrets::token_digest).unwrap_or_default();
    let cx = match Cx::new(&visitor.app, actor, visitor.lang) {
        Ok(cx) => cx,
        Err(error) => return visitor.refuse(error.into()),
    };
    let moved = app::unit(cx, move |tx, cx| {
        sql::move_to(tx, &digest, &cx.actor)?;
        record(tx, cx, "choose_unit", true)
    })
    .await;
    match moved {
        Ok(()) => Redirect::to(&next).into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}

async fn places(visitor: &Visitor) -> Result<Vec<Membership>, Stop> {
    let (org, id) = (visitor.session.actor.org, visitor.session.actor.id);
    Ok(visitor.app.store.read(move |tx| accounts::sql::memberships(tx, org, id)).await?)
}

fn place_value(m: &Membership) -> String {
    format!("{}:{}", m.unit, m.role.name())
}

fn place_page(visitor: &Visitor, posted: &Posted, all: &[Membership], next: &str) -> Markup {
    let places: Vec<Place> = all
        .iter()
        .map(|m| Place {
            value: place_value(m),
            unit: m.unit_name.clone(),
            role: role_name(visitor.lang, m.role),
            current: m.unit == visitor.session.actor.unit && m.role == visitor.session.actor.role,
        })
        .collect();
    page::places(visitor.lang, posted, &places, next)
}

/// The page where a password is changed.
pub async fn password_form(guest: Guest) -> Response {
    let main = page::password(guest.lang, &Posted::default(), false);
    framed(&guest, StatusCode::OK, &t!(guest.lang, "password-title"), main)
}

/// Changes a password, ends every session of the account and begins a new one.
pub async fn password(guest: Guest, headers: HeaderMap, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let login = login_normalised(posted.get("login"));
    check_new_password(&guest, &mut posted, &login);
    if posted.errors.is_empty() {
        let (old, new) = (posted.get("password").to_owned(), posted.get("new").to_owned());
        match verify(&guest, &login, old).await {
            Err(stop) => return refusal_page(guest.lang, stop),
            Ok(Verified::Wait) => posted.refuse("login", t!(guest.lang, "login-wait")),
            Ok(Verified::Wrong) => posted.refuse("login", t!(guest.lang, "login-wrong")),
            Ok(Verified::Right(account)) => {
                let hash = match hashing(move || secrets::hash_password(&new)).await {
                    Ok(Ok(hash)) => hash,
                    Ok(Err(error)) => return refusal_page(guest.lang, StoreError::Fault(error.to_string()).into()),
                    Err(error) => return refusal_page(guest.lang, error.into()),
                };
                return begin(&guest, &headers, account.actor(), "change_password", Some(hash), "/").await;
            }
        }
    }
    let main = page::password(guest.lang, &posted, false);
    framed(&guest, StatusCode::UNPROCESSABLE_ENTITY, &t!(guest.lang, "password-title"), main)
}

fn check_new_password(guest: &Guest, posted: &mut Posted, login: &str) {
    let lang = guest.lang;
    let (old, new) = (posted.get("password").to_owned(), posted.get("new").to_owned());
    let again = posted.get("again").to_owned();
    let length = new.chars().count();
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
        posted.refuse("new", t!(lang, "password-length", least = SHORTEST_PASSWORD, most = LONGEST_PASSWORD));
    } else if new == old || (!login.is_empty() && new.to_lowercase() == login) {
        posted.refuse("new", t!(lang, "password-same"));
    }
    if new != again {
        posted.refuse("again", t!(lang, "password-differs"));
    }
}

/// Logs out: the session ends here and now, and the browser forgets what it has of us.
pub async fn log_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some(token) = cookie(&headers, session_cookie(&app)).map(str::to_owned) {
        let ended = end(&app, &token).await;
        if let Err(stop) = ended {
            return refusal_page(crate::http::api_language(&headers), stop);
        }
    }
    let mut response = with_cookie(Redirect::to("/login").into_response(), &app, "", "; Max-Age=0");
    // The browser's cookies include the chosen language, which outlives a session.
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

async fn end(app: &Arc<App>, token: &str) -> Result<(), Stop> {
    let Some(session) = by_session(app, token).await? else { return Ok(()) };
    let digest = secrets::token_digest(token);
    let cx = Cx::new(app, session.actor, chain::text::Lang::Sv)?;
    app::unit(cx, move |tx, cx| {
        sql::end(tx, &digest)?;
        record(tx, cx, "log_out", true)
    })
    .await
}

fn record(tx: &mut dyn Sql, cx: &Cx, action: &str, allowed: bool) -> Result<(), Stop> {
    let entry =
        Entry { action, object: "session", relation: "none", allowed, policy: "password", people: &[], detail: "" };
    audit::append(tx, cx.now, &cx.actor, &entry)?;
    Ok(())
}

/// Sets the session's cookie: for this host alone, not for scripts, not with what other sites send.
fn with_cookie(mut response: Response, app: &App, token: &str, more: &str) -> Response {
    let secure = if app.settings.secure() { "; Secure" } else { "" };
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", session_cookie(app));
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Where to go on to: only a path of our own, never another site.
pub(crate) fn next_of(values: &[(String, String)]) -> String {
    let sent = values.iter().find(|(name, _)| name == "next").map_or("", |(_, value)| value.as_str());
    let ours = sent.starts_with('/')
        && !sent.starts_with("//")
        && sent.len() < 200
        && sent.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && !["/login", "/logout", "/password"].iter().any(|own| sent.starts_with(own));
    if ours { sent.to_owned() } else { "/".to_owned() }
}

fn framed(guest: &Guest, status: StatusCode, title: &str, main: Markup) -> Response {
    let page = Page {
        lang: guest.lang,
        title: title.to_owned(),
        viewer: None,
        path: &guest.path,
        main,
        kind: PageKind::Plain,
        notice: None,
    };
    (status, Html(layout::page(&page).into_string())).into_response()
}
