//! Bytes that are hashed: every length comes first, so that no two things have the same bytes.

/// Bytes in the making, after a tag that names the version of their table.
pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    /// Begins with the tag, as it is.
    pub(crate) fn new(tag: &str) -> Self {
        Self(tag.as_bytes().to_vec())
    }

    /// A hash: 32 bytes as they are.
    pub(crate) fn hash(&mut self, hash: &[u8; 32]) {
        self.0.extend(hash);
    }

    /// A count: 8 bytes, big-endian.
    pub(crate) fn count(&mut self, count: u64) {
        self.0.extend(count.to_be_bytes());
    }

    /// A number: 8 bytes, big-endian two's complement.
    pub(crate) fn number(&mut self, number: i64) {
        self.0.extend(number.to_be_bytes());
    }

    /// A text: its length in bytes as a count, and its UTF-8.
    pub(crate) fn text(&mut self, text: &str) {
        self.count(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    /// A list: its length in entries as a count, and its texts.
    pub(crate) fn list(&mut self, texts: &[String]) {
        self.count(texts.len() as u64);
        for text in texts {
            self.text(text);
        }
    }

    /// What may be absent: one byte 0, or one byte 1 and the value.
    pub(crate) fn maybe<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T)) {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            put(self, value);
        }
    }

    /// All of them.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }
}
