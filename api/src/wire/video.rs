//! Tickets to watch a camera, and what its socket says; docs/video.md describes it for people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use video::{Head, State, Why};

use crate::app::rfc3339;
use crate::app::video::Ticket;

/// What a ticket is wanted for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketAsk {
    /// What for, in a word or two: 1 to 200 characters. It stands in the audit.
    pub purpose: String,
    /// The incident that it is for.
    pub incident: Option<String>,
    /// The task that it is for; tasks are not there yet.
    pub task: Option<String>,
    /// Why, in words, at most 500 characters. The owner of an open P1 or P2 needs none.
    pub reason: Option<String>,
}

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketBody {
    /// What stands in the two addresses.
    pub ticket: String,
    /// Until when it holds; then another must be asked for.
    pub expires_at: String,
    /// Path of the socket that the picture comes by.
    pub video: String,
    /// Path of a single picture.
    pub still: String,
    /// The camera's id.
    pub camera: String,
    /// Its number in tiles.
    pub fid: u64,
    /// Whether a stream of this camera is known; without one the socket says so and closes.
    pub has_stream: bool,
}

impl TicketBody {
    /// A ticket as it is told.
    pub fn of(ticket: &Ticket, has_stream: bool) -> Self {
        Self {
            ticket: ticket.token.clone(),
            expires_at: rfc3339(ticket.expires_ms),
            video: format!("/video/{}", ticket.token),
            still: format!("/still/{}.jpg", ticket.token),
            camera: ticket.camera.id.clone(),
            fid: ticket.camera.fid,
            has_stream,
        }
    }
}

/// A reason with its words.
#[derive(Debug, Serialize)]
pub struct WhyBody {
    /// One of those that docs/video.md lists.
    pub code: &'static str,
    /// In the language of whoever watches.
    pub text: &'static str,
}

/// A text message of the socket.
#[derive(Debug, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum VideoMessage {
    /// The first.
    Hello {
        /// The camera's id.
        camera: String,
        /// What it is called.
        name: Option<String>,
        /// Until when the ticket holds.
        expires_at: String,
        /// The server's clock.
        now: String,
    },
    /// How the picture stands.
    State {
        /// `connecting`, `live`, `stalled` or `failed`.
        state: &'static str,
        /// Why it does not come.
        why: Option<WhyBody>,
        /// Since when it stands so.
        since: String,
        /// When the last frame came in.
        last_frame: Option<String>,
        /// When the camera is asked again.
        retry_at: Option<String>,
        /// The server's clock.
        now: String,
    },
    /// A stream begins: the next binary message is its head, those after it are its frames.
    Head {
        /// As in `codecs=` of a media type.
        codec: String,
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
    },
    /// The server closes.
    Bye {
        /// Why.
        reason: &'static str,
    },
}

/// The state of a camera whose stream nobody has named.
const NO_STREAM: (&str, &str, &str) = ("NO-STREAM", "no stream is set up for this camera", "该摄像机尚未配置码流");

impl VideoMessage {
    /// The first message.
    pub fn hello(ticket: &Ticket, now_ms: i64) -> Self {
        Self::Hello {
            camera: ticket.camera.id.clone(),
            name: ticket.camera.name.clone(),
            expires_at: rfc3339(ticket.expires_ms),
            now: rfc3339(now_ms),
        }
    }

    /// How the picture stands.
    pub fn state(state: &State, zh: bool, now_ms: i64) -> Self {
        let why = |why: Why| {
            let (en, chinese) = why.words();
            WhyBody { code: why.code(), text: if zh { chinese } else { en } }
        };
        Self::State {
            state: state.phase.word(),
            why: state.why.map(why),
            since: rfc3339(state.since_ms),
            last_frame: state.last_frame_ms.map(rfc3339),
            retry_at: state.retry_at_ms.map(rfc3339),
            now: rfc3339(now_ms),
        }
    }

    /// There is no stream to show.
    pub fn no_stream(zh: bool, now_ms: i64) -> Self {
        let (code, en, chinese) = NO_STREAM;
        Self::State {
            state: video::Phase::Failed.word(),
            why: Some(WhyBody { code, text: if zh { chinese } else { en } }),
            since: rfc3339(now_ms),
            last_frame: None,
            retry_at: None,
            now: rfc3339(now_ms),
        }
    }

    /// A stream begins.
    pub fn head(head: &Head) -> Self {
        Self::Head { codec: head.codec.clone(), width: head.width, height: head.height }
    }
}
