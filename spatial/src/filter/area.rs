//! Areas as they are written: well-known text and boxes, WGS84 degrees.

use geo::{Area as _, Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, Rect};

use super::parse::Reader;
use super::{FilterError, MOST_POINTS};

/// Reads an area.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Geometry<f64>, FilterError> {
    let at = reader.at();
    if reader.takes("bbox") {
        return bbox(reader, at);
    }
    if reader.takes("point") {
        let place = bracketed(reader, coord)?;
        return Ok(Point(place).into());
    }
    if reader.takes("multipoint") {
        // Both `(1 2, 3 4)` and `((1 2), (3 4))` are written.
        let places = listed(reader, |reader| {
            if reader.takes_sign("(") {
                let place = coord(reader)?;
                reader.must_be(")").map(|()| Point(place))
            } else {
                coord(reader).map(Point)
            }
        })?;
        return Ok(MultiPoint(places).into());
    }
    if reader.takes("linestring") {
        return Ok(line(reader)?.into());
    }
    if reader.takes("multilinestring") {
        return Ok(MultiLineString(listed(reader, line)?).into());
    }
    if reader.takes("polygon") {
        return Ok(polygon(reader)?.into());
    }
    if reader.takes("multipolygon") {
        return Ok(MultiPolygon(listed(reader, polygon)?).into());
    }
    let why = "here comes BBOX, POINT, LINESTRING, POLYGON or one of their MULTI forms, and geometry is the other side";
    Err(FilterError::new(at, why))
}

fn bbox(reader: &mut Reader<'_>, at: usize) -> Result<Geometry<f64>, FilterError> {
    reader.must_be("(")?;
    let mut numbers = Vec::new();
    loop {
        let here = reader.at();
        numbers.push(reader.number().ok_or_else(|| FilterError::new(here, "here comes a number of degrees"))?);
        if numbers.len() == 4 || !reader.takes_sign(",") {
            break;
        }
    }
    reader.must_be(")")?;
    let [west, south, east, north] = numbers.as_slice() else {
        return Err(FilterError::new(at, "a box has four numbers: west, south, east, north"));
    };
    let (low, high) = (place(*west, *south, at)?, place(*east, *north, at)?);
    if west > east || south > north {
        return Err(FilterError::new(
            at,
            "west must not be beyond east, nor south beyond north: a box over the antimeridian is two",
        ));
    }
    Ok(Rect::new(low, high).to_polygon().into())
}

fn bracketed<T>(
    reader: &mut Reader<'_>,
    of: impl Fn(&mut Reader<'_>) -> Result<T, FilterError>,
) -> Result<T, FilterError> {
    reader.must_be("(")?;
    let one = of(reader)?;
    reader.must_be(")")?;
    Ok(one)
}

fn listed<T>(
    reader: &mut Reader<'_>,
    of: impl Fn(&mut Reader<'_>) -> Result<T, FilterError>,
) -> Result<Vec<T>, FilterError> {
    reader.must_be("(")?;
    let mut all = vec![of(reader)?];
    while reader.takes_sign(",") {
        all.push(of(reader)?);
    }
    reader.must_be(")")?;
    Ok(all)
}

fn coord(reader: &mut Reader<'_>) -> Result<Coord<f64>, FilterError> {
    let at = reader.at();
    let (Some(lon), Some(lat)) = (reader.number(), reader.number()) else {
        return Err(FilterError::new(at, "a place is two numbers with a space between: longitude, latitude"));
    };
    reader.points += 1;
    if reader.points > MOST_POINTS {
        return Err(FilterError::new(at, format!("areas have at most {MOST_POINTS} points in all")));
    }
    place(lon, lat, at)
}

fn place(lon: f64, lat: f64, at: usize) -> Result<Coord<f64>, FilterError> {
    if lon.abs() > 180.0 || lat.abs() > 90.0 {
        return Err(FilterError::new(
            at,
            format!("{lon} {lat} is no place: longitude -180 to 180 comes first, then latitude -90 to 90"),
        ));
    }
    Ok(Coord { x: lon, y: lat })
}

fn line(reader: &mut Reader<'_>) -> Result<LineString<f64>, FilterError> {
    let at = reader.at();
    let line = LineString(listed(reader, coord)?);
    if line.0.len() < 2 {
        return Err(FilterError::new(at, "a line has two points or more"));
    }
    Ok(line)
}

fn polygon(reader: &mut Reader<'_>) -> Result<Polygon<f64>, FilterError> {
    let at = reader.at();
    let mut rings = listed(reader, line)?;
    for ring in &rings {
        if ring.0.len() < 4 || ring.0.first() != ring.0.last() {
            return Err(FilterError::new(at, "a ring has four points or more, and ends where it began"));
        }
    }
    let outer = rings.remove(0);
    let polygon = Polygon::new(outer, rings);
    if polygon.unsigned_area() > 0.0 {
        return Ok(polygon);
    }
    Err(FilterError::new(at, "a polygon must hold some ground"))
}
