//! Who gets a ticket, and whether it still holds.

use std::sync::Arc;

use dispatch::Incident;
use spatial::{FeatureKey, Layer};

use super::tickets::{Seen, Ticket, fresh_token};
use crate::app::{App, now_ms};
use crate::auth::{Caller, Cause, Grounds, Sight, may_watch};
use crate::http::problem::{Code, Problem};

/// A camera farther from an incident than this is none of its cameras, metres: as far as the ranking of cameras looks.
const NEAR_M: f64 = 2_000.0;

/// What a ticket is wanted for.
#[derive(Debug, Clone)]
pub struct TicketWish {
    /// What for.
    pub purpose: String,
    /// For which incident.
    pub incident: Option<String>,
    /// Why, in words.
    pub reason: Option<String>,
}

impl App {
    /// The camera of that id: as answers call it (`camera`, its id at its source), or its number in tiles.
    pub fn camera(&self, id: &str) -> Result<Seen, Problem> {
        let still = self.world.still();
        let missing = || Problem::new(Code::NotFound, format!("there is no camera {id:?}"));
        let cameras = still.layer(Layer::Cameras).ok_or_else(missing)?;
        let named = |source: &str, id: &str| {
            let fid = FeatureKey::new(Layer::Cameras, source, id).ok()?.fid();
            cameras.row_of(fid)
        };
        let rows: Vec<usize> = cameras.sources().filter_map(|source| named(source, id)).collect();
        let row = match rows[..] {
            [row] => row,
            [] => id.parse().ok().and_then(|fid| cameras.row_of(fid)).ok_or_else(missing)?,
            [..] => {
                let words = "several sources have a camera of that id: say which by its number (`fid`)";
                return Err(Problem::new(Code::Conflict, words));
            }
        };
        let (source, own) = cameras.source(row).ok_or_else(missing)?;
        let alone = cameras.sources().filter_map(|source| named(source, own)).count() == 1;
        let name = cameras.text(row, "name").map(str::to_owned);
        let fid = FeatureKey::new(Layer::Cameras, source, own).map_err(|_bad| missing())?.fid();
        Ok(Seen { fid, source: source.to_owned(), id: own.to_owned(), name, alone })
    }

    /// Whether the caller may watch the camera for that incident, and whether a reason must be typed.
    pub fn grounds(&self, caller: &Caller, camera: &Seen, incident: Option<&Incident>) -> Result<Grounds, Problem> {
        let sight = Sight::of(caller, Layer::Cameras)?;
        let still = self.world.still();
        let missing = || Problem::new(Code::NotFound, "the camera is gone");
        let cameras = still.layer(Layer::Cameras).ok_or_else(missing)?;
        let row = cameras.row_of(camera.fid).ok_or_else(missing)?;
        let place = cameras.position(row);
        let cause = incident.map(|incident| Cause {
            open: !incident.phase().is_terminal(),
            urgent: incident.priority.number() <= 2,
            own: incident.owner == caller.user,
            sent: caller.unit.is_some()
                && incident.open_assignments().any(|order| order.to.unit() == caller.unit.as_deref()),
            near: match (place, incident.location.position) {
                (Some(camera), Some(scene)) => camera.distance_m(&scene) <= NEAR_M,
                (None, _) | (_, None) => false,
            },
        });
        let grounds = may_watch(caller, cause)?;
        if !sight.holds(cameras.division(row)) {
            return Err(crate::auth::Refusal::Scope.into());
        }
        Ok(grounds)
    }

    /// Gives a ticket. Its row in the audit is written first; when it cannot be, there is no ticket.
    pub async fn ticket(
        &self,
        caller: &Caller,
        camera: Seen,
        incident: Option<&Incident>,
        wish: TicketWish,
    ) -> Result<Arc<Ticket>, Problem> {
        if self.grounds(caller, &camera, incident)? == Grounds::Reason && wish.reason.is_none() {
            return Err(Problem::at(Code::CamNoReason, "/reason", "only the owner of an open P1 or P2 needs none"));
        }
        let now = now_ms();
        self.video.tickets.room(&caller.user, now).map_err(|_many| {
            Problem::new(Code::Locked, "as many tickets as can be hold already; they end by themselves")
        })?;
        let token = fresh_token().ok_or_else(|| Problem::new(Code::Internal, "no source of randomness"))?;
        let hold_ms = i64::try_from(self.limits.video_ticket_s.saturating_mul(1000)).unwrap_or(i64::MAX);
        let ticket = Ticket {
            token,
            user: caller.user.clone(),
            camera,
            purpose: wish.purpose,
            incident: wish.incident,
            reason: wish.reason,
            expires_ms: now.saturating_add(hold_ms),
        };
        self.watched(caller, "tickets", &ticket, None).await?;
        Ok(self.video.tickets.keep(ticket))
    }

    /// Writes a row about a camera that is watched: who, which, what for, why; `seconds` when it is over.
    pub async fn watched(
        &self,
        caller: &Caller,
        action: &str,
        ticket: &Ticket,
        seconds: Option<i64>,
    ) -> Result<(), Problem> {
        let caller = Caller { purpose: Some(ticket.purpose.clone()), ..caller.clone() };
        let incident = ticket.incident.as_ref().map(|id| format!("incident {id}"));
        let reason = ticket.reason.as_ref().map(|reason| format!("reason: {reason}"));
        let lasted = seconds.map(|seconds| format!("watched for {seconds} s"));
        let words: Vec<String> = [incident, reason, lasted].into_iter().flatten().collect();
        let detail = (!words.is_empty()).then(|| words.join("; "));
        let objects = vec![ticket.camera.fid.to_string()];
        self.looks.look(&caller, action, Layer::Cameras.name(), objects, detail, Some(1)).await
    }

    /// Whether whoever holds the ticket may go on watching: what it rests on may be over.
    pub fn still_holds(&self, caller: &Caller, ticket: &Ticket) -> bool {
        let desk = self.ops.desk();
        let incident = ticket.incident.as_deref().and_then(|id| desk.incident(id));
        let grounds = self.grounds(caller, &ticket.camera, incident.map(Arc::as_ref));
        grounds.is_ok_and(|grounds| grounds == Grounds::Incident || ticket.reason.is_some())
    }
}
