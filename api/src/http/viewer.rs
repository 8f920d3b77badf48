//! The viewer's pages and files, carried inside the binary.

use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::problem::{Code, Problem};

/// What the viewer's build left. When it was not built, the folder may be missing: the API works, the pages say so.
#[derive(RustEmbed)]
#[folder = "../web-viewer/dist"]
#[allow_missing = true]
struct Files;

/// Screens of the viewer: one page, which reads the path itself.
const PAGES: [&str; 5] = ["/", "/wall", "/dispatch", "/plan", "/unit"];

/// A page, a file of the viewer, or the problem that there is nothing.
pub(super) async fn page(request: Request) -> Response {
    let path = request.uri().path();
    let is_page = PAGES.contains(&path);
    let file = if is_page { "index.html" } else { path.trim_start_matches('/') };
    let Some(found) = Files::get(file) else {
        return if is_page {
            Problem::new(Code::Unavailable, "this binary was built without the viewer: run `make build`")
                .into_response()
        } else {
            Problem::new(Code::NotFound, format!("there is nothing at {path}")).into_response()
        };
    };
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    // Files under assets/ carry a hash of their content in their name and never change.
    let cache = if file.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let media = found.metadata.mimetype().to_owned();
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, cache.to_owned())], found.data).into_response()
}
