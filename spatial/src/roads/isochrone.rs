//! How far somebody gets, or from how far somebody can be there: spans of edges with the time at which each is reached.

use geo::{LineString, MultiPolygon};

use super::graph::RoadGraph;
use super::outline::outline;
use super::place::Place;
use super::search::{Roads, Sense, Workspace, span_cost};
use super::spot::{most, share};

/// A part of an edge that is reached in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The edge.
    pub edge: u32,
    /// Where the span is reached first: tenths of a millimetre from the edge's beginning.
    pub near: u32,
    /// Where the time is over, or the edge.
    pub far: u32,
    /// When `near` is reached, milliseconds.
    pub near_ms: u32,
    /// When `far` is reached, milliseconds.
    pub far_ms: u32,
}

/// What is reached within a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Isochrone {
    /// The time, seconds.
    pub within_s: f64,
    /// Spans, sorted by edge. An edge that is reached from both ends has two; they may overlap.
    pub spans: Vec<Span>,
}

impl Workspace {
    /// What is reached within a time from a place (`Away`), or from where the place is reached (`Toward`).
    pub fn isochrone(&mut self, roads: Roads<'_>, place: Place, sense: Sense, within_s: f64) -> Isochrone {
        let limit = most(within_s, 1_000.0);
        if place.edge as usize >= roads.graph.edge_count() {
            return Isochrone { within_s, spans: Vec::new() };
        }
        let mut own = own(roads, place, sense, limit);
        own.sort_unstable_by_key(|(arc, span)| (*arc, span.near));
        let (mut own, mut spans) = (own.into_iter().peekable(), Vec::new());
        self.arcs_within(roads, place, sense, limit, |arc, start| {
            while let Some((_, span)) = own.next_if(|(of, _)| *of < arc) {
                spans.push(span);
            }
            let first = spans.len();
            spread(roads, arc, sense, start, limit, &mut spans);
            while let Some((_, span)) = own.next_if(|(of, _)| *of == arc) {
                spans.push(span);
            }
            // Of what is reached from an end and from the place itself, what is reached first.
            if spans.len() > first + 1 {
                let mut here = spans.split_off(first);
                here.sort_unstable_by_key(|span| (span.near, span.near_ms));
                here.dedup_by_key(|span| span.near);
                spans.append(&mut here);
            }
        });
        spans.extend(own.map(|(_, span)| span));
        spans.retain(|span| span.near != span.far);
        Isochrone { within_s, spans }
    }
}

/// How much of an arc is reached by who is at its beginning at `start` (`Away`), or how much of it reaches its end in time.
pub(super) fn spread(roads: Roads<'_>, arc: u32, sense: Sense, start: u32, limit: u32, spans: &mut Vec<Span>) {
    let long = roads.graph.edges[(arc / 2) as usize].length;
    part(roads, arc, sense, (0, long), start, limit, spans);
}

/// The part of an arc that is reached from one of its ends or from the middle, cut where a slow part begins or ends, so that
/// each span is passed at one pace. `range` is in offsets from the arc's own beginning; it is entered at its first offset
/// (`Away`) or its last (`Toward`) at `start`.
fn part(
    roads: Roads<'_>,
    arc: u32,
    sense: Sense,
    range: (u32, u32),
    start: u32,
    limit: u32,
    spans: &mut Vec<Span>,
) -> Option<()> {
    let long = roads.graph.edges[(arc / 2) as usize].length;
    let of_edge = |offset: u32| if arc.is_multiple_of(2) { offset } else { long - offset };
    let left = limit.checked_sub(start)?;
    // What driving from where it is entered up to an offset takes; the junction is not crossed.
    let drive = |to: u32| {
        let part = if sense == Sense::Away { (range.0, to) } else { (to, range.1) };
        let (time, _) = span_cost(roads, arc, part, long)?;
        Some(if part.1 >= long { time - roads.net.takes(arc)?.junction.min(time) } else { time })
    };
    let (enter, leave) = if sense == Sense::Away { range } else { (range.1, range.0) };
    drive(leave)?;
    let cuts = roads.overlay.map(|overlay| overlay.paces_change_at(arc / 2)).unwrap_or_default();
    let mut stops: Vec<u32> = cuts.into_iter().map(of_edge).filter(|at| range.0 < *at && *at < range.1).collect();
    stops.push(leave);
    stops.sort_unstable_by_key(|at| at.abs_diff(enter));
    let (mut near, mut near_ms) = (enter, 0);
    for far in stops {
        let far_ms = drive(far)?;
        let (whole, takes) = (near.abs_diff(far), far_ms - near_ms);
        let in_time = far_ms <= left;
        let gone = if in_time { whole } else { share(whole, left - near_ms, takes) };
        let end = if near <= far { near + gone } else { near - gone };
        let edge = arc / 2;
        let (near_at, far_at) = (of_edge(near), of_edge(end));
        spans.push(Span {
            edge,
            near: near_at,
            far: far_at,
            near_ms: start + near_ms,
            far_ms: start + far_ms.min(left),
        });
        if !in_time {
            break;
        }
        (near, near_ms) = (far, far_ms);
    }
    Some(())
}

