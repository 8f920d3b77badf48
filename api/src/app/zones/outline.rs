//! From what was asked to an outline.

use dispatch::{Condition, ConditionKind, Desk, ZoneShape, ZoneWind};
use geo::MultiPolygon;
use serde_json::Value as Json;
use spatial::{Position, zone};

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

/// The newest wind that was said and whose time is not over.
pub fn wind_known(desk: &Desk, now_ms: i64) -> Option<ZoneWind> {
    let holds = |said: &Condition| said.kind == ConditionKind::Wind && said.until_ms.is_none_or(|until| now_ms < until);
    let winds = desk.conditions().map(|known| &known.condition).filter(|said| holds(said));
    let wind = |said: &Condition| {
        let from_deg = said.value.get("from_deg")?.as_f64()?;
        Some(ZoneWind { from_deg, source: said.source.clone(), at_ms: said.at_ms })
    };
    winds.filter_map(wind).max_by_key(|wind| wind.at_ms)
}
