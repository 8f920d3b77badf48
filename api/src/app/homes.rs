//! Who is registered where, for evacuation zones. The publisher, which reads the counts anyway to publish cells, hands them
//! on; where it did not have to (its cells came from the snapshot), they come from the disk or are read here.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use spatial::people::{Homes, HomesBuilder};
use spatial::{Feature, Layer, Noun};

use super::kept::Kept;
use super::publisher::each;
use super::{App, stopped};

/// Fewer places are read from the store as quickly.
const FEWEST: usize = 20_000;

const KEPT: Kept = Kept { stamp: "homes_stamp", file: "homes.counts" };

/// The counts, and of which version of the residents' picture they are.
#[derive(Default)]
pub struct Register(ArcSwapOption<(u64, Homes)>);

impl Register {
    /// The counts; `None` until they were read once.
    pub fn homes(&self) -> Option<Arc<(u64, Homes)>> {
        self.0.load_full()
    }

    /// Shows them.
    pub(super) fn show(&self, version: u64, homes: Homes) {
        self.0.store(Some(Arc::new((version, homes))));
    }
}

/// Counts one dwelling.
pub(super) fn push(builder: &mut HomesBuilder, feature: &Feature) {
    if let (Noun::Residents(count), Some(position)) = (&feature.noun, feature.position()) {
        builder.push(position, count.residents, count.need_help);
    }
}

/// Follows until the server stops.
pub async fn run(app: App) {
    let mut stop = app.stop.subscribe();
    let mut bell = app.world.still_bell();
    // Version of what the disk holds.
    let mut written = None;
    loop {
        bell.mark_unchanged();
        let still = app.world.still();
        let version = still.version(Layer::People);
        if still.ready {
            if app.register.homes().is_none_or(|held| held.0 != version) {
                match found(&app, version).await {
                    Ok(from_disk) => written = from_disk.then_some(version).or(written),
                    Err(_) if *stop.borrow() => return,
                    Err(error) => {
                        tracing::error!(%error, "who is registered where could not be read; trying again");
                        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                        bell.mark_changed();
                    }
                }
            }
            if let Some(held) = app.register.homes()
                && held.0 == version
                && held.1.len() >= FEWEST
                && written.replace(version) != Some(version)
            {
                KEPT.write(&app, held.1.to_bytes(), version).await;
            }
        }
        tokio::select! {
            rung = bell.changed() => if rung.is_err() { return },
            () = stopped(&mut stop) => return,
        }
    }
}

/// Reads them from the disk, else from the store; whether it was the disk.
async fn found(app: &App, version: u64) -> anyhow::Result<bool> {
    let read = |bytes: &[u8]| Homes::from_bytes(bytes).ok_or_else(|| "it is torn".to_owned());
    if let Some(homes) = KEPT.read(app, version, read).await? {
        app.register.show(version, homes);
        return Ok(true);
    }
    let mut builder = HomesBuilder::default();
    each(&app.store, Layer::Residents, |feature| push(&mut builder, feature)).await?;
    app.register.show(version, builder.finish());
    Ok(false)
}
