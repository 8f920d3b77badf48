//! Duty units.

use dispatch::{Channel, Contact, Duty, Size, Unit, UnitKind};
use serde::{Deserialize, Serialize};
use spatial::Position;
use spatial::codes::Division;
use spatial::moving::Device;
use utoipa::ToSchema;

use crate::app::{DeviceView, UnitView, from_rfc3339, rfc3339};
use crate::http::problem::{Code, Problem};

/// How a unit is reached.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBody {
    /// `app`, `radio`, `phone` or `none`.
    pub channel: String,
    /// Call number or duty telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// A unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnitBody {
    /// Its id.
    pub id: String,
    /// Its number in tiles.
    pub fid: u64,
    /// What kind of unit.
    pub kind: &'static str,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Organisation.
    pub org: String,
    /// Division that it works in.
    pub division: Option<String>,
    /// What it can do beyond its kind.
    pub skills: Vec<String>,
    /// `off_duty`, `on_duty` or `out_of_service`.
    pub duty: &'static str,
    /// `out`, `committed`, `reserved`, `soft` or `free`.
    pub availability: &'static str,
    /// Counts every change that can change its availability.
    pub epoch: u64,
    /// `live`, `late`, `stale` or `lost`.
    pub link: &'static str,
    /// Last longitude, WGS84 degrees.
    pub lon: Option<f64>,
    /// Last latitude, WGS84 degrees.
    pub lat: Option<f64>,
    /// When it was there, RFC 3339 UTC.
    pub at: Option<String>,
    /// Age of that position, seconds.
    pub age_s: Option<f64>,
    /// How it is reached.
    pub contact: ContactBody,
    /// Height of its vehicle, metres; no limit of a road or closure holds it where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_m: Option<f64>,
    /// Weight of its vehicle, tonnes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_t: Option<f64>,
    /// What is known of its device.
    pub device: DeviceBody,
}

/// What is known of a unit's device.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeviceBody {
    /// Charge, 0 to 100, as it last said.
    pub battery_pct: Option<f32>,
    /// What its last report came over.
    pub channel: Option<String>,
    /// How often it reports, seconds, once three reports were received.
    pub interval_s: Option<f64>,
    /// How far its clock is behind the server's, seconds; negative when ahead. Left out below 2 s.
    pub clock_behind_s: Option<f64>,
    /// What is wrong with it: `CLOCK` (more than 60 s off: its times are not used), `OFFSET-GCJ02`, `OFFSET-BD09` (its
    /// places seem to be in that system).
    pub faults: Vec<String>,
}

/// A clock that is off by less is not worth a word, milliseconds.
const CLOCK_SHOWN_MS: i64 = 2_000;

impl DeviceBody {
    fn of(device: &DeviceView) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "times of a device in milliseconds are far below 2^53")]
        let seconds = |ms: i64| ms as f64 / 1_000.0;
        let skew_ms = device.skew_ms.filter(|ms| ms.abs() >= CLOCK_SHOWN_MS);
        let clock = skew_ms.filter(|ms| ms.abs() > Device::BELIEVED_MS).map(|_| "CLOCK".to_owned());
        let shift = device.shift.map(|name| format!("OFFSET-{}", name.to_uppercase()));
        Self {
            battery_pct: device.battery_pct,
            channel: device.channel.clone(),
            interval_s: device.interval_ms.map(seconds),
            clock_behind_s: skew_ms.map(seconds),
            faults: clock.into_iter().chain(shift).collect(),
        }
    }
}

/// Units.
#[derive(Serialize, ToSchema)]
pub struct UnitList {
    /// The last event that they show; of where they are it says nothing.
    pub seq: u64,
    /// In the order of their ids.
    pub units: Vec<UnitBody>,
}

/// What may be said of a unit. What is left out stays as it is.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UnitAsk {
    /// The same as in the path, if given.
    pub id: Option<String>,
    /// What kind of unit; needed for a new one.
    pub kind: Option<String>,
    /// What it is called on the radio; needed for a new one.
    pub call_sign: Option<String>,
    /// Organisation; needed for a new one.
    pub org: Option<String>,
    /// Division that it works in; needed for a new one.
    pub division: Option<String>,
    /// What it can do beyond its kind.
    pub skills: Option<Vec<String>>,
    /// `off_duty`, `on_duty` or `out_of_service`.
    pub duty: Option<String>,
    /// Since when it has been on duty, RFC 3339, at most 24 hours back; without it, who comes on duty does so now. Where
    /// it was before is not taken.
    pub on_duty_since: Option<String>,
    /// How it is reached.
    #[serde(deserialize_with = "super::object::object")]
    pub contact: Option<ContactBody>,
    /// Longitude of its home, WGS84 degrees; with `home_lat`.
    pub home_lon: Option<f64>,
    /// Latitude of its home.
    pub home_lat: Option<f64>,
    /// Height of its vehicle with everything on it, metres: more than 0, at most 10.
    pub height_m: Option<f64>,
    /// Weight of its vehicle as it drives, tonnes: more than 0, at most 200.
    pub weight_t: Option<f64>,
}

