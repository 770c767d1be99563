//! One's own log-in: passkeys, the app, recovery codes and sessions, to see, to add and to end. A half session comes here
//! too, to set up its second step, and to nothing but that.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, FromRequestParts, Path, RawQuery};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use super::factors::{self, MOST_PASSKEYS, NEW_APP, NEW_PASSKEY, Proof, RECOVERY_CODES};
use super::http::{framed, new_session, passkeys_here, with_cookie};
use super::page::security as page;
use super::second::Own;
use super::{NewSession, Passkeys, record, sql, totp};
use crate::app::{self, App, Cx, Stop};
use crate::directory::api::id_of;
use crate::directory::http::saved;
use crate::http::{Visitor, refusal_page};
use crate::refusal::Refused;
use crate::secrets;
use crate::store::Sql;
use crate::t;
use crate::web::form::Posted;
use crate::web::layout::PageKind;

/// The longest name of a passkey, in characters.
const LONGEST_NAME: usize = 60;

/// A whole session at its own pages.
pub struct Whole(Own);

/// A session that may set up a factor: a whole one, or a half one that lacks what it should have.
pub struct SettingUp(Own);

impl FromRequestParts<Arc<App>> for Whole {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Whole, Response> {
        let own = Own::from_request_parts(parts, app).await?;
        if own.session.half { Err(Redirect::to("/login/second").into_response()) } else { Ok(Whole(own)) }
    }
}

impl FromRequestParts<Arc<App>> for SettingUp {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<SettingUp, Response> {
        let own = Own::from_request_parts(parts, app).await?;
        let may = !own.session.half || own.factors.may_set_up(own.session.level);
        if may { Ok(SettingUp(own)) } else { Err(Redirect::to("/login/second").into_response()) }
    }
}

impl Own {
    /// The page in its frame: with everything for a whole session, with nothing around it for a half one.
    fn shown(&self, status: StatusCode, title: &str, main: Markup, query: Option<&str>) -> Response {
        if self.session.half {
            return framed(&self.guest, status, title, main);
        }
        let guest = &self.guest;
        let visitor = Visitor {
            app: guest.app.clone(),
            session: self.session.clone(),
            lang: guest.lang,
            path: guest.path.clone(),
        };
        match saved(&visitor, query) {
            Some(notice) => visitor.page_with(title, main, Some(notice)),
            None => visitor.framed(status, title, main, PageKind::Normal, None),
        }
    }

    /// Where one came from to set up a factor.
    fn back(&self) -> &'static str {
        if self.session.half { "/login/second" } else { "/security" }
    }

    /// One unit of work on one's own log-in, and back to it.
    async fn change<F>(&self, work: F) -> Response
    where
        F: FnMut(&mut dyn Sql, &mut Cx) -> Result<(), Stop> + Send + 'static,
    {
        let run = async { app::unit(self.cx()?, work).await };
        match run.await {
            Ok(()) => Redirect::to("/security?saved").into_response(),
            Err(stop) => refusal_page(self.guest.lang, stop),
        }
    }
}

/// What one logs in with, and where one is logged in.
pub async fn overview(Whole(own): Whole, RawQuery(query): RawQuery) -> Response {
    let (owner, digest) = ((own.session.actor.org, own.session.actor.id), own.digest);
    let now = own.guest.app.clock.now();
    let sessions = match own.guest.app.store.read(move |tx| sql::living(tx, owner, &digest, now)).await {
        Ok(sessions) => sessions,
        Err(error) => return refusal_page(own.guest.lang, error.into()),
    };
    let lang = own.guest.lang;
    let address = Passkeys::of(&own.guest.app.settings.public).map(|_| own.guest.app.settings.public.as_str());
    let main = page::overview(&page::Overview {
        lang,
        factors: &own.factors,
        passkeys_here: passkeys_here(&own.guest).is_some(),
        address,
        sessions: &sessions,
        now,
    });
    own.shown(StatusCode::OK, &t!(lang, "security-title"), main, query.as_deref())
}

/// What was added, and what follows on it.
struct Kept {
    /// The recovery codes that came with the first factor.
    codes: Option<Vec<String>>,
    /// The session that took the place of a half one, and whether it is half still.
    session: Option<(String, bool)>,
}

