//! Connections: taken in, bounded, and closed when nobody says anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::app::{App, stopped};

/// Connections at a time. Who comes when all are taken waits until one closes.
const MOST: usize = 8_192;
/// How long a client may take to say the head of a request, and a connection may stand without one.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// How long answers that are on their way may take when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// After the system had no more to give.
const AGAIN: Duration = Duration::from_millis(100);

/// Serves until the server stops, then finishes what is being answered.
pub(super) async fn serve(listener: TcpListener, service: Router, app: App) {
    let places = Arc::new(Semaphore::new(MOST));
    let mut stop = app.stop.subscribe();
    loop {
        let taken = tokio::select! {
            taken = take(&listener, &places) => taken,
            () = stopped(&mut stop) => break,
        };
        let Some((stream, peer, place)) = taken else { continue };
        tokio::spawn(one(stream, peer, service.clone(), app.clone(), place));
    }
    drop(listener);
    let all = places.acquire_many(u32::try_from(MOST).unwrap_or(u32::MAX));
    if tokio::time::timeout(STOP_WITHIN, all).await.is_err() {
        tracing::warn!("some answers were still on their way when the server stopped");
    }
}

async fn take(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            // A client that went away meanwhile, or no more files: the next one is waited for.
            tracing::debug!(%error, "a connection was not taken");
            tokio::time::sleep(AGAIN).await;
            None
        }
    }
}

async fn one(stream: TcpStream, peer: SocketAddr, service: Router, app: App, place: OwnedSemaphorePermit) {
    // Small answers do not wait for more.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection is slower than it could be");
    }
    let service = service.map_request(move |mut request: axum::http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = std::pin::pin!(connection.with_upgrades());
    let mut stop = app.stop.subscribe();
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
    drop(place);
}
