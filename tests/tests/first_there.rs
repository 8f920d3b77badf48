//! Who is there first, by road, and why: recommendations, closures, isochrones, coverage.

#![expect(clippy::needless_pass_by_value, reason = "literals read better by value")]

use serde_json::{Value, json};
use tests::{CENTRE, Client, REPORTER, Server, command, encode, fix, id, now, put_unit};

/// A patrol at a place.
fn patrol(server: &Server, unit: &str, place: (f64, f64)) {
    let reporter = server.login(REPORTER);
    put_unit(&reporter, unit);
    reporter.post("/api/v1/positions", &json!([fix(unit, place, &now())])).ok();
}

fn call(seat: &Client, more: Value) -> Value {
    let mut call = json!({"kind": "traffic", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    for (name, value) in more.as_object().expect("fields") {
        call[name] = value.clone();
    }
    seat.post("/api/v1/incidents", &call).ok()
}

fn codes(item: &Value) -> Vec<String> {
    let reasons = item["reasons"].as_array().expect("reasons");
    reasons.iter().map(|reason| reason["code"].as_str().expect("a code").to_owned()).collect()
}

/// How long a line of coordinates is, metres.
fn length_m(line: &Value) -> f64 {
    let at = |point: &Value| (point[0].as_f64().expect("a number"), point[1].as_f64().expect("a number"));
    let points: Vec<(f64, f64)> = line.as_array().expect("a line").iter().map(at).collect();
    let step = |pair: &[(f64, f64)]| {
        let ((a, b), (c, d)) = (pair[0], pair[1]);
        ((c - a) * 111_195.0 * b.to_radians().cos()).hypot((d - b) * 111_195.0)
    };
    points.windows(2).map(step).sum()
}

/// A square around the centre, so many metres to each side.
fn around_centre(metres: f64) -> Value {
    let (north, east) = (metres / 111_195.0, metres / 98_200.0);
    let ring = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)];
    let ring: Vec<[f64; 2]> = ring.iter().map(|(x, y)| [CENTRE.0 + x * east, CENTRE.1 + y * north]).collect();
    json!({"type": "Polygon", "coordinates": [ring]})
}

#[test]
fn units_come_by_road_with_reasons_and_the_choice_is_kept() {
    let server = Server::demo();
    patrol(&server, "near", (CENTRE.0 + 0.004, CENTRE.1));
    let seat = server.login("dispatcher");
    let made = call(&seat, json!({}));
    let incident = id(&made);
    // A click needs no second search.
    assert_eq!(made["units"]["items"][0]["unit"], "near", "{made}");
    assert!(made["cameras"]["items"].is_array());

    let ranked = seat.get(&format!("/api/v1/incidents/{incident}/units?k=4")).ok();
    let first = &ranked["items"][0];
    assert_eq!(
        (&first["unit"], &first["rank"], &first["proposed_for"]),
        (&json!("near"), &json!(1), &json!("police_driving"))
    );
    let (road, straight) = (first["road_m"].as_f64().unwrap(), first["straight_m"].as_f64().unwrap());
    assert!((350.0..450.0).contains(&straight), "{first}");
    assert!(road >= straight - 30.0 && first["route"]["coordinates"].as_array().unwrap().len() >= 2, "{first}");
    let range = first["eta_range_s"].as_array().unwrap();
    assert!(range[0].as_u64() <= range[1].as_u64() && first["eta_s"].as_f64().unwrap() > 5.0, "{first}");
    assert!(codes(first).contains(&"FILLS".to_owned()) && codes(first).contains(&"ARRIVES".to_owned()), "{first}");
    let times: Vec<u64> = ranked["items"].as_array().unwrap().iter().map(|i| i["rank"].as_u64().unwrap()).collect();
    assert!(times.len() >= 2 && times.is_sorted(), "{ranked}");

    let chinese =
        seat.clone().with("accept-language", "zh-CN").get(&format!("/api/v1/incidents/{incident}/units")).ok();
    assert!(chinese["items"][0]["reasons"][0]["text"].as_str().unwrap().contains("预案"), "{chinese}");

    let basis =
        json!({"seq": ranked["seq"], "unit_epoch": first["unit_epoch"], "recommendation": ranked["recommendation"]});
    command(&seat, &incident, json!({"type": "assign", "unit": "near", "basis": basis})).ok();
    let timeline = seat.get(&format!("/api/v1/incidents/{incident}/timeline")).ok().to_string();
    assert!(timeline.contains("recommendation.shown"), "{timeline}");

    let other = id(&call(&seat, json!({"lon": CENTRE.0 + 0.001})));
    let why = seat.get(&format!("/api/v1/incidents/{other}/units?why=near")).ok();
    assert_eq!(why["why"]["code"], "BLOCKED", "{why}");
    assert!(why["why"]["text"].as_str().unwrap().contains(&incident), "{why}");
    assert!(why["items"].as_array().unwrap().iter().all(|item| item["unit"] != "near" || item["rank"].is_null()));
    // A name of nobody is not somebody far away, and no name is no question.
    let ghost = seat.get(&format!("/api/v1/incidents/{other}/units?why=ghost")).ok();
    let said = (&ghost["why"]["code"], &ghost["why"]["text"]);
    assert_eq!(said, (&json!("NOT-KNOWN"), &json!("there is no such unit in your sight")), "{ghost}");
    let empty = seat.get(&format!("/api/v1/incidents/{other}/units?why="));
    assert!(empty.status == 400 && empty.points_at("/why"), "{}", empty.text());
}

