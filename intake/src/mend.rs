//! From the numbers of a file to a checked geometry in WGS84: coordinates pass the door, rings are closed and turned.
//!
//! Only what can be mended without guessing is mended, and the report says so; the rest is refused with its place.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use spatial::noun::Settled;

use crate::problem::Problem;
use crate::shape::{RawShape, Rings};
use crate::{Door, rings};

/// What was mended on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mended {
    /// Rings that were not closed.
    pub(crate) rings_closed: u64,
    /// Outlines that ran clockwise and holes that ran the other way, where the format asks for the opposite.
    pub(crate) rings_turned: u64,
    /// Points that repeated the one before.
    pub(crate) repeats: u64,
    /// Parts and holes of fewer than three different points, left out.
    pub(crate) specks: u64,
    /// Positions with a height, which is dropped.
    pub(crate) heights: u64,
    /// Collections and multi-points of one member, taken for that member.
    pub(crate) singles: u64,
    /// Dwellings and buildings whose address went on to unit, floor or room.
    pub(crate) rooms: u64,
    /// Those with columns that say unit, floor or room.
    pub(crate) room_columns: u64,
}

impl Mended {
    /// Counts a row that said what lies inside a building.
    pub(crate) fn settled(&mut self, settled: Settled) {
        self.rooms += u64::from(settled.address);
        self.room_columns += u64::from(settled.column);
    }

    /// What was changed, in words; `None` when nothing was.
    pub(crate) fn words(&self) -> Option<String> {
        let counted = [
            ("closed rings", self.rings_closed),
            ("turned rings", self.rings_turned),
            ("dropped repeated points", self.repeats),
            ("left out parts or holes of fewer than three different points", self.specks),
            ("ended addresses at the building", self.rooms),
            ("left out columns that say unit, floor or room", self.room_columns),
        ];
        let said: Vec<String> =
            counted.iter().filter(|(_, n)| *n > 0).map(|(what, n)| format!("{what}: {n}")).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }
}

impl std::ops::AddAssign for Mended {
    fn add_assign(&mut self, other: Self) {
        self.rings_closed += other.rings_closed;
        self.rings_turned += other.rings_turned;
        self.repeats += other.repeats;
        self.specks += other.specks;
        self.heights += other.heights;
        self.singles += other.singles;
        self.rooms += other.rooms;
        self.room_columns += other.room_columns;
    }
}

/// Mends one geometry after the other.
pub(crate) struct Mender<'a> {
    pub(crate) door: &'a Door<'a>,
    /// The format wants outlines to run clockwise (Shapefile), so that turning them is no repair.
    pub(crate) clockwise: bool,
    pub(crate) mended: Mended,
}

impl<'a> Mender<'a> {
    pub(crate) fn new(door: &'a Door<'a>, clockwise: bool) -> Self {
        Self { door, clockwise, mended: Mended::default() }
    }

    /// Converts, mends and checks.
    pub(crate) fn shape(&mut self, raw: RawShape) -> Result<Geometry<f64>, Problem> {
        Ok(match raw {
            RawShape::Point(point) => Point(self.place(point)?).into(),
            RawShape::Points(points) => {
                let points = self.places(points)?;
                if let [only] = points[..] {
                    self.mended.singles += 1;
                    Point(only).into()
                } else {
                    MultiPoint::new(points.into_iter().map(Point).collect()).into()
                }
            }
            RawShape::Line(line) => self.line(line)?.into(),
            RawShape::Lines(lines) => {
                let lines = lines.into_iter().map(|line| self.line(line));
                MultiLineString::new(lines.collect::<Result<_, _>>()?).into()
            }
            RawShape::Polygon(rings) => self.polygon(rings)?.ok_or_else(no_area)?.into(),
            RawShape::Polygons(polygons) => self.polygons(polygons)?,
        })
    }

    /// A part whose outline has shrunk to a line or a point is left out, unless nothing else is left.
    fn polygons(&mut self, polygons: Vec<Rings>) -> Result<Geometry<f64>, Problem> {
        let mut parts = Vec::new();
        for rings in polygons {
            parts.extend(self.polygon(rings)?);
        }
        if parts.is_empty() {
            return Err(no_area());
        }
        rings::check_parts(&parts)?;
        Ok(MultiPolygon::new(parts).into())
    }

    /// `None` when the outline has fewer than three different points; holes of that kind are left out.
    fn polygon(&mut self, rings: Rings) -> Result<Option<Polygon<f64>>, Problem> {
        let mut mended = Vec::with_capacity(rings.len());
        for (at, ring) in rings.into_iter().enumerate() {
            let points = self.places(ring)?;
            let before = points.len();
            let Some((mut ring, was_open)) = rings::close(points) else {
                self.mended.specks += 1;
                if at == 0 {
                    return Ok(None);
                }
                continue;
            };
            self.mended.rings_closed += u64::from(was_open);
            self.mended.repeats += (before + usize::from(was_open)).saturating_sub(ring.0.len()) as u64;
            let hole = at > 0;
            let clockwise = rings::runs_clockwise(&ring);
            // Kept are outlines that run anticlockwise; what the format asks for decides whether that is a repair.
            if clockwise ^ hole {
                ring.0.reverse();
            }
            self.mended.rings_turned += u64::from(clockwise ^ hole ^ self.clockwise);
            mended.push(ring);
        }
        if mended.is_empty() {
            return Err(Problem::plain("the polygon has no ring"));
        }
        let exterior = mended.remove(0);
        let polygon = Polygon::new(exterior, mended);
        rings::check_outline(&polygon)?;
        Ok(Some(polygon))
    }

