//! "Why not unit X?", answered from what a recommendation holds and from nothing else.

use serde::{Deserialize, Serialize};

use super::blocked::Blocked;
use super::plan::Plans;
use super::rank::{Criterion, Standing};
use super::recommendation::{Pick, Recommendation, Row};
use super::said::{Said, duration, list, need, said};

/// A unit that was taken for a place that another would fit as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Which unit was taken.
    pub unit: String,
    /// For what.
    pub pick: Pick,
    /// The first criterion in which it is better.
    pub by: Criterion,
    /// What its way counts for, seconds.
    pub counts_s: u32,
}

/// Why a unit is not proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WhyNot {
    /// It is.
    Proposed {
        /// For what.
        pick: Pick,
    },
    /// It cannot be sent.
    Blocked {
        /// All that stands in its way.
        blocked: Vec<Blocked>,
    },
    /// It could be sent, and better ones are.
    Behind {
        /// What its way counts for, seconds.
        counts_s: u32,
        /// Those that were taken for places that it fits.
        before: Vec<Before>,
    },
    /// Those who were sent fill every need that it fits.
    Filled,
    /// It was not compared: too far away to be among those that were looked at.
    NotCompared,
    /// There is no such unit in the asker's sight. Never answered from a recommendation: only who asks knows what is seen.
    NotKnown,
}

impl Recommendation {
    /// Why a unit is not proposed. `plans` are those of the version that the recommendation names.
    pub fn why_not(&self, plans: &Plans, unit: &str) -> WhyNot {
        let Some(row) = self.rows.iter().find(|row| row.candidate.unit == unit) else { return WhyNot::NotCompared };
        if let Some(pick) = &row.pick {
            return WhyNot::Proposed { pick: pick.clone() };
        }
        if !row.blocked.is_empty() {
            return WhyNot::Blocked { blocked: row.blocked.clone() };
        }
        let before: Vec<Before> = self.picks().filter_map(|taken| self.before(plans, row, taken)).collect();
        match row.counts_s {
            Some(counts_s) if !before.is_empty() => WhyNot::Behind { counts_s, before },
            Some(_) | None => WhyNot::Filled,
        }
    }

    fn before(&self, plans: &Plans, row: &Row, taken: &Row) -> Option<Before> {
        let pick = taken.pick.clone()?;
        let plan = plans.plan(self.asked.kind, self.asked.priority)?;
        let preference = plans.preference(self.asked.priority)?;
        let (_, need) =
            plan.needs(self.asked.level).find(|(level, need)| *level == pick.level && need.code == pick.need)?;
        if !need.fits(row.candidate.kind, &row.candidate.skills) {
            return None;
        }
        let (mine, theirs) = (Standing::of(&row.candidate, preference)?, Standing::of(&taken.candidate, preference)?);
        let (by, counts_s) = (theirs.differ(&mine), theirs.counts_s);
        Some(Before { unit: taken.candidate.unit.clone(), pick, by, counts_s })
    }
}

impl WhyNot {
    /// In words: English, Chinese.
    pub fn words(&self) -> Said {
        match self {
            Self::Proposed { pick } => {
                let (level, (en, zh)) = (pick.level, need(&pick.need));
                said(format!("it is proposed for {en} of level {level}"), format!("已推荐，用于{level}级预案“{zh}”"))
            }
            Self::Blocked { blocked } => list(blocked.iter().map(Blocked::words)),
            Self::Behind { counts_s, before } => list(before.iter().map(|before| before.words(*counts_s))),
            Self::Filled => said("those who were sent fill every need that it fits", "已派力量已满足其可承担的需求"),
            Self::NotCompared => said("it was not compared: too far away to be looked at", "未参与比较：距离过远"),
            Self::NotKnown => said("there is no such unit in your sight", "您可见范围内无此力量"),
        }
    }
}

impl Before {
    fn words(&self, mine_s: u32) -> Said {
        let unit = &self.unit;
        let (en, zh) = match self.by {
            Criterion::Counts => {
                let ((mine, zh_mine), (theirs, zh_theirs)) = (duration(mine_s), duration(self.counts_s));
                return said(
                    format!("{unit} counts as {theirs}, it as {mine}"),
                    format!("{unit}按{zh_theirs}计，该力量按{zh_mine}计"),
                );
            }
            Criterion::Latest => ("comes sooner at the latest", "最晚到场时间更早"),
            Criterion::Earliest => ("may come sooner", "最早到场时间更早"),
            Criterion::Availability => ("is freer", "更空闲"),
            Criterion::Relation => ("is nearer to the district", "辖区更近"),
            Criterion::Orders => ("has had fewer orders", "近时接单更少"),
            Criterion::Id => ("is its equal and stands first in the list", "条件相同，按编号在前"),
        };
        said(format!("{unit} {en}"), format!("{unit}{zh}"))
    }
}
