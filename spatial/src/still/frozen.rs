//! A layer as bytes and back, so that the next start need not build it: the columns as they are, little-endian, each with
//! its length before it. Who keeps the bytes sees to it that they are whole; here nothing that they say is believed
//! without a look, and a layer that does not fit together is refused in words.

use std::io::{Error, ErrorKind, Read, Result, Write};

use super::columns::{Column, Columns};
use super::layer::{Also, Names, StillLayer};
use super::packed::{Above, Codes, Packed};
use super::shapes::{Ring, Shapes};
use super::texts::{Ends, Texts};
use crate::layer::{Layer, Shape};
use crate::mercator::World;
use crate::noun::{FieldSpec, FieldType, Noun};
use crate::people;

/// Number of the form of the bytes: another form is not read.
pub const FORMAT: u32 = 3;

/// Bytes that are written or read at once.
const PIECE: usize = 1 << 16;

/// Writing and reading a layer.
pub trait Frozen: Sized {
    /// Writes the layer.
    fn freeze(&self, to: &mut dyn Write) -> Result<()>;

    /// Reads what [`Frozen::freeze`] has written.
    fn thaw(layer: Layer, from: &mut dyn Read) -> Result<Self>;
}

impl Frozen for StillLayer {
    fn freeze(&self, to: &mut dyn Write) -> Result<()> {
        numbers(to, &[u64::from(FORMAT), self.revision, self.len() as u64])?;
        numbers(to, &self.keys)?;
        numbers(to, &self.fids)?;
        packed(to, &self.divisions, |number| number)?;
        match &self.revisions {
            Above::Near { least, above } => {
                numbers(to, &[*least])?;
                codes(to, above)?;
            }
            Above::Far(all) => {
                numbers(to, &[])?;
                numbers(to, all)?;
            }
        }
        whole(to, &self.by_fid)?;
        codes(to, &self.names.sources)?;
        texts(to, &self.names.known)?;
        texts(to, &self.names.ids)?;
        codes(to, &self.also.codes)?;
        texts(to, &self.also.texts)?;
        for column in self.columns.columns() {
            match column {
                Column::Text { codes: all, dictionary } => {
                    codes(to, all)?;
                    texts(to, dictionary)?;
                }
                Column::Int(all) => packed(to, all, i64::cast_unsigned)?,
                Column::Float(all) => packed(to, all, f64::to_bits)?,
                Column::Bool(all) => put(to, all, |n| [*n])?,
            }
        }
        self.shapes.as_ref().map_or(Ok(()), |shapes| outlines(to, shapes, self.len()))
    }

    fn thaw(layer: Layer, from: &mut dyn Read) -> Result<Self> {
        let head = take_numbers(from)?;
        let [format, revision, rows] = head.as_slice() else { return Err(broken("its head is of another form")) };
        if *format != u64::from(FORMAT) {
            return Err(broken("it is of another form"));
        }
        let rows = usize::try_from(*rows).ok().ok_or_else(|| broken("it has too many rows"))?;
        let (keys, fids) = (take_numbers(from)?, take_numbers(from)?);
        let divisions = take_packed(from, |number| number)?;
        let revisions = match take_numbers(from)?.as_slice() {
            [] => Above::Far(take_numbers(from)?),
            [least] => Above::Near { least: *least, above: take_codes(from)? },
            _ => return Err(broken("its revisions are of another form")),
        };
        let by_fid = take_whole(from)?;
        let names = Names { sources: take_codes(from)?, known: take_texts(from)?, ids: take_texts(from)? };
        let also = Also { codes: take_codes(from)?, texts: take_texts(from)? };
        let fields = if layer == Layer::People { people::FIELDS } else { Noun::fields(layer) };
        let columns = fields.iter().map(|field| take_column(field, rows, from)).collect::<Result<Vec<Column>>>()?;
        let shapes = if layer.shape() == Shape::Point { None } else { Some(take_outlines(from, rows)?) };
        let of_all = names.sources.is_empty() || (names.sources.len(), names.ids.len()) == (rows, rows);
        let all = [keys.len(), fids.len(), divisions.len(), revisions.len(), by_fid.len()].iter().all(|n| *n == rows);
        let of_all = of_all && (also.codes.is_empty() || also.codes.len() == rows);
        if !of_all || !all || !keys.is_sorted() {
            return Err(broken("its columns do not fit together"));
        }
        let columns = Columns::new(fields, columns);
        Ok(Self { layer, revision: *revision, keys, fids, divisions, revisions, columns, shapes, by_fid, names, also })
    }
}

fn broken(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, why)
}

