//! Heat: how densely it happens, in tiles of one scale.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use dispatch::IncidentKind;
use serde::Deserialize;
use tiles::{Theme, heat_legend};
use time::Date;
use time::macros::format_description;
use utoipa::IntoParams;

use super::asked::word;
use super::extract::{Path, Query};
use super::problem::{Code, Problem, ProblemBody, prefers_chinese};
use super::tiles::{answer, coord};
use crate::app::{App, Encoding, Heat, HeatAsked, HeatForm, HeatOf, HeatTile, from_rfc3339};
use crate::auth::Caller;
use crate::wire::{HeatBody, HeatScale, HeatStep};

/// How far a case may be spread, metres. Squares are 200 m, and nothing is shown sharper than it is known.
const RADII_M: std::ops::RangeInclusive<f64> = 250.0..=5_000.0;
/// How far it is when nothing is said.
const USUAL_RADIUS_M: f64 = 500.0;

/// Which heat. A name that is not here is refused.
#[derive(Deserialize, IntoParams, Default)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct HeatQuery {
    /// First day, `YYYY-MM-DD` by the city's clock, or a moment (RFC 3339) of that day; the first that is known when left
    /// out. Incidents only.
    from: Option<String>,
    /// Last day, counted; the last that is over when left out. Incidents only.
    to: Option<String>,
    /// Kinds of incident joined by commas; all when left out. Incidents only.
    kinds: Option<String>,
    /// How far each is spread, 250 to 5000 metres; 500 when left out.
    radius_m: Option<f64>,
    /// `dark` (when left out) or `light`: what the colours are to stand out from.
    theme: Option<String>,
}

/// A tile of heat: `…/{y}.png`, 256 × 256 pixels, or `…/{y}.mvt` with one layer `heat` of 32 × 32 squares (`per_km2`,
/// `share` of the scale in percent). All tiles of the same query have the scale that `/heat/{dataset}.json` tells. Made of
/// squares with at least three incidents of a kind, or of published cells of people.
#[utoipa::path(get, path = "/heat/{dataset}/{z}/{x}/{y}", tag = "map",
    params(("dataset" = String, Path, description = "`incidents` or `people`"), ("z" = String, Path), ("x" = String, Path), ("y" = String, Path, description = "with `.png` or `.mvt`"), HeatQuery),
    responses((status = 200, description = "a picture, or MVT 2.1", content_type = "image/png"), (status = 204, description = "an empty MVT tile"), (status = 304, description = "unchanged"),
        (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn heat_tile(
    State(app): State<App>,
    caller: Caller,
    Path((dataset, z, x, y)): Path<(String, String, String, String)>,
    query: Result<Query<HeatQuery>, Problem>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let of = dataset_of(&dataset)?;
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let (row, is_picture) = match (y.strip_suffix(".png"), y.strip_suffix(".mvt")) {
        (Some(row), _) => (row, true),
        (None, Some(row)) => (row, false),
        (None, None) => return Err(Problem::new(Code::NotFound, "tiles of heat end in .png or .mvt")),
    };
    let coord = coord(&z, &x, row)?;
    let Query(query) = query?;
    let asked = query.asked(&app, of)?;
    let theme = query.theme()?;
    of.in_sight(&caller)?;
    app.looks.glance_at(&caller, "heat", of.word().to_owned()).await?;
    let encoding = if is_picture { Encoding::Identity } else { Encoding::wanted(text(header::ACCEPT_ENCODING)) };
    let form = if is_picture { HeatForm::Picture(theme) } else { HeatForm::Grid(encoding) };
    let held = text(header::IF_NONE_MATCH).map(str::to_owned);
    let tile = app.heat_tile(&caller, HeatTile { asked, coord, form, held }).await?;
    let mut response = answer(tile, encoding);
    if is_picture && response.headers().contains_key(header::CONTENT_TYPE) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    }
    Ok(response)
}

/// The scale of all tiles of a heat, with its legend, and the days and the number behind it: `/heat/incidents.json`.
#[utoipa::path(get, path = "/heat/{file}", tag = "map", params(("file" = String, Path, description = "`incidents.json` or `people.json`"), HeatQuery),
    responses((status = 200, body = HeatBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn heat_scale(
    State(app): State<App>,
    caller: Caller,
    Path(file): Path<String>,
    query: Result<Query<HeatQuery>, Problem>,
    headers: HeaderMap,
) -> Result<axum::Json<HeatBody>, Problem> {
    let name = file.strip_suffix(".json").ok_or_else(|| Problem::new(Code::NotFound, "descriptions end in .json"))?;
    let of = dataset_of(name)?;
    let Query(query) = query?;
    let asked = query.asked(&app, of)?;
    let theme = query.theme()?;
    of.in_sight(&caller)?;
    app.looks.glance_at(&caller, "heat", of.word().to_owned()).await?;
    let heat = app.heat(&caller, &asked).await?;
    Ok(axum::Json(body(&app, &heat, &asked, theme, prefers_chinese(&headers))))
}

fn dataset_of(name: &str) -> Result<HeatOf, Problem> {
    let known = HeatOf::ALL.into_iter().find(|of| of.word() == name);
    known.ok_or_else(|| {
        Problem::new(Code::UnknownLayer, format!("there is heat of incidents and of people, none of {name:?}"))
    })
}

impl HeatQuery {
    fn asked(&self, app: &App, of: HeatOf) -> Result<HeatAsked, Problem> {
        if of == HeatOf::People {
            for (pointer, given) in [("/from", &self.from), ("/to", &self.to), ("/kinds", &self.kinds)] {
                if given.is_some() {
                    return Err(Problem::at(
                        Code::BadRequest,
                        pointer,
                        "people are counted as they are now, all of them",
                    ));
                }
            }
        }
        let radius_m = self.radius_m.unwrap_or(USUAL_RADIUS_M);
        if !RADII_M.contains(&radius_m) {
            return Err(Problem::at(Code::BadRequest, "/radius_m", "must be 250 to 5000 metres"));
        }
        let day =
            |pointer: &str, text: &Option<String>| text.as_deref().map(|text| day(app, pointer, text)).transpose();
        let (from, to) = (day("/from", &self.from)?, day("/to", &self.to)?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Problem::at(Code::BadRequest, "/from", "lies after to"));
        }
        let kinds = self.kinds.as_deref().map(kinds).transpose()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "250 to 5,000")]
        let radius_m = radius_m.round() as u32;
        Ok(HeatAsked { of, from, to, kinds, radius_m })
    }

    fn theme(&self) -> Result<Theme, Problem> {
        let Some(name) = self.theme.as_deref() else { return Ok(Theme::Dark) };
        word("/theme", name, Theme::from_name(name))
    }
}

