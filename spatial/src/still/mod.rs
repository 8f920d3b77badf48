//! The still index: what stands still, frozen in columns along the Morton curve, read without waiting.
//!
//! A [`StillLayer`] is built whole and never changed; a [`StillIndex`] is a set of them that is swapped whole.
//! Rows are in Morton order of their place (a point itself, a place inside a shape), so a tile of points is one
//! contiguous range of rows. Attributes are dictionary-coded columns, codes as narrow as they are.

mod also;
mod builder;
mod columns;
mod frozen;
mod jurisdictions;
mod layer;
mod packed;
mod query;
mod reach;
#[doc(hidden)]
pub mod scan;
mod shapes;
mod texts;
mod tree;

#[cfg(test)]
mod tests;

pub use builder::LayerBuilder;
pub use columns::{Columns, ValueRef};
pub use frozen::{FORMAT, Frozen};
pub use jurisdictions::Divisions;
pub use layer::{Row, StillIndex, StillLayer};
pub(crate) use packed::Codes;
pub use query::Near;
pub(crate) use query::points_in;
pub use shapes::{Ring, Shapes};
pub(crate) use texts::Texts;
