//! OGC API Features: what GIS programs ask.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{CENTRE, EDITOR, Server, Tile, encode};

#[test]
fn the_landing_page_leads_to_everything() {
    let server = Server::demo();
    let lead = server.login("lead");
    let landing = lead.get("/ogc/").ok();
    let rels: BTreeSet<&str> = landing["links"].as_array().unwrap().iter().filter_map(|l| l["rel"].as_str()).collect();
    assert!(rels.contains("conformance") && rels.contains("data") && rels.contains("service-desc"), "{rels:?}");
    let classes = lead.get("/ogc/conformance").ok()["conformsTo"].to_string();
    for class in ["ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson"] {
        assert!(classes.contains(class), "{class}");
    }
}

#[test]
fn every_layer_of_the_registry_is_a_collection() {
    let server = Server::demo();
    let answer = server.login("lead").get("/ogc/collections").ok();
    let ids: BTreeSet<&str> =
        answer["collections"].as_array().unwrap().iter().filter_map(|c| c["id"].as_str()).collect();
    for layer in
        ["houses", "buildings", "enterprises", "cameras", "places", "roads", "water", "land", "grids", "jurisdictions"]
    {
        assert!(ids.contains(layer), "{layer} is not in {ids:?}");
    }
    assert!(!ids.contains("residents"));
}

#[test]
fn an_item_says_where_it_came_from_and_how_often_it_changed() {
    let server = Server::demo();
    let lead = server.login("lead");
    let page = lead.get("/ogc/collections/cameras/items?limit=1").ok();
    assert_eq!(page["type"], "FeatureCollection");
    assert_eq!((page["numberReturned"].as_u64(), page["features"].as_array().map(Vec::len)), (Some(1), Some(1)));
    assert!(page["numberMatched"].as_u64().is_some_and(|n| n > 1), "{page}");
    let id = page["features"][0]["id"].as_str().expect("ids are text").to_owned();
    let answer = lead.get(&format!("/ogc/collections/cameras/items/{}", encode(&id)));
    assert!(answer.header("content-type").starts_with("application/geo+json"));
    let item = answer.ok();
    assert_eq!(item["id"].as_str(), Some(id.as_str()));
    for field in ["source", "source_id", "revision", "kind", "online"] {
        assert!(!item["properties"][field].is_null(), "{field}: {item}");
    }
    assert!(item["properties"]["stream"].is_null(), "where the stream is does not leave the server");
    assert!(answer.header("etag").starts_with('"'), "{}", answer.header("etag"));
}

#[test]
fn pages_follow_each_other_without_a_gap_or_a_repeat() {
    let server = Server::demo();
    let lead = server.login("lead");
    let matched = lead.get("/ogc/collections/cameras/items?limit=1").ok()["numberMatched"].as_u64().unwrap();
    let all = lead.pages("/ogc/collections/cameras/items?limit=37", 10_000);
    let ids: BTreeSet<String> = all.iter().map(|feature| feature["id"].to_string()).collect();
    assert_eq!((ids.len(), all.len() as u64), (all.len(), matched));
}

#[test]
fn a_page_says_how_many_there_are_on_all_pages() {
    let server = Server::demo();
    let lead = server.login("lead");
    let first = lead.get("/ogc/collections/cameras/items?limit=7&bbox=120,27,121.5,29").ok();
    let next = first["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").expect("a next page");
    let second = lead.get(next["href"].as_str().unwrap()).ok();
    assert_eq!(first["numberMatched"], second["numberMatched"]);
    assert_ne!(first["features"][0]["id"], second["features"][0]["id"]);
    let all = first["numberMatched"].as_u64().unwrap();
    let whole = lead.get(&format!("/ogc/collections/cameras/items?limit={}", all.min(1000))).ok();
    let more = whole["links"].as_array().unwrap().iter().any(|link| link["rel"] == "next");
    assert_eq!(more, all > 1000, "a page that holds all has no next");
}

