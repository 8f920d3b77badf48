//! The geometry of a GeoJSON feature: checked numbers, converted, repaired.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::Value;

use crate::Door;
use crate::problem::Problem;
use crate::rings;

/// What was mended on the way, for the notes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mended {
    /// Rings that were not closed.
    pub(super) rings_closed: u64,
    /// Parts and holes of fewer than three different points, left out.
    pub(super) specks: u64,
    /// Positions with a height, which is dropped.
    pub(super) heights: u64,
    /// Collections and multi-points of one member, taken for that member.
    pub(super) singles: u64,
}

impl std::ops::AddAssign for Mended {
    fn add_assign(&mut self, other: Self) {
        self.rings_closed += other.rings_closed;
        self.specks += other.specks;
        self.heights += other.heights;
        self.singles += other.singles;
    }
}

/// Reads one geometry through a door.
pub(super) struct Shapes<'a> {
    pub(super) door: &'a Door<'a>,
    pub(super) mended: Mended,
}

impl Shapes<'_> {
    /// Reads a geometry object. A collection or multi-point of one member is that member.
    pub(super) fn geometry(&mut self, value: &Value) -> Result<Geometry<f64>, Problem> {
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
            self.mended.singles += 1;
            return self.geometry(only);
        }
        let Some(coordinates) = members.get("coordinates") else {
            return Err(Problem::plain("the geometry has no coordinates"));
        };
        Ok(match kind {
            "Point" => Point(self.position(coordinates)?).into(),
            "MultiPoint" => {
                let points = self.positions(coordinates)?;
                if let [only] = points[..] {
                    self.mended.singles += 1;
                    Point(only).into()
                } else {
                    MultiPoint::new(points.into_iter().map(Point).collect()).into()
                }
            }
            "LineString" => self.line(coordinates)?.into(),
            "MultiLineString" => {
                let lines = array(coordinates)?.iter().map(|line| self.line(line));
                MultiLineString::new(lines.collect::<Result<_, _>>()?).into()
            }
            "Polygon" => self.polygon(coordinates)?.ok_or_else(no_area)?.into(),
            "MultiPolygon" => self.polygons(coordinates)?.into(),
            other => return Err(Problem::plain(format!("geometry type {:?} is unknown", short(other)))),
        })
    }

    /// A part whose outline has shrunk to a line or a point is left out, unless nothing else is left.
    fn polygons(&mut self, value: &Value) -> Result<MultiPolygon<f64>, Problem> {
        let mut parts = Vec::new();
        for part in array(value)? {
            parts.extend(self.polygon(part)?);
        }
        if parts.is_empty() { Err(no_area()) } else { Ok(MultiPolygon::new(parts)) }
    }

    /// `None` when the outline has fewer than three different points; holes of that kind are left out.
    fn polygon(&mut self, value: &Value) -> Result<Option<Polygon<f64>>, Problem> {
        let mut rings = Vec::new();
        for (at, ring) in array(value)?.iter().enumerate() {
            let Some((ring, was_open)) = rings::close(self.positions(ring)?) else {
                self.mended.specks += 1;
                if at == 0 {
                    return Ok(None);
                }
                continue;
            };
            self.mended.rings_closed += u64::from(was_open);
            rings.push(ring);
        }
        if rings.is_empty() {
            return Err(Problem::plain("the polygon has no ring"));
        }
        let exterior = rings.remove(0);
        let polygon = Polygon::new(exterior, rings);
        rings::check(&polygon)?;
        Ok(Some(polygon))
    }

    fn line(&mut self, value: &Value) -> Result<LineString<f64>, Problem> {
        let mut points = self.positions(value)?;
        points.dedup();
        if points.len() < 2 {
            return Err(Problem::plain("a line has fewer than two different points"));
        }
        Ok(LineString::new(points))
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
        self.mended.heights += u64::from(numbers.len() > 2);
        let [x, y, _] = xyz;
        let (x, y) = (self.door.to_wgs84)(x, y).map_err(|reason| {
            let group = format!("coordinates do not fit the coordinate system {}", self.door.crs);
            Problem::grouped(format!("coordinates {x},{y} do not fit {}: {reason}", self.door.crs), group)
        })?;
        // Checked here, before any geometry is computed from them.
        spatial::Position::new(x, y).map_err(|error| Problem::from(spatial::FeatureError::from(error)))?;
        Ok(Coord { x, y })
    }
}

fn no_area() -> Problem {
    Problem::plain("the outline has fewer than three different points")
}

fn array(value: &Value) -> Result<&[Value], Problem> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| Problem::plain("coordinates are not nested as the type asks"))
}

/// The first 40 characters, for a message.
pub(super) fn short(text: &str) -> &str {
    text.char_indices().nth(40).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let mut shapes = Shapes { door: &Door::WGS84, mended: Mended::default() };
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
            "POLYGON((1.0 2.0,3.0 4.0,3.0 2.0,1.0 2.0))",
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
            &format!(
                "longitude {} or latitude 2 is outside -180..180, -90..90 degrees: this looks like metres, \
             so another coordinate system must be named",
                1e200
            ),
        );
        check(
            r#"{"type":"Polygon","coordinates":[[[1,1],[2,2],[2,1],[1,2]]]}"#,
            "the outline self-intersects at 1.5,1.5",
        );
    }

    #[test]
    fn coordinates_pass_the_door() {
        let shift =
            |x: f64, y: f64| if x > 500.0 { Err("not in this zone".to_owned()) } else { Ok((x + 1.0, y + 1.0)) };
        let door = Door { crs: "epsg:4549", to_wgs84: &shift };
        let mut shapes = Shapes { door: &door, mended: Mended::default() };
        let mut read = |x: f64| shapes.geometry(&serde_json::json!({"type": "Point", "coordinates": [x, 2]}));
        assert_eq!(read(1.0).unwrap(), Point::new(2.0, 3.0).into());
        let problem = read(501.0).unwrap_err();
        assert_eq!(problem.reason, "coordinates 501,2 do not fit epsg:4549: not in this zone");
        assert_eq!(problem.group, "coordinates do not fit the coordinate system epsg:4549");
    }
}
