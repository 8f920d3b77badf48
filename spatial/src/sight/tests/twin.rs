//! The twin: casts the ray at every building, in whole numbers, with no index, no boxes and no sorting into pairs; and a
//! second one that walks the ray in small steps and knows nothing of the rules at walls.

use super::scene::{Seeded, buildings, cameras, off, place, pose, quarter, wenzhou};
use crate::mercator::World;
use crate::position::{EARTH_RADIUS_M, Position};
use crate::sight::{Buildings, Cameras, Limit, Sees, judge};
use crate::still::StillLayer;

/// The plane is cut finer by this, so that the ray can be moved aside by less than any corner is away.
const FINE: i128 = 1 << 36;
const THIN: f64 = 0.01;
const AT: f64 = 1.5;
const MOUNT_M: f64 = 0.5;

type At = (i128, i128);
type Wall = (At, At);

fn at(origin: World, w: World) -> At {
    let east = i128::from(w.x.wrapping_sub(origin.x).cast_signed());
    (east * FINE, (i128::from(origin.y) - i128::from(w.y)) * FINE)
}

/// A building as the twin knows it.
struct Solid {
    edges: Vec<(At, At)>,
    height_m: f64,
    fid: u64,
}

fn solids(origin: World, layer: &StillLayer) -> Vec<Solid> {
    let shapes = layer.shapes().unwrap();
    let solid = |row: usize| Solid {
        edges: shapes
            .rings(row)
            .iter()
            .flat_map(|r| r.vertices.windows(2))
            .map(|e| (at(origin, e[0]), at(origin, e[1])))
            .collect(),
        height_m: Buildings::new(layer).height_m(row).0,
        fid: layer.fid(row).unwrap(),
    };
    (0..layer.len()).map(solid).collect()
}

/// Whether a ray to the north meets an odd number of edges.
fn inside(solid: &Solid, (x, y): At) -> bool {
    let above = |(a, b): &&(At, At)| {
        let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        a.0 <= x && x < b.0 && (b.0 - a.0) * (y - a.1) < (b.1 - a.1) * (x - a.0)
    };
    solid.edges.iter().filter(above).count() % 2 == 1
}

#[expect(clippy::cast_precision_loss, reason = "what is lost is far below a unit")]
fn units(v: i128) -> f64 {
    v as f64 / FINE as f64
}

/// Distance from a place to an edge, units.
fn away(from: At, (a, b): (At, At)) -> f64 {
    let f = |p: At| (units(p.0 - from.0), units(p.1 - from.1));
    let ((ax, ay), (bx, by)) = (f(a), f(b));
    let long = (bx - ax).hypot(by - ay);
    let (east, north) = ((bx - ax) / long, (by - ay) / long);
    let foot = -(ax * east + ay * north);
    if foot <= 0.0 {
        ax.hypot(ay)
    } else if foot >= long {
        bx.hypot(by)
    } else {
        (ax * north - ay * east).abs()
    }
}

/// What the twin says of one ray.
#[derive(Debug, PartialEq)]
enum Cast {
    Clear,
    /// By one of these: walls that begin at the same place.
    Blocked(Vec<u64>),
    /// Something is equal that rounding decides.
    Close,
}