/// What is reached of the edge on which the place itself is.
pub(super) fn own(roads: Roads<'_>, place: Place, sense: Sense, limit: u32) -> Vec<(u32, Span)> {
    let mut all = Vec::new();
    if roads.graph.at_junction(place).is_some() {
        return all;
    }
    let range = |from: u32, long: u32| if sense == Sense::Away { (from, long) } else { (0, from) };
    for (arc, from, long) in roads.graph.arcs_through(roads.net, place) {
        let mut spans = Vec::new();
        part(roads, arc, sense, range(from, long), 0, limit, &mut spans);
        all.extend(spans.into_iter().map(|span| (arc, span)));
    }
    all
}

impl Isochrone {
    /// When a place is reached, seconds; `None` when it is not in time. With `isochrone(…, Away, …)` this is the growing
    /// ring: ask it for every camera on the way.
    pub fn time_at(&self, place: Place) -> Option<f64> {
        let from = self.spans.partition_point(|span| span.edge < place.edge);
        let here = self.spans[from..].iter().take_while(|span| span.edge == place.edge);
        let times = here.filter(|span| (span.near.min(span.far)..=span.near.max(span.far)).contains(&place.at));
        let ms = times.map(|span| {
            let more = share(span.far_ms - span.near_ms, span.near.abs_diff(place.at), span.near.abs_diff(span.far));
            span.near_ms + more
        });
        ms.min().map(|ms| f64::from(ms) / 1_000.0)
    }

    /// Length of the roads that are reached, metres; what is reached from both ends counts once.
    pub fn length_m(&self) -> f64 {
        let of_edge = self.spans.chunk_by(|a, b| a.edge == b.edge).map(|spans| {
            let mut parts: Vec<_> = spans.iter().map(|s| (s.near.min(s.far), s.near.max(s.far))).collect();
            parts.sort_unstable();
            let more = |(done, all): (u32, u64), (from, to): (u32, u32)| {
                (done.max(to), all + u64::from(to.saturating_sub(from.max(done))))
            };
            parts.into_iter().fold((0, 0), more).1
        });
        #[expect(
            clippy::cast_precision_loss,
            reason = "all roads of the earth are less than 2^53 tenths of a millimetre"
        )]
        let all = of_edge.sum::<u64>() as f64;
        all * super::spot::metres(1)
    }

    /// Whether it ends before the time does: more time would reach nothing more.
    pub fn is_shut_in(&self) -> bool {
        let limit = most(self.within_s, 1_000.0);
        self.spans.iter().all(|span| span.far_ms < limit)
    }

    /// The line of a span, WGS84 degrees.
    pub fn line(&self, graph: &RoadGraph, span: &Span) -> LineString<f64> {
        graph.part(span.edge, span.near, span.far)
    }

    /// The area around all spans, WGS84 degrees: about `beside_m` metres to each side of what is reached, drawn on cells
    /// that are as large as that (larger when the area would need more than 400 × 400), holes of less than twelve cells
    /// filled. So its edge is true to about two cells, and never less than what is reached. Rings do not cross; the outline
    /// is counter-clockwise.
    pub fn area(&self, graph: &RoadGraph, beside_m: f64) -> MultiPolygon<f64> {
        outline(graph, &self.drawn(graph), beside_m)
    }

    /// The spans that need to be drawn: an edge that is reached whole from one end need not be drawn again from the other.
    pub(super) fn drawn(&self, graph: &RoadGraph) -> Vec<Span> {
        let mut drawn = None;
        let new = self.spans.iter().filter(|span| {
            let again = drawn == Some(span.edge);
            let whole = graph.edges.get(span.edge as usize).is_some_and(|e| span.near.abs_diff(span.far) >= e.length);
            if whole {
                drawn = Some(span.edge);
            }
            !again
        });
        new.copied().collect()
    }
}
