//! Barriers on a road: bollards, gates, blocks. Whoever may not pass one goes another way.
//!
//! On a road's feature they are a text: `3 bollard; 9 gate access=private foot=yes`. Each part is the number of the vertex of
//! the road's own line (from 0), the kind in OpenStreetMap's words (`barrier=*`), and what its tags say of who may pass.
//! In the graph a barrier is an edge without length between two junctions at one place, of a road that only those may use
//! who may pass.

use super::way::{Access, FOR_VEHICLES, Oneway, Way, lets_help_in, shut_but};
use crate::noun::RoadClass;

/// Seconds that a car stands before a gate. An assumption: nobody counts them; Valhalla takes 30.
pub(crate) const GATE_S: u8 = 10;

/// A barrier as a road says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Barrier {
    /// Vertex of the road's own line.
    pub(crate) vertex: usize,
    cars: Access,
    foot: Access,
    gate: bool,
    bollard: bool,
}

/// Reads the text of a road; parts that are none are counted.
pub(crate) fn told(text: &str) -> (Vec<Barrier>, u32) {
    super::turn::parts(text, one)
}

fn one(part: &str) -> Option<Barrier> {
    let mut words = part.split_ascii_whitespace();
    let vertex = words.next()?.parse().ok()?;
    let kind = words.next()?;
    let tags: Vec<(&str, &str)> = words.map(|word| word.split_once('=')).collect::<Option<_>>()?;
    let tag = |key: &str| tags.iter().find(|(known, _)| *known == key).map(|(_, word)| *word);
    let of_cars = FOR_VEHICLES.iter().find_map(|key| tag(key));
    let help = lets_help_in(tag("emergency"));
    let cars = match of_cars.or_else(|| tag("access")) {
        Some(word) => passes(word),
        None if is_open(kind) => Access::Open,
        // It sinks for who may pass.
        None if tag(kind) == Some("rising") => Access::Private,
        None => Access::Shut,
    };
    // As for roads: a word for everybody holds on foot unless a nearer one shows that it was meant for vehicles.
    let of_all = tag("access").filter(|word| of_cars.is_none() || of_cars == Some(word));
    let foot = match tag("foot").or(of_all) {
        Some("use_sidepath") => Access::Shut,
        Some(word) => passes(word),
        None if is_wall(kind) => Access::Shut,
        None => Access::Open,
    };
    Some(Barrier {
        vertex,
        cars: if cars == Access::Shut { shut_but(help) } else { cars },
        foot,
        gate: is_gate(kind),
        bollard: kind == "bollard",
    })
}

impl Barrier {
    /// The road that leads through it; `None` where it stops nobody. On a pedestrian street, which emergency cars may use, they
    /// get through its bollards as through a gate.
    pub(crate) fn way(&self, road: &Way) -> Option<Way> {
        let let_in = self.bollard && road.class == RoadClass::Pedestrian && self.cars == Access::Shut;
        let cars = if let_in { Access::Private } else { self.cars };
        let wait_s = if self.gate || cars == Access::Private { GATE_S } else { 0 };
        let stops = cars != Access::Open || self.foot != Access::Open || wait_s > 0;
        // A road for cars by its class, so that its words alone decide.
        let class = RoadClass::Service;
        let (barrier, oneway) = (true, Oneway::Both);
        stops.then(|| Way { class, cars, foot: self.foot, wait_s, barrier, oneway, ..road.clone() })
    }
}

/// Whom a barrier lets through: unlike a road, of which `agricultural` or `bus` says that it is used by others as well, it
/// stays shut for all but those it names.
fn passes(word: &str) -> Access {
    match word {
        "yes" | "permissive" | "designated" | "destination" | "customers" | "delivery" | "public" => Access::Open,
        "private" | "permit" | "residents" | "employees" | "emergency" | "official" => Access::Private,
        _ => Access::Shut,
    }
}

/// Kinds that let cars through unless more is said.
fn is_open(kind: &str) -> bool {
    is_gate(kind)
        || matches!(
            kind,
            "toll_booth"
                | "border_control"
                | "cattle_grid"
                | "entrance"
                | "height_restrictor"
                | "kerb"
                | "sally_port"
                | "arch"
                | "coupure"
                | "no"
        )
}

/// Kinds that are opened for each car.
fn is_gate(kind: &str) -> bool {
    matches!(kind, "gate" | "lift_gate" | "sliding_gate" | "swing_gate")
}

/// Kinds that stop people on foot as well.
fn is_wall(kind: &str) -> bool {
    matches!(kind, "wall" | "fence" | "city_wall" | "retaining_wall" | "hedge" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_part_by_part() {
        let said = |text: &str| {
            let (all, lost) = told(text);
            let words = all.iter().map(|b| format!("{} {:?} {:?}", b.vertex, b.cars, b.foot)).collect::<Vec<_>>();
            (words.join("; "), lost)
        };
        let read = |text: &str| said(text).0;
        assert_eq!(read("3 bollard"), "3 Shut Open");
        assert_eq!(read("0 bollard bollard=rising"), "0 Private Open");
        assert_eq!(read("3 block emergency=yes"), "3 Private Open");
        assert_eq!(read("3 gate"), "3 Open Open");
        assert_eq!(read("3 gate access=private"), "3 Private Private");
        assert_eq!(read("3 gate access=private foot=yes"), "3 Private Open");
        assert_eq!(read("3 lift_gate access=yes motor_vehicle=private"), "3 Private Open");
        assert_eq!(read("3 gate access=no motor_vehicle=no foot=yes emergency=yes"), "3 Private Open");
        assert_eq!(read("3 gate motor_vehicle=no"), "3 Shut Open");
        assert_eq!(read("3 bollard motor_vehicle=agricultural"), "3 Shut Open");
        assert_eq!(read("3 lift_gate access=emergency"), "3 Private Private");
        assert_eq!(read("3 fence"), "3 Shut Shut");
        assert_eq!(read("3 turnstile; 5 toll_booth"), "3 Shut Open; 5 Open Open");
        assert_eq!(said("x gate; 3; 4 gate private; ; 5 gate"), ("5 Open Open".to_owned(), 3));
    }
}
