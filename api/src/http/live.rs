//! The door to the live socket.

use axum::extract::State;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::extract::token;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::auth::Caller;
use crate::live::serve;

/// Largest message that a viewer may send, bytes.
const LARGEST: usize = 64 * 1024;

/// Units as they move (WebSocket; messages in docs/wire.md).
#[utoipa::path(get, path = "/api/v1/live", tag = "map",
    responses((status = 101, description = "the socket is open"), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(super) async fn live(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    if !from_here(&headers) {
        return Err(Problem::new(Code::Auth, "a page of another origin may not open the socket"));
    }
    let upgrade = upgrade.map_err(|_not| Problem::new(Code::BadRequest, "this path is a WebSocket"))?;
    app.looks.glance(&caller, "live", &[spatial::Layer::Units]).await?;
    let token = token(&headers).unwrap_or_default().to_owned();
    Ok(upgrade.max_message_size(LARGEST).on_upgrade(move |socket| serve(app, caller, token, socket)))
}

/// Whether a browser's page, if it is one that asks, came from this host: browsers let any page open a socket and send
/// the cookie along. Programs send no `Origin`.
pub(super) fn from_here(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|text| text.split_once("://"));
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    match (origin, host) {
        (Some((scheme, from)), Some(host)) => {
            let port = if scheme == "https" { ":443" } else { ":80" };
            let bare = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
            bare(from) == bare(host)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: Option<&'static str>, host: &'static str, fine: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        assert_eq!(from_here(&headers), fine, "{origin:?} at {host}");
    }

    #[test]
    fn only_pages_of_this_host() {
        check(None, "map:8080", true);
        check(Some("http://map:8080"), "map:8080", true);
        check(Some("https://Map.example"), "map.example", true);
        check(Some("https://map.example"), "map.example:443", true);
        check(Some("http://map:8081"), "map:8080", false);
        check(Some("http://evil.example"), "map:8080", false);
        check(Some("http://map.evil.example"), "map", false);
        check(Some("null"), "map:8080", false);
    }
}