#[test]
fn what_a_query_does_not_know_or_cannot_read_is_refused() {
    let server = Server::demo();
    let lead = server.login("lead");
    for query in [
        "datetime=garbage",
        "datetime=2026-02-30",
        "datetime=2026-02-01T00:00:00Z/2026-01-01T00:00:00Z",
        "bbox-crs=nonsense",
        "bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326",
        "crs=nonsense",
        "foo=bar",
        "limit=5&Limit=6",
    ] {
        lead.get(&format!("/ogc/collections/jurisdictions/items?{query}")).refused(400);
    }
    let crs84 = encode("http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    lead.get(&format!("/ogc/collections/places/items?limit=1&bbox=120,27,121,29&bbox-crs={crs84}&crs={crs84}")).ok();
}

#[test]
fn a_time_keeps_the_divisions_that_were_in_force_then() {
    let server = Server::demo();
    let lead = server.login("lead");
    let matched = |query: &str| {
        let page = lead.get(&format!("/ogc/collections/jurisdictions/items?limit=1{query}")).ok();
        page["numberMatched"].as_u64().unwrap()
    };
    let all = matched("");
    assert_eq!(matched("&datetime=2026-01-01T00:00:00Z"), all);
    assert_eq!(matched("&datetime=../.."), all);
    assert_eq!(matched("&datetime=1850-01-01T00:00:00Z"), 0, "no division was in force");
    let early = matched("&datetime=../2021-01-01T00:00:00Z");
    assert!(0 < early && early < all, "{early} of {all}: one county is older than the codes of the rest");
    // What has no days is always there.
    let places =
        |query: &str| lead.get(&format!("/ogc/collections/places/items?limit=1{query}")).ok()["numberMatched"].clone();
    assert_eq!(places(""), places("&datetime=1850-01-01T00:00:00Z"));
}

#[test]
fn a_collection_says_where_it_is() {
    let server = Server::demo();
    let answer = server.login("lead").get("/ogc/collections").ok();
    for collection in answer["collections"].as_array().unwrap() {
        let bbox = &collection["extent"]["spatial"]["bbox"][0];
        let side = |n: usize| bbox[n].as_f64().unwrap_or(f64::NAN);
        assert!((115.0..side(2)).contains(&side(0)) && (25.0..side(3)).contains(&side(1)), "{collection}");
    }
}

#[test]
fn an_item_that_is_held_already_is_not_sent_again() {
    let server = Server::demo();
    let lead = server.login("lead");
    let id = lead.get("/ogc/collections/cameras/items?limit=1").ok()["features"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/ogc/collections/cameras/items/{id}");
    let tag = lead.get(&path).header("etag").to_owned();
    for held in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let again = lead.clone().with("if-none-match", &held).get(&path);
        assert_eq!((again.status, again.body.len()), (304, 0), "{held}");
        assert_eq!(again.header("etag"), tag);
    }
    assert_eq!(lead.clone().with("if-none-match", "\"other\"").get(&path).status, 200);
    let rels: Vec<String> =
        lead.get(&path).ok()["links"].as_array().unwrap().iter().map(|l| l["rel"].to_string()).collect();
    assert_eq!(rels, ["\"self\"", "\"collection\""]);
}

#[test]
fn if_match_takes_any_and_lists() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let school = |name: &str| {
        json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [CENTRE.0, CENTRE.1]},
            "properties": {"name": name, "kind": "school"}})
        .to_string()
    };
    let geo = "application/geo+json";
    let made = editor.send("POST", "/ogc/collections/places/items", geo, school("First").as_bytes());
    let path = made.header("location").trim_start_matches(server.url()).to_owned();
    let put = |matching: &str, name: &str| {
        editor.clone().with("if-match", matching).send("PUT", &path, geo, school(name).as_bytes())
    };
    let tag = || editor.get(&path).header("etag").to_owned();
    assert_eq!(put("*", "Any").status, 200);
    let listed = format!("\"1\", {}", tag());
    assert_eq!(put(&listed, "Listed").status, 200);
    put(&listed, "Late").refused(412);
    put(&format!("W/{}", tag()), "Weak").refused(412);
    put("none-such", "Bare").refused(412);
    assert_eq!(editor.get(&path).ok()["properties"]["name"], "Listed");
    assert_eq!(editor.clone().with("if-match", "*").delete(&path).status, 204);
}

#[test]
fn a_box_keeps_what_is_in_it() {
    let server = Server::demo();
    let lead = server.login("lead");
    let (lon, lat) = CENTRE;
    let bbox = format!("{},{},{},{}", lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01);
    let inside = lead.pages(&format!("/ogc/collections/houses/items?limit=200&bbox={bbox}"), 100);
    assert!(!inside.is_empty());
    for feature in inside {
        let at = &feature["geometry"]["coordinates"];
        let (x, y) = (at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
        assert!((x - lon).abs() <= 0.010_001 && (y - lat).abs() <= 0.010_001, "{feature}");
    }
}

#[test]
fn an_edit_needs_to_know_what_it_edits() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let school = |name: &str| {
        json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [CENTRE.0, CENTRE.1]},
            "properties": {"name": name, "kind": "school"}})
    };
    let geo = "application/geo+json";
    let send = |client: &tests::Client, method: &str, path: &str, body: &Value| {
        client.send(method, path, geo, body.to_string().as_bytes())
    };

    let tile = Tile::over(CENTRE, 16).path("places");
    let before = editor.get(&tile).header("etag").to_owned();
    let made = send(&editor, "POST", "/ogc/collections/places/items", &school("First school"));
    assert_eq!(made.status, 201, "{}", made.text());
    let path = made.header("location").trim_start_matches(server.url()).to_owned();
    assert!(path.starts_with("/ogc/collections/places/items/"), "{path}");

    let first = editor.get(&path);
    assert_eq!(first.ok()["properties"]["name"], "First school");
    assert_ne!(editor.get(&tile).header("etag"), before, "the tile shows it");

    let stranger = editor.clone().with("if-match", "\"none-such\"");
    send(&stranger, "PUT", &path, &school("Wrong")).refused(412);
    send(&editor, "PUT", &path, &school("Blind")).refused(428);

    let knowing = editor.clone().with("if-match", first.header("etag"));
    assert_eq!(send(&knowing, "PUT", &path, &school("Second school")).status / 100, 2);
    let second = editor.get(&path);
    assert_eq!(second.ok()["properties"]["name"], "Second school");
    let revision = |answer: &tests::Answer| answer.json()["properties"]["revision"].as_u64().unwrap();
    assert!(revision(&second) > revision(&first));
    send(&knowing, "PUT", &path, &school("Late")).refused(412);

    let knowing = editor.clone().with("if-match", second.header("etag"));
    assert_eq!(knowing.delete(&path).status / 100, 2);
    editor.get(&path).refused(404);
}

