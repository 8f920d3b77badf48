//! Cells of people: the published cells, added up so that a cell looks alike at every zoom.

use spatial::people::sums;
use spatial::still::ValueRef;
use spatial::{EARTH_RADIUS_M, StillLayer, World, WorldBox};

use crate::TileCoord;
use crate::draw::Sight;
use crate::encode::{Kind, LayerWriter};
use crate::frame::{Frame, HIGH, LOW, Pt};
use crate::layers::LayerSpec;

/// Cells are so many zooms deeper than the tile: 32 × 32 squares of 16 pixels.
const DEEPER: u8 = 5;

/// Draws the squares and, deep enough, their counts as points. Counts are sums of published cells and nothing else;
/// `per_km2` is the count over the ground of the square, so that large and small squares share one scale.
pub(crate) fn draw(layer: &StillLayer, spec: &LayerSpec, coord: TileCoord, sight: &Sight<'_>) -> Vec<u8> {
    let frame = Frame::of(coord);
    let mut squares = LayerWriter::new(spec.layer.name());
    let keys = spec.attributes.iter().map(|name| sight.shows(name).then(|| squares.key(name))).collect::<Vec<_>>();
    let density = sight.shows("residents").then(|| squares.key("per_km2"));
    let also = spec.also.first().filter(|also| coord.z() >= also.min_zoom && sight.shows("residents"));
    let mut labels = also.map(|also| LayerWriter::new(also.name));
    let label_key = labels.as_mut().map(|labels| labels.key("residents"));

    for (b, residents, households, need_help, fid) in
        sums(layer, &|row| sight.holds(layer, row), frame.buffered(), coord.z() + DEEPER)
    {
        let Some(ring) = square(&frame, b) else { continue };
        squares.begin(Some(fid), Kind::Polygon);
        squares.ring(&ring);
        let counts = [Some(residents), Some(households), need_help];
        for (key, count) in keys.iter().zip(counts) {
            if let (Some(key), Some(count)) = (key, count) {
                squares.tag(*key, number(count));
            }
        }
        if let Some(key) = density {
            squares.tag(key, number(per_km2(residents, b)));
        }
        squares.end();

        let middle = World { x: middle(b.min.x, b.max.x), y: middle(b.min.y, b.max.y) };
        if let (Some(labels), Some(key), true) = (&mut labels, label_key, coord.bounds().contains(middle)) {
            labels.begin(Some(fid), Kind::Point);
            labels.point(frame.place(middle));
            labels.tag(key, number(residents));
            labels.end();
        }
    }
    let mut bytes = squares.bytes();
    bytes.extend(labels.map(LayerWriter::bytes).unwrap_or_default());
    bytes
}

/// The square as a ring, cut to the buffered tile; `None` when nothing of it is inside.
fn square(frame: &Frame, b: WorldBox) -> Option<[Pt; 4]> {
    let (north_west, south_east) = frame.corners(b);
    let (west, north) = (north_west.x.max(LOW), north_west.y.max(LOW));
    let (east, south) = (south_east.x.min(HIGH), south_east.y.min(HIGH));
    let ring = [(west, north), (east, north), (east, south), (west, south)].map(|(x, y)| Pt { x, y });
    (west < east && north < south).then_some(ring)
}

/// Residents per square kilometre of ground, to the nearest whole one.
#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded, not negative, and `as` stops at the ends"
)]
fn per_km2(residents: u64, b: WorldBox) -> u64 {
    let middle = World { x: b.min.x, y: middle(b.min.y, b.max.y) };
    let (_, lat) = middle.degrees();
    let metres_a_unit = std::f64::consts::TAU * EARTH_RADIUS_M * libm::cos(lat.to_radians()) / 4_294_967_296.0;
    let side = |low: u32, high: u32| (f64::from(high - low) + 1.0) * metres_a_unit / 1000.0;
    (residents as f64 / (side(b.min.x, b.max.x) * side(b.min.y, b.max.y))).round() as u64
}

fn middle(low: u32, high: u32) -> u32 {
    low + (high - low) / 2
}

fn number(count: u64) -> ValueRef<'static> {
    ValueRef::Int(i64::try_from(count).unwrap_or(i64::MAX))
}
