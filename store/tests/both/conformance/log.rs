//! Events are appended one after the other; what was answered is there, and what was refused is not.

use std::sync::Arc;
use std::time::Duration;

use store::{Append, Command, ErrorKind, Event, EventDraft, Expect, LogHead, Store, verify_tail};

use crate::support::Ground;

pub(crate) fn draft(stream: &str) -> EventDraft {
    EventDraft {
        stream: stream.to_owned(),
        kind: "incident.noted".to_owned(),
        schema: 1,
        actor: r#"{"id":"d1","kind":"dispatcher"}"#.to_owned(),
        src: "ui".to_owned(),
        event_us: 1_700_000_000_000_000,
        receive_us: 1_700_000_000_000_100,
        payload: r#"{"text":"五马街"}"#.to_owned(),
        ..EventDraft::default()
    }
}

/// A draft with everything that it can have.
pub(crate) fn full(stream: &str, cause: Option<u64>) -> EventDraft {
    EventDraft {
        schema: u16::MAX,
        cause,
        corr: Some(stream.to_owned()),
        event_us: -1,
        device_us: Some(i64::MIN),
        skew_us: Some(-420_000_000),
        receive_us: i64::MAX,
        place: Some(r#"{"lat":28.0,"lon":120.65}"#.to_owned()),
        basis: Some(String::new()),
        labels: vec!["caller".to_owned(), "医疗".to_owned()],
        sealed: Some(b"13800000000".to_vec()),
        ..draft(stream)
    }
}

pub(crate) fn command(id: &str) -> Command {
    Command { id: id.to_owned(), digest: [7; 32], answer: format!(r#"{{"id":"{id}"}}"#) }
}

pub(crate) fn expect(stream: &str, version: u64) -> Vec<Expect> {
    vec![Expect { stream: stream.to_owned(), version }]
}

/// Appends drafts in a transaction of their own.
pub(crate) async fn put(store: &Arc<dyn Store>, drafts: Vec<EventDraft>) -> Vec<Event> {
    let seen = store.log_head().await.unwrap().seq;
    let mut append = store.begin_append(seen).await.unwrap();
    let events = append.append(None, vec![], drafts).await.unwrap();
    append.commit().await.unwrap();
    events
}

pub(crate) async fn holds(store: &Arc<dyn Store>, events: u64) {
    let verified = store.log_verify(0).await.unwrap();
    assert_eq!((verified.events, verified.first_bad), (events, None), "{:?}", verified.why);
}

fn numbers(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
}

pub(crate) async fn events_come_back(ground: &Ground) {
    let store = &ground.store;
    let start = LogHead { seq: 0, epoch: 1, commit_us: 0, hash: [0; 32] };
    assert_eq!(store.log_head().await.unwrap(), start);
    let mut append = store.begin_append(0).await.unwrap();
    assert_eq!(append.head(), start);
    let drafts = vec![full("incident:1", None), draft("unit:7"), full("incident:1", Some(2))];
    let events = append.append(Some(command("c1")), expect("incident:1", 0), drafts).await.unwrap();
    assert!(append.unseen().is_empty());
    assert_eq!(append.head().seq, 3);
    assert!(store.log_page(0, 9).await.unwrap().is_empty(), "nothing is there before the commit");
    append.commit().await.unwrap();

    for store in [store, &ground.again().await] {
        assert_eq!(store.log_page(0, 9).await.unwrap(), events);
        assert_eq!(numbers(&store.log_page(1, 1).await.unwrap()), [2]);
        assert_eq!(numbers(&store.log_stream("incident:1", 0, 9).await.unwrap()), [1, 3]);
        assert_eq!(numbers(&store.log_stream("incident:1", 1, 9).await.unwrap()), [3]);
        assert!(store.log_stream("incident:\0", 0, 9).await.unwrap().is_empty());
        let LogHead { seq, epoch, hash, .. } = store.log_head().await.unwrap();
        assert_eq!((seq, epoch, hash), (3, 1, events[2].hash));
    }
    assert_eq!(events.iter().map(|event| event.stream_version).collect::<Vec<_>>(), [1, 1, 2]);
    assert!(events.iter().all(|event| event.command_id.as_deref() == Some("c1") && event.epoch == 1));
    assert!(events.iter().all(|event| event.hash == event.computed_hash() && event.event_id.len() == 32));
    assert!(events.windows(2).all(|pair| pair[0].event_id < pair[1].event_id && pair[1].prev_hash == pair[0].hash));
    let last = &events[2];
    assert_eq!((last.device_us, last.skew_us, last.cause), (Some(i64::MIN), Some(-420_000_000), Some(2)));
    assert!(last.sealed_digest.is_some() && events[1].sealed_digest.is_none());
    holds(store, 3).await;
}

pub(crate) async fn numbers_have_no_gap_among_many_writers(ground: &Ground) {
    const ROUNDS: u64 = 12;
    let stores = [Arc::clone(&ground.store), ground.again().await];
    let writers: Vec<_> = (0..8_usize)
        .map(|writer| {
            let store = Arc::clone(&stores[writer % 2]);
            tokio::spawn(async move {
                let (mut seen, mut picture) = (0, Vec::new());
                for round in 0..ROUNDS {
                    let mut append = store.begin_append(seen).await.unwrap();
                    picture.extend(numbers(append.unseen()));
                    let drafts = vec![draft(&format!("unit:{writer}")), draft("unit:shared")];
                    let events = append.append(None, expect(&format!("unit:{writer}"), round), drafts).await.unwrap();
                    if round % 3 == 2 {
                        drop(append);
                        append = store.begin_append(picture.len() as u64).await.unwrap();
                        picture.extend(numbers(append.unseen()));
                        let drafts = vec![draft(&format!("unit:{writer}")), draft("unit:shared")];
                        let again = append.append(None, vec![], drafts).await.unwrap();
                        assert!(again[0].seq >= events[0].seq);
                        picture.extend(numbers(&again));
                    } else {
                        picture.extend(numbers(&events));
                    }
                    append.commit().await.unwrap();
                    seen = picture.len() as u64;
                }
                picture
            })
        })
        .collect();
    for writer in writers {
        let picture = writer.await.unwrap();
        assert!(picture.iter().copied().eq(1..=picture.len() as u64), "{picture:?}");
    }
    holds(&ground.store, 8 * ROUNDS * 2).await;
    let shared = ground.store.log_stream("unit:shared", 0, 9_999).await.unwrap();
    assert!(shared.iter().map(|event| event.stream_version).eq(1..=8 * ROUNDS));
}

/// Who has not seen an event sees it before deciding, from whichever store it came.
pub(crate) async fn what_others_appended_is_seen(ground: &Ground) {
    let (here, there) = (&ground.store, &ground.again().await);
    let first = put(there, vec![draft("unit:1"), draft("unit:2")]).await;
    let mut append = here.begin_append(0).await.unwrap();
    assert_eq!(append.unseen(), first);
    let own = append.append(None, expect("unit:1", 1), vec![draft("unit:1")]).await.unwrap();
    assert_eq!(own[0].prev_hash, first[1].hash);
    append.commit().await.unwrap();
    assert_eq!(there.begin_append(2).await.unwrap().unseen(), own);
    assert!(there.begin_append(3).await.unwrap().unseen().is_empty());
    let refusal = there.begin_append(4).await.err().unwrap();
    assert_eq!(refusal.kind(), ErrorKind::Conflict);
    assert!(refusal.to_string().contains("ends at event 3"), "{refusal}");
}

/// Who was away for long catches up over many pages and appends in the same breath.
pub(crate) async fn a_long_absence_is_caught_up(ground: &Ground) {
    let store = &ground.store;
    let events = put(store, (0..10_000).map(|n| draft(&format!("unit:{}", n % 70))).collect()).await;
    let mut append = store.begin_append(100).await.unwrap();
    assert_eq!(append.unseen(), &events[100..]);
    append.append(None, expect("unit:0", 143), vec![draft("unit:0")]).await.unwrap();
    append.commit().await.unwrap();
    let page = store.log_page(0, u32::MAX).await.unwrap();
    assert_eq!(page, events, "a page has 10,000 events");
    assert_eq!(numbers(&store.log_page(10_000, 10_000).await.unwrap()), [10_001]);
    holds(store, 10_001).await;
    let tail = verify_tail(store.as_ref()).await.unwrap();
    assert_eq!((tail.events, tail.first_bad), (1_000, None));
}

/// Behind by more than can be held, one is given the beginning and may not decide on it.
pub(crate) async fn who_is_too_far_behind_reads_first(ground: &Ground) {
    let store = &ground.store;
    let large = EventDraft { payload: "x".repeat(256 << 10), ..draft("unit:1") };
    for _ in 0..6 {
        put(store, vec![large.clone(); 50]).await;
    }
    let mut append = store.begin_append(0).await.unwrap();
    assert_eq!(append.unseen().len(), 300, "as many as are read while the head is held");
    append.append(None, vec![], vec![draft("unit:2")]).await.unwrap();
    drop(append);

    put(store, (0..1_000).map(|_| draft("unit:2")).collect()).await;
    put(store, (0..1_000).map(|_| draft("unit:2")).collect()).await;
    let mut append = store.begin_append(0).await.unwrap();
    let unseen = append.unseen().len();
    assert!((300..2_300).contains(&unseen), "{unseen}");
    let refusal = append.append(None, vec![], vec![draft("unit:2")]).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Conflict);
    assert!(refusal.to_string().contains("read the log first"), "{refusal}");
    append.commit().await.unwrap();
    let mut append = store.begin_append(unseen as u64).await.unwrap();
    assert_eq!(append.unseen().len(), 2_300 - unseen);
    append.append(None, vec![], vec![draft("unit:2")]).await.unwrap();
}

pub(crate) async fn a_stream_that_moved_on_is_a_conflict(ground: &Ground) {
    let store = &ground.store;
    put(store, vec![draft("unit:1")]).await;
    let mut append = store.begin_append(1).await.unwrap();
    for (stream, version) in [("unit:1", 0), ("unit:1", 2), ("unit:2", 1)] {
        let drafts = vec![draft("unit:1"), draft("unit:3")];
        let refusal = append.append(Some(command("c")), expect(stream, version), drafts).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Conflict);
        assert!(refusal.to_string().contains(stream), "{refusal}");
    }
    assert_eq!(append.head().seq, 1);
    assert_eq!(append.answer("c").await.unwrap(), None);
    append.append(Some(command("c")), expect("unit:1", 1), vec![draft("unit:1")]).await.unwrap();
    let refusal = append.append(None, expect("unit:1", 1), vec![draft("unit:1")]).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Conflict, "its own append counts");
    append.append(None, expect("unit:1", 2), vec![draft("unit:1")]).await.unwrap();
    append.commit().await.unwrap();
    let kept = store.log_stream("unit:1", 0, 9).await.unwrap();
    assert_eq!(numbers(&kept), [1, 2, 3]);
    assert!(store.log_stream("unit:3", 0, 9).await.unwrap().is_empty());
    holds(store, 3).await;
}

