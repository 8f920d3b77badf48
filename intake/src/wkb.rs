//! Well-known binary (OGC 06-103r4), with heights and measures by either way of marking them.

use geo::Coord;

use crate::problem::Problem;
use crate::shape::{RawShape, Rings};

/// Reads one geometry; the flag says whether it has heights or measures.
pub(crate) fn wkb(bytes: &[u8]) -> Result<(RawShape, bool), Problem> {
    let mut reader = Reader { rest: bytes, little: true, heights: false };
    let shape = reader.geometry(0)?;
    Ok((shape, reader.heights))
}

struct Reader<'a> {
    rest: &'a [u8],
    little: bool,
    heights: bool,
}

fn short() -> Problem {
    Problem::plain("the geometry ends too early")
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let (head, tail) = self.rest.split_first_chunk::<N>().ok_or_else(short)?;
        self.rest = tail;
        Ok(*head)
    }

    fn number(&mut self) -> Result<u32, Problem> {
        let bytes = self.take()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn float(&mut self) -> Result<f64, Problem> {
        let bytes = self.take()?;
        Ok(if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    /// A count of things that take at least `size` bytes each: more than fit cannot be.
    fn count(&mut self, size: usize) -> Result<usize, Problem> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if count > self.rest.len() / size { Err(short()) } else { Ok(count) }
    }

    /// The head of a geometry: its kind, and how many numbers a position has.
    fn head(&mut self) -> Result<(u32, usize), Problem> {
        self.little = match self.take()? {
            [0] => false,
            [1] => true,
            [other] => {
                let reason = format!("the geometry begins with byte {other}, which is no byte order");
                return Err(Problem::grouped(reason, "the geometry is no WKB"));
            }
        };
        let code = self.number()?;
        if code & 0x2000_0000 != 0 {
            self.number()?;
        }
        let (plain, flags) = (code & 0x0fff_ffff, code >> 30);
        let more = match plain / 1000 {
            0 => flags.count_ones(),
            1 | 2 => 1,
            3 => 2,
            _ => return Err(Problem::plain(format!("geometry type {code} is unknown"))),
        };
        self.heights |= more > 0;
        Ok((plain % 1000, 2 + usize::try_from(more).unwrap_or(0)))
    }

    fn geometry(&mut self, depth: u8) -> Result<RawShape, Problem> {
        let (kind, numbers) = self.head()?;
        Ok(match kind {
            1 => RawShape::Point(self.position(numbers)?),
            2 => RawShape::Line(self.points(numbers)?),
            3 => RawShape::Polygon(self.rings(numbers)?),
            4..=7 if depth > 0 => return Err(Problem::plain("a collection inside a collection")),
            4 => RawShape::Points(self.members(depth, RawShape::into_point)?),
            5 => RawShape::Lines(self.members(depth, RawShape::into_line)?),
            6 => RawShape::Polygons(self.members(depth, RawShape::into_polygon)?),
            7 => RawShape::only(self.members(depth, Some)?)?,
            other => return Err(Problem::plain(format!("geometry type {other} is not read"))),
        })
    }

    fn members<T>(&mut self, depth: u8, of: impl Fn(RawShape) -> Option<T>) -> Result<Vec<T>, Problem> {
        let count = self.count(5)?;
        let mut members = Vec::new();
        for _ in 0..count {
            let member = of(self.geometry(depth + 1)?);
            members.push(member.ok_or_else(|| Problem::plain("a part of the geometry is not of its kind"))?);
        }
        Ok(members)
    }

    fn rings(&mut self, numbers: usize) -> Result<Rings, Problem> {
        let count = self.count(4)?;
        (0..count).map(|_| self.points(numbers)).collect()
    }

    fn points(&mut self, numbers: usize) -> Result<Vec<Coord<f64>>, Problem> {
        let count = self.count(8 * numbers)?;
        (0..count).map(|_| self.position(numbers)).collect()
    }

    fn position(&mut self, numbers: usize) -> Result<Coord<f64>, Problem> {
        let position = Coord { x: self.float()?, y: self.float()? };
        for _ in 2..numbers {
            self.float()?;
        }
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(kind: u32, numbers: &[f64]) -> Vec<u8> {
        let mut bytes = vec![1];
        bytes.extend(kind.to_le_bytes());
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    #[test]
    fn points_of_every_kind() {
        let expect = |heights| Ok((RawShape::Point(Coord { x: 120.5, y: 28.0 }), heights));
        assert_eq!(wkb(&point(1, &[120.5, 28.0])), expect(false));
        for kind in [1001, 2001, 0x8000_0001] {
            assert_eq!(wkb(&point(kind, &[120.5, 28.0, 7.0])), expect(true));
        }
        assert_eq!(wkb(&point(3001, &[120.5, 28.0, 7.0, 8.0])), expect(true));
        let mut big = vec![0, 0, 0, 0, 1];
        big.extend([120.5, 28.0_f64].iter().flat_map(|number| number.to_be_bytes()));
        assert_eq!(wkb(&big), expect(false));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let say = |bytes: &[u8]| wkb(bytes).unwrap_err().reason;
        assert_eq!(say(&[]), "the geometry ends too early");
        assert_eq!(say(&point(1, &[1.0])), "the geometry ends too early");
        assert_eq!(say(&[7, 0, 0, 0, 0]), "the geometry begins with byte 7, which is no byte order");
        // A line of four thousand million points in nine bytes.
        assert_eq!(say(&[1, 2, 0, 0, 0, 255, 255, 255, 255]), "the geometry ends too early");
        let deep: Vec<u8> = [1, 7, 0, 0, 0, 1, 0, 0, 0].repeat(100_000);
        assert_eq!(say(&deep), "a collection inside a collection");
        assert_eq!(say(&point(15, &[])), "geometry type 15 is not read");
    }

    proptest! {
        #[test]
        fn nothing_panics(head in prop::sample::select(vec![1_u32, 2, 3, 4, 5, 6, 7, 1003, 3006]), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut all = point(head, &[]);
            all.extend(bytes);
            let _ = wkb(&all);
        }
    }
}
