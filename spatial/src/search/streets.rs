//! Streets: the ways of one name that hang together, with their carriageways, and where two of them meet.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::bearing::Bearing;
use super::words::Words;
use crate::mercator::{World, WorldBox};
use crate::still::StillLayer;

/// Ways of one name belong together when they pass through neighbouring squares of this many halvings of the world: about a
/// kilometre in the latitudes of Wenzhou.
const SQUARE: u32 = 17;
/// Two streets that share no place meet where they come nearer than this, metres.
const MEETING_M: f64 = 40.0;
/// Crossings of the same two streets that are told.
const MOST_CROSSINGS: usize = 6;
/// Places of one street that are compared with those of another.
const MOST_PLACES: usize = 4_000;

/// Streets by name.
#[derive(Debug, Default)]
pub(super) struct Streets {
    pub(super) layer: Option<Arc<StillLayer>>,
    pub(super) words: Words,
    pub(super) all: Vec<Street>,
}

/// All ways of one name in one part of the city.
#[derive(Debug)]
pub(super) struct Street {
    pub(super) name: String,
    pub(super) name_en: Option<String>,
    pub(super) rows: Vec<u32>,
    pub(super) bounds: WorldBox,
    /// Whether it is a bridge, by name and by its ways.
    pub(super) bridge: bool,
    /// Ways with the direction that they may be driven in, where they say one.
    pub(super) ways: Vec<(Bearing, u32)>,
}

impl Streets {
    /// The streets of the layer of roads.
    pub(super) fn of(layer: &Arc<StillLayer>) -> Self {
        let mut named: BTreeMap<String, Vec<(u32, Option<Bearing>)>> = BTreeMap::new();
        for row in 0..layer.len() {
            let (Some(name), Ok(number)) = (layer.text(row, "name"), u32::try_from(row)) else { continue };
            let way = Bearing::of_carriageway(name);
            let (base, bearing) = way.map_or_else(|| (name.to_owned(), None), |(base, bearing)| (base, Some(bearing)));
            named.entry(base).or_default().push((number, bearing));
        }
        let mut streets = Self { layer: Some(Arc::clone(layer)), ..Self::default() };
        for (name, rows) in named {
            let mut known: HashSet<String> = HashSet::new();
            for part in parts(layer, &rows) {
                let street = street(layer, &name, &part);
                let number = u32::try_from(streets.all.len()).unwrap_or(u32::MAX);
                known.clear();
                let also = street.rows.iter().flat_map(|row| further(layer, *row as usize));
                for called in std::iter::once(name.clone()).chain(street.name_en.clone()).chain(also) {
                    if known.insert(called.clone()) {
                        streets.words.add(&called, number);
                    }
                }
                streets.all.push(street);
            }
        }
        streets
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        let own = |s: &Street| size_of::<Street>() + s.name.len() + s.rows.len() * 4 + s.ways.len() * 8;
        self.words.bytes() + self.all.iter().map(own).sum::<usize>()
    }

    /// A street by its number.
    pub(super) fn get(&self, number: u32) -> Option<&Street> {
        self.all.get(number as usize)
    }

    /// The place of a street that is shown: the vertex nearest to `to`, else to the middle of its box.
    pub(super) fn place(&self, street: &Street, to: Option<World>) -> Option<World> {
        let middle = World {
            x: street.bounds.min.x.midpoint(street.bounds.max.x),
            y: street.bounds.min.y.midpoint(street.bounds.max.y),
        };
        self.nearest(street.rows.iter().copied(), to.unwrap_or(middle))
    }

    /// The place of the carriageway in that direction, and whether the street has one.
    pub(super) fn carriageway(&self, street: &Street, bearing: Bearing, to: Option<World>) -> Option<(World, bool)> {
        let apart = |way: &Bearing| way.apart(bearing);
        let best = street.ways.iter().map(|(way, _)| apart(way)).min().filter(|steps| *steps <= 1);
        match best {
            Some(steps) => {
                let rows = street.ways.iter().filter(|(way, _)| apart(way) == steps).map(|(_, row)| *row);
                let rows: Vec<u32> = rows.collect();
                let middle = self.middle(&rows);
                self.nearest(rows.into_iter(), to.or(middle)?).map(|place| (place, true))
            }
            None => self.place(street, to).map(|place| (place, false)),
        }
    }

