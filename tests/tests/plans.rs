//! Where units are to be: sites are proposed, a plan is published, every version stays, and it goes along as a file.

#![expect(clippy::needless_pass_by_value, reason = "literals read better by value")]

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Client, REPORTER, Room, Server, ago, both, fix, now};

const PLANS: &str = "/api/v1/plans";
/// In Wencheng, which is not the planner's.
const WENCHENG: (f64, f64) = (120.10, 27.82);

fn post(name: &str, (lon, lat): (f64, f64)) -> Value {
    json!({"name": name, "lon": lon, "lat": lat})
}

fn plan(id: &str, posts: Vec<Value>) -> Value {
    json!({"id": id, "title": "Evening", "posts": posts})
}

fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().expect("a list").iter().map(|n| n.as_u64().expect("a number")).collect()
}

#[test]
fn what_is_proposed_can_be_published_and_taken_along() {
    let server = Server::demo();
    let planner = server.login("planner");
    let asked = json!({"sites": {"n": 3, "from": "posts", "within_s": 480}});
    let sites = planner.post("/api/v1/coverage", &asked).ok()["sites"].clone();
    let places = sites["places"].as_array().unwrap();
    assert!(places.len() == 3 && sites["candidates"].as_u64() >= Some(3), "{sites}");
    assert!(sites["covered"].as_u64() > Some(0) && sites["covered"].as_u64() <= sites["coverable"].as_u64(), "{sites}");
    // Of three sites the best alone is not better than all.
    assert!(places[0]["alone"].as_u64() <= sites["covered"].as_u64(), "{sites}");
    let reach = numbers(&sites["reach"]["covered"]);
    assert!(reach.is_sorted() && Some(reach[2]) == sites["covered"].as_u64(), "{sites}");

    let posts = places.iter().map(|p| json!({"name": p["name"], "lon": p["lon"], "lat": p["lat"], "unit": "car <1>"}));
    let route = json!({"name": "along & back", "points": [[CENTRE.0, CENTRE.1], [CENTRE.0 + 0.01, CENTRE.1]]});
    let body = with(plan("evening", posts.collect()), json!({"note": "from \"posts\"", "routes": [route]}));
    let published = planner.post(PLANS, &body);
    assert_eq!(
        (published.status, published.header("location")),
        (201, "/api/v1/plans/evening"),
        "{}",
        published.text()
    );
    let published = published.json();
    assert_eq!((&published["version"], &published["by"]), (&json!(1), &json!("planner")));
    // What is said of it is reckoned here, from the places: as the proposal said.
    assert_eq!(numbers(&published["covers"]["covered"]), reach, "{published}");
    assert_eq!(planner.get("/api/v1/plans/evening").ok(), published);
    // A unit that walks covers less from the same places.
    let walker = json!({
        "id": "walker", "kind": "police_foot", "call_sign": "walker", "org": "e2e", "division": "330302", "skills": [],
        "duty": "off_duty", "contact": {"channel": "radio"},
    });
    server.login("lead").put("/api/v1/units/walker", &walker).ok();
    let posts = places.iter().map(|p| json!({"name": p["name"], "lon": p["lon"], "lat": p["lat"], "unit": "walker"}));
    let walking = planner.post(PLANS, &plan("on-foot", posts.collect())).ok();
    let walks = numbers(&walking["covers"]["covered"]);
    assert!(walks[2] > 0 && walks[2] * 2 < reach[2], "{walks:?} {reach:?}");

    let file = server.login("wall").get("/api/v1/plans/evening.geojson");
    assert_eq!(file.header("content-type"), "application/geo+json");
    let file = file.ok();
    assert_eq!((&file["plan"]["version"], &file["plan"]["title"]), (&json!(1), &json!("Evening")));
    let kinds: Vec<&str> =
        file["features"].as_array().unwrap().iter().filter_map(|f| f["properties"]["kind"].as_str()).collect();
    assert_eq!(kinds, ["post", "post", "post", "route"]);
    assert_eq!(file["features"][0]["geometry"]["coordinates"][0], published["posts"][0]["lon"]);

    let file = planner.get("/api/v1/plans/evening.gpx");
    assert_eq!((file.status, file.header("content-type")), (200, "application/gpx+xml"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"evening-1.gpx\"");
    let text = file.text();
    assert!(text.contains("version=\"1.1\"") && text.contains("http://www.topografix.com/GPX/1/1"), "{text}");
    assert_eq!((text.matches("<wpt ").count(), text.matches("<rtept ").count()), (3, 2), "{text}");
    assert!(text.contains("car &lt;1") && text.contains("along &amp; back") && !text.contains("car <1"), "{text}");
}

#[test]
fn a_plan_stays_as_it_was_published_whatever_is_published_after() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        let publish =
            |seat: &Client, more: Value| seat.post(PLANS, &with(plan("night", vec![post("a", CENTRE)]), more));
        assert_eq!(publish(&seat, json!({"follows": 1})).refused(409), "STALE");
        assert_eq!(publish(&seat, json!({"follows": 0})).ok()["version"], 1);
        let second = publish(&seat, json!({"follows": 1, "title": "Night"})).ok();
        let refused = publish(&seat, json!({"follows": 1}));
        assert_eq!(refused.refused(409), "STALE");
        assert_eq!(refused.json()["changed"], json!([{"field": "version", "old": 1, "new": 2}]));
        drop(server);

        let server = room.serve();
        let seat = Room::seat(&server, 1);
        assert_eq!(seat.get("/api/v1/plans/night").ok(), second);
        let first = seat.get("/api/v1/plans/night?version=1").ok();
        assert_eq!(
            (&first["version"], &first["title"], &first["by"]),
            (&json!(1), &json!("Evening"), &json!("seat-0"))
        );
        assert_eq!(publish(&seat, json!({})).ok()["version"], 3);
        publish(&seat, json!({"id": "day"})).ok();
        let listed = seat.get(PLANS).ok();
        let lines = listed["plans"].as_array().unwrap();
        let told: Vec<_> = lines.iter().map(|line| (&line["id"], &line["version"])).collect();
        assert_eq!(told, [(&json!("day"), &json!(1)), (&json!("night"), &json!(3))], "{listed}");
        assert_eq!(seat.get("/api/v1/plans?after=day").ok()["plans"][0]["id"], "night");
        seat.get("/api/v1/plans/night?version=9").refused(404);
    });
}

