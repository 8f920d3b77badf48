//! Bad input: the documented code in the one form, never a 500, and the server lives on.

use serde_json::{Value, json};
use tests::{Client, Server};

/// What stands for "much too large".
const HUNDRED_MEGABYTES: usize = 100 * 1024 * 1024;

/// Paths that take a body, with one that is right.
fn with_bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("/api/v1/session", json!({"user": "lead", "password": "x"})),
        ("/api/v1/surroundings", json!({"lon": 120.6555, "lat": 28.015, "radius_m": 500})),
        ("/api/v1/positions", json!([])),
    ]
}

#[test]
fn an_unknown_layer_is_not_found_by_name() {
    let server = Server::demo();
    let lead = server.login("lead");
    let paths = [
        "/tiles/unicorns/10/855/428.mvt",
        "/tiles/houses,unicorns/10/855/428.mvt",
        "/tiles/unicorns.json",
        "/ogc/collections/unicorns",
        "/ogc/collections/unicorns/items",
        "/api/v1/nearest/unicorns?lon=120.6&lat=28.0&k=3",
    ];
    for path in paths {
        assert_eq!(lead.get(path).refused(404), "UNKNOWN-LAYER", "{path}");
    }
}

#[test]
fn resident_counts_are_a_layer_that_nobody_can_name() {
    let server = Server::demo();
    for user in ["lead", "sysadmin", "planner"] {
        let client = server.login(user);
        for path in [
            "/tiles/residents/14/13683/6862.mvt",
            "/tiles/places,residents/14/13683/6862.mvt",
            "/tiles/residents.json",
            "/ogc/collections/residents",
            "/ogc/collections/residents/items",
            "/api/v1/nearest/residents?lon=120.6555&lat=28.015&k=3",
        ] {
            assert_eq!(client.get(path).refused(404), "UNKNOWN-LAYER", "{user} {path}");
        }
    }
}

#[test]
fn a_tile_outside_the_world_is_a_bad_request() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (tile, wrong) in [
        ("23/0/0", "/z"),
        ("99/0/0", "/z"),
        ("300/0/0", "/z"),
        ("10/1024/0", "/x"),
        ("10/0/1024", "/y"),
        ("0/1/0", "/x"),
        ("0/0/1", "/y"),
        ("10/4294967296/0", "/x"),
        ("3/-1/0", "/x"),
        ("a/b/c", "/z"),
        ("010/855/428", "/z"),
        ("10/+855/428", "/x"),
        ("10/855/0428", "/y"),
    ] {
        let answer = lead.get(&format!("/tiles/places/{tile}.mvt"));
        assert_eq!(answer.refused(400), "TILE-RANGE", "{tile}");
        assert!(answer.points_at(wrong), "{tile}: {}", answer.text());
    }
    assert_eq!(lead.get("/tiles/places/0/0/0.mvt").status / 100, 2);
}

#[test]
fn a_layer_is_named_once() {
    let server = Server::demo();
    let lead = server.login("lead");
    for path in ["/tiles/houses,houses/14/13683/6862.mvt", "/tiles/houses,cameras,houses.json"] {
        let answer = lead.get(path);
        answer.refused(400);
        assert!(answer.points_at("layers"), "{}", answer.text());
    }
}

#[test]
fn the_name_of_a_scheme_is_the_same_in_any_case() {
    let server = Server::demo();
    let token = server.login("lead").token().to_owned();
    for scheme in ["bearer", "BEARER", "Bearer"] {
        let client = server.client().with("authorization", &format!("{scheme} {token}"));
        assert_eq!(client.get("/api/v1/session").status, 200, "{scheme}");
    }
    server.client().with("authorization", &format!("Basic {token}")).get("/api/v1/session").refused(401);
}

#[test]
fn who_must_wait_is_told_how_long() {
    let server = Server::demo();
    let try_once = || server.client().post("/api/v1/session", &json!({"user": "planner", "password": "no"}));
    let waiting =
        (0..10).map(|_| try_once()).find(|answer| answer.status == 429).expect("ten wrong passwords cost a wait");
    waiting.refused(429);
    assert!(waiting.header("retry-after").parse::<u64>().is_ok_and(|s| s > 0), "{:?}", waiting.headers);
}

