//! A wall obeys a desk: who may send what, who is told how much of it, and when it is over.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Client, Folder, Kind, Live, Room, Server, command, id, wait_until};

const SOON: Duration = Duration::from_secs(10);

fn view() -> Value {
    json!({"view": {"lon": CENTRE.0, "lat": CENTRE.1, "zoom": 15.5}})
}

fn with(field: &str, value: Value) -> Value {
    let mut ask = view();
    ask[field] = value;
    ask
}

fn call(seat: &Client, priority: u8) -> String {
    let call =
        json!({"kind": "criminal", "priority": priority, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    id(&seat.post("/api/v1/incidents", &call).ok())
}

/// A screen of that wall.
fn screen(server: &Server, user: &str, wall: &str) -> Live {
    let mut live = Live::connect(server, &server.login(user));
    live.say(&json!({"hello": {"since": null, "epoch": null, "bounds": null, "layers": ["units"], "wall": wall}}));
    live.snapshot();
    live
}

/// The next scene that a screen is told of.
fn told(live: &mut Live) -> Value {
    live.until("a scene", SOON, |_, m| (m["t"] == "scene").then(|| m["scene"].clone()))
}

#[test]
fn what_a_desk_sends_stands_on_the_wall_until_it_is_taken_back() {
    let server = Server::demo();
    let (dispatcher, lead, wall) = (server.login("dispatcher"), server.login("lead"), server.login("wall"));
    let mut one = screen(&server, "wall", "1");
    let mut two = screen(&server, "wall", "2");
    assert_eq!((told(&mut one), told(&mut two)), (Value::Null, Value::Null), "nothing stands at first");
    let listed = dispatcher.get("/api/v1/walls").ok();
    let connected: Vec<(&str, u64)> = listed["walls"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|wall| Some((wall["wall"].as_str()?, wall["connected"].as_u64()?)))
        .collect();
    assert_eq!(connected, [("1", 1), ("2", 1)]);

    let call = call(&dispatcher, 1);
    let mut ask = with("incident", json!(call));
    ask["cameras"] = json!(["cam-1"]);
    ask["layers"] = json!(["roads", "cameras"]);
    let sent = dispatcher.put("/api/v1/walls/1/scene", &ask).ok();
    assert_eq!(sent["connected"], 1);
    let scene = told(&mut one);
    assert_eq!(scene, sent["scene"], "the wall is told what the desk was answered");
    assert_eq!((scene["by"].as_str(), scene["incident"].as_str()), (Some("dispatcher"), Some(call.as_str())));
    assert_eq!((&scene["view"]["zoom"], &scene["cameras"]), (&json!(15.5), &json!(["cam-1"])));
    assert_eq!(wall.get("/api/v1/walls/1/scene").ok()["scene"], scene);
    assert_eq!(wall.get("/api/v1/walls/2/scene").ok()["scene"], Value::Null, "the other wall goes its own way");

    // The newest word counts, and anybody who may send may take back.
    lead.put("/api/v1/walls/1/scene", &view()).ok();
    assert_eq!(told(&mut one)["by"], "lead");
    assert_eq!(dispatcher.delete("/api/v1/walls/1/scene").ok()["scene"], Value::Null);
    assert_eq!(told(&mut one), Value::Null);
    assert_eq!(dispatcher.delete("/api/v1/walls/1/scene").ok()["scene"], Value::Null, "twice does no harm");

    // It ends with its incident.
    dispatcher.put("/api/v1/walls/1/scene", &with("incident", json!(call))).ok();
    assert_eq!(told(&mut one)["incident"], call);
    command(&dispatcher, &call, json!({"type": "cancel", "reason": "nothing"})).ok();
    assert_eq!(told(&mut one), Value::Null);
    let ended = dispatcher.put("/api/v1/walls/1/scene", &with("incident", json!(call)));
    assert_eq!(ended.refused(422), "INVALID");

    drop(two);
    wait_until("a screen that went is not counted", SOON, || wall.get("/api/v1/walls/2/scene").ok()["connected"] == 0);
    let rows = server.login("auditor").get("/api/v1/audit?limit=1000").ok();
    let rows = rows["rows"].as_array().expect("rows");
    let shows = rows.iter().filter(|row| row["action"] == "show" && row["object_class"] == "walls");
    assert_eq!(shows.filter(|row| row["detail"] == "wall 1").count(), 4, "each has its row, the refused one too");
}

#[test]
fn who_may_send_who_may_look_and_what_makes_no_sense() {
    let server = Server::demo();
    for user in ["wall", "wall_guest"] {
        let client = server.login(user);
        client.get("/api/v1/walls/1/scene").ok();
        assert_eq!(client.put("/api/v1/walls/1/scene", &view()).refused(403), "AUTH", "{user}");
        assert_eq!(client.delete("/api/v1/walls/1/scene").refused(403), "AUTH", "{user}");
    }
    for user in ["station", "unit", "planner", "analyst", "auditor", "secadmin", "sysadmin", "gateway"] {
        let client = server.login(user);
        assert_eq!(client.get("/api/v1/walls").refused(403), "AUTH", "{user}");
        assert_eq!(client.get("/api/v1/walls/1/scene").refused(403), "AUTH", "{user}");
        assert_eq!(client.put("/api/v1/walls/1/scene", &view()).refused(403), "AUTH", "{user}");
    }
    let nobody = server.client();
    nobody.put("/api/v1/walls/1/scene", &view()).refused(401);
    nobody.get("/api/v1/walls/zzz/scene").refused(401);

    let seat = server.login("dispatcher");
    for bad in ["0", "33", "01", "zzz", "1%2F"] {
        assert_eq!(seat.get(&format!("/api/v1/walls/{bad}/scene")).refused(404), "NOT-FOUND", "{bad}");
        assert_eq!(
            server.login("planner").put(&format!("/api/v1/walls/{bad}/scene"), &view()).refused(404),
            "NOT-FOUND"
        );
    }
    for (ask, status) in [
        (json!({}), 400),
        (json!([]), 400),
        (with("colour", json!("red")), 400),
        (json!({"view": {"lon": 500, "lat": 28, "zoom": 12}}), 400),
        (json!({"view": {"lon": 120, "lat": 28, "zoom": "near"}}), 400),
        (with("for_s", json!(59)), 400),
        (with("for_s", json!(43_201)), 400),
        (with("for_s", json!(i64::MAX)), 400),
        (json!({"view": {"lon": 120, "lat": 28, "zoom": 22.5}}), 422),
        (with("cameras", json!(["a", "b", "c", "d", "e"])), 422),
        (with("cameras", json!([""])), 422),
        (with("layers", json!(vec!["roads"; 33])), 422),
        (with("layers", json!(["x".repeat(129)])), 422),
        (with("incident", json!("20000101-0001")), 404),
    ] {
        seat.put("/api/v1/walls/1/scene", &ask).refused(status);
    }
    assert_eq!(seat.get("/api/v1/walls/1/scene").ok()["scene"], Value::Null, "nothing of that stands");
    let mut live = Live::connect(&server, &server.login("wall"));
    live.say(&json!({"hello": {"since": null, "epoch": null, "bounds": null, "wall": "33"}}));
    assert_eq!(live.close_code(SOON), Some(1008), "no wall of that name");
}

#[test]
fn a_guest_is_told_roughly_and_no_camera() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let call = call(&seat, 1);
    let mut ask = with("incident", json!(call));
    ask["cameras"] = json!(["cam-1"]);
    let mut guest = screen(&server, "wall_guest", "3");
    assert_eq!(told(&mut guest), Value::Null);
    seat.put("/api/v1/walls/3/scene", &ask).ok();
    let scene = told(&mut guest);
    let at = |field: &str| scene["view"][field].as_f64().expect("a number");
    let off = ((at("lon") - CENTRE.0).abs(), (at("lat") - CENTRE.1).abs());
    assert!(off.0 <= 0.005 && off.1 <= 0.005 && off.0 + off.1 > 1e-6, "the middle of the cell: {off:?}");
    // Its own sight of the incident is as rough.
    let seen = server.login("wall_guest").get(&format!("/api/v1/incidents/{call}")).ok();
    assert_eq!(
        (&seen["location"]["lon"], &seen["location"]["lat"]),
        (&scene["view"]["lon"], &scene["view"]["lat"]),
        "the scene says no more than the incident"
    );
    assert!(at("zoom") <= 12.5, "{scene}");
    assert_eq!(scene["cameras"], json!([]));
}

#[test]
fn a_scene_stands_after_a_restart() {
    let server = Server::demo();
    server.login("lead").put("/api/v1/walls/4/scene", &view()).ok();
    let folder = server.stop();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    assert_eq!(server.login("wall").get("/api/v1/walls/4/scene").ok()["scene"]["by"], "lead");
}

#[test]
fn a_desk_at_one_server_moves_a_wall_at_the_other() {
    let (room, logs) = (Room::new(Kind::Database), Folder::new());
    let (a, b) = (room.serve(), room.serve_with(&logs, &[], &[]));
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    let mut wall = Live::connect(&b, &seat_b);
    wall.say(&json!({"hello": {"since": null, "epoch": null, "bounds": null, "wall": "1"}}));
    wall.snapshot();
    assert_eq!(told(&mut wall), Value::Null);
    seat_a.put("/api/v1/walls/1/scene", &view()).ok();
    assert_eq!(told(&mut wall)["by"], "seat-0");
    seat_b.delete("/api/v1/walls/1/scene").ok();
    assert_eq!(told(&mut wall), Value::Null);
    wait_until("the first server knows", SOON, || seat_a.get("/api/v1/walls/1/scene").ok()["scene"].is_null());
}

#[test]
fn a_wall_is_told_how_many_were_reported_by_hour() {
    let server = Server::demo();
    let (seat, wall) = (server.login("dispatcher"), server.login("wall"));
    let told = |client: &Client| {
        let hours = client.get("/api/v1/walls/trend").ok()["hours"].as_array().expect("hours").clone();
        assert_eq!(hours.len(), 24);
        hours
    };
    for _ in 0..3 {
        call(&seat, 3);
    }
    let after = told(&wall);
    let slip = call(&seat, 3);
    command(&seat, &slip, json!({"type": "cancel", "reason": "a slip of the hand"})).ok();
    let later = told(&wall);
    let both = |hours: &[Value]| [22, 23].iter().filter_map(|at| hours[*at]["reported"].as_u64()).sum::<u64>();
    assert!(both(&later) == both(&after) || later[23]["from"] != after[23]["from"], "a slip is no report: {later:?}");
    // The hour may turn meanwhile.
    let last = after[23]["reported"].as_u64().expect("a number");
    let youngest = after[22]["reported"].as_u64().expect("a number") + last;
    assert!(youngest >= 3, "{after:?}");
    // The demo city has ninety days behind it: three of five days lie in a range that is not empty everywhere.
    let usual: Vec<&Value> = after.iter().map(|hour| &hour["usual"]).filter(|usual| usual.is_array()).collect();
    assert_eq!(usual.len(), 24, "{after:?}");
    assert!(usual.iter().any(|range| range[1].as_u64() > Some(0) && range[1].as_u64() >= range[0].as_u64()));
    server.login("wall_guest").get("/api/v1/walls/trend").ok();
    assert_eq!(server.login("planner").get("/api/v1/walls/trend").refused(403), "AUTH");
}

#[test]
fn a_wall_comes_in_by_a_token_and_nobody_else_does() {
    let folder = Server::demo().stop();
    let data = folder.data();
    let data = data.to_str().expect("a path of letters");
    tests::add_user(&["--data", data], "wall-9", "a-long-password-9", &["--role", "wall_ops", "--scope", "330300"]);
    let given = tests::onemap(&["user", "token", "wall-9", "--days", "30", "--data", data]);
    assert_eq!(given.code, 0, "{}", given.err);
    let token = given.out.trim().to_owned();
    assert_eq!(token.len(), 64, "{token}");
    for (user, days) in [("dispatcher", "30"), ("lead", "30"), ("sysadmin", "30"), ("nobody", "30"), ("wall-9", "401")]
    {
        let refused = tests::onemap(&["user", "token", user, "--days", days, "--data", data]);
        assert_ne!(refused.code, 0, "{user} for {days} days: {}", refused.out);
    }
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let kept = server.client().with_token(&token).put("/api/v1/session", &json!({}));
    assert_eq!(kept.ok()["user"], "wall-9");
    let cookie = kept.header("set-cookie");
    assert!(cookie.starts_with(&format!("onemap_session={token}; ")) && cookie.contains("HttpOnly"), "{cookie}");
    let age: i64 = cookie.rsplit_once("Max-Age=").and_then(|(_, s)| s.parse().ok()).expect("an age");
    assert!((29 * 86_400..=30 * 86_400).contains(&age), "{age} s");
    let screen = server.client().with("cookie", &format!("onemap_session={token}"));
    assert_eq!(screen.get("/api/v1/walls/1/scene").ok()["wall"], "1");
    assert_eq!(screen.put("/api/v1/session", &json!({})).refused(400), "BAD-REQUEST", "the cookie is no token to keep");
    server.client().put("/api/v1/session", &json!({})).refused(401);
    server.client().with_token("0".repeat(64).as_str()).put("/api/v1/session", &json!({})).refused(401);
}
