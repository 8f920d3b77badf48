//! One MVT layer, straight to bytes: version 2.1 of the specification, extent 4096, no structures in between.
//!
//! Two buffers grow side by side, features and values; key and value numbers are given out as they are first used.
//! Measured against the `mvt` crate in `benches/encode.rs`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use spatial::still::ValueRef;

use crate::frame::Pt;
use crate::layers::EXTENT;

/// What a feature's geometry is, by the numbers of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Point = 1,
    Line = 2,
    Polygon = 3,
}

/// Field numbers with their wire types, as one byte each: `number << 3 | type`.
mod tag {
    pub(super) const TILE_LAYER: u8 = 3 << 3 | 2;
    pub(super) const LAYER_NAME: u8 = 1 << 3 | 2;
    pub(super) const LAYER_FEATURE: u8 = 2 << 3 | 2;
    pub(super) const LAYER_KEY: u8 = 3 << 3 | 2;
    pub(super) const LAYER_VALUE: u8 = 4 << 3 | 2;
    pub(super) const LAYER_EXTENT: u8 = 5 << 3;
    pub(super) const LAYER_VERSION: u8 = 15 << 3;
    pub(super) const FEATURE_ID: u8 = 1 << 3;
    pub(super) const FEATURE_TAGS: u8 = 2 << 3 | 2;
    pub(super) const FEATURE_TYPE: u8 = 3 << 3;
    pub(super) const FEATURE_GEOMETRY: u8 = 4 << 3 | 2;
    pub(super) const VALUE_TEXT: u8 = 1 << 3 | 2;
    pub(super) const VALUE_DOUBLE: u8 = 3 << 3 | 1;
    pub(super) const VALUE_UINT: u8 = 5 << 3;
    pub(super) const VALUE_SINT: u8 = 6 << 3;
    pub(super) const VALUE_BOOL: u8 = 7 << 3;
}

/// A key of the layer being written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key(usize);

/// What is known of a key.
#[derive(Debug)]
struct KeyState<'a> {
    name: &'static str,
    /// Its number in the layer, once used.
    number: Option<u32>,
    /// Values that it had of late with their numbers, each in the slot of its bits: most keys have few values, and a
    /// look here is cheaper than one into the table of all values.
    recent: [Option<(Content<'a>, u32)>; SLOTS],
}

const SLOTS: usize = 16;

/// A layer being written.
#[derive(Debug)]
pub(crate) struct LayerWriter<'a> {
    name: &'static str,
    features: Vec<u8>,
    count: usize,
    keys: Vec<KeyState<'a>>,
    /// Keys in the order of their numbers.
    used: Vec<&'static str>,
    values: Vec<u8>,
    numbers: HashMap<Content<'a>, u32, BuildHasherDefault<QuickHasher>>,
    /// Where the pen is.
    pen: Pt,
    /// Where the feature being written began: the place of its tag.
    feature: usize,
    /// Where the open block of the feature (its geometry, then its tags) began: the place of its length.
    open: usize,
    /// Whether the open block is that of the tags.
    in_tags: bool,
}

