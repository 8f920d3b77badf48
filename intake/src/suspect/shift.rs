//! Whether a whole file lies beside what it belongs to: the signature of a conversion left out, or made twice.

use std::fmt::Write;

use spatial::Position;
use spatial::crs::Crs;

use super::search::{Found, search};
use super::{Suspect, Suspicion};

/// Fewer points than this say nothing.
pub const LEAST_POINTS: usize = 20;
/// More points than this say nothing more: a caller may take every n-th row.
pub const MOST_POINTS: usize = 2_000;
/// A shift below this is no shift: sources differ by so much, metres.
const LEAST_SHIFT_M: f64 = 100.0;
/// A transformation explains a shift when what is left of it is this small a part of it…
const EXPLAINED: f64 = 0.2;
/// …or below this, metres, when the shift itself is not steady.
const CLOSE_M: f64 = 30.0;
/// How much closer a transformation must bring points to the nearest reference when no single way leads there, and by how
/// many standard deviations more points must come nearer than of points that lie anywhere, half of which do (a sign test).
/// Cameras 11 m from a road's middle in a dense net lie 30 m from some road wherever they are: there many points must say the
/// same. Any of the three is enough.
const CLOSER: [(f64, f64); 3] = [(3.0, 3.0), (2.0, 4.0), (1.5, 6.0)];
/// And by how many standard deviations more points must come nearer by the way of a conversion than by ways as long in the
/// three other directions: what lies far from all streets by its nature comes nearer to one wherever it is moved.
const ONLY_THERE: f64 = 2.5;
/// The same factor for a way that was searched for: it was chosen among thousands.
const CLOSER_BY_SEARCH: f64 = 3.0;
/// A way that was searched for is that of a conversion when it is this near to it, metres.
const SAME_WAY_M: f64 = 30.0;
/// Rows that are typically nearer than this to what they belong to, metres, are where they belong: most of them lie in it.
const AT_HOME_M: f64 = 3.0;
/// A shift is steady when the typical distance from the median is this part of its length.
const STEADY: f64 = 0.25;
/// Metres of a degree of latitude on the sphere of the IUGG mean radius.
pub(super) const DEGREE_M: f64 = 111_195.08;

/// A plain shift explains better than a transformation that leaves this many times what it leaves.
const BETTER: f64 = 1.5;
/// What is left below this tells nothing of the cause, metres.
const LITTLE_M: f64 = 1.0;

/// What is nearest to a place, for the point of that number.
pub(super) type Nearest<'a> = dyn FnMut(usize, Position) -> Option<Position> + 'a;

/// What an imported point is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counterpart {
    /// The place of the same thing in the layer (by its id): one point, one partner.
    Same,
    /// Whatever of the layer, the roads or the buildings is nearest: near by chance, too.
    Nearest,
}

