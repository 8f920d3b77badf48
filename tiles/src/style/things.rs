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

fn houses(p: &Palette) -> Vec<(Layer, Value)> {
    let paint = dots(&json!(p.quiet), &counted(1.0, 3.0), 0.5);
    vec![part(Layer::Houses, "dot", "circle", json!({ "minzoom": 12, "paint": paint }))]
}

fn enterprises(p: &Palette) -> Vec<(Layer, Value)> {
    let paint = dots(&json!(p.enterprise), &counted(1.5, 4.0), 0.8);
    vec![part(Layer::Enterprises, "dot", "circle", json!({ "minzoom": 12, "paint": paint }))]
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

fn cameras(p: &Palette) -> Vec<(Layer, Value)> {
    let alone = json!(["==", count(), 1]);
    let off = json!(["all", alone, ["==", ["get", "online"], false]]);
    // A cell all of whose cameras are off is as quiet as one camera that is off.
    let none_on =
        json!(["case", ["has", "online_n"], ["==", ["get", "online_n"], 0], ["==", ["get", "online"], false]]);
    let colour = json!(["case", none_on, p.quiet, p.camera]);
    let mut single = dots(
        &json!(["case", none_on, p.ground, p.camera]),
        &by_zoom(&[(12.0, 1.5), (14.0, 2.0), (16.0, 3.5), (18.0, 6.0)]),
        1.0,
    );
    single["circle-stroke-color"] = colour.clone();
    single["circle-stroke-width"] = json!(1.2);
    let view = json!({ "fill-color": p.camera, "fill-opacity": 0.16 });
    let cross = json!({
        "text-field": "×",
        "text-font": ["Noto Sans SC"],
        "text-size": by_zoom(&[(12.0, 5.0), (14.0, 7.0), (16.0, 11.0), (18.0, 16.0)]),
        "text-allow-overlap": true,
        "text-ignore-placement": true,
    });
    vec![
        part(Layer::Cameras, "view", "fill", json!({ "source-layer": "camera_views", "minzoom": 16, "paint": view })),
        part(
            Layer::Cameras,
            "count",
            "circle",
            json!({ "filter": [">", count(), 1], "paint": dots(&colour, &counted(2.0, 7.0), 0.6) }),
        ),
        part(Layer::Cameras, "dot", "circle", json!({ "minzoom": 12, "filter": alone, "paint": single })),
        part(
            Layer::Cameras,
            "off",
            "symbol",
            json!({ "minzoom": 12, "filter": off, "layout": cross, "paint": { "text-color": p.quiet } }),
        ),
    ]
}
