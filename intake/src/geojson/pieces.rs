//! Cuts a stream of GeoJSON into pieces: the features of a collection one by one, and whole documents.
//!
//! Only brackets, strings and separators are looked at, so that a broken feature costs that feature and not the file,
//! and a file of any size needs the memory of its largest feature.

use std::io::Read;

/// Largest piece that is kept, bytes: a feature of 200,000 vertices has about 8 MB.
const MOST_BYTES: usize = 32 << 20;
/// How much is looked at to tell one document from one document a line.
const WINDOW: usize = 1 << 20;
/// Longest line that is looked at as a whole.
const LONGEST_LINE: usize = 1 << 20;
/// How much is read at once behind what is left of a line.
const FILLED: u64 = 256 << 10;
/// Record separator (RFC 8142): begins every text of a sequence, never occurs inside one.
const RS: u8 = 0x1e;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// An element of the array `features` of a collection; its text is [`Pieces::text`].
    Feature,
    /// A whole document; the elements of `features`, if it has that array, were handed out before and are left out.
    Document {
        /// Whether it had an array `features`.
        collection: bool,
    },
    /// Something that is no JSON object.
    Broken(&'static str),
    /// The file ends inside a document; nothing comes after.
    Truncated,
    /// Nothing more.
    End,
}

/// The cutter.
pub(super) struct Pieces<R> {
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    /// Byte that ends a document wherever it comes: a record separator or the end of a line.
    separator: Option<u8>,
    offset: u64,
    line: u64,
    state: State,
    head: Head,
    piece: Text,
}

/// A text that is kept while it is not too long.
#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    too_long: bool,
    line: u64,
    offset: u64,
}

/// A document as far as it has been read.
#[derive(Default)]
struct Head {
    text: Text,
    depth: usize,
    /// The last string directly inside the document, with its quotes.
    last_string: Vec<u8>,
    /// Whether that string was followed by a colon, and nothing has come since.
    after_colon: bool,
    collection: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    InDocument,
    InFeatures,
    Over,
}

/// How a value ended.
enum Ended {
    Whole,
    BySeparator,
    ByEnd,
}

impl<R: Read> Pieces<R> {
    /// Looks at the first bytes to tell what the file is.
    pub(super) fn new(mut reader: R) -> std::io::Result<Self> {
        let mut buffer = Vec::new();
        reader.by_ref().take(WINDOW as u64).read_to_end(&mut buffer)?;
        let at = if buffer.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let separator = separator(buffer.get(at..).unwrap_or_default());
        let offset = at as u64;
        let (head, piece) = (Head::default(), Text::default());
        Ok(Self { reader, buffer, at, separator, offset, line: 1, state: State::Between, head, piece })
    }

    /// The text of the last [`Piece::Feature`] or [`Piece::Document`]; `None` when it is too large to be kept.
    pub(super) fn text(&self) -> Option<&[u8]> {
        (!self.piece.too_long).then_some(&self.piece.bytes)
    }

    /// Line in which the last piece begins, from 1.
    pub(super) fn line(&self) -> u64 {
        self.piece.line
    }

    /// Byte at which the last piece begins.
    pub(super) fn offset(&self) -> u64 {
        self.piece.offset
    }

    /// Whether documents are parted by lines and one begins just here.
    pub(super) fn is_at_line(&mut self) -> std::io::Result<bool> {
        Ok(self.separator == Some(b'\n') && self.state == State::Between && self.peek()? == Some(b'{'))
    }

    /// The byte that comes next.
    pub(super) fn here(&self) -> u64 {
        self.offset
    }

