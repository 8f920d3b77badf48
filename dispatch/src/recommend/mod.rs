//! Which units to send (力量推荐): response plans as data, a ranking with reasons, what it leaves uncovered.
//!
//! Pure like the rest: road times, positions and demand are arguments. A [`Recommendation`] holds all it rests on, so
//! that it can be stored with the decision, asked "why not unit X?" ([`Recommendation::why_not`]) and made again.
//!
//! The rule: places of the plan are filled one after the other, what it insists on first, each by the unit whose latest
//! arrival and circumstances count for the fewest seconds ([`Preference`]). No unit that is left out is better than one
//! that is taken for a place that both fit ([`dominates`]).

mod austin;
mod blocked;
mod candidate;
mod check;
mod choose;
mod fit;
mod leaves;
mod on_roads;
mod plan;
mod preference;
mod proposal;
mod rank;
mod reason;
mod recommendation;
mod said;
mod service;
mod shortfall;
mod slots;
mod spread;
mod why_not;

pub use blocked::Blocked;
pub use candidate::{By, Candidate, Relation, SeenAt, Travel, Unreachable, Way};
pub use check::{MOST_PLANS, MOST_PREFERENCES, NeedProblem, PlanProblem, PlansError};
pub use choose::recommend;
pub use fit::Drift;
pub use leaves::{Cover, FreeUnit, Leaves, LeftPlace, MoveUp, Post, Reached};
pub use on_roads::{RoadDrift, RoadModel};
pub use plan::{Level, Need, Plan, Plans};
pub use preference::Preference;
pub use rank::{Criterion, dominates};
pub use reason::Reason;
pub use recommendation::{Asked, NeedState, Pick, Recommendation, Row, Sent};
pub use said::Said;
pub use service::Service;
pub use shortfall::{Because, Shortfall};
pub use spread::{Ground, Motion, Pace, SpeedModel, Spread, Step, Toward, reachable_range};
pub use why_not::{Before, WhyNot};
