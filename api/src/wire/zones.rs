//! Evacuation and cordon zones.

use dispatch::{KnownCondition, Mark, Zone, ZoneState};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::items::{cells_json, round7};
use crate::app::{BuildingCount, Exit, PeopleSum, Resource, Site, ZoneFound, ZonePeople, rfc3339};

/// A circle.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CircleAsk {
    /// Longitude of the middle, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// Metres, more than 0.
    pub radius_m: f64,
}

/// A wind that somebody says by hand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneWindAsk {
    /// Where it comes from, degrees clockwise from north, from 0 to below 360.
    pub from_deg: f64,
    /// By whose word; the caller's when left out.
    #[serde(default)]
    pub source: Option<String>,
}

/// A cone down the wind.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConeAsk {
    /// Longitude of the source, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// How far down the wind, metres.
    pub length_m: f64,
    /// Half the opening, degrees; 26.6 when left out: at its end the cone is as wide as it is long.
    #[serde(default)]
    pub half_angle_deg: Option<f64>,
    /// Radius about the source that is cleared whatever the wind does, metres; none when left out.
    #[serde(default)]
    pub isolation_m: Option<f64>,
    /// The wind; when left out the newest condition `wind` with `from_deg` of the city or of a division that the source lies
    /// in.
    #[serde(default)]
    pub wind: Option<ZoneWindAsk>,
}

/// A zone as it is asked for: one of `circle`, `cone` and `polygon`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneAsk {
    /// The open incident that it belongs to; not needed to draw one anew.
    #[serde(default)]
    pub incident: Option<String>,
    /// `evacuation` (when left out) or `cordon`.
    #[serde(default)]
    pub purpose: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// Around a place.
    #[serde(default)]
    pub circle: Option<CircleAsk>,
    /// Down the wind.
    #[serde(default)]
    pub cone: Option<ConeAsk>,
    /// By hand: a `GeoJSON` `Polygon` or `MultiPolygon`, WGS84 degrees.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub polygon: Option<Json>,
}

/// What became of a building.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkAsk {
    /// `told`, `left`, `refused`; `open` takes a word back.
    pub mark: String,
    /// When, RFC 3339; now when left out.
    #[serde(default)]
    pub at: Option<String>,
}

/// The wind that a cone follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneWindBody {
    /// Where it comes from, degrees clockwise from north.
    from_deg: f64,
    /// Of which part of the city it was said; absent for a wind of the whole city, and for one by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// By whose word.
    source: String,
    /// When it was so.
    at: String,
    /// How long ago, seconds.
    age_s: i64,
    /// Older than half an hour: ask again, and draw the cone anew.
    old: bool,
    /// In the asker's language.
    text: String,
}

/// A building of which something is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkBody {
    /// Its number in tiles.
    pub building: String,
    /// `told`, `left` or `refused`.
    pub mark: &'static str,
    /// Who said so.
    pub by: String,
    /// When, by their word.
    pub at: String,
}

/// A zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneBody {
    /// Its id.
    pub id: String,
    /// Its incident.
    pub incident: String,
    /// `evacuation` or `cordon`.
    pub purpose: &'static str,
    /// Why.
    pub reason: String,
    /// `circle`, `cone` or `drawn`.
    pub shape: &'static str,
    /// The outline, a `GeoJSON` `MultiPolygon`.
    #[schema(value_type = Object)]
    pub geometry: Json,
    /// The wind that a cone follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wind: Option<ZoneWindBody>,
    /// Who drew it last.
    pub by: String,
    /// When.
    pub at: String,
    /// Buildings of which something is known.
    pub marks: Vec<MarkBody>,
    /// Who and what lies in it; only where one zone is asked for.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub found: serde_json::Map<String, Json>,
}

/// Zones in the caller's sight.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneList {
    /// By id.
    pub zones: Vec<ZoneBody>,
}

fn choose<T>(zh: bool, en: T, chinese: T) -> T {
    if zh { chinese } else { en }
}

