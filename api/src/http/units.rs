//! Duty units.

use axum::extract::State;

use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use crate::app::App;
use crate::auth::Caller;
use crate::wire::{UnitAsk, UnitBody, UnitList};

/// Units in the caller's sight.
#[utoipa::path(get, path = "/api/v1/units", tag = "units", responses((status = 200, body = UnitList), (status = 403, body = ProblemBody)))]
pub(super) async fn units(State(app): State<App>, caller: Caller) -> Result<axum::Json<UnitList>, Problem> {
    let seq = app.ops.desk().seq();
    let mut units: Vec<UnitBody> = app.units(&caller)?.into_iter().map(UnitBody::of).collect();
    app.looks.glance(&caller, "units", &[spatial::Layer::Units]).await?;
    units.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(axum::Json(UnitList { seq, units }))
}

/// One unit.
#[utoipa::path(get, path = "/api/v1/units/{id}", tag = "units", params(("id" = String, Path)),
    responses((status = 200, body = UnitBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn unit(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<UnitBody>, Problem> {
    let view = app.unit(&caller, &id)?;
    app.looks.look(&caller, "item", "units", vec![id], None, Some(1)).await?;
    Ok(axum::Json(UnitBody::of(view)))
}

/// Puts a unit: new, or what is given of a known one.
#[utoipa::path(put, path = "/api/v1/units/{id}", tag = "units", params(("id" = String, Path)), request_body = UnitAsk,
    responses((status = 200, body = UnitBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn put_unit(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<UnitAsk>,
) -> Result<axum::Json<UnitBody>, Problem> {
    let put = app.put_unit(&caller, &id, |old| ask.clone().apply(&id, old)).await?;
    Ok(axum::Json(UnitBody::of(put)))
}
