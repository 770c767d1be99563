//! Every route there is, each with the action that the guard decides and what it leaves in the audit chain. A route that is
//! not in this table does not exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
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
    /// No log-in and no token: what is sent is signed, and the signature decides. No personal data; leaves a record.
    Signed,
    /// An empty form for who may do the action: nothing of anybody is read, so nothing is recorded.
    Form(Action),
    /// The guard writes a record in the transaction that reads or changes.
    Guarded(Action),
}

/// Whether the route demands that the person has proved anew, a short while ago, who it is. For pages alone: a token cannot
/// prove anything but itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A log-in is enough.
    LogIn,
    /// A fresh proof. With it goes the page of the form that was sent, with the parameters of the route's own path, to go on
    /// to after the proof.
    Fresh(&'static str),
}

/// One route.
pub struct Route {
    /// GET or POST.
    pub verb: Verb,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Its action and what it leaves.
    pub audited: Audited,
    /// Whether it demands a fresh proof.
    pub proof: Proof,
    /// What answers.
    pub handler: fn() -> MethodRouter<Arc<App>>,
}

const fn route(verb: Verb, path: &'static str, audited: Audited, handler: fn() -> MethodRouter<Arc<App>>) -> Route {
    Route { verb, path, audited, proof: Proof::LogIn, handler }
}

/// A route that demands a fresh proof; `form` is the page of its form.
const fn fresh(
    verb: Verb,
    path: &'static str,
    audited: Audited,
    form: &'static str,
    handler: fn() -> MethodRouter<Arc<App>>,
) -> Route {
    Route { verb, path, audited, proof: Proof::Fresh(form), handler }
}

use crate::accounts::{api as accounts_api, http as accounts};
use crate::cases::{api as cases_api, http as cases};
use crate::concern_register::http as register;
use crate::consents::{api as consents_api, http as consents};
use crate::directory::{api as directory_api, http as directory};
use crate::disclosures::{api as disclosures_api, http as disclosures};
use crate::glass::http as glass;
use crate::login::{first, http as login, rule, second, security};
use crate::packages::{api as packages_api, http as packages};
use crate::people::extract_page as extract;
use crate::people::http as people;
use crate::publication::{api as publication_api, http as publication};
use crate::release_orders::http as orders;
use crate::review::http as review;
use crate::series::http as series;
use crate::statistics::{api as statistics_api, http as statistics};
use crate::surveys::{answering, api as surveys_api, http as surveys};
use Audited::{Form, Guarded, LogIn, Open};
use Verb::{Get, Post};

