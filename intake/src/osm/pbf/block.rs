//! Blocks of objects: nodes, ways and relations with their tags.

use super::wire::{Broken, Field, Fields, Packed, zigzag};

/// Stands for a text that is no UTF-8: a sign that Unicode keeps for such uses, and that no text has.
pub(in crate::osm) const NO_TEXT: &str = "\u{fdd0}";

/// The tags of an object, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub(in crate::osm) struct Tags<'a>(pub(in crate::osm) &'a [(&'a str, &'a str)]);

impl<'a> Tags<'a> {
    /// The value of that key.
    pub(in crate::osm) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    /// Whether the key has that value.
    pub(in crate::osm) fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// The value of that key, unless it says that there is none.
    pub(in crate::osm) fn some(&self, key: &str) -> Option<&'a str> {
        self.get(key).filter(|value| !matches!(*value, "no" | "none" | ""))
    }
}

/// What an id belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::osm) enum Kind {
    Node,
    Way,
    Relation,
}

/// A member of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::osm) struct Member<'a> {
    pub(in crate::osm) kind: Kind,
    pub(in crate::osm) id: i64,
    pub(in crate::osm) role: &'a str,
}

/// An object of a block.
#[derive(Debug, Clone, Copy)]
pub(in crate::osm) enum Object<'a> {
    /// `at` is (longitude, latitude) in units of 1e-7 degree; `None` when it is no place on the earth.
    Node {
        id: i64,
        at: Option<(i32, i32)>,
        tags: Tags<'a>,
    },
    Way {
        id: i64,
        nodes: &'a [i64],
        tags: Tags<'a>,
    },
    Relation {
        id: i64,
        members: &'a [Member<'a>],
        tags: Tags<'a>,
    },
}

/// Which objects are asked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::osm) struct Want {
    pub(in crate::osm) nodes: bool,
    pub(in crate::osm) ways: bool,
    pub(in crate::osm) relations: bool,
}

/// The features that a file requires of its reader.
pub(in crate::osm) fn header_features(header: &[u8]) -> Result<Vec<String>, Broken> {
    let mut required = Vec::new();
    for field in Fields(header) {
        if let (4, Field::Bytes(text)) = field? {
            required.push(String::from_utf8_lossy(text).into_owned());
        }
    }
    Ok(required)
}

/// Calls `each` for every object that is asked for; answers whether the block holds ways.
pub(in crate::osm) fn objects(block: &[u8], want: Want, each: &mut dyn FnMut(Object<'_>)) -> Result<bool, Broken> {
    let mut strings = Vec::new();
    let mut frame = Frame { granularity: 100, lon_offset: 0, lat_offset: 0 };
    for field in Fields(block) {
        match field? {
            (1, table) => {
                for entry in Fields(table.bytes()?) {
                    if let (1, Field::Bytes(text)) = entry? {
                        strings.push(std::str::from_utf8(text).unwrap_or(NO_TEXT));
                    }
                }
            }
            (17, number) => frame.granularity = number.signed()?,
            (19, number) => frame.lat_offset = number.signed()?,
            (20, number) => frame.lon_offset = number.signed()?,
            _ => {}
        }
    }
    let mut reader = Reader { strings: &strings, frame, scratch: Scratch::default() };
    let mut has_ways = false;
    for field in Fields(block) {
        let (2, group) = field? else { continue };
        for field in Fields(group.bytes()?) {
            match field? {
                (1, Field::Bytes(node)) if want.nodes => reader.node(node, each)?,
                (2, Field::Bytes(nodes)) if want.nodes => reader.dense(nodes, each)?,
                (3, Field::Bytes(way)) => {
                    has_ways = true;
                    if want.ways {
                        reader.way(way, each)?;
                    }
                }
                (4, Field::Bytes(relation)) if want.relations => reader.relation(relation, each)?,
                _ => {}
            }
        }
    }
    Ok(has_ways)
}

/// How the numbers of a block become degrees.
struct Frame {
    granularity: i64,
    lon_offset: i64,
    lat_offset: i64,
}

impl Frame {
    fn place(&self, lon: i64, lat: i64) -> Option<(i32, i32)> {
        let degrees = |offset: i64, number: i64, most: i64| {
            // Nanodegrees to 1e-7 degree.
            let number = self.granularity.checked_mul(number)?.checked_add(offset)? / 100;
            (-most..=most).contains(&number).then(|| i32::try_from(number).ok()).flatten()
        };
        Some((degrees(self.lon_offset, lon, 1_800_000_000)?, degrees(self.lat_offset, lat, 900_000_000)?))
    }
}

struct Reader<'a> {
    strings: &'a [&'a str],
    frame: Frame,
    scratch: Scratch<'a>,
}

/// Buffers used again from object to object.
#[derive(Default)]
struct Scratch<'a> {
    tags: Vec<(&'a str, &'a str)>,
    nodes: Vec<i64>,
    members: Vec<Member<'a>>,
}

