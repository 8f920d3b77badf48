//! A line of sight and the footprints that it runs through.

use super::buildings::Footprint;
use super::defaults::MOUNT_M;
use super::plane::{Flat, cross, dot, gap, length, minus};

/// What is passed in less than this is no wall but the tip of a corner, world units (0.1 mm in Wenzhou): far above what
/// rounding can do to the length of a run, far below what a source knows.
const THIN: f64 = 0.01;
/// A run that begins no farther from the camera than this begins at the camera, world units (12 mm in Wenzhou):
/// coordinates are kept to one unit. The same at the other end.
pub(super) const AT: f64 = 1.5;

/// A line of sight from a camera to what it looks for: straight on the map, its height evenly falling or rising.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) from: Flat,
    pub(super) to: Flat,
    /// Height of the lens, metres.
    pub(super) from_m: f64,
    /// Height of what is looked for, metres.
    pub(super) to_m: f64,
    /// [`MOUNT_M`] in world units.
    pub(super) mount: f64,
}

/// A piece of a line inside a footprint: shares of the way, 0 to 1, and the edges at both ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) begin: f64,
    pub(super) end: f64,
    pub(super) enters: (Flat, Flat),
    pub(super) leaves: (Flat, Flat),
}

/// What a line meets on its way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Met {
    /// The first building that blocks: its place in the list of footprints, and at which share of the way.
    pub(super) block: Option<(usize, f64)>,
    /// The building that the camera stands in, well behind its walls.
    pub(super) mounted_in: Option<usize>,
    /// The building that what is looked for is in, well behind its walls.
    pub(super) target_in: Option<usize>,
}

/// How a run ends at a camera or at what is looked for.
enum End {
    /// Not there.
    Elsewhere,
    /// Through the wall that it is at: the run does not count.
    AtWall,
    /// It is deep inside: which wall it belongs to is not known, and the run does not count.
    Inside,
    /// It is at a wall, and the run goes the other way, through the building.
    Through,
}

impl Line {
    pub(super) fn new(from: Flat, to: Flat, heights_m: (f64, f64), unit_m: f64) -> Self {
        Self { from, to, from_m: heights_m.0, to_m: heights_m.1, mount: MOUNT_M / unit_m }
    }

    /// Height of the line at a share of the way, metres.
    pub(super) fn height_m(&self, share: f64) -> f64 {
        self.from_m + share * (self.to_m - self.from_m)
    }

    /// What the line meets. Of buildings that block at the same place the one with the smallest number is named.
    pub(super) fn meets(&self, footprints: &[Footprint]) -> Met {
        let mut met = Met::default();
        let mut first: Option<(f64, u64)> = None;
        for (at, footprint) in footprints.iter().enumerate() {
            for run in self.runs(footprint) {
                let (starts, ends) = (self.starts(footprint, &run), self.ends(footprint, &run));
                if matches!(starts, End::Inside) {
                    met.mounted_in = Some(at);
                }
                if matches!(ends, End::Inside) && footprint.height_m > self.to_m {
                    met.target_in = Some(at);
                }
                if !self.blocks(footprint, &run, (&starts, &ends)) {
                    continue;
                }
                let here = (run.begin.max(0.0), footprint.fid);
                if first.is_none_or(|known| here < known) {
                    first = Some(here);
                    met.block = Some((at, here.0));
                }
            }
        }
        met
    }

    /// Whether nothing blocks the line: what [`Self::meets`] finds, and no more than that.
    pub(super) fn is_free(&self, footprints: &[Footprint]) -> bool {
        !footprints.iter().any(|footprint| {
            let blocks =
                |run: &Run| self.blocks(footprint, run, (&self.starts(footprint, run), &self.ends(footprint, run)));
            footprint.height_m > self.from_m.min(self.to_m) && self.runs(footprint).iter().any(blocks)
        })
    }

    /// Whether the building is higher than the line somewhere in a run that counts.
    fn blocks(&self, footprint: &Footprint, run: &Run, ends: (&End, &End)) -> bool {
        let free = |end: &End| matches!(end, End::AtWall | End::Inside);
        let lowest = self.height_m(run.begin.max(0.0)).min(self.height_m(run.end.min(1.0)));
        !free(ends.0) && !free(ends.1) && footprint.height_m > lowest
    }

    /// Pieces of the line inside a footprint in order: pieces with less than [`THIN`] between them are one, and what is
    /// then thinner is none. The line is taken a hair to its left, so that one that passes through a corner or along a
    /// wall has an answer: between two houses that touch it is in one of them.
    pub(super) fn runs(&self, footprint: &Footprint) -> Vec<Run> {
        let along = minus(self.to, self.from);
        let length2 = dot(along, along);
        if length2 <= 0.0 || !self.may_meet(footprint) {
            return Vec::new();
        }
        let mut crossings: Vec<(f64, (Flat, Flat))> = Vec::new();
        for edge in footprint.edges() {
            let (a, b) = (minus(edge.0, self.from), minus(edge.1, self.from));
            let (left_a, left_b) = (cross(along, a), cross(along, b));
            if (left_a > 0.0) == (left_b > 0.0) {
                continue;
            }
            let (on_a, on_b) = (dot(along, a), dot(along, b));
            crossings.push(((on_a + (on_b - on_a) * (left_a / (left_a - left_b))) / length2, edge));
        }
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let thin = THIN / length2.sqrt();
        let mut runs: Vec<Run> = Vec::new();
        for pair in crossings.chunks_exact(2) {
            let [(begin, enters), (end, leaves)] = pair else { continue };
            match runs.last_mut() {
                Some(last) if begin - last.end < thin => (last.end, last.leaves) = (*end, *leaves),
                _ => runs.push(Run { begin: *begin, end: *end, enters: *enters, leaves: *leaves }),
            }
        }
        runs.retain(|run| run.end.min(1.0) - run.begin.max(0.0) >= thin);
        runs
    }

    /// Whether the boxes of the line and the footprint meet.
    fn may_meet(&self, footprint: &Footprint) -> bool {
        let ((ax, ay), (bx, by), min, max) = (self.from, self.to, footprint.min, footprint.max);
        ax.min(bx) <= max.0 && ax.max(bx) >= min.0 && ay.min(by) <= max.1 && ay.max(by) >= min.1
    }

    /// Whether a run counts as far as the camera is concerned: the first one of a camera inside does not.
    pub(super) fn counts_from_the_start(&self, footprint: &Footprint, run: &Run) -> bool {
        matches!(self.starts(footprint, run), End::Elsewhere | End::Through)
    }

    fn starts(&self, footprint: &Footprint, run: &Run) -> End {
        if run.begin * length(minus(self.to, self.from)) > AT {
            return End::Elsewhere;
        }
        self.end(footprint, self.from, run.leaves)
    }

    fn ends(&self, footprint: &Footprint, run: &Run) -> End {
        if (1.0 - run.end) * length(minus(self.to, self.from)) > AT {
            return End::Elsewhere;
        }
        self.end(footprint, self.to, run.enters)
    }

    /// A run with one end at `place`, through `wall` at the other.
    fn end(&self, footprint: &Footprint, place: Flat, wall: (Flat, Flat)) -> End {
        if gap(place, wall) <= self.mount {
            End::AtWall
        } else if footprint.wall(place) > self.mount {
            End::Inside
        } else {
            End::Through
        }
    }
}
