//! What a camera shows: one hub per camera, RTSP in, fragments of MP4 out, to any number of watchers.
//!
//! A [`Hubs`] opens one RTSP session for a camera when the first watcher comes, shares it among all who come after, and
//! ends it when nobody has watched for some seconds. H.264 passes through as it is; nothing is decoded or encoded. What a
//! watcher is told ([`News`]) is how the picture stands, the head of the stream and its frames, one fragment a frame.
//!
//! ```
//! use video::{Hubs, Source};
//!
//! let source = Source::new("rtsp://guard:secret@192.0.2.7/main").unwrap();
//! assert_eq!(source.to_string(), "rtsp://192.0.2.7/***");
//! assert_eq!(Hubs::new().last_frame_ms(), None);
//! ```

mod boxes;
mod fmp4;
mod gop;
mod hub;
mod hubs;
mod order;
mod probe;
mod rtsp;
mod source;
mod state;
mod watcher;

pub use fmp4::{Fragment, Head};
pub use hubs::{Full, Hubs};
pub use probe::answers;
pub use source::{Source, SourceError};
pub use state::{Codec, Phase, State, Why};
pub use watcher::{News, Watcher};

/// Milliseconds since 1970 UTC.
fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
