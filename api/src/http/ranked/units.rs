//! Units that could go to an incident.

use axum::extract::State;
use axum::http::HeaderMap;
use dispatch::Incident;
use dispatch::recommend::{Blocked, Candidate, Leaves, Row, Way, WhyNot};
use serde::{Deserialize, Serialize};
use spatial::Position;
use utoipa::{IntoParams, ToSchema};

use super::how_many;
use super::left::{LeavesBody, MoveUpBody};
use super::said::Reason;
use crate::app::ops::IncidentSight;
use crate::app::{App, Carriageway, Recommended, UnitsAsked};
use crate::auth::{Caller, Refusal, policy};
use crate::http::aside::aside;
use crate::http::extract::{Path, Query};
use crate::http::incidents::in_sight;
use crate::http::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::wire::line_json;

/// Highest alarm level.
const HIGHEST_LEVEL: u8 = 9;

/// Which units are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct UnitsQuery {
    /// How many rows, 1 to 50; 5 when left out. Those proposed are always among them.
    k: Option<usize>,
    /// Why is this unit not proposed?
    why: Option<String>,
    /// Up to which alarm level of the response plan, 1 to 9; 1 when left out.
    level: Option<u8>,
}

/// A unit that could go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RankedUnit {
    /// Its id.
    unit: String,
    /// Its epoch: what an order is compared with.
    unit_epoch: u64,
    /// What it is called on the radio.
    call_sign: String,
    /// What kind.
    kind: &'static str,
    /// Its place among those that can be sent, from 1; absent when something stands in its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<u32>,
    /// The need of the response plan that it is proposed for.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_for: Option<String>,
    /// From its last position to the middle of the place, seconds; absent when it has no way.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_s: Option<f64>,
    /// Earliest and latest, seconds: the age of the position and the doubt of the place are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_range_s: Option<[u32; 2]>,
    /// Length of the way, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    road_m: Option<u32>,
    /// Straight distance, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    straight_m: Option<u32>,
    /// How bound it is.
    availability: &'static str,
    /// Age of its position, seconds; absent when it never reported and its post is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    position_age_s: Option<u32>,
    /// Why it stands where it stands, or what stands in its way.
    reasons: Vec<Reason>,
    /// What it would leave uncovered if it went alone; absent where that is not reckoned.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves: Option<LeavesBody>,
    /// The way of one that is proposed, as a `GeoJSON` line; none for who comes in a straight line or is there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    route: Option<serde_json::Value>,
}

/// One of several roads that a rough place may be on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CarriagewayBody {
    /// The road's number in tiles.
    fid: u64,
    /// Its name.
    name: Option<String>,
    /// Its class.
    class: &'static str,
    /// Where traffic goes, degrees clockwise from north; absent where it goes both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading_deg: Option<f64>,
    /// On a bridge.
    bridge: bool,
    /// In a tunnel.
    tunnel: bool,
    /// Level over or under the ground.
    level: i8,
    /// From the middle of the place, metres.
    distance_m: f64,
    /// Which unit would be there first.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_unit: Option<String>,
    /// After how many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_eta_s: Option<f64>,
}

/// A unit that was sent and is not there yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnderWay {
    /// Its id.
    unit: String,
    /// What it is called on the radio.
    call_sign: String,
    /// Its order.
    assignment: String,
    /// From its last position to the middle of the place, with what is closed just now, seconds; absent when it has no
    /// way.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_s: Option<f64>,
    /// Earliest and latest, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_range_s: Option<[u32; 2]>,
    /// Length of the way, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    road_m: Option<u32>,
    /// Age of its position, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    position_age_s: Option<u32>,
    /// Why it cannot come.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Reason>,
}

/// Units that could go, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RankedUnits {
    /// Names what was answered: the `basis.recommendation` of an order that follows it.
    recommendation: String,
    /// The place in the log that it rests on: the `basis.seq` of an order that follows it.
    seq: u64,
    /// Version of the response plans that it follows.
    plans_version: u32,
    /// The first unit should be there within so many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_s: Option<u32>,
    /// The first need that stays open, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortfall: Option<Reason>,
    /// All needs that stay open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shortfalls: Vec<Reason>,
    /// Those proposed, then others that could go, best first, then the one that was asked about.
    items: Vec<RankedUnit>,
    /// Why the unit that was asked about is not proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Reason>,
    /// Units that were sent and are not there yet, with when they will be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    under_way: Vec<UnderWay>,
    /// Roads that a rough place may be on, where there are several: bridge and road below, both carriageways.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    carriageways: Vec<CarriagewayBody>,
    /// How many other roads lie in the place, farther from its middle than these; those of one name are one.
    #[serde(skip_serializing_if = "is_none")]
    carriageways_more: usize,
    /// Why another road point stands for the middle of a rough place: the middle is closed or shut in, or has no road near
    /// it. Times to the middle are to that point.
    #[serde(skip_serializing_if = "Option::is_none")]
    middle: Option<Reason>,
    /// Roads of a rough place that cannot be reached from the rest of it (closed in, or not joined to it): no time is about
    /// them.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut_off: Option<Reason>,
    /// Closures that hold now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    closures: Vec<String>,
    /// What those proposed would leave uncovered together, service by service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leaves: Vec<LeavesBody>,
    /// Where they leave a gap: which free unit could move where, and what that restores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    move_up: Vec<MoveUpBody>,
    /// How long ago units stood as `leaves` and `move_up` are reckoned by, seconds; who is bound since then is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves_age_s: Option<i64>,
}

