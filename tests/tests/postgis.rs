//! The larger store behaves as the small one does. Needs `ONEMAP_TEST_POSTGRES` (`make test` starts one).

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Client, Database, Folder, Live, Server, Tile, decoded, onemap, onemap_with, put_unit, workspace};

const HELSINKI: (f64, f64) = (24.945, 60.170);
const PASSWORD: &str = "a-long-password-0571";

#[test]
fn the_same_city_gives_the_same_bytes_from_both_stores() {
    let database = Database::new();
    let folder = Folder::new();
    let (data, url) = (folder.data(), database.url());
    let stores = [["--data", data.to_str().unwrap()], ["--database-url", &url]];
    let pbf = workspace().join("fixtures/osm/helsinki-centre.osm.pbf");
    for store in stores {
        let imported = onemap(&[&["import", "osm", pbf.to_str().unwrap()][..], &store].concat());
        assert_eq!(imported.code, 0, "{store:?}: {}", imported.err);
        let words = [&["user", "add", "mapper", "--role", "lead", "--scope", "*"][..], &store].concat();
        assert_eq!(onemap_with(&words, &[("ONEMAP_PASSWORD", PASSWORD)]).code, 0, "{store:?}");
    }
    let logs = Folder::new();
    let (small, large) = (Server::serve(&folder), Server::serve_database(&url, &logs));
    let (one, two) = (small.login_with("mapper", PASSWORD), large.login_with("mapper", PASSWORD));
    let mut compared = 0;
    for z in 10..=17 {
        for layers in ["roads", "buildings", "enterprises,cameras,places", "water,land"] {
            let path = Tile::over(HELSINKI, z).path(layers);
            let (one, two) = (one.get(&path), two.get(&path));
            assert_eq!(one.status, two.status, "{path}");
            assert!(decoded(&one) == decoded(&two), "{path} differs");
            compared += one.body.len();
        }
    }
    assert!(compared > 10_000, "only {compared} bytes compared, so nothing is proved");
}

/// Takes a call and orders that unit to it.
fn order(client: &Client, round: usize, name: &str, unit: &str) -> tests::Answer {
    let call = json!({"kind": "help", "priority": 2, "lon": 120.65, "lat": 28.01, "source": "call_110"});
    let incident = client.post("/api/v1/incidents", &call).ok();
    let id = incident["id"].as_str().expect("an incident has an id");
    let body = json!({"command_id": format!("{name}-{round}"), "type": "assign", "unit": unit});
    let answer = client.post(&format!("/api/v1/incidents/{id}/commands"), &body);
    if answer.status != 428 {
        return answer;
    }
    // Nobody has heard from the unit: the order is meant.
    let mut body = body;
    body["confirm_token"] = answer.json()["confirm_token"].clone();
    client.post(&format!("/api/v1/incidents/{id}/commands"), &body)
}

#[test]
fn two_servers_give_a_unit_once_and_tell_each_others_viewers() {
    let database = Database::new();
    let url = database.url();
    for seat in ["seat-a", "seat-b"] {
        let words = ["user", "add", seat, "--role", "lead", "--scope", "*", "--database-url", &url];
        assert_eq!(onemap_with(&words, &[("ONEMAP_PASSWORD", PASSWORD)]).code, 0, "{seat}");
    }
    let (logs_a, logs_b) = (Folder::new(), Folder::new());
    let (a, b) = (Server::serve_database(&url, &logs_a), Server::serve_database(&url, &logs_b));
    let (seat_a, seat_b) = (a.login_with("seat-a", PASSWORD), b.login_with("seat-b", PASSWORD));
    put_unit(&seat_a, "u1");
    let begun = Instant::now();
    while seat_b.get("/api/v1/units/u1").status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "the other server hears of the unit");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut viewer = Live::hello(&a, &seat_a, None);
    let seen = viewer.snapshot();
    for round in 0..40 {
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| order(&seat_a, round, "a", "u1"));
            let two = scope.spawn(|| order(&seat_b, round, "b", "u1"));
            (one.join().expect("an answer"), two.join().expect("an answer"))
        });
        let (won, lost) = if one.status == 200 { (one, two) } else { (two, one) };
        assert_eq!((won.status, lost.refused(409).as_str()), (200, "UNIT-TAKEN"), "round {round}");
        let id = won.json()["assigned"][0].as_str().expect("one order").to_owned();
        let recall = json!({"command_id": format!("r-{round}"), "type": "recall"});
        seat_b.post(&format!("/api/v1/assignments/{id}/commands"), &recall).ok();
    }
    drop(a);
    // Who watched at A goes on at B without a gap.
    let mut back = Live::connect(&b, &seat_b);
    back.say(&json!({"hello": {"since": seen["seq"], "epoch": seen["epoch"], "bounds": null, "layers": ["units"]}}));
    assert_eq!(back.snapshot()["resumed"], true);
    let mut reports: Vec<Value> = Vec::new();
    back.until("all eighty reports", Duration::from_secs(20), |_, m| {
        if m["kind"] == "incident.reported" {
            reports.push(m["id"].clone());
        }
        (reports.len() == 80).then_some(())
    });
    drop(b);
    let verified = onemap(&["verify", "--database-url", &url]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}
