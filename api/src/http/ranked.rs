//! Who could go: units for an incident, ranked. By straight line until there are roads, and said so.

use axum::extract::State;
use axum::http::HeaderMap;
use dispatch::{Availability, Link, UnitKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::extract::{Path, Query};
use super::incidents::in_sight;
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::ops::IncidentSight;
use crate::app::{App, UnitView, now_ms};
use crate::auth::{Caller, policy};

/// Roads are longer than straight lines by about this factor: the usual detour of dense street networks.
const DETOUR: f64 = 1.4;
/// How far anybody is looked for, metres.
const NEAR_M: f64 = 50_000.0;
/// Units looked at before they are ranked by time.
const LOOKED_AT: usize = 200;

/// A reason in words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reason {
    /// Stable code.
    code: &'static str,
    /// In the asker's language.
    text: String,
}

/// A unit that could go.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RankedUnit {
    /// Its id.
    unit: String,
    /// Its epoch: what an order is compared with.
    unit_epoch: u64,
    /// What it is called on the radio.
    call_sign: String,
    /// What kind.
    kind: &'static str,
    /// Time to the scene by straight line times 1.4, seconds.
    eta_s: f64,
    /// Straight distance, metres.
    straight_m: f64,
    /// How bound it is.
    availability: &'static str,
    /// Age of its position, seconds.
    position_age_s: f64,
    /// Why it stands where it stands.
    reasons: Vec<Reason>,
}

/// Units that could go, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RankedUnits {
    /// Its place in the log: the `basis.seq` of an order that follows it.
    recommendation: String,
    /// Why there are fewer than asked for.
    shortfall: Option<Reason>,
    /// Best first.
    items: Vec<RankedUnit>,
}

/// How many.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HowMany {
    k: Option<usize>,
}

impl HowMany {
    fn or(self, default: usize) -> Result<usize, Problem> {
        let k = self.k.unwrap_or(default);
        if (1..=50).contains(&k) { Ok(k) } else { Err(Problem::at(Code::BadRequest, "/k", "must be 1 to 50")) }
    }
}

/// Metres a second, and whether it must keep to roads. Rough figures until roads and tracks give better ones.
fn speed(kind: UnitKind) -> (f64, bool) {
    use UnitKind::{
        AiVolunteer, Ambulance, DepartmentTeam, Drone, DroneDock, EnterpriseGuard, FireTeam, FraudDissuasionTeam,
        GridMember, K9, MarinePatrol, Mediator, PoliceBoat, PoliceFoot, PoliceMotorcycle, PoliceVehicle, PsychService,
        RescueTeam, Robot, RobotDog, SiteGuard, UnmannedVehicle, VillagePatrolTeam, VolunteerTeam,
    };
    match kind {
        PoliceVehicle | PoliceMotorcycle | Ambulance | FireTeam | RescueTeam | DepartmentTeam => (10.0, true),
        UnmannedVehicle => (4.0, true),
        Drone | DroneDock => (12.0, false),
        PoliceBoat | MarinePatrol => (8.0, false),
        PoliceFoot | K9 | RobotDog | Robot | SiteGuard | EnterpriseGuard | VolunteerTeam | VillagePatrolTeam
        | GridMember | Mediator | PsychService | FraudDissuasionTeam | AiVolunteer => (1.4, true),
    }
}

