//! Logging in and out at the pages.

use std::sync::{Arc, LazyLock};

use axum::extract::{Form, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::factors::{self, Proof};
use super::page::{self, Place};
use super::throttle::Throttle;
use super::{Level, NewSession, Passkeys, record, sql, whole_or_half};
use crate::access::Role;
use crate::accounts::{self, Credentials, LONGEST_PASSWORD, Membership, SHORTEST_PASSWORD, login_normalised};
use crate::app::{self, Actor, App, Cx, Stop, Via};
use crate::http::{Guest, Visitor, cookie, going_on, lang_of, query_pairs, refusal_page, role_name, session_cookie};
use crate::secrets;
use crate::store::StoreError;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::{self, Page, PageKind};
use chain::text::Lang;
use maud::Markup;

/// How many passwords are hashed at once: each takes 19 MiB and a whole core.
static HASHING: Semaphore = Semaphore::const_new(2);
pub(super) static THROTTLE: LazyLock<Throttle> = LazyLock::new(Throttle::default);

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
    log_in_page(&guest, StatusCode::OK, &Posted::default(), &next)
}

/// The page to log in at, with what went wrong.
pub(super) fn log_in_page(guest: &Guest, status: StatusCode, posted: &Posted, next: &str) -> Response {
    let main = page::log_in(guest.lang, posted, next, passkeys_here(guest).is_some());
    framed(guest, status, &t!(guest.lang, "login-title"), main)
}

/// Passkeys, where the browser could use them: only at the address they belong to.
pub(super) fn passkeys_here(guest: &Guest) -> Option<Arc<Passkeys>> {
    Passkeys::of(&guest.app.settings.public).filter(|passkeys| passkeys.are_at(&guest.host)).map(Arc::new)
}

/// Logs in, or says that name and password do not fit, in the same words and time whether the name exists or not.
pub async fn log_in(guest: Guest, headers: HeaderMap, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let next = next_of(&posted.values);
    let (login, password) = (login_normalised(posted.get("login")), posted.get("password").to_owned());
    let account = match verify(&guest, &login, password).await {
        Err(stop) => return refusal_page(guest.lang, stop),
        Ok(Verified::Wait(minutes)) => {
            posted.refuse("login", t!(guest.lang, "login-wait", minutes = minutes));
            return log_in_page(&guest, StatusCode::TOO_MANY_REQUESTS, &posted, &next);
        }
        Ok(Verified::Wrong) => {
            posted.refuse("login", t!(guest.lang, "login-wrong"));
            return log_in_page(&guest, StatusCode::UNPROCESSABLE_ENTITY, &posted, &next);
        }
        Ok(Verified::Right(account)) => account,
    };
    if account.password_once {
        let kept = Posted { values: vec![("login".into(), login)], errors: Vec::new() };
        let main = page::password(guest.lang, &kept, true);
        return framed(&guest, StatusCode::OK, &t!(guest.lang, "password-title"), main);
    }
    let start = Start::of(&account, Proof::Password, "log_in");
    begin(&guest, &headers, start, &account.target(next)).await
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
    /// For how many minutes.
    Wait(i64),
}

/// An account that can log in.
pub(super) struct KnownAccount {
    org: Uuid,
    id: Uuid,
    password_once: bool,
    memberships: Vec<Membership>,
    first: (Uuid, Role),
}

impl KnownAccount {
    /// An account that can log in: active and with a place to work.
    pub(super) fn of(c: Credentials) -> Option<KnownAccount> {
        let first = c.memberships.first().map(|m| (m.unit, m.role)).filter(|_| c.active)?;
        Some(KnownAccount { org: c.org, id: c.id, password_once: c.password_once, memberships: c.memberships, first })
    }

    /// Where one comes to from the log-in on the way to `next`: who has several places chooses first.
    pub(super) fn target(&self, next: String) -> String {
        if self.memberships.len() > 1 { choosing(&next) } else { next }
    }

