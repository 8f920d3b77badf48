//! A small reader of vector tiles (Mapbox Vector Tile 2.1), written apart from the writer it checks.

use std::collections::BTreeMap;

use serde_json::Value;

/// One layer of a tile.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// The side of the tile in its own units.
    pub extent: u32,
    /// Its features.
    pub features: Vec<Feature>,
}

/// One feature of a layer.
#[derive(Debug, Clone, Default)]
pub struct Feature {
    /// Its id, if it has one.
    pub id: Option<u64>,
    /// 1 points, 2 lines, 3 polygons.
    pub kind: u64,
    /// Its attributes.
    pub properties: BTreeMap<String, Value>,
    /// Its points: one list for each `MoveTo`.
    pub parts: Vec<Vec<(i32, i32)>>,
}

/// Why bytes are not a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MvtError(&'static str);

impl std::fmt::Display for MvtError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "failed to read the tile: {}", self.0)
    }
}

/// One field of a message: its number and what it holds.
enum Held<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Double(f64),
    Float(f32),
}

/// Reads a tile.
pub fn decode(tile: &[u8]) -> Result<Vec<Layer>, MvtError> {
    let mut layers = Vec::new();
    for (number, held) in fields(tile)? {
        match (number, held) {
            (3, Held::Bytes(bytes)) => layers.push(layer(bytes)?),
            _ => return Err(MvtError("something beside layers")),
        }
    }
    Ok(layers)
}

fn layer(bytes: &[u8]) -> Result<Layer, MvtError> {
    let (mut read, mut keys, mut values, mut features) = (Layer::default(), Vec::new(), Vec::new(), Vec::new());
    let mut version = 1;
    read.extent = 4096;
    for (number, held) in fields(bytes)? {
        match (number, held) {
            (1, Held::Bytes(name)) => read.name = text(name)?,
            (2, Held::Bytes(feature)) => features.push(feature),
            (3, Held::Bytes(key)) => keys.push(text(key)?),
            (4, Held::Bytes(held)) => values.push(value(held)?),
            (5, Held::Number(extent)) => read.extent = u32::try_from(extent).map_err(|_big| MvtError("extent"))?,
            (15, Held::Number(number)) => version = number,
            _ => return Err(MvtError("an unknown field in a layer")),
        }
    }
    if version != 2 {
        return Err(MvtError("a version that is not 2"));
    }
    read.features = features.into_iter().map(|bytes| feature(bytes, &keys, &values)).collect::<Result<_, _>>()?;
    Ok(read)
}

fn feature(bytes: &[u8], keys: &[String], values: &[Value]) -> Result<Feature, MvtError> {
    let mut read = Feature::default();
    for (number, held) in fields(bytes)? {
        match (number, held) {
            (1, Held::Number(id)) => read.id = Some(id),
            (2, Held::Bytes(tags)) => {
                for pair in numbers(tags)?.chunks(2) {
                    let [key, value] = pair else { return Err(MvtError("an odd number of tags")) };
                    let at = |index: &u64| usize::try_from(*index).unwrap_or(usize::MAX);
                    let key = keys.get(at(key)).ok_or(MvtError("a tag without a key"))?;
                    let value = values.get(at(value)).ok_or(MvtError("a tag without a value"))?;
                    read.properties.insert(key.clone(), value.clone());
                }
            }
            (3, Held::Number(kind)) => read.kind = kind,
            (4, Held::Bytes(commands)) => read.parts = parts(&numbers(commands)?)?,
            _ => return Err(MvtError("an unknown field in a feature")),
        }
    }
    Ok(read)
}

fn parts(commands: &[u64]) -> Result<Vec<Vec<(i32, i32)>>, MvtError> {
    let (mut parts, mut at, mut rest) = (Vec::new(), (0_i32, 0_i32), commands.iter());
    let step = |number: &u64| -> Option<i32> {
        let number = u32::try_from(*number).ok()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    };
    while let Some(command) = rest.next() {
        let (what, count) = (command & 7, command >> 3);
        if what == 7 {
            continue;
        }
        for _ in 0..count {
            let (dx, dy) = (rest.next().and_then(step), rest.next().and_then(step));
            let (Some(dx), Some(dy)) = (dx, dy) else { return Err(MvtError("a command without its numbers")) };
            at = (at.0.wrapping_add(dx), at.1.wrapping_add(dy));
            if what == 1 {
                parts.push(Vec::new());
            }
            parts.last_mut().ok_or(MvtError("a line without a start"))?.push(at);
        }
    }
    Ok(parts)
}