impl<'a> LayerWriter<'a> {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            features: Vec::new(),
            count: 0,
            keys: Vec::new(),
            used: Vec::new(),
            values: Vec::new(),
            numbers: HashMap::default(),
            pen: Pt { x: 0, y: 0 },
            feature: 0,
            open: 0,
            in_tags: false,
        }
    }

    /// A key that features may have; it is written only when one does.
    pub(crate) fn key(&mut self, name: &'static str) -> Key {
        self.keys.push(KeyState { name, number: None, recent: [None; SLOTS] });
        Key(self.keys.len() - 1)
    }

    /// Bytes so far, nearly (keys and the few bytes of the head are not counted).
    pub(crate) fn size(&self) -> usize {
        self.features.len() + self.values.len()
    }

    /// Begins a feature: [`Self::point`], [`Self::line`] or [`Self::ring`] follow, then [`Self::tag`], then
    /// [`Self::end`] or [`Self::abandon`].
    #[inline]
    pub(crate) fn begin(&mut self, id: Option<u64>, kind: Kind) {
        let out = &mut self.features;
        self.feature = out.len();
        out.extend([tag::LAYER_FEATURE, 0]);
        if let Some(id) = id {
            out.push(tag::FEATURE_ID);
            varint(out, id);
        }
        out.extend([tag::FEATURE_TYPE, kind as u8, tag::FEATURE_GEOMETRY, 0]);
        self.open = out.len() - 1;
        self.in_tags = false;
        self.pen = Pt { x: 0, y: 0 };
    }

    /// Ends the feature.
    #[inline]
    pub(crate) fn end(&mut self) {
        close(&mut self.features, self.open);
        close(&mut self.features, self.feature + 1);
        self.count += 1;
    }

    /// Forgets the feature that was begun (before its first tag).
    pub(crate) fn abandon(&mut self) {
        self.features.truncate(self.feature);
    }

    /// Adds a tag to the feature, after its geometry. Numbers that are not finite are left out.
    #[inline]
    pub(crate) fn tag(&mut self, key: Key, value: ValueRef<'a>) {
        let content = match value {
            ValueRef::Text(text) => Content::Text(text),
            ValueRef::Int(number) => Content::Int(number),
            ValueRef::Float(number) if number.is_finite() => Content::Float(number.to_bits()),
            ValueRef::Float(_) => return,
            ValueRef::Bool(flag) => Content::Bool(flag),
        };
        // A writer gives out its own keys, so the entry is there.
        let Some(state) = self.keys.get_mut(key.0) else { return };
        let used = &mut self.used;
        let key = *state.number.get_or_insert_with(|| {
            used.push(state.name);
            small(used.len() - 1)
        });
        let value = match &mut state.recent[content.slot()] {
            Some((known, number)) if known.is_same(content) => *number,
            slot => {
                let next = small(self.numbers.len());
                let values = &mut self.values;
                let number = *self.numbers.entry(content).or_insert_with(|| {
                    content.write(values);
                    next
                });
                *slot = Some((content, number));
                number
            }
        };
        let out = &mut self.features;
        if !self.in_tags {
            close(out, self.open);
            out.extend([tag::FEATURE_TAGS, 0]);
            self.open = out.len() - 1;
            self.in_tags = true;
        }
        varint(out, u64::from(key));
        varint(out, u64::from(value));
    }

    /// Adds one point.
    #[inline]
    pub(crate) fn point(&mut self, at: Pt) {
        command(&mut self.features, 1, 1);
        self.stroke(at);
    }

    /// Adds a line of two or more points.
    pub(crate) fn line(&mut self, line: &[Pt]) {
        self.path(line);
    }

    /// Adds a ring of three or more points, the first not repeated.
    pub(crate) fn ring(&mut self, ring: &[Pt]) {
        self.path(ring);
        command(&mut self.features, 7, 1);
    }

    fn path(&mut self, path: &[Pt]) {
        let Some((first, rest)) = path.split_first() else { return };
        command(&mut self.features, 1, 1);
        self.stroke(*first);
        command(&mut self.features, 2, rest.len());
        for at in rest {
            self.stroke(*at);
        }
    }

    #[inline]
    fn stroke(&mut self, to: Pt) {
        varint(&mut self.features, zigzag(to.x - self.pen.x));
        varint(&mut self.features, zigzag(to.y - self.pen.y));
        self.pen = to;
    }

    /// The layer as a field of a tile; empty when it has no feature.
    pub(crate) fn bytes(self) -> Vec<u8> {
        if self.count == 0 {
            return Vec::new();
        }
        let mut keys = Vec::new();
        for key in &self.used {
            block(&mut keys, tag::LAYER_KEY, key.as_bytes());
        }
        let head = 2 + 1 + block_length(self.name.len());
        let tail = 1 + varint_length(u64::from(EXTENT));
        let length = head + self.features.len() + keys.len() + self.values.len() + tail;
        let mut out = Vec::with_capacity(length + 11);
        out.push(tag::TILE_LAYER);
        varint(&mut out, length as u64);
        out.extend([tag::LAYER_VERSION, 2]);
        block(&mut out, tag::LAYER_NAME, self.name.as_bytes());
        out.extend_from_slice(&self.features);
        out.extend_from_slice(&keys);
        out.extend_from_slice(&self.values);
        out.push(tag::LAYER_EXTENT);
        varint(&mut out, u64::from(EXTENT));
        out
    }
}

/// What a value is; two values with the same content share a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Content<'a> {
    Text(&'a str),
    Int(i64),
    Float(u64),
    Bool(bool),
}

