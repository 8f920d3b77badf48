//! Whether a whole file lies beside what it belongs to: the signature of a conversion left out, or made twice.

use std::fmt::Write;

use spatial::Position;

use super::known::{self, Known};
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
pub(super) const SAME_WAY_M: f64 = 30.0;
/// Rows that are typically nearer than this to what they belong to, metres, are where they belong: most of them lie in it.
const AT_HOME_M: f64 = 3.0;
/// A shift is steady when the typical distance from the median is this part of its length.
const STEADY: f64 = 0.25;
/// Metres of a degree of latitude on the sphere of the IUGG mean radius.
pub(super) const DEGREE_M: f64 = 111_195.08;

/// A plain shift explains better than a transformation that leaves this many times what it leaves.
pub(super) const BETTER: f64 = 1.5;
/// What is left below this tells nothing of the cause, metres.
pub(super) const LITTLE_M: f64 = 1.0;

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
/// from that median), `left_m` (median distance that is left after that transformation). Where several ways explain about
/// equally well, as in a town of equal blocks, the way and its spread are left out and the words say so.
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
    let known = known::all(points, &distances(&before), reference);
    match counterpart {
        Counterpart::Same => with_itself(&here, typical, &known),
        Counterpart::Nearest => with_what_is_near(points, (here.len(), typical), &known, reference),
    }
}

/// Whether a known conversion explains where points lie beside what is nearest, as [`shift`] would say. Plain ways are not
/// searched for, which is nearly all that it costs there.
pub fn looks_converted(points: &[Position], nearest: &mut dyn FnMut(usize, Position) -> Option<Position>) -> bool {
    let points = points.get(..points.len().min(MOST_POINTS)).unwrap_or_default();
    let before = offsets(points, nearest, |lon, lat| Some((lon, lat)));
    let here: Vec<f64> = before.iter().flatten().map(|(e, n)| e.hypot(*n)).collect();
    let (rows, typical) = (here.len(), median(here.into_iter()));
    if rows < LEAST_POINTS || typical < AT_HOME_M {
        return false;
    }
    let known = known::all(points, &distances(&before), nearest);
    explained(points, typical, &known, nearest).is_some()
}

/// Rows whose counterparts are known: the way from there is what it is, whatever explains it.
fn with_itself(here: &[(f64, f64)], typical: f64, known: &[Known]) -> Option<Suspicion> {
    let way = Way::of(here);
    let steady = way.length() >= LEAST_SHIFT_M && way.spread <= STEADY * way.length();
    // A conversion bends: what it explains, it leaves straighter than one way for all does.
    let explains = |Known { left, .. }: &&Known| {
        let straight = *left <= BETTER * way.spread.max(LITTLE_M);
        typical >= LEAST_SHIFT_M && *left <= EXPLAINED * typical && (straight || !steady)
    };
    let explained = known.first().filter(explains);
    if explained.is_none() && !steady {
        return None;
    }
    let (Way { east, north, spread }, length) = (&way, way.length());
    let mut words = format!(
        "{} rows lie {length:.0} m from where the layer has them ({east:+.0} m east, {north:+.0} m north, spread \
         {spread:.0} m)",
        here.len()
    );
    let _ = match explained {
        Some(Known { name, left, .. }) => write!(words, ": {name} would leave {left:.0} m"),
        None => write!(words, ": steadily shifted by {east:.0} m east, {north:.0} m north; {UNKNOWN}"),
    };
    let left = explained.map(|known| ("left_m", known.left));
    Some(suspicion(words, (here.len(), typical), way.evidence().into_iter().chain(left)))
}

/// Rows of which only is known what they should lie in or at. The nearest thing is near by chance as well: the way to it
/// says nothing, the way back by what explains does, where one alone does.
fn with_what_is_near(
    points: &[Position],
    (rows, typical): (usize, f64),
    known: &[Known],
    reference: &mut Nearest<'_>,
) -> Option<Suspicion> {
    if typical < AT_HOME_M {
        return None;
    }
    let mut explained = explained(points, typical, known, reference);
    let beaten = |found: &Found| explained.is_none_or(|known| known.left > BETTER * found.left.max(LITTLE_M));
    let well = explained.is_some_and(|known| known.left <= AT_HOME_M);
    let found = if well { None } else { search(points, reference).filter(is_shift).filter(beaten) };
    let far = format!("half of {rows} rows lie {typical:.0} m or more from anything that they could belong to");
    if let Some(found) = found {
        // In one county a conversion is one way for all, and may be the one that was found: less the metres by which
        // rows beside a street come nearer to its middle.
        let same = known.iter().filter(|known| known.left <= CLOSE_M && known.apart_m(points, &found) <= SAME_WAY_M);
        match same.min_by(|a, b| a.left.total_cmp(&b.left)) {
            Some(same) => explained = Some(same),
            None if found.alone => return Some(plain(&far, (rows, typical), &found)),
            None if explained.is_none() => {
                let words = format!(
                    "{far}, and would if all were moved by one way: several ways do that equally well, so which it is \
                     cannot be told"
                );
                return Some(suspicion(words, (rows, typical), [("left_m", found.left)]));
            }
            None => {}
        }
    }
    let known_one = explained?;
    let Known { name, left, .. } = known_one;
    if let Some(rival) = known_one.rival(known, points) {
        let words = format!(
            "{far}: {name} would leave {left:.0} m, {} {:.0} m; what it is cannot be told",
            rival.name, rival.left
        );
        return Some(suspicion(words, (rows, typical), [("left_m", *left)]));
    }
    let way = known_one.way(points);
    let Way { east, north, .. } = way;
    let words =
        format!("{far}: {name} would leave {left:.0} m, and they lie {east:+.0} m east, {north:+.0} m north of there");
    Some(suspicion(words, (rows, typical), way.evidence().into_iter().chain([("left_m", *left)])))
}

