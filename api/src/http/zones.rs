//! Evacuation and cordon zones of open incidents.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use dispatch::{Command, Condition, Decided, Desk, Event, Mark, Zone, ZonePurpose, ZoneShape, ZoneState, ZoneWind};
use serde_json::{Value as Json, json};
use spatial::zone::ERG_HALF_ANGLE_DEG;

use super::aside::aside;
use super::asked::{moment, word};
use super::extract::{Path, json_body, must_be, position, read_object};
use super::incidents::{answer, idempotency_key, in_sight_on, there_is};
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::ops::{IncidentSight, Work};
use crate::app::{App, ZoneAsked, now_ms, outline};
use crate::auth::{Caller, Refusal, policy};
use crate::wire::{ConeAsk, MarkAsk, ZoneAsk, ZoneBody, ZoneList, area_json};

/// Refuses who does not see the incident of a zone exactly, also after a look at what other servers wrote.
async fn sees(app: &App, caller: &Caller, incident: &str) -> Result<(), Problem> {
    let desk = app.desk_with(|desk| sees_on(desk, app, caller, incident).is_ok()).await;
    sees_on(&desk, app, caller, incident)
}

fn sees_on(desk: &Desk, app: &App, caller: &Caller, incident: &str) -> Result<(), Problem> {
    match in_sight_on(desk, app, caller, incident)?.sight {
        IncidentSight::Exact | IncidentSight::Own => Ok(()),
        IncidentSight::Snapped => Err(Refusal::Role.into()),
    }
}

async fn known(app: &App, id: &str) -> Result<Arc<ZoneState>, Problem> {
    let desk = app.desk_with(|desk| desk.zone(id).is_some()).await;
    desk.zone(id).cloned().ok_or_else(|| Problem::new(Code::NotFound, format!("there is no zone {id:?}")))
}

/// Writes the row in the audit, then looks who and what lies in the zone.
async fn whole(app: &App, caller: &Caller, state: Arc<ZoneState>, zh: bool) -> Result<ZoneBody, Problem> {
    let class = if caller.is(policy::ZONE_COUNTS) { "people,buildings" } else { "people" };
    let detail = Some(format!("incident {}", state.zone.incident));
    app.looks.look(caller, "zone", class, vec![state.zone.id.clone()], detail, None).await?;
    let (house, caller) = (app.clone(), caller.clone());
    let looked = Arc::clone(&state);
    let found = aside("zone", move || house.zone_found(&caller, &looked)).await?;
    Ok(ZoneBody::of(&state, now_ms(), zh).with(&state, &found, zh))
}

