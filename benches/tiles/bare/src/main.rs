//! The yardstick of the benchmarks: axum with one handler that answers with ready bytes out of a map, and nothing around it.
//!
//! ```text
//! bare PORT FOLDER
//! ```
//!
//! A file of the folder is named by its path in percent code (`%2Ftiles%2F…`) and holds the bytes that go out; with `.gz` behind
//! its name they are said to be gzip.

#![expect(clippy::print_stdout, reason = "a program of benchmarks")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// Bytes, and whether they are gzip.
type Ready = HashMap<String, (Bytes, bool)>;

const TAG: &str = "\"0123456789abcdef01234567-gzip\"";

fn read(folder: &Path) -> Result<Ready> {
    let mut ready = Ready::from([("/".to_owned(), (Bytes::from_static(b"ready"), false))]);
    for entry in std::fs::read_dir(folder).context("the folder")? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("a name of a file")?;
        let name = name.replace("%2F", "/");
        let bytes = Bytes::from(std::fs::read(&path)?);
        match name.strip_suffix(".gz") {
            Some(name) => ready.insert(name.to_owned(), (bytes, true)),
            None => ready.insert(name, (bytes, false)),
        };
    }
    Ok(ready)
}

async fn answer(State(ready): State<Arc<Ready>>, uri: Uri, headers: HeaderMap) -> Response {
    if headers.get(header::IF_NONE_MATCH).is_some_and(|held| held == TAG) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, TAG)]).into_response();
    }
    let Some((bytes, is_packed)) = ready.get(uri.path()) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = [(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile"), (header::ETAG, TAG)];
    let mut response = (kind, bytes.clone()).into_response();
    if *is_packed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let port: u16 = words.next().context("a port")?.parse()?;
    let ready = read(Path::new(&words.next().context("a folder")?))?;
    println!("{} files", ready.len());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        // Small answers do not wait for more.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().fallback(answer).with_state(Arc::new(ready))).await?;
    Ok(())
}
