//! Whether response plans make sense, and what is wrong with them if not.

use std::collections::BTreeSet;

use super::plan::{Need, Plan, Plans};
use super::preference::Preference;
use crate::incident::{IncidentKind, Priority};

/// Why plans are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlansError {
    /// The version is not the next: somebody else published meanwhile, or it was read long ago.
    #[error("version {given} does not follow {current}")]
    Version {
        /// What was given.
        given: u32,
        /// What holds.
        current: u32,
    },
    /// Too many plans.
    #[error("there are at most {MOST_PLANS} plans, not {0}")]
    Length(usize),
    /// A kind has no plan for a priority.
    #[error("there is no plan for {0} at priority {1}")]
    Missing(IncidentKind, u8),
    /// Too many preferences.
    #[error("there are at most {MOST_PREFERENCES} preferences, not {0}")]
    Preferences(usize),
    /// A priority has no preference.
    #[error("there is no preference for priority {0}")]
    NoPreference(u8),
    /// A preference is out of bounds; the number counts from 0.
    #[error("a circumstance counts for at most 3600 s and a position is none after 60 s to 24 h")]
    Preference(usize),
    /// A plan is wrong; the number counts from 0.
    #[error("{what}")]
    Plan {
        /// Which, from 0.
        plan: usize,
        /// What is wrong.
        what: PlanProblem,
    },
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanProblem {
    /// It fits nothing.
    #[error("it names no kind or no priority")]
    Nothing,
    /// Plans before it fit all that it fits.
    #[error("it never counts: plans before it are for all of its kinds and priorities")]
    Never,
    /// Its target.
    #[error("the target must be 30 to 7200 s, not {0}")]
    Target(u32),
    /// Its levels.
    #[error("levels must be 1, 2, 3… without a gap, at most 9")]
    Levels,
    /// A need is wrong.
    #[error("level {level}, {code:?}: {what}")]
    Need {
        /// Of which level, from 1.
        level: u8,
        /// Which of the level, from 0.
        need: usize,
        /// Its word.
        code: String,
        /// What is wrong.
        what: NeedProblem,
    },
    /// Too many units.
    #[error("all levels together send {0} units; at most 60")]
    Units(usize),
}

/// What is wrong with a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NeedProblem {
    /// Its word.
    #[error("the code must be 1 to 32 of a-z, 0-9 and _, once in a level")]
    Code,
    /// How many units.
    #[error("count must be 1 to 20")]
    Count,
    /// Which kinds of unit.
    #[error("it names no kind of unit, or one twice")]
    Kinds,
    /// Which skills.
    #[error("at most 8 skills of 1 to 64 characters, none twice")]
    Skills,
}

/// Most plans of a version.
pub const MOST_PLANS: usize = 500;
/// Most preferences of a version.
pub const MOST_PREFERENCES: usize = 20;

impl PlansError {
    /// Where it is, as a JSON pointer (RFC 6901) into the plans as they are published.
    pub fn pointer(&self) -> String {
        match self {
            Self::Version { .. } => "/version".to_owned(),
            Self::Length(_) | Self::Missing(..) => "/plans".to_owned(),
            Self::Preferences(_) | Self::NoPreference(_) => "/preferences".to_owned(),
            Self::Preference(number) => format!("/preferences/{number}"),
            Self::Plan { plan, what } => format!("/plans/{plan}{}", what.pointer()),
        }
    }
}

impl PlanProblem {
    fn pointer(&self) -> String {
        match self {
            Self::Nothing | Self::Never => String::new(),
            Self::Target(_) => "/target_s".to_owned(),
            Self::Levels | Self::Units(_) => "/levels".to_owned(),
            Self::Need { level, need, what, .. } => {
                format!("/levels/{}/needs/{need}/{}", level.saturating_sub(1), what.field())
            }
        }
    }
}

impl NeedProblem {
    fn field(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Count => "count",
            Self::Kinds => "kinds",
            Self::Skills => "skills",
        }
    }
}

impl Plans {
    /// Checks that the version is the next, that every kind has a plan for every priority, and that each plan makes sense
    /// and counts somewhere.
    pub fn check(&self, current: u32) -> Result<(), PlansError> {
        if self.version != current.saturating_add(1) {
            return Err(PlansError::Version { given: self.version, current });
        }
        if self.plans.len() > MOST_PLANS {
            return Err(PlansError::Length(self.plans.len()));
        }
        let mut fitted = BTreeSet::new();
        for (number, plan) in self.plans.iter().enumerate() {
            plan.check(&mut fitted).map_err(|what| PlansError::Plan { plan: number, what })?;
        }
        if self.preferences.len() > MOST_PREFERENCES {
            return Err(PlansError::Preferences(self.preferences.len()));
        }
        if let Some(number) = self.preferences.iter().position(|preference| !preference.sane()) {
            return Err(PlansError::Preference(number));
        }
        for priority in (1..=4).filter_map(Priority::new) {
            if self.preference(priority).is_none() {
                return Err(PlansError::NoPreference(priority.number()));
            }
            for kind in IncidentKind::ALL {
                if self.plan(*kind, priority).is_none() {
                    return Err(PlansError::Missing(*kind, priority.number()));
                }
            }
        }
        Ok(())
    }
}

impl Preference {
    fn sane(&self) -> bool {
        let most = [self.buffer_s, self.other_s, self.soft_s, self.order_s].into_iter().max();
        most.is_some_and(|s| s <= 3_600) && (60..=86_400).contains(&self.oldest_fix_s)
    }
}