#[test]
fn a_number_that_is_none_is_pointed_at() {
    let server = Server::demo();
    let lead = server.login("lead");
    for bad in ["NaN", "inf", "-inf", "1e400", "abc", "", "181", "-181"] {
        let answer = lead.get(&format!("/api/v1/nearest/cameras?lon={bad}&lat=28.0&k=3"));
        answer.refused(400);
        assert!(answer.points_at("lon"), "lon={bad}: {}", answer.text());
    }
    for bad in ["NaN", "91", "-90.5"] {
        let answer = lead.get(&format!("/api/v1/nearest/cameras?lon=120.6&lat={bad}&k=3"));
        answer.refused(400);
        assert!(answer.points_at("lat"), "lat={bad}: {}", answer.text());
    }
    for bad in ["k=0", "k=-1", "k=1000000", "k=x", "k=3&max_distance_m=NaN", "k=3&max_distance_m=-1"] {
        lead.get(&format!("/api/v1/nearest/cameras?lon=120.6&lat=28.0&{bad}")).refused(400);
    }
    for bad in ["bbox=1,2,3", "bbox=NaN,27,121,29", "limit=0", "limit=-1", "limit=x"] {
        lead.get(&format!("/ogc/collections/places/items?{bad}")).refused(400);
    }
}

#[test]
fn swapped_longitude_and_latitude_are_noticed_and_said() {
    let server = Server::demo();
    let lead = server.login("lead");
    let answer = lead.post("/api/v1/surroundings", &json!({"lon": 28.015, "lat": 120.6555, "radius_m": 500}));
    answer.refused(400);
    assert!(answer.points_at("lat"), "{}", answer.text());
    lead.get("/api/v1/nearest/cameras?lon=28.015&lat=120.6555&k=3").refused(400);
    let place = |lon: f64, lat: f64| json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": {"name": "x", "kind": "school"}});
    for (lon, lat) in [(28.015, 120.6555), (200.0, 28.0), (0.0, 0.0)] {
        let body = place(lon, lat).to_string();
        let answer = lead.send("POST", "/ogc/collections/places/items", "application/geo+json", body.as_bytes());
        assert_eq!(answer.refused(400), "LOC-SYS", "{lon} {lat}");
        assert!(answer.points_at("/geometry/coordinates"), "{}", answer.text());
    }
}

#[test]
fn an_area_without_ground_is_refused() {
    let server = Server::demo();
    let lead = server.login("lead");
    let at = json!([120.65, 28.01]);
    let east = json!([120.66, 28.01]);
    for ring in [json!([at]), json!([at, at, at, at]), json!([at, east, at]), json!([at, east, east, at])] {
        let answer = lead.post("/api/v1/surroundings", &json!({"polygon": {"type": "Polygon", "coordinates": [ring]}}));
        answer.refused(400);
        assert!(answer.points_at("/polygon"), "{}", answer.text());
    }
}

#[test]
fn what_is_missing_is_pointed_at() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (body, pointer) in [
        (json!({}), "/lon"),
        (json!({"lon": 120.65, "radius_m": 500}), "/lat"),
        (json!({"lat": 28.0, "radius_m": 500}), "/lon"),
        (json!({"lon": 120.65, "lat": 28.0}), "/radius_m"),
    ] {
        let answer = lead.post("/api/v1/surroundings", &body);
        answer.refused(400);
        assert!(answer.points_at(pointer), "{body}: {}", answer.text());
    }
    let answer = lead.send("POST", "/api/v1/surroundings", "application/json", b"");
    answer.refused(400);
    assert_eq!(answer.json()["errors"][0]["pointer"], "", "the whole body: {}", answer.text());
}

#[test]
fn a_place_is_said_once() {
    let server = Server::demo();
    let lead = server.login("lead");
    let call =
        json!({"kind": "traffic", "priority": 3, "source": "call_110", "location": {"lon": 120.65, "lat": 28.0}});
    for (field, value) in
        [("lon", json!(120.7)), ("lat", json!(28.1)), ("accuracy_m", json!(5)), ("crs", json!("gcj02"))]
    {
        let mut both = call.clone();
        both[field] = value;
        let answer = lead.post("/api/v1/incidents", &both);
        answer.refused(400);
        assert!(answer.points_at(&format!("/{field}")), "{}", answer.text());
    }
    lead.post("/api/v1/incidents", &call).ok();
}

