//! The layers around the menu: what holds for every request.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::trace::TraceLayer;

use super::problem::{Code, Problem, Reader};
use super::{body, denied, extract, happening, health, standing, viewer};
use crate::app::App;

/// Only our own origin: the map works in a closed network and asks nobody else.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
     worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/// A request that takes longer is answered by a problem; streams and uploads are not bound by it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole service.
pub fn service(app: App) -> Router {
    let ((happening, _), (standing, _)) = (happening().split_for_parts(), standing().split_for_parts());
    let happening = happening.route_layer(middleware::from_fn_with_state(app.clone(), newest));
    let api = standing.merge(happening);
    // Tiles are compressed where they are made, once; their ETags name the encoding.
    let worth_it = DefaultPredicate::new().and(NotForContentType::new("application/vnd.mapbox-vector-tile"));
    // Each function around the handlers costs a copy of all that is inside of it, at every request: so there are two, one
    // on either side of what others wrote.
    let layers = ServiceBuilder::new()
        // What goes wrong is logged once, where it is known what it was; here only requests are traced.
        .layer(TraceLayer::new_for_http().on_failure(()))
        .layer(middleware::from_fn(outside))
        .layer(CompressionLayer::new().compress_when(worth_it))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), inside));
    // Inside the router, where it is known which path was matched.
    let api = api.route_layer(middleware::from_fn_with_state(app.clone(), denied::written));
    api.fallback(viewer::page).layer(DefaultBodyLimit::max(extract::LARGEST_JSON)).layer(layers).with_state(app)
}

/// A handler that panics is a fault of ours: it is logged, answered, and the server goes on.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(panic = text, "a handler panicked");
    Problem::new(Code::Internal, "this has been logged").into_response()
}

/// Headers of every answer that does not say otherwise.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Before a question: looks for what other servers wrote, so that nothing is answered from the state before. A command is
/// decided on the newest anyway; what else is written and judged by what is known looks for itself.
async fn newest(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        app.current().await;
    }
    next.run(request).await
}

/// Counts and times the request, puts a refusal into the asker's language, and adds the headers of the house.
async fn outside(request: Request, next: Next) -> Response {
    let (count, asker) = (health::Count::of(&request), Reader::of(request.headers()));
    let mut response = asker.told(next.run(request).await);
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    count.done(response.status());
    response
}

/// Answers a request that takes too long, imports and sockets aside, and bounds its body.
async fn inside(State(app): State<App>, request: Request, next: Next) -> Response {
    let unbound = ["/api/v1/imports", "/api/v1/live"].contains(&request.uri().path());
    let answer = body::bounded(app, request, next);
    if unbound {
        return answer.await;
    }
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(response) => response,
        Err(_) => Problem::new(Code::Timeout, "no answer within 30 s").into_response(),
    }
}
