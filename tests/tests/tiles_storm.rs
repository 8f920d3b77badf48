//! Many at once: storms on one tile, and clients that ask and do not read.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use tests::{CENTRE, Client, Server, Tile, encode};

const LAYERS: &str = "people,houses,buildings,enterprises,cameras,places,roads,water,land,grids,jurisdictions";

/// A figure of `/metrics`.
fn figure(client: &Client, name: &str) -> f64 {
    let text = client.get("/metrics").text();
    let line = text.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
}

#[test]
fn a_storm_on_one_tile_makes_it_once_and_orders_pass() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let made = figure(&seat, "onemap_tiles_made_total");
    let path = Tile { z: 0, x: 0, y: 0 }.path(LAYERS);
    let bodies = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..64)
            .map(|_| {
                let (seat, path) = (seat.clone().with("accept-encoding", "gzip"), path.clone());
                scope.spawn(move || (0..20).map(|_| seat.get(&path)).collect::<Vec<_>>())
            })
            .collect();
        // Meanwhile calls come in and are taken.
        for n in 0..10 {
            let (lon, lat) = (CENTRE.0 + f64::from(n) * 1e-3, CENTRE.1);
            let call = json!({"kind": "traffic", "priority": 2, "lon": lon, "lat": lat, "source": "call_110"});
            assert_eq!(seat.post("/api/v1/incidents", &call).status, 201);
        }
        let answers = asked.into_iter().flat_map(|all| all.join().expect("a thread of the test"));
        answers.map(|answer| (answer.status, answer.body)).collect::<BTreeSet<_>>()
    });
    assert_eq!(bodies.len(), 1, "1,280 answers are one");
    assert!(bodies.iter().all(|(status, body)| *status == 200 && !body.is_empty()));
    assert!((figure(&seat, "onemap_tiles_made_total") - made - 1.0).abs() < 0.5, "made once");
}

#[test]
fn a_storm_of_filters_on_the_whole_world_is_answered_tile_by_tile() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    std::thread::scope(|scope| {
        for hand in 0..16 {
            let lead = lead.clone();
            scope.spawn(move || {
                for n in 0..20 {
                    let filter = format!("range_m > {} AND name LIKE '%{n}%'", hand * 20 + n);
                    let path = Tile { z: 0, x: 0, y: 0 }.path("cameras");
                    let status = lead.get(&format!("{path}?filter={}", encode(&filter))).status;
                    assert!([200, 204].contains(&status), "{filter} → {status}");
                }
            });
        }
    });
    assert!(server.is_alive());
}

/// Memory of a process, KiB.
fn memory_kib(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the system tells of its processes");
    let line = text.lines().find(|line| line.starts_with("VmRSS")).expect("a line of memory");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number of KiB")
}

#[test]
fn clients_that_stop_reading_cost_others_nothing() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    let path = Tile::over(CENTRE, 13).path(LAYERS);
    let size = lead.get(&path).body.len();
    let before = memory_kib(server.pid());
    // Each asks a hundred times at once and never reads.
    let ask =
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n", server.address(), lead.token());
    let deaf: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).expect("the server listens");
            stream.set_write_timeout(Some(Duration::from_millis(200))).expect("a time limit for writing");
            // The server may stop taking requests while its answers are not taken.
            let _ = stream.write_all(ask.repeat(100).as_bytes());
            stream
        })
        .collect();
    assert!(size > 100_000, "a tile of {size} bytes fills no buffer");
    // Others are answered, in tiles and in orders.
    for n in 0..50 {
        assert_eq!(lead.get(&path).body.len(), size, "{n}");
    }
    let call = json!({"kind": "traffic", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    assert_eq!(lead.post("/api/v1/incidents", &call).status, 201);
    let grown = memory_kib(server.pid()).saturating_sub(before);
    let asked = size as u64 * 100 * 100 / 1024;
    println!("{} kB a tile, {asked} KiB asked for, memory grew by {grown} KiB", size / 1000);
    assert!(grown < asked / 10 && grown < 200_000, "memory grew by {grown} KiB of {asked}");
    // Who reads again gets what is whole.
    let mut late = deaf.into_iter().next().expect("a hundred of them");
    late.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit for reading");
    let mut head = [0; 15];
    late.read_exact(&mut head).expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    drop(late);
    assert!(server.is_alive());
}

#[test]
fn a_ring_that_crosses_itself_ten_thousand_times_is_refused_in_words() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    let mut chance = tests::Chance::seeded(3);
    let mut degree = |from: f64| from + f64::from(u32::try_from(chance.below(1_000_000)).unwrap_or(0)) * 1e-7;
    let mut ring: Vec<[f64; 2]> = (0..20_000).map(|_| [degree(120.6), degree(28.0)]).collect();
    ring.push(ring[0]);
    let feature = json!({
        "type": "Feature", "properties": {"kind": "park", "name": "knot"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    });
    let body = feature.to_string();
    let answer = lead.send("POST", "/ogc/collections/land/items", "application/geo+json", body.as_bytes());
    assert_eq!(answer.refused(422), "INVALID");
    assert!(answer.text().contains("tangled") || answer.text().contains("self-intersects"), "{}", answer.text());
    assert!(server.is_alive());
}
