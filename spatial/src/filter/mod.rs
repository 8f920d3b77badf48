//! Filters: which features of a layer are wanted, in CQL2 text (OGC 21-065r2), read and reckoned on frozen columns.
//!
//! What is taken: comparisons of a field with a value (`=`, `<>`, `<`, `>`, `<=`, `>=`, either way round), `IN`, `LIKE` (`%` any
//! text, `_` any sign, `\` takes the next as it is), `BETWEEN`, `IS NULL`, each with `NOT`; `S_INTERSECTS(geometry, …)` with
//! `BBOX`, `POINT`, `LINESTRING`, `POLYGON` and their `MULTI` forms in WGS84 degrees, longitude first; `AND`, `OR`, `NOT`,
//! brackets, `TRUE`, `FALSE`. Texts are compared sign by sign as Unicode orders them, upper and lower case apart.
//!
//! As in SQL, a comparison with a field that is absent is neither true nor false, and neither is its `NOT`: only
//! `IS NULL` finds it. Lines between two corners of an area are straight on the Web Mercator map; an edge belongs to the area.
//!
//! Everything is bounded: text, depth, tests, values, points ([`LONGEST`] and its neighbours).

mod area;
mod bind;
mod error;
mod like;
mod normal;
mod parse;
mod rows;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;

pub use bind::Filter;
pub use error::FilterError;
pub use rows::{Chosen, Wants};

/// Longest filter, bytes.
pub const LONGEST: usize = 8_192;
/// Brackets within brackets.
pub const DEEPEST: usize = 64;
/// Tests of one filter.
pub const MOST_TESTS: usize = 100;
/// Values in one list.
pub const MOST_VALUES: usize = 200;
/// Points of all its areas.
pub const MOST_POINTS: usize = 1_000;
