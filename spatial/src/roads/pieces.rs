//! Pieces of a net: sets of states from each of which every other can be reached (strongly connected components).

use super::net::{Hop, Hops};

/// The piece of every state; pieces are numbered from the largest (ties: by their least state).
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    of: Vec<u32>,
    sizes: Vec<u32>,
    /// One bit a state: whether it can be reached from the largest piece.
    arrived_at: Vec<u64>,
}

impl Pieces {
    /// Tarjan's algorithm (1972) with its own stack, so that a long road cannot overflow that of the thread. Only hops that
    /// are `open` are taken.
    pub(crate) fn of(forward: &Hops, states: usize, open: impl Fn(&Hop) -> bool) -> Self {
        const NEW: u32 = u32::MAX;
        let mut order = vec![NEW; states];
        let mut low = vec![0_u32; states];
        let mut of = vec![NEW; states];
        let mut held: Vec<u32> = Vec::new();
        let mut path: Vec<(u32, usize)> = Vec::new();
        let (mut next, mut found) = (0_u32, 0_u32);
        let mut sizes: Vec<(u32, u32)> = Vec::new();
        for root in (0..).take(states) {
            if order[root as usize] != NEW {
                continue;
            }
            path.push((root, 0));
            while let Some((state, done)) = path.last_mut() {
                let at = *state as usize;
                if *done == 0 {
                    (order[at], low[at]) = (next, next);
                    next += 1;
                    held.push(*state);
                }
                let hops = forward.at(*state);
                let next_open = hops.iter().enumerate().skip(*done).find(|(_, hop)| open(hop));
                if let Some((number, hop)) = next_open {
                    *done = number + 1;
                    let to = hop.state as usize;
                    if order[to] == NEW {
                        path.push((hop.state, 0));
                    } else if of[to] == NEW {
                        low[at] = low[at].min(order[to]);
                    }
                    continue;
                }
                let state = *state;
                path.pop();
                if let Some((before, _)) = path.last() {
                    low[*before as usize] = low[*before as usize].min(low[at]);
                }
                if low[at] == order[at] {
                    let (mut size, mut least) = (0, u32::MAX);
                    while let Some(member) = held.pop() {
                        of[member as usize] = found;
                        (size, least) = (size + 1, least.min(member));
                        if member == state {
                            break;
                        }
                    }
                    sizes.push((size, least));
                    found += 1;
                }
            }
        }
        let mut ranked: Vec<u32> = (0..found).collect();
        ranked.sort_unstable_by_key(|piece| {
            let (size, least) = sizes[*piece as usize];
            (std::cmp::Reverse(size), least)
        });
        let mut new = vec![0; ranked.len()];
        for (at, piece) in (0..).zip(&ranked) {
            new[*piece as usize] = at;
        }
        let mut pieces = Self {
            of: of.into_iter().map(|piece| new[piece as usize]).collect(),
            sizes: ranked.iter().map(|piece| sizes[*piece as usize].0).collect(),
            arrived_at: Vec::new(),
        };
        pieces.arrived_at = pieces.reached_from_largest(forward, open);
        pieces
    }

    fn reached_from_largest(&self, forward: &Hops, open: impl Fn(&Hop) -> bool) -> Vec<u64> {
        let mut reached = vec![0_u64; self.of.len().div_ceil(64)];
        let mut left: Vec<u32> =
            (0..).zip(&self.of).filter(|(_, piece)| **piece == 0).map(|(state, _)| state).collect();
        for state in &left {
            reached[(state / 64) as usize] |= 1 << (state % 64);
        }
        while let Some(state) = left.pop() {
            for hop in forward.at(state).iter().filter(|hop| open(hop)) {
                let (word, bit) = ((hop.state / 64) as usize, 1 << (hop.state % 64));
                if reached[word] & bit == 0 {
                    reached[word] |= bit;
                    left.push(hop.state);
                }
            }
        }
        reached
    }

    /// Whether a state can be reached from the largest piece, which is so of all of its own.
    pub(crate) fn is_arrived_at(&self, state: u32) -> bool {
        self.arrived_at[(state / 64) as usize] & (1 << (state % 64)) != 0
    }

    /// The piece of a state; 0 is the largest.
    pub(crate) fn piece(&self, state: u32) -> u32 {
        self.of[state as usize]
    }

    /// How many states a piece has.
    pub(crate) fn size(&self, piece: u32) -> u32 {
        self.sizes.get(piece as usize).copied().unwrap_or(0)
    }
}
