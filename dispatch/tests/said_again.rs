//! What another system, or a position, says again: once is once, and what was not applied has not been said for good.

mod room;

use dispatch::{
    Command, Decided, Location, LocationState, Order, PlaceRole, Priority, Progress, Refusal, Report, Rule, Source,
    SourceRef, Step,
};
use room::{Room, report};
use spatial::Position;

fn at(lon: f64) -> Location {
    Location::at(LocationState::Candidate, Position::new(lon, 28.01).expect("a place"), None)
}

fn said(number: &str) -> Report {
    let reference = SourceRef { system: "cad".to_owned(), number: number.to_owned() };
    Report { source_ref: Some(reference), location: at(120.65), ..report(3) }
}

fn say(room: &mut Room, said: &Report) -> Decided {
    room.run("gateway", Command::Upsert(Box::new(said.clone()))).expect("it may say so")
}

fn close(room: &mut Room, id: &str) {
    let close = Order::Close { disposition: "nothing found".to_owned(), spoken_with: None };
    room.order("seat", id, close).expect("nobody went");
}

fn kinds(decided: &Decided) -> Vec<&'static str> {
    decided.events.iter().map(dispatch::Event::kind).collect()
}

#[test]
fn what_was_said_after_the_end_counts_once_it_is_said_after_reopening() {
    let mut room = Room::new(&["u1"]);
    let first = said("R-1");
    let id = say(&mut room, &first).incident.expect("an incident");
    close(&mut room, &id);
    let more = Report {
        text: "shots fired".to_owned(),
        priority: Priority::new(1).expect("1 to 4"),
        location: at(120.70),
        callers: vec![Some("•••• 2222".to_owned())],
        ..first
    };
    let late = say(&mut room, &more);
    assert_eq!(
        (late.label, kinds(&late)),
        (Some("AFTER-END"), vec!["incident.stated", "incident.noted", "alert.raised"])
    );
    let again = say(&mut room, &more);
    assert!(again.events.is_empty() && again.label.is_none(), "nobody is told twice: {again:?}");

    room.order("lead", &id, Order::Reopen { reason: "shots".to_owned() }).expect("the lead may");
    say(&mut room, &more);
    let now = room.incident(&id);
    let callers = now.callers.len();
    assert_eq!((now.text.as_str(), now.priority.number(), &now.location), ("shots fired", 1, &at(120.70)));
    assert_eq!((callers, say(&mut room, &more).events.len()), (1, 0), "from then on it is its last word");
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn each_end_is_told_of_anew_and_what_holds_is_not() {
    let mut room = Room::new(&["u1"]);
    let first = said("R-2");
    let id = say(&mut room, &first).incident.expect("an incident");
    let more = Report { text: "it burns".to_owned(), ..first.clone() };
    for _ in 0..2 {
        close(&mut room, &id);
        assert_eq!(say(&mut room, &first).label, None, "what it said before the end");
        assert_eq!(say(&mut room, &more).label, Some("AFTER-END"));
        room.order("lead", &id, Order::Reopen { reason: "again".to_owned() }).expect("the lead may");
    }
}

#[test]
fn a_caller_after_the_end_is_told_once() {
    let mut room = Room::new(&["u1"]);
    let first = said("R-3");
    let id = say(&mut room, &first).incident.expect("an incident");
    close(&mut room, &id);
    let named = |numbers: &[&str]| {
        let callers = numbers.iter().map(|number| Some(format!("•••• {number}"))).collect();
        Report { callers, ..first.clone() }
    };
    for (numbers, told) in
        [(vec!["2222"], true), (vec!["2222"], false), (vec!["2222", "3333"], true), (vec!["3333"], false)]
    {
        let answer = say(&mut room, &named(&numbers));
        assert_eq!((answer.label.is_some(), answer.events.is_empty()), (told, !told), "{numbers:?}");
    }
    assert!(room.incident(&id).callers.is_empty(), "nobody's number is sealed after the end");
    room.order("lead", &id, Order::Reopen { reason: "again".to_owned() }).expect("the lead may");
    say(&mut room, &named(&["2222", "3333"]));
    assert_eq!(room.incident(&id).callers.len(), 2);
    assert_eq!(room.replayed(), room.desk);
}

/// A unit under way that seems to have arrived; the incident, its order, and since when.
fn seems(room: &mut Room) -> (String, String, i64) {
    let id = room.report(2);
    let order = room.assign("seat", &id, &["u1"]).expect("it is free").assigned[0].clone();
    room.step(&order, Step::Depart).expect("it may");
    room.pass(5_000);
    let since = room.now_ms;
    room.run("avl", Command::SeemsArrived { id: order.clone(), at_ms: since }).expect("it is there");
    assert_eq!(proposed(room, &id), Some(since));
    (id, order, since)
}

fn proposed(room: &Room, id: &str) -> Option<i64> {
    room.incident(id).assignments[0].seems_arrived_ms
}

fn click(room: &mut Room, order: &str, at_ms: Option<i64>) -> Result<Decided, Refusal> {
    let progress = Progress { step: Step::Arrive, at_ms, src: Source::Avl, reason: None };
    room.run("seat", Command::Assignment { id: order.to_owned(), progress })
}

#[test]
fn an_arrival_that_is_no_longer_proposed_is_not_confirmed() {
    let refused = Err(Refusal::Rule(Rule::AsgSeems));
    let (moved, near) = (at(120.66), at(120.650_1));
    for (change, stands) in
        [(Some(moved), false), (Some(Location::unknown()), false), (Some(near), true), (None, false)]
    {
        let mut room = Room::new(&["u1"]);
        let (id, order, since) = seems(&mut room);
        room.pass(2_000);
        let what = format!("{change:?}");
        if let Some(place) = change {
            room.order("seat", &id, Order::Relocate(PlaceRole::Scene, Box::new(place))).expect("it may");
        } else {
            let left = Command::SeemsLeft { id: order.clone(), at_ms: room.now_ms };
            assert_eq!(kinds(&room.run("avl", left.clone()).expect("said")), ["assignment.seems_left"]);
            assert!(room.run("avl", left).expect("said").events.is_empty(), "said once");
        }
        assert_eq!(proposed(&room, &id), stands.then_some(since), "{what}");
        if stands {
            click(&mut room, &order, Some(since)).expect("it is there");
            continue;
        }
        assert_eq!(click(&mut room, &order, Some(since)), refused, "{what}");
        assert_eq!(click(&mut room, &order, None), refused, "{what}");
        // It comes after all: proposed with its own time, and the click on the old picture is none for it.
        room.pass(60_000);
        let then = room.now_ms;
        room.run("avl", Command::SeemsArrived { id: order.clone(), at_ms: then }).expect("it is there");
        assert_eq!(click(&mut room, &order, Some(since)), refused, "{what}");
        click(&mut room, &order, Some(then)).expect("as proposed");
        assert_eq!(room.incident(&id).assignments[0].times.arrived, Some(then));
        assert_eq!(room.replayed(), room.desk);
    }
}

#[test]
fn what_people_say_of_an_arrival_needs_no_proposal() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let order = room.assign("seat", &id, &["u1"]).expect("it is free").assigned[0].clone();
    room.step(&order, Step::Arrive).expect("the crew knows");
}
