//! What holds for many paths of the description, said once: who may come, and the refusals that the house itself makes
//! before or around a handler.

use serde_json::{Map, Value, json};

use super::problem::Code;

/// Operations that need no login.
const PUBLIC: [(&str, &str); 5] = [
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/openapi.json"),
    ("post", "/api/v1/session"),
];
/// Paths that are for every login, whatever its role and scope.
const ANY_LOGIN: [&str; 5] = ["/api/v1/session", "/ogc/", "/ogc/conformance", "/ogc/collections", "/style/{file}"];
/// The router takes a whole piece of a path; these end in a suffix.
const TILE: (&str, &str) = ("/tiles/{layers}/{z}/{x}/{y}", "/tiles/{layers}/{z}/{x}/{y}.mvt");
const STILL: (&str, &str) = ("/still/{ticket}", "/still/{ticket}.jpg");
const PROBLEM: &str = "application/problem+json";

/// Adds to the description what its handlers do not say each for itself.
pub(super) fn complete(whole: &mut Value) {
    // A body with fields of its own beside the common ones is described as a sum of parts.
    let problem = whole.pointer_mut("/components/schemas/ProblemBody").map(Value::take).unwrap_or_default();
    whole["components"]["schemas"]["ProblemBody"] = with_codes(problem);
    whole["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "The token of a login." },
        "cookie": { "type": "apiKey", "in": "cookie", "name": "onemap_session", "description": "The same token." },
    });
    whole["security"] = json!([{ "bearer": [] }, { "cookie": [] }]);
    let Some(paths) = whole["paths"].as_object_mut() else { return };
    for (path, operations) in paths.iter_mut() {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            finish(path, method, operation);
        }
    }
    if let Some(mut tile) = paths.remove(TILE.0) {
        if let Some(y) =
            tile["get"]["parameters"].as_array_mut().and_then(|all| all.iter_mut().find(|p| p["name"] == "y"))
        {
            y["description"] = "row, 0 in the north".into();
        }
        paths.insert(TILE.1.to_owned(), tile);
    }
    if let Some(still) = paths.remove(STILL.0) {
        paths.insert(STILL.1.to_owned(), still);
    }
}

/// The problem's schema with the codes that there are.
fn with_codes(mut problem: Value) -> Value {
    let parts = problem.get_mut("allOf").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        *part = with_codes(part.take());
    }
    if let Some(code) = problem.pointer_mut("/properties/code") {
        code["enum"] = Code::names().into();
    }
    problem
}

fn finish(path: &str, method: &str, operation: &mut Value) {
    let public = PUBLIC.contains(&(method, path));
    if public {
        operation["security"] = json!([]);
    }
    let takes_body = operation.get("requestBody").is_some();
    let has_query = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["in"] == "query"));
    let rules = [
        (!public, "401", "no login, or one that has ended"),
        (!public && !ANY_LOGIN.contains(&path), "403", "not for this role, or outside its part of the city"),
        (path.contains('{'), "404", "there is nothing of that name"),
        (takes_body || has_query, "400", "the request cannot be understood; `errors` points at what is wrong"),
        (takes_body, "413", "the body is larger than this path takes"),
        (takes_body, "415", "a body of another type"),
    ];
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (_, status, description) in rules.into_iter().filter(|(holds, ..)| *holds) {
        responses.entry(status).or_insert_with(|| problem(description));
    }
    for (status, response) in responses.iter_mut() {
        if status.starts_with(['4', '5']) {
            name_media(response);
        }
    }
}

fn problem(description: &str) -> Value {
    json!({ "description": description, "content": { PROBLEM: { "schema": { "$ref": "#/components/schemas/ProblemBody" } } } })
}

/// Problems leave as such, whatever a handler's description calls them.
fn name_media(response: &mut Value) {
    let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else { return };
    let named: Map<String, Value> = std::mem::take(content)
        .into_iter()
        .map(|(media, body)| (if media == "application/json" { PROBLEM.to_owned() } else { media }, body))
        .collect();
    *content = named;
}
