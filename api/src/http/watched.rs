//! How much of an area cameras watch, and where they do not.

use axum::extract::State;
use axum::http::HeaderMap;
use geo::{BoundingRect, MultiPolygon, Rect, coord};
use serde_json::{Value as Json, json};
use spatial::sight::{Coverage, CoverageError, TARGET_HEIGHT_M, Turned, Watched};
use spatial::{Layer, zone};

use super::aside::aside;
use super::extract::{Json as Body, position};
use super::nearby::polygon;
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::App;
use crate::auth::Caller;
use crate::wire::{WatchedAsk, area_json};

/// Largest box of an area, square metres: some seconds of work where cameras stand close.
const LARGEST_M2: f64 = 2_000_000.0;
/// Side of a cell, metres.
const CELL_M: f64 = 5.0;

/// What the cameras of the caller's part of the city see of an area (somebody who stands there, 1.5 m above ground) and what
/// none of them sees: its blind spots. The area must lie in the caller's part of the city, else what cameras beyond the
/// border see would be missing.
#[utoipa::path(post, path = "/api/v1/sight/coverage", tag = "map", request_body = WatchedAsk,
    responses((status = 200, description = "`GeoJSON`: two features, `seen` true and false, and `{text, share, cells, under_roofs, cell_m, cameras, offline, unknown, online_only}`", body = Object), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn watched(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(ask): Body<WatchedAsk>,
) -> Result<axum::Json<Json>, Problem> {
    let how = Watched {
        cell_m: ask.cell_m.unwrap_or(CELL_M),
        target_height_m: TARGET_HEIGHT_M,
        turned: if ask.now { Turned::Now } else { Turned::All },
        online_only: ask.online_only.unwrap_or(true),
    };
    let area = area(ask)?;
    if !(2.0..=100.0).contains(&how.cell_m) {
        return Err(Problem::at(Code::BadRequest, "/cell_m", "must be 2 to 100 metres"));
    }
    let sight = app.sight_over(&caller, &area)?;
    app.looks.glance(&caller, "sight coverage", &[Layer::Cameras]).await?;
    let found = aside("coverage by cameras", move || app.watched_area(&sight, &area, &how)).await?;
    let found = found.map_err(|error| match error {
        CoverageError::Cell(_) | CoverageError::TooLarge { .. } => {
            Problem::at(Code::BadRequest, "/cell_m", error.to_string())
        }
        CoverageError::Empty => Problem::new(Code::Invalid, error.to_string()),
    })?;
    Ok(axum::Json(body(&found, &how, prefers_chinese(&headers))))
}

fn area(ask: WatchedAsk) -> Result<MultiPolygon<f64>, Problem> {
    let (pointer, given) = match (ask.polygon, ask.bbox) {
        (Some(geometry), None) => ("/polygon", polygon(geometry)?),
        (None, Some([west, south, east, north])) => {
            let bad = |_| Problem::at(Code::Position, "/bbox", "must be west, south, east, north in degrees");
            position(west, south).map_err(bad)?;
            position(east, north).map_err(bad)?;
            if west >= east || south >= north {
                return Err(Problem::at(
                    Code::BadRequest,
                    "/bbox",
                    "west must be less than east, south less than north",
                ));
            }
            let rect = Rect::new(coord! { x: west, y: south }, coord! { x: east, y: north });
            ("/bbox", MultiPolygon::new(vec![rect.to_polygon()]))
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::at(Code::BadRequest, "/polygon", "give either polygon or bbox"));
        }
    };
    let bad = |why: String| Problem::at(Code::BadRequest, pointer, why);
    let extent = given.bounding_rect().ok_or_else(|| bad("is empty".to_owned()))?;
    let box_m2 = zone::area_m2(&MultiPolygon::new(vec![extent.to_polygon()]));
    if box_m2 > LARGEST_M2 {
        let (is, most) = (box_m2 / 1e6, LARGEST_M2 / 1e6);
        return Err(bad(format!("its box has {is:.1} km², at most {most:.0} km² are looked at: take a smaller area")));
    }
    zone::drawn(&given).map_err(|error| bad(error.to_string()))
}

fn body(found: &Coverage, how: &Watched, zh: bool) -> Json {
    let feature = |seen: bool, area: &MultiPolygon<f64>| {
        json!({
            "type": "Feature",
            "geometry": area_json(area),
            "properties": { "seen": seen, "area_m2": zone::area_m2(area).round() },
        })
    };
    json!({
        "type": "FeatureCollection",
        "features": [feature(true, &found.seen), feature(false, &found.blind)],
        "text": words(found, zh),
        "share": found.share,
        "cells": found.cells,
        "under_roofs": found.under_roofs,
        "cell_m": how.cell_m,
        "cameras": found.cameras,
        "offline": found.offline,
        "unknown": found.unknown,
        "online_only": how.online_only,
        "target_height_m": how.target_height_m,
    })
}

fn words(found: &Coverage, zh: bool) -> String {
    let (cameras, offline, unknown) = (found.cameras, found.offline, found.unknown);
    let share = patrol::percent(found.watched as u64, found.cells as u64);
    if zh {
        format!("可见该区域室外部分的{share}；可及该区域的摄像机{cameras}个，另有离线{offline}个，朝向不明{unknown}个")
    } else {
        format!(
            "{share} of what lies under no roof is seen, with {cameras} cameras in range; {offline} in range do not answer, of {unknown} nobody knows where they look"
        )
    }
}