/// Who is looked at stops where nobody farther could be proposed: asking about a unit, which looks at it however far it is,
/// never changes who is.
#[test]
fn nobody_who_was_not_looked_at_would_have_been_proposed() {
    let server = Server::demo();
    let (reporter, seat) = (server.login(REPORTER), server.login("lead"));
    let scattered = |n: u32, deg: f64| {
        let part = |by: u32| f64::from((n * by) % 101) / 101.0 - 0.5;
        (CENTRE.0 + deg * part(37), CENTRE.1 + deg * part(59))
    };
    let units: Vec<String> = (0..40).map(|n| format!("scattered-{n}")).collect();
    let mut fixes = Vec::new();
    for (n, unit) in (0..).zip(&units) {
        put_unit(&reporter, unit);
        fixes.push(fix(unit, scattered(n, 0.16), &now()));
    }
    reporter.post("/api/v1/positions", &json!(fixes)).ok();
    let mut asked = 0;
    for n in 0..8 {
        let (lon, lat) = scattered(n * 5 + 3, 0.03);
        let incident = id(&call(&seat, json!({"lon": lon, "lat": lat, "priority": n % 4 + 1})));
        let proposed = |query: &str| {
            let ranked = seat.get(&format!("/api/v1/incidents/{incident}/units?k=40{query}")).ok();
            let items = ranked["items"].as_array().unwrap().clone();
            let picks = items.iter().filter(|item| !item["proposed_for"].is_null());
            picks.map(|item| item["unit"].to_string()).collect::<Vec<_>>()
        };
        let mut picks = proposed("");
        assert!(!picks.is_empty(), "{n}");
        for unit in &units {
            let with = proposed(&format!("&why={unit}"));
            // Positions grow older meanwhile, and of two that are as good the other may come first.
            let before = std::mem::replace(&mut picks, proposed(""));
            assert!(with == before || with == picks, "{n} {unit}: {with:?}, not {before:?} or {picks:?}");
            asked += 1;
        }
    }
    assert_eq!(asked, 320);
}

