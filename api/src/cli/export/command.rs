//! The command: which layer, which form, where to.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use spatial::{Bounds, Layer};
use store::{HistoryCursor, Store};

use super::row::{self, Drawn, Row};
use super::target::Target;
use super::{csv, flatgeobuf, geojson};
use crate::app::ops;
use crate::cli::complain;
use crate::cli::place::Place;
use crate::cli::users::note;

/// Features that are read from the store at once.
const PAGE: u32 = 5_000;

/// What a layer is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A `FeatureCollection`, one feature a line
    Geojson,
    /// A table: `lon` and `lat` for points, `wkt` for lines and polygons
    Csv,
    /// `FlatGeobuf`, with its index
    Flatgeobuf,
}

/// Write a layer as a file.
#[derive(Args, Debug)]
pub(in crate::cli) struct Export {
    /// Layer
    layer: String,
    /// The form of the file
    #[arg(long, value_enum, default_value = "geojson")]
    format: Format,
    /// `west,south,east,north`: only features whose place lies inside
    #[arg(long, allow_hyphen_values = true)]
    bbox: Option<String>,
    /// CSV: begin with a byte order mark, by which Excel knows UTF-8
    #[arg(long)]
    bom: bool,
    /// Houses: with `floor`, `room` and `address_code`, which are left out otherwise
    #[arg(long)]
    rooms: bool,
    /// File to write; standard output when left out
    #[arg(long)]
    to: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Export {
    pub(in crate::cli) async fn run(self) -> Result<ExitCode> {
        let layer = Layer::from_name(&self.layer).filter(|layer| layer.is_public());
        let layer = layer.with_context(|| format!("there is no layer {:?} to export", self.layer))?;
        let bounds = self.bbox.as_deref().map(read_bbox).transpose()?;
        anyhow::ensure!(!self.rooms || layer == Layer::Houses, "--rooms is of houses, and {} have none", layer.name());
        let opened = self.place.open_kept().await?;
        let what = if self.rooms { "houses with rooms" } else { layer.name() };
        note(&opened.store, "export", what).await?;
        let mut chosen = Chosen::new(Arc::clone(&opened.store), layer, bounds).await?;
        chosen.rooms = self.rooms;
        let rows = if let Some(path) = &self.to {
            let target = Target::open(path)?;
            let rows = self.write(&chosen, &mut BufWriter::new(&target)).await?;
            target.finish()?;
            rows
        } else {
            self.write(&chosen, &mut BufWriter::new(std::io::stdout())).await?
        };
        complain(&format!("{rows} features"));
        let left = chosen.left_out.load(Ordering::Relaxed);
        if left > 0 {
            complain(&format!(
                "{left} have no place and are left out: FlatGeobuf sorts by place. CSV and GeoJSON have them"
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn write(&self, chosen: &Chosen, out: &mut (impl Write + Send)) -> Result<u64> {
        let rows = match self.format {
            Format::Geojson => geojson::write(chosen, out).await,
            Format::Csv => csv::write(chosen, self.bom, out).await,
            Format::Flatgeobuf => flatgeobuf::write(chosen, out).await,
        }?;
        out.flush()?;
        Ok(rows)
    }
}

/// The rows that were asked for.
pub(super) struct Chosen {
    store: Arc<dyn Store>,
    pub(super) layer: Layer,
    bounds: Option<Bounds>,
    /// Dwellings go out with what lies inside their building.
    pub(super) rooms: bool,
    /// Rows that no table keeps as they go out: cells of people, units, incidents of the desk.
    drawn: Vec<Drawn>,
    /// Rows that the form could not hold.
    pub(super) left_out: AtomicU64,
}

impl Chosen {
    async fn new(store: Arc<dyn Store>, layer: Layer, bounds: Option<Bounds>) -> Result<Self> {
        let drawn = if layer == Layer::People {
            let (cells, revision) = crate::app::published_cells(&store).await?;
            cells.iter().map(|cell| row::cell(cell, revision)).collect()
        } else if layer == Layer::Units {
            let desk = ops::read(&store).await?;
            row::units(&desk, &store.units().await?)
        } else if layer == Layer::Incidents {
            ops::read(&store).await?.incidents().map(|incident| row::incident(incident)).collect()
        } else {
            Vec::new()
        };
        Ok(Self { store, layer, bounds, rooms: false, drawn, left_out: AtomicU64::new(0) })
    }

    /// Hands them on one by one, in the order of their numbers; a page of them is in memory. Says how many there were.
    pub(super) async fn each(&self, mut to: impl FnMut(&Row<'_>) -> Result<()>) -> Result<u64> {
        let mut rows = 0_u64;
        let mut hand = |row: &Row<'_>| {
            if self.bounds.is_none_or(|bounds| row.position().is_some_and(|p| bounds.contains(p))) {
                to(row)?;
                rows += 1;
            }
            anyhow::Ok(())
        };
        if self.layer.is_registered() {
            let mut after = None;
            loop {
                let mut page = self.store.page(self.layer, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.fid());
                if !self.rooms {
                    page.iter_mut().for_each(row::to_the_building);
                }
                page.iter().try_for_each(|feature| hand(&Row::Feature(feature)))?;
            }
        }
        if self.layer == Layer::Incidents {
            let mut after: Option<HistoryCursor> = None;
            loop {
                let page = self.store.history_page(i64::MIN, i64::MAX, after.as_ref(), PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.into());
                page.iter().try_for_each(|past| hand(&Row::Drawn(&row::past(past))))?;
            }
        }
        self.drawn.iter().try_for_each(|drawn| hand(&Row::Drawn(drawn)))?;
        Ok(rows)
    }
}

fn read_bbox(text: &str) -> Result<Bounds> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse::<f64>()).collect();
    let bounds = match numbers.as_deref() {
        Ok([west, south, east, north]) => Bounds::new(*west, *south, *east, *north),
        Ok(_) | Err(_) => None,
    };
    bounds.with_context(|| format!("--bbox must be west,south,east,north in degrees, got {text:?}"))
}
