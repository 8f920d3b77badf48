//! Roads that are closed, and what the surroundings are like.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use dispatch::{Closure, Command, Condition, ConditionKind, Decided, Desk, Event, Mover};
use serde_json::{Value as Json, json};

use super::asked::{moment, word};
use super::extract::{Path, json_body};
use super::incidents::{answer, idempotency_key, may_touch, there_is};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::ops::Work;
use crate::app::{App, network, now_ms};
use crate::auth::{Caller, policy};
use crate::wire::{ClosureAsk, ClosureBody, ClosureList, ConditionAsk, ConditionBody, ConditionList};

/// Closures that are not lifted.
#[utoipa::path(get, path = "/api/v1/closures", tag = "operations", responses((status = 200, body = ClosureList), (status = 403, body = ProblemBody)))]
pub(super) async fn closures(State(app): State<App>, caller: Caller) -> Result<axum::Json<ClosureList>, Problem> {
    caller.must_be(policy::SEE_GROUND)?;
    let now = now_ms();
    let closures = app.ops.desk().closures().map(|drawn| ClosureBody::of(drawn, now)).collect();
    Ok(axum::Json(ClosureList { closures }))
}

/// One closure.
#[utoipa::path(get, path = "/api/v1/closures/{id}", tag = "operations", params(("id" = String, Path)),
    responses((status = 200, body = ClosureBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn closure(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<ClosureBody>, Problem> {
    let desk = app.ops.desk();
    let drawn = desk.closure(&id).ok_or_else(|| unknown(&id))?;
    caller.must_be(policy::SEE_GROUND)?;
    Ok(axum::Json(ClosureBody::of(drawn, now_ms())))
}

/// Closes a road, or makes it slow: it counts from the next question on. `Idempotency-Key` makes asking again safe.
#[utoipa::path(post, path = "/api/v1/closures", tag = "operations", request_body = ClosureAsk,
    params(("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 201, body = ClosureBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn close_road(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let ask: ClosureAsk = json_body(&headers, &body)?;
    network::geometry(&ask.geometry).map_err(|why| Problem::at(Code::BadRequest, "/geometry", why))?;
    let mover = |(at, given): (usize, &String)| word(&format!("/movers/{at}"), given, Mover::from_word(given));
    let closure = Closure {
        id: String::new(),
        reason: ask.reason,
        owner: ask.owner.unwrap_or_else(|| caller.user.clone()),
        geometry: ask.geometry,
        movers: ask.movers.iter().enumerate().map(mover).collect::<Result<_, _>>()?,
        height_m: ask.height_m,
        weight_t: ask.weight_t,
        slower: ask.slower,
        from_ms: ask.from.as_deref().map(|at| moment("/from", at)).transpose()?,
        until_ms: ask.until.as_deref().map(|at| moment("/until", at)).transpose()?,
        incident: ask.incident,
    };
    // What one may not see, one does not name either.
    if let Some(incident) = &closure.incident {
        there_is(&app, incident).await?;
    }
    caller.must_be(policy::COMMANDERS)?;
    if let Some(incident) = &closure.incident {
        may_touch(&app, &caller, incident).await?;
    }
    let mut work = Work::new(&caller, idempotency_key(&headers)?, Command::Close(Box::new(closure)), "closures", &body);
    work.render = Box::new(|desk: &Desk, decided: &Decided| {
        let drawn = decided.events.iter().find_map(|event| {
            let Event::Closed { closure } = event else { return None };
            desk.closure(&closure.id)
        });
        let body = drawn.map(|drawn| ClosureBody::of(drawn, desk.commit_ms()));
        (StatusCode::CREATED.as_u16(), serde_json::to_value(body).unwrap_or_default())
    });
    Ok(answer(app.command(work).await?))
}

/// Opens a road again.
#[utoipa::path(delete, path = "/api/v1/closures/{id}", tag = "operations", params(("id" = String, Path)),
    responses((status = 200, description = "`{lifted}`", body = Object), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn open_road(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if app.desk_with(|desk| desk.closure(&id).is_some()).await.closure(&id).is_none() {
        return Err(unknown(&id));
    }
    caller.must_be(policy::COMMANDERS)?;
    let about = format!("closures/{id}");
    let lifted = json!({ "lifted": id });
    let mut work = Work::new(&caller, idempotency_key(&headers)?, Command::Lift { id }, &about, &[]);
    work.render = Box::new(move |_, _| (200, lifted));
    Ok(answer(app.command(work).await?))
}

fn unknown(id: &str) -> Problem {
    Problem::new(Code::NotFound, format!("there is no closure {id:?}"))
}

/// The newest word on each kind and subject: weather, tide, hospitals…
#[utoipa::path(get, path = "/api/v1/conditions", tag = "operations", responses((status = 200, body = ConditionList), (status = 403, body = ProblemBody)))]
pub(super) async fn conditions(State(app): State<App>, caller: Caller) -> Result<axum::Json<ConditionList>, Problem> {
    caller.must_be(policy::SEE_GROUND)?;
    let now = now_ms();
    let conditions = app.ops.desk().conditions().map(|known| ConditionBody::of(known, now)).collect();
    Ok(axum::Json(ConditionList { conditions }))
}

/// Says what the surroundings are like, with source and time. What is older than what is known changes nothing.
#[utoipa::path(post, path = "/api/v1/conditions", tag = "operations", request_body = ConditionAsk,
    params(("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 200, body = ConditionBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn say_condition(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let ask: ConditionAsk = json_body(&headers, &body)?;
    let condition = Condition {
        kind: word("/kind", &ask.kind, ConditionKind::from_word(&ask.kind))?,
        subject: ask.subject,
        value: ask.value,
        source: ask.source,
        at_ms: ask.at.as_deref().map_or_else(|| Ok(now_ms()), |at| moment("/at", at))?,
        until_ms: ask.until.as_deref().map(|at| moment("/until", at)).transpose()?,
    };
    caller.must_be(policy::SAY_CONDITIONS)?;
    let key = condition.key();
    let command = Command::Say(Box::new(condition));
    let mut work = Work::new(&caller, idempotency_key(&headers)?, command, "conditions", &body);
    work.render = Box::new(move |desk: &Desk, _: &Decided| {
        let known = desk.condition(&key).map(|known| ConditionBody::of(known, desk.commit_ms()));
        (200, known.map_or(Json::Null, |known| serde_json::to_value(known).unwrap_or_default()))
    });
    Ok(answer(app.command(work).await?))
}
