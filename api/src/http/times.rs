//! How long what may take: which times hold, and publishing others.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use dispatch::{Command, Policy, Priority, TimerKind, TimerRule};
use serde_json::json;
use spatial::codes::Division;

use super::asked::word;
use super::extract::json_body;
use super::incidents::{answer, idempotency_key};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::app::ops::Work;
use crate::auth::{Caller, Refusal, policy};
use crate::wire::{TimesBody, TimesRule};

/// The times that hold.
#[utoipa::path(get, path = "/api/v1/policy/timers", tag = "operations", responses((status = 200, body = TimesBody), (status = 403, body = ProblemBody)))]
pub(super) async fn timer_policy(State(app): State<App>, caller: Caller) -> Result<axum::Json<TimesBody>, Problem> {
    caller.must_be(policy::SEE_TIMES)?;
    Ok(axum::Json(TimesBody::of(app.ops.desk().policy())))
}

/// Publishes other times, all of them at once, under the next version. They hold for waits that begin from now on, and
/// for an incident that becomes more or less urgent or turns out to be elsewhere. Only who leads the whole city may.
/// `Idempotency-Key` makes asking again safe.
#[utoipa::path(put, path = "/api/v1/policy/timers", tag = "operations", request_body = TimesBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 200, body = TimesBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn publish_timer_policy(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let ask: TimesBody = json_body(&headers, &body)?;
    let rules = ask.rules.iter().enumerate().map(|(at, given)| rule(at, given)).collect::<Result<_, _>>()?;
    leads_the_city(&caller)?;
    let command = Command::Publish(Box::new(Policy { version: ask.version, rules }));
    let mut work = Work::new(&caller, idempotency_key(&headers)?, command, "policy/timers", &body);
    work.render = Box::new(|desk, _| (200, json!(TimesBody::of(desk.policy()))));
    Ok(answer(app.command(work).await?))
}

/// What holds for the whole city is published by who leads all of it.
pub(super) fn leads_the_city(caller: &Caller) -> Result<(), Problem> {
    caller.must_be(policy::OVERRIDERS)?;
    if caller.scope.is_whole_city() { Ok(()) } else { Err(Refusal::Scope.into()) }
}

/// Priorities of numbers; the first that is none is pointed at.
pub(super) fn priorities(at: &str, given: &[u8]) -> Result<Vec<Priority>, Problem> {
    let wrong = |n: usize| Problem::at(Code::BadRequest, format!("{at}/{n}"), "must be 1 to 4");
    given.iter().enumerate().map(|(n, number)| Priority::new(*number).ok_or_else(|| wrong(n))).collect()
}

fn rule(at: usize, given: &TimesRule) -> Result<TimerRule, Problem> {
    let pointer = |field: &str| format!("/rules/{at}/{field}");
    let division = |code: &String| {
        Division::new(code).map_err(|error| Problem::at(Code::BadRequest, pointer("division"), error.to_string()))
    };
    let kind = word(&pointer("kind"), &given.kind, TimerKind::from_word(&given.kind))?;
    Ok(TimerRule {
        kind,
        priorities: priorities(&pointer("priorities"), &given.priorities)?,
        division: given.division.as_ref().map(division).transpose()?,
        warn_ms: given.warn_s.saturating_mul(1_000),
        alert_ms: given.alert_s.saturating_mul(1_000),
        escalate_to: given.escalate_to.clone(),
    })
}