#[test]
fn a_closure_counts_at_once_and_opening_brings_back_what_was() {
    let server = Server::demo();
    patrol(&server, "near", (CENTRE.0 + 0.004, CENTRE.1));
    let seat = server.login("dispatcher");
    let incident = id(&call(&seat, json!({})));
    let path = format!("/api/v1/incidents/{incident}/units?k=3&why=near");
    let eta = |ranked: &Value| {
        let items = ranked["items"].as_array().unwrap();
        items.iter().find(|item| item["unit"] == "near").unwrap()["eta_s"].as_f64()
    };
    let before = eta(&seat.get(&path).ok()).expect("there is a way");

    let slow = json!({"reason": "flood", "geometry": around_centre(150.0), "slower": 5.0});
    let drawn = seat.post("/api/v1/closures", &slow);
    assert_eq!(drawn.status, 201, "{}", drawn.text());
    let slow = drawn.json()["id"].as_str().unwrap().to_owned();
    let slowed = eta(&seat.get(&path).ok()).expect("there is still a way");
    assert!(slowed > before, "{slowed} {before}");
    seat.delete(&format!("/api/v1/closures/{slow}")).ok();

    let shut =
        json!({"reason": "gas", "owner": "fire brigade", "geometry": around_centre(150.0), "incident": incident});
    let shut = seat.post("/api/v1/closures", &shut).json()["id"].as_str().unwrap().to_owned();
    let closed = seat.get(&path).ok();
    assert_eq!(eta(&closed), None, "{closed}");
    assert!(closed["why"]["text"].as_str().unwrap().contains("clos"), "{closed}");
    assert_eq!(closed["closures"], json!([shut]));
    let shortfall = closed["shortfall"]["text"].as_str().unwrap();
    assert!(shortfall.contains("no way to the incident"), "{shortfall}");
    let listed = seat.get("/api/v1/closures").ok();
    assert_eq!(
        (&listed["closures"][0]["owner"], &listed["closures"][0]["holds"]),
        (&json!("fire brigade"), &json!(true))
    );
    let timeline = seat.get(&format!("/api/v1/incidents/{incident}/timeline")).ok().to_string();
    assert!(timeline.contains("closure.drawn"), "{timeline}");

    seat.delete(&format!("/api/v1/closures/{shut}")).ok();
    seat.delete(&format!("/api/v1/closures/{shut}")).refused(404);
    let after = eta(&seat.get(&path).ok()).expect("the way is back");
    assert!((after - before).abs() < 0.5, "{after} {before}");
}

#[test]
fn a_limit_of_height_holds_back_who_is_higher_and_nobody_else() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    patrol(&server, "tall", (CENTRE.0 + 0.004, CENTRE.1));
    patrol(&server, "low", (CENTRE.0 + 0.004, CENTRE.1));
    let tall = reporter.put("/api/v1/units/tall", &json!({"height_m": 3.5, "weight_t": 16.0})).ok();
    assert_eq!((&tall["height_m"], &tall["weight_t"]), (&json!(3.5), &json!(16.0)));
    // What is left out stays.
    reporter.put("/api/v1/units/tall", &json!({"skills": []})).ok();
    assert_eq!(reporter.get("/api/v1/units/tall").ok()["height_m"], 3.5);
    for (bad, field) in [(json!({"height_m": 0}), "height_m"), (json!({"weight_t": 1e9}), "weight_t")] {
        let refused = reporter.put("/api/v1/units/tall", &bad);
        assert!(refused.status == 422 && refused.text().contains(field), "{}", refused.text());
    }
    let seat = server.login("dispatcher");
    let incident = id(&call(&seat, json!({})));
    let eta = |unit: &str| {
        let ranked = seat.get(&format!("/api/v1/incidents/{incident}/units?k=9&why={unit}")).ok();
        let item = ranked["items"].as_array().unwrap().iter().find(|item| item["unit"] == unit).unwrap().clone();
        (item["eta_s"].as_f64(), ranked["why"]["text"].as_str().unwrap_or_default().to_owned())
    };
    let before = (eta("tall").0.expect("a way"), eta("low").0.expect("a way"));
    // An underpass of 3.2 m about the scene: the way is there for the low one alone.
    let limit = json!({"reason": "scaffold", "geometry": around_centre(150.0), "height_m": 3.2});
    let drawn = seat.post("/api/v1/closures", &limit);
    assert_eq!(drawn.status, 201, "{}", drawn.text());
    let (none, why) = eta("tall");
    assert!(none.is_none() && why.contains("too high or too heavy"), "{why}");
    assert_eq!(eta("low").0, Some(before.1));
    // A heavier limit concerns nobody here.
    seat.delete(&format!("/api/v1/closures/{}", drawn.json()["id"].as_str().unwrap())).ok();
    seat.post("/api/v1/closures", &json!({"reason": "bridge", "geometry": around_centre(150.0), "weight_t": 20.0}));
    assert_eq!(eta("tall").0, Some(before.0));
}