impl ZoneBody {
    /// As it stands at a moment.
    pub fn of(state: &ZoneState, now_ms: i64, zh: bool) -> Self {
        let zone = &state.zone;
        let wind = zone.shape.wind().map(|wind| {
            let age_s = (now_ms - wind.at_ms).max(0) / 1_000;
            let old = now_ms - wind.at_ms > Zone::OLD_WIND_MS;
            let (deg, source, minutes) = (wind.from_deg, &wind.source, age_s / 60);
            let subject = Some(wind.subject.clone()).filter(|subject| !subject.is_empty());
            let (en_at, zh_at) = subject.as_ref().map_or_else(Default::default, |at| (format!(" at {at}"), at.clone()));
            let (en_old, zh_old) = if old { (": ask for a newer one", "，请更新风向") } else { ("", "") };
            let text = choose(
                zh,
                format!("wind{en_at} from {deg}° by {source}, {minutes} min ago{en_old}"),
                format!("{zh_at}风向{deg}°（{source}，{minutes}分钟前{zh_old}）"),
            );
            ZoneWindBody { from_deg: deg, subject, source: source.clone(), at: rfc3339(wind.at_ms), age_s, old, text }
        });
        let marks = state.marks.iter().map(|(building, said)| MarkBody {
            building: building.clone(),
            mark: said.mark.word(),
            by: said.by.clone(),
            at: rfc3339(said.at_ms),
        });
        Self {
            id: zone.id.clone(),
            incident: zone.incident.clone(),
            purpose: zone.purpose.word(),
            reason: zone.reason.clone(),
            shape: zone.shape.word(),
            geometry: zone.geometry.clone(),
            wind,
            by: state.by.clone(),
            at: rfc3339(state.at_ms),
            marks: marks.collect(),
            found: serde_json::Map::new(),
        }
    }

    /// With who and what lies in it.
    #[must_use]
    pub fn with(mut self, state: &ZoneState, found: &ZoneFound, zh: bool) -> Self {
        let (people, buildings) = people_json(&found.people, zh);
        let exit = |exit: &Exit| {
            json!({
                "fid": exit.fid, "name": exit.name, "class": exit.class, "cars": exit.cars,
                "lon": round7(exit.position.lon()), "lat": round7(exit.position.lat()),
            })
        };
        let site = |site: &Site| {
            json!({
                "fid": site.fid, "kind": site.kind, "name": site.name,
                "lon": round7(site.position.lon()), "lat": round7(site.position.lat()),
            })
        };
        let mut fields = json!({
            "area_m2": found.area_m2.round(),
            "people": people,
            "sites": found.sites.iter().map(site).collect::<Vec<_>>(),
            "sites_more": found.more_sites,
            "exits": found.exits.iter().map(exit).collect::<Vec<_>>(),
            "exits_more": found.more_exits,
            "shelters": found.shelters.iter().map(resource_json).collect::<Vec<_>>(),
            "progress": progress_json(state),
        });
        if let Some(buildings) = buildings {
            fields["buildings"] = json!(buildings.iter().map(|one| building_json(state, one)).collect::<Vec<_>>());
        }
        if let Json::Object(fields) = fields {
            self.found = fields;
        }
        self
    }
}

/// How many buildings were told, left, refused.
fn progress_json(state: &ZoneState) -> Json {
    let count = |mark: Mark| state.marks.values().filter(|said| said.mark == mark).count();
    json!({"told": count(Mark::Told), "left": count(Mark::Left), "refused": count(Mark::Refused)})
}

fn building_json(state: &ZoneState, one: &BuildingCount) -> Json {
    let said = one.fid.and_then(|fid| state.marks.get(&fid.to_string()));
    let mark = said.map_or(Mark::Open, |said| said.mark).word();
    json!({
        "building": one.fid.map(|fid| fid.to_string()), "name": one.name, "address": one.address, "mark": mark,
        "lon": round7(one.position.lon()), "lat": round7(one.position.lat()),
        "registered": one.residents, "need_help": one.need_help, "homes": one.homes, "homes_not_shown": one.not_shown,
    })
}

