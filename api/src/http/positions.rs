//! Where units say they are.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header;
use serde_json::value::RawValue;

use super::extract::{body_problem, must_be};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, Report};
use crate::auth::{Caller, Role, policy};
use crate::wire::{PositionRow, PostedBody};

/// Largest batch, bytes: about a hundred thousand rows.
pub(super) const LARGEST: usize = 16 * 1024 * 1024;
/// Most rows of a batch.
const MOST_ROWS: usize = 100_000;

/// Reports positions: a JSON array, or NDJSON (one report a line). Observations are never refused for being late or
/// odd, only labelled; rejected is what cannot be read or is not yours to report.
#[utoipa::path(post, path = "/api/v1/positions", tag = "units", request_body(content = Vec<PositionRow>, content_type = "application/json"),
    responses((status = 200, body = PostedBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 413, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn report_positions(
    State(app): State<App>,
    caller: Caller,
    mut request: Request,
) -> Result<axum::Json<PostedBody>, Problem> {
    let types = ["application/json", "application/x-ndjson", "application/ndjson"];
    must_be(request.headers(), &types)?;
    let lines =
        request.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().windows(6).any(|w| w == b"ndjson"));
    DefaultBodyLimit::max(LARGEST).apply(&mut request);
    let body = Bytes::from_request(request, &app).await.map_err(|refusal| body_problem(&refusal))?;
    if body.is_empty() {
        return Err(Problem::new(Code::BadRequest, "the body is empty"));
    }
    let Batch { reports, unread, ignored } = if lines { read_lines(&body)? } else { read_array(&body)? };
    if !caller.is(policy::REPORTERS) && !caller.is(policy::GATEWAYS) && !caller.is(&[Role::Unit]) {
        return Err(crate::auth::Refusal::Role.into());
    }
    Ok(axum::Json(PostedBody::of(app.report(&caller, reports).await, unread, ignored)))
}

/// A batch; numbers are places in it.
#[derive(Default)]
struct Batch {
    reports: Vec<(usize, Report)>,
    /// Rows that cannot be read, and why.
    unread: Vec<(usize, &'static str)>,
    /// What stands beside a place and is not kept.
    ignored: Vec<(usize, &'static str)>,
}

fn read_array(body: &[u8]) -> Result<Batch, Problem> {
    // Each row as it was written: one that cannot be read takes no other with it.
    let rows: Vec<&RawValue> =
        serde_json::from_slice(body).map_err(|error| Problem::at(Code::BadRequest, "", error.to_string()))?;
    sort_out(rows.into_iter().map(|row| serde_json::from_str(row.get()).map_err(drop)))
}

fn read_lines(body: &[u8]) -> Result<Batch, Problem> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    sort_out(lines.map(|line| serde_json::from_slice(line).map_err(drop)))
}

/// Rows that can be read, and the places of those that cannot.
fn sort_out(rows: impl Iterator<Item = Result<PositionRow, ()>>) -> Result<Batch, Problem> {
    let mut batch = Batch::default();
    for (index, row) in rows.enumerate() {
        if index >= MOST_ROWS {
            return Err(Problem::new(Code::TooLarge, format!("a batch has at most {MOST_ROWS} rows")));
        }
        match row.map_err(|()| "UNREADABLE").and_then(PositionRow::report) {
            Ok((report, ignored)) => {
                batch.reports.push((index, report));
                batch.ignored.extend(ignored.into_iter().map(|code| (index, code)));
            }
            Err(code) => batch.unread.push((index, code)),
        }
    }
    Ok(batch)
}