impl UnitBody {
    /// A unit as it goes out.
    pub fn of(view: UnitView) -> Self {
        let position = view.fix.as_ref().map(|fix| fix.position);
        Self {
            device: DeviceBody::of(&view.device),
            id: view.unit.id,
            fid: view.fid,
            kind: view.unit.kind.word(),
            call_sign: view.unit.call_sign,
            org: view.unit.org,
            division: view.unit.division.map(|d| d.to_string()),
            skills: view.unit.skills,
            duty: view.unit.duty.word(),
            availability: view.availability.word(),
            epoch: view.unit.epoch,
            link: view.link.word(),
            lon: position.map(|p| p.lon()),
            lat: position.map(|p| p.lat()),
            at: view.fix.as_ref().map(|fix| rfc3339(fix.at_ms)),
            age_s: view.age_s,
            height_m: view.unit.size.height_m,
            weight_t: view.unit.size.weight_t,
            contact: ContactBody {
                channel: view.unit.contact.channel.word().to_owned(),
                number: view.unit.contact.number,
            },
        }
    }
}

impl UnitAsk {
    /// The unit that this makes of an older one, or of nothing, and since when it has been on duty, if that is said:
    /// milliseconds since 1970 UTC.
    pub fn apply(self, id: &str, old: Option<&Unit>) -> Result<(Unit, Option<i64>), Problem> {
        if self.id.as_deref().is_some_and(|given| given != id) {
            return Err(Problem::at(Code::BadRequest, "/id", "differs from the id in the path"));
        }
        let needed = |field: &str| Problem::at(Code::BadRequest, format!("/{field}"), "is needed for a new unit");
        let word = |field: &str, given: &str| {
            Problem::at(Code::BadRequest, format!("/{field}"), format!("{given:?} is not a known word"))
        };
        let kind = match &self.kind {
            Some(given) => UnitKind::from_word(given).ok_or_else(|| word("kind", given))?,
            None => old.map(|u| u.kind).ok_or_else(|| needed("kind"))?,
        };
        let duty = match &self.duty {
            Some(given) => Duty::from_word(given).ok_or_else(|| word("duty", given))?,
            None => old.map_or(Duty::OffDuty, |u| u.duty),
        };
        let since = |given: &String| {
            let unread = || Problem::at(Code::BadRequest, "/on_duty_since", "is no time as in RFC 3339");
            from_rfc3339(given).ok_or_else(unread)
        };
        let on_duty_ms = self.on_duty_since.as_ref().map(since).transpose()?;
        let division = match &self.division {
            Some(given) => {
                Some(Division::new(given).map_err(|e| Problem::at(Code::BadRequest, "/division", e.to_string()))?)
            }
            None => old.ok_or_else(|| needed("division"))?.division,
        };
        let contact = match self.contact {
            Some(given) => {
                let channel =
                    Channel::from_word(&given.channel).ok_or_else(|| word("contact/channel", &given.channel))?;
                Contact { channel, number: given.number }
            }
            None => old.map_or(Contact { channel: Channel::None, number: None }, |u| u.contact.clone()),
        };
        let home = match (self.home_lon, self.home_lat) {
            (Some(lon), Some(lat)) => {
                Some(Position::new(lon, lat).map_err(|e| Problem::at(Code::Position, "/home_lat", e.to_string()))?)
            }
            (None, None) => old.and_then(|u| u.home),
            (Some(_), None) | (None, Some(_)) => {
                return Err(Problem::at(Code::BadRequest, "/home_lat", "home_lon and home_lat go together"));
            }
        };
        let text = |given: Option<String>, old: Option<&String>, field| {
            given.or_else(|| old.cloned()).ok_or_else(|| needed(field))
        };
        let unit = Unit {
            id: id.to_owned(),
            kind,
            call_sign: text(self.call_sign, old.map(|u| &u.call_sign), "call_sign")?,
            org: text(self.org, old.map(|u| &u.org), "org")?,
            division,
            skills: self.skills.unwrap_or_else(|| old.map(|u| u.skills.clone()).unwrap_or_default()),
            duty,
            contact,
            home,
            size: Size {
                height_m: self.height_m.or_else(|| old?.size.height_m),
                weight_t: self.weight_t.or_else(|| old?.size.weight_t),
            },
            epoch: old.map_or(0, |u| u.epoch),
        };
        Ok((unit, on_duty_ms))
    }
}
