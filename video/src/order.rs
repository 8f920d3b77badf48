//! Times of decoding, made from times of showing: RTP carries only the latter, and with pictures that lean on later ones
//! (B-frames) they go back and forth, which no player takes for times of decoding.
//!
//! The times of decoding are the times of showing, sorted, late by as many pictures as the stream puts out of order. How
//! many that is stands in the parameters (`max_num_reorder_frames`, ITU-T H.264 E.2.1), or is learnt when a time goes back.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use h264_reader::nal::sps::{PicOrderCntType, SeqParameterSet};
use h264_reader::nal::{Nal, RefNal};

/// Most pictures that may be out of order (H.264 allows 16 in the buffer of decoded pictures).
const DEEPEST: usize = 16;
/// The profile without pictures that lean on later ones (A.2.1).
const BASELINE: u8 = 66;

/// Gives each picture its time of decoding.
#[derive(Debug)]
pub(crate) struct Order {
    /// As many pictures are out of order.
    depth: usize,
    /// Times that were not yet given away: `depth` of them between two pictures.
    waiting: BinaryHeap<Reverse<i64>>,
    /// Times of showing of the last pictures.
    recent: VecDeque<i64>,
    last: Option<i64>,
    /// What a picture takes, for the times before the first.
    frame: i64,
}

impl Order {
    /// An order for pictures of which so many are out of order; `frame` is what a picture takes, in the unit of the times.
    pub(crate) fn new(depth: usize, frame: i64) -> Self {
        let depth = depth.min(DEEPEST);
        Self { depth, waiting: BinaryHeap::new(), recent: VecDeque::new(), last: None, frame }
    }

    /// The time of decoding of the picture that is shown at `pts`: later than that of every picture before it.
    pub(crate) fn decode_at(&mut self, pts: i64) -> i64 {
        if self.last.is_none() {
            self.waiting.extend((1..).take(self.depth).map(|n| Reverse(pts - n * self.frame)));
        }
        self.waiting.push(Reverse(pts));
        let after = self.last.map_or(i64::MIN, |last| last + 1);
        let passed = self.recent.iter().filter(|shown| **shown > pts).count();
        let at = if passed > self.depth {
            // One more is out of order than was known: from now on all are late by one more.
            self.depth += 1;
            after
        } else {
            self.waiting.pop().map_or(pts, |Reverse(first)| first).max(after)
        };
        if self.recent.len() == DEEPEST {
            self.recent.pop_front();
        }
        self.recent.push_back(pts);
        self.last = Some(at);
        at
    }
}

/// How many pictures are out of order, by the stream's parameters (a sequence parameter set with its header); 0 when they do
/// not say: then it is learnt.
pub(crate) fn depth_of(sps: &[u8]) -> usize {
    if sps.is_empty() {
        return 0;
    }
    let Ok(sps) = SeqParameterSet::from_bits(RefNal::new(sps, &[], true).rbsp_bits()) else { return 0 };
    if u8::from(sps.profile_idc) == BASELINE || matches!(sps.pic_order_cnt, PicOrderCntType::TypeTwo) {
        return 0;
    }
    let said = sps.vui_parameters.and_then(|vui| vui.bitstream_restrictions);
    said.map_or(0, |said| (said.max_num_reorder_frames as usize).min(DEEPEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times of showing in frames, in the order of decoding; every time of decoding must be after the one before it.
    fn check(depth: usize, shown: &[i64], decoded: &[i64]) {
        let mut order = Order::new(depth, 100);
        let given: Vec<i64> = shown.iter().map(|n| order.decode_at(n * 100)).collect();
        assert!(given.windows(2).all(|pair| pair[0] < pair[1]), "{given:?}");
        assert_eq!(given, decoded, "{shown:?}");
    }

    #[test]
    fn in_order_they_are_the_same() {
        check(0, &[0, 1, 2, 3], &[0, 100, 200, 300]);
    }

    #[test]
    fn with_a_known_depth_they_are_late_by_it() {
        check(1, &[0, 2, 1, 4, 3, 6, 5], &[-100, 0, 100, 200, 300, 400, 500]);
        check(2, &[0, 4, 2, 1, 3, 8, 6, 5, 7], &[-200, -100, 0, 100, 200, 300, 400, 500, 600]);
    }

    #[test]
    fn an_unknown_depth_is_learnt() {
        check(0, &[0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12], &[0, 300, 301, 302, 303, 400, 500, 600, 700, 800, 900]);
    }

    #[test]
    fn parameters_that_cannot_be_read_say_nothing() {
        assert_eq!(depth_of(&[]), 0);
        assert_eq!(depth_of(&[0x67, 0xff]), 0);
        assert_eq!(depth_of(&[0x67]), 0);
    }
}