/// People in words and numbers, and the buildings where the caller is told of them. Never a blank: what is not known is
/// said to be not known.
fn people_json(people: &ZonePeople, zh: bool) -> (Json, Option<&[BuildingCount]>) {
    let said = |code: &str, en: String, chinese: String| json!({"code": code, "text": choose(zh, en, chinese)});
    match people {
        ZonePeople::Buildings(found) => {
            let (n, help, hidden) = (found.residents, found.need_help, found.not_shown);
            let mut body = if n == 0 && found.homes == 0 {
                said(
                    "ZONE-NOTHING-REGISTERED",
                    format!(
                        "nobody is registered here, which does not say that nobody is here; {hidden} homes are known"
                    ),
                    format!("区内无登记人口，不代表无人；另有{hidden}处房屋未登记"),
                )
            } else {
                said(
                    "ZONE-REGISTERED",
                    format!(
                        "about {n} registered, {help} need help, plus {hidden} homes of which nothing is registered"
                    ),
                    format!("登记约{n}人，需协助{help}人，另有{hidden}处房屋未登记"),
                )
            };
            body["basis"] = json!("buildings");
            body["registered"] = json!(n);
            body["need_help"] = json!(help);
            body["homes"] = json!(found.homes);
            body["homes_not_shown"] = json!(hidden);
            body["buildings_more"] = json!(found.more);
            (body, Some(found.buildings.as_slice()))
        }
        ZonePeople::Cells { sum, waiting } => (cells(sum, *waiting, &said), None),
        ZonePeople::Nothing => {
            let mut body = said(
                "ZONE-NOT-YOURS",
                "your role is not told how many people live here".to_owned(),
                "您的角色不显示人口数量".to_owned(),
            );
            body["basis"] = json!("none");
            (body, None)
        }
    }
}

fn cells(sum: &PeopleSum, waiting: bool, said: &dyn Fn(&str, String, String) -> Json) -> Json {
    let help = |known: &str, unknown: &str| sum.need_help.map_or_else(|| unknown.to_owned(), |n| format!("{n}{known}"));
    let mut body = match sum.residents {
        None => said(
            "ZONE-FEW",
            "too few people are registered around here for a number; that does not say that nobody is here".to_owned(),
            "周边登记人口过少，不显示数量，不代表无人".to_owned(),
        ),
        Some(n) if waiting => said(
            "ZONE-READING",
            format!("counts by building are still being read; about {n} live in the cells that touch the zone"),
            format!("分楼栋数据读取中；相交网格约{n}人"),
        ),
        Some(n) => said(
            "ZONE-CELLS",
            format!(
                "about {n} live in the cells that touch the zone; {}",
                help(" need help", "how many need help is not known")
            ),
            format!("与区域相交网格约{n}人，{}", help("人需协助", "需协助人数未知")),
        ),
    };
    body["basis"] = json!("cells");
    body["registered"] = json!(sum.residents);
    body["households"] = json!(sum.households);
    body["need_help"] = json!(sum.need_help);
    body["outline"] = cells_json(&sum.outline);
    body["need_help_outline"] = cells_json(&sum.need_help_outline);
    body
}

/// A place that helps, with what was last said of it.
pub fn resource_json(one: &Resource) -> Json {
    let mut body = json!({
        "id": one.id, "fid": one.fid, "name": one.name, "lon": one.position.lon(), "lat": one.position.lat(),
        "straight_m": one.straight_m.round(),
    });
    if let Some((road_m, eta_s)) = one.road {
        body["road_m"] = json!(road_m.round());
        body["eta_s"] = json!(eta_s.round());
    }
    if let Some(state) = &one.state {
        body["state"] = state_json(state);
    }
    body
}

/// What was last said of a place.
pub(super) fn state_json(state: &KnownCondition) -> Json {
    let said = &state.condition;
    json!({"value": said.value, "source": said.source, "at": rfc3339(said.at_ms)})
}
