//! A small writer of the format, for tests.

pub(super) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

pub(super) fn number(field: u64, number: u64) -> Vec<u8> {
    [varint(field << 3), varint(number)].concat()
}

pub(super) fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

pub(super) fn fold(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

pub(super) fn packed(field: u64, numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    bytes(field, &numbers.into_iter().flat_map(varint).collect::<Vec<_>>())
}

pub(super) fn deltas(field: u64, numbers: &[i64]) -> Vec<u8> {
    let before = std::iter::once(0).chain(numbers.iter().copied());
    packed(field, numbers.iter().zip(before).map(|(number, before)| fold(number.wrapping_sub(before))))
}

/// A blob that is not compressed, so that what a test changes is what a reader sees.
pub(super) fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let blob = bytes(1, content);
    let header = [bytes(1, kind.as_bytes()), number(3, blob.len() as u64)].concat();
    [u32::try_from(header.len()).unwrap().to_be_bytes().to_vec(), header, blob].concat()
}

pub(super) fn header() -> Vec<u8> {
    blob("OSMHeader", &[bytes(4, b"OsmSchema-V0.6"), bytes(4, b"DenseNodes")].concat())
}

pub(super) struct Block {
    strings: Vec<String>,
    groups: Vec<u8>,
}

impl Block {
    pub(super) fn new() -> Self {
        Self { strings: vec![String::new()], groups: Vec::new() }
    }

    fn string(&mut self, text: &str) -> u64 {
        self.strings.push(text.to_owned());
        self.strings.len() as u64 - 1
    }

    fn tags(&mut self, tags: &[(&str, &str)]) -> Vec<u8> {
        let pairs: Vec<(u64, u64)> = tags.iter().map(|(k, v)| (self.string(k), self.string(v))).collect();
        [packed(2, pairs.iter().map(|p| p.0)), packed(3, pairs.iter().map(|p| p.1))].concat()
    }

    /// Nodes of id 100·y + x at (x, y) hundredths of a degree east and north of (24, 60).
    pub(super) fn grid(mut self) -> Self {
        let ids: Vec<(i64, i64)> = (0..10).flat_map(|y| (0..10).map(move |x| (x, y))).collect();
        let list = |f: fn(&(i64, i64)) -> i64| ids.iter().map(f).collect::<Vec<_>>();
        let dense = [
            deltas(1, &list(|(x, y)| 100 * y + x)),
            deltas(8, &list(|(_, y)| 600_000_000 + 100_000 * y)),
            deltas(9, &list(|(x, _)| 240_000_000 + 100_000 * x)),
        ];
        self.groups.extend(bytes(2, &bytes(2, &dense.concat())));
        self
    }

    pub(super) fn way(mut self, id: u64, nodes: &[i64], tags: &[(&str, &str)]) -> Self {
        let way = [number(1, id), self.tags(tags), deltas(8, nodes)].concat();
        self.groups.extend(bytes(2, &bytes(3, &way)));
        self
    }

    pub(super) fn relation(mut self, id: u64, members: &[(u64, i64, &str)], tags: &[(&str, &str)]) -> Self {
        let roles: Vec<u64> = members.iter().map(|m| self.string(m.2)).collect();
        let ids: Vec<i64> = members.iter().map(|m| m.1).collect();
        let kinds = members.iter().map(|m| m.0);
        let rest = [packed(8, roles), deltas(9, &ids), packed(10, kinds)].concat();
        let relation = [number(1, id), self.tags(tags), rest].concat();
        self.groups.extend(bytes(2, &bytes(4, &relation)));
        self
    }

    pub(super) fn blob(&self) -> Vec<u8> {
        let strings: Vec<u8> = self.strings.iter().flat_map(|text| bytes(1, text.as_bytes())).collect();
        blob("OSMData", &[bytes(1, &strings), self.groups.clone()].concat())
    }
}
