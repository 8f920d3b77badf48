//! Units go in and come out.

use dispatch::{Channel, Contact, Duty, Size, Unit, UnitKind};
use spatial::Position;
use spatial::codes::Division;
use store::ErrorKind;

use crate::support::Ground;

fn unit(id: &str) -> Unit {
    Unit {
        id: id.to_owned(),
        kind: UnitKind::PoliceVehicle,
        call_sign: "鹿城 01".to_owned(),
        org: "五马派出所".to_owned(),
        division: Some(Division::new("330302006").unwrap()),
        skills: vec!["water_rescue".to_owned(), "dialect:温州话".to_owned()],
        duty: Duty::OnDuty,
        contact: Contact { channel: Channel::Radio, number: Some("CH 4".to_owned()) },
        home: Position::new(120.655, 28.015).ok(),
        size: Size { height_m: Some(3.5), weight_t: Some(16.0) },
        epoch: 7,
    }
}

fn bare_unit(id: &str) -> Unit {
    let contact = Contact { channel: Channel::None, number: None };
    Unit {
        division: None,
        skills: vec![],
        duty: Duty::OffDuty,
        contact,
        home: None,
        size: Size::default(),
        epoch: 0,
        ..unit(id)
    }
}

pub(crate) async fn units_come_back(ground: &Ground) {
    let store = &ground.store;
    assert_eq!(store.units().await.unwrap(), []);
    store.put_units(&[unit("a"), bare_unit("b")]).await.unwrap();
    assert_eq!(store.units().await.unwrap(), [unit("a"), bare_unit("b")]);
    assert_eq!(store.unit("b").await.unwrap(), Some(bare_unit("b")));
    assert_eq!(store.unit("c").await.unwrap(), None);
    store.put_units(&[]).await.unwrap();
}

pub(crate) async fn a_unit_is_replaced_by_its_id(ground: &Ground) {
    let store = &ground.store;
    store.put_unit(&unit("a")).await.unwrap();
    store.put_unit(&bare_unit("a")).await.unwrap();
    assert_eq!(store.units().await.unwrap(), [bare_unit("a")]);
    store.put_units(&[bare_unit("a"), unit("a")]).await.unwrap();
    assert_eq!(store.units().await.unwrap(), [unit("a")]);
}

pub(crate) async fn units_are_in_the_order_of_bytes(ground: &Ground) {
    let ids = ["-1", "B", "a", "b", "é", "警"];
    let units: Vec<Unit> = ids.iter().rev().map(|id| unit(id)).collect();
    ground.store.put_units(&units).await.unwrap();
    let stored: Vec<String> = ground.store.units().await.unwrap().into_iter().map(|unit| unit.id).collect();
    assert_eq!(stored, ids);
}

pub(crate) async fn one_bad_unit_stores_none(ground: &Ground) {
    let nameless = unit("");
    let mut zero_byte = unit("b");
    zero_byte.contact.number = Some("\0".to_owned());
    for bad in [nameless, zero_byte] {
        let refusal = ground.store.put_units(&[unit("a"), bad]).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
    }
    assert_eq!(ground.store.units().await.unwrap(), []);
}
