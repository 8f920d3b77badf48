//! Where units are to be: sites are proposed, a plan is published, every version stays, and it goes along as a file.

#![expect(clippy::needless_pass_by_value, reason = "literals read better by value")]

use serde_json::{Value, json};
use tests::{CENTRE, Client, REPORTER, Room, Server, both, fix, now, put_unit};

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

/// Who plans is not told where a unit stands, not even by asking what would be without it.
#[test]
fn what_if_does_not_tell_where_a_unit_stands() {
    let server = Server::demo();
    let (planner, seat, reporter) = (server.login("planner"), server.login("dispatcher"), server.login(REPORTER));
    put_unit(&reporter, "near");
    let stand = |place: (f64, f64)| reporter.post("/api/v1/positions", &json!([fix("near", place, &now())])).ok();
    let without = |client: &Client| client.post("/api/v1/coverage", &json!({"what_if": {"away": ["near"]}})).ok();
    stand(CENTRE);
    let (hidden, told) = (without(&planner), without(&seat));
    assert_eq!((&hidden["units_at"], &told["units_at"]), (&json!("posts"), &json!("where they stand")));
    // Without a post it stands nowhere, as far as the planner is concerned.
    assert_eq!(hidden["what_if"]["lost"], json!([0, 0, 0]));
    assert_eq!(hidden["what_if"]["unknown"], json!(["near"]));
    assert_eq!(told["what_if"]["unknown"], json!([]));
    let units = |answer: &Value| answer["units"].as_u64().unwrap();
    let open = planner.post("/api/v1/coverage", &json!({})).ok();
    assert_eq!((&open["units_at"], units(&open)), (&json!("where they stand"), units(&told)));
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
