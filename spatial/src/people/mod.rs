//! Published cells of people: how many live where, so that nobody can be singled out.
//!
//! [`publish`] turns dwellings into a partition of squares, once; everything that is said about people afterwards adds
//! up these squares ([`sums`]). The rules:
//!
//! - **Cells** are squares of the Web Mercator quadtree, cut at township borders (each township's part is its own cell).
//!   The finest are the deepest whose edge is at least 250 m at the median latitude of the dwellings, the coarsest six
//!   zooms above (64 times the edge, about 17 km). What is too small for a township's own cell joins in cells of its
//!   county with what else is too small there.
//! - **A partition is published, not a pyramid.** A square is split only if each of its squares that anyone lives in
//!   can be published, whole or split in turn. Otherwise it is published whole, if at least `k` people in at least
//!   `min_households` households live there. If not even that, the square above it cannot be split. What is too small
//!   even as a coarsest square is suppressed and only counted.
//! - **So nothing can be found by subtraction.** No total is ever published beside its parts: no dwelling
//!   is in two cells, and any sum of them is a sum of groups of at least `k`. This stands in for complement suppression, which
//!   guards totals that are published beside their parts; here are none.
//! - **Counts are rounded** to a multiple of `base`, up or down by a keyed hash of the cell, the field and the true
//!   count, so that the mean is right and asking again gives the same answer; never below `k`. A rounded count is off by
//!   less than `base`, a sum of n cells by less than n × `base`.
//! - **`need_help` has groups of its own**: cells are joined, by the same rule, until at least `k` people of a group need
//!   help. Only the group has a number; what is told of an area names the groups that it stands for.
//!
//! Dwellings where nobody lives take no part.

mod cell;
mod homes;
mod need;
mod publish;
mod sums;

pub use cell::{Cell, FIELDS, Need, to_layer};
pub use homes::{Home, Homes, HomesBuilder};
pub use need::{NeedAround, need_around};
pub use publish::{Dwelling, Published, Rules, publish};
pub use sums::{Sum, sums};

#[cfg(test)]
mod tests;
