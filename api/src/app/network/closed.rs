//! Closures of the desk as searches need them: compiled once for each profile, until one is drawn, lifted, begins or ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use dispatch::{Closure, Desk, Mover, Size};
use geo::{Geometry, Validation};
use spatial::roads::{self, Effect, Overlay, Profile, RoadGraph, Vehicle};

/// Sizes for which overlays are kept at a time. When there are more, all are thrown away and made anew when asked for.
const SIZES: usize = 64;

/// A size in steps that limits are written in, rounded up: centimetres and kilograms, 0 where it is not known.
type Step = (u32, u32);

/// What was compiled last.
#[derive(Default)]
pub(super) struct Overlays {
    /// The log's last word on closures, and from when to when (milliseconds since 1970 UTC) the same ones hold.
    of: Option<(u64, i64, i64)>,
    /// By profile and size; nothing where nothing is closed or slow.
    made: BTreeMap<(Profile, Step), Option<Arc<Overlay>>>,
}

impl Overlays {
    /// What is closed or slow; the same value as for an unknown size where the size makes no difference.
    pub(super) fn of(
        &mut self,
        graph: &RoadGraph,
        desk: &Desk,
        vehicle: (Profile, Size),
        now_ms: i64,
    ) -> Option<Arc<Overlay>> {
        let seq = desk.closures_seq();
        if self.of.is_none_or(|(of, from, until)| of != seq || !(from..until).contains(&now_ms)) {
            let edges = desk.closures().flat_map(|drawn| [drawn.closure.from_ms, drawn.closure.until_ms]).flatten();
            let (mut from, mut until) = (i64::MIN, i64::MAX);
            for edge in edges {
                if edge <= now_ms { from = from.max(edge) } else { until = until.min(edge) }
            }
            *self = Self { of: Some((seq, from, until)), made: BTreeMap::new() };
        }
        let (profile, size) = vehicle;
        let key = (profile, step(size));
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let any = if size.is_unknown() { None } else { self.of(graph, desk, (profile, Size::default()), now_ms) };
        if self.made.len() >= SIZES {
            self.made.clear();
        }
        let own = compiled(graph, desk, vehicle, now_ms);
        let made = if own.as_ref() == any.as_deref() { any } else { own.map(Arc::new) };
        self.made.insert(key, made.clone());
        made
    }
}

fn compiled(graph: &RoadGraph, desk: &Desk, vehicle: (Profile, Size), now_ms: i64) -> Option<Overlay> {
    let holding = desk.closures().filter(|drawn| drawn.closure.holds(now_ms));
    let closures: Vec<roads::Closure> = holding.filter_map(|drawn| closure(&drawn.closure)).collect();
    if closures.is_empty() && vehicle.1.is_unknown() {
        return None;
    }
    Some(over(graph, &closures, vehicle, now_ms)).filter(|overlay| !overlay.is_empty())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "metres and tonnes of a vehicle")]
fn step(size: Size) -> Step {
    let step = |value: Option<f64>, per: f64| value.map_or(0, |value| (value * per).ceil().clamp(0.0, 1e9) as u32);
    (step(size.height_m, 100.0), step(size.weight_t, 1_000.0))
}

/// What closures, and the limits that roads have, mean for a vehicle of that profile and size.
pub(super) fn over(
    graph: &RoadGraph,
    closures: &[roads::Closure],
    (profile, size): (Profile, Size),
    now_ms: i64,
) -> Overlay {
    let vehicle = Vehicle { profile, height_m: size.height_m, weight_t: size.weight_t };
    Overlay::compile(graph, closures, vehicle, now_ms)
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

/// A point inside an area and how far the area reaches from it, metres; `None` for what has no inside.
pub fn middle(area: &Geometry<f64>) -> Option<(spatial::Position, f64)> {
    let inside = geo::InteriorPoint::interior_point(area)?;
    let inside = spatial::Position::new(inside.x(), inside.y()).ok()?;
    let corners = geo::CoordsIter::coords_iter(area).filter_map(|at| spatial::Position::new(at.x, at.y).ok());
    Some((inside, corners.map(|at| at.distance_m(&inside)).fold(0.0, f64::max).ceil()))
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
