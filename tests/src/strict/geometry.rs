//! Geometry: commands, cursor, winding.

use super::Rule;

/// The square of a tile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground {
    /// Its side in the tile's own units.
    pub(super) units: i64,
}

impl Ground {
    /// Whether a place lies in the tile, or at most `margin` units beyond it.
    fn holds(self, (x, y): Place, margin: i64) -> bool {
        let within = |v: i64| (-margin..=self.units + margin).contains(&v);
        within(x) && within(y)
    }

    fn margin(self) -> i64 {
        self.units / 64
    }
}

type Place = (i64, i64);

/// Most edges of a ring that are all compared with each other; longer rings are compared along their order from the west.
const FEW: usize = 24;

/// A geometry being read.
struct Commands<'a> {
    rest: &'a [u32],
    at: Place,
}

impl Commands<'_> {
    /// The next command and how often it is meant.
    fn command(&mut self) -> Option<(u32, u32)> {
        let (word, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some((word & 7, word >> 3))
    }

    /// Moves the cursor by the next two numbers.
    fn step(&mut self) -> Result<Place, Rule> {
        let [dx, dy, rest @ ..] = self.rest else { return Err(Rule::Cut) };
        self.rest = rest;
        // 32 bits, as a decoder may hold them: what runs over is the same place to all.
        let moved = |from: i64, by: u32| {
            let by = (by >> 1).cast_signed() ^ -(by & 1).cast_signed();
            i32::try_from(from).map(|from| i64::from(from.wrapping_add(by))).map_err(|_far| Rule::Wire)
        };
        self.at = (moved(self.at.0, *dx)?, moved(self.at.1, *dy)?);
        Ok(self.at)
    }

    /// `LineTo` with at least that many points, behind the point where the cursor is.
    fn line_to(&mut self, least: u32, find: &mut dyn FnMut(Rule)) -> Result<Vec<Place>, Rule> {
        let mut path = vec![self.at];
        match self.command() {
            Some((2, count)) if count >= least => {
                for _ in 0..count {
                    let before = self.at;
                    if self.step()? == before {
                        find(Rule::Nowhere);
                    }
                    path.push(self.at);
                }
                Ok(path)
            }
            Some((2, _)) => Err(Rule::Count),
            Some(_) => Err(Rule::Command),
            None => Err(Rule::Cut),
        }
    }

    /// `MoveTo` one point.
    fn move_to(&mut self) -> Result<(), Rule> {
        match self.command() {
            Some((1, 1)) => self.step().map(|_| ()),
            Some((1, _)) => Err(Rule::Count),
            Some(_) => Err(Rule::Command),
            None => Err(Rule::Cut),
        }
    }
}

fn told(result: Result<(), Rule>, find: &mut dyn FnMut(Rule)) {
    if let Err(rule) = result {
        find(rule);
    }
}

/// One `MoveTo` of one point or more, and nothing else.
pub(super) fn points(words: &[u32], ground: Ground, find: &mut dyn FnMut(Rule)) {
    let mut commands = Commands { rest: words, at: (0, 0) };
    let mut read = || match commands.command() {
        Some((1, 0)) => Err(Rule::Count),
        Some((1, count)) => {
            for _ in 0..count {
                let (x, y) = commands.step()?;
                if !(0..ground.units).contains(&x) || !(0..ground.units).contains(&y) {
                    find(Rule::Outside);
                }
            }
            if commands.rest.is_empty() { Ok(()) } else { Err(Rule::Command) }
        }
        _ => Err(Rule::Command),
    };
    let result = read();
    told(result, find);
}

/// `MoveTo` one point and `LineTo` one or more, as often as one likes.
pub(super) fn lines(words: &[u32], ground: Ground, find: &mut dyn FnMut(Rule)) {
    let mut commands = Commands { rest: words, at: (0, 0) };
    while !commands.rest.is_empty() {
        let result = commands.move_to().and_then(|()| commands.line_to(1, find));
        match result {
            Ok(path) => {
                if !path.iter().all(|place| ground.holds(*place, ground.margin())) {
                    find(Rule::Outside);
                }
            }
            Err(rule) => return find(rule),
        }
    }
}

/// `MoveTo` one point, `LineTo` two or more, `ClosePath`: one exterior and its holes, then the next.
pub(super) fn polygons(words: &[u32], ground: Ground, find: &mut dyn FnMut(Rule)) {
    let mut commands = Commands { rest: words, at: (0, 0) };
    let mut exterior: Option<Vec<Place>> = None;
    while !commands.rest.is_empty() {
        let result =
            commands.move_to().and_then(|()| commands.line_to(2, find)).and_then(|path| match commands.command() {
                Some((7, 1)) => Ok(path),
                Some((7, _)) => Err(Rule::Count),
                Some(_) => Err(Rule::Command),
                None => Err(Rule::Cut),
            });
        match result {
            Ok(ring) => exterior = Some(judge_ring(ring, exterior, ground, find)),
            Err(rule) => return find(rule),
        }
    }
}

