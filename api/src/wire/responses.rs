//! Response plans (出警预案) as they are shown and published: which units an incident asks for.

use dispatch::recommend::{Level, Need, Plan, Plans, Preference};
use dispatch::{IncidentKind, UnitKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::times::numbers;

/// All response plans of one version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponsesBody {
    /// The version; who publishes gives the next one, so that nobody writes over what he has not read.
    pub version: u32,
    /// The plans, at most 500: of those that fit an incident the first counts. Each kind needs one for each priority.
    pub plans: Vec<ResponsePlan>,
    /// What a unit's circumstances count for, at most 20: of those that fit a priority the first counts.
    pub preferences: Vec<ResponsePreference>,
}

/// What to send to some kinds of incident at some priorities.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponsePlan {
    /// Kinds of incident, as in an incident's `kind`.
    pub kinds: Vec<String>,
    /// Priorities, 1 to 4.
    pub priorities: Vec<u8>,
    /// The first unit should be there within so many seconds, 30 to 7,200.
    pub target_s: u32,
    /// Alarm levels 1, 2, 3… to at most 9. One level without needs: nobody is sent.
    pub levels: Vec<ResponseLevel>,
}

/// What one alarm level adds to those below it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseLevel {
    /// Its number: the `plan_level` of an order, the `level` of a question.
    pub level: u8,
    /// What it adds.
    pub needs: Vec<ResponseNeed>,
}

/// So many units of any of these kinds, each with all of these skills.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseNeed {
    /// Its word, 1 to 32 of a-z, 0-9 and `_`, once in a level: said as it is written, unless it is one of the proposal's.
    pub code: String,
    /// Kinds of unit that fit, as in a unit's `kind`; none is preferred to another.
    pub kinds: Vec<String>,
    /// Skills that each of the units must have, at most 8.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// How many units, 1 to 20; all levels of a plan together at most 60.
    pub count: u8,
    /// Whether it is filled before what is only wished for.
    pub mandatory: bool,
}

/// What a unit's circumstances count for at some priorities, seconds of way.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponsePreference {
    /// Priorities, 1 to 4.
    pub priorities: Vec<u8>,
    /// From another district, but near the border of this one; this and the next three at most 3,600.
    pub buffer_s: u32,
    /// From another district.
    pub other_s: u32,
    /// On work that may be broken off.
    pub soft_s: u32,
    /// For each order of the last hours.
    pub order_s: u32,
    /// A position older than so many seconds is none, 60 to 86,400.
    pub oldest_fix_s: u32,
}

impl ResponsesBody {
    /// As it is said.
    pub fn of(plans: &Plans) -> Self {
        let preference = |of: &Preference| ResponsePreference {
            priorities: numbers(&of.priorities),
            buffer_s: of.buffer_s,
            other_s: of.other_s,
            soft_s: of.soft_s,
            order_s: of.order_s,
            oldest_fix_s: of.oldest_fix_s,
        };
        Self {
            version: plans.version,
            plans: plans.plans.iter().map(ResponsePlan::of).collect(),
            preferences: plans.preferences.iter().map(preference).collect(),
        }
    }
}

impl ResponsePlan {
    fn of(plan: &Plan) -> Self {
        let level =
            |of: &Level| ResponseLevel { level: of.level, needs: of.needs.iter().map(ResponseNeed::of).collect() };
        Self {
            kinds: plan.kinds.iter().copied().map(IncidentKind::word).map(str::to_owned).collect(),
            priorities: numbers(&plan.priorities),
            target_s: plan.target_s,
            levels: plan.levels.iter().map(level).collect(),
        }
    }
}

impl ResponseNeed {
    fn of(need: &Need) -> Self {
        Self {
            code: need.code.clone(),
            kinds: need.kinds.iter().copied().map(UnitKind::word).map(str::to_owned).collect(),
            skills: need.skills.clone(),
            count: need.count,
            mandatory: need.mandatory,
        }
    }
}
