//! For operators and machines: alive, ready, measured, described.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::problem::{Code, Problem};
use crate::app::{App, stopped};

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

/// Methods and statuses of a path whose counters are at hand.
const MOST_KINDS: usize = 64;
/// How often figures are folded together.
const FOLD_EVERY: Duration = Duration::from_secs(5);

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

/// A request that is counted and timed by its path pattern: never by what was asked.
pub(super) struct Count {
    path: Option<MatchedPath>,
    method: Method,
    started: Instant,
}

/// The figures of a path: looked up once, then at hand.
struct Figures {
    seconds: Histogram,
    requests: RwLock<Vec<((Method, StatusCode), Counter)>>,
}

impl Count {
    /// Begins.
    pub(super) fn of(request: &Request) -> Self {
        let path = request.extensions().get::<MatchedPath>().cloned();
        Self { path, method: request.method().clone(), started: Instant::now() }
    }

    /// Ends with the status of the answer.
    pub(super) fn done(self, status: StatusCode) {
        /// By path pattern: as many as the menu has paths.
        static KNOWN: RwLock<BTreeMap<String, Arc<Figures>>> = RwLock::new(BTreeMap::new());
        let path = self.path.as_ref().map_or("other", MatchedPath::as_str);
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(path).map(Arc::clone);
        let figures = known.unwrap_or_else(|| {
            let seconds = metrics::histogram!("onemap_http_request_seconds", "path" => path.to_owned());
            let fresh = Arc::new(Figures { seconds, requests: RwLock::default() });
            let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(path.to_owned()).or_insert(fresh))
        });
        figures.count(path, self.method, status);
        figures.seconds.record(self.started.elapsed());
    }
}

impl Figures {
    fn count(&self, path: &str, method: Method, status: StatusCode) {
        let is = |((m, s), _): &&((Method, StatusCode), Counter)| *m == method && *s == status;
        let known = self.requests.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, counter)) = known.iter().find(is) {
            return counter.increment(1);
        }
        drop(known);
        let labels = (path.to_owned(), method.as_str().to_owned(), status.as_u16().to_string());
        let counter = metrics::counter!("onemap_http_requests_total", "path" => labels.0, "method" => labels.1, "status" => labels.2);
        counter.increment(1);
        let mut all = self.requests.write().unwrap_or_else(PoisonError::into_inner);
        // Methods are what a client likes to write: what does not fit is looked up each time.
        if all.len() < MOST_KINDS {
            all.push(((method, status), counter));
        }
    }
}

/// Folds what was recorded into the histograms: until that is done, every figure of every request is kept.
pub async fn fold_figures(mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(FOLD_EVERY) => recorder().run_upkeep(),
            () = stopped(&mut stop) => return,
        }
    }
}
