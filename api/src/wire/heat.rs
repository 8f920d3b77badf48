//! What a picture of heat means.

use serde::Serialize;
use utoipa::ToSchema;

/// The scale of all tiles of one heat, and what stands behind it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeatBody {
    /// `incidents` or `people`.
    pub dataset: String,
    /// In a sentence.
    pub text: String,
    /// What is counted, over what: `incidents/km²`, `residents/km²`.
    pub unit: String,
    /// Where its pictures are: a template with `{z}`, `{x}`, `{y}`.
    pub tiles: Vec<String>,
    /// Where its numbers are, as vector tiles with one layer `heat`.
    pub grids: Vec<String>,
    /// First day that counts, by the city's clock, `YYYY-MM-DD`; incidents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// First day of which anything is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<String>,
    /// Last day that is over: today is never in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<String>,
    /// Days that count and of which anything is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i32>,
    /// By whose clock days begin: a name of the tz database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_in: Option<String>,
    /// Kinds that count; incidents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<String>>,
    /// `reported`: only what people reported counts; incidents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// How many lie in the caller's part of the city, in those days and of those kinds, to the nearest whole one.
    pub n: i64,
    /// Of all that was reported in all days, everywhere, how much is told in groups of three or more, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_percent: Option<u8>,
    /// How far each is spread, metres.
    pub radius_m: u32,
    /// From this zoom on the radius is that; below it is two pixels.
    pub radius_from_zoom: u8,
    /// The colours.
    pub scale: HeatScale,
}

/// The colours of densities.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeatScale {
    /// Density that has the last colour, and all above it.
    pub top_per_km2: f64,
    /// The top is the density that this part of the squares stays below.
    pub quantile: f64,
    /// From few to many.
    pub steps: Vec<HeatStep>,
}

/// One colour.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeatStep {
    /// Density, per square kilometre.
    pub per_km2: f64,
    /// `#rrggbb`.
    pub colour: String,
    /// How much of the ground it hides, 0 to 1.
    pub opacity: f64,
}
