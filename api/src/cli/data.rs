//! `onemap import`, `export`, `migrate`, `verify`.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use spatial::crs::Crs;
use spatial::{Bounds, Layer, Position};

use super::place::Place;
use super::users::note;
use super::{complain, say};
use crate::app::{ImportError, ImportJob, ImportOutcome, import};
use crate::wire::geojson_of;

/// Exit code when nothing could be read.
const NOTHING_READ: u8 = 2;
/// Refused rows that are printed; all are counted.
const PRINTED: usize = 20;

/// Import a file.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// Layer that the rows belong to, or `osm` for an OpenStreetMap extract
    layer: String,
    /// The file
    file: PathBuf,
    /// `geojson` (also GeoJSONSeq) or `osm` (PBF)
    #[arg(long)]
    format: Option<String>,
    /// Coordinate system of the file; there is no default (OpenStreetMap is always WGS84)
    #[arg(long)]
    crs: Option<String>,
    /// Who says so
    #[arg(long, default_value = "import")]
    source: String,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
}

impl Import {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let job = self.job()?;
        let opened = self.place.open().await?;
        note(&opened.store, "import", &self.file.to_string_lossy()).await?;
        let size = std::fs::metadata(&self.file).map_or(0, |file| file.len());
        let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} read, {msg} rows written, {elapsed}")?;
        let bar = ProgressBar::new(size).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        let outcome = import(&opened.store, self.file.clone(), job, self.dry_run, |rows, bytes| {
            bar.set_message(rows.to_string());
            bar.set_position(bytes);
        })
        .await;
        bar.finish_and_clear();
        match outcome {
            Ok(outcome) => {
                tell(&outcome);
                let nothing = outcome.report.read == 0 && outcome.report.accepted == 0;
                Ok(if nothing { ExitCode::from(NOTHING_READ) } else { ExitCode::SUCCESS })
            }
            Err(error @ (ImportError::Unreadable(_) | ImportError::File { .. })) => {
                complain(&format!("onemap: nothing could be read from {}: {error}", self.file.display()));
                Ok(ExitCode::from(NOTHING_READ))
            }
            Err(error @ ImportError::Store(_)) => Err(error.into()),
        }
    }

    fn job(&self) -> Result<ImportJob> {
        if self.layer == "osm" {
            if self.crs.as_deref().is_some_and(|crs| crs != "wgs84") {
                bail!("OpenStreetMap is always WGS84: leave --crs out");
            }
            return Ok(ImportJob::Osm);
        }
        let layer = Layer::from_name(&self.layer).filter(|layer| layer.is_registered());
        let known: Vec<&str> = Layer::REGISTERED.into_iter().map(Layer::name).collect();
        let layer = layer
            .with_context(|| format!("there is no layer {:?}; there are osm, {}", self.layer, known.join(", ")))?;
        match self.format.as_deref() {
            None | Some("geojson" | "geojsonseq") => {}
            Some(other) => bail!("format {other:?} is not read yet; geojson, geojsonseq and osm are"),
        }
        let crs = self.crs.as_deref().context("say which coordinate system the file is in: --crs wgs84, gcj02, …")?;
        Ok(ImportJob::GeoJson { layer, source: self.source.clone(), crs: Crs::from_name(crs)? })
    }
}

/// The report of an import.
fn tell(outcome: &ImportOutcome) {
    let report = &outcome.report;
    say(&format!("read {}, accepted {}, rejected {}", report.read, report.accepted, report.rejected));
    for (layer, rows) in &outcome.by_layer {
        say(&format!("  {:<14} {rows}", layer.name()));
    }
    if outcome.dry_run {
        say("nothing was written: this was a dry run");
    } else {
        let w = outcome.written;
        say(&format!("in the registry: {} added, {} changed, {} as they were", w.added, w.changed, w.unchanged));
    }
    if report.truncated {
        say("the file ends in the middle of a row");
    }
    for (reason, rows) in &report.by_reason {
        say(&format!("  {rows} rejected: {reason}"));
    }
    for row in report.rejects.iter().take(PRINTED) {
        let line = row.line.map(|n| format!("line {n}")).unwrap_or_default();
        say(&format!("  {line} {}: {}", row.id.as_deref().unwrap_or("?"), row.reason));
    }
    if report.rejects.len() > PRINTED {
        say(&format!("  … and {} more rejected rows", report.rejected - PRINTED as u64));
    }
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
}

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
        let opened = self.place.open_kept().await?;
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

/// Check the audit chain.
#[derive(Args, Debug)]
pub(super) struct Verify {
    #[command(flatten)]
    place: Place,
}

impl Verify {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let verified = self.place.open_kept().await?.store.audit_verify().await?;
        match verified.first_bad {
            None => {
                say(&format!("audit: {} rows, the chain holds", verified.rows));
                Ok(ExitCode::SUCCESS)
            }
            Some(seq) => {
                complain(&format!("audit: row {seq} does not fit the row before it"));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
