//! How long it takes from many places to many others.

use axum::extract::State;
use serde_json::{Value as Json, json};
use spatial::Position;
use spatial::roads::{Bound, OffRoad, Place, Snap, matrix};
use tokio::sync::Mutex;

use super::aside::aside;
use super::extract::Json as Body;
use super::isochrones::{OFF_ROAD_M, profile, tried_all};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, now_ms};
use crate::auth::{Caller, policy};
use crate::wire::MatrixAsk;

/// Starts times ends of one answer: some 600 kB.
const MOST_PAIRS: usize = 40_000;
/// One at a time: a matrix may take seconds, and what is asked at a desk does not wait for it.
static TURN: Mutex<()> = Mutex::const_new(());
/// Farther than this nobody is looked for when the question says nothing, seconds.
const USUAL_S: f64 = 3_600.0;

/// Times and ways by road from each of many places to each of many others, for plans; closures are counted in, and others may be
/// tried.
#[utoipa::path(post, path = "/api/v1/matrix", tag = "operations", request_body = MatrixAsk,
    responses((status = 200, description = "`times_s` and `lengths_m`: a row for each start with a number for each end, null where no way is found within `within_s`; `starts` and `ends`: for each place how far the road is that it stands on (`from_place_m`), or `why` there is none", body = Object), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn between(
    State(app): State<App>,
    caller: Caller,
    Body(ask): Body<MatrixAsk>,
) -> Result<axum::Json<Json>, Problem> {
    let places = |name: &str, given: &[[f64; 2]]| -> Result<Vec<Position>, Problem> {
        let one = |(at, [lon, lat]): (usize, &[f64; 2])| {
            Position::new(*lon, *lat)
                .map_err(|error| Problem::at(Code::Position, format!("/{name}/{at}"), error.to_string()))
        };
        given.iter().enumerate().map(one).collect()
    };
    let (starts, ends) = (places("starts", &ask.starts)?, places("ends", &ask.ends)?);
    for (name, places) in [("/starts", &starts), ("/ends", &ends)] {
        if places.is_empty() {
            return Err(Problem::at(Code::BadRequest, name, "at least one place"));
        }
    }
    let pairs = starts.len() * ends.len();
    if pairs > MOST_PAIRS {
        let why = format!("{pairs} pairs, at most {MOST_PAIRS}: ask part by part");
        return Err(Problem::at(Code::BadRequest, "/ends", why));
    }
    let within_s = ask.within_s.unwrap_or(USUAL_S);
    if !(30.0..=7_200.0).contains(&within_s) {
        return Err(Problem::at(Code::BadRequest, "/within_s", "must be 30 to 7,200 s"));
    }
    let profile = profile(ask.profile.as_deref())?;
    let closures = tried_all(&ask.what_if)?;
    caller.must_be(policy::PLANNING)?;
    let turn = TURN.lock().await;
    let work = move || {
        let _turn = turn;
        let missing = || Problem::new(Code::Unavailable, "the road graph is still being built");
        let network = app.ways.network().ok_or_else(missing)?;
        let overlay = network.overlay_with(&app.ops.desk(), profile, now_ms(), &closures);
        let on_road = |all: &[Position]| -> Vec<Result<Snap, OffRoad>> {
            all.iter().map(|at| network.snap(profile, *at, OFF_ROAD_M)).collect()
        };
        let (starts, ends) = (on_road(&starts), on_road(&ends));
        let roads = network.roads(profile, overlay.as_ref());
        let between = |place: fn(&Snap) -> Option<Place>| {
            let places = |all: &[Result<Snap, OffRoad>]| -> Vec<Option<Place>> {
                all.iter().map(|snap| snap.as_ref().ok().and_then(place)).collect()
            };
            matrix(roads, &places(&starts), &places(&ends), Bound::time(ends.len(), within_s), 1)
        };
        let found = between(|snap| Some(snap.on_largest().0));
        // Between two places of one small piece of the net one does not go by way of the large one.
        let within = between(|snap| snap.apart().map(|(place, _)| place));
        let rows = |cell: &dyn Fn(usize, usize) -> Option<f64>| -> Json {
            (0..starts.len()).map(|start| (0..ends.len()).map(|end| cell(start, end)).collect::<Vec<_>>()).collect()
        };
        Ok(json!({
            "profile": profile.word(),
            "within_s": within_s,
            "times_s": rows(&|start, end| within.time_s(start, end).or_else(|| found.time_s(start, end)).map(tenths)),
            "lengths_m": rows(&|start, end| within.length_m(start, end).or_else(|| found.length_m(start, end)).map(tenths)),
            "starts": starts.iter().map(told).collect::<Vec<_>>(),
            "ends": ends.iter().map(told).collect::<Vec<_>>(),
        }))
    };
    aside("matrix", work).await?.map(axum::Json)
}

fn told(found: &Result<Snap, OffRoad>) -> Json {
    match found {
        Ok(snap) => json!({ "from_place_m": tenths(snap.on_largest().1) }),
        Err(off) => json!({ "why": { "code": "OFF-ROAD", "text": off.to_string() } }),
    }
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
