//! The layer table: from which zoom a layer is drawn and what its tiles may carry. Nothing that is not in this table
//! can reach a tile; TileJSON and the styles are made from it.

use spatial::noun::{FieldType, Noun};
use spatial::{Layer, Shape};

/// Tile units along a side.
pub const EXTENT: u32 = 4096;

/// Tile units that lines and polygons reach beyond the tile, so that no seam shows between two tiles. Points have no
/// buffer: renderers drop points outside the tile, and counts must not be counted twice.
pub const BUFFER: u32 = 64;

/// Largest MVT layer of registry features, bytes before compression. What would pass it is drawn with less.
pub(crate) const LARGEST: usize = 500_000;

/// What tiles of a layer hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerSpec {
    /// The layer; its name is the name of its main MVT layer.
    pub layer: Layer,
    /// First zoom with anything to see.
    pub min_zoom: u8,
    /// Last zoom that a renderer should ask for; deeper ones are answered, but the client can stretch this one.
    pub max_zoom: u8,
    /// Zoom from which every point is its own feature; below it there is one point for each cell that holds any.
    /// 0 for lines and polygons.
    pub points_from: u8,
    /// Fields that tiles may carry, in the order in which they are written: the allow-list.
    pub attributes: &'static [&'static str],
    /// Fields that only tiles have (counts of a cell), with their types.
    pub made: &'static [(&'static str, FieldType)],
    /// Further MVT layers in the same tile.
    pub also: &'static [Also],
}

/// A further MVT layer in the tiles of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Also {
    /// Its name.
    pub name: &'static str,
    /// First zoom with anything in it.
    pub min_zoom: u8,
    /// Fields of the layer that it carries.
    pub attributes: &'static [&'static str],
    /// Fields that only tiles have, with their types.
    pub made: &'static [(&'static str, FieldType)],
}

const NAMED: &[&str] = &["name", "name_en", "kind"];
const COUNT: (&str, FieldType) = ("n", FieldType::Int);

const fn labels(name: &'static str, min_zoom: u8, attributes: &'static [&'static str]) -> Also {
    Also { name, min_zoom, attributes, made: &[] }
}

const POINTS: LayerSpec = LayerSpec {
    layer: Layer::Houses,
    min_zoom: 0,
    max_zoom: 16,
    points_from: 14,
    attributes: &[],
    made: &[COUNT],
    also: &[],
};

const SHAPES: LayerSpec = LayerSpec { points_from: 0, made: &[], max_zoom: 14, ..POINTS };

/// Every layer that has tiles.
static TABLE: [LayerSpec; 11] = [
    // Published cells: counts of a cell, nothing of a dwelling.
    LayerSpec {
        layer: Layer::People,
        attributes: &["residents", "households", "need_help"],
        made: &[("per_km2", FieldType::Int)],
        also: &[labels("people_labels", 12, &["residents"])],
        ..SHAPES
    },
    // Down to the building and no further: never floor, room or the code of the standard address.
    LayerSpec { layer: Layer::Houses, attributes: &["building", "address"], ..POINTS },
    LayerSpec { layer: Layer::Buildings, min_zoom: 13, max_zoom: 16, attributes: &["height_m", "kind"], ..SHAPES },
    LayerSpec { layer: Layer::Enterprises, attributes: &["name", "name_en", "kind", "uscc"], ..POINTS },
    // Never where the stream is, the device id or on what ground the camera stands.
    LayerSpec {
        layer: Layer::Cameras,
        attributes: &["name", "kind", "azimuth_deg", "angle_deg", "range_m", "height_m", "online"],
        made: &[COUNT, ("online_n", FieldType::Int)],
        also: &[Also {
            name: "camera_views",
            min_zoom: 15,
            attributes: &["kind", "online"],
            made: &[("cut", FieldType::Bool)],
        }],
        ..POINTS
    },
    LayerSpec { layer: Layer::Places, points_from: 12, attributes: NAMED, ..POINTS },
    LayerSpec {
        layer: Layer::Roads,
        min_zoom: 5,
        max_zoom: 16,
        attributes: &["name", "name_en", "class", "oneway", "speed_kmh"],
        ..SHAPES
    },
    LayerSpec { layer: Layer::Water, attributes: NAMED, also: &[labels("water_labels", 9, NAMED)], ..SHAPES },
    LayerSpec { layer: Layer::Land, attributes: NAMED, also: &[labels("land_labels", 13, NAMED)], ..SHAPES },
    LayerSpec {
        layer: Layer::Grids,
        min_zoom: 12,
        attributes: &["code", "name"],
        also: &[labels("grids_labels", 14, &["code", "name"])],
        ..SHAPES
    },
    LayerSpec {
        layer: Layer::Jurisdictions,
        attributes: &["code", "name", "name_en", "level"],
        also: &[labels("jurisdictions_labels", 0, &["code", "name", "name_en", "level"])],
        ..SHAPES
    },
];

/// Layers whose tiles are made of what moves or happens ([`crate::draw_live`]).
static LIVE: [LayerSpec; 2] = [
    LayerSpec {
        layer: Layer::Units,
        attributes: &["unit", "kind", "call_sign", "duty", "availability", "link", "heading_deg"],
        ..POINTS
    },
    // What and how urgent; never what was said.
    LayerSpec { layer: Layer::Incidents, attributes: &["incident", "kind", "priority", "phase"], ..POINTS },
];

/// The row of a layer that is live; `None` for all others.
pub fn live_spec(layer: Layer) -> Option<&'static LayerSpec> {
    LIVE.iter().find(|spec| spec.layer == layer)
}