#[test]
fn closures_and_conditions_say_what_is_wrong_with_them() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let good = json!({"reason": "flood", "geometry": around_centre(50.0)});
    let bad = |change: Value, status: u16, at: &str| {
        let mut body = good.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = seat.post("/api/v1/closures", &body);
        assert_eq!(answer.status, status, "{change}: {}", answer.text());
        assert!(answer.text().contains(at), "{change}: {}", answer.text());
    };
    bad(json!({"geometry": {"type": "Point", "coordinates": [120.6, 28.0]}}), 400, "/geometry");
    bad(json!({"geometry": {"type": "LineString", "coordinates": [[28.0, 120.6], [28.1, 120.6]]}}), 400, "/geometry");
    bad(json!({"geometry": 7}), 400, "/geometry");
    let bow_tie = json!([[[120.6, 28.0], [120.61, 28.01], [120.61, 28.0], [120.6, 28.01], [120.6, 28.0]]]);
    bad(json!({"geometry": {"type": "Polygon", "coordinates": bow_tie}}), 400, "self-intersection");
    bad(json!({"movers": ["car", "horse"]}), 400, "/movers/1");
    bad(json!({"until": "yesterday"}), 400, "/until");
    bad(json!({"until": "2020-01-01T00:00:00Z"}), 422, "until");
    bad(json!({"slower": 0.5}), 422, "slower");
    bad(json!({"incident": "none"}), 404, "none");
    bad(json!({"colour": "red"}), 400, "colour");
    server.login("wall").post("/api/v1/closures", &good).refused(403);
    server.login("auditor").get("/api/v1/closures").refused(403);

    let wind = json!({"kind": "wind", "value": {"from_deg": 90, "speed_mps": 6.5}, "source": "airport"});
    let said = seat.post("/api/v1/conditions", &wind).ok();
    assert_eq!((&said["kind"], &said["over"]), (&json!("wind"), &json!(false)));
    assert_eq!(seat.get("/api/v1/conditions").ok()["conditions"].as_array().unwrap().len(), 1);
    assert_eq!(seat.post("/api/v1/conditions", &json!({"kind": "mood", "value": {"a": 1}, "source": "x"})).status, 400);
    assert_eq!(seat.post("/api/v1/conditions", &json!({"kind": "tide", "value": [], "source": "x"})).status, 422);
}

#[test]
fn an_isochrone_grows_with_time_and_shrinks_with_what_is_closed() {
    let server = Server::demo();
    let seat = server.login("planner");
    let ask = |more: Value| {
        let mut ask = json!({"lon": CENTRE.0, "lat": CENTRE.1, "seconds": [60, 180]});
        for (name, value) in more.as_object().unwrap() {
            ask[name] = value.clone();
        }
        seat.post("/api/v1/isochrones", &ask)
    };
    let open = ask(json!({})).ok();
    let road = |answer: &Value, at: usize| answer["features"][at]["properties"]["road_m"].as_f64().unwrap();
    assert_eq!(open["features"][0]["properties"]["seconds"], 180.0);
    assert!(road(&open, 0) > 2.0 * road(&open, 1) && road(&open, 1) > 100.0, "{} {}", road(&open, 0), road(&open, 1));
    let shut = ask(json!({"what_if": [around_centre(120.0)]})).ok();
    assert!(road(&shut, 0) < road(&open, 0) / 2.0, "{} {}", road(&shut, 0), road(&open, 0));
    let foot = ask(json!({"profile": "foot", "direction": "toward"})).ok();
    assert!(road(&foot, 0) < road(&open, 0));
    // As parts of roads: each with its times; what is reached from both ends is there twice.
    let edges = ask(json!({"shape": "edges"})).ok();
    let feature = &edges["features"][0];
    assert!((road(&edges, 0) - road(&open, 0)).abs() < 0.5);
    let (lines, told) =
        (feature["geometry"]["coordinates"].as_array().unwrap(), feature["properties"]["edges"].as_array().unwrap());
    assert!(lines.len() == told.len() && lines.len() > 20, "{} {}", lines.len(), told.len());
    for one in told {
        let (from, to) = (one[1].as_f64().unwrap(), one[2].as_f64().unwrap());
        assert!(one[0].is_u64() && 0.0 <= from && from <= to && to <= 180.0, "{one}");
    }
    let metres: f64 = lines.iter().map(length_m).sum();
    assert!((1.0..2.0).contains(&(metres / road(&edges, 0))), "{metres} {}", road(&edges, 0));
    for (more, at) in [
        (json!({"shape": "dots"}), "/shape"),
        (json!({"seconds": []}), "/seconds"),
        (json!({"seconds": [10_000]}), "/seconds"),
        (json!({"profile": "horse"}), "/profile"),
        (json!({"direction": "up"}), "/direction"),
        (json!({"what_if": [{"type": "Point", "coordinates": [1, 2]}]}), "/what_if/0"),
        (json!({"lat": 280}), "lat"),
    ] {
        let refused = ask(more.clone());
        assert_eq!(refused.status, 400, "{more}");
        assert!(refused.text().contains(at), "{more}: {}", refused.text());
    }
    let sea = ask(json!({"lon": 122.4, "lat": 27.2}));
    assert_eq!(sea.status, 422, "{}", sea.text());
}

