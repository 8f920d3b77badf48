//! Why a unit stands where it stands in a recommendation: codes with data, and their words.

use serde::{Deserialize, Serialize};

use super::candidate::{Relation, Travel};
use super::said::{Said, duration, length, list, need, said};

/// A way is a detour from so many times the straight line on.
const DETOUR: u32 = 2;
/// Shorter ways are no detour worth a word, metres.
const DETOUR_FROM_M: u32 = 500;

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// It fills a need of the plan.
    Fills {
        /// Alarm level.
        level: u8,
        /// Word of the need.
        need: String,
    },
    /// It could fill these needs, and others do.
    NotNeeded {
        /// Words of the needs; empty when those who were sent fill all.
        needs: Vec<String>,
    },
    /// When it arrives.
    Arrives {
        /// At the earliest, seconds.
        best_s: u32,
        /// At the latest, seconds.
        worst_s: u32,
    },
    /// After the target.
    Late {
        /// Target of the plan, seconds.
        target_s: u32,
        /// By so many seconds, at the latest arrival.
        by_s: u32,
    },
    /// It comes in a straight line, not on roads.
    Straight,
    /// Near as the crow flies, far by road.
    Detour {
        /// By road, metres.
        road_m: u32,
        /// In a straight line, metres.
        straight_m: u32,
    },
    /// Its position is old.
    OldFix {
        /// Age, seconds.
        age_s: u32,
        /// What that adds to its latest arrival, seconds.
        adds_s: u32,
    },
    /// It never reported; its post is taken for its position.
    FromPost,
    /// Nobody has heard from it for long: the order may not reach it.
    LostLink,
    /// Whose unit it is.
    District {
        /// Seen from the incident's district.
        relation: Relation,
        /// Counts for so many seconds.
        counts_s: u32,
    },
    /// On work that may be broken off.
    Soft {
        /// Counts for so many seconds.
        counts_s: u32,
    },
    /// Orders of the last hours.
    Workload {
        /// How many.
        orders: u32,
        /// Counts for so many seconds.
        counts_s: u32,
    },
    /// It has what the need asks for.
    Skills {
        /// Which.
        skills: Vec<String>,
    },
}

impl Reason {
    /// How many seconds it counts for.
    pub(crate) fn counts_s(&self) -> u32 {
        match self {
            Self::District { counts_s, .. } | Self::Soft { counts_s } | Self::Workload { counts_s, .. } => *counts_s,
            Self::Fills { .. }
            | Self::NotNeeded { .. }
            | Self::Arrives { .. }
            | Self::Late { .. }
            | Self::Straight
            | Self::Detour { .. }
            | Self::OldFix { .. }
            | Self::FromPost
            | Self::LostLink
            | Self::Skills { .. } => 0,
        }
    }

    /// In words: English, Chinese.
    pub fn words(&self) -> Said {
        match self {
            Self::Fills { level, need: code } => {
                let (en, zh) = need(code);
                said(format!("fills {en} of level {level}"), format!("满足{level}级预案“{zh}”"))
            }
            Self::NotNeeded { needs } if needs.is_empty() => {
                said("those who were sent fill every need", "已派力量已满足全部需求")
            }
            Self::NotNeeded { needs } => {
                let (en, zh) = list(needs.iter().map(|code| need(code)));
                said(format!("others fill {en}"), format!("“{zh}”已由其他力量满足"))
            }
            Self::Arrives { best_s, worst_s } if best_s == worst_s => {
                let (en, zh) = duration(*best_s);
                said(format!("there in {en}"), format!("{zh}到场"))
            }
            Self::Arrives { best_s, worst_s } => {
                let ((best, zh_best), (worst, zh_worst)) = (duration(*best_s), duration(*worst_s));
                said(format!("there in {best} to {worst}"), format!("{zh_best}至{zh_worst}到场"))
            }
            Self::Late { target_s, by_s } => {
                let ((target, zh_target), (by, zh_by)) = (duration(*target_s), duration(*by_s));
                said(format!("{by} after the target of {target}"), format!("超出{zh_target}目标{zh_by}"))
            }
            Self::Straight => said("comes in a straight line, not on roads", "按直线估算，不走道路"),
            Self::Detour { road_m, straight_m } => {
                let ((road, zh_road), (line, zh_line)) = (length(*road_m), length(*straight_m));
                said(format!("{line} away but {road} by road"), format!("直线{zh_line}，道路{zh_road}"))
            }
            Self::OldFix { age_s, adds_s } => {
                let ((age, zh_age), (adds, zh_adds)) = (duration(*age_s), duration(*adds_s));
                said(format!("position {age} old: up to {adds} later"), format!("位置为{zh_age}前，最多晚到{zh_adds}"))
            }
            Self::FromPost => said("never reported: reckoned from its post", "从未上报位置，按驻点估算"),
            Self::LostLink => said("not heard from for long: the order may not reach it", "失联，指令可能无法送达"),
            Self::District { relation, counts_s } => {
                let (en, zh) = match relation {
                    Relation::Own => return said("of this district", "本辖区"),
                    Relation::Buffer => ("of a neighbouring district", "邻近辖区"),
                    Relation::Other => ("of another district", "其他辖区"),
                };
                counted((en.to_owned(), zh.to_owned()), *counts_s)
            }
            Self::Soft { counts_s } => counted(said("on work that may be broken off", "在执行可中断的勤务"), *counts_s),
            Self::Workload { orders, counts_s } => {
                counted(said(format!("{orders} orders lately"), format!("近时已接{orders}单")), *counts_s)
            }
            Self::Skills { skills } => {
                let (en, zh) = list(skills.iter().map(|skill| said(skill, skill)));
                said(format!("has {en}"), format!("具备{zh}"))
            }
        }
    }
}

fn counted((en, zh): Said, counts_s: u32) -> Said {
    if counts_s == 0 {
        return (en, zh);
    }
    let (seconds, zh_seconds) = duration(counts_s);
    said(format!("{en} (counts as {seconds})"), format!("{zh}(按{zh_seconds}计)"))
}

impl Travel {
    /// What is to be said about the way itself.
    pub(crate) fn reasons(&self, age_s: Option<u32>, target_s: u32) -> Vec<Reason> {
        let mut reasons = vec![Reason::Arrives { best_s: self.best_s, worst_s: self.worst_s }];
        if self.worst_s > target_s {
            reasons.push(Reason::Late { target_s, by_s: self.worst_s - target_s });
        }
        if self.by == super::candidate::By::Straight {
            reasons.push(Reason::Straight);
        } else if self.road_m >= DETOUR_FROM_M && self.road_m / DETOUR >= self.straight_m {
            reasons.push(Reason::Detour { road_m: self.road_m, straight_m: self.straight_m });
        }
        match age_s {
            None => reasons.push(Reason::FromPost),
            Some(age_s) if self.age_adds_s > 0 => reasons.push(Reason::OldFix { age_s, adds_s: self.age_adds_s }),
            Some(_) => {}
        }
        reasons
    }
}
