//! Evacuation zones: who is told what of whom, what lies in them, how they change and end.

use serde_json::{Value, json};
use tests::{CENTRE, Client, Outline, Server, ago, command, encode, id};

fn call(lead: &Client) -> String {
    let call = json!({"kind": "fire_disaster", "priority": 1, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_119"});
    id(&lead.post("/api/v1/incidents", &call).ok())
}

fn circle(incident: &str, radius_m: f64) -> Value {
    json!({"incident": incident, "reason": "gas", "circle": {"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": radius_m}})
}

fn drawn(client: &Client, ask: &Value) -> Value {
    let answer = client.post("/api/v1/zones", ask);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let zone = answer.json();
    if reading(&zone) { once_read(client, &path(&zone)) } else { zone }
}

/// Soon after a start the register is still being read, and the cells stand for it.
fn reading(zone: &Value) -> bool {
    zone["people"]["code"] == "ZONE-READING"
}

/// A zone once the register is read.
fn once_read(client: &Client, path: &str) -> Value {
    let mut now = Value::Null;
    tests::wait_until("the register is read", std::time::Duration::from_secs(30), || {
        now = client.get(path).ok();
        !reading(&now)
    });
    now
}

fn path(zone: &Value) -> String {
    format!("/api/v1/zones/{}", zone["id"].as_str().expect("a zone has an id"))
}

fn number(of: &Value, field: &str) -> u64 {
    assert!(of[field].is_u64(), "{field} of {of}");
    of[field].as_u64().expect("checked in the line above")
}

fn list<'a>(of: &'a Value, field: &str) -> &'a Vec<Value> {
    assert!(of[field].is_array(), "{field} of {of}");
    of[field].as_array().expect("checked in the line above")
}

/// A building of a zone with people, and its number.
fn building(zone: &Value) -> String {
    let with = list(zone, "buildings").iter().find(|one| one["building"].is_string()).expect("a building");
    with["building"].as_str().expect("a number").to_owned()
}

fn rows(server: &Server) -> Vec<Value> {
    let page = server.login("auditor").get("/api/v1/audit?limit=1000").ok();
    page["rows"].as_array().expect("rows").clone()
}

#[test]
fn the_lead_is_told_building_by_building_and_everybody_else_in_cells() {
    let server = Server::demo();
    let lead = server.login("lead");
    let zone = drawn(&lead, &circle(&call(&lead), 300.0));
    let people = &zone["people"];
    assert_eq!((&people["basis"], &people["code"]), (&json!("buildings"), &json!("ZONE-REGISTERED")), "{people}");
    let sum = |field: &str| list(&zone, "buildings").iter().map(|one| number(one, field)).sum::<u64>();
    assert!(list(&zone, "buildings").len() > 5 && number(people, "registered") > 50, "{people}");
    assert_eq!(number(people, "buildings_more"), 0);
    for field in ["registered", "need_help", "homes", "homes_not_shown"] {
        assert_eq!(sum(field), number(people, field), "{field}");
    }
    let text = people["text"].as_str().unwrap();
    assert!(text.contains(&format!("about {}", people["registered"])) && text.contains("need help"), "{text}");
    let chinese = lead.clone().with("accept-language", "zh").get(&path(&zone)).ok();
    assert!(chinese["people"]["text"].as_str().unwrap().starts_with("登记约"), "{}", chinese["people"]);

    // A circle about one small house: its people are the lead's to know in this zone and nobody else's.
    let small = list(&zone, "buildings").iter().filter(|one| (1..10).contains(&number(one, "registered")));
    let small = small.min_by_key(|one| number(one, "registered")).expect("a building of less than ten people");
    let house = json!({"incident": zone["incident"], "reason": "gas",
        "circle": {"lon": small["lon"], "lat": small["lat"], "radius_m": 3.0}});
    let house = drawn(&lead, &house);
    assert!(number(&house["people"], "registered") < 10, "{}", house["people"]);
    for who in ["dispatcher", "wall"] {
        for zone in [&zone, &house] {
            let seen = server.login(who).get(&path(zone)).ok();
            let people = &seen["people"];
            assert!(seen.get("buildings").is_none(), "{who}: {seen}");
            assert_eq!(people["basis"], "cells", "{who}: {people}");
            assert!(people["registered"].as_u64().is_none_or(|n| n >= 10 && n % 5 == 0), "{who}: {people}");
            for hidden in ["homes", "homes_not_shown", "buildings_more"] {
                assert!(people.get(hidden).is_none(), "{who}: {people}");
            }
            assert!(!people["text"].as_str().unwrap().is_empty(), "never a blank: {people}");
        }
    }
    // Whatever is drawn inside a cell, others are told of the same cells.
    let near = json!({"incident": zone["incident"], "reason": "gas",
        "circle": {"lon": small["lon"], "lat": small["lat"], "radius_m": 4.0}});
    let seat = server.login("dispatcher");
    assert_eq!(drawn(&seat, &near)["people"], seat.get(&path(&house)).ok()["people"]);
}

