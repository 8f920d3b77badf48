//! How long what may take: versioned data, by kind of timer and priority.
//!
//! The numbers of the default are this project's proposal: receipt, departure and feedback bands as published by Chinese
//! command centres, turnout as in the NFPA family of standards.

use serde::{Deserialize, Serialize};

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
    /// Its lines; the first that fits counts.
    pub rules: Vec<Rule>,
}

/// Why a policy is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The version does not grow.
    #[error("version {given} does not follow {current}")]
    Version {
        /// What was given.
        given: u32,
        /// What holds.
        current: u32,
    },
    /// A kind has no line for a priority.
    #[error("there is no rule for {0} at priority {1}")]
    Missing(TimerKind, u8),
    /// Times make no sense.
    #[error("{0}: 0 < warn_ms <= alert_ms <= 30 days must hold")]
    Times(TimerKind),
    /// Too many lines.
    #[error("a policy has at most 500 rules")]
    Length,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

impl Default for Policy {
    fn default() -> Self {
        let all = [1, 2, 3, 4];
        let rows: [(TimerKind, &[u8], i64, i64, &str); 14] = [
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
        ];
        let rule = |(kind, priorities, warn_ms, alert_ms, to): (TimerKind, &[u8], i64, i64, &str)| Rule {
            kind,
            priorities: priorities.iter().filter_map(|n| Priority::new(*n)).collect(),
            warn_ms,
            alert_ms,
            escalate_to: to.to_owned(),
        };
        Self { version: 1, rules: rows.into_iter().map(rule).collect() }
    }
}

impl Policy {
    /// The line for a kind and a priority; `None` only in a policy that [`Policy::check`] refuses.
    pub fn rule(&self, kind: TimerKind, priority: Priority) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.kind == kind && rule.priorities.contains(&priority))
    }

    /// Checks that every kind but reminders has a line for every priority, that times are sane and that the version grows.
    pub fn check(&self, current: u32) -> Result<(), PolicyError> {
        if self.version <= current {
            return Err(PolicyError::Version { given: self.version, current });
        }
        if self.rules.len() > 500 {
            return Err(PolicyError::Length);
        }
        for kind in TimerKind::ALL.iter().filter(|kind| **kind != TimerKind::Reminder) {
            for priority in (1..=4).filter_map(Priority::new) {
                if self.rule(*kind, priority).is_none() {
                    return Err(PolicyError::Missing(*kind, priority.number()));
                }
            }
        }
        let most = 30 * 24 * 60 * MINUTE;
        let sane = |rule: &&Rule| rule.warn_ms <= 0 || rule.warn_ms > rule.alert_ms || rule.alert_ms > most;
        self.rules.iter().find(sane).map_or(Ok(()), |rule| Err(PolicyError::Times(rule.kind)))
    }
}
