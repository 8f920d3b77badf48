//! Screens: who was away misses nothing (S14), a slow one costs the others nothing (S17), an end is one commit for all
//! (S23), and a call from its report to its closing is the same story when it is told again (S1).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{
    Client, Ending, Figures, Kind, Live, Room, Server, at_most, both, command, exactly, id, percentile, progress, told,
};

const SOON: Duration = Duration::from_secs(20);

/// `count` notes on one incident by eight seats at once; the last place in the log.
fn notes(server: &Server, call: &str, count: usize) -> u64 {
    let seats: Vec<Client> = (0..8).map(|seat| Room::seat(server, seat)).collect();
    let each = count / seats.len();
    std::thread::scope(|scope| {
        for seat in &seats {
            scope.spawn(move || {
                for n in 0..each {
                    command(seat, call, json!({"type": "note", "text": format!("n{n}")})).ok();
                }
            });
        }
    });
    seats[0].get(&format!("/api/v1/incidents/{call}")).ok()["seq"].as_u64().expect("a place in the log")
}

/// A viewer goes, `missed` events happen, it comes back: events lost or told twice, and how long until it has all.
fn away(kind: Kind, missed: usize) -> (usize, Duration) {
    let room = Room::new(kind);
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    let call = id(&Room::call(&seat, 3));
    let mut viewer = Live::hello(&server, &seat, None);
    let seen = viewer.snapshot();
    drop(viewer);
    let last = notes(&server, &call, missed);
    let first = seen["seq"].as_u64().expect("a place in the log") + 1;
    let begun = Instant::now();
    let mut back = Live::connect(&server, &seat);
    back.say(&json!({"hello": {"since": seen["seq"], "epoch": seen["epoch"], "bounds": null, "layers": ["units"]}}));
    assert_eq!(back.snapshot()["resumed"], true, "what was missed is still kept");
    let mut told: Vec<u64> = Vec::new();
    while told.last() != Some(&last) && begun.elapsed() < SOON {
        let message = back.next(Duration::from_secs(2));
        let Some(message) = message else { break };
        if message["t"] == "event" {
            told.push(message["seq"].as_u64().expect("a place in the log"));
        }
    }
    let took = begun.elapsed();
    let wanted: Vec<u64> = (first..=last).collect();
    let wrong = wanted.len().abs_diff(told.len()) + wanted.iter().zip(&told).filter(|(a, b)| a != b).count();
    (wrong, took)
}

#[test]
fn s14_who_was_away_misses_nothing() {
    both(|kind| assert_eq!(away(kind, 400).0, 0, "{kind:?}"));
}

#[test]
#[ignore = "twenty thousand events: make scenarios"]
fn s14_full() {
    both(|kind| {
        let mut figures = Figures::of("S14 away", kind.name());
        // Of 20,000 that are kept some belong to the making of the room.
        for (away_for, missed, limit) in [("8 s", 160, 1_000.0), ("45 s", 1_000, 1_000.0), ("15 min", 19_900, 2_000.0)]
        {
            let (wrong, took) = away(kind, missed);
            figures.row(&format!("{away_for}, {missed} events: lost, doubled or out of order"), exactly(wrong, 0));
            figures.row(
                &format!("{away_for}, {missed} events: until all is there, ms"),
                at_most(took.as_secs_f64() * 1e3, limit),
            );
        }
        figures.settle();
    });
}