fn value(bytes: &[u8]) -> Result<Value, MvtError> {
    let held = fields(bytes)?.pop().ok_or(MvtError("an empty value"))?;
    match held {
        (1, Held::Bytes(bytes)) => Ok(Value::from(text(bytes)?)),
        (2, Held::Float(number)) => Ok(Value::from(number)),
        (3, Held::Double(number)) => Ok(Value::from(number)),
        (4, Held::Number(number)) => Ok(Value::from(number.cast_signed())),
        (5, Held::Number(number)) => Ok(Value::from(number)),
        (6, Held::Number(number)) => Ok(Value::from((number >> 1).cast_signed() ^ -(number & 1).cast_signed())),
        (7, Held::Number(number)) => Ok(Value::from(number != 0)),
        _ => Err(MvtError("an unknown kind of value")),
    }
}

fn text(bytes: &[u8]) -> Result<String, MvtError> {
    String::from_utf8(bytes.to_vec()).map_err(|_bad| MvtError("text that is not UTF-8"))
}

fn numbers(mut bytes: &[u8]) -> Result<Vec<u64>, MvtError> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes)?);
    }
    Ok(numbers)
}

fn fields(mut bytes: &[u8]) -> Result<Vec<(u64, Held<'_>)>, MvtError> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let held = match tag & 7 {
            0 => Held::Number(varint(&mut bytes)?),
            1 => Held::Double(f64::from_le_bytes(*taken::<8>(&mut bytes)?)),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).unwrap_or(usize::MAX);
                let (head, tail) = bytes.split_at_checked(length).ok_or(MvtError("a field longer than the tile"))?;
                bytes = tail;
                Held::Bytes(head)
            }
            5 => Held::Float(f32::from_le_bytes(*taken::<4>(&mut bytes)?)),
            _ => return Err(MvtError("an unknown wire type")),
        };
        fields.push((tag >> 3, held));
    }
    Ok(fields)
}

fn taken<'a, const N: usize>(bytes: &mut &'a [u8]) -> Result<&'a [u8; N], MvtError> {
    let (head, tail) = bytes.split_first_chunk::<N>().ok_or(MvtError("a number longer than the tile"))?;
    *bytes = tail;
    Ok(head)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, MvtError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = bytes.split_first().ok_or(MvtError("a number that breaks off"))?;
        *bytes = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(MvtError("a number of more than ten bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_read() {
        // One layer "hello" with a point (25, 17) and the tag hello = "world".
        let feature = [0x08, 0x01, 0x12, 0x02, 0x00, 0x00, 0x18, 0x01, 0x22, 0x03, 0x09, 0x32, 0x22];
        let mut layer = vec![0x78, 0x02, 0x0a, 0x05];
        layer.extend(b"hello");
        layer.extend([0x12, 0x0d]);
        layer.extend(feature);
        layer.extend([0x1a, 0x05]);
        layer.extend(b"hello");
        layer.extend([0x22, 0x07, 0x0a, 0x05]);
        layer.extend(b"world");
        layer.extend([0x28, 0x80, 0x20]);
        let mut tile = vec![0x1a, u8::try_from(layer.len()).unwrap()];
        tile.extend(layer);

        let layers = decode(&tile).unwrap();
        assert_eq!((layers[0].name.as_str(), layers[0].extent), ("hello", 4096));
        let feature = &layers[0].features[0];
        assert_eq!((feature.id, feature.kind, &feature.parts), (Some(1), 1, &vec![vec![(25, 17)]]));
        assert_eq!(feature.properties["hello"], "world");
        assert!(decode(&tile[..tile.len() - 1]).is_err());
    }
}
