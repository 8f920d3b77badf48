//! Which division a place lies in, asked for every row of every layer.

use super::layer::StillLayer;
use super::shapes::{Edge, Ring, edges, holds};
use crate::codes::{Division, DivisionLevel};
use crate::mercator::{World, WorldBox};
use crate::position::Position;

/// Squares are cut until no border meets them, or down to this zoom (306 m at the equator).
const DEEPEST: u8 = 17;

/// The divisions as a map that answers at once: squares along the Morton curve that lie wholly inside one division know
/// their answer, squares on a border know which polygons to ask.
#[derive(Debug, Default)]
pub struct Divisions {
    shapes: Vec<Drawn>,
    /// First key of each square; the square ends where the next begins.
    starts: Vec<u64>,
    squares: Vec<Square>,
}

/// A division as it is drawn.
#[derive(Debug)]
struct Drawn {
    division: Division,
    rings: Vec<Ring>,
}

#[derive(Debug, PartialEq)]
enum Square {
    Known(Option<Division>),
    /// Numbers of shapes that hold all of the square, and of shapes whose border meets it.
    Border {
        inside: Vec<u32>,
        ask: Vec<u32>,
    },
}

impl Divisions {
    /// Draws the map from the layer of jurisdictions (other layers of polygons that have a division work as well).
    pub fn of(layer: &StillLayer) -> Self {
        let drawn = |row| Some(Drawn { division: layer.division(row)?, rings: layer.shapes()?.rings(row).to_vec() });
        let mut map = Self { shapes: (0..layer.len()).filter_map(drawn).collect(), ..Self::default() };
        let all = map.shapes.iter().zip(0..).map(|(shape, n)| (n, edges(&shape.rings).collect())).collect();
        map.draw(0, 0, 0, all, Vec::new());
        map
    }

    /// The deepest division that holds the place. The county is decided first, and only what lies below it by code
    /// counts after that, so that a border drawn twice cannot give a township of one county to another. Where no county
    /// is drawn, the deepest of all. Ties go to the smallest code. On an edge either side may be the answer.
    pub fn at(&self, place: Position) -> Option<Division> {
        let w = World::of(place);
        let after = self.starts.partition_point(|start| *start <= w.morton());
        match self.squares.get(after.checked_sub(1)?)? {
            Square::Known(division) => *division,
            Square::Border { inside, ask } => {
                let asked = ask.iter().filter(|n| self.shapes.get(**n as usize).is_some_and(|s| holds(&s.rings, w)));
                self.deepest(&inside.iter().chain(asked))
            }
        }
    }

    /// Draws the squares of a square: `borders` are the shapes whose edges may meet it, `inside` those that hold it.
    fn draw(&mut self, z: u8, x: u32, y: u32, borders: Vec<(u32, Vec<Edge>)>, mut inside: Vec<u32>) {
        let Some(square) = WorldBox::of_tile(z, x, y) else { return };
        let mut ask: Vec<(u32, Vec<Edge>)> = Vec::new();
        for (n, mut near) in borders {
            near.retain(|edge| edge.bounds().meets(&square));
            if !near.is_empty() {
                ask.push((n, near));
            } else if self.shapes.get(n as usize).is_some_and(|shape| holds(&shape.rings, square.min)) {
                inside.push(n);
            }
        }
        if ask.is_empty() {
            let division = self.deepest(&inside.iter());
            self.put(square.min, Square::Known(division));
        } else if z >= DEEPEST {
            self.put(square.min, Square::Border { inside, ask: ask.into_iter().map(|(n, _)| n).collect() });
        } else {
            for (dy, dx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                self.draw(z + 1, 2 * x + dx, 2 * y + dy, ask.clone(), inside.clone());
            }
        }
    }

    fn put(&mut self, corner: World, square: Square) {
        if self.squares.last() != Some(&square) {
            self.starts.push(corner.morton());
            self.squares.push(square);
        }
    }

    fn deepest<'a>(&self, holding: &(impl Iterator<Item = &'a u32> + Clone)) -> Option<Division> {
        let divisions = || holding.clone().filter_map(|n| self.shapes.get(*n as usize)).map(|shape| shape.division);
        let county = divisions().filter(|d| d.level() == DivisionLevel::County).min();
        let below = divisions().filter(|d| county.is_none_or(|county| county.contains(*d)));
        below.min_by_key(|d| (std::cmp::Reverse(d.level()), *d))
    }
}
