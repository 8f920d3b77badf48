//! Tickets to watch a camera, and the doors that they open.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::extract::{Json, Path, token};
use super::incidents::may_touch;
use super::live::from_here;
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::video::{Ticket, TicketWish};
use crate::app::{App, now_ms};
use crate::auth::{Caller, Refusal};
use crate::live::show;
use crate::wire::{TicketAsk, TicketBody};

/// Longest purpose and reason, characters.
const LONGEST_PURPOSE: usize = 200;
const LONGEST_REASON: usize = 500;
/// Largest message that a viewer may send, bytes.
const LARGEST: usize = 4 * 1024;

/// A ticket to watch a camera for a while. Its row in the audit is written before it is given.
#[utoipa::path(post, path = "/api/v1/cameras/{id}/tickets", tag = "operations", request_body = TicketAsk,
    params(("id" = String, Path, description = "the camera's id (`camera` of the ranking), or its number in tiles (`fid`)")),
    responses((status = 201, body = TicketBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, description = "several sources have a camera of that id", body = ProblemBody), (status = 422, description = "`CAM-NOREASON`: a reason must be typed", body = ProblemBody), (status = 429, body = ProblemBody), (status = 501, description = "tasks are not there yet", body = ProblemBody), (status = 503, description = "the audit cannot be written", body = ProblemBody)))]
pub(super) async fn camera_ticket(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    ask: Result<Json<TicketAsk>, Problem>,
) -> Result<(StatusCode, axum::Json<TicketBody>), Problem> {
    let camera = app.camera(&id)?;
    let Json(ask) = ask?;
    let incident = match ask.incident.as_deref() {
        Some(id) => Some(may_touch(&app, &caller, id).await?),
        None => None,
    };
    let wish = wish(ask)?;
    let incident = incident.map(|view| view.incident);
    let ticket = app.ticket(&caller, camera, incident.as_deref(), wish).await?;
    let has_stream = app.video.sources.of(&ticket.camera).is_some();
    Ok((StatusCode::CREATED, axum::Json(TicketBody::of(&ticket, has_stream))))
}

/// Checks what was written.
fn wish(ask: TicketAsk) -> Result<TicketWish, Problem> {
    let text = |pointer: &str, text: String, longest: usize| {
        let text = text.trim().to_owned();
        if text.chars().count() > longest || text.chars().any(|c| c.is_control() && c != '\n') {
            let words = format!("must be at most {longest} characters, none of them a control character");
            return Err(Problem::at(Code::BadRequest, pointer, words));
        }
        Ok(text)
    };
    let purpose = text("/purpose", ask.purpose, LONGEST_PURPOSE)?;
    if purpose.is_empty() {
        return Err(Problem::at(Code::BadRequest, "/purpose", "must say what the camera is opened for"));
    }
    if ask.task.is_some() {
        return Err(Problem::at(Code::NotYet, "/task", "tasks are not there yet"));
    }
    let reason = ask.reason.map(|reason| text("/reason", reason, LONGEST_REASON)).transpose()?;
    Ok(TicketWish { purpose, incident: ask.incident, reason: reason.filter(|reason| !reason.is_empty()) })
}

/// A camera's picture (WebSocket; messages in docs/video.md).
#[utoipa::path(get, path = "/video/{ticket}", tag = "operations", params(("ticket" = String, Path)),
    responses((status = 101, description = "the socket is open"), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn watch(
    State(app): State<App>,
    caller: Caller,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let ticket = known(&app, &ticket)?;
    let upgrade = upgrade.map_err(|_not| Problem::new(Code::BadRequest, "this path is a WebSocket"))?;
    if !from_here(&headers) {
        return Err(Problem::new(Code::Auth, "a page of another origin may not open the socket"));
    }
    own(&app, &caller, &ticket)?;
    app.watched(&caller, "video", &ticket, None).await?;
    let (token, zh) = (token(&headers).unwrap_or_default().to_owned(), prefers_chinese(&headers));
    Ok(upgrade.max_message_size(LARGEST).on_upgrade(move |socket| show(app, caller, token, ticket, zh, socket)))
}

/// A single picture. This version makes none: it says so to whoever might have had it.
#[utoipa::path(get, path = "/still/{ticket}", tag = "operations", params(("ticket" = String, Path)),
    responses((status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 501, description = "single pictures are not made yet", body = ProblemBody)))]
pub(super) async fn still(
    State(app): State<App>,
    caller: Caller,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let ticket = known(&app, file.strip_suffix(".jpg").unwrap_or_default())?;
    own(&app, &caller, &ticket)?;
    Err(Problem::new(Code::NotYet, "single pictures are not made by this version; the socket shows the camera"))
}

fn known(app: &App, token: &str) -> Result<Arc<Ticket>, Problem> {
    let missing = || Problem::new(Code::NotFound, "there is no such ticket, or it has ended: ask for another");
    app.video.tickets.get(token, now_ms()).ok_or_else(missing)
}

/// A ticket is one user's, as long as what it rests on holds.
fn own(app: &App, caller: &Caller, ticket: &Ticket) -> Result<(), Problem> {
    if caller.user != ticket.user {
        return Err(Problem::new(Code::Auth, "the ticket is somebody else's"));
    }
    if app.still_holds(caller, ticket) { Ok(()) } else { Err(Refusal::Role.into()) }
}
