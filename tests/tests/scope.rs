//! Whom the map is shown to: a county is a county, on every path.

use serde_json::{Value, json};
use tests::{CENTRE, Client, LONGWAN, LUCHENG, Outline, PASSWORD, Server, Tile, decode, decoded};

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

/// Where something stands well inside the next county: farther from the own one than the help buffer of units.
fn far_away(lead: &Client, own: &Outline) -> (Value, (f64, f64)) {
    let next = county(lead, LONGWAN);
    let far = |(_, at): &(Value, (f64, f64))| own.distance_m(*at) > 3_500.0;
    across_the_border(lead, "enterprises", own, &next).into_iter().find(far).expect("something far inside")
}

fn at(layer: &str, id: &Value) -> String {
    format!("/ogc/collections/{layer}/items/{}", tests::encode(id.as_str().expect("ids are text")))
}

fn etag(lead: &Client, path: &str) -> String {
    let answer = lead.get(path);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.header("etag").to_owned()
}

fn place(name: &str, (lon, lat): (f64, f64)) -> Value {
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"name": name, "kind": "shelter"}})
}

fn forbidden(answer: &tests::Answer, code: &str) {
    assert_eq!(answer.status, 403, "{}: {}", answer.asked, answer.text());
    assert_eq!(answer.json()["code"], code, "{}: {}", answer.asked, answer.text());
}

#[test]
fn a_countys_lists_end_at_the_county() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let own = county(&lead, LUCHENG);
    for layer in SCOPED {
        let path = format!("/ogc/collections/{layer}/items?limit=1000");
        let (all, mine) = (lead.pages(&path, 20), dispatcher.pages(&path, 20));
        assert!(!mine.is_empty() && mine.len() < all.len(), "{layer}: {} of {}", mine.len(), all.len());
        for feature in &mine {
            let place = point_of(feature).expect("a point");
            assert!(own.contains(place) || own.distance_m(place) < BORDER_M, "{layer}: {feature}");
        }
    }
}

#[test]
fn nobody_writes_across_the_border() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let (enterprise, there) = far_away(&lead, &county(&lead, LUCHENG));
    let geo = "application/geo+json";
    let items = "/ogc/collections/places/items";
    forbidden(&dispatcher.send("POST", items, geo, place("x", there).to_string().as_bytes()), "SCOPE");

    let made = dispatcher.send("POST", items, geo, place("y", CENTRE).to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.text());
    let path = made.header("location").to_owned();
    let moved = json!({"geometry": {"type": "Point", "coordinates": [there.0, there.1]}}).to_string();
    let seen = dispatcher.clone().with("if-match", &etag(&lead, &path));
    forbidden(&seen.send("PATCH", &path, "application/merge-patch+json", moved.as_bytes()), "SCOPE");

    let theirs = at("enterprises", &enterprise["id"]);
    let seen = dispatcher.clone().with("if-match", &etag(&lead, &theirs));
    forbidden(&seen.delete(&theirs), "SCOPE");
    assert_eq!(lead.get(&theirs).status, 200, "it is still there");
    // What begins at home and reaches across is not one's own either.
    let across = json!({"type": "Feature", "properties": {"kind": "park"}, "geometry": {"type": "Polygon", "coordinates":
        [[[CENTRE.0, CENTRE.1], [there.0, there.1], [CENTRE.0, CENTRE.1 + 0.01], [CENTRE.0, CENTRE.1]]]}});
    forbidden(&dispatcher.send("POST", "/ogc/collections/land/items", geo, across.to_string().as_bytes()), "SCOPE");
}

