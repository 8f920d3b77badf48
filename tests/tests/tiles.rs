//! Vector tiles: what comes over the wire, and what it costs to ask again.

use std::collections::BTreeSet;

use tests::{CENTRE, Server, Tile, decode, decoded, encode};

const GROUND: &str = "roads,buildings,water,land,places";

#[test]
fn a_tile_of_the_city_holds_the_layers_that_were_asked_for() {
    let server = Server::demo();
    let lead = server.login("lead");
    let answer = lead.get(&Tile::over(CENTRE, 14).path(GROUND));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/vnd.mapbox-vector-tile");
    let layers = decode(&decoded(&answer)).unwrap();
    let names: BTreeSet<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    assert!(names.contains("roads") && names.contains("buildings"), "{names:?}");
    // Beside a layer stand its labels.
    let asked = |name: &str| GROUND.split(',').any(|asked| name.strip_suffix("_labels").unwrap_or(name) == asked);
    assert!(names.iter().all(|name| asked(name)), "{names:?}");
    for layer in &layers {
        assert_eq!(layer.extent, 4096);
        for feature in &layer.features {
            assert!(feature.id.is_none_or(|id| id < 1 << 53), "{}: an id that a browser cannot hold", layer.name);
            assert!(!feature.parts.is_empty(), "{}: a feature without a place", layer.name);
        }
    }
}

#[test]
fn a_tile_is_packed_as_asked_and_each_packing_has_its_own_strong_tag() {
    let server = Server::demo();
    let lead = server.login("lead");
    let path = Tile::over(CENTRE, 13).path(GROUND);
    let plain = lead.get(&path);
    let mut tags = BTreeSet::from([plain.header("etag").to_owned()]);
    for encoding in ["gzip", "br", "zstd"] {
        let answer = lead.clone().with("accept-encoding", encoding).get(&path);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, encoding));
        assert!(answer.header("vary").to_lowercase().contains("accept-encoding"), "{}", answer.header("vary"));
        assert!(decoded(&answer) == plain.body, "{encoding} holds other bytes");
        tags.insert(answer.header("etag").to_owned());
    }
    assert_eq!(tags.len(), 4, "{tags:?}");
    assert!(tags.iter().all(|tag| tag.starts_with('"') && tag.ends_with('"') && tag.len() > 4), "{tags:?}");
    assert!(plain.header("cache-control").contains("private"), "{}", plain.header("cache-control"));
}

#[test]
fn an_unchanged_tile_is_not_sent_again() {
    let server = Server::demo();
    let lead = server.login("lead");
    let path = Tile::over(CENTRE, 13).path(GROUND);
    for encoding in ["identity", "gzip", "br", "zstd"] {
        let lead = lead.clone().with("accept-encoding", encoding);
        let tag = lead.get(&path).header("etag").to_owned();
        for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let again = lead.clone().with("if-none-match", &known).get(&path);
            assert_eq!((again.status, again.body.len()), (304, 0), "{encoding} {known}");
            assert_eq!(again.header("etag"), tag, "{encoding}");
        }
        assert_eq!(lead.clone().with("if-none-match", "\"other\"").get(&path).status, 200);
    }
}

#[test]
fn a_tile_without_anything_in_it_says_so() {
    let server = Server::demo();
    let lead = server.login("lead");
    let answer = lead.get(&Tile::over((-150.0, -40.0), 14).path("places,houses,cameras"));
    assert_eq!((answer.status, answer.body.len()), (204, 0));
}

#[test]
fn a_layer_that_is_not_yours_is_refused() {
    let server = Server::demo();
    let auditor = server.login("auditor");
    let tile = Tile::over(CENTRE, 14);
    for layers in ["houses", "roads,houses", "people", "cameras"] {
        auditor.get(&tile.path(layers)).refused(403);
    }
    auditor.get("/tiles/houses.json").refused(403);
    server.client().get(&tile.path("roads")).refused(401);
}

#[test]
fn tilejson_tells_where_tiles_are_and_what_they_hold() {
    let server = Server::demo();
    let described = server.login("lead").get("/tiles/houses,cameras.json").ok();
    assert_eq!(described["tilejson"], "3.0.0");
    let template = described["tiles"][0].as_str().unwrap();
    assert!(template.contains("/tiles/houses,cameras/{z}/{x}/{y}.mvt"), "{template}");
    let layers = described["vector_layers"].as_array().unwrap();
    let ids: Vec<&str> = layers.iter().filter_map(|layer| layer["id"].as_str()).collect();
    assert_eq!(ids, ["houses", "cameras", "camera_views"], "a layer, and what goes with it in the same tile");
    assert!(layers.iter().all(|layer| layer["fields"].is_object()), "{described}");
    assert!(described["minzoom"].is_u64() && described["maxzoom"].is_u64(), "{described}");
    assert_eq!(described["bounds"].as_array().map(Vec::len), Some(4), "{described}");
}

