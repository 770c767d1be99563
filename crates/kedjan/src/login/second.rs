//! The second step of a log-in, logging in with a passkey, and proving anew who one is before what demands a fresh proof.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequestParts, RawQuery, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::factors::{self, Factors, PASSKEY, Proof};
use super::http::{
    KnownAccount, Start, THROTTLE, begin, framed, hashing, log_in_page, new_session, next_of, passkeys_here,
    with_cookie, with_cookie_named,
};
use super::{NewSession, Passkeys, Session, page, record, sql};
use crate::accounts;
use crate::app::{self, App, Cx, Stop};
use crate::http::routes::{Proof as Demanded, ROUTES, Verb};
use crate::http::{Guest, cookie, going_on, query_pairs, refusal_page, session_cookie};
use crate::refusal::Refused;
use crate::secrets;
use crate::t;
use crate::web::form::Posted;

/// The largest form that is kept while a proof is asked for.
const LARGEST_KEPT: usize = 64 * 1024;

/// A session at its own pages, whole or half, with what its account has.
pub struct Own {
    pub(super) guest: Guest,
    pub(super) session: Session,
    pub(super) digest: [u8; 32],
    pub(super) factors: Factors,
}

impl FromRequestParts<Arc<App>> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Own, Response> {
        let mut guest = Guest::from_request_parts(parts, app).await?;
        let digest = cookie(&parts.headers, session_cookie(app)).map(secrets::token_digest).unwrap_or_default();
        let Some(session) = guest.session.take().or(guest.half.take()) else {
            let next = if parts.method == Method::GET { guest.path.as_str() } else { "/" };
            return Err(Redirect::to(&going_on("/login", next)).into_response());
        };
        let (org, account) = (session.actor.org, session.actor.id);
        let found = app.store.read(move |tx| factors::of(tx, org, account)).await;
        let factors = found.map_err(|error| refusal_page(guest.lang, error.into()))?;
        Ok(Own { guest, session, digest, factors })
    }
}

impl Own {
    pub(super) fn cx(&self) -> Result<Cx, Stop> {
        Ok(Cx::new(&self.guest.app, self.session.actor.clone(), self.guest.lang)?)
    }

    /// How the throttle knows whose codes are guessed: by the account, whichever session tries.
    fn name(&self) -> String {
        format!("second step of {}", self.session.actor.id)
    }

    /// What a page may offer to prove oneself with.
    fn ways(&self) -> page::Ways {
        let passkey = !self.factors.passkeys.is_empty();
        page::Ways {
            passkey: passkey && passkeys_here(&self.guest).is_some(),
            passkey_elsewhere: passkey && passkeys_here(&self.guest).is_none(),
            code: self.factors.takes_app() || self.factors.codes > 0,
            password: !self.session.half && !self.factors.any(),
        }
    }
}

/// What was sent to prove oneself.
enum Sent {
    Code(String),
    Shown(Arc<Passkeys>, String),
    RightPassword,
    Nothing,
}

/// What follows on a proof.
#[derive(Clone)]
enum Then {
    /// A session in the place of the half one.
    Begin(Box<NewSession>),
    /// The session is fresh again.
    Fresh,
}

enum Tried {
    /// Whether the session is still half.
    Right(bool),
    Wrong,
    Wait(i64),
}

impl Own {
    /// Tries what was sent, and does what follows on it, in one unit of work.
    async fn attempt(&self, sent: Sent, then: Then) -> Result<Tried, Stop> {
        let now = self.guest.app.clock.now();
        if let Some(minutes) = THROTTLE.closed(&self.name(), now) {
            return Ok(Tried::Wait(minutes));
        }
        let digest = self.digest;
        let (done, failed) = match then {
            Then::Begin(_) => ("second_factor", "second_factor_failed"),
            Then::Fresh => ("step_up", "step_up_failed"),
        };
        let half = app::unit(self.cx()?, move |tx, cx| {
            let proof = match &sent {
                Sent::Code(typed) => factors::code(tx, cx, typed)?.ok_or("code"),
                Sent::Shown(passkeys, answer) => {
                    factors::passkey(tx, cx, passkeys, (&digest, PASSKEY), answer)?.map_err(|refusal| refusal.name())
                }
                Sent::RightPassword => Ok(Proof::Password),
                Sent::Nothing => Err("password"),
            };
            let proof = match proof {
                Ok(proof) => proof,
                Err(tried) => {
                    record(tx, cx, failed, "session", false, tried)?;
                    return Ok(None);
                }
            };
            let half = match &then {
                Then::Begin(new) => {
                    let level = new.level.max(proof.level());
                    factors::begin(tx, cx, Some(&digest), &NewSession { level, ..(**new).clone() })?
                }
                Then::Fresh => {
                    sql::proved(tx, &digest, cx.now)?;
                    false
                }
            };
            record(tx, cx, done, "session", true, proof.name())?;
            Ok(Some(half))
        })
        .await?;
        match half {
            Some(half) => {
                THROTTLE.right(&self.name());
                Ok(Tried::Right(half))
            }
            None => {
                THROTTLE.wrong(&self.name(), now);
                Ok(Tried::Wrong)
            }
        }
    }