#[test]
fn times_between_many_places_are_those_of_their_ways() {
    let server = Server::demo();
    let seat = server.login("planner");
    let at = |east: f64, north: f64| json!([CENTRE.0 + east, CENTRE.1 + north]);
    let sea = json!([122.4, 27.2]);
    let (starts, ends) = ([at(0.0, 0.0), at(0.01, 0.0), sea.clone()], [at(0.0, 0.01), at(0.0, 0.0)]);
    let ask = |more: Value| {
        let mut ask = json!({"starts": starts, "ends": ends});
        for (name, value) in more.as_object().unwrap() {
            ask[name] = value.clone();
        }
        seat.post("/api/v1/matrix", &ask)
    };
    let time = |answer: &Value, start: usize, end: usize| answer["times_s"][start][end].as_f64();
    let open = ask(json!({})).ok();
    assert_eq!((time(&open, 0, 1), open["lengths_m"][0][1].as_f64()), (Some(0.0), Some(0.0)), "{open}");
    let (there, metres) = (time(&open, 1, 1).unwrap(), open["lengths_m"][1][1].as_f64().unwrap());
    assert!(metres > 980.0 && metres < 2_000.0 && metres / there > 4.0 && metres / there < 25.0, "{open}");
    assert!(time(&open, 2, 0).is_none() && open["starts"][2]["why"]["code"] == "OFF-ROAD", "{open}");
    assert!(open["starts"][0]["from_place_m"].as_f64().unwrap() < 100.0);
    // As long as the isochrone that reaches it just so.
    let reach = |seconds: f64| {
        let ask = json!({"lon": starts[1][0], "lat": starts[1][1], "seconds": [seconds], "shape": "edges"});
        let told = seat.post("/api/v1/isochrones", &ask).ok();
        told["features"][0]["geometry"]["coordinates"].to_string()
    };
    assert!(reach(there + 30.0).len() > reach(there - 30.0).len());
    // On foot it is slower, a closure around the end shuts it off, and what is too far is null.
    assert!(time(&ask(json!({"profile": "foot"})).ok(), 1, 1).unwrap() > 2.0 * there);
    let shut = ask(json!({"what_if": [around_centre(120.0)]})).ok();
    assert!(time(&shut, 1, 1).is_none() && time(&shut, 1, 0).is_some(), "{shut}");
    assert!(time(&ask(json!({"within_s": 30})).ok(), 1, 0).is_none());
    for (more, at) in [
        (json!({"starts": []}), "/starts"),
        (json!({"ends": [[280, 2]]}), "/ends/0"),
        (json!({"starts": [[1, 2, 3]]}), "starts"),
        (json!({"within_s": 10}), "/within_s"),
        (json!({"profile": "horse"}), "/profile"),
        (json!({"starts": vec![at(0.0, 0.0); 201], "ends": vec![at(0.0, 0.0); 200]}), "/ends"),
        (json!({"what_if": [{"type": "Point", "coordinates": [1, 2]}]}), "/what_if/0"),
    ] {
        let refused = ask(more.clone());
        assert_eq!(refused.status, 400, "{more}: {}", refused.text());
        assert!(refused.text().contains(at), "{more}: {}", refused.text());
    }
    server.login("auditor").post("/api/v1/matrix", &json!({"starts": starts, "ends": ends})).refused(403);
}

