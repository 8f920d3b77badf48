//! From a click to the picture of a camera: tickets, the socket, and what becomes of it when the camera goes.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    Answer, CENTRE, Came, Cameras, Client, Folder, Live, Picture, Server, command, id, onemap, progress, wait_until,
};

const SOON: Duration = Duration::from_secs(40);

/// The demo city with a file of streams that can be written while it runs.
struct House {
    server: Server,
    streams: PathBuf,
    _folder: Folder,
}

impl House {
    fn new(settings: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let streams = folder.write("streams.toml", "[cameras]\n");
        let named = streams.to_string_lossy().into_owned();
        let settings: Vec<(&str, &str)> =
            settings.iter().copied().chain([("ONEMAP_VIDEO_SOURCES", named.as_str())]).collect();
        Self { server: Server::demo_with(&settings), streams, _folder: folder }
    }

    /// Says where the streams of some cameras are.
    fn streams(&self, streams: &[(&str, String)]) {
        let lines: Vec<String> = streams.iter().map(|(camera, url)| format!("\"{camera}\" = \"{url}\"\n")).collect();
        fs::write(&self.streams, format!("[cameras]\n{}", lines.concat())).expect("the file can be written");
        let lead = self.server.login("lead");
        let body = json!({"purpose": "test", "reason": "whether the stream is known"});
        let known = |camera: &str| ticket(&lead, camera, &body).ok()["has_stream"] == true;
        // The file is looked at every two seconds; a user holds only so many tickets.
        for (camera, _) in streams {
            let tries = (0..20).take_while(|_| !known(camera)).inspect(|_| sleep(Duration::from_secs(2))).count();
            assert!(tries < 20, "the stream of {camera} is not known");
        }
    }
}

fn ticket(client: &Client, camera: &str, body: &Value) -> Answer {
    client.post(&format!("/api/v1/cameras/{camera}/tickets"), body)
}

