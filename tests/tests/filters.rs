//! Filters in CQL2 text on tiles, nearest and collections (docs/tiles.md).

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{CENTRE, Client, Feature, Server, Tile, decode, decoded, encode};

const CITY: [f64; 4] = [119.6, 27.0, 121.4, 28.7];

/// A filter and what it means.
type Wanted<'a> = (&'a str, Box<dyn Fn(&Feature) -> bool + 'a>);

fn filtered(tile: Tile, layer: &str, filter: &str) -> String {
    format!("{}?filter={}", tile.path(layer), encode(filter))
}

fn features(client: &Client, path: &str, layer: &str) -> Vec<Feature> {
    let answer = client.get(path);
    assert!(matches!(answer.status, 200 | 204), "{path}: {}", answer.text());
    decode(&decoded(&answer))
        .expect("a tile")
        .into_iter()
        .filter(|l| l.name == layer)
        .flat_map(|l| l.features)
        .collect()
}

fn matched(client: &Client, layer: &str, filter: &str) -> u64 {
    let page = client.get(&format!("/ogc/collections/{layer}/items?limit=1&filter={}", encode(filter))).ok();
    page["numberMatched"].as_u64().expect("a number")
}

#[test]
fn a_tile_holds_what_its_filter_wants() {
    let server = Server::demo();
    let lead = server.login("lead");
    // Over the middle of the city, and zooms at which each camera is its own feature.
    let tile = Tile::over(CENTRE, 15);
    let all = features(&lead, &tile.path("cameras"), "cameras");
    let text = |f: &Feature, key: &str| f.properties.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |f: &Feature, key: &str| f.properties.get(key).and_then(Value::as_f64);
    let filters: Vec<Wanted<'_>> = vec![
        ("kind = 'fixed'", Box::new(|f| text(f, "kind").as_deref() == Some("fixed"))),
        ("kind IN ('ptz', 'dome')", Box::new(|f| text(f, "kind").is_some_and(|kind| kind != "fixed"))),
        (
            "NOT kind = 'fixed' OR online = FALSE",
            Box::new(|f| {
                text(f, "kind").is_some_and(|kind| kind != "fixed") || f.properties.get("online") == Some(&false.into())
            }),
        ),
        (
            "azimuth_deg BETWEEN 90 AND 270",
            Box::new(|f| number(f, "azimuth_deg").is_some_and(|a| (90.0..=270.0).contains(&a))),
        ),
        ("azimuth_deg IS NULL", Box::new(|f| number(f, "azimuth_deg").is_none())),
        ("name LIKE '%1%'", Box::new(|f| text(f, "name").is_some_and(|name| name.contains('1')))),
    ];
    let mut told = 0;
    for (filter, wants) in filters {
        let found: BTreeSet<u64> =
            features(&lead, &filtered(tile, "cameras", filter), "cameras").iter().filter_map(|f| f.id).collect();
        let twin: BTreeSet<u64> = all.iter().filter(|f| wants(f)).filter_map(|f| f.id).collect();
        assert_eq!(found, twin, "{filter}");
        told += usize::from(!twin.is_empty() && twin.len() < all.len());
    }
    assert!(told >= 4, "the tile tells too few of the filters apart: {told} of {} cameras", all.len());
}

#[test]
fn low_zooms_count_what_is_wanted_and_nothing_else() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (layer, filter) in [
        ("cameras", "kind = 'ptz' AND online = TRUE"),
        ("places", "kind IN ('school', 'hospital', 'aed')"),
        ("enterprises", "name LIKE '温州%'"),
    ] {
        let wanted = matched(&lead, layer, filter);
        let all = matched(&lead, layer, "TRUE");
        assert!(wanted > 20 && wanted < all, "{layer}: {wanted} of {all}");
        for z in [0, 6, 9, 11] {
            let tiles = if z == 0 { vec![Tile { z: 0, x: 0, y: 0 }] } else { Tile::cover(CITY, z) };
            let n = |f: &Feature| f.properties.get("n").and_then(Value::as_u64).unwrap_or(1);
            let sum: u64 = tiles
                .into_iter()
                .flat_map(|tile| features(&lead, &filtered(tile, layer, filter), layer))
                .map(|f| n(&f))
                .sum();
            // A layer begins at its own zoom.
            assert!(sum == wanted || (z < 9 && sum == 0), "{layer} at {z}: {sum} of {wanted}");
            assert!(z < 11 || sum == wanted, "{layer} at {z}: {sum}");
        }
    }
}

