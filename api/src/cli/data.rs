//! `onemap export`, `migrate`, `verify`.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use spatial::{Bounds, Layer, Position};

use super::place::Place;
use super::users::note;
use super::{complain, say};
use crate::wire::geojson_of;

/// Write a layer as GeoJSON.
#[derive(Args, Debug)]
pub(super) struct Export {
    /// Layer
    layer: String,
    /// `geojson` (a FeatureCollection)
    #[arg(long, default_value = "geojson")]
    format: String,
    /// `west,south,east,north`: only features whose place lies inside
    #[arg(long, allow_hyphen_values = true)]
    bbox: Option<String>,
    /// File to write; standard output when left out
    #[arg(long)]
    to: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Export {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let layer = Layer::from_name(&self.layer).filter(|layer| layer.is_registered() && layer.is_public());
        let layer = layer.with_context(|| format!("there is no layer {:?} to export", self.layer))?;
        if self.format != "geojson" {
            bail!("format {:?} is not written yet; geojson is", self.format);
        }
        let bounds = self.bbox.as_deref().map(read_bbox).transpose()?;
        let opened = self.place.open().await?;
        note(&opened.store, "export", layer.name()).await?;
        let rows = if let Some(path) = &self.to {
            // Written beside and put in place at the end: nobody finds half a file.
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
            let file = tempfile::NamedTempFile::new_in(folder)
                .with_context(|| format!("make a file in {}", folder.display()))?;
            let rows = write(&opened.store, layer, bounds, BufWriter::new(file.as_file())).await?;
            file.persist(path).with_context(|| format!("write {}", path.display()))?;
            rows
        } else {
            write(&opened.store, layer, bounds, BufWriter::new(std::io::stdout())).await?
        };
        complain(&format!("{rows} features"));
        Ok(ExitCode::SUCCESS)
    }
}

async fn write(
    store: &std::sync::Arc<dyn store::Store>,
    layer: Layer,
    bounds: Option<Bounds>,
    mut out: impl Write,
) -> Result<u64> {
    let (mut rows, mut after) = (0_u64, None);
    write!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
    loop {
        let page = store.page(layer, after, 5_000).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.fid());
        for feature in &page {
            let inside = bounds.is_none_or(|b| feature.position().is_some_and(|p: Position| b.contains(p)));
            if inside {
                write!(out, "{}\n{}", if rows > 0 { "," } else { "" }, geojson_of(feature))?;
                rows += 1;
            }
        }
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(rows)
}

fn read_bbox(text: &str) -> Result<Bounds> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse::<f64>()).collect();
    let bounds = match numbers.as_deref() {
        Ok([west, south, east, north]) => Bounds::new(*west, *south, *east, *north),
        Ok(_) | Err(_) => None,
    };
    bounds.with_context(|| format!("--bbox must be west,south,east,north in degrees, got {text:?}"))
}

/// Bring the store's tables to this version.
#[derive(Args, Debug)]
pub(super) struct Migrate {
    #[command(flatten)]
    place: Place,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let opened = self.place.open().await?;
        say(&format!("the {} store is at this version's tables", opened.store.kind()));
        Ok(ExitCode::SUCCESS)
    }
}

/// Check the chains of the log and of the audit.
#[derive(Args, Debug)]
pub(super) struct Verify {
    #[command(flatten)]
    place: Place,
}

impl Verify {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let opened = self.place.open().await?;
        let log = opened.store.log_verify(0).await?;
        match log.first_bad {
            None => {
                say(&format!("log: {} events ({} with an erased part), the chain holds", log.events, log.erased));
            }
            Some(seq) => complain(&format!("log: event {seq} is bad: {}", log.why.unwrap_or_default())),
        }
        let audit = opened.store.audit_verify().await?;
        match audit.first_bad {
            None => say(&format!("audit: {} rows, the chain holds", audit.rows)),
            Some(seq) => complain(&format!("audit: row {seq} does not fit the row before it")),
        }
        let holds = log.first_bad.is_none() && audit.first_bad.is_none();
        Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
