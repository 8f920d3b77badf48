//! Roads are closed and opened, conditions are said, and both come back from the log.

mod room;

use dispatch::{Closure, Command, Condition, ConditionKind, Decided, Mover, Refusal};
use room::{NOON, Room};
use serde_json::json;

fn closure() -> Closure {
    Closure {
        id: String::new(),
        reason: "bridge under water".to_owned(),
        owner: "county roads".to_owned(),
        geometry: json!({"type": "LineString", "coordinates": [[120.65, 28.01], [120.66, 28.01]]}),
        movers: vec![Mover::Car],
        height_m: None,
        weight_t: None,
        slower: None,
        from_ms: None,
        until_ms: Some(NOON + 3_600_000),
        incident: None,
    }
}

fn invalid(answer: &Result<Decided, Refusal>) -> Option<&'static str> {
    if let Err(Refusal::Invalid(field, _)) = answer { Some(field) } else { None }
}

#[test]
fn a_closure_is_drawn_numbered_and_lifted() {
    let mut room = Room::new(&["u1"]);
    for number in 1..=2 {
        room.run("s", Command::Close(Box::new(closure()))).unwrap();
        assert!(room.desk.closure(&format!("closure-{number}")).is_some_and(|drawn| drawn.by == "s"));
    }
    let seq = room.desk.closures_seq();
    assert_eq!(room.desk.closures().count(), 2);
    room.run("s", Command::Lift { id: "closure-1".to_owned() }).unwrap();
    assert!(room.desk.closures_seq() > seq && room.desk.closure("closure-1").is_none());
    let again = room.run("s", Command::Lift { id: "closure-1".to_owned() });
    assert_eq!(again, Err(Refusal::Unknown("closure", "closure-1".to_owned())));
    room.run("s", Command::Close(Box::new(closure()))).unwrap();
    assert!(room.desk.closure("closure-3").is_some(), "a number is never given twice");
    assert_eq!(room.replayed(), room.desk);
    let written: dispatch::Desk = serde_json::from_str(&serde_json::to_string(&room.desk).unwrap()).unwrap();
    assert_eq!(written, room.desk);
}

#[test]
fn a_closure_holds_from_then_until_then() {
    let drawn = Closure { from_ms: Some(10), until_ms: Some(20), ..closure() };
    assert_eq!([9, 10, 19, 20].map(|now| drawn.holds(now)), [false, true, true, false]);
    let open = Closure { from_ms: None, until_ms: None, ..closure() };
    assert!(open.holds(i64::MIN) && open.holds(i64::MAX));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut room = Room::new(&["u1"]);
    let mut bad = |change: &dyn Fn(&mut Closure)| {
        let mut asked = closure();
        change(&mut asked);
        room.run("s", Command::Close(Box::new(asked)))
    };
    assert_eq!(invalid(&bad(&|c| c.reason.clear())), Some("reason"));
    assert_eq!(invalid(&bad(&|c| c.owner = "x".repeat(129))), Some("owner"));
    assert_eq!(invalid(&bad(&|c| c.geometry = json!("x".repeat(70_000)))), Some("geometry"));
    assert_eq!(invalid(&bad(&|c| c.height_m = Some(0.0))), Some("height_m"));
    assert_eq!(invalid(&bad(&|c| c.weight_t = Some(f64::NAN))), Some("weight_t"));
    assert_eq!(invalid(&bad(&|c| c.slower = Some(0.5))), Some("slower"));
    assert_eq!(invalid(&bad(&|c| c.until_ms = Some(NOON - 1))), Some("until"));
    assert_eq!(invalid(&bad(&|c| c.from_ms = c.until_ms)), Some("until"));
    assert_eq!(bad(&|c| c.incident = Some("none".to_owned())), Err(Refusal::Unknown("incident", "none".to_owned())));
}

