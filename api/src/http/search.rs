//! Search: from what somebody says to a place.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Query, position};
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use crate::app::{App, NotSearched};
use crate::auth::{Caller, policy};
use crate::wire::SearchBody;

/// Longest text that is looked for, characters.
const LONGEST: usize = 80;
/// Most answers, and how many there are when nobody says.
const MOST: usize = 20;
const USUAL: usize = 10;

/// What is looked for, from where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// What was said or typed: 1 to 80 characters. Names, codes, addresses, crossings (`人民路解放路口`, `corner of A and B`),
    /// kilometres (`G15 1823公里 往北`), bridges with a direction; in characters, pinyin, initials, English.
    q: String,
    /// Longitude of where the caller looks, WGS84 degrees: what is near comes first. Together with `lat`.
    lon: Option<f64>,
    /// Latitude of where the caller looks.
    lat: Option<f64>,
    /// Instead of `lon` and `lat`, what the map shows: `west,south,east,north` in degrees.
    bbox: Option<String>,
    /// Most answers, 1 to 20; 10 when left out.
    limit: Option<usize>,
}

/// Places, addresses, streets and crossings, enterprises, cameras, divisions, units and incidents by what people call them:
/// the likeliest first, by how sure it is and how near. What is out of the caller's sight is not found. Persons, telephone
/// numbers and number plates are not searched for (422 `NOT-SEARCHED`).
#[utoipa::path(get, path = "/api/v1/search", tag = "map", params(SearchQuery),
    responses((status = 200, body = SearchBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn search(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    ask: Result<Query<SearchQuery>, Problem>,
) -> Result<axum::Json<SearchBody>, Problem> {
    let Query(ask) = ask?;
    let text = ask.q.trim();
    if text.is_empty() || ask.q.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(Problem::at(Code::BadRequest, "/q", format!("must be a text of 1 to {LONGEST} characters")));
    }
    let limit = ask.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::at(Code::BadRequest, "/limit", format!("must be 1 to {MOST}")));
    }
    let near = near(&ask)?;
    caller.must_be(policy::SEARCHERS)?;
    if let Some(what) = spatial::search::refused(text) {
        // The text itself is not written down: it is what must not be kept.
        app.looks.refused(&caller, "search", "persons", what.to_owned()).await?;
        return Err(Problem::at(Code::NotSearched, "/q", format!("it asks for {what}")));
    }
    let found = app.search(&caller, text.to_owned(), near, limit).await.map_err(|why| match why {
        NotSearched::NotYet => Problem::new(Code::Unavailable, "the search index is still being built"),
        NotSearched::Busy => Problem::new(Code::Unavailable, "too many search just now; ask again"),
        NotSearched::Broken => Problem::new(Code::Internal, "this has been logged"),
    })?;
    let count = i64::try_from(found.answer.hits.len()).ok();
    let objects = found.answer.hits.iter().map(|hit| format!("{} {}", hit.kind.word(), hit.id)).collect();
    app.looks.look(&caller, "search", "places", objects, Some(text.to_owned()), count).await?;
    Ok(axum::Json(SearchBody::of(&found, prefers_chinese(&headers))))
}

/// The place that the caller looks at: the given one, or the middle of the given box.
fn near(ask: &SearchQuery) -> Result<Option<spatial::Position>, Problem> {
    match (ask.lon, ask.lat, ask.bbox.as_deref()) {
        (Some(lon), Some(lat), None) => position(lon, lat).map(Some),
        (None, None, Some(text)) => {
            let wrong = || Problem::at(Code::BadRequest, "/bbox", "must be west,south,east,north in degrees");
            let numbers: Vec<f64> = text.split(',').filter_map(|n| n.trim().parse().ok()).collect();
            let &[west, south, east, north] = numbers.as_slice() else { return Err(wrong()) };
            let bounds = spatial::Bounds::new(west, south, east, north).ok_or_else(wrong)?;
            position(bounds.west.midpoint(bounds.east), bounds.south.midpoint(bounds.north)).map(Some)
        }
        (None, None, None) => Ok(None),
        (Some(_), Some(_), Some(_)) => Err(Problem::at(Code::BadRequest, "/bbox", "give either lon and lat, or bbox")),
        _ => Err(Problem::at(Code::BadRequest, "/lat", "lon and lat go together")),
    }
}
