//! What a dispatcher wants to be reminded of.

mod room;

use dispatch::{Order, Refusal, Reminder, TimerState};
use room::Room;

#[test]
fn a_reminder_goes_off_once_and_ends_with_the_incident() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let remind = |what: &str, seconds: i64| Order::StartTimer { what: what.to_owned(), after_ms: seconds * 1_000 };
    let state = |room: &Room, what: &str| {
        let timers = &room.incident(&id).timers;
        timers.iter().filter(|t| t.what.as_deref() == Some(what)).map(|t| t.state).collect::<Vec<_>>()
    };
    for (what, seconds) in [("call back", 60), ("ask the hospital", 60), ("look again", 120)] {
        room.order("s", &id, remind(what, seconds)).unwrap();
    }
    let first = room.incident(&id).timers.iter().find(|t| t.what.as_deref() == Some("call back")).unwrap().id.clone();
    room.order("s", &id, Order::AckTimer { timer: first }).unwrap();
    room.pass(60_000);
    assert_eq!(state(&room, "call back"), [TimerState::Acked]);
    assert_eq!(state(&room, "ask the hospital"), [TimerState::Fired]);
    assert_eq!(state(&room, "look again"), [TimerState::Armed]);
    assert_eq!(room.incident(&id).reminders.len(), 1);
    room.order("s", &id, Order::Cancel { reason: "nothing".to_owned() }).unwrap();
    assert_eq!(state(&room, "look again"), [TimerState::Cancelled]);
    room.pass(3_600_000);
    assert_eq!(state(&room, "look again"), [TimerState::Cancelled]);
    assert_eq!(room.replayed().incident(&id), room.desk.incident(&id));
}

#[test]
fn reminders_have_bounds() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let remind = |what: &str, after_ms: i64| Order::StartTimer { what: what.to_owned(), after_ms };
    for (what, after_ms) in [("", 60_000), ("x", 4_999), ("x", 604_800_001), (&*"x".repeat(201), 60_000)] {
        let refused = room.order("s", &id, remind(what, after_ms));
        assert!(matches!(refused, Err(Refusal::Invalid(..))), "{what:?} {after_ms}: {refused:?}");
    }
    for n in 0..Reminder::MOST {
        room.order("s", &id, remind(&n.to_string(), 60_000)).unwrap();
    }
    assert!(matches!(room.order("s", &id, remind("x", 60_000)), Err(Refusal::Invalid("timer", _))));
    assert_eq!(room.incident(&id).timers.iter().filter(|t| t.what.is_some()).count(), Reminder::MOST);
}
