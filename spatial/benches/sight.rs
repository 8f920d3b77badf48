//! Camera sight at the size of a city: 600,000 cameras and 1.2 million buildings, seeded. Prints a table.
//!
//! `cargo bench -p spatial --bench sight [-- SHARE]`; a share of 0.1 takes a tenth of both.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench may stop, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench looks at the clock")]

use std::hint::black_box;
use std::time::Instant;

use geo::{Coord, LineString, MultiPolygon, Point, Polygon};
use spatial::sight::{Ask, Buildings, Cameras, Turned, Watched, coverage, rank, viewshed};
use spatial::still::Row;
use spatial::{Layer, Noun, Position, Properties, StillLayer, Value};

const CAMERAS: f64 = 600_000.0;
const BUILDINGS: f64 = 1_200_000.0;
const QUERIES: usize = 1_000;

/// A seeded stream of numbers in 0..1 (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    /// One in 20 in the 16 km² of the old town, half in the city's 320 km², the rest in its 110 km.
    fn place(&mut self) -> Position {
        let (lon, lat) = match self.next() {
            n if n < 0.05 => (self.between(120.64, 120.68), self.between(27.995, 28.032)),
            n if n < 0.55 => (self.between(120.60, 120.80), self.between(27.95, 28.10)),
            _ => (self.between(120.0, 121.1), self.between(27.4, 28.4)),
        };
        Position::new(lon, lat).expect("a place near Wenzhou")
    }
}

fn row(fid: u64, position: Position, geometry: geo::Geometry<f64>, properties: Properties) -> Row {
    Row { fid, division: None, revision: 0, position, geometry, properties }
}

fn camera(seeded: &mut Seeded, fid: u64) -> Row {
    let at = seeded.place();
    let kind = match seeded.next() {
        n if n < 0.75 => "fixed",
        n if n < 0.87 => "ptz",
        _ => "dome",
    };
    let mut own = Properties::new();
    own.put("kind", Value::Text(kind.to_owned()));
    own.put("azimuth_deg", Value::Float(seeded.between(0.0, 360.0)));
    own.put("height_m", Value::Float(seeded.between(3.5, 8.0)));
    own.put("online", Value::Bool(seeded.next() < 0.93));
    let (angle, range) = match kind {
        "fixed" => (seeded.between(60.0, 110.0), seeded.between(45.0, 120.0)),
        "ptz" => (seeded.between(60.0, 75.0), seeded.between(120.0, 250.0)),
        _ => (360.0, seeded.between(30.0, 50.0)),
    };
    own.put("angle_deg", Value::Float(angle));
    own.put("range_m", Value::Float(range));
    row(fid, at, Point::new(at.lon(), at.lat()).into(), own)
}

/// A turned rectangle of 6 to 24 m; one in ten has no height.
fn building(seeded: &mut Seeded, fid: u64) -> Row {
    let at = seeded.place();
    let (wide, deep, turn) = (seeded.between(3.0, 12.0), seeded.between(3.0, 8.0), seeded.between(0.0, 1.5));
    let corner = |(u, v): (f64, f64)| {
        let (east, north) =
            (u * wide * turn.cos() - v * deep * turn.sin(), u * wide * turn.sin() + v * deep * turn.cos());
        Coord { x: at.lon() + east / 98_200.0, y: at.lat() + north / 111_195.0 }
    };
    let ring = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)].map(corner);
    let mut own = Properties::new();
    if seeded.next() < 0.9 {
        own.put("height_m", Value::Float(seeded.between(2.5, 40.0)));
    }
    row(fid, at, Polygon::new(LineString(ring.to_vec()), Vec::new()).into(), own)
}

