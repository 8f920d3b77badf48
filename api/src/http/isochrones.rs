//! How far somebody comes in some minutes.

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value as Json, json};
use spatial::Position;
use spatial::roads::{Closure, Effect, Isochrone, Place, Profile, RoadGraph, Roads, Sense, Workspace};

use super::aside::aside;
use super::asked::word;
use super::extract::{Json as Body, position};
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::{App, network, now_ms};
use crate::auth::{Caller, policy};
use crate::wire::{IsochroneAsk, area_json, line_json};

/// Farther from any road than this there is no answer, metres.
pub(super) const OFF_ROAD_M: f64 = 2_000.0;
/// Of two pieces of the net that are no farther from each other than this the larger is taken, metres.
const APART_M: f64 = 50.0;
/// Beside the roads that are reached, metres.
const BESIDE_M: f64 = 40.0;
/// Parts of roads of one answer: some 3 MB.
const MOST_EDGES: usize = 20_000;
/// Closures that may be put on top.
const MOST_WHAT_IF: usize = 20;

/// What can be reached by road in some times, as surfaces or as parts of roads; closures are counted in, and others may be tried.
#[utoipa::path(post, path = "/api/v1/isochrones", tag = "operations", request_body = IsochroneAsk,
    responses((status = 200, description = "`GeoJSON`: one feature a time, the longest first; with `shape: edges` its lines are parts of roads, and `properties.edges` has for each `[fid, reached first after s, reached last after s]`. `why` (`{code, text}`, `CLOSED-IN` or `NO-WAY`) when the place is shut in", body = Object), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn isochrones(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(ask): Body<IsochroneAsk>,
) -> Result<axum::Json<Json>, Problem> {
    let place = position(ask.lon, ask.lat)?;
    let mut seconds = ask.seconds.clone();
    if !(1..=6).contains(&seconds.len()) || seconds.iter().any(|s| !(30.0..=3_600.0).contains(s)) {
        return Err(Problem::at(Code::BadRequest, "/seconds", "must be one to six times of 30 to 3,600 s"));
    }
    seconds.sort_by(|a, b| b.total_cmp(a));
    let profile = profile(ask.profile.as_deref())?;
    let sense = match ask.direction.as_deref().unwrap_or("away") {
        "away" => Sense::Away,
        "toward" => Sense::Toward,
        other => return Err(Problem::at(Code::BadRequest, "/direction", format!("{other:?} is not a known word"))),
    };
    let edges = match ask.shape.as_deref().unwrap_or("area") {
        "area" => false,
        "edges" => true,
        other => return Err(Problem::at(Code::BadRequest, "/shape", format!("{other:?} is not a known word"))),
    };
    let closures = tried_all(&ask.what_if)?;
    caller.must_be(policy::SEE_GROUND)?;
    let zh = prefers_chinese(&headers);
    let work = move || drawn(&app, place, (&seconds, edges), (profile, sense), &closures, zh);
    aside("isochrones", work).await?.map(axum::Json)
}

/// Closures that are only tried.
pub(super) fn tried_all(what_if: &[Json]) -> Result<Vec<Closure>, Problem> {
    if what_if.len() > MOST_WHAT_IF {
        return Err(Problem::at(Code::BadRequest, "/what_if", format!("at most {MOST_WHAT_IF}")));
    }
    tried_in("/what_if", what_if)
}

/// The same of any list, however long.
pub(super) fn tried_in(list: &str, geometries: &[Json]) -> Result<Vec<Closure>, Problem> {
    let closure = |(at, json): (usize, &Json)| {
        let geometry = network::geometry(json);
        let geometry = geometry.map_err(|why| Problem::at(Code::BadRequest, format!("{list}/{at}"), why))?;
        Ok(tried(geometry))
    };
    geometries.iter().enumerate().map(closure).collect()
}

/// The profile that is asked for; an emergency car when none is.
pub(super) fn profile(given: Option<&str>) -> Result<Profile, Problem> {
    let given = given.unwrap_or(Profile::Emergency.word());
    word("/profile", given, Profile::ALL.into_iter().find(|profile| profile.word() == given))
}

/// A closure that is only tried.
fn tried(geometry: geo::Geometry<f64>) -> Closure {
    Closure {
        name: "what_if".to_owned(),
        owner: String::new(),
        geometry,
        profiles: Vec::new(),
        height_m: None,
        weight_t: None,
        from: None,
        until: None,
        effect: Effect::Closed,
    }
}

fn drawn(
    app: &App,
    place: Position,
    (seconds, edges): (&[f64], bool),
    (profile, sense): (Profile, Sense),
    what_if: &[Closure],
    zh: bool,
) -> Result<Json, Problem> {
    let missing = || Problem::new(Code::Unavailable, "the road graph is still being built");
    let network = app.ways.network().ok_or_else(missing)?;
    let now = now_ms();
    let overlay = network.overlay_with(&app.ops.desk(), profile, now, what_if);
    let snap =
        network.snap(profile, place, OFF_ROAD_M).map_err(|off| Problem::at(Code::Invalid, "/lon", format!("{off}")))?;
    // Far inside a piece of its own (behind a bollard) one goes about there, and nowhere else.
    let largest = snap.on_largest();
    let apart = snap.apart().filter(|(_, near_m)| near_m + APART_M < largest.1);
    let (start, distance_m) = apart.unwrap_or(largest);
    let longest = seconds.first().copied().unwrap_or_default();
    let roads = network.roads(profile, overlay.as_ref());
    let (features, shut_in) = app.ways.search(|space| {
        let one = |within_s: f64, reach: &Isochrone| -> Result<Json, Problem> {
            let mut feature = json!({
                "type": "Feature",
                "properties": { "seconds": within_s, "road_m": reach.length_m().round() },
            });
            if edges {
                parts(&mut feature, &network.graph, reach)?;
            } else {
                feature["geometry"] = area_json(&reach.area(&network.graph, BESIDE_M));
            }
            Ok(feature)
        };
        let farthest = space.isochrone(roads, start, sense, longest);
        let shut_in = is_shut_in(space, roads, (start, sense), longest, &farthest);
        let mut features = vec![one(longest, &farthest)?];
        for within_s in seconds.iter().skip(1) {
            features.push(one(*within_s, &space.isochrone(roads, start, sense, *within_s))?);
        }
        Ok::<_, Problem>((features, shut_in))
    })?;
    let at = network.graph.position(start);
    let mut answer = json!({
        "type": "FeatureCollection",
        "features": features,
        "profile": profile.word(),
        "direction": if sense == Sense::Away { "away" } else { "toward" },
        "longest_s": longest,
        "start": at.map(|at| json!({ "lon": at.lon(), "lat": at.lat(), "from_place_m": distance_m })),
    });
    if apart.is_some() {
        answer["why"] = why(None, sense, zh);
    } else if shut_in {
        let closed = overlay.as_ref().map(|overlay| overlay.closures_on(start.edge));
        answer["why"] = why(closed.as_deref(), sense, zh);
    }
    Ok(answer)
}

/// Whether nothing is reached, or closures keep whoever is there from coming as far as the time would allow.
fn is_shut_in(
    space: &mut Workspace,
    roads: Roads<'_>,
    (place, sense): (Place, Sense),
    within_s: f64,
    reach: &Isochrone,
) -> bool {
    let open = Roads { overlay: None, ..roads };
    let closed = reach.is_shut_in() && roads.overlay.is_some();
    reach.spans.is_empty() || (closed && !space.isochrone(open, place, sense, within_s).is_shut_in())
}

/// Why a place is left or reached by nobody: `closed` are the closures that stand on its own road, if any hold at all.
fn why(closed: Option<&[&str]>, sense: Sense, zh: bool) -> Json {
    let (out, into) = (sense == Sense::Away, if zh { "：" } else { ": " });
    let named = closed.filter(|names| !names.is_empty()).map(|names| format!("{into}{}", names.join(", ")));
    let (code, en, chinese) = match (closed, out) {
        (Some(_), true) => {
            ("CLOSED-IN", "closures shut the place in, nobody gets away from it", "该地点被封闭路段围住，无法驶离")
        }
        (Some(_), false) => {
            ("CLOSED-IN", "closures shut the place in, nobody gets there", "该地点被封闭路段围住，无法到达")
        }
        (None, true) => {
            ("NO-WAY", "no road leads from the place to the rest of the net", "没有道路从该地点通往其余路网")
        }
        (None, false) => {
            ("NO-WAY", "no road leads to the place from the rest of the net", "没有道路从其余路网通往该地点")
        }
    };
    json!({ "code": code, "text": format!("{}{}", if zh { chinese } else { en }, named.unwrap_or_default()) })
}

/// The parts of roads that are reached; a road that is reached from both ends has two.
fn parts(feature: &mut Json, graph: &RoadGraph, reach: &Isochrone) -> Result<(), Problem> {
    let count = reach.spans.len();
    if count > MOST_EDGES {
        let why =
            format!("{} s reach {count} parts of roads, at most {MOST_EDGES}: take a shorter time", reach.within_s);
        return Err(Problem::at(Code::Invalid, "/seconds", why));
    }
    let lines: Vec<Json> =
        reach.spans.iter().map(|span| line_json(&reach.line(graph, span))["coordinates"].take()).collect();
    let told = reach.spans.iter().map(|span| {
        let fid = graph.facts(span.edge).map(|facts| facts.fid);
        json!([fid, f64::from(span.near_ms) / 1_000.0, f64::from(span.far_ms) / 1_000.0])
    });
    feature["properties"]["edges"] = told.collect();
    feature["geometry"] = json!({"type": "MultiLineString", "coordinates": lines});
    Ok(())
}
