//! Camera sight: which camera can see a place, how soon, and what stands between.
//!
//! The model is 2.5-D: a building is its footprint with one height, the ground is flat, a line of sight is straight on
//! the map (Web Mercator keeps angles; over the 20 km that a camera may look it bends from the great circle by less than
//! a tenth of a degree below 60° of latitude). A line of sight is blocked where it runs through a footprint lower than
//! the building is high. What is not known is assumed by kind of camera and of building, and every answer says so.
//! `docs/sight.md` explains it for people.

mod aim;
mod buildings;
mod coverage;
mod cull;
mod defaults;
mod disc;
mod line;
mod plane;
mod pose;
mod rank;
mod reason;
pub mod ring;
mod shadow;
mod verdict;
mod viewshed;

#[cfg(test)]
mod tests;

pub use buildings::{Buildings, HeightFrom};
pub use coverage::{Coverage, CoverageError, Watched, coverage};
pub use defaults::{
    DOME, Defaults, FIXED, HORIZONTAL_PIXELS, MAX_RADIUS_M, MOST_APPROACHES, MOUNT_M, PTZ, PTZ_SETTLE_S,
    PTZ_TURN_DEG_PER_S, TARGET_HEIGHT_M, defaults_of,
};
pub use pose::{Cameras, Gap, Guess, Pose, Raw};
pub use rank::{Approach, Ask, Ranked, Tally, rank};
pub use reason::Reason;
pub use verdict::{Blocker, Judged, Limit, Sees, judge};
pub use viewshed::{MOST_VERTICES, Turned, Viewshed, viewshed};