/// Looks for one shift that all `points` (WGS84, as converted by the import) have against their reference: for
/// point `n` the closure gives where its counterpart is, or for [`Counterpart::Nearest`] what is nearest to the place
/// that it is asked for (which is the point itself, and the point after a transformation that might explain the shift).
/// `None` when fewer than [`LEAST_POINTS`] have a reference, or when nothing looks wrong.
///
/// The evidence: `points`, `median_distance_m` (from the reference to the point), `median_east_m`, `median_north_m` (the
/// way from where a row belongs to where it lies: for [`Counterpart::Same`] from its counterpart, for
/// [`Counterpart::Nearest`] from where the transformation that explains best would put it), `spread_m` (median distance
/// from that median), `left_m` (median distance that is left after that transformation).
pub fn shift(
    points: &[Position],
    counterpart: Counterpart,
    reference: &mut dyn FnMut(usize, Position) -> Option<Position>,
) -> Option<Suspicion> {
    let points = points.get(..points.len().min(MOST_POINTS))?;
    let before = offsets(points, reference, |lon, lat| Some((lon, lat)));
    let here: Vec<(f64, f64)> = before.iter().flatten().copied().collect();
    if here.len() < LEAST_POINTS {
        return None;
    }
    let typical = median(here.iter().map(|(e, n)| e.hypot(*n)));
    let mut way = Way::of(&here);
    let steady =
        counterpart == Counterpart::Same && way.length() >= LEAST_SHIFT_M && way.spread <= STEADY * way.length();

    let mut known = Vec::new();
    for (name, transform) in KNOWN {
        let after = offsets(points, reference, transform);
        if after.iter().flatten().count() < LEAST_POINTS {
            continue;
        }
        let left = median(after.iter().flatten().map(|(e, n)| e.hypot(*n)));
        known.push(Known { name, transform, left, signs: signs(&distances(&before), &distances(&after)) });
    }
    let best = known.iter().min_by(|a, b| a.left.total_cmp(&b.left));
    let explains = |Known { left, signs, .. }: &Known| match counterpart {
        // A conversion bends: what it explains, it leaves straighter than one way for all does.
        Counterpart::Same => {
            let straight = *left <= BETTER * way.spread.max(LITTLE_M);
            typical >= LEAST_SHIFT_M && *left <= EXPLAINED * typical && (straight || !steady)
        }
        Counterpart::Nearest => {
            let closer = CLOSER.iter().any(|(times, least)| left * times <= typical && signs >= least);
            typical >= AT_HOME_M && *left <= CLOSE_M && closer
        }
    };
    let mut explained = best.filter(|known| explains(known));
    if counterpart == Counterpart::Nearest {
        explained = explained.filter(|known| known.only_there(points, reference) >= ONLY_THERE);
    }
    if counterpart == Counterpart::Nearest && typical >= AT_HOME_M {
        let beaten = |found: &Found| explained.is_none_or(|known| known.left > BETTER * found.left.max(LITTLE_M));
        let well = explained.is_some_and(|known| known.left <= AT_HOME_M);
        let found = if well { None } else { search(points, reference).filter(is_shift).filter(beaten) };
        if let Some(found) = found {
            // In one county a conversion is one way for all, and may be the one that was found: less the metres by which
            // rows beside a street come nearer to its middle.
            let same =
                known.iter().filter(|known| known.left <= CLOSE_M && known.apart_m(points, &found) <= SAME_WAY_M);
            let same = same.min_by(|a, b| a.left.total_cmp(&b.left));
            if same.is_none() {
                return Some(plain(here.len(), &found));
            }
            explained = same;
        }
    }
    if explained.is_none() && !steady {
        return None;
    }
    if let (Counterpart::Nearest, Some(known)) = (counterpart, explained) {
        // The nearest thing is near by chance as well; the way to it says nothing, the way back does.
        way = known.way(points);
    }
    let Way { east, north, spread } = way;
    let mut words = match counterpart {
        Counterpart::Same => format!("{} rows lie {:.0} m from where the layer has them", here.len(), way.length()),
        Counterpart::Nearest => {
            format!("half of {} rows lie {typical:.0} m or more from anything that they could belong to", here.len())
        }
    };
    if counterpart == Counterpart::Same {
        let _ = write!(words, " ({east:+.0} m east, {north:+.0} m north, spread {spread:.0} m)");
    }
    match explained {
        Some(Known { name, left, .. }) => {
            let _ = write!(words, ": {name} would leave {left:.0} m");
            if counterpart == Counterpart::Nearest {
                let _ = write!(words, ", and they lie {east:+.0} m east, {north:+.0} m north of there");
            }
        }
        None => {
            let _ = write!(words, ": steadily shifted by {east:.0} m east, {north:.0} m north; {UNKNOWN}");
        }
    }
    let mut evidence = vec![
        ("points", f64::from(u32::try_from(here.len()).unwrap_or(u32::MAX))),
        ("median_distance_m", typical),
        ("median_east_m", east),
        ("median_north_m", north),
        ("spread_m", spread),
    ];
    evidence.extend(explained.map(|known| ("left_m", known.left)));
    Some(Suspicion::new(Suspect::Shifted, words, evidence))
}

const UNKNOWN: &str = "no known conversion explains it; a local coordinate system?";

/// Whether a way that was searched for is one: long enough, and points that had no part in the search come near by it.
fn is_shift(found: &Found) -> bool {
    found.east.hypot(found.north) >= LEAST_SHIFT_M
        && found.typical >= AT_HOME_M
        && found.left <= CLOSE_M
        && found.left * CLOSER_BY_SEARCH <= found.typical
        && found.only_there >= ONLY_THERE
}

