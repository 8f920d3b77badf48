//! Why a unit cannot be sent at all.

use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, Unreachable, Way};
use super::plan::Need;
use super::preference::Preference;
use super::said::{Said, duration, kind, list, said};
use crate::unit::{Availability, UnitKind};

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Blocked {
    /// No need of the plan asks for its kind.
    KindNotAsked {
        /// Its kind.
        kind: UnitKind,
    },
    /// A need asks for its kind, and for skills that it lacks.
    SkillMissing {
        /// Which, of the need that it is nearest to filling.
        skills: Vec<String>,
    },
    /// It has an order of this incident.
    AlreadySent,
    /// Off duty or out of service.
    Out,
    /// It has accepted an order, is under way or at a scene.
    Committed {
        /// For which incident, if known.
        incident: Option<String>,
    },
    /// It has been offered an order.
    Reserved {
        /// For which incident, if known.
        incident: Option<String>,
    },
    /// It never reported a position and has no post.
    NeverSeen,
    /// Its position is too old to say anything.
    TooOld {
        /// Age, seconds.
        age_s: u32,
        /// Limit, seconds.
        limit_s: u32,
    },
    /// It cannot come.
    NoWay {
        /// Why.
        why: Unreachable,
    },
}

impl Blocked {
    /// In words: English, Chinese.
    pub fn words(&self) -> Said {
        match self {
            Self::KindNotAsked { kind: of } => {
                let (en, zh) = kind(*of);
                said(format!("the plan asks for no {en}"), format!("预案不需要{zh}"))
            }
            Self::SkillMissing { skills } => {
                let (en, zh) = list(skills.iter().map(|skill| said(skill, skill)));
                said(format!("lacks {en}"), format!("不具备{zh}"))
            }
            Self::AlreadySent => said("it has an order of this incident already", "已派往本警情"),
            Self::Out => said("it is not on duty", "未在勤"),
            Self::Committed { incident } => bound("it is on", "正在处置", incident.as_deref()),
            Self::Reserved { incident } => bound("it has been offered", "已被派往", incident.as_deref()),
            Self::NeverSeen => said("it never reported a position and has no post", "从未上报位置，也无驻点"),
            Self::TooOld { age_s, limit_s } => {
                let ((age, zh_age), (limit, zh_limit)) = (duration(*age_s), duration(*limit_s));
                said(
                    format!("its position is {age} old, more than {limit}"),
                    format!("位置为{zh_age}前，超过{zh_limit}"),
                )
            }
            Self::NoWay { why } => {
                let (en, zh) = match why {
                    Unreachable::UnitOffRoad => ("it stands too far from any road that it may use", "距可通行道路过远"),
                    Unreachable::IncidentOffRoad => {
                        ("the incident lies too far from any road that it may use", "警情地点距可通行道路过远")
                    }
                    Unreachable::Closed => ("every way leads through a closed road", "所有道路均经过封闭路段"),
                    Unreachable::TooLarge => {
                        ("its vehicle is too high or too heavy for every way", "车辆超高或超重，所有道路均不可通行")
                    }
                    Unreachable::NoWay => ("no way leads from it to the incident", "无道路连通"),
                    Unreachable::TooFar => ("it is farther away than was searched", "超出搜索范围"),
                };
                said(en, zh)
            }
        }
    }

    /// What it is called in a shortfall: the code alone.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KindNotAsked { .. } => "kind_not_asked",
            Self::SkillMissing { .. } => "skill_missing",
            Self::AlreadySent => "already_sent",
            Self::Out => "out",
            Self::Committed { .. } => "committed",
            Self::Reserved { .. } => "reserved",
            Self::NeverSeen => "never_seen",
            Self::TooOld { .. } => "too_old",
            Self::NoWay { .. } => "no_way",
        }
    }
}

fn bound(en: &str, zh: &str, incident: Option<&str>) -> Said {
    match incident {
        Some(incident) => said(format!("{en} {incident}"), format!("{zh}{incident}")),
        None => said(format!("{en} another incident"), format!("{zh}其他警情")),
    }
}

impl Candidate {
    /// Everything that stands in the unit's way, whatever the needs: first what weighs most.
    pub(crate) fn blocked(&self, preference: &Preference, sent: bool) -> Vec<Blocked> {
        let mut blocked = Vec::new();
        if sent {
            blocked.push(Blocked::AlreadySent);
        } else {
            match self.availability {
                Availability::Out => blocked.push(Blocked::Out),
                Availability::Committed => blocked.push(Blocked::Committed { incident: self.bound_to.clone() }),
                Availability::Reserved => blocked.push(Blocked::Reserved { incident: self.bound_to.clone() }),
                Availability::Soft | Availability::Free => {}
            }
        }
        if self.seen.position.is_none() {
            blocked.push(Blocked::NeverSeen);
            return blocked;
        }
        let limit_s = preference.oldest_fix_s;
        if let Some(age_s) = self.seen.age_s.filter(|age_s| *age_s > limit_s) {
            blocked.push(Blocked::TooOld { age_s, limit_s });
        }
        if let Way::Not(why) = self.way {
            blocked.push(Blocked::NoWay { why });
        }
        blocked
    }

    /// Why it fills none of these needs; `None` when it fills one.
    pub(crate) fn unfit<'a>(&self, needs: impl Iterator<Item = &'a Need>) -> Option<Blocked> {
        let mut missing: Option<Vec<String>> = None;
        for need in needs.filter(|need| need.kinds.contains(&self.kind)) {
            let skills: Vec<String> = need.lacks(&self.skills).cloned().collect();
            if skills.is_empty() {
                return None;
            }
            if missing.as_ref().is_none_or(|least| skills.len() < least.len()) {
                missing = Some(skills);
            }
        }
        Some(missing.map_or(Blocked::KindNotAsked { kind: self.kind }, |skills| Blocked::SkillMissing { skills }))
    }
}
