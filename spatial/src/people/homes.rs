//! Resident counts by the place that they stand at, for one question only: who is registered inside an evacuation zone.
//! Counts of one place (all dwellings of a building, where counts stand at its middle) are one entry. Never published,
//! never a layer: who may ask is decided where the question is answered.

use geo::{BoundingRect, Contains, MultiPolygon};

use crate::mercator::{World, WorldBox};
use crate::position::{Bounds, Position};
use crate::still::points_in;

/// What is registered at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Count {
    residents: u32,
    need_help: u32,
    homes: u32,
}

/// One place with what is registered there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Home {
    /// Where, WGS84 (within 1 cm of what was stored).
    pub position: Position,
    /// People.
    pub residents: u32,
    /// Of them those who need help in an evacuation.
    pub need_help: u32,
    /// Dwellings that are counted here, empty ones among them.
    pub homes: u32,
}

/// Counts on their way into order.
#[derive(Debug, Default)]
pub struct HomesBuilder {
    found: Vec<(u64, Count)>,
}

/// Registered counts, frozen: sorted along the Morton curve.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Homes {
    keys: Vec<u64>,
    counts: Vec<Count>,
}

impl HomesBuilder {
    /// Adds a dwelling.
    pub fn push(&mut self, position: Position, residents: u32, need_help: u32) {
        self.found.push((World::of(position).morton(), Count { residents, need_help, homes: 1 }));
        // What stands at one place is added up now and then, so that no more is held than there are places.
        if self.found.len() >= 1 << 20 && self.found.len().is_power_of_two() {
            self.gather();
        }
    }

    fn gather(&mut self) {
        self.found.sort_unstable_by_key(|(key, _)| *key);
        self.found.dedup_by(|(key, more), (held, count)| {
            let same = key == held;
            if same {
                count.residents = count.residents.saturating_add(more.residents);
                count.need_help = count.need_help.saturating_add(more.need_help);
                count.homes = count.homes.saturating_add(more.homes);
            }
            same
        });
    }

    /// In order.
    pub fn finish(mut self) -> Homes {
        self.gather();
        let (keys, counts) = self.found.into_iter().unzip();
        Homes { keys, counts }
    }
}

/// Bytes of an entry.
const ENTRY: usize = 20;

impl Homes {
    /// How many places.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The places inside an area (WGS84 degrees), along the Morton curve.
    pub fn inside(&self, area: &MultiPolygon<f64>) -> Vec<Home> {
        let rect = area.bounding_rect();
        let bounds = rect.and_then(|r| Bounds::new(r.min().x, r.min().y, r.max().x, r.max().y));
        let Some(bounds) = bounds else { return Vec::new() };
        let home = |row: usize| {
            let position = World::from_morton(*self.keys.get(row)?).position()?;
            let Count { residents, need_help, homes } = *self.counts.get(row)?;
            area.contains(&position.point()).then_some(Home { position, residents, need_help, homes })
        };
        points_in(&self.keys, WorldBox::of(bounds)).into_iter().filter_map(home).collect()
    }

    /// As bytes: little-endian key, residents, need help, homes, entry by entry.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len() * ENTRY);
        for (key, count) in self.keys.iter().zip(&self.counts) {
            bytes.extend(key.to_le_bytes());
            for number in [count.residents, count.need_help, count.homes] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes
    }

    /// From bytes; `None` when they are none of these.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let entries = bytes.chunks_exact(ENTRY);
        if !entries.remainder().is_empty() {
            return None;
        }
        let number = |entry: &[u8], at: usize| Some(u32::from_le_bytes(entry.get(at..at + 4)?.try_into().ok()?));
        let mut homes = Self::default();
        for entry in entries {
            let key = u64::from_le_bytes(entry.get(..8)?.try_into().ok()?);
            if homes.keys.last().is_some_and(|last| *last >= key) {
                return None;
            }
            homes.keys.push(key);
            let (residents, need_help, count) = (number(entry, 8)?, number(entry, 12)?, number(entry, 16)?);
            homes.counts.push(Count { residents, need_help, homes: count });
        }
        Some(homes)
    }
}

#[cfg(test)]
mod tests {
    use geo::{LineString, Polygon};
    use proptest::prelude::*;

    use super::*;

    fn square(west: f64, south: f64, side: f64) -> MultiPolygon<f64> {
        let ring = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)];
        let ring: LineString<f64> = ring.iter().map(|(x, y)| (west + x, south + y)).collect();
        MultiPolygon::new(vec![Polygon::new(ring, Vec::new())])
    }

    proptest! {
        /// The twin looks at every dwelling.
        #[test]
        fn inside_is_what_looking_at_each_finds(
            dwellings in proptest::collection::vec((0..40_u8, 0..40_u8, 0..9_u32, 0..3_u32), 0..200),
            west in 0.0..0.03_f64, south in 0.0..0.03_f64, side in 0.001..0.02_f64,
        ) {
            // Off the grid of the square's corners, so that nothing lies on an edge.
            let at = |x: u8, y: u8| {
                Position::new(120.600_35 + f64::from(x) * 0.001, 28.000_35 + f64::from(y) * 0.001).unwrap()
            };
            let mut builder = HomesBuilder::default();
            for (x, y, residents, need_help) in &dwellings {
                builder.push(at(*x, *y), *residents, *need_help);
            }
            let homes = builder.finish();
            let area = square(120.6 + west, 28.0 + south, side);
            let near_edge = |p: Position| {
                let edges = [120.6 + west, 120.6 + west + side];
                let rows = [28.0 + south, 28.0 + south + side];
                edges.iter().any(|e| (p.lon() - e).abs() < 1e-6) || rows.iter().any(|e| (p.lat() - e).abs() < 1e-6)
            };
            prop_assume!(dwellings.iter().all(|(x, y, ..)| !near_edge(at(*x, *y))));
            let inside: Vec<_> = dwellings.iter().filter(|(x, y, ..)| area.contains(&at(*x, *y).point())).collect();
            let found = homes.inside(&area);
            let sum = |of: fn(&Home) -> u32| found.iter().map(of).sum::<u32>();
            prop_assert_eq!(sum(|h| h.residents), inside.iter().map(|d| d.2).sum::<u32>());
            prop_assert_eq!(sum(|h| h.need_help), inside.iter().map(|d| d.3).sum::<u32>());
            prop_assert_eq!(sum(|h| h.homes) as usize, inside.len());
            let places: std::collections::BTreeSet<_> = inside.iter().map(|d| (d.0, d.1)).collect();
            prop_assert_eq!(found.len(), places.len());
            prop_assert_eq!(Homes::from_bytes(&homes.to_bytes()), Some(homes));
        }
    }

    #[test]
    fn torn_bytes_are_none() {
        let mut builder = HomesBuilder::default();
        for n in 0..3_u8 {
            builder.push(Position::new(120.6 + f64::from(n) * 0.01, 28.0).unwrap(), 2, 1);
        }
        let bytes = builder.finish().to_bytes();
        assert_eq!(bytes.len(), 3 * ENTRY);
        assert_eq!(Homes::from_bytes(&bytes[..30]), None);
        let turned: Vec<u8> = bytes.chunks(ENTRY).rev().flatten().copied().collect();
        assert_eq!(Homes::from_bytes(&turned), None, "out of order");
        assert_eq!(Homes::from_bytes(&[]), Some(Homes::default()));
    }
}