#[test]
fn a_radius_has_bounds() {
    let server = Server::demo();
    let lead = server.login("lead");
    for radius in [json!(0), json!(-5), json!(1e9), json!("far"), json!(null)] {
        lead.post("/api/v1/surroundings", &json!({"lon": 120.6555, "lat": 28.015, "radius_m": radius})).refused(400);
    }
}

#[test]
fn an_empty_or_broken_body_is_a_bad_request() {
    let server = Server::demo();
    let lead = server.login("lead");
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let bodies: [&[u8]; 6] = [b"", b"{", b"null", b"\"x\"", b"\xff\xfe", &deep];
    for (path, _) in with_bodies() {
        for body in bodies {
            let answer = lead.send("POST", path, "application/json", body);
            if path == "/api/v1/positions" && body == deep {
                // A list whose only row is none: it costs that row.
                assert_eq!(answer.ok()["rejected"][0]["code"], "UNREADABLE");
            } else {
                answer.refused(400);
            }
        }
    }
}

#[test]
fn a_body_of_another_type_is_refused_as_such() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (path, body) in with_bodies() {
        for kind in ["text/plain", "application/xml", "image/png"] {
            lead.send("POST", path, kind, body.to_string().as_bytes()).refused(415);
        }
    }
}

#[test]
fn another_method_is_refused_and_the_right_ones_are_named() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (method, path) in [
        ("POST", "/healthz"),
        ("PATCH", "/api/v1/session"),
        ("GET", "/api/v1/surroundings"),
        ("DELETE", "/api/v1/nearest/cameras"),
        ("PUT", "/tiles/places/10/855/428.mvt"),
        ("DELETE", "/ogc/collections/places"),
    ] {
        let answer = lead.send(method, path, "", &[]);
        answer.refused(405);
        assert!(!answer.header("allow").is_empty(), "{method} {path} names no method");
    }
}

#[test]
fn an_unknown_path_is_a_problem_too() {
    let server = Server::demo();
    let lead = server.login("lead");
    for path in ["/api/v1/unicorns", "/api/v2/session", "/tiles/", "/ogc/unicorns", "/api/v1/", "/api/v1/units/none"] {
        lead.get(path).refused(404);
    }
}

#[test]
fn a_hundred_megabytes_are_refused_before_they_are_read() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    for (path, _) in with_bodies() {
        let head = head(&server, &lead, path, &format!("Content-Length: {HUNDRED_MEGABYTES}"));
        // Nothing of the body is sent: the length alone is refused.
        let said = lead.raw(&head, std::iter::empty());
        assert!(said.starts_with("HTTP/1.1 413"), "{path}: {said}");
        assert!(said.contains("application/problem+json"), "{path}: {said}");
    }
    assert!(server.is_alive());
}

#[test]
fn a_hundred_megabytes_without_a_length_do_not_fill_the_server() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    let mut paths: Vec<&str> = with_bodies().into_iter().map(|(path, _)| path).collect();
    // Imports are streamed, so that they may be long; but this is no GeoJSON at any length.
    paths.push("/api/v1/imports?layer=places&format=geojson&crs=wgs84");
    for path in paths {
        let head = head(&server, &lead, path, "Transfer-Encoding: chunked");
        let said = lead.raw(&head, chunks(HUNDRED_MEGABYTES));
        // The server may close while we still send; then its words can be lost on the way, its life may not.
        let fine = said.is_empty() || said.starts_with("HTTP/1.1 4");
        assert!(fine, "{path}: {said}");
        assert!(server.is_alive(), "{path}");
    }
}

fn head(server: &Server, client: &Client, path: &str, length: &str) -> String {
    let (host, token) = (server.address(), client.token());
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Type: application/json\r\n{length}\r\n\r\n"
    )
}

fn chunks(total: usize) -> impl Iterator<Item = Vec<u8>> {
    let size = 64 * 1024;
    let chunk = [format!("{size:x}\r\n").into_bytes(), vec![b' '; size], b"\r\n".to_vec()].concat();
    std::iter::repeat_n(chunk, total / size).chain(std::iter::once(b"0\r\n\r\n".to_vec()))
}

#[test]
fn the_order_of_checks_is_who_then_what_then_how_then_may() {
    let server = Server::demo();
    let (nobody, auditor) = (server.client(), server.login("auditor"));
    nobody.get("/tiles/unicorns/99/0/0.mvt").refused(401);
    auditor.get("/tiles/unicorns/99/0/0.mvt").refused(404);
    auditor.get("/tiles/houses/99/0/0.mvt").refused(400);
    auditor.get("/tiles/houses/14/13683/6862.mvt").refused(403);
    nobody.get("/ogc/collections/unicorns/items?limit=x").refused(401);
    auditor.get("/ogc/collections/unicorns/items?limit=x").refused(404);
    auditor.get("/ogc/collections/houses/items?limit=x").refused(400);
    auditor.get("/ogc/collections/houses/items?limit=1").refused(403);
}

