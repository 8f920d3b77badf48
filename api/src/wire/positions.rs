//! Reports of positions.

use serde::{Deserialize, Serialize};
use spatial::crs::Crs;
use spatial::moving::{Fix, Label};
use spatial::{Position, PositionError};
use utoipa::ToSchema;

use crate::app::{Posted, Report, from_rfc3339};

/// One report: a row of a JSON array, or a line of NDJSON.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PositionRow {
    /// Which unit.
    pub unit: String,
    /// Longitude (or easting, when `crs` says so).
    pub lon: f64,
    /// Latitude (or northing).
    pub lat: f64,
    /// When, by the device: RFC 3339.
    pub at: String,
    /// The device's own number of the report, `device:boot:counter`; tells duplicates. 1 to 128 characters, no control characters.
    pub obs: Option<String>,
    /// Radius of the device's own doubt, metres.
    pub accuracy_m: Option<f32>,
    /// Speed over ground, metres a second.
    pub speed_mps: Option<f32>,
    /// Direction of travel, degrees clockwise from north.
    pub heading_deg: Option<f32>,
    /// Coordinate system; WGS84 when left out (here only).
    pub crs: Option<String>,
    /// Charge of the device, 0 to 100.
    pub battery_pct: Option<f32>,
    /// What the report came over: `4g`, `5g`, `wifi`, `radio`, `satellite`… at most 16 letters, digits or hyphens.
    pub channel: Option<String>,
}

/// A row of the batch and what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowCode {
    /// Place in the batch, from 0.
    pub index: usize,
    /// Why.
    pub code: String,
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostedBody {
    /// How many were taken, doubtful ones included.
    pub accepted: usize,
    /// Taken into the track (except 0° east, 0° north, which is no place) but not believed: `LATE`, `DUPLICATE`, `FUTURE`, `SPEED`, `ACCURACY`, `ZERO`,
    /// `OFFSET`, `IMPLAUSIBLE`.
    pub quarantined: Vec<RowCode>,
    /// Not taken: `UNREADABLE`, `LOC-SYS`, `UNKNOWN-UNIT`, `AUTH`, `OFF-DUTY`.
    pub rejected: Vec<RowCode>,
    /// The place was read, but not what stands beside it: `BATTERY` (not 0 to 100), `CHANNEL` (not 1 to 16 letters, digits
    /// or hyphens). Left out when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<RowCode>,
}

impl PostedBody {
    /// The outcome, with the rows that could not even be read, and what was left out beside places.
    pub fn of(posted: Posted, unread: Vec<(usize, &'static str)>, ignored: Vec<(usize, &'static str)>) -> Self {
        let rows = |list: Vec<(usize, &'static str)>| {
            let mut rows: Vec<RowCode> =
                list.into_iter().map(|(index, code)| RowCode { index, code: code.to_owned() }).collect();
            rows.sort_by_key(|row| row.index);
            rows
        };
        // What a receiver says before it knows is no place, and no fault of the sender.
        let (zero, unread): (Vec<_>, Vec<_>) = unread.into_iter().partition(|(_, code)| *code == Label::Zero.code());
        let rejected = posted.rejected.into_iter().chain(unread);
        let quarantined = posted.quarantined.into_iter().chain(zero);
        Self {
            accepted: posted.accepted,
            quarantined: rows(quarantined.collect()),
            rejected: rows(rejected.collect()),
            ignored: rows(ignored),
        }
    }
}

impl PositionRow {
    /// The report and the codes of what stands beside its place and is not kept; or the code of why it is no report.
    pub fn report(self) -> Result<(Report, Vec<&'static str>), &'static str> {
        let at_ms = from_rfc3339(&self.at).ok_or("UNREADABLE")?;
        let crs = match &self.crs {
            None => Crs::Wgs84,
            Some(name) => Crs::from_name(name).map_err(|_unknown| "LOC-SYS")?,
        };
        let (lon, lat) = crs.to_wgs84(self.lon, self.lat).map_err(|_outside| "LOC-SYS")?;
        let zero = |why| if why == PositionError::NullIsland { Label::Zero.code() } else { "LOC-SYS" };
        let position = Position::new(lon, lat).map_err(zero)?;
        // A zero byte is text that no store keeps; what else controls a terminal has no place in a name either.
        let readable =
            |text: &str, most: usize| (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if !readable(&self.unit, 64) || self.obs.as_deref().is_some_and(|obs| !readable(obs, 128)) {
            return Err("UNREADABLE");
        }
        let fix = Fix {
            position,
            at_ms,
            // As they came: an impossible one makes the report doubtful, and the track shows why.
            accuracy_m: self.accuracy_m,
            speed_mps: self.speed_mps,
            heading_deg: self.heading_deg,
        };
        // What is beside the place is no reason to lose the place.
        let (battery_pct, channel) = (self.battery_pct, self.channel);
        let full = |pct: &f32| (0.0..=100.0).contains(pct);
        let word = |text: &String| {
            (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let odd = [
            ("BATTERY", battery_pct.as_ref().is_some_and(|pct| !full(pct))),
            ("CHANNEL", channel.as_ref().is_some_and(|text| !word(text))),
        ];
        let ignored = odd.into_iter().filter_map(|(code, odd)| odd.then_some(code)).collect();
        let (battery_pct, channel) = (battery_pct.filter(full), channel.filter(word));
        Ok((Report { unit: self.unit, fix, obs: self.obs, battery_pct, channel }, ignored))
    }
}
