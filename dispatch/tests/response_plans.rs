//! Response plans are data: a city publishes its own, and they are kept beside the times.

mod room;

use dispatch::recommend::Plans;
use dispatch::{Command, Desk, IncidentKind, Policy, Priority, Refusal};
use room::Room;

fn plans(version: u32) -> Plans {
    let mut plans = Plans { version, ..Plans::default() };
    plans.plans[0].levels[0].needs[0].count = 3;
    plans
}

fn publish(room: &mut Room, plans: Plans) -> Result<(), Refusal> {
    room.run("lead", Command::PublishPlans(Box::new(plans))).map(drop)
}

/// How many police a criminal incident of priority 1 asks for.
fn police(desk: &Desk) -> u8 {
    let first = Priority::new(1).expect("1 to 4");
    let plan = desk.plans().plan(IncidentKind::Criminal, first).expect("a plan for each kind");
    plan.levels[0].needs[0].count
}

#[test]
fn a_city_publishes_its_own() {
    let mut room = Room::new(&["u1"]);
    assert_eq!((police(&room.desk), room.desk.plans().version), (2, 1));
    publish(&mut room, plans(2)).unwrap();
    assert_eq!((police(&room.desk), room.desk.plans().version), (3, 2));
    // Times and plans have versions of their own.
    let times = Policy { version: 2, ..Policy::default() };
    room.run("lead", Command::Publish(Box::new(times))).unwrap();
    publish(&mut room, plans(3)).unwrap();
    let versions = ["policy:plans", "policy:timers"].map(|stream| room.desk.version_of(stream));
    assert_eq!((versions, room.desk.plans().version, room.desk.policy().version), ([2, 1], 3, 2));
    assert_eq!(room.replayed(), room.desk);
    // They are in what is written down for a fast start; what was written down before there were any has the proposal.
    let mut written = serde_json::to_value(&room.desk).unwrap();
    assert_eq!(serde_json::from_value::<Desk>(written.clone()).unwrap(), room.desk);
    for field in ["plans", "plans_version"] {
        assert!(written.as_object_mut().unwrap().remove(field).is_some(), "{field}");
    }
    let old: Desk = serde_json::from_value(written).unwrap();
    assert_eq!((old.plans().version, old.version_of("policy:plans")), (1, 0));
}

#[test]
fn wrong_plans_are_refused_with_their_place_and_change_nothing() {
    let mut room = Room::new(&["u1"]);
    let mut bad = plans(2);
    bad.plans[4].levels[1].needs[0].count = 0;
    for (plans, at, words) in [
        (plans(1), "/version", "version 1 does not follow 1"),
        (plans(3), "/version", "version 3 does not follow 1"),
        (bad, "/plans/4/levels/1/needs/0/count", "count must be 1 to 20"),
    ] {
        let refused = publish(&mut room, plans);
        let said = matches!(&refused, Err(Refusal::InvalidAt(place, why)) if place == at && why.contains(words));
        assert!(said, "{words}: {refused:?}");
    }
    assert_eq!((police(&room.desk), room.desk.version_of("policy:plans")), (2, 0));
}