#[test]
fn filters_that_say_the_same_are_one_tile_and_others_are_not() {
    let server = Server::demo();
    let lead = server.login("lead");
    let tile = Tile::over(CENTRE, 13);
    let tag = |filter: &str| lead.get(&filtered(tile, "cameras", filter)).header("etag").to_owned();
    let one = tag("kind = 'ptz' AND online = TRUE");
    for same in
        ["online=TRUE and kind='ptz'", "NOT (kind <> 'ptz' OR NOT online = TRUE)", "('ptz' = kind AND (online = TRUE))"]
    {
        assert_eq!(tag(same), one, "{same}");
    }
    let whole = lead.get(&tile.path("cameras")).header("etag").to_owned();
    let others: BTreeSet<String> =
        [whole, tag("kind = 'ptz' AND online = FALSE"), tag("kind = 'dome'"), tag("kind <> 'ptz'"), one.clone()].into();
    assert_eq!(others.len(), 5);
    let again =
        lead.clone().with("if-none-match", &one).get(&filtered(tile, "cameras", "online = TRUE AND kind = 'ptz'"));
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[test]
fn a_filter_names_only_what_is_seen() {
    let server = Server::demo();
    let (seat, wall) = (server.login("dispatcher"), server.login("wall"));
    let tile = Tile::over(CENTRE, 14);
    let (lon, lat) = CENTRE;
    let paths = |layer: &str, filter: &str| {
        let filter = encode(filter);
        [
            format!("{}?filter={filter}", tile.path(layer)),
            format!("/api/v1/nearest/{layer}?lon={lon}&lat={lat}&filter={filter}"),
            format!("/ogc/collections/{layer}/items?filter={filter}"),
        ]
    };
    // A number that the dispatcher sees and the wall does not.
    for path in paths("cameras", "device_id IS NOT NULL") {
        assert!(matches!(seat.get(&path).status, 200 | 204), "{path}: {}", seat.get(&path).text());
        let refused = wall.get(&path);
        assert_eq!((refused.refused(400).as_str(), refused.points_at("/filter")), ("FILTER", true), "{path}");
    }
    // To whom it is hidden, it is as if it did not exist: the words differ in nothing but the name.
    let words = |field: &str| wall.get(&paths("cameras", &format!("{field} = 'x'"))[0]).text().replace(field, "?");
    assert_eq!(words("device_id"), words("flying_no"));
    for (layer, filter) in [
        ("cameras", "stream LIKE 'rtsp%'"),
        ("houses", "room = '101'"),
        ("houses", "address_code IS NULL"),
        ("roads", "nodes IS NULL"),
        ("places", "revision = 1"),
    ] {
        for path in paths(layer, filter) {
            assert_eq!(seat.get(&path).refused(400), "FILTER", "{path}");
        }
    }
    for layer in ["people", "units", "incidents"] {
        for path in paths(layer, "TRUE").iter().take(2) {
            assert!(matches!(seat.get(path).refused(400).as_str(), "FILTER" | "BAD-REQUEST"), "{path}");
        }
    }
    // Every layer of a tile has the field, or none is filtered.
    assert_eq!(seat.get(&filtered(tile, "cameras,places", "kind = 'aed'")).status / 100, 2);
    assert_eq!(seat.get(&filtered(tile, "cameras,houses", "kind = 'aed'")).refused(400), "FILTER");
    // A layer out of sight stays out of sight.
    let guest = server.login("wall_guest");
    guest.get(&filtered(tile, "cameras", "kind = 'ptz'")).refused(403);
    let known = guest.get("/ogc/collections/cameras/queryables");
    known.refused(403);
    let named = |client: &Client| client.get("/ogc/collections/cameras/queryables").ok()["properties"].clone();
    assert!(named(&seat).get("device_id").is_some() && named(&wall).get("device_id").is_none());
    assert!(named(&wall).get("stream").is_none() && named(&wall)["online"]["type"] == "boolean", "{}", named(&wall));
}

#[test]
fn a_filter_that_is_none_is_refused_in_words_and_nothing_breaks() {
    let mut server = Server::demo();
    let seat = server.login("dispatcher");
    let tile = Tile::over(CENTRE, 11);
    let deep = format!("{}kind = 'fixed'{}", "(".repeat(1_000), ")".repeat(1_000));
    let long = format!("kind = '{}'", "x".repeat(9_000));
    let many = vec!["kind = 'a'"; 101].join(" OR ");
    let twice = format!("S_INTERSECTS(geometry, MULTIPOINT({}))", vec!["1 2"; 1_001].join(","));
    for (filter, words) in [
        ("", "name of a field"),
        ("kind =", "value"),
        ("kind = 5", "single quotes"),
        ("online = 'yes'", "TRUE or FALSE"),
        ("azimuth_deg > 'north'", "number"),
        ("kind LIKE 5", "single quotes"),
        ("colour = 'red'", "there is no field"),
        ("kind = 'a' or", "name of a field"),
        ("DROP TABLE cameras", "after a field"),
        ("S_INTERSECTS(geometry, BBOX(1,2,3))", "four numbers"),
        ("S_INTERSECTS(geometry, POINT(27 120))", "longitude"),
        (deep.as_str(), "64 deep"),
        (long.as_str(), "8192 bytes"),
        (many.as_str(), "100 tests"),
        (twice.as_str(), "1000 points"),
    ] {
        let refused = seat.get(&filtered(tile, "cameras", filter));
        assert_eq!((refused.refused(400).as_str(), refused.points_at("/filter")), ("FILTER", true), "{filter:.40}");
        let said = refused.json()["errors"][0]["reason"].as_str().unwrap().to_owned();
        assert!(said.contains(words) && said.contains("at sign "), "{filter:.40}: {said}");
    }
    assert!(server.is_alive());
}

#[test]
fn items_are_filtered_page_by_page() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let filter = "kind IN ('school', 'hospital') AND name IS NOT NULL";
    let wanted = matched(&seat, "places", filter);
    let path = format!("/ogc/collections/places/items?limit=7&filter-lang=cql2-text&filter={}", encode(filter));
    let pages = seat.pages(&path, 200);
    assert!(wanted > 14 && pages.len() as u64 == wanted, "{} of {wanted}", pages.len());
    assert!(pages.iter().all(|f| f["properties"]["kind"] == "school" || f["properties"]["kind"] == "hospital"));
    let ids: BTreeSet<String> = pages.iter().map(|f| f["id"].to_string()).collect();
    assert_eq!(ids.len(), pages.len());
    // A box as a filter is a box.
    let (lon, lat) = CENTRE;
    let (west, south, east, north) = (lon - 0.02, lat - 0.02, lon + 0.02, lat + 0.02);
    let boxed = seat.get(&format!("/ogc/collections/places/items?bbox={west},{south},{east},{north}")).ok();
    let area = format!("S_INTERSECTS(geometry, BBOX({west},{south},{east},{north}))");
    assert_eq!(boxed["numberMatched"].as_u64(), Some(matched(&seat, "places", &area)));
    let half =
        format!("S_INTERSECTS(geometry, POLYGON(({west} {south},{east} {south},{east} {north},{west} {south})))");
    let rest = format!("{area} AND NOT {half}");
    let (half, rest, whole) =
        (matched(&seat, "places", &half), matched(&seat, "places", &rest), matched(&seat, "places", &area));
    assert!(half > 0 && rest > 0 && half + rest == whole, "{half} and {rest} of {whole}");
    for (query, pointer) in [
        ("filter-lang=cql2-json", "/filter-lang"),
        ("filter-crs=http://www.opengis.net/def/crs/EPSG/0/3857", "/filter-crs"),
    ] {
        assert!(seat.get(&format!("/ogc/collections/places/items?filter=TRUE&{query}")).points_at(pointer), "{query}");
    }
    let met = seat.get("/ogc/conformance").ok()["conformsTo"].to_string();
    assert!(met.contains("cql2/1.0/conf/cql2-text") && met.contains("features-3/1.0/conf/features-filter"), "{met}");
    let links = seat.get("/ogc/collections/places").ok()["links"].to_string();
    assert!(links.contains("/ogc/collections/places/queryables"), "{links}");
}