/// Ids of the cameras nearest to the centre, all in Lucheng.
fn cameras(client: &Client, count: usize) -> Vec<String> {
    let (lon, lat) = CENTRE;
    let near = client.get(&format!("/api/v1/nearest/cameras?lon={lon}&lat={lat}&k={count}")).ok();
    let items = near["items"].as_array().expect("items");
    assert_eq!(items.len(), count, "the demo has cameras at its centre");
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// A call at the centre; whoever takes it owns it.
fn call(client: &Client, priority: u8) -> Value {
    let body = json!({"kind": "traffic", "priority": priority, "lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": 20,
        "source": "call_110", "text": "two cars"});
    client.post("/api/v1/incidents", &body).ok()
}

/// A ticket for no incident, with a reason.
fn typed() -> Value {
    json!({"purpose": "test", "reason": "a test looks"})
}

/// Opens the picture of a camera with a ticket of its own.
fn watch(house: &House, client: &Client, camera: &str) -> Picture {
    let path = ticket(client, camera, &typed()).ok()["video"].as_str().expect("a path").to_owned();
    Picture::open(&house.server, client, &path, None).expect("the door opens")
}

fn why(state: &Value) -> &str {
    state["why"]["code"].as_str().unwrap_or_default()
}

/// Rows of the audit about cameras, oldest first: actor, action, outcome, objects, detail, purpose.
fn rows(server: &Server) -> Vec<Value> {
    let all = server.login("auditor").get("/api/v1/audit?limit=1000").ok();
    let mut rows = all["rows"].as_array().expect("rows").clone();
    rows.sort_by_key(|row| row["seq"].as_u64());
    rows.retain(|row| row["object_class"] == "cameras");
    rows
}

#[test]
fn a_click_becomes_a_live_picture() {
    let source = Cameras::new();
    let house = House::new(&[]);
    let dispatcher = house.server.login("dispatcher");
    let incident = id(&call(&dispatcher, 1));
    let ranked = dispatcher.get(&format!("/api/v1/incidents/{incident}/cameras")).ok();
    let first = ranked["items"][0]["camera"].as_str().expect("a camera is ranked first").to_owned();
    house.streams(&[(&first, source.url("live"))]);

    let given = ticket(&dispatcher, &first, &json!({"purpose": "incident", "incident": incident}));
    assert_eq!(given.status, 201, "the owner of an open P1 types no reason: {}", given.text());
    let given = given.json();
    let token = given["ticket"].as_str().expect("a ticket");
    assert_eq!(given["video"], format!("/video/{token}"));
    assert_eq!(given["still"], format!("/still/{token}.jpg"));
    assert!(given["expires_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{given}");
    let row = rows(&house.server).into_iter().rfind(|row| row["actor"] == "dispatcher" && row["action"] == "tickets");
    let row = row.expect("the ticket left its row");
    assert_eq!((&row["outcome"], &row["purpose"]), (&json!("ok"), &json!("incident")), "{row}");
    assert_eq!(row["objects"].as_array().map(Vec::len), Some(1), "one camera: {row}");
    assert!(row["detail"].as_str().is_some_and(|detail| detail.contains(&incident)), "{row}");

    let path = given["video"].as_str().expect("a path");
    let mut picture = Picture::open(&house.server, &dispatcher, path, None).expect("the door opens");
    let Some(Came::Said(hello)) = picture.next(SOON) else { panic!("nothing was said") };
    assert_eq!((&hello["t"], &hello["camera"]), (&json!("hello"), &json!(first)), "{hello}");
    let head = picture.until("a head", SOON, |came| match came {
        Came::Said(said) => (said["t"] == "head").then(|| said.clone()),
        Came::Bytes(_) | Came::Closed(_) => None,
    });
    assert!(head["codec"].as_str().is_some_and(|codec| codec.starts_with("avc1.")), "{head}");
    assert_eq!((&head["width"], &head["height"]), (&json!(320), &json!(240)));
    let Some(Came::Bytes(bytes)) = picture.next(SOON) else { panic!("the head's bytes come next") };
    let names: Vec<String> = tests::boxes(&bytes).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["ftyp", "moov"]);
    picture.state("live", SOON);
    let frames = picture.frames(60, SOON);
    assert!(frames[0].key, "a player can begin at the first");
    assert!(frames[1..].iter().any(|frame| frame.key), "and at another one within two seconds");
    assert!(frames.iter().all(|frame| frame.size > 8 && frame.later == 0));
    for pair in frames.windows(2) {
        assert_eq!(pair[0].decode + pair[0].duration, pair[1].decode, "no gap and no overlap");
    }

    let mut viewer = Live::hello(&house.server, &dispatcher, None);
    let age = viewer.until("a heartbeat", SOON, |_, message| {
        (message["t"] == "heartbeat").then(|| message["sources"]["video"]["age_s"].as_f64())
    });
    assert!(age.is_some_and(|age| age < 5.0), "the heartbeat tells of the last frame: {age:?}");

    let opened = rows(&house.server).into_iter().filter(|row| row["action"] == "video").count();
    assert_eq!(opened, 1, "opening left its row");
    drop(picture);
    wait_until("how long it was is in the audit", SOON, || {
        let ended = rows(&house.server).into_iter().find(|row| row["action"] == "video_end");
        ended.is_some_and(|row| row["detail"].as_str().is_some_and(|detail| detail.contains("watched for")))
    });
    let still = dispatcher.get(given["still"].as_str().expect("a path"));
    assert_eq!(still.refused(501), "NOT-YET", "single pictures are a gap with a name");
}

#[test]
fn two_who_watch_share_one_session_and_it_ends_after_them() {
    let source = Cameras::new();
    let house = House::new(&[]);
    let (lead, dispatcher) = (house.server.login("lead"), house.server.login("dispatcher"));
    let camera = cameras(&lead, 1).remove(0);
    house.streams(&[(&camera, source.url("live"))]);
    assert_eq!(source.plays("live"), 0, "nobody watches: no session");
    let mut one = watch(&house, &lead, &camera);
    assert_eq!(one.frames(20, SOON).len(), 20);
    let mut two = watch(&house, &dispatcher, &camera);
    let seen = two.frames(20, SOON);
    assert!(seen[0].key, "who comes later begins with a picture that stands alone");
    assert!(!one.frames(20, SOON).is_empty());
    assert_eq!(source.plays("live"), 1, "one session, however many watch");
    drop(one);
    assert!(!two.frames(20, SOON).is_empty(), "the other goes on");
    assert_eq!(source.teardowns("live"), 0);
    drop(two);
    wait_until("the session is ended when nobody has watched for a while", SOON, || source.teardowns("live") == 1);
}

#[test]
fn a_camera_that_goes_is_said_to_be_gone_and_comes_back() {
    let mut source = Cameras::new();
    let house = House::new(&[]);
    let lead = house.server.login("lead");
    let camera = cameras(&lead, 1).remove(0);
    house.streams(&[(&camera, source.url("live"))]);
    let mut picture = watch(&house, &lead, &camera);
    picture.frames(10, SOON);

    source.freeze();
    let stalled = picture.state("stalled", SOON);
    assert_eq!(why(&stalled), "SILENT", "{stalled}");
    assert!(stalled["last_frame"].is_string(), "{stalled}");
    source.thaw();
    picture.state("live", SOON);
    picture.frames(10, SOON);

    source.kill();
    let failed = picture.state("failed", SOON);
    assert_eq!(why(&failed), "ENDED", "{failed}");
    assert!(failed["why"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{failed}");
    assert!(failed["retry_at"].is_string(), "it says when it tries again: {failed}");
    // Nobody listens there now.
    let failed = picture.until("unreachable", SOON, |came| match came {
        Came::Said(said) => (why(said) == "UNREACHABLE").then(|| said.clone()),
        Came::Bytes(_) | Came::Closed(_) => None,
    });
    assert_eq!(failed["state"], "failed");
    source.restart();
    picture.state("live", SOON);
    let frames = picture.frames(10, SOON);
    assert!(frames[0].key, "the new stream begins with a picture that stands alone");
}

#[test]
fn each_trouble_has_its_own_word_and_no_login_is_told() {
    let source = Cameras::new();
    let house = House::new(&[("ONEMAP_LOG", "info,video=trace,retina=trace,api=debug")]);
    let lead = house.server.login("lead").with("accept-language", "zh-CN");
    let near = cameras(&lead, 6);
    house.streams(&[
        (&near[0], source.url("reordered")),
        (&near[1], source.url("jpeg")),
        (&near[2], source.url("nowhere")),
        (&near[3], source.locked("p%40ss%3Aword")),
        (&near[4], source.locked("wrong-secret")),
    ]);

    let frames = watch(&house, &lead, &near[0]).frames(60, SOON);
    assert!(frames.windows(2).all(|pair| pair[0].decode + pair[0].duration == pair[1].decode), "{frames:?}");
    assert!(frames.iter().any(|frame| frame.later > 0), "some pictures are shown later than decoded");

    let failed = watch(&house, &lead, &near[1]).state("failed", SOON);
    assert_eq!(why(&failed), "NOT-H264", "{failed}");
    let failed = watch(&house, &lead, &near[2]).state("failed", SOON);
    assert_eq!(why(&failed), "NO-SUCH-STREAM", "{failed}");
    watch(&house, &lead, &near[3]).frames(10, SOON);

    let failed = watch(&house, &lead, &near[4]).state("failed", SOON);
    assert_eq!(why(&failed), "LOGIN-REFUSED", "{failed}");
    let (since, retry) = (failed["since"].as_str().expect("since"), failed["retry_at"].as_str().expect("a time"));
    assert_ne!(since.get(..15), retry.get(..15), "not again for a long while: {failed}");
    // Somebody else clicks: the camera is not tried again.
    let again = watch(&house, &lead, &near[4]).state("failed", SOON);
    assert_eq!(why(&again), "LOGIN-REFUSED");

    let mut nothing = watch(&house, &lead, &near[5]);
    let failed = nothing.state("failed", SOON);
    assert_eq!(why(&failed), "NO-STREAM", "{failed}");
    assert_eq!(ticket(&lead, &near[5], &typed()).ok()["has_stream"], false);

    let log = house.server.log();
    assert!(log.contains("no picture"), "the log tells of trouble");
    let answers = [log, house.server.client().get("/metrics").text()];
    for secret in ["p@ss", "p%40ss", "wrong-secret", "guard:"] {
        assert!(answers.iter().all(|text| !text.contains(secret)), "{secret} was told");
    }
}

#[test]
fn a_ticket_is_one_users_and_ends() {
    let source = Cameras::new();
    let house = House::new(&[("ONEMAP_VIDEO_TICKET_SECONDS", "8")]);
    let (dispatcher, other) = (house.server.login("dispatcher"), house.server.login("dispatcher2"));
    let camera = cameras(&dispatcher, 1).remove(0);
    house.streams(&[(&camera, source.url("live"))]);
    let given = ticket(&dispatcher, &camera, &typed()).ok();
    let path = given["video"].as_str().expect("a path");
    let open = |client: &Client, path: &str, origin| Picture::open(&house.server, client, path, origin).err();
    assert_eq!(open(&other, path, None), Some(403), "somebody else's");
    assert_eq!(open(&dispatcher, path, Some("http://elsewhere.example")), Some(403), "a page of another origin");
    assert_eq!(open(&house.server.client(), path, None), Some(401), "nobody");
    assert_eq!(open(&dispatcher, "/video/00000000000000000000000000000000", None), Some(404));
    let denied = rows(&house.server).into_iter().find(|row| row["outcome"] == "denied");
    let denied = denied.expect("what was refused is in the audit");
    assert_eq!((&denied["actor"], &denied["action"]), (&json!("dispatcher2"), &json!("video")), "{denied}");

    let origin = format!("http://{}", house.server.address());
    let mut picture = Picture::open(&house.server, &dispatcher, path, Some(&origin)).expect("a page of ours");
    picture.state("live", SOON);
    let bye = picture.until("the end of the ticket", SOON, |came| match came {
        Came::Said(said) => (said["t"] == "bye").then(|| said.clone()),
        Came::Bytes(_) | Came::Closed(_) => None,
    });
    assert_eq!(bye["reason"], "EXPIRED");
    assert_eq!(open(&dispatcher, path, None), Some(404), "it opens nothing more");
}

#[test]
fn who_may_open_a_camera_and_what_for() {
    let house = House::new(&[]);
    let server = &house.server;
    let login = |name| server.login(name);
    let (dispatcher, lead, wall) = (login("dispatcher"), login("lead"), login("wall"));
    let camera = cameras(&lead, 1).remove(0);
    for name in ["planner", "analyst", "auditor", "wall_guest", "secadmin", "sysadmin", "unit", "wall"] {
        assert_eq!(ticket(&login(name), &camera, &typed()).refused(403), "AUTH", "{name}");
    }
    for client in [&dispatcher, &lead, &login("station")] {
        assert_eq!(ticket(client, &camera, &json!({"purpose": "look"})).refused(422), "CAM-NOREASON");
        assert_eq!(ticket(client, &camera, &json!({"purpose": "look", "reason": "  "})).refused(422), "CAM-NOREASON");
    }
    assert_eq!(ticket(&lead, &camera, &typed()).status, 201);
    assert_eq!(ticket(&lead, "no-such-camera", &typed()).refused(404), "NOT-FOUND");
    assert_eq!(ticket(&lead, &camera, &json!({"purpose": "x", "incident": "none"})).refused(404), "NOT-FOUND");
    for body in [json!({}), json!({"purpose": " "}), json!({"purpose": "x", "more": 1})] {
        ticket(&lead, &camera, &body).refused(400);
    }
    assert_eq!(ticket(&lead, &camera, &json!({"purpose": "x", "task": "t"})).refused(501), "NOT-YET");

    // The owner of what is urgent needs no words; of what is not, or is over, he does.
    let urgent = call(&dispatcher, 2);
    let calm = call(&dispatcher, 3);
    let for_it = |incident: &Value| json!({"purpose": "incident", "incident": id(incident)});
    assert_eq!(ticket(&dispatcher, &camera, &for_it(&urgent)).status, 201);
    assert_eq!(ticket(&dispatcher, &camera, &for_it(&calm)).refused(422), "CAM-NOREASON");
    assert_eq!(ticket(&lead, &camera, &for_it(&urgent)).refused(422), "CAM-NOREASON", "not the owner");
    // A wall sees the cameras of what is urgent, as long as it is.
    assert_eq!(ticket(&wall, &camera, &for_it(&urgent)).status, 201);
    assert_eq!(ticket(&wall, &camera, &for_it(&calm)).refused(403), "AUTH");
    let over = call(&dispatcher, 1);
    command(&dispatcher, &id(&over), json!({"type": "cancel", "reason": "a mistake"})).ok();
    assert_eq!(ticket(&wall, &camera, &for_it(&over)).refused(403), "AUTH");
    assert_eq!(ticket(&dispatcher, &camera, &for_it(&over)).refused(422), "CAM-NOREASON");

    // A unit sees the cameras of the incident that it is sent to, until it is done there.
    let unit = login("unit");
    let own = unit.get("/api/v1/session").ok()["unit"].as_str().map(str::to_owned);
    if let Some(own) = own {
        let sent = command(&dispatcher, &id(&urgent), json!({"type": "assign", "unit": own})).ok();
        let order = sent["assignments"][0]["id"].as_str().expect("an order").to_owned();
        assert_eq!(ticket(&unit, &camera, &for_it(&urgent)).status, 201);
        progress(&dispatcher, &order, "recall").ok();
        assert_eq!(ticket(&unit, &camera, &for_it(&urgent)).refused(403), "AUTH");
    }

    let rows = rows(server);
    let given = |row: &&Value| row["action"] == "tickets" && row["outcome"] == "ok";
    assert!(rows.iter().filter(given).count() >= 3, "{rows:?}");
    let reason = |row: &&Value| row["detail"].as_str().is_some_and(|detail| detail.contains("a test looks"));
    assert!(rows.iter().filter(given).any(|row| reason(&row)), "the typed reason is in the audit");
    assert!(rows.iter().any(|row| row["action"] == "tickets" && row["outcome"] == "denied"), "{rows:?}");
}

#[test]
fn a_file_of_streams_that_is_wrong_is_refused_without_its_secrets() {
    let folder = Folder::new();
    let file = folder.write("streams.toml", "[cameras]\n\"1\" = \"http://guard:secret@camera.example/\"\n");
    let (data, file) = (folder.data().to_string_lossy().into_owned(), file.to_string_lossy().into_owned());
    let words = ["serve", "--data", &data, "--video-sources", &file];
    let ended = onemap(&words);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.err.contains("streams.toml") && ended.err.contains("rtsp://"), "{}", ended.err);
    assert!(!ended.err.contains("secret") && !ended.err.contains("guard"), "{}", ended.err);
    let words = ["serve", "--print-config", "--data", "x", "--video-sources", &file];
    let shown = onemap(&words);
    assert!(shown.out.contains("video_sources") && !shown.out.contains("secret"), "{}", shown.out);
}
