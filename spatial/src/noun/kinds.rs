//! Closed lists of words that fields may take.

use super::field::{Field, FieldType};
use crate::value::Value;

/// An enum whose variants are words; anything else is refused with the list of what is known.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in properties.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value of that word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl Field for $name {
            const KIND: FieldType = FieldType::Text;

            fn read(value: Value) -> Result<Self, String> {
                let word = value.as_text().map(str::trim).unwrap_or_default();
                Self::from_word(word).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|v| v.word()).collect();
                    format!("must be one of {}, got {}", known.join(", "), value.shown())
                })
            }

            fn write(&self) -> Option<Value> {
                Some(Value::Text(self.word().to_owned()))
            }
        }
    };
}

words! {
    /// How a camera can look around.
    CameraKind {
        /// Looks one way (枪机).
        Fixed = "fixed",
        /// Pans, tilts and zooms (云台).
        Ptz = "ptz",
        /// Looks all around or its direction is not known from outside (半球).
        Dome = "dome",
    }
}

words! {
    /// The tier of a jurisdiction.
    JurisdictionLevel {
        /// The whole city.
        City = "city",
        /// County, district or county-level city.
        County = "county",
        /// Street, town or township.
        Township = "township",
        /// Village or residents' community.
        Village = "village",
    }
}

words! {
    /// The class of a street, by the words of OpenStreetMap.
    RoadClass {
        /// 高速公路.
        Motorway = "motorway",
        /// 快速路.
        Trunk = "trunk",
        /// 主干道.
        Primary = "primary",
        /// 次干道.
        Secondary = "secondary",
        /// 支路.
        Tertiary = "tertiary",
        /// A street without a class.
        Unclassified = "unclassified",
        /// A street where people live.
        Residential = "residential",
        /// Walkers first.
        LivingStreet = "living_street",
        /// To a house, a yard, a car park.
        Service = "service",
        /// For walkers.
        Pedestrian = "pedestrian",
        /// Fields and forest.
        Track = "track",
        /// Foot path.
        Footway = "footway",
        /// Path of any kind.
        Path = "path",
        /// Cycle way.
        Cycleway = "cycleway",
        /// Stairs.
        Steps = "steps",
        /// Anything else that is a road.
        Other = "other",
    }
}

/// Which way a street may be driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oneway {
    /// Along the line.
    Along,
    /// Against it.
    Against,
    /// Both ways.
    No,
    /// One way at a time, turned by signals or signs (tidal lanes).
    Reversible,
    /// One way at a time, in turn.
    Alternating,
}

impl Oneway {
    /// The word in properties, that of OpenStreetMap.
    pub fn word(self) -> &'static str {
        match self {
            Self::Along => "yes",
            Self::Against => "-1",
            Self::No => "no",
            Self::Reversible => "reversible",
            Self::Alternating => "alternating",
        }
    }

    /// What a word means: those of OpenStreetMap in any case of letters (`reverse` is an older `-1`), and the codes of
    /// Geofabrik's tables (`F` with the line, `T` against it, `B` both). Their small letters mean nothing: `f` may be a
    /// false.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "F" => return Some(Self::Along),
            "T" => return Some(Self::Against),
            "B" => return Some(Self::No),
            _ => {}
        }
        match word.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => Some(Self::Along),
            "-1" | "reverse" => Some(Self::Against),
            "no" | "false" | "0" => Some(Self::No),
            "reversible" => Some(Self::Reversible),
            "alternating" => Some(Self::Alternating),
            _ => None,
        }
    }
}

impl Field for Oneway {
    const KIND: FieldType = FieldType::Text;

    fn read(value: Value) -> Result<Self, String> {
        // Numbers and truths are written as the words are.
        let found = Self::from_word(value.to_string().trim());
        found.ok_or_else(|| {
            format!("must be one of yes, no, -1, reversible, alternating (or F, T, B), got {}", value.shown())
        })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Text(self.word().to_owned()))
    }
}

words! {
    /// What a place is: the asset layers of the domain note that are points, and what OpenStreetMap adds.
    PlaceKind {
        /// 派出所.
        PoliceStation = "police_station",
        /// 联勤警务站.
        DutyPost = "duty_post",
        /// 消防站.
        FireStation = "fire_station",
        /// 医院.
        Hospital = "hospital",
        /// 诊所.
        Clinic = "clinic",
        /// 学校.
        School = "school",
        /// 幼儿园.
        Kindergarten = "kindergarten",
        /// 大学.
        University = "university",
        /// 综治中心、服务中心.
        ServiceCentre = "service_centre",
        /// 共享法庭.
        SharedCourt = "shared_court",
        /// 心理服务站.
        PsychStation = "psych_station",
        /// 亲警驿站.
        PolicePublicStation = "police_public_station",
        /// 消火栓.
        Hydrant = "hydrant",
        /// 自动体外除颤器.
        Aed = "aed",
        /// 救生圈.
        LifeRing = "life_ring",
        /// 避灾安置点.
        Shelter = "shelter",
        /// 危险源.
        HazardSite = "hazard_site",
        /// 智安单位.
        SmartSite = "smart_site",
        /// 场馆.
        Venue = "venue",
        /// 一键报警.
        AlarmButton = "alarm_button",
        /// 喊话喇叭.
        Loudspeaker = "loudspeaker",
        /// 无人机机库.
        DroneDock = "drone_dock",
        /// 加油站.
        Fuel = "fuel",
        /// 停车场.
        Parking = "parking",
        /// 公交地铁站.
        Station = "station",
        /// 宗教以外的公共建筑、政府机关.
        Government = "government",
        /// 市场.
        Market = "market",
        /// 餐饮.
        Food = "food",
        /// 文化.
        Culture = "culture",
        /// 银行.
        Bank = "bank",
        /// 药店.
        Pharmacy = "pharmacy",
        /// Anything else.
        Other = "other",
    }
}

/// All kinds of place.
pub const PLACE_KINDS: &[PlaceKind] = PlaceKind::ALL;