/// A day by the city's clock, counted from 1970-01-01.
fn day(app: &App, pointer: &str, text: &str) -> Result<i32, Problem> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
    let day = date.map(|date| date.to_julian_day() - EPOCH.to_julian_day());
    let day = day.or_else(|| Some(app.day(from_rfc3339(text)?)));
    day.ok_or_else(|| Problem::at(Code::BadRequest, pointer, format!("{text:?} is not a day (YYYY-MM-DD) or a moment")))
}

const EPOCH: Date = time::macros::date!(1970 - 01 - 01);

fn date(day: i32) -> String {
    let date = EPOCH.to_julian_day().checked_add(day).and_then(|day| Date::from_julian_day(day).ok());
    date.and_then(|date| date.format(format_description!("[year]-[month]-[day]")).ok()).unwrap_or_default()
}

fn kinds(text: &str) -> Result<BTreeSet<IncidentKind>, Problem> {
    text.split(',').map(|name| word("/kinds", name, IncidentKind::from_word(name))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "counts are far below 2^53")]
fn body(app: &App, heat: &Heat, asked: &HeatAsked, theme: Theme, zh: bool) -> HeatBody {
    let field = &heat.field;
    let n = field.total().round() as i64;
    let days = heat.days.and_then(|days| days.asked);
    let known = heat.days.and_then(|days| days.known);
    let counted = days.zip(known).map(|(asked, known)| (asked.1.min(known.1) - asked.0.max(known.0) + 1).max(0));
    let step = |step: tiles::Step| HeatStep {
        per_km2: step.per_km2,
        colour: step.colour,
        opacity: (step.opacity * 100.0).round() / 100.0,
    };
    let of_incidents = asked.of == HeatOf::Incidents;
    let words = |kinds: Vec<IncidentKind>| kinds.into_iter().map(|kind| kind.word().to_owned()).collect::<Vec<_>>();
    let kinds =
        asked.kinds.as_ref().map_or_else(|| IncidentKind::ALL.to_vec(), |kinds| kinds.iter().copied().collect());
    HeatBody {
        dataset: asked.of.word().to_owned(),
        text: sentence(asked, n, counted.unwrap_or(0), field.top(), zh),
        unit: if of_incidents { "incidents/km²" } else { "residents/km²" }.to_owned(),
        tiles: vec![address(asked, theme, "png")],
        grids: vec![address(asked, theme, "mvt")],
        from: days.map(|days| date(days.0)),
        to: days.map(|days| date(days.1)),
        first_day: known.map(|known| date(known.0)),
        last_day: known.map(|known| date(known.1)),
        days: counted.or(of_incidents.then_some(0)),
        days_in: of_incidents.then(|| app.hours.name().to_owned()),
        kinds: of_incidents.then(|| words(kinds)),
        origin: of_incidents.then(|| "reported".to_owned()),
        n,
        told_percent: heat.days.and_then(|days| days.told_percent),
        radius_m: asked.radius_m,
        radius_from_zoom: field.exact_from(256),
        scale: HeatScale {
            top_per_km2: field.top(),
            quantile: spatial::heat::QUANTILE,
            steps: heat_legend(theme, field.top()).into_iter().map(step).collect(),
        },
    }
}

fn sentence(asked: &HeatAsked, n: i64, days: i32, top: f64, zh: bool) -> String {
    let radius = asked.radius_m;
    match (asked.of, zh) {
        (HeatOf::Incidents, false) => {
            format!(
                "{n} reported incidents of {days} days, each spread over {radius} m; the last colour is {top:.1} per km² and more"
            )
        }
        (HeatOf::Incidents, true) => {
            format!("{days}天内群众报警{n}起，每起按{radius}米平滑；最深一级为每平方公里{top:.1}起及以上")
        }
        (HeatOf::People, false) => {
            format!(
                "{n} residents by published cells, each cell spread over {radius} m or its own width; the last colour is {top:.0} per km² and more"
            )
        }
        (HeatOf::People, true) => {
            format!(
                "按已发布统计单元共{n}名居民，每单元按{radius}米或自身宽度平滑；最深一级为每平方公里{top:.0}人及以上"
            )
        }
    }
}

/// The template of the tiles, with all that was asked for.
fn address(asked: &HeatAsked, theme: Theme, ending: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(asked.from.map(|day| ("from", date(day))));
    query.extend_pairs(asked.to.map(|day| ("to", date(day))));
    if let Some(kinds) = &asked.kinds {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        query.append_pair("kinds", &words.join(","));
    }
    query.append_pair("radius_m", &asked.radius_m.to_string());
    if ending == "png" {
        query.append_pair("theme", theme.name());
    }
    format!("/heat/{}/{{z}}/{{x}}/{{y}}.{ending}?{}", asked.of.word(), query.finish())
}
