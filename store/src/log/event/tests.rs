//! The bytes are a promise to whoever verifies an exported log: they may not change under the same version.

use proptest::prelude::*;

use super::*;
use crate::log::chain::{LogHead, Standing};

fn first() -> Event {
    let draft = EventDraft {
        stream: "unit:1".to_owned(),
        kind: "k".to_owned(),
        schema: 3,
        cause: None,
        event_us: -1,
        device_us: Some(5),
        receive_us: 6,
        place: Some(String::new()),
        labels: vec!["x".to_owned()],
        payload: "{}".to_owned(),
        ..EventDraft::default()
    };
    let mut head = LogHead { seq: 0, epoch: 1, commit_us: 0, hash: [0; 32] };
    let digest = Some(sealed_digest(&[1; 32], b"s"));
    let standing =
        Standing { command_id: Some("c"), stream_version: 1, clock_us: 1_000, random: 0xab, sealed_digest: digest };
    head.append(draft, &standing)
}

#[test]
fn the_bytes_are_what_the_table_says() {
    let event = first();
    assert_eq!(event.event_id, "00000000000003e800000001000000ab");
    let count = |n: u64| n.to_be_bytes().to_vec();
    let text = |text: &str| [count(text.len() as u64), text.as_bytes().to_vec()].concat();
    let digest = Sha256::digest([[1_u8; 32].as_slice(), b"s"].concat());
    let parts = [
        b"onemap-log-1".to_vec(),
        vec![0; 32],
        [count(1), count(1), count(1)].concat(),
        text("00000000000003e800000001000000ab"),
        [vec![1], text("c")].concat(),
        [text("unit:1"), text("k")].concat(),
        count(3),
        [text(""), text("")].concat(),
        vec![0, 0],
        vec![0xff; 8],
        [vec![1], count(5)].concat(),
        vec![0],
        [count(6), count(1_000), count(1_000)].concat(),
        [vec![1], text("")].concat(),
        vec![0],
        [count(1), text("x")].concat(),
        text("{}"),
        [vec![1], digest.to_vec()].concat(),
    ];
    assert_eq!(event.canonical(), parts.concat());
    assert_eq!(event.hash, <[u8; 32]>::from(Sha256::digest(parts.concat())));
    assert_eq!(crate::token::hex(&event.hash), GOLDEN);
}

/// Of [`first`], computed once: a change of this is a change of the version.
const GOLDEN: &str = "7c24b7a1f6c38ddf729f0c586aa965b31f82e1dac082aabaae362bf2403a4cc2";

/// Takes the bytes apart again. That every event can be read back out of its bytes is the proof that no two have the same.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().unwrap();
        self.0 = rest;
        *taken
    }

    fn count(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }

    fn number(&mut self) -> i64 {
        i64::from_be_bytes(self.take())
    }

    fn text(&mut self) -> String {
        let length = usize::try_from(self.count()).unwrap();
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8(taken.to_vec()).unwrap()
    }

    fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.take() {
            [0] => None,
            [1] => Some(read(self)),
            other => panic!("{other:?}"),
        }
    }

    fn event(&mut self) -> Event {
        assert_eq!(&self.take::<12>(), b"onemap-log-1");
        let prev_hash = self.take();
        let (seq, epoch, stream_version) = (self.count(), self.count().try_into().unwrap(), self.count());
        Event {
            prev_hash,
            seq,
            epoch,
            stream_version,
            event_id: self.text(),
            command_id: self.maybe(Self::text),
            stream: self.text(),
            kind: self.text(),
            schema: self.count().try_into().unwrap(),
            actor: self.text(),
            src: self.text(),
            cause: self.maybe(Self::count),
            corr: self.maybe(Self::text),
            event_us: self.number(),
            device_us: self.maybe(Self::number),
            skew_us: self.maybe(Self::number),
            receive_us: self.number(),
            commit_us: self.number(),
            clock_us: self.number(),
            place: self.maybe(Self::text),
            basis: self.maybe(Self::text),
            labels: (0..self.count()).map(|_| self.text()).collect(),
            payload: self.text(),
            sealed_digest: self.maybe(Self::take),
            hash: [0; 32],
        }
    }
}

/// Texts that look like lengths and flags, so that a missing length would be noticed.
fn word() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof![Just('\0'), Just('\u{1}'), Just('\u{8}'), Just('a'), Just('五')], 0..12)
        .prop_map(|chars| chars.into_iter().collect())
}

fn event() -> impl Strategy<Value = Event> {
    let maybe = || proptest::option::of(word());
    let number = || prop_oneof![0..3_i64, any::<i64>()];
    let numbers = (any::<u64>(), any::<u32>(), any::<u64>(), any::<u16>(), proptest::option::of(any::<u64>()));
    let times =
        ((number(), number(), number(), number()), proptest::option::of(number()), proptest::option::of(number()));
    let texts = (word(), word(), word(), word(), word(), word());
    let absent = (maybe(), maybe(), maybe(), maybe(), proptest::option::of(any::<[u8; 32]>()));
    (numbers, times, texts, absent, proptest::collection::vec(word(), 0..4), any::<[u8; 32]>()).prop_map(
        |(numbers, times, texts, absent, labels, prev_hash)| {
            let (seq, epoch, stream_version, schema, cause) = numbers;
            let ((event_us, receive_us, commit_us, clock_us), device_us, skew_us) = times;
            let (stream, event_id, kind, actor, src, payload) = texts;
            let (command_id, corr, place, basis, sealed_digest) = absent;
            Event {
                seq,
                epoch,
                stream,
                stream_version,
                event_id,
                command_id,
                kind,
                schema,
                actor,
                src,
                cause,
                corr,
                event_us,
                device_us,
                skew_us,
                receive_us,
                commit_us,
                clock_us,
                place,
                basis,
                labels,
                payload,
                sealed_digest,
                prev_hash,
                hash: [0; 32],
            }
        },
    )
}

proptest! {
    #[test]
    fn no_two_events_have_the_same_bytes(event in event()) {
        let bytes = event.canonical();
        let mut reader = Reader(&bytes);
        prop_assert_eq!(reader.event(), event);
        prop_assert!(reader.0.is_empty());
    }
}
