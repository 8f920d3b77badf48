//! Who could go, and what could see it.

mod cameras;
mod left;
mod said;
mod units;

pub(super) use cameras::{__path_ranked_cameras, ranked_cameras};
pub(super) use units::{__path_ranked_units, ranked_units};

use serde_json::{Value as Json, json};

use super::problem::{Code, Problem};
use crate::app::{App, UnitsAsked};
use crate::auth::{Caller, Sight, policy};

/// Cameras and units for an incident that has just come in, as far as the caller may see them; nothing without a place.
/// What goes wrong here is logged and left out: the incident stands.
pub(super) async fn beside(app: &App, caller: &Caller, id: &str, zh: bool) -> Vec<(&'static str, Json)> {
    let desk = app.ops.desk();
    let Some(incident) = desk.incident(id).filter(|incident| incident.location.position.is_some()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if Sight::of(caller, spatial::Layer::Cameras).is_ok()
        && app.looks.glance(caller, "rank", &[spatial::Layer::Cameras]).await.is_ok()
        && let Ok(cameras) =
            cameras::cameras_json(app.clone(), caller.clone(), std::sync::Arc::clone(incident), CAMERAS, zh).await
    {
        found.push(("cameras", json!(cameras)));
    }
    if caller.must_be(policy::COMMANDERS).is_ok()
        && app.looks.glance_at(caller, "rank", "units".to_owned()).await.is_ok()
    {
        let asked = UnitsAsked { level: 1, why: None };
        let units =
            units::units_json(app.clone(), caller.clone(), std::sync::Arc::clone(incident), asked, UNITS, zh).await;
        found.extend(units.ok().map(|units| ("units", json!(units))));
    }
    found
}

/// Cameras and units when nobody says how many.
const CAMERAS: usize = 6;
const UNITS: usize = 5;

/// How many, between 1 and 50.
fn how_many(k: Option<usize>, default: usize) -> Result<usize, Problem> {
    let k = k.unwrap_or(default);
    if (1..=50).contains(&k) { Ok(k) } else { Err(Problem::at(Code::BadRequest, "/k", "must be 1 to 50")) }
}