    /// Some of the whole lines behind that byte (not before [`Pieces::here`]), each with its end: at least one that is not
    /// too long, else at most so many bytes. Nothing is passed: who can use a line that begins here says so with
    /// [`Pieces::pass_line`]; else it is cut as ever.
    pub(super) fn lines_from(&mut self, byte: u64, most: usize) -> std::io::Result<Option<&[u8]>> {
        loop {
            let from = self.at + usize::try_from(byte.saturating_sub(self.offset)).unwrap_or(usize::MAX / 2);
            let rest = self.buffer.get(from..).unwrap_or_default();
            let end = |all: &[u8]| all.iter().rposition(|byte| *byte == b'\n');
            if let Some(end) = rest.get(..most).and_then(end).or_else(|| end(rest)) {
                return Ok(self.buffer.get(from..=from + end));
            }
            if rest.len() >= LONGEST_LINE || !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Goes behind the line of that length: it was the piece.
    pub(super) fn pass_line(&mut self, length: usize) {
        self.piece = self.begin();
        self.at += length + 1;
        self.offset += length as u64 + 1;
        self.line += 1;
    }

    /// Reads more behind what is left; false at the end of the file.
    fn fill(&mut self) -> std::io::Result<bool> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let had = self.buffer.len();
        match self.reader.by_ref().take(FILLED).read_to_end(&mut self.buffer) {
            // What came before it counts; whoever reads on meets it again.
            Err(_) if self.buffer.len() > had => Ok(true),
            got => got.map(|got| got > 0),
        }
    }

    /// Cuts the next piece.
    pub(super) fn next(&mut self) -> std::io::Result<Piece> {
        loop {
            match self.state {
                State::Over => return Ok(Piece::End),
                State::Between => match self.peek()? {
                    None => self.state = State::Over,
                    Some(b'{') => {
                        self.head = Head { text: self.begin(), ..Head::default() };
                        self.state = State::InDocument;
                    }
                    Some(b) if b.is_ascii_whitespace() || b == RS => self.bump(),
                    // Between lines it parts what is parted already.
                    Some(b',') if self.separator == Some(b'\n') => self.bump(),
                    Some(_) => {
                        self.piece = self.begin();
                        self.skip_document()?;
                        return Ok(Piece::Broken("is no JSON object"));
                    }
                },
                State::InDocument => {
                    if let Some(piece) = self.document()? {
                        return Ok(piece);
                    }
                }
                State::InFeatures => match self.peek()? {
                    Some(b) if Some(b) == self.separator => return Ok(self.cut_short()),
                    None => return Ok(self.cut_short()),
                    Some(b) if b.is_ascii_whitespace() || b == b',' => self.bump(),
                    Some(b']') => {
                        self.bump();
                        self.head.text.push(b']');
                        self.state = State::InDocument;
                    }
                    Some(_) => {
                        self.piece = self.begin();
                        return match self.value()? {
                            Ended::Whole => Ok(Piece::Feature),
                            Ended::BySeparator | Ended::ByEnd => Ok(self.cut_short()),
                        };
                    }
                },
            }
        }
    }

    /// Reads on in a document until it ends (then it is the piece) or its features begin.
    fn document(&mut self) -> std::io::Result<Option<Piece>> {
        while let Some(byte) = self.peek()? {
            if Some(byte) == self.separator {
                break;
            }
            self.bump();
            self.head.text.push(byte);
            match byte {
                b'"' => {
                    let outermost = self.head.depth == 1;
                    if outermost {
                        self.head.last_string.clear();
                    }
                    if !self.string(outermost)? {
                        break;
                    }
                    self.head.after_colon = false;
                }
                b':' => self.head.after_colon = true,
                b'[' if self.head.after_colon && self.head.depth == 1 && self.head.last_string == b"features" => {
                    self.head.after_colon = false;
                    self.head.collection = true;
                    self.state = State::InFeatures;
                    return Ok(None);
                }
                b'{' | b'[' => {
                    self.head.depth += 1;
                    self.head.after_colon = false;
                }
                b'}' | b']' => {
                    self.head.depth = self.head.depth.saturating_sub(1);
                    if self.head.depth == 0 {
                        self.state = State::Between;
                        self.piece = std::mem::take(&mut self.head.text);
                        return Ok(Some(Piece::Document { collection: self.head.collection }));
                    }
                }
                b if b.is_ascii_whitespace() => {}
                _ => self.head.after_colon = false,
            }
        }
        Ok(Some(self.cut_short()))
    }

    /// Reads a string of the document to its end; false when the document ends first.
    fn string(&mut self, keep: bool) -> std::io::Result<bool> {
        let mut escaped = false;
        while let Some(byte) = self.peek()? {
            if Some(byte) == self.separator {
                return Ok(false);
            }
            self.bump();
            self.head.text.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Ok(true),
                // Only "features" is ever asked for: what is longer need not be kept.
                _ if keep && self.head.last_string.len() < 16 => self.head.last_string.push(byte),
                _ => {}
            }
        }
        Ok(false)
    }