/// Units that could go to an incident, those first that the response plan proposes: by road, with reasons.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/units", tag = "operations", params(("id" = String, Path), UnitsQuery),
    responses((status = 200, body = RankedUnits), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn ranked_units(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    ask: Result<Query<UnitsQuery>, Problem>,
    headers: HeaderMap,
) -> Result<axum::Json<RankedUnits>, Problem> {
    let view = in_sight(&app, &caller, &id)?;
    let Query(ask) = ask?;
    let k = how_many(ask.k, super::UNITS)?;
    let level = ask.level.unwrap_or(1);
    if !(1..=HIGHEST_LEVEL).contains(&level) {
        return Err(Problem::at(Code::BadRequest, "/level", format!("must be 1 to {HIGHEST_LEVEL}")));
    }
    if ask.why.as_deref().is_some_and(|unit| unit.trim().is_empty()) {
        return Err(Problem::at(Code::BadRequest, "/why", "must name a unit"));
    }
    if view.sight != IncidentSight::Exact {
        return Err(Refusal::Role.into());
    }
    caller.must_be(policy::COMMANDERS)?;
    app.looks.glance_at(&caller, "rank", "units".to_owned()).await?;
    let zh = prefers_chinese(&headers);
    let asked = UnitsAsked { level, why: ask.why };
    Ok(axum::Json(units_json(app, caller, view.incident, asked, k, zh).await?))
}

/// Ranks and writes the answer, off the threads that answer others.
pub(crate) async fn units_json(
    app: App,
    caller: Caller,
    incident: std::sync::Arc<Incident>,
    asked: UnitsAsked,
    k: usize,
    zh: bool,
) -> Result<RankedUnits, Problem> {
    let Some(place) = incident.location.position else { return Ok(nowhere(&app, zh)) };
    aside("units", move || body(&app, &caller, &incident, (place, k), &asked, zh)).await
}

fn nowhere(app: &App, zh: bool) -> RankedUnits {
    let shortfall = Reason::new(zh, "NOT-LOCATED", ("the incident has no place yet", "警情尚未定位"));
    RankedUnits {
        recommendation: String::new(),
        seq: app.ops.desk().seq(),
        plans_version: app.ops.desk().plans().version,
        target_s: None,
        shortfall: Some(shortfall.clone()),
        shortfalls: vec![shortfall],
        items: Vec::new(),
        why: None,
        under_way: Vec::new(),
        carriageways: Vec::new(),
        carriageways_more: 0,
        middle: None,
        cut_off: None,
        closures: Vec::new(),
        leaves: Vec::new(),
        move_up: Vec::new(),
        leaves_age_s: None,
    }
}

fn body(
    app: &App,
    caller: &Caller,
    incident: &Incident,
    (place, k): (Position, usize),
    asked: &UnitsAsked,
    zh: bool,
) -> RankedUnits {
    let found = app.recommend(caller, incident, place, asked);
    let recommendation = &found.recommendation;
    let proposed = recommendation.picks().count();
    let shown = |(at, row): &(usize, &Row)| {
        let why = asked.why.as_deref() == Some(row.candidate.unit.as_str());
        why || (*at < k.max(proposed) && row.rank.is_some())
    };
    let rows = recommendation.rows.iter().enumerate().filter(shown);
    let shortfalls: Vec<Reason> =
        recommendation.shortfall.iter().map(|open| Reason::new(zh, "NEED-OPEN", open.words())).collect();
    let why = asked.why.as_deref().map(|unit| {
        let why = recommendation.why_not(&found.plans, unit);
        let unseen = why == WhyNot::NotCompared && app.unit(caller, unit).is_err();
        let why = if unseen { WhyNot::NotKnown } else { why };
        Reason::of(zh, &why, why.words())
    });
    let together = |leaves: &Leaves| LeavesBody::of(leaves, zh).at(found.left.get(&leaves.service));
    RankedUnits {
        recommendation: app.advice.keep(recommendation.clone()),
        seq: found.seq,
        plans_version: recommendation.plans_version,
        target_s: recommendation.target_s,
        shortfall: shortfalls.first().cloned(),
        items: rows.map(|(_, row)| item(row, &found, zh)).collect(),
        shortfalls,
        why,
        under_way: found.under_way.iter().map(|(order, coming)| under_way(order, coming, &found, zh)).collect(),
        carriageways: found.sides.carriageways.iter().map(carriageway).collect(),
        carriageways_more: found.sides.more,
        middle: found.sides.aside.map(|aside| Reason::new(zh, aside.code(), aside.words())),
        cut_off: cut_off(&found, zh),
        closures: found.closures.clone(),
        leaves: recommendation.leaves.iter().map(together).collect(),
        move_up: recommendation.move_ups.iter().map(|moved| MoveUpBody::of(moved, zh)).collect(),
        leaves_age_s: found.left_age_s,
    }
}

fn under_way(order: &str, coming: &Candidate, found: &Recommended, zh: bool) -> UnderWay {
    let travel = coming.travel();
    let why = match coming.way {
        Way::Found(_) => None,
        Way::Not(why) => Some(Blocked::NoWay { why }),
    };
    UnderWay {
        unit: coming.unit.clone(),
        call_sign: coming.call_sign.clone(),
        assignment: order.to_owned(),
        eta_s: eta_s(coming, found),
        eta_range_s: travel.map(|travel| [travel.best_s, travel.worst_s]),
        road_m: travel.map(|travel| travel.road_m),
        position_age_s: coming.seen.age_s,
        why: why.map(|why| Reason::of(zh, &why, why.words())),
    }
}

/// To the middle of the place, to a tenth of a second; none for who has no way.
fn eta_s(candidate: &Candidate, found: &Recommended) -> Option<f64> {
    let middle_s = candidate.travel().and(found.middle_s.get(&candidate.unit))?;
    Some((middle_s * 10.0).round() / 10.0)
}

fn item(row: &Row, found: &Recommended, zh: bool) -> RankedUnit {
    let candidate = &row.candidate;
    let travel = candidate.travel();
    let blocked = row.blocked.iter().map(|blocked| Reason::of(zh, blocked, blocked.words()));
    let mut reasons: Vec<Reason> = blocked.collect();
    reasons.extend(row.reasons.iter().map(|reason| Reason::of(zh, reason, reason.words())));
    if found.straight {
        let words = ("by straight line times 1.4: there are no roads yet", "道路数据未就绪，按直线距离乘1.4估算");
        reasons.push(Reason::new(zh, "STRAIGHT-LINE", words));
    }
    RankedUnit {
        unit: candidate.unit.clone(),
        unit_epoch: candidate.unit_epoch,
        call_sign: candidate.call_sign.clone(),
        kind: candidate.kind.word(),
        rank: row.rank,
        proposed_for: row.pick.as_ref().map(|pick| pick.need.clone()),
        eta_s: eta_s(candidate, found),
        eta_range_s: travel.map(|travel| [travel.best_s, travel.worst_s]),
        road_m: travel.map(|travel| travel.road_m),
        straight_m: travel.map(|travel| travel.straight_m),
        availability: candidate.availability.word(),
        position_age_s: candidate.seen.age_s,
        reasons,
        leaves: row.leaves.as_ref().map(|leaves| LeavesBody::of(leaves, zh)),
        route: found.routes.get(&candidate.unit).map(line_json),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// What is said of roads that no time is about; nothing of less than a metre.
fn cut_off(found: &Recommended, zh: bool) -> Option<Reason> {
    let metres = found.sides.cut_off_m.round();
    let words = (
        format!("{metres} m of road inside the place cannot be reached from the rest of it; no time is about them"),
        format!("该范围内有{metres}米道路无法从其余道路到达，到达时间不含这些路段"),
    );
    (metres >= 1.0).then(|| Reason::new(zh, "CUT-OFF", words))
}

fn carriageway(way: &Carriageway) -> CarriagewayBody {
    let strand = &way.strand;
    CarriagewayBody {
        fid: strand.fid,
        name: strand.name.clone(),
        class: strand.class.word(),
        heading_deg: strand.heading_deg.map(f64::round),
        bridge: strand.bridge,
        tunnel: strand.tunnel,
        level: strand.level,
        distance_m: strand.distance_m,
        first_unit: way.first.as_ref().map(|(unit, _)| unit.clone()),
        first_eta_s: way.first.as_ref().map(|(_, seconds)| *seconds),
    }
}
