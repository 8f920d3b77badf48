//! Tiles that were made, as the bytes that go out: compressed once and kept compressed.

use std::io::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use moka::future::Cache;
use tokio::sync::Semaphore;

/// Content encodings that tiles are sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As they are.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
}

impl Encoding {
    /// The word in `Content-Encoding`; none for identity.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The best that `Accept-Encoding` allows: by its weights, then zstd (cheapest to make and read), gzip, br.
    pub fn wanted(accept: Option<&str>) -> Self {
        let Some(accept) = accept else { return Self::Identity };
        let weight = |word: &str| {
            let mut star = 0.0;
            for part in accept.split(',') {
                let mut pieces = part.split(';').map(str::trim);
                let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
                let q = pieces.find_map(|p| p.strip_prefix("q=")?.trim().parse::<f32>().ok()).unwrap_or(1.0);
                if name == word {
                    return q;
                }
                if name == "*" {
                    star = q;
                }
            }
            star
        };
        let choices = [(Self::Zstd, "zstd"), (Self::Gzip, "gzip"), (Self::Brotli, "br")];
        let best = choices.into_iter().map(|(e, word)| (e, weight(word))).filter(|(_, q)| *q > 0.0);
        best.fold((Self::Identity, 0.0), |a, b| if b.1 > a.1 { b } else { a }).0
    }

    /// Compresses. Levels: the fastest of each, which the measurements of this kind of data favour.
    pub fn pack(self, raw: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Identity => raw,
            Self::Gzip => gzip(&raw),
            Self::Zstd => zstd::bulk::compress(&raw, 1).unwrap_or(raw),
            Self::Brotli => {
                let mut out = Vec::with_capacity(raw.len() / 2);
                let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 1, 20);
                let written = writer.write_all(&raw).and_then(|()| writer.flush());
                drop(writer);
                debug_assert!(written.is_ok(), "writing to a vector does not fail");
                out
            }
        }
    }
}

fn gzip(raw: &[u8]) -> Vec<u8> {
    // The crate's own `fastest` is level 0, which stores without compressing.
    let level = libdeflater::CompressionLvl::new(1).expect("libdeflate has a level 1");
    let mut compressor = libdeflater::Compressor::new(level);
    let mut out = vec![0; compressor.gzip_compress_bound(raw.len())];
    let size = compressor.gzip_compress(raw, &mut out).expect("the buffer has the bound that the compressor asked for");
    out.truncate(size);
    out
}

/// Threads that may make tiles at once, so that commands never queue behind tiles.
const MAKERS: usize = 2;

/// Tiles by ETag. An ETag names content, so nothing here is ever stale; the least used leave when it is full.
pub struct TileCache {
    tiles: Cache<String, Bytes>,
    makers: Arc<Semaphore>,
}

impl TileCache {
    /// A cache of at most that many bytes.
    pub fn new(bytes: u64) -> Self {
        let weigh = |key: &String, tile: &Bytes| u32::try_from(key.len() + tile.len() + 64).unwrap_or(u32::MAX);
        let tiles = Cache::builder().max_capacity(bytes).weigher(weigh).build();
        Self { tiles, makers: Arc::new(Semaphore::new(MAKERS)) }
    }

    /// A tile that is not kept, made on the same few threads as all others.
    pub async fn passing(&self, make: impl FnOnce() -> Vec<u8> + Send + 'static) -> Bytes {
        Bytes::from(self.aside(make).await)
    }

    /// Work on the same few threads as the tiles.
    pub async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _permit = self.makers.acquire().await;
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// The tile of that ETag if it is there.
    pub async fn held(&self, etag: &str) -> Option<Bytes> {
        self.tiles.get(etag).await
    }

    /// The tile of that ETag; made once even when many ask at the same moment.
    pub async fn get(&self, etag: &str, make: impl FnOnce() -> Vec<u8> + Send + 'static) -> Bytes {
        let makers = Arc::clone(&self.makers);
        self.tiles
            .get_with_by_ref(etag, async move {
                let _permit = makers.acquire_owned().await;
                metrics::counter!("onemap_tiles_made_total").increment(1);
                match tokio::task::spawn_blocking(make).await {
                    // What is kept weighs what it says: no room for bytes that did not come.
                    Ok(bytes) => Bytes::from(bytes.into_boxed_slice()),
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                }
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, encoding: Encoding) {
        assert_eq!(Encoding::wanted(Some(accept)), encoding, "{accept}");
    }

    #[test]
    fn what_a_client_accepts() {
        check("gzip, deflate, br, zstd", Encoding::Zstd);
        check("gzip, deflate", Encoding::Gzip);
        check("br", Encoding::Brotli);
        check("zstd;q=0, gzip;q=0.5, br;q=0.8", Encoding::Brotli);
        check("identity", Encoding::Identity);
        check("*", Encoding::Zstd);
        check("", Encoding::Identity);
        assert_eq!(Encoding::wanted(None), Encoding::Identity);
    }

    #[test]
    fn what_is_packed_comes_out() {
        let raw: Vec<u8> = (0..10_000_u32).flat_map(|n| (n % 97).to_le_bytes()).collect();
        for encoding in [Encoding::Gzip, Encoding::Zstd, Encoding::Brotli] {
            let packed = encoding.pack(raw.clone());
            assert!(packed.len() < raw.len() / 4, "{encoding:?}");
            let mut back = Vec::new();
            match encoding {
                Encoding::Identity => {}
                Encoding::Gzip => {
                    back.resize(raw.len(), 0);
                    libdeflater::Decompressor::new().gzip_decompress(&packed, &mut back).unwrap();
                }
                Encoding::Zstd => back = zstd::bulk::decompress(&packed, raw.len()).unwrap(),
                Encoding::Brotli => {
                    brotli::BrotliDecompress(&mut packed.as_slice(), &mut back).unwrap();
                }
            }
            assert_eq!(back, raw, "{encoding:?}");
        }
    }
}
