//! TileJSON 3.0 of a set of layers, from the layer table.

use serde_json::{Map, Value, json};
use spatial::noun::FieldType;
use spatial::{Bounds, Layer};

use crate::layers::{LayerSpec, live_spec, spec};

/// Describes the tiles of the layers: `base` (no slash at its end; empty for root-relative paths) + `/tiles/a,b/{z}/{x}/{y}.mvt`, zooms,
/// what each MVT layer carries, and the bounds (degrees) if they are known. Layers without tiles are left out.
pub fn tilejson(layers: &[Layer], base: &str, bounds: Option<Bounds>) -> Value {
    let specs: Vec<&LayerSpec> = layers.iter().filter_map(|layer| spec(*layer).or_else(|| live_spec(*layer))).collect();
    let names: Vec<&str> = specs.iter().map(|spec| spec.layer.name()).collect();
    let mut all = json!({
        "tilejson": "3.0.0",
        "name": names.join(","),
        "scheme": "xyz",
        "tiles": [tile_url(base, &names.join(","))],
        "minzoom": specs.iter().map(|spec| spec.min_zoom).min().unwrap_or(0),
        "maxzoom": specs.iter().map(|spec| spec.max_zoom).max().unwrap_or(0),
        "vector_layers": specs.iter().flat_map(|spec| vector_layers(spec)).collect::<Vec<_>>(),
    });
    if let Some(b) = bounds {
        all["bounds"] = json!([b.west, b.south, b.east, b.north]);
    }
    all
}

/// Where the tiles of the layers are.
pub(crate) fn tile_url(base: &str, names: &str) -> String {
    format!("{base}/tiles/{names}/{{z}}/{{x}}/{{y}}.mvt")
}

fn vector_layers(spec: &LayerSpec) -> Vec<Value> {
    let describe = |name: &str, min_zoom: u8, attributes: &[&'static str], made: &[(&'static str, FieldType)]| {
        let own = attributes.iter().map(|name| (*name, spec.type_of(name)));
        let fields: Map<String, Value> =
            own.chain(made.iter().copied()).map(|(name, kind)| (name.to_owned(), word(kind).into())).collect();
        json!({ "id": name, "fields": fields, "minzoom": min_zoom, "maxzoom": spec.max_zoom })
    };
    let main = describe(spec.layer.name(), spec.min_zoom, spec.attributes, spec.made);
    let also = spec.also.iter().map(|also| describe(also.name, also.min_zoom, also.attributes, also.made));
    std::iter::once(main).chain(also).collect()
}

/// The word of TileJSON for a type.
fn word(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "String",
        FieldType::Int | FieldType::Float => "Number",
        FieldType::Bool => "Boolean",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_layers_in_one_tile() {
        let all = tilejson(
            &[Layer::Cameras, Layer::Roads, Layer::Residents],
            "https://map.test",
            Bounds::new(120.0, 27.0, 122.0, 29.0),
        );
        assert_eq!(all["tilejson"], "3.0.0");
        assert_eq!(all["tiles"][0], "https://map.test/tiles/cameras,roads/{z}/{x}/{y}.mvt");
        assert_eq!((&all["minzoom"], &all["maxzoom"]), (&json!(0), &json!(16)));
        assert_eq!(all["bounds"], json!([120.0, 27.0, 122.0, 29.0]));
        let ids: Vec<&str> =
            all["vector_layers"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["cameras", "camera_views", "roads"]);
        assert_eq!(all["vector_layers"][0]["fields"]["online"], "Boolean");
        assert_eq!(all["vector_layers"][0]["fields"]["azimuth_deg"], "Number");
        assert_eq!(all["vector_layers"][2]["fields"]["class"], "String");
    }

    #[test]
    fn houses_say_building_and_address_only() {
        let all = tilejson(&[Layer::Houses], "", None);
        assert_eq!(
            all["vector_layers"][0]["fields"],
            json!({"building": "String", "address": "String", "n": "Number"})
        );
        assert_eq!(all["tiles"][0], "/tiles/houses/{z}/{x}/{y}.mvt");
    }
}