/// A unit of which nobody knows where it is cannot be sent, and neither is it passed over in silence.
#[test]
fn a_unit_that_never_reported_and_has_no_post_is_said_to_be_so() {
    let server = Server::demo();
    let lead = server.login("lead");
    put_unit(&lead, "unheard");
    let incident = id(&call(&lead, json!({})));
    let path = format!("/api/v1/incidents/{incident}/units?k=50&why=unheard");
    let ranked = lead.get(&path).ok();
    let row = ranked["items"].as_array().unwrap().iter().find(|item| item["unit"] == "unheard");
    let row = row.unwrap_or_else(|| panic!("{ranked}"));
    assert!(row["rank"].is_null() && row["eta_s"].is_null() && row["position_age_s"].is_null(), "{row}");
    assert_eq!(codes(row)[0], "NEVER-SEEN", "{row}");
    assert_eq!(ranked["why"]["text"], "it never reported a position and has no post");
    let chinese = lead.clone().with("accept-language", "zh").get(&path).ok();
    assert_eq!(chinese["why"]["text"], "从未上报位置，也无驻点");
    // Once it reports it stands in the ranking like everybody else.
    lead.post("/api/v1/positions", &json!([fix("unheard", (CENTRE.0 + 0.001, CENTRE.1), &now())])).ok();
    let ranked = lead.get(&path).ok();
    let row = ranked["items"].as_array().unwrap().iter().find(|item| item["unit"] == "unheard").unwrap();
    assert!(row["rank"].is_u64() && row["eta_s"].is_f64(), "{row}");
}

#[test]
fn a_place_in_the_sea_is_said_to_be_off_the_road() {
    let server = Server::demo();
    patrol(&server, "near", CENTRE);
    let seat = server.login("lead");
    let incident = id(&call(&seat, json!({"lon": 121.9, "lat": 27.3})));
    let ranked = seat.get(&format!("/api/v1/incidents/{incident}/units?why=near")).ok();
    assert!(ranked["items"].as_array().unwrap().iter().all(|item| item["rank"].is_null()), "{ranked}");
    assert!(ranked["shortfall"]["text"].as_str().unwrap().contains("no way to the incident"), "{ranked}");
    assert!(ranked["why"]["text"].as_str().unwrap().contains("road"), "{ranked}");
}