#[test]
fn each_sees_the_own_part_and_only_planners_and_leads_publish() {
    let server = Server::demo();
    let (planner, lead) = (server.login("planner"), server.login("lead"));
    let here = plan("lucheng", vec![post("a", CENTRE)]);
    let there = plan("wencheng", vec![post("b", WENCHENG)]);
    let all = plan("city", vec![post("a", CENTRE), post("b", WENCHENG)]);
    planner.post(PLANS, &here).ok();
    assert_eq!(planner.post(PLANS, &there).refused(403), "SCOPE");
    assert_eq!(planner.post(PLANS, &all).refused(403), "SCOPE");
    let route = json!({"routes": [{"name": "away", "points": [[CENTRE.0, CENTRE.1], [WENCHENG.0, WENCHENG.1]]}]});
    assert_eq!(planner.post(PLANS, &with(here.clone(), route)).refused(403), "SCOPE");
    lead.post(PLANS, &there).ok();
    assert_eq!(lead.post(PLANS, &all).ok()["outside"], 0);

    for user in ["dispatcher", "station", "wall", "analyst"] {
        assert_eq!(server.login(user).post(PLANS, &here).refused(403), "AUTH", "{user}");
        server.login(user).get(PLANS).ok();
    }
    for user in ["unit", "wall_guest", "auditor", "secadmin", "sysadmin", "gateway"] {
        let other = server.login(user);
        assert_eq!(other.post(PLANS, &here).refused(403), "AUTH", "{user}");
        other.get(PLANS).refused(403);
        other.get("/api/v1/plans/lucheng").refused(403);
        other.get("/api/v1/plans/nothing").refused(404);
    }
    server.client().get("/api/v1/plans/nothing").refused(401);

    let seen = planner.get("/api/v1/plans/city").ok();
    assert_eq!((seen["posts"].as_array().unwrap().len(), &seen["outside"]), (1, &json!(1)), "{seen}");
    assert!(!planner.get("/api/v1/plans/city.gpx").text().contains("120.1"));
    planner.get("/api/v1/plans/wencheng").refused(404);
    let listed = |client: &Client| client.get(PLANS).ok()["plans"].as_array().unwrap().len();
    assert_eq!((listed(&planner), listed(&lead)), (2, 3));

    let rows = server.login("auditor").get("/api/v1/audit?limit=1000").ok().to_string();
    assert!(rows.matches("\"publish\"").count() >= 3 && rows.contains("\"plan\""), "{rows}");
}

