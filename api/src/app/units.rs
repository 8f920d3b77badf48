//! Duty units as a caller sees them.

use dispatch::{Availability, Command, Link, Unit};
use spatial::moving::Fix;
use spatial::{Fid, Layer, Position};

use super::App;
use super::clock::now_ms;
use super::ops::{NotDone, Work, fresh_id};
use super::world::{Moving, Still, Tracked};
use crate::auth::{Caller, Refusal, Role, Scope, Sight, policy};
use crate::http::problem::{Code, Problem};

/// How far beyond the own border free units are seen, metres: who could help (rule R-SCOPE).
const HELP_BUFFER_M: f64 = 2_000.0;

/// A unit at one moment.
#[derive(Debug, Clone)]
pub struct UnitView {
    /// Slot on this server.
    pub slot: u32,
    /// Number in tiles.
    pub fid: Fid,
    /// Record.
    pub unit: Unit,
    /// How bound it is.
    pub availability: Availability,
    /// How fresh it is.
    pub link: Link,
    /// Last fix, if any.
    pub fix: Option<Fix>,
    /// Age of the fix, seconds; counted from the fix's own time.
    pub age_s: Option<f64>,
    /// What its device is like.
    pub device: DeviceView,
}

/// What is known of a unit's device.
#[derive(Debug, Clone, Default)]
pub struct DeviceView {
    /// Charge, percent.
    pub battery_pct: Option<f32>,
    /// What its last report came over.
    pub channel: Option<String>,
    /// How often it reports, milliseconds.
    pub interval_ms: Option<i64>,
    /// How far its clock is behind ours (negative: ahead), milliseconds.
    pub skew_ms: Option<i64>,
    /// The coordinate system that its places seem to be in, when they should be WGS84.
    pub shift: Option<&'static str>,
}

impl DeviceView {
    fn of(tracked: &Tracked) -> Self {
        let shift = tracked.device.shift().map(|crs| if crs == spatial::crs::Crs::Gcj02 { "gcj02" } else { "bd09" });
        Self {
            battery_pct: tracked.battery_pct,
            channel: tracked.channel.clone(),
            interval_ms: tracked.device.interval_ms(),
            skew_ms: tracked.device.known_skew_ms(),
            shift,
        }
    }
}

impl UnitView {
    /// The unit in a slot.
    pub fn of(moving: &Moving, slot: u32, now_ms: i64) -> Option<Self> {
        let tracked = moving.unit(slot)?;
        let fix = moving.fix(slot).cloned();
        #[expect(clippy::cast_precision_loss, reason = "an age in milliseconds is far below 2^53")]
        let age_s = fix.as_ref().map(|fix| ((now_ms - fix.at_ms).max(0) as f64) / 1000.0);
        Some(Self {
            slot,
            fid: tracked.fid,
            availability: tracked.availability,
            link: tracked.link(now_ms),
            unit: tracked.unit.clone(),
            device: DeviceView::of(tracked),
            fix,
            age_s,
        })
    }
}

/// Times that a unit is put anew because somebody else did so meanwhile.
const PUTS: usize = 50;

impl App {
    /// Whether the caller sees a unit: own subtree, the own unit, and free units within 2 km of the border.
    pub fn sees_unit(&self, caller: &Caller, moving: &Moving, slot: u32, still: &Still) -> bool {
        let Ok(sight) = Sight::of(caller, Layer::Units) else { return false };
        let Some(tracked) = moving.unit(slot) else { return false };
        if caller.unit.as_deref() == Some(tracked.unit.id.as_str()) {
            return true;
        }
        if caller.is(&[Role::Unit]) && !caller.is(policy::REPORTERS) {
            // A unit in the field sees itself only.
            return false;
        }
        if sight.holds(tracked.division) {
            return true;
        }
        let free = tracked.availability == Availability::Free;
        let place = moving.fix(slot).map(|fix| fix.position);
        free && place.is_some_and(|place| near(place, &caller.scope, still))
    }

