//! From what was asked to an outline.

use std::collections::BTreeSet;

use dispatch::{Condition, ZoneShape, ZoneWind};
use geo::MultiPolygon;
use serde_json::Value as Json;
use spatial::codes::Division;
use spatial::{Layer, Position, zone};

use crate::app::App;

/// The outline that is wanted.
#[derive(Debug, Clone)]
pub enum ZoneAsked {
    /// A circle or a cone.
    Made(ZoneShape),
    /// A `GeoJSON` `Polygon` or `MultiPolygon`, WGS84 degrees.
    Drawn(Json),
}

/// Largest zone, square metres: the guidebook's longest cone (11 km) has 60 km².
const LARGEST_M2: f64 = 150e6;

/// The outline, made valid; or the field that is wrong, and why.
pub fn outline(asked: &ZoneAsked) -> Result<MultiPolygon<f64>, (&'static str, String)> {
    let bad = |field: &'static str| move |error: zone::ZoneError| (field, error.to_string());
    let place = |lon: f64, lat: f64| Position::new(lon, lat).map_err(|error| ("", error.to_string()));
    let made = match asked {
        ZoneAsked::Made(ZoneShape::Circle { lon, lat, radius_m }) => {
            zone::circle(place(*lon, *lat)?, *radius_m).map_err(bad("/circle"))?
        }
        ZoneAsked::Made(ZoneShape::Cone { lon, lat, length_m, half_angle_deg, isolation_m, wind }) => {
            let cone = zone::Cone {
                source: place(*lon, *lat)?,
                wind_from_deg: wind.from_deg,
                half_angle_deg: *half_angle_deg,
                length_m: *length_m,
                isolation_m: *isolation_m,
            };
            zone::cone(&cone).map_err(bad("/cone"))?
        }
        ZoneAsked::Made(ZoneShape::Drawn) => MultiPolygon::new(Vec::new()),
        ZoneAsked::Drawn(json) => {
            zone::drawn(&polygons(json).map_err(|why| ("/polygon", why))?).map_err(bad("/polygon"))?
        }
    };
    let area_m2 = zone::area_m2(&made);
    if area_m2 > LARGEST_M2 {
        return Err(("", format!("has {:.0} km², at most {:.0} are taken", area_m2 / 1e6, LARGEST_M2 / 1e6)));
    }
    Ok(made)
}

/// The polygons of a `GeoJSON` geometry.
pub(super) fn polygons(json: &Json) -> Result<MultiPolygon<f64>, String> {
    let parsed = serde_json::from_value::<geojson::Geometry>(json.clone()).map_err(|error| error.to_string())?;
    crate::wire::area(parsed)
}

impl App {
    /// The newest wind with a direction whose time is not over and that was said of the city or of a division that the
    /// place lies in.
    pub fn wind_at(&self, place: Position, now_ms: i64) -> Option<ZoneWind> {
        let here = self.names_of(place);
        let holds = |said: &Condition| {
            let about = said.subject.is_empty() || here.contains(&said.subject);
            about && said.until_ms.is_none_or(|until| now_ms < until)
        };
        let wind = |said: &Condition| {
            let (from_deg, subject, source) = (said.from_deg()?, said.subject.clone(), said.source.clone());
            Some(ZoneWind { from_deg, subject, source, at_ms: said.at_ms })
        };
        let desk = self.ops.desk();
        let winds = desk.conditions().filter_map(|known| known.wind()).filter(|said| holds(said)).filter_map(wind);
        winds.max_by_key(|wind| wind.at_ms)
    }

    /// What the divisions that a place lies in are called: their codes and their names, from the village to the province.
    fn names_of(&self, place: Position) -> BTreeSet<String> {
        let still = self.world.still();
        let mut codes = BTreeSet::new();
        let mut at = still.division(place);
        while let Some(division) = at {
            codes.insert(division.short());
            at = division.parent();
        }
        let Some(layer) = still.layer(Layer::Jurisdictions) else { return codes };
        let code = |row: &usize| layer.text(*row, "code").and_then(|code| Division::new(code).ok());
        let holds = |row: &usize| code(row).is_some_and(|division| codes.contains(&division.short()));
        let names = (0..layer.len()).filter(holds).filter_map(|row| layer.text(row, "name").map(str::to_owned));
        let names: Vec<String> = names.collect();
        codes.extend(names);
        codes
    }
}