/// The suspicion of a way that was searched for: rows lie where they belong, less that way.
fn plain(rows: usize, found: &Found) -> Suspicion {
    let Found { left, typical, .. } = *found;
    let (east, north) = (-found.east, -found.north);
    let words = format!(
        "half of {rows} rows lie {typical:.0} m or more from anything that they could belong to: steadily shifted by \
         {east:.0} m east, {north:.0} m north; moved back, {left:.0} m would be left; {UNKNOWN}"
    );
    let evidence = [
        ("points", f64::from(u32::try_from(rows).unwrap_or(u32::MAX))),
        ("median_distance_m", typical),
        ("median_east_m", east),
        ("median_north_m", north),
        ("left_m", left),
    ];
    Suspicion::new(Suspect::Shifted, words, evidence)
}

/// One way that many offsets have.
struct Way {
    east: f64,
    north: f64,
    spread: f64,
}

impl Way {
    fn of(offsets: &[(f64, f64)]) -> Self {
        let (east, north) = (median(offsets.iter().map(|o| o.0)), median(offsets.iter().map(|o| o.1)));
        Self { east, north, spread: median(offsets.iter().map(|o| (o.0 - east).hypot(o.1 - north))) }
    }

    fn length(&self) -> f64 {
        self.east.hypot(self.north)
    }
}

type Transform = fn(f64, f64) -> Option<(f64, f64)>;

/// What may have been forgotten, or done once too often.
const KNOWN: [(&str, Transform); 4] = [
    ("reading it as gcj02 (GCJ-02 to WGS84)", |lon, lat| Crs::Gcj02.to_wgs84(lon, lat).ok()),
    ("reading it as bd09 (BD-09 to WGS84)", |lon, lat| Crs::Bd09.to_wgs84(lon, lat).ok()),
    ("not converting it from gcj02 (it was converted twice)", |lon, lat| Crs::Gcj02.from_wgs84(lon, lat).ok()),
    ("not converting it from bd09 (it was converted twice)", |lon, lat| Crs::Bd09.from_wgs84(lon, lat).ok()),
];

/// A conversion, and what it does to the points.
struct Known {
    name: &'static str,
    transform: Transform,
    /// Median distance that is left after it, metres.
    left: f64,
    /// How many standard deviations more points it brings nearer than half of them.
    signs: f64,
}

impl Known {
    /// The way from where it puts the points to where they lie.
    fn way(&self, points: &[Position]) -> Way {
        let mut back = |_: usize, point: Position| {
            let (lon, lat) = (self.transform)(point.lon(), point.lat())?;
            Position::new(lon, lat).ok()
        };
        let all = offsets(points, &mut back, |lon, lat| Some((lon, lat)));
        Way::of(&all.into_iter().flatten().collect::<Vec<_>>())
    }

    /// The least by which it brings points nearer than ways as long in the other directions, in standard deviations.
    fn only_there(&self, points: &[Position], reference: &mut Nearest<'_>) -> f64 {
        let after = distances(&offsets(points, reference, self.transform));
        let least = TURNS.iter().map(|(cos, sin)| {
            let turned = |lon: f64, lat: f64| {
                let (there, scale) = ((self.transform)(lon, lat)?, lat.to_radians().cos());
                let (east, north) = ((there.0 - lon) * scale, there.1 - lat);
                Some((lon + (east * cos - north * sin) / scale, lat + east * sin + north * cos))
            };
            signs(&distances(&offsets(points, reference, turned)), &after)
        });
        least.fold(f64::INFINITY, f64::min)
    }

    /// How far its way ends from that of a way that was searched for (which leads back), metres.
    fn apart_m(&self, points: &[Position], found: &Found) -> f64 {
        let way = self.way(points);
        (way.east + found.east).hypot(way.north + found.north)
    }
}

/// How many standard deviations more points have the smaller distance `after` than half of those that differ, for points of
/// which half would by chance (of `n` such points √n / 2 is one standard deviation). What has nothing near is infinitely far.
pub(super) fn signs(before: &[f64], after: &[f64]) -> f64 {
    let (mut nearer, mut all) = (0.0, 0.0_f64);
    for (before, after) in before.iter().zip(after).filter(|(before, after)| before.total_cmp(after).is_ne()) {
        all += 1.0;
        nearer += if after < before { 1.0 } else { 0.0 };
    }
    (nearer - all / 2.0) / (all.max(1.0).sqrt() / 2.0)
}

