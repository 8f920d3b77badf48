//! People who need help in an evacuation: too few in most cells to be told of each, so cells are joined until they are
//! not. Every cell is in one group or in none, and only the groups have a number.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{NEED_CELLS, NEED_GROUP, NEED_SUM, Need};
use super::publish::{Made, Rules, county_of};
use crate::codes::{Division, DivisionLevel};
use crate::mercator::World;
use crate::still::{StillLayer, ValueRef};

/// A cell on its way into a group.
#[derive(Debug, Clone, Copy)]
struct Atom {
    /// Its place among the cells.
    at: usize,
    /// Division that the group belongs to.
    division: u64,
    key: u64,
    z: u8,
    need_help: u64,
}

impl Atom {
    fn prefix(&self, z: u8) -> u64 {
        self.key.checked_shr(64 - 2 * u32::from(z)).unwrap_or(0)
    }
}

/// Joins cells into groups of at least `k` people who need help, by the rule of the cells: a square is one group unless
/// each of its inhabited parts can be a group or several. First within a coarsest square of a township, then of a
/// county; what is left of a county is one more tree over all of it, and what is left of all counties another. What is
/// left then joins the smallest group.
pub(super) fn group(made: &mut [Made], coarsest: u8, rules: &Rules) {
    let number = |made: &Made| made.cell.division.map_or(0, Division::number);
    let mut left: Vec<Atom> = made
        .iter()
        .enumerate()
        .map(|(at, made)| Atom { at, division: number(made), key: made.key, z: made.cell.z, need_help: made.need_help })
        .collect();
    let is_township = |atom: &Atom| {
        Division::from_number(atom.division).is_some_and(|division| division.level() == DivisionLevel::Township)
    };
    let (townships, mut counties): (Vec<Atom>, Vec<Atom>) = left.drain(..).partition(is_township);
    let mut groups = Vec::new();
    counties.extend(join_all(townships, coarsest, rules, &mut groups));
    let to_county = |atom: Atom| Atom { division: county_of(atom.division), ..atom };
    let left = join_all(counties.into_iter().map(to_county).collect(), coarsest, rules, &mut groups);
    let left = join_all(left, 0, rules, &mut groups);
    let everywhere = |atom: Atom| Atom { division: 0, ..atom };
    let left = join_all(left.into_iter().map(everywhere).collect(), 0, rules, &mut groups);
    // Too few even together: they join the smallest group, so that whoever sees the whole city is told of all of it.
    if let Some(smallest) = groups.iter_mut().min_by_key(|group| group.order()) {
        smallest.take(left);
    }
    for Group { z, atoms } in groups {
        let need = need_of(z, &atoms, made, rules);
        for atom in atoms {
            if let Some(made) = made.get_mut(atom.at) {
                made.cell.need = need;
            }
        }
    }
}

struct Group {
    z: u8,
    atoms: Vec<Atom>,
}

impl Group {
    fn order(&self) -> (u64, Option<usize>) {
        (self.atoms.iter().map(|atom| atom.need_help).sum(), self.atoms.first().map(|atom| atom.at))
    }

    fn take(&mut self, more: Vec<Atom>) {
        if !more.is_empty() {
            self.z = 0;
            self.atoms.extend(more);
        }
    }
}

fn join_all(mut atoms: Vec<Atom>, coarsest: u8, rules: &Rules, groups: &mut Vec<Group>) -> Vec<Atom> {
    atoms.sort_unstable_by_key(|atom| (atom.division, atom.key, atom.z, atom.at));
    let mut small = Vec::new();
    for square in atoms.chunk_by(|a, b| a.division == b.division && a.prefix(coarsest) == b.prefix(coarsest)) {
        if !join(square, coarsest, rules, groups) {
            small.extend_from_slice(square);
        }
    }
    small
}

/// Makes groups of the cells of a square, as small as may be; false, and no groups, when all together are too few.
fn join(atoms: &[Atom], z: u8, rules: &Rules, groups: &mut Vec<Group>) -> bool {
    if atoms.iter().map(|atom| atom.need_help).sum::<u64>() < u64::from(rules.k) {
        return false;
    }
    // A cell as large as the square cannot be parted.
    if atoms.iter().all(|atom| atom.z > z) {
        let mark = groups.len();
        let mut parts = atoms.chunk_by(|a, b| a.prefix(z + 1) == b.prefix(z + 1));
        if parts.all(|part| join(part, z + 1, rules, groups)) {
            return true;
        }
        groups.truncate(mark);
    }
    groups.push(Group { z, atoms: atoms.to_vec() });
    true
}

