//! Features of the registry as GeoJSON (OGC API – Features).

use geo::CoordsIter;
use geojson::GeometryValue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use spatial::{Bounds, Feature, FeatureError, FeatureKey, Layer, Noun, NounError, Position, Properties, Value};
use utoipa::ToSchema;

use crate::auth::Sight;
use crate::http::problem::{Code, Problem};

/// Numbers from here on may be whole ones that 64 bits do not hold, rounded when they were read.
const TOO_LONG: f64 = 9_223_372_036_854_775_808.0;

/// A link.
#[derive(Serialize, ToSchema)]
pub struct Link {
    /// Where to.
    pub href: String,
    /// What it is to this answer.
    pub rel: String,
    /// Media type behind it.
    #[serde(rename = "type")]
    pub media: String,
}

/// The landing page.
#[derive(Serialize, ToSchema)]
pub struct Landing {
    /// Name of the service.
    pub title: String,
    /// Where to go from here.
    pub links: Vec<Link>,
}

/// The classes of OGC API – Features that are met.
#[derive(Serialize, ToSchema)]
pub struct Conformance {
    /// Their URIs.
    #[serde(rename = "conformsTo")]
    pub conforms_to: Vec<&'static str>,
}

/// A layer.
#[derive(Serialize, ToSchema)]
pub struct Collection {
    /// Name of the layer.
    pub id: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// `feature`.
    #[serde(rename = "itemType")]
    pub item_type: &'static str,
    /// Coordinate systems: WGS84, longitude first.
    pub crs: Vec<&'static str>,
    /// Features in all.
    pub features: u64,
    /// Where they are; absent while there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent: Option<Extent>,
    /// Where its items are.
    pub links: Vec<Link>,
}

/// Where the features of a layer are.
#[derive(Serialize, ToSchema)]
pub struct Extent {
    /// In space.
    pub spatial: SpatialExtent,
}

/// Boxes that hold the features.
#[derive(Serialize, ToSchema)]
pub struct SpatialExtent {
    /// West, south, east, north; the first box holds them all.
    pub bbox: Vec<[f64; 4]>,
    /// Coordinate system of the boxes.
    pub crs: &'static str,
}

impl Extent {
    /// One box.
    pub fn of(b: Bounds, crs: &'static str) -> Self {
        Self { spatial: SpatialExtent { bbox: vec![[b.west, b.south, b.east, b.north]], crs } }
    }
}

/// The layers in the caller's sight.
#[derive(Serialize, ToSchema)]
pub struct Collections {
    /// One each.
    pub collections: Vec<Collection>,
    /// Where to go from here.
    pub links: Vec<Link>,
}

/// A feature: GeoJSON, `id` is the number in tiles as text.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct FeatureBody {
    /// `Feature`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id in paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub id: Option<Json>,
    /// Its number in tiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fid: Option<u64>,
    /// GeoJSON geometry, WGS84 degrees.
    #[schema(value_type = Object)]
    pub geometry: Option<geojson::Geometry>,
    /// Its fields, with `source`, `source_id` and `revision`.
    #[schema(value_type = Object)]
    pub properties: Option<Map<String, Json>>,
    /// Where it is and what it belongs to; what a client sends is not looked at.
    #[serde(default, skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// Some features of a layer.
#[derive(Serialize, ToSchema)]
pub struct FeaturePage {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The features.
    pub features: Vec<FeatureBody>,
    /// `next`, when there are more.
    pub links: Vec<Link>,
    /// How many there are here.
    #[serde(rename = "numberReturned")]
    pub number_returned: usize,
    /// How many there are in the caller's sight on all pages together.
    #[serde(rename = "numberMatched")]
    pub number_matched: usize,
    /// When.
    #[serde(rename = "timeStamp")]
    pub time_stamp: String,
}

/// A value as JSON.
pub fn value_json(value: Value) -> Json {
    match value {
        Value::Text(text) => Json::String(text),
        Value::Int(number) => Json::from(number),
        Value::Float(number) => Json::from(number),
        Value::Bool(flag) => Json::Bool(flag),
    }
}

/// A feature as a caller with that sight gets it.
pub fn feature_body(feature: &Feature, sight: &Sight) -> FeatureBody {
    let mut properties = feature.full_properties();
    for field in sight.hidden() {
        properties.take(field);
    }
    let fid = feature.fid();
    FeatureBody {
        kind: "Feature".to_owned(),
        id: Some(Json::String(fid.to_string())),
        fid: Some(fid),
        geometry: Some(geojson::Geometry::new(GeometryValue::from(&feature.geometry))),
        properties: Some(properties.into_iter().map(|(name, value)| (name.into_owned(), value_json(value))).collect()),
        links: Vec::new(),
    }
}

/// A feature whole, for files of an operator: every field, no sight.
pub fn geojson_of(feature: &Feature) -> Json {
    geojson_row(&feature.key.source_id, Some(&feature.geometry), feature.full_properties())
}

/// A row whole; without a place its geometry is null.
pub fn geojson_row(id: &str, geometry: Option<&geo::Geometry<f64>>, values: Properties) -> Json {
    let properties: Map<String, Json> =
        values.into_iter().map(|(name, value)| (name.into_owned(), value_json(value))).collect();
    let geometry = geometry.map(|geometry| geojson::Geometry::new(GeometryValue::from(geometry)));
    serde_json::json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties})
}