#[test]
fn what_is_wrong_with_a_plan_is_said_in_words() {
    let server = Server::demo();
    let planner = server.login("planner");
    let good = || plan("good", vec![post("a", CENTRE)]);
    let bad = |more: Value, status: u16, at: &str| {
        let refused = planner.post(PLANS, &with(good(), more.clone()));
        refused.refused(status);
        assert!(refused.points_at(at), "{more}: {}", refused.text());
    };
    bad(json!({"colour": "red"}), 400, "colour");
    bad(json!({"posts": [{"name": "a", "lon": 28.0, "lat": 120.65}]}), 400, "/posts/0");
    bad(json!({"posts": [post("a", CENTRE), {"name": "a", "lon": 120.65}]}), 400, "/posts/1");
    bad(json!({"routes": [{"name": "r", "points": [[120.65, 28.0], [120.65, 280.0]]}]}), 400, "/routes/0/points/1");
    bad(json!({"follows": -1}), 400, "/follows");
    bad(json!({"id": "Good plan"}), 422, "/id");
    bad(json!({"id": ""}), 422, "/id");
    bad(json!({"title": "two\nlines"}), 422, "/title");
    bad(json!({"note": "n".repeat(201)}), 422, "/note");
    bad(json!({"posts": []}), 422, "/posts");
    bad(json!({"posts": vec![post("a", CENTRE); 1_001]}), 422, "/posts");
    bad(json!({"posts": [post("", CENTRE)]}), 422, "/posts");
    bad(json!({"routes": [{"name": "r", "points": [[CENTRE.0, CENTRE.1]]}]}), 422, "/routes");
    planner.post(PLANS, &json!([good()])).refused(400);
    planner.send("POST", PLANS, "text/plain", b"plan").refused(415);
    planner.get("/api/v1/plans/good").refused(404);
    planner.post(PLANS, &good()).ok();
    planner.get("/api/v1/plans/good?version=one").refused(400);
    planner.get("/api/v1/plans/good.kml").refused(404);
    planner.get("/api/v1/plans?colour=red").refused(400);
}

#[test]
fn sites_are_chosen_of_what_is_given_and_bad_questions_are_said() {
    let server = Server::demo();
    let planner = server.login("planner");
    let ask = |sites: Value| planner.post("/api/v1/coverage", &json!({"sites": sites}));
    let sea = json!({"name": "sea", "lon": 122.4, "lat": 27.2});
    let far = post("far", (120.70, 28.05));
    let given = json!([sea, post("middle", CENTRE), far]);
    let one = ask(json!({"n": 1, "candidates": given})).ok()["sites"].clone();
    assert_eq!((&one["places"][0]["name"], &one["off_road"]), (&json!("middle"), &json!([0])), "{one}");
    assert!(one["text"].as_str().unwrap().starts_with("1 sites cover"), "{one}");
    let two = ask(json!({"n": 2, "candidates": given})).ok()["sites"].clone();
    assert!(two["covered"].as_u64() >= one["covered"].as_u64() && two["coverable"] == one["coverable"], "{two}");
    let zh = planner.clone().with("accept-language", "zh-CN");
    let zh = zh.post("/api/v1/coverage", &json!({"sites": {"n": 1}})).ok()["sites"].clone();
    assert!(zh["text"].as_str().unwrap().contains("驻点") && zh["places"][0]["name"] == "驻点1", "{zh}");
    // What units reach already does not count a second time.
    let beside = ask(json!({"n": 1, "candidates": given, "beside_units": true})).ok()["sites"].clone();
    assert!(beside["total"].as_u64() < one["total"].as_u64(), "{beside} {one}");
    for (sites, at) in [
        (json!({"n": 101}), "/sites/n"),
        (json!({"n": 2, "candidates": [post("a", CENTRE)]}), "/sites/candidates"),
        (json!({"n": 1, "candidates": [{"lon": 28.0, "lat": 120.65}]}), "/sites/candidates/0"),
        (json!({"n": 1, "candidates": given, "from": "posts"}), "/sites/from"),
        (json!({"n": 1, "from": "heaven"}), "/sites/from"),
        (json!({"n": 1, "within_s": 60}), "/sites/within_s"),
        (json!({"n": 1, "colour": "red"}), "/sites"),
    ] {
        let refused = ask(sites.clone());
        refused.refused(400);
        assert!(refused.points_at(at), "{sites}: {}", refused.text());
    }
}