#[test]
fn a_style_draws_from_this_server_alone() {
    let server = Server::demo();
    let lead = server.login("lead");
    for theme in ["dark", "light"] {
        let style = lead.get(&format!("/style/{theme}.json")).ok();
        assert_eq!(style["version"], 8, "{theme}");
        assert!(style["layers"].as_array().is_some_and(|layers| layers.len() >= 10), "{theme}");
        let text = style.to_string();
        let outside = text.match_indices("http").filter(|(at, _)| !text[*at..].starts_with(server.url())).count();
        assert_eq!(outside, 0, "{theme} names another server");
    }
    lead.get("/style/unicorn.json").refused(404);
}

#[test]
fn a_style_says_what_the_city_is_called_and_where_it_is() {
    let server = Server::demo();
    for user in ["lead", "dispatcher", "auditor"] {
        let said = server.login(user).get("/style/dark.json").ok()["metadata"].clone();
        assert_eq!(said["onemap:title"], serde_json::json!({"zh": "温州市", "en": "Wenzhou City"}), "{user}: {said}");
        assert_eq!(said["onemap:time_zone"], "Asia/Shanghai", "{user}");
    }
    let bounds = |user: &str| -> Vec<f64> {
        let said = server.login(user).get("/style/dark.json").ok()["metadata"]["onemap:bounds"].clone();
        said.as_array().unwrap().iter().filter_map(serde_json::Value::as_f64).collect()
    };
    let (city, county) = (bounds("lead"), bounds("dispatcher"));
    assert!(city[0] < CENTRE.0 && CENTRE.0 < city[2] && city[1] < CENTRE.1 && CENTRE.1 < city[3], "{city:?}");
    // Each looks first at what is in sight.
    assert!(county[2] - county[0] < city[2] - city[0], "{county:?} in {city:?}");
}

#[test]
fn a_filter_that_is_not_kept_is_refused_and_not_left_out() {
    let server = Server::demo();
    let lead = server.login("lead");
    let tile = Tile::over(CENTRE, 13);
    let filters = [
        ("cameras", "stream = 'x'"),
        ("cameras", "kind ="),
        ("cameras", ""),
        ("houses", "room = '101'"),
        ("people", "residents > 20"),
    ];
    for (layer, filter) in filters {
        lead.get(&format!("{}?filter={}", tile.path(layer), encode(filter))).refused(400);
    }
}

#[test]
fn a_filter_of_a_thousand_brackets_does_not_end_the_server() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    let deep = format!("{}kind = 'fixed'{}", "(".repeat(1000), ")".repeat(1000));
    lead.get(&format!("{}?filter={}", Tile::over(CENTRE, 11).path("cameras"), encode(&deep))).refused(400);
    assert!(server.is_alive());
}

#[test]
fn units_and_incidents_have_tiles_that_nobody_keeps() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let call =
        serde_json::json!({"kind": "traffic", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    let incident = seat.post("/api/v1/incidents", &call).ok();
    let here = Tile::over(CENTRE, 14);
    let answer = seat.get(&here.path("roads,units,incidents"));
    assert_eq!((answer.status, answer.header("cache-control"), answer.header("etag")), (200, "no-store", ""));
    let layers = decode(&decoded(&answer)).unwrap();
    let of = |name: &str| layers.iter().find(|layer| layer.name == name).unwrap_or_else(|| panic!("no {name}"));
    assert!(!of("roads").features.is_empty());
    let told = &of("incidents").features;
    let own = told.iter().find(|f| f.properties["incident"] == incident["id"]).expect("the call is in the tile");
    assert_eq!((&own.properties["kind"], own.properties["priority"].as_f64()), (&"traffic".into(), Some(2.0)));
    assert_eq!(own.id, incident["fid"].as_u64());
    assert!(!own.properties.contains_key("text"));
    let units = &of("units").features;
    let listed = seat.get("/api/v1/units").ok();
    let listed: BTreeSet<u64> = listed["units"].as_array().unwrap().iter().filter_map(|u| u["fid"].as_u64()).collect();
    assert!(!units.is_empty() && units.iter().all(|unit| unit.id.is_some_and(|id| listed.contains(&id))));
    for encoding in ["gzip", "br", "zstd"] {
        let answer = seat.clone().with("accept-encoding", encoding).get(&here.path("units"));
        assert_eq!((answer.status, answer.header("content-encoding")), (200, encoding));
        assert_eq!(decode(&decoded(&answer)).unwrap()[0].name, "units");
    }
    assert_eq!(seat.get(&Tile::over((-150.0, -40.0), 14).path("units,incidents")).status, 204);
    assert_eq!(seat.get("/tiles/units,incidents.json").ok()["vector_layers"][1]["id"], "incidents");
    // Guests see incidents roughly and no units; planners and auditors neither.
    let guest = server.login("wall_guest");
    let rough = decode(&decoded(&guest.get(&Tile::over(CENTRE, 10).path("incidents")))).unwrap();
    assert!(rough[0].features.iter().any(|f| f.properties["incident"] == incident["id"]));
    assert_eq!(guest.get(&here.path("units")).refused(403), "AUTH");
    for user in ["planner", "auditor"] {
        assert_eq!(server.login(user).get(&here.path("incidents")).refused(403), "AUTH", "{user}");
    }
    assert_eq!(seat.get(&format!("{}?at=2026-01-01T00:00:00Z", here.path("units"))).refused(400), "BAD-REQUEST");
}
