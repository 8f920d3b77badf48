//! What stands for the middle of a rough place. The middle is only one of the points of the place: it may be shut in by a
//! closure, or far from any road, while most of the place can be reached.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::graph::Arc;
use super::parts::Part;
use super::pieces::Pieces;
use super::place::Place;
use super::search::{Roads, span_cost};
use crate::position::Position;

/// A piece of the net is shut in when one that has a road in the place as well has more than so many times its junctions.
const SHUT_IN: u32 = 10;

impl Roads<'_> {
    /// The road point that stands for the middle of a rough place: the middle's own (`snapped`, if there is a road near it),
    /// when it hangs together with most of the place's open road, else the nearest point in the place that does. Open road
    /// hangs together where one comes both there and back under the closures in force; a piece that is small beside another
    /// one in the place is shut in and does not count, however much of the place it has. `None` when there is no road that
    /// may be used, neither near the middle nor in the place.
    ///
    /// The first question after something was closed costs a step for every junction of the net.
    pub fn foothold(&self, middle: Position, snapped: Option<Place>, parts: &[Part]) -> Option<Place> {
        let pieces = self.overlay.and_then(|overlay| overlay.pieces(self.net)).unwrap_or(&self.net.pieces);
        let home = snapped.and_then(|place| self.piece(pieces, place));
        let mut open: BTreeMap<u32, u64> = home.into_iter().map(|piece| (piece, 0)).collect();
        for (piece, part) in parts.iter().flat_map(|part| self.stretches(pieces, *part)) {
            *open.entry(piece).or_default() += u64::from(part.to - part.from);
        }
        let largest = open.keys().map(|piece| pieces.size(*piece)).max().unwrap_or(0);
        let joined = open.iter().filter(|(piece, _)| pieces.size(**piece).saturating_mul(SHUT_IN) >= largest);
        let most = joined.max_by_key(|(piece, length)| (**length, Reverse(**piece))).map(|(piece, _)| *piece);
        if most == home {
            return snapped;
        }
        let stretches = parts.iter().flat_map(|part| self.stretches(pieces, *part));
        let near = stretches.filter(|(piece, _)| Some(*piece) == most).map(|(_, part)| {
            let (far_m, edge, at) = self.graph.nearest_in(part, middle);
            (far_m, Place { edge, at })
        });
        let inside = near.filter(|(_, place)| self.piece(pieces, *place) == most);
        inside.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, place)| place).or(snapped)
    }

    /// The largest piece from which somebody comes to a place and to which one gets back from there.
    fn piece(&self, pieces: &Pieces, place: Place) -> Option<u32> {
        // At a junction that is one piece with others whichever road one takes, closed roads do not matter.
        let node = self.graph.at_junction(place).map(|node| pieces.piece(node));
        let (mut comes, mut goes) = (Vec::from_iter(node), Vec::from_iter(node));
        for (arc, from_tail, long) in self.graph.arcs_through(self.net, place) {
            if span_cost(*self, arc, (0, from_tail), long).is_some() {
                comes.extend(self.net.tails(self.graph, arc).map(|state| pieces.piece(state)));
            }
            if span_cost(*self, arc, (from_tail, long), long).is_some() {
                goes.push(pieces.piece(self.net.head(arc)));
            }
        }
        goes.into_iter().filter(|piece| comes.contains(piece)).min()
    }

    /// What of a part is open to who comes along its edge and against it, and the piece that they come from; what is open
    /// to one piece from both sides is told once.
    fn stretches(&self, pieces: &Pieces, part: Part) -> impl Iterator<Item = (u32, Part)> {
        let long = self.graph.edges[part.edge as usize].length;
        let there = self.opening(pieces, part.edge * 2).filter(|(_, open)| *open >= part.from);
        let there = there.map(|(piece, open)| (piece, Part { to: open.min(part.to), ..part }));
        let back = self.opening(pieces, part.edge * 2 + 1).filter(|(_, open)| long - open <= part.to);
        let back = back.map(|(piece, open)| {
            let known = there.filter(|(of, _)| *of == piece).map_or(0, |(_, part)| part.to);
            (piece, Part { from: (long - open).max(part.from).max(known), ..part })
        });
        there.into_iter().chain(back)
    }

    /// The piece from which an arc is entered, and up to which offset from its beginning it is open.
    fn opening(&self, pieces: &Pieces, arc: Arc) -> Option<(u32, u32)> {
        self.net.takes(arc)?;
        let long = self.graph.edges[(arc / 2) as usize].length;
        let open = self.overlay.map_or(Some(long), |overlay| overlay.open_until(arc, long))?;
        let piece = self.net.tails(self.graph, arc).map(|state| pieces.piece(state)).min()?;
        Some((piece, open))
    }
}

