//! Places that are known only roughly: when a unit is there at the earliest and at the latest, and what is said of roads
//! that are shut in.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Client, REPORTER, Server, ago, fix, id, now, put_unit};

/// A unit of the demo's centre that has just been seen at a place.
fn patrol(server: &Server, unit: &str, place: (f64, f64)) {
    let reporter = server.login(REPORTER);
    put_unit(&reporter, unit);
    reporter.post("/api/v1/positions", &json!([fix(unit, place, &now())])).ok();
}

fn call(seat: &Client, place: &Value) -> String {
    let mut call = json!({"kind": "criminal", "priority": 1, "source": "call_110"});
    for (name, value) in place.as_object().expect("fields") {
        call[name] = value.clone();
    }
    id(&seat.post("/api/v1/incidents", &call).ok())
}

fn ranked(seat: &Client, incident: &str, unit: &str) -> Value {
    seat.get(&format!("/api/v1/incidents/{incident}/units?k=50&why={unit}")).ok()
}

fn row<'a>(ranked: &'a Value, unit: &str) -> &'a Value {
    let items = ranked["items"].as_array().expect("items");
    items.iter().find(|item| item["unit"] == unit).expect("the unit is among them")
}

/// Earliest and latest of a unit, seconds.
fn span(ranked: &Value, unit: &str) -> (f64, f64) {
    let second = |n: usize| row(ranked, unit)["eta_range_s"][n].as_f64().expect("an earliest and a latest");
    (second(0), second(1))
}

/// A square around the centre, so many metres to each side.
fn around_centre(metres: f64) -> Value {
    let (north, east) = (metres / 111_195.0, metres / 98_200.0);
    let ring = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)];
    let ring: Vec<[f64; 2]> = ring.iter().map(|(x, y)| [CENTRE.0 + x * east, CENTRE.1 + y * north]).collect();
    json!({"type": "Polygon", "coordinates": [ring]})
}

/// Points on the roads about the centre, east and north of it by at most so many metres on either axis or round it.
fn on_roads(seat: &Client, inside: impl Fn(f64, f64) -> bool) -> Vec<(f64, f64)> {
    let ask = json!({"lon": CENTRE.0, "lat": CENTRE.1, "seconds": [240], "shape": "edges"});
    let edges = seat.post("/api/v1/isochrones", &ask).ok();
    let lines = edges["features"][0]["geometry"]["coordinates"].as_array().expect("lines").clone();
    let at = |point: &Value| (point[0].as_f64().expect("a number"), point[1].as_f64().expect("a number"));
    let points = lines.iter().flat_map(|line| line.as_array().expect("a line").iter().map(at)).collect::<Vec<_>>();
    points.into_iter().filter(|at| inside((at.0 - CENTRE.0) * 98_200.0, (at.1 - CENTRE.1) * 111_195.0)).collect()
}

/// Whether a place so many metres east and north of the centre is inside.
type Inside = fn(f64, f64) -> bool;

/// A unit that was seen so many seconds ago, driving east.
fn seen_before(server: &Server, unit: &str, place: (f64, f64), age_s: u64) {
    let reporter = server.login(REPORTER);
    put_unit(&reporter, unit);
    let mut fix = fix(unit, place, &ago(Duration::from_secs(age_s)));
    (fix["speed_mps"], fix["heading_deg"]) = (json!(9.0), json!(90.0));
    reporter.post("/api/v1/positions", &json!([fix])).ok();
}

#[test]
fn no_road_point_of_a_rough_place_is_reached_later_or_sooner_than_said() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let units = [("here", CENTRE, 0), ("aside", (CENTRE.0 + 0.006, CENTRE.1 + 0.002), 0)];
    let old = [("old", (CENTRE.0 - 0.008, CENTRE.1), 150), ("older", (CENTRE.0 + 0.003, CENTRE.1 + 0.009), 280)];
    let units = units.into_iter().chain(old).collect::<Vec<_>>();
    for (unit, place, age_s) in &units {
        if *age_s == 0 {
            patrol(&server, unit, *place);
        } else {
            seen_before(&server, unit, *place, *age_s);
        }
    }
    let circle = |metres: f64| json!({"lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": metres});
    let places: [(Value, Inside); 3] = [
        (circle(150.0), |x, y| x.hypot(y) < 149.0),
        (circle(600.0), |x, y| x.hypot(y) < 598.0),
        (json!({"location": {"state": "area", "geometry": around_centre(400.0)}}), |x, y| x.abs().max(y.abs()) < 398.0),
    ];
    let mut latest = Vec::new();
    for (place, inside) in places {
        let points = on_roads(&seat, inside);
        assert!(points.len() >= 4, "{}", points.len());
        let rough = call(&seat, &place);
        for (lon, lat) in points.iter().step_by(points.len().div_ceil(16)) {
            let point = call(&seat, &json!({"lon": lon, "lat": lat}));
            for (unit, _, age_s) in &units {
                // Positions grow older, so the point is asked for first.
                let alone = ranked(&seat, &point, unit);
                let there_s = row(&alone, unit)["eta_s"].as_f64().expect("a way");
                let there = span(&alone, unit);
                let (earliest, last) = span(&ranked(&seat, &rough, unit), unit);
                let told = format!("{unit} {lon} {lat}: {there_s}, {there:?}, {earliest}–{last}");
                // Whole seconds are told, rounded.
                assert!(earliest <= there_s + 0.5 && there_s <= last + 0.5, "{told}");
                assert!(earliest <= there.0 && there.1 <= last, "{told}");
                assert!(*age_s == 0 || there.1 > there_s + 10.0, "{told}");
            }
        }
        latest.push(span(&ranked(&seat, &rough, "here"), "here").1);
    }
    assert!(latest[1] > latest[0] + 20.0, "a larger circle takes longer: {latest:?}");
}