/// The table. Pages first, then the API.
pub const ROUTES: &[Route] = &[
    route(Get, "/healthz", Open, || get(super::server::healthz)),
    route(Get, "/readyz", Open, || get(super::server::readyz)),
    route(Get, "/about", Open, || get(super::about::about)),
    route(Get, "/accessibility", Open, || get(super::about::accessibility)),
    route(Get, "/nation", Open, || get(crate::nation::http::nation)),
    route(Get, "/nation/figures.csv", Open, || get(crate::nation::http::csv)),
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
    // pages: breaking the glass, and what is given out
    route(Get, "/glass", Form(Action::BreakGlass), || get(glass::form)),
    route(Post, "/glass", Guarded(Action::BreakGlass), || post(glass::break_glass)),
    route(Get, "/cases/{code}/disclosures", Guarded(Action::Disclose), || get(disclosures::form)),
    route(Post, "/cases/{code}/disclosures", Guarded(Action::Disclose), || post(disclosures::disclose)),
    route(Get, "/disclosures", Guarded(Action::SeeDisclosures), || get(disclosures::register)),
    // pages: the controller
    route(Get, "/review", Guarded(Action::ReviewLog), || get(review::list)),
    route(Post, "/review/draw", Guarded(Action::ReviewLog), || post(review::draw)),
    route(Get, "/review/{id}", Guarded(Action::ReviewLog), || get(review::entry)),
    route(Post, "/review/{id}", Guarded(Action::ReviewLog), || post(review::decide)),
    route(Get, "/extract", Form(Action::ExtractPerson), || get(extract::form)),
    route(Post, "/extract", Guarded(Action::ExtractPerson), || post(extract::show)),
    route(Post, "/extract/file", Guarded(Action::ExtractPerson), || post(extract::file)),
    // pages: consents
    route(Get, "/cases/{code}/consent", Guarded(Action::TakeConsent), || get(consents::take_form)),
    route(Post, "/cases/{code}/consent", Guarded(Action::TakeConsent), || post(consents::take)),
    route(Get, "/consents/{id}/withdraw", Guarded(Action::WithdrawConsent), || get(consents::withdraw_form)),
    route(Post, "/consents/{id}/withdraw", Guarded(Action::WithdrawConsent), || post(consents::withdraw)),
    // pages: people and the log
    route(Get, "/people/{id}", Guarded(Action::CorrectPerson), || get(people::person)),
    route(Post, "/people/{id}", Guarded(Action::CorrectPerson), || post(people::correct)),
    fresh(Post, "/people/{id}/merge", Guarded(Action::MergePeople), "/people/{id}", || post(people::merge)),
    route(Get, "/log", Guarded(Action::VerifyAudit), || get(crate::audit::http::log)),
    // pages: retention
    route(Get, "/retention", Guarded(Action::SeeRetention), || get(crate::retention::http::due)),
    route(Get, "/retention/holds", Guarded(Action::SeeRetention), || get(crate::retention::http::holds)),
    route(Get, "/retention/receipts", Guarded(Action::SeeRetention), || get(crate::retention::http::receipts)),
    // pages: figures
    route(Get, "/county", Guarded(Action::SeeCounty), || get(statistics::county)),
    route(Get, "/county/side-by-side", Guarded(Action::SeeCounty), || get(statistics::county_side)),
    route(Get, "/county/map", Guarded(Action::SeeCounty), || get(statistics::county_map)),
    route(Get, "/county/figures.csv", Guarded(Action::SeeCounty), || get(statistics::county_csv)),
    route(Get, "/county/figures.xlsx", Guarded(Action::SeeCounty), || get(statistics::county_xlsx)),
    route(Get, "/county/figures.px", Guarded(Action::SeeCounty), || get(statistics::county_px)),
    route(Get, "/feedback", Guarded(Action::SeeFeedback), || get(statistics::feedback)),
    route(Get, "/feedback/figures.csv", Guarded(Action::SeeFeedback), || get(statistics::feedback_csv)),
    route(Get, "/feedback/figures.xlsx", Guarded(Action::SeeFeedback), || get(statistics::feedback_xlsx)),
    route(Get, "/feedback/figures.px", Guarded(Action::SeeFeedback), || get(statistics::feedback_px)),
    route(Get, "/reports-of-concern", Guarded(Action::SeeCounty), || get(register::show)),
    route(Get, "/reports-of-concern/figures.csv", Guarded(Action::SeeCounty), || get(register::csv)),
    route(Get, "/reports-of-concern/figures.xlsx", Guarded(Action::SeeCounty), || get(register::xlsx)),
    route(Get, "/reports-of-concern/figures.json", Guarded(Action::SeeCounty), || get(register::json)),
    route(Get, "/releases", Guarded(Action::ReleaseFigures), || get(orders::list)),
    fresh(Post, "/releases", Guarded(Action::ReleaseFigures), "/releases", || post(orders::order)),
    // pages: surveys, and answering by link
    route(Get, "/surveys", Guarded(Action::RunSurveys), || get(surveys::list)),
    route(Post, "/surveys", Guarded(Action::RunSurveys), || post(surveys::open)),
    route(Get, "/surveys/new", Guarded(Action::RunSurveys), || get(surveys::new)),
    route(Get, "/surveys/{id}", Guarded(Action::RunSurveys), || get(surveys::status)),
    route(Post, "/surveys/{id}", Guarded(Action::RunSurveys), || post(surveys::act)),
    route(Get, "/surveys/{id}/coding", Guarded(Action::RunSurveys), || get(surveys::coding)),
    route(Post, "/surveys/{id}/coding", Guarded(Action::RunSurveys), || post(surveys::code)),
    route(Get, "/surveys/{id}/results", Guarded(Action::RunSurveys), || get(surveys::results)),
    route(Get, "/surveys/{id}/results.csv", Guarded(Action::RunSurveys), || get(surveys::results_csv)),
    route(Get, "/surveys/{id}/results.xlsx", Guarded(Action::RunSurveys), || get(surveys::results_xlsx)),
    route(Get, "/surveys/{id}/answers.csv", Guarded(Action::RunSurveys), || get(surveys::answers_csv)),
    route(Get, "/surveys/{id}/sheet", Guarded(Action::RunSurveys), || get(surveys::sheet)),
    route(Get, "/answer/{token}", LogIn, || get(answering::show)),
    route(Post, "/answer/{token}", LogIn, || post(answering::send)),
    // API: surveys
    route(Get, "/api/v1/surveys", Guarded(Action::RunSurveys), || get(surveys_api::list)),
    route(Get, "/api/v1/surveys/{id}", Guarded(Action::RunSurveys), || get(surveys_api::one)),
    // pages: the situation picture
    route(Get, "/situation", Guarded(Action::SeeSituation), || get(series::situation)),
    route(Get, "/situation/series.csv", Guarded(Action::SeeSituation), || get(series::csv)),
    route(Post, "/situation/reading", Guarded(Action::KeepSituation), || post(series::write_reading)),
    route(Get, "/situation/imports", Guarded(Action::KeepSituation), || get(series::imports)),
    route(Post, "/situation/imports", Guarded(Action::KeepSituation), || {
        // A file is larger than any other form.
        post(series::import).layer(DefaultBodyLimit::max(crate::series::MOST_BYTES + 64 * 1024))
    }),
    route(Post, "/situation/imports/{id}/withdraw", Guarded(Action::KeepSituation), || post(series::withdraw)),
    // open data: releases of figures
    route(Get, "/figures", Open, || get(publication::list)),
    route(Get, "/figures/catalog.ttl", Open, || get(publication::catalog)),
    route(Get, "/figures/{release}", Open, || get(publication::release)),
    route(Get, "/figures/{release}/{file}", Open, || get(publication::file)),
    route(Get, "/api/v1/releases", Open, || get(publication_api::list)),
    route(Get, "/api/v1/releases/{id}/{table}", Open, || get(publication_api::table)),
    // API: figures
    route(Get, "/api/v1/statistics/{table}", Guarded(Action::SeeCounty), || get(statistics_api::table)),
    // API: packages of tallies
    route(Post, "/api/v1/packages", Audited::Signed, || post(packages_api::post)),
    // API: about
    route(Get, "/api/v1/openapi.json", Open, || get(super::openapi::describe)),
    route(Get, "/api/v1/me", Audited::Token, || get(super::openapi::me)),
    // pages: log-in
    route(Get, "/login", LogIn, || get(login::form)),
    route(Post, "/login", LogIn, || post(login::log_in)),
    route(Post, "/logout", LogIn, || post(login::log_out)),
    route(Get, "/password", LogIn, || get(login::password_form)),
    route(Post, "/password", LogIn, || post(login::password)),
    route(Get, "/login/second", LogIn, || get(second::form)),
    route(Post, "/login/second", LogIn, || post(second::take)),
    route(Post, "/login/second/begin", LogIn, || post(second::ask)),
    route(Get, "/login/proof", LogIn, || get(second::proof_form)),
    route(Post, "/login/proof", LogIn, || post(second::prove)),
    route(Post, "/login/passkey", LogIn, || post(second::log_in)),
    route(Post, "/login/passkey/begin", LogIn, || post(second::ask_anybody)),
    route(Get, "/first/{token}", LogIn, || get(first::form)),
    route(Post, "/first/{token}", LogIn, || post(first::make)),
    // pages: one's own log-in
    route(Get, "/security", LogIn, || get(security::overview)),
    fresh(Get, "/security/passkeys", LogIn, "/security/passkeys", || get(security::passkey_form)),
    fresh(Post, "/security/passkeys", LogIn, "/security/passkeys", || post(security::add_passkey)),
    fresh(Post, "/security/passkeys/begin", LogIn, "/security/passkeys", || post(security::ask_passkey)),
    fresh(Post, "/security/passkeys/{id}/remove", LogIn, "/security", || post(security::remove_passkey)),
    fresh(Get, "/security/app", LogIn, "/security/app", || get(security::app_form)),
    fresh(Post, "/security/app/begin", LogIn, "/security", || post(security::begin_app)),
    fresh(Post, "/security/app", LogIn, "/security/app", || post(security::add_app)),
    fresh(Post, "/security/app/remove", LogIn, "/security", || post(security::remove_app)),
    fresh(Post, "/security/codes", LogIn, "/security", || post(security::new_codes)),
    fresh(Post, "/security/sessions/{id}/end", LogIn, "/security", || post(security::end_session)),
    fresh(Post, "/security/others/end", LogIn, "/security", || post(security::end_others)),
    route(Get, "/unit", LogIn, || get(login::choose)),
    route(Post, "/unit", LogIn, || post(login::move_to)),
    // pages: administration
    route(Get, "/admin/units", Guarded(Action::ManageDirectory), || get(directory::units)),
    route(Post, "/admin/units", Guarded(Action::ManageDirectory), || post(directory::create_unit)),
    route(Get, "/admin/units/new", Guarded(Action::ManageDirectory), || get(directory::new_unit)),
    route(Get, "/admin/units/{id}", Guarded(Action::ManageDirectory), || get(directory::unit)),
    route(Post, "/admin/units/{id}", Guarded(Action::ManageDirectory), || post(directory::change_unit)),
    fresh(Get, "/admin/authority", Guarded(Action::ManageDirectory), "/admin/authority", || get(directory::authority)),
    fresh(Post, "/admin/authority", Guarded(Action::ManageDirectory), "/admin/authority", || {
        post(directory::change_authority)
    }),
    fresh(Post, "/admin/authority/log-in", Guarded(Action::ManageDirectory), "/admin/authority", || post(rule::change)),
    route(Get, "/admin/routing", Guarded(Action::ManageDirectory), || get(directory::routing)),
    route(Post, "/admin/routing", Guarded(Action::ManageDirectory), || post(directory::try_routing)),
    route(Get, "/admin/accounts", Guarded(Action::ManageAccounts), || get(accounts::accounts)),
    fresh(Post, "/admin/accounts", Guarded(Action::ManageAccounts), "/admin/accounts/new", || {
        post(accounts::create_account)
    }),
    fresh(Get, "/admin/accounts/new", Guarded(Action::ManageAccounts), "/admin/accounts/new", || {
        get(accounts::new_account)
    }),
    fresh(Get, "/admin/accounts/{id}", Guarded(Action::ManageAccounts), "/admin/accounts/{id}", || {
        get(accounts::account)
    }),
    fresh(Post, "/admin/accounts/{id}", Guarded(Action::ManageAccounts), "/admin/accounts/{id}", || {
        post(accounts::change_account)
    }),
    fresh(Post, "/admin/accounts/{id}/password", Guarded(Action::ManageAccounts), "/admin/accounts/{id}", || {
        post(accounts::new_password)
    }),
    fresh(Post, "/admin/accounts/{id}/factors", Guarded(Action::ManageAccounts), "/admin/accounts/{id}", || {
        post(accounts::remove_factors)
    }),
    fresh(Get, "/admin/tokens", Guarded(Action::ManageTokens), "/admin/tokens", || get(accounts::tokens)),
    fresh(Post, "/admin/tokens", Guarded(Action::ManageTokens), "/admin/tokens", || post(accounts::create_token)),
    fresh(Post, "/admin/tokens/{id}/revoke", Guarded(Action::ManageTokens), "/admin/tokens", || {
        post(accounts::revoke_token)
    }),
    route(Get, "/nodes", Guarded(Action::ManageDirectory), || get(packages::nodes)),
    route(Get, "/nodes/packages", Guarded(Action::ManageDirectory), || get(packages::packages)),
    route(Get, "/nodes/missing", Guarded(Action::ManageDirectory), || get(packages::missing)),
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
    // API: disclosures
    route(Get, "/api/v1/disclosures", Guarded(Action::SeeDisclosures), || get(disclosures_api::list)),
    route(Post, "/api/v1/disclosures", Guarded(Action::Disclose), || post(disclosures_api::disclose)),
    route(Get, "/api/v1/disclosures/{id}", Guarded(Action::SeeDisclosures), || get(disclosures_api::one)),
    // API: consents
    route(Post, "/api/v1/consents", Guarded(Action::TakeConsent), || post(consents_api::give)),
    route(Post, "/api/v1/consents/{id}/withdraw", Guarded(Action::WithdrawConsent), || post(consents_api::withdraw)),
];

/// The router of the whole table.
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    ROUTES.iter().fold(Router::new(), |router, route| {
        let handler = (route.handler)();
        let handler = match route.proof {
            Proof::LogIn => handler,
            Proof::Fresh(form) => {
                let app = app.clone();
                handler.layer(middleware::from_fn(move |request: Request, next: Next| {
                    second::demand_fresh(app.clone(), form, route.path, request, next)
                }))
            }
        };
        router.route(route.path, handler)
    })
}
