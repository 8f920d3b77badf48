//! Makes the graph anew whenever the layer of roads has changed, off everybody's path.

use std::sync::Arc;
use std::time::Instant;

use spatial::roads::{GraphBuilder, RoadGraph};
use spatial::{Feature, Layer};
use tokio::sync::mpsc;

use super::Network;
use crate::app::kept::Kept;
use crate::app::{App, stopped};

/// Roads read from the store at once.
const PAGE: u32 = 5_000;
/// Pages that are read ahead of the builder.
const PAGES_AHEAD: usize = 2;

/// A smaller graph is made as quickly as it is read.
const FEWEST_EDGES: usize = 20_000;

const KEPT: Kept = Kept { stamp: "road_graph_stamp", file: "roads.graph" };

/// Follows until the server stops.
pub async fn run(app: App) {
    let mut stop = app.stop.subscribe();
    let mut bell = app.world.still_bell();
    loop {
        bell.mark_unchanged();
        let still = app.world.still();
        let version = still.version(Layer::Roads);
        if still.ready && app.ways.network().is_none_or(|network| network.version != version) {
            match made(&app, version).await {
                Ok(network) => app.ways.network.store(Some(Arc::new(network))),
                Err(_) if *stop.borrow() => return,
                Err(error) => {
                    tracing::error!(%error, "the road graph could not be made; trying again");
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                    bell.mark_changed();
                }
            }
        }
        tokio::select! {
            rung = bell.changed() => if rung.is_err() { return },
            () = stopped(&mut stop) => return,
        }
    }
}

async fn made(app: &App, version: u64) -> anyhow::Result<Network> {
    let begun = Instant::now();
    let read = |bytes: &[u8]| RoadGraph::from_bytes(bytes).map_err(|error| error.to_string());
    let kept = KEPT.read(app, version, read).await?;
    let from_disk = kept.is_some();
    let graph = match kept {
        Some(graph) => graph,
        None => built(app).await?,
    };
    let against = app.limits.against_oneway;
    let network = tokio::task::spawn_blocking(move || Network::new(graph, version, against)).await?;
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let graph = &network.graph;
    tracing::info!(junctions = graph.node_count(), edges = graph.edge_count(), from_disk, duration_ms, "road graph");
    if !from_disk && graph.edge_count() >= FEWEST_EDGES {
        KEPT.write(app, graph.to_bytes(), version).await;
    }
    Ok(network)
}

async fn built(app: &App) -> anyhow::Result<RoadGraph> {
    let (send, mut pages) = mpsc::channel::<Vec<Feature>>(PAGES_AHEAD);
    let building = tokio::task::spawn_blocking(move || {
        let mut builder = GraphBuilder::new();
        while let Some(page) = pages.blocking_recv() {
            for feature in &page {
                builder.push(feature);
            }
        }
        builder.finish()
    });
    let mut after = None;
    loop {
        let (page, last) = app.store.scan(Layer::Roads, after, PAGE).await?;
        let Some(last) = last else { break };
        after = Some(last);
        // It only ends early when the builder panics, which is told below.
        if send.send(page).await.is_err() {
            break;
        }
    }
    drop(send);
    Ok(building.await?)
}
