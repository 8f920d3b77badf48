//! What is near a place: the nearest of a layer, and all four elements at once.

use dispatch::KnownCondition;
use geo::{BoundingRect, Contains, MultiPolygon};
use spatial::codes::Division;
use spatial::filter::Filter;
use spatial::people;
use spatial::still::{Near, Ring, ValueRef};
use spatial::{Bounds, Fid, Layer, Position, Properties, StillLayer, Value, WorldBox};

use super::App;
use super::clock::now_ms;
use super::units::UnitView;
use super::world::Moving;
use crate::auth::{Caller, Refusal, Role, Sight};

/// Items listed for one element of the surroundings; the count beside them is of all.
const LISTED: usize = 20;

/// Texts of a column that are all looked at before a search; of more, only those of the rows that come near are.
const FEW_ROWS: usize = 1_000;

/// Places that the way by road is told of.
const BY_ROAD: usize = 50;

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
    /// By road: metres and seconds of an emergency car, where that was asked for and roads lead there.
    pub road: Option<(f64, f64)>,
    /// What was last said of it.
    pub state: Option<KnownCondition>,
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
    /// People who need help in an evacuation, of all of `need_help_outline`; `None` where it is not known.
    pub need_help: Option<u64>,
    /// Share of the residents above for whom the need for help is known, 0 to 1; `None` without residents.
    pub need_help_known_share: Option<f64>,
    /// Residents of `need_help_outline`: the number stands beside `need_help`.
    pub need_help_residents: Option<u64>,
    /// The cells that `need_help` stands for: it is told of larger groups than residents are.
    pub need_help_outline: Vec<geo::Polygon<f64>>,
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
    /// The `k` nearest features of a layer in the caller's sight, of any kind or of those; no farther than `max_m` metres.
    pub fn nearest(
        &self,
        caller: &Caller,
        of: Layer,
        centre: Position,
        (k, max_m): (usize, f64),
        filter: Option<&Filter>,
    ) -> Result<Vec<Item>, Refusal> {
        let sight = Sight::of(caller, of)?;
        let still = self.world.still();
        let Some(layer) = still.layer(of) else { return Ok(Vec::new()) };
        // Few rows are asked when what is wanted is near, so a column of many texts is not gone through.
        let chosen = filter.map(|filter| filter.on(layer, FEW_ROWS));
        let fits = |row: usize| chosen.as_ref().is_none_or(|chosen| chosen.holds(row));
        let near = layer.nearest(centre, k, max_m, |row| sight.holds(layer.division(row)) && fits(row));
        let mut items: Vec<Item> = near.into_iter().filter_map(|near| item(layer, near, &sight)).collect();
        if of == Layer::Places && items.len() <= BY_ROAD {
            let to: Vec<Position> = items.iter().map(|item| item.position).collect();
            for (item, road) in items.iter_mut().zip(self.road_times(centre, &to)) {
                let text = |field: &str| item.properties.get(field).and_then(Value::as_text);
                item.state = self.state_of(text("source_id"), text("name"));
                item.road = road;
            }
        }
        Ok(items)
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
            people: self.people_around(caller, area),
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

    /// People in the area, as far as the caller may know of them: cells in sight; a unit in the field is told of the grid
    /// that it stands in, and only where it looks at that grid.
    pub(super) fn people_around(&self, caller: &Caller, area: &Area) -> Option<PeopleSum> {
        if let Ok(sight) = Sight::of(caller, Layer::People) {
            return Some(self.people_in(area, &|division| sight.holds(division)));
        }
        let grid = Area::Polygon(self.own_grid(caller)?);
        let looks_at_it = match (&grid, area) {
            (Area::Polygon(grid), Area::Polygon(asked)) => geo::Intersects::intersects(grid, asked),
            (Area::Polygon(grid), Area::Circle { centre, .. }) => grid.contains(&centre.point()),
            (Area::Circle { .. }, _) => false,
        };
        Some(if looks_at_it { self.people_in(&grid, &|_| true) } else { PeopleSum::default() })
    }

    /// The grid that the caller's unit stands in.
    fn own_grid(&self, caller: &Caller) -> Option<MultiPolygon<f64>> {
        let unit = caller.unit.as_deref().filter(|_| caller.is(&[Role::Unit]))?;
        let place = self.world.moving(|moving| Some(moving.fix(moving.slot(unit)?)?.position))?;
        let still = self.world.still();
        let grids = still.layer(Layer::Grids)?;
        let row = grids.covering(place).into_iter().next()?;
        // Without its holes: the grid is only asked which cells it touches.
        let outer = grids.shapes()?.rings(row).iter().filter(|ring| !ring.hole);
        let line = |ring: &Ring| ring.vertices.iter().map(|corner| corner.degrees()).collect::<geo::LineString<f64>>();
        Some(MultiPolygon(outer.map(|ring| geo::Polygon::new(line(ring), Vec::new())).collect()))
    }

    /// Adds up the published cells that touch the area: whole cells, never parts of one.
    fn people_in(&self, area: &Area, sees: &dyn Fn(Option<Division>) -> bool) -> PeopleSum {
        let still = self.world.still();
        let (Some(layer), Some(bounds)) = (still.layer(Layer::People), area.bounds()) else {
            return PeopleSum::default();
        };
        let in_sight = |row: usize| sees(layer.division(row));
        let mut rows = layer.rows_in(WorldBox::of(bounds));
        rows.retain(|row| in_sight(*row) && cell_touches(layer, *row, area));
        if rows.is_empty() {
            return PeopleSum::default();
        }
        let need = people::need_around(layer, &in_sight, &rows);
        let residents = total(layer, &rows, "residents");
        #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
        let share = (residents > 0).then(|| need.known_residents as f64 / residents as f64);
        PeopleSum {
            residents: Some(residents),
            households: Some(total(layer, &rows, "households")),
            need_help: need.need_help,
            need_help_known_share: share,
            need_help_residents: need.need_help.map(|_| total(layer, &need.rows, "residents")),
            need_help_outline: outline(layer, &need.rows),
            outline: outline(layer, &rows),
        }
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

fn total(layer: &StillLayer, rows: &[usize], field: &str) -> u64 {
    let count = |row: &usize| match layer.value(*row, field) {
        Some(ValueRef::Int(n)) => u64::try_from(n).unwrap_or(0),
        _ => 0,
    };
    rows.iter().map(count).sum()
}

fn outline(layer: &StillLayer, rows: &[usize]) -> Vec<geo::Polygon<f64>> {
    let bounds = |row: &usize| layer.shapes()?.bounds(*row).map(polygon_of);
    rows.iter().filter_map(bounds).collect()
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
    Some(Item { id: view.unit.id, fid: view.fid, distance_m, position, properties, road: None, state: None })
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
    let (id, distance_m, position) = (fid.to_string(), near.distance_m, near.place);
    Some(Item { id, fid, distance_m, position, properties, road: None, state: None })
}
