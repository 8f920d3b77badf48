//! From dwellings to published cells.

use sha2::{Digest, Sha256};

use super::cell::Cell;
use super::need::group;
use crate::codes::{Division, DivisionLevel};
use crate::mercator::World;
use crate::position::{EARTH_RADIUS_M, Position};

/// How many people live at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dwelling {
    /// Where, WGS84.
    pub position: Position,
    /// The deepest division that it lies in; `None` outside all known divisions. A village counts as its township.
    pub division: Option<Division>,
    /// How many people.
    pub residents: u32,
    /// How many households they are.
    pub households: u32,
    /// How many of them need help in an evacuation.
    pub need_help: u32,
}

/// What may be published.
#[derive(Clone)]
pub struct Rules {
    /// Fewest people of a cell.
    pub k: u32,
    /// Fewest households of a cell.
    pub min_households: u32,
    /// Published counts are multiples of this.
    pub base: u32,
    /// Decides the rounding. Who knows it can undo some of the rounding: keep it with the server's secrets. A new key
    /// re-rounds every cell, and two roundings together say more than one: change it only with the data.
    pub key: [u8; 32],
}

impl Rules {
    /// Ten people, three households, multiples of five.
    pub fn new(key: [u8; 32]) -> Self {
        Self { k: 10, min_households: 3, base: 5, key }
    }
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { k, min_households, base, key: _ } = self;
        write!(f, "Rules {{ k: {k}, min_households: {min_households}, base: {base}, key: secret }}")
    }
}

/// What is published of all dwellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Cells, by division and then along the Morton curve; those of one division never overlap.
    pub cells: Vec<Cell>,
    /// How many inhabited dwellings are in no cell.
    pub suppressed_dwellings: u64,
    /// Zoom of the finest squares.
    pub finest: u8,
}

/// Smallest edge of a cell, metres.
const EDGE_M: f64 = 250.0;
/// So many zooms above the finest squares are the coarsest.
const CLIMB: u8 = 6;
/// No square is finer than this, wherever it is.
const DEEPEST: u8 = 20;

/// Publishes the dwellings under the rules of the module. The same dwellings in any order give the same cells.
pub fn publish(dwellings: &[Dwelling], rules: &Rules) -> Published {
    let finest = finest(dwellings);
    let coarsest = finest.saturating_sub(CLIMB);
    let homes: Vec<Home> = dwellings.iter().filter(|d| d.residents > 0).map(Home::of).collect();
    let mut made = Vec::new();
    // First each township by itself; what is too small there joins in its county with what else is left there.
    let (in_townships, mut left): (Vec<Home>, Vec<Home>) = homes.into_iter().partition(Home::in_township);
    left.extend(cover_all(in_townships, coarsest, finest, rules, &mut made));
    let to_county = |home: Home| Home { division: county_of(home.division), ..home };
    let suppressed = cover_all(left.into_iter().map(to_county).collect(), coarsest, finest, rules, &mut made);
    made.sort_unstable_by_key(Made::order);
    group(&mut made, coarsest, rules);
    Published {
        cells: made.into_iter().map(|made| made.cell).collect(),
        suppressed_dwellings: suppressed.len() as u64,
        finest,
    }
}

/// Covers every coarsest square of every division; answers the homes of those that are too small.
fn cover_all(mut homes: Vec<Home>, coarsest: u8, finest: u8, rules: &Rules, made: &mut Vec<Made>) -> Vec<Home> {
    homes.sort_unstable();
    let mut small = Vec::new();
    for square in homes.chunk_by(|a, b| a.division == b.division && a.prefix(coarsest) == b.prefix(coarsest)) {
        if !cover(square, coarsest, finest, rules, made) {
            small.extend_from_slice(square);
        }
    }
    small
}

/// Covers the inhabited part of a square by cells, as fine as may be; false, and no cells, when it is too small.
fn cover(homes: &[Home], z: u8, finest: u8, rules: &Rules, cells: &mut Vec<Made>) -> bool {
    let total = Total::of(homes);
    // A part is never larger than the whole, so this cannot refuse what could be split.
    if total.residents < u64::from(rules.k) || total.households < u64::from(rules.min_households) {
        return false;
    }
    if z < finest {
        let mark = cells.len();
        let deeper = z + 1;
        let mut parts = homes.chunk_by(|a, b| a.prefix(deeper) == b.prefix(deeper));
        if parts.all(|part| cover(part, deeper, finest, rules, cells)) {
            return true;
        }
        cells.truncate(mark);
    }
    cells.extend(homes.first().map(|home| home.made(z, total, rules)));
    true
}

