//! Desks put things on walls and take them back, and both come back from the log.

mod room;

use dispatch::{Command, Decided, Desk, OnWall, Refusal, Shown};
use room::{NOON, Room};

fn shown() -> Shown {
    Shown {
        lon: 120.65,
        lat: 28.01,
        zoom: 15.5,
        incident: None,
        cameras: vec!["cam-1".to_owned()],
        layers: Some(vec!["roads".to_owned()]),
        until_ms: NOON + 1_800_000,
    }
}

fn show(wall: u8, shown: Shown) -> Command {
    Command::Show(Box::new(OnWall { wall, shown: Some(shown) }))
}

fn take_back(wall: u8) -> Command {
    Command::Show(Box::new(OnWall { wall, shown: None }))
}

fn invalid(answer: &Result<Decided, Refusal>) -> Option<&'static str> {
    if let Err(Refusal::Invalid(field, _)) = answer { Some(field) } else { None }
}

#[test]
fn the_newest_word_stands_until_it_is_taken_back_or_its_time_is_over() {
    let mut room = Room::new(&["u1"]);
    room.run("s", show(1, shown())).unwrap();
    room.run("t", show(1, Shown { zoom: 12.0, ..shown() })).unwrap();
    room.run("s", show(2, shown())).unwrap();
    let stands = |desk: &Desk, wall, now_ms| desk.on_wall(wall, now_ms).map(|(known, on)| (known.by.clone(), on.zoom));
    assert_eq!(stands(&room.desk, 1, NOON), Some(("t".to_owned(), 12.0)));
    assert_eq!(stands(&room.desk, 2, NOON + 1_800_000), None, "its time is over");
    room.run("s", take_back(1)).unwrap();
    assert_eq!(stands(&room.desk, 1, NOON), None);
    assert_eq!(room.run("s", take_back(1)).unwrap().events.len(), 0, "what is so already makes no event");
    assert_eq!(room.run("s", take_back(7)).unwrap().events.len(), 0);
    room.run("s", show(1, shown())).unwrap();
    assert_eq!(stands(&room.desk, 1, NOON), Some(("s".to_owned(), 15.5)), "and again after that");
    assert_eq!(room.replayed(), room.desk);
    let written: Desk = serde_json::from_str(&serde_json::to_string(&room.desk).unwrap()).unwrap();
    assert_eq!(written, room.desk);
}

#[test]
fn what_stands_ends_with_its_incident() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    room.run("s", show(1, Shown { incident: Some(id.clone()), ..shown() })).unwrap();
    assert!(room.desk.on_wall(1, NOON).is_some());
    let cancel = dispatch::Order::Cancel { reason: "nothing".to_owned() };
    room.run("s", Command::Incident { id: id.clone(), order: cancel }).unwrap();
    assert!(room.desk.on_wall(1, NOON).is_none());
    let ended = room.run("s", show(1, Shown { incident: Some(id), ..shown() }));
    assert_eq!(invalid(&ended), Some("incident"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut room = Room::new(&["u1"]);
    for wall in [0, OnWall::WALLS + 1] {
        assert_eq!(room.run("s", show(wall, shown())), Err(Refusal::Unknown("wall", wall.to_string())));
    }
    let unknown = room.run("s", show(1, Shown { incident: Some("x".to_owned()), ..shown() }));
    assert_eq!(unknown, Err(Refusal::Unknown("incident", "x".to_owned())));
    let mut bad = |change: &dyn Fn(&mut Shown)| {
        let mut asked = shown();
        change(&mut asked);
        invalid(&room.run("s", show(1, asked)))
    };
    assert_eq!(bad(&|s| s.lat = 91.0), Some("view"));
    assert_eq!(bad(&|s| s.lon = f64::NAN), Some("view"));
    assert_eq!(bad(&|s| s.zoom = 22.5), Some("view/zoom"));
    assert_eq!(bad(&|s| s.zoom = f64::NAN), Some("view/zoom"));
    assert_eq!(bad(&|s| s.until_ms = NOON - 1), Some("until"));
    assert_eq!(bad(&|s| s.until_ms = NOON + 13 * 3_600_000), Some("until"));
    assert_eq!(bad(&|s| s.cameras = vec!["c".to_owned(); 5]), Some("cameras"));
    assert_eq!(bad(&|s| s.cameras = vec![String::new()]), Some("cameras"));
    assert_eq!(bad(&|s| s.layers = Some(vec!["l".to_owned(); 33])), Some("layers"));
    assert_eq!(bad(&|s| s.layers = Some(vec!["x".repeat(129)])), Some("layers"));
    assert_eq!(bad(&|_| {}), None);
}