    /// Reads one value of the array into `piece`: up to its own end, whatever is in it.
    fn value(&mut self) -> std::io::Result<Ended> {
        let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
        while let Some(byte) = self.peek()? {
            if Some(byte) == self.separator {
                return Ok(Ended::BySeparator);
            }
            if depth == 0 && !in_string && matches!(byte, b',' | b']') && !self.piece.bytes.is_empty() {
                return Ok(Ended::Whole);
            }
            self.bump();
            self.piece.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 && !in_string && matches!(byte, b'}' | b']') {
                return Ok(Ended::Whole);
            }
        }
        Ok(Ended::ByEnd)
    }

    /// A document ended before its brackets were closed: by the end of the file or of its line.
    fn cut_short(&mut self) -> Piece {
        let at_end = self.at >= self.buffer.len();
        if self.state == State::InDocument {
            self.piece = std::mem::take(&mut self.head.text);
        }
        self.state = if at_end { State::Over } else { State::Between };
        if at_end { Piece::Truncated } else { Piece::Broken("ends inside an object") }
    }

    /// Skips what is no object: the rest of the line, of the sequence's text, or of the file.
    fn skip_document(&mut self) -> std::io::Result<()> {
        while let Some(byte) = self.peek()? {
            if Some(byte) == self.separator {
                return Ok(());
            }
            self.piece.push(byte);
            self.bump();
        }
        Ok(())
    }

    fn begin(&self) -> Text {
        Text { line: self.line, offset: self.offset, ..Text::default() }
    }

