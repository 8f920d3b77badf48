//! A session with a camera: RTSP over TCP (RFC 2326), by the crate `retina`.
//!
//! The media come on the same connection as the words (interleaved), so no packet is lost and no port is opened. `retina`
//! has no patience of its own: who calls here brings a time limit.

use std::sync::Arc;

use futures::StreamExt;
use retina::client::{Demuxed, PlayOptions, Session, SessionGroup, SessionOptions, SetupOptions, Stream};
use retina::codec::{CodecItem, FrameFormat, ParametersRef, VideoParametersCodec};

use super::fmp4::{Params, Picture};
use super::now_ms;
use super::source::Source;
use super::state::{Codec, Why};

/// Largest picture that is taken, bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// A camera that plays.
pub(crate) struct Camera {
    playing: Demuxed,
    stream: usize,
}

/// What came from a camera.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) picture: Picture,
    /// The parameters are others than before this picture.
    pub(crate) changed: bool,
    /// Something before it got lost.
    pub(crate) lost: bool,
}

impl Camera {
    /// Asks the camera to play its first stream of H.264.
    pub(crate) async fn open(source: &Source, group: Arc<SessionGroup>) -> Result<Self, Why> {
        let options =
            SessionOptions::default().creds(source.credentials()).user_agent("onemap".to_owned()).session_group(group);
        let mut session =
            Session::describe(source.url().clone(), options).await.map_err(|error| why(source, &error))?;
        let stream = pick(session.streams())?;
        // TCP is what it takes when nothing else is said.
        let setup = SetupOptions::default().frame_format(FrameFormat::MP4);
        session.setup(stream, setup).await.map_err(|error| why(source, &error))?;
        let playing = session.play(PlayOptions::default()).await.map_err(|error| why(source, &error))?;
        let playing = playing.demuxed().map_err(|error| why(source, &error))?;
        Ok(Self { playing, stream })
    }

    /// The next picture. May be dropped while it waits without losing one.
    pub(crate) async fn next(&mut self, source: &Source) -> Result<Came, Why> {
        loop {
            let item = self.playing.next().await.ok_or(Why::Ended)?.map_err(|error| why(source, &error))?;
            let CodecItem::VideoFrame(frame) = item else { continue };
            if frame.stream_id() != self.stream {
                continue;
            }
            let (changed, lost) = (frame.has_new_parameters(), frame.loss() > 0);
            let (pts, key) = (frame.timestamp().elapsed(), frame.is_random_access_point());
            let data = frame.into_data();
            if data.len() > LARGEST {
                tracing::warn!(%source, bytes = data.len(), "a picture is larger than any camera makes");
                return Err(Why::Broken);
            }
            return Ok(Came { picture: Picture { pts, key, at_ms: now_ms(), data }, changed, lost });
        }
    }

    /// What the stream says of its pictures; none before it has said anything.
    pub(crate) fn params(&self) -> Option<Params> {
        let stream = self.playing.streams().get(self.stream)?;
        let Some(ParametersRef::Video(video)) = stream.parameters() else { return None };
        let VideoParametersCodec::H264 { sps, .. } = video.codec_params() else { return None };
        let (width, height) = video.pixel_dimensions();
        Some(Params {
            codec: video.rfc6381_codec().to_owned(),
            width,
            height,
            sample_entry: video.mp4_sample_entry().build().ok()?,
            sps: sps.to_vec(),
            timescale: stream.clock_rate_hz(),
        })
    }
}

/// The first stream of H.264, or what there is instead.
fn pick(streams: &[Stream]) -> Result<usize, Why> {
    let mut pictures = streams.iter().enumerate().filter(|(_, stream)| stream.media() == "video");
    let Some((at, first)) = pictures.next() else { return Err(Why::NotH264(Codec::None)) };
    let known = |stream: &Stream| stream.encoding_name() == "h264";
    if known(first) {
        return Ok(at);
    }
    let other = match first.encoding_name() {
        "h265" | "hevc" => Codec::H265,
        "jpeg" => Codec::Jpeg,
        _ => Codec::Other,
    };
    pictures.find(|(_, stream)| known(stream)).map(|(at, _)| at).ok_or(Why::NotH264(other))
}

/// What an error means to whoever watches. Its text goes to the log of details: it names addresses, never a login.
fn why(source: &Source, error: &retina::Error) -> Why {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    tracing::debug!(%source, error = line, "the camera's session ended");
    match error.status_code() {
        Some(401 | 403) => Why::LoginRefused,
        Some(404 | 454) => Why::NoSuchStream,
        Some(453 | 503) => Why::Busy,
        None if line.starts_with("Unable to connect") => Why::Unreachable,
        None if line.starts_with("Error reading") || line.starts_with("Error writing") => Why::Ended,
        None if line.starts_with("Timeout") => Why::NoAnswer,
        Some(_) | None => Why::Broken,
    }
}