    /// Directions in which a bridge can be driven, from the north clockwise.
    pub(super) fn directions(street: &Street) -> Vec<Bearing> {
        let mut all: Vec<Bearing> = street.ways.iter().map(|(bearing, _)| *bearing).collect();
        all.sort_unstable();
        all.dedup();
        // A bent bridge says nearly the same twice.
        let mut kept: Vec<Bearing> = Vec::new();
        for bearing in all {
            if kept.iter().all(|held| held.apart(bearing) > 1) {
                kept.push(bearing);
            }
        }
        kept
    }

    fn middle(&self, rows: &[u32]) -> Option<World> {
        let shapes = self.layer.as_ref()?.shapes()?;
        let all: Vec<World> = rows
            .iter()
            .flat_map(|row| shapes.rings(*row as usize))
            .flat_map(|ring| ring.vertices.iter().copied())
            .collect();
        all.get(all.len() / 2).copied()
    }

    fn nearest(&self, rows: impl Iterator<Item = u32>, to: World) -> Option<World> {
        let shapes = self.layer.as_ref()?.shapes()?;
        let places = rows.flat_map(|row| shapes.rings(row as usize)).flat_map(|ring| ring.vertices.iter().copied());
        places.min_by(|a, b| metres(*a, to).total_cmp(&metres(*b, to)))
    }

    /// Whether a street passes a place within so many metres.
    pub(super) fn runs_by(&self, street: &Street, place: World, within_m: f64) -> bool {
        let reach = street.bounds.buffered(units(within_m, place));
        let Some(shapes) = self.layer.as_ref().and_then(|layer| layer.shapes()).filter(|_| reach.contains(place))
        else {
            return false;
        };
        let rings = street.rows.iter().flat_map(|row| shapes.rings(*row as usize));
        let pieces = rings.flat_map(|ring| ring.vertices.array_windows());
        let near = |[a, b]: &[World; 2]| from_line(place, *a, *b);
        let most = within_m / metres_per_unit(place);
        pieces.map(near).any(|far| far <= most)
    }

    fn places(&self, street: &Street) -> Vec<World> {
        let Some(shapes) = self.layer.as_ref().and_then(|layer| layer.shapes()) else { return Vec::new() };
        let all = street.rows.iter().flat_map(|row| shapes.rings(*row as usize));
        all.flat_map(|ring| ring.vertices.iter().copied()).take(MOST_PLACES).collect()
    }

    /// Where two streets meet: at places that both pass through, else where they come nearest, up to forty metres.
    pub(super) fn crossings(&self, a: &Street, b: &Street) -> Vec<World> {
        let margin = units(MEETING_M, a.bounds.min);
        if !a.bounds.buffered(margin).meets(&b.bounds) {
            return Vec::new();
        }
        let (of_a, of_b) = (self.places(a), self.places(b));
        let known: HashSet<World> = of_a.iter().copied().collect();
        let mut shared: Vec<World> = Vec::new();
        for place in of_b.iter().filter(|place| known.contains(place)) {
            // Two carriageways cross another street twice within a few metres: that is one crossing.
            if shared.len() < MOST_CROSSINGS && shared.iter().all(|held| metres(*held, *place) > MEETING_M) {
                shared.push(*place);
            }
        }
        if !shared.is_empty() {
            return shared;
        }
        let near = |w: &World| a.bounds.buffered(margin).contains(*w);
        let pairs = of_b.iter().filter(|w| near(w)).flat_map(|w| of_a.iter().map(move |v| (metres(*v, *w), *w)));
        let nearest = pairs.min_by(|x, y| x.0.total_cmp(&y.0)).filter(|(far, _)| *far <= MEETING_M);
        nearest.map(|(_, place)| place).into_iter().collect()
    }
}

/// Further names of a road and its number (`G15`).
fn further(layer: &StillLayer, row: usize) -> Vec<String> {
    let text = layer.also().and_then(|(codes, texts)| texts.get((codes.get(row)? as usize).checked_sub(1)?));
    text.map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default()
}