#[test]
fn who_has_no_right_is_refused_and_each_look_leaves_its_row_first() {
    let server = Server::demo();
    let lead = server.login("lead");
    let incident = call(&lead);
    let zone = drawn(&lead, &circle(&incident, 200.0));
    let building = building(&zone);
    // Drawing is a look, and so is each asking while the register is read.
    let before = rows(&server).iter().filter(|row| row["action"] == "zone").count();
    assert!(before >= 1, "no row of the drawing");
    server.login("dispatcher").get(&path(&zone)).ok();
    lead.get(&path(&zone)).ok();
    let looks: Vec<Value> = rows(&server).into_iter().filter(|row| row["action"] == "zone").collect();
    assert_eq!(looks.len(), before + 2);
    let classes: Vec<&str> = looks.iter().map(|row| row["object_class"].as_str().unwrap()).collect();
    assert!(classes.contains(&"people") && classes.contains(&"people,buildings"), "{classes:?}");
    assert!(looks.iter().all(|row| row["detail"].as_str().unwrap().contains(&incident)), "{looks:?}");

    let mark = json!({"mark": "told"});
    let of_building = format!("{}/buildings/{building}", path(&zone));
    for nobody in ["wall_guest", "planner", "analyst", "auditor", "secadmin", "sysadmin"] {
        let client = server.login(nobody);
        assert_eq!(client.get(&path(&zone)).refused(403), "AUTH", "{nobody}");
        assert_eq!(client.get("/api/v1/zones").refused(403), "AUTH", "{nobody}");
        assert_eq!(client.post("/api/v1/zones", &circle(&incident, 100.0)).refused(403), "AUTH", "{nobody}");
        assert_eq!(client.post(&of_building, &mark).refused(403), "AUTH", "{nobody}");
    }
    let wall = server.login("wall");
    assert_eq!(wall.post("/api/v1/zones", &circle(&incident, 100.0)).refused(403), "AUTH");
    assert_eq!(wall.post(&of_building, &mark).refused(403), "AUTH");
    assert_eq!(wall.delete(&path(&zone)).refused(403), "AUTH");
    assert_eq!(server.client().get(&path(&zone)).refused(401), "LOGIN-REQUIRED");

    // A unit is told where, what to ask there and where to go, once it is sent; never how many live where.
    let unit = server.login("unit");
    assert_eq!(unit.get(&path(&zone)).refused(403), "SCOPE");
    assert!(list(&unit.get("/api/v1/zones").ok(), "zones").is_empty());
    let own = unit.get("/api/v1/units").ok()["units"][0]["id"].as_str().unwrap().to_owned();
    command(&lead, &incident, json!({"type": "assign", "unit": own})).ok();
    let seen = unit.get(&path(&zone)).ok();
    assert!(seen.get("buildings").is_none() && seen["people"]["basis"] != "buildings", "{seen}");
    assert!(!list(&seen, "exits").is_empty() && seen["geometry"]["type"] == "MultiPolygon", "{seen}");
    unit.post(&of_building, &mark).ok();
    assert_eq!(unit.delete(&path(&zone)).refused(403), "AUTH");
    let seen = lead.get(&path(&zone)).ok();
    assert_eq!(seen["progress"], json!({"told": 1, "left": 0, "refused": 0}));
    assert_eq!(seen["marks"][0]["by"], "unit", "{}", seen["marks"]);
}