/// Writes how many values there are, and the values.
fn put<T, const N: usize>(to: &mut dyn Write, values: &[T], bytes: impl Fn(&T) -> [u8; N]) -> Result<()> {
    to.write_all(&(values.len() as u64).to_le_bytes())?;
    let mut piece = Vec::with_capacity(PIECE);
    for some in values.chunks(PIECE / N) {
        piece.clear();
        for value in some {
            piece.extend_from_slice(&bytes(value));
        }
        to.write_all(&piece)?;
    }
    Ok(())
}

/// Reads what [`put`] has written. Memory grows with what comes, whatever the length says.
fn take<T, const N: usize>(from: &mut dyn Read, value: impl Fn([u8; N]) -> T) -> Result<Vec<T>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let mut left = usize::try_from(u64::from_le_bytes(length)).ok().ok_or_else(|| broken("it is too long"))?;
    let mut values = Vec::with_capacity(left.min(MOST_AT_ONCE));
    let mut piece = vec![0; PIECE / N * N];
    while left > 0 {
        let some = left.min(PIECE / N);
        let bytes = piece.get_mut(..some * N).unwrap_or_default();
        from.read_exact(bytes)?;
        values.extend(bytes.as_chunks::<N>().0.iter().map(|bytes| value(*bytes)));
        left -= some;
    }
    Ok(values)
}

/// Values for which room is made before they have come: twice the dwellings of a city.
const MOST_AT_ONCE: usize = 10_000_000;

fn numbers(to: &mut dyn Write, all: &[u64]) -> Result<()> {
    put(to, all, |n| n.to_le_bytes())
}

fn whole(to: &mut dyn Write, all: &[u32]) -> Result<()> {
    put(to, all, |n| n.to_le_bytes())
}

/// How wide they are, in bytes, and how many, then the codes.
fn codes(to: &mut dyn Write, all: &Codes) -> Result<()> {
    match all {
        Codes::Zero(length) => numbers(to, &[0, *length as u64]),
        Codes::One(all) => numbers(to, &[1]).and_then(|()| put(to, all, |n| [*n])),
        Codes::Two(all) => numbers(to, &[2]).and_then(|()| put(to, all, |n| n.to_le_bytes())),
        Codes::Four(all) => numbers(to, &[4]).and_then(|()| whole(to, all)),
    }
}

/// Whether there are few different values; then those and their codes, or all.
fn packed<T: Copy>(to: &mut dyn Write, all: &Packed<T>, bits: impl Fn(T) -> u64) -> Result<()> {
    match all {
        Packed::Few { codes: all, values } => {
            numbers(to, &[1])?;
            put(to, values, |value| bits(*value).to_le_bytes())?;
            codes(to, all)
        }
        Packed::Many(all) => {
            numbers(to, &[0])?;
            put(to, all, |value| bits(*value).to_le_bytes())
        }
    }
}

/// How wide the ends are, in bytes, then the ends and the text.
fn texts(to: &mut dyn Write, all: &Texts) -> Result<()> {
    match &all.ends {
        Ends::Short(ends) => numbers(to, &[4]).and_then(|()| whole(to, ends))?,
        Ends::Long(ends) => numbers(to, &[8]).and_then(|()| numbers(to, ends))?,
    }
    put(to, all.text.as_bytes(), |byte| [*byte])
}

fn take_numbers(from: &mut dyn Read) -> Result<Vec<u64>> {
    take(from, u64::from_le_bytes)
}

fn take_whole(from: &mut dyn Read) -> Result<Vec<u32>> {
    take(from, u32::from_le_bytes)
}

fn take_codes(from: &mut dyn Read) -> Result<Codes> {
    match take_numbers(from)?.as_slice() {
        [0, length] => usize::try_from(*length).map(Codes::Zero).ok().ok_or_else(|| broken("it is too long")),
        [1] => take(from, |[code]: [u8; 1]| code).map(Codes::One),
        [2] => take(from, u16::from_le_bytes).map(Codes::Two),
        [4] => take_whole(from).map(Codes::Four),
        _ => Err(broken("its codes are of another form")),
    }
}

fn take_packed<T: Copy>(from: &mut dyn Read, value: impl Fn(u64) -> T) -> Result<Packed<T>> {
    let form = take_numbers(from)?;
    let all = take(from, |bytes| value(u64::from_le_bytes(bytes)))?;
    match form.as_slice() {
        [0] => Ok(Packed::Many(all)),
        [1] => Ok(Packed::Few { codes: take_codes(from)?, values: all }),
        _ => Err(broken("its values are of another form")),
    }
}

