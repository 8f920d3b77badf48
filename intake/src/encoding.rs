//! Text in the encodings of the field, decoded as a stream; what does not fit is remembered by its place.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Read;
use std::rc::Rc;

use encoding_rs::{Decoder, DecoderResult};

use crate::IntakeError;

/// Bytes read at once.
const CHUNK: usize = 32 * 1024;
/// Most faults waiting to be asked for; beyond that the last one grows until it is.
const MOST_FAULTS: usize = 4096;

/// The encoding of a file's text, as the caller declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Default for Encoding {
    fn default() -> Self {
        Self::UTF_8
    }
}

impl Encoding {
    /// What is read when nothing is declared.
    pub const UTF_8: Self = Self(encoding_rs::UTF_8);

    /// The encoding of that name: the labels of the WHATWG Encoding Standard (`utf-8`, `gb18030`, `gbk`, `big5`,
    /// `euc-kr`, `shift_jis`, `latin1`, `windows-1252`, `utf-16le`…) and code pages as `cp936`, `cp949`, `cp950`, `cp1252`.
    ///
    /// # Errors
    /// When no such encoding is known.
    pub fn from_name(name: &str) -> Result<Self, IntakeError> {
        let lower = name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
        let label = match bare_page(&lower) {
            "cp936" | "936" => "gbk",
            "cp949" | "uhc" | "949" => "euc-kr",
            "cp950" | "950" => "big5",
            "cp932" | "932" => "shift_jis",
            "cp65001" | "65001" | "utf8mb4" => "utf-8",
            other => other.strip_prefix("cp").filter(|page| page.starts_with("125")).map_or(other, windows),
        };
        let label = if label.len() == 4 && label.starts_with("125") { windows(label) } else { label };
        let found = encoding_rs::Encoding::for_label(label.as_bytes());
        found.filter(|found| *found != encoding_rs::REPLACEMENT).map(Self).ok_or_else(|| {
            let known = "utf-8, gb18030, gbk, big5, euc-kr (cp949), shift_jis, latin1, windows-1250 to windows-1258, utf-16le, utf-16be";
            IntakeError::options("encoding", format!("encoding {name:?} is not known; known are {known}"))
        })
    }

    /// Its name in the standard: `UTF-8`, `gb18030`, `Big5`…
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Whether it is one of Unicode.
    pub(crate) fn is_unicode(self) -> bool {
        [encoding_rs::UTF_8, encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(&self.0)
    }

    /// Whether text that was decoded from this encoding was UTF-8 as it stood in the file: its bytes are valid UTF-8, and say
    /// at least two characters of Chinese, Japanese or Korean and none of another script beyond ASCII. One such character,
    /// or letters of two bytes, come by chance: `楼` of GB18030 is `¥` of UTF-8.
    pub(crate) fn was_utf8(self, text: &str) -> bool {
        let Some(first) = text.find(|c: char| !c.is_ascii()).filter(|_| !self.is_unicode()) else { return false };
        // Encoding is slow, and nearly every text is done after its first character.
        let beyond = text.get(first..).unwrap_or_default();
        let one = beyond.get(..beyond.chars().next().map_or(0, char::len_utf8)).unwrap_or_default();
        if !self.0.encode(one).0.first().is_some_and(|lead| (0xe3..=0xef).contains(lead)) {
            return false;
        }
        let (bytes, _, lost) = self.0.encode(text);
        let Some(said) = std::str::from_utf8(&bytes).ok().filter(|_| !lost) else { return false };
        let mut beyond = said.chars().filter(|c| !c.is_ascii()).peekable();
        beyond.clone().nth(1).is_some() && beyond.all(of_east_asia)
    }

    /// A short text, whole; `None` when it does not fit.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        self.0.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
    }
}

/// Ideographs, kana, Hangul, and the marks that stand with them.
fn of_east_asia(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}')
}

