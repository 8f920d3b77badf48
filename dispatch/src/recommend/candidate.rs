//! A unit that could be sent, as it stood when the question was asked. It is stored with the answer, so that "why not
//! unit X?" needs nothing else.

use serde::{Deserialize, Serialize};
use spatial::Position;

use crate::unit::{Availability, Link, UnitKind};
use crate::words::words;

words! {
    /// Whose unit it is, seen from the incident's district.
    Relation {
        /// It works in the incident's district.
        Own = "own",
        /// It works elsewhere and stands within the border buffer.
        Buffer = "buffer",
        /// It works elsewhere.
        Other = "other",
    }
}

words! {
    /// How a unit comes.
    By {
        /// On roads, or on foot along them.
        Road = "road",
        /// In a straight line: drones and boats.
        Straight = "straight",
    }
}

words! {
    /// Why a unit cannot come at all.
    Unreachable {
        /// The unit is too far from any road that it may use.
        UnitOffRoad = "unit_off_road",
        /// The incident is: in the sea, or outside the network.
        IncidentOffRoad = "incident_off_road",
        /// Roads lead from one to the other only through closures.
        Closed = "closed",
        /// Roads lead there, but each of them has a limit of height or weight that its vehicle exceeds.
        TooLarge = "too_large",
        /// They stand on pieces of the network that do not meet.
        NoWay = "no_way",
        /// Farther than was searched.
        TooFar = "too_far",
    }
}

/// A unit's way to the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Travel {
    /// How it comes.
    pub by: By,
    /// Earliest arrival, seconds from now.
    pub best_s: u32,
    /// Latest arrival, seconds from now: old position and uncertain place counted in. At least `best_s`.
    pub worst_s: u32,
    /// How much of `worst_s` comes from the age of the position, seconds.
    pub age_adds_s: u32,
    /// Length of the way, metres.
    pub road_m: u32,
    /// Distance in a straight line, metres.
    pub straight_m: u32,
}

/// Whether a unit can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Yes, like this.
    Found(Travel),
    /// No, and why.
    Not(Unreachable),
}

/// The position that the way was reckoned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeenAt {
    /// Where, WGS84; `None` when the unit never reported and has no post either.
    #[serde(default, with = "crate::stored::position", skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Its age, seconds; `None` when the unit never reported and its post is taken instead.
    pub age_s: Option<u32>,
    /// Doubt of the fix, metres.
    pub accuracy_m: Option<f64>,
}

/// A unit that could be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id.
    pub unit: String,
    /// Its epoch: what an order is compared with.
    pub unit_epoch: u64,
    /// What it is called.
    pub call_sign: String,
    /// Its kind.
    pub kind: UnitKind,
    /// Its skills.
    pub skills: Vec<String>,
    /// Its organisation.
    pub org: String,
    /// How bound it is.
    pub availability: Availability,
    /// The incident that binds it, if one does.
    pub bound_to: Option<String>,
    /// Whose it is.
    pub relation: Relation,
    /// How fresh its last sign of life is.
    pub link: Link,
    /// Where it was seen.
    pub seen: SeenAt,
    /// Whether it can come, and how.
    pub way: Way,
    /// Orders that it had in the last hours.
    pub orders: u32,
}

impl SeenAt {
    /// Rounds the position to 7 decimals and the doubt to centimetres: as JSON they are then read back bit for bit.
    pub(crate) fn round(&mut self) {
        let to = |degrees: f64| (degrees * 1e7).round() / 1e7;
        if let Some(place) = self.position {
            self.position = Some(Position::new(to(place.lon()), to(place.lat())).unwrap_or(place));
        }
        self.accuracy_m = self.accuracy_m.filter(|metres| metres.is_finite()).map(|m| (m * 100.0).round() / 100.0);
    }
}

impl Candidate {
    /// Its way, if it has one.
    pub fn travel(&self) -> Option<&Travel> {
        match &self.way {
            Way::Found(travel) => Some(travel),
            Way::Not(_) => None,
        }
    }
}
