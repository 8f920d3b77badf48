//! Boxes of the ISO base media file format (ISO/IEC 14496-12): a length, four letters, what is inside.

/// A buffer of boxes.
#[derive(Debug, Default)]
pub(crate) struct Boxes(Vec<u8>);

impl Boxes {
    /// One box; `inside` writes what it holds.
    pub(crate) fn put(&mut self, name: [u8; 4], inside: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.u32(0);
        self.bytes(&name);
        inside(self);
        let length = u32::try_from(self.0.len() - start).unwrap_or(u32::MAX);
        self.0.splice(start..start + 4, length.to_be_bytes());
    }

    /// One box with a version and flags before what it holds (14496-12, 4.2).
    pub(crate) fn full(&mut self, name: [u8; 4], version: u8, flags: u32, inside: impl FnOnce(&mut Self)) {
        self.put(name, |b| {
            b.u32(u32::from(version) << 24 | (flags & 0x00ff_ffff));
            inside(b);
        });
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// So many zeroes.
    pub(crate) fn zeroes(&mut self, count: usize) {
        self.0.resize(self.0.len() + count, 0);
    }

    /// Two bytes, the greater first.
    pub(crate) fn u16(&mut self, n: u16) {
        self.bytes(&n.to_be_bytes());
    }

    /// Four bytes.
    pub(crate) fn u32(&mut self, n: u32) {
        self.bytes(&n.to_be_bytes());
    }

    /// Eight bytes.
    pub(crate) fn u64(&mut self, n: u64) {
        self.bytes(&n.to_be_bytes());
    }

    /// The unit matrix of a picture that is not turned (14496-12, 6.2.2).
    pub(crate) fn matrix(&mut self) {
        for n in [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000] {
            self.u32(n);
        }
    }

    /// How long it is so far.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes four bytes over those at `at`.
    pub(crate) fn mend(&mut self, at: usize, n: u32) {
        self.0.splice(at..at + 4, n.to_be_bytes());
    }

    /// All of it.
    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_knows_its_length() {
        let mut boxes = Boxes::default();
        boxes.put(*b"outr", |b| b.full(*b"innr", 1, 2, |b| b.u16(7)));
        assert_eq!(boxes.done(), b"\0\0\0\x16outr\0\0\0\x0einnr\x01\0\0\x02\0\x07");
    }
}
