//! The menu: every path of the house on one screen, grouped by who calls it.

#![expect(unused_qualifications, reason = "the macro that describes a path names its types in full")]

mod aside;
mod asked;
mod audit;
mod beside;
mod body;
mod closures;
mod commands;
mod coverage;
mod denied;
mod described;
mod extract;
mod filter;
mod health;
mod heat;
mod imports;
mod incidents;
mod isochrones;
mod live;
mod matrix;
mod nearby;
mod ogc;
mod ogc_edit;
mod ogc_query;
mod plans;
mod positions;
mod ranked;
mod refused;
mod responses;
mod search;
mod service;
mod session;
mod tiles;
mod times;
mod units;
mod upload;
mod video;
mod viewer;
mod viewshed;
mod walls;
mod watched;
mod zones;

pub mod problem;

pub use health::{fold_figures, recorder};
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

/// Paths that speak of what happens: incidents, units, closures, zones and what is reckoned from them. Before each question
/// the newest of the log is read.
fn happening() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        // Map.
        .routes(routes!(nearby::nearest))
        .routes(routes!(nearby::surroundings))
        // Units.
        .routes(routes!(units::units))
        .routes(routes!(units::unit, units::put_unit))
        .routes(routes!(positions::report_positions))
        .routes(routes!(commands::distress))
        // Dispatchers.
        .routes(routes!(incidents::incidents, incidents::create_incident))
        .routes(routes!(incidents::put_incident_by_ref))
        .routes(routes!(incidents::incident))
        .routes(routes!(incidents::timeline))
        .routes(routes!(commands::command_incident))
        .routes(routes!(commands::command_assignment))
        .routes(routes!(commands::reveal_caller))
        .routes(routes!(ranked::ranked_units))
        .routes(routes!(ranked::ranked_cameras))
        .routes(routes!(beside::resources))
        .routes(routes!(beside::review))
        .routes(routes!(watched::watched))
        .routes(routes!(closures::closures, closures::close_road))
        .routes(routes!(closures::closure, closures::open_road))
        .routes(routes!(closures::conditions, closures::say_condition))
        .routes(routes!(times::timer_policy, times::publish_timer_policy))
        .routes(routes!(responses::response_plans, responses::publish_response_plans))
        .routes(routes!(zones::zones, zones::draw_zone))
        .routes(routes!(zones::zone, zones::redraw_zone, zones::lift_zone))
        .routes(routes!(zones::mark_building))
        .routes(routes!(walls::walls))
        .routes(routes!(walls::trend))
        .routes(routes!(walls::wall_scene, walls::show_on_wall, walls::take_from_wall))
        .routes(routes!(isochrones::isochrones))
        .routes(routes!(matrix::between))
        // Planners.
        .routes(routes!(coverage::coverage))
}

/// All other paths: what they tell is of the registry or of who asks, and none of them waits for the log.
fn standing() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        // Operators and machines, without login.
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .routes(routes!(health::openapi))
        // Everybody.
        .routes(routes!(session::login, session::who, session::keep, session::logout))
        // Map; whoever connects for what happens is brought up to date by the socket.
        .routes(routes!(tiles::tile))
        .routes(routes!(tiles::tilejson))
        .routes(routes!(tiles::style))
        .routes(routes!(heat::heat_tile))
        .routes(routes!(heat::heat_scale))
        .routes(routes!(search::search))
        .routes(routes!(live::live))
        // Dispatchers.
        .routes(routes!(viewshed::camera_viewshed))
        .routes(routes!(video::camera_ticket))
        .routes(routes!(video::watch))
        .routes(routes!(video::still))
        // Planners.
        .routes(routes!(plans::plans, plans::publish_plan))
        .routes(routes!(plans::plan))
        // Data.
        .routes(routes!(ogc::landing))
        .routes(routes!(ogc::conformance))
        .routes(routes!(ogc::collections))
        .routes(routes!(ogc::collection))
        .routes(routes!(filter::queryables))
        .routes(routes!(ogc::items, ogc_edit::create))
        .routes(routes!(ogc::item, ogc_edit::replace, ogc_edit::change, ogc_edit::remove))
        .routes(routes!(imports::import_file, imports::import_list))
        .routes(routes!(imports::import_report))
        .routes(routes!(imports::undo_import))
        // Auditors.
        .routes(routes!(audit::audit_rows))
        .routes(routes!(audit::verify_audit))
}

/// The description of the API (OpenAPI 3.1), made from the handlers.
pub fn description() -> serde_json::Value {
    let mut whole = serde_json::to_value(standing().merge(happening()).split_for_parts().1).unwrap_or_default();
    described::complete(&mut whole);
    whole
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn whoever_takes_calls_is_told_the_words() {
        let described = super::description();
        let fields = &described["components"]["schemas"]["IncidentAsk"]["properties"];
        let told = |field: &str, word: &str| {
            let words = fields[field]["description"].as_str().unwrap();
            assert!(words.contains(&format!("`{word}`")), "{field}: {word} is not in {words}");
        };
        for kind in dispatch::IncidentKind::ALL {
            told("kind", kind.word());
        }
        for source in dispatch::IncidentSource::ALL {
            told("source", source.word());
        }
    }

    /// A new path that speaks of what happens belongs where the newest is read first.
    #[test]
    fn few_questions_are_answered_without_the_newest() {
        let described = serde_json::to_value(super::standing().split_for_parts().1).unwrap();
        let paths = described["paths"].as_object().unwrap();
        let happens = ["operations", "units"];
        let said = |path: &serde_json::Value| path["get"]["tags"][0].as_str().is_some_and(|tag| happens.contains(&tag));
        let asked = paths.iter().filter(|(name, path)| name.starts_with("/api/v1/") && said(path));
        let named: Vec<&str> = asked.map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, Vec::<&str>::new());
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let described = super::description();
        let paths = described["paths"].as_object().unwrap();
        let names = paths.values().flat_map(|path| path.as_object().unwrap().values());
        let names: Vec<&str> = names.filter_map(|operation| operation["operationId"].as_str()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        assert!(names.len() >= 30, "{names:?}");
    }
}
