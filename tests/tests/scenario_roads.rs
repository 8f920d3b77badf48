//! S20: a road is closed across a bridge. The town has two banks and two bridges, three kilometres apart.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    Client, Folder, Live, PASSWORD, Server, add_user, ahead, command, fix, id, now, onemap, put_unit, wait_until,
};

/// South-west corner of the town.
const AT: (f64, f64) = (120.60, 28.00);
/// A kilometre to the north and to the east, degrees.
const KM: (f64, f64) = (1.0 / 98.2, 1.0 / 111.2);

/// So many kilometres east and north of the corner.
fn at(east: f64, north: f64) -> (f64, f64) {
    (AT.0 + east * KM.0, AT.1 + north * KM.1)
}

/// Streets as one collection: `(name, class, ends)`.
fn streets() -> String {
    let (west, east) = (0.0, 0.4);
    let street = |id: usize, name: &str, class: &str, bridge: bool, line: &[(f64, f64)]| {
        let line: Vec<Value> = line.iter().map(|(x, y)| at(*x, *y)).map(|(lon, lat)| json!([lon, lat])).collect();
        json!({"type": "Feature", "id": format!("s{id}"), "geometry": {"type": "LineString", "coordinates": line},
            "properties": {"name": name, "class": class, "bridge": bridge}})
    };
    let bank = |x: f64| [(x, 0.0), (x, 1.0), (x, 4.0)];
    let features = [
        street(1, "West Bank", "secondary", false, &bank(west)),
        street(2, "East Bank", "secondary", false, &bank(east)),
        street(3, "South Bridge", "secondary", true, &[(west, 1.0), (east, 1.0)]),
        street(4, "North Bridge", "secondary", true, &[(west, 4.0), (east, 4.0)]),
    ];
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

fn town() -> Server {
    let folder = Folder::new();
    let file = folder.write("roads.geojson", streets());
    let (file, data) = (file.to_str().expect("a path").to_owned(), folder.data());
    let data = data.to_str().expect("a path");
    let done = onemap(&["import", "roads", &file, "--crs", "wgs84", "--data", data]);
    assert!(done.code == 0 && done.out.contains("accepted 4"), "{}{}", done.out, done.err);
    add_user(&["--data", data], "me", PASSWORD, &["--role", "lead", "--scope", "*"]);
    Server::serve(&folder)
}

fn first(ranked: &Value) -> &str {
    let items = ranked["items"].as_array().expect("items");
    items.iter().find(|item| item["rank"] == 1).and_then(|item| item["unit"].as_str()).expect("somebody is first")
}

fn eta(ranked: &Value, unit: &str) -> f64 {
    let ranks = ranked["items"].as_array().expect("items").iter();
    let mut all = ranks.chain(ranked["under_way"].as_array().into_iter().flatten());
    let eta = all.find(|row| row["unit"] == unit).and_then(|row| row["eta_s"].as_f64());
    assert!(eta.is_some(), "{unit} has no way: {ranked}");
    eta.unwrap_or_default()
}

fn ranked(client: &Client, incident: &str) -> Value {
    client.get(&format!("/api/v1/incidents/{incident}/units?k=5")).ok()
}

#[test]
fn s20_a_closed_bridge_counts_at_the_next_question_and_for_who_is_under_way() {
    let server = town();
    let me = server.login("me");
    // Across the river, 400 m as the crow flies; on the same bank, 900 m to the south.
    let (across, across2, beside) = (at(0.4, 1.2), at(0.4, 1.25), at(0.0, 0.2));
    let scene = at(0.0, 1.1);
    for (unit, place) in [("across", across), ("across2", across2), ("beside", beside)] {
        put_unit(&me, unit);
        me.post("/api/v1/positions", &json!([fix(unit, place, &now())])).ok();
    }
    let call = json!({"kind": "traffic", "priority": 2, "lon": scene.0, "lat": scene.1, "source": "call_110"});
    let incident = id(&me.post("/api/v1/incidents", &call).ok());
    wait_until("the roads are known", Duration::from_mins(1), || {
        !ranked(&me, &incident).to_string().contains("STRAIGHT-LINE")
    });
    let open = ranked(&me, &incident);
    assert_eq!(first(&open), "across", "{open}");
    let before = [eta(&open, "across"), eta(&open, "across2")];

    // It is sent; when it will be there goes on being told.
    let sent = command(&me, &incident, json!({"type": "assign", "unit": "across"})).ok();
    let order = sent["assignments"][0]["id"].as_str().expect("an order").to_owned();
    let coming = ranked(&me, &incident)["under_way"][0].clone();
    assert_eq!((&coming["unit"], &coming["assignment"]), (&json!("across"), &json!(order)), "{coming}");
    assert!((coming["eta_s"].as_f64().unwrap() - before[0]).abs() < 1.0, "{coming} {before:?}");

    let mut live = Live::hello(&server, &me, None);
    live.snapshot();
    let (south, north) = (at(0.2, 0.8), at(0.2, 1.2));
    let across_the_bridge = json!({"type": "LineString", "coordinates": [[south.0, south.1], [north.0, north.1]]});
    let closed = me.post("/api/v1/closures", &json!({"reason": "barge", "geometry": across_the_bridge}));
    assert_eq!(closed.status, 201, "{}", closed.text());
    // Screens are told, and the next answer knows it.
    live.until("the closure", Duration::from_secs(10), |_, m| {
        (m["t"] == "revision" && m["layer"] == "closures").then_some(())
    });
    let shut = ranked(&me, &incident);
    assert_eq!(first(&shut), "beside", "the nearest in a straight line is not first: {shut}");
    // Round by the north bridge: some five kilometres more.
    let now_s = [eta(&shut, "across"), eta(&shut, "across2")];
    assert!(now_s[0] > before[0] + 200.0 && now_s[1] > before[1] + 200.0, "{before:?} {now_s:?}");
    assert_eq!(shut["under_way"][0]["unit"], "across", "{shut}");

    me.delete(&format!("/api/v1/closures/{}", closed.json()["id"].as_str().unwrap())).ok();
    let again = ranked(&me, &incident);
    for (unit, before) in ["across", "across2"].into_iter().zip(before) {
        assert!((eta(&again, unit) - before).abs() < 1.0, "{unit}: {again}");
    }
    // One that begins and ends by itself is told as well, and counts meanwhile.
    let (from, until) = (ahead(Duration::from_secs(2)), ahead(Duration::from_secs(12)));
    let later = json!({"reason": "tide", "geometry": across_the_bridge, "from": from, "until": until});
    assert_eq!(me.post("/api/v1/closures", &later).status, 201);
    let mut told = |what: &str| {
        live.until(what, Duration::from_secs(20), |_, m| {
            (m["t"] == "revision" && m["layer"] == "closures").then_some(())
        });
    };
    // Of the one that was lifted, of this one when it was drawn, and when it began.
    told("it was lifted");
    told("it is drawn");
    // Other news of the ground must not swallow it.
    std::thread::sleep(Duration::from_millis(2_200));
    me.post("/api/v1/conditions", &json!({"kind": "wind", "value": {"from_deg": 90}, "source": "airport"})).ok();
    told("it begins");
    assert_eq!(first(&ranked(&me, &incident)), "beside");
    told("it ends");
    assert_eq!(ranked(&me, &incident)["under_way"][0]["unit"], "across");
    assert!((eta(&ranked(&me, &incident), "across2") - before[1]).abs() < 1.0);
    // Who is there is under way no longer.
    for step in ["accept", "depart", "arrive"] {
        tests::progress(&me, &order, step).ok();
    }
    assert!(ranked(&me, &incident).get("under_way").is_none());
}