impl Own {
    /// Adds a factor. With the first one come recovery codes, and a half session becomes what it lacked.
    async fn add<F>(&self, headers: &HeaderMap, proof: Proof, mut add: F) -> Result<Option<Kept>, Stop>
    where
        F: FnMut(&mut dyn Sql, &mut Cx) -> Result<bool, Stop> + Send + 'static,
    {
        let level = self.session.level.max(proof.level());
        let (token, new) = new_session(&self.guest, headers, &self.session.actor, level);
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| secrets::recovery_code()).collect();
        let (given, digest, half) = (codes.clone(), self.digest, self.session.half);
        let done = app::unit(self.cx()?, move |tx, cx| {
            if !add(tx, cx)? {
                return Ok(None);
            }
            let first = sql::count_recovery_codes(tx, cx.actor.org, cx.actor.id)? == 0;
            if first {
                factors::new_codes(tx, cx, &given)?;
            }
            if !half {
                return Ok(Some((first, None)));
            }
            let new: &NewSession = &new;
            let still_half = factors::begin(tx, cx, Some(&digest), new)?;
            record(tx, cx, "second_factor", "session", true, proof.name())?;
            Ok(Some((first, Some(still_half))))
        })
        .await?;
        Ok(done.map(|(first, session)| Kept {
            codes: first.then_some(codes),
            session: session.map(|still_half| (token, still_half)),
        }))
    }

    /// Shows the recovery codes that came with a factor, or goes on.
    fn added(&self, kept: Kept) -> Response {
        let on = match &kept.session {
            Some((_, true)) => "/login/second",
            Some((_, false)) => "/",
            None => "/security",
        };
        let response = match &kept.codes {
            Some(codes) => {
                let lang = self.guest.lang;
                self.shown(StatusCode::OK, &t!(lang, "codes-title"), page::codes(lang, codes, on), None)
            }
            None if on == "/security" => Redirect::to("/security?saved").into_response(),
            None => Redirect::to(on).into_response(),
        };
        match kept.session {
            Some((token, _)) => with_cookie(response, &self.guest.app, &token, ""),
            None => response,
        }
    }
}

/// The page to add a passkey at.
pub async fn passkey_form(SettingUp(own): SettingUp) -> Response {
    if passkeys_here(&own.guest).is_none() {
        return Redirect::to(own.back()).into_response();
    }
    passkey_page(&own, StatusCode::OK, &Posted::default())
}

fn passkey_page(own: &Own, status: StatusCode, posted: &Posted) -> Response {
    let lang = own.guest.lang;
    own.shown(status, &t!(lang, "passkey-new"), page::new_passkey(lang, posted, own.back()), None)
}

/// Asks the browser for a new passkey.
pub async fn ask_passkey(SettingUp(own): SettingUp) -> Response {
    let lang = own.guest.lang;
    let Some(passkeys) = passkeys_here(&own.guest) else { return refusal_page(lang, Refused::NotFound.into()) };
    if own.factors.passkeys.len() >= MOST_PASSKEYS {
        return refusal_page(lang, Refused::Forbidden.into());
    }
    let (org, account, digest) = (own.session.actor.org, own.session.actor.id, own.digest);
    let known = own.factors.passkeys.iter().map(|one| one.credential.clone()).collect();
    let run = async {
        let (login, name) = own.guest.app.store.read(move |tx| sql::names(tx, org, account)).await?;
        let asked = passkeys.ask_new(account, &login, &name, known)?;
        app::unit(own.cx()?, move |tx, cx| factors::ask(tx, cx, (&digest, NEW_PASSKEY), asked.state.as_bytes()))
            .await?;
        Ok::<_, Stop>(asked.options)
    };
    match run.await {
        Ok(options) => Json(options).into_response(),
        Err(stop) => refusal_page(lang, stop),
    }
}

/// Keeps the passkey that the browser made.
pub async fn add_passkey(
    SettingUp(own): SettingUp,
    headers: HeaderMap,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let lang = own.guest.lang;
    let Some(passkeys) = passkeys_here(&own.guest) else { return refusal_page(lang, Refused::NotFound.into()) };
    let name = posted.get("name").trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        posted.refuse("name", t!(lang, "passkey-name-form", most = LONGEST_NAME));
        return passkey_page(&own, StatusCode::UNPROCESSABLE_ENTITY, &posted);
    }
    let (digest, answer) = (own.digest, posted.get("credential").to_owned());
    let added = own
        .add(&headers, Proof::Passkey, move |tx, cx| factors::add_passkey(tx, cx, &passkeys, &digest, (&answer, &name)))
        .await;
    match added {
        Ok(Some(kept)) => own.added(kept),
        Ok(None) => {
            posted.refuse("name", t!(lang, "passkey-not-kept"));
            posted.values.retain(|(name, _)| name != "credential");
            passkey_page(&own, StatusCode::UNPROCESSABLE_ENTITY, &posted)
        }
        Err(stop) => refusal_page(lang, stop),
    }
}

