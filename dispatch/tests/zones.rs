//! Zones are drawn, redrawn, marked and lifted, come back from the log, and end with their incident.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod room;

use dispatch::{Command, Decided, Desk, Mark, Order, Refusal, Rule, Zone, ZonePurpose, ZoneShape, ZoneWind};
use room::{NOON, Room};
use serde_json::json;

fn zone(incident: &str) -> Zone {
    Zone {
        id: String::new(),
        incident: incident.to_owned(),
        purpose: ZonePurpose::Evacuation,
        reason: "gas".to_owned(),
        shape: ZoneShape::Circle { lon: 120.65, lat: 28.01, radius_m: 300.0 },
        geometry: json!({"type": "MultiPolygon", "coordinates": []}),
    }
}

fn blown(at_ms: i64) -> ZoneShape {
    let wind = ZoneWind { from_deg: 90.0, subject: String::new(), source: "airport".to_owned(), at_ms };
    ZoneShape::Cone { lon: 120.65, lat: 28.01, length_m: 800.0, half_angle_deg: 26.6, isolation_m: 100.0, wind }
}

fn draw(room: &mut Room, zone: Zone) -> Result<Decided, Refusal> {
    room.run("s", Command::DrawZone(Box::new(zone)))
}

fn mark(room: &mut Room, who: &str, zone: &str, building: &str, mark: Mark) -> Result<Decided, Refusal> {
    let (zone, building) = (zone.to_owned(), building.to_owned());
    room.run(who, Command::MarkBuilding { zone, building, mark, at_ms: None })
}

fn kinds(room: &Room) -> Vec<&'static str> {
    let of_zones = room.log.iter().map(|(_, event)| event.kind()).filter(|kind| kind.starts_with("zone."));
    of_zones.collect()
}

fn written(room: &Room) -> Desk {
    serde_json::from_str(&serde_json::to_string(&room.desk).unwrap()).unwrap()
}

#[test]
fn what_is_said_of_buildings_stays_when_the_outline_turns() {
    let mut room = Room::new(&["u1"]);
    let incident = room.report(1);
    draw(&mut room, zone(&incident)).unwrap();
    mark(&mut room, "u1", "zone-1", "17", Mark::Told).unwrap();
    mark(&mut room, "u1", "zone-1", "18", Mark::Refused).unwrap();
    mark(&mut room, "s", "zone-1", "17", Mark::Left).unwrap();
    let again = mark(&mut room, "u1", "zone-1", "17", Mark::Left).unwrap();
    assert!(again.events.is_empty(), "saying the same again is nothing");
    draw(&mut room, Zone { id: "zone-1".to_owned(), shape: blown(NOON), ..zone(&incident) }).unwrap();
    let state = room.desk.zone("zone-1").unwrap();
    let said: Vec<_> = state.marks.iter().map(|(id, said)| (id.as_str(), said.mark, said.by.as_str())).collect();
    assert_eq!(said, [("17", Mark::Left, "s"), ("18", Mark::Refused, "u1")]);
    assert_eq!(state.zone.shape.word(), "cone");
    mark(&mut room, "s", "zone-1", "18", Mark::Open).unwrap();
    assert!(!room.desk.zone("zone-1").unwrap().marks.contains_key("18"));
    let expect = ["zone.drawn", "zone.marked", "zone.marked", "zone.marked", "zone.redrawn", "zone.marked"];
    assert_eq!(kinds(&room), expect);
    assert!(room.log.iter().filter(|(_, e)| e.kind().starts_with("zone.")).all(|(_, e)| e.incident().is_some()));
    assert_eq!((room.replayed(), written(&room)), (room.desk.clone(), room.desk.clone()));
}

#[test]
fn a_zone_ends_with_its_incident_or_before() {
    let mut room = Room::new(&["u1"]);
    let (one, other) = (room.report(1), room.report(2));
    for incident in [&one, &one, &other] {
        draw(&mut room, zone(incident)).unwrap();
    }
    room.run("s", Command::LiftZone { id: "zone-2".to_owned() }).unwrap();
    let again = room.run("s", Command::LiftZone { id: "zone-2".to_owned() });
    assert_eq!(again, Err(Refusal::Unknown("zone", "zone-2".to_owned())));
    let order = Order::Cancel { reason: "nothing there".to_owned() };
    room.run("lead", Command::Incident { id: one.clone(), order }).unwrap();
    let left: Vec<&str> = room.desk.zones().map(|state| state.zone.id.as_str()).collect();
    assert_eq!(left, ["zone-3"]);
    assert_eq!(draw(&mut room, zone(&one)), Err(Refusal::Rule(Rule::IncEnded)));
    assert_eq!(mark(&mut room, "s", "zone-1", "17", Mark::Told), Err(Refusal::Unknown("zone", "zone-1".to_owned())));
    draw(&mut room, zone(&other)).unwrap();
    assert!(room.desk.zone("zone-4").is_some(), "a number is never given twice");
    assert_eq!((room.replayed(), written(&room)), (room.desk.clone(), room.desk.clone()));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut room = Room::new(&["u1"]);
    let (one, other) = (room.report(1), room.report(2));
    let invalid = |answer: Result<Decided, Refusal>| match answer {
        Err(Refusal::Invalid(field, _)) => field.to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(invalid(draw(&mut room, Zone { reason: String::new(), ..zone(&one) })), "reason");
    assert_eq!(invalid(draw(&mut room, Zone { geometry: json!("x".repeat(70_000)), ..zone(&one) })), "geometry");
    assert_eq!(invalid(draw(&mut room, Zone { shape: blown(NOON + 3_600_000), ..zone(&one) })), "wind.at");
    assert_eq!(draw(&mut room, zone("none")), Err(Refusal::Unknown("incident", "none".to_owned())));
    let gone = Zone { id: "zone-9".to_owned(), ..zone(&one) };
    assert_eq!(draw(&mut room, gone), Err(Refusal::Unknown("zone", "zone-9".to_owned())));
    draw(&mut room, zone(&one)).unwrap();
    assert_eq!(invalid(draw(&mut room, Zone { id: "zone-1".to_owned(), ..zone(&other) })), "incident");
    let same = draw(&mut room, Zone { id: "zone-1".to_owned(), ..zone(&one) }).unwrap();
    assert!(same.events.is_empty());
    assert_eq!(invalid(mark(&mut room, "s", "zone-1", "", Mark::Told)), "building");
    for number in 0..Zone::MOST_MARKS {
        mark(&mut room, "s", "zone-1", &number.to_string(), Mark::Told).unwrap();
    }
    assert_eq!(invalid(mark(&mut room, "s", "zone-1", "one more", Mark::Told)), "building");
}
