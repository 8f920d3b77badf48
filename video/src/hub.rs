//! One camera: its session, and what everybody who watches is told.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use retina::client::SessionGroup;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::fmp4::{Fragment, Head, Muxer, head};
use super::gop::Gop;
use super::now_ms;
use super::rtsp::{Came, Camera};
use super::source::Source;
use super::state::{Phase, State, Why, spread};
use super::watcher::News;

/// News that a watcher may be behind. When it is more, pictures are passed over ([`super::Watcher`]).
pub(crate) const BEHIND: usize = 128;
/// How long a camera may take until it plays.
const OPEN_WITHIN: Duration = Duration::from_secs(8);
/// Without a picture for so long the picture is stalled.
const STALLED_AFTER: Duration = Duration::from_secs(2);
/// Without a picture for so long the session is given up.
const SILENT_AFTER: Duration = Duration::from_secs(8);
/// A session that has played so long was a good one: the next pause is a short one again.
const GOOD_AFTER: Duration = Duration::from_secs(10);

/// One camera.
#[derive(Debug)]
pub(crate) struct Hub {
    /// What its owner calls the camera.
    pub(crate) camera: String,
    pub(crate) source: Source,
    /// How many watch.
    pub(crate) watchers: watch::Sender<usize>,
    inside: Mutex<Inside>,
    news: broadcast::Sender<News>,
    /// When the last picture of any camera came.
    last_of_all_ms: Arc<AtomicI64>,
}

#[derive(Debug)]
struct Inside {
    state: State,
    head: Option<Arc<Head>>,
    gop: Gop,
    /// Nothing more will come.
    over: bool,
}

impl Hub {
    /// A hub whose task does not run yet.
    pub(crate) fn new(camera: &str, source: Source, last_of_all_ms: Arc<AtomicI64>) -> Self {
        let state =
            State { phase: Phase::Connecting, why: None, since_ms: now_ms(), last_frame_ms: None, retry_at_ms: None };
        let inside = Mutex::new(Inside { state, head: None, gop: Gop::default(), over: false });
        let (watchers, news) = (watch::Sender::new(0), broadcast::Sender::new(BEHIND));
        Self { camera: camera.to_owned(), source, watchers, inside, news, last_of_all_ms }
    }

    /// The news from now on, and what there was before: the state, the head, the pictures since the last key.
    pub(crate) fn join(&self) -> (broadcast::Receiver<News>, Vec<News>) {
        self.with(|inside| {
            let mut backlog = vec![News::State(inside.state.clone())];
            backlog.extend(inside.head.clone().map(News::Head));
            backlog.extend(inside.gop.fragments().cloned().map(News::Fragment));
            (self.news.subscribe(), backlog)
        })
    }

    /// Keeps the picture coming, for ever. `not_before` is when the camera may be asked at the earliest; `refused` is told
    /// when it refuses the login.
    pub(crate) async fn run(&self, not_before: Option<Instant>, refused: impl Fn(Duration)) {
        if let Some(at) = not_before {
            self.failed(Why::LoginRefused, at.saturating_duration_since(Instant::now()));
            sleep_until(at).await;
        }
        let group = Arc::new(SessionGroup::default());
        let mut failed = 0;
        loop {
            self.stand(Phase::Connecting, None);
            let begun = Instant::now();
            let why = self.session(Arc::clone(&group)).await;
            if begun.elapsed() > OPEN_WITHIN + GOOD_AFTER {
                failed = 0;
            }
            let pause = spread(why.pause(failed), chance());
            failed += 1;
            if why == Why::LoginRefused {
                refused(pause);
            }
            tracing::info!(camera = self.camera, source = %self.source, why = why.code(), pause_s = pause.as_secs(), "no picture");
            self.failed(why, pause);
            sleep(pause).await;
        }
    }

    /// Says that nothing more will come; who watches finds out after what was told before.
    pub(crate) fn end(&self) {
        self.with(|inside| inside.over = true);
        self.failed(Why::Broken, Duration::ZERO);
    }

