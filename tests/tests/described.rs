//! The description of the API and the API: what is answered is what was said.

use serde_json::Value;
use tests::{Client, Server};

/// Method, path and description of every operation.
fn operations(described: &Value) -> Vec<(String, String, Value)> {
    let paths = described["paths"].as_object().expect("paths");
    let of = |(path, methods): (&String, &Value)| -> Vec<(String, String, Value)> {
        let methods = methods.as_object().expect("methods");
        methods.iter().map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone())).collect()
    };
    paths.iter().flat_map(of).collect()
}

/// The path with something of the right kind in each of its places, and the queries that are needed.
fn address(path: &str) -> String {
    let places = [("{layer}", "places"), ("{layers}", "places"), ("{z}", "14"), ("{x}", "13683"), ("{y}", "6862")];
    let filled = places.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    let mut whole = String::new();
    for piece in filled.split_inclusive('/') {
        let end = if piece.ends_with('/') { "/" } else { "" };
        whole.push_str(if piece.starts_with('{') { "1" } else { piece.trim_end_matches('/') });
        whole.push_str(end);
    }
    match path {
        "/api/v1/imports" => whole + "?layer=places&format=geojson&crs=wgs84",
        "/api/v1/search" => whole + "?q=x",
        "/api/v1/nearest/{layer}" => whole + "?lon=120.65&lat=28.0",
        _ => whole,
    }
}

fn is_public(operation: &Value) -> bool {
    operation["security"].as_array().is_some_and(Vec::is_empty)
}

#[test]
fn what_needs_a_login_says_so_and_nothing_else_does() {
    let server = Server::demo();
    let anyone = server.client();
    let described = anyone.get("/openapi.json").ok();
    let schemes = &described["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["cookie"]["name"], "onemap_session");
    assert_eq!(described["security"].as_array().map(Vec::len), Some(2));
    let mut public = 0;
    for (method, path, operation) in operations(&described) {
        let answer = anyone.send(&method, &address(&path), "", &[]);
        if is_public(&operation) {
            public += 1;
            // The login itself answers 401 too, to a wrong password.
            assert_ne!(answer.header("www-authenticate").is_empty(), answer.status == 401, "{method} {path}");
            assert!(path == "/api/v1/session" || answer.status == 200, "{method} {path}: {}", answer.status);
        } else {
            answer.refused(401);
            assert!(operation["responses"]["401"].is_object(), "{method} {path} does not say 401");
        }
    }
    assert_eq!(public, 5);
}

#[test]
fn every_refusal_is_one_that_was_described() {
    let server = Server::demo();
    let described = server.client().get("/openapi.json").ok();
    let (lead, auditor) = (server.login("lead"), server.login("auditor"));
    let mut seen = std::collections::BTreeSet::new();
    for (method, path, operation) in operations(&described) {
        if path == "/api/v1/session" && method == "DELETE" {
            continue;
        }
        let takes_body = operation.get("requestBody").is_some();
        let media = operation["requestBody"]["content"].as_object().and_then(|all| all.keys().next().cloned());
        let media = media.unwrap_or_default();
        let mut ask = |client: &Client, kind: &str, body: &[u8]| {
            let answer = client.send(&method, &address(&path), kind, body);
            let status = answer.status.to_string();
            assert!(
                operation["responses"][&status].is_object(),
                "{method} {path} answers {status}, undescribed: {}",
                answer.text()
            );
            assert!(answer.status < 500 || operation["responses"][&status].is_object(), "{method} {path}");
            if answer.status >= 400 {
                let content = &operation["responses"][&status]["content"];
                assert!(content["application/problem+json"].is_object(), "{method} {path} {status}: {content}");
                answer.refused(answer.status);
                seen.insert(answer.status);
            }
        };
        ask(&lead, "", b"");
        ask(&auditor, "", b"");
        if takes_body {
            ask(&lead, "image/png", b"x");
            ask(&lead, &media, b"");
            ask(&lead, &media, b"{}");
            ask(&auditor, &media, b"{}");
        }
        if operation["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["in"] == "query")) {
            let answer =
                lead.send(&method, &format!("{}?limit=x&k=x&lon=x", path.replace("{layer}", "places")), "", &[]);
            assert!(
                operation["responses"][answer.status.to_string()].is_object(),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
    assert!([400, 403, 404, 415].iter().all(|status| seen.contains(status)), "{seen:?}");
}

#[test]
fn a_tile_is_described_at_the_address_it_has() {
    let server = Server::demo();
    let described = server.client().get("/openapi.json").ok();
    assert!(described["paths"]["/tiles/{layers}/{z}/{x}/{y}.mvt"]["get"].is_object());
}
