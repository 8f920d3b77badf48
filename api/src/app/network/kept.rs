//! The graph on disk beside the snapshot, for the next start. A stamp that the store holds as a setting tells whether the
//! file is of this store: after a restore it is not.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use spatial::roads::RoadGraph;

use crate::app::App;

const STAMP: &str = "road_graph_stamp";
const FILE: &str = "roads.graph";
/// A smaller graph is made as quickly as it is read.
const FEWEST_EDGES: usize = 20_000;
/// Stamp and version before the graph's own bytes.
const HEAD: usize = 16 + 8;

/// The graph of that version of the roads, if the disk has it.
pub(super) async fn read(app: &App, version: u64) -> anyhow::Result<Option<RoadGraph>> {
    let Some(folder) = app.limits.snapshot.clone() else { return Ok(None) };
    let Some(stamp) = app.store.setting(STAMP).await? else { return Ok(None) };
    let reading = tokio::task::spawn_blocking(move || {
        let bytes = fs::read(folder.join(FILE)).ok()?;
        let (head, graph) = bytes.split_at_checked(HEAD)?;
        if *head != *[&stamp[..], &version.to_le_bytes()].concat() {
            return None;
        }
        RoadGraph::from_bytes(graph)
            .inspect_err(|error| tracing::warn!("the kept road graph is not used: {error}"))
            .ok()
    });
    Ok(reading.await?)
}

/// Keeps the graph. What goes wrong is logged: the next start makes it anew then, and nothing else.
pub(super) async fn write(app: &App, graph: &RoadGraph, version: u64) {
    let Some(folder) = app.limits.snapshot.clone().filter(|_| graph.edge_count() >= FEWEST_EDGES) else { return };
    let mut stamp = [0_u8; 16];
    if let Err(error) = getrandom::fill(&mut stamp) {
        tracing::warn!("the road graph is not kept: no source of randomness: {error}");
        return;
    }
    // First the store: whatever breaks off between leaves a file that does not fit.
    if let Err(error) = app.store.put_setting(STAMP, &stamp).await {
        tracing::warn!(%error, "the road graph is not kept");
        return;
    }
    let bytes = [&stamp[..], &version.to_le_bytes(), &graph.to_bytes()].concat();
    let writing = tokio::task::spawn_blocking(move || swap(&folder, &bytes));
    if let Ok(Err(error)) = writing.await {
        tracing::warn!("the road graph is not kept: {error}");
    }
}

fn swap(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut maker = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(maker.recursive(true), 0o700);
    maker.create(folder)?;
    let fresh = folder.join("roads.graph.new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, folder.join(FILE))
}