/// How long events take to `screens` screens, counted from the moment the command was sent, while a screen at
/// 64 kbit/s is there too or is not; and how many events the screens missed.
fn screens(kind: Kind, screens: usize, events: usize, slow: bool) -> (Vec<Duration>, usize) {
    let room = Room::new(kind);
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    let units = Room::units(&seat, 40);
    let call = id(&Room::call(&seat, 3));
    let over = AtomicBool::new(false);
    let times: std::sync::Mutex<std::collections::HashMap<u64, Instant>> = std::sync::Mutex::default();
    let mut seen: Vec<Vec<(u64, Instant)>> = Vec::new();
    std::thread::scope(|scope| {
        let viewers: Vec<Live> = (0..screens)
            .map(|_| {
                let mut viewer = Live::hello(&server, &seat, None);
                viewer.snapshot();
                viewer
            })
            .collect();
        let watching: Vec<_> = viewers
            .into_iter()
            .map(|mut viewer| {
                let over = &over;
                scope.spawn(move || {
                    let mut seen = Vec::new();
                    while !over.load(Ordering::Relaxed) {
                        let Some(message) = viewer.next(Duration::from_millis(200)) else { continue };
                        if message["kind"] == "incident.noted" {
                            seen.push((message["seq"].as_u64().expect("a place in the log"), Instant::now()));
                        }
                    }
                    seen
                })
            })
            .collect();
        if slow {
            let (server, seat, over) = (&server, &seat, &over);
            scope.spawn(move || read_slowly(server, seat, over));
        }
        let ending = Ending(&over);
        for n in 0..events {
            if n % 10 == 0 {
                Room::refresh(&seat, &units);
            }
            let begun = Instant::now();
            let noted = command(&seat, &call, json!({"type": "note", "text": format!("n{n}")})).ok();
            times.lock().expect("nobody panicked").insert(noted["seq"].as_u64().expect("a place"), begun);
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(1_500));
        drop(ending);
        seen = watching.into_iter().map(|watching| watching.join().expect("a screen")).collect();
    });
    let times = times.into_inner().expect("nobody panicked");
    let missed = seen.iter().map(|screen| events.abs_diff(screen.len())).sum();
    let took = seen.iter().flatten().filter_map(|(seq, at)| Some(at.duration_since(*times.get(seq)?)));
    (took.collect(), missed)
}

