//! What a choice leaves uncovered, and who could move up.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{CENTRE, Client, Figures, Live, Server, at_most, command, fix, id, now, percentile, put_unit, wait_until};

const SOON: Duration = Duration::from_mins(2);

/// All police of the city go off duty: who stands by afterwards was put there by the test.
fn send_police_home(lead: &Client) -> usize {
    let units = lead.get("/api/v1/units").ok()["units"].as_array().expect("units").clone();
    let police = units.iter().filter(|unit| {
        unit["kind"].as_str().is_some_and(|kind| kind.starts_with("police_")) && unit["duty"] != "off_duty"
    });
    police.map(|unit| send_home(lead, unit)).count()
}

fn send_home(lead: &Client, unit: &Value) {
    let mut body = json!({"duty": "off_duty"});
    for field in ["id", "kind", "call_sign", "org", "division", "skills", "contact"] {
        body[field] = unit[field].clone();
    }
    let id = unit["id"].as_str().expect("an id");
    lead.put(&format!("/api/v1/units/{id}"), &body).ok();
}

fn row<'a>(ranked: &'a Value, unit: &str) -> Option<&'a Value> {
    ranked["items"].as_array().expect("items").iter().find(|item| item["unit"] == unit)
}

/// How many cells of 400 m an area is as large as: each ring by Gauss's formula, on a plane at its own latitude.
fn cells(area: &Value) -> f64 {
    assert_eq!(area["type"], "MultiPolygon", "{area}");
    let metre = 6_371_008.8_f64.to_radians();
    let number = |at: &Value| at.as_f64().expect("a number");
    let ring = |ring: &Value| {
        let points: Vec<(f64, f64)> =
            ring.as_array().expect("a ring").iter().map(|at| (number(&at[0]), number(&at[1]))).collect();
        let wide = metre * points[0].1.to_radians().cos();
        let flat = |(x, y): (f64, f64)| ((x - points[0].0) * wide, (y - points[0].1) * metre);
        points.windows(2).map(|pair| (flat(pair[0]), flat(pair[1]))).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>()
            / 2.0
    };
    let polygons = area["coordinates"].as_array().expect("polygons");
    // Holes run the other way round and take off what they hold.
    polygons.iter().flat_map(|rings| rings.as_array().expect("rings")).map(ring).sum::<f64>() / 160_000.0
}

/// Asks until the answer is so: the picture of who stands by is made beside everything else.
fn until(client: &Client, path: &str, so: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    wait_until("a newer picture of who stands by", SOON, || {
        last = client.get(path).ok();
        so(&last)
    });
    last
}

