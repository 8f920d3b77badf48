//! Whom the map is shown to: a county is a county, on every path.

use serde_json::{Value, json};
use tests::{CENTRE, Client, LONGWAN, LUCHENG, Outline, Server, Tile, decode, decoded};

/// Layers of which a county sees its own part. Ground, streets and public places are the same for everybody: the
/// nearest hospital may lie across the border.
const SCOPED: [&str; 3] = ["houses", "enterprises", "cameras"];

/// What rounding to a tile's units and to a drawn border may move a point.
const BORDER_M: f64 = 60.0;

fn county(lead: &Client, code: &str) -> Outline {
    let all = lead.pages("/ogc/collections/jurisdictions/items?limit=1000", 20);
    let is = |f: &&Value| {
        let held = &f["properties"];
        held["level"] == "county" && held["code"].as_str().is_some_and(|c| c.starts_with(code))
    };
    Outline::new(&all.iter().find(is).expect("the county is on the map")["geometry"])
}

fn point_of(feature: &Value) -> Option<(f64, f64)> {
    let at = &feature["geometry"]["coordinates"];
    Some((at[0].as_f64()?, at[1].as_f64()?))
}

/// Points of a layer well inside the next county, as the city's lead sees them.
fn across_the_border(lead: &Client, layer: &str, own: &Outline, next: &Outline) -> Vec<(Value, (f64, f64))> {
    let [w, s, e, n] = next.bounds();
    let all = lead.pages(&format!("/ogc/collections/{layer}/items?limit=500&bbox={w},{s},{e},{n}"), 20);
    let placed = all.into_iter().filter_map(|feature| point_of(&feature).map(|at| (feature, at)));
    let far = |at: (f64, f64)| next.contains(at) && !own.contains(at) && own.distance_m(at) > BORDER_M;
    placed.filter(|(_, at)| far(*at)).collect()
}

#[test]
fn a_county_user_sees_nothing_of_the_next_county() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let (own, next) = (county(&lead, LUCHENG), county(&lead, LONGWAN));
    for layer in SCOPED {
        let hidden = across_the_border(&lead, layer, &own, &next);
        assert!(!hidden.is_empty(), "{layer}: the next county is empty, so nothing is proved");
        for (feature, at) in hidden.iter().step_by(1 + hidden.len() / 8) {
            let id = feature["id"].as_str().expect("ids are text");
            let item = dispatcher.get(&format!("/ogc/collections/{layer}/items/{}", tests::encode(id)));
            assert!(matches!(item.status, 403 | 404), "{layer} {id} is shown: {}", item.text());

            let near = format!("/api/v1/nearest/{layer}?lon={}&lat={}&k=50&max_distance_m=500", at.0, at.1);
            for found in dispatcher.get(&near).ok()["items"].as_array().unwrap() {
                let place = (found["lon"].as_f64().unwrap(), found["lat"].as_f64().unwrap());
                assert!(own.contains(place) || own.distance_m(place) < BORDER_M, "{layer}: {found}");
            }
        }
    }
}

#[test]
fn a_county_users_tiles_end_at_the_county() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let own = county(&lead, LUCHENG);
    let mut inside = 0;
    for z in [10, 12, 14] {
        let tiles = Tile::cover(own.bounds(), z);
        for tile in tiles.iter().step_by(1 + tiles.len() / 16) {
            let answer = dispatcher.get(&tile.path("houses,enterprises,cameras"));
            assert!(matches!(answer.status, 200 | 204), "{}", answer.text());
            // A tile's unit at this zoom, metres: points are rounded to it.
            let slack = BORDER_M + 40_000_000.0 / f64::from(1_u32 << z) / 4096.0;
            for layer in decode(&decoded(&answer)).unwrap() {
                for feature in &layer.features {
                    let place = tile.place(&layer, feature).unwrap();
                    let fine = own.contains(place) || own.distance_m(place) < slack;
                    assert!(fine, "{} at {place:?} in {tile:?}", layer.name);
                    inside += 1;
                }
            }
        }
    }
    assert!(inside > 20, "only {inside} features seen, so nothing is proved");
}

#[test]
fn two_scopes_get_two_tiles_and_never_each_others() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let path = Tile::over(CENTRE, 9).path("houses,enterprises,cameras");
    let (wide, narrow) = (lead.get(&path), dispatcher.get(&path));
    assert_eq!((wide.status, narrow.status), (200, 200));
    assert!(wide.body != narrow.body && wide.header("etag") != narrow.header("etag"));
    // Asked in turns, each still gets its own: what one caused to be kept is not given to the other.
    for _ in 0..3 {
        assert!(lead.get(&path).body == wide.body);
        assert!(dispatcher.get(&path).body == narrow.body);
    }
    let borrowed = dispatcher.clone().with("if-none-match", wide.header("etag")).get(&path);
    assert_eq!(borrowed.status, 200, "another's tag is no proof of having seen it");
}

#[test]
fn two_users_of_one_scope_share_a_tile() {
    let server = Server::demo();
    let path = Tile::over(CENTRE, 12).path("houses,enterprises,cameras");
    let (one, two) = (server.login("dispatcher").get(&path), server.login("dispatcher2").get(&path));
    assert!(one.body == two.body && one.header("etag") == two.header("etag"));
}

#[test]
fn surroundings_across_the_border_are_empty_for_a_county_user() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let (own, next) = (county(&lead, LUCHENG), county(&lead, LONGWAN));
    let far = |(_, at): &&(Value, (f64, f64))| own.distance_m(*at) > 1_500.0;
    let hidden = across_the_border(&lead, "enterprises", &own, &next);
    let (_, (lon, lat)) = hidden.iter().find(far).expect("something stands far inside the next county");
    let place = json!({"lon": lon, "lat": lat, "radius_m": 1000});
    let ask = |client: &Client| client.post("/api/v1/surroundings", &place).ok();
    let (wide, narrow) = (ask(&lead), ask(&dispatcher));
    assert!(wide["enterprises"]["count"].as_u64().unwrap() > 0);
    for kind in SCOPED {
        assert_eq!(narrow[kind]["count"], 0, "{kind}: {narrow}");
    }
    assert!(narrow["people"]["residents"].as_u64().unwrap_or(0) == 0, "{narrow}");
}

#[test]
fn roles_without_the_map_get_none_of_it() {
    let server = Server::demo();
    for user in ["auditor", "secadmin", "sysadmin"] {
        let client = server.login(user);
        for layer in ["people", "houses", "enterprises", "cameras", "places"] {
            client.get(&Tile::over(CENTRE, 14).path(layer)).refused(403);
        }
        for layer in ["houses", "enterprises", "cameras", "places"] {
            client.get(&format!("/ogc/collections/{layer}/items?limit=1")).refused(403);
        }
        let place = json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 500});
        let around = client.post("/api/v1/surroundings", &place).ok();
        for kind in ["people", "houses", "enterprises", "cameras", "units", "places"] {
            let nothing =
                around[kind].is_null() || around[kind]["count"].is_null() && around[kind]["items"] == json!([]);
            assert!(nothing, "{user} {kind}: {around}");
        }
    }
}