    pub(super) fn actor(&self) -> Actor {
        Actor { org: self.org, unit: self.first.0, id: self.id, role: self.first.1, via: Via::Page }
    }
}

async fn verify(guest: &Guest, login: &str, password: String) -> Result<Verified, Stop> {
    let now = guest.app.clock.now();
    if let Some(minutes) = THROTTLE.closed(login, now) {
        return Ok(Verified::Wait(minutes));
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
                app::unit(cx, |tx, cx| record(tx, cx, "log_in_failed", "session", false, "password")).await?;
            }
            Ok(Verified::Wrong)
        }
    }
}

/// How a session begins.
pub(super) struct Start {
    actor: Actor,
    proof: Proof,
    action: &'static str,
    /// A new password, which ends every other session.
    new_hash: Option<String>,
    /// The question that a passkey answered, and the answer.
    shown: Option<(Arc<Passkeys>, [u8; 32], String)>,
}

impl Start {
    pub(super) fn of(account: &KnownAccount, proof: Proof, action: &'static str) -> Start {
        Start { actor: account.actor(), proof, action, new_hash: None, shown: None }
    }

    pub(super) fn shown(self, passkeys: Arc<Passkeys>, bound_to: [u8; 32], answer: String) -> Start {
        Start { shown: Some((passkeys, bound_to, answer)), ..self }
    }
}

/// A session that is to be, and the cookie that will hold it.
pub(super) fn new_session(guest: &Guest, headers: &HeaderMap, actor: &Actor, level: Level) -> (String, NewSession) {
    let token = secrets::token();
    let mut session = NewSession::new(&token, actor, guest.app.clock.now());
    session.level = level;
    session.browser = browser(headers);
    (token, session)
}

/// Begins a session and goes on to a page of ours, by way of the second step where there is one to take.
pub(super) async fn begin(guest: &Guest, headers: &HeaderMap, start: Start, target: &str) -> Response {
    let (token, session) = new_session(guest, headers, &start.actor, start.proof.level());
    let before = cookie(headers, session_cookie(&guest.app)).map(secrets::token_digest);
    // The language chosen in this browser becomes the person's own, in every browser.
    let lang = cookie(headers, "lang").and_then(lang_of).map(crate::web::lang::code);
    let cx = match Cx::new(&guest.app, start.actor.clone(), guest.lang) {
        Ok(cx) => cx,
        Err(error) => return refusal_page(guest.lang, error.into()),
    };
    let begun = app::unit(cx, move |tx, cx| {
        if let Some((passkeys, bound_to, answer)) = &start.shown
            && let Err(refusal) = factors::passkey(tx, cx, passkeys, (bound_to, factors::PASSKEY), answer)?
        {
            record(tx, cx, "log_in_failed", "session", false, refusal.name())?;
            return Ok(None);
        }
        if let Some(hash) = &start.new_hash {
            accounts::sql::set_password(tx, cx.actor.org, cx.actor.id, hash, false)?;
            accounts::sql::end_sessions(tx, cx.actor.org, cx.actor.id)?;
        }
        if let Some(lang) = lang {
            accounts::sql::set_lang(tx, cx.actor.org, cx.actor.id, lang)?;
        }
        let half = factors::begin(tx, cx, before.as_ref(), &session)?;
        record(tx, cx, start.action, "session", true, start.proof.name())?;
        Ok(Some(half))
    })
    .await;
    match begun {
        Ok(Some(half)) => {
            let to = if half { going_on("/login/second", target) } else { target.to_owned() };
            with_cookie(Redirect::to(&to).into_response(), &guest.app, &token, "")
        }
        Ok(None) => {
            let mut posted = Posted::default();
            posted.refuse("login", t!(guest.lang, "passkey-wrong"));
            log_in_page(guest, StatusCode::UNPROCESSABLE_ENTITY, &posted, target)
        }
        Err(stop) => refusal_page(guest.lang, stop),
    }
}

