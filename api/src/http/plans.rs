//! Plans: published, listed, shown, taken along to a map or a device.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use patrol::{Draft, Plan, PlanError, Post, Route, export};
use serde::Deserialize;
use serde_json::json;
use spatial::Position;
use store::Publish;
use utoipa::IntoParams;

use super::extract::{Json, Path, Query};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, PlanInSight, now_ms};
use crate::auth::{Caller, policy};
use crate::wire::{PlanAsk, PlanBody, PlanLine, PlanList};

/// Plans of a page.
const PAGE: u32 = 100;

/// Which plans.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PlansQuery {
    /// Plans after this id; from the first when left out.
    after: Option<String>,
}

/// The newest version of each plan that has something in the caller's part of the city.
#[utoipa::path(get, path = "/api/v1/plans", tag = "planning", params(PlansQuery),
    responses((status = 200, body = PlanList), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn plans(
    State(app): State<App>,
    caller: Caller,
    Query(ask): Query<PlansQuery>,
) -> Result<axum::Json<PlanList>, Problem> {
    caller.must_be(policy::PLANNING)?;
    app.looks.glance_at(&caller, "plans", "plans".to_owned()).await?;
    let page = app.store.plans(ask.after.as_deref(), PAGE).await?;
    let next = page.last().filter(|_| page.len() == PAGE as usize).map(|plan| plan.draft.id.clone());
    let seen = page.into_iter().filter_map(|plan| app.plan_in_sight(&caller, plan));
    Ok(axum::Json(PlanList { plans: seen.map(|seen| PlanLine::of(&seen)).collect(), next }))
}

/// Publishes a plan as the next version of its id. What its posts reach by road is reckoned here and stands in it.
#[utoipa::path(post, path = "/api/v1/plans", tag = "planning", request_body = PlanAsk,
    responses((status = 201, body = PlanBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, description = "another version is the newest", body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn publish_plan(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<PlanAsk>,
) -> Result<Response, Problem> {
    let follows = ask.follows;
    let mut draft = draft(ask)?;
    caller.must_be(policy::PUBLISHERS)?;
    app.may_publish(&caller, &draft)?;
    draft.check().map_err(|error| wrong(&error))?;
    let (id, title) = (draft.id.clone(), draft.title.clone());
    app.looks.look(&caller, "publish", "plans", vec![id.clone()], Some(title), None).await?;
    let posts = draft.posts.iter().map(|post| (post.position, post.unit.clone())).collect();
    draft.covers = app.covers(&caller, posts).await.map_err(|error| {
        tracing::error!(%error, "what a plan covers could not be reckoned");
        Problem::new(Code::Unavailable, "the past could not be read")
    })?;
    match app.store.publish_plan(draft, &caller.user, now_ms(), follows).await? {
        Publish::Done(plan) => {
            let body = PlanBody::of(PlanInSight { plan: *plan, outside: 0 });
            let location = [(header::LOCATION, format!("/api/v1/plans/{id}"))];
            Ok((StatusCode::CREATED, location, axum::Json(body)).into_response())
        }
        Publish::Conflict { version } => {
            let changed = json!([{"field": "version", "old": follows, "new": version}]);
            let why = format!("version {version} is the newest of {id:?}");
            Err(Problem::new(Code::Stale, why).with("changed", changed))
        }
    }
}

/// Which version.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PlanQuery {
    /// The newest when left out.
    version: Option<u32>,
}

/// A plan: as it is, as `GeoJSON` with `.geojson` behind the id, or as GPX 1.1 with `.gpx`.
#[utoipa::path(get, path = "/api/v1/plans/{id}", tag = "planning",
    params(("id" = String, Path, description = "its id, with `.geojson` or `.gpx` behind it for a file"), PlanQuery),
    responses((status = 200, body = PlanBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn plan(
    State(app): State<App>,
    caller: Caller,
    Path(named): Path<String>,
    ask: Result<Query<PlanQuery>, Problem>,
) -> Result<Response, Problem> {
    let (id, form) = named.split_once('.').map_or((named.as_str(), None), |(id, form)| (id, Some(form)));
    let missing = || Problem::new(Code::NotFound, format!("there is no plan {named:?}"));
    if form.is_some_and(|form| !["geojson", "gpx"].contains(&form)) {
        return Err(missing());
    }
    let version = ask.as_ref().ok().and_then(|Query(ask)| ask.version);
    let plan = app.store.plan(id, version).await?.ok_or_else(missing)?;
    ask?;
    caller.must_be(policy::PLANNING)?;
    let seen = app.plan_in_sight(&caller, plan).ok_or_else(missing)?;
    let detail = form.map(str::to_owned);
    app.looks.look(&caller, "plan", "plans", vec![id.to_owned()], detail, None).await?;
    match form {
        None => Ok(axum::Json(PlanBody::of(seen)).into_response()),
        Some("gpx") => {
            let text = export::gpx(&seen.plan).map_err(|error| {
                tracing::error!(%error, "a plan could not be written");
                Problem::new(Code::Internal, "this has been logged")
            })?;
            Ok((file(&seen.plan, "application/gpx+xml", "gpx"), text).into_response())
        }
        Some(_) => {
            let body = export::geojson(&seen.plan).to_string();
            Ok((file(&seen.plan, "application/geo+json", "geojson"), body).into_response())
        }
    }
}

/// The headers of a file to keep. An id needs no quoting.
fn file(plan: &Plan, media: &str, ending: &str) -> [(HeaderName, String); 2] {
    let name = format!("attachment; filename=\"{}-{}.{ending}\"", plan.draft.id, plan.version);
    [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, name)]
}

fn draft(ask: PlanAsk) -> Result<Draft, Problem> {
    let at = |pointer: String, [lon, lat]: [f64; 2]| {
        Position::new(lon, lat).map_err(|why| Problem::at(Code::Position, pointer, why.to_string()))
    };
    let (mut posts, mut routes) = (Vec::with_capacity(ask.posts.len()), Vec::with_capacity(ask.routes.len()));
    for (n, post) in ask.posts.into_iter().enumerate() {
        let position = at(format!("/posts/{n}"), [post.lon, post.lat])?;
        posts.push(Post { name: post.name, position, unit: post.unit });
    }
    for (n, route) in ask.routes.into_iter().enumerate() {
        let point = |(m, point): (usize, &[f64; 2])| at(format!("/routes/{n}/points/{m}"), *point);
        let points = route.points.iter().enumerate().map(point).collect::<Result<_, _>>()?;
        routes.push(Route { name: route.name, points, unit: route.unit });
    }
    Ok(Draft { id: ask.id, title: ask.title, note: ask.note, posts, routes, covers: None })
}

/// Where in the body it is wrong.
fn wrong(error: &PlanError) -> Problem {
    let pointer = match error {
        PlanError::Id(_) | PlanError::Other { .. } => "/id",
        PlanError::Text("the title") => "/title",
        PlanError::Text("the note") => "/note",
        PlanError::Text("the name of a route") | PlanError::Short(_) => "/routes",
        PlanError::Text(_) | PlanError::Empty | PlanError::Long => "/posts",
        PlanError::Early | PlanError::Covers => "",
    };
    Problem::at(Code::Invalid, pointer, error.to_string())
}
