//! Which units an incident asks for: the response plans that hold, and publishing others.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use dispatch::recommend::{Level, Need, Plan, Plans, Preference};
use dispatch::{Command, IncidentKind, UnitKind};
use serde_json::json;

use super::asked::word;
use super::extract::json_body;
use super::incidents::{answer, idempotency_key};
use super::problem::{Problem, ProblemBody};
use super::times::{leads_the_city, priorities};
use crate::app::App;
use crate::app::ops::Work;
use crate::auth::{Caller, policy};
use crate::wire::{ResponseLevel, ResponseNeed, ResponsePlan, ResponsePreference, ResponsesBody};

/// The response plans that hold: by kind of incident and priority which units, how many, with which skills, level by level.
#[utoipa::path(get, path = "/api/v1/policy/plans", tag = "operations", responses((status = 200, body = ResponsesBody), (status = 403, body = ProblemBody)))]
pub(super) async fn response_plans(
    State(app): State<App>,
    caller: Caller,
) -> Result<axum::Json<ResponsesBody>, Problem> {
    caller.must_be(policy::SEE_RESPONSES)?;
    Ok(axum::Json(ResponsesBody::of(app.ops.desk().plans())))
}

/// Publishes other response plans, all of them at once, under the next version. What is proposed from now on follows them;
/// an order that was given keeps what it followed, with its version. Only who leads the whole city may. `Idempotency-Key`
/// makes asking again safe.
#[utoipa::path(put, path = "/api/v1/policy/plans", tag = "operations", request_body = ResponsesBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "asking again with it answers the same")),
    responses((status = 200, body = ResponsesBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn publish_response_plans(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let ask: ResponsesBody = json_body(&headers, &body)?;
    let plans = read(&ask)?;
    leads_the_city(&caller)?;
    let command = Command::PublishPlans(Box::new(plans));
    let mut work = Work::new(&caller, idempotency_key(&headers)?, command, "policy/plans", &body);
    work.render = Box::new(|desk, _| (200, json!(ResponsesBody::of(desk.plans()))));
    Ok(answer(app.command(work).await?))
}

fn read(ask: &ResponsesBody) -> Result<Plans, Problem> {
    let plan = |(at, given)| plan(&format!("/plans/{at}"), given);
    let preference = |(at, given)| preference(&format!("/preferences/{at}"), given);
    Ok(Plans {
        version: ask.version,
        plans: ask.plans.iter().enumerate().map(plan).collect::<Result<_, _>>()?,
        preferences: ask.preferences.iter().enumerate().map(preference).collect::<Result<_, _>>()?,
    })
}

/// The values of words; a word that nobody knows is pointed at.
fn words<T>(at: &str, given: &[String], known: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Problem> {
    given.iter().enumerate().map(|(n, given)| word(&format!("{at}/{n}"), given, known(given))).collect()
}

fn plan(at: &str, given: &ResponsePlan) -> Result<Plan, Problem> {
    let level = |(n, given)| level(&format!("{at}/levels/{n}"), given);
    Ok(Plan {
        kinds: words(&format!("{at}/kinds"), &given.kinds, IncidentKind::from_word)?,
        priorities: priorities(&format!("{at}/priorities"), &given.priorities)?,
        target_s: given.target_s,
        levels: given.levels.iter().enumerate().map(level).collect::<Result<_, _>>()?,
    })
}

fn level(at: &str, given: &ResponseLevel) -> Result<Level, Problem> {
    let need = |(n, given)| need(&format!("{at}/needs/{n}"), given);
    Ok(Level { level: given.level, needs: given.needs.iter().enumerate().map(need).collect::<Result<_, _>>()? })
}

fn need(at: &str, given: &ResponseNeed) -> Result<Need, Problem> {
    Ok(Need {
        code: given.code.clone(),
        kinds: words(&format!("{at}/kinds"), &given.kinds, UnitKind::from_word)?,
        skills: given.skills.clone(),
        count: given.count,
        mandatory: given.mandatory,
    })
}

fn preference(at: &str, given: &ResponsePreference) -> Result<Preference, Problem> {
    Ok(Preference {
        priorities: priorities(&format!("{at}/priorities"), &given.priorities)?,
        buffer_s: given.buffer_s,
        other_s: given.other_s,
        soft_s: given.soft_s,
        order_s: given.order_s,
        oldest_fix_s: given.oldest_fix_s,
    })
}
