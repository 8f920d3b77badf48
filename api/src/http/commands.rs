//! Orders: everything that changes an incident, an order or who may call back.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use dispatch::{AssignedTo, Basis, Command, Incident, Order, Step};
use serde_json::json;

use super::asked;
use super::extract::{Path, must_be, read_object};
use super::incidents::{answer, command_id, idempotency_key, may_touch, render, there_is};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::app::ops::{DeviceTime, IncidentSight, IncidentView, Work};
use crate::auth::{Caller, Refusal, Role, policy};
use crate::wire::{CommandAsk, IncidentBody, ProgressAsk};

/// Gives a command to an incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/commands", tag = "operations", params(("id" = String, Path)), request_body = CommandAsk,
    responses((status = 200, body = IncidentBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn command_incident(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    must_be(&headers, &["application/json"])?;
    there_is(&app, &id).await?;
    let ask: CommandAsk = read_object(&body)?;
    let key = command_id("/command_id", &ask.command_id)?;
    let (order, sealed) = asked::order(&app, &ask)?;
    let view = may_touch(&app, &caller, &id).await?;
    if let Order::Watch { camera, .. } = &order {
        // While cameras are still being read nobody can say.
        let unknown = app.camera(camera).err().filter(|problem| problem.code() == Code::NotFound);
        if let Some(problem) = unknown.filter(|_| app.world.still().ready) {
            return Err(problem);
        }
    }
    let strangers = strangers(&app, &order).await;
    may_order(&app, &caller, &view, &order)?;
    let basis = ask.basis.unwrap_or_default();
    let mut order = order;
    if let (Order::Assign(assign), Some(shown)) = (&mut order, &basis.recommendation) {
        assign.advice = app.advice.of(shown, &id);
    }
    let about = id.clone();
    let mut work = Work::new(&caller, key, Command::Incident { id, order }, &about, &body);
    work.ask.basis = Basis { seq: basis.seq, unit_epoch: basis.unit_epoch, version: ask.expected_version };
    work.ask.confirm = ask.confirm_token;
    work.sealed = vec![sealed];
    work.render = render(&caller, 200);
    work.guard = Some(Box::new(move |desk| strangers.iter().all(|unit| desk.unit(unit).is_none())));
    Ok(answer(app.command(work).await?))
}

/// Units that are ordered and that nobody knows, also not another server: whether the caller may send them cannot be said,
/// so that they are not sent if they come to be known before the order is decided.
async fn strangers(app: &App, order: &Order) -> Vec<String> {
    let Order::Assign(assign) = order else { return Vec::new() };
    let unknown = || -> Vec<String> {
        app.world.moving(|moving| assign.units.iter().filter(|unit| moving.slot(unit).is_none()).cloned().collect())
    };
    let strangers = unknown();
    if !strangers.is_empty() && app.current().await { unknown() } else { strangers }
}

/// Who is in the field reports back and notes; who sits at a desk may all, for units in sight.
fn may_order(app: &App, caller: &Caller, view: &IncidentView, order: &Order) -> Result<(), Problem> {
    let field = matches!(order, Order::Feedback { .. } | Order::Note { .. });
    if view.sight == IncidentSight::Own && field {
        return Ok(());
    }
    caller.must_be(policy::COMMANDERS)?;
    may_rule(app, caller, &view.incident, order)?;
    let Order::Assign(assign) = order else { return Ok(()) };
    let still = app.world.still();
    app.world.moving(|moving| {
        for unit in &assign.units {
            // A unit that does not exist is dispatch's refusal.
            let Some(slot) = moving.slot(unit) else { continue };
            if !app.sees_unit(caller, moving, slot, &still) {
                return Err(Refusal::Scope.into());
            }
            let own = moving
                .unit(slot)
                .is_some_and(|t| caller.scope.holds(t.unit.division) || caller.scope.holds(t.division));
            if !own && !caller.is(&[Role::Dispatcher, Role::Lead]) {
                return Err(Refusal::Scope.into());
            }
            // The desk of an organisation sends its own people.
            let others = moving.unit(slot).is_none_or(|t| caller.org.as_ref().is_some_and(|org| t.unit.org != *org));
            if others {
                return Err(Refusal::Scope.into());
            }
        }
        Ok(())
    })
}

/// An order is signed, carried on and taken back by the desk of the organisation it is for; whoever dispatches for the
/// city may say it for all, by voice.
fn signs_for(app: &App, caller: &Caller, to: &AssignedTo) -> Result<(), Refusal> {
    let may = match to {
        AssignedTo::Org(org) => caller.speaks_for(org),
        AssignedTo::Unit(unit) => {
            caller.dispatches() || app.ops.desk().unit(unit).is_some_and(|unit| caller.speaks_for(&unit.record.org))
        }
    };
    if may { Ok(()) } else { Err(Refusal::Scope) }
}

/// The desk of an organisation adds to every incident in sight; it rules over one only when nobody else was sent there, and
/// it took the call or was sent itself.
fn may_rule(app: &App, caller: &Caller, incident: &Incident, order: &Order) -> Result<(), Refusal> {
    let adds = match order {
        Order::Assign(assign) => assign.orgs.iter().all(|org| caller.speaks_for(org)),
        Order::Feedback { .. }
        | Order::Note { .. }
        | Order::AddCaller { .. }
        | Order::Watch { .. }
        | Order::StartTimer { .. }
        | Order::AckTimer { .. }
        | Order::Propose { .. } => true,
        Order::Prioritise(_)
        | Order::Classify(_)
        | Order::Relocate(..)
        | Order::Hold { .. }
        | Order::Release
        | Order::Refer { .. }
        | Order::TakeBack
        | Order::Review { .. }
        | Order::Close { .. }
        | Order::Cancel { .. }
        | Order::Reopen { .. } => false,
    };
    if adds || caller.dispatches() {
        return Ok(());
    }
    if matches!(order, Order::Assign(_)) {
        return Err(Refusal::Scope);
    }
    let all_own = incident.assignments.iter().all(|order| signs_for(app, caller, &order.to).is_ok());
    let part_in_it = incident.owner == caller.user || !incident.assignments.is_empty();
    if all_own && part_in_it { Ok(()) } else { Err(Refusal::Scope) }
}

/// Says what became of an order.
#[utoipa::path(post, path = "/api/v1/assignments/{id}/commands", tag = "operations", params(("id" = String, Path)), request_body = ProgressAsk,
    responses((status = 200, body = IncidentBody), (status = 202, description = "taken although it came late", body = IncidentBody), (status = 400, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn command_assignment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    must_be(&headers, &["application/json"])?;
    let desk = app.desk_with(|desk| desk.of_assignment(&id).is_some()).await;
    let incident = desk
        .of_assignment(&id)
        .ok_or_else(|| Problem::new(Code::NotFound, format!("there is no assignment {id:?}")))?;
    let ask: ProgressAsk = read_object(&body)?;
    let key = command_id("/command_id", &ask.command_id)?;
    let own = incident.assignment(&id).and_then(|a| a.to.unit()) == caller.unit.as_deref() && caller.is(&[Role::Unit]);
    let mut progress = asked::progress(&ask, own)?;
    // What was said of time is kept as it was said, whatever is made of it.
    let mut device = progress.at_ms.map(|at_ms| DeviceTime { at_ms, skew_ms: None });
    if own && let Some(said) = &mut device {
        (progress.at_ms, said.skew_ms) = app.world.moving(|moving| {
            let tracked = caller.unit.as_deref().and_then(|unit| moving.unit(moving.slot(unit)?));
            tracked.map_or((Some(said.at_ms), None), |tracked| {
                (tracked.device.put_right(said.at_ms), tracked.device.skew_ms())
            })
        });
    }
    may_touch(&app, &caller, &incident.id).await?;
    if !own || progress.step == Step::Recall {
        caller.must_be(policy::COMMANDERS)?;
    }
    if let Some(assignment) = incident.assignment(&id).filter(|_| !own) {
        signs_for(&app, &caller, &assignment.to)?;
    }
    let src = if own { "device" } else { "ui" };
    let about = id.clone();
    let mut work = Work::new(&caller, key, Command::Assignment { id, progress }, &about, &body);
    (work.src, work.render, work.device) = (src, render(&caller, 200), device);
    Ok(answer(app.command(work).await?))
}

/// Shows a caller's number for calling back: an audit row first, and only while the incident is open.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/callers/{n}/reveal", tag = "operations", params(("id" = String, Path), ("n" = u32, Path)),
    responses((status = 200, description = "`{n, number}`"), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn reveal_caller(
    State(app): State<App>,
    caller: Caller,
    Path((id, n)): Path<(String, u32)>,
    // Read and let go: a body that is left unread would cost the client its connection.
    _body: Bytes,
) -> Result<axum::Json<serde_json::Value>, Problem> {
    let gone = || Problem::new(Code::NotFound, format!("incident {id:?} has no caller {n} with a number"));
    let desk = app.desk_with(|desk| desk.incident(&id).is_some()).await;
    let incident = desk.incident(&id).ok_or_else(gone)?;
    let known = incident.callers.iter().find(|known| known.n == n).ok_or_else(gone)?;
    may_touch(&app, &caller, &id).await?;
    caller.must_be(policy::CALL_BACK)?;
    if incident.phase().is_terminal() {
        return Err(Problem::new(
            Code::Rule(dispatch::Rule::IncEnded),
            "callers' numbers lapse when the incident ends",
        ));
    }
    app.looks.look(&caller, "reveal", "callers", vec![format!("{id}/{n}")], None, Some(1)).await?;
    let bytes = app.store.unseal(known.seq).await?.ok_or_else(gone)?;
    Ok(axum::Json(json!({ "n": n, "number": String::from_utf8_lossy(&bytes) })))
}

/// A unit is in distress: an incident of priority 1 at its last place, at once.
#[utoipa::path(post, path = "/api/v1/units/{id}/distress", tag = "operations", params(("id" = String, Path)),
    responses((status = 201, body = IncidentBody), (status = 200, description = "it is in distress already", body = IncidentBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn distress(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    _body: Bytes,
) -> Result<Response, Problem> {
    app.current().await;
    let unit = app.unit(&caller, &id)?;
    let own = caller.unit.as_deref() == Some(id.as_str()) && caller.is(&[Role::Unit]);
    if !own {
        caller.must_be(policy::COMMANDERS)?;
    }
    let key = idempotency_key(&headers)?;
    let location = match &unit.fix {
        None => dispatch::Location { division: unit.unit.division, ..dispatch::Location::unknown() },
        Some(fix) => app.where_it_was(fix, unit.unit.division),
    };
    let report = dispatch::Report {
        kind: dispatch::IncidentKind::Help,
        priority: dispatch::Priority::new(1).ok_or_else(|| Problem::new(Code::Internal, "priority 1"))?,
        source: dispatch::IncidentSource::OneKeyAlarm,
        source_ref: None,
        text: format!("{} is in distress", unit.unit.call_sign),
        location,
        callers: Vec::new(),
        occurred_ms: None,
        distress: Some(id.clone()),
    };
    let mut work = Work::new(&caller, key, Command::Report(Box::new(report)), &id, b"distress");
    let (new, known) = (render(&caller, 201), render(&caller, 200));
    work.src = "device";
    // Pressing twice is one distress.
    work.render =
        Box::new(|desk, decided| if decided.events.is_empty() { known(desk, decided) } else { new(desk, decided) });
    Ok(answer(app.command(work).await?))
}
