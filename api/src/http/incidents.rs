//! Incidents: taken in, looked at.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dispatch::{Command, Decided, Desk, Phase, Report};
use serde::Deserialize;
use serde_json::json;
use spatial::Bounds;

use super::asked;
use super::extract::{Path, Query, json_body};
use super::ogc_query::read_bbox;
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::App;
use crate::app::ops::{Done, Guard, IncidentSight, IncidentView, Render, Work, fresh_id};
use crate::auth::{Caller, policy};
use crate::wire::{IncidentAsk, IncidentBody, IncidentList, TimelineBody, TimelineEntry};

/// Longest command id, characters.
const LONGEST_ID: usize = 128;
/// The same in bytes, as the log keeps it.
const LONGEST_ID_BYTES: usize = 256;
/// Events of one incident's timeline that are answered at once.
const TIMELINE: u32 = 1_000;

/// A command id from a client.
pub(super) fn command_id(pointer: &str, given: &str) -> Result<String, Problem> {
    let length = given.chars().count();
    let long = length > LONGEST_ID || given.len() > LONGEST_ID_BYTES;
    if length == 0 || long || given.chars().any(char::is_control) || given.starts_with("timer:") {
        return Err(Problem::at(
            Code::BadRequest,
            pointer,
            format!("must have 1 to {LONGEST_ID} printable characters, at most {LONGEST_ID_BYTES} bytes of UTF-8"),
        ));
    }
    Ok(given.to_owned())
}

/// The command id that a client gave in the header `Idempotency-Key`, or a new one.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    match headers.get("idempotency-key") {
        Some(given) => command_id("Idempotency-Key", given.to_str().unwrap_or_default()),
        None => fresh_id(),
    }
}

/// The answer of a command, marked when it is the first one again.
pub(super) fn answer(done: Done) -> Response {
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::OK);
    let mut response = (status, axum::Json(done.body)).into_response();
    if done.replayed {
        response.headers_mut().insert("replayed", header::HeaderValue::from_static("true"));
    }
    response
}

/// Writes an incident as the caller sees it; what it became of an order beside it.
pub(super) fn render(caller: &Caller, status: u16) -> Render {
    let sight = IncidentSight::of(caller).unwrap_or(IncidentSight::Exact);
    Box::new(move |desk: &Desk, decided: &Decided| {
        let incident = decided.incident.as_deref().and_then(|id| desk.incident(id));
        let body = incident.map(|i| IncidentBody::of(&IncidentView { incident: std::sync::Arc::clone(i), sight }));
        let mut json = serde_json::to_value(body).unwrap_or_default();
        if let Some(fields) = json.as_object_mut() {
            if !(decided.assigned.is_empty() && decided.already.is_empty() && decided.taken.is_empty()) {
                fields.insert("assigned".to_owned(), json!(decided.assigned));
                fields.insert("already".to_owned(), json!(decided.already));
                fields.insert("taken".to_owned(), crate::wire::taken_json(&decided.taken));
            }
            if let Some(label) = decided.label {
                fields.insert("label".to_owned(), json!(label));
            }
        }
        (if decided.label.is_some() { 202 } else { status }, json)
    })
}