/// A name without what writers of `.cpg` and spreadsheets put before the number of a code page: `ANSI 936`, `windows-936`.
fn bare_page(name: &str) -> &str {
    let after = ["ansi", "oem", "ms", "windows"].into_iter().find_map(|word| name.strip_prefix(word));
    let page = after.map(|rest| rest.trim_start_matches([' ', '_', '-']));
    page.filter(|page| page.len() >= 3 && page.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(name)
}

fn windows(page: &str) -> &str {
    match page {
        "1250" => "windows-1250",
        "1251" => "windows-1251",
        "1253" => "windows-1253",
        "1254" => "windows-1254",
        "1255" => "windows-1255",
        "1256" => "windows-1256",
        "1257" => "windows-1257",
        "1258" => "windows-1258",
        _ => "windows-1252",
    }
}

/// Where decoded text has a mark in place of what did not fit: from byte to byte of the decoded text.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<(u64, u64)>);

impl Faults {
    fn push(&mut self, at: u64) {
        if self.0.len() < MOST_FAULTS {
            self.0.push_back((at, at));
        } else if let Some(last) = self.0.back_mut() {
            last.1 = at;
        }
    }

    /// Whether one lies before `end`; those are forgotten.
    pub(crate) fn any_before(&mut self, end: u64) -> bool {
        let mut any = false;
        while self.0.front().is_some_and(|fault| fault.0 < end) {
            any = true;
            match self.0.front_mut() {
                Some(fault) if fault.1 >= end => {
                    fault.0 = end;
                    break;
                }
                _ => self.0.pop_front(),
            };
        }
        any
    }
}

/// A reader of UTF-8 over a reader of another encoding. A byte order mark is dropped.
pub(crate) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// Bytes of `input` not decoded yet: from, to.
    waiting: (usize, usize),
    output: Vec<u8>,
    given: usize,
    /// Bytes decoded in all.
    bytes_out: u64,
    ended: bool,
    faults: Rc<RefCell<Faults>>,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(inner: R, encoding: Encoding, faults: Rc<RefCell<Faults>>) -> Self {
        Self {
            inner,
            decoder: encoding.0.new_decoder_with_bom_removal(),
            input: vec![0; CHUNK],
            waiting: (0, 0),
            output: Vec::new(),
            given: 0,
            bytes_out: 0,
            ended: false,
            faults,
        }
    }

    /// Decodes some more; afterwards there is output, or the end.
    fn more(&mut self) -> std::io::Result<()> {
        self.given = 0;
        self.output.clear();
        self.output.resize(CHUNK, 0);
        let mut written = 0;
        while written == 0 && !self.ended {
            if self.waiting.0 == self.waiting.1 {
                let read = self.inner.read(&mut self.input)?;
                self.waiting = (0, read);
            }
            let last = self.waiting.1 == 0;
            let from = self.input.get(self.waiting.0..self.waiting.1).unwrap_or_default();
            let (result, read, wrote) = self.decoder.decode_to_utf8_without_replacement(from, &mut self.output, last);
            self.waiting.0 += read;
            written = wrote;
            match result {
                DecoderResult::InputEmpty => self.ended = last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.faults.borrow_mut().push(self.bytes_out + wrote as u64);
                    self.output.truncate(wrote);
                    self.output.extend_from_slice("\u{fffd}".as_bytes());
                    written = self.output.len();
                }
            }
        }
        self.output.truncate(written);
        self.bytes_out += written as u64;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.output.len() && !self.ended {
            self.more()?;
        }
        let mut rest = self.output.get(self.given..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives three bytes at a time, so that characters are cut.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let most = buffer.len().min(3);
            self.0.read(&mut buffer[..most])
        }
    }

    fn check(name: &str, bytes: &[u8], expect: &str, faults: &[u64]) {
        let found = Rc::new(RefCell::new(Faults::default()));
        let mut text = String::new();
        let encoding = Encoding::from_name(name).unwrap();
        Decoded::new(Slow(bytes), encoding, Rc::clone(&found)).read_to_string(&mut text).unwrap();
        assert_eq!(text, expect, "{name}");
        let at: Vec<u64> = found.borrow().0.iter().map(|fault| fault.0).collect();
        assert_eq!(at, faults, "{name}");
    }

    #[test]
    fn encodings_of_the_field() {
        check("UTF-8", "\u{feff}温州,1".as_bytes(), "温州,1", &[]);
        check("gb18030", b"\xce\xc2\xd6\xdd\x2c\x81\x30\x81\x30", "温州,\u{80}", &[]);
        check("cp936", b"\xce\xc2\xd6\xdd", "温州", &[]);
        check("big5", b"\xb7\xc5\xa6\x7b", "溫州", &[]);
        check("cp949", b"\xbc\xad\xbf\xef\xb0\xa2", "서울각", &[]);
        check("latin1", b"K\xf8benhavn", "København", &[]);
        check("cp1251", b"\xcc", "М", &[]);
        check("utf-16le", b"\xff\xfea\0\x29\x6e", "a温", &[]);
    }

    #[test]
    fn what_does_not_fit_is_remembered_by_its_place() {
        check("utf-8", b"ab\xffcd\xce\xc2", "ab\u{fffd}cd\u{fffd}\u{fffd}", &[2, 7, 10]);
        check("gb18030", b"ab\xce", "ab\u{fffd}", &[2]);
        let mut faults = Faults(VecDeque::from([(2, 2), (7, 9)]));
        assert!(!faults.any_before(2) && faults.any_before(3) && !faults.any_before(7));
        assert!(faults.any_before(8) && faults.any_before(9) && faults.any_before(10) && !faults.any_before(99));
    }

    #[test]
    fn a_text_that_was_utf8_is_known_by_its_bytes_and_an_honest_one_is_not() {
        let read = |name: &str, text: &str| {
            let encoding = Encoding::from_name(name).unwrap();
            encoding.decode(text.as_bytes()).map(|decoded| encoding.was_utf8(&decoded))
        };
        assert_eq!(read("gb18030", "x,相机机号"), Some(true));
        assert_eq!(read("gbk", "相机"), Some(true));
        assert_eq!(read("cp1252", "温州"), Some(true));
        assert_eq!(read("utf-8", "相机机号"), Some(false));
        // Words whose bytes are valid UTF-8 by chance: of two bytes, of another script beside, of one character.
        for (name, word) in [
            ("gb18030", "楼"),
            ("gb18030", "学院路"),
            ("gb18030", "一些丝"),
            ("gb18030", "涓滴归公"),
            ("gb18030", "甬江"),
            ("big5", "蝎子"),
            ("cp949", "첩휃횟"),
            ("gb18030", "温州"),
            ("gb18030", "abc"),
        ] {
            let encoding = Encoding::from_name(name).unwrap();
            assert!(!encoding.was_utf8(word), "{name} {word}");
        }
    }

    #[test]
    fn names_are_known_or_refused() {
        assert_eq!(Encoding::from_name(" GBK ").unwrap().name(), "GBK");
        for name in ["ANSI 936", "windows-936", "\u{feff}936", "\u{feff}GBK", "OEM 936"] {
            assert_eq!(Encoding::from_name(name).unwrap().name(), "GBK", "{name}");
        }
        assert_eq!(Encoding::from_name("ANSI 1251").unwrap().name(), "windows-1251");
        assert_eq!(Encoding::from_name("1252").unwrap().name(), "windows-1252");
        let refusal = Encoding::from_name("klingon").unwrap_err().to_string();
        assert!(refusal.contains("\"klingon\"") && refusal.contains("gb18030"), "{refusal}");
        assert!(Encoding::from_name("iso-2022-kr").is_err());
    }
}
