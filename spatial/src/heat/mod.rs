//! Heat: how densely things happen, without saying where one of them did.
//!
//! [`publish`] turns single cases into runs of at least [`K`] in one square, once; what is drawn afterwards adds up runs
//! and nothing else. The rules:
//!
//! - **Squares** have true metres: 200, 400, 800, 1,600 and 3,200 m from south to north, and at least as much from west to
//!   east, at every latitude ([`Square`]).
//! - **A run** is what happened in one square, of one kind, in one division, from one day to another: three cases or more.
//!   Cases of a square wait for each other for [`PATIENCE`] days; then they go on waiting in the square above, with what
//!   waits there. What finds no company in the largest square is left out. So each case is in one run or in none, no total
//!   is published beside its parts, and any sum of runs is a sum of groups of at least three.
//! - **What is published stays.** A day is looked at when it is over, and a later day never changes an earlier run: two
//!   publications differ by whole runs, so that what came between them cannot be singled out.
//! - **Windows.** A run counts evenly on each of its days. [`Past`] keeps growing sums, so that any window of days is two
//!   reads of a square, for any set of kinds.
//! - **Density** is a kernel estimate in things per square kilometre of ground ([`Field`]).

mod field;
mod past;
mod people;
mod publish;
mod raster;
mod square;
#[cfg(test)]
mod tests;

pub use field::{Field, Mass, QUANTILE};
pub use past::{Past, Window};
pub use people::residents;
pub use publish::{Case, K, PATIENCE, Publication, Run, publish};
pub use square::Square;
