//! The way in: who visits, in which language, and how an answer, a refusal or an outage is told to a person or a program.

pub mod about;
pub mod limit;
pub mod openapi;
pub mod problem;
pub mod routes;
pub mod server;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chain::text::Lang;
use maud::Markup;

use crate::access::{Action, Relation, Role};
use crate::app::{Actor, App, Cx, Stop, Via};
use crate::limits::Asker;
use crate::login;
use crate::refusal::Refused;
use crate::store::StoreError;
use crate::t;
use crate::web::form::{Issue, Posted};
use crate::web::layout::{self, ErrorPage, NavItem, Notice, Page, PageKind, Viewer};
use crate::web::parts::Tone;

/// A person at the pages: logged in, with a language.
pub struct Visitor {
    /// The product.
    pub app: Arc<App>,
    /// Who it is and where they work.
    pub session: login::Session,
    /// The language of the answer.
    pub lang: Lang,
    /// The page's own path and query.
    pub path: String,
}

/// Someone at the pages who need not be logged in.
pub struct Guest {
    /// The product.
    pub app: Arc<App>,
    /// The language of the answer.
    pub lang: Lang,
    /// The page's own path and query.
    pub path: String,
    /// The session, for somebody who is logged in all the same.
    pub session: Option<login::Session>,
    /// A session whose second step is still to be taken. It lets nobody in anywhere but there.
    pub half: Option<login::Session>,
    /// The host the request was sent to, with its port, as the browser says it.
    pub host: String,
}

/// A program at the API, with its token.
pub struct Caller {
    /// The product.
    pub app: Arc<App>,
    /// The unit and role it stands for.
    pub actor: Actor,
    /// The language of the answer.
    pub lang: Lang,
}

/// Anybody at the API, counted by address: what is sent says itself whose it is.
pub struct Anybody {
    /// The product.
    pub app: Arc<App>,
    /// The language of the answer.
    pub lang: Lang,
}

impl FromRequestParts<Arc<App>> for Anybody {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Anybody, Response> {
        let lang = api_language(&parts.headers);
        limit::count(app, parts, None).map_err(|refused| problem::stop(lang, refused.into()))?;
        Ok(Anybody { app: app.clone(), lang })
    }
}

/// The cookie a log-in is kept in. The `__Host-` form, which browsers bind to this very host, needs a protected connection.
pub fn session_cookie(app: &App) -> &'static str {
    if app.settings.secure() { "__Host-kedjan" } else { "kedjan" }
}

/// The cookie that the browser remembers a language in, and its name on a protected connection.
const LANG: &str = "lang";
const SECURE_LANG: &str = "__Host-lang";

/// A cookie's value in a request.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// `?lang=` comes first, then the person's own choice, then the browser's memory of it; Swedish otherwise.
fn language(parts: &Parts, chosen: Option<Lang>) -> Lang {
    let asked = parts.uri.query().and_then(|query| {
        query.split('&').find_map(|pair| match pair {
            "lang=en" => Some(Lang::En),
            "lang=sv" => Some(Lang::Sv),
            _ => None,
        })
    });
    let remembered = cookie(&parts.headers, SECURE_LANG).or_else(|| cookie(&parts.headers, LANG)).and_then(lang_of);
    asked.or(remembered).or(chosen).unwrap_or(Lang::Sv)
}

/// The language of a code.
pub fn lang_of(code: &str) -> Option<Lang> {
    match code {
        "sv" => Some(Lang::Sv),
        "en" => Some(Lang::En),
        _ => None,
    }
}

