//! Positions: read by the door, labelled by the index, seen at once, written behind.

use dispatch::Duty;
use spatial::moving::{Fix, Label};

use super::App;
use super::clock::now_ms;
use crate::auth::{Caller, Role, policy};

/// One report of a position, already a checked place.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which unit.
    pub unit: String,
    /// Where and when.
    pub fix: Fix,
    /// The device's own number of the report (`device:boot:counter`), for telling duplicates.
    pub obs: Option<String>,
    /// Charge of the device, percent.
    pub battery_pct: Option<f32>,
    /// What it came over.
    pub channel: Option<String>,
}

/// What became of a batch; numbers are places in the batch.
#[derive(Debug, Default)]
pub struct Posted {
    /// How many were taken, doubtful ones included.
    pub accepted: usize,
    /// Taken into the track but not believed.
    pub quarantined: Vec<(usize, &'static str)>,
    /// Not taken.
    pub rejected: Vec<(usize, &'static str)>,
}

/// Places of one batch that are compared with the roads.
const MOST_COMPARED: usize = 1_000;

impl App {
    /// Takes a batch of reports. Each is on other people's screens before this returns; on disk within a second.
    pub async fn report(&self, caller: &Caller, reports: Vec<(usize, Report)>) -> Posted {
        let now = now_ms();
        let still = self.world.still();
        let mut posted = Posted::default();
        let (mut track, mut moved, mut news) = (Vec::with_capacity(reports.len()), Vec::new(), Vec::new());
        let mut came = Vec::new();
        self.world.change(|moving| {
            for (at, report) in reports {
                let slot = moving.slot(&report.unit);
                let Some((slot, tracked)) = slot.and_then(|slot| Some((slot, moving.unit(slot)?))) else {
                    posted.rejected.push((at, "UNKNOWN-UNIT"));
                    continue;
                };
                if !may_report(caller, &report.unit, tracked.division, tracked.unit.division) {
                    posted.rejected.push((at, "AUTH"));
                    continue;
                }
                if tracked.unit.duty == Duty::OffDuty {
                    // Who is off duty has no position: it is dropped, not stored (rule R-DUTY).
                    posted.rejected.push((at, "OFF-DUTY"));
                    continue;
                }
                if tracked.on_duty_ms.is_some_and(|since| tracked.device.dated(report.fix.at_ms) <= since) {
                    // Where somebody was before the shift is nobody's business either.
                    posted.rejected.push((at, "OFF-DUTY"));
                    continue;
                }
                if tracked.device.is_news(report.fix.position) && news.len() < MOST_COMPARED {
                    news.push((slot, report.fix.position));
                }
                moving.said(slot, report.battery_pct, report.channel);
                let division = still.division(report.fix.position);
                let mut fix = report.fix;
                let label = moving.report(slot, &mut fix, report.obs.as_deref(), now, division);
                posted.accepted += 1;
                if label == Label::Moved {
                    // What is said of an arrival is said in our time.
                    let right = moving.unit(slot).and_then(|tracked| tracked.device.put_right(fix.at_ms));
                    came.push((report.unit.clone(), Fix { at_ms: right.unwrap_or(fix.at_ms), ..fix.clone() }));
                    moved.push((report.unit.clone(), fix.clone()));
                } else {
                    posted.quarantined.push((at, label.code()));
                }
                track.push(store::Observation {
                    unit: report.unit,
                    fix,
                    label: label.code().into(),
                    recv_ms: now,
                    obs: report.obs,
                });
            }
        });
        metrics::counter!("onemap_positions_total").increment(posted.accepted as u64);
        self.roads.compare(news);
        self.approach(&came);
        self.others.tell(moved);
        self.track.push(track).await;
        posted
    }
}

fn may_report(
    caller: &Caller,
    unit: &str,
    now_in: Option<spatial::codes::Division>,
    works_in: Option<spatial::codes::Division>,
) -> bool {
    if caller.is(policy::GATEWAYS) || caller.unit.as_deref() == Some(unit) && caller.is(&[Role::Unit]) {
        return true;
    }
    caller.is(policy::REPORTERS) && (caller.scope.holds(works_in) || caller.scope.holds(now_in))
}
