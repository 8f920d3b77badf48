//! Which state may follow which: the one table that decisions, docs and tests read.

use crate::words::words;

words! {
    /// Where an order stands.
    State {
        /// 预派: reserved for a later start.
        Planned = "planned",
        /// 已派: committed, not yet on the device.
        Offered = "offered",
        /// 已达终端: the device has it.
        Delivered = "delivered",
        /// 已签收: a person took it.
        Accepted = "accepted",
        /// 已出警: moving.
        EnRoute = "en_route",
        /// 已到场: at the scene.
        Arrived = "arrived",
        /// 已离场: done.
        Cleared = "cleared",
        /// 拒派: cannot take it.
        Declined = "declined",
        /// 超时未签: not taken in time.
        Expired = "expired",
        /// 撤回: withdrawn.
        Recalled = "recalled",
        /// 改派: taken for something more urgent.
        Preempted = "preempted",
    }
}

words! {
    /// Who says that a milestone was reached.
    Source {
        /// The unit's page or app.
        App = "app",
        /// Said over radio or telephone, entered by a dispatcher.
        Voice = "voice",
        /// Inferred from positions.
        Avl = "avl",
        /// A dispatcher on the map.
        Desk = "desk",
        /// A timer.
        Timer = "timer",
        /// Follows from another command (closing, pre-empting).
        Cascade = "cascade",
    }
}

words! {
    /// What can be asked of an order.
    Step {
        /// The device has it.
        Deliver = "deliver",
        /// Somebody takes it.
        Accept = "accept",
        /// Under way.
        Depart = "depart",
        /// There.
        Arrive = "arrive",
        /// Done.
        Clear = "clear",
        /// Cannot take it.
        Decline = "decline",
        /// Taken back.
        Recall = "recall",
    }
}

impl Step {
    /// The state that it leads to.
    pub fn leads_to(self) -> State {
        match self {
            Self::Deliver => State::Delivered,
            Self::Accept => State::Accepted,
            Self::Depart => State::EnRoute,
            Self::Arrive => State::Arrived,
            Self::Clear => State::Cleared,
            Self::Decline => State::Declined,
            Self::Recall => State::Recalled,
        }
    }
}

impl State {
    /// Whether anything is still expected of the unit.
    pub fn is_open(self) -> bool {
        self.rank().is_some()
    }

    /// Whether the unit is bound to it beyond an offer.
    pub fn is_committed(self) -> bool {
        matches!(self, Self::Accepted | Self::EnRoute | Self::Arrived)
    }

    /// How far an open order has come; `None` when it is over.
    pub(crate) fn rank(self) -> Option<u8> {
        match self {
            Self::Planned => Some(0),
            Self::Offered => Some(1),
            Self::Delivered => Some(2),
            Self::Accepted => Some(3),
            Self::EnRoute => Some(4),
            Self::Arrived => Some(5),
            Self::Cleared | Self::Declined | Self::Expired | Self::Recalled | Self::Preempted => None,
        }
    }
}

/// The states that may follow. Skipping forward is legal; what was skipped stays empty.
pub fn after(state: State) -> &'static [State] {
    use State::{
        Accepted, Arrived, Cleared, Declined, Delivered, EnRoute, Expired, Offered, Planned, Preempted, Recalled,
    };
    match state {
        Planned => &[Offered, Recalled],
        Offered => &[Delivered, Accepted, EnRoute, Arrived, Declined, Expired, Recalled, Preempted],
        Delivered => &[Accepted, EnRoute, Arrived, Declined, Expired, Recalled, Preempted],
        Accepted => &[EnRoute, Arrived, Recalled, Preempted, Declined],
        EnRoute => &[Arrived, Recalled, Preempted, Declined],
        Arrived => &[Cleared, Preempted],
        // Who takes a lapsed offer late, or is on the way or there, brings it back to life, if the unit is still free.
        Expired => &[Accepted, EnRoute, Arrived],
        Cleared | Declined | Recalled | Preempted => &[],
    }
}