#[test]
fn the_newest_word_counts() {
    let mut room = Room::new(&["u1"]);
    let wind = |from_deg: u32, at_ms: i64| Condition {
        kind: ConditionKind::Wind,
        subject: String::new(),
        value: json!({"from_deg": from_deg, "speed_mps": 4.0}),
        source: "airport".to_owned(),
        at_ms,
        until_ms: None,
    };
    let said = |room: &Room| room.desk.condition("wind/").unwrap().condition.value["from_deg"].clone();
    room.run("s", Command::Say(Box::new(wind(90, NOON - 60_000)))).unwrap();
    room.run("s", Command::Say(Box::new(wind(180, NOON)))).unwrap();
    let late = room.run("s", Command::Say(Box::new(wind(270, NOON - 30_000)))).unwrap();
    assert!(late.events.is_empty());
    assert_eq!(said(&room), 180);
    let future = room.run("s", Command::Say(Box::new(wind(1, NOON + 86_400_000))));
    assert_eq!(invalid(&future), Some("at"));
    for value in [json!({}), json!([1]), json!({"a": {"b": 1}}), json!({"a": "x".repeat(5_000)})] {
        let bad = Condition { value, ..wind(0, NOON) };
        assert_eq!(invalid(&room.run("s", Command::Say(Box::new(bad)))), Some("value"));
    }
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn a_wind_is_made_of_numbers_that_can_be_and_words_do_not_turn_it() {
    let mut room = Room::new(&["u1"]);
    let wind = |subject: &str, value: serde_json::Value, at_ms: i64| Condition {
        kind: ConditionKind::Wind,
        subject: subject.to_owned(),
        value,
        source: "airport".to_owned(),
        at_ms,
        until_ms: None,
    };
    for (field, value) in [
        ("from_deg", json!({"from_deg": "N"})),
        ("from_deg", json!({"from_deg": 400})),
        ("from_deg", json!({"from_deg": 360, "speed_mps": 3})),
        ("from_deg", json!({"from_deg": -0.5})),
        ("speed_mps", json!({"from_deg": 0, "speed_mps": -5})),
        ("speed_mps", json!({"text": "light", "speed_mps": "light"})),
    ] {
        let refused = room.run("s", Command::Say(Box::new(wind("", value.clone(), NOON))));
        let at = format!("/value/{field}");
        assert!(matches!(&refused, Err(Refusal::InvalidAt(place, _)) if *place == at), "{value}: {refused:?}");
    }
    // Of something else these are just words.
    let tide = Condition { kind: ConditionKind::Tide, ..wind("", json!({"from_deg": "N"}), NOON) };
    room.run("s", Command::Say(Box::new(tide))).unwrap();

    let deg = |room: &Room, key: &str| room.desk.condition(key).and_then(|known| known.wind()?.from_deg());
    let say = |room: &mut Room, subject: &str, value: serde_json::Value, at_ms: i64| {
        room.run("s", Command::Say(Box::new(wind(subject, value, at_ms)))).unwrap();
    };
    say(&mut room, "", json!({"from_deg": 200, "speed_mps": 0}), NOON - 3_000);
    for (n, words) in (1..).zip(["light winds", "still light"]) {
        say(&mut room, "", json!({ "text": words }), NOON - 3_000 + n);
        let known = room.desk.condition("wind/").unwrap();
        assert_eq!((&known.condition.value["text"], deg(&room, "wind/")), (&json!(words), Some(200.0)));
        assert_eq!(known.wind().unwrap().at_ms, NOON - 3_000, "its own time");
    }
    say(&mut room, "harbour", json!({"text": "gusty"}), NOON);
    assert_eq!((deg(&room, "wind/harbour"), deg(&room, "wind/")), (None, Some(200.0)));
    say(&mut room, "", json!({"from_deg": 359.9}), NOON);
    assert_eq!(deg(&room, "wind/"), Some(359.9));
    assert_eq!(room.replayed(), room.desk);
}
