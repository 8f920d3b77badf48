//! Buildings that no line of sight reaches, because higher ones stand before them: they change nothing and are left out.

use std::f64::consts::TAU;

use super::buildings::Footprint;
use super::line::AT;
use super::plane::{Flat, cross, dot, length};

/// Kept away from the edges of a shadow, radians.
const HAIR: f64 = 1e-9;

/// The footprints (the camera is the plane's origin) without those that lie wholly behind others. A building higher
/// than the lens and than the target hides for good what lies behind it: all that is farther than its farthest
/// corner, in all directions that it spans. Nearest are looked at first.
pub(super) fn unhidden(footprints: Vec<Footprint>, camera_m: f64, target_m: f64) -> Vec<Footprint> {
    let mut near: Vec<(f64, Footprint)> = footprints.into_iter().map(|f| (f.wall((0.0, 0.0)), f)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut dark = Dark::default();
    // What hides, by how far it reaches; it counts for buildings beyond.
    let mut hiding: Vec<(f64, Span)> = Vec::new();
    let mut kept = Vec::new();
    for (nearest, footprint) in near {
        let around = nearest <= AT || footprint.holds((0.0, 0.0));
        hiding.retain(|(farthest, span)| {
            let beyond = *farthest <= nearest;
            if beyond {
                dark.add(*span);
            }
            !beyond
        });
        let spans: Vec<Span> = footprint.rings.iter().map(|ring| span(ring)).collect();
        if !around && spans.iter().all(|span| dark.holds(*span)) {
            continue;
        }
        let plain = footprint.rings.len() == 1 && footprint.crossings().is_empty();
        if !around && plain && footprint.height_m > camera_m.max(target_m) {
            let farthest = footprint.rings.iter().flatten().map(|corner| length(*corner)).fold(0.0, f64::max);
            hiding.extend(spans.first().map(|span| (farthest, *span)));
        }
        kept.push(footprint);
    }
    kept
}

/// Directions from one to another, radians counter-clockwise; the first in 0..2π, the second not before it.
type Span = (f64, f64);

/// Directions in which a ring lies that does not go around the origin.
fn span(ring: &[Flat]) -> Span {
    let Some(first) = ring.first() else { return (0.0, 0.0) };
    let (mut at, mut low, mut high) = (0.0_f64, 0.0_f64, 0.0_f64);
    for edge in ring.windows(2) {
        let [a, b] = edge else { continue };
        at += cross(*a, *b).atan2(dot(*a, *b));
        (low, high) = (low.min(at), high.max(at));
    }
    let from = (first.1.atan2(first.0) + low).rem_euclid(TAU);
    (from, from + (high - low))
}

/// Directions in which all is hidden: spans in order, none meeting the next.
#[derive(Debug, Default)]
struct Dark(Vec<Span>);

impl Dark {
    fn add(&mut self, span: Span) {
        for (from, to) in parts(span) {
            let (from, to) = (from + HAIR, to - HAIR);
            if to <= from {
                continue;
            }
            let mut joined = (from, to);
            self.0.retain(|known| {
                let apart = known.1 < joined.0 || joined.1 < known.0;
                if !apart {
                    joined = (joined.0.min(known.0), joined.1.max(known.1));
                }
                apart
            });
            self.0.push(joined);
        }
    }

    fn holds(&self, span: Span) -> bool {
        parts(span).into_iter().all(|(from, to)| self.0.iter().any(|dark| dark.0 <= from && to <= dark.1))
    }
}

/// A span cut where the directions begin again.
fn parts((from, to): Span) -> Vec<Span> {
    if to <= TAU { vec![(from, to)] } else { vec![(from, TAU), (0.0, to - TAU)] }
}