/// A quarter, a half and three quarters of a turn, as cosine and sine.
pub(super) const TURNS: [(f64, f64); 3] = [(0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];

fn distances(offsets: &[Option<(f64, f64)>]) -> Vec<f64> {
    offsets.iter().map(|offset| offset.map_or(f64::INFINITY, |(east, north)| east.hypot(north))).collect()
}

/// East and north metres from each point's reference to the point after a transformation; `None` where there is none.
fn offsets(
    points: &[Position],
    reference: &mut dyn FnMut(usize, Position) -> Option<Position>,
    transform: impl Fn(f64, f64) -> Option<(f64, f64)>,
) -> Vec<Option<(f64, f64)>> {
    let offset = |(at, point): (usize, &Position)| {
        let (lon, lat) = transform(point.lon(), point.lat())?;
        let there = Position::new(lon, lat).ok()?;
        let from = reference(at, there)?;
        let east = (there.lon() - from.lon()) * DEGREE_M * from.lat().to_radians().cos();
        Some((east, (there.lat() - from.lat()) * DEGREE_M))
    };
    points.iter().enumerate().map(offset).collect()
}

/// The middle value; 0 of none.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 400 places of a city, about 200 m apart, none in a straight row.
    fn city() -> Vec<Position> {
        let place = |n: u32| {
            let (x, y, off) = (f64::from(n % 20), f64::from(n / 20), f64::from(n * 7919 % 101) * 1e-5);
            Position::new(120.60 + x * 2e-3 + off, 28.0 + y * 1.8e-3 - off / 2.0).unwrap()
        };
        (0..400).map(place).collect()
    }

    fn moved(points: &[Position], to: impl Fn(f64, f64) -> (f64, f64)) -> Vec<Position> {
        points.iter().map(|p| to(p.lon(), p.lat())).map(|(lon, lat)| Position::new(lon, lat).unwrap()).collect()
    }

    fn nearest(city: &[Position]) -> impl FnMut(usize, Position) -> Option<Position> {
        move |_, place| city.iter().min_by(|a, b| a.distance_m(&place).total_cmp(&b.distance_m(&place))).copied()
    }

    fn check(points: &[Position], expect: Option<&str>) {
        let city = city();
        let same = shift(points, Counterpart::Same, &mut |at, _| city.get(at).copied());
        let near = shift(points, Counterpart::Nearest, &mut nearest(&city));
        for suspicion in [&same, &near] {
            let words = suspicion.as_ref().map(|s| s.words.as_str());
            match (words, expect) {
                (Some(words), Some(expect)) => assert!(words.contains(expect), "{words}"),
                (None, None) => {}
                _ => panic!("{words:?} is not {expect:?}"),
            }
        }
    }

    #[test]
    fn each_forgotten_conversion_is_found_by_partner_and_by_neighbourhood() {
        check(&city(), None);
        // Every source has its own few metres.
        check(&moved(&city(), |lon, lat| (lon + 8e-5, lat - 5e-5)), None);
        check(&moved(&city(), |lon, lat| Crs::Gcj02.from_wgs84(lon, lat).unwrap()), Some("reading it as gcj02"));
        check(&moved(&city(), |lon, lat| Crs::Bd09.from_wgs84(lon, lat).unwrap()), Some("reading it as bd09"));
        let twice = moved(&city(), |lon, lat| Crs::Gcj02.to_wgs84(lon, lat).unwrap());
        check(&twice, Some("not converting it from gcj02"));
    }

    #[test]
    fn the_evidence_says_how_far_and_how_steadily() {
        let city = city();
        let points = moved(&city, |lon, lat| Crs::Gcj02.from_wgs84(lon, lat).unwrap());
        let found = shift(&points, Counterpart::Same, &mut |at, _| city.get(at).copied()).unwrap();
        let of = |name: &str| found.evidence.get(name).copied().unwrap();
        assert!((of("points") - 400.0).abs() < 1e-9);
        // The domain's note says 540.68 m near here, to the south-east.
        assert!((500.0..580.0).contains(&of("median_distance_m")) && of("spread_m") < 20.0, "{found:?}");
        assert!(of("median_east_m") > 300.0 && of("median_north_m") < -300.0 && of("left_m") < 0.01);
    }

    /// Fast enough to be asked half a million times.
    fn quickly(city: &[Position]) -> impl FnMut(usize, Position) -> Option<Position> {
        move |_, place| {
            let away = |p: &Position| (p.lon() - place.lon()).powi(2) * 0.78 + (p.lat() - place.lat()).powi(2);
            city.iter().min_by(|a, b| away(a).total_cmp(&away(b))).copied()
        }
    }

    #[test]
    fn a_plain_shift_is_found_among_what_is_near_and_named_as_one() {
        let city = city();
        for (east, north) in [(300.0, 0.0), (-350.0, 350.0)] {
            let points =
                moved(&city, |lon, lat| (lon + east / (DEGREE_M * lat.to_radians().cos()), lat + north / DEGREE_M));
            let near = shift(&points, Counterpart::Nearest, &mut quickly(&city)).unwrap();
            let of = |name: &str| near.evidence.get(name).copied().unwrap();
            assert!((of("median_east_m") - east).abs() < 5.0 && (of("median_north_m") - north).abs() < 5.0, "{near:?}");
            assert!(near.words.contains("no known conversion explains it"), "{}", near.words);
            let same = shift(&points, Counterpart::Same, &mut |at, _| city.get(at).copied()).unwrap();
            assert!(same.words.contains("no known conversion explains it"), "{}", same.words);
        }
        // Places that have nothing to do with the city are no shifted city.
        let place = |n: u32| {
            Position::new(120.60 + f64::from(n * 7919 % 4001) * 1e-5, 28.0 + f64::from(n * 104_729 % 3607) * 1e-5)
        };
        let others: Vec<Position> = (0..400).map(|n| place(n).unwrap()).collect();
        assert_eq!(shift(&others, Counterpart::Nearest, &mut quickly(&city)), None);
    }

    #[test]
    fn what_stands_beside_its_reference_names_its_conversion_though_chance_is_near_as_well() {
        let city = city();
        // 28 m from its place, each in another direction; a place of the city is some 75 m away by chance.
        let beside: Vec<Position> = (0_u32..)
            .zip(&city)
            .map(|(n, p)| {
                let (sin, cos) = (f64::from(n) * 2.4).sin_cos();
                let lon = p.lon() + 28.0 * cos / (DEGREE_M * p.lat().to_radians().cos());
                Position::new(lon, p.lat() + 28.0 * sin / DEGREE_M).unwrap()
            })
            .collect();
        assert_eq!(shift(&beside, Counterpart::Nearest, &mut quickly(&city)), None);
        let points = moved(&beside, |lon, lat| Crs::Gcj02.from_wgs84(lon, lat).unwrap());
        let found = shift(&points, Counterpart::Nearest, &mut quickly(&city)).unwrap();
        assert!(found.words.contains("reading it as gcj02"), "{}", found.words);
    }

    #[test]
    fn chance_brings_half_of_the_points_nearer() {
        let (far, near) = (vec![2.0; 100], vec![1.0; 100]);
        let half: Vec<f64> = (0..100).map(|n| if n % 2 == 0 { 1.0 } else { 3.0 }).collect();
        let all = [signs(&far, &near), signs(&near, &far), signs(&far, &half), signs(&far, &far)];
        assert!(all.iter().zip([10.0, -10.0, 0.0, 0.0]).all(|(got, expect)| (got - expect).abs() < 1e-9), "{all:?}");
    }

    #[test]
    fn a_steady_shift_that_nothing_explains_is_still_named() {
        let city = city();
        let points = moved(&city, |lon, lat| (lon - 4e-3, lat));
        let found = shift(&points, Counterpart::Same, &mut |at, _| city.get(at).copied()).unwrap();
        assert!(found.words.contains("no known conversion explains it"), "{}", found.words);
        let few = &points[..LEAST_POINTS - 1];
        assert_eq!(shift(few, Counterpart::Same, &mut |at, _| city.get(at).copied()), None);
        assert_eq!(shift(&points, Counterpart::Same, &mut |_, _| None), None);
    }
}