/// Runs it for each place; prints median, 99th of a hundred and longest in milliseconds, and what it counted.
fn measure(name: &str, places: &[Position], mut run: impl FnMut(Position) -> usize) {
    let mut counted = 0;
    let mut took: Vec<f64> = Vec::with_capacity(places.len());
    for place in places {
        let start = Instant::now();
        counted += black_box(run(*place));
        took.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    took.sort_by(f64::total_cmp);
    let at = |share: usize| took.get((took.len() * share / 1_000).min(took.len() - 1)).copied().unwrap_or(0.0);
    let mean = counted / places.len().max(1);
    println!("| {name} | {} | {:.3} | {:.3} | {:.3} | {mean} |", places.len(), at(500), at(990), at(1_000));
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
fn main() {
    let share: f64 = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1.0);
    let (cameras, buildings) = ((CAMERAS * share) as u64, (BUILDINGS * share) as u64);
    let mut seeded = Seeded(1);
    let lenses: Vec<Row> = (1..=cameras).map(|fid| camera(&mut seeded, fid)).collect();
    let lenses = StillLayer::assemble(Layer::Cameras, Noun::fields(Layer::Cameras), lenses);
    let walls: Vec<Row> = (1..=buildings).map(|fid| building(&mut seeded, fid)).collect();
    let walls = StillLayer::assemble(Layer::Buildings, Noun::fields(Layer::Buildings), walls);
    walls.shapes().expect("buildings have shapes").prepare();
    let (eyes, solid) = (Cameras::new(&lenses), Buildings::new(&walls));
    let places: Vec<Position> = (0..QUERIES).map(|_| seeded.place()).collect();
    let old: Vec<Position> = (0..QUERIES)
        .map(|_| Position::new(seeded.between(120.64, 120.68), seeded.between(27.995, 28.032)).expect("a place"))
        .collect();

    println!("{cameras} cameras, {buildings} buildings, seed 1\n");
    println!("| what | runs | median ms | p99 ms | longest ms | mean count |\n| --- | --- | --- | --- | --- | --- |");
    let ranked = |ask: &Ask<'_>| rank(&eyes, &solid, ask, |_| true);
    measure("20 ranked within 500 m, anywhere (seen)", &places, |p| {
        let tally = ranked(&Ask::near(p)).tally;
        tally.yes + tally.after_turn
    });
    measure("20 ranked within 500 m, old town (seen)", &old, |p| {
        let tally = ranked(&Ask::near(p)).tally;
        tally.yes + tally.after_turn
    });
    measure("20 ranked within 2 km, old town (considered)", old.get(..200).unwrap_or_default(), |p| {
        let t = ranked(&Ask { radius_m: 2_000.0, ..Ask::near(p) }).tally;
        t.yes + t.after_turn + t.unknown + t.blocked + t.outside + t.offline
    });
    measure("20 ranked, place known to 50 m, old town (items)", &old, |p| {
        ranked(&Ask { accuracy_m: 50.0, ..Ask::near(p) }).items.len()
    });
    measure("none sees, nor any of 8 approaches, old town (seen)", &old, |p| {
        let ends: Vec<Position> = old.iter().copied().take(8).collect();
        // So far below the ground that no line gets out of the first house: the most work, and nothing to show.
        ranked(&Ask { target_height_m: -1e6, approaches: &ends, ..Ask::near(p) }).approaches.len()
    });
    let posed: Vec<_> =
        old.iter().filter_map(|p| lenses.nearest(*p, 1, 1e5, |_| true).first().map(|n| n.row)).collect();
    let mut next = posed.iter().copied().cycle();
    measure("viewshed of one camera, old town (vertices)", &old, |_| {
        use geo::CoordsIter;
        let pose = next.next().and_then(|row| eyes.pose(row).ok()).expect("all cameras have poses");
        viewshed(&pose, &solid, 1.5, Turned::All).area.coords_count()
    });
    let ask = Watched { cell_m: 5.0, target_height_m: 1.5, turned: Turned::All, online_only: true };
    measure("coverage of 1 km² in cells of 5 m, old town (% seen)", old.get(..10).unwrap_or_default(), |p| {
        let (dx, dy) = (500.0 / 98_200.0, 500.0 / 111_195.0);
        let square =
            geo::Rect::new(Coord { x: p.lon() - dx, y: p.lat() - dy }, Coord { x: p.lon() + dx, y: p.lat() + dy });
        let area = MultiPolygon::new(vec![square.to_polygon()]);
        coverage(&eyes, &solid, &area, &ask, |_| true).map_or(0, |c| (c.share * 100.0) as usize)
    });
}
