//! What was seen and not turned into rows, for the notes.

use std::fmt::Write;

use super::pbf::Tags;
use crate::Report;

/// Counts of objects.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) nodes: u64,
    pub(super) ways: u64,
    pub(super) relations: u64,
    /// Nodes whose coordinates are no place on the earth.
    pub(super) nowhere: u64,
    /// Tagged ways none of whose nodes are in the extract.
    pub(super) ways_incomplete: u64,
    /// Roads of which one node is in the extract.
    pub(super) roads_incomplete: u64,
    /// Roads cut where their nodes end.
    pub(super) roads_clipped: u64,
    /// Areas whose outline is not all in the extract.
    pub(super) areas_incomplete: u64,
    pub(super) building_points: u64,
    pub(super) building_parts: u64,
    pub(super) restrictions: u64,
    pub(super) waterways: u64,
    pub(super) coastlines: u64,
    pub(super) speed_cameras: u64,
}

impl Tally {
    /// Counts what an object says that no layer takes.
    pub(super) fn see(&mut self, tags: Tags<'_>, area: bool) {
        self.building_points += u64::from(!area && tags.some("building").is_some());
        self.building_parts += u64::from(tags.some("building:part").is_some());
        self.speed_cameras += u64::from(tags.is("highway", "speed_camera"));
        if !area {
            self.waterways += u64::from(tags.some("waterway").is_some());
        }
        self.coastlines += u64::from(tags.is("natural", "coastline"));
    }

    /// Writes the notes.
    pub(super) fn write(&self, report: &mut Report) {
        let mut all = String::new();
        // Writing to a string cannot fail.
        let _ = write!(all, "{} nodes, {} ways and {} relations were read", self.nodes, self.ways, self.relations);
        report.note(all);
        for (count, what) in [
            (self.nowhere, "nodes have coordinates that are no place on the earth"),
            (self.ways_incomplete, "ways were left out: none of their nodes is in the extract"),
            (self.roads_incomplete, "roads were left out: only one of their nodes is in the extract"),
            (self.roads_clipped, "roads were cut where their nodes end"),
            (self.areas_incomplete, "areas were left out: not all of their outline is in the extract"),
            (self.building_points, "buildings have no outline (a point or an open line) and were left out"),
            (self.building_parts, "parts of buildings were left out: the whole building is drawn"),
            (self.waterways, "waterways are lines and were left out: the water layer takes areas"),
            (self.coastlines, "pieces of coastline were left out: the sea needs the coast of the whole region"),
            (self.speed_cameras, "speed cameras were left out: they watch no place"),
            (self.restrictions, "turn restrictions were counted and not stored"),
        ] {
            if count > 0 {
                report.note(format!("{count} {what}"));
            }
        }
    }
}
