//! What else lies around an incident: what helps, and which recordings may show somebody.

use axum::extract::State;
use axum::http::HeaderMap;
use dispatch::PlaceRole;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use spatial::Layer;
use spatial::noun::PlaceKind;
use utoipa::IntoParams;

use super::aside::aside;
use super::extract::{Path, Query};
use super::incidents::in_sight;
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::ops::{IncidentSight, IncidentView};
use crate::app::{App, ReviewAsked, WATER, WentBy, rfc3339};
use crate::auth::{Caller, Refusal, policy};
use crate::wire::resource_json;

/// How many of each kind.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ResourcesQuery {
    /// 1 to 20; 3 when left out.
    k: Option<usize>,
    /// Which kinds of place, joined by commas, `water` among them; those that help at a scene when left out.
    kinds: Option<String>,
}

/// How far the ring grows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RingQuery {
    /// 1 to 60; 20 when left out.
    minutes: Option<u32>,
    /// `foot` or `car`: how they went on; `foot` when left out.
    by: Option<String>,
}

fn exact(view: &IncidentView) -> Result<(), Problem> {
    if view.sight == IncidentSight::Snapped { Err(Refusal::Role.into()) } else { Ok(()) }
}

/// Hydrants, AEDs, life rings, shelters, hospitals, fire stations, hazard sites and water near an incident: the nearest of
/// each with distance, by road where one drives there, and with what was last said of it.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/resources", tag = "operations", params(("id" = String, Path), ResourcesQuery),
    responses((status = 200, description = "`{resources: [{kind, nearest: [{id, fid, name, lon, lat, straight_m, road_m?, eta_s?, state?}]}]}`", body = Object),
        (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn resources(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    ask: Result<Query<ResourcesQuery>, Problem>,
) -> Result<axum::Json<Json>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    let Query(ask) = ask?;
    let k = ask.k.unwrap_or(3);
    if !(1..=20).contains(&k) {
        return Err(Problem::at(Code::BadRequest, "/k", "must be 1 to 20"));
    }
    let kinds = ask.kinds.as_deref().map(resource_kinds).transpose()?.unwrap_or_default();
    exact(&view)?;
    crate::auth::Sight::of(&caller, Layer::Places)?;
    app.looks.glance(&caller, "resources", &[Layer::Places, Layer::Water]).await?;
    let place = located(&view)?;
    let found = aside("resources", move || app.resources(place, k, &kinds)).await?;
    let kind = |of: &crate::app::Resources| json!({"kind": of.kind, "nearest": of.nearest.iter().map(resource_json).collect::<Vec<_>>()});
    Ok(axum::Json(json!({ "resources": found.iter().map(kind).collect::<Vec<_>>() })))
}

/// Who looks through a recording, or what it showed; said by the command `watch`.
fn recording(of: &dispatch::Recording) -> Json {
    let mut body = json!({"watched": of.watched.word(), "by": of.by, "at": rfc3339(of.at_ms)});
    if let Some(text) = &of.text {
        body["text"] = json!(text);
    }
    body
}

/// Each kind once, in the order in which they are named.
fn resource_kinds(given: &str) -> Result<Vec<&'static str>, Problem> {
    let known = |word: &str| PlaceKind::from_word(word).map(PlaceKind::word).or((word == WATER).then_some(WATER));
    let mut kinds = Vec::new();
    for word in given.split(',') {
        let kind = super::asked::word("/kinds", word, known(word))?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}

fn located(view: &IncidentView) -> Result<spatial::Position, Problem> {
    view.incident.location.position.ok_or_else(|| Problem::new(Code::Invalid, "the incident has no place yet"))
}

/// The ring of review: cameras in the order in which somebody on foot or in a car can have passed them since they were last
/// seen (the place `last_seen` of the incident, else its scene), each with the window in which to look. What is closed just
/// now is counted in. `middle` says when the ring does not grow from the middle of a rough place (closed, or off any road),
/// `why` when closures let nobody pass any camera.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/review", tag = "operations", params(("id" = String, Path), RingQuery),
    responses((status = 200, description = "`{last_seen, minutes, by, left_off, middle?, why?, cameras: [{camera, fid, name, lon, lat, enter, leave, online?, posed, recording: {watched, by, at, text?}?}]}`", body = Object),
        (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn review(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    ask: Result<Query<RingQuery>, Problem>,
    headers: HeaderMap,
) -> Result<axum::Json<Json>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    let Query(ask) = ask?;
    let minutes = ask.minutes.unwrap_or(20);
    if !(1..=60).contains(&minutes) {
        return Err(Problem::at(Code::BadRequest, "/minutes", "must be 1 to 60"));
    }
    let given = ask.by.as_deref().unwrap_or("foot");
    let by = super::asked::word("/by", given, WentBy::ALL.into_iter().find(|by| by.word() == given))?;
    exact(&view)?;
    caller.must_be(policy::COMMANDERS)?;
    let incident = &view.incident;
    let last = incident.places.get(&PlaceRole::LastSeen).unwrap_or(&incident.location);
    let place = last.position.ok_or_else(|| Problem::new(Code::Invalid, "nobody said where"))?;
    let accuracy_m = last.accuracy_m.unwrap_or(0.0);
    let at_ms = incident.times.occurred.or(incident.times.reported).unwrap_or_else(crate::app::now_ms);
    let detail = format!("{:.5},{:.5} {minutes} min by {}", place.lon(), place.lat(), by.word());
    app.looks.look(&caller, "review", "cameras", vec![id], Some(detail), None).await?;
    let asked = ReviewAsked { last: last.clone(), at_ms, minutes, by };
    let found = aside("review", move || app.review(&caller, &asked)).await??;
    let zh = prefers_chinese(&headers);
    let layer = &found.cameras;
    let camera = |one: &spatial::sight::ring::Review| {
        let at = layer.position(one.row)?;
        let (_, id) = layer.source(one.row)?;
        let name = layer.text(one.row, "name");
        Some(json!({
            "camera": id, "fid": one.fid, "name": name, "lon": at.lon(), "lat": at.lat(),
            "enter": rfc3339(one.enter_ms), "leave": rfc3339(one.leave_ms), "online": one.online, "posed": one.posed,
            "recording": incident.recordings.get(id).map(recording),
        }))
    };
    let mut body = json!({
        "last_seen": {"lon": place.lon(), "lat": place.lat(), "accuracy_m": accuracy_m, "at": rfc3339(at_ms)},
        "minutes": minutes,
        "by": by.word(),
        "left_off": found.left_off,
        "cameras": found.ring.iter().filter_map(camera).collect::<Vec<_>>(),
    });
    let said =
        |code: &str, (en, chinese): (String, String)| json!({"code": code, "text": if zh { chinese } else { en }});
    if let Some(aside) = found.aside {
        body["middle"] = said(aside.code(), aside.words());
    }
    if found.closed_in {
        let words = ("closures shut the place in, nobody gets away from it", "该地点被封闭路段围住，无法离开");
        body["why"] = said("CLOSED-IN", (words.0.to_owned(), words.1.to_owned()));
    }
    Ok(axum::Json(body))
}
