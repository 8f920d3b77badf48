//! Which share of demand is reached how soon: now, and if something changed.

mod change;
mod now;
mod words;

pub use change::{Change, Difference, PlaceChange, what_if};
pub use now::{Coverage, Hour, LIMITS, LIMITS_S, PlaceCover, coverage};
pub use words::percent;