    fn peek(&mut self) -> std::io::Result<Option<u8>> {
        if self.at >= self.buffer.len() {
            self.buffer.resize(256 << 10, 0);
            self.at = 0;
            let got = loop {
                match self.reader.read(&mut self.buffer) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            let got = got.inspect_err(|_| self.buffer.clear())?;
            self.buffer.truncate(got);
        }
        Ok(self.buffer.get(self.at).copied())
    }

    fn bump(&mut self) {
        if self.buffer.get(self.at) == Some(&b'\n') {
            self.line += 1;
        }
        self.at += 1;
        self.offset += 1;
    }
}

impl Text {
    fn push(&mut self, byte: u8) {
        if self.bytes.len() < MOST_BYTES {
            self.bytes.push(byte);
        } else {
            self.too_long = true;
        }
    }
}

/// Tells what parts the documents of a file: record separators, ends of lines, or nothing but their brackets.
fn separator(window: &[u8]) -> Option<u8> {
    let window = window.trim_ascii_start();
    if window.first() == Some(&RS) {
        return Some(RS);
    }
    let mut lines = window.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next()?;
    if window.len() == first.len() {
        // One line as far as can be seen: a long feature, unless it is a collection of them.
        return (first.len() >= WINDOW / 2 && !has_members(first)).then_some(b'\n');
    }
    // What writes lists puts a comma behind each.
    if object(first.strip_suffix(b",").unwrap_or(first)).is_some() {
        return Some(b'\n');
    }
    // A first line that stops in the middle of something, before a second one that is whole, is a broken row.
    let goes_on = first.last().is_none_or(|b| matches!(b, b'{' | b'[' | b',' | b':'));
    if !goes_on && lines.clone().next().is_some_and(|second| object(second).is_some()) {
        return Some(b'\n');
    }
    // And so are first lines before one that is a whole feature.
    let all = std::iter::once(first).chain(lines.take(LOOKED_AT));
    let before = all.take_while(|line| !has_members(line));
    let is_feature = |line: &[u8]| object(line).is_some_and(|value| value["type"] == "Feature");
    before.into_iter().any(is_feature).then_some(b'\n')
}

/// So many lines are looked at for a whole one.
const LOOKED_AT: usize = 100;

/// Whether a document goes on over lines in such a list.
fn has_members(line: &[u8]) -> bool {
    [&b"\"features\""[..], b"\"geometries\""].iter().any(|name| line.windows(name.len()).any(|part| part == *name))
}

fn object(line: &[u8]) -> Option<serde_json::Value> {
    if line.first() == Some(&b'{') { serde_json::from_slice(line).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file is cut into, in words.
    fn cut(text: &str) -> Vec<String> {
        let mut pieces = Pieces::new(text.as_bytes()).unwrap();
        let mut all = Vec::new();
        loop {
            let piece = pieces.next().unwrap();
            let text = String::from_utf8_lossy(pieces.text().unwrap_or_default()).into_owned();
            match piece {
                Piece::Feature => all.push(format!("{}:F {text}", pieces.line())),
                Piece::Document { collection } => {
                    all.push(format!("{}:{} {text}", pieces.line(), if collection { 'C' } else { 'D' }));
                }
                Piece::Broken(what) => all.push(format!("{}:{what}", pieces.line())),
                Piece::Truncated => all.push(format!("{}:truncated", pieces.line())),
                Piece::End => return all,
            }
        }
    }

    fn check(text: &str, expect: &[&str]) {
        assert_eq!(cut(text), expect, "{text}");
    }

    #[test]
    fn a_collection_is_cut_into_features_whatever_the_order_of_its_members() {
        check(
            r#"{"bbox":[1,2],"features":[{"a":1}, {"b":[2]}],"type":"FC"}"#,
            &[r#"1:F {"a":1}"#, r#"1:F {"b":[2]}"#, r#"1:C {"bbox":[1,2],"features":[],"type":"FC"}"#],
        );
        check(
            "{\n\"features\" : [\n{\"x\":\"}]\\\"\"},\nnull , 3]}\n",
            &[r#"3:F {"x":"}]\""}"#, "4:F null ", "4:F 3", "1:C {\n\"features\" : []}"],
        );
    }

    #[test]
    fn a_member_named_features_deeper_down_is_no_collection() {
        check(r#"{"properties":{"features":[1]}}"#, &[r#"1:D {"properties":{"features":[1]}}"#]);
        check(r#"{"a":"features","b":[1]}"#, &[r#"1:D {"a":"features","b":[1]}"#]);
    }

    #[test]
    fn lines_and_sequences_recover_from_a_broken_row() {
        check("{\"a\":1}\n{\"b\":[\n{\"c\":3}\n", &[r#"1:D {"a":1}"#, "2:ends inside an object", r#"3:D {"c":3}"#]);
        check("{\"b\":[1\n{\"c\":3}\n", &["1:ends inside an object", r#"2:D {"c":3}"#]);
        check(
            "\u{1e}{\"a\":\n1}\n\u{1e}{\"b\":\u{1e}{\"c\":3}\n",
            &["1:D {\"a\":\n1}", "3:ends inside an object", r#"3:D {"c":3}"#],
        );
        check("{\"a\":1}\nhello\n{\"c\":3}", &[r#"1:D {"a":1}"#, "2:is no JSON object", r#"3:D {"c":3}"#]);
    }

    #[test]
    fn a_file_that_stops_is_truncated() {
        check(r#"{"features":[{"a":1},{"b":"#, &[r#"1:F {"a":1}"#, "1:truncated"]);
        check(r#"{"features":[{"a":1}"#, &[r#"1:F {"a":1}"#, "1:truncated"]);
        check("", &[]);
        check("[1]", &["1:is no JSON object"]);
    }
}
