//! What a page says and shows first: the city's name, its clock, and a view that fits what there is to see.

use spatial::{Bounds, Layer, Position, StillLayer, World, WorldBox};

use super::App;
use crate::auth::{Caller, Sight};

/// What was set for the page's header; what was not comes from the data or from the browser.
#[derive(Debug, Clone, Default)]
pub struct Heading {
    /// What the city is called, in every language.
    pub title: Option<String>,
    /// Time zone of the clock, a name of the tz database.
    pub time_zone: Option<String>,
}

/// Where a map should open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FirstView {
    /// What should be seen, degrees.
    pub bounds: Bounds,
    /// Its middle on the map: longitude and latitude, degrees.
    pub centre: (f64, f64),
    /// The zoom at which it fills a screen of 1920×1080.
    pub zoom: f64,
}

/// The screen that the zoom is made for, pixels; and a tile's side at whole zooms in MapLibre.
const SCREEN: (f64, f64) = (1920.0, 1080.0);
const TILE: f64 = 512.0;
/// The part of the screen that is filled: the strip above and the panels beside need the rest.
const FILLED: f64 = 0.86;
/// The nearest that a first view comes, for a city of one house.
const NEAREST: f64 = 16.0;
/// Rows that are enough to find a view: every page asks, and a city has millions.
const ENOUGH: usize = 100_000;
/// One row in so many may lie outside, at each side: a single row in another country must not make the city a dot.
const OUTSIDE: usize = 50;

impl App {
    /// The city's name in Chinese and English: what was set, else the name of the topmost jurisdiction. None when there
    /// is none, or several beside each other.
    pub fn title(&self) -> Option<(String, String)> {
        if let Some(title) = &self.heading.title {
            return Some((title.clone(), title.clone()));
        }
        let still = self.world.still();
        let layer = still.layer(Layer::Jurisdictions)?;
        let level = |row: usize| layer.division(row).map(spatial::codes::Division::level);
        let top = (0..layer.len()).filter_map(level).min()?;
        let mut roots = (0..layer.len()).filter(|row| level(*row) == Some(top));
        let (root, None) = (roots.next()?, roots.next()) else { return None };
        let name = layer.text(root, "name")?;
        let english = layer.text(root, "name_en").unwrap_or(name);
        Some((name.to_owned(), english.to_owned()))
    }

    /// Where a map should open for this caller: on the division that the caller answers for, or the whole city; where
    /// divisions are not known, on the dwellings in sight, else on what else stands there. None while there is nothing to
    /// show.
    pub fn first_view(&self, caller: &Caller) -> Option<FirstView> {
        let still = self.world.still();
        if let Some(view) = still.layer(Layer::Jurisdictions).and_then(|layer| own_divisions(layer, caller)) {
            return Some(view);
        }
        let layers = [Layer::Houses, Layer::Buildings, Layer::Roads, Layer::Cameras, Layer::Places];
        let places = layers.into_iter().find_map(|layer| {
            let (sight, rows) = (Sight::of(caller, layer).ok()?, still.layer(layer)?);
            // Rows lie along the Morton curve, so every so manieth of them is spread as all are.
            let step = (rows.len() / ENOUGH).max(1);
            let seen = (0..rows.len()).step_by(step).filter(|row| sight.holds(rows.division(*row)));
            let places: Vec<Position> = seen.filter_map(|row| rows.position(row)).collect();
            (!places.is_empty()).then_some(places)
        })?;
        FirstView::of(&places)
    }
}

/// The view of the largest divisions in the caller's scope.
fn own_divisions(layer: &StillLayer, caller: &Caller) -> Option<FirstView> {
    let level = |row: usize| layer.division(row).map(spatial::codes::Division::level);
    let own = |row: &usize| layer.division(*row).is_some_and(|division| caller.scope.holds(Some(division)));
    let top = (0..layer.len()).filter(own).filter_map(level).min()?;
    let boxes = (0..layer.len()).filter(own).filter(|row| level(*row) == Some(top));
    let boxes: Vec<WorldBox> = boxes.filter_map(|row| layer.shapes()?.bounds(row)).collect();
    let corners = boxes.iter().flat_map(|b| [b.min, b.max]).filter_map(World::position);
    FirstView::within(&corners.collect::<Vec<_>>(), 0)
}

