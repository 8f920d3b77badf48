//! Geometry as well-known binary (OGC 06-103r4), little-endian, two dimensions: the five kinds that features have.
//! Every bit of every coordinate comes back.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon};

const POINT: u32 = 1;
const LINE: u32 = 2;
const POLYGON: u32 = 3;
const LINES: u32 = 5;
const POLYGONS: u32 = 6;

/// Writes a geometry, or says why it cannot be stored.
pub(crate) fn write(geometry: &Geometry<f64>) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::new();
    match geometry {
        Geometry::Point(point) => {
            head(&mut bytes, POINT);
            coord(&mut bytes, point.0);
        }
        Geometry::LineString(l) => line(&mut bytes, l),
        Geometry::Polygon(p) => polygon(&mut bytes, p)?,
        Geometry::MultiLineString(lines) => {
            head(&mut bytes, LINES);
            length(&mut bytes, lines.0.len());
            lines.0.iter().for_each(|l| line(&mut bytes, l));
        }
        Geometry::MultiPolygon(polygons) => {
            head(&mut bytes, POLYGONS);
            length(&mut bytes, polygons.0.len());
            for p in &polygons.0 {
                polygon(&mut bytes, p)?;
            }
        }
        Geometry::MultiPoint(_) | Geometry::GeometryCollection(_) => return Err("a collection is not stored"),
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {
            return Err("a shape of this kind is not stored");
        }
    }
    Ok(bytes)
}

fn head(bytes: &mut Vec<u8>, kind: u32) {
    bytes.push(1);
    bytes.extend(kind.to_le_bytes());
}

fn length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn coord(bytes: &mut Vec<u8>, coord: Coord<f64>) {
    bytes.extend(coord.x.to_le_bytes());
    bytes.extend(coord.y.to_le_bytes());
}

fn coords(bytes: &mut Vec<u8>, coords: &[Coord<f64>]) {
    length(bytes, coords.len());
    for c in coords {
        coord(bytes, *c);
    }
}

fn line(bytes: &mut Vec<u8>, line: &LineString<f64>) {
    head(bytes, LINE);
    coords(bytes, &line.0);
}

/// PostGIS takes no ring of fewer than four points, so neither backend does.
fn polygon(bytes: &mut Vec<u8>, polygon: &Polygon<f64>) -> Result<(), &'static str> {
    head(bytes, POLYGON);
    length(bytes, 1 + polygon.interiors().len());
    for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
        if ring.0.len() < 4 {
            return Err("a ring has fewer than four points");
        }
        coords(bytes, &ring.0);
    }
    Ok(())
}

/// Reads what [`write`] (or PostGIS's `st_asbinary(…, 'NDR')`) has written.
pub(crate) fn read(bytes: &[u8]) -> Result<Geometry<f64>, &'static str> {
    let mut bytes = Bytes(bytes);
    let geometry = match bytes.head()? {
        POINT => Point(bytes.coord()?).into(),
        LINE => LineString(bytes.coords()?).into(),
        POLYGON => bytes.polygon()?.into(),
        LINES => MultiLineString(bytes.several(LINE, |b| b.coords().map(LineString))?).into(),
        POLYGONS => MultiPolygon(bytes.several(POLYGON, Bytes::polygon)?).into(),
        _ => return Err("the geometry is of an unknown kind"),
    };
    if bytes.0.is_empty() { Ok(geometry) } else { Err("the geometry has bytes after its end") }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or("the geometry ends early")?;
        self.0 = rest;
        Ok(*first)
    }

    fn head(&mut self) -> Result<u32, &'static str> {
        match self.take::<1>()? {
            [1] => Ok(u32::from_le_bytes(self.take()?)),
            _ => Err("the geometry is not little-endian"),
        }
    }

    /// A number of things of at least `size` bytes each: a lying length cannot make us reserve more than there is.
    fn length(&mut self, size: usize) -> Result<usize, &'static str> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        if length.saturating_mul(size) > self.0.len() { Err("the geometry ends early") } else { Ok(length) }
    }

    fn coord(&mut self) -> Result<Coord<f64>, &'static str> {
        Ok(Coord { x: f64::from_le_bytes(self.take()?), y: f64::from_le_bytes(self.take()?) })
    }

    fn coords(&mut self) -> Result<Vec<Coord<f64>>, &'static str> {
        (0..self.length(16)?).map(|_| self.coord()).collect()
    }

    fn polygon(&mut self) -> Result<Polygon<f64>, &'static str> {
        let mut rings =
            (0..self.length(4)?).map(|_| self.coords().map(LineString)).collect::<Result<Vec<_>, _>>()?.into_iter();
        let exterior = rings.next().ok_or("a polygon has no ring")?;
        Ok(Polygon::new(exterior, rings.collect()))
    }

    fn several<T>(
        &mut self,
        kind: u32,
        one: impl Fn(&mut Self) -> Result<T, &'static str>,
    ) -> Result<Vec<T>, &'static str> {
        (0..self.length(9)?)
            .map(|_| if self.head()? == kind { one(self) } else { Err("a part of the geometry is of another kind") })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{line_string, point, polygon};

    fn check(geometry: impl Into<Geometry<f64>>) {
        let geometry = geometry.into();
        let bytes = write(&geometry).unwrap();
        assert_eq!(read(&bytes).unwrap(), geometry);
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn all_five_kinds_come_back() {
        let line = line_string![(x: 0.1, y: 0.2), (x: -0.0, y: 1e-300)];
        let holed = polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)], interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.)]]);
        check(point!(x: 120.655_500_000_000_02, y: 28.0));
        check(line.clone());
        check(holed.clone());
        check(MultiLineString(vec![line.clone(), line]));
        check(MultiPolygon(vec![holed.clone(), holed]));
    }

    #[test]
    fn a_point_is_the_21_bytes_of_the_standard() {
        let bytes = write(&point!(x: 1.0, y: 2.0).into()).unwrap();
        assert_eq!(bytes, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40]);
    }

    #[test]
    fn lying_lengths_and_bad_rings_are_refused() {
        assert!(read(&[1, 2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(read(&[0, 0, 0, 0, 1]).is_err());
        let short = Polygon::new(
            line_string![(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)],
            vec![line_string![(x: 1., y: 1.)]],
        );
        assert_eq!(write(&short.into()), Err("a ring has fewer than four points"));
    }
}
