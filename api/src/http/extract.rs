//! Reading requests: every refusal is a problem that says what and where.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use spatial::{Position, PositionError};

use super::denied::Asker;
use super::problem::{Code, Problem};
use crate::app::App;
use crate::auth::Caller;

/// Largest JSON body, bytes. Imports and positions have their own bounds.
pub(super) const LARGEST_JSON: usize = 1024 * 1024;

/// A JSON body.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        must_be(request.headers(), &["application/json"])?;
        let bytes = Bytes::from_request(request, app).await.map_err(|refusal| body_problem(&refusal))?;
        read_object(&bytes).map(Self)
    }
}

/// Reads a body that is also kept as it came: who asks again with the same key must say the same.
pub(super) fn json_body<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    must_be(headers, &["application/json"])?;
    read_object(body)
}

/// Reads a JSON object. An array would be taken for the fields in their order, which nobody means.
pub(super) fn read_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') | None => read_json(bytes),
        Some(_) => Err(Problem::at(Code::BadRequest, "", "the body must be a JSON object")),
    }
}

/// Reads JSON; the problem points at what is wrong.
pub(super) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.is_empty() {
        return Err(Problem::at(Code::BadRequest, "", "the body is empty"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer_of(error.path());
        Problem::at(Code::BadRequest, pointer, error.into_inner().to_string())
    })?;
    reader.end().map_err(|error| Problem::new(Code::BadRequest, error.to_string()))?;
    Ok(value)
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{key}")),
            Segment::Enum { variant } => Some(format!("/{variant}")),
            Segment::Unknown => None,
        })
        .collect()
}

/// The problem of a body that could not be read: too large, or broken off.
pub(super) fn body_problem(refusal: &axum::extract::rejection::BytesRejection) -> Problem {
    if refusal.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(Code::TooLarge, "the body is larger than this path takes");
    }
    Problem::new(Code::BadRequest, "the body broke off")
}

/// Refuses a body whose type is none of those.
pub(super) fn must_be(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if types.contains(&essence.as_str()) {
        return Ok(());
    }
    Err(Problem::new(Code::MediaType, format!("content-type must be {}, got {given:?}", types.join(" or "))))
}

/// The query of a URL.
pub(super) struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let reader = serde_urlencoded::Deserializer::new(form_pairs(query));
        serde_path_to_error::deserialize(reader)
            .map(Self)
            .map_err(|error| Problem::at(Code::BadRequest, pointer_of(error.path()), error.into_inner().to_string()))
    }
}

fn form_pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

/// The variable parts of a path.
pub(super) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|refusal| Problem::new(Code::BadRequest, refusal.body_text()))
    }
}

/// A place from a request; the problem points at the number that is wrong.
pub(super) fn position(lon: f64, lat: f64) -> Result<Position, Problem> {
    Position::new(lon, lat).map_err(|error| {
        let pointer = match error {
            PositionError::NotFinite { lon, .. } if !lon.is_finite() => "/lon",
            PositionError::OutOfRange { lon, .. } if lon.abs() > 180.0 => "/lon",
            PositionError::NotFinite { .. } | PositionError::OutOfRange { .. } | PositionError::Swapped { .. } => {
                "/lat"
            }
            PositionError::NullIsland => "/lon",
        };
        Problem::at(Code::Position, pointer, error.to_string())
    })
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = token(&parts.headers).ok_or_else(|| Problem::new(Code::LoginRequired, "no token was given"))?;
        let purpose = parts.headers.get("purpose").and_then(|v| v.to_str().ok());
        let purpose = purpose.map(|text| text.chars().take(200).collect());
        let client = parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
        let client = client.map(|info| info.0.ip().to_string());
        let asking = app.sessions.caller(token, purpose, client).await?;
        let caller = asking.caller();
        if let Some(asker) = parts.extensions.get::<Asker>() {
            asker.is(asking);
        }
        Ok(caller)
    }
}

/// The token: `Authorization: Bearer`, else the cookie `onemap_session`.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        // The name of a scheme is the same in any case (RFC 9110, 11.1).
        let (scheme, token) = given.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim());
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|cookie| cookie.trim().strip_prefix("onemap_session="))
}
