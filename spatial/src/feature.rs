//! A feature: a noun at a place, known by its source.

use geo::{BoundingRect, Geometry};
use sha2::{Digest, Sha256};

use crate::attributes::{AttributeError, Attributes};
use crate::codes::Division;
use crate::drawn::check_geometry;
use crate::layer::Layer;
use crate::noun::{Noun, NounError, Settled};
use crate::personal::personal_id;
use crate::position::{Position, PositionError};
use crate::secret::secret_in;
use crate::value::{Properties, Value};

/// The number that stands for a feature in tiles and answers: a 53-bit hash of (layer, source, source id), never 0.
/// The same on every server; above 2⁵³ a number would break in JavaScript.
pub type Fid = u64;

/// What makes a feature itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureKey {
    /// Its layer.
    pub layer: Layer,
    /// Who says so: a department, `osm`, `generated`…
    pub source: String,
    /// Its id there.
    pub source_id: String,
}

impl FeatureKey {
    /// Checks lengths: source 1–64, source id 1–128 characters, no control characters; neither holds a number of a person,
    /// a password or where a stream is.
    pub fn new(layer: Layer, source: impl Into<String>, source_id: impl Into<String>) -> Result<Self, FeatureError> {
        let (source, source_id) = (source.into(), source_id.into());
        for (name, text, most) in [("source", &source, 64), ("source_id", &source_id, 128)] {
            let length = text.chars().count();
            if length == 0 || length > most || text.chars().any(char::is_control) {
                return Err(FeatureError::Key { name, most });
            }
        }
        for (name, text) in [("source", &source), ("source_id", &source_id)] {
            if let Some(what) = personal_id(text) {
                return Err(AttributeError::Personal { name: name.to_owned(), what }.into());
            }
            if let Some(what) = secret_in(text) {
                return Err(AttributeError::Secret { name: name.to_owned(), what }.into());
            }
        }
        Ok(Self { layer, source, source_id })
    }

    /// The feature's number.
    pub fn fid(&self) -> Fid {
        let mut hash = Sha256::new();
        for part in [self.layer.name(), &self.source, &self.source_id] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut first = [0_u8; 8];
        first.copy_from_slice(digest.get(..8).unwrap_or(&[0; 8]));
        (u64::from_be_bytes(first) >> 11).max(1)
    }
}

