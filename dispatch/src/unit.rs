//! Duty units (警力、处置力量): who they are, whether they are on duty, how fresh their position is.

use serde::{Deserialize, Serialize};
use spatial::Position;
use spatial::codes::Division;

use crate::words::words;

words! {
    /// What kind of unit.
    UnitKind {
        /// 步巡.
        PoliceFoot = "police_foot",
        /// 车巡.
        PoliceVehicle = "police_vehicle",
        /// 摩托车.
        PoliceMotorcycle = "police_motorcycle",
        /// 警艇.
        PoliceBoat = "police_boat",
        /// 警犬.
        K9 = "k9",
        /// 无人机.
        Drone = "drone",
        /// 无人机机库.
        DroneDock = "drone_dock",
        /// 机器狗.
        RobotDog = "robot_dog",
        /// 机器人.
        Robot = "robot",
        /// 无人巡逻车.
        UnmannedVehicle = "unmanned_vehicle",
        /// 单位保安.
        SiteGuard = "site_guard",
        /// 企业保安.
        EnterpriseGuard = "enterprise_guard",
        /// 义警队.
        VolunteerTeam = "volunteer_team",
        /// 村社巡逻队.
        VillagePatrolTeam = "village_patrol_team",
        /// 网格员.
        GridMember = "grid_member",
        /// 调解员.
        Mediator = "mediator",
        /// 心理服务.
        PsychService = "psych_service",
        /// 预警劝阻队.
        FraudDissuasionTeam = "fraud_dissuasion_team",
        /// 救援队.
        RescueTeam = "rescue_team",
        /// 消防.
        FireTeam = "fire_team",
        /// 救护车.
        Ambulance = "ambulance",
        /// 海上巡逻.
        MarinePatrol = "marine_patrol",
        /// 部门力量.
        DepartmentTeam = "department_team",
        /// 智能义警.
        AiVolunteer = "ai_volunteer",
    }
}

words! {
    /// Whether a unit may be given work.
    Duty {
        /// At home.
        OffDuty = "off_duty",
        /// On shift.
        OnDuty = "on_duty",
        /// On shift but not to be sent.
        OutOfService = "out_of_service",
    }
}

words! {
    /// How bound a unit is, from most to least.
    Availability {
        /// Not on duty.
        Out = "out",
        /// Accepted, under way or at a scene.
        Committed = "committed",
        /// Offered, not yet accepted.
        Reserved = "reserved",
        /// On work that may be broken off.
        Soft = "soft",
        /// Free.
        Free = "free",
    }
}

words! {
    /// How fresh a unit's last sign of life is: see [`LINKS`].
    Link {
        /// As often as it should be.
        Live = "live",
        /// Some reports are missing.
        Late = "late",
        /// Many are.
        Stale = "stale",
        /// Older than that, or never.
        Lost = "lost",
    }
}

words! {
    /// How a unit is reached.
    Channel {
        /// The page or app of the unit.
        App = "app",
        /// Voice radio.
        Radio = "radio",
        /// Telephone.
        Phone = "phone",
        /// No way known.
        None = "none",
    }
}

/// One line of the table of links: up to so old, or up to so many of the unit's own intervals, whichever is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkRule {
    /// What it is then.
    pub link: Link,
    /// At least this long, milliseconds.
    pub floor_ms: i64,
    /// So many intervals of the unit's own reporting.
    pub intervals: i64,
}

/// The one table, for the server and every screen; older than its last line is lost.
pub const LINKS: [LinkRule; 3] = [
    LinkRule { link: Link::Live, floor_ms: 15_000, intervals: 2 },
    LinkRule { link: Link::Late, floor_ms: 60_000, intervals: 6 },
    LinkRule { link: Link::Stale, floor_ms: 300_000, intervals: 30 },
];

