//! Who moves and by which rules: what may be used, how fast, and what a junction costs.

use super::way::{Access, Oneway, Way};
use crate::noun::RoadClass;

/// A kind of mover on roads. Drones and boats go straight and need no graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// On foot: no direction of a one-way street holds, stairs and paths are open.
    Foot,
    /// A car that keeps to every rule.
    Car,
    /// A car on an emergency call: faster, through private ground and pedestrian streets, and against a one-way street
    /// at a cost.
    Emergency,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Foot, Self::Car, Self::Emergency];

    /// Its word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Foot => "foot",
            Self::Car => "car",
            Self::Emergency => "emergency",
        }
    }
}

/// The rules of a profile. All can be changed; [`Rules::of`] gives what holds by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Who moves.
    pub profile: Profile,
    /// Whether turn restrictions hold.
    pub turns: bool,
    /// Whether barriers (bollards, gates) hold.
    pub barriers: bool,
    /// How many times longer a one-way street takes against its direction; `None`: never.
    pub against: Option<f64>,
    /// Whether private ground is open.
    pub private: bool,
    /// Times the speed that a car would drive.
    pub haste: f64,
    /// Seconds that a junction costs. All zero: none.
    pub junction: Junction,
}

/// What a junction (three arms or more) costs on average, seconds. Sources: see [`Rules::of`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Junction {
    /// With traffic lights.
    pub lights_s: f64,
    /// Where a greater road is met.
    pub giving_way_s: f64,
    /// Where roads of one class meet.
    pub equal_s: f64,
    /// Past a smaller road.
    pub priority_s: f64,
}

impl Rules {
    /// The rules of a profile.
    ///
    /// The speed of a car is the speed allowed (or the default of its class) times a share by class, and junctions cost
    /// time: without both, times are 1.29 times too short against an engine that knows turns and lights. The numbers
    /// were fitted on the fastest times of Valhalla in Porto (median ratio 1.03; a test in `intake` prints it) and checked
    /// on Helsinki (0.97), not on runs of a customer's cars: replace them when such runs are there. Emergency cars: 1.15
    /// times the speed and 0.4 of the waiting, an assumption, to be replaced the same way. They may turn where others may
    /// not.
    pub fn of(profile: Profile) -> Self {
        let car = Junction { lights_s: 6.0, giving_way_s: 3.0, equal_s: 1.5, priority_s: 0.5 };
        match profile {
            Profile::Foot => Self {
                profile,
                turns: false,
                barriers: true,
                against: Some(1.0),
                private: false,
                haste: 1.0,
                junction: Junction { lights_s: 10.0, giving_way_s: 0.0, equal_s: 0.0, priority_s: 0.0 },
            },
            Profile::Car => {
                Self { profile, turns: true, barriers: true, against: None, private: false, haste: 1.0, junction: car }
            }
            Profile::Emergency => Self {
                profile,
                turns: false,
                barriers: true,
                against: Some(2.5),
                private: true,
                haste: 1.15,
                junction: Junction {
                    lights_s: car.lights_s * 0.4,
                    giving_way_s: car.giving_way_s * 0.4,
                    equal_s: car.equal_s * 0.4,
                    priority_s: car.priority_s * 0.4,
                },
            },
        }
    }

    /// Metres a second in both directions of a road (along its line, against it); `None` where it may not be used.
    pub(crate) fn speeds(&self, way: &Way) -> [Option<f64>; 2] {
        let open = |access: Access| match access {
            _ if way.barrier && !self.barriers => true,
            Access::Open => true,
            Access::Private => self.private,
            Access::Shut => false,
        };
        if self.profile == Profile::Foot {
            let speed = if way.ferry { FERRY_KMH } else { on_foot_kmh(way.class) } / 3.6;
            return [open(way.foot).then_some(speed); 2];
        }
        let pedestrian = self.profile == Profile::Emergency
            && matches!(way.class, RoadClass::Pedestrian | RoadClass::Track)
            && !way.ferry;
        if !open(way.cars) && !pedestrian {
            return [None; 2];
        }
        let speed = self.car_kmh(way) / 3.6;
        let against =
            self.against.filter(|_| !way.ferry && way.class != RoadClass::Motorway).map(|times| speed / times);
        match way.oneway {
            Oneway::Both => [Some(speed), Some(speed)],
            Oneway::Along => [Some(speed), against],
            Oneway::Against => [against, Some(speed)],
        }
    }

    /// Milliseconds that one stands on the way: cars at a gate.
    pub(crate) fn wait_ms(&self, way: &Way) -> u32 {
        if self.profile == Profile::Foot || !self.barriers { 0 } else { u32::from(way.wait_s) * 1_000 }
    }

    fn car_kmh(&self, way: &Way) -> f64 {
        if way.ferry {
            return FERRY_KMH;
        }
        let (usual, share) = manner(way.class);
        let allowed = way.speed_kmh.map_or(if way.link { usual * 0.7 } else { usual }, f64::from);
        let pace = if way.roundabout { share.min(0.75) } else { share };
        (allowed * pace).max(5.0) * self.haste
    }
}

/// A ferry, with what waiting for it costs on average.
const FERRY_KMH: f64 = 8.0;

/// Speed of a class where none is written, km/h, and the share of the speed allowed that is driven between junctions.
fn manner(class: RoadClass) -> (f64, f64) {
    match class {
        RoadClass::Motorway => (110.0, 1.0),
        RoadClass::Trunk => (80.0, 1.0),
        RoadClass::Primary => (55.0, 0.95),
        RoadClass::Secondary => (50.0, 0.95),
        RoadClass::Tertiary => (45.0, 0.95),
        RoadClass::Unclassified => (40.0, 0.95),
        RoadClass::Residential => (35.0, 0.9),
        RoadClass::LivingStreet => (12.0, 1.0),
        RoadClass::Service => (20.0, 0.95),
        RoadClass::Pedestrian
        | RoadClass::Track
        | RoadClass::Footway
        | RoadClass::Path
        | RoadClass::Cycleway
        | RoadClass::Steps
        | RoadClass::Other => (15.0, 1.0),
    }
}

/// A walk of 5 km/h; stairs count half.
fn on_foot_kmh(class: RoadClass) -> f64 {
    if class == RoadClass::Steps { 2.5 } else { 5.0 }
}

/// How great a road is, for who gives way to whom.
pub(crate) fn rank(way: &Way) -> u8 {
    match way.class {
        RoadClass::Motorway => 8,
        RoadClass::Trunk => 7,
        RoadClass::Primary => 6,
        RoadClass::Secondary => 5,
        RoadClass::Tertiary => 4,
        RoadClass::Unclassified | RoadClass::Residential => 3,
        RoadClass::LivingStreet => 2,
        RoadClass::Service => 1,
        RoadClass::Pedestrian
        | RoadClass::Track
        | RoadClass::Footway
        | RoadClass::Path
        | RoadClass::Cycleway
        | RoadClass::Steps
        | RoadClass::Other => 0,
    }
}