fn own_path(parts: &Parts) -> String {
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

impl FromRequestParts<Arc<App>> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Guest, Response> {
        let found = match cookie(&parts.headers, session_cookie(app)) {
            None => None,
            Some(token) => {
                login::whole_or_half(app, token).await.map_err(|e| outage_page(language(parts, None), &e))?
            }
        };
        let lang = language(parts, found.as_ref().and_then(|s| s.lang));
        let known = found.as_ref().map(|session| Asker::Known(session.actor.id, Via::Page));
        limit::count(app, parts, known).map_err(|refused| refusal_page(lang, refused.into()))?;
        let (session, half) = match found {
            Some(half) if half.half => (None, Some(half)),
            whole => (whole, None),
        };
        let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Guest { app: app.clone(), lang, path: own_path(parts), session, half, host })
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Visitor, Response> {
        let is_read = parts.method == axum::http::Method::GET;
        let guest = Guest::from_request_parts(parts, app).await?;
        match guest.session {
            Some(session) => Ok(Visitor { app: guest.app, session, lang: guest.lang, path: guest.path }),
            // Back to where one was going, but never with anything but our own path.
            None => {
                let to = if guest.half.is_some() { "/login/second" } else { "/login" };
                let next = if is_read { guest.path.as_str() } else { "/" };
                Err(Redirect::to(&going_on(to, next)).into_response())
            }
        }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Caller, Response> {
        let lang = api_language(&parts.headers);
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned());
        let actor = match token {
            None => None,
            Some(token) => login::by_token(app, &token).await.map_err(|e| problem::stop(lang, Stop::Store(e)))?,
        };
        let known = actor.as_ref().map(|actor| Asker::Known(actor.id, Via::Api));
        limit::count(app, parts, known).map_err(|refused| problem::stop(lang, refused.into()))?;
        match actor {
            Some(actor) => Ok(Caller { app: app.clone(), actor, lang }),
            None => Err(problem::stop(lang, Refused::NotLoggedIn.into())),
        }
    }
}

/// The language of an API answer: the first of `Accept-Language` that there is; Swedish otherwise.
pub fn api_language(headers: &HeaderMap) -> Lang {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(',').find_map(|part| lang_of(part.trim().get(..2)?)))
        .unwrap_or(Lang::Sv)
}

/// The names and values of a query or a form body, decoded.
pub(crate) fn query_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// Undoes percent-encoding; what is not well-formed stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let hex = |digit: Option<u8>| digit.and_then(|d| char::from(d).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => match (hex(ahead.next()), hex(ahead.next())) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = ahead;
                }
                _ => bytes.push(b'%'),
            },
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A page on the way to another of our own; one that is too long is not worth it.
pub(crate) fn going_on(page: &str, next: &str) -> String {
    if next == "/" || next.len() >= 200 { page.to_owned() } else { format!("{page}?next={}", percent(next)) }
}

/// Percent-encodes a path for use in a query.
pub(crate) fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

impl Caller {
    /// A context for a unit of work.
    pub fn cx(&self) -> Result<Cx, Stop> {
        Ok(Cx::new(&self.app, self.actor.clone(), self.lang)?)
    }
}

impl Visitor {
    /// A context for a unit of work.
    pub fn cx(&self) -> Result<Cx, Stop> {
        Ok(Cx::new(&self.app, self.session.actor.clone(), self.lang)?)
    }

    /// Whether the visitor's role may do something that is not about one case; for showing or leaving out a link.
    pub fn may(&self, action: Action) -> bool {
        self.app.policies.decide(action, self.session.actor.role, Relation::None, false).allowed
    }

    /// The page in its frame.
    pub fn page(&self, title: &str, main: Markup) -> Response {
        self.framed(StatusCode::OK, title, main, PageKind::Normal, None)
    }

    /// The page in its frame, with what was just done said above it.
    pub fn page_with(&self, title: &str, main: Markup, notice: Option<String>) -> Response {
        let notice = notice.map(|text| Notice { tone: Tone::Success, text });
        self.framed(StatusCode::OK, title, main, PageKind::Normal, notice)
    }

    /// A form that came back with what is wrong in it.
    pub fn page_again(&self, title: &str, main: Markup) -> Response {
        self.framed(StatusCode::UNPROCESSABLE_ENTITY, title, main, PageKind::Normal, None)
    }

    /// A page with its status and kind.
    pub fn framed(
        &self,
        status: StatusCode,
        title: &str,
        main: Markup,
        kind: PageKind,
        notice: Option<Notice>,
    ) -> Response {
        let viewer = self.viewer();
        let page = Page {
            lang: self.lang,
            title: title.to_owned(),
            viewer: Some(&viewer),
            path: &self.path,
            main,
            kind,
            notice,
        };
        (status, Html(layout::page(&page).into_string())).into_response()
    }

    /// Tells a person why not: the refusal's own words, or that the store cannot be reached.
    pub fn refuse(&self, stop: Stop) -> Response {
        refusal_page(self.lang, stop)
    }

