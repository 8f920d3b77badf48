//! How far by road: a graph of streets, who may use it and how fast, and searches over it.
//!
//! ```text
//! features ── GraphBuilder ──► RoadGraph ── Net::new(rules) ──► Net      what may be used, how fast
//!                                  │                             │
//!                              snap(position) ──► Place          ▼
//!                                                   Workspace: nearest, route, isochrone, matrix
//!                                                                ▲
//!                                  Closures ── compile(now) ──► Overlay   what is closed just now
//! ```
//!
//! Coordinates are WGS84 degrees, longitude first, kept to 1e-7 degree; lengths are metres on the sphere of
//! [`EARTH_RADIUS_M`](crate::EARTH_RADIUS_M), times are seconds. All results are the same on every machine.

mod builder;
mod closures;
mod graph;
mod isochrone;
mod matrix;
mod nearest;
mod net;
mod outline;
mod overlay;
mod pieces;
mod place;
mod queue;
mod route;
mod rules;
mod saved;
mod search;
mod spot;
mod turn;
mod uncertain;
mod unreachable;
mod way;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin;

pub use builder::GraphBuilder;
pub use closures::{Closure, Effect, LINE_WIDTH_M, Vehicle};
pub use graph::{EdgeFacts, GraphTally, RoadGraph};
pub use isochrone::{Isochrone, Span};
pub use matrix::{Matrix, matrix};
pub use nearest::{Bound, Reached, Targets};
pub use net::Net;
pub use overlay::Overlay;
pub use place::{Island, OffRoad, Place, Snap};
pub use route::{Route, Step};
pub use rules::{Junction, Profile, Rules};
pub use saved::SavedError;
pub use search::{Metric, Roads, Sense, Workspace};
pub use uncertain::{Between, Strand};
pub use unreachable::Unreachable;
