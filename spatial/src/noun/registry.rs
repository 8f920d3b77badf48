//! The nouns themselves. Field names are the property names of the contract; lengths are metres, angles degrees
//! clockwise from north, dates `YYYY-MM-DD`.

use super::NounError;
use super::field::{Field, FieldError, FieldSpec, RegistrationNumber, put, take};
use super::kinds::{CameraKind, JurisdictionLevel, Oneway, PlaceKind, RoadClass};
use crate::codes::{DeviceId, Division, DivisionLevel, GridCode, Uscc};
use crate::value::Properties;

macro_rules! noun {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type,)* }

        impl $name {
            pub(super) const FIELDS: &'static [FieldSpec] = &[$(FieldSpec {
                name: stringify!($field),
                kind: <$type as Field>::KIND,
                required: <$type as Field>::REQUIRED,
            },)*];

            pub(super) fn take(properties: &mut Properties) -> Result<Self, FieldError> {
                Ok(Self { $($field: take(properties, stringify!($field))?,)* })
            }

            pub(super) fn write(&self, properties: &mut Properties) {
                $(put(properties, stringify!($field), &self.$field);)*
            }
        }
    };
}

noun! {
    /// A dwelling (实有房屋). Clickable to building level; `room` leaves the server only for a stated purpose.
    House {
        /// Source id of the building it is in.
        building: Option<String>,
        /// Address down to the building, never to the room.
        address: Option<String>,
        /// Code of the standard address (标准地址).
        address_code: Option<String>,
        /// Floor, counted as the address does.
        floor: Option<String>,
        /// Unit and room.
        room: Option<String>,
        /// What it is used for: `residential`, `mixed`, `dormitory`…
        usage: Option<String>,
    }
}

noun! {
    /// A building (楼幢): its footprint is the geometry.
    Building {
        /// Name or number.
        name: Option<String>,
        /// Height above ground, metres.
        height_m: Option<f64>,
        /// Storeys above ground.
        levels: Option<u32>,
        /// `residential`, `commercial`, `industrial`, `public`… as the source says it.
        kind: Option<String>,
        /// Address of the building.
        address: Option<String>,
    }
}

noun! {
    /// An enterprise (企业、经营主体). Keyed by its unified social credit code, or by its older registration number.
    Enterprise {
        /// Name as registered or on the sign.
        name: Option<String>,
        /// The same in English, if there is one.
        name_en: Option<String>,
        /// `shop`, `office`, `craft`, `factory`, `restaurant`, `hotel`…
        kind: Option<String>,
        /// Finer word of the source: `bakery`, `lawyer`…
        category: Option<String>,
        /// Unified social credit code.
        uscc: Option<Uscc>,
        /// Registration number from before the code; never made up.
        legacy_reg_no: Option<RegistrationNumber>,
        /// Address as registered or on the sign.
        address: Option<String>,
        /// Source id of the building it is in.
        building: Option<String>,
    }
}

noun! {
    /// A camera (摄像机).
    Camera {
        /// Name as the operators call it.
        name: Option<String>,
        /// How it can look around.
        kind: CameraKind,
        /// GB/T 28181 code; opaque, never a place.
        device_id: Option<DeviceId>,
        /// Height of the lens above ground, metres.
        height_m: Option<f64>,
        /// Middle of the view, degrees clockwise from north, 0..360; absent when it looks all around or is unknown.
        azimuth_deg: Option<f64>,
        /// Opening of the view, degrees, 0..360.
        angle_deg: Option<f64>,
        /// How far a person can be made out, metres.
        range_m: Option<f64>,
        /// Whether it answers; absent when nobody knows.
        online: Option<bool>,
        /// Who is responsible for it (regulation on public video, articles 7 and 9).
        owner_unit: Option<String>,
        /// On what ground it stands there (same articles).
        legal_basis: Option<String>,
        /// Days that recordings are kept; at least 30 (article 17).
        retention_days: Option<u32>,
        /// Where the stream is; never leaves the server.
        stream: Option<String>,
    }
}

noun! {
    /// A place of public interest (场所).
    Place {
        /// Name.
        name: Option<String>,
        /// The same in English.
        name_en: Option<String>,
        /// What it is.
        kind: PlaceKind,
        /// Finer word of the source.
        category: Option<String>,
        /// Address.
        address: Option<String>,
    }
}