#[test]
fn the_roads_of_a_small_circle_are_all_there_and_of_a_large_one_it_is_said_how_many_more() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    patrol(&server, "here", CENTRE);
    let roads = |metres: f64| {
        let place = json!({"lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": metres});
        let ranked = ranked(&seat, &call(&seat, &place), "here");
        let far = |way: &Value| way["distance_m"].as_f64().expect("metres");
        let far: Vec<f64> = ranked["carriageways"].as_array().into_iter().flatten().map(far).collect();
        assert!(far.is_sorted() && far.iter().all(|far| *far <= metres + 0.1), "{metres}: {far:?}");
        (far.len() as u64, ranked["carriageways_more"].as_u64().unwrap_or(0))
    };
    let (small, more) = roads(60.0);
    assert_eq!(more, 0, "{small}");
    let (many, more) = roads(2_000.0);
    assert!(many == 24 && more > 0, "{many} {more}");
    let (_, most) = roads(4_000.0);
    assert!(most > more, "{most} {more}");
}

#[test]
fn roads_that_a_closure_cuts_off_are_said_and_in_no_time() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    patrol(&server, "here", (CENTRE.0 - 0.003, CENTRE.1));
    let place = json!({"lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": 600});
    let incident = call(&seat, &place);
    let before = ranked(&seat, &incident, "here");
    let (north, east) = (600.0 / 111_195.0, 300.0 / 98_200.0);
    let corner = |x: f64, y: f64| [CENTRE.0 + x * east, CENTRE.1 + y * north];
    let shut = json!([[corner(1.0, -1.0), corner(2.0, -1.0), corner(2.0, 1.0), corner(1.0, 1.0), corner(1.0, -1.0)]]);
    let closure = json!({"reason": "gas", "geometry": {"type": "Polygon", "coordinates": shut}});
    assert_eq!(seat.post("/api/v1/closures", &closure).status, 201);
    let after = ranked(&seat.clone().with("accept-language", "zh"), &incident, "here");
    assert_eq!(after["cut_off"]["code"], "CUT-OFF", "{after}");
    assert!(after["cut_off"]["text"].as_str().expect("words").contains("无法"), "{after}");
    let (was, is) = (span(&before, "here").1, span(&after, "here").1);
    assert!(is < was + 600.0, "the latest is of what can be reached: {is}, was {was}");
}

#[test]
fn who_is_on_the_spot_has_no_line_of_fewer_than_two_points() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    patrol(&server, "here", CENTRE);
    let incident = call(&seat, &json!({"lon": CENTRE.0, "lat": CENTRE.1}));
    let ranked = ranked(&seat, &incident, "here");
    let items = ranked["items"].as_array().expect("items");
    let here = items.iter().find(|item| item["unit"] == "here").unwrap_or_else(|| panic!("{ranked}"));
    assert!(here["proposed_for"].is_string() && here.get("route").is_none(), "{here}");
    let lines = items.iter().filter_map(|item| item["route"]["coordinates"].as_array());
    assert!(lines.map(Vec::len).all(|points| points >= 2), "{ranked}");
}

