//! Closures of the desk as searches need them: compiled once for each profile, until one is drawn, lifted, begins or ends.

use std::sync::Arc;

use dispatch::{Closure, Desk, Mover};
use geo::{Geometry, Validation};
use spatial::roads::{self, Effect, Overlay, Profile, RoadGraph, Vehicle};

/// What closures come to for one profile.
#[derive(Default, Clone)]
enum Made {
    /// Nobody has asked yet.
    #[default]
    NotYet,
    /// Nothing is closed or slow.
    Nothing,
    /// This.
    Some(Arc<Overlay>),
}

/// What was compiled last.
#[derive(Default)]
pub(super) struct Overlays {
    /// The log's last word on closures, and from when to when (milliseconds since 1970 UTC) the same ones hold.
    of: Option<(u64, i64, i64)>,
    made: [Made; Profile::ALL.len()],
}

impl Overlays {
    pub(super) fn of(&mut self, graph: &RoadGraph, desk: &Desk, profile: Profile, now_ms: i64) -> Option<Arc<Overlay>> {
        let seq = desk.closures_seq();
        if self.of.is_none_or(|(of, from, until)| of != seq || !(from..until).contains(&now_ms)) {
            let edges = desk.closures().flat_map(|drawn| [drawn.closure.from_ms, drawn.closure.until_ms]).flatten();
            let (mut from, mut until) = (i64::MIN, i64::MAX);
            for edge in edges {
                if edge <= now_ms { from = from.max(edge) } else { until = until.min(edge) }
            }
            *self = Self { of: Some((seq, from, until)), made: [Made::NotYet, Made::NotYet, Made::NotYet] };
        }
        let place = Profile::ALL.iter().position(|known| *known == profile).unwrap_or_default();
        let slot = self.made.get_mut(place)?;
        if matches!(slot, Made::NotYet) {
            *slot = compiled(graph, desk, profile, now_ms).map_or(Made::Nothing, Made::Some);
        }
        match slot {
            Made::Some(overlay) => Some(Arc::clone(overlay)),
            Made::NotYet | Made::Nothing => None,
        }
    }
}

fn compiled(graph: &RoadGraph, desk: &Desk, profile: Profile, now_ms: i64) -> Option<Arc<Overlay>> {
    let holding = desk.closures().filter(|drawn| drawn.closure.holds(now_ms));
    let closures: Vec<roads::Closure> = holding.filter_map(|drawn| closure(&drawn.closure)).collect();
    if closures.is_empty() {
        return None;
    }
    Some(Arc::new(over(graph, &closures, profile, now_ms)))
}

/// What closures mean for a profile. Heights and weights of units are not kept: a limit closes nothing for them.
pub(super) fn over(graph: &RoadGraph, closures: &[roads::Closure], profile: Profile, now_ms: i64) -> Overlay {
    Overlay::compile(graph, closures, Vehicle { profile, height_m: None, weight_t: None }, now_ms)
}

/// A closure as the graph takes it, named by its id.
fn closure(closure: &Closure) -> Option<roads::Closure> {
    Some(roads::Closure {
        name: closure.id.clone(),
        owner: closure.owner.clone(),
        geometry: geometry(&closure.geometry).ok()?,
        profiles: movers(&closure.movers),
        height_m: closure.height_m,
        weight_t: closure.weight_t,
        from: closure.from_ms,
        until: closure.until_ms,
        effect: closure.slower.map_or(Effect::Closed, Effect::Slower),
    })
}

/// Movers as profiles.
pub fn movers(movers: &[Mover]) -> Vec<Profile> {
    let profile = |mover: &Mover| match mover {
        Mover::Foot => Profile::Foot,
        Mover::Car => Profile::Car,
        Mover::Emergency => Profile::Emergency,
    };
    movers.iter().map(profile).collect()
}

/// A line or polygon (or several) of `GeoJSON`, WGS84 degrees; or what is wrong with it.
pub fn geometry(json: &serde_json::Value) -> Result<Geometry<f64>, String> {
    let parsed = serde_json::from_value::<geojson::Geometry>(json.clone()).map_err(|error| error.to_string())?;
    let geometry = Geometry::try_from(parsed).map_err(|error: geojson::Error| error.to_string())?;
    match geometry {
        Geometry::LineString(_) | Geometry::MultiLineString(_) | Geometry::Polygon(_) | Geometry::MultiPolygon(_) => {}
        Geometry::Point(_)
        | Geometry::MultiPoint(_)
        | Geometry::Line(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => return Err("must be a line or a polygon, or several".to_owned()),
    }
    let mut count = 0;
    for at in geo::CoordsIter::coords_iter(&geometry) {
        count += 1;
        spatial::Position::new(at.x, at.y).map_err(|error| error.to_string())?;
    }
    if count < 2 {
        return Err("must have at least two points".to_owned());
    }
    // An outline that crosses itself has no inside that two people would agree on.
    let odd = if let Geometry::Polygon(polygon) = &geometry {
        polygon.check_validation().err().map(|error| error.to_string())
    } else if let Geometry::MultiPolygon(all) = &geometry {
        all.check_validation().err().map(|error| error.to_string())
    } else {
        None
    };
    odd.map_or(Ok(geometry), |why| Err(format!("is not a valid area: {why}")))
}
