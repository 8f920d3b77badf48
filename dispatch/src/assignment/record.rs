//! An order as the log has made it.

use serde::{Deserialize, Serialize};
use spatial::Position;

use super::table::{Source, State};

/// Who has the order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignedTo {
    /// A unit.
    Unit(String),
    /// An organisation's desk, which signs and adds units of its own.
    Org(String),
}

impl AssignedTo {
    /// The unit, if it is one.
    pub fn unit(&self) -> Option<&str> {
        match self {
            Self::Unit(id) => Some(id),
            Self::Org(_) => None,
        }
    }
}

/// When an order reached what: milliseconds since 1970 UTC of the events themselves, written once, never filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentTimes {
    /// Reserved for later.
    pub planned: Option<i64>,
    /// Ordered.
    pub offered: Option<i64>,
    /// On the device.
    pub delivered: Option<i64>,
    /// Taken.
    pub accepted: Option<i64>,
    /// Under way.
    pub departed: Option<i64>,
    /// At the scene.
    pub arrived: Option<i64>,
    /// Done.
    pub cleared: Option<i64>,
    /// Over without being done.
    pub ended: Option<i64>,
}

impl AssignmentTimes {
    /// The slot of a state.
    pub fn slot(&mut self, state: State) -> &mut Option<i64> {
        match state {
            State::Planned => &mut self.planned,
            State::Offered => &mut self.offered,
            State::Delivered => &mut self.delivered,
            State::Accepted => &mut self.accepted,
            State::EnRoute => &mut self.departed,
            State::Arrived => &mut self.arrived,
            State::Cleared => &mut self.cleared,
            State::Declined | State::Expired | State::Recalled | State::Preempted => &mut self.ended,
        }
    }

    /// When a state was reached, milliseconds since 1970 UTC; `None` while nobody has said so.
    pub fn at(mut self, state: State) -> Option<i64> {
        *self.slot(state)
    }

    /// Milestones whose time lies before that of an earlier one: clocks differ, or somebody said a wrong time. They are
    /// kept as they were said; an interval that would be negative is none.
    pub fn out_of_order(&self) -> Vec<State> {
        let steps = [
            (State::Offered, self.offered),
            (State::Delivered, self.delivered),
            (State::Accepted, self.accepted),
            (State::EnRoute, self.departed),
            (State::Arrived, self.arrived),
            (State::Cleared, self.cleared),
        ];
        let mut latest = i64::MIN;
        let mut odd = Vec::new();
        for (state, at) in steps {
            let Some(at) = at else { continue };
            if at < latest {
                odd.push(state);
            }
            latest = latest.max(at);
        }
        odd
    }
}

/// One unit or organisation on one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Its id: the incident's, a hyphen and a number.
    pub id: String,
    /// Who has it.
    pub to: AssignedTo,
    /// Where it stands.
    pub state: State,
    /// Counts the events that touch it.
    pub version: u64,
    /// When what was reached.
    pub times: AssignmentTimes,
    /// When the present state began, milliseconds since 1970 UTC of the commit.
    pub since_ms: i64,
    /// Who ordered it.
    pub by: String,
    /// Alarm level of the response plan that it fulfils.
    pub plan_level: Option<u8>,
    /// Start of a planned order, milliseconds since 1970 UTC.
    pub start_ms: Option<i64>,
    /// Who said that the present state was reached.
    pub src: Source,
    /// Why it ended early.
    pub reason: Option<String>,
    /// Milestones that came after the end, or after a later one: kept, labelled, without moving the state.
    pub late: Vec<State>,
    /// Those of them that were said when the order was over already.
    #[serde(default)]
    pub after_end: Vec<State>,
    /// Since when the unit seems to be at the scene by its positions, milliseconds since 1970 UTC: nobody has said so yet.
    /// Withdrawn when the unit leaves, or the scene moves away from it.
    #[serde(default)]
    pub seems_arrived_ms: Option<i64>,
    /// The scene at which it seemed to be there: the proposal is one of that place, in however many steps the scene moves.
    #[serde(default, with = "crate::stored::position", skip_serializing_if = "Option::is_none")]
    pub seems_at: Option<Position>,
    /// Of an organisation: what was said of itself last, and by whom. It goes back to that when its units fall away.
    #[serde(default)]
    pub own: Option<(State, Source)>,
    /// Since when it has been back there, milliseconds since 1970 UTC.
    #[serde(default)]
    pub returned_ms: Option<i64>,
}

impl Assignment {
    /// Whether positions may propose that the unit has arrived: the order holds, and nobody has said so.
    pub fn awaits_arrival(&self) -> bool {
        self.state.is_open() && !matches!(self.state, State::Planned | State::Arrived)
    }

    /// Whether somebody is, or was, at the scene by this order. Who says so when the order had ended early was perhaps there,
    /// but not by it; who was taken away from the scene before it was done has not done it: the incident is not served.
    pub fn was_there(&self) -> bool {
        matches!(self.state, State::Arrived | State::Cleared)
    }
}
