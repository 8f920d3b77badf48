//! The moving index: where the duty units are now.
//!
//! Observations are never refused, only labelled: a late or doubtful fix is kept in the track but does not move a
//! unit. Slots are small numbers that the caller gives to units.
//!
//! ```
//! use spatial::Position;
//! use spatial::moving::{Fix, Label, MovingIndex};
//! let fix = |lon, at_ms| -> Result<Fix, spatial::PositionError> {
//!     Ok(Fix { position: Position::new(lon, 28.0)?, at_ms, accuracy_m: Some(5.0), speed_mps: None, heading_deg: None })
//! };
//! let mut units = MovingIndex::new();
//! assert_eq!(units.apply(7, fix(120.650, 1_000)?, 1_000), Label::Moved);
//! assert_eq!(units.apply(7, fix(120.651, 500)?, 1_100), Label::Late);
//! let near = units.nearest(Position::new(120.65, 28.0)?, 3, 1_000.0, |_| true);
//! assert_eq!(near, vec![(7, 0.0)]);
//! # Ok::<(), spatial::PositionError>(())
//! ```

mod device;
mod fix;
mod grid;
mod index;

pub use device::Device;
pub use fix::{Fix, Label};
pub use index::MovingIndex;

#[cfg(test)]
mod tests;