/// The conversion that explains best, if it explains enough and ways as long in other directions do not.
fn explained<'k>(
    points: &[Position],
    typical: f64,
    known: &'k [Known],
    reference: &mut Nearest<'_>,
) -> Option<&'k Known> {
    let explains = |Known { left, signs, .. }: &&Known| {
        let closer = CLOSER.iter().any(|(times, least)| left * times <= typical && signs >= least);
        *left <= CLOSE_M && closer
    };
    let best = known.first().filter(explains)?;
    (best.only_there(points, reference) >= ONLY_THERE).then_some(best)
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
fn plain(far: &str, seen: (usize, f64), found: &Found) -> Suspicion {
    let (east, north) = (-found.east, -found.north);
    let words = format!(
        "{far}: steadily shifted by {east:.0} m east, {north:.0} m north; moved back, {:.0} m would be left; {UNKNOWN}",
        found.left
    );
    let way = [("median_east_m", east), ("median_north_m", north), ("left_m", found.left)];
    suspicion(words, (seen.0, found.typical), way)
}

/// The suspicion with its evidence: what is always known, and what more is.
fn suspicion(
    words: String,
    (rows, typical): (usize, f64),
    more: impl IntoIterator<Item = (&'static str, f64)>,
) -> Suspicion {
    let rows = f64::from(u32::try_from(rows).unwrap_or(u32::MAX));
    let seen = [("points", rows), ("median_distance_m", typical)];
    Suspicion::new(Suspect::Shifted, words, seen.into_iter().chain(more))
}

/// One way that many offsets have.
pub(super) struct Way {
    pub(super) east: f64,
    pub(super) north: f64,
    pub(super) spread: f64,
}

impl Way {
    pub(super) fn of(offsets: &[(f64, f64)]) -> Self {
        let (east, north) = (median(offsets.iter().map(|o| o.0)), median(offsets.iter().map(|o| o.1)));
        Self { east, north, spread: median(offsets.iter().map(|o| (o.0 - east).hypot(o.1 - north))) }
    }

    fn length(&self) -> f64 {
        self.east.hypot(self.north)
    }

    fn evidence(&self) -> [(&'static str, f64); 3] {
        [("median_east_m", self.east), ("median_north_m", self.north), ("spread_m", self.spread)]
    }

    /// How far its end is from that of another way, metres.
    pub(super) fn apart_m(&self, other: &Self) -> f64 {
        (self.east - other.east).hypot(self.north - other.north)
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

pub(super) fn distances(offsets: &[Option<(f64, f64)>]) -> Vec<f64> {
    offsets.iter().map(|offset| offset.map_or(f64::INFINITY, |(east, north)| east.hypot(north))).collect()
}

/// East and north metres from each point's reference to the point after a transformation; `None` where there is none.
pub(super) fn offsets(
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
    use spatial::crs::Crs;

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
        // One of the two shifted systems, read as the other.
        let read = |is: Crs, was: Crs| {
            moved(&city(), |lon, lat| {
                let (x, y) = is.from_wgs84(lon, lat).unwrap();
                was.to_wgs84(x, y).unwrap()
            })
        };
        check(&read(Crs::Bd09, Crs::Gcj02), Some("reading as bd09 what was read as gcj02, here or before"));
        check(&read(Crs::Gcj02, Crs::Bd09), Some("reading as gcj02 what was read as bd09, here or before"));
    }

    #[test]
    fn in_a_town_of_equal_blocks_a_way_that_cannot_be_told_has_no_figures() {
        let metres = |n: u32| f64::from(n) * 200.0 / DEGREE_M;
        let place = |n: u32| {
            let lat = 28.0_f64 + metres(n / 20);
            Position::new(120.60 + metres(n % 20) / 28.0_f64.to_radians().cos(), lat).unwrap()
        };
        let town: Vec<Position> = (0..400).map(place).collect();
        let points = moved(&town, |lon, lat| (lon + 1.12e-2, lat - 9.5e-3));
        let found = shift(&points, Counterpart::Nearest, &mut quickly(&town)).unwrap();
        assert!(found.words.contains("which it is cannot be told"), "{}", found.words);
        assert!(!found.evidence.contains_key("median_east_m") && found.evidence["left_m"] < 5.0, "{found:?}");
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
    fn a_conversion_is_seen_without_a_search() {
        let city = city();
        let gcj02 = moved(&city, |lon, lat| Crs::Gcj02.from_wgs84(lon, lat).unwrap());
        let east = moved(&city, |lon, lat| (lon + 3e-3, lat));
        for (points, is) in [(&city[..], false), (&gcj02, true), (&east, false), (&gcj02[..LEAST_POINTS - 1], false)] {
            assert_eq!(looks_converted(points, &mut quickly(&city)), is, "{} points", points.len());
        }
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