/// Zones of the open incidents in the caller's sight: outlines and what was said of buildings.
#[utoipa::path(get, path = "/api/v1/zones", tag = "operations", responses((status = 200, body = ZoneList), (status = 403, body = ProblemBody)))]
pub(super) async fn zones(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<axum::Json<ZoneList>, Problem> {
    if IncidentSight::of(&caller)? == IncidentSight::Snapped {
        return Err(Refusal::Role.into());
    }
    app.looks.glance_at(&caller, "zones", "incidents".to_owned()).await?;
    let (desk, now, zh) = (app.ops.desk(), now_ms(), prefers_chinese(&headers));
    let seen = desk.zones().filter(|state| sees_on(&desk, &app, &caller, &state.zone.incident).is_ok());
    Ok(axum::Json(ZoneList { zones: seen.map(|state| ZoneBody::of(state, now, zh)).collect() }))
}

/// One zone with who and what lies in it: people (building by building for the lead, in sums of published cells for
/// others), schools, hospitals and hazard sites by name, roads that lead out, the nearest shelters. Each look leaves its row
/// in the audit first; after the end of the incident there is no zone.
#[utoipa::path(get, path = "/api/v1/zones/{id}", tag = "operations", params(("id" = String, Path)),
    responses((status = 200, body = ZoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn zone(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<axum::Json<ZoneBody>, Problem> {
    let state = known(&app, &id).await?;
    sees(&app, &caller, &state.zone.incident).await?;
    whole(&app, &caller, state, prefers_chinese(&headers)).await.map(axum::Json)
}

/// Draws a zone for an open incident: a circle, a cone down the wind, or by hand. The answer says who and what lies in it.
/// `Idempotency-Key` makes asking again safe.
#[utoipa::path(post, path = "/api/v1/zones", tag = "operations", request_body = ZoneAsk,
    params(("Idempotency-Key" = Option<String>, Header, description = "asking again with it draws nothing more")),
    responses((status = 201, body = ZoneBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn draw_zone(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let ask: ZoneAsk = json_body(&headers, &body)?;
    let missing = || Problem::at(Code::BadRequest, "/incident", "is missing");
    let incident = ask.incident.clone().ok_or_else(missing)?;
    // The wind may have been said elsewhere a moment ago.
    app.current().await;
    there_is(&app, &incident).await?;
    let zone = asked(&app, &caller, ask, String::new(), incident)?;
    put(&app, &caller, zone, (&headers, &body), StatusCode::CREATED).await
}

/// Draws a zone anew, as the wind turns or more is known: what was said of its buildings stays.
#[utoipa::path(put, path = "/api/v1/zones/{id}", tag = "operations", request_body = ZoneAsk, params(("id" = String, Path)),
    responses((status = 200, body = ZoneBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn redraw_zone(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    must_be(&headers, &["application/json"])?;
    app.current().await;
    let state = known(&app, &id).await?;
    let ask: ZoneAsk = read_object(&body)?;
    let incident = ask.incident.clone().unwrap_or_else(|| state.zone.incident.clone());
    let zone = asked(&app, &caller, ask, id, incident)?;
    // Whatever incident is named: the zone is of that which it was drawn for.
    sees(&app, &caller, &state.zone.incident).await?;
    put(&app, &caller, zone, (&headers, &body), StatusCode::OK).await
}

/// Has a zone drawn, and answers with who and what lies in it.
async fn put(
    app: &App,
    caller: &Caller,
    zone: Zone,
    (headers, body): (&HeaderMap, &Bytes),
    status: StatusCode,
) -> Result<Response, Problem> {
    sees(app, caller, &zone.incident).await?;
    caller.must_be(policy::COMMANDERS)?;
    let (key, about) = (idempotency_key(headers)?, format!("zones/{}", zone.id));
    let old = zone.id.clone();
    let mut work = Work::new(caller, key, Command::DrawZone(Box::new(zone)), &about, body);
    work.render = Box::new(move |_: &Desk, decided: &Decided| {
        let drawn = decided.events.iter().find_map(|event| {
            let Event::Zoned { zone, .. } = event else { return None };
            Some(zone.id.clone())
        });
        (status.as_u16(), json!({ "id": drawn.unwrap_or(old) }))
    });
    let mut done = app.command(work).await?;
    let id = done.body.get("id").and_then(Json::as_str).unwrap_or_default();
    // Counts are of now, never of the first time that it was asked: they are not kept with the answer in the log.
    let state = known(app, id).await?;
    let body = whole(app, caller, state, prefers_chinese(headers)).await?;
    done.body = serde_json::to_value(body).unwrap_or_default();
    Ok(answer(done))
}

/// What was asked as a zone; every refusal points at the field.
fn asked(app: &App, caller: &Caller, ask: ZoneAsk, id: String, incident: String) -> Result<Zone, Problem> {
    let given = ask.purpose.as_deref().unwrap_or("evacuation");
    let purpose = word("/purpose", given, ZonePurpose::from_word(given))?;
    let wanted = match (ask.circle, ask.cone, ask.polygon) {
        (Some(circle), None, None) => {
            position(circle.lon, circle.lat)?;
            ZoneAsked::Made(ZoneShape::Circle { lon: circle.lon, lat: circle.lat, radius_m: circle.radius_m })
        }
        (None, Some(cone), None) => ZoneAsked::Made(blown(app, caller, cone)?),
        (None, None, Some(polygon)) => ZoneAsked::Drawn(polygon),
        _ => return Err(Problem::at(Code::BadRequest, "/circle", "give one of circle, cone and polygon")),
    };
    let area = outline(&wanted).map_err(|(field, why)| Problem::at(Code::BadRequest, field, why))?;
    let shape = match wanted {
        ZoneAsked::Made(shape) => shape,
        ZoneAsked::Drawn(_) => ZoneShape::Drawn,
    };
    Ok(Zone { id, incident, purpose, reason: ask.reason, shape, geometry: area_json(&area) })
}

/// A cone with the wind that was given, else the newest that is known there.
fn blown(app: &App, caller: &Caller, cone: ConeAsk) -> Result<ZoneShape, Problem> {
    let place = position(cone.lon, cone.lat)?;
    let now = now_ms();
    let wind = match cone.wind {
        Some(said) if !Condition::DIRECTIONS.contains(&said.from_deg) => {
            let why = "must be a number of degrees from 0 to below 360";
            return Err(Problem::at(Code::BadRequest, "/cone/wind/from_deg", why));
        }
        Some(said) => {
            let source = said.source.unwrap_or_else(|| caller.user.clone());
            ZoneWind { from_deg: said.from_deg, subject: String::new(), source, at_ms: now }
        }
        None => app.wind_at(place, now).ok_or_else(|| {
            let why = "no wind is known there: say it as a condition `wind` with `from_deg`, of the city or of a division \
                       that the place lies in, or give it here";
            Problem::at(Code::Invalid, "/cone/wind", why)
        })?,
    };
    Ok(ZoneShape::Cone {
        lon: cone.lon,
        lat: cone.lat,
        length_m: cone.length_m,
        half_angle_deg: cone.half_angle_deg.unwrap_or(ERG_HALF_ANGLE_DEG),
        isolation_m: cone.isolation_m.unwrap_or(0.0),
        wind,
    })
}

/// Lifts a zone before its incident ends.
#[utoipa::path(delete, path = "/api/v1/zones/{id}", tag = "operations", params(("id" = String, Path)),
    responses((status = 200, description = "`{lifted}`", body = Object), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn lift_zone(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let state = known(&app, &id).await?;
    sees(&app, &caller, &state.zone.incident).await?;
    caller.must_be(policy::COMMANDERS)?;
    let about = format!("zones/{id}");
    let lifted = json!({ "lifted": id });
    let mut work = Work::new(&caller, idempotency_key(&headers)?, Command::LiftZone { id }, &about, &[]);
    work.render = Box::new(move |_, _| (200, lifted));
    Ok(answer(app.command(work).await?))
}

/// Says what became of a building in a zone: told, left, refused. Who and when are kept; no word about persons is.
#[utoipa::path(post, path = "/api/v1/zones/{id}/buildings/{building}", tag = "operations", request_body = MarkAsk,
    params(("id" = String, Path), ("building" = String, Path, description = "its number in tiles (`fid`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 200, description = "`{zone, building, mark, by, at}`", body = Object), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn mark_building(
    State(app): State<App>,
    caller: Caller,
    Path((id, building)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    must_be(&headers, &["application/json"])?;
    let state = known(&app, &id).await?;
    let fid = super::ogc::fid(&building)?;
    let inside = app.zone_has(&state, fid);
    let inside = inside.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no building {building:?}")))?;
    let ask: MarkAsk = read_object(&body)?;
    let mark = word("/mark", &ask.mark, Mark::from_word(&ask.mark))?;
    let at_ms = ask.at.as_deref().map(|at| moment("/at", at)).transpose()?;
    sees(&app, &caller, &state.zone.incident).await?;
    caller.must_be(policy::MARK_BUILDINGS)?;
    if !inside {
        return Err(Problem::new(Code::Invalid, "the building does not lie in the zone"));
    }
    let about = format!("zones/{id}/buildings/{fid}");
    let command = Command::MarkBuilding { zone: id.clone(), building: fid.to_string(), mark, at_ms };
    let mut work = Work::new(&caller, idempotency_key(&headers)?, command, &about, &body);
    work.render = Box::new(move |desk: &Desk, _: &Decided| {
        let said = desk.zone(&id).and_then(|state| state.marks.get(&fid.to_string()).cloned());
        let body = match said {
            Some(said) => {
                json!({"zone": id, "building": fid.to_string(), "mark": said.mark.word(), "by": said.by, "at": crate::app::rfc3339(said.at_ms)})
            }
            None => json!({"zone": id, "building": fid.to_string(), "mark": Mark::Open.word()}),
        };
        (200, body)
    });
    Ok(answer(app.command(work).await?))
}
