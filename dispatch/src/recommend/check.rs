//! Whether response plans make sense, and what is wrong with them if not.

use std::collections::BTreeSet;

use super::plan::{Need, Plan, Plans};
use super::preference::Preference;
use crate::incident::{IncidentKind, Priority};

/// Why plans are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlansError {
    /// It is not JSON of this form.
    #[error("the plans cannot be read: {0}")]
    Unreadable(String),
    /// The version does not grow.
    #[error("version {given} does not follow {current}")]
    Version {
        /// What was given.
        given: u32,
        /// What holds.
        current: u32,
    },
    /// Too many plans.
    #[error("there are at most 500 plans, not {0}")]
    Length(usize),
    /// A kind has no plan for a priority.
    #[error("there is no plan for {0} at priority {1}")]
    Missing(IncidentKind, u8),
    /// A priority has no preference.
    #[error("there is no preference for priority {0}")]
    NoPreference(u8),
    /// A preference is out of bounds.
    #[error("preference {0}: a circumstance counts for at most 3600 s and a position is none after 60 s to 24 h")]
    Preference(usize),
    /// A plan is wrong; the number counts from 1.
    #[error("plan {plan}: {what}")]
    Plan {
        /// Which, from 1.
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
    /// Its target.
    #[error("the target must be 30 to 7200 s, not {0}")]
    Target(u32),
    /// Its levels.
    #[error("levels must be 1, 2, 3… without a gap, at most 9")]
    Levels,
    /// A need's word.
    #[error("level {0}: the code {1:?} must be 1 to 32 of a-z, 0-9 and _, once in a level")]
    Code(u8, String),
    /// A need's number.
    #[error("level {0}, {1}: count must be 1 to 20")]
    Count(u8, String),
    /// A need's kinds.
    #[error("level {0}, {1}: it names no kind of unit, or one twice")]
    Kinds(u8, String),
    /// A need's skills.
    #[error("level {0}, {1}: at most 8 skills of 1 to 64 characters, none twice")]
    Skills(u8, String),
    /// Too many units.
    #[error("all levels together send {0} units; at most 60")]
    Units(usize),
}

impl Plans {
    /// Reads plans from JSON and checks them against the version that holds.
    ///
    /// ```
    /// use dispatch::recommend::{Plans, PlansError};
    /// let text = serde_json::to_string(&Plans::default()).unwrap();
    /// assert_eq!(Plans::read(&text, 0), Ok(Plans::default()));
    /// assert_eq!(Plans::read(&text, 1), Err(PlansError::Version { given: 1, current: 1 }));
    /// ```
    pub fn read(text: &str, current: u32) -> Result<Self, PlansError> {
        let plans: Self = serde_json::from_str(text).map_err(|error| PlansError::Unreadable(error.to_string()))?;
        plans.check(current)?;
        Ok(plans)
    }

    /// Checks that the version grows, that every kind has a plan for every priority, and that each plan makes sense.
    pub fn check(&self, current: u32) -> Result<(), PlansError> {
        if self.version <= current {
            return Err(PlansError::Version { given: self.version, current });
        }
        if self.plans.len() > 500 {
            return Err(PlansError::Length(self.plans.len()));
        }
        for (plan, number) in self.plans.iter().zip(1..) {
            plan.check().map_err(|what| PlansError::Plan { plan: number, what })?;
        }
        for (preference, number) in self.preferences.iter().zip(1..) {
            if !preference.sane() {
                return Err(PlansError::Preference(number));
            }
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
    fn check(&self) -> Result<(), PlanProblem> {
        if self.kinds.is_empty() || self.priorities.is_empty() {
            return Err(PlanProblem::Nothing);
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
            for need in &level.needs {
                need.check(level.level)?;
                if !codes.insert(&need.code) {
                    return Err(PlanProblem::Code(level.level, need.code.clone()));
                }
            }
        }
        let units = self.needs(u8::MAX).map(|(_, need)| usize::from(need.count)).sum();
        if units > 60 { Err(PlanProblem::Units(units)) } else { Ok(()) }
    }
}

impl Need {
    fn check(&self, level: u8) -> Result<(), PlanProblem> {
        let named = |what: fn(u8, String) -> PlanProblem| Err(what(level, self.code.clone()));
        let letters = self.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if self.code.is_empty() || self.code.len() > 32 || !letters {
            return named(PlanProblem::Code);
        }
        if !(1..=20).contains(&self.count) {
            return named(PlanProblem::Count);
        }
        if self.kinds.is_empty() || self.kinds.iter().collect::<BTreeSet<_>>().len() < self.kinds.len() {
            return named(PlanProblem::Kinds);
        }
        let once = self.skills.iter().collect::<BTreeSet<_>>().len() == self.skills.len();
        let long = |skill: &String| skill.is_empty() || skill.chars().count() > 64;
        if self.skills.len() > 8 || !once || self.skills.iter().any(long) {
            return named(PlanProblem::Skills);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with the proposal after a change.
    fn check(change: impl FnOnce(&mut Plans), expect: &str) {
        let mut plans = Plans::default();
        change(&mut plans);
        assert_eq!(plans.check(0).unwrap_err().to_string(), expect);
    }

    #[test]
    fn the_proposal_holds() {
        assert_eq!(Plans::default().check(0), Ok(()));
    }

    #[test]
    fn each_mistake_is_named() {
        check(|p| p.version = 0, "version 0 does not follow 0");
        check(|p| p.plans.clear(), "there is no plan for criminal at priority 1");
        check(|p| p.preferences.truncate(1), "there is no preference for priority 2");
        check(|p| p.plans[0].target_s = 5, "plan 1: the target must be 30 to 7200 s, not 5");
        check(|p| p.plans[0].kinds.clear(), "plan 1: it names no kind or no priority");
        check(|p| p.plans[0].levels[0].level = 2, "plan 1: levels must be 1, 2, 3… without a gap, at most 9");
        check(|p| p.plans[0].levels[0].needs[0].count = 0, "plan 1: level 1, police: count must be 1 to 20");
        let twice = "plan 1: level 1, police: it names no kind of unit, or one twice";
        check(|p| p.plans[0].levels[0].needs[0].kinds.clear(), twice);
        check(|p| p.plans[0].levels[0].needs[0].kinds = vec![crate::UnitKind::K9; 2], twice);
        let code = "plan 1: level 1: the code \"Police!\" must be 1 to 32 of a-z, 0-9 and _, once in a level";
        check(|p| p.plans[0].levels[0].needs[0].code = "Police!".to_owned(), code);
        check(
            |p| p.plans[0].levels[0].needs[0].skills = vec![String::new()],
            "plan 1: level 1, police: at most 8 skills of 1 to 64 characters, none twice",
        );
        check(
            |p| {
                let need = p.plans[0].levels[0].needs[0].clone();
                let more = |n: u8| Need { code: format!("n{n}"), count: 20, ..need.clone() };
                p.plans[0].levels[0].needs = (0..4).map(more).collect();
            },
            "plan 1: all levels together send 84 units; at most 60",
        );
        check(
            |p| p.preferences[0].oldest_fix_s = 0,
            "preference 1: a circumstance counts for at most 3600 s and a position is none after 60 s to 24 h",
        );
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let error = Plans::read("{\n  \"version\": \"one\"\n}", 0).unwrap_err().to_string();
        assert!(error.contains("line 2 column"), "{error}");
    }
}
