//! The door to the live socket.

use axum::extract::State;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::http::HeaderMap;
use axum::response::Response;

use super::extract::token;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::auth::Caller;
use crate::live::serve;

/// Largest message that a viewer may send, bytes.
const LARGEST: usize = 64 * 1024;

/// Units as they move (WebSocket; messages in docs/live.md).
#[utoipa::path(get, path = "/api/v1/live", tag = "map",
    responses((status = 101, description = "the socket is open"), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody)))]
pub(super) async fn live(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|_not| Problem::new(Code::BadRequest, "this path is a WebSocket"))?;
    app.looks.glance(&caller, "live", &[spatial::Layer::Units]).await?;
    let token = token(&headers).unwrap_or_default();
    Ok(upgrade.max_message_size(LARGEST).on_upgrade(move |socket| serve(app, caller, token, socket)))
}
