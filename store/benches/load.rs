//! How long a district takes to store and to read back, on both backends: `cargo bench -p store`.
//!
//! Seconds of one run each, not statistics: the work is long enough. The data is the same every time. PostgreSQL comes
//! as for the tests: from `ONEMAP_TEST_POSTGRES`, or started for the moment.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures, or fails")]

#[path = "../tests/both/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use dispatch::{HistoricIncident, IncidentKind, IncidentSource, Milestones, Priority};
use geo::{Coord, LineString, Point, Polygon};
use spatial::moving::Fix;
use spatial::{Feature, Layer, Position, Value};
use store::{AuditDraft, Observation, Store};

use support::features::{feature, text};
use support::{Ground, on_postgis, on_sqlite};

fn main() {
    println!("{:<44} {:>10} {:>12}", "", "seconds", "a second");
    on_sqlite(|ground| Box::pin(measure(ground)));
    on_postgis(|ground| Box::pin(measure(ground)));
}

/// 40,000 dwellings, 15,000 buildings of nine vertices, 5,000 enterprises.
fn district() -> Vec<Feature> {
    let at = |n: u32| Coord { x: 120.6 + f64::from(n % 250) * 4.1e-4, y: 27.9 + f64::from(n / 250) * 3.7e-4 };
    let house = |n: u32| {
        let fields = [
            ("address", text("五马街 17 号")),
            ("floor", text("3")),
            ("room", text("2-301")),
            ("usage", text("residential")),
        ];
        let bag = [("source:year", Value::Int(2025)), ("grid", text("330302006044001"))];
        feature(Layer::Houses, &n.to_string(), Point(at(n)).into(), &[fields.as_slice(), bag.as_slice()].concat())
    };
    let building = |n: u32| {
        let ring = (0..8)
            .map(|k| (f64::from(k) * 45.0).to_radians())
            .map(|a| at(n) + Coord { x: a.cos() * 1e-4, y: a.sin() * 1e-4 });
        let fields = [("height_m", Value::Float(18.3)), ("levels", Value::Int(6)), ("kind", text("residential"))];
        feature(Layer::Buildings, &n.to_string(), Polygon::new(LineString(ring.collect()), vec![]).into(), &fields)
    };
    let enterprise = |n: u32| {
        let fields = [("name", text("永嘉面馆")), ("name_en", text("Yongjia Noodles")), ("kind", text("restaurant"))];
        feature(Layer::Enterprises, &n.to_string(), Point(at(n)).into(), &fields)
    };
    (0..40_000).map(house).chain((0..15_000).map(building)).chain((0..5_000).map(enterprise)).collect()
}

fn incident(n: i64) -> HistoricIncident {
    HistoricIncident {
        source_system: "110".to_owned(),
        number: n.to_string(),
        kind: IncidentKind::Dispute,
        source: IncidentSource::Call110,
        priority: Priority::new(3).unwrap(),
        position: Position::new(120.655, 28.015).ok(),
        division: None,
        reported_ms: n * 1_000,
        milestones: Milestones::default(),
    }
}

fn report(unit: i32, at_ms: i64) -> Observation {
    let position = Position::new(120.6 + f64::from(unit) * 1e-4, 28.0).unwrap();
    let fix = Fix { position, at_ms, accuracy_m: Some(5.0), speed_mps: Some(8.0), heading_deg: Some(90.0) };
    Observation { unit: format!("unit-{unit}"), fix, label: "MOVED".into(), recv_ms: at_ms, obs: None }
}

fn look(n: i64) -> AuditDraft {
    AuditDraft {
        at_ms: n,
        actor: "dispatcher".into(),
        action: "look".into(),
        outcome: "ok".into(),
        objects: vec![n.to_string()],
        ..AuditDraft::default()
    }
}

async fn measure(ground: &Ground) {
    let store = &ground.store;
    let say = |what: &str, number: u32, begun: Instant| say(store.kind(), what, number, begun.elapsed());
    let features = district();
    let total = 60_000;

    let begun = Instant::now();
    for chunk in features.chunks(5_000) {
        store.upsert(chunk).await.unwrap();
    }
    say("store 60,000 features, 5,000 at once", total, begun);

    let begun = Instant::now();
    assert_eq!(store.upsert(&features).await.unwrap().unchanged, 60_000);
    say("store the same again", total, begun);

    let begun = Instant::now();
    let mut read = 0;
    for layer in Layer::REGISTERED {
        let mut after = None;
        loop {
            let page = store.page(layer, after, 10_000).await.unwrap();
            read += page.len();
            after = page.last().map(Feature::fid);
            if page.len() < 10_000 {
                break;
            }
        }
    }
    assert_eq!(read, 60_000);
    say("read all by pages of 10,000", total, begun);

    let begun = Instant::now();
    for feature in &features[..1_000] {
        store.get(feature.key.layer, feature.fid()).await.unwrap().unwrap();
    }
    say("get one, 1,000 times", 1_000, begun);

    let begun = Instant::now();
    store.counts().await.unwrap();
    say("count the layers", 1, begun);

    let begun = Instant::now();
    for second in 0..60 {
        store.append(&(0..1_000).map(|unit| report(unit, second * 1_000)).collect::<Vec<_>>()).await.unwrap();
    }
    say("append 60 batches of 1,000 fixes", 60_000, begun);

    let begun = Instant::now();
    for n in 0..300 {
        store.record(vec![look(n)]).await.unwrap();
    }
    say("write 300 audit rows, one by one", 300, begun);

    let begun = Instant::now();
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let store: Arc<dyn Store> = Arc::clone(store);
            tokio::spawn(async move {
                for n in 0..40 {
                    store.record(vec![look(n)]).await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    say("write 2,000 audit rows, 50 callers", 2_000, begun);

    let begun = Instant::now();
    store.fill_history(&(0..20_000).map(incident).collect::<Vec<_>>()).await.unwrap();
    say("store 20,000 past incidents", 20_000, begun);
}

fn say(kind: &str, what: &str, number: u32, took: Duration) {
    let seconds = took.as_secs_f64();
    println!("{kind:<8} {what:<35} {seconds:>10.3} {:>12.0}", f64::from(number) / seconds);
}