impl<'a> Reader<'a> {
    fn string(&self, index: u64) -> Result<&'a str, Broken> {
        usize::try_from(index).ok().and_then(|index| self.strings.get(index)).copied().ok_or(Broken)
    }

    fn tag(&mut self, key: u64, value: u64) -> Result<(), Broken> {
        let (key, value) = (self.string(key)?, self.string(value)?);
        if !key.is_empty() && !value.is_empty() {
            self.scratch.tags.push((key, value));
        }
        Ok(())
    }

    fn tags(&mut self, keys: &[u8], values: &[u8]) -> Result<(), Broken> {
        self.scratch.tags.clear();
        for (key, value) in Packed(keys).zip(Packed(values)) {
            self.tag(key?, value?)?;
        }
        Ok(())
    }

    fn node(&mut self, node: &[u8], each: &mut dyn FnMut(Object<'_>)) -> Result<(), Broken> {
        let (mut id, mut lon, mut lat, mut keys, mut values) = (0, 0, 0, &[][..], &[][..]);
        for field in Fields(node) {
            match field? {
                (1, number) => id = zigzag(number.number()?),
                (2, list) => keys = list.bytes()?,
                (3, list) => values = list.bytes()?,
                (8, number) => lat = zigzag(number.number()?),
                (9, number) => lon = zigzag(number.number()?),
                _ => {}
            }
        }
        self.tags(keys, values)?;
        each(Object::Node { id, at: self.frame.place(lon, lat), tags: Tags(&self.scratch.tags) });
        Ok(())
    }

    fn dense(&mut self, nodes: &[u8], each: &mut dyn FnMut(Object<'_>)) -> Result<(), Broken> {
        let (mut ids, mut lons, mut lats, mut words) = (&[][..], &[][..], &[][..], &[][..]);
        for field in Fields(nodes) {
            match field? {
                (1, list) => ids = list.bytes()?,
                (8, list) => lats = list.bytes()?,
                (9, list) => lons = list.bytes()?,
                (10, list) => words = list.bytes()?,
                _ => {}
            }
        }
        let mut words = Packed(words);
        for ((id, lon), lat) in Packed(ids).deltas().zip(Packed(lons).deltas()).zip(Packed(lats).deltas()) {
            self.scratch.tags.clear();
            // Keys and values by turns, a zero after each node; nothing at all when no node has tags.
            while let Some(key) = words.next().transpose()?.filter(|key| *key != 0) {
                let value = words.next().ok_or(Broken)??;
                self.tag(key, value)?;
            }
            each(Object::Node { id: id?, at: self.frame.place(lon?, lat?), tags: Tags(&self.scratch.tags) });
        }
        Ok(())
    }

    fn way(&mut self, way: &[u8], each: &mut dyn FnMut(Object<'_>)) -> Result<(), Broken> {
        let (mut id, mut keys, mut values, mut nodes) = (0, &[][..], &[][..], &[][..]);
        for field in Fields(way) {
            match field? {
                (1, number) => id = number.signed()?,
                (2, list) => keys = list.bytes()?,
                (3, list) => values = list.bytes()?,
                (8, list) => nodes = list.bytes()?,
                _ => {}
            }
        }
        self.tags(keys, values)?;
        self.scratch.nodes.clear();
        for node in Packed(nodes).deltas() {
            self.scratch.nodes.push(node?);
        }
        each(Object::Way { id, nodes: &self.scratch.nodes, tags: Tags(&self.scratch.tags) });
        Ok(())
    }

    fn relation(&mut self, relation: &[u8], each: &mut dyn FnMut(Object<'_>)) -> Result<(), Broken> {
        let (mut id, mut keys, mut values) = (0, &[][..], &[][..]);
        let (mut roles, mut ids, mut kinds) = (&[][..], &[][..], &[][..]);
        for field in Fields(relation) {
            match field? {
                (1, number) => id = number.signed()?,
                (2, list) => keys = list.bytes()?,
                (3, list) => values = list.bytes()?,
                (8, list) => roles = list.bytes()?,
                (9, list) => ids = list.bytes()?,
                (10, list) => kinds = list.bytes()?,
                _ => {}
            }
        }
        self.tags(keys, values)?;
        self.scratch.members.clear();
        for ((role, id), kind) in Packed(roles).zip(Packed(ids).deltas()).zip(Packed(kinds)) {
            let kind = match kind? {
                0 => Kind::Node,
                1 => Kind::Way,
                2 => Kind::Relation,
                _ => return Err(Broken),
            };
            let member = Member { kind, id: id?, role: self.string(role?)? };
            self.scratch.members.push(member);
        }
        each(Object::Relation { id, members: &self.scratch.members, tags: Tags(&self.scratch.tags) });
        Ok(())
    }
}
