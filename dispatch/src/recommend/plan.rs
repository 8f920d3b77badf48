//! Response plans (出警预案): which units an incident asks for, by kind, priority and alarm level. Versioned data.
//!
//! Levels add up: level 2 holds only what it adds to level 1. The numbers of the default are this project's proposal; its
//! targets are the bands of a local Chinese norm (5 minutes in the city, 10 in the suburbs).

use serde::{Deserialize, Serialize};

use super::preference::Preference;
use crate::incident::{IncidentKind, Priority};
use crate::unit::UnitKind;

/// One need: so many units of any of these kinds, each with all of these skills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Its word, once in a level: `police`, `fire`…
    pub code: String,
    /// Kinds that fit; none is preferred to another.
    pub kinds: Vec<UnitKind>,
    /// Skills that each of the units must have.
    #[serde(default)]
    pub skills: Vec<String>,
    /// How many units.
    pub count: u8,
    /// Whether it is filled before what is only wished for.
    pub mandatory: bool,
}

impl Need {
    /// Whether a unit of that kind with those skills can fill it.
    pub fn fits(&self, kind: UnitKind, skills: &[String]) -> bool {
        self.kinds.contains(&kind) && self.lacks(skills).next().is_none()
    }

    /// The skills asked for that are not among those.
    pub fn lacks<'a>(&'a self, skills: &'a [String]) -> impl Iterator<Item = &'a String> {
        self.skills.iter().filter(|skill| !skills.contains(skill))
    }
}

/// What one alarm level adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// 1, 2, 3…
    pub level: u8,
    /// What it adds.
    pub needs: Vec<Need>,
}

/// What to send to some kinds of incident at some priorities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Kinds of incident.
    pub kinds: Vec<IncidentKind>,
    /// Priorities.
    pub priorities: Vec<Priority>,
    /// The first unit should be there within so many seconds.
    pub target_s: u32,
    /// Its levels, from 1 on. One level without needs means that nobody is sent.
    pub levels: Vec<Level>,
}

/// All plans of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plans {
    /// Its number, growing.
    pub version: u32,
    /// The plans; the first that fits counts.
    pub plans: Vec<Plan>,
    /// What a unit's circumstances count for; the first that fits a priority counts.
    pub preferences: Vec<Preference>,
}

impl Plans {
    /// The plan for a kind and a priority; `None` only in plans that [`Plans::check`] refuses.
    pub fn plan(&self, kind: IncidentKind, priority: Priority) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.kinds.contains(&kind) && plan.priorities.contains(&priority))
    }

    /// The preference for a priority; `None` only in plans that [`Plans::check`] refuses.
    pub fn preference(&self, priority: Priority) -> Option<&Preference> {
        self.preferences.iter().find(|preference| preference.priorities.contains(&priority))
    }

    /// The longest promise of any plan, seconds; 0 without plans.
    pub fn longest_target_s(&self) -> u32 {
        self.plans.iter().map(|plan| plan.target_s).max().unwrap_or(0)
    }
}

impl Plan {
    /// The needs of all levels up to that one, with their level, first level first.
    pub fn needs(&self, upto: u8) -> impl Iterator<Item = (u8, &Need)> {
        let levels = self.levels.iter().filter(move |level| level.level <= upto);
        levels.flat_map(|level| level.needs.iter().map(move |need| (level.level, need)))
    }
}