/// Why a row is not a feature.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FeatureError {
    /// The key is empty or too long.
    #[error("{name} must have 1 to {most} characters, none of them a control character")]
    Key {
        /// `source` or `source_id`.
        name: &'static str,
        /// Longest allowed.
        most: usize,
    },
    /// A coordinate is not a place.
    #[error(transparent)]
    Position(#[from] PositionError),
    /// The geometry is not what the layer has.
    #[error("layer {layer} takes {expected}, got {got}")]
    Shape {
        /// The layer.
        layer: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What came.
        got: &'static str,
    },
    /// The geometry holds nothing, or too much.
    #[error("the geometry {0}")]
    Geometry(&'static str),
    /// The fields are wrong.
    #[error(transparent)]
    Noun(#[from] NounError),
    /// The attribute bag refuses a property.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
}

/// A feature of the registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// What makes it itself.
    pub key: FeatureKey,
    /// Its geometry: WGS84 degrees, of the layer's shape.
    pub geometry: Geometry<f64>,
    /// Its facts.
    pub noun: Noun,
    /// What else the source says.
    pub attributes: Attributes,
    /// The store's revision of its last change; 0 before it is stored.
    pub revision: u64,
}

impl Feature {
    /// Checks everything: key, geometry (every vertex, kind of geometry), fields, attribute bag.
    pub fn new(key: FeatureKey, geometry: Geometry<f64>, properties: Properties) -> Result<Self, FeatureError> {
        Self::settled(key, geometry, properties).map(|(feature, _)| feature)
    }

    /// The same, and what was taken out of the properties because it lies inside a building ([`Noun::settle`]).
    pub fn settled(
        key: FeatureKey,
        geometry: Geometry<f64>,
        mut properties: Properties,
    ) -> Result<(Self, Settled), FeatureError> {
        check_geometry(key.layer, &geometry)?;
        let settled = Noun::settle(key.layer, &mut properties);
        Noun::no_secret(key.layer, &properties).map_err(NounError::from)?;
        let noun = Noun::take(key.layer, &mut properties)?;
        if let (Layer::Residents, Some((name, _))) = (key.layer, properties.iter().next()) {
            return Err(AttributeError::CountsOnly { name: name.to_owned(), layer: key.layer.name() }.into());
        }
        // Elsewhere an origin is that of data or of a thing.
        if let (Layer::Houses, Some((name, _))) = (key.layer, properties.iter().find(|(name, _)| is_origin(name))) {
            return Err(AttributeError::Denied { name: name.to_owned(), because: "origin" }.into());
        }
        let attributes = Attributes::of(properties)?;
        Ok((Self { key, geometry, noun, attributes, revision: 0 }, settled))
    }

    /// The feature's number.
    pub fn fid(&self) -> Fid {
        self.key.fid()
    }

    /// The division that it belongs to: the one that a jurisdiction or a grid names itself, for all others the one that
    /// its place `lies_in`.
    pub fn division(&self, lies_in: impl FnOnce(Position) -> Option<Division>) -> Option<Division> {
        match &self.noun {
            Noun::Jurisdiction(jurisdiction) => Some(jurisdiction.code),
            Noun::Grid(grid) => grid.code.village(),
            Noun::House(_)
            | Noun::Building(_)
            | Noun::Enterprise(_)
            | Noun::Camera(_)
            | Noun::Place(_)
            | Noun::Road(_)
            | Noun::Water(_)
            | Noun::Land(_)
            | Noun::Residents(_) => lies_in(self.position()?),
        }
    }

    /// Fields and attribute bag together; on a clash of names the field wins.
    pub fn properties(&self) -> Properties {
        let mut all = self.noun.properties();
        for (name, value) in self.attributes.properties().iter() {
            if all.get(name).is_none() {
                all.put(name.to_owned(), value.clone());
            }
        }
        all
    }

    /// Fields, attribute bag, and what every feature of API and export has: `source`, `source_id`, `revision`.
    pub fn full_properties(&self) -> Properties {
        let mut all = self.properties();
        all.put("source", Value::Text(self.key.source.clone()));
        all.put("source_id", Value::Text(self.key.source_id.clone()));
        all.put("revision", Value::Int(i64::try_from(self.revision).unwrap_or(i64::MAX)));
        all
    }

    /// Where the feature is when one place must stand for it: the point itself, else a place inside the polygon or on
    /// the line, else the middle of its box.
    pub fn position(&self) -> Option<Position> {
        use geo::InteriorPoint;
        let point = match &self.geometry {
            Geometry::Point(point) => Some(*point),
            Geometry::Line(_)
            | Geometry::LineString(_)
            | Geometry::Polygon(_)
            | Geometry::MultiPoint(_)
            | Geometry::MultiLineString(_)
            | Geometry::MultiPolygon(_)
            | Geometry::GeometryCollection(_)
            | Geometry::Rect(_)
            | Geometry::Triangle(_) => {
                let middle = || self.geometry.bounding_rect().map(|r| r.center().into());
                self.geometry.interior_point().or_else(middle)
            }
        }?;
        Position::new(point.x(), point.y()).ok()
    }
}

/// Whether a property of a dwelling would say where its people come from.
fn is_origin(name: &str) -> bool {
    name.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphabetic()).any(|word| matches!(word, "origin" | "origins"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{line_string, point, polygon};

    fn camera(properties: &[(&'static str, Value)]) -> Result<Feature, FeatureError> {
        let key = FeatureKey::new(Layer::Cameras, "test", "1")?;
        let properties = properties.iter().map(|(n, v)| ((*n).into(), v.clone())).collect();
        Feature::new(key, point!(x: 120.65, y: 28.01).into(), properties)
    }

    #[test]
    fn fids_are_stable_and_small() {
        let key = FeatureKey::new(Layer::Houses, "osm", "n1").unwrap();
        assert_eq!(key.fid(), key.fid());
        assert!(key.fid() < 1 << 53);
        assert_ne!(key.fid(), FeatureKey::new(Layer::Houses, "osm", "n2").unwrap().fid());
        assert_ne!(key.fid(), FeatureKey::new(Layer::Places, "osm", "n1").unwrap().fid());
    }

    #[test]
    fn what_is_put_in_comes_out() {
        let text = |t: &str| Value::Text(t.to_owned());
        let f = camera(&[
            ("kind", text("ptz")),
            ("online", Value::Bool(true)),
            ("azimuth_deg", Value::Int(90)),
            ("mast", text("M7")),
        ])
        .unwrap();
        assert_eq!(f.properties().get("azimuth_deg"), Some(&Value::Float(90.0)));
        assert_eq!(f.attributes.properties().get("mast"), Some(&text("M7")));
        let again = Feature::new(f.key.clone(), f.geometry.clone(), f.properties()).unwrap();
        assert_eq!(again, f);
    }

    #[test]
    fn bad_rows_say_what_is_wrong() {
        let text = |t: &str| Value::Text(t.to_owned());
        let say = |p: &[(&'static str, Value)]| camera(p).unwrap_err().to_string();
        assert_eq!(say(&[("online", Value::Bool(true))]), "property \"kind\" is missing");
        assert_eq!(
            say(&[("kind", text("round")), ("online", Value::Bool(true))]),
            "property \"kind\" must be one of fixed, ptz, dome, got round"
        );
        assert!(
            say(&[("kind", text("dome")), ("online", Value::Bool(true)), ("民族", text("x"))]).contains("deny-list")
        );
        let kind = ("kind", text("fixed"));
        assert!(
            say(&[kind.clone(), ("online", Value::Bool(true)), ("azimuth_deg", Value::Int(400))])
                .contains("azimuth_deg")
        );
        assert!(
            say(&[kind, ("online", Value::Bool(true)), ("name", text("见 11010519491231002X"))])
                .contains("identity number")
        );
    }

    #[test]
    fn residents_are_counts_and_nothing_else() {
        let residents = |more: &[(&'static str, Value)]| {
            let mut properties: Properties = [
                ("house".into(), Value::Text("h1".to_owned())),
                ("residents".into(), Value::Int(5)),
                ("households".into(), Value::Int(2)),
                ("need_help".into(), Value::Int(1)),
            ]
            .into_iter()
            .collect();
            for (name, value) in more {
                properties.put(*name, value.clone());
            }
            let key = FeatureKey::new(Layer::Residents, "test", "1").unwrap();
            Feature::new(key, point!(x: 120.65, y: 28.01).into(), properties).map_err(|error| error.to_string())
        };
        assert!(residents(&[]).is_ok());
        let named = residents(&[("name", Value::Text("x".to_owned()))]);
        assert!(named.unwrap_err().contains("counts and nothing else"));
        assert!(residents(&[("floor", Value::Int(3))]).is_err());
        assert_eq!(residents(&[("households", Value::Int(50))]).unwrap_err(), "households exceed residents");
        assert_eq!(residents(&[("need_help", Value::Int(6))]).unwrap_err(), "need_help exceeds residents");
    }

    #[test]
    fn an_origin_is_denied_where_people_live() {
        let with = |layer: Layer| {
            let properties: [(_, Value); 2] =
                [("kind".into(), Value::Text("school".into())), ("Origin".into(), Value::Text("x".into()))];
            let key = FeatureKey::new(layer, "t", "1").unwrap();
            Feature::new(key, point!(x: 120.65, y: 28.01).into(), properties.into_iter().collect())
        };
        assert!(with(Layer::Places).is_ok());
        assert!(with(Layer::Houses).unwrap_err().to_string().contains("deny-list"));
    }

    #[test]
    fn a_number_of_a_person_is_no_id() {
        for id in ["11010519491231002X", "13800138000", "浙C12345", "a@example.com"] {
            let said = FeatureKey::new(Layer::Houses, "t", id).unwrap_err().to_string();
            assert!(said.contains("source_id") && !said.contains(id), "{said}");
        }
        for source in ["13800138000", "浙C12345", "a@example.com", "rtsp://h/x", "密码12345"] {
            let said = FeatureKey::new(Layer::Houses, source, "1").unwrap_err().to_string();
            assert!(said.contains("\"source\"") && !said.contains(source), "{said}");
        }
        assert!(FeatureKey::new(Layer::Houses, "osm", "n13012345678").is_ok());
    }

    #[test]
    fn a_division_does_not_end_before_it_begins() {
        let key = FeatureKey::new(Layer::Jurisdictions, "t", "1").unwrap();
        let square = polygon![(x: 120.6, y: 28.0), (x: 120.7, y: 28.0), (x: 120.7, y: 28.1)];
        let with = |from: &str, to: &str| {
            let text = |t: &str| Value::Text(t.to_owned());
            let all = [
                ("code", text("330300")),
                ("name", text("市")),
                ("level", text("city")),
                ("valid_from", text(from)),
                ("valid_to", text(to)),
            ];
            Feature::new(key.clone(), square.clone().into(), all.into_iter().map(|(n, v)| (n.into(), v)).collect())
        };
        assert!(with("2024-01-01", "2024-01-01").is_ok());
        assert!(with("2024-01-02", "2024-01-01").unwrap_err().to_string().contains("valid_to"));
        assert!(with("2024-02-30", "2025-01-01").unwrap_err().to_string().contains("valid_from"));
    }

    #[test]
    fn geometry_must_fit_the_layer() {
        let key = FeatureKey::new(Layer::Roads, "t", "1").unwrap();
        let class: Properties = [("class".into(), Value::Text("primary".into()))].into_iter().collect();
        let line = line_string![(x: 120.6, y: 28.0), (x: 120.7, y: 28.0)];
        assert!(Feature::new(key.clone(), line.into(), class.clone()).is_ok());
        let square = polygon![(x: 120.6, y: 28.0), (x: 120.7, y: 28.0), (x: 120.7, y: 28.1)];
        let refusal = Feature::new(key.clone(), square.into(), class.clone()).unwrap_err();
        assert_eq!(refusal.to_string(), "layer roads takes a line or several, got a polygon");
        let swapped = line_string![(x: 28.0, y: 120.6), (x: 28.0, y: 120.7)];
        assert!(matches!(
            Feature::new(key, swapped.into(), class),
            Err(FeatureError::Position(PositionError::Swapped { .. }))
        ));
    }
}
