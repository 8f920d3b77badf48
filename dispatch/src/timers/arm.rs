//! Which timers run follows from the state: what is wanted and not there is armed, what is there and not wanted any more
//! is cancelled. So each ends in exactly one way.

use serde::{Deserialize, Serialize};
use spatial::codes::Division;

use super::policy::{Policy, TimerKind};
use crate::assignment::{AssignedTo, Source, State};
use crate::incident::{Incident, Phase, Priority, Stage};
use crate::words::words;

words! {
    /// How a timer stands.
    TimerState {
        /// Running.
        Armed = "armed",
        /// It went off.
        Fired = "fired",
        /// Somebody took it on before it went off.
        Acked = "acked",
        /// What it waited for came, or does not matter any more.
        Cancelled = "cancelled",
    }
}

/// Something that must happen by a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Its id: the incident's, `-t` and a number.
    pub id: String,
    /// What is waited for.
    pub kind: TimerKind,
    /// For which order, if it is about one.
    pub assignment: Option<String>,
    /// When the wait began, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// When it was armed, milliseconds since 1970 UTC: later than `since_ms` where what it waits for was told late, or
    /// where another rule came to hold meanwhile.
    pub armed_ms: i64,
    /// The priority and the division for which its times hold.
    pub(crate) rated: Rated,
    /// First colour, milliseconds since 1970 UTC.
    pub warn_at_ms: i64,
    /// When it goes off, milliseconds since 1970 UTC.
    pub due_at_ms: i64,
    /// Who is told.
    pub escalate_to: String,
    /// Of a reminder: of what, in words.
    pub what: Option<String>,
    /// How it stands.
    pub state: TimerState,
    /// When it went off or was taken on, milliseconds since 1970 UTC.
    pub ended_ms: Option<i64>,
}

/// What somebody wants to be reminded of (提醒), until its timer has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Of what, in words.
    pub what: String,
    /// Since when, milliseconds since 1970 UTC; no two of an incident have the same.
    pub since_ms: i64,
    /// When, milliseconds since 1970 UTC.
    pub due_at_ms: i64,
}

impl Reminder {
    /// Reminders of an incident that run at a time.
    pub const MOST: usize = 20;
}

/// What of an incident decides about times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rated {
    priority: Priority,
    #[serde(default, with = "crate::stored::division", skip_serializing_if = "Option::is_none")]
    division: Option<Division>,
}

/// What a timer is about: two with the same key are the same wait.
type Key = (TimerKind, Option<String>, i64);

/// Ended timers that an incident keeps for its timeline.
const KEPT: usize = 32;

/// Arms and cancels so that what runs is what the state asks for. A timer that runs keeps its times when other ones are
/// published, but not when its incident becomes more or less urgent or turns out to be elsewhere: it is cancelled, and
/// the same wait goes on under the rule that holds now.
pub(crate) fn rearm(incident: &mut Incident, policy: &Policy, now_ms: i64) {
    let wanted = wanted(incident);
    let rated = Rated { priority: incident.priority, division: incident.location.division };
    for at in 0..incident.timers.len() {
        let timer = &incident.timers[at];
        if timer.state != TimerState::Armed {
            continue;
        }
        let (kind, since_ms) = (timer.kind, timer.since_ms);
        let key = (kind, timer.assignment.clone(), since_ms);
        let mut over = !wanted.contains(&key);
        if !over && timer.rated != rated {
            let now = times(incident, policy, kind, key.1.as_ref(), since_ms);
            let before = (timer.warn_at_ms, timer.due_at_ms, timer.escalate_to.clone(), timer.what.clone());
            over = now != Some(before);
        }
        let timer = &mut incident.timers[at];
        timer.rated = rated;
        if over {
            timer.state = TimerState::Cancelled;
        }
    }
    for (kind, assignment, since_ms) in wanted {
        // One that was cancelled may be wanted again within the same millisecond.
        let there = |t: &Timer| {
            t.kind == kind && t.assignment == assignment && t.since_ms == since_ms && t.state != TimerState::Cancelled
        };
        if incident.timers.iter().any(there) {
            continue;
        }
        let Some((warn_at_ms, due_at_ms, escalate_to, what)) =
            times(incident, policy, kind, assignment.as_ref(), since_ms)
        else {
            continue;
        };
        incident.timers_armed += 1;
        incident.timers.push(Timer {
            id: format!("{}-t{}", incident.id, incident.timers_armed),
            kind,
            assignment,
            since_ms,
            armed_ms: now_ms,
            rated,
            warn_at_ms,
            due_at_ms,
            escalate_to,
            what,
            state: TimerState::Armed,
            ended_ms: None,
        });
    }
    let ended = incident.timers.iter().filter(|t| t.state != TimerState::Armed).count();
    for _ in KEPT..ended {
        let done = |t: &Timer| {
            let passing = matches!(t.kind, TimerKind::Reminder | TimerKind::Again);
            t.state == TimerState::Cancelled || (passing && t.state != TimerState::Armed)
        };
        if let Some(oldest) = incident.timers.iter().position(done) {
            incident.timers.remove(oldest);
        }
    }
}

