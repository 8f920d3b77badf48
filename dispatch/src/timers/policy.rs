//! How long what may take: versioned data, by kind of timer, priority and zone. A zone (责任区) is a division: a county, a
//! street or town, a village.
//!
//! The numbers of the default are this project's proposal: receipt, departure and feedback bands as published by Chinese
//! command centres, turnout as in the NFPA family of standards.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use spatial::codes::Division;

use crate::incident::Priority;
use crate::words::words;

words! {
    /// What is waited for.
    TimerKind {
        /// A first order.
        Offer = "offer",
        /// The device's word that it has the order.
        Deliver = "deliver",
        /// Somebody who takes it.
        Accept = "accept",
        /// Wheels moving.
        Depart = "depart",
        /// Somebody there.
        Arrive = "arrive",
        /// A sign of life from the scene.
        Safety = "safety",
        /// Feedback.
        Feedback = "feedback",
        /// A look at the feedback.
        Review = "review",
        /// A second look at what was put off.
        HeldReview = "held_review",
        /// A word from the body that it was given to.
        Receipt = "receipt",
        /// The start of a planned order.
        Start = "start",
        /// What has been told already, or was taken on, and still waits.
        Again = "again",
        /// What somebody wanted to be reminded of: its time is said with it, so that no rule is needed.
        Reminder = "reminder",
    }
}

/// One line: warn after, alert after, and who is asked then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What is waited for.
    pub kind: TimerKind,
    /// For which priorities.
    pub priorities: Vec<Priority>,
    /// For incidents in that division only; `None`: everywhere, and where no division is known.
    #[serde(default, with = "crate::stored::division", skip_serializing_if = "Option::is_none")]
    pub division: Option<Division>,
    /// First colour, milliseconds.
    pub warn_ms: i64,
    /// It fires, milliseconds.
    pub alert_ms: i64,
    /// Who is told.
    pub escalate_to: String,
}

/// All lines of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its number, growing.
    pub version: u32,
    /// Its lines; of those that fit the one of the smallest division counts.
    pub rules: Vec<Rule>,
}

/// Why a policy is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The version is not the next: somebody else published meanwhile, or it was read long ago.
    #[error("version {given} does not follow {current}")]
    Version {
        /// What was given.
        given: u32,
        /// What holds.
        current: u32,
    },
    /// A kind has no line for a priority.
    #[error("there is no rule for {0} at priority {1} that holds everywhere")]
    Missing(TimerKind, u8),
    /// Times make no sense.
    #[error("{0}: 0 < warn_ms <= alert_ms <= 30 days must hold")]
    Times(TimerKind),
    /// Two lines for the same.
    #[error("rules {0} and {1} are both for {2} at priority {3} in the same division")]
    Twice(usize, usize, TimerKind, u8),
    /// Nobody is told.
    #[error("rule {0}: escalate_to must be one of {NAMES}", NAMES = TOLD.join(", "))]
    Told(usize),
    /// Too many lines.
    #[error("a policy has at most {MOST_RULES} rules")]
    Length,
}

/// Most lines of a policy.
pub const MOST_RULES: usize = 500;
/// Who can be told: roles.
const TOLD: [&str; 3] = ["dispatcher", "lead", "station"];

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

impl Default for Policy {
    fn default() -> Self {
        let all = [1, 2, 3, 4];
        let rows: [(TimerKind, &[u8], i64, i64, &str); 17] = [
            (TimerKind::Offer, &[1], 30 * SECOND, 60 * SECOND, "lead"),
            (TimerKind::Offer, &[2], 2 * MINUTE, 5 * MINUTE, "lead"),
            (TimerKind::Offer, &[3, 4], 10 * MINUTE, 30 * MINUTE, "lead"),
            (TimerKind::Deliver, &all, 5 * SECOND, 10 * SECOND, "dispatcher"),
            (TimerKind::Accept, &all, 20 * SECOND, 30 * SECOND, "dispatcher"),
            (TimerKind::Depart, &all, 60 * SECOND, 120 * SECOND, "dispatcher"),
            (TimerKind::Arrive, &[1, 2], 4 * MINUTE, 5 * MINUTE, "dispatcher"),
            (TimerKind::Arrive, &[3, 4], 8 * MINUTE, 10 * MINUTE, "dispatcher"),
            (TimerKind::Safety, &all, 10 * MINUTE, 15 * MINUTE, "lead"),
            (TimerKind::Feedback, &all, 30 * MINUTE, 60 * MINUTE, "station"),
            (TimerKind::Review, &all, 60 * MINUTE, 120 * MINUTE, "lead"),
            (TimerKind::HeldReview, &all, MINUTE, MINUTE, "dispatcher"),
            (TimerKind::Receipt, &all, 30 * MINUTE, 60 * MINUTE, "lead"),
            (TimerKind::Start, &all, MINUTE, MINUTE, "dispatcher"),
            (TimerKind::Again, &[1], 5 * MINUTE, 5 * MINUTE, "lead"),
            (TimerKind::Again, &[2], 10 * MINUTE, 10 * MINUTE, "lead"),
            (TimerKind::Again, &[3, 4], 60 * MINUTE, 60 * MINUTE, "lead"),
        ];
        let rule = |(kind, priorities, warn_ms, alert_ms, to): (TimerKind, &[u8], i64, i64, &str)| Rule {
            kind,
            priorities: priorities.iter().filter_map(|n| Priority::new(*n)).collect(),
            division: None,
            warn_ms,
            alert_ms,
            escalate_to: to.to_owned(),
        };
        Self { version: 1, rules: rows.into_iter().map(rule).collect() }
    }
}

impl Policy {
    /// The line for a kind and a priority where the incident is; `None` only in a policy that [`Policy::check`] refuses.
    pub fn rule(&self, kind: TimerKind, priority: Priority, division: Option<Division>) -> Option<&Rule> {
        let here = |rule: &Rule| rule.division.is_none_or(|zone| division.is_some_and(|own| zone.contains(own)));
        let fits = |rule: &&Rule| rule.kind == kind && rule.priorities.contains(&priority) && here(rule);
        // Without a division comes first, then the larger before the smaller.
        self.rules.iter().filter(fits).max_by_key(|rule| rule.division.map(Division::level))
    }

    /// Checks that the version grows and that every kind but reminders has one line for every priority, whatever the
    /// place; that no two lines are about the same, that times are sane and that somebody is told.
    pub fn check(&self, current: u32) -> Result<(), PolicyError> {
        if self.version != current.saturating_add(1) {
            return Err(PolicyError::Version { given: self.version, current });
        }
        if self.rules.len() > MOST_RULES {
            return Err(PolicyError::Length);
        }
        let most = 30 * 24 * 60 * MINUTE;
        let mut seen = BTreeMap::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if rule.warn_ms <= 0 || rule.warn_ms > rule.alert_ms || rule.alert_ms > most {
                return Err(PolicyError::Times(rule.kind));
            }
            if !TOLD.contains(&rule.escalate_to.as_str()) {
                return Err(PolicyError::Told(at));
            }
            for priority in &rule.priorities {
                if let Some(first) = seen.insert((rule.kind, *priority, rule.division), at) {
                    return Err(PolicyError::Twice(first, at, rule.kind, priority.number()));
                }
            }
        }
        for kind in TimerKind::ALL.iter().filter(|kind| **kind != TimerKind::Reminder) {
            for priority in (1..=4).filter_map(Priority::new) {
                if self.rule(*kind, priority, None).is_none() {
                    return Err(PolicyError::Missing(*kind, priority.number()));
                }
            }
        }
        Ok(())
    }
}