/// Takes a passkey away.
pub async fn remove_passkey(Whole(own): Whole, Path(id): Path<String>) -> Response {
    match id_of(&id) {
        Ok(id) => own.change(move |tx, cx| factors::remove_passkey(tx, cx, id)).await,
        Err(stop) => refusal_page(own.guest.lang, stop),
    }
}

/// Makes the secret of a new app.
pub async fn begin_app(SettingUp(own): SettingUp) -> Response {
    let (digest, secret) = (own.digest, totp::secret());
    let run = async { app::unit(own.cx()?, move |tx, cx| factors::begin_app(tx, cx, &digest, &secret)).await };
    match run.await {
        Ok(()) => Redirect::to("/security/app").into_response(),
        Err(stop) => refusal_page(own.guest.lang, stop),
    }
}

/// The picture that the new app reads, and the field for its first code.
pub async fn app_form(SettingUp(own): SettingUp) -> Response {
    app_page(&own, StatusCode::OK, &Posted::default()).await
}

async fn app_page(own: &Own, status: StatusCode, posted: &Posted) -> Response {
    let lang = own.guest.lang;
    let digest = own.digest;
    let run = async {
        app::unit(own.cx()?, move |tx, cx| {
            let (login, _) = sql::names(tx, cx.actor.org, cx.actor.id)?;
            Ok(factors::waiting_app(tx, cx, &digest)?.map(|secret| (login, secret)))
        })
        .await
    };
    match run.await {
        Ok(Some((login, secret))) => {
            let url = totp::otpauth("Kedjan", &login, &secret);
            let main = page::new_app(&page::NewApp {
                lang,
                posted,
                picture: totp::picture(&url),
                secret: &totp::base32(secret.as_slice()),
                back: own.back(),
            });
            own.shown(status, &t!(lang, "app-new"), main, None)
        }
        Ok(None) => Redirect::to(own.back()).into_response(),
        Err(stop) => refusal_page(lang, stop),
    }
}

/// Keeps the new app when its first code is right.
pub async fn add_app(
    SettingUp(own): SettingUp,
    headers: HeaderMap,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let (digest, typed) = (own.digest, posted.get("code").to_owned());
    let added = own.add(&headers, Proof::App, move |tx, cx| factors::add_app(tx, cx, &digest, &typed)).await;
    match added {
        Ok(Some(kept)) => own.added(kept),
        Ok(None) => {
            posted.refuse("code", t!(own.guest.lang, "app-wrong"));
            posted.values.retain(|(name, _)| name != "code");
            app_page(&own, StatusCode::UNPROCESSABLE_ENTITY, &posted).await
        }
        Err(stop) => refusal_page(own.guest.lang, stop),
    }
}

/// Takes the app away.
pub async fn remove_app(Whole(own): Whole) -> Response {
    let digest = own.digest;
    own.change(move |tx, cx| {
        sql::end_ceremony(tx, &digest, NEW_APP)?;
        factors::remove_app(tx, cx)
    })
    .await
}

/// Gives new recovery codes in the place of the old ones, and shows them, once.
pub async fn new_codes(Whole(own): Whole) -> Response {
    let lang = own.guest.lang;
    if !own.factors.any() {
        return refusal_page(lang, Refused::NotFound.into());
    }
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| secrets::recovery_code()).collect();
    let given = codes.clone();
    let run = async { app::unit(own.cx()?, move |tx, cx| factors::new_codes(tx, cx, &given)).await };
    match run.await {
        Ok(()) => own.added(Kept { codes: Some(codes), session: None }),
        Err(stop) => refusal_page(lang, stop),
    }
}

/// Ends one of one's own sessions.
pub async fn end_session(Whole(own): Whole, Path(id): Path<String>) -> Response {
    let id = match id_of(&id) {
        Ok(id) => id,
        Err(stop) => return refusal_page(own.guest.lang, stop),
    };
    own.change(move |tx, cx| {
        if !sql::end_one(tx, cx.actor.org, cx.actor.id, id)? {
            return Err(Refused::NotFound.into());
        }
        record(tx, cx, "end_session", &format!("session:{id}"), true, "own")
    })
    .await
}

/// Ends all one's sessions but this.
pub async fn end_others(Whole(own): Whole) -> Response {
    let digest = own.digest;
    own.change(move |tx, cx| {
        sql::end_others(tx, cx.actor.org, cx.actor.id, &digest)?;
        record(tx, cx, "end_session", "sessions", true, "own")
    })
    .await
}
