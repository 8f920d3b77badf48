//! How well units cover what people report.

use axum::extract::State;
use axum::http::HeaderMap;
use dispatch::UnitKind;
use patrol::{Coverage, LIMITS_S};
use serde_json::{Value as Json, json};

use super::asked::word;
use super::extract::{Json as Body, position};
use super::isochrones::tried;
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::{App, CoverageAsked, Covered, Stand, network, rfc3339};
use crate::auth::{Caller, policy};
use crate::wire::CoverageAsk;

/// Things that may be different at once.
const MOST: usize = 100;
/// Places that are named as the worst.
const WORST: usize = 10;

/// The share of the last 90 days' reported incidents of the caller's part of the city that units reach by road within 3, 5
/// and 8 minutes from where they stand, by hour of the week; what would be different; and where `n` units would cover most.
#[utoipa::path(post, path = "/api/v1/coverage", tag = "planning", request_body = CoverageAsk,
    responses((status = 200, description = "`{text, covered, total, hours, worst, what_if?, sites?}`", body = Object), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn coverage(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(ask): Body<CoverageAsk>,
) -> Result<axum::Json<Json>, Problem> {
    let asked = asked(&ask)?;
    caller.must_be(policy::PLANNING)?;
    app.looks.glance_at(&caller, "coverage", "incidents,units".to_owned()).await?;
    let found = app.coverage(&caller, asked).await.map_err(|error| {
        tracing::error!(%error, "coverage could not be reckoned");
        Problem::new(Code::Unavailable, "the past could not be read")
    })?;
    let missing = || Problem::new(Code::Unavailable, "the road graph is still being built");
    Ok(axum::Json(body(&found.ok_or_else(missing)?, prefers_chinese(&headers))))
}

fn asked(ask: &CoverageAsk) -> Result<CoverageAsked, Problem> {
    let kind = |(at, given): (usize, &String)| word(&format!("/kinds/{at}"), given, UnitKind::from_word(given));
    let kinds = match &ask.kinds {
        Some(kinds) => kinds.iter().enumerate().map(kind).collect::<Result<_, _>>()?,
        None => [UnitKind::PoliceVehicle, UnitKind::PoliceMotorcycle].into(),
    };
    let what_if = ask.what_if.clone().unwrap_or_default();
    let many = what_if.stands.len() + what_if.away.len() + what_if.closed.len();
    if many > MOST {
        return Err(Problem::at(Code::BadRequest, "/what_if", format!("at most {MOST} differences")));
    }
    let stand = |(at, stand): (usize, &crate::wire::StandAsk)| {
        let bad = |_| Problem::at(Code::Position, format!("/what_if/stands/{at}"), "that is not a place");
        Ok(Stand { unit: stand.unit.clone(), position: position(stand.lon, stand.lat).map_err(bad)? })
    };
    let closed = |(at, json): (usize, &Json)| {
        let geometry = network::geometry(json);
        let geometry = geometry.map_err(|why| Problem::at(Code::BadRequest, format!("/what_if/closed/{at}"), why))?;
        Ok(tried(geometry))
    };
    let sites = match &ask.sites {
        Some(sites) if !(1..=100).contains(&sites.n) => {
            return Err(Problem::at(Code::BadRequest, "/sites/n", "must be 1 to 100"));
        }
        sites => sites.as_ref().map(|sites| (sites.n, sites.seed.unwrap_or(1))),
    };
    Ok(CoverageAsked {
        kinds,
        stands: what_if.stands.iter().enumerate().map(stand).collect::<Result<_, Problem>>()?,
        away: what_if.away.iter().cloned().collect(),
        closed: what_if.closed.iter().enumerate().map(closed).collect::<Result<_, Problem>>()?,
        sites,
    })
}

fn body(found: &Covered, zh: bool) -> Json {
    let said = |(en, chinese): (String, String)| if zh { chinese } else { en };
    let now = &found.now;
    let mut body = json!({
        "text": said(now.words()),
        "limits_s": LIMITS_S,
        "units": now.units,
        "total": now.total,
        "covered": now.covered,
        "hours": now.hours.iter().map(|hour| json!({"total": hour.total, "covered": hour.covered})).collect::<Vec<_>>(),
        "worst": worst(now),
        "points": found.points,
        "points_off_road": found.off_road,
        "from": rfc3339(found.from_ms),
        "origin": "reported",
    });
    if let Some(would) = &found.would {
        let places = would
            .places
            .iter()
            .map(|p| json!({"name": p.name, "total": p.total, "before": p.before, "after": p.after}));
        body["what_if"] = json!({
            "text": would.words().into_iter().map(said).collect::<Vec<_>>(),
            "covered": would.after.covered,
            "units": would.after.units,
            "gained": would.gained,
            "lost": would.lost,
            "places": places.collect::<Vec<_>>(),
            "unknown": found.unknown,
        });
    }
    if let Some(sited) = &found.sites {
        body["sites"] = json!({
            "places": sited.places.iter().map(|at| json!({"lon": at.lon(), "lat": at.lat()})).collect::<Vec<_>>(),
            "covered": sited.siting.covered,
            "coverable": sited.siting.coverable,
            "total": sited.siting.total,
            "within_s": LIMITS_S.get(1),
        });
    }
    body
}

fn worst(now: &Coverage) -> Vec<Json> {
    let place = |p: &patrol::PlaceCover| json!({"name": p.name, "total": p.total, "covered": p.covered});
    now.worst(1, WORST).into_iter().map(place).collect()
}
