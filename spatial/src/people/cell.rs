//! A published cell, and the layer of them.

use geo::{Coord, LineString, Polygon};

use super::publish::Published;
use crate::codes::Division;
use crate::feature::{FeatureKey, Fid};
use crate::layer::Layer;
use crate::mercator::{World, WorldBox, degrees_at};
use crate::noun::{FieldSpec, FieldType};
use crate::position::Position;
use crate::still::{Row, StillLayer};
use crate::value::{Properties, Value};

/// The fields of the layer [`Layer::People`].
pub const FIELDS: &[FieldSpec] = &[
    FieldSpec { name: "residents", kind: FieldType::Int, required: true },
    FieldSpec { name: "households", kind: FieldType::Int, required: true },
    FieldSpec { name: "need_help", kind: FieldType::Int, required: false },
    FieldSpec { name: NEED_GROUP, kind: FieldType::Int, required: false },
    FieldSpec { name: NEED_CELLS, kind: FieldType::Int, required: false },
    FieldSpec { name: NEED_SUM, kind: FieldType::Int, required: false },
];

/// Number of the group whose need for help is told together; like the two fields below it stays on the server.
pub(super) const NEED_GROUP: &str = "need_group";
/// How many cells that group has.
pub(super) const NEED_CELLS: &str = "need_cells";
/// How many people of that group need help.
pub(super) const NEED_SUM: &str = "need_sum";

/// One division's part of a square of the Web Mercator quadtree, with rounded counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The township, or the county of what is too small for a township's own cell; `None` outside all known divisions.
    pub division: Option<Division>,
    /// Zoom of the square.
    pub z: u8,
    /// Column of the square.
    pub x: u32,
    /// Row of the square, from the north.
    pub y: u32,
    /// People, rounded.
    pub residents: u32,
    /// Households, rounded.
    pub households: u32,
    /// The group with which its people who need help are told; `None` when those are too few even in the largest.
    pub need: Option<Need>,
}

/// Cells whose people who need help in an evacuation are told as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The group's number.
    pub group: Fid,
    /// How many cells it has.
    pub cells: u32,
    /// How many people of all of them need help, rounded.
    pub need_help: u32,
}

impl Cell {
    /// The cell's number: the same as long as the square and the county are, whatever is counted in it.
    pub fn fid(&self) -> Fid {
        let division = self.division.map_or_else(|| "none".to_owned(), Division::short);
        square_fid(&format!("{division}/{}/{}/{}", self.z, self.x, self.y))
    }

    /// How many of it need help, when that is told of this cell alone.
    pub fn need_help(&self) -> Option<u32> {
        self.need.filter(|need| need.cells == 1).map(|need| need.need_help)
    }

    /// The square in world units.
    pub fn bounds(&self) -> WorldBox {
        let nowhere = World { x: 0, y: 0 };
        WorldBox::of_tile(self.z, self.x, self.y).unwrap_or(WorldBox { min: nowhere, max: nowhere })
    }

    /// The square, WGS84 degrees, counter-clockwise. Neighbours share their corners exactly.
    pub fn polygon(&self) -> Polygon<f64> {
        let (west, north) = corner(self.z, self.x, self.y);
        let (east, south) = corner(self.z, self.x + 1, self.y + 1);
        let ring = [(west, north), (west, south), (east, south), (east, north), (west, north)];
        Polygon::new(LineString(ring.into_iter().map(|(x, y)| Coord { x, y }).collect()), Vec::new())
    }

    fn row(&self, revision: u64) -> Option<Row> {
        let b = self.bounds();
        let middle = World { x: b.min.x + (b.max.x - b.min.x) / 2, y: b.min.y + (b.max.y - b.min.y) / 2 };
        let (lon, lat) = middle.degrees();
        let mut properties = Properties::new();
        properties.put("residents", Value::Int(i64::from(self.residents)));
        properties.put("households", Value::Int(i64::from(self.households)));
        if let Some(need_help) = self.need_help() {
            properties.put("need_help", Value::Int(i64::from(need_help)));
        }
        if let Some(need) = self.need {
            properties.put(NEED_GROUP, Value::Int(i64::try_from(need.group).unwrap_or(i64::MAX)));
            properties.put(NEED_CELLS, Value::Int(i64::from(need.cells)));
            properties.put(NEED_SUM, Value::Int(i64::from(need.need_help)));
        }
        Some(Row {
            fid: self.fid(),
            division: self.division,
            revision,
            position: Position::new(lon, lat).ok()?,
            geometry: self.polygon().into(),
            properties,
        })
    }
}

/// The cells as the layer [`Layer::People`]; `revision` is the epoch of the publication and becomes every row's.
pub fn to_layer(published: &Published, revision: u64) -> StillLayer {
    let rows = published.cells.iter().filter_map(|cell| cell.row(revision)).collect();
    StillLayer::assemble(Layer::People, FIELDS, rows)
}

/// The number of a square of people, by its name.
pub(super) fn square_fid(name: &str) -> Fid {
    FeatureKey { layer: Layer::People, source: "published".to_owned(), source_id: name.to_owned() }.fid()
}

/// North-west corner of a square, degrees. Zooms of cells are at most 20, so everything here is exact until the sine.
fn corner(z: u8, x: u32, y: u32) -> (f64, f64) {
    let side = f64::from(1_u32 << z.min(31));
    degrees_at(f64::from(x) / side, f64::from(y) / side)
}
