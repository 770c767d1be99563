//! The description of the API: open, because a description tells nothing about anybody.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Header, Object, Ref, RefOr, ResponseBuilder, Type};
use utoipa::{Modify, OpenApi, ToSchema};

use super::{Caller, problem};
use crate::app;
use crate::directory;

/// Describes every route under `/api/v1`; a test holds it against the route table.
#[derive(OpenApi)]
#[openapi(
    info(title = "Kedjan", description = "The chain from discovery to support, held together across authorities.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")),
    paths(
        describe,
        me,
        crate::cases::api::begin,
        crate::cases::api::list,
        crate::cases::api::case,
        crate::cases::api::step,
        crate::consents::api::give,
        crate::consents::api::withdraw,
        crate::audit::api::accesses,
        crate::disclosures::api::list,
        crate::disclosures::api::one,
        crate::disclosures::api::disclose,
        crate::directory::api::list,
        crate::directory::api::create,
        crate::directory::api::one,
        crate::directory::api::change,
        crate::accounts::api::list,
        crate::accounts::api::create,
        crate::accounts::api::one,
        crate::accounts::api::change,
        crate::accounts::api::tokens,
        crate::accounts::api::create_token,
        crate::accounts::api::token,
        crate::accounts::api::change_token,
        crate::statistics::api::table,
        crate::packages::api::post,
        crate::surveys::api::list,
        crate::surveys::api::one,
        crate::publication::api::list,
        crate::publication::api::table,
    ),
    components(schemas(problem::Problem, problem::ProblemField)),
    modifiers(&Tokens, &Problems),
    security(("token" = []))
)]
struct Api;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        api.components.get_or_insert_with(Default::default).add_security_scheme("token", scheme);
    }
}

/// Says of every refusal and outage that it is a problem document, and of every route that it may meet the ones that stand
/// around all of them.
struct Problems;

impl Modify for Problems {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let operations = api.paths.paths.values_mut().flat_map(|path| [path.get.as_mut(), path.post.as_mut()]);
        for operation in operations.flatten() {
            let many = ResponseBuilder::new()
                .description("More was asked than anybody needs, or more different people were opened. `Retry-After` says when to come again.")
                .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
                .header("Retry-After", Header::new(Object::with_type(Type::Integer)))
                .build();
            operation.responses.responses.insert("429".to_owned(), many.into());
            for (status, response) in &mut operation.responses.responses {
                let RefOr::T(response) = response else { continue };
                if status.starts_with(['4', '5'])
                    && let Some(body) = response.content.shift_remove("application/json")
                {
                    response.content.insert("application/problem+json".to_owned(), body);
                }
            }
        }
    }
}

/// The whole description.
pub fn document() -> utoipa::openapi::OpenApi {
    Api::openapi()
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "about", security(()),
    responses((status = 200, description = "The description of the API, OpenAPI 3.1.", body = Object)))]
pub async fn describe() -> Response {
    Json(document()).into_response()
}

/// Whom a token stands for.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeAnswer {
    /// The unit's id.
    pub unit: String,
    /// The unit's name.
    pub unit_name: String,
    /// What the unit is.
    pub unit_kind: String,
    /// The role.
    pub role: String,
    /// The methods the unit has a part in, with the steps it can begin a case with.
    pub methods: Vec<MethodAnswer>,
}

/// A method that a unit has a part in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MethodAnswer {
    /// The method.
    pub id: String,
    /// Its version in force.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// The steps the unit can begin a case with.
    pub begins_with: Vec<String>,
}

/// Whom the token stands for and what it can begin.
#[utoipa::path(get, path = "/api/v1/me", tag = "about",
    responses((status = 200, body = MeAnswer), (status = 401, body = problem::Problem), (status = 503, body = problem::Problem)))]
pub async fn me(caller: Caller) -> Response {
    let lang = caller.lang;
    let run = async {
        let cx = caller.cx()?;
        let unit = caller.app.store.read(move |tx| directory::own_unit(tx, &cx)).await?;
        Ok::<_, app::Stop>(unit)
    };
    let unit = match run.await {
        Ok(unit) => unit,
        Err(stop) => return problem::stop(lang, stop),
    };
    let methods = caller
        .app
        .library
        .methods()
        .filter(|m| m.parties().iter().any(|p| p.kinds.contains(&unit.kind)))
        .map(|m| MethodAnswer {
            id: m.id.clone(),
            version: m.version,
            name: m.name.get(lang).to_owned(),
            begins_with: m
                .beginnings()
                .filter(|step| m.party(&step.by).is_some_and(|p| p.kinds.contains(&unit.kind)))
                .map(|step| step.id.clone())
                .collect(),
        })
        .collect();
    Json(MeAnswer {
        unit: unit.id.to_string(),
        unit_name: unit.name,
        unit_kind: unit.kind,
        role: caller.actor.role.name().to_owned(),
        methods,
    })
    .into_response()
}
