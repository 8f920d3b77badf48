//! Residents, houses, enterprises, places, cameras.

use serde_json::{Value, json};
use spatial::Layer;

use super::{by_zoom, count, part};
use crate::palette::Palette;

/// Residents per square kilometre from which each colour holds. The city's mean is about 800; its core passes 20,000.
const PEOPLE_STEPS: [u32; 5] = [0, 500, 2_000, 8_000, 20_000];

pub(super) fn layers(p: &Palette) -> Vec<(Layer, Value)> {
    [people(p), houses(p), enterprises(p), places(p), cameras(p)].into_iter().flatten().collect()
}

fn people(p: &Palette) -> Vec<(Layer, Value)> {
    let density = json!(["coalesce", ["get", "per_km2"], 0]);
    let steps = PEOPLE_STEPS.iter().zip(p.people).skip(1).flat_map(|(from, colour)| [json!(from), json!(colour)]);
    let head = [json!("step"), density, json!(p.people[0])];
    let colour = Value::Array(head.into_iter().chain(steps).collect());
    let legend: Vec<Value> =
        PEOPLE_STEPS.iter().zip(p.people).map(|(from, colour)| json!({ "from": from, "colour": colour })).collect();
    let metadata = json!({ "onemap:legend": { "field": "per_km2", "zh": "人/平方公里", "en": "residents per km²", "steps": legend } });
    vec![
        part(
            Layer::People,
            "fill",
            "fill",
            json!({ "metadata": metadata, "paint": { "fill-color": colour, "fill-opacity": 0.7 } }),
        ),
        part(
            Layer::People,
            "line",
            "line",
            json!({ "minzoom": 11, "paint": { "line-color": p.ground, "line-width": 0.5 } }),
        ),
    ]
}

/// Dots whose size tells how many they stand for, up to the zoom where each has its own.
fn counted(from: f64, to: f64) -> Value {
    let grow = |least: f64, most: f64| json!(["interpolate", ["linear"], ["log10", count()], 0, least, 3, most]);
    json!([
        "interpolate",
        ["linear"],
        ["zoom"],
        6,
        grow(from / 2.0, to / 2.0),
        13,
        grow(from, to),
        17,
        grow(2.0 * from, to)
    ])
}

fn dots(colour: &Value, radius: &Value, opacity: f64) -> Value {
    json!({ "circle-color": colour, "circle-radius": radius, "circle-opacity": opacity })
}

/// Pictures that stand for single things. The page makes them (`map/icons.ts`): half of each is [`ICON`] pixels, so that
/// its size follows from the radius that a dot would have. They never push each other away.
fn icons(picture: &Value, colour: &Value, size: &Value, opacity: f64, p: &Palette) -> Value {
    json!({
        "layout": { "icon-image": picture, "icon-size": size, "icon-allow-overlap": true, "icon-ignore-placement": true },
        "paint": { "icon-color": colour, "icon-opacity": opacity, "icon-halo-color": p.ground, "icon-halo-width": 1 },
    })
}

/// Half the width of a picture at size 1, pixels.
const ICON: f64 = 10.0;

fn houses(p: &Palette) -> Vec<(Layer, Value)> {
    let size = counted(1.6 / ICON, 3.5 / ICON);
    let mut body = icons(&json!("onemap-square"), &json!(p.quiet), &size, 0.6, p);
    body["minzoom"] = json!(12);
    vec![part(Layer::Houses, "dot", "symbol", body)]
}

fn enterprises(p: &Palette) -> Vec<(Layer, Value)> {
    let size = counted(2.6 / ICON, 5.5 / ICON);
    let mut body = icons(&json!("onemap-diamond"), &json!(p.enterprise), &size, 0.9, p);
    body["minzoom"] = json!(12);
    vec![part(Layer::Enterprises, "dot", "symbol", body)]
}

fn places(p: &Palette) -> Vec<(Layer, Value)> {
    let key = json!(["in", ["get", "kind"], ["literal", super::KEY]]);
    let paint = |colour: &str, from: f64| {
        let mut paint = dots(&json!(colour), &counted(from, 2.0 * from), 0.9);
        paint["circle-stroke-color"] = json!(p.ground);
        paint["circle-stroke-width"] = json!(1);
        paint
    };
    let minor = json!({ "minzoom": 15, "filter": ["!", key], "paint": paint(p.place, 1.5) });
    let major = json!({ "minzoom": 10, "filter": key, "paint": paint(p.place_key, 2.0) });
    vec![part(Layer::Places, "dot-minor", "circle", minor), part(Layer::Places, "dot", "circle", major)]
}

/// From this zoom on a camera looks like one.
const CAMERA_FROM: u8 = 13;

fn cameras(p: &Palette) -> Vec<(Layer, Value)> {
    let alone = json!(["==", count(), 1]);
    // A cell all of whose cameras are off is as quiet as one camera that is off.
    let none_on =
        json!(["case", ["has", "online_n"], ["==", ["get", "online_n"], 0], ["==", ["get", "online"], false]]);
    let colour = json!(["case", none_on, p.quiet, p.camera]);
    // Far away a ring; near enough to be picked out, a camera. One that is off is struck through.
    let far = json!(["case", none_on, p.ground, p.camera]);
    let mut single = dots(&far, &by_zoom(&[(12.0, 1.5), (13.0, 2.0)]), 1.0);
    single["circle-stroke-color"] = colour.clone();
    single["circle-stroke-width"] = json!(1.2);
    let picture = json!(["case", none_on, "onemap-camera-off", "onemap-camera"]);
    let size = by_zoom(&[(13.0, 0.5), (15.0, 0.65), (16.0, 0.8), (18.0, 1.2)]);
    let mut near = icons(&picture, &colour, &size, 1.0, p);
    near["minzoom"] = json!(CAMERA_FROM);
    near["filter"] = alone.clone();
    let view = json!({ "fill-color": p.camera, "fill-opacity": 0.16 });
    vec![
        part(Layer::Cameras, "view", "fill", json!({ "source-layer": "camera_views", "minzoom": 16, "paint": view })),
        part(
            Layer::Cameras,
            "count",
            "circle",
            json!({ "filter": [">", count(), 1], "paint": dots(&colour, &counted(2.0, 7.0), 0.6) }),
        ),
        part(
            Layer::Cameras,
            "dot",
            "circle",
            json!({ "minzoom": 12, "maxzoom": CAMERA_FROM, "filter": alone, "paint": single }),
        ),
        part(Layer::Cameras, "icon", "symbol", near),
    ]
}
