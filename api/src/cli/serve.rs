//! `onemap serve`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{ArgMatches, Args};

use super::config::Settings;
use super::place::{Opened, Place};
use super::{logs, say};
use crate::app::{App, Heading, Limits, Publisher, stopped};

/// Knobs that every server has.
#[derive(Args, Debug, Clone)]
pub(super) struct Knobs {
    /// Address to listen on [default: 127.0.0.1:8080]; port 0 takes a free one
    #[arg(long, env = "ONEMAP_LISTEN")]
    listen: Option<String>,
    /// What is logged, e.g. `info,store=debug` [default: info]
    #[arg(long, env = "ONEMAP_LOG")]
    log: Option<String>,
    /// `text` or `json` [default: text]
    #[arg(long, env = "ONEMAP_LOG_FORMAT", value_parser = ["text", "json"])]
    log_format: Option<String>,
    /// How long a login lasts, seconds [default: 43200]
    #[arg(long, env = "ONEMAP_SESSION_SECONDS")]
    session_seconds: Option<String>,
    /// Memory for made tiles, MB [default: 256]
    #[arg(long, env = "ONEMAP_TILE_CACHE_MB")]
    tile_cache_mb: Option<String>,
    /// Largest file that may be imported over HTTP, MB [default: 2048]
    #[arg(long, env = "ONEMAP_IMPORT_MB")]
    import_mb: Option<String>,
    /// How long positions are kept, days [default: 30]
    #[arg(long, env = "ONEMAP_TRACK_DAYS")]
    track_days: Option<String>,
    /// How many times longer a one-way street takes an emergency car against its direction, 1 to 100, or `never`
    /// [default: 2.5]
    #[arg(long, env = "ONEMAP_AGAINST_ONEWAY")]
    against_oneway: Option<String>,
    /// What the page calls the city, in every language [default: the name of the topmost jurisdiction]
    #[arg(long, env = "ONEMAP_TITLE")]
    title: Option<String>,
    /// Time zone of the page's clock, e.g. `Europe/Helsinki` [default: that of the browser]
    #[arg(long, env = "ONEMAP_TIME_ZONE")]
    time_zone: Option<String>,
    /// File that says where the cameras' streams are, with their logins (TOML; see docs/video.md)
    #[arg(long, env = "ONEMAP_VIDEO_SOURCES")]
    video_sources: Option<String>,
    /// How long a ticket to watch a camera holds, seconds [default: 600]
    #[arg(long, env = "ONEMAP_VIDEO_TICKET_SECONDS")]
    video_ticket_seconds: Option<String>,
    /// Settings file [default: onemap.toml in this folder, if there is one]
    #[arg(long, env = "ONEMAP_CONFIG")]
    config: Option<PathBuf>,
    /// Print every setting with where it came from, and stop
    #[arg(long)]
    pub(super) print_config: bool,
}

/// Serve the map.
#[derive(Args, Debug)]
pub(super) struct Serve {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    knobs: Knobs,
}

impl Serve {
    pub(super) async fn run(self, matches: &ArgMatches) -> Result<ExitCode> {
        let settings = Settings::read(matches)?;
        if self.knobs.print_config {
            say(&settings.print());
            return Ok(ExitCode::SUCCESS);
        }
        let place = Place {
            data: settings.text("data").map(PathBuf::from),
            database_url: settings.text("database_url").map(str::to_owned),
        };
        logs::start(settings.text("log").unwrap_or("info"), settings.text("log_format").unwrap_or("text"))?;
        let Opened { store, lock } = place.open().await?;
        let address = settings.text("listen").unwrap_or("127.0.0.1:8080");
        store.claim(&format!("serve {address}, process {}", std::process::id())).await?;
        if store.users().await?.is_empty() {
            say("there are no logins yet: make one with `onemap user add NAME --role ROLE --scope CODE`");
        }
        let app = App::new(store, limits(&settings)?, heading(&settings));
        load_units(&app).await?;
        let listener = listen(&settings).await?;
        run(app, listener, lock, |_| async { Ok(()) }).await
    }
}

pub(super) fn limits(settings: &Settings) -> Result<Limits> {
    Ok(Limits {
        session_s: settings.number("session_seconds")?,
        tile_cache_bytes: settings.number("tile_cache_mb")?.saturating_mul(1_000_000),
        track_days: settings.number("track_days")?,
        import_bytes: settings.number("import_mb")?.saturating_mul(1_000_000),
        uploads: settings.text("data").map(|data| PathBuf::from(data).join("uploads")),
        snapshot: settings.text("data").map(|data| PathBuf::from(data).join("snapshot")),
        video_sources: settings.text("video_sources").map(PathBuf::from),
        against_oneway: settings.times("against_oneway")?,
        video_ticket_s: settings.number("video_ticket_seconds")?,
    })
}

