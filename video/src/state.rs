//! How a camera's picture stands, and why it does not come: in words for whoever watches.

use std::time::Duration;

/// How the picture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The camera is being asked.
    Connecting,
    /// Frames come.
    Live,
    /// The session stands, and no frame has come for two seconds.
    Stalled,
    /// There is no session; it is tried again when [`State::retry_at_ms`] says so.
    Failed,
}

impl Phase {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Stalled => "stalled",
            Self::Failed => "failed",
        }
    }
}

/// How the picture stands, since when, and what comes next. Times are milliseconds since 1970 UTC on this machine's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How it stands.
    pub phase: Phase,
    /// Why it does not come, while it does not.
    pub why: Option<Why>,
    /// Since when it stands so.
    pub since_ms: i64,
    /// When the last frame came in, if ever.
    pub last_frame_ms: Option<i64>,
    /// When the camera is asked again.
    pub retry_at_ms: Option<i64>,
}

/// What a camera sends instead of H.264.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// H.265 (HEVC): no browser without a decoder in hardware plays it.
    H265,
    /// Single pictures.
    Jpeg,
    /// Another one.
    Other,
    /// No picture at all.
    None,
}

/// Why a picture does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody listens there, or the way is closed.
    Unreachable,
    /// It took too long to answer.
    NoAnswer,
    /// The camera refused the login.
    LoginRefused,
    /// It knows no such stream.
    NoSuchStream,
    /// It has as many sessions as it takes.
    Busy,
    /// What it sends is not H.264.
    NotH264(Codec),
    /// The session stands, and nothing comes.
    Silent,
    /// The camera ended the session.
    Ended,
    /// It said what cannot be understood.
    Broken,
}

impl Why {
    /// Its stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "UNREACHABLE",
            Self::NoAnswer => "NO-ANSWER",
            Self::LoginRefused => "LOGIN-REFUSED",
            Self::NoSuchStream => "NO-SUCH-STREAM",
            Self::Busy => "CAMERA-BUSY",
            Self::NotH264(_) => "NOT-H264",
            Self::Silent => "SILENT",
            Self::Ended => "ENDED",
            Self::Broken => "BROKEN",
        }
    }

    /// In words: English, then Chinese.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Unreachable => ("the camera cannot be reached", "无法连接摄像机"),
            Self::NoAnswer => ("the camera did not answer in time", "摄像机未及时应答"),
            Self::LoginRefused => {
                ("the camera refused our login; ask who runs the cameras", "摄像机拒绝登录，请联系视频管理员")
            }
            Self::NoSuchStream => ("the camera knows no such stream", "摄像机上没有该码流"),
            Self::Busy => ("the camera has as many sessions as it takes", "摄像机连接数已满"),
            Self::NotH264(Codec::H265) => {
                ("the camera sends H.265; only H.264 is shown", "摄像机为 H.265 编码，仅支持 H.264")
            }
            Self::NotH264(Codec::Jpeg) => {
                ("the camera sends JPEG; only H.264 is shown", "摄像机为 JPEG 编码，仅支持 H.264")
            }
            Self::NotH264(Codec::Other) => ("the camera does not send H.264", "摄像机不是 H.264 编码"),
            Self::NotH264(Codec::None) => ("the camera sends no picture", "摄像机没有视频码流"),
            Self::Silent => ("no picture comes from the camera", "摄像机没有传来画面"),
            Self::Ended => ("the camera ended the transmission", "摄像机中断了传输"),
            Self::Broken => ("what the camera sends cannot be understood", "摄像机数据无法识别"),
        }
    }

    /// How long to wait before the camera is asked again, after so many tries that failed before this one.
    ///
    /// A refused login is not tried again for half an hour: cameras lock out who is wrong too often.
    pub(crate) fn pause(self, failed_before: u32) -> Duration {
        match self {
            Self::LoginRefused => Duration::from_mins(30),
            Self::NoSuchStream | Self::NotH264(_) => Duration::from_mins(1),
            Self::Busy => Duration::from_secs(20),
            Self::Unreachable | Self::NoAnswer | Self::Silent | Self::Ended | Self::Broken => {
                Duration::from_secs(1 << failed_before.min(5)).min(Duration::from_secs(30))
            }
        }
    }
}

/// The pause, a fifth shorter or longer: `chance` is from 0 to 1. Cameras of one cabinet come back at once and must not be
/// asked at once.
pub(crate) fn spread(pause: Duration, chance: f64) -> Duration {
    pause.mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let pauses: Vec<u64> = (0..8).map(|n| Why::Ended.pause(n).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(Why::LoginRefused.pause(0), Duration::from_mins(30), "no lock-out");
        assert_eq!(Why::LoginRefused.pause(9), Why::LoginRefused.pause(0));
    }

    #[test]
    fn spread_stays_within_a_fifth() {
        let second = Duration::from_secs(1);
        assert_eq!(spread(second, 0.0), Duration::from_millis(800));
        assert_eq!(spread(second, 1.0), Duration::from_millis(1200));
        assert_eq!(spread(second, 7.0), spread(second, 1.0));
    }
}
