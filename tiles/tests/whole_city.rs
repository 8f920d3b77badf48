//! Every tile of the small city, at every zoom that a map asks for, before the strict judge.

#![expect(clippy::unwrap_used, reason = "helpers of tests: what does not hold here is the finding")]

#[path = "../../tests/src/strict/mod.rs"]
pub mod strict;

use std::collections::BTreeMap;

use fixtures::{Chunk, Error, Plan, Scale, city};
use spatial::noun::ResidentCount;
use spatial::people::{Dwelling, Rules, publish, to_layer};
use spatial::still::{Divisions, LayerBuilder};
use spatial::{Layer, Noun, Position, StillLayer};
use strict::{Finding, Rule, judge};
use tiles::{BUFFER, EXTENT, Sight, TileCoord, draw};

const DEEPEST: u8 = 17;
/// Work is shared out by the tiles of this zoom.
const SHARED_AT: u8 = 11;

/// All layers of the small city that have tiles.
fn layers() -> Vec<StillLayer> {
    let plan = Plan { scale: Scale::Small, seed: 1, anchor: "2026-01-01".parse().unwrap() };
    let (mut builders, mut homes) = (BTreeMap::new(), Vec::new());
    city(&plan, &mut |chunk| {
        let Chunk::Features(features) = chunk else { return Ok::<(), Error>(()) };
        for feature in &features {
            if let (Noun::Residents(count), Some(position)) = (&feature.noun, feature.position()) {
                homes.push((position, count.clone()));
            } else {
                let layer = feature.key.layer;
                builders.entry(layer).or_insert_with(|| LayerBuilder::new(layer)).push(feature, |_| None);
            }
        }
        Ok(())
    })
    .unwrap();
    let mut layers: Vec<StillLayer> = builders.into_values().map(LayerBuilder::finish).collect();
    let divisions = Divisions::of(layers.iter().find(|layer| layer.layer() == Layer::Jurisdictions).unwrap());
    let dwelling = |(position, count): &(Position, ResidentCount)| Dwelling {
        position: *position,
        division: divisions.at(*position),
        residents: count.residents,
        households: count.households,
        need_help: count.need_help,
    };
    let dwellings: Vec<Dwelling> = homes.iter().map(dwelling).collect();
    layers.push(to_layer(&publish(&dwellings, &Rules::new([7; 32])), 1));
    layers
}

/// What was seen of a zoom.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    tiles: u64,
    bytes: u64,
}

/// Draws and judges a tile and those below it, as far as anything is near them.
struct Walk<'a> {
    layers: &'a [StillLayer],
    seen: BTreeMap<u8, Seen>,
    findings: Vec<(TileCoord, Finding)>,
}

impl Walk<'_> {
    fn down(&mut self, coord: TileCoord, until: u8) {
        // What a camera looks at reaches up to 1,000 m from where it stands: 32 m of ground are one unit of the deepest
        // grid here, and world units are 9 mm or less.
        let near = coord.bounds().buffered(((1_u32 << 31 >> coord.z()) / EXTENT * BUFFER * 2).max(130_000));
        if !self.layers.iter().any(|layer| !layer.rows_in(near).is_empty()) {
            return;
        }
        let tile: Vec<u8> = self.layers.iter().flat_map(|layer| draw(layer, coord, &Sight::ALL)).collect();
        if !tile.is_empty() {
            let seen = self.seen.entry(coord.z()).or_default();
            seen.tiles += 1;
            seen.bytes += tile.len() as u64;
            self.findings.extend(judge(&tile).into_iter().map(|finding| (coord, finding)));
        }
        if coord.z() < until {
            for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                self.down(TileCoord::new(coord.z() + 1, coord.x() * 2 + x, coord.y() * 2 + y).unwrap(), until);
            }
        }
    }
}

#[test]
fn every_tile_of_the_city_is_what_the_specification_says() {
    let layers = layers();
    assert_eq!(layers.len(), 11, "layers with tiles");
    let mut whole = Walk { layers: &layers, seen: BTreeMap::new(), findings: Vec::new() };
    whole.down(TileCoord::new(0, 0, 0).unwrap(), SHARED_AT - 1);
    // The city lies in these tiles; two threads take turns.
    let side = 1_u32 << SHARED_AT;
    let columns: Vec<u32> = (0..side).collect();
    let shares = std::thread::scope(|threads| {
        let walk = |odd: u32| {
            let (layers, columns) = (&layers, &columns);
            threads.spawn(move || {
                let mut walk = Walk { layers, seen: BTreeMap::new(), findings: Vec::new() };
                for x in columns {
                    for y in (0..side).filter(|y| (x + y) % 2 == odd) {
                        walk.down(TileCoord::new(SHARED_AT, *x, y).unwrap(), DEEPEST);
                    }
                }
                walk
            })
        };
        [walk(0), walk(1)].map(|share| share.join().unwrap())
    });
    for share in shares {
        for (z, seen) in share.seen {
            let all = whole.seen.entry(z).or_default();
            all.tiles += seen.tiles;
            all.bytes += seen.bytes;
        }
        whole.findings.extend(share.findings);
    }
    for (z, seen) in &whole.seen {
        println!("z{z}: {} tiles, {} kB", seen.tiles, seen.bytes / 1000);
    }
    let mut rules: BTreeMap<Rule, u64> = BTreeMap::new();
    whole.findings.iter().for_each(|(_, finding)| *rules.entry(finding.rule).or_default() += 1);
    let first: Vec<_> = whole.findings.iter().take(12).collect();
    assert!(rules.is_empty(), "{rules:?}, such as {first:#?}");
    assert_eq!(
        whole.seen.keys().copied().collect::<Vec<_>>(),
        (0..=DEEPEST).collect::<Vec<_>>(),
        "each zoom has tiles"
    );
    assert!(whole.seen[&DEEPEST].tiles > 50_000, "{:?}", whole.seen);
}
