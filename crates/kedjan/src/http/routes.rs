//! Every route there is, each with the action that the guard decides and what it leaves in the audit chain. A route that is
//! not in this table does not exist.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::access::Action;
use crate::app::App;

/// GET or POST; there is nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Looks.
    Get,
    /// Changes.
    Post,
}

/// What the route leaves in the audit chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audited {
    /// Open to anybody: no personal data and no log-in.
    Open,
    /// Logging in and out.
    LogIn,
    /// The guard writes a record in the transaction that reads or changes.
    Guarded(Action),
}

/// One route.
pub struct Route {
    /// GET or POST.
    pub verb: Verb,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Its action and what it leaves.
    pub audited: Audited,
    /// What answers.
    pub handler: fn() -> MethodRouter<Arc<App>>,
}

const fn route(verb: Verb, path: &'static str, audited: Audited, handler: fn() -> MethodRouter<Arc<App>>) -> Route {
    Route { verb, path, audited, handler }
}

use crate::cases::{api as cases_api, http as cases};
use Audited::{Guarded, Open};
use Verb::{Get, Post};

/// The table. Pages first, then the API.
pub const ROUTES: &[Route] = &[
    route(Get, "/healthz", Open, || get(super::server::healthz)),
    route(Get, "/readyz", Open, || get(super::server::readyz)),
    // pages: cases
    route(Get, "/", Guarded(Action::SeeWorkList), || get(cases::front)),
    route(Get, "/begin", Guarded(Action::BeginCase), || get(cases::choose)),
    route(Get, "/begin/{method}", Guarded(Action::BeginCase), || get(cases::begin_form)),
    route(Post, "/begin/{method}", Guarded(Action::BeginCase), || post(cases::begin)),
    route(Get, "/cases/{code}", Guarded(Action::SeeCase), || get(cases::case)),
    route(Get, "/cases/{code}/steps/{step}", Guarded(Action::RecordStep), || get(cases::step_form)),
    route(Post, "/cases/{code}/steps/{step}", Guarded(Action::RecordStep), || post(cases::step)),
    route(Post, "/cases/{code}/assign", Guarded(Action::AssignCase), || post(cases::assign)),
    route(Get, "/find", Guarded(Action::SearchPeople), || get(cases::find_form)),
    route(Post, "/find", Guarded(Action::SearchPeople), || post(cases::find)),
    // API: cases
    route(Post, "/api/v1/cases", Guarded(Action::BeginCase), || post(cases_api::begin)),
    route(Get, "/api/v1/cases", Guarded(Action::SeeWorkList), || get(cases_api::list)),
    route(Get, "/api/v1/cases/{id}", Guarded(Action::SeeCase), || get(cases_api::case)),
    route(Post, "/api/v1/cases/{id}/steps", Guarded(Action::RecordStep), || post(cases_api::step)),
];

/// The router of the whole table.
pub fn router() -> Router<Arc<App>> {
    ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
}