fn need_of(z: u8, atoms: &[Atom], made: &[Made], rules: &Rules) -> Option<Need> {
    let first = atoms.first()?;
    let corner = World::from_morton(first.key);
    let shift = 32 - u32::from(z);
    let (x, y) = (corner.x.checked_shr(shift).unwrap_or(0), corner.y.checked_shr(shift).unwrap_or(0));
    let count = atoms.iter().map(|atom| atom.need_help).sum();
    let place = [first.division, u64::from(z), u64::from(x), u64::from(y)];
    Some(Need {
        // A cell is in one group at most, so the first of them stands for it. The square would not do: two rounds of
        // joining may make a group each in the same one.
        group: made.get(first.at)?.cell.fid(),
        cells: u32::try_from(atoms.len()).unwrap_or(u32::MAX),
        need_help: rules.round(&place, b"need_help", count, rules.k),
    })
}

/// What is told of the need for help around some cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeedAround {
    /// How many need help in all groups that the cells belong to; `None` when none of the cells is in a group in sight.
    pub need_help: Option<u64>,
    /// Residents of those of the cells that are in such a group: the rest of the cells are not counted at all.
    pub known_residents: u64,
    /// The cells that the number stands for: all of those groups, more than was asked for.
    pub rows: Vec<usize>,
}

/// Adds up the groups that some cells (`rows`) of a people layer belong to. A group counts only when `sees` takes all of
/// its cells, so that nothing is told of what is out of sight.
pub fn need_around(layer: &StillLayer, sees: &dyn Fn(usize) -> bool, rows: &[usize]) -> NeedAround {
    let group_of = |row: usize| whole(layer, row, NEED_GROUP);
    let touched: BTreeSet<u64> = rows.iter().filter_map(|row| group_of(*row)).collect();
    let mut members: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for row in (0..layer.len()).filter(|row| sees(*row)) {
        if let Some(group) = group_of(row).filter(|group| touched.contains(group)) {
            members.entry(group).or_default().push(row);
        }
    }
    members.retain(|_, rows| rows.first().and_then(|row| whole(layer, *row, NEED_CELLS)) == Some(rows.len() as u64));
    let mut around = NeedAround::default();
    for row in rows.iter().filter(|row| group_of(**row).is_some_and(|group| members.contains_key(&group))) {
        around.known_residents += whole(layer, *row, "residents").unwrap_or(0);
    }
    for rows in members.into_values() {
        let help = rows.first().and_then(|row| whole(layer, *row, NEED_SUM)).unwrap_or(0);
        around.need_help = Some(around.need_help.unwrap_or(0) + help);
        around.rows.extend(rows);
    }
    around
}

/// The need for help of the cells of one square, while they are added up: known only when every cell is in a group and
/// every group lies wholly inside.
#[derive(Debug, Default)]
pub(super) struct Tally {
    unknown: bool,
    groups: BTreeMap<u64, (u64, u64, u64)>,
}

impl Tally {
    pub(super) fn add(&mut self, layer: &StillLayer, row: usize) {
        let fields = [NEED_GROUP, NEED_CELLS, NEED_SUM].map(|field| whole(layer, row, field));
        match fields {
            [Some(group), Some(cells), Some(sum)] => self.groups.entry(group).or_insert((0, cells, sum)).0 += 1,
            _ => self.unknown = true,
        }
    }

    pub(super) fn need_help(&self) -> Option<u64> {
        let whole = self.groups.values().all(|(seen, cells, _)| seen == cells);
        (whole && !self.unknown).then(|| self.groups.values().map(|(_, _, sum)| sum).sum())
    }
}

fn whole(layer: &StillLayer, row: usize, field: &str) -> Option<u64> {
    match layer.value(row, field) {
        Some(ValueRef::Int(n)) => u64::try_from(n).ok(),
        _ => None,
    }
}