/// Which browser and system a request came from, as coarse as a person tells their own devices apart. Names of products,
/// the same in every language; empty when unknown.
fn browser(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(sign, _)| said.contains(sign)).map(|(_, name)| *name);
    // The order matters: most browsers name those they descend from.
    let program = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    program.into_iter().chain(system).collect::<Vec<_>>().join(", ")
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
        record(tx, cx, "choose_unit", "session", true, "password")
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
    check_new_password(guest.lang, &mut posted, &login, &[]);
    if posted.errors.is_empty() {
        let (old, new) = (posted.get("password").to_owned(), posted.get("new").to_owned());
        match verify(&guest, &login, old).await {
            Err(stop) => return refusal_page(guest.lang, stop),
            Ok(Verified::Wait(minutes)) => {
                posted.refuse("login", t!(guest.lang, "login-wait", minutes = minutes));
            }
            Ok(Verified::Wrong) => posted.refuse("login", t!(guest.lang, "login-wrong")),
            // Only to who knows the old one it is told that the new one is made of their own name.
            Ok(Verified::Right(account)) => {
                let (org, id) = (account.org, account.id);
                let own = guest.app.store.read(move |tx| sql::own_names(tx, org, id)).await;
                let (name, authority) = match own {
                    Ok(own) => own,
                    Err(fault) => return refusal_page(guest.lang, fault.into()),
                };
                if secrets::is_common(&new, &[&login, &name, &authority]) {
                    posted.refuse("new", t!(guest.lang, "password-common"));
                    let main = page::password(guest.lang, &posted, false);
                    return framed(&guest, StatusCode::UNPROCESSABLE_ENTITY, &t!(guest.lang, "password-title"), main);
                }
                let hash = match hashing(move || secrets::hash_password(&new)).await {
                    Ok(Ok(hash)) => hash,
                    Ok(Err(error)) => return refusal_page(guest.lang, StoreError::Fault(error.to_string()).into()),
                    Err(error) => return refusal_page(guest.lang, error.into()),
                };
                let start = Start::of(&account, Proof::Password, "change_password");
                return begin(&guest, &headers, Start { new_hash: Some(hash), ..start }, "/").await;
            }
        }
    }
    let main = page::password(guest.lang, &posted, false);
    framed(&guest, StatusCode::UNPROCESSABLE_ENTITY, &t!(guest.lang, "password-title"), main)
}

/// Puts what is wrong with a new password, written twice, beside its fields. `own` are the names that it must not be made of.
pub(super) fn check_new_password(lang: Lang, posted: &mut Posted, login: &str, own: &[&str]) {
    let (old, new) = (posted.get("password").to_owned(), posted.get("new").to_owned());
    let again = posted.get("again").to_owned();
    let length = new.chars().count();
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
        posted.refuse("new", t!(lang, "password-length", least = SHORTEST_PASSWORD, most = LONGEST_PASSWORD));
    } else if new == old || (!login.is_empty() && new.to_lowercase() == login) {
        posted.refuse("new", t!(lang, "password-same"));
    } else if secrets::is_common(&new, &[&[login], own].concat()) {
        posted.refuse("new", t!(lang, "password-common"));
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
    let Some(session) = whole_or_half(app, token).await? else { return Ok(()) };
    let digest = secrets::token_digest(token);
    let cx = Cx::new(app, session.actor, chain::text::Lang::Sv)?;
    app::unit(cx, move |tx, cx| {
        sql::end(tx, &digest)?;
        record(tx, cx, "log_out", "session", true, "password")
    })
    .await
}

/// Sets the session's cookie: for this host alone, not for scripts, not with what other sites send.
pub(super) fn with_cookie(response: Response, app: &App, token: &str, more: &str) -> Response {
    with_cookie_named(response, app, session_cookie(app), token, more)
}

/// Sets a cookie in the same way.
pub(super) fn with_cookie_named(mut response: Response, app: &App, name: &str, token: &str, more: &str) -> Response {
    let secure = if app.settings.secure() { "; Secure" } else { "" };
    let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{more}");
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

pub(super) fn framed(guest: &Guest, status: StatusCode, title: &str, main: Markup) -> Response {
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
