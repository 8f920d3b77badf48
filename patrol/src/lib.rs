//! Where to be before it happens: demand, coverage, siting, plans.
//!
//! Pure: values in, values out. Times by road are arguments; so are the hour, the seed and who publishes.
//! Routes, the order board and dose are designed for, not built.
//!
//! ```
//! use patrol::{Call, Demand, Times, coverage};
//! let position = spatial::Position::new(120.65, 28.0)?;
//! let call = Call { point: 0, hour: 9, place: 0, weight: 2 };
//! let demand = Demand::of(vec![position], vec![call], vec!["Nanpu".to_owned()]);
//! let (en, _) = coverage(&demand, &Times::new()).words();
//! assert!(en.starts_with("0 units reach 0.0 % of 2 reported incidents within 3 minutes"));
//! # Ok::<(), spatial::PositionError>(())
//! ```

mod coverage;
mod demand;
mod plan;
mod siting;
mod times;

pub use coverage::{
    Change, Coverage, Difference, Hour, LIMITS, LIMITS_S, PlaceChange, PlaceCover, coverage, percent, what_if,
};
pub use demand::{Call, DAYS, Demand, HOURS, Reported, hour_of_week, square};
pub use plan::{Draft, ExportError, Plan, PlanError, Post, Route, export};
pub use siting::{Covering, Expected, Median, Placing, Siting, SitingError};
pub use times::{Reach, Times};
