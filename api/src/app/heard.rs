//! When each source was last heard: the one account of it, for the heartbeat and for the alarms of silence.

use dispatch::Duty;

use super::App;

/// When each source was last heard, milliseconds since 1970 UTC; none when it never was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Positions of any unit.
    pub positions_ms: Option<i64>,
    /// Positions of units that are on duty.
    pub on_duty_ms: Option<i64>,
    /// How many are on duty.
    pub on_duty: usize,
    /// Calls.
    pub calls_ms: Option<i64>,
    /// Cameras: a picture, or an answer. None only when no stream of any camera is known; before the first answer it is
    /// when the server began to ask.
    pub video_ms: Option<i64>,
}

impl App {
    /// When each source was last heard.
    pub fn heard(&self) -> Heard {
        let (positions_ms, on_duty_ms, on_duty) = self.world.moving(|moving| {
            let (mut any, mut on_duty, mut count) = (None, None, 0);
            for (_, unit) in moving.units() {
                any = any.max(unit.heard_ms);
                if unit.unit.duty == Duty::OnDuty {
                    on_duty = on_duty.max(unit.heard_ms);
                    count += 1;
                }
            }
            (any, on_duty, count)
        });
        Heard { positions_ms, on_duty_ms, on_duty, calls_ms: self.ops.called_ms(), video_ms: self.video.heard_ms() }
    }
}