noun! {
    /// A street (道路). Keeps the tags that routing needs.
    Road {
        /// Name.
        name: Option<String>,
        /// The same in English.
        name_en: Option<String>,
        /// Class.
        class: RoadClass,
        /// `yes` along the line, `-1` against it, `no`, `reversible`, `alternating`.
        oneway: Option<Oneway>,
        /// Speed allowed, km/h; absent when unknown.
        speed_kmh: Option<u32>,
        /// Lanes in all.
        lanes: Option<u32>,
        /// On a bridge.
        bridge: Option<bool>,
        /// In a tunnel.
        tunnel: Option<bool>,
        /// Level over (+) or under (−) the ground, as text.
        level: Option<String>,
        /// Who may use it: `private`, `no`, `destination`…
        access: Option<String>,
        /// Shape of a junction: `roundabout`, `circular`.
        junction: Option<String>,
        /// Ids of the line's nodes in the source, joined by commas, so that crossings stay connected.
        nodes: Option<Nodes>,
    }
}

noun! {
    /// Water (水系).
    Water {
        /// Name.
        name: Option<String>,
        /// The same in English.
        name_en: Option<String>,
        /// `sea`, `river`, `lake`, `reservoir`…
        kind: Option<String>,
    }
}

noun! {
    /// Ground (用地).
    Land {
        /// Name.
        name: Option<String>,
        /// The same in English.
        name_en: Option<String>,
        /// `green`, `forest`, `farm`, `residential`, `industrial`, `commercial`…
        kind: Option<String>,
    }
}

noun! {
    /// A governance grid cell (网格): belongs to exactly one village.
    Grid {
        /// The village's twelve digits and a sequence number.
        code: GridCode,
        /// Name.
        name: Option<String>,
    }
}

noun! {
    /// A division of the city (辖区).
    Jurisdiction {
        /// Twelve digits.
        code: Division,
        /// Name.
        name: String,
        /// The same in English or pinyin.
        name_en: Option<String>,
        /// Tier.
        level: JurisdictionLevel,
        /// Code of the division above; absent for the city.
        parent: Option<Division>,
        /// A code that exists only because a tier is missing (龙港 has no townships).
        is_virtual: Option<bool>,
        /// First day it is in force, `YYYY-MM-DD`.
        valid_from: Option<Date>,
        /// Last day it is in force.
        valid_to: Option<Date>,
    }
}

noun! {
    /// Residents of one dwelling, as counts: no name, no number, no origin. Never leaves the server.
    ResidentCount {
        /// Source id of the dwelling.
        house: String,
        /// How many people live there.
        residents: u32,
        /// How many households they are.
        households: u32,
        /// How many need help in an evacuation.
        need_help: u32,
    }
}

/// A day, `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(String);

