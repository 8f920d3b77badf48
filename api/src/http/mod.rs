//! The menu: every path of the house on one screen, grouped by who calls it.

#![expect(unused_qualifications, reason = "the macro that describes a path names its types in full")]

mod audit;
mod body;
mod extract;
mod health;
mod imports;
mod live;
mod nearby;
mod ogc;
mod ogc_edit;
mod positions;
mod service;
mod session;
mod tiles;
mod units;
mod viewer;

pub mod problem;

pub use health::recorder;
pub use service::service;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

#[derive(OpenApi)]
#[openapi(info(
    title = "onemap",
    description = "One map for a city's command centre: registry, tiles, live units. Coordinates are WGS84 degrees, longitude first."
))]
struct Api;

/// All paths with their description.
fn menu() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        // Operators and machines, without login.
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .routes(routes!(health::openapi))
        // Everybody.
        .routes(routes!(session::login, session::who, session::logout))
        // Map.
        .routes(routes!(tiles::tile))
        .routes(routes!(tiles::tilejson))
        .routes(routes!(tiles::style))
        .routes(routes!(nearby::nearest))
        .routes(routes!(nearby::surroundings))
        .routes(routes!(live::live))
        // Units.
        .routes(routes!(units::list))
        .routes(routes!(units::one, units::put))
        .routes(routes!(positions::post))
        // Data.
        .routes(routes!(ogc::landing))
        .routes(routes!(ogc::conformance))
        .routes(routes!(ogc::collections))
        .routes(routes!(ogc::collection))
        .routes(routes!(ogc::items, ogc_edit::create))
        .routes(routes!(ogc::item, ogc_edit::replace, ogc_edit::change, ogc_edit::remove))
        .routes(routes!(imports::post))
        .routes(routes!(imports::get))
        // Auditors.
        .routes(routes!(audit::rows))
        .routes(routes!(audit::verify))
}

/// The description of the API (OpenAPI 3.1), made from the handlers.
pub fn description() -> serde_json::Value {
    let mut whole = serde_json::to_value(menu().split_for_parts().1).unwrap_or_default();
    if let Some(code) = whole.pointer_mut("/components/schemas/ProblemBody/properties/code") {
        code["enum"] = problem::Code::names().into();
    }
    whole
}