fn take_texts(from: &mut dyn Read) -> Result<Texts> {
    let (ends, is_sorted, last) = match take_numbers(from)?.as_slice() {
        [4] => {
            let ends = take_whole(from)?;
            let (is_sorted, last) = (ends.is_sorted(), ends.last().copied().map_or(0, u64::from));
            (Ends::Short(ends), is_sorted, last)
        }
        [8] => {
            let ends = take_numbers(from)?;
            let (is_sorted, last) = (ends.is_sorted(), ends.last().copied().unwrap_or(0));
            (Ends::Long(ends), is_sorted, last)
        }
        _ => return Err(broken("its texts are of another form")),
    };
    let text =
        String::from_utf8(take(from, |[byte]: [u8; 1]| byte)?).ok().ok_or_else(|| broken("a text is no UTF-8"))?;
    if !is_sorted || last != text.len() as u64 {
        return Err(broken("its texts do not end where they should"));
    }
    Ok(Texts { text, ends })
}

fn take_column(field: &FieldSpec, rows: usize, from: &mut dyn Read) -> Result<Column> {
    let column = match field.kind {
        FieldType::Text => Column::Text { codes: take_codes(from)?, dictionary: take_texts(from)? },
        FieldType::Int => Column::Int(take_packed(from, u64::cast_signed)?),
        FieldType::Float => Column::Float(take_packed(from, f64::from_bits)?),
        FieldType::Bool => Column::Bool(take(from, |[flag]: [u8; 1]| flag)?),
    };
    if column.len() == rows { Ok(column) } else { Err(broken("a column has another length")) }
}

/// Outlines: for each row twice its rings and whether it is filled, for each ring twice its vertices and whether it is a
/// hole, then all vertices.
fn outlines(to: &mut dyn Write, shapes: &Shapes, rows: usize) -> Result<()> {
    let flag = |count: usize, flag: bool| u32::try_from(count * 2 + usize::from(flag)).unwrap_or(u32::MAX);
    let of_row = |row: usize| flag(shapes.rings(row).len(), shapes.is_filled(row));
    whole(to, &(0..rows).map(of_row).collect::<Vec<u32>>())?;
    let rings = || (0..rows).flat_map(|row| shapes.rings(row));
    whole(to, &rings().map(|ring| flag(ring.vertices.len(), ring.hole)).collect::<Vec<u32>>())?;
    let vertices: Vec<World> = rings().flat_map(|ring| ring.vertices.iter().copied()).collect();
    put(to, &vertices, |at| (u64::from(at.x) | u64::from(at.y) << 32).to_le_bytes())
}