/// The layer's row of the table of still layers; `None` for those that move and those that never leave.
pub fn spec(layer: Layer) -> Option<&'static LayerSpec> {
    TABLE.iter().find(|spec| spec.layer == layer)
}

impl LayerSpec {
    /// The type of an attribute of the allow-list. Counts of people, units and incidents have no noun behind them.
    pub fn type_of(&self, attribute: &str) -> FieldType {
        if self.layer == Layer::Units || self.layer == Layer::Incidents {
            let number = attribute == "priority" || attribute == "heading_deg";
            return if number { FieldType::Int } else { FieldType::Text };
        }
        let field = Noun::fields(self.layer).iter().find(|field| field.name == attribute);
        field.map_or(FieldType::Int, |field| field.kind)
    }

    /// Whether points of this layer are drawn one for each cell at that zoom.
    pub fn is_thinned(&self, z: u8) -> bool {
        self.layer.shape() == Shape::Point && z < self.points_from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_public_still_layer_has_tiles() {
        for layer in Layer::ALL {
            let live = [Layer::Units, Layer::Incidents].contains(&layer);
            assert_eq!(spec(layer).is_some(), layer.is_public() && !live, "{}", layer.name());
            assert_eq!(live_spec(layer).is_some(), live, "{}", layer.name());
        }
    }

    #[test]
    fn every_attribute_is_a_field_of_its_noun() {
        for spec in &TABLE {
            let fields: Vec<&str> = Noun::fields(spec.layer).iter().map(|field| field.name).collect();
            let known = |name: &&str| fields.contains(name) || spec.layer == Layer::People;
            assert!(spec.attributes.iter().all(known), "{}", spec.layer.name());
            for also in spec.also {
                assert!(also.attributes.iter().all(|name| spec.attributes.contains(name)), "{}", also.name);
            }
        }
    }

    #[test]
    fn what_must_never_be_in_a_tile_is_not_in_the_table() {
        let never = [
            "room",
            "floor",
            "address_code",
            "stream",
            "device_id",
            "legal_basis",
            "owner_unit",
            "legacy_reg_no",
            "nodes",
        ];
        for spec in &TABLE {
            assert!(spec.attributes.iter().all(|name| !never.contains(name)), "{}", spec.layer.name());
        }
    }
}
