//! Cameras that could see an incident.

use axum::extract::State;
use axum::http::HeaderMap;
use dispatch::Incident;
use serde::{Deserialize, Serialize};
use spatial::sight::{Buildings, Judged, Sees};
use utoipa::{IntoParams, ToSchema};

use super::how_many;
use super::said::Reason;
use crate::app::ops::IncidentSight;
use crate::app::{App, Sighting};
use crate::auth::{Caller, Refusal};
use crate::http::aside::aside;
use crate::http::extract::{Path, Query};
use crate::http::incidents::in_sight;
use crate::http::problem::{Problem, ProblemBody, prefers_chinese};

/// How many cameras are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CamerasQuery {
    /// 1 to 50; 6 when left out.
    k: Option<usize>,
}

/// A building in the way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BlockedBy {
    /// Its id.
    building: Option<String>,
    /// Its number in tiles.
    fid: u64,
    /// Its height, metres.
    height_m: f64,
    /// How far from the camera the line of sight meets it, metres.
    at_m: f64,
}

/// A camera near an incident.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RankedCamera {
    /// Its id.
    camera: String,
    /// Its number in tiles.
    fid: u64,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Longitude, WGS84 degrees.
    lon: f64,
    /// Latitude.
    lat: f64,
    /// Along the ground, metres.
    distance_m: f64,
    /// From the camera to the incident, degrees clockwise from north.
    #[serde(skip_serializing_if = "Option::is_none")]
    bearing_deg: Option<f64>,
    /// `yes`, `after_turn`, `blocked`, `outside` or `unknown`.
    sees: &'static str,
    /// Seconds until it is in view.
    #[serde(skip_serializing_if = "Option::is_none")]
    after_s: Option<f64>,
    /// What stands between.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_by: Option<BlockedBy>,
    /// Pixels a metre at the place, 1920 across, no zoom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pixels_per_m: Option<f64>,
    /// How much of the circle of a rough place can be seen, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    /// Whether it answers; absent when nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    online: Option<bool>,
    /// Why it stands where it stands.
    reasons: Vec<Reason>,
}

/// A street that leads to the incident, and the camera that sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApproachBody {
    /// Longitude of the place that is seen, WGS84 degrees.
    lon: f64,
    /// Latitude.
    lat: f64,
    /// How far from the incident, metres.
    distance_m: f64,
    /// Which camera.
    camera: RankedCamera,
}

/// Cameras for an incident, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RankedCameras {
    /// Said when no camera sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    none_sees: Option<Reason>,
    /// What sees it, then what may, then what does not; what is offline stands last.
    items: Vec<RankedCamera>,
    /// Where none sees the place: cameras on the streets that lead there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    approaches: Vec<ApproachBody>,
}

/// Cameras for an incident: those first that see it, soonest first; buildings in the way are counted in.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/cameras", tag = "operations", params(("id" = String, Path), CamerasQuery),
    responses((status = 200, body = RankedCameras), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn ranked_cameras(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    ask: Result<Query<CamerasQuery>, Problem>,
    headers: HeaderMap,
) -> Result<axum::Json<RankedCameras>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    let Query(ask) = ask?;
    let k = how_many(ask.k, super::CAMERAS)?;
    if view.sight == IncidentSight::Snapped {
        return Err(Refusal::Role.into());
    }
    crate::auth::Sight::of(&caller, spatial::Layer::Cameras)?;
    app.looks.glance(&caller, "rank", &[spatial::Layer::Cameras]).await?;
    Ok(axum::Json(cameras_json(app, caller, view.incident, k, prefers_chinese(&headers)).await?))
}

/// Ranks and writes the answer, off the threads that answer others.
pub(crate) async fn cameras_json(
    app: App,
    caller: Caller,
    incident: std::sync::Arc<Incident>,
    k: usize,
    zh: bool,
) -> Result<RankedCameras, Problem> {
    let Some(place) = incident.location.position else {
        let none = Reason::new(zh, "NOT-LOCATED", ("the incident has no place yet", "警情尚未定位"));
        return Ok(RankedCameras { none_sees: Some(none), items: Vec::new(), approaches: Vec::new() });
    };
    let accuracy_m = incident.location.accuracy_m.unwrap_or(0.0);
    let found = aside("cameras", move || app.cameras_for(&caller, place, accuracy_m, k)).await??;
    let none = || Reason::new(zh, "NONE-SEES", ("no camera sees the place", "没有摄像机能看到该位置"));
    let ranked = &found.ranked;
    let approach = |approach: &spatial::sight::Approach| {
        let at = found.approaches.get(approach.approach)?;
        let distance_m = at.distance_m(&place);
        Some(ApproachBody { lon: at.lon(), lat: at.lat(), distance_m, camera: camera(&approach.camera, &found, zh)? })
    };
    Ok(RankedCameras {
        none_sees: ranked.none_sees.then(none),
        items: ranked.items.iter().filter_map(|judged| camera(judged, &found, zh)).collect(),
        approaches: ranked.approaches.iter().filter_map(approach).collect(),
    })
}

fn camera(judged: &Judged, found: &Sighting, zh: bool) -> Option<RankedCamera> {
    let (cameras, row) = (&found.cameras, judged.row);
    let (_, id) = cameras.source(row)?;
    let at = cameras.position(row)?;
    let text = |field: &str| {
        let seen = !found.hidden.contains(&field);
        cameras.properties(row).get(field).filter(|_| seen).and_then(|value| value.as_text().map(str::to_owned))
    };
    let walls = Buildings::new(&found.buildings);
    let reason =
        |reason: spatial::sight::Reason| Reason::new(zh, reason.code(), (reason.words_en(), reason.words_zh()));
    let blocked_by = match &judged.sees {
        Sees::Blocked(by) => Some(BlockedBy {
            building: found.buildings.source(by.row).map(|(_, id)| id.to_owned()),
            fid: by.fid,
            height_m: by.height_m,
            at_m: by.at_m,
        }),
        Sees::Yes | Sees::AfterTurn(_) | Sees::Outside(_) | Sees::Unknown(_) => None,
    };
    Some(RankedCamera {
        camera: id.to_owned(),
        fid: judged.fid,
        name: text("name"),
        kind: text("kind"),
        lon: at.lon(),
        lat: at.lat(),
        distance_m: judged.distance_m,
        bearing_deg: judged.bearing_deg,
        sees: judged.sees.word(),
        after_s: judged.sees.after_s(),
        blocked_by,
        pixels_per_m: judged.pixels_per_m,
        share: judged.share,
        online: judged.online,
        reasons: judged.reasons(&walls).into_iter().map(reason).collect(),
    })
}
