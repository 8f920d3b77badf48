//! The harness of the end-to-end tests: starts the built binary and speaks to it as a client would.
//!
//! Nothing here knows a crate of ours. The sentences are in `tests/tests/`, one file a subject; the browser's journey
//! is in `tests/browser/`. Every [`Server`] is a process of its own on a folder of its own, stops when it is dropped,
//! and fails its test if its log then holds an error or a panic.

mod answer;
mod camera;
mod chance;
mod city;
mod client;
mod command;
mod database;
mod encoding;
mod faults;
mod figures;
mod folder;
mod ground;
mod live;
mod mvt;
mod picture;
mod room;
mod server;
mod source;
pub mod strict;
mod units;

pub use answer::Answer;
pub use camera::Cameras;
pub use chance::Chance;
pub use city::{CENTRE, LONGWAN, LUCHENG, demo_city};
pub use client::{Client, encode};
pub use command::{Finished, add_user, binary, onemap, onemap_killed, onemap_with};
pub use database::Database;
pub use encoding::decoded;
pub use faults::{Disk, Faults};
pub use figures::{Figures, Measured, at_least, at_most, exactly, percentile, told};
pub use folder::{Folder, workspace};
pub use ground::{Outline, Tile};
pub use live::Live;
pub use mvt::{Feature, Layer, MvtError, decode};
pub use picture::{Came, Frame, Picture, boxes, frame};
pub use room::{Ending, Kind, Room, both, command, each, id, progress, wait_until};
pub use server::{PASSWORD, Server};
pub use source::{Source, sources};
pub use units::{ago, ahead, fix, now, put_unit};

/// Who may change the registry: edit items, import files, make units.
pub const EDITOR: &str = "lead";

/// Who may report positions of any unit in the city, as a gateway of a vehicle-location system does.
pub const REPORTER: &str = "lead";