#[test]
fn nobody_draws_the_own_county_larger() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let all = lead.pages("/ogc/collections/jurisdictions/items?limit=1000", 20);
    let own = all.iter().find(|f| f["properties"]["level"] == "county" && is_lucheng(f)).expect("the county");
    let path = at("jurisdictions", &own["id"]);
    let world = json!({"type": "Polygon", "coordinates":
        [[[119.5, 27.0], [121.5, 27.0], [121.5, 28.8], [119.5, 28.8], [119.5, 27.0]]]});
    let change = json!({"geometry": world}).to_string();
    let seen = dispatcher.clone().with("if-match", &etag(&lead, &path));
    forbidden(&seen.send("PATCH", &path, "application/merge-patch+json", change.as_bytes()), "AUTH");
    forbidden(&seen.delete(&path), "AUTH");
    for (code, level, parent) in [("330302099", "township", "330302"), ("330302006099", "village", "330302006")] {
        let body = json!({"type": "Feature", "geometry": world,
            "properties": {"code": code, "name": "x", "level": level, "parent": parent}});
        let answer = dispatcher.send(
            "POST",
            "/ogc/collections/jurisdictions/items",
            "application/geo+json",
            body.to_string().as_bytes(),
        );
        forbidden(&answer, "AUTH");
    }
    let grids = dispatcher.get("/ogc/collections/grids/items?limit=1").ok();
    let grid = at("grids", &grids["features"][0]["id"]);
    let seen = dispatcher.clone().with("if-match", &etag(&lead, &grid));
    // As large as a grid may be, and far over the border.
    let large = json!({"type": "Polygon", "coordinates":
        [[[120.2, 27.6], [121.2, 27.6], [121.2, 28.4], [120.2, 28.4], [120.2, 27.6]]]});
    let change = json!({"geometry": large}).to_string();
    forbidden(&seen.send("PATCH", &grid, "application/merge-patch+json", change.as_bytes()), "AUTH");
    // The city's lead may: a name is changed, and the county is what it was.
    let seen = lead.clone().with("if-match", &etag(&lead, &path));
    let renamed = seen.send("PATCH", &path, "application/merge-patch+json", br#"{"properties":{"name":"x"}}"#);
    assert_eq!(renamed.status, 200, "{}", renamed.text());
}

fn is_lucheng(feature: &Value) -> bool {
    feature["properties"]["code"].as_str().is_some_and(|code| code.starts_with(LUCHENG))
}

#[test]
fn a_unit_of_the_next_county_is_neither_shown_nor_changed() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let (_, there) = far_away(&lead, &county(&lead, LUCHENG));
    let unit = |id: &str, division: &str| {
        json!({"id": id, "kind": "police_vehicle", "call_sign": id, "org": "e2e", "division": division, "skills": [],
            "duty": "on_duty", "on_duty_since": tests::ago(std::time::Duration::from_mins(1)), "contact": {"channel": "radio"}})
    };
    lead.put("/api/v1/units/theirs", &unit("theirs", LONGWAN)).ok();
    lead.post("/api/v1/positions", &json!([tests::fix("theirs", there, &tests::now())])).ok();
    assert_eq!(lead.get("/api/v1/units/theirs").status, 200);
    forbidden(&dispatcher.get("/api/v1/units/theirs"), "SCOPE");
    let listed = dispatcher.get("/api/v1/units").ok();
    assert!(listed["units"].as_array().unwrap().iter().all(|unit| unit["id"] != "theirs"));

    forbidden(&dispatcher.put("/api/v1/units/theirs", &unit("theirs", LONGWAN)), "SCOPE");
    forbidden(&dispatcher.put("/api/v1/units/theirs", &unit("theirs", LUCHENG)), "SCOPE");
    forbidden(&dispatcher.put("/api/v1/units/fresh", &unit("fresh", LONGWAN)), "SCOPE");
    dispatcher.put("/api/v1/units/ours", &unit("ours", LUCHENG)).ok();
    forbidden(&dispatcher.put("/api/v1/units/ours", &unit("ours", LONGWAN)), "SCOPE");
}

#[test]
fn what_is_out_of_sight_is_not_counted_either() {
    let server = Server::demo();
    for user in ["lead", "dispatcher", "station"] {
        let client = server.login(user);
        for layer in ["cameras", "houses"] {
            let collection = client.get(&format!("/ogc/collections/{layer}")).ok();
            let matched = client.get(&format!("/ogc/collections/{layer}/items?limit=1")).ok()["numberMatched"].clone();
            assert_eq!(collection["features"], matched, "{user} {layer}");
        }
    }
    let west =
        |user: &str| server.login(user).get("/ogc/collections/cameras").ok()["extent"]["spatial"]["bbox"][0][0].clone();
    assert_ne!(west("lead"), west("dispatcher"));
    for (user, sees) in [("lead", true), ("wall_guest", false)] {
        assert_eq!(server.login(user).get("/style/dark.json").ok()["metadata"]["onemap:units"], sees, "{user}");
    }
}