impl FirstView {
    /// The view of most of the places.
    fn of(places: &[Position]) -> Option<Self> {
        Self::within(places, places.len() / OUTSIDE)
    }

    /// The view of the places, of which so many may lie outside at each side.
    fn within(places: &[Position], cut: usize) -> Option<Self> {
        let most = |of: fn(&Position) -> f64| {
            let mut all: Vec<f64> = places.iter().map(of).collect();
            // Two places of the order are wanted, and every page asks: so it is not put in order whole.
            let last = all.len().checked_sub(1 + cut)?;
            let low = *all.select_nth_unstable_by(cut, f64::total_cmp).1;
            Some((low, *all.select_nth_unstable_by(last, f64::total_cmp).1))
        };
        let ((west, east), (south, north)) = (most(Position::lon)?, most(Position::lat)?);
        let bounds = Bounds::new(west, south, east, north)?;
        let (a, b) = (World::of_degrees(west, north), World::of_degrees(east, south));
        let share = |from: u32, to: u32| f64::from(to.saturating_sub(from)).max(1.0) / 4_294_967_296.0;
        let fits = |pixels: f64, share: f64| (pixels * FILLED / (TILE * share)).log2();
        let zoom = fits(SCREEN.0, share(a.x, b.x)).min(fits(SCREEN.1, share(a.y, b.y))).clamp(0.0, NEAREST);
        let middle = |from: u32, to: u32| from + to.saturating_sub(from) / 2;
        let centre = World { x: middle(a.x, b.x), y: middle(a.y, b.y) }.degrees();
        Some(Self { bounds, centre, zoom: (zoom * 100.0).floor() / 100.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(of: &[(f64, f64)]) -> Vec<Position> {
        of.iter().map(|(lon, lat)| Position::new(*lon, *lat).unwrap()).collect()
    }

    /// Pixels that the view's bounds take on the screen it is made for.
    fn pixels(view: &FirstView) -> (f64, f64) {
        let b = view.bounds;
        let (a, c) = (World::of_degrees(b.west, b.north), World::of_degrees(b.east, b.south));
        let scale = TILE * view.zoom.exp2() / 4_294_967_296.0;
        (f64::from(c.x - a.x) * scale, f64::from(c.y - a.y) * scale)
    }

    #[test]
    fn a_small_city_fills_the_screen_as_a_large_one_does() {
        for size in [0.01, 0.1, 1.0] {
            let view = FirstView::of(&places(&[(24.9, 60.1), (24.9 + size, 60.1 + size / 2.0)])).unwrap();
            let (width, height) = pixels(&view);
            assert!(width <= SCREEN.0 && height <= SCREEN.1, "{size}: {width} {height}");
            assert!(width > SCREEN.0 * 0.8 || height > SCREEN.1 * 0.8, "{size}: {width} {height}");
            assert!((24.9..=24.9 + size).contains(&view.centre.0) && (60.1..=60.1 + size).contains(&view.centre.1));
        }
    }

    #[test]
    fn one_row_in_another_country_does_not_make_the_city_a_dot() {
        let mut all: Vec<(f64, f64)> = (0..200).map(|n| (120.0 + f64::from(n) * 0.001, 28.0)).collect();
        all.push((10.0, 50.0));
        let view = FirstView::of(&places(&all)).unwrap();
        assert!(view.bounds.west > 119.9 && view.bounds.north < 28.1, "{view:?}");
    }

    #[test]
    fn one_house_is_not_looked_at_through_a_lens() {
        let view = FirstView::of(&places(&[(120.65, 28.0)])).unwrap();
        assert!((view.zoom - NEAREST).abs() < 1e-9, "{view:?}");
        assert_eq!(FirstView::of(&[]), None);
    }
}
