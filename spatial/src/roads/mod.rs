//! How far by road: a graph of streets, who may use it and how fast, and searches over it.
//!
//! ```text
//! features ── GraphBuilder ──► RoadGraph ── Net::new(rules) ──► Net      what may be used, how fast
//!                                  │                             │
//!                              snap(position) ──► Place          ▼
//!                                                   Workspace: nearest, first, route, isochrone, matrix
//!                                                                ▲
//!                                  Closures ── compile(now) ──► Overlay   what is closed just now
//! ```
//!
//! Coordinates are WGS84 degrees, longitude first, kept to 1e-7 degree; lengths are metres on the sphere of
//! [`EARTH_RADIUS_M`](crate::EARTH_RADIUS_M), times are seconds. All results are the same on every machine.
//!
//! ```
//! use spatial::roads::{Bound, GraphBuilder, Net, Profile, Roads, Rules, Sense, Targets, Workspace};
//! use spatial::{Feature, FeatureKey, Layer, Position, Properties, Value};
//!
//! let key = FeatureKey::new(Layer::Roads, "example", "1")?;
//! let class: Properties = [("class".into(), Value::Text("residential".into()))].into_iter().collect();
//! let line = geo::LineString::from(vec![(120.650, 28.0), (120.660, 28.0)]);
//! let mut builder = GraphBuilder::new();
//! builder.push(&Feature::new(key, line.into(), class)?);
//! let graph = builder.finish();
//! let net = Net::new(&graph, Rules::of(Profile::Car));
//! let roads = Roads { graph: &graph, net: &net, overlay: None };
//!
//! let unit = graph.snap(&net, Position::new(120.651, 28.0001)?, 200.0)?.place;
//! let incident = graph.snap(&net, Position::new(120.659, 28.0)?, 200.0)?.place;
//! let targets = Targets::new(roads, vec![Some(unit)], Sense::Toward);
//! let mut workspace = Workspace::new();
//! let first = workspace.nearest(roads, incident, &targets, Bound::time(5, 600.0))[0];
//! assert!(first.target == 0 && (first.length_m - 785.5).abs() < 1.0);
//! let ring = workspace.isochrone(roads, incident, Sense::Away, 60.0);
//! assert!(ring.time_at(unit).is_none() && ring.time_at(incident) == Some(0.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod anywhere;
mod barrier;
mod builder;
mod closures;
mod first;
mod firsts;
mod flood;
mod foothold;
mod graph;
mod isochrone;
mod matrix;
mod nearest;
mod net;
mod outline;
mod outline_cells;
mod overlay;
mod pace;
mod parts;
mod pieces;
mod place;
mod queue;
mod route;
mod rules;
mod saved;
mod search;
mod slow;
mod spot;
mod stroke;
mod takes;
mod targets;
mod turn;
mod uncertain;
mod unreachable;
mod way;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod outline_twin;
#[cfg(test)]
mod rough;
#[cfg(test)]
mod slow_twin;
#[cfg(test)]
mod stroke_cases;
#[cfg(test)]
mod stroke_twin;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin;

pub use anywhere::{Anywhere, Between};
pub use builder::GraphBuilder;
pub use closures::{Closure, Effect, LINE_WIDTH_M, Vehicle};
pub use first::First;
pub use firsts::Firsts;
pub use graph::{EdgeFacts, GraphTally, RoadGraph};
pub use isochrone::{Isochrone, Span};
pub use matrix::{Matrix, matrix};
pub use nearest::{Bound, Reached};
pub use net::Net;
pub use overlay::Overlay;
pub use parts::Part;
pub use place::{Island, OWN_PIECE, OffRoad, Place, Snap};
pub use route::{Route, Step};
pub use rules::{Junction, Profile, Rules};
pub use saved::SavedError;
pub use search::{Metric, Roads, Sense, Workspace};
pub use targets::Targets;
pub use uncertain::Strand;
pub use unreachable::Unreachable;