#[cfg(test)]
mod tests {
    use geo::Coord;
    use proptest::prelude::*;

    use super::super::cases::{CAR, Case, across, at, closure, ladder, road};
    use super::super::rough::{check, parts, points};
    use super::super::twin::{self, streets};
    use super::super::*;
    use super::*;

    fn band(west: f64, south: f64, east: f64, north: f64) -> geo::Polygon<f64> {
        let corner = |x: f64, y: f64| Coord { x: 120.65 + x * 1e-3, y: 28.0 + y * 1e-3 };
        geo::Rect::new(corner(west, south), corner(east, north)).to_polygon()
    }

    /// Asks about a circle or a square whose middle is closed.
    fn shut(case: &Case, middle: Position, radius_m: f64, square: bool) {
        let parts = parts(case, middle, radius_m, square);
        let snapped = case.graph.snap(&case.net, middle, 200.0).unwrap().place;
        let units = [(0.0, 0.5), (10.0, 0.5), (5.0, 0.0)].map(|(x, y)| case.place(x, y));
        // As it was: nobody comes to the middle.
        let to = |place: Place| Workspace::new().route(case.roads(), units[0], place, Bound::fastest());
        assert!(to(snapped).is_none());
        let foothold = case.roads().foothold(middle, Some(snapped), &parts).unwrap();
        assert!(to(foothold).is_some(), "{radius_m} {foothold:?}");
        assert!(parts.iter().any(|part| part.edge == foothold.edge && (part.from..=part.to).contains(&foothold.at)));
        // Nearer to the middle there is nothing but what is closed: half a thousandth to the west and to the east.
        let far_m = case.graph.position(foothold).unwrap().distance_m(&middle);
        assert!((far_m - 49.1).abs() < 0.5, "{far_m}");
        let mut space = Workspace::new();
        let place = Anywhere::new(&mut space, case.roads(), foothold, parts.clone());
        // Cut off is what is closed, not what is open.
        assert!((place.cut_off_m() - 98.2).abs() < 1.0, "{}", place.cut_off_m());
        check(case, &parts, foothold, &units);
        let targets = Targets::new(case.roads(), vec![Some(units[0])], Sense::Toward);
        let told = space.between(case.roads(), &place, &targets)[0];
        let times = points(case, &parts, units[0]);
        let most = times.iter().map(|(_, time)| *time).fold(0.0, f64::max);
        assert!(told.best_s.unwrap() < most && told.worst_s.unwrap() >= most, "{told:?} {most}");
    }

    #[test]
    fn a_closed_middle_is_stood_for_by_the_nearest_open_road_of_the_place() {
        let case = Case::of(ladder(), &[closure("fire", band(4.5, -0.5, 5.5, 0.5))]);
        for radius_m in [80.0, 100.0, 500.0, 1_000.0] {
            shut(&case, at(5.0, 0.0), radius_m, radius_m < 90.0);
        }
    }

    #[test]
    fn a_middle_between_two_closures_is_shut_in_though_its_road_is_open() {
        let shut = [4.5, 5.5].map(|x| closure("x", across(x, -0.5, 0.5)));
        let case = Case::of(ladder(), &shut);
        let middle = case.place(5.0, 0.0);
        let parts = parts(&case, at(5.0, 0.0), 300.0, false);
        let foothold = case.roads().foothold(at(5.0, 0.0), Some(middle), &parts).unwrap();
        assert_ne!(foothold, middle);
        let goes = |from: Place, to: Place| Workspace::new().route(case.roads(), from, to, Bound::fastest()).is_some();
        assert!(goes(case.place(0.0, 0.5), foothold) && goes(foothold, case.place(0.0, 0.5)));
    }

    #[test]
    fn what_is_closed_elsewhere_or_all_over_the_place_moves_no_middle() {
        let (open, at_middle) = (Case::of(ladder(), &[]), at(5.0, 0.0));
        let middle = open.place(5.0, 0.0);
        let near = parts(&open, at_middle, 300.0, false);
        assert_eq!(open.roads().foothold(at_middle, Some(middle), &near), Some(middle));
        // A one-way pair of streets would do as well; here the other street is closed.
        let beside = Case::of(ladder(), &[closure("x", band(3.0, 0.5, 7.0, 1.5))]);
        assert_eq!(beside.roads().foothold(at_middle, Some(middle), &near), Some(middle));
        let all = Case::of(ladder(), &[closure("x", band(1.0, -0.5, 9.0, 0.5))]);
        let small = parts(&all, at_middle, 50.0, false);
        assert_eq!(all.roads().foothold(at_middle, Some(middle), &small), Some(middle));
    }

