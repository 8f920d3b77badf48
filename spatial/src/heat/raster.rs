//! The field over one tile.
//!
//! The field is reckoned at nodes, which stand at the corners of pixels of the whole zoom, at all of them or at every
//! second, fourth… as far as the kernel is wide enough for it; between nodes it is bilinear. Nodes on the border of two
//! tiles are the same places with the same sums, so nothing is seen of the border.

use super::field::{Class, Field, Spread};
use crate::mercator::{WorldBox, degrees_at};
use crate::position::{Bounds, EARTH_RADIUS_M};
use crate::still::points_in;

/// Nodes along a radius at least; the bilinear field is then less than 2 % of a kernel's peak off the true one.
const NODES_A_RADIUS: f64 = 8.0;
/// A kernel is at least so many pixels wide to each side: what is smaller than a pixel is spread over its neighbours.
const FEWEST_PIXELS: f64 = 2.0;

impl Field {
    /// The first zoom at which a pixel of tiles of `side` pixels is nowhere wider than half of the radius: below it kernels
    /// are wider than was asked for.
    pub fn exact_from(&self, side: u32) -> u8 {
        let widest = |z: u8| std::f64::consts::TAU * EARTH_RADIUS_M / (f64::from(side) * f64::from(1_u32 << z));
        (0..30).find(|z| FEWEST_PIXELS * widest(*z) <= self.radius_m()).unwrap_or(30)
    }

    /// The density at the middles of the `side` × `side` pixels of a tile, per square kilometre, row by row from the
    /// north-west; `side` is a power of two. Where a pixel is wider than half of a kernel, the kernel is two pixels wide.
    pub fn raster(&self, z: u8, x: u32, y: u32, side: u32) -> Vec<f64> {
        let pixels = (side * side) as usize;
        let mut sums = vec![0.0; pixels];
        for class in &self.classes {
            let grid = Nodes::of(z, x, y, side, class.radius_m);
            if let Some(nodes) = grid.sums(class) {
                grid.blend(&nodes, &mut sums);
            }
        }
        sums
    }
}

/// The nodes of one tile for kernels of one width.
struct Nodes {
    /// Pixels around the world.
    around: f64,
    /// Pixels along the tile.
    side: u32,
    /// Pixels between nodes.
    step: u32,
    /// Longitudes of the columns and latitudes of the rows, degrees.
    lons: Vec<f64>,
    lats: Vec<f64>,
    radius_m: f64,
}

impl Nodes {
    fn of(z: u8, x: u32, y: u32, side: u32, radius_m: f64) -> Self {
        let around = f64::from(side) * f64::from(1_u32 << z);
        // At the equator, where a kernel has the fewest pixels.
        let pixels = radius_m / (std::f64::consts::TAU * EARTH_RADIUS_M / around);
        let mut step = 1;
        while step < side && f64::from(step * 2) * NODES_A_RADIUS <= pixels {
            step *= 2;
        }
        let place = |tile: u32, n: u32| f64::from(tile) * f64::from(side) + f64::from(n * step);
        let lon = |n: u32| degrees_at(place(x, n) / around, 0.0).0;
        let lat = |n: u32| degrees_at(0.0, place(y, n) / around).1;
        let count = side / step;
        Self {
            around,
            side,
            step,
            lons: (0..=count).map(lon).collect(),
            lats: (0..=count).map(lat).collect(),
            radius_m,
        }
    }

    /// How wide the kernel of a mass at a latitude is at this zoom, metres.
    fn radius_m(&self, lat: f64) -> f64 {
        let pixel_m = std::f64::consts::TAU * EARTH_RADIUS_M * lat.to_radians().cos() / self.around;
        self.radius_m.max(FEWEST_PIXELS * pixel_m)
    }

    /// The density at each node; `None` when it is 0 everywhere.
    fn sums(&self, class: &Class) -> Option<Vec<f64>> {
        let (west, east) = (*self.lons.first()?, *self.lons.last()?);
        let (north, south) = (*self.lats.first()?, *self.lats.last()?);
        // Kernels that reach into the tile: where it is nearest to the equator a pixel is the most metres, and a tenth is
        // added for those just outside; at its farthest latitude a metre is the most degrees.
        let nearest = if south < 0.0 && north > 0.0 { 0.0 } else { south.abs().min(north.abs()) };
        let reach = self.radius_m(nearest) * 1.1;
        let dlat = (reach / EARTH_RADIUS_M).to_degrees();
        let farthest = (north.abs().max(south.abs()) + dlat).min(89.9);
        let dlon = dlat / farthest.to_radians().cos();
        let bounds = Bounds::new(
            (west - dlon).max(-180.0),
            (south - dlat).max(-90.0),
            (east + dlon).min(180.0),
            (north + dlat).min(90.0),
        )?;
        let rows = points_in(&class.keys, WorldBox::of(bounds));
        let wide = self.lons.len();
        let mut sums = vec![0.0; wide * self.lats.len()];
        let mut any = false;
        for mass in rows.into_iter().filter_map(|row| class.masses.get(row)) {
            any |= self.add(&mass.spread(self.radius_m(mass.lat)), mass.lon, mass.lat, &mut sums);
        }
        any.then_some(sums)
    }

