//! Where to put units: so that most demand is reached in time (maximum covering), or so that the way to it is shortest in
//! all (p-median). Greedy first, then swaps of one site for another while that helps, then seeded kicks.

mod covering;
mod kick;
mod median;
mod of_times;
mod search;
mod worth;

pub use covering::{Covering, Expected, Siting, SitingError};
pub use median::{Median, Placing};