    #[test]
    fn an_island_beside_the_middle_does_not_stand_for_it_and_a_middle_without_a_road_is_stood_for() {
        let town = |n: u32| {
            let (x, id) = (f64::from(n), |way: &str| format!("{way}{n}"));
            [
                road(&id("along"), &[(x, 0.0), (x + 1.0, 0.0)], &[]),
                road(&id("up"), &[(x, 0.0), (x, 1.0)], &[]),
                road(&id("over"), &[(x, 1.0), (x + 1.0, 1.0)], &[]),
            ]
        };
        let mut roads: Vec<_> = (0..12).flat_map(town).collect();
        roads.push(road("islet", &[(14.0, 0.0), (16.0, 0.0)], &[]));
        let case = Case::of(cases::graph(&roads), &[]);
        // Most of this circle's road is the islet's.
        let middle = at(14.0, 0.0);
        let near = parts(&case, middle, 230.0, false);
        let told = |snapped: Option<Place>| case.roads().foothold(middle, snapped, &near).unwrap();
        let (edge, beside) = (told(None), case.place(12.0, 0.0));
        assert_eq!(case.graph.position(edge), case.graph.position(beside), "{near:?}");
        let own = case.graph.snap(&case.net, middle, 10.0).unwrap().place;
        assert_eq!(told(Some(own)), edge);
        assert_eq!(case.roads().foothold(middle, None, &[]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        /// The slow twin asks for a way from every end of a part to every other, and to every junction.
        #[test]
        fn from_and_to_the_foothold_goes_most_of_the_open_road(
            streets in streets(),
            (middle, radius_m) in ((0.0..9.0_f64, 10.0..18.0_f64), 100.0..500.0_f64),
            half in 0.1..1.2_f64,
        ) {
            let graph = twin::graph(&streets);
            prop_assume!(graph.edge_count() > 0);
            let (x, y) = middle;
            let cordon = closure("cordon", band(x - half, y - half, x + half, y + half));
            let net = Net::new(&graph, Rules::of(Profile::Foot));
            let overlay = Overlay::compile(&graph, &[cordon], CAR, 100);
            let (case, middle) = (Case { graph, net, overlay }, at(x, y));
            let parts = parts(&case, middle, radius_m, false);
            let snapped = case.graph.snap(&case.net, middle, 300.0).ok().map(|snap| snap.place);
            let told = case.roads().foothold(middle, snapped, &parts);
            prop_assert_eq!(told.is_some(), snapped.is_some() || !parts.is_empty());
            let Some(told) = told else { return Ok(()) };
            // On foot there are no one-way streets: what is reached comes back.
            let ends = |part: &Part| [part.from, part.to].map(|at| Place { edge: part.edge, at });
            let length = |from: Place| -> f64 {
                let goes = |to: Place| Workspace::new().route(case.roads(), from, to, Bound::fastest()).is_some();
                let whole = parts.iter().filter(|part| ends(part).into_iter().all(goes));
                whole.map(|part| f64::from(part.to - part.from) / 10_000.0).sum()
            };
            let junctions = |from: Place| {
                let edges = (0..).zip(&case.graph.edges);
                let ends = edges.flat_map(|(edge, of)| [(of.ends[0], edge, 0), (of.ends[1], edge, of.length)]);
                let goes = |(_, edge, at): &(u32, u32, u32)| {
                    let to = Place { edge: *edge, at: *at };
                    Workspace::new().route(case.roads(), from, to, Bound::fastest()).is_some()
                };
                ends.filter(goes).map(|(node, ..)| node).collect::<std::collections::BTreeSet<u32>>().len()
            };
            let points: Vec<(usize, f64)> =
                parts.iter().flat_map(ends).chain(snapped).map(|from| (junctions(from), length(from))).collect();
            let largest = points.iter().map(|(size, _)| *size).max().unwrap_or(0);
            let joined = points.iter().filter(|(size, _)| size * 10 >= largest);
            let (own, most) = (length(told), joined.map(|(_, length)| *length).fold(0.0, f64::max));
            // A part that is closed somewhere is in no sum.
            let torn = parts.iter().filter(|part| !case.overlay.closures_on(part.edge).is_empty());
            let torn: f64 = torn.map(|part| f64::from(part.to - part.from) / 10_000.0).sum();
            prop_assert!(own + torn + 0.1 >= most, "{own} {most} {torn}");
        }
    }
}