    /// Whether nothing more will come.
    pub(crate) fn is_over(&self) -> bool {
        self.with(|inside| inside.over)
    }

    /// One session until it ends.
    async fn session(&self, group: Arc<SessionGroup>) -> Why {
        let mut camera = match timeout(OPEN_WITHIN, Camera::open(&self.source, group)).await {
            Ok(Ok(camera)) => camera,
            Ok(Err(why)) => return why,
            Err(_) => return Why::NoAnswer,
        };
        let mut playing: Option<Muxer> = None;
        let mut last = Instant::now();
        loop {
            match timeout(STALLED_AFTER, camera.next(&self.source)).await {
                Ok(Ok(came)) => {
                    last = Instant::now();
                    if let Err(why) = self.show(&camera, &mut playing, came) {
                        return why;
                    }
                }
                Ok(Err(why)) => return why,
                Err(_) if last.elapsed() > SILENT_AFTER => return Why::Silent,
                Err(_) => self.stand(Phase::Stalled, Some(Why::Silent)),
            }
        }
    }

    /// Tells everybody of a picture; what comes before the first key, and between a loss and the next, is passed over.
    fn show(&self, camera: &Camera, playing: &mut Option<Muxer>, came: Came) -> Result<(), Why> {
        if came.lost || came.changed {
            *playing = None;
        }
        let at_ms = came.picture.at_ms;
        let muxer = match playing {
            Some(muxer) => muxer,
            None if !came.picture.key => return Ok(()),
            None => {
                let params = camera.params().ok_or(Why::Broken)?;
                let head = head(&params);
                self.begin(head);
                playing.insert(Muxer::new(&params))
            }
        };
        match muxer.push(came.picture) {
            Ok(fragment) => {
                self.last_of_all_ms.fetch_max(at_ms, Ordering::Relaxed);
                self.with(|inside| inside.state.last_frame_ms = Some(at_ms));
                self.stand(Phase::Live, None);
                if let Some(fragment) = fragment {
                    self.publish(fragment);
                }
            }
            Err(_jump) => *playing = None,
        }
        Ok(())
    }

    /// A frame for everybody, and for who comes before the next key.
    pub(crate) fn publish(&self, fragment: Fragment) {
        self.with(|inside| {
            inside.gop.push(fragment.clone());
            // Nobody hears it while nobody watches.
            drop(self.news.send(News::Fragment(fragment)));
        });
    }

    /// A stream begins.
    pub(crate) fn begin(&self, head: Head) {
        let head = Arc::new(head);
        self.with(|inside| {
            inside.gop.clear();
            inside.head = Some(Arc::clone(&head));
            drop(self.news.send(News::Head(head)));
        });
    }

    /// There is no session, and none for so long.
    pub(crate) fn failed(&self, why: Why, pause: Duration) {
        let retry_at_ms = now_ms().saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        self.with(|inside| {
            // What was shown last is not what is: nobody who comes now begins with it.
            inside.gop.clear();
            inside.head = None;
        });
        self.tell(Phase::Failed, Some(why), Some(retry_at_ms));
    }

    /// How it stands now; told when it is another than before.
    pub(crate) fn stand(&self, phase: Phase, why: Option<Why>) {
        self.tell(phase, why, None);
    }

    fn tell(&self, phase: Phase, why: Option<Why>, retry_at_ms: Option<i64>) {
        self.with(|inside| {
            let known = &mut inside.state;
            if (known.phase, known.why, known.retry_at_ms) == (phase, why, retry_at_ms) {
                return;
            }
            if known.phase != phase {
                known.since_ms = now_ms();
            }
            (known.phase, known.why, known.retry_at_ms) = (phase, why, retry_at_ms);
            drop(self.news.send(News::State(known.clone())));
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inside) -> T) -> T {
        work(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// From 0 to 1; the middle when the system has no chance to give.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |n| f64::from(n) / f64::from(u32::MAX))
}