/// The deepest zoom whose squares are at least [`EDGE_M`] wide at the median latitude of the inhabited dwellings.
fn finest(dwellings: &[Dwelling]) -> u8 {
    let mut latitudes: Vec<f64> = dwellings.iter().filter(|d| d.residents > 0).map(|d| d.position.lat()).collect();
    let middle = latitudes.len() / 2;
    let median = if latitudes.is_empty() { 0.0 } else { *latitudes.select_nth_unstable_by(middle, f64::total_cmp).1 };
    let around = std::f64::consts::TAU * EARTH_RADIUS_M * median.to_radians().cos();
    (0..=DEEPEST).rev().find(|z| around / f64::from(1_u32 << z) >= EDGE_M).unwrap_or(0)
}

/// An inhabited dwelling, in the order in which cells are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Home {
    /// Number of the township or county; 0 for none.
    division: u64,
    /// Morton key of the place.
    key: u64,
    residents: u32,
    households: u32,
    need_help: u32,
}

impl Home {
    fn of(dwelling: &Dwelling) -> Self {
        Self {
            division: dwelling.division.map_or(0, |d| township_of(d).number()),
            key: World::of(dwelling.position).morton(),
            residents: dwelling.residents,
            households: dwelling.households,
            need_help: dwelling.need_help,
        }
    }

    /// The bits of the key that name its square of a zoom.
    fn prefix(&self, z: u8) -> u64 {
        self.key.checked_shr(64 - 2 * u32::from(z)).unwrap_or(0)
    }

    fn in_township(&self) -> bool {
        Division::from_number(self.division).is_some_and(|d| d.level() == DivisionLevel::Township)
    }

    /// The cell of that zoom around it.
    fn made(&self, z: u8, total: Total, rules: &Rules) -> Made {
        let corner = World::from_morton(self.key);
        let shift = 32 - u32::from(z);
        let (x, y) = (corner.x.checked_shr(shift).unwrap_or(0), corner.y.checked_shr(shift).unwrap_or(0));
        let round = |field, count, least| {
            rules.round(&[self.division, u64::from(z), u64::from(x), u64::from(y)], field, count, least)
        };
        let cell = Cell {
            division: Division::from_number(self.division),
            z,
            x,
            y,
            residents: round(b"residents", total.residents, rules.k),
            households: round(b"households", total.households, rules.min_households),
            need: None,
        };
        Made { cell, key: self.key, need_help: total.need_help }
    }
}

/// A village's township; anything else itself.
fn township_of(division: Division) -> Division {
    let above = division.parent().filter(|_| division.level() == DivisionLevel::Village);
    above.unwrap_or(division)
}

/// Number of the county of a division's number; a division above counties stays.
pub(super) fn county_of(number: u64) -> u64 {
    Division::from_number(number).map_or(0, |d| d.county().unwrap_or(d).number())
}

/// A cell and what is not published of it.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) cell: Cell,
    /// Morton key of a place in it.
    pub(super) key: u64,
    /// True count of those who need help.
    pub(super) need_help: u64,
}

impl Made {
    fn order(&self) -> (u64, u64, u8) {
        (self.cell.division.map_or(0, Division::number), self.key, self.cell.z)
    }
}

/// True counts of a square.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    residents: u64,
    households: u64,
    need_help: u64,
}

impl Total {
    fn of(homes: &[Home]) -> Self {
        homes.iter().fold(Self::default(), |sum, home| Self {
            residents: sum.residents + u64::from(home.residents),
            households: sum.households + u64::from(home.households),
            need_help: sum.need_help + u64::from(home.need_help),
        })
    }
}

impl Rules {
    /// Rounds to a multiple of the base: up with probability `count mod base / base`, the chance being drawn from a
    /// keyed hash; never below the smallest multiple that is at least `least`.
    pub(super) fn round(&self, place: &[u64; 4], field: &[u8], count: u64, least: u32) -> u32 {
        let base = u64::from(self.base.max(1));
        // Every part but the field has a fixed length, and the field is last: no two inputs are hashed alike. The hash
        // never leaves this function, so the key needs no HMAC around it.
        let mut hash = Sha256::new();
        hash.update(self.key);
        for number in place {
            hash.update(number.to_be_bytes());
        }
        hash.update(count.to_be_bytes());
        hash.update(field);
        let chance = hash.finalize().iter().take(8).fold(0_u64, |n, byte| n << 8 | u64::from(*byte)) % base;
        let down = count - count % base;
        let rounded = if chance < count % base { down + base } else { down };
        u32::try_from(rounded.max(u64::from(least).next_multiple_of(base))).unwrap_or(u32::MAX)
    }
}
