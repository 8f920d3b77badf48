//! Features for the tests.

use std::borrow::Cow;

use geo::{LineString, MultiLineString, MultiPolygon, Point, Polygon, line_string};
use proptest::prelude::*;
use spatial::noun::{FieldSpec, FieldType};
use spatial::{Feature, FeatureKey, Layer, Noun, Properties, Shape, Value};

/// A place that keeps its number in its id, its position and its name.
pub(crate) fn place(number: u32) -> Feature {
    named_place(number, &format!("place {number}"))
}

/// A place with a name of its own.
pub(crate) fn named_place(number: u32, name: &str) -> Feature {
    let at = Point::new(120.0 + f64::from(number) / 1e4, 28.0);
    feature(
        Layer::Places,
        &number.to_string(),
        at.into(),
        &[("kind", text("school")), ("name", text(name)), ("mast", text("M7"))],
    )
}

/// A camera with an attribute bag.
pub(crate) fn camera(id: &str) -> Feature {
    let kind = [("kind", text("ptz")), ("online", Value::Bool(true)), ("azimuth_deg", Value::Float(90.0))];
    let rest = [("stream", text("rtsp://10.0.0.7/1")), ("mast", text("M7")), ("levels", Value::Int(3))];
    feature(Layer::Cameras, id, Point::new(120.65, 28.01).into(), &[kind.as_slice(), rest.as_slice()].concat())
}