#[test]
fn an_isochrone_of_a_place_that_is_shut_in_says_so() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let ask = |seat: &Client, direction: &str, what_if: Value| {
        let ask =
            json!({"lon": CENTRE.0, "lat": CENTRE.1, "seconds": [60, 180], "direction": direction, "what_if": what_if});
        seat.post("/api/v1/isochrones", &ask).ok()
    };
    for direction in ["away", "toward"] {
        let open = ask(&seat, direction, json!([]));
        assert!(open.get("why").is_none(), "{open}");
        let shut = ask(&seat, direction, json!([around_centre(120.0)]));
        assert_eq!(shut["why"]["code"], "CLOSED-IN", "{shut}");
        assert!(shut["why"]["text"].as_str().expect("words").contains("what_if"), "{shut}");
        assert!(!shut.to_string().contains("-0.0"), "{shut}");
        let chinese = ask(&seat.clone().with("accept-language", "zh-CN"), direction, json!([around_centre(120.0)]));
        assert!(chinese["why"]["text"].as_str().expect("words").contains("封闭"), "{chinese}");
    }
    let drawn = json!({"reason": "gas", "geometry": around_centre(120.0)});
    let drawn = seat.post("/api/v1/closures", &drawn).json()["id"].as_str().expect("an id").to_owned();
    let shut = ask(&seat, "toward", json!([]));
    assert!(shut["why"]["text"].as_str().expect("words").contains(&drawn), "{shut}");
    let sea = json!({"lon": 122.4, "lat": 27.2, "seconds": [60]});
    let sea = seat.post("/api/v1/isochrones", &sea);
    assert!(sea.status == 422 && sea.text().contains("no road"), "{}", sea.text());
}

#[test]
fn a_place_whose_middle_is_closed_is_reached_where_it_is_open() {
    let server = Server::demo();
    let (seat, lead) = (server.login("dispatcher"), server.login("lead"));
    let units = [("aside", (CENTRE.0 - 0.006, CENTRE.1 + 0.002)), ("middle", CENTRE)];
    for (unit, place) in units {
        patrol(&server, unit, place);
    }
    let circle = |metres: f64| json!({"lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": metres});
    let points = on_roads(&seat, |x, y| x.hypot(y) < 98.0 && x.abs().max(y.abs()) > 45.0);
    assert!(points.len() >= 4, "{points:?}");
    let closure = json!({"reason": "gas", "geometry": around_centre(30.0)});
    assert_eq!(seat.post("/api/v1/closures", &closure).status, 201);
    // Of the middle alone it is true that nobody comes there, and that nobody gets away.
    let alone = call(&seat, &circle(0.0));
    let told = ranked(&seat, &alone, "aside");
    assert!(row(&told, "aside").get("eta_s").is_none_or(Value::is_null), "{told}");
    let ring = |incident: &str| lead.get(&format!("/api/v1/incidents/{incident}/review?minutes=5")).ok();
    assert_eq!(ring(&alone)["why"]["code"], "CLOSED-IN", "{}", ring(&alone));
    let area = json!({"location": {"state": "area", "geometry": around_centre(100.0)}});
    for place in [circle(100.0), circle(500.0), circle(2_000.0), area] {
        let rough = call(&seat, &place);
        let told = ranked(&seat.clone().with("accept-language", "zh"), &rough, "aside");
        assert_eq!(told["middle"]["code"], "MIDDLE-SHUT-IN", "{place} {told}");
        assert!(told["middle"]["text"].as_str().expect("words").contains("封闭"), "{told}");
        let (earliest, latest) = span(&told, "aside");
        let middle_s = row(&told, "aside")["eta_s"].as_f64().expect("a time");
        assert!(earliest <= middle_s + 0.5 && middle_s <= latest + 0.5, "{earliest} {middle_s} {latest}");
        for (lon, lat) in points.iter().step_by(points.len().div_ceil(8)) {
            let point = call(&seat, &json!({"lon": lon, "lat": lat}));
            let there_s = row(&ranked(&seat, &point, "aside"), "aside")["eta_s"].as_f64().expect("a way");
            assert!(earliest <= there_s + 0.5 && there_s <= latest + 0.5, "{place} {earliest} {there_s} {latest}");
        }
        // What is cut off is what is closed, though a unit stands there.
        let cut = told["cut_off"]["text"].as_str().map_or(0, |text| {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            digits.parse().expect("metres")
        });
        assert!((1..400).contains(&cut), "{told}");
        let grown = ring(&rough);
        assert!(grown["middle"]["code"] == "MIDDLE-SHUT-IN" && grown.get("why").is_none(), "{grown}");
        assert!(!grown["cameras"].as_array().expect("cameras").is_empty(), "{grown}");
    }
}

#[test]
fn a_place_whose_middle_has_no_road_is_reached_by_the_roads_in_it() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    patrol(&server, "here", CENTRE);
    let told = |metres: f64| {
        let sea = json!({"lon": 120.9, "lat": 27.9, "accuracy_m": metres});
        ranked(&seat, &call(&seat, &sea), "here")
    };
    let none = told(100.0);
    assert!(row(&none, "here").get("eta_s").is_none_or(Value::is_null) && none.get("middle").is_none(), "{none}");
    for metres in [6_000.0, 20_000.0] {
        let told = told(metres);
        assert_eq!(told["middle"]["code"], "MIDDLE-OFF-ROAD", "{told}");
        let proposed = told["items"].as_array().expect("items").iter().filter(|item| item["proposed_for"].is_string());
        assert!(proposed.count() > 0, "{told}");
        let (earliest, latest) = span(&told, "here");
        let middle_s = row(&told, "here")["eta_s"].as_f64().expect("a time");
        assert!(earliest <= middle_s + 0.5 && middle_s <= latest + 0.5, "{earliest} {middle_s} {latest}");
    }
}

