//! Why a camera stands where it stands in the ranking: a code with its numbers, and the words for it in two languages.

use super::buildings::{Buildings, HeightFrom};
use super::pose::{Gap, Guess};
use super::verdict::{Judged, Limit, Sees};

/// One reason. Lengths are metres, angles degrees, times seconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The place is in view.
    Sees,
    /// It will be, after so many seconds of turning.
    AfterTurn(f64),
    /// A building stands between.
    Blocked {
        /// Its name, if it has one.
        name: Option<String>,
        /// How high it is.
        height_m: f64,
        /// How far from the camera the line of sight enters it.
        at_m: f64,
    },
    /// The blocking building's height is not what a source says, and how it was assumed.
    BuildingHeight(HeightFrom),
    /// It is farther than the camera sees.
    OutOfRange {
        /// How far it is.
        distance_m: f64,
        /// How far the camera sees.
        range_m: f64,
    },
    /// It is so many degrees past the edge of the view.
    OutOfView(f64),
    /// What keeps the pose unknown.
    Missing(Gap),
    /// The camera does not answer.
    Offline,
    /// Nobody knows whether it answers.
    StatusUnknown,
    /// Pixels a metre at the place, 1920 across, no zoom.
    Pixels(f64),
    /// How much of the circle that the place is in can be seen, 0 to 1.
    Part(f64),
    /// What is assumed of the camera, and the number that is assumed (0 for a kind or a direction).
    Assumed(Guess, f64),
    /// The camera is registered inside a building, of that name if it has one, and taken to hang outside.
    MountedInside(Option<String>),
    /// The place is inside a building, of that name if it has one: seen is the building from outside.
    TargetInside(Option<String>),
}