/// Two who decide on the same picture at the same time: one wins, and the other one is told.
pub(crate) async fn of_two_who_want_the_same_one_wins(ground: &Ground) {
    let stores = [Arc::clone(&ground.store), ground.again().await];
    for round in 0..20_u64 {
        let tries = [0_usize, 1].map(|at| {
            let store = Arc::clone(&stores[at]);
            tokio::spawn(async move {
                let mut append = store.begin_append(round).await.unwrap();
                let done = append.append(None, expect("unit:1", round), vec![draft("unit:1")]).await;
                append.commit().await.unwrap();
                done.map_err(|refusal| refusal.kind())
            })
        });
        let [first, second] = tries;
        let mut won = 0;
        for outcome in [first.await.unwrap(), second.await.unwrap()] {
            match outcome {
                Ok(_) => won += 1,
                Err(kind) => assert_eq!(kind, ErrorKind::Conflict),
            }
        }
        assert_eq!(won, 1, "round {round}");
    }
    holds(&ground.store, 20).await;
}

pub(crate) async fn a_command_is_answered_once(ground: &Ground) {
    let store = &ground.store;
    let mut append = store.begin_append(0).await.unwrap();
    assert_eq!(append.answer("c1").await.unwrap(), None);
    append.append(Some(command("c1")), vec![], vec![draft("unit:1"), draft("unit:2")]).await.unwrap();
    let refusal = append.append(Some(command("c1")), vec![], vec![draft("unit:1")]).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Conflict);
    assert!(refusal.to_string().contains("command c1"), "{refusal}");
    append.append(Some(command("c2")), vec![], vec![]).await.unwrap();
    let first = append.answer("c1").await.unwrap().unwrap();
    assert_eq!((first.first_seq, first.last_seq, first.answer.as_str()), (1, 2, r#"{"id":"c1"}"#));
    append.commit().await.unwrap();

    for store in [store, &ground.again().await] {
        assert_eq!(store.command_answer("c1").await.unwrap().as_ref(), Some(&first));
        let none = store.command_answer("c2").await.unwrap().unwrap();
        assert_eq!((none.digest, none.first_seq, none.last_seq), ([7; 32], 3, 2));
        assert_eq!(store.command_answer("c3").await.unwrap(), None);
        assert_eq!(store.command_answer("\0").await.unwrap(), None);
        let mut append = store.begin_append(2).await.unwrap();
        assert_eq!(append.answer("c1").await.unwrap().as_ref(), Some(&first));
        for known in ["c1", "c2"] {
            let refusal = append.append(Some(command(known)), vec![], vec![draft("unit:1")]).await.unwrap_err();
            assert_eq!(refusal.kind(), ErrorKind::Conflict);
        }
    }
    holds(store, 2).await;
}

pub(crate) async fn what_is_dropped_was_never_there(ground: &Ground) {
    let store = &ground.store;
    let mut append = store.begin_append(0).await.unwrap();
    append.append(Some(command("c1")), vec![], vec![full("unit:1", None)]).await.unwrap();
    drop(append);
    assert_eq!(store.command_answer("c1").await.unwrap(), None);
    assert_eq!(store.log_head().await.unwrap().seq, 0);
    let events = put(store, vec![draft("unit:1")]).await;
    assert_eq!((events[0].seq, events[0].stream_version), (1, 1));
    holds(store, 1).await;
}

/// A caller may go away at any await: either all of it is there or nothing, and the next one finds the log free.
pub(crate) async fn a_caller_who_leaves_leaves_all_or_nothing(ground: &Ground) {
    let store = &ground.store;
    let (mut whole, mut nothing) = (0, 0);
    for patience in 0..60_u64 {
        let id = format!("c{patience}");
        let work = async {
            let seen = store.log_head().await.unwrap().seq;
            let mut append: Box<dyn Append> = store.begin_append(seen).await.unwrap();
            append.answer(&id).await.unwrap();
            append.append(Some(command(&id)), vec![], vec![full("unit:1", None), draft("unit:2")]).await.unwrap();
            append.commit().await.unwrap();
        };
        drop(tokio::time::timeout(Duration::from_micros(patience * 60), work).await);
        let before = store.log_head().await.unwrap().seq;
        let mut append = store.begin_append(before).await.unwrap();
        match append.answer(&id).await.unwrap() {
            Some(answer) => {
                assert_eq!(answer.last_seq, answer.first_seq + 1);
                assert_eq!(store.log_page(answer.first_seq - 1, 2).await.unwrap().len(), 2);
                whole += 1;
            }
            None => nothing += 1,
        }
    }
    assert_eq!(whole + nothing, 60);
    holds(store, whole * 2).await;
    put(store, vec![draft("unit:1")]).await;
}

/// A clock that is set back: times in the log stand still, what the clock said is kept.
pub(crate) async fn a_clock_set_back_does_not_turn_the_log(ground: &Ground) {
    let store = &ground.store;
    put(store, vec![draft("unit:1")]).await;
    // As if the first event had been written by a clock that was an hour ahead.
    ground.tamper("ops", "update log_head set commit_us = commit_us + 3600000000").await;
    let ahead = store.log_head().await.unwrap().commit_us;
    let events = put(store, vec![draft("unit:1"), draft("unit:1")]).await;
    for event in &events {
        assert_eq!(event.commit_us, ahead);
        assert!(event.clock_us < ahead && event.clock_us > ahead - 3_600_000_000 - 1_000_000);
    }
    assert!(events[0].event_id < events[1].event_id);
    holds(store, 3).await;
}

pub(crate) async fn what_cannot_be_kept_is_refused(ground: &Ground) {
    let store = &ground.store;
    let mut append = store.begin_append(0).await.unwrap();
    let long = |length: usize| "x".repeat(length);
    let bad = [
        EventDraft { payload: "\0".to_owned(), ..draft("unit:1") },
        EventDraft { labels: vec!["a\0".to_owned()], ..draft("unit:1") },
        EventDraft { place: Some("\0".to_owned()), ..draft("unit:1") },
        EventDraft { payload: long((256 << 10) + 1), ..draft("unit:1") },
        EventDraft { sealed: Some(vec![0; (16 << 10) + 1]), ..draft("unit:1") },
        EventDraft { labels: vec!["a".to_owned(); 65], ..draft("unit:1") },
        EventDraft { kind: String::new(), ..draft("unit:1") },
        EventDraft { cause: Some(2), ..draft("unit:1") },
        EventDraft { cause: Some(0), ..draft("unit:1") },
        draft(""),
        draft(&long(257)),
    ];
    for bad in bad {
        let refusal = append.append(None, vec![], vec![draft("unit:1"), bad]).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
    }
    for command in [command(""), command("\0"), Command { answer: long((1 << 20) + 1), ..command("c") }] {
        let refusal = append.append(Some(command), vec![], vec![draft("unit:1")]).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
    }
    let refusal = append.append(None, vec![], vec![draft("unit:1"); 10_001]).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Invalid);
    assert!(refusal.to_string().contains("10000 events"), "{refusal}");
    let large = EventDraft { payload: long(256 << 10), ..draft("unit:1") };
    append.append(None, vec![], vec![large.clone(); 250]).await.unwrap();
    let refusal = append.append(None, vec![], vec![large; 10]).await.unwrap_err();
    assert!(refusal.to_string().contains("bytes"), "{refusal}");
    assert_eq!(append.head().seq, 250);
    drop(append);
    let most = EventDraft { payload: long(256 << 10), sealed: Some(vec![0; 16 << 10]), ..draft(&long(256)) };
    assert_eq!(put(store, vec![most]).await, store.log_page(0, 9).await.unwrap());
}

pub(crate) async fn a_commit_rings_the_bell(ground: &Ground) {
    let store = &ground.store;
    let mut bell = store.log_bell().await.unwrap();
    put(store, vec![draft("unit:1")]).await;
    tokio::time::timeout(Duration::from_secs(20), bell.wait_for(|seq| *seq == 1)).await.unwrap().unwrap();
    let mut append = store.begin_append(1).await.unwrap();
    append.append(None, vec![], vec![draft("unit:1"), draft("unit:1")]).await.unwrap();
    append.commit().await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), bell.wait_for(|seq| *seq == 3)).await.unwrap().unwrap();
}