#[test]
fn coverage_is_told_in_shares_and_changes_with_what_if() {
    let server = Server::demo();
    let planner = server.login("planner");
    let now = planner.post("/api/v1/coverage", &json!({})).ok();
    let total = now["total"].as_u64().unwrap();
    let covered: Vec<u64> = now["covered"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    assert!(total > 100 && now["units"].as_u64().unwrap() > 0, "{}", now["text"]);
    assert!(covered.is_sorted() && covered[2] > 0 && covered[2] <= total, "{covered:?} of {total}");
    let hours = now["hours"].as_array().unwrap();
    let of_hours: u64 = hours.iter().map(|hour| hour["total"].as_u64().unwrap()).sum();
    assert_eq!((hours.len(), of_hours), (168, total));

    // A city that every road is closed in has nobody who comes.
    let all = json!({"type": "Polygon", "coordinates": [[[119, 27], [122, 27], [122, 29], [119, 29], [119, 27]]]});
    let shut = planner.post("/api/v1/coverage", &json!({"what_if": {"closed": [all], "away": ["nobody"]}})).ok();
    let after = &shut["what_if"]["covered"];
    assert!(after[2].as_u64().unwrap() < covered[2] / 10, "{after} {covered:?}");
    assert_eq!(shut["what_if"]["unknown"], json!(["nobody"]));
    let more = json!({"what_if": {"stands": [{"unit": "further", "lon": CENTRE.0, "lat": CENTRE.1}]}});
    let more = planner.post("/api/v1/coverage", &more).ok();
    assert!(more["what_if"]["covered"][1].as_u64().unwrap() >= covered[1]);
    assert_eq!((&more["what_if"]["lost"], &more["what_if"]["off_road"]), (&json!([0, 0, 0]), &json!([])));
    // Who is added goes as the kinds that count: on foot, or in the air where no road is needed and nothing is counted.
    let among = |kinds: &[&str]| {
        let stands = json!([{"unit": "further", "lon": CENTRE.0, "lat": CENTRE.1}]);
        let asked = json!({"kinds": kinds, "what_if": {"stands": stands}});
        let answer = planner.post("/api/v1/coverage", &asked).ok();
        let gained = &answer["what_if"]["gained"];
        gained.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect::<Vec<u64>>()
    };
    let (driving, walking, flying) = (among(&["ambulance"]), among(&["k9"]), among(&["drone"]));
    assert!(walking[2] * 3 < driving[2], "{walking:?} {driving:?}");
    assert_eq!(flying, [0, 0, 0]);
    // Out at sea nobody reaches anything, and that is said.
    let sea = json!({"what_if": {"stands": [{"unit": "adrift", "lon": -30.0, "lat": 0.0}]}});
    let sea = planner.post("/api/v1/coverage", &sea).ok()["what_if"].clone();
    assert_eq!((&sea["off_road"], &sea["gained"]), (&json!(["adrift"]), &json!([0, 0, 0])), "{sea}");
    assert!(sea["text"].to_string().contains("adrift would stand more than 1 km from any road"), "{sea}");

    let sites = |n: u64| planner.post("/api/v1/coverage", &json!({"sites": {"n": n}})).ok()["sites"].clone();
    let (one, three) = (sites(1), sites(3));
    assert_eq!((one["places"].as_array().unwrap().len(), three["places"].as_array().unwrap().len()), (1, 3));
    assert!(
        one["covered"].as_u64().unwrap() > 0 && three["covered"].as_u64() >= one["covered"].as_u64(),
        "{one} {three}"
    );
    assert!(three["covered"].as_u64() <= three["coverable"].as_u64() && three["total"] == total);
    assert_eq!(sites(3), three, "the same question has the same answer");

    // Where units stand is not the planner's to see, and not in the answer.
    assert!(!now.to_string().contains("unit-") && now.get("positions").is_none());
    server.login("unit").post("/api/v1/coverage", &json!({})).refused(403);
    assert_eq!(planner.post("/api/v1/coverage", &json!({"kinds": ["tank"]})).status, 400);
    assert_eq!(planner.post("/api/v1/coverage", &json!({"sites": {"n": 0}})).status, 400);
}

#[test]
fn the_nearest_of_a_kind_come_with_their_way_and_state() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let near = |filter: &str| {
        let (lon, lat) = CENTRE;
        seat.get(&format!("/api/v1/nearest/places?lon={lon}&lat={lat}&k=6&filter={}", encode(filter)))
    };
    let both = near("kind IN ('hydrant', 'aed')").ok();
    let items = both["items"].as_array().unwrap();
    let kinds: std::collections::BTreeSet<&str> =
        items.iter().map(|item| item["properties"]["kind"].as_str().unwrap()).collect();
    assert!(items.len() == 6 && kinds.is_subset(&["hydrant", "aed"].into()), "{both}");
    let far: Vec<f64> = items.iter().map(|item| item["distance_m"].as_f64().unwrap()).collect();
    assert!(far.is_sorted(), "{far:?}");
    let hospitals = near("kind = 'hospital'").ok();
    let first = &hospitals["items"][0];
    assert!(first["eta_s"].as_f64().unwrap() > 0.0 && first.get("state").is_none(), "{first}");
    assert!(first["road_m"].as_f64().unwrap() >= first["distance_m"].as_f64().unwrap() * 0.9, "{first}");
    let subject = &first["properties"]["source_id"];
    let said = json!({"kind": "hospital", "subject": subject, "value": {"open": false}, "source": "hospital"});
    seat.post("/api/v1/conditions", &said).ok();
    assert_eq!(near("kind = 'hospital'").ok()["items"][0]["state"]["value"]["open"], false);
    for wrong in ["nick = 'x'", "kind = aed", "kind in ()", "kind = 'aed' or"] {
        let answer = near(wrong);
        assert_eq!((answer.refused(400).as_str(), answer.points_at("/filter")), ("FILTER", true), "{wrong}");
    }
    let houses = format!("/api/v1/nearest/houses?lon={}&lat={}&filter={}", CENTRE.0, CENTRE.1, encode("kind = 'x'"));
    assert_eq!(seat.get(&houses).refused(400), "FILTER");

    let incident = id(&call(&seat, json!({})));
    let path = format!("/api/v1/incidents/{incident}/resources?k=2&kinds");
    let some = seat.get(&format!("{path}=clinic,water,clinic")).ok();
    let kinds: Vec<&str> =
        some["resources"].as_array().unwrap().iter().map(|of| of["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["clinic", "water"]);
    assert!(seat.get(&format!("{path}=clinic,lair")).points_at("/kinds"));
}
