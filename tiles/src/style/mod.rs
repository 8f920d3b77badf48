//! MapLibre styles (version 8): quiet ground, things above it, names on top.
//!
//! One vector source a layer, with the layer's name. Ids of style layers begin with the layer's name and a hyphen. No
//! glyphs are referred to: the page draws labels from its own font. Switches are described in the metadata:
//! `onemap:groups` at the root, `onemap:group` and `onemap:label` on each style layer, `onemap:legend` where a colour
//! stands for a number.

mod ground;
mod names;
mod things;

use serde_json::{Map, Value, json};
use spatial::Layer;

use crate::layers::spec;
use crate::palette::Theme;
use crate::tilejson::tile_url;

/// The style of the layers in that theme; layers without tiles are left out. `centre` is longitude, latitude (degrees)
/// and zoom. Tile addresses are root-relative, `/tiles/…`: the page makes them absolute before it hands the style over.
pub fn style(theme: Theme, layers: &[Layer], centre: Option<(f64, f64, f64)>) -> Value {
    let palette = theme.palette();
    let mut drawn =
        vec![json!({ "id": "ground", "type": "background", "paint": { "background-color": palette.ground } })];
    let all = [ground::layers(palette), things::layers(palette), names::layers(palette)];
    drawn.extend(all.into_iter().flatten().filter(|(layer, _)| layers.contains(layer)).map(|(_, value)| value));
    let mut style = json!({
        "version": 8,
        "name": format!("onemap {}", theme.name()),
        "metadata": { "onemap:groups": groups(layers), "onemap:theme": theme.name() },
        "sources": sources(layers),
        "layers": drawn,
    });
    if let Some((lon, lat, zoom)) = centre {
        style["center"] = json!([lon, lat]);
        style["zoom"] = json!(zoom);
    }
    style
}

fn sources(layers: &[Layer]) -> Map<String, Value> {
    let specs = layers.iter().filter_map(|layer| spec(*layer));
    let source = |name: &str, min: u8, max: u8| json!({ "type": "vector", "tiles": [tile_url("", name)], "minzoom": min, "maxzoom": max });
    specs.map(|s| (s.layer.name().to_owned(), source(s.layer.name(), s.min_zoom, s.max_zoom))).collect()
}

/// Kinds of place that matter in an emergency: drawn and named from farther away than the rest.
const KEY: [&str; 9] = [
    "police_station",
    "fire_station",
    "hospital",
    "school",
    "kindergarten",
    "university",
    "shelter",
    "hazard_site",
    "government",
];

/// Switches, as a list of layers shows them: layer, Chinese, English, on at start.
const GROUPS: [(Layer, &str, &str, bool); 11] = [
    (Layer::Cameras, "摄像机", "Cameras", true),
    (Layer::Places, "场所", "Places", true),
    (Layer::Enterprises, "企业", "Enterprises", true),
    (Layer::Houses, "房屋", "Houses", true),
    (Layer::People, "人口", "Residents", false),
    (Layer::Jurisdictions, "辖区", "Jurisdictions", true),
    (Layer::Grids, "网格", "Grid cells", false),
    (Layer::Roads, "道路", "Roads", true),
    (Layer::Buildings, "楼幢", "Buildings", true),
    (Layer::Water, "水系", "Water", true),
    (Layer::Land, "用地", "Land use", true),
];

fn groups(layers: &[Layer]) -> Vec<Value> {
    let given = GROUPS.iter().filter(|(layer, ..)| layers.contains(layer));
    let group = |(layer, zh, en, on): &(Layer, &str, &str, bool)| json!({ "id": layer.name(), "layer": layer.name(), "zh": zh, "en": en, "on": on });
    given.map(group).collect()
}

/// One style layer: `body` holds what is special to it; id, source and group are put in here. The source layer is the
/// layer itself unless `body` names another.
fn part(layer: Layer, part: &str, kind: &str, mut body: Value) -> (Layer, Value) {
    let name = layer.name();
    body["id"] = json!(format!("{name}-{part}"));
    body["type"] = json!(kind);
    body["source"] = json!(name);
    body["metadata"]["onemap:group"] = json!(name);
    if body.get("source-layer").is_none() {
        body["source-layer"] = json!(name);
    }
    if GROUPS.iter().any(|(own, _, _, on)| *own == layer && !on) {
        body["layout"]["visibility"] = json!("none");
    }
    (layer, body)
}

/// How many rows a point stands for.
fn count() -> Value {
    json!(["coalesce", ["get", "n"], 1])
}

/// A value that grows evenly between zooms.
fn by_zoom(stops: &[(f64, f64)]) -> Value {
    let pairs = stops.iter().flat_map(|(zoom, value)| [json!(zoom), json!(value)]);
    Value::Array([json!("interpolate"), json!(["linear"]), json!(["zoom"])].into_iter().chain(pairs).collect())
}

#[cfg(test)]
mod tests;