/// Reads a feature that a client sends. `old` is the stored one that it replaces: its key stays, and fields that the
/// editor may not see stay as they are.
pub fn read_feature(layer: Layer, body: FeatureBody, old: Option<&Feature>, sight: &Sight) -> Result<Feature, Problem> {
    if body.kind != "Feature" {
        return Err(Problem::at(Code::BadRequest, "/type", "must be \"Feature\""));
    }
    let geometry = body.geometry.ok_or_else(|| Problem::at(Code::BadRequest, "/geometry", "is missing"))?;
    let geometry: geo::Geometry<f64> =
        geometry.try_into().map_err(|e: geojson::Error| Problem::at(Code::BadRequest, "/geometry", e.to_string()))?;
    for coord in geometry.coords_iter() {
        Position::new(coord.x, coord.y)
            .map_err(|error| Problem::at(Code::Position, "/geometry/coordinates", error.to_string()))?;
    }
    // A knot of many edges would hold up whoever looks for a place inside of it.
    intake::outlines(&geometry).map_err(|reason| Problem::at(Code::Invalid, "/geometry", reason))?;
    let mut properties = Properties::new();
    for (name, value) in body.properties.unwrap_or_default() {
        let value = match value {
            Json::Null => continue,
            Json::Bool(flag) => Value::Bool(flag),
            Json::String(text) => Value::Text(text),
            Json::Number(number) => match (number.as_i64(), number.as_f64().unwrap_or(f64::NAN)) {
                (Some(whole), _) => Value::Int(whole),
                // Its last digits are lost already.
                (None, float) if float.abs() >= TOO_LONG => {
                    let reason = "is a number of more than 64 bits: write its digits as text";
                    return Err(Problem::at(Code::Invalid, format!("/properties/{name}"), reason));
                }
                (None, float) => Value::Float(float),
            },
            Json::Array(_) | Json::Object(_) => {
                return Err(Problem::at(
                    Code::BadRequest,
                    format!("/properties/{name}"),
                    "must be text, a number, true or false",
                ));
            }
        };
        properties.put(name, value);
    }
    let given = properties.take("source_id");
    let source = properties.take("source");
    for kept in ["revision", "fid"] {
        properties.take(kept);
    }
    // What a feature is known by cannot be edited: another name is another feature.
    if let Some(old) = old {
        for (name, said, is) in [("source", &source, &old.key.source), ("source_id", &given, &old.key.source_id)] {
            if said.as_ref().is_some_and(|said| said.to_string() != *is) {
                return Err(Problem::at(
                    Code::Invalid,
                    format!("/properties/{name}"),
                    format!("is {is:?} and cannot be changed"),
                ));
            }
        }
    }
    let key = match old {
        Some(old) => old.key.clone(),
        None => new_key(layer, given)?,
    };
    if let Some(old) = old {
        let full = old.properties();
        for field in sight.hidden() {
            if properties.get(field).is_some() {
                let why = "is kept from this login and cannot be changed by it";
                return Err(Problem::at(Code::Invalid, format!("/properties/{field}"), why));
            }
            if let Some(value) = full.get(field) {
                properties.put(*field, value.clone());
            }
        }
    }
    let wrong = |error: FeatureError| Problem::at(Code::Invalid, pointer(layer, &error), error.to_string());
    let feature = Feature::new(key, geometry, properties).map_err(wrong)?;
    let first = feature.geometry.coords_iter().next();
    if layer == Layer::Roads && feature.geometry.coords_iter().all(|corner| Some(corner) == first) {
        return Err(Problem::at(Code::Invalid, "/geometry", "a road must have a length"));
    }
    Ok(feature)
}

/// Where in a feature of a layer it is wrong, as a JSON pointer; a rule about a field begins with its name.
fn pointer(layer: Layer, error: &FeatureError) -> String {
    let property = |name: &str| format!("/properties/{name}");
    match error {
        FeatureError::Key { name, .. } => property(name),
        FeatureError::Position(_) | FeatureError::Shape { .. } | FeatureError::Geometry(_) => "/geometry".to_owned(),
        FeatureError::Noun(NounError::Field(wrong)) => property(wrong.field),
        FeatureError::Noun(NounError::Rule(rule)) => {
            let first = rule.split(' ').next().unwrap_or_default();
            let field = Noun::fields(layer).iter().find(|field| field.name == first);
            field.map_or_else(|| "/properties".to_owned(), |field| property(field.name))
        }
        FeatureError::Noun(NounError::NotRegistered(_)) => String::new(),
        FeatureError::Attribute(_) => "/properties".to_owned(),
    }
}

/// A new feature's key: its `source_id` if it names one, else a random one.
fn new_key(layer: Layer, given: Option<Value>) -> Result<FeatureKey, Problem> {
    let source_id = if let Some(value) = given {
        value.to_string()
    } else {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|_none| Problem::new(Code::Unavailable, "no source of randomness"))?;
        crate::app::hex(random)
    };
    crate::app::App::new_key(layer, source_id)
}
