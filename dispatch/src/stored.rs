//! How values of `spatial` are written in events: a position as `[lon, lat]` (WGS84 degrees), a division as its code.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An optional position.
pub(crate) mod position {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use spatial::Position;

    pub(crate) fn serialize<S: Serializer>(value: &Option<Position>, to: S) -> Result<S::Ok, S::Error> {
        value.map(|p| [p.lon(), p.lat()]).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Position>, D::Error> {
        let pair: Option<[f64; 2]> = Option::deserialize(from)?;
        pair.map(|[lon, lat]| Position::new(lon, lat).map_err(serde::de::Error::custom)).transpose()
    }
}

/// An optional division code.
pub(crate) mod division {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use spatial::codes::Division;

    pub(crate) fn serialize<S: Serializer>(value: &Option<Division>, to: S) -> Result<S::Ok, S::Error> {
        value.map(|division| division.to_string()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Division>, D::Error> {
        let code: Option<String> = Option::deserialize(from)?;
        code.map(|code| Division::new(&code).map_err(serde::de::Error::custom)).transpose()
    }
}
