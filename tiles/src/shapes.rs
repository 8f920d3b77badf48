//! Lines and polygons of a tile: chosen by zoom, cut, simplified, cleaned.

use spatial::still::{Ring, Shapes, ValueRef};
use spatial::{Layer, Shape, StillLayer};

use crate::clean::Polygon;
use crate::draw::Sight;
use crate::encode::{Key, Kind, LayerWriter};
use crate::frame::{Frame, Pt};
use crate::layers::{Also, LARGEST, LayerSpec};
use crate::points::columns;
use crate::{TileCoord, choose, clean, clip, simplify};

/// How far a simplified line may lie from the true one, grid units: a tile is shown at 512 pixels or more, so this is
/// less than half of one.
const TOLERANCE: i64 = 3;

/// Zoom from which nothing is simplified: what is shown there is used for pointing.
const EXACT_FROM: u8 = 15;

/// Draws the shapes and their labels. If the bytes of the shapes would pass [`LARGEST`], the tile is drawn again with
/// less, as [`choose`] says, until they do not or until nothing more may be left out.
pub(crate) fn draw(layer: &StillLayer, spec: &LayerSpec, coord: TileCoord, sight: &Sight<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for notch in 0..=choose::notches(layer.layer()) {
        bytes = attempt(layer, spec, coord, sight, notch);
        if bytes.len() <= LARGEST {
            break;
        }
    }
    for also in spec.also.iter().filter(|also| coord.z() >= also.min_zoom) {
        bytes.extend(labels(layer, also, coord, sight));
    }
    bytes
}

fn attempt(layer: &StillLayer, spec: &LayerSpec, coord: TileCoord, sight: &Sight<'_>, notch: u8) -> Vec<u8> {
    let Some(shapes) = layer.shapes() else { return Vec::new() };
    let frame = Frame::of(coord);
    let mut writer = LayerWriter::new(layer.layer().name());
    let columns = columns(layer, &mut writer, spec.attributes, sight);
    for row in layer.rows_in(frame.buffered()) {
        if !is_wanted(layer, shapes, row, coord, notch) || !sight.holds(layer, row) {
            continue;
        }
        let (rings, off) = (shapes.rings(row), tolerance(layer.layer(), coord));
        let any = if layer.layer().shape() == Shape::Line {
            writer.begin(layer.fid(row), Kind::Line);
            lines(&mut writer, rings, &frame, off)
        } else {
            writer.begin(layer.fid(row), Kind::Polygon);
            polygons(&mut writer, rings, &frame, off)
        };
        if any {
            tags(&mut writer, layer, row, &columns);
            writer.end();
        } else {
            writer.abandon();
        }
    }
    writer.bytes()
}

fn is_wanted(layer: &StillLayer, shapes: &Shapes, row: usize, coord: TileCoord, notch: u8) -> bool {
    let zoom = coord.z().saturating_sub(choose::zooms_back(layer.layer(), notch));
    let (Some(b), true) = (shapes.bounds(row), choose::first_zoom(layer, row) <= zoom) else { return false };
    let smallest = Frame::of(coord).world_units(choose::smallest(layer.layer(), coord.z(), notch));
    b.max.x - b.min.x >= smallest || b.max.y - b.min.y >= smallest
}

/// Grid units that a simplified shape may be off. Buildings have few corners and every one shows.
fn tolerance(layer: Layer, coord: TileCoord) -> i64 {
    if layer == Layer::Buildings || coord.z() >= EXACT_FROM { 0 } else { TOLERANCE }
}

/// Adds the lines to the feature being written; false when nothing of them is in the tile.
fn lines(writer: &mut LayerWriter<'_>, rings: &[Ring], frame: &Frame, tolerance: i64) -> bool {
    let mut any = false;
    for ring in rings {
        let path = ring.vertices.iter().map(|v| frame.place(*v)).collect();
        for part in clip::line(path) {
            writer.line(&simplify::line(&part, tolerance));
            any = true;
        }
    }
    any
}

/// Adds the polygons to the feature being written; false when nothing of them is in the tile.
fn polygons(writer: &mut LayerWriter<'_>, rings: &[Ring], frame: &Frame, tolerance: i64) -> bool {
    let mut any = false;
    let mut write = |one: Polygon| {
        for ring in clean::polygons(one).iter().flatten() {
            writer.ring(ring);
            any = true;
        }
    };
    let mut polygon: Polygon = Vec::new();
    for ring in rings {
        if !ring.hole {
            write(std::mem::take(&mut polygon));
        } else if polygon.is_empty() {
            // A hole of a polygon that has nothing in this tile.
            continue;
        }
        let cut = clip::ring(open_ring(ring, frame));
        let simple = simplify::ring(&cut, tolerance);
        if simple.len() > 2 {
            polygon.push(simple);
        }
    }
    write(polygon);
    any
}

/// The ring on the grid, its first vertex not repeated as its last.
fn open_ring(ring: &Ring, frame: &Frame) -> Vec<Pt> {
    let mut path: Vec<Pt> = ring.vertices.iter().map(|v| frame.place(*v)).collect();
    path.dedup();
    while path.len() > 1 && path.first() == path.last() {
        path.pop();
    }
    path
}

fn tags<'a>(writer: &mut LayerWriter<'a>, layer: &'a StillLayer, row: usize, columns: &[(Key, usize)]) {
    for (key, column) in columns {
        if let Some(value) = layer.columns().value(row, *column) {
            writer.tag(*key, value);
        }
    }
}

/// One point for each named shape, in the tile that holds its place: a name is written once, not once a tile.
fn labels(layer: &StillLayer, also: &Also, coord: TileCoord, sight: &Sight<'_>) -> Vec<u8> {
    let frame = Frame::of(coord);
    let mut writer = LayerWriter::new(also.name);
    let columns = columns(layer, &mut writer, also.attributes, sight);
    for row in layer.tile_range(coord.z(), coord.x(), coord.y()) {
        let (Some(shapes), Some(place)) = (layer.shapes(), layer.world(row)) else { continue };
        let named = ["name", "code"].iter().any(|f| matches!(layer.value(row, f), Some(ValueRef::Text(_))));
        if named && is_wanted(layer, shapes, row, coord, 0) && sight.holds(layer, row) {
            writer.begin(layer.fid(row), Kind::Point);
            writer.point(frame.place(place));
            tags(&mut writer, layer, row, &columns);
            writer.end();
        }
    }
    writer.bytes()
}
