//! Which need stays open, and why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::blocked::Blocked;
use super::plan::Need;
use super::recommendation::Row;
use super::said::{Said, kind, list, need, said};
use crate::unit::UnitKind;
use crate::words::words;

words! {
    /// Why units of the kind asked for do not help.
    Because {
        /// They have orders of this incident, and more are needed.
        AlreadySent = "already_sent",
        /// They fill another need of it.
        Elsewhere = "elsewhere",
        /// They are on other incidents.
        Committed = "committed",
        /// They have been offered orders.
        Reserved = "reserved",
        /// They are not on duty.
        Out = "out",
        /// They lack a skill.
        SkillMissing = "skill_missing",
        /// Their position is too old.
        TooOld = "too_old",
        /// They never reported.
        NeverSeen = "never_seen",
        /// They cannot come.
        NoWay = "no_way",
    }
}

/// A need that stays open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// Alarm level.
    pub level: u8,
    /// Word of the need.
    pub need: String,
    /// Kinds that would fit.
    pub kinds: Vec<UnitKind>,
    /// Skills that would be needed.
    pub skills: Vec<String>,
    /// Whether the plan insists on it.
    pub mandatory: bool,
    /// How many are asked for.
    pub asked: u8,
    /// How many are missing.
    pub missing: u8,
    /// How many units of these kinds were compared and why they do not help; empty when none was.
    pub because: Vec<(Because, u32)>,
}

impl Shortfall {
    /// Whether a unit of that kind with those skills could fill it.
    pub fn fits(&self, kind: UnitKind, skills: &[String]) -> bool {
        self.kinds.contains(&kind) && self.skills.iter().all(|skill| skills.contains(skill))
    }

    /// In words: English, Chinese.
    pub fn words(&self) -> Said {
        let (kinds, zh_kinds) = list(self.kinds.iter().map(|of| kind(*of)));
        let (name, zh_name) = need(&self.need);
        let (mut en, mut zh) = (
            format!("{} of {} missing for {name}: {kinds}", self.missing, self.asked),
            format!("“{zh_name}”需{}个({zh_kinds})，缺{}个", self.asked, self.missing),
        );
        if !self.skills.is_empty() {
            let (with, zh_with) = list(self.skills.iter().map(|skill| said(skill, skill)));
            en = format!("{en} with {with}");
            zh = format!("{zh}，须具备{zh_with}");
        }
        let (why, zh_why) = if self.because.is_empty() {
            said("there is none within reach of the search", "搜索范围内没有此类力量")
        } else {
            list(self.because.iter().map(|(because, units)| because.words(*units)))
        };
        said(format!("{en} — {why}"), format!("{zh}：{zh_why}"))
    }
}

impl Because {
    fn words(self, units: u32) -> Said {
        let (en, zh) = match self {
            Self::AlreadySent => ("already sent", "已派往本警情"),
            Self::Elsewhere => ("needed for another need", "用于其他需求"),
            Self::Committed => ("on other incidents", "正在处置其他警情"),
            Self::Reserved => ("offered to other incidents", "已被派往其他警情"),
            Self::Out => ("not on duty", "未在勤"),
            Self::SkillMissing => ("without the skill", "不具备所需技能"),
            Self::TooOld => ("with a position that is too old", "位置过旧"),
            Self::NeverSeen => ("that never reported a position", "从未上报位置"),
            Self::NoWay => ("with no way to the incident", "无法到达"),
        };
        said(format!("{units} {en}"), format!("{units}个{zh}"))
    }
}

/// Counts, over all rows, why units of a need's kinds do not fill what is left of it. Those that do fill a place of it are
/// not counted.
pub(crate) fn because(rows: &[Row], level: u8, need: &Need) -> Vec<(Because, u32)> {
    let mut counts: BTreeMap<Because, u32> = BTreeMap::new();
    let fills = |row: &&Row| row.pick.as_ref().is_some_and(|pick| pick.level == level && pick.need == need.code);
    for row in rows.iter().filter(|row| need.kinds.contains(&row.candidate.kind) && !fills(row)) {
        let because = match row.blocked.first() {
            None if need.lacks(&row.candidate.skills).next().is_some() => Because::SkillMissing,
            None => Because::Elsewhere,
            Some(Blocked::AlreadySent) => Because::AlreadySent,
            Some(Blocked::Out) => Because::Out,
            Some(Blocked::Committed { .. }) => Because::Committed,
            Some(Blocked::Reserved { .. }) => Because::Reserved,
            Some(Blocked::NeverSeen) => Because::NeverSeen,
            Some(Blocked::TooOld { .. }) => Because::TooOld,
            Some(Blocked::NoWay { .. }) => Because::NoWay,
            Some(Blocked::KindNotAsked { .. } | Blocked::SkillMissing { .. }) => Because::SkillMissing,
        };
        *counts.entry(because).or_default() += 1;
    }
    counts.into_iter().collect()
}
