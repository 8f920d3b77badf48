//! The geometry of a GeoJSON feature: checked numbers, converted, repaired.

use geo::{Coord, Geometry};
use serde_json::Value;

use spatial::shown as short;

use crate::mend::Mender;
use crate::problem::Problem;
use crate::shape::{RawShape, Rings};

/// Reads one geometry through a door.
pub(super) struct Shapes<'a> {
    pub(super) mender: Mender<'a>,
    /// Where the geometry begins, as the file says it.
    pub(super) first: Option<Coord<f64>>,
}

impl Shapes<'_> {
    /// Reads a geometry object. A collection or multi-point of one member is that member.
    pub(super) fn geometry(&mut self, value: &Value) -> Result<Geometry<f64>, Problem> {
        let raw = self.raw(value)?;
        self.first = raw.first();
        self.mender.shape(raw)
    }

    fn raw(&mut self, value: &Value) -> Result<RawShape, Problem> {
        let members = match value {
            Value::Null => return Err(Problem::plain("the feature has no geometry")),
            Value::Object(members) => members,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(Problem::plain("the geometry is no object"));
            }
        };
        let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
        if kind == "GeometryCollection" {
            let parts = members.get("geometries").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let [only] = parts else {
                let count = parts.len();
                return Err(Problem::plain(format!("a collection of {count} geometries cannot be one feature")));
            };
            if only.get("type").and_then(Value::as_str) == Some("GeometryCollection") {
                return Err(Problem::plain("a collection inside a collection"));
            }
            self.mender.mended.singles += 1;
            return self.raw(only);
        }
        let Some(coordinates) = members.get("coordinates") else {
            return Err(Problem::plain("the geometry has no coordinates"));
        };
        Ok(match kind {
            "Point" => RawShape::Point(self.position(coordinates)?),
            "MultiPoint" => RawShape::Points(self.positions(coordinates)?),
            "LineString" => RawShape::Line(self.positions(coordinates)?),
            "MultiLineString" => RawShape::Lines(self.rings(coordinates)?),
            "Polygon" => RawShape::Polygon(self.rings(coordinates)?),
            "MultiPolygon" => {
                let polygons = array(coordinates)?.iter().map(|rings| self.rings(rings));
                RawShape::Polygons(polygons.collect::<Result<_, _>>()?)
            }
            other => return Err(Problem::plain(format!("geometry type {:?} is unknown", short(other)))),
        })
    }

    fn rings(&mut self, value: &Value) -> Result<Rings, Problem> {
        array(value)?.iter().map(|ring| self.positions(ring)).collect()
    }

    fn positions(&mut self, value: &Value) -> Result<Vec<Coord<f64>>, Problem> {
        array(value)?.iter().map(|position| self.position(position)).collect()
    }

    fn position(&mut self, value: &Value) -> Result<Coord<f64>, Problem> {
        let numbers = array(value)?;
        if numbers.len() < 2 {
            return Err(Problem::plain("a position has fewer than two numbers"));
        }
        let mut xyz = [0.0; 3];
        for (at, number) in numbers.iter().enumerate() {
            let number = number.as_f64().ok_or_else(|| {
                let reason = format!("a coordinate is no number: {}", short(&number.to_string()));
                Problem::grouped(reason, "a coordinate is no number")
            })?;
            if let Some(to) = xyz.get_mut(at) {
                *to = number;
            }
        }
        self.mender.mended.heights += u64::from(numbers.len() > 2);
        let [x, y, _] = xyz;
        Ok(Coord { x, y })
    }
}

fn array(value: &Value) -> Result<&[Value], Problem> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| Problem::plain("coordinates are not nested as the type asks"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Door;

    fn check(text: &str, expect: &str) {
        let mut shapes = Shapes { mender: Mender::new(&Door::WGS84, false), first: None };
        let got = match shapes.geometry(&serde_json::from_str(text).unwrap()) {
            Ok(geometry) => format!("{geometry:?}"),
            Err(problem) => problem.reason,
        };
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn good_shapes() {
        check(r#"{"type":"Point","coordinates":[120.5,28,7]}"#, "POINT(120.5 28.0)");
        check(r#"{"type":"MultiPoint","coordinates":[[120.5,28]]}"#, "POINT(120.5 28.0)");
        check(r#"{"type":"LineString","coordinates":[[1,2],[1,2],[3,4]]}"#, "LINESTRING(1.0 2.0,3.0 4.0)");
        check(
            r#"{"type":"Polygon","coordinates":[[[1,2],[3,4],[3,2]]]}"#,
            "POLYGON((1.0 2.0,3.0 2.0,3.0 4.0,1.0 2.0))",
        );
        let collection = r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}"#;
        check(collection, "POINT(1.0 2.0)");
    }

    #[test]
    fn bad_shapes_are_named() {
        check("null", "the feature has no geometry");
        check("7", "the geometry is no object");
        check(r#"{"type":"Foo","coordinates":[]}"#, "geometry type \"Foo\" is unknown");
        check(r#"{"type":"Point"}"#, "the geometry has no coordinates");
        check(r#"{"type":"Point","coordinates":[1]}"#, "a position has fewer than two numbers");
        check(r#"{"type":"Point","coordinates":["1",2]}"#, "a coordinate is no number: \"1\"");
        check(r#"{"type":"Point","coordinates":[1,2,"f"]}"#, "a coordinate is no number: \"f\"");
        check(r#"{"type":"Point","coordinates":5}"#, "coordinates are not nested as the type asks");
        check(r#"{"type":"MultiPolygon","coordinates":[[[1]]]}"#, "coordinates are not nested as the type asks");
        check(r#"{"type":"LineString","coordinates":[[1,2]]}"#, "a line has fewer than two different points");
        check(r#"{"type":"Polygon","coordinates":[]}"#, "the polygon has no ring");
        check(
            r#"{"type":"Polygon","coordinates":[[[1,1],[2,2]]]}"#,
            "the outline has fewer than three different points",
        );
        let specks =
            r#"{"type":"MultiPolygon","coordinates":[[[[5,5],[6,6],[5,5]]],[[[1,1],[3,1],[3,3]],[[2,1],[2,1]]]]}"#;
        check(specks, "MULTIPOLYGON(((1.0 1.0,3.0 1.0,3.0 3.0,1.0 1.0)))");
        check(
            r#"{"type":"Point","coordinates":[1e200,2]}"#,
            "longitude 1e200 or latitude 2 is outside -180..180, -90..90 degrees: this looks like metres, so another \
             coordinate system must be named",
        );
        check(
            r#"{"type":"Polygon","coordinates":[[[1,1],[2,2],[2,1],[1,2]]]}"#,
            "the outline self-intersects at 1.5,1.5",
        );
    }
}