    /// What a form sent, of what the account can prove itself with.
    async fn sent(&self, posted: &Posted) -> Result<Sent, Stop> {
        let ways = self.ways();
        let answer = posted.get("credential");
        if !answer.is_empty()
            && let Some(passkeys) = passkeys_here(&self.guest)
        {
            return Ok(Sent::Shown(passkeys, answer.to_owned()));
        }
        if ways.code {
            return Ok(Sent::Code(posted.get("code").to_owned()));
        }
        if !ways.password {
            return Ok(Sent::Nothing);
        }
        let (org, account) = (self.session.actor.org, self.session.actor.id);
        let password = posted.get("password").to_owned();
        // Nobody's password is hashed while guesses wait.
        if THROTTLE.closed(&self.name(), self.guest.app.clock.now()).is_some() {
            return Ok(Sent::Nothing);
        }
        let hash = self.guest.app.store.read(move |tx| sql::password_hash(tx, org, account)).await?;
        let fits = hashing(move || secrets::verify_password(&password, &hash)).await?;
        Ok(if fits { Sent::RightPassword } else { Sent::Nothing })
    }

    /// Puts what went wrong where it can be mended.
    fn wrong(&self, posted: &mut Posted, tried: &Tried) -> StatusCode {
        let ways = self.ways();
        let field = if ways.password { "password" } else { "code" };
        let lang = self.guest.lang;
        match tried {
            Tried::Wait(minutes) => {
                posted.refuse(field, t!(lang, "login-wait", minutes = *minutes));
                return StatusCode::TOO_MANY_REQUESTS;
            }
            _ if !posted.get("credential").is_empty() => posted.refuse(field, t!(lang, "passkey-wrong")),
            _ if ways.password => posted.refuse(field, t!(lang, "proof-password-wrong")),
            _ => posted.refuse(field, t!(lang, "second-wrong")),
        }
        // An answer holds once.
        posted.values.retain(|(name, _)| name != "credential" && name != "code");
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// The second step: a proof, or setting one up where the account has none.
pub async fn form(own: Own, RawQuery(query): RawQuery) -> Response {
    let next = next_of(&query_pairs(query.as_deref().unwrap_or_default()));
    if !own.session.half {
        return Redirect::to(&next).into_response();
    }
    second_page(&own, StatusCode::OK, &Posted::default(), &next)
}

fn second_page(own: &Own, status: StatusCode, posted: &Posted, next: &str) -> Response {
    let (guest, lang) = (&own.guest, own.guest.lang);
    if own.factors.may_set_up(own.session.level) {
        let main = page::set_up(
            lang,
            &page::SetUp {
                app: own.session.level < super::Level::TwoFactors && own.factors.demanded < super::Level::Passkey,
                passkey: passkeys_here(guest).is_some(),
                address: Passkeys::of(&guest.app.settings.public).map(|_| guest.app.settings.public.as_str()),
            },
        );
        return framed(guest, status, &t!(lang, "setup-title"), main);
    }
    framed(guest, status, &t!(lang, "second-title"), page::second(lang, posted, own.ways(), next))
}

/// Takes the second step.
pub async fn take(own: Own, headers: HeaderMap, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let next = next_of(&posted.values);
    if !own.session.half {
        return Redirect::to(&next).into_response();
    }
    let (token, new) = new_session(&own.guest, &headers, &own.session.actor, own.session.level);
    let run = async { own.attempt(own.sent(&posted).await?, Then::Begin(Box::new(new))).await };
    match run.await {
        Ok(Tried::Right(half)) => {
            let to = if half { going_on("/login/second", &next) } else { next };
            with_cookie(Redirect::to(&to).into_response(), &own.guest.app, &token, "")
        }
        Ok(tried) => {
            let status = own.wrong(&mut posted, &tried);
            second_page(&own, status, &posted, &next)
        }
        Err(stop) => refusal_page(own.guest.lang, stop),
    }
}

/// Asks the browser for one of the account's passkeys, for the second step or a fresh proof.
pub async fn ask(own: Own) -> Response {
    let Some(passkeys) = passkeys_here(&own.guest) else {
        return refusal_page(own.guest.lang, Refused::NotFound.into());
    };
    let among: Vec<Vec<u8>> = own.factors.passkeys.iter().map(|one| one.credential.clone()).collect();
    let run = async {
        let asked = passkeys.ask(&among)?;
        let digest = own.digest;
        app::unit(own.cx()?, move |tx, cx| factors::ask(tx, cx, (&digest, PASSKEY), asked.state.as_bytes())).await?;
        Ok::<_, Stop>(asked.options)
    };
    match run.await {
        Ok(options) => Json(options).into_response(),
        Err(stop) => refusal_page(own.guest.lang, stop),
    }
}

/// Asks the browser of somebody who is not logged in for any passkey it has for us.
pub async fn ask_anybody(guest: Guest) -> Response {
    let Some(passkeys) = passkeys_here(&guest) else { return refusal_page(guest.lang, Refused::NotFound.into()) };
    let (app, now, token) = (guest.app.clone(), guest.app.clock.now(), secrets::token());
    let digest = secrets::token_digest(&token);
    let run = async {
        let asked = passkeys.ask(&[])?;
        let state = asked.state.into_bytes();
        app.store.write(move |tx| factors::ask_at(tx, now, (&digest, PASSKEY), &state)).await?;
        Ok::<_, Stop>(asked.options)
    };
    match run.await {
        Ok(options) => with_cookie_named(
            Json(options).into_response(),
            &guest.app,
            &question_cookie(&guest.app),
            &token,
            "; Max-Age=600",
        ),
        Err(stop) => refusal_page(guest.lang, stop),
    }
}

/// The cookie that ties an answer to the browser that was asked.
fn question_cookie(app: &App) -> String {
    format!("{}-asked", session_cookie(app))
}

/// Logs in with a passkey, without user name and password.
pub async fn log_in(guest: Guest, headers: HeaderMap, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let next = next_of(&posted.values);
    let run = async {
        let Some(passkeys) = passkeys_here(&guest) else { return Err(Refused::NotFound.into()) };
        let Some(token) = cookie(&headers, &question_cookie(&guest.app)) else { return Ok(None) };
        let answer = posted.get("credential").to_owned();
        let Some(shown) = super::passkeys::Shown::read(&answer) else { return Ok(None) };
        let Some(account) = passkeys.account(&shown) else { return Ok(None) };
        let credential = shown.credential().to_vec();
        let found = guest.app.store.read(move |tx| match sql::login_of_passkey(tx, account, &credential)? {
            None => Ok::<_, crate::store::StoreError>(None),
            Some(login) => accounts::sql::credentials(tx, &login),
        });
        let known = found.await?.and_then(KnownAccount::of);
        Ok::<_, Stop>(known.map(|known| (known, passkeys, secrets::token_digest(token), answer)))
    };
    match run.await {
        Ok(Some((known, passkeys, bound_to, answer))) => {
            let start = Start::of(&known, Proof::Passkey, "log_in").shown(passkeys, bound_to, answer);
            begin(&guest, &headers, start, &known.target(next)).await
        }
        Ok(None) => {
            posted.refuse("login", t!(guest.lang, "passkey-wrong"));
            log_in_page(&guest, StatusCode::UNPROCESSABLE_ENTITY, &posted, &next)
        }
        Err(stop) => refusal_page(guest.lang, stop),
    }
}

/// The page to prove anew who one is.
pub async fn proof_form(own: Own, RawQuery(query): RawQuery) -> Response {
    let next = next_of(&query_pairs(query.as_deref().unwrap_or_default()));
    if own.session.half {
        return Redirect::to("/login/second").into_response();
    }
    proof_page(&own, StatusCode::OK, &Posted::default(), &next, None)
}

fn proof_page(own: &Own, status: StatusCode, posted: &Posted, next: &str, kept: Option<&page::Kept>) -> Response {
    let lang = own.guest.lang;
    framed(&own.guest, status, &t!(lang, "proof-title"), page::proof(lang, posted, own.ways(), next, kept))
}

/// What was sent too late and is to be sent again: only to what takes a form after a fresh proof, and never what one logs in
/// with.
fn kept_of(posted: &Posted) -> Option<page::Kept> {
    let (to, form) = (posted.get("kept_to"), posted.get("kept"));
    let is_there = takes_again(to) && !form.is_empty();
    is_there.then(|| page::Kept { to: to.to_owned(), form: form.to_owned(), fields: query_pairs(form) })
}

/// Whether a path is one that a form is sent to and that demands a fresh proof.
fn takes_again(path: &str) -> bool {
    let fits = |pattern: &str| {
        let (parts, of): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), pattern.split('/').collect());
        let same = |(part, of): (&&str, &&str)| {
            part == of
                || (of.starts_with('{')
                    && !part.is_empty()
                    && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        };
        parts.len() == of.len() && parts.iter().zip(&of).all(same)
    };
    let mut all = ROUTES.iter().filter(|route| route.verb == Verb::Post && matches!(route.proof, Demanded::Fresh(_)));
    !path.starts_with("/security/") && all.any(|route| fits(route.path))
}

/// Proves anew who one is, and goes on to where one was.
pub async fn prove(own: Own, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let next = next_of(&posted.values);
    if own.session.half {
        return Redirect::to("/login/second").into_response();
    }
    let run = async { own.attempt(own.sent(&posted).await?, Then::Fresh).await };
    match run.await {
        Ok(Tried::Right(_)) => match kept_of(&posted) {
            None => Redirect::to(&next).into_response(),
            Some(kept) => {
                let main = page::kept(own.guest.lang, &kept, &next);
                framed(&own.guest, StatusCode::OK, &t!(own.guest.lang, "kept-title"), main)
            }
        },
        Ok(tried) => {
            let status = own.wrong(&mut posted, &tried);
            proof_page(&own, status, &posted, &next, kept_of(&posted).as_ref())
        }
        Err(stop) => refusal_page(own.guest.lang, stop),
    }
}

/// Stands before what demands a fresh proof. Who looks is led to the proof and back to the same page. Who sends something
/// gets the proof as the answer, and goes on from it to `form`, the page of the form it was sent from.
pub async fn demand_fresh(
    app: Arc<App>,
    form: &'static str,
    pattern: &'static str,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let own = match fresh_or_not(&app, &mut parts).await {
        Ok(Some(own)) => own,
        Ok(None) => return next.run(Request::from_parts(parts, body)).await,
        Err(response) => return response,
    };
    if parts.method == Method::GET {
        return Redirect::to(&going_on("/login/proof", &own.guest.path)).into_response();
    }
    let back = next_of(&[("next".to_owned(), filled(form, pattern, parts.uri.path()))]);
    let kept = kept_of(&Posted {
        values: vec![
            ("kept_to".to_owned(), parts.uri.path().to_owned()),
            ("kept".to_owned(), sent_form(&parts, body).await),
        ],
        errors: Vec::new(),
    });
    proof_page(&own, StatusCode::FORBIDDEN, &Posted::default(), &back, kept.as_ref())
}

/// The form that was sent, as the browser wrote it; nothing when it is none or too large.
async fn sent_form(parts: &Parts, body: Body) -> String {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return String::new();
    }
    let bytes = to_bytes(body, LARGEST_KEPT).await.unwrap_or_default();
    String::from_utf8(bytes.into()).unwrap_or_default()
}

/// The session, when it is a whole one whose proof is no longer fresh. Everybody else is the handler's own to judge.
async fn fresh_or_not(app: &Arc<App>, parts: &mut Parts) -> Result<Option<Own>, Response> {
    let guest = Guest::from_request_parts(parts, app).await?;
    let stale = guest.session.is_some_and(|session| !session.is_fresh(app.clock.now()));
    if stale { Own::from_request_parts(parts, app).await.map(Some) } else { Ok(None) }
}

/// A form's path with the parameters that the pattern has in a path.
fn filled(form: &str, pattern: &str, path: &str) -> String {
    pattern
        .split('/')
        .zip(path.split('/'))
        .filter(|(name, _)| name.starts_with('{'))
        .fold(form.to_owned(), |form, (name, value)| form.replace(name, value))
}