fn street(layer: &StillLayer, name: &str, part: &[(u32, Option<Bearing>)]) -> Street {
    let shapes = layer.shapes();
    let boxes = part.iter().filter_map(|(row, _)| shapes?.bounds(*row as usize));
    let nowhere = WorldBox { min: World { x: 0, y: 0 }, max: World { x: 0, y: 0 } };
    let bounds = boxes.reduce(joined).unwrap_or(nowhere);
    let flag = |row: u32, field| matches!(layer.value(row as usize, field), Some(crate::still::ValueRef::Bool(true)));
    let bridge = part.iter().any(|(row, _)| flag(*row, "bridge"))
        && (name.contains('桥') || name.to_lowercase().contains("bridge"));
    let mut ways = Vec::new();
    for (row, said) in part {
        let line = shapes.and_then(|shapes| shapes.rings(*row as usize).first());
        let along = line.and_then(|line| Bearing::of_line(&line.vertices));
        let oneway = layer.text(*row as usize, "oneway");
        match (*said, oneway, along) {
            (Some(bearing), ..) | (None, Some("yes"), Some(bearing)) => ways.push((bearing, *row)),
            (None, Some("-1"), Some(bearing)) => ways.push((bearing.back(), *row)),
            // A bridge of one line is driven both ways.
            (None, _, Some(bearing)) if flag(*row, "bridge") => ways.extend([(bearing, *row), (bearing.back(), *row)]),
            _ => {}
        }
    }
    let english = part.iter().find_map(|(row, _)| layer.text(*row as usize, "name_en"));
    let name_en = english.map(|en| Bearing::of_carriageway(en).map_or_else(|| en.to_owned(), |(base, _)| base));
    Street { name: name.to_owned(), name_en, rows: part.iter().map(|(row, _)| *row).collect(), bounds, bridge, ways }
}

fn joined(a: WorldBox, b: WorldBox) -> WorldBox {
    WorldBox {
        min: World { x: a.min.x.min(b.min.x), y: a.min.y.min(b.min.y) },
        max: World { x: a.max.x.max(b.max.x), y: a.max.y.max(b.max.y) },
    }
}

type Way = (u32, Option<Bearing>);

/// Ways in groups that hang together, each in the order of rows.
fn parts(layer: &StillLayer, rows: &[Way]) -> Vec<Vec<Way>> {
    let mut groups: Vec<usize> = (0..rows.len()).collect();
    let mut squares: HashMap<(u32, u32), usize> = HashMap::new();
    for (at, (row, _)) in rows.iter().enumerate() {
        let rings = layer.shapes().map_or(&[][..], |shapes| shapes.rings(*row as usize));
        let own: HashSet<(u32, u32)> =
            rings.iter().flat_map(|ring| &ring.vertices).map(|w| (w.x >> SQUARE, w.y >> SQUARE)).collect();
        for (x, y) in own {
            for (dx, dy) in (0..9).map(|n| (n % 3, n / 3)) {
                let beside = ((x + dx).saturating_sub(1), (y + dy).saturating_sub(1));
                if let Some(other) = squares.get(&beside).copied() {
                    let (a, b) = (root(&mut groups, at), root(&mut groups, other));
                    if let Some(slot) = groups.get_mut(a.max(b)) {
                        *slot = a.min(b);
                    }
                }
            }
            squares.insert((x, y), at);
        }
    }
    let mut parts: BTreeMap<usize, Vec<Way>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        parts.entry(root(&mut groups, at)).or_default().push(*row);
    }
    parts.into_values().collect()
}

fn root(groups: &mut [usize], mut at: usize) -> usize {
    while let Some(above) = groups.get(at).copied().filter(|above| *above != at) {
        let next = groups.get(above).copied().unwrap_or(above);
        if let Some(slot) = groups.get_mut(at) {
            *slot = next;
        }
        at = above;
    }
    at
}

/// Units from a place to a straight line between two others.
fn from_line(place: World, a: World, b: World) -> f64 {
    let offset = |from: World, to: World| (f64::from(to.x) - f64::from(from.x), f64::from(to.y) - f64::from(from.y));
    let ((lx, ly), (px, py)) = (offset(a, b), offset(a, place));
    let long = lx * lx + ly * ly;
    let share = if long > 0.0 { ((px * lx + py * ly) / long).clamp(0.0, 1.0) } else { 0.0 };
    (px - share * lx).hypot(py - share * ly)
}

