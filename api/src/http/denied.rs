//! The one place where a refused look is written: whatever handler says 403, the row is in the audit before the answer
//! leaves.

use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use spatial::Layer;

use super::problem::Problem;
use crate::app::{App, Asking};

/// Who turned out to ask: filled when the handler reads the caller.
#[derive(Clone, Default)]
pub(super) struct Asker(Arc<OnceLock<Asking>>);

impl Asker {
    /// Remembers who asks.
    pub(super) fn is(&self, asking: Asking) {
        // A request has one caller; a second reading finds the same.
        let _ = self.0.set(asking);
    }
}

/// Writes a row when the answer is a refusal by role or by scope. When the row cannot be written, that is the answer.
pub(super) async fn written(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let asker = Asker::default();
    request.extensions_mut().insert(asker.clone());
    let (method, template) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let uri = request.uri().clone();
    let response = next.run(request).await;
    let (StatusCode::FORBIDDEN, Some(asking)) = (response.status(), asker.0.get()) else { return response };
    let caller = &asking.caller();
    let (action, class) = of_path(&method, template.as_ref().map_or("", MatchedPath::as_str), uri.path());
    let code = response.extensions().get::<Problem>().map_or("AUTH", |problem| problem.code().name());
    match app.looks.refused(caller, &action, &class, code.to_owned()).await {
        Ok(()) => response,
        Err(problem) => problem.into_response(),
    }
}

/// What was wanted, and of what, by the words of the other rows: `item houses`, `tiles cameras,houses`, `edit places`.
fn of_path(method: &Method, template: &str, path: &str) -> (String, String) {
    let mut parts = template.split('/').zip(path.split('/')).filter(|(name, _)| !name.is_empty());
    let layers = parts.clone().find(|(name, _)| matches!(*name, "{layer}" | "{layers}" | "{file}" | "{dataset}"));
    let class = layers.map(|(_, given)| known_layers(given));
    let words: Vec<&str> =
        parts.clone().map(|(name, _)| name).filter(|n| !n.starts_with('{') && *n != "api" && *n != "v1").collect();
    let has_id = parts.any(|(name, _)| name == "{id}");
    let last = words.last().copied().unwrap_or("path");
    let first = words.first().copied().unwrap_or("path");
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let action = match (first, last, reads, has_id) {
        ("imports", ..) => "import",
        ("ogc" | "units", _, false, _) => "edit",
        ("ogc", "items", true, true) | ("units" | "incidents", "units" | "incidents", true, true) => "item",
        ("tiles" | "nearest" | "audit" | "video" | "still", ..) => first,
        _ => last,
    };
    let of = if matches!(first, "video" | "still") { Layer::Cameras.name() } else { first };
    let class = class.filter(|class| !class.is_empty()).unwrap_or_else(|| of.to_owned());
    (action.to_owned(), class)
}

/// The names of layers in a part of a path, each once and in one order; what is no layer is left out, so that nobody
/// writes into the audit what he likes.
fn known_layers(given: &str) -> String {
    let given = given.strip_suffix(".json").unwrap_or(given);
    let asked = |layer: &Layer| given.split(',').any(|name| name == layer.name());
    Layer::ALL.into_iter().filter(asked).map(Layer::name).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, template: &str, path: &str, action: &str, class: &str) {
        assert_eq!(of_path(method, template, path), (action.to_owned(), class.to_owned()), "{path}");
    }

    #[test]
    fn refusals_carry_the_words_of_looks() {
        let items = "/ogc/collections/{layer}/items";
        let item = "/ogc/collections/{layer}/items/{id}";
        check(&Method::GET, item, "/ogc/collections/houses/items/17", "item", "houses");
        check(&Method::GET, items, "/ogc/collections/houses/items", "items", "houses");
        check(&Method::PATCH, item, "/ogc/collections/houses/items/17", "edit", "houses");
        let tile = "/tiles/{layers}/{z}/{x}/{y}";
        check(&Method::GET, tile, "/tiles/houses,cameras,houses,x/1/1/1.mvt", "tiles", &known_layers("cameras,houses"));
        check(&Method::GET, "/tiles/{file}", "/tiles/cameras.json", "tiles", "cameras");
        check(&Method::GET, "/heat/{dataset}/{z}/{x}/{y}", "/heat/incidents/1/1/1.png", "heat", "incidents");
        check(&Method::GET, "/heat/{file}", "/heat/people.json", "heat", "people");
        check(&Method::GET, "/api/v1/nearest/{layer}", "/api/v1/nearest/units", "nearest", "units");
        check(&Method::GET, "/api/v1/units/{id}", "/api/v1/units/u1", "item", "units");
        check(&Method::PUT, "/api/v1/units/{id}", "/api/v1/units/u1", "edit", "units");
        check(&Method::GET, "/api/v1/units", "/api/v1/units", "units", "units");
        check(&Method::POST, "/api/v1/imports", "/api/v1/imports", "import", "imports");
        check(&Method::POST, "/api/v1/cameras/{id}/tickets", "/api/v1/cameras/7/tickets", "tickets", "cameras");
        check(&Method::GET, "/video/{ticket}", "/video/0a", "video", "cameras");
        check(&Method::GET, "/api/v1/audit", "/api/v1/audit", "audit", "audit");
        check(&Method::POST, "/api/v1/audit/verify", "/api/v1/audit/verify", "audit", "audit");
        check(&Method::GET, "/api/v1/incidents/{id}", "/api/v1/incidents/i1", "item", "incidents");
        check(
            &Method::GET,
            "/api/v1/incidents/{id}/timeline",
            "/api/v1/incidents/i1/timeline",
            "timeline",
            "incidents",
        );
    }
}
