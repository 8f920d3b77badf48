//! What the systems are called.

use super::{Crs, CrsError, GaussKruger, Utm};

impl Crs {
    /// The system of that name; capitals and outer blanks do not matter.
    pub fn from_name(name: &str) -> Result<Self, CrsError> {
        let lower = name.trim().to_ascii_lowercase();
        match lower.as_str() {
            "wgs84" | "epsg:4326" => Ok(Self::Wgs84),
            "cgcs2000" | "epsg:4490" => Ok(Self::Cgcs2000),
            "cgcs2000_gk120" | "epsg:4549" => Ok(Self::Cgcs2000Gk120),
            "gcj02" => Ok(Self::Gcj02),
            "bd09" => Ok(Self::Bd09),
            "epsg:3857" => Ok(Self::WebMercator),
            other => {
                let epsg = other.strip_prefix("epsg:").and_then(|code| code.parse().ok());
                let zone = epsg.and_then(|epsg| {
                    let zone = GaussKruger::from_epsg(epsg).map(Self::GaussKruger);
                    zone.or_else(|| Utm::from_epsg(epsg).map(Self::Utm))
                });
                zone.ok_or_else(|| CrsError::Unknown { name: name.to_owned() })
            }
        }
    }

    /// The name, as [`Self::from_name`] reads it.
    pub fn name(self) -> String {
        match self {
            Self::Wgs84 => "wgs84".to_owned(),
            Self::Cgcs2000 => "cgcs2000".to_owned(),
            Self::Cgcs2000Gk120 => "cgcs2000_gk120".to_owned(),
            Self::GaussKruger(zone) => format!("epsg:{}", zone.epsg()),
            Self::Utm(zone) => format!("epsg:{}", zone.epsg()),
            Self::Gcj02 => "gcj02".to_owned(),
            Self::Bd09 => "bd09".to_owned(),
            Self::WebMercator => "epsg:3857".to_owned(),
        }
    }

    /// Its number in the EPSG register; the shifted systems have none.
    pub fn epsg(self) -> Option<u16> {
        match self {
            Self::Wgs84 => Some(4326),
            Self::Cgcs2000 => Some(4490),
            Self::Cgcs2000Gk120 => Some(4549),
            Self::GaussKruger(zone) => Some(zone.epsg()),
            Self::Utm(zone) => Some(zone.epsg()),
            Self::WebMercator => Some(3857),
            Self::Gcj02 | Self::Bd09 => None,
        }
    }

    /// Whether its coordinates are degrees; else they are metres.
    pub fn is_degrees(self) -> bool {
        match self {
            Self::Wgs84 | Self::Cgcs2000 | Self::Gcj02 | Self::Bd09 => true,
            Self::Cgcs2000Gk120 | Self::GaussKruger(_) | Self::Utm(_) | Self::WebMercator => false,
        }
    }
}