impl Plan {
    /// `fitted` has what the plans before it are for, and has what this one is for afterwards.
    fn check(&self, fitted: &mut BTreeSet<(IncidentKind, Priority)>) -> Result<(), PlanProblem> {
        if self.kinds.is_empty() || self.priorities.is_empty() {
            return Err(PlanProblem::Nothing);
        }
        let before = fitted.len();
        fitted.extend(self.kinds.iter().flat_map(|kind| self.priorities.iter().map(|priority| (*kind, *priority))));
        if fitted.len() == before {
            return Err(PlanProblem::Never);
        }
        if !(30..=7_200).contains(&self.target_s) {
            return Err(PlanProblem::Target(self.target_s));
        }
        let numbered = self.levels.iter().zip(1..).all(|(level, number)| level.level == number);
        if self.levels.is_empty() || self.levels.len() > 9 || !numbered {
            return Err(PlanProblem::Levels);
        }
        for level in &self.levels {
            let mut codes = BTreeSet::new();
            for (number, need) in level.needs.iter().enumerate() {
                let twice = (!codes.insert(&need.code)).then_some(NeedProblem::Code);
                if let Some(what) = need.problem().or(twice) {
                    let (level, code) = (level.level, need.code.clone());
                    return Err(PlanProblem::Need { level, need: number, code, what });
                }
            }
        }
        let units = self.needs(u8::MAX).map(|(_, need)| usize::from(need.count)).sum();
        if units > 60 { Err(PlanProblem::Units(units)) } else { Ok(()) }
    }
}

impl Need {
    fn problem(&self) -> Option<NeedProblem> {
        let letters = self.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if self.code.is_empty() || self.code.len() > 32 || !letters {
            return Some(NeedProblem::Code);
        }
        if !(1..=20).contains(&self.count) {
            return Some(NeedProblem::Count);
        }
        if self.kinds.is_empty() || self.kinds.iter().collect::<BTreeSet<_>>().len() < self.kinds.len() {
            return Some(NeedProblem::Kinds);
        }
        let once = self.skills.iter().collect::<BTreeSet<_>>().len() == self.skills.len();
        let long = |skill: &String| skill.is_empty() || skill.chars().count() > 64;
        (self.skills.len() > 8 || !once || self.skills.iter().any(long)).then_some(NeedProblem::Skills)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with the proposal after a change, and where.
    fn check(change: impl FnOnce(&mut Plans), at: &str, expect: &str) {
        let mut plans = Plans::default();
        change(&mut plans);
        let error = plans.check(0).unwrap_err();
        assert_eq!((error.pointer().as_str(), error.to_string().as_str()), (at, expect));
    }

    #[test]
    fn the_proposal_holds() {
        assert_eq!(Plans::default().check(0), Ok(()));
    }

    #[test]
    fn each_mistake_is_named() {
        check(|p| p.version = 0, "/version", "version 0 does not follow 0");
        check(|p| p.version = 2, "/version", "version 2 does not follow 0");
        check(|p| p.plans.clear(), "/plans", "there is no plan for criminal at priority 1");
        check(|p| p.preferences.truncate(1), "/preferences", "there is no preference for priority 2");
        check(|p| p.plans[0].target_s = 5, "/plans/0/target_s", "the target must be 30 to 7200 s, not 5");
        check(|p| p.plans[0].kinds.clear(), "/plans/0", "it names no kind or no priority");
        check(
            |p| p.plans.push(p.plans[3].clone()),
            "/plans/21",
            "it never counts: plans before it are for all of its kinds and priorities",
        );
        check(
            |p| p.plans[0].levels[0].level = 2,
            "/plans/0/levels",
            "levels must be 1, 2, 3… without a gap, at most 9",
        );
        let need = "/plans/0/levels/0/needs/0";
        let of = |field: &str| format!("{need}/{field}");
        let count = "level 1, \"police\": count must be 1 to 20";
        check(|p| p.plans[0].levels[0].needs[0].count = 0, &of("count"), count);
        let twice = "level 1, \"police\": it names no kind of unit, or one twice";
        check(|p| p.plans[0].levels[0].needs[0].kinds.clear(), &of("kinds"), twice);
        check(|p| p.plans[0].levels[0].needs[0].kinds = vec![crate::UnitKind::K9; 2], &of("kinds"), twice);
        let code = "level 1, \"Police!\": the code must be 1 to 32 of a-z, 0-9 and _, once in a level";
        check(|p| p.plans[0].levels[0].needs[0].code = "Police!".to_owned(), &of("code"), code);
        check(
            |p| p.plans[0].levels[1].needs[2].code = "k9".to_owned(),
            "/plans/0/levels/1/needs/2/code",
            "level 2, \"k9\": the code must be 1 to 32 of a-z, 0-9 and _, once in a level",
        );
        check(
            |p| p.plans[0].levels[0].needs[0].skills = vec![String::new()],
            &of("skills"),
            "level 1, \"police\": at most 8 skills of 1 to 64 characters, none twice",
        );
        check(
            |p| {
                let need = p.plans[0].levels[0].needs[0].clone();
                let more = |n: u8| Need { code: format!("n{n}"), count: 20, ..need.clone() };
                p.plans[0].levels[0].needs = (0..4).map(more).collect();
            },
            "/plans/0/levels",
            "all levels together send 84 units; at most 60",
        );
        check(
            |p| p.preferences[0].oldest_fix_s = 0,
            "/preferences/0",
            "a circumstance counts for at most 3600 s and a position is none after 60 s to 24 h",
        );
        check(
            |p| p.preferences = vec![p.preferences[0].clone(); 21],
            "/preferences",
            "there are at most 20 preferences, not 21",
        );
    }
}
