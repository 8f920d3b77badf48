//! Names, and numbers of cells. The page puts another field in place of `name` where `onemap:label` is true.

use serde_json::{Value, json};
use spatial::Layer;

use super::{count, part};
use crate::palette::Palette;

pub(super) fn layers(p: &Palette) -> Vec<(Layer, Value)> {
    [ground(p), divisions(p), numbers(p), things(p)].into_iter().flatten().collect()
}

/// Font, size (pixels) and the field written, as a layout.
fn text(field: &str, size: f64) -> Value {
    json!({ "text-field": ["get", field], "text-font": ["Noto Sans SC"], "text-size": size })
}

fn ink(colour: &str, p: &Palette) -> Value {
    json!({ "text-color": colour, "text-halo-color": p.ground, "text-halo-width": 1.5 })
}

/// A style layer of names.
fn label(layer: Layer, name: &str, mut body: Value) -> (Layer, Value) {
    body["metadata"] = json!({ "onemap:label": true });
    part(layer, name, "symbol", body)
}

/// Names beside their point, on whichever side is free.
fn beside(size: f64) -> Value {
    let mut layout = text("name", size);
    layout["text-variable-anchor"] = json!(["left", "right", "top", "bottom"]);
    layout["text-radial-offset"] = json!(0.7);
    layout["text-optional"] = json!(true);
    layout
}

fn ground(p: &Palette) -> Vec<(Layer, Value)> {
    let along = |size: f64| {
        let mut layout = text("name", size);
        layout["symbol-placement"] = json!("line");
        layout["symbol-spacing"] = json!(350);
        layout["text-max-angle"] = json!(35);
        layout
    };
    let major = json!(["in", ["get", "class"], ["literal", ["motorway", "trunk", "primary", "secondary"]]]);
    let water = json!({ "source-layer": "water_labels", "minzoom": 10, "layout": text("name", 12.0), "paint": ink(p.label_quiet, p) });
    let land = json!({ "source-layer": "land_labels", "minzoom": 14, "layout": text("name", 11.0), "paint": ink(p.label_quiet, p) });
    vec![
        label(Layer::Land, "label", land),
        label(Layer::Water, "label", water),
        label(
            Layer::Roads,
            "label-minor",
            json!({ "minzoom": 15, "filter": ["!", major], "layout": along(11.0), "paint": ink(p.label, p) }),
        ),
        label(
            Layer::Roads,
            "label",
            json!({ "minzoom": 12, "filter": major, "layout": along(12.0), "paint": ink(p.label, p) }),
        ),
    ]
}

fn divisions(p: &Palette) -> Vec<(Layer, Value)> {
    let level = |level: &str, zooms: (u8, u8), size: f64, colour: &str| {
        let body = json!({
            "source-layer": "jurisdictions_labels",
            "minzoom": zooms.0,
            "maxzoom": zooms.1,
            "filter": ["==", ["get", "level"], level],
            "layout": text("name", size),
            "paint": ink(colour, p),
        });
        label(Layer::Jurisdictions, &format!("label-{level}"), body)
    };
    let grid = json!({ "source-layer": "grids_labels", "minzoom": 15, "layout": text("name", 11.0), "paint": ink(p.label_quiet, p) });
    vec![
        label(Layer::Grids, "label", grid),
        level("village", (14, 17), 11.0, p.label_quiet),
        level("township", (11, 14), 12.0, p.label_quiet),
        level("county", (7, 12), 14.0, p.label),
        level("city", (4, 7), 15.0, p.label),
    ]
}

/// Numbers stay the same in every language, so they are no `onemap:label`.
fn numbers(p: &Palette) -> Vec<(Layer, Value)> {
    let mut people = text("residents", 11.0);
    people["text-field"] = json!(["to-string", ["get", "residents"]]);
    let people = json!({ "source-layer": "people_labels", "minzoom": 13, "layout": people, "paint": ink(p.label, p) });
    let mut cameras = text("n", 10.0);
    cameras["text-field"] = json!(["to-string", count()]);
    let counted = json!([">", count(), 1]);
    let cameras = json!({ "minzoom": 11, "filter": counted, "layout": cameras, "paint": ink(p.label, p) });
    vec![part(Layer::People, "number", "symbol", people), part(Layer::Cameras, "number", "symbol", cameras)]
}

fn things(p: &Palette) -> Vec<(Layer, Value)> {
    let named = |layer: Layer, from: u8, size: f64| {
        label(layer, "label", json!({ "minzoom": from, "layout": beside(size), "paint": ink(p.label, p) }))
    };
    // What matters in an emergency is named from afar; a hydrant or a bank only where it can be seen as itself.
    let key = json!(["in", ["get", "kind"], ["literal", super::KEY]]);
    let places = |name: &str, from: u8, filter: Value, size: f64| {
        let body = json!({ "minzoom": from, "filter": filter, "layout": beside(size), "paint": ink(p.label, p) });
        label(Layer::Places, name, body)
    };
    vec![
        named(Layer::Enterprises, 17, 11.0),
        named(Layer::Cameras, 18, 11.0),
        places("label-minor", 17, json!(["!", key]), 11.0),
        places("label", 15, key, 12.0),
    ]
}