    fn viewer(&self) -> Viewer {
        let here = self.path.split('?').next().unwrap_or("/").to_owned();
        let nav = nav(self.lang)
            .into_iter()
            .filter(|(action, ..)| self.may(*action))
            .map(|(_, href, label)| NavItem {
                current: if href == "/" { here == "/" } else { here.starts_with(href) },
                href: href.to_owned(),
                label,
            })
            .collect();
        Viewer {
            name: self.session.name.clone(),
            unit: self.session.unit_name.clone(),
            authority: self.session.authority_name.clone(),
            role: role_name(self.lang, self.session.actor.role),
            nav,
            demo: self.app.settings.demo,
        }
    }
}

fn nav(lang: Lang) -> Vec<(Action, &'static str, String)> {
    vec![
        (Action::SeeWorkList, "/", t!(lang, "nav-work-list")),
        (Action::BeginCase, "/begin", t!(lang, "nav-begin")),
        (Action::SearchPeople, "/find", t!(lang, "nav-find")),
        (Action::SeeFeedback, "/feedback", t!(lang, "nav-feedback")),
        (Action::SeeCounty, "/county", t!(lang, "nav-county")),
        (Action::SeeCounty, "/reports-of-concern", t!(lang, "nav-register")),
        (Action::ReleaseFigures, "/releases", t!(lang, "nav-releases")),
        (Action::RunSurveys, "/surveys", t!(lang, "nav-surveys")),
        (Action::SeeSituation, "/situation", t!(lang, "nav-situation")),
        (Action::ManageDirectory, "/admin/units", t!(lang, "nav-units")),
        (Action::ManageAccounts, "/admin/accounts", t!(lang, "nav-accounts")),
        (Action::ManageDirectory, "/nodes", t!(lang, "nav-nodes")),
        (Action::ReviewLog, "/review", t!(lang, "nav-review")),
        (Action::SeeDisclosures, "/disclosures", t!(lang, "nav-disclosures")),
        (Action::ExtractPerson, "/extract", t!(lang, "nav-extract")),
        (Action::VerifyAudit, "/log", t!(lang, "nav-log")),
        (Action::SeeRetention, "/retention", t!(lang, "nav-retention")),
    ]
}

/// A role in words.
pub fn role_name(lang: Lang, role: Role) -> String {
    match role {
        Role::Officer => t!(lang, "role-officer"),
        Role::Lead => t!(lang, "role-lead"),
        Role::Receiver => t!(lang, "role-receiver"),
        Role::Care => t!(lang, "role-care"),
        Role::Reception => t!(lang, "role-reception"),
        Role::School => t!(lang, "role-school"),
        Role::Coordinator => t!(lang, "role-coordinator"),
        Role::County => t!(lang, "role-county"),
        Role::Controller => t!(lang, "role-controller"),
        Role::Admin => t!(lang, "role-admin"),
    }
}

/// A refusal or an outage as a page.
pub fn refusal_page(lang: Lang, stop: Stop) -> Response {
    match stop {
        Stop::Refused(refused) if matches!(*refused, Refused::NotLoggedIn) => Redirect::to("/login").into_response(),
        Stop::Refused(refused) => {
            let status = refused.status();
            let mut what = refused.detail(lang);
            for issue in refused.issues() {
                what.push(' ');
                what.push_str(&issue.detail);
            }
            let usual = ErrorPage::usual(lang, status, None);
            // When to come again stands in the words already.
            let now = if refused.retry_after().is_some() { String::new() } else { usual.now };
            let page = ErrorPage { status, title: refused.title(lang), what, now, id: None, typed: None };
            let mut response = as_page(status, layout::error_page(lang, &page));
            if let Some(seconds) = refused.retry_after() {
                response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
            }
            response
        }
        Stop::Store(error) => outage_page(lang, &error),
    }
}

fn outage_page(lang: Lang, error: &StoreError) -> Response {
    let (status, id) = problem::told(error);
    let mut response = as_page(status, layout::error_page(lang, &ErrorPage::usual(lang, status, id)));
    if status == 503 {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("10"));
    }
    response
}

pub(crate) fn as_page(status: u16, markup: Markup) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Html(markup.into_string())).into_response()
}

/// Puts a refusal's wrong fields beside the fields of a form; gives the refusal back when it is about something else.
pub fn beside_fields(posted: &mut Posted, stop: Stop) -> Option<Stop> {
    match stop {
        Stop::Refused(refused) if !refused.issues().is_empty() => {
            for issue in refused.issues() {
                let field = issue.pointer.rsplit('/').next().unwrap_or_default().to_owned();
                posted.errors.push(Issue { field, message: issue.detail.clone() });
            }
            None
        }
        other => Some(other),
    }
}
