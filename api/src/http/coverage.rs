//! How well units cover what people report.

use axum::extract::State;
use axum::http::HeaderMap;
use dispatch::UnitKind;
use patrol::{Coverage, LIMITS_S};
use serde_json::{Value as Json, json};

use super::asked::word;
use super::extract::{Json as Body, position};
use super::isochrones::tried_in;
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::{App, Candidate, Candidates, CoverageAsked, Covered, Sited, SitesAsked, Stand, rfc3339};
use crate::auth::{Caller, policy};
use crate::wire::{CandidateAsk, CoverageAsk, SitesAsk};

/// Things that may be different at once.
const MOST: usize = 100;
/// Places that are named as the worst.
const WORST: usize = 10;
/// Sites that are looked for at once.
const MOST_SITES: usize = 100;
/// Places of which sites are chosen.
const MOST_CANDIDATES: usize = 1_000;

/// The share of the last 90 days' reported incidents of the caller's part of the city that units reach by road within 3, 5
/// and 8 minutes, by hour of the week; what would be different; and where `n` units would cover most. Units count where they
/// stand for who sees them, at their posts for everybody else (`units_at`).
#[utoipa::path(post, path = "/api/v1/coverage", tag = "planning", request_body = CoverageAsk,
    responses((status = 200, description = "`{text, limits_s, units, total, covered, hours, worst, points, points_off_road, from, hours_in, units_at, origin, what_if?, sites?}`", body = Object), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 503, body = ProblemBody)))]
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
    Ok(CoverageAsked {
        kinds,
        stands: what_if.stands.iter().enumerate().map(stand).collect::<Result<_, Problem>>()?,
        away: what_if.away.iter().cloned().collect(),
        closed: tried_in("/what_if/closed", &what_if.closed)?,
        sites: ask.sites.as_ref().map(sites).transpose()?,
    })
}

fn sites(ask: &SitesAsk) -> Result<SitesAsked, Problem> {
    let bad = |pointer: &str, why: String| Problem::at(Code::BadRequest, pointer, why);
    if !(1..=MOST_SITES).contains(&ask.n) {
        return Err(bad("/sites/n", format!("must be 1 to {MOST_SITES}")));
    }
    let within_s = ask.within_s.unwrap_or(300);
    if !LIMITS_S.contains(&within_s) {
        return Err(bad("/sites/within_s", "must be 180, 300 or 480".to_owned()));
    }
    let candidate = |(at, one): (usize, &CandidateAsk)| {
        let wrong = |_| Problem::at(Code::Position, format!("/sites/candidates/{at}"), "that is not a place");
        Ok(Candidate { name: one.name.clone(), position: position(one.lon, one.lat).map_err(wrong)? })
    };
    let candidates = match (&ask.candidates, ask.from.as_deref()) {
        (Some(_), Some(_)) => return Err(bad("/sites/from", "is not given beside candidates".to_owned())),
        (Some(given), None) if !(ask.n..=MOST_CANDIDATES).contains(&given.len()) => {
            let why = format!("must be at least n and at most {MOST_CANDIDATES} places");
            return Err(bad("/sites/candidates", why));
        }
        (Some(given), None) => {
            Candidates::Given(given.iter().enumerate().map(candidate).collect::<Result<_, Problem>>()?)
        }
        (None, None | Some("demand")) => Candidates::Demand,
        (None, Some("posts")) => Candidates::Posts,
        (None, Some(other)) => return Err(bad("/sites/from", format!("{other:?} is not a known word"))),
    };
    let (n, seed, beside_units) = (ask.n, ask.seed.unwrap_or(1), ask.beside_units);
    Ok(SitesAsked { n, seed, candidates, within_s, beside_units })
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
        "hours_in": found.time_zone,
        "units_at": if found.at_posts { "posts" } else { "where they stand" },
        "origin": "reported",
    });
    if let Some(would) = &found.would {
        let places = would
            .places
            .iter()
            .map(|p| json!({"name": p.name, "total": p.total, "before": p.before, "after": p.after}));
        let off_road = found.stands_off_road.iter().map(|unit| {
            let en = format!("{unit} would stand more than 1 km from any road and reaches nothing");
            (en, format!("{unit}距任何道路超过1公里，无法到达任何地点"))
        });
        body["what_if"] = json!({
            "text": would.words().into_iter().chain(off_road).map(said).collect::<Vec<_>>(),
            "covered": would.after.covered,
            "units": would.after.units,
            "gained": would.gained,
            "lost": would.lost,
            "places": places.collect::<Vec<_>>(),
            "unknown": found.unknown,
            "off_road": found.stands_off_road,
        });
    }
    if let Some(sited) = &found.sites {
        body["sites"] = chosen(sited, zh);
    }
    body
}

/// Sites, ready to be the posts of a plan.
fn chosen(sited: &Sited, zh: bool) -> Json {
    let siting = &sited.siting;
    let (en, chinese) = siting.words();
    let named = |(n, site): (usize, &(Candidate, u64))| {
        let (candidate, alone) = site;
        let nameless = || if zh { format!("驻点{}", n + 1) } else { format!("site {}", n + 1) };
        json!({
            "name": candidate.name.clone().unwrap_or_else(nameless),
            "lon": candidate.position.lon(),
            "lat": candidate.position.lat(),
            "alone": alone,
        })
    };
    json!({
        "text": if zh { chinese } else { en },
        "places": sited.sites.iter().enumerate().map(named).collect::<Vec<_>>(),
        "covered": siting.covered,
        "coverable": siting.coverable,
        "total": siting.total,
        "within_s": sited.within_s,
        "candidates": sited.candidates,
        "off_road": sited.off_road,
        "reach": {"total": sited.covers.total, "limits_s": LIMITS_S, "covered": sited.covers.covered},
    })
}

fn worst(now: &Coverage) -> Vec<Json> {
    let place = |p: &patrol::PlaceCover| json!({"name": p.name, "total": p.total, "covered": p.covered});
    now.worst(1, WORST).into_iter().map(place).collect()
}
