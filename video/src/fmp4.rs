//! Fragments of MP4 out of pictures: the head once (`ftyp`, `moov`), then one fragment a picture (`prft`, `moof`, `mdat`;
//! ISO/IEC 14496-12, 8.8 and 8.16.5).
//!
//! Each picture waits for the next, so that what it takes is known and not guessed: players fall out of step where the
//! length of a picture and the time of the next do not fit. That costs one picture of delay, 40 ms at 25 a second.

use bytes::Bytes;

use super::boxes::Boxes;
use super::order::{Order, depth_of};

/// Longest time between two pictures, seconds. A longer one, or one backwards, is another stream: it gets a head anew.
const LONGEST_GAP_S: i64 = 10;
/// Times begin here, seconds, so that none is negative when pictures are out of order.
const BEGIN_S: i64 = 1;
/// Seconds from 1900, where NTP counts from, to 1970.
const NTP_TO_UNIX_S: u64 = 2_208_988_800;
/// `sample_flags` of a picture that others can begin at, and of one that leans on others (14496-12, 8.8.3.1).
const KEY: u32 = 0x0200_0000;
const NO_KEY: u32 = 0x0101_0000;

/// What a player must know before the first picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// As in `codecs=` of a media type (RFC 6381): `avc1.64001F`.
    pub codec: String,
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// `ftyp` and `moov`.
    pub bytes: Bytes,
}

/// One picture as a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// A player can begin here.
    pub key: bool,
    /// When it came in, milliseconds since 1970 UTC; the same stands in its `prft`.
    pub at_ms: i64,
    /// `prft`, `moof` and `mdat`.
    pub bytes: Bytes,
}

/// What the stream says of its pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Params {
    pub(crate) codec: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The `avc1` box.
    pub(crate) sample_entry: Vec<u8>,
    /// Sequence parameter set.
    pub(crate) sps: Vec<u8>,
    /// Ticks a second.
    pub(crate) timescale: u32,
}

/// A picture as the camera sent it.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// When it is shown, ticks from any beginning.
    pub(crate) pts: i64,
    pub(crate) key: bool,
    pub(crate) at_ms: i64,
    /// NAL units, each after its length in four bytes.
    pub(crate) data: Vec<u8>,
}

/// The picture that came is not of the stream that went before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Jump;

/// Makes fragments of one stream.
#[derive(Debug)]
pub(crate) struct Muxer {
    timescale: i64,
    order: Order,
    base: Option<i64>,
    last_pts: i64,
    held: Option<(i64, Picture)>,
    sequence: u32,
}

impl Muxer {
    /// For a stream with these parameters.
    pub(crate) fn new(params: &Params) -> Self {
        let timescale = i64::from(params.timescale.max(1));
        let order = Order::new(depth_of(&params.sps), timescale / 25);
        Self { timescale, order, base: None, last_pts: 0, held: None, sequence: 0 }
    }

    /// Takes a picture in and gives the one before it out. Refuses what is too far from the one before.
    pub(crate) fn push(&mut self, mut picture: Picture) -> Result<Option<Fragment>, Jump> {
        let base = *self.base.get_or_insert(picture.pts - BEGIN_S * self.timescale);
        let pts = picture.pts.saturating_sub(base);
        if self.held.is_some() && (pts - self.last_pts).abs() > LONGEST_GAP_S * self.timescale {
            return Err(Jump);
        }
        self.last_pts = pts;
        picture.pts = pts;
        let dts = self.order.decode_at(pts);
        let before = self.held.replace((dts, picture));
        Ok(before.map(|(at, picture)| self.fragment(at, dts - at, &picture)))
    }

