//! A kernel estimate of density from masses in squares.

use crate::mercator::{World, WorldBox};
use crate::position::{Bounds, EARTH_RADIUS_M, Position};
use crate::still::points_in;

/// So many in a square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mass {
    /// Its middle, degrees of longitude.
    pub lon: f64,
    /// Its middle, degrees of latitude.
    pub lat: f64,
    /// Its edge, metres.
    pub edge_m: f64,
    /// How many.
    pub n: f64,
}

/// How densely masses lie: each is spread by the quartic kernel `3/(π r²) · (1 − d²/r²)²` over the ground within `r` of its
/// square's middle. `r` is the radius that was asked for, and the square's own edge where that is larger, so that nothing
/// is shown sharper than it is known. Distances are metres on the sphere, flat around each middle (at 60° and 5 km the sum
/// of a mass is right to a thousandth). The antimeridian is an edge: nothing is spread across it.
#[derive(Debug, Clone)]
pub struct Field {
    pub(super) classes: Vec<Class>,
    radius_m: f64,
    total: f64,
    top: f64,
}

/// Masses that are spread equally far, in Morton order.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) radius_m: f64,
    pub(super) keys: Vec<u64>,
    pub(super) masses: Vec<Mass>,
}

/// Places that the scale is reckoned from: evenly chosen when there are more.
const MOST_LOOKED_AT: usize = 5_000;
/// The top of the scale is at least the density of so many within the radius, so that a handful never glows.
const FEWEST_AT_TOP: f64 = 10.0;
/// The part of the places whose density is below the top.
pub const QUANTILE: f64 = 0.99;

impl Field {
    /// Spreads masses over `radius_m` metres.
    ///
    /// ```
    /// use spatial::heat::{Field, Mass};
    /// let mass = Mass { lon: 120.65, lat: 28.0, edge_m: 200.0, n: 12.0 };
    /// let field = Field::new(vec![mass], 500.0);
    /// let peak = 3.0 * 12.0 / (std::f64::consts::PI * 0.25);
    /// assert!((field.at(120.65, 28.0) - peak).abs() < 1e-9 && field.at(120.66, 28.0) == 0.0);
    /// ```
    pub fn new(masses: Vec<Mass>, radius_m: f64) -> Self {
        let total = masses.iter().map(|mass| mass.n).sum();
        let mut keyed: Vec<(f64, u64, Mass)> = Vec::with_capacity(masses.len());
        for mass in masses {
            keyed.push((radius_m.max(mass.edge_m), World::of_degrees(mass.lon, mass.lat).morton(), mass));
        }
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let class = |group: &[(f64, u64, Mass)]| Class {
            radius_m: group.first().map_or(radius_m, |one| one.0),
            keys: group.iter().map(|one| one.1).collect(),
            masses: group.iter().map(|one| one.2).collect(),
        };
        let classes = keyed.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()).map(class).collect();
        let mut field = Self { classes, radius_m, total, top: 0.0 };
        let least = FEWEST_AT_TOP / (std::f64::consts::PI * (radius_m / 1000.0).powi(2));
        field.top = field.quantile().max(least);
        field
    }

    /// The density at a place in degrees, per square kilometre.
    pub fn at(&self, lon: f64, lat: f64) -> f64 {
        let Ok(centre) = Position::new(lon, lat) else { return 0.0 };
        let mut sum = 0.0;
        for class in &self.classes {
            // A little more than the radius: the box is that of the sphere, the kernel is flat.
            let around = WorldBox::of(Bounds::around(centre, class.radius_m * 1.01));
            for row in points_in(&class.keys, around) {
                sum += class.masses.get(row).map_or(0.0, |mass| mass.spread(class.radius_m).at(lon, lat));
            }
        }
        sum
    }

    /// How many masses there are.
    pub fn len(&self) -> usize {
        self.classes.iter().map(|class| class.masses.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are in all.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// The radius that was asked for, metres.
    pub fn radius_m(&self) -> f64 {
        self.radius_m
    }

    /// The top of the colour scale, per square kilometre: the 99th percentile of the density at the middles of all
    /// squares, and never less than ten within the radius.
    pub fn top(&self) -> f64 {
        self.top
    }

    fn quantile(&self) -> f64 {
        let all = self.classes.iter().flat_map(|class| &class.masses);
        let step = all.clone().count().div_ceil(MOST_LOOKED_AT).max(1);
        let mut seen: Vec<f64> = all.step_by(step).map(|mass| self.at(mass.lon, mass.lat)).collect();
        seen.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index below 5,000"
        )]
        let at = (seen.len() as f64 * QUANTILE) as usize;
        seen.get(at.min(seen.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }
}

/// A mass with its kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    lon: f64,
    lat: f64,
    /// Metres a degree.
    pub(super) east_m: f64,
    pub(super) north_m: f64,
    pub(super) radius_m: f64,
    /// Density at the middle, per square kilometre.
    pub(super) peak: f64,
}

impl Mass {
    /// Spread over a radius.
    pub(super) fn spread(&self, radius_m: f64) -> Spread {
        let north_m = EARTH_RADIUS_M.to_radians();
        let peak = 3.0 * self.n / (std::f64::consts::PI * (radius_m / 1000.0).powi(2));
        let east_m = north_m * self.lat.to_radians().cos();
        Spread { lon: self.lon, lat: self.lat, east_m, north_m, radius_m, peak }
    }
}

impl Spread {
    /// Squares of the distances to the east and to the north, as parts of the radius.
    pub(super) fn east2(&self, lon: f64) -> f64 {
        ((lon - self.lon) * self.east_m / self.radius_m).powi(2)
    }

    pub(super) fn north2(&self, lat: f64) -> f64 {
        ((lat - self.lat) * self.north_m / self.radius_m).powi(2)
    }

    fn at(&self, lon: f64, lat: f64) -> f64 {
        let rest = 1.0 - self.east2(lon) - self.north2(lat);
        if rest > 0.0 { self.peak * rest * rest } else { 0.0 }
    }
}
