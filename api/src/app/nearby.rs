//! What is near a place: the nearest of a layer, and all four elements at once.

use geo::{BoundingRect, Contains, MultiPolygon};
use spatial::people;
use spatial::still::Near;
use spatial::{Bounds, Fid, Layer, Position, Properties, StillLayer, Value, WorldBox};

use super::App;
use super::clock::now_ms;
use super::units::UnitView;
use super::world::Moving;
use crate::auth::{Caller, Refusal, Sight};

/// Items listed for one element of the surroundings; the count beside them is of all.
const LISTED: usize = 20;
/// The finest zoom that cells of people can have; adding up at it adds nothing up.
const AS_PUBLISHED: u8 = 32;

/// Something near.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its source's id.
    pub id: String,
    /// Its number in tiles.
    pub fid: Fid,
    /// How far, metres.
    pub distance_m: f64,
    /// Its place that is nearest.
    pub position: Position,
    /// Its fields in the caller's sight.
    pub properties: Properties,
}

/// Where to look around.
pub enum Area {
    /// A circle.
    Circle {
        /// Its centre.
        centre: Position,
        /// Its radius, metres.
        radius_m: f64,
    },
    /// A polygon, WGS84 degrees.
    Polygon(MultiPolygon<f64>),
}

/// What was found of one element: how many, and the nearest few.
#[derive(Debug)]
pub struct Found<T> {
    /// How many in all; `None` when the caller may not see the layer.
    pub count: Option<usize>,
    /// The nearest of them.
    pub items: Vec<T>,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { count: None, items: Vec::new() }
    }
}

/// The sum of the published cells that touch the area.
#[derive(Debug, Default)]
pub struct PeopleSum {
    /// Residents; `None` when no cell is published there.
    pub residents: Option<u64>,
    /// Households.
    pub households: Option<u64>,
    /// People who need help in an evacuation; `None` where every cell keeps it back.
    pub need_help: Option<u64>,
    /// What the sums stand for: the cells themselves.
    pub outline: Vec<geo::Polygon<f64>>,
}

/// All four elements around a place.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// People, as counts; `None` when the caller may not see them.
    pub people: Option<PeopleSum>,
    /// Dwellings.
    pub houses: Found<Item>,
    /// Enterprises.
    pub enterprises: Found<Item>,
    /// Cameras.
    pub cameras: Found<Item>,
    /// Duty units.
    pub units: Found<Item>,
    /// Places.
    pub places: Found<Item>,
}

impl Area {
    /// The place that distances are measured from.
    pub fn centre(&self) -> Option<Position> {
        match self {
            Self::Circle { centre, .. } => Some(*centre),
            Self::Polygon(polygon) => {
                let c = polygon.bounding_rect()?.center();
                Position::new(c.x, c.y).ok()
            }
        }
    }

    fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Circle { centre, radius_m } => Some(Bounds::around(*centre, *radius_m)),
            Self::Polygon(polygon) => {
                let r = polygon.bounding_rect()?;
                Bounds::new(r.min().x, r.min().y, r.max().x, r.max().y)
            }
        }
    }

    /// Radius of a circle around the centre that holds the area, metres.
    fn reach_m(&self) -> f64 {
        match self {
            Self::Circle { radius_m, .. } => *radius_m,
            Self::Polygon(_) => {
                let corner = self.bounds().and_then(|b| Position::new(b.east, b.north).ok());
                corner.zip(self.centre()).map_or(0.0, |(corner, centre)| corner.distance_m(&centre) * 1.01)
            }
        }
    }

    fn holds(&self, position: Position) -> bool {
        match self {
            Self::Circle { centre, radius_m } => position.distance_m(centre) <= *radius_m,
            Self::Polygon(polygon) => polygon.contains(&position.point()),
        }
    }
}

impl App {
    /// The `k` nearest features of a layer in the caller's sight.
    pub fn nearest(
        &self,
        caller: &Caller,
        layer: Layer,
        centre: Position,
        k: usize,
        max_m: f64,
    ) -> Result<Vec<Item>, Refusal> {
        let sight = Sight::of(caller, layer)?;
        let still = self.world.still();
        let Some(layer) = still.layer(layer) else { return Ok(Vec::new()) };
        let near = layer.nearest(centre, k, max_m, |row| sight.holds(layer.division(row)));
        Ok(near.into_iter().filter_map(|near| item(layer, near, &sight)).collect())
    }

    /// The `k` nearest units in the caller's sight, as items.
    pub fn nearest_units(&self, caller: &Caller, centre: Position, k: usize, max_m: f64) -> Vec<Item> {
        let (still, now) = (self.world.still(), now_ms());
        self.world.moving(|moving| {
            let near = moving.index().nearest(centre, k, max_m, |slot| self.sees_unit(caller, moving, slot, &still));
            near.into_iter().filter_map(|near| unit_item(moving, near, now)).collect()
        })
    }

    /// All four elements in an area, each in the caller's sight.
    pub fn surroundings(&self, caller: &Caller, area: &Area) -> Surroundings {
        let Some(centre) = area.centre() else { return Surroundings::default() };
        Surroundings {
            people: Sight::of(caller, Layer::People).ok().map(|sight| self.people_in(area, &sight)),
            houses: self.found(caller, Layer::Houses, area, centre),
            enterprises: self.found(caller, Layer::Enterprises, area, centre),
            cameras: self.found(caller, Layer::Cameras, area, centre),
            units: self.units_in(caller, area, centre),
            places: self.found(caller, Layer::Places, area, centre),
        }
    }

