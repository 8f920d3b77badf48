//! What a search answers.

use std::collections::BTreeMap;

use serde::Serialize;
use spatial::codes::{Division, DivisionLevel};
use spatial::search::{Hit, Match};
use utoipa::ToSchema;

use super::items::round7;
use crate::app::Searched;

/// Answers of a search.
#[derive(Serialize, ToSchema)]
pub struct SearchBody {
    /// The likeliest first.
    pub items: Vec<SearchItem>,
    /// False when the time was over before everything was looked at.
    pub whole: bool,
}

/// Something that was found.
#[derive(Serialize, ToSchema)]
pub struct SearchItem {
    /// `place`, `address`, `building`, `enterprise`, `camera`, `road`, `crossing`, `kilometre`, `division`, `grid`, `water`,
    /// `land`, `unit`, `incident`.
    pub kind: String,
    /// Its id: in paths of the API for what is registered, for units and incidents; of streets, crossings and kilometres a
    /// name of this answer only.
    pub id: String,
    /// Its layer, for what is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// Its number in tiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fid: Option<u64>,
    /// What it is called, in the asker's language where that is known.
    pub label: String,
    /// The same in Chinese, as registered.
    pub label_zh: String,
    /// The same in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_en: Option<String>,
    /// The further name, number or code by which it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// The division that it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<SearchWord>,
    /// Longitude, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// The carriageway that is meant, degrees clockwise from north, a multiple of 45.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearing_deg: Option<f64>,
    /// How sure it is that this was meant, 0 to 1.
    pub confidence: f64,
    /// Why it was found: `exact`, `code`, `prefix`, `part`, `pinyin`, `initials`, `sound`, `near`.
    #[serde(rename = "match")]
    pub why: String,
    /// The same in words.
    pub reason: SearchWord,
    /// How far from where the caller looks, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
}

/// A code and its word in the asker's language.
#[derive(Serialize, ToSchema)]
pub struct SearchWord {
    /// Stable.
    pub code: String,
    /// In the asker's language.
    pub text: String,
}

impl SearchBody {
    /// The answer in a language.
    pub fn of(found: &Searched, zh: bool) -> Self {
        let items = found.answer.hits.iter().map(|hit| item(hit, &found.divisions, zh)).collect();
        Self { items, whole: found.answer.whole }
    }
}

fn item(hit: &Hit, divisions: &BTreeMap<Division, (String, Option<String>)>, zh: bool) -> SearchItem {
    let english = hit.label_en.clone().filter(|_| !zh);
    SearchItem {
        kind: hit.kind.word().to_owned(),
        id: hit.id.clone(),
        layer: hit.of.map(|(layer, _)| layer.name().to_owned()),
        fid: hit.of.map(|(_, fid)| fid),
        label: english.unwrap_or_else(|| hit.label.clone()),
        label_zh: hit.label.clone(),
        label_en: hit.label_en.clone(),
        via: hit.via.clone(),
        area: hit.division.and_then(|division| area(division, divisions, zh)),
        lon: round7(hit.position.lon()),
        lat: round7(hit.position.lat()),
        bearing_deg: hit.bearing.map(spatial::search::Bearing::degrees),
        confidence: (f64::from(hit.confidence) * 100.0).round() / 100.0,
        why: hit.why.word().to_owned(),
        reason: reason(hit.why, zh),
        distance_m: hit.distance_m.map(f64::round),
    }
}

/// County and township: `鹿城区五马街道`, `Wuma Subdistrict, Lucheng District`.
fn area(division: Division, names: &BTreeMap<Division, (String, Option<String>)>, zh: bool) -> Option<SearchWord> {
    let mut parts: Vec<&str> = Vec::new();
    let mut next = Some(division);
    while let Some(of) = next {
        let shown = matches!(of.level(), DivisionLevel::County | DivisionLevel::Township);
        if let Some((name, name_en)) = names.get(&of).filter(|_| shown) {
            parts.push(if zh { name } else { name_en.as_deref().unwrap_or(name) });
        }
        next = of.parent();
    }
    if parts.is_empty() {
        return None;
    }
    let text = if zh { parts.into_iter().rev().collect() } else { parts.join(", ") };
    Some(SearchWord { code: division.short(), text })
}

fn reason(why: Match, zh: bool) -> SearchWord {
    let (english, chinese) = match why {
        Match::Exact => ("as said", "完全一致"),
        Match::Code => ("by code", "编号一致"),
        Match::Prefix => ("begins so", "名称开头一致"),
        Match::Part => ("holds these words", "名称包含"),
        Match::Pinyin => ("by pinyin", "拼音一致"),
        Match::Initials => ("by initials", "拼音首字母一致"),
        Match::Sound => ("sounds alike", "读音相近"),
        Match::Near => ("nearly so", "相近，请核对"),
    };
    SearchWord { code: why.word().to_owned(), text: if zh { chinese } else { english }.to_owned() }
}