#[test]
fn the_last_car_of_a_district_is_seen_to_be_the_last_and_who_could_move_up_is_named() {
    let server = Server::demo();
    let (lead, seat) = (server.login("lead"), server.login("dispatcher"));
    assert!(send_police_home(&lead) > 20);
    for unit in ["last", "spare"] {
        put_unit(&lead, unit);
    }
    // The spare one stands a kilometre from the other: each reaches nearly what the other does.
    let (here, there) = ((CENTRE.0 + 0.004, CENTRE.1), (CENTRE.0 + 0.014, CENTRE.1));
    lead.post("/api/v1/positions", &json!([fix("last", here, &now()), fix("spare", there, &now())])).ok();
    let call = json!({"kind": "traffic", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    let incident = id(&lead.post("/api/v1/incidents", &call).ok());
    let path = format!("/api/v1/incidents/{incident}/units?k=5");
    let reached = |ranked: &Value| {
        let leaves = row(ranked, "last").map(|row| &row["leaves"]);
        leaves.is_some_and(|leaves| leaves["before"].as_u64().is_some_and(|before| before > 0))
    };
    let two = until(&lead, &path, reached);
    let leaves = &row(&two, "last").unwrap()["leaves"];
    assert_eq!((&leaves["service"], &leaves["target_s"]), (&json!("police"), &json!(300)), "{leaves}");
    let number = |of: &Value, field: &str| {
        assert!(of[field].is_u64(), "{field}: {of}");
        of[field].as_u64().expect("checked in the line above")
    };
    assert!(number(leaves, "total") > 500 && number(leaves, "before") <= number(leaves, "total"), "{leaves}");
    assert_eq!(number(leaves, "before") - number(leaves, "after"), number(leaves, "lost"), "{leaves}");
    assert!(two["leaves_age_s"].as_u64().is_some_and(|age| age < 120), "{two}");

    // With the spare car at home and the next one far out in the east, it is the only one that reaches the district.
    send_home(&lead, &lead.get("/api/v1/units/spare").ok());
    put_unit(&lead, "next");
    lead.post("/api/v1/positions", &json!([fix("next", (CENTRE.0 + 0.07, CENTRE.1 - 0.02), &now())])).ok();
    let lost = |ranked: &Value| row(ranked, "last").map_or(0, |row| row["leaves"]["lost"].as_u64().unwrap_or(0));
    let near = lost(&two);
    assert_eq!(two["leaves"][0]["lost"] == 0, two["leaves"][0].get("area").is_none(), "{}", two["leaves"]);
    let gap = until(&lead, &path, |ranked| lost(ranked) > near && ranked["move_up"].is_array());
    let leaves = &row(&gap, "last").unwrap()["leaves"];
    assert_eq!(leaves["code"], "LEAVES-GAP");
    let places = leaves["places"].as_array().unwrap();
    assert!(!places.is_empty() && places.len() <= 3, "{leaves}");
    assert!(leaves["text"].as_str().unwrap().contains(places[0]["name"].as_str().unwrap()), "{leaves}");
    assert_eq!(gap["leaves"][0]["lost"], leaves["lost"], "one car is proposed, so together it is the same");
    // Where that is can be drawn: cells of 400 m, at most as many as there are calls.
    let area = cells(&gap["leaves"][0]["area"]);
    let lost = u32::try_from(number(leaves, "lost")).expect("some hundred calls");
    assert!(area > 0.99 && area < f64::from(lost) + 0.5, "{area} cells, {lost} calls");
    assert!(gap["items"].as_array().unwrap().iter().all(|item| item["leaves"].get("area").is_none()), "{gap}");
    let moved = &gap["move_up"][0];
    assert_eq!((&moved["unit"], &moved["code"]), (&json!("next"), &json!("MOVE-UP")), "{moved}");
    assert!(number(moved, "restores") > 0 && number(moved, "restores") <= number(leaves, "lost"), "{moved}");
    assert!(number(moved, "move_s") > 60 && moved["lon"].is_f64(), "{moved}");
    let chinese = lead.clone().with("accept-language", "zh").get(&path).ok();
    assert!(chinese["move_up"][0]["text"].as_str().unwrap().contains("前移"), "{}", chinese["move_up"]);
    assert!(row(&chinese, "last").unwrap()["leaves"]["text"].as_str().unwrap().contains("起报警"));

    // Who answers for one county is told of that county's calls.
    let own = seat.get(&path).ok();
    let own = &row(&own, "last").unwrap()["leaves"];
    assert!(number(own, "total") < number(leaves, "total") && number(own, "total") > 0, "{own} {leaves}");

    // It is kept with the decision.
    let basis = json!({"recommendation": gap["recommendation"]});
    command(&lead, &incident, json!({"type": "assign", "unit": "last", "basis": basis})).ok();
    let timeline = lead.get(&format!("/api/v1/incidents/{incident}/timeline")).ok();
    let shown = timeline["items"].as_array().unwrap().iter().find(|event| event["kind"] == "recommendation.shown");
    let shown = shown.unwrap_or_else(|| panic!("{timeline}")).to_string();
    assert!(shown.contains("\"move_ups\"") && shown.contains("\"before\""), "{shown}");

    // Who is bound stands by for nothing, at once and without a newer picture.
    let other = id(&lead.post("/api/v1/incidents", &call).ok());
    let after = lead.get(&format!("/api/v1/incidents/{other}/units?k=5&why=last")).ok();
    let next = &row(&after, "next").unwrap()["leaves"];
    assert!(number(next, "before") <= number(leaves, "after"), "{next} {leaves}");
    assert!(row(&after, "last").unwrap()["leaves"].is_null(), "{after}");
}

/// The last of the police is sent, and the void that this makes is told and ends again; how long it took from the answer
/// to the order until the alarm came.
fn void_when_the_last_is_sent(server: &Server, lead: &Client) -> Duration {
    let call = json!({"kind": "traffic", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    let incident = id(&lead.post("/api/v1/incidents", &call).ok());
    let path = format!("/api/v1/incidents/{incident}/units?k=5");
    let stands = |ranked: &Value| row(ranked, "last").is_some_and(|row| row["leaves"]["before"].as_u64() > Some(0));
    let ranked = until(lead, &path, stands);
    // What would be left uncovered is shown before anybody is sent.
    assert!(row(&ranked, "last").expect("a row")["leaves"]["lost"].as_u64() > Some(0), "{ranked}");

    let mut live = Live::hello(server, lead, None);
    let voids = |message: &Value| {
        let alarms = message["alarms"].as_array().cloned().unwrap_or_default();
        let police = alarms.into_iter().find(|alarm| alarm["code"] == "VOID-POLICE");
        (message["t"] == "heartbeat").then_some(police)
    };
    // Whatever stood before the picture of this test is gone by then.
    live.until("no void", SOON, |_, message| voids(message)?.is_none().then_some(()));
    let sent = command(lead, &incident, json!({"type": "assign", "unit": "last"})).ok();
    let ordered = Instant::now();
    let alarm = live.until("a void", SOON, |_, message| voids(message)?);
    let took = ordered.elapsed();
    assert!(alarm["detail"].as_str().expect("words").contains("鹿城区 0 %"), "{alarm}");
    let order = sent["assignments"][0]["id"].as_str().expect("an order");
    for step in ["accept", "arrive", "clear"] {
        tests::progress(lead, order, step).ok();
    }
    live.until("no void any longer", SOON, |_, message| voids(message)?.is_none().then_some(()));
    took
}

/// A city whose only police are one car in the centre.
fn one_car_left() -> (Server, Client) {
    let server = Server::demo();
    let lead = server.login("lead");
    send_police_home(&lead);
    put_unit(&lead, "last");
    lead.post("/api/v1/positions", &json!([fix("last", (CENTRE.0 + 0.004, CENTRE.1), &now())])).ok();
    (server, lead)
}

#[test]
fn when_the_last_is_sent_the_void_is_told_and_it_ends_with_the_work() {
    let (server, lead) = one_car_left();
    void_when_the_last_is_sent(&server, &lead);
}

#[test]
#[ignore = "it is about time: `make scenarios`"]
fn s21_the_void_is_told_in_two_seconds() {
    let (server, lead) = one_car_left();
    let mut took: Vec<Duration> = (0..10).map(|_| void_when_the_last_is_sent(&server, &lead)).collect();
    let mut figures = Figures::of("S21", "sqlite");
    figures
        .row("the last is sent until the void is told, worst of 10, ms", at_most(percentile(&mut took, 100), 2_000.0));
    figures.settle();
}

#[test]
fn a_fire_engine_is_held_against_fires_and_who_has_no_service_against_nothing() {
    let server = Server::demo();
    let lead = server.login("lead");
    let call = json!({"kind": "fire_disaster", "priority": 1, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_119"});
    let fire = id(&lead.post("/api/v1/incidents", &call).ok());
    let path = format!("/api/v1/incidents/{fire}/units?k=20");
    let ranked = until(&lead, &path, |ranked| ranked["leaves"].as_array().is_some_and(|all| all.len() == 3));
    let services: Vec<&str> =
        ranked["leaves"].as_array().unwrap().iter().map(|leaves| leaves["service"].as_str().unwrap()).collect();
    assert_eq!(services, ["police", "fire", "ambulance"]);
    for item in ranked["items"].as_array().unwrap().iter().filter(|item| !item["rank"].is_null()) {
        let service = match item["kind"].as_str().unwrap() {
            "fire_team" | "rescue_team" => "fire",
            "ambulance" => "ambulance",
            kind if kind.starts_with("police_") => "police",
            kind => panic!("a fire asks for no {kind}"),
        };
        assert_eq!(item["leaves"]["service"], service, "{item}");
    }
    let totals: Vec<u64> = ranked["leaves"].as_array().unwrap().iter().map(|l| l["total"].as_u64().unwrap()).collect();
    assert!(totals[0] > totals[1] && totals[1] > 0, "more calls ask for police than for engines: {totals:?}");
    let call = json!({"kind": "dispute", "priority": 3, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    let dispute = id(&lead.post("/api/v1/incidents", &call).ok());
    let ranked = lead.get(&format!("/api/v1/incidents/{dispute}/units")).ok();
    assert!(!ranked["items"].as_array().unwrap().is_empty() && ranked.get("leaves").is_none(), "{ranked}");
    assert!(ranked["items"].as_array().unwrap().iter().all(|item| item["leaves"].is_null()), "{ranked}");
}

/// Over many places: what a move restores is of what the choice lost, and more than what it gives up.
#[test]
fn no_move_restores_more_than_was_lost() {
    let server = Server::demo();
    let lead = server.login("lead");
    let place = |n: u32| (CENTRE.0 + f64::from(n % 6) * 0.02 - 0.05, CENTRE.1 + f64::from(n / 6) * 0.02 - 0.03);
    let ranked = |n: u32| {
        let (kind, (lon, lat)) = (["criminal", "traffic"][n as usize % 2], place(n));
        let call = json!({"kind": kind, "priority": 1, "lon": lon, "lat": lat, "source": "call_110"});
        format!("/api/v1/incidents/{}/units", id(&lead.post("/api/v1/incidents", &call).ok()))
    };
    let first = ranked(0);
    until(&lead, &first, |answer| answer["leaves"].is_array());
    let (mut moves, mut adding) = (0, 0);
    for n in 0..24 {
        let answer = lead.get(&ranked(n)).ok();
        for moved in answer["move_up"].as_array().into_iter().flatten() {
            let of = |leaves: &&Value| leaves["service"] == moved["service"];
            let lost = &answer["leaves"].as_array().unwrap().iter().find(of).expect("its service")["lost"];
            let number = |field: &str| moved[field].as_u64().unwrap_or_else(|| panic!("{field}: {moved}"));
            let (restores, gives_up) = (number("restores"), number("gives_up"));
            assert!(restores <= lost.as_u64().unwrap() && restores > gives_up, "{lost} {moved}");
            let words = format!("{restores} of these {lost} calls of the last 90 days are reached again");
            assert!(moved["text"].as_str().unwrap().contains(&words), "{words}: {moved}");
            moves += 1;
            adding += u32::from(number("adds") > 0);
        }
    }
    assert!(moves >= 5 && adding >= 1, "{moves} moves, {adding} of them add");
}