#[test]
fn what_lies_in_a_zone_is_named_and_roads_out_of_it_cross_its_border() {
    let server = Server::demo();
    let lead = server.login("lead");
    let zone = drawn(&lead, &circle(&call(&lead), 700.0));
    assert!((zone["area_m2"].as_f64().unwrap() / 1_539_380.0 - 1.0).abs() < 0.01, "{}", zone["area_m2"]);
    let border = Outline::new(&zone["geometry"]);
    let place = |of: &Value| (of["lon"].as_f64().unwrap(), of["lat"].as_f64().unwrap());
    let exits = list(&zone, "exits");
    assert!(exits.len() >= 3, "{exits:?}");
    for exit in exits {
        assert!(border.distance_m(place(exit)) < 1.0, "{exit}");
        assert!(["both", "out", "in", "none"].contains(&exit["cars"].as_str().unwrap()), "{exit}");
    }
    assert_ne!(exits[0]["cars"], "none", "wide roads first: {}", exits[0]);
    let sites = list(&zone, "sites");
    assert!(!sites.is_empty(), "the centre has a school or a clinic within 700 m");
    let kinds = ["school", "kindergarten", "university", "hospital", "clinic", "hazard_site"];
    for site in sites {
        assert!(border.contains(place(site)) && kinds.contains(&site["kind"].as_str().unwrap()), "{site}");
        assert!(site["name"].as_str().is_some_and(|name| !name.is_empty()), "{site}");
    }
    let shelters = list(&zone, "shelters");
    assert!(!shelters.is_empty() && shelters.iter().all(|one| !border.contains(place(one))), "{shelters:?}");
    let times: Vec<f64> = shelters.iter().filter_map(|one| one["eta_s"].as_f64()).collect();
    assert!(!times.is_empty() && times.is_sorted(), "{shelters:?}");

    // Nobody is sent from one zone into another, as long as that one holds.
    let (first, out) = (place(&shelters[0]), place(exits.last().unwrap()));
    for (lon, lat) in [first, out] {
        let other = drawn(
            &lead,
            &json!({"incident": call(&lead), "reason": "gas", "circle": {"lon": lon, "lat": lat, "radius_m": 60}}),
        );
        let now = lead.get(&path(&zone)).ok();
        let around = Outline::new(&other["geometry"]);
        let free = |list: &[Value]| list.iter().all(|one| !around.contains(place(one)));
        assert!(free(list(&now, "shelters")) && free(list(&now, "exits")), "{now}");
        lead.delete(&path(&other)).ok();
    }
    let again = lead.get(&path(&zone)).ok();
    assert_eq!((list(&again, "shelters").len(), list(&again, "exits").len()), (shelters.len(), exits.len()));
}

#[test]
fn a_cone_follows_the_wind_and_says_how_old_it_is() {
    let server = Server::demo();
    let lead = server.login("lead");
    let incident = call(&lead);
    let cone = |more: Value| {
        let mut cone = json!({"lon": CENTRE.0, "lat": CENTRE.1, "length_m": 600, "isolation_m": 50});
        for (name, value) in more.as_object().unwrap() {
            cone[name] = value.clone();
        }
        json!({"incident": incident, "reason": "chlorine", "cone": cone})
    };
    let none = lead.post("/api/v1/zones", &cone(json!({})));
    assert_eq!(none.refused(422), "INVALID");
    assert!(none.points_at("/cone/wind") && none.text().contains("no wind is known"), "{}", none.text());
    let old = json!({"kind": "wind", "value": {"from_deg": 90}, "source": "airport", "at": ago(std::time::Duration::from_hours(2))});
    lead.post("/api/v1/conditions", &old).ok();
    let zone = drawn(&lead, &cone(json!({})));
    let wind = &zone["wind"];
    assert_eq!((&wind["source"], &wind["old"]), (&json!("airport"), &json!(true)), "{wind}");
    assert!(number(wind, "age_s") >= 7_200 && wind["text"].as_str().unwrap().contains("newer"), "{wind}");
    let holds = |zone: &Value, east: f64| Outline::new(&zone["geometry"]).contains((CENTRE.0 + east, CENTRE.1));
    assert!(holds(&zone, -0.005) && !holds(&zone, 0.005), "a wind from the east carries west");
    let building = building(&zone);
    lead.post(&format!("{}/buildings/{building}", path(&zone)), &json!({"mark": "refused"})).ok();

    // The wind turns: the same zone, another outline, and what was said stays.
    let new = json!({"kind": "wind", "value": {"from_deg": 270}, "source": "airport"});
    lead.post("/api/v1/conditions", &new).ok();
    let turned = lead.put(&path(&zone), &cone(json!({}))).ok();
    assert_eq!((&turned["id"], &turned["wind"]["old"]), (&zone["id"], &json!(false)), "{turned}");
    assert!(holds(&turned, 0.005) && !holds(&turned, -0.005));
    assert_eq!(turned["marks"][0]["mark"], "refused");
    let by_hand = lead.put(&path(&zone), &cone(json!({"wind": {"from_deg": 0}}))).ok();
    assert_eq!(by_hand["wind"]["source"], "lead");
    let timeline = lead.get(&format!("/api/v1/incidents/{incident}/timeline")).ok().to_string();
    for kind in ["zone.drawn", "zone.redrawn", "zone.marked"] {
        assert!(timeline.contains(kind), "{kind}");
    }
    assert!(!timeline.contains("\"registered\"") && !timeline.contains("need_help"), "the log has no count of people");
}