#[test]
fn a_refusal_speaks_the_readers_language() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (path, code) in [
        ("/tiles/unicorns.json", "UNKNOWN-LAYER"),
        ("/api/v1/nearest/cameras?lon=120.6&lat=28&k=0", "BAD-REQUEST"),
        ("/tiles/places/23/0/0.mvt", "TILE-RANGE"),
    ] {
        let said = |language: &str, field: &str| {
            let answer = lead.clone().with("accept-language", language).get(path);
            assert_eq!(answer.refused(answer.status), code, "the code is the same in every language");
            answer.json()[field].as_str().unwrap().to_owned()
        };
        for field in ["title", "detail"] {
            let (zh, en) = (said("zh-CN,zh;q=0.9", field), said("en-GB,en;q=0.9", field));
            assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{path} {field}: {zh}");
            assert!(en.is_ascii(), "{path} {field}: {en}");
        }
    }
}

#[test]
fn every_code_is_one_that_the_description_lists() {
    let server = Server::demo();
    let (nobody, lead, auditor) = (server.client(), server.login("lead"), server.login("auditor"));
    let described = nobody.get("/openapi.json").text();
    let place = json!({"lon": 1, "lat": 2, "radius_m": 3});
    let codes = [
        nobody.get("/api/v1/session").refused(401),
        nobody.post("/api/v1/session", &json!({"user": "lead", "password": "no"})).refused(401),
        lead.get("/tiles/unicorns.json").refused(404),
        lead.get("/api/v1/unicorns").refused(404),
        lead.get("/tiles/places/23/0/0.mvt").refused(400),
        lead.get("/api/v1/nearest/cameras?lon=NaN&lat=0&k=1").refused(400),
        auditor.get("/tiles/houses/14/13683/6862.mvt").refused(403),
        lead.get("/api/v1/surroundings").refused(405),
        lead.send("POST", "/api/v1/surroundings", "text/plain", place.to_string().as_bytes()).refused(415),
    ];
    for code in codes {
        assert!(described.contains(&format!("\"{code}\"")), "{code} is not in /openapi.json");
    }
}

#[test]
fn an_array_is_no_object() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (method, path) in [
        ("POST", "/api/v1/session"),
        ("POST", "/api/v1/surroundings"),
        ("PUT", "/api/v1/units/unit-330302-001"),
        ("POST", "/api/v1/incidents"),
    ] {
        let answer = lead.send(method, path, "application/json", br#" ["lead", "x"]"#);
        assert_eq!(answer.refused(400), "BAD-REQUEST", "{path}");
        assert!(!answer.text().contains("struct"), "{}", answer.text());
    }
    let call = |key: &str, value: Value| json!({"kind": "help", "priority": 3, "source": "manual", key: value});
    for body in [call("callers", json!([["57788000001"]])), call("source_ref", json!(["sys", "n1"]))] {
        assert_eq!(lead.post("/api/v1/incidents", &body).refused(400), "BAD-REQUEST", "{body}");
    }
    let contact = json!({"contact": ["radio", "x"]});
    assert_eq!(lead.put("/api/v1/units/unit-330302-001", &contact).refused(400), "BAD-REQUEST");
}

#[test]
fn a_misspelt_question_is_not_answered_as_another() {
    let server = Server::demo();
    let (lead, auditor) = (server.login("lead"), server.login("auditor"));
    for path in ["/tiles/roads/0/0/0.mvt?fliter=x", "/api/v1/nearest/cameras?lon=120.65&lat=28.01&k=1&max_distance=5"] {
        assert_eq!(lead.get(path).refused(400), "BAD-REQUEST", "{path}");
    }
    assert_eq!(auditor.get("/api/v1/audit?user=nobody").refused(400), "BAD-REQUEST");
    let import = "/api/v1/imports?layer=places&format=geojson&crs=wgs84&sourc=police";
    assert_eq!(lead.send("POST", import, "application/geo+json", b"{}").refused(400), "BAD-REQUEST");
}
