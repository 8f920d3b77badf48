//! Timers (时限): every waiting state owns one and somebody who is asked next.

mod arm;
mod policy;

pub(crate) use arm::rearm;
pub use arm::{Reminder, Timer, TimerState};
pub use policy::{MOST_RULES, Policy, PolicyError, Rule, TimerKind};