fn take_outlines(from: &mut dyn Read, rows: usize) -> Result<Shapes> {
    let (of_rows, of_rings) = (take_whole(from)?, take_whole(from)?);
    let world = |bytes| {
        let both = u64::from_le_bytes(bytes);
        let half = |v: u64| u32::try_from(v & 0xffff_ffff).unwrap_or(0);
        World { x: half(both), y: half(both >> 32) }
    };
    let vertices: Vec<World> = take(from, world)?;
    let count = |all: &[u32]| all.iter().map(|n| u64::from(n / 2)).sum::<u64>();
    let fits = of_rows.len() == rows && count(&of_rows) == of_rings.len() as u64;
    if !fits || count(&of_rings) != vertices.len() as u64 {
        return Err(broken("its outlines do not fit together"));
    }
    let (mut rings, mut vertices) = (of_rings.into_iter(), vertices.as_slice());
    let mut drawn = Vec::with_capacity(rows);
    for row in of_rows {
        let mut own = Vec::with_capacity((row / 2) as usize);
        for ring in rings.by_ref().take((row / 2) as usize) {
            let (some, rest) = vertices.split_at_checked((ring / 2) as usize).unwrap_or((vertices, &[]));
            own.push(Ring { vertices: some.to_vec(), hole: ring % 2 == 1 });
            vertices = rest;
        }
        drawn.push((own, row % 2 == 1));
    }
    Ok(Shapes::of(drawn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::Position;
    use crate::still::Row;
    use crate::{Feature, FeatureKey, Properties, Value};
    use geo::{line_string, polygon};

    fn feature(layer: Layer, n: u32, geometry: geo::Geometry<f64>, fields: &[(&'static str, Value)]) -> Feature {
        let key = FeatureKey::new(layer, if n.is_multiple_of(2) { "osm" } else { "市政" }, format!("f{n}")).unwrap();
        let properties = fields.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        Feature { revision: u64::from(n), ..Feature::new(key, geometry, properties).unwrap() }
    }

    fn frozen(layer: &StillLayer) -> Vec<u8> {
        let mut bytes = Vec::new();
        layer.freeze(&mut bytes).unwrap();
        bytes
    }

    /// All that a layer says of its rows.
    fn said(layer: &StillLayer) -> String {
        use std::fmt::Write as _;
        let mut text = format!("{} {:?} {:?}\n", layer.revision(), layer.bounds(), layer.sources().collect::<Vec<_>>());
        for row in 0..layer.len() {
            let shape = layer.shapes().map(|shapes| (shapes.rings(row), shapes.is_filled(row), shapes.bounds(row)));
            let fid = layer.fid(row).unwrap();
            assert_eq!(layer.row_of(fid), Some(row));
            let (source, place) = (layer.source(row), layer.world(row));
            let of = (layer.division(row), layer.row_revision(row));
            let also = layer.also().and_then(|(codes, texts)| texts.get((codes.get(row)? as usize).checked_sub(1)?));
            writeln!(text, "{fid} {source:?} {place:?} {of:?} {:?} {shape:?} {also:?}", layer.properties(row)).unwrap();
        }
        text
    }

    fn check(layer: &StillLayer) {
        let bytes = frozen(layer);
        let back = StillLayer::thaw(layer.layer(), &mut bytes.as_slice()).unwrap();
        assert!(said(layer).lines().count() > layer.len());
        assert_eq!(said(&back), said(layer));
        assert_eq!(frozen(&back), bytes);
        // Torn anywhere, it is refused.
        for length in (0..bytes.len()).step_by(7) {
            assert!(StillLayer::thaw(layer.layer(), &mut bytes[..length].as_ref()).is_err(), "{length}");
        }
    }

    fn cameras() -> StillLayer {
        let some = (0..40_u32).map(|n| {
            let at = geo::point!(x: 120.6 + f64::from(n % 7) * 0.01, y: 28.0 + f64::from(n) * 0.001);
            let fields = [
                ("kind", Value::Text("fixed".to_owned())),
                ("online", Value::Bool(n.is_multiple_of(3))),
                ("name", Value::Text(format!("路口{}", n % 4))),
                ("height_m", Value::Float(f64::from(n) / 2.0)),
                ("retention_days", Value::Int(30 + i64::from(n))),
                ("old_name", Value::Text(format!("东门{}", n % 3))),
            ];
            feature(Layer::Cameras, n, at.into(), &fields[..fields.len() - (n % 3) as usize])
        });
        StillLayer::build(Layer::Cameras, &some.collect::<Vec<_>>(), |_| crate::codes::Division::new("330302").ok())
    }

    #[test]
    fn what_is_frozen_comes_back() {
        check(&cameras());
        check(&StillLayer::build(Layer::Houses, &[], |_| None));
        let hole = polygon!(exterior: [(x: 120.0, y: 28.0), (x: 120.1, y: 28.0), (x: 120.1, y: 28.1)],
            interiors: [[(x: 120.05, y: 28.01), (x: 120.08, y: 28.01), (x: 120.08, y: 28.04)]]);
        let far = polygon![(x: 120.3, y: 28.0), (x: 120.4, y: 28.0), (x: 120.4, y: 28.1)];
        let parts = geo::MultiPolygon(vec![hole.clone(), far]);
        let water = [feature(Layer::Water, 1, hole.into(), &[]), feature(Layer::Water, 2, parts.into(), &[])];
        check(&StillLayer::build(Layer::Water, &water, |_| None));
        let line = line_string![(x: 120.0, y: 28.0), (x: 120.1, y: 28.0), (x: 120.0, y: 28.0)];
        let road = feature(Layer::Roads, 3, line.into(), &[("class", Value::Text("primary".to_owned()))]);
        check(&StillLayer::build(Layer::Roads, &[road], |_| None));
    }

    /// What is kept on disk is what is held in memory, but for some numbers before each column.
    #[test]
    fn a_layer_of_points_weighs_what_it_says() {
        let layer = cameras();
        let (rows, texts) = layer.bytes();
        let written = frozen(&layer).len();
        assert!((rows + texts..rows + texts + 24 * 60).contains(&written), "{rows} + {texts}, {written}");
    }

    #[test]
    fn cells_that_no_feature_stands_behind_come_back() {
        let mut properties = Properties::new();
        properties.put("residents", Value::Int(15));
        let square = polygon![(x: 120.0, y: 28.0), (x: 120.1, y: 28.0), (x: 120.1, y: 28.1), (x: 120.0, y: 28.1)];
        let position = Position::new(120.05, 28.05).unwrap();
        let row = Row { fid: 9, division: None, revision: 4, position, geometry: square.into(), properties };
        let layer = StillLayer::assemble(Layer::People, people::FIELDS, vec![row]);
        assert_eq!(layer.source(0), None);
        check(&layer);
    }

    #[test]
    fn bytes_of_another_form_are_refused_in_words() {
        let mut bytes = frozen(&cameras());
        bytes[8] = 99;
        let refused = StillLayer::thaw(Layer::Cameras, &mut bytes.as_slice()).unwrap_err();
        assert_eq!(refused.to_string(), "it is of another form");
        let refused = StillLayer::thaw(Layer::Houses, &mut frozen(&cameras()).as_slice());
        assert!(refused.is_err(), "cameras are no houses");
    }
}