#[test]
fn only_a_wind_of_the_place_steers_a_cone_and_the_answer_says_of_which() {
    let server = Server::demo();
    let lead = server.login("lead");
    let incident = call(&lead);
    let cone = json!({"incident": incident, "reason": "chlorine",
        "cone": {"lon": CENTRE.0, "lat": CENTRE.1, "length_m": 600}});
    let say = |more: Value| {
        let mut wind = json!({"kind": "wind", "source": "airport"});
        wind.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        lead.post("/api/v1/conditions", &wind)
    };
    for (value, at) in [
        (json!({"from_deg": "N"}), "/value/from_deg"),
        (json!({"from_deg": 400}), "/value/from_deg"),
        (json!({"from_deg": 90, "speed_mps": -5}), "/value/speed_mps"),
    ] {
        let refused = say(json!({"value": value}));
        refused.refused(422);
        assert!(refused.points_at(at), "{}", refused.text());
    }
    // Of another county, and of what is no division.
    let wenzhou = server.login("lead").get("/api/v1/conditions").ok();
    assert_eq!(wenzhou["conditions"], json!([]), "what is refused is not kept");
    for subject in ["330381", "harbour"] {
        say(json!({"subject": subject, "value": {"from_deg": 10}})).ok();
        let none = lead.post("/api/v1/zones", &cone);
        assert_eq!(none.refused(422), "INVALID", "{subject}");
        assert!(none.points_at("/cone/wind"), "{}", none.text());
    }
    say(json!({"subject": "330302", "value": {"from_deg": 200}})).ok();
    let zone = drawn(&lead, &cone);
    assert_eq!((&zone["wind"]["from_deg"], &zone["wind"]["subject"]), (&json!(200.0), &json!("330302")));
    assert!(zone["wind"]["text"].as_str().unwrap().contains("wind at 330302 from 200°"), "{}", zone["wind"]);
    // Words do not turn it; the city's wind is newer and does, and by its name a district counts as by its code.
    say(json!({"subject": "330302", "value": {"text": "light winds"}})).ok();
    let again = lead.put(&path(&zone), &cone).ok();
    assert_eq!(again["wind"]["from_deg"], 200.0, "{}", again["wind"]);
    say(json!({"value": {"from_deg": 0, "speed_mps": 0}})).ok();
    let city = lead.put(&path(&zone), &cone).ok();
    assert_eq!((&city["wind"]["from_deg"], city["wind"].get("subject")), (&json!(0.0), None), "{}", city["wind"]);
    let counties = encode("level = 'county'");
    let counties = lead.get(&format!("/ogc/collections/jurisdictions/items?limit=100&filter={counties}")).ok();
    let own = |one: &&Value| one["properties"]["code"].as_str().is_some_and(|code| code.starts_with("330302"));
    let own = counties["features"].as_array().unwrap().iter().find(own);
    let name = own.expect("the county of the centre")["properties"]["name"].clone();
    say(json!({"subject": name, "value": {"from_deg": 45}})).ok();
    let named = lead.put(&path(&zone), &cone).ok();
    assert_eq!((&named["wind"]["from_deg"], &named["wind"]["subject"]), (&json!(45.0), &name), "{}", named["wind"]);
    let mut by_hand = cone.clone();
    by_hand["cone"]["wind"] = json!({"from_deg": 360});
    let refused = lead.put(&path(&zone), &by_hand);
    refused.refused(400);
    assert!(refused.points_at("/cone/wind/from_deg"), "{}", refused.text());
}

