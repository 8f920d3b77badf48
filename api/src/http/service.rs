//! The layers around the menu: what holds for every request.

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::{Router, middleware};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use super::problem::{Code, Problem, speak};
use super::{body, denied, extract, health, menu, viewer};
use crate::app::App;

/// Only our own origin: the map works in a closed network and asks nobody else.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
     worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/// A request that takes longer is answered by a problem; streams and uploads are not bound by it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole service.
pub fn service(app: App) -> Router {
    let (api, _) = menu().split_for_parts();
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    // Tiles are compressed where they are made, once; their ETags name the encoding.
    let worth_it = DefaultPredicate::new().and(NotForContentType::new("application/vnd.mapbox-vector-tile"));
    let layers = ServiceBuilder::new()
        // What goes wrong is logged once, where it is known what it was; here only requests are traced.
        .layer(TraceLayer::new_for_http().on_failure(()))
        .layer(middleware::from_fn(health::count))
        .layer(header(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(middleware::from_fn(speak))
        .layer(CompressionLayer::new().compress_when(worth_it))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(within_patience))
        .layer(middleware::from_fn_with_state(app.clone(), body::bounded));
    // Inside the router, where it is known which path was matched.
    let api = api.route_layer(middleware::from_fn_with_state(app.clone(), denied::written));
    api.fallback(viewer::page).layer(DefaultBodyLimit::max(extract::LARGEST_JSON)).layer(layers).with_state(app)
}

/// A handler that panics is a fault of ours: it is logged, answered, and the server goes on.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(panic = text, "a handler panicked");
    Problem::new(Code::Internal, "this has been logged").into_response()
}

/// Answers a request that takes too long, imports and sockets aside.
async fn within_patience(request: axum::extract::Request, next: middleware::Next) -> axum::response::Response {
    let unbound = ["/api/v1/imports", "/api/v1/live"].contains(&request.uri().path());
    if unbound {
        return next.run(request).await;
    }
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Code::Timeout, "no answer within 30 s").into_response(),
    }
}
