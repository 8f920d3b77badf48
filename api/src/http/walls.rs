//! Walls: what desks put on them.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use dispatch::{Command, Decided, Desk, OnWall, Shown};
use serde_json::json;

use super::extract::{Path, json_body, position};
use super::incidents::{answer, idempotency_key, may_touch};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::ops::{Render, Work};
use crate::app::{App, WallScene, Walls, now_ms};
use crate::auth::{Caller, policy};
use crate::wire::{SceneAsk, SceneBody, TrendBody, WallBody, WallList};

/// How long a scene stands unless somebody says otherwise, seconds.
const USUAL_S: i64 = 1_800;
/// How long it may stand, seconds.
const STANDS_S: std::ops::RangeInclusive<i64> = 60..=OnWall::LONGEST_MS / 1_000;

fn named(name: &str) -> Result<u8, Problem> {
    Walls::named(name).ok_or_else(|| {
        Problem::new(Code::NotFound, format!("there is no wall {name:?}: walls are 1 to {}", OnWall::WALLS))
    })
}

fn seen(app: &App, caller: &Caller, wall: u8) -> WallBody {
    let scene = app.wall_scene(caller, wall, now_ms()).map(SceneBody::of);
    WallBody { wall: wall.to_string(), connected: app.walls.connected(wall), scene }
}

/// Walls that are connected to this server, or on which something stands.
#[utoipa::path(get, path = "/api/v1/walls", tag = "operations", responses((status = 200, body = WallList), (status = 403, body = ProblemBody)))]
pub(super) async fn walls(State(app): State<App>, caller: Caller) -> Result<axum::Json<WallList>, Problem> {
    caller.must_be(policy::SEE_WALLS)?;
    let all = (1..=OnWall::WALLS).map(|wall| seen(&app, &caller, wall));
    Ok(axum::Json(WallList { walls: all.filter(|wall| wall.connected > 0 || wall.scene.is_some()).collect() }))
}

/// How many incidents with a place were reported in each of the last 24 hours in the caller's part of the city, and how
/// many are usual at that hour.
#[utoipa::path(get, path = "/api/v1/walls/trend", tag = "operations", responses((status = 200, body = TrendBody), (status = 403, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn trend(State(app): State<App>, caller: Caller) -> Result<axum::Json<TrendBody>, Problem> {
    caller.must_be(policy::SEE_WALLS)?;
    app.looks.glance_at(&caller, "trend", "incidents".to_owned()).await?;
    let hours = app.trend(&caller).await.map_err(|error| {
        tracing::error!(%error, "the past could not be read");
        Problem::new(Code::Unavailable, "the past could not be read")
    })?;
    Ok(axum::Json(TrendBody::of(&hours)))
}

/// What stands on a wall. A guest is told a rough view, no camera.
#[utoipa::path(get, path = "/api/v1/walls/{id}/scene", tag = "operations", params(("id" = String, Path, description = "`1` to `32`")),
    responses((status = 200, body = WallBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn wall_scene(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<WallBody>, Problem> {
    let wall = named(&id)?;
    caller.must_be(policy::SEE_WALLS)?;
    Ok(axum::Json(seen(&app, &caller, wall)))
}

/// Puts something on a wall: the newest word counts, whoever said it; it stands until it is taken back, its time is over
/// or its incident has ended. Screens of that wall are told at once. `Idempotency-Key` makes asking again safe.
#[utoipa::path(put, path = "/api/v1/walls/{id}/scene", tag = "operations", request_body = SceneAsk,
    params(("id" = String, Path, description = "`1` to `32`"), ("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 200, body = WallBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn show_on_wall(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let wall = named(&id)?;
    let ask: SceneAsk = json_body(&headers, &body)?;
    let at = position(ask.view.lon, ask.view.lat)?;
    let for_s = ask.for_s.unwrap_or(USUAL_S);
    if !STANDS_S.contains(&for_s) {
        let why = format!("must be {} to {} seconds", STANDS_S.start(), STANDS_S.end());
        return Err(Problem::at(Code::BadRequest, "/for_s", why));
    }
    caller.must_be(policy::SEND_TO_WALLS)?;
    if let Some(incident) = &ask.incident {
        may_touch(&app, &caller, incident).await?;
    }
    let incident = ask.incident.iter().cloned().collect();
    app.looks.look(&caller, "show", "walls", incident, Some(format!("wall {wall}")), None).await?;
    let shown = Shown {
        lon: at.lon(),
        lat: at.lat(),
        zoom: ask.view.zoom,
        incident: ask.incident,
        cameras: ask.cameras,
        layers: ask.layers,
        until_ms: now_ms().saturating_add(for_s.saturating_mul(1_000)),
    };
    let command = Command::Show(Box::new(OnWall { wall, shown: Some(shown) }));
    let mut work = Work::new(&caller, idempotency_key(&headers)?, command, &format!("walls/{wall}"), &body);
    work.render = rendered(&app, wall);
    Ok(answer(app.command(work).await?))
}

/// Takes back what stands on a wall, whoever sent it: the wall goes its own way again. Where nothing stands, nothing
/// changes.
#[utoipa::path(delete, path = "/api/v1/walls/{id}/scene", tag = "operations", params(("id" = String, Path, description = "`1` to `32`"),
        ("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 200, body = WallBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn take_from_wall(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wall = named(&id)?;
    caller.must_be(policy::SEND_TO_WALLS)?;
    app.looks.look(&caller, "take back", "walls", Vec::new(), Some(format!("wall {wall}")), None).await?;
    let command = Command::Show(Box::new(OnWall { wall, shown: None }));
    let mut work = Work::new(&caller, idempotency_key(&headers)?, command, &format!("walls/{wall}"), &[]);
    work.render = rendered(&app, wall);
    Ok(answer(app.command(work).await?))
}

/// Who sends sees what was sent.
fn rendered(app: &App, wall: u8) -> Render {
    let connected = app.walls.connected(wall);
    Box::new(move |desk: &Desk, _: &Decided| {
        let scene = WallScene::exact(desk, wall, now_ms()).map(SceneBody::of);
        (200, json!(WallBody { wall: wall.to_string(), connected, scene }))
    })
}
