//! Growing sums of what was published, so that any window of days is two reads.

use std::ops::Range;

use super::field::Mass;
use super::publish::Publication;
use super::square::Square;
use crate::codes::Division;
use crate::mercator::World;

/// What was published, laid out for windows of days and sets of kinds.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// In Morton order of their squares' middles.
    series: Vec<Series>,
    /// Knots of all series, one behind the other.
    knots: Vec<Knot>,
    days: Option<(i32, i32)>,
}

/// One kind in one square and one division.
#[derive(Debug, Clone)]
struct Series {
    square: Square,
    division: u64,
    kind: u8,
    knots: Range<usize>,
}

/// How much there was before a day; between two knots it grows evenly.
#[derive(Debug, Clone, Copy)]
struct Knot {
    day: i32,
    sum: f64,
}

/// Which days, kinds and divisions.
pub struct Window<'a> {
    /// First day, counted.
    pub from: i32,
    /// Last day, counted.
    pub to: i32,
    /// Bit n stands for kind n.
    pub kinds: u32,
    /// Whether what lies in a division may be seen.
    pub may_see: &'a dyn Fn(Option<Division>) -> bool,
}

impl Past {
    /// Lays out a publication.
    pub fn of(publication: &Publication) -> Self {
        let mut runs = publication.runs.clone();
        let place = |square: Square| {
            let (lon, lat) = square.centre();
            World::of_degrees(lon, lat).morton()
        };
        runs.sort_by_cached_key(|run| (place(run.square), run.square, run.division, run.kind, run.first));
        let mut past = Self { days: publication.days, ..Self::default() };
        let same = |a: &super::Run, b: &super::Run| (a.square, a.division, a.kind) == (b.square, b.division, b.kind);
        for group in runs.chunk_by(same) {
            let Some(first) = group.first() else { continue };
            // What is begun and ended on a day, in cases a day.
            let mut changes: Vec<(i32, f64)> = Vec::with_capacity(group.len() * 2);
            for run in group {
                let a_day = f64::from(run.n) / f64::from(run.last - run.first + 1);
                changes.extend([(run.first, a_day), (run.last + 1, -a_day)]);
            }
            changes.sort_by_key(|change| change.0);
            let start = past.knots.len();
            let (mut sum, mut a_day, mut at) = (0.0, 0.0, first.first);
            for day in changes.chunk_by(|a, b| a.0 == b.0) {
                let Some((today, _)) = day.first() else { continue };
                sum += a_day * f64::from(today - at);
                at = *today;
                a_day += day.iter().map(|change| change.1).sum::<f64>();
                past.knots.push(Knot { day: at, sum });
            }
            let (square, division, kind) = (first.square, first.division, first.kind);
            past.series.push(Series { square, division, kind, knots: start..past.knots.len() });
        }
        past
    }

    /// The first day of any case, and the last that was published.
    pub fn days(&self) -> Option<(i32, i32)> {
        self.days
    }

    /// What there was in a window, by squares, in Morton order of their middles.
    pub fn masses(&self, window: &Window<'_>) -> Vec<Mass> {
        let mut masses: Vec<Mass> = Vec::new();
        let mut newest: Option<Square> = None;
        for series in &self.series {
            let division = Division::from_number(series.division);
            if window.kinds >> series.kind & 1 == 0 || !(window.may_see)(division) {
                continue;
            }
            let knots = self.knots.get(series.knots.clone()).unwrap_or_default();
            let n = before(knots, window.to.saturating_add(1)) - before(knots, window.from);
            // Sums of thirds and sevenths are off by their last bits.
            if n < 1e-9 {
                continue;
            }
            match masses.last_mut() {
                Some(mass) if newest == Some(series.square) => mass.n += n,
                Some(_) | None => {
                    let (lon, lat) = series.square.centre();
                    masses.push(Mass { lon, lat, edge_m: series.square.edge_m(), n });
                    newest = Some(series.square);
                }
            }
        }
        masses
    }
}

/// How much there was before a day.
fn before(knots: &[Knot], day: i32) -> f64 {
    let next = knots.partition_point(|knot| knot.day <= day);
    let Some(a) = next.checked_sub(1).and_then(|at| knots.get(at)) else { return 0.0 };
    let Some(b) = knots.get(next) else { return a.sum };
    a.sum + (b.sum - a.sum) * f64::from(day - a.day) / f64::from(b.day - a.day)
}
