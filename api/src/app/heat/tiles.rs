//! A tile of heat: which version it is, and its bytes.

use sha2::{Digest, Sha256};
use tiles::{Theme, TileCoord, heat_grid, heat_picture};

use super::HeatAsked;
use crate::app::{Answer, App, Encoding, hex, holds};
use crate::auth::Caller;
use crate::http::problem::Problem;

/// What a tile is made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeatForm {
    /// A PNG.
    Picture(Theme),
    /// MVT, packed.
    Grid(Encoding),
}

/// What a client asks.
pub struct HeatTile {
    /// Which heat.
    pub asked: HeatAsked,
    /// Which tile.
    pub coord: TileCoord,
    /// As what.
    pub form: HeatForm,
    /// ETags that the client already holds (`If-None-Match`).
    pub held: Option<String>,
}

impl App {
    /// Makes a tile of heat, or says that the client holds it.
    pub async fn heat_tile(&self, caller: &Caller, ask: HeatTile) -> Result<Answer, Problem> {
        let named = self.named(caller, &ask.asked).await?;
        let HeatTile { coord, form, held, .. } = ask;
        let etag = etag(&named.key, coord, form);
        if held.as_deref().is_some_and(|held| holds(held, &etag)) {
            return Ok(Answer::Same { etag });
        }
        if let Some(bytes) = self.heats.tiles.held(&etag).await {
            return Ok(Answer::Bytes { etag, bytes });
        }
        let field = self.field(named).await;
        let make = move || match form {
            HeatForm::Picture(theme) => heat_picture(&field, coord, theme),
            HeatForm::Grid(encoding) => {
                let raw = heat_grid(&field, coord);
                if raw.is_empty() { raw } else { encoding.pack(raw) }
            }
        };
        let bytes = self.heats.tiles.get(&etag, make).await;
        Ok(Answer::Bytes { etag, bytes })
    }
}

fn etag(key: &str, c: TileCoord, form: HeatForm) -> String {
    let (as_what, ending) = match form {
        HeatForm::Picture(theme) => (theme.name(), "png"),
        HeatForm::Grid(encoding) => ("grid", encoding.word().unwrap_or("id")),
    };
    let mut hash = Sha256::new();
    hash.update(format!("{key}|{}/{}/{} {as_what} v{}", c.z(), c.x(), c.y(), env!("CARGO_PKG_VERSION")));
    format!("\"{}-{ending}\"", hex(hash.finalize().iter().copied().take(12)))
}
