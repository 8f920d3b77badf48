//! For operators and machines: alive, ready, measured, described.

use std::sync::OnceLock;
use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};

use super::problem::{Code, Problem};
use crate::app::App;

/// Alive: the process answers.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "alive", body = Object)))]
pub(super) async fn healthz() -> Json<Value> {
    Json(json!({"status": "alive", "version": env!("CARGO_PKG_VERSION")}))
}

/// Ready: the indexes are built and the store answers.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, description = "ready", body = Object), (status = 503, description = "not yet, or not any more")))]
pub(super) async fn readyz(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let still = app.world.still();
    if !still.ready {
        return Err(Problem::new(Code::Unavailable, "the indexes are still being built"));
    }
    if app.ways.network().is_none() {
        return Err(Problem::new(Code::Unavailable, "the road graph is still being built"));
    }
    app.store.ping().await?;
    Ok(Json(json!({"status": "ready", "store": app.store.kind(), "revision": still.revision})))
}

/// Figures in the text form of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, description = "figures", body = String)))]
pub(super) async fn metrics() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder().render()).into_response()
}

/// The description of this API.
#[utoipa::path(get, path = "/openapi.json", tag = "operations", responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub(super) async fn openapi() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| super::description().to_string());
    ([(header::CONTENT_TYPE, "application/json")], text.as_str()).into_response()
}

/// Bounds of the request durations' histogram, seconds.
const BUCKETS: [f64; 11] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The recorder of all figures; installed at its first use.
pub fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let seconds = Matcher::Suffix("_seconds".to_owned());
        let builder =
            PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS).expect("the bounds are not empty");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // A second recorder in one process exists in tests only; the first one stays.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}

/// Counts and times every request by its path pattern: never by what was asked.
pub(super) async fn count(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("onemap_http_requests_total", "path" => path.clone(), "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("onemap_http_request_seconds", "path" => path).record(started.elapsed());
    response
}
