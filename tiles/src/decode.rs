//! A slow, obvious reader of vector tiles, for the tests only: it panics on anything that the specification forbids.

use std::collections::BTreeMap;

/// A layer as read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) version: u64,
    pub(crate) extent: u64,
    pub(crate) keys: Vec<String>,
    pub(crate) values: Vec<Value>,
    pub(crate) features: Vec<Feature>,
}

/// A value, by the field that it came in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Double(f64),
    Uint(u64),
    Sint(i64),
    Bool(bool),
}

/// A feature as read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Feature {
    pub(crate) id: Option<u64>,
    pub(crate) kind: u64,
    pub(crate) tags: BTreeMap<String, Value>,
    /// Points, lines or rings (first vertex not repeated).
    pub(crate) parts: Vec<Vec<(i64, i64)>>,
}

impl Layer {
    /// The sum of `n`, 1 where it is not written.
    pub(crate) fn total(&self) -> u64 {
        let n = |f: &Feature| if let Some(Value::Uint(n)) = f.tags.get("n") { *n } else { 1 };
        self.features.iter().map(n).sum()
    }
}

/// Twice the signed area by the surveyor's formula.
pub(crate) fn area2(ring: &[(i64, i64)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

struct Reader<'a>(&'a [u8]);

enum Field<'a> {
    Number(u64),
    Double(f64),
    Block(&'a [u8]),
}

impl<'a> Reader<'a> {
    fn varint(&mut self) -> u64 {
        let mut v = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = self.0.split_first().expect("a varint ends");
            self.0 = rest;
            v |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        v
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(length);
        self.0 = rest;
        head
    }

    fn fields(mut self) -> Vec<(u64, Field<'a>)> {
        let mut all = Vec::new();
        while !self.0.is_empty() {
            let tag = self.varint();
            let field = match tag & 7 {
                0 => Field::Number(self.varint()),
                1 => Field::Double(f64::from_le_bytes(self.take(8).try_into().unwrap())),
                2 => {
                    let length = usize::try_from(self.varint()).unwrap();
                    Field::Block(self.take(length))
                }
                wire => panic!("wire type {wire}"),
            };
            all.push((tag >> 3, field));
        }
        all
    }
}

fn unzigzag(v: u64) -> i64 {
    i64::try_from(v >> 1).unwrap() ^ -i64::try_from(v & 1).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Reads a tile.
pub(crate) fn tile(bytes: &[u8]) -> Vec<Layer> {
    let layers = Reader(bytes).fields().into_iter().map(|field| match field {
        (3, Field::Block(bytes)) => layer(bytes),
        (number, _) => panic!("field {number} in a tile"),
    });
    layers.collect()
}

/// Reads a tile of exactly one layer.
pub(crate) fn only(bytes: &[u8]) -> Layer {
    let mut all = tile(bytes);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn layer(bytes: &[u8]) -> Layer {
    let mut all = Layer { name: String::new(), version: 0, extent: 0, keys: vec![], values: vec![], features: vec![] };
    let mut features = Vec::new();
    for field in Reader(bytes).fields() {
        match field {
            (1, Field::Block(name)) => all.name = text(name),
            (2, Field::Block(feature)) => features.push(feature),
            (3, Field::Block(key)) => all.keys.push(text(key)),
            (4, Field::Block(v)) => all.values.push(value(v)),
            (5, Field::Number(extent)) => all.extent = extent,
            (15, Field::Number(version)) => all.version = version,
            (number, _) => panic!("field {number} in a layer"),
        }
    }
    all.features = features.into_iter().map(|bytes| feature(bytes, &all.keys, &all.values)).collect();
    all
}

fn value(bytes: &[u8]) -> Value {
    let mut fields = Reader(bytes).fields();
    assert_eq!(fields.len(), 1, "a value holds one field");
    match fields.remove(0) {
        (1, Field::Block(bytes)) => Value::Text(text(bytes)),
        (3, Field::Double(v)) => Value::Double(v),
        (5, Field::Number(v)) => Value::Uint(v),
        (6, Field::Number(v)) => Value::Sint(unzigzag(v)),
        (7, Field::Number(v)) => Value::Bool(v == 1),
        (number, _) => panic!("field {number} in a value"),
    }
}

fn feature(bytes: &[u8], keys: &[String], values: &[Value]) -> Feature {
    let mut all = Feature { id: None, kind: 0, tags: BTreeMap::new(), parts: vec![] };
    let numbers = |bytes| {
        let mut reader = Reader(bytes);
        std::iter::from_fn(move || (!reader.0.is_empty()).then(|| reader.varint())).collect::<Vec<u64>>()
    };
    let mut geometry = Vec::new();
    for field in Reader(bytes).fields() {
        match field {
            (1, Field::Number(id)) => all.id = Some(id),
            (2, Field::Block(tags)) => {
                for pair in numbers(tags).chunks(2) {
                    let at = |n: usize| usize::try_from(pair[n]).unwrap();
                    let old = all.tags.insert(keys[at(0)].clone(), values[at(1)].clone());
                    assert_eq!(old, None, "a key comes once");
                }
            }
            (3, Field::Number(kind)) => all.kind = kind,
            (4, Field::Block(commands)) => geometry = numbers(commands),
            (number, _) => panic!("field {number} in a feature"),
        }
    }
    all.parts = parts(&geometry, all.kind);
    all
}

/// Command integers to parts; what the specification forbids for the kind panics.
fn parts(commands: &[u64], kind: u64) -> Vec<Vec<(i64, i64)>> {
    let mut all: Vec<Vec<(i64, i64)>> = Vec::new();
    let (mut pen, mut numbers) = ((0, 0), commands.iter().copied());
    let mut step = |numbers: &mut dyn Iterator<Item = u64>| {
        pen = (pen.0 + unzigzag(numbers.next().unwrap()), pen.1 + unzigzag(numbers.next().unwrap()));
        pen
    };
    let mut closed = true;
    while let Some(command) = numbers.next() {
        match (command & 7, command >> 3) {
            (1, count) => {
                assert!(count > 0 && (kind == 1 || count == 1), "MoveTo {count} in kind {kind}");
                assert!(kind != 3 || closed, "a ring is closed before the next begins");
                closed = false;
                for _ in 0..count {
                    all.push(vec![step(&mut numbers)]);
                }
            }
            (2, count) => {
                assert!(kind != 1 && count > u64::from(kind == 3), "LineTo {count} in kind {kind}");
                for _ in 0..count {
                    all.last_mut().unwrap().push(step(&mut numbers));
                }
            }
            (7, 1) => {
                assert_eq!(kind, 3, "only rings are closed");
                closed = true;
            }
            (id, count) => panic!("command {id} × {count}"),
        }
    }
    assert!(kind != 3 || closed, "the last ring is closed");
    all
}
