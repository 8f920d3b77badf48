//! A tile: which version it is (known without making it), and its bytes.

use std::fmt::Write as _;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use spatial::Layer;
use spatial::filter::{Filter, Wants};
use tiles::TileCoord;

use super::cache::Encoding;
use super::{App, hex};
use crate::auth::Sight;

/// What a client asks.
pub struct TileRequest {
    /// Layers as the caller sees them, in the order they are written.
    pub sights: Vec<Sight>,
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
    pub async fn tile(&self, ask: TileRequest) -> Answer {
        let still = self.world.still();
        let etag = etag(&ask, |layer| still.version(layer));
        if ask.held.as_deref().is_some_and(|held| holds(held, &etag)) {
            return Answer::Same { etag };
        }
        let TileRequest { sights, filters, coord, encoding, .. } = ask;
        let make = move || {
            let mut raw = Vec::new();
            for (n, sight) in sights.iter().enumerate() {
                let Some(layer) = still.layer(sight.layer()) else { continue };
                // What is not wanted is neither drawn nor counted: counts of low zooms are true under a filter.
                let rows = layer.tile_range(coord.z(), coord.x(), coord.y()).len();
                let chosen = filters.get(n).map(|filter| filter.on(layer, rows));
                let own = tiles::Sight {
                    sees: &|division| sight.holds(division),
                    wants: chosen.as_ref().map(|chosen| chosen as &dyn Wants),
                    hidden: sight.hidden(),
                };
                let drawn = tiles::draw(layer, coord, &own);
                if raw.is_empty() {
                    raw = drawn;
                } else {
                    raw.extend(drawn);
                }
            }
            if raw.is_empty() { raw } else { encoding.pack(raw) }
        };
        let bytes = self.cache.get(&etag, make).await;
        Answer::Bytes { etag, bytes }
    }
}

/// A strong ETag: layers with their versions, the caller's sight of each and what is wanted of it, tile, encoding.
fn etag(ask: &TileRequest, version: impl Fn(Layer) -> u64) -> String {
    let mut all = String::with_capacity(160);
    for (n, sight) in ask.sights.iter().enumerate() {
        let key = sight.key();
        // Writing to a string does not fail. What has no fixed form is written behind its length.
        let _ = write!(all, "{}:{}:{}:{key};", sight.layer().name(), version(sight.layer()), key.len());
        if let Some(filter) = ask.filters.get(n) {
            let _ = write!(all, "{}:{};", filter.canonical().len(), filter.canonical());
        }
    }
    let c = ask.coord;
    let _ = write!(all, "{}/{}/{} v{}", c.z(), c.x(), c.y(), env!("CARGO_PKG_VERSION"));
    let mut etag = hex(Sha256::digest(all).iter().copied().take(12));
    etag.insert(0, '"');
    etag.extend(["-", ask.encoding.word().unwrap_or("id"), "\""]);
    etag
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
