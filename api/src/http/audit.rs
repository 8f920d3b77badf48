//! The audit, for auditors; everybody else sees the own rows.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::Query;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::auth::{Caller, policy};
use crate::wire::{AuditPage, Verdict};

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    /// Rows after this number; from the first when left out.
    after: Option<u64>,
    /// How many, 1 to 1000; 100 when left out.
    limit: Option<u32>,
    /// Only rows of this user.
    actor: Option<String>,
}

/// Rows of the audit in the order of the chain.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditQuery), responses((status = 200, body = AuditPage), (status = 403, body = ProblemBody)))]
pub(super) async fn audit_rows(
    State(app): State<App>,
    caller: Caller,
    Query(ask): Query<AuditQuery>,
) -> Result<axum::Json<AuditPage>, Problem> {
    let limit = ask.limit.unwrap_or(100);
    if !(1..=1_000).contains(&limit) {
        return Err(Problem::at(Code::BadRequest, "/limit", "must be 1 to 1000"));
    }
    let all = caller.is(policy::AUDITORS);
    if !all {
        caller.must_be(policy::OWN_ROWS)?;
        if ask.actor.as_deref().is_some_and(|actor| actor != caller.user) {
            return Err(crate::auth::Refusal::Scope.into());
        }
    }
    let actor = if all { ask.actor } else { Some(caller.user.clone()) };
    app.looks.look(&caller, "audit", "audit", Vec::new(), actor.clone(), None).await?;
    let rows = app.store.audit_page(ask.after.unwrap_or(0), limit, actor.as_deref()).await?;
    let next = rows.last().filter(|_| rows.len() == limit as usize).map(|row| row.seq);
    Ok(axum::Json(AuditPage { rows: rows.into_iter().map(Into::into).collect(), next }))
}

/// Checks the whole chain.
#[utoipa::path(post, path = "/api/v1/audit/verify", tag = "audit", responses((status = 200, body = Verdict), (status = 403, body = ProblemBody)))]
pub(super) async fn verify_audit(State(app): State<App>, caller: Caller) -> Result<axum::Json<Verdict>, Problem> {
    caller.must_be(policy::AUDITORS)?;
    let verified = app.store.audit_verify().await?;
    Ok(axum::Json(Verdict { ok: verified.first_bad.is_none(), rows: verified.rows, first_bad: verified.first_bad }))
}