/// Takes a call, or anything else that happened. The answer has the cameras that see the place and the units that could
/// go beside the incident (`cameras`, `units`, as their own paths answer them), as far as the caller may see them, so that
/// a click needs no second search. `Idempotency-Key` makes asking again safe.
#[utoipa::path(post, path = "/api/v1/incidents", tag = "operations", request_body = IncidentAsk,
    params(("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 200, description = "its number at the other system is known", body = IncidentBody), (status = 201, body = IncidentBody), (status = 202, description = "of an incident that has ended: told to a dispatcher", body = IncidentBody), (status = 400, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn create_incident(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let ask: IncidentAsk = json_body(&headers, &body)?;
    let (report, sealed) = asked::report(&app, ask)?;
    caller.must_be(policy::INTAKE)?;
    let guard = in_reach(&app, &caller, &report);
    let mut work = Work::new(&caller, idempotency_key(&headers)?, Command::Report(Box::new(report)), "", &body);
    let (new, known) = (render(&caller, 201), render(&caller, 200));
    let made = |decided: &Decided| decided.events.iter().any(|event| event.kind() == "incident.reported");
    work.render = Box::new(move |desk, decided| if made(decided) { new } else { known }(desk, decided));
    (work.sealed, work.guard) = (sealed, guard);
    let mut done = app.command(work).await?;
    // Ranked outside the log's own road: nobody else waits for it.
    let id = done.body["id"].as_str().unwrap_or_default().to_owned();
    let beside = super::ranked::beside(&app, &caller, &id, prefers_chinese(&headers)).await;
    if let Some(fields) = done.body.as_object_mut() {
        fields.extend(beside.into_iter().map(|(name, found)| (name.to_owned(), found)));
    }
    Ok(answer(done))
}

/// An incident as another call system has it: new, or what changed there. Saying it again changes nothing.
#[utoipa::path(put, path = "/api/v1/incidents/by-ref/{system}/{number}", tag = "operations", request_body = IncidentAsk,
    params(("system" = String, Path), ("number" = String, Path)),
    responses((status = 200, body = IncidentBody), (status = 202, description = "of an incident that has ended: told to a dispatcher", body = IncidentBody), (status = 400, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn put_incident_by_ref(
    State(app): State<App>,
    caller: Caller,
    Path((system, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let ask: IncidentAsk = json_body(&headers, &body)?;
    let (mut report, sealed) = asked::report(&app, ask)?;
    caller.must_be(policy::INTAKE)?;
    let reference = asked::reference("", &system, &number)?;
    if report.source_ref.as_ref().is_some_and(|given| *given != reference) {
        return Err(Problem::at(Code::BadRequest, "/source_ref", "is another number than that of the path"));
    }
    let about = format!("{}/{}", reference.system, reference.number);
    report.source_ref = Some(reference);
    let guard = in_reach(&app, &caller, &report);
    let mut work = Work::new(&caller, fresh_id()?, Command::Upsert(Box::new(report)), &about, &body);
    (work.sealed, work.render, work.guard) = (sealed, render(&caller, 200), guard);
    Ok(answer(app.command(work).await?))
}

/// What is known under that number already must be in sight of who says something of it: else a number would open what the
/// incident's own path does not. A call system's gateway sees no incidents, but its scope is its own: it says nothing of one
/// outside, and makes none there; a person takes whatever call comes. Asked where the command is decided, so that nobody comes
/// between.
fn in_reach(app: &App, caller: &Caller, report: &Report) -> Option<Guard> {
    let gateway = IncidentSight::of(caller).is_err();
    if report.source_ref.is_none() && !gateway {
        return None;
    }
    let (app, caller) = (app.clone(), caller.clone());
    let (reference, location) = (report.source_ref.clone(), report.location.clone());
    Some(Box::new(move |desk: &Desk| {
        let still = app.world.still();
        match reference.as_ref().and_then(|reference| desk.by_ref(reference)) {
            Some(known) if gateway => app.in_scope(&caller, known, &still),
            Some(known) => app.view(&caller, known, &still).is_some(),
            None => !gateway || app.place_in_scope(&caller, &location, &still),
        }
    }))
}

/// Which incidents.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Which {
    phase: Option<String>,
    bbox: Option<String>,
    since: Option<u64>,
}

/// Incidents in sight: those that are open, or of one phase. Unlocated ones stand first.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "operations",
    params(("phase" = Option<String>, Query), ("bbox" = Option<String>, Query), ("since" = Option<u64>, Query, description = "only those touched after that event")),
    responses((status = 200, body = IncidentList), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(super) async fn incidents(
    State(app): State<App>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Result<axum::Json<IncidentList>, Problem> {
    let phase = match &which.phase {
        None => None,
        Some(given) => Some(
            Phase::from_word(given)
                .ok_or_else(|| Problem::at(Code::BadRequest, "/phase", format!("{given:?} is not a phase")))?,
        ),
    };
    let bounds: Option<Bounds> = which.bbox.as_deref().map(read_bbox).transpose()?;
    IncidentSight::of(&caller)?;
    let (desk, still) = (app.ops.desk(), app.world.still());
    let wanted = |incident: &dispatch::Incident| {
        let now = incident.phase();
        let fits = phase.map_or(!now.is_terminal(), |phase| phase == now);
        fits && which.since.is_none_or(|seq| incident.seq > seq)
    };
    // The box is held against the place that is shown: against the true one, a guest could find that out.
    let inside = |view: &IncidentView| bounds.is_none_or(|b| view.position().is_some_and(|p| b.contains(p)));
    let seen = desk.incidents().filter(|i| wanted(i)).filter_map(|i| app.view(&caller, i, &still));
    let mut views: Vec<IncidentView> = seen.filter(inside).collect();
    views.sort_by_key(|view| {
        let i = &view.incident;
        (!i.is_unlocated(), i.priority, i.pending_since_ms, i.id.clone())
    });
    app.looks.glance_at(&caller, "list", "incidents".to_owned()).await?;
    Ok(axum::Json(IncidentList { seq: desk.seq(), items: views.iter().map(IncidentBody::of).collect() }))
}

/// Refuses the id of an incident that no server knows.
pub(super) async fn there_is(app: &App, id: &str) -> Result<(), Problem> {
    let desk = app.desk_with(|desk| desk.incident(id).is_some()).await;
    desk.incident(id).map(drop).ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Problem {
    Problem::new(Code::NotFound, format!("there is no incident {id:?}"))
}

/// The incident of that id, in the caller's sight.
pub(super) fn in_sight(app: &App, caller: &Caller, id: &str) -> Result<IncidentView, Problem> {
    in_sight_on(&app.ops.desk(), app, caller, id)
}

/// The same for a command, which is decided on the newest desk anyway: only a refusal looks first whether it is one still.
pub(super) async fn may_touch(app: &App, caller: &Caller, id: &str) -> Result<IncidentView, Problem> {
    let desk = app.desk_with(|desk| in_sight_on(desk, app, caller, id).is_ok()).await;
    in_sight_on(&desk, app, caller, id)
}

/// The same on the desk as it is.
pub(super) fn in_sight_on(desk: &Desk, app: &App, caller: &Caller, id: &str) -> Result<IncidentView, Problem> {
    let incident = desk.incident(id).ok_or_else(|| unknown(id))?;
    IncidentSight::of(caller)?;
    app.view(caller, incident, &app.world.still()).ok_or_else(|| crate::auth::Refusal::Scope.into())
}

/// One incident.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", tag = "operations", params(("id" = String, Path)),
    responses((status = 200, body = IncidentBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn incident(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<IncidentBody>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    app.looks.look(&caller, "item", "incidents", vec![id], None, Some(1)).await?;
    Ok(axum::Json(IncidentBody::of(&view)))
}

/// Which part of a timeline.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Part {
    after: Option<u64>,
    limit: Option<u32>,
}

/// Everything that happened to an incident, in the order of the log; `next` names where to go on when there is more.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/timeline", tag = "operations",
    params(("id" = String, Path), ("after" = Option<u64>, Query, description = "only what came after that event"), ("limit" = Option<u32>, Query, description = "1 to 1,000; 1,000 when left out")),
    responses((status = 200, body = TimelineBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn timeline(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    part: Result<Query<Part>, Problem>,
) -> Result<axum::Json<TimelineBody>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    let Query(part) = part?;
    let limit = part.limit.unwrap_or(TIMELINE);
    if !(1..=TIMELINE).contains(&limit) {
        return Err(Problem::at(Code::BadRequest, "/limit", format!("must be 1 to {TIMELINE}")));
    }
    if view.sight == IncidentSight::Snapped {
        return Err(crate::auth::Refusal::Role.into());
    }
    app.looks.look(&caller, "timeline", "incidents", vec![id.clone()], None, None).await?;
    // One more than is answered tells whether there is more.
    let mut events = app.store.log_of(&id, part.after.unwrap_or(0), limit + 1).await?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = events.last().filter(|_| more).map(|event| event.seq);
    Ok(axum::Json(TimelineBody { items: events.into_iter().map(TimelineEntry::of).collect(), next }))
}