/// A screen that reads eight kilobytes a second.
fn read_slowly(server: &Server, seat: &Client, over: &AtomicBool) {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    let head = format!(
        "GET /api/v1/live HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {}\r\n\r\n",
        server.address(),
        seat.token()
    );
    let hello = r#"{"hello":{"since":null,"epoch":null,"bounds":null,"layers":["units"],"max_hz":10}}"#;
    // A text frame under a mask of zeros.
    let mut frame = vec![0x81, 0x80 | u8::try_from(hello.len()).expect("a short hello"), 0, 0, 0, 0];
    frame.extend(hello.bytes());
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&frame)).expect("a slow hello");
    stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a time limit");
    let mut buffer = [0; 800];
    while !over.load(Ordering::Relaxed) {
        drop(stream.read(&mut buffer));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn s17_a_slow_screen_costs_the_others_no_event() {
    both(|kind| {
        let (took, missed) = screens(kind, 3, 20, true);
        assert_eq!((took.len(), missed), (60, 0), "{kind:?}");
    });
}

#[test]
#[ignore = "72 screens: make scenarios"]
fn s17_full() {
    both(|kind| {
        let mut figures = Figures::of("S17 screens", kind.name());
        let (mut took, missed) = screens(kind, 72, 200, false);
        figures.row("events of 14400 that a screen of 72 missed", exactly(missed, 0));
        figures.row("command sent → on each of 72 screens, p50 ms", told(percentile(&mut took, 50)));
        figures.row("command sent → on each of 72 screens, p99 ms", at_most(percentile(&mut took, 99), 300.0));
        let (mut alone, _) = screens(kind, 12, 300, false);
        let (mut beside, missed) = screens(kind, 12, 300, true);
        let (alone, beside) = (percentile(&mut alone, 99), percentile(&mut beside, 99));
        figures.row("12 screens alone, p99 ms", told(alone));
        figures.row("12 screens beside one at 64 kbit/s, p99 ms", at_most(beside, (alone * 1.1).max(alone + 10.0)));
        figures.row("events that they missed", exactly(missed, 0));
        figures.settle();
    });
}

/// Twenty units at a scene, and the end: events of the end, whether they are one commit, whether two screens agree.
fn end_of_twenty(kind: Kind) {
    let room = Room::new(kind);
    let server = room.serve();
    let (seat, other) = (Room::seat(&server, 0), Room::seat(&server, 1));
    let units = Room::units(&seat, 20);
    let call = id(&Room::call(&seat, 3));
    let ordered = command(&seat, &call, json!({"type": "assign", "units": units})).ok();
    let orders: Vec<String> =
        ordered["assigned"].as_array().expect("orders").iter().filter_map(|o| o.as_str().map(str::to_owned)).collect();
    assert_eq!(orders.len(), 20);
    for order in &orders {
        progress(&seat, order, "arrive").ok();
    }
    let mut viewers = [Live::hello(&server, &seat, None), Live::hello(&server, &other, None)];
    for viewer in &mut viewers {
        viewer.snapshot();
    }
    command(&seat, &call, json!({"type": "feedback", "text": "all well", "disposition": "settled"})).ok();
    command(&other, &call, json!({"type": "close", "disposition": "settled"})).ok();
    let stories = viewers.each_mut().map(|viewer| {
        let mut story: Vec<(u64, String, Value)> = Vec::new();
        viewer.until("the end", SOON, |_, m| {
            if m["t"] == "event" {
                let kind = m["kind"].as_str().unwrap_or_default().to_owned();
                story.push((m["seq"].as_u64().unwrap_or(0), kind, m["at"].clone()));
            }
            (m["kind"] == "incident.closed").then_some(())
        });
        story
    });
    assert_eq!(stories[0], stories[1], "both screens are told the same");
    let end: Vec<_> =
        stories[0].iter().filter(|(_, kind, _)| kind == "assignment.cleared" || kind == "incident.closed").collect();
    assert_eq!(end.len(), 21, "{end:?}");
    assert!(end.windows(2).all(|two| two[1].0 == two[0].0 + 1 && two[1].2 == two[0].2), "one commit: {end:?}");
    for unit in units {
        assert_eq!(seat.get(&format!("/api/v1/units/{unit}")).ok()["availability"], "free", "{unit}");
    }
    assert_eq!(seat.get("/api/v1/incidents").ok(), other.get("/api/v1/incidents").ok());
}

#[test]
fn s23_an_end_with_twenty_units_at_the_scene_is_one_commit() {
    both(end_of_twenty);
}

/// One call to its end; how long its commands took together.
fn story(seat: &Client, reviewer: &Client, unit: &str) -> (String, Duration) {
    let begun = Instant::now();
    let call = id(&Room::call(seat, 2));
    let ordered = command(seat, &call, json!({"type": "assign", "unit": unit})).ok();
    let order = ordered["assigned"][0].as_str().expect("one order").to_owned();
    for step in ["deliver", "accept", "depart", "arrive", "clear"] {
        progress(seat, &order, step).ok();
    }
    command(seat, &call, json!({"type": "feedback", "text": "nobody hurt", "disposition": "settled"})).ok();
    let closed = command(reviewer, &call, json!({"type": "close", "disposition": "settled"})).ok();
    let moments = ["reported", "located", "offered", "accepted", "departed", "arrived", "cleared", "feedback", "ended"];
    for moment in moments {
        assert!(closed["times"][moment].is_string(), "{moment}: {}", closed["times"]);
    }
    let delivered = &closed["assignments"][0]["times"]["delivered"];
    assert!(delivered.is_string(), "{closed}");
    (call, begun.elapsed())
}

/// `calls` calls to their ends, and whether a server that knows the log alone tells the same of each.
fn told_again(kind: Kind, calls: usize) -> (Vec<Duration>, usize) {
    let room = Room::new(kind);
    let server = room.serve();
    let (seat, reviewer) = (Room::seat(&server, 0), Room::seat(&server, 1));
    Room::units(&seat, 1);
    let stories: Vec<(String, Duration)> = (0..calls)
        .map(|n| {
            if n % 100 == 99 {
                Room::refresh(&seat, &["u0".to_owned()]);
            }
            story(&seat, &reviewer, "u0")
        })
        .collect();
    let look = |seat: &Client, call: &str| {
        let (incident, timeline) = (
            seat.get(&format!("/api/v1/incidents/{call}")).ok(),
            seat.get(&format!("/api/v1/incidents/{call}/timeline")).ok(),
        );
        (incident, timeline)
    };
    let before: Vec<_> = stories.iter().map(|(call, _)| look(&seat, call)).collect();
    server.cut();
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    let differ = stories.iter().zip(&before).filter(|((call, _), before)| look(&seat, call) != **before).count();
    drop(server);
    assert_eq!(room.verify().code, 0, "the chain of hashes holds");
    (stories.into_iter().map(|(_, took)| took).collect(), differ)
}

#[test]
fn s1_a_call_to_its_end_is_told_again_from_the_log_alone() {
    both(|kind| assert_eq!(told_again(kind, 3).1, 0, "{kind:?}"));
}

#[test]
#[ignore = "two hundred calls: make scenarios"]
fn s1_full() {
    both(|kind| {
        let (mut took, differ) = told_again(kind, 200);
        let mut figures = Figures::of("S1 a call to its end", kind.name());
        figures.row("calls of 200 that the log alone tells otherwise", exactly(differ, 0));
        figures.row("nine commands of a call, one after the other, p99 ms", told(percentile(&mut took, 99)));
        figures.settle();
    });
}