impl Reason {
    pub(super) fn of(judged: &Judged, buildings: &Buildings<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        match &judged.sees {
            Sees::Yes => all.push(Self::Sees),
            Sees::AfterTurn(seconds) => all.push(Self::AfterTurn(*seconds)),
            Sees::Blocked(by) => {
                let name = buildings.name(by.row).map(str::to_owned);
                all.push(Self::Blocked { name, height_m: by.height_m, at_m: by.at_m });
                if by.from != HeightFrom::Given {
                    all.push(Self::BuildingHeight(by.from));
                }
            }
            Sees::Outside(Limit::Range(range_m)) => {
                all.push(Self::OutOfRange { distance_m: judged.distance_m, range_m: *range_m });
            }
            Sees::Outside(Limit::Angle(past)) => all.push(Self::OutOfView(*past)),
            Sees::Unknown(gaps) => all.extend(gaps.iter().map(|gap| Self::Missing(*gap))),
        }
        match judged.online {
            Some(true) => {}
            Some(false) => all.push(Self::Offline),
            None => all.push(Self::StatusUnknown),
        }
        all.extend(judged.pixels_per_m.map(Self::Pixels));
        all.extend(judged.share.map(Self::Part));
        let name = |fid| buildings.layer().row_of(fid).and_then(|row| buildings.name(row)).map(str::to_owned);
        all.extend(judged.mounted_in.map(name).map(Self::MountedInside));
        all.extend(judged.target_in.map(name).map(Self::TargetInside));
        if let Some(pose) = &judged.pose {
            all.extend(pose.guesses().map(|guess| {
                let number = match guess {
                    Guess::Kind | Guess::Direction => 0.0,
                    Guess::Angle => pose.angle_deg(),
                    Guess::Range => pose.range_m(),
                    Guess::Height => pose.height_m(),
                };
                Self::Assumed(guess, number)
            }));
        }
        all
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sees => "SEES",
            Self::AfterTurn(_) => "SEES-AFTER-TURN",
            Self::Blocked { .. } => "BLOCKED",
            Self::BuildingHeight(_) => "BUILDING-HEIGHT-ASSUMED",
            Self::OutOfRange { .. } => "OUT-OF-RANGE",
            Self::OutOfView(_) => "OUT-OF-VIEW",
            Self::Missing(Gap::Place) => "NO-PLACE",
            Self::Missing(Gap::Azimuth) => "NO-AZIMUTH",
            Self::Missing(Gap::Angle) => "NO-ANGLE",
            Self::Missing(Gap::Range) => "NO-RANGE",
            Self::Missing(Gap::BelowGround) => "BELOW-GROUND",
            Self::Offline => "OFFLINE",
            Self::StatusUnknown => "STATUS-UNKNOWN",
            Self::Pixels(_) => "PIXELS",
            Self::Part(_) => "PART-OF-CIRCLE",
            Self::Assumed(Guess::Kind, _) => "KIND-ASSUMED",
            Self::Assumed(Guess::Angle, _) => "ANGLE-ASSUMED",
            Self::Assumed(Guess::Range, _) => "RANGE-ASSUMED",
            Self::Assumed(Guess::Height, _) => "HEIGHT-ASSUMED",
            Self::Assumed(Guess::Direction, _) => "DIRECTION-UNKNOWN",
            Self::MountedInside(_) => "MOUNTED-INSIDE",
            Self::TargetInside(_) => "TARGET-INSIDE",
        }
    }

    /// In English.
    pub fn words_en(&self) -> String {
        match self {
            Self::Sees => "sees the place now".to_owned(),
            Self::AfterTurn(s) => format!("sees the place after turning, in {s:.1} s"),
            Self::Blocked { name, height_m, at_m } => {
                format!(
                    "blocked by {}, {height_m:.0} m high, {at_m:.0} m from the camera",
                    building_en(name.as_deref())
                )
            }
            Self::BuildingHeight(HeightFrom::Levels) => "the building's height is its storeys times 3 m".to_owned(),
            Self::BuildingHeight(HeightFrom::Kind) => "the building's height is assumed by its kind".to_owned(),
            Self::BuildingHeight(_) => "the building's height is assumed: nothing is known of it".to_owned(),
            Self::OutOfRange { distance_m, range_m } => {
                format!("{distance_m:.0} m away, it sees {range_m:.0} m")
            }
            Self::OutOfView(deg) => format!("looks elsewhere, by {deg:.0}°"),
            Self::Missing(Gap::Place) => "the camera has no place".to_owned(),
            Self::Missing(Gap::Azimuth) => "nobody knows which way the camera looks".to_owned(),
            Self::Missing(Gap::Angle) => "its view is registered with no opening".to_owned(),
            Self::Missing(Gap::Range) => "its range is registered as nothing".to_owned(),
            Self::Missing(Gap::BelowGround) => "it hangs below the ground".to_owned(),
            Self::Offline => "does not answer".to_owned(),
            Self::StatusUnknown => "nobody knows whether it answers".to_owned(),
            Self::Pixels(n) => format!("{n:.0} pixels a metre there, without zoom"),
            Self::Part(share) => format!("can see {:.0} % of where it may be", share * 100.0),
            Self::Assumed(Guess::Kind, _) => "kind assumed: fixed".to_owned(),
            Self::Assumed(Guess::Angle, deg) => format!("opening assumed {deg:.0}°"),
            Self::Assumed(Guess::Range, m) => format!("range assumed {m:.0} m"),
            Self::Assumed(Guess::Height, m) => format!("height assumed {m:.0} m"),
            Self::Assumed(Guess::Direction, _) => "present direction unknown: half a turn assumed".to_owned(),
            Self::MountedInside(name) => {
                format!("registered inside {}, taken to hang outside", building_en(name.as_deref()))
            }
            Self::TargetInside(name) => {
                format!("the place is inside {}: seen from outside", building_en(name.as_deref()))
            }
        }
    }

    /// In Chinese.
    pub fn words_zh(&self) -> String {
        match self {
            Self::Sees => "当前可见".to_owned(),
            Self::AfterTurn(s) => format!("转动后可见，约{s:.1}秒"),
            Self::Blocked { name, height_m, at_m } => {
                format!("被{}遮挡，高{height_m:.0}米，距摄像机{at_m:.0}米", building_zh(name.as_deref()))
            }
            Self::BuildingHeight(HeightFrom::Levels) => "建筑高度按每层3米推算".to_owned(),
            Self::BuildingHeight(HeightFrom::Kind) => "建筑高度按类型假定".to_owned(),
            Self::BuildingHeight(_) => "建筑高度未知，按默认值假定".to_owned(),
            Self::OutOfRange { distance_m, range_m } => format!("距离{distance_m:.0}米，超出可视距离{range_m:.0}米"),
            Self::OutOfView(deg) => format!("朝向偏离{deg:.0}度"),
            Self::Missing(Gap::Place) => "摄像机无位置".to_owned(),
            Self::Missing(Gap::Azimuth) => "摄像机朝向未知".to_owned(),
            Self::Missing(Gap::Angle) => "登记的视角为零".to_owned(),
            Self::Missing(Gap::Range) => "登记的可视距离为零".to_owned(),
            Self::Missing(Gap::BelowGround) => "安装高度低于地面".to_owned(),
            Self::Offline => "离线".to_owned(),
            Self::StatusUnknown => "在线状态未知".to_owned(),
            Self::Pixels(n) => format!("该处约{n:.0}像素/米（未变焦）"),
            Self::Part(share) => format!("可见可能范围的{:.0}%", share * 100.0),
            Self::Assumed(Guess::Kind, _) => "类型未知，按枪机假定".to_owned(),
            Self::Assumed(Guess::Angle, deg) => format!("视角按{deg:.0}度假定"),
            Self::Assumed(Guess::Range, m) => format!("可视距离按{m:.0}米假定"),
            Self::Assumed(Guess::Height, m) => format!("安装高度按{m:.0}米假定"),
            Self::Assumed(Guess::Direction, _) => "当前朝向未知，按转动半圈假定".to_owned(),
            Self::MountedInside(name) => format!("登记位置在{}内，视为安装在外墙", building_zh(name.as_deref())),
            Self::TargetInside(name) => format!("该处在{}内，仅可见建筑外部", building_zh(name.as_deref())),
        }
    }
}

/// A building in words: numbers of features say nothing to people, and the answer names the one that blocks beside the words.
fn building_en(name: Option<&str>) -> String {
    name.map_or_else(|| "a building".to_owned(), |name| format!("the building {name}"))
}

fn building_zh(name: Option<&str>) -> String {
    name.map_or_else(|| "一处建筑".to_owned(), |name| format!("“{name}”"))
}
