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
    /// Anybody with a token: no personal data.
    Token,
    /// An empty form for who may do the action: nothing of anybody is read, so nothing is recorded.
    Form(Action),
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

use crate::accounts::{api as accounts_api, http as accounts};
use crate::cases::{api as cases_api, http as cases};
use crate::consents::{api as consents_api, http as consents};
use crate::directory::{api as directory_api, http as directory};
use crate::login::http as login;
use crate::people::http as people;
use crate::statistics::{api as statistics_api, http as statistics};
use Audited::{Form, Guarded, LogIn, Open};
use Verb::{Get, Post};

/// The table. Pages first, then the API.
pub const ROUTES: &[Route] = &[
    route(Get, "/healthz", Open, || get(super::server::healthz)),
    route(Get, "/readyz", Open, || get(super::server::readyz)),
    route(Get, "/about", Open, || get(super::about::about)),
    route(Get, "/accessibility", Open, || get(super::about::accessibility)),
    // pages: cases
    route(Get, "/", Guarded(Action::SeeWorkList), || get(cases::front)),
    route(Get, "/begin", Form(Action::BeginCase), || get(cases::choose)),
    route(Get, "/begin/{method}", Form(Action::BeginCase), || get(cases::begin_form)),
    route(Post, "/begin/{method}", Guarded(Action::BeginCase), || post(cases::begin)),
    route(Get, "/cases/{code}", Guarded(Action::SeeCase), || get(cases::case)),
    route(Get, "/cases/{code}/steps/{step}", Guarded(Action::RecordStep), || get(cases::step_form)),
    route(Post, "/cases/{code}/steps/{step}", Guarded(Action::RecordStep), || post(cases::step)),
    route(Post, "/cases/{code}/assign", Guarded(Action::AssignCase), || post(cases::assign)),
    route(Get, "/find", Form(Action::SearchPeople), || get(cases::find_form)),
    route(Post, "/find", Guarded(Action::SearchPeople), || post(cases::find)),
    // pages: consents
    route(Get, "/cases/{code}/consent", Guarded(Action::TakeConsent), || get(consents::take_form)),
    route(Post, "/cases/{code}/consent", Guarded(Action::TakeConsent), || post(consents::take)),
    route(Get, "/consents/{id}/withdraw", Guarded(Action::WithdrawConsent), || get(consents::withdraw_form)),
    route(Post, "/consents/{id}/withdraw", Guarded(Action::WithdrawConsent), || post(consents::withdraw)),
    // pages: people and the log
    route(Get, "/people/{id}", Guarded(Action::CorrectPerson), || get(people::person)),
    route(Post, "/people/{id}", Guarded(Action::CorrectPerson), || post(people::correct)),
    route(Post, "/people/{id}/merge", Guarded(Action::MergePeople), || post(people::merge)),
    route(Get, "/log", Guarded(Action::VerifyAudit), || get(crate::audit::http::log)),
    // pages: retention
    route(Get, "/retention", Guarded(Action::SeeRetention), || get(crate::retention::http::due)),
    route(Get, "/retention/holds", Guarded(Action::SeeRetention), || get(crate::retention::http::holds)),
    route(Get, "/retention/receipts", Guarded(Action::SeeRetention), || get(crate::retention::http::receipts)),
    // pages: figures
    route(Get, "/county", Guarded(Action::SeeCounty), || get(statistics::county)),
    route(Get, "/county/figures.csv", Guarded(Action::SeeCounty), || get(statistics::county_csv)),
    route(Get, "/feedback", Guarded(Action::SeeFeedback), || get(statistics::feedback)),
    route(Get, "/feedback/figures.csv", Guarded(Action::SeeFeedback), || get(statistics::feedback_csv)),
    // API: figures
    route(Get, "/api/v1/statistics/{table}", Guarded(Action::SeeCounty), || get(statistics_api::table)),
    // API: about
    route(Get, "/api/v1/openapi.json", Open, || get(super::openapi::describe)),
    route(Get, "/api/v1/me", Audited::Token, || get(super::openapi::me)),
    // pages: log-in
    route(Get, "/login", LogIn, || get(login::form)),
    route(Post, "/login", LogIn, || post(login::log_in)),
    route(Post, "/logout", LogIn, || post(login::log_out)),
    route(Get, "/password", LogIn, || get(login::password_form)),
    route(Post, "/password", LogIn, || post(login::password)),
    route(Get, "/unit", LogIn, || get(login::choose)),
    route(Post, "/unit", LogIn, || post(login::move_to)),
    // pages: administration
    route(Get, "/admin/units", Guarded(Action::ManageDirectory), || get(directory::units)),
    route(Post, "/admin/units", Guarded(Action::ManageDirectory), || post(directory::create_unit)),
    route(Get, "/admin/units/new", Guarded(Action::ManageDirectory), || get(directory::new_unit)),
    route(Get, "/admin/units/{id}", Guarded(Action::ManageDirectory), || get(directory::unit)),
    route(Post, "/admin/units/{id}", Guarded(Action::ManageDirectory), || post(directory::change_unit)),
    route(Get, "/admin/authority", Guarded(Action::ManageDirectory), || get(directory::authority)),
    route(Post, "/admin/authority", Guarded(Action::ManageDirectory), || post(directory::change_authority)),
    route(Get, "/admin/routing", Guarded(Action::ManageDirectory), || get(directory::routing)),
    route(Post, "/admin/routing", Guarded(Action::ManageDirectory), || post(directory::try_routing)),
    route(Get, "/admin/accounts", Guarded(Action::ManageAccounts), || get(accounts::accounts)),
    route(Post, "/admin/accounts", Guarded(Action::ManageAccounts), || post(accounts::create_account)),
    route(Get, "/admin/accounts/new", Guarded(Action::ManageAccounts), || get(accounts::new_account)),
    route(Get, "/admin/accounts/{id}", Guarded(Action::ManageAccounts), || get(accounts::account)),
    route(Post, "/admin/accounts/{id}", Guarded(Action::ManageAccounts), || post(accounts::change_account)),
    route(Post, "/admin/accounts/{id}/password", Guarded(Action::ManageAccounts), || post(accounts::new_password)),
    route(Get, "/admin/tokens", Guarded(Action::ManageTokens), || get(accounts::tokens)),
    route(Post, "/admin/tokens", Guarded(Action::ManageTokens), || post(accounts::create_token)),
    route(Post, "/admin/tokens/{id}/revoke", Guarded(Action::ManageTokens), || post(accounts::revoke_token)),
    // API: administration
    route(Get, "/api/v1/units", Guarded(Action::ManageDirectory), || get(directory_api::list)),
    route(Post, "/api/v1/units", Guarded(Action::ManageDirectory), || post(directory_api::create)),
    route(Get, "/api/v1/units/{id}", Guarded(Action::ManageDirectory), || get(directory_api::one)),
    route(Post, "/api/v1/units/{id}", Guarded(Action::ManageDirectory), || post(directory_api::change)),
    route(Get, "/api/v1/accounts", Guarded(Action::ManageAccounts), || get(accounts_api::list)),
    route(Post, "/api/v1/accounts", Guarded(Action::ManageAccounts), || post(accounts_api::create)),
    route(Get, "/api/v1/accounts/{id}", Guarded(Action::ManageAccounts), || get(accounts_api::one)),
    route(Post, "/api/v1/accounts/{id}", Guarded(Action::ManageAccounts), || post(accounts_api::change)),
    route(Get, "/api/v1/tokens", Guarded(Action::ManageTokens), || get(accounts_api::tokens)),
    route(Post, "/api/v1/tokens", Guarded(Action::ManageTokens), || post(accounts_api::create_token)),
    route(Get, "/api/v1/tokens/{id}", Guarded(Action::ManageTokens), || get(accounts_api::token)),
    route(Post, "/api/v1/tokens/{id}", Guarded(Action::ManageTokens), || post(accounts_api::change_token)),
    // API: cases
    route(Post, "/api/v1/cases", Guarded(Action::BeginCase), || post(cases_api::begin)),
    route(Get, "/api/v1/cases", Guarded(Action::SeeWorkList), || get(cases_api::list)),
    route(Get, "/api/v1/cases/{id}", Guarded(Action::SeeCase), || get(cases_api::case)),
    route(Post, "/api/v1/cases/{id}/steps", Guarded(Action::RecordStep), || post(cases_api::step)),
    // API: people
    route(Get, "/api/v1/people/{id}/accesses", Guarded(Action::SeeAccesses), || get(crate::audit::api::accesses)),
    // API: consents
    route(Post, "/api/v1/consents", Guarded(Action::TakeConsent), || post(consents_api::give)),
    route(Post, "/api/v1/consents/{id}/withdraw", Guarded(Action::WithdrawConsent), || post(consents_api::withdraw)),
];

/// The router of the whole table.
pub fn router() -> Router<Arc<App>> {
    ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
}
