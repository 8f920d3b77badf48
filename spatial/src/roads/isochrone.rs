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
        own.sort_unstable_by_key(|(arc, _)| *arc);
        let (mut own, mut spans) = (own.into_iter().peekable(), Vec::new());
        self.arcs_within(roads, place, sense, limit, |arc, start| {
            let Some(fresh) = spread(roads, arc, sense, start, limit) else { return };
            while let Some((_, span)) = own.next_if(|(of, span)| (*of, span.near) < (arc, fresh.near)) {
                spans.push(span);
            }
            spans.push(fresh);
        });
        spans.extend(own.map(|(_, span)| span));
        spans.retain(|span| span.near != span.far);
        Isochrone { within_s, spans }
    }
}

/// How much of an arc is reached by who is at its beginning at `start` (`Away`), or how much of it reaches its end in time.
pub(super) fn spread(roads: Roads<'_>, arc: u32, sense: Sense, start: u32, limit: u32) -> Option<Span> {
    let long = roads.graph.edges[(arc / 2) as usize].length;
    part(roads, arc, sense, (0, long), start, limit)
}

/// The part of an arc that is reached from one of its ends or from the middle. `range` is in offsets from the arc's own
/// beginning; it is entered at its first offset (`Away`) or its last (`Toward`) at `start`.
fn part(roads: Roads<'_>, arc: u32, sense: Sense, range: (u32, u32), start: u32, limit: u32) -> Option<Span> {
    let long = roads.graph.edges[(arc / 2) as usize].length;
    let (drive, _) = span_cost(roads, arc, range, long)?;
    let drive = if range.1 >= long { drive - roads.net.takes(arc)?.junction.min(drive) } else { drive };
    let left = limit.checked_sub(start)?;
    let whole = range.1 - range.0;
    let gone = if drive <= left { whole } else { share(whole, left, drive) };
    let (near, far) = if sense == Sense::Away { (range.0, range.0 + gone) } else { (range.1, range.1 - gone) };
    let of_edge = |offset: u32| if arc.is_multiple_of(2) { offset } else { long - offset };
    let far_ms = start + drive.min(left);
    Some(Span { edge: arc / 2, near: of_edge(near), far: of_edge(far), near_ms: start, far_ms })
}

/// What is reached of the edge on which the place itself is.
pub(super) fn own(roads: Roads<'_>, place: Place, sense: Sense, limit: u32) -> Vec<(u32, Span)> {
    if roads.graph.at_junction(place).is_some() {
        return Vec::new();
    }
    let range = |from: u32, long: u32| if sense == Sense::Away { (from, long) } else { (0, from) };
    let through = roads.graph.arcs_through(roads.net, place);
    through.filter_map(|(arc, from, long)| Some((arc, part(roads, arc, sense, range(from, long), 0, limit)?))).collect()
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
