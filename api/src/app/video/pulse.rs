//! Whether cameras are there while nobody watches: some of them are asked now and then, in turn.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::join_all;

use crate::app::{App, now_ms, stopped};

/// How often the file of streams is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Every so many looks, cameras are asked: every 15 seconds or so.
const ASK_EVERY: usize = 7;
/// Cameras that are asked at once: a fleet of 60,000 is not asked all.
const ASKED: usize = 4;
/// A picture that came within this time is answer enough, milliseconds.
const RECENT_MS: i64 = 15_000;

/// Reads the file of streams anew when it changes and asks some cameras whether they are there, until the server stops.
pub async fn pulse(app: App) {
    let mut stop = app.stop.subscribe();
    let mut turn = 0_usize;
    loop {
        let house = app.clone();
        // A file may lie on a slow disk.
        let read = tokio::task::spawn_blocking(move || house.video.sources.load()).await;
        if let Ok(Err(error)) = read {
            tracing::warn!(error = format!("{error:#}"), "the streams of cameras stay as they were");
        }
        let (cameras, viewers) = app.video.hubs.watched();
        metrics::gauge!("onemap_video_cameras").set(gauge(cameras));
        metrics::gauge!("onemap_video_viewers").set(gauge(viewers));
        if !app.video.sources.is_empty() {
            // Before the first answer, what is told is since when they are asked.
            let asked = &app.video.answered_ms;
            let _ = asked.compare_exchange(0, now_ms(), Ordering::Relaxed, Ordering::Relaxed);
            if turn.is_multiple_of(ASK_EVERY) {
                ask(&app, turn / ASK_EVERY).await;
            }
        }
        turn = turn.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

async fn ask(app: &App, round: usize) {
    let recent = app.video.hubs.last_frame_ms().is_some_and(|last| now_ms() - last < RECENT_MS);
    if recent {
        return;
    }
    let some = app.video.sources.some(round.wrapping_mul(ASKED), ASKED);
    let answers = join_all(some.iter().map(video::answers)).await;
    if answers.contains(&true) {
        app.video.answered_ms.fetch_max(now_ms(), Ordering::Relaxed);
    }
}

fn gauge(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