    /// Adds a kernel to the nodes that it reaches.
    fn add(&self, spread: &Spread, lon: f64, lat: f64, sums: &mut [f64]) -> bool {
        let (dlon, dlat) = (spread.radius_m / spread.east_m, spread.radius_m / spread.north_m);
        let columns = self.lons.partition_point(|l| *l < lon - dlon)..self.lons.partition_point(|l| *l <= lon + dlon);
        let rows = self.lats.partition_point(|l| *l > lat + dlat)..self.lats.partition_point(|l| *l >= lat - dlat);
        let lons = self.lons.get(columns.clone()).unwrap_or_default();
        let east2: Vec<f64> = lons.iter().map(|lon| spread.east2(*lon)).collect();
        for row in rows.clone() {
            let Some(lat) = self.lats.get(row) else { continue };
            let left = 1.0 - spread.north2(*lat);
            let start = row * self.lons.len() + columns.start;
            let nodes = sums.get_mut(start..start + east2.len()).unwrap_or_default();
            for (node, east2) in nodes.iter_mut().zip(&east2) {
                let rest = (left - east2).max(0.0);
                *node += spread.peak * rest * rest;
            }
        }
        !rows.is_empty() && !columns.is_empty()
    }

    /// Adds the field to the pixels, bilinear between nodes.
    fn blend(&self, nodes: &[f64], pixels: &mut [f64]) {
        let (wide, step) = (self.lons.len(), self.step as usize);
        let share = |n: usize| {
            #[expect(clippy::cast_precision_loss, reason = "below the tile's side")]
            let within = (n % step) as f64 + 0.5;
            (n / step, within / f64::from(self.step))
        };
        for (row, line) in pixels.chunks_exact_mut(self.side as usize).enumerate() {
            let (above, down) = share(row);
            let upper = nodes.get(above * wide..).unwrap_or_default();
            let lower = nodes.get((above + 1) * wide..).unwrap_or_default();
            // First between the rows, once for each column of nodes.
            let mixed: Vec<f64> = upper.iter().zip(lower).take(wide).map(|(a, b)| a + (b - a) * down).collect();
            for (column, pixel) in line.iter_mut().enumerate() {
                let (at, right) = share(column);
                if let Some([a, b]) = mixed.get(at..at + 2) {
                    *pixel += a + (b - a) * right;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::World;
    use crate::heat::Mass;
    use proptest::prelude::*;

    fn sums(field: &Field, z: u8, x: u32, y: u32) -> Vec<(Nodes, Vec<f64>)> {
        let of = |class: &Class| {
            let nodes = Nodes::of(z, x, y, 64, class.radius_m);
            let sums = nodes.sums(class).unwrap_or_else(|| vec![0.0; nodes.lons.len() * nodes.lats.len()]);
            (nodes, sums)
        };
        field.classes.iter().map(of).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Bit for bit: what both tiles draw up to is one field.
        #[test]
        fn two_tiles_have_the_same_sums_on_their_border(
            all in prop::collection::vec((-0.02..0.02_f64, -0.02..0.02_f64, 0..5_u8, 1.0..40.0_f64), 1..30),
            z in 3_u8..=18,
            radius_m in 250.0..5_000.0_f64,
        ) {
            let w = World::of_degrees(120.6555, 28.015);
            let (x, y) = (w.x >> (32 - u32::from(z)), w.y >> (32 - u32::from(z)));
            // About the tile's south-eastern corner.
            let corner = World { x: (x + 1) << (32 - u32::from(z)), y: (y + 1) << (32 - u32::from(z)) };
            let (lon, lat) = corner.degrees();
            let mass = |(dlon, dlat, level, n): (f64, f64, u8, f64)| {
                Mass { lon: lon + dlon, lat: lat + dlat, edge_m: 200.0 * f64::from(1_u32 << level), n }
            };
            let field = Field::new(all.into_iter().map(mass).collect(), radius_m);
            let (here, east, south) = (sums(&field, z, x, y), sums(&field, z, x + 1, y), sums(&field, z, x, y + 1));
            let mut seen = 0;
            for ((here, east), south) in here.iter().zip(&east).zip(&south) {
                let (wide, high) = (here.0.lons.len(), here.0.lats.len());
                for row in 0..high {
                    prop_assert_eq!(here.1[row * wide + wide - 1].to_bits(), east.1[row * wide].to_bits());
                    seen += usize::from(east.1[row * wide] > 0.0);
                }
                for column in 0..wide {
                    prop_assert_eq!(here.1[(high - 1) * wide + column].to_bits(), south.1[column].to_bits());
                    seen += usize::from(south.1[column] > 0.0);
                }
            }
            // The masses lie about the corner, but may be farther from it than a kernel is wide.
            prop_assume!(seen > 0);
        }
    }
}
