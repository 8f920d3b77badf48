//! Roads that lead out of a zone.

use geo::{BoundingRect, Contains, LineString, MultiPolygon, Point};
use spatial::{Bounds, Layer, Position, WorldBox, zone};

use super::Exit;
use crate::app::world::Still;

/// Exits that are listed.
const LISTED: usize = 80;
/// Classes that cars use, wide ones first.
const FOR_CARS: [&str; 9] = [
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
];

/// Where roads cross the border, wide ones first, and how many more there are. Where another zone holds there is no exit.
pub(super) fn exits(still: &Still, area: &MultiPolygon<f64>, others: &[MultiPolygon<f64>]) -> (Vec<Exit>, usize) {
    let bounds = area.bounding_rect().and_then(|r| Bounds::new(r.min().x, r.min().y, r.max().x, r.max().y));
    let (Some(roads), Some(bounds)) = (still.layer(Layer::Roads), bounds) else { return (Vec::new(), 0) };
    let Some(shapes) = roads.shapes() else { return (Vec::new(), 0) };
    let mut found = Vec::new();
    for row in roads.rows_in(WorldBox::of(bounds)) {
        let Some(fid) = roads.fid(row) else { continue };
        for ring in shapes.rings(row) {
            let line: LineString<f64> = ring.vertices.iter().map(|corner| corner.degrees()).collect();
            let crossings = zone::crossings(&line, area);
            let Some(start) = line.0.first().filter(|_| !crossings.is_empty()) else { continue };
            let mut inside = area.contains(&Point::from(*start));
            let (class, oneway) = (roads.text(row, "class").unwrap_or_default(), roads.text(row, "oneway"));
            for at in crossings {
                // Along the line it goes out where it was inside.
                let out = inside;
                inside = !inside;
                let cars = match oneway {
                    _ if !FOR_CARS.contains(&class) => "none",
                    Some("yes") => way(out),
                    Some("-1") => way(!out),
                    None if class == "motorway" => way(out),
                    Some(_) | None => "both",
                };
                if others.iter().any(|zone| zone.contains(&Point::from(at))) {
                    continue;
                }
                let Ok(position) = Position::new(at.x, at.y) else { continue };
                let (name, class) = (roads.text(row, "name").map(str::to_owned), class.to_owned());
                found.push(Exit { fid, name, class, position, cars });
            }
        }
    }
    let rank = |exit: &Exit| FOR_CARS.iter().position(|class| *class == exit.class).unwrap_or(FOR_CARS.len());
    found.sort_by(|a, b| {
        let place = |exit: &Exit| (exit.position.lon(), exit.position.lat());
        let ((ax, ay), (bx, by)) = (place(a), place(b));
        (a.cars == "in", rank(a))
            .cmp(&(b.cars == "in", rank(b)))
            .then_with(|| a.name.cmp(&b.name))
            .then(ax.total_cmp(&bx))
            .then(ay.total_cmp(&by))
    });
    let more = found.len().saturating_sub(LISTED);
    found.truncate(LISTED);
    (found, more)
}

fn way(out: bool) -> &'static str {
    if out { "out" } else { "in" }
}