/// An estate whose roads do not hang together with the city's: a car in it comes by them, one outside comes near and walks.
#[test]
fn who_stands_on_the_same_piece_of_the_net_comes_by_its_roads() {
    let server = Server::demo();
    let seat = server.login("lead");
    let (begin, end) = ((CENTRE.0 + 0.0011, CENTRE.1 + 0.0007), (CENTRE.0 + 0.0071, CENTRE.1 + 0.0017));
    let on = |share: f64| (begin.0 + share * (end.0 - begin.0), begin.1 + share * (end.1 - begin.1));
    let line = json!({"type": "LineString", "coordinates": [[begin.0, begin.1], [end.0, end.1]]});
    let road = json!({"type": "Feature", "geometry": line, "properties": {"class": "residential", "name": "estate"}});
    let made = seat.send("POST", "/ogc/collections/roads/items", "application/geo+json", road.to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.text());
    let (unit, scene) = (on(0.1), on(0.9));
    let straight_m = 0.8 * ((end.0 - begin.0) * 98_200.0).hypot((end.1 - begin.1) * 111_195.0);
    let ask = json!({"starts": [[unit.0, unit.1]], "ends": [[scene.0, scene.1]]});
    let from = std::time::Instant::now();
    loop {
        let told = seat.post("/api/v1/matrix", &ask).ok();
        if told["lengths_m"][0][0].as_f64().is_some_and(|long| (long - straight_m).abs() < 5.0) {
            break;
        }
        assert!(from.elapsed() < Duration::from_secs(20), "{straight_m}: {told}");
        std::thread::sleep(Duration::from_millis(100));
    }
    patrol(&server, "inside", unit);
    patrol(&server, "outside", CENTRE);
    for accuracy_m in [0, 30] {
        let place = json!({"lon": scene.0, "lat": scene.1, "accuracy_m": accuracy_m});
        let incident = call(&seat, &place);
        let told = ranked(&seat, &incident, "inside");
        let inside = row(&told, "inside");
        assert!((inside["road_m"].as_f64().unwrap() - straight_m).abs() < 10.0, "{straight_m}: {inside}");
        let seconds = inside["eta_s"].as_f64().unwrap();
        assert!((straight_m / 15.0..straight_m / 7.0).contains(&seconds), "{inside}");
        let outside = row(&ranked(&seat, &incident, "outside"), "outside")["eta_s"].as_f64();
        assert!(outside.is_some(), "it comes near and walks");
    }
}

/// An island with streets of its own: what stands on it is reached by them, though the city's roads are near.
#[test]
fn what_stands_on_a_larger_piece_of_the_net_is_reached_by_its_roads() {
    let server = Server::demo();
    let seat = server.login("lead");
    let (east, north, streets) = (0.000_8, 0.000_6, 6);
    let (west, south) = (CENTRE.0 + 0.001_13, CENTRE.1 + 0.000_71);
    let at = |x: i32, y: i32| json!([west + f64::from(x) * east, south + f64::from(y) * north]);
    let make = |layer: &str, geometry: Value, properties: Value| {
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": properties}).to_string();
        let path = format!("/ogc/collections/{layer}/items");
        let made = seat.send("POST", &path, "application/geo+json", feature.as_bytes());
        assert_eq!(made.status, 201, "{}", made.text());
    };
    for n in 0..streets {
        let along: Vec<Value> = (0..streets).map(|x| at(x, n)).collect();
        let up: Vec<Value> = (0..streets).map(|y| at(n, y)).collect();
        for line in [along, up] {
            let line = json!({"type": "LineString", "coordinates": line});
            make("roads", line, json!({"class": "residential", "name": "island"}));
        }
    }
    let corner = at(streets - 1, streets - 1);
    make(
        "places",
        json!({"type": "Point", "coordinates": corner}),
        json!({"kind": "hydrant", "name": "island hydrant"}),
    );
    let (x_m, y_m) = (east * 111_195.0 * south.to_radians().cos(), north * 111_195.0);
    let road_m = f64::from(streets - 1) * (x_m + y_m);
    let filter = "name%20%3D%20%27island%20hydrant%27";
    let path = format!("/api/v1/nearest/places?lon={west}&lat={south}&k=1&filter={filter}");
    let from = std::time::Instant::now();
    loop {
        let told = seat.get(&path).ok();
        if told["items"][0]["road_m"].as_f64().is_some_and(|told_m| (told_m - road_m).abs() < 5.0) {
            break;
        }
        assert!(from.elapsed() < Duration::from_secs(20), "{road_m}: {told}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