/// What the page's header says, as far as somebody said it.
pub(super) fn heading(settings: &Settings) -> Heading {
    Heading {
        title: settings.text("title").map(str::to_owned),
        time_zone: settings.text("time_zone").map(str::to_owned),
    }
}

pub(super) async fn listen(settings: &Settings) -> Result<tokio::net::TcpListener> {
    let address = settings.text("listen").unwrap_or("127.0.0.1:8080");
    tokio::net::TcpListener::bind(address).await.with_context(|| format!("listen on {address}"))
}

/// How long the store may take to close its files.
const CLOSE_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// Serves until the process is asked to stop. `ready` runs once the world is loaded; what it answers is shown.
pub(super) async fn run<F: Future<Output = Result<()>>>(
    app: App,
    listener: tokio::net::TcpListener,
    lock: Option<store::DataLock>,
    ready: impl FnOnce(App) -> F,
) -> Result<ExitCode> {
    let address = listener.local_addr()?;
    let store = Arc::clone(&app.store);
    let publisher = tokio::spawn(Publisher::run(app.clone()));
    // What is still being taken in when the server is asked to stop is kept as well.
    let (all_answered, answered) = tokio::sync::watch::channel(false);
    let track = tokio::spawn({
        let app = app.clone();
        async move { app.track.run(&app.store, &app.alarms, answered).await }
    });
    let clerk = tokio::spawn(crate::app::ops::clerk(app.clone()));
    tokio::spawn(crate::app::ops::tail(app.clone()));
    tokio::spawn(crate::app::ops::timers(app.clone()));
    tokio::spawn(crate::app::ops::walk(app.clone()));
    tokio::spawn(crate::app::others(app.clone()));
    tokio::spawn(crate::app::roads(app.clone()));
    tokio::spawn(crate::app::network::run(app.clone()));
    tokio::spawn(crate::app::standby(app.clone()));
    tokio::spawn(crate::app::watch_voids(app.clone()));
    tokio::spawn(crate::app::homes(app.clone()));
    tokio::spawn(crate::app::retention(app.clone()));
    tokio::spawn(crate::app::watch_clock(app.clone()));
    tokio::spawn(crate::app::video::pulse(app.clone()));
    let watch = tokio::spawn(crate::app::watch_store(app.clone()));
    tokio::spawn(crate::app::ops::propose(app.clone()));
    Publisher::know_divisions(&app).await;
    let mut lock = lock;
    if let Some(lock) = &mut lock {
        lock.announce(&format!("http://{address}"))?;
    }
    say(&format!("listening on http://{address}"));
    let service = crate::http::service(app.clone());
    tokio::spawn(asked_to_stop(app.clone()));
    let server = tokio::spawn(super::connections::serve(listener, service, app.clone()));
    tokio::spawn(sweep(app.clone()));
    tokio::spawn(crate::http::fold_figures(app.stop.subscribe()));
    let refusals = tokio::spawn(settle_refusals(app.clone()));
    ready(app.clone()).await?;
    server.await.context("serve")?;
    app.stop.send_replace(true);
    all_answered.send_replace(true);
    clerk.await?;
    track.await?;
    publisher.await?;
    refusals.await?;
    watch.await?;
    if tokio::time::timeout(CLOSE_WITHIN, store.close()).await.is_err() {
        tracing::warn!("the store is still in use; what was written is safe");
    }
    drop(lock);
    Ok(ExitCode::SUCCESS)
}

/// Brings the desk and the last places of the units into the world.
pub(super) async fn load_units(app: &App) -> Result<()> {
    // Before anything is counted.
    crate::http::recorder();
    app.video.sources.load().context("the setting video_sources")?;
    crate::app::ops::load(app).await?;
    let latest = app.store.latest().await?;
    let now = crate::app::now_ms();
    app.world.change(|moving| {
        for (id, fix) in latest {
            let Some(slot) = moving.slot(&id) else { continue };
            let on_map = moving.unit(slot).is_some_and(|t| t.unit.duty != dispatch::Duty::OffDuty);
            if on_map {
                moving.restore(slot, fix, now);
            }
        }
    });
    Ok(())
}

/// Forgets logins that have ended, now and then.
async fn sweep(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_mins(10)) => {}
            () = stopped(&mut stop) => return,
        }
        if let Err(error) = app.store.sweep(crate::app::now_ms()).await {
            tracing::warn!(%error, "ended logins could not be swept");
        }
    }
}

/// Writes how many looks were refused in each minute; what is left when the server stops is written then.
async fn settle_refusals(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        let stopping = tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_secs(10)) => false,
            () = stopped(&mut stop) => true,
        };
        // A row that cannot be written is in the log already.
        let _ = app.looks.settle_refusals(stopping).await;
        if stopping {
            return;
        }
    }
}

/// Waits for the operator or the system to ask for an end, then rings for everybody.
async fn asked_to_stop(app: App) {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard");
            let _ = interrupt.await;
            app.stop.send_replace(true);
            return;
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    app.stop.send_replace(true);
}