#[test]
fn a_zone_is_kept_over_a_restart_and_ends_with_its_incident() {
    let server = Server::demo();
    let lead = server.login("lead");
    let incident = call(&lead);
    let zone = drawn(&lead, &circle(&incident, 250.0));
    let building = building(&zone);
    let of_building = format!("{}/buildings/{building}", path(&zone));
    for mark in ["told", "left"] {
        lead.post(&of_building, &json!({"mark": mark})).ok();
    }
    let folder = server.stop();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let lead = server.login("lead");
    let again = once_read(&lead, &path(&zone));
    assert_eq!(again["marks"][0]["mark"], "left", "{}", again["marks"]);
    assert_eq!((&again["geometry"], &again["people"]), (&zone["geometry"], &zone["people"]));
    assert_eq!(list(&lead.get("/api/v1/zones").ok(), "zones").len(), 1);

    command(&lead, &incident, json!({"type": "cancel", "reason": "nothing there"})).ok();
    assert_eq!(lead.get(&path(&zone)).refused(404), "NOT-FOUND");
    assert_eq!(lead.post(&of_building, &json!({"mark": "told"})).refused(404), "NOT-FOUND");
    assert!(list(&lead.get("/api/v1/zones").ok(), "zones").is_empty());
    assert_eq!(lead.post("/api/v1/zones", &circle(&incident, 250.0)).refused(422), "INC-ENDED");
}

#[test]
fn what_makes_no_zone_is_refused_where_it_is_wrong() {
    let server = Server::demo();
    let lead = server.login("lead");
    let incident = call(&lead);
    let bad = |ask: Value, status: u16, at: &str| {
        let mut body = json!({"incident": incident, "reason": "gas"});
        for (name, value) in ask.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = lead.post("/api/v1/zones", &body);
        assert_eq!(answer.status, status, "{ask}: {}", answer.text());
        assert!(answer.text().contains(at), "{ask}: {}", answer.text());
    };
    let around = |radius_m: f64| json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": radius_m});
    bad(json!({}), 400, "one of circle");
    bad(json!({"circle": around(100.0), "polygon": {}}), 400, "one of circle");
    bad(json!({"circle": around(0.0)}), 400, "/circle");
    bad(json!({"circle": around(50_000.0)}), 400, "km²");
    bad(json!({"circle": {"lon": 28.0, "lat": 120.6, "radius_m": 10}}), 400, "/l");
    bad(json!({"polygon": {"type": "Point", "coordinates": [120.6, 28.0]}}), 400, "/polygon");
    bad(
        json!({"polygon": {"type": "Polygon", "coordinates": [[[120.6, 28.0], [120.7, 28.0], [120.6, 28.0]]]}}),
        400,
        "/polygon",
    );
    bad(json!({"circle": around(100.0), "purpose": "siege"}), 400, "/purpose");
    bad(json!({"circle": around(100.0), "reason": ""}), 422, "reason");
    bad(json!({"circle": around(100.0), "incident": "none"}), 404, "none");
    bad(json!({"circle": around(100.0), "colour": "red"}), 400, "colour");
    assert_eq!(
        lead.post("/api/v1/zones", &json!({"reason": "gas", "circle": around(100.0)})).refused(400),
        "BAD-REQUEST"
    );
    assert_eq!(lead.get("/api/v1/zones/zone-99").refused(404), "NOT-FOUND");

    let zone = drawn(&lead, &circle(&incident, 150.0));
    let wide = drawn(&lead, &circle(&incident, 900.0));
    let inside: Vec<&Value> = list(&zone, "buildings").iter().map(|one| &one["building"]).collect();
    let mut outside = list(&wide, "buildings").iter().map(|one| &one["building"]);
    let outside = outside.rfind(|one| one.is_string() && !inside.contains(one)).expect("one outside");
    let mark = |building: &str, mark: &str| {
        lead.post(&format!("{}/buildings/{building}", path(&zone)), &json!({"mark": mark}))
    };
    assert_eq!(mark(outside.as_str().unwrap(), "told").refused(422), "INVALID");
    assert_eq!(mark("17", "told").refused(404), "NOT-FOUND");
    assert_eq!(mark(&building(&zone), "burnt").refused(400), "BAD-REQUEST");
    // Two fingers on one button are one zone.
    let key = lead.clone().with("idempotency-key", "the-same-zone");
    let (one, two) =
        (key.post("/api/v1/zones", &circle(&incident, 120.0)), key.post("/api/v1/zones", &circle(&incident, 120.0)));
    assert_eq!((one.json()["id"].clone(), two.header("replayed")), (two.json()["id"].clone(), "true"));
    lead.delete(&path(&zone)).ok();
    assert_eq!(lead.delete(&path(&zone)).refused(404), "NOT-FOUND");
}