    fn line(&mut self, line: Vec<Coord<f64>>) -> Result<LineString<f64>, Problem> {
        let mut points = self.places(line)?;
        let before = points.len();
        points.dedup();
        self.mended.repeats += (before - points.len()) as u64;
        if points.len() < 2 {
            return Err(Problem::plain("a line has fewer than two different points"));
        }
        Ok(LineString::new(points))
    }

    fn places(&self, points: Vec<Coord<f64>>) -> Result<Vec<Coord<f64>>, Problem> {
        points.into_iter().map(|point| self.place(point)).collect()
    }

    fn place(&self, given: Coord<f64>) -> Result<Coord<f64>, Problem> {
        let Coord { x, y } = given;
        let (x, y) = (self.door.to_wgs84)(x, y).map_err(|reason| {
            let group = format!("coordinates do not fit the coordinate system {}", self.door.crs);
            let (x, y) = (spatial::Value::Float(x).shown(), spatial::Value::Float(y).shown());
            Problem::grouped(format!("coordinates {x},{y} do not fit {}: {reason}", self.door.crs), group)
        })?;
        let (x, y) = settled((given.x, given.y), (x, y));
        // Checked here, before any geometry is computed from them.
        spatial::Position::new(x, y).map_err(|error| Problem::from(spatial::FeatureError::from(error)))?;
        Ok(Coord { x, y })
    }
}

/// Degrees as they are kept: converted ones to eight decimals, 1.1 mm of latitude, so that the same thing in another system
/// is the same place, and its next import changes nothing; those that a conversion left as they were `given` stay so.
pub fn settled(given: (f64, f64), converted: (f64, f64)) -> (f64, f64) {
    let rounded = |degrees: f64| (degrees * 1e8).round() / 1e8;
    if given == converted { given } else { (rounded(converted.0), rounded(converted.1)) }
}

fn no_area() -> Problem {
    Problem::plain("the outline has fewer than three different points")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i32, i32)]) -> Vec<Coord<f64>> {
        points.iter().map(|&(x, y)| Coord { x: x.into(), y: y.into() }).collect()
    }

    fn check(raw: RawShape, clockwise: bool, expect: &str, repairs: Mended) {
        let mut mender = Mender::new(&Door::WGS84, clockwise);
        let got = mender.shape(raw).map_or_else(|problem| problem.reason, |geometry| format!("{geometry:?}"));
        assert_eq!(got, expect);
        assert_eq!(mender.mended, repairs);
    }

    #[test]
    fn rings_are_closed_turned_and_thinned() {
        let square = &[(1, 1), (3, 1), (3, 1), (3, 3), (1, 3)];
        let turned: Vec<(i32, i32)> = square.iter().rev().copied().collect();
        let expect = "POLYGON((1.0 1.0,3.0 1.0,3.0 3.0,1.0 3.0,1.0 1.0))";
        let mended = Mended { rings_closed: 1, repeats: 1, ..Mended::default() };
        check(RawShape::Polygon(vec![ring(square)]), false, expect, mended);
        let expect = "POLYGON((1.0 3.0,1.0 1.0,3.0 1.0,3.0 3.0,1.0 3.0))";
        check(RawShape::Polygon(vec![ring(&turned)]), false, expect, Mended { rings_turned: 1, ..mended });
        check(RawShape::Polygon(vec![ring(&turned)]), true, expect, mended);
        assert_eq!(mended.words().unwrap(), "closed rings: 1, dropped repeated points: 1");
        assert_eq!(Mended { heights: 3, ..Mended::default() }.words(), None);
    }

    #[test]
    fn a_hole_that_is_none_is_left_out() {
        let rings = vec![ring(&[(1, 1), (9, 1), (9, 9), (1, 1)]), ring(&[(5, 3), (6, 3), (5, 3)])];
        let mended = Mended { specks: 1, ..Mended::default() };
        check(RawShape::Polygon(rings), false, "POLYGON((1.0 1.0,9.0 1.0,9.0 9.0,1.0 1.0))", mended);
    }

    #[test]
    fn coordinates_pass_the_door() {
        let shift =
            |x: f64, y: f64| if x > 500.0 { Err("not in this zone".to_owned()) } else { Ok((x + 1.0, y + 1.0)) };
        let door = Door { crs: "epsg:4549", to_wgs84: &shift };
        let mut mender = Mender::new(&door, false);
        let mut read = |x: f64| mender.shape(RawShape::Point(Coord { x, y: 2.0 }));
        assert_eq!(read(1.0).unwrap(), Point::new(2.0, 3.0).into());
        assert_eq!(read(0.123_456_789_4).unwrap(), Point::new(1.123_456_79, 3.0).into());
        let problem = read(501.0).unwrap_err();
        assert_eq!(problem.reason, "coordinates 501,2 do not fit epsg:4549: not in this zone");
        assert_eq!(problem.group, "coordinates do not fit the coordinate system epsg:4549");
    }
}
