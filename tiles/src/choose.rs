//! Which lines and polygons a zoom shows: the important from afar, the small from near.

use spatial::still::ValueRef;
use spatial::{Layer, StillLayer};

/// First zoom at which a row is drawn, by its class or level.
pub(crate) fn first_zoom(layer: &StillLayer, row: usize) -> u8 {
    let word = |field| match layer.value(row, field) {
        Some(ValueRef::Text(word)) => word,
        Some(ValueRef::Int(_) | ValueRef::Float(_) | ValueRef::Bool(_)) | None => "",
    };
    if layer.layer() == Layer::Roads {
        road(word("class"))
    } else if layer.layer() == Layer::Jurisdictions {
        jurisdiction(word("level"))
    } else {
        0
    }
}

fn road(class: &str) -> u8 {
    match class {
        "motorway" | "trunk" | "primary" => 5,
        "secondary" => 9,
        "tertiary" => 11,
        "unclassified" | "residential" | "living_street" => 13,
        "footway" | "path" | "cycleway" | "steps" => 15,
        _ => 14,
    }
}

fn jurisdiction(level: &str) -> u8 {
    match level {
        "city" | "county" => 0,
        "township" => 9,
        _ => 12,
    }
}

/// Grid units that a shape must measure along one side at least; a pixel is 8 of them. Each notch doubles it.
pub(crate) fn smallest(layer: Layer, z: u8, notch: u8) -> u32 {
    let first: u32 = match (layer, z) {
        // 25 m and 13 m in this city: at 13 buildings are a texture, at 14 one begins to point at them.
        (Layer::Buildings, ..=13) => 24,
        (Layer::Buildings, 14) => 12,
        (Layer::Water | Layer::Land, ..=14) => 16,
        _ => 0,
    };
    if goes_by_size(layer) && notch > 0 { first.max(8) << notch } else { first }
}

/// How many times a tile that is too large may be drawn again with less. Buildings, water and ground lose the smallest,
/// roads the classes that came last. Borders and grid cells are never left out.
pub(crate) fn notches(layer: Layer) -> u8 {
    if goes_by_size(layer) {
        6
    } else if layer == Layer::Roads {
        10
    } else {
        0
    }
}

/// Roads of a tile that is too large are chosen as so many zooms before.
pub(crate) fn zooms_back(layer: Layer, notch: u8) -> u8 {
    if layer == Layer::Roads { notch } else { 0 }
}

fn goes_by_size(layer: Layer) -> bool {
    matches!(layer, Layer::Buildings | Layer::Water | Layer::Land)
}
