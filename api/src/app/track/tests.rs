use std::sync::Mutex;

use async_trait::async_trait;
use spatial::Position;
use spatial::moving::Fix;

use super::pen::Refused;
use super::*;

/// A store in memory that can be away, and can keep rows without saying so.
#[derive(Default)]
struct Memory(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    rows: Vec<Observation>,
    away: bool,
    silent: bool,
    asked: usize,
}

impl Memory {
    fn with<T>(&self, f: impl FnOnce(&mut Inside) -> T) -> T {
        f(&mut self.0.lock().unwrap())
    }

    fn units(&self) -> Vec<String> {
        self.with(|inside| inside.rows.iter().map(|row| row.unit.clone()).collect())
    }
}

#[async_trait]
impl Keeps for Memory {
    async fn keep(&self, rows: &[Observation]) -> Result<(), Refused> {
        self.with(|inside| {
            inside.asked += 1;
            if inside.away {
                return Err(Refused::Away("gone".to_owned()));
            }
            if rows.iter().any(|row| row.obs.as_deref() == Some("\0")) {
                return Err(Refused::Bad("a zero byte".to_owned()));
            }
            inside.rows.extend_from_slice(rows);
            if inside.silent { Err(Refused::Away("the answer was lost".to_owned())) } else { Ok(()) }
        })
    }

    async fn has(&self, row: &Observation) -> Result<bool, Refused> {
        self.with(
            |inside| {
                if inside.away { Err(Refused::Away("gone".to_owned())) } else { Ok(inside.rows.contains(row)) }
            },
        )
    }
}

fn rows(names: std::ops::Range<usize>) -> Vec<Observation> {
    let row = |n: usize| Observation {
        unit: format!("u{n}"),
        fix: Fix {
            position: Position::new(120.0, 28.0).unwrap(),
            at_ms: 0,
            accuracy_m: None,
            speed_mps: None,
            heading_deg: None,
        },
        label: "MOVED".into(),
        recv_ms: 0,
        obs: None,
    };
    names.map(row).collect()
}

fn names(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("u{n}")).collect()
}

#[test]
fn a_row_is_as_large_as_it_is_said() {
    assert!(size_of::<Observation>() <= 128, "{}", size_of::<Observation>());
}

#[tokio::test]
async fn one_bad_row_takes_no_other_with_it() {
    for bad in [0, 1, 499, 998, 999] {
        let (track, store, mut pen) = (Track::new(), Memory::default(), Pen::default());
        let mut batch = rows(0..1_000);
        batch[bad].obs = Some("\0".to_owned());
        track.push(batch).await;
        assert!(track.write(&store, &mut pen).await);
        let good: Vec<String> = names(0..1_000).into_iter().filter(|name| *name != format!("u{bad}")).collect();
        assert!(store.units() == good, "bad row {bad}");
        assert!(store.with(|inside| inside.asked) < 50, "halves, not rows");
    }
}

#[tokio::test]
async fn what_comes_while_the_store_is_away_is_written_in_order() {
    let (track, store, mut pen) = (Track::new(), Memory::default(), Pen::default());
    store.with(|inside| inside.away = true);
    for batch in 0..9 {
        track.push(rows(batch * 1_500..(batch + 1) * 1_500)).await;
        assert!(!track.write(&store, &mut pen).await);
    }
    store.with(|inside| inside.away = false);
    assert!(track.write(&store, &mut pen).await);
    assert!(store.units() == names(0..13_500));
    assert_eq!(track.waiting().account(), (0, 0));
}

#[tokio::test]
async fn an_attempt_that_was_kept_without_an_answer_is_not_written_twice() {
    let (track, store, mut pen) = (Track::new(), Memory::default(), Pen::default());
    store.with(|inside| inside.silent = true);
    track.push(rows(0..1_700)).await;
    assert!(!track.write(&store, &mut pen).await);
    store.with(|inside| inside.silent = false);
    assert!(track.write(&store, &mut pen).await);
    assert!(store.units() == names(0..1_700));
}

#[tokio::test]
async fn a_full_queue_loses_the_oldest_says_so_and_counts() {
    let (track, store, mut pen) = (Track::of(2_000), Memory::default(), Pen::default());
    let (alarms, mut loss) = (Alarms::default(), Loss::default());
    store.with(|inside| inside.away = true);
    track.push(rows(0..10)).await;
    assert!(!track.write(&store, &mut pen).await);
    track.account(&alarms, &mut loss);
    assert!(alarms.all().is_empty(), "nothing is lost yet");
    track.push(rows(10..1_510)).await;
    track.push(rows(1_510..3_010)).await;
    track.account(&alarms, &mut loss);
    let all = alarms.all();
    assert_eq!(all.len(), 1);
    assert!(all[0].code == "POSITIONS-LOST" && all[0].detail.starts_with("1000 positions lost since "), "{all:?}");
    store.with(|inside| inside.away = false);
    assert!(track.write(&store, &mut pen).await);
    let kept: Vec<String> = names(0..10).into_iter().chain(names(1_010..3_010)).collect();
    assert!(store.units() == kept);
}

#[tokio::test]
async fn who_reports_waits_for_a_store_that_is_only_slow() {
    let (track, store, mut pen) = (Track::of(100), Memory::default(), Pen::default());
    track.push(rows(0..80)).await;
    let mut more = Box::pin(track.push(rows(80..130)));
    assert!(futures::poll!(&mut more).is_pending());
    assert!(track.write(&store, &mut pen).await);
    more.await;
    assert!(track.write(&store, &mut pen).await);
    assert!(store.units() == names(0..130));
    assert_eq!(track.waiting().account().0, 0);
}

#[tokio::test]
async fn a_server_that_stops_writes_what_waits() {
    let (track, store, alarms) = (Track::new(), Memory::default(), Alarms::default());
    track.push(rows(0..2_500)).await;
    let (_stop, stopped) = watch::channel(true);
    track.run(&store, &alarms, stopped).await;
    assert!(store.units() == names(0..2_500));
}
