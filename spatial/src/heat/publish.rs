//! From single cases to runs of at least three.

use std::collections::{BTreeMap, BTreeSet};

use super::square::Square;
use crate::codes::{Division, DivisionLevel};
use crate::position::Position;

/// Fewest cases of a run (rule R-HEAT: smaller counts contribute nothing).
pub const K: u32 = 3;
/// Days that cases of a square wait for each other before they go on waiting in the square above.
pub const PATIENCE: i32 = 14;

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    division: u64,
    kind: u8,
    day: i32,
    square: Square,
}

impl Case {
    /// What happened at a place on a day (counted from any day on), of some kind (0 to 31), in a division: a village counts
    /// as its township. The place is forgotten here: only its square is kept.
    pub fn new(position: Position, day: i32, kind: u8, division: Option<Division>) -> Self {
        Self { division: division.map_or(0, |d| township(d).number()), kind, day, square: Square::of(position) }
    }
}

fn township(division: Division) -> Division {
    let mut at = division;
    while at.level() > DivisionLevel::Township {
        let Some(above) = at.parent() else { break };
        at = above;
    }
    at
}

/// Cases of one kind in one square and one division that are told together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The last day, counted.
    pub last: i32,
    /// The first day, counted.
    pub first: i32,
    /// Number of the township, or of the division above it where there is none; 0 for none.
    pub division: u64,
    /// Kind.
    pub kind: u8,
    /// Where.
    pub square: Square,
    /// How many.
    pub n: u32,
}

/// What is published of all cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publication {
    /// Runs, in order.
    pub runs: Vec<Run>,
    /// Cases that still wait for company.
    pub waiting: u64,
    /// Cases that found none.
    pub left_out: u64,
    /// First day of any case, and the last day that was over.
    pub days: Option<(i32, i32)>,
}

impl Publication {
    /// Cases in runs.
    pub fn published(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.n)).sum()
    }
}

/// Publishes what happened up to and with the day `last`; later cases are not looked at. The order does not matter.
pub fn publish(mut cases: Vec<Case>, last: i32) -> Publication {
    cases.retain(|case| case.day <= last);
    cases.sort_unstable();
    let days = cases.iter().map(|case| case.day).min().map(|first| (first, last));
    let mut made = Publication { days, ..Publication::default() };
    for group in cases.chunk_by(|a, b| (a.division, a.kind) == (b.division, b.kind)) {
        walk(group, last, &mut made);
    }
    made.runs.sort_unstable();
    made
}

/// Cases of a square that wait.
#[derive(Debug, Clone, Copy)]
struct Bag {
    /// The day on which they began to wait here.
    opened: i32,
    first: i32,
    last: i32,
    n: u32,
}

/// Goes through the days of one kind in one division.
fn walk(group: &[Case], last: i32, made: &mut Publication) {
    let mut room = Room { bags: BTreeMap::new(), due: BTreeMap::new() };
    let mut days = group.chunk_by(|a, b| a.day == b.day).peekable();
    loop {
        let coming = days.peek().and_then(|day| day.first()).map(|case| case.day);
        let due = room.due.first_key_value().map(|(day, _)| *day);
        let Some(today) = coming.into_iter().chain(due).min().filter(|day| *day <= last) else { break };
        let mut touched = BTreeSet::new();
        for case in days.next_if(|_| coming == Some(today)).unwrap_or_default() {
            room.put(case.square, Bag { opened: today, first: today, last: today, n: 1 });
            touched.insert(case.square);
        }
        close(&mut room, &touched, group, made);
        let tired = room.due.remove(&today).unwrap_or_default();
        let mut touched = BTreeSet::new();
        for square in tired {
            // The bag may have been closed meanwhile, and another one opened.
            let Some(bag) = room.bags.get(&square).copied().filter(|bag| bag.opened + PATIENCE == today) else {
                continue;
            };
            room.bags.remove(&square);
            if let Some(above) = square.above() {
                room.put(above, Bag { opened: today, ..bag });
                touched.insert(above);
            } else {
                made.left_out += u64::from(bag.n);
            }
        }
        close(&mut room, &touched, group, made);
    }
    made.waiting += room.bags.values().map(|bag| u64::from(bag.n)).sum::<u64>();
}

/// What waits, and when it will have waited long enough.
struct Room {
    bags: BTreeMap<Square, Bag>,
    due: BTreeMap<i32, BTreeSet<Square>>,
}

impl Room {
    fn put(&mut self, square: Square, new: Bag) {
        let due = &mut self.due;
        let bag = self.bags.entry(square).or_insert_with(|| {
            due.entry(new.opened + PATIENCE).or_default().insert(square);
            Bag { n: 0, ..new }
        });
        bag.first = bag.first.min(new.first);
        bag.last = bag.last.max(new.last);
        bag.n += new.n;
    }
}

/// Publishes those of the squares that have company enough.
fn close(room: &mut Room, touched: &BTreeSet<Square>, group: &[Case], made: &mut Publication) {
    let Some(case) = group.first() else { return };
    for square in touched {
        if let Some(bag) = room.bags.get(square).copied().filter(|bag| bag.n >= K) {
            room.bags.remove(square);
            let (division, kind) = (case.division, case.kind);
            made.runs.push(Run { last: bag.last, first: bag.first, division, kind, square: *square, n: bag.n });
        }
    }
}