/// Metres between two places that are near to each other.
pub(super) fn metres(a: World, b: World) -> f64 {
    let unit = metres_per_unit(a);
    f64::from(a.x.abs_diff(b.x)).hypot(f64::from(a.y.abs_diff(b.y))) * unit
}

/// Metres that a unit of the map is long there: the map is stretched by 1 / cos φ.
fn metres_per_unit(at: World) -> f64 {
    let (_, lat) = at.degrees();
    std::f64::consts::TAU * crate::EARTH_RADIUS_M * lat.to_radians().cos() / 4_294_967_296.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped just here")]
fn units(metres: f64, at: World) -> u32 {
    (metres / metres_per_unit(at).max(1e-6)).clamp(0.0, 4_294_967_295.0) as u32
}

#[cfg(test)]
mod tests {
    use geo::LineString;

    use super::*;
    use crate::{Feature, FeatureKey, Layer, Value};

    fn road(n: u32, name: &str, line: &[(f64, f64)], more: &[(&'static str, Value)]) -> Feature {
        let key = FeatureKey::new(Layer::Roads, "t", format!("r{n}")).unwrap();
        let own = [("name", Value::Text(name.to_owned())), ("class", Value::Text("primary".to_owned()))];
        let all = own.iter().chain(more).map(|(name, value)| ((*name).into(), value.clone())).collect();
        let line: LineString<f64> = line.iter().copied().collect();
        Feature::new(key, line.into(), all).unwrap()
    }

    fn streets() -> Streets {
        let yes = || Value::Text("yes".to_owned());
        let bridge = ("bridge", Value::Bool(true));
        let all = [
            road(1, "人民路", &[(120.60, 28.0), (120.605, 28.0)], &[("ref", Value::Text("S211".to_owned()))]),
            road(2, "人民路", &[(120.605, 28.0), (120.61, 28.0)], &[]),
            road(3, "人民路", &[(120.90, 28.0), (120.91, 28.0)], &[]),
            road(4, "解放路", &[(120.605, 27.99), (120.605, 28.0), (120.605, 28.01)], &[]),
            road(5, "瓯江大桥北行", &[(120.651, 28.02), (120.651, 28.03)], &[("oneway", yes()), bridge.clone()]),
            road(6, "瓯江大桥南行", &[(120.650, 28.03), (120.650, 28.02)], &[("oneway", yes()), bridge]),
        ];
        Streets::of(&Arc::new(StillLayer::build(Layer::Roads, &all, |_| None)))
    }

    #[test]
    fn one_street_is_what_hangs_together() {
        let streets = streets();
        let named: Vec<(&str, usize)> = streets.all.iter().map(|s| (s.name.as_str(), s.rows.len())).collect();
        assert_eq!(named.len(), 4, "{named:?}");
        assert!(named.contains(&("人民路", 2)) && named.contains(&("人民路", 1)) && named.contains(&("瓯江大桥", 2)));
        let s211 = streets.words.called(&super::super::text::units("S211"));
        assert_eq!(s211.len(), 1, "its number is a name of it");
    }

    #[test]
    fn where_two_meet() {
        let streets = streets();
        let of = |name: &str| streets.all.iter().filter(|s| s.name == name).collect::<Vec<_>>();
        let met: Vec<World> = of("人民路").iter().flat_map(|a| streets.crossings(a, of("解放路")[0])).collect();
        assert_eq!(met, [World::of_degrees(120.605, 28.0)]);
    }

    #[test]
    fn a_bridge_has_two_carriageways() {
        let streets = streets();
        let bridge = streets.all.iter().find(|s| s.bridge).unwrap();
        let directions = Streets::directions(bridge);
        assert_eq!(directions.iter().map(|h| h.zh()).collect::<Vec<_>>(), ["往北", "往南"]);
        let lons: Vec<f64> = directions
            .iter()
            .map(|h| {
                let (place, own) = streets.carriageway(bridge, *h, None).unwrap();
                assert!(own);
                place.degrees().0
            })
            .collect();
        assert!(lons[0] > lons[1], "traffic keeps to the right: {lons:?}");
    }
}