/// Units that could go to an incident, the soonest first; ties by id.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/units", tag = "operations", params(("id" = String, Path), ("k" = Option<usize>, Query, description = "1 to 50, 5 when left out")),
    responses((status = 200, body = RankedUnits), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn ranked_units(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(ask): Query<HowMany>,
    headers: HeaderMap,
) -> Result<axum::Json<RankedUnits>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    let k = ask.or(5)?;
    if view.sight != IncidentSight::Exact {
        return Err(crate::auth::Refusal::Role.into());
    }
    caller.must_be(policy::COMMANDERS)?;
    app.looks.glance_at(&caller, "rank", "units".to_owned()).await?;
    let zh = prefers_chinese(&headers);
    let seq = app.ops.desk().seq();
    let Some(place) = view.incident.location.position else {
        let shortfall = reason(zh, "NOT-LOCATED", "the incident has no place yet", "警情尚未定位");
        return Ok(axum::Json(RankedUnits {
            recommendation: seq.to_string(),
            shortfall: Some(shortfall),
            items: Vec::new(),
        }));
    };
    let (still, now) = (app.world.still(), now_ms());
    let views: Vec<(UnitView, f64)> = app.world.moving(|moving| {
        let may = |slot: u32| {
            let free =
                moving.unit(slot).is_some_and(|t| matches!(t.availability, Availability::Free | Availability::Soft));
            free && app.sees_unit(&caller, moving, slot, &still)
        };
        let near = moving.index().nearest(place, LOOKED_AT, NEAR_M, may);
        near.into_iter().filter_map(|(slot, m)| Some((UnitView::of(moving, slot, now)?, m))).collect()
    });
    let mut items: Vec<RankedUnit> = views.into_iter().map(|(view, straight_m)| ranked(view, straight_m, zh)).collect();
    items.sort_by(|a, b| a.eta_s.total_cmp(&b.eta_s).then_with(|| a.unit.cmp(&b.unit)));
    items.truncate(k);
    let shortfall =
        (items.len() < k).then(|| reason(zh, "FEW-FREE", "fewer units are free within 50 km", "50公里内空闲力量不足"));
    Ok(axum::Json(RankedUnits { recommendation: seq.to_string(), shortfall, items }))
}

fn reason(zh: bool, code: &'static str, en: &str, chinese: &str) -> Reason {
    Reason { code, text: if zh { chinese } else { en }.to_owned() }
}

fn ranked(view: UnitView, straight_m: f64, zh: bool) -> RankedUnit {
    let (mps, roads) = speed(view.unit.kind);
    let way_m = if roads { straight_m * DETOUR } else { straight_m };
    let mut reasons = vec![if roads {
        reason(zh, "STRAIGHT-LINE", "by straight line times 1.4, not by road", "按直线距离乘1.4估算，未按道路计算")
    } else {
        reason(zh, "FLIES-STRAIGHT", "needs no road", "不受道路限制")
    }];
    if matches!(view.link, Link::Stale | Link::Lost) {
        reasons.push(reason(zh, "OLD-POSITION", "its position is old", "位置信息较旧"));
    }
    // An old position may have moved away from the scene all the time: the time to come back is added.
    let age_s = view.age_s.unwrap_or_default();
    RankedUnit {
        unit: view.unit.id,
        unit_epoch: view.unit.epoch,
        call_sign: view.unit.call_sign,
        kind: view.unit.kind.word(),
        eta_s: way_m / mps + if age_s > 60.0 { age_s.min(600.0) } else { 0.0 },
        straight_m,
        availability: view.availability.word(),
        position_age_s: age_s,
        reasons,
    }
}

/// Cameras near an incident, nearest first. Whether they see it is not known to this version, and said so.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/cameras", tag = "operations", params(("id" = String, Path), ("k" = Option<usize>, Query, description = "1 to 50, 6 when left out")),
    responses((status = 200, description = "`{items: [{camera, fid, name, distance_m, sees, online, reasons}]}`"), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn ranked_cameras(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(ask): Query<HowMany>,
    headers: HeaderMap,
) -> Result<axum::Json<serde_json::Value>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    let k = ask.or(6)?;
    if view.sight == IncidentSight::Snapped {
        return Err(crate::auth::Refusal::Role.into());
    }
    let Some(place) = view.incident.location.position else { return Ok(axum::Json(json!({ "items": [] }))) };
    let near = app.nearest(&caller, spatial::Layer::Cameras, place, k, 2_000.0)?;
    app.looks.glance(&caller, "rank", &[spatial::Layer::Cameras]).await?;
    let zh = prefers_chinese(&headers);
    let mut items: Vec<(bool, serde_json::Value)> = near
        .into_iter()
        .map(|item| {
            let online = item.properties.get("online") == Some(&spatial::Value::Bool(true));
            let why = reason(
                zh,
                "SIGHT-UNKNOWN",
                "nearest by distance; sight is not computed yet",
                "按距离排序，尚未计算可视范围",
            );
            let name = item.properties.get("name").cloned().map(crate::wire::value_json);
            let body = json!({
                "camera": item.id, "fid": item.fid, "name": name, "distance_m": item.distance_m,
                "sees": "unknown", "online": online, "reasons": [why],
            });
            (online, body)
        })
        .collect();
    // What is offline is never first.
    items.sort_by_key(|(online, _)| !online);
    Ok(axum::Json(json!({ "items": items.into_iter().map(|(_, body)| body).collect::<Vec<_>>() })))
}