impl Date {
    /// Reads `YYYY-MM-DD`.
    pub fn new(text: &str) -> Option<Self> {
        let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().ok()));
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let shape = (year.0, month.0, day.0) == (4, 2, 2) && parts.next().is_none();
        let shape = shape && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let range = (1800..2200).contains(&year.1?) && (1..=days_of(year.1?, month.1?)).contains(&day.1?);
        (shape && range).then(|| Self(text.to_owned()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Days of a month in the Gregorian calendar; none for a month that there is not.
fn days_of(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

impl Field for Date {
    const KIND: super::FieldType = super::FieldType::Text;

    fn read(value: crate::Value) -> Result<Self, String> {
        value.as_text().and_then(Self::new).ok_or_else(|| format!("must be a day YYYY-MM-DD, got {}", value.shown()))
    }

    fn write(&self) -> Option<crate::Value> {
        Some(crate::Value::Text(self.0.clone()))
    }
}

/// Node ids of a line in its source: `17,18,25`. Longer than other texts may be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nodes(pub Vec<i64>);

impl Field for Nodes {
    const KIND: super::FieldType = super::FieldType::Text;

    fn read(value: crate::Value) -> Result<Self, String> {
        let ids: Option<Vec<i64>> =
            value.as_text().and_then(|text| text.split(',').map(|id| id.trim().parse().ok()).collect());
        ids.map(Self).ok_or_else(|| "must be whole numbers joined by commas".to_owned())
    }

    fn write(&self) -> Option<crate::Value> {
        let ids: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        Some(crate::Value::Text(ids.join(",")))
    }
}

fn within(value: Option<f64>, range: std::ops::RangeInclusive<f64>) -> bool {
    value.is_none_or(|v| range.contains(&v))
}

impl Camera {
    pub(super) fn check(&self) -> Result<(), NounError> {
        if !within(self.azimuth_deg, 0.0..=360.0) {
            return Err(NounError::Rule("azimuth_deg must be 0 to 360 degrees clockwise from north"));
        }
        if !within(self.angle_deg, 0.0..=360.0) {
            return Err(NounError::Rule("angle_deg must be 0 to 360 degrees"));
        }
        if !within(self.range_m, 0.0..=20_000.0) {
            return Err(NounError::Rule("range_m must be 0 to 20000 metres"));
        }
        if !within(self.height_m, -100.0..=1_000.0) {
            return Err(NounError::Rule("height_m must be -100 to 1000 metres"));
        }
        if self.angle_deg == Some(0.0) {
            return Err(NounError::Rule("angle_deg must be more than 0: leave it out when it is unknown"));
        }
        if self.stream.as_ref().is_some_and(|stream| !is_address(stream)) {
            return Err(NounError::Rule(
                "stream must be an address (rtsp, rtsps, rtmp, rtmps, rtp, srt, http, https, gb28181)",
            ));
        }
        if self.retention_days.is_some_and(|days| days < 30) {
            return Err(NounError::Rule("retention_days must be at least 30 (regulation on public video, article 17)"));
        }
        if self.device_id.as_ref().is_some_and(|id| !id.is_camera()) {
            return Err(NounError::Rule("device_id is not a camera's: digits 11 to 13 must be 121, 122, 131 or 132"));
        }
        Ok(())
    }
}

/// Whether a text is where a stream may be: a known scheme and something behind it.
fn is_address(text: &str) -> bool {
    let known = ["rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "http", "https", "gb28181"];
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let host = rest.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '[');
        known.contains(&scheme.to_ascii_lowercase().as_str()) && host && !text.contains(char::is_whitespace)
    })
}

impl Building {
    pub(super) fn check(&self) -> Result<(), NounError> {
        // The highest building there is has 828 m and 163 storeys.
        if self.height_m.is_some_and(|height| height <= 0.0 || height > 1_000.0) {
            return Err(NounError::Rule(
                "height_m must be more than 0 and at most 1000 metres: leave it out when unknown",
            ));
        }
        if self.levels.is_some_and(|levels| !(1..=200).contains(&levels)) {
            return Err(NounError::Rule("levels must be 1 to 200: leave it out when unknown"));
        }
        Ok(())
    }
}

impl Road {
    pub(super) fn check(&self) -> Result<(), NounError> {
        if self.speed_kmh.is_some_and(|kmh| !(1..=200).contains(&kmh)) {
            return Err(NounError::Rule("speed_kmh must be 1 to 200 km/h: leave it out when unknown"));
        }
        if self.lanes.is_some_and(|lanes| !(1..=20).contains(&lanes)) {
            return Err(NounError::Rule("lanes must be 1 to 20: leave it out when unknown"));
        }
        Ok(())
    }
}

impl ResidentCount {
    pub(super) fn check(&self) -> Result<(), NounError> {
        if self.need_help > self.residents {
            return Err(NounError::Rule("need_help exceeds residents"));
        }
        if self.households > self.residents {
            return Err(NounError::Rule("households exceed residents"));
        }
        if self.residents > 100_000 || self.households > 100_000 {
            return Err(NounError::Rule("a dwelling holds at most 100000 people"));
        }
        Ok(())
    }
}

impl Jurisdiction {
    pub(super) fn check(&self) -> Result<(), NounError> {
        let fits = match self.level {
            JurisdictionLevel::City => self.code.level() == DivisionLevel::City,
            JurisdictionLevel::County => self.code.level() == DivisionLevel::County,
            JurisdictionLevel::Township => self.code.level() == DivisionLevel::Township,
            JurisdictionLevel::Village => self.code.level() == DivisionLevel::Village,
        };
        if !fits {
            return Err(NounError::Rule("level does not fit the digits of code"));
        }
        if let (Some(from), Some(to)) = (&self.valid_from, &self.valid_to)
            && to < from
        {
            return Err(NounError::Rule("valid_to lies before valid_from"));
        }
        match self.parent {
            Some(parent) if parent == self.code || !parent.contains(self.code) => {
                Err(NounError::Rule("parent does not contain code"))
            }
            None if self.level != JurisdictionLevel::City => Err(NounError::Rule("only a city has no parent")),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn only_days_that_there_are() {
        for day in ["2024-02-29", "2000-02-29", "2026-12-31", "1800-01-01"] {
            assert!(Date::new(day).is_some(), "{day}");
        }
        for day in [
            "2024-02-30",
            "2023-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "2026-1-01",
            "+026-01-01",
        ] {
            assert!(Date::new(day).is_none(), "{day}");
        }
    }
}