    /// All units in the caller's sight.
    pub fn units(&self, caller: &Caller) -> Result<Vec<UnitView>, Refusal> {
        Sight::of(caller, Layer::Units)?;
        let (now, still) = (now_ms(), self.world.still());
        Ok(self.world.moving(|moving| {
            let slots: Vec<u32> = moving.units().map(|(slot, _)| slot).collect();
            let seen = slots.into_iter().filter(|slot| self.sees_unit(caller, moving, *slot, &still));
            seen.filter_map(|slot| UnitView::of(moving, slot, now)).collect()
        }))
    }

    /// One unit.
    pub fn unit(&self, caller: &Caller, id: &str) -> Result<UnitView, Problem> {
        Sight::of(caller, Layer::Units)?;
        let (now, still) = (now_ms(), self.world.still());
        self.world.moving(|moving| {
            let slot =
                moving.slot(id).ok_or_else(|| Problem::new(Code::NotFound, format!("there is no unit {id:?}")))?;
            if !self.sees_unit(caller, moving, slot, &still) {
                return Err(Refusal::Scope.into());
            }
            UnitView::of(moving, slot, now).ok_or_else(|| Problem::new(Code::NotFound, "the unit has gone"))
        })
    }

    /// Puts a unit: `of` makes it of what is known of it. Where somebody else puts another field meanwhile, it is made anew
    /// of that: nobody's word is lost.
    pub async fn put_unit(
        &self,
        caller: &Caller,
        id: &str,
        of: impl Fn(Option<&Unit>) -> Result<(Unit, Option<i64>), Problem>,
    ) -> Result<UnitView, Problem> {
        let mut looked = false;
        for _ in 0..PUTS {
            self.current().await;
            let known = self.ops.desk().unit(id).cloned();
            let on_map = || self.world.moving(|moving| Some(moving.unit(moving.slot(id)?)?.unit.clone()));
            let old = known.as_ref().map(|known| known.record.clone().at_epoch(known.epoch)).or_else(on_map);
            let (unit, on_duty_ms) = of(old.as_ref())?;
            caller.must_be(policy::ROSTER_EDITORS)?;
            unit.check().map_err(|error| Problem::new(Code::Invalid, error.to_string()))?;
            let mine = |division| caller.scope.holds(division);
            // The desk of an organisation keeps the roster of its own people.
            let theirs = |org: &str| !caller.speaks_for(org);
            if theirs(&unit.org) || known.as_ref().is_some_and(|known| theirs(&known.record.org)) {
                return Err(Refusal::Scope.into());
            }
            if !mine(unit.division) || known.as_ref().is_some_and(|known| !mine(known.record.division)) {
                return Err(Refusal::Scope.into());
            }
            if !looked {
                let duty = Some(format!("duty {}", unit.duty));
                self.looks.look(caller, "edit", Layer::Units.name(), vec![id.to_owned()], duty, None).await?;
                looked = true;
            }
            let seen = known.map(|known| known.stream_version);
            let mut work =
                Work::new(caller, fresh_id()?, Command::Record { unit: Box::new(unit), on_duty_ms }, id, &[]);
            let of = id.to_owned();
            // Only on what it was made of, which is of the caller's own place.
            work.guard = Some(Box::new(move |desk| desk.unit(&of).map(|known| known.stream_version) == seen));
            match self.command(work).await {
                Ok(_) => return self.unit(caller, id),
                Err(NotDone::Scope) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Err(Problem::new(Code::Unavailable, "others put this unit all the time; ask again"))
    }
}

/// Whether the scope begins within [`HELP_BUFFER_M`] of a place: tried at twenty-four points on two rings around it, so
/// a corner of the scope narrower than half a kilometre may be missed.
pub(super) fn near(place: Position, scope: &Scope, still: &Still) -> bool {
    let metres_per_degree = spatial::EARTH_RADIUS_M.to_radians();
    let shrink = place.lat().to_radians().cos().max(1e-6);
    (0..24_u8).any(|n| {
        let radius = if n % 2 == 0 { HELP_BUFFER_M } else { HELP_BUFFER_M / 2.0 };
        let angle = f64::from(n) * std::f64::consts::TAU / 24.0;
        let lon = place.lon() + angle.sin() * radius / metres_per_degree / shrink;
        let lat = place.lat() + angle.cos() * radius / metres_per_degree;
        let near = Position::new(lon, lat).ok();
        near.and_then(|p| still.division(p)).is_some_and(|division| scope.holds(Some(division)))
    })
}
