//! How a position is written in a plan: `[lon, lat]`, WGS84 degrees.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use spatial::Position;

/// One position.
pub(super) mod one {
    use super::{Deserialize, Deserializer, Position, Serialize, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(value: &Position, to: S) -> Result<S::Ok, S::Error> {
        [value.lon(), value.lat()].serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Position, D::Error> {
        let [lon, lat] = <[f64; 2]>::deserialize(from)?;
        Position::new(lon, lat).map_err(serde::de::Error::custom)
    }
}

/// A line of positions.
pub(super) mod many {
    use super::{Deserialize, Deserializer, Position, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(value: &[Position], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(value.iter().map(|place| [place.lon(), place.lat()]))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Position>, D::Error> {
        let pairs: Vec<[f64; 2]> = Vec::deserialize(from)?;
        let place = |[lon, lat]: [f64; 2]| Position::new(lon, lat).map_err(serde::de::Error::custom);
        pairs.into_iter().map(place).collect()
    }
}