#[test]
fn a_guest_does_not_find_the_place_behind_the_cell() {
    let server = Server::demo();
    let (seat, guest) = (server.login("lead"), server.login("wall_guest"));
    let (lon, lat) = (120.6511, 28.0111);
    let call = json!({"kind": "traffic", "priority": 2, "lon": lon, "lat": lat, "source": "call_110"});
    let id = seat.post("/api/v1/incidents", &call).ok()["id"].clone();
    let found = |(lon, lat): (f64, f64)| {
        let path = format!("/api/v1/incidents?bbox={},{},{},{}", lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4);
        let list = guest.get(&path).ok();
        list["items"].as_array().unwrap().iter().any(|incident| incident["id"] == id)
    };
    let shown = guest.get(&format!("/api/v1/incidents/{}", id.as_str().unwrap())).ok()["location"].clone();
    assert!(found((shown["lon"].as_f64().unwrap(), shown["lat"].as_f64().unwrap())), "where it is shown");
    assert!(!found((lon, lat)), "where it is");
    let bounds = |user: &str| server.login(user).get("/tiles/cameras.json").ok()["bounds"].clone();
    assert_ne!(bounds("lead"), bounds("dispatcher"));
}

#[test]
fn a_gateways_scope_holds_for_what_it_says() {
    let city = Server::demo().stop();
    let more = ["--role", "gateway", "--scope", LUCHENG];
    tests::add_user(&["--data", &city.data().to_string_lossy()], "gw2", PASSWORD, &more);
    let server = Server::demo_in(&city, &["--still"], &[]);
    let (lead, gateway) = (server.login("lead"), server.login("gw2"));
    let (_, there) = far_away(&lead, &county(&lead, LUCHENG));
    let call = |place: Option<(f64, f64)>, text: &str| {
        let mut call = json!({"kind": "help", "priority": 3, "source": "call_110", "text": text});
        if let Some((lon, lat)) = place {
            (call["lon"], call["lat"]) = (json!(lon), json!(lat));
        }
        call
    };
    let path = |number: &str| format!("/api/v1/incidents/by-ref/cad/{number}");
    let theirs = lead.put(&path("1"), &call(Some(there), "hush")).ok();
    forbidden(&gateway.put(&path("1"), &call(Some(there), "overwritten")), "SCOPE");
    let mut again = call(Some(CENTRE), "overwritten");
    again["source_ref"] = json!({"system": "cad", "number": "1"});
    forbidden(&gateway.post("/api/v1/incidents", &again), "SCOPE");
    let now = lead.get(&format!("/api/v1/incidents/{}", theirs["id"].as_str().unwrap())).ok();
    assert_eq!((&now["text"], &now["version"]), (&json!("hush"), &theirs["version"]));

    forbidden(&gateway.put(&path("2"), &call(Some(there), "new")), "SCOPE");
    forbidden(&gateway.post("/api/v1/incidents", &call(Some(there), "new")), "SCOPE");
    // What nobody has located yet is everybody's; what it brought stays its own wherever it turns out to be.
    gateway.put(&path("3"), &call(None, "somewhere")).ok();
    assert_eq!(gateway.put(&path("3"), &call(Some(there), "far away")).ok()["text"], "far away");
    assert_eq!(gateway.put(&path("3"), &call(Some(there), "and it burns")).ok()["text"], "and it burns");
    gateway.put(&path("4"), &call(Some(CENTRE), "here")).ok();
    // The gateway of the whole city speaks for all of it.
    assert_eq!(server.login("gateway").put(&path("1"), &call(Some(there), "more")).ok()["text"], "more");
}