impl Link {
    /// From the age of the last sign of life (`None` when there never was one) and how often the unit reports, as far as
    /// that is known; milliseconds.
    ///
    /// ```
    /// use dispatch::Link;
    /// assert_eq!(Link::of_age(Some(15_000), None), Link::Live);
    /// assert_eq!(Link::of_age(Some(15_001), None), Link::Late);
    /// assert_eq!(Link::of_age(Some(100_000), Some(60_000)), Link::Live);
    /// assert_eq!(Link::of_age(None, Some(1_000)), Link::Lost);
    /// ```
    pub fn of_age(age_ms: Option<i64>, interval_ms: Option<i64>) -> Self {
        let Some(age) = age_ms else { return Self::Lost };
        let limit = |rule: &LinkRule| rule.floor_ms.max(interval_ms.unwrap_or(0).saturating_mul(rule.intervals));
        LINKS.iter().find(|rule| age <= limit(rule)).map_or(Self::Lost, |rule| rule.link)
    }
}

/// How a unit is reached: a duty contact, never a private one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// By what.
    pub channel: Channel,
    /// Call number or duty telephone.
    pub number: Option<String>,
}

/// How high and heavy a unit's vehicle is, as far as that is known: what is not known is held back by no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Size {
    /// Height with everything on it, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height_m: Option<f64>,
    /// Weight as it drives, tonnes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_t: Option<f64>,
}

impl Size {
    /// Nothing on a road is higher, metres.
    pub const MOST_M: f64 = 10.0;
    /// Nothing on a road is heavier, tonnes.
    pub const MOST_T: f64 = 200.0;

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        self.height_m.is_none() && self.weight_t.is_none()
    }
}

/// Why a unit's record is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// A text is empty or too long.
    #[error("{field} must have 1 to {most} characters, none of them a control character or one that is not seen")]
    Text {
        /// Which field.
        field: &'static str,
        /// Longest allowed.
        most: usize,
    },
    /// Too many skills.
    #[error("a unit has at most 32 skills")]
    Skills,
    /// A size that no vehicle has.
    #[error("{field} must be more than 0 and at most {most}")]
    Size {
        /// Which field.
        field: &'static str,
        /// Greatest allowed.
        most: f64,
    },
    /// It holds what belongs to one person.
    #[error("{field} holds {what}, which belongs to one person")]
    Personal {
        /// Which field.
        field: &'static str,
        /// What.
        what: &'static str,
    },
}

/// A duty unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its id, the same everywhere.
    pub id: String,
    /// What kind.
    pub kind: UnitKind,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Organisation that it belongs to.
    pub org: String,
    /// The division that it works in.
    pub division: Option<Division>,
    /// What it can do beyond its kind: `water_rescue`, `dialect:…`
    pub skills: Vec<String>,
    /// Whether it may be given work.
    pub duty: Duty,
    /// How it is reached.
    pub contact: Contact,
    /// Where it stands when nothing calls.
    pub home: Option<Position>,
    /// How high and heavy its vehicle is.
    pub size: Size,
    /// Counts every event that can change its availability.
    pub epoch: u64,
}

impl Unit {
    /// Checks the texts: id 1–64, call sign 1–64, organisation 1–128 characters, at most 32 skills of 64, none of which
    /// holds what belongs to one person (a duty contact's number is nobody's own); a size that a vehicle can have.
    pub fn check(&self) -> Result<(), UnitError> {
        let texts = [("id", &self.id, 64), ("call_sign", &self.call_sign, 64), ("org", &self.org, 128)];
        let skills = self.skills.iter().map(|skill| ("skills", skill, 64));
        for (field, text, most) in texts.into_iter().chain(skills) {
            let length = text.chars().count();
            if text.trim().is_empty() || length > most || text.chars().any(spatial::is_hidden) {
                return Err(UnitError::Text { field, most });
            }
            let personal = if field == "id" { spatial::personal_id(text) } else { spatial::personal(text) };
            if let Some(what) = personal {
                return Err(UnitError::Personal { field, what });
            }
        }
        let long = |number: &String| {
            number.is_empty() || number.chars().count() > 32 || number.chars().any(spatial::is_hidden)
        };
        if self.contact.number.as_ref().is_some_and(long) {
            return Err(UnitError::Text { field: "contact/number", most: 32 });
        }
        let sizes = [("height_m", self.size.height_m, Size::MOST_M), ("weight_t", self.size.weight_t, Size::MOST_T)];
        for (field, given, most) in sizes {
            if given.is_some_and(|given| !(given > 0.0 && given <= most)) {
                return Err(UnitError::Size { field, most });
            }
        }
        if self.skills.len() > 32 { Err(UnitError::Skills) } else { Ok(()) }
    }
}
