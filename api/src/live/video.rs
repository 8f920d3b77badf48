//! One viewer of one camera: states as text, the picture as fragments of MP4.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::time::{MissedTickBehavior, interval, timeout};
use video::{News, Watcher};

use super::socket::close_code;
use crate::app::video::Ticket;
use crate::app::{App, now_ms, stopped};
use crate::auth::Caller;
use crate::http::problem::Code;
use crate::wire::VideoMessage;

/// How often it is looked whether the right still holds, and whether the viewer is there.
const LOOK: Duration = Duration::from_secs(5);
/// A message that takes longer than this to leave ends the connection.
const TOO_SLOW: Duration = Duration::from_secs(10);
/// A viewer that answers nothing for so long is not there: what is sent to it lies in buffers.
const GONE_AFTER: Duration = Duration::from_secs(20);

/// Why a connection ends.
enum End {
    /// The viewer went.
    Gone,
    /// We close, for this reason.
    Bye(&'static str),
}

/// Shows a camera until the viewer goes or the right ends; the row of how long it was follows.
pub async fn show(app: App, caller: Caller, token: String, ticket: Arc<Ticket>, zh: bool, socket: WebSocket) {
    let begun = Instant::now();
    let mut viewer = Viewer { app, caller, token, ticket, zh, socket, heard: Instant::now() };
    if let End::Bye(reason) = viewer.run().await {
        // Who is being told goodbye may be gone already.
        let _ = viewer.say(&VideoMessage::Bye { reason }).await;
        let frame = CloseFrame { code: close_code(reason), reason: reason.into() };
        let _ = timeout(TOO_SLOW, viewer.socket.send(Message::Close(Some(frame)))).await;
    }
    let seconds = i64::try_from(begun.elapsed().as_secs()).unwrap_or(i64::MAX);
    let Viewer { app, caller, ticket, .. } = viewer;
    // That it was opened is in the audit already; a row that cannot be written is in the log.
    let _ = app.watched(&caller, "video_end", &ticket, Some(seconds)).await;
}

struct Viewer {
    app: App,
    caller: Caller,
    token: String,
    ticket: Arc<Ticket>,
    zh: bool,
    socket: WebSocket,
    /// When the viewer last said anything.
    heard: Instant,
}

impl Viewer {
    async fn run(&mut self) -> End {
        match self.follow().await {
            Ok(()) => End::Gone,
            Err(end) => end,
        }
    }

    async fn follow(&mut self) -> Result<(), End> {
        self.say(&VideoMessage::hello(&self.ticket, now_ms())).await?;
        let Some(source) = self.app.video.sources.of(&self.ticket.camera) else {
            self.say(&VideoMessage::no_stream(self.zh, now_ms())).await?;
            return Err(End::Bye("NO-STREAM"));
        };
        let key = self.ticket.camera.fid.to_string();
        let mut watcher = self.app.video.hubs.watch(&key, &source).map_err(|full| {
            tracing::warn!(%full, "a viewer was turned away");
            End::Bye("TOO-MANY")
        })?;
        let mut stop = self.app.stop.subscribe();
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                news = watcher.next() => self.tell(news.ok_or(End::Bye("SHUTDOWN"))?).await?,
                _ = look.tick() => self.look(&watcher).await?,
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
                    Some(Ok(_)) => self.heard = Instant::now(),
                },
                () = stopped(&mut stop) => return Err(End::Bye("SHUTDOWN")),
            }
            if self.ticket.expires_ms <= now_ms() {
                return Err(End::Bye("EXPIRED"));
            }
        }
    }

    async fn tell(&mut self, news: News) -> Result<(), End> {
        match news {
            News::State(state) => self.say(&VideoMessage::state(&state, self.zh, now_ms())).await,
            News::Head(head) => {
                self.say(&VideoMessage::head(&head)).await?;
                self.send(Message::Binary(head.bytes.clone())).await
            }
            News::Fragment(fragment) => self.send(Message::Binary(fragment.bytes)).await,
        }
    }

    /// Whether login, right and viewer are still there.
    async fn look(&mut self, watcher: &Watcher) -> Result<(), End> {
        match self.app.sessions.caller(&self.token, None, None).await {
            Ok(now) if self.app.still_holds(&now.caller(), &self.ticket) => {}
            Ok(_) => return Err(End::Bye("WITHDRAWN")),
            Err(problem) if problem.code() == Code::Expired => return Err(End::Bye("EXPIRED")),
            // While the store does not answer, who watches goes on.
            Err(_) => {}
        }
        if self.heard.elapsed() > GONE_AFTER {
            tracing::debug!(skipped = watcher.skipped(), "a viewer of video reads nothing");
            return Err(End::Bye("TOO-SLOW"));
        }
        self.send(Message::Ping(Vec::new().into())).await
    }

    async fn say(&mut self, message: &VideoMessage) -> Result<(), End> {
        let text = serde_json::to_string(message).unwrap_or_default();
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(TOO_SLOW, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Bye("TOO-SLOW")),
        }
    }
}
