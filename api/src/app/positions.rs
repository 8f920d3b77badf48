//! Positions: read by the door, labelled by the index, seen at once, written behind.

use dispatch::Duty;
use spatial::Position;
use spatial::moving::{Fix, Label};

use super::App;
use super::clock::now_ms;
use super::reported::Reported;
use super::world::Moving;
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

/// What a batch does beside moving units.
#[derive(Default)]
struct Taken {
    posted: Posted,
    /// For the track.
    track: Vec<store::Observation>,
    /// For other servers.
    told: Vec<store::Told>,
    /// To be compared with the roads.
    news: Vec<(u32, Position)>,
    /// To be compared with scenes.
    came: Vec<(String, Fix)>,
}

impl App {
    /// Takes a batch of reports. Each is on other people's screens before this returns; on disk within a second. They are
    /// judged with what other servers wrote before: a unit that was put there a moment ago is no stranger here, and one
    /// that clocked out there is off duty here.
    pub async fn report(&self, caller: &Caller, reports: Vec<(usize, Report)>) -> Posted {
        self.current().await;
        let mut taken = Taken::default();
        let refused = self.take(caller, reports, &mut taken);
        let Taken { mut posted, track, told, news, came } = taken;
        self.learn_clocks(&refused);
        posted.rejected.extend(refused.into_iter().map(|(at, _, code)| (at, code)));
        metrics::counter!("onemap_positions_total").increment(posted.accepted as u64);
        self.roads.compare(news);
        self.approach(&came);
        self.find_distressed(&came);
        self.others.tell(told);
        self.track.push(track).await;
        posted
    }

    /// A device whose clock is hours behind seems to speak of before its unit's shift: its clock is learnt from what is
    /// refused.
    fn learn_clocks(&self, refused: &[(usize, Report, &'static str)]) {
        let before: Vec<&Report> =
            refused.iter().filter(|(.., code)| *code == BEFORE).map(|(_, report, _)| report).collect();
        if !before.is_empty() {
            let now = now_ms();
            self.world.change(|moving| before.iter().for_each(|of| moving.dates(&of.unit, of.fix.at_ms, now)));
        }
    }

    /// Takes those that may be taken; the others come back with the code of the refusal.
    fn take(
        &self,
        caller: &Caller,
        reports: Vec<(usize, Report)>,
        taken: &mut Taken,
    ) -> Vec<(usize, Report, &'static str)> {
        let (now, still) = (now_ms(), self.world.still());
        let mut refused = Vec::new();
        self.world.change(|moving| {
            for (at, report) in reports {
                let slot = match slot_for(caller, moving, &report) {
                    Ok(slot) => slot,
                    Err(code) => {
                        refused.push((at, report, code));
                        continue;
                    }
                };
                let is_news = moving.unit(slot).is_some_and(|t| t.device.is_news(report.fix.position));
                if is_news && taken.news.len() < MOST_COMPARED {
                    taken.news.push((slot, report.fix.position));
                }
                moving.said(slot, report.battery_pct, report.channel);
                let division = still.division(report.fix.position);
                let mut fix = report.fix;
                let (number, made_ms) = (report.obs.as_deref().map(Reported::hash), fix.at_ms);
                let label = moving.report(slot, &mut fix, number, now, division);
                taken.posted.accepted += 1;
                let moved = (label == Label::Moved).then(|| fix.clone());
                if moved.is_some() || number.is_some() {
                    let numbers = number.into_iter().collect();
                    taken.told.push(store::Told {
                        unit: report.unit.clone(),
                        made_ms: moved.is_some().then_some((made_ms, now)),
                        fix: moved,
                        numbers,
                    });
                }
                if label == Label::Moved {
                    // What is said of an arrival is said in our time.
                    let right = moving.unit(slot).and_then(|tracked| tracked.device.put_right(fix.at_ms));
                    taken.came.push((report.unit.clone(), Fix { at_ms: right.unwrap_or(fix.at_ms), ..fix.clone() }));
                } else {
                    taken.posted.quarantined.push((at, label.code()));
                }
                taken.track.push(store::Observation {
                    unit: report.unit,
                    fix,
                    label: label.code().into(),
                    recv_ms: now,
                    obs: report.obs,
                });
            }
        });
        refused
    }
}

/// The code of a report from when its unit was not on duty.
const BEFORE: &str = "OFF-DUTY";

/// The unit of a report, or the code of why it is not taken.
fn slot_for(caller: &Caller, moving: &Moving, report: &Report) -> Result<u32, &'static str> {
    let slot = moving.slot(&report.unit).ok_or("UNKNOWN-UNIT")?;
    let tracked = moving.unit(slot).ok_or("UNKNOWN-UNIT")?;
    if !may_report(caller, &report.unit, tracked.division, tracked.unit.division) {
        return Err("AUTH");
    }
    // Who is off duty has no position: it is dropped, not stored (rule R-DUTY). Where somebody was before the shift is
    // nobody's business either.
    let before = tracked.on_duty_ms.is_some_and(|since| tracked.device.dated(report.fix.at_ms) < since);
    if tracked.unit.duty == Duty::OffDuty || before {
        return Err(BEFORE);
    }
    Ok(slot)
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
