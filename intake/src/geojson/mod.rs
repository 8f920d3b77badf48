//! GeoJSON (RFC 7946) and sequences of it (RFC 8142, or one feature a line), read as a stream.
//!
//! One feature is in memory at a time, plus 16 bytes for every row's number so that a second row of the same id can be
//! refused with the line of the first.

mod ahead;
mod exact;
mod identity;
mod mapped;
mod pieces;
mod quick;
mod rows;
mod shape;

#[cfg(test)]
mod tests;

pub use rows::geojson;
pub(crate) use rows::read;
