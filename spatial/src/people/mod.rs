//! Published cells of people: how many live where, so that nobody can be singled out.
//!
//! [`publish`] turns dwellings into a partition of squares, once; everything that is said about people afterwards adds
//! up these squares ([`sums`]). The rules:
//!
//! - **Cells** are squares of the Web Mercator quadtree, cut at county borders (each county's part is its own cell).
//!   The finest are the deepest whose edge is at least 250 m at the median latitude of the dwellings, the coarsest six
//!   zooms above (64 times the edge, about 17 km).
//! - **A partition is published, not a pyramid.** A square is split only if each of its squares that anyone lives in
//!   can be published, whole or split in turn. Otherwise it is published whole, if at least `k` people in at least
//!   `min_households` households live there. If not even that, the square above it cannot be split. What is too small
//!   even as a coarsest square is suppressed and only counted.
//! - **So nothing can be found by subtraction.** No total is ever published beside its parts: cells of a county never
//!   overlap, and any sum of them is a sum of groups of at least `k`. This stands in for complement suppression, which
//!   guards totals that are published beside their parts; here are none.
//! - **Counts are rounded** to a multiple of `base`, up or down by a keyed hash of the cell, the field and the true
//!   count, so that the mean is right and asking again gives the same answer; never below `k`. A rounded count is off by
//!   less than `base`, a sum of n cells by less than n × `base`. `need_help` is left out of a cell where fewer than `k`
//!   need help.
//!
//! Dwellings where nobody lives take no part.

mod cell;
mod publish;
mod sums;

pub use cell::{Cell, FIELDS, to_layer};
pub use publish::{Dwelling, Published, Rules, publish};
pub use sums::{Sum, sums};

#[cfg(test)]
mod tests;
