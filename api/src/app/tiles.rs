//! A tile: which version it is (known without making it), and its bytes.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use spatial::Layer;
use spatial::filter::Filter;
use tiles::TileCoord;

use super::cache::Encoding;
use super::{App, hex};
use crate::auth::{Caller, Refusal, Sight};

/// What a client asks.
pub struct TileRequest {
    /// Layers, in the order they are written.
    pub layers: Vec<Layer>,
    /// What is wanted of each layer, in their order; everything when there is none.
    pub filters: Vec<Filter>,
    /// Which tile.
    pub coord: TileCoord,
    /// How the bytes go out.
    pub encoding: Encoding,
    /// ETags that the client already holds (`If-None-Match`).
    pub held: Option<String>,
}

/// The answer to it.
pub enum Answer {
    /// The client holds it already.
    Same {
        /// Its ETag.
        etag: String,
    },
    /// The bytes; empty when the tile is.
    Bytes {
        /// Its ETag.
        etag: String,
        /// Compressed as asked.
        bytes: Bytes,
    },
}

impl App {
    /// Makes a tile, or says that the client holds it.
    pub async fn tile(&self, caller: &Caller, ask: TileRequest) -> Result<Answer, Refusal> {
        let sights: Vec<Sight> = ask.layers.iter().map(|layer| Sight::of(caller, *layer)).collect::<Result<_, _>>()?;
        let still = self.world.still();
        let etag = etag(&sights, &ask, |layer| still.version(layer));
        if ask.held.as_deref().is_some_and(|held| holds(held, &etag)) {
            return Ok(Answer::Same { etag });
        }
        let TileRequest { filters, coord, encoding, .. } = ask;
        let make = move || {
            let mut raw = Vec::new();
            for (n, sight) in sights.iter().enumerate() {
                let Some(layer) = still.layer(sight.layer()) else { continue };
                // What is not wanted is neither drawn nor counted: counts of low zooms are true under a filter.
                let rows = layer.tile_range(coord.z(), coord.x(), coord.y()).len();
                let chosen = filters.get(n).map(|filter| filter.on(layer, rows));
                let may_see = |row: usize| {
                    sight.holds(layer.division(row)) && chosen.as_ref().is_none_or(|chosen| chosen.holds(row))
                };
                raw.extend(tiles::draw(layer, coord, &tiles::Sight { may_see: &may_see, hidden: sight.hidden() }));
            }
            if raw.is_empty() { raw } else { encoding.pack(raw) }
        };
        let bytes = self.cache.get(&etag, make).await;
        Ok(Answer::Bytes { etag, bytes })
    }
}

/// A strong ETag: layers with their versions, the caller's sight of each and what is wanted of it, tile, encoding.
fn etag(sights: &[Sight], ask: &TileRequest, version: impl Fn(Layer) -> u64) -> String {
    let mut hash = Sha256::new();
    for (n, sight) in sights.iter().enumerate() {
        hash.update(format!("{}:{}:{};", sight.layer().name(), version(sight.layer()), sight.key()));
        if let Some(filter) = ask.filters.get(n) {
            hash.update(format!("{}:{};", filter.canonical().len(), filter.canonical()));
        }
    }
    let c = ask.coord;
    hash.update(format!("{}/{}/{} v{}", c.z(), c.x(), c.y(), env!("CARGO_PKG_VERSION")));
    let digest = hex(hash.finalize().iter().copied().take(12));
    format!("\"{digest}-{}\"", ask.encoding.word().unwrap_or("id"))
}

/// Whether an `If-None-Match` line names the ETag.
pub fn holds(line: &str, etag: &str) -> bool {
    line.split(',').any(|held| {
        let held = held.trim();
        held == "*" || held.strip_prefix("W/").unwrap_or(held) == etag
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn if_none_match() {
        assert!(holds("\"a\", \"b\"", "\"b\"") && holds("W/\"b\"", "\"b\"") && holds("*", "\"x\""));
        assert!(!holds("\"a\"", "\"b\"") && !holds("", "\"b\""));
    }
}
