//! A unit of the room.

use dispatch::{Channel, Contact, Duty, Size, Unit, UnitKind};

pub(crate) fn unit(id: &str) -> Unit {
    Unit {
        id: id.to_owned(),
        kind: UnitKind::PoliceVehicle,
        call_sign: id.to_owned(),
        org: "o".to_owned(),
        division: None,
        skills: vec![],
        duty: Duty::OnDuty,
        contact: Contact { channel: Channel::App, number: None },
        home: None,
        size: Size::default(),
        epoch: 0,
    }
}
