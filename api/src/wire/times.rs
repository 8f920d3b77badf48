//! How long what may take, by kind of timer, priority and zone.

use dispatch::{Policy, Priority, TimerRule};
use serde::{Deserialize, Serialize};
use spatial::codes::Division;
use utoipa::ToSchema;

/// All rules of one version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimesBody {
    /// The version; who publishes gives the next one, so that nobody writes over what he has not read.
    pub version: u32,
    /// The rules; of those that fit an incident the one of the smallest division counts.
    pub rules: Vec<TimesRule>,
}

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimesRule {
    /// What is waited for: `offer`, `deliver`, `accept`, `depart`, `arrive`, `safety`, `feedback`, `review`,
    /// `held_review`, `receipt`, `start` or `again`.
    pub kind: String,
    /// For which priorities, 1 to 4.
    pub priorities: Vec<u8>,
    /// Only for incidents in this division (2, 4, 6, 9 or 12 digits); everywhere when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// First colour, seconds after the wait began.
    pub warn_s: i64,
    /// It goes off, seconds after the wait began.
    pub alert_s: i64,
    /// Who is told: `dispatcher`, `lead` or `station`.
    pub escalate_to: String,
}

/// Priorities as numbers.
pub(super) fn numbers(priorities: &[Priority]) -> Vec<u8> {
    priorities.iter().map(|priority| priority.number()).collect()
}

impl TimesBody {
    /// As it is said.
    pub fn of(policy: &Policy) -> Self {
        let rule = |rule: &TimerRule| TimesRule {
            kind: rule.kind.word().to_owned(),
            priorities: numbers(&rule.priorities),
            division: rule.division.map(Division::short),
            warn_s: rule.warn_ms / 1_000,
            alert_s: rule.alert_ms / 1_000,
            escalate_to: rule.escalate_to.clone(),
        };
        Self { version: policy.version, rules: policy.rules.iter().map(rule).collect() }
    }
}