impl Content<'_> {
    /// Where a key keeps it. Texts of a column lie in its dictionary, one place each, so the place will do.
    fn slot(self) -> usize {
        let mut hasher = QuickHasher::default();
        hasher.mix(match self {
            Self::Text(text) => text.as_ptr().addr() as u64,
            Self::Int(number) => number.cast_unsigned(),
            Self::Float(bits) => bits,
            Self::Bool(flag) => u64::from(flag),
        });
        usize::try_from(hasher.finish() % SLOTS as u64).unwrap_or(0)
    }

    /// Whether this is the same value for certain; equal texts at two places are left to the table.
    fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => std::ptr::eq(a, b),
            _ => self == other,
        }
    }

    fn write(self, out: &mut Vec<u8>) {
        out.push(tag::LAYER_VALUE);
        match self {
            Self::Text(text) => {
                varint(out, 1 + block_length(text.len()) as u64);
                block(out, tag::VALUE_TEXT, text.as_bytes());
            }
            Self::Int(number) => {
                // Whole numbers from 0 are shorter unsigned, the others zigzag.
                let (tag, raw) =
                    u64::try_from(number).map_or((tag::VALUE_SINT, zigzag(number)), |raw| (tag::VALUE_UINT, raw));
                varint(out, 1 + varint_length(raw) as u64);
                out.push(tag);
                varint(out, raw);
            }
            Self::Float(bits) => {
                out.extend([9, tag::VALUE_DOUBLE]);
                out.extend(bits.to_le_bytes());
            }
            Self::Bool(flag) => out.extend([2, tag::VALUE_BOOL, u8::from(flag)]),
        }
    }
}

/// A number that counts things of one tile.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Writes the length of what follows the byte at `at` into that byte, which was kept free for it; longer lengths push
/// the content on by the bytes that they need.
#[inline]
fn close(out: &mut Vec<u8>, at: usize) {
    let length = out.len() - at - 1;
    if let (Ok(short @ ..0x80), Some(byte)) = (u8::try_from(length), out.get_mut(at)) {
        *byte = short;
        return;
    }
    let mut long = Vec::with_capacity(5);
    varint(&mut long, length as u64);
    out.splice(at..=at, long);
}

#[inline]
fn command(out: &mut Vec<u8>, id: u64, count: usize) {
    varint(out, id | (count as u64) << 3);
}

/// Numbers of either sign as small unsigned ones: 0, −1, 1, −2, 2…
#[expect(clippy::cast_sign_loss, reason = "the bits are wanted, not the number")]
fn zigzag(v: i64) -> u64 {
    ((v << 1) ^ (v >> 63)) as u64
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
fn varint(out: &mut Vec<u8>, mut v: u64) {
    if v < 0x80 {
        return out.push(v as u8);
    }
    // Long ones (every id is) are put together first: the vector is asked for room once.
    let (mut bytes, mut length) = ([0; 10], 0);
    while v >= 0x80 {
        bytes[length] = v as u8 | 0x80;
        v >>= 7;
        length += 1;
    }
    bytes[length] = v as u8;
    out.extend_from_slice(&bytes[..=length]);
}

/// Bytes that the varint takes.
fn varint_length(v: u64) -> usize {
    (70 - (v | 1).leading_zeros() as usize) / 7
}

/// Bytes of a block's length and content, without its tag.
fn block_length(length: usize) -> usize {
    varint_length(length as u64) + length
}

fn block(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

/// Multiply-and-fold hashing, eight bytes a step. The table lives as long as one tile and holds values that were
/// checked when they came in, so keyed hashing would be paid for nothing.
#[derive(Debug, Default)]
struct QuickHasher(u64);

impl QuickHasher {
    /// Both halves of the product are folded together: doubles that are whole numbers differ in their high bits only,
    /// and those would never reach the low half by themselves.
    #[expect(clippy::cast_possible_truncation, reason = "the halves are wanted")]
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x243F_6A88_85A3_08D3) * 0x9E37_79B9_7F4A_7C15_u128;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, v: u8) {
        self.mix(u64::from(v));
    }

    fn write_u64(&mut self, v: u64) {
        self.mix(v);
    }

    fn write_usize(&mut self, v: usize) {
        self.mix(v as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