fn near(a: f64, b: f64, by: f64) -> bool {
    (a - b).abs() < by
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a share of the way")]
fn cast(all: &[Solid], to: At, heights: (f64, f64), mount: f64) -> Cast {
    let zero = (0, 0);
    // Moved aside to the left by |to| / FINE: less than any corner beside the ray is away from it.
    let aside = (-(to.1 / FINE), to.0 / FINE);
    let long = units(to.0).hypot(units(to.1));
    let thin = THIN / long;
    let mut blocks: Vec<(f64, u64)> = Vec::new();
    let mut close = false;
    for solid in all {
        let mut cuts: Vec<(f64, (At, At))> = Vec::new();
        for (a, b) in &solid.edges {
            let side = |p: &At| to.0 / FINE * (p.1 - aside.1) - to.1 / FINE * (p.0 - aside.0);
            let (sa, sb) = (side(a), side(b));
            if sa.signum() * sb.signum() >= 0 {
                assert!(sa != 0 && sb != 0, "the ray aside meets a corner");
                continue;
            }
            let along = |p: &At| units(to.0) * units(p.0 - aside.0) + units(to.1) * units(p.1 - aside.1);
            let part = sa as f64 / (sa as f64 - sb as f64);
            cuts.push(((along(a) * (1.0 - part) + along(b) * part) / (long * long), (*a, *b)));
        }
        cuts.sort_by(|x, y| x.0.total_cmp(&y.0));
        // Gaps between cuts, judged by their middles; then what is inside, joined.
        let mut runs: Vec<(f64, f64, Wall, Wall)> = Vec::new();
        for pair in cuts.windows(2) {
            let (t0, t1) = (pair[0].0, pair[1].0);
            if t1 - t0 < 1e-12 {
                continue;
            }
            let mid = f64::midpoint(t0, t1);
            let w = |v: i128| (units(v) * mid * (FINE as f64)) as i128;
            if !inside(solid, (aside.0 + w(to.0), aside.1 + w(to.1))) {
                continue;
            }
            match runs.last_mut() {
                Some(last) if t0 - last.1 < thin => {
                    close |= near(t0 - last.1, thin, 1e-6 * thin);
                    (last.1, last.3) = (t1, pair[1].1);
                }
                _ => runs.push((t0, t1, pair[0].1, pair[1].1)),
            }
        }
        for (begin, end, enters, leaves) in runs {
            let (a, b) = (begin.max(0.0), end.min(1.0));
            close |= near(b - a, thin, 1e-6 * thin);
            if b - a < thin {
                continue;
            }
            let mut free = false;
            for (is, here, wall) in [(begin * long, zero, leaves), ((1.0 - end) * long, to, enters)] {
                close |= near(is, AT, 1e-6);
                if is > AT {
                    continue;
                }
                let nearest = solid.edges.iter().map(|e| away(here, *e)).fold(f64::INFINITY, f64::min);
                close |= near(nearest, mount, 1e-6) || near(away(here, wall), mount, 1e-6);
                free |= nearest > mount || away(here, wall) <= mount;
            }
            let lens = |t: f64| heights.0 * (1.0 - t) + heights.1 * t;
            let lowest = lens(a).min(lens(b));
            // On level rays equal heights are equal without rounding.
            close |= near(lowest, solid.height_m, 1e-9) && !near(heights.0, heights.1, 1e-12);
            if !free && solid.height_m > lowest + if near(heights.0, heights.1, 1e-12) { 1e-9 } else { 0.0 } {
                blocks.push((a, solid.fid));
            }
        }
    }
    let first = blocks.iter().map(|b| b.0).fold(f64::INFINITY, f64::min);
    match (close, blocks.is_empty()) {
        (true, _) => Cast::Close,
        (false, true) => Cast::Clear,
        (false, false) => Cast::Blocked(blocks.iter().filter(|b| b.0 < first + 1e-9).map(|b| b.1).collect()),
    }
}

/// Walks the unmoved ray in steps of a fifth of a metre, and is sure only of what no rule decides: `None` when an end is
/// at or in a building, or when only what is within 0.3 m of a wall or a roof stands in the way.
fn walk(all: &[Solid], to: At, heights: (f64, f64), unit_m: f64) -> Option<bool> {
    let steps = (units(to.0).hypot(units(to.1)) * unit_m / 0.2).ceil().max(1.0);
    let (mut sure, mut touched) = (false, false);
    let mut n = 0.0;
    while n <= steps {
        let part = n / steps;
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a place on the ray")]
        let along = |v: i128| (v as f64 * part) as i128;
        let here = (along(to.0), along(to.1));
        let lens = heights.0 + part * (heights.1 - heights.0);
        for solid in all {
            let wall = solid.edges.iter().map(|e| away(here, *e)).fold(f64::INFINITY, f64::min) * unit_m;
            let within = inside(solid, here);
            if (within || wall <= 0.6) && (n == 0.0 || n >= steps) {
                return None;
            }
            sure |= within && wall > 0.3 && solid.height_m > lens + 0.3;
            touched |= (within || wall <= 0.3) && solid.height_m > lens - 0.3;
        }
        n += 1.0;
    }
    if sure { Some(true) } else { (!touched).then_some(false) }
}

/// Great-circle distance by the chord between two directions.
fn chord_m(a: Position, b: Position) -> f64 {
    let direction = |p: Position| {
        let ((sy, cy), (sx, cx)) = (p.lat().to_radians().sin_cos(), p.lon().to_radians().sin_cos());
        [cy * cx, cy * sx, sy]
    };
    let (a, b) = (direction(a), direction(b));
    let chord = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
    2.0 * EARTH_RADIUS_M * (chord / 2.0).asin()
}

/// A camera in the making.
struct Looking {
    from: (i64, i64),
    to: (i64, i64),
    kind: &'static str,
    azimuth_deg: f64,
    angle_deg: f64,
    range_m: f64,
    height_m: f64,
    target_m: f64,
}

const STEP: i64 = 160;
const WIDE: i64 = 40;

/// On a corner of the lattice, between corners, or anywhere.
fn somewhere(seeded: &mut Seeded) -> (i64, i64) {
    let mut one = || match seeded.below(4) {
        0 | 1 => seeded.below(WIDE + 4) * STEP,
        2 => seeded.below(2 * WIDE) * STEP / 2,
        _ => seeded.below(WIDE * STEP),
    };
    (one(), one())
}

fn looking(seeded: &mut Seeded) -> Looking {
    let (from, mut to) = (somewhere(seeded), somewhere(seeded));
    if to == from {
        to.0 += STEP;
    }
    // Along the lattice, so that rays run along walls and through corners.
    match seeded.below(6) {
        0 => to.0 = from.0,
        1 => to.1 = from.1,
        2 => to = (from.0 + to.0 - from.1.min(to.0), from.1 + to.0 - from.1.min(to.0)),
        _ => {}
    }
    if to == from {
        to.1 += STEP;
    }
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let bearing = ((to.0 - from.0) as f64).atan2((to.1 - from.1) as f64).to_degrees();
    // Mostly towards it, on either side of north, by numbers that need not lie in 0..360.
    let azimuth_deg = bearing + (seeded.share() - 0.5) * 140.0 + seeded.one(&[-720.0, -360.0, 0.0, 0.0, 360.0]);
    Looking {
        from,
        to,
        kind: seeded.one(&["fixed", "fixed", "fixed", "ptz", "dome"]),
        azimuth_deg,
        angle_deg: seeded.one(&[40.0, 85.0, 110.0, 180.0, 300.0, 359.0, 360.0, 500.0]),
        range_m: seeded.one(&[15.0, 40.0, 80.0, 200.0]),
        height_m: seeded.one(&[1.0, 1.5, 2.8, 3.0, 4.0, 6.0, 12.0, 40.0]),
        target_m: seeded.one(&[1.5, 1.5, 0.0, 3.0]),
    }
}

/// How many cases said what.
#[derive(Debug, Default)]
struct Seen {
    yes: u32,
    turn: u32,
    blocked: u32,
    outside: u32,
    close: u32,
    over_a_kiosk: u32,
    walked_clear: u32,
    walked_blocked: u32,
    unsure: u32,
}

/// One quarter of the city, `rays` cameras in it.
fn compare(seed: u64, origin: World, rays: usize, counts: &mut Seen) {
    let mut seeded = Seeded(seed);
    let mut built = quarter(&mut seeded, STEP, WIDE);
    // No building that is registered crosses the antimeridian; the rays do.
    let past = |at: &(i64, i64)| i64::from(origin.x) + at.0 >= 1 << 32;
    built.retain(|b| b.rings[0].iter().all(past) || !b.rings[0].iter().any(past));
    let layer = buildings(origin, &built);
    let all: Vec<Looking> = (0..rays).map(|_| looking(&mut seeded)).collect();
    let posed = |l: &Looking| {
        (off(origin, l.from.0, l.from.1), pose(l.kind, l.azimuth_deg, l.angle_deg, l.range_m, l.height_m))
    };
    let lenses = cameras(&all.iter().map(posed).collect::<Vec<_>>());
    let (eyes, walls) = (Cameras::new(&lenses), Buildings::new(&layer));
    for (l, fid) in all.iter().zip(1..) {
        let (from, to) = (off(origin, l.from.0, l.from.1), off(origin, l.to.0, l.to.1));
        let row = lenses.row_of(fid).unwrap();
        let said = judge(&eyes, row, &walls, place(to), l.target_m, 0.0);
        let far = chord_m(place(from), place(to));
        let (east, north) = at(from, to);
        let (azimuth, long) = (l.azimuth_deg.to_radians(), units(east).hypot(units(north)));
        let turn =
            ((units(east) * azimuth.sin() + units(north) * azimuth.cos()) / long).clamp(-1.0, 1.0).acos().to_degrees();
        let past = if l.angle_deg >= 360.0 { -1.0 } else { turn - l.angle_deg / 2.0 };
        if near(far, l.range_m, 1e-6) || near(past, 0.0, 1e-5) {
            counts.close += 1;
            continue;
        }
        let what = || format!("seed {seed}, camera {fid}: {said:?}");
        if far > l.range_m {
            assert_eq!(said.sees, Sees::Outside(Limit::Range(l.range_m)), "{}", what());
            counts.outside += 1;
            continue;
        }
        if l.kind != "ptz" && past > 0.0 {
            assert!(matches!(said.sees, Sees::Outside(Limit::Angle(by)) if near(by, past, 1e-5)), "{} {past}", what());
            counts.outside += 1;
            continue;
        }
        let solid = solids(from, &layer);
        let unit_m = std::f64::consts::TAU * EARTH_RADIUS_M * place(from).lat().to_radians().cos() / 4_294_967_296.0;
        let heights = (l.height_m, l.target_m);
        let blocked = matches!(said.sees, Sees::Blocked(_));
        // It is slow: every third will do.
        match if fid % 3 == 0 { walk(&solid, (east, north), heights, unit_m) } else { None } {
            Some(walked) => {
                assert_eq!(blocked, walked, "walked: {}", what());
                *(if walked { &mut counts.walked_blocked } else { &mut counts.walked_clear }) += 1;
            }
            None => counts.unsure += 1,
        }
        match cast(&solid, (east, north), heights, MOUNT_M / unit_m) {
            Cast::Close => counts.close += 1,
            Cast::Blocked(by) => {
                assert!(matches!(&said.sees, Sees::Blocked(b) if by.contains(&b.fid)), "{by:?}: {}", what());
                counts.blocked += 1;
            }
            Cast::Clear if l.kind == "ptz" && past > 0.0 => {
                let seconds = 1.0 + turn / 60.0;
                assert!(matches!(said.sees, Sees::AfterTurn(s) if near(s, seconds, 1e-6)), "{seconds}: {}", what());
                counts.turn += 1;
            }
            Cast::Clear => {
                assert_eq!(said.sees, Sees::Yes, "{}", what());
                counts.yes += 1;
                let low = |s: &Solid| s.height_m < l.height_m && s.height_m > l.target_m;
                let crossed = |s: &Solid| inside(s, (east / 2, north / 2)) && low(s);
                counts.over_a_kiosk += u32::from(solid.iter().any(crossed));
            }
        }
    }
}

#[test]
fn a_hundred_thousand_rays_agree_with_the_twin() {
    let seam = World::of(Position::new(179.9998, 10.0).unwrap());
    let south = World::of(Position::new(-179.9999, -52.0).unwrap());
    let mut seen = Seen::default();
    for seed in 0..2_006 {
        let origin = match seed % 10 {
            0 => seam,
            1 => south,
            _ => wenzhou(),
        };
        compare(seed, origin, 50, &mut seen);
    }
    println!("{seen:?}");
    let compared = seen.yes + seen.turn + seen.blocked + seen.outside;
    assert!(compared >= 100_000, "{compared}: {seen:?}");
    assert!(seen.close < 1_000, "too much left to rounding: {seen:?}");
    assert!(seen.yes > 5_000 && seen.turn > 1_000 && seen.blocked > 10_000 && seen.outside > 10_000, "{seen:?}");
    assert!(seen.over_a_kiosk > 200 && seen.walked_clear > 10_000 && seen.walked_blocked > 1_500, "{seen:?}");
}
