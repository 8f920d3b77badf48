//! What was seen and not turned into rows, for the notes.

use std::collections::BTreeMap;

use super::nouns::{direction, out_of_bounds};
use super::pbf::Tags;
use super::quantity::looks;
use super::restrictions::Restrictions;
use crate::Report;

/// Counts of objects.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) nodes: u64,
    pub(super) ways: u64,
    pub(super) relations: u64,
    /// Nodes whose coordinates are no place on the earth.
    pub(super) nowhere: u64,
    /// Nodes whose id came before, with another place.
    pub(super) nodes_moved: u64,
    /// Tagged ways none of whose nodes are in the extract.
    pub(super) ways_incomplete: u64,
    /// Roads without two neighbouring nodes in the extract.
    pub(super) roads_incomplete: u64,
    /// Roads all of whose nodes lie at one place.
    pub(super) roads_of_one_place: u64,
    /// Roads cut where their nodes end.
    pub(super) roads_clipped: u64,
    /// Areas whose outline is not all in the extract.
    pub(super) areas_incomplete: u64,
    /// Rings of relations that share a line with another one of theirs, joined with it.
    pub(super) parts_joined: u64,
    /// Roads that are planned, being built or gone.
    pub(super) roads_not_there: u64,
    /// Shops, offices and crafts that are empty.
    pub(super) enterprises_empty: u64,
    /// Relations that say what a layer takes, and are no area.
    pub(super) relations_no_area: u64,
    pub(super) building_points: u64,
    pub(super) building_parts: u64,
    /// Turn restrictions whose node or room is missing on the road that they are about.
    pub(super) restrictions_lost: u64,
    pub(super) barriers_lost: u64,
    pub(super) waterways: u64,
    pub(super) coastlines: u64,
    pub(super) speed_cameras: u64,
    /// Cameras that several directions are said of.
    pub(super) cameras_several: u64,
    /// Cameras whose direction is no direction (`forward`).
    pub(super) cameras_unclear: u64,
    /// Numbers that no thing of that kind has, by tag: how many, and the first of them.
    beyond: BTreeMap<&'static str, Beyond>,
}

/// Values of one tag that were left out.
#[derive(Default)]
struct Beyond {
    count: u64,
    first: Vec<String>,
}

/// Values that a note names, of each tag.
const NAMED: usize = 3;

impl Tally {
    /// Counts what an object says that no layer takes.
    pub(super) fn see(&mut self, id: &str, tags: Tags<'_>, area: bool) {
        for (key, value) in out_of_bounds(tags) {
            let beyond = self.beyond.entry(key).or_default();
            beyond.count += 1;
            if beyond.first.len() < NAMED {
                beyond.first.push(format!("{} at {id}", spatial::shown(value)));
            }
        }
        self.building_points += u64::from(!area && tags.some("building").is_some());
        self.building_parts += u64::from(tags.some("building:part").is_some());
        self.speed_cameras += u64::from(tags.is("highway", "speed_camera"));
        if tags.is("man_made", "surveillance")
            && let Some(direction) = direction(tags)
        {
            let looks = looks(direction);
            self.cameras_several += u64::from(looks > 1);
            self.cameras_unclear += u64::from(looks == 0);
        }
        if !area {
            self.waterways += u64::from(tags.some("waterway").is_some());
        }
        self.coastlines += u64::from(tags.is("natural", "coastline"));
    }

    /// Writes the notes.
    pub(super) fn write(&self, turns: &Restrictions, report: &mut Report) {
        for (what, count) in [
            ("nodes read", self.nodes),
            ("ways read", self.ways),
            ("relations read", self.relations),
            ("nodes left out: their coordinates are no place on the earth", self.nowhere),
            ("nodes that come again at another place: ways go through the first", self.nodes_moved),
            ("ways left out: none of their nodes is in the extract", self.ways_incomplete),
            ("roads left out: no two neighbouring nodes of theirs are in the extract", self.roads_incomplete),
            ("roads left out: all of their nodes lie at one place", self.roads_of_one_place),
            ("roads cut where their nodes end", self.roads_clipped),
            ("areas left out: not all of their outline is in the extract", self.areas_incomplete),
            ("outlines and holes of relations that share a line, joined", self.parts_joined),
            ("roads left out: planned, being built, or gone", self.roads_not_there),
            ("enterprises left out: the shop, office or craft is empty", self.enterprises_empty),
            ("relations left out: they are no area of a layer (a street, a route, a boundary)", self.relations_no_area),
            ("buildings left out: they have no outline (a point or an open line)", self.building_points),
            ("parts of buildings left out: the whole building is drawn", self.building_parts),
            ("waterways left out: they are lines, and the water layer takes areas", self.waterways),
            ("pieces of coastline left out: the sea needs the coast of the whole region", self.coastlines),
            ("speed cameras left out: they watch no place", self.speed_cameras),
            (
                "cameras of which several directions are said: the first is kept, all are in `direction`",
                self.cameras_several,
            ),
            ("cameras whose direction is none (`forward`…): kept without one", self.cameras_unclear),
            ("turn restrictions read", turns.kept),
            ("turn restrictions left out: they go through a road rather than a junction", turns.via_way),
            ("turn restrictions left out: they hold at times only or not for cars", turns.not_always),
            ("turn restrictions left out: a member is missing or they say nothing that is known", turns.unclear),
            ("turns of those read that found no junction or no room on their road", self.restrictions_lost),
            ("barriers that found no room on their road", self.barriers_lost),
        ] {
            report.note_count(what, count);
        }
        for (key, Beyond { count, first }) in &self.beyond {
            report.note(format!("values of `{key}` left out, being out of bounds: {count} ({})", first.join(", ")));
        }
    }
}