#[test]
fn an_edit_that_breaks_a_rule_is_refused_with_the_reason() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let camera = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [CENTRE.0, CENTRE.1]},
        "properties": {"name": "x", "kind": "fixed", "online": true, "azimuth_deg": 500}});
    let path = "/ogc/collections/cameras/items";
    let answer = editor.send("POST", path, "application/geo+json", camera.to_string().as_bytes());
    assert!(matches!(answer.status, 400 | 422), "{}", answer.text());
    assert!(answer.text().contains("azimuth_deg"), "{}", answer.text());
}

#[test]
fn who_may_only_look_cannot_edit() {
    let server = Server::demo();
    let body = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [CENTRE.0, CENTRE.1]},
        "properties": {"name": "x", "kind": "school"}});
    for user in ["wall", "wall_guest", "analyst", "auditor", "unit"] {
        let client = server.login(user);
        let path = "/ogc/collections/places/items";
        client.send("POST", path, "application/geo+json", body.to_string().as_bytes()).refused(403);
    }
}

#[test]
fn what_a_feature_is_known_by_cannot_be_edited() {
    let server = Server::demo();
    let lead = server.login("lead");
    let first = &lead.get("/ogc/collections/places/items?limit=1").ok()["features"][0];
    let path = format!("/ogc/collections/places/items/{}", first["id"].as_str().unwrap());
    let tag = lead.get(&path).header("etag").to_owned();
    let change = |properties: Value| {
        let body = serde_json::json!({ "properties": properties }).to_string();
        lead.clone().with("if-match", &tag).send("PATCH", &path, "application/merge-patch+json", body.as_bytes())
    };
    for field in ["source", "source_id"] {
        assert_eq!(change(json!({ field: "another" })).refused(422), "INVALID", "{field}");
    }
    let same = first["properties"]["source_id"].clone();
    let done = change(json!({"source_id": same, "fid": 5, "name": "renamed"})).ok();
    assert_eq!(done["properties"]["name"], "renamed");
    assert!(done["properties"].get("fid").is_none_or(|fid| fid != 5), "{done}");
}

#[test]
fn a_road_that_cannot_be_is_refused_with_its_place() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let road = |more: &[(&str, Value)], to: (f64, f64)| {
        let mut properties = json!({"class": "residential", "name": "new"});
        for (name, value) in more {
            properties[*name] = value.clone();
        }
        let line = json!({"type": "LineString", "coordinates": [[CENTRE.0, CENTRE.1], [to.0, to.1]]});
        let body = json!({"type": "Feature", "geometry": line, "properties": properties}).to_string();
        editor.send("POST", "/ogc/collections/roads/items", "application/geo+json", body.as_bytes())
    };
    let there = (CENTRE.0 + 0.001, CENTRE.1);
    for (more, to, at) in [
        (vec![], CENTRE, "/geometry"),
        (vec![("speed_kmh", json!(-5))], there, "/properties/speed_kmh"),
        (vec![("speed_kmh", json!(0))], there, "/properties/speed_kmh"),
        (vec![("lanes", json!(0))], there, "/properties/lanes"),
        (vec![("class", json!("runway"))], there, "/properties/class"),
        (vec![("register", json!(u64::MAX))], there, "/properties/register"),
    ] {
        let refused = road(&more, to);
        assert!(refused.status == 422 && refused.points_at(at), "{at}: {}", refused.text());
    }
    let made = road(&[("speed_kmh", json!(30))], there);
    assert_eq!(made.status, 201, "{}", made.text());
}
