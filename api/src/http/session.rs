//! Logging in and out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;

use super::extract::{Json, token};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, LoginRefusal, now_ms};
use crate::auth::Caller;
use crate::wire::{LoginAsk, LoginBody, SessionBody};

/// Log in: the token goes into `Authorization: Bearer`, or stays in the cookie that is set.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = LoginAsk,
    responses((status = 200, body = LoginBody), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(super) async fn login(
    State(app): State<App>,
    from: Option<axum::Extension<axum::extract::ConnectInfo<std::net::SocketAddr>>>,
    Json(ask): Json<LoginAsk>,
) -> Result<impl IntoResponse, Problem> {
    let (token, caller) = match app.sessions.open(&ask.user, &ask.password).await? {
        Ok(opened) => opened,
        Err(refusal) => {
            let known = app.sessions.known_name(&ask.user).await?;
            let client = from.map(|from| from.0.0.ip().to_string());
            app.looks.refused_login(known.as_deref().unwrap_or("anonymous"), client).await?;
            return Err(match refusal {
                LoginRefusal::Wrong => {
                    Problem::new(Code::BadCredentials, "the user is unknown or the password is wrong")
                }
                LoginRefusal::Wait => Problem::new(Code::Locked, "five wrong passwords: wait a minute"),
            });
        }
    };
    app.looks.look(&caller, "login", "session", Vec::new(), None, None).await?;
    let cookie = format!("onemap_session={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", app.limits.session_s);
    let body = LoginBody { token, session: SessionBody::from(&caller) };
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(body)))
}

/// Who is logged in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = SessionBody), (status = 401, body = ProblemBody)))]
pub(super) async fn who(caller: Caller) -> axum::Json<SessionBody> {
    axum::Json(SessionBody::from(&caller))
}

/// Keeps the login of the token in `Authorization` in a cookie for as long as it holds: how a screen that was given a token
/// logs in.
#[utoipa::path(put, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = SessionBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody)))]
pub(super) async fn keep(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let bearer = headers.contains_key(header::AUTHORIZATION).then(|| token(&headers)).flatten();
    let token = bearer.ok_or_else(|| Problem::new(Code::BadRequest, "send the token as `Authorization: Bearer`"))?;
    app.looks.look(&caller, "login", "session", Vec::new(), None, None).await?;
    let left_s = (caller.expires_ms - now_ms()).max(0) / 1_000;
    let cookie = format!("onemap_session={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={left_s}");
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(SessionBody::from(&caller))))
}

/// Log out. The token is worth nothing afterwards: at once on the server that is asked, within a second on others of the
/// same database; their sockets are closed within five.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "logged out"), (status = 401, body = ProblemBody)))]
pub(super) async fn logout(
    State(app): State<App>,
    _caller: Caller,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    if let Some(token) = token(&headers) {
        app.sessions.close(token).await?;
    }
    let forget = "onemap_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, forget)]))
}
