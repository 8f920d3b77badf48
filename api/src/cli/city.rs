//! `onemap generate city`: the seeded city as files, or into a store.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use fixtures::{Chunk, Plan, Planted};
use futures::StreamExt;
use serde_json::json;
use store::Store;
use tokio::sync::mpsc;

use super::demo::PlanArgs;
use super::say;
use crate::app::{now_ms, rfc3339};
use crate::wire::geojson_of;

/// Make the seeded city as files.
#[derive(Args, Debug)]
pub(super) struct Generate {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// The city: one GeoJSONSeq file a layer, units.ndjson, incidents.ndjson, planted.json
    City {
        #[command(flatten)]
        plan: PlanArgs,
        /// Folder for the files; made if it is not there
        #[arg(long)]
        out: PathBuf,
    },
}

impl Generate {
    pub(super) fn run(self) -> Result<ExitCode> {
        let What::City { plan, out } = self.what;
        let plan = plan.plan(now_ms())?;
        let started = Instant::now();
        std::fs::create_dir_all(&out).with_context(|| format!("make {}", out.display()))?;
        let mut files = Files { out, open: BTreeMap::new(), rows: BTreeMap::new(), bytes: 0 };
        // One thread makes the city, another writes it; the files are in the order of the one.
        let (send, receive) = std::sync::mpsc::sync_channel::<Chunk>(AHEAD);
        let planted = std::thread::scope(|scope| {
            let making = scope.spawn(move || {
                fixtures::city::<anyhow::Error>(&plan, &mut |chunk| {
                    send.send(chunk).context("the files could not be written")
                })
            });
            for chunk in receive {
                files.write(chunk)?;
            }
            making.join().map_err(|_panic| anyhow::anyhow!("the generator stopped"))?
        })?;
        let path = files.out.join("planted.json");
        let text = serde_json::to_string_pretty(&told(&planted))?;
        std::fs::write(&path, text + "\n").with_context(|| format!("write {}", path.display()))?;
        for (name, file) in &mut files.open {
            file.flush().with_context(|| format!("write {name}"))?;
        }
        for (name, rows) in &files.rows {
            say(&format!("{rows:>8} {name}"));
        }
        say(&format!("{} bytes in {:.1} s", files.bytes, started.elapsed().as_secs_f64()));
        Ok(ExitCode::SUCCESS)
    }
}

/// What was planted, for whoever asks analyses to find it.
fn told(planted: &Planted) -> serde_json::Value {
    let hotspots = planted.hotspots.iter().map(|spot| {
        json!({"position": [spot.position.lon(), spot.position.lat()], "radius_m": spot.radius_m, "kind": spot.kind.word(),
            "from_hour": spot.from_hour, "to_hour": spot.to_hour, "incidents": spot.incidents})
    });
    let surges = planted.surges.iter().map(|surge| {
        json!({"division": surge.division.to_string(), "kind": surge.kind.word(), "from": rfc3339(surge.from_ms),
            "to": rfc3339(surge.to_ms), "incidents": surge.incidents})
    });
    json!({"hotspots": hotspots.collect::<Vec<_>>(), "surges": surges.collect::<Vec<_>>()})
}

/// Files of a city, opened as their first row comes.
struct Files {
    out: PathBuf,
    open: BTreeMap<String, BufWriter<File>>,
    rows: BTreeMap<String, u64>,
    bytes: u64,
}

impl Files {
    fn write(&mut self, chunk: Chunk) -> Result<()> {
        match chunk {
            Chunk::Features(features) => {
                for feature in &features {
                    self.row(&format!("{}.geojsonl", feature.key.layer.name()), &geojson_of(feature))?;
                }
            }
            Chunk::Units(units) => {
                for unit in units {
                    let home = unit.home.map(|home| [home.lon(), home.lat()]);
                    let shift = fixtures::shift(&unit).times().map(|(from, to)| json!({"from": from, "to": to}));
                    let row = json!({"id": unit.id, "kind": unit.kind.word(), "call_sign": unit.call_sign, "org": unit.org,
                        "division": unit.division.map(|d| d.to_string()), "skills": unit.skills, "duty": unit.duty.word(), "home": home,
                        "height_m": unit.size.height_m, "weight_t": unit.size.weight_t, "shift": shift});
                    self.row("units.ndjson", &row)?;
                }
            }
            Chunk::History(incidents) => {
                for incident in incidents {
                    let place = incident.position.map(|p| [p.lon(), p.lat()]);
                    let m = incident.milestones;
                    let row = json!({"system": incident.source_system, "number": incident.number, "kind": incident.kind.word(),
                        "source": incident.source.word(), "origin": incident.source.origin().word(), "priority": incident.priority.number(),
                        "position": place, "division": incident.division.map(|d| d.to_string()), "reported_at": rfc3339(incident.reported_ms),
                        "assigned_at": m.assigned_ms.map(rfc3339), "accepted_at": m.accepted_ms.map(rfc3339),
                        "arrived_at": m.arrived_ms.map(rfc3339), "closed_at": m.closed_ms.map(rfc3339)});
                    self.row("incidents.ndjson", &row)?;
                }
            }
        }
        Ok(())
    }

