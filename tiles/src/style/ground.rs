//! Land, water, buildings, roads, borders.

use serde_json::{Value, json};
use spatial::Layer;

use super::{by_zoom, part};
use crate::palette::Palette;

const MAJOR: [&str; 4] = ["motorway", "trunk", "primary", "secondary"];
const PATHS: [&str; 5] = ["footway", "path", "cycleway", "steps", "pedestrian"];

pub(super) fn layers(p: &Palette) -> Vec<(Layer, Value)> {
    [land(p), water(p), buildings(p), roads(p), borders(p)].into_iter().flatten().collect()
}

fn land(p: &Palette) -> Vec<(Layer, Value)> {
    let built = ["residential", "industrial", "commercial", "retail", "construction", "public"];
    let colour = json!(["match", ["get", "kind"], built, p.built, p.green]);
    vec![part(Layer::Land, "fill", "fill", json!({ "paint": { "fill-color": colour } }))]
}

fn water(p: &Palette) -> Vec<(Layer, Value)> {
    vec![part(Layer::Water, "fill", "fill", json!({ "paint": { "fill-color": p.water } }))]
}

fn buildings(p: &Palette) -> Vec<(Layer, Value)> {
    let fade = by_zoom(&[(13.0, 0.4), (15.0, 1.0)]);
    let paint = json!({ "fill-color": p.building, "fill-opacity": fade, "fill-outline-color": p.road_minor });
    vec![part(Layer::Buildings, "fill", "fill", json!({ "minzoom": 13, "paint": paint }))]
}

fn roads(p: &Palette) -> Vec<(Layer, Value)> {
    let layout = json!({ "line-cap": "round", "line-join": "round" });
    let of = |classes: &[&str]| json!(["in", ["get", "class"], ["literal", classes]]);
    let minor: Vec<&str> = MAJOR.iter().chain(&PATHS).copied().collect();
    let casing = by_zoom(&[(12.0, 1.5), (14.0, 4.0), (16.0, 9.0), (18.0, 24.0)]);
    let major = by_zoom(&[(5.0, 0.5), (10.0, 1.2), (14.0, 3.0), (16.0, 7.0), (18.0, 20.0)]);
    let small = by_zoom(&[(11.0, 0.5), (14.0, 1.2), (16.0, 4.0), (18.0, 12.0)]);
    vec![
        part(
            Layer::Roads,
            "casing",
            "line",
            json!({ "minzoom": 12, "filter": of(&MAJOR), "layout": layout, "paint": { "line-color": p.ground, "line-width": casing } }),
        ),
        part(
            Layer::Roads,
            "path",
            "line",
            json!({ "minzoom": 15, "filter": of(&PATHS), "paint": { "line-color": p.road_minor, "line-width": 1, "line-dasharray": [2, 2] } }),
        ),
        part(
            Layer::Roads,
            "minor",
            "line",
            json!({ "minzoom": 11, "filter": ["!", of(&minor)], "layout": layout, "paint": { "line-color": p.road_minor, "line-width": small } }),
        ),
        part(
            Layer::Roads,
            "major",
            "line",
            json!({ "filter": of(&MAJOR), "layout": layout, "paint": { "line-color": p.road_major, "line-width": major } }),
        ),
    ]
}

fn borders(p: &Palette) -> Vec<(Layer, Value)> {
    let border = |name: &str, levels: &[&str], from: u8, width: f64, dash: &[f64]| {
        let paint = json!({ "line-color": p.border, "line-width": width, "line-dasharray": dash });
        let filter = json!(["in", ["get", "level"], ["literal", levels]]);
        part(Layer::Jurisdictions, name, "line", json!({ "minzoom": from, "filter": filter, "paint": paint }))
    };
    let grid = json!({ "line-color": p.border, "line-width": 0.7, "line-opacity": 0.7, "line-dasharray": [1, 3] });
    vec![
        part(Layer::Grids, "line", "line", json!({ "minzoom": 12, "paint": grid })),
        border("village", &["village"], 12, 0.6, &[1.0, 4.0]),
        border("township", &["township"], 9, 0.8, &[3.0, 3.0]),
        border("county", &["city", "county"], 0, 1.2, &[6.0, 2.0]),
    ]
}