    fn fragment(&mut self, dts: i64, duration: i64, picture: &Picture) -> Fragment {
        self.sequence = self.sequence.wrapping_add(1);
        let mut boxes = Boxes::default();
        boxes.full(*b"prft", 1, 0, |b| {
            b.u32(1);
            b.u64(ntp(picture.at_ms));
            b.u64(u64::try_from(picture.pts).unwrap_or_default());
        });
        let (moof, mut offset_at) = (boxes.len(), 0);
        boxes.put(*b"moof", |b| {
            b.full(*b"mfhd", 0, 0, |b| b.u32(self.sequence));
            b.put(*b"traf", |b| {
                // Offsets count from the beginning of `moof`.
                b.full(*b"tfhd", 0, 0x02_0000, |b| b.u32(1));
                b.full(*b"tfdt", 1, 0, |b| b.u64(u64::try_from(dts).unwrap_or_default()));
                // Offset, then for each sample: duration, size, flags, signed distance from decoding to showing.
                b.full(*b"trun", 1, 0x00_0f01, |b| {
                    b.u32(1);
                    offset_at = b.len();
                    b.u32(0);
                    b.u32(u32::try_from(duration).unwrap_or_default());
                    b.u32(u32::try_from(picture.data.len()).unwrap_or(u32::MAX));
                    b.u32(if picture.key { KEY } else { NO_KEY });
                    b.bytes(&i32::try_from(picture.pts - dts).unwrap_or_default().to_be_bytes());
                });
            });
        });
        let offset = boxes.len() - moof + 8;
        boxes.mend(offset_at, u32::try_from(offset).unwrap_or_default());
        boxes.put(*b"mdat", |b| b.bytes(&picture.data));
        Fragment { key: picture.key, at_ms: picture.at_ms, bytes: boxes.done().into() }
    }
}

/// Seconds since 1900 with 32 bits behind the point, as NTP writes time (RFC 5905, 6).
fn ntp(at_ms: i64) -> u64 {
    let ms = u64::try_from(at_ms).unwrap_or_default();
    ((ms / 1000 + NTP_TO_UNIX_S) << 32) | (((ms % 1000) << 32) / 1000)
}