/// A feature of any layer.
pub(crate) fn feature(
    layer: Layer,
    id: &str,
    geometry: geo::Geometry<f64>,
    properties: &[(&'static str, Value)],
) -> Feature {
    let key = FeatureKey::new(layer, "test", id).unwrap();
    let properties = properties.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
    Feature::new(key, geometry, properties).unwrap()
}

/// A text.
pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// One feature of each layer that the registry stores, with every field filled that can be.
pub(crate) fn one_of_each_layer() -> Vec<Feature> {
    let point: geo::Geometry<f64> = Point::new(120.655_512_3, 28.015).into();
    let line = line_string![(x: 120.6, y: 28.0), (x: 120.7, y: 28.05), (x: 120.8, y: 28.0)];
    let square = Polygon::new(
        line_string![(x: 120.6, y: 28.0), (x: 120.7, y: 28.0), (x: 120.7, y: 28.1), (x: 120.6, y: 28.1)],
        vec![line_string![(x: 120.63, y: 28.03), (x: 120.65, y: 28.03), (x: 120.65, y: 28.05)]],
    );
    let of = |layer: Layer, geometry: geo::Geometry<f64>, properties: &[(&'static str, Value)]| {
        feature(layer, "1", geometry, properties)
    };
    vec![
        of(
            Layer::Houses,
            point.clone(),
            &[("address", text("五马街 1 号")), ("floor", text("3")), ("room", text("2-301"))],
        ),
        of(Layer::Buildings, square.clone().into(), &[("height_m", Value::Float(18.3)), ("levels", Value::Int(6))]),
        of(
            Layer::Enterprises,
            point.clone(),
            &[("name", text("永嘉面馆")), ("kind", text("restaurant")), ("uscc", text("91350100M000100Y43"))],
        ),
        camera("1"),
        place(1),
        of(
            Layer::Roads,
            MultiLineString(vec![line.clone(), line.clone()]).into(),
            &[
                ("class", text("primary")),
                ("speed_kmh", Value::Int(60)),
                ("bridge", Value::Bool(false)),
                ("nodes", text("17,18,25")),
            ],
        ),
        of(Layer::Water, MultiPolygon(vec![square.clone()]).into(), &[("kind", text("river"))]),
        of(Layer::Land, square.clone().into(), &[("kind", text("forest"))]),
        of(Layer::Grids, square.clone().into(), &[("code", text("330302006044001")), ("name", text("第一网格"))]),
        of(
            Layer::Jurisdictions,
            square.into(),
            &[
                ("code", text("330302")),
                ("name", text("鹿城区")),
                ("level", text("county")),
                ("parent", text("3303")),
                ("valid_from", text("1984-07-01")),
            ],
        ),
        of(
            Layer::Residents,
            point,
            &[
                ("house", text("h1")),
                ("residents", Value::Int(4)),
                ("households", Value::Int(2)),
                ("need_help", Value::Int(1)),
            ],
        ),
    ]
}

/// Any feature of any layer, as far as its own checks let it through.
pub(crate) fn any_feature() -> impl Strategy<Value = Feature> {
    (0..Layer::REGISTERED.len(), "[a-z]{1,4}", "[0-9a-zé房/ ]{1,6}")
        .prop_flat_map(|(layer, source, id)| {
            let layer = Layer::REGISTERED[layer];
            let key = FeatureKey::new(layer, source, id).unwrap();
            let bag = prop::collection::vec(("[A-Za-z_房层]{1,6}", any_value()), 0..6);
            (Just(key), any_geometry(layer), any_fields(layer), bag)
        })
        .prop_filter_map("the feature's own checks refuse it", |(key, geometry, mut properties, bag)| {
            for (name, value) in bag {
                if properties.get(&name).is_none() {
                    properties.put(name, value);
                }
            }
            Feature::new(key, geometry, properties).ok()
        })
}

fn any_value() -> impl Strategy<Value = Value> {
    let floats =
        prop_oneof![prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, (-1e6..1e6_f64)];
    prop_oneof![
        ".{0,12}".prop_map(Value::Text),
        "[\u{0}-\u{1f}\"\\\\/\u{2028}𝄞']{0,6}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Int),
        floats.prop_map(Value::Float),
        any::<bool>().prop_map(Value::Bool),
    ]
}

/// Values for the fields that the layer's noun has: what is required always, the rest sometimes.
fn any_fields(layer: Layer) -> impl Strategy<Value = Properties> {
    let fields: Vec<_> = Noun::fields(layer)
        .iter()
        .map(|spec| {
            (Just(spec.name), any_field(layer, *spec), prop::bool::ANY.prop_map(|present| present || spec.required))
        })
        .collect();
    fields.prop_map(|fields| {
        let present = fields.into_iter().filter(|(_, _, present)| *present);
        present.map(|(name, value, _)| (Cow::Borrowed(name), value)).collect()
    })
}

fn any_field(layer: Layer, spec: FieldSpec) -> BoxedStrategy<Value> {
    let one_of = |words: &'static [&'static str]| prop::sample::select(words).prop_map(text).boxed();
    match (layer, spec.name, spec.kind) {
        (Layer::Cameras, "kind", _) => one_of(&["fixed", "ptz", "dome"]),
        (Layer::Cameras, "device_id", _) => one_of(&["33030200001310000001", "33030200001320000002"]),
        (Layer::Cameras, "retention_days", _) => (30..1000_i64).prop_map(Value::Int).boxed(),
        (Layer::Cameras, _, FieldType::Float) => (0.0..360.0_f64).prop_map(Value::Float).boxed(),
        (Layer::Places, "kind", _) => one_of(&["school", "hospital", "police_station", "other"]),
        (Layer::Roads, "class", _) => one_of(&["motorway", "primary", "steps", "other"]),
        (Layer::Roads, "nodes", _) => prop::collection::vec(any::<i64>(), 1..4)
            .prop_map(|ids| Value::Text(ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")))
            .boxed(),
        (Layer::Grids, "code", _) => one_of(&["330302006044001", "330302006044002"]),
        (Layer::Jurisdictions, "code", _) => one_of(&["330302", "330304"]),
        (Layer::Jurisdictions, "level", _) => one_of(&["county"]),
        (Layer::Jurisdictions, "parent", _) => one_of(&["3303"]),
        (Layer::Jurisdictions, "valid_from" | "valid_to", _) => one_of(&["1984-07-01", "2026-12-31"]),
        (Layer::Enterprises, "uscc", _) => one_of(&["91350100M000100Y43"]),
        (Layer::Residents, "residents", _) => (50..100_i64).prop_map(Value::Int).boxed(),
        (Layer::Residents, _, FieldType::Int) => (0..50_i64).prop_map(Value::Int).boxed(),
        (_, _, FieldType::Text) => "[ -~房é\u{1f600}]{1,12}".prop_map(Value::Text).boxed(),
        (_, _, FieldType::Int) => (0..i64::from(u32::MAX)).prop_map(Value::Int).boxed(),
        (_, _, FieldType::Float) => (prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL).prop_map(Value::Float).boxed(),
        (_, _, FieldType::Bool) => any::<bool>().prop_map(Value::Bool).boxed(),
    }
}

/// Any geometry of the layer's shape: valid coordinates with all their bits, not a valid polygon in the sense of PostGIS.
fn any_geometry(layer: Layer) -> BoxedStrategy<geo::Geometry<f64>> {
    let coord = || (-180.0..=180.0_f64, -90.0..=90.0_f64).prop_map(|(x, y)| geo::Coord { x, y });
    let line = move |least: usize| prop::collection::vec(coord(), least..8).prop_map(LineString);
    let polygon =
        move || (line(3), prop::collection::vec(line(3), 0..3)).prop_map(|(outer, holes)| Polygon::new(outer, holes));
    match layer.shape() {
        Shape::Point => coord().prop_map(|c| Point(c).into()).boxed(),
        Shape::Line => prop_oneof![
            line(2).prop_map(geo::Geometry::from),
            prop::collection::vec(line(2), 1..4).prop_map(|lines| MultiLineString(lines).into())
        ]
        .boxed(),
        Shape::Polygon => prop_oneof![
            polygon().prop_map(geo::Geometry::from),
            prop::collection::vec(polygon(), 1..4).prop_map(|polygons| MultiPolygon(polygons).into())
        ]
        .boxed(),
    }
}