#[test]
fn the_nearest_are_those_that_a_filter_wants() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let (lon, lat) = CENTRE;
    let near = |k: usize, filter: &str| {
        let path = format!("/api/v1/nearest/cameras?lon={lon}&lat={lat}&k={k}&filter={}", encode(filter));
        seat.get(&path).ok()["items"].as_array().unwrap().clone()
    };
    let all = near(1_000, "TRUE");
    for filter in ["kind = 'ptz'", "online = FALSE", "name LIKE '%2%' AND kind <> 'fixed'"] {
        let wants = |item: &&Value| {
            let p = &item["properties"];
            match filter {
                "kind = 'ptz'" => p["kind"] == "ptz",
                "online = FALSE" => p["online"] == false,
                _ => p["name"].as_str().is_some_and(|name| name.contains('2')) && p["kind"] != "fixed",
            }
        };
        let twin: Vec<&Value> = all.iter().filter(wants).take(5).collect();
        assert_eq!(twin.len(), 5, "{filter}: too few of them near the middle");
        let found = near(5, filter);
        assert_eq!(
            found.iter().map(|item| &item["fid"]).collect::<Vec<_>>(),
            twin.iter().map(|item| &item["fid"]).collect::<Vec<_>>(),
            "{filter}"
        );
    }
}