    fn found(&self, caller: &Caller, layer: Layer, area: &Area, centre: Position) -> Found<Item> {
        let Ok(sight) = Sight::of(caller, layer) else { return Found { count: None, items: Vec::new() } };
        let still = self.world.still();
        let Some(layer) = still.layer(layer) else { return Found { count: Some(0), items: Vec::new() } };
        let inside = |row: usize| {
            sight.holds(layer.division(row)) && layer.position(row).is_some_and(|position| area.holds(position))
        };
        let near = layer.within(centre, area.reach_m(), inside);
        let items = near.iter().take(LISTED).filter_map(|near| item(layer, *near, &sight)).collect();
        Found { count: Some(near.len()), items }
    }

    /// Adds up the published cells that touch the area: whole cells, never parts of one.
    fn people_in(&self, area: &Area, sight: &Sight) -> PeopleSum {
        let still = self.world.still();
        let (Some(layer), Some(bounds)) = (still.layer(Layer::People), area.bounds()) else {
            return PeopleSum::default();
        };
        let touched = |row: usize| sight.holds(layer.division(row)) && cell_touches(layer, row, area);
        let mut sum = PeopleSum::default();
        let add = |to: &mut Option<u64>, n: u64| *to = Some(to.unwrap_or(0) + n);
        for (cell, residents, households, need_help, _) in
            people::sums(layer, &touched, WorldBox::of(bounds), AS_PUBLISHED)
        {
            add(&mut sum.residents, residents);
            add(&mut sum.households, households);
            if let Some(n) = need_help {
                add(&mut sum.need_help, n);
            }
            sum.outline.push(polygon_of(cell));
        }
        sum
    }

    fn units_in(&self, caller: &Caller, area: &Area, centre: Position) -> Found<Item> {
        if Sight::of(caller, Layer::Units).is_err() {
            return Found::default();
        }
        let now = now_ms();
        let still = self.world.still();
        self.world.moving(|moving| {
            let inside = |slot: u32| {
                let place = moving.fix(slot).map(|fix| fix.position);
                place.is_some_and(|p| area.holds(p)) && self.sees_unit(caller, moving, slot, &still)
            };
            let near = moving.index().within(centre, area.reach_m(), inside);
            let items = near.iter().take(LISTED).filter_map(|near| unit_item(moving, *near, now)).collect();
            Found { count: Some(near.len()), items }
        })
    }
}

/// A unit as an item: what a list needs; the whole record is under its id.
fn unit_item(moving: &Moving, (slot, distance_m): (u32, f64), now_ms: i64) -> Option<Item> {
    let view = UnitView::of(moving, slot, now_ms)?;
    let position = view.fix.as_ref()?.position;
    let mut properties = Properties::new();
    let texts = [
        ("kind", view.unit.kind.word()),
        ("call_sign", &view.unit.call_sign),
        ("org", &view.unit.org),
        ("duty", view.unit.duty.word()),
        ("availability", view.availability.word()),
        ("link", view.link.word()),
    ];
    for (name, text) in texts {
        properties.put(name, Value::Text(text.to_owned()));
    }
    Some(Item { id: view.unit.id, fid: view.fid, distance_m, position, properties })
}

/// Whether a cell of people touches the area.
fn cell_touches(layer: &StillLayer, row: usize, area: &Area) -> bool {
    use geo::{Distance, Euclidean, Intersects};
    let Some(bounds) = layer.shapes().and_then(|shapes| shapes.bounds(row)) else { return false };
    let cell = polygon_of(bounds);
    match area {
        Area::Polygon(polygon) => polygon.intersects(&cell),
        Area::Circle { centre, radius_m } => {
            if cell.intersects(&centre.point()) {
                return true;
            }
            // The nearest corner or edge point, found in degrees scaled to the latitude: exact enough for whole cells.
            let shrink = centre.lat().to_radians().cos();
            let scale = |c: geo::Coord<f64>| geo::Coord { x: c.x * shrink, y: c.y };
            let scaled = geo::MapCoords::map_coords(&cell, scale);
            let point = geo::Point::from(scale(centre.point().into()));
            let degrees = Euclidean.distance(&point, &scaled);
            degrees.to_radians() * spatial::EARTH_RADIUS_M <= *radius_m
        }
    }
}

fn polygon_of(b: WorldBox) -> geo::Polygon<f64> {
    let (west, north) = b.min.degrees();
    let (east, south) = b.max.degrees();
    geo::Rect::new((west, south), (east, north)).to_polygon()
}

/// A row as an item, with what the sight lets through.
fn item(layer: &StillLayer, near: Near, sight: &Sight) -> Option<Item> {
    let mut properties = layer.properties(near.row);
    for field in sight.hidden() {
        properties.take(field);
    }
    let fid = layer.fid(near.row)?;
    if let Some((source, source_id)) = layer.source(near.row) {
        properties.put("source", Value::Text(source.to_owned()));
        properties.put("source_id", Value::Text(source_id.to_owned()));
    }
    properties.put("revision", Value::Int(i64::try_from(layer.row_revision(near.row)?).unwrap_or(i64::MAX)));
    Some(Item { id: fid.to_string(), fid, distance_m: near.distance_m, position: near.place, properties })
}