    fn row(&mut self, name: &str, row: &serde_json::Value) -> Result<()> {
        if !self.open.contains_key(name) {
            let path: &Path = &self.out.join(name);
            let file = File::create(path).with_context(|| format!("make {}", path.display()))?;
            self.open.insert(name.to_owned(), BufWriter::new(file));
        }
        if let Some(file) = self.open.get_mut(name) {
            let mut line = serde_json::to_vec(row)?;
            line.push(b'\n');
            file.write_all(&line).with_context(|| format!("write {name}"))?;
            self.bytes += line.len() as u64;
            *self.rows.entry(name.to_owned()).or_default() += 1;
        }
        Ok(())
    }
}

/// What was made.
pub(super) struct Made {
    pub(super) features: u64,
    pub(super) units: u64,
    pub(super) history: u64,
    pub(super) seconds: f64,
}

/// Chunks made ahead of the files or the store; when it is full, the generator waits.
const AHEAD: usize = 4;

/// Chunks that are stored in one transaction: some 250,000 rows, so that each page of an index is written seldom.
const TOGETHER: usize = 60;
/// Chunks that are made ready for the store at once.
const READY: usize = 2;

/// Makes the city into a store that holds nothing yet.
pub(super) async fn into_store(store: &Arc<dyn Store>, plan: Plan) -> Result<Made> {
    let started = Instant::now();
    let (send, receive) = mpsc::channel::<Chunk>(AHEAD);
    let making = tokio::task::spawn_blocking(move || {
        fixtures::city::<anyhow::Error>(&plan, &mut |chunk| {
            send.blocking_send(chunk).context("the store stopped taking rows")
        })
    });
    let chunks = futures::stream::unfold(receive, |mut receive| async { Some((receive.recv().await?, receive)) });
    let rows = chunks.map(|chunk| tokio::task::spawn_blocking(move || ready(chunk))).buffered(READY);
    let mut rows = std::pin::pin!(rows);
    // The store writes while the next rows are made.
    let (write, mut written) = mpsc::channel::<Ready>(1);
    let writing = tokio::spawn({
        let store = Arc::clone(store);
        async move {
            let mut made = Made { features: 0, units: 0, history: 0, seconds: 0.0 };
            while let Some(next) = written.recv().await {
                made.put(&store, next).await?;
            }
            Ok::<Made, store::Error>(made)
        }
    });
    let mut held: Vec<store::Chunk> = Vec::with_capacity(TOGETHER);
    while let Some(next) = rows.next().await {
        let other = match next.context("making rows stopped")?? {
            Ready::Features(chunks) => {
                held.extend(chunks);
                if held.len() < TOGETHER {
                    continue;
                }
                None
            }
            other @ (Ready::Units(_) | Ready::History(_)) => Some(other),
        };
        // Features come first: what waits when something else comes is the rest of them.
        let features = (!held.is_empty()).then(|| Ready::Features(std::mem::take(&mut held)));
        for some in features.into_iter().chain(other) {
            if write.send(some).await.is_err() {
                // The writer says below why it stopped.
                break;
            }
        }
        if write.is_closed() {
            break;
        }
    }
    if !held.is_empty() {
        write.send(Ready::Features(held)).await.ok();
    }
    drop(write);
    let mut made = writing.await.context("the writer stopped")??;
    making.await.context("the generator stopped")??;
    made.seconds = started.elapsed().as_secs_f64();
    Ok(made)
}

impl Made {
    async fn put(&mut self, store: &Arc<dyn Store>, some: Ready) -> Result<(), store::Error> {
        match some {
            Ready::Features(chunks) => self.features += store.fill(chunks).await?.added,
            Ready::Units(units) => {
                self.units += units.len() as u64;
                store.put_units(&units).await?;
            }
            Ready::History(incidents) => {
                self.history += incidents.len() as u64;
                store.fill_history(&incidents).await?;
            }
        }
        Ok(())
    }
}

/// A piece of the city as the store takes it.
enum Ready {
    Features(Vec<store::Chunk>),
    Units(Vec<dispatch::Unit>),
    History(Vec<dispatch::HistoricIncident>),
}

fn ready(chunk: Chunk) -> Result<Ready> {
    match chunk {
        Chunk::Features(features) => match store::Chunk::of(&features) {
            (chunk, refused) if refused.is_empty() => Ok(Ready::Features(vec![chunk])),
            (_, refused) => bail!("a generated feature cannot be stored: {:?}", refused.first()),
        },
        Chunk::Units(units) => Ok(Ready::Units(units)),
        Chunk::History(incidents) => Ok(Ready::History(incidents)),
    }
}