/// When a timer warns and goes off, who is told, and of what it reminds; `None` where no rule says so.
fn times(
    incident: &Incident,
    policy: &Policy,
    kind: TimerKind,
    assignment: Option<&String>,
    since_ms: i64,
) -> Option<(i64, i64, String, Option<String>)> {
    if kind == TimerKind::Reminder {
        let own = incident.reminders.iter().find(|reminder| reminder.since_ms == since_ms)?;
        return Some((own.due_at_ms, own.due_at_ms, "dispatcher".to_owned(), Some(own.what.clone())));
    }
    let rule = policy.rule(kind, incident.priority, incident.location.division)?;
    let (warn_at_ms, due_at_ms) = match (kind, &incident.stage, assignment) {
        (TimerKind::HeldReview, Stage::Held { review_at_ms, .. }, _) => (*review_at_ms, *review_at_ms),
        (TimerKind::Start, _, Some(id)) => {
            let start = incident.assignment(id).and_then(|a| a.start_ms).unwrap_or(since_ms);
            (start - rule.warn_ms, start)
        }
        _ => (since_ms + rule.warn_ms, since_ms + rule.alert_ms),
    };
    Some((warn_at_ms, due_at_ms, rule.escalate_to.clone(), None))
}

fn wanted(incident: &Incident) -> Vec<Key> {
    let phase = incident.phase();
    if phase.is_terminal() {
        return Vec::new();
    }
    let mut keys = Vec::new();
    for assignment in incident.open_assignments() {
        let unit = matches!(assignment.to, AssignedTo::Unit(_));
        let mut push = |kind, since| keys.push((kind, Some(assignment.id.clone()), since));
        // A person has as long from the order on, however long the device took.
        let offered = assignment.returned_ms.or(assignment.times.offered).unwrap_or(assignment.since_ms);
        match assignment.state {
            State::Planned => push(TimerKind::Start, assignment.since_ms),
            State::Offered => {
                if unit {
                    push(TimerKind::Deliver, assignment.since_ms);
                }
                push(TimerKind::Accept, offered);
            }
            State::Delivered => push(TimerKind::Accept, offered),
            // Of an organisation: that its controller sends somebody. Whom it sent is waited for by their own orders.
            State::Accepted => push(TimerKind::Depart, assignment.since_ms),
            State::EnRoute | State::Arrived if !unit && assignment.src == Source::Cascade => {}
            State::EnRoute => push(TimerKind::Arrive, assignment.since_ms),
            State::Arrived => push(TimerKind::Safety, assignment.since_ms),
            State::Cleared | State::Declined | State::Expired | State::Recalled | State::Preempted => {}
        }
    }
    let own = match phase {
        // What is only planned waits for its start; when those fell away who were to come before, nobody comes.
        Phase::Pending if incident.open_assignments().next().is_some() && !incident.was_let_down() => None,
        Phase::Pending => Some((TimerKind::Offer, incident.pending_since_ms)),
        Phase::Held => Some((TimerKind::HeldReview, incident.stage_since_ms)),
        Phase::Referred => Some((TimerKind::Receipt, incident.stage_since_ms)),
        Phase::AwaitingFeedback => {
            Some((TimerKind::Feedback, incident.times.cleared.unwrap_or(incident.stage_since_ms)))
        }
        Phase::AwaitingReview => Some((TimerKind::Review, incident.stage_since_ms)),
        Phase::Assigned | Phase::Responding | Phase::OnScene | Phase::Closed | Phase::Merged | Phase::Cancelled => None,
    };
    keys.extend(own.map(|(kind, since)| (kind, None, since)));
    keys.extend(again(incident, &keys));
    keys.extend(incident.reminders.iter().map(|reminder| (TimerKind::Reminder, None, reminder.since_ms)));
    keys
}

/// What somebody was told of, or took on, and what still waits: nothing that waits is without a timer.
fn again(incident: &Incident, waits: &[Key]) -> Option<Key> {
    let over = |t: &&Timer| matches!(t.state, TimerState::Fired | TimerState::Acked);
    let of = |key: &Key| {
        let same = |t: &&Timer| (t.kind, &t.assignment, t.since_ms) == (key.0, &key.1, key.2);
        incident.timers.iter().filter(over).filter(same).filter_map(|t| t.ended_ms).max()
    };
    let told = waits.iter().filter_map(of).max()?;
    let before = incident.timers.iter().filter(over).filter(|t| t.kind == TimerKind::Again);
    let before = before.filter_map(|t| t.ended_ms).max();
    Some((TimerKind::Again, None, before.map_or(told, |before| before.max(told))))
}
