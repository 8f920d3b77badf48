//! What cameras look at: sectors by azimuth, opening and range. A style can place points but not draw cones from them.

use spatial::still::{Columns, ValueRef};
use spatial::{EARTH_RADIUS_M, StillLayer, World};

use crate::TileCoord;
use crate::draw::Sight;
use crate::encode::{Kind, LayerWriter};
use crate::frame::{Frame, Pt};
use crate::layers::Also;
use crate::points::columns;
use crate::{clean, clip};

/// Views are drawn no farther than this, metres, so that a tile needs only the cameras around it. Views that are cut
/// carry `cut`.
const FARTHEST_M: f64 = 1_000.0;

/// Degrees between two points of an arc: at most 0.4 % of the range off the true circle.
const STEP_DEG: f64 = 10.0;

/// Draws the views of all cameras whose pose is known: azimuth, opening and range, or opening all around and range.
/// None when the sight hides any of the three.
pub(crate) fn draw(layer: &StillLayer, also: &Also, coord: TileCoord, sight: &Sight<'_>) -> Vec<u8> {
    let pose = ["azimuth_deg", "angle_deg", "range_m"];
    if pose.iter().any(|field| !sight.shows(field)) {
        return Vec::new();
    }
    let frame = Frame::of(coord);
    let mut writer = LayerWriter::new(also.name);
    let columns = columns(layer, &mut writer, also.attributes, sight);
    let cut = writer.key("cut");
    let (_, lat) = coord.bounds().min.degrees();
    let reach = coord.bounds().buffered(whole(units(FARTHEST_M * 1.01, lat)).max(frame.world_units(64)));
    // Most of the cameras around a tile are not in it, and many have no pose: that is asked first, by column.
    let poses = Poses::of(layer);
    for row in layer.rows_in(reach) {
        let Some(view) = poses.view(row) else { continue };
        let Some(place) = layer.world(row).filter(|_| sight.holds(layer, row)) else { continue };
        let polygons = clean::polygons(vec![clip::ring(view.ring(place, &frame))]);
        if polygons.is_empty() {
            continue;
        }
        writer.begin(layer.fid(row), Kind::Polygon);
        for ring in polygons.iter().flatten() {
            writer.ring(ring);
        }
        for (key, column) in &columns {
            if let Some(value) = layer.columns().value(row, *column) {
                writer.tag(*key, value);
            }
        }
        if view.range_m > FARTHEST_M {
            writer.tag(cut, ValueRef::Bool(true));
        }
        writer.end();
    }
    writer.bytes()
}

/// A camera's pose.
#[derive(Debug, Clone, Copy, PartialEq)]
struct View {
    /// Middle of the view, degrees clockwise from north.
    azimuth_deg: f64,
    /// Its opening, degrees.
    angle_deg: f64,
    /// How far it reaches, metres.
    range_m: f64,
}

/// The columns of the poses.
struct Poses<'a> {
    columns: &'a Columns,
    /// Opening, range, azimuth.
    numbers: [Option<usize>; 3],
}

impl<'a> Poses<'a> {
    fn of(layer: &'a StillLayer) -> Self {
        let columns = layer.columns();
        Self { columns, numbers: ["angle_deg", "range_m", "azimuth_deg"].map(|name| columns.column(name)) }
    }

    fn view(&self, row: usize) -> Option<View> {
        let number = |column: Option<usize>| match self.columns.value(row, column?)? {
            ValueRef::Float(v) => Some(v),
            ValueRef::Text(_) | ValueRef::Int(_) | ValueRef::Bool(_) => None,
        };
        let [angle, range, azimuth] = self.numbers;
        let (angle_deg, range_m) = (number(angle)?, number(range)?);
        let azimuth_deg = number(azimuth).or((angle_deg >= 360.0).then_some(0.0))?;
        (angle_deg > 0.0 && range_m > 0.0).then_some(View { azimuth_deg, angle_deg, range_m })
    }
}

impl View {
    /// The sector on the grid: the camera, then the arc clockwise; only the arc when it looks all around.
    fn ring(self, place: World, frame: &Frame) -> Vec<Pt> {
        let (_, lat) = place.degrees();
        let radius = units(self.range_m.min(FARTHEST_M), lat);
        let all_around = self.angle_deg >= 360.0;
        let start = self.azimuth_deg - self.angle_deg / 2.0;
        let steps = whole((self.angle_deg / STEP_DEG).ceil()).max(1);
        let arc = (0..=steps).skip(usize::from(all_around)).map(|n| {
            let bearing = (start + self.angle_deg * f64::from(n) / f64::from(steps)).to_radians();
            let (east, south) = (libm::sin(bearing) * radius, -libm::cos(bearing) * radius);
            frame.place(World { x: moved(place.x, east), y: moved(place.y, south) })
        });
        let tip = (!all_around).then(|| frame.place(place));
        tip.into_iter().chain(arc).collect()
    }
}

/// World units that a length is at a latitude (degrees).
fn units(metres: f64, lat: f64) -> f64 {
    let around = std::f64::consts::TAU * EARTH_RADIUS_M * libm::cos(lat.to_radians()).max(1e-6);
    metres / around * 4_294_967_296.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` stops at both ends")]
fn whole(v: f64) -> u32 {
    v as u32
}

/// A coordinate moved by so many world units, stopped at the edge of the world.
fn moved(from: u32, by: f64) -> u32 {
    whole((f64::from(from) + by).round())
}