/// Judges a ring, and says which exterior the next may be a hole of.
fn judge_ring(
    ring: Vec<Place>,
    exterior: Option<Vec<Place>>,
    ground: Ground,
    find: &mut dyn FnMut(Rule),
) -> Vec<Place> {
    if ring.first() == ring.last() {
        find(Rule::Nowhere);
    }
    if !ring.iter().all(|place| ground.holds(*place, ground.margin())) {
        find(Rule::Outside);
    }
    if is_tangled(&ring) {
        find(Rule::Tangled);
    }
    match (area2(&ring).signum(), exterior) {
        (1, _) => return ring,
        (-1, Some(exterior)) => {
            if !ring.iter().all(|place| is_covered(&exterior, *place)) {
                find(Rule::StrayHole);
            }
            return exterior;
        }
        _ => find(Rule::Winding),
    }
    ring
}

/// Twice the area by the surveyor's formula (4.3.4.4): positive for exteriors, `y` pointing down.
fn area2(ring: &[Place]) -> i128 {
    edges(ring).map(|(a, b)| i128::from(a.0) * i128::from(b.1) - i128::from(b.0) * i128::from(a.1)).sum()
}

fn edges(ring: &[Place]) -> impl Iterator<Item = (Place, Place)> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// On which side of a line through two places a third lies.
fn side(a: Place, b: Place, c: Place) -> i128 {
    let wide = |v: i64| i128::from(v);
    ((wide(b.0) - wide(a.0)) * (wide(c.1) - wide(a.1)) - (wide(b.1) - wide(a.1)) * (wide(c.0) - wide(a.0))).signum()
}

/// Whether a place that lies on the line through two others lies between them.
fn between(a: Place, b: Place, c: Place) -> bool {
    (a.0.min(b.0)..=a.0.max(b.0)).contains(&c.0) && (a.1.min(b.1)..=a.1.max(b.1)).contains(&c.1)
}

/// Whether two edges share a place.
fn meet((a, b): (Place, Place), (c, d): (Place, Place)) -> bool {
    let sides = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
    if sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0 {
        return true;
    }
    (sides[0] == 0 && between(a, b, c))
        || (sides[1] == 0 && between(a, b, d))
        || (sides[2] == 0 && between(c, d, a))
        || (sides[3] == 0 && between(c, d, b))
}

/// Whether a ring meets itself elsewhere than where one edge goes over into the next.
fn is_tangled(ring: &[Place]) -> bool {
    let mut all: Vec<(usize, (Place, Place))> = edges(ring).filter(|(a, b)| a != b).enumerate().collect();
    let count = all.len();
    let wrong = |(n, a): &(usize, (Place, Place)), (m, b): &(usize, (Place, Place))| {
        let (first, second) = if n < m { ((n, a), (m, b)) } else { ((m, b), (n, a)) };
        let follows = first.0 + 1 == *second.0;
        let closes = *first.0 == 0 && second.0 + 1 == count;
        match (follows, closes) {
            // Neighbours share their corner; they must not run back over each other.
            (true, _) => side(first.1.0, first.1.1, second.1.1) == 0 && runs_back(*first.1, second.1.1),
            (false, true) => side(second.1.0, second.1.1, first.1.1) == 0 && runs_back(*second.1, first.1.1),
            (false, false) => meet(*a, *b),
        }
    };
    if count <= FEW {
        return all.iter().enumerate().any(|(n, edge)| all.iter().skip(n + 1).any(|other| wrong(edge, other)));
    }
    let west = |(_, (a, b)): &(usize, (Place, Place))| a.0.min(b.0);
    let east = |(_, (a, b)): &(usize, (Place, Place))| a.0.max(b.0);
    all.sort_by_key(west);
    all.iter().enumerate().any(|(n, edge)| {
        all.iter().skip(n + 1).take_while(|other| west(other) <= east(edge)).any(|other| wrong(edge, other))
    })
}

/// Whether the way from the end of an edge to a place on its line leads back over the edge.
fn runs_back((a, b): (Place, Place), c: Place) -> bool {
    let wide = |v: i64| i128::from(v);
    let along = (wide(b.0) - wide(a.0)) * (wide(c.0) - wide(b.0)) + (wide(b.1) - wide(a.1)) * (wide(c.1) - wide(b.1));
    along < 0
}

/// Whether a place lies inside a ring or on it.
fn is_covered(ring: &[Place], place: Place) -> bool {
    let mut inside = false;
    for (a, b) in edges(ring) {
        if side(a, b, place) == 0 && between(a, b, place) {
            return true;
        }
        let crosses = (a.1 > place.1) != (b.1 > place.1);
        // East of the place where the edge passes its height, in whole numbers.
        let east = side(a, b, place) * i128::from((b.1 - a.1).signum()) > 0;
        inside ^= crosses && east;
    }
    inside
}