/// Where the only unit of its kind has its post.
const POST: (f64, f64) = (CENTRE.0 + 0.012, CENTRE.1 - 0.006);

/// A unit with a post, that stands elsewhere.
fn alone(lead: &Client, id: &str, kind: &str, (duty, place): (&str, (f64, f64))) {
    let mut unit = json!({
        "id": id, "kind": kind, "call_sign": id, "org": "e2e", "division": "330302", "skills": [], "duty": duty,
        "contact": {"channel": "radio"}, "home_lon": POST.0, "home_lat": POST.1,
    });
    if duty == "on_duty" {
        unit["on_duty_since"] = json!(ago(Duration::from_mins(1)));
    }
    lead.put(&format!("/api/v1/units/{id}"), &unit).ok();
    if duty == "on_duty" {
        lead.post("/api/v1/positions", &json!([fix(id, place, &now())])).ok();
    }
}

/// Asks which half of a box holds the unit, by closing it, ten times over: what was told, and the middle of the last box.
fn halves(client: &Client, kind: &str) -> (Vec<bool>, (f64, f64)) {
    let mut sides = [(CENTRE.0 - 0.02, CENTRE.0 + 0.02), (CENTRE.1 - 0.02, CENTRE.1 + 0.02)];
    let mut told = Vec::new();
    for round in 0..10 {
        let (low, high) = sides[round % 2];
        let mut half = sides;
        half[round % 2] = (low, f64::midpoint(low, high));
        let [(w, e), (s, n)] = half;
        let closed = json!({"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]});
        let answer = client.post("/api/v1/coverage", &json!({"kinds": [kind], "what_if": {"closed": [closed]}})).ok();
        let (before, after) = (numbers(&answer["covered"])[2], numbers(&answer["what_if"]["covered"])[2]);
        assert!(before > 20, "{answer}");
        let holds = after * 20 <= before;
        sides[round % 2] = if holds { half[round % 2] } else { (f64::midpoint(low, high), high) };
        told.push(holds);
    }
    (told, (f64::midpoint(sides[0].0, sides[0].1), f64::midpoint(sides[1].0, sides[1].1)))
}

/// How far apart, metres; good enough within a city.
fn apart_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (x, y) = ((a.0 - b.0) * a.1.to_radians().cos(), a.1 - b.1);
    x.hypot(y) * 111_195.0
}

/// Who plans is not told where a unit stands: not by asking what would be with a part of the city closed or without the
/// unit, not by asking for a kind that has one unit, not by asking again later. Who sees the unit is told.
#[test]
fn no_question_tells_a_planner_where_a_unit_stands() {
    let server = Server::demo();
    let (planner, seat, lead) = (server.login("planner"), server.login("dispatcher"), server.login(REPORTER));
    let kind = "ambulance";
    let units = lead.get("/api/v1/units").ok()["units"].clone();
    for unit in units.as_array().unwrap().iter().filter(|unit| unit["kind"] == kind && unit["duty"] == "on_duty") {
        let mut home = json!({"duty": "off_duty"});
        for field in ["id", "kind", "call_sign", "org", "division", "skills", "contact"] {
            home[field] = unit[field].clone();
        }
        lead.put(&format!("/api/v1/units/{}", unit["id"].as_str().unwrap()), &home).ok();
    }
    let places = [(CENTRE.0 - 0.008, CENTRE.1 + 0.004), (CENTRE.0 + 0.005, CENTRE.1 - 0.009)];
    let mut told: Vec<[Value; 2]> = Vec::new();
    for (n, place) in places.into_iter().enumerate() {
        let id = format!("alone-{n}");
        alone(&lead, &id, kind, ("on_duty", place));
        let (found, hidden) = (halves(&seat, kind), halves(&planner, kind));
        assert!(apart_m(found.1, place) < 250.0, "the game finds it for who may see it: {found:?} {place:?}");
        // What the planner finds is the post, which is no secret.
        assert!(apart_m(hidden.1, place) > 500.0 && apart_m(hidden.1, POST) < 250.0, "{hidden:?} {place:?}");
        let ask = |client: &Client, more: Value| {
            let answer = client.post("/api/v1/coverage", &with(json!({"kinds": [kind]}), more)).ok();
            assert_eq!(answer["units"], 1, "{answer}");
            answer
        };
        let beside = json!({"sites": {"n": 1, "candidates": [post("there", place)], "beside_units": true}});
        let of = |client: &Client| {
            let (plain, sites) = (ask(client, json!({})), ask(client, beside.clone()));
            let without = ask(client, json!({"what_if": {"away": [id]}}));
            let lost = &without["what_if"]["lost"];
            json!([plain["units_at"], plain["covered"], lost, sites["sites"]["total"]])
        };
        told.push([of(&planner), of(&seat)]);
        alone(&lead, &id, kind, ("off_duty", place));
    }
    // Between two moments nothing differs for the planner although the unit is elsewhere. Some reports may have grown too
    // old meanwhile.
    let sum = |of: &Value| numbers(of).iter().sum::<u64>();
    let [[first, shown], [second, other]] = [told[0].clone(), told[1].clone()];
    assert_eq!((&first[0], &second[0], &shown[0]), (&json!("posts"), &json!("posts"), &json!("where they stand")));
    for field in [1, 2] {
        assert!(sum(&first[field]).abs_diff(sum(&second[field])) < 5, "{} {}", first[field], second[field]);
        assert!(sum(&shown[field]).abs_diff(sum(&other[field])) > 20, "{} {}", shown[field], other[field]);
    }
    assert!(first[3].as_u64().unwrap().abs_diff(second[3].as_u64().unwrap()) < 5, "{} {}", first[3], second[3]);
}

/// A name of nobody and the name of a unit out of sight are the same to who asks.
#[test]
fn coverage_does_not_tell_which_units_there_are_elsewhere() {
    let server = Server::demo();
    let units = server.login("lead").get("/api/v1/units").ok()["units"].clone();
    let far = units.as_array().unwrap().iter().find(|unit| {
        unit["duty"] == "on_duty" && unit["division"].as_str().is_some_and(|code| code.starts_with("330381"))
    });
    let far = far.expect("a unit of another county")["id"].as_str().unwrap().to_owned();
    for login in ["planner", "dispatcher", "analyst"] {
        let client = server.login(login);
        let ask = |unit: &str| {
            let stands = json!({"unit": unit, "lon": CENTRE.0, "lat": CENTRE.1});
            ["away", "stands"].map(|how| {
                let given = if how == "away" { json!([unit]) } else { json!([stands]) };
                let mut answer = client.post("/api/v1/coverage", &json!({"what_if": {how: given}})).ok();
                answer["from"] = Value::Null;
                let fields: Vec<String> = answer.as_object().unwrap().keys().cloned().collect();
                (
                    answer["units_at"].clone(),
                    answer["what_if"]["unknown"].to_string().replace(unit, "X"),
                    fields,
                    answer,
                )
            })
        };
        // The analyst answers for the whole city: there the unit is in sight, as a post.
        let (ghost, real) = (ask("ghost"), ask(&far));
        for ((at, unknown, fields, one), (far_at, far_unknown, far_fields, other)) in ghost.iter().zip(&real) {
            assert_eq!((at, fields), (far_at, far_fields), "{login}");
            assert_eq!(unknown == far_unknown, login != "analyst" || unknown == "[]", "{login} {one} {other}");
            if login != "analyst" {
                let (gained, lost) = (&one["what_if"]["gained"], &one["what_if"]["lost"]);
                assert_eq!((gained, lost), (&other["what_if"]["gained"], &other["what_if"]["lost"]), "{login}");
            }
        }
    }
}

#[test]
fn hours_are_those_of_the_citys_own_clock() {
    let hours = |settings: &[(&str, &str)]| {
        let server = Server::demo_with(settings);
        let told = server.login("planner").post("/api/v1/coverage", &json!({})).ok();
        let hours: Vec<u64> =
            told["hours"].as_array().unwrap().iter().map(|hour| hour["total"].as_u64().unwrap()).collect();
        (told["hours_in"].as_str().unwrap().to_owned(), hours)
    };
    let (here, wenzhou) = hours(&[]);
    let (there, utc) = hours(&[("ONEMAP_TIME_ZONE", "UTC")]);
    assert_eq!((here.as_str(), there.as_str()), ("Asia/Shanghai", "UTC"));
    // Eight hours ahead: what is reported there at midnight UTC is of eight o'clock. Between the two questions some reports
    // may have grown too old.
    let shifted = (0..168).map(|hour| utc[(hour + 168 - 8) % 168].abs_diff(wenzhou[hour])).sum::<u64>();
    let unshifted = (0..168).map(|hour| utc[hour].abs_diff(wenzhou[hour])).sum::<u64>();
    assert!(shifted < 20 && unshifted > 100, "{shifted} {unshifted}");
}
