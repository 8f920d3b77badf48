//! The graph as bytes and back: a mark, the number of the form, lists of numbers in little-endian with their lengths
//! before them, and a SHA-256 of all that. A [`Net`](super::Net) is not saved: it is made faster than it is read.

use sha2::{Digest, Sha256};

use super::builder::packed;
use super::graph::{Edge, GraphTally, RoadGraph};
use super::spot::{Spot, number};
use super::turn::Turn;
use super::way::{Access, Oneway, Way};
use crate::noun::RoadClass;

const MARK: &[u8; 8] = b"om-roads";
/// Number of the form; bytes of another one are not read.
const FORM: u32 = 2;

/// Why bytes are not a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// They are something else.
    #[error("the bytes are no saved road graph")]
    Other,
    /// They are of an older or newer form: build the graph anew.
    #[error("the saved road graph has form {0}, which is not read here")]
    Form(u32),
    /// They changed on the way, or end early.
    #[error("the saved road graph is damaged")]
    Damaged,
}

impl RoadGraph {
    /// The graph as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MARK.to_vec();
        out.extend(FORM.to_le_bytes());
        let t = self.tally;
        let mut put = |numbers: &mut dyn ExactSizeIterator<Item = u32>| {
            out.extend(number(numbers.len()).to_le_bytes());
            numbers.for_each(|n| out.extend(n.to_le_bytes()));
        };
        put(&mut [t.roads, t.vertices, t.turns, t.turns_lost, t.barriers, t.barriers_lost].into_iter());
        for spots in [&self.nodes, &self.shape] {
            put(&mut spots.iter().map(|spot| spot.lon.cast_unsigned()));
            put(&mut spots.iter().map(|spot| spot.lat.cast_unsigned()));
        }
        let columns: [fn(&Edge) -> u32; 6] = [
            |e| e.ends[0],
            |e| e.ends[1],
            |e| e.road,
            |e| e.vertices,
            |e| e.length,
            |e| u32::from(e.signals[0]) | u32::from(e.signals[1]) << 1,
        ];
        for column in columns {
            put(&mut self.edges.iter().map(column));
        }
        let columns: [fn(&Turn) -> u32; 3] = [|t| t.from, |t| t.to, |t| u32::from(t.only)];
        for column in columns {
            put(&mut self.turns.iter().map(column));
        }
        out.extend(number(self.ways.len()).to_le_bytes());
        for way in &self.ways {
            write_way(way, &mut out);
        }
        let sum = Sha256::digest(&out);
        out.extend_from_slice(&sum);
        out
    }

    /// The graph that [`RoadGraph::to_bytes`] has written.
    ///
    /// # Errors
    /// When they are not whole, or of another form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        let rest = bytes.strip_prefix(MARK).ok_or(SavedError::Other)?;
        let mut from = Reader(rest);
        let form = from.number()?;
        if form != FORM {
            return Err(SavedError::Form(form));
        }
        let (body, sum) = bytes.split_at_checked(bytes.len().saturating_sub(32)).ok_or(SavedError::Damaged)?;
        if Sha256::digest(body).as_slice() != sum {
            return Err(SavedError::Damaged);
        }
        let tally = from.numbers()?;
        let [roads, vertices, turns, turns_lost, barriers, barriers_lost] = tally[..] else {
            return Err(SavedError::Damaged);
        };
        let (nodes, shape) = (from.spots()?, from.spots()?);
        let edges = from.edges(shape.len())?;
        let (starts, ends, only) = (from.numbers()?, from.numbers()?, from.numbers()?);
        let banned = starts.iter().zip(&ends).zip(&only);
        let banned = banned.map(|((from, to), only)| Turn { from: *from, to: *to, only: *only > 0 }).collect();
        let ways = (0..from.number()?).map(|_| from.way()).collect::<Result<Vec<Way>, _>>()?;
        let tally = GraphTally { roads, vertices, turns, turns_lost, barriers, barriers_lost };
        let tree = packed(&edges, &shape);
        let graph = Self { nodes, edges, shape, ways, turns: banned, tally, tree };
        if graph.fits() { Ok(graph) } else { Err(SavedError::Damaged) }
    }

    /// Whether all numbers speak of something that is there.
    fn fits(&self) -> bool {
        let arcs = self.arc_count();
        let edge = |edge: &Edge| {
            edge.ends.iter().all(|end| (*end as usize) < self.nodes.len()) && (edge.road as usize) < self.ways.len()
        };
        self.edges.iter().all(edge)
            && self.turns.iter().all(|t| t.from < arcs && t.to < arcs && self.head(t.from) == self.tail(t.to))
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SavedError> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or(SavedError::Damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u32, SavedError> {
        self.take().map(u32::from_le_bytes)
    }

    fn numbers(&mut self) -> Result<Vec<u32>, SavedError> {
        let bytes = self.number()? as usize * 4;
        let (these, rest) = self.0.split_at_checked(bytes).ok_or(SavedError::Damaged)?;
        self.0 = rest;
        Ok(these.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    fn spots(&mut self) -> Result<Vec<Spot>, SavedError> {
        let (lons, lats) = (self.numbers()?, self.numbers()?);
        let spot = |(lon, lat): (&u32, &u32)| Spot { lon: lon.cast_signed(), lat: lat.cast_signed() };
        if lons.len() == lats.len() { Ok(lons.iter().zip(&lats).map(spot).collect()) } else { Err(SavedError::Damaged) }
    }

    fn edges(&mut self, shape: usize) -> Result<Vec<Edge>, SavedError> {
        let mut columns = Vec::with_capacity(6);
        for _ in 0..6 {
            columns.push(self.numbers()?);
        }
        let [tails, heads, roads, vertices, lengths, lights] = &columns[..] else { return Err(SavedError::Damaged) };
        let drawn: usize = vertices.iter().map(|many| *many as usize).sum();
        let short = vertices.iter().any(|many| *many < 2);
        if short || drawn != shape || columns.iter().any(|column| column.len() != tails.len()) {
            return Err(SavedError::Damaged);
        }
        let mut first = 0;
        let mut edge = |at: usize| {
            let edge = Edge {
                ends: [tails[at], heads[at]],
                road: roads[at],
                first,
                vertices: vertices[at],
                length: lengths[at],
                signals: [lights[at] & 1 > 0, lights[at] & 2 > 0],
            };
            first += vertices[at];
            edge
        };
        Ok((0..tails.len()).map(&mut edge).collect())
    }

    fn way(&mut self) -> Result<Way, SavedError> {
        let fid = u64::from_le_bytes(self.take()?);
        let [class, oneway, cars, foot, flags, level, wait_s] = self.take()?;
        let limits = [self.number()?, self.number()?, self.number()?];
        let named = self.number()? as usize;
        let (name, rest) = self.0.split_at_checked(named).ok_or(SavedError::Damaged)?;
        self.0 = rest;
        let name = std::str::from_utf8(name).ok().ok_or(SavedError::Damaged)?;
        let some = |n: u32| n.checked_sub(1);
        let access = |n: u8| [Access::Open, Access::Private, Access::Shut].get(n as usize).copied();
        let way = || {
            Some(Way {
                fid,
                name: (!name.is_empty()).then(|| name.to_owned()),
                class: *RoadClass::ALL.get(class as usize)?,
                oneway: *[Oneway::Both, Oneway::Along, Oneway::Against].get(oneway as usize)?,
                cars: access(cars)?,
                foot: access(foot)?,
                speed_kmh: some(limits[0]).and_then(|n| u16::try_from(n).ok()),
                height_cm: some(limits[1]).and_then(|n| u16::try_from(n).ok()),
                weight_kg: some(limits[2]),
                link: flags & 1 > 0,
                ferry: flags & 2 > 0,
                roundabout: flags & 4 > 0,
                bridge: flags & 8 > 0,
                tunnel: flags & 16 > 0,
                barrier: flags & 32 > 0,
                level: level.cast_signed(),
                wait_s,
            })
        };
        way().ok_or(SavedError::Damaged)
    }
}

fn write_way(way: &Way, out: &mut Vec<u8>) {
    let class = RoadClass::ALL.iter().position(|class| *class == way.class).unwrap_or(0);
    let flags = [way.link, way.ferry, way.roundabout, way.bridge, way.tunnel, way.barrier];
    let flags = flags.iter().rev().fold(0_u8, |all, flag| all << 1 | u8::from(*flag));
    let class = u8::try_from(class).unwrap_or(u8::MAX);
    out.extend(way.fid.to_le_bytes());
    let level = way.level.cast_unsigned();
    out.extend([class, way.oneway as u8, way.cars as u8, way.foot as u8, flags, level, way.wait_s]);
    for limit in [way.speed_kmh.map(u32::from), way.height_cm.map(u32::from), way.weight_kg] {
        out.extend(limit.map_or(0, |n| n.saturating_add(1)).to_le_bytes());
    }
    let name = way.name.as_deref().unwrap_or_default();
    out.extend(number(name.len()).to_le_bytes());
    out.extend(name.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::twin;
    use super::*;
    use proptest::prelude::*;

    proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn saved_bytes_come_back(streets in twin::streets(), at in any::<proptest::sample::Index>(), bit in 0..8_u8) {
        let graph = twin::graph(&streets);
        let bytes = graph.to_bytes();
        let back = RoadGraph::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&back.nodes, &graph.nodes);
        prop_assert_eq!(&back.edges, &graph.edges);
        prop_assert_eq!(&back.shape, &graph.shape);
        prop_assert_eq!(&back.ways, &graph.ways);
        prop_assert_eq!(&back.turns, &graph.turns);
        prop_assert_eq!(back.tally(), graph.tally());
        let mut broken = bytes.clone();
        broken[at.index(bytes.len())] ^= 1 << bit;
        prop_assert!(RoadGraph::from_bytes(&broken).is_err());
        prop_assert!(RoadGraph::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
    }
    }
}
