//! Bodies: refused by their length before they are read, and read to their end when an answer came early or nobody asked
//! for one, so that a client that is still writing gets to see the answer and may keep its connection.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::future::poll_fn;
use http_body::{Body as _, Frame, SizeHint};

use super::extract::LARGEST_JSON;
use super::positions::LARGEST as LARGEST_BATCH;
use super::problem::{Code, Problem};
use crate::app::App;

/// What is read of a body that nobody wanted, at most; longer ones are cut off.
const DRAINED: usize = 256 * 1024;
/// How long that may take.
const DRAINED_WITHIN: Duration = Duration::from_secs(2);

/// A body that can still be reached after a handler has had it.
struct Shared(Arc<Mutex<Body>>);

impl http_body::Body for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

/// Refuses what is too long by its own word, and drains what is left of a body when the answer is known.
pub(super) async fn bounded(app: App, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let most = match request.uri().path() {
        "/api/v1/imports" => app.limits.import_bytes,
        "/api/v1/positions" => LARGEST_BATCH as u64,
        _ => LARGEST_JSON as u64,
    };
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most) {
        return Problem::new(Code::TooLarge, format!("this path takes at most {most} bytes")).into_response();
    }
    let (parts, body) = request.into_parts();
    let shared = Arc::new(Mutex::new(body));
    let response = next.run(Request::from_parts(parts, Body::new(Shared(Arc::clone(&shared))))).await;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // Whether it was read or not makes no difference to the answer.
        let _ = tokio::time::timeout(DRAINED_WITHIN, drain(&shared)).await;
    }
    response
}

async fn drain(body: &Mutex<Body>) {
    let mut read = 0;
    while read < DRAINED {
        let frame = poll_fn(|context| {
            let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
            if body.is_end_stream() { Poll::Ready(None) } else { Pin::new(&mut *body).poll_frame(context) }
        });
        match frame.await {
            Some(Ok(frame)) => read += frame.into_data().map_or(0, |data| data.len()),
            Some(Err(_)) | None => return,
        }
    }
}