/// The head of a stream with these parameters.
pub(crate) fn head(params: &Params) -> Head {
    let mut boxes = Boxes::default();
    boxes.put(*b"ftyp", |b| {
        b.bytes(b"iso6");
        b.u32(0);
        b.bytes(b"iso6avc1");
    });
    boxes.put(*b"moov", |b| {
        b.full(*b"mvhd", 0, 0, |b| {
            b.zeroes(8);
            b.u32(params.timescale);
            b.u32(0);
            b.u32(0x0001_0000);
            b.u16(0x0100);
            b.zeroes(10);
            b.matrix();
            b.zeroes(24);
            b.u32(2);
        });
        b.put(*b"trak", |b| {
            // Enabled, and part of what is shown.
            b.full(*b"tkhd", 0, 3, |b| {
                b.zeroes(8);
                b.u32(1);
                b.zeroes(24);
                b.matrix();
                b.u32(params.width << 16);
                b.u32(params.height << 16);
            });
            b.put(*b"mdia", |b| {
                b.full(*b"mdhd", 0, 0, |b| {
                    b.zeroes(8);
                    b.u32(params.timescale);
                    b.u32(0);
                    // Language "und", five bits a letter.
                    b.u16(0x55c4);
                    b.u16(0);
                });
                b.full(*b"hdlr", 0, 0, |b| {
                    b.u32(0);
                    b.bytes(b"vide");
                    b.zeroes(12);
                    b.bytes(b"video\0");
                });
                b.put(*b"minf", |b| {
                    b.full(*b"vmhd", 0, 1, |b| b.zeroes(8));
                    b.put(*b"dinf", |b| {
                        b.full(*b"dref", 0, 0, |b| {
                            b.u32(1);
                            b.full(*b"url ", 0, 1, |_| {});
                        });
                    });
                    b.put(*b"stbl", |b| {
                        b.full(*b"stsd", 0, 0, |b| {
                            b.u32(1);
                            b.bytes(&params.sample_entry);
                        });
                        b.full(*b"stts", 0, 0, |b| b.u32(0));
                        b.full(*b"stsc", 0, 0, |b| b.u32(0));
                        b.full(*b"stsz", 0, 0, |b| b.zeroes(8));
                        b.full(*b"stco", 0, 0, |b| b.u32(0));
                    });
                });
            });
        });
        b.put(*b"mvex", |b| {
            b.full(*b"trex", 0, 0, |b| {
                b.u32(1);
                b.u32(1);
                b.zeroes(12);
            });
        });
    });
    Head { codec: params.codec.clone(), width: params.width, height: params.height, bytes: boxes.done().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            codec: "avc1.42C01E".to_owned(),
            width: 320,
            height: 240,
            sample_entry: b"\0\0\0\x08avc1".to_vec(),
            sps: Vec::new(),
            timescale: 90_000,
        }
    }

    fn picture(n: i64) -> Picture {
        Picture { pts: 5_000_000 + n * 3_600, key: n == 0, at_ms: 1_500, data: vec![0, 0, 0, 1, 0x65] }
    }

    /// Names of the boxes at the top, and what is left of the bytes behind the last whole one.
    fn names(bytes: &[u8]) -> (Vec<String>, usize) {
        let (mut names, mut rest) = (Vec::new(), bytes);
        while rest.len() >= 8 {
            let length = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
            names.push(String::from_utf8_lossy(&rest[4..8]).into_owned());
            if length < 8 || length > rest.len() {
                break;
            }
            rest = &rest[length..];
        }
        (names, rest.len())
    }

    fn after(bytes: &[u8], name: [u8; 4]) -> &[u8] {
        let at = bytes.windows(4).position(|four| *four == name).expect("the box is there");
        &bytes[at + 4..]
    }

    fn number(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
    }

    #[test]
    fn a_head_is_two_whole_boxes() {
        let head = head(&params());
        assert_eq!(names(&head.bytes), (vec!["ftyp".to_owned(), "moov".to_owned()], 0));
        assert!(head.bytes.windows(4).any(|four| four == b"avc1") && head.bytes.windows(4).any(|four| four == b"trex"));
    }

    #[test]
    fn a_picture_comes_out_when_the_next_is_there() {
        let mut muxer = Muxer::new(&params());
        assert_eq!(muxer.push(picture(0)), Ok(None));
        let fragment = muxer.push(picture(1)).unwrap().expect("the first picture");
        assert!(fragment.key);
        assert_eq!(names(&fragment.bytes), (vec!["prft".to_owned(), "moof".to_owned(), "mdat".to_owned()], 0));
        assert_eq!(number(&after(&fragment.bytes, *b"tfdt")[4..12]), 90_000, "times begin at one second");
        let trun = after(&fragment.bytes, *b"trun");
        assert_eq!(number(&trun[12..16]), 3_600, "what it takes is known");
        assert_eq!(number(&trun[16..20]), 5, "its size");
        let moof = fragment.bytes.windows(4).position(|four| four == b"moof").expect("there") - 4;
        let data = moof + usize::try_from(number(&trun[8..12])).expect("small");
        assert_eq!(&fragment.bytes[data..], [0, 0, 0, 1, 0x65], "the offset leads to the data");
        let second = muxer.push(picture(2)).unwrap().expect("the second picture");
        assert!(!second.key);
        assert_eq!(number(&after(&second.bytes, *b"tfdt")[4..12]), 93_600);
    }

    #[test]
    fn another_stream_is_not_taken_for_the_same() {
        let mut muxer = Muxer::new(&params());
        muxer.push(picture(0)).unwrap();
        assert_eq!(muxer.push(picture(2_000)).err(), Some(Jump));
        assert_eq!(muxer.push(picture(-2_000)).err(), Some(Jump));
        assert!(muxer.push(picture(1)).is_ok());
    }

    #[test]
    fn the_time_of_a_picture_is_written_as_ntp_does() {
        assert_eq!(ntp(1_500), ((NTP_TO_UNIX_S + 1) << 32) + (1 << 31));
    }
}
